//! Finding many: filters, ambiguous names, places in the tree, kinds, order.

use crate::cache::Cache;
use crate::record::{Id, Record, fold};
use crate::schema::{mailbox, recipient, user};
use crate::view::Seen;
use crate::{Class, Directory, IdentityKind};
use object::filter::{Filter, Operator, compare};
use object::types::{Guid, ObjectId, PropertyType, RecipientTypeDetails};
use object::value::Text;
use object::{Declared, ErrorId, Object, Result, Spec, Value};
use std::cmp::Ordering;
use std::collections::HashMap;
use std::sync::Arc;

/// What is asked for. All that is said must hold.
#[derive(Clone, Debug)]
pub struct Query {
    /// What kind of objects.
    pub kind: &'static IdentityKind,
    /// The filter.
    pub filter: Option<Filter>,
    /// The beginning of a name: common, display, first or last name, or alias.
    pub anr: Option<String>,
    /// The container below which they stand, at any depth.
    pub below: Option<Guid>,
    /// The exact kinds of recipients; none means all.
    pub details: Vec<RecipientTypeDetails>,
    /// The database of mailboxes.
    pub database: Option<Guid>,
    /// Whether arbitration, audit log, public folder and monitoring mailboxes are wanted too.
    pub system: bool,
    /// The property to sort by, ascending; by name otherwise.
    pub sort: Option<&'static Spec>,
}

impl Query {
    /// Everything of a kind.
    pub fn of(kind: &'static IdentityKind) -> Query {
        Query {
            kind,
            filter: None,
            anr: None,
            below: None,
            details: Vec::new(),
            database: None,
            system: false,
            sort: None,
        }
    }
}

/// What was found: records one by one, so that nobody holds all their objects at once, and who wants only the first ones
/// does not wait for the others.
pub struct Found {
    /// What was found and not handed on yet.
    records: std::vec::IntoIter<Arc<Record>>,
    /// Where the search goes on; none: nothing is left.
    rest: Option<Walk>,
}

/// A search through all objects in the order of names.
struct Walk {
    search: Search,
    /// The last one that was looked at.
    after: Option<(Text, Id)>,
}

/// Objects that a walk looks at before it hands on what it found of them.
const LOOKED_AT_ONCE: usize = 256;

impl Iterator for Found {
    type Item = Arc<Record>;
    fn next(&mut self) -> Option<Arc<Record>> {
        loop {
            if let Some(record) = self.records.next() {
                return Some(record);
            }
            match self.rest.as_mut()?.step() {
                Some(found) => self.records = found.into_iter(),
                None => self.rest = None,
            }
        }
    }
}

impl Walk {
    /// What is wanted of the next objects; none: there are no more.
    fn step(&mut self) -> Option<Vec<Arc<Record>>> {
        let (search, mut looked) = (&self.search, 0);
        let mut found = Vec::new();
        let mut last = None;
        for record in search.cache.in_order_after(self.after.as_ref()).take(LOOKED_AT_ONCE) {
            looked += 1;
            last = Some(record);
            if search.wants(record) {
                found.push(Arc::clone(record));
            }
        }
        self.after = last.map(|record| (Arc::clone(&record.folded_name), record.id));
        (looked > 0).then_some(found)
    }
}

impl Directory {
    /// All that a query asks for, in order. The answer is one moment's; later changes do not show.
    pub fn find(&self, query: &Query) -> Result<Found> {
        let cache = self.cache();
        let below = match query.below {
            Some(guid) => Some(self.need_container(&cache, guid)?),
            None => None,
        };
        let filter = query.filter.as_ref().map(|filter| self.settled(&cache, filter.clone()));
        let search = Search::new(cache, query, filter, below);
        let records = match search.candidates() {
            Some(mut few) => {
                few.sort_by(|a, b| (&a.folded_name, a.id).cmp(&(&b.folded_name, b.id)));
                few.retain(|record| search.wants(record));
                Some(few)
            }
            None if query.sort.is_some() => {
                Some(search.cache.in_order().filter(|record| search.wants(record)).cloned().collect())
            }
            None => None,
        };
        let Some(mut records) = records else {
            let (records, rest) = (Vec::new().into_iter(), Some(Walk { search, after: None }));
            return Ok(Found { records, rest });
        };
        if let Some(spec) = query.sort {
            search.sort(&mut records, spec);
        }
        Ok(Found { records: records.into_iter(), rest: None })
    }

    fn need_container(&self, cache: &Cache, guid: Guid) -> Result<Id> {
        let found = cache.by_guid(guid).map(|record| record.id);
        found.ok_or_else(|| {
            object::Error::not_found(ErrorId::ObjectGone, format!("The container {guid} is gone."))
        })
    }

    /// A filter whose references are looked up, to be asked of many objects.
    pub(crate) fn settled_filter(&self, filter: Filter) -> Result<Filter> {
        Ok(self.settled(&self.cache(), filter))
    }

