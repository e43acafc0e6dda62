//! Delivery: a message into mailboxes of one database, each under its own limits, in one transaction.

use crate::Mailboxes;
use crate::mailboxes::bytes;
use directory::schema::recipient;
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use store::{Delivered, Flow, Incoming, To, Trace, TraceRecipient};

/// A message for mailboxes of one database.
#[derive(Clone, Debug)]
pub struct Letter {
    /// The id under which it was accepted.
    pub id: Guid,
    /// When it was accepted.
    pub at: Time,
    /// The envelope sender; empty for a report.
    pub sender: String,
    /// Each recipient's address as the sender wrote it, and the mailbox.
    pub to: Vec<(SmtpAddress, Guid)>,
    /// The message, trace fields included.
    pub message: Incoming,
}

impl Mailboxes {
    /// Puts a message into mailboxes of a database, with its trace, in one transaction: one answer for each of `to`, in that
    /// order. An error means that it lies in none.
    pub fn deliver(&self, database: Guid, letter: &Letter) -> Result<Vec<Result<Delivered>>> {
        let open = self.0.store.database(database)?;
        let checked: Vec<Result<To>> =
            letter.to.iter().map(|(_, mailbox)| self.admitted(*mailbox, database, letter)).collect();
        let to: Vec<To> = checked.iter().filter_map(|one| one.as_ref().ok().cloned()).collect();
        if to.is_empty() {
            return Ok(checked.into_iter().map(|one| one.and_then(|_| Err(not_delivered()))).collect());
        }
        let mut answers = open.deliver(to, &letter.message, Some(trace(letter)))?.into_iter();
        let answer =
            |one: Result<To>| one.and_then(|_| answers.next().unwrap_or_else(|| Err(not_delivered())));
        Ok(checked.into_iter().map(answer).collect())
    }

    /// As [`Mailboxes::deliver`], but into all of the mailboxes or none: where one refuses, every answer is an error.
    pub fn deliver_together(&self, database: Guid, letter: &Letter) -> Result<Vec<Result<Delivered>>> {
        let open = self.0.store.database(database)?;
        let checked: Vec<Result<To>> =
            letter.to.iter().map(|(_, mailbox)| self.admitted(*mailbox, database, letter)).collect();
        if checked.iter().any(Result::is_err) {
            return Ok(checked.into_iter().map(|one| one.and_then(|_| Err(store::withheld()))).collect());
        }
        let to = checked.into_iter().filter_map(Result::ok).collect();
        open.deliver_together(to, &letter.message, Some(trace(letter)))
    }

    /// A mailbox that takes a message now: it is still here, takes mail from that sender, and the message is not too large.
    fn admitted(&self, mailbox: Guid, database: Guid, letter: &Letter) -> Result<To> {
        let user = self.0.directory.by_mailbox(mailbox);
        let user = user.filter(|user| self.place(user).is_ok_and(|place| place == (mailbox, database)));
        let user = user.ok_or_else(|| {
            Error::not_found(
                ErrorId::RecipientUnknown,
                "The mailbox was disabled or removed while the message was on its way.",
            )
        })?;
        self.check_sender(&user, &letter.sender)?;
        let size = letter.message.raw().len() as u64;
        // "Message too large for this recipient", 5.2.3.
        if bytes(&user, &recipient::MAX_RECEIVE_SIZE).is_some_and(|limit| size > limit) {
            let name = user.name();
            return Err(Error::limit(
                ErrorId::RecipientSizeLimit,
                format!("The message is too large for {name}."),
            ));
        }
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

    /// Hands over the traces of a time in all mounted databases, database by database, oldest first.
    pub fn traces_between(
        &self,
        from: Time,
        to: Time,
        each: &mut dyn FnMut(Guid, Trace) -> Result<Flow>,
    ) -> Result<()> {
        for database in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            database.traces(from, to, &mut |trace| each(database.guid(), trace))?;
        }
        Ok(())
    }
}

fn trace(letter: &Letter) -> Trace {
    let rendered = letter.message.rendering();
    let recipient = |(address, mailbox): &(SmtpAddress, Guid)| TraceRecipient {
        address: address.to_string(),
        mailbox: *mailbox,
        delivered: false,
    };
    Trace {
        id: letter.id,
        at: letter.at,
        sender: letter.sender.clone(),
        recipients: letter.to.iter().map(recipient).collect(),
        subject: rendered.subject.clone(),
        size: letter.message.raw().len() as u64,
        internet_message_id: rendered.message_id.clone().unwrap_or_default(),
    }
}

fn not_delivered() -> Error {
    Error::server(ErrorId::DeliveryUnanswered, "The store gave no answer for a recipient.")
}
