//! The domain, the forest and their controller as the ActiveDirectory module shows them: one of each, and computers, none.

use crate::active_directory::{
    DISTINGUISHED_NAME, ENABLED, NAME, OBJECT_CLASS, OBJECT_GUID, Search, asked_for,
};
use crate::ad_object;
use crate::rooms::{IDENTITY, Rooms};
use directory::Class;
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{DateTime, Guid};
use object::{Declared, Error, ErrorId, Filter, Noun, Object, Parameter, Result, Spec, Switch, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_DOMAIN, &GET_FOREST, &GET_CONTROLLER, &GET_COMPUTER];

object::read_only_properties! { static;
    CHILD_DOMAINS: String = "ChildDomains", "The domains below; there are none.", many();
    DEFAULT_PARTITION: String = "DefaultPartition", "The distinguished name of the domain.";
    DNS_ROOT: String = "DNSRoot", "The name of the domain in DNS.";
    DNS_HOST_NAME: String = "DNSHostName", "The name of the machine in DNS.";
    DOMAIN: String = "Domain", "The domain.";
    DOMAIN_NAMING_MASTER: String = "DomainNamingMaster", "The controller that names domains.";
    DOMAIN_SID: String = "DomainSID", "The beginning of the security identifiers of the domain.";
    DOMAINS: String = "Domains", "The domains of the forest.", many();
    FOREST: String = "Forest", "The forest.";
    GLOBAL_CATALOGS: String = "GlobalCatalogs", "The controllers that know the whole forest.", many();
    HOST_NAME: String = "HostName", "The name of the controller in DNS.";
    INFRASTRUCTURE_MASTER: String = "InfrastructureMaster", "The controller that keeps references.";
    IS_GLOBAL_CATALOG: bool = "IsGlobalCatalog", "Whether the controller knows the whole forest.";
    IS_READ_ONLY: bool = "IsReadOnly", "Whether nothing can be changed at the controller.";
    NET_BIOS_NAME: String = "NetBIOSName", "The short name of the domain, before the backslash of account names.";
    OPERATION_MASTER_ROLES: String = "OperationMasterRoles", "What only this controller does.", many();
    PARENT_DOMAIN: String = "ParentDomain", "The domain above; there is none.";
    PDC_EMULATOR: String = "PDCEmulator", "The controller that hears of changed passwords first.";
    REPLICA_SERVERS: String = "ReplicaDirectoryServers", "The controllers of the domain.", many();
    RID_MASTER: String = "RIDMaster", "The controller that hands out numbers of accounts.";
    ROOT_DOMAIN: String = "RootDomain", "The domain with which the forest began.";
    SCHEMA_MASTER: String = "SchemaMaster", "The controller that keeps the schema.";
    UPN_SUFFIXES: String = "UPNSuffixes", "What names to log on with can end in, besides the domain.", many();
    USERS_CONTAINER: String = "UsersContainer", "Where accounts are made unless a place is named.";
}

object::read_only_properties! { static;
    IPV4_ADDRESS: String = "IPv4Address", "The address of the machine.";
    LAST_LOGON_DATE: DateTime = "LastLogonDate", "When the machine logged on last.";
    LAST_LOGON_TIMESTAMP: i64 = "lastLogonTimestamp", "When the machine logged on last, as the directory counts.";
    OPERATING_SYSTEM: String = "OperatingSystem", "What runs on the machine.";
    OPERATING_SYSTEM_VERSION: String = "OperatingSystemVersion", "The version of what runs on the machine.";
    PASSWORD_LAST_SET: DateTime = "PasswordLastSet", "When the password of the machine was set.";
    SERVICE_PRINCIPAL_NAMES: String = "ServicePrincipalName", "The services of the machine.", many();
}

