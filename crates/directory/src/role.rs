//! The roles that there are from the beginning, and who holds which.

use crate::record::Record;
use crate::role_group::{ORGANIZATION_MANAGEMENT, ROLE_GROUP_UNIT, ROLE_GROUPS};
use crate::schema::role::PARENT;
use crate::schema::{group, policy};
use crate::{Class, Directory};
use object::types::{Guid, RecipientTypeDetails};
use object::{Error, ErrorId, Property, Result};
use std::collections::BTreeSet;
use std::sync::Arc;

/// The roles that there are from the beginning, as Exchange names them. What each of them holds is said by the cmdlets.
pub static BUILT_IN_ROLES: &[&str] = &[
    "Active Directory Permissions",
    "Address Lists",
    "ApplicationImpersonation",
    "ArchiveApplication",
    "Audit Logs",
    "Cmdlet Extension Agents",
    "Data Loss Prevention",
    "Database Availability Groups",
    "Database Copies",
    "Databases",
    "Disaster Recovery",
    "Distribution Groups",
    "E-Mail Address Policies",
    "Edge Subscriptions",
    "Exchange Connectors",
    "Exchange Server Certificates",
    "Exchange Servers",
    "Exchange Virtual Directories",
    "Federated Sharing",
    "Information Rights Management",
    "Journaling",
    "Legal Hold",
    "LegalHoldApplication",
    "Mail Enabled Public Folders",
    "Mail Recipient Creation",
    "Mail Recipients",
    "Mail Tips",
    "Mailbox Import Export",
    "Mailbox Search",
    "MailboxSearchApplication",
    "Message Tracking",
    "Migration",
    "Monitoring",
    "Move Mailboxes",
    "My Custom Apps",
    "My Marketplace Apps",
    "MyAddressInformation",
    "MyBaseOptions",
    "MyContactInformation",
    "MyDiagnostics",
    "MyDisplayName",
    "MyDistributionGroupMembership",
    "MyDistributionGroups",
    "MyMobileInformation",
    "MyName",
    "MyPersonalInformation",
    "MyProfileInformation",
    "MyRetentionPolicies",
    "MyTeamMailboxes",
    "MyTextMessaging",
    "MyVoiceMail",
    "OfficeExtensionApplication",
    "Org Custom Apps",
    "Org Marketplace Apps",
    "Organization Client Access",
    "Organization Configuration",
    "Organization Transport Settings",
    "POP3 and IMAP4 Protocols",
    "Public Folders",
    "Receive Connectors",
    "Recipient Policies",
    "Remote and Accepted Domains",
    "Reset Password",
    "Retention Management",
    "Role Management",
    "Security Group Creation and Membership",
    "Send Connectors",
    "Support Diagnostics",
    "Team Mailboxes",
    "TeamMailboxLifecycleApplication",
    "Transport Agents",
    "Transport Hygiene",
    "Transport Queues",
    "Transport Rules",
    "UM Mailboxes",
    "UM Prompts",
    "Unified Messaging",
    "Unscoped Role Management",
    "User Options",
    "UserApplication",
    "View-Only Audit Logs",
    "View-Only Configuration",
    "View-Only Recipients",
    "WorkloadManagement",
];

/// The built-in role of that name, any case.
pub fn built_in_role(name: &str) -> Option<&'static str> {
    BUILT_IN_ROLES.iter().copied().find(|known| known.eq_ignore_ascii_case(name))
}

/// Whether a role group is one of those that there are from the beginning.
pub fn is_built_in_role_group(group: &Record) -> bool {
    group.details() == RecipientTypeDetails::RoleGroup
        && ROLE_GROUPS.iter().any(|known| known.name == group.name())
}

/// Whether a role group is the one whose members may do everything.
pub fn is_organization_management(group: &Record) -> bool {
    group.details() == RecipientTypeDetails::RoleGroup && group.name() == ORGANIZATION_MANAGEMENT
}

/// So many roles can be parts of each other; what lies deeper gives nothing.
pub const ROLE_DEPTH_MAX: usize = 16;

/// The property by which a role group or a policy names the roles that it gives, and a user those held alone.
fn roles_property(holder: &Record) -> &'static Property<String> {
    if holder.class() == Class::RoleAssignmentPolicy { &policy::ASSIGNED_ROLES } else { &group::ROLES }
}

/// The roles that a role group or a policy gives, or a user holds alone, and those that they may give to others.
pub(crate) fn named_roles(holder: &Record) -> Vec<String> {
    match holder.class() {
        Class::RoleAssignmentPolicy => holder.all(roles_property(holder)),
        Class::Group | Class::User => {
            let given = holder.all(roles_property(holder)).into_iter();
            given.chain(holder.all(&group::DELEGATED_ROLES)).collect()
        }
        _ => Vec::new(),
    }
}

