//! Logging on: who is this, may they enter by this door, and which mailbox is theirs.

use crate::Mailboxes;
use crate::entry::{Protocol, is_linked, may_enter, refused};
use crate::figures::{LogonFigures, count};
use crate::guard::{Pair, counted};
use crate::proving::{Pace, Work};
use crate::remembered::Seal;
use directory::schema::user;
use directory::{Hasher, Record, Verdict, standing};
use forest::Refusal;
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Fault, Network, Result};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::mpsc;
use store::Limits;
use tokio::sync::watch;

/// Somebody who has proved who they are.
#[derive(Clone)]
pub struct Logon {
    /// The directory's GUID of whoever has logged on.
    pub user: Guid,
    /// The directory's GUID of whoever owns the mailbox: the same, unless somebody opened another one's.
    pub owner: Guid,
    /// The account, `CONTOSO\ann`: what logs and statistics show.
    pub name: String,
    /// The primary address of the mailbox.
    pub address: SmtpAddress,
    /// The mailbox.
    pub mailbox: store::Mailbox,
    /// How much it may hold; asked anew for every use, as administrators change it.
    pub limits: Arc<dyn Fn() -> Result<Limits> + Send + Sync>,
    /// Becomes true when the account or the protocol is switched off, the password or the mailbox changes: the session ends.
    pub cut_off: watch::Receiver<bool>,
}

impl std::fmt::Debug for Logon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logon of {}", self.name)
    }
}

/// Who logs on, and whose mailbox they mean: `CONTOSO\ben\sales`, or `ben@contoso.com\sales`.
fn as_whom(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('\\') {
        Some((person, other)) if person.contains(['\\', '@']) && !other.is_empty() => (person, Some(other)),
        _ => (name, None),
    }
}

/// By which door somebody comes, and from where.
pub(crate) type Door = (Protocol, IpAddr);

/// Who claims to be whom, at which door.
struct Claim {
    name: String,
    password: String,
    protocol: Protocol,
    peer: IpAddr,
}

/// Somebody whose password is right and who may enter by the door they came to.
#[derive(Debug)]
pub struct Proved {
    mailboxes: Mailboxes,
    record: Arc<Record>,
    protocol: Protocol,
    peer: IpAddr,
}

impl Proved {
    /// The account.
    pub fn account(&self) -> &Arc<Record> {
        &self.record
    }

    pub(crate) fn mailboxes(&self) -> &Mailboxes {
        &self.mailboxes
    }
    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Opens their mailbox. Blocks: call it on a worker thread.
    pub fn enter(self) -> Result<Logon> {
        self.mailboxes.enter(&self.record, (self.protocol, self.peer))
    }

    /// Opens the mailbox of somebody else, to which they need Full Access; their own where nobody is named. The session
    /// ends with the right. Blocks.
    pub fn enter_as(self, other: Option<&str>) -> Result<Logon> {
        let Some(other) = other else { return self.enter() };
        let mailboxes = &self.mailboxes;
        let owner = mailboxes.0.directory.account(other).ok_or_else(|| refused(ErrorId::LogonFailed))?;
        if owner.guid() == self.record.guid() {
            return self.enter();
        }
        let is_open = self.protocol.switch().is_none_or(|switch| owner.is(switch));
        if !owner.is_mailbox() || !is_open || !mailboxes.may_open(self.record.guid(), owner.guid()) {
            return Err(refused(ErrorId::NoRight));
        }
        mailboxes.enter_other(&self.record, &owner, (self.protocol, self.peer))
    }
}

/// Opens the mailbox of somebody who has proved who they are; blocks.
pub type Entrance = Box<dyn FnOnce() -> Result<Logon> + Send>;

/// What is told how a proof ended: once, on any thread, where it must not block.
type Then = Box<dyn FnOnce(Result<Proved>) + Send>;

impl Mailboxes {
    /// Proves who wants to enter by a door of mail, and calls `then` with the way in to the mailbox that is meant: the own
    /// one, that of `act_as` [RFC 4616 2], or the one behind the name (`ben@contoso.com\\sales`). Does not block.
    pub fn let_in(
        &self,
        (user, password): (&str, &str),
        act_as: Option<&str>,
        (protocol, peer): (Protocol, IpAddr),
        then: impl FnOnce(Result<Entrance>) + Send + 'static,
    ) {
        let (person, named) = as_whom(user);
        let other = act_as.filter(|other| !other.eq_ignore_ascii_case(user)).or(named).map(str::to_owned);
        self.prove(person, password, protocol, peer, |proved| {
            then(proved.map(|proved| Box::new(move || proved.enter_as(other.as_deref())) as Entrance));
        });
    }

