//! What people do for themselves: a cmdlet that a `My…` role gives them works on what is their own, and shows of others what
//! the address list shows.

use crate::authority::{for_others, gives};
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::recipient::HIDDEN_FROM_LISTS;
use directory::{IdentityKind, Record, Scope};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Error, Result};
use std::sync::Arc;

/// Whom a caller sees with a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Everybody.
    Everybody,
    /// Whoever stands in the address list, and the groups that they own.
    AddressList(Guid),
    /// Themselves.
    Oneself(Guid),
}

impl Sight {
    /// Whom the caller of a command sees with it.
    pub(crate) fn of(rooms: &Rooms, call: &Call) -> Sight {
        let author = call.author();
        let Some(account) = author.account else { return Sight::Everybody };
        if for_others(rooms.directory(), author) {
            return Sight::Everybody;
        }
        let listed = |scope| matches!(scope, Scope::Owned | Scope::AddressList);
        if gives(rooms.directory(), author, &listed) {
            Sight::AddressList(account)
        } else {
            Sight::Oneself(account)
        }
    }

    /// Whether a recipient is seen; of what is no recipient the roles alone say who reads it.
    pub(crate) fn sees(self, rooms: &Rooms, record: &Record) -> bool {
        let (account, listed) = match self {
            Sight::Everybody => return true,
            Sight::AddressList(account) => (account, true),
            Sight::Oneself(account) => (account, false),
        };
        let in_list = || {
            record.is_mail_enabled() && !record.is(&HIDDEN_FROM_LISTS)
                || rooms.directory().is_owner(record, account)
        };
        !record.class().is_recipient() || record.guid() == account || listed && in_list()
    }
}

/// The one object that `-Identity` names, if the caller sees it.
pub(crate) fn one(rooms: &Rooms, call: &Call, kind: &'static IdentityKind) -> Result<Arc<Record>> {
    named(rooms, call, kind, &call.need(&IDENTITY)?)
}

/// The object of a name, if the caller sees it: what one may not see is answered like what there is not.
pub(crate) fn named(
    rooms: &Rooms,
    call: &Call,
    kind: &'static IdentityKind,
    identity: &ObjectId,
) -> Result<Arc<Record>> {
    let (found, sight) = (rooms.directory().resolve(kind, identity), Sight::of(rooms, call));
    match (found, sight) {
        (Ok(record), sight) if sight.sees(rooms, &record) => Ok(record),
        (Err(error), Sight::Everybody | Sight::AddressList(_)) => Err(error),
        _ => Err(unseen(rooms, sight, &identity.shown)),
    }
}

fn unseen(rooms: &Rooms, sight: Sight, text: &str) -> Error {
    let error = rooms.directory().nothing_named(text);
    if matches!(sight, Sight::Oneself(_)) {
        return error.help("Your roles let you see and change your own mailbox only.");
    }
    error
}
