//! The trait of every value type that is not in the [`Value`] enum itself.

use super::{Text, Value};
use std::any::Any;
use std::cmp::Ordering;

/// A value of a type of its own: sizes, addresses, secure strings, script blocks, lists …
///
/// Only what the lower rooms need stands here; the members a script can use are listed per type in
/// `dotnet`, found by [`Typed::type_name`] and [`Typed::member`].
pub trait Typed: Any + Send + Sync {
    /// The .NET name of the type: `Microsoft.Exchange.Data.ByteQuantifiedSize`.
    fn type_name(&self) -> Text;
    /// The invariant text, as `ToString()` gives it and as it is stored.
    fn text(&self) -> String;
    /// For downcasts: `self`.
    fn as_any(&self) -> &dyn Any;
    /// Reads the property `name` (any case); `None` when the type has none of that name.
    fn member(&self, _name: &str) -> Option<Value> {
        None
    }
    /// The names of the properties, in the order in which they are shown.
    fn member_names(&self) -> &'static [&'static str] {
        &[]
    }
    /// Compares with another value of the same type; `None` when they have no order.
    fn compare(&self, other: &dyn Typed) -> Option<Ordering> {
        (self.type_name() == other.type_name()).then(|| self.text().cmp(&other.text()))
    }
    /// Whether it is shown as its text where it stands alone, whatever properties it has.
    fn is_text(&self) -> bool {
        false
    }
    /// The elements, when the type is a list.
    fn items(&self) -> Option<Vec<Value>> {
        None
    }
}
