//! How records become objects of a noun, and what the properties are that are worked out.
//!
//! An object is sparse: a property that was never set is absent, and reads as its declared default.

use crate::cache::{Cache, Fixed};
use crate::country::Country;
use crate::schema::{
    address_list, cas, database, domain, filter, filtering, mailbox, options, organization, permission,
    public_folder, recipient, rule, unit, user,
};
use crate::user_account::{SELF_SID, UserAccountFlags};
use crate::{Class, Directory, Record, record::Held};
use object::types::{
    ObjectId, PropertyType, ProxyAddress, RecipientDisplayType, RecipientType, RecipientTypeDetails,
    SmtpAddress,
};
use object::value::Text;
use object::{Declared, Noun, Object, Spec, Value};
use parking_lot::{Mutex, RwLock};
use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

/// A record seen from the directory it is in; what several properties need is worked out once.
pub(crate) struct Seen<'a> {
    pub(crate) cache: &'a Cache,
    pub(crate) record: &'a Record,
    identity: OnceCell<Value>,
    primary: OnceCell<Value>,
    details: OnceCell<RecipientTypeDetails>,
}

type Compute = fn(&Seen<'_>) -> Value;

/// The properties that are worked out, and how.
static COMPUTED: &[(&dyn Declared, Compute)] = &[
    (&recipient::IDENTITY, |seen| seen.identity().clone()),
    (&recipient::ID, |seen| seen.identity().clone()),
    (&recipient::NAME, |seen| seen.record.name.clone().into()),
    (&recipient::DISTINGUISHED_NAME, |seen| {
        seen.identity().downcast::<ObjectId>().map_or(Value::Null, |id| id.distinguished_name.clone().into())
    }),
    (&recipient::GUID, |seen| seen.record.guid.into()),
    (&recipient::OBJECT_CLASS, |seen| classes(seen.record.class)),
    (&recipient::WHEN_CREATED, |seen| seen.record.created.into()),
    (&recipient::WHEN_CHANGED, |seen| seen.record.changed.into()),
    (&recipient::WHEN_CREATED_UTC, |seen| seen.record.created.into()),
    (&recipient::WHEN_CHANGED_UTC, |seen| seen.record.changed.into()),
    (&recipient::ORGANIZATIONAL_UNIT, |seen| {
        seen.cache.parent_path(seen.record).map_or(Value::Null, |path| path.canonical.as_str().into())
    }),
    (&recipient::IS_VALID, |seen| is_whole(seen).into()),
    (&recipient::EXCHANGE_VERSION, |seen| seen.cache.fixed.version.clone().into()),
    (&recipient::ORIGINATING_SERVER, |seen| seen.cache.fixed.controller.clone().into()),
    (&recipient::DISPLAY_NAME, display_name),
    (&recipient::PRIMARY_SMTP_ADDRESS, |seen| seen.primary().clone()),
    (&recipient::WINDOWS_EMAIL_ADDRESS, |seen| match seen.primary() {
        Value::Null => stored(seen, &recipient::WINDOWS_EMAIL_ADDRESS),
        address => address.clone(),
    }),
    (&recipient::POLICIES_INCLUDED, policies_included),
    (&recipient::POLICIES_EXCLUDED, policies_excluded),
    (&recipient::RECIPIENT_TYPE, |seen| recipient_type(seen).into()),
    (&recipient::RECIPIENT_TYPE_DETAILS, |seen| seen.details().into()),
    (&recipient::RECIPIENT_DISPLAY_TYPE, |seen| display_type(seen).map_or(Value::Null, Value::from)),
    (&recipient::ACCEPT_FROM_ALL, |seen| {
        joined(seen, [&recipient::ACCEPT_FROM, &recipient::ACCEPT_FROM_GROUPS])
    }),
    (&recipient::REJECT_FROM_ALL, |seen| {
        joined(seen, [&recipient::REJECT_FROM, &recipient::REJECT_FROM_GROUPS])
    }),
    (&recipient::MEMBER_OF_GROUP, |seen| {
        let groups = seen.cache.groups_of(seen.record.guid);
        list(groups.iter().map(|group| seen.cache.path(group).distinguished.into()))
    }),
    (&user::ACCOUNT_DISABLED, |seen| seen.record.is_account_disabled().into()),
    (&user::LINKED_MASTER_ACCOUNT, linked_master_account),
    (&user::COUNTRY_CODE, |seen| country(seen).map_or(Value::Null, |country| country.code.into())),
    (&user::COUNTRY_NUMBER, |seen| country(seen).map_or(Value::Null, |country| country.number.into())),
    (&user::DIRECT_REPORTS, |seen| {
        let people = seen.cache.by_value(user::MANAGER.spec(), &seen.record.guid.to_string());
        list(people.iter().map(|person| seen.cache.shown(person)))
    }),
    (&user::HAS_PICTURE, |seen| seen.record.has(user::PHOTO.spec()).into()),
    (&mailbox::SERVER_NAME, |seen| with_mailbox(seen, |fixed| &fixed.server_folded)),
    (&mailbox::SERVER_LEGACY_DN, |seen| with_mailbox(seen, |fixed| &fixed.server_legacy_dn)),
    (&mailbox::RESOURCE_TYPE, |seen| match seen.details() {
        RecipientTypeDetails::RoomMailbox | RecipientTypeDetails::LinkedRoomMailbox => {
            mailbox::ResourceKind::Room.into()
        }
        RecipientTypeDetails::EquipmentMailbox => mailbox::ResourceKind::Equipment.into(),
        _ => Value::Null,
    }),
    (&mailbox::IS_RESOURCE, |seen| is_resource(seen).into()),
    (&mailbox::IS_LINKED, |seen| (seen.details().is_linked()).into()),
    (&mailbox::IS_SHARED, |seen| (seen.details() == RecipientTypeDetails::SharedMailbox).into()),
    (&mailbox::IS_MAILBOX_ENABLED, |seen| seen.is_mailbox().into()),
    (&mailbox::ROOM_MAILBOX_ACCOUNT_ENABLED, |seen| {
        (is_resource(seen) && !seen.record.is_account_disabled()).into()
    }),
    (&mailbox::EXCHANGE_USER_ACCOUNT_CONTROL, |seen| match seen.record.is_account_disabled() {
        true => UserAccountFlags(UserAccountFlags::DISABLED).into(),
        false => Value::Null,
    }),
    (&mailbox::ARCHIVE_STATE, |seen| match seen.record.has_archive() {
        true => mailbox::ArchiveState::Local.into(),
        false => Value::Null,
    }),
    (&mailbox::ARCHIVE_STATUS, |seen| match seen.record.has_archive() {
        true => mailbox::ArchiveStatus::Active.into(),
        false => Value::Null,
    }),
    (&mailbox::SHARING_POLICY, |seen| in_force(seen, mailbox::SHARING_POLICY.spec(), Class::SharingPolicy)),
    (&cas::ACTIVE_SYNC_POLICY, |seen| {
        in_force(seen, cas::ACTIVE_SYNC_POLICY.spec(), Class::MobileDevicePolicy)
    }),
    (&cas::ACTIVE_SYNC_POLICY_DEFAULTED, |seen| (!seen.record.has(cas::ACTIVE_SYNC_POLICY.spec())).into()),
    (&domain::ADDRESS_BOOK_ENABLED, |seen| crate::domain::accepted(seen.record).recipients_checked.into()),
    (&database::SERVER, |seen| seen.cache.fixed.server.clone().into()),
    (&database::SERVER_NAME, |seen| seen.cache.fixed.server.clone().into()),
    (&database::ADMIN_DISPLAY_NAME, |seen| seen.record.name.clone().into()),
    // The store knows these; Get-MailboxDatabase -Status puts them in.
    (&database::MOUNTED_ON_SERVER, |_| Value::Null),
    (&database::MOUNTED, |_| Value::Null),
    (&database::DATABASE_SIZE, |_| Value::Null),
    (&database::FAULTS, |_| Value::Null),
    // What several properties say together; the cmdlets of filters and rules put these in.
    (&filtering::ENABLED, |_| Value::Null),
    (&rule::STATE, |_| Value::Null),
    (&organization::ORGANIZATION_NAME, |seen| seen.record.name.clone().into()),
    (&mailbox::DELEGATE_LIST_LINK, |seen| {
        list(crate::membership::links(seen.cache, seen.record).iter().map(|user| seen.cache.shown(user)))
    }),
    (&permission::DELEGATE_BACK_LINK, |seen| {
        let user = seen.cache.by_guid(seen.record.guid);
        let mailboxes = user.map(|user| crate::membership::back_links(seen.cache, user)).unwrap_or_default();
        list(mailboxes.iter().map(|mailbox| seen.cache.shown(mailbox)))
    }),
    (&permission::ON_BEHALF_BACK_LINK, |seen| {
        let of = crate::membership::represented(seen.cache, seen.record);
        list(of.iter().map(|recipient| seen.cache.shown(recipient)))
    }),
    (&options::LANGUAGE, |seen| stored(seen, &mailbox::LANGUAGES)),
    // Only a mailbox's own folders tell; Get-MailboxRegionalConfiguration asks them.
    (&options::FOLDERS_MATCH, |_| Value::Null),
    (&options::MAILBOX_OWNER, |seen| seen.identity().to_string().into()),
    (&public_folder::PATH, |seen| {
        let shown = seen.cache.folder_path(seen.record).into();
        Value::typed(ObjectId { shown, ..seen.cache.identity(seen.record) })
    }),
    (&public_folder::PARENT_PATH, |seen| seen.cache.folder_parent(seen.record).into()),
    (&public_folder::MAIL_ENABLED, |seen| seen.record.is_mail_enabled().into()),
    (&public_folder::HAS_SUBFOLDERS, |seen| seen.cache.has_folders(seen.record).into()),
    (&address_list::PATH, |seen| format!("\\{}", seen.record.name).into()),
    (&filter::RECIPIENT_FILTER_TYPE, |seen| filter::filter_type(seen.record).into()),
    (&unit::CANONICAL_NAME, |seen| seen.cache.path(seen.record).canonical.into()),
];

/// How a property is worked out, if it is.
pub(crate) fn compute_of(spec: &'static Spec) -> Option<Compute> {
    static TABLE: OnceLock<HashMap<usize, Compute>> = OnceLock::new();
    let key = |spec: &Spec| std::ptr::from_ref(spec) as usize;
    let table =
        TABLE.get_or_init(|| COMPUTED.iter().map(|(of, compute)| (key(of.spec()), *compute)).collect());
    table.get(&key(spec)).copied()
}

impl<'a> Seen<'a> {
    pub(crate) fn new(cache: &'a Cache, record: &'a Record) -> Seen<'a> {
        Seen { cache, record, identity: OnceCell::new(), primary: OnceCell::new(), details: OnceCell::new() }
    }

    fn identity(&self) -> &Value {
        self.identity.get_or_init(|| Value::typed(self.cache.identity(self.record)))
    }
    fn details(&self) -> RecipientTypeDetails {
        *self.details.get_or_init(|| self.record.details())
    }
    fn is_mailbox(&self) -> bool {
        self.record.class == Class::User && mailbox::is_mailbox(self.details())
    }
    fn primary(&self) -> &Value {
        self.primary.get_or_init(|| primary(self.record).map_or(Value::Null, SmtpAddress::into_value))
    }

    /// The value of any property, worked out or stored or its default.
    pub(crate) fn value(&self, spec: &'static Spec) -> Value {
        let value = match compute_of(spec) {
            Some(compute) => Some(compute(self)).filter(|value| !value.is_null()),
            None => self.shown(spec),
        };
        value.unwrap_or_else(|| {
            if spec.many { Value::array(spec.default_value().items()) } else { spec.default_value() }
        })
    }

    /// What is stored of a property, with references as they are shown.
    fn shown(&self, spec: &'static Spec) -> Option<Value> {
        self.shown_as(spec, self.record.held(spec)?)
    }

    fn shown_as(&self, spec: &Spec, held: &Held) -> Option<Value> {
        if std::ptr::eq(spec.kind, ObjectId::KIND) {
            let mut shown = held.values().iter().map(|value| self.reference(value));
            return if spec.many { Some(Value::array(shown)) } else { shown.next() };
        }
        Some(match held.values() {
            [one] if !spec.many => one.clone(),
            many => Value::array(many.iter().cloned()),
        })
    }

    fn reference(&self, value: &Value) -> Value {
        let target = value.downcast::<ObjectId>().and_then(|id| self.cache.by_guid(id.guid));
        target.map_or_else(|| value.clone(), |record| self.cache.shown(record))
    }
}

