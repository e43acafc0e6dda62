//! Accepted domains: whose mail this organization takes.

use crate::rooms::Rooms;
use crate::standard::{Besides, Subject};
use directory::schema::domain::{ACCEPTED_DOMAIN, DEFAULT, DOMAIN_NAME};
use directory::{Class, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::{Error, ErrorId, Parameter, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &REMOVE];

static MAKE_DEFAULT: Parameter<bool> = Parameter::new(
    "MakeDefault",
    "Whether the domain becomes the one in which new addresses are made; the default domain cannot give that up.",
);

static DOMAINS: Subject = Subject {
    check: check_default,
    words: |verb, _, call, name| {
        let domain = call.property(&DOMAIN_NAME).unwrap_or_default();
        (verb == Verb::New)
            .then(|| format!("Creating Accepted Domain \"{name}\" with domain name \"{domain}\"."))
    },
    besides: make_default,
    remove: |rooms, call, record, _| {
        let guid = record.guid();
        rooms.directory().change(call.author(), move |change| change.remove_domain(guid))
    },
    ..Subject::of(&ACCEPTED_DOMAIN, &kinds::ACCEPTED_DOMAIN, Class::AcceptedDomain, "accepted domain")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the domains whose mail this organization takes.",
    roles: &["View-Only Configuration"],
    examples: &[Example { about: "Lists all accepted domains.", command: "Get-AcceptedDomain" }],
    ..DOMAINS.cmdlet(Verb::Get)
};

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a domain whose mail this organization takes.",
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Takes mail for litware.com, too.",
        command: "New-AcceptedDomain -Name Litware -DomainName litware.com",
    }],
    ..DOMAINS.cmdlet(Verb::New)
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes how mail for an accepted domain is treated.",
    notes: "Changing the default domain does not change the address policy.",
    reads: &[&MAKE_DEFAULT],
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Makes new addresses in fabrikam.com from now on.",
        command: "Set-AcceptedDomain fabrikam.com -MakeDefault $true",
    }],
    ..DOMAINS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Stops taking mail for a domain.",
    notes: "The default domain and domains used by an address policy stay.",
    roles: &["Remote and Accepted Domains"],
    examples: &[Example {
        about: "Takes no mail for fabrikam.com any more.",
        command: "Remove-AcceptedDomain fabrikam.com -Confirm:$false",
    }],
    ..DOMAINS.cmdlet(Verb::Remove)
};

fn make_default(_: &Rooms, call: &Call, record: &Record) -> Result<Option<Besides>> {
    let wanted = call.get(&MAKE_DEFAULT)? == Some(true) && !record.is(&DEFAULT);
    Ok(wanted.then(|| -> Besides { Box::new(|change, guid| change.make_default_domain(guid)) }))
}

/// There is always a default domain: another one takes its place, none gives it up.
fn check_default(verb: Verb, _: &Rooms, call: &Call, record: &Record) -> Result<()> {
    if verb == Verb::Set && call.get(&MAKE_DEFAULT)? == Some(false) && record.is(&DEFAULT) {
        return Err(Error::conflict(
            ErrorId::DefaultDomainNeeded,
            "There must be a default accepted domain.",
        )
        .help("Make another one the default: Set-AcceptedDomain … -MakeDefault $true.")
        .about(MAKE_DEFAULT.name()));
    }
    Ok(())
}
