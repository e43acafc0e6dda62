//! Clients that know an address and a password find everything else: Autodiscover in its forms, and autoconfig.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::process::Command;
use testkit::{Authority, Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";
const MOBILE: &str = "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

/// Ann, who may open Sales and Carla's mailbox, and Ben.
fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben", "carla"].iter().for_each(|name| server.mailbox(name));
    server.ps("New-Mailbox -Shared -Name sales | Out-Null; Set-Mailbox sales -DisplayName 'Sales & <Team>'");
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    server
        .ps("Add-MailboxPermission carla -User ann -AccessRights FullAccess -AutoMapping $false | Out-Null");
    server
}

/// What curl prints with these arguments: the body, then the status.
fn curl(server: &TestServer, path: &str, more: &[&str]) -> String {
    let url = format!("https://localhost:{}{path}", server.port(443));
    let output =
        Command::new("curl").args(["-sSk", "-w", "\n%{http_code}", &url]).args(more).output().unwrap();
    String::from_utf8([output.stdout, output.stderr].concat()).unwrap()
}

fn post(server: &TestServer, user: &str, path: &str, body: &str) -> String {
    let (user, kind) = (format!("{user}:{}", server.password()), "Content-Type: text/xml; charset=utf-8");
    curl(server, path, &["-u", &user, "-H", kind, "--data-binary", body])
}

fn pox(server: &TestServer, user: &str, about: &str, schema: &str) -> String {
    let body = format!(
        "<?xml version=\"1.0\"?><Autodiscover xmlns=\"http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006\">\
         <Request><EMailAddress>{about}</EMailAddress><AcceptableResponseSchema>{schema}</AcceptableResponseSchema></Request></Autodiscover>"
    );
    post(server, user, "/Autodiscover/Autodiscover.xml", &body)
}

/// What somebody's own settings are over SOAP.
fn settings(server: &TestServer, who: &str) -> String {
    let body = format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><GetUserSettingsRequestMessage><Request><Users><User><Mailbox>{who}@contoso.com</Mailbox></User></Users><RequestedSettings><Setting>AlternateMailboxes</Setting><Setting>ExternalEwsUrl</Setting></RequestedSettings></Request></GetUserSettingsRequestMessage></s:Body></s:Envelope>"
    );
    post(server, who, "/autodiscover/autodiscover.svc", &body)
}

