//! Works through the queue: delivers to mailboxes, keeps what others serve, reports what cannot be.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Fault, Result, Time};
use parking_lot::{Condvar, Mutex};
use tracing::{error, info, warn};

use crate::queue::{Claimed, Due, NewMessage, NewRecipient, Outcome, State, compress};
use crate::report::{Failed, Report};
use crate::{Content, Delivery, Notify, Place, Status, Transport, report, status};

/// Rows taken at once: enough for commits to be shared, few enough to be done within a lease.
const CLAIM_ROWS: i64 = 200;
/// Messages worked on at once, so that their commits are shared.
const HANDS: usize = 8;
/// A message for somebody elsewhere is looked at again after this time, since an address can become ours; twice
/// as long each time up to sixteen hours, so that a great many of them cost nothing.
const ELSEWHERE_PAUSE_SECONDS: u64 = 1800;
const ELSEWHERE_DOUBLINGS_MAX: u32 = 5;
/// The worker looks at the queue at least this often, whatever it was told.
const NAP: Duration = Duration::from_secs(60);
/// A queue that fails is not asked again at once.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// How long rows that are done stay: Exchange's age of tracking logs.
const TRACE_DAYS: i64 = 30;
/// Old rows forgotten in one transaction.
const FORGET_ROWS: i64 = 500;
/// Waits after the 1st, 2nd … failed attempt; the last one repeats.
const BACK_OFF_SECONDS: [u64; 5] = [15, 60, 300, 600, 1800];

/// Wakes the worker when there is something to do.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    state: Mutex<Rung>,
    rung: Condvar,
}

#[derive(Debug, Default)]
struct Rung {
    work: bool,
    end: bool,
}

impl Bell {
    pub(crate) fn ring(&self) {
        self.state.lock().work = true;
        self.rung.notify_one();
    }

    fn end(&self) {
        self.state.lock().end = true;
        self.rung.notify_one();
    }

    /// Waits for work, at most `nap`; true at the end.
    fn wait(&self, nap: Duration) -> bool {
        let mut state = self.state.lock();
        if !state.work && !state.end {
            self.rung.wait_for(&mut state, nap);
        }
        state.work = false;
        state.end
    }
}

/// The thread that works through the queue; dropping it lets the delivery at hand finish.
#[derive(Debug)]
pub struct Worker {
    bell: Arc<Bell>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.bell.end();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            error!("the queue's worker panicked");
        }
    }
}

impl Transport {
    /// Starts the thread that works through the queue.
    pub fn start(self: &Arc<Self>) -> Result<Worker> {
        let (transport, bell) = (Arc::clone(self), Arc::clone(&self.bell));
        let thread = std::thread::Builder::new().name("queue".into()).spawn(move || transport.work())?;
        Ok(Worker { bell, thread: Some(thread) })
    }

    fn work(&self) {
        loop {
            let pause = match self.work_once() {
                Ok(0) => self.nap(),
                Ok(_) => Duration::ZERO,
                Err(error) => {
                    error!(%error, "the queue cannot be worked on");
                    PAUSE_AFTER_ERROR
                }
            };
            if self.bell.wait(pause) {
                return;
            }
        }
    }

    /// Until the next row is due, or a while.
    fn nap(&self) -> Duration {
        let due = self.queue.next_due().ok().flatten();
        let micros = due.map_or(i64::MAX, |due| due.0.saturating_sub(self.clock.now().0));
        NAP.min(Duration::from_micros(u64::try_from(micros.max(1000)).unwrap_or(1000)))
    }

    /// Works on what is due now, once; tells how many rows that were. The worker's thread calls it, and tests do.
    pub fn work_once(&self) -> Result<usize> {
        let now = self.clock.now();
        let claimed = self.queue.claim(now, CLAIM_ROWS)?;
        let rows = claimed.iter().map(|message| message.to.len()).sum();
        let messages = Mutex::new(claimed.into_iter());
        std::thread::scope(|scope| {
            for _ in 0..HANDS.min(rows) {
                scope.spawn(|| {
                    while let Some(message) = next(&messages) {
                        self.settle_guarded(&message);
                    }
                });
            }
        });
        if rows == 0 {
            self.queue.forget(Time(now.0 - TRACE_DAYS * 86_400_000_000), FORGET_ROWS)?;
        }
        Ok(rows)
    }

