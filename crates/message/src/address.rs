//! Address fields: mailboxes, groups, and what broken mail has instead.  [RFC 5322 3.4] [RFC 5322 4.4]
//!
//! One pass over the bytes, no recursion: comments may nest as deep as the sender likes.

use crate::limits::ADDRESSES_MAX;
use crate::word::decode_words;

/// A line of an address list, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// One mailbox.
    Mailbox(Address),
    /// A group begins: its name, encoded words not decoded.
    GroupStart(Vec<u8>),
    /// The group ends.
    GroupEnd,
}

/// One mailbox as it was written; names still hold their encoded words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// The display name, or the comment behind a bare address.
    pub name: Option<Vec<u8>>,
    /// The source route of an obsolete address: `@a,@b`.
    pub route: Option<Vec<u8>>,
    /// Before the `@`, quotes removed.
    pub local: Vec<u8>,
    /// Behind the `@`; empty where there is none.
    pub domain: Vec<u8>,
}

impl Address {
    /// The display name with encoded words decoded.
    pub fn display_name(&self) -> Option<String> {
        self.name.as_deref().map(decode_words)
    }

    /// `local@domain`, as text.
    pub fn spec(&self) -> String {
        let local = String::from_utf8_lossy(&self.local);
        match self.domain.is_empty() {
            true => local.into_owned(),
            false => format!("{local}@{}", String::from_utf8_lossy(&self.domain)),
        }
    }
}

/// The entries of one or more address fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses(pub Vec<Entry>);

impl Addresses {
    /// Reads an unfolded field value.
    pub fn parse(value: &[u8]) -> Addresses {
        Parser::new(value).run()
    }

    /// The mailboxes, group or not.
    pub fn mailboxes(&self) -> impl Iterator<Item = &Address> {
        self.0.iter().filter_map(|entry| match entry {
            Entry::Mailbox(address) => Some(address),
            Entry::GroupStart(_) | Entry::GroupEnd => None,
        })
    }

    /// Names and addresses as one searchable text.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for entry in &self.0 {
            let word = match entry {
                Entry::Mailbox(a) => match a.display_name() {
                    Some(name) => format!("{name} <{}>", a.spec()),
                    None => a.spec(),
                },
                Entry::GroupStart(name) => decode_words(name),
                Entry::GroupEnd => continue,
            };
            out.push_str(if out.is_empty() { "" } else { ", " });
            out.push_str(&word);
        }
        out
    }
}

/// What has been read of the address under way.
#[derive(Default)]
struct Parser<'a> {
    rest: &'a [u8],
    entries: Vec<Entry>,
    /// Words before `<`, `:` or `,`, as display name.
    phrase: Vec<u8>,
    /// The same words as address: quotes removed, blanks dropped around dots and `@`.
    spec: Spec,
    comment: Option<Vec<u8>>,
    angle: Option<Address>,
    in_group: bool,
}

/// An addr-spec that grows byte by byte.
#[derive(Default)]
struct Spec {
    local: Vec<u8>,
    domain: Option<Vec<u8>>,
}

impl Spec {
    fn push(&mut self, bytes: &[u8]) {
        self.domain.as_mut().unwrap_or(&mut self.local).extend_from_slice(bytes);
    }
    fn at(&mut self) {
        // A second `@` belongs to the local part: the last one parts it from the domain.
        if let Some(domain) = self.domain.replace(Vec::new()) {
            self.local.push(b'@');
            self.local.extend(domain);
        }
    }
    fn is_empty(&self) -> bool {
        self.local.is_empty() && self.domain.is_none()
    }
}

