//! The life of mailboxes through public functions, on memory databases; every test ends with all verifies.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed, helpers included")]

use mailstead_mailbox::directory::schema::{cas, database, mailbox, recipient, user};
use mailstead_mailbox::directory::*;
use mailstead_mailbox::store::{self, Acceptance, Flags, Incoming, Store, UidSet};
use mailstead_mailbox::*;
use object::types::{
    ByteQuantifiedSize, Guid, ObjectId, RecipientTypeDetails, SecureString, SmtpAddress, Unlimited,
};
use object::{Author, Clock, Declared, Error, ErrorId, Fault, Property, Result, Time, Value, WoundClock};
use std::net::IpAddr;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

/// A furnished house whose three verifies run when it goes.
struct House {
    mailboxes: Mailboxes,
    db: db::Database,
    clock: WoundClock,
    first: Guid,
}

impl Deref for House {
    type Target = Mailboxes;
    fn deref(&self) -> &Mailboxes {
        &self.mailboxes
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.check();
        }
    }
}

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}
const PASSWORD: &str = "Sommer-2026";

fn peer() -> IpAddr {
    IpAddr::from([192, 0, 2, 1])
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let db = db::memory().unwrap();
    let directory = Directory::open(db.clone(), Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock.clone()))).unwrap();
    for (record, mounted) in mailboxes.mount_all() {
        mounted.unwrap_or_else(|error| panic!("{record:?}: {error}"));
    }
    House { mailboxes, db, clock, first }
}

impl House {
    fn check(&self) {
        assert_eq!(self.directory().verify().unwrap(), []);
        assert_eq!(self.verify().unwrap(), []);
        for database in self.store().databases().into_iter().filter(|open| open.mounted()) {
            assert_eq!(database.verify().unwrap(), []);
        }
    }
    fn user(&self, name: &str) -> Arc<Record> {
        let password = Some(PasswordHash::of(&SecureString::new(PASSWORD), &[]).unwrap());
        let user_principal_name = Some(format!("{}@contoso.com", name.to_lowercase().replace(' ', ".")));
        let new = NewMailbox { password, user_principal_name, ..NewMailbox::named(name, Flavour::Regular) };
        self.create(&by("New-Mailbox"), new).unwrap()
    }
    fn shared(&self, name: &str) -> Arc<Record> {
        self.create(&by("New-Mailbox"), NewMailbox::named(name, Flavour::Shared)).unwrap()
    }
    fn enter(&self, name: &str) -> Result<Logon> {
        self.logon(name, PASSWORD, Protocol::Imap, peer())
    }
    fn set(&self, who: &Record, edit: Edit) {
        assert!(self.directory().set(&by("Set-Mailbox"), who.guid(), vec![edit]).unwrap());
    }
    fn lost(&self, name: &str) -> Result<Disconnected> {
        self.disconnected(self.first, name)
    }
    fn connect_to(&self, lost: &Disconnected, user: Guid) -> Result<Arc<Record>> {
        self.connect(&by("Connect-Mailbox"), lost, NewOwner::of(user))
    }
    fn mail(&self, to: &[&str]) -> Vec<Result<store::Delivered>> {
        self.mail_from("far@far.example", to)
    }
    fn mail_from(&self, sender: &str, to: &[&str]) -> Vec<Result<store::Delivered>> {
        let to = to.iter().map(|to| {
            let address = SmtpAddress::parse(to).unwrap();
            match self.recipient(&address).unwrap() {
                Destination::Mailbox { mailbox, .. } => (address, mailbox),
                other => panic!("{other:?}"),
            }
        });
        let message = Incoming::new(&b"Subject: hello\r\nMessage-ID: <1@x>\r\n\r\nWorld\r\n"[..]);
        let delivery = Delivery {
            id: Guid::random(),
            at: self.clock.now(),
            sender: Sender::of_reverse_path(SmtpAddress::parse(sender)),
            database: self.first,
            to: to.collect(),
            sent: Vec::new(),
            message,
            acceptance: Acceptance::Each,
        };
        self.deliver(&delivery).unwrap()
    }
}

fn address(text: &str) -> SmtpAddress {
    SmtpAddress::parse(text).unwrap()
}

fn id_of(answer: Result<impl Sized>) -> String {
    answer.err().map_or_else(|| "fine".to_owned(), |error: Error| error.id().to_owned())
}

#[test]
fn a_disabled_mailbox_comes_back_with_everything() {
    let house = house();
    let john = house.user("John Evans");
    assert!(house.mail(&["john.evans@contoso.com"])[0].is_ok());
    let before = house.mailbox(&john).unwrap();
    let inbox = before.known(store::WellKnown::Inbox).unwrap();
    before.create_folder(&["Projects", "Alpha"], "IPF.Note").unwrap();
    let seen = store::FlagChange {
        mode: store::FlagMode::Add,
        flags: Flags::SEEN,
        keywords: vec!["$work".to_owned()],
    };
    before.change_flags(inbox.id, &UidSet::all(), &seen, None).unwrap();
    let picture = |mailbox: &store::Mailbox| {
        let folders = mailbox.folders().unwrap();
        let mut items = Vec::new();
        for folder in &folders {
            mailbox
                .items(folder.id, &UidSet::all(), &mut |item| {
                    items.push((item.folder, item.uid, item.flags, item.keywords.clone(), item.change));
                    Ok(store::Flow::More)
                })
                .unwrap();
        }
        (folders, items)
    };
    let kept = picture(&before);
    house.disable(&by("Disable-Mailbox"), john.guid()).unwrap();
    house.check();
    assert_eq!(house.directory().get(john.guid()).unwrap().details(), RecipientTypeDetails::User);
    assert_eq!(house.recipient(&address("john.evans@contoso.com")).unwrap_err().id(), "RecipientUnknown");
    assert_eq!(id_of(house.enter("john.evans")), "NoMailbox");
    let lost = house.lost("John Evans").unwrap();
    assert_eq!(lost.statistics.disconnect_reason, Some(store::DisconnectReason::Disabled));
    assert_eq!(house.candidate(&lost).unwrap().guid(), john.guid());
    let tombstone = house.tombstone(&lost).unwrap().unwrap();
    assert_eq!(tombstone.before("EmailAddresses")[0], "SMTP:john.evans@contoso.com");
    assert_eq!((tombstone.user, tombstone.before("PasswordHash")), (john.guid(), &[][..]));
    house.connect_to(&lost, john.guid()).unwrap();
    let back = house.directory().need(john.guid()).unwrap();
    assert_eq!(back.get(&mailbox::EXCHANGE_GUID), john.get(&mailbox::EXCHANGE_GUID));
    assert_eq!(back.get(&recipient::LEGACY_EXCHANGE_DN), john.get(&recipient::LEGACY_EXCHANGE_DN));
    assert_eq!(picture(&house.mailbox(&back).unwrap()), kept);
    assert!(house.enter("john.evans").is_ok());
    assert!(house.mail(&["john.evans@contoso.com"])[0].is_ok());
    let error = house.lost(&lost.mailbox().to_string()).unwrap_err();
    assert_eq!((error.id(), error.fault()), ("MailboxNotDisconnected", Fault::Conflict));
    assert_eq!(id_of(house.connect_to(&lost, john.guid())), "MailboxNotDisconnected");
}

