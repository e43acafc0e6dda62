//! Members of arrays, lists, sets, queues, stacks and dictionaries.

use super::{Call, Row};
use crate::Enumerator;
use crate::collections::{Collection, Flavour};
use crate::compare;
use crate::convert;
use crate::exception::{Exception, Result};
use crate::index::{self, walk};
use crate::types::Type;
use object::Value;
use object::value::{Array, Dictionary, Keys};
use std::sync::Arc;

/// Longer arrays than this are refused.
const ARRAY_ELEMENTS_MAX: i64 = 100_000_000;

fn int(number: usize) -> Result<Value> {
    Ok(Value::Int32(number as i32))
}
fn null() -> Result<Value> {
    Ok(Value::Null)
}

/// `[int[]]::new(5)`.
pub(super) fn new_array(element: &Type, arguments: &[Value]) -> Result<Value> {
    let length = arguments.first().and_then(Value::as_i64).unwrap_or(0);
    if !(0..=ARRAY_ELEMENTS_MAX).contains(&length) {
        return Err(Exception::new(
            "System.OverflowException",
            "Arithmetic operation resulted in an overflow.",
        )
        .while_calling(".ctor", 1));
    }
    let zero = if element.is_value_type() {
        convert::to(&Value::Int32(0), element, &crate::Locale::default()).unwrap_or_default()
    } else {
        Value::Null
    };
    let items = vec![zero; length as usize];
    Ok(match element.kind() {
        crate::Kind::Object => Value::array(items),
        _ => Array::of(element.name(), items).into(),
    })
}

fn array(call: &Call<'_>) -> Result<Arc<Array>> {
    match call.this() {
        Value::Array(array) => Ok(array.clone()),
        other => Err(Exception::invalid_operation(format!("'{other}' is no array."))),
    }
}

fn array_argument(call: &Call<'_>, at: usize) -> Result<Arc<Array>> {
    match call.plain(at) {
        Value::Array(array) => Ok(array.clone()),
        _ => Err(Exception::argument_null("array")),
    }
}

fn fixed(_: &mut Call<'_>) -> Result<Value> {
    Err(Exception::new("System.NotSupportedException", "Collection was of a fixed size."))
}

fn same(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && compare::equal(a, b, false, &crate::Locale::default())
}

fn find(items: &[Value], wanted: &Value) -> i64 {
    items.iter().position(|item| same(item, wanted) || is_text_of(wanted, item)).map_or(-1, |at| at as i64)
}

/// Whether a text is a value of ours as it is written: `$mailbox.EmailAddresses.Remove('smtp:ann@contoso.com')`.
fn is_text_of(text: &Value, item: &Value) -> bool {
    match (text, item) {
        (Value::String(text), Value::Typed(item)) if item.type_name().starts_with("Microsoft.Exchange.") => {
            item.text().eq_ignore_ascii_case(text)
        }
        _ => false,
    }
}

fn out_of_range() -> Exception {
    Exception::out_of_range(
        "Index was out of range. Must be non-negative and less than the size of the collection.",
        "index",
    )
}

fn place(call: &Call<'_>, at: usize, most: usize) -> Result<usize> {
    usize::try_from(call.int(at)).ok().filter(|at| *at <= most).ok_or_else(out_of_range)
}

fn sort(items: &mut [Value]) {
    items.sort_by(|a, b| compare::ordered(a, b, false, &crate::Locale::default()));
}

fn block_true(call: &mut Call<'_>, block: &Value, item: &Value) -> Result<bool> {
    let answer = call.engine.call(block, Some(item), std::slice::from_ref(item))?;
    Ok(answer.iter().any(compare::truth))
}

/// Sorts with a comparing block, by merging, so that an error in the block ends it.
fn sort_with(call: &mut Call<'_>, items: Vec<Value>, block: &Value) -> Result<Vec<Value>> {
    if items.len() < 2 {
        return Ok(items);
    }
    let mut left = items;
    let right = left.split_off(left.len() / 2);
    let (left, right) = (sort_with(call, left, block)?, sort_with(call, right, block)?);
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    let mut made = Vec::new();
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let answer = call.engine.call(block, None, &[a.clone(), b.clone()])?;
        let order = answer.last().and_then(crate::values::double).unwrap_or(0.0);
        made.extend(if order <= 0.0 { left.next() } else { right.next() });
    }
    made.extend(left);
    made.extend(right);
    Ok(made)
}

