//! What people do for themselves: a cmdlet that a `My…` role gives them works on their own mailbox and on no other.

use crate::authority::for_others;
use crate::rooms::Rooms;
use directory::Record;
use gate::Call;
use object::{Error, ErrorId, Result};

/// Refuses whoever has the cmdlet only for their own mailbox, and names another one.
pub(crate) fn check(rooms: &Rooms, call: &Call, record: &Record) -> Result<()> {
    if call.caller().account == Some(record.guid()) || for_others(rooms.directory(), call.author()) {
        return Ok(());
    }
    // What one may not use is answered like what there is not.
    let message =
        format!("The operation couldn't be performed because object '{}' couldn't be found.", record.name());
    Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
        .help("Your roles let you change your own mailbox only.")
        .about("Identity"))
}
