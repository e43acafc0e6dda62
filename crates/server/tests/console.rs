//! The console as a browser without a script sees it: logging on, lists, forms, two people at one form, and what
//! another site would try.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::io::{BufRead as _, BufReader, Lines};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// A browser with a cookie jar.
struct Browser<'s> {
    server: &'s TestServer,
    jar: PathBuf,
}

/// What it was answered: status, where it leads, head and body.
struct Answer {
    status: u16,
    leads_to: String,
    head: String,
    body: String,
}

impl<'s> Browser<'s> {
    fn new(server: &'s TestServer, name: &str) -> Browser<'s> {
        Browser { server, jar: server.folder().join(format!("{name}.jar")) }
    }

    fn logged_on(server: &'s TestServer, name: &str) -> Browser<'s> {
        let browser = Browser::new(server, name);
        let answer =
            browser.post("/admin/logon", &[("user", "Administrator"), ("password", server.password())]);
        assert_eq!((answer.status, answer.leads_to.as_str()), (303, "/admin"), "{}", answer.body);
        browser
    }

    fn ask(&self, words: &[String], path: &str) -> Answer {
        let site = format!("https://localhost:{}", self.server.port(443));
        let mut command = Command::new("curl");
        command.args(["-s", "-m", "60", "-D", "-", "--cacert"]).arg(self.server.certificate());
        command.arg("-c").arg(&self.jar).arg("-b").arg(&self.jar).args(words);
        let output = command.arg(format!("{site}{path}")).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // Before a long body curl asks for leave to send it.
        let text = text.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&text);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        let line = |name: &str| {
            let found = head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
            found.map(|line| line[name.len()..].trim().to_owned()).unwrap_or_default()
        };
        Answer {
            status: head.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0),
            leads_to: line("location:"),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask(&[], path)
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let words = fields
            .iter()
            .flat_map(|(name, value)| ["--data-urlencode".to_owned(), format!("{name}={value}")]);
        self.ask(&words.collect::<Vec<_>>(), path)
    }

    /// Sends a form of a page with its own proof and ticket.
    fn send(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let (token, ticket) = (hidden(page, "token"), hidden(page, "ticket"));
        self.post(path, &[&[("token", token.as_str()), ("ticket", ticket.as_str())], fields].concat())
    }
}

/// The value of the last hidden field of that name: forms of the page stand behind the one of the log-off.
fn hidden(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let at =
        page.body.rfind(&start).unwrap_or_else(|| panic!("no field {name} in {}", page.body)) + start.len();
    page.body[at..].split('"').next().unwrap().to_owned()
}

#[test]
fn what_pages_name_is_declared() {
    let faults = console::layout_faults(&cmdlets::book().unwrap());
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn one_logs_on_and_nobody_else_gets_in() {
    let server = TestServer::start(BINARY);
    let browser = Browser::new(&server, "a");
    assert_eq!(browser.get("/").leads_to, "/admin");
    let asked = browser.get("/admin/mailboxes?q=ann");
    assert_eq!(
        (asked.status, asked.leads_to.as_str()),
        (303, "/admin/logon?next=%2Fadmin%2Fmailboxes%3Fq%3Dann")
    );
    let form = browser.get(&asked.leads_to);
    assert_eq!(hidden(&form, "next"), "/admin/mailboxes?q=ann");
    for rule in
        ["default-src 'none'", "frame-ancestors 'none'", "x-content-type-options: nosniff", "no-store"]
    {
        assert!(form.head.contains(rule), "{rule}: {}", form.head);
    }
    assert!(
        !form.head.contains("unsafe-inline")
            && !form.body.contains(" style=")
            && !form.body.contains("<style")
    );

    let wrong = browser.post("/admin/logon", &[("user", "Administrator"), ("password", "no")]);
    assert_eq!(wrong.status, 401, "{}", wrong.body);
    assert!(!wrong.head.to_lowercase().contains("set-cookie"), "{}", wrong.head);

    let right = [("user", "Administrator"), ("password", server.password()), ("next", "//evil.example/")];
    let welcome = browser.post("/admin/logon", &right);
    assert_eq!((welcome.status, welcome.leads_to.as_str()), (303, "/admin"));
    for word in ["__Host-", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(welcome.head.contains(word), "{word}: {}", welcome.head);
    }
    let home = browser.get("/admin");
    assert!(home.body.contains("All databases are mounted"), "{}", home.body);

    // Another log-on is another session, whatever cookie came with it.
    let session = |head: &str| head.split("__Host-mailstead=").nth(1).unwrap()[..64].to_owned();
    let again = browser.post("/admin/logon", &right);
    assert_ne!(session(&welcome.head), session(&again.head));

    let home = browser.get("/admin");
    let off = browser.send_token(&home, "/admin/logoff");
    assert_eq!(off.leads_to, "/admin/logon");
    assert_eq!(browser.get("/admin").status, 303);
}

impl Browser<'_> {
    fn send_token(&self, page: &Answer, path: &str) -> Answer {
        self.post(path, &[("token", hidden(page, "token").as_str())])
    }
}

#[test]
fn no_page_of_another_site_acts_here() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let path = "/admin/run/New-Mailbox";
    let fields = [("p.Name", "Evil"), ("p.Shared", "true"), ("ticket", "1")];
    let without = browser.post(path, &fields);
    assert!(without.status == 403 && without.body.contains("was not sent from a page"), "{}", without.body);
    let guessed = browser.post(path, &[&[("token", "0")], &fields[..]].concat());
    assert_eq!(guessed.status, 403);
    let page = browser.get(path);
    let token = format!("token={}", hidden(&page, "token"));
    for header in ["Origin: https://evil.example", "Sec-Fetch-Site: cross-site", "Origin: null"] {
        let words =
            ["-H", header, "-d", &token, "-d", "p.Name=Evil&p.Shared=true&ticket=1"].map(str::to_owned);
        let refused = browser.ask(&words, path);
        assert!(refused.status == 403 && refused.body.contains("another site"), "{header}: {}", refused.body);
    }
    assert_eq!(server.shell("Get-Mailbox Evil").code, Some(1));
}

