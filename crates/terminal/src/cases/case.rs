//! A case as it is written: one JSON object a line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

/// The width of a console whose case names none.
const WIDTH: usize = 120;
/// The culture of a case that names none.
const CULTURE: &str = "en-US";

/// What is wanted of a case.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What a script shows, writes and reports.
    Code(String),
    /// The value of an expression.
    Expression(String),
    /// What a command line binds; nothing runs.
    Binding(String),
}

/// A case.
#[derive(Debug)]
pub(super) struct Case {
    pub(super) id: Json,
    pub(super) wanted: Wanted,
    /// A script that runs before, unseen.
    pub(super) prelude: Option<String>,
    /// Errors are recorded, but not shown.
    pub(super) separate: bool,
    pub(super) width: usize,
    pub(super) culture: String,
    /// What lies in the case's folder.
    pub(super) files: Vec<(String, Vec<u8>)>,
    /// What a person would type at prompts.
    pub(super) answers: Vec<String>,
}

impl Case {
    /// Reads a line. The error is a sentence.
    pub(super) fn parse(line: &str) -> Result<Case, String> {
        let json: Json = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |name: &str| json[name].as_str().map(str::to_owned);
        let wanted = text("code").map(Wanted::Code);
        let wanted = wanted.or_else(|| text("expr").map(Wanted::Expression));
        let wanted = wanted.or_else(|| text("bind").map(Wanted::Binding));
        let files = json["files"].as_object().into_iter().flatten();
        let answers = json["answers"].as_array().into_iter().flatten();
        Ok(Case {
            id: json["id"].clone(),
            wanted: wanted.ok_or("A case needs code, expr or bind.")?,
            prelude: text("prelude"),
            separate: json["separate"].as_bool().unwrap_or(false),
            width: json["width"].as_u64().and_then(|width| usize::try_from(width).ok()).unwrap_or(WIDTH),
            culture: text("culture").unwrap_or_else(|| CULTURE.to_owned()),
            files: files.map(file).collect::<Result<_, _>>()?,
            answers: answers.filter_map(|answer| answer.as_str().map(str::to_owned)).collect(),
        })
    }
}

fn file((name, content): (&String, &Json)) -> Result<(String, Vec<u8>), String> {
    let content = content.as_str().ok_or_else(|| format!("The content of {name} is not text."))?;
    let bytes = match content.strip_prefix("base64:") {
        Some(encoded) => STANDARD.decode(encoded).map_err(|error| format!("{name}: {error}"))?,
        None => content.as_bytes().to_vec(),
    };
    Ok((name.clone(), bytes))
}

/// Bytes of a file as an answer has them: text with its mark kept, else `base64:…`.
pub(super) fn content(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => format!("base64:{}", STANDARD.encode(bytes)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_case() {
        let case = Case::parse(r#"{"id":"x","code":"1","files":{"a":"b","c":"base64:AP8="},"width":40}"#);
        let case = case.unwrap();
        assert_eq!((case.width, case.culture.as_str(), case.separate), (40, "en-US", false));
        assert_eq!(case.wanted, Wanted::Code("1".to_owned()));
        assert_eq!(case.files, [("a".to_owned(), b"b".to_vec()), ("c".to_owned(), vec![0, 255])]);
        assert_eq!(content(&[0, 255]), "base64:AP8=");
        assert!(Case::parse(r#"{"id":"x"}"#).unwrap_err().contains("code, expr or bind"));
        assert!(Case::parse("{").is_err());
    }
}
