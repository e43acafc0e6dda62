//! Works through the queue: each destination has a lane of its own, so that one which is dead, slow or stuck holds up
//! nobody else's mail.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use object::types::Guid;
use object::{Error, Result, Time};
use parking_lot::Mutex;
use tracing::{error, info};

use crate::bell::Bell;
use crate::queue::Claimed;
use crate::{Lane, Transport};

/// Rows taken at once: enough for commits to be shared, few enough to be done within a lease.
const CLAIM_ROWS: i64 = 500;
/// Messages of one lane worked on at once, so that their commits are shared.
const HANDS: usize = 8;
/// Lanes worked on at once. A lane that finds no room begins when another one ends.
const LANES_MAX: usize = 32;
/// The worker looks at the queue at least this often, whatever it was told.
const NAP: Duration = Duration::from_secs(60);
/// A queue that fails is not asked again at once.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(5);
/// Old rows forgotten in one transaction.
const FORGET_ROWS: u32 = 500;

/// The thread that works through the queue; dropping it lets the deliveries at hand finish.
#[derive(Debug)]
pub struct Worker {
    bell: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.bell.end();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            error!("the queue's worker panicked");
        }
    }
}

/// The lanes that are worked on at the moment, each by a thread of its own.
#[derive(Debug, Default)]
struct Running {
    lanes: Arc<Mutex<HashSet<Lane>>>,
    threads: Vec<JoinHandle<()>>,
}

/// A lane that is worked on; it ends when this is dropped.
struct AtWork {
    lane: Lane,
    lanes: Arc<Mutex<HashSet<Lane>>>,
    bell: Arc<Bell>,
    /// Whether the worker should look at once whether more is due.
    rings: bool,
}

impl Running {
    /// Nothing where somebody works on the lane already, or on too many others.
    fn enter(&self, lane: &Lane, bell: &Arc<Bell>) -> Option<AtWork> {
        let mut lanes = self.lanes.lock();
        let (lane, bell) = (lane.clone(), Arc::clone(bell));
        let fits = lanes.len() < LANES_MAX && lanes.insert(lane.clone());
        fits.then(|| AtWork { lane, lanes: Arc::clone(&self.lanes), bell, rings: true })
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        // First out of the list, so that whoever hears the bell finds the lane free.
        self.lanes.lock().remove(&self.lane);
        if self.rings {
            self.bell.ring();
        }
    }
}

impl Transport {
    /// Starts the threads that work through the queue.
    pub fn start(self: &Arc<Self>) -> Result<Worker> {
        let (transport, bell) = (Arc::clone(self), Arc::clone(&self.bell));
        let thread = std::thread::Builder::new().name("queue".into()).spawn(move || transport.work())?;
        Ok(Worker { bell, thread: Some(thread) })
    }

    fn work(self: Arc<Self>) {
        let (mut running, mut forgot) = (Running::default(), Instant::now());
        loop {
            running.threads.retain(|thread| !thread.is_finished());
            let begun = self.begin_lanes(&mut running).and_then(|nap| {
                // Seldom, since it asks every database.
                if forgot.elapsed() >= NAP {
                    forgot = Instant::now();
                    self.forget(self.passed())?;
                }
                Ok(nap)
            });
            let nap = begun.unwrap_or_else(|error| {
                error!(%error, "the queue cannot be worked on");
                PAUSE_AFTER_ERROR
            });
            if self.bell.wait(nap) {
                break;
            }
        }
        for thread in running.threads {
            if thread.join().is_err() {
                error!("working on a lane of the queue panicked");
            }
        }
    }

    /// Begins to work on every lane that has something due; tells how long nothing else is.
    fn begin_lanes(self: &Arc<Self>, running: &mut Running) -> Result<Duration> {
        self.hurry_mounted()?;
        let now = self.clock.now();
        let mut nap = NAP;
        for (lane, due) in self.queue.lanes()? {
            if due > now {
                nap = nap.min(until(due, now));
            } else if let Some(at_work) = running.enter(&lane, &self.bell) {
                let (transport, thread) = (Arc::clone(self), std::thread::Builder::new().name("lane".into()));
                running.threads.push(thread.spawn(move || transport.work_lane(at_work))?);
            }
        }
        Ok(nap)
    }

