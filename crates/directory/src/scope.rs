//! How far a role reaches: which recipients whoever holds it may change with it.
//!
//! What is written in the name of an account is held against that account's scopes before the change is committed, by
//! whichever cmdlet or door it came: whoever knows which role gives which cmdlet says so ([`WriteGuard`](crate::WriteGuard)).

use crate::query;
use crate::record::Record;
use crate::schema::filter::{RECIPIENT_FILTER, parse};
use crate::schema::role::{PARENT, RECIPIENT_ROOT};
use crate::schema::{group, mailbox, policy, recipient};
use crate::{Change, Class, Directory, built_in_role};
use object::types::{Guid, RecipientTypeDetails};
use object::Result;

/// The recipients that a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Organization,
    /// Those below a container.
    Unit(Guid),
    /// Those that a management scope finds.
    Custom(Guid),
    /// Oneself: the roles of people (`My…`), whoever gives them, and all that a policy gives.
    Oneself,
    /// The groups that one owns.
    Owned,
    /// What stands in the address list, as far as it lets people in: groups that one joins and leaves.
    AddressList,
}

impl Scope {
    /// Whether it is one of the roles of people, and not of those who look after others.
    pub fn is_of_people(self) -> bool {
        matches!(self, Scope::Oneself | Scope::Owned | Scope::AddressList)
    }
}

/// A role that somebody holds, and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// The role.
    pub role: String,
    /// How far.
    pub scope: Scope,
}

/// The words before the GUID, as a role group keeps them: `Mail Recipients:unit:GUID`.
const UNIT: &str = "unit";
const CUSTOM: &str = "scope";

/// The role and the scope of a line; nothing where it is none.
fn read(line: &str) -> Option<(&str, Scope)> {
    let mut parts = line.rsplitn(3, ':');
    let (guid, kind, role) = (Guid::parse(parts.next()?)?, parts.next()?, parts.next()?);
    match kind {
        UNIT => Some((role, Scope::Unit(guid))),
        CUSTOM => Some((role, Scope::Custom(guid))),
        _ => None,
    }
}

fn written(role: &str, scope: Scope) -> Option<String> {
    match scope {
        Scope::Organization | Scope::Oneself | Scope::Owned | Scope::AddressList => None,
        Scope::Unit(guid) => Some(format!("{role}:{UNIT}:{guid}")),
        Scope::Custom(guid) => Some(format!("{role}:{CUSTOM}:{guid}")),
    }
}

/// What the roles of people begin with.
const OF_PEOPLE: &str = "My";

/// How far a role of people reaches.
fn scope_of_people(root: &str) -> Scope {
    match root {
        "MyDistributionGroups" => Scope::Owned,
        "MyDistributionGroupMembership" => Scope::AddressList,
        _ => Scope::Oneself,
    }
}

/// How far a role of a role group reaches, as far as the group says.
fn scope_of(group: &Record, role: &str) -> Scope {
    let lines = group.all(&group::ROLE_SCOPES);
    let found =
        lines.iter().filter_map(|line| read(line)).find(|(known, _)| known.eq_ignore_ascii_case(role));
    found.map_or(Scope::Organization, |(_, scope)| scope)
}

/// Whether people may look for a group and ask to be let in.
fn is_open_group(record: &Record) -> bool {
    record.class() == Class::Group && record.is_mail_enabled() && !record.is(&recipient::HIDDEN_FROM_LISTS)
}

impl Change<'_> {
    /// Says how far a role of a role group reaches; the caller saves the group.
    pub fn set_scope(&self, group: &mut Record, role: &str, scope: Scope) {
        let mut lines = group.all(&group::ROLE_SCOPES);
        lines.retain(|line| read(line).is_none_or(|(known, _)| !known.eq_ignore_ascii_case(role)));
        lines.extend(written(role, scope));
        group.set_all(&group::ROLE_SCOPES, lines);
    }
}

impl Directory {
    /// The built-in role of which a role is a part.
    pub fn root_role(&self, name: &str) -> String {
        let mut root = name.to_owned();
        while built_in_role(&root).is_none()
            && let Some(parent) = self.made_role(&root).and_then(|role| role.get(&PARENT))
        {
            root = parent;
        }
        root
    }

