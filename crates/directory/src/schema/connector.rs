//! The noun `ReceiveConnector`: the limits of a port on which mail comes in. There is one for other servers, one for people
//! who log on, and one for transfer agents of this site.

use super::check::{QUOTA, between};
use super::recipient::{NAME, OBJECT};
use super::{joined, properties};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{ByteQuantifiedSize, TimeSpan, Unlimited};
use object::{Check, Declared, Error, ErrorId, Noun, Result, Value};

/// The longest tarpit interval.
const TARPIT_SECONDS_MAX: i64 = 600;
properties! {
    MAX_MESSAGE_SIZE: ByteQuantifiedSize = "MaxMessageSize", "The largest message that is taken at this connector.", check(QUOTA);
    MAX_HEADER_SIZE: ByteQuantifiedSize = "MaxHeaderSize", "The largest header of a message that is taken at this connector.", check(QUOTA);
    MAX_HOP_COUNT: i32 = "MaxHopCount", "How many servers a message can have passed that comes to this connector.", check(between::<1, 500>());
    MAX_LOCAL_HOP_COUNT: i32 = "MaxLocalHopCount", "How often a message can have come by this server; 0: that is not counted.", check(between::<0, 50>());
    MAX_RECIPIENTS_PER_MESSAGE: i32 = "MaxRecipientsPerMessage", "How many recipients a message can have at this connector.", check(between::<1, 512_000>());
    MESSAGE_RATE_LIMIT: Unlimited<i32> = "MessageRateLimit", "How many messages a client can send in a minute.", check(between::<1, 2_147_483_647>());
    TARPIT_INTERVAL: TimeSpan = "TarpitInterval", "How long a client waits for the answer that a recipient does not exist.", check(TARPIT);
    PERMISSION_GROUPS: String = "PermissionGroups", "Who may speak here: AnonymousUsers, ExchangeUsers who log on, or ExchangeServers of this site.", read_only();
}

const TARPIT: Check = Check { passes: tarpit, allows: || "From 00:00:00 to 00:10:00.".to_owned() };

fn tarpit(value: &Value) -> Result<()> {
    match value {
        Value::TimeSpan(TimeSpan { ticks })
            if !(0..=TARPIT_SECONDS_MAX * object::types::TICKS_PER_SECOND).contains(ticks) =>
        {
            Err(Error::caller(ErrorId::OutOfRange, format!("{value} is outside 00:00:00 to 00:10:00."))
                .help("Write a span such as 00:00:05."))
        }
        _ => Ok(()),
    }
}

pub(crate) const PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &MAX_MESSAGE_SIZE,
        &MAX_HEADER_SIZE,
        &MAX_HOP_COUNT,
        &MAX_LOCAL_HOP_COUNT,
        &MAX_RECIPIENTS_PER_MESSAGE,
        &MESSAGE_RATE_LIMIT,
        &TARPIT_INTERVAL,
        &PERMISSION_GROUPS,
    ],
    OBJECT
);

/// The limits of a port on which mail comes in.
pub static RECEIVE_CONNECTOR: Noun = Noun {
    name: "ReceiveConnector",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ReceiveConnector",
    summary: "The limits of a port on which mail comes in.",
    properties: PROPERTIES,
    table: &[&NAME, &PERMISSION_GROUPS, &MAX_MESSAGE_SIZE, &MAX_RECIPIENTS_PER_MESSAGE],
};

/// How a receive connector is named.
pub static ID: IdentityKind =
    IdentityKind::configuration("ReceiveConnectorIdParameter", "a receive connector", |record| {
        record.class() == Class::ReceiveConnector
    });

pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::ReceiveConnector,
    "CN=SMTP Receive Connectors,CN=Protocols,",
    &[PROPERTIES],
    &[&RECEIVE_CONNECTOR],
    &[&ID],
);
