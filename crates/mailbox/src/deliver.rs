//! Delivery: a message into mailboxes of one database, each under its own limits, in one transaction.

use crate::letter::Letter;
use crate::{Mailboxes, Sender, sent};
use directory::Record;
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use std::sync::Arc;
use store::{Acceptance, Delivered, Incoming, TargetFolder, To, Trace, TraceRecipient, WellKnown};

/// A message for mailboxes of one database: what the short way in and the queue hand over, and the one thing that
/// whatever looks at mail on its way into a mailbox is given.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The id under which it was accepted: its name in the trace, the logs and the queue.
    pub id: Guid,
    /// When it was accepted.
    pub at: Time,
    /// Who sends it, and what was proved of that.
    pub sender: Sender,
    /// The database.
    pub database: Guid,
    /// Each recipient's address as the sender wrote it, and the mailbox.
    pub to: Vec<(SmtpAddress, Guid)>,
    /// The mailboxes in whose name it was sent and whose Sent Items get a copy, each with its address.
    pub sent: Vec<(SmtpAddress, Guid)>,
    /// The message, trace fields included.
    pub message: Incoming,
    /// What one refusal means for the other recipients.
    pub acceptance: Acceptance,
}

/// What becomes of one copy.
enum Fit {
    /// It comes.
    Comes(To),
    /// It lies there already.
    Lies(Delivered),
}

impl Fit {
    fn comes(&self) -> Option<&To> {
        match self {
            Fit::Comes(to) => Some(to),
            Fit::Lies(_) => None,
        }
    }
}

impl Mailboxes {
    /// Puts a message into mailboxes of a database, with its trace, in one transaction: one answer for each of `to` and then of
    /// `sent`, in that order. An error means that it lies in none.
    pub fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<Delivered>>> {
        let open = self.0.store.database(delivery.database)?;
        let letter = Letter::of(&delivery.message);
        let comes =
            delivery.to.iter().map(|(_, mailbox)| self.admitted(*mailbox, delivery, &letter).map(Fit::Comes));
        let copies = delivery.sent.iter().map(|(_, mailbox)| self.copied(&open, *mailbox, delivery));
        let checked: Vec<Result<Fit>> = comes.chain(copies).collect();
        if delivery.acceptance == Acceptance::All && checked.iter().any(Result::is_err) {
            return Ok(checked.into_iter().map(|one| one.and_then(|_| Err(store::withheld()))).collect());
        }
        let to: Vec<To> = checked.iter().filter_map(|one| one.as_ref().ok()?.comes().cloned()).collect();
        let answers = match to.is_empty() {
            true => Vec::new(),
            false => {
                open.deliver(to, &delivery.message, Some(self.trace_of(delivery)), delivery.acceptance)?
            }
        };
        let mut answers = answers.into_iter();
        let mut answer = |one: Result<Fit>| match one? {
            Fit::Lies(delivered) => Ok(delivered),
            Fit::Comes(to) => {
                let answer = answers.next().unwrap_or_else(|| Err(not_delivered()));
                answer.inspect(|delivered| self.tell_of_copies(delivery, to.mailbox, *delivered))
            }
        };
        Ok(checked.into_iter().map(&mut answer).collect())
    }

    /// What is written down of a delivery: also to which address another one of a mailbox led.
    fn trace_of(&self, delivery: &Delivery) -> Trace {
        let directory = &self.0.directory;
        trace(delivery, |address, mailbox| directory::resolved(&*directory.by_mailbox(mailbox)?, address))
    }

    /// Says in the log that copies which rules want were left out: the message lies in the mailbox all the same.
    fn tell_of_copies(&self, delivery: &Delivery, mailbox: Guid, delivered: Delivered) {
        if delivered.copies_left_out > 0 {
            let user = self.0.directory.by_mailbox(mailbox);
            let (mailbox, copies) = (user.as_ref().map(|user| user.name()), delivered.copies_left_out);
            tracing::warn!(id = %delivery.id, mailbox, copies, "copies of inbox rules are left out: no room, or no folder");
        }
    }

    /// The Sent Items of a mailbox in whose name the message was sent. Whom it takes mail from does not matter there.
    fn copied(&self, open: &store::Database, mailbox: Guid, delivery: &Delivery) -> Result<Fit> {
        let user = self.owner_here(mailbox, delivery)?;
        if let Some(lies) = sent::already(&open.mailbox(mailbox)?, &delivery.message)? {
            return Ok(Fit::Lies(lies));
        }
        let place = TargetFolder::Known(WellKnown::SentItems);
        Ok(Fit::Comes(To { place, flags: sent::FLAGS, ..To::inbox(mailbox, self.limits_of(&user)?) }))
    }