    /// A message that makes us panic must not stop all others: it waits until its lease runs out.
    fn settle_guarded(&self, message: &Claimed) {
        let settled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.settle(message)));
        if settled.is_err() {
            error!(id = %message.id, "delivering a message panicked");
        }
    }

    /// Delivers a message to whom it is due, and records what became of each.
    fn settle(&self, message: &Claimed) {
        let results = self.deliver_claimed(message);
        if let Err(error) = self.record(message, &results) {
            // The lease runs out, then it is tried again; what was delivered is asked for first.
            error!(id = %message.id, %error, "what became of a message cannot be recorded");
        }
    }

    fn deliver_claimed(&self, message: &Claimed) -> Vec<(i64, Fate)> {
        let Plan { by_database, twins, mut results } = self.plan(message);
        let octets = self.with_return_path(message);
        for (database, to) in by_database {
            results.extend(self.deliver_to(message, database, &to, &octets));
        }
        // What became of the copy became of all addresses that lead to it.
        for (due, first) in twins {
            let fate =
                results.iter().find(|(number, _)| *number == first.number).map(|(_, fate)| fate.clone());
            results.extend(fate.map(|fate| (due.number, fate)));
        }
        results
    }

    /// Sorts the rows of a message by where they go; what needs no delivery has its result.
    fn plan<'a>(&self, message: &'a Claimed) -> Plan<'a> {
        let mut plan = Plan { by_database: BTreeMap::new(), twins: Vec::new(), results: Vec::new() };
        for due in &message.to {
            match self.aim(message.id, due) {
                Ok(Aim::There { address }) => plan.results.push((due.number, Fate::Delivered { address })),
                Ok(Aim::At { database, mailbox }) => plan.aim_at(due, database, mailbox),
                Ok(Aim::Elsewhere) => plan.results.push((due.number, Fate::Elsewhere)),
                Err(error) => plan.results.push((due.number, Fate::Failed(error))),
            }
        }
        plan
    }

    fn deliver_to(
        &self,
        message: &Claimed,
        database: Guid,
        to: &[(&Due, Guid)],
        octets: &Arc<[u8]>,
    ) -> Vec<(i64, Fate)> {
        let outcomes = self.mailboxes.deliver(&Delivery {
            id: message.id,
            database,
            to: to.iter().map(|(due, mailbox)| (due.address.clone(), *mailbox)).collect(),
            sender: message.sender.as_ref().map_or_else(String::new, SmtpAddress::to_string),
            octets: Arc::clone(octets),
            at: message.accepted,
            together: false,
        });
        let fate = |(number, (due, _)): (usize, &(&Due, Guid))| {
            (due.number, Fate::of(&outcomes, number, &due.address))
        };
        to.iter().enumerate().map(fate).collect()
    }

    /// Where a row goes now. A row whose last delivery nobody heard of may be there already.
    fn aim(&self, id: Guid, due: &Due) -> Result<Aim> {
        let place = self.mailboxes.place(&due.address).or_else(|error| match error.known() {
            Some(ErrorId::RelayDenied) => Ok(Place::Elsewhere(due.address.clone())),
            _ => Err(error),
        })?;
        let Place::Mailbox { mailbox, database } = place else { return Ok(Aim::Elsewhere) };
        if due.unsure {
            let lies = self.mailboxes.delivered(id)?.into_iter();
            let mut here =
                lies.filter(|lies| lies.mailbox == mailbox || lies.address == due.address.as_str());
            if let Some(lies) = here.next() {
                return Ok(Aim::There { address: lies.address });
            }
        }
        Ok(Aim::At { database, mailbox })
    }

    fn with_return_path(&self, message: &Claimed) -> Arc<[u8]> {
        let sender = message.sender.as_ref().map(SmtpAddress::as_str);
        let mut octets = message::trace::return_path(sender);
        octets.extend_from_slice(&message.octets);
        octets.into()
    }

    fn record(&self, message: &Claimed, results: &[(i64, Fate)]) -> Result<()> {
        let now = self.clock.now();
        let report = self.report(message, results, now)?;
        let report_id = report.as_ref().map(|report| report.id);
        let outcomes = message.to.iter().filter_map(|due| {
            let (_, fate) = results.iter().find(|(number, _)| *number == due.number)?;
            Some(outcome(message, due, fate, now, report_id))
        });
        self.queue.finish(message.id, now, outcomes.collect(), report)?;
        if report_id.is_some() {
            self.bell.ring();
        }
        Ok(())
    }

    /// The report about those who failed for good and whose sender wants one. A report is never reported
    /// on: that would go to and fro for ever. [RFC 5321 4.5.5]
    fn report(&self, message: &Claimed, results: &[(i64, Fate)], now: Time) -> Result<Option<NewMessage>> {
        let Some(to) = &message.sender else { return Ok(None) };
        let failed: Vec<Failed<'_>> = message.to.iter().filter_map(|due| failed(due, results)).collect();
        if failed.is_empty() {
            return Ok(None);
        }
        let id = self.new_id(now);
        let octets = report::write(&Report {
            id,
            at: now,
            host: &self.host,
            domain: &self.mailboxes.default_domain()?,
            to,
            envid: message.envid.as_deref(),
            arrived: message.accepted,
            ret: message.ret,
            original: &message.octets,
            failed: &failed,
        });
        Ok(Some(NewMessage {
            id,
            accepted: now,
            sender: None,
            envid: None,
            ret: None,
            content: Content { eight_bit: true, utf8: false },
            internet_id: format!("{id}@{}", self.host),
            size: octets.len(),
            body: compress(&octets)?,
            to: vec![NewRecipient { address: to.clone(), orcpt: None, notify: Notify::NEVER }],
        }))
    }
}

