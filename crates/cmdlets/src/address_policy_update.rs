//! Applying an e-mail address policy: a job that goes on after a restart, in slices beside all other work.
//!
//! Whom it concerns is written down when it is made. What a slice did and could not note is done again, and changes nothing
//! then. The command waits for its job; whoever stops waiting stops nothing.

use directory::schema::policy::APPLIED;
use directory::{
    Allowance, Directory, Job, JobQuery, JobState, NewJob, Record, Runner, SLICE_ITEMS_MAX, Slice, Work,
};
use gate::{Output, Progress};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result};
use parking_lot::Mutex;
use serde_json::{Value as Json, json};
use std::time::{Duration, Instant};

/// The kind of these jobs.
const KIND: &str = "AddressPolicy";
/// A policy has one such job.
const NAME: &str = "Update";
/// Recipients that are written down together.
const PART: usize = SLICE_ITEMS_MAX;
/// Recipients in one change: few enough that nobody waits for it long.
const CHANGE: usize = 50;
/// How often it is said how far it is.
const SAID_EVERY: Duration = Duration::from_secs(1);
/// How often it is looked how far it is.
const LOOKED_EVERY: Duration = Duration::from_millis(50);
/// How long a job is kept when it is done: nobody asks for it then.
const KEPT: Duration = Duration::from_secs(3600);

/// Applies a policy to all under it, and waits until that is done.
pub(crate) fn apply(
    directory: &Directory,
    author: &Author,
    policy: &Record,
    secondary_only: bool,
    activity: &str,
    out: &mut Output<'_>,
) -> Result<()> {
    let guid = job(directory, author, policy, secondary_only)?.guid;
    // Where no server works on jobs, this command does.
    let own = (!directory.works_on_jobs())
        .then(|| Runner::new(directory.clone(), vec![Box::new(Applying(directory.clone()))]));
    let mut said = Instant::now();
    loop {
        let job = directory.job(guid)?;
        match job.state {
            JobState::Completed | JobState::CompletedWithWarning => return Ok(()),
            JobState::Failed | JobState::Suspended => {
                return Err(Error::conflict(ErrorId::JobOver, format!("The update ended: {}", job.comment)));
            }
            JobState::Queued | JobState::InProgress => {}
        }
        if said.elapsed() >= SAID_EVERY {
            said = Instant::now();
            let status = format!("{} of {} recipients", job.done, job.total);
            out.progress(Progress { activity: activity.to_owned(), status, percent: Some(job.percent()) })?;
        }
        match &own {
            // It waits for its time, or another node is at it.
            Some(runner) if !runner.run_turn(&|| false)? => directory.wait_for_jobs(LOOKED_EVERY),
            Some(_) => {}
            None if directory.works_on_jobs() => directory.wait_for_jobs(LOOKED_EVERY),
            None => {
                let words = "The server stops; the update goes on when it is started again.";
                return Err(Error::busy(ErrorId::NoServer, words));
            }
        }
    }
}

/// Who looks for a policy's job and makes one is alone: of two at once both would make one.
static MAKING: Mutex<()> = Mutex::new(());

/// The policy's job: the one that is at work, or a new one.
fn job(directory: &Directory, author: &Author, policy: &Record, secondary_only: bool) -> Result<Job> {
    let _alone = MAKING.lock();
    let task = Task { policy: policy.guid(), version: policy.change_number(), secondary_only };
    let known = JobQuery { kind: Some(KIND.to_owned()), about: Some(policy.guid()), state: None };
    for job in directory.jobs(&known)? {
        let over = !matches!(job.state, JobState::Queued | JobState::InProgress);
        if over || Task::of(&job)? != task {
            // What it did stays; what it did not do yet is done by the next one.
            directory.remove_job(job.guid)?;
        } else {
            return Ok(job);
        }
    }
    let mut people = directory.under_policy(policy)?;
    people.sort_unstable();
    let total = people.len();
    let parts = people
        .chunks(PART)
        .map(|part| json!(part.iter().map(ToString::to_string).collect::<Vec<_>>()).to_string());
    let new = NewJob {
        kind: KIND,
        name: NAME.to_owned(),
        about: policy.guid(),
        task: task.to_json(total),
        suspended: None,
        priority: 0,
        kept: Some(KEPT),
    };
    directory.new_job_of_parts(author, new, parts.collect())
}

/// What is to be done.
#[derive(PartialEq, Eq)]
struct Task {
    policy: Guid,
    /// The policy's change number: one that was changed meanwhile is not applied as it is now.
    version: i64,
    secondary_only: bool,
}

impl Task {
    fn to_json(&self, total: usize) -> String {
        json!({ "policy": self.policy.to_string(), "version": self.version, "secondaryOnly": self.secondary_only,
            "recipients": total })
        .to_string()
    }

    fn of(job: &Job) -> Result<Task> {
        let json = read(job)?;
        let read = || {
            Some(Task {
                policy: Guid::parse(json["policy"].as_str()?)?,
                version: json["version"].as_i64()?,
                secondary_only: json["secondaryOnly"].as_bool()?,
            })
        };
        read().ok_or_else(|| damaged(job))
    }
}

fn read(job: &Job) -> Result<Json> {
    serde_json::from_str(&job.task).map_err(|_| damaged(job))
}

