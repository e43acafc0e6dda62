//! `ConvertTo-Json` and `ConvertFrom-Json`.

use crate::declare::{Lenient as _, declare};
use dotnet::{Category, Exception, member, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::types::DateKind;
use object::value::{Dictionary, Text};
use object::{Object, Value};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

/// Deeper JSON than this is refused, as PowerShell does.
const DEPTH_LEVELS: i64 = 1024;

/// `ConvertTo-Json`.
pub(crate) static CONVERT_TO_JSON: CoreCommand = CoreCommand::new(
    "ConvertTo-Json",
    "ConvertToJsonCommand",
    || {
        declare(
            "ConvertTo-Json",
            "",
            "InputObject object 0 ! |
             Depth int
             Compress switch
             EnumsAsStrings switch
             AsArray switch
             EscapeHandling string",
        )
        .one_of("EscapeHandling", &["Default", "EscapeNonAscii", "EscapeHtml"])
    },
    || Box::new(ToJson::default()),
);

#[derive(Default)]
struct ToJson {
    items: Vec<Value>,
    cut: bool,
    compress: bool,
    escapes: Escapes,
}

impl Command for ToJson {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        self.items.push(input.or_else(|| call.value("InputObject").cloned()).unwrap_or_default());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let depth = call.number("Depth").unwrap_or(2);
        self.escapes = Escapes::of(call.text("EscapeHandling"));
        self.compress = call.flag("Compress");
        let items = std::mem::take(&mut self.items);
        let value = match items.as_slice() {
            [] => return Ok(()),
            [one] if !call.flag("AsArray") => one.clone(),
            _ => Value::array(items),
        };
        let mut out = String::new();
        self.write(call, &value, 0, depth, &mut out)?;
        if self.cut {
            call.warning(&format!(
                "Resulting JSON is truncated as serialization has exceeded the set depth of {depth}."
            ))?;
        }
        call.write(out)
    }
}

impl ToJson {
    fn write(&mut self, call: &mut Call<'_>, value: &Value, level: i64, depth: i64, out: &mut String) -> Run {
        let inner = dotnet::values::base(value);
        // A switch is an object with one property.
        if matches!(value, Value::Typed(_)) && matches!(inner, Value::Bool(_)) {
            let made = Value::from(object::Object::custom().with("IsPresent", inner.clone()));
            return self.write(call, &made, level, depth, out);
        }
        match inner {
            Value::Null => out.push_str("null"),
            Value::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
            Value::String(text) => quote(text, self.escapes, out),
            Value::Char(_) | Value::Guid(_) => quote(&inner.to_string(), self.escapes, out),
            Value::DateTime(date) => {
                let locale = call.session().locale().invariant();
                let pattern = if date.ticks % 10_000_000 == 0 {
                    "yyyy-MM-ddTHH:mm:ssK"
                } else {
                    "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"
                };
                quote(&dotnet::format::date::format(*date, pattern, &locale)?, self.escapes, out);
            }
            Value::Enum(of) if call.flag("EnumsAsStrings") => quote(&of.to_string(), self.escapes, out),
            Value::Enum(of) => out.push_str(&of.number.to_string()),
            Value::Double(n) => out.push_str(&real(*n)),
            Value::Single(n) => out.push_str(&real(f64::from(*n))),
            Value::Decimal(n) => {
                let shown = n.to_string();
                out.push_str(&shown);
                if !shown.contains('.') {
                    out.push_str(".0");
                }
            }
            Value::Int32(n) => out.push_str(itoa::Buffer::new().format(*n)),
            // Writing into a text does not fail.
            number if dotnet::values::double(number).is_some() => drop(write!(out, "{number}")),
            compound => return self.compound(call, value, compound, level, depth, out),
        }
        Ok(())
    }

