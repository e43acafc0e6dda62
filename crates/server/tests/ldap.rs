//! People are looked up over LDAP, as OpenLDAP's tools and mail clients do it.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;
use testkit::TestServer;

const BINARY: &str = env!("CARGO_BIN_EXE_mailstead");
const SUFFIX: &str = "DC=contoso,DC=com";

fn house() -> TestServer {
    let server = TestServer::start(BINARY);
    ["ann", "ben"].iter().for_each(|name| server.mailbox(name));
    server.ps("Set-User ann -FirstName Ann -LastName Berg -Phone '+49 30 1234' -Title 'Head of Sales, West' -Company 'Contoso, Ltd.'");
    server.ps(
        "New-Mailbox -Shared -Name 'Doe, Jane' -Alias jane -DisplayName 'Jane (Doe) * Müller' | Out-Null",
    );
    server.ps("New-Mailbox -Shared -Name secret | Out-Null; Set-Mailbox secret -HiddenFromAddressListsEnabled $true");
    server
}

/// What ldapsearch says, unfolded, and how it ended.
fn search(server: &TestServer, who: &str, base: &str, more: &[&str]) -> (String, i32) {
    let url = format!("ldap://localhost:{}", server.port(389));
    let output = Command::new("ldapsearch")
        .env("LDAPTLS_REQCERT", "never")
        .args([
            "-LLL",
            "-o",
            "ldif-wrap=no",
            "-x",
            "-H",
            &url,
            "-D",
            who,
            "-w",
            server.password(),
            "-b",
            base,
        ])
        .args(more)
        .output()
        .unwrap();
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (said, output.status.code().unwrap())
}

fn names(said: &str) -> Vec<&str> {
    said.lines().filter_map(|line| line.strip_prefix("dn: ")).collect()
}

#[test]
fn people_are_found_by_what_one_knows_of_them() {
    let server = house();
    let ann = "CN=ann,CN=Users,DC=contoso,DC=com";
    let jane = "CN=Doe\\, Jane,CN=Users,DC=contoso,DC=com";
    for (filter, found) in [
        ("(mail=ann@contoso.com)", &[ann][..]),
        ("(MAIL=ANN@Contoso.COM)", &[ann]),
        ("(|(cn=*er*)(sn=b*)(givenName=zz*))", &[ann]),
        ("(&(objectClass=person)(o=Contoso, Ltd.)(telephoneNumber=*))", &[ann]),
        ("(title=head*west)", &[ann]),
        ("(displayName=Jane \\28Doe\\29 \\2a Müller)", &[jane]),
        ("(displayName=*müll*)", &[jane]),
        ("(cn=doe, jane)", &[jane]),
        ("(mail=secret@contoso.com)", &[]),
        ("(shoeSize=42)", &[]),
        ("(!(shoeSize=42))", &[]),
        ("(uid=ann)(cn=*)", &[]),
    ] {
        let (said, _) = search(&server, "ann@contoso.com", SUFFIX, &[filter, "mail"]);
        assert_eq!(names(&said), found, "{filter}: {said}");
    }
    let (all, code) =
        search(&server, "ann@contoso.com", SUFFIX, &["(mail=*)", "mail", "telephoneNumber", "userPassword"]);
    assert_eq!(code, 0, "{all}");
    assert!(all.contains("mail: ann@contoso.com") && all.contains("telephoneNumber: +49 30 1234"), "{all}");
    assert!(!all.contains("secret@") && !all.contains("assword"), "{all}");
    // Everything that there is of somebody, and nothing that stays in the directory.
    let (one, _) = search(&server, "ann@contoso.com", ann, &["-s", "base"]);
    assert!(one.contains("company: Contoso, Ltd.") && one.contains("title: Head of Sales, West"), "{one}");
    assert!(!one.contains("argon2") && !one.contains("S-1-5-"), "{one}");
}

