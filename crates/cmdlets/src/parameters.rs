//! The parameters of the built cmdlets, each once. A parameter that gives a property its value is made from
//! the property; its type is what the manual calls it.

use directory::schema;
use directory::schema::cas::EwsAccessPolicy;
use directory::schema::organization::PublicFoldersDeployment;
use object::types::*;
use object::{Parameter, Switch, Value};

pub(crate) static ACCEPT_DATA_LOSS: Parameter<Switch> =
    Parameter::new("AcceptDataLoss", "").typed("SwitchParameter");
pub(crate) static ACCEPT_MESSAGES_ONLY_FROM: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::ACCEPT_FROM).typed("MultiValuedProperty");
pub(crate) static ACCEPT_MESSAGES_ONLY_FROM_DL_MEMBERS: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::ACCEPT_FROM_GROUPS).typed("MultiValuedProperty");
pub(crate) static ACCEPT_MESSAGES_ONLY_FROM_SENDERS_OR_MEMBERS: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::ACCEPT_FROM_ALL).typed("MultiValuedProperty");
pub(crate) static ACCOUNT_DISABLED: Parameter<Switch> =
    Parameter::new("AccountDisabled", "").typed("SwitchParameter");
pub(crate) static ACCOUNT_DISABLED_OF_USER: Parameter<bool> =
    Parameter::of(&schema::user::ACCOUNT_DISABLED).typed("Boolean");
pub(crate) static ACTIVE_SYNC_ALLOWED_DEVICE_I_DS: Parameter<String> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_ALLOWED_DEVICES).typed("MultiValuedProperty");
pub(crate) static ACTIVE_SYNC_BLOCKED_DEVICE_I_DS: Parameter<String> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_BLOCKED_DEVICES).typed("MultiValuedProperty");
pub(crate) static ACTIVE_SYNC_DEBUG_LOGGING: Parameter<Switch> =
    Parameter::new("ActiveSyncDebugLogging", "").typed("SwitchParameter");
pub(crate) static ACTIVE_SYNC_DEBUG_LOGGING_OF_CAS: Parameter<bool> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_DEBUG_LOGGING).typed("Boolean");
pub(crate) static ACTIVE_SYNC_ENABLED: Parameter<bool> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_ENABLED).typed("Boolean");
pub(crate) static ACTIVE_SYNC_MAILBOX_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_POLICY).typed("MailboxPolicyIdParameter");
pub(crate) static ACTIVE_SYNC_SUPPRESS_READ_RECEIPT: Parameter<Switch> =
    Parameter::new("ActiveSyncSuppressReadReceipt", "").typed("SwitchParameter").reserved();
pub(crate) static ACTIVE_SYNC_SUPPRESS_READ_RECEIPT_OF_CAS: Parameter<bool> =
    Parameter::of(&schema::cas::ACTIVE_SYNC_SUPPRESS_RECEIPT).typed("Boolean");
pub(crate) static ACTIVITY_BASED_AUTHENTICATION_TIMEOUT_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::TIMEOUT_ENABLED).typed("Boolean");
pub(crate) static ACTIVITY_BASED_AUTHENTICATION_TIMEOUT_INTERVAL: Parameter<TimeSpan> =
    Parameter::of(&schema::organization::TIMEOUT_INTERVAL).typed("EnhancedTimeSpan");
pub(crate) static ACTIVITY_BASED_AUTHENTICATION_TIMEOUT_WITH_SINGLE_SIGN_ON_ENABLED: Parameter<bool> =
    Parameter::new("ActivityBasedAuthenticationTimeoutWithSingleSignOnEnabled", "").typed("Boolean");
pub(crate) static AC_LABLE_SYNCED_OBJECT_ENABLED: Parameter<bool> =
    Parameter::new("ACLableSyncedObjectEnabled", "").typed("Boolean");
pub(crate) static ADDRESS_BOOK_ENABLED: Parameter<bool> =
    Parameter::of(&schema::domain::ADDRESS_BOOK_ENABLED).typed("Boolean");
pub(crate) static ADDRESS_BOOK_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::ADDRESS_BOOK_POLICY).typed("AddressBookMailboxPolicyIdParameter");
pub(crate) static ADFS_AUDIENCE_URIS: Parameter<Value> =
    Parameter::new("AdfsAudienceUris", "").typed("MultiValuedProperty").many();
pub(crate) static ADFS_AUTHENTICATION_CONFIGURATION: Parameter<String> =
    Parameter::new("AdfsAuthenticationConfiguration", "").typed("String").reserved();
pub(crate) static ADFS_ENCRYPT_CERTIFICATE_THUMBPRINT: Parameter<String> =
    Parameter::new("AdfsEncryptCertificateThumbprint", "").typed("String").reserved();
pub(crate) static ADFS_ISSUER: Parameter<String> = Parameter::new("AdfsIssuer", "").typed("Uri");
pub(crate) static ADFS_SIGN_CERTIFICATE_THUMBPRINTS: Parameter<Value> =
    Parameter::new("AdfsSignCertificateThumbprints", "").typed("MultiValuedProperty").many();
pub(crate) static ALIAS: Parameter<String> = Parameter::of(&schema::recipient::ALIAS).typed("String");
pub(crate) static ALLOW_FILE_RESTORE: Parameter<bool> =
    Parameter::of(&schema::database::ALLOW_FILE_RESTORE).typed("Boolean");
pub(crate) static ALLOW_LEGACY_DN_MISMATCH: Parameter<Switch> =
    Parameter::new("AllowLegacyDNMismatch", "").typed("SwitchParameter").reserved();
pub(crate) static ALLOW_UM_CALLS_FROM_NON_USERS: Parameter<Value> =
    Parameter::new("AllowUMCallsFromNonUsers", "").typed("AllowUMCallsFromNonUsersFlags");
pub(crate) static ANR: Parameter<String> =
    Parameter::new("Anr", "The beginning of a name or alias.").typed("String");
pub(crate) static ANTISPAM_BYPASS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::ANTISPAM_BYPASS).typed("Boolean");
pub(crate) static APPLY_MANDATORY_PROPERTIES: Parameter<Switch> =
    Parameter::new("ApplyMandatoryProperties", "").typed("SwitchParameter");
pub(crate) static APPS_FOR_OFFICE_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::APPS_FOR_OFFICE).typed("Boolean");
pub(crate) static ARBITRATION: Parameter<Switch> = Parameter::new("Arbitration", "").typed("SwitchParameter");
pub(crate) static ARBITRATION_MAILBOX: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::ARBITRATION_MAILBOX).typed("MailboxIdParameter");
pub(crate) static ARCHIVE: Parameter<Switch> =
    Parameter::new("Archive", "The archive.").typed("SwitchParameter");
pub(crate) static ARCHIVE_DATABASE: Parameter<ObjectId> =
    Parameter::new("ArchiveDatabase", "").typed("DatabaseIdParameter");
pub(crate) static ARCHIVE_DOMAIN: Parameter<Value> = Parameter::new("ArchiveDomain", "").typed("SmtpDomain");
pub(crate) static ARCHIVE_GUID: Parameter<Guid> = Parameter::new("ArchiveGuid", "").typed("Guid").reserved();
pub(crate) static ARCHIVE_NAME: Parameter<String> =
    Parameter::of(&schema::mailbox::ARCHIVE_NAME).typed("MultiValuedProperty");
pub(crate) static ARCHIVE_NAME_OF_MULTI_VALUED_PROPERTY: Parameter<Value> =
    Parameter::new("ArchiveName", "").typed("MultiValuedProperty").many();
pub(crate) static ARCHIVE_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::ARCHIVE_QUOTA).typed("Unlimited");
pub(crate) static ARCHIVE_STATUS: Parameter<Value> =
    Parameter::new("ArchiveStatus", "").typed("ArchiveStatusFlags").reserved();
pub(crate) static ARCHIVE_WARNING_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::ARCHIVE_WARNING_QUOTA).typed("Unlimited");
pub(crate) static ASSISTANT_NAME: Parameter<String> =
    Parameter::of(&schema::user::ASSISTANT_NAME).typed("String");
pub(crate) static ASYNC_SEND_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::ASYNC_SEND).typed("Boolean");
pub(crate) static ATTRIBUTES_TO_CLEAR: Parameter<Value> =
    Parameter::new("AttributesToClear", "").typed("SetMailbox+ClearableADAttributes[]").many().reserved();
pub(crate) static AUDIT_ADMIN: Parameter<Value> =
    Parameter::new("AuditAdmin", "").typed("MultiValuedProperty").many().one_of(&[
        "None",
        "AddFolderPermissions",
        "ApplyRecord",
        "Copy",
        "Create",
        "FolderBind",
        "HardDelete",
        "MessageBind",
        "ModifyFolderPermissions",
        "Move",
        "MoveToDeletedItems",
        "RecordDelete",
        "RemoveFolderPermissions",
        "SendAs",
        "SendOnBehalf",
        "SoftDelete",
        "Update",
        "UpdateFolderPermissions",
        "UpdateCalendarDelegation",
        "UpdateInboxRules",
    ]);
pub(crate) static AUDIT_DELEGATE: Parameter<Value> =
    Parameter::new("AuditDelegate", "").typed("MultiValuedProperty").many().one_of(&[
        "None",
        "AddFolderPermissions",
        "ApplyRecord",
        "Create",
        "FolderBind",
        "HardDelete",
        "ModifyFolderPermissions",
        "Move",
        "MoveToDeletedItems",
        "RecordDelete",
        "RemoveFolderPermissions",
        "SendAs",
        "SendOnBehalf",
        "SoftDelete",
        "Update",
        "UpdateFolderPermissions",
        "UpdateInboxRules",
    ]);
pub(crate) static AUDIT_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::AUDIT_ENABLED).typed("Boolean");
pub(crate) static AUDIT_LOG: Parameter<Switch> = Parameter::new("AuditLog", "").typed("SwitchParameter");
pub(crate) static AUDIT_LOG_AGE_LIMIT: Parameter<TimeSpan> =
    Parameter::of(&schema::mailbox::AUDIT_LOG_AGE_LIMIT).typed("EnhancedTimeSpan");
pub(crate) static AUDIT_LOG_OF_SWITCH: Parameter<Switch> =
    Parameter::new("AuditLog", "").typed("SwitchParameter").reserved();
