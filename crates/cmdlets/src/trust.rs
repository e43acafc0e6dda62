//! Trusts in foreign directories, whose accounts may own linked mailboxes: listed, made, changed, tested, removed.

use crate::active_directory::asked_for;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{Besides, FILTER, Subject};
use ::mailbox::controllers;
use ::mailbox::forest::{self, check_authority};
use directory::schema::trust::{ADDRESS, CERTIFICATE_AUTHORITY, DOMAIN_CONTROLLER, NETBIOS_NAME, TRUST};
use directory::{Class, Edit, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Credential, SmtpDomain};
use object::{Declared, Error, ErrorId, Noun, Parameter, Property, Result, Switch, Value};
use std::io::Read as _;
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &SET, &TEST, &REMOVE];

const ROLES: &[&str] = &["Federated Sharing"];

static CONTROLLERS: Parameter<String> = Parameter::of(&DOMAIN_CONTROLLER);
static ADDRESSES: Parameter<String> = Parameter::of(&ADDRESS);
static NETBIOS: Parameter<String> = Parameter::of(&NETBIOS_NAME);
static AUTHORITY: Parameter<String> = Parameter::new(
    "CertificateAuthority",
    "The authority that the controllers' certificates are from: a file in PEM on the server, or the PEM text itself; $null \
     for those of the system.",
)
.nullable();
static CREDENTIAL: Parameter<Credential> = Parameter::new(
    "Credential",
    "As whom the foreign directory is asked: a DN, DOMAIN\\name or UPN and its password; $null for nobody. Without it an \
     Active Directory is asked as the account itself when it logs on, and look-ups need -LinkedCredential.",
)
.nullable();
static FORCE: Parameter<Switch> =
    Parameter::new("Force", "Removes the trust although linked mailboxes belong to its accounts.");

