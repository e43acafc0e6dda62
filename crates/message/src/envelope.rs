//! The IMAP ENVELOPE of a message.  [RFC 9051 7.5.2]

use crate::address::{Address, Addresses, Entry};
use crate::field::Fields;
use crate::quote::{nstring, string};

/// The fields that an envelope is made of.
pub(crate) struct Heads {
    pub(crate) date: Option<Vec<u8>>,
    pub(crate) subject: Option<Vec<u8>>,
    pub(crate) from: Addresses,
    pub(crate) sender: Addresses,
    pub(crate) reply_to: Addresses,
    pub(crate) to: Addresses,
    pub(crate) cc: Addresses,
    pub(crate) bcc: Addresses,
    pub(crate) in_reply_to: Option<Vec<u8>>,
    pub(crate) message_id: Option<Vec<u8>>,
}

impl Heads {
    /// Collects them in one walk over the header. A field that should stand once and stands twice counts
    /// once, but address fields are joined: nobody written to is hidden.
    pub(crate) fn of(fields: Fields<'_>) -> Heads {
        let mut heads = Heads::empty();
        for field in fields {
            let Some(place) = NAMES.iter().position(|name| field.is(name)) else { continue };
            let value = field.value();
            match heads.lists().get_mut(place) {
                Some(list) => list.0.extend(Addresses::parse(&value).0),
                None => {
                    let single = &mut heads.singles()[place - 6];
                    single.get_or_insert_with(|| value.into_owned());
                }
            }
        }
        heads
    }

    fn empty() -> Heads {
        Heads {
            date: None,
            subject: None,
            from: Addresses::default(),
            sender: Addresses::default(),
            reply_to: Addresses::default(),
            to: Addresses::default(),
            cc: Addresses::default(),
            bcc: Addresses::default(),
            in_reply_to: None,
            message_id: None,
        }
    }

    /// The address fields in the order of [`NAMES`], which is the envelope's.
    fn lists(&mut self) -> [&mut Addresses; 6] {
        [&mut self.from, &mut self.sender, &mut self.reply_to, &mut self.to, &mut self.cc, &mut self.bcc]
    }

    fn singles(&mut self) -> [&mut Option<Vec<u8>>; 4] {
        [&mut self.date, &mut self.subject, &mut self.in_reply_to, &mut self.message_id]
    }
}

const NAMES: [&str; 10] =
    ["From", "Sender", "Reply-To", "To", "Cc", "Bcc", "Date", "Subject", "In-Reply-To", "Message-ID"];

/// Writes the parenthesised envelope.
pub(crate) fn write(out: &mut Vec<u8>, heads: &Heads) {
    out.push(b'(');
    nstring(out, heads.date.as_deref());
    out.push(b' ');
    nstring(out, heads.subject.as_deref());
    // Without Sender or Reply-To the server puts From there. [RFC 9051 7.5.2]
    let or_from = |list| if is_empty(list) { &heads.from } else { list };
    for list in
        [&heads.from, or_from(&heads.sender), or_from(&heads.reply_to), &heads.to, &heads.cc, &heads.bcc]
    {
        out.push(b' ');
        addresses(out, list);
    }
    for single in [&heads.in_reply_to, &heads.message_id] {
        out.push(b' ');
        nstring(out, single.as_deref());
    }
    out.push(b')');
}

fn is_empty(list: &Addresses) -> bool {
    list.0.is_empty()
}

fn addresses(out: &mut Vec<u8>, list: &Addresses) {
    if is_empty(list) {
        return out.extend_from_slice(b"NIL");
    }
    out.push(b'(');
    for entry in &list.0 {
        match entry {
            Entry::Mailbox(address) => mailbox(out, address),
            // A group begins with its name as mailbox, and ends with nothing. [RFC 9051 7.5.2]
            Entry::GroupStart(name) => four(out, None, None, Some(name), None),
            Entry::GroupEnd => four(out, None, None, None, None),
        }
    }
    out.push(b')');
}

/// NIL as host would mean a group, so what is missing of an address is said in words.
fn mailbox(out: &mut Vec<u8>, address: &Address) {
    let or = |bytes: &[u8], missing: &[u8]| if bytes.is_empty() { missing.to_vec() } else { bytes.to_vec() };
    let local = or(&address.local, b"MISSING_MAILBOX");
    let domain = or(&address.domain, b"MISSING_DOMAIN");
    four(out, address.name.as_deref(), address.route.as_deref(), Some(&local), Some(&domain));
}

fn four(out: &mut Vec<u8>, a: Option<&[u8]>, b: Option<&[u8]>, c: Option<&[u8]>, d: Option<&[u8]>) {
    out.push(b'(');
    for (at, text) in [a, b, c, d].into_iter().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        match text {
            Some(text) => string(out, text),
            None => nstring(out, None),
        }
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(header: &str) -> String {
        let mut out = Vec::new();
        write(&mut out, &Heads::of(Fields::of(header.as_bytes())));
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn envelopes() {
        for (header, shown) in [
            ("", "(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)"),
            (
                "From: Ann <ann@x>\r\nDate: today\r\nSubject: a\r\n b\r\nMessage-ID: <1@x>\r\n",
                "(\"today\" \"a b\" ((\"Ann\" NIL \"ann\" \"x\")) ((\"Ann\" NIL \"ann\" \"x\")) ((\"Ann\" NIL \"ann\" \"x\")) NIL NIL NIL NIL \"<1@x>\")",
            ),
            (
                "To: a@x\r\nTo: F: b@y;\r\nSubject: \"q\"\r\nSubject: second\r\n",
                "(NIL \"\\\"q\\\"\" NIL NIL NIL ((NIL NIL \"a\" \"x\")(NIL NIL \"F\" NIL)(NIL NIL \"b\" \"y\")(NIL NIL NIL NIL)) NIL NIL NIL NIL)",
            ),
            (
                "Cc: nobody\r\nBcc: <>\r\n",
                "(NIL NIL NIL NIL NIL NIL ((NIL NIL \"nobody\" \"MISSING_DOMAIN\")) ((NIL NIL \"MISSING_MAILBOX\" \"MISSING_DOMAIN\")) NIL NIL)",
            ),
        ] {
            assert_eq!(envelope(header), shown, "{header}");
        }
    }
}
