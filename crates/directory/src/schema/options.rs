//! What people set for their own mailbox: language and formats, automatic replies.

use super::check::up_to;
use super::mailbox::LANGUAGES;
use super::recipient::{IDENTITY, IS_VALID, NAME};
use super::{no, properties};
use crate::culture::{CultureInfo, KNOWN, TimeZoneName, ZONE};
use object::types::DateTime;
use object::{Declared, Noun, Value};

/// The longest text of an automatic reply, in characters.
const REPLY_CHARACTERS_MAX: usize = 32_768;

object::enumeration! {
    /// Whether a mailbox answers by itself.
    pub enum OofState: "Microsoft.Exchange.Data.Storage.OofState" {
        /// It does not.
        Disabled = 0,
        /// It does.
        Enabled = 1,
        /// It does between two moments.
        Scheduled = 2,
    }
}
object::enumeration! {
    /// Which people elsewhere are answered.
    pub enum ExternalAudience: "Microsoft.Exchange.Data.Storage.ExternalAudience" {
        /// None.
        None = 0,
        /// Those who are known.
        Known = 1,
        /// All.
        All = 2,
    }
}

fn not_answering() -> Value {
    OofState::Disabled.into()
}
fn everybody() -> Value {
    ExternalAudience::All.into()
}

properties! {
    DATE_FORMAT: String = "DateFormat", "How dates are written for the mailbox's owner.", not_filterable(), check(up_to::<64>());
    TIME_FORMAT: String = "TimeFormat", "How times are written for the mailbox's owner.", not_filterable(), check(up_to::<64>());
    TIME_ZONE: TimeZoneName = "TimeZone", "Where the mailbox's owner is in time.", not_filterable(), check(ZONE);
    LANGUAGE: CultureInfo = "Language", "The owner's preferred language: the first of Languages.", computed(), check(KNOWN);
    FOLDERS_MATCH: bool = "DefaultFolderNameMatchingUserLanguage", "Whether the well-known folders have their names in that language.", computed(), default(no);

    AUTO_REPLY_STATE: OofState = "AutoReplyState", "Whether the mailbox answers by itself: Disabled, Enabled, or Scheduled between StartTime and EndTime.", not_filterable(), default(not_answering);
    START_TIME: DateTime = "StartTime", "From when on it answers where that is scheduled.", not_filterable();
    END_TIME: DateTime = "EndTime", "Until when it answers where that is scheduled.", not_filterable();
    EXTERNAL_AUDIENCE: ExternalAudience = "ExternalAudience", "Which people outside of the organization are answered: None, Known (senders whom the mailbox trusts) or All.", not_filterable(), default(everybody);
    INTERNAL_MESSAGE: String = "InternalMessage", "What people of the organization are answered; text or HTML.", not_filterable(), check(up_to::<REPLY_CHARACTERS_MAX>());
    EXTERNAL_MESSAGE: String = "ExternalMessage", "What others are answered; text or HTML.", not_filterable(), check(up_to::<REPLY_CHARACTERS_MAX>());
    MAILBOX_OWNER: String = "MailboxOwnerId", "Whose mailbox it is.", computed();
    AUTO_REPLY_PERIOD: i64 = "AutoReplyPeriod", "Since when it answers, in microseconds: everybody is answered once from then on.", read_only(), not_filterable();
}

/// What is kept of them.
pub(crate) static KEPT: &[&dyn Declared] = &[
    &DATE_FORMAT,
    &TIME_FORMAT,
    &TIME_ZONE,
    &AUTO_REPLY_STATE,
    &START_TIME,
    &END_TIME,
    &EXTERNAL_AUDIENCE,
    &INTERNAL_MESSAGE,
    &EXTERNAL_MESSAGE,
    &AUTO_REPLY_PERIOD,
];

/// The language of a mailbox's owner, and how dates and times are written there.
pub static MAILBOX_REGIONAL_CONFIGURATION: Noun = Noun {
    name: "MailboxRegionalConfiguration",
    type_name: "Microsoft.Exchange.Data.Storage.Management.MailboxRegionalConfiguration",
    summary: "The language of a mailbox's owner, and how dates and times are written there.",
    properties: &[
        &DATE_FORMAT,
        &LANGUAGE,
        &FOLDERS_MATCH,
        &TIME_FORMAT,
        &TIME_ZONE,
        &MAILBOX_OWNER,
        &IDENTITY,
        &IS_VALID,
        &LANGUAGES,
    ],
    table: &[&IDENTITY, &LANGUAGE, &DATE_FORMAT, &TIME_FORMAT, &TIME_ZONE],
};

/// What a mailbox answers by itself, whom and when.
pub static MAILBOX_AUTO_REPLY_CONFIGURATION: Noun = Noun {
    name: "MailboxAutoReplyConfiguration",
    type_name: "Microsoft.Exchange.Data.Storage.Management.MailboxAutoReplyConfiguration",
    summary: "What a mailbox answers by itself, whom and when.",
    properties: &[
        &AUTO_REPLY_STATE,
        &END_TIME,
        &EXTERNAL_AUDIENCE,
        &EXTERNAL_MESSAGE,
        &INTERNAL_MESSAGE,
        &START_TIME,
        &MAILBOX_OWNER,
        &IDENTITY,
        &IS_VALID,
        &NAME,
    ],
    table: &[&IDENTITY, &AUTO_REPLY_STATE, &START_TIME, &END_TIME],
};
