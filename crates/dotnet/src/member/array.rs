//! Members of arrays, and what `[array]` does with them.

use super::answer::{bool, int, long, null};
use super::delegate;
use super::sequence::{Comparer, binary_search, find, find_last, sorted};
use super::{Call, Row};
use crate::Enumerator;
use crate::collections::{Collection, Flavour};
use crate::compare;
use crate::convert;
use crate::exception::{Exception, Result};
use crate::index::{self, walk};
use crate::types::{Kind, Type};
use crate::values::{Delegate, Reference};
use object::Value;
use object::value::Array;
use std::sync::Arc;

/// Longer arrays than this are refused: their elements alone would take gigabytes.
const ARRAY_ELEMENTS_MAX: i64 = 100_000_000;

/// `[int[]]::new(5)`, `New-Object 'int[,]' 2,3`.
pub(super) fn new_array(element: &Type, arguments: &[Value]) -> Result<Value> {
    let lengths: Vec<i64> = arguments.iter().map(|n| n.as_i64().unwrap_or(0)).collect();
    let total = lengths.iter().try_fold(1i64, |product, length| product.checked_mul(*length));
    let fits = lengths.iter().all(|length| *length >= 0);
    let Some(total) = total.filter(|total| fits && (0..=ARRAY_ELEMENTS_MAX).contains(total)) else {
        return Err(too_many(&lengths).while_calling(".ctor", lengths.len()));
    };
    let items = vec![zero_of(element); if lengths.is_empty() { 0 } else { total as usize }];
    let shape = if lengths.len() > 1 { lengths.iter().map(|n| *n as usize).collect() } else { Vec::new() };
    Ok(made(element, shape, items))
}

/// Whether an array of so many elements may be made.
pub(super) fn room(length: i64) -> Result<()> {
    if length > ARRAY_ELEMENTS_MAX { Err(too_many(&[length])) } else { Ok(()) }
}

fn too_many(lengths: &[i64]) -> Exception {
    if lengths.iter().any(|length| *length < 0) {
        return Exception::new("System.OverflowException", "Arithmetic operation resulted in an overflow.");
    }
    Exception::new("System.OutOfMemoryException", "Array dimensions exceeded supported range.")
}

fn made(element: &Type, shape: Vec<usize>, items: Vec<Value>) -> Value {
    let element = (element.kind() != Kind::Object).then(|| element.name());
    Array::shaped(element, shape, items).into()
}

/// What an array of the type holds before anything is put into it.
fn zero_of(element: &Type) -> Value {
    if !element.is_value_type() {
        return Value::Null;
    }
    convert::to(&Value::Int32(0), element, &crate::Locale::default()).unwrap_or_default()
}

fn this(call: &Call<'_>) -> Result<Arc<Array>> {
    match call.this() {
        Value::Array(array) => Ok(array.clone()),
        other => Err(Exception::invalid_operation(format!("'{other}' is not an array."))),
    }
}

pub(super) fn argument(call: &Call<'_>, at: usize) -> Result<Arc<Array>> {
    match call.plain(at) {
        Value::Array(array) => Ok(array.clone()),
        _ => Err(Exception::argument_null("array")),
    }
}

fn element(array: &Array) -> Type {
    array.element().map_or_else(Type::object, |name| Type::named(name))
}

fn fixed(_: &mut Call<'_>) -> Result<Value> {
    Err(Exception::new("System.NotSupportedException", "Collection was of a fixed size."))
}

/// Puts a value into an array, as its elements are.
fn put(call: &Call<'_>, array: &Array, at: usize, value: &Value) -> Result<()> {
    let value = convert::to(value, &element(array), call.engine.locale())?;
    match array.write().get_mut(at) {
        Some(slot) => *slot = value,
        None => return Err(outside()),
    }
    Ok(())
}

