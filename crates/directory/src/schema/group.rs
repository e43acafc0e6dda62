//! Groups, mail users and contacts: recipients without a mailbox.

use super::check::no_control;
use super::properties;
use super::recipient::*;
use super::user::*;
use object::types::ObjectId;
use object::{Declared, Noun, Standard, Value};

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
    MEMBERS: ObjectId = "Members", "The members.", many(), attribute("member");
    MANAGED_BY: ObjectId = "ManagedBy", "The owners.", many(), attribute("managedBy");
    GROUP_KIND: GroupKind = "GroupType", "Whether the group is for mail only or for permissions too.", attribute("groupType"), default(distribution);
    JOIN_RESTRICTION: MemberRestriction = "MemberJoinRestriction", "How one becomes a member.", attribute("msExchGroupJoinRestriction"), default(closed);
    DEPART_RESTRICTION: MemberRestriction = "MemberDepartRestriction", "How one stops being a member.", attribute("msExchGroupDepartRestriction"), default(open);
    ROLES: String = "Roles", "The administrators' roles that members hold.", many(), check(no_control);
    DESCRIPTION: String = "Description", "What the group is for.", attribute("description"), check(no_control);
}

pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &MEMBERS,
    &MANAGED_BY,
    &GROUP_KIND,
    &JOIN_RESTRICTION,
    &DEPART_RESTRICTION,
    &ROLES,
    &DESCRIPTION,
    &SAM_ACCOUNT_NAME,
    &SID,
    &NOTES,
];

/// A user whose mail is elsewhere.
pub static MAIL_USER: Noun = Noun {
    name: "MailUser",
    type_name: "Microsoft.Exchange.Data.Directory.Management.MailUser",
    summary: "A user whose mail is elsewhere.",
    properties: &[
        &EXTERNAL_EMAIL_ADDRESS,
        &SAM_ACCOUNT_NAME,
        &USER_PRINCIPAL_NAME,
        &ACCOUNT_DISABLED,
        &ALIAS,
        &DISPLAY_NAME,
        &EMAIL_ADDRESSES,
        &PRIMARY_SMTP_ADDRESS,
        &EMAIL_ADDRESS_POLICY_ENABLED,
        &HIDDEN_FROM_LISTS,
        &LEGACY_EXCHANGE_DN,
        &MAX_SEND_SIZE,
        &MAX_RECEIVE_SIZE,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &WINDOWS_EMAIL_ADDRESS,
        &MEMBER_OF_GROUP,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &EXCHANGE_VERSION,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &OBJECT_CLASS,
        &WHEN_CHANGED,
        &WHEN_CREATED,
        &WHEN_CHANGED_UTC,
        &WHEN_CREATED_UTC,
        &ORIGINATING_SERVER,
    ],
    table: &[&NAME, &RECIPIENT_TYPE],
    standard: &[
        Standard::Get,
        Standard::Set,
        Standard::New,
        Standard::Remove,
        Standard::Enable,
        Standard::Disable,
    ],
};

/// A contact with an address.
pub static MAIL_CONTACT: Noun = Noun {
    name: "MailContact",
    type_name: "Microsoft.Exchange.Data.Directory.Management.MailContact",
    summary: "A contact with an address.",
    properties: &[
        &EXTERNAL_EMAIL_ADDRESS,
        &ALIAS,
        &DISPLAY_NAME,
        &EMAIL_ADDRESSES,
        &PRIMARY_SMTP_ADDRESS,
        &EMAIL_ADDRESS_POLICY_ENABLED,
        &HIDDEN_FROM_LISTS,
        &LEGACY_EXCHANGE_DN,
        &MAX_SEND_SIZE,
        &MAX_RECEIVE_SIZE,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &WINDOWS_EMAIL_ADDRESS,
        &MEMBER_OF_GROUP,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &EXCHANGE_VERSION,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &OBJECT_CLASS,
        &WHEN_CHANGED,
        &WHEN_CREATED,
        &WHEN_CHANGED_UTC,
        &WHEN_CREATED_UTC,
        &ORIGINATING_SERVER,
    ],
    table: &[&NAME, &ALIAS, &RECIPIENT_TYPE],
    standard: &[
        Standard::Get,
        Standard::Set,
        Standard::New,
        Standard::Remove,
        Standard::Enable,
        Standard::Disable,
    ],
};

