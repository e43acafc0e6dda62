//! The real mailboxes behind the narrow trait: what they say in the words that senders may hear.

use std::collections::HashSet;
use std::sync::Arc;

use mailbox::directory::{Directory, Record};
use mailbox::store::{Flow, Trace, TraceRecipient, WantedTraces};
use mailbox::{Delivery, Destination, Expansion, Language, Moderation, Outgoing, Post, Sender, Written};
use object::types::{Guid, SmtpAddress};
use object::{Result, Time};

use crate::refusal::{for_reports, for_senders};
use crate::{DeliveredCopy, Mailboxes, Place, TrackingQuery};

impl Mailboxes for mailbox::Mailboxes {
    fn place(&self, address: &SmtpAddress) -> Result<Place> {
        self.recipient(address).map_err(for_reports).and_then(place)
    }

    fn admit(&self, address: &SmtpAddress, sender: &Sender, size: u64) -> Result<Place> {
        mailbox::Mailboxes::admit(self, address, sender, size).map_err(for_senders).and_then(place)
    }

    fn landing(&self, address: &SmtpAddress) -> Result<Place> {
        mailbox::Mailboxes::landing(self, address).map_err(for_reports).and_then(place)
    }

    fn expand(
        &self,
        written: &[Written],
        known: &[SmtpAddress],
        sender: &Sender,
        size: u64,
    ) -> Vec<Result<Expansion>> {
        let mut followed = mailbox::Mailboxes::expand(self, written, known, sender, size);
        for one in &mut followed {
            match one {
                Ok(expansion) => {
                    for refusal in &mut expansion.refused {
                        refusal.error = for_reports(refusal.error.clone());
                    }
                }
                Err(error) => *error = for_reports(error.clone()),
            }
        }
        followed
    }

    fn takes_decisions(&self, address: &SmtpAddress) -> bool {
        mailbox::Mailboxes::takes_decisions(self, address)
    }

    fn moderates(&self, account: Guid, address: &SmtpAddress) -> bool {
        mailbox::Mailboxes::moderates(self, account, address)
    }

    fn membership_approval(&self, group: &Record) -> Result<Moderation> {
        mailbox::Mailboxes::membership_approval(self, group)
    }

    fn moderation_by(&self, moderators: &[SmtpAddress], sender: &Sender) -> Result<Option<Moderation>> {
        mailbox::Mailboxes::moderation_by(self, moderators, sender)
    }

    fn is_among(&self, account: Guid, addresses: &[SmtpAddress]) -> bool {
        mailbox::Mailboxes::is_among(self, account, addresses)
    }

    fn hears_of_rejection(&self, address: &SmtpAddress, sender: &Sender) -> bool {
        mailbox::Mailboxes::hears_of_rejection(self, address, sender)
    }

    fn directory(&self) -> Option<&Directory> {
        Some(mailbox::Mailboxes::directory(self))
    }

    fn receive_limit(&self, address: &SmtpAddress) -> Option<u64> {
        mailbox::Mailboxes::receive_limit(self, address)
    }

    fn named(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        self.recipient_of(address)
    }

    fn traced(
        &self,
        query: &TrackingQuery,
        each: &mut dyn FnMut(Option<Trace>) -> Result<bool>,
    ) -> Result<()> {
        for database in self.store().databases().into_iter().filter(mailbox::store::Database::mounted) {
            let ids = match (&query.message_id, query.id) {
                (_, Some(id)) => Some(vec![id]),
                (Some(message_id), None) => Some(database.trace_ids(message_id)?),
                (None, None) => None,
            };
            each(None)?;
            for id in ids.iter().flatten() {
                database.traces_of(*id)?.into_iter().try_for_each(|trace| each(Some(trace)).map(drop))?;
            }
            let mut known = HashSet::new();
            for wanted in wanted(query).into_iter().filter(|_| ids.is_none()) {
                each(None)?;
                database.traces_where(&wanted, &mut |trace| {
                    // One of several recipients may have led to it before.
                    let is_new = known.insert((trace.id, trace.at));
                    Ok(if !is_new || each(Some(trace))? { Flow::More } else { Flow::Stop })
                })?;
            }
        }
        Ok(())
    }

    fn language(&self, address: &SmtpAddress) -> Language {
        self.recipient_of(address).map_or(Language::ENGLISH, |record| mailbox::language_of(&record))
    }

    fn default_domain(&self) -> Result<String> {
        Ok(mailbox::Mailboxes::default_domain(self))
    }

    fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<()>>> {
        let answers = mailbox::Mailboxes::deliver(self, delivery)?;
        Ok(answers.into_iter().map(|answer| answer.map(drop).map_err(for_senders)).collect())
    }

    fn may_send(&self, mailbox: Guid) -> bool {
        mailbox::Mailboxes::may_send(self, mailbox)
    }

    fn sends(&self, delivery: &Delivery, mailbox: Guid, post: &Post<'_>) -> Result<Vec<Outgoing>> {
        mailbox::Mailboxes::sends(self, delivery, mailbox, post)
    }

    fn delivered(&self, id: Guid) -> Result<Vec<DeliveredCopy>> {
        Ok(copies(self.traces(id)?))
    }

    fn delivered_for(&self, id: Guid, database: Guid) -> Result<Vec<DeliveredCopy>> {
        Ok(copies(self.traces_for(id, database)?))
    }

    fn forget(&self, before: Time, limit: u32) -> Result<()> {
        self.forget_traces(before, limit)
    }

    fn when_mounted(&self, tell: Box<dyn Fn(Guid) + Send + Sync>) {
        mailbox::Mailboxes::when_mounted(self, tell);
    }

    fn ids(&self, message_id: &str) -> Result<Vec<Guid>> {
        self.trace_ids(message_id)
    }
}

/// One search, or one for each recipient.
fn wanted(query: &TrackingQuery) -> Vec<WantedTraces> {
    let (sender, subject) = (query.sender.clone(), query.subject.clone());
    let resolved = query.event.as_ref().is_some_and(|event| event.eq_ignore_ascii_case("RESOLVE"));
    let all =
        WantedTraces { from: query.from, until: query.until, sender, recipient: None, subject, resolved };
    if query.recipients.is_empty() {
        return vec![all];
    }
    let to = |recipient: &String| WantedTraces { recipient: Some(recipient.clone()), ..all.clone() };
    query.recipients.iter().map(to).collect()
}

/// A destination as the queue sees it.
pub(crate) fn place(destination: Destination) -> Result<Place> {
    match destination {
        Destination::Mailbox { mailbox, database, .. } => Ok(Place::Mailbox { mailbox, database }),
        Destination::Elsewhere(address) => Ok(Place::Elsewhere(address)),
        Destination::Unclaimed => Ok(Place::Unclaimed),
        Destination::Followed(recipient) => Ok(Place::Followed(recipient)),
    }
}

/// Each recipient who has the message, of what databases say of it.
fn copies(traces: Vec<(Guid, Trace)>) -> Vec<DeliveredCopy> {
    let copies = traces.into_iter().flat_map(|(database, trace)| {
        let there = trace.recipients.into_iter().filter(|recipient| recipient.delivered);
        there.map(move |TraceRecipient { address, mailbox, .. }| DeliveredCopy {
            address,
            mailbox,
            database,
            at: trace.at,
        })
    });
    copies.collect()
}
