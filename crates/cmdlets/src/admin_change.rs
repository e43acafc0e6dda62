//! The changes of administrators one by one: listing them with what can be undone, and undoing.

use crate::ad_account::may_set_passwords;
use crate::audit_query::{self, CMDLET_NAMES, END_DATE, OBJECT_IDS, START_DATE, USER_IDS};
use crate::authority::within_scopes;
use crate::role_group::{may_assign, may_take_over};
use crate::rooms::Rooms;
use directory::schema::audit::ADMIN_CHANGE;
use directory::schema::group::{DELEGATED_ROLES, ROLE_SCOPES, ROLES};
use directory::{Action, AdminChange, AuditQuery, Class, ObjectChange, Undo};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{RecipientTypeDetails, Unlimited};
use object::{Error, ErrorId, Keys, Object, Parameter, Result, Value};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET, &UNDO];

static IDENTITY: Parameter<i64> = Parameter::new("Identity", "The number of the change.");
static RESULT_SIZE: Parameter<Unlimited<i32>> =
    Parameter::new("ResultSize", "How many changes are wanted at most; 1000 by default.");
static FILTERS: Keys = &[&CMDLET_NAMES, &OBJECT_IDS, &USER_IDS, &START_DATE, &END_DATE, &RESULT_SIZE];

/// How many changes are shown where nobody says otherwise, as Search-AdminAuditLog does.
const RESULTS_DEFAULT: usize = 1_000;

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists what administrators changed, the newest first, and whether it can be undone.",
    notes: "What was refused is shown by Search-AdminAuditLog. Undoable is False where something later was built on the \
            change, or where it was done to a store and nothing is left to put back (a purged mailbox, a database that was \
            mounted); UndoObstacle says what.",
    reads: &[&IDENTITY],
    shares: &[FILTERS],
    roles: &["View-Only Audit Logs", "Audit Logs"],
    examples: &[
        Example {
            about: "Lists what was changed of the mailbox of John Evans.",
            command: "Get-AdminChange -ObjectIds 'John Evans'",
        },
        Example {
            about: "Lists mailboxes that were removed in November 2026.",
            command: "Get-AdminChange -Cmdlets Remove-Mailbox -StartDate 2026-11-01 -EndDate 2026-12-01",
        },
    ],
    ..Cmdlet::new(Verb::Get, &ADMIN_CHANGE, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    if let Some(number) = call.get(&IDENTITY)? {
        return out.object(shown(rooms, &rooms.directory().admin_change(number)?));
    }
    let query = AuditQuery { succeeded: Some(true), ..audit_query::asked(call)? };
    let mut left = limit(call)?;
    rooms.directory().search_changes(&query, |change| {
        if change.changed_anything() && left > 0 {
            left -= 1;
            out.object(shown(rooms, change))?;
        }
        Ok(left > 0)
    })
}

fn limit(call: &Call) -> Result<usize> {
    match call.get(&RESULT_SIZE)? {
        None => Ok(RESULTS_DEFAULT),
        Some(limit) => match limit.value() {
            None => Ok(usize::MAX),
            Some(count) => usize::try_from(count).map_err(|_| {
                Error::caller(ErrorId::InvalidValue, "ResultSize can't be below 0.").about(RESULT_SIZE.name())
            }),
        },
    }
}

fn shown(rooms: &Rooms, change: &AdminChange) -> Object {
    let obstacle = rooms.mailboxes.undo_plan(change).err();
    let targets = change.objects.iter().map(|one| Value::from(one.shown.as_str()));
    let given = change.author.parameters.iter();
    let parameters = given.map(|(name, value)| Value::from(format!("-{name} {value}").as_str()));
    let reason = obstacle.as_ref().map(|error| match error.help_line() {
        Some(help) => format!("{} {help}", error.message()),
        None => error.message().to_owned(),
    });
    Object::of(&ADMIN_CHANGE)
        .with("Identity", change.entry)
        .with("When", change.at)
        .with("Who", change.author.who.clone())
        .with("ClientIP", change.author.from.clone())
        .with("Command", change.author.command.clone())
        .with("Parameters", Value::array(parameters))
        .with("Targets", Value::array(targets))
        .with("Undoable", obstacle.is_none())
        .with("UndoObstacle", reason.map_or(Value::Null, |reason| reason.as_str().into()))
}

