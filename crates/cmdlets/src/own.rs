//! What people do for themselves: a cmdlet that a `My…` role gives them works on what is their own, and shows of others what
//! the address list shows.

use crate::authority::{for_others, gives};
use crate::rooms::{IDENTITY, Rooms};
use directory::{AddressBook, IdentityKind, Record, Scope};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Error, Result};
use std::sync::Arc;

/// Whom a caller sees with a command.
pub(crate) enum Sight {
    /// Everybody.
    Everybody,
    /// Whoever stands in the address lists that are theirs, and the groups that they own.
    AddressList(Guid, AddressBook),
    /// Themselves.
    Oneself(Guid),
}

impl Sight {
    /// Whom the caller of a command sees with it.
    pub(crate) fn of(rooms: &Rooms, call: &Call) -> Result<Sight> {
        let (directory, author) = (rooms.directory(), call.author());
        let Some(account) = author.account else { return Ok(Sight::Everybody) };
        if for_others(directory, author) {
            return Ok(Sight::Everybody);
        }
        let listed = |scope| matches!(scope, Scope::Owned | Scope::AddressList);
        Ok(if gives(directory, author, &listed) {
            let book = AddressBook::of(directory, &*directory.need(account)?)?;
            Sight::AddressList(account, book)
        } else {
            Sight::Oneself(account)
        })
    }

    /// Whether a recipient is seen; of what is no recipient the roles alone say who reads it.
    pub(crate) fn sees(&self, rooms: &Rooms, record: &Record) -> bool {
        let directory = rooms.directory();
        let (account, listed) = match self {
            Sight::Everybody => return true,
            Sight::AddressList(account, book) => {
                (*account, book.shows(directory, record) || directory.is_owner(record, *account))
            }
            Sight::Oneself(account) => (*account, false),
        };
        listed || !record.class().is_recipient() || record.guid() == account
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
    let (found, sight) = (rooms.directory().resolve(kind, identity), Sight::of(rooms, call)?);
    match (found, sight) {
        (Ok(record), sight) if sight.sees(rooms, &record) => Ok(record),
        (Err(error), Sight::Everybody | Sight::AddressList(..)) => Err(error),
        (_, sight) => Err(unseen(rooms, &sight, &identity.shown)),
    }
}

fn unseen(rooms: &Rooms, sight: &Sight, text: &str) -> Error {
    let error = rooms.directory().nothing_named(text);
    if matches!(sight, Sight::Oneself(_)) {
        return error.help("Your roles let you see and change your own mailbox only.");
    }
    error
}
