//! The lists of the organisation's own things.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

static DATABASE: Sheet = Sheet {
    place: "database",
    called: "mailbox database",
    get: "Get-MailboxDatabase",
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Opens the database: its mailboxes can be used, and mail that waits for them is delivered.",
            ..Task::new("Mount", "Mount-Database")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Closes the database: its mailboxes cannot be used, and mail for them waits in the queue.",
            is_grave: true,
            ..Task::new("Dismount", "Dismount-Database")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the database out of the organization. It must hold no mailbox; its file stays.",
            is_grave: true,
            ..Task::new("Remove", "Remove-MailboxDatabase")
        },
    ],
    tabs: &[
        Tab {
            place: "general",
            title: "General",
            parts: &[
                Part::shown(
                    "State",
                    "Get-MailboxDatabase",
                    &["Mounted", "DatabaseSize", "ServerName", "EdbFilePath"],
                ),
                Part::fields(
                    "Name",
                    "Get-MailboxDatabase",
                    "Set-MailboxDatabase",
                    &["Name", "MountAtStartup", "IsExcludedFromProvisioning"],
                ),
            ],
        },
        Tab {
            place: "limits",
            title: "Limits",
            parts: &[Part::fields(
                "Limits",
                "Get-MailboxDatabase",
                "Set-MailboxDatabase",
                &[
                    "IssueWarningQuota",
                    "ProhibitSendQuota",
                    "ProhibitSendReceiveQuota",
                    "MailboxRetention",
                    "DeletedItemRetention",
                ],
            )],
        },
    ],
    rest: Some(Part::fields("All other settings", "Get-MailboxDatabase", "Set-MailboxDatabase", &[])),
};

static DATABASES: List = List {
    place: "databases",
    title: "Databases",
    icon: icon::DISK,
    cmdlet: "Get-MailboxDatabase",
    given: &[("Status", "true")],
    columns: &["Name", "Mounted", "DatabaseSize", "MailboxRetention"],
    searched: &[],
    sorted: &[],
    sheet: Some(&DATABASE),
    tasks: &[Task {
        asks: &["Name"],
        about: "Makes a new, empty mailbox database.",
        ..Task::new("New database", "New-MailboxDatabase")
    }],
    acts: &[],
    empty: "There is no mailbox database. Make one with New database.",
};

static DOMAIN: Sheet = Sheet {
    place: "domain",
    called: "accepted domain",
    get: "Get-AcceptedDomain",
    acts: &[Task {
        given: &[("Identity", "$Guid")],
        about: "Mail for the domain is refused from then on.",
        is_grave: true,
        ..Task::new("Remove", "Remove-AcceptedDomain")
    }],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::fields(
                "Domain",
                "Get-AcceptedDomain",
                "Set-AcceptedDomain",
                &["Name", "DomainType", "MatchSubDomains"],
            ),
            Part::shown("State", "Get-AcceptedDomain", &["DomainName", "Default"]),
        ],
    }],
    rest: Some(Part::fields("All other settings", "Get-AcceptedDomain", "Set-AcceptedDomain", &[])),
};

static DOMAINS: List = List {
    place: "domains",
    title: "Accepted domains",
    icon: icon::GLOBE,
    cmdlet: "Get-AcceptedDomain",
    given: &[],
    columns: &["Name", "DomainName", "DomainType", "Default"],
    searched: &[],
    sorted: &[],
    sheet: Some(&DOMAIN),
    tasks: &[Task {
        asks: &["Name", "DomainName", "DomainType"],
        about: "Takes mail for one more domain.",
        ..Task::new("New domain", "New-AcceptedDomain")
    }],
    acts: &[],
    empty: "No domain is accepted: nobody can get mail. Make one with New domain.",
};

static TRUST: Sheet = Sheet {
    place: "trust",
    called: "trusted forest",
    get: "Get-ADTrust",
    acts: &[
        Task {
            given: &[("Identity", "$Name")],
            about: "Says what works and what does not: names, connections, certificates, the log-on, the search.",
            ..Task::new("Test", "Test-ADTrust")
        },
        Task {
            given: &[("Identity", "$Name")],
            about: "Its accounts can no longer log on to their linked mailboxes. The mailboxes stay.",
            is_grave: true,
            ..Task::new("Remove", "Remove-ADTrust")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[Part::fields(
            "Forest",
            "Get-ADTrust",
            "Set-ADTrust",
            &["Name", "NetBiosName", "DomainController", "Address", "BaseDN", "CertificateAuthority"],
        )],
    }],
    rest: None,
};

static TRUSTS: List = List {
    place: "trusts",
    title: "Trusted forests",
    icon: icon::LINK,
    cmdlet: "Get-ADTrust",
    given: &[("Filter", "*")],
    columns: &["Name", "NetBiosName", "DomainController"],
    searched: &[],
    sorted: &[],
    sheet: Some(&TRUST),
    tasks: &[Task {
        asks: &["Name", "NetBiosName", "DomainController", "Address", "CertificateAuthority", "Credential"],
        about: "Lets accounts of another forest own linked mailboxes here.",
        ..Task::new("New trust", "New-ADTrust")
    }],
    acts: &[],
    empty: "No other forest is trusted. Begin with New trust.",
};

pub(super) static LISTS: &[&List] = &[&DATABASES, &DOMAINS, &TRUSTS];
