//! The cmdlets of rights to mailboxes: who may open one, and in whose client it appears by itself.

use crate::authority::within_scopes;
use crate::permission::{
    DENY, INHERITANCE_TYPE, INSTANCE, NEW_OWNER, OWNER, USER, is_denied, listed, missing, object,
    of_instance, owner, reach, row, sentence, set_owner, trustee, untouched,
};
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use directory::permission::{
    AccessEntry, Granted, InheritanceType, MAILBOX_RIGHTS, MailboxRight, MailboxRights, SEND_AS, Shown,
    Store, Trustee,
};
use directory::schema::permission::{
    ACCESS_RIGHTS as RIGHTS, AUTO_MAPPED, MAILBOX_ENTRIES, MAILBOX_PERMISSION, USER as ABOUT,
};
use directory::{Class, Directory, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::Guid;
use object::{Error, ErrorId, Keys, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &ADD, &REMOVE, &SET];

const MAIL_RECIPIENTS: &[&str] = &["Mail Recipients"];

pub(crate) static ACCESS_RIGHTS: Parameter<MailboxRights> = Parameter::new(
    "AccessRights",
    "The rights: FullAccess, ReadPermission, ChangePermission, ChangeOwner, DeleteItem, ExternalAccount.",
)
.many();
static AUTO_MAPPING: Parameter<bool> = Parameter::new(
    "AutoMapping",
    "Whether the mailbox appears in the user's client by itself. Full Access of a single user does that unless $false is \
     given; a group and other rights do it only where $true is given.",
);
static CLEAR_AUTO_MAPPING: Parameter<Switch> =
    Parameter::new("ClearAutoMapping", "Keeps the mailbox from appearing in anybody's client by itself.");
static RESET_DEFAULT: Parameter<Switch> =
    Parameter::new("ResetDefault", "Takes away all rights to the mailbox that were ever given or denied.");

static ENTRY: Keys = &[&IDENTITY, &USER, &ACCESS_RIGHTS, &DENY, &INHERITANCE_TYPE, &INSTANCE];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows who has which rights to a mailbox, those that come from above included.",
    notes: "Who may send as a mailbox is shown by Get-ADPermission, who may send on its behalf by Get-Mailbox. \
            Get-EffectivePermission looks into groups and works out what counts.",
    reads: &[&IDENTITY, &USER, &OWNER],
    shares: &[LIMIT],
    roles: &["Mail Recipients", "View-Only Recipients"],
    examples: &[
        Example { about: "Shows all rights to Ann's mailbox.", command: "Get-MailboxPermission ann" },
        Example {
            about: "Shows rights that somebody gave.",
            command: "Get-MailboxPermission ann | Where-Object {$_.IsInherited -eq $false}",
        },
    ],
    ..Cmdlet::new(Verb::Get, &MAILBOX_PERMISSION, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::MAILBOX)?;
    if call.is(&OWNER) {
        return owner(rooms, Store::Mailbox, &record, out);
    }
    let about =
        call.get(&USER)?.map(|written| crate::permission::named(rooms, &written, USER.name())).transpose()?;
    let identity = Value::typed(rooms.directory().id(&record));
    let entries = rooms.directory().entries(Store::Mailbox, &record).into_iter();
    let wanted = entries.filter(|shown| about.as_ref().is_none_or(|about| about.sid == shown.entry.trustee));
    let mut wish = Wish::of(call)?;
    for one in wanted {
        if !wish.takes(out)? {
            break;
        }
        out.object(permission(rooms, &identity, &one))?;
    }
    Ok(())
}

fn permission(rooms: &Rooms, identity: &Value, one: &Shown) -> Object {
    row(&MAILBOX_PERMISSION, identity, one)
        .with(RIGHTS.name(), Value::array(one.entry.list()))
        .with(ABOUT.name(), rooms.directory().shown_trustee(&one.entry.trustee))
}