#[test]
fn a_form_runs_once_and_says_what_it_ran() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let path = "/admin/run/New-Mailbox";
    let page = browser.get("/admin/run/New-Mailbox?Shared=true&task=New+shared+mailbox&back=/admin/shared");
    assert!(page.body.contains("several people"), "{}", page.body);
    let fields = [
        ("p.Name", "Sales & <b>more</b>"),
        ("p.Alias", "sales"),
        ("p.Shared", "true"),
        ("back", "/admin/shared"),
        ("task", "New shared mailbox"),
    ];

    let would = browser.send(&page, "/admin/run/New-Mailbox/preview", &fields);
    assert!(would.body.contains("What if:") || would.body.contains("Creating mailbox"), "{}", would.body);
    let done = browser.send(&page, path, &fields);
    assert_eq!((done.status, done.leads_to.as_str()), (303, "/admin/shared"), "{}", done.body);
    let twice = browser.send(&page, path, &fields);
    assert_eq!((twice.status, twice.leads_to.as_str()), (303, "/admin/shared"));

    let list = browser.get("/admin/shared");
    assert!(list.body.contains("Done: New shared mailbox"), "{}", list.body);
    assert!(
        list.body.contains("Sales &amp; &lt;b&gt;more&lt;/b&gt;") && !list.body.contains("<b>more"),
        "{}",
        list.body
    );
    let made = server.shell("(Search-AdminAuditLog -Cmdlets New-Mailbox | Measure-Object).Count");
    assert_eq!(made.out.trim(), "1", "{made:?}");
    let script = browser.get("/admin/session.ps1");
    assert_eq!(script.body.trim(), "New-Mailbox -Name 'Sales & <b>more</b>' -Shared -Alias sales");

    let refused = browser.get("/admin/run/New-Mailbox?Shared=true");
    let refused =
        browser.send(&refused, path, &[("p.Name", "Other"), ("p.Alias", "a b"), ("p.Shared", "true")]);
    let about = refused.body.find("id=\"f-Alias\"").unwrap();
    let told = refused.body[about..].find("class=\"problem\"").unwrap();
    assert!(told < 600, "the sentence stands at its field: {}", &refused.body[about..]);
    assert!(refused.body.contains("value=\"Other\""), "what was filled in stays: {}", refused.body);
}

#[test]
fn a_sheet_saves_what_was_touched_and_tells_the_second_of_two() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let (one, other) = (Browser::logged_on(&server, "a"), Browser::logged_on(&server, "b"));
    let guid = server.shell("(Get-Mailbox ann).Guid.ToString()").out.trim().to_owned();
    let path = format!("/admin/mailbox/{guid}?tab=organization");
    let page = one.get(&path);
    assert!(page.body.contains("id=\"f-Department\""), "{}", page.body);
    let fields = [("was.Department", ""), ("p.Department", "Sales"), ("was.Title", ""), ("p.Title", "")];
    let saved = one.send(&page, &path, &fields);
    assert_eq!(saved.leads_to, path, "{}", saved.body);
    let after = one.get(&path);
    assert!(after.body.contains("Set-User -Identity ann@contoso.com -Department Sales"), "{}", after.body);
    assert!(!after.body.contains(" -Title"), "{}", after.body);

    // The other one's page is older.
    let late = [("was.Department", ""), ("p.Department", "Marketing")];
    let told = other.send(&other.get(&path), &path, &late);
    assert!(told.body.contains("Somebody changed this") && told.body.contains("“Sales”"), "{}", told.body);
    let anyway = other.send(&told, &path, &[&late[..], &[("anyway", "yes")]].concat());
    assert_eq!(anyway.status, 303, "{}", anyway.body);
    assert_eq!(server.shell("(Get-User ann).Department").out.trim(), "Marketing");
    let nothing =
        one.send(&one.get(&path), &path, &[("was.Department", "Marketing"), ("p.Department", "Marketing")]);
    assert_eq!(nothing.status, 303);
    assert!(one.get(&path).body.contains("Nothing was changed."));
}

