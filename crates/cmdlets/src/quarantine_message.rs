//! Messages that lie with the quarantine mailbox: listed, looked at, let go to their recipients, deleted.

use crate::rooms::Rooms;
use crate::standard::{LIMIT, MORE_RESULTS, limit};
use ::mailbox::{Found, Mailboxes};
use ::transport::{HeldMessage, QuarantinedMessage};
use directory::Record;
use directory::schema::filtering::QUARANTINE_MAILBOX;
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ByteQuantifiedSize, DateTime, Guid, SmtpAddress};
use object::{Error, ErrorId, Noun, Object, Parameter, Property, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &HEADER, &PREVIEW, &EXPORT, &RELEASE, &DELETE];

static ID: Property<Guid> =
    Property::new("Identity", "What the message is called while it is held.").read_only();
static RECEIVED: Property<DateTime> = Property::new("ReceivedTime", "When it came.").read_only();
static SENDER: Property<String> =
    Property::new("SenderAddress", "Who sent it; empty for a report.").read_only();
static RECIPIENTS: Property<String> =
    Property::new("RecipientAddress", "The recipients for whom it is held.").many().read_only();
static SUBJECT: Property<String> = Property::new("Subject", "Its subject.").read_only();
static SIZE: Property<ByteQuantifiedSize> = Property::new("Size", "Its size.").read_only();
static REASON: Property<String> = Property::new("Reason", "Why it is held.").read_only();
static MESSAGE_ID: Property<String> = Property::new("MessageId", "Its Message-ID.").read_only();
static HEADERS: Property<String> = Property::new("Header", "Its header, as it came.").read_only();
static BODY: Property<String> = Property::new("Body", "Its text.").read_only();
static ENCODING: Property<String> = Property::new("BodyEncoding", "How Eml is encoded: Base64.").read_only();
static EML: Property<String> = Property::new("Eml", "The whole message, encoded.").read_only();

/// A message that lies with the quarantine mailbox.
static QUARANTINE_MESSAGE: Noun = Noun {
    name: "QuarantineMessage",
    type_name: "Mailstead.QuarantineMessage",
    summary: "A message that lies with the quarantine mailbox.",
    properties: &[&ID, &RECEIVED, &SENDER, &RECIPIENTS, &SUBJECT, &SIZE, &REASON, &MESSAGE_ID],
    table: &[&RECEIVED, &SENDER, &RECIPIENTS, &SUBJECT],
};
/// The header of a message in quarantine.
static QUARANTINE_MESSAGE_HEADER: Noun = Noun {
    name: "QuarantineMessageHeader",
    type_name: "Mailstead.QuarantineMessageHeader",
    summary: "The header of a message in quarantine.",
    properties: &[&ID, &HEADERS],
    table: &[&ID, &HEADERS],
};
/// What can be read of a message in quarantine.
static QUARANTINE_MESSAGE_PREVIEW: Noun = Noun {
    name: "QuarantineMessagePreview",
    type_name: "Mailstead.QuarantineMessagePreview",
    summary: "What can be read of a message in quarantine.",
    properties: &[&ID, &SUBJECT, &BODY],
    table: &[&ID, &SUBJECT, &BODY],
};
/// A message in quarantine as a file.
static QUARANTINE_MESSAGE_FILE: Noun = Noun {
    name: "QuarantineMessageFile",
    type_name: "Mailstead.QuarantineMessageFile",
    summary: "A message in quarantine as a file.",
    properties: &[&ID, &ENCODING, &EML],
    table: &[&ID, &ENCODING],
};

static IDENTITY: Parameter<Guid> =
    Parameter::new("Identity", "The message, as Get-QuarantineMessage names it.");
static OF_SENDER: Parameter<String> =
    Parameter::new("SenderAddress", "Only messages of these senders.").many();
static FOR_RECIPIENT: Parameter<String> =
    Parameter::new("RecipientAddress", "Only messages held for one of these recipients.").many();
static WITH_SUBJECT: Parameter<String> =
    Parameter::new("Subject", "Only messages with this in their subject.");
static FROM: Parameter<DateTime> =
    Parameter::new("StartReceivedDate", "Only messages that came then or later.");
static UNTIL: Parameter<DateTime> =
    Parameter::new("EndReceivedDate", "Only messages that came then or before.");
static TO_ALL: Parameter<Switch> =
    Parameter::new("ReleaseToAll", "To all for whom it is held; without -User that is so anyway.");
static USER: Parameter<String> =
    Parameter::new("User", "Only to these of the recipients for whom it is held.").many();

