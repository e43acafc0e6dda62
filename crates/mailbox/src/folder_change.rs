//! Changes of who may do what in folders: how the record of changes keeps them, their undoing, and the rights of a user in
//! the folders of others that follow a mailbox to its next user.

use crate::Mailboxes;
use crate::folder_permission::{ACCESS_RIGHTS, FolderAccess};
use crate::place::Place;
use directory::schema::user;
use directory::{Action, AdminChange, Class, ObjectChange, PropertyChange, Record, SettingBack, Tombstone};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{Folder, FolderId, TOP};

/// What the record of changes calls a folder.
const CLASS: &str = "folder";
/// What it calls the entries of a folder.
const ENTRIES: &str = "AccessRights";
/// What it calls the mailbox and the folder themselves, by which an undo finds them whatever they are called by then.
const KEY: &str = "Folder";

/// A folder as the record of changes keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderKey {
    /// The mailbox that holds it, which may be an archive.
    mailbox: Guid,
    /// The folder; [`Guid::EMPTY`] is the top of the mailbox.
    folder: Guid,
    /// `ann:\Inbox`, for people.
    shown: String,
}

impl FolderKey {
    /// A folder of a mailbox, its top where none is named, and how people call it.
    pub fn new(mailbox: &store::Mailbox, folder: Option<&Folder>, shown: &str) -> FolderKey {
        let folder = folder.filter(|folder| folder.id != TOP).map_or(Guid::EMPTY, |folder| folder.guid);
        FolderKey { mailbox: mailbox.guid(), folder, shown: shown.to_owned() }
    }

    fn of(one: &ObjectChange) -> Option<FolderKey> {
        let mut keys = one.properties.iter().filter(|property| property.name == KEY);
        let [mailbox, folder] = keys.next()?.after.as_slice() else { return None };
        Some(FolderKey {
            mailbox: Guid::parse(mailbox)?,
            folder: Guid::parse(folder)?,
            shown: one.shown.clone(),
        })
    }
}

/// What became of the entry of a trustee: its rights before and after, bit by bit; nothing where there is none.
pub(crate) struct EntryChange {
    pub(crate) trustee: String,
    pub(crate) before: Option<u32>,
    pub(crate) after: Option<u32>,
}

impl EntryChange {
    fn reversed(&self) -> EntryChange {
        EntryChange { trustee: self.trustee.clone(), before: self.after, after: self.before }
    }
}

/// What the record of changes says of the entries of a folder of `owner`.
pub(crate) fn recorded(owner: Guid, key: &FolderKey, entries: &[EntryChange]) -> ObjectChange {
    let side = |rights: fn(&EntryChange) -> Option<u32>| {
        entries.iter().filter_map(|one| rights(one).map(|rights| line(&one.trustee, rights))).collect()
    };
    let (before, after) = (side(|one| one.before), side(|one| one.after));
    let entries = PropertyChange { name: ENTRIES.to_owned(), before, after };
    let guids = vec![key.mailbox.to_string(), key.folder.to_string()];
    let same = PropertyChange { name: KEY.to_owned(), before: guids.clone(), after: guids };
    ObjectChange::stored(owner, CLASS, &key.shown, vec![entries, same])
}

/// `S-1-5-21-…-1105: Reviewer`; a number where no words say the same.
fn line(trustee: &str, rights: u32) -> String {
    let words = words(rights);
    let same = bits(&words) == Some(rights);
    format!("{trustee}: {}", if same { words } else { rights.to_string() })
}

fn words(rights: u32) -> String {
    let words: Vec<String> = FolderAccess(rights).list().iter().map(ToString::to_string).collect();
    words.join(", ")
}

fn bits(words: &str) -> Option<u32> {
    words.parse().ok().or_else(|| u32::try_from(ACCESS_RIGHTS.parse(words)?.number).ok())
}

