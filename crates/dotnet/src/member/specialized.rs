//! Members of the collections that scripts meet less often: names with several texts, bits, linked lists,
//! queues by priority, and the comparers that the others are made with.

use super::answer::{bool, int, null, strings};
use super::array::copy_into;
use super::sequence::{Comparer, find, out_of_range};
use super::{Call, Row};
use crate::Enumerator;
use crate::compare;
use crate::exception::{Exception, Result};
use crate::keyed::{Bits, NameValues};
use crate::linked::{Linked, Node};
use crate::types::Type;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::RwLock;
use std::any::Any;
use std::cmp::Ordering;

fn string_comparer(ignore_case: bool, ordinal: bool) -> Result<Value> {
    Ok(Value::typed(Comparer { name: "System.StringComparer", ignore_case, ordinal }))
}

fn comparer(call: &Call<'_>) -> Result<Comparer> {
    call.this_as::<Comparer>().copied()
}

fn compared(call: &mut Call<'_>) -> Result<Value> {
    int(comparer(call)?.order(call.plain(0), call.plain(1)) as i32)
}

const COMPARER: &[Row] = &[
    ("int Compare(System.Object x, System.Object y)", compared),
    ("bool Equals(System.Object x, System.Object y)", |call| {
        bool(comparer(call)?.order(call.plain(0), call.plain(1)) == Ordering::Equal)
    }),
    ("int GetHashCode(System.Object obj)", |call| {
        let text = call.text(0);
        let text = if comparer(call)?.ignore_case { text.to_uppercase() } else { text };
        Ok(Value::Int32(super::system::hash(&text) as i32))
    }),
];

// --- names with texts -------------------------------------------------------------------------------

fn names(call: &Call<'_>) -> Result<Vec<Text>> {
    Ok(call.this_as::<NameValues>()?.0.read().iter().map(|(name, _)| name.clone()).collect())
}

fn texts_of(found: Option<Vec<Text>>) -> Value {
    found.map_or(Value::Null, |texts| strings(texts.iter().map(ToString::to_string)))
}

fn named_place(call: &Call<'_>) -> Result<Option<usize>> {
    let list = call.this_as::<NameValues>()?;
    Ok(list.place(&call.text(0)))
}

fn numbered_place(call: &Call<'_>) -> Result<usize> {
    let count = call.this_as::<NameValues>()?.0.read().len();
    usize::try_from(call.int(0)).ok().filter(|at| *at < count).ok_or_else(out_of_range)
}

const NAME_VALUES: &[Row] = &[
    ("string[] AllKeys", |call| Ok(strings(names(call)?.iter().map(ToString::to_string)))),
    ("int Count", |call| int(names(call)?.len())),
    ("System.Collections.Specialized.NameObjectCollectionBase+KeysCollection Keys", |call| {
        Ok(Value::array(names(call)?.into_iter().map(Value::from)))
    }),
    ("void Add(string name, string value)", |call| {
        let (name, text) = (call.text(0), call.text(1));
        call.this_as::<NameValues>()?.add(&name, text.into());
        null()
    }),
    ("void Clear()", |call| {
        call.this_as::<NameValues>()?.0.write().clear();
        null()
    }),
    ("string Get(int index)", |call| Ok(call.this_as::<NameValues>()?.joined(numbered_place(call)?))),
    ("string Get(string name)", |call| {
        let list = call.this_as::<NameValues>()?;
        Ok(named_place(call)?.map_or(Value::Null, |at| list.joined(at)))
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(names(call)?.into_iter().map(Value::from).collect())))
    }),
    ("string GetKey(int index)", |call| Ok(names(call)?[numbered_place(call)?].clone().into())),
    ("string[] GetValues(int index)", |call| {
        Ok(texts_of(call.this_as::<NameValues>()?.texts(numbered_place(call)?)))
    }),
    ("string[] GetValues(string name)", |call| {
        let list = call.this_as::<NameValues>()?;
        Ok(texts_of(named_place(call)?.and_then(|at| list.texts(at))))
    }),
    ("bool HasKeys()", |call| bool(!names(call)?.is_empty())),
    ("string Item(string name)", |call| {
        let list = call.this_as::<NameValues>()?;
        Ok(named_place(call)?.map_or(Value::Null, |at| list.joined(at)))
    }),
    ("void Remove(string name)", |call| {
        if let Some(at) = named_place(call)? {
            call.this_as::<NameValues>()?.0.write().remove(at);
        }
        null()
    }),
    ("void Set(string name, string value)", |call| {
        let (name, text) = (call.text(0), call.text(1));
        call.this_as::<NameValues>()?.set(&name, text.into());
        null()
    }),
    ("static System.Collections.Specialized.NameValueCollection new()", |_| {
        Ok(Value::typed(NameValues::default()))
    }),
    ("static System.Collections.Specialized.NameValueCollection new(int capacity)", |_| {
        Ok(Value::typed(NameValues::default()))
    }),
];

