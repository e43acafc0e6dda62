//! Rules, groups, tracking, policies and limits: what they cost a delivery, and how long the long ones take.
//!
//! `MAILSTEAD_BENCH_SMALL=1` measures a hundredth of it, to see that it works.

use crate::fill;
use crate::memory::resident_kb;
use crate::table::{Table, median};
use db::{Database, Holds, Tx};
use mailstead_testkit::{LineClient, Messages, TestServer};
use object::types::Guid;
use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

const RULES: usize = 50;
const MESSAGES: usize = 2_000;
const BYTES: usize = 10 << 10;
const MEMBERS: usize = 10_000;
const LARGE: usize = 100_000;
const TRACKED: usize = 1_000_000;
const RECIPIENTS: usize = 100_000;
const ROUNDS: usize = 3;
/// Rows of a slice of the trace.
const SLICE: usize = 10_000;

/// How much of it is measured.
fn of(count: usize) -> usize {
    if std::env::var_os("MAILSTEAD_BENCH_SMALL").is_some() { count / 100 } else { count }
}

/// Measures and adds rows.
pub(crate) fn run(binary: &str, table: &mut Table) {
    rules(binary, table);
    limits(binary, table);
    group(binary, table);
}

/// One client that sends messages one after the other; milliseconds of the server's processor time a message.
fn cost(server: &TestServer, to: &str, count: usize, seed: u64) -> f64 {
    let mut smtp = greeted(server);
    let mut messages = Messages::seeded(seed);
    let before = busy(server.pid());
    for _ in 0..count {
        send(&mut smtp, to, messages.next_of(BYTES));
    }
    (busy(server.pid()) - before) / count as f64 * 1e3
}

fn greeted(server: &TestServer) -> LineClient {
    let mut smtp = server.connect(25);
    smtp.answer();
    smtp.ask("EHLO far.example");
    smtp
}

fn send(smtp: &mut LineClient, to: &str, mut text: Vec<u8>) {
    text.extend(b".\r\n");
    smtp.say(&format!("MAIL FROM:<far@far.example>\r\nRCPT TO:<{to}>\r\nDATA"));
    let answers = [smtp.answer(), smtp.answer(), smtp.answer()];
    assert!(answers[2].starts_with("354"), "{answers:?}");
    smtp.send(&text);
    let answer = smtp.answer();
    assert!(answer.starts_with("250"), "{answer}");
}

/// Seconds on a processor of a process so far.
fn busy(pid: u32) -> f64 {
    const TICKS_PER_SECOND: f64 = 100.0;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or("").split(' ');
    let ticks: Vec<f64> = fields.skip(11).take(2).filter_map(|field| field.parse().ok()).collect();
    ticks.iter().sum::<f64>() / TICKS_PER_SECOND
}

/// Rules of every kind, none of which acts: so that all of each is asked.
fn make_rules(server: &TestServer, count: usize) {
    let conditions = [
        "-SubjectContainsWords nowhere,neverwhere,elsewhere",
        "-SubjectOrBodyMatchesPatterns 'acct-\\d{9}','\\bDE\\d{20}\\b'",
        "-SubjectOrBodyContainsWords plutonium,strontium",
        "-AttachmentExtensionMatchesWords exe,scr,bat",
        "-HeaderMatchesMessageHeader X-Mailer -HeaderMatchesPatterns '^Bulk'",
        "-FromAddressMatchesPatterns '^spam\\d+@'",
        "-SentToMemberOf staff",
        "-RecipientADAttributeContainsWords Department:Nowhere",
        "-AnyOfToHeader officer@contoso.com",
        "-MessageSizeOver 5MB",
    ];
    let all = (0..count).map(|at| {
        format!(
            "New-TransportRule 'Rule {at}' {} -SetHeaderName X-Rule -SetHeaderValue {at} | Out-Null",
            conditions[at % conditions.len()]
        )
    });
    server.ps(&all.collect::<Vec<_>>().join("\n"));
}

