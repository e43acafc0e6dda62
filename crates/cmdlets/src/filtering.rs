//! The filters: spam scores, unwanted senders, recipients for whom nothing is taken, machines that are known, and what a
//! mailbox takes for junk.

use crate::rooms::Rooms;
use crate::standard::Subject;
use directory::schema::filtering::{
    CONTENT_FILTER_CONFIG, CONTENT_FILTER_ENABLED, ENTRY_COMMENT, EXPIRATION, IP_ALLOW_LIST_ENTRY,
    IP_BLOCK_LIST_ENTRY, IP_RANGE, RECIPIENT_FILTER_CONFIG, RECIPIENT_FILTER_ENABLED, SENDER_FILTER_CONFIG,
    SENDER_FILTER_ENABLED,
};
use directory::schema::mailbox::{JUNK_ENABLED, MAILBOX_JUNK_EMAIL_CONFIGURATION};
use directory::{AddressRange, Class, Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::DateTime;
use object::{Error, ErrorId, Keys, Object, Parameter, Property, Result};
use std::net::IpAddr;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[
    &GET_CONTENT,
    &SET_CONTENT,
    &GET_SENDER,
    &SET_SENDER,
    &GET_RECIPIENT,
    &SET_RECIPIENT,
    &GET_ALLOW,
    &ADD_ALLOW,
    &REMOVE_ALLOW,
    &GET_BLOCK,
    &ADD_BLOCK,
    &REMOVE_BLOCK,
    &GET_JUNK,
    &SET_JUNK,
];

const ROLES: &[&str] = &["Transport Hygiene"];
const VIEW: &[&str] = &["Transport Hygiene", "View-Only Configuration"];

/// What scripts ask for as `Enabled`.
fn enabled(record: &Record, object: &Object, switch: &Property<bool>) {
    object.set("Enabled", record.is(switch));
}

static CONTENT: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    complete: |_, _, record, object| enabled(record, object, &CONTENT_FILTER_ENABLED),
    ..Subject::of(
        &CONTENT_FILTER_CONFIG,
        &kinds::ORGANIZATION,
        Class::Organization,
        "content filter configuration",
    )
};
static SENDER: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    complete: |_, _, record, object| enabled(record, object, &SENDER_FILTER_ENABLED),
    ..Subject::of(
        &SENDER_FILTER_CONFIG,
        &kinds::ORGANIZATION,
        Class::Organization,
        "sender filter configuration",
    )
};
static RECIPIENT: Subject = Subject {
    one: |_, rooms, _| rooms.directory().organization(),
    complete: |_, _, record, object| enabled(record, object, &RECIPIENT_FILTER_ENABLED),
    ..Subject::of(
        &RECIPIENT_FILTER_CONFIG,
        &kinds::ORGANIZATION,
        Class::Organization,
        "recipient filter configuration",
    )
};
static JUNK: Subject = Subject {
    complete: |_, _, record, object| enabled(record, object, &JUNK_ENABLED),
    ..Subject::of(
        &MAILBOX_JUNK_EMAIL_CONFIGURATION,
        &kinds::MAILBOX,
        Class::User,
        "junk e-mail configuration",
    )
};

