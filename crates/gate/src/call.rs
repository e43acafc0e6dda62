//! A bound call: typed values of parameters, read by the parameters' own declarations.

use crate::bind::Bound;
use crate::caller::Caller;
use crate::signature::{Formal, Signature};
use object::types::PropertyType;
use object::value::Text;
use object::{Author, Error, ErrorId, Parameter, Property, Result, Spec, Switch, Value};
use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

/// What a command was called with, once or for one piped object.
pub struct Call {
    pub(crate) caller: Arc<Caller>,
    pub(crate) signature: Arc<Signature>,
    pub(crate) bound: Bound,
    pub(crate) input: Option<Value>,
    author: OnceLock<Author>,
    /// The parameters that were asked for, by their numbers; see [`Call::ignored`].
    asked: RefCell<HashSet<usize>>,
}

/// How a list is changed: as a whole, or by some elements (`@{Add=…; Remove=…}`).
#[derive(Clone, Debug, PartialEq)]
pub enum Edit<T> {
    /// It becomes this.
    Replace(Vec<T>),
    /// Some are added, some removed.
    Change {
        /// These are added.
        add: Vec<T>,
        /// These are removed.
        remove: Vec<T>,
    },
}

impl Call {
    pub(crate) fn new(
        caller: Arc<Caller>,
        signature: Arc<Signature>,
        bound: Bound,
        input: Option<Value>,
    ) -> Call {
        Call { caller, signature, bound, input, author: OnceLock::new(), asked: RefCell::default() }
    }

    /// Who calls.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }
    /// The name of the command.
    pub fn command(&self) -> &str {
        &self.signature.command
    }
    /// The name of the parameter set.
    pub fn set(&self) -> &str {
        self.signature.set_name(self.bound.set)
    }
    /// The piped object, when there is one.
    pub fn input(&self) -> Option<&Value> {
        self.input.as_ref()
    }

    /// The value given for a parameter, as it was bound; `$null` counts as given.
    pub fn value<T: PropertyType>(&self, parameter: &Parameter<T>) -> Option<&Value> {
        let at = self.signature.named(parameter.name())?;
        debug_assert!(
            self.signature.formals[at].is_read,
            "{} asks for -{}, which it does not list as read",
            self.command(),
            parameter.name()
        );
        self.note(at);
        self.bound.values[at].as_ref()
    }

    /// The given parameters that give a property its value, with that property; those that a function reads by a key
    /// are its own matter and not among them.
    pub fn properties(&self) -> impl Iterator<Item = (&'static Spec, &Value)> {
        self.bound.order.iter().filter_map(|at| {
            let spec = self.signature.formals[*at].property?;
            self.note(*at);
            Some((spec, self.bound.values[*at].as_ref()?))
        })
    }
    /// What a property is to become; `None` when it was not given, or given as `$null`. It stays among the
    /// [`properties`](Call::properties).
    pub fn property<T: PropertyType>(&self, property: &'static Property<T>) -> Option<T> {
        let mut given = self.properties();
        given
            .find(|(spec, _)| std::ptr::eq(*spec, property.details()))
            .and_then(|(_, value)| T::of_value(value))
    }

    /// Only a build for tests keeps account of what was asked for.
    fn note(&self, at: usize) {
        if cfg!(debug_assertions) {
            self.asked.borrow_mut().insert(at);
        }
    }
    /// The parameters that were given and that nothing asked for: a function that ends well must have looked at all.
    pub(crate) fn ignored(&self) -> Vec<&str> {
        let formal = |at: &usize| &self.signature.formals[*at];
        let asked = self.asked.borrow();
        let ignored = self.bound.order.iter().filter(|at| {
            let counts = formal(at).is_read || formal(at).property.is_some();
            counts && formal(at).presumed.is_none() && !asked.contains(at)
        });
        ignored.map(|at| &*formal(at).name).collect()
    }
    /// Who does what this call asks for, with what it was given: for everything that is changed in its name.
    pub fn author(&self) -> &Author {
        self.author.get_or_init(|| Author {
            who: self.caller.name.clone(),
            account: self.caller.account,
            from: self.caller.from.clone(),
            session: self.caller.session.clone(),
            command: self.signature.command.clone(),
            recorded: Arc::default(),
            parameters: masked(&self.signature, &self.bound)
                .into_iter()
                .map(|(name, value)| (name, recorded(&value)))
                .collect(),
        })
    }

