//! One connection to one controller: name, TCP, TLS, bind, search, each with its own end.
//!
//! What fails says at which step ([`Trouble`]), because a trust is mended there.

use crate::account::{ATTRIBUTES, FOUND_MAX};
use crate::name::{Search, canonical};
use crate::refusal::{PASSWORD_POLICY, Refusal, judged};
use crate::step::{Step, Trouble};
use crate::trust::{Beginning, Controller, Trust, roots};
use ldap3::controls::RawControl;
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, Scope, SearchEntry, SearchOptions, StdStream};
use object::{Error, ErrorId};
use rustls::ClientConfig;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Looking a name up and reaching its host takes milliseconds, or does not succeed at all.
const REACH_TIME_MAX: Duration = Duration::from_secs(3);
/// A handshake and each answer; a busy controller takes a second.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Results by which a controller says that it found nothing there. [RFC 4511 A.1]
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_DN: u32 = 34;
const SIZE_LIMIT_EXCEEDED: u32 = 4;
/// How Active Directory (which says that something must be done before) and others refuse whoever has not bound.
const OPERATIONS_ERROR: u32 = 1;
const INSUFFICIENT_ACCESS: u32 = 50;
/// A referral beside the answer: it names other servers, and is not followed.
const REFERRAL: u32 = 10;
/// The capability by which Active Directory is known. [MS-ADTS 3.1.1.3.4.3]
const ACTIVE_DIRECTORY: &str = "1.2.840.113556.1.4.800";

pub(crate) type Attempt<T> = Result<T, Trouble>;

pub(crate) fn trouble(step: Step, controller: &Controller, why: &str) -> Trouble {
    let why = why.trim_end_matches('.');
    let message = format!("The domain controller {controller} cannot be asked ({}): {why}.", step.name());
    Trouble { step, error: Error::busy(ErrorId::ForestUnreachable, message) }
}

/// A connection to a controller.
pub(crate) struct Link<'a> {
    ldap: Ldap,
    trust: &'a Trust,
    controller: &'a Controller,
    /// Whether the last bind on it was that of the trust.
    is_the_trusts: bool,
}

