//! The noun `MailboxDatabase`: a file that holds mailboxes.

use super::check::{QUOTA, SPAN, TEXT, up_to};
use super::recipient::{LEGACY_EXCHANGE_DN, NAME, OBJECT};
use super::{bytes, days, gb, joined, no, properties, yes};
use crate::Form::{DistinguishedName, Guid, LegacyDn, Name};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{ByteQuantifiedSize, ObjectId, TimeSpan, Unlimited};
use object::{Check, Declared, Noun, Value};

object::enumeration! {
    /// Whether a database has copies.
    pub enum ReplicationType: "Microsoft.Exchange.Data.Directory.SystemConfiguration.ReplicationType" {
        /// There is one copy.
        None = 0,
        /// There are copies elsewhere.
        Remote = 1,
    }
}

/// A span of each week.
const WEEKLY: Check = Check {
    passes: crate::schedule::check,
    allows: || "Spans of a week such as Sun.1:00 AM-Sun.1:15 AM.".to_owned(),
};

fn one_at_night() -> Value {
    Value::array(crate::schedule::ONE_AT_NIGHT.iter().copied().map(Value::from))
}
fn no_copies() -> Value {
    ReplicationType::None.into()
}

properties! {
    SERVER: String = "Server", "The server that has the database.", read_only();
    SERVER_NAME: String = "ServerName", "The server that has the database.", read_only();
    MOUNTED_ON_SERVER: String = "MountedOnServer", "The server on which the database is mounted.", computed();
    MOUNTED: bool = "Mounted", "Whether the database is mounted; asked for with -Status.", computed();
    DATABASE_SIZE: ByteQuantifiedSize = "DatabaseSize", "The size of the file with its log; asked for with -Status.", computed();
    FAULTS: String = "Faults", "What could not be mended or kept in it when that was tried last; asked for with -Status.", computed(), many();
    RECOVERY: bool = "Recovery", "Whether it holds mailboxes out of a backup.", read_only(), default(no);
    REPLICATION_TYPE: ReplicationType = "ReplicationType", "Whether the database has copies.", read_only(), default(no_copies);
    EDB_FILE_PATH: String = "EdbFilePath", "Where the file is.", check(up_to::<1024>()), later();
    LOG_FOLDER_PATH: String = "LogFolderPath", "Where the logs would be in Exchange; kept and shown.", check(up_to::<1024>()), later();
    ADMIN_DISPLAY_NAME: String = "AdminDisplayName", "The name that administrators read.", computed();
    ISSUE_WARNING_QUOTA: Unlimited<ByteQuantifiedSize> = "IssueWarningQuota", "The size of a mailbox at which its user is warned.", default(bytes::<2_039_480_320>), check(QUOTA);
    SEND_QUOTA: Unlimited<ByteQuantifiedSize> = "ProhibitSendQuota", "The size of a mailbox at which its user can no longer send.", default(bytes::<2_147_483_648>), check(QUOTA);
    SEND_RECEIVE_QUOTA: Unlimited<ByteQuantifiedSize> = "ProhibitSendReceiveQuota", "The size of a mailbox at which its user can neither send nor get mail.", default(bytes::<2_469_396_480>), check(QUOTA);
    RECOVERABLE_ITEMS_QUOTA: Unlimited<ByteQuantifiedSize> = "RecoverableItemsQuota", "The size at which nothing more can be kept in Recoverable Items.", default(gb::<30>), check(QUOTA);
    RECOVERABLE_ITEMS_WARNING_QUOTA: Unlimited<ByteQuantifiedSize> = "RecoverableItemsWarningQuota", "The size of Recoverable Items at which administrators are warned.", default(gb::<20>), check(QUOTA);
    CALENDAR_LOGGING_QUOTA: Unlimited<ByteQuantifiedSize> = "CalendarLoggingQuota", "The size at which changes of the calendar are no longer logged.", default(gb::<6>), check(QUOTA);
    QUOTA_NOTIFICATION_SCHEDULE: String = "QuotaNotificationSchedule", "When, by the server's clock on the wall, owners are warned each day that their mailboxes have reached a quota.", many(), not_filterable(), default(one_at_night), check(WEEKLY);
    MAILBOX_RETENTION: TimeSpan = "MailboxRetention", "How long a disconnected mailbox is kept.", default(days::<30>), check(SPAN);
    DELETED_ITEM_RETENTION: TimeSpan = "DeletedItemRetention", "How long deleted items can be recovered.", default(days::<14>), check(SPAN);
    EVENT_HISTORY_RETENTION: TimeSpan = "EventHistoryRetentionPeriod", "How long events are kept.", default(days::<7>), check(SPAN), later();
    RETAIN_UNTIL_BACKUP: bool = "RetainDeletedItemsUntilBackup", "Whether deleted items are kept until the next backup.", default(no), later();
    MOUNT_AT_STARTUP: bool = "MountAtStartup", "Whether it is mounted when the server starts.", default(yes);
    IS_EXCLUDED: bool = "IsExcludedFromProvisioning", "Whether new mailboxes go elsewhere.", default(no);
    IS_EXCLUDED_BY_OPERATOR: bool = "IsExcludedFromProvisioningByOperator", "Whether an operator sent new mailboxes elsewhere.", default(no);
    IS_EXCLUDED_INITIAL: bool = "IsExcludedFromInitialProvisioning", "Whether new mailboxes go elsewhere for now.", default(no);
    IS_EXCLUDED_CORRUPT: bool = "IsExcludedFromProvisioningDueToLogicalCorruption", "Whether new mailboxes go elsewhere because of damage.", default(no);
    IS_EXCLUDED_REASON: String = "IsExcludedFromProvisioningReason", "Why new mailboxes go elsewhere.", check(up_to::<1024>());
    IS_SUSPENDED: bool = "IsSuspendedFromProvisioning", "Whether new mailboxes go elsewhere until further notice.", default(no);
    CIRCULAR_LOGGING: bool = "CircularLoggingEnabled", "Kept for scripts; the file has no logs to circle.", default(no), later();
    BACKGROUND_MAINTENANCE: bool = "BackgroundDatabaseMaintenance", "Whether the database is tended all the time.", default(yes), later();
    ALLOW_FILE_RESTORE: bool = "AllowFileRestore", "Whether the file may be replaced by one out of a backup.", default(no), later();
    INDEX_ENABLED: bool = "IndexEnabled", "Whether text is indexed for searching.", default(yes), later();
    JOURNAL_RECIPIENT: ObjectId = "JournalRecipient", "Who gets a copy of every message.", later();
    DESCRIPTION: String = "Description", "What the database is for.", check(TEXT);
    FILE_MADE: bool = "FileMade", "Whether its file was made; from then on a missing file is a loss and no beginning.", read_only(), not_filterable(), default(no);
    AUTO_DAG_EXCLUDE: bool = "AutoDagExcludeFromMonitoring", "Whether nobody watches over it.", default(no);
}

pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &SERVER,
        &SERVER_NAME,
        &MOUNTED_ON_SERVER,
        &MOUNTED,
        &DATABASE_SIZE,
        &FAULTS,
        &RECOVERY,
        &REPLICATION_TYPE,
        &EDB_FILE_PATH,
        &LOG_FOLDER_PATH,
        &ADMIN_DISPLAY_NAME,
        &ISSUE_WARNING_QUOTA,
        &SEND_QUOTA,
        &SEND_RECEIVE_QUOTA,
        &RECOVERABLE_ITEMS_QUOTA,
        &RECOVERABLE_ITEMS_WARNING_QUOTA,
        &CALENDAR_LOGGING_QUOTA,
        &QUOTA_NOTIFICATION_SCHEDULE,
        &MAILBOX_RETENTION,
        &DELETED_ITEM_RETENTION,
        &EVENT_HISTORY_RETENTION,
        &RETAIN_UNTIL_BACKUP,
        &MOUNT_AT_STARTUP,
        &IS_EXCLUDED,
        &IS_EXCLUDED_BY_OPERATOR,
        &IS_EXCLUDED_INITIAL,
        &IS_EXCLUDED_CORRUPT,
        &IS_EXCLUDED_REASON,
        &IS_SUSPENDED,
        &CIRCULAR_LOGGING,
        &BACKGROUND_MAINTENANCE,
        &ALLOW_FILE_RESTORE,
        &INDEX_ENABLED,
        &JOURNAL_RECIPIENT,
        &DESCRIPTION,
        &AUTO_DAG_EXCLUDE,
        &LEGACY_EXCHANGE_DN,
    ],
    OBJECT
);

/// What is kept and belongs to no noun.
pub(crate) static HIDDEN: &[&dyn Declared] = &[&FILE_MADE];

/// A file that holds mailboxes.
pub static MAILBOX_DATABASE: Noun = Noun {
    name: "MailboxDatabase",
    type_name: "Microsoft.Exchange.Data.Directory.SystemConfiguration.MailboxDatabase",
    summary: "A file that holds mailboxes.",
    properties: PROPERTIES,
    table: &[&NAME, &SERVER, &RECOVERY, &REPLICATION_TYPE],
};

/// How a mailbox database is named.
pub static ID: IdentityKind = IdentityKind::new(
    "DatabaseIdParameter",
    "a mailbox database",
    &[DistinguishedName, Guid, LegacyDn, Name],
    |record| record.class() == Class::MailboxDatabase,
);

/// Mailbox databases.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::MailboxDatabase,
    "CN=Databases,CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,",
    &[PROPERTIES, HIDDEN, super::permission::OBJECT],
    &[&MAILBOX_DATABASE],
    &[&ID],
);
