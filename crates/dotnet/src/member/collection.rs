//! Members of lists, sets, queues and stacks.

use super::answer::{bool, int, null};
use super::array::copy_into;
use super::delegate;
use super::sequence::{binary_search, comparer, element_at, find, find_last, out_of_range, sorted};
use super::{Call, Row};
use crate::Enumerator;
use crate::collections::{Collection, Flavour};
use crate::compare;
use crate::convert;
use crate::exception::{Exception, Result};
use crate::index::{self, walk};
use crate::types::Type;
use object::Value;
use object::value::{Array, Keys, Typed};

fn outside_part() -> Exception {
    Exception::new(
        "System.ArgumentException",
        "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
    )
}

/// A place where something can be put: at most behind the last.
fn place(call: &Call<'_>, at: usize, most: usize) -> Result<usize> {
    usize::try_from(call.int(at)).ok().filter(|at| *at <= most).ok_or_else(|| {
        let generic = call.this().type_name().contains('`');
        let message = match generic {
            true => "Index must be within the bounds of the List.",
            false => "Insertion index was out of range. Must be non-negative and less than or equal to size.",
        };
        Exception::out_of_range(message, "index")
    })
}

fn block_true(call: &mut Call<'_>, block: &Value, item: &Value) -> Result<bool> {
    Ok(compare::truth(&delegate::answer(call, block, item)?))
}

/// The list, when it may be changed.
fn open<'c>(call: &'c Call<'_>) -> Result<&'c Collection> {
    let list = call.this_list()?;
    match list.seal() {
        None => Ok(list),
        Some(why) => Err(Exception::new("System.NotSupportedException", why)),
    }
}

fn new_collection(call: &Call<'_>, items: Vec<Value>) -> Result<Value> {
    new_compared(call, items, &Value::Null)
}

fn new_compared(call: &Call<'_>, items: Vec<Value>, by: &Value) -> Result<Value> {
    let of = call.this_type();
    let (name, arguments) = match &of {
        Type::Generic(known, arguments) => (known.name, arguments.to_vec()),
        Type::Known(known) => (known.name, Vec::new()),
        _ => return null(),
    };
    let Some(flavour) = Flavour::of_name(name) else { return null() };
    let keys = if comparer(by).is_some_and(|by| by.ignore_case) { Keys::IgnoreCase } else { Keys::Exact };
    let items: Result<Vec<Value>> = match flavour.element(&arguments) {
        Some(element) => items.iter().map(|item| convert::to(item, &element, call.engine.locale())).collect(),
        None => Ok(items),
    };
    Ok(Value::typed(Collection::compared(flavour, arguments, keys, items?)))
}

fn new_with_room(call: &Call<'_>) -> Result<Value> {
    let capacity = call.int(0);
    if capacity < 0 {
        return Err(Exception::negative("capacity", capacity));
    }
    let made = new_collection(call, Vec::new())?;
    if let Some(list) = made.downcast::<Collection>() {
        list.set_capacity(capacity as usize);
    }
    Ok(made)
}

fn new_of(call: &mut Call<'_>) -> Result<Value> {
    if call.plain(0).is_null() {
        return Err(Exception::argument_null("collection"));
    }
    let items = walk(call.plain(0));
    new_collection(call, items)
}

/// A copy of the elements, so that blocks may change the list meanwhile.
fn items_of(call: &Call<'_>) -> Result<Vec<Value>> {
    Ok(call.this_list()?.read().clone())
}

pub(super) fn list_add(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = open(call)?;
    if item.is_null() && matches!(list.flavour(), Flavour::Attachments | Flavour::MailAddresses) {
        return Err(Exception::argument_null("item"));
    }
    list.add(item);
    int(list.len() - 1)
}

/// Elements as the list wants them.
fn converted(call: &Call<'_>, items: Vec<Value>) -> Result<Vec<Value>> {
    match call.this_list()?.element() {
        Some(element) => items.iter().map(|item| convert::to(item, &element, call.engine.locale())).collect(),
        None => Ok(items),
    }
}

fn add_range(call: &mut Call<'_>) -> Result<Value> {
    if call.plain(0).is_null() {
        return Err(Exception::argument_null(if call.this().type_name().contains('`') {
            "collection"
        } else {
            "c"
        }));
    }
    let items = converted(call, walk(call.plain(0)))?;
    open(call)?.write().extend(items);
    null()
}

