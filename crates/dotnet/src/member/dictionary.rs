//! Members of everything that has keys: hashtables, ordered, sorted, generic and special dictionaries.

use super::answer::{bool, int, null};
use super::array::copy_into;
use super::sequence::{comparer, element_at, find, out_of_range};
use super::{Call, Row};
use crate::Enumerator;
use crate::collections::Collection;
use crate::compare;
use crate::convert;
use crate::exception::{Exception, Result};
use crate::index::{self, rows};
use crate::types::Type;
use object::Value;
use object::value::{Dictionary, Key, Keys};
use std::sync::Arc;

/// The key and the value that are arguments, as the dictionary wants them.
fn key_value(call: &Call<'_>) -> Result<(Value, Value)> {
    let dictionary = call.this_dictionary()?;
    let of = |of: Option<Type>, value: Value| match of {
        Some(of) => convert::to(&value, &of, call.engine.locale()),
        None => Ok(value),
    };
    let value =
        if call.count() > 1 { of(index::value_type(&dictionary), call.value(1))? } else { Value::Null };
    Ok((key(call)?, value))
}

/// The key that is the first argument.
fn key(call: &Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let given = call.value(0);
    if given.is_null() {
        return Err(Exception::argument_null("key"));
    }
    let given = match index::key_type(&dictionary) {
        Some(of) => convert::to(&given, &of, call.engine.locale())?,
        None => given,
    };
    Ok(index::stored_key(&dictionary, given))
}

fn same(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && compare::equal(a, b, false, &crate::Locale::default())
}

fn there_already(dictionary: &Dictionary, known: &Value, key: &Value) -> Exception {
    let name = dictionary.type_name();
    let message =
        if name.contains('`') || name.ends_with("ListDictionary") || name.ends_with("HybridDictionary") {
            format!("An item with the same key has already been added. Key: {key}")
        } else {
            format!("Item has already been added. Key in dictionary: '{known}'  Key being added: '{key}'")
        };
    Exception::new("System.ArgumentException", message)
}

fn add(call: &mut Call<'_>) -> Result<Value> {
    let (key, value) = key_value(call)?;
    let dictionary = call.this_dictionary()?;
    if dictionary.get(&key).is_some() {
        let keys = dictionary.keys();
        let wanted = Key::of(&key, keys);
        let known = dictionary.to_vec().into_iter().find(|(known, _)| Key::of(known, keys) == wanted);
        return Err(there_already(&dictionary, &known.map_or_else(Value::default, |(known, _)| known), &key));
    }
    dictionary.insert(key, value);
    null()
}

fn keys_of(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let keys = rows(&dictionary).into_iter().map(|(key, _)| key).collect();
    Ok(Value::typed(Collection::half_of(dictionary, keys)))
}

fn values_of(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let values = rows(&dictionary).into_iter().map(|(_, value)| value).collect();
    Ok(Value::typed(Collection::half_of(dictionary, values)))
}

fn has_key(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    bool(call.this_dictionary()?.get(&key).is_some())
}

fn has_value(call: &mut Call<'_>) -> Result<Value> {
    let wanted = call.value(0);
    bool(call.this_dictionary()?.read().iter().any(|(_, value)| same(value, &wanted)))
}

fn get_item(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    if dictionary.is_ordered() && matches!(call.plain(0), Value::Int32(_)) {
        let (items, at) = (dictionary.to_vec(), call.int(0));
        return element_at(&items.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), at);
    }
    let key = key(call)?;
    match dictionary.get(&key) {
        Some(found) => Ok(found),
        None if dictionary.type_name().contains('`') => Err(Exception::new(
            "System.Collections.Generic.KeyNotFoundException",
            format!("The given key '{key}' was not present in the dictionary."),
        )),
        None => null(),
    }
}

fn set_item(call: &mut Call<'_>) -> Result<Value> {
    let (key, value) = (call.value(0), call.value(1));
    index::set(call.this, &key, value, call.engine.locale())?;
    null()
}