/// The entries that a change of a folder was about.
fn entries_of(one: &ObjectChange) -> Vec<EntryChange> {
    let read = |line: &String| {
        let (trustee, words) = line.rsplit_once(": ")?;
        Some((trustee.to_owned(), bits(words)?))
    };
    let mut found = Vec::new();
    for property in one.properties.iter().filter(|property| property.name == ENTRIES) {
        let [before, after] =
            [&property.before, &property.after].map(|side| side.iter().filter_map(read).collect::<Vec<_>>());
        let trustees: BTreeSet<&String> = before.iter().chain(&after).map(|(trustee, _)| trustee).collect();
        let of = |side: &[(String, u32)], wanted: &String| {
            side.iter().find(|(trustee, _)| trustee == wanted).map(|(_, rights)| *rights)
        };
        found.extend(trustees.into_iter().map(|trustee| EntryChange {
            trustee: trustee.clone(),
            before: of(&before, trustee),
            after: of(&after, trustee),
        }));
    }
    found
}

/// `ann:\Inbox\Lists`, as the cmdlets of permissions name a folder.
pub(crate) fn place_of(mailbox: &store::Mailbox, owner: &Record, folder: &Folder) -> Result<String> {
    let (folders, mut path, mut next) = (mailbox.folders()?, folder.name.clone(), folder.parent);
    while let Some(above) = next.and_then(|id| folders.iter().find(|folder| folder.id == id)) {
        path = format!("{}\\{path}", above.name);
        next = above.parent;
    }
    Ok(format!("{}:\\{path}", owner.alias()))
}

/// Entries of a folder that an undo puts back.
pub(crate) struct FolderBack {
    owner: Arc<Record>,
    mailbox: store::Mailbox,
    folder: FolderId,
    key: FolderKey,
    entries: Vec<EntryChange>,
}

impl FolderBack {
    /// What is put back, as a phrase.
    pub(crate) fn phrase(&self) -> String {
        format!("{ENTRIES} of {}", self.key.shown)
    }
    /// What the record says of the undoing.
    pub(crate) fn recorded(&self) -> ObjectChange {
        let back: Vec<EntryChange> = self.entries.iter().map(EntryChange::reversed).collect();
        recorded(self.owner.guid(), &self.key, &back)
    }
}

impl Mailboxes {
    /// Notes that the entry of a trustee in a folder of `owner` became another one; nothing where it is the same.
    pub fn note_folder_change(
        &self,
        author: &Author,
        owner: Guid,
        key: &FolderKey,
        trustee: &str,
        (before, after): (Option<u32>, Option<u32>),
    ) -> Result<()> {
        if before == after {
            return Ok(());
        }
        let entry = EntryChange { trustee: trustee.to_owned(), before, after };
        self.directory().note_done(author, vec![recorded(owner, key, &[entry])])
    }

    /// The folders whose entries an undo of `change` puts back, where they still are as it left them.
    pub(crate) fn folders_back(&self, change: &AdminChange) -> Result<Vec<FolderBack>> {
        let of_folder = |one: &&ObjectChange| one.action == Action::Stored && one.class == CLASS;
        let folders = change.objects.iter().filter(of_folder).filter(|_| change.error.is_none());
        let mut back = folders.map(|one| self.folder_back(change, one)).collect::<Result<Vec<_>>>()?;
        back.retain(|folder| !folder.entries.is_empty());
        Ok(back)
    }