impl<'a> Link<'a> {
    /// Connects to a controller; passes each step that is done to `done`.
    pub(crate) async fn to(
        trust: &'a Trust,
        controller: &'a Controller,
        done: &mut (dyn FnMut(Step) + Send),
    ) -> Attempt<Link<'a>> {
        let mut last = trouble(Step::Connect, controller, "it has no address");
        for (beginning, port) in &controller.ways {
            match reach(controller, *port).await {
                Ok(stream) => {
                    done(Step::Name);
                    done(Step::Connect);
                    let ldap = secured(trust, controller, *beginning, stream).await?;
                    done(Step::Tls);
                    return Ok(Link { ldap, trust, controller, is_the_trusts: false });
                }
                Err(error) => last = error,
            }
        }
        if last.step == Step::Connect {
            done(Step::Name);
        }
        Err(last)
    }

    /// The same connection for another question; it is bound as the trust.
    pub(crate) fn again(trust: &'a Trust, controller: &'a Controller, ldap: Ldap) -> Link<'a> {
        Link { ldap, trust, controller, is_the_trusts: true }
    }

    /// Whether it can serve another question of the same trust.
    pub(crate) fn is_the_trusts(&self) -> bool {
        self.is_the_trusts
    }

    /// What it consists of.
    pub(crate) fn parts(self) -> (&'a Trust, &'a Controller, Ldap) {
        (self.trust, self.controller, self.ldap)
    }

    fn trouble(&self, step: Step, why: &str) -> Trouble {
        trouble(step, self.controller, why)
    }

    /// Whether the trust has a credential to ask with.
    pub(crate) fn has_credential(&self) -> bool {
        self.trust.credential.is_some()
    }
    /// What stands before `\` in the names of accounts.
    pub(crate) fn netbios(&self) -> &str {
        &self.trust.netbios
    }

    /// Binds, and tells right, refused and neither apart. An empty password would be no proof of anything: directories
    /// take it as nobody's. [RFC 4513 5.1.2]
    pub(crate) async fn bind(&mut self, name: &str, password: &str) -> Attempt<Result<(), Refusal>> {
        if password.is_empty() || name.is_empty() {
            return Ok(Err(Refusal::WrongPassword));
        }
        self.is_the_trusts = false;
        let policy = RawControl { ctype: PASSWORD_POLICY.to_owned(), crit: false, val: None };
        let bound =
            self.ldap.with_timeout(ANSWER_TIME_MAX).with_controls(policy).simple_bind(name, password).await;
        let result = bound.map_err(|error| self.trouble(Step::Bind, &error.to_string()))?;
        judged(&result)
            .ok_or_else(|| self.trouble(Step::Bind, &format!("it answers {} {}", result.rc, result.text)))
    }

    /// Binds as whom the trust asks, unless that was done; nobody where it has no credential.
    pub(crate) async fn bind_as_trust(&mut self) -> Attempt<()> {
        if self.is_the_trusts {
            return Ok(());
        }
        if let Some((name, password)) = self.trust.credential.clone()
            && let Err(refusal) = self.bind(&name, password.reveal()).await?
        {
            return Err(self.credential_refused(&name, refusal));
        }
        self.is_the_trusts = true;
        Ok(())
    }

    fn nobody_may_look(&self) -> Trouble {
        let message =
            format!("The domain controller {} lets nobody look without a credential.", self.controller);
        let error = Error::busy(ErrorId::ForestRefusesCredential, message)
            .help("Give one with -LinkedCredential, or for all with Set-ADTrust -Credential.");
        Trouble { step: Step::Search, error }
    }

    fn credential_refused(&self, name: &str, refusal: Refusal) -> Trouble {
        let message = format!(
            "The domain controller {} refuses the credential '{name}' ({refusal:?}).",
            self.controller
        );
        let error = Error::busy(ErrorId::ForestRefusesCredential, message)
            .help("Give the right one with Set-ADTrust -Credential, or -LinkedCredential.");
        Trouble { step: Step::Bind, error }
    }

    /// Whether the controller is one of Active Directory, which knows people by `DOMAIN\account`.
    pub(crate) async fn is_active_directory(&mut self) -> Attempt<bool> {
        let found = self.entries("", Scope::Base, "(objectClass=*)", &["supportedCapabilities"]).await?;
        let capabilities = found.iter().flat_map(|root| &root.attrs);
        let mut named = capabilities.filter(|(name, _)| name.eq_ignore_ascii_case("supportedCapabilities"));
        Ok(named.any(|(_, values)| values.iter().any(|value| value == ACTIVE_DIRECTORY)))
    }

    /// Whether the trust's base entry can be read.
    pub(crate) async fn reads_base(&mut self) -> Attempt<bool> {
        let base = self.trust.base_dn.clone();
        Ok(!self.entries(&base, Scope::Base, "(objectClass=*)", &["objectClass"]).await?.is_empty())
    }

    /// The entries that a search finds, [`FOUND_MAX`] at most.
    pub(crate) async fn search(&mut self, search: &Search) -> Attempt<Vec<SearchEntry>> {
        let (base, scope) = match &search.entry {
            Some(entry) => (entry.clone(), Scope::Base),
            None => (self.trust.base_dn.clone(), Scope::Subtree),
        };
        let mut found = self.entries(&base, scope, &search.filter, &ATTRIBUTES).await?;
        if let Some(wanted) = &search.canonical {
            found.retain(|entry| canonical(&entry.dn).to_lowercase() == *wanted);
        }
        Ok(found)
    }

    async fn entries(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &[&str],
    ) -> Attempt<Vec<SearchEntry>> {
        let limit = i32::try_from(FOUND_MAX).unwrap_or(i32::MAX);
        let options = SearchOptions::new().sizelimit(limit);
        let ldap = self.ldap.with_timeout(ANSWER_TIME_MAX).with_search_options(options);
        let (mut found, mut failed) = (Vec::new(), None);
        // Entry by entry: a controller that does not keep to the limit must not fill the memory.
        let result = match ldap.streaming_search(base, scope, filter, attributes).await {
            Ok(mut stream) => {
                while found.len() < FOUND_MAX {
                    match stream.next().await {
                        Ok(Some(entry)) if entry.is_ref() || entry.is_intermediate() => {}
                        Ok(Some(entry)) => found.push(SearchEntry::construct(entry)),
                        Ok(None) => break,
                        Err(error) => {
                            failed = Some(error);
                            break;
                        }
                    }
                }
                stream.finish().await
            }
            Err(error) => return Err(self.trouble(Step::Search, &error.to_string())),
        };
        if let Some(error) = failed {
            return Err(self.trouble(Step::Search, &error.to_string()));
        }
        match result.rc {
            0 | SIZE_LIMIT_EXCEEDED | REFERRAL => {}
            _ if found.len() == FOUND_MAX => {}
            NO_SUCH_OBJECT | INVALID_DN => return Ok(Vec::new()),
            OPERATIONS_ERROR | INSUFFICIENT_ACCESS if !self.has_credential() => {
                return Err(self.nobody_may_look());
            }
            rc => return Err(self.trouble(Step::Search, &format!("it answers {rc} {}", result.text))),
        }
        Ok(found)
    }

    /// Says good-bye; a controller that does not hear it any more closes by itself.
    pub(crate) async fn close(mut self) {
        let _gone = timeout(REACH_TIME_MAX, self.ldap.unbind()).await;
    }
}

