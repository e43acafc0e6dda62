//! Attributes and run-time parameters as objects: what a `dynamicparam` block makes of its parameters.

use super::{Call, Row};
use crate::exception::Result;
use crate::types::Type;
use object::value::{Dictionary, Keys};
use object::{Object, Value};

/// A parameter without a position.
const NO_POSITION: i32 = i32::MIN;

fn attribute(name: &str) -> Object {
    Object::named(format!("System.Management.Automation.{name}"))
}

fn rest(call: &Call<'_>) -> Value {
    Value::array(call.rest(0))
}

fn parameter(_: &mut Call<'_>) -> Result<Value> {
    Ok(attribute("ParameterAttribute")
        .with("Position", NO_POSITION)
        .with("ParameterSetName", "__AllParameterSets")
        .with("Mandatory", false)
        .with("ValueFromPipeline", false)
        .with("ValueFromPipelineByPropertyName", false)
        .with("ValueFromRemainingArguments", false)
        .with("HelpMessage", Value::Null)
        .with("DontShow", false)
        .into())
}

fn runtime_parameter(call: &mut Call<'_>) -> Result<Value> {
    let (name, of, attributes) = (call.value(0), call.value(1), call.value(2));
    let of = if of.is_null() { Value::typed(Type::object()) } else { of };
    let attributes = match attributes.is_null() {
        true => Value::typed(crate::collections::Collection::of_objects(Vec::new())),
        false => attributes,
    };
    Ok(attribute("RuntimeDefinedParameter")
        .with("Name", name)
        .with("ParameterType", of)
        .with("Value", Value::Null)
        .with("IsSet", false)
        .with("Attributes", attributes)
        .into())
}

macro_rules! two {
    ($name:literal $first:literal $second:literal) => {
        |call| Ok(attribute($name).with($first, call.value(0)).with($second, call.value(1)).into())
    };
}
macro_rules! bare {
    ($name:literal) => {
        &[("static object new()", |_| Ok(attribute($name).into()))]
    };
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Management.Automation.ParameterAttribute", &[("static object new()", parameter)]),
    (
        "System.Management.Automation.AliasAttribute",
        &[("static object new(Params string[] aliasNames)", |call| {
            Ok(attribute("AliasAttribute").with("AliasNames", rest(call)).into())
        })],
    ),
    (
        "System.Management.Automation.ValidateSetAttribute",
        &[("static object new(Params string[] validValues)", |call| {
            let values = rest(call);
            Ok(attribute("ValidateSetAttribute").with("IgnoreCase", true).with("ValidValues", values).into())
        })],
    ),
    (
        "System.Management.Automation.ValidateRangeAttribute",
        &[(
            "static object new(object minRange, object maxRange)",
            two!("ValidateRangeAttribute" "MinRange" "MaxRange"),
        )],
    ),
    (
        "System.Management.Automation.ValidateLengthAttribute",
        &[(
            "static object new(int minLength, int maxLength)",
            two!("ValidateLengthAttribute" "MinLength" "MaxLength"),
        )],
    ),
    (
        "System.Management.Automation.ValidateCountAttribute",
        &[(
            "static object new(int minLength, int maxLength)",
            two!("ValidateCountAttribute" "MinLength" "MaxLength"),
        )],
    ),
    (
        "System.Management.Automation.ValidatePatternAttribute",
        &[("static object new(string regexPattern)", |call| {
            Ok(attribute("ValidatePatternAttribute").with("RegexPattern", call.value(0)).into())
        })],
    ),
    (
        "System.Management.Automation.ValidateScriptAttribute",
        &[("static object new(scriptblock scriptBlock)", |call| {
            Ok(attribute("ValidateScriptAttribute").with("ScriptBlock", call.value(0)).into())
        })],
    ),
    ("System.Management.Automation.ValidateNotNullAttribute", bare!("ValidateNotNullAttribute")),
    (
        "System.Management.Automation.ValidateNotNullOrEmptyAttribute",
        bare!("ValidateNotNullOrEmptyAttribute"),
    ),
    ("System.Management.Automation.AllowNullAttribute", bare!("AllowNullAttribute")),
    ("System.Management.Automation.AllowEmptyStringAttribute", bare!("AllowEmptyStringAttribute")),
    ("System.Management.Automation.AllowEmptyCollectionAttribute", bare!("AllowEmptyCollectionAttribute")),
    (
        "System.Management.Automation.RuntimeDefinedParameter",
        &[
            ("static object new()", runtime_parameter),
            ("static object new(string name, type parameterType, object attributes)", runtime_parameter),
        ],
    ),
    (
        "System.Management.Automation.RuntimeDefinedParameterDictionary",
        &[("static object new()", |_| {
            let name = "System.Management.Automation.RuntimeDefinedParameterDictionary";
            Ok(Value::from(Dictionary::named(name, Keys::IgnoreCase)))
        })],
    ),
];
