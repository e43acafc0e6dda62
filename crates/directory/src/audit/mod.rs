//! The record of who did what: one entry for each change, each refusal and each effect in a store.
//!
//! What the directory itself changed is written in the transaction of the change, so that neither is ever there
//! without the other. Refusals and effects in a store are noted before the command's answer ends.

mod chain;
mod format;
mod retention;
mod search;
mod tombstone;

pub use search::AuditQuery;
pub use tombstone::{Reference, Tombstone};

pub(crate) use chain::check;
pub(crate) use format::read_properties;

use crate::record::Id;
use chain::EntryRow;
use db::chain::Link;
use db::{Param, Row, Tx};
use object::types::Guid;
use object::{Author, Result, Time};

/// One property of an object, before a change and after it; empty where it had no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PropertyChange {
    /// The property's name.
    pub name: String,
    /// Its values before, as the database keeps them.
    pub before: Vec<String>,
    /// Its values after.
    pub after: Vec<String>,
}

/// What became of one object in a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectChange {
    /// The object, or the mailbox in a store; empty where it was only named.
    pub object: Guid,
    /// What it is (`user`, `msExchPrivateMDB`, `mailbox`); empty where it was only named.
    pub class: String,
    /// How it is shown: its path, its name, or what the caller wrote.
    pub shown: String,
    /// What became of it.
    pub action: Action,
    /// Its properties that differ, secrets left out. An object that was made or deleted lists all.
    pub properties: Vec<PropertyChange>,
    /// Its secrets that differ, as long as retention keeps them.
    pub secrets: Vec<PropertyChange>,
}

impl ObjectChange {
    /// Something that a command was about, without anything of it having changed in the directory.
    pub fn named(object: Guid, class: &str, shown: &str) -> ObjectChange {
        let (properties, secrets) = (Vec::new(), Vec::new());
        let (class, shown) = (class.to_owned(), shown.to_owned());
        ObjectChange { object, class, shown, action: Action::Named, properties, secrets }
    }

    /// Something outside of the directory that a command changed: a folder, a mailbox in a store, a database file.
    pub fn stored(object: Guid, class: &str, shown: &str, properties: Vec<PropertyChange>) -> ObjectChange {
        ObjectChange { action: Action::Stored, properties, ..ObjectChange::named(object, class, shown) }
    }
}

/// What became of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It was made.
    Created,
    /// Some of its properties are different.
    Changed,
    /// It was deleted.
    Deleted,
    /// The command was about it, but changed nothing of it in the directory.
    Named,
    /// It was changed outside of the directory, in a store.
    Stored,
}

impl Action {
    const ALL: [Action; 5] =
        [Action::Created, Action::Changed, Action::Deleted, Action::Named, Action::Stored];

    fn word(self) -> &'static str {
        match self {
            Action::Created => "created",
            Action::Changed => "changed",
            Action::Deleted => "deleted",
            Action::Named => "named",
            Action::Stored => "stored",
        }
    }
    pub(crate) fn of_word(word: &str) -> Action {
        Action::ALL.into_iter().find(|action| action.word() == word).unwrap_or(Action::Named)
    }
}

/// One entry of the record: who did what, when, from where, and what became of which objects.
#[derive(Clone, Debug)]
pub struct AdminChange {
    /// The number of the entry, ever growing.
    pub entry: i64,
    /// The directory change number; 0 where the directory did not change.
    pub number: i64,
    /// When.
    pub at: Time,
    /// Who, from where, with which command and parameters.
    pub author: Author,
    /// Why it was refused; nothing where it was done.
    pub error: Option<String>,
    /// What it was done to; what the command was about comes first.
    pub objects: Vec<ObjectChange>,
}

impl AdminChange {
    /// Whether it was done and changed anything, in the directory or in a store.
    pub fn changed_anything(&self) -> bool {
        self.error.is_none()
            && (self.number > 0 || self.objects.iter().any(|one| one.action == Action::Stored))
    }
}

/// An object of an entry on its way into its row.
pub(crate) struct Line<'a> {
    /// The directory object by which the entry is found; 0 where there is none.
    pub(crate) id: Id,
    pub(crate) change: &'a ObjectChange,
}

