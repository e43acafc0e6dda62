//! A message on its way into mailboxes, as what looks at it there sees it: nothing is found out twice, however many ask.

use message::field::header_length;
use message::{Addresses, Fields, Rendered};
use object::types::SmtpAddress;
use std::cell::OnceCell;
use store::Incoming;

/// The part of a subject that is repeated in what is sent because of it.
const SUBJECT_CHARACTERS_MAX: usize = 250;

/// The message of a delivery.
pub(crate) struct Letter<'a> {
    /// All octets.
    pub(crate) octets: &'a [u8],
    /// What was worked out from them for the store.
    pub(crate) rendered: &'a Rendered,
    fields: OnceCell<Vec<(String, String)>>,
    named: OnceCell<Vec<SmtpAddress>>,
    senders: OnceCell<Vec<SmtpAddress>>,
    subject_folded: OnceCell<String>,
    body_folded: OnceCell<String>,
}

impl<'a> Letter<'a> {
    pub(crate) fn of(message: &'a Incoming) -> Letter<'a> {
        let (octets, rendered) = (message.raw(), message.rendering());
        let (fields, named, senders) = (OnceCell::new(), OnceCell::new(), OnceCell::new());
        let (subject_folded, body_folded) = (OnceCell::new(), OnceCell::new());
        Letter { octets, rendered, fields, named, senders, subject_folded, body_folded }
    }

    /// The header, with its empty line.
    pub(crate) fn header(&self) -> &'a [u8] {
        &self.octets[..header_length(self.octets)]
    }

    /// The fields of the header: names in lower case, values as text.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        self.fields.get_or_init(|| {
            let name = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
            Fields::of(self.header()).map(|field| (name(field.name), field.text())).collect()
        })
    }

    /// Whether the header has a field; its name in lower case.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields().iter().any(|(known, _)| known == name)
    }

    /// The first value of a field; its name in lower case.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.fields().iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field; its name in lower case.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.fields().iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The addresses in a field.
    pub(crate) fn addresses(&self, name: &str) -> Vec<SmtpAddress> {
        let fields = Fields::of(self.header()).filter(|field| field.is(name));
        let specs = fields.flat_map(|field| {
            let parsed = Addresses::parse(&field.value());
            parsed.mailboxes().map(|address| address.spec()).collect::<Vec<_>>()
        });
        specs.filter_map(|spec| SmtpAddress::parse(&spec)).collect()
    }

    /// Whose address the message names in From.
    pub(crate) fn senders(&self) -> &[SmtpAddress] {
        self.senders.get_or_init(|| self.addresses("From"))
    }

    /// The subject in lower case.
    pub(crate) fn subject_folded(&self) -> &str {
        self.subject_folded.get_or_init(|| self.rendered.subject.to_lowercase())
    }

    /// The text in lower case.
    pub(crate) fn body_folded(&self) -> &str {
        self.body_folded.get_or_init(|| self.rendered.texts.body.to_lowercase())
    }

    /// The subject as what is sent because of the message repeats it.
    pub(crate) fn repeated_subject(&self) -> String {
        let shown = self.rendered.subject.chars().filter(|c| !c.is_control());
        shown.take(SUBJECT_CHARACTERS_MAX).collect()
    }

    /// Whom the message names in To and Cc.
    pub(crate) fn named(&self) -> &[SmtpAddress] {
        self.named.get_or_init(|| ["To", "Cc"].iter().flat_map(|name| self.addresses(name)).collect())
    }
}
