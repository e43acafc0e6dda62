//! Messages that wait for a moderator: asked for by mail, decided by an answer or a command.
//!
//! What waits is a row of the queue in a lane of its own, under a token. The question goes from the arbitration mailbox to
//! each moderator, with the message in it; its Message-ID holds the token, and so does whatever answers it. An answer counts
//! from a moderator who has logged on: `Approve` or `Reject` at the beginning of its subject or of its text, with words for
//! the sender behind it. Nobody who decides in time is told of as of any message that waited too long.

use mailbox::Moderation;
use message::{Fields, date, decode_words, encode_words, field::header_length, trace};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use tracing::info;

use crate::queue::{Claimed, Moderated, NewMessage, NewRecipient, compress};
use crate::{Content, Lane, Place, Sender, Status, Transport};

/// What stands before a token in the Message-ID of a question.
const TOKEN: &str = "moderate-";
/// What a moderator says to the sender, at most.
const COMMENT_CHARACTERS_MAX: usize = 500;
/// Delivery not authorized, message refused. [RFC 3463 3.8]
const REJECTED: Status = Status(5, 7, 1);

/// What a moderator decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The message is delivered.
    Approve,
    /// It is not, and these words go to the sender.
    Reject(String),
}

impl Transport {
    /// What waits for moderators, oldest first.
    pub fn moderated(&self) -> Result<Vec<Moderated>> {
        self.queue.moderated()
    }

    /// Decides on what waits under a token; `who` is recorded. Nothing that waits: an error.
    pub fn decide(&self, token: Guid, decision: &Decision, who: &str) -> Result<()> {
        let found = self.queue.moderated_row(token)?.ok_or_else(not_waiting)?;
        let now = self.clock.now();
        let done = match decision {
            Decision::Approve => self.queue.approve(token, now)?,
            Decision::Reject(words) => {
                let words: String = words.chars().take(COMMENT_CHARACTERS_MAX).collect();
                let detail = match words.trim() {
                    "" => "A moderator rejected the message".to_owned(),
                    words => format!("A moderator rejected the message: {words}"),
                };
                let told = self.mailboxes.hears_of_rejection(&found.address, &found.sender);
                self.queue.reject(token, now, REJECTED, &detail, told)?
            }
        };
        if !done {
            return Err(not_waiting());
        }
        info!(%token, who, to = %found.address, approved = *decision == Decision::Approve, "moderated");
        self.bell.ring();
        Ok(())
    }

    /// Asks the moderators of a message for one of its recipients; tells the token under which it waits.
    pub(crate) fn ask(&self, message: &Claimed, address: &SmtpAddress, by: &Moderation) -> Result<Guid> {
        let (token, now) = (Guid::random(), self.clock.now());
        let questions = by.moderators.iter().map(|moderator| {
            let octets = question(message, address, by, moderator, token, &self.host, now);
            let place = self.place_of(moderator).unwrap_or_else(|_| Place::Elsewhere(moderator.clone()));
            Ok(NewMessage {
                id: self.new_id(now),
                accepted: now,
                sender: Sender::Report,
                envid: None,
                ret: None,
                content: Content { eight_bit: true, utf8: true },
                internet_id: format!("{TOKEN}{token}@{}", self.host),
                size: octets.len(),
                body: compress(&octets)?,
                copy: false,
                origin: None,
                subject: String::new(),
                client: String::new(),
                to: vec![NewRecipient::new(moderator.clone(), Lane::of(&place))],
            })
        });
        self.queue.put(questions.collect::<Result<Vec<_>>>()?)?;
        self.bell.ring();
        Ok(token)
    }

    /// Does what a moderator's answer to the arbitration mailbox says. What is no answer, or comes too late, is a letter like
    /// any other.
    pub(crate) fn read_decision(&self, account: Guid, octets: &[u8]) -> Result<()> {
        let Some((token, decision)) = decision(octets) else { return Ok(()) };
        let Some(row) = self.queue.moderated_row(token)? else { return Ok(()) };
        if !self.mailboxes.moderates(account, &row.address) {
            info!(%token, %account, "an answer from somebody who is no moderator");
            return Ok(());
        }
        match self.decide(token, &decision, &account.to_string()) {
            Err(error) if error.is(ErrorId::ModerationNotWaiting) => Ok(()),
            done => done,
        }
    }
}