pub(crate) static AUDIT_OWNER: Parameter<Value> =
    Parameter::new("AuditOwner", "").typed("MultiValuedProperty").many().one_of(&[
        "None",
        "AddFolderPermissions",
        "ApplyRecord",
        "Create",
        "FolderBind",
        "HardDelete",
        "MailboxLogin",
        "MessageBind",
        "ModifyFolderPermissions",
        "Move",
        "MoveToDeletedItems",
        "RecordDelete",
        "RemoveFolderPermissions",
        "SoftDelete",
        "Update",
        "UpdateFolderPermissions",
        "UpdateCalendarDelegation",
        "UpdateInboxRules",
    ]);
pub(crate) static AUTHENTICATION_POLICY: Parameter<String> =
    Parameter::new("AuthenticationPolicy", "").typed("String");
pub(crate) static AUTH_TYPE: Parameter<Value> =
    Parameter::new("AuthType", "").typed("ADAuthType").one_of(&["Negotiate", "Basic"]);
pub(crate) static AUTO_DAG_EXCLUDE_FROM_MONITORING: Parameter<bool> =
    Parameter::of(&schema::database::AUTO_DAG_EXCLUDE).typed("Boolean");
pub(crate) static AUTO_DATABASE_MOUNT_DIAL: Parameter<Value> =
    Parameter::new("AutoDatabaseMountDial", "").typed("AutoDatabaseMountDial").reserved();
pub(crate) static AUX_AUDIT_LOG: Parameter<Switch> =
    Parameter::new("AuxAuditLog", "").typed("SwitchParameter");
pub(crate) static BACKGROUND_DATABASE_MAINTENANCE: Parameter<bool> =
    Parameter::of(&schema::database::BACKGROUND_MAINTENANCE).typed("Boolean");
pub(crate) static BOOKMARK_DISPLAY_NAME: Parameter<String> =
    Parameter::new("BookmarkDisplayName", "").typed("String").reserved();
pub(crate) static BYPASS_MODERATION_FROM_SENDERS_OR_MEMBERS: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::BYPASS_MODERATION_FROM).typed("MultiValuedProperty");
pub(crate) static BYTE_ENCODER_TYPE_FOR7_BIT_CHARSETS: Parameter<i32> =
    Parameter::new("ByteEncoderTypeFor7BitCharsets", "")
        .typed("Int32")
        .one_of(&["0", "1", "2", "5", "6", "13", "14"]);
pub(crate) static CALENDAR_LOGGING_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::CALENDAR_LOGGING_QUOTA).typed("Unlimited");
pub(crate) static CALENDAR_LOGGING_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::CALENDAR_LOGGING_QUOTA).typed("Unlimited");
pub(crate) static CALENDAR_REPAIR_DISABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::CALENDAR_REPAIR_DISABLED).typed("Boolean");
pub(crate) static CALENDAR_VERSION_STORE_DISABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::CALENDAR_VERSION_STORE_DISABLED).typed("Boolean");
pub(crate) static CERTIFICATE_SUBJECT: Parameter<Value> =
    Parameter::new("CertificateSubject", "").typed("MultiValuedProperty").many();
pub(crate) static CIRCULAR_LOGGING_ENABLED: Parameter<bool> =
    Parameter::of(&schema::database::CIRCULAR_LOGGING).typed("Boolean");
pub(crate) static CITY: Parameter<String> = Parameter::of(&schema::user::CITY).typed("String");
pub(crate) static CLIENT_EXTENSIONS: Parameter<bool> =
    Parameter::new("ClientExtensions", "").typed("Boolean");
pub(crate) static COMPANY: Parameter<String> = Parameter::of(&schema::user::COMPANY).typed("String");
pub(crate) static CONNECTORS_ACTIONABLE_MESSAGES_ENABLED: Parameter<bool> =
    Parameter::new("ConnectorsActionableMessagesEnabled", "").typed("Boolean");
pub(crate) static CONNECTORS_ENABLED: Parameter<bool> =
    Parameter::new("ConnectorsEnabled", "").typed("Boolean");
pub(crate) static COPY_ON_SERVER: Parameter<ObjectId> =
    Parameter::new("CopyOnServer", "").typed("ServerIdParameter");
pub(crate) static COUNTRY_OR_REGION: Parameter<String> =
    Parameter::of(&schema::user::COUNTRY).typed("CountryInfo");
pub(crate) static CREATE_DTMF_MAP: Parameter<bool> = Parameter::new("CreateDTMFMap", "").typed("Boolean");
pub(crate) static CREDENTIAL: Parameter<Credential> = Parameter::new("Credential", "").typed("PSCredential");
pub(crate) static CUSTOMER_FEEDBACK_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::CUSTOMER_FEEDBACK).typed("Boolean");
pub(crate) static CUSTOM_ATTRIBUTE1: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_1).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE10: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_10).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE11: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_11).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE12: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_12).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE13: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_13).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE14: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_14).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE15: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_15).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE2: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_2).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE3: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_3).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE4: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_4).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE5: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_5).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE6: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_6).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE7: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_7).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE8: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_8).typed("String");
pub(crate) static CUSTOM_ATTRIBUTE9: Parameter<String> =
    Parameter::of(&schema::recipient::CUSTOM_ATTRIBUTE_9).typed("String");
pub(crate) static DATABASE: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::DATABASE).typed("DatabaseIdParameter");
pub(crate) static DATABASE_GROUP: Parameter<String> =
    Parameter::new("DatabaseGroup", "").typed("String").reserved();
pub(crate) static DATABASE_OF_DATABASE: Parameter<ObjectId> =
    Parameter::new("Database", "The mailbox database.")
        .typed("DatabaseIdParameter")
        .piped_from("MailboxDatabase");
pub(crate) static DATABASE_OF_DATABASE_3: Parameter<ObjectId> =
    Parameter::new("Database", "The mailbox database.").typed("DatabaseIdParameter");
pub(crate) static DATABASE_OF_MAILBOX: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::DATABASE).typed("DatabaseIdParameter").piped_from("MailboxDatabase");
pub(crate) static DATA_CLASSIFICATIONS: Parameter<String> =
    Parameter::new("DataClassifications", "").typed("String").reserved();
pub(crate) static DATA_MOVE_REPLICATION_CONSTRAINT: Parameter<Value> =
    Parameter::new("DataMoveReplicationConstraint", "")
        .typed("DataMoveReplicationConstraintParameter")
        .one_of(&[
            "None",
            "AllCopies",
            "AllDatacenters",
            "CINoReplication",
            "CISecondCopy",
            "CISecondDatacenter",
            "SecondCopy",
            "SecondDatacenter",
        ]);
pub(crate) static DEFAULT_AUTHENTICATION_POLICY: Parameter<ObjectId> =
    Parameter::new("DefaultAuthenticationPolicy", "").typed("AuthPolicyIdParameter");
pub(crate) static DEFAULT_PUBLIC_FOLDER_AGE_LIMIT: Parameter<TimeSpan> =
    Parameter::of(&schema::organization::PUBLIC_FOLDER_AGE).typed("EnhancedTimeSpan");
pub(crate) static DEFAULT_PUBLIC_FOLDER_DELETED_ITEM_RETENTION: Parameter<TimeSpan> =
    Parameter::of(&schema::organization::PUBLIC_FOLDER_RETENTION).typed("EnhancedTimeSpan");
pub(crate) static DEFAULT_PUBLIC_FOLDER_ISSUE_WARNING_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::organization::PUBLIC_FOLDER_WARNING).typed("Unlimited");
pub(crate) static DEFAULT_PUBLIC_FOLDER_MAILBOX: Parameter<ObjectId> =
    Parameter::new("DefaultPublicFolderMailbox", "").typed("RecipientIdParameter");
pub(crate) static DEFAULT_PUBLIC_FOLDER_MAX_ITEM_SIZE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::organization::PUBLIC_FOLDER_ITEM).typed("Unlimited");
pub(crate) static DEFAULT_PUBLIC_FOLDER_MOVED_ITEM_RETENTION: Parameter<TimeSpan> =
    Parameter::new("DefaultPublicFolderMovedItemRetention", "").typed("EnhancedTimeSpan");
pub(crate) static DEFAULT_PUBLIC_FOLDER_PROHIBIT_POST_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::organization::PUBLIC_FOLDER_POST).typed("Unlimited");
pub(crate) static DELETED_ITEM_RETENTION: Parameter<TimeSpan> =
    Parameter::of(&schema::database::DELETED_ITEM_RETENTION).typed("EnhancedTimeSpan");
pub(crate) static DELIVER_TO_MAILBOX_AND_FORWARD: Parameter<bool> =
    Parameter::of(&schema::mailbox::DELIVER_AND_FORWARD).typed("Boolean");
pub(crate) static DEPARTMENT: Parameter<String> = Parameter::of(&schema::user::DEPARTMENT).typed("String");
pub(crate) static DISABLE_ARBITRATION_MAILBOX_WITH_OA_BS_ALLOWED: Parameter<Switch> =
    Parameter::new("DisableArbitrationMailboxWithOABsAllowed", "").typed("SwitchParameter");
pub(crate) static DISABLE_LAST_ARBITRATION_MAILBOX_ALLOWED: Parameter<Switch> =
    Parameter::new("DisableLastArbitrationMailboxAllowed", "").typed("SwitchParameter");
pub(crate) static DISABLE_THROTTLING: Parameter<bool> =
    Parameter::new("DisableThrottling", "").typed("Boolean");
pub(crate) static DISCOVERY: Parameter<Switch> = Parameter::new("Discovery", "").typed("SwitchParameter");
pub(crate) static DISPLAY_NAME: Parameter<String> =
    Parameter::of(&schema::recipient::DISPLAY_NAME).typed("String");
pub(crate) static DISTRIBUTION_GROUP_DEFAULT_OU: Parameter<ObjectId> =
    Parameter::of(&schema::organization::GROUP_DEFAULT_OU).typed("OrganizationalUnitIdParameter");
pub(crate) static DISTRIBUTION_GROUP_NAME_BLOCKED_WORDS_LIST: Parameter<String> =
    Parameter::of(&schema::organization::GROUP_BLOCKED_WORDS).typed("MultiValuedProperty");
pub(crate) static DISTRIBUTION_GROUP_NAMING_POLICY: Parameter<Value> =
    Parameter::new("DistributionGroupNamingPolicy", "").typed("DistributionGroupNamingPolicy");
pub(crate) static DOMAIN_CONTROLLER: Parameter<String> =
    Parameter::new("DomainController", "The domain controller to ask; there is one, this server.")
        .typed("Fqdn");
pub(crate) static DOMAIN_NAME: Parameter<String> =
    Parameter::of(&schema::domain::DOMAIN_NAME).typed("SmtpDomainWithSubdomains");