    /// Works on a lane until nothing in it is due.
    fn work_lane(&self, mut at_work: AtWork) {
        while !self.bell.has_ended() {
            match self.work_lane_once(&at_work.lane) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) => {
                    error!(lane = %at_work.lane, %error, "a lane of the queue cannot be worked on");
                    // Not at once again: the worker's next round is soon enough.
                    at_work.rings = false;
                    break;
                }
            }
        }
    }

    /// Works on what is due now, once, lane by lane; tells how many rows that were. For tests.
    pub fn work_once(&self) -> Result<usize> {
        self.hurry_mounted()?;
        let (now, mut rows) = (self.clock.now(), 0);
        for (lane, due) in self.queue.lanes()? {
            if due <= now {
                rows += self.work_lane_once(&lane)?;
            }
        }
        if rows == 0 {
            self.forget(self.passed())?;
        }
        Ok(rows)
    }

    /// What waits for a database that is mounted now is due now.
    fn hurry_mounted(&self) -> Result<()> {
        for database in self.bell.take_mounted() {
            self.queue.hurry(&Lane::of_database(database), self.clock.now())?;
        }
        Ok(())
    }

    fn work_lane_once(&self, lane: &Lane) -> Result<usize> {
        let claimed = self.queue.claim(lane, self.clock.now(), CLAIM_ROWS)?;
        let rows = claimed.iter().map(|message| message.to.len()).sum();
        let claimed = by_root(claimed);
        let hands = HANDS.min(claimed.len());
        let (messages, down) = (Mutex::new(claimed.into_iter()), Mutex::new(None));
        if hands <= 1 {
            self.settle_all(&messages, &down);
            return Ok(rows);
        }
        std::thread::scope(|scope| {
            for _ in 0..hands {
                scope.spawn(|| self.settle_all(&messages, &down));
            }
        });
        Ok(rows)
    }

    fn settle_all(&self, messages: &Mutex<std::vec::IntoIter<Vec<Claimed>>>, down: &Mutex<Option<Error>>) {
        while let Some(message) = next(messages) {
            message.iter().for_each(|part| self.settle_one(part, down));
        }
    }

    fn settle_one(&self, message: &Claimed, down: &Mutex<Option<Error>>) {
        // A message that makes us panic must not stop all others: it waits until its lease runs out.
        let settled = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.settle(message, down)));
        if settled.is_err() {
            error!(id = %message.id, "delivering a message panicked");
        }
    }

    /// Forgets what is older than the trace is kept, a little at a time.
    fn forget(&self, now: Time) -> Result<()> {
        let before = Time(now.0.saturating_sub(self.times.trace_kept.as_micros() as i64));
        let held_since = Time(now.0.saturating_sub(self.times.quarantine_kept.as_micros() as i64));
        let ended = self.queue.end_quarantine(held_since, now, i64::from(FORGET_ROWS))?;
        if ended > 0 {
            info!(ended, "what was in quarantine for too long can't be let go any more");
        }
        self.queue.forget(before, i64::from(FORGET_ROWS))?;
        self.mailboxes.forget(before, FORGET_ROWS)
    }
}

/// The parts of one message together: whoever delivers one asks first who has another, so that they come one behind the other.
fn by_root(claimed: Vec<Claimed>) -> Vec<Vec<Claimed>> {
    let mut all: Vec<Vec<Claimed>> = Vec::with_capacity(claimed.len());
    let mut known: HashMap<Guid, usize> = HashMap::new();
    for part in claimed {
        match known.get(&part.root) {
            Some(at) => all[*at].push(part),
            None => {
                known.insert(part.root, all.len());
                all.push(vec![part]);
            }
        }
    }
    all
}

fn next(messages: &Mutex<std::vec::IntoIter<Vec<Claimed>>>) -> Option<Vec<Claimed>> {
    messages.lock().next()
}

fn until(due: Time, now: Time) -> Duration {
    Duration::from_micros(u64::try_from(due.0.saturating_sub(now.0)).unwrap_or(0).max(1000))
}
