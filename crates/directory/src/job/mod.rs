//! Durable jobs: long work that goes on after a restart and is done in slices, so that nobody waits for it.
//!
//! A job is a row: its kind, its task (JSON that only its kind reads), how far it is (a cursor that only its kind reads)
//! and what became of single items. A [`Runner`] does a slice of the job whose turn it is, notes the cursor, and goes on.
//! Rules for a kind:
//!
//! - Implement [`Work`], hand it to the server's runner, and make jobs with [`Directory::new_job`].
//! - A slice ends when its [`Allowance`] does: at most 500 items or 20 ms.
//! - Whoever dies between a slice and the note of its cursor does that slice again. So a slice either does nothing the
//!   second time, or keeps its own cursor in the transaction of its effects.
//! - An error that says `Busy` (a database that is not mounted) is tried again in a while; any other ends the job as
//!   `Failed`. What concerns one item only is a [`JobResult`] with a fault, and the job goes on.
//!
//! A job belongs to the node that works on it for as long as its lease lasts; a node that died loses it to another.

mod row;
mod runner;
mod slice;

pub use runner::{Runner, Work};
pub use slice::{Allowance, SLICE_ITEMS_MAX, Slice};

use crate::Directory;
use object::types::Guid;
use object::{Author, Error, ErrorId, Result, Time};
use std::time::Duration;

/// What a job is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Waiting for its turn.
    Queued,
    /// Begun.
    InProgress,
    /// Done, every item.
    Completed,
    /// Done, but for items that could not be.
    CompletedWithWarning,
    /// Ended by an error.
    Failed,
    /// Held by somebody until it is resumed.
    Suspended,
}

impl JobState {
    const ALL: [JobState; 6] = [
        JobState::Queued,
        JobState::InProgress,
        JobState::Completed,
        JobState::CompletedWithWarning,
        JobState::Failed,
        JobState::Suspended,
    ];

    /// The word that cmdlets show.
    pub fn word(self) -> &'static str {
        match self {
            JobState::Queued => "Queued",
            JobState::InProgress => "InProgress",
            JobState::Completed => "Completed",
            JobState::CompletedWithWarning => "CompletedWithWarning",
            JobState::Failed => "Failed",
            JobState::Suspended => "Suspended",
        }
    }
    fn number(self) -> i64 {
        JobState::ALL.iter().position(|state| *state == self).map_or(0, |at| at as i64)
    }
    /// Nothing for a number that another program wrote and this one does not know.
    fn of_number(number: i64) -> Option<JobState> {
        usize::try_from(number).ok().and_then(|at| JobState::ALL.get(at).copied())
    }
}

/// A job that is to be made.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// Which [`Work`] does it.
    pub kind: &'static str,
    /// A name that no other job of this kind about the same object has.
    pub name: String,
    /// The object that it is about.
    pub about: Guid,
    /// What is to be done, as JSON of its kind.
    pub task: String,
    /// Whether it waits to be resumed, and why.
    pub suspended: Option<String>,
    /// Higher ones go first; 0 is the usual.
    pub priority: i64,
    /// How long it is kept when it is completed; for ever where nothing is said.
    pub kept: Option<Duration>,
}

/// A job as it is.
#[derive(Clone, Debug)]
pub struct Job {
    /// Its own name that never changes.
    pub guid: Guid,
    /// Which [`Work`] does it.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// The object that it is about.
    pub about: Guid,
    /// What is to be done.
    pub task: String,
    /// What it is at.
    pub state: JobState,
    /// Why it failed, waits or was suspended; empty otherwise.
    pub comment: String,
    /// Higher ones go first.
    pub priority: i64,
    /// How long it is kept when it is completed.
    pub kept: Option<Duration>,
    /// When it was made.
    pub made: Time,
    /// When its first slice began.
    pub started: Option<Time>,
    /// When its row was written last.
    pub changed: Time,
    /// When it was over.
    pub ended: Option<Time>,
    /// How far it is, in words of its kind.
    pub cursor: String,
    /// How many items are done.
    pub done: u64,
    /// How many there are, as far as that is known.
    pub total: u64,
    /// How many items could not be done.
    pub faults: u64,
    /// Who made it.
    pub author: Author,
    number: i64,
}

impl Job {
    /// How much of it is done, in percent.
    pub fn percent(&self) -> u8 {
        match (self.state, self.total) {
            (JobState::Completed | JobState::CompletedWithWarning, _) => 100,
            (_, 0) => 0,
            // What is not over is never shown as whole.
            (_, total) => (self.done.min(total) * 100 / total).min(99) as u8,
        }
    }
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobResult {
    /// The item, as people know it.
    pub item: String,
    /// Why it could not be done; none where it was.
    pub fault: Option<String>,
}

/// Which jobs are wanted: all that is said must hold.
#[derive(Clone, Debug, Default)]
pub struct JobQuery {
    /// Of this kind.
    pub kind: Option<String>,
    /// About this object.
    pub about: Option<Guid>,
    /// In this state.
    pub state: Option<JobState>,
}

/// How many characters a comment has at most.
pub const JOB_COMMENT_CHARACTERS_MAX: usize = 4_096;
/// How many results of single items are kept of a job; what comes behind is only counted.
pub const JOB_RESULTS_MAX: i64 = 100_000;

impl Directory {
    /// Makes a job. An error (`JobNameTaken`) says that its object has one of that name.
    pub fn new_job(&self, author: &Author, new: NewJob) -> Result<Job> {
        let (by, now) = (author.clone(), self.now());
        let guid = Guid::random();
        let made = self.db().write(move |tx| row::insert(tx, guid, &by, &new, now))?;
        self.bell().ring();
        Ok(made)
    }