pub(crate) static DOMAIN_TYPE: Parameter<AcceptedDomainType> =
    Parameter::of(&schema::domain::DOMAIN_TYPE).typed("AcceptedDomainType");
pub(crate) static DOWNGRADE_HIGH_PRIORITY_MESSAGES_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::DOWNGRADE_HIGH_PRIORITY).typed("Boolean");
pub(crate) static DUMPSTER_MESSAGES_PER_FOLDER_COUNT_RECEIVE_QUOTA: Parameter<i32> =
    Parameter::new("DumpsterMessagesPerFolderCountReceiveQuota", "").typed("Int32");
pub(crate) static DUMPSTER_MESSAGES_PER_FOLDER_COUNT_WARNING_QUOTA: Parameter<i32> =
    Parameter::new("DumpsterMessagesPerFolderCountWarningQuota", "").typed("Int32");
pub(crate) static DUMPSTER_STATISTICS: Parameter<Switch> =
    Parameter::new("DumpsterStatistics", "").typed("SwitchParameter");
pub(crate) static ECP_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::ECP_ENABLED).typed("Boolean");
pub(crate) static EDB_FILE_PATH: Parameter<Value> = Parameter::new("EdbFilePath", "").typed("EdbFilePath");
pub(crate) static EMAIL_ADDRESSES: Parameter<ProxyAddress> =
    Parameter::of(&schema::recipient::EMAIL_ADDRESSES).typed("ProxyAddressCollection");
pub(crate) static EMAIL_ADDRESS_POLICY_ENABLED: Parameter<bool> =
    Parameter::of(&schema::recipient::EMAIL_ADDRESS_POLICY_ENABLED).typed("Boolean");
pub(crate) static EMPTY_ADDRESS_BOOK_FOR_NON_EXCHANGE_USERS: Parameter<Switch> =
    Parameter::new("EmptyAddressBookForNonExchangeUsers", "").typed("SwitchParameter");
pub(crate) static ENABLE_AUTH_ADMIN_READ_SESSION: Parameter<Switch> =
    Parameter::new("EnableAuthAdminReadSession", "").typed("SwitchParameter");
pub(crate) static ENABLE_DOWNLOAD_DOMAINS: Parameter<bool> =
    Parameter::new("EnableDownloadDomains", "").typed("Boolean");
pub(crate) static ENABLE_ORG_WIDE_PERMISSION_ON_SCOPED_ROLES: Parameter<Switch> =
    Parameter::new("EnableOrgWidePermissionOnScopedRoles", "").typed("SwitchParameter");
pub(crate) static ENABLE_ROOM_MAILBOX_ACCOUNT: Parameter<bool> =
    Parameter::new("EnableRoomMailboxAccount", "").typed("Boolean");
pub(crate) static END_DATE_FOR_RETENTION_HOLD: Parameter<DateTime> =
    Parameter::of(&schema::mailbox::END_RETENTION_HOLD).typed("DateTime");
pub(crate) static EQUIPMENT: Parameter<Switch> = Parameter::new("Equipment", "").typed("SwitchParameter");
pub(crate) static EVENT_HISTORY_RETENTION_PERIOD: Parameter<TimeSpan> =
    Parameter::of(&schema::database::EVENT_HISTORY_RETENTION).typed("EnhancedTimeSpan");
pub(crate) static EWS_ALLOW_ENTOURAGE: Parameter<bool> =
    Parameter::of(&schema::cas::EWS_ALLOW_ENTOURAGE).typed("Boolean");
pub(crate) static EWS_ALLOW_ENTOURAGE_OF_ORGANIZATION: Parameter<bool> =
    Parameter::of(&schema::organization::EWS_ALLOW_ENTOURAGE).typed("Boolean");
pub(crate) static EWS_ALLOW_LIST: Parameter<String> =
    Parameter::of(&schema::cas::EWS_ALLOW_LIST).typed("MultiValuedProperty");
pub(crate) static EWS_ALLOW_LIST_OF_ORGANIZATION: Parameter<String> =
    Parameter::of(&schema::organization::EWS_ALLOW_LIST).typed("MultiValuedProperty");
pub(crate) static EWS_ALLOW_MAC_OUTLOOK: Parameter<bool> =
    Parameter::of(&schema::cas::EWS_ALLOW_MAC_OUTLOOK).typed("Boolean");
pub(crate) static EWS_ALLOW_MAC_OUTLOOK_OF_ORGANIZATION: Parameter<bool> =
    Parameter::of(&schema::organization::EWS_ALLOW_MAC_OUTLOOK).typed("Boolean");
pub(crate) static EWS_ALLOW_OUTLOOK: Parameter<bool> =
    Parameter::of(&schema::cas::EWS_ALLOW_OUTLOOK).typed("Boolean");
pub(crate) static EWS_ALLOW_OUTLOOK_OF_ORGANIZATION: Parameter<bool> =
    Parameter::of(&schema::organization::EWS_ALLOW_OUTLOOK).typed("Boolean");
pub(crate) static EWS_APPLICATION_ACCESS_POLICY: Parameter<EwsAccessPolicy> =
    Parameter::of(&schema::cas::EWS_ACCESS_POLICY).typed("EwsApplicationAccessPolicy");
pub(crate) static EWS_APPLICATION_ACCESS_POLICY_OF_ORGANIZATION: Parameter<EwsAccessPolicy> =
    Parameter::of(&schema::organization::EWS_ACCESS_POLICY).typed("EwsApplicationAccessPolicy");
pub(crate) static EWS_BLOCK_LIST: Parameter<String> =
    Parameter::of(&schema::cas::EWS_BLOCK_LIST).typed("MultiValuedProperty");
pub(crate) static EWS_BLOCK_LIST_OF_ORGANIZATION: Parameter<String> =
    Parameter::of(&schema::organization::EWS_BLOCK_LIST).typed("MultiValuedProperty");
pub(crate) static EWS_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::EWS_ENABLED).typed("Boolean");
pub(crate) static EWS_ENABLED_OF_ORGANIZATION: Parameter<bool> =
    Parameter::of(&schema::organization::EWS_ENABLED).typed("Boolean");
pub(crate) static EXTENDED_PROPERTIES_COUNT_QUOTA: Parameter<i32> =
    Parameter::new("ExtendedPropertiesCountQuota", "").typed("Int32");
pub(crate) static EXTENSION_CUSTOM_ATTRIBUTE1: Parameter<String> =
    Parameter::of(&schema::recipient::EXTENSION_CUSTOM_ATTRIBUTE_1).typed("MultiValuedProperty");
pub(crate) static EXTENSION_CUSTOM_ATTRIBUTE2: Parameter<String> =
    Parameter::of(&schema::recipient::EXTENSION_CUSTOM_ATTRIBUTE_2).typed("MultiValuedProperty");
pub(crate) static EXTENSION_CUSTOM_ATTRIBUTE3: Parameter<String> =
    Parameter::of(&schema::recipient::EXTENSION_CUSTOM_ATTRIBUTE_3).typed("MultiValuedProperty");
pub(crate) static EXTENSION_CUSTOM_ATTRIBUTE4: Parameter<String> =
    Parameter::of(&schema::recipient::EXTENSION_CUSTOM_ATTRIBUTE_4).typed("MultiValuedProperty");
pub(crate) static EXTENSION_CUSTOM_ATTRIBUTE5: Parameter<String> =
    Parameter::of(&schema::recipient::EXTENSION_CUSTOM_ATTRIBUTE_5).typed("MultiValuedProperty");
pub(crate) static EXTERNAL_OOF_OPTIONS: Parameter<ExternalOofOptions> =
    Parameter::of(&schema::mailbox::EXTERNAL_OOF_OPTIONS).typed("ExternalOofOptions");
pub(crate) static FAX: Parameter<String> = Parameter::of(&schema::user::FAX).typed("String");
pub(crate) static FILTER: Parameter<String> =
    Parameter::new("Filter", "Which objects are wanted, in the filter language.").typed("String");
pub(crate) static FIRST_NAME: Parameter<String> = Parameter::of(&schema::user::FIRST_NAME).typed("String");
pub(crate) static FOLDERS_COUNT_RECEIVE_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDERS_COUNT_RECEIVE).typed("Int32");
pub(crate) static FOLDERS_COUNT_WARNING_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDERS_COUNT_WARNING).typed("Int32");
pub(crate) static FOLDER_HIERARCHY_CHILDREN_COUNT_RECEIVE_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDER_CHILDREN_RECEIVE).typed("Int32");
pub(crate) static FOLDER_HIERARCHY_CHILDREN_COUNT_WARNING_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDER_CHILDREN_WARNING).typed("Int32");
pub(crate) static FOLDER_HIERARCHY_DEPTH_RECEIVE_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDER_DEPTH_RECEIVE).typed("Int32");
pub(crate) static FOLDER_HIERARCHY_DEPTH_WARNING_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::FOLDER_DEPTH_WARNING).typed("Int32");
pub(crate) static FOLDER_SCOPE: Parameter<String> = Parameter::new("FolderScope", "").typed("ElcFolderType");
pub(crate) static FORCE: Parameter<Switch> =
    Parameter::new("Force", "Acts without asking.").typed("SwitchParameter");
pub(crate) static FORWARDING_ADDRESS: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::FORWARDING_ADDRESS).typed("RecipientIdParameter");
pub(crate) static FORWARDING_SMTP_ADDRESS: Parameter<ProxyAddress> =
    Parameter::of(&schema::mailbox::FORWARDING_SMTP_ADDRESS).typed("ProxyAddress");
pub(crate) static GEO_COORDINATES: Parameter<Value> =
    Parameter::new("GeoCoordinates", "").typed("GeoCoordinates").one_of(&["Latitude", "longitude"]);
pub(crate) static GM_GEN: Parameter<bool> = Parameter::new("GMGen", "").typed("Boolean");
pub(crate) static GRANT_SEND_ON_BEHALF_TO: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::GRANT_SEND_ON_BEHALF_TO).typed("MultiValuedProperty");
pub(crate) static GROUP_MAILBOX: Parameter<Switch> =
    Parameter::new("GroupMailbox", "").typed("SwitchParameter");
pub(crate) static HAS_ACTIVE_SYNC_DEVICE_PARTNERSHIP: Parameter<bool> =
    Parameter::of(&schema::cas::HAS_DEVICE_PARTNERSHIP).typed("Boolean");
pub(crate) static HIDDEN_FROM_ADDRESS_LISTS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::recipient::HIDDEN_FROM_LISTS).typed("Boolean");
pub(crate) static HIERARCHICAL_ADDRESS_BOOK_ROOT: Parameter<ObjectId> =
    Parameter::of(&schema::organization::ADDRESS_BOOK_ROOT).typed("UserContactGroupIdParameter");