/// What filters say of computers besides what is shown of them.
static COMPUTERS_OWN: [&dyn Declared; 7] = [
    &IPV4_ADDRESS,
    &LAST_LOGON_DATE,
    &LAST_LOGON_TIMESTAMP,
    &OPERATING_SYSTEM,
    &OPERATING_SYSTEM_VERSION,
    &PASSWORD_LAST_SET,
    &SERVICE_PRINCIPAL_NAMES,
];

/// The domain.
static AD_DOMAIN: Noun = Noun {
    name: "ADDomain",
    type_name: "Microsoft.ActiveDirectory.Management.ADDomain",
    summary: "The domain as a directory tool shows it.",
    properties: &[
        &CHILD_DOMAINS,
        &DISTINGUISHED_NAME,
        &DNS_ROOT,
        &DOMAIN_SID,
        &FOREST,
        &INFRASTRUCTURE_MASTER,
        &NAME,
        &NET_BIOS_NAME,
        &OBJECT_CLASS,
        &OBJECT_GUID,
        &PARENT_DOMAIN,
        &PDC_EMULATOR,
        &REPLICA_SERVERS,
        &RID_MASTER,
        &USERS_CONTAINER,
    ],
    table: &[&DNS_ROOT, &NET_BIOS_NAME, &DISTINGUISHED_NAME],
};

/// The forest.
static AD_FOREST: Noun = Noun {
    name: "ADForest",
    type_name: "Microsoft.ActiveDirectory.Management.ADForest",
    summary: "The forest as a directory tool shows it.",
    properties: &[
        &DOMAIN_NAMING_MASTER,
        &DOMAINS,
        &GLOBAL_CATALOGS,
        &NAME,
        &ROOT_DOMAIN,
        &SCHEMA_MASTER,
        &UPN_SUFFIXES,
    ],
    table: &[&NAME, &ROOT_DOMAIN, &DOMAINS],
};

/// The controller, which is this server.
static AD_CONTROLLER: Noun = Noun {
    name: "ADDomainController",
    type_name: "Microsoft.ActiveDirectory.Management.ADDomainController",
    summary: "This server as the controller of the domain.",
    properties: &[
        &DEFAULT_PARTITION,
        &DOMAIN,
        &ENABLED,
        &FOREST,
        &HOST_NAME,
        &IS_GLOBAL_CATALOG,
        &IS_READ_ONLY,
        &NAME,
        &OPERATION_MASTER_ROLES,
    ],
    table: &[&NAME, &HOST_NAME, &DOMAIN],
};

/// A computer that joined the domain.
static AD_COMPUTER: Noun = Noun {
    name: "ADComputer",
    type_name: "Microsoft.ActiveDirectory.Management.ADComputer",
    summary: "A computer that joined the domain.",
    properties: &[&DISTINGUISHED_NAME, &DNS_HOST_NAME, &ENABLED, &NAME, &OBJECT_CLASS, &OBJECT_GUID],
    table: &[&NAME, &DNS_HOST_NAME],
};

static DOMAIN_NAME: Parameter<String> =
    Parameter::new("DomainName", "The domain whose controller is wanted.");
static DISCOVER: Parameter<Switch> =
    Parameter::new("Discover", "Looks for a controller; its HostName is a list then, as in Windows.");
static FILTER: Parameter<String> =
    Parameter::new("Filter", "Which controllers are wanted: \"IsReadOnly -eq $false\"; * for all.");
/// How a controller or forest is named, which is no object of the directory that has other names.
static NAMED: Parameter<String> = Parameter::new("Identity", "Its name.");

/// The names of what there is one of.
struct Names {
    forest: String,
    distinguished: String,
    controller: String,
}

fn names(rooms: &Rooms) -> Names {
    let directory = rooms.directory();
    Names {
        forest: directory.forest(),
        distinguished: directory.domain_distinguished_name(),
        controller: directory.domain_controller(),
    }
}

