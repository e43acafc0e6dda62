//! Restore requests: what a disconnected mailbox holds is copied into a connected one, as a durable job.
//!
//! The source stays as it is. Folders are taken one by one in the order in which they were made, items by their UIDs; how
//! far the job is stands in the target's database beside what was brought, so a killed server loses and doubles nothing.

mod folders;
mod noun;
mod work;

pub use noun::{MAILBOX_RESTORE_REQUEST, MAILBOX_RESTORE_REQUEST_STATISTICS, PRIORITIES};

use crate::Mailboxes;
use crate::lost::Disconnected;
use directory::schema::{mailbox, recipient};
use directory::{Job, JobQuery, NewJob, Record, Work};
use folders::Pattern;
use object::types::Guid;
use object::{Author, Error, ErrorId, Result};
use serde_json::{Value as Json, json};
use std::time::Duration;
use store::{Conflict, Description, FOLDER_DEPTH_MAX, FOLDER_NAME_CHARS_MAX, Limits, State};
use work::Restoring;

/// The kind of these jobs.
pub const RESTORE: &str = "MailboxRestore";
/// So many requests of one mailbox get a name by themselves, as in Exchange.
const NAMES_MAX: usize = 10;
/// From so many items on, a request that may lose them must say so.
const LARGE_LOSS: u64 = 51;
/// How many folders a request names.
const PATTERNS_MAX: usize = 1_000;
/// A batch's name is a name like others; Exchange takes as many.
const BATCH_CHARACTERS_MAX: usize = 255;
/// As long as the longest path of the deepest folder.
const PATH_CHARACTERS_MAX: usize = (FOLDER_NAME_CHARS_MAX + 1) * FOLDER_DEPTH_MAX;

/// What is to be restored, and how.
#[derive(Clone, Debug)]
pub struct RestoreTask {
    /// The database that holds the source.
    pub database: Guid,
    /// The mailbox that is read.
    pub source: Guid,
    /// The display name of the source.
    pub source_name: String,
    /// The user whose mailbox is written to.
    pub target: Guid,
    /// Whether it is written to the user's archive.
    pub to_archive: bool,
    /// The folder of the source that is taken with all below it; the whole mailbox where it is empty.
    pub source_root: String,
    /// The folder of the target into which all is put; its own folders where it is empty.
    pub target_root: String,
    /// Only these folders; all where there is none.
    pub include: Vec<String>,
    /// Not these folders.
    pub exclude: Vec<String>,
    /// Whether Recoverable Items are taken, too.
    pub dumpster: bool,
    /// Whether associated items are taken, too.
    pub associated: bool,
    /// Whether the permissions of folders are taken, too.
    pub permissions: bool,
    /// What becomes of items that are there already, in Exchange's word.
    pub conflict: String,
    /// How many items may fail; any number where nothing is said.
    pub bad_items_max: Option<u64>,
    /// Whether many may fail.
    pub large_loss: bool,
    /// A name for several requests together.
    pub batch: String,
}

/// Exchange's words for what becomes of items that are there already.
pub const CONFLICTS: [(&str, Conflict); 6] = [
    ("KeepSourceItem", Conflict::KeepSource),
    ("KeepLatestItem", Conflict::KeepLatest),
    ("KeepAll", Conflict::KeepAll),
    ("ForceCopy", Conflict::KeepAll),
    ("KeepTargetItem", Conflict::KeepTarget),
    ("UpdateFromSource", Conflict::KeepSource),
];

impl RestoreTask {
    /// Everything of a mailbox into that of a user.
    pub fn whole(source: &Disconnected, target: Guid) -> RestoreTask {
        RestoreTask {
            database: source.database,
            source: source.mailbox(),
            source_name: source.to_string(),
            target,
            to_archive: false,
            source_root: String::new(),
            target_root: String::new(),
            include: Vec::new(),
            exclude: Vec::new(),
            dumpster: true,
            associated: true,
            permissions: true,
            conflict: "KeepSourceItem".to_owned(),
            bad_items_max: Some(0),
            large_loss: false,
            batch: String::new(),
        }
    }