// --- bits -------------------------------------------------------------------------------------------

/// More bits than this are refused: each is a byte here.
const BITS_MAX: i64 = 100_000_000;

fn new_bits(bits: Vec<bool>) -> Result<Value> {
    Ok(Value::typed(Bits(RwLock::new(bits))))
}

fn so_many(call: &Call<'_>, bit: bool) -> Result<Value> {
    let length = call.int(0);
    if length < 0 {
        return Err(Exception::negative("length", length));
    }
    if length > BITS_MAX {
        return Err(Exception::new(
            "System.OutOfMemoryException",
            "Array dimensions exceeded supported range.",
        ));
    }
    new_bits(vec![bit; length as usize])
}

/// The bits of whole numbers, the least first.
fn bits_of(call: &Call<'_>, width: u32) -> Result<Value> {
    let numbers: Vec<i64> = call.items(0).iter().filter_map(Value::as_i64).collect();
    new_bits(numbers.iter().flat_map(|n| (0..width).map(move |at| n >> at & 1 == 1)).collect())
}

fn bit_place(call: &Call<'_>) -> Result<usize> {
    let count = call.this_as::<Bits>()?.0.read().len();
    usize::try_from(call.int(0)).ok().filter(|at| *at < count).ok_or_else(out_of_range)
}

fn combined(call: &Call<'_>, with: fn(bool, bool) -> bool) -> Result<Value> {
    let theirs = match call.plain(0).downcast::<Bits>() {
        Some(bits) => bits.0.read().clone(),
        None => return Err(Exception::argument_null("value")),
    };
    let mut mine = call.this_as::<Bits>()?.0.write();
    if mine.len() != theirs.len() {
        return Err(Exception::new("System.ArgumentException", "Array lengths must be the same."));
    }
    for (bit, other) in mine.iter_mut().zip(theirs) {
        *bit = with(*bit, other);
    }
    drop(mine);
    Ok(call.this.clone())
}

