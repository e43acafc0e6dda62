//! The server's certificates: made, asked for, brought in, shown by services, kept over a restart, taken away.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::path::Path;
use std::process::{Command, Stdio};
use testkit::{Options, TestServer};

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");

/// Whose certificate a service shows, as `openssl` reads it.
fn shown(server: &TestServer, port: u16, words: &[&str]) -> String {
    let address = server.address(port).to_string();
    let client = Command::new("openssl")
        .args(["s_client", "-connect", &address])
        .args(words)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&client.stdout).into_owned();
    let subject = said.lines().find_map(|line| line.strip_prefix("subject="));
    subject.unwrap_or_else(|| panic!("{said}")).replace("CN = ", "").replace("CN=", "").trim().to_owned()
}

fn openssl(folder: &Path, words: &str) {
    let output = Command::new("openssl").args(words.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl {words}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The first word of the error that a line ends with.
fn refused(server: &TestServer, line: &str) -> String {
    let said = server.ps(&format!("try {{ {line} -ErrorAction Stop }} catch {{ $_.FullyQualifiedErrorId }}"));
    said.trim().split(',').next().unwrap_or_default().to_owned()
}

#[test]
fn services_show_what_was_enabled_for_them() {
    let mut server = TestServer::start(BINARY);
    let own = shown(&server, 993, &[]);
    server.ps(
        "$one = New-ExchangeCertificate -DomainName mail.contoso.com, imap.contoso.com -FriendlyName Mail
         Enable-ExchangeCertificate $one.Thumbprint -Services IMAP, SMTP",
    );
    let list = "Get-ExchangeCertificate | foreach { \"$($_.Subject)|$($_.Services)|$($_.Status)|$($_.IsSelfSigned)|$($_.CertificateDomains -join ' ')\" }";
    let listed = server.ps(list);
    assert!(
        listed.contains("CN=mail.contoso.com|IMAP, SMTP|Valid|True|mail.contoso.com imap.contoso.com"),
        "{listed}"
    );
    assert!(listed.contains("|POP, IIS|Valid|True|"), "{listed}");
    let look = |server: &TestServer| {
        [
            shown(server, 993, &[]),
            shown(server, 143, &["-starttls", "imap"]),
            shown(server, 25, &["-starttls", "smtp"]),
            shown(server, 465, &[]),
            shown(server, 995, &[]),
            shown(server, 443, &[]),
            shown(server, 587, &["-starttls", "smtp"]),
            shown(server, 110, &["-starttls", "pop3"]),
            shown(server, 636, &[]),
            shown(server, 389, &["-starttls", "ldap"]),
        ]
    };
    let mail = "mail.contoso.com".to_owned();
    let expected = [&mail, &mail, &mail, &mail, &own, &own, &mail, &own, &own, &own].map(Clone::clone);
    assert_eq!(look(&server), expected);
    server.stop();
    server.run();
    assert_eq!(look(&server), expected, "after a restart");
    assert_eq!(
        server.ps("(Get-ExchangeCertificate -DomainName imap.contoso.com).FriendlyName").trim(),
        "Mail"
    );

    // What is shown stays; the house's own comes back for whoever wants it, and then the other one may go.
    let of_mail = "(Get-ExchangeCertificate -DomainName mail.contoso.com).Thumbprint";
    assert_eq!(
        refused(&server, &format!("Remove-ExchangeCertificate ({of_mail}) -Confirm:$false")),
        "InvalidChange"
    );
    server.ps(&format!(
        "$mail = {of_mail}; $own = (Get-ExchangeCertificate | where Thumbprint -ne $mail).Identity
         Enable-ExchangeCertificate -Identity $own -Services 'IMAP,SMTP'
         Remove-ExchangeCertificate $mail -Confirm:$false"
    ));
    assert_eq!(look(&server), [(); 10].map(|()| own.clone()));
    assert_eq!(
        refused(&server, "Remove-ExchangeCertificate (Get-ExchangeCertificate).Thumbprint -Confirm:$false"),
        "InvalidChange"
    );
    assert_eq!(server.ps("@(Get-ExchangeCertificate).Count").trim(), "1");
}

#[test]
fn an_authority_signs_what_was_asked_for() {
    let server = TestServer::start(BINARY);
    let folder = server.folder();
    openssl(
        folder,
        "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=Authority -keyout ca.key -out ca.pem",
    );
    server.ps("New-ExchangeCertificate -GenerateRequest -DomainName mail.contoso.com, pop.contoso.com | Set-Content request.pem");
    let pending = "Get-ExchangeCertificate | where Status -eq PendingRequest";
    assert_eq!(
        refused(&server, &format!("Enable-ExchangeCertificate ({pending}).Thumbprint -Services POP")),
        "InvalidChange"
    );
    openssl(
        folder,
        "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 20 -copy_extensions copyall -out signed.pem",
    );
    let asked =
        "Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes((Resolve-Path signed.pem)))";
    server.ps(&format!("({asked}) | Enable-ExchangeCertificate -Services POP"));
    let seen = server.ps("Get-ExchangeCertificate -DomainName pop.contoso.com | foreach { \"$($_.Issuer)|$($_.Services)|$($_.IsSelfSigned)|$($_.PublicKeySize)\" }");
    assert_eq!(seen.trim(), "CN=Authority|POP|False|256");
    assert_eq!(server.ps(&format!("@({pending}).Count")).trim(), "0");
    assert_eq!(shown(&server, 995, &[]), "mail.contoso.com");

    // Twenty days are more than two weeks; a day is not, and one that nothing shows is nobody's trouble.
    let health = "(Get-ServerHealth localhost -HealthSet certificate | foreach AlertValue) -join ' '";
    assert_eq!(server.ps(health).trim(), "Healthy");
    openssl(
        folder,
        "req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=short.contoso.com -keyout short.key -out short.pem",
    );
    server.ps("$short = Import-ExchangeCertificate -FileData ((Get-Content short.pem -Raw) + (Get-Content short.key -Raw))");
    assert_eq!(server.ps(health).trim(), "Healthy");
    server.ps(
        "Get-ExchangeCertificate | where Subject -like '*short*' | Enable-ExchangeCertificate -Services IIS",
    );
    assert_eq!(server.ps(health).trim(), "Degraded");
    let recorded = server.ps("Search-AdminAuditLog -Cmdlets Import-ExchangeCertificate | foreach { $_.CmdletParameters } | foreach { \"$($_.Name)=$($_.Value)\" } | sort -Unique");
    assert!(recorded.contains("FileData=********") && !recorded.contains("KEY"), "{recorded}");
}

#[test]
fn what_cannot_be_shown_is_refused() {
    let server = TestServer::start_with(BINARY, Options::default());
    let folder = server.folder();
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=a.test -keyout a.key -out a.pem");
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 9 -subj /CN=b.test -keyout b.key -out b.pem");
    openssl(folder, "pkcs12 -export -in a.pem -inkey a.key -passout pass:x -out a.pfx");
    for (line, id) in [
        (
            "Import-ExchangeCertificate -FileData ([System.IO.File]::ReadAllBytes((Resolve-Path a.pfx)))",
            "CertificateUnreadable",
        ),
        ("Import-ExchangeCertificate -FileData 'nothing'", "CertificateUnreadable"),
        ("Import-ExchangeCertificate -FileData (Get-Content a.pem -Raw)", "CertificateUnreadable"),
        (
            "Import-ExchangeCertificate -FileData ((Get-Content a.pem -Raw) + (Get-Content b.key -Raw))",
            "CertificateUnreadable",
        ),
        ("New-ExchangeCertificate -DomainName 'n\u{e4}me with blanks'", "CertificateNotMade"),
        (
            "New-ExchangeCertificate -DomainName mail.contoso.com, https://mail.contoso.com/",
            "CertificateNotMade",
        ),
        ("Get-ExchangeCertificate '0123'", "ManagementObjectNotFoundException"),
        ("Get-ExchangeCertificate ..\\..\\directory", "ManagementObjectNotFoundException"),
        ("Enable-ExchangeCertificate ../../directory -Services IMAP", "ManagementObjectNotFoundException"),
        ("Enable-ExchangeCertificate (Get-ExchangeCertificate).Thumbprint -Services UM", "InvalidValue"),
    ] {
        assert_eq!(refused(&server, line), id, "{line}");
    }
    assert_eq!(server.ps("@(Get-ExchangeCertificate).Count").trim(), "1");
    // Twice the same is one.
    let line = "Import-ExchangeCertificate -FileData ((Get-Content a.pem -Raw) + (Get-Content a.key -Raw))";
    server.ps(line);
    assert_eq!(refused(&server, line), "InvalidChange");
    let mode = |kind: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        let store = std::fs::read_dir(server.data().join("tls/store")).unwrap();
        let mut files = store.map(|file| file.unwrap().path());
        let file = files.find(|file| file.extension().is_some_and(|found| found == kind)).unwrap();
        std::fs::metadata(file).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode("key"), mode("pem")), (0o600, 0o644));
}

