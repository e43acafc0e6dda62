//! What is told of mail on its way: the nouns `Queue`, `Message`, `MessageTrackingLog`, `MessageFate`, `TransportRule` tests.

use object::types::{ByteQuantifiedSize, DateTime};
use object::{Declared, Noun};

object::read_only_properties! { pub static;
    IDENTITY: String = "Identity", "What it is called in commands.";
    DELIVERY_TYPE: String = "DeliveryType", "How the queue is emptied: into a mailbox database, to another server, or by telling senders.";
    STATUS: String = "Status", "Ready, Retry, Suspended or Active.";
    MESSAGE_COUNT: i32 = "MessageCount", "How many messages wait.";
    NEXT_HOP_DOMAIN: String = "NextHopDomain", "The mailbox database or domain that they wait for.";
    LAST_ERROR: String = "LastError", "Why the last attempt failed.";
    NEXT_RETRY_TIME: DateTime = "NextRetryTime", "When the first of them is tried next.";
    FROM_ADDRESS: String = "FromAddress", "The sender; empty for a report.";
    SUBJECT: String = "Subject", "The subject.";
    SIZE: ByteQuantifiedSize = "Size", "The size of the message.";
    QUEUE: String = "Queue", "The queue in which it waits.";
    DATE_RECEIVED: DateTime = "DateReceived", "When it was accepted.";
    EXPIRATION_TIME: DateTime = "ExpirationTime", "When it is given up.";
    SOURCE_IP: String = "SourceIP", "The address that it came from.";
    INTERNET_MESSAGE_ID: String = "InternetMessageId", "The Message-ID.";
    RETRY_COUNT: i32 = "RetryCount", "How many attempts failed.";
    RECIPIENTS: String = "Recipients", "The recipients that it waits for.", many();
    TIMESTAMP: DateTime = "Timestamp", "When it happened.";
    EVENT_ID: String = "EventId", "What happened: RECEIVE, RESOLVE, EXPAND, REDIRECT, DELIVER, DUPLICATEDELIVER, DEFER, FAIL, DSN, DROP, INITMESSAGECREATED, MODERATORAPPROVE or MODERATORREJECT.";
    SOURCE: String = "Source", "Where it happened: SMTP, STOREDRIVER, ROUTING, AGENT, DSN, MAILBOXRULE or APPROVAL.";
    SENDER: String = "Sender", "The sender; empty for a report.";
    MESSAGE_ID: String = "MessageId", "The Message-ID.";
    INTERNAL_MESSAGE_ID: String = "InternalMessageId", "The name under which the message was accepted.";
    MESSAGE_SUBJECT: String = "MessageSubject", "The subject.";
    TOTAL_BYTES: i64 = "TotalBytes", "The size of the message in bytes.";
    RECIPIENT_COUNT: i32 = "RecipientCount", "How many recipients it happened to.";
    RELATED_RECIPIENT_ADDRESS: String = "RelatedRecipientAddress", "Who led to the recipients: the group, whoever forwards, whoever a rule redirected, or the address that was resolved.";
    RECIPIENT_STATUS: String = "RecipientStatus", "What became of them.", many();
    CLIENT_IP: String = "ClientIp", "The address that it came from.";
    REFERENCE: String = "Reference", "The message that the event is about besides: the report of a failure.", many();
    SERVER_HOSTNAME: String = "ServerHostname", "The server.";
    RECIPIENT: String = "Recipient", "The recipient as the sender wrote it.";
    FATE: String = "Fate", "Mailbox, Queue, GivenUp, Expanded, Redirected or Quarantined.";
    MAILBOX: String = "Mailbox", "The mailbox that has it.";
    DATABASE: String = "Database", "The database of the mailbox.";
    DETAIL: String = "Detail", "Why.";
    WHEN: DateTime = "When", "Since when.";
    REPORT: String = "Report", "The report to the sender.";
    RULE: String = "Rule", "The rule.";
    STAGE: String = "Stage", "Edge, before recipients are resolved, or Hub, behind that.";
    ACTS: bool = "Acts", "Whether the rule would act.";
    WHY: String = "Why", "Why it would act, or why not.";
    ACTIONS: String = "Actions", "What it would do.", many();
    NAME: String = "Name", "The name of the parameter.";
    EXCEPTION: String = "Exception", "The name of the exception.";
    DESCRIPTION: String = "Description", "What it means.";
    FILE_DATA: i32 = "FileData", "The octets of the file, XML.", many();
}

