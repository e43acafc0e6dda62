//! Whether a mailbox belongs to somebody, and why it does not.

use object::{Error, ErrorId, Result};

use crate::ledger::Numbers;

/// Whether a mailbox belongs to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// It does.
    Connected,
    /// Disabled or removed; it can be connected again until it is purged.
    Disabled,
    /// Left behind by a move; it can be restored from.
    SoftDeleted,
    /// It is being purged; nothing can stop that.
    Purging,
}

impl State {
    const ALL: [State; 4] = [State::Connected, State::Disabled, State::SoftDeleted, State::Purging];

    pub(crate) fn of_number(number: i64) -> Result<State> {
        let damaged = || Error::server(ErrorId::MailboxDamaged, "The state of a mailbox is damaged.");
        State::ALL.into_iter().find(|state| *state as i64 == number).ok_or_else(damaged)
    }

    /// Refuses changes to a mailbox that belongs to nobody.
    pub(crate) fn connected(numbers: &Numbers) -> Result<()> {
        match State::of_number(numbers.state)? {
            State::Connected => Ok(()),
            _ => Err(Error::conflict(ErrorId::MailboxDisconnected, "The mailbox is disconnected.")),
        }
    }
}

/// Why a mailbox is disconnected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// By Disable-Mailbox or Remove-Mailbox.
    Disabled,
    /// By a move to another database.
    SoftDeleted,
}

impl DisconnectReason {
    /// The word that statistics show.
    pub fn name(self) -> &'static str {
        match self {
            DisconnectReason::Disabled => "Disabled",
            DisconnectReason::SoftDeleted => "SoftDeleted",
        }
    }
    pub(crate) fn state(self) -> State {
        match self {
            DisconnectReason::Disabled => State::Disabled,
            DisconnectReason::SoftDeleted => State::SoftDeleted,
        }
    }
}
