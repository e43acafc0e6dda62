//! Countries and regions: known by their codes and names [ISO 3166-1], kept and shown by their English name.

use crate::listed::listed;
use object::{Check, Error, ErrorId, Result, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// A country or region of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters: `DE`.
    pub code: &'static str,
    /// Three letters: `DEU`.
    pub long_code: &'static str,
    /// The number: 276.
    pub number: i32,
    /// The English name: `Germany`.
    pub name: &'static str,
    /// What else it is called.
    others: &'static str,
}

/// Every country, in the order of the two letters.
static ALL: LazyLock<Vec<Country>> = LazyLock::new(|| {
    let rows = include_str!("../data/countries.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(Country::of_row).collect()
});

/// Where a country stands in the list, by each of its names without case.
static NAMES: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let named = ALL.iter().enumerate().flat_map(|(at, country)| {
        let others = country.others.split('|').filter(|other| !other.is_empty());
        let names = [country.code, country.long_code, country.name].into_iter().chain(others);
        names.map(move |name| (name.to_lowercase(), at))
    });
    named.collect()
});

impl Country {
    fn of_row(row: &'static str) -> Option<Country> {
        let mut columns = row.split('\t');
        let mut next = || columns.next();
        Some(Country {
            code: next()?,
            long_code: next()?,
            number: next()?.parse().ok()?,
            name: next()?,
            others: next()?,
        })
    }

    /// The country of that code or name, in any case.
    pub fn named(text: &str) -> Option<Country> {
        NAMES.get(&text.trim().to_lowercase()).map(|at| ALL[*at])
    }

    /// All of them, in the order of their codes.
    pub fn all() -> impl Iterator<Item = Country> {
        ALL.iter().copied()
    }
}

listed! {
    /// Where somebody lives: the English name of a country.
    CountryInfo = "CountryInfo", "a country's two or three letters, such as DE or DEU, or its English name",
    |text| Country::named(text).map(|country| country.name.to_owned())
}

impl CountryInfo {
    /// The country, where the list has it.
    pub fn country(&self) -> Option<Country> {
        Country::named(&self.0)
    }
}

/// Only countries of the list.
pub(crate) const KNOWN: Check = Check {
    passes: check_known,
    allows: || "Two or three letters of ISO 3166, or the English name.".to_owned(),
};

fn check_known(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || Country::named(text).is_some() {
        return Ok(());
    }
    let message = format!("The country or region \"{text}\" isn't valid.");
    Err(Error::caller(ErrorId::CountryOrRegionInvalid, message)
        .help("Write its two or three letters (DE, DEU) or its English name (Germany)."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::types::PropertyType;
    use std::collections::HashSet;

    #[test]
    fn codes_and_names_mean_one_country() {
        assert_eq!(Country::all().count(), 249);
        let mut seen = HashSet::new();
        for country in Country::all() {
            for name in [country.code, country.long_code, country.name] {
                assert_eq!(Country::named(name), Some(country), "{name}");
                assert!(seen.insert(name.to_lowercase()), "{name} is there twice");
            }
            let others = country.others.split('|').filter(|other| !other.is_empty());
            for other in others {
                assert_eq!(Country::named(other), Some(country), "{other}");
            }
            assert!(seen.insert(country.number.to_string()));
        }
    }

    #[test]
    fn what_is_typed_becomes_the_name_and_nonsense_is_refused() {
        let read = |text: &str| {
            let value = (CountryInfo::KIND.read)(&text.into()).expect("text is read");
            check_known(&value).map(|()| value.to_string())
        };
        for (typed, name) in [
            ("DE", "Germany"),
            ("deu", "Germany"),
            ("germany", "Germany"),
            (" UK ", "United Kingdom"),
            ("Korea, Republic of", "South Korea"),
            ("Türkiye", "Turkey"),
        ] {
            assert_eq!(read(typed).ok().as_deref(), Some(name), "{typed}");
        }
        for nonsense in ["Atlantis", "DEX", "D", "276"] {
            assert_eq!(
                read(nonsense).map_err(|error| error.id().to_owned()),
                Err("CountryOrRegionInvalid".to_owned())
            );
        }
    }
}