#[test]
fn what_is_settled_stands_in_the_form_and_a_change_is_undone_by_a_button() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let browser = Browser::logged_on(&server, "a");
    let page = browser.get("/admin/run/Set-Mailbox?Identity=ann&Office=7");
    assert!(
        page.body.contains("<code>Set-Mailbox -Identity ann -Office &#39;7&#39;</code>")
            || page.body.contains("-Identity ann -Office 7"),
        "{}",
        page.body
    );
    let done = browser.send(&page, "/admin/run/Set-Mailbox", &[("p.Identity", "ann"), ("p.Office", "7")]);
    assert_eq!(done.status, 303, "{}", done.body);
    let changes = browser.get("/admin/changes");
    let undo = changes.body.find("/admin/run/Undo-AdminChange?Identity=").unwrap();
    let place = changes.body[undo..].split('"').next().unwrap().replace("&amp;", "&");
    let form = browser.get(&place);
    let number = place.split("Identity=").nth(1).unwrap().split('&').next().unwrap();
    let undone = browser.send(&form, "/admin/run/Undo-AdminChange", &[("p.Identity", number)]);
    assert_eq!(undone.status, 303, "{}", undone.body);
    assert_eq!(server.ps("(Get-Mailbox ann).Office").trim(), "");
    let trust = browser.get("/admin/run/New-ADTrust");
    assert!(trust.body.contains("name=\"p.Credential.user\""), "{}", trust.body);
}

#[test]
fn a_form_outlives_its_session() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let page = browser.get("/admin/run/New-Mailbox?Shared=true");
    let token = hidden(&page, "token");
    browser.post("/admin/logoff", &[("token", &token)]);

    let fields = [
        ("p.Name", "Kept"),
        ("p.Shared", "true"),
        ("p.Password", "geheim"),
        ("p.LinkedCredential", "geheim"),
        ("ticket", "t"),
        ("token", &token),
    ];
    let ended = browser.post("/admin/run/New-Mailbox", &fields);
    assert!(ended.status == 401 && ended.body.contains("still there"), "{}", ended.body);
    let kept = hidden(&ended, "kept").replace("&amp;", "&");
    assert!(kept.contains("p.Name=Kept") && !kept.contains("geheim"), "{kept}");
    let next = hidden(&ended, "next");
    let back = [("user", "Administrator"), ("password", server.password()), ("next", &next), ("kept", &kept)];
    let again = browser.post("/admin/logon", &back);
    assert!(again.body.contains("value=\"Kept\""), "{}", again.body);
    let sent = browser.send(&again, &next, &[("p.Name", "Kept"), ("p.Shared", "true")]);
    assert_eq!(sent.status, 303, "{}", sent.body);
    assert_eq!(server.shell("(Get-Mailbox Kept).Name").out.trim(), "Kept");
}

#[test]
fn rights_end_at_the_next_click() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    // By the default policy she may do something for herself.
    server.ps("Set-Mailbox ann -RoleAssignmentPolicy $null");
    let ann = Browser::new(&server, "ann");
    let on = ann.post("/admin/logon", &[("user", "ann@contoso.com"), ("password", server.password())]);
    assert_eq!(on.status, 303, "{}", on.body);
    let home = ann.get("/admin");
    assert!(home.body.contains("hold no cmdlet") && !home.body.contains("/admin/mailboxes"), "{}", home.body);
    assert_eq!(ann.get("/admin/run/New-Mailbox").status, 404);
    assert_eq!(ann.get("/admin/mailboxes").body.matches("'Get-Mailbox' is not recognized").count(), 1);
    let off = server.shell("Disable-ADAccount ann");
    assert_eq!(off.code, Some(0), "{off:?}");
    let ended = ann.get("/admin");
    assert_eq!(ended.status, 303, "an account that is switched off has no session");
    assert_eq!(ann.get(&ended.leads_to).status, 200, "the log-on does not lead back in a circle");
}

