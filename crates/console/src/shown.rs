//! A value as a page shows it: text that cannot break out of its place, times in the person's zone, lists as lists.

use crate::moment::Zone;
use maud::{Markup, html};
use object::types::{ByteQuantifiedSize, DateTime, Unlimited};
use object::{Object, Spec, Value};

/// Elements of a list that a cell names; the rest are counted.
const CELL_ITEMS_MAX: usize = 3;

/// A cell of a table.
pub(crate) fn cell(value: &Value, zone: &Zone) -> Markup {
    match value {
        Value::Null => html! {},
        Value::Bool(yes) => html! { @if *yes { "Yes" } @else { span.quiet { "No" } } },
        Value::DateTime(date) => moment(date, zone),
        list if is_list(list) => items(&list.items(), zone),
        other => html! { bdi { (breakable(&text(other))) } },
    }
}

/// Text that may be broken behind the separators of a path.
fn breakable(text: &str) -> Markup {
    html! { @for (at, piece) in text.split_inclusive(['\\', '/']).enumerate() { @if at > 0 { wbr; } (piece) } }
}

/// A date with the exact moment for whoever points at it.
fn moment(date: &DateTime, zone: &Zone) -> Markup {
    html! { time datetime=(date.to_time().rfc3339()) { (zone.date(date)) } }
}

fn items(items: &[Value], zone: &Zone) -> Markup {
    html! {
        @for (at, item) in items.iter().take(CELL_ITEMS_MAX).enumerate() {
            @if at > 0 { br; }
            (cell(item, zone))
        }
        @if items.len() > CELL_ITEMS_MAX {
            br; span.quiet { "and " (items.len() - CELL_ITEMS_MAX) " more" }
        }
    }
}

/// Whether a value is a list.
pub(crate) fn is_list(value: &Value) -> bool {
    match value {
        Value::Array(_) => true,
        Value::Typed(typed) => typed.items().is_some(),
        _ => false,
    }
}

/// The text of one value; sizes in the largest unit that fits.
pub(crate) fn text(value: &Value) -> String {
    if let Some(size) = value.downcast::<ByteQuantifiedSize>() {
        return bytes(size.0);
    }
    if let Some(size) = value.downcast::<Unlimited<ByteQuantifiedSize>>() {
        return match size {
            Unlimited::Unlimited => "Unlimited".to_owned(),
            Unlimited::Value(size) => bytes(size.0),
        };
    }
    match value {
        Value::Object(object) => pair(object).unwrap_or_else(|| value.to_string()),
        value => value.to_string(),
    }
}

/// An object that says a value of something: `Alias: ann`.
fn pair(object: &Object) -> Option<String> {
    Some(format!("{}: {}", object.get("Name")?, object.get("Value")?))
}

/// `1.5 GB`
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let decimals = if unit == 0 || size.fract() < 0.05 { 0 } else { 1 };
    format!("{size:.decimals$} {}", UNITS[unit])
}

/// What stands in a form's field for a value: what could be typed to give it again. A list has a line for each element.
pub(crate) fn typed(value: &Value) -> String {
    match value {
        list if is_list(list) => list.items().iter().map(typed).collect::<Vec<_>>().join("\n"),
        value => match value.downcast::<Unlimited<ByteQuantifiedSize>>() {
            Some(Unlimited::Value(size)) => exact(size.0),
            _ => {
                value.downcast::<ByteQuantifiedSize>().map_or_else(|| value.to_string(), |size| exact(size.0))
            }
        },
    }
}

/// A size in the largest unit that loses nothing: `2GB`, `1536MB`.
fn exact(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)];
    let unit = UNITS.iter().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit));
    unit.map_or_else(|| format!("{bytes}B"), |(name, unit)| format!("{}{name}", bytes / unit))
}

