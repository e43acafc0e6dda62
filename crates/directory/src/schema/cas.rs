//! The noun `CASMailbox`: which doors are open to a mailbox, and how it is served there.

use super::check::{TEXT, up_to};
use super::recipient::*;
use super::user::SAM_ACCOUNT_NAME;
use super::{joined, no, properties, yes};
use object::types::{MimeTextFormat, ObjectId};
use object::{Declared, Noun, Value};

object::enumeration! {
    /// Which of the two lists of clients decides.
    pub enum EwsAccessPolicy: "Microsoft.Exchange.Data.Directory.EwsApplicationAccessPolicy" {
        /// Only clients of the allow list.
        EnforceAllowList = 0,
        /// All but clients of the block list.
        EnforceBlockList = 1,
    }
}

fn best_body() -> Value {
    MimeTextFormat::BestBodyFormat.into()
}

properties! {
    ACTIVE_SYNC_ENABLED: bool = "ActiveSyncEnabled", "Whether mobile devices are served.", default(yes);
    ACTIVE_SYNC_POLICY: ObjectId = "ActiveSyncMailboxPolicy", "The mobile device mailbox policy.", attribute("msExchMobileMailboxPolicyLink"), refers_to("MobileDevicePolicyIdParameter");
    ACTIVE_SYNC_POLICY_DEFAULTED: bool = "ActiveSyncMailboxPolicyIsDefaulted", "Whether the default policy is in force because none is named.", computed();
    ACTIVE_SYNC_ALLOWED_DEVICES: String = "ActiveSyncAllowedDeviceIDs", "Devices that are always served.", many(), attribute("msExchMobileAllowedDeviceIds"), check(up_to::<256>());
    ACTIVE_SYNC_BLOCKED_DEVICES: String = "ActiveSyncBlockedDeviceIDs", "Devices that are never served.", many(), attribute("msExchMobileBlockedDeviceIds"), check(up_to::<256>());
    ACTIVE_SYNC_DEBUG_LOGGING: bool = "ActiveSyncDebugLogging", "Whether the talk with devices is logged.", not_filterable(), default(no);
    ACTIVE_SYNC_SUPPRESS_RECEIPT: bool = "ActiveSyncSuppressReadReceipt", "Whether devices send no read receipts.", not_filterable(), default(no);
    HAS_DEVICE_PARTNERSHIP: bool = "HasActiveSyncDevicePartnership", "Whether a device was ever served.", default(no);
    OWA_ENABLED: bool = "OWAEnabled", "Whether the web mail is served.", default(yes), survives_disable();
    OWA_FOR_DEVICES_ENABLED: bool = "OWAforDevicesEnabled", "Whether the web mail is served on devices.", attribute("msExchOmaAdminWirelessEnable"), default(yes);
    OWA_POLICY: ObjectId = "OwaMailboxPolicy", "The Outlook on the web mailbox policy.", attribute("msExchOWAPolicy"), refers_to("OwaPolicyIdParameter");
    ECP_ENABLED: bool = "ECPEnabled", "Whether the user's own settings page is served.", default(yes);
    POP_ENABLED: bool = "PopEnabled", "Whether POP3 is served.", default(yes), survives_disable();
    POP_USE_DEFAULTS: bool = "PopUseProtocolDefaults", "Whether the server's POP3 settings hold.", not_filterable(), default(yes), later();
    POP_EXACT_SIZE: bool = "PopEnableExactRFC822Size", "Whether POP3 counts sizes exactly.", not_filterable(), default(no), later();
    POP_FORMAT: MimeTextFormat = "PopMessagesRetrievalMimeFormat", "The form in which POP3 hands out messages.", not_filterable(), default(best_body), later();
    POP_SUPPRESS_RECEIPT: bool = "PopSuppressReadReceipt", "Whether POP3 sends no read receipts.", not_filterable(), default(no);
    POP_FORCE_ICAL: bool = "PopForceICalForCalendarRetrievalOption", "Whether POP3 hands out meetings as iCalendar.", not_filterable(), default(no);
    IMAP_ENABLED: bool = "ImapEnabled", "Whether IMAP is served.", default(yes), survives_disable();
    IMAP_USE_DEFAULTS: bool = "ImapUseProtocolDefaults", "Whether the server's IMAP settings hold.", not_filterable(), default(yes), later();
    IMAP_EXACT_SIZE: bool = "ImapEnableExactRFC822Size", "Whether IMAP counts sizes exactly.", not_filterable(), default(no), later();
    IMAP_FORMAT: MimeTextFormat = "ImapMessagesRetrievalMimeFormat", "The form in which IMAP hands out messages.", not_filterable(), default(best_body), later();
    IMAP_SUPPRESS_RECEIPT: bool = "ImapSuppressReadReceipt", "Whether IMAP sends no read receipts.", not_filterable(), default(no);
    IMAP_FORCE_ICAL: bool = "ImapForceICalForCalendarRetrievalOption", "Whether IMAP hands out meetings as iCalendar.", not_filterable(), default(no);
    MAPI_ENABLED: bool = "MAPIEnabled", "Whether Outlook is served in Exchange mode.", default(yes), survives_disable();
    MAPI_HTTP_ENABLED: bool = "MapiHttpEnabled", "Whether Outlook is served over HTTP; $null leaves it to the organisation.", not_filterable(), survives_disable();
    MAPI_BLOCK_NON_CACHED: bool = "MAPIBlockOutlookNonCachedMode", "Whether Outlook must keep a copy.", not_filterable(), default(no), survives_disable();
    MAPI_BLOCK_VERSIONS: String = "MAPIBlockOutlookVersions", "The versions of Outlook that are refused.", not_filterable(), check(up_to::<256>()), survives_disable();
    MAPI_BLOCK_RPC_HTTP: bool = "MAPIBlockOutlookRpcHttp", "Whether Outlook Anywhere is refused.", not_filterable(), default(no), survives_disable();
    MAPI_BLOCK_EXTERNAL: bool = "MAPIBlockOutlookExternalConnectivity", "Whether Outlook is refused from outside.", not_filterable(), default(no), survives_disable();
    EWS_ENABLED: bool = "EwsEnabled", "Whether Exchange Web Services are served.", attribute("msExchEwsEnabled"), default(yes);
    EWS_ALLOW_OUTLOOK: bool = "EwsAllowOutlook", "Whether Outlook may use Exchange Web Services.", not_filterable();
    EWS_ALLOW_MAC_OUTLOOK: bool = "EwsAllowMacOutlook", "Whether Outlook for Mac may use Exchange Web Services.", not_filterable();
    EWS_ALLOW_ENTOURAGE: bool = "EwsAllowEntourage", "Whether Entourage may use Exchange Web Services.", not_filterable();
    EWS_ACCESS_POLICY: EwsAccessPolicy = "EwsApplicationAccessPolicy", "Which list of clients decides.", not_filterable();
    EWS_ALLOW_LIST: String = "EwsAllowList", "Clients that may use Exchange Web Services.", many(), not_filterable(), check(TEXT);
    EWS_BLOCK_LIST: String = "EwsBlockList", "Clients that may not use Exchange Web Services.", many(), not_filterable(), check(TEXT);
    SHOW_GAL: bool = "ShowGalAsDefaultView", "Whether the global address list is shown first.", not_filterable(), default(yes);
    OPTIMIZED_FOR_ACCESSIBILITY: bool = "IsOptimizedForAccessibility", "Whether the web mail is made for screen readers.", not_filterable(), default(no);
    PUBLIC_FOLDER_CLIENT_ACCESS: bool = "PublicFolderClientAccess", "Whether public folders are served.", not_filterable(), default(no);
}

