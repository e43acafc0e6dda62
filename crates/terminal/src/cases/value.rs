//! What is said of an expression: its type and value in words that no culture changes, or its error.

use dotnet::{Locale, Type, culture, profile};
use language::Session;
use object::Value;
use serde_json::{Value as Json, json};

/// The variable that takes the value.
const VARIABLE: &str = "v";

/// Evaluates `expression`: one object of its pipeline is the value, several are an array.
pub(super) fn of_expression(session: &mut Session, expression: &str) -> Json {
    let outcome = session.run_text(&format!("${VARIABLE} = ({expression})"));
    let first = outcome.ended_by.or_else(|| session.errors().pop());
    if let Some(record) = first {
        return json!({"error": record.id(), "message": record.message()});
    }
    let value = session.find_variable(VARIABLE).unwrap_or_default();
    json!({"type": type_of(&value), "value": text(&value)})
}

/// The accelerator for exactly that type, else its full name; an array is its element's name and `[]`.
fn type_of(value: &Value) -> String {
    match Type::of(value) {
        None => "null".to_owned(),
        Some(of) => match &*of.name() {
            whole @ ("System.Object[]" | "System.Object") => whole.to_owned(),
            "System.Management.Automation.PSCustomObject" => "PSCustomObject".to_owned(),
            _ => of.accelerator().to_string(),
        },
    }
}

fn text(value: &Value) -> String {
    let locale = Locale::new(&profile::CORE, &culture::INVARIANT);
    let inner = dotnet::values::base(value);
    if let Some(items) = dotnet::index::elements(inner) {
        let items = items.iter().map(|item| format!("{}:{}", type_of(item), text(item)));
        return format!("({})", items.collect::<Vec<_>>().join(", "));
    }
    match inner {
        Value::Null => "$null".to_owned(),
        Value::Dictionary(dictionary) => {
            let pairs = dictionary.to_vec();
            let pairs = pairs.iter().map(|(key, value)| format!("{}={}", text(key), text(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join("; "))
        }
        Value::Typed(typed) if typed.as_any().is::<dotnet::xml::Node>() => {
            inner.downcast::<dotnet::xml::Node>().map(dotnet::xml::outer).unwrap_or_default()
        }
        Value::DateTime(date) => dotnet::format::date::format(*date, "o", &locale)
            .unwrap_or_else(|_| dotnet::text::of(inner, &locale)),
        Value::Double(_) | Value::Single(_) => dotnet::text::of(inner, &locale),
        other => dotnet::text::to_text(other, &locale),
    }
}