/// 50 rules, beside none: in turn on one server, since the machine changes its speed.
fn rules(binary: &str, table: &mut Table) {
    let server = TestServer::start(binary);
    server.mailbox("ann");
    server.ps(
        "New-Mailbox -Shared officer | Out-Null; New-DistributionGroup staff -Members officer | Out-Null",
    );
    make_rules(&server, RULES);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        server.ps("Get-TransportRule | Disable-TransportRule -Confirm:$false");
        without.push(cost(&server, "ann@contoso.com", of(MESSAGES), round + 1));
        server.ps("Get-TransportRule | Enable-TransportRule");
        with.push(cost(&server, "ann@contoso.com", of(MESSAGES), round + 1));
    }
    let (with, without) = (median(with), median(without));
    table.row(
        &format!("{RULES} transport rules, a message of 10 KB"),
        format!("{:.3} ms", with - without),
        format!("of the server's processor time; {without:.2} ms without rules, {with:.2} ms with them"),
        "under 0.3 ms",
    );
}

/// A mailbox with quotas, limits and lists, ten rules and limits of connector and organisation, beside one with none of it.
fn limits(binary: &str, table: &mut Table) {
    let server = TestServer::start(binary);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps(
        "New-Mailbox -Shared officer | Out-Null; New-DistributionGroup staff -Members officer | Out-Null
         Set-Mailbox ann -UseDatabaseQuotaDefaults $false -ProhibitSendReceiveQuota unlimited -ProhibitSendQuota unlimited -IssueWarningQuota unlimited
         Set-Mailbox ben -UseDatabaseQuotaDefaults $false -IssueWarningQuota 8GB -ProhibitSendQuota 9GB -ProhibitSendReceiveQuota 10GB -MaxReceiveSize 9MB -RejectMessagesFrom officer -RejectMessagesFromDLMembers staff",
    );
    make_rules(&server, 10);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        server.ps("Get-TransportRule | Disable-TransportRule -Confirm:$false");
        without.push(cost(&server, "ann@contoso.com", of(MESSAGES), round + 1));
        server.ps("Get-TransportRule | Enable-TransportRule");
        with.push(cost(&server, "ben@contoso.com", of(MESSAGES), round + 1));
    }
    let (with, without) = (median(with), median(without));
    table.row(
        "quotas, ten rules and limits together, a message of 10 KB",
        format!("{:.0} %", (with / without - 1.0) * 100.0),
        format!("more of the server's processor time: {with:.2} beside {without:.2} ms"),
        "at most a tenth",
    );
}

/// One message to a group: from its 250 until nothing waits any more.
fn group(binary: &str, table: &mut Table) {
    let members = of(MEMBERS);
    let mut server = TestServer::start(binary);
    server.leave_unverified(); // the filling is not what is tested here
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..members);
    server.run();
    server.ps(
        "New-DistributionGroup everybody -Members (Get-Mailbox -RecipientTypeDetails SharedMailbox | ForEach-Object Alias) | Out-Null
         Set-DistributionGroup everybody -RequireSenderAuthenticationEnabled $false",
    );
    let mut smtp = greeted(&server);
    let mut seconds = Vec::new();
    for round in 0..ROUNDS as u64 {
        let text = Messages::seeded(round + 1).next_of(BYTES);
        let start = Instant::now();
        send(&mut smtp, "everybody@contoso.com", text);
        while waiting(&server) > 0 {}
        seconds.push(start.elapsed().as_secs_f64());
    }
    let delivered = server.ps("(Get-MailboxStatistics shared0).ItemCount");
    assert_eq!(delivered.trim(), ROUNDS.to_string(), "a member has them all");
    table.row(
        &format!("a message to a group of {members} local recipients"),
        format!("{:.2} s", median(seconds)),
        format!("until nothing waits; {ROUNDS} rounds"),
        "under 2 s",
    );
}

/// One message to a group of a hundred thousand: how long it takes, what it takes of memory, and what it costs others' mail,
/// which goes the short way in meanwhile.
pub(crate) fn large_group(binary: &str, table: &mut Table) {
    let members = of(LARGE);
    let mut server = TestServer::start(binary);
    server.leave_unverified(); // the filling is not what is tested here
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..members);
    server.run();
    server.mailbox("ann");
    server.ps(
        "New-DynamicDistributionGroup everybody -RecipientFilter \"RecipientTypeDetails -eq 'SharedMailbox'\" | Out-Null
         Set-DynamicDistributionGroup everybody -RequireSenderAuthenticationEnabled $false",
    );
    let mut smtp = greeted(&server);
    let mut texts = Messages::seeded(1);
    let mut letter = |to: &str| {
        let start = Instant::now();
        send(&mut smtp, to, texts.next_of(BYTES));
        start.elapsed().as_secs_f64() * 1e3
    };
    let before = resident_kb(server.pid()) / 1024;
    let alone = median((0..20).map(|_| letter("ann@contoso.com")).collect());
    let start = Instant::now();
    letter("everybody@contoso.com");
    let (mut beside, mut peak) = (Vec::new(), before);
    while waiting(&server) > 0 {
        beside.push(letter("ann@contoso.com"));
        peak = peak.max(resident_kb(server.pid()) / 1024);
    }
    let seconds = start.elapsed().as_secs_f64();
    let longest = beside.iter().copied().fold(0.0, f64::max);
    table.row(
        &format!("a message to a group of {members} local recipients"),
        format!("{seconds:.1} s"),
        format!(
            "until nothing waits; {peak} MB, {before} before; others' messages meanwhile {:.1} ms, the longest {longest:.0} ms, {alone:.1} ms alone",
            median(beside)
        ),
        "",
    );
}

