//! Messages that wait for a moderator: asked for by mail, decided by an answer or a command.
//!
//! What waits is a row of the queue in a lane of its own, under a token. The question goes from the arbitration mailbox to
//! each moderator, with the message in it; its Message-ID holds the token, and so does whatever answers it. An answer counts
//! from a moderator who has logged on: `Approve` or `Reject` at the beginning of its subject or of its text, with words for
//! the sender behind it. Nobody who decides in time is told of as of any message that waited too long.

use mailbox::{Language, Moderation, Phrase};
use message::{Fields, date, decode_words, encode_words, field::header_length, trace};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use tracing::info;

use crate::queue::{Asked, Claimed, Moderated, NewMessage, NewRecipient, compress};
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

    /// The questions to the moderators of a message for one of its recipients, and the token under which it waits. They go
    /// into the queue with the row that has the token, or neither does.
    pub(crate) fn ask(&self, message: &Claimed, address: &SmtpAddress, by: &Moderation) -> Result<Asked> {
        let (token, now) = (Guid::random(), self.clock.now());
        let questions = by.moderators.iter().map(|moderator| {
            let language = self.mailboxes.language(moderator);
            let asked = Question { message, address, by, moderator, language, token };
            let octets = asked.write(&self.host, now);
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
                subject: crate::part::subject(&octets),
                client: String::new(),
                to: vec![NewRecipient::new(moderator.clone(), Lane::of(&place))],
            })
        });
        Ok(Asked { token, questions: questions.collect::<Result<_>>()? })
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

/// What a moderator is asked.
struct Question<'a> {
    message: &'a Claimed,
    address: &'a SmtpAddress,
    by: &'a Moderation,
    moderator: &'a SmtpAddress,
    language: Language,
    token: Guid,
}

impl Question<'_> {
    /// The mail. What comes from the message stands encoded, or inside its own part.
    fn write(&self, host: &str, now: Time) -> Vec<u8> {
        let (octets, token, language) = (&self.message.octets, self.token, self.language);
        let subject = Fields::of(&octets[..header_length(octets)]).value("Subject").unwrap_or_default();
        let subject = one_line(&decode_words(&subject));
        let from = encode_words(&language.say(Phrase::MODERATION_FROM, &[]));
        let title = language.say(Phrase::MODERATION_SUBJECT, &[("subject", &subject)]);
        let boundary = format!("{TOKEN}{token}");
        let mut out = Vec::with_capacity(octets.len() + 2048);
        for (name, value) in [
            ("From", format!("{from} <{}>", self.by.arbitration)),
            ("To", format!("<{}>", self.moderator)),
            ("Subject", encode_words(&title)),
            ("Date", date::write(now)),
            ("Message-ID", format!("<{TOKEN}{token}@{host}>")),
            ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
            ("Content-Language", language.tag().to_owned()),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", format!("multipart/mixed; boundary=\"{boundary}\"")),
        ] {
            out.extend(trace::field(name, &value));
        }
        let words = format!(
            "\r\n--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\
             {}\r\n\
             \r\n--{boundary}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment\r\n\r\n",
            self.text(&subject)
        );
        out.extend_from_slice(words.as_bytes());
        out.extend_from_slice(octets);
        out.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        out
    }

    fn text(&self, subject: &str) -> String {
        let sender = self.message.sender.address().map_or("<>", SmtpAddress::as_str);
        let words = [("sender", sender), ("recipient", self.address.as_str()), ("subject", subject)];
        self.language.say(Phrase::MODERATION_TEXT, &words).replace('\n', "\r\n")
    }
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

/// What a text says first, in any language of the house: the word alone decides, and what stands behind it are words for
/// the sender.
fn decided(text: &str) -> Option<Decision> {
    let text = text.trim_start();
    let first = |language: Language, phrase| behind_word(text, &language.say(phrase, &[]));
    let is_question = |language: Language| {
        let title = language.say(Phrase::MODERATION_SUBJECT, &[("subject", "")]);
        begins_with(text, title.trim_end_matches([':', ' ', '\u{a0}']))
    };
    if Language::all().any(is_question) {
        return None;
    }
    if Language::all().any(|language| first(language, Phrase::MODERATION_APPROVE).is_some()) {
        return Some(Decision::Approve);
    }
    let behind = Language::all().find_map(|language| first(language, Phrase::MODERATION_REJECT))?;
    let own = |line: &&str| !line.trim_start().starts_with('>') && !line.contains(TOKEN);
    let words = behind.trim_start_matches([':', '.', ',', '!', '\u{ff0c}', '\u{3002}', '\u{ff1a}']);
    let words = words.lines().take_while(own).collect::<Vec<_>>().join(" ");
    Some(Decision::Reject(one_line(words.trim())))
}

/// What stands behind a word with which a text begins; a word of an alphabet ends where its letters end.
fn behind_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    if !begins_with(text, word) {
        return None;
    }
    let behind = text.char_indices().nth(word.chars().count()).map_or("", |(at, _)| &text[at..]);
    let goes_on = word.is_ascii() && behind.starts_with(char::is_alphabetic);
    (!goes_on).then_some(behind)
}

fn begins_with(text: &str, beginning: &str) -> bool {
    let mut letters = text.chars().flat_map(char::to_lowercase);
    beginning.chars().flat_map(char::to_lowercase).all(|wanted| letters.next() == Some(wanted))
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
            ("AW: Genehmigen oder ablehnen: Pläne", "Genehmigen.\r\n", Some(Decision::Approve)),
            (
                "Genehmigen oder ablehnen: Pläne",
                "Ablehnen, zu teuer",
                Some(Decision::Reject("zu teuer".to_owned())),
            ),
            ("请批准或拒绝: 计划", "拒绝 太贵", Some(Decision::Reject("太贵".to_owned()))),
            ("请批准或拒绝: 计划", "批准", Some(Decision::Approve)),
        ] {
            let text = format!("Subject: {subject}\r\nIn-Reply-To: <{TOKEN}{token}@host>\r\n\r\n{body}\r\n");
            assert_eq!(decision(text.as_bytes()), found.map(|found| (token, found)), "{subject}: {body}");
        }
        assert_eq!(decision(b"Subject: Approve\r\n\r\nApprove\r\n"), None, "no token");
    }
}
