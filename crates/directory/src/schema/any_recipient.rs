//! The noun `Recipient`, which shows mailboxes, mail users, contacts and groups alike, and the class of users, which
//! several nouns show.

use super::{Lists, cas, group, joined, mailbox, permission, recipient, user};
use crate::{Class, ClassFacts};
use object::Noun;

/// Whatever can be sent to.
pub static RECIPIENT: Noun = Noun {
    name: "Recipient",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ReducedRecipient",
    summary: "Whatever mail can be sent to: a mailbox, mail user, contact or group.",
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
    nouns: &[&user::USER, &mailbox::MAILBOX, &cas::CAS_MAILBOX, &RECIPIENT, &group::MAIL_USER],
};

/// What a user can hold.
static LISTS: Lists = &[
    recipient::PROPERTIES,
    user::PROPERTIES,
    user::HIDDEN,
    mailbox::PROPERTIES,
    cas::PROPERTIES,
    permission::MAILBOX,
    permission::OBJECT,
];