pub(crate) static HOLD_FOR_MIGRATION: Parameter<Switch> =
    Parameter::new("HoldForMigration", "").typed("SwitchParameter");
pub(crate) static HOME_PHONE: Parameter<String> = Parameter::of(&schema::user::HOME_PHONE).typed("String");
pub(crate) static IDENTITY: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("MailboxIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_ACCEPTED_DOMAIN: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("AcceptedDomainIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_AD_ACCOUNT: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.").typed("ADAccount").piped();
pub(crate) static IDENTITY_OF_AD_USER: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.").typed("ADUser").piped();
pub(crate) static IDENTITY_OF_DATABASE: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("DatabaseIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_EXTENDED_ORGANIZATIONAL_UNIT: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("ExtendedOrganizationalUnitIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_GENERAL_MAILBOX_OR_MAIL_USER: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("GeneralMailboxOrMailUserIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_RECIPIENT: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("RecipientIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_STORE_MAILBOX: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("StoreMailboxIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IDENTITY_OF_USER: Parameter<ObjectId> =
    Parameter::new("Identity", "The object, by any of its names.")
        .typed("UserIdParameter")
        .piped()
        .piped_by_name();
pub(crate) static IGNORE_DEFAULT_SCOPE: Parameter<Switch> =
    Parameter::new("IgnoreDefaultScope", "").typed("SwitchParameter");
pub(crate) static IGNORE_LEGAL_HOLD: Parameter<Switch> =
    Parameter::new("IgnoreLegalHold", "").typed("SwitchParameter");
pub(crate) static IMAP_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::IMAP_ENABLED).typed("Boolean");
pub(crate) static IMAP_ENABLE_EXACT_RFC822_SIZE: Parameter<bool> =
    Parameter::of(&schema::cas::IMAP_EXACT_SIZE).typed("Boolean");
pub(crate) static IMAP_FORCE_I_CAL_FOR_CALENDAR_RETRIEVAL_OPTION: Parameter<bool> =
    Parameter::of(&schema::cas::IMAP_FORCE_ICAL).typed("Boolean");
pub(crate) static IMAP_MESSAGES_RETRIEVAL_MIME_FORMAT: Parameter<MimeTextFormat> =
    Parameter::of(&schema::cas::IMAP_FORMAT).typed("MimeTextFormat");
pub(crate) static IMAP_SUPPRESS_READ_RECEIPT: Parameter<bool> =
    Parameter::of(&schema::cas::IMAP_SUPPRESS_RECEIPT).typed("Boolean");
pub(crate) static IMAP_USE_PROTOCOL_DEFAULTS: Parameter<bool> =
    Parameter::of(&schema::cas::IMAP_USE_DEFAULTS).typed("Boolean");
pub(crate) static IMMUTABLE_ID: Parameter<String> = Parameter::new("ImmutableId", "").typed("String");
pub(crate) static IM_LIST_MIGRATION_COMPLETED: Parameter<bool> =
    Parameter::new("ImListMigrationCompleted", "").typed("Boolean");
pub(crate) static INCLUDE_ANALYSIS: Parameter<Switch> =
    Parameter::new("IncludeAnalysis", "").typed("SwitchParameter");
pub(crate) static INCLUDE_BOOKMARK_OBJECT: Parameter<bool> =
    Parameter::new("IncludeBookmarkObject", "").typed("Boolean").reserved();
pub(crate) static INCLUDE_CONTAINERS: Parameter<Switch> =
    Parameter::new("IncludeContainers", "Shows containers besides organizational units.")
        .typed("SwitchParameter");
pub(crate) static INCLUDE_CORRUPTED: Parameter<Switch> =
    Parameter::new("IncludeCorrupted", "").typed("SwitchParameter");
pub(crate) static INCLUDE_MOVE_HISTORY: Parameter<Switch> =
    Parameter::new("IncludeMoveHistory", "").typed("SwitchParameter");
pub(crate) static INCLUDE_MOVE_REPORT: Parameter<Switch> =
    Parameter::new("IncludeMoveReport", "").typed("SwitchParameter");
pub(crate) static INCLUDE_OLDEST_AND_NEWEST_ITEMS: Parameter<Switch> =
    Parameter::new("IncludeOldestAndNewestItems", "").typed("SwitchParameter");
pub(crate) static INCLUDE_PASSIVE: Parameter<Switch> =
    Parameter::new("IncludePassive", "").typed("SwitchParameter");
pub(crate) static INCLUDE_PRE_EXCHANGE2010: Parameter<Switch> =
    Parameter::new("IncludePreExchange2010", "").typed("SwitchParameter");
pub(crate) static INCLUDE_PRE_EXCHANGE2013: Parameter<Switch> =
    Parameter::new("IncludePreExchange2013", "").typed("SwitchParameter");
pub(crate) static INCLUDE_QUARANTINE_DETAILS: Parameter<Switch> =
    Parameter::new("IncludeQuarantineDetails", "").typed("SwitchParameter");
pub(crate) static INCLUDE_SOFT_DELETED_RECIPIENTS: Parameter<Switch> =
    Parameter::new("IncludeSoftDeletedRecipients", "").typed("SwitchParameter");
pub(crate) static INDEX_ENABLED: Parameter<bool> =
    Parameter::of(&schema::database::INDEX_ENABLED).typed("Boolean");
pub(crate) static INDUSTRY: Parameter<Value> = Parameter::new("Industry", "").typed("IndustryType");
pub(crate) static INITIALS: Parameter<String> = Parameter::of(&schema::user::INITIALS).typed("String");
pub(crate) static ISSUE_WARNING_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::ISSUE_WARNING_QUOTA).typed("Unlimited");
pub(crate) static ISSUE_WARNING_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::ISSUE_WARNING_QUOTA).typed("Unlimited");
pub(crate) static IS_AGENDA_MAIL_ENABLED: Parameter<bool> =
    Parameter::new("IsAgendaMailEnabled", "").typed("Boolean").reserved();
pub(crate) static IS_EXCLUDED_FROM_INITIAL_PROVISIONING: Parameter<Switch> =
    Parameter::new("IsExcludedFromInitialProvisioning", "").typed("SwitchParameter");
pub(crate) static IS_EXCLUDED_FROM_INITIAL_PROVISIONING_OF_DATABASE: Parameter<bool> =
    Parameter::of(&schema::database::IS_EXCLUDED_INITIAL).typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_OFFBOARD_MIGRATION: Parameter<bool> =
    Parameter::new("IsExcludedFromOffboardMigration", "").typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_ONBOARD_MIGRATION: Parameter<bool> =
    Parameter::new("IsExcludedFromOnboardMigration", "").typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_PROVISIONING: Parameter<bool> =
    Parameter::of(&schema::database::IS_EXCLUDED).typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_PROVISIONING_BY_OPERATOR: Parameter<bool> =
    Parameter::of(&schema::database::IS_EXCLUDED_BY_OPERATOR).typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_PROVISIONING_DUE_TO_LOGICAL_CORRUPTION: Parameter<bool> =
    Parameter::of(&schema::database::IS_EXCLUDED_CORRUPT).typed("Boolean");
pub(crate) static IS_EXCLUDED_FROM_PROVISIONING_REASON: Parameter<String> =
    Parameter::of(&schema::database::IS_EXCLUDED_REASON).typed("String");
pub(crate) static IS_EXCLUDED_FROM_SERVING_HIERARCHY: Parameter<bool> =
    Parameter::new("IsExcludedFromServingHierarchy", "").typed("Boolean");
pub(crate) static IS_FFO_MIGRATION_IN_PROGRESS: Parameter<bool> =
    Parameter::new("IsFfoMigrationInProgress", "").typed("Boolean").reserved();
pub(crate) static IS_HIERARCHY_READY: Parameter<bool> =
    Parameter::new("IsHierarchyReady", "").typed("Boolean").reserved();
pub(crate) static IS_HIERARCHY_SYNC_ENABLED: Parameter<bool> =
    Parameter::new("IsHierarchySyncEnabled", "").typed("Boolean").reserved();
pub(crate) static IS_OPTIMIZED_FOR_ACCESSIBILITY: Parameter<bool> =
    Parameter::of(&schema::cas::OPTIMIZED_FOR_ACCESSIBILITY).typed("Boolean");
pub(crate) static IS_SUSPENDED_FROM_PROVISIONING: Parameter<bool> =
    Parameter::of(&schema::database::IS_SUSPENDED).typed("Boolean");
pub(crate) static JOURNAL_RECIPIENT: Parameter<ObjectId> =
    Parameter::of(&schema::database::JOURNAL_RECIPIENT).typed("RecipientIdParameter");
pub(crate) static LANGUAGES: Parameter<String> =
    Parameter::of(&schema::mailbox::LANGUAGES).typed("MultiValuedProperty");
pub(crate) static LAST_NAME: Parameter<String> = Parameter::of(&schema::user::LAST_NAME).typed("String");
pub(crate) static LDAP_FILTER: Parameter<String> = Parameter::new("LDAPFilter", "").typed("String");
pub(crate) static LEAN_POPOUT_ENABLED: Parameter<bool> =
    Parameter::new("LeanPopoutEnabled", "").typed("Boolean");
pub(crate) static LINKED_CREDENTIAL: Parameter<Credential> =
    Parameter::new("LinkedCredential", "").typed("PSCredential");
pub(crate) static LINKED_DOMAIN_CONTROLLER: Parameter<String> =
    Parameter::new("LinkedDomainController", "").typed("String");
pub(crate) static LINKED_DOMAIN_CONTROLLER_OF_FQDN: Parameter<String> =
    Parameter::new("LinkedDomainController", "").typed("Fqdn");
pub(crate) static LINKED_MASTER_ACCOUNT: Parameter<ObjectId> =
    Parameter::new("LinkedMasterAccount", "").typed("UserIdParameter");
pub(crate) static LINKED_ROOM: Parameter<Switch> = Parameter::new("LinkedRoom", "").typed("SwitchParameter");
pub(crate) static LINK_PREVIEW_ENABLED: Parameter<bool> =
    Parameter::new("LinkPreviewEnabled", "").typed("Boolean");
pub(crate) static LITIGATION_HOLD_DATE: Parameter<DateTime> =
    Parameter::of(&schema::mailbox::LITIGATION_HOLD_DATE).typed("DateTime");
pub(crate) static LITIGATION_HOLD_DURATION: Parameter<Unlimited<TimeSpan>> =
    Parameter::of(&schema::mailbox::LITIGATION_HOLD_DURATION).typed("Unlimited");
pub(crate) static LITIGATION_HOLD_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::LITIGATION_HOLD_ENABLED).typed("Boolean");
pub(crate) static LITIGATION_HOLD_OWNER: Parameter<String> =
    Parameter::of(&schema::mailbox::LITIGATION_HOLD_OWNER).typed("String");
