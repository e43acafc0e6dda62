//! A machine that does random things to a few mailboxes over two databases and holds them against a model: after
//! each step every invariant of directory, store and the pair holds, and no mail is lost or reused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mailstead_mailbox::directory::schema::{mailbox, recipient, user};
use mailstead_mailbox::directory::*;
use mailstead_mailbox::store::{self, Acceptance, Incoming, Store, UidSet};
use mailstead_mailbox::*;
use object::types::{Guid, SecureString, SmtpAddress};
use object::{Author, Clock, Time, WoundClock};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// What is done; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    New { name: u8, shared: bool, database: u8 },
    Plain { name: u8 },
    Enable { user: u8, shared: bool },
    Disable { mailbox: u8 },
    Remove { mailbox: u8, permanent: bool },
    Connect { lost: u8, user: u8, shared: bool },
    ConnectAnybody { lost: u8 },
    Switch { user: u8, off: bool },
    Convert { mailbox: u8, to: u8 },
    Rename { user: u8, name: u8 },
    Address { mailbox: u8, name: u8 },
    Mail { mailbox: u8 },
    Purge { lost: u8 },
    Days { days: u8 },
    Remount { database: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..6_u8;
    prop_oneof![
        4 => (n(), any::<bool>(), 0..2_u8).prop_map(|(name, shared, database)| Step::New { name, shared, database }),
        1 => n().prop_map(|name| Step::Plain { name }),
        2 => (n(), any::<bool>()).prop_map(|(user, shared)| Step::Enable { user, shared }),
        4 => n().prop_map(|mailbox| Step::Disable { mailbox }),
        2 => (n(), any::<bool>()).prop_map(|(mailbox, permanent)| Step::Remove { mailbox, permanent }),
        4 => (n(), n(), any::<bool>()).prop_map(|(lost, user, shared)| Step::Connect { lost, user, shared }),
        2 => n().prop_map(|lost| Step::ConnectAnybody { lost }),
        2 => (n(), any::<bool>()).prop_map(|(user, off)| Step::Switch { user, off }),
        2 => (n(), 0..4_u8).prop_map(|(mailbox, to)| Step::Convert { mailbox, to }),
        1 => (n(), n()).prop_map(|(user, name)| Step::Rename { user, name }),
        2 => (n(), n()).prop_map(|(mailbox, name)| Step::Address { mailbox, name }),
        5 => n().prop_map(|mailbox| Step::Mail { mailbox }),
        1 => n().prop_map(|lost| Step::Purge { lost }),
        1 => (1..20_u8).prop_map(|days| Step::Days { days }),
        1 => (0..2_u8).prop_map(|database| Step::Remount { database }),
    ]
}

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}
const NAMES: [&str; 6] = ["Ann", "Ben", "Jörg Müller", "Ann+Ben", "O'Neil", "Sales Team"];

/// What must be in the mailboxes: how many messages each ever got, and which are gone for good.
#[derive(Default)]
struct Model {
    mail: BTreeMap<Guid, u32>,
    purged: BTreeSet<Guid>,
}

struct Machine {
    mailboxes: Mailboxes,
    clock: WoundClock,
    databases: [Guid; 2],
    model: Model,
    hash: PasswordHash,
}