static ADD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Gives somebody rights to a mailbox, or denies them.",
    notes: "Full Access lets somebody open the mailbox and not send from it: that is Add-ADPermission -ExtendedRights \
            'Send As', or Set-Mailbox -GrantSendOnBehalfTo. A mailbox takes 500 entries; give rights to groups beyond.",
    reads: &[&AUTO_MAPPING, &NEW_OWNER],
    shares: &[ENTRY],
    roles: MAIL_RECIPIENTS,
    examples: &[
        Example {
            about: "Lets Ben work in Ann's mailbox, which appears in his client by itself.",
            command: "Add-MailboxPermission ann -User ben -AccessRights FullAccess -InheritanceType All",
        },
        Example {
            about: "The same, but he opens it himself.",
            command: "Add-MailboxPermission ann -User ben -AccessRights FullAccess -AutoMapping $false",
        },
        Example { about: "Makes Ben the owner.", command: "Add-MailboxPermission ann -Owner ben" },
    ],
    ..Cmdlet::new(Verb::Add, &MAILBOX_PERMISSION, add)
};

fn add(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = object(rooms, call, &kinds::MAILBOX)?;
    if let Some(new) = call.get(&NEW_OWNER)? {
        return set_owner(rooms, call, out, (Store::Mailbox, &record), &new);
    }
    within_scopes(rooms.directory(), call.author(), &record)?;
    let (about, entry) = entry(rooms, call)?;
    if entry.rights & MailboxRight::SendAs as i64 != 0 {
        return Err(send_as_elsewhere(&record, &about));
    }
    let shown = rooms.shown(&record);
    if !out.should(&shown, &sentence("Adding", "mailbox", &shown, &about.shown, &listed(&entry)))? {
        return Ok(());
    }
    let mapped = delegate(rooms.directory(), &about, &entry, call.get(&AUTO_MAPPING)?)?;
    let (guid, given) = (record.guid(), entry.clone());
    let done =
        rooms.directory().change(call.author(), move |change| change.grant_mapped(guid, &given, mapped))?;
    if let Some(warning) = untouched(rooms, (done, true), &entry, &record) {
        out.warning(warning)?;
    }
    show(rooms, guid, &entry, out)
}

/// Who is meant and what they are given, denied, or lose.
fn entry(rooms: &Rooms, call: &Call) -> Result<(Trustee, AccessEntry)> {
    let about = trustee(rooms, call)?;
    let rights = match call.list(&ACCESS_RIGHTS)? {
        Some(rights) => rights,
        None => rights_of_instance(call)?,
    };
    let rights = rights.iter().fold(0, |all, one| all | one.0);
    if rights == 0 {
        return Err(missing(ACCESS_RIGHTS.name()));
    }
    let inheritance = reach(call)?.unwrap_or(InheritanceType::All);
    let entry =
        AccessEntry { deny: is_denied(call)?, inheritance, ..AccessEntry::mailbox(&about.sid, rights) };
    Ok((about, entry))
}

/// The rights of a piped permission. They count by their words: those of an object say nothing here.
fn rights_of_instance(call: &Call) -> Result<Vec<MailboxRights>> {
    let given = of_instance(call, RIGHTS.name())?.unwrap_or_default();
    let read =
        |item: &Value| MAILBOX_RIGHTS.parse(&item.to_string()).map(|right| MailboxRights(right.number));
    Ok(given.items().iter().filter_map(read).collect())
}

/// In whose client the mailbox is to appear by itself: of a single user with Full Access unless that is unwanted, of
/// others where it is asked for.
fn delegate(
    directory: &Directory,
    about: &Trustee,
    entry: &AccessEntry,
    wanted: Option<bool>,
) -> Result<Option<Guid>> {
    let Some(record) = directory.by_sid(&about.sid) else {
        return if wanted == Some(true) { Err(not_mapped(about)) } else { Ok(None) };
    };
    if entry.deny {
        return Ok(None);
    }
    let usual = entry.rights & MailboxRight::FullAccess as i64 != 0 && record.class() == Class::User;
    Ok(wanted.unwrap_or(usual).then(|| record.guid()))
}

