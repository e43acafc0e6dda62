//! Mail users: accounts here whose mail is elsewhere.

use crate::distribution_group::{addressed, unit};
use crate::mail_contact::{ADDRESSED, EXTERNAL_EMAIL_ADDRESS, enable};
use crate::mailbox::MAIL_RECIPIENTS;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{ORGANIZATIONAL_UNIT, Subject};
use directory::schema::group::MAIL_USER;
use directory::schema::user;
use directory::{Class, Edit, NewRecipient, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::{RecipientTypeDetails as Details, SecureString};
use object::{Parameter, Result};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE, &ENABLE, &DISABLE];

static USER_PRINCIPAL_NAME: Parameter<String> = Parameter::of(&user::USER_PRINCIPAL_NAME);
static SAM_ACCOUNT_NAME: Parameter<String> = Parameter::of(&user::SAM_ACCOUNT_NAME);
static PASSWORD: Parameter<SecureString> =
    Parameter::new("Password", "The password to log on with; an account without one can't log on.");

static MAIL_USERS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias"],
    make,
    disable: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.disable_recipient(guid)).map(drop)
    },
    ..Subject::of(&MAIL_USER, &kinds::MAIL_USER, Class::User, "mail user")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists users whose mail is elsewhere.",
    roles: &["View-Only Recipients", "Mail Recipients"],
    examples: &[Example { about: "Lists all mail users.", command: "Get-MailUser" }],
    ..MAIL_USERS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a user whose mail is elsewhere.",
    notes: "Without -Password the account can't log on.",
    reads: &[&ORGANIZATIONAL_UNIT, &USER_PRINCIPAL_NAME, &SAM_ACCOUNT_NAME, &PASSWORD],
    shares: &[ADDRESSED],
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Makes a user whose mail goes to another house.",
        command: "New-MailUser 'Max Guest' -ExternalEmailAddress max@far.example",
    }],
    ..MAIL_USERS.cmdlet(Verb::New)
};

fn make(_: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    let sam = call.get(&SAM_ACCOUNT_NAME)?;
    let names: Vec<&str> = std::iter::once(name).chain(sam.as_deref()).collect();
    let password =
        call.get(&PASSWORD)?.map(|secret| rooms.directory().hash_password(&secret, &names)).transpose();
    let new = NewRecipient {
        unit: unit(rooms, call)?,
        external: call.get(&EXTERNAL_EMAIL_ADDRESS)?,
        user_principal_name: call.get(&USER_PRINCIPAL_NAME)?,
        password: password.map_err(|error| error.about(PASSWORD.name()))?,
        sam_account_name: sam.clone(),
        settings: edits,
        ..addressed(call, NewRecipient::named(name, Class::User, Details::MailUser))?
    };
    let made = rooms.directory().change(call.author(), move |change| change.new_recipient(&new))?;
    rooms.directory().need(made.guid())
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes the mail settings of a user whose mail is elsewhere.",
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Sends mail for a user elsewhere.",
        command: "Set-MailUser 'Mia Guest' -ExternalEmailAddress mia@other.example",
    }],
    ..MAIL_USERS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Deletes a user whose mail is elsewhere, with the account.",
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Deletes a mail user without asking.",
        command: "Remove-MailUser 'Mia Guest' -Confirm:$false",
    }],
    ..MAIL_USERS.cmdlet(Verb::Remove)
};

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives a user without a mailbox an address elsewhere.",
    reads: &[&IDENTITY],
    shares: &[ADDRESSED],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Sends mail for the user Ben elsewhere.",
        command: "Enable-MailUser ben -ExternalEmailAddress ben@far.example",
    }],
    ..Cmdlet::new(Verb::Enable, &MAIL_USER, |rooms, call, out| {
        let user = rooms.one(call, &kinds::USER)?;
        enable(rooms, call, out, &user, Details::MailUser, &MAIL_USER)
    })
};

static DISABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the address from a mail user; the account stays.",
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Takes the address from a mail user.",
        command: "Disable-MailUser 'Mia Guest' -Confirm:$false",
    }],
    ..MAIL_USERS.cmdlet(Verb::Disable)
};
