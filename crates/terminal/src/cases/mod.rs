//! `--cases`: runs cases (a script, an expression or a command line each) in sessions of their own and says as
//! JSON what each shows, writes and reports, to be compared with what PowerShell does.
//!
//! The cases run in a process beside this one, which is started again when a case ends it or never ends; so such
//! a case costs itself. `feed.rs` hands the cases over, `worker.rs` runs them.

mod answer;
mod binding;
mod case;
mod feed;
mod folder;
mod host;
mod value;
mod worker;

use crate::channel::LazyBook;
use crate::settings::Settings;
use std::io;

/// Runs the cases of `file` and writes an answer for each; `-`: is the worker of such a run.
pub(crate) fn run(file: &str, book: &LazyBook, settings: &Settings) -> io::Result<()> {
    match file {
        feed::STANDARD_INPUT => worker::work(book, settings),
        file => feed::run(file),
    }
}
