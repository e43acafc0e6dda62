//! Groups, mail users and contacts: recipients without a mailbox.

use super::check::TEXT;
use super::recipient::*;
use super::user::*;
use super::{Lists, filter, joined, no, properties, yes};
use crate::kind::{ANY_RECIPIENT, PRINCIPAL_FORMS};
use crate::{Class, ClassFacts, IdentityKind, Record};
use object::types::{ObjectId, RecipientTypeDetails};
use object::{Declared, Noun, Value};

object::enumeration! {
    /// How one becomes a member, or stops being one.
    pub enum MemberRestriction: "Microsoft.Exchange.Data.Directory.Recipient.MemberUpdateType" {
        /// Everybody may.
        Open = 0,
        /// Only owners change members.
        Closed = 1,
        /// An owner approves.
        ApprovalRequired = 2,
    }
}
object::enumeration! {
    /// What a group is for.
    pub enum GroupKind: "Microsoft.Exchange.Data.Directory.Recipient.GroupType" {
        /// Mail only.
        Distribution = 0,
        /// Mail and permissions.
        Security = 1,
    }
}

fn closed() -> Value {
    MemberRestriction::Closed.into()
}
fn open() -> Value {
    MemberRestriction::Open.into()
}
fn distribution() -> Value {
    GroupKind::Distribution.into()
}

properties! {
    MEMBERS: ObjectId = "Members", "The members.", many(), attribute("member"), refers_to("ADObject"), survives_disable();
    MANAGED_BY: ObjectId = "ManagedBy", "The owners.", many(), indexed(), attribute("managedBy"), refers_to("SecurityPrincipalIdParameter"), survives_disable();
    GROUP_KIND: GroupKind = "GroupType", "Whether the group is for mail only or for permissions too.", attribute("groupType"), default(distribution), survives_disable();
    JOIN_RESTRICTION: MemberRestriction = "MemberJoinRestriction", "How one becomes a member.", attribute("msExchGroupJoinRestriction"), default(closed), survives_disable();
    DEPART_RESTRICTION: MemberRestriction = "MemberDepartRestriction", "How one stops being a member.", attribute("msExchGroupDepartRestriction"), default(open), survives_disable();
    ROLES: String = "Roles", "The administrators' roles that members hold.", many(), check(TEXT), survives_disable();
    DELEGATED_ROLES: String = "DelegatedRoles", "The roles that members may give to others as far as they hold them.", many(), read_only(), not_filterable(), check(TEXT), survives_disable();
    ROLE_SCOPES: String = "RoleScopes", "How far roles reach that do not reach everybody, how their assignments are called, and which are off.", many(), not_filterable(), check(TEXT), survives_disable();
    JOIN_REQUESTS: String = "MembershipRequests", "Who asked to become a member and waits for an owner.", many(), read_only(), not_filterable();
    REPORT_TO_MANAGER: bool = "ReportToManagerEnabled", "Whether the first owner hears of members who can't be reached.", attribute("reportToOwner"), default(no);
    REPORT_TO_ORIGINATOR: bool = "ReportToOriginatorEnabled", "Whether senders hear of members who can't be reached.", attribute("reportToOriginator"), default(yes);
    SEND_OOF_TO_ORIGINATOR: bool = "SendOofMessageToOriginatorEnabled", "Whether senders get the members' automatic replies.", attribute("oOFReplyToOriginator"), default(no);
    BYPASS_NESTED_MODERATION: bool = "BypassNestedModerationEnabled", "Whether a message that a moderator let into this group needs no moderator of the groups in it.", attribute("msExchBypassModerationFromDLMembersLink"), default(no);
}

/// What a user can hold who is given roles without a role group.
pub(crate) static OF_HOLDERS: &[&dyn Declared] = &[&ROLES, &DELEGATED_ROLES, &ROLE_SCOPES];

pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &MEMBERS,
    &MANAGED_BY,
    &GROUP_KIND,
    &JOIN_RESTRICTION,
    &DEPART_RESTRICTION,
    &ROLES,
    &DELEGATED_ROLES,
    &ROLE_SCOPES,
    &JOIN_REQUESTS,
    &DESCRIPTION,
    &SAM_ACCOUNT_NAME,
    &SID,
    &NOTES,
    &PHONETIC_DISPLAY_NAME,
    &SENIORITY_INDEX,
    &REPORT_TO_MANAGER,
    &REPORT_TO_ORIGINATOR,
    &SEND_OOF_TO_ORIGINATOR,
    &BYPASS_NESTED_MODERATION,
];

/// What mail for a group does besides.
const MAIL_GROUP: &[&dyn Declared] =
    &[&MANAGED_BY, &REPORT_TO_MANAGER, &REPORT_TO_ORIGINATOR, &SEND_OOF_TO_ORIGINATOR];

/// What whoever has an address but no mailbox here shows of it.
pub(crate) const ADDRESSED: &[&dyn Declared] = joined!(
    &[
        &ALIAS,
        &DISPLAY_NAME,
        &SIMPLE_DISPLAY_NAME,
        &EMAIL_ADDRESSES,
        &PRIMARY_SMTP_ADDRESS,
        &EMAIL_ADDRESS_POLICY_ENABLED,
        &POLICIES_INCLUDED,
        &POLICIES_EXCLUDED,
        &HIDDEN_FROM_LISTS,
        &LEGACY_EXCHANGE_DN,
        &MAX_SEND_SIZE,
        &MAX_RECEIVE_SIZE,
        &GRANT_SEND_ON_BEHALF_TO,
        &REQUIRE_SENDER_AUTHENTICATION,
        &ACCEPT_FROM,
        &ACCEPT_FROM_GROUPS,
        &ACCEPT_FROM_ALL,
        &REJECT_FROM,
        &REJECT_FROM_GROUPS,
        &REJECT_FROM_ALL,
        &MODERATION_ENABLED,
        &MODERATED_BY,
        &BYPASS_MODERATION_FROM,
        &MODERATION_NOTIFICATIONS,
        &ARBITRATION_MAILBOX,
        &MAIL_TIP,
        &MAIL_TIP_TRANSLATIONS,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &WINDOWS_EMAIL_ADDRESS,
        &MEMBER_OF_GROUP,
    ],
    CUSTOM_ATTRIBUTES
);

/// A user whose mail is elsewhere.
pub static MAIL_USER: Noun = Noun {
    name: "MailUser",
    type_name: "Microsoft.Exchange.Data.Directory.Management.MailUser",
    summary: "A user whose mail is elsewhere.",
    properties: joined!(
        &[
            &EXTERNAL_EMAIL_ADDRESS,
            &SAM_ACCOUNT_NAME,
            &USER_PRINCIPAL_NAME,
            &ACCOUNT_DISABLED,
            &super::mailbox::RECIPIENT_LIMITS,
        ],
        ADDRESSED,
        OBJECT
    ),
    table: &[&NAME, &RECIPIENT_TYPE],
};

/// A contact with an address.
pub static MAIL_CONTACT: Noun = Noun {
    name: "MailContact",
    type_name: "Microsoft.Exchange.Data.Directory.Management.MailContact",
    summary: "A contact with an address.",
    properties: joined!(&[&EXTERNAL_EMAIL_ADDRESS], ADDRESSED, OBJECT),
    table: &[&NAME, &ALIAS, &RECIPIENT_TYPE],
};