#[test]
fn a_removed_users_mailbox_goes_to_another_account() {
    let house = house();
    let (ann, ben) = (house.user("Ann"), house.user("Ben"));
    house.mail(&["ann@contoso.com"])[0].as_ref().unwrap();
    house.remove(&by("Remove-Mailbox"), ann.guid(), false).unwrap();
    assert!(house.directory().get(ann.guid()).is_none());
    let lost = house.lost("ann").unwrap();
    assert_eq!(id_of(house.candidate(&lost)), "MatchingUserNotFound");
    assert_eq!(id_of(house.connect_to(&lost, ben.guid())), "RecipientTypeNotSupported");
    house.disable(&by("Disable-Mailbox"), ben.guid()).unwrap();
    assert_eq!(house.candidate(&house.lost("Ben").unwrap()).unwrap().guid(), ben.guid());
    let room = NewOwner { flavour: Flavour::Room, ..NewOwner::of(ben.guid()) };
    let as_room = house.connect(&by("Connect-Mailbox"), &lost, room);
    assert_eq!(id_of(as_room), "AccountMustBeDisabled");
    house.connect_to(&lost, ben.guid()).unwrap();
    let got = house.mailbox(&house.directory().need(ben.guid()).unwrap()).unwrap();
    assert_eq!((got.guid(), got.usage().unwrap().items.count), (lost.mailbox(), 1));
    // The old one of Ben's is still there; its name is no longer his alone, but it can be purged.
    let old = house.lost("Ben").unwrap();
    house.purge(&by("Remove-StoreMailbox"), house.first, old.mailbox()).unwrap();
    // The one that is left of that name is his, whatever it was called before.
    assert_eq!(id_of(house.lost("Ben")), "MailboxNotDisconnected");
    assert_eq!(id_of(house.lost("Ann")), "DisconnectedMailboxNotFound");
    assert_eq!(
        id_of(house.purge(&by("Remove-StoreMailbox"), house.first, lost.mailbox())),
        "MailboxNotDisconnected"
    );
}

#[test]
fn a_name_that_two_share_lists_both() {
    let house = house();
    for _ in 0..2 {
        let made = house.shared("Sales");
        house.remove(&by("Remove-Mailbox"), made.guid(), false).unwrap();
        house.clock.pass(Duration::from_secs(3600));
    }
    let error = house.lost("sales").unwrap_err();
    assert_eq!(error.id(), "ManagementObjectAmbiguousException");
    assert_eq!(
        error.help_line().unwrap().matches("SharedMailbox of contoso.com/Users/Sales, 2026-11-21T").count(),
        2,
        "{error}"
    );
    let plain = |name: &str, sam: &str| {
        let sam_account_name = Some(sam.to_owned());
        let new = NewRecipient {
            sam_account_name,
            ..NewRecipient::named(name, Class::User, RecipientTypeDetails::None)
        };
        house.directory().change(&by("New-ADUser"), move |change| change.new_recipient(&new)).unwrap();
    };
    plain("Sales", "sales1");
    let guids: Vec<Guid> = house.rows(house.first).unwrap().iter().map(|one| one.guid).collect();
    let lost = house.lost(&guids[0].to_string()).unwrap();
    assert_eq!(house.candidate(&lost).unwrap().name(), "Sales");
    let other = NewRecipient {
        display_name: Some("Sales".to_owned()),
        ..NewRecipient::named("Sales again", Class::User, RecipientTypeDetails::None)
    };
    house.directory().change(&by("New-ADUser"), move |change| change.new_recipient(&other)).unwrap();
    let error = house.candidate(&lost).unwrap_err();
    assert_eq!(error.id(), "SeveralUsersMatch");
    assert!(error.help_line().unwrap().contains("contoso.com/Users/Sales again"), "{error}");
}

#[test]
fn permanent_means_gone_and_retention_purges() {
    let house = house();
    let (ann, ben) = (house.shared("Ann"), house.shared("Ben"));
    house.mail(&["ann@contoso.com", "ben@contoso.com"]).into_iter().for_each(|one| assert!(one.is_ok()));
    house.remove(&by("Remove-Mailbox"), ann.guid(), true).unwrap();
    assert_eq!(house.rows(house.first).unwrap().len(), 1);
    house.disable(&by("Disable-Mailbox"), ben.guid()).unwrap();
    house.clock.pass(Duration::from_secs(29 * 86_400));
    assert_eq!(house.purge_expired(house.first, house.directory().now()).unwrap().count, 0);
    house.clock.pass(Duration::from_secs(2 * 86_400));
    assert_eq!(house.purge_expired(house.first, house.directory().now()).unwrap().count, 1);
    assert_eq!(house.rows(house.first).unwrap(), []);
}

#[test]
fn expunged_items_are_kept_as_long_as_it_says() {
    let house = house();
    let (ann, ben, held) = (house.shared("Ann"), house.shared("Ben"), house.shared("Held"));
    let own = [
        Edit::set(&mailbox::USE_DATABASE_RETENTION, false),
        Edit::set(&mailbox::RETAIN_DELETED_ITEMS_FOR, object::types::TimeSpan::days(3)),
    ];
    house.directory().set(&by("Set-Mailbox"), ben.guid(), own.to_vec()).unwrap();
    house.set(&held, Edit::set(&mailbox::LITIGATION_HOLD_ENABLED, true));
    house.mail(&["ann@contoso.com", "ben@contoso.com", "held@contoso.com"]);
    for user in [&ann, &ben, &held] {
        let open = house.mailbox(user).unwrap();
        let inbox = open.known(store::WellKnown::Inbox).unwrap().id;
        open.expunge(inbox, &UidSet::all(), Flags::NONE, store::Limits::default()).unwrap();
    }
    let kept = |user: &Record| house.mailbox(user).unwrap().usage().unwrap().deleted.count;
    for (days, purged, left) in [(2, 0, (1, 1, 1)), (2, 1, (1, 0, 1)), (9, 0, (1, 0, 1)), (2, 1, (0, 0, 1))] {
        house.clock.pass(Duration::from_secs(days * 86_400));
        assert_eq!(house.purge_deleted_items(house.first, house.directory().now()).unwrap().count, purged);
        assert_eq!((kept(&ann), kept(&ben), kept(&held)), left);
    }
}