pub(crate) static LOG_FOLDER_PATH: Parameter<Value> =
    Parameter::new("LogFolderPath", "").typed("NonRootLocalLongFullPath");
pub(crate) static MAILBOX_DATA_ENCRYPTION_ENABLED: Parameter<Switch> =
    Parameter::new("MailboxDataEncryptionEnabled", "").typed("SwitchParameter");
pub(crate) static MAILBOX_MESSAGES_PER_FOLDER_COUNT_RECEIVE_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::MESSAGES_PER_FOLDER_RECEIVE).typed("Int32");
pub(crate) static MAILBOX_MESSAGES_PER_FOLDER_COUNT_WARNING_QUOTA: Parameter<i32> =
    Parameter::of(&schema::mailbox::MESSAGES_PER_FOLDER_WARNING).typed("Int32");
pub(crate) static MAILBOX_RETENTION: Parameter<TimeSpan> =
    Parameter::of(&schema::database::MAILBOX_RETENTION).typed("EnhancedTimeSpan");
pub(crate) static MAIL_TIP: Parameter<String> = Parameter::of(&schema::recipient::MAIL_TIP).typed("String");
pub(crate) static MAIL_TIPS_ALL_TIPS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::MAIL_TIPS_ALL).typed("Boolean");
pub(crate) static MAIL_TIPS_EXTERNAL_RECIPIENTS_TIPS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::MAIL_TIPS_EXTERNAL).typed("Boolean");
pub(crate) static MAIL_TIPS_GROUP_METRICS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::MAIL_TIPS_METRICS).typed("Boolean");
pub(crate) static MAIL_TIPS_LARGE_AUDIENCE_THRESHOLD: Parameter<u32> =
    Parameter::of(&schema::organization::MAIL_TIPS_LARGE).typed("UInt32");
pub(crate) static MAIL_TIPS_MAILBOX_SOURCED_TIPS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::MAIL_TIPS_MAILBOX).typed("Boolean");
pub(crate) static MAIL_TIP_TRANSLATIONS: Parameter<String> =
    Parameter::of(&schema::recipient::MAIL_TIP_TRANSLATIONS).typed("MultiValuedProperty");
pub(crate) static MAINTENANCE_SCHEDULE: Parameter<Value> =
    Parameter::new("MaintenanceSchedule", "").typed("Schedule");
pub(crate) static MAKE_DEFAULT: Parameter<bool> =
    Parameter::new("MakeDefault", "Whether it becomes the default accepted domain.").typed("Boolean");
pub(crate) static MANAGED_FOLDER_HOMEPAGE: Parameter<String> =
    Parameter::new("ManagedFolderHomepage", "").typed("String");
pub(crate) static MANAGED_FOLDER_MAILBOX_POLICY: Parameter<ObjectId> =
    Parameter::new("ManagedFolderMailboxPolicy", "").typed("MailboxPolicyIdParameter");
pub(crate) static MANAGED_FOLDER_MAILBOX_POLICY_ALLOWED: Parameter<Switch> =
    Parameter::new("ManagedFolderMailboxPolicyAllowed", "").typed("SwitchParameter");
pub(crate) static MANAGED_FOLDER_MAILBOX_POLICY_ALLOWED_OF_SWITCH: Parameter<Switch> =
    Parameter::new("ManagedFolderMailboxPolicyAllowed", "").typed("SwitchParameter").reserved();
pub(crate) static MANAGED_FOLDER_MAILBOX_POLICY_OF_MAILBOX_POLICY: Parameter<ObjectId> =
    Parameter::new("ManagedFolderMailboxPolicy", "").typed("MailboxPolicyIdParameter").reserved();
pub(crate) static MANAGEMENT: Parameter<bool> = Parameter::new("Management", "").typed("Boolean");
pub(crate) static MANAGER: Parameter<ObjectId> =
    Parameter::of(&schema::user::MANAGER).typed("UserContactIdParameter");
pub(crate) static MAPI_BLOCK_OUTLOOK_EXTERNAL_CONNECTIVITY: Parameter<bool> =
    Parameter::of(&schema::cas::MAPI_BLOCK_EXTERNAL).typed("Boolean");
pub(crate) static MAPI_BLOCK_OUTLOOK_NON_CACHED_MODE: Parameter<bool> =
    Parameter::of(&schema::cas::MAPI_BLOCK_NON_CACHED).typed("Boolean");
pub(crate) static MAPI_BLOCK_OUTLOOK_RPC_HTTP: Parameter<bool> =
    Parameter::of(&schema::cas::MAPI_BLOCK_RPC_HTTP).typed("Boolean");
pub(crate) static MAPI_BLOCK_OUTLOOK_VERSIONS: Parameter<String> =
    Parameter::of(&schema::cas::MAPI_BLOCK_VERSIONS).typed("String");
pub(crate) static MAPI_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::MAPI_ENABLED).typed("Boolean");
pub(crate) static MAPI_HTTP_ENABLED: Parameter<bool> =
    Parameter::of(&schema::cas::MAPI_HTTP_ENABLED).typed("Boolean");
pub(crate) static MAPI_HTTP_ENABLED_OF_ORGANIZATION: Parameter<bool> =
    Parameter::of(&schema::organization::MAPI_HTTP_ENABLED).typed("Boolean");
pub(crate) static MATCH_SUB_DOMAINS: Parameter<bool> =
    Parameter::of(&schema::domain::MATCH_SUBDOMAINS).typed("Boolean");
pub(crate) static MAX_BLOCKED_SENDERS: Parameter<i32> =
    Parameter::of(&schema::mailbox::MAX_BLOCKED_SENDERS).typed("Int32");
pub(crate) static MAX_CONCURRENT_MIGRATIONS: Parameter<Value> =
    Parameter::new("MaxConcurrentMigrations", "").typed("Unlimited");
pub(crate) static MAX_RECEIVE_SIZE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::recipient::MAX_RECEIVE_SIZE).typed("Unlimited");
pub(crate) static MAX_SAFE_SENDERS: Parameter<i32> =
    Parameter::of(&schema::mailbox::MAX_SAFE_SENDERS).typed("Int32");
pub(crate) static MAX_SEND_SIZE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::recipient::MAX_SEND_SIZE).typed("Unlimited");
pub(crate) static MESSAGE_COPY_FOR_SEND_ON_BEHALF_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::MESSAGE_COPY_ON_BEHALF).typed("Boolean");
pub(crate) static MESSAGE_COPY_FOR_SENT_AS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::MESSAGE_COPY_SENT_AS).typed("Boolean");
pub(crate) static MESSAGE_TRACKING: Parameter<bool> = Parameter::new("MessageTracking", "").typed("Boolean");
pub(crate) static MESSAGE_TRACKING_READ_STATUS_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::MESSAGE_TRACKING_READ_STATUS).typed("Boolean");
pub(crate) static META_CACHE_DATABASE_MAX_CAPACITY_IN_BYTES: Parameter<i64> =
    Parameter::new("MetaCacheDatabaseMaxCapacityInBytes", "").typed("Int64");
pub(crate) static MICROSOFT_EXCHANGE_RECIPIENT_EMAIL_ADDRESSES: Parameter<ProxyAddress> =
    Parameter::new("MicrosoftExchangeRecipientEmailAddresses", "").typed("ProxyAddressCollection").many();
pub(crate) static MICROSOFT_EXCHANGE_RECIPIENT_EMAIL_ADDRESS_POLICY_ENABLED: Parameter<bool> =
    Parameter::new("MicrosoftExchangeRecipientEmailAddressPolicyEnabled", "").typed("Boolean");
pub(crate) static MICROSOFT_EXCHANGE_RECIPIENT_PRIMARY_SMTP_ADDRESS: Parameter<SmtpAddress> =
    Parameter::new("MicrosoftExchangeRecipientPrimarySmtpAddress", "").typed("SmtpAddress");
pub(crate) static MICROSOFT_EXCHANGE_RECIPIENT_REPLY_RECIPIENT: Parameter<ObjectId> =
    Parameter::new("MicrosoftExchangeRecipientReplyRecipient", "").typed("RecipientIdParameter");
pub(crate) static MIGRATION: Parameter<Switch> = Parameter::new("Migration", "").typed("SwitchParameter");
pub(crate) static MIGRATION_OF_BOOLEAN: Parameter<bool> = Parameter::new("Migration", "").typed("Boolean");
pub(crate) static MITIGATIONS_ENABLED: Parameter<bool> =
    Parameter::new("MitigationsEnabled", "").typed("Boolean");
pub(crate) static MOBILE_PHONE: Parameter<String> =
    Parameter::of(&schema::user::MOBILE_PHONE).typed("String");
pub(crate) static MODERATED_BY: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::MODERATED_BY).typed("MultiValuedProperty");
pub(crate) static MODERATION_ENABLED: Parameter<bool> =
    Parameter::of(&schema::recipient::MODERATION_ENABLED).typed("Boolean");
pub(crate) static MONITORING: Parameter<Switch> = Parameter::new("Monitoring", "").typed("SwitchParameter");
pub(crate) static MOUNT_AT_STARTUP: Parameter<bool> =
    Parameter::of(&schema::database::MOUNT_AT_STARTUP).typed("Boolean");
pub(crate) static NAME: Parameter<String> = Parameter::of(&schema::recipient::NAME).typed("String");
pub(crate) static NEW_CAPACITY: Parameter<Switch> =
    Parameter::new("NewCapacity", "").typed("SwitchParameter");
pub(crate) static NEW_PASSWORD: Parameter<SecureString> =
    Parameter::new("NewPassword", "").typed("SecureString");
pub(crate) static NOTES: Parameter<String> = Parameter::of(&schema::user::NOTES).typed("String");
pub(crate) static NO_AD_LOOKUP: Parameter<Switch> = Parameter::new("NoADLookup", "").typed("SwitchParameter");
pub(crate) static OAB_GEN: Parameter<bool> = Parameter::new("OABGen", "").typed("Boolean");
pub(crate) static OAB_SHADOW_DISTRIBUTION_OLDEST_FILE_AGE_LIMIT: Parameter<TimeSpan> =
    Parameter::new("OabShadowDistributionOldestFileAgeLimit", "").typed("EnhancedTimeSpan");