static GET_CONTENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what is done about spam.",
    roles: VIEW,
    examples: &[Example { about: "Shows what is done about spam.", command: "Get-ContentFilterConfig" }],
    ..CONTENT.cmdlet(Verb::Get)
};
static SET_CONTENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what is done about spam.",
    notes: "Messages are deleted, refused or quarantined from their threshold on; Set-Mailbox says otherwise for a mailbox. Who \
            scores messages is another program, which writes X-MS-Exchange-Organization-SCL, or a transport rule.",
    roles: ROLES,
    examples: &[Example {
        about: "Quarantines spam with a score of 6 or more.",
        command: "Set-ContentFilterConfig -SCLQuarantineEnabled $true -SCLQuarantineThreshold 6 -QuarantineMailbox administrator@contoso.com",
    }],
    ..CONTENT.cmdlet(Verb::Set)
};
static GET_SENDER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows from whom nothing is taken.",
    roles: VIEW,
    examples: &[Example { about: "Shows from whom nothing is taken.", command: "Get-SenderFilterConfig" }],
    ..SENDER.cmdlet(Verb::Get)
};
static SET_SENDER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes from whom nothing is taken.",
    notes: "-RecipientBlockedSenderAction says what is done with mail of a sender (MAIL FROM) whom its recipient has blocked: Reject \
            (the sender hears 554 5.1.0) or Delete (nobody is told, and Get-MessageFate knows). With -Enabled $false it goes to \
            Junk Email, as does what comes through a group, or names a blocked sender in From alone.",
    roles: ROLES,
    examples: &[
        Example {
            about: "Takes nothing from evil.example and what is below it.",
            command: "Set-SenderFilterConfig -BlockedDomainsAndSubdomains evil.example",
        },
        Example {
            about: "Drops what recipients have blocked, and tells nobody.",
            command: "Set-SenderFilterConfig -RecipientBlockedSenderAction Delete",
        },
    ],
    ..SENDER.cmdlet(Verb::Set)
};
static GET_RECIPIENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows for whom nothing is taken.",
    roles: VIEW,
    examples: &[Example { about: "Shows for whom nothing is taken.", command: "Get-RecipientFilterConfig" }],
    ..RECIPIENT.cmdlet(Verb::Get)
};
static SET_RECIPIENT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes for whom nothing is taken.",
    notes: "Without recipient validation, recipients that do not exist are found out behind the rules of the Edge: a rule can \
            have sent their mail elsewhere, and the sender of the rest is told by mail.",
    roles: ROLES,
    examples: &[Example {
        about: "Lets a rule see mail for recipients that do not exist.",
        command: "Set-RecipientFilterConfig -RecipientValidationEnabled $false",
    }],
    ..RECIPIENT.cmdlet(Verb::Set)
};
static GET_JUNK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what a mailbox takes for junk.",
    roles: &["User Options", "View-Only Recipients"],
    examples: &[Example {
        about: "Shows what Frank takes for junk.",
        command: "Get-MailboxJunkEmailConfiguration frank",
    }],
    ..JUNK.cmdlet(Verb::Get)
};
static SET_JUNK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes what a mailbox takes for junk.",
    notes: "-ContactsTrusted cannot be set yet: no client can keep contacts in a mailbox so far, so there is nobody whom it would \
            trust. -TrustedSendersAndDomains names those who are safe.",
    roles: &["User Options"],
    examples: &[Example {
        about: "Trusts a sender, and blocks a domain.",
        command: "Set-MailboxJunkEmailConfiguration frank -TrustedSendersAndDomains friend@far.example -BlockedSendersAndDomains evil.example",
    }],
    ..JUNK.cmdlet(Verb::Set)
};

static ADDRESS: Parameter<String> = Parameter::new("IPAddress", "One address.");
static RANGE: Parameter<String> =
    Parameter::new("IPRange", "A range 192.0.2.1-192.0.2.9 or a network 192.0.2.0/24.");
static UNTIL: Parameter<DateTime> =
    Parameter::new("ExpirationTime", "Until when the entry is in force; for ever by default.");
static COMMENT: Parameter<String> = Parameter::new("Comment", "What the entry is for.");
static LOOKED_FOR: Keys = &[&ADDRESS];
static GIVEN: Keys = &[&ADDRESS, &RANGE, &UNTIL, &COMMENT];

static ALLOW: Subject = Subject {
    wanted: |subject, _, call| wanted(subject, call),
    ..Subject::of(
        &IP_ALLOW_LIST_ENTRY,
        &kinds::IP_ALLOW_LIST_ENTRY,
        Class::IpAllowListEntry,
        "IP allow list entry",
    )
};
static BLOCK: Subject = Subject {
    wanted: |subject, _, call| wanted(subject, call),
    ..Subject::of(
        &IP_BLOCK_LIST_ENTRY,
        &kinds::IP_BLOCK_LIST_ENTRY,
        Class::IpBlockListEntry,
        "IP block list entry",
    )
};