#[test]
fn what_an_account_has_read_goes_with_it() {
    let house = house();
    let (ann, ben, carla) = (house.shared("Ann"), house.user("Ben"), house.user("Carla"));
    house.mail(&["ann@contoso.com"]);
    for reader in [&ben, &carla] {
        let open = house.mailbox(&ann).unwrap().read_for(reader.guid());
        let inbox = open.known(store::WellKnown::Inbox).unwrap().id;
        let seen = store::FlagChange { mode: store::FlagMode::Add, flags: Flags::SEEN, keywords: Vec::new() };
        open.change_flags(inbox, &UidSet::all(), &seen, None).unwrap();
    }
    let open = house.store().database(house.first).unwrap();
    assert_eq!(open.readers().unwrap().len(), 2);
    house.remove(&by("Remove-Mailbox"), ben.guid(), false).unwrap();
    let entry = house.directory().admin_change(house.directory().number()).unwrap();
    let purge = || house.purge_deleted_items(house.first, house.directory().now()).unwrap();
    // As long as he may come back, what he has read is kept: an undo finds the mail read.
    house.clock.pass(Duration::from_secs(89 * 86_400));
    purge();
    assert_eq!(open.readers().unwrap().len(), 2);
    house.undo(&by("Undo-AdminChange"), &entry).unwrap();
    let read = house.mailbox(&ann).unwrap().read_for(ben.guid());
    assert_eq!(read.known(store::WellKnown::Inbox).unwrap().unseen, 0);
    house.clock.pass(Duration::from_secs(89 * 86_400));
    purge();
    assert_eq!(open.readers().unwrap().len(), 2, "he is there");
    house.remove(&by("Remove-Mailbox"), ben.guid(), false).unwrap();
    house.clock.pass(Duration::from_secs(91 * 86_400));
    purge();
    assert_eq!(open.readers().unwrap(), [carla.guid()]);
}

#[test]
fn who_may_log_on() {
    let house = house();
    let (ann, sales) = (house.user("Ann"), house.shared("Sales"));
    let logon = house.enter("ann@contoso.com").unwrap();
    assert_eq!((logon.name.as_str(), logon.address.as_str()), ("CONTOSO\\ann", "ann@contoso.com"));
    assert_eq!((logon.limits)().unwrap().total, Some(2_469_396_480));
    let _ = sales;
    for (name, password, protocol, id) in [
        ("ann", PASSWORD, Protocol::Imap, "fine"),
        ("CONTOSO\\ann", PASSWORD, Protocol::Pop3, "fine"),
        ("ann", "wrong", Protocol::Imap, "LogonFailed"),
        ("nobody", PASSWORD, Protocol::Imap, "LogonFailed"),
        ("sales", PASSWORD, Protocol::Imap, "LogonFailed"),
        ("Administrator", "Winter-2026!", Protocol::Imap, "NoMailbox"),
    ] {
        let answer = house.logon(name, password, protocol, peer());
        if let Err(error) = &answer {
            assert_eq!(error.message(), "Logon failure: unknown user name or bad password.", "{name}");
            assert_eq!(error.fault(), Fault::Denied);
        }
        assert_eq!(id_of(answer), id, "{name}");
    }
    house.set(&ann, Edit::set(&cas::POP_ENABLED, false));
    assert_eq!(id_of(house.logon("ann", PASSWORD, Protocol::Pop3, peer())), "ProtocolDisabled");
    assert!(house.logon("ann", PASSWORD, Protocol::Imap, peer()).is_ok());
    assert!(house.administrator("Administrator", "Winter-2026!", peer()).is_ok());
    assert_eq!(id_of(house.administrator("Administrator", "no", peer())), "LogonFailed");
    house.dismount(&by("Dismount-Database"), house.first).unwrap();
    assert_eq!(id_of(house.enter("ann")), "MdbDismounted");
    house.mount(&by("Mount-Database"), house.first).unwrap();
}