impl Directory {
    /// Whether someone may do everything: a member, through other groups too, of Organization Management.
    pub fn is_organization_manager(&self, user: Guid) -> bool {
        self.groups_of(user).iter().any(|group| is_organization_management(group))
    }

    /// The roles that someone holds: through role groups, and for their own mailbox through its policy.
    pub fn roles_of(&self, user: Guid) -> BTreeSet<String> {
        self.held_roles(user).into_iter().map(|held| held.role).collect()
    }

    /// The role that somebody made, by its name.
    pub fn made_role(&self, name: &str) -> Option<Arc<Record>> {
        let named = self.all(Class::ManagementRole).into_iter();
        named.into_iter().find(|role| role.name().eq_ignore_ascii_case(name))
    }

    /// Whether a role that somebody made is a part, at a depth that counts, of one that is there from the beginning.
    pub(crate) fn is_rooted(&self, role: &Record) -> bool {
        let mut parent = role.get(&PARENT);
        for _ in 0..ROLE_DEPTH_MAX {
            match parent {
                Some(name) if built_in_role(&name).is_some() => return true,
                Some(name) => parent = self.made_role(&name).and_then(|role| role.get(&PARENT)),
                None => return false,
            }
        }
        false
    }

    /// Why a role that somebody made must stay, if it must: what needs it, the property that names it, and a sentence's end.
    pub fn why_role_stays(&self, name: &str) -> Option<(Arc<Record>, &'static str, String)> {
        let is = |known: &String| known.eq_ignore_ascii_case(name);
        let parts = self.all(Class::ManagementRole).into_iter();
        let part = parts.into_iter().find(|role| role.get(&PARENT).is_some_and(|parent| is(&parent)));
        let part = part.map(|role| {
            let why = format!("the role '{}' is a part of it", role.name());
            (role, PARENT.name(), why)
        });
        let holder = || {
            let mut holders = self.role_groups();
            holders.extend(self.all(Class::RoleAssignmentPolicy));
            holders.extend(self.holders_alone());
            let holder = holders.into_iter().find(|holder| named_roles(holder).iter().any(is))?;
            let (why, property) = (format!("'{}' holds it", holder.name()), roles_property(&holder).name());
            Some((holder, property, why))
        };
        part.or_else(holder)
    }

    /// The unit in which role groups are made.
    pub fn role_group_unit(&self) -> Option<Guid> {
        let units = self.all(Class::OrganizationalUnit);
        units.iter().find(|unit| unit.name() == ROLE_GROUP_UNIT).map(|unit| unit.guid())
    }

    /// The role groups.
    pub fn role_groups(&self) -> Vec<Arc<Record>> {
        let groups = self.all(Class::Group).into_iter();
        groups.filter(|group| group.details() == RecipientTypeDetails::RoleGroup).collect()
    }
}

/// Refuses a role that would be a part of nothing or of itself, and a role or a scope that goes although somebody needs it, as
/// the directory is after all of a change.
pub(crate) fn check_role(directory: &Directory, sides: [Option<&Record>; 2]) -> Result<()> {
    let why = match sides {
        [_, Some(role)] if role.class() == Class::ManagementRole && !directory.is_rooted(role) => {
            format!("The role '{}' would be no part of a role that is there from the beginning", role.name())
        }
        [Some(role), None] if role.class() == Class::ManagementRole => {
            let Some((_, _, why)) = directory.why_role_stays(role.name()) else { return Ok(()) };
            format!("The role '{}' can't be removed: {why}", role.name())
        }
        [Some(scope), None] if scope.class() == Class::ManagementScope => {
            let users = directory.users_of_scope(scope.guid());
            if users.is_empty() {
                return Ok(());
            }
            format!(
                "The scope '{}' can't be removed: roles of {} reach as far as it says",
                scope.name(),
                users.join(", ")
            )
        }
        _ => return Ok(()),
    };
    let help = format!("Between them can be up to {} others.", ROLE_DEPTH_MAX - 1);
    let error = Error::conflict(ErrorId::InvalidChange, format!("{why}."));
    Err(if sides[1].is_some() { error.help(help) } else { error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_of_a_group_is_a_role() {
        for group in ROLE_GROUPS {
            for role in group.roles {
                assert_eq!(built_in_role(role), Some(*role), "{}", group.name);
            }
        }
    }
}
