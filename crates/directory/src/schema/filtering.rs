//! The nouns of the filters: what is done about spam, unwanted senders, unknown recipients, and machines that are known.

use super::check::{TEXT, between, up_to};
use super::recipient::{NAME, OBJECT};
use super::transport_config::RECIPIENT_VALIDATION;
use super::{joined, no, properties, yes};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{DateTime, SmtpAddress};
use object::{Declared, Noun, Value};

object::enumeration! {
    /// What is done with mail of a sender whom its recipient has blocked.
    pub enum BlockedSenderAction: "Microsoft.Exchange.Data.Directory.SystemConfiguration.RecipientBlockedSenderAction" {
        /// It is dropped, and nobody told.
        Delete = 0,
        /// It is refused.
        Reject = 1,
    }
}

fn nine() -> Value {
    9.into()
}
fn seven() -> Value {
    7.into()
}
fn reject() -> Value {
    BlockedSenderAction::Reject.into()
}
fn refusal() -> Value {
    "Message rejected as spam by Content Filtering.".into()
}

properties! {
    SERVER_SCL_DELETE_ENABLED: bool = "SCLDeleteEnabled", "Whether spam from the threshold on is deleted and nobody told.", default(no);
    SERVER_SCL_DELETE_THRESHOLD: i32 = "SCLDeleteThreshold", "The spam score from which messages are deleted.", default(nine), check(between::<0, 9>());
    SERVER_SCL_REJECT_ENABLED: bool = "SCLRejectEnabled", "Whether spam from the threshold on is refused.", default(yes);
    SERVER_SCL_REJECT_THRESHOLD: i32 = "SCLRejectThreshold", "The spam score from which messages are refused.", default(seven), check(between::<0, 9>());
    SERVER_SCL_QUARANTINE_ENABLED: bool = "SCLQuarantineEnabled", "Whether spam from the threshold on goes to the quarantine mailbox.", default(no);
    SERVER_SCL_QUARANTINE_THRESHOLD: i32 = "SCLQuarantineThreshold", "The spam score from which messages go to the quarantine mailbox.", default(nine), check(between::<0, 9>());
    QUARANTINE_MAILBOX: SmtpAddress = "QuarantineMailbox", "Where messages go that are quarantined.";
    REJECTION_RESPONSE: String = "RejectionResponse", "The words with which spam is refused.", default(refusal), check(up_to::<240>());
    ENABLED: bool = "Enabled", "Whether the filter works.", computed();
    CONTENT_FILTER_ENABLED: bool = "ContentFilterEnabled", "Whether spam scores are acted on.", default(yes);
    BYPASSED_RECIPIENTS: SmtpAddress = "BypassedRecipients", "Recipients for whom nothing is filtered.", many();
    BYPASSED_SENDERS: SmtpAddress = "BypassedSenders", "Senders whose messages are not filtered.", many();
    BYPASSED_SENDER_DOMAINS: String = "BypassedSenderDomains", "Domains whose messages are not filtered.", many(), check(TEXT);
    SENDER_FILTER_ENABLED: bool = "SenderFilterEnabled", "Whether senders are filtered.", default(yes);
    BLOCKED_SENDERS: SmtpAddress = "BlockedSenders", "Senders from whom nothing is taken.", many();
    BLOCKED_DOMAINS: String = "BlockedDomains", "Domains from which nothing is taken.", many(), check(TEXT);
    BLOCKED_DOMAINS_AND_BELOW: String = "BlockedDomainsAndSubdomains", "Domains from which, and from below which, nothing is taken.", many(), check(TEXT);
    BLANK_SENDER_BLOCKING: bool = "BlankSenderBlockingEnabled", "Whether messages without a sender are refused, reports among them.", default(no);
    BLOCKED_SENDER_ACTION: BlockedSenderAction = "RecipientBlockedSenderAction", "What is done with mail of a sender whom its recipient has blocked: Reject, or Delete, of which nobody is told.", default(reject);
    RECIPIENT_FILTER_ENABLED: bool = "RecipientFilterEnabled", "Whether recipients are filtered.", default(yes);
    BLOCK_LIST_ENABLED: bool = "BlockListEnabled", "Whether recipients of the block list are refused.", default(no);
    BLOCKED_RECIPIENTS: SmtpAddress = "BlockedRecipients", "Recipients for whom nothing is taken from outside.", many();
    IP_RANGE: String = "IPRange", "The address, range or network.", check(super::rule::RANGE);
    EXPIRATION: DateTime = "ExpirationTime", "Until when the entry is in force.";
    ENTRY_COMMENT: String = "Comment", "What the entry is for.", check(up_to::<128>());
}

