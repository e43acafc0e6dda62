//! Administrators who get in each other's way: random verbs of a mailbox's life on several threads at once, and when all of
//! them are done, directory and store say the same and no mail is lost.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use mailstead_mailbox::directory::schema::mailbox;
use mailstead_mailbox::directory::*;
use mailstead_mailbox::store::{self, Acceptance, Incoming, Store};
use mailstead_mailbox::*;
use object::types::{Guid, RecipientTypeDetails, SecureString, SmtpAddress};
use object::{Author, Clock, Fault, Result, Time, WoundClock};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::sync::Arc;

const THREADS: u64 = 4;
const STEPS: usize = 60;
const ROUNDS: u64 = 25;

/// Numbers that look random and are the same for the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

struct House {
    mailboxes: Mailboxes,
    clock: WoundClock,
    databases: [Guid; 2],
    /// What must be in each mailbox.
    mail: Mutex<BTreeMap<Guid, u64>>,
}

fn by(command: &str) -> Author {
    Author::new("CONTOSO\\Administrator", command)
}

fn house() -> House {
    let clock = WoundClock::at(Time::of_date(2026, 1, 1));
    let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
    let first =
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
    let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock.clone()))).unwrap();
    mailboxes.mount_all().into_iter().for_each(|(_, mounted)| mounted.unwrap());
    let second = mailboxes.new_database(&by("New-MailboxDatabase"), "MBXDB02", Vec::new()).unwrap().guid();
    for name in ["Ann", "Ben", "Carla"] {
        plain(&mailboxes, name).unwrap();
    }
    House { mailboxes, clock, databases: [first, second], mail: Mutex::default() }
}

fn plain(mailboxes: &Mailboxes, name: &str) -> Result<()> {
    let new = NewRecipient::named(name, Class::User, RecipientTypeDetails::None);
    mailboxes.directory().change(&by("New-User"), move |change| change.new_recipient(&new).map(drop))
}

impl House {
    /// A rough round also purges, mounts and dismounts.
    fn step(&self, dice: &mut Dice, rough: bool) -> Result<()> {
        let name = ["Ann", "Ben", "Carla"][dice.roll(3)];
        let database = self.databases[dice.roll(2)];
        let user = self.mailboxes.directory().resolve_text(&kinds::USER, name);
        match dice.roll(if rough { 13 } else { 11 }) {
            0 | 1 => {
                let new = NewMailbox::of_user(user?.guid(), Flavour::Shared);
                let new = NewMailbox { database: Some(database), ..new };
                self.mailboxes.create(&by("Enable-Mailbox"), new).map(drop)
            }
            2..=4 => self.mailboxes.disable(&by("Disable-Mailbox"), user?.guid()),
            5 => self.mailboxes.remove(&by("Remove-Mailbox"), user?.guid(), rough),
            6 => plain(&self.mailboxes, name),
            7 | 8 => {
                let lost = self.lost(database, dice)?;
                let owner = NewOwner { flavour: Flavour::Shared, ..NewOwner::of(user?.guid()) };
                self.mailboxes.connect(&by("Connect-Mailbox"), &lost, owner).map(drop)
            }
            9 => self.deliver(&SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap()),
            10 => self.mailboxes.mend(database).map(|mended| self.well(&mended)),
            11 => self.mailboxes.dismount(&by("Dismount-Database"), database),
            _ => self.mailboxes.mount(&by("Mount-Database"), database),
        }
    }

    fn well(&self, mended: &Mended) {
        // Dismounted meanwhile is the one excuse.
        assert!(mended.faults.iter().all(|error| error.fault() == Fault::Busy), "{mended:?}");
    }

    fn lost(&self, database: Guid, dice: &mut Dice) -> Result<Disconnected> {
        let rows = self.mailboxes.rows(database)?;
        let lost: Vec<Guid> =
            rows.iter().filter(|row| row.state == store::State::Disabled).map(|row| row.guid).collect();
        let one = if lost.is_empty() { Guid::random() } else { lost[dice.roll(lost.len())] };
        self.mailboxes.disconnected(database, &one.to_string())
    }

    fn deliver(&self, address: &SmtpAddress) -> Result<()> {
        let Destination::Mailbox { mailbox, database, .. } = self.mailboxes.recipient(address)? else {
            return Ok(());
        };
        let delivery = Delivery {
            id: Guid::random(),
            at: self.clock.now(),
            sender: Sender::Report,
            database,
            to: vec![(address.clone(), mailbox)],
            sent: Vec::new(),
            message: Incoming::new(&b"Subject: x\r\n\r\nx\r\n"[..]),
            acceptance: Acceptance::Each,
        };
        self.mailboxes.deliver(&delivery)?.remove(0)?;
        *self.mail.lock().entry(mailbox).or_default() += 1;
        Ok(())
    }

    fn check(&self, seed: u64, purges: bool) {
        let house = &self.mailboxes;
        assert_eq!(house.directory().verify().unwrap(), [], "seed {seed}");
        assert_eq!(house.verify().unwrap(), [], "seed {seed}");
        let mut seen = BTreeMap::new();
        for database in self.databases {
            assert_eq!(house.store().database(database).unwrap().verify().unwrap(), [], "seed {seed}");
            seen.extend(house.rows(database).unwrap().into_iter().map(|row| (row.guid, row.items.count)));
        }
        for (guid, count) in &*self.mail.lock() {
            assert!(
                purges || seen.get(guid) == Some(count),
                "seed {seed}: {guid} had {count} messages, has {:?}",
                seen.get(guid)
            );
        }
        for user in house.directory().find(&Query::of(&kinds::MAILBOX)).unwrap() {
            let place = user.get(&mailbox::EXCHANGE_GUID);
            assert!(place.is_some_and(|guid| seen.contains_key(&guid)), "seed {seed}: {user:?}");
        }
    }
}

#[test]
fn whatever_crosses_directory_and_store_say_the_same() {
    for seed in 0..ROUNDS {
        let (house, rough) = (house(), seed % 2 == 1);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let (house, mut dice) = (&house, Dice(seed * THREADS + thread));
                scope.spawn(move || {
                    for _ in 0..STEPS {
                        if let Err(error) = house.step(&mut dice, rough) {
                            assert!(error.fault() != Fault::Server, "seed {seed}: {error:?}");
                        }
                    }
                });
            }
        });
        if rough {
            house
                .databases
                .iter()
                .for_each(|guid| house.mailboxes.mount(&by("Mount-Database"), *guid).unwrap());
        }
        house.check(seed, rough);
    }
}