    /// A filter whose references name objects: what a person wrote as a distinguished name becomes the object, once.
    fn settled(&self, cache: &Cache, filter: Filter) -> Filter {
        match filter {
            Filter::And(parts) => {
                Filter::And(parts.into_iter().map(|part| self.settled(cache, part)).collect())
            }
            Filter::Or(parts) => {
                Filter::Or(parts.into_iter().map(|part| self.settled(cache, part)).collect())
            }
            Filter::Not(inner) => Filter::Not(Box::new(self.settled(cache, *inner))),
            Filter::Test(mut test) => {
                let written = test.value.downcast::<ObjectId>().filter(|id| id.guid == Guid::EMPTY);
                if let Some(id) = written
                    && let Some(guid) = named(cache, &id.shown)
                {
                    test.value = Value::typed(ObjectId { guid, ..id.clone() });
                }
                Filter::Test(test)
            }
        }
    }

    /// The objects of a query's answer as a noun shows them, made one by one.
    pub fn objects<'a>(
        &'a self,
        found: Found,
        noun: &'static object::Noun,
    ) -> impl Iterator<Item = Object> + 'a {
        found.map(move |record| self.object(&record, noun))
    }
}

/// The only object with that distinguished name, path, name or GUID.
fn named(cache: &Cache, text: &str) -> Option<Guid> {
    if let Some(guid) = Guid::parse(text) {
        return Some(guid);
    }
    let folded = text.to_lowercase();
    let name = crate::path::first_name(text).unwrap_or_else(|| crate::path::last_name(text));
    let mut found = cache.by_name(&name.to_lowercase());
    if found.len() > 1 || text.contains('=') || text.contains('/') {
        found.retain(|record| {
            let path = cache.path(record);
            path.distinguished.to_lowercase() == folded || path.canonical.to_lowercase() == folded
        });
    }
    (found.len() == 1).then(|| found.remove(0).guid)
}

/// A walk in the order of names is as quick as an index that names one of so many, which has to be sorted.
const FEW_PART: usize = 8;

struct Search {
    cache: Arc<Cache>,
    query: Query,
    /// The beginning of a name that is asked for, in lower case.
    anr: Option<String>,
    filter: Option<Filter>,
    below: Option<Id>,
}

impl Search {
    fn new(cache: Arc<Cache>, query: &Query, filter: Option<Filter>, below: Option<Id>) -> Search {
        let anr = query.anr.as_ref().map(|text| text.to_lowercase());
        Search { cache, query: query.clone(), anr, filter, below }
    }

    /// The few objects among which an index says the answer is; `None` when all must be looked at.
    fn candidates(&self) -> Option<Vec<Arc<Record>>> {
        let mut best: Option<Vec<Arc<Record>>> = None;
        let mut offer = |found: Vec<Arc<Record>>| {
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        };
        if let Some(database) = self.query.database {
            offer(self.cache.by_value(mailbox::DATABASE.spec(), &database.to_string()));
        }
        if let Some(found) = self.of_few_kinds() {
            offer(found);
        }
        for test in self.filter.as_ref().map(Filter::required).unwrap_or_default() {
            if test.operator == Operator::Eq
                && let Some(found) = self.indexed(test.property, &test.value)
            {
                offer(found);
            }
            if test.operator == Operator::Like
                && let Some(found) = self.by_head_of_name(test.property, &test.value)
            {
                offer(found);
            }
        }
        best
    }

    /// The objects of the kinds that are wanted, where these are kinds of mailboxes and a small part of all.
    fn of_few_kinds(&self) -> Option<Vec<Arc<Record>>> {
        let (kinds, spec) = (&self.query.details, recipient::RECIPIENT_TYPE_DETAILS.spec());
        if kinds.is_empty() || !kinds.iter().all(|kind| mailbox::is_mailbox(*kind)) {
            return None;
        }
        let words: Vec<String> = kinds.iter().map(|kind| fold(&Value::from(*kind))).collect();
        let count: usize = words.iter().map(|word| self.cache.count(spec, word)).sum();
        let is_few = count.saturating_mul(FEW_PART) < self.cache.len();
        is_few.then(|| words.iter().flat_map(|word| self.cache.by_value(spec, word)).collect())
    }

    /// What an index says of `property -eq value`; `None` where no index serves.
    fn indexed(&self, spec: &'static Spec, value: &Value) -> Option<Vec<Arc<Record>>> {
        if value.is_null() {
            return None;
        }
        if std::ptr::eq(spec, recipient::NAME.spec()) {
            return Some(self.cache.by_name(&fold(value)));
        }
        if std::ptr::eq(spec, recipient::GUID.spec()) {
            let guid = Guid::of_value(value)?;
            return Some(self.cache.by_guid(guid).cloned().into_iter().collect());
        }
        if std::ptr::eq(spec, recipient::EMAIL_ADDRESSES.spec()) {
            return Some(self.cache.by_address(&fold(value)).cloned().into_iter().collect());
        }
        if std::ptr::eq(spec, recipient::PRIMARY_SMTP_ADDRESS.spec()) {
            // Exchange matches every address here, not the primary one alone.
            return Some(
                self.cache.by_address(&format!("smtp:{}", fold(value))).cloned().into_iter().collect(),
            );
        }
        // Users without mail have no stored details: the index knows only recipients'. A display name that is not set
        // reads as the name, so the index alone would miss it.
        let partial = [recipient::RECIPIENT_TYPE_DETAILS.spec(), recipient::DISPLAY_NAME.spec()];
        if partial.iter().any(|known| std::ptr::eq(*known, spec)) {
            return self.partly_indexed(spec, value);
        }
        (Cache::has_index(spec) && spec.default.is_none()).then(|| self.cache.by_value(spec, &fold(value)))
    }

