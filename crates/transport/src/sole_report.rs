//! Reports of ours that hold what is nowhere else: what they are known by, and that they wait for good where nobody hears that
//! they cannot be delivered.

use message::Fields;
use message::field::header_length;

use crate::Sender;
use crate::queue::{Claimed, Due};

/// The field with which a journal report begins, as Exchange writes it.
pub(crate) const JOURNAL_FIELD: &str = "X-MS-Journal-Report";
/// The field with which a report for the quarantine mailbox begins: the message that is held lies in it alone.
pub(crate) const QUARANTINE_FIELD: &str = "X-Mailstead-Quarantine-Report";

/// Whether a row waits for good: of such a report, where nobody hears that it cannot be delivered.
pub(crate) fn waits_for_good(message: &Claimed, due: &Due) -> bool {
    let told = due.reports_to.is_some() && due.notify.failure;
    !told && is_sole(message)
}

/// Whether a message of the queue is such a report.
pub(crate) fn is_sole(message: &Claimed) -> bool {
    // A client's message has the client's address.
    message.sender == Sender::Report && message.client.is_empty() && is_report(&message.octets)
}

/// Whether a message begins as these reports do.
pub(crate) fn is_report(octets: &[u8]) -> bool {
    let first = Fields::of(&octets[..header_length(octets)]).next();
    first.is_some_and(|field| field.is(JOURNAL_FIELD) || field.is(QUARANTINE_FIELD))
}
