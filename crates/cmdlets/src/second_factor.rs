//! The second factor of accounts: who has one, and taking it away from whoever lost it.

use crate::role_group::may_take_over;
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::user::{SECOND_FACTOR, USER_PRINCIPAL_NAME};
use directory::{Class, Record, kinds};
use gate::{Cmdlet, Example, Verb};
use object::types::Guid;
use object::{Noun, Object, Property};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &CLEAR];

static ACCOUNT: Property<String> = Property::new("Identity", "The account.").read_only();
static PRINCIPAL: Property<String> =
    Property::new("UserPrincipalName", "The name that it logs on with.").read_only();
static GUID: Property<Guid> = Property::new("Guid", "The GUID of the account.").read_only();
static KIND: Property<String> = Property::new("Kind", "What kind of factor it is.").read_only();

static NOUN: Noun = Noun {
    name: "SecondFactor",
    type_name: "Mailstead.SecondFactor",
    summary: "What an account needs besides its password to log on to the console.",
    properties: &[&ACCOUNT, &PRINCIPAL, &KIND, &GUID],
    table: &[&ACCOUNT, &PRINCIPAL, &KIND],
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the accounts that need a second factor to log on to the console.",
    notes: "People set theirs up in the console. The key itself is never shown.",
    reads: &[&IDENTITY],
    roles: &["Mail Recipients", "Reset Password"],
    examples: &[Example { about: "Lists the accounts with a second factor.", command: "Get-SecondFactor" }],
    ..Cmdlet::new(Verb::Get, &NOUN, |rooms, call, out| {
        let all = match call.get(&IDENTITY)? {
            Some(_) => vec![rooms.one(call, &kinds::USER)?],
            None => rooms.directory().all(Class::User),
        };
        let has = |record: &&Arc<Record>| record.get(&SECOND_FACTOR).is_some();
        all.iter().filter(has).try_for_each(|record| out.object(shown(rooms, record)))
    })
};

fn shown(rooms: &Rooms, record: &Record) -> Object {
    Object::of(&NOUN)
        .with("Identity", rooms.shown(record).as_str())
        .with("UserPrincipalName", record.get(&USER_PRINCIPAL_NAME).unwrap_or_default().as_str())
        .with("Kind", "TOTP")
        .with("Guid", record.guid())
}

static CLEAR: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes the second factor away from an account whose owner lost it.",
    notes: "From then on the password alone logs on, until the owner sets up another one.",
    reads: &[&IDENTITY],
    roles: &["Mail Recipients", "Reset Password"],
    examples: &[Example {
        about: "Lets Ben log on again who lost his telephone.",
        command: "Clear-SecondFactor ben -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Clear, &NOUN, |rooms, call, out| {
        let record = rooms.one(call, &kinds::USER)?;
        may_take_over(rooms, call, &record)?;
        let shown = rooms.shown(&record);
        if !out.should(&shown, &format!("Taking the second factor away from \"{shown}\"."))? {
            return Ok(());
        }
        if record.get(&SECOND_FACTOR).is_none() {
            return out.warning(format!("\"{shown}\" has no second factor."));
        }
        rooms.mailboxes.set_second_factor(call.author(), record.guid(), None)
    })
};
