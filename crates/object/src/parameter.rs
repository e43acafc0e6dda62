//! A parameter, declared once: the binder, completion, help, role entries and forms all read this one
//! constant. What differs between parameter sets (mandatory, position) is said where a set lists it:
//! `Set("Room", &[&ROOM.must(), &IDENTITY.at(0)])`.

use crate::property::{Property, Spec};
use crate::types::{Kind, PropertyType, kinds};
use std::marker::PhantomData;

/// What a parameter does when it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// What it says.
    Built,
    /// Nothing, as in Exchange: it is reserved for its maker, and taken silently.
    Reserved,
    /// It is declared, but not built: giving it is an error that says so.
    NotBuiltYet,
}

/// What is known of a parameter, whatever its type.
#[derive(Clone, Copy)]
pub struct ParameterSpec {
    /// The name without its dash: `RecipientTypeDetails`.
    pub name: &'static str,
    /// One sentence, or empty where the name says it all.
    pub summary: &'static str,
    /// The type of a value, or of each value where it takes a list.
    pub kind: &'static Kind,
    /// The type as the manual names it (`MailboxIdParameter`), where that says more than the kind.
    pub type_name: Option<&'static str>,
    /// Whether it takes a list.
    pub many: bool,
    /// Other names.
    pub aliases: &'static [&'static str],
    /// Whether the set that lists it cannot do without it.
    pub mandatory: bool,
    /// Its place among arguments without a name, from 0.
    pub position: Option<u8>,
    /// Whether a piped object itself can be its value.
    pub by_value: bool,
    /// The noun whose piped objects become its value before all others: `Get-MailboxDatabase | Get-Mailbox`.
    pub by_noun: Option<&'static str>,
    /// Whether a property of a piped object, called as the parameter, can be its value.
    pub by_name: bool,
    /// What it does when it is given.
    pub effect: Effect,
    /// The words it takes, where they are a closed list.
    pub accepted: &'static [&'static str],
    /// Whether `$null` is a value of its own: it clears the property.
    pub nullable: bool,
    /// The property that it gives a value, where it is made of one.
    pub property: Option<&'static Spec>,
    /// What stands in for it where a set cannot do without it and it was not given: nobody is asked then.
    pub presumed: Option<&'static str>,
}