const BITS: &[Row] = &[
    ("int Count", |call| int(call.this_as::<Bits>()?.0.read().len())),
    ("bool IsReadOnly", |_| bool(false)),
    ("bool IsSynchronized", |_| bool(false)),
    ("int Length", |call| int(call.this_as::<Bits>()?.0.read().len())),
    ("set int Length", |call| {
        let length = call.int(0).clamp(0, BITS_MAX) as usize;
        call.this_as::<Bits>()?.0.write().resize(length, false);
        null()
    }),
    ("System.Collections.BitArray And(System.Collections.BitArray value)", |call| {
        combined(call, |a, b| a && b)
    }),
    ("System.Object Clone()", |call| new_bits(call.this_as::<Bits>()?.0.read().clone())),
    ("void CopyTo(array array, int index)", |call| {
        let bits = call.this_as::<Bits>()?.0.read().clone();
        let bytes = call.plain(0).type_name().contains("Byte");
        let items: Vec<Value> = match bytes {
            true => bits
                .chunks(8)
                .map(|eight| eight.iter().rev().fold(0u8, |sum, bit| sum << 1 | u8::from(*bit)))
                .map(Value::Byte)
                .collect(),
            false => bits.into_iter().map(Value::Bool).collect(),
        };
        copy_into(call, &items)
    }),
    ("bool Get(int index)", |call| bool(call.this_as::<Bits>()?.0.read()[bit_place(call)?])),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(call.this_as::<Bits>()?.items().unwrap_or_default())))
    }),
    ("bool HasAllSet()", |call| bool(call.this_as::<Bits>()?.0.read().iter().all(|bit| *bit))),
    ("bool HasAnySet()", |call| bool(call.this_as::<Bits>()?.0.read().contains(&true))),
    ("System.Collections.BitArray Not()", |call| {
        call.this_as::<Bits>()?.0.write().iter_mut().for_each(|bit| *bit = !*bit);
        Ok(call.this.clone())
    }),
    ("System.Collections.BitArray Or(System.Collections.BitArray value)", |call| {
        combined(call, |a, b| a || b)
    }),
    ("void Set(int index, bool value)", |call| {
        let (at, bit) = (bit_place(call)?, call.bool(1));
        call.this_as::<Bits>()?.0.write()[at] = bit;
        null()
    }),
    ("void SetAll(bool value)", |call| {
        let bit = call.bool(0);
        call.this_as::<Bits>()?.0.write().fill(bit);
        null()
    }),
    ("System.Collections.BitArray Xor(System.Collections.BitArray value)", |call| {
        combined(call, |a, b| a != b)
    }),
    ("static System.Collections.BitArray new(int length)", |call| so_many(call, false)),
    ("static System.Collections.BitArray new(int length, bool defaultValue)", |call| {
        so_many(call, call.bool(1))
    }),
    ("static System.Collections.BitArray new(bool[] values)", |call| {
        new_bits(call.items(0).iter().map(compare::truth).collect())
    }),
    ("static System.Collections.BitArray new(byte[] bytes)", |call| bits_of(call, 8)),
    ("static System.Collections.BitArray new(int[] values)", |call| bits_of(call, 32)),
    ("static System.Collections.BitArray new(System.Collections.BitArray bits)", |call| {
        match call.plain(0).downcast::<Bits>() {
            Some(bits) => new_bits(bits.0.read().clone()),
            None => Err(Exception::argument_null("bits")),
        }
    }),
];

// --- linked lists -----------------------------------------------------------------------------------

fn linked(call: &Call<'_>) -> Result<Linked> {
    call.this_as::<Linked>().cloned()
}

fn node_value(node: Option<Node>) -> Result<Value> {
    Ok(node.map_or(Value::Null, Value::typed))
}

/// The place of the node that is an argument; it must be of this list.
fn node_place(call: &Call<'_>) -> Result<usize> {
    let list = linked(call)?;
    let node = call.plain(0).downcast::<Node>().ok_or_else(|| Exception::argument_null("node"))?;
    let place = node.place().filter(|_| node.list.is(&list));
    place.ok_or_else(|| {
        Exception::invalid_operation("The LinkedList node does not belong to current LinkedList.")
    })
}

fn add_at(call: &Call<'_>, at: usize, value: Value) -> Result<Value> {
    node_value(Some(linked(call)?.insert(at, value)))
}

fn take_end(call: &Call<'_>, last: bool) -> Result<Value> {
    let list = linked(call)?;
    let at = if last { list.len().checked_sub(1) } else { Some(0) };
    match at.and_then(|at| list.take(at)) {
        Some(_) => null(),
        None => Err(Exception::invalid_operation("The LinkedList is empty.")),
    }
}

fn new_linked(call: &Call<'_>, items: Vec<Value>) -> Result<Value> {
    let element = call.this_type().element();
    let items: Result<Vec<Value>> = match &element {
        Some(of) => items.iter().map(|item| crate::convert::to(item, of, call.engine.locale())).collect(),
        None => Ok(items),
    };
    Ok(Value::typed(Linked::new(element, items?)))
}

