//! Random messages to random recipients under random rules, quotas, forwards, groups, moderators, filters and faults: each
//! accepted recipient has exactly one fate, Get-MessageFate names it, and it is true.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

mod house;

use db::faulty::{Failing, Fuse, faulty};
use house::House;
use mailbox::store::{self, WellKnown};
use object::Time;
use object::types::{Guid, SmtpAddress};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use transport::{
    Client, Content, Envelope, Forward, Intake, Message, Notify, Sender, TRACKING_EVENTS, TrackingEvent,
    TrackingQuery, TrackingSource, Transport, Whereabouts,
};

/// Who can be written to; the last ones are nobody's, or far away.
const PEOPLE: [&str; 6] = ["ann", "ben", "carla", "dev", "emil", "quarantine"];
const GROUPS: [&str; 4] = ["team", "sales", "all", "loop"];
const RECIPIENTS: [&str; 17] = [
    "ann",
    "ben",
    "carla",
    "dev",
    "emil",
    "ann+list",
    "also.ann",
    "BEN",
    "team",
    "sales",
    "all",
    "loop",
    "kim",
    "nobody",
    "postmaster",
    "Team",
    "carla",
];
const DATABASES: [&str; 2] = ["Mailbox Database", "MBXDB02"];
/// Conditions and actions of rules; any goes with any.
const CONDITIONS: [&str; 13] = [
    "",
    "-SubjectContainsWords urgent",
    "-SentTo ann",
    "-SentTo ben,carla",
    "-SentToMemberOf team",
    "-FromScope NotInOrganization",
    "-AnyOfRecipientAddressContainsWords dev",
    "-RecipientAddressMatchesPatterns '^c'",
    "-MessageSizeOver 3KB",
    "-SCLOver 5 -ExceptIfSentTo emil",
    "-SentTo team",
    "-BetweenMemberOf1 team -BetweenMemberOf2 all",
    "-RecipientAddressContainsWords ann -ExceptIfFrom ben",
];
const ACTIONS: [&str; 20] = [
    "-PrependSubject x",
    "-RedirectMessageTo ann",
    "-RedirectMessageTo ben,team",
    "-BlindCopyTo carla",
    "-CopyTo all",
    "-AddToRecipients dev",
    "-RejectMessageReasonText no",
    "-SmtpRejectMessageRejectStatusCode 451",
    "-DeleteMessage $true",
    "-Quarantine $true",
    "-SetSCL 8",
    "-StopRuleProcessing $true",
    "-RedirectMessageTo kim@far.example",
    "-PrependSubject y -StopRuleProcessing $true",
    "-ApplyHtmlDisclaimerText '<p>x</p>' -BlindCopyTo ann",
    "-ModerateMessageByUser emil",
    "-ModerateMessageByUser dev,carla -PrependSubject z",
    "-GenerateIncidentReport carla -IncidentReportOriginalMail IncludeOriginalMail",
    "-GenerateNotification 'About %%Subject%%'",
    "-GenerateIncidentReport ben -RejectMessageReasonText no",
];
/// What is set of a person or group `{}`, or of the organization.
const PERSONAL: [&str; 16] = [
    "Set-Mailbox {} -ForwardingAddress ann",
    "Set-Mailbox {} -ForwardingAddress ben -DeliverToMailboxAndForward $true",
    "Set-Mailbox {} -ForwardingAddress team",
    "Set-Mailbox {} -ForwardingAddress $null -ForwardingSmtpAddress $null",
    "Set-Mailbox {} -ForwardingSmtpAddress carla@contoso.com",
    "Set-Mailbox {} -ForwardingSmtpAddress away@far.example -DeliverToMailboxAndForward $false",
    "Set-Mailbox {} -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota 4KB -ProhibitSendQuota 3KB -IssueWarningQuota 2KB",
    "Set-Mailbox {} -UseDatabaseQuotaDefaults $true",
    "Set-Mailbox {} -MaxReceiveSize 2KB",
    "Set-Mailbox {} -MaxReceiveSize unlimited",
    "Set-Mailbox {} -ModerationEnabled $true -ModeratedBy emil",
    "Set-Mailbox {} -ModerationEnabled $false",
    "Set-Mailbox {} -AcceptMessagesOnlyFrom ben",
    "Set-Mailbox {} -AcceptMessagesOnlyFrom $null",
    "Set-Mailbox {} -SCLRejectEnabled $false -SCLQuarantineEnabled $true -SCLQuarantineThreshold 6",
    "Set-Mailbox {} -SCLDeleteEnabled $true -SCLDeleteThreshold 8",
];
const OF_GROUPS: [&str; 6] = [
    "Set-DistributionGroup {} -ModerationEnabled $true -ModeratedBy ann",
    "Set-DistributionGroup {} -ModerationEnabled $false",
    "Set-DistributionGroup {} -ReportToOriginatorEnabled $false -ReportToManagerEnabled $true",
    "Set-DistributionGroup {} -MaxReceiveSize 2KB",
    "Set-DistributionGroup {} -MaxReceiveSize unlimited",
    "Set-DistributionGroup {} -AcceptMessagesOnlyFrom carla",
];
const OF_ALL: [&str; 10] = [
    "Set-AcceptedDomain contoso.com -CatchAllRecipient dev",
    "Set-AcceptedDomain contoso.com -CatchAllRecipient $null",
    "Set-RecipientFilterConfig -RecipientValidationEnabled $false",
    "Set-RecipientFilterConfig -RecipientValidationEnabled $true",
    "Set-ContentFilterConfig -QuarantineMailbox quarantine@contoso.com",
    "Get-TransportRule | Remove-TransportRule -Confirm:$false",
    "Get-TransportRule | Disable-TransportRule -Confirm:$false",
    "New-JournalRule -Name all -JournalEmailAddress dev -Enabled $true",
    "New-JournalRule -Name team -JournalEmailAddress emil -Recipient team@contoso.com -Enabled $true",
    "Get-JournalRule | Remove-JournalRule -Confirm:$false",
];