fn stored(seen: &Seen<'_>, property: &'static impl Declared) -> Value {
    seen.record.stored_values(property.spec()).first().cloned().unwrap_or_default()
}

/// A list; nothing where it is empty, like a list that was never set.
fn list(values: impl Iterator<Item = Value>) -> Value {
    let mut values = values.peekable();
    if values.peek().is_none() { Value::Null } else { Value::array(values) }
}

fn classes(class: Class) -> Value {
    // The words are made once; the list is each object's own.
    static WORDS: OnceLock<Mutex<HashMap<Class, Vec<Value>>>> = OnceLock::new();
    let above: &[&str] = match class {
        Class::User => &["top", "person", "organizationalPerson"],
        Class::Contact => &["top", "person", "organizationalPerson"],
        _ => &["top"],
    };
    let mut known = WORDS.get_or_init(Mutex::default).lock();
    let made = || above.iter().copied().chain([class.word()]).map(Value::from).collect();
    Value::array(known.entry(class).or_insert_with(made).iter().cloned())
}

fn display_name(seen: &Seen<'_>) -> Value {
    match stored(seen, &recipient::DISPLAY_NAME) {
        Value::Null if seen.record.is_mail_enabled() || is_list(seen.record) => {
            seen.record.name.clone().into()
        }
        name => name,
    }
}

