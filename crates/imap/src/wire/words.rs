//! Reads the words of one command.  [RFC 9051 9]
//!
//! The command is one run of bytes: its lines, and its literals where they stood (`{5}` CR LF and five
//! bytes). Nothing here looks behind what it was given, and nothing copies but strings with escapes.

pub(crate) use super::command::syntax;
use super::command::{Aside, Command};
use super::folder_name::{self, FolderName};
use super::sequence::{self, Set};
use crate::limits::{KEYWORD_BYTES_MAX, KEYWORDS_MAX, SET_RANGES_MAX};
use object::{Error, ErrorId, Result, Time};
use std::borrow::Cow;

/// The unread rest of a command.
#[derive(Clone, Debug)]
pub(crate) struct Words<'a> {
    rest: &'a [u8],
    /// How long the whole command is.
    length: usize,
    aside: &'a [Aside],
    utf8: bool,
    by_uid: bool,
}

/// The literal of a message: in the command, or in a file beside it.
#[derive(Clone, Debug)]
pub(crate) enum MessageLiteral<'a> {
    Here(&'a [u8]),
    Aside(Aside),
}

/// Bytes of an atom. `ATOM-CHAR` [RFC 9051 9]
pub(crate) fn is_atom_byte(byte: u8) -> bool {
    byte > b' ' && byte < 0x7f && !b"(){%*\"\\]".contains(&byte)
}

fn is_astring_byte(byte: u8) -> bool {
    is_atom_byte(byte) || byte == b']'
}

/// Bytes of a pattern. `list-char` [RFC 9051 9]
fn is_list_byte(byte: u8) -> bool {
    is_astring_byte(byte) || byte == b'%' || byte == b'*'
}

impl<'a> Words<'a> {
    /// The words of a command's bytes; `utf8` after ENABLE UTF8=ACCEPT or IMAP4rev2.
    pub(crate) fn of(rest: &'a [u8], utf8: bool) -> Words<'a> {
        Words { rest, length: rest.len(), aside: &[], utf8, by_uid: false }
    }

    /// The words of a command with literals beside it.
    pub(crate) fn of_command(command: &'a Command, utf8: bool) -> Words<'a> {
        Words { aside: &command.aside, ..Words::of(&command.bytes, utf8) }
    }

    /// The command's name follows UID.
    pub(crate) fn set_by_uid(&mut self) {
        self.by_uid = true;
    }

    /// Whether the command's name followed UID.
    pub(crate) fn by_uid(&self) -> bool {
        self.by_uid
    }

    /// The next byte, not taken.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes that byte if it comes next.
    pub(crate) fn eat(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        self.rest = &self.rest[usize::from(there)..];
        there
    }

    /// Takes that byte.
    pub(crate) fn need(&mut self, byte: u8) -> Result<()> {
        match self.eat(byte) {
            true => Ok(()),
            false => Err(syntax(match byte {
                b' ' => "A blank is missing, or something is too much.".to_string(),
                byte => format!("'{}' is missing.", byte as char),
            })),
        }
    }

    /// Takes a blank.
    pub(crate) fn space(&mut self) -> Result<()> {
        self.need(b' ')
    }

    /// Whether all was read.
    pub(crate) fn is_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<()> {
        match self.is_end() {
            true => Ok(()),
            false => Err(syntax("There is something behind the end of the command.")),
        }
    }

    /// What has not been read, for AUTHENTICATE's initial response.
    pub(crate) fn take_rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.rest)
    }

    fn run(&mut self, fits: fn(u8) -> bool) -> &'a str {
        let end = self.rest.iter().position(|&b| !fits(b)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        // All `fits` admit ASCII only.
        std::str::from_utf8(word).unwrap_or_default()
    }

    fn non_empty(word: &'a str, what: &str) -> Result<&'a str> {
        if word.is_empty() { Err(syntax(format!("{what} is missing."))) } else { Ok(word) }
    }

    /// An atom.
    pub(crate) fn atom(&mut self) -> Result<&'a str> {
        Self::non_empty(self.run(is_atom_byte), "A word")
    }

