//! Folder names as clients write them, and as they are shown.  [RFC 9051 5.1]

use super::utf7;
use crate::limits::{FOLDER_BYTES_MAX, FOLDER_LEVELS_MAX};
use object::{Error, ErrorId, Result};

/// The hierarchy separator.
pub(crate) const SEPARATOR: char = '/';

/// A folder name that could be a folder's: levels parted by `/`, none of them empty; the first level is
/// `INBOX` in capitals if it is that in any case. [RFC 9051 5.1]
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct FolderName(String);

impl FolderName {
    /// Takes a decoded name apart from one trailing separator, which only declares an intent.
    pub(crate) fn parse(name: &str) -> Result<FolderName> {
        let name = name.strip_suffix(SEPARATOR).unwrap_or(name);
        if name.len() > FOLDER_BYTES_MAX || name.split(SEPARATOR).count() > FOLDER_LEVELS_MAX {
            return Err(Error::limit(ErrorId::FolderNameTooLong, "The folder name is too long or too deep."));
        }
        if name.split(SEPARATOR).any(|level| !is_level(level)) {
            return Err(Error::caller(ErrorId::FolderNameInvalid, "That cannot be a folder's name."));
        }
        Ok(FolderName(with_inbox(name)))
    }

    /// The name, levels parted by `/`.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the inbox.
    pub(crate) fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }
}

/// No level is empty, is a path's dots, or holds control characters.
fn is_level(level: &str) -> bool {
    !level.trim().is_empty() && level != "." && level != ".." && !level.chars().any(char::is_control)
}

/// The name with a first level of `inbox` in capitals.
pub(crate) fn with_inbox(name: &str) -> String {
    let (first, rest) = match name.find(SEPARATOR) {
        Some(at) => name.split_at(at),
        None => (name, ""),
    };
    match first.eq_ignore_ascii_case("INBOX") {
        true => format!("INBOX{rest}"),
        false => name.to_string(),
    }
}

/// The decoded text of a name that came over the wire: UTF-8 where the client asked for it (UTF8=ACCEPT or IMAP4rev2),
/// else modified UTF-7, in which there are no other octets than ASCII's. [RFC 3501 5.1.3]
pub(crate) fn decode(wire: &str, utf8: bool) -> Result<String> {
    if utf8 {
        return Ok(wire.to_string());
    }
    if !wire.is_ascii() {
        return Err(Error::caller(ErrorId::FolderNameInvalid, "The folder name is not in modified UTF-7.")
            .help("Say ENABLE UTF8=ACCEPT or ENABLE IMAP4rev2 to send names in UTF-8."));
    }
    utf7::decode(wire)
        .ok_or_else(|| Error::caller(ErrorId::FolderNameInvalid, "The folder name is not in modified UTF-7."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let long = "a".repeat(10_000);
        let deep = "a/".repeat(50);
        for (name, expected) in [
            ("inbox", "INBOX"),
            ("Inbox/Sub", "INBOX/Sub"),
            ("Inboxes", "Inboxes"),
            ("a/b", "a/b"),
            ("a/b/", "a/b"),
            ("Käse", "Käse"),
            ("..", "-"),
            ("a/../b", "-"),
            ("/", "-"),
            ("/a", "-"),
            ("a//b", "-"),
            ("", "-"),
            (" ", "-"),
            ("a\0b", "-"),
            ("a\r\nb", "-"),
            (&long, "-"),
            (&deep, "-"),
        ] {
            let seen = FolderName::parse(name).map_or("-".to_string(), |name| name.0);
            assert_eq!(seen, expected, "{name:.30}");
        }
    }

    #[test]
    fn two_spellings_are_not_one_folder() {
        assert_eq!(decode("Entw&APw-rfe", false).unwrap(), "Entwürfe");
        assert_eq!(decode("a&-b", true).unwrap(), "a&-b");
        assert!(decode("a&AGE-", false).is_err());
        assert!(decode("&", false).is_err());
        assert!(decode("Entwürfe", false).is_err());
        assert_eq!(decode("Entwürfe", true).unwrap(), "Entwürfe");
    }
}
