//! The certificates that lie in the house's store: made, asked for, brought in, chosen for services, taken away.
//!
//! Each one is files named by its thumbprint in a folder of its own beside the house's certificate: the chain (`.pem`), the
//! key (`.key`), what a person calls it (`.name`); one that an authority has not signed yet has its request (`.csr`) in
//! place of a chain. Which service shows which stands in `services`. What no service chose shows the house's.

use crate::tls::{self, Certificates, Service};
use object::{Error, ErrorId, Result, Time};
use rustls::sign::CertifiedKey;
use sha1::{Digest as _, Sha1};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// Certificates in the store; more is somebody who makes them in a loop.
const CERTIFICATES_MAX: usize = 200;
/// Bytes of a file that is brought in: a key and a long chain have some tens of kilobytes.
const FILE_BYTES_MAX: usize = 1 << 20;
/// Names of one certificate; authorities take a hundred.
const NAMES_MAX: usize = 100;
/// Characters by which a person calls a certificate.
const FRIENDLY_NAME_CHARACTERS_MAX: usize = 256;

/// A certificate, or one that is asked for.
#[derive(Debug, Clone)]
pub struct Stored {
    /// SHA-1 of the certificate, or of the request, in capitals: how it is named.
    pub thumbprint: String,
    /// Whose it is.
    pub subject: String,
    /// Who signed it; nothing while it is asked for.
    pub issuer: String,
    /// Its number with its issuer, in hexadecimal.
    pub serial: String,
    /// When it begins and ends; nothing while it is asked for.
    pub valid: Option<(Time, Time)>,
    /// The hosts it is for.
    pub names: Vec<String>,
    /// Bits of its public key.
    pub key_bits: usize,
    /// Whether it signed itself.
    pub is_self_signed: bool,
    /// Whether its key is here.
    pub has_key: bool,
    /// What a person calls it.
    pub friendly_name: String,
    /// The services that show it.
    pub services: Vec<Service>,
    /// Why its files cannot be used; nothing where they can.
    pub flaw: Option<String>,
    /// What mends a flaw, in the order in which it works.
    pub remedy: String,
}

impl Certificates {
    /// All certificates: the house's own first.
    pub fn stored(&self) -> Result<Vec<Stored>> {
        let chosen = self.chosen()?;
        let shown_by = |thumbprint: &str| {
            let by = |service: &Service| chosen.get(service).map(String::as_str) == Some(thumbprint);
            Service::ALL.into_iter().filter(by).collect::<Vec<_>>()
        };
        let own = self.own();
        let own = own.cert.first().map(|leaf| leaf.as_ref().to_vec()).unwrap_or_default();
        let mut own = facts(&own, "Mailstead")?;
        own.services = Service::ALL.into_iter().filter(|service| !chosen.contains_key(service)).collect();
        let mut all = vec![own];
        let lost = |thumbprint: &&String| !self.file(thumbprint, "key").exists() && !self.is_own(thumbprint);
        let lost: BTreeSet<String> = chosen.values().filter(lost).cloned().collect();
        for thumbprint in self.thumbprints()?.into_iter().chain(lost) {
            let mut one = self.described(&thumbprint).unwrap_or_else(|error| flawed(&thumbprint, &error));
            one.services = shown_by(&thumbprint);
            one.has_key = self.file(&thumbprint, "key").exists();
            // By the name of its files it is chosen and taken away, whatever is in them.
            one.thumbprint = thumbprint;
            if one.flaw.is_some() {
                one.remedy = self.remedy(&one);
            }
            // The same certificate may be the house's and lie here: it is shown once.
            match all.iter_mut().find(|known| known.thumbprint == one.thumbprint) {
                Some(known) => known.services.extend(one.services),
                None => all.push(one),
            }
        }
        Ok(all)
    }

