//! Policies: named sets of settings that mailboxes refer to.

use super::check::{TEXT, up_to};
use super::filter::{self, RECIPIENT_FILTER};
use super::recipient::{NAME, OBJECT};
use super::{joined, no, properties};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::Unlimited;
use object::{Declared, Noun, Value};

fn lowest() -> Value {
    "Lowest".into()
}

/// The roles of the policy that is there from the beginning.
pub(crate) const ROLES_OF_EVERYBODY: [&str; 6] = [
    "My Marketplace Apps",
    "MyBaseOptions",
    "MyContactInformation",
    "MyDistributionGroupMembership",
    "MyTeamMailboxes",
    "MyTextMessaging",
];

properties! {
    IS_DEFAULT: bool = "IsDefault", "Whether it is in force where none is named.", default(no);
    DESCRIPTION: String = "Description", "What the policy is for.", check(up_to::<1024>());
    RETENTION_TAGS: String = "RetentionPolicyTagLinks", "The retention tags of the policy.", many(), check(TEXT);
    TEMPLATES: String = "EnabledEmailAddressTemplates", "The forms of the addresses that it makes; the one with SMTP: in capitals makes the primary one.", many(), check(super::check::TEMPLATE);
    DISABLED_TEMPLATES: String = "DisabledEmailAddressTemplates", "Forms that are kept and make no address.", many(), check(super::check::TEMPLATE);
    PRIMARY_TEMPLATE: String = "EnabledPrimarySMTPAddressTemplate", "The form of the primary address.", check(super::check::TEMPLATE);
    APPLIED: bool = "RecipientFilterApplied", "Whether the policy as it is now was applied to those for whom it is.", read_only(), default(no);
    ASSIGNED_ROLES: String = "AssignedRoles", "The roles that users hold for their own mailboxes.", many(), read_only(), check(TEXT);
    PRIORITY: String = "Priority", "Which policy is asked first; the lowest number wins.", default(lowest), check(up_to::<16>());
    MAX_DEVICES: Unlimited<i32> = "MaxDevices", "How many devices a user may have.", default(super::no_count_limit);
}

/// What policies without settings of their own have.
pub(crate) static PLAIN: &[&dyn Declared] = joined!(&[&IS_DEFAULT, &DESCRIPTION], OBJECT);
pub(crate) static RETENTION: &[&dyn Declared] = joined!(&[&RETENTION_TAGS, &IS_DEFAULT], OBJECT);
pub(crate) static EMAIL_ADDRESS: &[&dyn Declared] = joined!(
    &[&TEMPLATES, &DISABLED_TEMPLATES, &PRIMARY_TEMPLATE, &PRIORITY, &APPLIED, &IS_DEFAULT],
    filter::PROPERTIES,
    OBJECT
);
pub(crate) static MOBILE_DEVICE: &[&dyn Declared] = joined!(&[&MAX_DEVICES, &IS_DEFAULT], OBJECT);
pub(crate) static ROLE_ASSIGNMENT: &[&dyn Declared] =
    joined!(&[&ASSIGNED_ROLES, &IS_DEFAULT, &DESCRIPTION], OBJECT);
/// How its roles are assigned is told by the cmdlets of assignments.
pub(crate) static ROLE_ASSIGNMENT_HELD: &[&dyn Declared] =
    joined!(&[&super::group::ROLE_SCOPES], ROLE_ASSIGNMENT);
pub(crate) static OWA: &[&dyn Declared] = PLAIN;

/// Declares the classes and nouns of policies, which differ in their names and places alone.
macro_rules! policies {
    ($($name:ident: $noun:literal, $type_name:literal, $summary:literal, $properties:ident, $($column:ident),*;
        $facts:ident: $class:ident, $held:ident, $below:literal; $id:ident: $parameter:literal, $one:literal;)*) => {$(
        #[doc = $summary]
        pub static $name: Noun = Noun {
            name: $noun,
            type_name: $type_name,
            summary: $summary,
            properties: $properties,
            table: &[$(&$column),*],
        };

        #[doc = $summary]
        pub(crate) static $facts: ClassFacts =
            ClassFacts::configuration(Class::$class, $below, &[$held], &[&$name], &[&$id]);

        #[doc = concat!("How ", $one, " is named.")]
        pub static $id: IdentityKind =
            IdentityKind::configuration($parameter, $one, |record| record.class() == Class::$class);
    )*};
}

policies! {
    RETENTION_POLICY: "RetentionPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.RetentionPolicy", "How long items of a mailbox are kept.", RETENTION, NAME, RETENTION_TAGS;
    RETENTION_CLASS: RetentionPolicy, RETENTION, "CN=Retention Policies Container,";
    RETENTION_POLICY_ID: "RetentionPolicyIdParameter", "a retention policy";
    EMAIL_ADDRESS_POLICY: "EmailAddressPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.EmailAddressPolicy", "Which addresses recipients get.", EMAIL_ADDRESS, NAME, PRIORITY, RECIPIENT_FILTER;
    EMAIL_ADDRESS_CLASS: EmailAddressPolicy, EMAIL_ADDRESS, "CN=Recipient Policies,";
    EMAIL_ADDRESS_POLICY_ID: "EmailAddressPolicyIdParameter", "an e-mail address policy";
    MOBILE_DEVICE_POLICY: "MobileDeviceMailboxPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.MobileMailboxPolicy", "What mobile devices may do.", MOBILE_DEVICE, NAME, IS_DEFAULT;
    MOBILE_DEVICE_CLASS: MobileDevicePolicy, MOBILE_DEVICE, "CN=Mobile Mailbox Policies,";
    MOBILE_DEVICE_POLICY_ID: "MobileDevicePolicyIdParameter", "a mobile device mailbox policy";
    OWA_POLICY: "OwaMailboxPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.OwaMailboxPolicy", "What the web mail offers.", OWA, NAME, IS_DEFAULT;
    OWA_CLASS: OwaPolicy, OWA, "CN=OWA Mailbox Policies,";
    OWA_POLICY_ID: "OwaPolicyIdParameter", "an Outlook on the web mailbox policy";
    ROLE_ASSIGNMENT_POLICY: "RoleAssignmentPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.RoleAssignmentPolicy", "What users may do with their own mailboxes.", ROLE_ASSIGNMENT, NAME, IS_DEFAULT;
    ROLE_ASSIGNMENT_CLASS: RoleAssignmentPolicy, ROLE_ASSIGNMENT_HELD, "CN=Policies,CN=RBAC,";
    ROLE_ASSIGNMENT_POLICY_ID: "RoleAssignmentPolicyIdParameter", "a role assignment policy";
    SHARING_POLICY: "SharingPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.SharingPolicy", "With whom users may share.", PLAIN, NAME, IS_DEFAULT;
    SHARING_CLASS: SharingPolicy, PLAIN, "CN=Federation,";
    SHARING_POLICY_ID: "SharingPolicyIdParameter", "a sharing policy";
    THROTTLING_POLICY: "ThrottlingPolicy", "Microsoft.Exchange.Data.Directory.SystemConfiguration.ThrottlingPolicy", "How much of the server users may use.", PLAIN, NAME, IS_DEFAULT;
    THROTTLING_CLASS: ThrottlingPolicy, PLAIN, "CN=Global Settings,";
    THROTTLING_POLICY_ID: "ThrottlingPolicyIdParameter", "a throttling policy";
}
