//! A property, declared once: the key to read it, the parameter of `Set-`, the column, the form field
//! and the word of a filter are all this one constant.

use crate::types::{Kind, PropertyType};
use crate::{Result, Value};
use std::marker::PhantomData;

/// What can be done with a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// `Set-` and `New-` take it.
    Write,
    /// It is declared and shown, and what it asks for is not built: no command sets it yet.
    Later,
    /// It is shown, and set only by what the server does.
    Read,
    /// It is worked out from other properties when the object is shown; nothing is stored.
    Computed,
}

/// What is known of a property, whatever its type.
pub struct Spec {
    /// The name, as Exchange writes it: `ProhibitSendQuota`.
    pub name: &'static str,
    /// One sentence in the third person or a noun phrase that ends with a full stop.
    pub summary: &'static str,
    /// The type of a value, or of each value where there are many.
    pub kind: &'static Kind,
    /// Whether it holds a list. A `Set-` then also takes `@{Add=…; Remove=…}`.
    pub many: bool,
    /// What can be done with it.
    pub access: Access,
    /// Whether it may be used in `-Filter`.
    pub filterable: bool,
    /// Whether an index answers equality filters and look-ups.
    pub indexed: bool,
    /// The word used in filters where it is not the name (`RequireAllSendersAreAuthenticated`).
    pub filter_name: Option<&'static str>,
    /// The name of the directory attribute behind it (`mDBOverQuotaLimit`), for those who read by that name.
    pub attribute: Option<&'static str>,
    /// What a reference points to, as the manual calls such an identity: `DatabaseIdParameter`.
    pub refers_to: Option<&'static str>,
    /// The space in which no two objects can have the same value: `address`, `upn`, `sam`, `mailbox`, `domain`, or one
    /// of a noun's own.
    pub unique: Option<&'static str>,
    /// Whether a user keeps it whose mailbox is taken away.
    pub survives_disable: bool,
    /// The value of an object on which it was never set.
    pub default: Option<fn() -> Value>,
    /// Refuses values that are of the right type but not allowed.
    pub check: Option<Check>,
}

/// Which values of the right type are allowed.
#[derive(Clone, Copy)]
pub struct Check {
    /// Refuses the others.
    pub passes: fn(&Value) -> Result<()>,
    /// Which they are, in words that follow the property's sentence: `Up to 64 characters.`
    pub allows: fn() -> String,
}

impl Spec {
    /// Reads a value (each of a list) and checks it; errors name this property as the parameter.
    pub fn read(&self, value: &Value) -> Result<Value> {
        if self.many {
            let items: Result<Vec<Value>> = value.items().iter().map(|item| self.read_one(item)).collect();
            return items.map(Value::array);
        }
        self.read_one(value)
    }

    fn read_one(&self, value: &Value) -> Result<Value> {
        let named = |error: crate::Error| error.about(self.name);
        let read = (self.kind.read)(value).map_err(named)?;
        match self.check {
            Some(check) => (check.passes)(&read).map_err(named).map(|()| read),
            None => Ok(read),
        }
    }

    /// What there is to say of it: its sentence, which values are allowed, and what holds where it was never set.
    pub fn explained(&self) -> String {
        let mut text = self.summary.to_owned();
        if let Some(check) = self.check {
            text.push_str(&format!(" {}", (check.allows)()));
        }
        match self.default_value() {
            Value::Null => {}
            Value::Bool(yes) => text.push_str(if yes { " By default $true." } else { " By default $false." }),
            default => text.push_str(&format!(" By default {default}.")),
        }
        text
    }