/// A person without an account.
pub static CONTACT: Noun = Noun {
    name: "Contact",
    type_name: "Microsoft.Exchange.Data.Directory.Management.Contact",
    summary: "A person without an account.",
    properties: joined!(
        &[
            &DISPLAY_NAME,
            &FIRST_NAME,
            &LAST_NAME,
            &INITIALS,
            &OFFICE,
            &PHONE,
            &TITLE,
            &DEPARTMENT,
            &COMPANY,
            &CITY,
            &STATE,
            &POSTAL_CODE,
            &STREET_ADDRESS,
            &COUNTRY,
            &FAX,
            &HOME_PHONE,
            &MOBILE_PHONE,
            &NOTES,
            &MANAGER,
            &DIRECT_REPORTS,
            &WEB_PAGE,
            &PAGER,
            &OTHER_FAX,
            &OTHER_HOME_PHONE,
            &OTHER_TELEPHONE,
            &POST_OFFICE_BOX,
            &ASSISTANT_NAME,
            &TELEPHONE_ASSISTANT,
            &PHONETIC_DISPLAY_NAME,
            &SENIORITY_INDEX,
            &SIMPLE_DISPLAY_NAME,
            &WINDOWS_EMAIL_ADDRESS,
            &ORGANIZATIONAL_UNIT,
            &RECIPIENT_TYPE,
            &RECIPIENT_TYPE_DETAILS,
        ],
        OBJECT
    ),
    table: &[&NAME, &RECIPIENT_TYPE],
};

/// A group with an address.
pub static DISTRIBUTION_GROUP: Noun = Noun {
    name: "DistributionGroup",
    type_name: "Microsoft.Exchange.Data.Directory.Management.DistributionGroup",
    summary: "A group with an address.",
    properties: joined!(
        &[
            &GROUP_KIND,
            &SAM_ACCOUNT_NAME,
            &JOIN_RESTRICTION,
            &DEPART_RESTRICTION,
            &BYPASS_NESTED_MODERATION,
            &DESCRIPTION,
        ],
        MAIL_GROUP,
        ADDRESSED,
        OBJECT
    ),
    table: &[&NAME, &DISPLAY_NAME, &GROUP_KIND, &PRIMARY_SMTP_ADDRESS],
};

/// A group whose members are whom its filter finds.
pub static DYNAMIC_DISTRIBUTION_GROUP: Noun = Noun {
    name: "DynamicDistributionGroup",
    type_name: "Microsoft.Exchange.Data.Directory.Management.DynamicDistributionGroup",
    summary: "A group whose members are whom its filter finds.",
    properties: joined!(&[&NOTES, &PHONETIC_DISPLAY_NAME], filter::PROPERTIES, MAIL_GROUP, ADDRESSED, OBJECT),
    table: &[&NAME, &MANAGED_BY],
};

/// A group, with or without an address.
pub static GROUP: Noun = Noun {
    name: "Group",
    type_name: "Microsoft.Exchange.Data.Directory.Management.WindowsGroup",
    summary: "A group, with or without an address.",
    properties: joined!(
        &[
            &DISPLAY_NAME,
            &GROUP_KIND,
            &MANAGED_BY,
            &SAM_ACCOUNT_NAME,
            &SID,
            &MEMBERS,
            &NOTES,
            &PHONETIC_DISPLAY_NAME,
            &SENIORITY_INDEX,
            &SIMPLE_DISPLAY_NAME,
            &DESCRIPTION,
            &ORGANIZATIONAL_UNIT,
            &RECIPIENT_TYPE,
            &RECIPIENT_TYPE_DETAILS,
            &WINDOWS_EMAIL_ADDRESS,
        ],
        OBJECT
    ),
    table: &[&NAME, &DISPLAY_NAME, &SAM_ACCOUNT_NAME, &GROUP_KIND],
};

/// A group whose members hold administrators' roles.
pub static ROLE_GROUP: Noun = Noun {
    name: "RoleGroup",
    type_name: "Microsoft.Exchange.Data.Directory.Management.RoleGroup",
    summary: "A group whose members hold administrators' roles.",
    properties: joined!(
        &[
            &MANAGED_BY,
            &ROLES,
            &MEMBERS,
            &SAM_ACCOUNT_NAME,
            &DISPLAY_NAME,
            &DESCRIPTION,
            &ORGANIZATIONAL_UNIT,
        ],
        OBJECT
    ),
    table: &[&NAME, &ROLES, &MEMBERS],
};

