//! The noun `Mailbox`: a user who receives mail in a mailbox database.

use super::check::{QUOTA, RULES_SIZE, SPAN, TEXT, between, up_to};
use super::recipient::*;
use super::user::{
    ACCOUNT_DISABLED, HAS_PICTURE, LINKED_MASTER_ACCOUNT, OFFICE, RESET_PASSWORD_ON_NEXT_LOGON,
    SAM_ACCOUNT_NAME, USER_PRINCIPAL_NAME,
};
use super::{days, gb, joined, no, no_count_limit, no_limit, properties, yes};
use crate::culture::CultureInfo;
use crate::user_account::UserAccountFlags;
use object::types::{
    ByteQuantifiedSize, DateTime, ExternalOofOptions, Guid, ObjectId, PropertyType, ProxyAddress,
    RecipientTypeDetails, TimeSpan, Unlimited,
};
use object::{Declared, Noun, Value};

object::enumeration! {
    /// What kind of resource a room or equipment mailbox is.
    pub enum ResourceKind: "Microsoft.Exchange.Data.Directory.Recipient.ExchangeResourceType" {
        /// A room.
        Room = 0,
        /// A thing.
        Equipment = 1,
    }
}
object::enumeration! {
    /// Where what a delegate moves to Deleted Items goes. The numbers are those of Outlook's setting of that name.
    pub enum WastebasketStyle: "Mailstead.DelegateWastebasketStyle" {
        /// To the Deleted Items of the mailbox that it was in.
        Owner = 4,
        /// To the delegate's own Deleted Items.
        Delegate = 8,
    }
}
object::enumeration! {
    /// Where the archive is.
    pub enum ArchiveState: "Microsoft.Exchange.Data.Directory.Recipient.ArchiveState" {
        /// There is none.
        None = 0,
        /// In a database of this organisation.
        Local = 1,
    }
}
object::enumeration! {
    /// Whether the archive is in use.
    pub enum ArchiveStatus: "Microsoft.Exchange.Data.Directory.Recipient.ArchiveStatusFlags" {
        /// It is not active.
        None = 0,
        /// It is active.
        Active = 1,
    }
}

fn rules_quota_default() -> Value {
    ByteQuantifiedSize(256 << 10).into_value()
}
fn external() -> Value {
    ExternalOofOptions::External.into()
}
fn delegates_own() -> Value {
    WastebasketStyle::Delegate.into()
}
fn zero_guid() -> Value {
    Guid::EMPTY.into()
}
fn no_flags() -> Value {
    UserAccountFlags(0).into()
}
fn no_archive() -> Value {
    ArchiveState::None.into()
}
fn not_active() -> Value {
    ArchiveStatus::None.into()
}
fn no_span_limit() -> Value {
    Unlimited::<TimeSpan>::Unlimited.into_value()
}

object::enumeration! {
    /// What a mailbox's log can tell of.
    pub enum MailboxAuditOperation: "Microsoft.Exchange.Data.Directory.Recipient.MailboxAuditOperations" {
        /// Nothing.
        None = 0,
        /// A folder is opened.
        FolderBind = 1,
        /// A message is read.
        MessageBind = 2,
        /// A message or folder is made.
        Create = 3,
        /// A message or folder is changed.
        Update = 4,
        /// A message is copied.
        Copy = 5,
        /// A message is moved.
        Move = 6,
        /// A message is moved to Deleted Items.
        MoveToDeletedItems = 7,
        /// A message is expunged and can be recovered.
        SoftDelete = 8,
        /// A message is taken out of the recoverable items.
        HardDelete = 9,
        /// A message is sent as the mailbox.
        SendAs = 10,
        /// A message is sent on behalf of the mailbox.
        SendOnBehalf = 11,
        /// Somebody logs on.
        MailboxLogin = 12,
        /// Somebody is given rights in a folder.
        AddFolderPermissions = 13,
        /// Somebody's rights in a folder become others.
        ModifyFolderPermissions = 14,
        /// Somebody's rights in a folder are taken.
        RemoveFolderPermissions = 15,
        /// Any of the three before.
        UpdateFolderPermissions = 16,
    }
}