fn insert(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(1);
    let list = open(call)?;
    let at = place(call, 0, list.len())?;
    list.write().insert(at, item);
    null()
}

fn insert_range(call: &mut Call<'_>) -> Result<Value> {
    let items = converted(call, walk(call.plain(1)))?;
    let list = open(call)?;
    let at = place(call, 0, list.len())?;
    list.write().splice(at..at, items);
    null()
}

fn remove(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = open(call)?;
    if list.flavour().is_set() {
        return bool(list.take(&item));
    }
    let at = find(&list.read(), &item);
    if at >= 0 {
        list.write().remove(at as usize);
    }
    bool(at >= 0)
}

fn remove_at(call: &mut Call<'_>) -> Result<Value> {
    let list = open(call)?;
    let at = usize::try_from(call.int(0)).ok().filter(|at| *at < list.len()).ok_or_else(out_of_range)?;
    list.write().remove(at);
    null()
}

fn contains(call: &mut Call<'_>) -> Result<Value> {
    let item = call.value(0);
    let list = call.this_list()?;
    bool(if list.flavour().is_set() { list.has(&item) } else { find(&list.read(), &item) >= 0 })
}

/// The part that two arguments name.
fn part(call: &Call<'_>, from_at: usize) -> Result<std::ops::Range<usize>> {
    let (from, count) = (call.int(from_at), call.int(from_at + 1));
    for (name, number) in [("index", from), ("count", count)] {
        if number < 0 {
            return Err(Exception::negative(name, number));
        }
    }
    let range = from as usize..(from + count) as usize;
    if range.end > call.this_list()?.len() { Err(outside_part()) } else { Ok(range) }
}

fn get_range(call: &mut Call<'_>) -> Result<Value> {
    let range = part(call, 0)?;
    let list = call.this_list()?;
    let items = list.read()[range].to_vec();
    Ok(Value::typed(Collection::new(list.flavour(), list.arguments().to_vec(), items)))
}

fn sort(call: &mut Call<'_>, by: &Value) -> Result<Value> {
    open(call)?;
    let items = items_of(call)?;
    let items = sorted(call, items, by)?;
    *call.this_list()?.write() = items;
    null()
}

fn to_array(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    let items = list.items().unwrap_or_default();
    Ok(match list.element() {
        Some(element) if element.kind() != crate::Kind::Object => Array::of(element.name(), items).into(),
        _ => Value::array(items),
    })
}

fn sealed(call: &Call<'_>, why: &'static str) -> Result<Value> {
    let list = call.plain(0).downcast::<Collection>();
    let items = list.map_or_else(|| walk(call.plain(0)), |list| list.read().clone());
    Ok(Value::typed(Collection::array_list(items).sealed(why)))
}

fn index_of(call: &mut Call<'_>) -> Result<Value> {
    let (item, items) = (call.value(0), items_of(call)?);
    let from = call.int(1).clamp(0, items.len() as i64) as usize;
    let end =
        if call.count() > 2 { (from + call.int(2).max(0) as usize).min(items.len()) } else { items.len() };
    let found = find(&items[from..end], &item);
    Ok(Value::Int32(if found < 0 { -1 } else { found as i32 + from as i32 }))
}

fn first(call: &mut Call<'_>, block_at: usize, last: bool) -> Result<Option<(usize, Value)>> {
    let block = delegate::block(call, block_at);
    let mut items: Vec<(usize, Value)> = items_of(call)?.into_iter().enumerate().collect();
    if last {
        items.reverse();
    }
    for (at, item) in items {
        if block_true(call, &block, &item)? {
            return Ok(Some((at, item)));
        }
    }
    Ok(None)
}

fn take_first(call: &mut Call<'_>) -> Result<Value> {
    let list = call.this_list()?;
    if list.is_empty() {
        return Err(Exception::invalid_operation("Queue empty."));
    }
    Ok(list.write().remove(0))
}

fn take_last(call: &mut Call<'_>) -> Result<Value> {
    let last = call.this_list()?.write().pop();
    last.ok_or_else(|| Exception::invalid_operation("Stack empty."))
}