/// The entries that hold an address.
fn wanted(subject: &Subject, call: &Call) -> Result<crate::standard::Wanted<'static>> {
    let all = crate::standard::Wanted::all(directory::Query::of(subject.kind));
    let Some(text) = call.get(&ADDRESS)? else { return Ok(all) };
    let address: IpAddr = text.trim().parse().map_err(|_| not_an_address(&text))?;
    let passes = move |record: &Record| {
        let range = record.get(&IP_RANGE).and_then(|range| AddressRange::parse(&range));
        range.is_some_and(|range| range.holds(address))
    };
    Ok(crate::standard::Wanted { passes: Box::new(passes), ..all })
}

fn not_an_address(text: &str) -> Error {
    Error::caller(ErrorId::InvalidValue, format!("'{text}' is not an IP address.")).about(ADDRESS.name())
}

fn add(subject: &Subject, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (address, range) = (call.get(&ADDRESS)?, call.get(&RANGE)?);
    if let Some(text) = address.as_ref().filter(|text| text.trim().parse::<IpAddr>().is_err()) {
        return Err(not_an_address(text));
    }
    let range = address.or(range).unwrap_or_default().trim().to_owned();
    let mut edits = vec![Edit::new(object::Declared::spec(&IP_RANGE), &range.as_str().into())?];
    edits.extend(call.get(&UNTIL)?.map(|until| Edit::set(&EXPIRATION, until)));
    if let Some(comment) = call.get(&COMMENT)? {
        edits.push(Edit::new(object::Declared::spec(&ENTRY_COMMENT), &comment.as_str().into())?);
    }
    if !out.should(&range, &format!("Adding {} \"{range}\".", subject.called))? {
        return Ok(());
    }
    let class = subject.class;
    let made = rooms
        .directory()
        .change(call.author(), move |change| change.new_configuration(class, &range, &edits))?;
    out.object(rooms.object(made.guid(), subject.noun)?)
}

static GET_ALLOW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the machines whose mail is not filtered.",
    reads: LOOKED_FOR,
    roles: VIEW,
    examples: &[Example { about: "Lists all entries.", command: "Get-IPAllowListEntry" }],
    ..ALLOW.cmdlet(Verb::Get)
};
static ADD_ALLOW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Adds machines whose mail is not filtered.",
    reads: GIVEN,
    roles: ROLES,
    examples: &[Example {
        about: "Trusts a network.",
        command: "Add-IPAllowListEntry -IPRange 192.0.2.0/24",
    }],
    ..Cmdlet::new(Verb::Add, &IP_ALLOW_LIST_ENTRY, |rooms, call, out| add(&ALLOW, rooms, call, out))
};
static REMOVE_ALLOW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes an entry from the list of machines whose mail is not filtered.",
    roles: ROLES,
    examples: &[Example {
        about: "Filters the mail of a network again.",
        command: "Get-IPAllowListEntry -IPAddress 192.0.2.7 | Remove-IPAllowListEntry -Confirm:$false",
    }],
    ..ALLOW.cmdlet(Verb::Remove)
};
static GET_BLOCK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the machines from which nothing is taken.",
    reads: LOOKED_FOR,
    roles: VIEW,
    examples: &[Example { about: "Lists all entries.", command: "Get-IPBlockListEntry" }],
    ..BLOCK.cmdlet(Verb::Get)
};
static ADD_BLOCK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Adds machines from which nothing is taken.",
    reads: GIVEN,
    roles: ROLES,
    examples: &[Example {
        about: "Takes nothing from a machine.",
        command: "Add-IPBlockListEntry -IPAddress 203.0.113.9",
    }],
    ..Cmdlet::new(Verb::Add, &IP_BLOCK_LIST_ENTRY, |rooms, call, out| add(&BLOCK, rooms, call, out))
};
static REMOVE_BLOCK: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes an entry from the list of machines from which nothing is taken.",
    roles: ROLES,
    examples: &[Example {
        about: "Takes mail from a machine again.",
        command: "Get-IPBlockListEntry -IPAddress 203.0.113.9 | Remove-IPBlockListEntry -Confirm:$false",
    }],
    ..BLOCK.cmdlet(Verb::Remove)
};
