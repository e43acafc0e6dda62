//! From and Sender as the standard writes them and in no other way, so that nobody can read another author there than
//! we do.  [RFC 5322 3.4]
//!
//! [`crate::Addresses`] makes the best of what is broken, as readers of mail must; whoever decides by an address what
//! may be sent must not: other programs make something else of it.

use crate::decode_words;

/// Comments within each other. People write none at all.
const DEPTH_MAX: usize = 20;
/// Authors of one message.
const AUTHORS_MAX: usize = 100;

/// One author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// `ann@contoso.com`, as it was written.
    pub address: String,
    /// The words and comments beside it, encoded words decoded.
    pub name: String,
    /// Whether an `@` stands in the words without quotes, which some programs take for the address.
    pub is_loose: bool,
}

/// The authors that a field names, folded as it came; nothing where it can be read in more ways than one: groups, routes,
/// blanks inside of an address, unclosed quotes, octets that are no text.
pub fn authors(raw_value: &[u8]) -> Option<Vec<Author>> {
    let line: Vec<u8> = raw_value.iter().copied().filter(|octet| !matches!(octet, b'\r' | b'\n')).collect();
    let mut reader = Reader { text: std::str::from_utf8(&line).ok()?, at: 0, name: String::new() };
    let mut found = Vec::new();
    loop {
        found.push(reader.author()?);
        match reader.take() {
            None => return Some(found),
            Some(',') if found.len() < AUTHORS_MAX => {}
            Some(_) => return None,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// Words and comments of the author under way.
    name: String,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    /// One author with the blanks around it.
    fn author(&mut self) -> Option<Author> {
        self.name.clear();
        self.blanks()?;
        let start = self.at;
        if let Some(address) = self.address() {
            self.blanks()?;
            if matches!(self.peek(), None | Some(',')) {
                return Some(self.found(address, false));
            }
        }
        self.at = start;
        self.name.clear();
        let is_loose = self.phrase()?;
        self.angle(is_loose)
    }

    fn angle(&mut self, is_loose: bool) -> Option<Author> {
        (self.take()? == '<').then_some(())?;
        let address = self.address()?;
        (self.take()? == '>').then_some(())?;
        self.blanks()?;
        Some(self.found(address, is_loose))
    }

    fn found(&mut self, address: String, is_loose: bool) -> Author {
        Author { address, name: decode_words(self.name.trim().as_bytes()), is_loose }
    }

    /// Blanks and comments; what a comment says is shown as a name by many programs.
    fn blanks(&mut self) -> Option<()> {
        loop {
            match self.peek() {
                Some(' ' | '\t') => {
                    self.at += 1;
                    self.name.push(' ');
                }
                Some('(') => self.comment()?,
                _ => return Some(()),
            }
        }
    }

    fn comment(&mut self) -> Option<()> {
        let mut depth = 0;
        loop {
            match self.take()? {
                '(' => depth += 1,
                ')' => depth -= 1,
                '\\' => {
                    let escaped = self.take().filter(|c| is_text(*c))?;
                    self.name.push(escaped);
                }
                c if is_text(c) => self.name.push(c),
                _ => return None,
            }
            match depth {
                0 => return Some(()),
                too_deep if too_deep > DEPTH_MAX => return None,
                _ => {}
            }
        }
    }

    /// `local@domain`, nothing in between.
    fn address(&mut self) -> Option<String> {
        let start = self.at;
        match self.peek()? {
            '"' => drop(self.quoted()?),
            _ => self.dotted()?,
        }
        (self.take()? == '@').then_some(())?;
        match self.peek()? {
            '[' => self.literal()?,
            _ => self.dotted()?,
        }
        Some(self.text[start..self.at].to_owned())
    }

    fn dotted(&mut self) -> Option<()> {
        loop {
            self.atom()?;
            if self.peek() != Some('.') {
                return Some(());
            }
            self.at += 1;
        }
    }

    fn atom(&mut self) -> Option<()> {
        let rest = &self.text[self.at..];
        let length = rest.find(|c| !is_atext(c)).unwrap_or(rest.len());
        self.at += length;
        (length > 0).then_some(())
    }

    fn quoted(&mut self) -> Option<String> {
        (self.take()? == '"').then_some(())?;
        let mut text = String::new();
        loop {
            match self.take()? {
                '"' => return Some(text),
                '\\' => text.push(self.take().filter(|c| is_text(*c))?),
                c if is_text(c) => text.push(c),
                _ => return None,
            }
        }
    }

    fn literal(&mut self) -> Option<()> {
        self.at += 1;
        let rest = &self.text[self.at..];
        let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | ':' | '-'))?;
        self.at += length;
        (length > 0 && self.take()? == ']').then_some(())
    }

    /// The words before `<`. A dot without quotes is common and harmless; an `@` is told of. [RFC 5322 4.1]
    fn phrase(&mut self) -> Option<bool> {
        let mut is_loose = false;
        loop {
            self.blanks()?;
            match self.peek()? {
                '<' => return Some(is_loose),
                '"' => {
                    let text = self.quoted()?;
                    self.name.push_str(&text);
                }
                c if is_atext(c) || matches!(c, '.' | '@') => {
                    is_loose |= c == '@';
                    self.name.push(c);
                    self.at += c.len_utf8();
                }
                _ => return None,
            }
        }
    }
}

fn is_text(c: char) -> bool {
    c == '\t' || !c.is_control()
}

/// [RFC 5322 3.2.3] [RFC 6532 3.2]
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii() && !c.is_control()
}