    /// The text that a job keeps.
    fn to_json(&self) -> String {
        json!({
            "v": 1, "database": self.database.to_string(), "source": self.source.to_string(),
            "sourceName": self.source_name, "target": self.target.to_string(), "archive": self.to_archive,
            "sourceRoot": self.source_root, "targetRoot": self.target_root, "include": self.include,
            "exclude": self.exclude, "dumpster": self.dumpster, "associated": self.associated,
            "permissions": self.permissions,
            "conflict": self.conflict, "badItems": self.bad_items_max, "largeLoss": self.large_loss,
            "batch": self.batch,
        })
        .to_string()
    }

    /// The task of a job.
    pub fn of(job: &Job) -> Result<RestoreTask> {
        let json: Option<Json> = serde_json::from_str(&job.task).ok();
        json.as_ref().and_then(read).ok_or_else(|| {
            Error::server(
                ErrorId::AttributeDamaged,
                format!("The task of the request {} cannot be read.", job.name),
            )
        })
    }

    /// What becomes of items that are there already.
    pub(crate) fn conflict_rule(&self) -> Conflict {
        let found = CONFLICTS.iter().find(|(word, _)| word.eq_ignore_ascii_case(&self.conflict));
        found.map_or(Conflict::KeepSource, |(_, rule)| *rule)
    }

    /// What cannot be right whatever the mailboxes hold.
    fn check(&self) -> Result<()> {
        if self.bad_items_max.is_none_or(|most| most >= LARGE_LOSS) && !self.large_loss {
            let message =
                format!("A request that may lose {LARGE_LOSS} items or more must say that this is accepted.");
            return Err(Error::caller(ErrorId::MissingMandatoryParameter, message)
                .help("Add -AcceptLargeDataLoss.")
                .about("AcceptLargeDataLoss"));
        }
        for (list, about) in [(&self.include, "IncludeFolders"), (&self.exclude, "ExcludeFolders")] {
            if list.len() > PATTERNS_MAX {
                let message = format!("A request names at most {PATTERNS_MAX} folders.");
                return Err(Error::limit(ErrorId::InvalidValue, message).about(about));
            }
            list.iter()
                .try_for_each(|text| Pattern::parse(text).map(drop).map_err(|error| error.about(about)))?;
        }
        for (text, about, most) in [
            (&self.batch, "BatchName", BATCH_CHARACTERS_MAX),
            (&self.source_root, "SourceRootFolder", PATH_CHARACTERS_MAX),
            (&self.target_root, "TargetRootFolder", PATH_CHARACTERS_MAX),
        ] {
            if text.chars().count() > most {
                let message = format!("The value of {about} has more than {most} characters.");
                return Err(Error::limit(ErrorId::InvalidValue, message).about(about));
            }
            if text.contains('\0') {
                let message = format!("The value of {about} holds a character NUL.");
                return Err(Error::caller(ErrorId::InvalidValue, message).about(about));
            }
        }
        if !CONFLICTS.iter().any(|(word, _)| word.eq_ignore_ascii_case(&self.conflict)) {
            let words: Vec<&str> = CONFLICTS.iter().map(|(word, _)| *word).collect();
            let message = format!("'{}' is not a way to resolve conflicts.", self.conflict);
            return Err(Error::caller(ErrorId::InvalidValue, message)
                .help(format!("Write one of {}.", words.join(", ")))
                .about("ConflictResolutionOption"));
        }
        Ok(())
    }
}

fn read(json: &Json) -> Option<RestoreTask> {
    let text = |key: &str| json[key].as_str().map(str::to_owned);
    let list = |key: &str| -> Option<Vec<String>> {
        json[key].as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
    };
    let guid = |key: &str| Guid::parse(json[key].as_str()?);
    Some(RestoreTask {
        database: guid("database")?,
        source: guid("source")?,
        source_name: text("sourceName")?,
        target: guid("target")?,
        to_archive: json["archive"].as_bool()?,
        source_root: text("sourceRoot")?,
        target_root: text("targetRoot")?,
        include: list("include")?,
        exclude: list("exclude")?,
        dumpster: json["dumpster"].as_bool()?,
        associated: json["associated"].as_bool()?,
        // A request that was made before says nothing of it.
        permissions: json["permissions"].as_bool().unwrap_or(true),
        conflict: text("conflict")?,
        bad_items_max: json["badItems"].as_u64(),
        large_loss: json["largeLoss"].as_bool()?,
        batch: text("batch")?,
    })
}