/// What happens; numbers are taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    Send { from: u8, to: Vec<u8>, notify: u8, words: u8, each: bool },
    Rule { condition: u8, action: u8 },
    Personal { who: u8, what: u8 },
    Group { who: u8, what: u8 },
    All { what: u8 },
    Member { group: u8, member: u8, leaves: bool },
    Person { who: u8, gone: bool },
    Dismount { database: u8 },
    Mount,
    Fault { queue: bool, kind: u8, nth: u32 },
    Pass { seconds: u32 },
    Decide { approve: bool },
    Held { message: bool, what: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let n = || 0..60_u8;
    prop_oneof![
        12 => (n(), proptest::collection::vec(n(), 1..6), 0..8_u8, n(), prop::bool::weighted(0.2))
            .prop_map(|(from, to, notify, words, each)| Step::Send { from, to, notify, words, each }),
        4 => (n(), n()).prop_map(|(condition, action)| Step::Rule { condition, action }),
        6 => (n(), n()).prop_map(|(who, what)| Step::Personal { who, what }),
        2 => (n(), n()).prop_map(|(who, what)| Step::Group { who, what }),
        2 => n().prop_map(|what| Step::All { what }),
        3 => (n(), n(), prop::bool::weighted(0.3)).prop_map(|(group, member, leaves)| Step::Member { group, member, leaves }),
        1 => (n(), any::<bool>()).prop_map(|(who, gone)| Step::Person { who, gone }),
        1 => (0..2_u8).prop_map(|database| Step::Dismount { database }),
        1 => Just(Step::Mount),
        5 => (any::<bool>(), 0..4_u8, 1..40_u32).prop_map(|(queue, kind, nth)| Step::Fault { queue, kind, nth }),
        6 => (0..4000_u32).prop_map(|seconds| Step::Pass { seconds }),
        2 => any::<bool>().prop_map(|approve| Step::Decide { approve }),
        1 => (any::<bool>(), 0..3_u8).prop_map(|(message, what)| Step::Held { message, what }),
    ]
}

