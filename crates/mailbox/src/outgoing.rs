//! What a mailbox sends because something came in: automatic replies, and what its rules send on.
//!
//! What is sent on bears the name of each mailbox that sent it on (`X-MS-Exchange-Inbox-Rules-Loop`): a mailbox sends nothing
//! on that it sent on before, and what three of them sent on goes no further.

use crate::letter::Letter;
use crate::{Delivery, Mailboxes, Sender};
use directory::Record;
use directory::schema::recipient;
use message::{Fields, date, encode_words, trace};
use object::types::{Guid, SmtpAddress};
use object::{Fault, Result, Time};

/// The field that names the mailboxes whose rules sent a message on.
const LOOP: &str = "X-MS-Exchange-Inbox-Rules-Loop";
/// The same in lower case.
pub(crate) const LOOP_FOLDED: &str = "x-ms-exchange-inbox-rules-loop";
/// So many mailboxes send a message on, one after the other.
const SENT_ON_MAX: usize = 3;
/// So many messages go out because of one that came in: each is whole.
const SENDS_MAX: usize = 10;

/// How a rule sends a message on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sending {
    /// In the owner's name, with the content as it is.
    Forward,
    /// In the owner's name, as an attachment.
    Attached,
    /// As it came.
    Redirect,
}

/// A message that a mailbox sends by itself.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Who hears of failures.
    pub sender: Sender,
    /// Who gets it.
    pub to: Vec<SmtpAddress>,
    /// The message.
    pub octets: Vec<u8>,
}

/// What a message that is made here is stamped with.
#[derive(Clone, Copy, Debug)]
pub struct Post<'a> {
    /// Our host name.
    pub host: &'a str,
    /// The moment.
    pub now: Time,
    /// The name of the message that came in, of which each that goes out makes its own.
    pub internet_id: Guid,
}

impl Mailboxes {
    /// Whether a mailbox may send something when a message comes in, so that both have to be kept together.
    pub fn may_send(&self, mailbox: Guid) -> bool {
        let user = self.directory().by_mailbox(mailbox);
        user.is_some_and(|user| self.is_answering(&user) || self.rules_send(&user))
    }

    /// What a mailbox sends because a message was delivered to it. Asked again for the same delivery it answers the same; an
    /// error (`Busy`) says that it cannot be known now and should be asked later.
    pub fn sends(&self, delivery: &Delivery, mailbox: Guid, post: &Post<'_>) -> Result<Vec<Outgoing>> {
        let Some(user) = self.directory().by_mailbox(mailbox) else { return Ok(Vec::new()) };
        let letter = Letter::of(&delivery.message);
        if self.is_junk(&user, &delivery.sender, letter.octets) {
            return Ok(Vec::new());
        }
        let mut out = Vec::new();
        if let Some(answer) = self.answer(&user, delivery, &letter) {
            let database = self.0.store.database(delivery.database);
            match database.and_then(|database| database.answers(mailbox, &answer)) {
                Ok(true) => out.extend(self.answering(&user, delivery, &letter, post)),
                Ok(false) => {}
                // It is asked again when the database is there, and makes all of it then.
                Err(error) if error.fault() == Fault::Busy => return Err(error),
                // What rules send on does not hang on it.
                Err(error) => {
                    let mailbox = user.name();
                    tracing::warn!(id = %delivery.id, mailbox, %error, "whom a mailbox answered cannot be found out");
                }
            }
        }
        out.extend(self.sent_on(&user, delivery, &letter, post));
        Ok(out)
    }

    /// What the rules of a mailbox send on.
    fn sent_on(
        &self,
        user: &Record,
        delivery: &Delivery,
        letter: &Letter<'_>,
        post: &Post<'_>,
    ) -> Vec<Outgoing> {
        let own = directory::primary(&user.all(&recipient::EMAIL_ADDRESSES));
        let Some(own) = own.filter(|_| self.rules_send(user)) else { return Vec::new() };
        let before: Vec<&str> = letter.values(LOOP_FOLDED).collect();
        if before.contains(&user.guid().to_string().as_str()) || before.len() >= SENT_ON_MAX {
            tracing::info!(id = %delivery.id, mailbox = user.name(), "rules send nothing on: the message comes by again");
            return Vec::new();
        }
        let sends = self.rule(user, delivery, letter).sends;
        if sends.len() > SENDS_MAX {
            let (mailbox, wanted) = (user.name(), sends.len());
            tracing::warn!(id = %delivery.id, mailbox, wanted, "rules send on only the first {SENDS_MAX} times");
        }
        let made = sends.into_iter().take(SENDS_MAX).enumerate().filter_map(|(number, (sending, mut to))| {
            // What the owner sends to the owner would come by again at once.
            to.retain(|address| self.named(address).is_none_or(|record| record.guid() != user.guid()));
            if to.is_empty() {
                return None;
            }
            let made = Made { user, own: &own, delivery, letter, post, number };
            Some(Outgoing { sender: made.sender(sending), octets: made.write(sending, &to), to })
        });
        made.collect()
    }
}

