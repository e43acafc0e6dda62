//! The room over a queue in memory and a fake house: every accepted recipient is in exactly one place.
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use db::faulty::{Failing, Fuse};
use mailstead_transport as transport;
use object::types::{Guid, SmtpAddress};
use object::{Clock, Error, ErrorId, Result, Time, WoundClock};
use parking_lot::Mutex;
use transport::{
    Acceptance, Client, Config, Content, DeliveredCopy, Delivery, Envelope, Forward, Incoming, Intake,
    Mailboxes, Message, Notify, Place, Ret, Sender, Transport, Whereabouts,
};

const DB1: Guid = Guid::of_u128(1);
const DB2: Guid = Guid::of_u128(2);

/// Message, recipient, mailbox, database, octets.
type Copy = (Guid, String, Guid, Guid, Vec<u8>);

/// ann, ben live in DB1, carla in DB2, far@contoso.com is served elsewhere. What is put into `broken` fails.
/// Who is told of a database that is mounted again.
type Listener = Box<dyn Fn(Guid) + Send + Sync>;

#[derive(Default)]
struct House {
    people: Mutex<BTreeMap<String, (Guid, Guid)>>,
    broken: Mutex<BTreeMap<String, Error>>,
    dismounted: Mutex<Option<Guid>>,
    lies: Mutex<Vec<Copy>>,
    listener: Mutex<Option<Listener>>,
    forgotten: Mutex<Time>,
    /// A delivery to this database does not come back before it is let go.
    stuck: Mutex<Option<Guid>>,
}

impl House {
    fn new() -> Arc<House> {
        let house = House::default();
        for (number, (name, database)) in [("ann", DB1), ("ben", DB1), ("carla", DB2)].into_iter().enumerate()
        {
            let mailbox = Guid::of_u128(100 + number as u128);
            house.people.lock().insert(format!("{name}@contoso.com"), (mailbox, database));
        }
        Arc::new(house)
    }
    fn breaks(&self, who: &str, error: Error) {
        self.broken.lock().insert(who.to_owned(), error);
    }
    /// Mounts what was dismounted and tells whoever wants to know.
    fn mount(&self, database: Guid) {
        *self.dismounted.lock() = None;
        if let Some(tell) = &*self.listener.lock() {
            tell(database);
        }
    }
    /// What lies in the mailboxes, as `name: text`.
    fn mail(&self) -> Vec<String> {
        let mut mail: Vec<String> = self
            .lies
            .lock()
            .iter()
            .map(|(_, address, _, _, octets)| format!("{address}: {}", String::from_utf8_lossy(octets)))
            .collect();
        mail.sort();
        mail
    }
}

/// Nobody logs on in these tests.
impl transport::Senders for House {
    fn capacity(&self, _: Guid, _: &SmtpAddress) -> Option<transport::Capacity> {
        None
    }
    fn is_ours(&self, _: &SmtpAddress) -> bool {
        false
    }
    fn keeps_copy(&self, _: &SmtpAddress, _: transport::Capacity) -> Option<(Guid, Guid)> {
        None
    }
    fn sending_account(&self, _: Guid) -> Result<transport::SendingAccount> {
        Err(transport::unknown_recipient())
    }
    fn note_sent(
        &self,
        _: Guid,
        _: &SmtpAddress,
        _: transport::Capacity,
        _: std::net::IpAddr,
        _: &str,
    ) -> Result<()> {
        Ok(())
    }
}

impl Mailboxes for House {
    fn place(&self, address: &SmtpAddress) -> Result<Place> {
        if address.as_str() == "far@contoso.com" {
            return Ok(Place::Elsewhere(SmtpAddress::parse("far@far.example").unwrap()));
        }
        if address.domain() != "contoso.com" {
            return Err(transport::relay_denied());
        }
        if address.local() == "postmaster" && !self.people.lock().contains_key(address.as_str()) {
            return Ok(Place::Unclaimed);
        }
        // A sub-address is its user's, as in the real house.
        let found = self.people.lock().get(&address.folded().replace("+x@", "@")).copied();
        let (mailbox, database) = found.ok_or_else(transport::unknown_recipient)?;
        Ok(Place::Mailbox { mailbox, database })
    }
    fn admit(&self, address: &SmtpAddress, _sender: &Sender, _size: u64) -> Result<Place> {
        self.place(address)
    }
    fn expand(
        &self,
        written: &[transport::Written],
        _: &[SmtpAddress],
        _: &Sender,
        _: u64,
    ) -> Vec<Result<transport::Expansion>> {
        written.iter().map(|_| Err(transport::unknown_recipient())).collect()
    }
    fn default_domain(&self) -> Result<String> {
        Ok("contoso.com".to_owned())
    }
    fn forget(&self, before: Time, _limit: u32) -> Result<()> {
        *self.forgotten.lock() = before;
        Ok(())
    }
    fn when_mounted(&self, tell: Box<dyn Fn(Guid) + Send + Sync>) {
        *self.listener.lock() = Some(tell);
    }
    fn deliver(&self, delivery: &Delivery) -> Result<Vec<Result<()>>> {
        if *self.dismounted.lock() == Some(delivery.database) {
            return Err(Error::busy(ErrorId::MdbDismounted, "The database is not mounted."));
        }
        while *self.stuck.lock() == Some(delivery.database) {
            std::thread::yield_now();
        }
        assert!(!delivery.message.raw().ends_with(b"PANIC"), "a message that breaks the store (on purpose)");
        let broken = self.broken.lock();
        let mut outcomes = Vec::new();
        let withheld = delivery.acceptance == Acceptance::All
            && delivery.to.iter().any(|(to, _)| broken.contains_key(to.as_str()));
        let others = || {
            if withheld {
                Err(Error::busy(ErrorId::DeliveryWithheld, "Another one refused."))
            } else {
                Ok(())
            }
        };
        for (address, mailbox) in &delivery.to {
            let outcome = broken.get(address.as_str()).map_or_else(others, |error| Err(error.clone()));
            if outcome.is_ok() {
                let octets = delivery.message.raw().to_vec();
                let lies = (delivery.id, address.to_string(), *mailbox, delivery.database, octets);
                self.lies.lock().push(lies);
            }
            outcomes.push(outcome);
        }
        Ok(outcomes)
    }
    fn delivered(&self, id: Guid) -> Result<Vec<DeliveredCopy>> {
        let lies = self.lies.lock();
        let found = lies.iter().filter(|lies| lies.0 == id);
        Ok(found
            .map(|(_, address, mailbox, database, _)| DeliveredCopy {
                address: address.clone(),
                mailbox: *mailbox,
                database: *database,
                at: Time(0),
            })
            .collect())
    }
    fn ids(&self, _message_id: &str) -> Result<Vec<Guid>> {
        Ok(Vec::new())
    }
}

