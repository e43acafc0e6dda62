//! Tuples and pairs.

use super::answer::{bool, int, string};
use super::{Call, Row};
use crate::compare;
use crate::exception::{Exception, Result};
use crate::types::{self, Type};
use crate::values::Entry;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::cmp::Ordering;

/// `Tuple[…]` or `ValueTuple[…]`.
struct Tuple {
    of: Type,
    items: Vec<Value>,
}

const NAMES: [&str; 8] = ["Item1", "Item2", "Item3", "Item4", "Item5", "Item6", "Item7", "Rest"];

impl Typed for Tuple {
    fn type_name(&self) -> Text {
        self.of.name()
    }
    fn text(&self) -> String {
        let texts: Vec<String> =
            self.items.iter().map(|item| crate::text::of(item, &crate::Locale::default())).collect();
        format!("({})", texts.join(", "))
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        if name.eq_ignore_ascii_case("Length") {
            return Some(Value::Int32(self.items.len() as i32));
        }
        let at = NAMES.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        self.items.get(at).cloned()
    }
    fn member_names(&self) -> &'static [&'static str] {
        &NAMES[..self.items.len().min(NAMES.len())]
    }
    fn compare(&self, other: &dyn Typed) -> Option<Ordering> {
        let other = other.as_any().downcast_ref::<Tuple>()?;
        let orders = self.items.iter().zip(&other.items).map(|(a, b)| compare::total(a, b));
        Some(orders.fold(Ordering::Equal, Ordering::then))
    }
}

/// `[Tuple]::Create(1, 'a')`: the types are those of the values.
fn create(call: &mut Call<'_>) -> Result<Value> {
    let items = call.arguments.clone();
    let name = format!("{}`{}", call.this_type().name(), items.len());
    let types: Vec<Type> = items.iter().map(|item| Type::of(item).unwrap_or_else(Type::object)).collect();
    made(types::generic_of(&name, types), items)
}

/// `[Tuple[int,string]]::new(1, 'a')`.
fn new(call: &mut Call<'_>) -> Result<Value> {
    let (of, items) = (call.this_type(), call.arguments.clone());
    let types = match &of {
        Type::Generic(_, arguments) => arguments.to_vec(),
        _ => Vec::new(),
    };
    let converted: Result<Vec<Value>> = items
        .iter()
        .zip(&types)
        .map(|(item, to)| crate::convert::to(item, to, call.engine.locale()))
        .collect();
    made(of, converted?)
}

fn made(of: Type, items: Vec<Value>) -> Result<Value> {
    Ok(Value::typed(Tuple { of, items }))
}

/// A pair as a method of .NET gives it.
pub(super) fn pair_of(a: Value, b: Value) -> Result<Value> {
    let types = vec![Type::of(&a).unwrap_or_else(Type::object), Type::of(&b).unwrap_or_else(Type::object)];
    made(types::generic_of("System.ValueTuple`2", types), vec![a, b])
}

fn equals(call: &mut Call<'_>) -> Result<Value> {
    let (mine, theirs) = (call.this_as::<Tuple>()?, call.plain(0).downcast::<Tuple>());
    let same = |a: &Value, b: &Value| compare::equal(a, b, false, &crate::Locale::default());
    bool(theirs.is_some_and(|theirs| {
        mine.of == theirs.of && mine.items.iter().zip(&theirs.items).all(|(a, b)| same(a, b))
    }))
}

fn pair(call: &mut Call<'_>) -> Result<Value> {
    let (of, key, value) = (call.this_type(), call.value(0), call.value(1));
    Ok(Value::typed(Entry { key, value, pair: Some(of.name()) }))
}

fn entry(call: &Call<'_>) -> Result<Entry> {
    call.this_as::<Entry>().cloned()
}

const MEMBERS: &[Row] = &[
    ("bool Equals(System.Object obj)", equals),
    ("int CompareTo(System.Object other)", |call| {
        let mine = call.this_as::<Tuple>()?;
        let theirs = call.plain(0).downcast::<Tuple>();
        let order = theirs.and_then(|theirs| Typed::compare(mine, theirs));
        match order {
            Some(order) => int(order as i32),
            None => Err(Exception::argument("The parameter should be a tuple of the same type.", "other")),
        }
    }),
    ("string ToString()", |call| string(call.this_as::<Tuple>()?.text())),
];

macro_rules! arities {
    ($($name:literal $new:literal;)*) => {
        &[$(($name, MEMBERS), ($name, &[($new, new)]),)*
        ("System.Tuple", CREATE),
        ("System.ValueTuple", CREATE),
        (
            "System.Collections.Generic.KeyValuePair`2",
            &[
                ("TKey Key", |call| Ok(entry(call)?.key)),
                ("TValue Value", |call| Ok(entry(call)?.value)),
                ("string ToString()", |call| string(entry(call)?.text())),
                ("static object new(TKey key, TValue value)", pair),
            ],
        ),
        (
            "System.Collections.DictionaryEntry",
            &[
                ("System.Object Key", |call| Ok(entry(call)?.key)),
                ("System.Object Value", |call| Ok(entry(call)?.value)),
                ("static System.Collections.DictionaryEntry new(System.Object key, System.Object value)", |call| {
                    Ok(Value::typed(Entry { key: call.value(0), value: call.value(1), pair: None }))
                }),
            ],
        )]
    };
}

const CREATE: &[Row] = &[
    ("static object Create(T1 item1)", create),
    ("static object Create(T1 item1, T2 item2)", create),
    ("static object Create(T1 item1, T2 item2, T3 item3)", create),
    ("static object Create(T1 item1, T2 item2, T3 item3, T4 item4)", create),
    ("static object Create(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5)", create),
    ("static object Create(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6)", create),
    ("static object Create(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7)", create),
];

pub(super) static TABLES: &[(&str, &[Row])] = arities! {
    "System.Tuple`1" "static object new(T1 item1)";
    "System.Tuple`2" "static object new(T1 item1, T2 item2)";
    "System.Tuple`3" "static object new(T1 item1, T2 item2, T3 item3)";
    "System.Tuple`4" "static object new(T1 item1, T2 item2, T3 item3, T4 item4)";
    "System.Tuple`5" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5)";
    "System.Tuple`6" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6)";
    "System.Tuple`7" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7)";
    "System.ValueTuple`1" "static object new(T1 item1)";
    "System.ValueTuple`2" "static object new(T1 item1, T2 item2)";
    "System.ValueTuple`3" "static object new(T1 item1, T2 item2, T3 item3)";
    "System.ValueTuple`4" "static object new(T1 item1, T2 item2, T3 item3, T4 item4)";
    "System.ValueTuple`5" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5)";
    "System.ValueTuple`6" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6)";
    "System.ValueTuple`7" "static object new(T1 item1, T2 item2, T3 item3, T4 item4, T5 item5, T6 item6, T7 item7)";
};
