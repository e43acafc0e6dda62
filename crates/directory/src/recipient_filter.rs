//! Recipient filters find recipients: those of a dynamic group, an address policy, an address list.

use crate::cache::Cache;
use crate::query::{self, Query};
use crate::record::{Id, Record};
use crate::schema::filter::{RECIPIENT_CONTAINER, RECIPIENT_FILTER, parse};
use crate::{Directory, kinds};
use object::types::RecipientTypeDetails as Details;
use object::{Filter, Result};
use std::sync::Arc;

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
