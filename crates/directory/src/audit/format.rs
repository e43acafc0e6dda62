//! How the record keeps properties and parameters as text: JSON with the number of its form.
//!
//! Form 1: `{"v":1,"set":{"Alias":[["ann"],["anna"]]}}` and `{"v":1,"given":[["Identity","ann"]]}`.

use super::PropertyChange;
use object::value::Text;
use object::{Error, ErrorId, Result};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// The form that is written.
const FORM: u64 = 1;

/// Properties before and after.
pub(super) fn properties(properties: &[PropertyChange]) -> String {
    json!({"v": FORM, "set": set(properties)}).to_string()
}

/// What [`properties`] wrote.
pub(crate) fn read_properties(text: &str) -> Result<Vec<PropertyChange>> {
    let json = of_form(text)?;
    read_set(&json["set"]).ok_or_else(|| damaged(text))
}

/// Properties as they stand inside a document of any kind.
pub(super) fn set(properties: &[PropertyChange]) -> Json {
    let pair = |one: &PropertyChange| (one.name.clone(), json!([one.before, one.after]));
    Json::Object(properties.iter().map(pair).collect::<Map<_, _>>())
}

/// What [`set`] made.
pub(super) fn read_set(set: &Json) -> Option<Vec<PropertyChange>> {
    let texts = |value: &Json| -> Option<Vec<String>> {
        value.as_array()?.iter().map(|text| text.as_str().map(str::to_owned)).collect()
    };
    let one = |(name, sides): (&String, &Json)| {
        let (before, after) = (texts(sides.get(0)?)?, texts(sides.get(1)?)?);
        Some(PropertyChange { name: name.clone(), before, after })
    };
    set.as_object()?.iter().map(one).collect()
}

/// The parameters of a command.
pub(super) fn parameters(parameters: &[(Text, Text)]) -> String {
    let given: Vec<[&str; 2]> = parameters.iter().map(|(name, value)| [&**name, &**value]).collect();
    // JSON escapes NUL, which no engine takes as it is.
    json!({"v": FORM, "given": given}).to_string()
}

/// What [`parameters`] wrote.
pub(super) fn read_parameters(text: &str) -> Result<Arc<[(Text, Text)]>> {
    let json = of_form(text)?;
    let pair = |pair: &Json| Some((pair.get(0)?.as_str()?.into(), pair.get(1)?.as_str()?.into()));
    let given = json["given"].as_array().and_then(|given| given.iter().map(pair).collect::<Option<Vec<_>>>());
    given.map(Arc::from).ok_or_else(|| damaged(text))
}

/// Reads a document and refuses the form of a newer program.
fn of_form(text: &str) -> Result<Json> {
    let json: Json = serde_json::from_str(text).map_err(|_| damaged(text))?;
    match json["v"].as_u64() {
        Some(FORM) => Ok(json),
        Some(newer) => Err(Error::conflict(
            ErrorId::SchemaNewer,
            format!("The record of changes holds an entry of form {newer}; this program knows form {FORM}."),
        )),
        None => Err(damaged(text)),
    }
}

/// How much of a damaged entry an error shows, in characters.
const SHOWN_CHARACTERS_MAX: usize = 80;

fn damaged(text: &str) -> Error {
    let shown: String = text.chars().take(SHOWN_CHARACTERS_MAX).collect();
    Error::server(
        ErrorId::AttributeDamaged,
        format!("The record of changes holds '{shown}', which is damaged."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let one = |name: &str, before: &[&str], after: &[&str]| PropertyChange {
            name: name.to_owned(),
            before: texts(before),
            after: texts(after),
        };
        let all = [
            one("Alias", &["ann"], &["anna"]),
            one("EmailAddresses", &[], &["SMTP:a@b", "smtp:\"c d\"@b"]),
            one("Notes", &["zeile 1\nzeile 2\0\u{1f600}"], &[]),
        ];
        assert_eq!(read_properties(&properties(&all)).unwrap(), all);
        assert_eq!(read_properties(&properties(&[])).unwrap(), []);
        let given: [(Text, Text); 2] =
            [("Identity".into(), "it's\0".into()), ("EmailAddresses".into(), "@{Add=x@y}".into())];
        assert_eq!(&*read_parameters(&parameters(&given)).unwrap(), &given);
    }

    #[test]
    fn what_is_not_of_this_form_is_refused() {
        for (text, id) in [
            ("{\"v\":2,\"set\":{}}", "SchemaNewer"),
            ("{\"set\":{}}", "AttributeDamaged"),
            ("{\"v\":1}", "AttributeDamaged"),
            ("{\"v\":1,\"set\":{\"Alias\":[[1],[]]}}", "AttributeDamaged"),
            ("{\"v\":1,\"set\":{\"Alias\":[[]]}}", "AttributeDamaged"),
            ("nonsense", "AttributeDamaged"),
        ] {
            assert_eq!(read_properties(text).unwrap_err().id(), id, "{text}");
        }
        assert_eq!(read_parameters("{\"v\":1,\"given\":[[\"a\"]]}").unwrap_err().id(), "AttributeDamaged");
    }
}