fn enumerator(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let (entries, generic) = (index::entries(&dictionary), dictionary.type_name().contains('`'));
    let walk = Enumerator::of_dictionary(dictionary, entries);
    Ok(Value::typed(match generic {
        true => walk.named("System.Collections.Generic.Dictionary`2+Enumerator"),
        false => walk,
    }))
}

fn copy(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let made = empty_like(&dictionary, dictionary.keys());
    for (key, value) in dictionary.to_vec() {
        made.insert(key, value);
    }
    Ok(made.into())
}

fn empty_like(dictionary: &Dictionary, keys: Keys) -> Dictionary {
    if dictionary.is_ordered() {
        return Dictionary::ordered();
    }
    Dictionary::named(dictionary.type_name(), keys)
}

fn remove(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    call.this_dictionary()?.remove(&key);
    null()
}

fn remove_tells(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    let gone = call.this_dictionary()?.remove(&key);
    let there = gone.is_some();
    if call.count() > 1 {
        call.set_reference(1, gone.unwrap_or_default());
    }
    bool(there)
}

fn try_get(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    let dictionary = call.this_dictionary()?;
    let found = dictionary.get(&key);
    let there = found.is_some();
    let none = || match index::value_type(&dictionary) {
        Some(of) if of.is_value_type() => {
            convert::to(&Value::Int32(0), &of, call.engine.locale()).unwrap_or_default()
        }
        _ => Value::Null,
    };
    let found = found.unwrap_or_else(none);
    call.set_reference(1, found);
    bool(there)
}

fn try_add(call: &mut Call<'_>) -> Result<Value> {
    let (key, value) = key_value(call)?;
    let dictionary = call.this_dictionary()?;
    let new = dictionary.get(&key).is_none();
    if new {
        dictionary.insert(key, value);
    }
    bool(new)
}

fn copy_to(call: &mut Call<'_>) -> Result<Value> {
    let entries = index::entries(&*call.this_dictionary()?);
    copy_into(call, &entries)
}

// --- making -----------------------------------------------------------------------------------------

fn made(call: &Call<'_>, from: Option<&Value>, by: &Value) -> Result<Value> {
    let of = call.this_type();
    let name = of.name();
    let keys = match comparer(by) {
        Some(by) if by.ignore_case => Keys::IgnoreCase,
        None if name.ends_with("StringDictionary") => Keys::IgnoreCase,
        _ => Keys::Exact,
    };
    let made = match &*name {
        "System.Collections.Specialized.OrderedDictionary" if by.is_null() => Dictionary::ordered_exact(),
        "System.Collections.Specialized.OrderedDictionary" => Dictionary::ordered(),
        _ => Dictionary::named(name, keys),
    };
    if let Some(Value::Dictionary(given)) = from {
        let (key_type, value_type) = (index::key_type(&made), index::value_type(&made));
        let to = |value: Value, of: &Option<Type>| match of {
            Some(of) => convert::to(&value, of, call.engine.locale()),
            None => Ok(value),
        };
        for (key, value) in given.to_vec() {
            made.insert(to(key, &key_type)?, to(value, &value_type)?);
        }
    }
    Ok(made.into())
}

fn empty(call: &mut Call<'_>) -> Result<Value> {
    made(call, None, &Value::Null)
}

fn with_room(call: &mut Call<'_>) -> Result<Value> {
    if call.int(0) < 0 {
        return Err(Exception::negative("capacity", call.int(0)));
    }
    made(call, None, &call.value(1))
}

fn by_comparer(call: &mut Call<'_>) -> Result<Value> {
    made(call, None, &call.value(0))
}

fn from_other(call: &mut Call<'_>) -> Result<Value> {
    if call.plain(0).is_null() {
        return Err(Exception::argument_null("d"));
    }
    made(call, Some(&call.plain(0).clone()), &call.value(1))
}

// --- by place ---------------------------------------------------------------------------------------

fn row_at(call: &Call<'_>, at: i64) -> Result<(Value, Value)> {
    let all = rows(&*call.this_dictionary()?);
    usize::try_from(at).ok().and_then(|at| all.get(at).cloned()).ok_or_else(out_of_range)
}

