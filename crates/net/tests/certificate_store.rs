//! Certificates in the store: what is changed at the same time is all done, and what is damaged stops nothing.

#![allow(clippy::unwrap_used, reason = "a test that fails panics")]

use mailstead_net::{Certificates, Service};
use object::{Clock as _, SystemClock};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

fn open(folder: &Path) -> Certificates {
    Certificates::open_or_make(folder, &["mail.contoso.com".to_owned()], SystemClock.now()).unwrap()
}

fn made(certificates: &Certificates, name: &str) -> String {
    certificates.make(&[name.to_owned()], name, SystemClock.now()).unwrap()
}

/// Which certificate a service shows.
fn shown(certificates: &Certificates, service: Service) -> String {
    let all = certificates.stored().unwrap();
    all.into_iter().find(|one| one.services.contains(&service)).unwrap().thumbprint
}

#[test]
fn services_that_are_chosen_at_once_all_get_theirs() {
    mailstead_net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path());
    let [one, other] = ["one.contoso.com", "other.contoso.com"].map(|name| made(&certificates, name));
    for _ in 0..20 {
        std::thread::scope(|scope| {
            scope.spawn(|| certificates.enable(&one, &[Service::Imap]).unwrap());
            scope.spawn(|| certificates.enable(&other, &[Service::Pop]).unwrap());
        });
        assert_eq!(
            (shown(&certificates, Service::Imap), shown(&certificates, Service::Pop)),
            (one.clone(), other.clone())
        );
        let own = shown(&certificates, Service::Smtp);
        certificates.enable(&own, &[Service::Imap, Service::Pop]).unwrap();
    }
    // One that is being chosen is not taken away beside it: it is shown and there, or neither.
    for _ in 0..20 {
        let brief = made(&certificates, "brief.contoso.com");
        std::thread::scope(|scope| {
            let chosen = scope.spawn(|| certificates.enable(&brief, &[Service::Imap]).is_ok());
            let removed = scope.spawn(|| certificates.remove(&brief).is_ok());
            assert_ne!(chosen.join().unwrap(), removed.join().unwrap());
        });
        drop(open(folder.path()));
    }
}

#[test]
fn a_damaged_certificate_is_told_of_and_removed_and_stops_nothing() {
    mailstead_net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path());
    let [whole, cut] = ["whole.contoso.com", "cut.contoso.com"].map(|name| made(&certificates, name));
    certificates.enable(&cut, &[Service::Imap]).unwrap();
    certificates.enable(&whole, &[Service::Smtp]).unwrap();
    let file = |name: &str, kind: &str| folder.path().join("store").join(format!("{name}.{kind}"));
    std::fs::write(file(&cut, "pem"), "-----BEGIN CERTIFICATE-----").unwrap();
    std::fs::write(file("stray", "key"), "nothing").unwrap();
    // What is in use stays in use, and the house's own is renewed all the same.
    let own = certificates.stored().unwrap()[0].thumbprint.clone();
    let other = tempfile::tempdir().unwrap();
    drop(open(other.path()));
    for file in ["certificate.pem", "key.pem"] {
        std::fs::copy(other.path().join(file), folder.path().join(file)).unwrap();
    }
    certificates.reload().unwrap();
    assert_eq!(
        [Service::Imap, Service::Smtp].map(|service| shown(&certificates, service)),
        [&cut, &whole].map(String::clone)
    );
    assert_ne!(certificates.stored().unwrap()[0].thumbprint, own);
    // The next start shows the house's own in its place.
    let certificates = open(folder.path());
    let all = certificates.stored().unwrap();
    let flawed: Vec<&str> =
        all.iter().filter(|one| one.flaw.is_some()).map(|one| one.thumbprint.as_str()).collect();
    let mut expected = [cut.as_str(), "stray"];
    expected.sort_unstable();
    assert_eq!(flawed, expected);
    assert_eq!(shown(&certificates, Service::Smtp), whole);
    assert!(certificates.enable(&cut, &[Service::Pop]).is_err());
    let own = all[0].thumbprint.clone();
    certificates.enable(&own, &[Service::Imap]).unwrap();
    certificates.remove(&cut).unwrap();
    assert!(!file(&cut, "key").exists());
}

#[test]
fn keys_are_for_their_owner_alone_whatever_was_left_over() {
    mailstead_net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path());
    let one = made(&certificates, "one.contoso.com");
    let file = |kind: &str| folder.path().join("store").join(format!("{one}.{kind}"));
    let text = [file("pem"), file("key")].map(|file| std::fs::read_to_string(file).unwrap()).concat();
    certificates.remove(&one).unwrap();
    std::fs::write(file("new"), "left over").unwrap();
    // Comments in any encoding stand around what is read.
    let bytes = [b"Bag Attributes: M\xfcnchen\n", text.as_bytes()].concat();
    assert_eq!(certificates.import(&bytes, "").unwrap(), one);
    assert_eq!(std::fs::metadata(file("key")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_certificate_is_for_hosts_alone() {
    mailstead_net::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let certificates = open(folder.path());
    let make = |name: &str| certificates.make(&[name.to_owned()], "", SystemClock.now());
    for name in ["mail.contoso.com", "*.contoso.com", "localhost", "127.0.0.1", "::1"] {
        assert!(make(name).is_ok(), "{name}");
    }
    for name in [
        "",
        "name with blanks",
        "https://mail.contoso.com/x",
        "a..b",
        "*.*.contoso.com",
        "m\u{fc}ller.example",
        "[127.0.0.1]",
    ] {
        let error = make(name).unwrap_err();
        assert_eq!(error.message(), format!("'{name}' is not a domain."), "{name}");
    }
}
