//! The queue of passwords to be compared: at most one comparison a core, fair to every network.
//!
//! A comparison takes 19 MB and some 20 ms of a processor, so it has threads of its own, each with memory that it keeps, and
//! nothing else waits for them. Networks take turns. Devices that are known come before strangers of the same network, and an
//! account is compared once at a time for a network: what the first comparison finds, the next ones hear.

use crate::guard::Pair;
use directory::Hasher;
use object::{Error, ErrorId, Network, Result};
use parking_lot::{Condvar, Mutex};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A thread that had nothing to do for this long ends and gives its memory back.
const IDLE_TIME: Duration = Duration::from_secs(60);
/// Who waits for longer is told to come back: clients themselves wait for a minute or so.
const WAIT_MAX: Duration = Duration::from_secs(50);
/// The pause between two tries of a network that failed too often.
const PAUSE: Duration = Duration::from_millis(200);
/// How many tries of one network may wait; a client has one under way.
const WAITING_PER_NETWORK_MAX: usize = 1_000;
/// How many tries may wait in all: some kilobytes each.
const WAITING_MAX: usize = 20_000;

/// What a comparison says about its network.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// The next try may follow at once.
    Free,
    /// The next try of the network comes after a pause.
    Slow,
}

/// Compares, tells whoever waits, and says how the network goes on. Gets an error where it waited for too long.
pub(crate) type Work = Box<dyn FnOnce(Result<&mut Hasher>) -> Pace + Send>;

struct Try {
    pair: Pair,
    since: Instant,
    work: Work,
}

/// What waits of one network.
#[derive(Default)]
struct Lane {
    known: VecDeque<Try>,
    strangers: VecDeque<Try>,
    not_before: Option<Instant>,
}

impl Lane {
    fn len(&self) -> usize {
        self.known.len() + self.strangers.len()
    }

    /// The first try whose account is not being compared.
    fn take(&mut self, busy: &HashSet<Pair>) -> Option<Try> {
        let free = |tries: &VecDeque<Try>| tries.iter().position(|one| !busy.contains(&one.pair));
        if let Some(at) = free(&self.known) {
            return self.known.remove(at);
        }
        free(&self.strangers).and_then(|at| self.strangers.remove(at))
    }
}

#[derive(Default)]
struct Queue {
    lanes: HashMap<Network, Lane>,
    /// Networks in the order of their turns.
    turns: VecDeque<Network>,
    waiting: usize,
    busy: HashSet<Pair>,
    threads: usize,
    idle: usize,
    closed: bool,
}

enum Next {
    Try(Try),
    /// Nothing before then, unless something comes.
    Wait(Option<Instant>),
}

impl Queue {
    fn next(&mut self, now: Instant) -> Next {
        let mut soonest: Option<Instant> = None;
        for _ in 0..self.turns.len() {
            let Some(network) = self.turns.pop_front() else { break };
            let Some(lane) = self.lanes.get_mut(&network) else { continue };
            if let Some(then) = lane.not_before.filter(|then| *then > now) {
                soonest = Some(soonest.map_or(then, |soonest| soonest.min(then)));
                self.turns.push_back(network);
                continue;
            }
            let found = lane.take(&self.busy);
            if lane.len() > 0 || lane.not_before.is_some_and(|then| then > now) {
                self.turns.push_back(network);
            } else {
                self.lanes.remove(&network);
            }
            if let Some(found) = found {
                self.waiting -= 1;
                self.busy.insert(found.pair.clone());
                return Next::Try(found);
            }
        }
        Next::Wait(soonest)
    }

    /// The lane of a network, which has its turn from now on.
    fn lane(&mut self, network: Network) -> &mut Lane {
        let turns = &mut self.turns;
        self.lanes.entry(network).or_insert_with(|| {
            turns.push_back(network);
            Lane::default()
        })
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    came: Condvar,
}

/// The queue with its threads; dropping it lets them end, and whoever waits is not answered.
pub(crate) struct Proving {
    shared: Arc<Shared>,
    threads_max: usize,
}

impl Proving {
    /// As many threads as there are cores, started when they are needed.
    pub(crate) fn new() -> Proving {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Proving { shared: Arc::default(), threads_max: cores }
    }

    /// A queue whose threads wait for others, not for a processor: so many of them, started when they are needed.
    pub(crate) fn that_waits(threads_max: usize) -> Proving {
        Proving { shared: Arc::default(), threads_max }
    }

    /// Puts a comparison into the queue. An error says that too many wait; `work` was not called then.
    pub(crate) fn submit(&self, pair: Pair, known: bool, work: Work) -> Result<()> {
        let mut queue = self.shared.queue.lock();
        let here = queue.lanes.get(&pair.0).map_or(0, Lane::len);
        if queue.waiting >= WAITING_MAX || here >= WAITING_PER_NETWORK_MAX {
            return Err(too_many());
        }
        if queue.waiting >= queue.idle && queue.threads < self.threads_max {
            match self.start() {
                Ok(()) => queue.threads += 1,
                // The others will do it.
                Err(_) if queue.threads > 0 => {}
                Err(error) => return Err(error),
            }
        }
        let lane = queue.lane(pair.0);
        let one = Try { pair, since: Instant::now(), work };
        if known {
            lane.known.push_back(one)
        } else {
            lane.strangers.push_back(one)
        }
        queue.waiting += 1;
        self.shared.came.notify_one();
        Ok(())
    }

