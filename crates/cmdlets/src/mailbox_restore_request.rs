//! Restore requests: made, listed, changed, held, resumed, removed; and how far they are.

use crate::authority::within_scopes;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use ::mailbox::restore::{
    MAILBOX_RESTORE_REQUEST, MAILBOX_RESTORE_REQUEST_STATISTICS, PRIORITIES, RestoreTask, Treatment,
};
use directory::{Job, JobState, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{Guid, ObjectId, TimeSpan, Unlimited};
use object::{Error, ErrorId, Keys, Parameter, Result, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] =
    &[&NEW, &GET, &GET_STATISTICS, &SET, &SUSPEND, &RESUME, &REMOVE];

/// As in Exchange: whoever restores can read what is restored.
const ROLES: &[&str] = &["Mailbox Import Export", "Disaster Recovery"];

static SOURCE_DATABASE: Parameter<ObjectId> =
    Parameter::new("SourceDatabase", "The database of the mailbox that is read.");
static SOURCE_STORE_MAILBOX: Parameter<ObjectId> = Parameter::new(
    "SourceStoreMailbox",
    "The disconnected or soft-deleted mailbox that is read, by GUID, LegacyDN or display name.",
);
static TARGET_MAILBOX: Parameter<ObjectId> =
    Parameter::new("TargetMailbox", "The mailbox that is written to.");
static TARGET_DATABASE: Parameter<ObjectId> =
    Parameter::new("TargetDatabase", "The database of the mailbox that is written to.");
static TARGET_IS_ARCHIVE: Parameter<Switch> =
    Parameter::new("TargetIsArchive", "Writes to the archive of the mailbox.");
static TARGET_ROOT_FOLDER: Parameter<String> = Parameter::new(
    "TargetRootFolder",
    "The folder into which everything is put, with slashes; without it, into the folders of the same names.",
);
static SOURCE_ROOT_FOLDER: Parameter<String> =
    Parameter::new("SourceRootFolder", "The folder that is read with all below it; all folders by default.");
static INCLUDE_FOLDERS: Parameter<String> = Parameter::new(
    "IncludeFolders",
    "The only folders that are read: a path, #Inbox# for a well-known folder, /* for all below.",
)
.many();
static EXCLUDE_FOLDERS: Parameter<String> =
    Parameter::new("ExcludeFolders", "Folders that are not read, written as for IncludeFolders.").many();
static EXCLUDE_DUMPSTER: Parameter<Switch> =
    Parameter::new("ExcludeDumpster", "Leaves out Recoverable Items, which otherwise always come along.");
static ASSOCIATED: Parameter<String> = Parameter::new(
    "AssociatedMessagesCopyOption",
    "Whether associated items (rules, views and the like) come along: Copy, which is the default, or DoNotCopy.",
);
static CONFLICT: Parameter<String> = Parameter::new(
    "ConflictResolutionOption",
    "What becomes of items that are there already: KeepSourceItem, which is the default, KeepTargetItem, KeepLatestItem, \
     KeepAll, ForceCopy or UpdateFromSource.",
);
static ALLOW_MISMATCH: Parameter<Switch> = Parameter::new(
    "AllowLegacyDNMismatch",
    "Restores into a mailbox whose legacyExchangeDN is not that of the mailbox that is read.",
);
static BAD_ITEM_LIMIT: Parameter<Unlimited<i32>> = Parameter::new(
    "BadItemLimit",
    "How many items may fail; 0 by default, from 51 on with AcceptLargeDataLoss.",
);
static ACCEPT_LOSS: Parameter<Switch> =
    Parameter::new("AcceptLargeDataLoss", "Says that 51 or more lost items are accepted.");
static BATCH_NAME: Parameter<String> = Parameter::new("BatchName", "A name for several requests together.");
static NAME: Parameter<String> = Parameter::new(
    "Name",
    "The name of the request; MailboxRestore, MailboxRestore1 to MailboxRestore9 by default.",
);
static PRIORITY: Parameter<String> = Parameter::new(
    "Priority",
    "Which requests go first: Lowest, Lower, Low, Normal, High, Higher, Highest or Emergency.",
);
static SUSPEND_SWITCH: Parameter<Switch> =
    Parameter::new("Suspend", "Makes a request that waits to be resumed.");
static SUSPEND_COMMENT: Parameter<String> = Parameter::new("SuspendComment", "Why it is suspended.");
static AGE_LIMIT: Parameter<Unlimited<TimeSpan>> = Parameter::new(
    "CompletedRequestAgeLimit",
    "How long the request is kept when it is completed, as a span or a number of days; 30 days by default.",
);

static SKIP_MERGING: Parameter<String> = Parameter::new(
    "SkipMerging",
    "What does not come along: FolderACLs are the permissions of folders. FolderRules and InitialConnectionValidation say \
     what is so anyway.",
)
.many();

static TASK: Keys = &[
    &TARGET_IS_ARCHIVE,
    &TARGET_ROOT_FOLDER,
    &SOURCE_ROOT_FOLDER,
    &INCLUDE_FOLDERS,
    &EXCLUDE_FOLDERS,
    &EXCLUDE_DUMPSTER,
    &ASSOCIATED,
    &CONFLICT,
    &BAD_ITEM_LIMIT,
    &ACCEPT_LOSS,
    &BATCH_NAME,
];

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Copies what a disconnected mailbox holds into a connected one.",
    notes: "The request is worked on in the background, goes on after a restart, and neither loses nor doubles an item. The \
            mailbox that is read stays as it is. Two items are the same where their bytes are, in the same folder. Folders that \
            are made have the permissions that they had; those that are there already keep theirs, and of a mailbox that was \
            the same person's they get the entries of whom they say nothing.",
    reads: &[
        &SOURCE_DATABASE,
        &SOURCE_STORE_MAILBOX,
        &TARGET_MAILBOX,
        &ALLOW_MISMATCH,
        &NAME,
        &PRIORITY,
        &SUSPEND_SWITCH,
        &SUSPEND_COMMENT,
    ],
    shares: &[TASK],
    roles: ROLES,
    examples: &[Example {
        about: "Copies Carla's old mailbox into a folder of John's.",
        command: "New-MailboxRestoreRequest -SourceDatabase 'Mailbox Database' -SourceStoreMailbox 'Carla Diaz' \
                  -TargetMailbox 'John Evans' -TargetRootFolder 'From Carla' -AllowLegacyDNMismatch",
    }],
    ..Cmdlet::new(Verb::New, &MAILBOX_RESTORE_REQUEST, new)
};

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let database =
        rooms.named(call, &SOURCE_DATABASE, &kinds::DATABASE)?.ok_or_else(|| needed(&SOURCE_DATABASE))?;
    let source = call.need(&SOURCE_STORE_MAILBOX)?;
    let source = rooms
        .mailboxes
        .disconnected(database.guid(), &source.shown)
        .map_err(|error| error.about(SOURCE_STORE_MAILBOX.name()))?;
    let target =
        rooms.named(call, &TARGET_MAILBOX, &kinds::MAILBOX)?.ok_or_else(|| needed(&TARGET_MAILBOX))?;
    within_scopes(rooms.directory(), call.author(), &target)?;
    // What is restored is read: that is for whoever the database is within reach of.
    within_scopes(rooms.directory(), call.author(), &database)?;
    let task = task(call, RestoreTask::whole(&source, target.guid()))?;
    let mismatch = call.is(&ALLOW_MISMATCH);
    rooms.mailboxes.check_restore(&task, mismatch)?;
    let treatment = treatment(call)?;
    let shown = rooms.shown(&target);
    let action =
        format!("Creating restore request for \"{shown}\" from mailbox \"{source}\" ({}).", source.mailbox());
    if !out.should(&shown, &action)? {
        return Ok(());
    }
    let job = rooms.mailboxes.new_restore(call.author(), &task, treatment, mismatch)?;
    out.object(rooms.mailboxes.restore_object(&job)?)
}