/// Refuses the name of another one than the one there is.
fn check_named(call: &Call, what: &str, known: &[&str]) -> Result<()> {
    let Some(name) = call.get(&NAMED)? else { return Ok(()) };
    if known.iter().any(|known| known.eq_ignore_ascii_case(name.trim())) {
        return Ok(());
    }
    let message = format!("The {what} '{name}' couldn't be found.");
    Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
        .help(format!("There is one, {}.", known.first().copied().unwrap_or_default()))
        .about(NAMED.name()))
}

fn texts<'a>(all: impl IntoIterator<Item = &'a str>) -> Value {
    Value::array(all.into_iter().map(Value::from))
}

static GET_DOMAIN: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the domain.",
    notes: "There is one domain, the root of the forest, and one controller, this server, which does all that masters do.",
    reads: &[&NAMED],
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Says what the domain is called.",
        command: "Get-ADDomain | Format-List DNSRoot,NetBIOSName",
    }],
    ..Cmdlet::new(Verb::Get, &AD_DOMAIN, get_domain)
};

fn get_domain(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (directory, names) = (rooms.directory(), names(rooms));
    let (short, controller) = (directory.netbios(), names.controller.as_str());
    let guid = directory.only(Class::Domain).map_or(Guid::EMPTY, |root| root.guid());
    check_named(call, "domain", &[&names.forest, &short, &names.distinguished, &guid.to_string()])?;
    let sid = directory.own_sid();
    let label = names.forest.split('.').next().unwrap_or_default();
    out.object(
        Object::of(&AD_DOMAIN)
            .with(CHILD_DOMAINS.name(), texts([]))
            .with(DISTINGUISHED_NAME.name(), names.distinguished.as_str())
            .with(DNS_ROOT.name(), names.forest.as_str())
            .with(DOMAIN_SID.name(), sid.rsplit_once('-').map_or(&*sid, |(domain, _)| domain))
            .with(FOREST.name(), names.forest.as_str())
            .with(INFRASTRUCTURE_MASTER.name(), controller)
            .with(NAME.name(), label)
            .with(NET_BIOS_NAME.name(), short.as_str())
            .with(OBJECT_CLASS.name(), "domainDNS")
            .with(OBJECT_GUID.name(), guid)
            .with(PARENT_DOMAIN.name(), Value::Null)
            .with(PDC_EMULATOR.name(), controller)
            .with(REPLICA_SERVERS.name(), texts([controller]))
            .with(RID_MASTER.name(), controller)
            .with(USERS_CONTAINER.name(), format!("CN=Users,{}", names.distinguished)),
    )
}

static GET_FOREST: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the forest.",
    notes: "Names to log on with can end in every accepted domain: these are its UPN suffixes.",
    reads: &[&NAMED],
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Lists what names to log on with can end in.",
        command: "Get-ADForest | Format-List UPNSuffixes",
    }],
    ..Cmdlet::new(Verb::Get, &AD_FOREST, get_forest)
};

fn get_forest(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let names = names(rooms);
    check_named(call, "forest", &[&names.forest])?;
    let accepted = rooms.directory().domains();
    let suffixes = accepted.iter().map(|accepted| accepted.domain.clone());
    let suffixes: Vec<String> =
        suffixes.filter(|domain| !domain.eq_ignore_ascii_case(&names.forest)).collect();
    let (forest, controller) = (names.forest.as_str(), names.controller.as_str());
    out.object(
        Object::of(&AD_FOREST)
            .with(DOMAIN_NAMING_MASTER.name(), controller)
            .with(DOMAINS.name(), texts([forest]))
            .with(GLOBAL_CATALOGS.name(), texts([controller]))
            .with(NAME.name(), forest)
            .with(ROOT_DOMAIN.name(), forest)
            .with(SCHEMA_MASTER.name(), controller)
            .with(UPN_SUFFIXES.name(), texts(suffixes.iter().map(String::as_str))),
    )
}

static GET_CONTROLLER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows the controller of the domain, which is this server.",
    reads: &[&NAMED, &FILTER, &DISCOVER, &DOMAIN_NAME],
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Says which server to name with -Server and -DomainController.",
        command: "Get-ADDomainController | Format-List HostName",
    }],
    ..Cmdlet::new(Verb::Get, &AD_CONTROLLER, get_controller)
};

