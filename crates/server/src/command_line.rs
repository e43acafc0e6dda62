//! The command line: what `mailstead` can be told, and nothing else.

use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// A mail server with Exchange's mailbox administration.
#[derive(Parser, Debug)]
#[command(name = "mailstead", version, arg_required_else_help = true, max_term_width = 100)]
pub struct CommandLine {
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What `mailstead` can do.
#[derive(Subcommand, Debug)]
pub enum Task {
    /// Run the server until it is told to stop (SIGTERM or Ctrl-C)
    Serve(Serve),
    /// Administer it: an interactive shell, one command, or a PowerShell script
    Shell(Shell),
    /// Check every invariant of a data directory; 0 good, 1 faults found, 2 could not run
    Verify(House),
    /// Make indexes and counters anew from what they are made of; 0 good, 1 faults left, 2 could not run
    Rebuild(House),
}

/// Which data directory.
#[derive(Args, Debug, Clone)]
pub struct House {
    /// The data directory
    #[arg(long, value_name = "DIR", default_value = "mailstead-data")]
    pub data: PathBuf,
}

/// `mailstead serve`.
#[derive(Args, Debug, Clone)]
pub struct Serve {
    /// The data directory; made at the first start
    #[arg(long, value_name = "DIR", default_value = "mailstead-data")]
    pub data: PathBuf,
    /// The configuration, instead of DIR/mailstead.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The default accepted domain of a new data directory [default: example.org, with --demo contoso.com]
    #[arg(long, value_name = "NAME")]
    pub domain: Option<String>,
    /// Added to every standard port (0 for the standard ports themselves)
    #[arg(long, value_name = "N")]
    pub port_offset: Option<u16>,
    /// Fill an empty data directory with a small company and print what to try
    #[arg(long)]
    pub demo: bool,
}

/// `mailstead shell`.
#[derive(Args, Debug, Clone)]
pub struct Shell {
    /// The data directory of the server on this machine
    #[arg(long, value_name = "DIR", default_value = "mailstead-data", conflicts_with = "server")]
    pub data: PathBuf,
    /// A server elsewhere: https://mail.contoso.com:10443
    #[arg(long, value_name = "URL", requires = "user")]
    pub server: Option<String>,
    /// Who you are on that server
    #[arg(long, value_name = "NAME", requires = "server")]
    pub user: Option<String>,
    /// A file whose first line is the password; without it you are asked
    #[arg(long, value_name = "FILE", requires = "server")]
    pub password_file: Option<PathBuf>,
    /// The certificate (or authority) to trust, for a server whose certificate is self-signed
    #[arg(long, value_name = "FILE", requires = "server")]
    pub ca: Option<PathBuf>,
    /// Which PowerShell: shell (5.1 and 7 as scripts expect them) or core (exactly 7.6)
    #[arg(long, value_name = "NAME", value_parser = ["shell", "core"])]
    pub profile: Option<String>,
    /// Run this command and leave
    #[arg(short, value_name = "COMMAND", conflicts_with_all = ["script", "check"])]
    pub command: Option<String>,
    /// Run nothing: say of each script whether it parses and binds, and what is unknown
    #[arg(long)]
    pub check: bool,
    /// With --check: one JSON object a script
    #[arg(long, requires = "check")]
    pub json: bool,
    /// Run each case of a file (one JSON object a line) in a fresh session; print what came of it as JSON
    #[arg(long, value_name = "FILE", conflicts_with_all = ["script", "check", "command"])]
    pub cases: Option<String>,
    /// A script, then its arguments; with --check, scripts
    #[arg(value_name = "SCRIPT", trailing_var_arg = true, allow_hyphen_values = true)]
    pub script: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_declaration_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn a_script_keeps_its_own_arguments() {
        let line =
            CommandLine::parse_from(["mailstead", "shell", "--data", "d", "a.ps1", "-Name", "x", "--data"]);
        let Task::Shell(shell) = line.task else { panic!("no shell") };
        assert_eq!(shell.script, ["a.ps1", "-Name", "x", "--data"]);
    }
}
