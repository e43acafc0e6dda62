//! `Connect-Mailbox -RestoreSettings`: what the mailbox had comes back with it, and what cannot is told with the reason.

use crate::rooms::Rooms;
use ::mailbox::{Disconnected, NewOwner};
use directory::SettingBack;
use directory::schema::restored::RESTORED_SETTING;
use gate::{Call, Output};
use object::{Object, Parameter, Result, Switch, Value};

pub(crate) static RESTORE_SETTINGS: Parameter<Switch> = Parameter::new(
    "RestoreSettings",
    "Gives back what the mailbox had, as far as it is free: addresses, quotas, client access, forwarding, rights that it \
     gave and its user held, memberships, and whose client it appears in.",
);

/// What would come back, where the command only wants to know.
pub(crate) fn tell_first(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    lost: &Disconnected,
    owner: &NewOwner,
) -> Result<()> {
    if !call.is(&RESTORE_SETTINGS) || !out.is_what_if() {
        return Ok(());
    }
    tell(out, rooms.mailboxes.settings_plan(call.author(), lost, owner.clone())?)
}

/// Connects, and says of each setting what became of it.
pub(crate) fn connect(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    lost: &Disconnected,
    owner: NewOwner,
) -> Result<()> {
    tell(out, rooms.mailboxes.connect_with_settings(call.author(), lost, owner)?)
}

fn tell(out: &mut Output<'_>, report: Option<Vec<SettingBack>>) -> Result<()> {
    let Some(report) = report else {
        return out.warning("It is not known what the mailbox had, so nothing of it comes back.");
    };
    report.into_iter().try_for_each(|one| out.object(row(one)))
}

fn row(one: SettingBack) -> Object {
    Object::of(&RESTORED_SETTING)
        .with("Setting", one.setting.as_str())
        .with("Value", one.value.as_str())
        .with("Restored", one.why_not.is_none())
        .with("Reason", one.why_not.as_deref().map_or(Value::Null, Value::from))
}
