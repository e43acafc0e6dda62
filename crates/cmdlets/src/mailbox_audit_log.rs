//! The logs of mailboxes: who but the owner opened, read, moved, deleted and sent; and what was done in one's own mailbox.

use crate::rooms::{IDENTITY, Rooms};
use ::mailbox::MAILBOX_AUDIT_LOG;
use ::mailbox::store::{AuditEntry, LogonType};
use directory::schema::mailbox as schema;
use directory::schema::mailbox::MailboxAuditOperation;
use directory::{Record, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{DateTime, ObjectId, PropertyType};
use object::{Error, ErrorId, Keys, Parameter, Result, Switch, Time, Value};
use std::ops::ControlFlow;
use std::sync::Arc;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&SEARCH, &GET_MINE];

static MAILBOXES: Parameter<ObjectId> =
    Parameter::new("Mailboxes", "The mailboxes whose logs are wanted; all that have one by default.").many();
static SHOW_DETAILS: Parameter<Switch> = Parameter::new(
    "ShowDetails",
    "Shows each entry; without it each mailbox that has any, with its newest one's time.",
);
static START_DATE: Parameter<DateTime> = Parameter::new("StartDate", "The first moment that is wanted.");
static END_DATE: Parameter<DateTime> = Parameter::new("EndDate", "The last moment that is wanted.");
static LOGON_TYPES: Parameter<String> =
    Parameter::new("LogonTypes", "In what capacity: Owner, Delegate, Admin; all by default.").many();
static OPERATIONS: Parameter<String> =
    Parameter::new("Operations", "What was done, as AuditDelegate names it; everything by default.").many();
static EXTERNAL_ACCESS: Parameter<bool> = Parameter::new(
    "ExternalAccess",
    "Whether only what somebody outside of the organization did is wanted, which there is none of.",
);
static RESULT_SIZE: Parameter<i32> =
    Parameter::new("ResultSize", "How many entries are wanted at most, 1 to 250000; 1000 by default.");
static FILTERS: Keys = &[&START_DATE, &END_DATE, &LOGON_TYPES, &OPERATIONS, &RESULT_SIZE];

/// How many entries are shown where nobody says otherwise, and at most, as in Exchange.
const RESULTS_DEFAULT: i32 = 1_000;
const RESULTS_MAX: i32 = 250_000;

static SEARCH: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Shows what was done in mailboxes whose log is switched on, the newest first.",
    notes: "Set-Mailbox -AuditEnabled $true switches a mailbox's log on; AuditOwner, AuditDelegate and AuditAdmin say what is \
            told of whom, AuditLogAgeLimit how long. mailstead verify tells where a line was altered or removed.",
    reads: &[&IDENTITY, &MAILBOXES, &SHOW_DETAILS, &EXTERNAL_ACCESS],
    shares: &[FILTERS],
    roles: &["View-Only Audit Logs", "Audit Logs"],
    examples: &[
        Example {
            about: "Shows what others did in the mailbox of John Evans.",
            command: "Search-MailboxAuditLog 'John Evans' -LogonTypes Delegate,Admin -ShowDetails",
        },
        Example {
            about: "Lists the mailboxes in which anything was deleted in November 2026.",
            command: "Search-MailboxAuditLog -Operations SoftDelete,HardDelete -StartDate 2026-11-01 -EndDate 2026-12-01",
        },
    ],
    ..Cmdlet::new(Verb::Search, &MAILBOX_AUDIT_LOG, search)
};

static GET_MINE: Cmdlet<Rooms> = Cmdlet {
    called: Some("MyMailboxAccess"),
    synopsis: "Shows what others did in one's own mailbox, the newest first.",
    notes: "It shows what the mailbox's log tells: an administrator switches that on with Set-Mailbox -AuditEnabled $true.",
    shares: &[FILTERS],
    examples: &[Example {
        about: "Shows who sent in one's name.",
        command: "Get-MyMailboxAccess -Operations SendAs,SendOnBehalf | Format-Table LastAccessed,LogonUserDisplayName",
    }],
    ..Cmdlet::new(Verb::Get, &MAILBOX_AUDIT_LOG, mine)
};

/// What is asked for of every log.
struct Wanted {
    from: Option<Time>,
    until: Option<Time>,
    logons: Vec<LogonType>,
    operations: Vec<MailboxAuditOperation>,
    left: i32,
}

impl Wanted {
    fn of(call: &Call) -> Result<Wanted> {
        let moment =
            |key: &Parameter<DateTime>| -> Result<Option<Time>> { Ok(call.get(key)?.map(DateTime::to_time)) };
        let (from, until) = (moment(&START_DATE)?, moment(&END_DATE)?);
        if from.zip(until).is_some_and(|(from, until)| from > until) {
            let message = "The StartDate can't be behind the EndDate.";
            return Err(Error::caller(ErrorId::InvalidValue, message).about(START_DATE.name()));
        }
        let left = call.get(&RESULT_SIZE)?.unwrap_or(RESULTS_DEFAULT);
        if !(1..=RESULTS_MAX).contains(&left) {
            let message = format!("ResultSize must be between 1 and {RESULTS_MAX}.");
            return Err(Error::caller(ErrorId::InvalidValue, message).about(RESULT_SIZE.name()));
        }
        let (logons, operations) = (words(call, &LOGON_TYPES)?, words(call, &OPERATIONS)?);
        Ok(Wanted { from, until, logons, operations, left })
    }

