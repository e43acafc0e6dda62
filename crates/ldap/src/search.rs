//! A search over the book: where it looks, whom it shows, when it has enough.  [RFC 4511 4.5]

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use object::types::Guid;

use crate::book::{Book, Entry, Place};
use crate::filter::{attribute, folded};
use crate::message::{self, Code, Outcome, PAGED_RESULTS, Page, START_TLS, Scope, Search, WHO_AM_I};
use crate::name;

/// So many entries answer one search, or one page of it.
pub(crate) const ENTRIES_MAX: usize = 1000;
/// A search takes no longer than this.
const TIME_MAX: Duration = Duration::from_secs(10);
/// An answer holds no more octets than this, nor much more than an entry above it.
const ANSWER_BYTES_MAX: usize = 4 << 20;
/// The clock is looked at once for so many entries.
const LOOK_ENTRIES: usize = 256;
/// The length of a GUID as text.
const GUID_CHARACTERS: usize = 36;

/// What a search found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The entries, as they are sent.
    pub(crate) entries: Vec<Vec<u8>>,
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// Where pages were asked for: what leads to the next one, empty at the last one.
    pub(crate) cookie: Option<Vec<u8>>,
}

impl Found {
    /// Nothing, for that reason.
    pub(crate) fn nothing(code: Code, sentence: &str) -> Found {
        Found { entries: Vec::new(), outcome: (code, sentence.to_owned()), cookie: None }
    }
    fn one(entry: Option<Vec<u8>>) -> Found {
        Found { entries: entry.into_iter().collect(), outcome: (Code::Success, String::new()), cookie: None }
    }
}

/// What the server can do, which strangers may ask.
pub(crate) fn root(suffix: &str, id: i64, search: &Search) -> Found {
    Found::one(fixed(id, search, "", &abilities(suffix)))
}

/// Runs a search; blocks no longer than its time.
pub(crate) fn run(book: &dyn Book, id: i64, search: &Search) -> Found {
    let (base, suffix) = (name::folded(&search.base), name::folded(&book.suffix()));
    if !name::is_within(&base, &suffix) && !base.is_empty() {
        return Found::nothing(Code::NoSuchObject, "Nothing of this organization stands there.");
    }
    if base == suffix && search.scope == Scope::Base {
        return Found::one(fixed(id, search, &book.suffix(), &top(book)));
    }
    let named = (!base.is_empty() && base != suffix).then(|| book.entry(&base));
    match (search.scope, named) {
        (Scope::Base, Some(Some(entry))) => Found::one(shown(id, search, &*entry)),
        (Scope::Subtree, Some(Some(entry))) if !book.is_container(&base) => {
            Found::one(shown(id, search, &*entry))
        }
        (Scope::One | Scope::Subtree, Some(_)) | (Scope::Base, Some(None)) if !book.is_container(&base) => {
            Found::nothing(Code::NoSuchObject, "There is no such entry.")
        }
        (Scope::Base, _) => Found::one(None),
        _ => below(book, id, search, if base.is_empty() { &suffix } else { &base }),
    }
}

/// Everything below a place.
fn below(book: &dyn Book, id: i64, search: &Search, base: &str) -> Found {
    let behind = match search.page.as_ref().map(read_cookie) {
        Some(None) => {
            return Found::nothing(Code::UnwillingToPerform, "The cookie is not one of this server.");
        }
        Some(Some(behind)) => behind,
        None => None,
    };
    let mut walk = Walk::new(id, search, base);
    book.walk(behind.as_ref(), &mut |entry| walk.take(entry));
    walk.end()
}

struct Walk<'a> {
    id: i64,
    search: &'a Search,
    base: &'a str,
    /// A page of a search without page is all that it may find.
    most: usize,
    deadline: Instant,
    seen: usize,
    last: Option<Place>,
    entries: Vec<Vec<u8>>,
    octets: usize,
    /// Why it ended before the book did.
    ended: Option<Code>,
}

impl<'a> Walk<'a> {
    fn new(id: i64, search: &'a Search, base: &'a str) -> Walk<'a> {
        let wanted = [search.size_limit, search.page.as_ref().map_or(0, |page| page.size)];
        let most = wanted.into_iter().filter(|size| *size > 0).fold(ENTRIES_MAX, usize::min);
        let time = match search.time_limit {
            0 => TIME_MAX,
            seconds => TIME_MAX.min(Duration::from_secs(seconds)),
        };
        let deadline = Instant::now() + time;
        Walk {
            id,
            search,
            base,
            most,
            deadline,
            seen: 0,
            last: None,
            entries: Vec::new(),
            octets: 0,
            ended: None,
        }
    }

    fn take(&mut self, entry: &dyn Entry) -> bool {
        self.seen += 1;
        if self.seen.is_multiple_of(LOOK_ENTRIES) && Instant::now() > self.deadline {
            self.ended = Some(Code::TimeLimitExceeded);
            return false;
        }
        if !self.is_here(entry) {
            return true;
        }
        let Some(octets) = shown(self.id, self.search, entry) else { return true };
        if self.entries.len() == self.most || self.octets > ANSWER_BYTES_MAX {
            self.ended = Some(Code::SizeLimitExceeded);
            return false;
        }
        self.octets += octets.len();
        self.entries.push(octets);
        self.last = Some(entry.place());
        true
    }

    fn is_here(&self, entry: &dyn Entry) -> bool {
        let name = name::folded(&entry.name());
        match self.search.scope {
            Scope::One => name::above(&name) == self.base,
            _ => name::is_within(&name, self.base),
        }
    }

    fn end(self) -> Found {
        let paged = self.search.page.is_some();
        // A full page is no refusal; what lies behind it comes with its cookie.
        let more = paged && self.ended == Some(Code::SizeLimitExceeded);
        let cookie = match &self.last {
            Some(last) if more => written(last),
            _ => Vec::new(),
        };
        let outcome = match self.ended {
            Some(Code::SizeLimitExceeded) if !more => (
                Code::SizeLimitExceeded,
                format!("There are more than {}: ask for less, or in pages.", self.entries.len()),
            ),
            Some(Code::TimeLimitExceeded) => {
                (Code::TimeLimitExceeded, "The search took too long: ask for less.".to_owned())
            }
            _ => (Code::Success, String::new()),
        };
        Found { entries: self.entries, outcome, cookie: paged.then_some(cookie) }
    }
}