pub(crate) static OFFICE: Parameter<String> = Parameter::of(&schema::user::OFFICE).typed("String");
pub(crate) static OFFLINE_ADDRESS_BOOK: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::OFFLINE_ADDRESS_BOOK).typed("OfflineAddressBookIdParameter");
pub(crate) static OFFLINE_ADDRESS_BOOK_OF_OFFLINE_ADDRESS_BOOK: Parameter<ObjectId> =
    Parameter::new("OfflineAddressBook", "").typed("OfflineAddressBookIdParameter");
pub(crate) static OLD_PASSWORD: Parameter<SecureString> =
    Parameter::new("OldPassword", "").typed("SecureString");
pub(crate) static OM_ENCRYPTION: Parameter<bool> =
    Parameter::new("OMEncryption", "").typed("Boolean").reserved();
pub(crate) static OM_ENCRYPTION_STORE: Parameter<bool> =
    Parameter::new("OMEncryptionStore", "").typed("Boolean");
pub(crate) static ORGANIZATIONAL_UNIT: Parameter<ObjectId> =
    Parameter::new("OrganizationalUnit", "The organizational unit in which to look, or to make the object.")
        .typed("OrganizationalUnitIdParameter");
pub(crate) static ORGANIZATION_SUMMARY: Parameter<String> =
    Parameter::of(&schema::organization::INDUSTRY_SUMMARY).typed("MultiValuedProperty");
pub(crate) static OTHER_FAX: Parameter<String> =
    Parameter::of(&schema::user::OTHER_FAX).typed("MultiValuedProperty");
pub(crate) static OTHER_HOME_PHONE: Parameter<String> =
    Parameter::of(&schema::user::OTHER_HOME_PHONE).typed("MultiValuedProperty");
pub(crate) static OTHER_TELEPHONE: Parameter<String> =
    Parameter::of(&schema::user::OTHER_TELEPHONE).typed("MultiValuedProperty");
pub(crate) static OWA_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::OWA_ENABLED).typed("Boolean");
pub(crate) static OWA_MAILBOX_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::cas::OWA_POLICY).typed("MailboxPolicyIdParameter");
pub(crate) static OW_AFOR_DEVICES_ENABLED: Parameter<bool> =
    Parameter::of(&schema::cas::OWA_FOR_DEVICES_ENABLED).typed("Boolean");
pub(crate) static O_AUTH2_CLIENT_PROFILE_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::OAUTH_ENABLED).typed("Boolean");
pub(crate) static PAGER: Parameter<String> = Parameter::of(&schema::user::PAGER).typed("String");
pub(crate) static PARTITION: Parameter<String> = Parameter::new("Partition", "").typed("String");
pub(crate) static PASSWORD: Parameter<SecureString> =
    Parameter::new("Password", "The password.").typed("SecureString");
pub(crate) static PASS_THRU: Parameter<Switch> =
    Parameter::new("PassThru", "Gives the account back.").typed("SwitchParameter");
pub(crate) static PENDING_COMPLETION: Parameter<bool> =
    Parameter::new("PendingCompletion", "").typed("Boolean").reserved();
pub(crate) static PENDING_REMOVAL: Parameter<bool> =
    Parameter::new("PendingRemoval", "").typed("Boolean").reserved();
pub(crate) static PERMANENT: Parameter<bool> =
    Parameter::new("Permanent", "Whether the mailbox is purged at once.").typed("Boolean");
pub(crate) static PERMANENTLY_CLEAR_PREVIOUS_MAILBOX_INFO: Parameter<Switch> =
    Parameter::new("PermanentlyClearPreviousMailboxInfo", "").typed("SwitchParameter");
pub(crate) static PERMANENTLY_DELETE_DISABLED: Parameter<bool> =
    Parameter::of(&schema::organization::PERMANENTLY_DELETE_DISABLED).typed("Boolean");
pub(crate) static PHONE: Parameter<String> = Parameter::of(&schema::user::PHONE).typed("String");
pub(crate) static PHONETIC_DISPLAY_NAME: Parameter<String> =
    Parameter::of(&schema::user::PHONETIC_DISPLAY_NAME).typed("String");
pub(crate) static POP_ENABLED: Parameter<bool> = Parameter::of(&schema::cas::POP_ENABLED).typed("Boolean");
pub(crate) static POP_ENABLE_EXACT_RFC822_SIZE: Parameter<bool> =
    Parameter::of(&schema::cas::POP_EXACT_SIZE).typed("Boolean");
pub(crate) static POP_FORCE_I_CAL_FOR_CALENDAR_RETRIEVAL_OPTION: Parameter<bool> =
    Parameter::of(&schema::cas::POP_FORCE_ICAL).typed("Boolean");
pub(crate) static POP_MESSAGES_RETRIEVAL_MIME_FORMAT: Parameter<MimeTextFormat> =
    Parameter::of(&schema::cas::POP_FORMAT).typed("MimeTextFormat");
pub(crate) static POP_SUPPRESS_READ_RECEIPT: Parameter<bool> =
    Parameter::of(&schema::cas::POP_SUPPRESS_RECEIPT).typed("Boolean");
pub(crate) static POP_USE_PROTOCOL_DEFAULTS: Parameter<bool> =
    Parameter::of(&schema::cas::POP_USE_DEFAULTS).typed("Boolean");
pub(crate) static POSTAL_CODE: Parameter<String> = Parameter::of(&schema::user::POSTAL_CODE).typed("String");
pub(crate) static POST_OFFICE_BOX: Parameter<String> =
    Parameter::of(&schema::user::POST_OFFICE_BOX).typed("MultiValuedProperty");
pub(crate) static PREFERRED_INTERNET_CODE_PAGE_FOR_SHIFT_JIS: Parameter<i32> =
    Parameter::new("PreferredInternetCodePageForShiftJis", "").typed("Int32").reserved();
pub(crate) static PRIMARY_SMTP_ADDRESS: Parameter<SmtpAddress> =
    Parameter::of(&schema::recipient::PRIMARY_SMTP_ADDRESS).typed("SmtpAddress");
pub(crate) static PROHIBIT_SEND_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::SEND_QUOTA).typed("Unlimited");
pub(crate) static PROHIBIT_SEND_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::SEND_QUOTA).typed("Unlimited");
pub(crate) static PROHIBIT_SEND_RECEIVE_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::SEND_RECEIVE_QUOTA).typed("Unlimited");
pub(crate) static PROHIBIT_SEND_RECEIVE_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::SEND_RECEIVE_QUOTA).typed("Unlimited");
pub(crate) static PROPERTIES: Parameter<String> =
    Parameter::new("Properties", "Attributes to show besides the usual ones; * for all.")
        .typed("String[]")
        .many()
        .reserved();
pub(crate) static PROPERTIES_OF_STRING: Parameter<String> =
    Parameter::new("Properties", "Attributes to show besides the usual ones; * for all.")
        .typed("String[]")
        .many()
        .aliases(&["Property"]);
pub(crate) static PROPERTY_SET: Parameter<Value> =
    Parameter::new("PropertySet", "").typed("PropertySet").reserved();
pub(crate) static PROTOCOL_SETTINGS: Parameter<Switch> =
    Parameter::new("ProtocolSettings", "").typed("SwitchParameter");
pub(crate) static PST_PROVIDER: Parameter<bool> =
    Parameter::new("PstProvider", "").typed("Boolean").reserved();
