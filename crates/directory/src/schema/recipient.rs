//! What all recipients share.

use super::check::{ALIAS_TEXT, OBJECT_NAME, PROXY, QUOTA, SIMPLE_TEXT, TEXT, up_to};
use super::{joined, no, no_limit, properties, yes};
use object::types::{
    ByteQuantifiedSize, DateTime, Guid, ModerationNotification, ObjectId, ProxyAddress, RecipientDisplayType,
    RecipientType, RecipientTypeDetails, SmtpAddress, Unlimited,
};
use object::{Declared, Value};

fn always() -> Value {
    ModerationNotification::Always.into()
}
fn undetermined() -> Value {
    RecipientTypeDetails::None.into()
}

properties! {
    IDENTITY: ObjectId = "Identity", "The object itself, shown by its path in the directory.", read_only();
    ID: ObjectId = "Id", "The same as Identity.", read_only();
    NAME: String = "Name", "The name, unique within its organisational unit.", attribute("name"), check(OBJECT_NAME);
    DISTINGUISHED_NAME: String = "DistinguishedName", "The distinguished name.", read_only(), attribute("distinguishedName");
    GUID: Guid = "Guid", "The GUID of the directory object.", read_only(), attribute("objectGuid");
    OBJECT_CLASS: String = "ObjectClass", "The classes of the directory object.", many(), computed(), attribute("objectClass");
    WHEN_CREATED: DateTime = "WhenCreated", "When the object was made.", read_only(), attribute("whenCreated");
    WHEN_CHANGED: DateTime = "WhenChanged", "When the object was changed last.", read_only(), attribute("whenChanged");
    WHEN_CREATED_UTC: DateTime = "WhenCreatedUTC", "When the object was made, in UTC.", read_only();
    WHEN_CHANGED_UTC: DateTime = "WhenChangedUTC", "When the object was changed last, in UTC.", read_only();
    ORGANIZATIONAL_UNIT: String = "OrganizationalUnit", "The organisational unit that holds the object.", read_only();
    IS_VALID: bool = "IsValid", "Whether the object has no contradiction in itself.", computed(), default(yes);
    EXCHANGE_VERSION: String = "ExchangeVersion", "The version of the object's form.", read_only(), attribute("msExchVersion");
    ORIGINATING_SERVER: String = "OriginatingServer", "The domain controller that answered.", computed();

    DISPLAY_NAME: String = "DisplayName", "The name shown in address lists.", indexed(), attribute("displayName"), check(up_to::<256>()), survives_disable();
    SIMPLE_DISPLAY_NAME: String = "SimpleDisplayName", "The name for systems that show ASCII only.", attribute("displayNamePrintable"), check(SIMPLE_TEXT), survives_disable();
    ALIAS: String = "Alias", "The short mail name; the address policy makes the address from it.", indexed(), attribute("mailNickname"), check(ALIAS_TEXT), unique("alias");
    EMAIL_ADDRESSES: ProxyAddress = "EmailAddresses", "All addresses; the one written SMTP: in capitals is the primary one.", many(), indexed(), attribute("proxyAddresses"), check(PROXY), unique("address");
    PRIMARY_SMTP_ADDRESS: SmtpAddress = "PrimarySmtpAddress", "The address that mail is sent from.";
    WINDOWS_EMAIL_ADDRESS: SmtpAddress = "WindowsEmailAddress", "The address in the directory's mail attribute; kept equal to the primary one.", attribute("mail");
    EMAIL_ADDRESS_POLICY_ENABLED: bool = "EmailAddressPolicyEnabled", "Whether the address policy keeps the primary address.", default(yes);
    POLICIES_INCLUDED: String = "PoliciesIncluded", "The address policy in force.", many(), read_only(), attribute("msExchPoliciesIncluded");
    POLICIES_EXCLUDED: String = "PoliciesExcluded", "The kinds of policies that are switched off.", many(), read_only(), attribute("msExchPoliciesExcluded");
    LEGACY_EXCHANGE_DN: String = "LegacyExchangeDN", "The name by which a mailbox and its user recognise each other.", read_only(), indexed(), attribute("legacyExchangeDN"), unique("address");
    RECIPIENT_TYPE: RecipientType = "RecipientType", "The broad kind of recipient.", read_only();
    RECIPIENT_TYPE_DETAILS: RecipientTypeDetails = "RecipientTypeDetails", "The exact kind of recipient.", read_only(), indexed(), attribute("msExchRecipientTypeDetails"), default(undetermined);
    RECIPIENT_DISPLAY_TYPE: RecipientDisplayType = "RecipientDisplayType", "The picture that address lists show.", read_only(), attribute("msExchRecipientDisplayType");
    HIDDEN_FROM_LISTS: bool = "HiddenFromAddressListsEnabled", "Whether address lists leave the recipient out.", attribute("msExchHideFromAddressLists"), default(no);
    GRANT_SEND_ON_BEHALF_TO: ObjectId = "GrantSendOnBehalfTo", "Who may send on behalf of the recipient.", many(), indexed(), attribute("publicDelegates"), refers_to("MailEnabledPrincipalIdParameter");
    MAX_SEND_SIZE: Unlimited<ByteQuantifiedSize> = "MaxSendSize", "The largest message the recipient can send.", attribute("submissionContLength"), default(no_limit), check(QUOTA);
    MAX_RECEIVE_SIZE: Unlimited<ByteQuantifiedSize> = "MaxReceiveSize", "The largest message the recipient can get.", attribute("delivContLength"), default(no_limit), check(QUOTA);
    REQUIRE_SENDER_AUTHENTICATION: bool = "RequireSenderAuthenticationEnabled", "Whether only senders who logged on are accepted.", filter_name("RequireAllSendersAreAuthenticated"), attribute("msExchRequireAuthToSendTo"), default(no);
    ACCEPT_FROM: ObjectId = "AcceptMessagesOnlyFrom", "The only senders whose messages are accepted.", many(), attribute("authOrig"), refers_to("DeliveryRecipientIdParameter");
    ACCEPT_FROM_GROUPS: ObjectId = "AcceptMessagesOnlyFromDLMembers", "The groups whose members alone are accepted as senders.", many(), attribute("dLMemSubmitPerms"), refers_to("MailGroupIdParameter");
    ACCEPT_FROM_ALL: ObjectId = "AcceptMessagesOnlyFromSendersOrMembers", "Senders and groups that alone are accepted.", many();
    REJECT_FROM: ObjectId = "RejectMessagesFrom", "Senders whose messages are refused.", many(), attribute("unauthOrig"), refers_to("DeliveryRecipientIdParameter");
    REJECT_FROM_GROUPS: ObjectId = "RejectMessagesFromDLMembers", "Groups whose members' messages are refused.", many(), attribute("dLMemRejectPerms"), refers_to("MailGroupIdParameter");
    REJECT_FROM_ALL: ObjectId = "RejectMessagesFromSendersOrMembers", "Senders and groups that are refused.", many();
    MODERATION_ENABLED: bool = "ModerationEnabled", "Whether a moderator decides on each message.", attribute("msExchEnableModeration"), default(no);
    MODERATED_BY: ObjectId = "ModeratedBy", "Who decides on messages.", many(), attribute("msExchModeratedByLink");
    BYPASS_MODERATION_FROM: ObjectId = "BypassModerationFromSendersOrMembers", "Whose messages need no moderator.", many(), attribute("msExchBypassModerationLink");
    MODERATION_NOTIFICATIONS: ModerationNotification = "SendModerationNotifications", "Which senders are told that a moderator rejected their message.", default(always);
    ARBITRATION_MAILBOX: ObjectId = "ArbitrationMailbox", "The mailbox that holds messages that wait for a moderator.", attribute("msExchArbitrationMailbox"), refers_to("MailboxIdParameter");
    MAIL_TIP: String = "MailTip", "The hint that senders see.", not_filterable(), attribute("msExchSenderHint"), check(TEXT);
    MAIL_TIP_TRANSLATIONS: String = "MailTipTranslations", "The hint in other languages.", many(), attribute("msExchSenderHintTranslations"), check(TEXT);
    CUSTOM_ATTRIBUTE_1: String = "CustomAttribute1", "Text for the organisation's own use.", indexed(), attribute("extensionAttribute1"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_2: String = "CustomAttribute2", "Text for the organisation's own use.", attribute("extensionAttribute2"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_3: String = "CustomAttribute3", "Text for the organisation's own use.", attribute("extensionAttribute3"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_4: String = "CustomAttribute4", "Text for the organisation's own use.", attribute("extensionAttribute4"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_5: String = "CustomAttribute5", "Text for the organisation's own use.", attribute("extensionAttribute5"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_6: String = "CustomAttribute6", "Text for the organisation's own use.", attribute("extensionAttribute6"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_7: String = "CustomAttribute7", "Text for the organisation's own use.", attribute("extensionAttribute7"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_8: String = "CustomAttribute8", "Text for the organisation's own use.", attribute("extensionAttribute8"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_9: String = "CustomAttribute9", "Text for the organisation's own use.", attribute("extensionAttribute9"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_10: String = "CustomAttribute10", "Text for the organisation's own use.", attribute("extensionAttribute10"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_11: String = "CustomAttribute11", "Text for the organisation's own use.", attribute("extensionAttribute11"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_12: String = "CustomAttribute12", "Text for the organisation's own use.", attribute("extensionAttribute12"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_13: String = "CustomAttribute13", "Text for the organisation's own use.", attribute("extensionAttribute13"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_14: String = "CustomAttribute14", "Text for the organisation's own use.", attribute("extensionAttribute14"), check(up_to::<1024>());
    CUSTOM_ATTRIBUTE_15: String = "CustomAttribute15", "Text for the organisation's own use.", attribute("extensionAttribute15"), check(up_to::<1024>());
    EXTENSION_CUSTOM_ATTRIBUTE_1: String = "ExtensionCustomAttribute1", "A list for the organisation's own use.", many(), attribute("msExchExtensionCustomAttribute1"), check(up_to::<2048>());
    EXTENSION_CUSTOM_ATTRIBUTE_2: String = "ExtensionCustomAttribute2", "A list for the organisation's own use.", many(), attribute("msExchExtensionCustomAttribute2"), check(up_to::<2048>());
    EXTENSION_CUSTOM_ATTRIBUTE_3: String = "ExtensionCustomAttribute3", "A list for the organisation's own use.", many(), attribute("msExchExtensionCustomAttribute3"), check(up_to::<2048>());
    EXTENSION_CUSTOM_ATTRIBUTE_4: String = "ExtensionCustomAttribute4", "A list for the organisation's own use.", many(), attribute("msExchExtensionCustomAttribute4"), check(up_to::<2048>());
    EXTENSION_CUSTOM_ATTRIBUTE_5: String = "ExtensionCustomAttribute5", "A list for the organisation's own use.", many(), attribute("msExchExtensionCustomAttribute5"), check(up_to::<2048>());
    EXTERNAL_EMAIL_ADDRESS: ProxyAddress = "ExternalEmailAddress", "Where mail for the recipient is sent.", attribute("targetAddress"), check(PROXY);
    DESCRIPTION: String = "Description", "What the group or account is for.", attribute("description"), check(TEXT), survives_disable();
    MEMBER_OF_GROUP: String = "MemberOfGroup", "The distinguished names of the groups it is a member of.", many(), read_only(), attribute("memberOf");
}

/// What every object of the directory shows.
pub(crate) const OBJECT: &[&dyn Declared] = &[
    &IDENTITY,
    &ID,
    &IS_VALID,
    &EXCHANGE_VERSION,
    &NAME,
    &DISTINGUISHED_NAME,
    &GUID,
    &OBJECT_CLASS,
    &WHEN_CHANGED,
    &WHEN_CREATED,
    &WHEN_CHANGED_UTC,
    &WHEN_CREATED_UTC,
    &ORIGINATING_SERVER,
];

/// What the organisation uses as it likes.
pub(crate) const CUSTOM_ATTRIBUTES: &[&dyn Declared] = &[
    &CUSTOM_ATTRIBUTE_1,
    &CUSTOM_ATTRIBUTE_2,
    &CUSTOM_ATTRIBUTE_3,
    &CUSTOM_ATTRIBUTE_4,
    &CUSTOM_ATTRIBUTE_5,
    &CUSTOM_ATTRIBUTE_6,
    &CUSTOM_ATTRIBUTE_7,
    &CUSTOM_ATTRIBUTE_8,
    &CUSTOM_ATTRIBUTE_9,
    &CUSTOM_ATTRIBUTE_10,
    &CUSTOM_ATTRIBUTE_11,
    &CUSTOM_ATTRIBUTE_12,
    &CUSTOM_ATTRIBUTE_13,
    &CUSTOM_ATTRIBUTE_14,
    &CUSTOM_ATTRIBUTE_15,
    &EXTENSION_CUSTOM_ATTRIBUTE_1,
    &EXTENSION_CUSTOM_ATTRIBUTE_2,
    &EXTENSION_CUSTOM_ATTRIBUTE_3,
    &EXTENSION_CUSTOM_ATTRIBUTE_4,
    &EXTENSION_CUSTOM_ATTRIBUTE_5,
];

/// The properties of every recipient.
pub(crate) static PROPERTIES: &[&dyn Declared] = joined!(
    &[
        &ORGANIZATIONAL_UNIT,
        &DISPLAY_NAME,
        &SIMPLE_DISPLAY_NAME,
        &ALIAS,
        &EMAIL_ADDRESSES,
        &PRIMARY_SMTP_ADDRESS,
        &WINDOWS_EMAIL_ADDRESS,
        &EMAIL_ADDRESS_POLICY_ENABLED,
        &POLICIES_INCLUDED,
        &POLICIES_EXCLUDED,
        &LEGACY_EXCHANGE_DN,
        &RECIPIENT_TYPE,
        &RECIPIENT_TYPE_DETAILS,
        &RECIPIENT_DISPLAY_TYPE,
        &HIDDEN_FROM_LISTS,
        &GRANT_SEND_ON_BEHALF_TO,
        &MAX_SEND_SIZE,
        &MAX_RECEIVE_SIZE,
        &REQUIRE_SENDER_AUTHENTICATION,
        &ACCEPT_FROM,
        &ACCEPT_FROM_GROUPS,
        &ACCEPT_FROM_ALL,
        &REJECT_FROM,
        &REJECT_FROM_GROUPS,
        &REJECT_FROM_ALL,
        &MODERATION_ENABLED,
        &MODERATED_BY,
        &BYPASS_MODERATION_FROM,
        &MODERATION_NOTIFICATIONS,
        &ARBITRATION_MAILBOX,
        &MAIL_TIP,
        &MAIL_TIP_TRANSLATIONS,
    ],
    CUSTOM_ATTRIBUTES,
    &[&EXTERNAL_EMAIL_ADDRESS, &MEMBER_OF_GROUP,],
    OBJECT
);
