//! Rights: who can reach which mailbox, all permissions of many mailboxes, the check of a submission, grants by thousands.

use crate::administration::synced_commits;
use crate::fill;
use crate::table::{Table, median};
use directory::{Directory, kinds};
use mailstead_testkit::TestServer;
use object::SystemClock;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const MAILBOXES: usize = 50_000;
const GRANTS: usize = 20_000;
const ROUNDS: usize = 5;
/// Members of a large group, for each mailbox.
const MEMBERS_EACH: usize = 2;

/// Measures and adds rows. `BENCH_SHARING` is how many mailboxes there are, for a try with fewer; grants are as many as two
/// fifths of them.
pub(crate) fn run(binary: &str, table: &mut Table) {
    let mailboxes =
        std::env::var("BENCH_SHARING").ok().and_then(|count| count.parse().ok()).unwrap_or(MAILBOXES);
    let grants = mailboxes * GRANTS / MAILBOXES;
    let mut server = TestServer::start(binary);
    server.stop();
    fill::shared_mailboxes(&server.data(), 0..mailboxes);
    server.run();
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-DistributionGroup Inner -Type Security -Members ben | Out-Null");
    server.ps("New-DistributionGroup Outer -Type Security -Members Inner | Out-Null");
    granting(&server, grants, table);
    asking(&server, mailboxes, table);
    server.stop();
    submitting(&server.data(), table);
    fill::accounts(&server.data(), 0..mailboxes * MEMBERS_EACH);
    server.run();
    crowd(&server, mailboxes * MEMBERS_EACH, table);
    server.stop();
}

/// A group with very many members: filled, changed by one, and as a holder of rights, for all of it and for one of it.
fn crowd(server: &TestServer, members: usize, table: &mut Table) {
    server.ps("New-DistributionGroup Crowd -Type Security | Out-Null");
    server.ps("Add-MailboxPermission shared9 -User Crowd -AccessRights FullAccess | Out-Null");
    let last = members - 1;
    let all = format!("$all = 1..{last} | ForEach-Object {{ \"crowd$_\" }}");
    let (some, half) = (members / 2, format!("$all = 1..{} | ForEach-Object {{ \"crowd$_\" }}", members / 2));
    let update = "Update-DistributionGroupMember Crowd -Members $all -Confirm:$false";
    let shorter = timed(server, &format!("{half}; {update}"));
    let longer = timed(server, &format!("{all}; {update}"));
    table.row(
        &format!("`Update-DistributionGroupMember` to {members} members"),
        format!("{longer:.2} s"),
        format!("{shorter:.2} s to {some}; the start of a shell included"),
        "grows with the number",
    );
    let nothing = timed_median(server, "1..20 | ForEach-Object { $_ } | Out-Null");
    let beside = || format!("group of {members}; the start of a shell included");
    for (what, line) in [
        ("one member more", "Add-DistributionGroupMember Crowd -Member crowd0"),
        (
            "`Get-EffectivePermission -Mailbox`, all of the group",
            "Get-EffectivePermission -Mailbox shared9 -ResultSize Unlimited | Out-Null",
        ),
    ] {
        table.row(what, format!("{:.2} s", timed(server, line)), beside(), "none");
    }
    let each = "Get-EffectivePermission -Trustee crowd7";
    let many = timed_median(server, &format!("1..20 | ForEach-Object {{ {each} }} | Out-Null"));
    table.row(
        "`Get-EffectivePermission -Trustee`, one of the group",
        format!("{:.2} ms", (many - nothing) / 20.0 * 1e3),
        format!("group of {members}; the way over the socket included"),
        "under 50 ms",
    );
    let shown = server.ps("@(Get-EffectivePermission -Trustee crowd7).Through -join ','");
    assert_eq!(shown.trim(), "Crowd", "it was measured what was meant");
}

