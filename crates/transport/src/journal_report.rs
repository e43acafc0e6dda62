//! What a journal report is known by, and when it waits for good: where nobody hears that it cannot be delivered.

use message::Fields;
use message::field::header_length;

use crate::Sender;
use crate::queue::Claimed;

/// The field with which a journal report begins, as Exchange writes it.
pub(crate) const REPORT_FIELD: &str = "X-MS-Journal-Report";

/// Whether a message of the queue is a journal report of ours of which nobody hears that it cannot be delivered.
pub(crate) fn waits_for_good(message: &Claimed) -> bool {
    // A client's message has the client's address.
    message.sender == Sender::Report && message.client.is_empty() && is_report(&message.octets)
}

/// Whether a message begins as our reports do.
pub(crate) fn is_report(octets: &[u8]) -> bool {
    Fields::of(&octets[..header_length(octets)]).next().is_some_and(|field| field.is(REPORT_FIELD))
}
