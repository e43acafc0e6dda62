//! Automatic replies: whom a mailbox answers, and with which words.  [RFC 3834]
//!
//! Answered is who wrote to the owner, or to a group whose members answer: nobody (`<>`), machines, lists, junk and the owner
//! are not. The store notes who was answered in the transaction of the delivery, so that everybody is answered once in a
//! period and no crash answers twice.

use crate::junk::is_listed;
use crate::letter::Letter;
use crate::outgoing::{Outgoing, Post, quoted};
use crate::{Delivery, Mailboxes, Phrase, Sender, language_of};
use directory::schema::options::{
    AUTO_REPLY_PERIOD, AUTO_REPLY_STATE, END_TIME, EXTERNAL_AUDIENCE, EXTERNAL_MESSAGE, ExternalAudience,
    INTERNAL_MESSAGE, OofState, START_TIME,
};
use directory::schema::{group, mailbox, recipient};
use directory::{Class, Record};
use message::text::plain_of_html;
use message::{base64_lines, date, encode_words, trace};
use object::Time;
use object::types::{ExternalOofOptions, RecipientTypeDetails, SmtpAddress};
use store::Answer;

/// What stands at an end of the names of addresses behind which no person reads. [RFC 3834 2]
const NO_PERSON_BEGINS: [&str; 6] =
    ["mailer-daemon", "postmaster", "listserv", "majordomo", "owner-", "noreply"];
const NO_PERSON_ENDS: [&str; 5] = ["-request", "-relay", "-owner", "-bounces", "no-reply"];

impl Mailboxes {
    /// Whether a mailbox may have to answer what comes in, now or later.
    pub(crate) fn is_answering(&self, user: &Record) -> bool {
        user.get(&AUTO_REPLY_STATE).is_some_and(|state| state != OofState::Disabled)
    }

    /// The answer that is due for a message, if its sender was not answered before.
    pub(crate) fn answer(&self, user: &Record, delivery: &Delivery, letter: &Letter<'_>) -> Option<Answer> {
        let sender = delivery.sender.address()?;
        if !is_in_force(user, delivery.at) || is_of_a_machine(sender, letter) {
            return None;
        }
        self.answer_text(user, &delivery.sender)?;
        if self.is_own(user, sender) || !self.names_reader(user, letter) {
            return None;
        }
        Some(Answer {
            sender: sender.folded(),
            message: delivery.id,
            period: user.get(&AUTO_REPLY_PERIOD).unwrap_or_default(),
        })
    }

    /// The words for a sender; nothing where such senders are not answered.
    fn answer_text(&self, user: &Record, sender: &Sender) -> Option<String> {
        let text = match sender.account() {
            Some(_) => user.get(&INTERNAL_MESSAGE),
            None => self.answers_outside(user, sender).then(|| user.get(&EXTERNAL_MESSAGE)).flatten(),
        };
        text.filter(|text| !text.trim().is_empty())
    }

    fn answers_outside(&self, user: &Record, sender: &Sender) -> bool {
        if user.get(&mailbox::EXTERNAL_OOF_OPTIONS) == Some(ExternalOofOptions::InternalOnly) {
            return false;
        }
        let known = || {
            let trusted = user.all(&mailbox::TRUSTED_SENDERS);
            sender.address().is_some_and(|address| is_listed(&trusted, address))
        };
        match user.get(&EXTERNAL_AUDIENCE) {
            Some(ExternalAudience::None) => false,
            Some(ExternalAudience::Known) => known(),
            Some(ExternalAudience::All) | None => true,
        }
    }

    fn is_own(&self, user: &Record, address: &SmtpAddress) -> bool {
        self.named(address).is_some_and(|record| record.guid() == user.guid())
    }

    /// Whether the message names its reader, or a group that lets its members answer. [RFC 3834 2]
    fn names_reader(&self, user: &Record, letter: &Letter<'_>) -> bool {
        let groups = self.directory().groups_of(user.guid());
        letter.named().iter().filter_map(|address| self.named(address)).any(|named| {
            if named.guid() == user.guid() {
                return true;
            }
            let member = || match named.details() {
                RecipientTypeDetails::DynamicDistributionGroup => {
                    self.directory().is_in_audience(&named, user).unwrap_or(false)
                }
                _ => groups.iter().any(|group| group.guid() == named.guid()),
            };
            named.class() == Class::Group && named.is(&group::SEND_OOF_TO_ORIGINATOR) && member()
        })
    }