/// How a request is treated besides.
#[derive(Clone, Debug, Default)]
pub struct Treatment {
    /// Its name; `MailboxRestore`, `MailboxRestore1` … where there is none.
    pub name: Option<String>,
    /// Whether it waits to be resumed, and why.
    pub suspended: Option<String>,
    /// Higher ones go first.
    pub priority: i64,
    /// How long it is kept when it is completed; 30 days where nothing is said.
    pub kept: Option<Duration>,
}

/// How long a completed request is kept where nobody says otherwise, as in Exchange.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

/// Whether a user is known under a legacyExchangeDN, by their own or by one they took over.
fn has_legacy_dn(user: &Record, known: &str) -> bool {
    let legacy = user.get(&recipient::LEGACY_EXCHANGE_DN).unwrap_or_default();
    let proxies = user.all(&recipient::EMAIL_ADDRESSES);
    legacy.eq_ignore_ascii_case(known)
        || proxies.iter().any(|proxy| proxy.folded() == format!("x500:{}", known.to_lowercase()))
}

/// Whether a mailbox was that of a user.
fn was_of(mailbox: &Description, user: &Record) -> bool {
    mailbox.owner == user.guid() || has_legacy_dn(user, &mailbox.legacy_dn)
}

impl Mailboxes {
    /// Makes a restore request. Refused where the mailbox was another person's by its legacyExchangeDN, unless
    /// `mismatch_allowed`.
    pub fn new_restore(
        &self,
        author: &Author,
        task: &RestoreTask,
        treatment: Treatment,
        mismatch_allowed: bool,
    ) -> Result<Job> {
        self.check_restore(task, mismatch_allowed)?;
        let name = match treatment.name {
            Some(name) => name,
            None => self.free_request_name(task.target)?,
        };
        self.0.directory.new_job(
            author,
            NewJob {
                kind: RESTORE,
                name,
                about: task.target,
                task: task.to_json(),
                suspended: treatment.suspended,
                priority: treatment.priority,
                kept: Some(treatment.kept.unwrap_or(KEPT)),
            },
        )
    }

    /// Whether a restore can be requested; errors are those of [`new_restore`](Mailboxes::new_restore).
    pub fn check_restore(&self, task: &RestoreTask, mismatch_allowed: bool) -> Result<()> {
        task.check()?;
        let user = self.0.directory.need(task.target)?;
        self.restore_target(&user, task.to_archive)?;
        let source = self.open(task.database)?.statistics(task.source)?;
        refuse_source(&task.source_name, source.state)?;
        if has_legacy_dn(&user, &source.description.legacy_dn) || mismatch_allowed {
            return Ok(());
        }
        let known = source.description.legacy_dn;
        let message = format!(
            "The mailbox \"{}\" has the legacyExchangeDN {known}, which is not one of \"{}\".",
            task.source_name,
            user.name()
        );
        Err(Error::conflict(ErrorId::LegacyDNMismatch, message)
            .help("Add -AllowLegacyDNMismatch if it is meant for somebody else.")
            .about("AllowLegacyDNMismatch"))
    }

    /// The mailbox that is written to, and its database.
    pub(crate) fn restore_target(&self, user: &Record, archive: bool) -> Result<store::Mailbox> {
        if !archive {
            return self.mailbox(user);
        }
        let guid = user.get(&mailbox::ARCHIVE_GUID).filter(|guid| *guid != Guid::EMPTY);
        let database =
            user.reference(&mailbox::ARCHIVE_DATABASE).or_else(|| user.reference(&mailbox::DATABASE));
        match guid.zip(database) {
            Some((guid, database)) => self.open(database)?.mailbox(guid),
            None => {
                Err(Error::not_found(ErrorId::MailboxMissing, format!("{} has no archive.", user.name()))
                    .help(format!("Run Enable-Mailbox \"{}\" -Archive first.", user.name()))
                    .about("TargetIsArchive"))
            }
        }
    }

