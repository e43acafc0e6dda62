//! The room itself: resolves recipients, takes messages in by the short way or the queue, tells their fate.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use db::Database;
use mailbox::Capacity;
use mailbox::directory::{Class, Record};
use message::field::header_length;
use message::trace::{self, Received};
use object::types::{Guid, SmtpAddress};
use object::{Clock, Error, ErrorId, Fault, Result, Time};
use parking_lot::RwLock;
use tracing::debug;

use crate::authorship::{Represented, Submitted};
use crate::bell::Bell;
use crate::part::{Copied, Taken, copy_of, is_rejected, new_message, rejection, subject};
use crate::queue::{Finding, NewMessage, NewRecipient, Queue};
use crate::refusal::TOO_LARGE_FOR_RECIPIENT;
use crate::rule::branch::{Branch, End, Ended, HeldBy};
use crate::rule::{Rules, Stage};
use crate::settings::{PortSays, Said, Settings};
use crate::source::Source;
use crate::{
    Acceptance, ConnectorLimits, Counts, Delivery, Envelope, Forward, Incoming, Intake, Lane, Limits,
    Mailboxes, Message, Place, Port, Receipt, Recipient, Sender, SizeLimitOf, Status, Times, TraceFields,
    status, too_large, too_large_for, unknown_recipient,
};

/// Mail for postmaster and the like that may wait until somebody is given the address; few enough to be counted at RCPT.
const UNCLAIMED_MAX: u64 = 200;
/// All of it together.
const UNCLAIMED_BYTES_MAX: u64 = 100 << 20;

/// What transport is told.
#[derive(Clone, Debug)]
pub struct Config {
    /// Our host name, in Received fields and reports; the name under which this node claims rows.
    pub host: String,
    /// The organisation's limits.
    pub limits: Limits,
    /// The limits of ports, where their receive connector says nothing.
    pub ports: ConnectorLimits,
    /// How long mail waits, and how long is remembered what became of it.
    pub times: Times,
    /// Whether the Received field of what somebody submits leaves out where they are.
    pub hide_submitters: bool,
}

impl Config {
    /// Exchange's limits and times.
    pub fn new(host: impl Into<String>) -> Config {
        Config {
            host: host.into(),
            limits: Limits::default(),
            ports: ConnectorLimits::default(),
            times: Times::default(),
            hide_submitters: false,
        }
    }
}

/// Mail on its way.
pub struct Transport {
    pub(crate) queue: Queue,
    pub(crate) mailboxes: Arc<dyn Mailboxes>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) host: String,
    pub(crate) bell: Arc<Bell>,
    pub(crate) times: Times,
    pub(crate) counts: Counts,
    /// The moment that is believed while the clock is doubted, in microseconds; beyond all others where it is not.
    believed: AtomicI64,
    pub(crate) rules: Rules,
    settings: Settings,
    limits: RwLock<Limits>,
    ports: RwLock<ConnectorLimits>,
    hide_submitters: bool,
}

impl std::fmt::Debug for Transport {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transport").field("host", &self.host).finish_non_exhaustive()
    }
}

impl Transport {
    /// Opens the queue in `db`. Nothing is worked on until [`start`](Transport::start).
    pub fn open(
        db: Database,
        mailboxes: Arc<dyn Mailboxes>,
        clock: Arc<dyn Clock>,
        config: Config,
    ) -> Result<Transport> {
        let queue = Queue::open(db, &config.host, clock.now())?;
        let Config { host, limits, ports, times, hide_submitters } = config;
        let bell = Arc::new(Bell::default());
        let rings = Arc::clone(&bell);
        mailboxes.when_mounted(Box::new(move |database| rings.mounted(database)));
        let (counts, believed) = (Counts::default(), AtomicI64::new(i64::MAX));
        Ok(Transport {
            queue,
            mailboxes,
            clock,
            host,
            bell,
            times,
            counts,
            believed,
            rules: Rules::default(),
            settings: Settings::default(),
            limits: RwLock::new(limits),
            ports: RwLock::new(ports),
            hide_submitters,
        })
    }

    /// Other limits from now on, where Set-TransportConfig says nothing, and of ports, where Set-ReceiveConnector does not.
    pub fn set_limits(&self, limits: Limits, ports: ConnectorLimits) {
        *self.limits.write() = limits;
        *self.ports.write() = ports;
    }