    /// The value of an object on which it was never set; `$null` where none is declared.
    pub fn default_value(&self) -> Value {
        self.default.map_or(Value::Null, |default| default())
    }
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// A property of Rust type `T` (of each value, where it holds [`many`](Property::many)).
#[derive(Debug)]
pub struct Property<T> {
    spec: Spec,
    of: PhantomData<fn() -> T>,
}

/// Declares properties that only the server sets, one a line: the static, its type, its name, its summary, and what else is
/// said of it. Each is documented by its summary.
///
/// ```
/// object::read_only_properties! { pub static;
///     SENDER: String = "Sender", "Who sent it.";
///     RECIPIENTS: String = "Recipients", "Who gets it.", many();
/// }
/// ```
#[macro_export]
macro_rules! read_only_properties {
    ($vis:vis static; $($name:ident: $type:ty = $text:literal, $summary:literal $(, $method:ident($($arg:expr),*))*;)*) => {$(
        #[doc = $summary]
        $vis static $name: $crate::Property<$type> =
            $crate::Property::new($text, $summary).read_only()$(.$method($($arg),*))*;
    )*};
}

impl<T: PropertyType> Property<T> {
    /// A property that `Set-` takes and filters know.
    pub const fn new(name: &'static str, summary: &'static str) -> Property<T> {
        let spec = Spec {
            name,
            summary,
            kind: T::KIND,
            many: false,
            access: Access::Write,
            filterable: true,
            indexed: false,
            filter_name: None,
            attribute: None,
            refers_to: None,
            unique: None,
            survives_disable: false,
            default: None,
            check: None,
        };
        Property { spec, of: PhantomData }
    }
    /// It holds a list.
    #[must_use]
    pub const fn many(mut self) -> Self {
        self.spec.many = true;
        self
    }
    /// Only the server sets it.
    #[must_use]
    pub const fn read_only(mut self) -> Self {
        self.spec.access = Access::Read;
        self
    }
    /// What it asks for is not built: it is shown, and a command that is given it says so.
    #[must_use]
    pub const fn later(mut self) -> Self {
        self.spec.access = Access::Later;
        self
    }
    /// It is worked out when the object is shown, and filters do not know it.
    #[must_use]
    pub const fn computed(mut self) -> Self {
        self.spec.access = Access::Computed;
        self.spec.filterable = false;
        self
    }
    /// An index answers equality filters and look-ups.
    #[must_use]
    pub const fn indexed(mut self) -> Self {
        self.spec.indexed = true;
        self
    }
    /// Filters do not know it.
    #[must_use]
    pub const fn not_filterable(mut self) -> Self {
        self.spec.filterable = false;
        self
    }
    /// Filters know it under another word.
    #[must_use]
    pub const fn filter_name(mut self, name: &'static str) -> Self {
        self.spec.filter_name = Some(name);
        self
    }
    /// The directory attribute behind it, by which `Get-ADUser -Properties` reads it.
    #[must_use]
    pub const fn attribute(mut self, name: &'static str) -> Self {
        self.spec.attribute = Some(name);
        self
    }
    /// The value of an object on which it was never set.
    #[must_use]
    pub const fn default(mut self, default: fn() -> Value) -> Self {
        self.spec.default = Some(default);
        self
    }
    /// What a reference points to: a mailbox database for `DatabaseIdParameter`.
    #[must_use]
    pub const fn refers_to(mut self, identity: &'static str) -> Self {
        self.spec.refers_to = Some(identity);
        self
    }
    /// No two objects can have the same value in that space.
    #[must_use]
    pub const fn unique(mut self, space: &'static str) -> Self {
        self.spec.unique = Some(space);
        self
    }
    /// A user whose mailbox is taken away keeps it.
    #[must_use]
    pub const fn survives_disable(mut self) -> Self {
        self.spec.survives_disable = true;
        self
    }
    /// Refuses values that are of the right type but not allowed.
    #[must_use]
    pub const fn check(mut self, check: Check) -> Self {
        self.spec.check = Some(check);
        self
    }
    /// The name.
    pub const fn name(&self) -> &'static str {
        self.spec.name
    }
    /// What is known of it, for other declarations made from this one.
    pub const fn details(&self) -> &Spec {
        &self.spec
    }
}

/// A declared property, whatever its type: what a noun lists.
pub trait Declared: Sync {
    /// What is known of it.
    fn spec(&self) -> &Spec;
}

impl<T: PropertyType> Declared for Property<T> {
    fn spec(&self) -> &Spec {
        &self.spec
    }
}

impl std::fmt::Debug for dyn Declared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.spec().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_allowed_and_what_holds_by_default_follow_the_sentence() {
        static PLAIN: Property<String> = Property::new("Colour", "How it looks.");
        static FULL: Property<i32> = Property::new("Size", "How large it is, in cm.")
            .check(Check { passes: |_| Ok(()), allows: || "From 1 to 9.".to_owned() })
            .default(|| 3.into());
        static TRUTH: Property<bool> = Property::new("Loud", "Whether it is heard.").default(|| false.into());
        for (spec, wanted) in [
            (PLAIN.spec(), "How it looks."),
            (FULL.spec(), "How large it is, in cm. From 1 to 9. By default 3."),
            (TRUTH.spec(), "Whether it is heard. By default $false."),
        ] {
            assert_eq!(spec.explained(), wanted);
        }
    }
}
