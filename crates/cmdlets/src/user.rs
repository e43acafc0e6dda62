//! Users, with and without a mailbox: found and changed.

use crate::linked;
use crate::rooms::Rooms;
use crate::standard::Subject;
use crate::system;
use directory::schema::user::USER;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static USERS: Subject = Subject {
    besides: |rooms, call, record| linked::besides(rooms, call, record, None),
    after: |rooms, call, before, out| linked::told(rooms, call, before, true, out),
    sorts: &["Name", "DisplayName", "City", "FirstName", "LastName", "Office"],
    wanted: system::wanted,
    ..Subject::of(&USER, &kinds::USER, Class::User, "user")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists users, with and without a mailbox.",
    shares: &[system::KEYS],
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all users.", command: "Get-User" },
        Example {
            about: "Lists the users of a department.",
            command: "Get-User -Filter \"Department -eq 'Sales'\"",
        },
    ],
    ..USERS.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what the directory knows of a person.",
    notes: "-LinkedMasterAccount $null makes a linked mailbox a user mailbox: mail, addresses, quotas and permissions stay, and \
            the account is switched on with a password that is made and has to be set anew.",
    shares: &[linked::KEYS],
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Moves Ben to the sales department.",
        command: "Set-User ben -Department Sales -Title Buyer",
    }],
    ..USERS.cmdlet(Verb::Set)
};
