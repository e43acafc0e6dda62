//! Rights through the directory's public functions: a table of who may do what, by which way, and what denies it.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_directory::permission::{
    AccessEntry, AdRight, ENTRIES_MAX, EVERYONE_SID, Granted, Holding, InheritanceType, MailboxRight, Right,
    SEND_AS, Store,
};
use mailstead_directory::schema::{group, permission, recipient, user};
use mailstead_directory::*;
use object::types::{Guid, ObjectId, RecipientTypeDetails, SecureString};
use object::{Author, Result, Time, WoundClock};
use std::ops::Deref;
use std::sync::Arc;

/// A founded directory that is verified when it goes.
struct House {
    directory: Directory,
    db: db::Database,
    clock: WoundClock,
}

impl Deref for House {
    type Target = Directory;
    fn deref(&self) -> &Directory {
        &self.directory
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.directory.verify().unwrap(), []);
            let again = Directory::open(self.db.clone(), Arc::new(self.clock.clone()), "srv1").unwrap();
            assert_eq!(again.verify().unwrap(), []);
        }
    }
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let db = db::memory().unwrap();
    let directory = Directory::open(db.clone(), Arc::new(clock.clone()), "srv1").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    House { directory, db, clock }
}

/// Hashing takes its time, so it is done once.
fn password() -> PasswordHash {
    static HASH: std::sync::OnceLock<PasswordHash> = std::sync::OnceLock::new();
    HASH.get_or_init(|| PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap()).clone()
}

fn by() -> Author {
    Author::new("CONTOSO\\Administrator", "Add-MailboxPermission")
}

impl House {
    fn mailbox(&self, name: &str, flavour: Flavour) -> Arc<Record> {
        let mut new = NewMailbox::named(name, flavour.clone());
        if flavour == Flavour::Regular {
            new.password = Some(password());
            new.user_principal_name = Some(format!("{name}@contoso.com"));
        }
        let made = self.change(&by(), move |change| change.new_mailbox(&new)).unwrap();
        self.need(made.guid()).unwrap()
    }
    fn user(&self, name: &str) -> Arc<Record> {
        self.mailbox(name, Flavour::Regular)
    }
    /// An account without a mailbox.
    fn account(&self, name: &str) -> Arc<Record> {
        let new = NewRecipient {
            password: Some(password()),
            ..NewRecipient::named(name, Class::User, RecipientTypeDetails::None)
        };
        let made = self.change(&by(), move |change| change.new_recipient(&new)).unwrap();
        self.need(made.guid()).unwrap()
    }
    fn group(&self, name: &str, members: &[&Arc<Record>]) -> Arc<Record> {
        let new = NewRecipient::named(name, Class::Group, RecipientTypeDetails::MailUniversalSecurityGroup);
        let made = self.change(&by(), move |change| change.new_recipient(&new)).unwrap();
        self.members(made.guid(), members);
        self.need(made.guid()).unwrap()
    }
    fn members(&self, group: Guid, members: &[&Arc<Record>]) {
        let members: Vec<ObjectId> = members.iter().map(|member| self.id(member)).collect();
        self.change(&by(), move |change| {
            let mut record = change.read(group)?;
            record.set_all(&group::MEMBERS, members.clone());
            change.save(record)
        })
        .unwrap();
    }
    fn grant(&self, on: &Record, entry: AccessEntry) -> Result<Granted> {
        let guid = on.guid();
        self.change(&by(), move |change| change.grant(guid, &entry))
    }
    fn revoke(&self, on: &Record, entry: AccessEntry) -> Granted {
        let guid = on.guid();
        self.change(&by(), move |change| change.revoke(guid, &entry, None)).unwrap()
    }
    fn give(&self, on: &Record, who: &Record, right: Right, deny: bool) {
        if right == Right::SendOnBehalf {
            assert!(!deny, "nobody can be denied to send on behalf");
            let mut granted = self.need(on.guid()).unwrap().all(&recipient::GRANT_SEND_ON_BEHALF_TO);
            granted.push(self.id(who));
            let guid = on.guid();
            let put = move |change: &mut Change<'_>| {
                let mut record = change.read(guid)?;
                record.set_all(&recipient::GRANT_SEND_ON_BEHALF_TO, granted.clone());
                change.save(record)
            };
            self.change(&by(), put).unwrap();
            return;
        }
        let entry = entry_of(right, &sid(who));
        let entry = if deny { entry.denied() } else { entry };
        assert_eq!(self.grant(on, entry).unwrap(), Granted::Done);
    }
    /// The names behind `msExchDelegateListLink` or its way back.
    fn mapped(&self, of: Guid, attribute: &str) -> String {
        let Some(record) = self.get(of) else { return "gone".to_owned() };
        let (_, value) = self.attribute(&record, attribute).unwrap();
        let names = value.items();
        let names = names.iter().map(|id| id.downcast::<ObjectId>().unwrap().name.to_string());
        names.collect::<Vec<_>>().join(",")
    }
    fn entries(&self, store: Store, of: &Record) -> Vec<String> {
        let record = self.need(of.guid()).unwrap();
        let shown = self.directory.entries(store, &record).into_iter().filter(|shown| !shown.inherited);
        shown
            .map(|shown| {
                let rights: Vec<String> = shown.entry.list().iter().map(ToString::to_string).collect();
                let deny = if shown.entry.deny { " denied" } else { "" };
                format!("{} {}{deny}", self.trustee(&shown.entry.trustee).shown, rights.join("+"))
            })
            .collect()
    }
}

