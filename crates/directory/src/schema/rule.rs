//! The noun `TransportRule`: what is looked for in mail on its way, and what is done where it is found.
//!
//! Conditions and exceptions are the same properties under two names: a line declares both.

use super::check::{TEXT, between, up_to, words};
use super::recipient::{NAME, OBJECT};
use super::{conditions, joined, properties, yes};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::{ByteQuantifiedSize, DateTime};
use object::{Check, Declared, Error, ErrorId, Noun, Result, Value};

/// The longest pattern or word of a rule, in characters, as in Exchange.
const PATTERN_CHARACTERS_MAX: usize = 128;
/// The longest text that goes into a header or a reply, in characters.
const LINE_CHARACTERS_MAX: usize = 1024;

fn enforce() -> Value {
    "Enforce".into()
}
fn ignore() -> Value {
    "Ignore".into()
}
fn header() -> Value {
    "Header".into()
}

fn refuse(sentence: String, help: &str) -> Result<()> {
    Err(Error::caller(ErrorId::InvalidValue, sentence).help(help))
}

/// A word: short, and on one line.
const WORD: Check =
    Check { passes: short_line, allows: || format!("Up to {PATTERN_CHARACTERS_MAX} characters each.") };
/// A pattern: short; whether it can be read is found out when the rule is made.
const PATTERN: Check = WORD;
/// A text on one line, so that it cannot forge a field of a header or a line of a reply.
const LINE: Check =
    Check { passes: line, allows: || format!("Up to {LINE_CHARACTERS_MAX} characters on one line.") };
/// The name of a header field. [RFC 5322 2.2]
const FIELD: Check =
    Check { passes: field, allows: || "The name of a header field, such as X-Spam.".to_owned() };
/// A code with which a rule refuses.
const STATUS: Check = Check { passes: status, allows: || "5.7.1, or 5.7.900 to 5.7.999.".to_owned() };
/// An attribute and what is looked for in it.
const ATTRIBUTE: Check = Check { passes: attribute, allows: || "Attribute:value,value.".to_owned() };
/// An attribute that people have.
const ATTRIBUTE_NAME: Check =
    Check { passes: attribute_name, allows: || "The name of an attribute, such as Department.".to_owned() };
/// Inside or outside.
const SCOPE: Check = Check { passes: scope, allows: || "InOrganization or NotInOrganization.".to_owned() };
words!(KIND_OF_MESSAGE: "OOF", "AutoForward", "Encrypted", "Calendaring", "Signed", "ReadReceipt");
words!(IMPORTANCE_WORD: "Low", "Normal", "High");
words!(MODE_WORD: "Enforce", "Audit", "AuditAndNotify");
words!(COMPARISON: "Equal", "NotEqual");
words!(PARTY: "Sender", "Recipient");
words!(RELATION: "Manager", "DirectReport");
words!(MANAGER_AS: "To", "Cc", "Bcc", "Redirect");
words!(SEVERITY: "DoNotAudit", "Low", "Medium", "High");
words!(ORIGINAL: "IncludeOriginalMail", "DoNotIncludeOriginalMail");
words!(CONTENT: "Sender", "Recipients", "Subject", "CC", "BCC", "Severity", "RuleDetections", "AttachOriginalMail");
words!(ON_ERROR: "Ignore", "Defer");
words!(PLACE_OF_ADDRESS: "Header", "Envelope", "HeaderOrEnvelope");
words!(PLACE_OF_TEXT: "Append", "Prepend");
words!(FALLBACK: "Wrap", "Ignore", "Reject");

/// Addresses of machines.
pub(super) const RANGE: Check =
    Check { passes: range, allows: || "An IP address, a range a-b, or a network a/24.".to_owned() };

fn line(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.chars().any(char::is_control) || text.chars().count() > LINE_CHARACTERS_MAX {
        let sentence =
            format!("The text must stand on one line of at most {LINE_CHARACTERS_MAX} characters.");
        return refuse(sentence, "Take line ends out.");
    }
    Ok(())
}