fn next(messages: &Mutex<std::vec::IntoIter<Claimed>>) -> Option<Claimed> {
    messages.lock().next()
}

/// What is to be done with a message, and what is done already.
struct Plan<'a> {
    by_database: BTreeMap<Guid, Vec<(&'a Due, Guid)>>,
    /// Rows whose mailbox gets its copy by an earlier row, with that row.
    twins: Vec<(&'a Due, &'a Due)>,
    results: Vec<(i64, Fate)>,
}

impl<'a> Plan<'a> {
    /// A mailbox gets one copy, however many addresses lead to it.
    fn aim_at(&mut self, due: &'a Due, database: Guid, mailbox: Guid) {
        let aimed = self.by_database.entry(database).or_default();
        match aimed.iter().find(|(_, known)| *known == mailbox) {
            Some((first, _)) => self.twins.push((due, first)),
            None => aimed.push((due, mailbox)),
        }
    }
}

/// Where a row goes.
enum Aim {
    There { address: String },
    At { database: Guid, mailbox: Guid },
    Elsewhere,
}

/// What became of a row.
#[derive(Clone)]
enum Fate {
    /// A copy lies in the mailbox; its trace has it under this address.
    Delivered {
        address: String,
    },
    Elsewhere,
    Failed(Error),
}

impl Fate {
    fn of(outcomes: &Result<Vec<Result<()>>>, number: usize, address: &SmtpAddress) -> Fate {
        match outcomes {
            Err(error) => Fate::Failed(error.clone()),
            Ok(outcomes) => match outcomes.get(number) {
                Some(Ok(())) => Fate::Delivered { address: address.to_string() },
                Some(Err(error)) => Fate::Failed(error.clone()),
                None => Fate::Failed(Error::server(
                    ErrorId::OutcomeMissing,
                    "The mailboxes did not say what became of it.",
                )),
            },
        }
    }
}

/// Whether and what to tell the sender of a recipient.
fn failed<'a>(due: &'a Due, results: &'a [(i64, Fate)]) -> Option<Failed<'a>> {
    let (_, fate) = results.iter().find(|(number, _)| *number == due.number)?;
    let Fate::Failed(error) = fate else { return None };
    let told = status(error).is_permanent() && due.notify.failure;
    told.then(|| Failed {
        address: &due.address,
        orcpt: due.orcpt.as_deref(),
        status: status(error),
        detail: error.message(),
    })
}

fn outcome(message: &Claimed, due: &Due, fate: &Fate, now: Time, report: Option<Guid>) -> Outcome {
    let settled = |state, status: Option<Status>, detail: &str| Outcome {
        number: due.number,
        state,
        next_attempt: now,
        status,
        detail: detail.to_owned(),
        report: None,
    };
    match fate {
        Fate::Delivered { address } => settled(State::Delivered, Some(Status(2, 1, 5)), address),
        Fate::Elsewhere => {
            let doublings = u32::try_from(due.attempts).unwrap_or(0).min(ELSEWHERE_DOUBLINGS_MAX);
            let later = now + Duration::from_secs(ELSEWHERE_PAUSE_SECONDS << doublings);
            Outcome { next_attempt: later, ..settled(State::Waiting, None, "Waits to be sent on.") }
        }
        Fate::Failed(error) => {
            let code = status(error);
            if !code.is_permanent() {
                log_failure(message.id, due, error);
                let next_attempt = now + back_off(due.attempts);
                return Outcome { next_attempt, ..settled(State::Waiting, Some(code), error.message()) };
            }
            info!(id = %message.id, to = %due.address, status = %code, "given up");
            let told = message.sender.is_some() && due.notify.failure;
            let state = if told { State::Reported } else { State::Dropped };
            Outcome { report: report.filter(|_| told), ..settled(state, Some(code), error.message()) }
        }
    }
}

fn log_failure(id: Guid, due: &Due, error: &Error) {
    match error.fault() {
        Fault::Server => error!(%id, to = %due.address, %error, "delivery failed"),
        _ => warn!(%id, to = %due.address, %error, "delivery put off"),
    }
}

fn back_off(attempts: i64) -> Duration {
    let step = usize::try_from(attempts).unwrap_or(0).min(BACK_OFF_SECONDS.len() - 1);
    Duration::from_secs(BACK_OFF_SECONDS[step])
}
