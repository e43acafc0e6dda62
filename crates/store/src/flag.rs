//! Flags: a small set of bits that every protocol knows, and keywords that users make up.

use object::{Error, ErrorId, Result};

/// The fixed flags of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// No flag.
    pub const NONE: Flags = Flags(0);
    /// It was read.
    pub const SEEN: Flags = Flags(1);
    /// It was answered.
    pub const ANSWERED: Flags = Flags(2);
    /// It is marked for attention.
    pub const FLAGGED: Flags = Flags(4);
    /// It is marked to be expunged.
    pub const DELETED: Flags = Flags(8);
    /// It is not finished.
    pub const DRAFT: Flags = Flags(16);
    /// Folder associated information, not a message: kept among the items, shown by no mail client. [MS-OXCFXICS]
    /// Given when an item is made; no flag change touches it.
    pub const ASSOCIATED: Flags = Flags(1 << 8);
    /// What [`Mailbox::change_flags`](crate::Mailbox::change_flags) can change.
    pub const CHANGEABLE: Flags = Flags(31);

    /// Whether all of `other` are set.
    pub const fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
    /// These and those.
    pub const fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
    /// These but not those.
    pub const fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
    /// Only those that are in both.
    pub const fn and(self, other: Flags) -> Flags {
        Flags(self.0 & other.0)
    }

    pub(crate) fn unread(self) -> bool {
        !self.has(Flags::SEEN) && !self.has(Flags::ASSOCIATED)
    }
}

impl std::ops::BitOr for Flags {
    type Output = Flags;
    fn bitor(self, other: Flags) -> Flags {
        self.with(other)
    }
}

/// How a flag change is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlagMode {
    /// These and no others.
    Replace,
    /// These as well.
    Add,
    /// Not these.
    Remove,
}

/// A flag change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlagChange {
    /// How it is meant.
    pub mode: FlagMode,
    /// The fixed flags.
    pub flags: Flags,
    /// The keywords, compared without regard to case.
    pub keywords: Vec<String>,
}

/// A keyword is one word of printable ASCII of at most this length; IMAP allows no other. [RFC 9051 9 flag-keyword]
pub const KEYWORD_BYTES_MAX: usize = 100;
/// How many keywords one item can have; clients use a handful.
pub const ITEM_KEYWORDS_MAX: usize = 64;
/// How many keywords a folder can know; they are all listed when it is opened.
pub const FOLDER_KEYWORDS_MAX: usize = 500;

/// Whether the word can be a keyword.
pub fn is_keyword(word: &str) -> bool {
    let good = |b: u8| b.is_ascii_graphic() && !b"(){%*\"\\]".contains(&b);
    !word.is_empty() && word.len() <= KEYWORD_BYTES_MAX && word.bytes().all(good)
}

pub(crate) fn check_keywords(words: &[String]) -> Result<()> {
    if let Some(bad) = words.iter().find(|word| !is_keyword(word)) {
        let message = format!("'{}' cannot be a keyword.", bad.escape_default());
        return Err(Error::caller(ErrorId::KeywordInvalid, message)
            .help("A keyword is one word of ASCII letters, digits and signs, at most 100 of them."));
    }
    Ok(())
}

impl FlagChange {
    /// The flags after the change.
    pub(crate) fn flags(&self, old: Flags) -> Flags {
        let asked = self.flags.and(Flags::CHANGEABLE);
        match self.mode {
            FlagMode::Replace => old.without(Flags::CHANGEABLE).with(asked),
            FlagMode::Add => old.with(asked),
            FlagMode::Remove => old.without(asked),
        }
    }

    /// The keywords after the change, as they are kept: sorted and parted by blanks.
    pub(crate) fn keywords(&self, old: &str) -> Result<String> {
        let is_asked = |word: &&str| self.keywords.iter().any(|asked| asked.eq_ignore_ascii_case(word));
        let asked = self.keywords.iter().map(String::as_str);
        let kept = old.split_ascii_whitespace();
        match self.mode {
            FlagMode::Replace => join(asked.collect()),
            FlagMode::Add => join(kept.filter(|word| !is_asked(word)).chain(asked).collect()),
            FlagMode::Remove => join(kept.filter(|word| !is_asked(word)).collect()),
        }
    }
}

/// Keywords as they are kept.
pub(crate) fn join(mut words: Vec<&str>) -> Result<String> {
    words.sort_unstable_by_key(|word| word.to_ascii_lowercase());
    words.dedup_by(|a, b| a.eq_ignore_ascii_case(b));
    if words.len() > ITEM_KEYWORDS_MAX {
        let message = format!("An item can have at most {ITEM_KEYWORDS_MAX} keywords.");
        return Err(Error::limit(ErrorId::TooManyKeywords, message));
    }
    Ok(words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_of_flags_and_keywords() {
        use FlagMode::{Add, Remove, Replace};
        let (s, d, a) = (Flags::SEEN, Flags::DELETED, Flags::ASSOCIATED);
        for (mode, flags, words, old, old_words, new, new_words) in [
            (Add, s, &["b"][..], d, "a c", d | s, "a b c"),
            (Add, s, &["A"], s, "a", s, "A"),
            (Remove, s, &["A", "x"], d | s, "a c", d, "c"),
            (Replace, s, &[], d | a, "a", s | a, ""),
            (Replace, Flags::NONE, &["z", "Y", "z"], s, "a", Flags::NONE, "Y z"),
            (Remove, a, &[], a | s, "", a | s, ""),
            (Add, a, &[], s, "", s, ""),
        ] {
            let keywords = words.iter().map(|w| (*w).to_owned()).collect();
            let change = FlagChange { mode, flags, keywords };
            assert_eq!((change.flags(old), change.keywords(old_words).unwrap().as_str()), (new, new_words));
        }
        let many = (0..65).map(|n| format!("k{n}")).collect();
        assert!(FlagChange { mode: Add, flags: s, keywords: many }.keywords("").is_err());
    }

    #[test]
    fn what_a_keyword_can_be() {
        for (word, good) in [
            ("$Junk", true),
            ("NonJunk", true),
            ("", false),
            ("a b", false),
            ("\\Seen", false),
            ("ü", false),
            ("a\0", false),
        ] {
            assert_eq!(is_keyword(word), good, "{word:?}");
        }
        assert!(!is_keyword(&"x".repeat(101)));
    }
}