/// What is wrong with certificates, as health tells it.
fn troubles(server: &TestServer) -> String {
    server.ps("(Get-ServerHealth localhost -HealthSet certificate | where AlertValue -ne Healthy | foreach Message) -join ' '").trim().to_owned()
}

#[test]
fn what_is_told_of_a_damaged_certificate_works_in_that_order() {
    let server = TestServer::start(BINARY);
    let folder = server.folder();
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=a.test -keyout a.key -out a.pem");
    openssl(folder, "req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=b.test -keyout b.key -out b.pem");
    let import = "Import-ExchangeCertificate -FileData ((Get-Content a.pem -Raw) + (Get-Content a.key -Raw))";
    let named = server.ps(&format!("({import}).Thumbprint")).trim().to_owned();
    let remove = format!("Remove-ExchangeCertificate {named} -Confirm:$false");
    let enable = format!("Enable-ExchangeCertificate {named} -Services IMAP, POP");
    let enable_other = format!(
        "(Get-ExchangeCertificate | where Thumbprint -ne {named})[0] | Enable-ExchangeCertificate -Services IMAP, POP"
    );
    let file = |kind: &str| server.data().join(format!("tls/store/{named}.{kind}"));
    let cut = |kind: &str| std::fs::write(file(kind), "-----BEGIN").unwrap();
    let other_key = || std::fs::copy(folder.join("b.key"), file("key")).map(drop).unwrap();
    let no_key = || std::fs::remove_file(file("key")).unwrap();
    let in_order =
        "Enable another one for IMAP, POP, remove this one, import it again, then enable it for IMAP, POP.";
    let with_key = "Import it again with its key, then enable it for IMAP, POP.";
    let steps = [&enable_other, &remove, import, &enable];
    for (what, damage, told, steps) in [
        ("its text", &(|| cut("pem")) as &dyn Fn(), in_order, &steps[..]),
        ("its key", &(|| cut("key")), in_order, &steps),
        ("another's key", &other_key, in_order, &steps),
        ("no key", &no_key, with_key, &steps[2..]),
    ] {
        server.ps(&enable);
        damage();
        let said = troubles(&server);
        assert!(said.contains(&named) && said.ends_with(told), "{what}: {said}");
        let found = server.ps(&format!("Get-ExchangeCertificate {named} | foreach {{ \"$($_.Status) $($_.Services) $($_.HasPrivateKey)\" }}"));
        assert_eq!(
            found.trim(),
            format!("Invalid IMAP, POP {}", if what == "no key" { "False" } else { "True" })
        );
        let refused = server.shell(&enable);
        assert!(refused.err.contains(told), "{what}: {}", refused.err);
        steps.iter().for_each(|step| drop(server.ps(step)));
        assert_eq!(troubles(&server), "", "{what}");
        assert_eq!(shown(&server, 993, &[]), "a.test", "{what}");
    }
    // One that nothing shows goes at once, and one that was asked for can still come.
    server.ps(&enable_other);
    cut("pem");
    assert!(troubles(&server).ends_with("Remove it, and import it again."), "{}", troubles(&server));
    server.ps(&remove);
    server.ps(import);
    server.ps("New-ExchangeCertificate -GenerateRequest -DomainName far.test | Set-Content request.pem");
    openssl(
        folder,
        "x509 -req -in request.pem -CA a.pem -CAkey a.key -CAcreateserial -days 90 -copy_extensions copyall -out far.pem",
    );
    let request = server.ps("(Get-ExchangeCertificate | where Status -eq PendingRequest).Thumbprint");
    std::fs::write(server.data().join(format!("tls/store/{}.csr", request.trim())), "x").unwrap();
    assert!(troubles(&server).ends_with("or remove it and ask again."), "{}", troubles(&server));
    server.ps("Import-ExchangeCertificate -FileData (Get-Content far.pem -Raw)");
    assert_eq!(troubles(&server), "");
}