/// A TCP connection to a controller, at its address or where its name leads.
async fn reach(controller: &Controller, port: u16) -> Attempt<TcpStream> {
    let addresses: Vec<SocketAddr> = match controller.address {
        Some(address) => vec![(address, port).into()],
        None => resolved(controller, port).await?,
    };
    let mut why = "no address answers".to_owned();
    for address in addresses {
        match timeout(REACH_TIME_MAX, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => {
                // A question is several small writes, which must not wait for each other's acknowledgement (40 ms).
                stream
                    .set_nodelay(true)
                    .map_err(|error| trouble(Step::Connect, controller, &error.to_string()))?;
                return Ok(stream);
            }
            Ok(Err(error)) => why = format!("{address}: {error}"),
            Err(_) => why = format!("{address} does not answer"),
        }
    }
    Err(trouble(Step::Connect, controller, &why))
}

async fn resolved(controller: &Controller, port: u16) -> Attempt<Vec<SocketAddr>> {
    let looked_up = timeout(REACH_TIME_MAX, tokio::net::lookup_host((controller.host.as_str(), port))).await;
    match looked_up {
        Ok(Ok(found)) => Ok(found.collect()),
        Ok(Err(error)) => Err(trouble(Step::Name, controller, &error.to_string())),
        Err(_) => Err(trouble(Step::Name, controller, "the name server does not answer")),
    }
}

/// TLS over the connection, checked against the trust's authority and the controller's name; then LDAP is spoken.
async fn secured(
    trust: &Trust,
    controller: &Controller,
    beginning: Beginning,
    stream: TcpStream,
) -> Attempt<Ldap> {
    let broken = |why: &str| trouble(Step::Tls, controller, why);
    let stream = stream.into_std().map_err(|error| broken(&error.to_string()))?;
    let mut settings = LdapConnSettings::new().set_std_stream(StdStream::Tcp(stream));
    if let Some(pem) = &trust.authority {
        let roots = roots(pem).map_err(|error| Trouble { step: Step::Tls, error })?;
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        settings = settings.set_config(Arc::new(config));
    }
    let scheme = match beginning {
        Beginning::Ldaps => "ldaps",
        Beginning::StartTls => "ldap",
    };
    let settings = settings.set_starttls(beginning == Beginning::StartTls);
    let url = format!("{scheme}://{}", controller.host);
    let begun = timeout(ANSWER_TIME_MAX, LdapConnAsync::with_settings(settings, &url)).await;
    let (connection, ldap) = match begun {
        Ok(Ok(pair)) => pair,
        Ok(Err(error)) => return Err(broken(&error.to_string())),
        Err(_) => return Err(broken("the handshake takes too long")),
    };
    // An error of the connection is told to whoever waits for an answer on it.
    tokio::spawn(async move { drop(connection.drive().await) });
    Ok(ldap)
}