fn damaged(job: &Job) -> Error {
    Error::server(ErrorId::AttributeDamaged, format!("The task of the job {} cannot be read.", job.guid))
}

/// Does it.
pub(crate) struct Applying(pub(crate) Directory);

impl Work for Applying {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn slice(&self, job: &Job, allowance: &mut Allowance) -> Result<Slice> {
        let (task, directory) = (Task::of(job)?, &self.0);
        let total = read(job)?["recipients"].as_u64().ok_or_else(|| damaged(job))?;
        let from: u64 = match job.cursor.as_str() {
            "" => 0,
            cursor => cursor.parse().map_err(|_| damaged(job))?,
        };
        let part = self.part(job, from)?;
        // Whoever was written down must be there: a job that finds nobody would never end.
        if part.is_empty() && from < total {
            return Err(damaged(job));
        }
        let mut at = from;
        while at < total {
            let left = part.iter().skip((at - from) as usize).take(CHANGE);
            let some: Vec<Guid> = left.copied().take_while(|_| allowance.take()).collect();
            if some.is_empty() {
                break;
            }
            at += some.len() as u64;
            let secondary_only = task.secondary_only;
            directory.change(&job.author, move |change| change.apply_policies(&some, secondary_only))?;
        }
        let ended = at >= total;
        if ended {
            self.note_applied(job, &task)?;
        }
        Ok(Slice { cursor: at.to_string(), done: at - from, total: Some(total), results: Vec::new(), ended })
    }
}

impl Applying {
    /// Those who were written down with the one whose turn it is, from there on.
    fn part(&self, job: &Job, at: u64) -> Result<Vec<Guid>> {
        let Some(text) = self.0.job_part(job, at / PART as u64)? else { return Ok(Vec::new()) };
        let all: Vec<String> = serde_json::from_str(&text).map_err(|_| damaged(job))?;
        let rest = all.iter().skip(at as usize % PART);
        rest.map(|guid| Guid::parse(guid).ok_or_else(|| damaged(job))).collect()
    }

    fn note_applied(&self, job: &Job, task: &Task) -> Result<()> {
        let (guid, version) = (task.policy, task.version);
        self.0.change(&job.author, move |change| match change.directory().get(guid) {
            Some(policy) if policy.change_number() == version => change.policy_applied(guid),
            // A slice that was noted by nobody is done again: what it said then stands.
            Some(policy) if policy.is(&APPLIED) => Ok(()),
            // What was applied is not what it is now.
            Some(policy) => Err(Error::conflict(
                ErrorId::InvalidChange,
                format!("'{}' was changed while it was applied; apply it again.", policy.name()),
            )),
            None => Err(Error::conflict(ErrorId::ObjectGone, "The policy was removed while it was applied.")),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use directory::{Class, Founding};
    use object::types::SecureString;
    use object::{Time, WoundClock};
    use std::sync::Arc;

    fn house() -> (Directory, Arc<Record>, Author) {
        let clock = Arc::new(WoundClock::at(Time::of_date(2026, 11, 21)));
        let directory = Directory::open(db::memory().unwrap(), clock, "srv1").unwrap();
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
        let policy = Arc::clone(&directory.all(Class::EmailAddressPolicy)[0]);
        (directory, policy, Author::new("CONTOSO\\ann", "Update-EmailAddressPolicy"))
    }

    fn slice(directory: &Directory, job: &Job) -> std::result::Result<bool, String> {
        let slice = Applying(directory.clone()).slice(job, &mut Allowance::default());
        slice.map(|slice| slice.ended).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_job_that_cannot_be_read_ends_with_an_error() {
        let (directory, policy, author) = house();
        let task = Task { policy: policy.guid(), version: policy.change_number(), secondary_only: false };
        for (total, parts, cursor) in [
            (3, vec![], ""),
            (3, vec!["[]".to_owned()], ""),
            (3, vec!["[\"x\"]".to_owned()], ""),
            (0, vec![], "a word"),
            (600, vec!["[]".to_owned()], "500"),
        ] {
            let new = NewJob {
                kind: KIND,
                name: NAME.to_owned(),
                about: policy.guid(),
                task: task.to_json(total),
                suspended: None,
                priority: 0,
                kept: None,
            };
            let mut job = directory.new_job_of_parts(&author, new, parts).unwrap();
            job.cursor = cursor.to_owned();
            let said = slice(&directory, &job).unwrap_err();
            assert!(said.contains("cannot be read"), "{total} {cursor}: {said}");
            directory.remove_job(job.guid).unwrap();
        }
    }

    #[test]
    fn a_policy_that_was_changed_meanwhile_is_not_told_as_applied() {
        let (directory, policy, author) = house();
        let made = job(&directory, &author, &policy, false).unwrap();
        assert_eq!(job(&directory, &author, &policy, false).unwrap().guid, made.guid, "there is one");
        let guid = policy.guid();
        let note = move |change: &mut directory::Change<'_>, applied: bool| {
            let mut record = change.read(guid)?;
            record.set(&APPLIED, applied);
            change.save(record)
        };
        directory.change(&author, move |change| note(change, false)).unwrap();
        let said = slice(&directory, &made).unwrap_err();
        assert!(said.contains("was changed while it was applied"), "{said}");
        directory.change(&author, move |change| note(change, true)).unwrap();
        assert_eq!(slice(&directory, &made), Ok(true), "what was noted stands");
    }
}
