//! Purging a disconnected mailbox for good: what guards it, and the asking before.

use crate::rooms::Rooms;
use crate::system;
use ::mailbox::Disconnected;
use directory::Record;
use directory::schema::mailbox::LITIGATION_HOLD_ENABLED;
use gate::{Call, Output};
use object::types::RecipientTypeDetails as Details;
use object::{Error, ErrorId, Parameter, Result, Switch};

/// Mailboxes of the system, each with the switch that means it and what it is.
static GUARDED_KINDS: [(Details, &Parameter<Switch>, &str); 4] = [
    (Details::ArbitrationMailbox, &system::ARBITRATION, "an arbitration mailbox"),
    (Details::PublicFolderMailbox, &system::PUBLIC_FOLDER, "a public folder mailbox"),
    (Details::AuditLogMailbox, &system::AUDIT_LOG, "a mailbox that keeps audit logs"),
    (Details::AuxAuditLogMailbox, &system::AUX_AUDIT_LOG, "a mailbox that keeps audit logs"),
];

/// What a command was told to take away although it is guarded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Meant {
    kinds: Vec<Details>,
    pub(crate) held: bool,
}

impl Meant {
    /// By the switches of a call. All are looked at: a switch that no guard asks for is not forgotten, only not needed.
    pub(crate) fn of(call: &Call, held: &Parameter<Switch>) -> Meant {
        let given = GUARDED_KINDS.iter().filter(|(_, switch, _)| call.is(switch));
        Meant { kinds: given.map(|(kind, ..)| *kind).collect(), held: call.is(held) }
    }

    /// The switch that is missing for a mailbox of that kind, and what the mailbox is.
    pub(crate) fn missing(&self, kind: &str) -> Option<(&'static str, &'static str)> {
        let guarded = GUARDED_KINDS.iter().find(|(guarded, ..)| guarded.to_string() == kind);
        let missing = guarded.filter(|(kind, ..)| !self.kinds.contains(kind));
        missing.map(|(_, switch, what)| (switch.name(), *what))
    }
}

/// Refuses to purge a mailbox that was on litigation hold, or one of the system's, unless that is meant.
pub(crate) fn guard(rooms: &Rooms, lost: &Disconnected, meant: &Meant) -> Result<()> {
    let name = lost.to_string();
    if let Some((switch, what)) = meant.missing(&lost.statistics.description.kind) {
        return Err(guarded(&name, &format!("was {what}"), switch, REMOVE));
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
