//! How far a role reaches: which recipients and which mailbox databases whoever holds it may change with it.
//!
//! A scope that is exclusive shuts in what it finds: only roles that were given with it, or with another exclusive scope that
//! finds the same object, reach it; what people may do for themselves they still may.
//!
//! What is written in the name of an account is held against that account's scopes before the change is committed, by
//! whichever cmdlet or door it came: whoever knows which role gives which cmdlet says so ([`WriteGuard`](crate::WriteGuard)).

use crate::address_book::AddressBook;
use crate::query;
use crate::record::Record;
use crate::role::ROLE_DEPTH_MAX;
use crate::schema::filter::{RECIPIENT_FILTER, parse, parse_for_databases};
use crate::schema::role::{self, PARENT};
use crate::schema::{group, mailbox, policy};
use crate::{Change, Class, Directory, built_in_role};
use object::types::{Guid, RecipientTypeDetails};
use object::{Declared, Result};
use std::sync::Arc;

/// The recipients that a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them.
    Organization,
    /// Those below a container.
    Unit(Guid),
    /// Those that a management scope finds, and no exclusive one.
    Custom(Guid),
    /// Those that an exclusive scope finds.
    Exclusive(Guid),
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

/// The mailbox databases that a role reaches, in which mailboxes are made with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatabaseScope {
    /// All of them.
    #[default]
    Organization,
    /// Those that a management scope finds, and no exclusive one.
    Custom(Guid),
    /// Those that an exclusive scope finds.
    Exclusive(Guid),
}

/// How far a role reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The recipients.
    pub scope: Scope,
    /// The mailbox databases.
    pub databases: DatabaseScope,
}

impl Reach {
    /// All of both.
    pub const EVERYTHING: Reach =
        Reach { scope: Scope::Organization, databases: DatabaseScope::Organization };

    /// The management scopes by which it is said.
    fn scopes(self) -> impl Iterator<Item = Guid> {
        let recipients = match self.scope {
            Scope::Custom(guid) | Scope::Exclusive(guid) => Some(guid),
            _ => None,
        };
        let databases = match self.databases {
            DatabaseScope::Custom(guid) | DatabaseScope::Exclusive(guid) => Some(guid),
            DatabaseScope::Organization => None,
        };
        recipients.into_iter().chain(databases)
    }
}

/// A role that somebody holds, and how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRole {
    /// The role.
    pub role: String,
    /// Which recipients.
    pub scope: Scope,
    /// Which mailbox databases.
    pub databases: DatabaseScope,
}

impl HeldRole {
    /// Whether it reaches all that another reach does. What is shut in is reached by nothing else, not by the organization's.
    pub fn covers(&self, reach: Reach) -> bool {
        let is_shut_in = matches!(reach.scope, Scope::Exclusive(_));
        let are_shut_in = matches!(reach.databases, DatabaseScope::Exclusive(_));
        let people = self.scope == reach.scope || self.scope == Scope::Organization && !is_shut_in;
        let all = self.databases == DatabaseScope::Organization && !are_shut_in;
        people && (all || self.databases == reach.databases)
    }
}

/// The words before the GUID, as a role group keeps them: `Mail Recipients:unit:GUID`.
const UNIT: &str = "unit";
const CUSTOM: &str = "scope";
const EXCLUSIVE: &str = "exclusive";
const DATABASES: &str = "databases";
const EXCLUSIVE_DATABASES: &str = "exclusive databases";

/// The words before what else is said of an assignment: how it is called, and that it is off.
const NAME: &str = "name";
/// Behind the name of a role: what is said is said of the assignment by which it may be given to others.
pub const DELEGATING: &str = ":delegating";
const OFF: &str = "enabled";
const NO: &str = "no";

/// What a line says of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Recipients(Scope),
    Databases(DatabaseScope),
    Name(String),
    Off,
}

impl Said {
    /// Whether it says how far the role reaches.
    fn is_reach(&self) -> bool {
        matches!(self, Said::Recipients(_) | Said::Databases(_))
    }
}

