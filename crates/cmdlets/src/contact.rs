//! Contacts, with and without an address: what is known of the person.

use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::group::CONTACT;
use directory::{Class, kinds};
use gate::{Cmdlet, Example, Verb};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &SET];

static CONTACTS: Subject = Subject {
    sorts: &["Name", "DisplayName", "City", "FirstName", "LastName", "Office"],
    ..Subject::of(&CONTACT, &kinds::CONTACT, Class::Contact, "contact")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists contacts, with and without an address.",
    roles: &["View-Only Recipients"],
    examples: &[Example { about: "Lists all contacts.", command: "Get-Contact" }],
    ..CONTACTS.cmdlet(Verb::Get)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what the directory knows of a contact.",
    notes: "The settings of its mail are changed by Set-MailContact.",
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Notes where a contact works.",
        command: "Set-Contact 'Lee Away' -Company Fabrikam -Title Buyer",
    }],
    ..CONTACTS.cmdlet(Verb::Set)
};
