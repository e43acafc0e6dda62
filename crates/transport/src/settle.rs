//! What becomes of a message of the queue: delivered, kept for later, or given up, and what its sender is told.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use message::trace;
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Fault, Result, Time};
use parking_lot::Mutex;
use tracing::{error, info};

use crate::outcome::{Fate, begun, hears, outcome};
use crate::part::{house_mail, subject};
use crate::queue::{Claimed, Due, NewMessage, NewRecipient, Outcome};
use crate::report::{self, Kind, Report, Told};
use crate::{Acceptance, Content, DeliveredCopy, Delivery, Incoming, Lane, Place, Status, Transport};

impl Transport {
    /// Delivers a message to whom it is due, and records what became of each. `down` is why the lane is dead, once that
    /// was seen: the rest of its mail is not tried in vain.
    pub(crate) fn settle(&self, message: &Claimed, down: &Mutex<Option<Error>>) {
        let results = self.deliver_claimed(message, down);
        if let Err(error) = self.record(message, &results) {
            // The lease runs out, then it is tried again; what was delivered is asked for first.
            error!(id = %message.id, %error, "what became of a message cannot be recorded");
        }
    }

    fn deliver_claimed(&self, message: &Claimed, down: &Mutex<Option<Error>>) -> Vec<(i64, Fate)> {
        if message.lane == Lane::followed() {
            return self.expand_claimed(message);
        }
        let Plan { by_database, twins, mut results } = self.plan(message);
        if !by_database.is_empty() {
            let incoming = Incoming::new(with_return_path(message));
            for (database, to) in by_database {
                results.extend(self.deliver_to(message, database, &to, &incoming, down));
            }
        }
        // What became of the copy became of all addresses that lead to it.
        for (due, first) in twins {
            let fate =
                results.iter().find(|(number, _)| *number == first.number).map(|(_, fate)| fate.clone());
            results.extend(fate.map(|fate| (due.number, fate)));
        }
        results
    }

