//! The server's certificates: which there are, which service shows which, and how they come and go.

use crate::certificates::HouseCertificate;
use crate::rooms::{IDENTITY, Rooms};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::DateTime;
use object::{Error, ErrorId, Keys, Noun, Object, Parameter, Result, Switch, Time, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &NEW, &IMPORT, &ENABLE, &REMOVE];

object::read_only_properties! { static;
    P_THUMBPRINT: String = "Thumbprint", "SHA-1 of the certificate; how it is named.";
    P_IDENTITY: String = "Identity", "The server and the thumbprint.";
    P_FRIENDLY_NAME: String = "FriendlyName", "What a person calls it.";
    P_SUBJECT: String = "Subject", "Whose it is.";
    P_ISSUER: String = "Issuer", "Who signed it.";
    P_DOMAINS: String = "CertificateDomains", "The hosts it is for.", many();
    P_SERVICES: String = "Services", "The services that show it; None where none does.";
    P_STATUS: String = "Status", "Valid, DateInvalid (not yet, or no longer) or PendingRequest (an authority has to sign it).";
    P_SELF_SIGNED: bool = "IsSelfSigned", "Whether it signed itself, so that clients have to be told to trust it.";
    P_HAS_KEY: bool = "HasPrivateKey", "Whether its key is here.";
    P_NOT_BEFORE: DateTime = "NotBefore", "When it begins.";
    P_NOT_AFTER: DateTime = "NotAfter", "When it ends.";
    P_KEY_SIZE: i32 = "PublicKeySize", "Bits of its public key.";
    P_SERIAL: String = "SerialNumber", "Its number with its issuer.";
}

static NOUN: Noun = Noun {
    name: "ExchangeCertificate",
    type_name: "Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeCertificate",
    summary: "A certificate with which the server proves who it is.",
    properties: &[
        &P_THUMBPRINT,
        &P_IDENTITY,
        &P_FRIENDLY_NAME,
        &P_SUBJECT,
        &P_ISSUER,
        &P_DOMAINS,
        &P_SERVICES,
        &P_STATUS,
        &P_SELF_SIGNED,
        &P_HAS_KEY,
        &P_NOT_BEFORE,
        &P_NOT_AFTER,
        &P_KEY_SIZE,
        &P_SERIAL,
    ],
    table: &[&P_THUMBPRINT, &P_SERVICES, &P_SUBJECT],
};

static THUMBPRINT: Parameter<String> = Parameter::new("Thumbprint", "The thumbprint of the certificate.");
static DOMAIN_NAME: Parameter<String> = Parameter::new(
    "DomainName",
    "Hosts that the certificate is for; the first one is its subject. The server's own names by default.",
)
.many();
static FRIENDLY_NAME: Parameter<String> =
    Parameter::new("FriendlyName", "What you call it, to tell it from others.");
static GENERATE_REQUEST: Parameter<Switch> =
    Parameter::new("GenerateRequest", "Asks an authority: what is answered is the request that it takes.");
static FILE_DATA: Parameter<Value> = Parameter::new(
    "FileData",
    "The file: PEM with the certificate, its chain and its key; without the key, where it was asked for here.",
)
.many();
static SERVICES: Parameter<String> =
    Parameter::new("Services", "The services that show it: IMAP, POP, IIS (the web, and LDAP) and SMTP.")
        .many();
static WHICH: Keys = &[&IDENTITY, &THUMBPRINT];

const ROLES: &[&str] = &["Exchange Server Certificates"];

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the server's certificates, when they end, and which services show them.",
    notes: "A service that nobody chose a certificate for shows the house's own: the one of [tls] in the configuration, else the \
            one that the server signed at its first start.",
    reads: &[&IDENTITY, &THUMBPRINT, &DOMAIN_NAME],
    roles: &["Exchange Server Certificates", "View-Only Configuration"],
    examples: &[Example {
        about: "Shows when each certificate ends.",
        command: "Get-ExchangeCertificate | Format-Table Subject, Services, NotAfter",
    }],
    ..Cmdlet::new(Verb::Get, &NOUN, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(thumbprint) = named(rooms, call)? {
        return out.object(shown(rooms, &one(rooms, &thumbprint)?));
    }
    let names = call.list(&DOMAIN_NAME)?.unwrap_or_default();
    let fits = |certificate: &HouseCertificate| names.iter().all(|name| is_for(certificate, name));
    let all = rooms.certificates.store()?.all()?;
    all.iter().filter(|one| fits(one)).try_for_each(|one| out.object(shown(rooms, one)))
}

/// Whether a host may show a certificate. [RFC 9525 6.3]
fn is_for(certificate: &HouseCertificate, host: &str) -> bool {
    certificate.names.iter().any(|name| match name.strip_prefix("*.") {
        Some(below) => host.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(below)),
        None => name.eq_ignore_ascii_case(host),
    })
}

