//! A message while rules work on it: rules that concern some of its recipients make it two messages.

use std::collections::HashSet;

use object::types::{Guid, SmtpAddress};

use crate::led::Redirected;
use crate::{Envelope, Forward, Message, Moderation, Notify, Place, Recipient, Status};

/// How the way of a recipient ended before delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// Others get the message in its place.
    Redirected,
    /// It is deleted, and nobody told.
    Deleted,
    /// Its sender is told.
    Rejected(Status),
    /// It lies with the quarantine mailbox, brought there by the message of that name.
    Quarantined(Guid),
}

/// A recipient that gets nothing, and why.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    pub(crate) forward: Forward,
    pub(crate) end: End,
    /// Why, for the trace and the report.
    pub(crate) why: String,
    /// The SMTP code of a refusal, where a rule names one.
    pub(crate) code: Option<u16>,
}

/// Who decides on a message where a rule wants that, and under what it waits. Parts of one message that wait for the same
/// decision share the token.
#[derive(Clone, Debug)]
pub(crate) struct HeldBy {
    pub(crate) token: Guid,
    pub(crate) moderation: Moderation,
}

/// The message for some of its recipients.
#[derive(Clone, Debug)]
pub(crate) struct Branch {
    pub(crate) envelope: Envelope,
    pub(crate) message: Message,
    pub(crate) ended: Vec<Ended>,
    /// Whether somebody was added who was not named by the sender.
    pub(crate) added: bool,
    /// Messages of their own that came of it: what lies with the quarantine mailbox, reports and notices.
    pub(crate) beside: Vec<Branch>,
    /// Who decides first whether its recipients get it.
    pub(crate) moderation: Option<HeldBy>,
    /// Whether its recipients lead on to others, at whom the rules of the Hub look in their place.
    pub(crate) ruled_later: bool,
    /// Whether the rules behind are passed over.
    pub(crate) stopped: bool,
    /// The group through which its recipients get it.
    pub(crate) via: Option<SmtpAddress>,
    /// Who hears in the sender's place that it could not be delivered.
    pub(crate) reports_to: Option<SmtpAddress>,
    /// Whom rules put in the place of others.
    pub(crate) redirected: Redirected,
}

impl Branch {
    pub(crate) fn of(envelope: Envelope, message: Message) -> Branch {
        let (ended, beside) = (Vec::new(), Vec::new());
        Branch {
            envelope,
            message,
            ended,
            added: false,
            beside,
            moderation: None,
            ruled_later: false,
            stopped: false,
            via: None,
            reports_to: None,
            redirected: Redirected::default(),
        }
    }

    /// The message without its Return-Path.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.message.octets[self.message.return_path..]
    }

    /// Whether everything is as it came, its text apart.
    pub(crate) fn is_whole(&self) -> bool {
        let waits = self.moderation.is_some() || self.ruled_later;
        self.ended.is_empty() && !self.added && self.beside.is_empty() && !waits
    }

    /// Parts the recipients of those numbers from the others, which stay.
    pub(crate) fn split(&mut self, numbers: &[usize], id: Guid) -> Branch {
        let numbers: HashSet<usize> = numbers.iter().copied().collect();
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for (number, forward) in std::mem::take(&mut self.envelope.to).into_iter().enumerate() {
            if numbers.contains(&number) { theirs.push(forward) } else { ours.push(forward) }
        }
        self.envelope.to = ours;
        let envelope = Envelope { to: theirs, ..self.envelope.clone() };
        let message = Message { id, ..self.message.clone() };
        let moderation = self.moderation.clone();
        let (stopped, ruled_later, via) = (self.stopped, self.ruled_later, self.via.clone());
        let (reports_to, redirected) = (self.reports_to.clone(), self.redirected.clone());
        let part = Branch::of(envelope, message);
        Branch { stopped, ruled_later, via, reports_to, redirected, moderation, ..part }
    }

    /// Ends the way of all its recipients.
    pub(crate) fn end(&mut self, end: &End, why: &str, code: Option<u16>) {
        let all = std::mem::take(&mut self.envelope.to).into_iter();
        self.ended.extend(all.map(|forward| Ended { forward, end: end.clone(), why: why.to_owned(), code }));
    }

    /// Others get it in the place of all its recipients.
    pub(crate) fn redirect(&mut self, to: Vec<(SmtpAddress, Place)>, why: &str) {
        let old = Redirected::those(self.envelope.to.iter().map(|to| &to.recipient.address));
        self.end(&End::Redirected, why, None);
        for (address, place) in to {
            self.redirected.note(&address, &old);
            self.add(address, place, Notify::default());
        }
    }

    /// Somebody gets it besides; nobody gets it twice.
    pub(crate) fn add(&mut self, address: SmtpAddress, place: Place, notify: Notify) {
        let folded = address.folded();
        if self.envelope.to.iter().all(|known| known.recipient.address.folded() != folded) {
            self.envelope.to.push(Forward { recipient: Recipient { address, place }, orcpt: None, notify });
            self.added = true;
        }
    }
}
