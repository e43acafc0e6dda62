//! From what was taken to what the queue keeps: a message with its recipients, and with those whose way has ended.

use std::sync::Arc;

use message::Fields;
use object::types::{Guid, SmtpAddress};
use object::{Error, Result, Time};

use crate::queue::{Done, NewMessage, NewRecipient, State, compress};
use crate::rule::branch::{End, Ended};
use crate::status::refusal;
use crate::{Content, Envelope, Forward, Lane, Message, Notify, Sender, Status};

/// What is kept of a Message-ID for searching: as much as a line may hold. [RFC 5322 2.1.1]
const INTERNET_ID_BYTES_MAX: usize = 998;
/// What is kept of a subject for searching.
const SUBJECT_CHARACTERS_MAX: usize = 255;

/// A message that passed the checks, with its envelope.
pub(crate) struct Taken {
    pub(crate) id: Guid,
    pub(crate) at: Time,
    pub(crate) envelope: Envelope,
    pub(crate) octets: Arc<[u8]>,
    pub(crate) return_path: usize,
    pub(crate) copies: Vec<Copied>,
}

impl Taken {
    pub(crate) fn of(envelope: Envelope, message: Message, at: Time, copies: Vec<Copied>) -> Taken {
        let Message { id, octets, return_path, .. } = message;
        Taken { id, at, envelope, octets: octets.into(), return_path, copies }
    }
}

/// A mailbox whose Sent Items get a copy.
pub(crate) struct Copied {
    pub(crate) address: SmtpAddress,
    pub(crate) mailbox: Guid,
    pub(crate) database: Guid,
}

pub(crate) fn is_rejected(one: &Ended) -> bool {
    matches!(one.end, End::Rejected(_))
}

/// What a client hears of a recipient that was refused.
pub(crate) fn rejection(one: &Ended) -> Error {
    let status = match one.end {
        End::Rejected(status) => status,
        End::Redirected | End::Deleted | End::Quarantined(_) => Status(5, 7, 1),
    };
    refusal(one.code, status, &one.why)
}

/// A recipient whose way ended before the queue. A refusal waits there until its sender was told.
pub(crate) fn ended_recipient(one: &Ended) -> NewRecipient {
    let usual = new_recipient(&one.forward);
    let done = |state| Some(Done { state, why: one.why.clone(), report: None });
    match one.end {
        End::Redirected => NewRecipient { done: done(State::Redirected), ..usual },
        End::Quarantined(report) => {
            let done = done(State::Quarantined).map(|done| Done { report: Some(report), ..done });
            NewRecipient { done, ..usual }
        }
        End::Deleted => NewRecipient { done: done(State::Dropped), ..usual },
        End::Rejected(status) => {
            NewRecipient { lane: Lane::refused(), refusal: Some((status, one.why.clone())), ..usual }
        }
    }
}

/// What the queue keeps of a message.
pub(crate) fn new_message(taken: &Taken) -> Result<NewMessage> {
    let (octets, envelope) = (&taken.octets[taken.return_path..], &taken.envelope);
    let to = envelope.to.iter().map(new_recipient).collect();
    Ok(NewMessage {
        sender: envelope.sender.clone(),
        envid: envelope.envid.clone(),
        ret: envelope.ret,
        client: envelope.client.address.to_string(),
        ..house_mail(taken.id, taken.at, envelope.content, octets, to)?
    })
}

/// A message of the house's own, which is from nobody; what it is called and about stands in it.
pub(crate) fn house_mail(
    id: Guid,
    at: Time,
    content: Content,
    octets: &[u8],
    to: Vec<NewRecipient>,
) -> Result<NewMessage> {
    Ok(NewMessage {
        id,
        accepted: at,
        sender: Sender::Report,
        envid: None,
        ret: None,
        content,
        internet_id: internet_id(octets),
        size: octets.len(),
        body: compress(octets)?,
        copy: false,
        origin: None,
        subject: subject(octets),
        client: String::new(),
        source: None,
        to,
    })
}

/// The message beside it for the Sent Items of those in whose name it was sent.
pub(crate) fn copy_of(taken: &Taken, message: &NewMessage, id: Guid) -> Option<NewMessage> {
    let to: Vec<NewRecipient> = taken
        .copies
        .iter()
        .map(|copy| NewRecipient {
            notify: Notify { success: false, failure: true, delay: false },
            // A copy of what was sent goes nowhere else.
            followed: true,
            ..NewRecipient::new(copy.address.clone(), Lane::of_database(copy.database))
        })
        .collect();
    let origin = Some(message.origin.unwrap_or(message.id));
    (!to.is_empty()).then(|| NewMessage { id, copy: true, envid: None, origin, to, ..message.clone() })
}

pub(crate) fn new_recipient(to: &Forward) -> NewRecipient {
    let new = NewRecipient::new(to.recipient.address.clone(), Lane::of(&to.recipient.place));
    NewRecipient { orcpt: to.orcpt.clone(), notify: to.notify, ..new }
}

/// The Message-ID, as the mailboxes' trace has it too.
pub(crate) fn internet_id(octets: &[u8]) -> String {
    let value = Fields::of(octets).value("Message-ID").unwrap_or_default();
    let text: String = String::from_utf8_lossy(&value).chars().take(INTERNET_ID_BYTES_MAX).collect();
    without_brackets(&text).to_owned()
}

/// The subject as people read it, as far as it is kept.
pub(crate) fn subject(octets: &[u8]) -> String {
    let text = Fields::of(octets).first("Subject").map(|field| field.text()).unwrap_or_default();
    text.chars().filter(|c| !c.is_control()).take(SUBJECT_CHARACTERS_MAX).collect()
}

/// `<1@x>` is `1@x`.
pub(crate) fn without_brackets(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}
