//! Where is my message: its fate, and what happened to it on its way.

use crate::rooms::Rooms;
use crate::standard::{LIMIT, MORE_RESULTS, limit};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{DateTime, Guid};
use object::{Error, ErrorId, Object, Parameter, Result, Time, Value};
use transport::nouns::{EVENT_ID, MESSAGE_FATE, MESSAGE_TRACKING_LOG};
use transport::{Fate, TrackingEvent, TrackingQuery, Whereabouts};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_FATE, &GET_LOG];

static MESSAGE_ID: Parameter<String> = Parameter::new(
    "MessageId",
    "The Message-ID, with or without its brackets, or the name under which it was accepted.",
);
static START: Parameter<DateTime> =
    Parameter::new("Start", "The first moment that is wanted; 30 days ago by default.");
static END: Parameter<DateTime> = Parameter::new("End", "The last moment that is wanted; now by default.");
static EVENT: Parameter<String> = Parameter::of(&EVENT_ID);
static SOURCE: Parameter<String> = Parameter::of(&transport::nouns::SOURCE);
static SENDER: Parameter<String> = Parameter::new("Sender", "The sender's address.");
static RECIPIENTS: Parameter<String> =
    Parameter::new("Recipients", "Addresses of which one is a recipient, or led to one.").many();
static SUBJECT: Parameter<String> = Parameter::new("MessageSubject", "A piece of the subject.");
static INTERNAL: Parameter<String> =
    Parameter::new("InternalMessageId", "The name under which the message was accepted.");
static REFERENCE: Parameter<String> = Parameter::new("Reference", "The report that the event led to.");

/// So many events are shown where nobody says otherwise, as in Exchange.
const EVENTS_DEFAULT: usize = 1000;
/// How far back is looked where nobody says otherwise.
const MICROS_DEFAULT: i64 = 30 * 86_400 * 1_000_000;

static GET_FATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows where a message is: one answer for each recipient.",
    reads: &[&MESSAGE_ID],
    roles: &["Message Tracking"],
    examples: &[Example {
        about: "Shows what became of a message.",
        command: "Get-MessageFate -MessageId '<1@contoso.com>'",
    }],
    ..Cmdlet::new(Verb::Get, &MESSAGE_FATE, fate)
};

fn fate(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (transport, wanted) = (rooms.mail()?, call.need(&MESSAGE_ID)?);
    let named = &message_id(&wanted)?;
    let mut fates = match Guid::parse(named) {
        Some(id) => transport.fate(id)?,
        None => Vec::new(),
    };
    if fates.is_empty() {
        fates = transport.fate_of_internet_id(named)?;
    }
    fates.iter().try_for_each(|fate| out.object(told(rooms, fate)))
}

fn told(rooms: &Rooms, fate: &Fate) -> Object {
    let name = |guid: Guid| {
        rooms.directory().get(guid).map_or_else(|| guid.to_string(), |record| record.name().to_owned())
    };
    let object = Object::of(&MESSAGE_FATE)
        .with("InternalMessageId", fate.id.to_string())
        .with("Recipient", fate.address.as_str())
        .with("When", fate.at);
    match &fate.whereabouts {
        Whereabouts::Mailbox { mailbox, database } => {
            let owner = rooms.directory().by_mailbox(*mailbox);
            let owner = owner.map_or_else(|| mailbox.to_string(), |owner| rooms.shown(&owner));
            object.with("Fate", "Mailbox").with("Mailbox", owner).with("Database", name(*database))
        }
        Whereabouts::Queue { why, .. } => object.with("Fate", "Queue").with("Detail", why.as_str()),
        Whereabouts::Expanded => object.with("Fate", "Expanded"),
        Whereabouts::Redirected { why } => object.with("Fate", "Redirected").with("Detail", why.as_str()),
        Whereabouts::Quarantined { why, report } => object
            .with("Fate", "Quarantined")
            .with("Detail", why.as_str())
            .with("Report", report.map_or(Value::Null, |report| report.to_string().into())),
        Whereabouts::GivenUp { status, why, report } => object
            .with("Fate", "GivenUp")
            .with("Status", status.as_str())
            .with("Detail", why.as_str())
            .with("Report", report.map_or(Value::Null, |report| report.to_string().into())),
    }
}