#[test]
fn a_desktop_finds_its_account_and_the_mailboxes_that_are_mapped() {
    let server = house();
    let said = pox(&server, "ann@contoso.com", "ann@contoso.com", OUTLOOK);
    for part in [
        "<DisplayName>ann</DisplayName>",
        "<AutoDiscoverSMTPAddress>ann@contoso.com</AutoDiscoverSMTPAddress>",
        "<Type>IMAP</Type><Server>",
        &format!("<Port>{}</Port>", server.port(993)),
        &format!("<Port>{}</Port>", server.port(465)),
        "<AlternativeMailbox><Type>Delegate</Type><DisplayName>Sales &amp; &lt;Team&gt;</DisplayName><SmtpAddress>sales@contoso.com</SmtpAddress>",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    // What is not mapped and what is not served is not told.
    for part in ["carla", "EwsUrl", "<Type>EXCH</Type>", "ActiveSync"] {
        assert!(!said.contains(part), "{part} is in {said}");
    }
    assert!(
        pox(&server, "ann", "Ann+list@CONTOSO.com", OUTLOOK)
            .contains("<AutoDiscoverSMTPAddress>ann@contoso.com<")
    );
    // A mailbox that one may open answers for itself, and for nothing else.
    let sales = pox(&server, "ann", "sales@contoso.com", OUTLOOK);
    assert!(
        sales.contains("<AutoDiscoverSMTPAddress>sales@contoso.com<")
            && !sales.contains("AlternativeMailbox"),
        "{sales}"
    );
    for (user, about) in [
        ("ben", "sales@contoso.com"),
        ("ben", "ann@contoso.com"),
        ("ann", "nobody@contoso.com"),
        ("ann", "*"),
        ("ann", "(cn=*)"),
    ] {
        let said = pox(&server, user, about, OUTLOOK);
        assert!(
            said.contains("<ErrorCode>500</ErrorCode>") && said.ends_with("\n200"),
            "{user} about {about}: {said}"
        );
    }
    // The list follows the rights.
    server.ps("Remove-MailboxPermission sales -User ann -AccessRights FullAccess -Confirm:$false");
    assert!(!pox(&server, "ann", "ann@contoso.com", OUTLOOK).contains("AlternativeMailbox"));
}

/// A link outlives a denial, and tells nobody to open what they may not.
#[test]
fn whoever_is_denied_a_mailbox_does_not_find_it() {
    let server = house();
    server.ps("New-DistributionGroup Team -Type Security -Members ben | Out-Null");
    server
        .ps("Add-MailboxPermission sales -User Team -AccessRights FullAccess -AutoMapping $true | Out-Null");
    let finds = |who: &str| {
        let listed = pox(&server, who, &format!("{who}@contoso.com"), OUTLOOK);
        let soap = settings(&server, who);
        let (pox, soap) = (listed.contains("sales@contoso.com"), soap.contains("sales@contoso.com"));
        assert_eq!(pox, soap, "{who}: {listed}");
        pox
    };
    assert!(finds("ann") && finds("ben"));
    for (trustee, who) in [("ann", "ann"), ("ben", "ben"), ("Team", "ben")] {
        server.ps(&format!(
            "Add-MailboxPermission sales -User {trustee} -AccessRights FullAccess -Deny | Out-Null"
        ));
        assert!(!finds(who), "{trustee} is denied");
        server.ps(&format!(
            "Remove-MailboxPermission sales -User {trustee} -AccessRights FullAccess -Deny -Confirm:$false"
        ));
        assert!(finds(who), "{trustee} is denied no longer");
    }
    // One of its folders is something to open.
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess -Deny | Out-Null");
    server.ps("Add-MailboxFolderPermission sales:\\Inbox -User ann -AccessRights Reviewer | Out-Null");
    assert!(finds("ann"));
}

#[test]
fn phones_and_odd_requests_are_answered_in_their_form() {
    let server = house();
    let phone = pox(&server, "ann", "ann@contoso.com", MOBILE);
    assert!(
        phone.contains("<EMailAddress>ann@contoso.com</EMailAddress>")
            && phone.contains("<Status>2</Status>"),
        "{phone}"
    );
    assert!(pox(&server, "ann", "ann@contoso.com", "urn:other").contains("<ErrorCode>601</ErrorCode>"));
    let bomb = "<!DOCTYPE x [<!ENTITY a \"b\"><!ENTITY c SYSTEM \"file:///etc/passwd\">]><Autodiscover><Request><EMailAddress>&c;</EMailAddress></Request></Autodiscover>";
    for body in [bomb, "hello", "<Autodiscover/>", "<a>"] {
        let said = post(&server, "ann", "/autodiscover/autodiscover.xml", body);
        assert!(said.contains("<ErrorCode>600</ErrorCode>") && !said.contains("root:"), "{body}: {said}");
    }
    let forged = pox(&server, "ann", "x</EMailAddress><EMailAddress>ben@contoso.com", OUTLOOK);
    assert!(!forged.contains("ben@contoso.com"), "{forged}");
    // Nobody is told anything without a log-on.
    let nobody = curl(
        &server,
        "/autodiscover/autodiscover.xml",
        &["-i", "-X", "POST", "-H", "Content-Type: text/xml", "--data", "<a/>"],
    );
    assert!(nobody.to_lowercase().contains("www-authenticate: basic") && nobody.ends_with("401"), "{nobody}");
    let shared = post(&server, "sales", "/autodiscover/autodiscover.xml", "<a/>");
    assert!(shared.ends_with("401"), "{shared}");
    let json =
        curl(&server, "/autodiscover/autodiscover.json?Email=ann%40contoso.com&Protocol=autodiscoverv1", &[]);
    assert!(json.contains("\"Protocol\":\"AutodiscoverV1\"") && json.ends_with("200"), "{json}");
    let ews = curl(&server, "/autodiscover/autodiscover.json/v1.0/nobody@contoso.com?Protocol=Ews", &[]);
    assert!(ews.contains("ProtocolNotSupported") && ews.ends_with("400"), "{ews}");
    let http = format!("http://127.0.0.1:{}/autodiscover/autodiscover.xml", server.port(80));
    let led = Command::new("curl").args(["-sS", "-i", &http]).output().unwrap();
    let led = String::from_utf8(led.stdout).unwrap();
    assert!(led.starts_with("HTTP/1.1 302") && led.contains("https://127.0.0.1"), "{led}");
}

#[test]
fn thunderbird_reads_its_configuration() {
    let server = house();
    for path in [
        "/mail/config-v1.1.xml?emailaddress=ann%40contoso.com",
        "/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=nobody@contoso.com",
        "/mail/config-v1.1.xml",
    ] {
        let said = curl(&server, path, &[]);
        let body = said.trim_end_matches("\n200");
        let script = "import sys, xml.etree.ElementTree as xml\n\
             root = xml.fromstring(sys.stdin.buffer.read())\n\
             for server in root.find('emailProvider'):\n\
             \x20   if server.tag.endswith('Server'): print(server.tag, server.get('type'), server.find('port').text, server.find('socketType').text, server.find('username').text)\n";
        let mut python = Command::new("python3")
            .args(["-c", script])
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut python.stdin.take().unwrap(), body.as_bytes()).unwrap();
        let read = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
        let expected = format!(
            "incomingServer imap {} SSL %EMAILADDRESS%\nincomingServer pop3 {} SSL %EMAILADDRESS%\noutgoingServer smtp {} SSL %EMAILADDRESS%\n",
            server.port(993),
            server.port(995),
            server.port(465)
        );
        assert_eq!(read, expected, "{path}: {said}");
    }
    assert!(curl(&server, "/mail/config-v1.1.xml?emailaddress=a@other.example", &[]).ends_with("404"));
    let said = curl(&server, "/mail/config-v1.1.xml?emailaddress=ann%40contoso.com", &["-i"]);
    assert!(said.to_lowercase().contains("\r\ncontent-type: text/xml"), "{said}");
    keeps_the_rules(said.split("\r\n\r\n").nth(1).unwrap().trim_end_matches("\n200"));
}

