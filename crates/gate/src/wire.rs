//! The line format of an invocation, one JSON object a line, for the local socket and for HTTPS.
//!
//!     in:  {"invoke":{"cmdlet":"Get-Mailbox","parameters":{"Anr":"a"}}}
//!          {"input":…}      a piped object; any number of them
//!          {"inputEnd":true}
//!          {"answer":"Yes"} Yes, YesToAll, No, NoToAll
//!          {"stop":true}
//!     out: {"object":…} {"warning":"…"} {"verbose":"…"} {"whatIf":"…"}
//!          {"progress":{"activity":"…","status":"…","percent":5}}
//!          {"confirm":{"caption":"Confirm","message":"…"}}
//!          {"error":{"fault":"NotFound","id":"…","message":"…","help":"…","parameter":"…","target":"…"}}
//!          {"end":{"errors":0}}   always the last
//!
//! A caller whose `invoke` says `"likes":true` is told objects in fewer words: see [`Writer`] and [`Reader`].
//!
//! Values are JSON. What JSON lacks is `{"$type":"Guid","value":"…"}`. An object of ours carries its noun as
//! `"$type"` beside its properties, and only those that are set. Times are RFC 3339 in UTC; the sender turns
//! local ones into UTC first. Values that could run (script blocks) travel as their text.

mod like;
mod stream;

pub use like::{Reader, Writer};

use crate::gate::Invocation;
use crate::output::{Answer, Progress, Prompt, Report};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dotnet::collections::Collection;
use object::types::{
    ByteQuantifiedSize, Credential, DateKind, DateTime, Guid, ObjectId, SecureString, TICKS_PER_SECOND,
    Unlimited, kind_named,
};
use object::value::{Array, Dictionary, Text};
use object::{Error, ErrorId, Fault, Noun, Object, Result, Spec, Time, Value};
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Longer lines are refused before they are read as JSON: a photo fits, a mailbox does not.
pub const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Values are read no deeper than this: deeper ones are refused, so that nothing exhausts the stack.
pub const VALUE_NESTING_MAX: usize = 64;

/// A line from the caller.
#[derive(Clone, Debug)]
pub enum In {
    /// What to run; the first line.
    Invoke {
        /// The command.
        invocation: Invocation,
        /// Whether the caller understands objects that are told by what differs from one before: see [`Reader`].
        likes: bool,
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

/// Finds the noun that an object's `"$type"` names; mostly [`Book::nouns`](crate::Book::nouns). Objects keep it:
/// what they hold is read later.
pub type Nouns = Arc<dyn Fn(&str) -> Option<&'static Noun> + Send + Sync>;

impl In {
    /// The line, with its newline.
    pub fn line(&self) -> Vec<u8> {
        let json = match self {
            In::Invoke { invocation, likes } => {
                let parameters: Map<String, Json> = invocation
                    .parameters
                    .iter()
                    .map(|(name, value)| (name.to_string(), encode(value)))
                    .collect();
                let mut body = json!({"cmdlet": &*invocation.cmdlet, "parameters": parameters});
                if *likes {
                    body["likes"] = true.into();
                }
                json!({"invoke": body})
            }
            In::Input(value) => {
                let mut bytes = Vec::new();
                append_value(&mut bytes, INPUT, value);
                return bytes;
            }
            In::InputEnd => json!({"inputEnd": true}),
            In::Answer(answer) => json!({"answer": answer.name()}),
            In::Stop => json!({"stop": true}),
        };
        line(&json)
    }

    /// Reads a line.
    pub fn parse(bytes: &[u8], nouns: &Nouns) -> Result<In> {
        if let Some(value) = quick(bytes, INPUT, nouns) {
            return Ok(In::Input(value));
        }
        let (word, body) = one_word(bytes)?;
        match (word.as_str(), body) {
            ("invoke", body) => {
                let likes = body.get("likes") == Some(&Json::Bool(true));
                invocation(&body, nouns).map(|invocation| In::Invoke { invocation, likes })
            }
            ("input", body) => decode(&body, nouns).map(In::Input),
            ("inputEnd", _) => Ok(In::InputEnd),
            ("stop", _) => Ok(In::Stop),
            ("answer", Json::String(answer)) => {
                let known = Answer::of_name(&answer);
                known.map(In::Answer).ok_or_else(|| malformed("answer is Yes, YesToAll, No or NoToAll"))
            }
            (word, _) => Err(malformed(&format!("no line starts with \"{word}\""))),
        }
    }
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
            Out::Report(Report::Object(value)) => append_value(bytes, OBJECT, value),
            other => bytes.extend(line(&other.json())),
        }
    }

