//! The noun `InboxRule`: what is looked for in mail that reaches a mailbox, and what is done where it is found.
//!
//! Rules are the owner's and stand in one property of theirs, each as a line of JSON; they are no objects of the directory.
//! Conditions and exceptions are the same properties under two names: a line declares both.

use super::check::{TEXT, words};
use super::{conditions, joined, properties, yes};
use object::types::{ByteQuantifiedSize, DateTime, ObjectId};
use object::{Check, Declared, Error, ErrorId, Noun, Property, Result, Value};

/// The longest word or name of a rule, in characters.
const WORD_CHARACTERS_MAX: usize = 255;

const WORD: Check =
    Check { passes: word, allows: || format!("Up to {WORD_CHARACTERS_MAX} characters each.") };
words!(IMPORTANCE: "Low", "Normal", "High");
words!(SENSITIVITY: "Normal", "Personal", "Private", "CompanyConfidential");
words!(HIGH: "High", "Normal");
words!(KIND_OF_MESSAGE: "AutomaticReply", "AutomaticForward", "Encrypted", "Calendaring", "Signed", "ReadReceipt", "NonDeliveryReport");
words!(FLAG: "Any", "Call", "DoNotForward", "FollowUp", "ForYourInformation", "Forward", "NoResponseNecessary", "Read", "Reply", "ReplyToAll", "Review");

fn word(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    let good = !text.trim().is_empty()
        && text.chars().count() <= WORD_CHARACTERS_MAX
        && !text.chars().any(char::is_control);
    if good {
        return Ok(());
    }
    let message = format!("'{text}' must have 1 to {WORD_CHARACTERS_MAX} characters on one line.");
    Err(Error::caller(ErrorId::InvalidValue, message).help("Write several shorter ones."))
}

conditions! {
    FROM, EXCEPT_FROM: String = "From", "ExceptIfFrom", "The senders: recipients or addresses.", many(), check(TEXT);
    SENT_TO, EXCEPT_SENT_TO: String = "SentTo", "ExceptIfSentTo", "Who stands in To or Cc: recipients or addresses.", many(), check(TEXT);
    SUBJECT_WORDS, EXCEPT_SUBJECT_WORDS: String = "SubjectContainsWords", "ExceptIfSubjectContainsWords", "Words in the subject.", many(), check(WORD);
    BODY_WORDS, EXCEPT_BODY_WORDS: String = "BodyContainsWords", "ExceptIfBodyContainsWords", "Words in the text.", many(), check(WORD);
    TEXT_WORDS, EXCEPT_TEXT_WORDS: String = "SubjectOrBodyContainsWords", "ExceptIfSubjectOrBodyContainsWords", "Words in the subject or the text.", many(), check(WORD);
    HEADER_WORDS, EXCEPT_HEADER_WORDS: String = "HeaderContainsWords", "ExceptIfHeaderContainsWords", "Words in the header.", many(), check(WORD);
    FROM_ADDRESS_WORDS, EXCEPT_FROM_ADDRESS_WORDS: String = "FromAddressContainsWords", "ExceptIfFromAddressContainsWords", "Words in the sender's address.", many(), check(WORD);
    RECIPIENT_ADDRESS_WORDS, EXCEPT_RECIPIENT_ADDRESS_WORDS: String = "RecipientAddressContainsWords", "ExceptIfRecipientAddressContainsWords", "Words in an address of To or Cc.", many(), check(WORD);
    HAS_ATTACHMENT, EXCEPT_HAS_ATTACHMENT: bool = "HasAttachment", "ExceptIfHasAttachment", "Whether something is attached.";
    WITH_IMPORTANCE, EXCEPT_WITH_IMPORTANCE: String = "WithImportance", "ExceptIfWithImportance", "The importance: Low, Normal or High.", check(IMPORTANCE);
    WITH_SENSITIVITY, EXCEPT_WITH_SENSITIVITY: String = "WithSensitivity", "ExceptIfWithSensitivity", "The sensitivity: Normal, Personal, Private or CompanyConfidential.", check(SENSITIVITY);
    FLAGGED_FOR, EXCEPT_FLAGGED_FOR: String = "FlaggedForAction", "ExceptIfFlaggedForAction", "For what the sender flagged it (X-Message-Flag).", check(FLAG);
    MESSAGE_TYPE, EXCEPT_MESSAGE_TYPE: String = "MessageTypeMatches", "ExceptIfMessageTypeMatches", "The type of the message.", check(KIND_OF_MESSAGE);
    SIZE_MINIMUM, EXCEPT_SIZE_MINIMUM: ByteQuantifiedSize = "WithinSizeRangeMinimum", "ExceptIfWithinSizeRangeMinimum", "The size that the message has at least.";
    SIZE_MAXIMUM, EXCEPT_SIZE_MAXIMUM: ByteQuantifiedSize = "WithinSizeRangeMaximum", "ExceptIfWithinSizeRangeMaximum", "The size that the message has at most.";
    RECEIVED_AFTER, EXCEPT_RECEIVED_AFTER: DateTime = "ReceivedAfterDate", "ExceptIfReceivedAfterDate", "From when on the message was received.";
    RECEIVED_BEFORE, EXCEPT_RECEIVED_BEFORE: DateTime = "ReceivedBeforeDate", "ExceptIfReceivedBeforeDate", "Until when the message was received.";
    IN_TO, EXCEPT_IN_TO: bool = "MyNameInToBox", "ExceptIfMyNameInToBox", "Whether the owner stands in To.";
    IN_CC, EXCEPT_IN_CC: bool = "MyNameInCcBox", "ExceptIfMyNameInCcBox", "Whether the owner stands in Cc.";
    IN_TO_OR_CC, EXCEPT_IN_TO_OR_CC: bool = "MyNameInToOrCcBox", "ExceptIfMyNameInToOrCcBox", "Whether the owner stands in To or Cc.";
    NOT_IN_TO, EXCEPT_NOT_IN_TO: bool = "MyNameNotInToBox", "ExceptIfMyNameNotInToBox", "Whether the owner does not stand in To.";
    ONLY_TO_ME, EXCEPT_ONLY_TO_ME: bool = "SentOnlyToMe", "ExceptIfSentOnlyToMe", "Whether the owner alone stands in To and Cc.";
}