    /// What the files of one say.
    fn described(&self, thumbprint: &str) -> Result<Stored> {
        let name = self.text(thumbprint, "name")?.unwrap_or_default();
        match self.text(thumbprint, "csr")? {
            Some(request) => asked_for(request.as_bytes(), &name),
            None => {
                let chain = tls::read_chain(&self.file(thumbprint, "pem"))?;
                let leaf = chain.first().map(|leaf| leaf.as_ref()).unwrap_or_default();
                let flaw = self.load(thumbprint).err().map(|error| error.message().to_owned());
                Ok(Stored { flaw, ..facts(leaf, &name)? })
            }
        }
    }

    /// What mends one whose files cannot be used. One that a service shows is not removed.
    fn remedy(&self, one: &Stored) -> String {
        let services: Vec<&str> = one.services.iter().map(|service| service.word()).collect();
        let services = services.join(", ");
        if self.file(&one.thumbprint, "csr").exists() {
            "Import what the authority signs, or remove it and ask again.".to_owned()
        } else if !one.has_key {
            format!("Import it again with its key, then enable it for {services}.")
        } else if services.is_empty() {
            "Remove it, and import it again.".to_owned()
        } else {
            format!(
                "Enable another one for {services}, remove this one, import it again, then enable it for {services}."
            )
        }
    }

