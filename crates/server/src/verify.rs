//! `mailstead verify` and `mailstead rebuild`: the cmdlets `Test-DataDirectory` and `Repair-DataDirectory` for whoever has a
//! command line and an exit code. A server that runs is asked over its `admin.sock`; else the data directory is opened here.

use crate::command_line;
use crate::config::Config;
use crate::data::{DataDirectory, socket_of};
use crate::files;
use crate::house::{First, House};
use gate::{Answer, Channel, Invocation, Prompt, Report};
use object::{Error, ErrorId, Object, Result, SystemClock, Value};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use terminal::{Connection, LazyBook};

/// Checks everything and prints a line per fault: 0 good, 1 faults found, 2 could not run.
pub fn verify(words: &command_line::House) -> ExitCode {
    test(&words.data)
}

/// Makes anew what can be made anew and saves what is whole in damaged files, then checks everything.
pub fn rebuild(words: &command_line::House) -> ExitCode {
    if let Err(error) = salvage(&words.data) {
        return could_not(&error);
    }
    let repair = Invocation::new("Repair-DataDirectory").with("Confirm", false);
    match ask(repair, &words.data, &mut Printed { quiet: true, ..Printed::default() }) {
        Ok(()) => test(&words.data),
        Err(error) => could_not(&error),
    }
}

/// Saves what is left of the files without which there is no house.
fn salvage(data: &Path) -> Result<()> {
    for saved in files::salvage(data)? {
        line(&saved)?;
    }
    Ok(())
}

/// Without these files nothing else can be looked at.
fn damaged(found: &[String]) -> ExitCode {
    found.iter().for_each(|sentence| said(sentence));
    said(&format!("{} faults found; the rest is checked when these are mended.", found.len()));
    ExitCode::FAILURE
}

fn test(data: &Path) -> ExitCode {
    match files::damage(data) {
        Ok(found) if found.is_empty() => {}
        Ok(found) => return damaged(&found),
        Err(error) => return could_not(&error),
    }
    let mut printed = Printed::default();
    match ask(Invocation::new("Test-DataDirectory"), data, &mut printed) {
        Ok(()) if printed.errors > 0 => ExitCode::from(2),
        Ok(()) if printed.faults == 0 => {
            said("No faults found.");
            ExitCode::SUCCESS
        }
        Ok(()) => {
            said(&format!("{} faults found.", printed.faults));
            ExitCode::FAILURE
        }
        Err(error) => could_not(&error),
    }
}

fn could_not(error: &Error) -> ExitCode {
    eprintln!("mailstead: {error}");
    ExitCode::from(2)
}

/// Runs a cmdlet where the house is: in the server, or here. A house that was opened here is closed again.
fn ask(invocation: Invocation, data: &Path, printed: &mut Printed) -> Result<()> {
    let kept: Arc<OnceLock<House>> = Arc::default();
    let (folder, house) = (data.to_owned(), Arc::clone(&kept));
    let open = Box::new(move || {
        let opened = open(&folder)?;
        Ok(Arc::clone(&house.get_or_init(|| opened).gate))
    });
    let book: LazyBook = Arc::new(|| {
        Arc::new(cmdlets::book().expect("the table and the cmdlets agree: a test of theirs sees to it"))
    });
    let place = Connection::Local { socket: socket_of(data), open };
    terminal::run_one(place, book, invocation, printed).map(drop)
}

fn open(folder: &Path) -> Result<House> {
    let data = DataDirectory::open(folder)?;
    if !data.directory_file().exists() {
        return Err(Error::not_found(
            ErrorId::DataDirectoryEmpty,
            format!("No server was ever started in {}.", folder.display()),
        )
        .help("Name the data directory with --data."));
    }
    let config = data.config(None).unwrap_or_else(|_| Config::default());
    House::open(data, &config, &First::default(), Arc::new(SystemClock))
}

/// Prints faults on standard output as they come, a line each; errors go to standard error.
#[derive(Default)]
struct Printed {
    faults: u64,
    errors: u64,
    /// Faults are counted and not printed.
    quiet: bool,
}

impl Channel for Printed {
    fn say(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Object(value) => self.fault(&value),
            Report::Warning(text) => line(&text),
            Report::Error(error) => {
                self.errors += 1;
                let of = error.target_name().map(|name| format!("{name}: ")).unwrap_or_default();
                eprintln!("mailstead: {of}{error}");
                Ok(())
            }
            Report::Verbose(_) | Report::WhatIf(_) | Report::Progress(_) => Ok(()),
        }
    }

    /// Whoever gives the command on a command line means it.
    fn ask(&mut self, _: &Prompt) -> Result<Answer> {
        Ok(Answer::Yes)
    }
}

impl Printed {
    fn fault(&mut self, value: &Value) -> Result<()> {
        self.faults += 1;
        let (Value::Object(fault), false) = (value, self.quiet) else { return Ok(()) };
        let mendable = fault.get("IsMendable").is_some_and(|value| value.to_string() == "True");
        let mend = if mendable { " (mailstead rebuild mends it)" } else { "" };
        let said = |name| text(fault, name);
        line(&format!("{}: {}: {}{mend}", said("Place"), said("Fault"), said("Description")))
    }
}

fn text(fault: &Object, name: &str) -> String {
    fault.get(name).unwrap_or_default().to_string()
}

/// A reader that has gone ends the work.
fn line(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "{text}").map_err(|_| gate::stopped())
}

/// The last word; who has gone does not hear it.
fn said(text: &str) {
    let _unheard = line(text);
}