fn not_waiting() -> Error {
    Error::not_found(ErrorId::ModerationNotWaiting, "No message waits under that identity.")
        .help("Somebody else decided, or it waited too long; Get-ModeratedMessage lists what waits.")
        .about("Identity")
}

/// The mail that asks a moderator. What comes from the message stands encoded, or inside its own part.
fn question(
    message: &Claimed,
    address: &SmtpAddress,
    by: &Moderation,
    moderator: &SmtpAddress,
    token: Guid,
    host: &str,
    now: Time,
) -> Vec<u8> {
    let octets = &message.octets;
    let subject = Fields::of(&octets[..header_length(octets)]).value("Subject").unwrap_or_default();
    let subject = one_line(&decode_words(&subject));
    let sender = message.sender.address().map_or("<>", SmtpAddress::as_str);
    let boundary = format!("{TOKEN}{token}");
    let mut out = Vec::with_capacity(octets.len() + 2048);
    for (name, value) in [
        ("From", format!("Approvals <{}>", by.arbitration)),
        ("To", format!("<{moderator}>")),
        ("Subject", encode_words(&format!("Approve or reject: {subject}"))),
        ("Date", date::write(now)),
        ("Message-ID", format!("<{TOKEN}{token}@{host}>")),
        ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
        ("MIME-Version", "1.0".to_owned()),
        ("Content-Type", format!("multipart/mixed; boundary=\"{boundary}\"")),
    ] {
        out.extend(trace::field(name, &value));
    }
    let words = format!(
        "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
         {sender} sent a message to {address} that needs your decision.\r\n\r\n\
         Subject: {subject}\r\n\r\n\
         Answer this mail with Approve or Reject as the first word of your text. What you write behind Reject goes to the \
         sender.\r\n\
         \r\n--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n"
    );
    out.extend_from_slice(words.as_bytes());
    out.extend_from_slice(octets);
    out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    out
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(COMMENT_CHARACTERS_MAX).collect()
}

/// The token that an answer names and what it decides; nothing where it is no answer.
fn decision(octets: &[u8]) -> Option<(Guid, Decision)> {
    let header = &octets[..header_length(octets)];
    let value =
        |name: &str| Fields::of(header).value(name).map(|value| decode_words(&value)).unwrap_or_default();
    let subject = value("Subject");
    let token = ["In-Reply-To", "References"].iter().map(|name| value(name)).chain([subject.clone()]);
    let token = token.into_iter().find_map(|text| token_in(&text))?;
    let body = || message::text::of_body(&message::parse(octets));
    decided(&subject).or_else(|| decided(&body())).map(|decision| (token, decision))
}

fn token_in(text: &str) -> Option<Guid> {
    let (_, behind) = text.split_once(TOKEN)?;
    Guid::parse(behind.get(..36)?)
}

/// What a text says first: the word alone decides, and what stands behind it are words for the sender.
fn decided(text: &str) -> Option<Decision> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, behind) = text.split_at(end);
    let own = |line: &&str| !line.trim_start().starts_with('>') && !line.contains(TOKEN);
    let words = || {
        behind.trim_start_matches([':', '.', ',', '!']).lines().take_while(own).collect::<Vec<_>>().join(" ")
    };
    match word.to_ascii_lowercase().as_str() {
        "approve" if !behind.trim_start().starts_with("or reject") => Some(Decision::Approve),
        "reject" => Some(Decision::Reject(one_line(words().trim()))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_by_their_first_word() {
        let token = Guid::of_u128(7);
        for (subject, body, found) in [
            ("Re: Approve or reject: Plans", "Approve\r\n\r\n> asked", Some(Decision::Approve)),
            (
                "Re: Approve or reject: Plans",
                "reject: not now\r\n> asked",
                Some(Decision::Reject("not now".to_owned())),
            ),
            ("Reject", "whatever", Some(Decision::Reject(String::new()))),
            ("Approve or reject: Plans", "I do not know", None),
            ("Re: Approve or reject: Plans", "> Approve", None),
            ("AW: Plans", "approved by nobody", None),
        ] {
            let text = format!("Subject: {subject}\r\nIn-Reply-To: <{TOKEN}{token}@host>\r\n\r\n{body}\r\n");
            assert_eq!(decision(text.as_bytes()), found.map(|found| (token, found)), "{subject}: {body}");
        }
        assert_eq!(decision(b"Subject: Approve\r\n\r\nApprove\r\n"), None, "no token");
    }
}
