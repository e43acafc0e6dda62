//! Asks foreign directories, controller after controller, on a thread of its own, and remembers which did not answer.

use crate::account::{FOUND_MAX, ForeignAccount};
use crate::examine::{Finding, examine};
use crate::kept::Kept;
use crate::link::{Attempt, Link};
use crate::name::{by_sam_and_sid, by_sid, searches};
use crate::refusal::Refusal;
use crate::sid::Sid;
use crate::step::Trouble;
use crate::trust::{Controller, Trust};
use object::types::SecureString;
use object::{Error, ErrorId, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, mpsc};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::time::timeout_at;

/// Whoever logs on waits no longer than this for all controllers together: clients themselves give up after a minute.
const LOGON_TIME_MAX: Duration = Duration::from_secs(15);
/// An administrator waits longer, with whom a controller may be far away.
const QUESTION_TIME_MAX: Duration = Duration::from_secs(40);
/// Looking at one controller takes no longer than this.
const EXAMINED_TIME_MAX: Duration = Duration::from_secs(15);
/// A controller that did not answer is asked after the others for that long.
const AVOIDED_FOR: Duration = Duration::from_secs(30);
/// When no controller answered, log-ons hear so at once for that long: a try for each would only pile up.
const SILENT_FOR: Duration = Duration::from_secs(3);

/// Somebody's claim to be the account of a linked mailbox.
#[derive(Clone)]
pub struct Proof {
    /// Which account it must be.
    pub sid: Sid,
    /// What it was called when the mailbox was linked, without the domain.
    pub sam_account_name: String,
    /// The password.
    pub password: SecureString,
}

/// The way to foreign directories.
#[derive(Default)]
pub struct Forest {
    runtime: OnceLock<Runtime>,
    silent: Arc<Silent>,
    kept: Arc<Kept>,
}

/// When each controller last did not answer, by trust and host.
#[derive(Default)]
struct Silent(Mutex<HashMap<(String, String), Instant>>);

impl Silent {
    fn note(&self, trust: &Trust, controller: &Controller, answered: bool) {
        let place = (trust.name.clone(), controller.host.clone());
        let mut silent = self.0.lock();
        if answered {
            silent.remove(&place)
        } else {
            silent.insert(place, Instant::now())
        };
    }

    fn since(&self, trust: &Trust, controller: &Controller) -> Option<Duration> {
        let place = (trust.name.clone(), controller.host.clone());
        self.0.lock().get(&place).map(Instant::elapsed)
    }

    /// The controllers in the trust's order, those that were silent lately behind the others.
    fn ordered<'a>(&self, trust: &'a Trust) -> Vec<&'a Controller> {
        let mut controllers: Vec<&Controller> = trust.controllers.iter().collect();
        controllers.sort_by_key(|one| self.since(trust, one).is_some_and(|since| since < AVOIDED_FOR));
        controllers
    }

    /// Whether all of them were silent a moment ago.
    fn all(&self, trust: &Trust) -> bool {
        let mut controllers = trust.controllers.iter();
        controllers.all(|one| self.since(trust, one).is_some_and(|since| since < SILENT_FOR))
    }
}

/// A question to one controller.
type Asked<'a, T> = Pin<Box<dyn Future<Output = Attempt<T>> + Send + 'a>>;

impl Forest {
    /// No controller is known yet. The thread begins with the first question.
    pub fn new() -> Forest {
        Forest::default()
    }

    /// The one account that a name means: an account name (plain or `DOMAIN\name`), a display name, UPN, address, DN,
    /// canonical name, GUID or SID. Errors: no such account, several, or nobody can be asked.
    pub fn account(&self, trust: &Trust, name: &str) -> Result<ForeignAccount> {
        let searches = searches(trust, name)?;
        let kept = Some(Arc::clone(&self.kept));
        let found = self.ask(trust, QUESTION_TIME_MAX, kept, move |link| {
            let searches = searches.clone();
            Box::pin(async move {
                link.bind_as_trust().await?;
                for search in &searches {
                    let found = link.search(search).await?;
                    if !found.is_empty() {
                        return Ok(found);
                    }
                }
                Ok(Vec::new())
            })
        })?;
        let accounts: Vec<ForeignAccount> = found.iter().filter_map(ForeignAccount::of).collect();
        match (accounts.len(), found.len()) {
            (1, _) => accounts.into_iter().next().ok_or_else(|| missing(trust, name)),
            (0, 0) => Err(missing(trust, name)),
            (0, _) => Err(unusable(trust, name)),
            _ => Err(several(name, &accounts)),
        }
    }

