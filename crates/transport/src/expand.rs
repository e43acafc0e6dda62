//! Groups and forwards in the queue: a row that leads on to others becomes rows of theirs, each once for a message.
//!
//! It is done behind the acceptance, in a lane of its own, so that a group of a hundred thousand holds up no client; rows
//! come in slices. Whoever dies in between goes on where it was: an address that has its row gets no second one.
//!
//! Rules of the Hub look at a group's members here, where it is known who they are. What they make of the message for some of
//! them is a message of its own, as it would be behind the door.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use mailbox::{Destination, Expansion, Reports, Via, Written};
use object::types::{Guid, SmtpAddress};
use object::{Error, Result, Time};

use crate::house::place;
use crate::led::{How, Led};
use crate::outcome::Fate;
use crate::part::{ended_recipient, new_recipient};
use crate::queue::{Claimed, Due, NewMessage, NewRecipient, SLICE_ROWS};
use crate::rule::Stage;
use crate::rule::branch::Branch;
use crate::{Client, Envelope, Forward, Lane, Message, Notify, Recipient, Sender, Transport, status};

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
            people: OnceCell::new(),
            rows: Vec::new(),
            held: Vec::new(),
        };
        let mut fates = Vec::new();
        for (due, expansion) in message.to.iter().zip(followed) {
            let (rows, held) = (added.rows.len(), added.held.len());
            let fate =
                expansion.and_then(|expansion| self.led_on(message, due, expansion, &known, &mut added));
            // What goes wrong with one row is its own: the others go on.
            let fate = fate.unwrap_or_else(|error| {
                added.rows.truncate(rows);
                added.held.truncate(held);
                Fate::Failed(error)
            });
            fates.push((due.number, fate));
        }
        self.keep(message, added)?;
        Ok(fates)
    }

    /// Follows one row.
    fn led_on(
        &self,
        message: &Claimed,
        due: &Due,
        expansion: Expansion,
        known: &[SmtpAddress],
        added: &mut Added,
    ) -> Result<Fate> {
        let before = added.rows.len();
        let fate = self.rows(message, due, expansion, added)?;
        if due.ruled_later {
            let theirs = added.rows.split_off(before);
            let kept = self.rule_members(message, due, theirs, known, added)?;
            added.rows.extend(kept);
        }
        Ok(fate)
    }

    /// Who has a row of the message or of another part of it, or has it already: a part whose recipients all lie in one
    /// database is delivered without rows.
    fn known(&self, message: &Claimed) -> Result<Known> {
        let root = message.root;
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

    /// Puts those members into the queue for whom rules make something else of the message, and some of those for whom it
    /// stays as it is; answers the rows of the rest of these.
    fn rule_members(
        &self,
        message: &Claimed,
        due: &Due,
        rows: Vec<NewRecipient>,
        known: &[SmtpAddress],
        added: &mut Added,
    ) -> Result<Vec<NewRecipient>> {
        let (mut kept, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.refusal.is_some());
        let mut to = Vec::with_capacity(rows.len());
        for row in &rows {
            match self.leads(&row.address, row.followed) {
                Ok(place) => {
                    let recipient = Recipient { address: row.address.clone(), place };
                    to.push(Forward { recipient, orcpt: None, notify: row.notify });
                }
                // Somebody who forwards to an address that is not there any more, say.
                Err(error) if status(&error).is_permanent() => kept.push(refused(row.clone(), &error)),
                Err(error) => return Err(error),
            }
        }
        let whole = Message { id: message.id, octets: message.octets.clone(), return_path: 0, trace: 0 };
        let via = Some(due.address.clone());
        let mut parts = vec![Branch { via, ..Branch::of(envelope_of(message, to), whole) }];
        self.run_rules(Stage::Hub, &mut parts)?;
        self.filter_spam(&mut parts);
        // Whoever a rule adds and who has a row already gets no second one.
        let asked: Vec<SmtpAddress> = rows.iter().map(|row| row.address.clone()).collect();
        self.once_each(&asked, &mut parts);
        let members = Members::of(&rows, due, self.clock.now());
        self.leave_out_known(&mut parts, &members, added);
        if parts[0].moderation.is_none() && parts[0].message.octets == message.octets {
            let alive = std::mem::take(&mut parts[0].envelope.to);
            kept.extend(alive.iter().map(new_recipient));
            kept.extend(std::mem::take(&mut parts[0].ended).iter().map(ended_recipient));
        } else {
            parts[0].message.id = self.new_id(self.clock.now());
        }
        for row in &mut kept {
            row.led = parts[0].redirected.led(&row.address).or_else(|| row.led.take());
            members.came(row);
        }
        // What is left of the parts are messages of their own.
        if parts.iter().any(|part| !part.envelope.to.is_empty()) {
            let people = added.people.get_or_init(|| self.people_of(known));
            for part in &mut parts {
                part.envelope.to.retain(|to| !self.is_one_of(people, &to.recipient.address));
            }
        }
        let mut made = self.messages_of(message.root, parts, Vec::new())?;
        // Notices, reports and questions are nobody's by being a member.
        let theirs = made.iter_mut().filter(|made| made.origin.is_some());
        theirs.flat_map(|made| &mut made.to).for_each(|row| members.came(row));
        if made.is_empty() { Ok(kept) } else { self.put_parts(message, kept, made) }
    }

    /// Takes those out whom rules add and who have the message already.
    fn leave_out_known(&self, parts: &mut [Branch], members: &Members<'_>, added: &mut Added) {
        if parts.iter().all(|part| part.envelope.to.iter().all(|to| members.has(to))) {
            return;
        }
        let had: Vec<_> = added.had.iter().filter_map(|address| SmtpAddress::parse(address)).collect();
        let mut had = self.people_of(&had);
        for part in parts {
            part.envelope.to.retain(|to| {
                let address = &to.recipient.address;
                let person = || self.mailboxes.named(address).map(|person| person.guid());
                let mut is_new = || person().is_none_or(|person| had.insert(person));
                members.has(to) || is_new() && added.had.insert(address.folded())
            });
        }
    }

    /// Puts into the queue what rules made of a message: all of it with its first rows at once, so that what rules found is
    /// told with those of whom it is told. The rest of the rows comes in slices. Answers those rows of the message itself that
    /// are not put yet.
    fn put_parts(
        &self,
        message: &Claimed,
        mut kept: Vec<NewRecipient>,
        mut parts: Vec<NewMessage>,
    ) -> Result<Vec<NewRecipient>> {
        let rest = kept.split_off(kept.len().min(SLICE_ROWS));
        let (mut room, mut later) = (SLICE_ROWS - kept.len(), Vec::new());
        for part in &mut parts {
            let rows = part.to.split_off(part.to.len().min(room.max(1)));
            room = room.saturating_sub(part.to.len());
            if !rows.is_empty() {
                later.push((Arc::new(NewMessage { to: Vec::new(), ..part.clone() }), rows));
            }
        }
        let mut count = self.queue.put_parts(message.id, message.accepted, kept, parts)?;
        self.bell.ring();
        for (part, rows) in later {
            for slice in rows.chunks(SLICE_ROWS) {
                count += self.queue.add_to_part(Arc::clone(&part), slice.to_vec())?;
                self.bell.ring();
            }
        }
        self.counts.add_queued(count);
        Ok(rest)
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
        let (now, leads) = (self.clock.now(), expansion.leads());
        let led = |by: Via| Some(Led::by(by.address, by.forwards, now));
        for held in expansion.held {
            if self.is_one_of(&added.elsewhere, &held.address) || !added.had.insert(held.address.folded()) {
                continue;
            }
            let is_group = self.is_group_at(&held.address);
            let row = row(message, due, held.address, held.reports, Lane::followed(), None);
            let row = NewRecipient { led: led(held.via), ..row };
            let row = NewRecipient { followed: false, ruled_later: due.ruled_later && is_group, ..row };
            if due.ruled_later && !is_group {
                // Rules look at it first; its moderators are asked when it is followed by itself.
                added.rows.push(row);
                continue;
            }
            let asked = self.ask(message, &row.address, &held.moderation)?;
            added.held.push((held_row(row, asked.token, now), asked.questions));
        }
        let mut add = |address: SmtpAddress, reports, via: Via, lane, refusal: Option<&Error>| {
            if !self.is_one_of(&added.elsewhere, &address) && added.had.insert(address.folded()) {
                let row = row(message, due, address, reports, lane, refusal);
                added.rows.push(NewRecipient { led: led(via), ..row });
            }
        };
        for target in expansion.targets {
            match lane_of(target.destination) {
                Ok(lane) => add(target.address, target.reports, target.via, lane, None),
                Err(error) => add(target.address, target.reports, target.via, Lane::refused(), Some(&error)),
            }
        }
        for refusal in expansion.refused {
            add(refusal.address, refusal.reports, refusal.via, Lane::refused(), Some(&refusal.error));
        }
        let how = if self.is_group_at(&due.address) { How::Group } else { How::Forward };
        match expansion.own {
            Some(own) => Ok(Fate::Follows(lane_of(own)?, leads.then_some(how))),
            None => Ok(Fate::Expanded(how)),
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

/// The members of a group at whom rules look, by their addresses.
struct Members<'a> {
    rows: HashMap<&'a str, &'a NewRecipient>,
    /// When the wait of the group's row began.
    begun: Time,
    now: Time,
}

impl Members<'_> {
    fn of<'a>(rows: &'a [NewRecipient], due: &Due, now: Time) -> Members<'a> {
        let rows = rows.iter().map(|row| (row.address.as_str(), row)).collect();
        Members { rows, begun: due.begun, now }
    }

    fn has(&self, to: &Forward) -> bool {
        self.rows.contains_key(to.recipient.address.as_str())
    }

    /// Says of a row through whom it came. A member stays one, whatever rules did: it is not followed again, failures are told
    /// as the group says, and it came through the group unless a rule put it in the place of others.
    fn came(&self, row: &mut NewRecipient) {
        if let Some(member) = self.rows.get(row.address.as_str()) {
            row.followed = member.followed;
            row.begun = member.begun;
            let by_others = row.led.take().and_then(|led| led.by_others(&row.address));
            row.led = by_others.or_else(|| member.led.clone());
            row.reports_to.clone_from(&member.reports_to);
        }
        if let Some(led) = &mut row.led {
            led.at = led.at.max(self.now);
        }
        // Whom a rule adds waits no longer than those to whom the message was let go.
        row.begun = row.begun.max(self.begun);
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
    /// People who have any part of it; they are looked for when that is asked first.
    people: OnceCell<HashSet<Guid>>,
    rows: Vec<NewRecipient>,
    /// Rows that wait for moderators, each with the questions to them.
    held: Vec<(NewRecipient, Vec<NewMessage>)>,
}