    /// A word in capitals: letters, digits, and the marks that names of items have.
    pub(crate) fn keyword(&mut self) -> Result<String> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"-.=_+/".contains(&b);
        Ok(Self::non_empty(self.run(fits), "A word")?.to_ascii_uppercase())
    }

    /// Takes the word, in any case, if it is the next whole word.
    pub(crate) fn eat_word(&mut self, word: &str) -> bool {
        let start = self.rest.get(..word.len()).unwrap_or_default();
        let next = self.rest.get(word.len()).copied().unwrap_or(b' ');
        let there = start.eq_ignore_ascii_case(word.as_bytes()) && !next.is_ascii_alphanumeric();
        if there {
            self.rest = &self.rest[word.len()..];
        }
        there
    }

    /// An atom that may hold `]`, or a string. `astring` [RFC 9051 9]
    pub(crate) fn astring(&mut self) -> Result<Cow<'a, [u8]>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => Ok(Cow::Borrowed(Self::non_empty(self.run(is_astring_byte), "A string")?.as_bytes())),
        }
    }

    /// An astring that is text.
    pub(crate) fn text(&mut self) -> Result<String> {
        text_of(self.astring()?)
    }

    /// A quoted string or a literal.
    pub(crate) fn string(&mut self) -> Result<Cow<'a, [u8]>> {
        match self.peek() {
            Some(b'"') => self.quoted(),
            Some(b'{') => Ok(Cow::Borrowed(self.literal()?)),
            _ => Err(syntax("A string is missing.")),
        }
    }

    /// A string or NIL.
    pub(crate) fn nstring(&mut self) -> Result<Option<Cow<'a, [u8]>>> {
        if self.eat_word("NIL") { Ok(None) } else { self.string().map(Some) }
    }

    fn quoted(&mut self) -> Result<Cow<'a, [u8]>> {
        self.need(b'"')?;
        let end = self.rest.iter().position(|b| matches!(b, b'"' | b'\\' | b'\r' | b'\n'));
        let end = end.ok_or_else(|| syntax("A quote is left open."))?;
        if self.rest[end] == b'"' {
            let text = &self.rest[..end];
            self.rest = &self.rest[end + 1..];
            return utf8_only(Cow::Borrowed(text));
        }
        self.quoted_with_escapes()
    }

    fn quoted_with_escapes(&mut self) -> Result<Cow<'a, [u8]>> {
        let mut out = Vec::new();
        let mut bytes = self.rest.iter().enumerate();
        while let Some((at, &byte)) = bytes.next() {
            match byte {
                b'"' => {
                    self.rest = &self.rest[at + 1..];
                    return utf8_only(Cow::Owned(out));
                }
                b'\\' => match bytes.next() {
                    Some((_, &escaped @ (b'"' | b'\\'))) => out.push(escaped),
                    _ => return Err(syntax("Only a quote and a backslash are escaped.")),
                },
                b'\r' | b'\n' => break,
                _ => out.push(byte),
            }
        }
        Err(syntax("A quote is left open."))
    }

    /// A literal: the reader of the command has put its bytes behind its announcement.
    fn literal(&mut self) -> Result<&'a [u8]> {
        let size = self.announcement()?;
        let rest = self.rest;
        let size = usize::try_from(size).ok().filter(|&size| size <= rest.len());
        let size = size.ok_or_else(|| syntax("A literal is shorter than it says."))?;
        self.rest = &rest[size..];
        Ok(&rest[..size])
    }

    /// The literal of an appended message: `{n}` or, with NUL bytes allowed, `~{n}`. [RFC 3516 4.4]
    pub(crate) fn message_literal(&mut self) -> Result<MessageLiteral<'a>> {
        self.eat(b'~');
        let mut ahead = self.clone();
        ahead.announcement()?;
        let at = self.length - ahead.rest.len();
        match self.aside.iter().find(|aside| aside.at == at) {
            Some(aside) => {
                *self = ahead;
                Ok(MessageLiteral::Aside(aside.clone()))
            }
            None => self.literal().map(MessageLiteral::Here),
        }
    }

    /// `{n}` and the end of its line.
    fn announcement(&mut self) -> Result<u64> {
        self.need(b'{')?;
        let size = self.number64()?;
        self.eat(b'+');
        self.need(b'}')?;
        self.rest = self.rest.strip_prefix(b"\r\n").ok_or_else(|| syntax("A literal ends its line."))?;
        Ok(size)
    }

    /// A number of 32 bits.
    pub(crate) fn number(&mut self) -> Result<u32> {
        u32::try_from(self.number64()?).map_err(|_| syntax("A number is too large."))
    }

    /// A number of 63 bits. `number64` [RFC 9051 9]
    pub(crate) fn number64(&mut self) -> Result<u64> {
        let digits = Self::non_empty(self.run(|b| b.is_ascii_digit()), "A number")?;
        let number = digits.parse().ok().filter(|&number: &u64| number <= i64::MAX as u64);
        number.ok_or_else(|| syntax("A number is too large."))
    }

    /// A folder's name.
    pub(crate) fn folder(&mut self) -> Result<FolderName> {
        FolderName::parse(&folder_name::decode(&self.text()?, self.utf8)?)
    }

    /// A reference or a pattern of LIST, decoded but not yet a name.
    pub(crate) fn pattern(&mut self) -> Result<String> {
        let wire = match self.peek() {
            Some(b'"' | b'{') => text_of(self.string()?)?,
            _ => Self::non_empty(self.run(is_list_byte), "A pattern")?.to_string(),
        };
        // What is no modified UTF-7 matches nothing; it is no reason to fail. [RFC 9051 6.3.9]
        Ok(folder_name::decode(&wire, self.utf8).unwrap_or(wire))
    }

    /// `1:4,7` or `$`. `sequence-set` [RFC 9051 9]
    pub(crate) fn set(&mut self) -> Result<Set> {
        if self.eat(b'$') {
            return Ok(Set::Saved);
        }
        let fits = |b: u8| b.is_ascii_digit() || b":,*".contains(&b);
        let text = Self::non_empty(self.run(fits), "A set of numbers")?;
        if text.split(',').count() > SET_RANGES_MAX {
            return Err(Error::limit(ErrorId::SetTooLong, "The set of numbers is too long."));
        }
        let ranges: Option<Vec<_>> = text.split(',').map(sequence::range).collect();
        ranges.map(Set::Ranges).ok_or_else(|| syntax(format!("'{:.40}' is not a set of numbers.", text)))
    }

    /// Whether a set comes next.
    pub(crate) fn is_at_set(&self) -> bool {
        self.peek().is_some_and(|b| b.is_ascii_digit() || b == b'*' || b == b'$')
    }

    /// A flag or keyword, with its backslash.
    pub(crate) fn flag(&mut self) -> Result<String> {
        let system = self.eat(b'\\');
        let name = self.atom()?;
        if name.len() > KEYWORD_BYTES_MAX {
            return Err(Error::limit(ErrorId::KeywordTooLong, "A keyword is too long."));
        }
        Ok(if system { format!("\\{name}") } else { name.to_string() })
    }

    /// `(flag flag)`, or flags without parentheses as STORE allows them.
    pub(crate) fn flags(&mut self) -> Result<Vec<String>> {
        let list = self.eat(b'(');
        let mut flags = Vec::new();
        if list && self.eat(b')') {
            return Ok(flags);
        }
        loop {
            flags.push(self.flag()?);
            if flags.len() > KEYWORDS_MAX {
                return Err(Error::limit(ErrorId::TooManyKeywords, "There are too many keywords."));
            }
            if !self.eat(b' ') {
                break;
            }
        }
        if list {
            self.need(b')')?;
        }
        Ok(flags)
    }

    /// A date with or without quotes.
    pub(crate) fn date(&mut self) -> Result<Time> {
        let text = self.text()?;
        super::date::date(&text).ok_or_else(|| syntax(format!("'{text:.40}' is not a date.")))
    }

    /// A date-time in quotes.
    pub(crate) fn date_time(&mut self) -> Result<Time> {
        let text = text_of(self.quoted()?)?;
        super::date::date_time(&text).ok_or_else(|| syntax(format!("'{text:.40}' is not a date and time.")))
    }
}