/// Whether it is a list that people look through, which has a name for them.
fn is_list(record: &Record) -> bool {
    matches!(record.class, Class::AddressList | Class::GlobalAddressList)
}

/// The primary SMTP address of a recipient, without making a copy of the list.
pub(crate) fn primary(record: &Record) -> Option<SmtpAddress> {
    SmtpAddress::parse(primary_proxy(record)?.value())
}

fn primary_proxy(record: &Record) -> Option<&ProxyAddress> {
    let list = record.stored_values(recipient::EMAIL_ADDRESSES.spec());
    let mut addresses = list.iter().filter_map(|value| value.downcast::<ProxyAddress>());
    addresses.find(|address| address.is_smtp() && address.is_primary())
}

/// The primary address of whoever gets what was written to another one; nothing where it was written to that. Every delivery asks.
pub fn resolved(record: &Record, written: &SmtpAddress) -> Option<SmtpAddress> {
    let own = primary_proxy(record)?.value();
    if own.eq_ignore_ascii_case(written.as_str()) { None } else { SmtpAddress::parse(own) }
}

fn policies_included(seen: &Seen<'_>) -> Value {
    if !seen.record.is_mail_enabled() || !seen.record.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED) {
        return list(std::iter::empty());
    }
    list(seen.cache.fixed.address_policy.clone().map(Value::from).into_iter())
}

