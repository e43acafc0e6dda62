//! The one writer of a database and its group commit.
//!
//! Waiting transactions are run one after the other, committed together with one sync, and then all answered: the
//! sync is what costs, and it is shared. Hooks run after the commit, in commit order, before anybody is answered.
//!
//! A transaction that fails leaves nothing. A savepoint for each would see to that, but SQLite copies every page
//! that changes under a savepoint, which was measured at two thirds of all that making a mailbox wrote. So a group
//! begins without: its first failure rolls back the whole group, those that had gone well are run again, and from
//! then on this group takes savepoints, so that nobody pays twice. SQLite itself may also roll back the whole of a
//! group, on a full or failing disk. So closures may be run again.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use object::{Error, ErrorId, Fault, Result};
use parking_lot::Mutex;
use rusqlite::Connection;

use super::error;
use super::queue::{Job, Queue};
use super::reserve::{Reserve, none_left};
use super::tx::SqliteTx;
use crate::Afterwards;
use crate::nesting::Nest;

/// Beyond this a larger group gains nothing: the sync is a small part of its time.
const GROUP_TRANSACTIONS_MAX: usize = 64;
/// A group this large is written for longer than its sync takes; those who wait are answered first.
const GROUP_BYTES_MAX: usize = 8 << 20;
/// A group is not kept open longer than this, so that a slow transaction delays few.
const GROUP_TIME_MAX: Duration = Duration::from_millis(20);
/// How long a group waits for company, if there was company just now. A lone writer never waits.
const LINGER_MAX: Duration = Duration::from_millis(2);

/// How long the writer waits for readers when the log has become long, and how long it leaves them alone afterwards.
const RESTART_WAIT_MILLIS: i64 = 50;
const RESTART_EVERY: Duration = Duration::from_secs(1);

/// The log of a database, which the engine begins anew only in a moment when nobody reads: a busy server may have none.
pub(crate) struct Log {
    pub(crate) path: PathBuf,
    /// Beyond this length the writer waits a little for the readers, so that it begins anew.
    pub(crate) bytes_max: u64,
    pub(crate) tried: Instant,
}

impl Log {
    pub(crate) fn of(database: &Path, bytes_max: u64) -> Log {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Log { path: path.into(), bytes_max, tried: Instant::now() }
    }

    /// Copies the log into the database and lets the next transaction begin it anew. Readers that come now see what is in the
    /// database and do not hold it up; who reads for longer is waited for another time.
    fn keep_short(&mut self, connection: &Connection) {
        let long = std::fs::metadata(&self.path).is_ok_and(|log| log.len() > self.bytes_max);
        if !long || self.tried.elapsed() < RESTART_EVERY {
            return;
        }
        self.tried = Instant::now();
        let patience = |millis: i64| connection.pragma_update(None, "busy_timeout", millis);
        // The log is as safe long as short: what fails here is tried again.
        let _later = patience(RESTART_WAIT_MILLIS)
            .and_then(|()| connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())))
            .and(patience(0));
    }
}

/// A transaction of the open group that has been run.
struct Done {
    job: Job,
    outcome: Result<()>,
    afterwards: Vec<Afterwards>,
    makes_room: bool,
}

/// What became of a transaction that was run, and is not committed yet.
struct Ran {
    outcome: Result<()>,
    afterwards: Vec<Afterwards>,
    size: usize,
    makes_room: bool,
}

/// What undoes a transaction that fails.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Undo {
    /// Rolling back the whole group, with those before it.
    Group,
    /// A savepoint: it alone is undone.
    Savepoint,
}

pub(crate) struct Writer {
    pub(crate) connection: Arc<Mutex<Connection>>,
    pub(crate) jobs: Arc<Queue>,
    pub(crate) nest: Nest,
    /// How many were in the last group: whether company is to be expected.
    pub(crate) last_group: usize,
    /// The log of a database that is a file.
    pub(crate) log: Option<Log>,
    /// The room that is kept for those that make some.
    pub(crate) reserve: Option<Reserve>,
    /// How long the last commit took: waiting longer than a part of it gains nothing.
    pub(crate) last_commit: Duration,
}

