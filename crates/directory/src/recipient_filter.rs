//! Recipient filters: kinds and conditions become a text in the filter language, and the text finds recipients.
//!
//! What is kept and looked at is the text alone, as in Exchange: so what an administrator sees of a filter is what it does.

use crate::cache::Cache;
use crate::edit::Edit;
use crate::query::{self, Query};
use crate::record::{Id, Record};
use crate::schema::any_recipient::RECIPIENT;
use crate::schema::filter::{
    CONDITIONS, INCLUDED_RECIPIENTS, RECIPIENT_CONTAINER, RECIPIENT_FILTER, RecipientFilterType,
    WellKnownRecipientType as Known,
};
use crate::{Directory, kinds};
use object::types::RecipientTypeDetails as Details;
use object::{Declared, Error, ErrorId, Filter, Result, Value};
use std::sync::Arc;

/// What each kind of the ready-made filters means.
const KINDS: [(Known, &str); 6] = [
    (Known::AllRecipients, "(Alias -ne $null)"),
    (
        Known::MailboxUsers,
        "(RecipientType -eq 'UserMailbox' -and -not (RecipientTypeDetails -eq 'RoomMailbox' -or RecipientTypeDetails -eq \
         'EquipmentMailbox'))",
    ),
    (
        Known::Resources,
        "(RecipientTypeDetails -eq 'RoomMailbox' -or RecipientTypeDetails -eq 'EquipmentMailbox')",
    ),
    (Known::MailContacts, "(RecipientType -eq 'MailContact')"),
    (
        Known::MailGroups,
        "(RecipientType -eq 'MailUniversalDistributionGroup' -or RecipientType -eq 'MailUniversalSecurityGroup' -or \
         RecipientType -eq 'MailNonUniversalGroup' -or RecipientType -eq 'DynamicDistributionGroup')",
    ),
    (Known::MailUsers, "(RecipientType -eq 'MailUser')"),
];

fn parse(text: &str) -> Result<Filter> {
    Filter::parse(text, &|word| RECIPIENT.filter_property(word))
}

/// Refuses what is no filter for recipients.
pub(crate) fn is_filter(value: &Value) -> Result<()> {
    parse(value.as_str().unwrap_or_default()).map(drop)
}

/// The text of a filter by kinds and conditions: any of the kinds, and of each condition any of its values.
fn text_of(record: &Record) -> Option<String> {
    let included = record.all(&INCLUDED_RECIPIENTS);
    let any = |parts: Vec<String>| (!parts.is_empty()).then(|| format!("({})", parts.join(" -or ")));
    let kinds = KINDS.iter().filter(|(kind, _)| included.contains(kind));
    let kinds = any(kinds.map(|(_, text)| (*text).to_owned()).collect())?;
    let conditions = CONDITIONS.iter().filter_map(|(property, about)| {
        let equal = |value: String| format!("{about} -eq '{}'", value.replace('\'', "''"));
        any(record.all(property).into_iter().map(equal).collect())
    });
    Some(std::iter::once(kinds).chain(conditions).collect::<Vec<_>>().join(" -and "))
}

/// Whether a property is one by which a ready-made filter is given.
fn is_ready_made(edit: &Edit) -> bool {
    let spec = edit.spec();
    std::ptr::eq(spec, INCLUDED_RECIPIENTS.spec())
        || CONDITIONS.iter().any(|(property, _)| std::ptr::eq(spec, property.spec()))
}

/// Makes the text anew where kinds or conditions were edited, and lets go of them where a text was given.
pub(crate) fn settle(record: &mut Record, edits: &[Edit]) -> Result<()> {
    let written = edits.iter().any(|edit| std::ptr::eq(edit.spec(), RECIPIENT_FILTER.spec()));
    let made = edits.iter().any(is_ready_made);
    if written && made {
        let message = "RecipientFilter can't be used together with IncludedRecipients and conditions.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Write the whole filter with -RecipientFilter, or give kinds and conditions alone.")
            .about(RECIPIENT_FILTER.name()));
    }
    if written {
        record.drop_value(INCLUDED_RECIPIENTS.spec());
        CONDITIONS.iter().for_each(|(property, _)| record.drop_value(property.spec()));
    } else if made {
        let text = text_of(record).ok_or_else(|| {
            let message = "A filter by conditions needs the kinds of recipients that it is for.";
            Error::caller(ErrorId::ValueRequired, message)
                .help("Give -IncludedRecipients, for example AllRecipients.")
                .about(INCLUDED_RECIPIENTS.name())
        })?;
        record.set(&RECIPIENT_FILTER, text);
    }
    Ok(())
}

/// How the filter of an object was given.
pub(crate) fn filter_type(record: &Record) -> RecipientFilterType {
    match (record.has(RECIPIENT_FILTER.spec()), record.has(INCLUDED_RECIPIENTS.spec())) {
        (false, _) => RecipientFilterType::Unknown,
        (true, true) => RecipientFilterType::Precanned,
        (true, false) => RecipientFilterType::Custom,
    }
}

/// Whom an object with a recipient filter is for, ready to be asked of many.
pub(crate) struct Audience {
    filter: Option<Filter>,
    below: Option<Id>,
}

impl Audience {
    /// Nobody where the object has no filter: only the default address policy is for everybody without one.
    pub(crate) fn of(directory: &Directory, holder: &Record) -> Result<Audience> {
        let text = holder.get(&RECIPIENT_FILTER);
        let filter = text.map(|text| directory.settled_filter(parse(&text)?)).transpose()?;
        let cache = directory.cache();
        let container = holder.reference(&RECIPIENT_CONTAINER);
        let below = container.map(|guid| cache.by_guid(guid).map_or(NOWHERE, |unit| unit.id));
        Ok(Audience { filter, below })
    }
    pub(crate) fn admits(&self, cache: &Cache, record: &Record) -> bool {
        record.is_mail_enabled()
            && self.below.is_none_or(|below| cache.is_below(record, below))
            && self.filter.as_ref().is_some_and(|filter| query::passes(cache, filter, record))
    }
}

/// No object has this number: what stands below a container that is gone is nothing.
const NOWHERE: Id = -1;

impl Directory {
    /// The recipients for whom an object with a recipient filter is, in the order of names.
    pub fn audience(&self, holder: &Record) -> Result<Vec<Arc<Record>>> {
        let Some(text) = holder.get(&RECIPIENT_FILTER) else { return Ok(Vec::new()) };
        let query = Query {
            filter: Some(parse(&text)?),
            below: holder.reference(&RECIPIENT_CONTAINER),
            ..Query::of(&kinds::RECIPIENT)
        };
        Ok(self.find(&query)?.collect())
    }

    /// Whether a recipient is one of those for whom an object with a recipient filter is.
    pub fn is_in_audience(&self, holder: &Record, record: &Record) -> Result<bool> {
        Ok(Audience::of(self, holder)?.admits(&self.cache(), record))
    }

    /// Those to whom mail for a group goes: its members, or whom its filter finds, each once. Members without mail are
    /// passed over.
    pub fn mail_members(&self, group: &Record) -> Result<Vec<Arc<Record>>> {
        if group.details() == Details::DynamicDistributionGroup {
            return self.audience(group);
        }
        let members = self.members(group).into_iter();
        Ok(members.filter(|member| member.is_mail_enabled()).collect())
    }
}
