//! What a search asks of an entry, in three values: yes, no, and that nobody can say.  [RFC 4511 4.5.1.7]

use lber::common::TagClass;
use lber::structure::{PL, StructureTag};

/// How many conditions a filter may hold.
const CONDITIONS_MAX: usize = 256;

/// A filter. Names of attributes are in lower case, values folded as they are compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Filter {
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Present(String),
    Equal(String, String),
    /// What it begins with, what it holds in that order, what it ends with.
    Like(String, Option<String>, Vec<String>, Option<String>),
    AtLeast(String, String),
    AtMost(String, String),
    /// A rule of matching that nobody here knows.
    Unknown,
}

/// What is wrong with a filter.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wrong {
    Malformed,
    TooLong,
}

/// Text as it is compared: case does not count, and of several blanks in a row one does. [RFC 4517 4.2.11]
pub(crate) fn folded(text: &str) -> String {
    let lower = text.to_lowercase();
    let mut folded = String::with_capacity(lower.len());
    for c in lower.trim().chars() {
        if c != ' ' || !folded.ends_with(' ') {
            folded.push(c);
        }
    }
    folded
}

impl Filter {
    /// Reads a filter.
    pub(crate) fn read(tag: StructureTag) -> Result<Filter, Wrong> {
        let mut left = CONDITIONS_MAX;
        read(tag, &mut left)
    }

    /// Whether an entry fits; `None` where it cannot be said. `values` tells the folded values of an attribute, and none
    /// where there is no such attribute.
    pub(crate) fn fits(&self, values: &dyn Fn(&str) -> Option<Vec<String>>) -> Option<bool> {
        let any = |attribute: &str, fits: &dyn Fn(&str) -> bool| {
            values(attribute).map(|values| values.iter().any(|value| fits(value)))
        };
        match self {
            Filter::And(parts) => all(parts, values, Some(true)),
            Filter::Or(parts) => all(parts, values, Some(false)),
            Filter::Not(inner) => inner.fits(values).map(|fits| !fits),
            Filter::Present(attribute) => Some(values(attribute).is_some_and(|values| !values.is_empty())),
            Filter::Equal(attribute, wanted) => any(attribute, &|value| value == wanted),
            Filter::Like(attribute, begin, middle, end) => {
                any(attribute, &|value| like(value, begin.as_deref(), middle, end.as_deref()))
            }
            Filter::AtLeast(attribute, least) => any(attribute, &|value| value >= least.as_str()),
            Filter::AtMost(attribute, most) => any(attribute, &|value| value <= most.as_str()),
            Filter::Unknown => None,
        }
    }
}

/// All parts of an AND (`neutral` is yes) or an OR (`neutral` is no): the other value wins, else what cannot be said.
fn all(
    parts: &[Filter],
    values: &dyn Fn(&str) -> Option<Vec<String>>,
    neutral: Option<bool>,
) -> Option<bool> {
    let mut found = neutral;
    for part in parts {
        match part.fits(values) {
            None => found = None,
            fits if fits == neutral => {}
            decided => return decided,
        }
    }
    found
}

fn like(value: &str, begin: Option<&str>, middle: &[String], end: Option<&str>) -> bool {
    let Some(mut rest) = value.strip_prefix(begin.unwrap_or_default()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end.unwrap_or_default())
}

fn read(tag: StructureTag, left: &mut usize) -> Result<Filter, Wrong> {
    *left = left.checked_sub(1).ok_or(Wrong::TooLong)?;
    if tag.class != TagClass::Context {
        return Err(Wrong::Malformed);
    }
    Ok(match (tag.id, tag.payload) {
        (0, PL::C(parts)) => Filter::And(several(parts, left)?),
        (1, PL::C(parts)) => Filter::Or(several(parts, left)?),
        (2, PL::C(inner)) => {
            let [inner] = <[StructureTag; 1]>::try_from(inner).map_err(|_| Wrong::Malformed)?;
            Filter::Not(Box::new(read(inner, left)?))
        }
        // What is roughly equal is equal here. [RFC 4511 4.5.1.7.6]
        (3 | 8, PL::C(pair)) => pair_of(pair).map(|(name, value)| Filter::Equal(name, value))?,
        (4, PL::C(pair)) => substrings(pair)?,
        (5, PL::C(pair)) => pair_of(pair).map(|(name, value)| Filter::AtLeast(name, value))?,
        (6, PL::C(pair)) => pair_of(pair).map(|(name, value)| Filter::AtMost(name, value))?,
        (7, PL::P(name)) => Filter::Present(attribute(&name)),
        (9, PL::C(_)) => Filter::Unknown,
        _ => return Err(Wrong::Malformed),
    })
}