fn not_mapped(about: &Trustee) -> Error {
    let message = format!("The mailbox cannot appear by itself in a client of {}.", about.shown);
    Error::caller(ErrorId::ParametersExclude, message)
        .help("Leave -AutoMapping out: only who is here and is given a right has such a client.")
        .about("AutoMapping")
}

fn send_as_elsewhere(record: &Record, about: &Trustee) -> Error {
    let message = "To send as a mailbox is a right to the object, not to the mailbox.";
    Error::caller(ErrorId::InvalidValue, message)
        .help(format!(
            "Run Add-ADPermission \"{}\" -User \"{}\" -ExtendedRights \"Send As\".",
            record.name(),
            about.shown
        ))
        .about(ACCESS_RIGHTS.name())
}

/// Shows the entry that holds what was given.
fn show(rooms: &Rooms, mailbox: Guid, entry: &AccessEntry, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.directory().need(mailbox)?;
    let identity = Value::typed(rooms.directory().id(&record));
    let entries = rooms.directory().entries(Store::Mailbox, &record);
    let found = entries.iter().find(|shown| !shown.inherited && shown.entry.joins(entry));
    found.map_or(Ok(()), |found| out.object(permission(rooms, &identity, found)))
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes rights to a mailbox away that somebody was given, or a denial.",
    notes: "A denial is taken away with -Deny. What comes from above is taken away there.",
    reads: &[&CLEAR_AUTO_MAPPING, &RESET_DEFAULT],
    shares: &[ENTRY],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Keeps Ben out of Ann's mailbox from now on.",
        command: "Remove-MailboxPermission ann -User ben -AccessRights FullAccess -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX_PERMISSION, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = object(rooms, call, &kinds::MAILBOX)?;
    within_scopes(rooms.directory(), call.author(), &record)?;
    if call.is(&CLEAR_AUTO_MAPPING) {
        return reset(rooms, call, out, &record, false);
    }
    if call.is(&RESET_DEFAULT) {
        return reset(rooms, call, out, &record, true);
    }
    let (about, entry) = entry(rooms, call)?;
    let shown = rooms.shown(&record);
    if !out.should(&shown, &sentence("Removing", "mailbox", &shown, &about.shown, &listed(&entry)))? {
        return Ok(());
    }
    let (guid, gone, reach) = (record.guid(), entry.clone(), reach(call)?);
    let delegate = rooms.directory().by_sid(&about.sid).map(|record| record.guid());
    let done = rooms.directory().change(call.author(), move |change| {
        let done = change.revoke(guid, &gone, reach)?;
        if let (Granted::Done, Some(delegate)) = (done, delegate.filter(|_| !gone.deny)) {
            unmap(change, guid, &gone, delegate)?;
        }
        // The right to send stands elsewhere and is taken there.
        if gone.rights & MailboxRight::SendAs as i64 == 0 {
            return Ok(done);
        }
        let sending = AccessEntry { deny: gone.deny, ..AccessEntry::extended(&gone.trustee, SEND_AS) };
        let sent = change.revoke(guid, &sending, None)?;
        Ok(if done == Granted::Done { done } else { sent })
    })?;
    untouched(rooms, (done, false), &entry, &record).map_or(Ok(()), |warning| out.warning(warning))
}

/// Whoever loses Full Access, or all there was, no longer has the mailbox in the client.
fn unmap(
    change: &mut directory::Change<'_>,
    mailbox: Guid,
    gone: &AccessEntry,
    delegate: Guid,
) -> Result<()> {
    let left = change.read(mailbox)?.all(&MAILBOX_ENTRIES);
    let any = left.iter().any(|entry| !entry.deny && entry.trustee == gone.trustee);
    if gone.rights & MailboxRight::FullAccess as i64 != 0 || !any {
        change.map(mailbox, delegate, false)?;
    }
    Ok(())
}