fn operations(list: &[MailboxAuditOperation]) -> Value {
    Value::array(list.iter().map(|operation| Value::from(*operation)))
}
fn audited_of_administrators() -> Value {
    use MailboxAuditOperation::*;
    operations(&[
        Update,
        Move,
        MoveToDeletedItems,
        SoftDelete,
        HardDelete,
        FolderBind,
        SendAs,
        SendOnBehalf,
        Create,
    ])
}
fn audited_of_delegates() -> Value {
    use MailboxAuditOperation::*;
    operations(&[Update, SoftDelete, HardDelete, SendAs, Create])
}
fn audited_of_owners() -> Value {
    operations(&[MailboxAuditOperation::None])
}

impl MailboxAuditOperation {
    /// Whether a list that says this one wants an operation of that number told of.
    pub fn covers(self, number: i64) -> bool {
        let permissions = Self::AddFolderPermissions as i64..=Self::RemoveFolderPermissions as i64;
        self as i64 == number || self == Self::UpdateFolderPermissions && permissions.contains(&number)
    }
}

properties! {
    DATABASE: ObjectId = "Database", "The mailbox database that holds the mailbox.", indexed(), attribute("homeMDB"), refers_to("DatabaseIdParameter");
    EXCHANGE_GUID: Guid = "ExchangeGuid", "The GUID of the mailbox in the store.", read_only(), indexed(), attribute("msExchMailboxGuid"), default(zero_guid), unique("mailbox");
    SERVER_NAME: String = "ServerName", "The server that has the database.", read_only();
    SERVER_LEGACY_DN: String = "ServerLegacyDN", "The server as the directory names it.", read_only(), attribute("msExchHomeServerName");
    USE_DATABASE_QUOTAS: bool = "UseDatabaseQuotaDefaults", "Whether the database's quotas hold and the mailbox's own are ignored.", attribute("mDBUseDefaults"), default(yes);
    USE_DATABASE_RETENTION: bool = "UseDatabaseRetentionDefaults", "Whether the database says how long deleted items are kept.", default(yes);
    ISSUE_WARNING_QUOTA: Unlimited<ByteQuantifiedSize> = "IssueWarningQuota", "The size at which the user is warned.", attribute("mDBStorageQuota"), default(no_limit), check(QUOTA);
    SEND_QUOTA: Unlimited<ByteQuantifiedSize> = "ProhibitSendQuota", "The size at which the user can no longer send.", attribute("mDBOverQuotaLimit"), default(no_limit), check(QUOTA);
    SEND_RECEIVE_QUOTA: Unlimited<ByteQuantifiedSize> = "ProhibitSendReceiveQuota", "The size at which the user can neither send nor get mail.", attribute("mDBOverHardQuotaLimit"), default(no_limit), check(QUOTA);
    RECOVERABLE_ITEMS_QUOTA: Unlimited<ByteQuantifiedSize> = "RecoverableItemsQuota", "The size at which nothing more can be kept in Recoverable Items.", attribute("msExchDumpsterQuota"), default(gb::<30>), check(QUOTA);
    RECOVERABLE_ITEMS_WARNING_QUOTA: Unlimited<ByteQuantifiedSize> = "RecoverableItemsWarningQuota", "The size of Recoverable Items at which administrators are warned.", attribute("msExchDumpsterWarningQuota"), default(gb::<20>), check(QUOTA);
    CALENDAR_LOGGING_QUOTA: Unlimited<ByteQuantifiedSize> = "CalendarLoggingQuota", "The size at which changes of the calendar are no longer logged.", attribute("msExchCalendarLoggingQuota"), default(gb::<6>), check(QUOTA);
    RULES_QUOTA: ByteQuantifiedSize = "RulesQuota", "The size that all inbox rules may have together.", attribute("msExchMDBRulesQuota"), default(rules_quota_default), check(RULES_SIZE);
    RETAIN_DELETED_ITEMS_FOR: TimeSpan = "RetainDeletedItemsFor", "How long deleted items can be recovered.", attribute("garbageCollPeriod"), default(days::<14>), check(SPAN);
    RETAIN_UNTIL_BACKUP: bool = "RetainDeletedItemsUntilBackup", "Whether deleted items are kept until the next backup.", default(no), later();
    SINGLE_ITEM_RECOVERY: bool = "SingleItemRecoveryEnabled", "Whether purged items can be recovered.", default(no);
    RECIPIENT_LIMITS: Unlimited<i32> = "RecipientLimits", "How many recipients a message of the mailbox can have.", attribute("msExchRecipLimit"), default(no_count_limit), check(between::<0, 2_147_483_647>());
    DELIVER_AND_FORWARD: bool = "DeliverToMailboxAndForward", "Whether forwarded mail is kept in the mailbox too.", attribute("deliverAndRedirect"), default(no);
    FORWARDING_ADDRESS: ObjectId = "ForwardingAddress", "The recipient that mail is forwarded to.", attribute("altRecipient");
    FORWARDING_SMTP_ADDRESS: ProxyAddress = "ForwardingSmtpAddress", "The address that mail is forwarded to.", attribute("msExchGenericForwardingAddress"), check(super::check::PROXY);
    RETENTION_POLICY: ObjectId = "RetentionPolicy", "The retention policy.", attribute("msExchMailboxTemplateLink"), refers_to("RetentionPolicyIdParameter");
    ADDRESS_BOOK_POLICY: ObjectId = "AddressBookPolicy", "The address book policy.", attribute("msExchAddressBookPolicyLink"), refers_to("AddressBookMailboxPolicyIdParameter");
    ROLE_ASSIGNMENT_POLICY: ObjectId = "RoleAssignmentPolicy", "What the user may do with their own mailbox.", attribute("msExchRBACPolicyLink"), refers_to("RoleAssignmentPolicyIdParameter");
    SHARING_POLICY: ObjectId = "SharingPolicy", "With whom the user may share.", attribute("msExchSharingPolicyLink"), refers_to("SharingPolicyIdParameter");
    THROTTLING_POLICY: ObjectId = "ThrottlingPolicy", "How much of the server the user may use.", attribute("msExchThrottlingPolicyDN"), refers_to("ThrottlingPolicyIdParameter");
    OFFLINE_ADDRESS_BOOK: ObjectId = "OfflineAddressBook", "The offline address book.", attribute("msExchUseOAB"), refers_to("OfflineAddressBookIdParameter");
    LITIGATION_HOLD_ENABLED: bool = "LitigationHoldEnabled", "Whether nothing may leave the mailbox for legal reasons.", default(no);
    LITIGATION_HOLD_DATE: DateTime = "LitigationHoldDate", "Since when the hold is in force.", attribute("msExchLitigationHoldDate");
    LITIGATION_HOLD_OWNER: String = "LitigationHoldOwner", "Who put the hold in force.", attribute("msExchLitigationHoldOwner"), check(up_to::<1024>());
    LITIGATION_HOLD_DURATION: Unlimited<TimeSpan> = "LitigationHoldDuration", "How long items are held.", not_filterable(), default(no_span_limit);
    RETENTION_HOLD_ENABLED: bool = "RetentionHoldEnabled", "Whether retention rests.", default(no);
    START_RETENTION_HOLD: DateTime = "StartDateForRetentionHold", "When retention begins to rest.";
    END_RETENTION_HOLD: DateTime = "EndDateForRetentionHold", "When retention goes on.";
    RETENTION_COMMENT: String = "RetentionComment", "What the user reads about the hold.", attribute("msExchRetentionComment"), check(up_to::<255>());
    RETENTION_URL: String = "RetentionUrl", "Where the user reads about the hold.", attribute("msExchRetentionURL"), check(TEXT);
    CALENDAR_REPAIR_DISABLED: bool = "CalendarRepairDisabled", "Whether meetings are left unrepaired.", default(no);
    CALENDAR_VERSION_STORE_DISABLED: bool = "CalendarVersionStoreDisabled", "Whether changes of the calendar are not logged.", default(no);
    MESSAGE_TRACKING_READ_STATUS: bool = "MessageTrackingReadStatusEnabled", "Whether senders can see that a message was read.", default(yes);
    MESSAGE_COPY_SENT_AS: bool = "MessageCopyForSentAsEnabled", "Whether what others send as this mailbox is copied into its Sent Items.", default(no);
    MESSAGE_COPY_ON_BEHALF: bool = "MessageCopyForSendOnBehalfEnabled", "Whether what others send on its behalf is copied into its Sent Items.", default(no);
    SHARED_READ_STATE: bool = "SharedReadState", "Whether what one holder has read in this mailbox is read for all; otherwise each has a read state of their own.", default(yes);
    DELEGATE_WASTEBASKET_STYLE: WastebasketStyle = "DelegateWastebasketStyle", "Where goes what a delegate deletes in this mailbox by moving it to Deleted Items: to the Delegate's, or to the Owner's, which are this mailbox's.", default(delegates_own);
    DOWNGRADE_HIGH_PRIORITY: bool = "DowngradeHighPriorityMessagesEnabled", "Whether urgent messages are sent as normal ones.", default(no);
    EXTERNAL_OOF_OPTIONS: ExternalOofOptions = "ExternalOofOptions", "Who gets out-of-office replies.", attribute("msExchExternalOOFOptions"), default(external);
    LANGUAGES: CultureInfo = "Languages", "The user's languages, the preferred one first.", many(), attribute("msExchUserCulture"), check(crate::culture::KNOWN), survives_disable();
    MAX_SAFE_SENDERS: i32 = "MaxSafeSenders", "How many safe senders the user may have.", attribute("msExchMaxSafeSenders"), check(between::<0, 2_147_483_647>());
    MAX_BLOCKED_SENDERS: i32 = "MaxBlockedSenders", "How many blocked senders the user may have.", attribute("msExchMaxBlockedSenders"), check(between::<0, 2_147_483_647>());
    ANTISPAM_BYPASS: bool = "AntispamBypassEnabled", "Whether spam is not filtered.", default(no);
    SCL_DELETE_ENABLED: bool = "SCLDeleteEnabled", "Whether spam from the threshold on is deleted; $null leaves it to the server.";
    SCL_DELETE_THRESHOLD: i32 = "SCLDeleteThreshold", "The spam score from which messages are deleted.", filter_name("SCLDeleteThresholdInt"), attribute("msExchMessageHygieneSCLDeleteThreshold"), check(between::<0, 9>());
    SCL_REJECT_ENABLED: bool = "SCLRejectEnabled", "Whether spam from the threshold on is refused; $null leaves it to the server.";
    SCL_REJECT_THRESHOLD: i32 = "SCLRejectThreshold", "The spam score from which messages are refused.", filter_name("SCLRejectThresholdInt"), attribute("msExchMessageHygieneSCLRejectThreshold"), check(between::<0, 9>());
    SCL_QUARANTINE_ENABLED: bool = "SCLQuarantineEnabled", "Whether spam from the threshold on is quarantined; $null leaves it to the server.";
    SCL_QUARANTINE_THRESHOLD: i32 = "SCLQuarantineThreshold", "The spam score from which messages are quarantined.", filter_name("SCLQuarantineThresholdInt"), attribute("msExchMessageHygieneSCLQuarantineThreshold"), check(between::<0, 9>());
    SCL_JUNK_ENABLED: bool = "SCLJunkEnabled", "Whether spam above the threshold goes to Junk Email; $null leaves it to the user.";
    SCL_JUNK_THRESHOLD: i32 = "SCLJunkThreshold", "The spam score above which messages go to Junk Email.", filter_name("SCLJunkThresholdInt"), attribute("msExchMessageHygieneSCLJunkThreshold"), check(between::<0, 9>());
    JUNK_ENABLED: bool = "JunkEmailRuleEnabled", "Whether the junk e-mail rule of the mailbox moves messages.", not_filterable(), default(yes);
    TRUSTED_SENDERS: String = "TrustedSendersAndDomains", "Senders and domains whose messages are never junk.", not_filterable(), many(), check(up_to::<256>());
    BLOCKED_SENDERS: String = "BlockedSendersAndDomains", "Senders and domains whose messages are always junk.", not_filterable(), many(), check(up_to::<256>());
    CONTACTS_TRUSTED: bool = "ContactsTrusted", "Whether senders among the mailbox's contacts are safe; no client can keep contacts in a mailbox so far.", not_filterable(), default(no), later();
    TRUSTED_LISTS_ONLY: bool = "TrustedListsOnly", "Whether everything but messages of safe senders is junk.", not_filterable(), default(no);
    RESOURCE_CAPACITY: i32 = "ResourceCapacity", "How many people a room holds.", attribute("msExchResourceCapacity"), check(between::<0, 2_147_483_647>());
    RESOURCE_CUSTOM: String = "ResourceCustom", "What a room or thing offers.", many(), check(up_to::<256>());
    RESOURCE_TYPE: ResourceKind = "ResourceType", "Room or Equipment.", read_only();
    IS_RESOURCE: bool = "IsResource", "Whether it is a room or a thing.", read_only(), default(no);
    IS_LINKED: bool = "IsLinked", "Whether the account lives in another forest.", read_only(), default(no);
    IS_SHARED: bool = "IsShared", "Whether several people work in it.", read_only(), default(no);
    IS_MAILBOX_ENABLED: bool = "IsMailboxEnabled", "Whether it has a mailbox.", read_only(), default(no);
    EXCHANGE_USER_ACCOUNT_CONTROL: UserAccountFlags = "ExchangeUserAccountControl", "Whether the mailbox's account is switched off.", read_only(), attribute("msExchUserAccountControl"), default(no_flags);
    WHEN_MAILBOX_CREATED: DateTime = "WhenMailboxCreated", "When the mailbox was made.", read_only(), attribute("msExchWhenMailboxCreated"), survives_disable();
    ROOM_MAILBOX_ACCOUNT_ENABLED: bool = "RoomMailboxAccountEnabled", "Whether a room's account can log on.", read_only(), default(no);
    ARCHIVE_GUID: Guid = "ArchiveGuid", "The GUID of the archive in the store.", read_only(), indexed(), attribute("msExchArchiveGUID"), default(zero_guid), unique("mailbox");
    ARCHIVE_NAME: String = "ArchiveName", "The name of the archive.", many(), attribute("msExchArchiveName"), check(up_to::<512>());
    ARCHIVE_DATABASE: ObjectId = "ArchiveDatabase", "The mailbox database that holds the archive.", attribute("msExchArchiveDatabaseLink"), later(), refers_to("DatabaseIdParameter");
    ARCHIVE_QUOTA: Unlimited<ByteQuantifiedSize> = "ArchiveQuota", "The size at which the archive takes nothing more.", default(gb::<100>), check(QUOTA);
    ARCHIVE_WARNING_QUOTA: Unlimited<ByteQuantifiedSize> = "ArchiveWarningQuota", "The size of the archive at which the user is warned.", default(gb::<90>), check(QUOTA);
    ARCHIVE_STATE: ArchiveState = "ArchiveState", "Where the archive is.", read_only(), default(no_archive);
    ARCHIVE_STATUS: ArchiveStatus = "ArchiveStatus", "Whether the archive is in use.", read_only(), default(not_active);
    DISABLED_ARCHIVE_GUID: Guid = "DisabledArchiveGuid", "The GUID of the archive that was switched off.", read_only(), attribute("msExchDisabledArchiveGUID"), default(zero_guid);
    DISABLED_ARCHIVE_DATABASE: ObjectId = "DisabledArchiveDatabase", "The database of the archive that was switched off.", read_only(), attribute("msExchDisabledArchiveDatabaseLink");
    AUDIT_ENABLED: bool = "AuditEnabled", "Whether it is logged who did what in the mailbox.", default(no);
    AUDIT_ADMIN: MailboxAuditOperation = "AuditAdmin", "What is logged of administrators' work in the mailbox; None logs nothing.", many(), default(audited_of_administrators);
    AUDIT_DELEGATE: MailboxAuditOperation = "AuditDelegate", "What is logged of others who were given rights; None logs nothing.", many(), default(audited_of_delegates);
    AUDIT_OWNER: MailboxAuditOperation = "AuditOwner", "What is logged of the owner's own work; None logs nothing.", many(), default(audited_of_owners);
    AUDIT_LOG_AGE_LIMIT: TimeSpan = "AuditLogAgeLimit", "How long the mailbox's log is kept.", default(days::<90>), check(SPAN);
    DELEGATE_LIST_LINK: ObjectId = "DelegateListLink", "The users in whose clients the mailbox appears by itself, members of groups included.", many(), read_only(), attribute("msExchDelegateListLink");
    MESSAGES_PER_FOLDER_WARNING: i32 = "MailboxMessagesPerFolderCountWarningQuota", "The number of items in a folder at which the user is warned.", check(between::<0, 2_147_483_647>()), later();
    MESSAGES_PER_FOLDER_RECEIVE: i32 = "MailboxMessagesPerFolderCountReceiveQuota", "The number of items that a folder takes.", check(between::<0, 2_147_483_647>()), later();
    FOLDERS_COUNT_WARNING: i32 = "FoldersCountWarningQuota", "The number of folders at which the user is warned.", check(between::<0, 2_147_483_647>()), later();
    FOLDERS_COUNT_RECEIVE: i32 = "FoldersCountReceiveQuota", "The number of folders that the mailbox takes.", check(between::<0, 2_147_483_647>()), later();
    FOLDER_DEPTH_WARNING: i32 = "FolderHierarchyDepthWarningQuota", "The depth of folders at which the user is warned.", check(between::<0, 2_147_483_647>()), later();
    FOLDER_DEPTH_RECEIVE: i32 = "FolderHierarchyDepthReceiveQuota", "The depth of folders that the mailbox takes.", check(between::<0, 2_147_483_647>()), later();
    FOLDER_CHILDREN_WARNING: i32 = "FolderHierarchyChildrenCountWarningQuota", "The number of folders in a folder at which the user is warned.", check(between::<0, 2_147_483_647>()), later();
    FOLDER_CHILDREN_RECEIVE: i32 = "FolderHierarchyChildrenCountReceiveQuota", "The number of folders that a folder takes.", check(between::<0, 2_147_483_647>()), later();
}