pub(crate) static PUBLIC_COMPUTERS_DETECTION_ENABLED: Parameter<bool> =
    Parameter::new("PublicComputersDetectionEnabled", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER: Parameter<Switch> =
    Parameter::new("PublicFolder", "").typed("SwitchParameter");
pub(crate) static PUBLIC_FOLDERS_ENABLED: Parameter<PublicFoldersDeployment> =
    Parameter::of(&schema::organization::PUBLIC_FOLDERS).typed("PublicFoldersDeployment");
pub(crate) static PUBLIC_FOLDERS_LOCKED_FOR_MIGRATION: Parameter<bool> =
    Parameter::new("PublicFoldersLockedForMigration", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER_CLIENT_ACCESS: Parameter<bool> =
    Parameter::of(&schema::cas::PUBLIC_FOLDER_CLIENT_ACCESS).typed("Boolean");
pub(crate) static PUBLIC_FOLDER_CONTENT_REPLICATION_DISABLED: Parameter<bool> =
    Parameter::new("PublicFolderContentReplicationDisabled", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER_DATABASE: Parameter<ObjectId> =
    Parameter::new("PublicFolderDatabase", "").typed("DatabaseIdParameter");
pub(crate) static PUBLIC_FOLDER_MAILBOXES_LOCKED_FOR_NEW_CONNECTIONS: Parameter<bool> =
    Parameter::new("PublicFolderMailboxesLockedForNewConnections", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER_MAILBOXES_MIGRATION_COMPLETE: Parameter<bool> =
    Parameter::new("PublicFolderMailboxesMigrationComplete", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER_MIGRATION_COMPLETE: Parameter<bool> =
    Parameter::new("PublicFolderMigrationComplete", "").typed("Boolean");
pub(crate) static PUBLIC_FOLDER_SHOW_CLIENT_CONTROL: Parameter<bool> =
    Parameter::new("PublicFolderShowClientControl", "").typed("Boolean");
pub(crate) static QUERY_BASE_DN: Parameter<ObjectId> =
    Parameter::new("QueryBaseDN", "").typed("OrganizationalUnitIdParameter").reserved();
pub(crate) static QUOTA_NOTIFICATION_SCHEDULE: Parameter<Value> =
    Parameter::new("QuotaNotificationSchedule", "").typed("Schedule");
pub(crate) static READ_FROM_DOMAIN_CONTROLLER: Parameter<Switch> =
    Parameter::new("ReadFromDomainController", "").typed("SwitchParameter");
pub(crate) static READ_IS_OPTIMIZED_FOR_ACCESSIBILITY: Parameter<Switch> =
    Parameter::new("ReadIsOptimizedForAccessibility", "").typed("SwitchParameter");
pub(crate) static READ_TRACKING_ENABLED: Parameter<bool> =
    Parameter::of(&schema::organization::READ_TRACKING).typed("Boolean");
pub(crate) static RECALCULATE_HAS_ACTIVE_SYNC_DEVICE_PARTNERSHIP: Parameter<Switch> =
    Parameter::new("RecalculateHasActiveSyncDevicePartnership", "").typed("SwitchParameter");
pub(crate) static RECIPIENT_LIMITS: Parameter<Unlimited<i32>> =
    Parameter::of(&schema::mailbox::RECIPIENT_LIMITS).typed("Unlimited");
pub(crate) static RECIPIENT_PREVIEW_FILTER: Parameter<String> =
    Parameter::new("RecipientPreviewFilter", "").typed("String");
pub(crate) static RECIPIENT_TYPE: Parameter<RecipientType> =
    Parameter::new("RecipientType", "The broad kinds of recipients that are wanted.")
        .typed("RecipientType[]")
        .many()
        .one_of(&[
            "DynamicDistributionGroup",
            "MailContact",
            "MailNonUniversalGroup",
            "MailUniversalDistributionGroup",
            "MailUniversalSecurityGroup",
            "MailUser",
            "PublicFolder",
            "UserMailbox",
        ]);
pub(crate) static RECIPIENT_TYPE_DETAILS: Parameter<RecipientTypeDetails> =
    Parameter::new("RecipientTypeDetails", "The exact kinds of recipients that are wanted.")
        .typed("RecipientTypeDetails[]")
        .many()
        .one_of(&[
            "DiscoveryMailbox",
            "EquipmentMailbox",
            "GroupMailbox",
            "LegacyMailbox",
            "LinkedMailbox",
            "LinkedRoomMailbox",
            "RoomMailbox",
            "SchedulingMailbox",
            "SharedMailbox",
            "TeamMailbox",
            "UserMailbox",
        ]);
pub(crate) static RECIPIENT_TYPE_DETAILS_OF_RECIPIENT_TYPE_DETAILS: Parameter<RecipientTypeDetails> =
    Parameter::new("RecipientTypeDetails", "The exact kinds of recipients that are wanted.")
        .typed("RecipientTypeDetails[]")
        .many()
        .one_of(&[
            "DisabledUser",
            "DiscoveryMailbox",
            "EquipmentMailbox",
            "GuestMailUser",
            "GroupMailbox",
            "LegacyMailbox",
            "LinkedMailbox",
            "LinkedRoomMailbox",
            "LinkedUser",
            "MailUser",
            "PublicFolderMailbox",
            "RemoteEquipmentMailbox",
            "RemoteRoomMailbox",
            "RemoteSharedMailbox",
            "RemoteTeamMailbox",
            "RemoteUserMailbox",
            "RoomMailbox",
            "SchedulingMailbox",
            "SharedMailbox",
            "SharedWithMailUser",
            "TeamMailbox",
            "User",
            "UserMailbox",
        ]);
pub(crate) static RECIPIENT_TYPE_DETAILS_OF_RECIPIENT_TYPE_DETAILS_3: Parameter<RecipientTypeDetails> =
    Parameter::new("RecipientTypeDetails", "The exact kinds of recipients that are wanted.")
        .typed("RecipientTypeDetails[]")
        .many()
        .one_of(&[
            "DiscoveryMailbox",
            "DynamicDistributionGroup",
            "EquipmentMailbox",
            "GroupMailbox",
            "GuestMailUser",
            "LegacyMailbox",
            "LinkedMailbox",
            "LinkedRoomMailbox",
            "MailContact",
            "MailForestContact",
            "MailNonUniversalGroup",
            "MailUniversalDistributionGroup",
            "MailUniversalSecurityGroup",
            "MailUser",
            "PublicFolder",
            "PublicFolderMailbox",
            "RemoteEquipmentMailbox",
            "RemoteRoomMailbox",
            "RemoteSharedMailbox",
            "RemoteTeamMailbox",
            "RemoteUserMailbox",
            "RoomList",
            "RoomMailbox",
            "SchedulingMailbox",
            "SharedMailbox",
            "SharedWithMailUser",
            "TeamMailbox",
            "UserMailbox",
        ]);
pub(crate) static RECOVERABLE_ITEMS_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::RECOVERABLE_ITEMS_QUOTA).typed("Unlimited");
pub(crate) static RECOVERABLE_ITEMS_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::RECOVERABLE_ITEMS_QUOTA).typed("Unlimited");
pub(crate) static RECOVERABLE_ITEMS_WARNING_QUOTA: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::mailbox::RECOVERABLE_ITEMS_WARNING_QUOTA).typed("Unlimited");
pub(crate) static RECOVERABLE_ITEMS_WARNING_QUOTA_OF_DATABASE: Parameter<Unlimited<ByteQuantifiedSize>> =
    Parameter::of(&schema::database::RECOVERABLE_ITEMS_WARNING_QUOTA).typed("Unlimited");
pub(crate) static RECOVERY: Parameter<Switch> = Parameter::new("Recovery", "").typed("SwitchParameter");
pub(crate) static REFRESH_SESSION_ENABLED: Parameter<bool> =
    Parameter::new("RefreshSessionEnabled", "").typed("Boolean").reserved();
pub(crate) static REJECT_MESSAGES_FROM: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::REJECT_FROM).typed("MultiValuedProperty");
pub(crate) static REJECT_MESSAGES_FROM_DL_MEMBERS: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::REJECT_FROM_GROUPS).typed("MultiValuedProperty");
pub(crate) static REJECT_MESSAGES_FROM_SENDERS_OR_MEMBERS: Parameter<ObjectId> =
    Parameter::of(&schema::recipient::REJECT_FROM_ALL).typed("MultiValuedProperty");
pub(crate) static REMOTE_ARCHIVE: Parameter<Switch> =
    Parameter::new("RemoteArchive", "").typed("SwitchParameter");
pub(crate) static REMOTE_POWER_SHELL_ENABLED: Parameter<bool> =
    Parameter::of(&schema::user::REMOTE_POWERSHELL).typed("Boolean");
pub(crate) static REMOTE_PUBLIC_FOLDER_MAILBOXES: Parameter<Value> =
    Parameter::new("RemotePublicFolderMailboxes", "").typed("MultiValuedProperty").many();
pub(crate) static REMOTE_RECIPIENT_TYPE: Parameter<Value> =
    Parameter::new("RemoteRecipientType", "").typed("RemoteRecipientType").reserved();
pub(crate) static REMOVE_ARBITRATION_MAILBOX_WITH_OA_BS_ALLOWED: Parameter<Switch> =
    Parameter::new("RemoveArbitrationMailboxWithOABsAllowed", "").typed("SwitchParameter");
pub(crate) static REMOVE_LAST_ARBITRATION_MAILBOX_ALLOWED: Parameter<Switch> =
    Parameter::new("RemoveLastArbitrationMailboxAllowed", "").typed("SwitchParameter");
pub(crate) static REMOVE_MANAGED_FOLDER_AND_POLICY: Parameter<Switch> =
    Parameter::new("RemoveManagedFolderAndPolicy", "").typed("SwitchParameter");
pub(crate) static REMOVE_PICTURE: Parameter<Switch> =
    Parameter::new("RemovePicture", "").typed("SwitchParameter");
pub(crate) static REMOVE_SPOKEN_NAME: Parameter<Switch> =
    Parameter::new("RemoveSpokenName", "").typed("SwitchParameter");
pub(crate) static REQUIRED_CHARSET_COVERAGE: Parameter<i32> =
    Parameter::new("RequiredCharsetCoverage", "").typed("Int32").reserved();
pub(crate) static REQUIRE_SENDER_AUTHENTICATION_ENABLED: Parameter<bool> =
    Parameter::of(&schema::recipient::REQUIRE_SENDER_AUTHENTICATION).typed("Boolean");
pub(crate) static RESET_AUTO_BLOCKED_DEVICES: Parameter<Switch> =
    Parameter::new("ResetAutoBlockedDevices", "").typed("SwitchParameter");
pub(crate) static RESET_PASSWORD_ON_NEXT_LOGON: Parameter<bool> =
    Parameter::of(&schema::user::RESET_PASSWORD_ON_NEXT_LOGON).typed("Boolean");
pub(crate) static RESOURCE_CAPACITY: Parameter<i32> =
    Parameter::of(&schema::mailbox::RESOURCE_CAPACITY).typed("Int32");
pub(crate) static RESOURCE_CUSTOM: Parameter<String> =
    Parameter::of(&schema::mailbox::RESOURCE_CUSTOM).typed("MultiValuedProperty");
pub(crate) static RESULT_PAGE_SIZE: Parameter<i32> = Parameter::new("ResultPageSize", "").typed("Int32");
pub(crate) static RESULT_SET_SIZE: Parameter<i32> = Parameter::new("ResultSetSize", "").typed("Int32");
pub(crate) static RESULT_SIZE: Parameter<Unlimited<i32>> =
    Parameter::new("ResultSize", "How many objects are wanted at most.").typed("Unlimited");
pub(crate) static RETAIN_DELETED_ITEMS_FOR: Parameter<TimeSpan> =
    Parameter::of(&schema::mailbox::RETAIN_DELETED_ITEMS_FOR).typed("EnhancedTimeSpan");
pub(crate) static RETAIN_DELETED_ITEMS_UNTIL_BACKUP: Parameter<bool> =
    Parameter::of(&schema::mailbox::RETAIN_UNTIL_BACKUP).typed("Boolean");
pub(crate) static RETAIN_DELETED_ITEMS_UNTIL_BACKUP_OF_DATABASE: Parameter<bool> =
    Parameter::of(&schema::database::RETAIN_UNTIL_BACKUP).typed("Boolean");
pub(crate) static RETENTION_COMMENT: Parameter<String> =
    Parameter::of(&schema::mailbox::RETENTION_COMMENT).typed("String");
pub(crate) static RETENTION_HOLD_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::RETENTION_HOLD_ENABLED).typed("Boolean");
pub(crate) static RETENTION_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::RETENTION_POLICY).typed("MailboxPolicyIdParameter");
pub(crate) static RETENTION_URL: Parameter<String> =
    Parameter::of(&schema::mailbox::RETENTION_URL).typed("String");
pub(crate) static ROLE_ASSIGNMENT_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::ROLE_ASSIGNMENT_POLICY).typed("MailboxPolicyIdParameter");
pub(crate) static ROOM: Parameter<Switch> = Parameter::new("Room", "").typed("SwitchParameter");
pub(crate) static ROOM_MAILBOX_PASSWORD: Parameter<SecureString> =
    Parameter::new("RoomMailboxPassword", "").typed("SecureString");
pub(crate) static RPC_CLIENT_ACCESS_SERVER: Parameter<ObjectId> =
    Parameter::new("RpcClientAccessServer", "").typed("ClientAccessServerOrArrayIdParameter");
pub(crate) static RULES_QUOTA: Parameter<ByteQuantifiedSize> =
    Parameter::of(&schema::mailbox::RULES_QUOTA).typed("ByteQuantifiedSize");