/// How a role is assigned, besides how far it reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Its name, where it is not made of the role's and the holder's.
    pub name: Option<String>,
    /// Whether it is in force.
    pub enabled: bool,
}

impl Default for Assignment {
    /// As nothing is said of it.
    fn default() -> Assignment {
        Assignment { name: None, enabled: true }
    }
}

/// The role of a line and what is said of it; nothing where it is none.
fn read(line: &str) -> Option<(&str, Said)> {
    let mut parts = line.rsplitn(3, ':');
    let (last, kind, role) = (parts.next()?, parts.next()?, parts.next()?);
    match kind {
        NAME if !last.is_empty() => {
            return Some((role, Said::Name(last.replace("%3A", ":").replace("%25", "%"))));
        }
        OFF if last == NO => return Some((role, Said::Off)),
        _ => {}
    }
    let guid = Guid::parse(last)?;
    let said = match kind {
        UNIT => Said::Recipients(Scope::Unit(guid)),
        CUSTOM => Said::Recipients(Scope::Custom(guid)),
        EXCLUSIVE => Said::Recipients(Scope::Exclusive(guid)),
        DATABASES => Said::Databases(DatabaseScope::Custom(guid)),
        EXCLUSIVE_DATABASES => Said::Databases(DatabaseScope::Exclusive(guid)),
        _ => return None,
    };
    Some((role, said))
}

fn written(role: &str, reach: Reach) -> Vec<String> {
    let recipients = match reach.scope {
        Scope::Organization | Scope::Oneself | Scope::Owned | Scope::AddressList => None,
        Scope::Unit(guid) => Some((UNIT, guid)),
        Scope::Custom(guid) => Some((CUSTOM, guid)),
        Scope::Exclusive(guid) => Some((EXCLUSIVE, guid)),
    };
    let databases = match reach.databases {
        DatabaseScope::Organization => None,
        DatabaseScope::Custom(guid) => Some((DATABASES, guid)),
        DatabaseScope::Exclusive(guid) => Some((EXCLUSIVE_DATABASES, guid)),
    };
    let line = |(kind, guid): (&str, Guid)| format!("{role}:{kind}:{guid}");
    recipients.into_iter().chain(databases).map(line).collect()
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
fn reach_of(group: &Record, role: &str) -> Reach {
    let mut reach = Reach::EVERYTHING;
    for line in group.all(&group::ROLE_SCOPES) {
        match read(&line).filter(|(known, _)| known.eq_ignore_ascii_case(role)) {
            Some((_, Said::Recipients(scope))) => reach.scope = scope,
            Some((_, Said::Databases(databases))) => reach.databases = databases,
            _ => {}
        }
    }
    reach
}

/// How a role is assigned, as far as whoever gives or holds it says.
fn assignment_of(holder: &Record, role: &str) -> Assignment {
    let mut found = Assignment::default();
    for line in holder.all(&group::ROLE_SCOPES) {
        match read(&line).filter(|(known, _)| known.eq_ignore_ascii_case(role)) {
            Some((_, Said::Name(name))) => found.name = Some(name),
            Some((_, Said::Off)) => found.enabled = false,
            _ => {}
        }
    }
    found
}

impl Change<'_> {
    /// Says how far a role of a role group reaches; the caller saves the group.
    pub fn set_reach(&self, group: &mut Record, role: &str, reach: Reach) {
        let mut lines = group.all(&group::ROLE_SCOPES);
        lines.retain(|line| {
            read(line).is_none_or(|(known, said)| !said.is_reach() || !known.eq_ignore_ascii_case(role))
        });
        lines.extend(written(role, reach));
        group.set_all(&group::ROLE_SCOPES, lines);
    }

    /// Says how a role is assigned, besides how far it reaches; the caller saves the holder.
    pub fn set_assignment(&self, holder: &mut Record, role: &str, assignment: &Assignment) {
        let mut lines = holder.all(&group::ROLE_SCOPES);
        lines.retain(|line| {
            read(line).is_none_or(|(known, said)| said.is_reach() || !known.eq_ignore_ascii_case(role))
        });
        // What stands behind the last colon is the name.
        let name = assignment.name.iter().map(|name| name.replace('%', "%25").replace(':', "%3A"));
        lines.extend(name.map(|name| format!("{role}:{NAME}:{name}")));
        lines.extend((!assignment.enabled).then(|| format!("{role}:{OFF}:{NO}")));
        holder.set_all(&group::ROLE_SCOPES, lines);
    }
}