    /// Makes a job whose task is long: besides what it is, it has parts, which its kind reads one by one.
    pub fn new_job_of_parts(&self, author: &Author, new: NewJob, parts: Vec<String>) -> Result<Job> {
        let (guid, by, now) = (Guid::random(), author.clone(), self.now());
        let made = self.db().write(move |tx| {
            let job = row::insert(tx, guid, &by, &new, now)?;
            row::insert_parts(tx, job.number, &parts)?;
            Ok(job)
        })?;
        self.bell().ring();
        Ok(made)
    }

    /// A part of a job's task, counted from 0; none behind the last.
    pub fn job_part(&self, job: &Job, at: u64) -> Result<Option<String>> {
        let number = job.number;
        self.db().read(move |tx| row::part(tx, number, at))
    }

    /// What became of items of a job from one on, in order; of those that could not be done alone, where so asked.
    pub fn job_results_from(
        &self,
        job: Guid,
        from: u64,
        most: u64,
        only_faults: bool,
    ) -> Result<Vec<(u64, JobResult)>> {
        self.db().read(move |tx| match row::by_guid(tx, job)? {
            Some(job) => row::results_from(tx, job.number, from, most, only_faults),
            None => Err(gone(job)),
        })
    }

    /// The job with that GUID.
    pub fn job(&self, guid: Guid) -> Result<Job> {
        self.db().read(move |tx| row::by_guid(tx, guid))?.ok_or_else(|| gone(guid))
    }

    /// The jobs that a query asks for, oldest first.
    pub fn jobs(&self, query: &JobQuery) -> Result<Vec<Job>> {
        self.db().read(|tx| row::find(tx, query))
    }

    /// What became of single items of a job, in order.
    pub fn job_results(&self, job: Guid) -> Result<Vec<JobResult>> {
        self.db().read(move |tx| match row::by_guid(tx, job)? {
            Some(job) => row::results(tx, job.number),
            None => Err(gone(job)),
        })
    }

    /// Holds a job until it is resumed; the slice that is being done ends first. One that is over is a conflict
    /// (`JobOver`).
    pub fn suspend_job(&self, job: Guid, why: &str) -> Result<Job> {
        let why: String = why.replace('\0', "").chars().take(JOB_COMMENT_CHARACTERS_MAX).collect();
        self.turn_job(job, JobState::Suspended, why, |state| match state {
            JobState::Queued | JobState::InProgress | JobState::Suspended => Ok(Turn::Over),
            _ => Err("is over"),
        })
    }

    /// Lets a job go on that was suspended or failed, from where it was. One that is at work is left alone; one that
    /// is completed is a conflict (`JobOver`).
    pub fn resume_job(&self, job: Guid) -> Result<Job> {
        let resumed = self.turn_job(job, JobState::Queued, String::new(), |state| match state {
            JobState::Completed | JobState::CompletedWithWarning => Err("is completed"),
            JobState::Queued | JobState::InProgress => Ok(Turn::Leave),
            JobState::Failed | JobState::Suspended => Ok(Turn::Over),
        })?;
        self.bell().ring();
        Ok(resumed)
    }

    fn turn_job(
        &self,
        job: Guid,
        to: JobState,
        comment: String,
        check: impl Fn(JobState) -> std::result::Result<Turn, &'static str> + Send + 'static,
    ) -> Result<Job> {
        let now = self.now();
        self.db().write(move |tx| {
            let known = row::by_guid(tx, job)?.ok_or_else(|| gone(job))?;
            if check(known.state).map_err(|why| over(&known, why))? == Turn::Leave {
                return Ok(known);
            }
            row::turn(tx, known.number, to, &comment, now)?;
            row::by_guid(tx, job)?.ok_or_else(|| gone(job))
        })
    }

    /// Changes how a job is treated: its task, priority and how long it is kept.
    pub fn change_job(
        &self,
        job: Guid,
        change: impl Fn(&mut Job) -> Result<()> + Send + 'static,
    ) -> Result<Job> {
        let now = self.now();
        self.db().write(move |tx| {
            let mut known = row::by_guid(tx, job)?.ok_or_else(|| gone(job))?;
            change(&mut known)?;
            row::treat(tx, &known, now)?;
            Ok(known)
        })
    }

    /// Takes a job away with its results; the slice that is being done ends first.
    pub fn remove_job(&self, job: Guid) -> Result<()> {
        self.db().write(move |tx| match row::by_guid(tx, job)? {
            Some(known) => row::delete(tx, known.number),
            None => Err(gone(job)),
        })
    }

    /// Whether somebody in this process works on jobs.
    pub fn works_on_jobs(&self) -> bool {
        self.bell().is_worked()
    }

    /// Waits until there is another job, at most so long.
    pub fn wait_for_jobs(&self, at_most: Duration) {
        self.bell().wait(self.bell().count(), at_most);
    }

    /// Takes away completed jobs that were kept as long as they were to be, at a moment that was seen to come.
    pub fn forget_jobs(&self, now: Time) -> Result<u64> {
        self.db().write(move |tx| row::forget(tx, now))
    }
}

/// What becomes of the state of a job that somebody wants to change.
#[derive(PartialEq, Eq)]
enum Turn {
    Over,
    Leave,
}

fn gone(job: Guid) -> Error {
    Error::not_found(ErrorId::JobNotFound, format!("There is no job {job}."))
}

fn over(job: &Job, why: &str) -> Error {
    Error::conflict(ErrorId::JobOver, format!("The job \"{}\" {why} ({}).", job.name, job.state.word()))
}