    /// A file of one; nothing where it has none of that kind.
    fn text(&self, thumbprint: &str, kind: &str) -> Result<Option<String>> {
        match fs::read_to_string(self.file(thumbprint, kind)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Makes a certificate for these hosts that signs itself, and keeps it. Answers its thumbprint.
    pub fn make(&self, names: &[String], friendly_name: &str, now: Time) -> Result<String> {
        let _changing = self.changing();
        self.may_keep_another(friendly_name, names)?;
        let (pair, signed) = tls::self_signed(names, now)?;
        self.keep(signed.der(), friendly_name, &[("pem", &signed.pem()), ("key", &pair.serialize_pem())])
    }

    /// Makes a key and asks for a certificate for these hosts. Answers the thumbprint, and the request that an authority
    /// takes. [RFC 2986]
    pub fn request(&self, names: &[String], friendly_name: &str, now: Time) -> Result<(String, String)> {
        let _changing = self.changing();
        self.may_keep_another(friendly_name, names)?;
        let (pair, params) = (
            rcgen::KeyPair::generate().map_err(|error| tls::unmade(names, &error))?,
            tls::params(names, now)?,
        );
        let request = params.serialize_request(&pair).map_err(|error| tls::unmade(names, &error))?;
        let text = request.pem().map_err(|error| tls::unmade(names, &error))?;
        let files: [(&str, &str); 2] = [("csr", &text), ("key", &pair.serialize_pem())];
        Ok((self.keep(request.der(), friendly_name, &files)?, text))
    }

    /// Takes a certificate with its chain in, with its key, or for a key with which one was asked for. Answers its
    /// thumbprint.
    pub fn import(&self, file: &[u8], friendly_name: &str) -> Result<String> {
        let _changing = self.changing();
        self.may_keep_another(friendly_name, &[])?;
        if file.len() > FILE_BYTES_MAX {
            let message = format!("The file has more than {FILE_BYTES_MAX} bytes.");
            return Err(Error::limit(ErrorId::RequestTooLarge, message).about("FileData"));
        }
        let chain = tls::chain_of(file).map_err(|why| unusable(&why))?;
        let Some(leaf) = chain.first().map(|leaf| leaf.as_ref().to_vec()) else {
            return Err(unusable("there is no CERTIFICATE block in it"));
        };
        // What cannot be shown later is not taken in.
        facts(&leaf, friendly_name)?;
        let text = pem_of(&chain);
        if let Some(key) = tls::key_block(file) {
            tls::certified(chain, key.as_bytes()).map_err(|why| unusable(&why))?;
            return self.keep(&leaf, friendly_name, &[("pem", &text), ("key", &key)]);
        }
        for asked in self.thumbprints()?.into_iter().filter(|one| self.file(one, "csr").exists()) {
            let key = fs::read_to_string(self.file(&asked, "key"))?;
            if tls::certified(chain.clone(), key.as_bytes()).is_ok() {
                let called = self.text(&asked, "name")?.unwrap_or_default();
                let called = if friendly_name.is_empty() { called.as_str() } else { friendly_name };
                let kept = self.keep(&leaf, called, &[("pem", &text), ("key", &key)])?;
                self.forget(&asked)?;
                return Ok(kept);
            }
        }
        Err(unusable(
            "there is no PRIVATE KEY block in it, and nobody asked here for a certificate of its key",
        ))
    }

    /// Lets services show a certificate, from the next connection on.
    pub fn enable(&self, thumbprint: &str, services: &[Service]) -> Result<()> {
        let _changing = self.changing();
        let mut chosen = self.chosen()?;
        let key = if self.is_own(thumbprint) { None } else { Some(Arc::new(self.load(thumbprint)?)) };
        chosen.retain(|service, _| !services.contains(service));
        let also = key.iter().flat_map(|_| services).map(|service| (*service, thumbprint.to_owned()));
        chosen.extend(also);
        let mut text = String::new();
        for (service, thumbprint) in &chosen {
            writeln!(text, "{} {thumbprint}", service.word()).expect("a string takes all");
        }
        tls::make_folder(self.store())?;
        tls::write(&self.store().join("services"), &text, 0o644)?;
        self.show_in(services, key.as_ref());
        Ok(())
    }

    /// Takes a certificate and its key away; one that a service shows stays.
    pub fn remove(&self, thumbprint: &str) -> Result<()> {
        let _changing = self.changing();
        let shows = self.chosen()?.into_iter().filter(|(_, chosen)| chosen == thumbprint);
        let shows: Vec<&str> = shows.map(|(service, _)| service.word()).collect();
        if !shows.is_empty() {
            let message = format!("The certificate {thumbprint} is shown by {}.", shows.join(", "));
            return Err(Error::conflict(ErrorId::InvalidChange, message)
                .help("Enable another one for these services first."));
        }
        if self.is_own(thumbprint) {
            let message = "The certificate of the house stands in its configuration and can't be removed.";
            return Err(Error::conflict(ErrorId::InvalidChange, message)
                .help("Enable another one for all services, and this one is shown by none."));
        }
        self.forget(thumbprint)
    }

    /// Puts into force what each service chose. One whose certificate cannot be read shows what `before` names, or the
    /// house's, so that mail flows and it can be mended.
    pub(crate) fn read_what_can_be(&self, before: &BTreeMap<Service, Arc<CertifiedKey>>) {
        let chosen = match self.chosen() {
            Ok(chosen) => chosen,
            Err(error) => {
                tracing::error!(%error, "which service shows which certificate cannot be read; it stays as it was");
                return self.show(before.clone());
            }
        };
        let key = |(service, thumbprint): (Service, String)| match self.load(&thumbprint) {
            Ok(loaded) => Some((service, Arc::new(loaded))),
            Err(error) => {
                let shown = if before.contains_key(&service) { "the one before" } else { "the house's" };
                tracing::error!(%error, ?service, shown, "the certificate of a service cannot be read");
                before.get(&service).map(|key| (service, Arc::clone(key)))
            }
        };
        self.show(chosen.into_iter().filter_map(key).collect());
    }

    fn is_own(&self, thumbprint: &str) -> bool {
        self.own().cert.first().is_some_and(|leaf| thumbprint_of(leaf) == thumbprint)
    }

    fn load(&self, thumbprint: &str) -> Result<CertifiedKey> {
        if self.file(thumbprint, "csr").exists() {
            let message = format!("The certificate {thumbprint} is only asked for.");
            return Err(Error::conflict(ErrorId::InvalidChange, message)
                .help("Import what the authority signed first."));
        }
        tls::read(&self.file(thumbprint, "pem"), &self.file(thumbprint, "key"))
    }

    fn file(&self, thumbprint: &str, kind: &str) -> PathBuf {
        self.store().join(format!("{thumbprint}.{kind}"))
    }

    /// What lies in the store, in the order of names.
    fn thumbprints(&self) -> Result<Vec<String>> {
        let files = match fs::read_dir(self.store()) {
            Ok(files) => files,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut all = Vec::new();
        for file in files {
            let path = file?.path();
            let is_key = path.extension().is_some_and(|kind| kind == "key");
            all.extend(path.file_stem().filter(|_| is_key).map(|stem| stem.to_string_lossy().into_owned()));
        }
        all.sort();
        Ok(all)
    }

    fn chosen(&self) -> Result<BTreeMap<Service, String>> {
        let text = match fs::read_to_string(self.store().join("services")) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(error) => return Err(error.into()),
        };
        let pair = |line: &str| {
            let (word, thumbprint) = line.split_once(' ')?;
            Some((Service::of_word(word)?, thumbprint.to_owned()))
        };
        let lines = text.lines().map(|line| {
            pair(line).ok_or_else(|| {
                let message = format!(
                    "The line '{line}' of {} can't be read.",
                    self.store().join("services").display()
                );
                Error::server(ErrorId::CertificateUnreadable, message)
            })
        });
        lines.collect()
    }

    fn may_keep_another(&self, friendly_name: &str, names: &[String]) -> Result<()> {
        if self.thumbprints()?.len() >= CERTIFICATES_MAX {
            let message = format!("There are {CERTIFICATES_MAX} certificates already.");
            return Err(
                Error::limit(ErrorId::RequestTooLarge, message).help("Remove those that nothing shows.")
            );
        }
        if friendly_name.chars().count() > FRIENDLY_NAME_CHARACTERS_MAX {
            let message = format!("A certificate's name can have {FRIENDLY_NAME_CHARACTERS_MAX} characters.");
            return Err(Error::limit(ErrorId::InvalidValue, message).about("FriendlyName"));
        }
        if names.len() > NAMES_MAX {
            let message = format!("A certificate can be for {NAMES_MAX} names.");
            return Err(Error::limit(ErrorId::InvalidValue, message).about("DomainName"));
        }
        Ok(())
    }

    /// Writes the files, the key last: what has no key is not there.
    fn keep(&self, der: &[u8], friendly_name: &str, files: &[(&str, &str)]) -> Result<String> {
        let thumbprint = thumbprint_of(der);
        if self.file(&thumbprint, "key").exists() {
            let message = format!("The certificate {thumbprint} is here already.");
            return Err(Error::conflict(ErrorId::InvalidChange, message).about("FileData"));
        }
        tls::make_folder(self.store())?;
        tls::write(&self.file(&thumbprint, "name"), friendly_name, 0o644)?;
        for (kind, text) in files {
            tls::write(&self.file(&thumbprint, kind), text, if *kind == "key" { 0o600 } else { 0o644 })?;
        }
        Ok(thumbprint)
    }

    fn forget(&self, thumbprint: &str) -> Result<()> {
        for kind in ["key", "csr", "pem", "name"] {
            tls::gone(fs::remove_file(self.file(thumbprint, kind)))?;
        }
        tls::sync_folder(&self.file(thumbprint, "key"))
    }
}

fn thumbprint_of(der: &[u8]) -> String {
    Sha1::digest(der).iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02X}").expect("a string takes all");
        text
    })
}