    fn json(&self) -> Json {
        match self {
            Out::Report(Report::Object(value)) => json!({"object": encode(value)}),
            Out::Report(Report::Warning(text)) => json!({"warning": text}),
            Out::Report(Report::Verbose(text)) => json!({"verbose": text}),
            Out::Report(Report::WhatIf(text)) => json!({"whatIf": text}),
            Out::Report(Report::Progress(progress)) => json!({"progress": {
                "activity": progress.activity, "status": progress.status, "percent": progress.percent}}),
            Out::Report(Report::Error(error)) => json!({"error": encode_error(error)}),
            Out::Confirm(prompt) => {
                json!({"confirm": {"caption": prompt.caption, "message": prompt.message}})
            }
            Out::End(errors) => json!({"end": {"errors": errors}}),
        }
    }

    /// Reads a line.
    pub fn parse(bytes: &[u8], nouns: &Nouns) -> Result<Out> {
        if let Some(value) = quick(bytes, OBJECT, nouns) {
            return Ok(Out::Report(Report::Object(value)));
        }
        let (word, body) = one_word(bytes)?;
        let text = || body.as_str().unwrap_or_default().to_owned();
        let field = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default().to_owned();
        Ok(match word.as_str() {
            "object" => Out::Report(Report::Object(decode(&body, nouns)?)),
            "warning" => Out::Report(Report::Warning(text())),
            "verbose" => Out::Report(Report::Verbose(text())),
            "whatIf" => Out::Report(Report::WhatIf(text())),
            "progress" => Out::Report(Report::Progress(Progress {
                activity: field("activity"),
                status: field("status"),
                percent: body.get("percent").and_then(Json::as_u64).map(|percent| percent.min(100) as u8),
            })),
            "error" => Out::Report(Report::Error(decode_error(&body))),
            "confirm" => Out::Confirm(Prompt { caption: field("caption"), message: field("message") }),
            "end" => Out::End(body.get("errors").and_then(Json::as_u64).unwrap_or(0)),
            word => return Err(malformed(&format!("no line starts with \"{word}\""))),
        })
    }
}

/// How the lines begin that carry values.
const OBJECT: &str = "{\"object\":";
const INPUT: &str = "{\"input\":";

fn append_value(bytes: &mut Vec<u8>, head: &str, value: &Value) {
    stream::line(bytes, head, |bytes| stream::write(bytes, value, 0));
}

/// The value of a line that is as usual.
fn quick(bytes: &[u8], head: &str, nouns: &Nouns) -> Option<Value> {
    (bytes.len() <= LINE_BYTES_MAX).then(|| stream::read_line(bytes, head, nouns)).flatten()
}

fn line(json: &Json) -> Vec<u8> {
    let mut line = json.to_string().into_bytes();
    line.push(b'\n');
    line
}

/// A line is an object with one key, which says what it is.
fn one_word(bytes: &[u8]) -> Result<(String, Json)> {
    if bytes.len() > LINE_BYTES_MAX {
        let message = format!("A line of an invocation is longer than {LINE_BYTES_MAX} bytes.");
        return Err(Error::limit(ErrorId::LineTooLong, message));
    }
    let json: Json = serde_json::from_slice(bytes).map_err(|error| malformed(&error.to_string()))?;
    let Json::Object(map) = json else { return Err(malformed("a line is a JSON object")) };
    map.into_iter().next().ok_or_else(|| malformed("the object is empty"))
}

fn malformed(why: &str) -> Error {
    Error::caller(ErrorId::MalformedLine, format!("A line of an invocation cannot be read: {why}."))
}

fn invocation(body: &Json, nouns: &Nouns) -> Result<Invocation> {
    let cmdlet =
        body.get("cmdlet").and_then(Json::as_str).ok_or_else(|| malformed("invoke names no cmdlet"))?;
    let parameters = match body.get("parameters") {
        None | Some(Json::Null) => Vec::new(),
        Some(given) => parameters(given, nouns)?,
    };
    Ok(Invocation { cmdlet: cmdlet.into(), parameters, piped: false })
}