pub(super) fn new_collection(call: &Call<'_>, items: Vec<Value>) -> Result<Value> {
    let of = call.this_type();
    let (name, arguments) = match &of {
        Type::Generic(known, arguments) => (known.name, arguments.to_vec()),
        Type::Known(known) => (known.name, Vec::new()),
        _ => return Ok(Value::Null),
    };
    let Some(flavour) = Flavour::of_name(name) else { return Ok(Value::Null) };
    let items: Result<Vec<Value>> = match arguments.first() {
        Some(element) => items.iter().map(|item| convert::to(item, element, call.engine.locale())).collect(),
        None => Ok(items),
    };
    Ok(Value::typed(Collection::new(flavour, arguments, items?)))
}

fn new_set(call: &Call<'_>, items: Vec<Value>, comparer: &Value) -> Result<Value> {
    let keys = if comparer.to_string().contains("IgnoreCase") { Keys::IgnoreCase } else { Keys::Exact };
    let Type::Generic(known, arguments) = call.this_type() else { return Ok(Value::Null) };
    let flavour = Flavour::of_name(known.name).unwrap_or(Flavour::HashSet);
    let items: Result<Vec<Value>> = match arguments.first() {
        Some(element) => items.iter().map(|item| convert::to(item, element, call.engine.locale())).collect(),
        None => Ok(items),
    };
    Ok(Value::typed(Collection::compared(flavour, arguments.to_vec(), keys, items?)))
}

fn new_dictionary(call: &Call<'_>, from: Option<&Value>, comparer: &Value) -> Result<Value> {
    let of = call.this_type();
    let name = of.name();
    let hashtable = &*name == "System.Collections.Hashtable";
    let keys = if comparer.to_string().contains("IgnoreCase") { Keys::IgnoreCase } else { Keys::Exact };
    let made = match &*name {
        "System.Collections.Specialized.OrderedDictionary" => Dictionary::ordered(),
        _ => Dictionary::named(if hashtable { "System.Collections.Hashtable".into() } else { name }, keys),
    };
    if let Some(Value::Dictionary(given)) = from {
        for (key, value) in given.to_vec() {
            made.insert(key, value);
        }
    }
    Ok(made.into())
}

/// A copy of the elements, so that blocks may change the list meanwhile.
fn items_of(call: &Call<'_>) -> Result<Vec<Value>> {
    Ok(call.this_list()?.read().clone())
}

fn list_add(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = call.this_list()?;
    list.add(item);
    int(list.len() - 1)
}

fn add_range(call: &mut Call<'_>) -> Result<Value> {
    let items = call.items(0);
    let list = call.this_list()?;
    let items: Result<Vec<Value>> = match list.element() {
        Some(element) => items.iter().map(|item| convert::to(item, element, call.engine.locale())).collect(),
        None => Ok(items),
    };
    list.write().extend(items?);
    null()
}

fn remove(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = call.this_list()?;
    if list.flavour().is_set() {
        return Ok(Value::Bool(list.take(&item)));
    }
    let at = find(&list.read(), &item);
    if at >= 0 {
        list.write().remove(at as usize);
    }
    Ok(Value::Bool(at >= 0))
}

fn remove_at(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let at = place(call, 0, list.len())?;
    if at >= list.len() {
        return Err(out_of_range());
    }
    list.write().remove(at);
    null()
}

fn contains(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = call.this_list()?;
    Ok(Value::Bool(if list.flavour().is_set() { list.has(&item) } else { find(&list.read(), &item) >= 0 }))
}

fn get_range(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let (from, count) = (call.int(0).max(0) as usize, call.int(1).max(0) as usize);
    let part = list.read().get(from..from + count).map(<[Value]>::to_vec);
    let part = part.ok_or_else(|| Exception::argument("Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.", "count"))?;
    Ok(Value::typed(Collection::new(list.flavour(), list.arguments().to_vec(), part)))
}

fn to_array(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let items = object::value::Typed::items(list).unwrap_or_default();
    Ok(match list.element() {
        Some(element) if element.kind() != crate::Kind::Object => Array::of(element.name(), items).into(),
        _ => Value::array(items),
    })
}

fn take_first(call: &mut Call<'_>, what: &str) -> Result<Value> {
    let list = call.this_list()?;
    if list.is_empty() {
        return Err(Exception::invalid_operation(format!("{what} empty.")));
    }
    Ok(list.write().remove(0))
}

fn take_last(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let last = list.write().pop();
    last.ok_or_else(|| Exception::invalid_operation("Stack empty."))
}

fn peek(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let stack = matches!(list.flavour(), Flavour::Stack | Flavour::OldStack);
    let found = if stack { list.read().last().cloned() } else { list.read().first().cloned() };
    found.ok_or_else(|| Exception::invalid_operation(if stack { "Stack empty." } else { "Queue empty." }))
}

fn sets(call: &Call<'_>) -> Result<(Vec<Value>, Vec<Value>)> {
    Ok((call.this_list()?.read().clone(), call.items(0)))
}