    fn compound(
        &mut self,
        call: &mut Call<'_>,
        value: &Value,
        inner: &Value,
        level: i64,
        depth: i64,
        out: &mut String,
    ) -> Run {
        // An address is its text.
        if matches!(inner, Value::Typed(typed) if &*typed.type_name() == "System.Uri") {
            let written = member::own(call.session(), inner, "OriginalString")?.unwrap_or_default();
            quote(&written.to_string(), self.escapes, out);
            return Ok(());
        }
        if level > depth {
            self.cut = true;
            quote(&text::to_text(value, call.session().locale()), self.escapes, out);
            return Ok(());
        }
        if let Some(items) = dotnet::index::elements(inner) {
            return self.list(call, &items, level, depth, out);
        }
        let pairs: Vec<(Text, Value)> = match inner {
            Value::Dictionary(dictionary) => {
                let entries = dictionary.to_vec();
                if entries.iter().any(|(key, _)| !matches!(dotnet::values::base(key), Value::String(_))) {
                    return Err(keys_not_text(value).into());
                }
                entries.into_iter().map(|(key, held)| (key.to_string().into(), held)).collect()
            }
            _ => properties(call, value),
        };
        if pairs.is_empty() && !matches!(inner, Value::Dictionary(_) | Value::Object(_)) {
            quote(&text::to_text(value, call.session().locale()), self.escapes, out);
            return Ok(());
        }
        self.table(call, &pairs, level, depth, out)
    }

    fn list(
        &mut self,
        call: &mut Call<'_>,
        items: &[Value],
        level: i64,
        depth: i64,
        out: &mut String,
    ) -> Run {
        if items.is_empty() {
            out.push_str("[]");
            return Ok(());
        }
        out.push('[');
        for (at, item) in items.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            self.indent(level + 1, out);
            self.write(call, item, level + 1, depth, out)?;
        }
        self.indent(level, out);
        out.push(']');
        Ok(())
    }

    fn table(
        &mut self,
        call: &mut Call<'_>,
        pairs: &[(Text, Value)],
        level: i64,
        depth: i64,
        out: &mut String,
    ) -> Run {
        if pairs.is_empty() {
            out.push_str("{}");
            return Ok(());
        }
        out.push('{');
        for (at, (name, held)) in pairs.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            self.indent(level + 1, out);
            quote(name, self.escapes, out);
            out.push_str(if self.compress { ":" } else { ": " });
            self.write(call, held, level + 1, depth, out)?;
        }
        self.indent(level, out);
        out.push('}');
        Ok(())
    }

    fn indent(&self, level: i64, out: &mut String) {
        if !self.compress {
            out.push('\n');
            (0..level).for_each(|_| out.push_str("  "));
        }
    }
}

/// The properties of a value, with what is in them.
fn properties(call: &mut Call<'_>, value: &Value) -> Vec<(Text, Value)> {
    let mut read = |name: &Text| member::own(call.session(), value, name).ok().flatten().unwrap_or_default();
    let own = |object: &&Arc<Object>| object.base().is_none() && object.noun().is_none();
    let object = if let Value::Object(object) = value { Some(object).filter(own) } else { None };
    let Some(object) = object else {
        return member::property_names(value).into_iter().map(|name| (name.clone(), read(&name))).collect();
    };
    // What a script made holds its properties itself; only what is computed has to be asked.
    let shown = |(_, held): &&(Text, Value)| !member::is_method(held);
    let mut held: Vec<(Text, Value)> = object.properties().iter().filter(shown).cloned().collect();
    for (name, held) in held.iter_mut().filter(|(_, held)| matches!(held, Value::Typed(_))) {
        *held = read(name);
    }
    held
}

fn keys_not_text(value: &Value) -> ErrorRecord {
    let of = dotnet::values::base(value).type_name();
    let message = format!(
        "The type '{of}' is not supported for serialization or deserialization of a dictionary. Keys must be strings."
    );
    let error = Exception::new("System.InvalidOperationException", message)
        .id("NonStringKeyInDictionary")
        .category(Category::InvalidOperation);
    ErrorRecord::new(error).with_target(value.clone())
}

fn real(number: f64) -> String {
    if number.is_nan() || number.is_infinite() {
        return format!(
            "\"{}\"",
            if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            }
        );
    }
    let locale = dotnet::Locale::new(&dotnet::profile::CORE, &dotnet::culture::INVARIANT);
    let shown = text::of(&Value::Double(number), &locale);
    if shown.contains(['.', 'E']) { shown } else { format!("{shown}.0") }
}