    fn start(&self) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name("log-on".to_owned());
        let started = thread.spawn(move || shared.run());
        started.map(drop).map_err(|error| Error::from(error).while_doing("starting a thread for log-ons"))
    }

    /// How many wait.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.queue.lock().waiting
    }
}

impl Drop for Proving {
    fn drop(&mut self) {
        let mut queue = self.shared.queue.lock();
        queue.closed = true;
        let left = (std::mem::take(&mut queue.lanes), std::mem::take(&mut queue.turns));
        queue.waiting = 0;
        drop(queue);
        self.shared.came.notify_all();
        drop(left);
    }
}

impl Shared {
    fn run(&self) {
        let mut hasher = Hasher::default();
        while let Some(one) = self.wait() {
            let Try { pair, since, work } = one;
            let late = since.elapsed() > WAIT_MAX;
            let mut done = Done { shared: self, pair: &pair, pace: Pace::Free };
            done.pace = work(if late { Err(too_many()) } else { Ok(&mut hasher) });
        }
    }

    /// The next try; nothing when the thread is to end.
    fn wait(&self) -> Option<Try> {
        let mut queue = self.queue.lock();
        let end = Instant::now() + IDLE_TIME;
        loop {
            let now = Instant::now();
            let soonest = match queue.next(now) {
                Next::Try(one) => return Some(one),
                Next::Wait(soonest) => soonest,
            };
            if queue.closed || (now >= end && soonest.is_none()) {
                queue.threads -= 1;
                return None;
            }
            queue.idle += 1;
            let until = soonest.unwrap_or(end);
            let _timed_out = self.came.wait_until(&mut queue, until).timed_out();
            queue.idle -= 1;
        }
    }
}

/// Says that an account is not being compared any more.
struct Done<'a> {
    shared: &'a Shared,
    pair: &'a Pair,
    pace: Pace,
}

impl Drop for Done<'_> {
    fn drop(&mut self) {
        let mut queue = self.shared.queue.lock();
        queue.busy.remove(self.pair);
        if std::thread::panicking() {
            queue.threads -= 1; // this thread ends, and another may start
        }
        if self.pace == Pace::Slow && !queue.closed {
            queue.lane(self.pair.0).not_before = Some(Instant::now() + PAUSE);
        }
        drop(queue);
        // Who waited for this account may go on.
        self.shared.came.notify_one();
    }
}

fn too_many() -> Error {
    Error::busy(ErrorId::TooManyLogonFailures, "Too many log-ons are waiting.").help("Try again in a minute.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::{Receiver, Sender, channel};

    /// One thread, held up until all have lined up.
    fn one_thread() -> (Proving, Sender<()>) {
        let proving = Proving { shared: Arc::default(), threads_max: 1 };
        let (open, gate) = channel();
        let work = Box::new(move |_: Result<&mut Hasher>| {
            gate.recv().unwrap();
            Pace::Free
        });
        proving.submit(pair("192.0.2.99", "first"), false, work).unwrap();
        (proving, open)
    }

    fn pair(address: &str, account: &str) -> Pair {
        (Network::of(address.parse().unwrap()), account.to_owned())
    }

    fn submit(proving: &Proving, say: &Sender<String>, name: &str, known: bool, pace: Pace) {
        let (network, said, say) = (format!("192.0.2.{}", &name[..1]), name.to_owned(), say.clone());
        let work = Box::new(move |hasher: Result<&mut Hasher>| {
            say.send(if hasher.is_ok() { said } else { "late".into() }).unwrap();
            pace
        });
        proving.submit(pair(&network, name), known, work).unwrap();
    }

    fn heard(hear: &Receiver<String>, count: usize) -> Vec<String> {
        (0..count).map(|_| hear.recv_timeout(Duration::from_secs(20)).unwrap()).collect()
    }

    #[test]
    fn networks_take_turns_and_known_devices_come_before_strangers() {
        let ((proving, open), (say, hear)) = (one_thread(), channel());
        for name in ["1a", "1b", "1c", "1d"] {
            submit(&proving, &say, name, false, Pace::Free);
        }
        submit(&proving, &say, "2a", false, Pace::Free);
        submit(&proving, &say, "1known", true, Pace::Free);
        assert!(proving.waiting() >= 6);
        open.send(()).unwrap();
        assert_eq!(heard(&hear, 6), ["1known", "2a", "1a", "1b", "1c", "1d"]);
    }

    #[test]
    fn a_network_that_failed_too_often_pauses_and_others_do_not_wait_for_it() {
        let ((proving, open), (say, hear)) = (one_thread(), channel());
        for name in ["1a", "1b", "2a", "2b", "2c"] {
            submit(&proving, &say, name, false, Pace::Slow);
        }
        submit(&proving, &say, "3a", false, Pace::Free);
        open.send(()).unwrap();
        let order = heard(&hear, 6);
        assert_eq!(order[..3], ["1a", "2a", "3a"]);
        assert_eq!(order[5], "2c");
    }

    #[test]
    fn whoever_waits_when_the_queue_ends_is_let_go() {
        let ((proving, open), (say, hear)) = (one_thread(), channel());
        submit(&proving, &say, "1a", false, Pace::Free);
        drop((proving, say));
        // The first one may have been let go as well, before it began.
        let _held_up = open.send(()).is_ok();
        assert!(hear.recv_timeout(Duration::from_secs(20)).is_err(), "its work was dropped, not done");
    }
}