/// A message that was accepted: its name, its Message-ID, and for whom.
struct Accepted {
    id: Guid,
    message_id: String,
    to: Vec<String>,
}

struct Machine {
    house: House,
    queue: Fuse,
    store: Fuse,
    accepted: Vec<Accepted>,
    letters: u32,
}

/// Who brings a message.
fn client() -> Client {
    Client {
        hello: "client.example".into(),
        address: "192.0.2.7".parse().unwrap(),
        protocol: "ESMTP",
        cipher: None,
        request: "0000002a.1".into(),
    }
}

impl Machine {
    fn new() -> Machine {
        let (queue, store) = (Fuse::default(), Fuse::default());
        let fuse = store.clone();
        let house = House::with_mail(faulty(db::memory().unwrap(), &queue), move |db| faulty(db, &fuse));
        house.play("PS> New-MailboxDatabase MBXDB02 | : Name\nMBXDB02");
        for (_, made) in house.mailboxes.furnish() {
            made.unwrap();
        }
        let machine = Machine { house, queue, store, accepted: Vec::new(), letters: 0 };
        for (at, name) in PEOPLE.iter().enumerate() {
            let database = DATABASES[at % 2];
            machine.must(&format!(
                "New-Mailbox {name} -Password (Pa55word-of-Joe) -Database '{database}' -UserPrincipalName {name}@contoso.com"
            ));
        }
        machine.must("Set-Mailbox ann -EmailAddresses @{Add='also.ann@contoso.com'}");
        machine.must("New-MailContact -Name kim -ExternalEmailAddress kim@far.example");
        machine.must("Set-MailContact kim -EmailAddresses @{Add='kim@contoso.com'}");
        for name in GROUPS {
            machine.must(&format!("New-DistributionGroup -Name {name}"));
            machine.must(&format!("Set-DistributionGroup {name} -RequireSenderAuthenticationEnabled $false"));
        }
        for (group, member) in [
            ("team", "ann"),
            ("team", "ben"),
            ("sales", "team"),
            ("all", "sales"),
            ("all", "carla"),
            ("loop", "all"),
            ("all", "loop"),
        ] {
            machine.must(&format!("Add-DistributionGroupMember {group} -Member {member}"));
        }
        machine
    }

    fn must(&self, line: &str) {
        let said = self.house.run(line, &[]);
        let refused = said.iter().find(|line| line.starts_with("ERROR"));
        assert!(refused.is_none(), "{line}: {refused:?}");
    }

    fn transport(&self) -> &Transport {
        self.house.transport.as_deref().unwrap()
    }