impl Writer {
    /// Serves until the queue is closed and empty.
    pub(crate) fn serve(mut self) {
        while let Some(job) = self.jobs.next() {
            let connection = Arc::clone(&self.connection);
            let connection = connection.lock();
            let spare = self.reserve.as_mut().is_none_or(Reserve::fill);
            let done = self.group(&connection, job, spare);
            let done = self.make_room(&connection, done);
            if let Some(log) = &mut self.log {
                log.keep_short(&connection);
            }
            drop(connection);
            finish(done);
        }
    }

    /// Runs those again that make room and found none, in the room that is kept for them. They come behind the others then,
    /// as they are committed.
    fn make_room(&mut self, connection: &Connection, done: Vec<Done>) -> Vec<Done> {
        let Some(reserve) = &mut self.reserve else { return done };
        let wants = |one: &Done| {
            one.makes_room && one.outcome.as_ref().is_err_and(|error| error.is(ErrorId::DiskFull))
        };
        let (mut again, mut done): (Vec<Done>, Vec<Done>) = done.into_iter().partition(wants);
        if !again.is_empty() && reserve.spend() {
            again.iter_mut().for_each(|one| self.alone(connection, one));
        }
        done.append(&mut again);
        if !self.reserve.as_mut().is_none_or(Reserve::fill) {
            // What is copied into the database need not be kept in the log, which then takes no more room. Where that finds
            // none either, the reserve lasts for a while.
            let _later = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        }
        done
    }

    /// A group; those that take room are refused where there is none to spare.
    fn group(&mut self, connection: &Connection, first: Job, spare: bool) -> Vec<Done> {
        let (started, mut bytes, mut done, mut undo) = (Instant::now(), 0, Vec::new(), Undo::Group);
        if let Err(error) = begin(connection) {
            return vec![Done { job: first, outcome: Err(error), afterwards: Vec::new(), makes_room: false }];
        }
        let mut next = Some(first);
        while let Some(mut job) = next {
            let Ran { outcome, afterwards, size, makes_room } = self.run(connection, &mut job, undo, spare);
            bytes += size;
            done.push(Done { job, outcome, afterwards, makes_room });
            if connection.is_autocommit() {
                undo = Undo::Savepoint;
                if !self.again(connection, &mut done) {
                    return done;
                }
            } else if let Some(error) = left_behind(&done, undo) {
                fail_all(&mut done, &error);
                return done;
            }
            next = self.company(done.len(), bytes, started);
        }
        self.last_group = done.len();
        self.commit(connection, &mut done);
        done
    }

    /// Runs one transaction; on failure nothing of it is left, and when the whole group had to be undone for that,
    /// no transaction is open.
    fn run(&self, connection: &Connection, job: &mut Job, undo: Undo, spare: bool) -> Ran {
        let (mut tx, before) = (SqliteTx::new(connection), connection.total_changes());
        let outcome = undo.begin(connection).and_then(|()| {
            let _inside = self.nest.enter();
            catch_unwind(AssertUnwindSafe(|| (job.work)(&mut tx)))
                .unwrap_or_else(|panic| Err(panicked(&*panic)))
        });
        let SqliteTx { bytes, mut afterwards, makes_room, .. } = tx;
        let outcome = match outcome {
            // One that has written nothing takes nothing.
            Ok(()) if !spare && !makes_room && connection.total_changes() > before => Err(none_left()),
            outcome => outcome.and_then(|()| undo.keep(connection)),
        };
        if outcome.is_err() {
            afterwards.clear();
            undo.back(connection);
        }
        Ran { outcome, afterwards, size: bytes, makes_room }
    }

    /// Begins anew after the whole group was rolled back: those that had gone well are run again. Each round
    /// has one that failed fewer, so it ends. False when not even a transaction can be begun; then all failed.
    fn again(&self, connection: &Connection, done: &mut [Done]) -> bool {
        while connection.is_autocommit() {
            if let Err(error) = begin(connection) {
                fail_all(done, &error);
                return false;
            }
            for one in done.iter_mut().filter(|one| one.outcome.is_ok()) {
                // It went well before, so there was room for it.
                let ran = self.run(connection, &mut one.job, Undo::Savepoint, true);
                (one.outcome, one.afterwards) = (ran.outcome, ran.afterwards);
                if connection.is_autocommit() {
                    break;
                }
            }
        }
        true
    }

