//! The lists of mail on its way: rules, queues, traces, connectors.

use super::{DAY_AGO, List, Part, Sheet, Tab, Task};
use crate::icon;

static RULE: Sheet = Sheet {
    place: "rule",
    called: "transport rule",
    single: None,
    is_live: false,
    get: "Get-TransportRule",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Messages are held to the rule from now on.",
            when: Some(("State", &["Disabled"])),
            ..Task::new("Enable", "Enable-TransportRule")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "The rule stays, and does nothing.",
            when: Some(("State", &["Enabled"])),
            ..Task::new("Disable", "Disable-TransportRule")
        },
        Task {
            asks: &["MessageFile", "Sender", "Recipients"],
            about: "Says which rules would act on a message, and why.",
            ..Task::new("Test a message", "Test-TransportRule")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the rule away.",
            is_grave: true,
            ..Task::new("Remove", "Remove-TransportRule")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::fields(
                "Rule",
                "Get-TransportRule",
                "Set-TransportRule",
                &["Name", "Priority", "Comments", "Mode"],
            ),
            Part::shown("State", "Get-TransportRule", &["State", "WhenChanged"]),
            Part::given("What it does", "Get-TransportRule"),
        ],
    }],
    rest: Some(Part::fields(
        "Conditions, exceptions and actions",
        "Get-TransportRule",
        "Set-TransportRule",
        &[],
    )),
};

static RULES: List = BASE;

const BASE: List = List {
    place: "rules",
    is_live: false,
    title: "Rules",
    icon: icon::FLOW,
    cmdlet: "Get-TransportRule",
    given: &[],
    columns: &["Name", "Priority", "State", "Mode", "Comments"],
    searched: &[],
    sorted: &[],
    sheet: Some(&RULE),
    tasks: &[
        Task {
            asks: &["MessageFile", "Sender", "Recipients"],
            about: "Says which rules would act on a message, and why.",
            ..Task::new("Test a message", "Test-TransportRule")
        },
        Task {
            asks: &["Name", "From", "SentTo", "SubjectContainsWords", "RedirectMessageTo", "BlindCopyTo"],
            about: "Does something with messages that fit conditions.",
            ..Task::new("New rule", "New-TransportRule")
        },
    ],
    acts: &[],
    empty: "No rule looks at messages. Make one with New rule.",
    is_newest_first: false,
    about: "",
};

static QUEUE: Sheet = Sheet {
    place: "queue",
    called: "queue",
    single: None,
    is_live: true,
    get: "Get-Queue",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Identity")],
            about: "Tries the queue's messages again now.",
            ..Task::new("Retry", "Retry-Queue")
        },
        Task {
            given: &[("Identity", "$Identity")],
            about: "Holds the queue's messages until it is resumed.",
            when: Some(("Status", &["Ready", "Active", "Retry"])),
            ..Task::new("Suspend", "Suspend-Queue")
        },
        Task {
            given: &[("Identity", "$Identity")],
            about: "Lets the queue's messages go on.",
            when: Some(("Status", &["Suspended"])),
            ..Task::new("Resume", "Resume-Queue")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::shown(
                "State",
                "Get-Queue",
                &["Status", "DeliveryType", "NextHopDomain", "MessageCount", "NextRetryTime", "LastError"],
            ),
            Part::table(
                "Messages",
                "Get-Message",
                "Queue",
                &["FromAddress", "Subject", "Status", "Size", "DateReceived", "LastError"],
                &[Task {
                    given: &[("Identity", "$Identity")],
                    asks: &["WithNDR"],
                    about: "Takes the message out of the queue. With NDR its sender is told.",
                    is_grave: true,
                    ..Task::new("Remove", "Remove-Message")
                }],
            ),
        ],
    }],
    rest: None,
};

static QUEUES: List = List {
    place: "queues",
    is_live: true,
    title: "Queues",
    icon: icon::ARROWS,
    cmdlet: "Get-Queue",
    columns: &["Identity", "DeliveryType", "Status", "MessageCount", "NextHopDomain", "LastError"],
    sheet: Some(&QUEUE),
    tasks: &[],
    empty: "No message waits.",
    ..BASE
};

static TRACE: List = List {
    place: "trace",
    is_live: false,
    title: "Message trace",
    icon: icon::MAIL,
    cmdlet: "Get-MessageTrackingLog",
    given: &[("Start", DAY_AGO)],
    columns: &["Timestamp", "EventId", "Sender", "Recipients", "MessageSubject"],
    is_newest_first: true,
    about: "What became of messages within the last day, the newest first. Find messages looks further back.",
    acts: &[Task {
        given: &[("MessageId", "$MessageId")],
        about: "Says what became of one message, for each of its recipients.",
        ..Task::new("Fate", "Get-MessageFate")
    }],
    sheet: None,
    tasks: &[
        Task {
            asks: &["Sender", "Recipients", "MessageSubject", "Start", "End", "EventId"],
            about: "Says what became of messages.",
            ..Task::new("Find messages", "Get-MessageTrackingLog")
        },
        Task {
            asks: &["MessageId"],
            about: "Says what became of one message, for each of its recipients.",
            ..Task::new("Where is my message?", "Get-MessageFate")
        },
    ],
    empty: "No message was seen within the last day. Find messages looks further back.",
    ..BASE
};

static LIMITS_SHEET: Sheet = Sheet {
    place: "limits",
    called: "limits of the organization",
    single: Some("Limits"),
    is_live: false,
    get: "Get-TransportConfig",
    given: &[],
    acts: &[],
    tabs: &[Tab {
        place: "messages",
        title: "Messages",
        parts: &[Part::fields(
            "Messages of the organization",
            "Get-TransportConfig",
            "Set-TransportConfig",
            &["MaxSendSize", "MaxReceiveSize", "MaxRecipientEnvelopeLimit"],
        )],
    }],
    rest: Some(Part::fields("All other settings", "Get-TransportConfig", "Set-TransportConfig", &[])),
};

static LIMITS: List = List {
    place: "limits",
    title: "Limits",
    icon: icon::GAUGE,
    cmdlet: "Get-TransportConfig",
    columns: &["MaxSendSize", "MaxReceiveSize", "MaxRecipientEnvelopeLimit"],
    sheet: Some(&LIMITS_SHEET),
    tasks: &[],
    empty: "There are no limits.",
    ..BASE
};

static RECEIVE_CONNECTOR: Sheet = Sheet {
    place: "receive-connector",
    called: "receive connector",
    single: None,
    is_live: false,
    get: "Get-ReceiveConnector",
    given: &[],
    acts: &[],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::fields(
                "Connector",
                "Get-ReceiveConnector",
                "Set-ReceiveConnector",
                &["Name", "PermissionGroups", "WhenChanged"],
            ),
            Part::fields(
                "Limits",
                "Get-ReceiveConnector",
                "Set-ReceiveConnector",
                &["MaxMessageSize", "MaxRecipientsPerMessage", "MessageRateLimit", "TarpitInterval"],
            ),
        ],
    }],
    rest: None,
};

static RECEIVE_CONNECTORS: List = List {
    place: "receive-connectors",
    title: "Receive connectors",
    icon: icon::PLUG,
    cmdlet: "Get-ReceiveConnector",
    columns: &["Name", "PermissionGroups", "MaxMessageSize", "MaxRecipientsPerMessage", "MessageRateLimit"],
    sheet: Some(&RECEIVE_CONNECTOR),
    tasks: &[],
    empty: "No connector takes mail.",
    ..BASE
};

pub(super) static LISTS: &[&List] = &[&RULES, &QUEUES, &TRACE, &LIMITS, &RECEIVE_CONNECTORS];
