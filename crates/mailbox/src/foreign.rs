//! Foreign accounts that own linked mailboxes: the trust that speaks for each, looked up and asked.

use crate::Mailboxes;
use crate::proving::Proving;
use directory::schema::{trust as schema, user};
use directory::{Class, Flavour, Record};
use forest::{Controller, Finding, Proof, Refusal, Sid, Trust};
use object::types::{Credential, Guid, SecureString};
use object::{Error, ErrorId, Result};
use std::net::IpAddr;
use std::sync::Arc;

/// How many log-ons of one trust wait for its controllers at a time: each thread waits, and takes no processor.
const ASKING_MAX: usize = 16;

impl Mailboxes {
    /// The trust that decides who is the owner of a linked mailbox; none for any other user, or where it was removed.
    pub(crate) fn trust_for(&self, record: &Record) -> Option<Arc<Record>> {
        if !record.details().is_linked() {
            return None;
        }
        self.0.directory.trust_of(&record.get(&user::LINKED_ACCOUNT_NAME)?)
    }

    /// The queue of log-ons that a trust decides.
    pub(crate) fn asking(&self, trust: Guid) -> Arc<Proving> {
        let mut queues = self.0.asking.lock();
        Arc::clone(queues.entry(trust).or_insert_with(|| Arc::new(Proving::that_waits(ASKING_MAX))))
    }

    /// How many log-ons wait for foreign directories.
    pub(crate) fn asking_now(&self) -> usize {
        self.0.asking.lock().values().map(|queue| queue.waiting()).sum()
    }

    /// What the foreign directory says of the password of a linked mailbox's owner. An error: it could not be asked.
    pub(crate) fn foreign_verdict(
        &self,
        record: &Record,
        trust: Option<&Record>,
        password: &str,
    ) -> Result<std::result::Result<(), Refusal>> {
        let account = record.get(&user::LINKED_ACCOUNT_NAME).unwrap_or_default();
        let trust = trust.ok_or_else(|| {
            let message = format!("No trusted forest can be asked about the account '{account}'.");
            Error::busy(ErrorId::ForestUnreachable, message)
        })?;
        let sid =
            record.get(&user::MASTER_ACCOUNT_SID).and_then(|text| Sid::parse(&text)).ok_or_else(|| {
                Error::server(
                    ErrorId::PropertyDamaged,
                    format!("{} has no valid MasterAccountSid.", record.name()),
                )
            })?;
        let sam_account_name = account.split_once('\\').map_or(account.as_str(), |(_, sam)| sam).to_owned();
        let proof = Proof { sid, sam_account_name, password: SecureString::new(password) };
        self.0.forest.prove(&self.trust(trust)?, &proof)
    }

    /// A trust as the directory keeps it, ready to be asked.
    pub fn trust(&self, record: &Record) -> Result<Trust> {
        let addresses = record.all(&schema::ADDRESS);
        let controllers = controllers(&record.all(&schema::DOMAIN_CONTROLLER), &addresses)?;
        let name = record.name().to_owned();
        let credential = match record
            .get(&schema::CREDENTIAL_USER_NAME)
            .zip(record.get(&schema::CREDENTIAL_SECRET))
        {
            Some((user, sealed)) => Some((user, self.0.secrets.open(&record.guid().to_string(), &sealed)?)),
            None => None,
        };
        let base_dn = record.get(&schema::BASE_DN).unwrap_or_else(|| forest::base_dn_of(&name));
        Ok(Trust {
            netbios: record.get(&schema::NETBIOS_NAME).unwrap_or_default(),
            controllers,
            authority: record.get(&schema::CERTIFICATE_AUTHORITY),
            base_dn,
            credential,
            name,
        })
    }

    /// The password of a trust's credential as it may lie in the directory.
    pub fn seal_credential(&self, trust: Guid, password: &SecureString) -> Result<String> {
        self.0.secrets.seal(&trust.to_string(), password)
    }

    /// A secret as it may lie in a database; `owner` names what it belongs to.
    pub fn seal(&self, owner: &str, secret: &SecureString) -> Result<String> {
        self.0.secrets.seal(owner, secret)
    }

