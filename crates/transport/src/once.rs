//! One row for each recipient: rules may name somebody twice, in two parts of a message or in one, and nobody gets it twice or
//! has two fates.

use std::collections::HashSet;

use object::types::{Guid, SmtpAddress};

use crate::led::Places;
use crate::rule::branch::Branch;
use crate::{Forward, Transport};

/// In whose place recipients get it, where rules put any in the place of others: also in parts in which they lose their way.
fn places(parts: &[Branch]) -> Places {
    let mut places = Places::default();
    if parts.iter().all(|part| part.redirected.is_empty()) {
        return places;
    }
    for part in parts {
        part.envelope.to.iter().for_each(|to| places.note(&to.recipient.address, &part.redirected));
    }
    places
}

/// Who gets a message so far, by address and as the person who has it.
#[derive(Default)]
struct Had {
    addresses: HashSet<String>,
    people: HashSet<Guid>,
}

impl Transport {
    /// Leaves each recipient one way. Whoever the sender named comes before whoever a rule added, and who gets the message has
    /// no other fate besides: being redirected to oneself, say.
    pub(crate) fn once_each(&self, asked: &[SmtpAddress], parts: &mut [Branch]) {
        let asked: HashSet<String> = asked.iter().map(SmtpAddress::folded).collect();
        let is_named = |to: &Forward| asked.contains(&to.recipient.address.folded());
        let places = places(parts);
        let mut had = Had::default();
        for part in parts.iter_mut() {
            part.envelope.to.retain(|to| !is_named(to) || self.is_new(&mut had, to, true));
        }
        for part in parts.iter_mut() {
            part.envelope.to.retain(|to| is_named(to) || self.is_new(&mut had, to, false));
        }
        for part in parts.iter_mut() {
            part.ended.retain(|one| had.addresses.insert(one.forward.recipient.address.folded()));
        }
        for part in parts.iter_mut() {
            for to in &part.envelope.to {
                if let Some(by) = places.of(&to.recipient.address) {
                    part.redirected.note(&to.recipient.address, &by);
                }
            }
        }
    }

    /// Whether a recipient has no way yet; from then on it has. Two addresses that the sender named are two recipients, whoever
    /// has them.
    fn is_new(&self, had: &mut Had, to: &Forward, named: bool) -> bool {
        let address = &to.recipient.address;
        let person = self.mailboxes.named(address).map(|record| record.guid());
        let known = !named && person.is_some_and(|person| had.people.contains(&person));
        had.people.extend(person);
        !known && had.addresses.insert(address.folded())
    }
}
