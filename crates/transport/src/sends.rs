//! What mailboxes send because a message came in, put into the queue in the transaction that records its delivery: a crash
//! between both loses nothing, since a delivery that nobody heard of is looked for and asked again.

use std::collections::BTreeSet;
use std::sync::Arc;

use mailbox::{Outgoing, Post};
use object::types::{Guid, SmtpAddress};
use object::{Fault, Result, Time};
use tracing::{info, warn};

use crate::outcome::Fate;
use crate::part::house_mail;
use crate::queue::{Claimed, Due, NewMessage, NewRecipient};
use crate::rule::branch::Branch;
use crate::settle::with_return_path;
use crate::source::Source;
use crate::{
    Acceptance, Client, Content, Delivery, Envelope, Forward, Incoming, Lane, Message, Notify, Place,
    Recipient, Sender, Transport,
};

impl Transport {
    /// What the mailboxes send to which the message was delivered now.
    pub(crate) fn sent_by_mailboxes(
        &self,
        message: &Claimed,
        results: &[(i64, Fate)],
        now: Time,
    ) -> Result<Vec<NewMessage>> {
        if message.copy {
            return Ok(Vec::new());
        }
        let delivered = |due: &&Due| {
            results
                .iter()
                .any(|(number, fate)| *number == due.number && matches!(fate, Fate::Delivered { .. }))
        };
        let (mut asked, mut incoming, mut out) = (BTreeSet::new(), None, Vec::new());
        for due in message.to.iter().filter(delivered) {
            let Ok(Place::Mailbox { mailbox, database }) = self.lies(due) else { continue };
            if !self.mailboxes.may_send(mailbox) || !asked.insert(mailbox) {
                continue;
            }
            let incoming = incoming.get_or_insert_with(|| Incoming::new(with_return_path(message))).clone();
            let delivery = Delivery {
                id: message.id,
                at: message.accepted,
                sender: message.sender.clone(),
                database,
                to: vec![(due.address.clone(), mailbox)],
                sent: Vec::new(),
                message: incoming,
                acceptance: Acceptance::Each,
            };
            let post = Post { host: &self.host, now, internet_id: Guid::random() };
            match self.mailboxes.sends(&delivery, mailbox, &post) {
                Ok(sends) => out.extend(self.queued_sends(message, mailbox, sends, now)?),
                // Nothing is recorded, so that the delivery is looked for and asked again.
                Err(error) if error.fault() == Fault::Busy => return Err(error),
                // The message lies where it belongs; that nothing goes out because of it is no reason to bring it again.
                Err(error) => {
                    warn!(id = %message.id, %mailbox, %error, "what a mailbox sends cannot be found out")
                }
            }
        }
        Ok(out)
    }

    fn lies(&self, due: &Due) -> Result<Place> {
        if due.followed { self.mailboxes.landing(&due.address) } else { self.place_of(&due.address) }
    }

    fn queued_sends(
        &self,
        message: &Claimed,
        mailbox: Guid,
        sends: Vec<Outgoing>,
        now: Time,
    ) -> Result<Vec<NewMessage>> {
        let mut queued = Vec::new();
        for (number, one) in sends.into_iter().enumerate() {
            let id = name_of(message.id, mailbox, number);
            // Another address of the mailbox led here before.
            if !self.queue.rows(id)?.is_empty() {
                continue;
            }
            info!(%id, because_of = %message.id, to = one.to.len(), "a mailbox sends");
            let octets: Arc<[u8]> = one.octets.into();
            queued.extend(self.journal_of_sent(&one.sender, &one.to, &octets)?);
            let to = one.to.iter().map(|to| self.sent_to(to)).collect();
            let content = Content { eight_bit: true, utf8: false };
            let message = house_mail(id, now, content, &octets, to)?;
            queued.push(NewMessage { sender: one.sender, source: Some(Source::MailboxRule), ..message });
        }
        Ok(queued)
    }

    /// The journal's reports of what a mailbox sends.
    fn journal_of_sent(&self, sender: &Sender, to: &[SmtpAddress], octets: &[u8]) -> Result<Vec<NewMessage>> {
        if !self.journals() {
            return Ok(Vec::new());
        }
        let forward = |address: &SmtpAddress| {
            let place = self.place_of(address).unwrap_or_else(|_| Place::Elsewhere(address.clone()));
            let recipient = Recipient { address: address.clone(), place };
            Forward { recipient, orcpt: None, notify: Notify::NEVER }
        };
        let envelope = Envelope {
            sender: sender.clone(),
            to: to.iter().map(forward).collect(),
            content: Content { eight_bit: true, utf8: false },
            ret: None,
            envid: None,
            client: Client::of_this_house(),
            each: false,
        };
        let made = Branch {
            beside: self.journal_reports(&envelope, octets)?,
            ..Branch::of(envelope, Message::default())
        };
        let nobody = Envelope { to: Vec::new(), ..made.envelope.clone() };
        self.messages_of(Guid::random(), vec![Branch { envelope: nobody, ..made }], Vec::new())
    }

    fn sent_to(&self, address: &SmtpAddress) -> NewRecipient {
        // Where it cannot go is found out when it is tried.
        let place = self.place_of(address).unwrap_or_else(|_| Place::Elsewhere(address.clone()));
        let notify = Notify { success: false, failure: true, delay: false };
        NewRecipient { notify, ..NewRecipient::new(address.clone(), Lane::of(&place)) }
    }
}

/// The name of what a mailbox sends: the same, however often it is asked because of the same message.
fn name_of(message: Guid, mailbox: Guid, number: usize) -> Guid {
    let (message, mailbox) = (message.to_u128(), mailbox.to_u128());
    let low = (message ^ mailbox ^ mailbox >> 64) as u64;
    Guid::of_u128(message >> 64 << 64 | u128::from(low.wrapping_add(number as u64 + 1)))
}