    /// The limits of ports that the server was started with.
    pub fn started(&self) -> ConnectorLimits {
        *self.ports.read()
    }

    /// The limits that a receive connector's record sets, and what holds where it says nothing.
    pub fn limits_of(&self, connector: &Record, started: ConnectorLimits) -> ConnectorLimits {
        PortSays::of(connector).over(started)
    }

    /// What the directory says of all mail; nothing where there is no directory.
    pub(crate) fn said(&self) -> Option<Arc<Said>> {
        self.mailboxes.directory().map(|directory| self.settings.of(directory))
    }

    /// Says that the clock has jumped and which moment is believed instead, or that the clock is right. What cannot be taken
    /// back (giving up a message, forgetting what became of one) goes by it; everything else by the clock.
    pub fn doubt_clock(&self, believed: Option<Time>) {
        self.believed.store(believed.map_or(i64::MAX, |moment| moment.0), Ordering::Relaxed);
    }

    /// The moment up to which time was surely seen to pass.
    pub(crate) fn passed(&self) -> Time {
        Time(self.clock.now().0.min(self.believed.load(Ordering::Relaxed)))
    }

    /// Rows that wait in the queue, for metrics.
    pub fn waiting(&self) -> Result<u64> {
        self.queue.waiting()
    }

    /// When the oldest message that still waits was accepted; nothing waits: nothing.
    pub fn oldest_waiting(&self) -> Result<Option<Time>> {
        self.queue.oldest_waiting()
    }

    /// What was counted since the start, for metrics.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// What the engine finds damaged in the queue's file, a sentence each.
    pub fn damage(&self) -> Result<Vec<String>> {
        self.queue.damage()
    }

    /// What contradicts itself in the queue.
    pub fn verify(&self) -> Result<Vec<Finding>> {
        self.queue.verify()
    }

    /// A new name for a message: no two are alike, and later ones sort behind earlier ones. [RFC 9562 5.7]
    pub(crate) fn new_id(&self, now: Time) -> Guid {
        let millis = (now.0.max(0) / 1000) as u128 & 0xffff_ffff_ffff;
        let random = Guid::random().to_u128() & !(0xffff_ffff_ffff << 80 | 0xf << 76);
        Guid::of_u128(millis << 80 | 0x7 << 76 | random)
    }

    /// Limits that only the whole message shows.
    fn check(&self, envelope: &Envelope, message: &Message) -> Result<()> {
        let original = message.original();
        self.check_size(envelope, original.len() as u64)?;
        let header = &original[..header_length(original)];
        let limits = self.connector(envelope.port(), self.started());
        if header.len() > limits.header_bytes_max {
            return Err(Error::limit(ErrorId::HeaderTooLarge, "Header size exceeds fixed maximum size"));
        }
        let (hops, rounds) = trace::hops(header, &self.host);
        if limits.rounds_max.is_some_and(|most| rounds > most) || hops > limits.hops_max {
            return Err(Error::limit(ErrorId::HopCountExceeded, "Hop count exceeded - possible mail loop"));
        }
        Ok(())
    }

    /// A message has a limit of each side: the sender's own or what the organisation lets people send, and the recipient's own
    /// or what the organisation lets people get. Strangers, and whoever is outside, have the organisation's.
    fn check_size(&self, envelope: &Envelope, size: u64) -> Result<()> {
        let limits = self.limits();
        let Some(account) = envelope.sender.account() else {
            return if size > limits.message_bytes_max { Err(too_large()) } else { Ok(()) };
        };
        let own = self.mailboxes.sending_account(account)?.message_bytes_max;
        if own.is_some_and(|own| size > own) {
            return Err(too_large_for(SizeLimitOf::Sender));
        }
        if own.is_none() && size > limits.send_bytes_max {
            return Err(too_large());
        }
        let keeps_own = |to: &Forward| match &to.recipient.place {
            Place::Elsewhere(_) => false,
            _ => self.mailboxes.receive_limit(&to.recipient.address).is_some(),
        };
        let large = size > limits.receive_bytes_max && !envelope.to.iter().all(keeps_own);
        if large { Err(too_large()) } else { Ok(()) }
    }