fn set_operation(
    call: &mut Call<'_>,
    keep_mine: fn(bool) -> bool,
    add_theirs: fn(bool) -> bool,
) -> Result<Value> {
    let (mine, theirs) = sets(call)?;
    let list = call.this_list()?;
    let other = Collection::compared(Flavour::HashSet, Vec::new(), list.keys(), theirs.clone());
    for item in mine {
        if !keep_mine(other.has(&item)) {
            list.take(&item);
        }
    }
    let before = Collection::compared(Flavour::HashSet, Vec::new(), list.keys(), list.read().clone());
    for item in theirs {
        if add_theirs(before.has(&item)) {
            list.add(item);
        }
    }
    null()
}

fn covers(call: &Call<'_>, reverse: bool) -> Result<Value> {
    let (mine, theirs) = sets(call)?;
    let keys = call.this_list()?.keys();
    let (small, large) = if reverse { (theirs, mine) } else { (mine, theirs) };
    let large = Collection::compared(Flavour::HashSet, Vec::new(), keys, large);
    Ok(Value::Bool(small.iter().all(|item| large.has(item))))
}

fn key_value(call: &Call<'_>) -> Result<(Value, Value)> {
    let dictionary = call.this_dictionary()?;
    let of = |of: Option<Type>, value: Value| match of {
        Some(of) => convert::to(&value, &of, call.engine.locale()),
        None => Ok(value),
    };
    Ok((of(index::key_type(&dictionary), call.value(0))?, of(index::value_type(&dictionary), call.value(1))?))
}

fn dictionary_add(call: &mut Call<'_>) -> Result<Value> {
    let (key, value) = key_value(call)?;
    let dictionary = call.this_dictionary()?;
    if key.is_null() {
        return Err(Exception::argument_null("key"));
    }
    if let Some(known) = dictionary.to_vec().iter().find(|(known, _)| {
        object::value::Key::of(known, dictionary.keys()) == object::value::Key::of(&key, dictionary.keys())
    }) {
        let message = match dictionary.type_name() {
            "System.Collections.Hashtable" => format!(
                "Item has already been added. Key in dictionary: '{}'  Key being added: '{key}'",
                known.0
            ),
            _ => format!("An item with the same key has already been added. Key: {key}"),
        };
        return Err(Exception::new("System.ArgumentException", message));
    }
    dictionary.insert(key, value);
    null()
}

fn keys_of(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let keys = sorted(&dictionary).into_iter().map(|(key, _)| key).collect();
    Ok(Value::typed(Collection::half_of(dictionary, keys)))
}

fn values_of(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let values = sorted(&dictionary).into_iter().map(|(_, value)| value).collect();
    Ok(Value::typed(Collection::half_of(dictionary, values)))
}

/// The entries in the order in which the type walks them.
fn sorted(dictionary: &Dictionary) -> Vec<(Value, Value)> {
    let mut entries = dictionary.to_vec();
    if dictionary.type_name().contains("Sorted") {
        entries.sort_by(|a, b| compare::total(&a.0, &b.0));
    }
    entries
}

fn has_key(call: &mut Call<'_>) -> Result<Value> {
    if call.plain(0).is_null() {
        return Err(Exception::argument_null("key"));
    }
    let (key, _) = key_value(call)?;
    Ok(Value::Bool(call.this_dictionary()?.get(&key).is_some()))
}

fn enumerator(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let entries = index::entries(&dictionary);
    Ok(Value::typed(Enumerator::of_dictionary(dictionary, entries)))
}

fn copy_dictionary(call: &mut Call<'_>) -> Result<Value> {
    let dictionary = call.this_dictionary()?;
    let made = if dictionary.is_ordered() {
        Dictionary::ordered()
    } else {
        Dictionary::named(dictionary.type_name(), dictionary.keys())
    };
    for (key, value) in dictionary.to_vec() {
        made.insert(key, value);
    }
    Ok(made.into())
}