    /// The next transaction for this group, if one is waiting or soon will be.
    fn company(&self, count: usize, bytes: usize, started: Instant) -> Option<Job> {
        if count >= GROUP_TRANSACTIONS_MAX || bytes >= GROUP_BYTES_MAX || started.elapsed() >= GROUP_TIME_MAX
        {
            return None;
        }
        if let Some(job) = self.jobs.next_now() {
            return Some(job);
        }
        // As many as last time are worth a wait, if it is short beside what they would wait for a sync of their own.
        let linger = LINGER_MAX.min(self.last_commit);
        if count >= self.last_group || started.elapsed() >= linger {
            return None;
        }
        self.jobs.next_until(started + linger)
    }

    fn commit(&mut self, connection: &Connection, done: &mut [Done]) {
        let started = Instant::now();
        let committed = execute(connection, "COMMIT");
        self.last_commit = started.elapsed();
        let Err(error) = committed else { return };
        let _ = execute(connection, "ROLLBACK");
        if error.fault() == Fault::Busy && done.len() > 1 {
            self.one_by_one(connection, done);
        } else {
            fail_all(done, &error);
        }
    }

    /// A group that found no room: the small ones may still fit.
    fn one_by_one(&self, connection: &Connection, done: &mut [Done]) {
        done.iter_mut().filter(|one| one.outcome.is_ok()).for_each(|one| self.alone(connection, one));
    }

    /// Runs one again, in a group of its own.
    fn alone(&self, connection: &Connection, one: &mut Done) {
        if let Err(error) = begin(connection) {
            one.outcome = Err(error);
            return;
        }
        let ran = self.run(connection, &mut one.job, Undo::Group, true);
        (one.outcome, one.afterwards) = (ran.outcome, ran.afterwards);
        if one.outcome.is_ok()
            && let Err(error) = execute(connection, "COMMIT")
        {
            Undo::Group.back(connection);
            one.outcome = Err(error);
        }
    }
}

impl Drop for Writer {
    /// However it ends, nobody waits for it any longer.
    fn drop(&mut self) {
        self.jobs.abandon();
    }
}

impl Undo {
    fn begin(self, connection: &Connection) -> Result<()> {
        match self {
            Undo::Group => Ok(()),
            Undo::Savepoint => execute(connection, "SAVEPOINT job"),
        }
    }

    fn keep(self, connection: &Connection) -> Result<()> {
        match self {
            Undo::Group => Ok(()),
            Undo::Savepoint => execute(connection, "RELEASE job"),
        }
    }

    /// Undoes a transaction that failed, unless SQLite has rolled back the whole group already.
    fn back(self, connection: &Connection) {
        let alone =
            || execute(connection, "ROLLBACK TO job").and_then(|()| execute(connection, "RELEASE job"));
        if connection.is_autocommit() || self == Undo::Savepoint && alone().is_ok() {
            return;
        }
        let _ = execute(connection, "ROLLBACK");
    }
}

/// The error of a transaction that failed and could not be rolled back: what it wrote must not be committed with others.
fn left_behind(done: &[Done], undo: Undo) -> Option<Error> {
    done.last()?.outcome.as_ref().err().filter(|_| undo == Undo::Group).cloned()
}

fn fail_all(done: &mut [Done], error: &Error) {
    for one in done.iter_mut().filter(|one| one.outcome.is_ok()) {
        one.outcome = Err(error.clone());
    }
}

/// First all hooks, in commit order; then the answers.
fn finish(mut done: Vec<Done>) {
    for one in done.iter_mut().filter(|one| one.outcome.is_ok()) {
        run_afterwards(std::mem::take(&mut one.afterwards));
    }
    for Done { job, outcome, .. } in done {
        job.answer(outcome);
    }
}

/// A hook that panics must not take the writer with it, nor the hooks behind it.
pub(crate) fn run_afterwards(hooks: Vec<Afterwards>) {
    for hook in hooks {
        let _ = catch_unwind(AssertUnwindSafe(hook));
    }
}

/// The error that a panic inside a closure becomes.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Error {
    let said = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let said = said.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Error::server(
        ErrorId::TransactionPanicked,
        format!("A transaction was given up because of a fault of ours: {said}"),
    )
}

fn begin(connection: &Connection) -> Result<()> {
    execute(connection, "BEGIN IMMEDIATE")
}

