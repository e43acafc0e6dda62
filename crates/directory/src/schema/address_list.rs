//! The nouns of the address book: `AddressList`, `GlobalAddressList`, `OfflineAddressBook` and the policy that says who sees
//! which of them.

use super::check::up_to;
use super::filter;
use super::recipient::{DISPLAY_NAME, NAME, OBJECT};
use super::{joined, no, properties};
use crate::Form::{DistinguishedName, Guid, ListPath, Name};
use crate::{Class, ClassFacts, Form, IdentityKind};
use object::types::ObjectId;
use object::{Declared, Noun};

properties! {
    PATH: String = "Path", "The list as people name it, with a backslash before it.", computed();
    APPLIED: bool = "RecipientFilterApplied", "Whether the list was updated since its filter was changed last.", read_only(), default(no);
    IS_DEFAULT_GLOBAL: bool = "IsDefaultGlobalAddressList", "Whether everybody without a policy sees this list.", read_only(), default(no);
    IS_DEFAULT_BOOK: bool = "IsDefault", "Whether it is in force where none is named.", default(no);
    ADDRESS_LISTS: ObjectId = "AddressLists", "The address lists that users see.", many(), refers_to("AddressListIdParameter");
    BOOK_LISTS: ObjectId = "AddressLists", "The address lists and global address lists that stand in it.", many(), refers_to("AddressBookBaseIdParameter");
    GLOBAL_ADDRESS_LIST: ObjectId = "GlobalAddressList", "The global address list that users see.", refers_to("GlobalAddressListIdParameter");
    ROOM_LIST: ObjectId = "RoomList", "The address list in which users look for rooms.", refers_to("AddressListIdParameter");
    OFFLINE_ADDRESS_BOOK: ObjectId = "OfflineAddressBook", "The offline address book of the users.", refers_to("OfflineAddressBookIdParameter");
    DESCRIPTION: String = "Description", "What the policy is for.", check(up_to::<1024>());
}

/// A list is named by its path, too.
const LIST_FORMS: &[Form] = &[DistinguishedName, Guid, ListPath, Name];

static LIST: &[&dyn Declared] = joined!(&[&DISPLAY_NAME, &PATH, &APPLIED], filter::PROPERTIES, OBJECT);
static GLOBAL: &[&dyn Declared] =
    joined!(&[&DISPLAY_NAME, &PATH, &APPLIED, &IS_DEFAULT_GLOBAL], filter::PROPERTIES, OBJECT);
static BOOK: &[&dyn Declared] = joined!(&[&BOOK_LISTS, &IS_DEFAULT_BOOK, &PATH], OBJECT);
static POLICY: &[&dyn Declared] =
    joined!(&[&ADDRESS_LISTS, &GLOBAL_ADDRESS_LIST, &ROOM_LIST, &OFFLINE_ADDRESS_BOOK, &DESCRIPTION], OBJECT);

/// Some of the recipients, for people to look through.
pub static ADDRESS_LIST: Noun = Noun {
    name: "AddressList",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AddressList",
    summary: "Some of the recipients, for people to look through.",
    properties: LIST,
    table: &[&NAME, &DISPLAY_NAME, &filter::RECIPIENT_FILTER],
};
/// All recipients that some users see.
pub static GLOBAL_LIST: Noun = Noun {
    name: "GlobalAddressList",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.GlobalAddressList",
    summary: "All recipients that some users see.",
    properties: GLOBAL,
    table: &[&NAME, &DISPLAY_NAME, &filter::RECIPIENT_FILTER],
};
/// The address lists that clients may take with them.
pub static OFFLINE_BOOK: Noun = Noun {
    name: "OfflineAddressBook",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.OfflineAddressBook",
    summary: "The address lists that clients may take with them.",
    properties: BOOK,
    table: &[&NAME, &BOOK_LISTS, &IS_DEFAULT_BOOK],
};
/// Which address lists users see.
pub static ADDRESS_BOOK_POLICY: Noun = Noun {
    name: "AddressBookPolicy",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.AddressBookMailboxPolicy",
    summary: "Which address lists users see.",
    properties: POLICY,
    table: &[&NAME, &GLOBAL_ADDRESS_LIST, &ADDRESS_LISTS],
};

/// How an address list is named.
pub static LIST_ID: IdentityKind =
    IdentityKind::new("AddressListIdParameter", "an address list", LIST_FORMS, |record| {
        record.class() == Class::AddressList
    });
/// How a global address list is named.
pub static GLOBAL_LIST_ID: IdentityKind =
    IdentityKind::new("GlobalAddressListIdParameter", "a global address list", LIST_FORMS, |record| {
        record.class() == Class::GlobalAddressList
    });
/// How a list of either kind is named.
pub static ANY_LIST_ID: IdentityKind =
    IdentityKind::new("AddressBookBaseIdParameter", "an address list", LIST_FORMS, |record| {
        matches!(record.class(), Class::AddressList | Class::GlobalAddressList)
    });
/// How an offline address book is named.
pub static OFFLINE_BOOK_ID: IdentityKind =
    IdentityKind::new("OfflineAddressBookIdParameter", "an offline address book", LIST_FORMS, |record| {
        record.class() == Class::OfflineAddressBook
    });
/// How an address book policy is named.
pub static POLICY_ID: IdentityKind =
    IdentityKind::configuration("AddressBookMailboxPolicyIdParameter", "an address book policy", |record| {
        record.class() == Class::AddressBookPolicy
    });

/// Address lists.
pub(crate) static LIST_CLASS: ClassFacts = ClassFacts::configuration(
    Class::AddressList,
    "CN=All Address Lists,CN=Address Lists Container,",
    &[LIST],
    &[&ADDRESS_LIST],
    &[&LIST_ID, &ANY_LIST_ID],
);
/// Global address lists.
pub(crate) static GLOBAL_LIST_CLASS: ClassFacts = ClassFacts::configuration(
    Class::GlobalAddressList,
    "CN=All Global Address Lists,CN=Address Lists Container,",
    &[GLOBAL],
    &[&GLOBAL_LIST],
    &[&GLOBAL_LIST_ID],
);
/// Offline address books.
pub(crate) static OFFLINE_BOOK_CLASS: ClassFacts = ClassFacts::configuration(
    Class::OfflineAddressBook,
    "CN=Offline Address Lists,CN=Address Lists Container,",
    &[BOOK],
    &[&OFFLINE_BOOK],
    &[&OFFLINE_BOOK_ID],
);
/// Address book policies.
pub(crate) static POLICY_CLASS: ClassFacts = ClassFacts::configuration(
    Class::AddressBookPolicy,
    "CN=AddressBook Mailbox Policies,",
    &[POLICY],
    &[&ADDRESS_BOOK_POLICY],
    &[&POLICY_ID],
);