const LIST: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("int Capacity", |call| int(call.this_list()?.len().next_power_of_two().max(4))),
    ("set int Capacity", |_| null()),
    ("bool IsFixedSize", |_| Ok(Value::Bool(false))),
    ("bool IsReadOnly", |call| Ok(Value::Bool(call.this_list()?.flavour() == Flavour::ReadOnly))),
    ("bool IsSynchronized", |_| Ok(Value::Bool(false))),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("void AddRange(object collection)", add_range),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("bool Contains(T item)", contains),
    ("int IndexOf(T item)", |call| {
        let item = call.value(0);
        Ok(Value::Int32(find(&call.this_list()?.read(), &item) as i32))
    }),
    ("int LastIndexOf(T item)", |call| {
        let item = call.value(0);
        let list = call.this_list()?;
        let at = list.read().iter().rposition(|known| same(known, &item));
        Ok(Value::Int32(at.map_or(-1, |at| at as i32)))
    }),
    ("void Insert(int index, T item)", |call| {
        let item = call.value(1);
        let list = call.this_list()?;
        let at = place(call, 0, list.len())?;
        list.write().insert(at, item);
        null()
    }),
    ("void InsertRange(int index, object collection)", |call| {
        let items = call.items(1);
        let list = call.this_list()?;
        let at = place(call, 0, list.len())?;
        list.write().splice(at..at, items);
        null()
    }),
    ("void RemoveAt(int index)", remove_at),
    ("void RemoveRange(int index, int count)", |call| {
        let (from, count) = (call.int(0).max(0) as usize, call.int(1).max(0) as usize);
        let list = call.this_list()?;
        if from + count > list.len() {
            return Err(Exception::argument(
                "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
                "count",
            ));
        }
        list.write().drain(from..from + count);
        null()
    }),
    ("void Reverse()", |call| {
        call.this_list()?.write().reverse();
        null()
    }),
    ("void Sort()", |call| {
        sort(&mut call.this_list()?.write());
        null()
    }),
    ("void Sort(object comparison)", |call| {
        let block = call.value(0);
        let items = call.this_list()?.read().clone();
        let sorted = sort_with(call, items, &block)?;
        *call.this_list()?.write() = sorted;
        null()
    }),
    ("object GetRange(int index, int count)", get_range),
    ("object ToArray()", to_array),
    ("object Clone()", |call| {
        let list = call.this_list()?;
        Ok(Value::typed(Collection::new(list.flavour(), list.arguments().to_vec(), list.read().clone())))
    }),
    ("void CopyTo(object array, int arrayIndex)", |call| {
        let (array, from) = (array_argument(call, 0)?, call.int(1).max(0) as usize);
        for (at, item) in call.this_list()?.read().iter().enumerate() {
            if let Some(slot) = array.write().get_mut(from + at) {
                *slot = item.clone();
            }
        }
        null()
    }),
    ("int BinarySearch(T item)", |call| {
        let item = call.value(0);
        let list = call.this_list()?;
        let found = list.read().binary_search_by(|known| compare::total(known, &item));
        Ok(Value::Int32(found.map_or_else(|at| !(at as i32), |at| at as i32)))
    }),
    ("T Item(int index)", |call| index::get(call.this, call.plain(0), call.engine.locale())),
    ("T get_Item(int index)", |call| {
        let list = call.this_list()?;
        let at = place(call, 0, list.len())?;
        list.read().get(at).cloned().ok_or_else(out_of_range)
    }),
    ("void set_Item(int index, T value)", |call| {
        let (at, value) = (call.value(0), call.value(1));
        index::set(call.this, &at, value, call.engine.locale())?;
        null()
    }),
    ("object GetEnumerator()", |call| Ok(Value::typed(Enumerator::new(walk(call.this()))))),
];

const GENERIC_LIST: &[Row] = &[
    ("void Add(T item)", list_add),
    ("bool Remove(T item)", remove),
    ("int RemoveAll(object match)", |call| {
        let block = call.value(0);
        let items = call.this_list()?.read().clone();
        let before = items.len();
        let mut kept = Vec::new();
        for item in items {
            if !block_true(call, &block, &item)? {
                kept.push(item);
            }
        }
        let removed = before - kept.len();
        *call.this_list()?.write() = kept;
        int(removed)
    }),
    ("T Find(object match)", |call| {
        let block = call.value(0);
        for item in items_of(call)? {
            if block_true(call, &block, &item)? {
                return Ok(item);
            }
        }
        null()
    }),
    ("object FindAll(object match)", |call| {
        let block = call.value(0);
        let mut found = Vec::new();
        for item in items_of(call)? {
            if block_true(call, &block, &item)? {
                found.push(item);
            }
        }
        let arguments = call.this_list()?.arguments().to_vec();
        Ok(Value::typed(Collection::new(Flavour::List, arguments, found)))
    }),
    ("int FindIndex(object match)", |call| {
        let block = call.value(0);
        for (at, item) in items_of(call)?.iter().enumerate() {
            if block_true(call, &block, item)? {
                return int(at);
            }
        }
        Ok(Value::Int32(-1))
    }),
    ("bool Exists(object match)", |call| {
        let block = call.value(0);
        for item in items_of(call)? {
            if block_true(call, &block, &item)? {
                return Ok(Value::Bool(true));
            }
        }
        Ok(Value::Bool(false))
    }),
    ("bool TrueForAll(object match)", |call| {
        let block = call.value(0);
        for item in items_of(call)? {
            if !block_true(call, &block, &item)? {
                return Ok(Value::Bool(false));
            }
        }
        Ok(Value::Bool(true))
    }),
    ("void ForEach(object action)", |call| {
        let block = call.value(0);
        for item in items_of(call)? {
            call.engine.call(&block, Some(&item), std::slice::from_ref(&item))?;
        }
        null()
    }),
    ("object AsReadOnly()", |call| {
        let list = call.this_list()?;
        Ok(Value::typed(Collection::new(Flavour::ReadOnly, list.arguments().to_vec(), list.read().clone())))
    }),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(int capacity)", |call| {
        if call.int(0) < 0 {
            return Err(Exception::out_of_range("Non-negative number required.", "capacity"));
        }
        new_collection(call, Vec::new())
    }),
    ("static object new(System.Collections.IEnumerable collection)", |call| {
        let items = call.items(0);
        new_collection(call, items)
    }),
];