fn unusable(why: &str) -> Error {
    Error::caller(ErrorId::CertificateUnreadable, format!("The file cannot be used: {why}."))
        .help(
            "It must be PEM: the certificate with its chain, and its key in PKCS#8, PKCS#1 or SEC1. A PKCS#12 file becomes one by \
             openssl pkcs12 -in file.pfx -nodes.",
        )
        .about("FileData")
}

fn pem_of(chain: &[rustls::pki_types::CertificateDer<'static>]) -> String {
    use base64::Engine as _;
    let mut text = String::new();
    for certificate in chain {
        let whole = base64::prelude::BASE64_STANDARD.encode(certificate);
        text.push_str("-----BEGIN CERTIFICATE-----\n");
        for line in whole.as_bytes().chunks(64) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
        text.push_str("-----END CERTIFICATE-----\n");
    }
    text
}

/// What can be said of one whose files cannot be used; it can be removed.
fn flawed(thumbprint: &str, error: &Error) -> Stored {
    Stored {
        thumbprint: thumbprint.to_owned(),
        subject: String::new(),
        issuer: String::new(),
        serial: String::new(),
        valid: None,
        names: Vec::new(),
        key_bits: 0,
        is_self_signed: false,
        has_key: true,
        friendly_name: String::new(),
        services: Vec::new(),
        flaw: Some(error.message().to_owned()),
        remedy: String::new(),
    }
}

/// What a certificate says of itself.
fn facts(der: &[u8], friendly_name: &str) -> Result<Stored> {
    let (_, read) = x509_parser::parse_x509_certificate(der).map_err(|error| unusable(&error.to_string()))?;
    let names = read.subject_alternative_name().ok().flatten();
    let names = names.map(|names| names.value.general_names.iter().filter_map(host).collect());
    let moment = |time: x509_parser::time::ASN1Time| Time::from_unix(time.timestamp());
    Ok(Stored {
        thumbprint: thumbprint_of(der),
        subject: read.subject().to_string(),
        issuer: read.issuer().to_string(),
        serial: read.raw_serial_as_string().replace(':', "").to_uppercase(),
        valid: Some((moment(read.validity().not_before), moment(read.validity().not_after))),
        names: names.unwrap_or_default(),
        key_bits: read.public_key().parsed().map_or(0, |key| key.key_size()),
        is_self_signed: read.subject() == read.issuer(),
        has_key: true,
        friendly_name: friendly_name.to_owned(),
        services: Vec::new(),
        flaw: None,
        remedy: String::new(),
    })
}

fn host(name: &x509_parser::extensions::GeneralName<'_>) -> Option<String> {
    use x509_parser::extensions::GeneralName;
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(octets) => match <[u8; 4]>::try_from(*octets) {
            Ok(four) => Some(std::net::Ipv4Addr::from(four).to_string()),
            Err(_) => <[u8; 16]>::try_from(*octets).ok().map(|all| std::net::Ipv6Addr::from(all).to_string()),
        },
        _ => None,
    }
}