/// The GUID that stands for "all e-mail address policies" in Exchange's lists of excluded policies.
const ADDRESS_POLICIES: &str = "{26491cfc-9e50-4857-861b-0cb8df22b5d7}";

fn policies_excluded(seen: &Seen<'_>) -> Value {
    let excluded = seen.record.is_mail_enabled() && !seen.record.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED);
    list(excluded.then(|| ADDRESS_POLICIES.into()).into_iter())
}

fn recipient_type(seen: &Seen<'_>) -> RecipientType {
    use RecipientTypeDetails as Details;
    match (seen.record.class, seen.details()) {
        (Class::User, details) if mailbox::is_mailbox(details) => RecipientType::UserMailbox,
        (Class::User, Details::MailUser | Details::RemoteUserMailbox | Details::GuestMailUser) => {
            RecipientType::MailUser
        }
        (Class::User, _) => RecipientType::User,
        (Class::Contact, Details::MailContact | Details::MailForestContact) => RecipientType::MailContact,
        (Class::Contact, _) => RecipientType::Contact,
        (Class::Group, Details::MailUniversalDistributionGroup | Details::RoomList) => {
            RecipientType::MailUniversalDistributionGroup
        }
        (Class::Group, Details::MailUniversalSecurityGroup) => RecipientType::MailUniversalSecurityGroup,
        (Class::Group, Details::MailNonUniversalGroup) => RecipientType::MailNonUniversalGroup,
        (Class::Group, Details::DynamicDistributionGroup) => RecipientType::DynamicDistributionGroup,
        (Class::Group, _) => RecipientType::Group,
        (Class::PublicFolder, Details::PublicFolder) => RecipientType::PublicFolder,
        _ => RecipientType::Invalid,
    }
}

