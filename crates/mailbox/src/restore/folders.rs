//! Which folders of a source are restored, and where each is put.

use object::{Error, ErrorId, Result};
use std::collections::HashMap;
use store::{Folder, FolderId, Mailbox, WellKnown};

/// A folder as `-IncludeFolders` names it: `Projects/2026`, `#Inbox#/*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// The well-known folder in which the path begins; a name that this server has no folder for finds none.
    known: Option<Option<WellKnown>>,
    path: Vec<String>,
    below: bool,
}

/// Exchange's names of well-known folders; those that are no folder here are names all the same.
const WELL_KNOWN: [(&str, Option<WellKnown>); 18] = [
    ("Inbox", Some(WellKnown::Inbox)),
    ("SentItems", Some(WellKnown::SentItems)),
    ("DeletedItems", Some(WellKnown::DeletedItems)),
    ("Calendar", Some(WellKnown::Calendar)),
    ("Contacts", Some(WellKnown::Contacts)),
    ("Drafts", Some(WellKnown::Drafts)),
    ("Outbox", Some(WellKnown::Outbox)),
    ("Journal", None),
    ("Tasks", Some(WellKnown::Tasks)),
    ("Notes", Some(WellKnown::Notes)),
    ("JunkEmail", Some(WellKnown::JunkEmail)),
    ("CommunicatorHistory", None),
    ("Voicemail", None),
    ("Fax", None),
    ("Conflicts", None),
    ("SyncIssues", None),
    ("LocalFailures", None),
    ("ServerFailures", None),
];

impl Pattern {
    /// Reads a pattern. `\#Notes\#` is a folder of that very name.
    pub(crate) fn parse(text: &str) -> Result<Pattern> {
        let wrong = |why: &str| {
            Error::caller(ErrorId::InvalidValue, format!("'{text}' is not a folder: {why}."))
                .help("Write a path with slashes, `#Inbox#` for the inbox in any language, /* for all below.")
        };
        let mut names: Vec<&str> = text.trim().trim_matches('/').split('/').collect();
        let below = names.len() > 1 && names.last() == Some(&"*");
        if below {
            names.pop();
        }
        if names.iter().any(|name| name.is_empty()) {
            return Err(wrong("a name is empty"));
        }
        let first = names.first().copied().unwrap_or_default();
        let inner = first.strip_prefix('#').and_then(|rest| rest.strip_suffix('#'));
        let known = match inner {
            None => None,
            Some(word) => {
                let found = WELL_KNOWN.iter().find(|(name, _)| name.eq_ignore_ascii_case(word));
                Some(found.ok_or_else(|| wrong(&format!("there is no well-known folder {word}")))?.1)
            }
        };
        let rest = names.into_iter().skip(usize::from(known.is_some()));
        let path = rest.map(|name| name.replace("\\#", "#").to_lowercase()).collect();
        Ok(Pattern { known, path, below })
    }

    /// Whether it means a folder, given by its path in lower case and the well-known folder that this begins with.
    fn means(&self, top: Option<WellKnown>, path: &[String]) -> bool {
        let rest = match self.known {
            None => path,
            Some(known) if known.is_some() && known == top => &path[1..],
            Some(_) => return false,
        };
        if self.below { rest.starts_with(&self.path) } else { *rest == self.path }
    }
}

/// A folder of the source that is restored.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    /// The folder.
    pub(crate) folder: Folder,
    /// Its names from the root of what is restored, and the kind of the first where it is a well-known one.
    pub(crate) names: Vec<String>,
    pub(crate) top: Option<WellKnown>,
}

/// What is chosen of a mailbox.
pub(crate) struct Choice<'a> {
    pub(crate) root: &'a str,
    pub(crate) include: Vec<Pattern>,
    pub(crate) exclude: Vec<Pattern>,
    pub(crate) dumpster: bool,
}

impl Choice<'_> {
    /// The folders that are restored, in the order in which they were made.
    pub(crate) fn of(&self, folders: Vec<Folder>) -> Vec<Chosen> {
        let by_id: HashMap<FolderId, Folder> =
            folders.iter().map(|folder| (folder.id, folder.clone())).collect();
        let mut chosen: Vec<Chosen> =
            folders.into_iter().filter_map(|folder| self.chosen(folder, &by_id)).collect();
        chosen.sort_by_key(|one| one.folder.id);
        chosen
    }

    fn chosen(&self, folder: Folder, by_id: &HashMap<FolderId, Folder>) -> Option<Chosen> {
        if folder.hidden {
            // Recoverable items come along whatever folders are named; their root holds nothing.
            let wanted = self.dumpster && folder.kind != Some(WellKnown::RecoverableItems);
            return wanted.then(|| Chosen { names: vec![folder.name.clone()], top: folder.kind, folder });
        }
        let mut names = vec![folder.name.clone()];
        let mut highest = &folder;
        while let Some(parent) = highest.parent.and_then(|parent| by_id.get(&parent)) {
            names.insert(0, parent.name.clone());
            highest = parent;
        }
        let top = highest.kind;
        let folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let included = self.include.is_empty() || self.include.iter().any(|one| one.means(top, &folded));
        if !included || self.exclude.iter().any(|one| one.means(top, &folded)) {
            return None;
        }
        let root: Vec<String> =
            self.root.split('/').filter(|name| !name.is_empty()).map(str::to_lowercase).collect();
        let within = root.is_empty() || folded.starts_with(&root);
        let names = names.split_off(root.len().min(names.len()));
        within.then(|| Chosen { top: top.filter(|_| root.is_empty()), folder, names })
    }
}

