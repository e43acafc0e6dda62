//! Who stands in the address book: every recipient that is not hidden from it.

use std::sync::Arc;

use mailbox::directory::{AddressBook, Directory, Query, Record, kinds};
use mailbox::{Mailboxes, Protocol, Proved};
use object::Result;
use object::types::Guid;

use crate::{LogOn, attribute, name};

/// A place in the order of the book, behind which a search goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name, in lower case.
    pub name: String,
    /// The object.
    pub guid: Guid,
}

/// An entry.
pub trait Entry {
    /// The distinguished name.
    fn name(&self) -> String;
    /// The values of an attribute, whose name is in lower case; none where the book has no such attribute.
    fn values(&self, attribute: &str) -> Option<Vec<String>>;
    /// The octets of the values that it has of an attribute.
    fn octets(&self, attribute: &str) -> Vec<Vec<u8>>;
    /// The names of the attributes that it can have.
    fn attributes(&self) -> Vec<&'static str>;
    /// Its place in the order.
    fn place(&self) -> Place;
}

/// All that could be seen. All functions answer out of memory, photos apart.
pub trait Shelf: Send + Sync + 'static {
    /// The distinguished name below which everything stands.
    fn suffix(&self) -> String;
    /// The book that an account sees.
    fn book(&self, account: Guid) -> Result<Box<dyn Book + '_>>;
}

/// The book that somebody sees. All functions answer out of memory.
pub trait Book {
    /// The distinguished name below which everything stands.
    fn suffix(&self) -> String;
    /// The entry of that distinguished name, in lower case and without blanks beside its marks.
    fn entry(&self, name: &str) -> Option<Box<dyn Entry + '_>>;
    /// Whether something stands at that distinguished name, written so, that has entries below it.
    fn is_container(&self, name: &str) -> bool;
    /// Shows entries in their order, behind a place or from the beginning, until `each` has enough of them.
    fn walk(&self, behind: Option<&Place>, each: &mut dyn FnMut(&dyn Entry) -> bool);
}

/// The recipients as an account sees them.
struct Seen<'a> {
    directory: &'a Directory,
    whom: AddressBook,
}

struct Recipient<'a> {
    book: &'a Seen<'a>,
    record: Arc<Record>,
}

impl Seen<'_> {
    fn shows(&self, record: &Record) -> bool {
        self.whom.shows(self.directory, record)
    }
}

impl Entry for Recipient<'_> {
    fn name(&self) -> String {
        self.book.directory.distinguished_name(&self.record)
    }
    fn values(&self, name: &str) -> Option<Vec<String>> {
        let shows = |record: &Record| self.book.shows(record);
        attribute::values(self.book.directory, &shows, &self.record, name)
    }
    fn octets(&self, name: &str) -> Vec<Vec<u8>> {
        let texts = self.values(name).unwrap_or_default();
        if texts.is_empty() || !attribute::is_photo(name) {
            return texts.into_iter().map(String::into_bytes).collect();
        }
        match self.book.directory.photo(&self.record) {
            Ok(photo) => photo.into_iter().collect(),
            // Without it the rest of the entry is as good.
            Err(error) => {
                tracing::warn!(who = self.record.name(), %error, "a photo cannot be read");
                Vec::new()
            }
        }
    }
    fn attributes(&self) -> Vec<&'static str> {
        attribute::names().collect()
    }
    fn place(&self) -> Place {
        Place { name: self.record.name().to_lowercase(), guid: self.record.guid() }
    }
}

impl Shelf for Mailboxes {
    fn suffix(&self) -> String {
        self.directory().domain_distinguished_name()
    }

    fn book(&self, account: Guid) -> Result<Box<dyn Book + '_>> {
        let directory = self.directory();
        let whom = AddressBook::of(directory, &*directory.need(account)?)?;
        Ok(Box::new(Seen { directory, whom }))
    }
}

impl Book for Seen<'_> {
    fn suffix(&self) -> String {
        self.directory.domain_distinguished_name()
    }

    fn entry(&self, name: &str) -> Option<Box<dyn Entry + '_>> {
        let record = self.directory.resolve_text(&kinds::RECIPIENT, name).ok();
        let record = record.filter(|record| self.shows(record))?;
        Some(Box::new(Recipient { book: self, record }))
    }

    fn is_container(&self, name: &str) -> bool {
        self.directory.resolve_text(&kinds::ORGANIZATIONAL_UNIT, name).is_ok()
    }

    fn walk(&self, behind: Option<&Place>, each: &mut dyn FnMut(&dyn Entry) -> bool) {
        let Ok(found) = self.directory.find(&Query::of(&kinds::RECIPIENT)) else { return };
        let shown = found.filter(|record| self.shows(record)).map(|record| Recipient { book: self, record });
        let mut entries =
            shown.skip_while(|entry| behind.is_some_and(|place| comes_before(entry, place))).peekable();
        // Those of the same name in other containers: what was told of already comes no second time.
        if let Some(place) = behind {
            let of_that_name: Vec<_> =
                std::iter::from_fn(|| entries.next_if(|entry| entry.place().name == place.name)).collect();
            let told = of_that_name
                .iter()
                .position(|entry| entry.record.guid() == place.guid)
                .map_or(0, |at| at + 1);
            if !of_that_name[told..].iter().all(|entry| each(entry)) {
                return;
            }
        }
        for entry in entries {
            if !each(&entry) {
                return;
            }
        }
    }
}

fn comes_before(entry: &Recipient<'_>, place: &Place) -> bool {
    entry.place().name < place.name
}

/// Lets in whoever has a mailbox, by any name that a log-on takes or by their distinguished name.
pub fn log_on(mailboxes: Mailboxes) -> LogOn {
    Arc::new(move |attempt, then| {
        let peer = attempt.from.ip().to_canonical();
        let by_path =
            attempt.user.contains('=').then(|| account_at(&mailboxes, &name::folded(attempt.user))).flatten();
        let user = by_path.as_deref().unwrap_or(attempt.user);
        mailboxes.prove(user, attempt.password, Protocol::Ldap, peer, |proved| {
            then(proved.and_then(Proved::submit));
        });
    })
}

/// The account of a distinguished name, as a log-on takes it.
fn account_at(mailboxes: &Mailboxes, name: &str) -> Option<String> {
    let directory = mailboxes.directory();
    let record = directory.resolve_text(&kinds::USER, name).ok()?;
    Some(mailboxes.account_name(&record))
}
