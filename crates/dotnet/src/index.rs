//! Indexing and slicing: `$a[0]`, `$a[-1]`, `$a[1..3]`, `$h['key']`.

use crate::collections::Collection;
use crate::convert;
pub use crate::elements::{elements, entries, rows, stored_key, walk};
use crate::exception::{Exception, Result};
use crate::keyed::{Bits, NameValues};
use crate::locale::Locale;
use crate::text;
use crate::truth::truth;
use crate::types::Type;
use crate::values::{StringBuilder, base};
use object::Value;
use object::value::{Array, Dictionary};

fn null_array() -> Exception {
    Exception::runtime("NullArray", "Cannot index into a null array.")
}

fn cannot_index(value: &Value) -> Exception {
    let of = Type::of(value).unwrap_or_else(Type::object);
    Exception::runtime("CannotIndex", format!("Unable to index into an object of type \"{of}\"."))
}

/// `$value[$index]`; several indexes give a slice.
pub fn get(value: &Value, index: &Value, locale: &Locale) -> Result<Value> {
    let inner = base(value);
    if inner.is_null() {
        return Err(null_array());
    }
    if let Value::Array(array) = inner
        && array.shape().len() > 1
    {
        return Ok(shaped_place(array, index, locale)?.and_then(|at| array.get(at)).unwrap_or_default());
    }
    let dictionary_key = matches!(inner, Value::Dictionary(_)) && !matches!(base(index), Value::Array(_));
    if !dictionary_key && let Some(several) = elements(index) {
        let mut slice = Vec::new();
        for one in several {
            let found = get(value, &one, locale)?;
            if !found.is_null() || matches!(inner, Value::Dictionary(_)) || in_bounds(inner, &one, locale) {
                slice.push(found);
            }
        }
        return Ok(Value::array(slice));
    }
    match inner {
        Value::Dictionary(dictionary) => from_dictionary(dictionary, base(index), locale),
        Value::Array(array) => {
            Ok(place_or_none(index, array.len(), locale)?.and_then(|at| array.get(at)).unwrap_or_default())
        }
        Value::String(text) => {
            let units: Vec<u16> = text.encode_utf16().collect();
            Ok(place_or_none(index, units.len(), locale)?.map_or(Value::Null, |at| Value::Char(units[at])))
        }
        Value::Typed(typed) => {
            if let Some(found) = typed_index(inner, index) {
                return Ok(found);
            }
            match typed.items() {
                Some(items) => {
                    let at = place(index, items.len(), locale)?;
                    Ok(at.and_then(|at| items.get(at).cloned()).unwrap_or_default())
                }
                None => Err(cannot_index(inner)),
            }
        }
        // A single object is a list of one: `(Import-Csv one.csv)[0]`.
        _ => single(value, index, locale),
    }
}

fn single(value: &Value, index: &Value, locale: &Locale) -> Result<Value> {
    Ok(place_or_none(index, 1, locale)?.map_or(Value::Null, |_| value.clone()))
}

/// As [`place`]; what is no number at all is no place either.
fn place_or_none(index: &Value, length: usize, locale: &Locale) -> Result<Option<usize>> {
    match place(index, length, locale) {
        Err(error) if error.error_id() != "NullArrayIndex" => Ok(None),
        found => found,
    }
}

