//! Whom a message is from: found out once, however many recipients it has of whom a condition asks.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mailbox::directory::Record;
use mailbox::directory::schema::user;
use object::Spec;
use object::types::{Guid, SmtpAddress};

/// The senders of a message.
#[derive(Default)]
pub(crate) struct Sending {
    /// Their addresses, each once.
    pub(crate) addresses: Vec<SmtpAddress>,
    /// Those whom the directory knows, each once.
    pub(crate) people: Vec<Arc<Record>>,
    guids: HashSet<Guid>,
    managers: OnceCell<HashSet<Guid>>,
    members: RefCell<HashMap<Vec<Guid>, bool>>,
    attributes: RefCell<HashMap<&'static str, HashSet<String>>>,
}

impl Sending {
    /// Those with these addresses; `named` tells who has one.
    pub(crate) fn of(
        addresses: Vec<SmtpAddress>,
        named: impl Fn(&SmtpAddress) -> Option<Arc<Record>>,
    ) -> Sending {
        let (mut sending, mut folded) = (Sending::default(), HashSet::new());
        for address in addresses.into_iter().filter(|address| folded.insert(address.folded())) {
            sending.people.extend(named(&address).filter(|person| sending.guids.insert(person.guid())));
            sending.addresses.push(address);
        }
        sending
    }

    /// Whether somebody is one of them.
    pub(crate) fn has(&self, person: &Record) -> bool {
        self.guids.contains(&person.guid())
    }

    /// Whether somebody is the manager of one of them.
    pub(crate) fn is_managed_by(&self, person: &Record) -> bool {
        let managers = || self.people.iter().filter_map(|from| from.reference(&user::MANAGER)).collect();
        self.managers.get_or_init(managers).contains(&person.guid())
    }

    /// Whether one of them is a member of one of those groups, as `is_member` finds it.
    pub(crate) fn is_member(
        &self,
        groups: &[Guid],
        is_member: impl Fn(&SmtpAddress, &[Guid]) -> bool,
    ) -> bool {
        if let Some(known) = self.members.borrow().get(groups) {
            return *known;
        }
        let found = self.addresses.iter().any(|from| is_member(from, groups));
        self.members.borrow_mut().insert(groups.to_vec(), found);
        found
    }

    /// Whether one of them has that value of an attribute, or, where it is not to be the `same`, another one.
    pub(crate) fn compares(&self, spec: &'static Spec, value: &str, same: bool) -> bool {
        let mut known = self.attributes.borrow_mut();
        let values = known
            .entry(spec.name)
            .or_insert_with(|| self.people.iter().map(|from| attribute(from, spec)).collect());
        if same { values.contains(value) } else { values.iter().any(|one| one != value) }
    }
}

/// An attribute as it is compared.
pub(crate) fn attribute(record: &Record, spec: &'static Spec) -> String {
    record.value(spec).to_string().to_lowercase()
}