/// How a group with an address is named.
pub static DISTRIBUTION_GROUP_ID: IdentityKind =
    IdentityKind::new("DistributionGroupIdParameter", "a distribution group", ANY_RECIPIENT, |record| {
        record.class() == Class::Group && record.is_mail_enabled() && !is_dynamic(record)
    });
/// How a dynamic distribution group is named.
pub static DYNAMIC_GROUP_ID: IdentityKind =
    IdentityKind::new("DynamicGroupIdParameter", "a dynamic distribution group", ANY_RECIPIENT, is_dynamic);
/// How a group with an address is named, dynamic or not.
pub static MAIL_GROUP_ID: IdentityKind =
    IdentityKind::new("MailGroupIdParameter", "a group with an address", ANY_RECIPIENT, |record| {
        record.class() == Class::Group && record.is_mail_enabled()
    });
/// How whatever can be a member of a group is named.
pub static GROUP_MEMBER_ID: IdentityKind = IdentityKind::new(
    "RecipientWithAdUserGroupIdParameter",
    "a recipient, user or group",
    PRINCIPAL_FORMS,
    |record| {
        record.class().is_recipient() && (record.class() != Class::PublicFolder || record.is_mail_enabled())
    },
);
/// How a role group is named.
pub static ROLE_GROUP_ID: IdentityKind =
    IdentityKind::new("RoleGroupIdParameter", "a role group", PRINCIPAL_FORMS, |record| {
        record.details() == RecipientTypeDetails::RoleGroup
    });
/// How any group is named.
pub static GROUP_ID: IdentityKind =
    IdentityKind::new("GroupIdParameter", "a group", PRINCIPAL_FORMS, |record| {
        record.class() == Class::Group && !is_dynamic(record)
    });

/// Whether the members of a group are whom its filter finds.
fn is_dynamic(record: &Record) -> bool {
    record.class() == Class::Group && record.details() == RecipientTypeDetails::DynamicDistributionGroup
}

/// How a mail contact is named.
pub static MAIL_CONTACT_ID: IdentityKind =
    IdentityKind::new("MailContactIdParameter", "a mail contact", ANY_RECIPIENT, |record| {
        record.class() == Class::Contact && record.is_mail_enabled()
    });
/// How a contact is named, with or without an address.
pub static CONTACT_ID: IdentityKind =
    IdentityKind::new("ContactIdParameter", "a contact", ANY_RECIPIENT, |record| {
        record.class() == Class::Contact
    });
/// How a mail user is named.
pub static MAIL_USER_ID: IdentityKind =
    IdentityKind::new("MailUserIdParameter", "a mail user", ANY_RECIPIENT, |record| {
        record.details() == RecipientTypeDetails::MailUser
    });

/// Groups, with or without an address, and role groups.
pub(crate) static CLASS: ClassFacts = ClassFacts {
    class: Class::Group,
    rdn: "CN",
    below: "",
    properties: LISTS,
    nouns: &[&DISTRIBUTION_GROUP, &DYNAMIC_DISTRIBUTION_GROUP, &GROUP, &ROLE_GROUP],
    identities: &[
        &DISTRIBUTION_GROUP_ID,
        &DYNAMIC_GROUP_ID,
        &MAIL_GROUP_ID,
        &GROUP_MEMBER_ID,
        &GROUP_ID,
        &ROLE_GROUP_ID,
    ],
};
/// Contacts, with or without an address.
pub(crate) static CONTACT_CLASS: ClassFacts = ClassFacts {
    class: Class::Contact,
    rdn: "CN",
    below: "",
    properties: CONTACT_LISTS,
    nouns: &[&MAIL_CONTACT, &CONTACT],
    identities: &[&MAIL_CONTACT_ID, &CONTACT_ID],
};

/// What a group can hold.
static LISTS: Lists = &[
    super::recipient::PROPERTIES,
    PROPERTIES,
    filter::PROPERTIES,
    super::permission::PRINCIPAL,
    super::permission::OBJECT,
];
/// What a contact can hold.
static CONTACT_LISTS: Lists = &[super::recipient::PROPERTIES, PERSON, super::permission::OBJECT];
