//! The noun `Recipient`, which shows mailboxes, mail users, contacts and groups alike, and the class of users, which
//! several nouns show.

use super::{Lists, cas, group, inbox_rule, joined, mailbox, options, permission, recipient, user};
use crate::Form::{CanonicalName, DistinguishedName, Guid, Name};
use crate::kind::{ANY_RECIPIENT, PRINCIPAL_FORMS, USER_FORMS};
use crate::{Class, ClassFacts, IdentityKind, Record};
use object::Noun;
use object::types::RecipientTypeDetails;

/// Whatever can be sent to.
pub static RECIPIENT: Noun = Noun {
    name: "Recipient",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ReducedRecipient",
    summary: "Whatever mail can be sent to: a mailbox, mail user, contact, group or public folder.",
    properties: joined!(
        &[
            &recipient::IDENTITY,
            &recipient::ID,
            &recipient::NAME,
            &recipient::DISPLAY_NAME,
            &recipient::ALIAS,
            &recipient::RECIPIENT_TYPE,
            &recipient::RECIPIENT_TYPE_DETAILS,
            &recipient::PRIMARY_SMTP_ADDRESS,
            &recipient::EMAIL_ADDRESSES,
            &recipient::EMAIL_ADDRESS_POLICY_ENABLED,
            &recipient::EXTERNAL_EMAIL_ADDRESS,
            &recipient::WINDOWS_EMAIL_ADDRESS,
            &recipient::HIDDEN_FROM_LISTS,
            &recipient::ORGANIZATIONAL_UNIT,
            &mailbox::DATABASE,
            &mailbox::SERVER_NAME,
            &mailbox::SERVER_LEGACY_DN,
            &mailbox::EXCHANGE_GUID,
            &mailbox::ARCHIVE_GUID,
            &mailbox::ARCHIVE_DATABASE,
            &mailbox::RETENTION_POLICY,
            &mailbox::RESOURCE_TYPE,
            &mailbox::LITIGATION_HOLD_ENABLED,
            &cas::ACTIVE_SYNC_POLICY,
            &cas::OWA_POLICY,
            &user::SAM_ACCOUNT_NAME,
            &user::FIRST_NAME,
            &user::LAST_NAME,
            &user::CITY,
            &user::COMPANY,
            &user::COUNTRY,
            &user::DEPARTMENT,
            &user::OFFICE,
            &user::PHONE,
            &user::POSTAL_CODE,
            &user::STATE,
            &user::TITLE,
            &user::MANAGER,
            &user::NOTES,
            &user::PHONETIC_DISPLAY_NAME,
            &group::MANAGED_BY,
        ],
        recipient::CUSTOM_ATTRIBUTES,
        &[
            &recipient::MEMBER_OF_GROUP,
            &recipient::LEGACY_EXCHANGE_DN,
            &mailbox::WHEN_MAILBOX_CREATED,
            &recipient::WHEN_CREATED,
            &recipient::WHEN_CHANGED,
            &recipient::WHEN_CREATED_UTC,
            &recipient::WHEN_CHANGED_UTC,
            &recipient::DISTINGUISHED_NAME,
            &recipient::GUID,
            &recipient::OBJECT_CLASS,
            &recipient::EXCHANGE_VERSION,
            &recipient::ORIGINATING_SERVER,
            &recipient::IS_VALID,
        ]
    ),
    table: &[&recipient::NAME, &recipient::RECIPIENT_TYPE],
};

/// Users, with or without a mailbox, and mail users.
pub(crate) static USER_CLASS: ClassFacts = ClassFacts {
    class: Class::User,
    rdn: "CN",
    below: "",
    properties: LISTS,
    nouns: &[
        &user::USER,
        &mailbox::MAILBOX,
        &mailbox::MAILBOX_JUNK_EMAIL_CONFIGURATION,
        &options::MAILBOX_REGIONAL_CONFIGURATION,
        &options::MAILBOX_AUTO_REPLY_CONFIGURATION,
        &cas::CAS_MAILBOX,
        &RECIPIENT,
        &group::MAIL_USER,
    ],
    identities: IDENTITIES,
};

