//! Who may do what in a folder, as IMAP lists and changes it: Exchange's folder permissions in IMAP's letters.  [RFC 4314 3]
//!
//! Some letters are one right of Exchange's and go together: `s` with `w`, `i` with `p`, `t` with `e`, `x` with `a`. To
//! write one of a pair is to write both, but for `x` alone, which would give away more than was written.

use crate::Mailboxes;
use crate::folder_change::{self, EntryChange, FolderKey, place_of};
use crate::folder_permission::FolderAccess;
use crate::folder_rights::FolderRights;
use crate::neighbour::rights_of;
use directory::schema::recipient;
use directory::{ObjectChange, Record};
use object::types::{Guid, ObjectId};
use object::value::Text;
use object::{Author, Error, ErrorId, Result};
use std::net::IpAddr;
use std::sync::Arc;
use store::{ANONYMOUS_TRUSTEE, DEFAULT_TRUSTEE, Folder, FolderPermission};

/// IMAP's names of those who have no account, and the folder's. [RFC 4314 2]
const NOBODIES: [(&str, &str); 2] = [("anyone", DEFAULT_TRUSTEE), ("anonymous", ANONYMOUS_TRUSTEE)];

/// Rights that are one right of Exchange's, with all that its roles give along with it.
const GROUPS: [(FolderRights, FolderAccess); 7] = [
    (FolderRights::LOOKUP, FolderAccess::FOLDER_VISIBLE),
    (FolderRights::READ, FolderAccess::READ_ITEMS),
    (FolderRights::SEEN.and(FolderRights::WRITE), both(FolderAccess::EDIT_ALL, FolderAccess::EDIT_OWNED)),
    (FolderRights::INSERT.and(FolderRights::POST), FolderAccess::CREATE_ITEMS),
    (FolderRights::CREATE, FolderAccess::CREATE_SUBFOLDERS),
    (
        FolderRights::DELETE.and(FolderRights::EXPUNGE),
        both(FolderAccess::DELETE_ALL, FolderAccess::DELETE_OWNED),
    ),
    (FolderRights::DELETE_FOLDER.and(FolderRights::ADMINISTER), FolderAccess::FOLDER_OWNER),
];

const fn both(one: FolderAccess, other: FolderAccess) -> FolderAccess {
    FolderAccess(one.0 | other.0)
}

/// What no letter says: it stays when letters are written.
const UNSAID: u32 =
    FolderAccess::FOLDER_CONTACT.0 | FolderAccess::FREE_BUSY.0 | FolderAccess::FREE_BUSY_DETAILS.0;

/// An entry as IMAP shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AclEntry {
    /// Who it is about: an address, `CONTOSO\name` of whoever has none, `anyone`, `anonymous`, or the security identifier
    /// of whoever is gone.
    pub identifier: String,
    /// What they may do.
    pub rights: FolderRights,
}

/// What is done with the rights of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclChange {
    /// They are these and no others.
    Set,
    /// These are added.
    Add,
    /// These are taken away.
    Remove,
}

/// What may be given to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grantable {
    /// What they have in any case.
    pub always: FolderRights,
    /// What may be given besides; each goes together.
    pub optional: Vec<FolderRights>,
}

/// The permissions of one mailbox's folders in the hands of an account at a door. Whether the account may look at them
/// or change them is the door's to ask: [`FolderRights::ADMINISTER`].
#[derive(Clone)]
pub struct FolderAcl {
    mailboxes: Mailboxes,
    account: Guid,
    owner: Guid,
    mailbox: store::Mailbox,
    peer: IpAddr,
}

impl Mailboxes {
    /// The permissions of the folders of `owner`'s mailbox, for an account that came from `peer`.
    pub fn folder_acl(
        &self,
        (account, owner): (Guid, Guid),
        mailbox: store::Mailbox,
        peer: IpAddr,
    ) -> FolderAcl {
        FolderAcl { mailboxes: self.clone(), account, owner, mailbox, peer }
    }
}

impl FolderAcl {
    /// The entries of a folder, the owner's first.
    pub fn entries(&self, folder: &Folder) -> Result<Vec<AclEntry>> {
        let owner = self.mailboxes.directory().need(self.owner)?;
        let first = AclEntry { identifier: self.name(&owner), rights: FolderRights::ALL };
        let made = self.mailbox.permissions()?.into_iter().filter(|entry| entry.folder == folder.id);
        let shown = |entry: FolderPermission| AclEntry {
            identifier: self.identifier(&entry.trustee),
            rights: rights_of(FolderAccess(entry.rights)),
        };
        Ok(std::iter::once(first).chain(made.map(shown)).collect())
    }