/// A queue: what waits for one destination.
pub static QUEUE_NOUN: Noun = Noun {
    name: "Queue",
    type_name: "Microsoft.Exchange.Data.QueueViewer.ExtensibleQueueInfo",
    summary: "What waits for one destination.",
    properties: &[
        &IDENTITY,
        &DELIVERY_TYPE,
        &STATUS,
        &MESSAGE_COUNT,
        &NEXT_HOP_DOMAIN,
        &LAST_ERROR,
        &NEXT_RETRY_TIME,
    ],
    table: &[&IDENTITY, &DELIVERY_TYPE, &STATUS, &MESSAGE_COUNT, &NEXT_HOP_DOMAIN],
};

/// A message that waits.
pub static MESSAGE: Noun = Noun {
    name: "Message",
    type_name: "Microsoft.Exchange.Data.QueueViewer.ExtensibleMessageInfo",
    summary: "A message that waits.",
    properties: &[
        &IDENTITY,
        &SUBJECT,
        &INTERNET_MESSAGE_ID,
        &FROM_ADDRESS,
        &STATUS,
        &SIZE,
        &SOURCE_IP,
        &DATE_RECEIVED,
        &EXPIRATION_TIME,
        &LAST_ERROR,
        &QUEUE,
        &RETRY_COUNT,
        &RECIPIENTS,
    ],
    table: &[&IDENTITY, &FROM_ADDRESS, &STATUS, &QUEUE, &SUBJECT],
};

const EVENT: &[&dyn Declared] = &[
    &TIMESTAMP,
    &SERVER_HOSTNAME,
    &CLIENT_IP,
    &SOURCE,
    &EVENT_ID,
    &INTERNAL_MESSAGE_ID,
    &MESSAGE_ID,
    &RECIPIENTS,
    &RECIPIENT_STATUS,
    &TOTAL_BYTES,
    &RECIPIENT_COUNT,
    &RELATED_RECIPIENT_ADDRESS,
    &REFERENCE,
    &MESSAGE_SUBJECT,
    &SENDER,
];

/// Something that happened to a message.
pub static MESSAGE_TRACKING_LOG: Noun = Noun {
    name: "MessageTrackingLog",
    type_name: "Microsoft.Exchange.Management.TransportLogSearchTasks.MessageTrackingEvent",
    summary: "Something that happened to a message.",
    properties: EVENT,
    table: &[&EVENT_ID, &SOURCE, &SENDER, &RECIPIENTS, &MESSAGE_SUBJECT],
};

/// Where the message of one recipient is.
pub static MESSAGE_FATE: Noun = Noun {
    name: "MessageFate",
    type_name: "Mailstead.MessageFate",
    summary: "Where the message of one recipient is.",
    properties: &[
        &INTERNAL_MESSAGE_ID,
        &RECIPIENT,
        &FATE,
        &MAILBOX,
        &DATABASE,
        &STATUS,
        &DETAIL,
        &REPORT,
        &WHEN,
    ],
    table: &[&RECIPIENT, &FATE, &STATUS, &DETAIL],
};

/// What a transport rule would do with a message.
pub static RULE_TRIAL: Noun = Noun {
    name: "TransportRuleTrial",
    type_name: "Mailstead.TransportRuleTrial",
    summary: "What a transport rule would do with a message.",
    properties: &[&RULE, &STAGE, &ACTS, &RECIPIENTS, &WHY, &ACTIONS],
    table: &[&RULE, &STAGE, &ACTS, &WHY],
};

/// What a rule can look for.
pub static PREDICATE: Noun = Noun {
    name: "TransportRulePredicate",
    type_name: "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.TransportRulePredicate",
    summary: "What a rule can look for.",
    properties: &[&NAME, &EXCEPTION, &DESCRIPTION],
    table: &[&NAME, &DESCRIPTION],
};

/// What a rule can do.
pub static ACTION: Noun = Noun {
    name: "TransportRuleAction",
    type_name: "Microsoft.Exchange.MessagingPolicies.Rules.Tasks.TransportRuleAction",
    summary: "What a rule can do.",
    properties: &[&NAME, &DESCRIPTION],
    table: &[&NAME, &DESCRIPTION],
};

/// All rules in one file.
pub static COLLECTION: Noun = Noun {
    name: "TransportRuleCollection",
    type_name: "Microsoft.Exchange.Data.BinaryFileDataObject",
    summary: "All rules in one file.",
    properties: &[&FILE_DATA],
    table: &[&FILE_DATA],
};

/// All rules of journals in one file.
pub static JOURNAL_COLLECTION: Noun = Noun {
    name: "JournalRuleCollection",
    type_name: "Microsoft.Exchange.Data.BinaryFileDataObject",
    summary: "All rules of journals in one file.",
    properties: &[&FILE_DATA],
    table: &[&FILE_DATA],
};
