//! Public folders as the directory knows them: a name in a tree, and what mail for one that has an address wants. What is in
//! them is not kept yet.

use super::group::ADDRESSED;
use super::mailbox::FORWARDING_ADDRESS;
use super::recipient::{EXTERNAL_EMAIL_ADDRESS, GUID, NAME, OBJECT, WHEN_CHANGED, WHEN_CREATED};
use super::user::PHONETIC_DISPLAY_NAME;
use super::{Lists, joined, no, properties};
use crate::Form::{
    Address, Alias, CanonicalName, DisplayName, DistinguishedName, FolderPath, Guid as ByGuid, LegacyDn, Name,
};
use crate::{Class, ClassFacts, IdentityKind, Record};
use object::types::ObjectId;
use object::{Declared, Noun};

properties! {
    PATH: ObjectId = "Identity", "The folder's path: `\\Sales\\2026`.", computed();
    PARENT_PATH: String = "ParentPath", "The path of the folder in which it stands: `\\` at the top.", computed();
    MAIL_ENABLED: bool = "MailEnabled", "Whether mail can be sent to the folder.", computed(), default(no);
    HAS_SUBFOLDERS: bool = "HasSubfolders", "Whether other folders stand in it.", computed(), default(no);
}

/// A folder of the whole organisation.
pub static PUBLIC_FOLDER: Noun = Noun {
    name: "PublicFolder",
    type_name: "Microsoft.Exchange.Data.Storage.Management.PublicFolder",
    summary: "A folder of the whole organization, by its path. What is in it is not kept yet.",
    properties: &[
        &PATH,
        &NAME,
        &PARENT_PATH,
        &MAIL_ENABLED,
        &HAS_SUBFOLDERS,
        &GUID,
        &WHEN_CREATED,
        &WHEN_CHANGED,
    ],
    table: &[&NAME, &PARENT_PATH],
};

/// A public folder with an address.
pub static MAIL_PUBLIC_FOLDER: Noun = Noun {
    name: "MailPublicFolder",
    type_name: "Microsoft.Exchange.Data.Directory.Management.MailPublicFolder",
    summary: "A public folder with an address.",
    properties: joined!(
        &[&FORWARDING_ADDRESS, &EXTERNAL_EMAIL_ADDRESS, &PHONETIC_DISPLAY_NAME],
        ADDRESSED,
        OBJECT
    ),
    table: &[&super::recipient::DISPLAY_NAME, &super::recipient::PRIMARY_SMTP_ADDRESS],
};

/// How a public folder is named.
pub static ID: IdentityKind = IdentityKind::new(
    "PublicFolderIdParameter",
    "a public folder",
    &[DistinguishedName, ByGuid, CanonicalName, FolderPath, Name],
    |record| record.class() == Class::PublicFolder,
);
/// How a public folder with an address is named.
pub static MAIL_ID: IdentityKind = IdentityKind::new(
    "MailPublicFolderIdParameter",
    "a public folder with an address",
    &[DistinguishedName, ByGuid, CanonicalName, FolderPath, LegacyDn, Address, Alias, Name, DisplayName],
    |record: &Record| record.class() == Class::PublicFolder && record.is_mail_enabled(),
);

/// Public folders, with or without an address; one stands in another.
pub(crate) static CLASS: ClassFacts = ClassFacts {
    class: Class::PublicFolder,
    rdn: "CN",
    below: "",
    properties: LISTS,
    nouns: &[&PUBLIC_FOLDER, &MAIL_PUBLIC_FOLDER],
    identities: &[&ID, &MAIL_ID],
};

/// What a public folder can hold.
static LISTS: Lists = &[super::recipient::PROPERTIES, PROPERTIES, super::permission::OBJECT];
static PROPERTIES: &[&dyn Declared] = &[&FORWARDING_ADDRESS, &PHONETIC_DISPLAY_NAME];