    fn takes(&self, entry: &AuditEntry) -> bool {
        let covers = |known: &MailboxAuditOperation| known.covers(entry.operation as i64);
        (self.logons.is_empty() || self.logons.contains(&entry.logon))
            && (self.operations.is_empty() || self.operations.iter().any(covers))
            && self.until.is_none_or(|until| entry.at <= until)
    }
}

/// Words of a kind, each read as one of it.
fn words<T: PropertyType>(call: &Call, key: &Parameter<String>) -> Result<Vec<T>> {
    let read = |word: &String| {
        let value = (T::KIND.read)(&Value::from(word.as_str())).map_err(|error| error.about(key.name()))?;
        Ok(T::of_value(&value))
    };
    let words = call.list(key)?.unwrap_or_default();
    Ok(words.iter().map(read).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn search(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut wanted = Wanted::of(call)?;
    let (details, owners) = (call.is(&SHOW_DETAILS), owners(rooms, call)?);
    if call.get(&EXTERNAL_ACCESS)? == Some(true) {
        return Ok(());
    }
    for owner in owners {
        if wanted.left == 0 {
            break;
        }
        let each = &mut |entry: &AuditEntry, out: &mut Output<'_>| {
            if details {
                out.object(rooms.mailboxes.audit_entry(&owner, entry))?;
                return Ok(ControlFlow::Continue(()));
            }
            out.object(rooms.mailboxes.audit_summary(&owner, entry.at))?;
            Ok(ControlFlow::Break(()))
        };
        if let Err(error) = walk(rooms, &owner, &mut wanted, out, each) {
            // A database that cannot be asked does not keep the others from being shown.
            out.error(error.target(rooms.shown(&owner)))?;
        }
    }
    Ok(())
}

fn owners(rooms: &Rooms, call: &Call) -> Result<Vec<Arc<Record>>> {
    if call.get(&IDENTITY)?.is_some() {
        return Ok(vec![rooms.one(call, &kinds::MAILBOX)?]);
    }
    if let Some(named) = call.list(&MAILBOXES)? {
        let find = |id: &ObjectId| rooms.directory().resolve(&kinds::MAILBOX, id);
        return named.iter().map(|id| find(id).map_err(|error| error.about(MAILBOXES.name()))).collect();
    }
    let all = rooms.directory().all(directory::Class::User).into_iter();
    Ok(all.filter(|user| user.is_mailbox() && user.is(&schema::AUDIT_ENABLED)).collect())
}

/// Whatever is done with an entry; where it breaks no more of this log are wanted.
type Each<'a> = &'a mut dyn FnMut(&AuditEntry, &mut Output<'_>) -> Result<ControlFlow<()>>;

/// Hands over what is wanted of a log, the newest first.
fn walk(
    rooms: &Rooms,
    owner: &Record,
    wanted: &mut Wanted,
    out: &mut Output<'_>,
    each: Each<'_>,
) -> Result<()> {
    let mut below = None;
    loop {
        let page = rooms.mailboxes.audit_page(owner, below)?;
        let Some(last) = page.last() else { return Ok(()) };
        below = Some(last.number);
        for entry in &page {
            if wanted.left == 0 || wanted.from.is_some_and(|from| entry.at < from) {
                return Ok(());
            }
            if !wanted.takes(entry) {
                continue;
            }
            wanted.left -= 1;
            if each(entry, out)?.is_break() {
                return Ok(());
            }
        }
    }
}

fn mine(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let mut wanted = Wanted::of(call)?;
    if wanted.logons.is_empty() {
        wanted.logons = vec![LogonType::Delegate, LogonType::Admin];
    }
    let account = call.caller().account.and_then(|account| rooms.directory().get(account));
    let owner = account.filter(|account| account.is_mailbox()).ok_or_else(|| {
        Error::caller(ErrorId::MailboxNotFound, "You have no mailbox.")
            .help("Run Search-MailboxAuditLog to see what was done in another one.")
    })?;
    if !owner.is(&schema::AUDIT_ENABLED) {
        out.warning("The log of your mailbox is switched off.")?;
    }
    walk(rooms, &owner, &mut wanted, out, &mut |entry, out| {
        out.object(rooms.mailboxes.audit_entry(&owner, entry))?;
        Ok(ControlFlow::Continue(()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::mailbox::store::Operation;

    #[test]
    fn the_directory_and_the_store_speak_of_the_same_operations() {
        for operation in Operation::ALL {
            let known = MailboxAuditOperation::of_number(*operation as i64).map(MailboxAuditOperation::name);
            assert_eq!(known, Some(operation.name()));
        }
    }
}