    /// Those whose name begins as a pattern does. Only ASCII counts as its beginning: how other letters fold may depend
    /// on what follows them.
    fn by_head_of_name(&self, spec: &'static Spec, pattern: &Value) -> Option<Vec<Arc<Record>>> {
        let pattern = pattern.to_string();
        let end = pattern.find(|c: char| c == '*' || !c.is_ascii()).unwrap_or(pattern.len());
        let head = pattern[..end].to_lowercase();
        if head.is_empty() || !std::ptr::eq(spec, recipient::NAME.spec()) {
            return None;
        }
        let named = self.cache.names_from(&head).take_while(|(name, _)| name.starts_with(&head));
        Some(named.map(|(_, record)| Arc::clone(record)).collect())
    }

    fn partly_indexed(&self, spec: &'static Spec, value: &Value) -> Option<Vec<Arc<Record>>> {
        if std::ptr::eq(spec, recipient::DISPLAY_NAME.spec()) {
            let mut found = self.cache.by_value(spec, &fold(value));
            found.extend(self.cache.by_name(&fold(value)));
            found.sort_by_key(|record| record.id);
            found.dedup_by_key(|record| record.id);
            return Some(found);
        }
        let details = RecipientTypeDetails::of_value(value)?;
        mailbox::is_mailbox(details).then(|| self.cache.by_value(spec, &fold(value)))
    }

    fn wants(&self, record: &Arc<Record>) -> bool {
        let query = &self.query;
        (query.kind.of)(record)
            && (query.details.is_empty() || query.details.contains(&record.details()))
            && (query.system || !hidden(record))
            && query.database.is_none_or(|database| record.reference(&mailbox::DATABASE) == Some(database))
            && self.below.is_none_or(|below| self.cache.is_below(record, below))
            && self.anr.as_ref().is_none_or(|folded| answers_to(record, folded))
            && self.filter.as_ref().is_none_or(|filter| passes(&self.cache, filter, record))
    }

    /// Sorts by a property; what has none comes first, equal ones stay in the order of names.
    fn sort(&self, records: &mut [Arc<Record>], spec: &'static Spec) {
        let value = |record: &Record| Seen::new(&self.cache, record).value(spec);
        let text = std::ptr::eq(spec.kind, String::KIND);
        if text {
            records.sort_by_cached_key(|record| value(record).to_string().to_lowercase());
            return;
        }
        let keys: HashMap<Id, Value> = records.iter().map(|record| (record.id, value(record))).collect();
        records.sort_by(|a, b| match (&keys[&a.id], &keys[&b.id]) {
            (Value::Null, Value::Null) => Ordering::Equal,
            (Value::Null, _) => Ordering::Less,
            (_, Value::Null) => Ordering::Greater,
            (a, b) => compare(a, b).unwrap_or(Ordering::Equal),
        });
    }
}

/// Whether a record passes a filter whose references are looked up.
pub(crate) fn passes(cache: &Cache, filter: &Filter, record: &Record) -> bool {
    let seen = Seen::new(cache, record);
    filter.matches(&|spec| {
        if std::ptr::eq(spec, recipient::PRIMARY_SMTP_ADDRESS.spec()) {
            addresses(record)
        } else {
            seen.value(spec)
        }
    })
}

/// Every SMTP address, without its type: what a filter on PrimarySmtpAddress is compared with.
fn addresses(record: &Record) -> Value {
    let list = record.all(&recipient::EMAIL_ADDRESSES);
    let smtp = list.iter().filter(|address| address.is_smtp());
    Value::array(
        smtp.filter_map(|address| object::types::SmtpAddress::parse(address.value()))
            .map(PropertyType::into_value),
    )
}

fn hidden(record: &Record) -> bool {
    record.class() == Class::User && mailbox::is_system_mailbox(record.details())
}

/// Whether one of the names by which people are looked for begins with `folded`.
fn answers_to(record: &Record, folded: &str) -> bool {
    let texts = [&recipient::DISPLAY_NAME, &recipient::ALIAS, &user::FIRST_NAME, &user::LAST_NAME];
    record.folded_name.starts_with(folded)
        || texts.iter().any(|property| {
            let text = record.stored_values(property.spec()).first();
            text.and_then(Value::as_str).is_some_and(|text| begins(text, folded))
        })
}

/// Whether a text begins so; `folded` is in lower case.
fn begins(text: &str, folded: &str) -> bool {
    match text.is_ascii() {
        true => text.get(..folded.len()).is_some_and(|head| head.eq_ignore_ascii_case(folded)),
        false => text.to_lowercase().starts_with(folded),
    }
}
