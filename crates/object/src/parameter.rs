//! A key: the parameter that a function asks for by name, with the Rust type of its value.
//!
//! What a command takes (sets, order, positions, types of the manual) stands in the table of commands; code names
//! only the parameters that it reads.

use crate::property::{Property, Spec};
use crate::types::{Kind, PropertyType, kinds};
use std::marker::PhantomData;

/// What is known of a key, whatever its type.
#[derive(Clone, Copy)]
pub struct ParameterSpec {
    /// The name without its dash: `RecipientTypeDetails`.
    pub name: &'static str,
    /// One sentence that ends with a full stop, with units, ranges and the default where there are such.
    pub summary: &'static str,
    /// The type of a value, or of each value where it takes a list.
    pub kind: &'static Kind,
    /// Whether it takes a list.
    pub many: bool,
    /// Whether `$null` is a value of its own: it clears, or asks for everything.
    pub nullable: bool,
    /// The property that it is called and typed as, if there is one.
    pub property: Option<&'static Spec>,
}

impl ParameterSpec {
    /// What there is to say of it: its own sentence, or what its property says of itself.
    pub fn explained(&self) -> String {
        self.property.map_or_else(|| self.summary.to_owned(), Spec::explained)
    }
}

impl std::fmt::Debug for ParameterSpec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "-{}", self.name)
    }
}

/// A parameter whose value (each value, where it takes [`many`](Parameter::many)) is a Rust `T`.
#[derive(Debug)]
pub struct Parameter<T> {
    spec: ParameterSpec,
    of: PhantomData<fn() -> T>,
}

impl<T: PropertyType> Parameter<T> {
    /// The parameter `name`.
    pub const fn new(name: &'static str, summary: &'static str) -> Parameter<T> {
        let spec =
            ParameterSpec { name, summary, kind: T::KIND, many: false, nullable: false, property: None };
        Parameter { spec, of: PhantomData }
    }
    /// The parameter that is called as `property` and has its type and sentence, where a function reads it itself.
    pub const fn of(property: &'static Property<T>) -> Parameter<T> {
        let details: &'static Spec = property.details();
        let Spec { name, summary, kind, many, .. } = *details;
        let spec = ParameterSpec { name, summary, kind, many, nullable: true, property: Some(details) };
        Parameter { spec, of: PhantomData }
    }
    /// It takes a list.
    #[must_use]
    pub const fn many(mut self) -> Self {
        self.spec.many = true;
        self
    }
    /// `$null` is a value of its own.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.spec.nullable = true;
        self
    }
    /// The name without its dash.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }
}

/// A key, whatever its type: what a command lists as read.
pub trait Taken: Sync {
    /// What is known of it.
    fn spec(&self) -> &ParameterSpec;
}

impl<T: PropertyType> Taken for Parameter<T> {
    fn spec(&self) -> &ParameterSpec {
        &self.spec
    }
}

impl std::fmt::Debug for dyn Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.spec().fmt(f)
    }
}

/// Keys that a command reads, or several commands share.
pub type Keys = &'static [&'static dyn Taken];

/// A switch: there or not. Its parameters are `Parameter<Switch>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Switch(pub bool);

impl PropertyType for Switch {
    const KIND: &'static Kind = &kinds::SWITCH;
    fn of_value(value: &crate::Value) -> Option<Switch> {
        bool::of_value(value).map(Switch)
    }
    fn into_value(self) -> crate::Value {
        self.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CAPACITY: Property<i32> = Property::new("Capacity", "How many people it holds.").many();
    static GIVEN: Parameter<i32> = Parameter::of(&CAPACITY);
    static ROOM: Parameter<Switch> = Parameter::new("Room", "A room.");

    #[test]
    fn a_key_made_of_a_property_is_called_and_typed_as_it() {
        let spec = GIVEN.spec();
        assert_eq!((spec.name, spec.summary), ("Capacity", "How many people it holds."));
        assert!(spec.many && spec.nullable && std::ptr::eq(spec.kind, &kinds::INT32));
        assert!(std::ptr::eq(ROOM.spec().kind, &kinds::SWITCH) && !ROOM.spec().nullable);
    }
}