#[test]
fn a_long_list_is_paged_to_its_end_forwards_and_backwards() {
    let server = TestServer::start(BINARY);
    server.ps("1..120 | foreach { New-Mailbox -Shared \"Page $($_.ToString('000'))\" } | Out-Null");
    let browser = Browser::logged_on(&server, "a");
    let all: Vec<String> = (1..=120).map(|number| format!("Page {number:03}")).collect();
    let shown = |query: &str| -> Vec<String> {
        let pages = [0, 50, 100, 150]
            .map(|from| browser.get(&format!("/admin/shared?{query}&column=Name&from={from}")).body);
        let rows = pages.iter().flat_map(|page| page.split("data-label=\"Name\"").skip(1));
        rows.map(|row| row.split("<bdi>").nth(1).unwrap().split("</bdi>").next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(shown("sort=Name"), all);
    assert_eq!(shown("sort=Name&dir=down"), all.iter().rev().cloned().collect::<Vec<_>>());
    let with_11: Vec<String> = all.iter().rev().filter(|name| name.contains("11")).cloned().collect();
    assert_eq!(shown("q=page+11&sort=Name&dir=down"), with_11);
    let changes = browser.get("/admin/changes?from=100").body;
    assert!(changes.matches("New-Mailbox").count() >= 20, "{changes}");
}

/// Waits until a bulk request is over, and answers its state, the rows that were done and those that were refused.
fn over(server: &TestServer, name: &str) -> String {
    let script = format!(
        "do {{ Start-Sleep -Milliseconds 50; $r = Get-BulkRequest '{name}' }} while ($r.Status -in 'Queued','InProgress'); \
         \"$($r.Status) $($r.RowsDone) $($r.RowsFailed)\""
    );
    server.ps(&script).trim().to_owned()
}

#[test]
fn many_are_changed_at_once_by_a_job_with_a_result_for_each() {
    let server = TestServer::start(BINARY);
    for name in ["ann", "ben", "carla"] {
        server.mailbox(name);
    }
    let browser = Browser::logged_on(&server, "a");
    let list = browser.get("/admin/mailboxes?sort=Name&dir=down&column=Name&column=Alias");
    let at =
        |name: &str| list.body.find(&format!("<bdi>{name}</bdi>")).unwrap_or_else(|| panic!("{}", list.body));
    assert!(at("carla") < at("ben") && at("ben") < at("ann"), "{}", list.body);
    assert!(list.body.contains("aria-sort=\"descending\"") && !list.body.contains("data-label=\"Database\""));

    let saved = browser.get("/admin/mailboxes?q=a&column=Name&column=PrimarySmtpAddress&as=csv");
    let rows: Vec<&str> = saved.body.lines().collect();
    assert_eq!(rows[0], "Name,PrimarySmtpAddress", "{}", saved.body);
    assert!(rows.contains(&"ann,ann@contoso.com") && !saved.body.contains("ben,"), "{}", saved.body);
    assert!(saved.head.contains("attachment; filename=\"mailboxes.csv\""), "{}", saved.head);

    let guid = |name: &str| server.ps(&format!("(Get-Mailbox {name}).Guid.ToString()")).trim().to_owned();
    let (ann, ben) = (format!("Identity={}", guid("ann")), format!("Identity={}", guid("ben")));
    let path = format!(
        "/admin/bulk?list=mailboxes&act=Disable-Mailbox&one={}&one={}",
        &ann.replace('=', "%3D"),
        &ben.replace('=', "%3D")
    );
    let preview = browser.get(&path);
    assert!(
        preview.body.matches("What if").count() + preview.body.matches("Disabling mailbox").count() >= 2,
        "{}",
        preview.body
    );
    let rows = format!("{ann}\n{ben}");
    let fields = [
        ("list", "mailboxes"),
        ("act", "Disable-Mailbox"),
        ("do", "run"),
        ("count", "2"),
        ("rows", rows.as_str()),
    ];
    let made = browser.send(&preview, "/admin/bulk", &fields);
    assert!(
        made.status == 303 && made.leads_to.starts_with("/admin/job/"),
        "{} {}",
        made.leads_to,
        made.body
    );
    let twice = browser.send(&preview, "/admin/bulk", &fields);
    assert_eq!(twice.leads_to, made.leads_to, "a second click makes no second job");
    assert_eq!(over(&server, "Disable-Mailbox"), "Completed 2 0");
    assert_eq!(
        server.ps("(Get-Mailbox -RecipientTypeDetails UserMailbox | foreach Alias) -join ','").trim(),
        "carla"
    );
    let who = "(Search-AdminAuditLog -Cmdlets Disable-Mailbox | foreach Caller | sort -Unique) -join ','";
    assert!(server.ps(who).trim().ends_with("Administrator"), "rows run as the person");
    let page = browser.get(&format!("{}?tab=rows", made.leads_to));
    assert!(page.body.matches("<td data-label=\"Succeeded\">Yes</td>").count() == 2, "{}", page.body);

    // All that a search finds, whether it was shown or not.
    let preview = browser.get("/admin/bulk?list=mailboxes&act=Disable-Mailbox&every=yes&q=carla");
    assert!(preview.body.contains("Disable 1"), "{}", preview.body);
}

#[test]
fn a_csv_is_looked_at_before_it_is_run_and_what_is_wrong_is_said_where_it_is() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let send = |cmdlet: &str, password: &str, file: &[u8]| {
        let path = server.folder().join("rows.csv");
        std::fs::write(&path, file).unwrap();
        let page = browser.get("/admin/import");
        let fields = [("token", hidden(&page, "token")), ("ticket", hidden(&page, "ticket"))];
        let fields =
            fields.into_iter().chain([("cmdlet", cmdlet.to_owned()), ("password", password.to_owned())]);
        let words = fields.map(|(name, value)| format!("{name}={value}"));
        let words = words.chain([format!("file=@{};type=text/csv", path.display())]);
        let words = words.flat_map(|word| ["-F".to_owned(), word]);
        browser.ask(&words.collect::<Vec<_>>(), "/admin/import")
    };
    let csv = "\u{feff}Name,Alias,UserPrincipalName,FirstName\r\n\"Berg, Ann\",ann,ann@contoso.com,Ann\r\nBen,ben,ben@contoso.com,\r\nBad,a b,bad@contoso.com,\r\nToo,few\r\n";
    let looked = send("New-Mailbox", "geheim-Kx8-2026", csv.as_bytes());
    assert!(looked.leads_to.starts_with("/admin/job/"), "{}", looked.body);
    assert_eq!(over(&server, "New-Mailbox"), "CompletedWithWarning 4 1");
    assert_eq!(
        server.ps("@(Get-Mailbox -RecipientTypeDetails UserMailbox).Count").trim(),
        "0",
        "nothing was made yet"
    );
    let page = browser.get(&looked.leads_to);
    assert!(page.body.contains("The row has 2 cells, the head has 4."), "{}", page.body);
    let place =
        page.body.split('"').find(|word| word.starts_with("/admin/run/New-BulkRequest?From=")).unwrap();
    let form = browser.get(&place.replace("&amp;", "&"));
    let from = looked.leads_to.trim_start_matches("/admin/job/");
    let done = browser.send(&form, "/admin/run/New-BulkRequest", &[("p.From", from), ("task", "Do it")]);
    assert!(done.leads_to.starts_with("/admin/job/") && done.leads_to != looked.leads_to, "{}", done.body);
    assert_eq!(over(&server, "New-Mailbox 2"), "CompletedWithWarning 4 2");
    assert_eq!(
        server.ps("(Get-Mailbox -RecipientTypeDetails UserMailbox | foreach Name | sort) -join ';'").trim(),
        "Ben;Berg, Ann"
    );
    let on = Browser::new(&server, "ann");
    let ann = [("user", "ann@contoso.com"), ("password", "geheim-Kx8-2026")];
    assert_eq!(on.post("/admin/logon", &ann).status, 303, "the password of all rows is theirs");

    for (cmdlet, password, file, sentence) in [
        ("Set-Mailbox", "", "Identity,Nonsense\nann,1\n", "has no parameter 'Nonsense'"),
        ("Set-Mailbox", "", "Identity,identity\nann,1\n", "two columns"),
        ("Set-Mailbox", "", "", "is an empty string"),
        ("Set-Mailbox", "", "Identity,Office\n", "no row"),
        ("New-Mailbox", "", "Name,Password\nann,geheim\n", "secret"),
        ("Get-Mailbox", "", "Identity\nann\n", "cannot be run for many rows"),
        ("New-Nonsense", "", "Identity\nann\n", "New-Nonsense"),
        ("Disable-Mailbox", "geheim", "Identity\nann\n", "takes no password"),
    ] {
        let refused = send(cmdlet, password, file.as_bytes());
        let body = refused.body.replace("&quot;", "'");
        let told = body.split("class=\"problem\"").nth(1).unwrap_or_default();
        assert!(
            refused.status == 200 && told[..told.len().min(400)].contains(sentence),
            "{sentence}: {body}"
        );
    }
    let picture = send("Set-Mailbox", "", b"\x89PNG\r\n\x1a\n\0\0\xff");
    assert!(picture.status == 415 && picture.body.contains("not a text in UTF-8"), "{}", picture.body);
    let large = send("Set-Mailbox", "", &vec![b'x'; 33 << 20]);
    assert_eq!(large.status, 413, "{}", large.body);

    let mut bad = String::from("Identity,Office\n");
    (0..100_000).for_each(|at| bad.push_str(&format!("nobody{at},7,8\n")));
    let taken = send("Set-Mailbox", "", bad.as_bytes());
    assert!(taken.leads_to.starts_with("/admin/job/"), "{}", taken.body);
    assert_eq!(over(&server, "Set-Mailbox"), "CompletedWithWarning 100000 100000");
    let page = browser.get(&taken.leads_to);
    assert!(page.body.len() < 120_000 && page.body.contains("Only the first"), "{} bytes", page.body.len());
    bad.push_str("one,more\n");
    let refused = send("Set-Mailbox", "", bad.as_bytes());
    assert!(refused.body.contains("more than 100000 rows"), "{}", refused.body);
}

/// A page that listens to what changes, and the lines that it hears.
fn listening(browser: &Browser<'_>) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut heard = Command::new("curl")
        .args(["-sN", "-m", "60", "--cacert"])
        .arg(browser.server.certificate())
        .arg("-b")
        .arg(&browser.jar)
        .arg(format!("https://localhost:{}/admin/live", browser.server.port(443)))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(heard.stdout.take().unwrap()).lines();
    (heard, lines)
}

#[test]
fn an_open_page_hears_what_changes() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    let browser = Browser::logged_on(&server, "a");
    let (mut heard, mut lines) = listening(&browser);
    // The request is made again until it is heard: nothing tells when the page began to listen.
    let made = std::thread::scope(|scope| {
        // The first event says that the page listens.
        let is_event =
            |line: &std::io::Result<String>| line.as_ref().is_ok_and(|line| line.starts_with("data:"));
        let told = scope.spawn(move || lines.by_ref().filter(is_event).nth(1).is_some());
        let mut at = 0;
        while !told.is_finished() && at < 20 {
            at += 1;
            server.ps(&format!(
                "New-BulkRequest Set-Mailbox -CSVData \"Identity,Office`nann,{at}\" | Out-Null"
            ));
        }
        told.join().unwrap()
    });
    heard.kill().unwrap();
    heard.wait().unwrap();
    assert!(made, "nothing was heard");
    assert_eq!(
        Browser::new(&server, "nobody").get("/admin/live").status,
        303,
        "nobody hears without a log-on"
    );
}