fn several(parts: Vec<StructureTag>, left: &mut usize) -> Result<Vec<Filter>, Wrong> {
    parts.into_iter().map(|part| read(part, left)).collect()
}

/// The name of an attribute without its options. [RFC 4512 2.5]
pub(crate) fn attribute(octets: &[u8]) -> String {
    let name = String::from_utf8_lossy(octets).to_lowercase();
    name.split(';').next().unwrap_or_default().to_owned()
}

fn text(octets: &[u8]) -> String {
    folded(&String::from_utf8_lossy(octets))
}

/// An attribute and a value.
pub(crate) fn pair_of(pair: Vec<StructureTag>) -> Result<(String, String), Wrong> {
    let [name, value] = <[StructureTag; 2]>::try_from(pair).map_err(|_| Wrong::Malformed)?;
    match (name.payload, value.payload) {
        (PL::P(name), PL::P(value)) => Ok((attribute(&name), text(&value))),
        _ => Err(Wrong::Malformed),
    }
}

fn substrings(pair: Vec<StructureTag>) -> Result<Filter, Wrong> {
    let [name, parts] = <[StructureTag; 2]>::try_from(pair).map_err(|_| Wrong::Malformed)?;
    let (PL::P(name), PL::C(parts)) = (name.payload, parts.payload) else { return Err(Wrong::Malformed) };
    let (mut begin, mut middle, mut end) = (None, Vec::new(), None);
    for part in parts {
        let PL::P(value) = part.payload else { return Err(Wrong::Malformed) };
        // A blank at an end of a part counts: it stands inside of the value.
        let value = String::from_utf8_lossy(&value).to_lowercase();
        match part.id {
            0 => begin = Some(value),
            1 => middle.push(value),
            2 => end = Some(value),
            _ => return Err(Wrong::Malformed),
        }
    }
    Ok(Filter::Like(attribute(&name), begin, middle, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ann(attribute: &str) -> Option<Vec<String>> {
        match attribute {
            "cn" => Some(vec!["ann berg".to_owned()]),
            "mail" => Some(vec!["ann@contoso.com".to_owned(), "berg@contoso.com".to_owned()]),
            "title" => Some(Vec::new()),
            _ => None,
        }
    }

    fn equal(attribute: &str, value: &str) -> Filter {
        Filter::Equal(attribute.to_owned(), value.to_owned())
    }

    #[test]
    fn yes_no_and_nobody_knows() {
        let like = |begin: Option<&str>, middle: &[&str], end: Option<&str>| {
            let owned = |text: &str| text.to_owned();
            Filter::Like(
                "cn".into(),
                begin.map(owned),
                middle.iter().map(|part| owned(part)).collect(),
                end.map(owned),
            )
        };
        for (filter, fits) in [
            (equal("cn", "ann berg"), Some(true)),
            (equal("mail", "berg@contoso.com"), Some(true)),
            (equal("title", "chief"), Some(false)),
            (equal("shoe", "42"), None),
            (Filter::Not(Box::new(equal("shoe", "42"))), None),
            (Filter::Present("title".into()), Some(false)),
            (Filter::Present("shoe".into()), Some(false)),
            (Filter::Or(vec![equal("shoe", "42"), equal("cn", "ann berg")]), Some(true)),
            (Filter::Or(vec![equal("shoe", "42"), equal("cn", "bob")]), None),
            (Filter::And(vec![equal("shoe", "42"), equal("cn", "bob")]), Some(false)),
            (Filter::And(Vec::new()), Some(true)),
            (Filter::Or(Vec::new()), Some(false)),
            (like(Some("ann"), &[], None), Some(true)),
            (like(None, &["n", "e"], Some("rg")), Some(true)),
            (like(None, &["g", "g"], None), Some(false)),
            (like(Some("ann berg"), &[], Some("berg")), Some(false)),
            (Filter::Unknown, None),
        ] {
            assert_eq!(filter.fits(&ann), fits, "{filter:?}");
        }
    }
}
