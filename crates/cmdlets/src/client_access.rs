//! Client access: by which protocols mailboxes are served.

use crate::rooms::Rooms;
use crate::standard::Subject;
use crate::system;
use directory::schema::cas::CAS_MAILBOX;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static MAILBOXES: Subject = Subject {
    sorts: &["Name", "DisplayName", "ServerLegacyDN"],
    wanted: system::wanted,
    ..Subject::of(&CAS_MAILBOX, &kinds::MAILBOX, Class::User, "mailbox")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows by which protocols mailboxes are served.",
    shares: &[system::KEYS],
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Shows the protocols of all mailboxes.", command: "Get-CASMailbox" },
        Example {
            about: "Lists mailboxes without POP3.",
            command: "Get-CASMailbox -Filter 'PopEnabled -eq $false'",
        },
    ],
    ..MAILBOXES.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes by which protocols a mailbox is served.",
    notes: "A protocol that is switched off refuses the log-on at once and ends sessions that are open.",
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets Ann use neither POP3 nor IMAP.",
        command: "Set-CASMailbox ann -PopEnabled $false -ImapEnabled $false",
    }],
    ..MAILBOXES.cmdlet(Verb::Set)
};