/// The addresses that a text seems to hold, as a person would read them: `ann@contoso.com` in `"ann@contoso.com"`. The
/// signs that look like an `@` count as one.
pub fn addresses_in(text: &str) -> Vec<String> {
    let text = text.replace(['\u{ff20}', '\u{fe6b}'], "@");
    let inside = |c: char| c == '.' || is_atext(c);
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].rfind(|c| !inside(c)).map_or(0, |end| end + last_length(&text[..at], end));
        let after = text[at + 1..].find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-')));
        let end = after.map_or(text.len(), |length| at + 1 + length);
        let address = text[before..end].trim_matches('.');
        if !address.starts_with('@') && !address.ends_with('@') {
            found.push(address.to_owned());
        }
    }
    found
}

/// The octets of the character that begins at `at`.
fn last_length(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

/// `"Ann Berg" <ann@contoso.com>`: a mailbox as it can stand in a header.
pub fn write(name: &str, address: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).collect();
    match name.is_ascii() {
        _ if name.trim().is_empty() => format!("<{address}>"),
        true => format!("\"{}\" <{address}>", name.replace('\\', "\\\\").replace('"', "\\\"")),
        false => format!("{} <{address}>", crate::encode_words(&name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &[u8]) -> String {
        let Some(authors) = authors(value) else { return "-".to_owned() };
        let show = |author: &Author| {
            let loose = if author.is_loose { "!" } else { "" };
            format!("{}|{}{loose}", author.name.trim(), author.address)
        };
        authors.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_has_one_reading_is_read_and_nothing_else() {
        for (value, seen) in [
            (" ann@contoso.com", "|ann@contoso.com"),
            (" Ann Berg <ann@contoso.com>", "Ann Berg|ann@contoso.com"),
            (" Ann B. Berg <ann@contoso.com>", "Ann B. Berg|ann@contoso.com"),
            (" <ann@contoso.com>", "|ann@contoso.com"),
            (" \"Berg, Ann\"\r\n <ann@contoso.com>", "Berg, Ann|ann@contoso.com"),
            (" ann@contoso.com (Ann (the) Berg)", "Ann the Berg|ann@contoso.com"),
            (" (x) ann@contoso.com", "x|ann@contoso.com"),
            (" ann@x, Ben <ben@y>", "|ann@x Ben|ben@y"),
            (" =?utf-8?Q?J=C3=B6rg?= <j@x>", "Jörg|j@x"),
            (" \"a b\"@x", "|\"a b\"@x"),
            (" grün@bücher.example", "|grün@bücher.example"),
            (" ann@[127.0.0.1]", "|ann@[127.0.0.1]"),
            (" boss@x <ann@x>", "boss@x|ann@x!"),
            (" \"boss@x\" <ann@x>", "boss@x|ann@x"),
            (" =?utf-8?q?boss=40x?= <ann@x>", "boss@x|ann@x"),
            // Nothing of this has one reading.
            ("", "-"),
            (" ", "-"),
            (" Friends: ann@x;", "-"),
            (" undisclosed:;", "-"),
            (" <@a,@b:ann@x>", "-"),
            (" <ann@x> garbage", "-"),
            (" <ann@x><ben@x>", "-"),
            (" <<ann@x>>", "-"),
            (" ann@x ben@x", "-"),
            (" ann@x,", "-"),
            (" ,ann@x", "-"),
            (" ann @x", "-"),
            (" ann@con\r\n toso.com", "-"),
            (" ann@(hidden)x", "-"),
            (" ann", "-"),
            (" <>", "-"),
            (" \"ann <ann@x>", "-"),
            (" ann@x (open", "-"),
            (" ann@x )", "-"),
            (" ann@@x", "-"),
            (" a@b@x", "-"),
            (" a..b@x", "-"),
            (" ann@x\0", "-"),
            (" \"a\0b\" <ann@x>", "-"),
            (" ann@x;ben@x", "-"),
            (" ann@[1.2.3.4", "-"),
        ] {
            assert_eq!(shown(value.as_bytes()), seen, "{value:?}");
        }
        assert_eq!(shown(b" \xff <ann@x>"), "-");
        assert_eq!(shown("(".repeat(100_000).as_bytes()), "-");
    }

    #[test]
    fn addresses_that_a_person_sees_in_a_name() {
        for (text, seen) in [
            ("Ann Berg", ""),
            ("ann@contoso.com", "ann@contoso.com"),
            ("<ann@contoso.com>, (via) \"ben@x.y\".", "ann@contoso.com ben@x.y"),
            ("ann＠contoso.com", "ann@contoso.com"),
            ("größe@bücher.example!", "größe@bücher.example"),
            ("@", ""),
            ("a@", ""),
            ("@x", ""),
        ] {
            assert_eq!(addresses_in(text).join(" "), seen, "{text}");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for name in
            ["Ann Berg", "Berg, \"Ann\" \\", "Jörg Müller, der Ältere von Bücherwald", "", "a\r\nX: y"]
        {
            let written = write(name, "ann@x");
            let read = authors(written.as_bytes()).unwrap();
            let kept: String = name.chars().filter(|c| !c.is_control()).collect();
            assert_eq!((read.len(), &*read[0].address, &*read[0].name), (1, "ann@x", &*kept), "{written}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_octets_are_read_or_refused(value in proptest::collection::vec(proptest::num::u8::ANY, 0..60)) {
            let _read = authors(&value).is_some();
            let _found = addresses_in(&String::from_utf8_lossy(&value)).len();
        }
    }
}
