//! Recipients of all kinds: everything that mail can be sent to.

use crate::rooms::Rooms;
use crate::standard::{self, RECIPIENT_TYPE_DETAILS, Subject, Wanted};
use directory::schema::any_recipient::RECIPIENT;
use directory::schema::mailbox::is_mailbox;
use directory::schema::recipient;
use directory::{Class, Query, Record, kinds};
use gate::{Call, Cmdlet, Example, Verb};
use object::types::{ObjectId, PropertyType, RecipientType, RecipientTypeDetails as Details};
use object::{Declared, Error, ErrorId, Parameter, Result};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET];

static DATABASE: Parameter<ObjectId> =
    Parameter::new("Database", "The mailbox database whose mailboxes are wanted.");
static RECIPIENT_TYPE: Parameter<RecipientType> =
    Parameter::new("RecipientType", "The broad kinds of recipients that are wanted; all by default.").many();
static RECIPIENT_PREVIEW_FILTER: Parameter<String> = Parameter::new(
    "RecipientPreviewFilter",
    "Which recipients are wanted: the filter of a dynamic group or an address list, to see whom it finds.",
);

static RECIPIENTS: Subject = Subject {
    sorts: &["Name", "DisplayName", "Alias", "City", "FirstName", "LastName", "Office", "ServerLegacyDN"],
    wanted,
    ..Subject::of(&RECIPIENT, &kinds::RECIPIENT, Class::User, "recipient")
};

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists everything that mail can be sent to.",
    reads: &[&DATABASE, &RECIPIENT_TYPE, &RECIPIENT_PREVIEW_FILTER],
    roles: &["View-Only Recipients"],
    examples: &[
        Example { about: "Lists all recipients.", command: "Get-Recipient" },
        Example { about: "Says who has an address.", command: "Get-Recipient ann@contoso.com" },
    ],
    ..RECIPIENTS.cmdlet(Verb::Get)
};

fn wanted<'a>(subject: &Subject, rooms: &'a Rooms, call: &Call) -> Result<Wanted<'a>> {
    let database = rooms.named(call, &DATABASE, &kinds::DATABASE)?.map(|database| database.guid());
    let mut query = Query { database, ..Query::of(subject.kind) };
    if let Some(preview) = call.get(&RECIPIENT_PREVIEW_FILTER)? {
        query.filter = Some(standard::filter(&preview, &RECIPIENT)?);
    }
    let types = call.list(&RECIPIENT_TYPE)?.unwrap_or_default();
    check_types(call, &types)?;
    let passes = move |record: &Record| {
        let kind = || rooms.directory().value(record, recipient::RECIPIENT_TYPE.spec());
        types.is_empty() || RecipientType::of_value(&kind()).is_some_and(|kind| types.contains(&kind))
    };
    Ok(Wanted { query, passes: Box::new(passes) })
}

/// Kinds asked for that no asked-for broad kind includes can never be found: that is said, not answered with nothing.
fn check_types(call: &Call, types: &[RecipientType]) -> Result<()> {
    let details = call.list(&RECIPIENT_TYPE_DETAILS)?.unwrap_or_default();
    let fits = details.iter().any(|details| broad(*details).is_none_or(|kind| types.contains(&kind)));
    if types.is_empty() || details.is_empty() || fits {
        return Ok(());
    }
    let message = "None of the specified RecipientTypeDetails are included in any specified recipient type.";
    Err(Error::caller(ErrorId::RecipientTypesExclude, message)
        .help("Leave out -RecipientType, or name one that includes them.")
        .about("RecipientTypeDetails"))
}

/// The broad kind that includes an exact one, where that is certain.
fn broad(details: Details) -> Option<RecipientType> {
    if is_mailbox(details) {
        return Some(RecipientType::UserMailbox);
    }
    match details {
        Details::MailContact => Some(RecipientType::MailContact),
        Details::MailUser => Some(RecipientType::MailUser),
        Details::MailUniversalDistributionGroup => Some(RecipientType::MailUniversalDistributionGroup),
        Details::MailUniversalSecurityGroup => Some(RecipientType::MailUniversalSecurityGroup),
        Details::PublicFolder => Some(RecipientType::PublicFolder),
        Details::DynamicDistributionGroup => Some(RecipientType::DynamicDistributionGroup),
        _ => None,
    }
}
