//! SORT's criteria and order.  [RFC 5256 3] [RFC 5957]

use std::cmp::Ordering;

use mailbox::store::Item;
use message::Rendered;
use object::{Error, ErrorId, Result, Time};

use super::run::fold;
use crate::wire::words::{Words, syntax};

/// Criteria of one SORT: more than there are kinds make no sense.
const CRITERIA_MAX: usize = 30;

/// By what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    Arrival,
    Cc,
    Date,
    From,
    Size,
    Subject,
    To,
    DisplayFrom,
    DisplayTo,
}

/// One criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Criterion {
    pub(crate) by: By,
    pub(crate) reverse: bool,
}

/// Reads `(["REVERSE" SP] key …)`.
pub(crate) fn criteria(words: &mut Words<'_>) -> Result<Vec<Criterion>> {
    words.need(b'(')?;
    let (mut criteria, mut reverse) = (Vec::new(), false);
    loop {
        let name = words.keyword()?;
        let by = match name.as_str() {
            "REVERSE" if !reverse => None,
            "ARRIVAL" => Some(By::Arrival),
            "CC" => Some(By::Cc),
            "DATE" => Some(By::Date),
            "FROM" => Some(By::From),
            "SIZE" => Some(By::Size),
            "SUBJECT" => Some(By::Subject),
            "TO" => Some(By::To),
            "DISPLAYFROM" => Some(By::DisplayFrom),
            "DISPLAYTO" => Some(By::DisplayTo),
            other => return Err(syntax(format!("{other:.40} is not a sort key."))),
        };
        criteria.extend(by.map(|by| Criterion { by, reverse }));
        reverse = by.is_none();
        if criteria.len() > CRITERIA_MAX {
            return Err(Error::limit(ErrorId::TooManySortKeys, "Too many sort keys."));
        }
        if !reverse && words.eat(b')') {
            return Ok(criteria);
        }
        words.space()?;
    }
}

/// One value to compare.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    Text(String),
}

/// A message with its keys, in the order of the criteria.
#[derive(Clone, Debug)]
pub(crate) struct Sortable {
    pub(crate) uid: u32,
    keys: Vec<Key>,
}

impl Sortable {
    pub(crate) fn new(criteria: &[Criterion], item: &Item, rendered: &Rendered) -> Sortable {
        let keys = criteria.iter().map(|criterion| key(criterion.by, item, rendered)).collect();
        Sortable { uid: item.uid, keys }
    }
}

fn key(by: By, item: &Item, rendered: &Rendered) -> Key {
    // Capitals are what is compared, so that signs between Z and a come behind the letters. [RFC 5051 2]
    let text = |text: &str| Key::Text(fold(text).to_uppercase());
    match by {
        By::Arrival => Key::Number(item.received.0),
        By::Date => Key::Number(sent(item, rendered).0),
        By::Size => Key::Number(i64::try_from(item.size).unwrap_or(i64::MAX)),
        By::Subject => text(&rendered.base_subject),
        By::From => text(&rendered.sort_from),
        By::To => text(&rendered.sort_to),
        By::Cc => text(&rendered.sort_cc),
        By::DisplayFrom => text(&rendered.display_from),
        By::DisplayTo => text(&rendered.display_to),
    }
}

/// When it was sent, else when it came. [RFC 5256 2.2]
pub(crate) fn sent(item: &Item, rendered: &Rendered) -> Time {
    rendered.sent.unwrap_or(item.received)
}

/// Puts messages in order; where all keys are equal, by number. [RFC 5256 3]
pub(crate) fn sort(criteria: &[Criterion], messages: &mut [Sortable]) {
    messages.sort_by(|a, b| {
        let by_keys = criteria.iter().enumerate().map(|(at, criterion)| {
            let order = a.keys[at].cmp(&b.keys[at]);
            if criterion.reverse { order.reverse() } else { order }
        });
        by_keys.fold(Ordering::Equal, Ordering::then).then(a.uid.cmp(&b.uid))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_as_written() {
        let read = |text: &str| criteria(&mut Words::of(text.as_bytes(), false));
        assert_eq!(
            read("(REVERSE DATE subject)").unwrap(),
            [Criterion { by: By::Date, reverse: true }, Criterion { by: By::Subject, reverse: false }]
        );
        for bad in ["()", "(REVERSE)", "(REVERSE REVERSE DATE)", "(DATE", "(NONSENSE)", "DATE"] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