/// The parameters of an invocation: a JSON object, name by name. A plain object in it is a hashtable.
pub fn parameters(json: &Json, nouns: &Nouns) -> Result<Vec<(Text, Value)>> {
    let Json::Object(map) = json else { return Err(malformed("parameters are a JSON object")) };
    let one = |(name, value): (&String, &Json)| match value {
        Json::Object(map) if !map.contains_key("$type") => {
            Ok((Text::from(name.as_str()), dictionary(map, nouns, 1)?.into()))
        }
        value => Ok((Text::from(name.as_str()), decode(value, nouns)?)),
    };
    map.iter().map(one).collect()
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

fn typed(name: &str, value: impl Into<Json>) -> Json {
    json!({"$type": name, "value": value.into()})
}

/// A value as JSON.
pub fn encode(value: &Value) -> Json {
    encode_at(value, 0)
}

fn encode_at(value: &Value, depth: usize) -> Json {
    if depth > VALUE_NESTING_MAX {
        return value.to_string().into();
    }
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int32(value) => (*value).into(),
        Value::String(text) => (&**text).into(),
        Value::Double(value) if value.is_finite() => (*value).into(),
        Value::Int64(value) if i32::try_from(*value).is_err() => (*value).into(),
        Value::DateTime(time) => encode_time(*time),
        Value::TimeSpan(span) => typed(object::types::kinds::TIME_SPAN.name, span.to_string()),
        Value::Guid(guid) => typed("Guid", guid.to_string()),
        Value::Enum(word) => typed(short(word.of.name), word.to_string()),
        Value::Array(array) => encode_array(array, depth),
        Value::Dictionary(dictionary) => encode_dictionary(dictionary, depth),
        Value::Object(object) => encode_object(object, depth),
        Value::Typed(_) => encode_typed(value, depth),
        other => typed(short(&other.type_name()), other.to_string()),
    }
}

/// The last part of a .NET name.
fn short(name: &str) -> &str {
    name.rsplit(['.', '+']).next().unwrap_or(name)
}

fn encode_time(time: DateTime) -> Json {
    let seconds = Time::from_unix(time.to_time().unix());
    let text = seconds.rfc3339();
    let fraction = time.ticks.rem_euclid(TICKS_PER_SECOND);
    let whole = text.split(['.', 'Z']).next().unwrap_or_default();
    let digits = format!("{fraction:07}");
    let digits = digits.trim_end_matches('0');
    let text = if digits.is_empty() { format!("{whole}Z") } else { format!("{whole}.{digits}Z") };
    match time.kind {
        DateKind::Utc => typed("DateTime", text),
        kind => json!({"$type": "DateTime", "value": text, "kind": format!("{kind:?}")}),
    }
}

fn decode_time(text: &str, kind: &str) -> Option<Value> {
    let (whole, fraction) = match text.trim_end_matches('Z').split_once('.') {
        Some((whole, digits)) if digits.len() <= 7 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            (whole, format!("{digits:0<7}").parse::<i64>().ok()?)
        }
        Some(_) => return None,
        None => (text.trim_end_matches('Z'), 0),
    };
    let zone = if text.ends_with('Z') || text.contains('.') { "Z" } else { "" };
    let second = DateTime::utc(Time::parse_rfc3339(&format!("{whole}{zone}"))?);
    let kind = match kind {
        "Local" => DateKind::Local,
        "Unspecified" => DateKind::Unspecified,
        _ => DateKind::Utc,
    };
    Some(DateTime::new(second.ticks + fraction, kind).into())
}

fn encode_array(array: &Array, depth: usize) -> Json {
    let items = array.read();
    if array.element().is_some_and(|element| &**element == "System.Byte") {
        let bytes: Vec<u8> = items.iter().filter_map(|item| u8::try_from(item.as_i64()?).ok()).collect();
        return typed("Byte[]", BASE64_STANDARD.encode(bytes));
    }
    Json::Array(items.iter().map(|item| encode_at(item, depth + 1)).collect())
}

fn encode_dictionary(dictionary: &Dictionary, depth: usize) -> Json {
    let entries: Map<String, Json> =
        dictionary.read().iter().map(|(key, value)| (key.to_string(), encode_at(value, depth + 1))).collect();
    typed("Hashtable", entries)
}

