//! Which mailbox a folder name is in: one's own, or a neighbour's under its prefix.  [RFC 2342] [RFC 9051 5.1.2]
//!
//! `Other Users/ann/…` and `Shared/sales/…` are the mailboxes that one may open, `Online Archive/…` is one's own archive.
//! Subscriptions are kept by name in one's own mailbox: nobody sees what others subscribe to.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use mailbox::store::{Folder, FolderId, Limits, Mailbox, WellKnown};
use mailbox::{FolderAcl, FolderRights, Space};
use object::{Error, ErrorId, Result};

use crate::house::{Neighbour, Neighbours};
use crate::limits::NEIGHBOURS_LISTED_MAX;
use crate::tree::{Entry, Tree, missing};
use crate::wire::folder_name::FolderName;

/// The first level of each name space.
const SPACES: [(Space, &str); 3] =
    [(Space::OtherUsers, "Other Users"), (Space::Shared, "Shared"), (Space::Archive, "Online Archive")];

/// The first level of a name space.
pub(crate) fn root(space: Space) -> &'static str {
    SPACES.iter().find(|(known, _)| *known == space).map_or("", |(_, name)| name)
}

/// How much a mailbox may hold; asked anew for every use.
pub(crate) type LimitsOf = Arc<dyn Fn() -> Result<Limits> + Send + Sync>;

/// All that somebody can reach.
#[derive(Clone)]
pub(crate) struct Reach {
    pub(crate) mailbox: Mailbox,
    pub(crate) limits: LimitsOf,
    pub(crate) neighbours: Arc<dyn Neighbours>,
    pub(crate) acl: Option<FolderAcl>,
}

/// The mailbox of a folder name.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) mailbox: Mailbox,
    pub(crate) limits: LimitsOf,
    pub(crate) neighbour: Option<Arc<dyn Neighbour>>,
    /// Who may do what in its folders.
    acl: Option<FolderAcl>,
    /// What stands before the names of its folders: nothing, or `Shared/sales/`.
    pub(crate) prefix: String,
    /// The folder's name in it; none where its top is meant.
    name: Option<FolderName>,
}

impl Reach {
    /// One's own mailbox.
    pub(crate) fn own(&self) -> Place {
        let (mailbox, limits) = (self.mailbox.clone(), Arc::clone(&self.limits));
        Place { mailbox, limits, neighbour: None, acl: self.acl.clone(), prefix: String::new(), name: None }
    }

    /// The mailbox that a name is in, as it may be opened now.
    pub(crate) fn place(&self, name: &FolderName) -> Result<Place> {
        if let Some((space, alias, rest)) = split(name.as_str())
            && let Some(neighbour) = self.neighbours.find(space, alias)?
        {
            let name = rest.map(FolderName::parse).transpose()?;
            return Ok(Place { name, ..of(space, neighbour) });
        }
        Ok(Place { name: Some(name.clone()), ..self.own() })
    }

    /// The folders of all mailboxes, and the names above those that are not one's own; `deep` where the folders below
    /// such names are wanted. What cannot be read at the moment is left out.
    pub(crate) fn tree(&self, deep: bool) -> Result<(Tree, Vec<String>)> {
        let (mut tree, mut above) = (Tree::of(&self.mailbox)?, BTreeSet::new());
        for (space, neighbour) in self.neighbours.all(NEIGHBOURS_LISTED_MAX)? {
            let place = of(space, neighbour);
            above.insert(root(space).to_owned());
            if space != Space::Archive {
                above.insert(place.prefix.trim_end_matches('/').to_owned());
            }
            if !deep {
                continue;
            }
            match place.tree() {
                Ok(other) => tree.entries.extend(other.entries),
                Err(error) => {
                    tracing::warn!(place = place.prefix, %error, "folders of another mailbox are left out")
                }
            }
        }
        self.subscribe_foreign(&mut tree)?;
        above.retain(|name| !there_is(&tree, name));
        Ok((tree, above.into_iter().collect()))
    }
}

