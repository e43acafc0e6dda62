//! The keys of SEARCH as they are written.  [RFC 9051 6.4.4] [RFC 5032] [RFC 7162 3.1.5] [RFC 8474 6] [RFC 8514 4.3]

use crate::limits::{SEARCH_DEPTH_MAX, SEARCH_KEYS_MAX};
use crate::wire::sequence::Set;
use crate::wire::words::{Words, syntax};
use object::{Error, ErrorId, Result, Time};

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Key {
    /// Every message.
    All,
    /// A flag or keyword that must be set, or with `false` must not.
    Flag(String, bool),
    /// `NEW`, `OLD` and `RECENT`: whether this session is the first to see it.
    Recent(bool),
    /// Message numbers.
    Numbers(Set),
    /// UIDs.
    Uids(Set),
    /// A text, somewhere.
    Text(TextField, String),
    /// A day, compared in a way.
    Day(When, Which, Time),
    /// Younger than so many seconds, or with `false` older. [RFC 5032]
    Younger(u32, bool),
    /// More bytes than that.
    Larger(u64),
    /// Fewer bytes than that.
    Smaller(u64),
    /// Changed no earlier than that change. [RFC 7162 3.1.5]
    ModSeq(u64),
    /// [RFC 8474 6]
    EmailId(String),
    /// [RFC 8474 6]
    ThreadId(String),
    /// Whether the store keeps the save date: it always does. [RFC 8514 4.3]
    SaveDateSupported,
    /// The opposite.
    Not(Box<Key>),
    /// One of them.
    Any(Vec<Key>),
    /// All of them.
    Every(Vec<Key>),
}

/// Which part of a message a text is looked for in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TextField {
    From,
    To,
    Cc,
    Bcc,
    Subject,
    /// A header field of that name; an empty text asks whether it is there.
    Header(String),
    Body,
    /// Header or body.
    Text,
}

/// Which of a message's dates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum When {
    Received,
    Sent,
    Saved,
}

/// How a day is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Which {
    Before,
    On,
    Since,
}

/// A whole SEARCH program.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Program {
    pub(crate) key: Key,
}

impl Program {
    /// Whether a MODSEQ key was given: then the answer tells the highest one. [RFC 7162 3.1.5]
    pub(crate) fn asks_modseq(&self) -> bool {
        self.key.any(&|key| matches!(key, Key::ModSeq(_)))
    }
}

impl Key {
    /// Whether a key of the tree is such a one; as deep as [`SEARCH_DEPTH_MAX`].
    pub(crate) fn any(&self, is: &dyn Fn(&Key) -> bool) -> bool {
        is(self)
            || match self {
                Key::Not(inner) => inner.any(is),
                Key::Any(keys) | Key::Every(keys) => keys.iter().any(|key| key.any(is)),
                _ => false,
            }
    }
}

/// Reads `[CHARSET name] key *(SP key)` to the end of the command.
pub(crate) fn program(words: &mut Words<'_>) -> Result<Program> {
    let charset = match words.eat_word("CHARSET") {
        true => {
            words.space()?;
            let charset = words.text()?;
            words.space()?;
            charset
        }
        false => String::new(),
    };
    keys(words, charset)
}

/// Reads the keys, whose strings are in that charset: an empty name is UTF-8.
pub(crate) fn keys(words: &mut Words<'_>, charset: String) -> Result<Program> {
    if !charset.is_empty() && !message::charset::is_known(&charset) {
        return Err(Error::caller(ErrorId::BadCharset, "That charset is not known here."));
    }
    let mut parser = Parser { words, charset, left: SEARCH_KEYS_MAX };
    let mut keys = vec![parser.key(0)?];
    while parser.words.eat(b' ') {
        keys.push(parser.key(0)?);
    }
    parser.words.end()?;
    Ok(Program { key: every(keys) })
}

fn every(mut keys: Vec<Key>) -> Key {
    if keys.len() == 1 { keys.swap_remove(0) } else { Key::Every(keys) }
}

struct Parser<'a, 'b> {
    words: &'a mut Words<'b>,
    charset: String,
    left: usize,
}

