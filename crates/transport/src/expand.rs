//! Groups and forwards in the queue: a row that leads on to others becomes rows of theirs, each once for a message.
//!
//! It is done behind the acceptance, in a lane of its own, so that a group of a hundred thousand holds up no client; rows
//! come in slices. Whoever dies in between goes on where it was: an address that has its row gets no second one.
//!
//! Rules of the Hub look at a group's members here, where it is known who they are. What they make of the message for some of
//! them is a message of its own, as it would be behind the door.

use std::collections::{HashMap, HashSet};

use mailbox::{Destination, Expansion, Reports, Written};
use object::types::{Guid, SmtpAddress};
use object::{Error, Result};

use crate::house::place;
use crate::outcome::Fate;
use crate::part::{ended_recipient, new_recipient};
use crate::queue::{Claimed, Due, NewMessage, NewRecipient};
use crate::rule::Stage;
use crate::rule::branch::Branch;
use crate::{Client, Envelope, Forward, Lane, Message, Notify, Recipient, Transport, status};

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
        let known = self.known(message)?;
        let elsewhere = self.people_of(&known.elsewhere);
        let known = [known.here, known.elsewhere].concat();
        let written = |due: &Due| Written { address: due.address.clone(), approved: due.approved };
        let written: Vec<Written> = message.to.iter().map(written).collect();
        let size = message.octets.len() as u64;
        let followed = self.mailboxes.expand(&written, &known, &message.sender, size);
        let mut added = Added {
            had: known.iter().map(SmtpAddress::folded).collect(),
            elsewhere,
            rows: Vec::new(),
            held: Vec::new(),
        };
        let mut fates = Vec::new();
        for (due, expansion) in message.to.iter().zip(followed) {
            let before = added.rows.len();
            let fate = match expansion {
                Ok(expansion) => self.rows(message, due, expansion, &mut added)?,
                Err(error) => Fate::Failed(error),
            };
            if due.ruled_later {
                let theirs = added.rows.split_off(before);
                let kept = self.rule_members(message, due, theirs, &known, &mut added.had)?;
                added.rows.extend(kept);
            }
            fates.push((due.number, fate));
        }
        self.keep(message, added)?;
        Ok(fates)
    }

    /// Who has a row of the message or of another part of it, or has it already: a part whose recipients all lie in one
    /// database is delivered without rows.
    fn known(&self, message: &Claimed) -> Result<Known> {
        let root = self.queue.root(message.id)?;
        let mut known = Known { here: self.queue.addresses_of_part(message.id)?, elsewhere: Vec::new() };
        for part in std::iter::once(root).chain(self.queue.parts(root)?) {
            let delivered = self.mailboxes.delivered(part)?;
            let delivered = delivered.iter().filter_map(|copy| SmtpAddress::parse(&copy.address));
            if part == message.id {
                known.here.extend(delivered);
            } else {
                known.elsewhere.extend(self.queue.addresses_of_part(part)?);
                known.elsewhere.extend(delivered);
            }
        }
        Ok(known)
    }

    /// Who has these addresses. Within a message two addresses of one mailbox are one copy; a part is a message of its own.
    fn people_of(&self, addresses: &[SmtpAddress]) -> HashSet<Guid> {
        addresses
            .iter()
            .filter_map(|address| self.mailboxes.named(address))
            .map(|person| person.guid())
            .collect()
    }

    fn is_one_of(&self, people: &HashSet<Guid>, address: &SmtpAddress) -> bool {
        let person = if people.is_empty() { None } else { self.mailboxes.named(address) };
        person.is_some_and(|person| people.contains(&person.guid()))
    }

    /// The rows of those members for whom the message stays as it is. The others get what rules made of it.
    fn rule_members(
        &self,
        message: &Claimed,
        due: &Due,
        rows: Vec<NewRecipient>,
        known: &[SmtpAddress],
        had: &mut HashSet<String>,
    ) -> Result<Vec<NewRecipient>> {
        let (refused, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.refusal.is_some());
        let mut to = Vec::with_capacity(rows.len());
        for row in &rows {
            let place = self.leads(&row.address, row.followed)?;
            let recipient = Recipient { address: row.address.clone(), place };
            to.push(Forward { recipient, orcpt: None, notify: row.notify });
        }
        let whole = Message { id: message.id, octets: message.octets.clone(), return_path: 0, trace: 0 };
        let via = Some(due.address.clone());
        let mut parts = vec![Branch { via, ..Branch::of(envelope_of(message, to), whole) }];
        self.run_rules(Stage::Hub, &mut parts)?;
        self.filter_spam(&mut parts);
        // Whoever a rule adds and who has a row already gets no second one.
        let asked: Vec<SmtpAddress> = rows.iter().map(|row| row.address.clone()).collect();
        self.once_each(&asked, &mut parts);
        let members = rows.iter().map(|row| (row.address.as_str(), row)).collect::<HashMap<_, _>>();
        for part in &mut parts {
            part.envelope.to.retain(|to| {
                let address = &to.recipient.address;
                members.contains_key(address.as_str()) || had.insert(address.folded())
            });
        }
        let mut kept = refused;
        if parts[0].moderation.is_none() && parts[0].message.octets == message.octets {
            let alive = std::mem::take(&mut parts[0].envelope.to);
            kept.extend(alive.iter().map(new_recipient));
            kept.extend(std::mem::take(&mut parts[0].ended).iter().map(ended_recipient));
        } else {
            parts[0].message.id = self.new_id(self.clock.now());
        }
        kept.iter_mut().for_each(|row| as_member(row, &members));
        // What is left of the parts are messages of their own.
        if parts.iter().any(|part| !part.envelope.to.is_empty()) {
            let people = self.people_of(known);
            for part in &mut parts {
                part.envelope.to.retain(|to| !self.is_one_of(&people, &to.recipient.address));
            }
        }
        let root = self.queue.root(message.id)?;
        for mut made in self.messages_of(root, parts, Vec::new())? {
            made.to.iter_mut().for_each(|row| as_member(row, &members));
            self.put_in_slices(made)?;
        }
        Ok(kept)
    }

    fn put_in_slices(&self, mut message: NewMessage) -> Result<()> {
        let rest = message.to.split_off(message.to.len().min(SLICE_ROWS));
        let (id, accepted) = (message.id, message.accepted);
        let mut count = message.to.len();
        self.queue.put(vec![message])?;
        for slice in rest.chunks(SLICE_ROWS) {
            count += self.queue.add(id, accepted, slice.to_vec(), Vec::new())?;
        }
        self.counts.add_queued(count);
        self.bell.ring();
        Ok(())
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
            if self.is_one_of(&added.elsewhere, &held.address) || !added.had.insert(held.address.folded()) {
                continue;
            }
            let is_group = self.is_group_at(&held.address);
            let row = row(due, held.address, held.reports, Lane::followed(), None);
            let row = NewRecipient { followed: false, ruled_later: due.ruled_later && is_group, ..row };
            if due.ruled_later && !is_group {
                // Rules look at it first; its moderators are asked when it is followed by itself.
                added.rows.push(row);
                continue;
            }
            let asked = self.ask(message, &row.address, &held.moderation)?;
            added.held.push((held_row(row, asked.token), asked.questions));
        }
        let mut add = |address: SmtpAddress, reports: Reports, lane: Lane, refusal: Option<&Error>| {
            if !self.is_one_of(&added.elsewhere, &address) && added.had.insert(address.folded()) {
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

/// The envelope of a message of the queue.
fn envelope_of(message: &Claimed, to: Vec<Forward>) -> Envelope {
    let here = Client::of_this_house();
    let client = Client { address: message.client.parse().unwrap_or(here.address), ..here };
    let (sender, envid) = (message.sender.clone(), message.envid.clone());
    Envelope { sender, to, content: message.content, ret: message.ret, envid, client, each: false }
}

/// A row of a member stays one, whatever rules did: it is not followed again, and failures are told as the group says.
fn as_member(row: &mut NewRecipient, members: &HashMap<&str, &NewRecipient>) {
    if let Some(member) = members.get(row.address.as_str()) {
        row.followed = member.followed;
        row.reports_to.clone_from(&member.reports_to);
    }
}

/// Who gets a message.
struct Known {
    here: Vec<SmtpAddress>,
    /// Those of its other parts.
    elsewhere: Vec<SmtpAddress>,
}

/// What following the rows of a message brings.
struct Added {
    /// Addresses that have a row, folded.
    had: HashSet<String>,
    /// People who get another part of the message.
    elsewhere: HashSet<Guid>,
    rows: Vec<NewRecipient>,
    /// Rows that wait for moderators, each with the questions to them.
    held: Vec<(NewRecipient, Vec<NewMessage>)>,
}

/// A row that waits for a moderator: it is followed when it may pass.
fn held_row(row: NewRecipient, token: Guid) -> NewRecipient {
    NewRecipient { lane: Lane::moderated(), token: Some(token), ..row }
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