impl<'a> Parser<'a> {
    fn new(value: &'a [u8]) -> Parser<'a> {
        Parser { rest: value, ..Parser::default() }
    }

    fn run(mut self) -> Addresses {
        while let Some((&byte, rest)) = self.rest.split_first() {
            if self.entries.len() >= ADDRESSES_MAX {
                break;
            }
            self.rest = rest;
            self.take(byte);
        }
        self.finish();
        if self.in_group {
            self.entries.push(Entry::GroupEnd);
        }
        Addresses(self.entries)
    }

    fn take(&mut self, byte: u8) {
        match byte {
            b',' => self.finish(),
            b';' => self.end_group(),
            b':' => self.start_group(),
            b'<' => self.angle(),
            b'(' => {
                let comment = self.comment();
                self.comment = Some(comment);
            }
            b'"' => self.quoted(),
            b'@' => {
                self.phrase.push(b'@');
                self.spec.at();
            }
            b' ' | b'\t' | b'\r' | b'\n' => self.blank(),
            b'[' => self.domain_literal(),
            b'>' | b')' | 0 => {}
            _ => self.atom(byte),
        }
    }

    /// Blanks part the words of a phrase once.
    fn blank(&mut self) {
        if !self.phrase.is_empty() && self.phrase.last() != Some(&b' ') {
            self.phrase.push(b' ');
        }
    }

    fn atom(&mut self, first: u8) {
        let more = self.rest.iter().position(|b| b"\",;:<>()@[ \t\r\n\0".contains(b));
        let (word, rest) = self.rest.split_at(more.unwrap_or(self.rest.len()));
        self.rest = rest;
        for bytes in [&[first][..], word] {
            self.phrase.extend_from_slice(bytes);
            self.spec.push(bytes);
        }
    }

    fn quoted(&mut self) {
        let text = self.until(b'"');
        self.phrase.extend_from_slice(&text);
        self.spec.push(&text);
    }

    fn domain_literal(&mut self) {
        let mut text = vec![b'['];
        text.extend(self.until(b']'));
        text.push(b']');
        self.phrase.extend_from_slice(&text);
        self.spec.push(&text);
    }

    /// Bytes up to `end`, backslashes removed.
    fn until(&mut self, end: u8) -> Vec<u8> {
        let mut out = Vec::new();
        let mut bytes = self.rest.iter().enumerate();
        while let Some((at, &byte)) = bytes.next() {
            if byte == end {
                self.rest = &self.rest[at + 1..];
                return out;
            }
            match byte {
                b'\\' => out.extend(bytes.next().map(|(_, &b)| b)),
                _ => out.push(byte),
            }
        }
        self.rest = &[];
        out
    }

    /// A comment's text; inner comments are part of it.
    fn comment(&mut self) -> Vec<u8> {
        let mut depth = 1;
        let mut out = Vec::new();
        let mut bytes = self.rest.iter().enumerate();
        while let Some((at, &byte)) = bytes.next() {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                b'\\' => {
                    out.extend(bytes.next().map(|(_, &b)| b));
                    continue;
                }
                _ => {}
            }
            if depth == 0 {
                self.rest = &self.rest[at + 1..];
                return out.trim_ascii().to_vec();
            }
            out.push(byte);
        }
        self.rest = &[];
        out.trim_ascii().to_vec()
    }

    /// `<route:local@domain>`; the name is what stood before it.
    fn angle(&mut self) {
        let mut inner = Spec::default();
        let mut route = None;
        while let Some((&byte, rest)) = self.rest.split_first() {
            self.rest = rest;
            match byte {
                b'>' => break,
                b'@' if inner.is_empty() && route.is_none() => route = self.route(),
                b'@' => inner.at(),
                b'"' => {
                    let text = self.until(b'"');
                    inner.push(&text);
                }
                b'(' => drop(self.comment()),
                b' ' | b'\t' | b'\r' | b'\n' | 0 => {}
                _ => inner.push(&[byte]),
            }
        }
        let (local, domain) = (inner.local, inner.domain.unwrap_or_default());
        let name = self.phrase.trim_ascii();
        let name = (!name.is_empty()).then(|| name.to_vec());
        self.angle = Some(Address { name, route, local, domain });
    }

