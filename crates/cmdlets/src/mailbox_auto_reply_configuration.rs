//! What a mailbox answers by itself: whom, when, with which words.

use crate::rooms::Rooms;
use crate::standard::{Besides, Subject};
use directory::schema::options::{
    AUTO_REPLY_PERIOD, AUTO_REPLY_STATE, END_TIME, MAILBOX_AUTO_REPLY_CONFIGURATION, OofState, START_TIME,
};
use directory::{Change, Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::Guid;
use object::{Error, ErrorId, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static REPLIES: Subject = Subject {
    besides: period,
    ..Subject::of(
        &MAILBOX_AUTO_REPLY_CONFIGURATION,
        &kinds::MAILBOX,
        Class::User,
        "automatic replies of mailbox",
    )
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what a mailbox answers by itself.",
    notes: "People see their own.",
    roles: &["User Options", "View-Only Recipients", "Mail Recipients"],
    examples: &[Example {
        about: "Shows what Frank's mailbox answers.",
        command: "Get-MailboxAutoReplyConfiguration frank",
    }],
    ..REPLIES.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what a mailbox answers by itself, whom and when.",
    notes: "Everybody is answered once from the moment on at which the replies begin. Mail of lists, machines and nobody (<>) is \
            not answered. ExternalAudience Known means the senders whom the mailbox trusts: Set-MailboxJunkEmailConfiguration \
            -TrustedSendersAndDomains. People set their own.",
    roles: &["User Options", "Mail Recipients"],
    examples: &[
        Example {
            about: "Answers everybody from now on.",
            command: "Set-MailboxAutoReplyConfiguration frank -AutoReplyState Enabled -InternalMessage 'Back on Monday.' -ExternalMessage 'Back on Monday; please write to sales@contoso.com.'",
        },
        Example {
            about: "Answers people of the organization during a holiday.",
            command: "Set-MailboxAutoReplyConfiguration frank -AutoReplyState Scheduled -StartTime 2026-12-24 -EndTime 2027-01-02 -InternalMessage 'On holiday.' -ExternalAudience None",
        },
        Example {
            about: "Answers nobody.",
            command: "Set-MailboxAutoReplyConfiguration frank -AutoReplyState Disabled",
        },
    ],
    ..REPLIES.cmdlet(Verb::Set)
};

/// Where the state or the times change a new period begins, in which everybody is answered once more.
fn period(rooms: &Rooms, _: &Call, before: &Record) -> Result<Option<Besides>> {
    let (now, before) = (rooms.directory().now(), times(before));
    Ok(Some(Box::new(move |change: &mut Change<'_>, guid: Guid| {
        let mut record = change.read(guid)?;
        let after = times(&record);
        if after == before {
            return Ok(());
        }
        check(&record)?;
        record.set(&AUTO_REPLY_PERIOD, now.0);
        change.save(record)
    })))
}

type Times = (Option<OofState>, [Option<object::types::DateTime>; 2]);

fn times(record: &Record) -> Times {
    (record.get(&AUTO_REPLY_STATE), [record.get(&START_TIME), record.get(&END_TIME)])
}

/// Refuses a schedule without a beginning or an end, or in which the end comes first.
fn check(record: &Record) -> Result<()> {
    let (Some(OofState::Scheduled), [start, end]) = times(record) else { return Ok(()) };
    let (Some(start), Some(end)) = (start, end) else {
        let message = "Automatic replies that are scheduled need a StartTime and an EndTime.";
        return Err(Error::caller(ErrorId::ValueRequired, message).about(START_TIME.name()));
    };
    if start.to_time() < end.to_time() {
        return Ok(());
    }
    let message = "The EndTime must be later than the StartTime.";
    Err(Error::caller(ErrorId::OutOfRange, message).about(END_TIME.name()))
}