/// Writes an entry and its objects. `number` is the directory change number, 0 where the directory did not change.
pub(crate) fn write(
    tx: &mut dyn Tx,
    number: i64,
    now: Time,
    author: &Author,
    error: Option<&str>,
    lines: &[Line<'_>],
) -> Result<()> {
    let (entry, before) = chain::next(tx)?;
    let account = author.account.map(Guid::to_bytes);
    let account = account.as_ref().map_or(&[][..], |bytes| &bytes[..]);
    let texts = [&author.who, &author.from, &author.session, &author.command].map(|text| printable(text));
    let [who, origin, session, cmdlet] = texts.each_ref().map(String::as_str);
    let (person, parameters) = (who.to_lowercase(), format::parameters(&author.parameters));
    let error = error.map(printable);
    let texts = [who, origin, session, cmdlet, &parameters];
    let row = EntryRow { id: entry, number, made: now, texts, account, error: error.as_deref() };
    let mut link = row.link(before.as_deref());
    for (ordinal, line) in lines.iter().enumerate() {
        write_line(tx, entry, ordinal, line, &mut link)?;
    }
    let digest = link.digest();
    let sql = "INSERT INTO change (id, number, made, who, person, account, origin, session, cmdlet, parameters, error,
                 digest) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let params: [Param<'_>; 12] = [
        entry.into(),
        number.into(),
        now.into(),
        who.into(),
        (&person).into(),
        account.into(),
        origin.into(),
        session.into(),
        cmdlet.into(),
        (&parameters).into(),
        error.as_deref().into(),
        (&digest).into(),
    ];
    tx.execute(sql, &params)?;
    chain::extend(tx, &digest)
}

/// Writes an object of an entry and takes it into the entry's link.
fn write_line(tx: &mut dyn Tx, entry: i64, ordinal: usize, line: &Line<'_>, link: &mut Link) -> Result<()> {
    let sql =
        "INSERT INTO change_object (change, ordinal, object, guid, class, shown, action, properties, secrets)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let Line { id, change } = line;
    let (guid, shown) = (change.object.to_bytes(), printable(&change.shown));
    let properties = format::properties(&change.properties);
    let secrets = Some(&change.secrets).filter(|secrets| !secrets.is_empty()).map(|s| format::properties(s));
    chain::add(link, *id, &guid, [&change.class, &shown, change.action.word(), &properties]);
    let params: [Param<'_>; 9] = [
        entry.into(),
        (ordinal as i64).into(),
        (*id).into(),
        (&guid).into(),
        change.class.as_str().into(),
        (&shown).into(),
        change.action.word().into(),
        (&properties).into(),
        secrets.as_deref().into(),
    ];
    tx.execute(sql, &params).map(drop)
}

/// Text that every engine takes: without NUL.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

pub(crate) const ENTRY_COLUMNS: &str = "c.id, c.number, c.made, c.who, c.account, c.origin, c.session, c.cmdlet, \
                             c.parameters, c.error";

/// An entry out of its row, without its objects.
pub(crate) fn entry(row: &Row<'_>) -> Result<AdminChange> {
    let author = Author {
        account: Guid::of_bytes(row.bytes(4)?),
        from: row.text(5)?.into(),
        session: row.text(6)?.into(),
        parameters: format::read_parameters(row.text(8)?)?,
        ..Author::new(row.text(3)?, row.text(7)?)
    };
    let (entry, number, at) = (row.int(0)?, row.int(1)?, Time(row.int(2)?));
    Ok(AdminChange { entry, number, at, author, error: row.get(9)?, objects: Vec::new() })
}

/// The objects of an entry.
pub(crate) fn objects(tx: &mut dyn Tx, entry: i64) -> Result<Vec<ObjectChange>> {
    let sql = "SELECT guid, class, shown, action, properties, secrets FROM change_object WHERE change = $1
               ORDER BY ordinal";
    tx.all(sql, &[entry.into()], |row| {
        let secrets: Option<String> = row.get(5)?;
        Ok(ObjectChange {
            object: Guid::of_bytes(row.bytes(0)?).unwrap_or(Guid::EMPTY),
            class: row.get(1)?,
            shown: row.get(2)?,
            action: Action::of_word(row.text(3)?),
            properties: format::read_properties(row.text(4)?)?,
            secrets: secrets.map(|text| format::read_properties(&text)).transpose()?.unwrap_or_default(),
        })
    })
}
