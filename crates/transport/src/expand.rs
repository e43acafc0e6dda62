//! Groups and forwards in the queue: a row that leads on to others becomes rows of theirs, each once for a message.
//!
//! It is done behind the acceptance, in a lane of its own, so that a group of a hundred thousand holds up no client; rows
//! come in slices. Whoever dies in between goes on where it was: an address that has its row gets no second one.

use std::collections::HashSet;

use mailbox::{Destination, Expansion, Reports, Written};
use object::types::{Guid, SmtpAddress};
use object::{Error, Result};

use crate::house::place;
use crate::outcome::Fate;
use crate::queue::{Claimed, Due, NewMessage, NewRecipient};
use crate::{Lane, Notify, Transport, status};

/// Rows that are added in one transaction.
const SLICE_ROWS: usize = 500;

impl Transport {
    /// Follows the rows of a message that lead on to others.
    pub(crate) fn expand_claimed(&self, message: &Claimed) -> Vec<(i64, Fate)> {
        self.expand(message).unwrap_or_else(|error| {
            let failed = |due: &Due| (due.number, Fate::Failed(error.clone()));
            message.to.iter().map(failed).collect()
        })
    }

    fn expand(&self, message: &Claimed) -> Result<Vec<(i64, Fate)>> {
        let known = self.queue.addresses(message.id)?;
        let written = |due: &Due| Written { address: due.address.clone(), approved: due.approved };
        let written: Vec<Written> = message.to.iter().map(written).collect();
        let size = message.octets.len() as u64;
        let followed = self.mailboxes.expand(&written, &known, &message.sender, size);
        let mut added = Added {
            had: known.iter().map(SmtpAddress::folded).collect(),
            rows: Vec::new(),
            held: Vec::new(),
        };
        let mut fates = Vec::new();
        for (due, expansion) in message.to.iter().zip(followed) {
            let fate = match expansion {
                Ok(expansion) => self.rows(message, due, expansion, &mut added)?,
                Err(error) => Fate::Failed(error),
            };
            fates.push((due.number, fate));
        }
        self.keep(message, added)?;
        Ok(fates)
    }

    /// Puts the rows into the queue; one that waits for a moderator comes with the questions to them.
    fn keep(&self, message: &Claimed, added: Added) -> Result<()> {
        let mut count = 0;
        for slice in added.rows.chunks(SLICE_ROWS) {
            count += self.queue.add(message.id, message.accepted, slice.to_vec(), Vec::new())?;
        }
        for (row, questions) in added.held {
            count += self.queue.add(message.id, message.accepted, vec![row], questions)?;
        }
        self.counts.add_queued(count);
        if count > 0 {
            self.bell.ring();
        }
        Ok(())
    }

    /// The rows of those to whom a row leads, and what becomes of itself.
    fn rows(&self, message: &Claimed, due: &Due, expansion: Expansion, added: &mut Added) -> Result<Fate> {
        if let Some(moderation) = &expansion.waits {
            return Ok(Fate::Held(self.ask(message, &due.address, moderation)?));
        }
        for held in expansion.held {
            if added.had.insert(held.address.folded()) {
                let asked = self.ask(message, &held.address, &held.moderation)?;
                let row = row(due, held.address, held.reports, Lane::moderated(), None);
                added.held.push((held_row(row, asked.token), asked.questions));
            }
        }
        let mut add = |address: SmtpAddress, reports: Reports, lane: Lane, refusal: Option<&Error>| {
            if added.had.insert(address.folded()) {
                added.rows.push(row(due, address, reports, lane, refusal));
            }
        };
        for target in expansion.targets {
            add(target.address, target.reports, lane_of(target.destination)?, None);
        }
        for refusal in expansion.refused {
            add(refusal.address, refusal.reports, Lane::refused(), Some(&refusal.error));
        }
        match expansion.own {
            Some(own) => Ok(Fate::Follows(lane_of(own)?)),
            None => Ok(Fate::Expanded),
        }
    }
}

/// What following the rows of a message brings.
struct Added {
    /// Addresses that have a row, folded.
    had: HashSet<String>,
    rows: Vec<NewRecipient>,
    /// Rows that wait for moderators, each with the questions to them.
    held: Vec<(NewRecipient, Vec<NewMessage>)>,
}

/// A row that waits for a moderator: it is followed when it may pass.
fn held_row(row: NewRecipient, token: Guid) -> NewRecipient {
    NewRecipient { followed: false, token: Some(token), ..row }
}

fn lane_of(destination: Destination) -> Result<Lane> {
    place(destination).map(|place| Lane::of(&place))
}

/// A row for somebody to whom another row leads. Success is told of what was written, not of whom it led to. [RFC 3461 5.2.7]
fn row(
    due: &Due,
    address: SmtpAddress,
    reports: Reports,
    lane: Lane,
    refusal: Option<&Error>,
) -> NewRecipient {
    let told = Notify { success: false, ..due.notify };
    let (notify, reports_to) = match reports {
        Reports::Sender => (told, None),
        Reports::Nobody => (Notify::NEVER, None),
        Reports::Owner(owner) => (told, Some(owner)),
    };
    let refusal = refusal.map(|error| (status(error), error.message().to_owned()));
    NewRecipient { notify, reports_to, refusal, followed: true, ..NewRecipient::new(address, lane) }
}
