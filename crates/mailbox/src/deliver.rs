//! Delivery: a message into mailboxes of one database, each under its own limits, in one transaction.

use crate::{Mailboxes, Sender};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use store::{Acceptance, Delivered, Incoming, To, Trace, TraceRecipient};

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
    /// The message, trace fields included.
    pub message: Incoming,
    /// What one refusal means for the other recipients.
    pub acceptance: Acceptance,
}

impl Mailboxes {
    /// Puts a message into mailboxes of a database, with its trace, in one transaction: one answer for each of `to`, in that
    /// order. An error means that it lies in none.
    pub fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<Delivered>>> {
        let open = self.0.store.database(delivery.database)?;
        let checked: Vec<Result<To>> =
            delivery.to.iter().map(|(_, mailbox)| self.admitted(*mailbox, delivery)).collect();
        if delivery.acceptance == Acceptance::All && checked.iter().any(Result::is_err) {
            return Ok(checked.into_iter().map(|one| one.and_then(|_| Err(store::withheld()))).collect());
        }
        let to: Vec<To> = checked.iter().filter_map(|one| one.as_ref().ok().cloned()).collect();
        if to.is_empty() {
            return Ok(checked.into_iter().map(|one| one.and_then(|_| Err(not_delivered()))).collect());
        }
        let trace = Some(trace(delivery));
        let mut answers = open.deliver(to, &delivery.message, trace, delivery.acceptance)?.into_iter();
        let answer =
            |one: Result<To>| one.and_then(|_| answers.next().unwrap_or_else(|| Err(not_delivered())));
        Ok(checked.into_iter().map(answer).collect())
    }

    /// A mailbox that takes a message now: it is still here, and takes such a message from that sender. RCPT asked the
    /// same; what changed since is told by mail, or tried again.
    fn admitted(&self, mailbox: Guid, delivery: &Delivery) -> Result<To> {
        let user = self.0.directory.by_mailbox(mailbox);
        let here = (mailbox, delivery.database);
        let user = user.filter(|user| self.place(user).is_ok_and(|place| place == here));
        let user = user.ok_or_else(|| {
            Error::not_found(
                ErrorId::RecipientUnknown,
                "The mailbox was disabled or removed while the message was on its way.",
            )
        })?;
        self.check_message(&user, &delivery.sender, delivery.message.raw().len() as u64)?;
        Ok(To::inbox(mailbox, self.limits_of(&user)?))
    }

    /// The traces of the message accepted under that id, in all mounted databases.
    pub fn traces(&self, id: Guid) -> Result<Vec<(Guid, Trace)>> {
        let mut found = Vec::new();
        for database in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            found.extend(database.traces_of(id)?.into_iter().map(|trace| (database.guid(), trace)));
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

    /// Forgets the traces before a moment, at most `limit` of them in each mounted database.
    pub fn forget_traces(&self, before: Time, limit: u32) -> Result<()> {
        for database in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            database.forget_traces(before, limit)?;
        }
        Ok(())
    }
}

fn trace(delivery: &Delivery) -> Trace {
    let rendered = delivery.message.rendering();
    let recipient = |(address, mailbox): &(SmtpAddress, Guid)| TraceRecipient {
        address: address.to_string(),
        mailbox: *mailbox,
        delivered: false,
    };
    Trace {
        id: delivery.id,
        at: delivery.at,
        sender: delivery.sender.address().map_or_else(String::new, SmtpAddress::to_string),
        recipients: delivery.to.iter().map(recipient).collect(),
        subject: rendered.subject.clone(),
        size: delivery.message.raw().len() as u64,
        internet_message_id: rendered.message_id.clone().unwrap_or_default(),
    }
}

fn not_delivered() -> Error {
    Error::server(ErrorId::DeliveryUnanswered, "The store gave no answer for a recipient.")
}
