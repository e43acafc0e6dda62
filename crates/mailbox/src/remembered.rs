//! Log-ons that were proved a moment ago, so that a client that connects all the time pays for one proof.
//!
//! What is kept is a keyed hash over account, change number of the account, and password. The key is made at the start and
//! stands in memory only. Every change of the account gives it another change number, so that password, account and
//! switches hold at once; a password that is wrong finds nothing here and pays.

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
    lasts: Duration,
    proved: Mutex<Fading<Seal, Time>>,
}

impl Remembered {
    /// A memory that keeps a log-on for `lasts`, under a new key.
    pub(crate) fn new(lasts: Duration) -> Result<Remembered> {
        let mut key = [0; 32];
        getrandom::fill(&mut key).map_err(|error| {
            Error::server(ErrorId::RandomMissing, format!("The system gave no randomness: {error}."))
        })?;
        Ok(Remembered { key, lasts, proved: Mutex::new(Fading::new(REMEMBERED_MAX)) })
    }

    /// The seal of a password that somebody says is this account's.
    pub(crate) fn seal(&self, account: &Record, password: &str) -> Seal {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        hasher.update(account.guid().to_string().as_bytes());
        hasher.update(&account.change_number().to_be_bytes());
        hasher.update(password.as_bytes());
        Seal(*hasher.finalize().as_bytes())
    }

    /// Whether the password was proved a moment ago. A clock that was set back proves nothing.
    pub(crate) fn holds(&self, seal: &Seal, now: Time) -> bool {
        let proved = self.proved.lock().get(seal).copied();
        proved.is_some_and(|at| at <= now && at + self.lasts > now)
    }

    /// The password was proved now.
    pub(crate) fn note(&self, seal: Seal, now: Time) {
        if !self.lasts.is_zero() {
            self.proved.lock().put(seal, now);
        }
    }
}
