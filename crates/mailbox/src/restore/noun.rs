//! The nouns of restore requests: what was asked for, and how far it is.

use super::RestoreTask;
use crate::Mailboxes;
use directory::{Job, JobState, Record};
use object::types::{DateTime, Guid, ObjectId, PropertyType, Unlimited};
use object::{Noun, Object, Result, Value};

object::read_only_properties! { static;
    NAME: String = "Name", "The name of the request.";
    IDENTITY: String = "Identity", "The alias of the mailbox that is written to, and the name of the request.";
    REQUEST_GUID: Guid = "RequestGuid", "The GUID of the request.";
    STATUS: String = "Status", "Queued, InProgress, Suspended, Completed, CompletedWithWarning or Failed.";
    STATUS_DETAIL: String = "StatusDetail", "What it is doing, more exactly.";
    TARGET_MAILBOX: ObjectId = "TargetMailbox", "The mailbox that is written to.";
    TARGET_ALIAS: String = "TargetAlias", "The alias of the mailbox that is written to.";
    TARGET_DATABASE: ObjectId = "TargetDatabase", "The database of the mailbox that is written to.";
    TARGET_IS_ARCHIVE: bool = "TargetIsArchive", "Whether the archive is written to.";
    TARGET_ROOT_FOLDER: String = "TargetRootFolder", "The folder into which everything is put.";
    SOURCE_DATABASE: ObjectId = "SourceDatabase", "The database of the mailbox that is read.";
    SOURCE_EXCHANGE_GUID: Guid = "SourceExchangeGuid", "The GUID of the mailbox that is read.";
    SOURCE_NAME: String = "SourceMailboxIdentity", "The display name of the mailbox that is read.";
    SOURCE_ROOT_FOLDER: String = "SourceRootFolder", "The folder that is read with all below it.";
    INCLUDE_FOLDERS: String = "IncludeFolders", "The only folders that are read.";
    EXCLUDE_FOLDERS: String = "ExcludeFolders", "Folders that are not read.";
    CONFLICT: String = "ConflictResolutionOption", "What becomes of items that are there already.";
    BATCH_NAME: String = "BatchName", "A name for several requests together.";
    SUSPEND: bool = "Suspend", "Whether it waits to be resumed.";
    PRIORITY: String = "Priority", "Whether it goes before others.";
    WHEN_CREATED: DateTime = "WhenCreated", "When it was made.";
    WHEN_CHANGED: DateTime = "WhenChanged", "When it was changed last.";
    BAD_ITEM_LIMIT: Unlimited<i32> = "BadItemLimit", "How many items may fail.";
    BAD_ITEMS: u32 = "BadItemsEncountered", "How many items could not be read.";
    ESTIMATED_ITEMS: u32 = "EstimatedTransferItemCount", "How many items are to be taken.";
    ITEMS: u32 = "ItemsTransferred", "How many items are done.";
    PERCENT_COMPLETE: i32 = "PercentComplete", "How much of it is done.";
    QUEUED: DateTime = "QueuedTimestamp", "When it was made.";
    STARTED: DateTime = "StartTimestamp", "When it began.";
    UPDATED: DateTime = "LastUpdateTimestamp", "When it got on last.";
    ENDED: DateTime = "CompletionTimestamp", "When it was completed.";
    FAILED: DateTime = "FailureTimestamp", "When it failed.";
    MESSAGE: String = "Message", "Why it waits, was suspended or failed.";
    REPORT: String = "Report", "What became of single items.";
    REQUESTOR: String = "Requestor", "Who made it.";
}

/// A restore request.
pub static MAILBOX_RESTORE_REQUEST: Noun = Noun {
    name: "MailboxRestoreRequest",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.MailboxRestoreRequest",
    summary: "A request to copy a disconnected mailbox into a connected one.",
    properties: &[
        &NAME,
        &IDENTITY,
        &REQUEST_GUID,
        &STATUS,
        &TARGET_MAILBOX,
        &TARGET_DATABASE,
        &SOURCE_DATABASE,
        &BATCH_NAME,
        &SUSPEND,
        &PRIORITY,
        &WHEN_CREATED,
        &WHEN_CHANGED,
    ],
    table: &[&NAME, &TARGET_MAILBOX, &STATUS],
};

/// How far a restore request is.
pub static MAILBOX_RESTORE_REQUEST_STATISTICS: Noun = Noun {
    name: "MailboxRestoreRequestStatistics",
    type_name: "Microsoft.Exchange.Management.RecipientTasks.MailboxRestoreRequestStatistics",
    summary: "How far a restore request is.",
    properties: &[
        &NAME,
        &STATUS,
        &STATUS_DETAIL,
        &SOURCE_EXCHANGE_GUID,
        &SOURCE_NAME,
        &SOURCE_DATABASE,
        &SOURCE_ROOT_FOLDER,
        &TARGET_ALIAS,
        &TARGET_MAILBOX,
        &TARGET_DATABASE,
        &TARGET_IS_ARCHIVE,
        &TARGET_ROOT_FOLDER,
        &INCLUDE_FOLDERS,
        &EXCLUDE_FOLDERS,
        &CONFLICT,
        &BATCH_NAME,
        &PRIORITY,
        &BAD_ITEM_LIMIT,
        &BAD_ITEMS,
        &ESTIMATED_ITEMS,
        &ITEMS,
        &PERCENT_COMPLETE,
        &REQUESTOR,
        &QUEUED,
        &STARTED,
        &UPDATED,
        &ENDED,
        &FAILED,
        &MESSAGE,
        &REPORT,
        &IDENTITY,
        &REQUEST_GUID,
    ],
    table: &[&NAME, &STATUS_DETAIL, &TARGET_ALIAS, &PERCENT_COMPLETE],
};

