//! The rows of jobs: made, found, taken by a node for a while, moved on.

use super::slice::Slice;
use super::{JOB_RESULTS_MAX, Job, JobQuery, JobResult, JobState, NewJob};
use db::{Param, Row, Tx};
use object::types::Guid;
use object::{Author, Error, ErrorId, Result, Time};
use std::time::Duration;

const COLUMNS: &str = "number, guid, kind, name, about, task, state, comment, priority, kept, made, started, changed, \
                       ended, cursor, done, total, faults, who, account, origin, command";

fn job(row: &Row<'_>) -> Result<Job> {
    let guid = |at| -> Result<Guid> { Ok(Guid::of_bytes(row.bytes(at)?).unwrap_or(Guid::EMPTY)) };
    let author = Author {
        account: Guid::of_bytes(row.bytes(19)?),
        from: row.text(20)?.into(),
        ..Author::new(row.text(18)?, row.text(21)?)
    };
    let (name, state): (String, i64) = (row.get(3)?, row.int(6)?);
    let unknown = || {
        let message = format!("The job \"{name}\" has the state {state}, which this program does not know.");
        Error::server(ErrorId::AttributeDamaged, message)
    };
    Ok(Job {
        number: row.int(0)?,
        guid: guid(1)?,
        kind: row.get(2)?,
        state: JobState::of_number(state).ok_or_else(unknown)?,
        name,
        about: guid(4)?,
        task: row.get(5)?,
        comment: row.get(7)?,
        priority: row.int(8)?,
        kept: row.get::<Option<i64>>(9)?.map(|micros| Duration::from_micros(micros.max(0) as u64)),
        made: row.get(10)?,
        started: row.get(11)?,
        changed: row.get(12)?,
        ended: row.get(13)?,
        cursor: row.get(14)?,
        done: row.get(15)?,
        total: row.get(16)?,
        faults: row.get(17)?,
        author,
    })
}

fn micros(kept: Option<Duration>) -> Option<i64> {
    kept.map(|kept| i64::try_from(kept.as_micros()).unwrap_or(i64::MAX))
}

pub(super) fn insert(tx: &mut dyn Tx, guid: Guid, by: &Author, new: &NewJob, now: Time) -> Result<Job> {
    let about = new.about.to_bytes();
    let sql = "SELECT count(*) FROM job WHERE kind = $1 AND about = $2 AND name = $3";
    if tx.number(sql, &[new.kind.into(), (&about).into(), (&new.name).into()])? > 0 {
        let message = format!("There is a job \"{}\" already.", new.name);
        return Err(Error::conflict(ErrorId::JobNameTaken, message)
            .help("Choose another name, or remove that one.")
            .about("Name"));
    }
    let number = tx.number("SELECT coalesce(max(number), 0) + 1 FROM job", &[])?;
    let sql = "INSERT INTO job (number, guid, kind, name, about, task, state, comment, priority, kept, made, changed,
                 turn, not_before, cursor, done, total, faults, who, account, origin, command, node, leased)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, 0, 0, '', 0, 0, 0, $12, $13, $14, $15, '', 0)";
    let state = if new.suspended.is_some() { JobState::Suspended } else { JobState::Queued };
    let (guid_bytes, account) = (guid.to_bytes(), by.account.map(Guid::to_bytes));
    let params: [Param<'_>; 15] = [
        number.into(),
        (&guid_bytes).into(),
        new.kind.into(),
        (&new.name).into(),
        (&about).into(),
        (&new.task).into(),
        state.number().into(),
        new.suspended.as_deref().unwrap_or_default().into(),
        new.priority.into(),
        micros(new.kept).into(),
        now.into(),
        (&*by.who).into(),
        account.as_ref().map_or(&[][..], |bytes| &bytes[..]).into(),
        (&*by.from).into(),
        (&*by.command).into(),
    ];
    tx.execute(sql, &params)?;
    by_guid(tx, guid)?.ok_or_else(|| super::gone(guid))
}

pub(super) fn by_guid(tx: &mut dyn Tx, guid: Guid) -> Result<Option<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM job WHERE guid = $1");
    tx.one(&sql, &[(&guid.to_bytes()).into()], job)
}

pub(super) fn find(tx: &mut dyn Tx, query: &JobQuery) -> Result<Vec<Job>> {
    let sql = format!("SELECT {COLUMNS} FROM job ORDER BY number");
    let mut found = tx.all(&sql, &[], job)?;
    found.retain(|job| {
        query.kind.as_ref().is_none_or(|kind| *kind == job.kind)
            && query.about.is_none_or(|about| about == job.about)
            && query.state.is_none_or(|state| state == job.state)
    });
    Ok(found)
}