const SET: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("bool Add(T item)", |call| {
        let item = call.value(0);
        Ok(Value::Bool(call.this_list()?.add(item)))
    }),
    ("bool Remove(T item)", remove),
    ("bool Contains(T item)", contains),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("void UnionWith(object other)", |call| set_operation(call, |_| true, |_| true)),
    ("void IntersectWith(object other)", |call| set_operation(call, |has| has, |_| false)),
    ("void ExceptWith(object other)", |call| set_operation(call, |has| !has, |_| false)),
    ("void SymmetricExceptWith(object other)", |call| {
        let (mine, theirs) = sets(call)?;
        let list = call.this_list()?;
        let my = Collection::compared(Flavour::HashSet, Vec::new(), list.keys(), mine);
        for item in theirs {
            if my.has(&item) {
                list.take(&item);
            } else {
                list.add(item);
            }
        }
        null()
    }),
    ("bool IsSubsetOf(object other)", |call| covers(call, false)),
    ("bool IsSupersetOf(object other)", |call| covers(call, true)),
    ("bool SetEquals(object other)", |call| {
        let both = (covers(call, false)?, covers(call, true)?);
        Ok(Value::Bool(matches!(both, (Value::Bool(true), Value::Bool(true)))))
    }),
    ("bool Overlaps(object other)", |call| {
        let (_, theirs) = sets(call)?;
        let list = call.this_list()?;
        Ok(Value::Bool(theirs.iter().any(|item| list.has(item))))
    }),
    ("object ToArray()", to_array),
    ("static object new()", |call| new_set(call, Vec::new(), &Value::Null)),
    ("static object new(System.StringComparer comparer)", |call| {
        let comparer = call.value(0);
        new_set(call, Vec::new(), &comparer)
    }),
    ("static object new(System.Collections.IEnumerable collection)", |call| {
        let items = call.items(0);
        new_set(call, items, &Value::Null)
    }),
    (
        "static object new(System.Collections.IEnumerable collection, System.StringComparer comparer)",
        |call| {
            let (items, comparer) = (call.items(0), call.value(1));
            new_set(call, items, &comparer)
        },
    ),
];

const QUEUE: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("void Enqueue(T item)", |call| {
        let item = call.value(0);
        call.this_list()?.add(item);
        null()
    }),
    ("T Dequeue()", |call| take_first(call, "Queue")),
    ("T Peek()", peek),
    ("bool Contains(T item)", contains),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("object ToArray()", to_array),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(System.Collections.IEnumerable collection)", |call| {
        let items = call.items(0);
        new_collection(call, items)
    }),
];

const STACK: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("void Push(T item)", |call| {
        let item = call.value(0);
        call.this_list()?.add(item);
        null()
    }),
    ("T Pop()", take_last),
    ("T Peek()", peek),
    ("bool Contains(T item)", contains),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("object ToArray()", to_array),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(System.Collections.IEnumerable collection)", |call| {
        let items = call.items(0);
        new_collection(call, items)
    }),
];