fn short_line(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.trim().is_empty() || text.chars().count() > PATTERN_CHARACTERS_MAX {
        let sentence = format!("'{text}' must have 1 to {PATTERN_CHARACTERS_MAX} characters.");
        return refuse(sentence, "Write several shorter ones.");
    }
    line(value)
}

fn field(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || text.len() > 76 || !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':')
    {
        return refuse(
            format!("'{text}' is not the name of a header field."),
            "Write a name such as X-Spam.",
        );
    }
    Ok(())
}

fn status(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let detail = text.strip_prefix("5.7.").and_then(|detail| detail.parse::<u16>().ok());
    if detail.is_some_and(|detail| detail == 1 || (900..=999).contains(&detail)) {
        return Ok(());
    }
    refuse(
        format!("'{text}' is not a code with which a rule refuses."),
        "Write 5.7.1, or one from 5.7.900 to 5.7.999.",
    )
}

fn attribute(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let known = text.split_once(':').is_some_and(|(name, wanted)| {
        !wanted.trim().is_empty()
            && super::user::USER.property(name.trim()).is_some_and(|spec| spec.filterable)
    });
    if known {
        return line(value);
    }
    refuse(
        format!("'{text}' does not name an attribute and its value."),
        "Write for example City:Paris,Berlin.",
    )
}

fn attribute_name(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    match super::user::USER.property(text.trim()).filter(|spec| spec.filterable) {
        Some(_) => Ok(()),
        None => refuse(format!("'{text}' is not an attribute."), "Write for example Department or City."),
    }
}

fn scope(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if ["InOrganization", "NotInOrganization"].iter().any(|known| known.eq_ignore_ascii_case(text)) {
        return Ok(());
    }
    refuse(format!("'{text}' is not a scope."), "Write InOrganization or NotInOrganization.")
}

fn range(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    match crate::AddressRange::parse(text) {
        Some(_) => Ok(()),
        None => refuse(
            format!("'{text}' is not a range of addresses."),
            "Write 192.0.2.1, 192.0.2.1-192.0.2.9 or 192.0.2.0/24.",
        ),
    }
}