fn encode_object(object: &Object, depth: usize) -> Json {
    if let Some(base) = object.base() {
        return encode_at(base, depth + 1);
    }
    let mut map = Map::new();
    if let Some(noun) = object.noun() {
        map.insert("$type".into(), noun.name.into());
    }
    for (name, value) in object.properties().iter().filter(|(_, value)| !value.is_null()) {
        map.insert(name.to_string(), encode_at(value, depth + 1));
    }
    Json::Object(map)
}

fn encode_typed(value: &Value, depth: usize) -> Json {
    if let Some(size) = value.downcast::<ByteQuantifiedSize>() {
        return typed("ByteQuantifiedSize", size.to_string());
    }
    if let Some(id) = value.downcast::<ObjectId>() {
        return json!({"$type": "ADObjectId", "value": &*id.shown, "name": &*id.name,
            "distinguishedName": &*id.distinguished_name, "guid": id.guid.to_string()});
    }
    if let Some(secret) = value.downcast::<SecureString>() {
        return typed("SecureString", secret.reveal());
    }
    if let Some(credential) = value.downcast::<Credential>() {
        let inside = json!({"userName": &*credential.user_name, "password": credential.password.reveal()});
        return typed("PSCredential", inside);
    }
    let Value::Typed(inner) = value else { return Json::Null };
    if let Some(items) = inner.items() {
        return Json::Array(items.iter().map(|item| encode_at(item, depth + 1)).collect());
    }
    typed(&kind_name(value), inner.text())
}

/// The kind that reads the text of `value` back; for types that have none, the .NET name.
fn kind_name(value: &Value) -> String {
    if value.downcast::<Unlimited<ByteQuantifiedSize>>().is_some() {
        return "UnlimitedSize".to_owned();
    }
    if value.downcast::<Unlimited<i32>>().is_some() {
        return "UnlimitedInt32".to_owned();
    }
    let name = value.type_name();
    if name.contains("EnhancedTimeSpan") { "UnlimitedTimeSpan".to_owned() } else { short(&name).to_owned() }
}

/// The value that JSON tells of.
pub fn decode(json: &Json, nouns: &Nouns) -> Result<Value> {
    decode_at(json, nouns, 0)
}

fn decode_at(json: &Json, nouns: &Nouns, depth: usize) -> Result<Value> {
    if depth > VALUE_NESTING_MAX {
        let message = format!("A value is nested deeper than {VALUE_NESTING_MAX} levels.");
        return Err(Error::limit(ErrorId::ValueTooDeep, message));
    }
    Ok(match json {
        Json::Null => Value::Null,
        Json::Bool(value) => (*value).into(),
        Json::String(text) => text.as_str().into(),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(whole), _) => i32::try_from(whole).map_or(Value::Int64(whole), Value::Int32),
            (None, Some(real)) => real.into(),
            (None, None) => number.to_string().into(),
        },
        Json::Array(items) => {
            let items: Result<Vec<Value>> =
                items.iter().map(|item| decode_at(item, nouns, depth + 1)).collect();
            items?.into()
        }
        Json::Object(map) => decode_map(map, nouns, depth)?,
    })
}

fn decode_map(map: &Map<String, Json>, nouns: &Nouns, depth: usize) -> Result<Value> {
    let (kind, value) = (map.get("$type").and_then(Json::as_str), map.get("value"));
    match (kind, value) {
        (Some("Hashtable"), Some(Json::Object(entries))) => Ok(dictionary(entries, nouns, depth + 1)?.into()),
        (Some(kind), Some(value)) if nouns(kind).is_none() => decode_typed(kind, value, map),
        _ => decode_object(kind.and_then(|kind| nouns(kind)), map, nouns, depth),
    }
}

fn dictionary(map: &Map<String, Json>, nouns: &Nouns, depth: usize) -> Result<Dictionary> {
    map.iter()
        .map(|(key, value)| Ok((key.as_str().into(), decode_at(value, nouns, depth + 1)?)))
        .collect::<Result<Dictionary>>()
}