properties! {
    RULE_NAME: String = "Name", "The name of the rule.", check(WORD);
    PRIORITY: i32 = "Priority", "The place of the rule among all of the mailbox, 1 first.";
    ENABLED: bool = "Enabled", "Whether the rule is in force.", default(yes);
    MOVE_TO: ObjectId = "MoveToFolder", "The folder into which the message goes: ann:\\Projects, or \\Projects.";
    COPY_TO: ObjectId = "CopyToFolder", "A folder that gets a copy.";
    DELETE: bool = "DeleteMessage", "Whether the message goes to Deleted Items.";
    FORWARD_TO: String = "ForwardTo", "To whom the message is forwarded in the owner's name.", many(), check(TEXT);
    FORWARD_ATTACHED_TO: String = "ForwardAsAttachmentTo", "To whom the message is forwarded as an attachment.", many(), check(TEXT);
    REDIRECT_TO: String = "RedirectTo", "Who gets the message as it came.", many(), check(TEXT);
    MARK_READ: bool = "MarkAsRead", "Whether the message is marked as read.";
    MARK_IMPORTANCE: String = "MarkImportance", "High marks the message as important ($Important); Normal leaves it.", check(HIGH);
    CATEGORIES: String = "ApplyCategory", "The keywords that the message is given.", many(), check(WORD);
    STOP: bool = "StopProcessingRules", "Whether the rules behind this one are passed over.", default(yes);
    RULE_IDENTITY: String = "RuleIdentity", "The number of the rule, which stays.", read_only();
    IN_ERROR: bool = "InError", "Whether a folder or a recipient of the rule is gone, so that the rule does nothing.", read_only();
    ERROR: String = "Error", "What is gone.", read_only();
    DESCRIPTION: String = "Description", "What the rule does, in words.", read_only();
    RULE_OWNER: String = "MailboxOwnerId", "Whose rule it is.", read_only();
    WHOLE_IDENTITY: String = "Identity", "The mailbox and the number of the rule.", read_only();
}

/// The rules of a mailbox, each as a line of JSON, in their order.
pub static INBOX_RULES: Property<String> =
    Property::new("InboxRules", "The rules for mail that reaches the mailbox.")
        .many()
        .read_only()
        .not_filterable();

/// What is kept of them.
pub(crate) static KEPT: &[&dyn Declared] = &[&INBOX_RULES];

/// What a rule can do.
pub static ACTIONS: &[&dyn Declared] = ACTIONS_LIST;
const ACTIONS_LIST: &[&dyn Declared] = &[
    &MOVE_TO,
    &COPY_TO,
    &DELETE,
    &FORWARD_TO,
    &FORWARD_ATTACHED_TO,
    &REDIRECT_TO,
    &MARK_READ,
    &MARK_IMPORTANCE,
    &CATEGORIES,
    &STOP,
];
const SETTINGS: &[&dyn Declared] = &[
    &DESCRIPTION,
    &ENABLED,
    &WHOLE_IDENTITY,
    &IN_ERROR,
    &ERROR,
    &RULE_NAME,
    &PRIORITY,
    &RULE_IDENTITY,
    &RULE_OWNER,
];

/// A rule for mail that reaches a mailbox.
pub static INBOX_RULE: Noun = Noun {
    name: "InboxRule",
    type_name: "Microsoft.Exchange.Management.Common.InboxRule",
    summary: "A rule for mail that reaches a mailbox.",
    properties: joined!(SETTINGS, CONDITIONS_LIST, ACTIONS_LIST),
    table: &[&RULE_NAME, &ENABLED, &PRIORITY, &RULE_IDENTITY],
};