struct Room {
    house: Arc<House>,
    clock: WoundClock,
    db: db::Database,
    transport: Transport,
}

fn room() -> Room {
    let (house, clock) = (House::new(), WoundClock::at(Time::of_date(2026, 11, 21)));
    let db = db::memory().unwrap();
    let transport = open(&db, &house, &clock);
    Room { house, clock, db, transport }
}

fn open(db: &db::Database, house: &Arc<House>, clock: &WoundClock) -> Transport {
    let config = Config::new("mail.contoso.com");
    Transport::open(db.clone(), house.clone(), Arc::new(clock.clone()), config).unwrap()
}

impl Room {
    fn envelope(&self, from: &str, to: &[&str]) -> Envelope {
        let forward = |to: &&str| {
            let address = SmtpAddress::parse(to).unwrap();
            let recipient = self.transport.recipient(&address, &Sender::Report, 0).unwrap();
            Forward { recipient, orcpt: None, notify: Notify::default() }
        };
        Envelope {
            sender: Sender::of_reverse_path(SmtpAddress::parse(from)),
            to: to.iter().map(forward).collect(),
            content: Content::default(),
            ret: None,
            envid: None,
            client: Client {
                hello: "client.example".into(),
                address: "192.0.2.7".parse().unwrap(),
                protocol: "ESMTP",
                cipher: None,
                request: "0000002a.1".into(),
            },
            each: false,
        }
    }

    fn send(&self, envelope: Envelope, text: &str) -> Result<transport::Receipt> {
        let mut message = Message::begin(&self.transport.trace_fields(&envelope));
        message.octets.extend_from_slice(text.as_bytes());
        self.transport.accept(envelope, message)
    }

    /// Lets time pass and works until nothing is due any more.
    fn pass(&self, time: Duration) {
        self.clock.pass(time);
        for _ in 0..100 {
            if self.transport.work_once().unwrap() == 0 {
                return assert_eq!(self.transport.verify().unwrap(), []);
            }
        }
        panic!("the queue never comes to rest");
    }

    /// The fates of a message, `address place`.
    fn fates(&self, id: &Guid) -> Vec<String> {
        let mut fates: Vec<String> = self
            .transport
            .fate(*id)
            .unwrap()
            .into_iter()
            .map(|fate| match fate.whereabouts {
                Whereabouts::Mailbox { .. } => format!("{} mailbox", fate.address),
                Whereabouts::Expanded => format!("{} expanded", fate.address),
                Whereabouts::Queue { attempts, .. } => format!("{} queue {attempts}", fate.address),
                Whereabouts::Redirected { .. } => format!("{} redirected", fate.address),
                Whereabouts::Quarantined { .. } => format!("{} quarantined", fate.address),
                Whereabouts::GivenUp { status, report, .. } => {
                    format!(
                        "{} {status} {}",
                        fate.address,
                        if report.is_some() { "reported" } else { "dropped" }
                    )
                }
            })
            .collect();
        fates.sort();
        fates
    }
}

/// The fields before a message: what one named recipient sees, or one of several.
fn trace(id: Guid, only: Option<&str>) -> String {
    let only = only.map_or(String::new(), |only| format!("\r\n\tfor <{only}>"));
    format!(
        "Return-Path: <ben@contoso.com>\r\nReceived: from client.example ([192.0.2.7])\r\n\tby mail.contoso.com \
         with ESMTP id {id}{only}; Sat, 21 Nov 2026 00:00:00 +0000\r\n"
    )
}

#[test]
fn the_short_way_leaves_nothing_in_the_queue() {
    let room = room();
    let receipt =
        room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "Subject: hi\r\n\r\nx").unwrap();
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox"]);
    assert_eq!(
        room.house.mail(),
        [format!("ann@contoso.com: {}Subject: hi\r\n\r\nx", trace(receipt.id, Some("ann@contoso.com")))]
    );
    assert_eq!(room.transport.waiting().unwrap(), 0);
}