fn place_of(call: &Call<'_>, in_values: bool) -> Result<Value> {
    let all = rows(&*call.this_dictionary()?);
    let side: Vec<Value> = all.into_iter().map(|(key, value)| if in_values { value } else { key }).collect();
    Ok(Value::Int32(find(&side, call.plain(0)) as i32))
}

fn remove_at(call: &mut Call<'_>) -> Result<Value> {
    let (key, _) = row_at(call, call.int(0))?;
    call.this_dictionary()?.remove(&key);
    null()
}

fn insert_ordered(call: &mut Call<'_>) -> Result<Value> {
    let (at, key, value) = (call.int(0), call.value(1), call.value(2));
    let dictionary = call.this_dictionary()?;
    let mut entries = dictionary.to_vec();
    if at < 0 || at as usize > entries.len() {
        return Err(Exception::out_of_range(
            "Specified argument was out of the range of valid values.",
            "index",
        ));
    }
    if let Some((known, _)) = entries
        .iter()
        .find(|(known, _)| Key::of(known, dictionary.keys()) == Key::of(&key, dictionary.keys()))
    {
        return Err(there_already(&dictionary, known, &key));
    }
    entries.insert(at as usize, (key, value));
    dictionary.write().clear();
    for (key, value) in entries {
        dictionary.insert(key, value);
    }
    null()
}

fn remove_ordered_at(call: &mut Call<'_>) -> Result<Value> {
    remove_at(call).map_err(|_| {
        Exception::out_of_range("Specified argument was out of the range of valid values.", "index")
    })
}

// --- for many writers -------------------------------------------------------------------------------

/// What a value or the block that makes it gives.
fn produced(call: &mut Call<'_>, at: usize, arguments: &[Value]) -> Result<Value> {
    let block = super::delegate::block(call, at);
    if !block.type_name().ends_with("ScriptBlock") {
        return Ok(block);
    }
    Ok(super::one(call.engine.call(&block, None, arguments)?))
}

fn get_or_add(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    let dictionary = call.this_dictionary()?;
    if let Some(found) = dictionary.get(&key) {
        return Ok(found);
    }
    let value = produced(call, 1, std::slice::from_ref(&key))?;
    dictionary.insert(key, value.clone());
    Ok(value)
}

fn add_or_update(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    let dictionary = call.this_dictionary()?;
    let value = match dictionary.get(&key) {
        Some(old) => produced(call, 2, &[key.clone(), old])?,
        None => produced(call, 1, std::slice::from_ref(&key))?,
    };
    dictionary.insert(key, value.clone());
    Ok(value)
}

fn try_update(call: &mut Call<'_>) -> Result<Value> {
    let key = key(call)?;
    let dictionary: Arc<Dictionary> = call.this_dictionary()?;
    let fits = dictionary.get(&key).is_some_and(|old| same(&old, call.plain(2)));
    if fits {
        dictionary.insert(key, call.value(1));
    }
    bool(fits)
}

/// What all of them have.
const ALL: &[Row] = &[
    ("int Count", |call| int(call.this_dictionary()?.len())),
    ("System.Collections.ICollection Keys", keys_of),
    ("System.Collections.ICollection Values", values_of),
    ("void Clear()", |call| {
        call.this_dictionary()?.write().clear();
        null()
    }),
    ("System.Collections.IDictionaryEnumerator GetEnumerator()", enumerator),
    ("System.Object Item(System.Object key)", get_item),
    ("System.Object get_Item(System.Object key)", get_item),
    ("void set_Item(System.Object key, System.Object value)", set_item),
    ("static object new()", empty),
];

/// What the ones have that were there before generics.
const OLD: &[Row] = &[
    ("bool IsFixedSize", |_| bool(false)),
    ("bool IsReadOnly", |_| bool(false)),
    ("bool IsSynchronized", |_| bool(false)),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("void Add(System.Object key, System.Object value)", add),
    ("bool Contains(System.Object key)", has_key),
    ("void CopyTo(array array, int arrayIndex)", copy_to),
    ("void Remove(System.Object key)", remove),
];

