//! The queue: what waits, why, and what is done about it.

use crate::role;
use crate::rooms::Rooms;
use crate::standard::{FILTER, LIMIT, Wish, filter};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ByteQuantifiedSize, Guid, PropertyType};
use object::{Error, ErrorId, Keys, Noun, Object, Parameter, Result, Value};
use transport::nouns::{MESSAGE, QUEUE_NOUN};
use transport::{QueueInfo, QueuedMessage, Transport};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[
    &GET_QUEUE,
    &SUSPEND_QUEUE,
    &RESUME_QUEUE,
    &RETRY_QUEUE,
    &GET_MESSAGE,
    &SUSPEND_MESSAGE,
    &RESUME_MESSAGE,
    &REMOVE_MESSAGE,
];

static IDENTITY: Parameter<String> =
    Parameter::new("Identity", "The queue or message as its Identity is shown.");
static QUEUE: Parameter<String> = Parameter::new("Queue", "The queue whose messages are wanted.");
static WITH_NDR: Parameter<bool> =
    Parameter::new("WithNDR", "Whether senders are told; they are by default.");
static RESUBMIT: Parameter<bool> = Parameter::new(
    "Resubmit",
    "Whether messages are sent where their recipients lead now, as is always done here.",
);
static ONE: Keys = &[&IDENTITY, &FILTER];

const ROLES: &[&str] = &["Transport Queues"];

/// Recipients that are looked at for the list of messages.
const ROWS_MAX: i64 = 1_000_000;

/// A queue's name: the database's where it waits for one.
fn hop(rooms: &Rooms, lane: &str) -> String {
    let database = Guid::parse(lane).and_then(|guid| rooms.directory().get(guid));
    database.map_or_else(|| lane.to_owned(), |database| database.name().to_owned())
}

fn identity(rooms: &Rooms, lane: &str) -> String {
    format!("{}\\{}", rooms.directory().server(), hop(rooms, lane))
}

fn queue(rooms: &Rooms, info: &QueueInfo) -> Object {
    let status = match info {
        QueueInfo { suspended: true, .. } => "Suspended",
        QueueInfo { failed: true, .. } => "Retry",
        _ => "Ready",
    };
    let kind = match () {
        () if Guid::parse(&info.lane).is_some() => "SmtpDeliveryToMailbox",
        () if info.lane.starts_with(".refused") => "Undefined",
        () if info.lane.starts_with('.') => "Unreachable",
        () => "DnsConnectorDelivery",
    };
    Object::of(&QUEUE_NOUN)
        .with("Identity", identity(rooms, &info.lane))
        .with("DeliveryType", kind)
        .with("Status", status)
        .with("MessageCount", i32::try_from(info.messages).unwrap_or(i32::MAX))
        .with("NextHopDomain", hop(rooms, &info.lane))
        .with("LastError", info.last_error.as_str())
        .with("NextRetryTime", info.next_attempt.map_or(Value::Null, Value::from))
}

fn message(rooms: &Rooms, transport: &Transport, found: &QueuedMessage) -> Object {
    let status = match found {
        QueuedMessage { suspended: true, .. } => "Suspended",
        QueuedMessage { attempts: 1.., .. } => "Retry",
        _ => "Ready",
    };
    let size = ByteQuantifiedSize(found.size.unsigned_abs()).into_value();
    Object::of(&MESSAGE)
        .with("Identity", format!("{}\\{}", identity(rooms, &found.lane), found.id))
        .with("Subject", found.subject.as_str())
        .with("InternetMessageId", format!("<{}>", found.internet_id))
        .with("FromAddress", found.sender.as_str())
        .with("Status", status)
        .with("Size", size)
        .with("SourceIP", found.client.as_str())
        .with("DateReceived", found.accepted)
        .with("ExpirationTime", transport.expires(found.begun))
        .with("LastError", found.last_error.as_str())
        .with("Queue", identity(rooms, &found.lane))
        .with("RetryCount", i32::try_from(found.attempts).unwrap_or(i32::MAX))
        .with("Recipients", Value::array(found.recipients.iter().map(|address| address.as_str().into())))
}

