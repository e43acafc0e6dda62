//! What the organisation has set for all its mail, beside what the server was started with.

use std::net::IpAddr;
use std::sync::Arc;

use mailbox::directory::schema::transport_config::{
    MAX_RECIPIENT_ENVELOPE_LIMIT, ORGANIZATION_MAX_RECEIVE_SIZE, ORGANIZATION_MAX_SEND_SIZE,
};
use mailbox::directory::schema::{connector, filtering};
use mailbox::directory::{AddressRange, Class, Directory, Record};
use object::types::{ByteQuantifiedSize, TimeSpan, Unlimited};
use object::{Property, Time};
use parking_lot::RwLock;

use crate::journal_rule::Journal;
use crate::{ConnectorLimits, Limits, Port};

/// What the directory says of all mail, read again when it has changed: each message asks a dozen times.
#[derive(Default)]
pub(crate) struct Settings(RwLock<Option<Arc<Said>>>);

impl Settings {
    /// What holds now.
    pub(crate) fn of(&self, directory: &Directory) -> Arc<Said> {
        // The number first: what changes while it is read is read again.
        let number = directory.number();
        if let Some(said) = self.0.read().as_ref().filter(|said| said.number == number) {
            return Arc::clone(said);
        }
        let said = Arc::new(Said::read(directory, number));
        *self.0.write() = Some(Arc::clone(&said));
        said
    }
}

/// What the directory said at one moment.
pub(crate) struct Said {
    number: i64,
    pub(crate) organization: Option<Arc<Record>>,
    sizes: (Option<u64>, Option<u64>),
    recipients: Option<usize>,
    ports: [Option<PortSays>; Port::ALL.len()],
    blocked: Vec<Listed>,
    allowed: Vec<Listed>,
    pub(crate) journals: Arc<[Journal]>,
}

impl Said {
    fn read(directory: &Directory, number: i64) -> Said {
        let organization = directory.organization().ok();
        let size = |property| size(organization.as_ref()?, property);
        let port = |port| directory.receive_connector(port).map(|record| PortSays::of(&record));
        let most = organization.as_ref().and_then(|record| record.get(&MAX_RECIPIENT_ENVELOPE_LIMIT));
        Said {
            number,
            sizes: (size(&ORGANIZATION_MAX_SEND_SIZE), size(&ORGANIZATION_MAX_RECEIVE_SIZE)),
            recipients: most.map(|most| match most {
                Unlimited::Unlimited => usize::MAX,
                Unlimited::Value(most) => usize::try_from(most).unwrap_or(1),
            }),
            ports: Port::ALL.map(port),
            blocked: Listed::all(directory, Class::IpBlockListEntry),
            allowed: Listed::all(directory, Class::IpAllowListEntry),
            journals: directory.all(Class::JournalRule).iter().filter_map(|one| Journal::read(one)).collect(),
            organization,
        }
    }

    /// The limits that hold: what Set-TransportConfig says, and where it says nothing what the server was started with.
    pub(crate) fn limits(&self, started: Limits) -> Limits {
        let send = self.sizes.0.unwrap_or(started.send_bytes_max);
        let receive = self.sizes.1.unwrap_or(started.receive_bytes_max);
        Limits {
            message_bytes_max: send.min(receive),
            send_bytes_max: send,
            receive_bytes_max: receive,
            recipients_max: self.recipients.unwrap_or(started.recipients_max),
        }
    }

    /// The limits of a port.
    pub(crate) fn port(&self, port: Port, started: ConnectorLimits) -> ConnectorLimits {
        let mut says = self.ports.iter().flatten();
        says.find(|says| says.port == port).map_or(started, |says| says.over(started))
    }

    /// Whether a client stands in the block list at that moment.
    pub(crate) fn blocks(&self, client: IpAddr, now: Time) -> bool {
        self.blocked.iter().any(|one| one.holds(client, now))
    }

    /// Whether a client stands in the allow list at that moment.
    pub(crate) fn allows(&self, client: IpAddr, now: Time) -> bool {
        self.allowed.iter().any(|one| one.holds(client, now))
    }
}

/// An entry of the allow or block list.
struct Listed {
    range: AddressRange,
    until: Option<Time>,
}

impl Listed {
    fn all(directory: &Directory, class: Class) -> Vec<Listed> {
        let read = |entry: &Arc<Record>| {
            let range = AddressRange::parse(&entry.get(&filtering::IP_RANGE)?)?;
            Some(Listed { range, until: entry.get(&filtering::EXPIRATION).map(|until| until.to_time()) })
        };
        directory.all(class).iter().filter_map(read).collect()
    }

    fn holds(&self, client: IpAddr, now: Time) -> bool {
        self.until.is_none_or(|until| until > now) && self.range.holds(client)
    }
}

/// What a receive connector says of its port.
pub(crate) struct PortSays {
    port: Port,
    bytes: Option<u64>,
    header: Option<usize>,
    hops: Option<usize>,
    rounds: Option<usize>,
    recipients: Option<usize>,
    rate: Option<Option<u32>>,
    tarpit: Option<std::time::Duration>,
}

impl PortSays {
    pub(crate) fn of(record: &Record) -> PortSays {
        let count = |property| record.get(property).and_then(|most| usize::try_from(most).ok());
        PortSays {
            port: Port::of(record).unwrap_or(Port::Servers),
            bytes: record.get(&connector::MAX_MESSAGE_SIZE).map(|size| size.0),
            header: record.get(&connector::MAX_HEADER_SIZE).and_then(|size| usize::try_from(size.0).ok()),
            hops: count(&connector::MAX_HOP_COUNT),
            rounds: count(&connector::MAX_LOCAL_HOP_COUNT),
            recipients: count(&connector::MAX_RECIPIENTS_PER_MESSAGE),
            rate: record.get(&connector::MESSAGE_RATE_LIMIT).map(|most| match most {
                Unlimited::Unlimited => None,
                Unlimited::Value(most) => u32::try_from(most).ok(),
            }),
            tarpit: record.get(&connector::TARPIT_INTERVAL).map(TimeSpan::to_duration),
        }
    }

    /// The limits of the port, where nothing is said those it was started with.
    pub(crate) fn over(&self, started: ConnectorLimits) -> ConnectorLimits {
        ConnectorLimits {
            message_bytes_max: self.bytes.unwrap_or(started.message_bytes_max),
            header_bytes_max: self.header.unwrap_or(started.header_bytes_max),
            hops_max: self.hops.unwrap_or(started.hops_max),
            rounds_max: self.rounds.map_or(started.rounds_max, |most| (most > 0).then_some(most)),
            recipients_max: self.recipients.unwrap_or_else(|| self.port.recipients_max()),
            messages_per_minute_max: self.rate.unwrap_or(started.messages_per_minute_max),
            tarpit: self.tarpit.unwrap_or(started.tarpit),
        }
    }
}

/// A size in bytes, the largest number where it is unlimited; nothing where it was never set.
fn size(record: &Record, property: &Property<Unlimited<ByteQuantifiedSize>>) -> Option<u64> {
    record.get(property).map(|size| size.value().map_or(u64::MAX, |size| size.0))
}