pub(crate) static PROPERTIES: &[&dyn Declared] = &[
    &ACTIVE_SYNC_ENABLED,
    &ACTIVE_SYNC_POLICY,
    &ACTIVE_SYNC_POLICY_DEFAULTED,
    &ACTIVE_SYNC_ALLOWED_DEVICES,
    &ACTIVE_SYNC_BLOCKED_DEVICES,
    &ACTIVE_SYNC_DEBUG_LOGGING,
    &ACTIVE_SYNC_SUPPRESS_RECEIPT,
    &HAS_DEVICE_PARTNERSHIP,
    &OWA_ENABLED,
    &OWA_FOR_DEVICES_ENABLED,
    &OWA_POLICY,
    &ECP_ENABLED,
    &POP_ENABLED,
    &POP_USE_DEFAULTS,
    &POP_EXACT_SIZE,
    &POP_FORMAT,
    &POP_SUPPRESS_RECEIPT,
    &POP_FORCE_ICAL,
    &IMAP_ENABLED,
    &IMAP_USE_DEFAULTS,
    &IMAP_EXACT_SIZE,
    &IMAP_FORMAT,
    &IMAP_SUPPRESS_RECEIPT,
    &IMAP_FORCE_ICAL,
    &MAPI_ENABLED,
    &MAPI_HTTP_ENABLED,
    &MAPI_BLOCK_NON_CACHED,
    &MAPI_BLOCK_VERSIONS,
    &MAPI_BLOCK_RPC_HTTP,
    &MAPI_BLOCK_EXTERNAL,
    &EWS_ENABLED,
    &EWS_ALLOW_OUTLOOK,
    &EWS_ALLOW_MAC_OUTLOOK,
    &EWS_ALLOW_ENTOURAGE,
    &EWS_ACCESS_POLICY,
    &EWS_ALLOW_LIST,
    &EWS_BLOCK_LIST,
    &SHOW_GAL,
    &OPTIMIZED_FOR_ACCESSIBILITY,
    &PUBLIC_FOLDER_CLIENT_ACCESS,
];