const ROLES: &[&str] = &["Transport Hygiene"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists messages that lie with the quarantine mailbox.",
    notes: "The message itself lies inside of a report in the mailbox that Set-ContentFilterConfig -QuarantineMailbox names.",
    reads: &[&IDENTITY, &OF_SENDER, &FOR_RECIPIENT, &WITH_SUBJECT, &FROM, &UNTIL],
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[
        Example { about: "Lists what is held.", command: "Get-QuarantineMessage" },
        Example {
            about: "Lists what is held for Frank.",
            command: "Get-QuarantineMessage -RecipientAddress frank@contoso.com",
        },
    ],
    ..Cmdlet::new(Verb::Get, &QUARANTINE_MESSAGE, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let wanted = Wanted::of(call)?;
    let most = limit(call)?.unwrap_or(usize::MAX);
    let fits = |message: &QuarantinedMessage| wanted.fits(message);
    let held = match call.get(&IDENTITY)? {
        Some(report) => Some(rooms.mail()?.quarantined_by(report)?).filter(fits).into_iter().collect(),
        None => rooms.mail()?.quarantined(&fits, most.saturating_add(1))?,
    };
    for (shown, message) in held.iter().enumerate() {
        if shown == most {
            return out.warning(MORE_RESULTS);
        }
        out.object(object(message))?;
    }
    Ok(())
}

/// Which messages are wanted.
struct Wanted {
    senders: Option<Vec<String>>,
    recipients: Option<Vec<String>>,
    subject: String,
    from: Option<DateTime>,
    until: Option<DateTime>,
}

impl Wanted {
    fn of(call: &Call) -> Result<Wanted> {
        Ok(Wanted {
            senders: call.list(&OF_SENDER)?,
            recipients: call.list(&FOR_RECIPIENT)?,
            subject: call.get(&WITH_SUBJECT)?.unwrap_or_default().to_lowercase(),
            from: call.get(&FROM)?,
            until: call.get(&UNTIL)?,
        })
    }

    fn fits(&self, message: &QuarantinedMessage) -> bool {
        let is_one = |list: &Option<Vec<String>>, has: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|one| one.eq_ignore_ascii_case(has)))
        };
        is_one(&self.senders, &message.sender)
            && message.recipients.iter().any(|recipient| is_one(&self.recipients, recipient))
            && message.subject.to_lowercase().contains(&self.subject)
            && self.from.as_ref().is_none_or(|from| from.to_time() <= message.received)
            && self.until.as_ref().is_none_or(|until| message.received <= until.to_time())
    }
}

fn object(message: &QuarantinedMessage) -> Object {
    Object::of(&QUARANTINE_MESSAGE)
        .with(ID.name(), message.report)
        .with(RECEIVED.name(), message.received)
        .with(SENDER.name(), message.sender.as_str())
        .with(RECIPIENTS.name(), Value::array(message.recipients.iter().map(|one| one.as_str().into())))
        .with(SUBJECT.name(), message.subject.as_str())
        .with(SIZE.name(), Value::typed(ByteQuantifiedSize(message.size)))
        .with(REASON.name(), message.why.as_str())
        .with(MESSAGE_ID.name(), message.internet_id.as_str())
}

/// The report in the quarantine mailbox, and whose mailbox that is.
struct Report {
    owner: Arc<Record>,
    found: Found,
}

fn report(rooms: &Rooms, id: Guid) -> Result<Report> {
    rooms.mail()?.quarantined_by(id)?;
    let address = rooms.directory().organization()?.get(&QUARANTINE_MAILBOX);
    let owner = address.as_ref().and_then(|address| owner(&rooms.mailboxes, address)).ok_or_else(|| {
        let message = "The quarantine mailbox is not here, so what is in it can't be read.";
        Error::not_found(ErrorId::MailboxMissing, message)
            .help("Set-ContentFilterConfig -QuarantineMailbox names the mailbox that has it.")
    })?;
    let found = rooms.mailboxes.message_named(&owner, &format!("{id}@"))?.ok_or_else(|| {
        let message = format!("The message is not in the mailbox of {} any more.", owner.name());
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("Whoever reads that mailbox may have deleted it; Delete-QuarantineMessage gives it up.")
            .about(IDENTITY.name())
    })?;
    Ok(Report { owner, found })
}

fn owner(mailboxes: &Mailboxes, address: &SmtpAddress) -> Option<Arc<Record>> {
    mailboxes.recipient_of(address).filter(|record| record.is_mailbox())
}

/// The message that was named, as it came.
fn held(rooms: &Rooms, call: &Call) -> Result<(Guid, HeldMessage)> {
    let id = call.need(&IDENTITY)?;
    let Report { found, .. } = report(rooms, id)?;
    let held = HeldMessage::of(&found.octets, id).ok_or_else(|| {
        Error::conflict(ErrorId::QueueCorrupt, "The report in the quarantine mailbox is not whole.")
            .about(IDENTITY.name())
    })?;
    Ok((id, held))
}