    /// Proves a name (mail address, user principal name, `DOMAIN\account`, alias or account name) and a password that came
    /// from `peer`, and calls `then` with the outcome: at once where the log-on is remembered, else on the thread that
    /// compared the password, seconds later where many others wait. Does not block.
    pub fn prove(
        &self,
        name: &str,
        password: &str,
        protocol: Protocol,
        peer: IpAddr,
        then: impl FnOnce(Result<Proved>) + Send + 'static,
    ) {
        let claim = Claim { name: name.to_owned(), password: password.to_owned(), protocol, peer };
        let account = self.0.directory.account(name);
        let (pair, seal) = self.counted(&claim, account.as_deref());
        if let Some(proved) = self.recall(&claim, &pair, account.clone(), seal.as_ref()) {
            return then(proved);
        }
        let known = self.0.guard.knows(&pair, self.0.directory.now());
        let trust = account.as_deref().and_then(|record| self.trust_for(record));
        // The closure goes into the queue or is dropped there; `then` must be called in both cases.
        let told = Told { mailboxes: self.clone(), claim: Some(claim), then: Some(Box::new(then)) };
        let asks = trust.is_some();
        let work: Work = Box::new(move |hasher| told.work(hasher, asks));
        let queued = match trust {
            Some(trust) => self.asking(trust.guid()).submit(pair, known, work),
            None => self.0.proving.submit(pair, known, work),
        };
        if let Err(error) = queued {
            tracing::debug!(%error, "a log-on was not queued");
        }
    }

    /// The same, for whoever may wait: blocks until it is decided, and opens the mailbox.
    pub fn logon(&self, name: &str, password: &str, protocol: Protocol, peer: IpAddr) -> Result<Logon> {
        self.proved(name, password, protocol, peer)?.enter()
    }

    /// Checks an administrator's name and password (Basic over TLS of the JSON API). The account needs no mailbox. Blocks.
    pub fn administrator(&self, name: &str, password: &str, peer: IpAddr) -> Result<Arc<Record>> {
        Ok(self.proved(name, password, Protocol::PowerShell, peer)?.record)
    }

    fn proved(&self, name: &str, password: &str, protocol: Protocol, peer: IpAddr) -> Result<Proved> {
        let (say, hear) = mpsc::channel();
        // Nobody is left to hear it only when the waiting thread is gone.
        self.prove(name, password, protocol, peer, move |proved| drop(say.send(proved)));
        hear.recv().unwrap_or_else(|_| Err(unanswered()))
    }

    /// For whom the claim is counted, and what it would be remembered by.
    fn counted(&self, claim: &Claim, account: Option<&Record>) -> (Pair, Option<Seal>) {
        // One person has many names; failures are counted for the person.
        let person = account.map_or_else(|| counted(&claim.name), |record| record.guid().to_string());
        let seal = account.map(|record| {
            let trust = self.trust_for(record);
            self.0.remembered.seal(record, trust.as_deref(), &claim.password)
        });
        ((Network::of(claim.peer), person), seal)
    }

    /// A log-on that was proved a moment ago.
    fn recall(
        &self,
        claim: &Claim,
        pair: &Pair,
        account: Option<Arc<Record>>,
        seal: Option<&Seal>,
    ) -> Option<Result<Proved>> {
        let now = self.0.directory.now();
        let (record, seal) = account.zip(seal.copied())?;
        let time = self.0.guard.limits().remembered(is_linked(&record));
        if !self.0.remembered.holds(&seal, time, now) {
            return None;
        }
        let stands = if is_linked(&record) { Ok(()) } else { admitted(standing(&record)) };
        let entered = stands.and_then(|()| may_enter(&record, claim.protocol));
        match entered {
            Ok(()) => {
                count(&self.0.logons.remembered);
                self.0.guard.succeeded(pair, Some(seal), now);
                Some(Ok(Proved {
                    mailboxes: self.clone(),
                    record,
                    protocol: claim.protocol,
                    peer: claim.peer,
                }))
            }
            Err(error) => Some(Err(self.refuse(claim, error))),
        }
    }