/// A message on its way out of a rule.
struct Made<'a> {
    user: &'a Record,
    own: &'a SmtpAddress,
    delivery: &'a Delivery,
    letter: &'a Letter<'a>,
    post: &'a Post<'a>,
    number: usize,
}

impl Made<'_> {
    /// Who hears of failures: whoever sent what is redirected, the owner of what is forwarded. Nobody hears of a report, or its
    /// failure would come in here and be sent on.
    fn sender(&self, sending: Sending) -> Sender {
        match (&self.delivery.sender, sending) {
            (Sender::Report, _) | (Sender::Authenticated { address: None, .. }, _) => Sender::Report,
            (sender, Sending::Redirect) => sender.clone(),
            _ => Sender::Authenticated { account: self.user.guid(), address: Some(self.own.clone()) },
        }
    }

    fn write(&self, sending: Sending, to: &[SmtpAddress]) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.letter.octets.len() + 1024);
        if sending != Sending::Redirect {
            out.extend(self.head(to));
            self.letter.values(LOOP_FOLDED).for_each(|before| out.extend(trace::field(LOOP, before)));
        }
        out.extend(trace::field(LOOP, &self.user.guid().to_string()));
        match sending {
            Sending::Redirect => out.extend_from_slice(self.without_return_path()),
            Sending::Forward => self.content(&mut out),
            Sending::Attached => self.attachment(&mut out),
        }
        out
    }

    fn head(&self, to: &[SmtpAddress]) -> Vec<u8> {
        let subject = self.letter.repeated_subject();
        let to: Vec<String> = to.iter().map(|address| format!("<{address}>")).collect();
        let mut out = Vec::new();
        for (field, value) in [
            ("From", format!("{} <{}>", encode_words(&quoted(&self.user.display_name())), self.own)),
            ("To", to.join(", ")),
            ("Subject", encode_words(&format!("FW: {subject}"))),
            ("Date", date::write(self.post.now)),
            ("Message-ID", format!("<{}.{}@{}>", self.post.internet_id, self.number, self.post.host)),
            ("MIME-Version", "1.0".to_owned()),
        ] {
            out.extend(trace::field(field, &value));
        }
        if let Some(id) = &self.letter.rendered.message_id {
            out.extend(trace::field("References", &format!("<{id}>")));
        }
        out
    }

    /// Without our own Return-Path, which the next delivery writes anew.
    fn without_return_path(&self) -> &[u8] {
        let first = Fields::of(self.letter.header()).next().filter(|field| field.is("Return-Path"));
        &self.letter.octets[first.map_or(0, |field| field.range.end)..]
    }

    /// The content as it came, under its own kind.
    fn content(&self, out: &mut Vec<u8>) {
        let header = self.letter.header();
        let about = |field: &message::Field<'_>| {
            let name = field.name.to_ascii_lowercase();
            name.starts_with(b"content-")
                || [&b"importance"[..], b"sensitivity", b"auto-submitted"].contains(&&name[..])
        };
        for field in Fields::of(header).filter(about) {
            out.extend_from_slice(&header[field.range]);
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(&self.letter.octets[header.len()..]);
    }

    fn attachment(&self, out: &mut Vec<u8>) {
        let boundary = format!("forward-{}", self.post.internet_id);
        let head = format!(
            "Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n\
             --{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\r\n\
             --{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(self.without_return_path());
        out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    }
}

/// A name as it can stand before an address: what is not ASCII is encoded later, all else stands in quotes. [RFC 5322 3.4]
pub(crate) fn quoted(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    match name.is_ascii() {
        true => format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")),
        false => name,
    }
}