/// What `-Identity` (with `*`) and `-Filter` leave of a list.
fn fitting<T>(call: &Call, noun: &'static Noun, all: Vec<(T, Object)>) -> Result<Vec<(T, Object)>> {
    let wanted = call.get(&FILTER)?.map(|text| filter(&text, noun)).transpose()?;
    let identity = call.get(&IDENTITY)?;
    let fits = |object: &Object| {
        let shown = object.get("Identity").map(|value| value.to_string()).unwrap_or_default();
        let named = identity.as_ref().is_none_or(|wanted| is_called(wanted, &shown));
        let read = |spec: &'static object::Spec| object.get(spec.name).unwrap_or_default();
        named && wanted.as_ref().is_none_or(|filter| filter.matches(&read))
    };
    let found: Vec<(T, Object)> = all.into_iter().filter(|(_, object)| fits(object)).collect();
    match identity {
        Some(identity) if found.is_empty() && !identity.contains('*') => {
            let message = format!("The {} '{identity}' couldn't be found.", noun.name.to_lowercase());
            Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message).about(IDENTITY.name()))
        }
        _ => Ok(found),
    }
}

/// A name is whole, or without its server, or a pattern with `*`; a message also goes by its last part.
fn is_called(wanted: &str, shown: &str) -> bool {
    if wanted.contains('*') {
        return role::fits(wanted, shown);
    }
    let (wanted, shown) = (wanted.to_lowercase(), shown.to_lowercase());
    shown == wanted || shown.strip_suffix(&wanted).is_some_and(|head| head.ends_with('\\'))
}

fn queues(rooms: &Rooms, call: &Call) -> Result<Vec<(QueueInfo, Object)>> {
    let all = rooms.mail()?.queues()?;
    fitting(
        call,
        &QUEUE_NOUN,
        all.into_iter()
            .map(|info| {
                let object = queue(rooms, &info);
                (info, object)
            })
            .collect(),
    )
}

fn messages(rooms: &Rooms, call: &Call) -> Result<Vec<(QueuedMessage, Object)>> {
    let transport = rooms.mail()?;
    let all = transport.queued(ROWS_MAX)?.into_iter();
    let all = all
        .map(|found| {
            let object = message(rooms, transport, &found);
            (found, object)
        })
        .collect();
    fitting(call, &MESSAGE, all)
}

static GET_QUEUE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the queues: what waits for each destination.",
    reads: ONE,
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[
        Example { about: "Lists all queues.", command: "Get-Queue" },
        Example {
            about: "Lists the queues that are held.",
            command: "Get-Queue -Filter \"Status -eq 'Suspended'\"",
        },
    ],
    ..Cmdlet::new(Verb::Get, &QUEUE_NOUN, |rooms, call, out| {
        let mut wish = Wish::of(call)?;
        for (_, object) in queues(rooms, call)? {
            if !wish.takes(out)? {
                break;
            }
            out.object(object)?;
        }
        Ok(())
    })
};

/// Does something with each queue that was named.
fn with_queues(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    doing: &str,
    act: impl Fn(&Transport, &str) -> Result<()>,
) -> Result<()> {
    let transport = rooms.mail()?;
    let mut found: Vec<String> =
        queues(rooms, call).map(|found| found.into_iter().map(|(info, _)| info.lane).collect())?;
    found.sort();
    for lane in found {
        let name = identity(rooms, &lane);
        if out.should(&name, &format!("{doing} queue \"{name}\"."))? {
            act(transport, &lane)?;
        }
    }
    Ok(())
}

static SUSPEND_QUEUE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Stops a queue: what waits in it goes on waiting.",
    reads: ONE,
    roles: ROLES,
    examples: &[Example {
        about: "Stops all queues.",
        command: "Suspend-Queue -Filter \"MessageCount -ge 0\" -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Suspend, &QUEUE_NOUN, |rooms, call, out| {
        with_queues(rooms, call, out, "Suspending", |transport, lane| transport.suspend_queue(lane, true))
    })
};
static RESUME_QUEUE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Starts a queue again that was stopped.",
    reads: ONE,
    roles: ROLES,
    examples: &[Example {
        about: "Starts all queues again.",
        command: "Resume-Queue -Filter \"Status -eq 'Suspended'\"",
    }],
    ..Cmdlet::new(Verb::Resume, &QUEUE_NOUN, |rooms, call, out| {
        with_queues(rooms, call, out, "Resuming", |transport, lane| transport.suspend_queue(lane, false))
    })
};
static RETRY_QUEUE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Tries at once what waits in a queue.",
    reads: &[&IDENTITY, &FILTER, &RESUBMIT],
    roles: ROLES,
    examples: &[Example {
        about: "Tries everything that failed.",
        command: "Retry-Queue -Filter \"Status -eq 'Retry'\"",
    }],
    ..Cmdlet::new(Verb::Retry, &QUEUE_NOUN, |rooms, call, out| {
        if call.get(&RESUBMIT)? == Some(false) {
            let message = "Where recipients lead is always asked anew.";
            return Err(Error::caller(ErrorId::InvalidValue, message)
                .help("Leave -Resubmit out.")
                .about(RESUBMIT.name()));
        }
        with_queues(rooms, call, out, "Retrying", Transport::retry_queue)
    })
};

