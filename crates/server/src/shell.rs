//! `mailstead shell`: settings of this person on this machine, and the way to the server.

use crate::command_line::Shell;
use crate::config::{Config, ProfileName};
use crate::data::{DataDirectory, socket_of};
use crate::house::{First, House};
use dotnet::{culture, profile};
use gate::{Book, Gate};
use object::types::SecureString;
use object::{Error, ErrorId, Result, SystemClock};
use std::io::{IsTerminal, Read};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use terminal::{Connection, LazyBook, Settings, Task};

/// A password file holds one line; more than this is another kind of file.
const PASSWORD_FILE_BYTES_MAX: u64 = 4096;

/// Runs the shell as the command line says.
pub fn run(words: &Shell) -> Result<ExitCode> {
    let config = config(&words.data)?;
    let settings = settings(words, &config)?;
    let made: OnceLock<Arc<Book>> = OnceLock::new();
    let built =
        || Arc::new(cmdlets::book().expect("the table and the cmdlets agree: a test of theirs sees to it"));
    let book: LazyBook = Arc::new(move || Arc::clone(made.get_or_init(built)));
    // Where no server runs, the house that the shell opened itself: closed in order when the shell has ended.
    let house = Kept::default();
    Ok(terminal::run(task(words), place(words, &house)?, book, &settings))
}

/// Where a house that is opened later is kept.
type Kept = Arc<OnceLock<House>>;

/// The `[shell]` part of the data directory's configuration, where this user can read it.
fn config(data: &Path) -> Result<Config> {
    let file = data.join("mailstead.toml");
    match std::fs::metadata(&file) {
        Ok(_) => Config::read(&file),
        Err(_) => Ok(Config::default()),
    }
}

fn settings(words: &Shell, config: &Config) -> Result<Settings> {
    let mut settings = Settings::of_process(&config.shell.drives);
    let core = match words.profile.as_deref() {
        Some(name) => name == "core",
        None => config.shell.profile == ProfileName::Core,
    };
    settings.profile = if core { &profile::CORE } else { &profile::SHELL };
    if let Some(name) = &config.shell.culture {
        settings.culture = culture::named(name).ok_or_else(|| {
            Error::caller(
                ErrorId::CultureUnknown,
                format!("[shell] culture = \"{name}\" is not a known culture."),
            )
            .about("culture")
        })?;
    }
    settings.data = std::fs::canonicalize(&words.data).ok();
    settings.computer_name = crate::house::label();
    Ok(settings)
}

fn task(words: &Shell) -> Task {
    if let Some(file) = &words.cases {
        return Task::Cases(file.clone());
    }
    if words.check {
        return Task::Check { scripts: words.script.clone(), json: words.json };
    }
    match (&words.command, words.script.split_first()) {
        (Some(command), _) => Task::Command(command.clone()),
        // PowerShell's own words for the same.
        (None, Some((word, command))) if word.eq_ignore_ascii_case("-Command") => {
            Task::Command(command.join(" "))
        }
        (None, Some((word, [script, arguments @ ..]))) if word.eq_ignore_ascii_case("-File") => {
            Task::Script { path: script.clone(), arguments: arguments.to_vec() }
        }
        (None, Some((path, arguments))) => Task::Script { path: path.clone(), arguments: arguments.to_vec() },
        (None, None) if std::io::stdin().is_terminal() => Task::Interactive,
        (None, None) => Task::StandardInput,
    }
}

fn place(words: &Shell, house: &Kept) -> Result<Connection> {
    if let (Some(url), Some(user)) = (&words.server, &words.user) {
        let password = words.password_file.as_deref().map(password_of).transpose()?;
        return Ok(Connection::Remote {
            url: url.clone(),
            user: user.clone(),
            password,
            ca: words.ca.clone(),
        });
    }
    let (data, house) = (words.data.clone(), Arc::clone(house));
    Ok(Connection::Local { socket: socket_of(&words.data), open: Box::new(move || open_here(&data, &house)) })
}

fn password_of(file: &Path) -> Result<SecureString> {
    let mut text = String::new();
    let opened =
        std::fs::File::open(file).map_err(|e| Error::from(e).while_doing(&file.display().to_string()))?;
    opened.take(PASSWORD_FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(SecureString::new(text.lines().next().unwrap_or("")))
}

/// No server runs: the shell opens the data directory itself and has it alone while it lasts.
fn open_here(folder: &Path, kept: &Kept) -> Result<Arc<Gate>> {
    let data = DataDirectory::open(folder)?;
    if !data.directory_file().exists() {
        return Err(Error::not_found(
            ErrorId::DataDirectoryEmpty,
            format!("No server was ever started in {}.", folder.display()),
        )
        .help("Start one with mailstead serve, or name the data directory with --data."));
    }
    let config = data.config(None)?;
    let house = House::open(data, &config, &First::default(), Arc::new(SystemClock))?;
    Ok(Arc::clone(&kept.get_or_init(|| house).gate))
}