    /// Whether a password is right and its account may log on. An error says nothing of the password: nobody could be asked.
    pub fn prove(&self, trust: &Trust, proof: &Proof) -> Result<std::result::Result<(), Refusal>> {
        if self.silent.all(trust) {
            let message = format!("No domain controller of {} answers.", trust.name);
            return Err(Error::busy(ErrorId::ForestUnreachable, message).help("Try again in a minute."));
        }
        let proof = proof.clone();
        // Whoever logs on is asked for on a connection of their own: one that breaks may not cost a second wrong try.
        self.ask(trust, LOGON_TIME_MAX, None, move |link| {
            let proof = proof.clone();
            Box::pin(async move { prove(link, &proof).await })
        })
    }

    /// What works with each controller and what does not.
    pub fn examine(&self, trust: &Trust) -> Result<Vec<Finding>> {
        let asked = trust.clone();
        self.run(async move {
            let (begun, mut findings) = (Instant::now(), Vec::new());
            for controller in &asked.controllers {
                // One that is slow leaves some time to those behind it.
                let left = QUESTION_TIME_MAX.saturating_sub(begun.elapsed());
                findings.extend(examine(&asked, controller, left.min(EXAMINED_TIME_MAX)).await);
            }
            findings
        })
    }

    /// Asks the controllers in order until one answers, on a connection that was kept where one may be used.
    fn ask<T: Send + 'static>(
        &self,
        trust: &Trust,
        time: Duration,
        kept: Option<Arc<Kept>>,
        question: impl for<'a> Fn(&'a mut Link<'_>) -> Asked<'a, T> + Send + Sync + 'static,
    ) -> Result<T> {
        let (asked, silent) = (trust.clone(), Arc::clone(&self.silent));
        self.run(async move { in_order(&asked, &silent, time, kept.as_ref(), question).await })?
    }

    /// Runs what awaits on the room's own thread, and waits for it.
    fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> Result<T> {
        let (say, hear) = mpsc::channel();
        self.runtime()?.spawn(async move {
            // Nobody is left to hear it only when the waiting thread is gone.
            let _unheard = say.send(work.await);
        });
        let lost =
            || Error::busy(ErrorId::ForestUnreachable, "An answer of a foreign directory could not be read.");
        hear.recv().map_err(|_| lost())
    }

    fn runtime(&self) -> Result<&Runtime> {
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let made = builder.worker_threads(1).thread_name("forest").enable_all().build();
        let made = made
            .map_err(|error| Error::from(error).while_doing("starting the thread for foreign directories"))?;
        if let Err(second) = self.runtime.set(made) {
            second.shutdown_background();
        }
        self.runtime
            .get()
            .ok_or_else(|| Error::server(ErrorId::NoThread, "The thread for foreign directories is gone."))
    }
}

impl Drop for Forest {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Waiting for it would need a place where waiting is allowed.
            runtime.shutdown_background();
        }
    }
}

impl std::fmt::Debug for Forest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Forest({} silent controllers)", self.silent.0.lock().len())
    }
}