/// Full Access from a pipeline, beside as many single synced commits of that size in the same run.
fn granting(server: &TestServer, grants: usize, table: &mut Table) {
    let before = synced_commits(&server.data(), grants / 10);
    let line = format!(
        "Get-Mailbox -RecipientTypeDetails SharedMailbox -ResultSize {grants} -WarningAction SilentlyContinue | \
         Add-MailboxPermission -User Outer -AccessRights FullAccess | Out-Null"
    );
    let seconds = timed(server, &line);
    let commits = (before + synced_commits(&server.data(), grants / 10)) * 5.0;
    table.row(
        &format!("{grants} grants from a pipeline"),
        format!("{seconds:.1} s"),
        format!("{:.2} × as many single synced commits ({commits:.1} s)", seconds / commits),
        "at most 3 ×",
    );
}

/// Whom a mailbox can be reached by, what somebody can reach through nested groups, and all entries of all mailboxes; the
/// start of a shell is not counted.
fn asking(server: &TestServer, mailboxes: usize, table: &mut Table) {
    server.ps("Add-MailboxPermission shared7 -User ann -AccessRights FullAccess | Out-Null");
    let nothing = timed_median(server, "1..20 | ForEach-Object { $_ } | Out-Null");
    for (what, each) in [
        ("`Get-EffectivePermission -Mailbox`", "Get-EffectivePermission -Mailbox shared7"),
        ("`Get-EffectivePermission -Trustee`, one mailbox", "Get-EffectivePermission -Trustee ann"),
    ] {
        let many = timed_median(server, &format!("1..20 | ForEach-Object {{ {each} }} | Out-Null"));
        let beside = format!("of {mailboxes} mailboxes; the way over the socket included");
        table.row(what, format!("{:.2} ms", (many - nothing) / 20.0 * 1e3), beside, "under 50 ms");
    }
    let all = timed(server, "Get-EffectivePermission -Trustee ben -ResultSize Unlimited | Out-Null");
    table.row(
        "`Get-EffectivePermission -Trustee`, all that were granted",
        format!("{all:.2} s"),
        "through two groups; the start of a shell included".into(),
        "none",
    );
    let line = "Get-Mailbox -RecipientTypeDetails SharedMailbox -ResultSize Unlimited | Get-MailboxPermission | Out-Null";
    let seconds = timed(server, line);
    let beside = "one round, through the shell".into();
    table.row(
        &format!("`Get-MailboxPermission` of {mailboxes}"),
        format!("{seconds:.2} s"),
        beside,
        "under 5 s",
    );
}

/// Whether an account may send under an address, asked of the directory itself: what each submission waits for.
fn submitting(data: &Path, table: &mut Table) {
    let database = db::open(&data.join("directory.db"), db::Holds::Records).expect("the directory is there");
    let directory = Directory::open(database, Arc::new(SystemClock), "BENCH").expect("it can be opened");
    let one = |name: &str| directory.resolve_text(&kinds::RECIPIENT, name).expect("it is there").guid();
    let (ann, ben, of) = (one("ann"), one("ben"), one("shared7"));
    for (what, who) in [("of its holder", ann), ("through two groups", ben)] {
        const TIMES: usize = 2_000;
        let round = |_| {
            let start = Instant::now();
            for _ in 0..TIMES {
                std::hint::black_box(directory.rights(who, of));
            }
            start.elapsed().as_secs_f64() / TIMES as f64
        };
        let seconds = median((0..ROUNDS).map(round).collect());
        table.row(
            &format!("the check of a submission, {what}"),
            format!("{:.4} ms", seconds * 1e3),
            format!("{ROUNDS} rounds of {TIMES}"),
            "under 0.2 ms",
        );
    }
}

fn timed(server: &TestServer, line: &str) -> f64 {
    let start = Instant::now();
    server.ps(line);
    start.elapsed().as_secs_f64()
}

fn timed_median(server: &TestServer, line: &str) -> f64 {
    median((0..ROUNDS).map(|_| timed(server, line)).collect())
}