    fn act(&mut self, step: &Step) {
        let pick = |list: &[&'static str], at: u8| list[usize::from(at) % list.len()];
        let line = match step {
            Step::Send { from, to, notify, words, each } => {
                return self.send(*from, to, *notify, *words, *each);
            }
            Step::Rule { condition, action } => {
                self.letters += 1;
                let (condition, action) = (pick(&CONDITIONS, *condition), pick(&ACTIONS, *action));
                format!("New-TransportRule rule{} {condition} {action}", self.letters)
            }
            Step::Personal { who, what } => pick(&PERSONAL, *what).replace("{}", pick(&PEOPLE, *who)),
            Step::Group { who, what } => pick(&OF_GROUPS, *what).replace("{}", pick(&GROUPS, *who)),
            Step::All { what } => pick(&OF_ALL, *what).to_owned(),
            Step::Member { group, member, leaves } => {
                let all = ["ann", "ben", "carla", "dev", "emil", "team", "sales", "all", "loop", "kim"];
                let verb = if *leaves { "Remove" } else { "Add" };
                let (group, member) = (pick(&GROUPS, *group), pick(&all, *member));
                format!("{verb}-DistributionGroupMember {group} -Member {member} -Confirm:$false")
            }
            Step::Person { who, gone: true } => {
                format!("Disable-Mailbox {} -Confirm:$false", pick(&PEOPLE[..5], *who))
            }
            Step::Person { who, .. } => format!("Enable-Mailbox {}", pick(&PEOPLE[..5], *who)),
            Step::Dismount { database } => {
                format!("Dismount-Database '{}' -Confirm:$false", pick(&DATABASES, *database))
            }
            Step::Mount => {
                DATABASES
                    .iter()
                    .for_each(|name| drop(self.house.run(&format!("Mount-Database '{name}'"), &[])));
                return;
            }
            Step::Fault { queue, kind, nth } => {
                let kinds = [Failing::Statement, Failing::Full, Failing::Commit, Failing::Answer];
                let fuse = if *queue { &self.queue } else { &self.store };
                fuse.set(kinds[usize::from(*kind)], *nth);
                return;
            }
            Step::Pass { seconds } => return self.pass(u64::from(*seconds)),
            Step::Decide { approve } => {
                let verb = if *approve { "Approve" } else { "Deny" };
                format!("Get-ModeratedMessage | {verb}-ModeratedMessage -Confirm:$false")
            }
            Step::Held { message: true, what } => {
                let verb = pick(&["Suspend", "Resume", "Remove"], *what);
                let told = if verb == "Remove" { "-WithNDR $false" } else { "" };
                format!("{verb}-Message -Filter \"Size -gt 2000\" {told} -Confirm:$false")
            }
            Step::Held { what, .. } => {
                let verb = pick(&["Suspend", "Resume", "Retry"], *what);
                format!("Get-Queue | {verb}-Queue -Confirm:$false")
            }
        };
        // What is refused is refused; faults may hit a command too.
        self.house.run(&line, &[]);
    }

    fn send(&mut self, from: u8, to: &[u8], notify: u8, words: u8, each: bool) {
        self.letters += 1;
        let number = self.letters;
        let sender = match from % 5 {
            0 => Sender::Report,
            1 => Sender::Anonymous(SmtpAddress::parse("ann@contoso.com").unwrap()),
            2 => self.logged_on("ben"),
            3 => self.logged_on("ann"),
            _ => Sender::Anonymous(SmtpAddress::parse("far@far.example").unwrap()),
        };
        let notify = Notify { success: notify & 1 != 0, failure: notify & 2 != 0, delay: notify & 4 != 0 };
        let text = text(number, words, &sender);
        let mut forwards: Vec<Forward> = Vec::new();
        for at in to {
            let name = RECIPIENTS[usize::from(*at) % RECIPIENTS.len()];
            let address = SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap();
            // As at the door: nobody is named twice, and who is refused is not among them.
            let twice = forwards.iter().any(|one| one.recipient.address.folded() == address.folded());
            if let (false, Ok(recipient)) =
                (twice, self.transport().recipient(&address, &sender, text.len() as u64))
            {
                forwards.push(Forward { recipient, orcpt: None, notify });
            }
        }
        if forwards.is_empty() {
            return;
        }
        let client = client();
        let (to, content) = (forwards, Content::default());
        let envelope = Envelope { sender, to, content, ret: None, envid: None, client, each };
        let addresses: Vec<String> =
            envelope.to.iter().map(|one| one.recipient.address.to_string()).collect();
        let mut message = Message::begin(&self.transport().trace_fields(&envelope));
        message.octets.extend_from_slice(text.as_bytes());
        let Ok(receipt) = self.transport().accept(envelope, message) else { return };
        let taken = addresses.into_iter().zip(&receipt.outcomes).filter(|(_, outcome)| outcome.is_ok());
        let to = taken.map(|(address, _)| address).collect();
        self.accepted.push(Accepted { id: receipt.id, message_id: format!("<m{number}@far.example>"), to });
    }

    fn logged_on(&self, name: &str) -> Sender {
        let address = SmtpAddress::parse(&format!("{name}@contoso.com")).unwrap();
        let record = self.house.mailboxes.directory().by_smtp(&address);
        match record {
            Some(record) => Sender::Authenticated { account: record.guid(), address: Some(address) },
            None => Sender::Anonymous(address),
        }
    }

    /// Lets time pass and works until nothing is due any more.
    fn pass(&self, seconds: u64) {
        self.house.clock.pass(Duration::from_secs(seconds));
        for _ in 0..400 {
            // A fault of the queue is another try.
            if self.transport().work_once().is_ok_and(|rows| rows == 0) {
                return;
            }
        }
        panic!("the queue never comes to rest: {:#?}", self.transport().queued(20));
    }

    /// Everything works again, everybody has decided, and more time passed than mail waits.
    fn settle(&self) {
        self.queue.clear();
        self.store.clear();
        for line in [
            "Mount-Database 'Mailbox Database'",
            "Mount-Database MBXDB02",
            "Get-Queue | Resume-Queue -Confirm:$false",
            "Get-Message | Resume-Message -Confirm:$false",
        ] {
            self.house.run(line, &[]);
        }
        for hours in [1, 12, 12, 24, 24, 24, 24] {
            self.pass(hours * 3600);
        }
    }

    /// Each accepted recipient has one fate; nobody has two.
    fn check(&self) {
        for message in &self.accepted {
            let fates = self.transport().fate(message.id).unwrap();
            let mut times: BTreeMap<String, usize> = BTreeMap::new();
            for fate in &fates {
                *times.entry(fate.address.to_lowercase()).or_default() += 1;
            }
            let twice: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
            assert!(twice.is_empty(), "{} {:?}: {twice:?} of {fates:#?}", message.message_id, message.to);
            for address in &message.to {
                let has = times.contains_key(&address.to_lowercase());
                assert!(has, "{} {:?}: {address} has no fate of {fates:#?}", message.message_id, message.to);
            }
        }
    }

    /// What the cmdlet shows is that, under the Message-ID too, and what is said to lie in a mailbox lies there, once.
    fn check_told(&self) {
        for message in &self.accepted {
            for name in [message.id.to_string(), message.message_id.clone()] {
                let rows = self.house.run(&format!("Get-MessageFate '{name}' | : Recipient, Fate"), &[]);
                for address in &message.to {
                    let of = |row: &&String| {
                        row.to_lowercase().starts_with(&format!("{}, ", address.to_lowercase()))
                    };
                    let found: Vec<&String> = rows.iter().filter(of).collect();
                    assert_eq!(found.len(), 1, "{name}: {address} of {rows:?}");
                    assert!(!found[0].ends_with(", Queue"), "{name}: {rows:?} does not come to an end");
                }
            }
            for fate in self.transport().fate(message.id).unwrap() {
                if let Whereabouts::Mailbox { mailbox, database } = fate.whereabouts
                    && !fate.address.starts_with("Sent Items")
                {
                    let copies = self.copies(mailbox, database, &message.message_id);
                    assert_eq!(copies, 1, "{}: {} in {mailbox}", message.message_id, fate.address);
                }
            }
        }
    }

    /// What any filter of the tracking log finds is what is left of the whole log when all else is taken away.
    fn check_tracking(&self) {
        let events = |change: &dyn Fn(&mut TrackingQuery)| {
            let mut query = everything();
            change(&mut query);
            let (found, more) = self.transport().tracking(&query, 100_000).unwrap();
            assert!(!more);
            found
        };
        let names = |events: &[TrackingEvent], to: Option<&str>| -> BTreeSet<String> {
            let one = |event: &TrackingEvent| {
                // One to nobody is an event all the same; who led to somebody has all of those.
                let nobody = event.recipients.is_empty().then(String::new);
                let is_wanted = |one: &&String| {
                    to.is_none_or(|to| [one, &event.related].iter().any(|one| one.eq_ignore_ascii_case(to)))
                };
                let of = event.recipients.iter().chain(&nobody).filter(is_wanted);
                of.map(|one| format!("{} {} {:?} {one} {}", event.event, event.id, event.at, event.related))
                    .collect::<Vec<_>>()
            };
            events.iter().flat_map(one).collect()
        };
        let all = events(&|_| ());
        let kept = |fits: &dyn Fn(&TrackingEvent) -> bool| -> Vec<TrackingEvent> {
            all.iter().filter(|event| fits(event)).cloned().collect()
        };
        let same = |what: &str, found: Vec<TrackingEvent>, wanted: Vec<TrackingEvent>| {
            assert_eq!(names(&found, None), names(&wanted, None), "{what}");
        };
        for alone in kept(&|one| one.recipients.is_empty()) {
            let leads = |one: &TrackingEvent| {
                let same = one.message_id == alone.message_id && one.related == alone.related;
                same && one.event == alone.event && !one.recipients.is_empty()
            };
            assert_eq!(kept(&leads), [], "{alone:#?} led to nobody, and did");
        }
        for event in TRACKING_EVENTS {
            same(
                event,
                events(&|query| query.event = Some(event.to_lowercase())),
                kept(&|one| one.event == event),
            );
        }
        for source in TrackingSource::ALL {
            same(
                source.word(),
                events(&|query| query.source = Some(source.word().into())),
                kept(&|one| one.source == source),
            );
        }
        for sender in ["ann@contoso.com", "FAR@far.example"] {
            let is = |one: &TrackingEvent| one.sender.eq_ignore_ascii_case(sender);
            same(sender, events(&|query| query.sender = Some(sender.into())), kept(&is));
        }
        same(
            "urg",
            events(&|query| query.subject = Some("URG".into())),
            kept(&|one| one.subject.contains("urg")),
        );
        for to in [
            "ann@contoso.com",
            "Dev@contoso.com",
            "team@contoso.com",
            "sales@contoso.com",
            "loop@contoso.com",
        ] {
            let found = events(&|query| query.recipients = vec![to.into()]);
            assert_eq!(names(&found, Some(to)), names(&all, Some(to)), "{to}");
            for event in TRACKING_EVENTS {
                let found = events(&|query| {
                    query.recipients = vec![to.into()];
                    query.event = Some(event.into());
                });
                let wanted = kept(&|one| one.event == event);
                assert_eq!(names(&found, Some(to)), names(&wanted, Some(to)), "{event} of {to}");
            }
            let found = events(&|query| query.recipients = vec![to.into(), "ben@contoso.com".into()]);
            for to in [to, "ben@contoso.com"] {
                assert_eq!(names(&found, Some(to)), names(&all, Some(to)), "{to} of two");
            }
        }
        for known in all.iter().rev().take(3) {
            let is = |one: &TrackingEvent| one.id == known.id;
            same("id", events(&|query| query.id = Some(known.id)), kept(&is));
            let id = |one: &TrackingEvent| one.message_id == known.message_id;
            same("Message-ID", events(&|query| query.message_id = Some(known.message_id.clone())), kept(&id));
        }
        let two = || TrackingQuery {
            recipients: vec!["ann@contoso.com".into(), "ben@contoso.com".into()],
            ..everything()
        };
        for query in [everything(), two()] {
            let (all, _) = self.transport().tracking(&query, 100_000).unwrap();
            for limit in [1, 3, 10] {
                let (newest, more) = self.transport().tracking(&query, limit).unwrap();
                let wanted = &all[all.len().saturating_sub(limit)..];
                assert_eq!(newest.len(), wanted.len(), "{limit} of {}", all.len());
                let is_newer = |one: &TrackingEvent| wanted.first().is_some_and(|first| one.at >= first.at);
                assert!(newest.iter().all(is_newer), "of too many the newest {limit}");
                assert_eq!(more, all.len() > limit, "{limit} of {}", all.len());
            }
        }
    }

    fn copies(&self, mailbox: Guid, database: Guid, message_id: &str) -> usize {
        let open = self.house.mailboxes.store().database(database).unwrap().mailbox(mailbox).unwrap();
        let mut found = 0;
        for known in [WellKnown::Inbox, WellKnown::JunkEmail] {
            let folder = open.known(known).unwrap();
            open.rendered(folder.id, &store::UidSet::all(), &mut |_, rendered| {
                let is = rendered
                    .message_id
                    .as_deref()
                    .is_some_and(|id| message_id.contains(id.trim_matches(['<', '>'])));
                found += usize::from(is);
                Ok(store::Flow::More)
            })
            .unwrap();
        }
        found
    }
}

fn everything() -> TrackingQuery {
    TrackingQuery::between(Time(0), Time(i64::MAX))
}

fn text(number: u32, words: u8, sender: &Sender) -> String {
    let subject = if words.is_multiple_of(3) { "urgent matter" } else { "plans" };
    let from = sender.address().map_or("postmaster@far.example", SmtpAddress::as_str);
    let scl = match words % 5 {
        0 => "X-MS-Exchange-Organization-SCL: 6\r\n",
        1 => "X-MS-Exchange-Organization-SCL: 9\r\n",
        _ => "",
    };
    let body = "x".repeat(70) + "\r\n";
    format!(
        "From: <{from}>\r\nMessage-ID: <m{number}@far.example>\r\n{scl}Subject: {subject}\r\n\r\n{}",
        body.repeat(usize::from(words % 4) * 14)
    )
}

fn run(steps: &[Step]) {
    let mut machine = Machine::new();
    for step in steps {
        machine.act(step);
        if let Step::Send { .. } | Step::Pass { .. } | Step::Decide { .. } = step {
            // What looks must not fail itself.
            machine.queue.clear();
            machine.store.clear();
            machine.check_mounted();
        }
    }
    machine.settle();
    machine.check();
    machine.check_told();
    machine.check_tracking();
}

impl Machine {
    /// Where a database is not mounted, what was delivered there the short way cannot be told.
    fn check_mounted(&self) {
        let databases = self.house.mailboxes.store().databases();
        if databases.iter().all(store::Database::mounted) {
            self.check();
        }
    }
}

#[test]
fn every_accepted_recipient_has_exactly_one_fate() {
    let cases = std::env::var("FATES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(16);
    let config = ProptestConfig { cases, max_shrink_iters: 100, ..ProptestConfig::default() };
    TestRunner::new(config)
        .run(&proptest::collection::vec(step(), 1..50), |steps| {
            run(&steps);
            Ok(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
}

/// A rule that looks at one of two addresses of a mailbox makes two parts of the message, which wait in one lane: the mailbox
/// gets one of them, however many hands work there.
#[test]
fn two_parts_of_a_message_that_lead_to_one_mailbox_bring_one_copy() {
    for (rule, to) in [
        ("-SentTo ann -PrependSubject x", &[16, 42, 22, 33, 51][..]),
        ("-RecipientAddressContainsWords list -PrependSubject x", &[5, 0]),
        ("-SentTo ben -ApplyHtmlDisclaimerText '<p>x</p>'", &[0, 1, 5, 6]),
    ] {
        let mut machine = Machine::new();
        machine.must(&format!("New-TransportRule a {rule}"));
        machine.must("New-TransportRule b -ApplyHtmlDisclaimerText '<p>y</p>' -BlindCopyTo ann");
        for _ in 0..8 {
            machine.send(24, to, 4, 47, false);
            machine.pass(0);
        }
        machine.settle();
        machine.check();
        machine.check_told();
    }
}

/// A moderator's answer is kept once, or refused and decides nothing. What cannot be carried out of one that is kept is told to
/// the moderator, and not to the client, which would send it again.
#[test]
fn an_answer_that_cannot_be_carried_out_is_kept_once_and_told() {
    let mut machine = Machine::new();
    machine.must("Set-Mailbox dev -ModerationEnabled $true -ModeratedBy ben");
    let arbitration = machine.house.run("Get-Mailbox -Arbitration | : PrimarySmtpAddress", &[]).remove(0);
    let (ben, judge) = (place(&machine, "ben@contoso.com"), place(&machine, &arbitration));
    let mut told = 0;
    for nth in 1..30 {
        machine.send(4, &[3], 0, 2, false);
        machine.pass(0);
        let token = machine.house.run("Get-ModeratedMessage | : Identity", &[]).remove(0);
        machine.queue.set(Failing::Statement, nth);
        let taken = machine.answer(&token, &arbitration, nth);
        let burnt = machine.queue.burnt();
        machine.queue.clear();
        machine.pass(0);
        let copies = machine.copies(judge.0, judge.1, &format!("<a{nth}@contoso.com>"));
        assert_eq!(copies, usize::from(taken), "{nth}");
        let waits = !machine.house.run("Get-ModeratedMessage | : Identity", &[]).is_empty();
        told += usize::from(taken && waits);
        assert_eq!(machine.letters_of_answers(ben), told, "{nth}");
        machine.house.run("Get-ModeratedMessage | Approve-ModeratedMessage -Confirm:$false", &[]);
        machine.pass(0);
        if !burnt {
            assert!(taken && !waits && told > 0, "{nth} {told}");
            return;
        }
    }
    panic!("something fails always");
}

fn place(machine: &Machine, address: &str) -> (Guid, Guid) {
    let address = SmtpAddress::parse(address).unwrap();
    match machine.transport().recipient(&address, &machine.logged_on("ben"), 0).unwrap().place {
        transport::Place::Mailbox { mailbox, database } => (mailbox, database),
        other => panic!("{other:?}"),
    }
}

impl Machine {
    /// Whether Ben's answer was taken.
    fn answer(&self, token: &str, to: &str, number: u32) -> bool {
        let sender = self.logged_on("ben");
        let address = SmtpAddress::parse(to).unwrap();
        let recipient = self.transport().recipient(&address, &sender, 0).unwrap();
        let client = client();
        let to = vec![Forward { recipient, orcpt: None, notify: Notify::default() }];
        let content = Content::default();
        let envelope = Envelope { sender, to, content, ret: None, envid: None, client, each: false };
        let mut message = Message::begin(&self.transport().trace_fields(&envelope));
        let text = format!(
            "From: <ben@contoso.com>\r\nMessage-ID: <a{number}@contoso.com>\r\nSubject: Re: plans\r\n\
             In-Reply-To: <moderate-{token}@mail.contoso.com>\r\n\r\nApprove\r\n"
        );
        message.octets.extend_from_slice(text.as_bytes());
        self.transport().accept(envelope, message).is_ok()
    }

    /// How many letters say that an answer was not carried out.
    fn letters_of_answers(&self, (mailbox, database): (Guid, Guid)) -> usize {
        let open = self.house.mailboxes.store().database(database).unwrap().mailbox(mailbox).unwrap();
        let (inbox, mut found) = (open.known(WellKnown::Inbox).unwrap(), 0);
        open.rendered(inbox.id, &store::UidSet::all(), &mut |_, rendered| {
            found += usize::from(rendered.message_id.as_deref().is_some_and(|id| id.contains("answer-")));
            Ok(store::Flow::More)
        })
        .unwrap();
        found
    }
}