impl Parser<'_, '_> {
    fn key(&mut self, depth: usize) -> Result<Key> {
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| Error::limit(ErrorId::SearchTooLong, "Too many search keys."))?;
        if depth > SEARCH_DEPTH_MAX {
            return Err(Error::limit(ErrorId::SearchTooDeep, "The search keys are nested too deeply."));
        }
        if self.words.eat(b'(') {
            return self.group(depth);
        }
        if self.words.is_at_set() {
            return Ok(Key::Numbers(self.words.set()?));
        }
        let name = self.words.keyword()?;
        match name.as_str() {
            "OR" => self.or(depth),
            "NOT" => {
                self.words.space()?;
                Ok(Key::Not(Box::new(self.key(depth + 1)?)))
            }
            name => self.simple(name),
        }
    }

    fn group(&mut self, depth: usize) -> Result<Key> {
        let mut keys = vec![self.key(depth + 1)?];
        while self.words.eat(b' ') {
            keys.push(self.key(depth + 1)?);
        }
        self.words.need(b')')?;
        Ok(every(keys))
    }

    /// `OR a OR b OR c d` is how clients write long lists: a loop, not a level each.
    fn or(&mut self, depth: usize) -> Result<Key> {
        let mut keys = Vec::new();
        loop {
            self.words.space()?;
            keys.push(self.key(depth + 1)?);
            self.words.space()?;
            if !self.words.eat_word("OR") {
                keys.push(self.key(depth + 1)?);
                return Ok(Key::Any(keys));
            }
        }
    }

    fn simple(&mut self, name: &str) -> Result<Key> {
        let flag = |flag: &str, set| Ok(Key::Flag(flag.to_string(), set));
        match name {
            "ALL" => Ok(Key::All),
            "ANSWERED" => flag("\\Answered", true),
            "DELETED" => flag("\\Deleted", true),
            "DRAFT" => flag("\\Draft", true),
            "FLAGGED" => flag("\\Flagged", true),
            "SEEN" => flag("\\Seen", true),
            "UNANSWERED" => flag("\\Answered", false),
            "UNDELETED" => flag("\\Deleted", false),
            "UNDRAFT" => flag("\\Draft", false),
            "UNFLAGGED" => flag("\\Flagged", false),
            "UNSEEN" => flag("\\Seen", false),
            "NEW" => Ok(Key::Every(vec![Key::Recent(true), Key::Flag("\\Seen".into(), false)])),
            "OLD" => Ok(Key::Recent(false)),
            "RECENT" => Ok(Key::Recent(true)),
            "SAVEDATESUPPORTED" => Ok(Key::SaveDateSupported),
            name => {
                self.words.space()?;
                self.with_argument(name)
            }
        }
    }

    fn with_argument(&mut self, name: &str) -> Result<Key> {
        if let Some((when, which)) = day(name) {
            return Ok(Key::Day(when, which, self.words.date()?));
        }
        Ok(match name {
            "FROM" => Key::Text(TextField::From, self.text()?),
            "TO" => Key::Text(TextField::To, self.text()?),
            "CC" => Key::Text(TextField::Cc, self.text()?),
            "BCC" => Key::Text(TextField::Bcc, self.text()?),
            "SUBJECT" => Key::Text(TextField::Subject, self.text()?),
            "BODY" => Key::Text(TextField::Body, self.text()?),
            "TEXT" => Key::Text(TextField::Text, self.text()?),
            "HEADER" => self.header()?,
            "KEYWORD" => Key::Flag(self.words.atom()?.to_string(), true),
            "UNKEYWORD" => Key::Flag(self.words.atom()?.to_string(), false),
            "LARGER" => Key::Larger(self.words.number64()?),
            "SMALLER" => Key::Smaller(self.words.number64()?),
            "UID" => Key::Uids(self.words.set()?),
            "YOUNGER" => Key::Younger(self.seconds()?, true),
            "OLDER" => Key::Younger(self.seconds()?, false),
            "MODSEQ" => self.modseq()?,
            "EMAILID" => Key::EmailId(self.words.atom()?.to_string()),
            "THREADID" => Key::ThreadId(self.words.atom()?.to_string()),
            other => return Err(syntax(format!("{other:.40} is not a search key."))),
        })
    }

    fn header(&mut self) -> Result<Key> {
        let name = self.words.text()?;
        self.words.space()?;
        Ok(Key::Text(TextField::Header(name), self.text()?))
    }

    /// A string in the charset of the command. [RFC 9051 6.4.4]
    fn text(&mut self) -> Result<String> {
        let bytes = self.words.astring()?;
        match self.charset.is_empty() {
            true => String::from_utf8(bytes.into_owned()).map_err(|_| syntax("A string is not in UTF-8.")),
            false => Ok(message::charset::decode(&self.charset, &bytes).into_owned()),
        }
    }

    /// An interval of seconds, which is never zero. [RFC 5032 4]
    fn seconds(&mut self) -> Result<u32> {
        match self.words.number()? {
            0 => Err(syntax("An interval of no seconds.")),
            seconds => Ok(seconds),
        }
    }

    /// `MODSEQ ["/flags/x" all] n`: we keep one number for all of a message. [RFC 7162 3.1.5]
    fn modseq(&mut self) -> Result<Key> {
        if self.words.peek() == Some(b'"') {
            self.words.string()?;
            self.words.space()?;
            if !["PRIV", "SHARED", "ALL"].into_iter().any(|kind| self.words.eat_word(kind)) {
                return Err(syntax("priv, shared or all is missing."));
            }
            self.words.space()?;
        }
        Ok(Key::ModSeq(self.words.number64()?))
    }
}