#[test]
fn no_trick_with_a_path_or_a_header_leads_anywhere() {
    let server = TestServer::start(BINARY);
    let nobody = Browser::new(&server, "nobody");
    let browser = Browser::logged_on(&server, "a");
    for path in [
        "/admin/../../etc/passwd",
        "/admin/%2e%2e/%2e%2e/etc/passwd",
        "/admin/asset/../../../etc/passwd",
        "/admin/asset/%2e%2e%2f%2e%2e%2fmailstead.toml",
        "/admin/asset/0000000000000000/style.css",
        "//admin/mailboxes",
        "/admin//mailboxes",
        "/admin/./mailboxes",
        "/admin/mailbox/..%2f..%2fdatabases",
        "/admin/mailbox/%00",
        "/admin/mailbox/%ff%fe",
        "/admin/run/..%2f..%2fsession.ps1",
        "/ADMIN/mailboxes",
        "/admin/mailboxes%0d%0aX-Evil:%201",
        "/admin/mailbox/a%0d%0aX-Evil:%201",
        "/admin/run/Get-Mailbox%0d%0aX-Evil:%201",
    ] {
        for who in [&nobody, &browser] {
            let answer = who.ask(&["--path-as-is".to_owned()], path);
            let is_refused = matches!(answer.status, 303 | 400 | 404);
            assert!(
                is_refused && !answer.body.contains("root:"),
                "{path}: {} {}",
                answer.status,
                answer.body
            );
            assert!(!answer.head.to_lowercase().contains("\nx-evil"), "{path}: {}", answer.head);
            assert!(
                answer.leads_to.is_empty() || answer.leads_to.starts_with("/admin"),
                "{path}: {}",
                answer.leads_to
            );
        }
    }

    // A place to go to, in an address, a form or a header: never another site, never a second header.
    for (at, place) in [
        "//evil.example/",
        "https://evil.example/admin",
        "/\\evil.example",
        "/admin\r\nX-Evil: 1",
        "/admin/\r\nSet-Cookie: __Host-mailstead=1",
        "javascript:alert(1)",
        "/admin@evil.example",
    ]
    .into_iter()
    .enumerate()
    {
        let escaped: String = place.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let on = browser.get(&format!("/admin/logon?next={escaped}"));
        assert_eq!((on.status, on.leads_to.as_str()), (303, "/admin"), "{place}");
        let page = browser.get("/admin/run/Set-User?Identity=Administrator");
        let fields = [("p.Identity", "Administrator"), ("p.Office", &at.to_string()), ("back", place)];
        let done = browser.send(&page, "/admin/run/Set-User", &fields);
        assert_eq!((done.status, done.leads_to.as_str()), (303, "/admin"), "{place}: {}", done.body);
        for answer in [&on, &done] {
            assert!(!answer.head.to_lowercase().contains("\nx-evil"), "{place}: {}", answer.head);
        }
    }
    let referred = browser.ask(
        &["-H".to_owned(), "Referer: https://evil.example/admin/mailboxes".to_owned()],
        "/admin/run/Set-User",
    );
    assert!(!referred.body.contains("evil.example"), "{}", referred.body);
}