/// What a request says.
fn asked_for(pem: &[u8], friendly_name: &str) -> Result<Stored> {
    use x509_parser::prelude::{FromDer as _, ParsedExtension, X509CertificationRequest};
    let (_, block) = x509_parser::pem::parse_x509_pem(pem).map_err(|error| unusable(&error.to_string()))?;
    let (_, read) =
        X509CertificationRequest::from_der(&block.contents).map_err(|error| unusable(&error.to_string()))?;
    let extensions = read.requested_extensions().into_iter().flatten();
    let names = extensions.flat_map(|extension| match extension {
        ParsedExtension::SubjectAlternativeName(names) => {
            names.general_names.iter().filter_map(host).collect()
        }
        _ => Vec::new(),
    });
    let names = names.collect();
    let key = &read.certification_request_info.subject_pki;
    Ok(Stored {
        thumbprint: thumbprint_of(&block.contents),
        subject: read.certification_request_info.subject.to_string(),
        issuer: String::new(),
        serial: String::new(),
        valid: None,
        names,
        key_bits: key.parsed().map_or(0, |key| key.key_size()),
        is_self_signed: false,
        has_key: true,
        friendly_name: friendly_name.to_owned(),
        services: Vec::new(),
        flaw: None,
        remedy: String::new(),
    })
}