    /// The route up to its colon; `None` puts nothing aside, the address is broken. [RFC 5322 4.4]
    fn route(&mut self) -> Option<Vec<u8>> {
        let end = self.rest.iter().position(|b| matches!(b, b':' | b'>'))?;
        if self.rest[end] != b':' {
            return None;
        }
        let mut route = vec![b'@'];
        route.extend(self.rest[..end].iter().filter(|b| !b.is_ascii_whitespace()));
        self.rest = &self.rest[end + 1..];
        Some(route)
    }

    /// Ends the address under way, if one was begun.
    fn finish(&mut self) {
        let spec = std::mem::take(&mut self.spec);
        let comment = self.comment.take().filter(|comment| !comment.is_empty());
        let address = match self.angle.take() {
            Some(address) => Some(Address { name: address.name.or(comment), ..address }),
            None if spec.is_empty() => None,
            None if spec.domain.is_none() => Some(Address {
                name: comment,
                local: self.phrase.trim_ascii().to_vec(),
                ..Address::default()
            }),
            None => Some(Address {
                name: comment,
                route: None,
                local: spec.local,
                domain: spec.domain.unwrap_or_default(),
            }),
        };
        self.phrase.clear();
        self.entries.extend(address.map(Entry::Mailbox));
    }

    fn start_group(&mut self) {
        if self.in_group {
            return;
        }
        let name = self.phrase.trim_ascii().to_vec();
        self.phrase.clear();
        self.spec = Spec::default();
        self.comment = None;
        self.in_group = true;
        self.entries.push(Entry::GroupStart(name));
    }

    fn end_group(&mut self) {
        self.finish();
        if std::mem::take(&mut self.in_group) {
            self.entries.push(Entry::GroupEnd);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &str) -> String {
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let entries = Addresses::parse(value.as_bytes()).0;
        let words = entries.iter().map(|entry| match entry {
            Entry::GroupStart(name) => format!("{}{{", show(name)),
            Entry::GroupEnd => "}".to_string(),
            Entry::Mailbox(a) => {
                let name = a.name.as_deref().map_or(String::new(), |n| format!("{}|", show(n)));
                let route = a.route.as_deref().map_or(String::new(), |r| format!("{}:", show(r)));
                format!("{name}{route}{}@{}", show(&a.local), show(&a.domain))
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn addresses_as_they_come() {
        for (value, seen) in [
            ("", ""),
            ("ann@contoso.com", "ann@contoso.com"),
            ("Ann Berg <ann@contoso.com>", "Ann Berg|ann@contoso.com"),
            ("\"Berg, Ann\" <ann@contoso.com>, ben@x", "Berg, Ann|ann@contoso.com ben@x"),
            ("ann@contoso.com (Ann (the) Berg)", "Ann (the) Berg|ann@contoso.com"),
            ("\"a \\\"q\\\" b\" <a@b>", "a \"q\" b|a@b"),
            ("\"two words\"@x", "two words@x"),
            ("Friends: ann@x, Ben <ben@y>;, carla@z", "Friends{ ann@x Ben|ben@y } carla@z"),
            ("undisclosed-recipients:;", "undisclosed-recipients{ }"),
            ("Friends: ann@x", "Friends{ ann@x }"),
            ("<@a,@b:user@c>", "@a,@b:user@c"),
            ("<>", "@"),
            ("nobody", "nobody@"),
            ("Ann Berg", "Ann Berg@"),
            ("user@[127.0.0.1]", "user@[127.0.0.1]"),
            ("a . b @ c . d", "a.b@c.d"),
            ("a@b@c", "a@b@c"),
            (",,, a@b ,,", "a@b"),
            ("Ann <ann@x> garbage", "Ann|ann@x"),
            ("=?utf-8?Q?K=C3=A4se?= <k@x>", "=?utf-8?Q?K=C3=A4se?=|k@x"),
            ("((((", ""),
            ("<a@b", "a@b"),
            ("\"open", "open@"),
        ] {
            assert_eq!(shown(value), seen, "{value}");
        }
    }

    #[test]
    fn ten_million_parentheses_are_one_comment() {
        assert_eq!(Addresses::parse(&b"(".repeat(10_000_000)).0, []);
    }
}