fn day(name: &str) -> Option<(When, Which)> {
    let (when, rest) = match name {
        _ if name.starts_with("SENT") => (When::Sent, &name[4..]),
        _ if name.starts_with("SAVED") => (When::Saved, &name[5..]),
        _ => (When::Received, name),
    };
    let which = match rest {
        "BEFORE" => Which::Before,
        "ON" => Which::On,
        "SINCE" => Which::Since,
        _ => return None,
    };
    Some((when, which))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Key> {
        program(&mut Words::of(text.as_bytes(), false)).map(|program| program.key)
    }

    #[test]
    fn keys_as_written() {
        let day = Time::of_date(2026, 2, 1);
        for (text, key) in [
            ("ALL", Key::All),
            (
                "1:3,5 UNSEEN",
                Key::Every(vec![
                    Key::Numbers(Set::Ranges(vec![(1, 3), (5, 5)])),
                    Key::Flag("\\Seen".into(), false),
                ]),
            ),
            ("$", Key::Numbers(Set::Saved)),
            ("from \"ann b\"", Key::Text(TextField::From, "ann b".into())),
            ("HEADER X-Y {2}\r\nab", Key::Text(TextField::Header("X-Y".into()), "ab".into())),
            ("CHARSET ISO-8859-1 SUBJECT {4}\r\nK\u{e4}s", Key::Text(TextField::Subject, "KÃ¤s".into())),
            ("SENTSINCE 1-Feb-2026", Key::Day(When::Sent, Which::Since, day)),
            ("SAVEDON \"1-Feb-2026\"", Key::Day(When::Saved, Which::On, day)),
            (
                "NOT (SEEN DELETED)",
                Key::Not(Box::new(Key::Every(vec![
                    Key::Flag("\\Seen".into(), true),
                    Key::Flag("\\Deleted".into(), true),
                ]))),
            ),
            ("OR ALL OR SEEN ALL", Key::Any(vec![Key::All, Key::Flag("\\Seen".into(), true), Key::All])),
            ("MODSEQ \"/flags/\\\\draft\" all 620162338", Key::ModSeq(620_162_338)),
            ("OLDER 60", Key::Younger(60, false)),
            ("KEYWORD NIL", Key::Flag("NIL".into(), true)),
            ("SUBJECT NIL", Key::Text(TextField::Subject, "NIL".into())),
            ("UID 4:*", Key::Uids(Set::Ranges(vec![(4, 0)]))),
        ] {
            assert_eq!(read(text).unwrap(), key, "{text}");
        }
    }

    #[test]
    fn what_is_refused() {
        let nots = format!("{}ALL", "NOT ".repeat(10_000));
        let brackets = "(".repeat(10_000);
        let many = "ALL ".repeat(30_000);
        for (text, id) in [
            ("", "Syntax"),
            ("NONSENSE", "Syntax"),
            ("ALL ", "Syntax"),
            ("FROM", "Syntax"),
            ("(ALL", "Syntax"),
            ("OR ALL", "Syntax"),
            ("SINCE 31-Feb-2026", "Syntax"),
            ("YOUNGER 0", "Syntax"),
            ("LARGER 99999999999999999999", "Syntax"),
            ("CHARSET klingon ALL", "BadCharset"),
            (&nots, "SearchTooDeep"),
            (&brackets, "SearchTooDeep"),
            (&many, "SearchTooLong"),
        ] {
            assert_eq!(read(text).unwrap_err().id(), id, "{text:.40}");
        }
    }

    #[test]
    fn ten_thousand_ored_keys_are_one_list() {
        let text = format!("{}ALL", "OR SEEN ".repeat(10_000));
        match read(&text).unwrap() {
            Key::Any(keys) => assert_eq!(keys.len(), 10_001),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[A-Z0-9 ()$:*,\"{}\\\\-]{0,40}") {
            let _read = read(&text).is_ok();
        }
    }
}