    /// Sorts the rows of a message by where they go; what needs no delivery has its result.
    fn plan<'a>(&self, message: &'a Claimed) -> Plan<'a> {
        let mut plan = Plan { by_database: BTreeMap::new(), twins: Vec::new(), results: Vec::new() };
        let lying = Lying::of(self, message);
        for due in &message.to {
            if let Some(code) = Status::parse(&due.said.0).filter(|_| message.lane == Lane::refused()) {
                plan.results.push((due.number, Fate::Refused(code, due.said.1.clone())));
                continue;
            }
            if message.lane == Lane::moderated() {
                plan.results.push((due.number, Fate::Waits("Waits for a moderator.")));
                continue;
            }
            match self.aim(message, due, &lying) {
                Ok(Route::There { address }) => plan.results.push((due.number, Fate::Delivered { address })),
                Ok(Route::At { database, mailbox }) => plan.aim_at(due, database, mailbox),
                Ok(Route::In(lane)) => plan.results.push((due.number, Fate::Moved(lane))),
                Ok(Route::Nowhere(why)) => plan.results.push((due.number, Fate::Waits(why))),
                Err(error) => plan.results.push((due.number, Fate::Failed(error))),
            }
        }
        plan
    }

    fn deliver_to(
        &self,
        message: &Claimed,
        database: Guid,
        to: &[(&Due, Guid)],
        incoming: &Incoming,
        down: &Mutex<Option<Error>>,
    ) -> Vec<(i64, Fate)> {
        let known = down.lock().clone();
        let outcomes = known.map_or_else(
            || {
                let rows = to.iter().map(|(due, mailbox)| (due.address.clone(), *mailbox)).collect();
                let (to, sent) = if message.copy { (Vec::new(), rows) } else { (rows, Vec::new()) };
                self.mailboxes.deliver(&Delivery {
                    id: message.id,
                    at: message.accepted,
                    sender: message.sender.clone(),
                    database,
                    to,
                    sent,
                    message: incoming.clone(),
                    acceptance: Acceptance::Each,
                })
            },
            Err,
        );
        if let Err(error) = &outcomes
            && error.fault() == Fault::Busy
        {
            *down.lock() = Some(error.clone());
        }
        let fate = |(number, (due, _)): (usize, &(&Due, Guid))| {
            (due.number, Fate::of(&outcomes, number, &due.address))
        };
        to.iter().enumerate().map(fate).collect()
    }

    /// Where a row goes now.
    fn aim(&self, message: &Claimed, due: &Due, lying: &Lying<'_>) -> Result<Route> {
        let place = self.leads(&due.address, due.followed)?;
        let lane = Lane::of(&place);
        if lane != message.lane {
            return Ok(Route::In(lane));
        }
        let (mailbox, database) = match place {
            Place::Mailbox { mailbox, database } => (mailbox, database),
            Place::Elsewhere(_) => return Ok(Route::Nowhere("Waits to be sent on.")),
            Place::Unclaimed => return Ok(Route::Nowhere("Waits until somebody is given the address.")),
            // What leads on is in a lane of its own.
            Place::Followed(_) => return Ok(Route::In(lane)),
        };
        let there = lying.copy_of(due, mailbox, database)?;
        Ok(there.map_or(Route::At { database, mailbox }, |address| Route::There { address }))
    }

    /// Where an address leads now, or where its copy lands if it was followed already.
    pub(crate) fn leads(&self, address: &SmtpAddress, followed: bool) -> Result<Place> {
        if followed { self.landing_of(address) } else { self.place_of(address) }
    }

    /// Where an address leads now. What was taken once is not refused for its domain later, and reports go anywhere.
    pub(crate) fn place_of(&self, address: &SmtpAddress) -> Result<Place> {
        self.mailboxes.place(address).or_else(|error| match error.known() {
            Some(ErrorId::RelayDenied) => Ok(Place::Elsewhere(address.clone())),
            _ => Err(error),
        })
    }

    /// Where a copy for an address lands that was followed.
    fn landing_of(&self, address: &SmtpAddress) -> Result<Place> {
        self.mailboxes.landing(address).or_else(|error| match error.known() {
            Some(ErrorId::RelayDenied) => Ok(Place::Elsewhere(address.clone())),
            _ => Err(error),
        })
    }

    fn record(&self, message: &Claimed, results: &[(i64, Fate)]) -> Result<()> {
        let now = self.clock.now();
        let times = self.times.held_back(now, self.passed());
        let mut outcomes: Vec<(&Due, Outcome)> = Vec::new();
        for due in &message.to {
            if let Some((_, fate)) = results.iter().find(|(number, _)| *number == due.number) {
                outcomes.push((due, outcome(message, due, fate, now, &times)));
            }
        }
        let asked = results.iter().filter_map(|(_, fate)| match fate {
            Fate::Held(asked) => Some(asked.questions.clone()),
            _ => None,
        });
        let mut reports: Vec<NewMessage> = asked.flatten().collect();
        let sends = self.sent_by_mailboxes(message, results, now)?;
        let sent_to = sends.iter().map(|one| one.to.len()).sum();
        reports.extend(sends);
        for (kind, to) in self.told(message, &outcomes) {
            let report = self.report(message, kind, &to, &outcomes, now)?;
            if kind == Kind::Failed {
                let id = report.as_ref().map(|report| report.id);
                let told = outcomes
                    .iter_mut()
                    .filter(|(due, outcome)| outcome.tells == Some(kind) && hears(message, due) == Some(&to));
                told.for_each(|(_, outcome)| outcome.report = id);
            }
            reports.extend(report);
        }
        let moved = outcomes.iter().any(|(_, outcome)| outcome.lane.is_some());
        let rings = moved || !reports.is_empty();
        let outcomes: Vec<Outcome> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
        if !self.queue.finish(message, now, outcomes.clone(), reports)? {
            info!(id = %message.id, "somebody else goes on with a message");
            return Ok(());
        }
        self.counts.add_queued(sent_to);
        outcomes.iter().for_each(|outcome| self.counts.note(outcome));
        if rings {
            self.bell.ring();
        }
        Ok(())
    }

    /// Who is told what: one report for each of them and kind.
    fn told(&self, message: &Claimed, outcomes: &[(&Due, Outcome)]) -> Vec<(Kind, SmtpAddress)> {
        let mut told: Vec<(Kind, SmtpAddress)> = Vec::new();
        for kind in Kind::ALL {
            let about = outcomes.iter().filter(|(_, outcome)| outcome.tells == Some(kind));
            for to in about.filter_map(|(due, _)| hears(message, due)) {
                if !told.iter().any(|known| known.0 == kind && known.1 == *to) {
                    told.push((kind, to.clone()));
                }
            }
        }
        told
    }

    /// The report about those to whom something happened that their sender wants to hear of. A report is never reported
    /// on: that would go to and fro for ever. [RFC 5321 4.5.5]
    fn report(
        &self,
        message: &Claimed,
        kind: Kind,
        to: &SmtpAddress,
        outcomes: &[(&Due, Outcome)],
        now: Time,
    ) -> Result<Option<NewMessage>> {
        let told = outcomes
            .iter()
            .filter(|(due, outcome)| outcome.tells == Some(kind) && hears(message, due) == Some(to));
        let begun = told.clone().map(|(due, _)| begun(message, due)).max();
        let told: Vec<Told<'_>> = told.map(|(due, outcome)| told_of(due, outcome)).collect();
        let Some(begun) = begun else { return Ok(None) };
        let id = self.new_id(now);
        let octets = report::write(&Report {
            id,
            kind,
            at: now,
            host: &self.host,
            domain: &self.mailboxes.default_domain()?,
            to,
            subject: &subject(&message.octets),
            language: self.mailboxes.language(to),
            envid: message.envid.as_deref(),
            arrived: message.accepted,
            ends: begun + self.times.expire_after,
            ret: message.ret,
            original: &message.octets,
            told: &told,
        });
        info!(id = %message.id, report = %id, %to, kind = kind.action(), "reported to the sender");
        // Where the report cannot go at all is found out when it is tried.
        let place = self.place_of(to).unwrap_or_else(|_| Place::Elsewhere(to.clone()));
        let recipient = NewRecipient::new(to.clone(), Lane::of(&place));
        let content = Content { eight_bit: true, utf8: false };
        house_mail(id, now, content, &octets, vec![recipient]).map(Some)
    }
}