async fn in_order<T>(
    trust: &Trust,
    silent: &Silent,
    time: Duration,
    kept: Option<&Arc<Kept>>,
    question: impl for<'a> Fn(&'a mut Link<'_>) -> Asked<'a, T> + Send + Sync,
) -> Result<T> {
    let until = tokio::time::Instant::now() + time;
    let none =
        || Error::busy(ErrorId::ForestUnreachable, format!("{} has no domain controllers.", trust.name));
    let mut last: Option<Error> = None;
    for controller in silent.ordered(trust) {
        let answer = match timeout_at(until, one(trust, controller, kept, &question)).await {
            Ok(answer) => answer,
            // The next question begins with another one.
            Err(_) => {
                silent.note(trust, controller, false);
                let message = format!("The domain controllers of {} take too long to answer.", trust.name);
                return Err(Error::busy(ErrorId::ForestUnreachable, message).help("Try again in a minute."));
            }
        };
        match answer {
            Ok(answer) => {
                silent.note(trust, controller, true);
                return Ok(answer);
            }
            Err(Trouble { error, .. }) => {
                // One that refuses the credential does answer, and the others would refuse it, too.
                if error.is(ErrorId::ForestRefusesCredential) {
                    return Err(error);
                }
                silent.note(trust, controller, false);
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(none))
}

async fn one<T>(
    trust: &Trust,
    controller: &Controller,
    kept: Option<&Arc<Kept>>,
    question: &(impl for<'a> Fn(&'a mut Link<'_>) -> Asked<'a, T> + Send + Sync),
) -> Attempt<T> {
    if let Some(kept) = kept
        && let Some(mut link) = kept.take(trust, controller)
        && let Ok(answer) = question(&mut link).await
    {
        kept.put(link);
        return Ok(answer);
    }
    // A kept connection that has ended meanwhile says nothing of the controller.
    let mut link = Link::to(trust, controller, &mut |_| {}).await?;
    let answer = question(&mut link).await;
    match kept {
        Some(kept) if answer.is_ok() && link.is_the_trusts() => kept.put(link),
        _ => link.close().await,
    }
    answer
}

/// Finds the account by its identifier and binds as it. Where nobody may be asked before, Active Directory lets the account
/// itself be asked behind its own bind, by the name that it had.
async fn prove(link: &mut Link<'_>, proof: &Proof) -> Attempt<std::result::Result<(), Refusal>> {
    let trusted = link.has_credential();
    if !trusted && link.is_active_directory().await? {
        return prove_by_name(link, proof).await;
    }
    link.bind_as_trust().await?;
    let found = link.search(&by_sid(&proof.sid)).await?;
    let accounts: Vec<ForeignAccount> = found.iter().filter_map(ForeignAccount::of).collect();
    let [account] = accounts.as_slice() else { return Ok(Err(Refusal::NoSuchAccount)) };
    let bound = link.bind(&account.distinguished_name, proof.password.reveal()).await?;
    Ok(bound.and_then(|()| standing(account)))
}

async fn prove_by_name(link: &mut Link<'_>, proof: &Proof) -> Attempt<std::result::Result<(), Refusal>> {
    let name = format!("{}\\{}", link.netbios(), proof.sam_account_name);
    if let Err(refusal) = link.bind(&name, proof.password.reveal()).await? {
        return Ok(Err(refusal));
    }
    // The name may be somebody else's by now: the mailbox belongs to the identifier.
    let found = link.search(&by_sam_and_sid(&proof.sam_account_name, &proof.sid)).await?;
    let account = found.iter().find_map(ForeignAccount::of);
    Ok(account.as_ref().map_or(Err(Refusal::NoSuchAccount), standing))
}

/// Directories other than Active Directory keep the flag and do not act by it.
fn standing(account: &ForeignAccount) -> std::result::Result<(), Refusal> {
    if account.is_disabled { Err(Refusal::Disabled) } else { Ok(()) }
}

fn missing(trust: &Trust, name: &str) -> Error {
    let message = format!("The account '{name}' couldn't be found in the trusted domain {}.", trust.name);
    let error = Error::not_found(ErrorId::ForeignAccountNotFound, message).about("LinkedMasterAccount");
    match trust.credential {
        Some(_) => error,
        None => error.help("Without a credential little may be read: give one with -LinkedCredential or Set-ADTrust -Credential."),
    }
}

fn unusable(trust: &Trust, name: &str) -> Error {
    let message = format!(
        "The account '{name}' of {} has no objectSid and sAMAccountName that can be read.",
        trust.name
    );
    Error::conflict(ErrorId::ForeignAccountUnusable, message)
        .help("A mailbox is linked to an account by these; the credential must be able to read them.")
        .about("LinkedMasterAccount")
}

fn several(name: &str, accounts: &[ForeignAccount]) -> Error {
    let list: Vec<String> = accounts.iter().take(FOUND_MAX).map(ForeignAccount::canonical_name).collect();
    let message = format!("The operation couldn't be performed because '{name}' matches multiple entries.");
    Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
        .help(format!("Write one of these: {}.", list.join("; ")))
        .about("LinkedMasterAccount")
}