    /// Checks and completes what somebody submits who has logged on, and tells which mailboxes get a copy of it; mail of
    /// others stays as it is.
    fn submit(&self, envelope: &Envelope, message: &mut Message) -> Result<Vec<Copied>> {
        let Some(account) = envelope.sender.account() else { return Ok(Vec::new()) };
        let (senders, host, now) = (&*self.mailboxes, &self.host, self.clock.now());
        let represented = Submitted { senders, account, host, now }.complete(message)?;
        let mut copies: Vec<Copied> = Vec::new();
        let subject = subject(&message.octets);
        if let Some(own) = envelope.sender.address().filter(|_| represented.is_empty()) {
            self.mailboxes.note_sent(account, own, Capacity::Own, envelope.client.address, &subject)?;
        }
        for Represented { address, capacity } in represented {
            // Before it is sent: an entry too many is better than a message that nobody knows of.
            self.mailboxes.note_sent(account, &address, capacity, envelope.client.address, &subject)?;
            let kept = self.mailboxes.keeps_copy(&address, capacity);
            let new = kept.filter(|(mailbox, _)| copies.iter().all(|known| known.mailbox != *mailbox));
            copies.extend(new.map(|(mailbox, database)| Copied { address, mailbox, database }));
        }
        Ok(copies)
    }

    /// What nobody was given yet is no room for strangers to fill.
    fn check_unclaimed(&self, size: u64) -> Result<()> {
        let (rows, bytes) = self.queue.held(&Lane::of(&Place::Unclaimed), UNCLAIMED_MAX as i64)?;
        if rows >= UNCLAIMED_MAX || bytes + size > UNCLAIMED_BYTES_MAX {
            return Err(Error::limit(ErrorId::MailboxFull, "mailbox full"));
        }
        Ok(())
    }

    /// Into the mailboxes at once, if all lie in one database. `None`: it has to be queued.
    fn short_way(&self, taken: &Taken) -> Option<Result<Vec<Result<()>>>> {
        // A report of success is written in the transaction that records it, and that is the queue's.
        if taken.envelope.to.iter().any(|to| to.notify.success) && taken.envelope.sender.address().is_some() {
            return None;
        }
        let mut to = Vec::with_capacity(taken.envelope.to.len());
        let (mut one, mut mailboxes) = (None, BTreeSet::new());
        for forward in &taken.envelope.to {
            let Place::Mailbox { mailbox, database } = forward.recipient.place else { return None };
            // Two addresses of one mailbox are one copy with two fates: the queue keeps a row for each.
            if *one.get_or_insert(database) != database || !mailboxes.insert(mailbox) {
                return None;
            }
            // What a mailbox sends because of it lies in the queue, with the fact that it was delivered.
            if self.mailboxes.may_send(mailbox) {
                return None;
            }
            to.push((forward.recipient.address.clone(), mailbox));
        }
        // A copy of what is sent in somebody's name comes with it, in the same transaction, or both wait in the queue.
        if taken.copies.iter().any(|copy| Some(copy.database) != one) {
            return None;
        }
        let sent = taken.copies.iter().map(|copy| (copy.address.clone(), copy.mailbox)).collect();
        let delivery = Delivery {
            id: taken.id,
            database: one?,
            to,
            sent,
            sender: taken.envelope.sender.clone(),
            message: Incoming::new(Arc::clone(&taken.octets)),
            at: taken.at,
            // Over LMTP each recipient is answered for itself. Elsewhere the client can be told only one thing: if
            // some had it and the queue then failed to take over the others, the sender's retry would double it.
            acceptance: if taken.envelope.each { Acceptance::Each } else { Acceptance::All },
        };
        let copied = delivery.to.len();
        match self.mailboxes.deliver(&delivery) {
            // A database that is dismounted for a moment: the queue waits in its place.
            Err(error) if error.fault() == Fault::Busy && !error.is(ErrorId::DiskFull) => None,
            done => Some(done.map(|mut answers| {
                // Where a copy cannot be kept, nothing was: the queue takes all of it over.
                answers.truncate(copied);
                answers
            })),
        }
    }

