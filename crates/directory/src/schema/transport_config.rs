//! The noun `TransportConfig`: what holds for all mail of the organisation.

use super::check::{QUOTA, between};
use super::recipient::{NAME, OBJECT};
use super::{joined, properties, yes};
use object::types::{ByteQuantifiedSize, SmtpAddress, Unlimited};
use object::{Declared, Noun};

properties! {
    ORGANIZATION_MAX_SEND_SIZE: Unlimited<ByteQuantifiedSize> = "MaxSendSize", "The largest message that is sent by whoever has no limit of their own, or comes from outside.", check(QUOTA);
    ORGANIZATION_MAX_RECEIVE_SIZE: Unlimited<ByteQuantifiedSize> = "MaxReceiveSize", "The largest message that whoever has no limit of their own gets, and the largest that comes from or goes to the outside.", check(QUOTA);
    MAX_RECIPIENT_ENVELOPE_LIMIT: Unlimited<i32> = "MaxRecipientEnvelopeLimit", "How many recipients a message can have whose sender has no limit of their own.", check(between::<1, 2_147_483_647>());
    JOURNALING_NDR_TO: SmtpAddress = "JournalingReportNdrTo", "Who hears that a journal report cannot be delivered; nobody: the report waits in the queue.";
    RECIPIENT_VALIDATION: bool = "RecipientValidationEnabled", "Whether recipients that do not exist are refused when they are named.", default(yes);
}

/// What `Get-TransportConfig` shows.
pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &ORGANIZATION_MAX_SEND_SIZE,
        &ORGANIZATION_MAX_RECEIVE_SIZE,
        &MAX_RECIPIENT_ENVELOPE_LIMIT,
        &JOURNALING_NDR_TO,
    ],
    OBJECT
);

/// What holds for all mail of the organisation.
pub static TRANSPORT_CONFIG: Noun = Noun {
    name: "TransportConfig",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.TransportConfigContainer",
    summary: "What holds for all mail of the organisation.",
    properties: PROPERTIES,
    table: &[
        &NAME,
        &ORGANIZATION_MAX_SEND_SIZE,
        &ORGANIZATION_MAX_RECEIVE_SIZE,
        &MAX_RECIPIENT_ENVELOPE_LIMIT,
    ],
};
