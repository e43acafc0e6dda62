//! The verbs of mail: every cmdlet that is built, one file a noun, and the facts of those that are only declared.
//!
//! To add a cmdlet, copy a static of its noun's file, add it to the list at the file's head, and take its entry
//! out of `data/declared.tsv`. What a parameter is stands in `parameters.rs`, in which sets it is taken in
//! `sets.rs`. What is the same for all nouns is in `standard.rs`.

mod active_directory;
mod authority;
mod configuration;
mod database;
mod mailbox;
mod parameters;
mod recipient;
mod rooms;
mod sets;
mod standard;
mod statistics;

pub use active_directory::AD_USER;
pub use rooms::Rooms;

use ::mailbox::Mailboxes;
use gate::{Book, Catalogue, Cmdlet, Declaration, Table};
use std::sync::Arc;

/// The built cmdlets.
pub fn built() -> impl Iterator<Item = &'static Cmdlet<Rooms>> {
    let files = [
        mailbox::CMDLETS,
        recipient::CMDLETS,
        statistics::CMDLETS,
        database::CMDLETS,
        configuration::CMDLETS,
        active_directory::CMDLETS,
    ];
    files.into_iter().flatten().copied()
}

/// The commands that are declared as data and not built.
pub fn declared() -> Catalogue {
    Catalogue::new(include_str!("../data/declared.tsv"))
}

/// What all commands take, built and declared, without the rooms they work on.
pub fn book() -> Book {
    Book::new(built().map(Declaration::of).collect(), declared())
}

/// All commands over their rooms.
pub fn table(mailboxes: &Arc<Mailboxes>) -> Table {
    let rooms = Arc::new(Rooms { mailboxes: Arc::clone(mailboxes) });
    Table::new(rooms, &built().collect::<Vec<_>>(), declared())
}

/// Who may use what.
pub fn authority(mailboxes: &Mailboxes) -> impl gate::Authority + 'static {
    authority::Roles(mailboxes.directory().clone())
}

/// What is kept of what was done.
pub fn record(mailboxes: &Mailboxes) -> impl gate::Record + 'static {
    authority::Log(mailboxes.directory().clone())
}
