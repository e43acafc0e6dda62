//! Where is my message: one answer for each recipient, from the queue and the mailboxes together.

use object::types::{Guid, SmtpAddress};
use object::{Result, Time};

use crate::part::without_brackets;
use crate::queue::{Kept, State};
use crate::{Place, Transport};

/// Where one recipient's copy is, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// The message.
    pub id: Guid,
    /// The recipient as the sender wrote it.
    pub address: String,
    /// Since when.
    pub at: Time,
    /// Where.
    pub whereabouts: Whereabouts,
}

/// The one place a copy is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whereabouts {
    /// In a mailbox.
    Mailbox {
        /// The mailbox.
        mailbox: Guid,
        /// Its database.
        database: Guid,
    },
    /// With others: it is a group, or somebody who forwards, and each to whom it led has a fate of their own.
    Expanded,
    /// In the queue.
    Queue {
        /// Failed attempts.
        attempts: u64,
        /// When it is tried next.
        next_attempt: Time,
        /// Why it waits; empty before the first attempt.
        why: String,
    },
    /// Others get it in this recipient's place.
    Redirected {
        /// By what.
        why: String,
    },
    /// With the quarantine mailbox.
    Quarantined {
        /// By what.
        why: String,
        /// The message that brings it there.
        report: Option<Guid>,
    },
    /// Given up.
    GivenUp {
        /// The enhanced status code, `5.1.1`.
        status: String,
        /// Why.
        why: String,
        /// The report to the sender, which is a message of the queue itself; none if nobody wanted one.
        report: Option<Guid>,
    },
}

impl Transport {
    /// The fate of every accepted recipient of the message `id`, and of those to whom they led; a part of a message stands
    /// for the whole.
    pub fn fate(&self, id: Guid) -> Result<Vec<Fate>> {
        let id = self.queue.root(id)?;
        let mut fates = self.fate_of_one(id)?;
        for part in self.queue.parts(id)? {
            fates.extend(self.fate_of_one(part)?.into_iter().map(|fate| Fate { id, ..fate }));
        }
        Ok(fates)
    }

    fn fate_of_one(&self, id: Guid) -> Result<Vec<Fate>> {
        // The queue first: a copy that leaves it in between is then found in its mailbox, never in neither.
        let queued = self.queue.rows(id)?;
        let mut fates: Vec<Fate> = Vec::new();
        for lies in self.mailboxes.delivered(id)? {
            let whereabouts = Whereabouts::Mailbox { mailbox: lies.mailbox, database: lies.database };
            fates.push(Fate { id, address: lies.address, at: lies.at, whereabouts });
        }
        for kept in queued {
            if fates.iter().any(|fate| fate.address == kept.address) {
                continue;
            }
            match kept.state {
                State::Delivered => fates.push(self.delivered_row(kept, &fates)),
                _ => fates.push(of_row(kept)),
            }
        }
        Ok(fates)
    }

    /// A row that says it was delivered. Its copy may lie under another address of the same mailbox, which the row names; of a
    /// database that cannot be asked now, the row's own word counts.
    fn delivered_row(&self, kept: Kept, fates: &[Fate]) -> Fate {
        if let Some(copy) = fates.iter().find(|fate| fate.address == kept.detail) {
            return Fate { address: kept.address, ..copy.clone() };
        }
        let address = SmtpAddress::parse(&kept.address);
        let mailbox = match address.and_then(|address| self.mailboxes.landing(&address).ok()) {
            Some(Place::Mailbox { mailbox, .. }) => mailbox,
            _ => Guid::EMPTY,
        };
        let database = Guid::parse(&kept.lane).unwrap_or(Guid::EMPTY);
        let whereabouts = Whereabouts::Mailbox { mailbox, database };
        Fate { id: kept.id, address: kept.address, at: kept.changed, whereabouts }
    }

    /// The fates of all messages with that Message-ID, with or without its brackets.
    pub fn fate_of_internet_id(&self, internet_id: &str) -> Result<Vec<Fate>> {
        let internet_id = without_brackets(internet_id);
        let mut ids = self.queue.ids(internet_id)?;
        for id in self.mailboxes.ids(internet_id)? {
            ids.push(self.queue.root(id)?);
        }
        ids.sort_unstable();
        ids.dedup();
        let mut fates = Vec::new();
        for id in ids {
            fates.extend(self.fate(id)?);
        }
        Ok(fates)
    }
}

fn of_row(kept: Kept) -> Fate {
    let whereabouts = match kept.state {
        State::Redirected => Whereabouts::Redirected { why: kept.detail },
        State::Quarantined => Whereabouts::Quarantined { why: kept.detail, report: kept.report },
        State::Waiting | State::Suspended | State::Delivered => Whereabouts::Queue {
            attempts: kept.attempts.unsigned_abs(),
            next_attempt: kept.next_attempt,
            why: kept.detail,
        },
        State::Expanded => Whereabouts::Expanded,
        State::Reported | State::Dropped => {
            Whereabouts::GivenUp { status: kept.status, why: kept.detail, report: kept.report }
        }
    };
    Fate { id: kept.id, address: kept.address, at: kept.changed, whereabouts }
}