/// What entries a folder that is made shall have, each a trustee with their rights; nothing for the usual ones.
pub(crate) type Permissions<'a> = &'a dyn Fn(&Chosen) -> Option<Vec<(String, u32)>>;

/// A folder of the target.
pub(crate) struct Target {
    pub(crate) id: FolderId,
    /// Whether it was made just now.
    pub(crate) made: bool,
}

impl Chosen {
    /// The folder of the target, made where it is missing, with those above it that are restored, too; each with what
    /// `permissions` says of its source, or else with those of the folder in which it is made.
    pub(crate) fn target(
        &self,
        target: &Mailbox,
        root: &str,
        all: &[Chosen],
        permissions: Permissions<'_>,
    ) -> Result<Target> {
        if self.folder.hidden {
            let kind = self.folder.kind.unwrap_or(WellKnown::Deletions);
            return Ok(Target { id: target.known(kind)?.id, made: false });
        }
        if let Some(id) = self.there(target, root)? {
            return Ok(Target { id, made: false });
        }
        let mut above: Vec<&Chosen> = all.iter().filter(|one| one.is_above(self)).collect();
        above.sort_by_key(|one| one.names.len());
        for one in above {
            if one.there(target, root)?.is_none() {
                one.make(target, root, permissions(one))?;
            }
        }
        Ok(Target { id: self.make(target, root, permissions(self))?, made: true })
    }

    fn is_above(&self, other: &Chosen) -> bool {
        let within = self.names.len() < other.names.len() && other.names.starts_with(&self.names);
        within && self.top == other.top && !self.folder.hidden
    }

    fn there(&self, target: &Mailbox, root: &str) -> Result<Option<FolderId>> {
        let path = self.path(target, root)?;
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        Ok(target.find(&names)?.filter(|folder| !folder.is_placeholder()).map(|folder| folder.id))
    }

    fn make(
        &self,
        target: &Mailbox,
        root: &str,
        permissions: Option<Vec<(String, u32)>>,
    ) -> Result<FolderId> {
        let path = self.path(target, root)?;
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let made = match permissions {
            Some(permissions) => target.create_folder_with(&names, &self.folder.class, permissions),
            None => target.create_folder(&names, &self.folder.class),
        };
        Ok(made?.id)
    }

    /// Where it is put.
    fn path(&self, target: &Mailbox, root: &str) -> Result<Vec<String>> {
        let root: Vec<String> = root.split('/').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        let mut path = root.clone();
        match self.top.filter(|_| root.is_empty()) {
            // A well-known folder has another name in another language, or was renamed.
            Some(kind) => {
                path.push(target.known(kind)?.name);
                path.extend(self.names.iter().skip(1).cloned());
            }
            None => path.extend(self.names.iter().cloned()),
        }
        if path.is_empty() {
            // The root of what is restored, onto the root of the target: that is no folder.
            path.push(self.folder.name.clone());
        }
        Ok(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_named_as_exchange_does() {
        let path = |text: &str| -> Vec<String> { text.split('/').map(str::to_lowercase).collect() };
        let inbox = Some(WellKnown::Inbox);
        for (pattern, top, folder, meant) in [
            ("Inbox", inbox, "Inbox", true),
            ("inbox", inbox, "Inbox/2026", false),
            ("Inbox/*", inbox, "Inbox", true),
            ("Inbox/*", inbox, "Inbox/2026/May", true),
            ("#Inbox#", inbox, "Posteingang", true),
            ("#Inbox#/2026", inbox, "Posteingang/2026", true),
            ("#Inbox#/*", inbox, "Posteingang/2026", true),
            ("#Inbox#/*", None, "Inbox", false),
            ("#SentItems#", inbox, "Inbox", false),
            ("#Journal#", None, "Journal", false),
            ("\\#Notes\\#", None, "#Notes#", true),
            ("Projects/2026", None, "projects/2026", true),
            ("/Projects/", None, "Projects", true),
            ("Projects/*", None, "Projects2", false),
        ] {
            let read = Pattern::parse(pattern).unwrap();
            assert_eq!(read.means(top, &path(folder)), meant, "{pattern} and {folder}");
        }
        for wrong in ["", "a//b", "#Nonsense#"] {
            assert_eq!(Pattern::parse(wrong).unwrap_err().id(), "InvalidValue", "{wrong}");
        }
    }
}