impl ParameterSpec {
    /// Whether it is a switch: there or not.
    pub fn is_switch(&self) -> bool {
        std::ptr::eq(self.kind, &kinds::SWITCH)
    }
    /// Whether its value must never be logged or recorded.
    pub fn is_secret(&self) -> bool {
        std::ptr::eq(self.kind, &kinds::SECURE_STRING) || std::ptr::eq(self.kind, &kinds::CREDENTIAL)
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
    /// An optional parameter that is given by name.
    pub const fn new(name: &'static str, summary: &'static str) -> Parameter<T> {
        Parameter::of_kind(name, summary, T::KIND)
    }
    /// A parameter whose values are read in a way of its own.
    pub const fn of_kind(name: &'static str, summary: &'static str, kind: &'static Kind) -> Parameter<T> {
        let spec = ParameterSpec {
            name,
            summary,
            kind,
            type_name: None,
            many: false,
            aliases: &[],
            mandatory: false,
            position: None,
            by_value: false,
            by_noun: None,
            by_name: false,
            effect: Effect::Built,
            accepted: &[],
            nullable: false,
            presumed: None,
            property: None,
        };
        Parameter { spec, of: PhantomData }
    }
    /// The parameter of `Set-` and `New-` that gives `property` its value; `$null` clears it.
    pub const fn of(property: &'static Property<T>) -> Parameter<T> {
        let details: &'static Spec = property.details();
        let Spec { name, summary, kind, many, .. } = *details;
        let mut parameter = Parameter::of_kind(name, summary, kind);
        parameter.spec.many = many;
        parameter.spec.nullable = true;
        parameter.spec.property = Some(details);
        parameter
    }
    /// The type as the manual names it.
    #[must_use]
    pub const fn typed(mut self, type_name: &'static str) -> Self {
        self.spec.type_name = Some(type_name);
        self
    }
    /// It takes a list.
    #[must_use]
    pub const fn many(mut self) -> Self {
        self.spec.many = true;
        self
    }
    /// Its other names.
    #[must_use]
    pub const fn aliases(mut self, aliases: &'static [&'static str]) -> Self {
        self.spec.aliases = aliases;
        self
    }
    /// A piped object itself can be its value.
    #[must_use]
    pub const fn piped(mut self) -> Self {
        self.spec.by_value = true;
        self
    }
    /// A piped object of that noun is its value, before any other parameter is tried.
    #[must_use]
    pub const fn piped_from(mut self, noun: &'static str) -> Self {
        self.spec.by_noun = Some(noun);
        self
    }
    /// A property of a piped object, called as the parameter, can be its value.
    #[must_use]
    pub const fn piped_by_name(mut self) -> Self {
        self.spec.by_name = true;
        self
    }
    /// `$null` is a value of its own: it clears the property.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.spec.nullable = true;
        self
    }
    /// The words it takes, where they are a closed list.
    #[must_use]
    pub const fn one_of(mut self, accepted: &'static [&'static str]) -> Self {
        self.spec.accepted = accepted;
        self
    }
    /// It is reserved for its maker and taken silently, as in Exchange.
    #[must_use]
    pub const fn reserved(mut self) -> Self {
        self.spec.effect = Effect::Reserved;
        self
    }
    /// It is declared but not built; giving it is an error that says so.
    #[must_use]
    pub const fn not_built_yet(mut self) -> Self {
        self.spec.effect = Effect::NotBuiltYet;
        self
    }
    /// The same parameter, mandatory in the set that lists it so.
    #[must_use]
    pub const fn must(&self) -> Self {
        let mut spec = self.spec;
        spec.mandatory = true;
        spec.nullable = false;
        Parameter { spec, of: PhantomData }
    }
    /// The same parameter, which need not be given: `value` stands in for it, and nobody is asked.
    #[must_use]
    pub const fn presumed(&self, value: &'static str) -> Self {
        let mut spec = self.spec;
        spec.presumed = Some(value);
        Parameter { spec, of: PhantomData }
    }
    /// The same parameter, taken from the arguments without a name, from 0.
    #[must_use]
    pub const fn at(&self, position: u8) -> Self {
        let mut spec = self.spec;
        spec.position = Some(position);
        Parameter { spec, of: PhantomData }
    }
    /// The same parameter, which a property of a piped object, called so, can fill: the columns of a CSV file.
    #[must_use]
    pub const fn by_name(&self) -> Self {
        let mut spec = self.spec;
        spec.by_name = true;
        Parameter { spec, of: PhantomData }
    }
    /// The same parameter, declared and not built in the command that lists it so.
    #[must_use]
    pub const fn later(&self) -> Self {
        let mut spec = self.spec;
        spec.effect = Effect::NotBuiltYet;
        Parameter { spec, of: PhantomData }
    }
    /// The name without its dash.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }
}

/// A declared parameter, whatever its type: what a parameter set lists.
pub trait Taken: Sync {
    /// What is known of it.
    fn spec(&self) -> &ParameterSpec;
}

impl<T: PropertyType> Taken for Parameter<T> {
    fn spec(&self) -> &ParameterSpec {
        &self.spec
    }
}

impl Taken for ParameterSpec {
    fn spec(&self) -> &ParameterSpec {
        self
    }
}

impl std::fmt::Debug for dyn Taken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.spec().fmt(f)
    }
}

/// A parameter set as the manual prints it: its name and what it takes besides what all sets take.
#[derive(Clone, Copy, Debug)]
pub struct Set(pub &'static str, pub &'static [&'static dyn Taken]);

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

    static IDENTITY: Parameter<String> = Parameter::new("Identity", "Who.").piped();
    static ROOM: Parameter<Switch> = Parameter::new("Room", "A room.");
    static SETS: &[Set] = &[Set("Room", &[&ROOM.must(), &IDENTITY.at(0)]), Set("User", &[&IDENTITY])];

    #[test]
    fn a_set_says_what_differs_and_the_parameter_stays_as_it_was() {
        let [Set("Room", [room, identity]), Set("User", [plain])] = SETS else { panic!("{SETS:?}") };
        assert!(room.spec().mandatory && room.spec().is_switch());
        assert_eq!((identity.spec().position, plain.spec().position), (Some(0), None));
        assert!(identity.spec().by_value && !ROOM.spec.mandatory);
    }
}