#[test]
fn two_databases_go_through_the_queue_with_the_same_octets() {
    let room = room();
    let to = ["ann@contoso.com", "carla@contoso.com", "far@contoso.com"];
    let text = "Message-ID: <1@far.example>\r\n\r\nbytes \u{e4}\r\n";
    let receipt = room.send(room.envelope("ben@contoso.com", &to), text).unwrap();
    assert_eq!(room.fates(&receipt.id), to.map(|to| format!("{to} queue 0")));
    assert_eq!(room.house.mail(), Vec::<String>::new());
    room.pass(Duration::ZERO);
    assert_eq!(
        room.fates(&receipt.id),
        ["ann@contoso.com mailbox", "carla@contoso.com mailbox", "far@contoso.com queue 1"]
    );
    // Nobody sees who else got it.
    let octets = format!("{}{text}", trace(receipt.id, None));
    assert_eq!(
        room.house.mail(),
        [format!("ann@contoso.com: {octets}"), format!("carla@contoso.com: {octets}")]
    );
    let by_name = room.transport.fate_of_internet_id("<1@far.example>").unwrap();
    assert_eq!(by_name.len(), 3);
}

#[test]
fn two_addresses_of_one_mailbox_are_one_copy_with_two_fates() {
    let room = room();
    let to = ["ann@contoso.com", "ann+x@contoso.com"];
    let receipt = room.send(room.envelope("ben@contoso.com", &to), "x").unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.house.mail().len(), 1);
    assert_eq!(room.fates(&receipt.id), ["ann+x@contoso.com mailbox", "ann@contoso.com mailbox"]);
}

/// A message of more rows than are claimed at once is worked on as a whole.
#[test]
fn two_addresses_far_from_each_other_are_one_copy_too() {
    for before in [0, 300] {
        let room = room();
        let names: Vec<String> = (0..700).map(|number| format!("p{number}@contoso.com")).collect();
        for (number, name) in names.iter().enumerate() {
            let mailbox = Guid::of_u128(1000 + number as u128);
            room.house.people.lock().insert(name.clone(), (mailbox, DB1));
        }
        *room.house.dismounted.lock() = Some(DB1);
        for _ in 0..before {
            room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "y").unwrap();
        }
        let mut to: Vec<&str> = names.iter().map(String::as_str).collect();
        to.insert(0, "ben@contoso.com");
        to.insert(600, "ben+x@contoso.com");
        let receipt = room.send(room.envelope("ann@contoso.com", &to), "x").unwrap();
        *room.house.dismounted.lock() = None;
        room.pass(Duration::ZERO);
        let copies = room.house.lies.lock().iter().filter(|lies| lies.0 == receipt.id).count();
        assert_eq!(copies, 701, "{before}");
        assert!(room.fates(&receipt.id).iter().all(|fate| fate.ends_with(" mailbox")));
    }
}

#[test]
fn a_dismounted_database_is_waited_for() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let receipt = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    room.pass(Duration::ZERO);
    room.pass(Duration::from_secs(15));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com queue 2"]);
    *room.house.dismounted.lock() = None;
    room.pass(Duration::from_secs(59));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com queue 2"]);
    room.pass(Duration::from_secs(1));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox"]);
}