#[test]
fn a_session_that_somebody_else_chose_is_nobodys() {
    let server = TestServer::start(BINARY);
    let browser = Browser::new(&server, "a");
    let chosen = "a".repeat(64);
    let cookie = ["-H".to_owned(), format!("Cookie: __Host-mailstead={chosen}")];
    let right = format!("user=Administrator&password={}", server.password());
    let welcome = browser.ask(&[&cookie[..], &["-d".to_owned(), right]].concat(), "/admin/logon");
    assert_eq!(welcome.status, 303, "{}", welcome.body);
    assert!(!welcome.head.contains(&chosen), "{}", welcome.head);
    let fixed = Browser::new(&server, "b").ask(&cookie, "/admin/mailboxes");
    assert!(fixed.status == 303 && fixed.leads_to.starts_with("/admin/logon"), "{}", fixed.body);
    // After the log-off the name that was given is nobody's, either.
    let given = welcome.head.split("__Host-mailstead=").nth(1).unwrap()[..64].to_owned();
    let home = browser.get("/admin");
    browser.send_token(&home, "/admin/logoff");
    let cookie = ["-H".to_owned(), format!("Cookie: __Host-mailstead={given}")];
    assert_eq!(Browser::new(&server, "c").ask(&cookie, "/admin/mailboxes").status, 303);
}

