//! Address lists and global address lists: some of the recipients, for people to look through.

use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Besides, Subject, Wanted};
use directory::schema::address_list::{ADDRESS_LIST, APPLIED, GLOBAL_LIST, IS_DEFAULT_GLOBAL};
use directory::{Class, IdentityKind, Query, Record, default_stays, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Error, ErrorId, Noun, Parameter, Result, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[
    &GET,
    &NEW,
    &SET,
    &REMOVE,
    &UPDATE,
    &GET_GLOBAL,
    &NEW_GLOBAL,
    &SET_GLOBAL,
    &REMOVE_GLOBAL,
    &UPDATE_GLOBAL,
];

const ROLES: &[&str] = &["Address Lists"];
const LIVE: &str = "A list shows whom its filter finds at the moment somebody looks; RecipientFilterApplied says whether \
                    Update- was run since the filter was changed.";

static DEFAULT_ONLY: Parameter<Switch> = Parameter::new(
    "DefaultOnly",
    "Only the global address list that everybody without an address book policy sees.",
);

const fn lists(
    noun: &'static Noun,
    kind: &'static IdentityKind,
    class: Class,
    called: &'static str,
) -> Subject {
    Subject { check, besides, remove: remove_of_address_book, ..Subject::of(noun, kind, class, called) }
}

static LISTS: Subject = lists(&ADDRESS_LIST, &kinds::ADDRESS_LIST, Class::AddressList, "address list");
static GLOBAL: Subject = Subject {
    wanted: |subject, _, call| {
        let only = call.is(&DEFAULT_ONLY);
        let passes = move |list: &Record| !only || list.is(&IS_DEFAULT_GLOBAL);
        Ok(Wanted { query: Query::of(subject.kind), passes: Box::new(passes) })
    },
    ..lists(&GLOBAL_LIST, &kinds::GLOBAL_ADDRESS_LIST, Class::GlobalAddressList, "global address list")
};

/// Removes what nothing of the address book names any more.
pub(crate) fn remove_of_address_book(
    rooms: &Rooms,
    call: &Call,
    record: &Record,
    _: &mut Output<'_>,
) -> Result<()> {
    let guid = record.guid();
    rooms.directory().change(call.author(), move |change| change.remove_of_address_book(guid))
}

/// A list whose filter is changed was not updated since.
fn besides(_: &Rooms, call: &Call, list: &Record) -> Result<Option<Besides>> {
    let filter = |name: &str| name.starts_with("Conditional") || name.contains("Recipient");
    let changed = list.is(&APPLIED) && call.properties().any(|(spec, _)| filter(spec.name));
    Ok(changed.then(|| -> Besides { Box::new(|change, guid| change.list_applied(guid, false)) }))
}

/// The default global list stays what it is.
fn check(verb: Verb, _: &Rooms, _: &Call, list: &Record) -> Result<()> {
    match verb {
        Verb::Set | Verb::Remove if list.is(&IS_DEFAULT_GLOBAL) => {
            Err(default_stays(list, if verb == Verb::Set { "changed" } else { "removed" }))
        }
        _ => Ok(()),
    }
}

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the address lists.",
    notes: LIVE,
    roles: &["View-Only Configuration", "Address Lists"],
    examples: &[
        Example { about: "Lists all address lists.", command: "Get-AddressList" },
        Example {
            about: "Shows whom one shows.",
            command: "Get-AddressList '\\All Rooms' | Format-List Name, RecipientFilter",
        },
    ],
    ..LISTS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes an address list.",
    notes: "The filter is written with -RecipientFilter, or made of -IncludedRecipients and conditions. Lists do not stand in \
            one another, so that each needs a name of its own.",
    roles: ROLES,
    examples: &[
        Example {
            about: "Makes a list of the people in Sales.",
            command: "New-AddressList Sales -IncludedRecipients MailboxUsers -ConditionalDepartment Sales",
        },
        Example {
            about: "Makes a list by a filter.",
            command: "New-AddressList Vienna -RecipientFilter \"City -eq 'Vienna'\"",
        },
    ],
    ..LISTS.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes an address list.",
    notes: "What is given of a filter by conditions is put beside what the list has; -RecipientFilter takes the place of it all.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes the people of Marketing into the list.",
        command: "Set-AddressList 'Litware People' -ConditionalDepartment Sales,Marketing",
    }],
    ..LISTS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes an address list that no policy and no offline address book names.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes a list without asking.",
        command: "Remove-AddressList 'Litware People' -Confirm:$false",
    }],
    ..LISTS.cmdlet(Verb::Remove)
};

static UPDATE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts the recipients into an address list who belong there now.",
    notes: LIVE,
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example { about: "Updates a list.", command: "Update-AddressList 'Litware People'" }],
    ..Cmdlet::new(Verb::Update, &ADDRESS_LIST, |rooms, call, out| update(&LISTS, rooms, call, out))
};

static GET_GLOBAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the global address lists.",
    notes: LIVE,
    reads: &[&DEFAULT_ONLY],
    roles: &["View-Only Configuration", "Address Lists"],
    examples: &[
        Example { about: "Lists all global address lists.", command: "Get-GlobalAddressList" },
        Example {
            about: "Shows the one that everybody sees.",
            command: "Get-GlobalAddressList -DefaultOnly",
        },
    ],
    ..GLOBAL.cmdlet(Verb::Get)
};

static NEW_GLOBAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a global address list for users with an address book policy.",
    roles: ROLES,
    examples: &[Example {
        about: "Makes a list of everybody in one company.",
        command: "New-GlobalAddressList Fabrikam -IncludedRecipients AllRecipients -ConditionalCompany Fabrikam",
    }],
    ..GLOBAL.cmdlet(Verb::New)
};

static SET_GLOBAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes a global address list; the default one stays as it is.",
    roles: ROLES,
    examples: &[Example {
        about: "Changes whom a list shows.",
        command: "Set-GlobalAddressList Litware -RecipientFilter \"Company -like 'Litware*'\"",
    }],
    ..GLOBAL.cmdlet(Verb::Set)
};

static REMOVE_GLOBAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a global address list that no policy names; the default one stays.",
    roles: ROLES,
    examples: &[Example {
        about: "Removes a list without asking.",
        command: "Remove-GlobalAddressList Litware -Confirm:$false",
    }],
    ..GLOBAL.cmdlet(Verb::Remove)
};

static UPDATE_GLOBAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts the recipients into a global address list who belong there now.",
    notes: LIVE,
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Updates the list that everybody sees.",
        command: "Update-GlobalAddressList 'Default Global Address List'",
    }],
    ..Cmdlet::new(Verb::Update, &GLOBAL_LIST, |rooms, call, out| update(&GLOBAL, rooms, call, out))
};

fn update(subject: &Subject, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let list = rooms.one(call, subject.kind)?;
    let shown = rooms.shown(&list);
    // A filter that was kept from before and cannot be read is found here, and not when somebody looks.
    if let Err(error) = rooms.directory().audience(&list) {
        let message = format!("The filter of '{shown}' can't be read. {}", error.message());
        return Err(Error::conflict(ErrorId::InvalidValue, message).about(IDENTITY.name()));
    }
    if !out.should(&shown, &format!("Updating {} \"{shown}\".", subject.called))? {
        return Ok(());
    }
    let guid = list.guid();
    rooms.directory().change(call.author(), move |change| change.list_applied(guid, true))
}