static GET_LOG: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what happened to messages on their way, oldest first; of too many the newest.",
    notes: "What is delivered is told by the mailbox databases, everything else by the queue, each in the transaction in which it \
            happened. It is kept as long as [transport] trace_days of the configuration says.",
    reads: &[
        &MESSAGE_ID,
        &START,
        &END,
        &EVENT,
        &SOURCE,
        &SENDER,
        &RECIPIENTS,
        &SUBJECT,
        &INTERNAL,
        &REFERENCE,
    ],
    shares: &[LIMIT],
    roles: &["Message Tracking"],
    examples: &[
        Example { about: "Shows what failed.", command: "Get-MessageTrackingLog -EventId FAIL" },
        Example {
            about: "Shows what Ann sent since yesterday.",
            command: "Get-MessageTrackingLog -Sender ann@contoso.com -Start 2026-11-01",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MESSAGE_TRACKING_LOG, log)
};

fn log(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let transport = rooms.mail()?;
    let (query, most) = (query(rooms, call)?, limit(call)?);
    let most = if call_gives_size(call) { most.unwrap_or(usize::MAX - 1) } else { EVENTS_DEFAULT };
    let (found, more) = transport.tracking(&query, most)?;
    for event in &found {
        out.object(shown(rooms, event))?;
    }
    if more {
        return out.warning(MORE_RESULTS);
    }
    Ok(())
}

/// Whether somebody said how many are wanted.
fn call_gives_size(call: &Call) -> bool {
    call.value(crate::standard::result_size()).is_some()
}

/// A Message-ID without its brackets. None at all is that of every message that came without one.
fn message_id(text: &str) -> Result<String> {
    match text.trim().trim_matches(['<', '>']) {
        "" => Err(Error::caller(ErrorId::IdentityEmpty, "An empty Message-ID names no message.")
            .help("A message that came without one is named by InternalMessageId, which Get-MessageTrackingLog shows.")
            .about(MESSAGE_ID.name())),
        id => Ok(id.to_owned()),
    }
}

fn query(rooms: &Rooms, call: &Call) -> Result<TrackingQuery> {
    let now = rooms.directory().now();
    let named = |key: &'static Parameter<String>| match call.get(key)? {
        None => Ok(None),
        Some(text) => Guid::parse(&text).map(Some).ok_or_else(|| {
            Error::caller(ErrorId::InvalidValue, format!("'{text}' is not the name of a message."))
                .about(key.name())
        }),
    };
    Ok(TrackingQuery {
        from: call.get(&START)?.map_or(Time(now.0 - MICROS_DEFAULT), DateTime::to_time),
        until: call.get(&END)?.map_or(now, DateTime::to_time),
        sender: call.get(&SENDER)?,
        recipients: call.list(&RECIPIENTS)?.unwrap_or_default(),
        message_id: call.get(&MESSAGE_ID)?.map(|id| message_id(&id)).transpose()?,
        id: named(&INTERNAL)?,
        subject: call.get(&SUBJECT)?,
        event: call.get(&EVENT)?,
        source: call.get(&SOURCE)?,
        reference: named(&REFERENCE)?,
    })
}

fn shown(rooms: &Rooms, event: &TrackingEvent) -> Object {
    let list = |texts: &[String]| {
        Value::array(texts.iter().filter(|text| !text.is_empty()).map(|text| text.as_str().into()))
    };
    let count = i32::try_from(event.recipients.len()).unwrap_or(i32::MAX);
    let reference = event.reference.map(|report| Value::from(report.to_string()));
    Object::of(&MESSAGE_TRACKING_LOG)
        .with("Timestamp", event.at)
        .with("ServerHostname", rooms.directory().server())
        .with("ClientIp", event.client.as_str())
        .with("Source", event.source.word())
        .with("EventId", event.event)
        .with("InternalMessageId", event.id.to_string())
        .with("MessageId", format!("<{}>", event.message_id))
        .with("Recipients", list(&event.recipients))
        .with("RecipientStatus", list(&event.status))
        .with("TotalBytes", i64::try_from(event.size).unwrap_or(i64::MAX))
        .with("RecipientCount", count)
        .with("RelatedRecipientAddress", event.related.as_str())
        .with("Reference", Value::array(reference))
        .with("MessageSubject", event.subject.as_str())
        .with("Sender", event.sender.as_str())
}
