//! What people do for themselves: a cmdlet that a `My…` role gives them works on their own mailbox and on no other.

use crate::rooms::Rooms;
use directory::schema::role::PARENT;
use directory::{Record, built_in_role};
use gate::Call;
use object::{Error, ErrorId, Result};

/// So many roles can be parts of each other.
const DEPTH_MAX: usize = 16;

/// Refuses whoever has the cmdlet only for their own mailbox, and names another one; `roles` give it for all mailboxes.
pub(crate) fn check(rooms: &Rooms, call: &Call, record: &Record, roles: &[&str]) -> Result<()> {
    let caller = call.caller();
    if caller.is_system() || caller.account == Some(record.guid()) {
        return Ok(());
    }
    let held = caller.account.map(|account| rooms.directory().roles_of(account)).unwrap_or_default();
    let administers = |role: &String| origin(rooms, role).is_some_and(|role| roles.contains(&role));
    if held.iter().any(administers) {
        return Ok(());
    }
    // What one may not use is answered like what there is not.
    let message =
        format!("The operation couldn't be performed because object '{}' couldn't be found.", record.name());
    Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
        .help("Your roles let you change your own mailbox only.")
        .about("Identity"))
}

/// The role from the beginning of which a role is a part.
fn origin(rooms: &Rooms, role: &str) -> Option<&'static str> {
    let mut name = role.to_owned();
    for _ in 0..DEPTH_MAX {
        if let Some(found) = built_in_role(&name) {
            return Some(found);
        }
        name = rooms.directory().made_role(&name)?.get(&PARENT)?;
    }
    None
}
