//! Messages that wait for a moderator: asked for by mail, decided by an answer or a command.
//!
//! What waits is a row of the queue in a lane of its own, under a token. The question goes from the arbitration mailbox to
//! each moderator, with the message in it; its Message-ID holds the token, and so does whatever answers it. An answer counts
//! from a moderator who has logged on: `Approve` or `Reject` at the beginning of its subject or of its text, with words for
//! the sender behind it. Nobody who decides in time is told of as of any message that waited too long.
//!
//! Where a rule asks, its moderators stand in the rows, and one decision is about all recipients whom it holds.

use mailbox::{Language, Moderation, Phrase};
use message::{Fields, date, decode_words, encode_words, field::header_length, trace};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};
use tracing::info;

use crate::approval::{self, COMMENT_CHARACTERS_MAX, Decision, one_line};
use crate::part::house_mail;
use crate::queue::{
    Asked, Claimed, Moderated, NewMessage, NewRecipient, Passing, SLICE_ROWS, Undecided, UndecidedRow,
};
use crate::source::Source;
use crate::{Content, Lane, Place, Sender, Status, Transport};

/// So many recipients are named in a question.
const NAMED_MAX: usize = 20;

/// What stands before a token in the Message-ID of a question.
const TOKEN: &str = "moderate-";
/// Delivery not authorized, message refused. [RFC 3463 3.8]
const REJECTED: Status = Status(5, 7, 1);

impl Transport {
    /// What waits for moderators, oldest first; no more than `most` decisions.
    pub fn moderated(&self, most: usize) -> Result<Vec<Moderated>> {
        self.queue.moderated(most)
    }

    /// Decides on what waits under a token; `who` is recorded. Nothing that waits: an error.
    pub fn decide(&self, token: Guid, decision: &Decision, who: &str) -> Result<()> {
        let found = self.queue.undecided(token)?.ok_or_else(not_waiting)?;
        let now = self.clock.now();
        let done = match decision {
            Decision::Approve => self.let_pass(token, &found, now)?,
            Decision::Reject(words) => {
                let words: String = words.chars().take(COMMENT_CHARACTERS_MAX).collect();
                let detail = match words.trim() {
                    "" => "A moderator rejected the message".to_owned(),
                    words => format!("A moderator rejected the message: {words}"),
                };
                let told = !found.moderators.is_empty()
                    || found
                        .rows
                        .iter()
                        .any(|row| self.mailboxes.hears_of_rejection(&row.address, &found.sender));
                self.queue.reject(token, now, REJECTED, &detail, told)?
            }
        };
        if !done {
            return Err(not_waiting());
        }
        let recipients = found.rows.len();
        info!(%token, who, recipients, approved = *decision == Decision::Approve, "moderated");
        self.bell.ring();
        Ok(())
    }

    /// Who was held by a rule goes where the address leads, and by its own moderators if it has some.
    fn let_pass(&self, token: Guid, found: &Undecided, now: Time) -> Result<bool> {
        let own = found.moderators.is_empty();
        let mut any = false;
        for slice in found.rows.chunks(SLICE_ROWS) {
            let passing = |row: &UndecidedRow| {
                // What cannot be placed is followed, which tells its sender why.
                let place = self.leads(&row.address, row.followed).ok().filter(|_| !own);
                let lane = place.map_or_else(Lane::followed, |place| Lane::of(&place));
                Passing { message: row.message, number: row.number, lane, approved: own }
            };
            any |= self.queue.approve(token, now, slice.iter().map(passing).collect())?;
        }
        Ok(any)
    }

    /// The questions to the moderators of a message for one of its recipients, and the token under which it waits. They go
    /// into the queue with the row that has the token, or neither does.
    pub(crate) fn ask(&self, message: &Claimed, address: &SmtpAddress, by: &Moderation) -> Result<Asked> {
        let token = Guid::random();
        let questions =
            self.questions(token, &message.sender, &message.octets, std::slice::from_ref(address), by)?;
        Ok(Asked { token, questions })
    }

    /// A question to each moderator about a message for some recipients that waits under a token.
    pub(crate) fn questions(
        &self,
        token: Guid,
        sender: &Sender,
        octets: &[u8],
        to: &[SmtpAddress],
        by: &Moderation,
    ) -> Result<Vec<NewMessage>> {
        let now = self.clock.now();
        let mut recipients =
            to.iter().take(NAMED_MAX).map(SmtpAddress::as_str).collect::<Vec<_>>().join(", ");
        if to.len() > NAMED_MAX {
            recipients.push_str(", …");
        }
        let questions = by.moderators.iter().map(|moderator| {
            let language = self.mailboxes.language(moderator);
            let asked = Question { sender, octets, recipients: &recipients, by, moderator, language, token };
            let octets = asked.write(&self.host, now);
            let place = self.place_of(moderator).unwrap_or_else(|_| Place::Elsewhere(moderator.clone()));
            let content = Content { eight_bit: true, utf8: true };
            let to = NewRecipient::new(moderator.clone(), Lane::of(&place));
            let asked = house_mail(self.new_id(now), now, content, &octets, vec![to])?;
            Ok(NewMessage { source: Some(Source::Approval), ..asked })
        });
        questions.collect()
    }

    /// Does what a moderator's answer to the arbitration mailbox says. What is no answer, or comes too late, is a letter like
    /// any other.
    pub(crate) fn read_decision(&self, account: Guid, octets: &[u8]) -> Result<()> {
        let Some((token, decision)) = approval::decision(octets, TOKEN) else { return Ok(()) };
        let Some(found) = self.queue.undecided(token)? else { return Ok(()) };
        let may = match found.moderators.is_empty() {
            true => found.rows.iter().any(|row| self.mailboxes.moderates(account, &row.address)),
            false => self.mailboxes.is_among(account, &found.moderators),
        };
        if !may {
            info!(%token, %account, "an answer from somebody who is not a moderator");
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
    sender: &'a Sender,
    octets: &'a [u8],
    recipients: &'a str,
    by: &'a Moderation,
    moderator: &'a SmtpAddress,
    language: Language,
    token: Guid,
}

impl Question<'_> {
    /// The mail. What comes from the message stands encoded, or inside its own part.
    fn write(&self, host: &str, now: Time) -> Vec<u8> {
        let (octets, token, language) = (self.octets, self.token, self.language);
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
        let sender = self.sender.address().map_or("<>", SmtpAddress::as_str);
        let words = [("sender", sender), ("recipient", self.recipients), ("subject", subject)];
        self.language.say(Phrase::MODERATION_TEXT, &words).replace('\n', "\r\n")
    }
}