fn sid(of: &Record) -> String {
    of.get(&user::SID).unwrap()
}

fn entry_of(right: Right, sid: &str) -> AccessEntry {
    let bit = match right {
        Right::SendAs | Right::SendOnBehalf => return AccessEntry::extended(sid, SEND_AS),
        Right::FullAccess => MailboxRight::FullAccess,
        Right::DeleteItem => MailboxRight::DeleteItem,
        Right::ReadPermission => MailboxRight::ReadPermission,
        Right::ChangePermission => MailboxRight::ChangePermission,
        Right::ChangeOwner => MailboxRight::ChangeOwner,
        Right::ExternalAccount => MailboxRight::ExternalAccount,
    };
    AccessEntry::mailbox(sid, bit as i64)
}

/// The ways in which somebody comes to a right, or loses it, and whether it is there in the end.
/// `allow` and `deny` list who is named: the user, a group, a group around it, the database or unit above.
static WAYS: &[(&str, &[&str], &[&str], bool)] = &[
    ("nothing", &[], &[], false),
    ("direct", &["user"], &[], true),
    ("group", &["group"], &[], true),
    ("nested group", &["outer"], &[], true),
    ("circle of groups", &["circle"], &[], true),
    ("direct and group", &["user", "group"], &[], true),
    ("somebody else", &["other"], &[], false),
    ("deny direct", &["user"], &["user"], false),
    ("deny direct, allow group", &["group"], &["user"], false),
    ("deny group, allow direct", &["user"], &["group"], false),
    ("deny nested group, allow direct", &["user"], &["outer"], false),
    ("deny nested group, allow group", &["group"], &["outer"], false),
    ("deny somebody else", &["user"], &["other"], true),
    ("deny inherited, allow direct", &["user"], &["above"], true),
    ("deny inherited, allow group", &["group"], &["above"], true),
    ("deny inherited, allow nested group", &["outer"], &["above"], true),
    ("deny inherited alone", &[], &["above"], false),
    ("deny inherited and direct", &["user"], &["above", "user"], false),
];

#[test]
fn a_right_is_there_or_not_whatever_the_way() {
    let house = house();
    let database = house.only(Class::MailboxDatabase).unwrap();
    let unit = house.users_container().unwrap();
    let mut rows = 0;
    for flavour in [Flavour::Shared, Flavour::Regular, Flavour::Room] {
        for (number, (way, allow, deny, there)) in WAYS.iter().enumerate() {
            for right in Right::ALL.iter().copied() {
                // What cannot be denied, or comes from nowhere above, has no such way.
                let above = matches!(right, Right::FullAccess | Right::SendAs);
                if (right == Right::SendOnBehalf && !deny.is_empty()) || (!above && deny.contains(&"above")) {
                    continue;
                }
                let tag = format!("{}{number}{}", flavour.details() as i64, right as i64);
                let mailbox = house.mailbox(&format!("box{tag}"), flavour.clone());
                let user = house.account(&format!("user{tag}"));
                let other = house.account(&format!("else{tag}"));
                let inner = house.group(&format!("group{tag}"), &[&user]);
                let outer = house.group(&format!("outer{tag}"), &[&inner]);
                let circle = house.group(&format!("circle{tag}"), &[&outer]);
                house.members(inner.guid(), &[&user, &circle]);
                for (list, denied) in [(allow, false), (deny, true)] {
                    for who in *list {
                        let who = match *who {
                            "user" => &user,
                            "group" => &inner,
                            "outer" => &outer,
                            "circle" => &circle,
                            "other" => &other,
                            _ => {
                                let (on, right) = match right {
                                    Right::FullAccess => (&database, "Receive-As"),
                                    _ => (&unit, SEND_AS),
                                };
                                let entry = AccessEntry {
                                    inheritance: InheritanceType::All,
                                    ..AccessEntry::extended(&sid(&user), right).denied()
                                };
                                house.grant(on, entry).unwrap();
                                continue;
                            }
                        };
                        house.give(&mailbox, who, right, denied);
                    }
                }
                let named = format!("{right} of {flavour:?}, {way}");
                let rights = house.rights(user.guid(), mailbox.guid());
                assert_eq!(rights.has(right), *there, "{named}");
                let others = Right::ALL.iter().filter(|one| **one != right && rights.has(**one)).count();
                assert_eq!(others, 0, "{named}: a right brings no other");
                graph_agrees(&house, &user, &mailbox, right, *there, &named);
                switch(&house, &user, true);
                assert!(house.rights(user.guid(), mailbox.guid()).is_empty(), "{named}: disabled");
                graph_agrees(&house, &user, &mailbox, right, false, &named);
                rows += 2;
            }
        }
    }
    assert!(rows >= 600, "{rows}");
}