impl Directory {
    /// The built-in role of which a role is a part.
    pub fn root_role(&self, name: &str) -> String {
        let mut root = name.to_owned();
        for _ in 0..ROLE_DEPTH_MAX {
            if built_in_role(&root).is_some() {
                break;
            }
            let parent = self.made_role(&root).and_then(|role| role.get(&PARENT));
            let Some(parent) = parent else { break };
            root = parent;
        }
        root
    }

    /// Whether a role is one of people, for what is their own.
    pub fn is_of_people(&self, role: &str) -> bool {
        self.root_role(role).starts_with(OF_PEOPLE)
    }

    /// How a role is assigned, besides how far it reaches.
    pub fn assignment(&self, holder: &Record, role: &str) -> Assignment {
        assignment_of(holder, role)
    }

    /// How far a role reaches that a role group or a policy gives, or that a user holds alone.
    pub fn reach_given(&self, assignee: &Record, role: &str) -> Reach {
        let root = self.root_role(role);
        if assignee.class() != Class::RoleAssignmentPolicy && !root.starts_with(OF_PEOPLE) {
            reach_of(assignee, role)
        } else {
            Reach { scope: scope_of_people(&root), databases: DatabaseScope::Organization }
        }
    }

    /// The roles that someone holds, each as far as it reaches: alone, through role groups, and for oneself through the
    /// policy. What is switched off is not among them.
    pub fn held_roles(&self, user: Guid) -> Vec<HeldRole> {
        let mut held = Vec::new();
        let in_force = |holder: &Record, role: &String| assignment_of(holder, role).enabled;
        if let Some(account) = self.get(user).filter(|record| record.class() == Class::User) {
            let own = account.all(&group::ROLES).into_iter().filter(|role| in_force(&account, role));
            held.extend(own.map(|role| self.held(&account, role)));
        }
        for group in
            self.groups_of(user).iter().filter(|one| one.details() == RecipientTypeDetails::RoleGroup)
        {
            let roles = group.all(&group::ROLES).into_iter().filter(|role| in_force(group, role));
            held.extend(roles.map(|role| self.held(group, role)));
        }
        let owner = self.get(user).filter(|record| record.is_mailbox());
        let policy = owner.and_then(|owner| owner.reference(&mailbox::ROLE_ASSIGNMENT_POLICY));
        if let Some(policy) = policy.and_then(|policy| self.get(policy)) {
            let own = policy.all(&policy::ASSIGNED_ROLES).into_iter().filter(|role| in_force(&policy, role));
            held.extend(own.map(|role| self.held(&policy, role)));
        }
        held
    }

    /// The roles that someone may give to others, alone or through role groups.
    pub fn delegated_roles(&self, user: Guid) -> Vec<String> {
        let groups = self.groups_of(user).into_iter();
        let groups = groups.filter(|one| one.details() == RecipientTypeDetails::RoleGroup);
        let mut found = Vec::new();
        for holder in groups.chain(self.get(user)) {
            let roles = holder.all(&group::DELEGATED_ROLES).into_iter();
            found.extend(roles.filter(|role| assignment_of(&holder, &format!("{role}{DELEGATING}")).enabled));
        }
        found
    }

    fn held(&self, by: &Record, role: String) -> HeldRole {
        let Reach { scope, databases } = self.reach_given(by, &role);
        HeldRole { role, scope, databases }
    }