    fn folder_back(&self, change: &AdminChange, one: &ObjectChange) -> Result<FolderBack> {
        let built_on = |what: &str| {
            let (entry, command) = (change.entry, &change.author.command);
            let message = format!("Change {entry} ({command}) can't be undone: {} {what}.", one.shown);
            Error::conflict(ErrorId::ChangeBuiltOn, message).about("Identity")
        };
        let owner = self.directory().get(one.object).filter(|owner| owner.is_mailbox());
        let owner = owner.ok_or_else(|| built_on("is no longer there"))?;
        let key = FolderKey::of(one).ok_or_else(|| built_on("was recorded without its folder"))?;
        let mailbox = self.held_by(&owner, key.mailbox)?.ok_or_else(|| built_on("is no longer there"))?;
        let folder = match key.folder {
            Guid::EMPTY => TOP,
            guid => {
                let found = mailbox.folders()?.into_iter().find(|folder| folder.guid == guid);
                found.ok_or_else(|| built_on("is no longer there"))?.id
            }
        };
        let (entries, standing) = (entries_of(one), mailbox.permissions()?);
        let now = |trustee: &str| {
            let mut here = standing.iter().filter(|entry| entry.folder == folder);
            here.find(|entry| entry.trustee == trustee).map(|entry| entry.rights)
        };
        let (stand, changed): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| now(&entry.trustee) == entry.after);
        // What was to follow a mailbox and did not is as it was: it keeps nobody from undoing the rest.
        let follows = change.number != 0;
        if changed.iter().any(|entry| !follows || now(&entry.trustee) != entry.before) {
            return Err(built_on("has other permissions by now")
                .help("Undo first what was done to them later, or run Set-MailboxFolderPermission."));
        }
        Ok(FolderBack { owner, mailbox, folder, key, entries: stand })
    }

    /// The mailbox with that GUID, if it is the owner's or their archive.
    fn held_by(&self, owner: &Record, guid: Guid) -> Result<Option<store::Mailbox>> {
        let held = Place::all_of(owner).into_iter().find(|place| place.mailbox == guid);
        held.map(|place| self.open(place.database)?.mailbox(guid)).transpose()
    }

    /// Puts the entries of a folder back.
    pub(crate) fn put_folder_back(&self, author: &Author, back: &FolderBack) -> Result<()> {
        let owner = back.owner.guid();
        let mailbox = self.administered(back.mailbox.clone(), owner, author);
        for EntryChange { trustee, before, after } in &back.entries {
            let (before, after, place) = (*before, *after, back.key.shown.clone());
            mailbox.change_permission(back.folder, trustee, move |now| {
                if now == after {
                    return Ok(before);
                }
                let message = format!("The permissions of {place} became different at the same moment.");
                Err(Error::conflict(ErrorId::ChangeBuiltOn, message).about("Identity"))
            })?;
        }
        self.review_visits(owner);
        Ok(())
    }

    /// The entries that the former user of a mailbox has in the folders of others and that `user` gets now, another
    /// account; and what of that cannot be told, since its database is not mounted.
    pub(crate) fn folders_following(
        &self,
        author: &Author,
        tombstone: &Tombstone,
        user: Guid,
    ) -> Result<(Vec<Following>, Vec<SettingBack>)> {
        let directory = self.directory();
        let (old, new) = (tombstone.before("Sid").first(), directory.need(user)?.get(&user::SID));
        let Some((old, new)) = old.zip(new).filter(|(old, new)| *old != new) else {
            return Ok(Default::default());
        };
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for record in directory.all(Class::MailboxDatabase) {
            match self.open(record.guid()) {
                Ok(open) => {
                    let here = self.following_in(&open, (old, &new), user)?;
                    // A right in somebody's folder is given by whoever may change that mailbox.
                    let (here, shut): (Vec<_>, Vec<_>) =
                        here.into_iter().partition(|one| self.lets_write(author, one.owner));
                    unknown.extend(shut.iter().map(Following::shut_out));
                    found.extend(here);
                }
                Err(error) => {
                    let setting = format!("Folder permissions in {}", record.name());
                    unknown.push(SettingBack::not(&setting, "", error.message()));
                }
            }
        }
        Ok((found, unknown))
    }

    fn following_in(
        &self,
        open: &store::Database,
        (old, new): (&str, &str),
        user: Guid,
    ) -> Result<Vec<Following>> {
        let mut found = Vec::new();
        // The entries of an account that goes on living are its own.
        let moves = self.directory().by_sid(old).is_none();
        for guid in open.mailboxes_shared_with(&[old.to_owned()])? {
            let owner = self.directory().by_mailbox(guid);
            let Some(owner) = owner.filter(|owner| owner.guid() != user) else { continue };
            let mailbox = open.mailbox(guid)?;
            let (all, folders) = (mailbox.permissions()?, mailbox.folders()?);
            for entry in all.iter().filter(|entry| entry.trustee == old) {
                let own = all.iter().find(|own| own.folder == entry.folder && own.trustee == new);
                let folder = folders.iter().find(|folder| folder.id == entry.folder);
                let place = match folder {
                    Some(folder) => place_of(&mailbox, &owner, folder)?,
                    None => format!("{}:\\", owner.alias()),
                };
                let key = FolderKey::new(&mailbox, folder, &place);
                let (old, new) = (old.to_owned(), new.to_owned());
                found.push(Following {
                    owner: owner.guid(),
                    mailbox: mailbox.clone(),
                    folder: entry.folder,
                    key,
                    rights: entry.rights,
                    own: own.map(|own| own.rights),
                    old,
                    new,
                    moves,
                });
            }
        }
        Ok(found)
    }

    fn lets_write(&self, author: &Author, owner: Guid) -> bool {
        let owner = self.directory().get(owner);
        owner.is_some_and(|owner| self.directory().lets_write(author, &owner))
    }
}

