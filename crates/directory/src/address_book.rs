//! The address book: its lists, and whom of all recipients a user sees in it.
//!
//! A list is its filter: whoever looks sees those whom the filter finds at that moment. Whoever is hidden from address lists
//! stands in none.

use crate::change::Change;
use crate::recipient_filter::Audience;
use crate::record::Record;
use crate::schema::address_list::{
    ADDRESS_LISTS, APPLIED, BOOK_LISTS, GLOBAL_ADDRESS_LIST, IS_DEFAULT_BOOK, IS_DEFAULT_GLOBAL,
    OFFLINE_ADDRESS_BOOK, ROOM_LIST,
};
use crate::schema::filter::{INCLUDED_RECIPIENTS, RECIPIENT_FILTER, WellKnownRecipientType as Known};
use crate::schema::{mailbox, recipient};
use crate::{Class, Directory, Edit};
use object::types::{Guid, ObjectId};
use object::{Author, Error, ErrorId, Property, Result};

/// The global list that everybody without a policy sees.
const DEFAULT_GLOBAL: &str = "Default Global Address List";
/// The offline book that is in force where none is named.
const DEFAULT_BOOK: &str = "Default Offline Address Book";

/// The lists of every organization, and whom they show.
const LISTS: [(&str, &str); 4] = [
    ("All Contacts", "RecipientType -eq 'MailContact'"),
    (
        "All Distribution Lists",
        "RecipientType -eq 'MailUniversalDistributionGroup' -or RecipientType -eq 'MailUniversalSecurityGroup' -or \
         RecipientType -eq 'MailNonUniversalGroup' -or RecipientType -eq 'DynamicDistributionGroup'",
    ),
    ("All Rooms", "RecipientTypeDetails -eq 'RoomMailbox' -or RecipientTypeDetails -eq 'LinkedRoomMailbox'"),
    ("All Users", "RecipientType -eq 'UserMailbox' -or RecipientType -eq 'MailUser'"),
];

/// Makes the lists of every organization.
pub(crate) fn lay(change: &mut Change<'_>) -> Result<()> {
    for (name, filter) in LISTS {
        let filter = Edit::set(&RECIPIENT_FILTER, filter.to_owned());
        let mut made = change.new_configuration(Class::AddressList, name, &[filter])?;
        made.set(&APPLIED, true);
        change.save(made)?;
    }
    let all = Edit::set_all(&INCLUDED_RECIPIENTS, vec![Known::AllRecipients]);
    let mut global = change.new_configuration(Class::GlobalAddressList, DEFAULT_GLOBAL, &[all])?;
    global.set(&IS_DEFAULT_GLOBAL, true);
    global.set(&APPLIED, true);
    change.save(global)?;
    let mut book = change.new_configuration(Class::OfflineAddressBook, DEFAULT_BOOK, &[])?;
    book.set(&IS_DEFAULT_BOOK, true);
    change.save(book)
}

impl Directory {
    /// Makes the lists of every organization where there are none yet: in a directory that is older than they are.
    pub fn furnish_address_lists(&self, author: &Author) -> Result<()> {
        if !self.all(Class::GlobalAddressList).is_empty() {
            return Ok(());
        }
        self.change(author, lay).map(drop)
    }
}

/// Whom a user sees.
pub struct AddressBook {
    /// The lists of the user's policy; everybody where there is no policy.
    lists: Option<Vec<Audience>>,
}

impl AddressBook {
    /// The book of a user: what their policy names, or everybody.
    pub fn of(directory: &Directory, user: &Record) -> Result<AddressBook> {
        let policy = user.reference(&mailbox::ADDRESS_BOOK_POLICY).and_then(|policy| directory.get(policy));
        let Some(policy) = policy else { return Ok(AddressBook { lists: None }) };
        let lists = named_by(&policy).into_iter().filter_map(|list| directory.get(list));
        let lists = lists.map(|list| Audience::of(directory, &list)).collect::<Result<_>>()?;
        Ok(AddressBook { lists: Some(lists) })
    }

