//! What the organisation has set for all its mail, beside what the server was started with.

use mailbox::directory::schema::connector;
use mailbox::directory::schema::transport_config::{
    MAX_RECIPIENT_ENVELOPE_LIMIT, ORGANIZATION_MAX_RECEIVE_SIZE, ORGANIZATION_MAX_SEND_SIZE,
};
use mailbox::directory::{Directory, Record};
use object::Property;
use object::types::{ByteQuantifiedSize, TimeSpan, Unlimited};

use crate::{ConnectorLimits, Limits};

/// The limits that hold now: what Set-TransportConfig says, and where it says nothing what the server was started with.
pub(crate) fn limits(directory: &Directory, started: Limits) -> Limits {
    let Ok(organization) = directory.organization() else { return started };
    let send = size(&organization, &ORGANIZATION_MAX_SEND_SIZE).unwrap_or(started.send_bytes_max);
    let receive = size(&organization, &ORGANIZATION_MAX_RECEIVE_SIZE).unwrap_or(started.receive_bytes_max);
    let recipients = organization.get(&MAX_RECIPIENT_ENVELOPE_LIMIT).map(|most| match most {
        Unlimited::Unlimited => usize::MAX,
        Unlimited::Value(most) => usize::try_from(most).unwrap_or(1),
    });
    Limits {
        message_bytes_max: send.min(receive),
        send_bytes_max: send,
        receive_bytes_max: receive,
        recipients_max: recipients.unwrap_or(started.recipients_max),
    }
}

/// The limits of a port, where its connector says something.
pub(crate) fn connector(record: &Record, started: ConnectorLimits) -> ConnectorLimits {
    let size = record.get(&connector::MAX_MESSAGE_SIZE).map(|size| size.0);
    let header = record.get(&connector::MAX_HEADER_SIZE).and_then(|size| usize::try_from(size.0).ok());
    let hops = record.get(&connector::MAX_HOP_COUNT).and_then(|most| usize::try_from(most).ok());
    let rounds = record.get(&connector::MAX_LOCAL_HOP_COUNT).and_then(|most| usize::try_from(most).ok());
    let recipients = record.get(&connector::MAX_RECIPIENTS_PER_MESSAGE);
    let rate = record.get(&connector::MESSAGE_RATE_LIMIT).map(|most| match most {
        Unlimited::Unlimited => None,
        Unlimited::Value(most) => u32::try_from(most).ok(),
    });
    let tarpit = record.get(&connector::TARPIT_INTERVAL).map(TimeSpan::to_duration);
    ConnectorLimits {
        message_bytes_max: size.unwrap_or(started.message_bytes_max),
        header_bytes_max: header.unwrap_or(started.header_bytes_max),
        hops_max: hops.unwrap_or(started.hops_max),
        rounds_max: rounds.map_or(started.rounds_max, |most| (most > 0).then_some(most)),
        recipients_max: recipients
            .and_then(|most| usize::try_from(most).ok())
            .unwrap_or(started.recipients_max),
        messages_per_minute_max: rate.unwrap_or(started.messages_per_minute_max),
        tarpit: tarpit.unwrap_or(started.tarpit),
    }
}

/// A size in bytes, the largest number where it is unlimited; nothing where it was never set.
fn size(record: &Record, property: &Property<Unlimited<ByteQuantifiedSize>>) -> Option<u64> {
    record.get(property).map(|size| size.value().map_or(u64::MAX, |size| size.0))
}