fn switch(house: &House, user: &Record, off: bool) {
    let guid = user.guid();
    house
        .change(&by(), move |change| {
            let mut record = change.read(guid)?;
            let flags = record.get(&user::USER_ACCOUNT_CONTROL).unwrap();
            record.set(&user::USER_ACCOUNT_CONTROL, flags.disabled(off));
            change.save(record)
        })
        .unwrap();
}

/// Both listings say what the check says.
fn graph_agrees(house: &House, user: &Record, mailbox: &Record, right: Right, there: bool, named: &str) {
    let held = house.holders_of(mailbox.guid()).into_iter().any(|holding| {
        holding.right == right
            && holding.holder.as_ref().is_some_and(|holder| holder.guid() == user.guid())
            && holding.denied_by.is_none()
    });
    assert_eq!(held, there, "{named}: holders");
    let reached = house.mailboxes_of(user.guid()).into_iter().any(|holding| {
        holding.right == right && holding.mailbox.guid() == mailbox.guid() && holding.denied_by.is_none()
    });
    assert_eq!(reached, there, "{named}: mailboxes");
}

#[test]
fn the_owner_has_everything_and_an_administrator_nothing_until_it_is_given() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    let own = house.rights(ann.guid(), ann.guid());
    assert!(own.has(Right::FullAccess) && own.has(Right::SendAs));
    let administrator = house.administrator().unwrap();
    assert!(!house.rights(administrator.guid(), sales.guid()).has(Right::FullAccess));
    // What was denied from above is given by an entry of the mailbox itself.
    house.give(&sales, &administrator, Right::FullAccess, false);
    assert!(house.rights(administrator.guid(), sales.guid()).has(Right::FullAccess));
    // Receiving as the database is inherited, and so is what denies it to administrators.
    let database = house.only(Class::MailboxDatabase).unwrap();
    let all = |sid: &str| AccessEntry {
        inheritance: InheritanceType::All,
        ..AccessEntry::extended(sid, "Receive-As")
    };
    house.grant(&database, all(&sid(&ann))).unwrap();
    house.grant(&database, all(&sid(&administrator))).unwrap();
    assert!(house.rights(ann.guid(), sales.guid()).has(Right::FullAccess));
    assert!(!house.rights(administrator.guid(), ann.guid()).has(Right::FullAccess));
    assert_eq!(house.mailboxes_of(ann.guid()).len(), 1);
}

