//! The noun `OrganizationConfig`: settings of the whole organisation.

use super::cas::EwsAccessPolicy;
use super::check::{QUOTA, SPAN, TEXT, between};
use super::recipient::{LEGACY_EXCHANGE_DN, NAME, OBJECT};
use super::{audit, days, filtering, joined, no, no_limit, properties, transport_config, yes};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{ByteQuantifiedSize, ObjectId, PropertyType, TICKS_PER_SECOND, TimeSpan, Unlimited};
use object::{Declared, Noun, Value};

object::enumeration! {
    /// Where public folders are.
    pub enum PublicFoldersDeployment: "Microsoft.Exchange.Data.Directory.SystemConfiguration.PublicFoldersDeployment" {
        /// There are none.
        None = 0,
        /// Here.
        Local = 1,
        /// Elsewhere.
        Remote = 2,
    }
}

fn junk() -> Value {
    4.into()
}
fn audience() -> Value {
    Value::UInt32(25)
}
fn six_hours() -> Value {
    TimeSpan { ticks: 6 * 3600 * TICKS_PER_SECOND }.into_value()
}
fn local() -> Value {
    PublicFoldersDeployment::Local.into()
}

properties! {
    COMMON_PASSWORDS_ALLOWED: bool = "CommonPasswordsAllowed", "Whether passwords are taken that everybody tries first, such as P@ssw0rd1.", default(no);
    FULL_ACCESS_BY_RECIPIENT_MANAGEMENT: bool = "RecipientManagementFullAccess", "Whether whoever manages recipients without managing the organization may grant and take Full Access to mailboxes.", default(yes);
    SCL_JUNK_THRESHOLD: i32 = "SCLJunkThreshold", "The spam score above which messages go to Junk Email.", default(junk), check(between::<0, 9>());
    MAPI_HTTP_ENABLED: bool = "MapiHttpEnabled", "Whether Outlook is served over HTTP.", default(yes);
    EWS_ENABLED: bool = "EwsEnabled", "Whether Exchange Web Services are served; $null leaves it to each mailbox.";
    EWS_ALLOW_OUTLOOK: bool = "EwsAllowOutlook", "Whether Outlook may use Exchange Web Services.";
    EWS_ALLOW_MAC_OUTLOOK: bool = "EwsAllowMacOutlook", "Whether Outlook for Mac may use Exchange Web Services.";
    EWS_ALLOW_ENTOURAGE: bool = "EwsAllowEntourage", "Whether Entourage may use Exchange Web Services.";
    EWS_ACCESS_POLICY: EwsAccessPolicy = "EwsApplicationAccessPolicy", "Which list of clients decides.";
    EWS_ALLOW_LIST: String = "EwsAllowList", "Clients that may use Exchange Web Services.", many(), check(TEXT);
    EWS_BLOCK_LIST: String = "EwsBlockList", "Clients that may not use Exchange Web Services.", many(), check(TEXT);
    MAIL_TIPS_ALL: bool = "MailTipsAllTipsEnabled", "Whether senders see hints.", default(yes);
    MAIL_TIPS_EXTERNAL: bool = "MailTipsExternalRecipientsTipsEnabled", "Whether senders are warned of recipients outside.", default(no);
    MAIL_TIPS_METRICS: bool = "MailTipsGroupMetricsEnabled", "Whether senders see the size of groups.", default(yes);
    MAIL_TIPS_MAILBOX: bool = "MailTipsMailboxSourcedTipsEnabled", "Whether senders see hints out of mailboxes.", default(yes);
    MAIL_TIPS_LARGE: u32 = "MailTipsLargeAudienceThreshold", "The number of recipients from which senders are warned.", default(audience);
    READ_TRACKING: bool = "ReadTrackingEnabled", "Whether senders can see that a message was read.", default(no);
    ASYNC_SEND: bool = "AsyncSendEnabled", "Whether the web mail sends in the background.", default(yes);
    TIMEOUT_ENABLED: bool = "ActivityBasedAuthenticationTimeoutEnabled", "Whether idle web sessions end.", default(yes);
    TIMEOUT_INTERVAL: TimeSpan = "ActivityBasedAuthenticationTimeoutInterval", "After which time idle web sessions end.", default(six_hours), check(SPAN);
    CUSTOMER_FEEDBACK: bool = "CustomerFeedbackEnabled", "Whether the maker is told how the server is used; it never is.";
    APPS_FOR_OFFICE: bool = "AppsForOfficeEnabled", "Whether users may add apps.", default(yes);
    OAUTH_ENABLED: bool = "OAuth2ClientProfileEnabled", "Whether clients may log on with tokens.", default(no);
    PUBLIC_FOLDERS: PublicFoldersDeployment = "PublicFoldersEnabled", "Where public folders are.", default(local);
    PUBLIC_FOLDER_WARNING: Unlimited<ByteQuantifiedSize> = "DefaultPublicFolderIssueWarningQuota", "The size of a public folder at which its owners are warned.", default(no_limit), check(QUOTA);
    PUBLIC_FOLDER_POST: Unlimited<ByteQuantifiedSize> = "DefaultPublicFolderProhibitPostQuota", "The size at which a public folder takes nothing more.", default(no_limit), check(QUOTA);
    PUBLIC_FOLDER_ITEM: Unlimited<ByteQuantifiedSize> = "DefaultPublicFolderMaxItemSize", "The largest item of a public folder.", default(no_limit), check(QUOTA);
    PUBLIC_FOLDER_AGE: TimeSpan = "DefaultPublicFolderAgeLimit", "After which time items of public folders are deleted.", check(SPAN);
    PUBLIC_FOLDER_RETENTION: TimeSpan = "DefaultPublicFolderDeletedItemRetention", "How long deleted items of public folders can be recovered.", default(days::<30>), check(SPAN);
    GROUP_DEFAULT_OU: ObjectId = "DistributionGroupDefaultOU", "Where new groups are made.", refers_to("OrganizationalUnitIdParameter");
    GROUP_BLOCKED_WORDS: String = "DistributionGroupNameBlockedWordsList", "Words that names of groups may not hold.", many(), check(TEXT);
    ADDRESS_BOOK_ROOT: ObjectId = "HierarchicalAddressBookRoot", "The group at the root of the hierarchical address book.", refers_to("GroupIdParameter");
    PERMANENTLY_DELETE_DISABLED: bool = "PermanentlyDeleteDisabled", "Whether clients cannot purge items.", default(no);
    INDUSTRY_SUMMARY: String = "OrganizationSummary", "What the organisation is, in its own words.", many(), check(TEXT);
    ORGANIZATION_NAME: String = "OrganizationId", "The organisation.", computed();
}

pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &COMMON_PASSWORDS_ALLOWED,
        &FULL_ACCESS_BY_RECIPIENT_MANAGEMENT,
        &SCL_JUNK_THRESHOLD,
        &MAPI_HTTP_ENABLED,
        &EWS_ENABLED,
        &EWS_ALLOW_OUTLOOK,
        &EWS_ALLOW_MAC_OUTLOOK,
        &EWS_ALLOW_ENTOURAGE,
        &EWS_ACCESS_POLICY,
        &EWS_ALLOW_LIST,
        &EWS_BLOCK_LIST,
        &MAIL_TIPS_ALL,
        &MAIL_TIPS_EXTERNAL,
        &MAIL_TIPS_METRICS,
        &MAIL_TIPS_MAILBOX,
        &MAIL_TIPS_LARGE,
        &READ_TRACKING,
        &ASYNC_SEND,
        &TIMEOUT_ENABLED,
        &TIMEOUT_INTERVAL,
        &CUSTOMER_FEEDBACK,
        &APPS_FOR_OFFICE,
        &OAUTH_ENABLED,
        &PUBLIC_FOLDERS,
        &PUBLIC_FOLDER_WARNING,
        &PUBLIC_FOLDER_POST,
        &PUBLIC_FOLDER_ITEM,
        &PUBLIC_FOLDER_AGE,
        &PUBLIC_FOLDER_RETENTION,
        &GROUP_DEFAULT_OU,
        &GROUP_BLOCKED_WORDS,
        &ADDRESS_BOOK_ROOT,
        &PERMANENTLY_DELETE_DISABLED,
        &INDUSTRY_SUMMARY,
        &ORGANIZATION_NAME,
        &LEGACY_EXCHANGE_DN,
    ],
    OBJECT
);

/// Settings of the whole organisation.
pub static ORGANIZATION_CONFIG: Noun = Noun {
    name: "OrganizationConfig",
    type_name: "Microsoft.Exchange.Data.Directory.Management.ADOrganizationConfig",
    summary: "Settings of the whole organisation.",
    properties: PROPERTIES,
    table: &[&NAME, &MAPI_HTTP_ENABLED, &EWS_ENABLED],
};

/// How the organisation is named.
pub static ID: IdentityKind =
    IdentityKind::configuration("OrganizationIdParameter", "the organization", |record| {
        record.class() == Class::Organization
    });

/// The organisation, which holds the settings of both nouns.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::Organization,
    "",
    &[
        PROPERTIES,
        audit::SETTINGS,
        transport_config::PROPERTIES,
        filtering::CONTENT,
        filtering::SENDER,
        filtering::RECIPIENT,
    ],
    &[
        &ORGANIZATION_CONFIG,
        &audit::ADMIN_AUDIT_LOG_CONFIG,
        &transport_config::TRANSPORT_CONFIG,
        &filtering::CONTENT_FILTER_CONFIG,
        &filtering::SENDER_FILTER_CONFIG,
        &filtering::RECIPIENT_FILTER_CONFIG,
    ],
    &[&ID],
);
