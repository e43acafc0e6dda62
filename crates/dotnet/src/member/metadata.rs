//! What is known of a command as objects that a script may change: `CommandMetadata`, `ParameterMetadata`, and the
//! text of a function that wraps the command (`ProxyCommand`).

use super::{Call, Row};
use crate::collections::{Collection, Flavour};
use crate::exception::{Exception, Result};
use crate::types::Type;
use crate::values::Added;
use object::value::{Dictionary, Keys};
use object::{Object, Value};
use std::fmt::Write as _;
use std::sync::Arc;

/// The set that is all sets.
const ALL_SETS: &str = "__AllParameterSets";

/// What a parameter without a position says.
const NO_POSITION: i64 = i32::MIN as i64;

fn object(value: &Value) -> Option<Arc<Object>> {
    match value {
        Value::Object(object) => Some(object.clone()),
        _ => None,
    }
}

fn held(object: &Object, name: &str) -> Value {
    let found = object.get(name).unwrap_or_default();
    match found.downcast::<Added>() {
        Some(Added::Hidden(place) | Added::Shared(place)) => place.0.read().clone(),
        _ => found,
    }
}

fn on(object: &Object, name: &str) -> bool {
    crate::compare::truth(&held(object, name))
}

/// A list that belongs to the copy alone.
fn copied(list: &Value, of: &str) -> Value {
    let items = crate::index::elements(list).unwrap_or_default();
    let of = Type::parse(of).unwrap_or_else(Type::object);
    Value::typed(Collection::new(Flavour::Collection, vec![of], items))
}

fn table(values: &str) -> Dictionary {
    Dictionary::named(
        format!("System.Collections.Generic.Dictionary`2[System.String,{values}]"),
        Keys::IgnoreCase,
    )
}

/// A parameter as an object of its own: changing it changes nothing of the command.
fn parameter(value: &Value) -> Value {
    let Some(known) = object(value) else { return Value::Null };
    let made = Object::named("System.Management.Automation.ParameterMetadata");
    for (name, held) in known.properties().iter() {
        let held = match &**name {
            "Aliases" => copied(held, "string"),
            "Attributes" => copied(held, "System.Attribute"),
            "ParameterSets" => match held {
                Value::Dictionary(sets) => {
                    let copy = table("System.Management.Automation.ParameterSetMetadata");
                    sets.to_vec().into_iter().for_each(|(key, set)| copy.insert(key, set));
                    Value::from(copy)
                }
                other => other.clone(),
            },
            _ => held.clone(),
        };
        made.set(name, held);
    }
    made.into()
}

/// `[CommandMetadata]$command`, and a copy of one.
fn command(call: &mut Call<'_>) -> Result<Value> {
    let given = call.value(0);
    let Some(known) = object(&given).filter(|known| known.get("Parameters").is_some()) else {
        let message = format!("'{given}' is not a command whose parameters are known.");
        return Err(Exception::argument(message, "commandInfo"));
    };
    let is_copy = &*known.type_name() == "System.Management.Automation.CommandMetadata";
    let binding = match is_copy {
        true => Some(known.clone()),
        false => object(&held(&known, "BindingFacts")),
    };
    let fact =
        |name: &str, default: Value| binding.as_ref().and_then(|facts| facts.get(name)).unwrap_or(default);
    let parameters = table("System.Management.Automation.ParameterMetadata");
    if let Value::Dictionary(all) = held(&known, "Parameters") {
        all.to_vec().into_iter().for_each(|(name, one)| parameters.insert(name, parameter(&one)));
    }
    Ok(Object::named("System.Management.Automation.CommandMetadata")
        .with("Name", held(&known, "Name"))
        .with(
            "CommandType",
            if is_copy { held(&known, "CommandType") } else { held(&known, "ImplementingType") },
        )
        .with("DefaultParameterSetName", fact("DefaultParameterSetName", Value::Null))
        .with("SupportsShouldProcess", fact("SupportsShouldProcess", false.into()))
        .with("SupportsPaging", fact("SupportsPaging", false.into()))
        .with("PositionalBinding", fact("PositionalBinding", true.into()))
        .with("SupportsTransactions", fact("SupportsTransactions", false.into()))
        .with("HelpUri", fact("HelpUri", "".into()))
        .with("ConfirmImpact", fact("ConfirmImpact", "Medium".into()))
        .with("Parameters", Value::from(parameters))
        .with("WrapsCmdlet", fact("WrapsCmdlet", true.into()))
        .into())
}

