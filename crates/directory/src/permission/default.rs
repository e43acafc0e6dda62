//! The entries that nobody made: what every mailbox and object has by itself, and what it inherits.

use super::trustee::sid_of_domain;
use crate::access::{AccessEntry, AdRight, InheritanceType, MailboxRight, SEND_AS, Store, UsualEntries};
use crate::cache::Cache;
use crate::record::Record;
use crate::schema::{mailbox, permission, user};
use crate::user_account::{AUTHENTICATED_SID, EVERYONE_SID, NETWORK_SERVICE_SID, SELF_SID, SYSTEM_SID};
use crate::{Class, Directory};
use object::types::{ObjectId, RecipientTypeDetails};
use object::value::Text;
use object::{Declared, Spec};
use std::sync::Arc;

/// An entry as it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The entry.
    pub entry: AccessEntry,
    /// Whether it comes from above.
    pub inherited: bool,
}

/// The extended right that opens all mailboxes of a database.
pub(crate) const RECEIVE_AS: &str = "Receive-As";
/// The extended right to change one's password, knowing the old one.
const CHANGE_PASSWORD: &str = "User-Change-Password";

const FULL: i64 = MailboxRight::FullAccess as i64;
const READ: i64 = MailboxRight::ReadPermission as i64;
/// What administrators have of every mailbox besides its content.
const ADMINISTRATION: i64 = MailboxRight::DeleteItem as i64
    | READ
    | MailboxRight::ChangePermission as i64
    | MailboxRight::ChangeOwner as i64;

/// The number of the domain's administrators.
const DOMAIN_ADMINS: u32 = 512;

impl Store {
    /// Where a record keeps such entries.
    pub(crate) fn spec(self) -> &'static Spec {
        match self {
            Store::Mailbox => permission::MAILBOX_ENTRIES.spec(),
            Store::Object => permission::OBJECT_ENTRIES.spec(),
        }
    }
}

/// What a mailbox or object gives to whom by itself.
pub(crate) fn own(store: Store) -> Vec<AccessEntry> {
    match store {
        Store::Mailbox => vec![AccessEntry::mailbox(SELF_SID, FULL | READ)],
        Store::Object => {
            [SEND_AS, RECEIVE_AS, CHANGE_PASSWORD].map(|right| AccessEntry::extended(SELF_SID, right)).into()
        }
    }
}

/// What was given or denied at the object itself, and what it gives by itself. The owner's entries are among those that
/// were given only where they are not the usual ones.
pub(crate) fn explicit(store: Store, record: &Record) -> Vec<AccessEntry> {
    let mut entries: Vec<AccessEntry> =
        record.stored_values(store.spec()).iter().filter_map(|value| value.downcast().cloned()).collect();
    if !entries.iter().any(|entry| &*entry.trustee == SELF_SID) && record.class().is_recipient() {
        entries.splice(0..0, own(store));
    }
    entries.retain(|entry| entry.rights != 0);
    entries
}

/// What is the same for all mailboxes of a directory.
pub(crate) struct Defaults(Arc<UsualEntries>);

impl Defaults {
    /// Those of the moment that a directory shows.
    pub(crate) fn of(directory: &Directory) -> Defaults {
        let cache = directory.cache();
        Defaults(Arc::clone(cache.worked.usual.get_or_init(|| Arc::new(Defaults::made(&cache)))))
    }

    fn made(cache: &Cache) -> UsualEntries {
        let number = |number| sid_of_domain(cache, number);
        let (servers, subsystem, monitors) = (number(990), number(991), number(992));
        let mut administrators: Vec<Text> = vec![number(DOMAIN_ADMINS), number(519)];
        let administrator = cache.by_value(user::SAM_ACCOUNT_NAME.spec(), "administrator").into_iter().next();
        administrators.splice(0..0, administrator.and_then(|account| account.sid()));
        administrators.extend(organization_management(cache));
        let denied = administrators.iter().map(|sid| AccessEntry::mailbox(sid, FULL).denied());
        let given = administrators.iter().map(|sid| AccessEntry::mailbox(sid, FULL | ADMINISTRATION));
        let mut mailbox: Vec<AccessEntry> = denied.chain(given).collect();
        mailbox.extend([
            AccessEntry::mailbox(SYSTEM_SID, FULL),
            AccessEntry::mailbox(NETWORK_SERVICE_SID, READ),
            AccessEntry::mailbox(&servers, FULL | READ),
            AccessEntry::mailbox(&subsystem, ADMINISTRATION),
            AccessEntry::mailbox(&monitors, READ),
        ]);
        let all = |entry| AccessEntry { inheritance: InheritanceType::All, ..entry };
        let object = vec![
            all(AccessEntry::object(SYSTEM_SID, AdRight::GenericAll as i64)),
            all(AccessEntry::object(AUTHENTICATED_SID, AdRight::ReadControl as i64)),
            all(AccessEntry::object(&servers, AdRight::GenericRead as i64)),
            all(AccessEntry::object(&subsystem, AdRight::GenericRead as i64 | AdRight::WriteProperty as i64)),
            all(AccessEntry::extended(EVERYONE_SID, CHANGE_PASSWORD)),
        ];
        UsualEntries { mailbox, object }
    }