    /// Changes the entry of whoever is named, and makes one where there is none.
    pub fn change(&self, folder: &Folder, named: &str, how: AclChange, rights: FolderRights) -> Result<()> {
        if how != AclChange::Remove
            && rights.has(FolderRights::DELETE_FOLDER)
            && !rights.has(FolderRights::ADMINISTER)
        {
            return Err(Error::conflict(
                ErrorId::InvalidChange,
                "To delete a folder is given together with changing its permissions: write x and a, or neither.",
            ));
        }
        let trustee = self.trustee(named)?;
        self.write(folder, &trustee, move |before| {
            Some(changed(before.unwrap_or(FolderAccess::NONE), how, rights))
        })
    }

    /// Takes away the entry of whoever is named; nothing is done where there is none.
    pub fn remove(&self, folder: &Folder, named: &str) -> Result<()> {
        let trustee = self.trustee(named)?;
        self.write(folder, &trustee, |_| None)
    }

    /// What may be given to whoever is named.
    pub fn grantable(&self, named: &str) -> Result<Grantable> {
        if self.find(named)? == Found::Owner {
            return Ok(Grantable { always: FolderRights::ALL, optional: Vec::new() });
        }
        let optional = GROUPS.iter().map(|(rights, _)| *rights).collect();
        Ok(Grantable { always: FolderRights::NONE, optional })
    }

    /// Changes an entry; of two who do it at once both count. Who lost a right by it leaves. The record of changes tells what
    /// was done, or why it was not; what cannot be recorded is taken back.
    fn write(
        &self,
        folder: &Folder,
        trustee: &str,
        change: impl Fn(Option<FolderAccess>) -> Option<FolderAccess> + Send + Clone + 'static,
    ) -> Result<()> {
        let asked = change.clone();
        let bits = move |before: Option<u32>| Ok(asked(before.map(FolderAccess)).map(|access| access.0));
        let (before, after) = match self.mailbox.change_permission(folder.id, trustee, bits) {
            Ok((before, after)) if before == after => return Ok(()),
            Ok(written) => written,
            Err(error) => {
                // Where what stands there cannot be read either, what went wrong first is what helps.
                let recorded = self
                    .entry(folder, trustee)
                    .and_then(|before| self.record(folder, trustee, (before, change(before)), Some(&error)));
                if let Err(lost) = recorded {
                    tracing::warn!(%lost, %error, "a refused change of permissions could not be recorded");
                }
                return Err(error);
            }
        };
        self.mailboxes.review_visits(self.owner);
        let written = (before.map(FolderAccess), after.map(FolderAccess));
        self.record(folder, trustee, written, None)
            .map_err(|error| self.take_back(folder, trustee, (before, after), error))
    }

    /// Puts back what an entry said; the answer says what there is to say.
    fn take_back(
        &self,
        folder: &Folder,
        trustee: &str,
        (before, after): (Option<u32>, Option<u32>),
        error: Error,
    ) -> Error {
        let back = move |now: Option<u32>| Ok(if now == after { before } else { now });
        let done = self.mailbox.change_permission(folder.id, trustee, back);
        self.mailboxes.review_visits(self.owner);
        match done {
            Ok(_) => error,
            Err(left) => {
                tracing::error!(%error, %left, folder = %folder.guid, trustee, "permissions changed without a record");
                error.while_doing("the permissions were changed, but that could not be recorded")
            }
        }
    }

    fn entry(&self, folder: &Folder, trustee: &str) -> Result<Option<FolderAccess>> {
        let all = self.mailbox.permissions()?;
        let found = all.iter().find(|entry| entry.folder == folder.id && entry.trustee == trustee);
        Ok(found.map(|entry| FolderAccess(entry.rights)))
    }

    fn record(
        &self,
        folder: &Folder,
        trustee: &str,
        (before, after): (Option<FolderAccess>, Option<FolderAccess>),
        error: Option<&Error>,
    ) -> Result<()> {
        let owner = self.mailboxes.directory().need(self.owner)?;
        let command = match (before, after) {
            (None, _) => "Add-MailboxFolderPermission",
            (Some(_), Some(_)) => "Set-MailboxFolderPermission",
            (Some(_), None) => "Remove-MailboxFolderPermission",
        };
        let place = place_of(&self.mailbox, &owner, folder)?;
        let author = self.author(&place, trustee, after, command)?;
        let bits = |access: FolderAccess| access.0;
        let entry =
            EntryChange { trustee: trustee.to_owned(), before: before.map(bits), after: after.map(bits) };
        let about = match error {
            None => folder_change::recorded(
                self.owner,
                &FolderKey::new(&self.mailbox, Some(folder), &place),
                &[entry],
            ),
            Some(_) => ObjectChange::named(self.owner, owner.class().word(), &place),
        };
        self.mailboxes.directory().note(&author, error.map(Error::message), vec![about])
    }

