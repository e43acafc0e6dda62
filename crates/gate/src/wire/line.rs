//! The lines of an invocation, in and out, and how each is told from the others.

use super::read::Reading;
use super::write::{self, Values, write_parameters};
use super::{LINE_BYTES_MAX, Nouns, malformed, row};
use crate::invocation::Invocation;
use crate::output::{Answer, Progress, Prompt, Report};
use object::{Error, ErrorId, Fault, Result, Value};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// A line from the caller.
#[derive(Clone, Debug)]
pub enum In {
    /// What to run; the first line.
    Invoke {
        /// The command.
        invocation: Invocation,
        /// Whether the caller understands objects that are told by what differs from one before: see [`Reader`].
        deltas: bool,
    },
    /// A piped object.
    Input(Value),
    /// No more piped objects.
    InputEnd,
    /// The answer to a question.
    Answer(Answer),
    /// The caller wants no more.
    Stop,
}

/// A line to the caller.
#[derive(Clone, Debug)]
pub enum Out {
    /// What the command says.
    Report(Report),
    /// A question; the next line from the caller that is no input answers it.
    Confirm(Prompt),
    /// The end, with the number of errors.
    End(u64),
}

impl In {
    /// The line, with its newline.
    pub fn line(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self {
            In::Invoke { invocation, deltas } => append_invoke(&mut bytes, invocation, *deltas),
            In::Input(value) => append_value(&mut bytes, INPUT, value, write::Reader::Server),
            In::InputEnd => append(&mut bytes, &json!({"inputEnd": true})),
            In::Answer(answer) => append(&mut bytes, &json!({"answer": answer.name()})),
            In::Stop => append(&mut bytes, &json!({"stop": true})),
        }
        bytes
    }

    /// Reads a line.
    pub fn parse(bytes: &[u8], nouns: &Nouns) -> Result<In> {
        if let Some(object) = row::read_line(bytes, INPUT, nouns) {
            return Ok(In::Input(object));
        }
        let word = |word: &str| match word {
            "invoke" => Some(Body::Invoke),
            "input" => Some(Body::Value),
            "inputEnd" | "answer" | "stop" => Some(Body::Words),
            _ => None,
        };
        let (word, body) = read_words(bytes, nouns, &word)?;
        match (word.as_str(), body) {
            (_, Told::Invoke(invocation, deltas)) => Ok(In::Invoke { invocation, deltas }),
            (_, Told::Value(value)) => Ok(In::Input(value)),
            ("inputEnd", _) => Ok(In::InputEnd),
            ("stop", _) => Ok(In::Stop),
            (_, Told::Words(answer)) => {
                let known = answer.as_str().and_then(Answer::of_name);
                known.map(In::Answer).ok_or_else(|| malformed("an answer is Yes, YesToAll, No or NoToAll"))
            }
        }
    }
}

fn append_invoke(bytes: &mut Vec<u8>, invocation: &Invocation, deltas: bool) {
    write::line(bytes, "{\"invoke\":{\"cmdlet\":", |bytes| {
        Values::new(bytes, write::Reader::Server).text(&invocation.cmdlet);
        bytes.extend_from_slice(b",\"parameters\":");
        write_parameters(bytes, &invocation.parameters);
        if deltas {
            bytes.extend_from_slice(b",\"deltas\":true");
        }
        bytes.push(b'}');
    });
}

impl Out {
    /// The line, with its newline.
    pub fn line(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.append_to(&mut bytes);
        bytes
    }

    /// Adds the line, with its newline, to lines that are gathered.
    pub fn append_to(&self, bytes: &mut Vec<u8>) {
        match self {
            Out::Report(Report::Object(value)) => append_value(bytes, OBJECT, value, write::Reader::Caller),
            Out::Report(Report::Warning(text)) => append(bytes, &json!({"warning": text})),
            Out::Report(Report::Verbose(text)) => append(bytes, &json!({"verbose": text})),
            Out::Report(Report::WhatIf(text)) => append(bytes, &json!({"whatIf": text})),
            Out::Report(Report::Progress(progress)) => append(
                bytes,
                &json!({"progress": {"activity": progress.activity, "status": progress.status,
                    "percent": progress.percent}}),
            ),
            Out::Report(Report::Error(error)) => append(bytes, &json!({"error": encode_error(error)})),
            Out::Confirm(prompt) => {
                append(bytes, &json!({"confirm": {"caption": prompt.caption, "message": prompt.message}}));
            }
            Out::End(errors) => append(bytes, &json!({"end": {"errors": errors}})),
        }
    }

    /// Reads a line.
    pub fn parse(bytes: &[u8], nouns: &Nouns) -> Result<Out> {
        if let Some(object) = row::read_line(bytes, OBJECT, nouns) {
            return Ok(Out::Report(Report::Object(object)));
        }
        let word = |word: &str| match word {
            "object" => Some(Body::Value),
            "warning" | "verbose" | "whatIf" | "progress" | "error" | "confirm" | "end" => Some(Body::Words),
            _ => None,
        };
        match read_words(bytes, nouns, &word)? {
            (_, Told::Value(value)) => Ok(Out::Report(Report::Object(value))),
            (word, Told::Words(body)) => Ok(Out::of_words(&word, &body)),
            (word, Told::Invoke(..)) => Err(unknown_word(&word)),
        }
    }