pub(super) fn results(tx: &mut dyn Tx, number: i64) -> Result<Vec<JobResult>> {
    let sql = "SELECT item, fault FROM job_result WHERE job = $1 ORDER BY ordinal";
    tx.all(sql, &[number.into()], |row| Ok(JobResult { item: row.get(0)?, fault: row.get(1)? }))
}

pub(super) fn results_from(
    tx: &mut dyn Tx,
    number: i64,
    from: u64,
    most: u64,
    only_faults: bool,
) -> Result<Vec<(u64, JobResult)>> {
    let sql = "SELECT ordinal, item, fault FROM job_result
               WHERE job = $1 AND ordinal >= $2 AND ($3 = 0 OR fault IS NOT NULL) ORDER BY ordinal LIMIT $4";
    let int = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let params: [Param<'_>; 4] =
        [number.into(), int(from).into(), i64::from(only_faults).into(), int(most).into()];
    tx.all(sql, &params, |row| {
        let ordinal = u64::try_from(row.int(0)?).unwrap_or_default();
        Ok((ordinal, JobResult { item: row.get(1)?, fault: row.get(2)? }))
    })
}

pub(super) fn insert_parts(tx: &mut dyn Tx, number: i64, parts: &[String]) -> Result<()> {
    for (at, part) in parts.iter().enumerate() {
        let sql = "INSERT INTO job_part (job, ordinal, content) VALUES ($1, $2, $3)";
        tx.execute(sql, &[number.into(), (at as i64).into(), part.as_str().into()])?;
    }
    Ok(())
}

pub(super) fn part(tx: &mut dyn Tx, number: i64, at: u64) -> Result<Option<String>> {
    let sql = "SELECT content FROM job_part WHERE job = $1 AND ordinal = $2";
    tx.one(sql, &[number.into(), i64::try_from(at).unwrap_or(i64::MAX).into()], |row| row.get(0))
}

/// Gives a job another state by hand; nobody has it then.
pub(super) fn turn(tx: &mut dyn Tx, number: i64, to: JobState, comment: &str, now: Time) -> Result<()> {
    let sql = "UPDATE job SET state = $2, comment = $3, changed = $4, ended = NULL, not_before = 0, node = '', leased = 0
               WHERE number = $1";
    tx.execute(sql, &[number.into(), to.number().into(), comment.into(), now.into()]).map(drop)
}

pub(super) fn treat(tx: &mut dyn Tx, job: &Job, now: Time) -> Result<()> {
    let sql = "UPDATE job SET task = $2, priority = $3, kept = $4, changed = $5 WHERE number = $1";
    let params: [Param<'_>; 5] =
        [job.number.into(), (&job.task).into(), job.priority.into(), micros(job.kept).into(), now.into()];
    tx.execute(sql, &params).map(drop)
}

pub(super) fn delete(tx: &mut dyn Tx, number: i64) -> Result<()> {
    tx.execute("DELETE FROM job_result WHERE job = $1", &[number.into()])?;
    tx.execute("DELETE FROM job_part WHERE job = $1", &[number.into()])?;
    tx.execute("DELETE FROM job WHERE number = $1", &[number.into()]).map(drop)
}

pub(super) fn forget(tx: &mut dyn Tx, now: Time) -> Result<u64> {
    let sql = "SELECT number FROM job WHERE kept IS NOT NULL AND state IN ($1, $2) AND ended + kept < $3";
    let [done, warned] = [JobState::Completed, JobState::CompletedWithWarning].map(JobState::number);
    let old = tx.all(sql, &[done.into(), warned.into(), now.into()], |row| row.int(0))?;
    old.iter().try_for_each(|number| delete(tx, *number))?;
    Ok(old.len() as u64)
}

/// The job whose turn it is, of the kinds that this node can do.
pub(super) fn next(tx: &mut dyn Tx, kinds: &[&'static str], node: &str, now: Time) -> Result<Option<Job>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM job WHERE state IN ($1, $2) AND not_before <= $3 AND (node = '' OR node = $4 OR leased < $3)
         ORDER BY priority DESC, turn, number"
    );
    let [queued, begun] = [JobState::Queued, JobState::InProgress].map(JobState::number);
    let mut found = None;
    tx.query(&sql, &[queued.into(), begun.into(), now.into(), node.into()], &mut |row| {
        let job = job(row)?;
        // A kind of a newer program waits for it.
        if !kinds.contains(&job.kind.as_str()) {
            return Ok(db::Flow::More);
        }
        found = Some(job);
        Ok(db::Flow::Stop)
    })?;
    Ok(found)
}

/// Takes the job whose turn it is, until a moment.
pub(super) fn take(
    tx: &mut dyn Tx,
    kinds: &[&'static str],
    node: &str,
    now: Time,
    until: Time,
) -> Result<Option<Job>> {
    let Some(mut job) = next(tx, kinds, node, now)? else { return Ok(None) };
    let begun = JobState::InProgress.number();
    let sql = "UPDATE job SET state = $2, node = $3, leased = $4, started = coalesce(started, $5), changed = $5, comment = '',
                 turn = (SELECT max(turn) + 1 FROM job) WHERE number = $1";
    tx.execute(sql, &[job.number.into(), begun.into(), node.into(), until.into(), now.into()])?;
    (job.state, job.started) = (JobState::InProgress, job.started.or(Some(now)));
    job.comment.clear();
    Ok(Some(job))
}

/// Notes what a slice did. A number may be another job's by now, so the GUID counts. A slice counts only where the job still
/// is where it began, and is not over: another node may have gone on since. Answers the job as it is now, which may be held
/// by somebody; nothing where it is gone or another node's.
pub(super) fn advance(
    tx: &mut dyn Tx,
    job: &Job,
    slice: &Slice,
    node: &str,
    now: Time,
    until: Time,
) -> Result<Option<Job>> {
    // Who held or resumed it meanwhile let the slice end, and nobody has it.
    let sql = "SELECT count(*) FROM job WHERE number = $1 AND guid = $2 AND cursor = $3 AND done = $4 AND (node = $5
                 OR (node = '' AND state IN ($6, $7)))";
    let [held, queued] = [JobState::Suspended, JobState::Queued].map(JobState::number);
    let guid = job.guid.to_bytes();
    let params: [Param<'_>; 7] = [
        job.number.into(),
        (&guid).into(),
        (&job.cursor).into(),
        (job.done as i64).into(),
        node.into(),
        held.into(),
        queued.into(),
    ];
    if tx.number(sql, &params)? == 0 {
        return Ok(None);
    }
    keep_results(tx, job.number, &slice.results)?;
    let faults = slice.results.iter().filter(|one| one.fault.is_some()).count() as i64;
    let sql = "UPDATE job SET cursor = $2, done = done + $3, total = $4, faults = faults + $5, changed = $6, leased = $7
               WHERE number = $1";
    let total = slice.total.unwrap_or(job.total);
    let params: [Param<'_>; 7] = [
        job.number.into(),
        (&slice.cursor).into(),
        (slice.done as i64).into(),
        (total as i64).into(),
        faults.into(),
        now.into(),
        until.into(),
    ];
    tx.execute(sql, &params)?;
    if slice.ended {
        let sql = "UPDATE job SET state = CASE WHEN faults > 0 THEN $2 ELSE $3 END, ended = $4, node = '', leased = 0
                   WHERE number = $1";
        let [warned, done] = [JobState::CompletedWithWarning, JobState::Completed].map(JobState::number);
        tx.execute(sql, &[job.number.into(), warned.into(), done.into(), now.into()])?;
    }
    by_guid(tx, job.guid)
}

fn keep_results(tx: &mut dyn Tx, number: i64, results: &[JobResult]) -> Result<()> {
    let sql = "SELECT count(*) FROM job_result WHERE job = $1";
    let known = tx.number(sql, &[number.into()])?;
    let room = usize::try_from(JOB_RESULTS_MAX - known).unwrap_or(0);
    for (at, one) in results.iter().take(room).enumerate() {
        let sql = "INSERT INTO job_result (job, ordinal, item, fault) VALUES ($1, $2, $3, $4)";
        let (item, fault) =
            (one.item.replace('\0', ""), one.fault.as_ref().map(|fault| fault.replace('\0', "")));
        let ordinal = known + at as i64;
        tx.execute(sql, &[number.into(), ordinal.into(), (&item).into(), fault.as_deref().into()])?;
    }
    Ok(())
}

/// Ends a job by an error, or lets it wait for another try, if it is this node's still.
pub(super) fn stop(
    tx: &mut dyn Tx,
    job: &Job,
    why: &str,
    again: Option<Time>,
    node: &str,
    now: Time,
) -> Result<()> {
    let why = why.replace('\0', "");
    let (state, ended) = match again {
        Some(_) => (JobState::Queued, None),
        None => (JobState::Failed, Some(now)),
    };
    let sql = "UPDATE job SET state = $2, comment = $3, not_before = $4, ended = $5, changed = $6, node = '', leased = 0
               WHERE number = $1 AND state = $7 AND guid = $8 AND node = $9";
    let guid = job.guid.to_bytes();
    let params: [Param<'_>; 9] = [
        job.number.into(),
        state.number().into(),
        (&why).into(),
        again.map_or(0, |at| at.0).into(),
        ended.into(),
        now.into(),
        JobState::InProgress.number().into(),
        (&guid).into(),
        node.into(),
    ];
    tx.execute(sql, &params).map(drop)
}
