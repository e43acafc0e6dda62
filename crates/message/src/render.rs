//! Everything that is worked out once when a message arrives and kept beside it.

use crate::address::Addresses;
use crate::envelope::{self, Heads};
use crate::limits::REFERENCES_MAX;
use crate::structure::{Kind, Message, parse};
use crate::{base_subject, bodystructure, date, decode_words, preview, text};
use object::Time;

/// Raised whenever [`render`] answers differently, so that kept answers can be told from new ones.
pub const PARSER_VERSION: i64 = 5;

/// What is kept beside a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The ENVELOPE, ready to be sent, parentheses included. [RFC 9051 7.5.2]
    pub envelope: Vec<u8>,
    /// The BODYSTRUCTURE, ready to be sent; [`crate::without_extensions`] makes BODY of it.
    pub bodystructure: Vec<u8>,
    /// The first words, at most 200 characters. [RFC 8970]
    pub preview: String,
    /// Bytes of the header with its empty line: enough to answer what asks for headers only.
    pub header_bytes: usize,
    /// The Date field's moment.
    pub sent: Option<Time>,
    /// The day in the sender's own calendar, as midnight UTC: what SENTSINCE compares.
    pub sent_day: Option<Time>,
    /// The subject, decoded.
    pub subject: String,
    /// The subject without reply and list marks, for SORT and THREAD. [RFC 5256 2.1]
    pub base_subject: String,
    /// Whether the subject says that this answers or forwards something.
    pub is_reply: bool,
    /// The Message-ID without its angle brackets.
    pub message_id: Option<String>,
    /// The Message-IDs of References, else the first of In-Reply-To; oldest first. [RFC 5256 3]
    pub references: Vec<String>,
    /// The local part of the first From, To and Cc address: sort keys. [RFC 5256 3]
    pub sort_from: String,
    /// See `sort_from`.
    pub sort_to: String,
    /// See `sort_from`.
    pub sort_cc: String,
    /// What a list shows as sender: display name, else address. [RFC 5957]
    pub display_from: String,
    /// What a list shows as recipient. [RFC 5957]
    pub display_to: String,
    /// Whether a part is an attachment.
    pub has_attachment: bool,
    /// What a search looks through.
    pub texts: Texts,
}

/// Searchable text by field, decoded; at most `INDEXED_BYTES_MAX` each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    /// Names and addresses of From.
    pub from: String,
    /// Names and addresses of To.
    pub to: String,
    /// Names and addresses of Cc.
    pub cc: String,
    /// Names and addresses of Bcc.
    pub bcc: String,
    /// The subject.
    pub subject: String,
    /// All header fields, `Name: value` lines.
    pub header: String,
    /// The text of all text parts, and the headers of messages inside.
    pub body: String,
}

/// Renders any bytes.
pub fn render(bytes: &[u8]) -> Rendered {
    let message = parse(bytes);
    let heads = Heads::of(message.fields(message.root()));
    let subject = heads.subject.as_deref().map(decode_words).unwrap_or_default();
    let base = base_subject(&subject);
    let sent = heads.date.as_deref().and_then(date::parse);
    let (mut envelope, mut bodystructure) = (Vec::new(), Vec::new());
    envelope::write(&mut envelope, &heads);
    bodystructure::write(&mut bodystructure, &message, 0);
    Rendered {
        envelope,
        bodystructure,
        preview: preview::preview(&message),
        header_bytes: message.root().header.end,
        sent: sent.map(|sent| sent.time),
        sent_day: sent.map(|sent| sent.day()),
        base_subject: base.text,
        is_reply: base.is_reply,
        message_id: heads.message_id.as_deref().and_then(|value| ids(value).into_iter().next()),
        references: references(&message, &heads),
        sort_from: sort_key(&heads.from),
        sort_to: sort_key(&heads.to),
        sort_cc: sort_key(&heads.cc),
        display_from: display(&heads.from),
        display_to: display(&heads.to),
        has_attachment: has_attachment(&message),
        texts: texts(&message, &heads, &subject),
        subject,
    }
}

fn texts(message: &Message<'_>, heads: &Heads, subject: &str) -> Texts {
    Texts {
        from: heads.from.text(),
        to: heads.to.text(),
        cc: heads.cc.text(),
        bcc: heads.bcc.text(),
        subject: subject.to_string(),
        header: text::of_header(message, message.root()),
        body: text::of_body(message),
    }
}

/// The message identifiers of a field, without angle brackets and blanks.
fn ids(value: &[u8]) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = value;
    while let Some(start) = memchr::memchr(b'<', rest) {
        let Some(length) = memchr::memchr(b'>', &rest[start..]) else { break };
        let id = &rest[start + 1..start + length];
        let id: Vec<u8> = id.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
        if !id.is_empty() {
            out.push(String::from_utf8_lossy(&id).into_owned());
        }
        rest = &rest[start + length + 1..];
    }
    out
}

/// Without References the first id of In-Reply-To counts. Of too many the oldest one, which names the
/// thread, and the newest ones are kept. [RFC 5256 3]
fn references(message: &Message<'_>, heads: &Heads) -> Vec<String> {
    let field = message.fields(message.root()).value("References");
    let mut found = field.as_deref().map(ids).unwrap_or_default();
    if found.is_empty() {
        found = heads.in_reply_to.as_deref().map(ids).unwrap_or_default();
        found.truncate(1);
    }
    if found.len() > REFERENCES_MAX {
        found.drain(1..found.len() - REFERENCES_MAX + 1);
    }
    found
}