/// What Thunderbird's description of the format asks for, element by element.
fn keeps_the_rules(document: &str) {
    let rules = "import sys, xml.etree.ElementTree as xml\n\
         root = xml.fromstring(sys.argv[1])\n\
         assert (root.tag, root.get('version')) == ('clientConfig', '1.1')\n\
         provider, = root.findall('emailProvider')\n\
         assert provider.get('id') and provider.find('domain').text == 'contoso.com'\n\
         assert provider.find('displayName').text and len(provider.find('displayShortName').text) <= 40\n\
         order = [one.tag for one in provider]\n\
         assert order == sorted(order, key=['domain', 'displayName', 'displayShortName', 'incomingServer', 'outgoingServer'].index)\n\
         for server in provider.findall('incomingServer') + provider.findall('outgoingServer'):\n\
         \x20   assert server.get('type') in (['smtp'] if server.tag == 'outgoingServer' else ['imap', 'pop3'])\n\
         \x20   one = {part.tag: part.text for part in server}\n\
         \x20   assert len(one) == len(server) and 0 < int(one['port']) < 65536 and one['hostname'].strip('.') == one['hostname']\n\
         \x20   assert one['socketType'] in ['plain', 'SSL', 'STARTTLS']\n\
         \x20   assert one['authentication'] in ['password-cleartext', 'password-encrypted', 'NTLM', 'GSSAPI', 'OAuth2', 'none']\n\
         \x20   assert one['username'] in ['%EMAILADDRESS%', '%EMAILLOCALPART%']\n\
         print('kept')\n";
    let output = Command::new("python3").args(["-c", rules, document]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    assert_eq!(String::from_utf8_lossy(&said), "kept\n", "{document}");
}

#[test]
fn exchangelib_finds_the_account_and_its_other_mailboxes() {
    let server = house();
    let script = format!(
        "import logging\n\
         from exchangelib import Credentials, Configuration\n\
         from exchangelib.protocol import BaseProtocol, NoVerifyHTTPAdapter\n\
         from exchangelib.autodiscover.protocol import AutodiscoverProtocol\n\
         BaseProtocol.HTTP_ADAPTER_CLS = NoVerifyHTTPAdapter\n\
         config = Configuration(service_endpoint='https://localhost:{}/autodiscover/autodiscover.svc', credentials=Credentials('ann@contoso.com', '{}'))\n\
         found = AutodiscoverProtocol(config=config).get_user_settings(user='ann@contoso.com')\n\
         found.raise_errors()\n\
         print(found.autodiscover_smtp_address, found.user_settings['user_display_name'], 'alternate_mailboxes' in found.user_settings, found.ews_url)\n\
         other = AutodiscoverProtocol(config=config).get_user_settings(user='ben@contoso.com', settings=['user_dn'])\n\
         print(other.error_code)\n",
        server.port(443),
        server.password()
    );
    let output = Command::new("python3").args(["-W", "ignore", "-c", &script]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said, "ann@contoso.com ann True None\nInvalidUser\n", "{why}");
    let said = settings(&server, "ann");
    for part in [
        "<AlternateMailbox><Type>Delegate</Type>",
        "<SmtpAddress>sales@contoso.com</SmtpAddress>",
        "<SettingName>ExternalEwsUrl</SettingName>",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    let wrong = post(&server, "ann", "/autodiscover/autodiscover.svc", "<!DOCTYPE a><a/>");
    assert!(wrong.contains("<ErrorCode>InvalidRequest</ErrorCode>"), "{wrong}");
}

/// Whoever knows an address and a password finds the rest by names alone, by each way that there is.
#[test]
fn exchangelibs_discovery_finds_the_service_and_all_mailboxes() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::make(&folder.path().join("ca"));
    let (certificate, key) =
        authority.issue("DNS:autodiscover.contoso.com,DNS:mail.contoso.com,DNS:localhost");
    let config = format!("[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n", certificate.display(), key.display());
    let server = TestServer::start_with(BINARY, Options { config, ..Options::default() });
    server.mailbox("ann");
    server.ps("New-Mailbox -Shared sales | Out-Null; Enable-Mailbox ann -Archive | Out-Null");
    server.ps("Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    let discover = |password: &str, names: &str, srv: &str| {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/discover.py");
        let mut python = Command::new("python3");
        python.args(["-W", "ignore", script, &server.port(443).to_string(), password]);
        // The library keeps what it found in a file there, for other runs too.
        let kept = tempfile::tempdir_in(folder.path()).unwrap();
        python.env("TMPDIR", kept.path());
        let output = python.arg(authority.certificate()).args([names, srv]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    let all = "Delegate sales sales@contoso.com\nArchive In-Place Archive -ann ann@contoso.com\n";
    let own = "autodiscover.contoso.com/autodiscover/autodiscover.svc\nann@contoso.com ann\n";
    let at = |place: &str| format!("{all}https://{place}");
    assert_eq!(discover(server.password(), "autodiscover.contoso.com", ""), at(own));
    let by_srv = "mail.contoso.com/autodiscover/autodiscover.svc\nann@contoso.com ann\n";
    assert_eq!(discover(server.password(), "mail.contoso.com", "0 0 443 mail.contoso.com."), at(by_srv));
    assert_eq!(discover("wrong", "autodiscover.contoso.com", ""), "UnauthorizedError\n");
    assert_eq!(discover(server.password(), "elsewhere.example", ""), "AutoDiscoverFailed\n");
}

/// The program itself: a new profile, an address and a password.
#[test]
#[ignore = "needs thunderbird and certutil on the path; cargo xtask nightly"]
fn thunderbird_sets_itself_up() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::make(&folder.path().join("ca"));
    let (certificate, key) = authority.issue("DNS:mail.contoso.com,DNS:autoconfig.contoso.com");
    let config = format!(
        "[server]\nname = \"mail.contoso.com\"\n[tls]\ncertificate = \"{}\"\nkey = \"{}\"\n",
        certificate.display(),
        key.display()
    );
    let server = TestServer::start_with(BINARY, Options { config, ..Options::default() });
    server.mailbox("ann");
    server.ps("Set-User ann -Phone '+49 30 1234'
         New-Mailbox -Shared -Name 'M\u{fc}ller, Jane' -Alias jane | Out-Null");
    server.ps("New-Mailbox -Shared sales | Out-Null; Add-MailboxPermission sales -User ann -AccessRights FullAccess | Out-Null");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/thunderbird.py");
    let output = Command::new("python3")
        .args([script, &server.port(443).to_string()])
        .arg(authority.certificate())
        .args(["ann@contoso.com", server.password()])
        .arg(format!("ldaps://mail.contoso.com:{}/DC=contoso,DC=com??sub?(objectclass=*)", server.port(636)))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let (ann, jane, sales) = (
        "ann | ann@contoso.com | +49 30 1234",
        "M\u{fc}ller, Jane | jane@contoso.com | -",
        "sales | sales@contoso.com | -",
    );
    for line in [
        format!("found by\tsale:\t{sales}"),
        format!("found by\tm\u{fc}ll jane:\t{jane}"),
        format!("found by\tcontoso.com:\t{jane}\t{ann}\t{sales}"),
        "found by\tnobody:".to_owned(),
    ] {
        assert!(said.lines().any(|one| one == line), "{line} is not in {said}");
    }
    for line in [
        format!("configured: imap mail.contoso.com {} 3 3 ann@contoso.com", server.port(993)),
        format!("configured: pop3 mail.contoso.com {} 3 3 ann@contoso.com", server.port(995)),
        format!("configured: smtp mail.contoso.com {} 3 3 ann@contoso.com", server.port(465)),
        "folder: Sent Items".to_owned(),
        "folder: Shared/sales/INBOX".to_owned(),
        "sent: Gr\u{fc}\u{df}e an mich".to_owned(),
        "inbox: Gr\u{fc}\u{df}e an mich".to_owned(),
    ] {
        assert!(said.lines().any(|one| one == line), "{line} is not in {said}");
    }
}