pub(crate) const CONTENT: &[&dyn Declared] = joined!(
    &[
        &ENABLED,
        &CONTENT_FILTER_ENABLED,
        &SERVER_SCL_DELETE_ENABLED,
        &SERVER_SCL_DELETE_THRESHOLD,
        &SERVER_SCL_REJECT_ENABLED,
        &SERVER_SCL_REJECT_THRESHOLD,
        &SERVER_SCL_QUARANTINE_ENABLED,
        &SERVER_SCL_QUARANTINE_THRESHOLD,
        &QUARANTINE_MAILBOX,
        &REJECTION_RESPONSE,
        &BYPASSED_RECIPIENTS,
        &BYPASSED_SENDERS,
        &BYPASSED_SENDER_DOMAINS,
    ],
    OBJECT
);
pub(crate) const SENDER: &[&dyn Declared] = joined!(
    &[
        &ENABLED,
        &SENDER_FILTER_ENABLED,
        &BLOCKED_SENDERS,
        &BLOCKED_DOMAINS,
        &BLOCKED_DOMAINS_AND_BELOW,
        &BLANK_SENDER_BLOCKING,
        &BLOCKED_SENDER_ACTION,
    ],
    OBJECT
);
pub(crate) const RECIPIENT: &[&dyn Declared] = joined!(
    &[&ENABLED, &RECIPIENT_FILTER_ENABLED, &RECIPIENT_VALIDATION, &BLOCK_LIST_ENABLED, &BLOCKED_RECIPIENTS],
    OBJECT
);
const ENTRY: &[&dyn Declared] = joined!(&[&IP_RANGE, &EXPIRATION, &ENTRY_COMMENT], OBJECT);

/// What is done about spam.
pub static CONTENT_FILTER_CONFIG: Noun = Noun {
    name: "ContentFilterConfig",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ContentFilterConfig",
    summary: "What is done about spam.",
    properties: CONTENT,
    table: &[&NAME, &ENABLED, &SERVER_SCL_REJECT_ENABLED, &SERVER_SCL_REJECT_THRESHOLD],
};
/// From whom nothing is taken.
pub static SENDER_FILTER_CONFIG: Noun = Noun {
    name: "SenderFilterConfig",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.SenderFilterConfig",
    summary: "From whom nothing is taken.",
    properties: SENDER,
    table: &[&NAME, &ENABLED, &BLOCKED_SENDERS],
};
/// For whom nothing is taken.
pub static RECIPIENT_FILTER_CONFIG: Noun = Noun {
    name: "RecipientFilterConfig",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.RecipientFilterConfig",
    summary: "For whom nothing is taken.",
    properties: RECIPIENT,
    table: &[&NAME, &ENABLED, &RECIPIENT_VALIDATION],
};
/// A machine whose mail is not filtered.
pub static IP_ALLOW_LIST_ENTRY: Noun = Noun {
    name: "IPAllowListEntry",
    type_name: "Microsoft.Exchange.Data.Transport.IPAllowListEntry",
    summary: "A machine whose mail is not filtered.",
    properties: ENTRY,
    table: &[&NAME, &IP_RANGE, &EXPIRATION],
};
/// A machine from which nothing is taken.
pub static IP_BLOCK_LIST_ENTRY: Noun = Noun {
    name: "IPBlockListEntry",
    type_name: "Microsoft.Exchange.Data.Transport.IPBlockListEntry",
    summary: "A machine from which nothing is taken.",
    properties: ENTRY,
    table: &[&NAME, &IP_RANGE, &EXPIRATION],
};

/// How an entry of the allow list is named.
pub static ALLOW_ID: IdentityKind =
    IdentityKind::configuration("IPListEntryIdentity", "an entry of the allow list", |record| {
        record.class() == Class::IpAllowListEntry
    });
/// How an entry of the block list is named.
pub static BLOCK_ID: IdentityKind =
    IdentityKind::configuration("IPBlockListEntryIdentity", "an entry of the block list", |record| {
        record.class() == Class::IpBlockListEntry
    });
pub(crate) static ALLOW_CLASS: ClassFacts = ClassFacts::configuration(
    Class::IpAllowListEntry,
    "CN=IP Allow List,CN=Transport Settings,",
    &[ENTRY],
    &[&IP_ALLOW_LIST_ENTRY],
    &[&ALLOW_ID],
);
pub(crate) static BLOCK_CLASS: ClassFacts = ClassFacts::configuration(
    Class::IpBlockListEntry,
    "CN=IP Block List,CN=Transport Settings,",
    &[ENTRY],
    &[&IP_BLOCK_LIST_ENTRY],
    &[&BLOCK_ID],
);
