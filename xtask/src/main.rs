//! `cargo xtask`: the workshop that checks, tests and measures the house.

mod rfc;
mod run;
mod setup;
mod sources;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask test      set up what is missing, then format check, clippy, tidy and every test
cargo xtask tidy      arrows between rooms, file heads, absences, ledger; says how to mend each fault
cargo xtask rfc       which line keeps which rule: the index of citations
cargo xtask golden    compare the shell with recorded answers of PowerShell
                      [FAMILY...] [--show N] [--only ID] [--update]
cargo xtask bench     measure speed and print a table (release build)
cargo xtask nightly   the long forms: crash rounds, IMAP stress, fuzzing
                      [--fuzz-seconds N]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let done = match words.first().map(String::as_str) {
        Some("test") => run::test(&words[1..]),
        Some("tidy") => tidy::run(),
        Some("rfc") => rfc::run(),
        Some("golden") => run::golden(&words[1..]),
        Some("bench") => run::bench(&words[1..]),
        Some("nightly") => run::nightly(&words[1..]),
        Some("help" | "--help" | "-h") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(format!("say what to do:\n{USAGE}")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