#[test]
fn a_full_mailbox_alone_is_refused_and_among_others_reported() {
    let room = room();
    room.house.breaks("ann@contoso.com", Error::limit(ErrorId::MailboxFull, "mailbox full"));
    let error = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap_err();
    assert_eq!(transport::status(&error).to_string(), "5.2.2");
    assert_eq!(room.house.mail(), Vec::<String>::new());

    let mut envelope = room.envelope("carla@contoso.com", &["ann@contoso.com", "ben@contoso.com"]);
    envelope.envid = Some("QQ1".into());
    envelope.to[0].orcpt = Some("rfc822;Ann@contoso.com".into());
    let receipt = room.send(envelope, "Subject: report\r\n\r\nsecret body\r\n").unwrap();
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com queue 0", "ben@contoso.com queue 0"]);
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com 5.2.2 reported", "ben@contoso.com mailbox"]);
    let mail = room.house.mail();
    let report = mail.iter().find(|mail| mail.starts_with("carla@contoso.com: Return-Path: <>\r\n")).unwrap();
    for line in [
        "Subject: Undeliverable: report\r\n",
        "Auto-Submitted: auto-replied\r\n",
        "Original-Envelope-Id: QQ1\r\n",
        "Original-Recipient: rfc822; Ann@contoso.com\r\nFinal-Recipient: rfc822; ann@contoso.com\r\nAction: failed\r\nStatus: 5.2.2\r\n",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
    assert!(!report.contains("secret body"));
    let message = report.split_once(": ").unwrap().1.as_bytes();
    let parsed = message::parse(message);
    let kinds: Vec<String> = parsed.parts().iter().map(|part| format!("{:?}", part.content_type)).collect();
    assert_eq!(kinds.len(), 4, "{kinds:?}");
}

#[test]
fn the_whole_message_comes_back_to_who_asks_and_nothing_to_who_wants_nothing() {
    for (ret, notify, expected) in [
        (Some(Ret::Full), Notify::default(), Some(true)),
        (Some(Ret::Headers), Notify::default(), Some(false)),
        (None, Notify::NEVER, None),
    ] {
        let room = room();
        *room.house.dismounted.lock() = Some(DB1);
        let mut envelope = room.envelope("carla@contoso.com", &["ann@contoso.com"]);
        (envelope.ret, envelope.to[0].notify) = (ret, notify);
        let receipt = room.send(envelope, "Subject: x\r\n\r\nthe body\r\n").unwrap();
        // Disabled meanwhile: nobody has the address any more.
        room.house.people.lock().remove("ann@contoso.com");
        room.pass(Duration::ZERO);
        let mail = room.house.mail();
        assert_eq!(mail.first().map(|mail| mail.contains("the body")), expected);
        let fate = if expected.is_some() { "reported" } else { "dropped" };
        assert_eq!(room.fates(&receipt.id), [format!("ann@contoso.com 5.1.1 {fate}")]);
    }
}

#[test]
fn a_report_is_never_reported_on() {
    let room = room();
    room.house.breaks("ann@contoso.com", Error::limit(ErrorId::MailboxFull, "mailbox full"));
    *room.house.dismounted.lock() = Some(DB1);
    // From ann to ann: the message and its report both fail.
    let receipt = room.send(room.envelope("ann@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    *room.house.dismounted.lock() = None;
    room.pass(Duration::from_secs(60));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com 5.2.2 reported"]);
    let fates = room.transport.fate(receipt.id).unwrap();
    let Whereabouts::GivenUp { report: Some(report), .. } = fates[0].whereabouts else { panic!("no report") };
    assert_eq!(room.fates(&report), ["ann@contoso.com 5.2.2 dropped"]);
    assert_eq!(room.transport.waiting().unwrap(), 0);
    // Ten thousand forged senders from outside do not make the queue go round either.
    for number in 0..20 {
        let to = ["ann@contoso.com", "ben@contoso.com"];
        room.send(room.envelope(&format!("forged{number}@far.example"), &to), "x").unwrap();
    }
    room.pass(Duration::from_secs(60));
    assert_eq!(room.transport.waiting().unwrap(), 20);
    room.pass(Duration::from_secs(86_400));
    assert_eq!(room.transport.waiting().unwrap(), 20);
}

#[test]
fn a_worker_that_died_after_delivering_does_not_deliver_twice() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let receipt = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    *room.house.dismounted.lock() = None;
    // Another node claims the row, delivers, and dies before it can say so.
    let id = receipt.id;
    let sql = "UPDATE recipient SET lease_owner = 'other', lease_until = $1";
    let until = room.clock.now().0 + 300_000_000;
    room.db.write(move |tx| tx.execute(sql, &[until.into()])).unwrap();
    let to = vec![(SmtpAddress::parse("ann@contoso.com").unwrap(), Guid::of_u128(100))];
    let delivery = Delivery {
        id,
        database: DB1,
        to,
        sent: Vec::new(),
        sender: Sender::Report,
        message: Incoming::new(&b"x"[..]),
        at: room.clock.now(),
        acceptance: Acceptance::Each,
    };
    room.house.deliver(&delivery).unwrap();
    room.pass(Duration::from_secs(299));
    assert_eq!(room.house.mail().len(), 1);
    assert_eq!(room.transport.waiting().unwrap(), 1);
    room.pass(Duration::from_secs(1));
    assert_eq!((room.house.mail().len(), room.transport.waiting().unwrap()), (1, 0));
}

#[test]
fn a_message_that_makes_the_store_panic_does_not_stop_the_others() {
    let room = room();
    let to = ["ann@contoso.com", "carla@contoso.com"];
    let first = room.send(room.envelope("ben@contoso.com", &to), "PANIC").unwrap();
    let second = room.send(room.envelope("ben@contoso.com", &to), "x").unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&first.id), to.map(|to| format!("{to} queue 0")));
    assert_eq!(room.fates(&second.id), to.map(|to| format!("{to} mailbox")));
}

#[test]
fn after_a_restart_what_this_node_had_claimed_is_free_at_once() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let receipt = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    *room.house.dismounted.lock() = None;
    let sql = "UPDATE recipient SET lease_owner = 'mail.contoso.com', lease_until = $1";
    let until = room.clock.now().0 + 300_000_000;
    room.db.write(move |tx| tx.execute(sql, &[until.into()])).unwrap();
    assert_eq!(room.transport.work_once().unwrap(), 0);
    let again = open(&room.db, &room.house, &room.clock);
    assert_eq!(again.work_once().unwrap(), 1);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox"]);
}

#[test]
fn messages_that_go_round_or_have_too_much_header_are_refused() {
    let room = room();
    let hop = "Received: from a by b; Sat, 21 Nov 2026 00:00:00 +0000\r\n";
    let round = "Received: from b ([192.0.2.1])\r\n\tby MAIL.contoso.com with ESMTP id 1; Sat, 21 Nov 2026 00:00:00 +0000\r\n";
    for (text, expected) in [
        (format!("{}\r\nReceived: in the body\r\n", hop.repeat(60)), None),
        (format!("{}\r\n", hop.repeat(61)), Some("5.4.6")),
        (format!("{}\r\n", round.repeat(20)), None),
        (format!("{}\r\n", round.repeat(21)), Some("5.4.6")),
        (format!("X: {}\r\n\r\n", "x".repeat(256 << 10)), Some("5.3.4")),
        ("a:\r\n".repeat(100_000), Some("5.3.4")),
        (format!("\r\n{}", "x".repeat(300 << 10)), None),
        (format!("\r\n{}", "x".repeat(10 << 20)), Some("5.3.4")),
    ] {
        let sent = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), &text);
        let status = sent.err().map(|error| transport::status(&error).to_string());
        assert_eq!(status.as_deref(), expected, "{text:.60}");
    }
}

/// A room whose queue fails when `fuse` burns.
fn faulty_room(fuse: &Fuse) -> Room {
    let (house, clock) = (House::new(), WoundClock::at(Time::of_date(2026, 11, 21)));
    let db = db::faulty::faulty(db::memory().unwrap(), fuse);
    let transport = open(&db, &house, &clock);
    Room { house, clock, db, transport }
}

const FAILINGS: [Failing; 4] = [Failing::Statement, Failing::Full, Failing::Commit, Failing::Answer];