/// Recipients that wait in the queue, as the metrics tell.
fn waiting(server: &TestServer) -> u64 {
    use std::io::Write as _;
    let mut stream = TcpStream::connect(server.address(9090)).expect("the metrics answer");
    stream
        .write_all(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        .expect("they take a question");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("they answer in UTF-8");
    let line = text.lines().find(|line| line.starts_with("mailstead_queue_recipients "));
    let number = line.and_then(|line| line.split(' ').nth(1)).expect("the queue is measured");
    number.parse::<f64>().expect("it is a number") as u64
}

/// A million recipients in the queue's trace; the filters of Get-MessageTrackingLog, each asked in one shell.
pub(crate) fn tracking(binary: &str, table: &mut Table) {
    let rows = of(TRACKED);
    let mut server = TestServer::start(binary);
    server.leave_unverified();
    server.stop();
    fill_trace(&server, rows);
    server.run();
    let filters = [
        "-Sender sender77@far.example",
        "-Recipients person4242@contoso.com",
        "-MessageId '<message-5000@far.example>'",
        "-MessageSubject 'number 7777'",
        "-EventId FAIL",
        "-EventId DELIVER",
        "-EventId RECEIVE -Sender sender3@far.example",
        "-Start (Get-Date).AddMinutes(-10)",
        "-Start (Get-Date).AddDays(-20) -End (Get-Date).AddDays(-19)",
        "-Source SMTP",
        "-Recipients nobody@contoso.com",
        "-Sender nobody@far.example -MessageSubject nothing",
        "-MessageSubject nothing",
        "-MessageSubject Größe",
        "-MessageSubject letter",
        "-MessageSubject letter -EventId FAIL",
        "-MessageSubject letter -EventId DSN -Source DSN",
        "-MessageSubject letter -Sender sender77@far.example -EventId FAIL",
        "-MessageSubject 'number 9' -Recipients person4242@contoso.com",
        "-MessageSubject 7777 -Start (Get-Date).AddDays(-2)",
        "-Sender sender77@far.example -EventId FAIL",
        "-Sender Ärzte@far.example",
        "-Recipients Ärzte@contoso.com",
        "-Source DSN",
        "-Source AGENT -EventId RECEIVE",
        "-EventId DEFER",
        "-EventId EXPAND -MessageSubject letter",
        "-InternalMessageId 019388c0-0000-7000-8000-000000000001",
        "-Reference 019388c0-0000-7000-8000-000000000001",
    ];
    let script: Vec<String> = filters
        .iter()
        .map(|filter| format!("(Measure-Command {{ Get-MessageTrackingLog {filter} -ResultSize 1000 -WarningAction SilentlyContinue | Out-Null }}).TotalMilliseconds"))
        .collect();
    server.ps(&script.join("\n"));
    let said = server.ps(&script.join("\n"));
    let mut times: Vec<(f64, &str)> =
        said.split_whitespace().filter_map(|ms| ms.parse().ok()).zip(filters).collect();
    assert_eq!(times.len(), filters.len(), "{said}");
    times.sort_by(|one, other| other.0.total_cmp(&one.0));
    let middle = median(times.iter().map(|(ms, _)| *ms).collect());
    let (slowest, filter) = times[0];
    table.row(
        &format!("{rows} tracking rows: the slowest filter of Get-MessageTrackingLog"),
        format!("{slowest:.0} ms"),
        format!(
            "{middle:.0} ms in the middle of {}; the slowest is `{filter}`, up to 1000 events",
            filters.len()
        ),
        "under 200 ms",
    );
}

/// Messages of the last thirty days, one in a thousand of which failed.
fn fill_trace(server: &TestServer, rows: usize) {
    let queue = db::open(&server.data().join("queue.db"), Holds::Bodies).expect("the queue can be opened");
    let now =
        i64::try_from(std::time::UNIX_EPOCH.elapsed().expect("it is later").as_micros()).expect("it fits");
    for from in (0..rows).step_by(SLICE) {
        let slice = from..rows.min(from + SLICE);
        put_slice(&queue, slice, now, rows);
    }
}

fn put_slice(queue: &Database, slice: std::ops::Range<usize>, now: i64, rows: usize) {
    const DAYS: i64 = 30 * 24 * 3600 * 1_000_000;
    let put = move |tx: &mut dyn Tx| {
        for number in slice.clone() {
            let at = now - DAYS + (DAYS / rows as i64) * number as i64;
            let id = Guid::of_u128((at as u128 / 1000) << 80 | 0x7 << 76 | number as u128).to_bytes();
            let (sender, to) = (
                format!("sender{}@far.example", number % 5_000),
                format!("person{}@contoso.com", number % 20_000),
            );
            let (internet_id, subject) =
                (format!("message-{number}@far.example"), format!("Letter number {number}"));
            tx.execute(
                "INSERT INTO message (id, accepted, sender, content, size, internet_id, copy, subject, client)
                 VALUES ($1, $2, $3, 0, 2000, $4, 0, $5, '192.0.2.7')",
                &[(&id).into(), at.into(), (&sender).into(), (&internet_id).into(), (&subject).into()],
            )?;
            let (state, status) = if number % 1000 == 0 { (3, "5.1.1") } else { (1, "2.1.5") };
            tx.execute(
                "INSERT INTO recipient (message, number, address, notify, state, attempts, next_attempt, lease_until, unsure,
                                        status, detail, changed, lane)
                 VALUES ($1, 0, $2, 0, $3, 1, $4, 0, 0, $5, $2, $4, 'x')",
                &[(&id).into(), (&to).into(), i64::from(state).into(), at.into(), status.into()],
            )?;
        }
        Ok(())
    };
    queue.write(put).expect("the queue takes them");
}

