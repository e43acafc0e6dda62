//! A person at a terminal: the line is edited, completed and remembered; a pipeline is stopped by Ctrl-C.
//!
//! Ctrl-C while a line is typed drops the line; while a pipeline runs it stops the pipeline only. Ctrl-D on
//! an empty line leaves. Enter goes on to the next line while the text is unfinished.

mod completion;
mod editor;
mod highlight;
mod history;

pub(crate) use completion::Completes;

use crate::console::{Console, PLAIN};
use dotnet::Host as _;
use dotnet::host::Stream;
use editor::Typed;
use history::HistoryFile;
use language::Session;
use language::syntax::{Source, decode, parse};
use object::Result;
use parking_lot::Mutex;
use std::path::Path;
use std::sync::Arc;

/// What a person reads first.
fn banner() -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("Mailstead {version}\nGet-Command lists what there is, Get-Help NAME explains, exit leaves.\n\n")
}

/// Reads and runs lines until the person leaves; the exit code.
pub(crate) fn run(
    session: &Arc<Mutex<Session>>,
    console: &Arc<Console>,
    known: Box<dyn Completes>,
    home: Option<&Path>,
) -> Result<i32> {
    let mut history = HistoryFile::in_home(home);
    let mut editor = editor::Lines::new(known, &history.entries(), console.out().colours(Stream::Output))?;
    console.write(Stream::Output, &banner(), PLAIN, None);
    run_profile(session, console, home);
    loop {
        fresh_line(console);
        // What stopped the last line does not stop this one.
        console.stop().clear();
        let prompt = prompt(session);
        match editor.read(&prompt)? {
            Typed::Left => return Ok(0),
            Typed::Dropped => {}
            Typed::Line(line) if line.trim().is_empty() => {}
            Typed::Line(line) => {
                history.add(&line);
                console.note(&format!("{prompt}{line}\n"));
                console.stop().clear();
                let outcome = session.lock().run_text(&line);
                session.lock().note_line(line.trim_end());
                console.out().flush();
                if let Some(code) = outcome.exit {
                    return Ok(code);
                }
                if console.out().reader_left() {
                    return Ok(0);
                }
            }
        }
    }
}

/// What stands before a line, unless a function `prompt` says something else.
const PROMPT: &str = "PS> ";

/// The words of the function `prompt`, where there is one; one that says nothing or fails leaves the usual ones.
fn prompt(session: &Mutex<Session>) -> String {
    let mut session = session.lock();
    if session.find_function("prompt").is_none() {
        return PROMPT.to_owned();
    }
    let Some(block) = parse(&Source::typed("prompt")).block else { return PROMPT.to_owned() };
    let mut said: Vec<object::Value> = Vec::new();
    session.run_aside(&block, &mut said);
    let text: String = said.iter().map(ToString::to_string).collect();
    if text.is_empty() { PROMPT.to_owned() } else { text }
}

/// The script in the home folder that an interactive shell begins with.
const PROFILE: &str = ".mailstead_profile.ps1";

/// Runs the profile, where there is one; `$PROFILE` names it in any case.
fn run_profile(session: &Arc<Mutex<Session>>, console: &Arc<Console>, home: Option<&Path>) {
    let Some(path) = home.map(|home| home.join(PROFILE).display().to_string()) else { return };
    let mut session = session.lock();
    session.set_global("PROFILE", path.as_str().into());
    let Ok(bytes) = console.files().read(&path) else { return };
    // In the scope of what is typed: its functions and variables stay.
    session.run_source(&Source::file(path, decode(&bytes)));
    console.out().flush();
}

/// The prompt stands on a line of its own, whatever was written before it.
fn fresh_line(console: &Console) {
    if !console.out().take_line().is_empty() {
        console.write(Stream::Output, "\n", PLAIN, None);
    }
}
