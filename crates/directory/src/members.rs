//! The members of groups: added, taken away, exchanged.

use crate::change::Change;
use crate::record::{Record, link};
use crate::schema::{group, group::MEMBERS, recipient};
use crate::{Class, Directory};
use object::types::{Guid, RecipientTypeDetails as Details};
use object::{Error, ErrorId, Result};
use std::collections::HashSet;
use std::sync::Arc;

/// The most members of a group.
pub const MEMBERS_MAX: usize = 200_000; // what a list can hold whose every change is one commit

impl Directory {
    /// The members of a group that are there, in the order in which they were added.
    pub fn members(&self, group: &Record) -> Vec<Arc<Record>> {
        group.references(&MEMBERS).into_iter().filter_map(|guid| self.get(guid)).collect()
    }

    /// Whether somebody owns a group: is named in `ManagedBy`, by a group too.
    pub fn is_owner(&self, group: &Record, account: Guid) -> bool {
        let owners = group.references(&group::MANAGED_BY);
        owners.contains(&account) || self.groups_of(account).iter().any(|of| owners.contains(&of.guid()))
    }
}

impl Directory {
    /// Refuses whoever changes the members of a group through which roles are held, and may not change those of each role
    /// group that gives them: a role group itself, or one in which the group is at any depth. Their owners may, and whoever
    /// manages the organization.
    pub fn may_change_members(&self, account: Guid, group: &Record) -> Result<()> {
        if self.is_organization_manager(account) {
            return Ok(());
        }
        let is_role_group = |one: &&Record| one.details() == Details::RoleGroup;
        let around = self.groups_of(group.guid());
        let mut giving = std::iter::once(group).chain(around.iter().map(|one| &**one)).filter(is_role_group);
        let Some(of) = giving.find(|one| !one.references(&group::MANAGED_BY).contains(&account)) else {
            return Ok(());
        };
        let who = self.get(account).map(|account| account.name().to_owned()).unwrap_or_default();
        let message = format!(
            "The members of {} hold the roles of {}: {who} can't give roles to others.",
            group.name(),
            of.name()
        );
        Err(Error::denied(ErrorId::AccessDenied, message)
            .help("An owner of that role group can, or a member of Organization Management."))
    }
}

impl Change<'_> {
    /// Whether the author may write a group with these members.
    pub(crate) fn check_members(&mut self, record: &Record) -> Result<()> {
        let Some(account) = self.author().account.filter(|_| record.class() == Class::Group) else {
            return Ok(());
        };
        let before = self.load(record.id)?.map(|group| group.references(&MEMBERS)).unwrap_or_default();
        if before == record.references(&MEMBERS) {
            return Ok(());
        }
        // Nothing of this write is in force yet: nobody gives themselves what they need for it.
        self.directory().may_change_members(account, record)
    }

    /// Adds members to a group. One that is a member already is refused.
    pub fn add_members(&mut self, group: Guid, added: &[Guid]) -> Result<()> {
        let mut record = self.group_with_members(group)?;
        let mut members = record.references(&MEMBERS);
        let mut known: HashSet<Guid> = members.iter().copied().collect();
        for member in added {
            let one = self.read(*member)?;
            if !known.insert(*member) {
                let message = format!(
                    "The recipient \"{}\" is already a member of the group \"{}\".",
                    one.name(),
                    record.name()
                );
                return Err(Error::conflict(ErrorId::MemberAlreadyExistsException, message).about("Member"));
            }
            check_member(&record, &one)?;
            members.push(*member);
        }
        put_members(&mut record, members)?;
        self.save(record)
    }

    /// Takes members from a group. One that is no member is refused.
    pub fn remove_members(&mut self, group: Guid, removed: &[Guid]) -> Result<()> {
        let mut record = self.group_with_members(group)?;
        let members = record.references(&MEMBERS);
        let gone: HashSet<Guid> = removed.iter().copied().collect();
        let known: HashSet<Guid> = members.iter().copied().collect();
        if let Some(stranger) = removed.iter().find(|guid| !known.contains(*guid)) {
            let stranger = self.read(*stranger)?;
            let message = format!(
                "The recipient \"{}\" isn't a member of the group \"{}\".",
                stranger.name(),
                record.name()
            );
            return Err(Error::not_found(ErrorId::MemberNotFoundException, message).about("Member"));
        }
        let kept = members.into_iter().filter(|guid| !gone.contains(guid)).collect();
        put_members(&mut record, kept)?;
        self.save(record)
    }

    /// Makes these the members of a group.
    pub fn set_members(&mut self, group: Guid, wanted: &[Guid]) -> Result<()> {
        let mut record = self.group_with_members(group)?;
        let (mut members, mut known) = (Vec::with_capacity(wanted.len()), HashSet::new());
        for member in wanted {
            let one = self.directory().need(*member)?;
            check_member(&record, &one)?;
            if known.insert(*member) {
                members.push(*member);
            }
        }
        put_members(&mut record, members)?;
        self.save(record)
    }

    /// Makes a group a room list. A member that is no room is refused.
    pub fn make_room_list(&mut self, group: Guid) -> Result<()> {
        let mut record = self.group_with_members(group)?;
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, Details::RoomList);
        for member in record.references(&MEMBERS) {
            check_member(&record, &*self.directory().need(member)?)?;
        }
        self.save(record)
    }

    fn group_with_members(&mut self, group: Guid) -> Result<Record> {
        let record = self.read(group)?;
        if record.class() != Class::Group || record.details() == Details::DynamicDistributionGroup {
            let message = format!("{} has no members of its own.", record.name());
            return Err(Error::conflict(ErrorId::NotAGroup, message)
                .help("The members of a dynamic group are those whom its filter finds.")
                .about("Identity"));
        }
        Ok(record)
    }
}

/// What cannot be a member: a group of itself, and in a room list whatever is no room.
fn check_member(group: &Record, member: &Record) -> Result<()> {
    if group.guid() == member.guid() {
        let message = format!("The group \"{}\" can't be a member of itself.", group.name());
        return Err(Error::conflict(ErrorId::MemberOfItself, message).about("Member"));
    }
    let room =
        matches!(member.details(), Details::RoomMailbox | Details::RoomList | Details::LinkedRoomMailbox);
    if group.details() == Details::RoomList && !room {
        let message =
            format!("\"{}\" is not a room: a room list holds only rooms and room lists.", member.name());
        return Err(Error::conflict(ErrorId::NotARoom, message).about("Member"));
    }
    Ok(())
}

fn put_members(record: &mut Record, members: Vec<Guid>) -> Result<()> {
    if members.len() > MEMBERS_MAX {
        let message = format!("A group has at most {MEMBERS_MAX} members.");
        return Err(Error::limit(ErrorId::TooManyMembers, message)
            .help("Make groups of some of them, and a group of these groups.")
            .about("Member"));
    }
    record.set_all(&MEMBERS, members.into_iter().map(link).collect());
    Ok(())
}