fn needed(key: &Parameter<ObjectId>) -> Error {
    Error::caller(ErrorId::MissingMandatoryParameter, format!("{} is needed.", key.name())).about(key.name())
}

/// What is to be restored, as the parameters say.
fn task(call: &Call, whole: RestoreTask) -> Result<RestoreTask> {
    let text = |key: &Parameter<String>| -> Result<String> { Ok(call.get(key)?.unwrap_or_default()) };
    let associated = text(&ASSOCIATED)?;
    if associated.eq_ignore_ascii_case("MapByMessageClass") {
        let message = "Associated items cannot be mapped by their class yet.";
        return Err(Error::caller(ErrorId::NotBuiltYet, message)
            .help("Write Copy or DoNotCopy.")
            .about(ASSOCIATED.name()));
    }
    Ok(RestoreTask {
        to_archive: call.is(&TARGET_IS_ARCHIVE),
        target_root: folder(text(&TARGET_ROOT_FOLDER)?),
        source_root: folder(text(&SOURCE_ROOT_FOLDER)?),
        include: call.list(&INCLUDE_FOLDERS)?.unwrap_or_default(),
        exclude: call.list(&EXCLUDE_FOLDERS)?.unwrap_or_default(),
        dumpster: !call.is(&EXCLUDE_DUMPSTER),
        associated: !associated.eq_ignore_ascii_case("DoNotCopy"),
        conflict: call.get(&CONFLICT)?.unwrap_or_else(|| whole.conflict.clone()),
        bad_items_max: bad_items(call)?.unwrap_or(whole.bad_items_max),
        large_loss: call.is(&ACCEPT_LOSS),
        batch: text(&BATCH_NAME)?,
        ..whole
    })
}

