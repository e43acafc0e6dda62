//! Purging a disconnected mailbox for good: what guards it, and the asking before.

use crate::rooms::Rooms;
use ::mailbox::Disconnected;
use directory::Record;
use directory::schema::mailbox::LITIGATION_HOLD_ENABLED;
use gate::{Call, Output};
use object::types::RecipientTypeDetails as Details;
use object::{Error, ErrorId, Result};

/// What a command was told to purge although it is guarded.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Meant {
    pub(crate) arbitration: bool,
    pub(crate) held: bool,
}

/// Refuses to purge a mailbox that was on litigation hold, or one of the system's, unless that is meant.
pub(crate) fn guard(rooms: &Rooms, lost: &Disconnected, meant: &Meant) -> Result<()> {
    let name = lost.to_string();
    if lost.statistics.description.kind == Details::ArbitrationMailbox.to_string() && !meant.arbitration {
        return Err(guarded(&name, "was an arbitration mailbox", "Arbitration", REMOVE));
    }
    let kept = rooms.mailboxes.tombstone(lost)?;
    let before = kept.as_ref().map_or(&[][..], |kept| kept.before(LITIGATION_HOLD_ENABLED.name()));
    if before.iter().any(|value| value.eq_ignore_ascii_case("True")) && !meant.held {
        return Err(guarded(&name, "was on litigation hold", "IgnoreLegalHold", REMOVE));
    }
    Ok(())
}

/// The command that has the switches.
const REMOVE: &str = "Remove-Mailbox -Database … -StoreMailboxIdentity …";

/// Asks, and purges.
pub(crate) fn run(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    database: &Record,
    lost: &Disconnected,
) -> Result<()> {
    let name = named(lost);
    let action = format!(
        "Removing mailbox {name} from database \"{}\" for good: it cannot be connected or restored any more.",
        database.name()
    );
    if !out.should(&name, &action)? {
        return Ok(());
    }
    rooms.mailboxes.purge(call.author(), database.guid(), lost.mailbox())
}

/// The refusal of what is done only where a switch says that it is meant, of `command` where it is another one.
pub(crate) fn guarded(name: &str, what: &str, switch: &'static str, command: &str) -> Error {
    let help = match command {
        "" => format!("Add -{switch} if you mean it."),
        command => format!("Run {command} -{switch} if you mean it."),
    };
    Error::conflict(ErrorId::MailboxGuarded, format!("The mailbox {name} {what}.")).help(help).about(switch)
}

/// A disconnected mailbox as prompts call it.
pub(crate) fn named(lost: &Disconnected) -> String {
    format!("\"{}\" ({})", lost.statistics.description.display_name, lost.mailbox())
}
