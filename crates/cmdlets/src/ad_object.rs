//! Objects of the directory as a directory tool looks for them, whatever they are: `Get-ADObject`, `Get-ADRootDSE`.

use crate::active_directory::{
    DISTINGUISHED_NAME, NAME, Named, OBJECT_CLASS, OBJECT_GUID, PROPERTIES, Search, distinguished, seen_as,
};
use crate::rooms::{IDENTITY, Rooms};
use directory::schema::{group, mailbox, recipient, unit, user};
use directory::{Class, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, RecipientTypeDetails};
use object::{Declared, Error, ErrorId, Noun, Object, Property, Result, Spec, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET_OBJECT, &GET_ROOT_DSE];

/// An object of the directory, whatever it is.
pub(crate) static AD_OBJECT: Noun = Noun {
    name: "ADObject",
    type_name: "Microsoft.ActiveDirectory.Management.ADObject",
    summary: "An object as a directory tool shows it.",
    properties: &[&DISTINGUISHED_NAME, &NAME, &OBJECT_CLASS, &OBJECT_GUID],
    table: &[&DISTINGUISHED_NAME, &NAME, &OBJECT_CLASS],
};

/// Where the directory's parts begin.
pub(crate) static AD_ROOT_DSE: Noun = Noun {
    name: "ADRootDSE",
    type_name: "Microsoft.ActiveDirectory.Management.ADRootDSE",
    summary: "Where the parts of the directory begin.",
    properties: &[&DEFAULT_CONTEXT, &ROOT_CONTEXT, &CONFIGURATION_CONTEXT],
    table: &[&DEFAULT_CONTEXT],
};

static DEFAULT_CONTEXT: Property<String> =
    Property::new("defaultNamingContext", "The distinguished name of the domain.").read_only();
static ROOT_CONTEXT: Property<String> =
    Property::new("rootDomainNamingContext", "The distinguished name of the forest's root domain.")
        .read_only();
static CONFIGURATION_CONTEXT: Property<String> =
    Property::new("configurationNamingContext", "The distinguished name of the configuration.").read_only();

/// The classes of an object, the widest first.
static CLASSES: Property<String> =
    Property::new("objectClass", "The classes of the object.").many().read_only();
/// The categories by which filters name it.
static CATEGORIES: Property<String> =
    Property::new("objectCategory", "The categories of the object.").many().read_only();
/// Whether an account can log on.
static ENABLED: Property<bool> = Property::new("Enabled", "Whether the account can log on.").read_only();

static GET_OBJECT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists users, groups, contacts and organizational units with the attributes of the directory.",
    notes: "-LDAPFilter takes a filter of LDAP, -Filter one of PowerShell; -Properties takes attribute names and * for all that are set.",
    reads: Search::READS,
    roles: &["View-Only Recipients"],
    examples: &[
        Example {
            about: "Says whose an address is.",
            command: "Get-ADObject -LDAPFilter '(proxyAddresses=smtp:ann@contoso.com)'",
        },
        Example { about: "Lists the groups.", command: "Get-ADObject -Filter \"ObjectClass -eq 'group'\"" },
    ],
    ..Cmdlet::new(Verb::Get, &AD_OBJECT, get_object)
};

fn get_object(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if call.get(&IDENTITY)?.is_some() {
        let wanted = call.list(&PROPERTIES)?.unwrap_or_default();
        let record = rooms.one(call, &kinds::ANY)?;
        // What is no recipient and no container is shown by the cmdlets of its own noun, to whoever may see it.
        if record.class().is_configuration() {
            return Err(rooms.directory().nothing_named(&call.need(&IDENTITY)?.shown));
        }
        return out.object(shown(rooms, &record, &wanted)?);
    }
    let search = Search::of(rooms, call, &spec_named)?;
    let query = Query { below: search.below, system: true, ..Query::of(&kinds::ANY) };
    let found = rooms.directory().find(&query)?;
    let passes = |record: &Record| {
        class_names(record).is_some()
            && search.wants(rooms, record, &|record, spec| value(rooms, record, spec))
    };
    for record in found.filter(|record| passes(record)).take(search.limit) {
        out.object(shown(rooms, &record, &search.wanted)?)?;
    }
    Ok(())
}