    /// What the client hears of what the short way did.
    fn answer(&self, taken: &Taken, outcomes: Vec<Result<()>>) -> Result<Vec<Result<()>>> {
        self.counts.add_delivered(outcomes.iter().filter(|outcome| outcome.is_ok()).count());
        if taken.envelope.each || outcomes.iter().all(Result::is_ok) {
            return Ok(outcomes);
        }
        if outcomes.iter().all(is_refused) {
            return Err(outcomes.into_iter().find_map(Result::err).unwrap_or_else(unknown_recipient));
        }
        // Nobody has it. The queue takes it over: it delivers to those who take it, tries again where that may help,
        // and reports to the sender where it does not. [RFC 5321 4.2.5]
        self.enqueue(taken)?;
        Ok(outcomes.iter().map(|_| Ok(())).collect())
    }

    /// The copies that are kept of a message in the queue: a message beside it, which fails and is told of by itself.
    fn queued_copy(&self, taken: &Taken, message: &NewMessage) -> Option<NewMessage> {
        copy_of(taken, message, self.new_id(taken.at))
    }

    fn enqueue(&self, taken: &Taken) -> Result<()> {
        let message = new_message(taken)?;
        let (copy, copies) = (self.queued_copy(taken, &message), taken.copies.len());
        self.queue.put([message].into_iter().chain(copy).collect())?;
        self.counts.add_queued(taken.envelope.to.len() + copies);
        self.bell.ring();
        Ok(())
    }

    /// Recipients that take no message of this size get none: RCPT could not know it of a client that announces no size.
    /// What they say comes before all rules.
    fn refuse_large(&self, branch: &mut Branch) {
        let size = branch.message.octets.len() as u64;
        let is_large = |to: &Forward| {
            self.mailboxes.receive_limit(&to.recipient.address).is_some_and(|limit| size > limit)
        };
        let (large, fits) = std::mem::take(&mut branch.envelope.to).into_iter().partition(is_large);
        branch.envelope.to = fits;
        let refused = |forward| Ended {
            forward,
            end: End::Rejected(Status(5, 2, 3)),
            why: TOO_LARGE_FOR_RECIPIENT.to_owned(),
            code: Some(552),
        };
        branch.ended.extend(Vec::into_iter(large).map(refused));
    }

    /// What is too large for its recipients, then Edge, then Hub, then what is done about spam.
    fn ruled(&self, envelope: Envelope, message: Message) -> Result<Vec<Branch>> {
        self.check_client(&envelope)?;
        let mut whole = Branch::of(envelope, message);
        self.refuse_large(&mut whole);
        let original = self.journals().then(|| whole.octets().to_vec());
        let mut parts = vec![whole];
        self.run_rules(Stage::Edge, &mut parts)?;
        self.put_followed_aside(&mut parts);
        self.run_rules(Stage::Hub, &mut parts)?;
        self.delete_blocked(&mut parts);
        self.filter_spam(&mut parts);
        if let Some(original) = original {
            self.journal(&original, &mut parts)?;
        }
        Ok(parts)
    }

    /// Takes what rules made of a message: all of it goes into the queue together, with what became of each recipient. A
    /// message that nobody takes is refused.
    fn take_parts(
        &self,
        asked: &[SmtpAddress],
        each: bool,
        mut parts: Vec<Branch>,
        copies: Vec<Copied>,
    ) -> Result<Receipt> {
        let id = parts[0].message.id;
        self.once_each(asked, &mut parts);
        let ended = || parts.iter().flat_map(|part| &part.ended);
        let refused: Vec<Ended> = ended().filter(|one| is_rejected(one)).cloned().collect();
        let (ends, alive) = (ended().count(), parts.iter().any(|part| !part.envelope.to.is_empty()));
        if let Some(first) = refused.first().filter(|_| !alive && refused.len() == ends) {
            let error = rejection(first);
            // Whoever is to hear what a rule found hears it of a message that is refused, too.
            parts.iter_mut().for_each(|part| part.ended.clear());
            self.enqueue_parts(id, parts, Vec::new())?;
            return Err(error);
        }
        let refusal_of = |address: &SmtpAddress| {
            let refused = refused.iter().find(|one| each && one.forward.recipient.address == *address);
            refused.map_or(Ok(()), |one| Err(rejection(one)))
        };
        let outcomes = asked.iter().map(refusal_of).collect();
        if each {
            // Whoever hears of each recipient is told now, and nobody by mail.
            parts.iter_mut().for_each(|part| part.ended.retain(|one| !is_rejected(one)));
        }
        self.enqueue_parts(id, parts, copies)?;
        Ok(Receipt { id, outcomes })
    }