/// A path with either slash.
fn folder(path: String) -> String {
    path.replace('\\', "/").trim_matches('/').to_owned()
}

/// How many items may fail; the inner none is any number.
fn bad_items(call: &Call) -> Result<Option<Option<u64>>> {
    let Some(limit) = call.get_or_refuse_null(&BAD_ITEM_LIMIT)? else { return Ok(None) };
    let count = limit.value().map(u64::try_from).transpose();
    count.map(Some).map_err(|_| {
        Error::caller(ErrorId::InvalidValue, "BadItemLimit can't be below 0.").about(BAD_ITEM_LIMIT.name())
    })
}

/// The longest name of a request, as in Exchange.
const NAME_CHARACTERS_MAX: usize = 255;

fn treatment(call: &Call) -> Result<Treatment> {
    let name = call.get(&NAME)?;
    let fits = |name: &String| {
        !name.trim().is_empty() && name.chars().count() <= NAME_CHARACTERS_MAX && !name.contains(['\\', '\0'])
    };
    if name.as_ref().is_some_and(|name| !fits(name)) {
        let message =
            format!("A request is named by 1 to {NAME_CHARACTERS_MAX} characters without a backslash.");
        return Err(Error::caller(ErrorId::InvalidValue, message).about(NAME.name()));
    }
    let comment = call.get(&SUSPEND_COMMENT)?;
    if comment.is_some() && !call.is(&SUSPEND_SWITCH) {
        let message = "A comment on the suspension needs -Suspend: the request would begin at once.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Add -Suspend, or leave -SuspendComment out.")
            .about(SUSPEND_COMMENT.name()));
    }
    Ok(Treatment {
        name,
        suspended: call.is(&SUSPEND_SWITCH).then(|| comment.unwrap_or_default()),
        priority: priority(call)?.unwrap_or(0),
        kept: None,
    })
}

fn priority(call: &Call) -> Result<Option<i64>> {
    let Some(word) = call.get_or_refuse_null(&PRIORITY)? else { return Ok(None) };
    let found = PRIORITIES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&word));
    found.map(|(_, rank)| Some(*rank)).ok_or_else(|| {
        let words: Vec<&str> = PRIORITIES.iter().map(|(name, _)| *name).collect();
        Error::caller(ErrorId::InvalidValue, format!("'{word}' is not a priority."))
            .help(format!("Write one of {}.", words.join(", ")))
            .about(PRIORITY.name())
    })
}

static STATUS: Parameter<String> = Parameter::new("Status", "Only requests that are at this.");
static HIGH_PRIORITY: Parameter<bool> =
    Parameter::new("HighPriority", "Only requests of High priority and above, or only others.");
