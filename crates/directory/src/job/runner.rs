//! The runner: does slices of jobs, one at a time, each in its turn.

use super::slice::{Allowance, Slice};
use super::{Job, JobState, row};
use crate::Directory;
use object::{Error, Fault, Result};
use std::time::{Duration, Instant};

/// How long one job is worked on before the next has its turn.
const TURN_TIME: Duration = Duration::from_millis(500);
/// How long a node has a job without saying anything of it.
const LEASE: Duration = Duration::from_secs(30);
/// How often it is looked for jobs that waited, or that another node left.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// When a job is tried again that had to wait.
const AGAIN_AFTER: Duration = Duration::from_secs(15);

/// A kind of job.
pub trait Work: Send + Sync {
    /// The word that jobs of this kind carry.
    fn kind(&self) -> &'static str;
    /// Does a slice of a job from its cursor on. See the rules at the head of this module.
    fn slice(&self, job: &Job, allowance: &mut Allowance) -> Result<Slice>;
}

/// Does jobs.
pub struct Runner {
    directory: Directory,
    works: Vec<Box<dyn Work>>,
}

impl Runner {
    /// A runner for these kinds of jobs.
    pub fn new(directory: Directory, works: Vec<Box<dyn Work>>) -> Runner {
        Runner { directory, works }
    }

    /// Works on the job whose turn it is, slice by slice, for half a second or to its end. False: there is nothing to
    /// do at the moment. `stop` is asked between slices.
    pub fn run_turn(&self, stop: &dyn Fn() -> bool) -> Result<bool> {
        let Some(mut job) = self.take()? else { return Ok(false) };
        let begun = Instant::now();
        while let Some(next) = self.run_slice(&job)? {
            if next.state != JobState::InProgress || begun.elapsed() > TURN_TIME || stop() {
                break;
            }
            job = next;
        }
        Ok(true)
    }

    /// Works until there is nothing to do at the moment.
    pub fn run_all(&self) -> Result<()> {
        while self.run_turn(&|| false)? {}
        Ok(())
    }

    /// Works until `stop` says so, which is asked between slices; waits where there is nothing to do. `tell` hears of
    /// errors of the database, after which it goes on.
    pub fn run(&self, stop: &dyn Fn() -> bool, tell: &dyn Fn(&Error)) {
        let _at_work = self.directory.bell().at_work();
        while !stop() {
            // Asked first: what is made between the look and the wait is heard all the same.
            let known = self.directory.bell().count();
            let worked = self.run_turn(stop).unwrap_or_else(|error| {
                tell(&error);
                false
            });
            if !worked && !stop() {
                self.directory.bell().wait(known, LOOK_EVERY);
            }
        }
    }

    /// Lets [`run`](Runner::run) look whether it is to stop.
    pub fn wake(&self) {
        self.directory.bell().ring();
    }

    fn take(&self) -> Result<Option<Job>> {
        let kinds: Vec<&'static str> = self.works.iter().map(|work| work.kind()).collect();
        let (now, node) = (self.directory.now(), self.directory.server().to_owned());
        // Mostly there is nothing: a look costs no commit.
        if self.directory.db().read(|tx| row::next(tx, &kinds, &node, now))?.is_none() {
            return Ok(None);
        }
        self.directory.db().write(move |tx| row::take(tx, &kinds, &node, now, now + LEASE))
    }

    /// Does one slice and notes it. Answers the job as it is then; nothing where it is no longer this node's.
    fn run_slice(&self, job: &Job) -> Result<Option<Job>> {
        let Some(work) = self.works.iter().find(|work| work.kind() == job.kind) else { return Ok(None) };
        match work.slice(job, &mut Allowance::default()) {
            Ok(slice) => self.note(job, slice),
            Err(error) => self.stop(job, &error).map(|()| None),
        }
    }

    fn note(&self, job: &Job, slice: Slice) -> Result<Option<Job>> {
        let (job, now) = (job.clone(), self.directory.now());
        let node = self.directory.server().to_owned();
        self.directory.db().write(move |tx| row::advance(tx, &job, &slice, &node, now, now + LEASE))
    }

