//! Cultures: the names of languages as people's settings have them (`de-AT`), and how dates and times are written there.

use crate::country::Country;
use crate::listed::listed;
use object::{Check, Error, ErrorId, Result, Value};
use std::collections::HashSet;
use std::sync::LazyLock;

/// The languages with which a culture's name can begin.
static LANGUAGES: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../data/languages.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// What is known of the cultures in the table.
static CULTURES: LazyLock<Vec<Culture>> = LazyLock::new(|| {
    let rows = include_str!("../data/cultures.tsv").lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(Culture::of_row).collect()
});

/// A time zone: the name that people set, and the zones of the tz database that mean it, the one that is meant by it first.
struct Zone {
    name: &'static str,
    zones: Vec<&'static str>,
}

/// All of them.
static TIME_ZONES: LazyLock<Vec<Zone>> = LazyLock::new(|| {
    let rows = include_str!("../data/time_zones.tsv").lines().filter(|line| !line.starts_with('#'));
    let zone = |row: &'static str| {
        let (name, zones) = row.split_once('\t')?;
        Some(Zone { name, zones: zones.split_whitespace().collect() })
    };
    rows.filter_map(zone).collect()
});

/// How dates and times are written in a culture of the table.
#[derive(Clone, Debug)]
pub struct Culture {
    /// Its name: `de-DE`.
    pub name: &'static str,
    /// The forms of a date, the usual one first.
    pub dates: Vec<&'static str>,
    /// The forms of a time, the usual one first.
    pub times: Vec<&'static str>,
}

impl Culture {
    fn of_row(row: &'static str) -> Option<Culture> {
        let mut columns = row.split('\t');
        let name = columns.next()?;
        let (dates, times) = (columns.next()?, columns.next()?);
        Some(Culture { name, dates: dates.split('|').collect(), times: times.split('|').collect() })
    }

    /// How a culture writes: its own ways, those of another region with its language, or ISO 8601 where nothing is known.
    pub fn of(name: &str) -> Culture {
        let own = CULTURES.iter().find(|culture| culture.name.eq_ignore_ascii_case(name));
        let language = || name.split('-').next().unwrap_or_default().to_lowercase();
        let near = || CULTURES.iter().find(|culture| culture.name.split('-').next() == Some(&language()));
        let unknown =
            || Culture { name: "", dates: vec!["yyyy-MM-dd", "dd.MM.yyyy"], times: vec!["HH:mm", "H:mm"] };
        own.or_else(near).cloned().unwrap_or_else(unknown)
    }
}

/// The usual way to write the name of a culture, `zh-Hans-CN`; nothing where the language or the region is none.
pub fn culture_name(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    if !LANGUAGES.contains(language.as_str()) {
        return None;
    }
    let mut name = language;
    let mut rest: Vec<&str> = parts.collect();
    if let Some(script) = rest.first().filter(|part| part.len() == 4 && is_letters(part)) {
        let (first, others) = script.split_at(1);
        name.push_str(&format!("-{}{}", first.to_ascii_uppercase(), others.to_ascii_lowercase()));
        rest.remove(0);
    }
    match rest[..] {
        [] => Some(name),
        // Latin America has a number. [UN M.49]
        ["419"] => Some(format!("{name}-419")),
        [region] if region.len() == 2 => {
            Country::named(region).map(|country| format!("{name}-{}", country.code))
        }
        _ => None,
    }
}

fn is_letters(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The name of a time zone as people set it, by that or by any zone of the tz database that means it.
pub fn time_zone(text: &str) -> Option<&'static str> {
    let is = |known: &str| known.eq_ignore_ascii_case(text);
    let by_name = TIME_ZONES.iter().find(|zone| is(zone.name));
    let found = by_name.or_else(|| TIME_ZONES.iter().find(|zone| zone.zones.iter().any(|known| is(known))));
    found.map(|zone| zone.name)
}

listed! {
    /// The name of a culture: `de-AT`.
    CultureInfo = "CultureInfo", "the name of a language, such as de-DE", culture_name
}
listed! {
    /// The name of a time zone: `W. Europe Standard Time`.
    TimeZoneName = "ExTimeZoneValue", "the name of a time zone, such as W. Europe Standard Time",
    |text| time_zone(text).map(str::to_owned)
}

/// Only names of cultures.
pub(crate) const KNOWN: Check =
    Check { passes: check_culture, allows: || "The name of a language, such as de-DE.".to_owned() };
/// Only names of time zones.
pub(crate) const ZONE: Check = Check {
    passes: check_zone,
    allows: || "The name of a time zone, such as W. Europe Standard Time.".to_owned(),
};

fn check_culture(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || culture_name(text).is_some() {
        return Ok(());
    }
    let message = format!("Culture is not supported. '{text}' is an invalid culture identifier.");
    Err(Error::caller(ErrorId::CultureUnknown, message)
        .help("Write a language and a region, such as de-DE or pt-BR."))
}

fn check_zone(value: &Value) -> Result<()> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() || time_zone(text).is_some() {
        return Ok(());
    }
    let message = format!("\"{text}\" isn't a valid time zone.");
    Err(Error::caller(ErrorId::TimeZoneUnknown, message)
        .help("Write a name such as W. Europe Standard Time, Pacific Standard Time or UTC."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_and_regions_are_told_from_nonsense() {
        for (typed, name) in [
            ("de-de", Some("de-DE")),
            ("EN", Some("en")),
            ("zh-hans-cn", Some("zh-Hans-CN")),
            ("es-419", Some("es-419")),
            ("de-XX", None),
            ("xx-DE", None),
            ("klingon", None),
            ("", None),
            ("de-", None),
            ("de-DE-x", None),
            ("de_DE", None),
        ] {
            assert_eq!(culture_name(typed).as_deref(), name, "{typed}");
        }
    }

    #[test]
    fn every_culture_of_the_table_is_one_and_has_its_forms() {
        assert!(CULTURES.len() > 50);
        for culture in CULTURES.iter() {
            assert_eq!(culture_name(culture.name).as_deref(), Some(culture.name));
            assert!(
                culture.dates.iter().chain(&culture.times).all(|form| !form.is_empty()),
                "{}",
                culture.name
            );
        }
        assert_eq!(Culture::of("de-NA").dates[0], "dd.MM.yyyy");
        assert_eq!(Culture::of("eo").dates[0], "yyyy-MM-dd");
    }

    #[test]
    fn time_zones_have_one_name_each() {
        let names: HashSet<&str> = TIME_ZONES.iter().map(|zone| zone.name).collect();
        assert_eq!(names.len(), TIME_ZONES.len());
        let others: Vec<&str> =
            TIME_ZONES.iter().flat_map(|zone| zone.zones.iter().skip(1)).copied().collect();
        assert_eq!(others.iter().collect::<HashSet<_>>().len(), others.len(), "a zone means two");
        for (typed, name) in [
            ("w. europe standard time", Some("W. Europe Standard Time")),
            ("Europe/Berlin", Some("W. Europe Standard Time")),
            ("Etc/UTC", Some("UTC")),
            ("europe/vienna", Some("W. Europe Standard Time")),
            ("Asia/Calcutta", Some("India Standard Time")),
            ("Asia/Kolkata", Some("India Standard Time")),
            ("America/Vancouver", Some("Pacific Standard Time")),
            ("Europe/Atlantis", None),
            ("Middle Earth Standard Time", None),
        ] {
            assert_eq!(time_zone(typed), name, "{typed}");
        }
    }
}