    /// Compares the password, as far as the guard allows it now. Only a queue that `asks` waits for foreign directories.
    fn compare(&self, hasher: Result<&mut Hasher>, asks: bool, claim: &Claim) -> (Result<Proved>, Pace) {
        // The account may have changed while the claim was waiting, and another try may have proved it.
        let account = self.0.directory.account(&claim.name);
        let (pair, seal) = self.counted(claim, account.as_deref());
        if let Some(proved) = self.recall(claim, &pair, account.clone(), seal.as_ref()) {
            return (proved, Pace::Free);
        }
        let (guard, now) = (&self.0.guard, self.0.directory.now());
        let begun = hasher.and_then(|hasher| guard.begin(&pair, seal.as_ref(), now).map(|()| hasher));
        let hasher = match begun {
            Ok(hasher) => hasher,
            Err(error) => return (Err(self.refuse(claim, error)), Pace::Free),
        };
        match self.judge(hasher, asks, account, claim) {
            Ok(record) => {
                guard.succeeded(&pair, seal, now);
                let kept = seal.filter(|_| !guard.limits().remembered(is_linked(&record)).is_zero());
                kept.into_iter().for_each(|seal| self.0.remembered.note(seal, now));
                count(&self.0.logons.proved);
                (
                    Ok(Proved {
                        mailboxes: self.clone(),
                        record,
                        protocol: claim.protocol,
                        peer: claim.peer,
                    }),
                    Pace::Free,
                )
            }
            Err(error) if error.fault() == Fault::Denied => {
                let pace = if guard.is_slow(pair.0, now) { Pace::Slow } else { Pace::Free };
                (Err(self.refuse(claim, error)), pace)
            }
            Err(error) => {
                guard.undo(&pair);
                tracing::warn!(target: "logon", %error, "a log-on could not be decided");
                (Err(error), Pace::Free)
            }
        }
    }

    /// Checks the password: here, or with the forest in which the account of a linked mailbox lives.
    fn judge(
        &self,
        hasher: &mut Hasher,
        asks: bool,
        account: Option<Arc<Record>>,
        claim: &Claim,
    ) -> Result<Arc<Record>> {
        if let Some(record) = account.as_ref().filter(|record| is_linked(record)) {
            // Linked while the claim was waiting: the threads of this queue do not wait for others.
            let trust = self.trust_for(record);
            if trust.is_some() && !asks {
                return Err(unanswered());
            }
            match self.foreign_verdict(record, trust.as_deref(), &claim.password)? {
                Ok(()) => {}
                Err(refusal) => return Err(refused(why(refusal))),
            }
            return may_enter(record, claim.protocol).map(|()| Arc::clone(record));
        }
        admitted(directory::check_password(hasher, account.as_deref(), &claim.password))?;
        let record = account.ok_or_else(|| refused(ErrorId::LogonFailed))?;
        may_enter(&record, claim.protocol).map(|()| record)
    }

    /// Counts a refusal and writes the one line that other programs read.
    fn refuse(&self, claim: &Claim, error: Error) -> Error {
        let counts = &self.0.logons;
        count(if error.fault() == Fault::Denied { &counts.refused } else { &counts.throttled });
        let (peer, door) = (claim.peer.to_canonical(), claim.protocol.name());
        // The name comes from outside: in quotes, without line ends, and no longer than a line.
        let account = claim.name.chars().take(NAME_CHARACTERS_LOGGED).collect::<String>();
        tracing::warn!(target: "logon", %peer, door, ?account, why = error.id(), "refused");
        error
    }

    /// Notes a session, and gives the signal that ends it.
    pub(crate) fn open_session(&self, record: &Record, protocol: Protocol) -> Result<watch::Receiver<bool>> {
        // The session is noted before the record is looked at again, so that no change in between is missed.
        let cut_off = self.0.sessions.open(record, protocol);
        self.0.sessions.review(record.guid(), self.0.directory.get(record.guid()).as_deref());
        if *cut_off.borrow() { Err(refused(ErrorId::LogonFailed)) } else { Ok(cut_off) }
    }

    fn enter(&self, record: &Record, door: Door) -> Result<Logon> {
        let cut_off = self.open_session(record, door.0)?;
        self.logon_in(record, record, door, cut_off)
    }