#[test]
fn a_session_ends_with_its_right_to_be_there() {
    type Do = fn(&House, &Record);
    let table: [(&str, Do, bool); 8] = [
        ("protocol off", |house, ann| house.set(ann, Edit::set(&cas::IMAP_ENABLED, false)), true),
        ("another protocol off", |house, ann| house.set(ann, Edit::set(&cas::POP_ENABLED, false)), false),
        ("renamed", |house, ann| house.set(ann, Edit::set(&recipient::NAME, "Anna".to_owned())), false),
        ("account off", |house, ann| house.set(ann, Edit::set(&user::ACCOUNT_DISABLED, true)), true),
        ("disabled", |house, ann| house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap(), true),
        ("removed", |house, ann| house.remove(&by("Remove-Mailbox"), ann.guid(), false).unwrap(), true),
        ("dismounted", |house, _| house.dismount(&by("Dismount-Database"), house.first).unwrap(), true),
        (
            "password changed",
            |house, ann| {
                let hash = PasswordHash::of(&SecureString::new("Herbst-2026"), &[]).unwrap();
                house.directory().set_password(&by("Set-Mailbox"), ann.guid(), hash, false).unwrap();
            },
            true,
        ),
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    for (what, act, ends) in table {
        let house = house();
        let (ann, ben) = (house.user("Ann"), house.user("Ben"));
        let (mut session, other) = (house.enter("ann").unwrap().cut_off, house.enter("ben").unwrap().cut_off);
        assert_eq!(house.sessions(), 2);
        act(&house, &ann);
        if ends {
            let told = async {
                tokio::time::timeout(Duration::from_secs(5), session.wait_for(|over| *over)).await.is_ok()
            };
            assert!(runtime.block_on(told), "{what}");
        } else {
            // What must not happen is seen once a later change has come through the same feed.
            house.set(&ben, Edit::set(&cas::IMAP_ENABLED, false));
            let mut later = other.clone();
            runtime.block_on(async { later.wait_for(|over| *over).await.map(drop).unwrap() });
            assert!(!*session.borrow(), "{what}");
        }
        if what == "dismounted" {
            house.mount(&by("Mount-Database"), house.first).unwrap();
        }
    }
}

#[test]
fn a_guesser_is_slowed_and_the_owner_is_not() {
    let house = house();
    house.user("Ann");
    for name in ["ann", "ann@contoso.com", "CONTOSO\\ann", "Ann", "ann"] {
        assert_eq!(id_of(house.logon(name, "guess", Protocol::Imap, peer())), "LogonFailed");
    }
    let error = house.enter("ann").unwrap_err();
    assert_eq!((error.id(), error.fault()), ("TooManyLogonFailures", Fault::Busy));
    let home = IpAddr::from([192, 0, 2, 99]);
    assert!(house.logon("ann", PASSWORD, Protocol::Imap, home).is_ok());
    house.clock.pass(Duration::from_secs(1));
    assert!(house.enter("ann").is_ok());
    for _ in 0..6 {
        assert!(house.logon("ann", "guess", Protocol::Imap, peer()).is_err());
    }
    house.clock.pass(Duration::from_secs(3600 * 2));
    for _ in 0..6 {
        assert!(house.logon("ann", "guess", Protocol::Imap, peer()).is_err());
    }
    assert!(house.enter("ann").is_ok(), "the device is known, and its password is right");
    let figures = house.logon_figures();
    assert_eq!((figures.proved, figures.remembered), (2, 1));
}

#[test]
fn a_proof_is_remembered_until_anything_about_the_account_changes() {
    type Do = fn(&House, &Record);
    let table: [(&str, Do, &str); 6] = [
        ("nothing", |_, _| (), "fine"),
        ("ten minutes", |house, _| house.clock.pass(Duration::from_secs(600)), "fine"),
        (
            "protocol off",
            |house, ann| house.set(ann, Edit::set(&cas::IMAP_ENABLED, false)),
            "ProtocolDisabled",
        ),
        (
            "account off",
            |house, ann| house.set(ann, Edit::set(&user::ACCOUNT_DISABLED, true)),
            "AccountDisabled",
        ),
        ("disabled", |house, ann| house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap(), "NoMailbox"),
        (
            "password changed",
            |house, ann| {
                let hash = PasswordHash::of(&SecureString::new("Herbst-2026"), &[]).unwrap();
                house.directory().set_password(&by("Set-Mailbox"), ann.guid(), hash, false).unwrap();
            },
            "LogonFailed",
        ),
    ];
    for (what, act, then) in table {
        let house = house();
        let ann = house.user("Ann");
        assert!(house.enter("ann").is_ok());
        assert!(house.enter("ann@contoso.com").is_ok());
        assert_eq!((house.logon_figures().proved, house.logon_figures().remembered), (1, 1));
        assert_eq!(id_of(house.logon("ann", "Sommer-2025", Protocol::Imap, peer())), "LogonFailed");
        act(&house, &ann);
        assert_eq!(id_of(house.enter("ann")), then, "{what}");
        let remembered = if what == "nothing" { 2 } else { 1 };
        assert_eq!(house.logon_figures().remembered, remembered, "{what}");
    }
}

#[test]
fn many_at_once_are_counted_before_they_are_tried() {
    let house = Arc::new(house());
    house.user("Ann");
    let guesses: Vec<_> = (0..40)
        .map(|number| {
            let house = Arc::clone(&house);
            std::thread::spawn(move || {
                id_of(house.logon("ann", &format!("guess-{number}"), Protocol::Imap, peer()))
            })
        })
        .collect();
    let ids: Vec<String> = guesses.into_iter().map(|guess| guess.join().unwrap()).collect();
    assert_eq!(ids.iter().filter(|id| *id == "LogonFailed").count(), 5, "{ids:?}");
    assert_eq!(ids.iter().filter(|id| *id == "TooManyLogonFailures").count(), 35);
    let good: Vec<_> = (0..20)
        .map(|_| {
            let (house, home) = (Arc::clone(&house), IpAddr::from([192, 0, 2, 99]));
            std::thread::spawn(move || id_of(house.logon("ann", PASSWORD, Protocol::Imap, home)))
        })
        .collect();
    for logon in good {
        assert_eq!(logon.join().unwrap(), "fine", "many clients of one owner start at once");
    }
    assert_eq!(house.logon_figures().proved, 1, "one proof is for all that wait for it");
}

#[test]
fn where_an_address_leads() {
    let house = house();
    let ann = house.user("Ann");
    let contact = NewRecipient {
        external: object::types::ProxyAddress::parse("SMTP:carla@far.example"),
        alias: Some("carla".to_owned()),
        primary: SmtpAddress::parse("carla@contoso.com"),
        ..NewRecipient::named("Carla", Class::Contact, RecipientTypeDetails::MailContact)
    };
    house
        .directory()
        .change(&by("setup"), move |change| {
            change.new_recipient(&contact)?;
            let domain =
                |name: &str| Edit::new(object::Declared::spec(&schema::domain::DOMAIN_NAME), &name.into());
            let relay =
                Edit::set(&schema::domain::DOMAIN_TYPE, object::types::AcceptedDomainType::InternalRelay);
            change.new_configuration(Class::AcceptedDomain, "relay", &[domain("*.relay.test")?, relay])?;
            Ok(())
        })
        .unwrap();
    let place = Destination::Mailbox {
        user: ann.guid(),
        mailbox: ann.get(&mailbox::EXCHANGE_GUID).unwrap(),
        database: house.first,
    };
    for (text, leads) in [
        ("ann@contoso.com", Ok(place.clone())),
        ("ANN@CONTOSO.COM", Ok(place.clone())),
        ("ann+lists@contoso.com", Ok(place)),
        ("+ann@contoso.com", Err("RecipientUnknown")),
        ("nobody@contoso.com", Err("RecipientUnknown")),
        ("carla@contoso.com", Ok(Destination::Elsewhere(address("carla@far.example")))),
        ("x@sub.relay.test", Ok(Destination::Elsewhere(address("x@sub.relay.test")))),
        ("x@far.example", Err("RelayDenied")),
        ("ann@sub.contoso.com", Err("RelayDenied")),
    ] {
        let answer = house.recipient(&address(text));
        assert_eq!(answer.as_ref().map_err(Error::id), leads.as_ref().map_err(|id| *id), "{text}");
    }
    assert_eq!(house.default_domain(), "contoso.com");
}

#[test]
fn each_mailbox_has_its_own_limits_and_its_own_answer() {
    let house = house();
    let (ann, ben, dev) = (house.shared("Ann"), house.shared("Ben"), house.shared("Dev"));
    let tiny = Unlimited::Value(ByteQuantifiedSize(1));
    // Room for one message and not for two.
    let small = Unlimited::Value(ByteQuantifiedSize(60));
    // Without its switch the quota has no effect.
    house.set(&ann, Edit::set(&mailbox::SEND_RECEIVE_QUOTA, Unlimited::Value(ByteQuantifiedSize(1 << 20))));
    house.set(&ben, Edit::set(&recipient::MAX_RECEIVE_SIZE, tiny));
    for (quota, property) in
        [(small, &mailbox::SEND_RECEIVE_QUOTA), (Unlimited::Unlimited, &mailbox::SEND_QUOTA)]
    {
        let _ = house.directory().set(&by("Set-Mailbox"), dev.guid(), vec![Edit::set(property, quota)]);
    }
    house.set(&dev, Edit::set(&mailbox::USE_DATABASE_QUOTAS, false));
    let addresses = ["ann@contoso.com", "ben@contoso.com", "dev@contoso.com"];
    let ids = |answers: Vec<Result<store::Delivered>>| answers.into_iter().map(id_of).collect::<Vec<_>>();
    let first = ids(house.mail(&addresses));
    assert_eq!(
        (first[0].as_str(), first[1].as_str(), first[2].as_str()),
        ("fine", "RecipientSizeLimit", "fine")
    );
    let second = house.mail(&addresses);
    assert_eq!(second[2].as_ref().unwrap_err().fault(), Fault::Limit, "the mailbox is full now");
    assert!(second[0].is_ok());
    assert_eq!(
        house.limits_of(&house.directory().need(ann.guid()).unwrap()).unwrap().total,
        Some(2_469_396_480)
    );
    let full = Edit::set(&database::SEND_RECEIVE_QUOTA, tiny);
    let rest = [&database::ISSUE_WARNING_QUOTA, &database::SEND_QUOTA].map(|quota| Edit::set(quota, tiny));
    house
        .directory()
        .set(&by("Set-MailboxDatabase"), house.first, [full, rest[0].clone(), rest[1].clone()].to_vec())
        .unwrap();
    assert_eq!(house.mail(&["ann@contoso.com"])[0].as_ref().unwrap_err().fault(), Fault::Limit);
    let traced = house.trace_ids("<1@x>").unwrap();
    assert_eq!(traced.len(), 2, "a message that lies nowhere has no trace");
    let mut delivered: Vec<usize> = Vec::new();
    for id in traced {
        let trace = &house.traces(id).unwrap()[0].1;
        assert_eq!(trace.recipients.len(), 3);
        delivered.push(trace.recipients.iter().filter(|one| one.delivered).count());
    }
    delivered.sort();
    assert_eq!(delivered, [1, 2]);
    let mailbox = ann.get(&mailbox::EXCHANGE_GUID).unwrap();
    house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap();
    assert_eq!(house.limits(mailbox).unwrap_err().id(), "MailboxMissing");
}

#[test]
fn statistics_of_connected_and_disconnected() {
    let house = house();
    let (ann, ben) = (house.user("Ann"), house.shared("Ben"));
    house.mail(&["ann@contoso.com"])[0].as_ref().unwrap();
    house.enter("ann").unwrap();
    let of =
        |user: &Record, name: &str| house.statistics(user).unwrap().get(name).unwrap_or_default().to_string();
    assert_eq!(
        (of(&ann, "ItemCount"), of(&ann, "LastLoggedOnUserAccount")),
        ("1".to_owned(), "CONTOSO\\ann".to_owned())
    );
    assert_eq!((of(&ben, "ItemCount"), of(&ben, "DisconnectReason")), ("0".to_owned(), String::new()));
    assert_eq!(of(&ann, "DatabaseProhibitSendQuota"), "2 GB (2,147,483,648 bytes)");
    house.set(&ben, Edit::set(&recipient::DISPLAY_NAME, "Benjamin".to_owned()));
    house.disable(&by("Disable-Mailbox"), ben.guid()).unwrap();
    let mut rows = Vec::new();
    house
        .all_statistics(house.first, statistics::Which::All, &mut |row| {
            rows.push((
                row.get("DisplayName").unwrap().to_string(),
                row.get("DisconnectReason").unwrap_or_default().to_string(),
            ));
            Ok(store::Flow::More)
        })
        .unwrap();
    rows.sort();
    assert_eq!(rows, [("Ann".to_owned(), String::new()), ("Benjamin".to_owned(), "Disabled".to_owned())]);
    let lost = house.store_statistics(house.first, "Benjamin").unwrap();
    assert_eq!(lost.get("MailboxTypeDetail").unwrap().to_string(), "SharedMailbox");
    assert_eq!(id_of(house.store_statistics(house.first, "nobody")), "ManagementObjectNotFoundException");
    let folders = house.folder_statistics(&ann, &house.mailbox(&ann).unwrap(), true).unwrap();
    let inbox =
        folders.iter().find(|folder| folder.get("FolderType").unwrap().to_string() == "Inbox").unwrap();
    assert_eq!(inbox.get("ItemsInFolder").unwrap().to_string(), "1");
    assert_eq!(inbox.get("FolderPath").unwrap().to_string(), "/Inbox");
    assert!(inbox.get("OldestItemReceivedDate").is_some());
}

#[test]
fn databases_come_and_go() {
    let house = house();
    let second = house.new_database(&by("New-MailboxDatabase"), "MBXDB02", Vec::new()).unwrap().guid();
    assert!(house.database_status(second).mounted);
    assert_eq!(house.shared("Ann").reference(&mailbox::DATABASE), Some(house.first), "the oldest of equals");
    let new = |name: &str, database| NewMailbox { database, ..NewMailbox::named(name, Flavour::Shared) };
    let ben = house.create(&by("New-Mailbox"), new("Ben", Some(second))).unwrap();
    assert_eq!(
        id_of(house.remove_database(&by("Remove-MailboxDatabase"), second)),
        "AssociatedUserMailboxExistException"
    );
    house.dismount(&by("Dismount-Database"), house.first).unwrap();
    assert_eq!(id_of(house.create(&by("New-Mailbox"), new("Carla", Some(house.first)))), "MdbDismounted");
    assert!(house.directory().resolve_text(&kinds::USER, "Carla").is_err(), "nothing was half made");
    assert_eq!(
        house.create(&by("New-Mailbox"), new("Carla", None)).unwrap().reference(&mailbox::DATABASE),
        Some(second)
    );
    assert_eq!(id_of(house.lost("Ann")), "MdbDismounted");
    let ann = house.directory().resolve_text(&kinds::MAILBOX, "Ann").unwrap();
    assert_eq!(id_of(house.statistics(&ann)), "MdbDismounted");
    assert_eq!(id_of(house.remove(&by("Remove-Mailbox"), ann.guid(), true)), "MdbDismounted");
    // The directory can be told while the database is away; it learns of it when it is mounted.
    house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap();
    house.mount(&by("Mount-Database"), house.first).unwrap();
    let lost = house.lost("Ann").unwrap();
    let kept = house.tombstone(&lost).unwrap().unwrap();
    assert_eq!(kept.before("EmailAddresses"), ["SMTP:Ann@contoso.com"], "out of the record: {kept:?}");
    house.disable(&by("Disable-Mailbox"), ben.guid()).unwrap();
    let carla = house.directory().resolve_text(&kinds::MAILBOX, "Carla").unwrap();
    house.remove(&by("Remove-Mailbox"), carla.guid(), false).unwrap();
    house.remove_database(&by("Remove-MailboxDatabase"), second).unwrap();
    assert!(!house.database_status(second).mounted);
}

#[test]
fn a_file_that_is_gone_is_no_new_beginning() {
    let folder = std::env::temp_dir().join(format!("mailstead-{}", Guid::random()));
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::open(&folder, Arc::new(clock)).unwrap()).unwrap();
    mailboxes.mount(&by("x"), first).unwrap();
    mailboxes.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap();
    mailboxes.dismount(&by("x"), first).unwrap();
    mailboxes.mount(&by("x"), first).unwrap();
    let status = mailboxes.database_status(first);
    assert!(status.mounted && status.size.unwrap().0 > 0, "{status:?}");
    mailboxes.dismount(&by("x"), first).unwrap();
    std::fs::remove_file(mailboxes.store().file(first).unwrap()).unwrap();
    assert_eq!(id_of(mailboxes.mount(&by("x"), first)), "DatabaseFileMissing");
    assert!(mailboxes.recipient(&address("ann@contoso.com")).is_ok(), "mail waits and does not bounce");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn dying_between_the_two_writes_loses_nothing() {
    type Do = fn(&House);
    let by_directory_alone: [(&str, Do); 4] = [
        ("new", |house| {
            let new = NewMailbox { database: Some(house.first), ..NewMailbox::named("Zoe", Flavour::Shared) };
            house
                .directory()
                .change(&by("New-Mailbox"), move |change| change.new_mailbox(&new).map(drop))
                .unwrap();
        }),
        ("disable", |house| {
            let ann = house.directory().resolve_text(&kinds::MAILBOX, "Ann").unwrap().guid();
            house
                .directory()
                .change(&by("Disable-Mailbox"), move |change| change.disable(ann).map(drop))
                .unwrap();
        }),
        ("remove", |house| {
            let ann = house.directory().resolve_text(&kinds::MAILBOX, "Ann").unwrap().guid();
            house
                .directory()
                .change(&by("Remove-Mailbox"), move |change| change.remove(ann).map(drop))
                .unwrap();
        }),
        ("connect", |house| {
            let lost = house.lost("Ben").unwrap();
            let connection = Connection {
                created: house.clock.now(),
                written: None,
                had_alias: None,
                mailbox: lost.mailbox(),
                database: house.first,
                legacy_dn: lost.statistics.description.legacy_dn.clone(),
                user: house.candidate(&lost).unwrap().guid(),
                flavour: Flavour::Shared,
                alias: None,
                settings: Vec::new(),
            };
            house
                .directory()
                .change(&by("Connect-Mailbox"), move |change| change.connect(&connection).map(drop))
                .unwrap();
        }),
    ];
    for (what, act) in by_directory_alone {
        let house = house();
        house.shared("Ann");
        let ben = house.shared("Ben");
        house.mail(&["ann@contoso.com", "ben@contoso.com"]);
        house.disable(&by("Disable-Mailbox"), ben.guid()).unwrap();
        act(&house);
        assert_eq!(house.verify().unwrap().len(), 1, "{what}: the two are apart");
        house.dismount(&by("Dismount-Database"), house.first).unwrap();
        house.mount(&by("Mount-Database"), house.first).unwrap();
        house.check();
        if what == "disable" || what == "remove" {
            let lost = house.lost("Ann").unwrap();
            assert_eq!(lost.statistics.items.count, 1);
            let kept = house.tombstone(&lost).unwrap().unwrap();
            assert_eq!(kept.before("EmailAddresses"), ["SMTP:Ann@contoso.com"], "{what}: {kept:?}");
        }
        if what == "connect" {
            let ben = house.directory().resolve_text(&kinds::MAILBOX, "Ben").unwrap();
            assert_eq!(house.mailbox(&ben).unwrap().usage().unwrap().items.count, 1);
        }
    }
}

#[test]
fn a_store_that_refuses_leaves_the_directory_as_it_was() {
    let clock = WoundClock::at(Time::of_date(2026, 11, 21));
    let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
    directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let fault = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = Arc::clone(&fault);
    let opener: store::Opener = Box::new(move |_| {
        let (inner, fault) = (db::memory()?, Arc::clone(&seen));
        Ok(db::Database::new(Refusing { inner, fault }))
    });
    let mailboxes = Mailboxes::new(directory, Store::with(opener, Arc::new(clock))).unwrap();
    mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
    let plain = NewRecipient::named("Plain", Class::User, RecipientTypeDetails::None);
    let plain =
        mailboxes.directory().change(&by("x"), move |change| change.new_recipient(&plain)).unwrap().guid();
    let before = mailboxes.directory().len();
    fault.store(true, std::sync::atomic::Ordering::SeqCst);
    for new in [NewMailbox::named("Ann", Flavour::Shared), NewMailbox::of_user(plain, Flavour::Shared)] {
        let error = mailboxes.create(&by("New-Mailbox"), new).unwrap_err();
        assert_eq!((error.id(), error.fault()), ("DiskFull", Fault::Busy));
    }
    assert_eq!(mailboxes.directory().len(), before);
    assert!(!mailboxes.directory().get(plain).unwrap().is_mail_enabled());
    fault.store(false, std::sync::atomic::Ordering::SeqCst);
    mailboxes.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap();
    assert_eq!(
        (mailboxes.directory().verify().unwrap(), mailboxes.verify().unwrap()),
        (Vec::new(), Vec::new())
    );
}

/// A database whose disk is full when it is told so.
struct Refusing {
    inner: db::Database,
    fault: Arc<std::sync::atomic::AtomicBool>,
}

impl db::Db for Refusing {
    fn read(&self, work: &mut dyn FnMut(&mut dyn db::Tx) -> Result<()>) -> Result<()> {
        db::Db::read(&self.inner, work)
    }
    fn write_later(&self, work: db::Work) -> Result<db::Wait> {
        if self.fault.load(std::sync::atomic::Ordering::SeqCst) {
            return Ok(Box::new(|| Err(Error::busy(ErrorId::DiskFull, "The disk is full."))));
        }
        db::Db::write_later(&self.inner, work)
    }
}

#[test]
fn two_administrators_connect_one_mailbox() {
    let house = house();
    house.remove(&by("Remove-Mailbox"), house.shared("Lost").guid(), false).unwrap();
    let lost = house.lost("Lost").unwrap();
    let users: Vec<Guid> = ["One", "Two", "Three"]
        .into_iter()
        .map(|name| {
            let new = NewRecipient::named(name, Class::User, RecipientTypeDetails::None);
            house.directory().change(&by("x"), move |change| change.new_recipient(&new)).unwrap().guid()
        })
        .collect();
    let answers: Vec<Result<Arc<Record>>> = std::thread::scope(|scope| {
        let (house, lost) = (&house, &lost);
        let workers: Vec<_> =
            users.iter().map(|user| scope.spawn(move || house.connect_to(lost, *user))).collect();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    for error in answers.into_iter().filter_map(Result::err) {
        assert_eq!(error.id(), "MailboxNotDisconnected");
    }
    assert!(
        house
            .db
            .read(|tx| tx.number("SELECT count(*) FROM directory_claim WHERE kind = 'mailbox'", &[]))
            .unwrap()
            >= 1
    );
}

#[test]
fn a_recipient_is_asked_before_the_message_comes() {
    let house = house();
    let (ann, ben) = (house.user("Ann"), house.user("Ben"));
    let (to, far, from) = (address("ann@contoso.com"), address("x@far.example"), address("ben@contoso.com"));
    let stranger = Sender::Anonymous(from.clone());
    let known = Sender::Authenticated { account: ben.guid(), address: Some(from) };
    house.set(&ann, Edit::set(&recipient::REQUIRE_SENDER_AUTHENTICATION, true));
    assert_eq!(id_of(house.admit(&to, &stranger, 0)), "SenderNotAuthenticated");
    assert_eq!(id_of(house.admit(&to, &known, 0)), "fine");
    assert_eq!(id_of(house.admit(&far, &stranger, 0)), "RelayDenied");
    assert_eq!(id_of(house.admit(&far, &Sender::Report, 0)), "RelayDenied");
    assert_eq!(house.admit(&far, &known, 0).unwrap(), Destination::Elsewhere(far));

    let size = |bytes: u64| Unlimited::Value(ByteQuantifiedSize(bytes));
    house.set(&ann, Edit::set(&recipient::MAX_RECEIVE_SIZE, size(2048)));
    assert_eq!(id_of(house.admit(&to, &known, 2048)), "fine");
    assert_eq!(id_of(house.admit(&to, &known, 2049)), "RecipientSizeLimit");
    house.set(&ann, Edit::set(&mailbox::SEND_RECEIVE_QUOTA, size(1000)));
    house.set(&ann, Edit::set(&mailbox::USE_DATABASE_QUOTAS, false));
    assert_eq!(id_of(house.admit(&to, &known, 1000)), "fine");
    assert_eq!(id_of(house.admit(&to, &known, 1001)), "QuotaExceeded");
    assert!(house.mail_from("", &["ann@contoso.com"])[0].is_ok());
    assert_eq!(id_of(house.admit(&to, &known, 1000)), "QuotaExceeded", "what lies there counts");
    // After a restart too; and a database that cannot be asked is no refusal.
    house.dismount(&by("Dismount-Database"), house.first).unwrap();
    assert_eq!(id_of(house.admit(&to, &known, 100)), "fine");
    house.mount(&by("Mount-Database"), house.first).unwrap();
    assert_eq!(id_of(house.admit(&to, &known, 1000)), "QuotaExceeded");
}

#[test]
fn a_mailbox_chooses_its_senders() {
    let house = house();
    let ann = house.user("Ann");
    house.user("Ben");
    house.user("Carla");
    let answers = |edit: Edit| {
        house.set(&ann, edit);
        let senders = ["far@far.example", "ben@contoso.com", "carla@contoso.com", ""];
        senders.map(|sender| id_of(house.mail_from(sender, &["ann@contoso.com"]).remove(0)))
    };
    let (fine, not) = ("fine", "SenderNotAuthorized");
    let list =
        |property: &'static Property<ObjectId>, value: Value| Edit::new(property.spec(), &value).unwrap();
    assert_eq!(answers(list(&recipient::ACCEPT_FROM, "Ben".into())), [not, fine, not, fine]);
    assert_eq!(answers(list(&recipient::REJECT_FROM, "Ben".into())), [not, not, not, fine]);
    assert_eq!(answers(list(&recipient::ACCEPT_FROM, Value::Null)), [fine, not, fine, fine]);
    let only_known = Edit::set(&recipient::REQUIRE_SENDER_AUTHENTICATION, true);
    let unproved = "SenderNotAuthenticated";
    assert_eq!(answers(only_known), [unproved, unproved, unproved, fine]);
    house.check();
}

#[test]
fn a_commit_of_the_directory_that_fails_leaves_no_mailbox_in_the_store() {
    let (clock, fuse) = (WoundClock::at(Time::of_date(2026, 11, 21)), db::faulty::Fuse::default());
    let db = db::faulty::faulty(db::memory().unwrap(), &fuse);
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let house = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    for (_, mounted) in house.mount_all() {
        mounted.unwrap();
    }
    let new = || NewMailbox::named("Ann", Flavour::Shared);
    fuse.set(db::faulty::Failing::Commit, 1);
    assert_eq!(house.create(&by("New-Mailbox"), new()).unwrap_err().id(), "InputOutput");
    let mut left = 0;
    house
        .store()
        .database(first)
        .unwrap()
        .all_statistics(&mut |_| {
            left += 1;
            Ok(store::Flow::More)
        })
        .unwrap();
    assert_eq!(left, 0, "what was begun is taken away");
    assert_eq!(house.verify().unwrap(), []);
    house.create(&by("New-Mailbox"), new()).unwrap();
}

#[test]
fn what_went_wrong_first_is_told_when_it_cannot_be_taken_back_either() {
    let (clock, of_directory) = (WoundClock::at(Time::of_date(2026, 11, 21)), db::faulty::Fuse::default());
    let db = db::faulty::faulty(db::memory().unwrap(), &of_directory);
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let of_store = db::faulty::Fuse::default();
    let fuse = of_store.clone();
    let opener: store::Opener = Box::new(move |_| Ok(db::faulty::faulty(db::memory()?, &fuse)));
    let house = Mailboxes::new(directory, Store::with(opener, Arc::new(clock))).unwrap();
    house.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
    // The store's disk is full; the directory's commit of taking it back fails.
    of_store.set(db::faulty::Failing::Full, 1);
    of_directory.set(db::faulty::Failing::Commit, 2);
    let refused = house.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap_err();
    assert_eq!(refused.id(), "DiskFull", "{refused:?}");
    assert!(refused.message().contains("the directory keeps what it was told"), "{refused:?}");
    assert!(house.mend(first).unwrap().count > 0, "what is promised is made");
    assert_eq!(house.verify().unwrap(), []);
}

#[test]
fn what_cannot_be_recorded_is_not_purged() {
    let (clock, fuse) = (WoundClock::at(Time::of_date(2026, 11, 21)), db::faulty::Fuse::default());
    let db = db::faulty::faulty(db::memory().unwrap(), &fuse);
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let house = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    for (_, mounted) in house.mount_all() {
        mounted.unwrap();
    }
    let ann = house.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap();
    let mailbox = house.mailbox(&ann).unwrap().guid();
    house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap();
    fuse.set(db::faulty::Failing::Commit, 1);
    let purger = by("Remove-Mailbox");
    assert_eq!(house.purge(&purger, first, mailbox).unwrap_err().id(), "InputOutput");
    let open = house.store().database(first).unwrap();
    assert!(open.statistics(mailbox).is_ok() && !purger.is_recorded(), "it is all there");
    house.purge(&purger, first, mailbox).unwrap();
    assert!(open.statistics(mailbox).is_err() && purger.is_recorded());
}

#[test]
fn a_commit_of_the_directory_that_stands_after_all_has_its_mailbox_at_the_next_mount() {
    let (clock, fuse) = (WoundClock::at(Time::of_date(2026, 11, 21)), db::faulty::Fuse::default());
    let db = db::faulty::faulty(db::memory().unwrap(), &fuse);
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let house = Mailboxes::new(directory, Store::memory(Arc::new(clock))).unwrap();
    for (_, mounted) in house.mount_all() {
        mounted.unwrap();
    }
    fuse.set(db::faulty::Failing::Answer, 1);
    let refused = house.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap_err();
    assert_eq!(refused.id(), "InputOutput");
    assert_eq!(house.mend(first).unwrap().count, 1, "the directory has it, so the store makes it");
    assert_eq!(house.verify().unwrap(), []);
}

#[test]
fn what_a_crash_left_begun_goes_at_the_next_mount_unless_there_is_mail_in_it() {
    let house = house();
    let open = house.store().database(house.first).unwrap();
    let (bare, used) = (Guid::random(), Guid::random());
    for guid in [bare, used] {
        open.create_mailbox(guid, &store::Description::default()).unwrap();
    }
    let message = Incoming::new(&b"Subject: kept\r\n\r\n"[..]);
    let to = vec![store::To::inbox(used, store::Limits::default())];
    open.deliver(to, &message, None, Acceptance::Each).unwrap()[0].as_ref().unwrap();
    assert_eq!(house.mend(house.first).unwrap().count, 2);
    assert_eq!(open.statistics(bare).unwrap_err().id(), "MailboxNotFound");
    assert_eq!(open.statistics(used).unwrap().disconnect_reason, Some(store::DisconnectReason::Disabled));
}

#[test]
fn one_mailbox_that_cannot_be_mended_does_not_keep_the_others() {
    let house = house();
    let open = house.store().database(house.first).unwrap();
    let (bad, good) = (house.shared("Bad"), house.shared("Good"));
    let place = bad.get(&mailbox::EXCHANGE_GUID).unwrap();
    let to = |_| store::To::inbox(place, store::Limits::default());
    let message = Incoming::new(&b"Subject: many\r\n\r\n"[..]);
    for _ in 0..3 {
        open.deliver((0..200).map(to).collect(), &message, None, Acceptance::Each).unwrap();
    }
    // Half purged in the store, and the directory wants it: nothing can bring that together.
    house.disable(&by("Disable-Mailbox"), bad.guid()).unwrap();
    let lost = house.lost(&place.to_string()).unwrap();
    assert!(!open.purge_slice(place).unwrap().finished);
    let connection = Connection {
        mailbox: place,
        database: house.first,
        legacy_dn: lost.statistics.description.legacy_dn.clone(),
        user: bad.guid(),
        flavour: Flavour::Shared,
        alias: None,
        written: None,
        had_alias: None,
        created: house.clock.now(),
        settings: Vec::new(),
    };
    let other = good.guid();
    house.directory().change(&by("x"), move |change| change.connect(&connection).map(drop)).unwrap();
    house.directory().change(&by("x"), move |change| change.disable(other).map(drop)).unwrap();

    house.mount(&by("Mount-Database"), house.first).unwrap();
    assert!(house.lost("Good").is_ok(), "the other one is mended");
    let faults = house.database_status(house.first).faults;
    assert!(faults.len() == 1 && faults[0].contains(&place.to_string()), "{faults:?}");
    assert_eq!(house.faulty_databases().len(), 1);

    // The fault goes as soon as its reason does.
    let bad = bad.guid();
    house.directory().change(&by("x"), move |change| change.disable(bad).map(drop)).unwrap();
    house.mount(&by("Mount-Database"), house.first).unwrap();
    assert_eq!(house.database_status(house.first).faults, Vec::<String>::new());
}

#[test]
fn what_is_remembered_of_one_opens_nothing_of_another() {
    // Put together, name and password of the two are the same text.
    let house = house();
    for (name, password) in [("Ann", "1Sommer-2026"), ("Ann1", "Sommer-2026")] {
        let hash = Some(PasswordHash::of(&SecureString::new(password), &[]).unwrap());
        let principal = Some(format!("{name}@contoso.com"));
        let new = NewMailbox {
            password: hash,
            user_principal_name: principal,
            ..NewMailbox::named(name, Flavour::Regular)
        };
        house.create(&by("New-Mailbox"), new).unwrap();
    }
    let enter = |name: &str, password: &str| house.logon(name, password, Protocol::Imap, peer()).map(drop);
    for _ in 0..2 {
        assert!(enter("Ann", "1Sommer-2026").is_ok() && enter("Ann1", "Sommer-2026").is_ok());
        assert!(enter("Ann", "Sommer-2026").is_err() && enter("Ann1", "1Sommer-2026").is_err());
    }
}

#[test]
fn the_status_of_a_mailbox_is_that_of_the_quotas_that_hold() {
    let house = house();
    let ann = house.shared("Ann");
    house.mail(&["ann@contoso.com"]);
    let status = || {
        let ann = house.directory().need(ann.guid()).unwrap();
        house.statistics(&ann).unwrap().get("StorageLimitStatus").unwrap().to_string()
    };
    assert_eq!(status(), "BelowLimit", "the database's quotas are gigabytes");
    house.set(&ann, Edit::set(&mailbox::USE_DATABASE_QUOTAS, false));
    assert_eq!(status(), "NoChecking", "its own are not set");
    let bytes = |bytes| Unlimited::Value(ByteQuantifiedSize(bytes));
    for (quota, reached) in [
        (&mailbox::ISSUE_WARNING_QUOTA, "IssueWarning"),
        (&mailbox::SEND_QUOTA, "ProhibitSend"),
        (&mailbox::SEND_RECEIVE_QUOTA, "MailboxDisabled"),
    ] {
        house.set(&ann, Edit::set(quota, bytes(1 << 30)));
        house.set(&ann, Edit::set(quota, bytes(10)));
        assert_eq!(status(), reached);
    }
    house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap();
    let lost = house.store_statistics(house.first, "Ann").unwrap();
    assert!(lost.get("StorageLimitStatus").unwrap_or_default().is_null(), "nobody's quotas hold");
}

#[test]
fn a_commit_of_the_directory_that_fails_leaves_a_disconnected_mailbox_as_it_was() {
    let (clock, fuse) = (WoundClock::at(Time::of_date(2026, 11, 21)), db::faulty::Fuse::default());
    let db = db::faulty::faulty(db::memory().unwrap(), &fuse);
    let directory = Directory::open(db, Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let house = Mailboxes::new(directory, Store::memory(Arc::new(clock.clone()))).unwrap();
    for (_, mounted) in house.mount_all() {
        mounted.unwrap();
    }
    let ann = house.create(&by("New-Mailbox"), NewMailbox::named("Ann", Flavour::Shared)).unwrap();
    let mailbox = house.mailbox(&ann).unwrap().guid();
    house.disable(&by("Disable-Mailbox"), ann.guid()).unwrap();
    let lost = house.disconnected(first, &mailbox.to_string()).unwrap();
    clock.pass(std::time::Duration::from_secs(3600));
    let open = house.store().database(first).unwrap();
    let seen = || (open.statistics(mailbox).unwrap(), open.tombstone(mailbox).unwrap());
    let before = seen();
    let owner = || NewOwner { flavour: Flavour::Shared, ..NewOwner::of(ann.guid()) };
    for failing in [db::faulty::Failing::Commit, db::faulty::Failing::Full] {
        fuse.set(failing, 1);
        assert!(house.connect(&by("Connect-Mailbox"), &lost, owner()).is_err());
        assert!(fuse.burnt());
        assert_eq!(seen(), before, "{failing:?}: the day on which it was disconnected, too");
        assert_eq!(house.verify().unwrap(), []);
    }
    // One of each statement of the change, in turn.
    for nth in 1.. {
        fuse.set(db::faulty::Failing::Statement, nth);
        let connected = house.connect(&by("Connect-Mailbox"), &lost, owner());
        if !fuse.burnt() {
            connected.unwrap();
            break;
        }
        fuse.clear();
        assert!(connected.is_err(), "{nth}");
        assert_eq!(seen(), before, "statement {nth}");
    }
    assert_eq!(house.verify().unwrap(), []);
    assert_eq!(open.statistics(mailbox).unwrap().state, store::State::Connected);
}