/// The classes of what can be found here; the last is its own. `None`: it is of the server's configuration.
pub(crate) fn class_names(record: &Record) -> Option<&'static [&'static str]> {
    Some(match record.class() {
        Class::User => &["top", "person", "organizationalPerson", "user"],
        Class::Contact => &["top", "person", "organizationalPerson", "contact"],
        Class::Group if record.details() == RecipientTypeDetails::DynamicDistributionGroup => {
            &["top", "msExchDynamicDistributionList"]
        }
        Class::Group => &["top", "group"],
        Class::OrganizationalUnit => &["top", "organizationalUnit"],
        _ => return None,
    })
}

/// What filters call it by its category: people of all kinds are persons. [MS-ADTS 3.1.1.2.3.4]
fn categories(record: &Record) -> &'static [&'static str] {
    match record.class() {
        Class::User | Class::Contact => &["person", "user", "contact"],
        Class::Group => &["group"],
        Class::OrganizationalUnit => &["organizationalUnit"],
        _ => &[],
    }
}

/// Names of attributes that are told by other names here.
static OTHERS: [(&str, &dyn Declared); 5] = [
    ("cn", &NAME),
    ("mail", &recipient::WINDOWS_EMAIL_ADDRESS),
    ("givenName", &user::FIRST_NAME),
    ("sn", &user::LAST_NAME),
    ("objectCategory", &CATEGORIES),
];

/// What cmdlets show of such objects to whoever looks recipients up.
static SHOWN: [&Noun; 9] = [
    &user::USER,
    &mailbox::MAILBOX,
    &group::GROUP,
    &group::DISTRIBUTION_GROUP,
    &group::DYNAMIC_DISTRIBUTION_GROUP,
    &group::CONTACT,
    &group::MAIL_CONTACT,
    &group::MAIL_USER,
    &unit::ORGANIZATIONAL_UNIT,
];

/// The classes of such objects.
static HOLDERS: [Class; 4] = [Class::User, Class::Group, Class::Contact, Class::OrganizationalUnit];

/// The property that an attribute's name means.
pub(crate) fn spec_named(word: &str) -> Option<&'static Spec> {
    let is = |name: &str| name.eq_ignore_ascii_case(word);
    if is("objectClass") {
        return Some(CLASSES.spec());
    }
    if is("Enabled") {
        return Some(ENABLED.spec());
    }
    let own = AD_OBJECT.properties.iter().map(|declared| declared.spec()).find(|spec| is(spec.name));
    let other = || OTHERS.iter().find(|(name, _)| is(name)).map(|(_, of)| of.spec());
    own.or_else(other).or_else(|| seen_as(word, &SHOWN, &HOLDERS))
}

/// What a property of an object holds.
pub(crate) fn value(rooms: &Rooms, record: &Record, spec: &'static Spec) -> Value {
    let texts = |names: &[&str]| Value::array(names.iter().map(|name| (*name).into()));
    match spec.name {
        name if name == CLASSES.name() => texts(class_names(record).unwrap_or_default()),
        name if name == CATEGORIES.name() => texts(categories(record)),
        name if name == ENABLED.name() => match record.class() {
            Class::User => (!record.is_account_disabled()).into(),
            _ => Value::Null,
        },
        name if name == OBJECT_GUID.name() => record.guid().into(),
        name if name == NAME.name() => record.name().into(),
        name if name == DISTINGUISHED_NAME.name() => rooms.directory().distinguished_name(record).into(),
        _ => rooms.directory().value(record, of_class(record, spec)),
    }
}