    /// An account in a mailbox, its own or another one's.
    fn logon_in(
        &self,
        record: &Record,
        owner: &Record,
        door: Door,
        cut_off: watch::Receiver<bool>,
    ) -> Result<Logon> {
        let mailbox = self.watched(self.mailbox(owner)?, record.guid(), owner.guid(), Some(door));
        mailbox.note(store::Operation::MailboxLogin, store::About::default())?;
        let name = self.account_name(record);
        mailbox.logged_on(&name);
        let (mailboxes, guid) = (self.clone(), mailbox.guid());
        let limits = Arc::new(move || mailboxes.limits(guid));
        let address = directory::primary(&owner.all(&directory::schema::recipient::EMAIL_ADDRESSES));
        let address = address.ok_or_else(|| {
            Error::server(ErrorId::PrimaryAddressMissing, format!("{} has no primary address.", owner.name()))
        })?;
        Ok(Logon { user: record.guid(), owner: owner.guid(), name, address, mailbox, limits, cut_off })
    }

    /// The mailbox of somebody else, opened by an account that has the right to it.
    fn enter_other(&self, record: &Record, owner: &Record, door: Door) -> Result<Logon> {
        let cut_off = self.open_session(record, door.0)?;
        self.0.sessions.bind(record.guid(), owner.guid(), &cut_off);
        self.review_visits(owner.guid());
        let logon = self.logon_in(record, owner, door, cut_off)?;
        if *logon.cut_off.borrow() { Err(refused(ErrorId::NoRight)) } else { Ok(logon) }
    }

    /// `CONTOSO\ann`: the account of a user.
    pub fn account_name(&self, record: &Record) -> String {
        let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_else(|| record.name().to_owned());
        format!("{}\\{sam}", self.0.directory.netbios())
    }

    /// How many log-ons there were.
    pub fn logon_figures(&self) -> LogonFigures {
        self.0.logons.read((self.0.proving.waiting() + self.asking_now()) as u64)
    }

    /// How many sessions are open.
    pub fn sessions(&self) -> usize {
        self.0.sessions.count()
    }
}

/// How much of a name that was typed is logged.
const NAME_CHARACTERS_LOGGED: usize = 64;

/// A claim on its way through the queue. Whatever becomes of it, who waits is told.
struct Told {
    mailboxes: Mailboxes,
    claim: Option<Claim>,
    then: Option<Then>,
}

impl Told {
    fn work(mut self, hasher: Result<&mut Hasher>, asks: bool) -> Pace {
        let Some(claim) = self.claim.take() else { return Pace::Free };
        let (proved, pace) = self.mailboxes.compare(hasher, asks, &claim);
        self.tell(proved);
        pace
    }

    fn tell(&mut self, proved: Result<Proved>) {
        if let Some(then) = self.then.take() {
            then(proved);
        }
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        if self.then.is_some() {
            let error = match self.claim.take() {
                Some(claim) => self.mailboxes.refuse(&claim, unanswered()),
                None => unanswered(),
            };
            self.tell(Err(error));
        }
    }
}

fn unanswered() -> Error {
    Error::busy(ErrorId::TooManyLogonFailures, "The log-on could not be looked at.")
        .help("Try again in a minute.")
}

/// What becomes of somebody by what their password said.
fn admitted(verdict: Verdict) -> Result<()> {
    match verdict {
        Verdict::Right => Ok(()),
        Verdict::Wrong => Err(refused(ErrorId::LogonFailed)),
        Verdict::Disabled => Err(refused(ErrorId::AccountDisabled)),
        Verdict::MustChange => Err(refused(ErrorId::PasswordMustChange)),
    }
}

/// The id under which the logs tell why a foreign directory refused somebody.
fn why(refusal: Refusal) -> ErrorId {
    match refusal {
        Refusal::WrongPassword => ErrorId::LogonFailed,
        Refusal::NoSuchAccount => ErrorId::ForeignAccountNotFound,
        Refusal::Disabled => ErrorId::AccountDisabled,
        Refusal::AccountExpired => ErrorId::AccountExpired,
        Refusal::PasswordExpired => ErrorId::PasswordExpired,
        Refusal::MustChange => ErrorId::PasswordMustChange,
        Refusal::Locked => ErrorId::AccountLocked,
        Refusal::Restricted => ErrorId::AccountRestricted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_say_whose_mailbox_is_meant() {
        for (name, person, other) in [
            ("ann", "ann", None),
            ("ann@contoso.com", "ann@contoso.com", None),
            ("CONTOSO\\ann", "CONTOSO\\ann", None),
            ("CONTOSO\\ben\\sales", "CONTOSO\\ben", Some("sales")),
            ("ben@contoso.com\\sales", "ben@contoso.com", Some("sales")),
            ("CONTOSO\\ben\\", "CONTOSO\\ben\\", None),
        ] {
            assert_eq!(as_whom(name), (person, other), "{name}");
        }
    }
}
