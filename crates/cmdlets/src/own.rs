//! What people do for themselves: a cmdlet that a `My…` role gives them works on their own mailbox and on no other.

use crate::rooms::Rooms;
use directory::schema::role::PARENT;
use directory::{Record, built_in_role};
use gate::Call;
use object::{Error, ErrorId, Result};

/// So many roles can be parts of each other.
const DEPTH_MAX: usize = 16;

/// The roles that give such cmdlets for everybody's mailbox.
const CHANGE_ALL: [&str; 2] = ["Mail Recipients", "User Options"];
/// The roles that show what is there, and change nothing.
const SEE_ALL: [&str; 3] = ["Mail Recipients", "User Options", "View-Only Recipients"];

/// Refuses whoever has the cmdlet only for their own mailbox, and names another one.
pub(crate) fn check(rooms: &Rooms, call: &Call, record: &Record) -> Result<()> {
    let caller = call.caller();
    if caller.is_system() || caller.account == Some(record.guid()) {
        return Ok(());
    }
    let held = caller.account.map(|account| rooms.directory().roles_of(account)).unwrap_or_default();
    // Whoever may look at all may not therefore change all: the cmdlet itself they have for their own mailbox.
    let roles: &[&str] = if call.command().starts_with("Get-") { &SEE_ALL } else { &CHANGE_ALL };
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