#[test]
fn a_queue_that_cannot_keep_a_message_does_not_accept_it() {
    let to = ["ann@contoso.com", "carla@contoso.com"];
    for failing in FAILINGS {
        for number in 1.. {
            let fuse = Fuse::default();
            let room = faulty_room(&fuse);
            fuse.set(failing, number);
            let sent = room.send(room.envelope("ben@contoso.com", &to), "x");
            let burnt = fuse.burnt();
            fuse.clear();
            let waiting = room.transport.waiting().unwrap();
            match (&sent, failing) {
                (Ok(_), _) => assert_eq!(waiting, 2),
                // Kept although we could not say so: the client sends it again, and nothing was lost.
                (Err(_), Failing::Answer) => assert_eq!(waiting, 2),
                (Err(error), _) => {
                    assert_eq!(waiting, 0, "{failing:?} {number}");
                    let expected = if failing == Failing::Full { "4.3.1" } else { "4.3.0" };
                    assert_eq!(transport::status(error).to_string(), expected);
                }
            }
            if !burnt {
                assert!(number > 1 && sent.is_ok());
                break;
            }
        }
    }
}

#[test]
fn a_queue_that_fails_behind_a_partial_refusal_leaves_nothing_to_double() {
    let to = ["ann@contoso.com", "ben@contoso.com"];
    for failing in [Failing::Statement, Failing::Full, Failing::Commit] {
        let fuse = Fuse::default();
        let room = faulty_room(&fuse);
        room.house.breaks("ben@contoso.com", Error::limit(ErrorId::MailboxFull, "mailbox full"));
        fuse.set(failing, 1);
        assert!(room.send(room.envelope("carla@contoso.com", &to), "x").is_err());
        assert!(fuse.burnt());
        assert_eq!(room.house.mail(), Vec::<String>::new(), "{failing:?}");
        // The sender tries again.
        let receipt = room.send(room.envelope("carla@contoso.com", &to), "x").unwrap();
        room.pass(Duration::ZERO);
        assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox", "ben@contoso.com 5.2.2 reported"]);
        let copies = room.house.mail().iter().filter(|mail| mail.starts_with("ann@")).count();
        assert_eq!(copies, 1, "{failing:?}");
    }
}

#[test]
fn whatever_fails_while_the_queue_is_worked_on_nothing_is_lost_or_doubled() {
    let to = ["ann@contoso.com", "carla@contoso.com", "far@contoso.com", "ben@contoso.com"];
    let mut tried = 0;
    for failing in FAILINGS {
        for number in 1.. {
            let fuse = Fuse::default();
            let room = faulty_room(&fuse);
            let receipt = room.send(room.envelope("carla@contoso.com", &to), "x").unwrap();
            room.house.breaks("ben@contoso.com", Error::limit(ErrorId::MailboxFull, "mailbox full"));
            fuse.set(failing, number);
            for _ in 0..20 {
                // An error is what this test is about; the worker logs it and goes on.
                let _failed = room.transport.work_once().is_err();
                room.clock.pass(Duration::from_secs(301));
            }
            let burnt = fuse.burnt();
            fuse.clear();
            room.pass(Duration::from_secs(301));
            assert_eq!(
                room.fates(&receipt.id)[..2],
                ["ann@contoso.com mailbox", "ben@contoso.com 5.2.2 reported"],
                "{failing:?} {number}"
            );
            // Ann's and Carla's copy, and one report to Carla.
            assert_eq!(room.house.mail().len(), 3, "{failing:?} {number}");
            tried += 1;
            if !burnt {
                break;
            }
        }
    }
    assert!(tried > 60, "only {tried} failures were tried");
}

#[test]
fn the_worker_wakes_delivers_and_stops() {
    let room = room();
    let transport = Arc::new(room.transport);
    let worker = transport.start().unwrap();
    let room = Room { transport: open(&db::memory().unwrap(), &room.house, &room.clock), ..room };
    let envelope = room.envelope("ben@contoso.com", &["ann@contoso.com", "carla@contoso.com"]);
    let message = Message::begin(&transport.trace_fields(&envelope));
    transport.accept(envelope, message).unwrap();
    while transport.waiting().unwrap() > 0 {
        std::thread::yield_now();
    }
    drop(worker);
    assert_eq!(room.house.mail().len(), 2);
}

#[test]
fn what_cannot_be_delivered_is_told_after_four_hours_and_given_up_after_two_days() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let mut envelope = room.envelope("carla@contoso.com", &["ann@contoso.com", "ben@contoso.com"]);
    envelope.to[1].notify = Notify { delay: false, ..Notify::default() };
    let receipt = room.send(envelope, "Subject: slow\r\n\r\nsecret\r\n").unwrap();
    for _ in 0..15 {
        room.pass(Duration::from_secs(4 * 3600 / 16));
    }
    assert_eq!(room.house.mail().len(), 0, "nothing is told before the time");
    room.pass(Duration::from_secs(4 * 3600 / 16));
    let told = room.house.mail();
    assert_eq!(told.len(), 1, "{told:?}");
    for line in [
        "carla@contoso.com: Return-Path: <>\r\n",
        "Subject: Delivery delayed: slow\r\n",
        "Final-Recipient: rfc822; ann@contoso.com\r\nAction: delayed\r\nStatus: 4.3.2\r\n",
        "Will-Retry-Until: Mon, 23 Nov 2026 00:00:00 +0000\r\n",
    ] {
        assert!(told[0].contains(line), "{line} is not in {}", told[0]);
    }
    assert!(!told[0].contains("ben@contoso.com") && !told[0].contains("secret"), "{}", told[0]);
    for _ in 0..87 {
        room.pass(Duration::from_secs(1800));
    }
    assert_eq!((room.house.mail().len(), room.transport.waiting().unwrap()), (1, 2), "it is told once");
    room.pass(Duration::from_secs(1800));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com 4.4.7 reported", "ben@contoso.com 4.4.7 reported"]);
    let told = room.house.mail().into_iter().find(|mail| mail.contains("Undeliverable")).unwrap();
    assert!(told.contains("Action: failed\r\nStatus: 4.4.7\r\n"), "{told}");
    assert_eq!(room.transport.waiting().unwrap(), 0);
}

