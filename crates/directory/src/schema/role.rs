//! The noun `ManagementRole`: which cmdlets, with which parameters, whoever holds it may use.

use super::check::{TEXT, up_to};
use super::filter::RECIPIENT_FILTER;
use super::recipient::{NAME, OBJECT};
use super::{joined, properties};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::ObjectId;
use object::{Declared, Noun};

properties! {
    PARENT: String = "Parent", "The role of which this one is a part; it never holds more.", check(TEXT);
    ROLE_TYPE: String = "RoleType", "The role from the beginning that this one comes from.", read_only();
    ROLE_ENTRIES: String = "RoleEntries", "The cmdlets of the role; behind a colon the only parameters.", many(), not_filterable(), check(TEXT);
    DESCRIPTION: String = "Description", "What the role is for.", check(up_to::<1024>());
    IS_END_USER_ROLE: bool = "IsEndUserRole", "Whether it is for one's own mailbox.", read_only();
    IS_ROOT_ROLE: bool = "IsRootRole", "Whether it is there from the beginning.", read_only();
}

/// What a role keeps.
static PROPERTIES: &[&dyn Declared] = joined!(&[&PARENT, &ROLE_ENTRIES, &DESCRIPTION], OBJECT);

/// A role.
pub static MANAGEMENT_ROLE: Noun = Noun {
    name: "ManagementRole",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRolePresentation",
    summary: "Which cmdlets, with which parameters, whoever holds it may use.",
    properties: joined!(
        &[&ROLE_TYPE, &PARENT, &ROLE_ENTRIES, &DESCRIPTION, &IS_END_USER_ROLE, &IS_ROOT_ROLE],
        OBJECT
    ),
    table: &[&NAME, &ROLE_TYPE],
};

/// How a role that somebody made is named.
pub static ID: IdentityKind = IdentityKind::configuration("RoleIdParameter", "a role", |record| {
    record.class() == Class::ManagementRole
});

/// Roles that somebody made.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::ManagementRole,
    "CN=Roles,CN=RBAC,",
    &[PROPERTIES],
    &[&MANAGEMENT_ROLE],
    &[&ID],
);

properties! {
    RECIPIENT_ROOT: ObjectId = "RecipientRoot", "The organisational unit below which they stand; everywhere where none is named.", refers_to("OrganizationalUnitIdParameter");
    DATABASE_FILTER: String = "DatabaseRestrictionFilter", "Which mailbox databases it finds.", not_filterable(), check(super::filter::DATABASE_FILTER);
    DATABASES: ObjectId = "DatabaseList", "The mailbox databases that it means.", many(), refers_to("DatabaseIdParameter"), read_only();
    SCOPE_TYPE: String = "ScopeRestrictionType", "What it is a scope of: RecipientScope, or DatabaseScope.", read_only();
    EXCLUSIVE: bool = "Exclusive", "Whether it keeps everybody out of what it finds who was not given a role with it.", read_only(), default(super::no);
}

/// A scope of roles.
pub static MANAGEMENT_SCOPE: Noun = Noun {
    name: "ManagementScope",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ManagementScope",
    summary: "Which recipients whoever holds a role may change with it.",
    properties: joined!(
        &[&RECIPIENT_ROOT, &RECIPIENT_FILTER, &DATABASE_FILTER, &DATABASES, &SCOPE_TYPE, &EXCLUSIVE],
        OBJECT
    ),
    table: &[&NAME, &SCOPE_TYPE, &EXCLUSIVE, &RECIPIENT_ROOT, &RECIPIENT_FILTER],
};

/// How a scope is named.
pub static SCOPE_ID: IdentityKind =
    IdentityKind::configuration("ManagementScopeIdParameter", "a management scope", |record| {
        record.class() == Class::ManagementScope
    });

/// What a scope keeps.
static SCOPE_PROPERTIES: &[&dyn Declared] =
    joined!(&[&RECIPIENT_ROOT, &RECIPIENT_FILTER, &DATABASE_FILTER, &DATABASES, &EXCLUSIVE], OBJECT);