fn outside() -> Exception {
    Exception::new("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
}

/// The place of one index for each dimension.
fn place(array: &Array, indexes: &[Value]) -> Result<usize> {
    let shape = if array.shape().is_empty() { vec![array.len()] } else { array.shape().to_vec() };
    if shape.len() != indexes.len() {
        return Err(Exception::new("System.ArgumentException", "Array was not a one-dimensional array."));
    }
    let mut at = 0;
    for (index, length) in indexes.iter().zip(shape) {
        let index = index.as_i64().and_then(|n| usize::try_from(n).ok()).filter(|n| *n < length);
        at = at * length + index.ok_or_else(outside)?;
    }
    Ok(at)
}

fn get_value(call: &mut Call<'_>) -> Result<Value> {
    let (array, indexes) = (this(call)?, call.rest(0));
    let at = place(&array, &indexes)?;
    array.get(at).ok_or_else(outside)
}

fn set_value(call: &mut Call<'_>) -> Result<Value> {
    let (array, value, indexes) = (this(call)?, call.value(0), call.rest(1));
    let at = place(&array, &indexes)?;
    put(call, &array, at, &value)?;
    null()
}

/// The length of a dimension; its number is an argument.
fn dimension(call: &Call<'_>) -> Result<usize> {
    let (array, at) = (this(call)?, call.int(0));
    let shape = if array.shape().is_empty() { vec![array.len()] } else { array.shape().to_vec() };
    usize::try_from(at).ok().and_then(|at| shape.get(at).copied()).ok_or_else(outside)
}

/// A part of an array by two arguments: where it starts and how long it is.
fn part(call: &Call<'_>, array: &Array, from_at: usize, names: [&str; 2]) -> Result<std::ops::Range<usize>> {
    if call.count() <= from_at {
        return Ok(0..array.len());
    }
    let (from, length) = (call.int(from_at), call.int(from_at + 1));
    for (name, number) in [(names[0], from), (names[1], length)] {
        if number < 0 {
            return Err(Exception::out_of_range("Non-negative number required.", name));
        }
    }
    let (from, to) = (from as usize, from.saturating_add(length) as usize);
    if to > array.len() {
        let message = "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.";
        return Err(Exception::new("System.ArgumentException", message));
    }
    Ok(from..to)
}

/// Sorts a part of an array in place.
fn sort_part(call: &mut Call<'_>, range: std::ops::Range<usize>, by: &Value) -> Result<Value> {
    let array = argument(call, 0)?;
    let items = array.read()[range.clone()].to_vec();
    let items = sorted(call, items, by)?;
    array.write()[range].clone_from_slice(&items);
    null()
}

fn sort_pairs(call: &mut Call<'_>, by: &Value) -> Result<Value> {
    if call.plain(1).is_null() {
        return sort_part(call, 0..argument(call, 0)?.len(), by);
    }
    let (keys, items) = (argument(call, 0)?, argument(call, 1)?);
    let mut pairs: Vec<(Value, Value)> = keys.to_vec().into_iter().zip(items.to_vec()).collect();
    match by.downcast::<Comparer>() {
        Some(comparer) => compare::sort_by(&mut pairs, &mut |a, b| comparer.order(&a.0, &b.0)),
        None => compare::sort_by(&mut pairs, &mut |a, b| {
            compare::ordered(&a.0, &b.0, false, &crate::Locale::default())
        }),
    }
    for (at, (key, item)) in pairs.into_iter().enumerate() {
        keys.write()[at] = key;
        items.write()[at] = item;
    }
    null()
}

fn copy(call: &Call<'_>, from_at: (usize, i64), to_at: (usize, i64), length: i64) -> Result<Value> {
    let (source, target) = (argument(call, from_at.0)?, argument(call, to_at.0)?);
    for (name, number) in [("sourceIndex", from_at.1), ("destinationIndex", to_at.1), ("length", length)] {
        if number < 0 {
            let message = format!("{name} ('{number}') must be a non-negative value.");
            return Err(Exception::out_of_range(message, name).actual(number));
        }
    }
    let lower = "Check the {} index, length, and the array's lower bounds.";
    let short = |what: &str, name: &str| {
        let check = lower.replace("{}", &what.to_lowercase());
        Err(Exception::argument(format!("{what} array was not long enough. {check}"), name))
    };
    if from_at.1 + length > source.len() as i64 {
        return short("Source", "sourceArray");
    }
    if to_at.1 + length > target.len() as i64 {
        return short("Destination", "destinationArray");
    }
    let (from, to, length) = (from_at.1 as usize, to_at.1 as usize, length as usize);
    let items = source.read()[from..from + length].to_vec();
    for (at, item) in items.iter().enumerate() {
        put(call, &target, to + at, item)?;
    }
    null()
}

fn clear(array: &Array, range: std::ops::Range<usize>) -> Result<Value> {
    let zero = zero_of(&element(array));
    array.write()[range].fill(zero);
    null()
}

fn index_of(call: &mut Call<'_>, last: bool) -> Result<Value> {
    let (array, item) = (argument(call, 0)?, call.value(1));
    let items = array.to_vec();
    if last {
        let end = if call.count() > 2 {
            call.int(2).clamp(-1, items.len() as i64 - 1) + 1
        } else {
            items.len() as i64
        };
        return Ok(Value::Int32(find_last(&items[..end as usize], &item) as i32));
    }
    let from = call.int(2).clamp(0, items.len() as i64) as usize;
    let to =
        if call.count() > 3 { (from + call.int(3).max(0) as usize).min(items.len()) } else { items.len() };
    let found = find(&items[from..to], &item);
    Ok(Value::Int32(if found < 0 { -1 } else { found as i32 + from as i32 }))
}

/// The first element of which a predicate says yes, with its place.
fn first(call: &mut Call<'_>, last: bool) -> Result<Option<(usize, Value)>> {
    let (array, block) = (argument(call, 0)?, delegate::block(call, 1));
    let mut items: Vec<(usize, Value)> = array.to_vec().into_iter().enumerate().collect();
    if last {
        items.reverse();
    }
    for (at, item) in items {
        if compare::truth(&delegate::answer(call, &block, &item)?) {
            return Ok(Some((at, item)));
        }
    }
    Ok(None)
}

fn find_first(call: &mut Call<'_>, last: bool) -> Result<Value> {
    let zero = zero_of(&element(&*argument(call, 0)?));
    Ok(first(call, last)?.map_or(zero, |(_, item)| item))
}

fn place_of_first(call: &mut Call<'_>, last: bool) -> Result<Value> {
    Ok(Value::Int32(first(call, last)?.map_or(-1, |(at, _)| at as i32)))
}

fn find_all(call: &mut Call<'_>) -> Result<Value> {
    let (array, block) = (argument(call, 0)?, delegate::block(call, 1));
    let mut found = Vec::new();
    for item in array.to_vec() {
        if compare::truth(&delegate::answer(call, &block, &item)?) {
            found.push(item);
        }
    }
    Ok(made(&element(&array), Vec::new(), found))
}

fn all_true(call: &mut Call<'_>) -> Result<Value> {
    let (array, block) = (argument(call, 0)?, delegate::block(call, 1));
    for item in array.to_vec() {
        if !compare::truth(&delegate::answer(call, &block, &item)?) {
            return bool(false);
        }
    }
    bool(true)
}

fn convert_all(call: &mut Call<'_>) -> Result<Value> {
    let (array, block) = (argument(call, 0)?, delegate::block(call, 1));
    let of = match call.plain(1).downcast::<Delegate>().map(|delegate| &delegate.of) {
        Some(Type::Generic(_, arguments)) => arguments.last().cloned().unwrap_or_else(Type::object),
        _ => Type::object(),
    };
    let mut items = Vec::new();
    for item in array.to_vec() {
        let answer = delegate::answer(call, &block, &item)?;
        items.push(convert::to(&answer, &of, call.engine.locale())?);
    }
    Ok(made(&of, Vec::new(), items))
}

fn resize(call: &mut Call<'_>) -> Result<Value> {
    let length = call.int(1);
    if length < 0 {
        let message = format!("newSize ('{length}') must be a non-negative value.");
        return Err(Exception::out_of_range(message, "newSize").actual(length));
    }
    let Some(place) = call.plain(0).downcast::<Reference>() else { return null() };
    let old = place.0.read().clone();
    let Value::Array(old) = old else { return Err(Exception::argument_null("array")) };
    room(length)?;
    let (mut items, of) = (old.to_vec(), element(&old));
    items.resize(length as usize, zero_of(&of));
    *place.0.write() = made(&of, Vec::new(), items);
    null()
}

fn fill(call: &mut Call<'_>) -> Result<Value> {
    let (array, value) = (argument(call, 0)?, call.value(1));
    for at in part(call, &array, 2, ["startIndex", "count"])? {
        put(call, &array, at, &value)?;
    }
    null()
}

pub(super) fn copy_into(call: &Call<'_>, items: &[Value]) -> Result<Value> {
    let (target, from) = (argument(call, 0)?, call.int(1));
    if from < 0 {
        return Err(Exception::out_of_range("Non-negative number required.", "index"));
    }
    if from as usize + items.len() > target.len() {
        let message = "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.";
        return Err(Exception::argument(message, "destinationArray"));
    }
    for (at, item) in items.iter().enumerate() {
        put(call, &target, from as usize + at, item)?;
    }
    null()
}

const MEMBERS: &[Row] = &[
    ("int Length", |call| int(this(call)?.len())),
    ("long LongLength", |call| long(this(call)?.len() as i64)),
    ("int Rank", |call| int(this(call)?.shape().len().max(1))),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("bool IsReadOnly", |_| bool(false)),
    ("bool IsFixedSize", |_| bool(true)),
    ("bool IsSynchronized", |_| bool(false)),
    ("int Count", |call| int(this(call)?.len())),
    ("int Add(System.Object value)", fixed),
    ("void Clear()", |call| {
        let array = this(call)?;
        clear(&array, 0..array.len())
    }),
    ("System.Object Clone()", |call| {
        let array = this(call)?;
        Ok(Array::shaped(array.element().cloned(), array.shape().to_vec(), array.to_vec()).into())
    }),
    ("bool Contains(System.Object value)", |call| {
        let item = call.value(0);
        bool(find(&this(call)?.read(), &item) >= 0)
    }),
    ("void CopyTo(array array, int index)", |call| copy_into(call, &this(call)?.to_vec())),
    ("System.Object Get(int index)", |call| index::get(call.this, call.plain(0), call.engine.locale())),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("int GetLength(int dimension)", |call| int(dimension(call)?)),
    ("long GetLongLength(int dimension)", |call| long(dimension(call)? as i64)),
    ("int GetLowerBound(int dimension)", |call| dimension(call).and_then(|_| int(0))),
    ("int GetUpperBound(int dimension)", |call| Ok(Value::Int32(dimension(call)? as i32 - 1))),
    ("System.Object GetValue(Params int[] indices)", get_value),
    ("System.Object GetValue(int index)", get_value),
    ("System.Object GetValue(int index1, int index2)", get_value),
    ("System.Object GetValue(int index1, int index2, int index3)", get_value),
    ("int IndexOf(System.Object value)", |call| {
        let item = call.value(0);
        Ok(Value::Int32(find(&this(call)?.read(), &item) as i32))
    }),
    ("void Initialize()", |_| null()),
    ("void Insert(int index, System.Object value)", fixed),
    ("void Remove(System.Object value)", fixed),
    ("void RemoveAt(int index)", fixed),
    ("void Set(int index, System.Object value)", |call| {
        let (at, value) = (call.value(0), call.value(1));
        index::set(call.this, &at, value, call.engine.locale())?;
        null()
    }),
    ("void SetValue(System.Object value, int index)", set_value),
    ("void SetValue(System.Object value, int index1, int index2)", set_value),
    ("void SetValue(System.Object value, int index1, int index2, int index3)", set_value),
    ("void SetValue(System.Object value, Params int[] indices)", set_value),
];

const STATICS: &[Row] = &[
    ("static void Sort(array array)", |call| sort_part(call, 0..argument(call, 0)?.len(), &Value::Null)),
    ("static void Sort(array keys, array items)", |call| sort_pairs(call, &Value::Null)),
    ("static void Sort(array array, int index, int length)", |call| {
        let range = part(call, &*argument(call, 0)?, 1, ["index", "length"])?;
        sort_part(call, range, &Value::Null)
    }),
    ("static void Sort(array array, System.Collections.IComparer comparer)", |call| {
        let by = call.value(1);
        sort_part(call, 0..argument(call, 0)?.len(), &by)
    }),
    ("static void Sort(array keys, array items, System.Collections.IComparer comparer)", |call| {
        let by = call.value(2);
        sort_pairs(call, &by)
    }),
    ("static void Sort(array array, int index, int length, System.Collections.IComparer comparer)", |call| {
        let (by, range) = (call.value(3), part(call, &*argument(call, 0)?, 1, ["index", "length"])?);
        sort_part(call, range, &by)
    }),
    ("static void Sort(array array, System.Comparison`1 comparison)", |call| {
        let by = call.value(1);
        sort_part(call, 0..argument(call, 0)?.len(), &by)
    }),
    ("static void Reverse(array array)", |call| {
        argument(call, 0)?.write().reverse();
        null()
    }),
    ("static void Reverse(array array, int index, int length)", |call| {
        let array = argument(call, 0)?;
        let range = part(call, &array, 1, ["index", "length"])?;
        array.write()[range].reverse();
        null()
    }),
    ("static int IndexOf(array array, System.Object value)", |call| index_of(call, false)),
    ("static int IndexOf(array array, System.Object value, int startIndex)", |call| index_of(call, false)),
    ("static int IndexOf(array array, System.Object value, int startIndex, int count)", |call| {
        index_of(call, false)
    }),
    ("static int LastIndexOf(array array, System.Object value)", |call| index_of(call, true)),
    ("static int LastIndexOf(array array, System.Object value, int startIndex)", |call| index_of(call, true)),
    ("static int BinarySearch(array array, System.Object value)", |call| {
        binary_search(&argument(call, 0)?.to_vec(), &call.value(1), &Value::Null)
    }),
    (
        "static int BinarySearch(array array, System.Object value, System.Collections.IComparer comparer)",
        |call| binary_search(&argument(call, 0)?.to_vec(), &call.value(1), &call.value(2)),
    ),
    ("static void Copy(array sourceArray, array destinationArray, int length)", |call| {
        copy(call, (0, 0), (1, 0), call.int(2))
    }),
    (
        "static void Copy(array sourceArray, int sourceIndex, array destinationArray, int destinationIndex, int length)",
        |call| copy(call, (0, call.int(1)), (2, call.int(3)), call.int(4)),
    ),
    (
        "static void ConstrainedCopy(array sourceArray, int sourceIndex, array destinationArray, int destinationIndex, int length)",
        |call| copy(call, (0, call.int(1)), (2, call.int(3)), call.int(4)),
    ),
    ("static void Clear(array array)", |call| {
        let array = argument(call, 0)?;
        clear(&array, 0..array.len())
    }),
    ("static void Clear(array array, int index, int length)", |call| {
        let array = argument(call, 0)?;
        let range = part(call, &array, 1, ["index", "length"]).map_err(|_| outside())?;
        clear(&array, range)
    }),
    ("static array CreateInstance(type elementType, int length)", create),
    ("static array CreateInstance(type elementType, int length1, int length2)", create),
    ("static array CreateInstance(type elementType, int length1, int length2, int length3)", create),
    ("static array CreateInstance(type elementType, Params int[] lengths)", create),
    ("static void Resize([ref] System.Object array, int newSize)", resize),
    ("static void Fill(array array, System.Object value)", fill),
    ("static void Fill(array array, System.Object value, int startIndex, int count)", fill),
    ("static array Empty()", |_| Ok(Value::array([]))),
    ("static System.Object AsReadOnly(array array)", |call| {
        let array = argument(call, 0)?;
        let of = vec![element(&array)];
        Ok(Value::typed(Collection::new(Flavour::ReadOnly, of, array.to_vec())))
    }),
    ("static System.Object Find(array array, System.Predicate`1 match)", |call| find_first(call, false)),
    ("static System.Object FindLast(array array, System.Predicate`1 match)", |call| find_first(call, true)),
    ("static array FindAll(array array, System.Predicate`1 match)", find_all),
    ("static int FindIndex(array array, System.Predicate`1 match)", |call| place_of_first(call, false)),
    ("static int FindLastIndex(array array, System.Predicate`1 match)", |call| place_of_first(call, true)),
    ("static bool Exists(array array, System.Predicate`1 match)", |call| bool(first(call, false)?.is_some())),
    ("static bool TrueForAll(array array, System.Predicate`1 match)", all_true),
    ("static array ConvertAll(array array, System.Converter`2 converter)", convert_all),
    ("static void ForEach(array array, System.Action`1 action)", |call| {
        let (array, block) = (argument(call, 0)?, delegate::block(call, 1));
        for item in array.to_vec() {
            delegate::answer(call, &block, &item)?;
        }
        null()
    }),
];

fn create(call: &mut Call<'_>) -> Result<Value> {
    let element =
        call.plain(0).downcast::<Type>().cloned().ok_or_else(|| Exception::argument_null("elementType"))?;
    let lengths = call.rest(1);
    new_array(&element, &lengths).map_err(|error| error.inner_exception().cloned().unwrap_or(error))
}

pub(super) static TABLES: &[(&str, &[Row])] = &[("System.Array", MEMBERS), ("System.Array", STATICS)];