static GET_MESSAGE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the messages that wait, oldest first.",
    reads: &[&IDENTITY, &FILTER, &QUEUE],
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[
        Example { about: "Lists all messages that wait.", command: "Get-Message" },
        Example {
            about: "Lists what Ann sent.",
            command: "Get-Message -Filter \"FromAddress -eq 'ann@contoso.com'\"",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MESSAGE, |rooms, call, out| {
        let (mut wish, queue) = (Wish::of(call)?, call.get(&QUEUE)?);
        let within = |object: &Object| {
            let shown = object.get("Queue").map(|value| value.to_string()).unwrap_or_default();
            queue.as_ref().is_none_or(|wanted| is_called(wanted, &shown))
        };
        for (_, object) in messages(rooms, call)?.into_iter().filter(|(_, object)| within(object)) {
            if !wish.takes(out)? {
                break;
            }
            out.object(object)?;
        }
        Ok(())
    })
};

/// Does something with each message that was named.
fn with_messages(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    doing: &str,
    act: impl Fn(&Transport, Guid) -> Result<u64>,
) -> Result<()> {
    let transport = rooms.mail()?;
    for (found, object) in messages(rooms, call)? {
        let name = object.get("Identity").map(|value| value.to_string()).unwrap_or_default();
        if out.should(&name, &format!("{doing} message \"{name}\"."))? && act(transport, found.id)? == 0 {
            out.warning(format!(
                "The message '{name}' is being delivered at the moment, and nothing was done with it."
            ))?;
        }
    }
    Ok(())
}

static SUSPEND_MESSAGE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Holds a message in the queue.",
    reads: ONE,
    roles: ROLES,
    examples: &[Example {
        about: "Holds what Ann sent.",
        command: "Suspend-Message -Filter \"FromAddress -eq 'ann@contoso.com'\" -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Suspend, &MESSAGE, |rooms, call, out| {
        with_messages(rooms, call, out, "Suspending", |transport, id| transport.suspend_message(id, true))
    })
};
static RESUME_MESSAGE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets a message go on that was held in the queue.",
    reads: ONE,
    roles: ROLES,
    examples: &[Example {
        about: "Lets everything go on.",
        command: "Resume-Message -Filter \"Status -eq 'Suspended'\"",
    }],
    ..Cmdlet::new(Verb::Resume, &MESSAGE, |rooms, call, out| {
        with_messages(rooms, call, out, "Resuming", |transport, id| transport.suspend_message(id, false))
    })
};
static REMOVE_MESSAGE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a message from the queue; its sender is told unless that is not wanted.",
    reads: &[&IDENTITY, &FILTER, &WITH_NDR],
    roles: ROLES,
    examples: &[Example {
        about: "Removes what a sender left, and tells nobody.",
        command: "Remove-Message -Filter \"FromAddress -eq 'spam@far.example'\" -WithNDR $false -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MESSAGE, |rooms, call, out| {
        let told = call.get(&WITH_NDR)?.unwrap_or(true);
        with_messages(rooms, call, out, "Removing", |transport, id| transport.remove_message(id, told))
    })
};

#[cfg(test)]
mod tests {
    use super::is_called;

    #[test]
    fn queues_go_by_their_names_and_by_patterns() {
        for (wanted, is) in [
            ("SRV1\\Mailbox Database", true),
            ("mailbox database", true),
            ("srv1\\*", true),
            ("*\\Mailbox Database", true),
            ("*database", true),
            ("*\\MBXDB02", false),
            ("Database", false),
        ] {
            assert_eq!(is_called(wanted, "SRV1\\Mailbox Database"), is, "{wanted}");
        }
    }
}