conditions! {
    FROM, EXCEPT_FROM: String = "From", "ExceptIfFrom", "The senders, by address.", many(), check(TEXT);
    FROM_MEMBER_OF, EXCEPT_FROM_MEMBER_OF: String = "FromMemberOf", "ExceptIfFromMemberOf", "The groups of which the sender is a member, by address.", many(), check(TEXT);
    FROM_ADDRESS_WORDS, EXCEPT_FROM_ADDRESS_WORDS: String = "FromAddressContainsWords", "ExceptIfFromAddressContainsWords", "Words in the sender's address.", many(), check(WORD);
    FROM_ADDRESS_PATTERNS, EXCEPT_FROM_ADDRESS_PATTERNS: String = "FromAddressMatchesPatterns", "ExceptIfFromAddressMatchesPatterns", "Patterns that the sender's address matches.", many(), check(PATTERN);
    FROM_SCOPE, EXCEPT_FROM_SCOPE: String = "FromScope", "ExceptIfFromScope", "Whether the sender is in the organization: InOrganization or NotInOrganization.", check(SCOPE);
    SENDER_DOMAIN, EXCEPT_SENDER_DOMAIN: String = "SenderDomainIs", "ExceptIfSenderDomainIs", "The sender's domains, with all below them.", many(), check(TEXT);
    SENDER_IP_RANGES, EXCEPT_SENDER_IP_RANGES: String = "SenderIpRanges", "ExceptIfSenderIpRanges", "Addresses that the message comes from: one, a range a-b, or a network a/24.", many(), check(RANGE);
    SENDER_ATTRIBUTE_WORDS, EXCEPT_SENDER_ATTRIBUTE_WORDS: String = "SenderADAttributeContainsWords", "ExceptIfSenderADAttributeContainsWords", "Words in the sender's attributes: City:Paris,Berlin.", many(), check(ATTRIBUTE);
    SENDER_ATTRIBUTE_PATTERNS, EXCEPT_SENDER_ATTRIBUTE_PATTERNS: String = "SenderADAttributeMatchesPatterns", "ExceptIfSenderADAttributeMatchesPatterns", "Patterns of the sender's attributes: Title:^Dr.", many(), check(ATTRIBUTE);
    SENT_TO, EXCEPT_SENT_TO: String = "SentTo", "ExceptIfSentTo", "The recipients, by address.", many(), check(TEXT);
    SENT_TO_MEMBER_OF, EXCEPT_SENT_TO_MEMBER_OF: String = "SentToMemberOf", "ExceptIfSentToMemberOf", "The groups of which the recipient is a member, by address.", many(), check(TEXT);
    SENT_TO_SCOPE, EXCEPT_SENT_TO_SCOPE: String = "SentToScope", "ExceptIfSentToScope", "Whether the recipient is in the organization: InOrganization or NotInOrganization.", check(SCOPE);
    RECIPIENT_ADDRESS_WORDS, EXCEPT_RECIPIENT_ADDRESS_WORDS: String = "RecipientAddressContainsWords", "ExceptIfRecipientAddressContainsWords", "Words in the recipient's address.", many(), check(WORD);
    RECIPIENT_ADDRESS_PATTERNS, EXCEPT_RECIPIENT_ADDRESS_PATTERNS: String = "RecipientAddressMatchesPatterns", "ExceptIfRecipientAddressMatchesPatterns", "Patterns that the recipient's address matches.", many(), check(PATTERN);
    RECIPIENT_DOMAIN, EXCEPT_RECIPIENT_DOMAIN: String = "RecipientDomainIs", "ExceptIfRecipientDomainIs", "The recipient's domains, with all below them.", many(), check(TEXT);
    RECIPIENT_ATTRIBUTE_WORDS, EXCEPT_RECIPIENT_ATTRIBUTE_WORDS: String = "RecipientADAttributeContainsWords", "ExceptIfRecipientADAttributeContainsWords", "Words in the recipient's attributes: City:Paris,Berlin.", many(), check(ATTRIBUTE);
    RECIPIENT_ATTRIBUTE_PATTERNS, EXCEPT_RECIPIENT_ATTRIBUTE_PATTERNS: String = "RecipientADAttributeMatchesPatterns", "ExceptIfRecipientADAttributeMatchesPatterns", "Patterns of the recipient's attributes: Title:^Dr.", many(), check(ATTRIBUTE);
    ANY_RECIPIENT_WORDS, EXCEPT_ANY_RECIPIENT_WORDS: String = "AnyOfRecipientAddressContainsWords", "ExceptIfAnyOfRecipientAddressContainsWords", "Words in the address of any recipient, before recipients are looked up.", many(), check(WORD);
    ANY_RECIPIENT_PATTERNS, EXCEPT_ANY_RECIPIENT_PATTERNS: String = "AnyOfRecipientAddressMatchesPatterns", "ExceptIfAnyOfRecipientAddressMatchesPatterns", "Patterns that the address of any recipient matches, before recipients are looked up.", many(), check(PATTERN);
    TO_HEADER, EXCEPT_TO_HEADER: String = "AnyOfToHeader", "ExceptIfAnyOfToHeader", "Who stands in the To field, by address.", many(), check(TEXT);
    TO_HEADER_MEMBER_OF, EXCEPT_TO_HEADER_MEMBER_OF: String = "AnyOfToHeaderMemberOf", "ExceptIfAnyOfToHeaderMemberOf", "The groups whose members stand in the To field, by address.", many(), check(TEXT);
    CC_HEADER, EXCEPT_CC_HEADER: String = "AnyOfCcHeader", "ExceptIfAnyOfCcHeader", "Who stands in the Cc field, by address.", many(), check(TEXT);
    CC_HEADER_MEMBER_OF, EXCEPT_CC_HEADER_MEMBER_OF: String = "AnyOfCcHeaderMemberOf", "ExceptIfAnyOfCcHeaderMemberOf", "The groups whose members stand in the Cc field, by address.", many(), check(TEXT);
    TO_CC_HEADER, EXCEPT_TO_CC_HEADER: String = "AnyOfToCcHeader", "ExceptIfAnyOfToCcHeader", "Who stands in the To or Cc field, by address.", many(), check(TEXT);
    TO_CC_HEADER_MEMBER_OF, EXCEPT_TO_CC_HEADER_MEMBER_OF: String = "AnyOfToCcHeaderMemberOf", "ExceptIfAnyOfToCcHeaderMemberOf", "The groups whose members stand in the To or Cc field, by address.", many(), check(TEXT);
    SUBJECT_WORDS, EXCEPT_SUBJECT_WORDS: String = "SubjectContainsWords", "ExceptIfSubjectContainsWords", "Words in the subject.", many(), check(WORD);
    SUBJECT_PATTERNS, EXCEPT_SUBJECT_PATTERNS: String = "SubjectMatchesPatterns", "ExceptIfSubjectMatchesPatterns", "Patterns that the subject matches.", many(), check(PATTERN);
    TEXT_WORDS, EXCEPT_TEXT_WORDS: String = "SubjectOrBodyContainsWords", "ExceptIfSubjectOrBodyContainsWords", "Words in the subject or the text.", many(), check(WORD);
    TEXT_PATTERNS, EXCEPT_TEXT_PATTERNS: String = "SubjectOrBodyMatchesPatterns", "ExceptIfSubjectOrBodyMatchesPatterns", "Patterns that the subject or the text matches.", many(), check(PATTERN);
    HEADER_WORDS_NAME, EXCEPT_HEADER_WORDS_NAME: String = "HeaderContainsMessageHeader", "ExceptIfHeaderContainsMessageHeader", "The header field in which HeaderContainsWords looks.", check(FIELD);
    HEADER_WORDS, EXCEPT_HEADER_WORDS: String = "HeaderContainsWords", "ExceptIfHeaderContainsWords", "Words in the header field that HeaderContainsMessageHeader names.", many(), check(WORD);
    HEADER_PATTERNS_NAME, EXCEPT_HEADER_PATTERNS_NAME: String = "HeaderMatchesMessageHeader", "ExceptIfHeaderMatchesMessageHeader", "The header field in which HeaderMatchesPatterns looks.", check(FIELD);
    HEADER_PATTERNS, EXCEPT_HEADER_PATTERNS: String = "HeaderMatchesPatterns", "ExceptIfHeaderMatchesPatterns", "Patterns that the header field matches which HeaderMatchesMessageHeader names.", many(), check(PATTERN);
    ATTACHMENT_WORDS, EXCEPT_ATTACHMENT_WORDS: String = "AttachmentContainsWords", "ExceptIfAttachmentContainsWords", "Words in the text of an attachment.", many(), check(WORD);
    ATTACHMENT_PATTERNS, EXCEPT_ATTACHMENT_PATTERNS: String = "AttachmentMatchesPatterns", "ExceptIfAttachmentMatchesPatterns", "Patterns that the text of an attachment matches.", many(), check(PATTERN);
    ATTACHMENT_NAMES, EXCEPT_ATTACHMENT_NAMES: String = "AttachmentNameMatchesPatterns", "ExceptIfAttachmentNameMatchesPatterns", "Patterns that the name of an attachment matches.", many(), check(PATTERN);
    ATTACHMENT_EXTENSIONS, EXCEPT_ATTACHMENT_EXTENSIONS: String = "AttachmentExtensionMatchesWords", "ExceptIfAttachmentExtensionMatchesWords", "Extensions of attachments.", many(), check(WORD);
    ATTACHMENT_SIZE, EXCEPT_ATTACHMENT_SIZE: ByteQuantifiedSize = "AttachmentSizeOver", "ExceptIfAttachmentSizeOver", "The size that an attachment reaches or exceeds.";
    ATTACHMENT_EXECUTABLE, EXCEPT_ATTACHMENT_EXECUTABLE: bool = "AttachmentHasExecutableContent", "ExceptIfAttachmentHasExecutableContent", "Whether an attachment is a program.";
    MESSAGE_SIZE, EXCEPT_MESSAGE_SIZE: ByteQuantifiedSize = "MessageSizeOver", "ExceptIfMessageSizeOver", "The size that the message reaches or exceeds.";
    SCL_OVER, EXCEPT_SCL_OVER: i32 = "SCLOver", "ExceptIfSCLOver", "The spam score that the message reaches or exceeds, -1 to 9.", check(between::<-1, 9>());
    IMPORTANCE, EXCEPT_IMPORTANCE: String = "WithImportance", "ExceptIfWithImportance", "The importance: Low, Normal or High.", check(IMPORTANCE_WORD);
    BETWEEN_ONE, EXCEPT_BETWEEN_ONE: String = "BetweenMemberOf1", "ExceptIfBetweenMemberOf1", "The groups of one side, by address: the message goes from a member of one side to a member of the other.", many(), check(TEXT);
    BETWEEN_OTHER, EXCEPT_BETWEEN_OTHER: String = "BetweenMemberOf2", "ExceptIfBetweenMemberOf2", "The groups of the other side of BetweenMemberOf1, by address.", many(), check(TEXT);
    COMPARED_ATTRIBUTE, EXCEPT_COMPARED_ATTRIBUTE: String = "ADComparisonAttribute", "ExceptIfADComparisonAttribute", "The attribute that the sender and the recipient have in common, or not, as ADComparisonOperator says.", check(ATTRIBUTE_NAME);
    COMPARISON_OPERATOR, EXCEPT_COMPARISON_OPERATOR: String = "ADComparisonOperator", "ExceptIfADComparisonOperator", "Whether the attribute of ADComparisonAttribute is the same: Equal or NotEqual.", check(COMPARISON);
    MANAGER_ADDRESSES, EXCEPT_MANAGER_ADDRESSES: String = "ManagerAddresses", "ExceptIfManagerAddresses", "Who is the manager of the one that ManagerForEvaluatedUser says, by address.", many(), check(TEXT);
    MANAGER_FOR, EXCEPT_MANAGER_FOR: String = "ManagerForEvaluatedUser", "ExceptIfManagerForEvaluatedUser", "Whose manager ManagerAddresses looks for: the Sender's or the Recipient's.", check(PARTY);
    RELATIONSHIP, EXCEPT_RELATIONSHIP: String = "SenderManagementRelationship", "ExceptIfSenderManagementRelationship", "What the sender is to the recipient: Manager or DirectReport.", check(RELATION);
    CHARSET_WORDS, EXCEPT_CHARSET_WORDS: String = "ContentCharacterSetContainsWords", "ExceptIfContentCharacterSetContainsWords", "Names of character sets in which a part of the message is written.", many(), check(WORD);
    ATTACHMENT_PROTECTED, EXCEPT_ATTACHMENT_PROTECTED: bool = "AttachmentIsPasswordProtected", "ExceptIfAttachmentIsPasswordProtected", "Whether an attachment is an archive or document that opens with a password.";
    ATTACHMENT_UNSUPPORTED, EXCEPT_ATTACHMENT_UNSUPPORTED: bool = "AttachmentIsUnsupported", "ExceptIfAttachmentIsUnsupported", "Whether an attachment is no text, so that rules cannot look through it.";
    ATTACHMENT_LIMIT, EXCEPT_ATTACHMENT_LIMIT: bool = "AttachmentProcessingLimitExceeded", "ExceptIfAttachmentProcessingLimitExceeded", "Whether an attachment has more text than rules look through.";
    MESSAGE_TYPE, EXCEPT_MESSAGE_TYPE: String = "MessageTypeMatches", "ExceptIfMessageTypeMatches", "The type of the message: OOF, AutoForward, Encrypted, Calendaring, Signed or ReadReceipt.", check(KIND_OF_MESSAGE);
}