static HEADER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the header of a message in quarantine.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Shows the headers of all messages that are held.",
        command: "Get-QuarantineMessage | Get-QuarantineMessageHeader | Format-List",
    }],
    ..Cmdlet::new(Verb::Get, &QUARANTINE_MESSAGE_HEADER, |rooms, call, out| {
        let (id, held) = held(rooms, call)?;
        let header = held.header();
        out.object(
            Object::of(&QUARANTINE_MESSAGE_HEADER).with(ID.name(), id).with(HEADERS.name(), header.as_str()),
        )
    })
};

static PREVIEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the text of a message in quarantine, as plain text.",
    called: Some("QuarantineMessage"),
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Shows what the messages say that are held.",
        command: "Get-QuarantineMessage | Preview-QuarantineMessage | Format-List",
    }],
    ..Cmdlet::new(Verb::Preview, &QUARANTINE_MESSAGE_PREVIEW, |rooms, call, out| {
        let (id, held) = held(rooms, call)?;
        out.object(
            Object::of(&QUARANTINE_MESSAGE_PREVIEW)
                .with(ID.name(), id)
                .with(SUBJECT.name(), held.subject().as_str())
                .with(BODY.name(), held.text().as_str()),
        )
    })
};

static EXPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a message in quarantine out as a file.",
    notes: "Eml is the message in Base64: [IO.File]::WriteAllBytes($path, [Convert]::FromBase64String($exported.Eml)).",
    called: Some("QuarantineMessage"),
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Gives out all messages that are held.",
        command: "Get-QuarantineMessage | Export-QuarantineMessage",
    }],
    ..Cmdlet::new(Verb::Export, &QUARANTINE_MESSAGE_FILE, |rooms, call, out| {
        let (id, held) = held(rooms, call)?;
        if !out.should(&id.to_string(), &format!("Exporting quarantined message \"{id}\"."))? {
            return Ok(());
        }
        out.object(
            Object::of(&QUARANTINE_MESSAGE_FILE)
                .with(ID.name(), id)
                .with(ENCODING.name(), "Base64")
                .with(EML.name(), held.base64().as_str()),
        )
    })
};

static RELEASE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets a message in quarantine go to those for whom it is held.",
    notes: "Neither the content filter nor transport rules look at it again; it comes without a spam score. The report stays in \
            the quarantine mailbox.",
    reads: &[&IDENTITY, &TO_ALL, &USER],
    roles: ROLES,
    examples: &[Example {
        about: "Lets all go that a partner sent.",
        command: "Get-QuarantineMessage -SenderAddress ann@partner.example | Release-QuarantineMessage -ReleaseToAll",
    }],
    ..Cmdlet::new(Verb::Release, &QUARANTINE_MESSAGE, release)
};

fn release(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let id = call.need(&IDENTITY)?;
    let (users, to_all) = (call.list(&USER)?, call.is(&TO_ALL));
    if users.is_some() && to_all {
        let message = "ReleaseToAll and User can't be used together.";
        return Err(Error::caller(ErrorId::ParametersExclude, message).about(USER.name()));
    }
    let read = |text: &String| {
        SmtpAddress::parse(text).ok_or_else(|| {
            Error::caller(ErrorId::InvalidValue, format!("'{text}' is not an address.")).about(USER.name())
        })
    };
    let users =
        users.map(|users| users.iter().map(read).collect::<Result<Vec<SmtpAddress>>>()).transpose()?;
    let Report { found, .. } = report(rooms, id)?;
    if out.should(&id.to_string(), &format!("Releasing quarantined message \"{id}\"."))? {
        rooms.mail()?.release(id, &found.octets, users.as_deref())?;
    }
    Ok(())
}

static DELETE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a message in quarantine for good; nobody gets it, and nobody is told.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Deletes everything that is held.",
        command: "Get-QuarantineMessage | Delete-QuarantineMessage -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Delete, &QUARANTINE_MESSAGE, |rooms, call, out| {
        let id = call.need(&IDENTITY)?;
        rooms.mail()?.quarantined_by(id)?;
        if !out.should(&id.to_string(), &format!("Deleting quarantined message \"{id}\"."))? {
            return Ok(());
        }
        let kept = report(rooms, id);
        rooms.mail()?.give_up_quarantined(id)?;
        // One whose report is gone from the mailbox is given up all the same.
        match kept {
            Ok(Report { owner, found }) => rooms.mailboxes.discard_found(&owner, &found),
            Err(error) if error.is(ErrorId::ManagementObjectNotFoundException) => Ok(()),
            Err(error) => Err(error),
        }
    })
};