const HASHTABLE: &[Row] = &[
    ("System.Object Clone()", copy),
    ("bool ContainsKey(System.Object key)", has_key),
    ("bool ContainsValue(System.Object value)", has_value),
    ("static object Synchronized(hashtable table)", |call| Ok(call.value(0))),
    ("static object new(System.Collections.IDictionary d)", from_other),
    ("static object new(System.Collections.IEqualityComparer equalityComparer)", by_comparer),
    ("static object new(int capacity)", with_room),
    ("static object new(int capacity, System.Collections.IEqualityComparer equalityComparer)", with_room),
    (
        "static object new(System.Collections.IDictionary d, System.Collections.IEqualityComparer equalityComparer)",
        from_other,
    ),
];

const ORDERED: &[Row] = &[
    ("void Insert(int index, System.Object key, System.Object value)", insert_ordered),
    ("void RemoveAt(int index)", remove_ordered_at),
    ("static object new(System.Collections.IEqualityComparer comparer)", by_comparer),
    ("static object new(int capacity)", with_room),
    ("static object new(int capacity, System.Collections.IEqualityComparer comparer)", with_room),
];

/// What the generic ones have.
const GENERIC: &[Row] = &[
    ("void Add(TKey key, TValue value)", add),
    ("bool ContainsKey(TKey key)", has_key),
    ("bool ContainsValue(TValue value)", has_value),
    ("bool Remove(TKey key)", remove_tells),
    ("bool Remove(TKey key, [ref] System.Object value)", remove_tells),
    ("bool TryGetValue(TKey key, [ref] System.Object value)", try_get),
    ("static object new(int capacity)", with_room),
    ("static object new(System.Collections.Generic.IDictionary[TKey,TValue] dictionary)", from_other),
];

const DICTIONARY: &[Row] = &[
    ("bool TryAdd(TKey key, TValue value)", try_add),
    ("int EnsureCapacity(int capacity)", |call| int(call.int(0).max(call.this_dictionary()?.len() as i64))),
    ("void TrimExcess()", |_| null()),
    ("static object new(System.Collections.Generic.IEqualityComparer[TKey] comparer)", by_comparer),
    (
        "static object new(int capacity, System.Collections.Generic.IEqualityComparer[TKey] comparer)",
        with_room,
    ),
    (
        "static object new(System.Collections.Generic.IDictionary[TKey,TValue] dictionary, System.Collections.Generic.IEqualityComparer[TKey] comparer)",
        from_other,
    ),
];

const SORTED: &[Row] = &[
    ("static object new(System.Collections.Generic.IComparer[TKey] comparer)", by_comparer),
    (
        "static object new(System.Collections.Generic.IDictionary[TKey,TValue] dictionary, System.Collections.Generic.IComparer[TKey] comparer)",
        from_other,
    ),
];

const GENERIC_SORTED_LIST: &[Row] = &[
    ("int Capacity", |call| int(call.this_dictionary()?.len().next_power_of_two().max(4))),
    ("TKey GetKeyAtIndex(int index)", |call| Ok(row_at(call, call.int(0))?.0)),
    ("TValue GetValueAtIndex(int index)", |call| Ok(row_at(call, call.int(0))?.1)),
    ("int IndexOfKey(TKey key)", |call| place_of(call, false)),
    ("int IndexOfValue(TValue value)", |call| place_of(call, true)),
    ("void RemoveAt(int index)", remove_at),
];

const SORTED_LIST: &[Row] = &[
    ("int Capacity", |call| int(call.this_dictionary()?.len().next_power_of_two().max(16))),
    ("System.Object Clone()", copy),
    ("bool ContainsKey(System.Object key)", has_key),
    ("bool ContainsValue(System.Object value)", has_value),
    ("System.Object GetByIndex(int index)", |call| Ok(row_at(call, call.int(0))?.1)),
    ("System.Object GetKey(int index)", |call| Ok(row_at(call, call.int(0))?.0)),
    ("System.Collections.IList GetKeyList()", keys_of),
    ("System.Collections.IList GetValueList()", values_of),
    ("int IndexOfKey(System.Object key)", |call| place_of(call, false)),
    ("int IndexOfValue(System.Object value)", |call| place_of(call, true)),
    ("void RemoveAt(int index)", remove_at),
    ("void SetByIndex(int index, System.Object value)", |call| {
        let (key, _) = row_at(call, call.int(0))?;
        call.this_dictionary()?.insert(key, call.value(1));
        null()
    }),
    ("void TrimToSize()", |_| null()),
    ("static object new(int initialCapacity)", with_room),
    ("static object new(System.Collections.IComparer comparer)", by_comparer),
    ("static object new(System.Collections.IDictionary d)", from_other),
    (
        "static object new(System.Collections.IDictionary d, System.Collections.IComparer comparer)",
        from_other,
    ),
];

