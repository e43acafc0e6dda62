//! Strict mode (`Set-StrictMode`): what is not there is an error instead of `$null`. It holds for the scope
//! that set it and for the scopes below.

use super::code::{ScopeName, Var};
use super::halt::Run;
use super::session::Session;
use dotnet::{Category, Exception, Type, index};
use object::Value;

/// From this level on, variables that were never set are errors.
const VARIABLES: u8 = 1;
/// From this level on, members that are not there are errors, and variables within texts.
const MEMBERS: u8 = 2;
/// From this level on, places beyond the end of an array are errors.
const PLACES: u8 = 3;

impl Session {
    /// Sets the strict mode of the running scope; 0 is off.
    pub fn set_strict(&mut self, level: u8) {
        self.strict_anywhere |= level > 0;
        self.scopes[self.frame.scope].strict = Some(level);
    }

    fn strict(&self) -> u8 {
        let mut at = Some(self.frame.scope);
        while let Some(index) = at {
            if let Some(level) = self.scopes[index].strict {
                return level;
            }
            at = self.scopes[index].parent;
        }
        0
    }

    /// What a variable gives that nobody set.
    pub(super) fn unset(&self, variable: &Var) -> dotnet::Result<Value> {
        if !self.strict_anywhere || self.strict() < VARIABLES {
            return Ok(Value::Null);
        }
        let name = match variable {
            Var::Slot(slot) => self.frame.code.names.written[*slot as usize].to_string(),
            Var::Scoped(scope, name) => format!("{}:{name}", word(*scope)),
            Var::Drive(..) | Var::Status | Var::Constant(_) => return Ok(Value::Null),
        };
        let message = format!("The variable '${name}' cannot be retrieved because it has not been set.");
        Err(Exception::runtime("VariableIsUndefined", message).target(name))
    }

    /// Whether members that are not there are errors.
    pub fn is_strict_of_members(&self) -> bool {
        self.strict_anywhere && self.strict() >= MEMBERS
    }

    /// Whether a variable that nobody set is an error in a text too.
    pub(super) fn strict_in_texts(&self) -> bool {
        self.strict_anywhere && self.strict() >= MEMBERS
    }

    /// What a member gives that the value does not have, and `Count` of what is no list.
    pub(super) fn member_found(&self, target: &Value, name: &str, found: Option<Value>) -> Run<Value> {
        if !self.strict_anywhere || self.strict() < MEMBERS {
            return Ok(found.unwrap_or_default());
        }
        match found {
            Some(value) if !is_lent(target, name) => Ok(value),
            _ => {
                let message = format!(
                    "The property '{name}' cannot be found on this object. Verify that the property exists."
                );
                Err(Exception::new("System.Management.Automation.PropertyNotFoundException", message)
                    .id("PropertyNotFoundStrict")
                    .category(Category::NotSpecified)
                    .into())
            }
        }
    }

    /// What an index gives where nothing was found.
    pub(super) fn place_found(&self, target: &Value, at: &Value, found: Value) -> Run<Value> {
        if !found.is_null() || !self.strict_anywhere || self.strict() < PLACES {
            return Ok(found);
        }
        let (Some(items), Some(at)) = (index::elements(target), at.as_i64()) else { return Ok(found) };
        let count = items.len() as i64;
        if (-count..count).contains(&at) {
            return Ok(found);
        }
        let message = "Index was outside the bounds of the array.";
        Err(Exception::new("System.IndexOutOfRangeException", message)
            .id("System.IndexOutOfRangeException")
            .category(Category::OperationStopped)
            .into())
    }
}

fn word(scope: ScopeName) -> &'static str {
    match scope {
        ScopeName::Global => "global",
        ScopeName::Script => "script",
        ScopeName::Local => "local",
        ScopeName::Private => "private",
        ScopeName::Using => "using",
    }
}

/// `Count` and `Length` are lent to values that are no lists; strict mode takes them back.
fn is_lent(target: &Value, name: &str) -> bool {
    let count = name.eq_ignore_ascii_case("Count");
    let length = name.eq_ignore_ascii_case("Length");
    if !count && !length {
        return false;
    }
    match dotnet::values::base(target) {
        Value::Dictionary(_) => false,
        Value::Object(object) => object.get(name).is_none(),
        Value::String(_) => count,
        other => index::elements(other).is_none() && !has_own(other, name),
    }
}

fn has_own(value: &Value, name: &str) -> bool {
    let declared = Type::of(value).map(|of| dotnet::member::names(&of, false)).unwrap_or_default();
    let typed = matches!(value, Value::Typed(typed) if typed.member(name).is_some());
    typed || declared.iter().any(|known| known.eq_ignore_ascii_case(name))
}
