//! SMTP over the real house in memory: directory, store, mailboxes, transport, and what a message becomes.
#![allow(missing_docs, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use mailbox::Mailboxes;
use mailbox::directory::schema::{mailbox as own, recipient};
use mailbox::directory::{Directory, Edit, Flavour, Founding, NewMailbox};
use mailbox::store::{Store, WellKnown};
use mailstead_smtp::{Config, Service, door};
use object::types::{ByteQuantifiedSize, Guid, SecureString, Unlimited};
use object::{Author, Declared, Time, WoundClock};
use transport::{Transport, Whereabouts};

struct House {
    mailboxes: Mailboxes,
    transport: Arc<Transport>,
    clock: WoundClock,
    second: Guid,
}

impl House {
    /// contoso.com with ann and ben in the first database, carla in the second.
    fn new() -> House {
        let clock = WoundClock::at(Time::of_date(2026, 11, 21));
        let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "MAIL").unwrap();
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("very Secret 1"))).unwrap();
        let mailboxes = Mailboxes::new(directory, Store::memory(Arc::new(clock.clone()))).unwrap();
        for (_, mounted) in mailboxes.mount_all() {
            mounted.unwrap();
        }
        let first = mailboxes.store().databases()[0].guid();
        let second = mailboxes
            .new_database(&Author::new("test", "New-MailboxDatabase"), "MBXDB02", Vec::new())
            .unwrap()
            .guid();
        mailboxes.mount(&Author::new("test", "Mount-Database"), second).unwrap();
        for (name, database) in [("ann", first), ("ben", first), ("carla", second)] {
            let new = NewMailbox { database: Some(database), ..NewMailbox::named(name, Flavour::Shared) };
            mailboxes.create(&Author::new("test", "New-Mailbox"), new).unwrap();
        }
        let config = transport::Config::new("mail.contoso.com");
        let real = Arc::new(mailboxes.clone());
        let queue = db::memory().unwrap();
        let transport = Arc::new(Transport::open(queue, real, Arc::new(clock.clone()), config).unwrap());
        House { mailboxes, transport, clock, second }
    }

    async fn play(&self, service: Service, trace: &str) {
        self.try_to_play(service, trace).await.unwrap();
    }

    async fn try_to_play(&self, service: Service, trace: &str) -> Result<(), String> {
        let door = door(
            Arc::clone(&self.transport) as Arc<dyn transport::Intake>,
            service,
            Config::new("mail.contoso.com"),
        );
        let peer = "192.0.2.7:4711".parse().unwrap();
        let hello = if service == Service::Lmtp { "LHLO" } else { "EHLO" };
        let trace = format!(
            "S: 220 [..]\nC: {hello} client.example\n{}S: 250 [..]\n{trace}",
            "S: 250-[..]\n".repeat(8)
        );
        net::transcript::play(door, peer, &trace, &mut |word, text| {
            Err(format!("{word} {text} is not a word of this test"))
        })
        .await
    }

    fn user(&self, name: &str) -> Guid {
        let address = object::types::SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap();
        self.mailboxes.directory().by_smtp(&address).unwrap().guid()
    }

    /// Gives somebody these addresses.
    fn rename(&self, name: &str, addresses: &[&str]) {
        let addresses = addresses.iter().map(|address| object::Value::from(*address)).collect::<Vec<_>>();
        let addresses = object::Value::from(addresses);
        self.edit(name, vec![Edit::new(recipient::EMAIL_ADDRESSES.spec(), &addresses).unwrap()]);
    }

    /// The octets in somebody's Inbox.
    fn inbox(&self, name: &str) -> Vec<String> {
        let user = self.mailboxes.directory().need(self.user(name)).unwrap();
        let mailbox = self.mailboxes.mailbox(&user).unwrap();
        let folder = mailbox.known(WellKnown::Inbox).unwrap().id;
        let (_, uids) = mailbox.uids(folder).unwrap();
        let body = |uid| String::from_utf8(mailbox.whole_body(folder, uid).unwrap()).unwrap();
        uids.iter().map(body).collect()
    }

    fn pass(&self, time: Duration) {
        self.clock.pass(time);
        while self.transport.work_once().unwrap() > 0 {}
        assert_eq!(self.transport.verify().unwrap(), []);
        let found = self.mailboxes.verify().unwrap();
        assert!(found.is_empty(), "{found:?}");
    }

    fn edit(&self, name: &str, edits: Vec<Edit>) {
        let guid = self.user(name);
        let directory = self.mailboxes.directory();
        directory
            .change(&Author::new("test", "Set-Mailbox"), move |change| {
                let mut record = change.read(guid)?;
                change.edit(&mut record, &edits)?;
                change.save(record)
            })
            .unwrap();
    }
}