/// A text between single quotes.
fn quoted(text: &str) -> String {
    text.chars()
        .flat_map(|c| {
            let twice = matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201A}' | '\u{201B}');
            std::iter::repeat_n(c, if twice { 2 } else { 1 })
        })
        .collect()
}

/// `[CmdletBinding(…)]` of a command; empty for a simple function.
fn binding_text(metadata: &Object) -> String {
    if !on(metadata, "WrapsCmdlet") {
        return String::new();
    }
    let mut words = Vec::new();
    let set = held(metadata, "DefaultParameterSetName").to_string();
    if !set.is_empty() {
        words.push(format!("DefaultParameterSetName='{}'", quoted(&set)));
    }
    if on(metadata, "SupportsShouldProcess") {
        words.push("SupportsShouldProcess=$true".to_owned());
        words.push(format!("ConfirmImpact='{}'", held(metadata, "ConfirmImpact")));
    }
    if on(metadata, "SupportsPaging") {
        words.push("SupportsPaging=$true".to_owned());
    }
    if !on(metadata, "PositionalBinding") {
        words.push("PositionalBinding=$false".to_owned());
    }
    let help = held(metadata, "HelpUri").to_string();
    if !help.is_empty() {
        words.push(format!("HelpUri='{}'", quoted(&help)));
    }
    format!("[CmdletBinding({})]", words.join(", "))
}

/// What a parameter is in one of its sets.
fn set_words(set: &Object) -> Vec<String> {
    let mut words = Vec::new();
    if on(set, "IsMandatory") {
        words.push("Mandatory=$true".to_owned());
    }
    if let Some(position) = held(set, "Position").as_i64().filter(|at| *at != NO_POSITION) {
        words.push(format!("Position={position}"));
    }
    for name in ["ValueFromPipeline", "ValueFromPipelineByPropertyName", "ValueFromRemainingArguments"] {
        if on(set, name) {
            words.push(format!("{name}=$true"));
        }
    }
    let help = held(set, "HelpMessage").to_string();
    if !help.is_empty() {
        words.push(format!("HelpMessage='{}'", quoted(&help)));
    }
    words
}

/// An attribute that says what a parameter takes, as it is written; `None`: it is said by other means.
fn attribute_text(attribute: &Object) -> Option<String> {
    let word = |name: &str| held(attribute, name).to_string();
    let name = attribute.type_name();
    Some(match name.rsplit('.').next()? {
        "ValidateLengthAttribute" => {
            format!("[ValidateLength({}, {})]", word("MinLength"), word("MaxLength"))
        }
        "ValidateRangeAttribute" if attribute.get("RangeKind").is_some() => {
            format!("[ValidateRange(\"{}\")]", word("RangeKind"))
        }
        "ValidateRangeAttribute" => {
            let is_number = held(attribute, "MinRange").as_i64().is_some();
            let bound =
                |name: &str| if is_number { word(name) } else { format!("'{}'", quoted(&word(name))) };
            format!("[ValidateRange({}, {})]", bound("MinRange"), bound("MaxRange"))
        }
        "ValidateCountAttribute" => format!("[ValidateCount({}, {})]", word("MinLength"), word("MaxLength")),
        "ValidatePatternAttribute" => format!("[ValidatePattern('{}')]", quoted(&word("RegexPattern"))),
        "ValidateScriptAttribute" => format!("[ValidateScript({{ {} }})]", word("ScriptBlock")),
        "ValidateSetAttribute" => {
            let words = held(attribute, "ValidValues").items();
            let words: Vec<String> =
                words.iter().map(|one| format!("'{}'", quoted(&one.to_string()))).collect();
            format!("[ValidateSet({})]", words.join(","))
        }
        plain @ ("ValidateNotNullAttribute"
        | "ValidateNotNullOrEmptyAttribute"
        | "ValidateNotNullOrWhiteSpaceAttribute"
        | "AllowNullAttribute"
        | "AllowEmptyStringAttribute"
        | "AllowEmptyCollectionAttribute") => format!("[{}()]", plain.trim_end_matches("Attribute")),
        _ => return None,
    })
}