    /// The value of a parameter; `None` when it was not given, or given as `$null`.
    pub fn get<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<T>> {
        let Some(value) = self.value(parameter).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        T::of_value(value).map(Some).ok_or_else(|| unreadable(parameter.name(), T::KIND.name))
    }
    /// The value of a parameter that takes nothing away: `$null` is refused by its name, where [`get`](Call::get) would
    /// pass it over.
    pub fn get_or_refuse_null<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<T>> {
        if self.value(parameter).is_some_and(Value::is_null) {
            let name = parameter.name();
            return Err(Error::caller(ErrorId::ValueRequired, format!("{name} can't be $null."))
                .help(format!("Give -{name} a value, or leave it out."))
                .about(name));
        }
        self.get(parameter)
    }
    /// The value of a parameter that this call cannot do without.
    pub fn need<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<T> {
        self.get(parameter)?.ok_or_else(|| missing(parameter.name()))
    }
    /// Whether a switch was given (and not taken back with `:$false`).
    pub fn is(&self, parameter: &Parameter<Switch>) -> bool {
        matches!(self.value(parameter), Some(Value::Bool(true)))
    }
    /// The list given for a parameter that takes many; `None` when it was not given.
    pub fn list<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<Vec<T>>> {
        self.value(parameter).map(|value| elements(parameter.name(), value)).transpose()
    }
    /// How a list is to be changed; `None` when the parameter was not given.
    pub fn edit<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<Edit<T>>> {
        self.value(parameter).map(|value| edit_of(parameter.name(), value)).transpose()
    }
}

/// Reads how a list is changed from a bound value: a plain list replaces, a dictionary edits.
pub fn edit_of<T: PropertyType>(name: &str, value: &Value) -> Result<Edit<T>> {
    let Value::Dictionary(words) = value else {
        return elements(name, value).map(Edit::Replace);
    };
    let (mut add, mut remove) = (Vec::new(), Vec::new());
    for (word, list) in words.to_vec() {
        match word.to_string().to_ascii_lowercase().as_str() {
            "add" => add.extend(elements::<T>(name, &list)?),
            "remove" => remove.extend(elements::<T>(name, &list)?),
            other => {
                let message = format!("The parameter {name} can't be changed with the word '{other}'.");
                return Err(Error::caller(ErrorId::InvalidValue, message)
                    .help("Write @{Add='…'; Remove='…'}; either may be left out.")
                    .about(name.to_owned()));
            }
        }
    }
    Ok(Edit::Change { add, remove })
}

fn elements<T: PropertyType>(name: &str, value: &Value) -> Result<Vec<T>> {
    let one = |item: &Value| T::of_value(item).ok_or_else(|| unreadable(name, T::KIND.name));
    value.items().iter().map(one).collect()
}

fn unreadable(name: &str, kind: &str) -> Error {
    Error::server(ErrorId::ParameterUnreadable, format!("The value bound to {name} is not a valid {kind}."))
        .about(name.to_owned())
}

fn missing(name: &str) -> Error {
    Error::caller(ErrorId::MissingMandatoryParameter, format!("The parameter {name} is needed here."))
        .help(format!("Add -{name} and its value."))
        .about(name.to_owned())
}

/// The given parameters with secrets masked, for records.
pub(crate) fn masked(signature: &Signature, bound: &Bound) -> Vec<(Text, Value)> {
    let pair = |at: &usize| {
        let formal = &signature.formals[*at];
        let value = bound.values[*at].clone()?;
        let is_secret = formal.is_secret() || holds_private_key(&value);
        Some((formal.name.clone(), if is_secret { MASK.into() } else { value }))
    };
    bound.order.iter().filter_map(pair).collect()
}

/// The author of what was asked for and refused before it was bound. What a name means is not settled then: whatever
/// could be a secret is masked, and what no parameter is called is, too.
pub(crate) fn asking(caller: &Caller, signature: &Signature, given: &[(Text, Value)]) -> Author {
    let fits = |given: &str, name: &str| {
        name.get(..given.len()).is_some_and(|head| head.eq_ignore_ascii_case(given))
    };
    let is_open = |given: &str| {
        let named = signature.formals.iter().filter(|formal| {
            fits(given, &formal.name) || formal.aliases.iter().any(|alias| fits(given, alias))
        });
        let secrets: Vec<bool> = named.map(Formal::is_secret).collect();
        !secrets.is_empty() && !secrets.contains(&true)
    };
    let parameter = |(name, value): &(Text, Value)| {
        (name.clone(), if is_open(name) { recorded(value) } else { MASK.into() })
    };
    Author {
        account: caller.account,
        from: caller.from.clone(),
        session: caller.session.clone(),
        parameters: given.iter().map(parameter).collect(),
        ..Author::new(caller.name.clone(), signature.command.clone())
    }
}

