//! The folders of a mailbox under the names that IMAP clients see.  [RFC 9051 5.1] [RFC 6154]

use std::collections::{HashMap, HashSet};

use mailbox::store::{Folder, FolderId, Mailbox, WellKnown};
use object::{Error, ErrorId, Result};
use unicode_normalization::UnicodeNormalization;

use crate::wire::folder_name::FolderName;

/// A folder and its whole name.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) folder: Folder,
    /// Whether folders lie below it.
    pub(crate) has_children: bool,
    /// The mailbox that it is in.
    pub(crate) mailbox: Mailbox,
    /// Whether that is somebody else's, or the archive.
    pub(crate) is_foreign: bool,
    /// Whether what is in it may be counted: seeing the name of another's folder is not reading it.
    pub(crate) can_count: bool,
}

/// All folders that a user sees.
#[derive(Clone, Debug)]
pub(crate) struct Tree {
    pub(crate) entries: Vec<Entry>,
    /// Names that are subscribed to and have no folder. [RFC 9051 6.3.7]
    pub(crate) orphans: Vec<String>,
}

impl Tree {
    /// Reads the folders of a mailbox; sorted by name, the inbox first.
    pub(crate) fn of(mailbox: &Mailbox) -> Result<Tree> {
        let orphans = mailbox.subscriptions_without_folder()?;
        Ok(Tree {
            entries: named(mailbox, mailbox.folders()?),
            orphans: orphans.into_iter().map(|levels| levels.join("/")).collect(),
        })
    }

    /// The folder of that name that messages can be in.
    pub(crate) fn find(&self, name: &FolderName) -> Result<&Entry> {
        self.find_name(name)
            .and_then(|entry| if entry.folder.is_placeholder() { Err(missing()) } else { Ok(entry) })
    }

    /// The folder of that name, or the placeholder; as in the store, case and composition make no difference where there
    /// is no other.
    pub(crate) fn find_name(&self, name: &FolderName) -> Result<&Entry> {
        let exact = self.entries.iter().find(|entry| entry.name == name.as_str());
        let folded = || {
            let fold = |name: &str| name.nfc().flat_map(char::to_lowercase).collect::<String>();
            let wanted = fold(name.as_str());
            self.entries.iter().find(|entry| fold(&entry.name) == wanted)
        };
        exact.or_else(folded).ok_or_else(missing)
    }
}

/// The folders that a user sees, under their whole names.
fn named(mailbox: &Mailbox, folders: Vec<Folder>) -> Vec<Entry> {
    let names: HashMap<FolderId, (Option<FolderId>, String)> =
        folders.iter().map(|folder| (folder.id, (folder.parent, level(folder)))).collect();
    let whole = |id: FolderId| {
        let mut levels = Vec::new();
        let mut at = Some(id);
        // The store keeps parents free of circles and no deeper than its limit.
        while let Some((parent, name)) = at.and_then(|id| names.get(&id)) {
            levels.push(name.as_str());
            at = *parent;
        }
        levels.reverse();
        levels.join("/")
    };
    let parents: HashSet<Option<FolderId>> = folders.iter().map(|folder| folder.parent).collect();
    let mut entries: Vec<Entry> = folders
        .iter()
        .filter(|folder| !folder.hidden)
        .map(|folder| Entry {
            name: whole(folder.id),
            folder: folder.clone(),
            has_children: parents.contains(&Some(folder.id)),
            mailbox: mailbox.clone(),
            is_foreign: false,
            can_count: true,
        })
        .collect();
    entries.sort_by(|a, b| (!a.is_inbox(), &a.name).cmp(&(!b.is_inbox(), &b.name)));
    entries
}

impl Entry {
    pub(crate) fn is_inbox(&self) -> bool {
        self.folder.kind == Some(WellKnown::Inbox)
    }

    /// What it is for, where IMAP has a word for it: a client must not take another's folder for its own. [RFC 6154 2]
    pub(crate) fn special_use(&self) -> Option<&'static str> {
        if self.is_foreign {
            return None;
        }
        Some(match self.folder.kind? {
            WellKnown::SentItems => "\\Sent",
            WellKnown::DeletedItems => "\\Trash",
            WellKnown::Drafts => "\\Drafts",
            WellKnown::JunkEmail => "\\Junk",
            WellKnown::Archive => "\\Archive",
            _ => return None,
        })
    }
}

/// A folder's own level. A name from another door may hold the separator: it is shown as the sign that looks
/// like it.
fn level(folder: &Folder) -> String {
    match folder.kind {
        Some(WellKnown::Inbox) => "INBOX".to_string(),
        _ => folder.name.replace('/', "\u{2215}"),
    }
}

/// The levels of a name as the store has them.
pub(crate) fn path(name: &FolderName) -> Vec<&str> {
    // Inbox is the store's name for it; case makes no difference there.
    name.as_str().split('/').collect()
}

/// What a client hears that names no folder, and one that may not know of it.
pub(crate) fn missing() -> Error {
    Error::not_found(ErrorId::FolderNotFound, "There is no such folder.")
}