/// Who holds a queue for a long time has not made its mail old: what goes on waits from then on.
#[test]
fn what_waited_in_a_queue_that_was_held_waits_from_when_it_goes_on() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let days = |days: u64| Duration::from_secs(days * 86_400);
    let receipt = room.send(room.envelope("carla@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    let queue = room.transport.queues().unwrap().remove(0).lane;
    room.transport.suspend_queue(&queue, true).unwrap();
    room.pass(days(5));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com queue 0"]);
    room.transport.suspend_queue(&queue, false).unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com queue 1"]);
    assert_eq!(room.house.mail(), Vec::<String>::new(), "nobody hears of a delay yet");
    room.pass(Duration::from_secs(4 * 3600));
    assert_eq!(room.house.mail().len(), 1, "now it takes long");
    // To let go what nobody holds begins nothing anew.
    room.transport.suspend_queue(&queue, false).unwrap();
    room.pass(days(2));
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com 4.4.7 reported"]);
}

#[test]
fn mail_for_elsewhere_ends_too() {
    let room = room();
    let receipt = room.send(room.envelope("ben@contoso.com", &["far@contoso.com"]), "x").unwrap();
    room.pass(Duration::from_secs(4 * 3600));
    assert_eq!(room.house.mail().len(), 1, "the sender hears that it takes long");
    room.pass(Duration::from_secs(44 * 3600 - 1));
    assert_eq!(room.transport.waiting().unwrap(), 1);
    room.pass(Duration::from_secs(1));
    assert_eq!(room.fates(&receipt.id), ["far@contoso.com 4.4.7 reported"]);
    assert_eq!((room.house.mail().len(), room.transport.waiting().unwrap()), (2, 0));
    // Thirty days after they came in they are forgotten, here and in the mailboxes.
    room.pass(Duration::from_secs(28 * 86_400));
    assert_eq!(room.fates(&receipt.id), ["far@contoso.com 4.4.7 reported"]);
    room.pass(Duration::from_secs(1));
    assert_eq!(room.fates(&receipt.id), Vec::<String>::new());
    assert_eq!(*room.house.forgotten.lock(), Time::of_date(2026, 11, 21) + Duration::from_secs(1));
}

#[test]
fn a_report_that_cannot_be_delivered_ends_without_another_one() {
    let room = room();
    room.house.breaks("ann@contoso.com", Error::limit(ErrorId::MailboxFull, "mailbox full"));
    let to = ["ann@contoso.com", "ben@contoso.com"];
    room.send(room.envelope("forged@far.example", &to), "x").unwrap();
    for _ in 0..12 * 3 {
        room.pass(Duration::from_secs(2 * 3600));
    }
    assert_eq!((room.house.mail().len(), room.transport.waiting().unwrap()), (1, 0));
}

#[test]
fn a_database_that_is_mounted_again_gets_its_mail_at_once() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let receipt = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    for _ in 0..4 {
        room.pass(Duration::from_secs(600));
    }
    room.house.mount(DB1);
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox"]);
}

#[test]
fn a_database_that_hangs_holds_up_nobody_else() {
    let room = room();
    *room.house.stuck.lock() = Some(DB1);
    let transport = Arc::new(room.transport);
    let worker = transport.start().unwrap();
    let room = Room { transport: open(&db::memory().unwrap(), &room.house, &room.clock), ..room };
    let send = |to: &[&str]| {
        let envelope = room.envelope("ben@contoso.com", to);
        transport.accept(envelope.clone(), Message::begin(&transport.trace_fields(&envelope))).unwrap();
    };
    for _ in 0..400 {
        send(&["ann@contoso.com", "carla@contoso.com"]);
    }
    let delivered = |name: &str| room.house.mail().iter().filter(|mail| mail.starts_with(name)).count();
    while delivered("carla") < 400 {
        std::thread::yield_now();
    }
    assert_eq!(delivered("ann"), 0);
    *room.house.stuck.lock() = None;
    while transport.waiting().unwrap() > 0 {
        std::thread::yield_now();
    }
    drop(worker);
    assert_eq!((delivered("ann"), delivered("carla")), (400, 400));
}

#[test]
fn an_address_that_leads_elsewhere_by_now_changes_its_lane_and_nobody_gets_two() {
    let room = room();
    let to = ["far@contoso.com", "ann@contoso.com", "carla@contoso.com"];
    let receipt = room.send(room.envelope("ben@contoso.com", &to), "x").unwrap();
    room.pass(Duration::ZERO);
    // Ann moves into the other database while a message for her waits in the first one's lane.
    *room.house.dismounted.lock() = Some(DB1);
    let second = room.send(room.envelope("ben@contoso.com", &to[1..]), "y").unwrap();
    room.pass(Duration::ZERO);
    room.house.people.lock().insert("ann@contoso.com".into(), (Guid::of_u128(100), DB2));
    room.pass(Duration::from_secs(15));
    assert_eq!(room.fates(&second.id), ["ann@contoso.com mailbox", "carla@contoso.com mailbox"]);
    assert_eq!(room.fates(&receipt.id).len(), 3);
    assert_eq!(room.house.mail().len(), 4);
}