properties! {
    PRIORITY: i32 = "Priority", "The place of the rule among all, 0 first.", check(between::<0, 100_000>());
    ENABLED: bool = "Enabled", "Whether the rule is in force.", default(yes);
    STATE: String = "State", "Enabled or Disabled.", computed();
    DESCRIPTION: String = "Description", "What the rule does, in the words of its parameters.", read_only();
    CONDITIONS_SHOWN: String = "Conditions", "The conditions that are set, a line each.", many(), read_only();
    EXCEPTIONS_SHOWN: String = "Exceptions", "The exceptions that are set, a line each.", many(), read_only();
    ACTIONS_SHOWN: String = "Actions", "The actions that are set, a line each.", many(), read_only();
    MODE: String = "Mode", "Enforce; Audit: the log and reports of incidents tell what the rule would do; AuditAndNotify: the same, and recipients are notified.", check(MODE_WORD), default(enforce);
    COMMENTS: String = "Comments", "What the rule is for.", check(up_to::<1024>());
    ACTIVATION: DateTime = "ActivationDate", "From when the rule is in force.";
    EXPIRY: DateTime = "ExpiryDate", "Until when the rule is in force.";
    ERROR_ACTION: String = "RuleErrorAction", "What is done where the rule cannot be carried out: Ignore or Defer.", check(ON_ERROR), default(ignore);
    ADDRESS_LOCATION: String = "SenderAddressLocation", "Where the sender's address is looked for: Header, Envelope or HeaderOrEnvelope.", check(PLACE_OF_ADDRESS), default(header);
    ADD_TO_RECIPIENTS: String = "AddToRecipients", "Who gets the message besides, named in To.", many(), check(TEXT);
    COPY_TO: String = "CopyTo", "Who gets the message besides, named in Cc.", many(), check(TEXT);
    BLIND_COPY_TO: String = "BlindCopyTo", "Who gets the message besides, unseen.", many(), check(TEXT);
    REDIRECT_TO: String = "RedirectMessageTo", "Who gets the message in the recipients' place.", many(), check(TEXT);
    DELETE_MESSAGE: bool = "DeleteMessage", "Whether the message is deleted and nobody told.";
    REJECT_REASON: String = "RejectMessageReasonText", "The words with which the message is refused.", check(LINE);
    REJECT_STATUS: String = "RejectMessageEnhancedStatusCode", "The code with which the message is refused: 5.7.1, or 5.7.900 to 5.7.999.", check(STATUS);
    SMTP_REJECT_TEXT: String = "SmtpRejectMessageRejectText", "The words with which the message is refused before recipients are looked up.", check(LINE);
    SMTP_REJECT_STATUS: i32 = "SmtpRejectMessageRejectStatusCode", "The SMTP code of that refusal, 400 to 500 and 550 by default.", check(between::<400, 599>());
    PREPEND_SUBJECT: String = "PrependSubject", "What is put before the subject.", check(LINE);
    SET_HEADER_NAME: String = "SetHeaderName", "The header field that is set.", check(FIELD);
    SET_HEADER_VALUE: String = "SetHeaderValue", "What it is set to.", check(LINE);
    REMOVE_HEADER: String = "RemoveHeader", "The header field that is taken away.", check(FIELD);
    SET_SCL: i32 = "SetSCL", "The spam score that the message is given, -1 to 9.", check(between::<-1, 9>());
    DISCLAIMER_TEXT: String = "ApplyHtmlDisclaimerText", "The HTML that is added to the text; %%DisplayName%% and the like are the sender's.", check(up_to::<5000>());
    DISCLAIMER_LOCATION: String = "ApplyHtmlDisclaimerLocation", "Where it is added: Append or Prepend.", check(PLACE_OF_TEXT);
    DISCLAIMER_FALLBACK: String = "ApplyHtmlDisclaimerFallbackAction", "What is done where it cannot be added: Wrap, Ignore or Reject.", check(FALLBACK);
    QUARANTINE: bool = "Quarantine", "Whether the message goes to the quarantine mailbox.";
    DISCONNECT: bool = "Disconnect", "Whether the message is refused for now.";
    LOG_EVENT: String = "LogEventText", "What is written to the server's log.", check(LINE);
    ADD_MANAGER: String = "AddManagerAsRecipientType", "The sender's manager gets the message besides, as To, Cc or Bcc, or in the recipients' place: Redirect.", check(MANAGER_AS);
    MODERATE_BY_USER: String = "ModerateMessageByUser", "Who decides whether the message is delivered.", many(), check(TEXT);
    MODERATE_BY_MANAGER: bool = "ModerateMessageByManager", "Whether the sender's manager decides whether the message is delivered; who has none is not asked for.";
    INCIDENT_TO: String = "GenerateIncidentReport", "Who gets a report of what the rule found.", check(TEXT);
    INCIDENT_CONTENT: String = "IncidentReportContent", "What the report tells: Sender, Recipients, Subject, CC, BCC, Severity, RuleDetections, and AttachOriginalMail.", many(), check(CONTENT);
    INCIDENT_ORIGINAL: String = "IncidentReportOriginalMail", "Whether the message comes with the report: IncludeOriginalMail or DoNotIncludeOriginalMail.", check(ORIGINAL);
    NOTIFICATION: String = "GenerateNotification", "The HTML that each recipient is sent besides; %%From%%, %%To%%, %%Cc%%, %%Subject%%, %%Headers%% and %%MessageDate%% are the message's.", check(up_to::<5120>());
    AUDIT_SEVERITY: String = "SetAuditSeverity", "How grave the log and reports call what the rule found: Low, Medium or High; DoNotAudit: the log does not tell of it.", check(SEVERITY);
    STOP: bool = "StopRuleProcessing", "Whether the rules behind this one are passed over.";
}

