//! The roles that there are from the beginning, and who holds which.

use crate::record::Record;
use crate::role_group::{ORGANIZATION_MANAGEMENT, ROLE_GROUPS};
use crate::{Class, Directory};
use object::types::{Guid, RecipientTypeDetails};
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

    /// The unit in which role groups are made.
    pub fn role_group_unit(&self) -> Option<Guid> {
        let units = self.all(Class::OrganizationalUnit);
        units.iter().find(|unit| unit.name() == crate::founding::ROLE_GROUP_UNIT).map(|unit| unit.guid())
    }

    /// The role groups.
    pub fn role_groups(&self) -> Vec<Arc<Record>> {
        let groups = self.all(Class::Group).into_iter();
        groups.filter(|group| group.details() == RecipientTypeDetails::RoleGroup).collect()
    }
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