impl Reach {
    /// Finds out which folders of others are subscribed to: those that are named, and those that appear by themselves and
    /// are not refused.
    fn subscribe_foreign(&self, tree: &mut Tree) -> Result<()> {
        let named: HashSet<String> = tree.orphans.iter().map(|name| name.to_lowercase()).collect();
        let refused = self.mailbox.refused_paths()?;
        let refused: HashSet<String> = refused.iter().map(|path| path.join("/").to_lowercase()).collect();
        let mut there = HashSet::new();
        for entry in &mut tree.entries {
            let name = entry.name.to_lowercase();
            if entry.is_foreign {
                let appears = entry.folder.subscribed && !refused.contains(&name);
                entry.folder.subscribed = appears || named.contains(&name);
            }
            there.insert(name);
        }
        tree.orphans.retain(|name| !there.contains(&name.to_lowercase()));
        tree.orphans.sort();
        Ok(())
    }
}

/// Mail that a person reads; what is on its way out is none.
fn is_read(folder: &Folder) -> bool {
    folder.class.eq_ignore_ascii_case("IPF.Note") && folder.kind != Some(WellKnown::Outbox)
}

/// Whether a name lies in a name space in which one has no folders of one's own.
pub(crate) fn is_foreign(name: &FolderName) -> bool {
    let first = name.as_str().split('/').next().unwrap_or("");
    SPACES.iter().any(|(_, root)| first == *root)
}

fn there_is(tree: &Tree, name: &str) -> bool {
    tree.entries.iter().any(|entry| entry.name == name)
}

fn of(space: Space, neighbour: Arc<dyn Neighbour>) -> Place {
    let level = neighbour.name().replace('/', "\u{2215}");
    let prefix = match space {
        Space::Archive => format!("{}/", root(space)),
        Space::OtherUsers | Space::Shared => format!("{}/{level}/", root(space)),
    };
    let asked = Arc::clone(&neighbour);
    let limits: LimitsOf = Arc::new(move || asked.limits());
    let (mailbox, acl) = (neighbour.mailbox(), neighbour.acl());
    Place { mailbox, limits, neighbour: Some(neighbour), acl, prefix, name: None }
}

/// `Shared/sales/INBOX` is `(Shared, "sales", "INBOX")`.
fn split(name: &str) -> Option<(Space, &str, Option<&str>)> {
    let (first, rest) = name.split_once('/').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let (space, _) = SPACES.iter().find(|(_, root)| *root == first)?;
    if *space == Space::Archive {
        return Some((*space, "", rest));
    }
    let rest = rest?;
    let (alias, rest) = rest.split_once('/').map_or((rest, None), |(alias, rest)| (alias, Some(rest)));
    Some((*space, alias, rest))
}

impl Place {
    /// The folder's name in the mailbox.
    pub(crate) fn name(&self) -> Result<&FolderName> {
        self.name.as_ref().ok_or_else(missing)
    }

    /// What may be done in a folder.
    pub(crate) fn rights(&self, folder: &Folder) -> Result<FolderRights> {
        self.neighbour.as_ref().map_or(Ok(FolderRights::ALL), |neighbour| neighbour.rights(folder))
    }

    /// Whether it is in a mailbox that appears by itself.
    pub(crate) fn appears(&self) -> bool {
        self.neighbour.as_ref().is_some_and(|neighbour| neighbour.is_mapped())
    }

    /// The folders that are seen, under their whole names.
    pub(crate) fn tree(&self) -> Result<Tree> {
        let mut tree = Tree::of(&self.mailbox)?;
        let Some(neighbour) = &self.neighbour else { return Ok(tree) };
        tree.orphans.clear();
        let mut seen = Vec::with_capacity(tree.entries.len());
        for mut entry in tree.entries {
            let rights = neighbour.rights(&entry.folder)?;
            if rights.has(FolderRights::LOOKUP) {
                entry.can_count = rights.has(FolderRights::READ);
                entry.name.insert_str(0, &self.prefix);
                entry.is_foreign = true;
                entry.folder.subscribed = neighbour.is_mapped() && is_read(&entry.folder);
                seen.push(entry);
            }
        }
        tree.entries = seen;
        Ok(tree)
    }