/// A person without an account.
pub static CONTACT: Noun = Noun {
    name: "Contact",
    type_name: "Microsoft.Exchange.Data.Directory.Management.Contact",
    summary: "A person without an account.",
    properties: &[
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
        &WEB_PAGE,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &WHEN_CHANGED,
        &WHEN_CREATED,
    ],
    table: &[&NAME, &RECIPIENT_TYPE],
    standard: &[Standard::Get, Standard::Set],
};

/// A group with an address.
pub static DISTRIBUTION_GROUP: Noun = Noun {
    name: "DistributionGroup",
    type_name: "Microsoft.Exchange.Data.Directory.Management.DistributionGroup",
    summary: "A group with an address.",
    properties: &[
        &GROUP_KIND,
        &SAM_ACCOUNT_NAME,
        &MANAGED_BY,
        &JOIN_RESTRICTION,
        &DEPART_RESTRICTION,
        &ALIAS,
        &DISPLAY_NAME,
        &EMAIL_ADDRESSES,
        &PRIMARY_SMTP_ADDRESS,
        &EMAIL_ADDRESS_POLICY_ENABLED,
        &HIDDEN_FROM_LISTS,
        &REQUIRE_SENDER_AUTHENTICATION,
        &GRANT_SEND_ON_BEHALF_TO,
        &LEGACY_EXCHANGE_DN,
        &MAX_SEND_SIZE,
        &MAX_RECEIVE_SIZE,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &WINDOWS_EMAIL_ADDRESS,
        &DESCRIPTION,
        &MEMBER_OF_GROUP,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &EXCHANGE_VERSION,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &OBJECT_CLASS,
        &WHEN_CHANGED,
        &WHEN_CREATED,
        &WHEN_CHANGED_UTC,
        &WHEN_CREATED_UTC,
        &ORIGINATING_SERVER,
    ],
    table: &[&NAME, &DISPLAY_NAME, &GROUP_KIND, &PRIMARY_SMTP_ADDRESS],
    standard: &[
        Standard::Get,
        Standard::Set,
        Standard::New,
        Standard::Remove,
        Standard::Enable,
        Standard::Disable,
    ],
};

/// A group, with or without an address.
pub static GROUP: Noun = Noun {
    name: "Group",
    type_name: "Microsoft.Exchange.Data.Directory.Management.WindowsGroup",
    summary: "A group, with or without an address.",
    properties: &[
        &DISPLAY_NAME,
        &GROUP_KIND,
        &MANAGED_BY,
        &SAM_ACCOUNT_NAME,
        &SID,
        &MEMBERS,
        &NOTES,
        &DESCRIPTION,
        &ORGANIZATIONAL_UNIT,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &WINDOWS_EMAIL_ADDRESS,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &WHEN_CHANGED,
        &WHEN_CREATED,
    ],
    table: &[&NAME, &DISPLAY_NAME, &SAM_ACCOUNT_NAME, &GROUP_KIND],
    standard: &[Standard::Get, Standard::Set],
};

/// A group whose members hold administrators' roles.
pub static ROLE_GROUP: Noun = Noun {
    name: "RoleGroup",
    type_name: "Microsoft.Exchange.Data.Directory.Management.RoleGroup",
    summary: "A group whose members hold administrators' roles.",
    properties: &[
        &MANAGED_BY,
        &ROLES,
        &MEMBERS,
        &SAM_ACCOUNT_NAME,
        &DISPLAY_NAME,
        &DESCRIPTION,
        &ORGANIZATIONAL_UNIT,
        &IDENTITY,
        &ID,
        &IS_VALID,
        &NAME,
        &DISTINGUISHED_NAME,
        &GUID,
        &WHEN_CHANGED,
        &WHEN_CREATED,
    ],
    table: &[&NAME, &ROLES, &MEMBERS],
    standard: &[Standard::Get],
};
