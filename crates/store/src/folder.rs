//! Folders: the well-known ones every mailbox is born with, and what is known of each folder.

use db::{Row, Tx};
use object::types::Guid;
use object::{Error, ErrorId, Result, Time};
use unicode_normalization::UnicodeNormalization;

/// A folder's number in its database; it is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FolderId(pub i64);

/// The longest name of a folder, in characters. [MS-OXCFOLD 2.2.1.2.1]
pub const FOLDER_NAME_CHARS_MAX: usize = 255;
/// How deep folders nest; deeper ones come from broken clients.
pub const FOLDER_DEPTH_MAX: usize = 64;
/// How many folders a mailbox has; every log-on lists them.
pub const FOLDERS_MAX: usize = 10_000;

/// The folders that every mailbox has, with Exchange's names and types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WellKnown {
    /// Where mail arrives.
    Inbox = 1,
    /// Copies of what was sent.
    SentItems = 2,
    /// What users throw away.
    DeletedItems = 3,
    /// What is not finished.
    Drafts = 4,
    /// What a filter took for junk.
    JunkEmail = 5,
    /// What is kept out of the way.
    Archive = 6,
    /// What is being sent.
    Outbox = 7,
    /// Appointments.
    Calendar = 8,
    /// People.
    Contacts = 9,
    /// Things to do.
    Tasks = 10,
    /// Notes.
    Notes = 11,
    /// The root of what users no longer see; below it the four that follow.
    RecoverableItems = 20,
    /// What was expunged and can be recovered.
    Deletions = 21,
    /// Old versions of changed items (holds).
    Versions = 22,
    /// What users purged while a hold was on.
    Purges = 23,
    /// What a discovery hold keeps.
    DiscoveryHolds = 24,
}

/// The class of a visible folder that is only a name above others.
pub(crate) const PLACEHOLDER: &str = "";

/// How a well-known folder is made.
struct Birth {
    kind: WellKnown,
    name: &'static str,
    class: &'static str,
    below: Option<WellKnown>,
}

const fn birth(kind: WellKnown, name: &'static str, class: &'static str, below: Option<WellKnown>) -> Birth {
    Birth { kind, name, class, below }
}

/// Parents stand before their children.
const BIRTHS: [Birth; 16] = [
    birth(WellKnown::Inbox, "Inbox", "IPF.Note", None),
    birth(WellKnown::SentItems, "Sent Items", "IPF.Note", None),
    birth(WellKnown::DeletedItems, "Deleted Items", "IPF.Note", None),
    birth(WellKnown::Drafts, "Drafts", "IPF.Note", None),
    birth(WellKnown::JunkEmail, "Junk Email", "IPF.Note", None),
    birth(WellKnown::Archive, "Archive", "IPF.Note", None),
    birth(WellKnown::Outbox, "Outbox", "IPF.Note", None),
    birth(WellKnown::Calendar, "Calendar", "IPF.Appointment", None),
    birth(WellKnown::Contacts, "Contacts", "IPF.Contact", None),
    birth(WellKnown::Tasks, "Tasks", "IPF.Task", None),
    birth(WellKnown::Notes, "Notes", "IPF.StickyNote", None),
    birth(WellKnown::RecoverableItems, "Recoverable Items", "", None),
    birth(WellKnown::Deletions, "Deletions", "", Some(WellKnown::RecoverableItems)),
    birth(WellKnown::Versions, "Versions", "", Some(WellKnown::RecoverableItems)),
    birth(WellKnown::Purges, "Purges", "", Some(WellKnown::RecoverableItems)),
    birth(WellKnown::DiscoveryHolds, "DiscoveryHolds", "", Some(WellKnown::RecoverableItems)),
];

impl WellKnown {
    /// All of them, parents before children.
    pub fn all() -> impl Iterator<Item = WellKnown> {
        BIRTHS.iter().map(|birth| birth.kind)
    }
    /// Those that a mailbox is born with, parents before children. An archive gets its other folders with what comes into
    /// them.
    pub fn of_mailbox(archive: bool) -> impl Iterator<Item = WellKnown> {
        WellKnown::all().filter(move |kind| !archive || kind.hidden() || *kind == WellKnown::DeletedItems)
    }
    /// The name it is born with.
    pub fn name(self) -> &'static str {
        self.birth().map_or("", |birth| birth.name)
    }
    /// Its class (`IPF.Note` …). [MS-OXOSFLD 2.2.1]
    pub fn class(self) -> &'static str {
        self.birth().map_or("", |birth| birth.class)
    }
    /// Whether users never see it.
    pub fn hidden(self) -> bool {
        self as i64 >= WellKnown::RecoverableItems as i64
    }
    /// Whether a mail client should show it from the start: mail that people read. The outbox is the server's own.
    pub(crate) fn shown_to_mail_clients(self) -> bool {
        !self.hidden() && self.class() == "IPF.Note" && self != WellKnown::Outbox
    }
    /// The folder it is born in, if not in the root.
    pub(crate) fn below(self) -> Option<WellKnown> {
        self.birth().and_then(|birth| birth.below)
    }
    fn birth(self) -> Option<&'static Birth> {
        BIRTHS.iter().find(|birth| birth.kind == self)
    }
    pub(crate) fn of_number(number: i64) -> Option<WellKnown> {
        WellKnown::all().find(|kind| *kind as i64 == number)
    }
}