fn node(call: &Call<'_>) -> Result<Node> {
    call.this_as::<Node>().cloned()
}

fn neighbour(call: &Call<'_>, step: isize) -> Result<Value> {
    let node = node(call)?;
    node_value(node.place().and_then(|at| at.checked_add_signed(step)).and_then(|at| node.list.node(at)))
}

const LINKED: &[Row] = &[
    ("int Count", |call| int(linked(call)?.len())),
    ("System.Collections.Generic.LinkedListNode[T] First", |call| node_value(linked(call)?.node(0))),
    ("System.Collections.Generic.LinkedListNode[T] Last", |call| {
        let list = linked(call)?;
        node_value(list.len().checked_sub(1).and_then(|at| list.node(at)))
    }),
    (
        "System.Collections.Generic.LinkedListNode[T] AddAfter(System.Collections.Generic.LinkedListNode`1 node, T value)",
        |call| add_at(call, node_place(call)? + 1, call.value(1)),
    ),
    (
        "System.Collections.Generic.LinkedListNode[T] AddBefore(System.Collections.Generic.LinkedListNode`1 node, T value)",
        |call| add_at(call, node_place(call)?, call.value(1)),
    ),
    ("System.Collections.Generic.LinkedListNode[T] AddFirst(T value)", |call| add_at(call, 0, call.value(0))),
    ("System.Collections.Generic.LinkedListNode[T] AddLast(T value)", |call| {
        add_at(call, linked(call)?.len(), call.value(0))
    }),
    ("void Clear()", |call| {
        linked(call)?.clear();
        null()
    }),
    ("bool Contains(T value)", |call| bool(find(&linked(call)?.values(), call.plain(0)) >= 0)),
    ("void CopyTo(T[] array, int index)", |call| copy_into(call, &linked(call)?.values())),
    ("System.Collections.Generic.LinkedListNode[T] Find(T value)", |call| {
        let list = linked(call)?;
        let at = find(&list.values(), call.plain(0));
        node_value(usize::try_from(at).ok().and_then(|at| list.node(at)))
    }),
    ("System.Collections.IEnumerator GetEnumerator()", |call| {
        Ok(Value::typed(Enumerator::new(linked(call)?.values())))
    }),
    ("bool Remove(T value)", |call| {
        let list = linked(call)?;
        let at = find(&list.values(), call.plain(0));
        bool(usize::try_from(at).ok().and_then(|at| list.take(at)).is_some())
    }),
    ("void Remove(System.Collections.Generic.LinkedListNode`1 node)", |call| {
        let at = node_place(call)?;
        linked(call)?.take(at);
        null()
    }),
    ("void RemoveFirst()", |call| take_end(call, false)),
    ("void RemoveLast()", |call| take_end(call, true)),
    ("static object new()", |call| new_linked(call, Vec::new())),
    ("static object new(System.Collections.Generic.IEnumerable[T] collection)", |call| {
        let items = call.items(0);
        new_linked(call, items)
    }),
];

const NODE: &[Row] = &[
    ("System.Object List", |call| Ok(Value::typed(node(call)?.list))),
    ("System.Object Next", |call| neighbour(call, 1)),
    ("System.Object Previous", |call| neighbour(call, -1)),
    ("System.Object Value", |call| Ok(node(call)?.value())),
    ("set System.Object Value", |call| {
        let node = node(call)?;
        let new = match node.list.element() {
            Some(of) => crate::convert::to(call.plain(0), of, call.engine.locale())?,
            None => call.value(0),
        };
        node.set(new);
        null()
    }),
];

// --- queues by priority -----------------------------------------------------------------------------

/// `PriorityQueue[element,priority]`.
struct Priorities {
    of: Type,
    row: RwLock<Vec<(Value, Value)>>,
}

