//! Other mailboxes than one's own: which somebody may open, what they may do there, and when that is over.
//!
//! Everything is asked anew each time: a right counts from the moment it is given until it is taken. Whoever stays in
//! such a mailbox asks for a [`Visit`], which is told when the right ends.

use crate::folder_permission::{FolderAccess, FolderAccesses};
use crate::{FolderRights, Mailboxes, Protocol};
use directory::Record;
use directory::permission::Right;
use directory::schema::mailbox::{self, WastebasketStyle};
use object::Result;
use object::types::{Guid, RecipientTypeDetails};
use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;
use store::{Folder, Limits};
use tokio::sync::watch;

/// Where other mailboxes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Space {
    /// The mailboxes of other people.
    OtherUsers,
    /// Mailboxes that belong to nobody: shared ones, rooms, equipment.
    Shared,
    /// One's own archive.
    Archive,
}

/// A mailbox that somebody may open.
#[derive(Clone, Debug)]
pub struct Neighbour {
    /// Where it is shown.
    pub space: Space,
    /// The alias of its owner; empty for the archive.
    pub name: String,
    /// The directory object that owns it.
    pub owner: Guid,
    /// Whoever opens it.
    pub account: Guid,
    /// The mailbox.
    pub mailbox: store::Mailbox,
    /// Whether it appears for the account by itself: it is mapped, or the account's own archive.
    pub is_mapped: bool,
}

impl Neighbour {
    /// The same, opened by a door from somewhere, which the mailbox's log tells then.
    #[must_use]
    pub fn at(self, mailboxes: &Mailboxes, protocol: Protocol, peer: IpAddr) -> Neighbour {
        let mailbox = mailboxes.watched(self.mailbox, self.account, self.owner, Some((protocol, peer)));
        Neighbour { mailbox, ..self }
    }
}

/// A stay in a neighbour's mailbox.
pub type Visit = watch::Receiver<bool>;

impl Mailboxes {
    /// The mailboxes besides their own that an account may open now: the first so many in order, and the archive. One whose
    /// database cannot be asked is left out: it is not there at the moment.
    pub fn neighbours(&self, account: Guid, limit: usize) -> Result<Vec<Neighbour>> {
        let own = self.archive(account)?;
        let mut seen = HashSet::new();
        let holdings = self.0.directory.mailboxes_of(account).into_iter();
        let open = holdings.filter(|held| held.right == Right::FullAccess && held.denied_by.is_none());
        let open = open.map(|held| (held.mailbox, true));
        let sharing = self.sharing_folders_with(account)?.into_iter().map(|owner| (owner, false));
        let mut owners: Vec<_> = open.chain(sharing).filter(|(owner, _)| seen.insert(owner.guid())).collect();
        // In order before any is opened: the limit cuts the end off, and costs no more than it lets through.
        owners.sort_by_cached_key(|(owner, _)| (space_of(owner), owner.alias()));
        let allowed = |(owner, whole): &(Arc<Record>, bool)| *whole || self.may_visit(account, owner.guid());
        let allowed = owners.into_iter().filter(allowed);
        let mapped = self.mapped(account);
        let found =
            allowed.filter_map(|(owner, _)| self.neighbour_of(account, &owner, &mapped).ok().flatten());
        Ok(found.take(limit).chain(own).collect())
    }

    /// The one of that name, if the account may open it.
    pub fn neighbour(&self, account: Guid, space: Space, name: &str) -> Result<Option<Neighbour>> {
        if space == Space::Archive {
            return self.archive(account);
        }
        // A slash in an alias is shown as the sign that looks like it.
        let owners = self.0.directory.by_alias(&name.replace('\u{2215}', "/")).into_iter();
        for owner in owners.filter(|owner| space_of(owner) == Some(space) && owner.guid() != account) {
            if self.may_visit(account, owner.guid()) {
                return self.neighbour_of(account, &owner, &self.mapped(account));
            }
        }
        Ok(None)
    }

    /// What the account of a neighbour may do in a folder of it.
    pub fn folder_rights(&self, neighbour: &Neighbour, folder: &Folder) -> Result<FolderRights> {
        Ok(rights_of(self.accesses(neighbour)?.of(folder)))
    }

    /// What the account of a neighbour may do at the top of it.
    pub fn root_rights(&self, neighbour: &Neighbour) -> Result<FolderRights> {
        Ok(rights_of(self.accesses(neighbour)?.of_top()))
    }

    fn accesses(&self, neighbour: &Neighbour) -> Result<FolderAccesses> {
        self.folder_accesses(neighbour.account, neighbour.owner, &neighbour.mailbox)
    }

    /// How much a neighbour's mailbox may hold now.
    pub fn neighbour_limits(&self, neighbour: &Neighbour) -> Result<Limits> {
        let owner = self.0.directory.need(neighbour.owner)?;
        match neighbour.space {
            Space::Archive => Ok(Limits {
                total: crate::mailboxes::bytes(&owner, &mailbox::ARCHIVE_QUOTA),
                ..self.limits_of(&owner)?
            }),
            Space::OtherUsers | Space::Shared => self.limits_of(&owner),
        }
    }

