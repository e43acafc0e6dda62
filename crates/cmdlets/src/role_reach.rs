//! How far a role reaches, as the parameters of the cmdlets say that give it.

use crate::rooms::Rooms;
use directory::schema::role::{DATABASE_FILTER, DATABASES, EXCLUSIVE};
use directory::{DatabaseScope, Reach, Record, Scope, kinds};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Declared, Error, ErrorId, Parameter, Result};

pub(crate) static EXCLUSIVE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "ExclusiveRecipientWriteScope",
    "The exclusive management scope whose recipients may be changed with the role.",
);
pub(crate) static DATABASE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "CustomConfigWriteScope",
    "The management scope that says which mailbox databases may be changed with the role, and get mailboxes.",
);
pub(crate) static EXCLUSIVE_DATABASE_SCOPE: Parameter<ObjectId> = Parameter::new(
    "ExclusiveConfigWriteScope",
    "The exclusive management scope whose mailbox databases may be changed with the role, and get mailboxes.",
);
pub(crate) static CUSTOM_SCOPE: Parameter<ObjectId> = Parameter::new(
    "CustomRecipientWriteScope",
    "The management scope that says which recipients may be changed with the role.",
);
pub(crate) static UNIT_SCOPE: Parameter<ObjectId> = Parameter::new(
    "RecipientOrganizationalUnitScope",
    "The container below which recipients stand that may be changed with the role.",
);
pub(crate) static RELATIVE_SCOPE: Parameter<String> = Parameter::new(
    "RecipientRelativeWriteScope",
    "Organization: all recipients may be changed with the role.",
);

/// How far a role is to reach that reached so far before; nothing where nothing is said of it.
pub(crate) fn wanted_reach(rooms: &Rooms, call: &Call, before: Reach) -> Result<Option<Reach>> {
    let (scope, databases) = (wanted_scope(rooms, call)?, wanted_databases(rooms, call)?);
    if scope.is_none() && databases.is_none() {
        return Ok(None);
    }
    let scope = scope.unwrap_or(before.scope);
    Ok(Some(Reach { scope, databases: databases.unwrap_or(before.databases) }))
}

/// Which recipients a role is to reach.
pub(crate) fn wanted_scope(rooms: &Rooms, call: &Call) -> Result<Option<Scope>> {
    let relative = call.get(&RELATIVE_SCOPE)?.map(|word| relative(&word)).transpose()?;
    let custom = scope_named(rooms, call, &CUSTOM_SCOPE, (false, false))?.map(Scope::Custom);
    let exclusive = scope_named(rooms, call, &EXCLUSIVE_SCOPE, (false, true))?.map(Scope::Exclusive);
    let unit = rooms.named(call, &UNIT_SCOPE, &kinds::ORGANIZATIONAL_UNIT)?;
    let unit = unit.map(|unit| Scope::Unit(unit.guid()));
    one_of([relative, custom, exclusive, unit], "A role reaches as far as one scope or one unit says.")
}

fn relative(word: &str) -> Result<Scope> {
    if word.eq_ignore_ascii_case("Organization") {
        return Ok(Scope::Organization);
    }
    let message = format!("The scope '{word}' is not built yet.");
    Err(Error::caller(ErrorId::NotBuiltYet, message)
        .help("Write Organization, or use -CustomRecipientWriteScope or -RecipientOrganizationalUnitScope.")
        .about(RELATIVE_SCOPE.name()))
}

/// Which mailbox databases a role is to reach.
pub(crate) fn wanted_databases(rooms: &Rooms, call: &Call) -> Result<Option<DatabaseScope>> {
    let custom = scope_named(rooms, call, &DATABASE_SCOPE, (true, false))?.map(DatabaseScope::Custom);
    let exclusive = scope_named(rooms, call, &EXCLUSIVE_DATABASE_SCOPE, (true, true))?;
    let exclusive = exclusive.map(DatabaseScope::Exclusive);
    one_of([custom, exclusive], "A role reaches the databases of one scope.")
}

fn one_of<T, const N: usize>(said: [Option<T>; N], why: &str) -> Result<Option<T>> {
    let mut said = said.into_iter().flatten();
    let first = said.next();
    if said.next().is_some() {
        return Err(Error::caller(ErrorId::ParametersExclude, why).help("Name one of them."));
    }
    Ok(first)
}

/// The management scope that a parameter names: one of databases or of recipients, exclusive or not, as is wanted.
fn scope_named(
    rooms: &Rooms,
    call: &Call,
    parameter: &'static Parameter<ObjectId>,
    (of_databases, exclusive): (bool, bool),
) -> Result<Option<Guid>> {
    let Some(scope) = rooms.named(call, parameter, &kinds::MANAGEMENT_SCOPE)? else { return Ok(None) };
    let why = if is_of_databases(&scope) != of_databases {
        if of_databases { "is a scope of recipients" } else { "is a scope of mailbox databases" }
    } else if scope.is(&EXCLUSIVE) != exclusive {
        if exclusive { "is not an exclusive scope" } else { "is an exclusive scope" }
    } else {
        return Ok(Some(scope.guid()));
    };
    Err(Error::conflict(ErrorId::InvalidChange, format!("{} {why}.", scope.name()))
        .help("Get-ManagementScope shows what each is; an exclusive one is named by the parameter for that.")
        .about(parameter.name()))
}

/// Whether a scope is one of mailbox databases.
pub(crate) fn is_of_databases(scope: &Record) -> bool {
    scope.has(DATABASE_FILTER.spec()) || scope.has(DATABASES.spec())
}