/// A row of somebody who cannot be reached.
fn refused(row: NewRecipient, error: &Error) -> NewRecipient {
    let refusal = Some((status(error), error.message().to_owned()));
    NewRecipient { lane: Lane::refused(), refusal, ..row }
}

/// A row that waits for a moderator: it is followed when it may pass.
fn held_row(row: NewRecipient, token: Guid, now: Time) -> NewRecipient {
    NewRecipient { lane: Lane::moderated(), token: Some(token), asked: now, ..row }
}

fn lane_of(destination: Destination) -> Result<Lane> {
    place(destination).map(|place| Lane::of(&place))
}

/// A row for somebody to whom another row leads. Success is told of what was written, not of whom it led to. [RFC 3461 5.2.7]
fn row(
    message: &Claimed,
    due: &Due,
    address: SmtpAddress,
    reports: Reports,
    lane: Lane,
    refusal: Option<&Error>,
) -> NewRecipient {
    let told = Notify { success: false, ..due.notify };
    let (notify, reports_to) = match reports {
        // A report of ours has no sender: whoever hears of it hears of its copies.
        Reports::Sender => (told, due.reports_to.clone().filter(|_| message.sender == Sender::Report)),
        Reports::Nobody => (Notify::NEVER, None),
        Reports::Owner(owner) => (told, Some(owner)),
    };
    let refusal = refusal.map(|error| (status(error), error.message().to_owned()));
    let begun = due.begun;
    NewRecipient { notify, reports_to, refusal, begun, followed: true, ..NewRecipient::new(address, lane) }
}