#[test]
fn a_country_is_found_by_its_code_and_by_its_name() {
    let server = house();
    server.ps("Set-User ben -CountryOrRegion AT");
    for filter in ["(c=at)", "(co=Austria)", "(&(c=AT)(co=aust*))"] {
        let (said, _) = search(&server, "ann", SUFFIX, &[filter, "c", "co"]);
        assert!(said.contains("c: AT") && said.contains("co: Austria"), "{filter}: {said}");
        assert_eq!(names(&said), ["CN=ben,CN=Users,DC=contoso,DC=com"], "{filter}: {said}");
    }
}

#[test]
fn whoever_is_hidden_stands_in_nobodys_entry_either() {
    let server = house();
    server.ps("Set-User ben -Manager ann; Set-User secret -Manager ann; Set-User jane -Manager secret");
    let (ann, _) = search(&server, "ann", SUFFIX, &["(cn=ann)", "directReports"]);
    assert!(ann.contains("directReports: CN=ben,") && !ann.contains("secret"), "{ann}");
    let (jane, _) = search(&server, "ann", SUFFIX, &["(cn=doe, jane)", "manager"]);
    assert!(names(&jane).len() == 1 && !jane.contains("manager:"), "{jane}");
    let (ben, _) = search(&server, "ann", SUFFIX, &["(cn=ben)", "manager"]);
    assert!(ben.contains("manager: CN=ann,CN=Users,"), "{ben}");
}