/// Several classes have a property of one attribute: the one of the object's own class.
fn of_class(record: &Record, spec: &'static Spec) -> &'static Spec {
    let own = || record.class().properties().iter().copied().flatten().map(|declared| declared.spec());
    if spec.attribute.is_none() || own().any(|known| std::ptr::eq(known, spec)) {
        return spec;
    }
    own().find(|known| known.attribute == spec.attribute).unwrap_or(spec)
}

fn shown(rooms: &Rooms, record: &Record, wanted: &[String]) -> Result<Object> {
    let class = class_names(record).and_then(<[_]>::last).copied().unwrap_or("top");
    let object = Object::of(&AD_OBJECT)
        .with(DISTINGUISHED_NAME.name(), rooms.directory().distinguished_name(record))
        .with(NAME.name(), record.name())
        .with(OBJECT_CLASS.name(), class)
        .with(OBJECT_GUID.name(), record.guid());
    add_wanted(rooms, record, &object, wanted, &spec_named, &|spec| value(rooms, record, spec))?;
    Ok(object)
}

/// Adds the attributes that are asked for, under the names by which they are.
pub(crate) fn add_wanted(
    rooms: &Rooms,
    record: &Record,
    object: &Object,
    wanted: &[String],
    named: Named<'_>,
    value: &dyn Fn(&'static Spec) -> Value,
) -> Result<()> {
    for name in wanted {
        if name == "*" {
            add_all(rooms, record, object);
            continue;
        }
        let spec = named(name).ok_or_else(|| {
            Error::caller(ErrorId::UnknownAttribute, format!("One or more properties are invalid: {name}."))
                .help("Write names of attributes, such as displayName or proxyAddresses, or *.")
                .about(PROPERTIES.name())
        })?;
        object.set(name, distinguished(value(spec)));
    }
    Ok(())
}

/// Adds every attribute that is set, under the name that it has in the directory.
fn add_all(rooms: &Rooms, record: &Record, object: &Object) {
    for (name, of) in &OTHERS {
        set_unless_empty(object, name, distinguished(value(rooms, record, of.spec())));
    }
    for declared in record.class().properties().iter().copied().flatten() {
        let spec = declared.spec();
        if let Some(name) = spec.attribute {
            set_unless_empty(object, name, distinguished(rooms.directory().value(record, spec)));
        }
    }
}

fn set_unless_empty(object: &Object, name: &str, value: Value) {
    let unset = value.items().is_empty() || matches!(&value, Value::Guid(guid) if *guid == Guid::EMPTY);
    if !unset && object.get(name).is_none() {
        object.set(name, value);
    }
}

static GET_ROOT_DSE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says where the parts of the directory begin.",
    roles: &["View-Only Recipients"],
    examples: &[Example {
        about: "Shows where the domain and the configuration begin.",
        command: "Get-ADRootDSE",
    }],
    ..Cmdlet::new(Verb::Get, &AD_ROOT_DSE, |rooms, _, out| {
        let domain = rooms.directory().domain_distinguished_name();
        out.object(
            Object::of(&AD_ROOT_DSE)
                .with(DEFAULT_CONTEXT.name(), domain.as_str())
                .with(ROOT_CONTEXT.name(), domain.as_str())
                .with(CONFIGURATION_CONTEXT.name(), format!("CN=Configuration,{domain}")),
        )
    })
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::active_directory;

    #[test]
    fn what_is_hidden_has_no_name() {
        let held = HOLDERS.iter().flat_map(|class| class.properties().iter().copied().flatten());
        let seen = |spec: &Spec| {
            let shown = SHOWN.iter().any(|noun| noun.property(spec.name).is_some());
            shown || spec.attribute.is_some()
        };
        let hidden: Vec<_> = held.map(|declared| declared.spec()).filter(|spec| !seen(spec)).collect();
        for known in ["PasswordHash", "SecondFactor", "LinkedAccountName", "MembershipRequests", "RoleScopes"]
        {
            assert!(hidden.iter().any(|spec| spec.name == known), "{known}");
        }
        for spec in hidden {
            assert!(spec_named(spec.name).is_none(), "an object by {}", spec.name);
            assert!(active_directory::spec_named(spec.name).is_none(), "a user by {}", spec.name);
        }
    }
}