/// The place of an index of several dimensions; `None` is outside.
fn shaped_place(array: &Array, index: &Value, locale: &Locale) -> Result<Option<usize>> {
    let indexes = elements(index).unwrap_or_else(|| vec![index.clone()]);
    let shape = array.shape();
    if indexes.len() != shape.len() {
        let shown: Vec<String> = indexes.iter().map(ToString::to_string).collect();
        let message = format!(
            "You cannot index into a {} dimensional array with index [{}].",
            shape.len(),
            shown.join(",")
        );
        return Err(Exception::runtime("NeedMultidimensionalIndex", message));
    }
    let mut at = 0;
    for (index, length) in indexes.iter().zip(shape) {
        match place(index, *length, locale)? {
            Some(one) => at = at * length + one,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}

fn in_bounds(value: &Value, index: &Value, locale: &Locale) -> bool {
    let length = match value {
        Value::String(text) => text.encode_utf16().count(),
        other => elements(other).map_or(0, |items| items.len()),
    };
    matches!(place(index, length, locale), Ok(Some(_)))
}

/// Groups of a match by name.
fn typed_index(value: &Value, index: &Value) -> Option<Value> {
    // `.PSObject.Properties['Alias']`: a collection that knows its members by name.
    if let (Value::Typed(typed), Value::String(name)) = (value, base(index))
        && let Some(found) = typed.member(&format!("[{name}]"))
    {
        return Some(found);
    }
    if let Some(list) = value.downcast::<NameValues>() {
        let at = match base(index) {
            Value::String(name) => list.place(name),
            other => other.as_i64().and_then(|at| usize::try_from(at).ok()),
        };
        return Some(at.map_or(Value::Null, |at| list.joined(at)));
    }
    if let (Some(builder), Some(at)) = (value.downcast::<StringBuilder>(), base(index).as_i64()) {
        let unit = usize::try_from(at).ok().and_then(|at| builder.0.read().encode_utf16().nth(at));
        return Some(unit.map_or(Value::Null, Value::Char));
    }
    let groups = value.downcast::<crate::regex::Groups>()?;
    match base(index) {
        Value::String(name) => Some(groups.named(name)),
        other => Some(groups.numbered(other.as_i64()?)),
    }
}

/// A dictionary's value; an ordered one also by number.
fn from_dictionary(dictionary: &Dictionary, index: &Value, locale: &Locale) -> Result<Value> {
    if let Value::Array(keys) = index {
        let found: Vec<Value> =
            keys.to_vec().iter().map(|key| dictionary.get(key).unwrap_or_default()).collect();
        return Ok(Value::array(found));
    }
    if index.is_null() {
        return Err(Exception::runtime(
            "NullArrayIndex",
            "Index operation failed; the array index evaluated to null.",
        ));
    }
    if dictionary.is_ordered() && !matches!(index, Value::String(_)) && index.as_i64().is_some() {
        let length = dictionary.len();
        let at = index.as_i64().unwrap_or(0);
        let at = if at < 0 { at + length as i64 } else { at };
        let entry = usize::try_from(at).ok().and_then(|at| dictionary.at(at));
        return Ok(entry.map_or(Value::Null, |(_, value)| value));
    }
    if let Some(found) = dictionary.get(index) {
        return Ok(found);
    }
    // The keys of a generic dictionary have a type that the index is converted to.
    let key_type = key_type(dictionary);
    match key_type.and_then(|of| convert::to(index, &of, locale).ok()) {
        Some(key) => Ok(dictionary.get(&key).unwrap_or_default()),
        None => Ok(Value::Null),
    }
}

/// The type of the keys of a generic dictionary.
pub fn key_type(dictionary: &Dictionary) -> Option<Type> {
    argument(dictionary, 0)
}
/// The type of the values of a generic dictionary.
pub fn value_type(dictionary: &Dictionary) -> Option<Type> {
    argument(dictionary, 1)
}

fn argument(dictionary: &Dictionary, at: usize) -> Option<Type> {
    if dictionary.is_plain() {
        return None;
    }
    match Type::parse(dictionary.type_name())? {
        Type::Generic(_, arguments) => arguments.get(at).cloned(),
        _ => None,
    }
}

/// The place that an index means; negative ones count from the end. `None` is outside.
fn place(index: &Value, length: usize, locale: &Locale) -> Result<Option<usize>> {
    let inner = base(index);
    if inner.is_null() {
        return Err(Exception::runtime(
            "NullArrayIndex",
            "Index operation failed; the array index evaluated to null.",
        ));
    }
    let number = match inner {
        Value::Int32(n) => i64::from(*n),
        other => convert::to(other, &Type::int32(), locale)?.as_i64().unwrap_or(0),
    };
    let at = if number < 0 { number + length as i64 } else { number };
    Ok(usize::try_from(at).ok().filter(|at| *at < length))
}

/// `$value[$index] = $new`.
pub fn set(value: &Value, index: &Value, new: Value, locale: &Locale) -> Result<()> {
    let inner = base(value);
    let outside =
        || Exception::new("System.IndexOutOfRangeException", "Index was outside the bounds of the array.");
    match inner {
        Value::Null => Err(null_array()),
        Value::Dictionary(dictionary) => set_entry(dictionary, base(index), new, locale),
        Value::Array(array) if array.shape().len() > 1 => {
            let at = shaped_place(array, index, locale)?.ok_or_else(outside)?;
            let new = match array.element() {
                Some(element) => convert::to(&new, &Type::named(element), locale)?,
                None => new,
            };
            array.write()[at] = new;
            Ok(())
        }
        Value::Array(array) => {
            if let Some(several) = elements(index) {
                let shown: Vec<String> = several.iter().map(ToString::to_string).collect();
                let message = format!(
                    "Array assignment to [{}] failed because assignment to slices is not supported.",
                    shown.join(",")
                );
                return Err(Exception::runtime("ArraySliceAssignmentFailed", message));
            }
            let at = place(index, array.len(), locale)?.ok_or_else(outside)?;
            let new = match array.element() {
                Some(element) => convert::to(&new, &Type::named(element), locale)?,
                None => new,
            };
            array.write()[at] = new;
            Ok(())
        }
        Value::Typed(_) => match inner.downcast::<Collection>() {
            Some(list) if list.flavour().is_list() && !list.flavour().is_read_only() => {
                let at = place(index, list.len(), locale)?.ok_or_else(|| {
                    let message = "Index was out of range. Must be non-negative and less than the size of the collection. (Parameter 'index')";
                    Exception::new("System.ArgumentOutOfRangeException", message)
                })?;
                let new = match list.element() {
                    Some(element) => convert::to(&new, &element, locale)?,
                    None => new,
                };
                list.write()[at] = new;
                Ok(())
            }
            _ => set_special(inner, index, &new, locale),
        },
        other => Err(cannot_index(other)),
    }
}

/// Bits, names with texts and text builders.
fn set_special(value: &Value, index: &Value, new: &Value, locale: &Locale) -> Result<()> {
    let out = |name: &str| {
        let message =
            "Index was out of range. Must be non-negative and less than the size of the collection.";
        Exception::out_of_range(message, name)
    };
    if let Some(bits) = value.downcast::<Bits>() {
        let at = place(index, bits.0.read().len(), locale)?.ok_or_else(|| out("index"))?;
        bits.0.write()[at] = truth(new);
        return Ok(());
    }
    if let Some(list) = value.downcast::<NameValues>() {
        list.set(&text::to_text(index, locale), text::to_text(new, locale).into());
        return Ok(());
    }
    let Some(builder) = value.downcast::<StringBuilder>() else { return Err(cannot_index(value)) };
    let Value::Char(unit) = convert::to(new, &Type::character(), locale)? else { return Ok(()) };
    let mut units: Vec<u16> = builder.0.read().encode_utf16().collect();
    let at = place(index, units.len(), locale)?.ok_or_else(|| out("index"))?;
    units[at] = unit;
    *builder.0.write() = String::from_utf16_lossy(&units);
    Ok(())
}

fn set_entry(dictionary: &Dictionary, index: &Value, new: Value, locale: &Locale) -> Result<()> {
    if index.is_null() {
        return Err(Exception::runtime(
            "NullArrayIndex",
            "Index operation failed; the array index evaluated to null.",
        ));
    }
    if dictionary.is_plain() {
        dictionary.insert(index.clone(), new);
        return Ok(());
    }
    if dictionary.is_ordered() && index.as_i64().is_some() && !matches!(index, Value::String(_)) {
        let at = usize::try_from(index.as_i64().unwrap_or(-1)).ok();
        let key = at.and_then(|at| dictionary.at(at)).map(|(key, _)| key);
        let key = key.ok_or_else(|| {
            let message = "Specified argument was out of the range of valid values. (Parameter 'index')";
            Exception::new("System.ArgumentOutOfRangeException", message)
        })?;
        dictionary.insert(key, new);
        return Ok(());
    }
    let key = match key_type(dictionary) {
        Some(of) => convert::to(index, &of, locale)?,
        None => index.clone(),
    };
    let new = match value_type(dictionary) {
        Some(of) => convert::to(&new, &of, locale)?,
        None => new,
    };
    dictionary.insert(stored_key(dictionary, key), new);
    Ok(())
}
