//! Mail contacts: people elsewhere who stand in the address lists.

use crate::distribution_group::{DISPLAY_NAME, PRIMARY_SMTP_ADDRESS, addressed, unit};
use crate::mailbox::{ALIAS, MAIL_RECIPIENTS};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{ORGANIZATIONAL_UNIT, Subject, edits};
use directory::schema::group::MAIL_CONTACT;
use directory::schema::recipient;
use directory::{Class, Edit, NewRecipient, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{ProxyAddress, RecipientTypeDetails as Details};
use object::{Keys, Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &ENABLE, &DISABLE];

pub(crate) static EXTERNAL_EMAIL_ADDRESS: Parameter<ProxyAddress> =
    Parameter::of(&recipient::EXTERNAL_EMAIL_ADDRESS);

/// What `New-` and `Enable-` of somebody whose mail is elsewhere both take.
pub(crate) static ADDRESSED: Keys = &[&ALIAS, &DISPLAY_NAME, &PRIMARY_SMTP_ADDRESS, &EXTERNAL_EMAIL_ADDRESS];

static CONTACTS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias"],
    make,
    disable: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.disable_recipient(guid)).map(drop)
    },
    ..Subject::of(&MAIL_CONTACT, &kinds::MAIL_CONTACT, Class::Contact, "mail contact")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists contacts that have an address.",
    roles: &["View-Only Recipients", "Mail Recipients"],
    examples: &[Example { about: "Lists all mail contacts.", command: "Get-MailContact" }],
    ..CONTACTS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a contact: somebody elsewhere who stands in the address lists.",
    notes: "Mail for the contact's addresses goes to the external address.",
    reads: &[&ORGANIZATIONAL_UNIT],
    shares: &[ADDRESSED],
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Makes a contact.",
        command: "New-MailContact -Name 'Kim Far' -ExternalEmailAddress kim@far.example",
    }],
    ..CONTACTS.cmdlet(Verb::New)
};

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let new = NewRecipient {
        unit: unit(rooms, call)?,
        external: Some(call.need(&EXTERNAL_EMAIL_ADDRESS)?),
        settings: edits,
        ..addressed(call, NewRecipient::named(name, Class::Contact, Details::MailContact))?
    };
    let made = rooms.directory().change(call.author(), move |change| change.new_recipient(&new))?;
    rooms.directory().need(made.guid())
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the mail settings of a contact.",
    notes: "What is known of the person is changed by Set-Contact.",
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Sends mail for a contact elsewhere.",
        command: "Set-MailContact 'Lee Away' -ExternalEmailAddress lee@other.example",
    }],
    ..CONTACTS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a contact.",
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Deletes a contact without asking.",
        command: "Remove-MailContact 'Lee Away' -Confirm:$false",
    }],
    ..CONTACTS.cmdlet(Verb::Remove)
};

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a contact that exists an address.",
    reads: &[&IDENTITY],
    shares: &[ADDRESSED],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Gives the contact Silent an address.",
        command: "Enable-MailContact Silent -ExternalEmailAddress silent@far.example",
    }],
    ..Cmdlet::new(Verb::Enable, &MAIL_CONTACT, |rooms, call, out| {
        let contact = rooms.one(call, &kinds::CONTACT)?;
        enable(rooms, call, out, &contact, Details::MailContact, &MAIL_CONTACT)
    })
};

/// Gives a contact or user that exists an outside address.
pub(crate) fn enable(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    record: &Record,
    details: Details,
    noun: &'static object::Noun,
) -> Result<()> {
    let new = NewRecipient {
        external: call.get(&EXTERNAL_EMAIL_ADDRESS)?,
        settings: edits(call)?,
        ..addressed(call, NewRecipient::named("", record.class(), details))?
    };
    let shown = rooms.shown(record);
    if !out.should(&shown, &format!("Enabling mail for \"{shown}\"."))? {
        return Ok(());
    }
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| change.enable_recipient(guid, &new))?;
    out.object(rooms.object(guid, noun)?)
}

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the address from a contact, which stays.",
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Takes the address from a contact.",
        command: "Disable-MailContact 'Lee Away' -Confirm:$false",
    }],
    ..CONTACTS.cmdlet(Verb::Disable)
};