/// The display type follows from the details.
fn display_type(seen: &Seen<'_>) -> Option<RecipientDisplayType> {
    use RecipientTypeDetails as Details;
    Some(match seen.details() {
        Details::UserMailbox | Details::LinkedMailbox | Details::SharedMailbox => {
            RecipientDisplayType::ACLableMailboxUser
        }
        Details::RoomMailbox | Details::LinkedRoomMailbox => RecipientDisplayType::ConferenceRoomMailbox,
        Details::EquipmentMailbox => RecipientDisplayType::EquipmentMailbox,
        Details::ArbitrationMailbox => RecipientDisplayType::ArbitrationMailbox,
        Details::MailUser => RecipientDisplayType::ACLableRemoteMailUser,
        Details::MailContact | Details::MailForestContact => RecipientDisplayType::RemoteMailUser,
        Details::MailUniversalDistributionGroup => RecipientDisplayType::DistributionGroup,
        Details::MailUniversalSecurityGroup => RecipientDisplayType::SecurityDistributionGroup,
        Details::DynamicDistributionGroup => RecipientDisplayType::DynamicDistributionGroup,
        Details::RoomList => RecipientDisplayType::RoomList,
        Details::PublicFolder => RecipientDisplayType::PublicFolder,
        details if mailbox::is_mailbox(details) => RecipientDisplayType::MailboxUser,
        _ => return None,
    })
}

fn joined(seen: &Seen<'_>, properties: [&'static object::Property<ObjectId>; 2]) -> Value {
    let values = properties.iter().flat_map(|property| seen.record.stored_values(property.spec()));
    list(values.map(|value| seen.reference(value)))
}

fn country(seen: &Seen<'_>) -> Option<Country> {
    seen.record.get(&user::COUNTRY)?.country()
}

fn linked_master_account(seen: &Seen<'_>) -> Value {
    match seen.record.get(&user::MASTER_ACCOUNT_SID).as_deref() {
        Some(SELF_SID) => "NT AUTHORITY\\SELF".into(),
        Some(sid) => seen.record.get(&user::LINKED_ACCOUNT_NAME).unwrap_or_else(|| sid.to_owned()).into(),
        None => Value::Null,
    }
}

fn with_mailbox(seen: &Seen<'_>, text: fn(&Fixed) -> &Text) -> Value {
    if seen.record.has(mailbox::DATABASE.spec()) {
        text(&seen.cache.fixed).clone().into()
    } else {
        Value::Null
    }
}

/// The policy that a mailbox names, or the one that is in force because it names none.
fn in_force(seen: &Seen<'_>, spec: &'static Spec, class: Class) -> Value {
    if !seen.is_mailbox() {
        return Value::Null;
    }
    seen.shown(spec).unwrap_or_else(|| seen.cache.default_of(class))
}

/// Whether nothing is missing without which the object would be in contradiction with itself.
fn is_whole(seen: &Seen<'_>) -> bool {
    let (record, needed) =
        (seen.record, [&mailbox::DATABASE as &dyn Declared, &mailbox::EXCHANGE_GUID, &recipient::ALIAS]);
    !seen.is_mailbox()
        || (needed.iter().all(|declared| record.has(declared.spec())) && !seen.primary().is_null())
}

fn is_resource(seen: &Seen<'_>) -> bool {
    use RecipientTypeDetails as Details;
    matches!(seen.details(), Details::RoomMailbox | Details::EquipmentMailbox | Details::LinkedRoomMailbox)
}

/// What a record is, in words, for error lines: `a shared mailbox`.
pub(crate) fn described(record: &Record) -> String {
    let details = record.details();
    match record.class {
        Class::User if details == RecipientTypeDetails::SharedMailbox => "a shared mailbox".to_owned(),
        Class::User if record.is_mailbox() => format!("a mailbox ({details})"),
        Class::User if record.is_mail_enabled() => "a mail user".to_owned(),
        Class::User => "a user without a mailbox".to_owned(),
        Class::Contact => "a contact".to_owned(),
        Class::Group => match details {
            RecipientTypeDetails::DynamicDistributionGroup => "a dynamic distribution group",
            RecipientTypeDetails::RoleGroup => "a role group",
            _ if record.is_mail_enabled() => "a group",
            _ => "a group without an address",
        }
        .to_owned(),
        Class::PublicFolder => "a public folder".to_owned(),
        Class::AddressList => "an address list".to_owned(),
        Class::GlobalAddressList => "a global address list".to_owned(),
        class => format!("an object of class {}", class.word()),
    }
}

/// Most objects show no more properties.
const PROPERTIES_SHOWN: usize = 48;