/// Quoted strings are UTF-8, and hold no NUL. [RFC 9051 4.3]
fn utf8_only(text: Cow<'_, [u8]>) -> Result<Cow<'_, [u8]>> {
    match std::str::from_utf8(&text).is_ok() && !text.contains(&0) {
        true => Ok(text),
        false => Err(syntax("A quoted string is not in UTF-8.")),
    }
}

fn text_of(bytes: Cow<'_, [u8]>) -> Result<String> {
    String::from_utf8(bytes.into_owned()).map_err(|_| syntax("A string is not in UTF-8."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn strings() {
        for (wire, text, rest) in [
            ("abc def", "abc", " def"),
            ("a]b)", "a]b", ")"),
            ("\"\"", "", ""),
            ("\"a b\" c", "a b", " c"),
            ("\"a\\\"b\\\\\"", "a\"b\\", ""),
            ("{3}\r\na\"b c", "a\"b", " c"),
            ("{0+}\r\n)", "", ")"),
            ("\"a\\x\"", "!", ""),
            ("\"open", "!", ""),
            ("\"a\r\n\"", "!", ""),
            ("{9}\r\nabc", "!", ""),
            ("{99999999999999999999}\r\n", "!", ""),
            ("{3}abc", "!", ""),
            ("", "!", ""),
            ("(", "!", ""),
        ] {
            let mut words = Words::of(wire.as_bytes(), false);
            match words.text() {
                Ok(seen) => assert_eq!((seen.as_str(), words.rest), (text, rest.as_bytes()), "{wire}"),
                Err(error) => assert_eq!((text, error.id()), ("!", "Syntax"), "{wire}"),
            }
        }
        assert!(Words::of(b"\"k\xe4se\"", false).text().is_err());
    }

    #[test]
    fn flags_and_sets() {
        for (wire, flags) in [
            ("()", Some(vec![])),
            ("(\\Seen $Forwarded)", Some(vec!["\\Seen", "$Forwarded"])),
            ("\\Seen foo", Some(vec!["\\Seen", "foo"])),
            ("(\\Seen", None),
            ("(\\)", None),
            ("(\\*)", None),
        ] {
            let seen = Words::of(wire.as_bytes(), false).flags().ok();
            assert_eq!(seen, flags.map(|f| f.into_iter().map(String::from).collect()), "{wire}");
        }
        let many = format!("({})", vec!["k"; 10_000].join(" "));
        assert_eq!(Words::of(many.as_bytes(), false).flags().unwrap_err().id(), "TooManyKeywords");
        assert_eq!(Words::of(b"$ x", false).set().unwrap(), Set::Saved);
        assert_eq!(Words::of(b"2,4:1", false).set().unwrap(), Set::Ranges(vec![(2, 2), (1, 4)]));
        assert!(Words::of(b"1,,2", false).set().is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(proptest::sample::select(&b"a1\"\\{}()+~\r\n *:,$&-\xc3\xa4\0"[..]), 0..30)) {
            let fresh = || Words::of(&bytes, false);
            let _read = (
                fresh().text().is_ok(), fresh().folder().is_ok(), fresh().set().is_ok(), fresh().flags().is_ok(),
                fresh().date_time().is_ok(), fresh().nstring().is_ok(), fresh().message_literal().is_ok(),
            );
        }
    }
}
