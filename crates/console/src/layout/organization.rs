//! The lists of the organisation's own things.

use super::{List, Part, Sheet, Tab, Task};
use crate::icon;

static DATABASE: Sheet = Sheet {
    place: "database",
    called: "mailbox database",
    single: None,
    is_live: false,
    get: "Get-MailboxDatabase",
    given: &[("Status", "true")],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Opens the database: its mailboxes can be used, and mail that waits for them is delivered.",
            when: Some(("Mounted", &["False"])),
            ..Task::new("Mount", "Mount-Database")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Closes the database: its mailboxes cannot be used, and mail for them waits in the queue.",
            is_grave: true,
            when: Some(("Mounted", &["True"])),
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
    is_live: false,
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
    is_newest_first: false,
    about: "",
};

static DOMAIN: Sheet = Sheet {
    place: "domain",
    called: "accepted domain",
    single: None,
    is_live: false,
    get: "Get-AcceptedDomain",
    given: &[],
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
    is_live: false,
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
    is_newest_first: false,
    about: "",
};

static TRUST: Sheet = Sheet {
    place: "trust",
    called: "trusted forest",
    single: None,
    is_live: false,
    get: "Get-ADTrust",
    given: &[],
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
    is_live: false,
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
    is_newest_first: false,
    about: "",
};

static POLICY: Sheet = Sheet {
    place: "policy",
    called: "address policy",
    single: None,
    is_live: false,
    get: "Get-EmailAddressPolicy",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Gives all recipients of the policy their addresses now.",
            ..Task::new("Apply", "Update-EmailAddressPolicy")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Addresses that it gave stay.",
            is_grave: true,
            ..Task::new("Remove", "Remove-EmailAddressPolicy")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[Part::fields(
            "Policy",
            "Get-EmailAddressPolicy",
            "Set-EmailAddressPolicy",
            &[
                "Name",
                "Priority",
                "EnabledEmailAddressTemplates",
                "IncludedRecipients",
                "ConditionalDepartment",
                "ConditionalCompany",
                "RecipientFilter",
                "RecipientContainer",
            ],
        )],
    }],
    rest: Some(Part::fields("All other settings", "Get-EmailAddressPolicy", "Set-EmailAddressPolicy", &[])),
};

static POLICIES: List = List {
    place: "policies",
    is_live: false,
    title: "Address policies",
    icon: icon::MAIL,
    cmdlet: "Get-EmailAddressPolicy",
    given: &[],
    columns: &["Name", "Priority", "EnabledEmailAddressTemplates", "RecipientFilter"],
    searched: &[],
    sorted: &[],
    sheet: Some(&POLICY),
    tasks: &[Task {
        asks: &["Name", "EnabledEmailAddressTemplates", "IncludedRecipients", "RecipientFilter"],
        about: "Says which addresses recipients get by themselves.",
        ..Task::new("New policy", "New-EmailAddressPolicy")
    }],
    acts: &[],
    empty: "No policy gives addresses. Make one with New policy.",
    is_newest_first: false,
    about: "",
};

static ADDRESS_LIST: Sheet = Sheet {
    place: "address-list",
    called: "address list",
    single: None,
    is_live: false,
    get: "Get-AddressList",
    given: &[],
    acts: &[
        Task {
            given: &[("Identity", "$Guid")],
            about: "Looks anew who belongs to the list.",
            ..Task::new("Update", "Update-AddressList")
        },
        Task {
            given: &[("Identity", "$Guid")],
            about: "Takes the list away. Those in it stay.",
            is_grave: true,
            ..Task::new("Remove", "Remove-AddressList")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[Part::fields(
            "List",
            "Get-AddressList",
            "Set-AddressList",
            &[
                "Name",
                "DisplayName",
                "IncludedRecipients",
                "ConditionalDepartment",
                "ConditionalCompany",
                "RecipientFilter",
                "RecipientContainer",
            ],
        )],
    }],
    rest: Some(Part::fields("All other settings", "Get-AddressList", "Set-AddressList", &[])),
};

static ADDRESS_LISTS: List = List {
    place: "address-lists",
    is_live: false,
    title: "Address lists",
    icon: icon::BOOK,
    cmdlet: "Get-AddressList",
    given: &[],
    columns: &["Name", "Path", "RecipientFilter"],
    searched: &[],
    sorted: &[],
    sheet: Some(&ADDRESS_LIST),
    tasks: &[Task {
        asks: &["Name", "Container", "IncludedRecipients", "RecipientFilter"],
        about: "Shows people part of the directory.",
        ..Task::new("New list", "New-AddressList")
    }],
    acts: &[],
    empty: "There is no address list. Make one with New list.",
    is_newest_first: false,
    about: "",
};

static CERTIFICATE: Sheet = Sheet {
    place: "certificate",
    called: "certificate",
    single: None,
    is_live: false,
    get: "Get-ExchangeCertificate",
    given: &[],
    acts: &[
        Task {
            given: &[("Thumbprint", "$Thumbprint")],
            asks: &["Services"],
            about: "Lets services show this certificate, from the next connection on.",
            when: Some(("Status", &["Valid", "DateInvalid"])),
            ..Task::new("Use for services", "Enable-ExchangeCertificate")
        },
        Task {
            given: &[("Thumbprint", "$Thumbprint")],
            about: "Takes the certificate and its key away. One that a service shows stays.",
            is_grave: true,
            ..Task::new("Remove", "Remove-ExchangeCertificate")
        },
    ],
    tabs: &[Tab {
        place: "general",
        title: "General",
        parts: &[
            Part::shown(
                "Certificate",
                "Get-ExchangeCertificate",
                &[
                    "Subject",
                    "CertificateDomains",
                    "FriendlyName",
                    "Services",
                    "Status",
                    "NotBefore",
                    "NotAfter",
                ],
            ),
            Part::shown(
                "Who signed it",
                "Get-ExchangeCertificate",
                &["Issuer", "IsSelfSigned", "SerialNumber", "PublicKeySize", "Thumbprint"],
            ),
        ],
    }],
    rest: None,
};

static CERTIFICATES: List = List {
    place: "certificates",
    is_live: false,
    title: "Certificates",
    icon: icon::SHIELD,
    cmdlet: "Get-ExchangeCertificate",
    given: &[],
    columns: &["Subject", "Services", "NotAfter", "Status", "IsSelfSigned"],
    searched: &[],
    sorted: &[],
    sheet: Some(&CERTIFICATE),
    tasks: &[
        Task {
            given: &[("GenerateRequest", "true")],
            asks: &["DomainName", "FriendlyName"],
            about: "Makes a key and the request that an authority signs. Give it to the authority, and import what comes back.",
            ..Task::new("Ask an authority", "New-ExchangeCertificate")
        },
        Task {
            asks: &["FileData", "FriendlyName"],
            about: "Takes a certificate in: PEM with the certificate, its chain and its key. What an authority signed for a \
                    request of this server needs no key.",
            ..Task::new("Import", "Import-ExchangeCertificate")
        },
        Task {
            given: &[("set", "Certificate")],
            asks: &["DomainName", "Services", "FriendlyName"],
            about: "Makes a certificate that signs itself. Clients have to be told to trust it.",
            ..Task::new("New self-signed", "New-ExchangeCertificate")
        },
    ],
    acts: &[],
    empty: "There is no certificate.",
    is_newest_first: false,
    about: "With what the server proves who it is, and until when.",
};

pub(super) static LISTS: &[&List] =
    &[&DATABASES, &DOMAINS, &POLICIES, &ADDRESS_LISTS, &TRUSTS, &CERTIFICATES];