#[test]
fn mail_for_an_address_nobody_has_yet_waits_and_does_not_fill_the_queue() {
    let room = room();
    let postmaster = SmtpAddress::parse("postmaster@contoso.com").unwrap();
    let asked = |size| room.transport.recipient(&postmaster, &Sender::Report, size).map(drop);
    assert_eq!(asked(101 << 20).unwrap_err().id(), "MailboxFull");
    for _ in 0..200 {
        room.send(room.envelope("ben@contoso.com", &["postmaster@contoso.com"]), "x").unwrap();
    }
    assert_eq!(asked(0).unwrap_err().id(), "MailboxFull");
    room.pass(Duration::ZERO);
    room.house.people.lock().insert("postmaster@contoso.com".into(), (Guid::of_u128(100), DB1));
    room.pass(Duration::from_secs(1800));
    assert_eq!((room.house.mail().len(), room.transport.waiting().unwrap()), (200, 0));
    assert!(asked(0).is_ok());
}

#[test]
fn what_waited_before_there_were_lanes_is_delivered() {
    let room = room();
    *room.house.dismounted.lock() = Some(DB1);
    let receipt = room.send(room.envelope("ben@contoso.com", &["ann@contoso.com"]), "x").unwrap();
    *room.house.dismounted.lock() = None;
    room.db.write(|tx| tx.execute("UPDATE recipient SET lane = ''", &[])).unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox"]);
}

#[test]
fn a_sender_who_asks_hears_of_success() {
    let room = room();
    let mut envelope = room.envelope("carla@contoso.com", &["ann@contoso.com", "ben@contoso.com"]);
    envelope.envid = Some("QQ1".into());
    envelope.to[0].notify = Notify { success: true, ..Notify::NEVER };
    let receipt = room.send(envelope, "Subject: hi\r\n\r\nsecret\r\n").unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.fates(&receipt.id), ["ann@contoso.com mailbox", "ben@contoso.com mailbox"]);
    let mail = room.house.mail();
    let report = mail.iter().find(|mail| mail.starts_with("carla@contoso.com: ")).unwrap();
    for line in [
        "Subject: Delivered: hi\r\n",
        "Original-Envelope-Id: QQ1\r\n",
        "Final-Recipient: rfc822; ann@contoso.com\r\nAction: delivered\r\nStatus: 2.1.5\r\n",
    ] {
        assert!(report.contains(line), "{line} is not in {report}");
    }
    assert!(!report.contains("ben@contoso.com") && !report.contains("secret"), "{report}");
    assert_eq!(mail.len(), 3);
    // A report is nobody's to be told of.
    let mut envelope = room.envelope("", &["ann@contoso.com"]);
    envelope.to[0].notify = Notify { success: true, ..Notify::NEVER };
    room.send(envelope, "x").unwrap();
    room.pass(Duration::ZERO);
    assert_eq!(room.house.mail().len(), 4);
}

/// Whatever happens in whatever order, every accepted recipient has exactly one fate.
mod fates {
    use super::*;
    use proptest::prelude::*;

    const PEOPLE: [&str; 5] =
        ["ann@contoso.com", "ben@contoso.com", "carla@contoso.com", "far@contoso.com", "ann+x@contoso.com"];
    const SENDERS: [&str; 4] = ["ann@contoso.com", "carla@contoso.com", "bob@far.example", ""];

    #[derive(Clone, Debug)]
    enum Event {
        Send { from: usize, to: Vec<usize>, never: bool, each: bool },
        Break { who: usize, how: usize },
        Mend { who: usize },
        Mounted { database: Option<u8> },
        Disable { who: usize },
        Enable { who: usize },
        Pass { seconds: u64 },
        Fail { failing: usize, nth: u32 },
        Restart,
    }

    fn event() -> impl Strategy<Value = Event> {
        let who = 0usize..3;
        let to = proptest::sample::subsequence(vec![0usize, 1, 2, 3, 4], 1..5);
        prop_oneof![
            4 => (0usize..4, to, any::<bool>(), any::<bool>())
                .prop_map(|(from, to, never, each)| Event::Send { from, to, never, each }),
            1 => (who.clone(), 0usize..3).prop_map(|(who, how)| Event::Break { who, how }),
            1 => who.clone().prop_map(|who| Event::Mend { who }),
            1 => proptest::option::of(1u8..3).prop_map(|database| Event::Mounted { database }),
            1 => who.clone().prop_map(|who| Event::Disable { who }),
            1 => who.prop_map(|who| Event::Enable { who }),
            3 => (0u64..2000).prop_map(|seconds| Event::Pass { seconds }),
            1 => (0usize..4, 1u32..12).prop_map(|(failing, nth)| Event::Fail { failing, nth }),
            1 => Just(Event::Restart),
        ]
    }

