//! A bound call: typed values of parameters, read by the parameters' own declarations.

use crate::bind::Bound;
use crate::caller::Caller;
use crate::signature::Signature;
use object::types::PropertyType;
use object::value::Text;
use object::{Author, Error, ErrorId, Parameter, Result, Spec, Switch, Value};
use std::sync::{Arc, OnceLock};

/// What a command was called with, once or for one piped object.
pub struct Call {
    pub(crate) caller: Arc<Caller>,
    pub(crate) signature: Arc<Signature>,
    pub(crate) bound: Bound,
    pub(crate) input: Option<Value>,
    pub(crate) author: OnceLock<Author>,
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

    /// The value given for the parameter `name`, as it was bound; `$null` counts as given.
    pub fn given(&self, name: &str) -> Option<&Value> {
        let at = self.signature.formals.iter().position(|formal| formal.name.eq_ignore_ascii_case(name))?;
        self.bound.values[at].as_ref()
    }
    /// All parameters that were given, in the order in which they were bound.
    pub fn all_given(&self) -> impl Iterator<Item = (&str, &Value)> {
        let pair = |at: &usize| {
            let value = self.bound.values[*at].as_ref()?;
            Some((&*self.signature.formals[*at].name, value))
        };
        self.bound.order.iter().filter_map(pair)
    }

    /// The given parameters that give a property its value, with that property.
    pub fn properties(&self) -> impl Iterator<Item = (&'static Spec, &Value)> {
        self.bound.order.iter().filter_map(|at| {
            let spec = self.signature.formals[*at].property?;
            Some((spec, self.bound.values[*at].as_ref()?))
        })
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
                .map(|(name, value)| (name, shown(&value).into()))
                .collect(),
        })
    }

    /// The value of a parameter; `None` when it was not given, or given as `$null`.
    pub fn get<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<T>> {
        let Some(value) = self.given(parameter.name()).filter(|value| !value.is_null()) else {
            return Ok(None);
        };
        T::of_value(value).map(Some).ok_or_else(|| unreadable(parameter.name(), T::KIND.name))
    }
    /// The value of a parameter that this call cannot do without.
    pub fn need<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<T> {
        self.get(parameter)?.ok_or_else(|| missing(parameter.name()))
    }
    /// Whether a switch was given (and not taken back with `:$false`).
    pub fn is(&self, parameter: &Parameter<Switch>) -> bool {
        matches!(self.given(parameter.name()), Some(Value::Bool(true)))
    }
    /// Whether `$null` was given.
    pub fn clears<T: PropertyType>(&self, parameter: &Parameter<T>) -> bool {
        self.given(parameter.name()).is_some_and(Value::is_null)
    }
    /// The list given for a parameter that takes many; `None` when it was not given.
    pub fn list<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<Vec<T>>> {
        self.given(parameter.name()).map(|value| elements(parameter.name(), value)).transpose()
    }
    /// How a list is to be changed; `None` when the parameter was not given.
    pub fn edit<T: PropertyType>(&self, parameter: &Parameter<T>) -> Result<Option<Edit<T>>> {
        self.given(parameter.name()).map(|value| edit_of(parameter.name(), value)).transpose()
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
    Error::server(ErrorId::ParameterUnreadable, format!("The value bound to {name} is no {kind}."))
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
        Some((formal.name.clone(), if formal.is_secret() { "********".into() } else { value }))
    };
    bound.order.iter().filter_map(pair).collect()
}

/// A value as it stands in a record: lists and changes of lists with all their elements.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "$null".to_owned(),
        Value::Dictionary(words) => {
            let pair = |(word, value): &(Value, Value)| format!("{word}={}", shown(value));
            format!("@{{{}}}", words.to_vec().iter().map(pair).collect::<Vec<_>>().join("; "))
        }
        Value::Array(_) => value.items().iter().map(shown).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