/// Scopes of roles.
pub(crate) static SCOPE_CLASS: ClassFacts = ClassFacts::configuration(
    Class::ManagementScope,
    "CN=Scopes,CN=RBAC,",
    &[SCOPE_PROPERTIES],
    &[&MANAGEMENT_SCOPE],
    &[&SCOPE_ID],
);

properties! {
    ENTRY_IDENTITY: String = "Identity", "The role and the cmdlet.", read_only();
    ENTRY_NAME: String = "Name", "The cmdlet.", read_only();
    ENTRY_ROLE: String = "Role", "The role.", read_only();
    ENTRY_PARAMETERS: String = "Parameters", "The parameters.", many(), read_only();
    ASSIGNMENT_NAME: String = "Name", "The role and whoever holds it.", read_only();
    ASSIGNEE: String = "RoleAssigneeName", "Whoever holds it.", read_only();
    ASSIGNEE_TYPE: String = "RoleAssigneeType", "RoleGroup, RoleAssignmentPolicy or User.", read_only();
    DELEGATION_TYPE: String = "RoleAssignmentDelegationType", "Regular: it is held; DelegatingOrgWide: it may be given to others.", read_only();
    METHOD: String = "AssignmentMethod", "How it comes to whoever holds it: Direct, RoleGroup or RoleAssignmentPolicy.", read_only();
    CHAIN: String = "AssignmentChain", "The groups through which it comes to a user.", read_only();
    EFFECTIVE_USER: String = "EffectiveUserName", "Who holds it in the end; with GetEffectiveUsers each one.", read_only();
    READ_SCOPE: String = "RecipientReadScope", "Whom whoever holds it sees: Organization, MyGAL or Self.", read_only();
    WRITE_SCOPE: String = "RecipientWriteScope", "Organization, OU, CustomRecipientScope, ExclusiveRecipientScope, MyGAL, MyDistributionGroups or Self.", read_only();
    CONFIG_WRITE_SCOPE: String = "ConfigWriteScope", "OrganizationConfig, CustomConfigScope or ExclusiveConfigScope.", read_only();
    CUSTOM_WRITE_SCOPE: ObjectId = "CustomRecipientWriteScope", "The scope of recipients, where it is one that somebody made.", read_only();
    CUSTOM_CONFIG_SCOPE: ObjectId = "CustomConfigWriteScope", "The scope of databases, where it is one that somebody made.", read_only();
    UNIT_SCOPE: ObjectId = "RecipientOrganizationalUnitScope", "The organizational unit, where it is one.", read_only();
    ASSIGNMENT_ENABLED: bool = "Enabled", "Whether it is in force.", read_only();
}

/// A cmdlet of a role.
pub static MANAGEMENT_ROLE_ENTRY: Noun = Noun {
    name: "ManagementRoleEntry",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRoleEntryPresentation",
    summary: "A cmdlet of a role, with the parameters that may be given.",
    properties: &[&ENTRY_NAME, &ENTRY_ROLE, &ENTRY_PARAMETERS, &ENTRY_IDENTITY],
    table: &[&ENTRY_NAME, &ENTRY_ROLE, &ENTRY_PARAMETERS],
};

/// That somebody holds a role.
pub static MANAGEMENT_ROLE_ASSIGNMENT: Noun = Noun {
    name: "ManagementRoleAssignment",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRoleAssignmentPresentation",
    summary: "That somebody holds a role.",
    properties: &[
        &ASSIGNMENT_NAME,
        &ENTRY_ROLE,
        &ASSIGNEE,
        &ASSIGNEE_TYPE,
        &METHOD,
        &CHAIN,
        &EFFECTIVE_USER,
        &DELEGATION_TYPE,
        &READ_SCOPE,
        &WRITE_SCOPE,
        &CONFIG_WRITE_SCOPE,
        &CUSTOM_WRITE_SCOPE,
        &CUSTOM_CONFIG_SCOPE,
        &UNIT_SCOPE,
        &ASSIGNMENT_ENABLED,
        &ENTRY_IDENTITY,
    ],
    table: &[&ASSIGNMENT_NAME, &ENTRY_ROLE, &ASSIGNEE, &ASSIGNEE_TYPE],
};