    fn enqueue_parts(&self, id: Guid, parts: Vec<Branch>, copies: Vec<Copied>) -> Result<()> {
        let messages = self.messages_of(id, parts, copies)?;
        if messages.is_empty() {
            return Ok(());
        }
        let rows = messages.iter().map(|message| message.to.len()).sum();
        self.queue.put(messages)?;
        self.counts.add_queued(rows);
        self.bell.ring();
        Ok(())
    }

    /// What the queue keeps of the parts of the message `id`, with all that came of them.
    pub(crate) fn messages_of(
        &self,
        id: Guid,
        mut parts: Vec<Branch>,
        copies: Vec<Copied>,
    ) -> Result<Vec<NewMessage>> {
        let at = self.clock.now();
        let beside: Vec<Branch> =
            parts.iter_mut().flat_map(|part| std::mem::take(&mut part.beside)).collect();
        let (mut messages, mut copies) = (self.asked_about(&parts)?, Some(copies));
        let parts = parts.into_iter().map(|part| (Some(id), part));
        // What lies with the quarantine mailbox is a message of its own.
        for (whole, part) in parts.chain(beside.into_iter().map(|part| (None, part))) {
            if part.envelope.to.is_empty() && part.ended.is_empty() {
                continue;
            }
            let reported = whole.is_none() && crate::sole_report::is_report(part.octets());
            let Branch { envelope, message, ended, moderation, ruled_later, reports_to, redirected, .. } =
                part;
            let taken = Taken::of(envelope, message, at, copies.take().unwrap_or_default());
            let mut message = new_message(&taken)?;
            message.origin = whole.filter(|whole| *whole != taken.id);
            if reported {
                message.client.clear();
            } else if whole.is_none() {
                message.source = Some(Source::Agent);
            }
            for to in &mut message.to {
                to.ruled_later = ruled_later && to.lane == Lane::followed();
                to.reports_to.clone_from(&reports_to);
            }
            if let Some(held) = &moderation {
                message.to.iter_mut().for_each(|to| hold(to, held, at));
            }
            message.to.extend(ended.iter().map(crate::part::ended_recipient));
            message.to.iter_mut().for_each(|to| to.led = redirected.led(&to.address));
            messages.extend(self.queued_copy(&taken, &message));
            messages.push(message);
        }
        Ok(messages)
    }

    /// The questions to moderators whom rules name: about all parts that wait for the same decision together.
    fn asked_about(&self, parts: &[Branch]) -> Result<Vec<NewMessage>> {
        let (mut asked, mut known) = (Vec::new(), BTreeSet::new());
        let waiting = parts.iter().filter(|part| !part.envelope.to.is_empty());
        for part in waiting.clone() {
            let Some(held) = part.moderation.as_ref().filter(|held| known.insert(held.token)) else {
                continue;
            };
            let is_same =
                |other: &&Branch| other.moderation.as_ref().is_some_and(|other| other.token == held.token);
            let to = waiting.clone().filter(is_same).flat_map(|part| &part.envelope.to);
            let to: Vec<SmtpAddress> = to.map(|to| to.recipient.address.clone()).collect();
            let sender = &part.envelope.sender;
            asked.extend(self.questions(held.token, sender, part.octets(), &to, &held.moderation)?);
        }
        Ok(asked)
    }

    /// Whether an address is a group's.
    pub(crate) fn is_group_at(&self, address: &SmtpAddress) -> bool {
        self.mailboxes.named(address).is_some_and(|record| record.class() == Class::Group)
    }

    fn is_group(&self, guid: Guid) -> bool {
        let record = self.mailboxes.directory().and_then(|directory| directory.get(guid));
        record.is_some_and(|record| record.class() == Class::Group)
    }

    /// Groups are a part of their own, if rules want to see to whom they lead.
    fn put_followed_aside(&self, parts: &mut Vec<Branch>) {
        if !self.has_rules(Stage::Hub) {
            return;
        }
        for at in 0..parts.len() {
            // Somebody who forwards is somebody at whom rules look; a group is nobody.
            let leads = |to: &Forward| match &to.recipient.place {
                Place::Followed(guid) => self.is_group(*guid),
                _ => false,
            };
            let all = parts[at].envelope.to.iter();
            let numbers: Vec<usize> =
                all.enumerate().filter(|(_, to)| leads(to)).map(|(number, _)| number).collect();
            match numbers.len() {
                0 => {}
                count if count == parts[at].envelope.to.len() => parts[at].ruled_later = true,
                _ => {
                    let mut part = parts[at].split(&numbers, self.new_id(self.clock.now()));
                    part.ruled_later = true;
                    parts.push(part);
                }
            }
        }
    }
}