fn details_of(mask: i64) -> impl Fn(RecipientTypeDetails) -> bool {
    move |details| details as i64 & mask != 0
}

/// Whether a recipient of these details is a mailbox of any flavour.
pub fn is_mailbox(details: RecipientTypeDetails) -> bool {
    const MAILBOXES: i64 = 1
        | 2
        | 4
        | 8
        | 16
        | 32
        | 8192
        | 16384
        | 8_388_608
        | 536_870_912
        | 68_719_476_736
        | 137_438_953_472
        | 549_755_813_888
        | 1_099_511_627_776
        | 2_199_023_255_552
        | 4_398_046_511_104
        | 17_592_186_044_416
        | 70_368_744_177_664
        | 140_737_488_355_328;
    details_of(MAILBOXES)(details)
}

/// Whether `Get-Mailbox` leaves it out unless it is asked for: arbitration, audit log, public folder, monitoring.
pub fn is_system_mailbox(details: RecipientTypeDetails) -> bool {
    const SYSTEM: i64 = 8192
        | 16384
        | 8_388_608
        | 68_719_476_736
        | 549_755_813_888
        | 4_398_046_511_104
        | 70_368_744_177_664
        | 140_737_488_355_328;
    details_of(SYSTEM)(details)
}

/// What only mailboxes have.
pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &DATABASE,
    &EXCHANGE_GUID,
    &SERVER_NAME,
    &SERVER_LEGACY_DN,
    &USE_DATABASE_QUOTAS,
    &USE_DATABASE_RETENTION,
    &ISSUE_WARNING_QUOTA,
    &SEND_QUOTA,
    &SEND_RECEIVE_QUOTA,
    &RECOVERABLE_ITEMS_QUOTA,
    &RECOVERABLE_ITEMS_WARNING_QUOTA,
    &CALENDAR_LOGGING_QUOTA,
    &RULES_QUOTA,
    &RETAIN_DELETED_ITEMS_FOR,
    &RETAIN_UNTIL_BACKUP,
    &SINGLE_ITEM_RECOVERY,
    &RECIPIENT_LIMITS,
    &DELIVER_AND_FORWARD,
    &FORWARDING_ADDRESS,
    &FORWARDING_SMTP_ADDRESS,
    &RETENTION_POLICY,
    &ADDRESS_BOOK_POLICY,
    &ROLE_ASSIGNMENT_POLICY,
    &SHARING_POLICY,
    &THROTTLING_POLICY,
    &OFFLINE_ADDRESS_BOOK,
    &LITIGATION_HOLD_ENABLED,
    &LITIGATION_HOLD_DATE,
    &LITIGATION_HOLD_OWNER,
    &LITIGATION_HOLD_DURATION,
    &RETENTION_HOLD_ENABLED,
    &START_RETENTION_HOLD,
    &END_RETENTION_HOLD,
    &RETENTION_COMMENT,
    &RETENTION_URL,
    &CALENDAR_REPAIR_DISABLED,
    &CALENDAR_VERSION_STORE_DISABLED,
    &MESSAGE_TRACKING_READ_STATUS,
    &MESSAGE_COPY_SENT_AS,
    &MESSAGE_COPY_ON_BEHALF,
    &DELEGATE_WASTEBASKET_STYLE,
    &SHARED_READ_STATE,
    &DOWNGRADE_HIGH_PRIORITY,
    &EXTERNAL_OOF_OPTIONS,
    &LANGUAGES,
    &MAX_SAFE_SENDERS,
    &MAX_BLOCKED_SENDERS,
    &ANTISPAM_BYPASS,
    &SCL_DELETE_ENABLED,
    &SCL_DELETE_THRESHOLD,
    &SCL_REJECT_ENABLED,
    &SCL_REJECT_THRESHOLD,
    &SCL_QUARANTINE_ENABLED,
    &SCL_QUARANTINE_THRESHOLD,
    &SCL_JUNK_ENABLED,
    &SCL_JUNK_THRESHOLD,
    &RESOURCE_CAPACITY,
    &RESOURCE_CUSTOM,
    &RESOURCE_TYPE,
    &IS_RESOURCE,
    &IS_LINKED,
    &IS_SHARED,
    &IS_MAILBOX_ENABLED,
    &EXCHANGE_USER_ACCOUNT_CONTROL,
    &WHEN_MAILBOX_CREATED,
    &ROOM_MAILBOX_ACCOUNT_ENABLED,
    &ARCHIVE_GUID,
    &ARCHIVE_NAME,
    &ARCHIVE_DATABASE,
    &ARCHIVE_QUOTA,
    &ARCHIVE_WARNING_QUOTA,
    &ARCHIVE_STATE,
    &ARCHIVE_STATUS,
    &DISABLED_ARCHIVE_GUID,
    &DISABLED_ARCHIVE_DATABASE,
    &AUDIT_ENABLED,
    &AUDIT_ADMIN,
    &AUDIT_DELEGATE,
    &AUDIT_OWNER,
    &AUDIT_LOG_AGE_LIMIT,
    &DELEGATE_LIST_LINK,
    &MESSAGES_PER_FOLDER_WARNING,
    &MESSAGES_PER_FOLDER_RECEIVE,
    &FOLDERS_COUNT_WARNING,
    &FOLDERS_COUNT_RECEIVE,
    &FOLDER_DEPTH_WARNING,
    &FOLDER_DEPTH_RECEIVE,
    &FOLDER_CHILDREN_WARNING,
    &FOLDER_CHILDREN_RECEIVE,
];