#[test]
fn rights_of_one_trustee_are_one_entry_and_each_is_taken_alone() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    let full = |rights: i64| AccessEntry::mailbox(&sid(&ann), rights);
    let (open, read) = (MailboxRight::FullAccess as i64, MailboxRight::ReadPermission as i64);
    assert_eq!(house.grant(&sales, full(open)).unwrap(), Granted::Done);
    assert_eq!(house.grant(&sales, full(open)).unwrap(), Granted::Already);
    assert_eq!(house.grant(&sales, full(read)).unwrap(), Granted::Done);
    assert_eq!(house.grant(&sales, full(open).denied()).unwrap(), Granted::Done);
    assert_eq!(
        house.entries(Store::Mailbox, &sales),
        [
            "CONTOSO\\ann FullAccess denied",
            "NT AUTHORITY\\SELF FullAccess+ReadPermission",
            "CONTOSO\\ann FullAccess+ReadPermission"
        ]
    );
    assert!(!house.rights(ann.guid(), sales.guid()).has(Right::FullAccess));
    assert_eq!(house.revoke(&sales, full(open).denied()), Granted::Done);
    assert!(house.rights(ann.guid(), sales.guid()).has(Right::FullAccess));
    assert_eq!(house.revoke(&sales, full(open)), Granted::Done);
    assert_eq!(house.revoke(&sales, full(open)), Granted::Already);
    assert_eq!(
        house.entries(Store::Mailbox, &sales),
        ["NT AUTHORITY\\SELF FullAccess+ReadPermission", "CONTOSO\\ann ReadPermission"]
    );
    let administrator = house.administrator().unwrap();
    assert_eq!(
        house.revoke(&sales, AccessEntry::mailbox(&sid(&administrator), open).denied()),
        Granted::Inherited
    );
    // The owner's own entry can go and come back.
    let own = AccessEntry::mailbox("S-1-5-10", open | read);
    assert_eq!(house.revoke(&sales, own.clone()), Granted::Done);
    assert_eq!(house.entries(Store::Mailbox, &sales), ["CONTOSO\\ann ReadPermission"]);
    assert_eq!(house.grant(&sales, own).unwrap(), Granted::Done);
    assert_eq!(house.need(sales.guid()).unwrap().all(&permission::MAILBOX_ENTRIES).len(), 1);
}

#[test]
fn full_control_of_an_object_sends_as_it() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    house.grant(&sales, AccessEntry::object(&sid(&ann), AdRight::GenericAll as i64)).unwrap();
    assert!(house.rights(ann.guid(), sales.guid()).has(Right::SendAs));
    assert!(!house.rights(ann.guid(), sales.guid()).has(Right::FullAccess));
    // Send As works for groups, too; an entry that is for what lies below says nothing of the object.
    let team = house.group("Team", &[]);
    let below = AccessEntry {
        inheritance: InheritanceType::Descendents,
        ..AccessEntry::extended(&sid(&ann), SEND_AS)
    };
    house.grant(&team, below).unwrap();
    assert!(!house.rights(ann.guid(), team.guid()).has(Right::SendAs));
    house.give(&team, &ann, Right::SendAs, false);
    assert!(house.rights(ann.guid(), team.guid()).has(Right::SendAs));
}

#[test]
fn an_entry_outlives_its_account_and_is_shown_by_its_identifier() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    house.give(&sales, &ann, Right::FullAccess, false);
    let (guid, gone, mailbox) = (ann.guid(), sid(&ann), sales.guid());
    house.change(&by(), move |change| change.map(mailbox, guid, true)).unwrap();
    assert_eq!(house.mapped(guid, "msExchDelegateListBL"), "Sales");
    house.change(&by(), move |change| change.delete(guid)).unwrap();
    assert_eq!(house.entries(Store::Mailbox, &sales)[1], format!("{gone} FullAccess"));
    assert_eq!(house.mapped(mailbox, "msExchDelegateListLink"), "");
    assert_eq!(house.holders_of(mailbox).len(), 0);
    let written = house.resolve_trustee(&ObjectId::written(&gone)).unwrap();
    assert_eq!(
        house.revoke(&sales, AccessEntry::mailbox(&written.sid, MailboxRight::FullAccess as i64)),
        Granted::Done
    );
    assert_eq!(house.entries(Store::Mailbox, &sales).len(), 1);
}

#[test]
fn everybody_can_be_given_a_right_by_a_well_known_name() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    for (name, shown) in [
        ("Everyone", "Everyone"),
        ("NT AUTHORITY\\SELF", "NT AUTHORITY\\SELF"),
        ("self", "NT AUTHORITY\\SELF"),
        ("s-1-5-18", "NT AUTHORITY\\SYSTEM"),
        ("CONTOSO\\Domain Admins", "CONTOSO\\Domain Admins"),
        ("CONTOSO\\ann", "CONTOSO\\ann"),
        ("ann@contoso.com", "CONTOSO\\ann"),
        ("CONTOSO\\Organization Management", "CONTOSO\\Organization Management"),
    ] {
        assert_eq!(&*house.resolve_trustee(&ObjectId::written(name)).unwrap().shown, shown, "{name}");
    }
    assert!(house.resolve_trustee(&ObjectId::written("nobody")).is_err());
    assert!(house.resolve_trustee(&ObjectId::written("Mailbox Database")).is_err());
    house.grant(&sales, AccessEntry::mailbox(EVERYONE_SID, MailboxRight::FullAccess as i64)).unwrap();
    assert!(house.rights(ann.guid(), sales.guid()).has(Right::FullAccess));
    let holders = house.holders_of(sales.guid());
    assert_eq!((holders.len(), &*holders[0].shown, holders[0].holder.is_none()), (1, "Everyone", true));
}