fn get_controller(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let names = names(rooms);
    let server = rooms.directory().server();
    check_named(call, "domain controller", &[server, &names.controller])?;
    check_domain(rooms, call, &names)?;
    let discovered = call.is(&DISCOVER);
    let host = names.controller.as_str();
    let object = Object::of(&AD_CONTROLLER)
        .with(DEFAULT_PARTITION.name(), names.distinguished.as_str())
        .with(DOMAIN.name(), names.forest.as_str())
        .with(ENABLED.name(), true)
        .with(FOREST.name(), names.forest.as_str())
        .with(HOST_NAME.name(), if discovered { texts([host]) } else { host.into() })
        .with(IS_GLOBAL_CATALOG.name(), true)
        .with(IS_READ_ONLY.name(), false)
        .with(NAME.name(), server)
        .with(OPERATION_MASTER_ROLES.name(), texts(MASTER_ROLES));
    let asked = if call.get(&FILTER)?.is_some() { asked_for(call)? } else { None };
    let filter = asked.map(|text| Filter::parse(&text, &|word| shown_by(&AD_CONTROLLER, word)));
    let of = |spec: &'static Spec| object.get(spec.name).unwrap_or_default();
    if filter.transpose()?.is_none_or(|filter| filter.matches(&of)) {
        out.object(object)?;
    }
    Ok(())
}

/// What one controller of a forest does for all.
const MASTER_ROLES: [&str; 5] =
    ["SchemaMaster", "DomainNamingMaster", "PDCEmulator", "RIDMaster", "InfrastructureMaster"];

fn check_domain(rooms: &Rooms, call: &Call, names: &Names) -> Result<()> {
    let Some(domain) = call.get(&DOMAIN_NAME)? else { return Ok(()) };
    let known = [names.forest.clone(), rooms.directory().netbios()];
    if known.iter().any(|known| known.eq_ignore_ascii_case(domain.trim())) {
        return Ok(());
    }
    let message = format!("A controller of the domain '{domain}' couldn't be found.");
    Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
        .help(format!("There is one domain, {}.", names.forest))
        .about(DOMAIN_NAME.name()))
}

fn shown_by(noun: &'static Noun, word: &str) -> Option<&'static Spec> {
    let mut shown = noun.properties.iter().map(|declared| declared.spec());
    shown.find(|spec| spec.name.eq_ignore_ascii_case(word))
}

static GET_COMPUTER: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists the computers of the domain: there are none, since computers do not join it.",
    notes: "A filter finds nothing, and a name is said not to be there. The directory holds people, groups and contacts.",
    reads: Search::READS,
    roles: &["View-Only Recipients"],
    examples: &[Example { about: "Lists the computers.", command: "Get-ADComputer -Filter *" }],
    ..Cmdlet::new(Verb::Get, &AD_COMPUTER, get_computer)
};

fn get_computer(rooms: &Rooms, call: &Call, _: &mut Output<'_>) -> Result<()> {
    if let Some(identity) = call.get(&IDENTITY)? {
        let error = rooms.directory().nothing_named(&identity.shown);
        return Err(error.help("Computers do not join this domain: it holds people, groups and contacts."));
    }
    // A filter that cannot be read is wrong, whether or not there is anything to find.
    let named = |word: &str| of_computer(word).or_else(|| ad_object::spec_named(word));
    Search::of(rooms, call, &named).map(|_| ())
}

/// The property of a computer that a word means.
fn of_computer(word: &str) -> Option<&'static Spec> {
    let known = COMPUTERS_OWN.iter().map(|property| property.spec());
    let mut all = AD_COMPUTER.properties.iter().map(|declared| declared.spec()).chain(known);
    all.find(|spec| spec.name.eq_ignore_ascii_case(word))
}