fn sort_key(list: &Addresses) -> String {
    // A group counts by its name. [RFC 5256 3]
    use crate::address::Entry;
    match list.0.first() {
        Some(Entry::Mailbox(address)) => String::from_utf8_lossy(&address.local).into_owned(),
        Some(Entry::GroupStart(name)) => decode_words(name),
        Some(Entry::GroupEnd) | None => String::new(),
    }
}

fn display(list: &Addresses) -> String {
    use crate::address::Entry;
    match list.0.first() {
        Some(Entry::Mailbox(address)) => {
            let name = address.display_name().filter(|name| !name.is_empty());
            name.unwrap_or_else(|| address.spec())
        }
        Some(Entry::GroupStart(name)) => decode_words(name),
        Some(Entry::GroupEnd) | None => String::new(),
    }
}

fn has_attachment(message: &Message<'_>) -> bool {
    message.parts().iter().skip(1).any(|part| {
        let disposition = message.disposition(part);
        let attached = disposition.is_some_and(|d| d.kind.eq_ignore_ascii_case("attachment"));
        attached || matches!(part.kind, Kind::Message(_))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_is_rendered() {
        let mail = "From: =?utf-8?Q?K=C3=A4the?= <kaethe@x>\r\nTo: ann@y, ben@z\r\nSubject: Re: =?utf-8?Q?K=C3=A4se?=\r\n\
            Date: Sat, 21 Nov 2026 23:30:00 -0500\r\nMessage-ID: <1@x>\r\nIn-Reply-To: <0@x> <9@x>\r\n\r\nHello\r\n";
        let seen = render(mail.as_bytes());
        assert_eq!(
            (seen.subject.as_str(), seen.base_subject.as_str(), seen.is_reply),
            ("Re: Käse", "Käse", true)
        );
        assert_eq!((seen.sort_from.as_str(), seen.display_from.as_str()), ("kaethe", "Käthe"));
        assert_eq!((seen.message_id.as_deref(), seen.references), (Some("1@x"), vec!["0@x".to_string()]));
        assert_eq!(seen.sent_day, Some(Time::of_date(2026, 11, 21)));
        assert_eq!(&mail[seen.header_bytes..], "Hello\r\n");
        assert_eq!(seen.texts.from, "Käthe <kaethe@x>");
        assert!(seen.texts.header.contains("Subject: Re: Käse") && seen.texts.body.contains("Hello"));
        assert_eq!(seen.preview, "Hello");
    }

    #[test]
    fn too_many_references_keep_the_oldest_and_the_newest() {
        let list: Vec<_> = (0..1000).map(|n| format!("<{n}@x>")).collect();
        let seen = render(format!("References: {}\r\n\r\n", list.join("\r\n ")).as_bytes()).references;
        assert_eq!((seen.len(), seen[0].as_str(), seen[199].as_str()), (REFERENCES_MAX, "0@x", "999@x"));
    }

    /// Bytes that look like mail often enough to reach the inner branches.
    fn mail_like() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            Just(b"\r\n".to_vec()),
            Just(b"\n".to_vec()),
            Just(b"--b".to_vec()),
            Just(b"--b--\r\n".to_vec()),
            Just(b"Content-Type: multipart/mixed; boundary=b\r\n".to_vec()),
            Just(b"Content-Type: multipart/digest; boundary=\"bb\"\r\n\r\n".to_vec()),
            Just(b"Content-Type: message/rfc822\r\n\r\n".to_vec()),
            Just(b"Content-Type: text/html; charset=utf-7\r\n".to_vec()),
            Just(b"Content-Transfer-Encoding: base64\r\n".to_vec()),
            Just(b"Content-Disposition: attachment; filename*0*=utf-8''%41; filename*1=\"x".to_vec()),
            Just(b"Subject: =?utf-8?Q?=C3=A4?= [fwd: (fwd)]\r\n".to_vec()),
            Just(b"From: \"a\\\" (b <@c:d@e>, x:;\r\n".to_vec()),
            Just(b"Date: Sat, 21 Nov 2026 08:00:00 +0000\r\n".to_vec()),
            Just(b"<p>&auml;<!--".to_vec()),
            proptest::collection::vec(any::<u8>(), 0..20),
        ];
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn any_bytes_are_rendered(bytes in mail_like()) {
            let seen = render(&bytes);
            prop_assert!(seen.preview.chars().count() <= 200);
            let body = bodystructure::without_extensions(&seen.bodystructure);
            prop_assert!(body.len() < seen.bodystructure.len());
            let message = parse(&bytes);
            for part in message.parts() {
                prop_assert!(part.header.end <= part.body.start && part.body.end <= bytes.len());
            }
        }

        #[test]
        fn parts_lie_within_their_parents(bytes in mail_like()) {
            let message = parse(&bytes);
            for part in message.parts() {
                let inner = match &part.kind {
                    Kind::Leaf => vec![],
                    Kind::Message(inner) => vec![*inner],
                    Kind::Multipart(children) => children.clone(),
                };
                for child in inner {
                    let child = message.part(child);
                    prop_assert!(part.body.start <= child.header.start && child.body.end <= part.body.end.max(child.body.start));
                }
            }
        }
    }
}