    /// What an object inherits: from the house, from the database of a mailbox, from the containers above an object.
    pub(crate) fn inherited(&self, cache: &Cache, store: Store, record: &Record) -> Vec<AccessEntry> {
        let mut all = match store {
            Store::Mailbox => of_database(cache, record),
            Store::Object => of_containers(cache, record),
        };
        all.extend_from_slice(self.usual(store));
        all
    }
    /// What everything of that sort inherits.
    pub(crate) fn usual(&self, store: Store) -> &[AccessEntry] {
        match store {
            Store::Mailbox => &self.0.mailbox,
            Store::Object => &self.0.object,
        }
    }
}

fn organization_management(cache: &Cache) -> Option<Text> {
    let named = cache.by_name(&crate::role_group::ORGANIZATION_MANAGEMENT.to_lowercase());
    named.into_iter().find(|group| group.details() == RecipientTypeDetails::RoleGroup)?.sid()
}

fn stored(record: &Record) -> impl Iterator<Item = &AccessEntry> {
    record.stored_values(permission::OBJECT_ENTRIES.spec()).iter().filter_map(|value| value.downcast())
}

/// Who may receive as a whole database may open each of its mailboxes.
pub(crate) fn of_database(cache: &Cache, record: &Record) -> Vec<AccessEntry> {
    let database = record.get::<ObjectId>(&mailbox::DATABASE).and_then(|id| cache.by_guid(id.guid));
    let Some(database) = database else { return Vec::new() };
    let reaching = stored(database).filter(|entry| entry.inheritance.reaches(1));
    let opening = reaching.filter(|entry| entry.covers_extended(RECEIVE_AS));
    opening
        .map(|entry| AccessEntry { deny: entry.deny, ..AccessEntry::mailbox(&entry.trustee, FULL) })
        .collect()
}

/// The entries of the containers above, nearer ones first, that reach down to an object of its class.
pub(crate) fn of_containers(cache: &Cache, record: &Record) -> Vec<AccessEntry> {
    let (mut found, mut above, mut depth) = (Vec::new(), cache.get(record.parent), 1);
    while let Some(container) = above.filter(|_| depth <= crate::cache::CONTAINER_DEPTH_MAX) {
        let fits = |entry: &&AccessEntry| {
            entry.inheritance.reaches(depth)
                && entry.inherited_object.as_deref().is_none_or(|class| is_of(record.class(), class))
        };
        found.extend(stored(container).filter(fits).cloned());
        (above, depth) = (cache.get(container.parent), depth + 1);
    }
    found
}

/// Whether a class is meant by the word of an entry.
fn is_of(class: Class, word: &str) -> bool {
    class.word().eq_ignore_ascii_case(word)
        || (class == Class::User && word.eq_ignore_ascii_case("inetOrgPerson"))
}

impl Directory {
    /// All entries of a mailbox or object: its own first, then those that it inherits; of each, what is denied first.
    pub fn entries(&self, store: Store, record: &Record) -> Vec<Shown> {
        self.entries_among(&Defaults::of(self), store, record)
    }
    /// The security identifier of the owner of a mailbox or object: the account itself where no other was named, and
    /// administrators of what is no account.
    pub fn owner_of(&self, store: Store, record: &Record) -> Text {
        let (property, usual) = match store {
            Store::Mailbox => (&permission::MAILBOX_OWNER, SELF_SID.into()),
            Store::Object => (&permission::OBJECT_OWNER, self.domain_sid(DOMAIN_ADMINS)),
        };
        record.get(property).map_or(usual, Text::from)
    }
    /// [`entries`](Directory::entries) of many, of which what is the same for all is made once.
    pub fn entries_of_many<'a>(&'a self, store: Store) -> impl Fn(&Record) -> Vec<Shown> + 'a {
        let defaults = Defaults::of(self);
        move |record| self.entries_among(&defaults, store, record)
    }
    fn entries_among(&self, defaults: &Defaults, store: Store, record: &Record) -> Vec<Shown> {
        let show = |inherited: bool| move |entry| Shown { entry, inherited };
        let mut all: Vec<Shown> = explicit(store, record).into_iter().map(show(false)).collect();
        all.extend(defaults.inherited(&self.cache(), store, record).into_iter().map(show(true)));
        all.sort_by_key(|shown| (shown.inherited, !shown.entry.deny));
        all
    }
}