    /// Whether a recipient stands in it.
    pub fn shows(&self, directory: &Directory, record: &Record) -> bool {
        if !record.is_mail_enabled() || record.is(&recipient::HIDDEN_FROM_LISTS) {
            return false;
        }
        let cache = directory.cache();
        self.lists.as_ref().is_none_or(|lists| lists.iter().any(|list| list.admits(&cache, record)))
    }
}

/// The lists that a policy names.
fn named_by(policy: &Record) -> Vec<Guid> {
    let mut lists = references(policy, &ADDRESS_LISTS);
    lists.extend([&GLOBAL_ADDRESS_LIST, &ROOM_LIST].into_iter().filter_map(|one| policy.reference(one)));
    lists
}

fn references(record: &Record, property: &'static Property<ObjectId>) -> Vec<Guid> {
    record.all(property).iter().map(|id| id.guid).collect()
}

impl Change<'_> {
    /// Removes a list, an offline book or a policy of the address book that nothing names any more. The default ones stay.
    pub fn remove_of_address_book(&mut self, guid: Guid) -> Result<()> {
        let record = self.read(guid)?;
        if record.is(&IS_DEFAULT_GLOBAL) {
            return Err(default_stays(&record, "removed"));
        }
        let names = |other: &Record| {
            named_by(other).contains(&guid)
                || references(other, &BOOK_LISTS).contains(&guid)
                || other.reference(&OFFLINE_ADDRESS_BOOK) == Some(guid)
        };
        let classes = [Class::AddressBookPolicy, Class::OfflineAddressBook];
        let mut others = classes.into_iter().flat_map(|class| self.directory().all(class));
        let user = others.find(|other| names(other)).or_else(|| self.user_of(&record));
        if let Some(user) = user {
            let message = format!("'{}' can't be removed, because '{}' uses it.", record.name(), user.name());
            return Err(Error::conflict(ErrorId::PolicyLocked, message)
                .help("Take it out there first.")
                .about("Identity"));
        }
        if record.is(&IS_DEFAULT_BOOK) {
            return Err(default_book_stays(&record));
        }
        self.delete(guid)
    }

    /// Makes an offline book the one that is in force where none is named.
    pub fn make_default_book(&mut self, book: Guid) -> Result<()> {
        for other in self.directory().all(Class::OfflineAddressBook) {
            let mut record = self.read(other.guid())?;
            let default = other.guid() == book;
            if record.is(&IS_DEFAULT_BOOK) != default {
                record.set(&IS_DEFAULT_BOOK, default);
                self.save(record)?;
            }
        }
        Ok(())
    }

    /// A mailbox that has a policy.
    fn user_of(&self, policy: &Record) -> Option<std::sync::Arc<Record>> {
        let properties = [&mailbox::ADDRESS_BOOK_POLICY, &mailbox::OFFLINE_ADDRESS_BOOK];
        let has = |user: &Record| properties.iter().any(|one| user.reference(one) == Some(policy.guid()));
        self.directory().all(Class::User).into_iter().find(|user| has(user))
    }

    /// Notes whether a list shows what its filter says: it does since it was updated, and no longer when it is changed.
    pub fn list_applied(&mut self, list: Guid, applied: bool) -> Result<()> {
        let mut record = self.read(list)?;
        if record.is(&APPLIED) == applied {
            return Ok(());
        }
        record.set(&APPLIED, applied);
        self.save(record)
    }
}

/// There is always one book that is in force where none is named.
pub fn default_book_stays(book: &Record) -> Error {
    let message = format!("'{}' is the default offline address book, and there must be one.", book.name());
    Error::conflict(ErrorId::PolicyLocked, message)
        .help("Make another one the default first: Set-OfflineAddressBook NAME -IsDefault $true.")
        .about("Identity")
}

/// Of the default list neither name nor filter change: everybody would be shown to everybody by another rule.
pub fn default_stays(list: &Record, what: &str) -> Error {
    Error::conflict(
        ErrorId::PolicyLocked,
        format!("The default global address list '{}' can't be {what}.", list.name()),
    )
    .help("Make another one with New-GlobalAddressList, and a policy with New-AddressBookPolicy.")
    .about("Identity")
}