/// The thumbprint that was given, without what may stand around it.
fn named(rooms: &Rooms, call: &Call) -> Result<Option<String>> {
    let (identity, thumbprint) = (call.get(&IDENTITY)?, call.get(&THUMBPRINT)?);
    let identity = identity.map(|identity| identity.shown.to_string());
    let Some(text) = identity.or(thumbprint) else { return Ok(None) };
    let thumbprint = match text.rsplit_once('\\') {
        Some((server, thumbprint)) => {
            rooms.check_server(server, IDENTITY.name())?;
            thumbprint
        }
        None => &text,
    };
    Ok(Some(thumbprint.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_ascii_uppercase()))
}

fn one(rooms: &Rooms, thumbprint: &str) -> Result<HouseCertificate> {
    let found = rooms.certificates.store()?.all()?.into_iter().find(|one| one.thumbprint == thumbprint);
    found.ok_or_else(|| {
        let message = format!("The certificate with thumbprint '{thumbprint}' couldn't be found.");
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("Get-ExchangeCertificate shows those that there are.")
            .about(THUMBPRINT.name())
    })
}

/// The certificate that a command is about.
fn needed(rooms: &Rooms, call: &Call) -> Result<HouseCertificate> {
    match named(rooms, call)? {
        Some(thumbprint) => one(rooms, &thumbprint),
        None => {
            let message = "Which certificate is meant?";
            Err(Error::caller(ErrorId::MissingMandatoryParameter, message)
                .help("Add -Thumbprint and its value.")
                .about(THUMBPRINT.name()))
        }
    }
}

fn shown(rooms: &Rooms, one: &HouseCertificate) -> Object {
    let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
    let moment = |moment: Option<Time>| moment.map_or(Value::Null, Value::from);
    let services = if one.services.is_empty() { "None".to_owned() } else { one.services.join(", ") };
    Object::of(&NOUN)
        .with(P_THUMBPRINT.name(), one.thumbprint.as_str())
        .with(P_IDENTITY.name(), format!("{}\\{}", rooms.directory().server(), one.thumbprint))
        .with(P_FRIENDLY_NAME.name(), text(&one.friendly_name))
        .with(P_SUBJECT.name(), one.subject.as_str())
        .with(P_ISSUER.name(), text(&one.issuer))
        .with(P_DOMAINS.name(), Value::array(one.names.iter().map(|name| name.as_str().into())))
        .with(P_SERVICES.name(), services)
        .with(P_STATUS.name(), status(rooms, one))
        .with(P_SELF_SIGNED.name(), one.is_self_signed)
        .with(P_HAS_KEY.name(), one.has_key)
        .with(P_NOT_BEFORE.name(), moment(one.valid.map(|(begins, _)| begins)))
        .with(P_NOT_AFTER.name(), moment(one.valid.map(|(_, ends)| ends)))
        .with(P_KEY_SIZE.name(), i32::try_from(one.key_bits).unwrap_or(0))
        .with(P_SERIAL.name(), text(&one.serial))
}

fn status(rooms: &Rooms, one: &HouseCertificate) -> &'static str {
    let now = rooms.directory().now();
    match one.valid {
        _ if one.flaw.is_some() => "Invalid",
        None => "PendingRequest",
        Some((begins, ends)) if now < begins || now > ends => "DateInvalid",
        Some(_) => "Valid",
    }
}

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes a certificate that signs itself, or asks an authority for one.",
    notes: "Its key is made here, on the curve P-256, and never leaves the server. What signed itself is good for 820 days. Nothing \
            shows the new one before Enable-ExchangeCertificate, or -Services, says so. The request that -GenerateRequest answers \
            goes to the authority; what comes back goes to Import-ExchangeCertificate.",
    reads: &[&DOMAIN_NAME, &FRIENDLY_NAME, &GENERATE_REQUEST, &SERVICES],
    roles: ROLES,
    examples: &[
        Example {
            about: "Makes one for two names, and lets all services show it.",
            command: "New-ExchangeCertificate -DomainName mail.contoso.com, autodiscover.contoso.com -Services IMAP, POP, IIS, SMTP",
        },
        Example {
            about: "Asks an authority for one.",
            command: "New-ExchangeCertificate -GenerateRequest -DomainName mail.contoso.com | Set-Content request.pem",
        },
    ],
    ..Cmdlet::new(Verb::New, &NOUN, new)
};

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let store = rooms.certificates.store()?;
    let names = call.list(&DOMAIN_NAME)?.filter(|names| !names.is_empty());
    let names = names.unwrap_or_else(|| store.usual_names());
    let (friendly_name, asks) = (call.get(&FRIENDLY_NAME)?, call.is(&GENERATE_REQUEST));
    let friendly_name = friendly_name.unwrap_or_else(|| "Mailstead".to_owned());
    let services = services(call)?;
    let what = if asks { "Asking for" } else { "Creating" };
    if !out.should(&names.join(", "), &format!("{what} a certificate for {}.", names.join(", ")))? {
        return Ok(());
    }
    if asks {
        let (_, request) = store.request(&names, &friendly_name)?;
        return out.object(request.as_str());
    }
    let thumbprint = store.make(&names, &friendly_name)?;
    if !services.is_empty() {
        store.enable(&thumbprint, &services)?;
    }
    out.object(shown(rooms, &one(rooms, &thumbprint)?))
}