/// A user who receives mail in a mailbox database.
pub static MAILBOX: Noun = Noun {
    name: "Mailbox",
    type_name: "Microsoft.Exchange.Data.Directory.Management.Mailbox",
    summary: "A user who receives mail in a mailbox database.",
    properties: joined!(
        &[
            &DATABASE,
            &MESSAGES_PER_FOLDER_WARNING,
            &MESSAGES_PER_FOLDER_RECEIVE,
            &FOLDERS_COUNT_WARNING,
            &FOLDERS_COUNT_RECEIVE,
            &FOLDER_DEPTH_WARNING,
            &FOLDER_DEPTH_RECEIVE,
            &FOLDER_CHILDREN_WARNING,
            &FOLDER_CHILDREN_RECEIVE,
            &USE_DATABASE_RETENTION,
            &RETAIN_UNTIL_BACKUP,
            &DELIVER_AND_FORWARD,
            &LITIGATION_HOLD_ENABLED,
            &SINGLE_ITEM_RECOVERY,
            &RETENTION_HOLD_ENABLED,
            &END_RETENTION_HOLD,
            &START_RETENTION_HOLD,
            &RETENTION_COMMENT,
            &RETENTION_URL,
            &LITIGATION_HOLD_DATE,
            &LITIGATION_HOLD_OWNER,
            &LITIGATION_HOLD_DURATION,
            &RETENTION_POLICY,
            &ADDRESS_BOOK_POLICY,
            &CALENDAR_REPAIR_DISABLED,
            &EXCHANGE_GUID,
            &EXCHANGE_USER_ACCOUNT_CONTROL,
            &MESSAGE_TRACKING_READ_STATUS,
            &MESSAGE_COPY_SENT_AS,
            &MESSAGE_COPY_ON_BEHALF,
            &DELEGATE_WASTEBASKET_STYLE,
            &SHARED_READ_STATE,
            &EXTERNAL_OOF_OPTIONS,
            &FORWARDING_ADDRESS,
            &FORWARDING_SMTP_ADDRESS,
            &RETAIN_DELETED_ITEMS_FOR,
            &IS_MAILBOX_ENABLED,
            &LANGUAGES,
            &OFFLINE_ADDRESS_BOOK,
            &SEND_QUOTA,
            &SEND_RECEIVE_QUOTA,
            &RECOVERABLE_ITEMS_QUOTA,
            &RECOVERABLE_ITEMS_WARNING_QUOTA,
            &CALENDAR_LOGGING_QUOTA,
            &DOWNGRADE_HIGH_PRIORITY,
            &RECIPIENT_LIMITS,
            &IS_RESOURCE,
            &IS_LINKED,
            &IS_SHARED,
            &LINKED_MASTER_ACCOUNT,
            &RESET_PASSWORD_ON_NEXT_LOGON,
            &RESOURCE_CAPACITY,
            &RESOURCE_CUSTOM,
            &RESOURCE_TYPE,
            &ROOM_MAILBOX_ACCOUNT_ENABLED,
            &SAM_ACCOUNT_NAME,
            &SCL_DELETE_THRESHOLD,
            &SCL_DELETE_ENABLED,
            &SCL_REJECT_THRESHOLD,
            &SCL_REJECT_ENABLED,
            &SCL_QUARANTINE_THRESHOLD,
            &SCL_QUARANTINE_ENABLED,
            &SCL_JUNK_THRESHOLD,
            &SCL_JUNK_ENABLED,
            &ANTISPAM_BYPASS,
            &SERVER_LEGACY_DN,
            &SERVER_NAME,
            &USE_DATABASE_QUOTAS,
            &ISSUE_WARNING_QUOTA,
            &RULES_QUOTA,
            &OFFICE,
            &USER_PRINCIPAL_NAME,
            &MAX_SAFE_SENDERS,
            &MAX_BLOCKED_SENDERS,
            &WHEN_MAILBOX_CREATED,
            &ARCHIVE_DATABASE,
            &ARCHIVE_GUID,
            &ARCHIVE_NAME,
            &ARCHIVE_QUOTA,
            &ARCHIVE_WARNING_QUOTA,
            &ARCHIVE_STATE,
            &ARCHIVE_STATUS,
            &DISABLED_ARCHIVE_DATABASE,
            &DISABLED_ARCHIVE_GUID,
            &CALENDAR_VERSION_STORE_DISABLED,
            &AUDIT_ENABLED,
            &AUDIT_ADMIN,
            &AUDIT_DELEGATE,
            &AUDIT_OWNER,
            &AUDIT_LOG_AGE_LIMIT,
            &ACCOUNT_DISABLED,
            &HAS_PICTURE,
            &THROTTLING_POLICY,
            &ROLE_ASSIGNMENT_POLICY,
            &SHARING_POLICY,
            &ARBITRATION_MAILBOX,
            &MODERATED_BY,
            &MODERATION_ENABLED,
            &MODERATION_NOTIFICATIONS,
            &BYPASS_MODERATION_FROM,
            &ACCEPT_FROM,
            &ACCEPT_FROM_GROUPS,
            &ACCEPT_FROM_ALL,
            &ALIAS,
            &ORGANIZATIONAL_UNIT,
        ],
        CUSTOM_ATTRIBUTES,
        &[
            &DISPLAY_NAME,
            &EMAIL_ADDRESSES,
            &GRANT_SEND_ON_BEHALF_TO,
            &HIDDEN_FROM_LISTS,
            &LEGACY_EXCHANGE_DN,
            &MAX_SEND_SIZE,
            &MAX_RECEIVE_SIZE,
            &POLICIES_INCLUDED,
            &POLICIES_EXCLUDED,
            &EMAIL_ADDRESS_POLICY_ENABLED,
            &PRIMARY_SMTP_ADDRESS,
            &RECIPIENT_TYPE,
            &RECIPIENT_TYPE_DETAILS,
            &REJECT_FROM,
            &REJECT_FROM_GROUPS,
            &REJECT_FROM_ALL,
            &REQUIRE_SENDER_AUTHENTICATION,
            &SIMPLE_DISPLAY_NAME,
            &WINDOWS_EMAIL_ADDRESS,
            &MAIL_TIP,
            &MAIL_TIP_TRANSLATIONS,
            &MEMBER_OF_GROUP,
        ],
        OBJECT
    ),
    table: &[&NAME, &ALIAS, &SERVER_NAME, &SEND_QUOTA],
};

/// What is kept of what is junk.
pub(crate) static JUNK_KEPT: &[&dyn Declared] =
    &[&JUNK_ENABLED, &TRUSTED_SENDERS, &BLOCKED_SENDERS, &CONTACTS_TRUSTED, &TRUSTED_LISTS_ONLY];

/// What a mailbox takes for junk.
pub(crate) static JUNK: &[&dyn Declared] = joined!(
    &[&JUNK_ENABLED, &TRUSTED_SENDERS, &BLOCKED_SENDERS, &CONTACTS_TRUSTED, &TRUSTED_LISTS_ONLY],
    OBJECT
);

/// What a mailbox takes for junk.
pub static MAILBOX_JUNK_EMAIL_CONFIGURATION: Noun = Noun {
    name: "MailboxJunkEmailConfiguration",
    type_name: "Microsoft.Exchange.Data.Storage.Management.MailboxJunkEmailConfiguration",
    summary: "What a mailbox takes for junk.",
    properties: JUNK,
    table: &[&NAME, &JUNK_ENABLED, &TRUSTED_SENDERS, &BLOCKED_SENDERS],
};