/// Exchange's words for priorities, the lowest first; `Normal` is 0.
pub const PRIORITIES: [(&str, i64); 8] = [
    ("Lowest", -3),
    ("Lower", -2),
    ("Low", -1),
    ("Normal", 0),
    ("High", 1),
    ("Higher", 2),
    ("Highest", 3),
    ("Emergency", 4),
];

fn priority(job: &Job) -> &'static str {
    PRIORITIES.iter().find(|(_, rank)| *rank == job.priority).map_or("Normal", |(word, _)| word)
}

/// What a job is doing, in Exchange's words.
fn detail(job: &Job) -> &'static str {
    match job.state {
        // It began, and waits for a database to come back.
        JobState::Queued if !job.comment.is_empty() => "TransientFailure",
        JobState::InProgress if job.total > 0 => "CopyingMessages",
        JobState::InProgress => "CreatingFolderHierarchy",
        JobState::Failed if job.comment.contains("may be lost") => "FailedBadItemLimit",
        JobState::Failed => "FailedOther",
        state => state.word(),
    }
}

fn count(number: u64) -> Value {
    u32::try_from(number).unwrap_or(u32::MAX).into_value()
}

impl Mailboxes {
    fn reference(&self, guid: Guid) -> Value {
        match self.directory().get(guid) {
            Some(record) => Value::typed(self.directory().id(&record)),
            None => Value::Null,
        }
    }

    /// The identity of a request: `ann\MailboxRestore`; with a GUID where the user is gone.
    pub fn restore_identity(&self, job: &Job) -> String {
        let alias = |user: &Record| user.alias();
        let alias =
            self.directory().get(job.about).map_or_else(|| job.about.to_string(), |user| alias(&user));
        format!("{alias}\\{}", job.name)
    }

    fn target_database(&self, task: &RestoreTask) -> Value {
        let user = self.directory().get(task.target);
        let database = user.and_then(|user| user.reference(&directory::schema::mailbox::DATABASE));
        database.map_or(Value::Null, |guid| self.reference(guid))
    }

    /// A request as it is shown.
    pub fn restore_object(&self, job: &Job) -> Result<Object> {
        let task = RestoreTask::of(job)?;
        Ok(Object::of(&MAILBOX_RESTORE_REQUEST)
            .with("Name", job.name.as_str())
            .with("Identity", self.restore_identity(job).as_str())
            .with("RequestGuid", job.guid)
            .with("Status", job.state.word())
            .with("TargetMailbox", self.reference(task.target))
            .with("TargetDatabase", self.target_database(&task))
            .with("SourceDatabase", self.reference(task.database))
            .with("BatchName", text(&task.batch))
            .with("Suspend", job.state == JobState::Suspended)
            .with("Priority", priority(job))
            .with("WhenCreated", job.made)
            .with("WhenChanged", job.changed))
    }

    /// How far a request is; with what became of single items where that is wanted.
    pub fn restore_statistics(&self, job: &Job, report: bool) -> Result<Object> {
        let task = RestoreTask::of(job)?;
        let list = |list: &[String]| Value::array(list.iter().map(|one| Value::from(one.as_str())));
        let limit = task
            .bad_items_max
            .map_or(Unlimited::Unlimited, |most| Unlimited::Value(i32::try_from(most).unwrap_or(i32::MAX)));
        let identity = self.restore_identity(job);
        let alias = identity.split('\\').next().unwrap_or_default();
        let object = Object::of(&MAILBOX_RESTORE_REQUEST_STATISTICS)
            .with("Name", job.name.as_str())
            .with("Status", job.state.word())
            .with("StatusDetail", detail(job))
            .with("SourceExchangeGuid", task.source)
            .with("SourceMailboxIdentity", task.source_name.as_str())
            .with("SourceDatabase", self.reference(task.database))
            .with("SourceRootFolder", text(&task.source_root))
            .with("TargetAlias", alias)
            .with("TargetMailbox", self.reference(task.target))
            .with("TargetDatabase", self.target_database(&task))
            .with("TargetIsArchive", task.to_archive)
            .with("TargetRootFolder", text(&task.target_root))
            .with("IncludeFolders", list(&task.include))
            .with("ExcludeFolders", list(&task.exclude))
            .with("ConflictResolutionOption", task.conflict.as_str())
            .with("BatchName", text(&task.batch))
            .with("Priority", priority(job))
            .with("BadItemLimit", limit.into_value())
            .with("BadItemsEncountered", count(job.faults))
            .with("EstimatedTransferItemCount", count(job.total))
            .with("ItemsTransferred", count(job.done.saturating_sub(job.faults)))
            .with("PercentComplete", i32::from(job.percent()))
            .with("Requestor", job.author.who.clone())
            .with("QueuedTimestamp", job.made)
            .with("StartTimestamp", job.started.map_or(Value::Null, Value::from))
            .with("LastUpdateTimestamp", job.changed)
            .with("CompletionTimestamp", ended(job, false))
            .with("FailureTimestamp", ended(job, true))
            .with("Message", text(&job.comment))
            .with("Identity", identity.as_str())
            .with("RequestGuid", job.guid);
        if report {
            let results = self.directory().job_results(job.guid)?;
            let line = |one: directory::JobResult| match one.fault {
                Some(fault) => format!("{}: {fault}", one.item),
                None => one.item,
            };
            let lines: Vec<String> = results.into_iter().map(line).collect();
            return Ok(object.with("Report", text(&lines.join("\n"))));
        }
        Ok(object)
    }
}

fn ended(job: &Job, failed: bool) -> Value {
    job.ended.filter(|_| (job.state == JobState::Failed) == failed).map_or(Value::Null, Value::from)
}

fn text(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}
