//! What somebody may do in a folder, as IMAP's letters say it, and as Exchange's roles mean it.  [RFC 4314 2.1]

/// Rights in a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FolderRights(u16);

/// Each right with its letter, in the order of the standard.
const LETTERS: [(char, FolderRights); 11] = [
    ('l', FolderRights::LOOKUP),
    ('r', FolderRights::READ),
    ('s', FolderRights::SEEN),
    ('w', FolderRights::WRITE),
    ('i', FolderRights::INSERT),
    ('p', FolderRights::POST),
    ('k', FolderRights::CREATE),
    ('x', FolderRights::DELETE_FOLDER),
    ('t', FolderRights::DELETE),
    ('e', FolderRights::EXPUNGE),
    ('a', FolderRights::ADMINISTER),
];

/// The letters of RFC 2086, each for several of today's. [RFC 4314 2.1.1]
const OLD_LETTERS: [(char, FolderRights); 2] = [
    ('c', FolderRights::CREATE.and(FolderRights::DELETE_FOLDER)),
    ('d', FolderRights::DELETE.and(FolderRights::EXPUNGE)),
];

impl FolderRights {
    /// None.
    pub const NONE: FolderRights = FolderRights(0);
    /// The folder is seen.
    pub const LOOKUP: FolderRights = FolderRights(1);
    /// Its messages are read.
    pub const READ: FolderRights = FolderRights(1 << 1);
    /// They are marked as read.
    pub const SEEN: FolderRights = FolderRights(1 << 2);
    /// Their other flags are changed.
    pub const WRITE: FolderRights = FolderRights(1 << 3);
    /// Messages are put there.
    pub const INSERT: FolderRights = FolderRights(1 << 4);
    /// Mail is sent there.
    pub const POST: FolderRights = FolderRights(1 << 5);
    /// Folders are made below it.
    pub const CREATE: FolderRights = FolderRights(1 << 6);
    /// It is deleted or renamed.
    pub const DELETE_FOLDER: FolderRights = FolderRights(1 << 7);
    /// Its messages are marked as deleted.
    pub const DELETE: FolderRights = FolderRights(1 << 8);
    /// Those are expunged.
    pub const EXPUNGE: FolderRights = FolderRights(1 << 9);
    /// Its permissions are changed.
    pub const ADMINISTER: FolderRights = FolderRights(1 << 10);
    /// All of them: the owner's, and those of Full Access.
    pub const ALL: FolderRights = FolderRights((1 << 11) - 1);

    /// Those that change what is in a folder: it is written to. [RFC 4314 5.2]
    pub const CHANGING: FolderRights = FolderRights(1 << 2 | 1 << 3 | 1 << 4 | 1 << 8 | 1 << 9);

    /// Whether all of `rights` are there.
    pub fn has(self, rights: FolderRights) -> bool {
        self.0 & rights.0 == rights.0
    }

    /// Whether any of `rights` is there.
    pub fn has_any(self, rights: FolderRights) -> bool {
        self.0 & rights.0 != 0
    }

    /// The letters, `lrs`.
    pub fn letters(self) -> String {
        LETTERS.iter().filter(|(_, right)| self.has(*right)).map(|(letter, _)| letter).collect()
    }

    /// The letters as a client reads them: those of RFC 2086 stand beside what became of them. [RFC 4314 2.1.1]
    pub fn listed(self) -> String {
        let old = OLD_LETTERS.iter().filter(|(_, rights)| self.has_any(*rights)).map(|(letter, _)| letter);
        self.letters().chars().chain(old.copied()).collect()
    }

    /// Rights by their letters, in any order; nothing where a letter is no right. [RFC 4314 2.1]
    pub fn parse(letters: &str) -> Option<FolderRights> {
        letters.chars().try_fold(FolderRights::NONE, |all, letter| {
            let known = LETTERS.iter().chain(&OLD_LETTERS).find(|(known, _)| *known == letter);
            known.map(|(_, rights)| all | *rights)
        })
    }

    /// All of both, in a constant.
    #[must_use]
    pub const fn and(self, others: FolderRights) -> FolderRights {
        FolderRights(self.0 | others.0)
    }
}

impl std::ops::BitOr for FolderRights {
    type Output = FolderRights;
    fn bitor(self, other: FolderRights) -> FolderRights {
        FolderRights(self.0 | other.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;

    #[test]
    fn rights_have_letters() {
        let some = FolderRights::READ | FolderRights::LOOKUP;
        assert_eq!((some.letters().as_str(), FolderRights::NONE.letters().as_str()), ("lr", ""));
        assert_eq!(FolderRights::ALL.letters(), "lrswipkxtea");
        for (written, listed) in
            [("", ""), ("rl", "lr"), ("c", "kxc"), ("tk", "ktcd"), ("lrswipcda", "lrswipkxteacd")]
        {
            assert_eq!(FolderRights::parse(written).unwrap().listed(), listed, "{written}");
        }
        for none in ["L", "z", "l r", "0", "+l", "ł"] {
            assert_eq!(FolderRights::parse(none), None, "{none}");
        }
        assert!(FolderRights::ALL.has(some) && !some.has(FolderRights::SEEN | FolderRights::READ));
        assert!(
            some.has_any(FolderRights::SEEN | FolderRights::READ) && !some.has_any(FolderRights::CHANGING)
        );
    }
}