/// How users are named, alone and together with others.
static IDENTITIES: &[&IdentityKind] = &[
    &MAILBOX_ID,
    &RECIPIENT_ID,
    &SINGLE_SENDER_ID,
    &USER_ID,
    &group::MAIL_USER_ID,
    &MAILBOX_OR_MAIL_USER_ID,
    &USER_CONTACT_ID,
    &SECURITY_PRINCIPAL_ID,
    &SENDER_ID,
    &RAW_ENTRY_ID,
    &ANY_ID,
];

/// How a mailbox of any flavour is named.
pub static MAILBOX_ID: IdentityKind =
    IdentityKind::new("MailboxIdParameter", "a mailbox", ANY_RECIPIENT, Record::is_mailbox);
/// How anything with mail is named.
pub static RECIPIENT_ID: IdentityKind =
    IdentityKind::new("RecipientIdParameter", "a recipient", ANY_RECIPIENT, Record::is_mail_enabled);
/// How a single sender is named, in lists beside which groups have a list of their own.
pub static SINGLE_SENDER_ID: IdentityKind =
    IdentityKind::new("DeliveryRecipientIdParameter", "a single sender", ANY_RECIPIENT, |record| {
        record.is_mail_enabled() && record.class() != Class::Group
    });
/// How a user is named, with or without a mailbox.
pub static USER_ID: IdentityKind =
    IdentityKind::new("UserIdParameter", "a user", USER_FORMS, |record| record.class() == Class::User);
/// How a mailbox or a mail user is named.
pub static MAILBOX_OR_MAIL_USER_ID: IdentityKind =
    IdentityKind::new("MailboxOrMailUserIdParameter", "a mailbox or mail user", ANY_RECIPIENT, |record| {
        record.class() == Class::User && record.is_mail_enabled()
    });
/// How a person is named: user or contact.
pub static USER_CONTACT_ID: IdentityKind =
    IdentityKind::new("UserContactIdParameter", "a user or contact", ANY_RECIPIENT, |record| {
        matches!(record.class(), Class::User | Class::Contact)
    });
/// How whoever can be given a right is named.
pub static SECURITY_PRINCIPAL_ID: IdentityKind = IdentityKind::new(
    "SecurityPrincipalIdParameter",
    "a user or a group with members of its own",
    PRINCIPAL_FORMS,
    is_principal,
);
/// How whoever may be let send on behalf of others is named: their messages need an address of their own.
pub static SENDER_ID: IdentityKind = IdentityKind::new(
    "MailEnabledPrincipalIdParameter",
    "a mailbox, a mail user or a group with an address and members of its own",
    PRINCIPAL_FORMS,
    |record| is_principal(record) && record.is_mail_enabled(),
);

fn is_principal(record: &Record) -> bool {
    let dynamic = record.details() == RecipientTypeDetails::DynamicDistributionGroup;
    matches!(record.class(), Class::User | Class::Group) && !dynamic
}

/// How whatever holds rights is named: as Exchange's cmdlets for them want it.
pub static RAW_ENTRY_ID: IdentityKind = IdentityKind::new(
    "ADRawEntryIdParameter",
    "an object",
    &[DistinguishedName, Guid, CanonicalName, Name],
    |_| true,
);
/// How any object is named: what `Get-ADObject` takes.
pub static ANY_ID: IdentityKind = IdentityKind::new("ADObject", "an object", PRINCIPAL_FORMS, |_| true);

/// What a user can hold.
static LISTS: Lists = &[
    recipient::PROPERTIES,
    user::PROPERTIES,
    user::HIDDEN,
    mailbox::PROPERTIES,
    mailbox::JUNK,
    options::KEPT,
    inbox_rule::KEPT,
    cas::PROPERTIES,
    permission::MAILBOX,
    permission::PRINCIPAL,
    group::OF_HOLDERS,
    permission::OBJECT,
];