    /// Whether a role is one of people, for what is their own.
    pub fn is_of_people(&self, role: &str) -> bool {
        self.root_role(role).starts_with(OF_PEOPLE)
    }

    /// How far a role reaches that a role group or a policy gives.
    pub fn scope_given(&self, assignee: &Record, role: &str) -> Scope {
        let root = self.root_role(role);
        if assignee.class() == Class::Group && !root.starts_with(OF_PEOPLE) {
            scope_of(assignee, role)
        } else {
            scope_of_people(&root)
        }
    }

    /// The roles that someone holds, each as far as it reaches: through role groups, and for oneself through the policy.
    pub fn held_roles(&self, user: Guid) -> Vec<HeldRole> {
        let mut held = Vec::new();
        for group in
            self.groups_of(user).iter().filter(|one| one.details() == RecipientTypeDetails::RoleGroup)
        {
            let roles = group.all(&group::ROLES).into_iter();
            held.extend(roles.map(|role| HeldRole { scope: self.scope_given(group, &role), role }));
        }
        let owner = self.get(user).filter(|record| record.is_mailbox());
        let policy = owner.and_then(|owner| owner.reference(&mailbox::ROLE_ASSIGNMENT_POLICY));
        if let Some(policy) = policy.and_then(|policy| self.get(policy)) {
            let own = policy.all(&policy::ASSIGNED_ROLES).into_iter();
            held.extend(own.map(|role| HeldRole { scope: self.scope_given(&policy, &role), role }));
        }
        held
    }

    /// Whether a scope of someone's reaches a recipient. A management scope that is gone reaches nobody. Errors: its filter
    /// cannot be read.
    pub fn reaches(&self, scope: Scope, whose: Guid, record: &Record) -> Result<bool> {
        let cache = self.cache();
        let below = |unit: Guid| cache.by_guid(unit).is_some_and(|unit| cache.is_below(record, unit.id));
        let custom = match scope {
            Scope::Organization => return Ok(true),
            Scope::Oneself => return Ok(record.guid() == whose),
            Scope::Owned => return Ok(self.is_owner(record, whose)),
            Scope::AddressList => return Ok(is_open_group(record)),
            Scope::Unit(unit) => return Ok(below(unit)),
            Scope::Custom(custom) => cache.by_guid(custom).cloned(),
        };
        let Some(custom) = custom else { return Ok(false) };
        let read = |text: String| self.settled_filter(parse(&text)?);
        let filter = custom.get(&RECIPIENT_FILTER).map(read).transpose().map_err(|error| {
            error.while_doing(&format!("The filter of the scope {} cannot be read", custom.name()))
        })?;
        let within = custom.reference(&RECIPIENT_ROOT).is_none_or(below);
        Ok(within && filter.is_some_and(|filter| query::passes(&cache, &filter, record)))
    }

    /// The role groups of which a role reaches as far as a management scope says.
    pub fn users_of_scope(&self, scope: Guid) -> Vec<String> {
        let groups = self.role_groups();
        let uses = |group: &Record| {
            group
                .all(&group::ROLE_SCOPES)
                .iter()
                .any(|line| read(line).is_some_and(|(_, one)| one == Scope::Custom(scope)))
        };
        groups.iter().filter(|group| uses(group)).map(|group| group.name().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_survive_their_text() {
        let guid = Guid::random();
        for (role, scope) in [("Mail Recipients", Scope::Unit(guid)), ("a:unit:b", Scope::Custom(guid))] {
            let line = written(role, scope).unwrap_or_default();
            assert_eq!(read(&line), Some((role, scope)), "{line}");
        }
        assert_eq!((written("x", Scope::Organization), written("x", Scope::Oneself)), (None, None));
        let people = [Scope::Owned, Scope::AddressList].map(|scope| written("x", scope));
        assert_eq!(people, [None, None], "the role says it");
        for line in ["", "Mail Recipients", "a:b:c", "a:unit:", &format!("a:none:{guid}")] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