pub(crate) fn execute(connection: &Connection, sql: &str) -> Result<()> {
    let run = || connection.prepare_cached(sql)?.raw_execute();
    run().map(drop).map_err(error::of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Tx;

    type Closure = Box<dyn FnMut(&mut dyn Tx) -> Result<()> + Send>;

    /// Lets a writer work off these jobs, which wait together, and gives back the answers and the rows there are.
    fn one_group(pages: i64, jobs: Vec<Closure>) -> (Vec<Result<()>>, Vec<i64>) {
        one_group_with(None, pages, jobs)
    }

    /// The same with room that is kept.
    fn one_group_with(
        reserve: Option<Reserve>,
        pages: i64,
        jobs: Vec<Closure>,
    ) -> (Vec<Result<()>>, Vec<i64>) {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (id BIGINT PRIMARY KEY, x BYTEA)").unwrap();
        let limit = format!("PRAGMA max_page_count = {pages}");
        connection.query_row(&limit, [], |_| Ok(())).unwrap();
        let (connection, queue) = (Arc::new(Mutex::new(connection)), Arc::new(Queue::default()));
        let line_up = |work| {
            let (job, answer) = Job::new(work);
            queue.push(job);
            answer
        };
        let answers: Vec<_> = jobs.into_iter().map(line_up).collect();
        queue.close();
        Writer {
            connection: Arc::clone(&connection),
            jobs: queue,
            nest: Nest::new(),
            last_group: 0,
            log: None,
            reserve,
            last_commit: Duration::ZERO,
        }
        .serve();
        let answers = answers.into_iter().map(|answer| answer.wait()).collect();
        let connection = connection.lock();
        let mut statement = connection.prepare("SELECT id FROM t ORDER BY id").unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap().map(|row| row.unwrap()).collect();
        (answers, rows)
    }

    fn insert(id: i64, bytes: usize, log: &Arc<Mutex<Vec<i64>>>) -> Closure {
        let log = Arc::clone(log);
        Box::new(move |tx| {
            tx.execute("INSERT INTO t (id, x) VALUES ($1, $2)", &[id.into(), (&vec![7; bytes]).into()])?;
            let log = Arc::clone(&log);
            tx.after_commit(Box::new(move || log.lock().push(id)));
            Ok(())
        })
    }

    #[test]
    fn what_makes_room_is_run_again_and_its_hooks_come_in_the_order_of_commits() {
        let (log, folder) = (Arc::default(), tempfile::tempdir().unwrap());
        let reserve = Reserve::beside(&folder.path().join("a.db"), crate::Holds::Records);
        let (mut tries, mut deletes) = (0, insert(1, 1, &log));
        let first_full: Closure = Box::new(move |tx| {
            tx.makes_room();
            tries += 1;
            if tries == 1 { Err(none_left()) } else { deletes(tx) }
        });
        let (answers, rows) =
            one_group_with(reserve, 100, vec![first_full, insert(2, 1, &log), insert(3, 1, &log)]);
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!((rows, log.lock().clone()), (vec![1, 2, 3], vec![2, 3, 1]));
    }

    #[test]
    fn what_sqlite_rolls_back_as_a_whole_is_run_again_without_the_one_to_blame() {
        let log = Arc::default();
        let jobs =
            vec![insert(1, 10, &log), insert(2, 10, &log), insert(3, 200_000, &log), insert(4, 10, &log)];
        let (answers, rows) = one_group(12, jobs);
        assert_eq!(rows, [1, 2, 4]);
        let ids: Vec<Option<String>> =
            answers.iter().map(|a| a.as_ref().err().map(|e| e.id().into())).collect();
        assert_eq!(ids, [None, None, Some("DiskFull".to_owned()), None]);
        assert_eq!(*log.lock(), [1, 2, 4], "hooks run once, in commit order, for what is there");
    }

    #[test]
    fn a_group_shares_one_commit_and_each_failure_is_its_own() {
        let log = Arc::default();
        let twice: Closure = Box::new(|_| Err(Error::conflict(ErrorId::RowMissing, "Mine alone.")));
        let jobs = vec![insert(1, 10, &log), twice, insert(1, 10, &log), insert(2, 10, &log)];
        let (answers, rows) = one_group(1_000, jobs);
        assert_eq!(rows, [1, 2]);
        let ids: Vec<Option<String>> =
            answers.iter().map(|a| a.as_ref().err().map(|e| e.id().into())).collect();
        assert_eq!(ids, [None, Some("RowMissing".to_owned()), Some("KeyTaken".to_owned()), None]);
        assert_eq!(*log.lock(), [1, 2]);
    }
}