/// A policy over a hundred thousand, beside deliveries one after the other.
pub(crate) fn policy(binary: &str, table: &mut Table) {
    let recipients = of(RECIPIENTS);
    let mut server = TestServer::start(binary);
    server.leave_unverified();
    server.mailbox("ann");
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..recipients);
    server.run();
    server.ps(
        "New-AcceptedDomain fabrikam.com -DomainName fabrikam.com | Out-Null
         Set-EmailAddressPolicy 'Default Policy' -EnabledEmailAddressTemplates 'SMTP:%m@contoso.com','smtp:%m@fabrikam.com'",
    );
    let alone = delivery_times(&server, &|sent| sent >= 50);
    let (seconds, beside) = std::thread::scope(|scope| {
        let update = scope.spawn(|| {
            let start = Instant::now();
            server.ps("Update-EmailAddressPolicy 'Default Policy'");
            start.elapsed().as_secs_f64()
        });
        let beside = delivery_times(&server, &|_| update.is_finished());
        (update.join().expect("the update ends"), beside)
    });
    let slowest = beside.iter().copied().fold(0.0, f64::max);
    table.row(
        &format!("`Update-EmailAddressPolicy` over {recipients} recipients"),
        format!("{seconds:.1} s"),
        format!(
            "a delivery meanwhile {:.1} ms in the middle of {} and {slowest:.0} ms at most; {:.1} ms alone",
            median(beside.clone()),
            beside.len(),
            median(alone)
        ),
        "under 60 s beside working deliveries",
    );
}

/// Milliseconds of deliveries one after the other, until it is enough; at least one.
fn delivery_times(server: &TestServer, enough: &dyn Fn(usize) -> bool) -> Vec<f64> {
    let (mut smtp, mut messages, mut times) = (greeted(server), Messages::seeded(9), Vec::new());
    while times.is_empty() || !enough(times.len()) {
        let start = Instant::now();
        send(&mut smtp, "ann@contoso.com", messages.next_of(BYTES));
        times.push(start.elapsed().max(Duration::from_micros(1)).as_secs_f64() * 1e3);
    }
    times
}
