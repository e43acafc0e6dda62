//! Finding mailboxes that nobody needs any more, shared ones above all: who read and sent last, and who could.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, RECIPIENT_TYPE_DETAILS, Wish};
use ::mailbox::{MAILBOX_USAGE_REPORT, is_unused_since};
use directory::{Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{RecipientTypeDetails, TimeSpan};
use object::{Error, ErrorId, Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET];

static UNUSED_FOR: Parameter<TimeSpan> = Parameter::new(
    "UnusedFor",
    "Only mailboxes in which nobody read and from which nobody sent for so long, 365.00:00:00 for a year.",
);

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who last read in mailboxes and sent from them, who may, what is unread and how they grow.",
    notes: "Shared mailboxes are shown where neither -Identity nor -RecipientTypeDetails says which. To read is to fetch the text of \
            a message over IMAP or POP3; a mailbox nobody has read since it was made counts from then. What happened in the \
            last minutes before a crash may be missing. What came within 30 days is what is still there of it.",
    reads: &[&IDENTITY, &RECIPIENT_TYPE_DETAILS, &UNUSED_FOR],
    shares: &[LIMIT],
    roles: &["View-Only Recipients", "Mail Recipients"],
    examples: &[
        Example {
            about: "Lists shared mailboxes that nobody has used for a year.",
            command: "Get-MailboxUsageReport -UnusedFor 365.00:00:00",
        },
        Example {
            about: "Shows who uses Ann's mailbox.",
            command: "Get-MailboxUsageReport ann | Format-List LastReadTime,LastReadBy,LastSentBy,Holders",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_USAGE_REPORT, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let since = match call.get(&UNUSED_FOR)? {
        Some(span) if span < TimeSpan::days(0) => {
            let message = "The time for which a mailbox was of no use can't be below 0.";
            return Err(Error::caller(ErrorId::InvalidValue, message).about(UNUSED_FOR.name()));
        }
        Some(span) => Some(rooms.directory().now() - span.to_duration()),
        None => None,
    };
    let mut wish = Wish::of(call)?;
    for mailbox in wanted(rooms, call)? {
        match rooms.mailboxes.usage_of(&mailbox) {
            Ok(known) if since.is_none_or(|since| is_unused_since(&known, since)) => {
                if !wish.takes(out)? {
                    return Ok(());
                }
                out.object(rooms.mailboxes.usage_report(&mailbox, &known)?)?;
            }
            Ok(_) => {}
            // One mailbox whose database is not mounted hides nothing of the others.
            Err(error) => out.error(error.target(mailbox.name().to_owned()))?,
        }
    }
    Ok(())
}

fn wanted(rooms: &Rooms, call: &Call) -> Result<Vec<Arc<Record>>> {
    let details = call.list(&RECIPIENT_TYPE_DETAILS)?;
    if call.get(&IDENTITY)?.is_some() {
        let named = rooms.one(call, &kinds::MAILBOX)?;
        let is_wanted = details.is_none_or(|details| details.contains(&named.details()));
        return Ok(is_wanted.then_some(named).into_iter().collect());
    }
    let details = details.unwrap_or_else(|| vec![RecipientTypeDetails::SharedMailbox]);
    let query = Query { details, ..Query::of(&kinds::MAILBOX) };
    Ok(rooms.directory().find(&query)?.collect())
}