fn told_of<'a>(due: &'a Due, outcome: &'a Outcome) -> Told<'a> {
    Told {
        address: &due.address,
        orcpt: due.orcpt.as_deref(),
        status: outcome.status.unwrap_or(crate::Status(2, 0, 0)),
        detail: &outcome.detail,
    }
}

pub(crate) fn with_return_path(message: &Claimed) -> Arc<[u8]> {
    let sender = message.sender.address().map(SmtpAddress::as_str);
    let mut octets = trace::return_path(sender);
    octets.extend_from_slice(&message.octets);
    octets.into()
}

/// The mailboxes that have a copy, each with the address that it came for.
type Copies = HashMap<Guid, String>;

/// Where copies of a claimed message lie already, asked for once and only if somebody wants to know.
struct Lying<'a> {
    transport: &'a Transport,
    message: &'a Claimed,
    /// Those of the message itself.
    own: OnceCell<Vec<DeliveredCopy>>,
    /// Those of other parts of what was accepted.
    of_parts: OnceCell<Copies>,
}

impl<'a> Lying<'a> {
    fn of(transport: &'a Transport, message: &'a Claimed) -> Lying<'a> {
        Lying { transport, message, own: OnceCell::new(), of_parts: OnceCell::new() }
    }

    /// The address under which a row's mailbox has the message. A row whose last delivery nobody heard of may be there, and a
    /// mailbox that has another part has the message: two addresses may have come to mean one mailbox since it was taken.
    fn copy_of(&self, due: &Due, mailbox: Guid, database: Guid) -> Result<Option<String>> {
        if due.unsure {
            let mut own = known(&self.own, || self.delivered(self.message.id, database))?.iter();
            let here = own.find(|copy| copy.mailbox == mailbox || copy.address == due.address.as_str());
            if let Some(copy) = here {
                return Ok(Some(copy.address.clone()));
            }
        }
        if self.message.copy {
            return Ok(None);
        }
        Ok(known(&self.of_parts, || self.parts(database))?.get(&mailbox).cloned())
    }

    fn parts(&self, database: Guid) -> Result<Copies> {
        let root = self.message.root;
        let mut copies = Copies::new();
        let parts = std::iter::once(root).chain(self.transport.queue.parts(root)?);
        for part in parts.filter(|part| *part != self.message.id) {
            // What lies in somebody's Sent Items came for no address.
            let delivered = self.delivered(part, database)?.into_iter();
            let came = delivered.filter(|copy| SmtpAddress::parse(&copy.address).is_some());
            copies.extend(came.map(|copy| (copy.mailbox, copy.address)));
        }
        Ok(copies)
    }

    fn delivered(&self, id: Guid, database: Guid) -> Result<Vec<DeliveredCopy>> {
        self.transport.mailboxes.delivered_for(id, database)
    }
}

/// What is known, or is found out now; what failed is asked again.
fn known<T>(cell: &OnceCell<T>, ask: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(known) => Ok(known),
        None => ask().map(|found| cell.get_or_init(|| found)),
    }
}

/// What is to be done with a message, and what is done already.
struct Plan<'a> {
    by_database: BTreeMap<Guid, Vec<(&'a Due, Guid)>>,
    /// Rows whose mailbox gets its copy by an earlier row, with that row.
    twins: Vec<(&'a Due, &'a Due)>,
    results: Vec<(i64, Fate)>,
}

impl<'a> Plan<'a> {
    /// A mailbox gets one copy, however many addresses lead to it.
    fn aim_at(&mut self, due: &'a Due, database: Guid, mailbox: Guid) {
        let aimed = self.by_database.entry(database).or_default();
        match aimed.iter().find(|(_, known)| *known == mailbox) {
            Some((first, _)) => self.twins.push((due, first)),
            None => aimed.push((due, mailbox)),
        }
    }
}

/// Where a row goes.
enum Route {
    There {
        address: String,
    },
    At {
        database: Guid,
        mailbox: Guid,
    },
    /// Into another lane: the address leads elsewhere than it did when the message was taken.
    In(Lane),
    /// Nobody takes it now, and why.
    Nowhere(&'static str),
}