/// A noun made ready: its property names shared, its ways of reading looked up once.
struct Lens {
    columns: Vec<(Text, &'static Spec, Option<Compute>)>,
    /// Which column shows a stored property, by the property's address.
    places: Vec<(usize, usize)>,
}

/// A noun's lens: it is made when it is first asked for and stays.
fn lens(noun: &'static Noun) -> &'static Lens {
    static LENSES: LazyLock<RwLock<HashMap<usize, &'static Lens>>> = LazyLock::new(RwLock::default);
    let key = std::ptr::from_ref(noun) as usize;
    if let Some(lens) = LENSES.read().get(&key) {
        return lens;
    }
    LENSES.write().entry(key).or_insert_with(|| Box::leak(Box::new(Lens::of(noun))))
}

/// Whether a value that was worked out says no more than the property's default does.
fn is_default(value: &Value, spec: &Spec) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(yes) => {
            matches!(spec.default.map(|default| default()), Some(Value::Bool(default)) if default == *yes)
        }
        _ => false,
    }
}

impl Lens {
    fn of(noun: &'static Noun) -> Lens {
        let column = |declared: &&'static dyn Declared| {
            let spec = declared.spec();
            (Text::from(spec.name), spec, compute_of(spec))
        };
        let columns: Vec<_> = noun.properties.iter().map(column).collect();
        let stored = |(at, (_, spec, compute)): (usize, &(Text, &'static Spec, Option<Compute>))| {
            compute.is_none().then_some((std::ptr::from_ref(*spec) as usize, at))
        };
        let mut places: Vec<_> = columns.iter().enumerate().filter_map(stored).collect();
        places.sort_unstable();
        Lens { columns, places }
    }

    /// What is stored of the columns that show what is stored: each of a record's values is looked at once.
    fn held<'r>(&self, record: &'r Record) -> Vec<Option<&'r Held>> {
        let mut held = vec![None; self.columns.len()];
        for (spec, value) in &record.values {
            let spec = std::ptr::from_ref(*spec) as usize;
            if let Ok(found) = self.places.binary_search_by_key(&spec, |(known, _)| *known) {
                held[self.places[found].1] = Some(value);
            }
        }
        held
    }
}

impl Directory {
    /// A record as an object of a noun. Properties that were never set are absent and read as their defaults.
    pub fn object(&self, record: &Record, noun: &'static Noun) -> Object {
        let cache = self.cache();
        let seen = Seen::new(&cache, record);
        let lens = lens(noun);
        let mut pairs = Vec::with_capacity(PROPERTIES_SHOWN);
        for ((name, spec, compute), held) in lens.columns.iter().zip(lens.held(record)) {
            let value = match compute {
                Some(compute) => Some(compute(&seen)).filter(|value| !is_default(value, spec)),
                None => held.and_then(|held| seen.shown_as(spec, held)),
            };
            if let Some(value) = value {
                pairs.push((name.clone(), value));
            }
        }
        Object::of_pairs(noun, pairs)
    }

    /// The value of one property of a record, as the object of a noun would show it.
    pub fn value(&self, record: &Record, spec: &'static Spec) -> Value {
        Seen::new(&self.cache(), record).value(spec)
    }

    /// The value behind a directory attribute (`msExchMailboxGuid`), whatever noun shows it: how the cmdlets of the
    /// ActiveDirectory module read. `None` when no property of the class has that attribute.
    pub fn attribute(&self, record: &Record, attribute: &str) -> Option<(&'static Spec, Value)> {
        let lists = record.class().properties().iter().copied().flatten();
        let named =
            |spec: &&'static Spec| spec.attribute.is_some_and(|name| name.eq_ignore_ascii_case(attribute));
        let spec = lists.map(|declared| declared.spec()).find(named)?;
        Some((spec, self.value(record, spec)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_worked_out_has_a_way_and_what_has_a_way_is_declared() {
        let nouns = || crate::schema::CLASSES.iter().flat_map(|facts| facts.nouns);
        for noun in nouns() {
            for declared in noun.properties {
                let spec = declared.spec();
                let needs = spec.access == object::Access::Computed;
                assert!(!needs || compute_of(spec).is_some(), "{}.{} has no way", noun.name, spec.name);
            }
        }
        for (declared, _) in COMPUTED {
            let known = nouns().any(|noun| noun.property(declared.spec().name).is_some());
            let held = Class::User.properties().iter().copied().flatten();
            let held = held.map(|one| one.spec()).any(|spec| std::ptr::eq(spec, declared.spec()));
            assert!(known || held, "{:?}", declared);
        }
    }
}