/// What a rule can do.
pub static ACTIONS: &[&dyn Declared] = ACTIONS_LIST;
const ACTIONS_LIST: &[&dyn Declared] = &[
    &ADD_TO_RECIPIENTS,
    &COPY_TO,
    &BLIND_COPY_TO,
    &REDIRECT_TO,
    &DELETE_MESSAGE,
    &REJECT_REASON,
    &REJECT_STATUS,
    &SMTP_REJECT_TEXT,
    &SMTP_REJECT_STATUS,
    &PREPEND_SUBJECT,
    &SET_HEADER_NAME,
    &SET_HEADER_VALUE,
    &REMOVE_HEADER,
    &SET_SCL,
    &DISCLAIMER_TEXT,
    &DISCLAIMER_LOCATION,
    &DISCLAIMER_FALLBACK,
    &QUARANTINE,
    &DISCONNECT,
    &LOG_EVENT,
    &ADD_MANAGER,
    &MODERATE_BY_USER,
    &MODERATE_BY_MANAGER,
    &INCIDENT_TO,
    &INCIDENT_CONTENT,
    &INCIDENT_ORIGINAL,
    &NOTIFICATION,
    &AUDIT_SEVERITY,
    &STOP,
];
const SETTINGS_LIST: &[&dyn Declared] = &[
    &PRIORITY,
    &ENABLED,
    &STATE,
    &MODE,
    &COMMENTS,
    &DESCRIPTION,
    &CONDITIONS_SHOWN,
    &EXCEPTIONS_SHOWN,
    &ACTIONS_SHOWN,
    &ACTIVATION,
    &EXPIRY,
    &ERROR_ACTION,
    &ADDRESS_LOCATION,
];

pub(crate) static PROPERTIES: &[&dyn Declared] =
    joined!(SETTINGS_LIST, CONDITIONS_LIST, ACTIONS_LIST, OBJECT);

/// A rule for mail on its way.
pub static TRANSPORT_RULE: Noun = Noun {
    name: "TransportRule",
    type_name: "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.Rule",
    summary: "A rule for mail on its way.",
    properties: PROPERTIES,
    table: &[&NAME, &STATE, &MODE, &PRIORITY, &COMMENTS],
};

/// How a rule is named.
pub static ID: IdentityKind = IdentityKind::configuration("RuleIdParameter", "a transport rule", |record| {
    record.class() == Class::TransportRule
});

/// Rules for mail on its way.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::TransportRule,
    "CN=TransportVersioned,CN=Rules,CN=Transport Settings,",
    &[PROPERTIES],
    &[&TRANSPORT_RULE],
    &[&ID],
);