pub(crate) static SAM_ACCOUNT_NAME: Parameter<String> =
    Parameter::of(&schema::user::SAM_ACCOUNT_NAME).typed("String");
pub(crate) static SCL_DELETE_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::SCL_DELETE_ENABLED).typed("Boolean");
pub(crate) static SCL_DELETE_THRESHOLD: Parameter<i32> =
    Parameter::of(&schema::mailbox::SCL_DELETE_THRESHOLD).typed("Int32");
pub(crate) static SCL_JUNK_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::SCL_JUNK_ENABLED).typed("Boolean");
pub(crate) static SCL_JUNK_THRESHOLD: Parameter<i32> =
    Parameter::of(&schema::mailbox::SCL_JUNK_THRESHOLD).typed("Int32");
pub(crate) static SCL_JUNK_THRESHOLD_OF_ORGANIZATION: Parameter<i32> =
    Parameter::of(&schema::organization::SCL_JUNK_THRESHOLD).typed("Int32");
pub(crate) static SCL_QUARANTINE_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::SCL_QUARANTINE_ENABLED).typed("Boolean");
pub(crate) static SCL_QUARANTINE_THRESHOLD: Parameter<i32> =
    Parameter::of(&schema::mailbox::SCL_QUARANTINE_THRESHOLD).typed("Int32");
pub(crate) static SCL_REJECT_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::SCL_REJECT_ENABLED).typed("Boolean");
pub(crate) static SCL_REJECT_THRESHOLD: Parameter<i32> =
    Parameter::of(&schema::mailbox::SCL_REJECT_THRESHOLD).typed("Int32");
pub(crate) static SEARCH_BASE: Parameter<String> =
    Parameter::new("SearchBase", "The container below which to look.").typed("String");
pub(crate) static SEARCH_SCOPE: Parameter<String> =
    Parameter::new("SearchScope", "How deep to look: Base, OneLevel or Subtree.")
        .typed("ADSearchScope")
        .one_of(&["Base", "OneLevel", "Subtree"]);
pub(crate) static SEARCH_TEXT: Parameter<String> =
    Parameter::new("SearchText", "Text that the name holds.").typed("String");
pub(crate) static SECONDARY_ADDRESS: Parameter<String> =
    Parameter::new("SecondaryAddress", "").typed("String");
pub(crate) static SECONDARY_DIAL_PLAN: Parameter<ObjectId> =
    Parameter::new("SecondaryDialPlan", "").typed("UMDialPlanIdParameter");
pub(crate) static SEND_MODERATION_NOTIFICATIONS: Parameter<ModerationNotification> =
    Parameter::of(&schema::recipient::MODERATION_NOTIFICATIONS).typed("TransportModerationNotificationFlags");
pub(crate) static SENIORITY_INDEX: Parameter<i32> =
    Parameter::of(&schema::user::SENIORITY_INDEX).typed("Int32");
pub(crate) static SERVER: Parameter<ObjectId> =
    Parameter::new("Server", "The server.").typed("ServerIdParameter");
pub(crate) static SERVER_OF_STRING: Parameter<String> =
    Parameter::new("Server", "The server.").typed("String");
pub(crate) static SHARED: Parameter<Switch> = Parameter::new("Shared", "").typed("SwitchParameter");
pub(crate) static SHARING_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::SHARING_POLICY).typed("SharingPolicyIdParameter");
pub(crate) static SHOW_GAL_AS_DEFAULT_VIEW: Parameter<bool> =
    Parameter::of(&schema::cas::SHOW_GAL).typed("Boolean");
pub(crate) static SIMPLE_DISPLAY_NAME: Parameter<String> =
    Parameter::of(&schema::recipient::SIMPLE_DISPLAY_NAME).typed("String");
pub(crate) static SINGLE_ITEM_RECOVERY_ENABLED: Parameter<bool> =
    Parameter::of(&schema::mailbox::SINGLE_ITEM_RECOVERY).typed("Boolean");
pub(crate) static SINGLE_NODE_ONLY: Parameter<Switch> =
    Parameter::new("SingleNodeOnly", "Shows only the units directly below.").typed("SwitchParameter");
pub(crate) static SITE_MAILBOX_CREATION_URL: Parameter<String> =
    Parameter::new("SiteMailboxCreationURL", "").typed("Uri");
pub(crate) static SKIP_DATABASE_LOG_FOLDER_CREATION: Parameter<Switch> =
    Parameter::new("SkipDatabaseLogFolderCreation", "").typed("SwitchParameter").reserved();
pub(crate) static SKIP_DUAL_WRITE: Parameter<Switch> =
    Parameter::new("SkipDualWrite", "").typed("SwitchParameter").reserved();
pub(crate) static SMTP_ACTIONABLE_MESSAGES_ENABLED: Parameter<bool> =
    Parameter::new("SmtpActionableMessagesEnabled", "").typed("Boolean");
pub(crate) static SORTBY: Parameter<String> = Parameter::new("Sortby", "").typed("String");
pub(crate) static SORT_BY: Parameter<String> =
    Parameter::new("SortBy", "The property to sort by, ascending.").typed("String");
pub(crate) static START_DATE_FOR_RETENTION_HOLD: Parameter<DateTime> =
    Parameter::of(&schema::mailbox::START_RETENTION_HOLD).typed("DateTime");
pub(crate) static STATE_OR_PROVINCE: Parameter<String> = Parameter::of(&schema::user::STATE).typed("String");
pub(crate) static STATUS: Parameter<Switch> =
    Parameter::new("Status", "Shows whether databases are mounted and how large they are.")
        .typed("SwitchParameter");
pub(crate) static STORE_MAILBOX_IDENTITY: Parameter<ObjectId> =
    Parameter::new("StoreMailboxIdentity", "The mailbox in the database, by GUID, display name or LegacyDN.")
        .typed("StoreMailboxIdParameter");
pub(crate) static STREET_ADDRESS: Parameter<String> =
    Parameter::of(&schema::user::STREET_ADDRESS).typed("String");
pub(crate) static STS_REFRESH_TOKENS_VALID_FROM: Parameter<DateTime> =
    Parameter::new("StsRefreshTokensValidFrom", "").typed("DateTime").reserved();
pub(crate) static SUPERVISORY_REVIEW_POLICY: Parameter<Switch> =
    Parameter::new("SupervisoryReviewPolicy", "").typed("SwitchParameter").reserved();
pub(crate) static SUPERVISORY_REVIEW_POLICY_OF_SWITCH: Parameter<Switch> =
    Parameter::new("SupervisoryReviewPolicy", "").typed("SwitchParameter");
pub(crate) static SYSTEM_MESSAGE_SIZE_SHUTOFF_QUOTA: Parameter<i64> =
    Parameter::new("SystemMessageSizeShutoffQuota", "").typed("Int64").reserved();
pub(crate) static SYSTEM_MESSAGE_SIZE_WARNING_QUOTA: Parameter<i64> =
    Parameter::new("SystemMessageSizeWarningQuota", "").typed("Int64").reserved();
pub(crate) static TELEPHONE_ASSISTANT: Parameter<String> =
    Parameter::of(&schema::user::TELEPHONE_ASSISTANT).typed("String");
pub(crate) static THROTTLING_POLICY: Parameter<ObjectId> =
    Parameter::of(&schema::mailbox::THROTTLING_POLICY).typed("ThrottlingPolicyIdParameter");
pub(crate) static TITLE: Parameter<String> = Parameter::of(&schema::user::TITLE).typed("String");
pub(crate) static TYPE: Parameter<Value> = Parameter::new("Type", "")
    .typed("ConvertibleMailboxSubType")
    .one_of(&["Equipment", "Regular", "Room", "Shared", "Workspace", "Desk"]);
pub(crate) static UM_AVAILABLE_LANGUAGES: Parameter<Value> =
    Parameter::new("UMAvailableLanguages", "").typed("MultiValuedProperty").many();
pub(crate) static UM_CALLING_LINE_IDS: Parameter<Value> =
    Parameter::new("UMCallingLineIds", "").typed("MultiValuedProperty").many();
pub(crate) static UM_DATA_STORAGE: Parameter<bool> = Parameter::new("UMDataStorage", "").typed("Boolean");
pub(crate) static UM_DTMF_MAP: Parameter<String> =
    Parameter::of(&schema::user::UM_DTMF_MAP).typed("MultiValuedProperty");
pub(crate) static UM_GRAMMAR: Parameter<bool> = Parameter::new("UMGrammar", "").typed("Boolean");
pub(crate) static UNBLOCK_UNSAFE_SENDER_PROMPT_ENABLED: Parameter<bool> =
    Parameter::new("UnblockUnsafeSenderPromptEnabled", "").typed("Boolean").reserved();
pub(crate) static USER: Parameter<ObjectId> =
    Parameter::new("User", "The user who gets the mailbox.").typed("UserIdParameter");
pub(crate) static USER_CERTIFICATE: Parameter<Value> =
    Parameter::new("UserCertificate", "").typed("MultiValuedProperty").many();
pub(crate) static USER_PRINCIPAL_NAME: Parameter<String> =
    Parameter::of(&schema::user::USER_PRINCIPAL_NAME).typed("String");
pub(crate) static USER_S_MIME_CERTIFICATE: Parameter<Value> =
    Parameter::new("UserSMimeCertificate", "").typed("MultiValuedProperty").many();
pub(crate) static USE_DATABASE_QUOTA_DEFAULTS: Parameter<bool> =
    Parameter::of(&schema::mailbox::USE_DATABASE_QUOTAS).typed("Boolean");
pub(crate) static USE_DATABASE_RETENTION_DEFAULTS: Parameter<bool> =
    Parameter::of(&schema::mailbox::USE_DATABASE_RETENTION).typed("Boolean");
pub(crate) static USE_ICS_SYNC_STATE_STREAMING: Parameter<Switch> =
    Parameter::new("UseIcsSyncStateStreaming", "").typed("SwitchParameter");
pub(crate) static VALIDATE_ONLY: Parameter<Switch> =
    Parameter::new("ValidateOnly", "Says what would be done, and does nothing.").typed("SwitchParameter");
pub(crate) static WAC_DISCOVERY_ENDPOINT: Parameter<String> =
    Parameter::new("WACDiscoveryEndpoint", "").typed("String");
pub(crate) static WEB_PAGE: Parameter<String> = Parameter::of(&schema::user::WEB_PAGE).typed("String");
pub(crate) static WINDOWS_EMAIL_ADDRESS: Parameter<SmtpAddress> =
    Parameter::of(&schema::recipient::WINDOWS_EMAIL_ADDRESS).typed("SmtpAddress");