    /// The exclusive scopes that find an object: what they find is shut in. Errors: a filter cannot be read.
    pub fn shut_in(&self, record: &Record) -> Result<Vec<Guid>> {
        let mut found = Vec::new();
        for scope in self.all(Class::ManagementScope) {
            if scope.is(&role::EXCLUSIVE) && self.finds(&scope, record)? {
                found.push(scope.guid());
            }
        }
        Ok(found)
    }

    /// Whether a role as somebody holds it lets them change a recipient or a mailbox database, which `shut_in` found to be
    /// shut in by these scopes. Errors: a filter cannot be read.
    pub fn reaches(&self, held: &HeldRole, whose: Guid, record: &Record, shut_in: &[Guid]) -> Result<bool> {
        if record.class() == Class::MailboxDatabase {
            return match held.databases {
                DatabaseScope::Exclusive(scope) => Ok(shut_in.contains(&scope)),
                _ if !shut_in.is_empty() => Ok(false),
                DatabaseScope::Organization => Ok(true),
                DatabaseScope::Custom(scope) => self.found_by(scope, record),
            };
        }
        match held.scope {
            Scope::Oneself => Ok(record.guid() == whose),
            Scope::Owned => Ok(self.is_owner(record, whose)),
            Scope::Exclusive(scope) => Ok(shut_in.contains(&scope)),
            _ if !shut_in.is_empty() => Ok(false),
            Scope::AddressList => self.is_open_group(record, whose),
            Scope::Organization => Ok(true),
            Scope::Unit(unit) => Ok(self.is_below(record, unit)),
            Scope::Custom(scope) => self.found_by(scope, record),
        }
    }

    /// Whether somebody may look for a group and ask to be let in: it stands in an address list of theirs.
    fn is_open_group(&self, record: &Record, whose: Guid) -> Result<bool> {
        let Some(who) = self.get(whose).filter(|_| record.class() == Class::Group) else { return Ok(false) };
        Ok(AddressBook::of(self, &who)?.shows(self, record))
    }

    fn is_below(&self, record: &Record, unit: Guid) -> bool {
        let cache = self.cache();
        cache.by_guid(unit).is_some_and(|unit| cache.is_below(record, unit.id))
    }

    /// Whether a management scope finds an object; one that is gone finds nothing.
    fn found_by(&self, scope: Guid, record: &Record) -> Result<bool> {
        let scope = self.get(scope);
        scope.map_or(Ok(false), |scope| self.finds(&scope, record))
    }

    fn finds(&self, scope: &Record, record: &Record) -> Result<bool> {
        let of_databases = record.class() == Class::MailboxDatabase;
        if of_databases && scope.references(&role::DATABASES).contains(&record.guid()) {
            return Ok(true);
        }
        let read = |text: String| match of_databases {
            true => self.settled_filter(parse_for_databases(&text)?),
            false => self.settled_filter(parse(&text)?),
        };
        let text = scope.get(if of_databases { &role::DATABASE_FILTER } else { &RECIPIENT_FILTER });
        let filter = text.map(read).transpose().map_err(|error| {
            error.while_doing(&format!("The filter of the scope {} cannot be read", scope.name()))
        })?;
        let root = scope.reference(&role::RECIPIENT_ROOT).filter(|_| !of_databases);
        let within = root.is_none_or(|root| self.is_below(record, root));
        Ok(within && filter.is_some_and(|filter| query::passes(&self.cache(), &filter, record)))
    }

    /// The role groups and users of which a role reaches as far as a management scope says.
    pub fn users_of_scope(&self, scope: Guid) -> Vec<String> {
        let holders = self.role_groups().into_iter().chain(self.holders_alone());
        let uses = |group: &Record| {
            group.all(&group::ROLE_SCOPES).iter().any(|line| {
                read(line).is_some_and(|(role, _)| reach_of(group, role).scopes().any(|one| one == scope))
            })
        };
        holders.filter(|holder| uses(holder)).map(|holder| holder.name().to_owned()).collect()
    }

