//! Log-ons that were proved a moment ago, so that a client that connects all the time pays for one proof.
//!
//! What is kept is a keyed hash over account, change number of the account, and password. The key is made at the start and
//! stands in memory only. Every change of the account gives it another change number, so that password, account and
//! switches hold at once; a password that is wrong finds nothing here and pays. What a foreign directory said is kept for
//! less long, and no longer than the trust stays as it is: nobody tells us when a password is changed there.

use crate::fading::Fading;
use directory::Record;
use object::{Error, ErrorId, Result, Time};
use parking_lot::Mutex;
use std::time::Duration;

/// How many log-ons are remembered; beyond that the oldest is forgotten.
const REMEMBERED_MAX: usize = 100_000;

/// A password of an account as it was at a change number, made unreadable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Seal([u8; 32]);

#[cfg(test)]
impl Seal {
    /// One of its own for every number.
    pub(crate) fn of_test(number: u8) -> Seal {
        Seal([number; 32])
    }
}

/// The log-ons that are remembered.
pub(crate) struct Remembered {
    key: [u8; 32],
    proved: Mutex<Fading<Seal, Time>>,
}

impl Remembered {
    /// An empty memory under a new key.
    pub(crate) fn new() -> Result<Remembered> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            Error::server(ErrorId::RandomMissing, format!("The system gave no randomness: {error}."))
        })?;
        Ok(Remembered { key, proved: Mutex::new(Fading::new(REMEMBERED_MAX)) })
    }

    /// The seal of a password that somebody says is this account's; of a linked mailbox's owner by the word of a trust.
    pub(crate) fn seal(&self, account: &Record, trust: Option<&Record>, password: &str) -> Seal {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        for record in [Some(account), trust].into_iter().flatten() {
            hasher.update(record.guid().to_string().as_bytes());
            hasher.update(&record.change_number().to_be_bytes());
        }
        hasher.update(password.as_bytes());
        Seal(*hasher.finalize().as_bytes())
    }

    /// Whether the password was proved within the last `time`. A clock that was set back proves nothing.
    pub(crate) fn holds(&self, seal: &Seal, time: Duration, now: Time) -> bool {
        let proved = self.proved.lock().get(seal).copied();
        proved.is_some_and(|at| at <= now && at + time > now)
    }

    /// The password was proved now.
    pub(crate) fn note(&self, seal: Seal, now: Time) {
        self.proved.lock().put(seal, now);
    }
}
