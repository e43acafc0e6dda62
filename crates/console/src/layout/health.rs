//! What can be done about what does not work.

use super::Task;

/// What mends a kind of trouble.
pub(crate) struct Mend {
    /// The kind, as `HealthSetName` says it.
    pub(crate) set: &'static str,
    /// For how bad it is; none: always.
    pub(crate) alert: Option<&'static str>,
    /// Whether it is about one of several things, which the trouble names.
    pub(crate) is_about_one: bool,
    pub(crate) task: Task,
}

const fn always(set: &'static str, task: Task) -> Mend {
    Mend { set, alert: None, is_about_one: false, task }
}

const fn see(title: &'static str, cmdlet: &'static str, page: &'static str) -> Task {
    Task { page: Some(page), ..Task::new(title, cmdlet) }
}

pub(crate) static MENDS: &[Mend] = &[
    Mend {
        set: "database",
        alert: Some("Unhealthy"),
        is_about_one: true,
        task: Task {
            given: &[("Identity", "$TargetResource")],
            about: "Opens the database: its mailboxes can be used, and mail that waits for them is delivered.",
            ..Task::new("Mount it", "Mount-Database")
        },
    },
    Mend {
        alert: Some("Degraded"),
        ..always("database", see("See the databases", "Get-MailboxDatabase", "databases"))
    },
    Mend {
        is_about_one: true,
        ..always(
            "queue",
            Task {
                given: &[("Identity", "$TargetResource")],
                about: "Lets the queue's messages go on.",
                ..Task::new("Resume it", "Resume-Queue")
            },
        )
    },
    always(
        "queue",
        Task {
            given: &[("Identity", "*")],
            about: "Tries all that waits again now.",
            ..Task::new("Try all again", "Retry-Queue")
        },
    ),
    always("queue", see("See the queues", "Get-Queue", "queues")),
    Mend {
        is_about_one: true,
        ..always(
            "certificate",
            Task {
                given: &[("set", "Certificate")],
                asks: &["DomainName", "Services", "FriendlyName"],
                about: "Makes a certificate that signs itself, for the services that are chosen. Clients have to be told to \
                        trust it; an authority's is asked for on the page of certificates.",
                ..Task::new("Make another one", "New-ExchangeCertificate")
            },
        )
    },
    always("certificate", see("See the certificates", "Get-ExchangeCertificate", "certificates")),
    Mend {
        is_about_one: true,
        ..always(
            "job",
            Task {
                given: &[("Identity", "$TargetResource")],
                about: "Goes on where it was.",
                ..Task::new("Resume it", "Resume-BulkRequest")
            },
        )
    },
    always("job", see("See the jobs", "Get-BulkRequest", "jobs")),
    Mend {
        is_about_one: true,
        ..always(
            "restore",
            Task {
                given: &[("Identity", "$TargetResource")],
                about: "Goes on where it was.",
                ..Task::new("Resume it", "Resume-MailboxRestoreRequest")
            },
        )
    },
    always("restore", see("See the requests", "Get-MailboxRestoreRequest", "restores")),
];