/// A row that waits for the moderators of a rule.
fn hold(to: &mut NewRecipient, held: &HeldBy, now: Time) {
    to.lane = Lane::moderated();
    to.token = Some(held.token);
    to.asked = now;
    to.moderators = held.moderation.moderators.clone();
}

impl Intake for Transport {
    fn limits(&self) -> Limits {
        let started = *self.limits.read();
        self.said().map_or(started, |said| said.limits(started))
    }

    fn connector(&self, port: Port, started: ConnectorLimits) -> ConnectorLimits {
        self.said().map_or(started, |said| said.port(port, started))
    }

    fn recipient(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Recipient> {
        self.check_sender(sender)?;
        self.check_recipient(address, sender)?;
        self.check_blocked(address, sender)?;
        let place = self.admitted(address, sender, size)?;
        if place == Place::Unclaimed {
            self.check_unclaimed(size)?;
        }
        Ok(Recipient { address: address.clone(), place })
    }

    fn default_domain(&self) -> Result<String> {
        self.mailboxes.default_domain()
    }

    fn trace_fields(&self, envelope: &Envelope) -> TraceFields {
        let (client, now) = (&envelope.client, self.clock.now());
        let id = self.new_id(now);
        let recipient = match &envelope.to[..] {
            [only] => Some(only.recipient.address.as_str()),
            _ => None,
        };
        let (mut hello, mut address) = (client.hello.as_str(), client.address.to_string());
        if self.hide_submitters && envelope.sender.account().is_some() {
            (hello, address) = ("localhost", String::new());
        }
        let received = Received {
            helo: hello,
            address: &address,
            by: &self.host,
            with: client.protocol,
            id: &id.to_string(),
            cipher: client.cipher.as_deref(),
            recipient,
            time: now,
        };
        let return_path = trace::return_path(envelope.sender.address().map(SmtpAddress::as_str));
        TraceFields { id, return_path, received: received.field() }
    }

    fn accept(&self, envelope: Envelope, mut message: Message) -> Result<Receipt> {
        self.check(&envelope, &message)?;
        let copies = self.submit(&envelope, &mut message)?;
        let mut addresses = envelope.to.iter().map(|to| &to.recipient.address);
        let asked_by = addresses.find(|address| self.mailboxes.takes_decisions(address)).cloned();
        let answer = envelope.sender.account().zip(asked_by).map(|(account, asked_by)| {
            ((account, envelope.sender.address().cloned()), asked_by, message.original().to_vec())
        });
        let receipt = self.take(envelope, message, copies)?;
        // It counts once it is kept: what is refused decides nothing.
        if let Some((by, asked_by, octets)) = answer {
            self.follow_answer(by, &asked_by, &octets);
        }
        Ok(receipt)
    }
}

impl Transport {
    /// Takes a message that passed the checks: what rules make of it is on the disk when this answers.
    fn take(&self, envelope: Envelope, message: Message, copies: Vec<Copied>) -> Result<Receipt> {
        let (id, each) = (message.id, envelope.each);
        let asked: Vec<SmtpAddress> = envelope.to.iter().map(|to| to.recipient.address.clone()).collect();
        let mut parts = self.ruled(envelope, message)?;
        if parts.len() > 1 || !parts[0].is_whole() {
            return self.take_parts(&asked, each, parts, copies);
        }
        let Branch { envelope, message, .. } = parts.remove(0);
        let taken = Taken::of(envelope, message, self.clock.now(), copies);
        let outcomes = match self.short_way(&taken) {
            Some(outcomes) => self.answer(&taken, outcomes?)?,
            None => {
                self.enqueue(&taken)?;
                taken.envelope.to.iter().map(|_| Ok(())).collect()
            }
        };
        debug!(%id, request = taken.envelope.client.request, "taken");
        Ok(Receipt { id, outcomes })
    }
}

/// Refused for good. What may succeed later is no reason to refuse a message that others have.
fn is_refused(outcome: &Result<()>) -> bool {
    outcome.as_ref().is_err_and(|error| status(error).is_permanent())
}
