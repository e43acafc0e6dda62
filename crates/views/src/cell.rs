//! The text of a property's value, as a table or a list shows it.

use dotnet::{Locale, format, text};
use object::{Object, Value};

/// Where a value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In a cell of a table or a wide view.
    Table,
    /// Behind a name in a list.
    List,
}

/// How many elements of a list are shown: `$FormatEnumerationLimit` at the start.
pub const PLACES: i64 = 4;

/// The text of a value; `limit` elements of a list are shown (negative: all).
pub fn shown(value: &Value, place: Where, limit: i64, locale: &Locale) -> String {
    let inner = dotnet::values::base(value);
    match inner {
        Value::Null => String::new(),
        Value::Array(array) => braced(&array.to_vec(), limit, locale),
        Value::Dictionary(dictionary) => {
            let pairs = dictionary.to_vec();
            let shown = |(key, item): &(Value, Value)| {
                format!("[{}, {}]", text::of(key, locale), text::of(item, locale))
            };
            braces(pairs.iter().map(shown).collect(), pairs.len(), limit)
        }
        Value::Typed(typed) => match typed.items() {
            Some(items) => braced(&items, limit, locale),
            None => match inner.downcast::<dotnet::xml::Node>() {
                // A node stands in a cell by its name.
                Some(node) => node.local_name(),
                None => text::of(inner, locale),
            },
        },
        Value::Double(_) | Value::Single(_) | Value::Decimal(_)
            if place == Where::Table && !locale.profile.plain_table_numbers =>
        {
            format::value(inner, "F", locale).unwrap_or_else(|_| text::of(inner, locale))
        }
        Value::Object(object) if object.noun().is_none() && object.class().is_none() => pairs(object, locale),
        other => plain(other, locale),
    }
}

/// `@{a=1,5; b=}`: values in the session's culture, an object within only by its place.
fn pairs(object: &Object, locale: &Locale) -> String {
    let held = |value: &Value| match value {
        Value::Object(inner) if inner.base().is_none() && inner.noun().is_none() => String::new(),
        Value::Array(_) => text::to_text(value, locale),
        other => text::of(other, locale),
    };
    let properties = object.properties();
    let shown = properties.iter().filter(|(_, value)| !dotnet::member::is_method(value));
    let pairs: Vec<String> = shown.map(|(name, value)| format!("{name}={}", held(value))).collect();
    format!("@{{{}}}", pairs.join("; "))
}

/// The text of a value that stands alone: a double has the digits that are sure.
pub(crate) fn plain(value: &Value, locale: &Locale) -> String {
    let pattern = match value {
        Value::Double(_) => "G15",
        Value::Single(_) => "G7",
        _ => return text::of(value, locale),
    };
    format::value(value, pattern, locale).unwrap_or_else(|_| text::of(value, locale))
}

fn braced(items: &[Value], limit: i64, locale: &Locale) -> String {
    let take = usize::try_from(limit).unwrap_or(items.len());
    let texts = items.iter().take(take).map(|item| element(item, locale)).collect();
    braces(texts, items.len(), limit)
}

fn element(item: &Value, locale: &Locale) -> String {
    match dotnet::values::base(item) {
        Value::Null => "$null".to_owned(),
        // A list in a list is joined.
        Value::Array(_) => text::to_text(item, locale),
        Value::Dictionary(dictionary) => dictionary.type_name().to_owned(),
        Value::Typed(typed) if typed.items().is_some() => typed.text(),
        Value::Double(_) | Value::Single(_) | Value::Decimal(_) => plain(dotnet::values::base(item), locale),
        Value::Typed(typed) if names_itself(typed.as_any()) => {
            typed.member("Name").map_or_else(String::new, |name| text::of(&name, locale))
        }
        _ => text::of(item, locale),
    }
}

/// Whether an element is shown by its name: its type has its `ToString` only from the type that it is a kind of.
fn names_itself(of: &dyn std::any::Any) -> bool {
    of.is::<dotnet::regex::Match>() || of.is::<dotnet::regex::Group>()
}

fn braces(mut texts: Vec<String>, all: usize, limit: i64) -> String {
    let more = usize::try_from(limit).is_ok_and(|limit| all > limit);
    if more {
        texts.truncate(usize::try_from(limit).unwrap_or(0));
    }
    format!("{{{}{}}}", texts.join(", "), if more { "…" } else { "" })
}
