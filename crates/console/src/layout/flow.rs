//! The lists of mail on its way: rules, queues, traces, connectors.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

static RULE: Sheet = Sheet {
    place: "rule",
    called: "transport rule",
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
            Part::shown("What it does", "Get-TransportRule", &["State", "Description"]),
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
    columns: &["Priority", "Name", "State", "Description"],
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
};

static QUEUE: Sheet = Sheet {
    place: "queue",
    called: "queue",
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
            is_grave: true,
            ..Task::new("Suspend", "Suspend-Queue")
        },
        Task {
            given: &[("Identity", "$Identity")],
            about: "Lets the queue's messages go on.",
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
    columns: &["Timestamp", "EventId", "Source", "Sender", "Recipients", "MessageSubject"],
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
    empty: "No message was seen within the time of the log.",
    ..BASE
};

pub(super) static LISTS: &[&List] = &[&RULES, &QUEUES, &TRACE];