/// An object. A property that the noun declares is read as its kind says, so that enumerations come back.
fn decode_object(
    noun: Option<&'static Noun>,
    map: &Map<String, Json>,
    nouns: &Nouns,
    depth: usize,
) -> Result<Value> {
    let object = noun.map_or_else(Object::custom, Object::of);
    let mut pairs = Vec::with_capacity(map.len());
    for (name, json) in map.iter().filter(|(name, _)| noun.is_none() || *name != "$type") {
        let value = decode_at(json, nouns, depth + 1)?;
        let spec = noun.and_then(|noun| noun.property(name));
        let value = match spec {
            Some(spec) => read_as(spec, value),
            None => value,
        };
        pairs.push((Text::from(name.as_str()), value));
    }
    Ok(pairs.into_iter().fold(object, |object, (name, value)| object.with(name, value)).into())
}

/// The value as the property's kind reads it; one that it cannot read stays as it came.
fn read_as(spec: &Spec, value: Value) -> Value {
    let read = match &value {
        // Text is text: nothing to read.
        Value::String(_) if std::ptr::eq(spec.kind, &object::types::kinds::STRING) => None,
        Value::Array(_) => {
            let each: Result<Vec<Value>> = value.items().iter().map(spec.kind.read).collect();
            each.ok().map(|each| if spec.many { growing(each) } else { Value::array(each) })
        }
        value => (spec.kind.read)(value).ok(),
    };
    read.unwrap_or(value)
}

/// A list that can be added to and taken from: `$mailbox.EmailAddresses.Add('smtp:ann@contoso.com')`.
fn growing(items: Vec<Value>) -> Value {
    Value::typed(Collection::array_list(items))
}

/// The same object with its many-valued properties as lists that can be added to, as it arrives over a wire.
pub fn with_growing_lists(value: Value) -> Value {
    if let Value::Object(object) = &value
        && let Some(noun) = object.noun()
    {
        for spec in noun.properties.iter().map(|declared| declared.spec()).filter(|spec| spec.many) {
            if let Some(Value::Array(list)) = object.get(spec.name) {
                object.set(spec.name, growing(list.to_vec()));
            }
        }
    }
    value
}

fn decode_typed(kind: &str, value: &Json, map: &Map<String, Json>) -> Result<Value> {
    if kind == "PSCredential" {
        return credential(value).ok_or_else(|| malformed("a credential has a user name and a password"));
    }
    let field = |name: &str| map.get(name).and_then(Json::as_str).unwrap_or_default();
    decode_text(kind, value.as_str().unwrap_or_default(), &field)
}

/// A value of which the text is known, and perhaps more in other fields.
fn decode_text<'a>(kind: &str, text: &str, field: &dyn Fn(&str) -> &'a str) -> Result<Value> {
    let decoded = match kind {
        "DateTime" => decode_time(text, field("kind")),
        "Byte[]" => BASE64_STANDARD
            .decode(text)
            .ok()
            .map(|bytes| Array::of("System.Byte", bytes.into_iter().map(Value::Byte).collect()).into()),
        "SecureString" => Some(Value::typed(SecureString::new(text))),
        "ADObjectId" => Some(Value::typed(ObjectId {
            guid: Guid::parse(field("guid")).unwrap_or(Guid::EMPTY),
            name: field("name").into(),
            distinguished_name: field("distinguishedName").into(),
            shown: text.into(),
        })),
        "Char" => Some(Value::Char(text.encode_utf16().next().unwrap_or(0))),
        kind => {
            number(kind, text).or_else(|| kind_named(kind).and_then(|kind| (kind.read)(&text.into()).ok()))
        }
    };
    match decoded {
        Some(value) => Ok(value),
        // A type that this side does not know reads as its text: a newer server may send one.
        None if kind_named(kind).is_none() => Ok(text.into()),
        None => Err(malformed(&format!("'{text}' is no {kind}"))),
    }
}

fn number(kind: &str, text: &str) -> Option<Value> {
    Some(match kind {
        "SByte" => Value::SByte(text.parse().ok()?),
        "Byte" => Value::Byte(text.parse().ok()?),
        "Int16" => Value::Int16(text.parse().ok()?),
        "UInt16" => Value::UInt16(text.parse().ok()?),
        "UInt32" => Value::UInt32(text.parse().ok()?),
        "Int64" => Value::Int64(text.parse().ok()?),
        "UInt64" => Value::UInt64(text.parse().ok()?),
        "Single" => Value::Single(text.parse().ok()?),
        "Double" => Value::Double(text.parse().ok()?),
        "Decimal" => Value::Decimal(text.parse().ok()?),
        _ => return None,
    })
}