/// Words that Exchange has for services that are none here.
const NO_SERVICES: [&str; 3] = ["Federation", "UM", "UMCallRouter"];

/// The services that were named; scripts write them as a list, or as one text with commas.
fn services(call: &Call) -> Result<Vec<&'static str>> {
    const KNOWN: [&str; 4] = ["IMAP", "POP", "IIS", "SMTP"];
    let given = call.list(&SERVICES)?.unwrap_or_default();
    let words = given.iter().flat_map(|text| text.split(',')).map(str::trim).filter(|word| !word.is_empty());
    let mut found = Vec::new();
    for word in words {
        match KNOWN.iter().find(|known| known.eq_ignore_ascii_case(word)) {
            Some(known) => found.push(*known),
            None if word.eq_ignore_ascii_case("None") => {}
            None => {
                let is_elsewhere = NO_SERVICES.iter().any(|known| known.eq_ignore_ascii_case(word));
                let why = if is_elsewhere { "is not a service of this server" } else { "is not a service" };
                return Err(Error::caller(ErrorId::InvalidValue, format!("'{word}' {why}."))
                    .help(format!("Write one or several of {}.", KNOWN.join(", ")))
                    .about(SERVICES.name()));
            }
        }
    }
    Ok(found)
}

static IMPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a certificate in that was made or signed elsewhere.",
    notes: "PEM is read, PKCS#12 (.pfx) is not: openssl pkcs12 -in file.pfx -nodes makes the one of the other. Nothing shows the \
            certificate before Enable-ExchangeCertificate says so.",
    reads: &[&FILE_DATA, &FRIENDLY_NAME],
    roles: ROLES,
    examples: &[Example {
        about: "Takes in what an authority signed.",
        command: "Import-ExchangeCertificate -FileData (Get-Content -Raw mail.pem)",
    }],
    ..Cmdlet::new(Verb::Import, &NOUN, import)
};

fn import(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let file = octets(&call.list(&FILE_DATA)?.unwrap_or_default());
    let friendly_name = call.get(&FRIENDLY_NAME)?.unwrap_or_default();
    if !out.should("ExchangeCertificate", "Importing a certificate.")? {
        return Ok(());
    }
    let thumbprint = rooms.certificates.store()?.import(&file, &friendly_name)?;
    out.object(shown(rooms, &one(rooms, &thumbprint)?))
}

/// A file as scripts hand it over: as text, as lines, or octet by octet.
fn octets(items: &[Value]) -> Vec<u8> {
    let numbers: Option<Vec<u8>> =
        items.iter().map(|item| item.as_i64().and_then(|number| u8::try_from(number).ok())).collect();
    let lines = || items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n").into_bytes();
    numbers.filter(|numbers| !numbers.is_empty()).unwrap_or_else(lines)
}

static ENABLE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets services show a certificate, from the next connection on.",
    notes: "Each service shows one; the one that it showed before it shows no longer. Connections that stand keep theirs.",
    reads: &[&SERVICES],
    shares: &[WHICH],
    roles: ROLES,
    examples: &[Example {
        about: "Lets IMAP and SMTP show a certificate.",
        command: "Enable-ExchangeCertificate 5113AE0233A72FCCB75B1D0198628675333D010E -Services IMAP, SMTP",
    }],
    ..Cmdlet::new(Verb::Enable, &NOUN, enable)
};

fn enable(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (one, services) = (needed(rooms, call)?, services(call)?);
    if let Some(flaw) = &one.flaw {
        return Err(Error::conflict(ErrorId::CertificateUnreadable, flaw.as_str())
            .help(one.remedy.as_str())
            .about(THUMBPRINT.name()));
    }
    if one.valid.is_none() {
        let message = format!("The certificate {} is only asked for.", one.thumbprint);
        return Err(Error::conflict(ErrorId::InvalidChange, message)
            .help("Import what the authority signed first.")
            .about(THUMBPRINT.name()));
    }
    if services.is_empty() {
        return out.warning("No service was named, so nothing changed.");
    }
    if status(rooms, &one) == "DateInvalid" {
        out.warning("The certificate is not valid today; clients will refuse it.")?;
    }
    let action = format!("Letting {} show the certificate of {}.", services.join(", "), one.subject);
    if out.should(&one.thumbprint, &action)? {
        rooms.certificates.store()?.enable(&one.thumbprint, &services)?;
    }
    Ok(())
}

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Takes a certificate and its key away.",
    notes: "One that a service shows stays until another one is enabled for it.",
    shares: &[WHICH],
    roles: ROLES,
    examples: &[Example {
        about: "Takes a certificate away that nothing shows any more.",
        command: "Remove-ExchangeCertificate 5113AE0233A72FCCB75B1D0198628675333D010E -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &NOUN, remove)
};

fn remove(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let one = needed(rooms, call)?;
    let action = format!("Removing the certificate of {}, and its key.", one.subject);
    if out.should(&one.thumbprint, &action)? {
        rooms.certificates.store()?.remove(&one.thumbprint)?;
    }
    Ok(())
}
