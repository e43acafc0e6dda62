//! What somebody is asked by mail and decides by an answer: the words of the answer, and the mails around it.
//!
//! A question's Message-ID holds a token behind a word for its kind, and so does whatever answers it. `Approve` or `Reject`
//! decides at the beginning of the subject or of the text, in any language of the house.

use mailbox::{Language, Phrase};
use message::{Fields, date, decode_words, encode_words, field::header_length, trace};
use object::types::{Guid, SmtpAddress};
use object::{Result, Time};
use tracing::error;

use crate::part::house_mail;
use crate::queue::{NewMessage, NewRecipient};
use crate::source::Source;
use crate::{Content, Lane, Place, Transport};

/// What is said behind `Reject`, at most.
pub(crate) const COMMENT_CHARACTERS_MAX: usize = 500;

/// What somebody who was asked decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is done: the message is delivered, who asked becomes a member.
    Approve,
    /// It is not, and these words go to whoever sent the message, or asked.
    Reject(String),
}

/// A mail of the arbitration mailbox: a question, or what became of one.
pub(crate) struct Letter<'a> {
    pub(crate) from: &'a SmtpAddress,
    pub(crate) to: &'a SmtpAddress,
    pub(crate) language: Language,
    pub(crate) subject: String,
    pub(crate) text: String,
    /// Its Message-ID, without brackets.
    pub(crate) internet_id: String,
}

impl Letter<'_> {
    fn write(&self, now: Time) -> Vec<u8> {
        let from = encode_words(&self.language.say(Phrase::MODERATION_FROM, &[]));
        let mut out = Vec::new();
        for (name, value) in [
            ("From", format!("{from} <{}>", self.from)),
            ("To", format!("<{}>", self.to)),
            ("Subject", encode_words(&one_line(&self.subject))),
            ("Date", date::write(now)),
            ("Message-ID", format!("<{}>", self.internet_id)),
            ("Auto-Submitted", "auto-generated".to_owned()), // [RFC 3834 5]
            ("Content-Language", self.language.tag().to_owned()),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "8bit".to_owned()),
        ] {
            out.extend(trace::field(name, &value));
        }
        out.extend_from_slice(format!("\r\n{}\r\n", self.text.replace('\n', "\r\n")).as_bytes());
        out
    }
}

impl Transport {
    /// Does what an answer says that is kept, of an account and the address under which it wrote, to the arbitration mailbox
    /// that asked. Where that goes wrong, whoever wrote it is told by mail: the client would send again what is there.
    pub(crate) fn follow_answer(
        &self,
        (account, from): (Guid, Option<SmtpAddress>),
        asked_by: &SmtpAddress,
        octets: &[u8],
    ) {
        let done = self.read_decision(account, octets).and_then(|()| self.read_join(account, octets));
        let Err(error) = done else { return };
        error!(%account, %error, "an answer to a question could not be carried out");
        let told = from.map_or(Ok(()), |from| self.tell_not_followed(&from, asked_by, octets));
        if let Err(error) = told {
            error!(%account, %error, "nor could whoever wrote it be told");
        }
    }

    fn tell_not_followed(&self, to: &SmtpAddress, asked_by: &SmtpAddress, octets: &[u8]) -> Result<()> {
        let language = self.mailboxes.language(to);
        let header = &octets[..header_length(octets)];
        let subject = Fields::of(header).value("Subject").unwrap_or_default();
        let said = one_line(&decode_words(&subject));
        let letter = Letter {
            from: asked_by,
            to,
            language,
            subject: language.say(Phrase::ANSWER_FAILED_SUBJECT, &[]),
            text: language.say(Phrase::ANSWER_FAILED_TEXT, &[("subject", &said)]),
            internet_id: format!("answer-{}@{}", Guid::random(), self.host),
        };
        self.queue.put(vec![self.queued_letter(&letter)?])?;
        self.bell.ring();
        Ok(())
    }

    /// A letter as the queue takes it.
    pub(crate) fn queued_letter(&self, letter: &Letter<'_>) -> Result<NewMessage> {
        let now = self.clock.now();
        let octets = letter.write(now);
        let place = self.place_of(letter.to).unwrap_or_else(|_| Place::Elsewhere(letter.to.clone()));
        let content = Content { eight_bit: true, utf8: true };
        let to = vec![NewRecipient::new(letter.to.clone(), Lane::of(&place))];
        let mail = house_mail(self.new_id(now), now, content, &octets, to)?;
        Ok(NewMessage { source: Some(Source::Approval), ..mail })
    }
}

/// A text as one line of a header.
pub(crate) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(COMMENT_CHARACTERS_MAX).collect()
}

/// The token that an answer names and what it decides; nothing where it is no answer.
///
/// `kind` is what stands before the token.
pub(crate) fn decision(octets: &[u8], kind: &str) -> Option<(Guid, Decision)> {
    let header = &octets[..header_length(octets)];
    let value =
        |name: &str| Fields::of(header).value(name).map(|value| decode_words(&value)).unwrap_or_default();
    let subject = value("Subject");
    let token = ["In-Reply-To", "References"].iter().map(|name| value(name)).chain([subject.clone()]);
    let token = token.into_iter().find_map(|text| token_in(&text, kind))?;
    let body = || message::text::of_body(&message::parse(octets));
    decided(&subject, kind).or_else(|| decided(&body(), kind)).map(|decision| (token, decision))
}

fn token_in(text: &str, kind: &str) -> Option<Guid> {
    let (_, behind) = text.split_once(kind)?;
    Guid::parse(behind.get(..36)?)
}

/// What a text says first, in any language of the house: the word alone decides, and what stands behind it are words for
/// the sender.
fn decided(text: &str, kind: &str) -> Option<Decision> {
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
    let own = |line: &&str| !line.trim_start().starts_with('>') && !line.contains(kind);
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

    const TOKEN: &str = "moderate-";

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
            assert_eq!(
                decision(text.as_bytes(), TOKEN),
                found.map(|found| (token, found)),
                "{subject}: {body}"
            );
        }
        assert_eq!(decision(b"Subject: Approve\r\n\r\nApprove\r\n", TOKEN), None, "no token");
    }
}