fn credential(value: &Json) -> Option<Value> {
    let field = |name: &str| value.get(name).and_then(Json::as_str);
    let password = SecureString::new(field("password")?);
    Some(Value::typed(Credential { user_name: field("userName")?.into(), password }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::types::TimeSpan;

    fn nowhere() -> Nouns {
        Arc::new(|_: &str| None)
    }

    #[test]
    fn values_come_back_as_they_went() {
        let size = (kind_named("UnlimitedSize").unwrap().read)(&"2GB".into()).unwrap();
        let table: Dictionary = [("Add".into(), Value::array(["a".into()]))].into_iter().collect();
        for value in [
            Value::Null,
            true.into(),
            7.into(),
            Value::Int64(7),
            Value::Int64(1 << 40),
            1.5.into(),
            Value::Double(2.0),
            Value::Double(f64::NAN),
            "text \"quoted\" \u{1F600}".into(),
            Value::Char(0xD83D),
            Value::Byte(9),
            Guid::of_u128(5).into(),
            TimeSpan::days(30).into(),
            DateTime::new(638_000_000_000_000_001, DateKind::Utc).into(),
            DateTime::new(638_000_000_000_000_000, DateKind::Unspecified).into(),
            size,
            Value::array([1.into(), Value::Null, "x".into()]),
            table.into(),
            Object::custom().with("Name", "x").with("Count", 2).into(),
        ] {
            let line = In::Input(value.clone()).line();
            let In::Input(back) = In::parse(&line, &nowhere()).unwrap() else { panic!("{line:?}") };
            assert_eq!(format!("{back:?}"), format!("{value:?}"));
            assert_eq!(encode(&back), encode(&value));
        }
    }

    #[test]
    fn secrets_travel_only_towards_the_server() {
        let secret = Value::typed(SecureString::new("p"));
        let back = decode(&encode(&secret), &nowhere()).unwrap();
        assert_eq!(back.downcast::<SecureString>().unwrap().reveal(), "p");
    }

    #[test]
    fn reports_come_back_as_they_went() {
        let error =
            Error::not_found(ErrorId::InvalidValue, "No.").help("Look.").about("Identity").target("ann");
        for out in [
            Out::Report(Report::Warning("careful".into())),
            Out::Report(Report::WhatIf("What if: x".into())),
            Out::Report(Report::Progress(Progress { percent: Some(5), ..Progress::default() })),
            Out::Report(Report::Error(error)),
            Out::Confirm(Prompt { caption: "Confirm".into(), message: "Sure?\nReally.".into() }),
            Out::End(3),
        ] {
            let line = out.line();
            assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
            assert_eq!(format!("{:?}", Out::parse(&line, &nowhere()).unwrap()), format!("{out:?}"));
        }
    }

    #[test]
    fn an_invocation_names_its_parameters() {
        let line =
            br#"{"invoke":{"cmdlet":"Set-Mailbox","parameters":{"EmailAddresses":{"Add":["a@b.c"]}}}}"#;
        let In::Invoke { invocation, likes: false } = In::parse(line, &nowhere()).unwrap() else { panic!() };
        assert_eq!(&*invocation.cmdlet, "Set-Mailbox");
        assert!(matches!(&invocation.parameters[0].1, Value::Dictionary(edit) if edit.len() == 1));
    }

    #[test]
    fn bad_lines_are_refused() {
        let deep = format!("{{\"input\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        for (line, id) in [
            ("", "MalformedLine"),
            ("[]", "MalformedLine"),
            ("{}", "MalformedLine"),
            ("{\"dance\":1}", "MalformedLine"),
            ("{\"invoke\":{}}", "MalformedLine"),
            ("{\"invoke\":{\"cmdlet\":\"x\",\"parameters\":[1]}}", "MalformedLine"),
            ("{\"answer\":\"maybe\"}", "MalformedLine"),
            ("{\"input\":{\"$type\":\"Guid\",\"value\":\"zz\"}}", "MalformedLine"),
            (deep.as_str(), "ValueTooDeep"),
        ] {
            assert_eq!(In::parse(line.as_bytes(), &nowhere()).unwrap_err().id(), id, "{line}");
        }
    }
}