/// Two companies in one organization: each sees its own people, and the rooms.
#[test]
fn whoever_has_an_address_book_policy_sees_its_lists_and_nobody_else() {
    let server = house();
    ["carla", "dora"].iter().for_each(|name| server.mailbox(name));
    server.ps("'ann','carla' | foreach { Set-User $_ -Company Fabrikam -Department Sales }; Set-User dora -Company Litware");
    server.ps("Set-User ann -Manager dora");
    server.ps("New-Mailbox -Room -Name 'Blue Room' -Alias blue | Out-Null; New-Mailbox -Room -Name 'Red Room' -Alias red | Out-Null");
    server.ps("Set-Mailbox blue -CustomAttribute7 Fabrikam");
    server.ps("New-MailContact -Name 'Far Away' -ExternalEmailAddress far@far.example | Out-Null; Set-MailContact 'Far Away' -CustomAttribute3 ours");
    let said = server.ps(
        "New-GlobalAddressList Fabrikam -IncludedRecipients AllRecipients -ConditionalCompany Fabrikam | fl Name,Path,RecipientFilter,RecipientFilterApplied,IsDefaultGlobalAddressList",
    );
    for line in [
        "Path                       : \\Fabrikam",
        "RecipientFilterApplied     : False",
        "Company -eq 'Fabrikam'",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    server.ps("New-AddressList 'Our Contacts' -RecipientFilter \"CustomAttribute3 -eq 'ours'\" | Out-Null");
    server.ps("New-AddressList 'Our Rooms' -IncludedRecipients Resources -ConditionalCustomAttribute7 Fabrikam | Out-Null");
    server.ps(
        "New-AddressBookPolicy Fabrikam -GlobalAddressList '\\Fabrikam' -AddressLists '\\Our Contacts' -RoomList 'Our Rooms' \
         -OfflineAddressBook '\\Default Offline Address Book' | Out-Null",
    );
    let seen = |who: &str| -> Vec<String> {
        let (said, code) = search(&server, who, SUFFIX, &["(mail=*)", "cn"]);
        assert_eq!(code, 0, "{said}");
        names(&said).iter().map(|name| name[3..].split(",CN=").next().unwrap().to_owned()).collect()
    };
    let everybody = seen("ann");
    assert!(
        ["ben", "dora", "Red Room", "Far Away"].iter().all(|name| everybody.contains(&(*name).to_owned())),
        "{everybody:?}"
    );
    server.ps("Set-Mailbox ann -AddressBookPolicy Fabrikam");
    assert_eq!(seen("ann"), ["ann", "Blue Room", "carla", "Far Away"]);
    assert_eq!(seen("carla"), everybody, "she has no policy");
    // Neither by name, nor as somebody's manager, nor by comparing.
    let (said, code) = search(&server, "ann", "CN=dora,CN=Users,DC=contoso,DC=com", &["-s", "base"]);
    assert_eq!((names(&said).len(), code), (0, 32), "{said}");
    let (said, _) = search(&server, "ann", SUFFIX, &["(cn=ann)", "manager"]);
    assert!(!said.contains("manager"), "{said}");
    let (said, _) = search(&server, "carla", SUFFIX, &["(cn=ann)", "manager"]);
    assert!(said.contains("manager: CN=dora"), "{said}");
    // Whoever is hidden stands in no list.
    server.ps("Set-Mailbox carla -HiddenFromAddressListsEnabled $true");
    assert_eq!(seen("ann"), ["ann", "Blue Room", "Far Away"]);
    server.ps("Set-Mailbox carla -HiddenFromAddressListsEnabled $false");
    // What changes, changes at once; what is named somewhere stays.
    server.ps("Set-GlobalAddressList Fabrikam -ConditionalDepartment Marketing; Set-AddressBookPolicy Fabrikam -AddressLists @{Add='All Rooms'}");
    assert_eq!(seen("ann"), ["Blue Room", "Far Away", "Red Room"]);
    let refused = |line: &str, words: &str| {
        let said = server.shell(line).err;
        assert!(said.contains(words), "{line}: {said}");
    };
    refused(
        "Remove-AddressList 'All Rooms' -Confirm:$false",
        "'All Rooms' can't be removed, because 'Fabrikam' uses it.",
    );
    refused(
        "Remove-AddressBookPolicy Fabrikam -Confirm:$false",
        "'Fabrikam' can't be removed, because 'ann' uses it.",
    );
    refused(
        "Remove-OfflineAddressBook 'Default Offline Address Book' -Confirm:$false",
        "because 'Fabrikam' uses it.",
    );
    refused("Remove-GlobalAddressList 'Default Global Address List' -Confirm:$false", "can't be removed");
    refused(
        "Set-GlobalAddressList 'Default Global Address List' -RecipientFilter \"City -eq 'x'\"",
        "can't be changed",
    );
    refused("New-AddressList X -RecipientFilter \"Shoe -eq 42\"", "Shoe");
    refused("New-AddressList 'our rooms' -IncludedRecipients Resources", "already");
    refused("Set-Mailbox ann -AddressBookPolicy Nobody", "'Nobody' couldn't be found");
    assert_eq!(
        server.ps("(Get-AddressList).Name -join ','").trim(),
        "All Contacts,All Distribution Lists,All Rooms,All Users,Our Contacts,Our Rooms"
    );
    assert_eq!(server.ps("(Get-GlobalAddressList -DefaultOnly).Name").trim(), "Default Global Address List");
    assert_eq!(
        server
            .ps("Update-GlobalAddressList Fabrikam; (Get-GlobalAddressList Fabrikam).RecipientFilterApplied")
            .trim(),
        "True"
    );
    server.ps("Set-Mailbox ann -AddressBookPolicy $null; Remove-AddressBookPolicy Fabrikam -Confirm:$false; Remove-AddressList 'Our Rooms' -Confirm:$false");
    // There is always an offline book that is in force where none is named.
    refused("Remove-OfflineAddressBook 'Default Offline Address Book' -Confirm:$false", "is the default");
    refused("Set-OfflineAddressBook 'Default Offline Address Book' -IsDefault $false", "is the default");
    server.ps("New-OfflineAddressBook Other -AddressLists 'All Users' -IsDefault $true | Out-Null; Remove-OfflineAddressBook 'Default Offline Address Book' -Confirm:$false");
    refused("Remove-OfflineAddressBook Other -Confirm:$false", "is the default");
    assert_eq!(seen("ann"), everybody);
}

#[test]
fn whoever_looks_says_who_they_are_by_any_of_their_names() {
    let server = house();
    for who in ["ann@contoso.com", "CONTOSO\\ann", "ann", "cn=Ann, CN=Users, dc=contoso, dc=com"] {
        let (said, code) = search(&server, who, SUFFIX, &["(cn=ben)", "mail"]);
        assert_eq!((names(&said).len(), code), (1, 0), "{who}: {said}");
    }
    let url = format!("ldap://localhost:{}", server.port(389));
    let ask = |more: &[&str]| {
        let output = Command::new("ldapsearch").args(["-LLL", "-x", "-H", &url]).args(more).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8([output.stdout, output.stderr].concat()).unwrap())
    };
    // Strangers learn what the server can do, and nothing else; 50 and 49 are LDAP's own numbers.
    let (code, said) = ask(&["-b", "", "-s", "base", "+"]);
    assert!(code == 0 && said.contains("namingContexts: DC=contoso,DC=com"), "{said}");
    assert_eq!(ask(&["-b", SUFFIX, "(cn=ben)"]).0, 50);
    assert_eq!(ask(&["-D", "ann@contoso.com", "-w", "guess", "-b", SUFFIX]).0, 49);
    assert_eq!(ask(&["-D", "nobody@contoso.com", "-w", "guess", "-b", SUFFIX]).0, 49);
    // An empty password proves nothing.
    assert_eq!(ask(&["-D", "ann@contoso.com", "-w", "", "-b", SUFFIX]).0, 53);
    let log = server.log();
    assert!(
        log.contains("door=\"ldap\"") || log.contains("door=ldap"),
        "a wrong password is not in the log: {log}"
    );
}