    /// The users that hold roles without a role group.
    pub fn holders_alone(&self) -> Vec<Arc<Record>> {
        let users = self.all(Class::User).into_iter();
        users
            .filter(|user| user.has(group::ROLES.spec()) || user.has(group::DELEGATED_ROLES.spec()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_survive_their_text() {
        let guid = Guid::random();
        for (role, scope) in [
            ("Mail Recipients", Scope::Unit(guid)),
            ("a:unit:b", Scope::Custom(guid)),
            ("Mail Recipients", Scope::Exclusive(guid)),
        ] {
            let lines = written(role, Reach { scope, ..Reach::EVERYTHING });
            let found: Vec<_> = lines.iter().map(|line| read(line)).collect();
            assert_eq!(found, [Some((role, Said::Recipients(scope)))], "{lines:?}");
        }
        for databases in [DatabaseScope::Custom(guid), DatabaseScope::Exclusive(guid)] {
            let lines = written("Databases", Reach { databases, ..Reach::EVERYTHING });
            let found: Vec<_> = lines.iter().map(|line| read(line)).collect();
            assert_eq!(found, [Some(("Databases", Said::Databases(databases)))], "{lines:?}");
        }
        for scope in [Scope::Organization, Scope::Oneself, Scope::Owned, Scope::AddressList] {
            assert!(
                written("x", Reach { scope, ..Reach::EVERYTHING }).is_empty(),
                "{scope:?}: the role says it"
            );
        }
        for line in
            ["", "Mail Recipients", "a:b:c", "a:unit:", "a:name:", "a:enabled:yes", &format!("a:none:{guid}")]
        {
            assert_eq!(read(line), None, "{line}");
        }
        let name = Said::Name("50% of: Berlin".to_owned());
        assert_eq!(read("My: role:name:50%25 of%3A Berlin"), Some(("My: role", name)));
        assert_eq!(read("a:enabled:no"), Some(("a", Said::Off)));
    }

    /// Whoever reaches everything reaches nothing of what is shut in.
    #[test]
    fn a_role_covers_what_it_reaches_and_nothing_that_is_shut_in() {
        let (one, other) = (Guid::of_u128(1), Guid::of_u128(2));
        let all = [
            Scope::Organization,
            Scope::Unit(one),
            Scope::Custom(one),
            Scope::Custom(other),
            Scope::Exclusive(one),
            Scope::Exclusive(other),
        ];
        for mine in all {
            for theirs in all {
                let shut_in = matches!(theirs, Scope::Exclusive(_));
                let wanted = mine == theirs || mine == Scope::Organization && !shut_in;
                let held =
                    HeldRole { role: String::new(), scope: mine, databases: DatabaseScope::Organization };
                let reach = Reach { scope: theirs, ..Reach::EVERYTHING };
                assert_eq!(held.covers(reach), wanted, "{mine:?} {theirs:?}");
            }
        }
        let all = [
            DatabaseScope::Organization,
            DatabaseScope::Custom(one),
            DatabaseScope::Custom(other),
            DatabaseScope::Exclusive(one),
            DatabaseScope::Exclusive(other),
        ];
        for mine in all {
            for theirs in all {
                let shut_in = matches!(theirs, DatabaseScope::Exclusive(_));
                let wanted = mine == theirs || mine == DatabaseScope::Organization && !shut_in;
                let held = HeldRole { role: String::new(), scope: Scope::Organization, databases: mine };
                let reach = Reach { databases: theirs, ..Reach::EVERYTHING };
                assert_eq!(held.covers(reach), wanted, "{mine:?} {theirs:?}");
                // One half does not stand for the other.
                let elsewhere = Reach { scope: Scope::Exclusive(one), databases: theirs };
                assert!(!held.covers(elsewhere), "{mine:?} {theirs:?}");
            }
        }
    }
}