static SUSPENDED: Parameter<bool> = Parameter::new("Suspend", "Only suspended requests, or only others.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists restore requests, the oldest first.",
    reads: &[
        &IDENTITY,
        &STATUS,
        &HIGH_PRIORITY,
        &SUSPENDED,
        &BATCH_NAME,
        &NAME,
        &TARGET_MAILBOX,
        &TARGET_DATABASE,
        &SOURCE_DATABASE,
    ],
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[Example {
        about: "Lists the requests that failed.",
        command: "Get-MailboxRestoreRequest -Status Failed",
    }],
    ..Cmdlet::new(Verb::Get, &MAILBOX_RESTORE_REQUEST, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(identity) = call.get(&IDENTITY)? {
        let job = one(rooms, &identity.shown)?;
        return out.object(rooms.mailboxes.restore_object(&job)?);
    }
    let mut wish = Wish::of(call)?;
    let target = rooms.named(call, &TARGET_MAILBOX, &kinds::MAILBOX)?.map(|user| user.guid());
    let wanted = wanted(rooms, call)?;
    for job in rooms.mailboxes.restores(target)? {
        if wanted(&job)? {
            if !wish.takes(out)? {
                break;
            }
            out.object(rooms.mailboxes.restore_object(&job)?)?;
        }
    }
    Ok(())
}

type Filter<'a> = Box<dyn Fn(&Job) -> Result<bool> + 'a>;

fn wanted<'a>(rooms: &'a Rooms, call: &Call) -> Result<Filter<'a>> {
    let (status, name, batch) = (call.get(&STATUS)?, call.get(&NAME)?, call.get(&BATCH_NAME)?);
    let (high, suspended) = (call.get(&HIGH_PRIORITY)?, call.get(&SUSPENDED)?);
    let from = rooms.named(call, &SOURCE_DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    let to = rooms.named(call, &TARGET_DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    Ok(Box::new(move |job| {
        let task = RestoreTask::of(job)?;
        let same = |wanted: &Option<String>, text: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(text))
        };
        let home = || {
            let user = rooms.directory().get(task.target);
            user.and_then(|user| user.reference(&directory::schema::mailbox::DATABASE))
        };
        Ok(same(&status, job.state.word())
            && same(&name, &job.name)
            && same(&batch, &task.batch)
            && high.is_none_or(|high| high == (job.priority > 0))
            && suspended.is_none_or(|suspended| suspended == (job.state == JobState::Suspended))
            && from.is_none_or(|from| from == task.database)
            && to.is_none_or(|to| Some(to) == home()))
    }))
}

/// The request that `ann\MailboxRestore` or a GUID names; a mailbox alone names its only one.
fn one(rooms: &Rooms, text: &str) -> Result<Job> {
    let all = rooms.mailboxes.restores(None)?;
    if let Some(guid) = Guid::parse(text)
        && let Some(job) = all.iter().find(|job| job.guid == guid)
    {
        return Ok(job.clone());
    }
    let (mailbox, name) = text.split_once('\\').map_or((text, None), |(mailbox, name)| (mailbox, Some(name)));
    let user = rooms.directory().resolve(&kinds::ANY, &ObjectId::written(mailbox)).ok();
    let mut found: Vec<Job> = all
        .into_iter()
        .filter(|job| user.as_ref().is_some_and(|user| user.guid() == job.about))
        .filter(|job| name.is_none_or(|name| name.eq_ignore_ascii_case(&job.name)))
        .collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::not_found(
            ErrorId::ManagementObjectNotFoundException,
            format!("The restore request '{text}' couldn't be found."),
        )
        .help("List them with Get-MailboxRestoreRequest.")
        .about(IDENTITY.name())),
        _ => {
            let names: Vec<String> = found.iter().map(|job| rooms.mailboxes.restore_identity(job)).collect();
            let message =
                format!("The operation couldn't be performed because '{text}' matches multiple entries.");
            Err(Error::conflict(ErrorId::ManagementObjectAmbiguousException, message)
                .help(format!("Write one of {}.", names.join(", ")))
                .about(IDENTITY.name()))
        }
    }
}

fn named(rooms: &Rooms, call: &Call) -> Result<Job> {
    one(rooms, &call.need(&IDENTITY)?.shown)
}

/// The request that is named, if the caller may change it: as to make it, both the mailbox that it writes to and the database
/// that it reads must be within reach. One that cannot be read is a matter of whoever reaches everything.
fn within_reach(rooms: &Rooms, call: &Call) -> Result<Job> {
    let job = named(rooms, call)?;
    if let Some(account) = call.author().account {
        let task = match RestoreTask::of(&job) {
            Err(_) if rooms.directory().is_organization_manager(account) => return Ok(job),
            task => task?,
        };
        for guid in [task.target, task.database] {
            // What is gone is out of nobody's reach.
            let there = rooms.directory().get(guid);
            there.map_or(Ok(()), |record| within_scopes(rooms.directory(), call.author(), &record))?;
        }
    }
    Ok(job)
}

static INCLUDE_REPORT: Parameter<Switch> =
    Parameter::new("IncludeReport", "Shows what became of single items, too.");

static GET_STATISTICS: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows how far a restore request is.",
    reads: &[&IDENTITY, &INCLUDE_REPORT],
    roles: ROLES,
    examples: &[Example {
        about: "Shows how far the requests are.",
        command: "Get-MailboxRestoreRequest | Get-MailboxRestoreRequestStatistics",
    }],
    ..Cmdlet::new(Verb::Get, &MAILBOX_RESTORE_REQUEST_STATISTICS, |rooms, call, out| {
        let job = named(rooms, call)?;
        out.object(rooms.mailboxes.restore_statistics(&job, call.is(&INCLUDE_REPORT))?)
    })
};

