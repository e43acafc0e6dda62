//! Which type a value is of.

use crate::collections::Collection;
use crate::types::{Type, class_of, known};
use object::Value;
use std::sync::Arc;

impl Type {
    /// The type of a value; `$null` has none.
    pub fn of(value: &Value) -> Option<Type> {
        Some(match value {
            Value::Null => return None,
            Value::Array(array) => {
                let element = array.element().map_or_else(Type::object, |name| Type::named(name));
                Type::Array(Arc::new(element), array.shape().len().max(1))
            }
            Value::Object(object) => match object.base() {
                _ if object.class().is_some() => Type::Script(class_of(value)?.clone()),
                Some(base) => return Type::of(base),
                None if object.noun().is_some() => Type::Named(object.type_name()),
                None if object.is_of_named_type() => Type::named(&object.type_name()),
                None => known("System.Management.Automation.PSCustomObject"),
            },
            Value::Enum(value) => Type::Enum(value.of),
            Value::Typed(typed) => match typed.as_any().downcast_ref::<Collection>() {
                Some(collection) => collection.of(),
                None => Type::named(&typed.type_name()),
            },
            other => Type::named(&other.type_name()),
        })
    }
}