    /// Whether what a delegate moves from a neighbour's mailbox to Deleted Items goes to those of that mailbox.
    pub fn keeps_deleted(&self, neighbour: &Neighbour) -> bool {
        let owner = self.0.directory.get(neighbour.owner).filter(|_| neighbour.space != Space::Archive);
        owner.and_then(|owner| owner.get(&mailbox::DELEGATE_WASTEBASKET_STYLE))
            == Some(WastebasketStyle::Owner)
    }

    /// Begins a stay in a neighbour's mailbox.
    pub fn visit(&self, neighbour: &Neighbour) -> Visit {
        let visit = self.0.sessions.visit(neighbour.account, neighbour.owner);
        // It is noted before the right is looked at again, so that no change in between is missed.
        self.review_visits(neighbour.owner);
        visit
    }

    /// Ends the stays in a mailbox that are not allowed any more: for whoever has changed what its folders allow.
    pub fn review_visits(&self, owner: Guid) {
        self.0.sessions.review_stays(|visit| {
            visit.owner != owner || visit.account == visit.owner || self.may_visit(visit.account, visit.owner)
        });
    }

    /// Whether an account may open the mailbox of another one.
    pub fn may_open(&self, account: Guid, owner: Guid) -> bool {
        self.0.directory.rights(account, owner).has(Right::FullAccess)
    }

    /// Whether an account is denied the mailbox of another one, and sees none of its folders.
    pub fn is_shut_out(&self, account: Guid, owner: Guid) -> bool {
        self.0.directory.is_denied(account, owner, Right::FullAccess) && !self.may_visit(account, owner)
    }

    /// Whether an account may open the mailbox of another one, or see any of its folders.
    fn may_visit(&self, account: Guid, owner: Guid) -> bool {
        let sees = || {
            let owner_record = self.0.directory.need(owner)?;
            let mailbox = self.mailbox(&owner_record)?;
            self.folder_accesses(account, owner, &mailbox)
        };
        // A database that cannot be asked shows nothing at the moment.
        self.may_open(account, owner) || sees().is_ok_and(|accesses| accesses.sees_anything())
    }

    fn mapped(&self, account: Guid) -> HashSet<Guid> {
        self.0.directory.mapped_mailboxes(account).iter().map(|mailbox| mailbox.guid()).collect()
    }

    fn neighbour_of(
        &self,
        account: Guid,
        owner: &Arc<Record>,
        mapped: &HashSet<Guid>,
    ) -> Result<Option<Neighbour>> {
        let Some(space) = space_of(owner).filter(|_| owner.guid() != account) else { return Ok(None) };
        let name = owner.alias();
        let mailbox = self.watched(self.mailbox(owner)?, account, owner.guid(), None);
        let is_mapped = mapped.contains(&owner.guid());
        Ok(Some(Neighbour { space, name, owner: owner.guid(), account, mailbox, is_mapped }))
    }

    /// The archive of an account, where it has one that can be opened.
    fn archive(&self, account: Guid) -> Result<Option<Neighbour>> {
        let Some(owner) = self.0.directory.get(account) else { return Ok(None) };
        let guid = owner.get(&mailbox::ARCHIVE_GUID).filter(|guid| *guid != Guid::EMPTY);
        let place = guid.zip(owner.reference(&mailbox::ARCHIVE_DATABASE));
        let Some((guid, database)) = place else { return Ok(None) };
        let open = self.open(database).and_then(|database| database.mailbox(guid));
        let found = |mailbox| Neighbour {
            space: Space::Archive,
            name: String::new(),
            owner: account,
            account,
            mailbox: self.watched(mailbox, account, account, None),
            is_mapped: true,
        };
        Ok(open.ok().map(found))
    }
}

/// What Exchange's single rights are in IMAP's letters. What one may do with one's own items alone is nothing here:
/// a mailbox does not know who put an item into it.
static LETTERS: &[(FolderAccess, FolderRights)] = &[
    (FolderAccess::FOLDER_VISIBLE, FolderRights::LOOKUP),
    (FolderAccess::READ_ITEMS, FolderRights::READ),
    (FolderAccess::EDIT_ALL, FolderRights::SEEN),
    (FolderAccess::EDIT_ALL, FolderRights::WRITE),
    (FolderAccess::CREATE_ITEMS, FolderRights::INSERT),
    (FolderAccess::CREATE_ITEMS, FolderRights::POST),
    (FolderAccess::CREATE_SUBFOLDERS, FolderRights::CREATE),
    (FolderAccess::DELETE_ALL, FolderRights::DELETE),
    (FolderAccess::DELETE_ALL, FolderRights::EXPUNGE),
    (FolderAccess::FOLDER_OWNER, FolderRights::DELETE_FOLDER),
    (FolderAccess::FOLDER_OWNER, FolderRights::ADMINISTER),
];

/// A folder's single rights in IMAP's letters.
pub(crate) fn rights_of(access: FolderAccess) -> FolderRights {
    let given = LETTERS.iter().filter(|(needed, _)| access.has(*needed));
    given.fold(FolderRights::NONE, |all, (_, right)| all | *right)
}

/// Where a mailbox is shown to others.
fn space_of(owner: &Record) -> Option<Space> {
    match owner.details() {
        RecipientTypeDetails::SharedMailbox
        | RecipientTypeDetails::RoomMailbox
        | RecipientTypeDetails::EquipmentMailbox => Some(Space::Shared),
        _ if owner.is_mailbox() => Some(Space::OtherUsers),
        _ => None,
    }
}