const DICTIONARY: &[Row] = &[
    ("int Count", |call| int(call.this_dictionary()?.len())),
    ("System.Collections.ICollection Keys", keys_of),
    ("System.Collections.ICollection Values", values_of),
    ("bool IsFixedSize", |_| Ok(Value::Bool(false))),
    ("bool IsReadOnly", |_| Ok(Value::Bool(false))),
    ("bool IsSynchronized", |_| Ok(Value::Bool(false))),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("void Add(System.Object key, System.Object value)", dictionary_add),
    ("void Clear()", |call| {
        call.this_dictionary()?.write().clear();
        null()
    }),
    ("System.Object Clone()", copy_dictionary),
    ("bool Contains(System.Object key)", has_key),
    ("bool ContainsKey(System.Object key)", has_key),
    ("bool ContainsValue(System.Object value)", |call| {
        let wanted = call.value(0);
        Ok(Value::Bool(call.this_dictionary()?.to_vec().iter().any(|(_, value)| same(value, &wanted))))
    }),
    ("System.Collections.IDictionaryEnumerator GetEnumerator()", enumerator),
    ("System.Object get_Item(System.Object key)", |call| {
        let (key, _) = key_value(call)?;
        let dictionary = call.this_dictionary()?;
        match dictionary.get(&key) {
            Some(found) => Ok(found),
            None if dictionary.type_name().contains('`') => Err(Exception::new(
                "System.Collections.Generic.KeyNotFoundException",
                format!("The given key '{key}' was not present in the dictionary."),
            )),
            None => null(),
        }
    }),
    ("System.Object Item(System.Object key)", |call| {
        index::get(call.this, call.plain(0), call.engine.locale())
    }),
    ("void set_Item(System.Object key, System.Object value)", |call| {
        let (key, value) = (call.value(0), call.value(1));
        index::set(call.this, &key, value, call.engine.locale())?;
        null()
    }),
    ("bool TryGetValue(System.Object key, [ref] System.Object value)", |call| {
        let key = call.value(0);
        let found = call.this_dictionary()?.get(&key);
        if let Some(found) = &found {
            call.set_reference(1, found.clone());
        }
        Ok(Value::Bool(found.is_some()))
    }),
    ("void CopyTo(array array, int arrayIndex)", |call| {
        let (array, from) = (array_argument(call, 0)?, call.int(1).max(0) as usize);
        for (at, entry) in index::entries(&*call.this_dictionary()?).into_iter().enumerate() {
            if let Some(slot) = array.write().get_mut(from + at) {
                *slot = entry;
            }
        }
        null()
    }),
    ("static object new()", |call| new_dictionary(call, None, &Value::Null)),
    ("static object new(System.StringComparer comparer)", |call| {
        let comparer = call.value(0);
        new_dictionary(call, None, &comparer)
    }),
    ("static object new(int capacity)", |call| new_dictionary(call, None, &Value::Null)),
    ("static object new(System.Collections.IDictionary d)", |call| {
        let from = call.value(0);
        new_dictionary(call, Some(&from), &Value::Null)
    }),
    ("static object new(System.Collections.IDictionary d, System.StringComparer comparer)", |call| {
        let (from, comparer) = (call.value(0), call.value(1));
        new_dictionary(call, Some(&from), &comparer)
    }),
];