/// The value of a property: what is set, else what holds where it was never set.
pub(crate) fn property(object: &Object, name: &str) -> Value {
    let unset = || object.noun().and_then(|noun| noun.property(name)).map(Spec::default_value);
    object.get(name).or_else(unset).unwrap_or_default()
}

/// Words that are written in capitals.
const CAPITALS: [&str; 13] =
    ["dn", "ecp", "ews", "guid", "id", "imap", "ip", "mapi", "owa", "pop", "smtp", "sid", "url"];

/// A property's name in words: `ProhibitSendQuota` is `Prohibit send quota`, `SCLJunkEnabled` is `SCL junk enabled`.
pub(crate) fn words(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let previous = at.checked_sub(1).map(|before| letters[before]);
        let next = letters.get(at + 1);
        let begins = letter.is_ascii_uppercase()
            && previous.is_some_and(|p| p.is_ascii_lowercase() || next.is_some_and(char::is_ascii_lowercase));
        let is_capital_word = next.is_none_or(|next| next.is_ascii_uppercase() || next.is_ascii_digit());
        if begins {
            text.push(' ');
        }
        let keeps = at == 0 || is_capital_word || !begins;
        text.push(if keeps { *letter } else { letter.to_ascii_lowercase() });
    }
    let capital = |word: &str| CAPITALS.contains(&word.to_ascii_lowercase().as_str());
    let spelt = |word: &str| if capital(word) { word.to_ascii_uppercase() } else { word.to_owned() };
    text.split(' ').map(spelt).collect::<Vec<_>>().join(" ")
}

/// What an object is called: its display name, else its name, else whose or about what it is, else its identity.
pub(crate) fn name(object: &Object) -> String {
    let given = ["DisplayName", "Name", "Subject", "Identity"].iter().filter_map(|name| object.get(name));
    given.map(|value| value.to_string()).find(|text| !text.is_empty()).unwrap_or_default()
}

/// What names an object in a command, as a person would write it: nothing else can have a recipient's address.
pub(crate) fn called(object: &Object) -> String {
    let address = object.get("PrimarySmtpAddress").map(|address| address.to_string());
    address.filter(|text| !text.is_empty()).unwrap_or_else(|| identity(object))
}

/// What names an object for certain.
pub(crate) fn identity(object: &Object) -> String {
    let given = ["Guid", "Identity", "Name"].iter().filter_map(|name| object.get(name));
    given.map(|value| value.to_string()).find(|text| !text.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_words() {
        for (name, expected) in [
            ("Name", "Name"),
            ("ProhibitSendQuota", "Prohibit send quota"),
            ("SCLJunkEnabled", "SCL junk enabled"),
            ("PrimarySmtpAddress", "Primary SMTP address"),
            ("UseDatabaseQuotaDefaults", "Use database quota defaults"),
            ("CustomAttribute12", "Custom attribute12"),
            ("DialInURL", "Dial in URL"),
            ("OWAEnabled", "OWA enabled"),
            ("LegacyExchangeDN", "Legacy exchange DN"),
            ("Identity", "Identity"),
            ("", ""),
        ] {
            assert_eq!(words(name), expected, "{name}");
        }
    }

    #[test]
    fn a_path_is_broken_where_it_has_joints() {
        for (text, expected) in
            [("ann", "ann"), ("a/b c/d", "a/<wbr>b c/<wbr>d"), ("NT\\<S>", "NT\\<wbr>&lt;S&gt;"), ("", "")]
        {
            assert_eq!(breakable(text).into_string(), expected);
        }
    }

    #[test]
    fn sizes_are_read_and_written_in_sensible_units() {
        for (size, read, written) in [
            (0, "0 B", "0B"),
            (1023, "1023 B", "1023B"),
            (1 << 20, "1 MB", "1MB"),
            (1_610_612_736, "1.5 GB", "1536MB"),
            (2 << 30, "2 GB", "2GB"),
        ] {
            assert_eq!((bytes(size).as_str(), exact(size).as_str()), (read, written));
        }
    }
}