impl Machine {
    fn new(hash: PasswordHash) -> Machine {
        let clock = WoundClock::at(Time::of_date(2026, 1, 1));
        let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
        let founding = Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"));
        let first = directory.found(&founding).unwrap();
        let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock.clone()))).unwrap();
        mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
        let second =
            mailboxes.new_database(&by("New-MailboxDatabase"), "MBXDB02", Vec::new()).unwrap().guid();
        Machine { mailboxes, clock, databases: [first, second], model: Model::default(), hash }
    }

    fn mailboxes_now(&self) -> Vec<Arc<Record>> {
        self.mailboxes.directory().find(&Query::of(&kinds::MAILBOX)).unwrap().collect()
    }
    fn users_now(&self) -> Vec<Arc<Record>> {
        let all = self.mailboxes.directory().find(&Query::of(&kinds::USER)).unwrap();
        all.filter(|user| user.name() != ADMINISTRATOR).collect()
    }
    fn lost_now(&self) -> Vec<Disconnected> {
        let of = |database: &Guid| {
            let rows = self.mailboxes.rows(*database).unwrap();
            let lost = rows.into_iter().filter(|row| row.state == store::State::Disabled);
            lost.map(|row| self.mailboxes.disconnected(*database, &row.guid.to_string()).unwrap())
                .collect::<Vec<_>>()
        };
        self.databases.iter().flat_map(of).collect()
    }

    /// Does a step; what is refused must have left everything as it was.
    fn act(&mut self, step: &Step) {
        let house = self.mailboxes.clone();
        let number = house.directory().number();
        let answer = self.attempt(&house, step);
        if let Err(error) = answer {
            assert_eq!(
                house.directory().number(),
                number,
                "{step:?} was refused ({error}) but changed something"
            );
            assert!(error.fault() != object::Fault::Server, "{step:?}: {error:?}");
        }
    }

    fn attempt(&mut self, house: &Mailboxes, step: &Step) -> object::Result<()> {
        let (boxes, users, lost) = (self.mailboxes_now(), self.users_now(), self.lost_now());
        fn pick<T>(list: &[T], at: u8) -> Option<&T> {
            (!list.is_empty()).then(|| &list[usize::from(at) % list.len()])
        }
        let flavour = |shared: bool| if shared { Flavour::Shared } else { Flavour::Regular };
        match step {
            Step::New { name, shared, database } => {
                let database = Some(self.databases[usize::from(*database)]);
                let password = (!shared).then(|| self.hash.clone());
                let new = NewMailbox {
                    database,
                    password,
                    ..NewMailbox::named(NAMES[usize::from(*name)], flavour(*shared))
                };
                let made = house.create(&by("New-Mailbox"), new)?;
                self.note_new(&made);
            }
            Step::Plain { name } => {
                let new = NewRecipient {
                    password: Some(self.hash.clone()),
                    ..NewRecipient::named(
                        NAMES[usize::from(*name)],
                        Class::User,
                        object::types::RecipientTypeDetails::None,
                    )
                };
                house
                    .directory()
                    .change(&by("New-ADUser"), move |change| change.new_recipient(&new).map(drop))?;
            }
            Step::Enable { user, shared } => {
                let Some(user) = pick(&users, *user) else { return Ok(()) };
                let made = house
                    .create(&by("Enable-Mailbox"), NewMailbox::of_user(user.guid(), flavour(*shared)))?;
                self.note_new(&made);
            }
            Step::Disable { mailbox } => {
                let Some(user) = pick(&boxes, *mailbox) else { return Ok(()) };
                house.disable(&by("Disable-Mailbox"), user.guid())?;
            }
            Step::Remove { mailbox: at, permanent } => {
                let Some(user) = pick(&boxes, *at) else { return Ok(()) };
                house.remove(&by("Remove-Mailbox"), user.guid(), *permanent)?;
                if *permanent {
                    self.note_purged(user.get(&mailbox::EXCHANGE_GUID).unwrap());
                }
            }
            Step::Connect { lost: at, user, shared } => {
                let (Some(lost), Some(user)) = (pick(&lost, *at), pick(&users, *user)) else { return Ok(()) };
                let owner = NewOwner { flavour: flavour(*shared), ..NewOwner::of(user.guid()) };
                let connected = house.connect(&by("Connect-Mailbox"), lost, owner)?;
                assert_eq!(connected.get(&mailbox::EXCHANGE_GUID), Some(lost.mailbox()));
                let legacy = connected.get(&recipient::LEGACY_EXCHANGE_DN);
                assert_eq!(legacy.as_ref(), Some(&lost.statistics.description.legacy_dn));
            }
            Step::ConnectAnybody { lost: at } => {
                let Some(lost) = pick(&lost, *at) else { return Ok(()) };
                let user = house.candidate(lost)?;
                house.connect(&by("Connect-Mailbox"), lost, NewOwner::of(user.guid()))?;
            }
            Step::Switch { user, off } => {
                let Some(user) = pick(&users, *user) else { return Ok(()) };
                house.directory().set_account_disabled(&by("Disable-ADAccount"), user.guid(), *off)?;
            }
            Step::Convert { mailbox, to } => {
                let Some(user) = pick(&boxes, *mailbox) else { return Ok(()) };
                let to = [Flavour::Regular, Flavour::Shared, Flavour::Room, Flavour::Equipment]
                    [usize::from(*to)]
                .clone();
                let (guid, hash) = (user.guid(), self.hash.clone());
                house.directory().change(&by("Set-Mailbox"), move |change| {
                    let mut record = change.read(guid)?;
                    change.convert(&mut record, &to, (to == Flavour::Regular).then_some(&hash))?;
                    change.save(record)
                })?;
            }
            Step::Rename { user, name } => {
                let Some(user) = pick(&users, *user) else { return Ok(()) };
                let edit = Edit::set(&recipient::NAME, NAMES[usize::from(*name)].to_owned());
                house.directory().set(&by("Set-User"), user.guid(), vec![edit])?;
            }
            Step::Address { mailbox, name } => {
                let Some(user) = pick(&boxes, *mailbox) else { return Ok(()) };
                let primary = SmtpAddress::parse(&format!("a{name}@contoso.com")).unwrap();
                let edits = vec![
                    Edit::set(&recipient::PRIMARY_SMTP_ADDRESS, primary),
                    Edit::set(&recipient::EMAIL_ADDRESS_POLICY_ENABLED, false),
                ];
                house.directory().set(&by("Set-Mailbox"), user.guid(), edits)?;
            }
            Step::Mail { mailbox } => {
                let Some(user) = pick(&boxes, *mailbox) else { return Ok(()) };
                self.mail(house, user);
            }
            Step::Purge { lost: at } => {
                let Some(lost) = pick(&lost, *at) else { return Ok(()) };
                house.purge(&by("Remove-StoreMailbox"), lost.database, lost.mailbox())?;
                self.note_purged(lost.mailbox());
            }
            Step::Days { days } => {
                self.clock.pass(Duration::from_secs(u64::from(*days) * 86_400));
                let before: BTreeSet<Guid> = lost.iter().map(Disconnected::mailbox).collect();
                for database in self.databases {
                    house.purge_expired(database, house.directory().now())?;
                }
                let after: BTreeSet<Guid> = self.lost_now().iter().map(Disconnected::mailbox).collect();
                before.difference(&after).for_each(|guid| self.note_purged(*guid));
            }
            Step::Remount { database } => {
                let database = self.databases[usize::from(*database)];
                house.dismount(&by("Dismount-Database"), database)?;
                assert_eq!(house.mend(database).unwrap_err().id(), "MdbDismounted");
                house.mount(&by("Mount-Database"), database)?;
                assert_eq!(house.mend(database).unwrap().count, 0, "there was nothing to mend");
            }
        }
        Ok(())
    }

    fn note_new(&mut self, user: &Record) {
        let guid = user.get(&mailbox::EXCHANGE_GUID).unwrap();
        assert!(self.model.mail.insert(guid, 0).is_none(), "a GUID was used twice");
        assert!(!self.model.purged.contains(&guid), "a GUID was used again");
    }
    fn note_purged(&mut self, guid: Guid) {
        self.model.mail.remove(&guid);
        self.model.purged.insert(guid);
    }

    fn mail(&mut self, house: &Mailboxes, user: &Record) {
        let address = primary(&user.all(&recipient::EMAIL_ADDRESSES)).unwrap();
        let Destination::Mailbox { mailbox, database, .. } = house.recipient(&address).unwrap() else {
            panic!("{address} leads to no mailbox")
        };
        let message = Incoming::new(&b"Subject: x\r\n\r\nx\r\n"[..]);
        let (id, at) = (Guid::random(), self.clock.now());
        let (sender, acceptance) = (Sender::Report, Acceptance::Each);
        let to = vec![(address, mailbox)];
        let delivery = Delivery { id, at, sender, database, to, sent: Vec::new(), message, acceptance };
        let delivered = house.deliver(&delivery).unwrap().remove(0).unwrap();
        let count = self.model.mail.get_mut(&mailbox).unwrap();
        *count += 1;
        assert_eq!(delivered.uid, *count, "UIDs go on where they were");
    }

    fn check(&self) {
        let house = &self.mailboxes;
        assert_eq!(house.directory().verify().unwrap(), []);
        assert_eq!(house.verify().unwrap(), []);
        let mut seen = BTreeMap::new();
        for database in self.databases {
            assert_eq!(house.store().database(database).unwrap().verify().unwrap(), []);
            for row in house.rows(database).unwrap() {
                let inbox = house.store().database(database).unwrap().mailbox(row.guid).unwrap();
                let inbox = (inbox.known(store::WellKnown::Inbox).unwrap().id, inbox);
                let mut uids = Vec::new();
                inbox
                    .1
                    .items(inbox.0, &UidSet::all(), &mut |item| {
                        uids.push(item.uid);
                        Ok(store::Flow::More)
                    })
                    .unwrap();
                assert_eq!(uids, (1..=uids.len() as u32).collect::<Vec<_>>());
                seen.insert(row.guid, uids.len() as u32);
            }
        }
        assert_eq!(seen, self.model.mail, "every message is where it was put");
        for record in self.users_now() {
            let linked = record.has(object::Declared::spec(&user::MASTER_ACCOUNT_SID));
            assert!(!linked || record.is_account_disabled(), "{record:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]
    #[test]
    fn whatever_is_done_the_invariants_hold(steps in prop::collection::vec(step(), 1..40)) {
        let hash = PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap();
        let mut machine = Machine::new(hash);
        for step in &steps {
            machine.act(step);
            machine.check();
        }
    }
}