    fn stop(&self, job: &Job, error: &Error) -> Result<()> {
        let now = self.directory.now();
        let again = (error.fault() == Fault::Busy).then(|| now + AGAIN_AFTER);
        let (job, why) = (job.clone(), error.message().to_owned());
        let node = self.directory.server().to_owned();
        self.directory.db().write(move |tx| row::stop(tx, &job, &why, again, &node, now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{JobQuery, JobResult, NewJob};
    use object::types::Guid;
    use object::{Author, ErrorId, Time, WoundClock};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    /// Counts to a number, a step an item; numbers of a task that end in 7 are faults.
    struct Counting(AtomicU64);

    impl Work for Counting {
        fn kind(&self) -> &'static str {
            "counting"
        }
        fn slice(&self, job: &Job, allowance: &mut Allowance) -> Result<Slice> {
            let to: u64 = job.task.parse().unwrap_or(0);
            let mut at: u64 = job.cursor.parse().unwrap_or(0);
            let (from, mut results) = (at, Vec::new());
            if to == 13 {
                return Err(Error::busy(ErrorId::MdbDismounted, "Not now."));
            }
            if to == 66 {
                return Err(Error::conflict(ErrorId::InvalidValue, "Not 66."));
            }
            while at < to && allowance.take() {
                at += 1;
                if at % 10 == 7 {
                    results.push(JobResult { item: at.to_string(), fault: Some("ends in 7".to_owned()) });
                }
            }
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(Slice { cursor: at.to_string(), done: at - from, total: Some(to), results, ended: at == to })
        }
    }

    fn house() -> (Directory, Runner, WoundClock) {
        let clock = WoundClock::at(Time::of_date(2026, 11, 21));
        let directory = Directory::open(db::memory().unwrap(), Arc::new(clock.clone()), "srv1").unwrap();
        let runner = Runner::new(directory.clone(), vec![Box::new(Counting(AtomicU64::new(0)))]);
        (directory, runner, clock)
    }

    fn new(name: &str, to: u64) -> NewJob {
        NewJob {
            kind: "counting",
            name: name.to_owned(),
            about: Guid::EMPTY,
            task: to.to_string(),
            suspended: None,
            priority: 0,
            kept: Some(Duration::from_secs(3600)),
        }
    }

    #[test]
    fn jobs_are_done_in_slices_and_forgotten_in_their_time() {
        let (directory, runner, clock) = house();
        let by = Author::new("CONTOSO\\ann", "New-Thing");
        let job = directory.new_job(&by, new("a", 1_206)).unwrap();
        assert_eq!(directory.new_job(&by, new("a", 1)).unwrap_err().id(), "JobNameTaken");
        assert_eq!((job.state, job.percent()), (JobState::Queued, 0));
        runner.run_all().unwrap();
        let done = directory.job(job.guid).unwrap();
        assert_eq!(
            (done.state, done.done, done.total, done.faults),
            (JobState::CompletedWithWarning, 1_206, 1_206, 120)
        );
        assert_eq!(
            (done.percent(), &*done.author.who, &*done.author.command),
            (100, "CONTOSO\\ann", "New-Thing")
        );
        assert_eq!(directory.job_results(job.guid).unwrap().len(), 120);
        assert_eq!(directory.suspend_job(job.guid, "x").unwrap_err().id(), "JobOver");
        assert_eq!(directory.resume_job(job.guid).unwrap_err().id(), "JobOver");
        assert_eq!(directory.forget_jobs(directory.now()).unwrap(), 0);
        clock.pass(Duration::from_secs(3601));
        assert_eq!(directory.forget_jobs(directory.now()).unwrap(), 1);
        assert_eq!(directory.job(job.guid).unwrap_err().id(), "JobNotFound");
    }

    #[test]
    fn a_job_is_held_resumed_and_goes_on_where_it_was() {
        let (directory, runner, _) = house();
        let by = Author::new("x", "y");
        let job =
            directory.new_job(&by, NewJob { suspended: Some("wait".to_owned()), ..new("a", 2_000) }).unwrap();
        runner.run_all().unwrap();
        assert_eq!(directory.job(job.guid).unwrap().state, JobState::Suspended);
        directory.resume_job(job.guid).unwrap();
        // One slice: then it is suspended, removed, or goes on from its cursor in another process.
        let taken = runner.take().unwrap().unwrap();
        let after = runner.run_slice(&taken).unwrap().unwrap();
        assert!(after.done > 0 && after.done <= 500 && after.cursor == after.done.to_string(), "{after:?}");
        directory.suspend_job(job.guid, "lunch").unwrap();
        let held = runner.run_slice(&after).unwrap().unwrap();
        assert_eq!((held.state, &*held.comment), (JobState::Suspended, "lunch"));
        assert!(held.done > after.done, "what was done is noted all the same");
        directory.resume_job(job.guid).unwrap();
        let other = Runner::new(directory.clone(), vec![Box::new(Counting(AtomicU64::new(0)))]);
        other.run_all().unwrap();
        let done = directory.job(job.guid).unwrap();
        assert_eq!((done.done, done.faults), (2_000, 200), "nothing was done twice");
        directory.remove_job(job.guid).unwrap();
        assert!(directory.jobs(&JobQuery::default()).unwrap().is_empty());
        assert_eq!(runner.run_slice(&done).unwrap().map(|job| job.guid), None, "it is gone");
    }

    #[test]
    fn what_is_busy_is_tried_again_and_what_is_wrong_fails() {
        let (directory, runner, clock) = house();
        let by = Author::new("x", "y");
        let (busy, wrong) =
            (directory.new_job(&by, new("a", 13)).unwrap(), directory.new_job(&by, new("b", 66)).unwrap());
        runner.run_all().unwrap();
        let busy = || directory.job(busy.guid).unwrap();
        assert_eq!((busy().state, &*busy().comment), (JobState::Queued, "Not now."));
        let wrong = directory.job(wrong.guid).unwrap();
        assert_eq!((wrong.state, &*wrong.comment), (JobState::Failed, "Not 66."));
        directory
            .change_job(busy().guid, |job| {
                job.task = "5".to_owned();
                Ok(())
            })
            .unwrap();
        runner.run_all().unwrap();
        assert_eq!(busy().state, JobState::Queued, "not yet");
        clock.pass(AGAIN_AFTER);
        runner.run_all().unwrap();
        assert_eq!(busy().state, JobState::Completed);
    }

    #[test]
    fn another_node_takes_a_job_when_its_lease_is_over() {
        let (directory, runner, clock) = house();
        let job = directory.new_job(&Author::new("x", "y"), new("a", 1_000)).unwrap();
        let taken = runner.take().unwrap().unwrap();
        let now = directory.now();
        let other = |now| {
            directory.db().write(move |tx| row::take(tx, &["counting"], "SRV2", now, now + LEASE)).unwrap()
        };
        assert!(other(now).is_none());
        clock.pass(LEASE + Duration::from_secs(1));
        let others = other(directory.now()).unwrap();
        assert!(runner.run_slice(&taken).unwrap().is_none(), "it is another's by now");
        runner.stop(&taken, &Error::conflict(ErrorId::InvalidValue, "Not mine.")).unwrap();
        let now = directory.job(job.guid).unwrap();
        assert_eq!((now.state, now.done, &*now.comment), (JobState::InProgress, 0, ""));
        // The other does it to its end, or a part of it and is told to wait: a late slice counts in neither case.
        let part = Slice { cursor: "10".to_owned(), done: 10, ..Slice::default() };
        let (late, noted) = (part.clone(), others.clone());
        let advance = move |directory: &Directory, job: Job, slice: Slice, node: &'static str| {
            let now = directory.now();
            directory.db().write(move |tx| row::advance(tx, &job, &slice, node, now, now + LEASE)).unwrap()
        };
        let moved = advance(&directory, noted, part, "SRV2").unwrap();
        directory.suspend_job(job.guid, "wait").unwrap();
        assert!(advance(&directory, taken.clone(), late, "srv1").is_none());
        assert_eq!(directory.job(job.guid).unwrap().done, 10);
        let end = Slice { cursor: "1000".to_owned(), done: 990, ended: true, ..Slice::default() };
        let done = advance(&directory, moved.clone(), end.clone(), "SRV2").unwrap();
        assert_eq!((done.state, done.done), (JobState::Completed, 1_000));
        assert!(advance(&directory, moved, end, "srv1").is_none());
        assert_eq!(directory.resume_job(job.guid).unwrap_err().id(), "JobOver");
    }

    #[test]
    fn a_state_of_another_program_is_told_and_not_taken_for_a_failure() {
        let (directory, _, _) = house();
        let job = directory.new_job(&Author::new("x", "y"), new("a", 1)).unwrap();
        directory.db().write(|tx| tx.execute("UPDATE job SET state = 17", &[]).map(drop)).unwrap();
        assert_eq!(directory.job(job.guid).unwrap_err().id(), "AttributeDamaged");
    }

    #[test]
    fn higher_priorities_go_first_and_equals_take_turns() {
        let (directory, runner, _) = house();
        let by = Author::new("x", "y");
        for (name, priority) in [("a", 0), ("b", 0), ("c", 1)] {
            directory.new_job(&by, NewJob { priority, ..new(name, 1) }).unwrap();
        }
        let next = || runner.take().unwrap().map(|job| job.name);
        assert_eq!(next().as_deref(), Some("c"));
        let c = directory.jobs(&JobQuery::default()).unwrap().pop().unwrap();
        directory.remove_job(c.guid).unwrap();
        assert_eq!([next(), next(), next()].map(Option::unwrap), ["a", "b", "a"]);
    }
}