/// An entry as it is sent, if the filter lets it through.
fn shown(id: i64, search: &Search, entry: &dyn Entry) -> Option<Vec<u8>> {
    let values = |name: &str| Some(entry.values(name)?.iter().map(|value| folded(value)).collect());
    if search.filter.fits(&values) != Some(true) {
        return None;
    }
    let of = |name: &str| entry.octets(&attribute(name.as_bytes()));
    Some(message::entry(id, &entry.name(), chosen(search, entry.attributes(), &of)))
}

/// The attributes that were asked for, those without a value left out.
fn chosen(
    search: &Search,
    all: Vec<&'static str>,
    of: &dyn Fn(&str) -> Vec<Vec<u8>>,
) -> Vec<(String, Vec<Vec<u8>>)> {
    let everything = search.attributes.is_empty() || search.attributes.iter().any(|name| name == "*");
    let mut seen = BTreeSet::new();
    let asked = search.attributes.iter().map(String::as_str);
    let names = asked.chain(all.into_iter().filter(|_| everything));
    let once =
        names.filter(|name| seen.insert(name.to_ascii_lowercase())).map(|name| (name.to_owned(), of(name)));
    let some = once.filter(|(_, values)| !values.is_empty());
    some.map(|(name, values)| (name, if search.types_only { Vec::new() } else { values })).collect()
}

type Fixed = Vec<(&'static str, Vec<String>)>;

/// An entry that is not a recipient.
fn fixed(id: i64, search: &Search, name: &str, entry: &Fixed) -> Option<Vec<u8>> {
    let of = |wanted: &str| {
        let found = entry.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, values)| values.clone())
    };
    let values = |name: &str| Some(of(name)?.iter().map(|value| folded(value)).collect());
    if search.filter.fits(&values) != Some(true) {
        return None;
    }
    // Clients ask for "+" where they want to know what the server can do; nothing is hidden from them. [RFC 3673]
    let all = entry.iter().map(|(name, _)| *name).collect();
    let mut wide: Vec<String> = search.attributes.clone();
    wide.iter_mut().filter(|name| *name == "+").for_each(|name| *name = "*".to_owned());
    let asked = Search {
        attributes: wide,
        filter: search.filter.clone(),
        base: String::new(),
        page: None,
        ..*search
    };
    Some(message::entry(
        id,
        name,
        chosen(&asked, all, &|name| {
            of(name).unwrap_or_default().into_iter().map(String::into_bytes).collect()
        }),
    ))
}

/// What the server can do. [RFC 4512 5.1]
fn abilities(suffix: &str) -> Fixed {
    let list = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
    vec![
        ("objectClass", list(&["top"])),
        ("namingContexts", vec![suffix.to_owned()]),
        ("defaultNamingContext", vec![suffix.to_owned()]),
        ("supportedLDAPVersion", list(&["3"])),
        ("supportedControl", list(&[PAGED_RESULTS])),
        ("supportedExtension", list(&[START_TLS, WHO_AM_I])),
        ("vendorName", list(&["Mailstead"])),
    ]
}

/// What stands above everybody.
fn top(book: &dyn Book) -> Fixed {
    let suffix = book.suffix();
    let label =
        suffix.split(',').next().and_then(|first| first.split('=').nth(1)).unwrap_or_default().to_owned();
    vec![("objectClass", vec!["top".to_owned(), "domain".to_owned()]), ("dc", vec![label])]
}

/// Whether an entry has a value.
pub(crate) fn compare(book: &dyn Book, name: &str, attribute: &str, value: &str) -> Outcome {
    let Some(entry) = book.entry(&name::folded(name)) else {
        return (Code::NoSuchObject, "There is no such entry.".to_owned());
    };
    let Some(values) = entry.values(attribute) else {
        return (Code::NoSuchAttribute, format!("'{attribute}' is not an attribute of the address book."));
    };
    let equal = values.iter().any(|known| folded(known) == value);
    (if equal { Code::CompareTrue } else { Code::CompareFalse }, String::new())
}

/// A cookie: the object behind which the next page begins, then its name.
fn written(place: &Place) -> Vec<u8> {
    format!("{}{}", place.guid, place.name).into_bytes()
}

/// The place that a cookie tells; the first page has none.
fn read_cookie(page: &Page) -> Option<Option<Place>> {
    if page.cookie.is_empty() {
        return Some(None);
    }
    let (guid, name) = std::str::from_utf8(&page.cookie).ok()?.split_at_checked(GUID_CHARACTERS)?;
    Some(Some(Place { guid: Guid::parse(guid)?, name: name.to_owned() }))
}
