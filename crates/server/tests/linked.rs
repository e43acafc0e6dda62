//! Linked mailboxes against real foreign forests: a Samba Active Directory and an OpenLDAP server, asked over TLS.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use base64::Engine as _;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};
use testkit::{Entry, ForeignState, ForeignUser, Options, Samba, Slapd, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// A door to knock at: a server, who, and a password; what it says is `OK`, `AUTH` or `TEMP`.
type Door = fn(&TestServer, &str, &str) -> String;

/// Every door at which somebody logs on.
const DOORS: [(&str, Door); 10] = [
    ("imap", imap),
    ("pop3", pop3),
    ("submission", submission),
    ("json", https),
    ("imaps", imaps),
    ("pop3s", pop3s),
    ("smtps", smtps),
    ("ldap", ldap),
    ("autodiscover", autodiscover),
    ("console", console),
];

/// At each door `OK`, or what a log-on is refused with: `AUTH` (who are you?) or `TEMP` (try later).
fn doors(server: &TestServer, user: &str, password: &str) -> Vec<String> {
    DOORS.iter().map(|(name, door)| format!("{name} {}", door(server, user, password))).collect()
}

/// What curl says of a log-on over TLS from the first octet.
fn over_tls(url: &str, user: &str, password: &str, [auth, temporary]: [&str; 2]) -> String {
    let user = format!("{user}:{password}");
    let ended = Command::new("curl").args(["-skv", "-m", "60", "-u", &user, url]).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    let is = |word: &str| said.lines().any(|line| line.starts_with("< ") && line.contains(word));
    match () {
        () if is(temporary) => "TEMP".to_owned(),
        () if is(auth) => "AUTH".to_owned(),
        // What curl asks a mail server behind the log-on it need not know.
        () if ended.status.success() || is("235 ") => "OK".to_owned(),
        () => said,
    }
}

fn imaps(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("imaps://localhost:{}/", server.port(993));
    over_tls(&url, user, password, ["[AUTHENTICATIONFAILED]", "[UNAVAILABLE]"])
}

fn pop3s(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("pop3s://localhost:{}/", server.port(995));
    over_tls(&url, user, password, ["[AUTH]", "[SYS/TEMP]"])
}

fn smtps(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("smtps://localhost:{}/client.example", server.port(465));
    over_tls(&url, user, password, ["535 ", "454 "])
}

/// A simple bind, and one entry of the address book.
fn ldap(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("ldap://localhost:{}", server.port(389));
    let words = [
        "-x",
        "-H",
        &url,
        "-D",
        user,
        "-w",
        password,
        "-b",
        "DC=contoso,DC=com",
        "-z",
        "1",
        "(mail=*)",
        "dn",
    ];
    let said = Command::new("ldapsearch").env("LDAPTLS_REQCERT", "never").args(words).output().unwrap();
    match said.status.code() {
        // That there is more than one entry is no refusal.
        Some(0 | 4) => "OK".to_owned(),
        Some(49) => "AUTH".to_owned(),
        Some(51 | 52) => "TEMP".to_owned(),
        _ => format!("{said:?}"),
    }
}

/// The status of an HTTPS request, as a door says it.
fn status(url: &str, more: &[&str]) -> String {
    let words = ["-sk", "-o", "/dev/null", "-w", "%{http_code}", url];
    let code = Command::new("curl").args(words).args(more).output().unwrap().stdout;
    match String::from_utf8(code).unwrap().as_str() {
        "200" | "303" | "404" => "OK".to_owned(),
        "401" => "AUTH".to_owned(),
        "503" => "TEMP".to_owned(),
        code => code.to_owned(),
    }
}

fn autodiscover(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("https://{}/autodiscover/autodiscover.xml", server.address(443));
    let user = format!("{user}:{password}");
    status(&url, &["-u", &user, "-H", "Content-Type: text/xml", "-d", "<Autodiscover/>"])
}

/// The form of the console.
fn console(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("https://{}/admin/logon", server.address(443));
    let (user, password) = (format!("user={user}"), format!("password={password}"));
    status(&url, &["--data-urlencode", &user, "--data-urlencode", &password])
}

fn submission(server: &TestServer, user: &str, password: &str) -> String {
    let mut smtp = server.connect(587);
    smtp.answer();
    smtp.ask("EHLO client.example");
    let claim = base64::prelude::BASE64_STANDARD.encode(format!("\0{user}\0{password}"));
    let said = smtp.ask(&format!("AUTH PLAIN {claim}"));
    match said.get(..3) {
        Some("235") => "OK".to_owned(),
        Some("535") => "AUTH".to_owned(),
        Some("454") => "TEMP".to_owned(),
        _ => said,
    }
}

fn imap(server: &TestServer, user: &str, password: &str) -> String {
    let mut client = server.connect(143);
    client.line();
    let user = user.replace('\\', "\\\\");
    let said = client.imap("a", &format!("LOGIN \"{user}\" \"{password}\"")).pop().unwrap();
    let code = said.split(['[', ']']).nth(1).unwrap_or_default().to_owned();
    match code.as_str() {
        _ if said.starts_with("a OK") => "OK".to_owned(),
        "AUTHENTICATIONFAILED" => "AUTH".to_owned(),
        "UNAVAILABLE" => "TEMP".to_owned(),
        _ => said,
    }
}

fn pop3(server: &TestServer, user: &str, password: &str) -> String {
    let mut client = server.connect(110);
    client.line();
    client.ask(&format!("USER {user}"));
    let said = client.ask(&format!("PASS {password}"));
    match said.split(['[', ']']).nth(1) {
        _ if said.starts_with("+OK") => "OK".to_owned(),
        Some("AUTH") => "AUTH".to_owned(),
        Some("SYS/TEMP") => "TEMP".to_owned(),
        _ => said,
    }
}

/// The JSON API: 401 or 503; 404 is for whoever is known and may not do what was asked, which is not there for them.
fn https(server: &TestServer, user: &str, password: &str) -> String {
    let url = format!("https://{}/api/v1/cmdlets/Get-Mailbox", server.address(443));
    let user = format!("{user}:{password}");
    let words = [
        "-sk",
        "-o",
        "/dev/null",
        "-w",
        "%{http_code}",
        "-u",
        &user,
        "-H",
        "Content-Type: application/json",
        "-d",
        "{}",
        &url,
    ];
    let code = String::from_utf8(Command::new("curl").args(words).output().unwrap().stdout).unwrap();
    match code.as_str() {
        "200" | "404" => "OK".to_owned(),
        "401" => "AUTH".to_owned(),
        "503" => "TEMP".to_owned(),
        _ => code,
    }
}

fn all(word: &str) -> Vec<String> {
    DOORS.iter().map(|(name, _)| format!("{name} {word}")).collect()
}

fn credential(name: &str, password: &str) -> String {
    format!(
        "(New-Object System.Management.Automation.PSCredential '{name}', (ConvertTo-SecureString '{password}' -AsPlainText -Force))"
    )
}

/// Nothing is remembered, so that each log-on asks.
fn forgetful() -> Options {
    Options {
        config: "[limits]\nremember_foreign_logon_minutes = 0\nlogon_failures = 1000\n".to_owned(),
        ..Options::default()
    }
}

fn metric(server: &TestServer, name: &str) -> f64 {
    let url = format!("http://{}/metrics", server.address(9090));
    let page = Command::new("curl").args(["-sS", &url]).output().unwrap().stdout;
    let page = String::from_utf8(page).unwrap();
    let line = page.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap_or_else(|| panic!("no {name} in {page}")).trim().parse().unwrap()
}

/// The trust in the OpenLDAP directory.
fn trust_litware(server: &TestServer, slapd: &Slapd, first: &str) {
    let (_, tls) = slapd.ports();
    let authority = slapd.authority();
    let addresses = if first.is_empty() { "127.0.0.1" } else { "127.0.0.1, 127.0.0.1" };
    server.ps(&format!(
        "New-ADTrust litware.test -DomainController {first}ldaps://ldap.litware.test:{tls} -Address {addresses} \
         -CertificateAuthority '{}' | Out-Null",
        authority.display()
    ));
}

fn link(server: &TestServer, name: &str, account: &str) {
    server.ps(&format!(
        "New-Mailbox {name} -LinkedMasterAccount '{account}' -LinkedDomainController ldap.litware.test | Out-Null"
    ));
}

#[test]
fn the_owner_of_a_linked_mailbox_logs_on_with_the_password_of_active_directory() {
    let user = |name, display, state| ForeignUser { name, display, state };
    let mut samba = Samba::start(
        "fabrikam.test",
        "FabrikamDC01",
        &[
            user("ann", "Ann Berg", ForeignState::Good),
            user("ben", "Ben Gray", ForeignState::Good),
            user("carol", "Carol Diaz", ForeignState::Disabled),
            user("dave", "Dave Fox", ForeignState::MustChange),
            user("erin", "Erin Hall", ForeignState::Expired),
            user("frank", "Same Name", ForeignState::Good),
            user("gina", "Same Name", ForeignState::Good),
        ],
    );
    let server = TestServer::start_with(BINARY, forgetful());
    let (address, authority) = (samba.address(), samba.authority());
    server.ps(&format!(
        "New-ADTrust -Name fabrikam.test -NetBiosName FABRIKAM -DomainController {} -Address {address} \
         -CertificateAuthority '{}' | Out-Null",
        samba.host(),
        authority.display()
    ));

    // Nobody may look without a credential in Active Directory; with one, every form of a name is found.
    let refused = server
        .shell("New-Mailbox ann -LinkedMasterAccount FABRIKAM\\ann -LinkedDomainController FabrikamDC01");
    assert!(refused.err.contains("LinkedCredential"), "{refused:?}");
    let asked = credential("FABRIKAM\\svc-mail", "Svc-Passw0rd");
    server.ps(&format!(
        "New-Mailbox ann -LinkedMasterAccount ann@fabrikam.test -LinkedDomainController FabrikamDC01 -LinkedCredential {asked} | Out-Null"
    ));
    let seen = server.ps("Get-Mailbox ann | ForEach-Object { \"$($_.RecipientTypeDetails) $($_.LinkedMasterAccount) $($_.IsLinked) $($_.AccountDisabled)\" }");
    assert_eq!(seen.trim(), "LinkedMailbox FABRIKAM\\ann True True");

    // A one-way trust without a credential: the account itself is asked behind its own bind.
    assert_eq!(doors(&server, "ann@contoso.com", "Passw0rd-ann"), all("OK"));
    assert_eq!(doors(&server, "ann@contoso.com", "wrong"), all("AUTH"));
    assert_eq!(imap(&server, "ann@contoso.com", ""), "AUTH", "an empty password is nobody's");
    assert_eq!(https(&server, "ann@contoso.com", ""), "AUTH");
    for name in ["ann", "FABRIKAM\\ann", "ann@fabrikam.test", "CONTOSO\\ann"] {
        assert_eq!(imap(&server, name, "Passw0rd-ann"), "OK", "{name}");
    }

    // The password of the credential is sealed, and shown nowhere.
    server.ps(&format!("Set-ADTrust fabrikam.test -Credential {asked}"));
    let shown = server.ps("Get-ADTrust fabrikam.test | Format-List *; Search-AdminAuditLog | ForEach-Object { $_.CmdletParameters; $_.ModifiedProperties } | Out-String");
    assert!(shown.contains("FABRIKAM\\svc-mail") && !shown.contains("Svc-Passw0rd"), "{shown}");
    let kept = std::fs::read(server.data().join("directory.db")).unwrap();
    assert!(!kept.windows(12).any(|window| window == b"Svc-Passw0rd"), "it lies in the directory in clear");

    let steps = server.ps("Test-ADTrust fabrikam.test | ForEach-Object { \"$($_.Test) $($_.Result)\" }");
    assert_eq!(
        steps.lines().collect::<Vec<_>>(),
        ["Name Passed", "Connect Passed", "TLS Passed", "Bind Passed", "Search Passed"]
    );

    let guid = server.ps("(Get-User ann).MasterAccountSid");
    assert!(guid.trim().starts_with("S-1-5-21-"), "{guid}");
    for (alias, named) in [
        ("ben", "Ben Gray"),
        ("carol", "CN=carol,OU=Staff,DC=fabrikam,DC=test"),
        ("dave", "fabrikam.test/Staff/dave"),
        ("erin", "FABRIKAM\\erin"),
    ] {
        server.ps(&format!(
            "New-Mailbox {alias} -LinkedMasterAccount '{named}' -LinkedDomainController {} | Out-Null",
            samba.host()
        ));
        let owner = server.ps(&format!("(Get-Mailbox {alias}).LinkedMasterAccount"));
        assert_eq!(owner.trim(), format!("FABRIKAM\\{alias}"));
    }

    // Names that mean nobody, several, or try to be more than a name.
    for (named, id) in [
        ("nobody", "ForeignAccountNotFound"),
        ("S-1-5-21-1-2-3-4", "ForeignAccountNotFound"),
        ("Same Name", "ManagementObjectAmbiguousException"),
        ("*", "ForeignAccountNotFound"),
        ("ann)(objectClass=*", "ForeignAccountNotFound"),
        ("FABRIKAM\\*", "ForeignAccountNotFound"),
        ("CN=nobody,DC=fabrikam,DC=test", "ForeignAccountNotFound"),
        ("CN=Staff\\", "ForeignAccountNotFound"),
        ("CONTOSO\\ann", "ForeignAccountNameInvalid"),
        ("ann", "LinkedMasterAccountInUse"),
    ] {
        let said = server.shell(&format!(
            "try {{ New-Mailbox nix -LinkedMasterAccount '{named}' -LinkedDomainController FabrikamDC01 -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}; Get-Mailbox nix -ErrorAction SilentlyContinue"
        ));
        assert_eq!(said.out.split([',', '\n']).next().unwrap_or_default().trim(), id, "{named}: {said:?}");
    }

    // The refusals are told apart in the log, and look alike from outside.
    for (user, password, why) in [
        ("ben", "wrong", "LogonFailed"),
        ("carol", "Passw0rd-carol", "AccountDisabled"),
        ("dave", "Passw0rd-dave", "PasswordMustChange"),
        ("erin", "Passw0rd-erin", "AccountExpired"),
    ] {
        assert_eq!(doors(&server, user, password), all("AUTH"), "{user}");
        server.logged(&format!("account=\"{user}\" why=\"{why}\""));
    }
    assert_eq!(doors(&server, "ben", "Passw0rd-ben"), all("OK"));
    samba.tool("domain passwordsettings set --account-lockout-threshold=3");
    for _ in 0..3 {
        assert_eq!(imap(&server, "ben", "guess"), "AUTH");
    }
    assert_eq!(doors(&server, "ben", "Passw0rd-ben"), all("AUTH"));
    server.logged("account=\"ben\" why=\"AccountLocked\"");
    samba.tool("user disable ann");
    assert_eq!(doors(&server, "ann", "Passw0rd-ann"), all("AUTH"), "nothing is remembered");
    samba.tool("user enable ann");
    // The name is somebody else's by now: the mailbox belongs to the identifier.
    samba.tool("user delete ann");
    samba.tool("user create ann Passw0rd-ann");
    assert_eq!(doors(&server, "ann", "Passw0rd-ann"), all("AUTH"));
    server.logged("account=\"ann\" why=\"ForeignAccountNotFound\"");

    // Nobody answers: a temporary failure, and no wrong password.
    server.ps("New-Mailbox gina -LinkedMasterAccount gina -LinkedDomainController FabrikamDC01 | Out-Null");
    assert_eq!(doors(&server, "gina", "Passw0rd-gina"), all("OK"));
    samba.stop();
    assert_eq!(doors(&server, "gina", "Passw0rd-gina"), all("TEMP"));
    let said = server.shell("New-Mailbox nix -LinkedMasterAccount ben -LinkedDomainController FabrikamDC01");
    assert!(said.err.contains("cannot be asked"), "{said:?}");
    samba.run();
    let until = Instant::now() + Duration::from_secs(30);
    while imap(&server, "gina", "Passw0rd-gina") != "OK" {
        assert!(Instant::now() < until, "{}", server.log());
    }
}

#[test]
fn an_openldap_directory_decides_and_is_remembered_for_a_while() {
    let mut entries: Vec<Entry> =
        [("ann", 1101), ("ben", 1102), ("carol", 1103), ("dave", 1104), ("eve", 1105)]
            .map(|(name, number)| Entry::of(name, number))
            .into();
    entries[2].more = "userAccountControl: 514\n".to_owned();
    let mut slapd = Slapd::start(&entries);
    slapd.modify("dn: cn=dave,dc=litware,dc=test\nchangetype: modify\nadd: pwdReset\npwdReset: TRUE\n");
    let options = Options { config: "[limits]\nlogon_failures = 1000\n".to_owned(), ..Options::default() };
    let server = TestServer::start_with(BINARY, options);
    server.mailbox("local");
    trust_litware(&server, &slapd, "");
    for name in ["ann", "ben", "carol", "dave"] {
        link(&server, name, &format!("LITWARE\\{name}"));
    }
    assert_eq!(doors(&server, "ann", "Passw0rd-ann"), all("OK"));
    assert_eq!(doors(&server, "carol", "Passw0rd-carol"), all("AUTH"));
    server.logged("account=\"carol\" why=\"AccountDisabled\"");
    assert_eq!(doors(&server, "dave", "Passw0rd-dave"), all("AUTH"));
    server.logged("account=\"dave\" why=\"PasswordMustChange\"");
    for _ in 0..3 {
        assert_eq!(imap(&server, "ben", "guess"), "AUTH");
    }
    assert_eq!(doors(&server, "ben", "Passw0rd-ben"), all("AUTH"));
    server.logged("account=\"ben\" why=\"AccountLocked\"");

    // What was proved is remembered, what was refused is not; a change of the account or the trust ends it.
    assert!(metric(&server, "mailstead_logons_total{result=\"remembered\"} ") >= 2.0);
    slapd.stop();
    assert_eq!(doors(&server, "ann", "Passw0rd-ann"), all("OK"));
    assert_eq!(doors(&server, "ann", "wrong"), all("TEMP"), "only the directory could say that it is wrong");
    // A directory that is gone half-way leaves nothing half-done.
    let late = "New-Mailbox late -LinkedMasterAccount LITWARE\\eve -LinkedDomainController ldap.litware.test -ErrorAction Stop";
    let said = server.shell(&format!("try {{ {late} }} catch {{ $_.FullyQualifiedErrorId }}; Get-User late -ErrorAction SilentlyContinue; (Get-MailboxStatistics -Database 'Mailbox Database' | where {{ $_.DisplayName -eq 'late' }}).Count"));
    assert_eq!(
        said.out.split_whitespace().collect::<Vec<_>>(),
        ["ForestUnreachable,New-Mailbox", "0"],
        "{said:?}"
    );
    assert_eq!(doors(&server, "local", server.password()), all("OK"));
    server.ps("Set-ADTrust litware.test -BaseDN 'dc=litware,dc=test'");
    assert_eq!(doors(&server, "ann", "Passw0rd-ann"), all("TEMP"));
    slapd.run();
    let until = Instant::now() + Duration::from_secs(30);
    while imap(&server, "ann", "Passw0rd-ann") != "OK" {
        assert!(Instant::now() < until, "{}", server.log());
    }
    // Linked to another account: the old one's password is nothing any more, and an open session ends.
    let mut open = server.connect(143);
    open.line();
    open.imap("a", "LOGIN ann \"Passw0rd-ann\"");
    server.ps("Set-Mailbox ann -LinkedMasterAccount LITWARE\\eve");
    assert!(open.line().starts_with("* BYE"), "the session of the old owner ends");
    assert_eq!(imap(&server, "ann", "Passw0rd-ann"), "AUTH");
    assert_eq!(doors(&server, "ann", "Passw0rd-eve"), all("OK"));
    // A connection that was kept from the last question and has ended since is nobody's failure.
    server.ps("Set-Mailbox ben -LinkedMasterAccount LITWARE\\ben");
    slapd.stop();
    slapd.run();
    server.ps("Set-Mailbox ben -LinkedMasterAccount LITWARE\\ben -ErrorAction Stop");
}

#[test]
fn a_slow_controller_holds_up_nobody_else() {
    let slapd = Slapd::start(&[Entry::of("ann", 1101)]);
    // The first controller takes connections and says nothing.
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let server = TestServer::start_with(BINARY, forgetful());
    server.mailbox("local");
    let first = format!("ldaps://ldap.litware.test:{}, ", silent.local_addr().unwrap().port());
    trust_litware(&server, &slapd, &first);
    link(&server, "ann", "ann");
    let waiting = std::thread::scope(|scope| {
        slapd.freeze(true);
        let waiting: Vec<_> = (0..20).map(|_| scope.spawn(|| imap(&server, "ann", "Passw0rd-ann"))).collect();
        let begun = Instant::now();
        for _ in 0..10 {
            assert_eq!(imap(&server, "local", server.password()), "OK");
        }
        assert!(begun.elapsed() < Duration::from_secs(5), "local accounts waited {:?}", begun.elapsed());
        let said: Vec<String> = waiting.into_iter().map(|one| one.join().unwrap()).collect();
        slapd.freeze(false);
        said
    });
    assert!(waiting.iter().all(|said| said == "TEMP"), "{waiting:?}");
    let until = Instant::now() + Duration::from_secs(60);
    while imap(&server, "ann", "Passw0rd-ann") != "OK" {
        assert!(Instant::now() < until, "{}", server.log());
    }
    let log = server.log();
    assert!(!log.contains("account=\"ann\" why=\"LogonFailed\""), "never a wrong password: {log}");
}

#[test]
fn a_trust_says_what_is_wrong_with_it() {
    let slapd = Slapd::start(&[Entry::of("ann", 1101)]);
    let (plain, tls) = slapd.ports();
    let server = TestServer::start(BINARY);
    let authority = slapd.authority().display().to_string();
    let other = testkit::Authority::make(&server.folder().join("other")).certificate().display().to_string();
    let failing = |words: &str| {
        server.ps(&format!("New-ADTrust litware.test {words} | Out-Null"));
        let said = server
            .ps("Test-ADTrust litware.test | ForEach-Object { \"$($_.Test) $($_.Result) $($_.Error)\" }");
        server.ps("Remove-ADTrust litware.test -Confirm:$false");
        let failed = said.lines().find(|line| line.contains(" Failed ")).unwrap_or_default().to_owned();
        assert!(said.lines().count() == 5 && !said.contains("secret"), "{said}");
        failed
    };
    let at = |authority: &str| format!("-Address 127.0.0.1 -CertificateAuthority '{authority}'");
    let good = at(&authority);
    let admin = |password| format!("-Credential {}", credential("cn=admin,dc=litware,dc=test", password));
    for (words, failed) in [
        (format!("-DomainController ldaps://ldap.litware.test:{tls} {good}"), ""),
        (format!("-DomainController ldap://ldap.litware.test:{plain} {good}"), ""),
        (format!("-DomainController ldap://ldap.litware.test:{plain} {good} {}", admin("secret")), ""),
        (
            format!("-DomainController ldaps://nowhere.invalid:{tls} -CertificateAuthority '{authority}'"),
            "Name",
        ),
        (format!("-DomainController ldaps://ldap.litware.test:1 {good}"), "Connect"),
        (format!("-DomainController ldaps://other.litware.test:{tls} {good}"), "TLS"),
        (format!("-DomainController ldaps://ldap.litware.test:{tls} {}", at(&other)), "TLS"),
        (format!("-DomainController ldaps://ldap.litware.test:{tls} -Address 127.0.0.1"), "TLS"),
        (format!("-DomainController ldap://ldap.litware.test:{plain} {good} {}", admin("wrong")), "Bind"),
        (format!("-DomainController ldap://ldap.litware.test:{plain} {good} -BaseDN 'dc=nowhere'"), "Search"),
    ] {
        assert_eq!(failing(&words).split(' ').next().unwrap_or_default(), failed, "{words}");
    }
    for (words, id) in [
        ("New-ADTrust 'not a domain' -DomainController dc1", "DomainNameInvalid"),
        ("New-ADTrust x.test -DomainController 'dc 1'", "ControllerNameInvalid"),
        ("New-ADTrust x.test -DomainController http://dc1", "ControllerNameInvalid"),
        ("New-ADTrust x.test -DomainController dc1 -Address 1.2.3.4, 1.2.3.5", "InvalidValue"),
        ("New-ADTrust x.test -DomainController dc1 -Address nowhere", "InvalidValue"),
        ("New-ADTrust x.test -DomainController dc1 -CertificateAuthority /nowhere", "FileNotFound"),
        (
            "New-ADTrust x.test -DomainController dc1 -CertificateAuthority /etc/passwd",
            "CertificateUnreadable",
        ),
        ("New-ADTrust x.test -DomainController dc1 -NetBiosName 'A B'", "InvalidValue"),
        ("Set-ADTrust nowhere.test -DomainController dc1", "ManagementObjectNotFoundException"),
    ] {
        let said = server
            .shell(&format!("try {{ {words} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}"));
        assert_eq!(said.out.split(',').next().unwrap_or_default().trim(), id, "{words}: {said:?}");
    }
    assert_eq!(server.ps("@(Get-ADTrust -Filter *).Count").trim(), "0", "refused trusts leave nothing");
}