/// Which characters of texts are written as `\u…` although they need not be.
#[derive(Clone, Copy, Default)]
enum Escapes {
    #[default]
    Needed,
    NonAscii,
    Html,
}

impl Escapes {
    fn of(name: Option<String>) -> Escapes {
        match name.map(|name| name.to_ascii_lowercase()).as_deref() {
            Some("escapenonascii") => Escapes::NonAscii,
            Some("escapehtml") => Escapes::Html,
            _ => Escapes::Needed,
        }
    }
    fn wants(self, c: char) -> bool {
        match self {
            Escapes::Needed => false,
            Escapes::NonAscii => !c.is_ascii(),
            Escapes::Html => matches!(c, '<' | '>' | '&' | '\''),
        }
    }
}

fn quote(text: &str, escapes: Escapes, out: &mut String) {
    let plain = |c: u8| c >= 0x20 && c != b'"' && c != b'\\';
    if matches!(escapes, Escapes::Needed) && text.bytes().all(plain) {
        out.extend(["\"", text, "\""]);
        return;
    }
    out.push('"');
    for c in text.chars() {
        match c {
            '"' if matches!(escapes, Escapes::Html) => out.push_str("\\u0022"),
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if (c as u32) < 0x20 || escapes.wants(c) => {
                c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `ConvertFrom-Json`.
pub(crate) static CONVERT_FROM_JSON: CoreCommand = CoreCommand::new(
    "ConvertFrom-Json",
    "ConvertFromJsonCommand",
    || {
        declare(
            "ConvertFrom-Json",
            "",
            "InputObject string 0 ! |
             AsHashtable switch
             Depth int
             NoEnumerate switch",
        )
    },
    || Box::new(FromJson { text: Vec::new() }),
);

struct FromJson {
    text: Vec<String>,
}

impl Command for FromJson {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        self.text.push(call.text("InputObject").unwrap_or_default());
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let text = self.text.join("\n");
        if text.trim().is_empty() {
            return Ok(());
        }
        let several = self.text.len() > 1
            && self
                .text
                .iter()
                .all(|one| one.trim_start().starts_with(['{', '[']) && one.trim_end().ends_with(['}', ']']));
        if several {
            // Whole documents, one an object.
            for one in std::mem::take(&mut self.text) {
                self.text = vec![one];
                self.end(call)?;
            }
            return Ok(());
        }
        let (depth, table) = (call.number("Depth").unwrap_or(DEPTH_LEVELS), call.flag("AsHashtable"));
        let locale = call.session().locale().clone();
        let parsed = Parser { chars: text.chars().collect(), at: 0, table, depth, locale }.document();
        let value = parsed.map_err(|why| {
            let (about_keys, id) = match why.starts_with("The provided JSON includes") {
                true => (true, "EmptyKeyInJsonString"),
                false => (why.contains("keys with different casing"), "KeysWithDifferentCasingInJsonString"),
            };
            if about_keys {
                return Exception::new("System.InvalidOperationException", why)
                    .id(id)
                    .category(Category::InvalidOperation);
            }
            let message = format!("Conversion from JSON failed with error: {why}");
            let inner = Exception::new("Newtonsoft.Json.JsonReaderException", why);
            Exception::new("System.ArgumentException", message)
                .id("System.ArgumentException")
                .category(Category::NotSpecified)
                .inner(inner)
        })?;
        if call.flag("NoEnumerate") { call.write(value) } else { call.write_all(value) }
    }
}

/// The value that a whole document of JSON says, or why it says none.
pub(crate) fn value_of(text: &str, locale: &dotnet::Locale) -> Result<Value, String> {
    let (table, depth, locale) = (false, DEPTH_LEVELS, locale.clone());
    Parser { chars: text.chars().collect(), at: 0, table, depth, locale }.document()
}

/// Reads JSON with what people write into it: comments, trailing commas.
struct Parser {
    chars: Vec<char>,
    at: usize,
    table: bool,
    depth: i64,
    locale: dotnet::Locale,
}

impl Parser {
    fn document(mut self) -> Result<Value, String> {
        let value = self.value(0)?;
        self.blanks();
        if self.at < self.chars.len() {
            return Err(format!(
                "Additional text encountered after finished reading JSON content: {}. {}",
                self.chars[self.at],
                self.place()
            ));
        }
        Ok(value)
    }
    fn place(&self) -> String {
        let before = &self.chars[..self.at.min(self.chars.len())];
        let line = before.iter().filter(|c| **c == '\n').count() + 1;
        let column = before.iter().rev().take_while(|c| **c != '\n').count();
        format!("Path '', line {line}, position {column}.")
    }
    fn blanks(&mut self) {
        while let Some(c) = self.chars.get(self.at) {
            match (c, self.chars.get(self.at + 1)) {
                (c, _) if c.is_whitespace() => self.at += 1,
                ('/', Some('/')) => {
                    while self.chars.get(self.at).is_some_and(|c| *c != '\n') {
                        self.at += 1
                    }
                }
                ('/', Some('*')) => {
                    self.at += 2;
                    while self.at < self.chars.len()
                        && !(self.chars[self.at] == '*' && self.chars.get(self.at + 1) == Some(&'/'))
                    {
                        self.at += 1;
                    }
                    self.at += 2;
                }
                _ => return,
            }
        }
    }
    fn value(&mut self, level: i64) -> Result<Value, String> {
        if level > self.depth {
            return Err(format!(
                "The reader's MaxDepth of {} has been exceeded. {}",
                self.depth,
                self.place()
            ));
        }
        self.blanks();
        match self.chars.get(self.at) {
            None => Err(format!("Unexpected end when reading JSON. {}", self.place())),
            Some('{') => self.object(level),
            Some('[') => self.array(level),
            Some('"' | '\'') => {
                let text = self.string()?;
                Ok(self.dated(text))
            }
            Some(_) => self.word(),
        }
    }
    /// A text in the form of an ISO date is a date.
    fn dated(&self, text: String) -> Value {
        let looks = text.len() >= 19
            && text.as_bytes().get(4) == Some(&b'-')
            && text.as_bytes().get(10) == Some(&b'T');
        if looks && let Some(date) = dotnet::parse::date(&text, &self.locale.invariant(), None) {
            let date = if text.ends_with(['Z', 'z']) {
                dotnet::format::date::to_utc(date, &self.locale.zone)
            } else {
                date
            };
            let _ = DateKind::Utc;
            return Value::DateTime(date);
        }
        text.into()
    }
    fn object(&mut self, level: i64) -> Result<Value, String> {
        self.at += 1;
        let made = Object::custom();
        let mut names: HashMap<String, String> = HashMap::new();
        let table =
            Dictionary::named("System.Management.Automation.OrderedHashtable", object::value::Keys::Exact);
        loop {
            self.blanks();
            match self.chars.get(self.at) {
                Some('}') => {
                    self.at += 1;
                    return Ok(if self.table { table.into() } else { made.into() });
                }
                Some(',') => {
                    self.at += 1;
                    continue;
                }
                None => return Err(format!("Unexpected end when deserializing object. {}", self.place())),
                _ => {}
            }
            let name = match self.chars.get(self.at) {
                Some('"' | '\'') => self.string()?,
                Some(c) if c.is_alphanumeric() || *c == '_' => self.bare(),
                Some(c) => {
                    return Err(format!("Invalid property identifier character: {c}. {}", self.place()));
                }
                None => return Err(format!("Unexpected end when deserializing object. {}", self.place())),
            };
            self.blanks();
            if self.chars.get(self.at) != Some(&':') {
                let found = self.chars.get(self.at).map_or(String::new(), char::to_string);
                return Err(format!(
                    "Invalid character after parsing property name. Expected ':' but got: {found}. {}",
                    self.place()
                ));
            }
            self.at += 1;
            let value = self.value(level + 1)?;
            if self.table {
                table.insert(name.as_str().into(), value);
            } else if name.is_empty() {
                return Err("The provided JSON includes a property whose name is an empty string, this is only supported using the -AsHashTable switch.".to_owned());
            } else {
                let known = names.entry(name.to_lowercase()).or_insert_with(|| name.clone());
                if *known != name {
                    return Err(format!(
                        "Cannot convert the JSON string because it contains keys with different casing. Please use the -AsHashTable switch instead. The key that was attempted to be added to the existing key '{known}' was '{name}'."
                    ));
                }
                made.set(&name, value);
            }
        }
    }
    fn array(&mut self, level: i64) -> Result<Value, String> {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            match self.chars.get(self.at) {
                Some(']') => {
                    self.at += 1;
                    return Ok(Value::array(items));
                }
                Some(',') => {
                    self.at += 1;
                    continue;
                }
                None => return Err(format!("Unexpected end when deserializing array. {}", self.place())),
                _ => items.push(self.value(level + 1)?),
            }
        }
    }
    fn bare(&mut self) -> String {
        let start = self.at;
        while self
            .chars
            .get(self.at)
            .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '.'))
        {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }
    fn string(&mut self) -> Result<String, String> {
        let quote = self.chars[self.at];
        self.at += 1;
        let mut units: Vec<u16> = Vec::new();
        while let Some(c) = self.chars.get(self.at).copied() {
            self.at += 1;
            if c == quote {
                return Ok(String::from_utf16_lossy(&units));
            }
            if c != '\\' {
                units.extend(c.encode_utf16(&mut [0; 2]).iter());
                continue;
            }
            let Some(escaped) = self.chars.get(self.at).copied() else { break };
            self.at += 1;
            match escaped {
                'n' => units.push(10),
                'r' => units.push(13),
                't' => units.push(9),
                'b' => units.push(8),
                'f' => units.push(12),
                'u' => {
                    let digits: String = self.chars.iter().skip(self.at).take(4).collect();
                    self.at += 4;
                    units.push(u16::from_str_radix(&digits, 16).map_err(|_| {
                        format!("Invalid Unicode escape sequence: \\u{digits}. {}", self.place())
                    })?);
                }
                other => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            }
        }
        Err(format!("Unterminated string. Expected delimiter: {quote}. {}", self.place()))
    }
    fn word(&mut self) -> Result<Value, String> {
        let start = self.at;
        let word = self.bare();
        match word.as_str() {
            "true" => return Ok(Value::Bool(true)),
            "false" => return Ok(Value::Bool(false)),
            "null" => return Ok(Value::Null),
            "NaN" => return Ok(Value::Double(f64::NAN)),
            _ => {}
        }
        if let Ok(whole) = word.parse::<i64>() {
            return Ok(Value::Int64(whole));
        }
        if let Ok(big) = word.parse::<num_bigint_text::Digits>() {
            return Ok(big.value());
        }
        if let Ok(real) = word.parse::<f64>() {
            return Ok(Value::Double(real));
        }
        self.at = start;
        let found = self.chars.get(start).map_or(String::new(), char::to_string);
        Err(format!("Unexpected character encountered while parsing value: {found}. {}", self.place()))
    }
}

/// Whole numbers beyond 64 bits.
mod num_bigint_text {
    use object::Value;
    pub(super) struct Digits(Value);
    impl Digits {
        pub(super) fn value(self) -> Value {
            self.0
        }
    }
    impl std::str::FromStr for Digits {
        type Err = ();
        fn from_str(text: &str) -> Result<Digits, ()> {
            let digits = text.strip_prefix('-').unwrap_or(text);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(());
            }
            dotnet::parse::literal(&format!("{text}n")).map(Digits).ok_or(())
        }
    }
}

/// `Test-Json`.
pub(crate) static TEST_JSON: CoreCommand = CoreCommand::new(
    "Test-Json",
    "TestJsonCommand",
    || declare("Test-Json", "", "Json string 0 ! |"),
    || Box::new(TestJson),
);

struct TestJson;

impl Command for TestJson {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("Json").unwrap_or_default();
        let locale = call.session().locale().clone();
        let parser =
            Parser { chars: text.chars().collect(), at: 0, table: true, depth: DEPTH_LEVELS, locale };
        if parser.document().is_ok() {
            return call.write(true);
        }
        let error = Exception::new("System.Exception", "Cannot parse the JSON.")
            .id("InvalidJson")
            .category(Category::InvalidData);
        call.error(ErrorRecord::new(error).with_target(text.into()))?;
        call.write(false)
    }
}