    /// The answer as mail.
    pub(crate) fn answering(
        &self,
        user: &Record,
        delivery: &Delivery,
        letter: &Letter<'_>,
        post: &Post<'_>,
    ) -> Option<Outgoing> {
        let to = delivery.sender.address()?.clone();
        let text = self.answer_text(user, &delivery.sender)?;
        let own = directory::primary(&user.all(&recipient::EMAIL_ADDRESSES))?;
        let subject = subject(user, letter);
        let mut octets = Vec::with_capacity(text.len() + 1024);
        for (name, value) in [
            ("From", format!("{} <{own}>", encode_words(&quoted(&user.display_name())))),
            ("To", format!("<{to}>")),
            ("Subject", encode_words(&subject)),
            ("Date", date::write(post.now)),
            ("Message-ID", format!("<{}@{}>", post.internet_id, post.host)),
            ("Auto-Submitted", "auto-replied".to_owned()), // [RFC 3834 5]
            ("X-Auto-Response-Suppress", "All".to_owned()),
            ("MIME-Version", "1.0".to_owned()),
        ] {
            octets.extend(trace::field(name, &value));
        }
        if let Some(id) = &letter.rendered.message_id {
            let references: String = letter.rendered.references.iter().map(|id| format!("<{id}> ")).collect();
            octets.extend(trace::field("In-Reply-To", &format!("<{id}>")));
            octets.extend(trace::field("References", &format!("{references}<{id}>")));
        }
        octets.extend(content(&text, post));
        Some(Outgoing { sender: Sender::Report, to: vec![to], octets })
    }
}

fn is_in_force(user: &Record, at: Time) -> bool {
    match user.get(&AUTO_REPLY_STATE) {
        None | Some(OofState::Disabled) => false,
        Some(OofState::Enabled) => true,
        Some(OofState::Scheduled) => {
            let (start, end) = (user.get(&START_TIME), user.get(&END_TIME));
            start.is_some_and(|start| start.to_time() <= at) && end.is_some_and(|end| at < end.to_time())
        }
    }
}

/// Whether nobody reads what would be answered: the message was made by a machine or came by a list. [RFC 3834 2]
fn is_of_a_machine(sender: &SmtpAddress, letter: &Letter<'_>) -> bool {
    let local = sender.local().to_ascii_lowercase();
    let nobody = NO_PERSON_BEGINS.iter().any(|word| local.starts_with(word))
        || NO_PERSON_ENDS.iter().any(|word| local.ends_with(word));
    let word = |name: &str| letter.value(name).unwrap_or_default().trim().to_ascii_lowercase();
    let automatic = letter.has("auto-submitted") && !word("auto-submitted").starts_with("no");
    let bulk = ["bulk", "list", "junk"].contains(&word("precedence").as_str());
    let listed = letter.fields().iter().any(|(name, _)| name.starts_with("list-"));
    let suppressed = word("x-auto-response-suppress");
    let suppressed =
        ["all", "oof", "autoreply"].iter().any(|kind| suppressed.split(',').any(|one| one.trim() == *kind));
    let kind = word("content-type");
    let report = kind.starts_with("multipart/report") || kind.starts_with("message/disposition-notification");
    nobody || automatic || bulk || listed || suppressed || report
}

/// The subject of the answer, in its owner's language.
fn subject(user: &Record, letter: &Letter<'_>) -> String {
    language_of(user).say(Phrase::AUTOREPLY_SUBJECT, &[("subject", &letter.repeated_subject())])
}

/// The body: HTML goes as HTML with its text beside it.
fn content(text: &str, post: &Post<'_>) -> Vec<u8> {
    let lines = |text: &str| text.replace("\r\n", "\n").replace('\n', "\r\n");
    // No line is too long, whatever somebody writes.
    let part = |kind: &str, text: &str| {
        let encoded = base64_lines(lines(text).as_bytes());
        format!(
            "Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n"
        )
    };
    if !text.trim_start().starts_with('<') {
        return part("text/plain", text).into_bytes();
    }
    let boundary = format!("answer-{}", post.internet_id);
    let (plain, html) = (part("text/plain", &plain_of_html(text)), part("text/html", text));
    format!(
        "Content-Type: multipart/alternative; boundary=\"{boundary}\"\r\n\r\n\
         --{boundary}\r\n{plain}--{boundary}\r\n{html}--{boundary}--\r\n"
    )
    .into_bytes()
}