    fn of_words(word: &str, body: &Json) -> Out {
        let text = || body.as_str().unwrap_or_default().to_owned();
        let field = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        match word {
            "warning" => Out::Report(Report::Warning(text())),
            "verbose" => Out::Report(Report::Verbose(text())),
            "whatIf" => Out::Report(Report::WhatIf(text())),
            "progress" => Out::Report(Report::Progress(Progress {
                activity: field("activity"),
                status: field("status"),
                percent: body.get("percent").and_then(Json::as_u64).map(|percent| percent.min(100) as u8),
            })),
            "error" => Out::Report(Report::Error(decode_error(body))),
            "confirm" => Out::Confirm(Prompt { caption: field("caption"), message: field("message") }),
            _ => Out::End(body.get("errors").and_then(Json::as_u64).unwrap_or(0)),
        }
    }
}

/// How the lines begin that carry values.
pub(super) const OBJECT: &str = "{\"object\":";
const INPUT: &str = "{\"input\":";

fn append_value(bytes: &mut Vec<u8>, head: &str, value: &Value, reader: write::Reader) {
    write::line(bytes, head, |bytes| Values::new(bytes, reader).value(value, 0));
}

fn append(bytes: &mut Vec<u8>, json: &Json) {
    bytes.extend_from_slice(json.to_string().as_bytes());
    bytes.push(b'\n');
}

/// How what follows a line's first word is read.
#[derive(Clone, Copy)]
enum Body {
    Invoke,
    Value,
    /// JSON of a few fields.
    Words,
}

/// What was read of it.
enum Told {
    Invoke(Invocation, bool),
    Value(Value),
    Words(Json),
}

/// A line is an object with one key, which says what it is; `known` says how what follows it is read.
fn read_words(bytes: &[u8], nouns: &Nouns, known: &dyn Fn(&str) -> Option<Body>) -> Result<(String, Told)> {
    if bytes.len() > LINE_BYTES_MAX {
        return Err(too_long());
    }
    let reading = Reading::new(nouns);
    reading.all(bytes, Line { reading: &reading, known })
}

fn too_long() -> Error {
    let message = format!("A line of an invocation is longer than {LINE_BYTES_MAX} bytes.");
    Error::limit(ErrorId::LineTooLong, message)
}

struct Line<'r> {
    reading: &'r Reading<'r>,
    known: &'r dyn Fn(&str) -> Option<Body>,
}

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = (String, Told);
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Self::Value, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = (String, Told);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a line as a JSON object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Self::Value, A::Error> {
        let word: Option<String> = map.next_key()?;
        let Some(word) = word else { return Err(self.reading.refuse(malformed("the object is empty"))) };
        let told = match (self.known)(&word) {
            Some(Body::Invoke) => map.next_value_seed(Invoke(self.reading))?,
            Some(Body::Value) => Told::Value(map.next_value_seed(self.reading.value(0))?),
            Some(Body::Words) => Told::Words(map.next_value()?),
            None => return Err(self.reading.refuse(unknown_word(&word))),
        };
        // A later version may say more.
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok((word, told))
    }
}

struct Invoke<'r>(&'r Reading<'r>);

impl<'de> DeserializeSeed<'de> for Invoke<'_> {
    type Value = Told;
    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> std::result::Result<Told, D::Error> {
        reader.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Invoke<'_> {
    type Value = Told;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a cmdlet and its parameters")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<Told, A::Error> {
        let (mut invocation, mut deltas) = (Invocation::default(), false);
        while let Some(field) = map.next_key::<String>()? {
            match field.as_str() {
                "cmdlet" => invocation.cmdlet = map.next_value::<String>()?.into(),
                "parameters" => invocation.parameters = map.next_value_seed(self.0.parameters())?,
                "deltas" => deltas = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        match invocation.cmdlet.is_empty() {
            true => Err(self.0.refuse(malformed("invoke names no cmdlet"))),
            false => Ok(Told::Invoke(invocation, deltas)),
        }
    }
}

fn unknown_word(word: &str) -> Error {
    malformed(&format!("\"{word}\" does not start a line here"))
}

/// An error as JSON.
pub fn encode_error(error: &Error) -> Json {
    let mut json = Map::new();
    json.insert("fault".into(), error.fault().name().into());
    json.insert("id".into(), error.id().into());
    json.insert("message".into(), error.message().into());
    let more =
        [("help", error.help_line()), ("parameter", error.parameter()), ("target", error.target_name())];
    for (name, text) in more {
        if let Some(text) = text {
            json.insert(name.into(), text.into());
        }
    }
    Json::Object(json)
}

/// The error that JSON of [`encode_error`] tells of.
pub fn decode_error(json: &Json) -> Error {
    let field = |name: &str| json.get(name).and_then(Json::as_str).map(str::to_owned);
    let fault = Fault::of_name(&field("fault").unwrap_or_default());
    let id = field("id").unwrap_or_else(|| "Unknown".to_owned());
    let mut error = Error::foreign(fault, id, field("message").unwrap_or_default());
    if let Some(help) = field("help") {
        error = error.help(help);
    }
    if let Some(parameter) = field("parameter") {
        error = error.about(parameter);
    }
    if let Some(target) = field("target") {
        error = error.target(target);
    }
    error
}