#[test]
fn a_server_that_restarts_under_an_open_page_loses_nothing_that_was_typed() {
    let mut server = TestServer::start(BINARY);
    let (token, ticket) = {
        let browser = Browser::logged_on(&server, "a");
        let page = browser.get("/admin/run/New-Mailbox?Shared=true&back=/admin/shared");
        (hidden(&page, "token"), hidden(&page, "ticket"))
    };
    server.stop();
    server.run();
    let browser = Browser::new(&server, "a");
    let fields = [
        ("token", token.as_str()),
        ("ticket", &ticket),
        ("p.Name", "Kept"),
        ("p.Shared", "true"),
        ("back", "/admin/shared"),
    ];
    let preview = ["-H", "HX-Request: true", "-d", "p.Name=Kept&p.Shared=true"].map(str::to_owned);
    let asked = browser.ask(&preview, "/admin/run/New-Mailbox/preview");
    assert!(asked.status == 401 && !asked.body.contains("p.Name"), "{} {}", asked.status, asked.body);
    let ended = browser.post("/admin/run/New-Mailbox", &fields);
    assert!(ended.status == 401 && ended.body.contains("still there"), "{}", ended.body);
    let (kept, next) = (hidden(&ended, "kept").replace("&amp;", "&"), hidden(&ended, "next"));
    let back = [("user", "Administrator"), ("password", server.password()), ("next", &next), ("kept", &kept)];
    let again = browser.post("/admin/logon", &back);
    assert!(again.body.contains("value=\"Kept\""), "{}", again.body);
    let sent =
        browser.send(&again, &next, &[("p.Name", "Kept"), ("p.Shared", "true"), ("back", "/admin/shared")]);
    assert_eq!((sent.status, sent.leads_to.as_str()), (303, "/admin/shared"), "{}", sent.body);
    assert_eq!(server.ps("(Get-Mailbox Kept).RecipientTypeDetails").trim(), "SharedMailbox");
}

#[test]
fn a_hundred_thousand_rows_are_chosen_one_by_one_and_no_column_is_made_up() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let list = browser.get("/admin/databases");
    let send = |rows: usize, more: &str| {
        let path = server.folder().join("choice");
        let token = hidden(&list, "token");
        let mut body = format!("token={token}&list=shared&act=Disable-Mailbox{more}");
        (0..rows).for_each(|at| body.push_str(&format!("&one=Identity%3Dnobody{at}")));
        std::fs::write(&path, body).unwrap();
        browser.ask(&["--data-binary".to_owned(), format!("@{}", path.display())], "/admin/bulk")
    };
    let preview = send(100_000, "");
    assert!(preview.status == 200 && preview.body.contains("Disable 100000"), "{:.2000}", preview.body);
    assert!(preview.body.contains("Identity=nobody99999"), "the last one is chosen, too");
    let refused = send(100_001, "");
    assert!(refused.body.contains("More than 100000 objects were chosen."), "{:.2000}", refused.body);
    let refused = send(120_000, "");
    assert!(refused.body.contains("more than 110000 fields"), "{:.2000}", refused.body);

    // What was looked at is what is done.
    server.ps("New-Mailbox -Shared One | Out-Null; New-Mailbox -Shared Two | Out-Null");
    let page = browser.get("/admin/bulk?list=shared&act=Disable-Mailbox&every=yes");
    assert!(page.body.contains("Disable 2"), "{}", page.body);
    server.ps("New-Mailbox -Shared Three | Out-Null");
    let fields =
        [("list", "shared"), ("act", "Disable-Mailbox"), ("do", "run"), ("every", "yes"), ("count", "2")];
    let again = browser.send(&page, "/admin/bulk", &fields);
    assert!(again.body.contains("finds 3 now") && again.body.contains("Disable 3"), "{}", again.body);
    assert_eq!(server.ps("@(Get-BulkRequest).Count").trim(), "0");

    let wrong = browser.get("/admin/shared?column=Nonsense&as=csv");
    assert!(wrong.status == 400 && wrong.body.contains("has no column"), "{} {}", wrong.status, wrong.body);
    let right = browser.get("/admin/shared?column=alias&column=Alias&as=csv");
    assert!(right.body.starts_with("Alias\n"), "{}", right.body);
}

#[test]
fn others_requests_are_for_whoever_manages_the_organization_and_a_record_keeps_no_whole_file() {
    let server = TestServer::start(BINARY);
    server.mailbox("ann");
    server.ps("New-RoleGroup Desk -Roles 'Mail Recipients' -Members ann | Out-Null");
    let rows: String = (0..2_000).map(|at| format!("`nnobody{at},a rather long name of an office")).collect();
    server.ps(&format!(
        "New-BulkRequest Set-Mailbox -CSVData \"Identity,Office{rows}\" -Name Big -ValidateOnly | Out-Null"
    ));
    for cmdlet in ["Suspend-BulkRequest", "Resume-BulkRequest", "Remove-BulkRequest"] {
        let said = server.api("ann@contoso.com", cmdlet, "{\"Identity\":\"Big\",\"Confirm\":false}");
        assert!(said.contains("made the bulk request"), "{cmdlet}: {said}");
    }
    let own = "{\"Cmdlet\":\"Set-Mailbox\",\"CSVData\":\"Identity,Office\\nann,7\",\"Name\":\"Small\"}";
    assert!(server.api("ann@contoso.com", "New-BulkRequest", own).contains("Small"));
    over(&server, "Small");
    over(&server, "Big");
    server.api("ann@contoso.com", "Remove-BulkRequest", "{\"Identity\":\"Small\",\"Confirm\":false}");
    server.api("Administrator", "Remove-BulkRequest", "{\"Identity\":\"Big\",\"Confirm\":false}");
    assert_eq!(server.ps("@(Get-BulkRequest).Count").trim(), "0");
    let kept = server.ps("Get-AdminChange | Format-List * | Out-String -Width 100000; Search-AdminAuditLog -Cmdlets New-BulkRequest | Format-List * | Out-String -Width 100000");
    assert!(!kept.contains("nobody1999,"), "the end of a file is in the record");
    let count = server.ps("(Search-AdminAuditLog -Cmdlets New-BulkRequest | where ObjectModified -eq Big).CmdletParameters | where Name -eq CSVData | foreach { $_.Value -match 'characters in all' }");
    assert!(count.contains("True"), "{count}");
}

