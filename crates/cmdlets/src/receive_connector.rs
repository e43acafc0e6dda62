//! Receive connectors: the limits of the ports on which mail comes in.

use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::connector::{
    MAX_HEADER_SIZE, MAX_HOP_COUNT, MAX_LOCAL_HOP_COUNT, MAX_MESSAGE_SIZE, MAX_RECIPIENTS_PER_MESSAGE,
    MESSAGE_RATE_LIMIT, RECEIVE_CONNECTOR, TARPIT_INTERVAL,
};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::Object;
use object::types::{ByteQuantifiedSize, PropertyType, TimeSpan, Unlimited};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static CONNECTOR: Subject = Subject {
    complete,
    ..Subject::of(&RECEIVE_CONNECTOR, &kinds::RECEIVE_CONNECTOR, Class::ReceiveConnector, "receive connector")
};

/// Where nothing was set, what the server was started with holds.
fn complete(rooms: &Rooms, _: &Call, record: &Record, object: &Object) {
    let Some(transport) = &rooms.transport else { return };
    let limits = transport.limits_of(record, transport.started());
    object.set(MAX_MESSAGE_SIZE.name(), ByteQuantifiedSize(limits.message_bytes_max).into_value());
    object.set(MAX_HEADER_SIZE.name(), ByteQuantifiedSize(limits.header_bytes_max as u64).into_value());
    let count = |most: usize| i32::try_from(most).unwrap_or(i32::MAX);
    object.set(MAX_HOP_COUNT.name(), count(limits.hops_max));
    object.set(MAX_LOCAL_HOP_COUNT.name(), count(limits.rounds_max.unwrap_or(0)));
    let recipients = i32::try_from(limits.recipients_max).unwrap_or(i32::MAX);
    object.set(MAX_RECIPIENTS_PER_MESSAGE.name(), recipients);
    let rate = limits
        .messages_per_minute_max
        .map_or(Unlimited::Unlimited, |most| Unlimited::Value(i32::try_from(most).unwrap_or(i32::MAX)));
    object.set(MESSAGE_RATE_LIMIT.name(), rate.into_value());
    let ticks = i64::try_from(limits.tarpit.as_nanos() / 100).unwrap_or(i64::MAX);
    object.set(TARPIT_INTERVAL.name(), TimeSpan { ticks }.into_value());
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the receive connectors: the limits of the ports on which mail comes in.",
    roles: &["Receive Connectors", "View-Only Configuration"],
    examples: &[Example {
        about: "Shows the limits that hold now.",
        command: "Get-ReceiveConnector | Format-List Name, MaxMessageSize, MaxRecipientsPerMessage",
    }],
    ..CONNECTOR.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the limits of a port on which mail comes in.",
    notes: "There are three: Default Frontend for other servers (SMTP), Client Frontend for people who log on, and Default for \
            transfer agents of this site (LMTP), which takes 5000 recipients of a message where the others take 200. What is set holds from the next command \
            of a client. The ports themselves are the configuration's.",
    roles: &["Receive Connectors"],
    examples: &[Example {
        about: "Takes messages of 50 MB from other servers.",
        command: "Get-ReceiveConnector | Set-ReceiveConnector -MaxMessageSize 50MB",
    }],
    ..CONNECTOR.cmdlet(Verb::Set)
};
