//! What holds for all mail of the organization: sizes and numbers of recipients.

use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::transport_config::{
    MAX_RECIPIENT_ENVELOPE_LIMIT, ORGANIZATION_MAX_RECEIVE_SIZE, ORGANIZATION_MAX_SEND_SIZE, TRANSPORT_CONFIG,
};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::Object;
use object::types::{ByteQuantifiedSize, PropertyType, Unlimited};
use transport::Intake;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static CONFIG: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    complete,
    ..Subject::of(&TRANSPORT_CONFIG, &kinds::ORGANIZATION, Class::Organization, "transport configuration")
};

/// Where nothing was set, what the server was started with holds.
fn complete(rooms: &Rooms, _: &Call, _: &Record, object: &Object) {
    let Some(transport) = &rooms.transport else { return };
    let limits = transport.limits();
    let size = |bytes| match bytes {
        u64::MAX => Unlimited::<ByteQuantifiedSize>::Unlimited.into_value(),
        bytes => Unlimited::Value(ByteQuantifiedSize(bytes)).into_value(),
    };
    object.set(ORGANIZATION_MAX_SEND_SIZE.name(), size(limits.send_bytes_max));
    object.set(ORGANIZATION_MAX_RECEIVE_SIZE.name(), size(limits.receive_bytes_max));
    let recipients = match i32::try_from(limits.recipients_max) {
        Ok(most) => Unlimited::Value(most).into_value(),
        Err(_) => Unlimited::<i32>::Unlimited.into_value(),
    };
    object.set(MAX_RECIPIENT_ENVELOPE_LIMIT.name(), recipients);
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what holds for all mail of the organization.",
    roles: &["View-Only Configuration"],
    examples: &[Example { about: "Shows the limits that hold now.", command: "Get-TransportConfig" }],
    ..CONFIG.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what holds for all mail of the organization.",
    notes: "Limits of mailboxes stand in the place of these between people of the organization; mail from outside keeps to \
            these whatever a mailbox says.",
    roles: &["Transport Hygiene", "Journaling", "Organization Transport Settings"],
    examples: &[Example {
        about: "Lets messages have 20 MB and 1000 recipients.",
        command: "Set-TransportConfig -MaxSendSize 20MB -MaxReceiveSize 20MB -MaxRecipientEnvelopeLimit 1000",
    }],
    ..CONFIG.cmdlet(Verb::Set)
};