impl Typed for Priorities {
    fn type_name(&self) -> Text {
        self.of.name()
    }
    fn text(&self) -> String {
        self.of.name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Where the least priority stands.
fn least(row: &[(Value, Value)]) -> Result<usize> {
    let found = row.iter().enumerate().min_by(|a, b| compare::total(&a.1.1, &b.1.1));
    found.map(|(at, _)| at).ok_or_else(|| Exception::invalid_operation("Queue empty."))
}

const PRIORITIES: &[Row] = &[
    ("int Count", |call| int(call.this_as::<Priorities>()?.row.read().len())),
    ("void Enqueue(TKey element, TValue priority)", |call| {
        let pair = (call.value(0), call.value(1));
        call.this_as::<Priorities>()?.row.write().push(pair);
        null()
    }),
    ("TKey Dequeue()", |call| {
        let mut row = call.this_as::<Priorities>()?.row.write();
        let at = least(&row)?;
        Ok(row.remove(at).0)
    }),
    ("TKey Peek()", |call| {
        let row = call.this_as::<Priorities>()?.row.read();
        Ok(row[least(&row)?].0.clone())
    }),
    ("bool TryDequeue([ref] System.Object element, [ref] System.Object priority)", |call| {
        let taken = {
            let mut row = call.this_as::<Priorities>()?.row.write();
            least(&row).ok().map(|at| row.remove(at))
        };
        let found = taken.is_some();
        let (element, priority) = taken.unwrap_or_default();
        call.set_reference(0, element);
        call.set_reference(1, priority);
        bool(found)
    }),
    ("void Clear()", |call| {
        call.this_as::<Priorities>()?.row.write().clear();
        null()
    }),
    ("static object new()", |call| {
        Ok(Value::typed(Priorities { of: call.this_type(), row: RwLock::default() }))
    }),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.StringComparer",
        &[
            ("static System.StringComparer CurrentCulture", |_| string_comparer(false, false)),
            ("static System.StringComparer CurrentCultureIgnoreCase", |_| string_comparer(true, false)),
            ("static System.StringComparer InvariantCulture", |_| string_comparer(false, false)),
            ("static System.StringComparer InvariantCultureIgnoreCase", |_| string_comparer(true, false)),
            ("static System.StringComparer Ordinal", |_| string_comparer(false, true)),
            ("static System.StringComparer OrdinalIgnoreCase", |_| string_comparer(true, true)),
            ("static System.StringComparer Create(cultureinfo culture, bool ignoreCase)", |call| {
                string_comparer(call.bool(1), false)
            }),
            ("static System.StringComparer FromComparison(System.StringComparison comparisonType)", |call| {
                let number = call.int(0);
                string_comparer(number % 2 == 1, number > 3)
            }),
        ],
    ),
    ("System.StringComparer", COMPARER),
    (
        "System.Collections.CaseInsensitiveComparer",
        &[
            ("static System.Collections.CaseInsensitiveComparer Default", insensitive),
            ("static System.Collections.CaseInsensitiveComparer DefaultInvariant", insensitive),
            ("static System.Collections.CaseInsensitiveComparer new()", insensitive),
            ("int Compare(System.Object a, System.Object b)", compared),
        ],
    ),
    (
        "System.Collections.Comparer",
        &[
            ("static System.Collections.Comparer Default", sensitive),
            ("static System.Collections.Comparer DefaultInvariant", sensitive),
            ("int Compare(System.Object a, System.Object b)", compared),
        ],
    ),
    ("System.Collections.Specialized.NameValueCollection", NAME_VALUES),
    ("System.Collections.BitArray", BITS),
    ("System.Collections.Generic.LinkedList`1", LINKED),
    ("System.Collections.Generic.LinkedListNode`1", NODE),
    ("System.Collections.Generic.PriorityQueue`2", PRIORITIES),
];

fn insensitive(_: &mut Call<'_>) -> Result<Value> {
    let name = "System.Collections.CaseInsensitiveComparer";
    Ok(Value::typed(Comparer { name, ignore_case: true, ordinal: false }))
}

fn sensitive(_: &mut Call<'_>) -> Result<Value> {
    Ok(Value::typed(Comparer { name: "System.Collections.Comparer", ignore_case: false, ordinal: false }))
}