/// Which doors are open to a mailbox.
pub static CAS_MAILBOX: Noun = Noun {
    name: "CASMailbox",
    type_name: "Microsoft.Exchange.Data.Directory.Management.CASMailbox",
    summary: "Which doors are open to a mailbox, and how it is served there.",
    properties: joined!(
        &[
            &EMAIL_ADDRESSES,
            &LEGACY_EXCHANGE_DN,
            &super::user::LINKED_MASTER_ACCOUNT,
            &PRIMARY_SMTP_ADDRESS,
            &SAM_ACCOUNT_NAME,
            &super::mailbox::SERVER_LEGACY_DN,
            &super::mailbox::SERVER_NAME,
            &DISPLAY_NAME,
            &ACTIVE_SYNC_ALLOWED_DEVICES,
            &ACTIVE_SYNC_BLOCKED_DEVICES,
            &ACTIVE_SYNC_POLICY,
            &ACTIVE_SYNC_POLICY_DEFAULTED,
            &ACTIVE_SYNC_DEBUG_LOGGING,
            &ACTIVE_SYNC_SUPPRESS_RECEIPT,
            &ACTIVE_SYNC_ENABLED,
            &HAS_DEVICE_PARTNERSHIP,
            &OWA_POLICY,
            &OWA_ENABLED,
            &OWA_FOR_DEVICES_ENABLED,
            &ECP_ENABLED,
            &POP_ENABLED,
            &POP_USE_DEFAULTS,
            &POP_FORMAT,
            &POP_EXACT_SIZE,
            &POP_SUPPRESS_RECEIPT,
            &POP_FORCE_ICAL,
            &IMAP_ENABLED,
            &IMAP_USE_DEFAULTS,
            &IMAP_FORMAT,
            &IMAP_EXACT_SIZE,
            &IMAP_SUPPRESS_RECEIPT,
            &IMAP_FORCE_ICAL,
            &MAPI_ENABLED,
            &MAPI_HTTP_ENABLED,
            &MAPI_BLOCK_NON_CACHED,
            &MAPI_BLOCK_VERSIONS,
            &MAPI_BLOCK_RPC_HTTP,
            &MAPI_BLOCK_EXTERNAL,
            &EWS_ENABLED,
            &EWS_ALLOW_OUTLOOK,
            &EWS_ALLOW_MAC_OUTLOOK,
            &EWS_ALLOW_ENTOURAGE,
            &EWS_ACCESS_POLICY,
            &EWS_ALLOW_LIST,
            &EWS_BLOCK_LIST,
            &SHOW_GAL,
            &OPTIMIZED_FOR_ACCESSIBILITY,
            &PUBLIC_FOLDER_CLIENT_ACCESS,
        ],
        OBJECT
    ),
    table: &[&NAME, &ACTIVE_SYNC_ENABLED, &OWA_ENABLED, &POP_ENABLED, &IMAP_ENABLED, &MAPI_ENABLED],
};