static TRUSTS: Subject = Subject {
    words: |verb, _, _, name| (verb == Verb::New).then(|| format!("Creating trust \"{name}\".")),
    besides: |rooms, call, record| {
        let guid = record.guid();
        let (settings, credential) = (settings(call, Some(record))?, credential(rooms, call, record)?);
        let besides: Besides = Box::new(move |change, _| {
            let mut record = change.read(guid)?;
            if change.edit(&mut record, &settings)? {
                change.save(record)?;
            }
            match &credential {
                Some(given) => {
                    let pair = given.as_ref().map(|(name, sealed)| (name.as_str(), sealed.as_str()));
                    change.put_credential(guid, pair)
                }
                None => Ok(()),
            }
        });
        let given = [
            call.value(&CONTROLLERS),
            call.value(&ADDRESSES),
            call.value(&AUTHORITY),
            call.value(&CREDENTIAL),
        ];
        Ok(given.iter().any(Option::is_some).then_some(besides))
    },
    make,
    remove: |rooms, call, record, _| {
        let (guid, even_in_use) = (record.guid(), call.is(&FORCE));
        rooms.directory().change(call.author(), move |change| change.remove_trust(guid, even_in_use))
    },
    ..Subject::of(&TRUST, &kinds::TRUST, Class::Trust, "trust")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the foreign directories that this organization trusts.",
    reads: &[&IDENTITY, &FILTER],
    roles: &["View-Only Configuration", "Federated Sharing"],
    examples: &[
        Example { about: "Lists all trusts.", command: "Get-ADTrust -Filter *" },
        Example {
            about: "Lists the trusts whose accounts are called FABRIKAM\\….",
            command: "Get-ADTrust -Filter \"NetBiosName -eq 'FABRIKAM'\"",
        },
    ],
    ..Cmdlet::new(Verb::Get, &TRUST, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if call.get(&IDENTITY)?.is_some() {
        let record = rooms.one(call, &kinds::TRUST)?;
        return out.object(rooms.directory().object(&record, &TRUST));
    }
    let filter = asked_for(call)?.map(|text| crate::standard::filter(&text, &TRUST)).transpose()?;
    let query = directory::Query { filter, ..directory::Query::of(&kinds::TRUST) };
    for record in rooms.directory().find(&query)? {
        out.object(rooms.directory().object(&record, &TRUST))?;
    }
    Ok(())
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Trusts a foreign directory, so that its accounts may own linked mailboxes.",
    notes: "The controllers are asked over TLS only: LDAPS, else StartTLS; the certificate must bear the controller's name. \
            Nothing is asked when the trust is made: see Test-ADTrust. The password of the credential is kept sealed.",
    reads: &[&CONTROLLERS, &ADDRESSES, &NETBIOS, &AUTHORITY, &CREDENTIAL],
    roles: ROLES,
    examples: &[
        Example {
            about: "Trusts tailspin.test.",
            command: "New-ADTrust -Name tailspin.test -NetBiosName TAILSPIN -DomainController dc1.tailspin.test",
        },
        Example {
            about: "Trusts litware.test, whose two controllers are named by URLs and addresses.",
            command: "New-ADTrust litware.test -DomainController ldaps://dc1.litware.test:6360,\
                      ldap://dc2.litware.test:3890 -Address 192.0.2.1,192.0.2.2",
        },
    ],
    ..TRUSTS.cmdlet(Verb::New)
};

fn make(subject: &Subject, rooms: &Rooms, call: &Call, name: &str, edits: Vec<Edit>) -> Result<Arc<Record>> {
    if SmtpDomain::parse(name).is_none() {
        return Err(Error::caller(ErrorId::DomainNameInvalid, format!("'{name}' is not a domain."))
            .help("A trust is called as the foreign domain, such as fabrikam.test.")
            .about("Name"));
    }
    refuse_own(rooms, name, "Name")?;
    let label = || name.split('.').next().unwrap_or(name).to_uppercase().chars().take(15).collect();
    let mut edits = edits;
    edits.extend(settings(call, None)?);
    let netbios = call.get(&NETBIOS)?.unwrap_or_else(label);
    refuse_own(rooms, &netbios, NETBIOS.name())?;
    edits.push(Edit::new(NETBIOS_NAME.spec(), &netbios.into())?);
    let (class, name) = (subject.class, name.to_owned());
    let given = call.get(&CREDENTIAL)?;
    let mailboxes = Arc::clone(&rooms.mailboxes);
    let made = rooms.directory().change(call.author(), move |change| {
        let record = change.new_configuration(class, &name, &edits)?;
        if let Some(credential) = &given {
            let sealed = mailboxes.seal_credential(record.guid(), &credential.password)?;
            change.put_credential(record.guid(), Some((&credential.user_name, &sealed)))?;
        }
        Ok(record)
    })?;
    rooms.directory().need(made.guid())
}

/// Nobody trusts themselves: accounts of the own domain are here already.
fn refuse_own(rooms: &Rooms, name: &str, about: &'static str) -> Result<()> {
    let directory = rooms.directory();
    let own = [directory.forest(), directory.netbios()];
    if !own.iter().any(|own| own.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    let message = format!("{name} is the own domain, whose accounts need no trust.");
    Err(Error::caller(ErrorId::InvalidValue, message)
        .help("Name a foreign domain, and with -NetBiosName what stands before \\ in the names of its accounts.")
        .about(about))
}

/// Controllers, addresses and authority as they are to be kept: all three read before, so that nothing is kept that
/// could not be asked.
fn settings(call: &Call, before: Option<&Record>) -> Result<Vec<Edit>> {
    let kept = |property: &Property<String>| before.map(|record| record.all(property)).unwrap_or_default();
    let (names, addresses) = (call.list(&CONTROLLERS)?, call.list(&ADDRESSES)?);
    let mut edits = Vec::new();
    if before.is_none() || names.is_some() || addresses.is_some() {
        let renamed = names.is_some() && addresses.is_none();
        let names = names.unwrap_or_else(|| kept(&DOMAIN_CONTROLLER));
        // Other controllers are not where the old ones were.
        let addresses = if renamed { Vec::new() } else { addresses.unwrap_or_else(|| kept(&ADDRESS)) };
        controllers(&names, &addresses)?;
        let list = |texts: Vec<String>| Value::array(texts.into_iter().map(Value::from).collect::<Vec<_>>());
        edits.push(Edit::new(DOMAIN_CONTROLLER.spec(), &list(names))?);
        edits.push(Edit::new(ADDRESS.spec(), &list(addresses))?);
    }
    if call.value(&AUTHORITY).is_some() {
        let pem = call.get(&AUTHORITY)?.map(|given| authority(&given)).transpose()?;
        edits.push(Edit::new(CERTIFICATE_AUTHORITY.spec(), &pem.map_or(Value::Null, Value::from))?);
    }
    Ok(edits)
}

/// The PEM text that was given, or that stands in the file that was named.
fn authority(given: &str) -> Result<String> {
    let named = !given.contains("-----BEGIN");
    let pem = if named {
        read_authority(given.trim()).map_err(|error| {
            Error::from(error).while_doing(&format!("reading {given}")).about(AUTHORITY.name())
        })?
    } else {
        given.to_owned()
    };
    check_authority(&pem)?;
    Ok(pem)
}

/// The text of a file, of so much as certificates can be; what is no file is not opened, since it may have no end.
fn read_authority(name: &str) -> std::io::Result<String> {
    if !std::fs::metadata(name)?.is_file() {
        return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, "it is not a file"));
    }
    let mut text = String::new();
    let most = forest::AUTHORITY_BYTES_MAX as u64 + 1;
    std::fs::File::open(name)?.take(most).read_to_string(&mut text)?;
    Ok(text)
}