    fn author(
        &self,
        place: &str,
        trustee: &str,
        access: Option<FolderAccess>,
        command: &str,
    ) -> Result<Author> {
        let account = self.mailboxes.directory().need(self.account)?;
        let words = |access: FolderAccess| {
            let words: Vec<String> = access.list().iter().map(ToString::to_string).collect();
            ("AccessRights".into(), words.join(", ").into())
        };
        let written: [(Text, Text); 2] =
            [("Identity".into(), place.into()), ("User".into(), self.identifier(trustee).into())];
        Ok(Author {
            account: Some(self.account),
            from: self.peer.to_canonical().to_string().into(),
            session: "IMAP".into(),
            parameters: written.into_iter().chain(access.map(words)).collect(),
            ..Author::new(self.mailboxes.account_name(&account), command)
        })
    }

    /// How whoever an entry is about is written, so that the same name finds them again.
    fn identifier(&self, trustee: &str) -> String {
        if let Some((word, _)) = NOBODIES.iter().find(|(_, known)| *known == trustee) {
            return (*word).to_owned();
        }
        let directory = self.mailboxes.directory();
        directory
            .by_sid(trustee)
            .map_or_else(|| directory.trustee(trustee).shown.to_string(), |found| self.name(&found))
    }

    fn name(&self, record: &Arc<Record>) -> String {
        let address = directory::primary(&record.all(&recipient::EMAIL_ADDRESSES));
        address.map_or_else(|| self.mailboxes.account_name(record), |address| address.to_string())
    }

    /// The trustee of an entry, by name. The owner has none.
    fn trustee(&self, named: &str) -> Result<String> {
        match self.find(named)? {
            Found::Trustee(trustee) => Ok(trustee),
            Found::Owner => Err(Error::conflict(
                ErrorId::InvalidChange,
                "The owner of a mailbox may do everything in it, and that stays so.",
            )),
        }
    }

    fn find(&self, named: &str) -> Result<Found> {
        if let Some((_, trustee)) = NOBODIES.iter().find(|(word, _)| *word == named) {
            return Ok(Found::Trustee((*trustee).to_owned()));
        }
        if named.starts_with('-') {
            let message = "An entry that takes rights away is not kept; give fewer, or none.";
            return Err(Error::conflict(ErrorId::InvalidChange, message));
        }
        let directory = self.mailboxes.directory();
        let sid = directory.resolve_trustee(&ObjectId::written(named))?.sid.to_string();
        let owner = directory.by_sid(&sid).is_some_and(|record| record.guid() == self.owner);
        Ok(if owner { Found::Owner } else { Found::Trustee(sid) })
    }
}

/// Whoever a name in a list of permissions is.
#[derive(PartialEq, Eq)]
enum Found {
    /// Whoever owns the mailbox.
    Owner,
    /// Somebody of whom there is an entry, or can be one.
    Trustee(String),
}

/// What an entry comes to. What letters do not say of it stays, and so does all of it where the letters are the same.
fn changed(before: FolderAccess, how: AclChange, rights: FolderRights) -> FolderAccess {
    let had = rights_of(before);
    let meant = GROUPS.iter().filter(|(group, _)| rights.has_any(*group));
    let (letters, bits) = meant.fold((FolderRights::NONE, 0), |(letters, bits), (group, access)| {
        (letters | *group, bits | access.0)
    });
    match how {
        AclChange::Set if letters == had => before,
        AclChange::Set => FolderAccess(before.0 & UNSAID | bits),
        AclChange::Add if had.has(letters) => before,
        AclChange::Add => FolderAccess(before.0 | bits),
        AclChange::Remove => FolderAccess(before.0 & !bits),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roles and letters, and what a change of letters makes of a role.
    #[test]
    fn letters_change_what_they_say_and_nothing_else() {
        let role = |name: &str| {
            let found = crate::folder_permission::ACCESS_RIGHTS.parse(name);
            FolderAccess(found.and_then(|role| u32::try_from(role.number).ok()).unwrap_or(u32::MAX))
        };
        for (before, how, letters, after) in [
            ("None", AclChange::Set, "lr", "Reviewer"),
            ("None", AclChange::Set, "lrs", "ReadItems, EditOwnedItems, EditAllItems, FolderVisible"),
            ("None", AclChange::Set, "lrswipted", "Editor"),
            ("None", AclChange::Set, "lrswipkted", "PublishingEditor"),
            ("Reviewer", AclChange::Add, "swite", "Editor"),
            ("Editor", AclChange::Remove, "switd", "Reviewer"),
            ("Author", AclChange::Set, "lrip", "Author"),
            ("Author", AclChange::Set, "lr", "Reviewer"),
            ("Author", AclChange::Add, "lr", "Author"),
            ("Owner", AclChange::Remove, "a", "PublishingEditor, FolderContact"),
            ("Owner", AclChange::Set, "", "FolderContact"),
            ("Reviewer", AclChange::Remove, "lr", "None"),
            ("LimitedDetails", AclChange::Add, "lr", "Reviewer, LimitedDetails"),
        ] {
            let rights = FolderRights::parse(letters).unwrap_or_default();
            assert_eq!(changed(role(before), how, rights), role(after), "{before} {how:?} {letters}");
        }
    }
}
