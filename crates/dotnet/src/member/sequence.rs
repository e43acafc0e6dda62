//! What arrays, lists and the other sequences share: finding an element, and putting them in order.

use super::Call;
use crate::compare;
use crate::exception::{Exception, Result};
use crate::values::Delegate;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::cmp::Ordering;

fn same(a: &Value, b: &Value) -> bool {
    std::mem::discriminant(a) == std::mem::discriminant(b)
        && compare::equal(a, b, false, &crate::Locale::default())
}

/// Where the value is first; -1: nowhere.
pub(super) fn find(items: &[Value], wanted: &Value) -> i64 {
    items.iter().position(|item| same(item, wanted) || is_text_of(wanted, item)).map_or(-1, |at| at as i64)
}

/// Where the value is last; -1: nowhere.
pub(super) fn find_last(items: &[Value], wanted: &Value) -> i64 {
    items.iter().rposition(|item| same(item, wanted)).map_or(-1, |at| at as i64)
}

/// Whether a text is a typed value of another room as it is written:
/// `$mailbox.EmailAddresses.Remove('smtp:ann@contoso.com')`.
fn is_text_of(text: &Value, item: &Value) -> bool {
    match (text, item) {
        (Value::String(text), Value::Typed(item)) if !item.type_name().starts_with("System.") => {
            item.text().eq_ignore_ascii_case(text)
        }
        _ => false,
    }
}

pub(super) fn out_of_range() -> Exception {
    Exception::out_of_range(
        "Index was out of range. Must be non-negative and less than the size of the collection.",
        "index",
    )
}

/// An element at a place that must be there.
pub(super) fn element_at(items: &[Value], at: i64) -> Result<Value> {
    usize::try_from(at).ok().and_then(|at| items.get(at).cloned()).ok_or_else(out_of_range)
}

/// Whether a comparer was given where `null` means the usual order.
pub(super) fn comparer(value: &Value) -> Option<&Comparer> {
    value.downcast::<Comparer>()
}

/// `StringComparer` and its kin: what sequences are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comparer {
    pub(super) name: &'static str,
    /// Whether upper and lower case are alike.
    pub(super) ignore_case: bool,
    pub(super) ordinal: bool,
}

impl Typed for Comparer {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.name.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Comparer {
    /// The order of two values: of texts by its rule, of others their own.
    pub(super) fn order(&self, a: &Value, b: &Value) -> Ordering {
        match (a, b) {
            (Value::String(a), Value::String(b)) if self.ordinal => {
                let units = |text: &str| -> Vec<u16> {
                    let text = if self.ignore_case { text.to_uppercase() } else { text.to_owned() };
                    text.encode_utf16().collect()
                };
                units(a).cmp(&units(b))
            }
            _ => compare::ordered(a, b, self.ignore_case, &crate::Locale::default()),
        }
    }
}

/// Elements in order: by their own, by a comparer, or by a comparing block.
pub(super) fn sorted(call: &mut Call<'_>, items: Vec<Value>, by: &Value) -> Result<Vec<Value>> {
    if let Some(delegate) = by.downcast::<Delegate>() {
        return sort_with(call, items, &delegate.block.clone());
    }
    if by.type_name().ends_with("ScriptBlock") {
        return sort_with(call, items, by);
    }
    let mut items = items;
    if let Some(comparer) = by.downcast::<Comparer>() {
        compare::sort_by(&mut items, &mut |a, b| comparer.order(a, b));
        return Ok(items);
    }
    // What cannot be compared is said, not sorted somehow.
    let comparable = items.windows(2).all(|pair| are_comparable(&pair[0], &pair[1]));
    if !comparable {
        return Err(Exception::invalid_operation("Failed to compare two elements in the array."));
    }
    compare::sort_by(&mut items, &mut |a, b| compare::ordered(a, b, false, &crate::Locale::default()));
    Ok(items)
}

fn are_comparable(a: &Value, b: &Value) -> bool {
    if a.is_null() || b.is_null() {
        return true;
    }
    let custom = |value: &Value| matches!(value, Value::Object(object) if object.base().is_none());
    !custom(a) && !custom(b) && crate::values::base(a).type_name() == crate::values::base(b).type_name()
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

/// Where a sorted array has the value; `!place` where it would be.
pub(super) fn binary_search(items: &[Value], item: &Value, by: &Value) -> Result<Value> {
    let found = items.binary_search_by(|known| match by.downcast::<Comparer>() {
        Some(comparer) => comparer.order(known, item),
        None => compare::ordered(known, item, false, &crate::Locale::default()),
    });
    Ok(Value::Int32(found.map_or_else(|at| !(at as i32), |at| at as i32)))
}