#[test]
fn a_group_that_is_mapped_maps_whoever_is_in_it_now() {
    let house = house();
    let (ann, ben, sales) = (house.user("ann"), house.user("ben"), house.mailbox("Sales", Flavour::Shared));
    let inner = house.group("Inner", &[&ann]);
    let outer = house.group("Outer", &[&inner]);
    // Neither has a client in which anything could appear.
    let contact = NewRecipient::named("lee", Class::Contact, RecipientTypeDetails::MailContact);
    let contact = house.change(&by(), move |change| change.new_recipient(&contact)).unwrap();
    let (contact, account) = (house.need(contact.guid()).unwrap(), house.account("mia"));
    house.members(inner.guid(), &[&contact, &ann, &account]);
    let names = |house: &House| house.mapped(sales.guid(), "msExchDelegateListLink");
    let (mailbox, group) = (sales.guid(), outer.guid());
    assert!(house.change(&by(), move |change| change.map(mailbox, group, true)).unwrap());
    assert_eq!(names(&house), "ann");
    assert_eq!(house.mapped(account.guid(), "msExchDelegateListBL"), "");
    house.members(inner.guid(), &[&ann, &ben, &outer]);
    assert_eq!(names(&house), "ann,ben");
    assert_eq!(house.mapped(ben.guid(), "msexchdelegatelistbl"), "Sales");
    house.members(inner.guid(), &[&ben]);
    assert_eq!(names(&house), "ben");
    assert_eq!(house.mapped(ann.guid(), "msExchDelegateListBL"), "");
    assert!(!house.change(&by(), move |change| change.map(mailbox, group, true)).unwrap());
    assert!(house.change(&by(), move |change| change.map(mailbox, group, false)).unwrap());
    assert_eq!(names(&house), "");
}

#[test]
fn a_mailbox_takes_500_entries_and_no_more() {
    let house = house();
    let sales = house.mailbox("Sales", Flavour::Shared);
    let mailbox = sales.guid();
    let full = MailboxRight::FullAccess as i64;
    // The owner's entry is one of them.
    house
        .change(&by(), move |change| {
            for number in 2..=ENTRIES_MAX {
                change.grant(mailbox, &AccessEntry::mailbox(&format!("S-1-5-21-1-2-3-{number}"), full))?;
            }
            Ok(())
        })
        .unwrap();
    let error = house.grant(&sales, AccessEntry::mailbox("S-1-5-21-1-2-3-1", full));
    assert_eq!(error.unwrap_err().id(), "TooManyPermissions");
    assert_eq!(house.entries(Store::Mailbox, &sales).len(), ENTRIES_MAX);
}

#[test]
fn the_way_through_groups_is_told() {
    let house = house();
    let (ann, sales) = (house.user("ann"), house.mailbox("Sales", Flavour::Shared));
    let inner = house.group("Inner", &[&ann]);
    let outer = house.group("Outer", &[&inner]);
    house.give(&sales, &outer, Right::FullAccess, false);
    house.give(&sales, &ann, Right::SendAs, false);
    house.give(&sales, &inner, Right::SendOnBehalf, false);
    house.give(&sales, &inner, Right::FullAccess, true);
    let told = |holdings: Vec<Holding>| -> Vec<String> {
        let line = |holding: Holding| {
            let through: Vec<&str> = holding.through.iter().map(|group| group.name()).collect();
            let denied = holding.denied_by.unwrap_or_default();
            format!(
                "{} {} {} [{}] {denied}",
                holding.mailbox.name(),
                holding.shown,
                holding.right,
                through.join(" > ")
            )
        };
        holdings.into_iter().map(line).collect()
    };
    let wanted = [
        "Sales CONTOSO\\ann FullAccess [Outer > Inner] CONTOSO\\Inner",
        "Sales CONTOSO\\ann SendAs [] ",
        "Sales CONTOSO\\ann SendOnBehalf [Inner] ",
    ];
    assert_eq!(told(house.holders_of(sales.guid())), wanted);
    assert_eq!(told(house.mailboxes_of(ann.guid())), wanted);
    // A group can be asked, too.
    assert_eq!(told(house.mailboxes_of(inner.guid())).len(), 2);
}