/// What is known of a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its number.
    pub id: FolderId,
    /// Its GUID: stays when it is renamed or moved with its mailbox. [RFC 8474 4]
    pub guid: Guid,
    /// The folder it lies in; none for the top.
    pub parent: Option<FolderId>,
    /// Its name below its parent.
    pub name: String,
    /// What it is for, when it is one of the well-known ones.
    pub kind: Option<WellKnown>,
    /// What it holds: `IPF.Note` and the like.
    pub class: String,
    /// Whether it is in the invisible tree of recoverable items.
    pub hidden: bool,
    /// Whether the user subscribed to it.
    pub subscribed: bool,
    /// When it was made.
    pub created: Time,
    /// Its UIDVALIDITY. [RFC 9051 2.3.1.1]
    pub uid_validity: u32,
    /// The next UID that will be given.
    pub uid_next: u32,
    /// The highest change number of anything in it (HIGHESTMODSEQ).
    pub change: u64,
    /// How many items it shows.
    pub total: u64,
    /// How many of them are unread.
    pub unseen: u64,
    /// The bytes of all of them.
    pub size: u64,
    /// How many associated items it holds.
    pub associated_count: u64,
    /// The bytes of those.
    pub associated_size: u64,
}

pub(crate) const COLUMNS: &str = "id, guid, parent, name, kind, class, hidden, subscribed, created, uid_validity, \
     uid_next, change, total, unseen, size, associated_count, associated_size";

impl Folder {
    /// Whether it is only a name above others: nothing can be in it.
    pub fn is_placeholder(&self) -> bool {
        self.class == PLACEHOLDER && !self.hidden
    }

    pub(crate) fn of_row(row: &Row<'_>) -> Result<Folder> {
        let parent = row.int(2)?;
        Ok(Folder {
            id: FolderId(row.int(0)?),
            guid: crate::row::guid(row, 1)?,
            parent: (parent != 0).then_some(FolderId(parent)),
            name: row.get(3)?,
            kind: WellKnown::of_number(row.int(4)?),
            class: row.get(5)?,
            hidden: row.bool(6)?,
            subscribed: row.bool(7)?,
            created: row.get(8)?,
            uid_validity: row.get(9)?,
            uid_next: row.get(10)?,
            change: row.get(11)?,
            total: row.get(12)?,
            unseen: row.get(13)?,
            size: row.get(14)?,
            associated_count: row.get(15)?,
            associated_size: row.get(16)?,
        })
    }

    pub(crate) fn load(tx: &mut dyn Tx, mailbox: i64, id: FolderId) -> Result<Folder> {
        let sql =
            "SELECT id, guid, parent, name, kind, class, hidden, subscribed, created, uid_validity, uid_next,
                     change, total, unseen, size, associated_count, associated_size
                   FROM folder WHERE id = $1 AND mailbox = $2";
        tx.one(sql, &[id.0.into(), mailbox.into()], Folder::of_row)?.ok_or_else(missing)
    }

    pub(crate) fn load_known(tx: &mut dyn Tx, mailbox: i64, kind: WellKnown) -> Result<Folder> {
        let sql = format!("SELECT {COLUMNS} FROM folder WHERE mailbox = $1 AND kind = $2 AND kind > 0");
        tx.one(&sql, &[mailbox.into(), (kind as i64).into()], Folder::of_row)?.ok_or_else(missing)
    }

    pub(crate) fn load_all(tx: &mut dyn Tx, mailbox: i64) -> Result<Vec<Folder>> {
        let sql = format!("SELECT {COLUMNS} FROM folder WHERE mailbox = $1 ORDER BY id");
        tx.all(&sql, &[mailbox.into()], Folder::of_row)
    }
}

pub(crate) fn missing() -> Error {
    Error::not_found(ErrorId::FolderNotFound, "There is no such folder.")
}

/// How names of sisters are compared: Exchange does not tell upper from lower case.
pub(crate) fn key(name: &str) -> String {
    name.nfc().flat_map(char::to_lowercase).collect()
}

/// A name is kept as given, but must be one that every door can show.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let fault = if name.is_empty() {
        "is empty"
    } else if name.chars().count() > FOLDER_NAME_CHARS_MAX {
        "is longer than 255 characters"
    } else if name.chars().any(char::is_control) {
        "holds a control character"
    } else {
        return Ok(());
    };
    Err(Error::caller(ErrorId::FolderNameInvalid, format!("The folder name {fault}.")))
}

/// The folder of that name below that parent. At the top Inbox is the inbox, however it is called in the owner's language.
pub(crate) fn sister(tx: &mut dyn db::Tx, mailbox: i64, parent: i64, name: &str) -> Result<Option<Folder>> {
    if parent == 0 && key(name) == key(WellKnown::Inbox.name()) {
        let inbox = format!("SELECT {COLUMNS} FROM folder WHERE mailbox = $1 AND kind = $2");
        let found = tx.one(&inbox, &[mailbox.into(), (WellKnown::Inbox as i64).into()], Folder::of_row)?;
        if found.is_some() {
            return Ok(found);
        }
    }
    let sql = format!("SELECT {} FROM folder WHERE mailbox = $1 AND parent = $2 AND name_key = $3", COLUMNS);
    tx.one(&sql, &[mailbox.into(), parent.into(), (&key(name)).into()], Folder::of_row)
}

/// Whether a path may lead to a folder.
pub(crate) fn check_path(path: &[&str]) -> Result<()> {
    if path.is_empty() {
        return Err(Error::caller(ErrorId::FolderNameInvalid, "The folder name is empty."));
    }
    if path.len() > FOLDER_DEPTH_MAX {
        return Err(too_deep());
    }
    path.iter().try_for_each(|name| check_name(name))
}

pub(crate) fn too_deep() -> Error {
    Error::limit(ErrorId::FolderTooDeep, format!("Folders lie at most {FOLDER_DEPTH_MAX} deep."))
}
