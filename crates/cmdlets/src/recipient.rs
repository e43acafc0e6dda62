//! Users, client access and recipients of all kinds: found and changed.

use crate::mailbox::system_kinds;
use crate::parameters as p;
use crate::rooms::Rooms;
use crate::sets;
use crate::standard::{self, Finding};
use directory::schema::cas::CAS_MAILBOX;
use directory::schema::mailbox::is_mailbox;
use directory::schema::recipient::RECIPIENT;
use directory::schema::user::USER;
use directory::{Query, kinds};
use gate::{Call, Changes, Cmdlet, Example, Impact, Output, Verb};
use object::types::{PropertyType, RecipientType, RecipientTypeDetails as Details};
use object::{Declared, Error, ErrorId, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_USER, &SET_USER, &GET_CAS, &SET_CAS, &GET_RECIPIENT];

static GET_USER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists users, with and without a mailbox.",
    always: sets::GET_USER_ALWAYS,
    sets: sets::GET_USER,
    default_set: Some("Identity"),
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all users.", command: "Get-User" },
        Example {
            about: "Lists the users of a department.",
            command: "Get-User -Filter \"Department -eq 'Sales'\"",
        },
    ],
    ..Cmdlet::new(Verb::Get, &USER, |rooms, call, out| {
        let system = system_kinds(call);
        let query = Query { system: !system.is_empty(), details: system, ..Query::of(&kinds::USER) };
        let sorts = &["Name", "DisplayName", "City", "FirstName", "LastName", "Office"];
        Finding { kind: &kinds::USER, noun: &USER, sorts }.run(rooms, call, out, query, &|_| true)
    })
};

static SET_USER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what the directory knows of a person.",
    always: sets::SET_USER,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Moves Ben to the sales department.",
        command: "Set-User ben -Department Sales -Title Buyer",
    }],
    ..Cmdlet::new(Verb::Set, &USER, |rooms, call, out| {
        let record = rooms.one(call, &kinds::USER)?;
        standard::set(rooms, call, out, &record, "user", standard::edits(call, &[])?)
    })
};

static GET_CAS: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows by which protocols mailboxes are served.",
    always: sets::GET_CAS_MAILBOX_ALWAYS,
    sets: sets::GET_CAS_MAILBOX,
    default_set: Some("Identity"),
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Shows the protocols of all mailboxes.", command: "Get-CASMailbox" },
        Example {
            about: "Lists mailboxes without POP3.",
            command: "Get-CASMailbox -Filter 'PopEnabled -eq $false'",
        },
    ],
    ..Cmdlet::new(Verb::Get, &CAS_MAILBOX, |rooms, call, out| {
        let system = system_kinds(call);
        let query = Query { system: !system.is_empty(), details: system, ..Query::of(&kinds::MAILBOX) };
        let sorts = &["Name", "DisplayName", "ServerLegacyDN"];
        Finding { kind: &kinds::MAILBOX, noun: &CAS_MAILBOX, sorts }.run(rooms, call, out, query, &|_| true)
    })
};

static SET_CAS: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes by which protocols a mailbox is served.",
    notes: "A protocol that is switched off refuses the log-on at once and ends sessions that are open.",
    always: sets::SET_CAS_MAILBOX,
    changes: Changes::Yes { confirm: Impact::Medium },
    roles: &["Mail Recipients"],
    examples: &[Example {
        about: "Lets Ann use neither POP3 nor IMAP.",
        command: "Set-CASMailbox ann -PopEnabled $false -ImapEnabled $false",
    }],
    ..Cmdlet::new(Verb::Set, &CAS_MAILBOX, |rooms, call, out| {
        let record = rooms.one(call, &kinds::MAILBOX)?;
        standard::set(rooms, call, out, &record, "mailbox", standard::edits(call, &[])?)
    })
};

static GET_RECIPIENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists everything that mail can be sent to.",
    always: sets::GET_RECIPIENT_ALWAYS,
    sets: sets::GET_RECIPIENT,
    default_set: Some("Identity"),
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all recipients.", command: "Get-Recipient" },
        Example { about: "Says who has an address.", command: "Get-Recipient ann@contoso.com" },
    ],
    ..Cmdlet::new(Verb::Get, &RECIPIENT, get_recipient)
};

fn get_recipient(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database = rooms.named(call, &p::DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    let mut query = Query { database, ..Query::of(&kinds::RECIPIENT) };
    if let Some(preview) = call.given(p::RECIPIENT_PREVIEW_FILTER.name()).filter(|value| !value.is_null()) {
        query.filter = Some(standard::filter(&preview.to_string(), &RECIPIENT)?);
    }
    let types = recipient_types(call);
    check_types(call, &types)?;
    let kind = directory::schema::recipient::RECIPIENT_TYPE.spec();
    let sorts =
        &["Name", "DisplayName", "Alias", "City", "FirstName", "LastName", "Office", "ServerLegacyDN"];
    let wanted = |record: &directory::Record| {
        types.is_empty()
            || RecipientType::of_value(&rooms.directory().value(record, kind))
                .is_some_and(|kind| types.contains(&kind))
    };
    Finding { kind: &kinds::RECIPIENT, noun: &RECIPIENT, sorts }.run(rooms, call, out, query, &wanted)
}

/// Kinds asked for that no asked-for broad kind includes can never be found: that is said, not answered with nothing.
fn check_types(call: &Call, types: &[RecipientType]) -> Result<()> {
    let details = call.given(p::RECIPIENT_TYPE_DETAILS.name()).map(object::Value::items).unwrap_or_default();
    let details: Vec<Details> = details.iter().filter_map(Details::of_value).collect();
    let fits = details.iter().any(|details| broad(*details).is_none_or(|kind| types.contains(&kind)));
    if types.is_empty() || details.is_empty() || fits {
        return Ok(());
    }
    let message = "None of the specified RecipientTypeDetails are included in any specified recipient type.";
    Err(Error::caller(ErrorId::RecipientTypesExclude, message)
        .help("Leave out -RecipientType, or name one that includes them.")
        .about("RecipientTypeDetails"))
}

/// The broad kind that includes an exact one, where that is certain.
fn broad(details: Details) -> Option<RecipientType> {
    if is_mailbox(details) {
        return Some(RecipientType::UserMailbox);
    }
    match details {
        Details::MailContact => Some(RecipientType::MailContact),
        Details::MailUser => Some(RecipientType::MailUser),
        Details::MailUniversalDistributionGroup => Some(RecipientType::MailUniversalDistributionGroup),
        Details::MailUniversalSecurityGroup => Some(RecipientType::MailUniversalSecurityGroup),
        Details::DynamicDistributionGroup => Some(RecipientType::DynamicDistributionGroup),
        _ => None,
    }
}

/// The broad kinds asked for.
fn recipient_types(call: &Call) -> Vec<RecipientType> {
    let given = call.given(p::RECIPIENT_TYPE.name()).map(object::Value::items).unwrap_or_default();
    given.iter().filter_map(RecipientType::of_value).collect()
}