const REMOVE: Row = ("void Remove(System.Object key)", |call| {
    let (key, _) = key_value(call)?;
    call.this_dictionary()?.remove(&key);
    null()
});
const REMOVE_TELLS: Row = ("bool Remove(System.Object key)", |call| {
    let (key, _) = key_value(call)?;
    Ok(Value::Bool(call.this_dictionary()?.remove(&key).is_some()))
});

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.Collections.IEnumerator",
        &[
            ("bool MoveNext()", |call| Ok(call.this_as::<Enumerator>()?.step().is_some().into())),
            ("void Reset()", |call| {
                call.this_as::<Enumerator>()?.reset();
                null()
            }),
        ],
    ),
    (
        "System.Array",
        &[
            ("int Length", |call| int(array(call)?.len())),
            ("int Count", |call| int(array(call)?.len())),
            ("long LongLength", |call| Ok(Value::Int64(array(call)?.len() as i64))),
            ("int Rank", |_| int(1)),
            ("bool IsFixedSize", |_| Ok(Value::Bool(true))),
            ("bool IsReadOnly", |_| Ok(Value::Bool(false))),
            ("bool IsSynchronized", |_| Ok(Value::Bool(false))),
            ("System.Object SyncRoot", |call| Ok(call.this.clone())),
            ("int Add(System.Object value)", fixed),
            ("void Clear()", |call| {
                let array = array(call)?;
                let zero = match array.element() {
                    Some(element) => new_array(&Type::named(element), &[Value::Int32(1)])?
                        .items()
                        .first()
                        .cloned()
                        .unwrap_or_default(),
                    None => Value::Null,
                };
                array.write().iter_mut().for_each(|item| *item = zero.clone());
                null()
            }),
            ("bool Contains(System.Object value)", |call| {
                let item = call.value(0);
                Ok(Value::Bool(find(&array(call)?.read(), &item) >= 0))
            }),
            ("int IndexOf(System.Object value)", |call| {
                let item = call.value(0);
                Ok(Value::Int32(find(&array(call)?.read(), &item) as i32))
            }),
            ("void Insert(int index, System.Object value)", fixed),
            ("void Remove(System.Object value)", fixed),
            ("void RemoveAt(int index)", fixed),
            ("int GetLength(int dimension)", |call| int(array(call)?.len())),
            ("int GetLowerBound(int dimension)", |_| int(0)),
            ("int GetUpperBound(int dimension)", |call| Ok(Value::Int32(array(call)?.len() as i32 - 1))),
            ("System.Object GetValue(int index)", |call| {
                let at = call.int(0);
                usize::try_from(at).ok().and_then(|at| array(call).ok()?.get(at)).ok_or_else(|| {
                    Exception::new(
                        "System.IndexOutOfRangeException",
                        "Index was outside the bounds of the array.",
                    )
                })
            }),
            ("void SetValue(System.Object value, int index)", |call| {
                let (value, at) = (call.value(0), call.value(1));
                index::set(call.this, &at, value, call.engine.locale())?;
                null()
            }),
            ("System.Object Clone()", |call| {
                let array = array(call)?;
                Ok(match array.element() {
                    Some(element) => Array::of(element.clone(), array.to_vec()).into(),
                    None => Value::array(array.to_vec()),
                })
            }),
            ("void CopyTo(array array, int index)", |call| {
                let (target, from) = (array_argument(call, 0)?, call.int(1).max(0) as usize);
                for (at, item) in array(call)?.to_vec().into_iter().enumerate() {
                    if let Some(slot) = target.write().get_mut(from + at) {
                        *slot = item;
                    }
                }
                null()
            }),
            ("System.Collections.IEnumerator GetEnumerator()", |call| {
                Ok(Value::typed(Enumerator::new(walk(call.this()))))
            }),
            ("System.Object Get(int index)", |call| {
                index::get(call.this, call.plain(0), call.engine.locale())
            }),
            ("void Set(int index, System.Object value)", |call| {
                let (at, value) = (call.value(0), call.value(1));
                index::set(call.this, &at, value, call.engine.locale())?;
                null()
            }),
            ("static void Sort(array array)", |call| {
                sort(&mut array_argument(call, 0)?.write());
                null()
            }),
            ("static void Sort(array keys, array items)", |call| {
                let (keys, items) = (array_argument(call, 0)?, array_argument(call, 1)?);
                let mut pairs: Vec<(Value, Value)> = keys.to_vec().into_iter().zip(items.to_vec()).collect();
                pairs.sort_by(|a, b| compare::total(&a.0, &b.0));
                for (at, (key, item)) in pairs.into_iter().enumerate() {
                    keys.write()[at] = key;
                    items.write()[at] = item;
                }
                null()
            }),
            ("static void Reverse(array array)", |call| {
                array_argument(call, 0)?.write().reverse();
                null()
            }),
            ("static int IndexOf(array array, System.Object value)", |call| {
                let item = call.value(1);
                Ok(Value::Int32(find(&array_argument(call, 0)?.read(), &item) as i32))
            }),
            ("static int LastIndexOf(array array, System.Object value)", |call| {
                let item = call.value(1);
                let at = array_argument(call, 0)?.read().iter().rposition(|known| same(known, &item));
                Ok(Value::Int32(at.map_or(-1, |at| at as i32)))
            }),
            ("static int BinarySearch(array array, System.Object value)", |call| {
                let item = call.value(1);
                let found =
                    array_argument(call, 0)?.read().binary_search_by(|known| compare::total(known, &item));
                Ok(Value::Int32(found.map_or_else(|at| !(at as i32), |at| at as i32)))
            }),
            ("static void Copy(array sourceArray, array destinationArray, int length)", |call| {
                let (from, to, count) = (
                    array_argument(call, 0)?.to_vec(),
                    array_argument(call, 1)?,
                    call.int(2).max(0) as usize,
                );
                for (at, item) in from.into_iter().take(count).enumerate() {
                    if let Some(slot) = to.write().get_mut(at) {
                        *slot = item;
                    }
                }
                null()
            }),
            ("static array CreateInstance(type elementType, int length)", |call| {
                let element = call.plain(0).downcast::<Type>().cloned().unwrap_or_else(Type::object);
                let length = call.value(1);
                new_array(&element, &[length])
            }),
            ("static void Clear(array array, int index, int length)", |call| {
                let (array, from, count) =
                    (array_argument(call, 0)?, call.int(1).max(0) as usize, call.int(2).max(0) as usize);
                let zero = match array.element() {
                    Some(element) => new_array(&Type::named(element), &[Value::Int32(1)])?
                        .items()
                        .first()
                        .cloned()
                        .unwrap_or_default(),
                    None => Value::Null,
                };
                array.write().iter_mut().skip(from).take(count).for_each(|item| *item = zero.clone());
                null()
            }),
        ],
    ),
    ("System.Collections.ArrayList", LIST),
    (
        "System.Collections.ArrayList",
        &[
            ("int Add(System.Object value)", list_add),
            ("void Remove(System.Object obj)", |call| remove(call).map(|_| Value::Null)),
            ("static object new()", |call| new_collection(call, Vec::new())),
            ("static object new(int capacity)", |call| new_collection(call, Vec::new())),
            ("static object new(System.Collections.IEnumerable c)", |call| {
                let items = call.items(0);
                new_collection(call, items)
            }),
        ],
    ),
    ("System.Collections.Generic.List`1", LIST),
    ("System.Collections.Generic.List`1", GENERIC_LIST),
    ("System.Collections.ObjectModel.Collection`1", LIST),
    (
        "System.Collections.ObjectModel.ReadOnlyCollection`1",
        &[
            ("int Count", |call| int(call.this_list()?.len())),
            ("bool Contains(T value)", contains),
            ("int IndexOf(T value)", |call| {
                let item = call.value(0);
                Ok(Value::Int32(find(&call.this_list()?.read(), &item) as i32))
            }),
        ],
    ),
    ("System.Collections.Generic.HashSet`1", SET),
    ("System.Collections.Generic.SortedSet`1", SET),
    (
        "System.Collections.Generic.SortedSet`1",
        &[
            ("T Min", |call| {
                Ok(object::value::Typed::items(call.this_list()?)
                    .unwrap_or_default()
                    .first()
                    .cloned()
                    .unwrap_or_default())
            }),
            ("T Max", |call| {
                Ok(object::value::Typed::items(call.this_list()?)
                    .unwrap_or_default()
                    .last()
                    .cloned()
                    .unwrap_or_default())
            }),
        ],
    ),
    ("System.Collections.Generic.Queue`1", QUEUE),
    ("System.Collections.Queue", QUEUE),
    ("System.Collections.Generic.Stack`1", STACK),
    ("System.Collections.Stack", STACK),
    (
        "System.Collections.Generic.LinkedList`1",
        &[
            ("int Count", |call| int(call.this_list()?.len())),
            ("void AddLast(T value)", |call| {
                let item = call.value(0);
                call.this_list()?.add(item);
                null()
            }),
            ("void AddFirst(T value)", |call| {
                let item = call.value(0);
                call.this_list()?.write().insert(0, item);
                null()
            }),
            ("bool Remove(T value)", remove),
            ("static object new()", |call| new_collection(call, Vec::new())),
        ],
    ),
    ("System.Collections.Hashtable", DICTIONARY),
    ("System.Collections.Hashtable", &[REMOVE]),
    ("System.Collections.Specialized.OrderedDictionary", DICTIONARY),
    (
        "System.Collections.Specialized.OrderedDictionary",
        &[
            REMOVE,
            ("void Insert(int index, System.Object key, System.Object value)", |call| {
                let (at, key, value) = (call.int(0).max(0) as usize, call.value(1), call.value(2));
                let dictionary = call.this_dictionary()?;
                let mut entries = dictionary.to_vec();
                if at > entries.len() {
                    return Err(Exception::out_of_range(
                        "Specified argument was out of the range of valid values.",
                        "index",
                    ));
                }
                entries.insert(at, (key, value));
                dictionary.write().clear();
                for (key, value) in entries {
                    dictionary.insert(key, value);
                }
                null()
            }),
            ("void RemoveAt(int index)", |call| {
                let at = call.int(0).max(0) as usize;
                let dictionary = call.this_dictionary()?;
                let key = dictionary.to_vec().get(at).map(|(key, _)| key.clone());
                let key = key.ok_or_else(|| {
                    Exception::out_of_range(
                        "Specified argument was out of the range of valid values.",
                        "index",
                    )
                })?;
                dictionary.remove(&key);
                null()
            }),
        ],
    ),
    ("System.Collections.Generic.Dictionary`2", DICTIONARY),
    (
        "System.Collections.Generic.Dictionary`2",
        &[
            REMOVE_TELLS,
            ("bool TryAdd(TKey key, TValue value)", |call| {
                let (key, value) = key_value(call)?;
                let dictionary = call.this_dictionary()?;
                let new = dictionary.get(&key).is_none();
                if new {
                    dictionary.insert(key, value);
                }
                Ok(Value::Bool(new))
            }),
        ],
    ),
    ("System.Collections.Generic.SortedDictionary`2", DICTIONARY),
    ("System.Collections.Generic.SortedDictionary`2", &[REMOVE_TELLS]),
    ("System.Collections.Generic.SortedList`2", DICTIONARY),
    ("System.Collections.Generic.SortedList`2", &[REMOVE_TELLS]),
    ("System.Collections.SortedList", DICTIONARY),
    ("System.Collections.SortedList", &[REMOVE]),
];