const CONCURRENT: &[Row] = &[
    ("bool IsEmpty", |call| bool(call.this_dictionary()?.is_empty())),
    ("TValue AddOrUpdate(TKey key, System.Object addValue, System.Func`3 updateValueFactory)", add_or_update),
    ("bool ContainsKey(TKey key)", has_key),
    ("TValue GetOrAdd(TKey key, System.Object value)", get_or_add),
    ("bool TryAdd(TKey key, TValue value)", try_add),
    ("bool TryGetValue(TKey key, [ref] System.Object value)", try_get),
    ("bool TryRemove(TKey key, [ref] System.Object value)", remove_tells),
    ("bool TryUpdate(TKey key, TValue newValue, TValue comparisonValue)", try_update),
    ("static object new(System.Collections.Generic.IEqualityComparer[TKey] comparer)", by_comparer),
];

const STRINGS: &[Row] = &[
    ("bool IsSynchronized", |_| bool(false)),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("void Add(string key, string value)", add),
    ("bool ContainsKey(string key)", has_key),
    ("bool ContainsValue(string value)", has_value),
    ("void CopyTo(array array, int index)", copy_to),
    ("void Remove(string key)", remove),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Collections.Hashtable", ALL),
    ("System.Collections.Hashtable", OLD),
    ("System.Collections.Hashtable", HASHTABLE),
    ("System.Collections.Specialized.OrderedDictionary", ALL),
    ("System.Collections.Specialized.OrderedDictionary", OLD),
    ("System.Collections.Specialized.OrderedDictionary", ORDERED),
    ("System.Collections.Specialized.HybridDictionary", ALL),
    ("System.Collections.Specialized.HybridDictionary", OLD),
    (
        "System.Collections.Specialized.HybridDictionary",
        &[
            ("static object new(bool caseInsensitive)", |call| {
                let name = call.this_type().name();
                let keys = if call.bool(0) { Keys::IgnoreCase } else { Keys::Exact };
                Ok(Dictionary::named(name, keys).into())
            }),
            ("static object new(int initialSize)", with_room),
        ],
    ),
    ("System.Collections.Specialized.ListDictionary", ALL),
    ("System.Collections.Specialized.ListDictionary", OLD),
    (
        "System.Collections.Specialized.ListDictionary",
        &[("static object new(System.Collections.IComparer comparer)", by_comparer)],
    ),
    ("System.Collections.Specialized.StringDictionary", ALL),
    ("System.Collections.Specialized.StringDictionary", STRINGS),
    ("System.Collections.Generic.Dictionary`2", ALL),
    ("System.Collections.Generic.Dictionary`2", GENERIC),
    ("System.Collections.Generic.Dictionary`2", DICTIONARY),
    ("System.Collections.Generic.SortedDictionary`2", ALL),
    ("System.Collections.Generic.SortedDictionary`2", GENERIC),
    ("System.Collections.Generic.SortedDictionary`2", SORTED),
    ("System.Collections.Generic.SortedList`2", ALL),
    ("System.Collections.Generic.SortedList`2", GENERIC),
    ("System.Collections.Generic.SortedList`2", SORTED),
    ("System.Collections.Generic.SortedList`2", GENERIC_SORTED_LIST),
    ("System.Collections.SortedList", ALL),
    ("System.Collections.SortedList", OLD),
    ("System.Collections.SortedList", SORTED_LIST),
    ("System.Collections.Concurrent.ConcurrentDictionary`2", ALL),
    ("System.Collections.Concurrent.ConcurrentDictionary`2", CONCURRENT),
];