    /// The folder that is meant, if it is seen, under its whole name.
    pub(crate) fn entry(&self) -> Result<Entry> {
        self.seen(Tree::of(&self.mailbox)?.find(self.name()?)?)
    }

    /// The same, or the placeholder for folders below it.
    pub(crate) fn entry_or_placeholder(&self) -> Result<Entry> {
        self.seen(Tree::of(&self.mailbox)?.find_name(self.name()?)?)
    }

    fn seen(&self, entry: &Entry) -> Result<Entry> {
        if !self.rights(&entry.folder)?.has(FolderRights::LOOKUP) {
            return Err(missing());
        }
        let mut entry = entry.clone();
        entry.name.insert_str(0, &self.prefix);
        Ok(entry)
    }

    /// The same folder, if all of `rights` are there.
    pub(crate) fn entry_with(&self, rights: FolderRights) -> Result<Entry> {
        let entry = self.entry()?;
        self.need(&entry.folder, rights)?;
        Ok(entry)
    }

    /// The folder in which messages of `source` in `from` end that are to go to `folder` of this mailbox: what a delegate
    /// moves to their own Deleted Items goes to those of the mailbox that it is in, where that one says so. Told with the
    /// place, and whether it is another one.
    pub(crate) fn wastebasket(
        self,
        (from, source): (&Place, FolderId),
        folder: Folder,
    ) -> Result<(Place, Folder, bool)> {
        let keeps = || from.neighbour.as_ref().is_some_and(|neighbour| neighbour.keeps_deleted());
        let deletes = folder.kind == Some(WellKnown::DeletedItems) && self.neighbour.is_none();
        if !deletes || !keeps() {
            return Ok((self, folder, false));
        }
        let folders = from.mailbox.folders()?.into_iter();
        let own = folders.into_iter().find(|folder| folder.kind == Some(WellKnown::DeletedItems));
        let own = own.ok_or_else(missing)?;
        if own.id == source {
            // It was deleted there before.
            return Ok((self, folder, false));
        }
        from.need(&own, FolderRights::INSERT)?;
        Ok((from.clone(), own, true))
    }

    /// The folder and the list of who may do what in it, for whoever may change that.
    pub(crate) fn administered(&self) -> Result<(Entry, &FolderAcl)> {
        let entry = self.entry_with(FolderRights::ADMINISTER)?;
        let acl = self.acl.as_ref().ok_or_else(no_right)?;
        Ok((entry, acl))
    }

    /// Refuses what needs rights in a folder that are not there.
    pub(crate) fn need(&self, folder: &Folder, rights: FolderRights) -> Result<()> {
        if self.rights(folder)?.has(rights) { Ok(()) } else { Err(no_right()) }
    }

    /// Refuses to make a folder of the name where that is not allowed: the nearest folder above it decides.
    pub(crate) fn need_above(&self, rights: FolderRights) -> Result<()> {
        let Some(neighbour) = &self.neighbour else { return Ok(()) };
        let tree = Tree::of(&self.mailbox)?;
        let mut name = self.name()?.as_str();
        while let Some((above, _)) = name.rsplit_once('/') {
            if let Ok(entry) = tree.find_name(&FolderName::parse(above)?) {
                return self.need(&entry.folder.clone(), rights);
            }
            name = above;
        }
        if neighbour.root_rights()?.has(rights) { Ok(()) } else { Err(no_right()) }
    }
}

/// What a client hears that lacks a right.
pub(crate) fn no_right() -> Error {
    Error::denied(ErrorId::NoRight, "You have no right to do that in this folder.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_where_they_are() {
        for (name, found) in [
            ("INBOX", None),
            ("Shared", None),
            ("shared/sales/INBOX", None),
            ("Shared/sales", Some((Space::Shared, "sales", None))),
            ("Shared/sales/INBOX/a", Some((Space::Shared, "sales", Some("INBOX/a")))),
            ("Other Users/ann/Sent Items", Some((Space::OtherUsers, "ann", Some("Sent Items")))),
            ("Online Archive", Some((Space::Archive, "", None))),
            ("Online Archive/INBOX", Some((Space::Archive, "", Some("INBOX")))),
        ] {
            assert_eq!(split(name), found, "{name}");
        }
    }
}