/// What stands in a record for a secret.
const MASK: &str = "********";

/// Characters of a value in a record. What a person types is shorter; a file that is handed over whole is kept by
/// whoever takes it, and not by each entry about it again.
const RECORDED_CHARACTERS_MAX: usize = 16_384;

/// A list of so many octets is a file. Nobody reads it in a record, and it may be a key in a form that is not looked into
/// here, such as PKCS#12.
const FILE_OCTETS_MIN: usize = 64;

/// A value as it stands in a record; of one that is very long the beginning, and how long it was.
fn recorded(value: &Value) -> Text {
    if holds_private_key(value) {
        return MASK.into();
    }
    let text = shown(value);
    match text.char_indices().nth(RECORDED_CHARACTERS_MAX) {
        None => text.into(),
        Some((end, _)) => {
            let count = text.chars().count();
            format!("{}… ({count} characters in all)", &text[..end]).into()
        }
    }
}

/// Whether a value is a file with a private key, as text, as lines, or octet by octet: by whatever parameter it comes, it
/// stands in no record. [RFC 7468 10]
pub fn holds_private_key(value: &Value) -> bool {
    const SIGN: &str = "PRIVATE KEY-----";
    match value {
        Value::String(text) => text.contains(SIGN),
        Value::Array(_) => match octets(value) {
            Some(octets) => octets.windows(SIGN.len()).any(|window| window == SIGN.as_bytes()),
            None => value.items().iter().any(holds_private_key),
        },
        Value::Dictionary(words) => words.to_vec().iter().any(|(_, value)| holds_private_key(value)),
        _ => false,
    }
}

/// A list of nothing but octets.
fn octets(value: &Value) -> Option<Vec<u8>> {
    let octet = |item: &Value| item.as_i64().and_then(|number| u8::try_from(number).ok());
    value.items().iter().map(octet).collect()
}

/// A value as text: lists and changes of lists with all their elements.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "$null".to_owned(),
        Value::Dictionary(words) => {
            let pair = |(word, value): &(Value, Value)| format!("{word}={}", shown(value));
            format!("@{{{}}}", words.to_vec().iter().map(pair).collect::<Vec<_>>().join("; "))
        }
        Value::Array(_) => match octets(value).filter(|octets| octets.len() >= FILE_OCTETS_MIN) {
            Some(octets) => format!("({} octets)", octets.len()),
            None => value.items().iter().map(shown).collect::<Vec<_>>().join(", "),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn a_private_key_stands_in_no_record() {
        let text = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEE\n-----END EC PRIVATE KEY-----\n";
        let octets = Value::array(text.bytes().map(|octet| Value::from(i32::from(octet))));
        for value in [text.into(), octets, Value::array(text.lines().map(Value::from))] {
            assert_eq!(&*recorded(&value), MASK);
        }
        assert_eq!(&*recorded(&Value::array([1.into(), 2.into()])), "1, 2");
        let pfx = Value::array((0..2_000).map(|number| Value::from(number % 256)));
        assert_eq!(&*recorded(&pfx), "(2000 octets)");
        let change: object::value::Dictionary =
            [(Value::from("Add"), Value::from(text))].into_iter().collect();
        assert_eq!(&*recorded(&Value::Dictionary(Arc::new(change))), MASK);
        assert_eq!(&*recorded(&"a PUBLIC KEY-----".into()), "a PUBLIC KEY-----");
    }

    #[test]
    fn a_record_keeps_the_beginning_of_what_is_very_long() {
        let whole = "é".repeat(RECORDED_CHARACTERS_MAX);
        assert_eq!(&*recorded(&whole.as_str().into()), whole);
        let cut = recorded(&format!("{whole}x").as_str().into());
        assert_eq!(&*cut, format!("{whole}… (16385 characters in all)"));
    }
}