static SET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Changes how a restore request is treated.",
    reads: &[&IDENTITY, &BAD_ITEM_LIMIT, &ACCEPT_LOSS, &BATCH_NAME, &AGE_LIMIT, &PRIORITY, &SKIP_MERGING],
    roles: ROLES,
    examples: &[
        Example {
            about: "Lets ten items of a request fail.",
            command: "Set-MailboxRestoreRequest 'ann\\MailboxRestore' -BadItemLimit 10",
        },
        Example {
            about: "Leaves out the permissions of folders; for a request that was made with -Suspend.",
            command: "Set-MailboxRestoreRequest 'ann\\MailboxRestore' -SkipMerging FolderACLs",
        },
    ],
    ..Cmdlet::new(Verb::Set, &MAILBOX_RESTORE_REQUEST, set)
};

fn set(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let job = within_reach(rooms, call)?;
    let (bad_items, batch, priority) =
        (bad_items(call)?, call.get_or_refuse_null(&BATCH_NAME)?, priority(call)?);
    let (kept, large_loss) = (call.get_or_refuse_null(&AGE_LIMIT)?, call.is(&ACCEPT_LOSS));
    let permissions = comes_along(call)?;
    let shown = rooms.mailboxes.restore_identity(&job);
    if !out.should(&shown, &format!("Setting restore request \"{shown}\"."))? {
        return Ok(());
    }
    let change = move |task: &mut RestoreTask, job: &mut Job| {
        task.bad_items_max = bad_items.unwrap_or(task.bad_items_max);
        task.large_loss |= large_loss;
        task.permissions = permissions.unwrap_or(task.permissions);
        if let Some(batch) = &batch {
            task.batch.clone_from(batch);
        }
        job.priority = priority.unwrap_or(job.priority);
        if let Some(kept) = &kept {
            job.kept = kept.value().map(TimeSpan::to_duration);
        }
    };
    rooms.mailboxes.change_restore(job.guid, change).map(drop)
}

/// Whether permissions come along; nothing where nothing is said.
fn comes_along(call: &Call) -> Result<Option<bool>> {
    let Some(words) = call.list(&SKIP_MERGING)? else { return Ok(None) };
    let named = |word: &str| words.iter().any(|one| one.eq_ignore_ascii_case(word));
    if named("FolderProperties") {
        let message = "What a folder is for always comes along with it.";
        return Err(Error::caller(ErrorId::NotBuiltYet, message)
            .help("Write FolderACLs to leave out the permissions.")
            .about(SKIP_MERGING.name()));
    }
    Ok(Some(!named("FolderACLs")))
}

static SUSPEND: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Holds a restore request until it is resumed.",
    reads: &[&IDENTITY, &SUSPEND_COMMENT],
    roles: ROLES,
    examples: &[Example {
        about: "Holds a request.",
        command: "Suspend-MailboxRestoreRequest 'ann\\MailboxRestore' -SuspendComment 'Until the evening.' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Suspend, &MAILBOX_RESTORE_REQUEST, |rooms, call, out| {
        let (job, comment) = (within_reach(rooms, call)?, call.get(&SUSPEND_COMMENT)?.unwrap_or_default());
        let shown = rooms.mailboxes.restore_identity(&job);
        if !out.should(&shown, &format!("Suspending restore request \"{shown}\"."))? {
            return Ok(());
        }
        rooms.directory().suspend_job(job.guid, &comment).map(drop)
    })
};

static RESUME: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets a restore request go on that was suspended or failed.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Lets a request go on.",
        command: "Resume-MailboxRestoreRequest 'ann\\MailboxRestore'",
    }],
    ..Cmdlet::new(Verb::Resume, &MAILBOX_RESTORE_REQUEST, |rooms, call, out| {
        let job = within_reach(rooms, call)?;
        let shown = rooms.mailboxes.restore_identity(&job);
        if !out.should(&shown, &format!("Resuming restore request \"{shown}\"."))? {
            return Ok(());
        }
        rooms.directory().resume_job(job.guid).map(drop)
    })
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a restore request; what it copied stays.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Removes the completed requests.",
        command: "Get-MailboxRestoreRequest -Status Completed | Remove-MailboxRestoreRequest -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &MAILBOX_RESTORE_REQUEST, |rooms, call, out| {
        let job = within_reach(rooms, call)?;
        let shown = rooms.mailboxes.restore_identity(&job);
        if !out.should(&shown, &format!("Removing restore request \"{shown}\"."))? {
            return Ok(());
        }
        rooms.mailboxes.remove_restore(&job)
    })
};