/// An entry of a folder that follows a mailbox from its former user to the next one.
#[derive(Clone)]
pub(crate) struct Following {
    owner: Guid,
    mailbox: store::Mailbox,
    folder: FolderId,
    key: FolderKey,
    rights: u32,
    /// What the next user may do there already.
    own: Option<u32>,
    old: String,
    new: String,
    /// Whether the former user's entry goes: the account is no longer there.
    moves: bool,
}

impl Following {
    /// What the record of changes says of it.
    pub(crate) fn recorded(&self) -> ObjectChange {
        let gone = EntryChange { trustee: self.old.clone(), before: Some(self.rights), after: None };
        let after = self.own.or(Some(self.rights));
        let given = EntryChange { trustee: self.new.clone(), before: self.own, after };
        let entries: Vec<EntryChange> =
            self.moves.then_some(gone).into_iter().chain(self.own.is_none().then_some(given)).collect();
        recorded(self.owner, &self.key, &entries)
    }

    /// What is told of it, where it is (or would be) done.
    pub(crate) fn told(&self) -> SettingBack {
        match self.own {
            Some(own) if own != self.rights => {
                let why = format!("There is an entry of the user already: {}.", words(own));
                SettingBack::not(&self.setting(), &words(self.rights), why)
            }
            _ => SettingBack::done(&self.setting(), &words(self.rights)),
        }
    }

    /// `Folder permission of ann:\Inbox`
    pub(crate) fn setting(&self) -> String {
        format!("Folder permission of {}", self.key.shown)
    }

    /// What is told of one in a mailbox that whoever connects may not change.
    fn shut_out(&self) -> SettingBack {
        SettingBack::not(
            &self.setting(),
            &words(self.rights),
            "That mailbox is outside the scopes of your roles.",
        )
    }

    /// Gives the entry to the next user, or leaves all as it was. What of it was there already stays.
    pub(crate) fn follow(&self, mailboxes: &Mailboxes, author: &Author) -> Result<()> {
        let mailbox = mailboxes.administered(self.mailbox.clone(), self.owner, author);
        mailbox.pass_permission(self.folder, &self.old, &self.new, !self.moves)
    }

    /// Notes that the entry did not follow, though the change of the mailbox says that it does.
    pub(crate) fn note_failure(&self, mailboxes: &Mailboxes, author: &Author, error: &Error) -> Result<()> {
        let about = ObjectChange::named(self.owner, CLASS, &self.key.shown);
        let why = format!("{} did not follow: {}", self.setting(), error.message());
        mailboxes.directory().note(author, Some(&why), vec![about])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is written of an entry is read as it was, words or not, and an undo sees both sides of each trustee.
    #[test]
    fn entries_are_read_as_they_were_recorded() {
        let entry = |trustee: &str, before, after| EntryChange { trustee: trustee.to_owned(), before, after };
        let entries = [
            entry("Default", Some(0), Some(0x401)),
            entry("S-1-5-21-1-2-3-1105", None, Some(0x1c01)),
            entry("S-1-5-21-1-2-3-1106", Some(0x7fb), None),
        ];
        let key = FolderKey { mailbox: Guid::random(), folder: Guid::EMPTY, shown: "ann:\\Inbox".to_owned() };
        let one = recorded(Guid::random(), &key, &entries);
        assert_eq!(FolderKey::of(&one), Some(key));
        assert_eq!(one.properties[0].before, ["Default: None", "S-1-5-21-1-2-3-1106: Owner"]);
        assert_eq!(one.properties[0].after, ["Default: Reviewer", "S-1-5-21-1-2-3-1105: 7169"]);
        let read: Vec<_> =
            entries_of(&one).into_iter().map(|one| (one.trustee, one.before, one.after)).collect();
        let wanted: Vec<_> = entries.into_iter().map(|one| (one.trustee, one.before, one.after)).collect();
        assert_eq!(read, wanted);
    }
}