    /// A secret that was sealed for the same owner.
    pub fn unseal(&self, owner: &str, sealed: &str) -> Result<SecureString> {
        self.0.secrets.open(owner, sealed)
    }

    /// The account that is to own a linked mailbox, looked up in its forest: through the trust that `controller` names,
    /// else the one whose name stands in the account's, else the only one.
    pub fn foreign_account(
        &self,
        controller: Option<&str>,
        account: &str,
        credential: Option<&Credential>,
    ) -> Result<Flavour> {
        let mut trust = match controller {
            Some(controller) => self.trust_at(controller)?.from(controller),
            None => self.trust_by_account(account)?,
        };
        if let Some(credential) = credential {
            trust = trust.asked_as(&credential.user_name, &credential.password);
        }
        let found = self.0.forest.account(&trust, account)?;
        let sid = found.sid.to_string();
        if !directory::is_of_another_domain(&sid, &self.directory().own_sid()) {
            let message = format!(
                "The identifier {sid} that '{}' gives '{account}' is not one of its own domain.",
                trust.netbios
            );
            return Err(Error::denied(ErrorId::ForeignAccountUnusable, message)
                .help("Nothing was changed. Look at objectSid of that account in its directory.")
                .about("LinkedMasterAccount"));
        }
        Ok(Flavour::Linked {
            sid,
            name: format!("{}\\{}", trust.netbios, found.sam_account_name),
            room: false,
        })
    }

    fn trust_at(&self, controller: &str) -> Result<Trust> {
        let trusts = self.trusts()?;
        trusts.into_iter().find(|trust| trust.is_named(controller)).ok_or_else(|| {
            let message = format!("No trust has the domain controller '{controller}'.");
            Error::not_found(ErrorId::TrustNotFound, message)
                .help(format!(
                    "Make one with New-ADTrust -DomainController {controller} …, or see Get-ADTrust."
                ))
                .about("LinkedDomainController")
        })
    }

    fn trust_by_account(&self, account: &str) -> Result<Trust> {
        let mut trusts = self.trusts()?;
        let domain = account.split_once('\\').map(|(domain, _)| domain);
        let domain = domain.or_else(|| account.rsplit_once('@').map(|(_, domain)| domain));
        let named = trusts.iter().position(|trust| domain.is_some_and(|domain| trust.is_named(domain)));
        match named {
            Some(at) => Ok(trusts.remove(at)),
            None if trusts.len() == 1 => Ok(trusts.remove(0)),
            None => {
                let message = format!("It is not known which trust the account '{account}' belongs to.");
                Err(Error::not_found(ErrorId::TrustNotFound, message)
                    .help("Name a controller of its domain with -LinkedDomainController, or see Get-ADTrust.")
                    .about("LinkedDomainController"))
            }
        }
    }

    fn trusts(&self) -> Result<Vec<Trust>> {
        self.0.directory.all(Class::Trust).iter().map(|record| self.trust(record)).collect()
    }

    /// What works between us and the controllers of a trust, and what does not.
    pub fn examine_trust(&self, trust: &Record) -> Result<Vec<Finding>> {
        self.0.forest.examine(&self.trust(trust)?)
    }
}

/// The controllers of a trust, each with its address where addresses are given. Errors name the parameter.
pub fn controllers(names: &[String], addresses: &[String]) -> Result<Vec<Controller>> {
    if names.is_empty() || names.len() > forest::CONTROLLERS_MAX {
        let message = format!("A trust has 1 to {} domain controllers.", forest::CONTROLLERS_MAX);
        return Err(Error::caller(ErrorId::ControllerNameInvalid, message).about("DomainController"));
    }
    if !addresses.is_empty() && addresses.len() != names.len() {
        let message =
            format!("There are {} addresses for {} domain controllers.", addresses.len(), names.len());
        return Err(Error::caller(ErrorId::InvalidValue, message)
            .help("Give an address for each controller, in their order, or none.")
            .about("Address"));
    }
    let address = |at: usize| -> Result<Option<IpAddr>> {
        let Some(text) = addresses.get(at) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| {
            Error::caller(ErrorId::InvalidValue, format!("'{text}' is not an IP address.")).about("Address")
        })
    };
    names.iter().enumerate().map(|(at, name)| Controller::parse(name, address(at)?)).collect()
}