#[test]
fn the_way_to_tls_and_the_ways_about_the_tree() {
    let server = house();
    let (said, code) = search(&server, "ann", SUFFIX, &["-ZZ", "(cn=ben)", "mail"]);
    assert_eq!((names(&said).len(), code), (1, 0), "{said}");
    let url = format!("ldaps://localhost:{}", server.port(636));
    let output = Command::new("ldapwhoami")
        .env("LDAPTLS_REQCERT", "never")
        .args(["-x", "-H", &url, "-D", "ann", "-w", server.password()])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "u:CONTOSO\\ann", "{output:?}");

    for (base, scope, count, code) in [
        (SUFFIX, "base", 1, 0),
        (SUFFIX, "one", 0, 0),
        ("cn=users, dc=contoso, dc=com", "one", 3, 0),
        ("CN=Users,DC=contoso,DC=com", "sub", 3, 0),
        ("CN=ann,CN=Users,DC=contoso,DC=com", "sub", 1, 0),
        ("CN=nobody,CN=Users,DC=contoso,DC=com", "base", 0, 32),
        ("DC=fabrikam,DC=com", "sub", 0, 32),
        ("CN=secret,CN=Users,DC=contoso,DC=com", "base", 0, 32),
    ] {
        let (said, ended) = search(&server, "ann", base, &["-s", scope, "(objectClass=*)", "cn"]);
        assert_eq!((names(&said).len(), ended), (count, code), "{base} {scope}: {said}");
    }
}

#[test]
fn a_large_book_is_read_in_pages_and_nobody_gets_it_whole() {
    let server = house();
    server.ps("1..60 | ForEach-Object { New-Mailbox -Shared -Name ('m{0:d3}' -f $_) } | Out-Null");
    let (said, code) = search(&server, "ann", SUFFIX, &["-z", "10", "(cn=m*)", "cn"]);
    assert_eq!((names(&said).len(), code), (10, 4), "{said}");
    let (said, code) = search(&server, "ann", SUFFIX, &["-E", "pr=7/noprompt", "(cn=m*)", "cn"]);
    let mut found = names(&said);
    assert_eq!((found.len(), code), (60, 0), "{said}");
    found.dedup();
    assert_eq!(found.len(), 60, "no page shows what another one showed");
}

