//! The quotas that hold for a mailbox or archive, and which of them a size has reached.

use crate::mailboxes::bytes;
use directory::Record;
use directory::schema::{database as of_database, mailbox as own};
use object::types::Guid;

/// What a size has reached, the least first. The store keeps the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The size from which the owner is warned.
    Warning = 1,
    /// The size from which nothing can be sent.
    Send = 2,
    /// The size from which nothing comes in either.
    Full = 3,
}

/// Quotas in bytes; nothing where there is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quotas {
    pub(crate) warning: Option<u64>,
    pub(crate) send: Option<u64>,
    pub(crate) full: Option<u64>,
    pub(crate) recoverable_warning: Option<u64>,
}

impl Quotas {
    /// Those of a user's mailbox: its own, or its database's where it says so.
    pub(crate) fn of(user: &Record, database: &Record) -> Quotas {
        match user.is(&own::USE_DATABASE_QUOTAS) {
            true => Quotas {
                warning: bytes(database, &of_database::ISSUE_WARNING_QUOTA),
                send: bytes(database, &of_database::SEND_QUOTA),
                full: bytes(database, &of_database::SEND_RECEIVE_QUOTA),
                recoverable_warning: bytes(database, &of_database::RECOVERABLE_ITEMS_WARNING_QUOTA),
            },
            false => Quotas {
                warning: bytes(user, &own::ISSUE_WARNING_QUOTA),
                send: bytes(user, &own::SEND_QUOTA),
                full: bytes(user, &own::SEND_RECEIVE_QUOTA),
                recoverable_warning: bytes(user, &own::RECOVERABLE_ITEMS_WARNING_QUOTA),
            },
        }
    }

    /// Those of a user's archive, which sends nothing.
    fn of_archive(user: &Record) -> Quotas {
        Quotas {
            warning: bytes(user, &own::ARCHIVE_WARNING_QUOTA),
            send: None,
            full: bytes(user, &own::ARCHIVE_QUOTA),
            recoverable_warning: bytes(user, &own::RECOVERABLE_ITEMS_WARNING_QUOTA),
        }
    }

    /// Those of the store mailbox of that GUID, which is a user's mailbox or archive.
    pub(crate) fn of_mailbox(mailbox: Guid, user: &Record, database: &Record) -> Quotas {
        let is_archive = user.get(&own::ARCHIVE_GUID) == Some(mailbox);
        if is_archive { Quotas::of_archive(user) } else { Quotas::of(user, database) }
    }

    /// The last quota that a size has reached, and that quota.
    pub(crate) fn reached(&self, size: u64) -> Option<(Level, u64)> {
        let levels = [(Level::Full, self.full), (Level::Send, self.send), (Level::Warning, self.warning)];
        let quotas = levels.into_iter().filter_map(|(level, quota)| Some((level, quota?)));
        quotas.into_iter().find(|(_, quota)| size >= *quota)
    }

    /// Without a warning that Exchange does not send either: one that begins at half of what ends sending, or below. An archive
    /// sends nothing and has none of these.
    pub(crate) fn told_of(self) -> Quotas {
        let early = |warning: &u64| self.send.is_none_or(|send| warning.saturating_mul(2) > send);
        Quotas { warning: self.warning.filter(early), ..self }
    }

    /// Whether nothing is limited.
    pub(crate) fn limits_nothing(&self) -> bool {
        [self.warning, self.send, self.full].iter().all(Option::is_none)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_reaches_the_last_quota_that_is_not_above_it() {
        let quotas =
            Quotas { warning: Some(60), send: Some(100), full: Some(120), recoverable_warning: None };
        for (size, reached) in [
            (59, None),
            (60, Some((Level::Warning, 60))),
            (99, Some((Level::Warning, 60))),
            (100, Some((Level::Send, 100))),
            (500, Some((Level::Full, 120))),
        ] {
            assert_eq!(quotas.reached(size), reached, "{size}");
        }
        for (warning, send, sent) in [(50, Some(100), false), (51, Some(100), true), (1, None, true)] {
            let told = Quotas { warning: Some(warning), send, ..quotas }.told_of();
            assert_eq!(told.warning.is_some(), sent, "{warning} of {send:?}");
        }
    }
}