/// What becomes of the credential: nothing, or another one, sealed, or none.
type Given = Option<Option<(String, String)>>;

fn credential(rooms: &Rooms, call: &Call, record: &Record) -> Result<Given> {
    if call.value(&CREDENTIAL).is_none() {
        return Ok(None);
    }
    let Some(given) = call.get(&CREDENTIAL)? else { return Ok(Some(None)) };
    let sealed = rooms.mailboxes.seal_credential(record.guid(), &given.password)?;
    Ok(Some(Some((given.user_name.to_string(), sealed))))
}

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes how a trusted foreign directory is asked.",
    notes: "Other -DomainController without -Address are found by their names. Log-ons that are remembered end with every change.",
    reads: &[&CONTROLLERS, &ADDRESSES, &AUTHORITY, &CREDENTIAL],
    roles: ROLES,
    examples: &[Example {
        about: "Asks another controller first.",
        command: "Set-ADTrust fabrikam.test -DomainController dc2.fabrikam.test,dc1.fabrikam.test",
    }],
    ..TRUSTS.cmdlet(Verb::Set)
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Trusts a foreign directory no more.",
    notes: "A trust stays while linked mailboxes belong to its accounts, unless -Force is given.",
    reads: &[&FORCE],
    roles: ROLES,
    examples: &[Example {
        about: "Removes a trust that no mailbox is linked through.",
        command: "Remove-ADTrust fabrikam.test -Confirm:$false",
    }],
    ..TRUSTS.cmdlet(Verb::Remove)
};

object::read_only_properties! { static;
    TRUST_NAME: String = "Trust", "The trust.";
    ASKED: String = "DomainController", "The controller that was asked.";
    STEP: String = "Test", "What was tried: Name, Connect, TLS, Bind, Search.";
    RESULT: String = "Result", "Passed, Failed, or Skipped where something before it failed.";
    ERROR: String = "Error", "Why it failed.";
}

/// What works between us and a controller of a trust.
static TRUST_TEST: Noun = Noun {
    name: "ADTrustTest",
    type_name: "Mailstead.ADTrustTest",
    summary: "What works between us and a controller of a trust, step by step.",
    properties: &[&TRUST_NAME, &ASKED, &STEP, &RESULT, &ERROR],
    table: &[&ASKED, &STEP, &RESULT, &ERROR],
};

static TEST: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says what works with each controller of a trust and what does not: name, connection, TLS, bind, search.",
    called: Some("ADTrust"),
    reads: &[&IDENTITY],
    roles: &["View-Only Configuration", "Federated Sharing"],
    examples: &[Example { about: "Tests a trust.", command: "Test-ADTrust fabrikam.test" }],
    ..Cmdlet::new(Verb::Test, &TRUST_TEST, test)
};

fn test(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::TRUST)?;
    for forest::Finding { controller, step, outcome } in rooms.mailboxes.examine_trust(&record)? {
        let (result, error) = match outcome {
            None => ("Skipped", Value::Null),
            Some(Ok(())) => ("Passed", Value::Null),
            Some(Err(error)) => ("Failed", error.to_string().into()),
        };
        out.row(
            &TRUST_TEST,
            [
                (TRUST_NAME.name(), record.name().into()),
                (ASKED.name(), controller.into()),
                (STEP.name(), step.name().into()),
                (RESULT.name(), result.into()),
                (ERROR.name(), error),
            ],
        )?;
    }
    Ok(())
}