#[test]
fn a_session_has_so_many_live_pages_and_no_more() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let hear = || {
        let (heard, mut lines) = listening(&browser);
        (heard, lines.next().unwrap().unwrap())
    };
    let all: Vec<_> = (0..13).map(|_| hear()).collect();
    let listening = all.iter().filter(|(_, line)| line.starts_with("data:")).count();
    for (mut child, _) in all {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(listening, 12);
    assert_eq!(browser.get("/admin").status, 200, "the session itself goes on");
}

/// What an authenticator shows for a key, `ago` half minutes ago. [RFC 6238]
fn code_of(key: &str, ago: i64) -> String {
    let python = "import base64,hmac,struct,sys,time;k=base64.b32decode(sys.argv[1]);\
                  h=hmac.new(k,struct.pack('>q',int(time.time())//30-int(sys.argv[2])),'sha1').digest();o=h[-1]&15;\
                  print('%06d'%((struct.unpack('>I',h[o:o+4])[0]&0x7fffffff)%1000000))";
    let output = Command::new("python3").args(["-c", python, key, &ago.to_string()]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn a_second_factor_is_asked_for_behind_the_password() {
    let server = TestServer::start(BINARY);
    let browser = Browser::logged_on(&server, "a");
    let page = browser.get("/admin/second");
    assert!(
        page.body.contains("<svg class=\"qr\"") && page.body.contains("otpauth://totp/"),
        "{}",
        page.body
    );
    let key = page.body.split("secret=").nth(1).unwrap()[..32].to_owned();
    let wrong = browser.send(&page, "/admin/second", &[("do", "on"), ("code", "12345")]);
    assert!(wrong.body.contains("The code is not right.") && wrong.body.contains(&key), "{}", wrong.body);
    let on = browser.send(&wrong, "/admin/second", &[("do", "on"), ("code", &code_of(&key, 1))]);
    assert_eq!(on.status, 303, "{}", on.body);
    assert!(browser.get("/admin/second").body.contains("It is set up."));
    assert_eq!(server.ps("(Get-SecondFactor).Kind").trim(), "TOTP");
    // The door that asks for the password alone is no way around it.
    let clear = ["-u".to_owned(), format!("Administrator:{}", server.password()), "--json".to_owned()];
    let body = "{\"parameters\":{\"Identity\":\"Administrator\",\"Confirm\":false}}".to_owned();
    let refused = browser.ask(&[&clear[..], &[body]].concat(), "/api/v1/cmdlets/Clear-SecondFactor");
    assert!(refused.status == 401 && refused.body.contains("second factor"), "{}", refused.body);
    assert_eq!(server.ps("(Get-SecondFactor).Kind").trim(), "TOTP");
    let kept = server.ps("Get-AdminChange | Format-List *; Search-AdminAuditLog | Format-List *");
    assert!(!kept.contains(&key) && !kept.contains("aes256gcm"), "the key is in no record");

    let log_on = |jar: &str| {
        let other = Browser::new(&server, jar);
        let password =
            [("user", "Administrator"), ("password", server.password()), ("next", "/admin/shared")];
        let asked = other.post("/admin/logon", &password);
        assert!(asked.status == 200 && !asked.head.to_lowercase().contains("set-cookie"), "{}", asked.head);
        assert_eq!(other.get("/admin").status, 303, "the password alone is not enough");
        (other, asked)
    };
    let (other, asked) = log_on("b");
    let half = hidden(&asked, "half");
    let with = |code: &str| {
        other.post("/admin/logon/code", &[("half", &half), ("code", code), ("next", "/admin/shared")])
    };
    let used = with(&code_of(&key, 1));
    assert!(used.status == 401 && used.body.contains("used before"), "{}", used.body);
    let right = with(&code_of(&key, 0));
    assert_eq!((right.status, right.leads_to.as_str()), (303, "/admin/shared"), "{}", right.body);
    assert_eq!(other.get("/admin").status, 200);
    let again = with(&code_of(&key, -1));
    assert!(again.status == 401 && again.body.contains("password is needed again"), "{}", again.body);

    // Whoever guesses is stopped, and the right code does not help them then.
    let (guesser, asked) = log_on("guesser");
    let half = hidden(&asked, "half");
    let guess = |code: &str| guesser.post("/admin/logon/code", &[("half", &half), ("code", code)]);
    (0..11).for_each(|_| drop(guess("000000")));
    let last = guess("000000").body;
    assert!(last.contains("too many wrong codes"), "{last}");
    assert_eq!(guess(&code_of(&key, -1)).status, 401);

    server.ps("Clear-SecondFactor Administrator -Confirm:$false");
    Browser::logged_on(&server, "c");
    assert_eq!(server.ps("@(Get-SecondFactor).Count").trim(), "0");
}
