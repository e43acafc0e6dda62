//! What searches of the record of changes ask for in the same words.

use directory::AuditQuery;
use gate::Call;
use object::types::DateTime;
use object::{Error, ErrorId, Parameter, Result};

pub(crate) static CMDLET_NAMES: Parameter<String> =
    Parameter::new("Cmdlets", "The cmdlets whose runs are wanted; all by default.").many();
pub(crate) static START_DATE: Parameter<DateTime> =
    Parameter::new("StartDate", "The first moment that is wanted.");
pub(crate) static END_DATE: Parameter<DateTime> =
    Parameter::new("EndDate", "The last moment that is wanted.");
pub(crate) static OBJECT_IDS: Parameter<String> = Parameter::new(
    "ObjectIds",
    "Objects that were changed, by any identity they have, or by the path they had before they were deleted.",
)
.many();
pub(crate) static USER_IDS: Parameter<String> = Parameter::new(
    "UserIds",
    "People who ran something, by any identity of their account, or as the entries name them.",
)
.many();

/// Whose runs of what, on which objects and when.
pub(crate) fn asked(call: &Call) -> Result<AuditQuery> {
    let list = |key: &Parameter<String>| call.list(key).map(Option::unwrap_or_default);
    let from = call.get(&START_DATE)?.map(DateTime::to_time);
    let until = call.get(&END_DATE)?.map(DateTime::to_time);
    if from.zip(until).is_some_and(|(from, until)| from > until) {
        let message = "The StartDate can't be behind the EndDate.";
        return Err(Error::caller(ErrorId::InvalidValue, message).about(START_DATE.name()));
    }
    Ok(AuditQuery {
        cmdlets: list(&CMDLET_NAMES)?,
        objects: list(&OBJECT_IDS)?,
        people: list(&USER_IDS)?,
        from,
        until,
        ..AuditQuery::default()
    })
}