    fn owner_here(&self, mailbox: Guid, delivery: &Delivery) -> Result<Arc<Record>> {
        let user = self.0.directory.by_mailbox(mailbox);
        let here = (mailbox, delivery.database);
        let user = user.filter(|user| self.place(user).is_ok_and(|place| place == here));
        user.ok_or_else(|| {
            Error::not_found(
                ErrorId::RecipientUnknown,
                "The mailbox was disabled or removed while the message was on its way.",
            )
        })
    }

    /// A mailbox that takes a message now: it is still here, and takes such a message from that sender. RCPT asked the
    /// same; what changed since is told by mail, or tried again.
    fn admitted(&self, mailbox: Guid, delivery: &Delivery, letter: &Letter<'_>) -> Result<To> {
        let user = self.owner_here(mailbox, delivery)?;
        let raw = delivery.message.raw();
        self.check_message(&user, &delivery.sender, raw.len() as u64)?;
        let to = To::inbox(mailbox, self.limits_of(&user)?);
        match self.is_junk(&user, &delivery.sender, raw) {
            true => Ok(To { place: TargetFolder::Known(WellKnown::JunkEmail), ..to }),
            false => Ok(self.ordered(&user, delivery, letter, to)),
        }
    }

    /// The copy as the owner's rules and automatic replies want it.
    fn ordered(&self, user: &Record, delivery: &Delivery, letter: &Letter<'_>, to: To) -> To {
        let ruling = self.rule(user, delivery, letter);
        To {
            place: ruling.place.unwrap_or(to.place),
            copies: ruling.copies,
            flags: to.flags | ruling.flags,
            keywords: ruling.keywords,
            answer: self.answer(user, delivery, letter),
            ..to
        }
    }

    /// The traces of the message accepted under that id, in all mounted databases.
    pub fn traces(&self, id: Guid) -> Result<Vec<(Guid, Trace)>> {
        let mut found = Vec::new();
        for database in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            found.extend(database.traces_of(id)?.into_iter().map(|trace| (database.guid(), trace)));
        }
        Ok(found)
    }

    /// The same where one database has to answer and of the others counts what can be read: what is damaged in one holds up no
    /// mail for another.
    pub fn traces_for(&self, id: Guid, database: Guid) -> Result<Vec<(Guid, Trace)>> {
        let mut found = Vec::new();
        for one in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            match one.traces_of(id) {
                Ok(traces) => found.extend(traces.into_iter().map(|trace| (one.guid(), trace))),
                Err(error) if one.guid() == database => return Err(error),
                Err(error) => {
                    tracing::error!(database = %one.guid(), %error, "what was delivered cannot be read")
                }
            }
        }
        Ok(found)
    }

    /// The ids under which messages with that Message-ID (with or without its angle brackets) were delivered, in all
    /// mounted databases.
    pub fn trace_ids(&self, internet_message_id: &str) -> Result<Vec<Guid>> {
        let internet_message_id = internet_message_id.trim().trim_start_matches('<').trim_end_matches('>');
        let mut found = Vec::new();
        for database in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            found.extend(database.trace_ids(internet_message_id)?);
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// Forgets the traces before a moment, at most `limit` of them in each mounted database. One that fails keeps no other
    /// from it; the first error is told.
    pub fn forget_traces(&self, before: Time, limit: u32) -> Result<()> {
        let databases = self.0.store.databases().into_iter().filter(store::Database::mounted);
        let forgotten: Vec<_> = databases.map(|database| database.forget_traces(before, limit)).collect();
        forgotten.into_iter().try_for_each(|one| one.map(drop))
    }
}

fn trace(delivery: &Delivery, resolved: impl Fn(&SmtpAddress, Guid) -> Option<SmtpAddress>) -> Trace {
    let rendered = delivery.message.rendering();
    let recipient = |address, resolved, mailbox: &Guid| TraceRecipient {
        address,
        resolved,
        mailbox: *mailbox,
        delivered: false,
    };
    let own = |address: &SmtpAddress, mailbox: &Guid| resolved(address, *mailbox).map(|own| own.to_string());
    let to = delivery.to.iter();
    let to = to.map(|(address, mailbox)| recipient(address.to_string(), own(address, mailbox), mailbox));
    let copies = delivery.sent.iter().map(|(address, mailbox)| recipient(sent::name(address), None, mailbox));
    Trace {
        id: delivery.id,
        at: delivery.at,
        sender: delivery.sender.address().map_or_else(String::new, SmtpAddress::to_string),
        recipients: to.chain(copies).collect(),
        subject: rendered.subject.clone(),
        size: delivery.message.raw().len() as u64,
        internet_message_id: rendered.message_id.clone().unwrap_or_default(),
    }
}

fn not_delivered() -> Error {
    Error::server(ErrorId::DeliveryUnanswered, "The store gave no answer for a recipient.")
}