    /// How much the mailbox that is written to may hold.
    pub(crate) fn restore_limits(&self, user: &Record, archive: bool) -> Result<Limits> {
        let primary = self.limits_of(user)?;
        if !archive {
            return Ok(primary);
        }
        Ok(Limits { total: crate::mailboxes::bytes(user, &mailbox::ARCHIVE_QUOTA), ..primary })
    }

    /// What the server's runner does for mailboxes.
    pub fn works(&self) -> Vec<Box<dyn Work>> {
        vec![Box::new(Restoring::new(self.clone()))]
    }

    /// The restore requests, oldest first; of one user where one is named.
    pub fn restores(&self, about: Option<Guid>) -> Result<Vec<Job>> {
        self.0.directory.jobs(&JobQuery { kind: Some(RESTORE.to_owned()), about, state: None })
    }

    /// Takes a request away. What it brought stays.
    pub fn remove_restore(&self, job: &Job) -> Result<()> {
        self.0.directory.remove_job(job.guid)?;
        for open in self.0.store.databases().into_iter().filter(store::Database::mounted) {
            if let Err(error) = self.forget_transfers(&open) {
                // The request is gone all the same, and this is done again when the database is mounted next.
                tracing::warn!(database = %open.guid(), %error, "how far a restore was could not be forgotten");
            }
        }
        Ok(())
    }

    /// Forgets how far the requests were that are not there any more: removed, or completed long ago. A slice that was
    /// being done when its request was removed writes it once more, so each database is looked at when it is mounted, too.
    pub(crate) fn forget_transfers(&self, open: &store::Database) -> Result<()> {
        let mut ended = Vec::new();
        for transfer in open.transfers()? {
            match self.0.directory.job(transfer) {
                Err(error) if error.is(ErrorId::JobNotFound) => ended.push(transfer),
                // One that cannot be read is there.
                _ => {}
            }
        }
        if ended.is_empty() { Ok(()) } else { open.forget_transfers(ended) }
    }

    /// Changes how a request is treated.
    pub fn change_restore(
        &self,
        job: Guid,
        change: impl Fn(&mut RestoreTask, &mut Job) + Send + 'static,
    ) -> Result<Job> {
        self.0.directory.change_job(job, move |job| {
            let mut task = RestoreTask::of(job)?;
            change(&mut task, job);
            task.check()?;
            job.task = task.to_json();
            Ok(())
        })
    }

    fn free_request_name(&self, target: Guid) -> Result<String> {
        let known: Vec<String> = self.restores(Some(target))?.into_iter().map(|job| job.name).collect();
        let name = |number: usize| match number {
            0 => RESTORE.to_owned(),
            number => format!("{RESTORE}{number}"),
        };
        let free =
            (0..NAMES_MAX).map(name).find(|name| !known.iter().any(|one| one.eq_ignore_ascii_case(name)));
        free.ok_or_else(|| {
            let message = format!("The mailbox has {NAMES_MAX} restore requests already.");
            Error::conflict(ErrorId::JobNameTaken, message)
                .help("Give the request a name with -Name, or remove the completed ones.")
                .about("Name")
        })
    }
}

/// Only what nobody works in is restored from.
pub(crate) fn refuse_source(name: &str, state: State) -> Result<()> {
    let why = match state {
        State::Disabled | State::SoftDeleted => return Ok(()),
        State::Connected => "is connected",
        State::Purging => "is being purged",
    };
    Err(Error::conflict(ErrorId::MailboxNotDisconnected, format!("The mailbox \"{name}\" {why}."))
        .help("A restore reads a disconnected or soft-deleted mailbox.")
        .about("SourceStoreMailbox"))
}