fn parameter_text(name: &str, parameter: &Object, is_cmdlet: bool) -> String {
    let (mut text, line) = (String::new(), "\n    ");
    if let (Value::Dictionary(sets), true) = (held(parameter, "ParameterSets"), is_cmdlet) {
        for (set, facts) in sets.to_vec() {
            let Some(facts) = object(&facts) else { continue };
            let (set, mut words) = (set.to_string(), set_words(&facts));
            if words.is_empty() && set == ALL_SETS {
                continue;
            }
            if set != ALL_SETS {
                words.insert(0, format!("ParameterSetName='{}'", quoted(&set)));
            }
            let _ = write!(text, "{line}[Parameter({})]", words.join(", "));
        }
    }
    let aliases = crate::index::elements(&held(parameter, "Aliases")).unwrap_or_default();
    if !aliases.is_empty() {
        let aliases: Vec<String> =
            aliases.iter().map(|one| format!("'{}'", quoted(&one.to_string()))).collect();
        let _ = write!(text, "{line}[Alias({})]", aliases.join(","));
    }
    let attributes = crate::index::elements(&held(parameter, "Attributes")).unwrap_or_default();
    for attribute in attributes.iter().filter_map(object) {
        if let Some(written) = attribute_text(&attribute) {
            let _ = write!(text, "{line}{written}");
        }
    }
    if on(parameter, "SwitchParameter") {
        let _ = write!(text, "{line}[switch]");
    } else if let Some(of) = held(parameter, "ParameterType").downcast::<Type>() {
        let _ = write!(text, "{line}[{}]", of.accelerator());
    }
    let escaped = name.replace('`', "``").replace('{', "`{").replace('}', "`}");
    let _ = write!(text, "{line}${{{escaped}}}");
    text
}

fn metadata(call: &Call<'_>) -> Result<Arc<Object>> {
    object(&call.value(0)).ok_or_else(|| Exception::argument("Value cannot be null.", "commandMetadata"))
}

fn parameters_text(metadata: &Object) -> String {
    let Value::Dictionary(all) = held(metadata, "Parameters") else { return String::new() };
    let is_cmdlet = on(metadata, "WrapsCmdlet");
    let texts: Vec<String> = all
        .to_vec()
        .iter()
        .filter_map(|(name, one)| Some(parameter_text(&name.to_string(), &*object(one)?, is_cmdlet)))
        .collect();
    texts.join(",\n")
}

macro_rules! switches {
    ($($name:literal)*) => {
        &[$((concat!("switch ", $name), |_| Ok(Value::Null))),*]
    };
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Management.Automation.CommandMetadata", &[("static object new(object commandInfo)", command)]),
    (
        "System.Management.Automation.ProxyCommand",
        &[
            ("static string GetCmdletBindingAttribute(object commandMetadata)", |call| {
                Ok(binding_text(&*metadata(call)?).into())
            }),
            ("static string GetParamBlock(object commandMetadata)", |call| {
                Ok(parameters_text(&*metadata(call)?).into())
            }),
        ],
    ),
    (
        "System.Management.Automation.Language.CodeGeneration",
        &[
            ("static string EscapeSingleQuotedStringContent(string value)", |call| {
                Ok(quoted(&call.text(0)).into())
            }),
            ("static string EscapeFormatStringContent(string value)", |call| {
                Ok(call.text(0).replace('{', "{{").replace('}', "}}").into())
            }),
            ("static string EscapeVariableName(string value)", |call| {
                Ok(call.text(0).replace('`', "``").replace('{', "`{").replace('}', "`}").into())
            }),
        ],
    ),
    (
        "System.Management.Automation.Internal.CommonParameters",
        switches!("Verbose" "Debug" "ErrorAction" "WarningAction" "InformationAction" "ProgressAction" "ErrorVariable"
            "WarningVariable" "InformationVariable" "OutVariable" "OutBuffer" "PipelineVariable"),
    ),
    ("System.Management.Automation.Internal.ShouldProcessParameters", switches!("WhatIf" "Confirm")),
    ("System.Management.Automation.Internal.TransactionParameters", switches!("UseTransaction")),
    ("System.Management.Automation.PagingParameters", switches!("IncludeTotalCount" "Skip" "First")),
];