    fn happen(room: &mut Room, fuse: &Fuse, event: &Event, accepted: &mut Vec<(Guid, Vec<String>)>) {
        let homes = [(100, DB1), (101, DB1), (102, DB2)];
        match event {
            Event::Send { from, to, never, each } => {
                let known = |who: &&usize| {
                    room.transport
                        .recipient(&SmtpAddress::parse(PEOPLE[**who]).unwrap(), &Sender::Report, 0)
                        .is_ok()
                };
                let to: Vec<&str> = to.iter().filter(known).map(|who| PEOPLE[*who]).collect();
                if to.is_empty() {
                    return;
                }
                let mut envelope = room.envelope(SENDERS[*from], &to);
                envelope.each = *each;
                if *never {
                    envelope.to.iter_mut().for_each(|to| to.notify = Notify::NEVER);
                }
                if let Ok(receipt) = room.send(envelope, "x") {
                    let taken = to.iter().zip(&receipt.outcomes).filter(|(_, outcome)| outcome.is_ok());
                    accepted.push((receipt.id, taken.map(|(to, _)| (*to).to_owned()).collect()));
                }
            }
            Event::Break { who, how } => room.house.breaks(
                PEOPLE[*who],
                [
                    Error::limit(ErrorId::MailboxFull, "mailbox full"),
                    Error::busy(ErrorId::Locked, "locked"),
                    Error::server(ErrorId::InputOutput, "broken"),
                ][*how]
                    .clone(),
            ),
            Event::Mend { who } => drop(room.house.broken.lock().remove(PEOPLE[*who])),
            Event::Mounted { database } => {
                *room.house.dismounted.lock() = database.map(|n| Guid::of_u128(u128::from(n)));
            }
            Event::Disable { who } => drop(room.house.people.lock().remove(PEOPLE[*who])),
            Event::Enable { who } => {
                let (mailbox, database) = homes[*who];
                room.house.people.lock().insert(PEOPLE[*who].into(), (Guid::of_u128(mailbox), database));
            }
            Event::Pass { seconds } => {
                room.clock.pass(Duration::from_secs(*seconds));
                // An error here is a failure on purpose; the worker logs it and goes on.
                let _failed = room.transport.work_once().is_err();
            }
            Event::Fail { failing, nth } => fuse.set(FAILINGS[*failing], *nth),
            Event::Restart => {
                fuse.clear();
                room.transport = open(&room.db, &room.house, &room.clock);
            }
        }
    }

    /// Two addresses of one mailbox, and every place at which the work on them can break.
    #[test]
    fn of_two_addresses_of_one_mailbox_one_brings_a_copy_wherever_the_work_breaks() {
        let orders = [vec![0, 4], vec![4, 0]];
        for (failing, nth, to) in (0..4)
            .flat_map(|failing| (1..40).map(move |nth| (failing, nth)))
            .flat_map(|(failing, nth)| orders.clone().map(|to| (failing, nth, to)))
        {
            let fuse = Fuse::default();
            let (mut room, mut accepted) = (faulty_room(&fuse), Vec::new());
            let send = Event::Send { from: 0, to, never: false, each: false };
            let broken = [send, Event::Fail { failing, nth }, Event::Pass { seconds: 0 }];
            broken.iter().for_each(|event| happen(&mut room, &fuse, event, &mut accepted));
            fuse.clear();
            for _ in 0..20 {
                room.pass(Duration::from_secs(2000));
            }
            assert_eq!(room.house.mail().len(), 1, "{failing} {nth}");
            assert_eq!(room.transport.fate(accepted[0].0).unwrap().len(), 2, "{failing} {nth}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn are_exactly_one(events in proptest::collection::vec(event(), 1..40)) {
            let fuse = Fuse::default();
            let (mut room, mut accepted) = (faulty_room(&fuse), Vec::new());
            events.iter().for_each(|event| happen(&mut room, &fuse, event, &mut accepted));
            fuse.clear();
            *room.house.dismounted.lock() = None;
            room.house.broken.lock().clear();
            for _ in 0..20 {
                room.pass(Duration::from_secs(2000));
            }
            for (id, to) in accepted {
                let fates = room.transport.fate(id).unwrap();
                for address in to {
                    let found = fates.iter().filter(|fate| fate.address == address).count();
                    prop_assert_eq!(found, 1, "{} of {}: {:?}", address, id, fates);
                    let whereabouts = &fates.iter().find(|fate| fate.address == address).unwrap().whereabouts;
                    if let Whereabouts::Mailbox { mailbox, .. } = whereabouts {
                        let lies = room.house.lies.lock();
                        let copies = lies.iter().filter(|lies| lies.0 == id && lies.2 == *mailbox).count();
                        prop_assert_eq!(copies, 1, "{} of {}", address, id);
                    }
                    let waits = matches!(whereabouts, Whereabouts::Queue { .. });
                    prop_assert_eq!(waits, address == "far@contoso.com", "{} {:?}", address, whereabouts);
                }
            }
        }
    }
}

#[test]
fn a_clock_that_is_doubted_gives_nothing_up_and_forgets_nothing() {
    let room = room();
    let receipt = room.send(room.envelope("ben@contoso.com", &["far@contoso.com"]), "x").unwrap();
    let told = room.send(room.envelope("carla@contoso.com", &["ann@contoso.com"]), "y").unwrap();
    let before = room.fates(&told.id);
    room.transport.doubt_clock(Some(room.clock.now()));
    room.pass(Duration::from_secs(3650 * 86_400));
    assert_eq!((room.transport.waiting().unwrap(), room.fates(&told.id)), (1, before));
    assert_eq!(room.house.mail().len(), 1, "nobody is told that it failed");
    // The clock was right.
    room.transport.doubt_clock(None);
    room.pass(Duration::from_secs(86_400));
    assert_eq!(room.transport.waiting().unwrap(), 0);
    assert!(room.house.mail().iter().any(|mail| mail.contains("Undeliverable")), "now it has ended");
    assert_eq!(room.fates(&receipt.id), Vec::<String>::new(), "and so has what was known of it");
}