fn reset(
    rooms: &Rooms,
    call: &Call,
    out: &mut Output<'_>,
    record: &Arc<Record>,
    entries_too: bool,
) -> Result<()> {
    let (shown, guid) = (rooms.shown(record), record.guid());
    let what = if entries_too { "all permissions and automapping" } else { "automapping" };
    if !out.should(&shown, &format!("Removing {what} from mailbox \"{shown}\"."))? {
        return Ok(());
    }
    rooms.directory().change(call.author(), move |change| {
        let mut record = change.read(guid)?;
        record.clear(&AUTO_MAPPED);
        if entries_too {
            record.clear(&MAILBOX_ENTRIES);
        }
        change.save(record)
    })
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes whether a mailbox appears in somebody's client by itself, and leaves the rights alone.",
    notes: "It sets -AutoMapping only: rights are given by Add-MailboxPermission and taken by Remove-MailboxPermission.",
    reads: &[&IDENTITY, &USER, &AUTO_MAPPING, &ACCESS_RIGHTS, &DENY, &INHERITANCE_TYPE, &NEW_OWNER],
    roles: MAIL_RECIPIENTS,
    examples: &[Example {
        about: "Lets Ann's mailbox appear in Ben's client.",
        command: "Set-MailboxPermission ann -User ben -AutoMapping $true",
    }],
    ..Cmdlet::new(Verb::Set, &MAILBOX_PERMISSION, set)
};

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(other) = of_add(call)? {
        let message = format!("Set-MailboxPermission changes AutoMapping only, not {other}.");
        return Err(Error::caller(ErrorId::NamedParameterNotFound, message)
            .help("Give rights with Add-MailboxPermission, take them with Remove-MailboxPermission.")
            .about(other));
    }
    let record = rooms.one(call, &kinds::MAILBOX)?;
    within_scopes(rooms.directory(), call.author(), &record)?;
    let about = trustee_of_set(rooms, call)?;
    let on = call.get(&AUTO_MAPPING)?.ok_or_else(|| missing(AUTO_MAPPING.name()))?;
    let shown = rooms.shown(&record);
    let words = if on { "Switching on" } else { "Switching off" };
    if !out
        .should(&shown, &format!("{words} automapping of mailbox \"{shown}\" for \"{}\".", about.name()))?
    {
        return Ok(());
    }
    let (guid, delegate) = (record.guid(), about.guid());
    let changed = rooms.directory().change(call.author(), move |change| change.map(guid, delegate, on))?;
    let still = rooms.directory().mapped_mailboxes(delegate).iter().any(|mapped| mapped.guid() == guid);
    if still && !on {
        return out.warning(format!(
            "Mailbox \"{shown}\" still appears for \"{}\", through a group that it is mapped to.",
            about.name()
        ));
    }
    if changed {
        return Ok(());
    }
    out.warning(format!(
        "Automapping of mailbox \"{shown}\" for \"{}\" was {} already.",
        about.name(),
        if on { "on" } else { "off" }
    ))
}

/// A parameter that only the cmdlets that give and take rights have.
fn of_add(call: &Call) -> Result<Option<&'static str>> {
    let rights = call.list(&ACCESS_RIGHTS)?.map(|_| ACCESS_RIGHTS.name());
    let owner = call.get(&NEW_OWNER)?.map(|_| NEW_OWNER.name());
    let reach = call.get(&INHERITANCE_TYPE)?.map(|_| INHERITANCE_TYPE.name());
    Ok(rights.or(owner).or(reach).or(call.is(&DENY).then(|| DENY.name())))
}

/// A user or group whose client is meant: nobody else has one.
fn trustee_of_set(rooms: &Rooms, call: &Call) -> Result<Arc<Record>> {
    let written = call.get(&USER)?.ok_or_else(|| missing(USER.name()))?;
    rooms.directory().resolve(&kinds::SECURITY_PRINCIPAL, &written).map_err(|error| error.about(USER.name()))
}
