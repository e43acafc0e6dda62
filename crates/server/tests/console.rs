//! The console as a browser without a script sees it: logging on, lists, forms, two people at one form, and what
//! another site would try.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::PathBuf;
use std::process::Command;
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
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
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
    assert!(home.body.contains("All databases are mounted."), "{}", home.body);

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