fn peeked(call: &Call<'_>) -> Result<Option<Value>> {
    let list = call.this_list()?;
    Ok(if list.flavour().is_stack() { list.read().last().cloned() } else { list.read().first().cloned() })
}

fn peek(call: &mut Call<'_>) -> Result<Value> {
    let stack = call.this_list()?.flavour().is_stack();
    let why = if stack { "Stack empty." } else { "Queue empty." };
    peeked(call)?.ok_or_else(|| Exception::invalid_operation(why))
}

/// `TryDequeue`, `TryPop`, `TryTake`, `TryPeek`.
fn try_take(call: &mut Call<'_>, keep: bool) -> Result<Value> {
    let found = peeked(call)?;
    let list = call.this_list()?;
    if !keep && found.is_some() {
        match list.flavour().is_stack() {
            true => drop(list.write().pop()),
            false => drop(list.write().remove(0)),
        }
    }
    let there = found.is_some();
    call.set_reference(0, found.unwrap_or_default());
    bool(there)
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

fn covers(call: &Call<'_>, reverse: bool) -> Result<bool> {
    let (mine, theirs) = sets(call)?;
    let keys = call.this_list()?.keys();
    let (small, large) = if reverse { (theirs, mine) } else { (mine, theirs) };
    let large = Collection::compared(Flavour::HashSet, Vec::new(), keys, large);
    Ok(small.iter().all(|item| large.has(item)))
}

const LIST: &[Row] = &[
    ("int Capacity", |call| int(call.this_list()?.capacity())),
    ("set int Capacity", |call| {
        let (capacity, list) = (call.int(0), call.this_list()?);
        if capacity < list.len() as i64 {
            let message = "capacity was less than the current size.";
            return Err(Exception::out_of_range(message, "value"));
        }
        list.set_capacity(capacity as usize);
        null()
    }),
    ("int Count", |call| int(call.this_list()?.len())),
    ("bool IsFixedSize", |call| bool(call.this_list()?.seal().is_some())),
    ("bool IsReadOnly", |call| {
        let list = call.this_list()?;
        bool(list.flavour().is_read_only() || list.seal().is_some_and(|why| why.contains("read-only")))
    }),
    ("bool IsSynchronized", |_| bool(false)),
    ("System.Object SyncRoot", |call| Ok(call.this.clone())),
    ("void Clear()", |call| {
        open(call)?.clear();
        null()
    }),
    ("bool Contains(T item)", contains),
    ("void CopyTo(array array)", |call| {
        let items = items_of(call)?;
        call.arguments.push(Value::Int32(0));
        copy_into(call, &items)
    }),
    ("void CopyTo(array array, int arrayIndex)", |call| copy_into(call, &items_of(call)?)),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("int IndexOf(T item)", index_of),
    ("int IndexOf(T item, int index)", index_of),
    ("int IndexOf(T item, int index, int count)", index_of),
    ("int LastIndexOf(T item)", |call| {
        let item = call.value(0);
        Ok(Value::Int32(find_last(&call.this_list()?.read(), &item) as i32))
    }),
    ("void Insert(int index, T item)", insert),
    ("void RemoveAt(int index)", remove_at),
    ("void RemoveRange(int index, int count)", |call| {
        let range = part(call, 0)?;
        open(call)?.write().drain(range);
        null()
    }),
    ("object GetRange(int index, int count)", get_range),
    ("void Reverse()", |call| {
        open(call)?.write().reverse();
        null()
    }),
    ("void Reverse(int index, int count)", |call| {
        let range = part(call, 0)?;
        open(call)?.write()[range].reverse();
        null()
    }),
    ("void Sort()", |call| sort(call, &Value::Null)),
    ("void TrimToSize()", |call| {
        let list = call.this_list()?;
        list.set_capacity(list.len());
        null()
    }),
    ("int BinarySearch(T item)", |call| binary_search(&items_of(call)?, call.plain(0), &Value::Null)),
    ("int BinarySearch(T item, System.Collections.IComparer comparer)", |call| {
        binary_search(&items_of(call)?, call.plain(0), call.plain(1))
    }),
    ("object ToArray()", to_array),
    ("T Item(int index)", |call| element_at(&items_of(call)?, call.int(0))),
    ("T get_Item(int index)", |call| element_at(&items_of(call)?, call.int(0))),
    ("void set_Item(int index, T value)", |call| {
        let (at, value) = (call.value(0), call.value(1));
        element_at(&items_of(call)?, call.int(0))?;
        index::set(call.this, &at, value, call.engine.locale())?;
        null()
    }),
];

const ARRAY_LIST: &[Row] = &[
    ("int Add(System.Object value)", list_add),
    ("void AddRange(System.Collections.ICollection c)", add_range),
    ("System.Object Clone()", |call| {
        let list = call.this_list()?;
        Ok(Value::typed(Collection::new(list.flavour(), list.arguments().to_vec(), list.read().clone())))
    }),
    ("void InsertRange(int index, System.Collections.ICollection c)", insert_range),
    ("void Remove(System.Object obj)", |call| remove(call).map(|_| Value::Null)),
    ("void SetRange(int index, System.Collections.ICollection c)", |call| {
        let (from, items) = (call.int(0), walk(call.plain(1)));
        let list = open(call)?;
        if from < 0 || from as usize + items.len() > list.len() {
            return Err(out_of_range());
        }
        list.write()[from as usize..from as usize + items.len()].clone_from_slice(&items);
        null()
    }),
    ("void Sort(System.Collections.IComparer comparer)", |call| {
        let by = call.value(0);
        sort(call, &by)
    }),
    ("array ToArray(type type)", |call| {
        let of = call.plain(0).downcast::<Type>().cloned().unwrap_or_else(Type::object);
        convert::to(&Value::array(items_of(call)?), &of.array(), call.engine.locale())
    }),
    ("static object ReadOnly(System.Collections.ArrayList list)", |call| {
        sealed(call, "Collection is read-only.")
    }),
    ("static object FixedSize(System.Collections.ArrayList list)", |call| {
        sealed(call, "Collection was of a fixed size.")
    }),
    ("static object Synchronized(System.Collections.ArrayList list)", |call| Ok(call.value(0))),
    ("static object Adapter(System.Collections.IList list)", |call| {
        Ok(Value::typed(Collection::array_list(walk(call.plain(0)))))
    }),
    ("static object Repeat(System.Object value, int count)", |call| {
        let count = call.int(1);
        if count < 0 {
            return Err(Exception::negative("count", count));
        }
        Ok(Value::typed(Collection::array_list(vec![call.value(0); count.min(REPEATED_MAX) as usize])))
    }),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(int capacity)", |call| new_with_room(call)),
    ("static object new(System.Collections.ICollection c)", new_of),
];

/// `[ArrayList]::Repeat` makes no more elements than an array may have.
const REPEATED_MAX: i64 = 100_000_000;

const GENERIC_LIST: &[Row] = &[
    ("void Add(T item)", list_add),
    ("void AddRange(System.Collections.Generic.IEnumerable[T] collection)", add_range),
    ("void InsertRange(int index, System.Collections.Generic.IEnumerable[T] collection)", insert_range),
    ("bool Remove(T item)", remove),
    ("int RemoveAll(System.Predicate`1 match)", |call| {
        let block = delegate::block(call, 0);
        let items = items_of(call)?;
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
    ("void Sort(System.Comparison`1 comparison)", |call| {
        let by = delegate::block(call, 0);
        sort(call, &by)
    }),
    ("void Sort(System.Collections.Generic.IComparer[T] comparer)", |call| {
        let by = call.value(0);
        sort(call, &by)
    }),
    ("object Slice(int start, int length)", get_range),
    ("T Find(System.Predicate`1 match)", |call| {
        Ok(first(call, 0, false)?.map_or(Value::Null, |(_, item)| item))
    }),
    ("T FindLast(System.Predicate`1 match)", |call| {
        Ok(first(call, 0, true)?.map_or(Value::Null, |(_, item)| item))
    }),
    ("object FindAll(System.Predicate`1 match)", |call| {
        let block = delegate::block(call, 0);
        let mut found = Vec::new();
        for item in items_of(call)? {
            if block_true(call, &block, &item)? {
                found.push(item);
            }
        }
        let arguments = call.this_list()?.arguments().to_vec();
        Ok(Value::typed(Collection::new(Flavour::List, arguments, found)))
    }),
    ("int FindIndex(System.Predicate`1 match)", |call| {
        Ok(Value::Int32(first(call, 0, false)?.map_or(-1, |(at, _)| at as i32)))
    }),
    ("int FindLastIndex(System.Predicate`1 match)", |call| {
        Ok(Value::Int32(first(call, 0, true)?.map_or(-1, |(at, _)| at as i32)))
    }),
    ("bool Exists(System.Predicate`1 match)", |call| bool(first(call, 0, false)?.is_some())),
    ("bool TrueForAll(System.Predicate`1 match)", |call| {
        let block = delegate::block(call, 0);
        for item in items_of(call)? {
            if !block_true(call, &block, &item)? {
                return bool(false);
            }
        }
        bool(true)
    }),
    ("object ConvertAll(System.Converter`2 converter)", |call| {
        let block = delegate::block(call, 0);
        let of = match call.plain(0).downcast::<crate::values::Delegate>().map(|delegate| delegate.of.clone())
        {
            Some(Type::Generic(_, arguments)) => arguments.last().cloned(),
            _ => None,
        };
        let of = of.unwrap_or_else(Type::object);
        let mut made = Vec::new();
        for item in items_of(call)? {
            let answer = delegate::answer(call, &block, &item)?;
            made.push(convert::to(&answer, &of, call.engine.locale())?);
        }
        Ok(Value::typed(Collection::new(Flavour::List, vec![of], made)))
    }),
    ("void ForEach(System.Action`1 action)", |call| {
        let block = delegate::block(call, 0);
        for item in items_of(call)? {
            delegate::answer(call, &block, &item)?;
        }
        null()
    }),
    ("object AsReadOnly()", |call| {
        let list = call.this_list()?;
        Ok(Value::typed(Collection::new(Flavour::ReadOnly, list.arguments().to_vec(), list.read().clone())))
    }),
    ("int EnsureCapacity(int capacity)", |call| {
        let list = call.this_list()?;
        list.set_capacity(call.int(0).max(list.capacity() as i64) as usize);
        int(list.capacity())
    }),
    ("void TrimExcess()", |call| {
        let list = call.this_list()?;
        list.set_capacity(list.len());
        null()
    }),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(int capacity)", |call| new_with_room(call)),
    ("static object new(System.Collections.Generic.IEnumerable[T] collection)", new_of),
];

const SET: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("bool Add(T item)", |call| {
        let item = call.value(0);
        bool(call.this_list()?.add(item))
    }),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("bool Contains(T item)", contains),
    ("void CopyTo(T[] array)", |call| {
        let items = call.this_list()?.items().unwrap_or_default();
        call.arguments.push(Value::Int32(0));
        copy_into(call, &items)
    }),
    ("void CopyTo(T[] array, int arrayIndex)", |call| {
        copy_into(call, &call.this_list()?.items().unwrap_or_default())
    }),
    ("void ExceptWith(System.Collections.Generic.IEnumerable[T] other)", |call| {
        set_operation(call, |has| !has, |_| false)
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("void IntersectWith(System.Collections.Generic.IEnumerable[T] other)", |call| {
        set_operation(call, |has| has, |_| false)
    }),
    ("bool IsProperSubsetOf(System.Collections.Generic.IEnumerable[T] other)", |call| {
        bool(covers(call, false)? && !covers(call, true)?)
    }),
    ("bool IsProperSupersetOf(System.Collections.Generic.IEnumerable[T] other)", |call| {
        bool(covers(call, true)? && !covers(call, false)?)
    }),
    ("bool IsSubsetOf(System.Collections.Generic.IEnumerable[T] other)", |call| bool(covers(call, false)?)),
    ("bool IsSupersetOf(System.Collections.Generic.IEnumerable[T] other)", |call| bool(covers(call, true)?)),
    ("bool Overlaps(System.Collections.Generic.IEnumerable[T] other)", |call| {
        let (_, theirs) = sets(call)?;
        let list = call.this_list()?;
        bool(theirs.iter().any(|item| list.has(item)))
    }),
    ("bool Remove(T item)", remove),
    ("int RemoveWhere(System.Predicate`1 match)", |call| {
        let block = delegate::block(call, 0);
        let mut removed = 0;
        for item in items_of(call)? {
            if block_true(call, &block, &item)? && call.this_list()?.take(&item) {
                removed += 1;
            }
        }
        int(removed)
    }),
    ("bool SetEquals(System.Collections.Generic.IEnumerable[T] other)", |call| {
        bool(covers(call, false)? && covers(call, true)?)
    }),
    ("void SymmetricExceptWith(System.Collections.Generic.IEnumerable[T] other)", |call| {
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
    ("object ToArray()", to_array),
    ("bool TryGetValue(T equalValue, [ref] System.Object actualValue)", |call| {
        let item = call.value(0);
        let there = call.this_list()?.has(&item);
        if there {
            call.set_reference(1, item);
        }
        bool(there)
    }),
    ("void UnionWith(System.Collections.Generic.IEnumerable[T] other)", |call| {
        set_operation(call, |_| true, |_| true)
    }),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(System.Collections.Generic.IEqualityComparer[T] comparer)", |call| {
        new_compared(call, Vec::new(), &call.value(0))
    }),
    ("static object new(int capacity)", |call| new_collection(call, Vec::new())),
    ("static object new(System.Collections.Generic.IEnumerable[T] collection)", new_of),
    (
        "static object new(System.Collections.Generic.IEnumerable[T] collection, System.Collections.Generic.IEqualityComparer[T] comparer)",
        |call| {
            let items = walk(call.plain(0));
            new_compared(call, items, &call.value(1))
        },
    ),
];

const QUEUE: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("bool Contains(T item)", contains),
    ("void CopyTo(array array, int arrayIndex)", |call| {
        copy_into(call, &call.this_list()?.items().unwrap_or_default())
    }),
    ("T Dequeue()", take_first),
    ("void Enqueue(T item)", |call| {
        let item = call.value(0);
        call.this_list()?.add(item);
        null()
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("T Peek()", peek),
    ("object ToArray()", to_array),
    ("bool TryDequeue([ref] System.Object result)", |call| try_take(call, false)),
    ("bool TryPeek([ref] System.Object result)", |call| try_take(call, true)),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(int capacity)", |call| new_with_room(call)),
    ("static object new(System.Collections.Generic.IEnumerable[T] collection)", new_of),
];

const STACK: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("void Clear()", |call| {
        call.this_list()?.clear();
        null()
    }),
    ("bool Contains(T item)", contains),
    ("void CopyTo(array array, int arrayIndex)", |call| {
        copy_into(call, &call.this_list()?.items().unwrap_or_default())
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("T Peek()", peek),
    ("T Pop()", take_last),
    ("void Push(T item)", |call| {
        let item = call.value(0);
        call.this_list()?.add(item);
        null()
    }),
    ("object ToArray()", to_array),
    ("bool TryPeek([ref] System.Object result)", |call| try_take(call, true)),
    ("bool TryPop([ref] System.Object result)", |call| try_take(call, false)),
    ("static object new()", |call| new_collection(call, Vec::new())),
    ("static object new(int capacity)", |call| new_with_room(call)),
    ("static object new(System.Collections.Generic.IEnumerable[T] collection)", new_of),
];

/// An end of a sorted set.
fn end(call: &Call<'_>, last: bool) -> Result<Value> {
    let items = call.this_list()?.items().unwrap_or_default();
    Ok(if last { items.last() } else { items.first() }.cloned().unwrap_or_default())
}

/// What the collections that a regular expression answers with can do.
static FOUND: &[Row] = &[
    ("int Count", |call| int(call.this_list()?.len())),
    ("bool IsReadOnly", |_| bool(true)),
    ("bool IsSynchronized", |_| bool(false)),
    ("System.Object SyncRoot", |call| Ok(call.this().clone())),
    ("bool Contains(T item)", contains),
    ("void CopyTo(array array, int arrayIndex)", |call| copy_into(call, &items_of(call)?)),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(walk(call.this()))))
    }),
    ("int IndexOf(T item)", index_of),
    ("System.Object Item(int i)", |call| element_at(&items_of(call)?, call.int(0))),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.Collections.IEnumerator",
        &[
            ("bool MoveNext()", |call| bool(call.this_as::<Enumerator>()?.step().is_some())),
            ("void Reset()", |call| {
                call.this_as::<Enumerator>()?.reset();
                null()
            }),
            ("void Dispose()", |_| null()),
        ],
    ),
    ("System.Collections.ArrayList", LIST),
    ("System.Collections.ArrayList", ARRAY_LIST),
    ("System.Collections.Generic.List`1", LIST),
    ("System.Collections.Generic.List`1", GENERIC_LIST),
    ("System.Collections.ObjectModel.Collection`1", LIST),
    (
        "System.Collections.ObjectModel.Collection`1",
        &[
            ("bool Remove(T item)", remove),
            ("static object new()", |call| new_collection(call, Vec::new())),
            ("static object new(System.Collections.Generic.IList[T] list)", new_of),
        ],
    ),
    ("System.Collections.Specialized.StringCollection", LIST),
    (
        "System.Collections.Specialized.StringCollection",
        &[
            ("int Add(string value)", list_add),
            ("void AddRange(string[] value)", add_range),
            ("void Remove(string value)", |call| remove(call).map(|_| Value::Null)),
            ("static object new()", |call| new_collection(call, Vec::new())),
        ],
    ),
    (
        "System.Collections.ObjectModel.ReadOnlyCollection`1",
        &[
            ("int Count", |call| int(call.this_list()?.len())),
            ("bool Contains(T value)", contains),
            ("void CopyTo(T[] array, int index)", |call| copy_into(call, &items_of(call)?)),
            ("System.Collections.IEnumerator GetEnumerator()", |call| {
                Ok(Value::typed(Enumerator::new(walk(call.this()))))
            }),
            ("int IndexOf(T value)", index_of),
            ("T Item(int index)", |call| element_at(&items_of(call)?, call.int(0))),
            ("static object new(System.Collections.Generic.IList[T] list)", new_of),
        ],
    ),
    ("System.Text.RegularExpressions.MatchCollection", FOUND),
    ("System.Text.RegularExpressions.CaptureCollection", FOUND),
    ("System.Collections.Generic.HashSet`1", SET),
    ("System.Collections.Generic.SortedSet`1", SET),
    (
        "System.Collections.Generic.SortedSet`1",
        &[
            ("T Max", |call| end(call, true)),
            ("T Min", |call| end(call, false)),
            ("System.Object Reverse()", |call| {
                let mut items = call.this_list()?.items().unwrap_or_default();
                items.reverse();
                Ok(Value::array(items))
            }),
            ("System.Object GetViewBetween(T lowerValue, T upperValue)", |call| {
                let list = call.this_list()?;
                let inside = |item: &Value| {
                    compare::total(item, call.plain(0)).is_ge() && compare::total(item, call.plain(1)).is_le()
                };
                let items = list.items().unwrap_or_default().into_iter().filter(inside).collect();
                Ok(Value::typed(Collection::new(Flavour::SortedSet, list.arguments().to_vec(), items)))
            }),
        ],
    ),
    ("System.Collections.Generic.Queue`1", QUEUE),
    ("System.Collections.Queue", QUEUE),
    ("System.Collections.Concurrent.ConcurrentQueue`1", QUEUE),
    (
        "System.Collections.Concurrent.ConcurrentQueue`1",
        &[("bool IsEmpty", |call| bool(call.this_list()?.is_empty()))],
    ),
    ("System.Collections.Generic.Stack`1", STACK),
    ("System.Collections.Stack", STACK),
    ("System.Collections.Concurrent.ConcurrentStack`1", STACK),
    (
        "System.Collections.Concurrent.ConcurrentStack`1",
        &[("bool IsEmpty", |call| bool(call.this_list()?.is_empty()))],
    ),
    (
        "System.Collections.Concurrent.ConcurrentBag`1",
        &[
            ("int Count", |call| int(call.this_list()?.len())),
            ("bool IsEmpty", |call| bool(call.this_list()?.is_empty())),
            ("void Add(T item)", |call| {
                let item = call.value(0);
                call.this_list()?.add(item);
                null()
            }),
            ("object ToArray()", to_array),
            ("bool TryTake([ref] System.Object result)", |call| try_take(call, false)),
            ("bool TryPeek([ref] System.Object result)", |call| try_take(call, true)),
            ("static object new()", |call| new_collection(call, Vec::new())),
        ],
    ),
];