static UNDO: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts back what a change of an administrator did, where nothing later was built on it.",
    notes: "All of a change is undone, or nothing. A removed mailbox comes back with its account, password and GUID, and with \
            its mail. Undoing is a change, too, and can be undone. Get-AdminChange lists changes, -WhatIf says what would be \
            put back. Password hashes are kept for 30 days.",
    reads: &[&IDENTITY],
    roles: &["Disaster Recovery"],
    examples: &[
        Example {
            about: "Brings back the mailbox that was removed last.",
            command: "Get-AdminChange -Cmdlets Remove-Mailbox -ResultSize 1 | Undo-AdminChange -Confirm:$false",
        },
        Example {
            about: "Says what undoing the last change of John Evans would put back.",
            command: "Get-AdminChange -ObjectIds 'John Evans' -ResultSize 1 | Undo-AdminChange -WhatIf",
        },
    ],
    ..Cmdlet::new(Verb::Undo, &ADMIN_CHANGE, undo)
};

fn undo(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let change = rooms.directory().admin_change(call.need(&IDENTITY)?)?;
    let plan = rooms.mailboxes.undo_plan(&change)?;
    may_put_back(rooms, call, &change)?;
    for folder in change.objects.iter().filter(|one| one.action == Action::Stored) {
        if let Some(owner) = rooms.directory().get(folder.object) {
            within_scopes(rooms.directory(), call.author(), &owner)?;
        }
    }
    let target = change.objects.first().map_or_else(String::new, |one| one.shown.clone());
    if !out.should(&target, &sentence(&change, &plan))? {
        return Ok(());
    }
    let done = rooms.mailboxes.undo(call.author(), &change)?;
    done.left.into_iter().try_for_each(|left| out.warning(left))
}

/// Whether undoing something changes who may do what.
fn gives_roles(rooms: &Rooms, one: &ObjectChange) -> bool {
    let is = |class: Class| class.word() == one.class;
    let is_role_group = || match rooms.directory().get(one.object) {
        Some(group) => group.details() == RecipientTypeDetails::RoleGroup,
        None => one.properties.iter().any(|property| property.name == ROLES.name()),
    };
    let names = [ROLES.name(), DELEGATED_ROLES.name(), ROLE_SCOPES.name()];
    let of_user =
        || is(Class::User) && one.properties.iter().any(|property| names.contains(&property.name.as_str()));
    let kinds = [Class::ManagementRole, Class::ManagementScope, Class::RoleAssignmentPolicy];
    let of_group = || is(Class::Group) && is_role_group();
    one.action != Action::Named && (kinds.into_iter().any(is) || of_group() || of_user())
}

/// Whoever gives roles back gives them, and whoever puts a former password back decides who logs on, as whoever sets one
/// does: they need what that needs. An account that comes back has the password that it had last.
fn may_put_back(rooms: &Rooms, call: &Call, change: &AdminChange) -> Result<()> {
    if change.objects.iter().any(|one| gives_roles(rooms, one)) {
        may_assign(rooms, call)?;
    }
    let secrets =
        change.objects.iter().filter(|one| one.action == Action::Changed && !one.secrets.is_empty());
    for account in secrets {
        if !may_set_passwords(rooms, call) {
            let message =
                format!("Undoing change {} puts a password of {} back.", change.entry, account.shown);
            return Err(Error::denied(ErrorId::AccessDenied, message)
                .help("Whoever may run Set-ADAccountPassword, too, can undo it."));
        }
        if let Some(record) = rooms.directory().get(account.object) {
            may_take_over(rooms, call, &record)?;
        }
    }
    Ok(())
}

/// How many objects a prompt names.
const NAMED_MAX: usize = 20;

fn sentence(change: &AdminChange, plan: &Undo) -> String {
    let more = plan.puts_back.len().saturating_sub(NAMED_MAX);
    let mut parts: Vec<String> = plan.puts_back.iter().take(NAMED_MAX).cloned().collect();
    if more > 0 {
        parts.push(format!("{more} more"));
    }
    let (entry, author) = (change.entry, &change.author);
    let head = format!("Undoing change {entry} ({} by {})", author.command, author.who);
    let left: String = plan.left.iter().map(|left| format!(" {left}")).collect();
    format!("{head}; this is put back: {}.{left}", parts.join("; "))
}