#[test]
fn the_book_cannot_be_written() {
    let server = house();
    let url = format!("ldap://localhost:{}", server.port(389));
    let bind = ["-x", "-H", &url, "-D", "ann", "-w", server.password()];
    let gone =
        Command::new("ldapdelete").args(bind).arg("CN=ben,CN=Users,DC=contoso,DC=com").output().unwrap();
    assert_eq!(gone.status.code(), Some(53), "{gone:?}");
    let same = |pair: &str| {
        let mut ask = Command::new("ldapcompare");
        ask.args(bind).args(["CN=ann,CN=Users,DC=contoso,DC=com", pair]);
        ask.output().unwrap().status.code().unwrap()
    };
    assert_eq!((same("sn:BERG"), same("sn:Ben"), same("shoeSize:42")), (6, 5, 16));
}

#[test]
fn an_account_that_is_switched_off_hears_it_at_once() {
    let server = house();
    let mut ann = TcpStream::connect(("127.0.0.1", server.port(389))).unwrap();
    ann.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let (name, password) = (b"ann", server.password());
    let mut bind = vec![2, 1, 3, 4, name.len() as u8];
    bind.extend_from_slice(name);
    bind.extend([0x80, password.len() as u8]);
    bind.extend_from_slice(password.as_bytes());
    let mut message = vec![0x30, (bind.len() + 5) as u8, 2, 1, 1, 0x60, bind.len() as u8];
    message.extend(bind);
    ann.write_all(&message).unwrap();
    let mut answer = [0; 14];
    ann.read_exact(&mut answer).unwrap();
    assert_eq!(answer[..10], [0x30, 12, 2, 1, 1, 0x61, 7, 10, 1, 0], "{answer:?}");
    server.ps("Disable-ADAccount ann");
    let mut last = Vec::new();
    ann.read_to_end(&mut last).unwrap();
    assert!(String::from_utf8_lossy(&last).contains("The log-on was withdrawn."), "{last:?}");
}

/// What is not a message, too long or nested too deep ends the connection with a word, and the server lives on.
#[test]
fn what_is_not_a_request_is_told_so_and_costs_nothing() {
    let server = house();
    let nested = (0..2000).fold(vec![0x05, 0x00], |inner: Vec<u8>, _| {
        let mut outer = vec![0xa2, 0x82, (inner.len() >> 8) as u8, inner.len() as u8];
        outer.extend(inner);
        outer
    });
    let whole = |inner: &[u8]| {
        let mut message = vec![0x30, 0x82, (inner.len() >> 8) as u8, inner.len() as u8];
        message.extend_from_slice(inner);
        message
    };
    for bad in [
        b"GET / HTTP/1.1\r\n\r\n".to_vec(),
        vec![0x30, 0x84, 0x7f, 0xff, 0xff, 0xff],
        vec![0x30, 0x80, 0, 0],
        whole(&nested),
        vec![0x30, 0x03, 2, 1, 1],
        vec![0x30, 0x05, 2, 1, 1, 0x71, 0],
    ] {
        let mut client = TcpStream::connect(("127.0.0.1", server.port(389))).unwrap();
        client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        client.write_all(&bad).unwrap();
        let mut said = Vec::new();
        client.read_to_end(&mut said).unwrap();
        assert!(String::from_utf8_lossy(&said).contains("1.3.6.1.4.1.1466.20036"), "{bad:?}: {said:?}");
    }
    // A filter of many conditions is refused, and the session goes on.
    let many = format!("(|{})", "(cn=x)".repeat(400));
    let (said, code) = search(&server, "ann", SUFFIX, &[&many]);
    assert_eq!(code, 11, "{said}");
    let deep = format!("{}(cn=ben){}", "(!".repeat(60), ")".repeat(60));
    assert_ne!(search(&server, "ann", SUFFIX, &[&deep]).1, 0);
    assert_eq!(search(&server, "ann", SUFFIX, &["(cn=ben)"]).1, 0);
}
