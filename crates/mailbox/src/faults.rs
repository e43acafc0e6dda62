//! What failed the last time that work was done on each database which goes on when a part of it fails.

use object::Error;
use object::types::Guid;
use parking_lot::Mutex;
use std::collections::BTreeMap;

/// Work on a database that goes on when a part of it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Round {
    Mending,
    RetentionOfMailboxes,
    RetentionOfItems,
}

impl Round {
    fn words(self) -> &'static str {
        match self {
            Round::Mending => "could not be mended",
            Round::RetentionOfMailboxes => "could not be purged",
            Round::RetentionOfItems => "could not be emptied of deleted items",
        }
    }
}

/// What failed the last time that each kind of work was done on each database.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<BTreeMap<(Guid, Round), Vec<String>>>);

impl Faults {
    /// Notes how a round ended; one without faults ends what was said of the one before.
    pub(crate) fn note(&self, database: Guid, round: Round, faults: &[Error]) {
        let sentence = |error: &Error| match error.target_name() {
            Some(mailbox) => format!("The mailbox {mailbox} {}: {error}", round.words()),
            None => format!("Its mailboxes {}: {error}", round.words()),
        };
        let said: Vec<String> = faults.iter().take(FAULTS_MAX).map(sentence).collect();
        self.0.lock().insert((database, round), said);
    }

    /// What is known of a database.
    pub(crate) fn of(&self, database: Guid) -> Vec<String> {
        let known = self.0.lock();
        known.iter().filter(|((of, _), _)| *of == database).flat_map(|(_, said)| said.clone()).collect()
    }
}

/// How many faults of one round are kept; the log has all of them.
const FAULTS_MAX: usize = 100;