/// One message to `to`, with the replies to each RCPT and to the message.
fn message(to: &[(&str, &str)], reply: &str) -> String {
    let mut trace = "C: MAIL FROM:<ben@contoso.com>\nS: 250 [..]\n".to_owned();
    for (address, reply) in to {
        trace.push_str(&format!("C: RCPT TO:<{address}>\nS: {reply}\n"));
    }
    trace + &format!("C: DATA\nS: 354 [..]\nC: Subject: hi\nC: \nC: body\nC: .\nS: {reply}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_comes_in_and_lies_in_the_inbox() {
    let house = House::new();
    let trace = message(
        &[
            ("nobody@contoso.com", "550 5.1.1 User unknown"),
            ("ann@fabrikam.com", "550 5.7.1 Unable to relay"),
            ("Ann+lists@contoso.com", "250 2.1.5 [..]"),
            ("ann+LISTS@contoso.com", "250 2.1.5 [..]"),
        ],
        "250 2.6.0 [..] Queued mail for delivery",
    );
    house.play(Service::Smtp, &trace).await;
    let mail = house.inbox("ann");
    assert_eq!(mail.len(), 1, "{mail:?}");
    assert!(
        mail[0]
            .starts_with("Return-Path: <ben@contoso.com>\r\nReceived: from client.example ([192.0.2.7])\r\n")
    );
    assert!(mail[0].ends_with("+0000\r\nSubject: hi\r\n\r\nbody\r\n"), "{}", mail[0]);
    assert_eq!(house.transport.waiting().unwrap(), 0);
    house.pass(Duration::ZERO);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_addresses_of_one_mailbox_bring_one_copy() {
    let house = House::new();
    let both = [("ann@contoso.com", "250 [..]"), ("ann+lists@contoso.com", "250 [..]")];
    house
        .play(
            Service::Smtp,
            &message(&both, "250 [..]").replace("C: Subject", "C: Message-ID: <1@x>\nC: Subject"),
        )
        .await;
    house.pass(Duration::ZERO);
    assert_eq!(house.inbox("ann").len(), 1);
    let fates = house.transport.fate_of_internet_id("<1@x>").unwrap();
    let in_mailbox = fates.iter().filter(|fate| matches!(fate.whereabouts, Whereabouts::Mailbox { .. }));
    assert_eq!((in_mailbox.count(), fates.len()), (2, 2), "{fates:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_databases_and_one_that_is_dismounted() {
    let house = House::new();
    house.mailboxes.dismount(&Author::new("test", "Mount-Database"), house.second).unwrap();
    let both = [("ann@contoso.com", "250 [..]"), ("carla@contoso.com", "250 [..]")];
    house.play(Service::Lmtp, &message(&both, "250 [..]\nS: 250 [..]")).await;
    house.play(Service::Smtp, &message(&both[1..], "250 [..]")).await;
    house.pass(Duration::ZERO);
    assert_eq!((house.inbox("ann").len(), house.transport.waiting().unwrap()), (1, 2));
    house.mailboxes.mount(&Author::new("test", "Mount-Database"), house.second).unwrap();
    house.pass(Duration::from_secs(60));
    assert_eq!((house.inbox("ann").len(), house.inbox("carla").len()), (1, 2));
    assert_eq!(house.transport.waiting().unwrap(), 0);
    // The same octets went into both databases.
    assert!(house.inbox("carla").contains(&house.inbox("ann")[0]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_that_is_full_or_gone() {
    let house = House::new();
    house.edit(
        "ann",
        vec![
            Edit::set(&own::USE_DATABASE_QUOTAS, false),
            Edit::set(&own::SEND_RECEIVE_QUOTA, Unlimited::Value(ByteQuantifiedSize(300))),
        ],
    );
    let ann = [("ann@contoso.com", "250 [..]")];
    house.play(Service::Smtp, &message(&ann, "250 [..]")).await;
    house.play(Service::Smtp, &message(&ann, "554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded")).await;
    // Who says how much is coming hears it before it is sent.
    let announced = "C: MAIL FROM:<ben@contoso.com> SIZE=1000\nS: 250 [..]\n\
                     C: RCPT TO:<ann@contoso.com>\nS: 554 5.2.2 mailbox full; STOREDRV.Submission.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded\n";
    house.play(Service::Smtp, announced).await;
    let both = [("ann@contoso.com", "250 [..]"), ("carla@contoso.com", "250 [..]")];
    house.play(Service::Lmtp, &message(&both, "250 [..]\nS: 250 [..]")).await;
    house.pass(Duration::ZERO);
    // The report comes to the sender.
    let report = house.inbox("ben").remove(0);
    assert!(
        report
            .contains("\r\nFinal-Recipient: rfc822; ann@contoso.com\r\nAction: failed\r\nStatus: 5.2.2\r\n"),
        "{report}"
    );
    // The sizes in our own error are nobody's business.
    let mut words = report.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    // A name that is drawn by lot may have the same digits.
    assert!(words.all(|word| word.matches('-').count() >= 4 || !word.contains("300")), "{report}");

    house.edit(
        "carla",
        vec![Edit::set(&recipient::MAX_RECEIVE_SIZE, Unlimited::Value(ByteQuantifiedSize(64)))],
    );
    house
        .play(
            Service::Smtp,
            &message(
                &[("carla@contoso.com", "250 [..]")],
                "552 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient",
            ),
        )
        .await;

    let announced = "C: MAIL FROM:<ben@contoso.com> SIZE=65\nS: 250 [..]\nC: RCPT TO:<carla@contoso.com>\n\
                     S: 552 5.2.3 RESOLVER.RST.RecipSizeLimit; message too large for this recipient\n";
    house.play(Service::Smtp, announced).await;

    house.edit("carla", vec![Edit::set(&recipient::MAX_RECEIVE_SIZE, Unlimited::Unlimited)]);
    house.mailboxes.dismount(&Author::new("test", "Mount-Database"), house.second).unwrap();
    house.play(Service::Smtp, &message(&[("carla@contoso.com", "250 [..]")], "250 [..]")).await;
    house.mailboxes.mount(&Author::new("test", "Mount-Database"), house.second).unwrap();
    house.mailboxes.disable(&Author::new("test", "Disable-Mailbox"), house.user("carla")).unwrap();
    house.pass(Duration::from_secs(60));
    let report = house.inbox("ben").pop().unwrap();
    assert!(report.contains("\r\nStatus: 5.1.1\r\n"), "{report}");
    let gone = "C: MAIL FROM:<>\nS: 250 [..]\nC: RCPT TO:<carla@contoso.com>\nS: 550 5.1.1 User unknown\n";
    house.play(Service::Smtp, gone).await;
}

/// A refusal after DATA would be a report to whoever was named as the sender; there is none.
#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_hears_it_at_rcpt() {
    let house = House::new();
    house.edit("ann", vec![Edit::set(&recipient::REQUIRE_SENDER_AUTHENTICATION, true)]);
    house.edit("ben", vec![Edit::new(recipient::ACCEPT_FROM.spec(), &"carla".into()).unwrap()]);
    let refused = |from: &str| {
        format!(
            "C: MAIL FROM:<{from}>\nS: 250 [..]\nC: RCPT TO:<ann@contoso.com>\nS: 550 5.7.1 RESOLVER.RST.AuthRequired; authentication required\n\
             C: RCPT TO:<ben@contoso.com>\nS: 550 5.7.1 RESOLVER.RST.NotAuthorized; not authorized\nC: DATA\nS: 554 5.5.1 No valid recipients\n"
        )
    };
    house.play(Service::Smtp, &refused("forged@far.example")).await;
    house.play(Service::Lmtp, &refused("forged@far.example")).await;
    let known = "C: MAIL FROM:<carla@contoso.com>\nS: 250 [..]\nC: RCPT TO:<ben@contoso.com>\nS: 250 [..]\n";
    house.play(Service::Smtp, known).await;
    house.pass(Duration::ZERO);
    assert_eq!(house.transport.waiting().unwrap(), 0, "nobody is sent a report");
    assert_eq!((house.inbox("ann").len(), house.inbox("ben").len()), (0, 0));
}

/// Every domain of ours takes mail for its postmaster and against abuse, from the first minute. [RFC 5321 4.5.1]
#[tokio::test(flavor = "multi_thread")]
async fn postmaster_is_taken_on_a_fresh_server_and_waits_for_whoever_is_given_the_address() {
    let house = House::new();
    let to = ["postmaster", "Postmaster@contoso.com", "abuse@CONTOSO.com"].map(|to| (to, "250 [..]"));
    house.play(Service::Smtp, &message(&to, "250 [..]")).await;
    house.pass(Duration::ZERO);
    assert_eq!(house.transport.waiting().unwrap(), 2, "postmaster was named twice");
    let other = "C: MAIL FROM:<>\nS: 250 [..]\nC: RCPT TO:<webmaster@contoso.com>\nS: 550 5.1.1 [..]\n\
                 C: RCPT TO:<postmaster@fabrikam.com>\nS: 550 5.7.1 [..]\n";
    house.play(Service::Smtp, other).await;
    house.rename("ann", &["SMTP:ann@contoso.com", "smtp:postmaster@contoso.com"]);
    house.pass(Duration::from_secs(1800));
    assert_eq!((house.inbox("ann").len(), house.transport.waiting().unwrap()), (1, 0));
    house.play(Service::Smtp, &message(&[("abuse@contoso.com", "250 [..]")], "250 [..]")).await;
    house.pass(Duration::ZERO);
    assert_eq!(house.inbox("ann").len(), 2);
}

/// 160 at once and not one over: the size of what arrives counts in the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn deliveries_at_once_do_not_overshoot_the_quota() {
    let house = House::new();
    let quota = 20_000;
    house.edit(
        "ann",
        vec![
            Edit::set(&own::USE_DATABASE_QUOTAS, false),
            Edit::set(&own::SEND_RECEIVE_QUOTA, Unlimited::Value(ByteQuantifiedSize(quota))),
        ],
    );
    let body = "x".repeat(900);
    let text = format!(
        "C: MAIL FROM:<ben@contoso.com>\nS: 250 [..]\nC: RCPT TO:<ann@contoso.com>\nS: 250 [..]\nC: DATA\nS: 354 [..]\n\
         C: {body}\nC: .\nS: [..]\n"
    );
    let runtime = tokio::runtime::Handle::current();
    // Once the mailbox is full RCPT is refused: the rest of that session is not played.
    let send = || runtime.block_on(house.try_to_play(Service::Smtp, &text)).is_ok();
    let taken = tokio::task::block_in_place(|| {
        std::thread::scope(|scope| {
            let clients: Vec<_> = (0..160).map(|_| scope.spawn(send)).collect();
            clients.into_iter().map(|client| usize::from(client.join().unwrap())).sum::<usize>()
        })
    });
    let held: usize = house.inbox("ann").iter().map(String::len).sum();
    assert!(held as u64 <= quota && held as u64 > quota - 1500, "{held} of {quota}, {taken} played");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_question_tells_where_a_message_is() {
    let house = House::new();
    house.mailboxes.dismount(&Author::new("test", "Mount-Database"), house.second).unwrap();
    let trace = message(&[("ann@contoso.com", "250 [..]"), ("carla@contoso.com", "250 [..]")], "250 [..]")
        .replace("C: Subject", "C: Message-ID: <one@far.example>\nC: Subject");
    house.play(Service::Smtp, &trace).await;
    house.pass(Duration::ZERO);
    let fates = house.transport.fate_of_internet_id("<one@far.example>").unwrap();
    assert_eq!(fates.len(), 2, "{fates:?}");
    assert!(fates.iter().any(|fate| {
        fate.address == "ann@contoso.com" && matches!(fate.whereabouts, Whereabouts::Mailbox { .. })
    }));
    assert!(fates.iter().any(|fate| {
        fate.address == "carla@contoso.com" && matches!(fate.whereabouts, Whereabouts::Queue { .. })
    }));
}
