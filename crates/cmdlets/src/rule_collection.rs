//! All rules in one file, as Exchange writes it: XML with a command for each rule, in their order.
//!
//! Of a command only names, words in quotes, numbers, `$true` and lists are read: a file runs nothing. What is imported stands in
//! the place of all rules that were there, all of it or none.

use crate::journal_rule::keeper;
use crate::rooms::Rooms;
use crate::transport_rule::{RULES_MAX, addressed, order};
use directory::schema::journal::{JOURNAL_ADDRESS, JOURNAL_RULE};
use directory::schema::rule::{self, TRANSPORT_RULE};
use directory::{Change, Class, Edit, Record};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::value::Array;
use object::{Access, Declared, Error, ErrorId, Noun, Object, Parameter, Result, Spec, Value};
use quick_xml::Reader;
use quick_xml::events::Event;
use std::sync::Arc;
use transport::Rule;
use transport::nouns::{COLLECTION, FILE_DATA, JOURNAL_COLLECTION};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&EXPORT, &IMPORT, &EXPORT_JOURNAL, &IMPORT_JOURNAL];

/// The largest file that is read: far more than three hundred rules need.
const FILE_BYTES_MAX: usize = 4 << 20;

static FILE: Parameter<i32> =
    Parameter::new("FileData", "The octets of the file, as Get-Content -Encoding Byte reads them.").many();

/// A kind of rules that a file can hold.
struct Kind {
    /// What the file calls the collection.
    called: &'static str,
    command: &'static str,
    class: Class,
    noun: &'static Noun,
    collection: &'static Noun,
}

static TRANSPORT: Kind = Kind {
    called: "TransportVersioned",
    command: "New-TransportRule",
    class: Class::TransportRule,
    noun: &TRANSPORT_RULE,
    collection: &COLLECTION,
};
static JOURNAL: Kind = Kind {
    called: "JournalingVersioned",
    command: "New-JournalRule",
    class: Class::JournalRule,
    noun: &JOURNAL_RULE,
    collection: &JOURNAL_COLLECTION,
};

static EXPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Writes all rules for mail on its way into one file.",
    notes: "FileData holds the octets: write them with Set-Content -Encoding Byte or [IO.File]::WriteAllBytes.",
    roles: &["Transport Rules"],
    examples: &[Example {
        about: "Shows how long the file is.",
        command: "New-TransportRule 'Mark' -PrependSubject '[EXT] ' | Out-Null; (Export-TransportRuleCollection).FileData.Count -gt 100",
    }],
    ..Cmdlet::new(Verb::Export, &COLLECTION, |rooms, _, out| export(&TRANSPORT, rooms, out))
};
static IMPORT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts the rules of a file in the place of all rules for mail on its way.",
    notes: "All of them are made or none. Rules that name what is not here are refused by name.",
    reads: &[&FILE],
    roles: &["Transport Rules"],
    examples: &[Example {
        about: "Makes all rules anew from what they are.",
        command: "Import-TransportRuleCollection -FileData (Export-TransportRuleCollection).FileData -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Import, &COLLECTION, |rooms, call, out| import(&TRANSPORT, rooms, call, out))
};
static EXPORT_JOURNAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Writes all rules that journal mail into one file.",
    roles: &["Journaling"],
    examples: &[Example {
        about: "Shows how long the file is.",
        command: "(Export-JournalRuleCollection).FileData.Count -gt 50",
    }],
    ..Cmdlet::new(Verb::Export, &JOURNAL_COLLECTION, |rooms, _, out| export(&JOURNAL, rooms, out))
};
static IMPORT_JOURNAL: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Puts the rules of a file in the place of all rules that journal mail.",
    reads: &[&FILE],
    roles: &["Journaling"],
    examples: &[Example {
        about: "Makes all rules anew from what they are.",
        command: "Import-JournalRuleCollection -FileData (Export-JournalRuleCollection).FileData",
    }],
    ..Cmdlet::new(Verb::Import, &JOURNAL_COLLECTION, |rooms, call, out| import(&JOURNAL, rooms, call, out))
};

fn export(kind: &Kind, rooms: &Rooms, out: &mut Output<'_>) -> Result<()> {
    let mut rules: Vec<Arc<Record>> = rooms.directory().all(kind.class);
    rules.sort_by_key(|rule| (rule.get(&rule::PRIORITY).unwrap_or(i32::MAX), rule.name().to_lowercase()));
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\n<rules name=\"{}\">\n",
        kind.called
    );
    for rule in &rules {
        text.push_str(&format!(
            "  <rule name=\"{}\" id=\"{}\" format=\"cmdlet\">\n    <version requiredMinVersion=\"15.0.3.0\">\n      \
             <commandBlock><![CDATA[{}]]></commandBlock>\n    </version>\n  </rule>\n",
            quick_xml::escape::escape(rule.name()),
            rule.guid(),
            // The one text that a CDATA section cannot hold is parted in two of them.
            command(kind, rule).replace("]]>", "]]]]><![CDATA[>")
        ));
    }
    text.push_str("</rules>\n");
    let bytes = Array::of("System.Byte", text.into_bytes().into_iter().map(Value::Byte).collect());
    out.object(Object::of(kind.collection).with(FILE_DATA.name(), Value::from(bytes)))
}

/// The command that makes a rule.
fn command(kind: &Kind, rule: &Record) -> String {
    let mut out = format!("{} -Name {}", kind.command, quoted(rule.name()));
    for spec in kind.noun.properties.iter().map(|declared| declared.spec()) {
        // Their order is that of the file.
        let is_set =
            spec.access == Access::Write && rule.has(spec) && !std::ptr::eq(spec, rule::PRIORITY.spec());
        if !is_set || spec.name.eq_ignore_ascii_case("Name") {
            continue;
        }
        let shown = |value: &Value| match value {
            Value::Bool(true) => "$true".to_owned(),
            Value::Bool(false) => "$false".to_owned(),
            value => quoted(&value.to_string()),
        };
        let values = rule.stored_values(spec).iter().map(shown).collect::<Vec<_>>().join(",");
        out.push_str(&format!(" -{} {values}", spec.name));
    }
    out
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn import(kind: &'static Kind, rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let octet = |number: i32| {
        u8::try_from(number).map_err(|_| {
            Error::caller(ErrorId::InvalidValue, format!("{number} is not an octet.")).about(FILE.name())
        })
    };
    let bytes = call.list(&FILE)?.unwrap_or_default().into_iter().map(octet).collect::<Result<Vec<u8>>>()?;
    if bytes.len() > FILE_BYTES_MAX {
        let sentence = format!("The file is larger than {} MB.", FILE_BYTES_MAX >> 20);
        return Err(Error::limit(ErrorId::MessageTooLarge, sentence).about(FILE.name()));
    }
    let commands = commands(&bytes)?;
    if commands.len() > RULES_MAX {
        let sentence =
            format!("The file has {} rules; there can't be more than {RULES_MAX}.", commands.len());
        return Err(Error::limit(ErrorId::TooManyPatterns, sentence).about(FILE.name()));
    }
    let rules = commands.iter().map(|text| read(kind, rooms, text)).collect::<Result<Vec<_>>>()?;
    let sentence = format!("Replacing all rules of \"{}\" with {} of the file.", kind.called, rules.len());
    if !out.should(kind.called, &sentence)? {
        return Ok(());
    }
    rooms.directory().change(call.author(), move |change| replace(kind, change, &rules))
}

fn replace(kind: &Kind, change: &mut Change<'_>, rules: &[(String, Vec<Edit>)]) -> Result<()> {
    for old in change.directory().all(kind.class) {
        change.delete(old.guid())?;
    }
    for (number, (name, edits)) in rules.iter().enumerate() {
        let mut made =
            change.new_configuration(kind.class, name, edits).map_err(|error| of_rule(name, error))?;
        if kind.class == Class::TransportRule {
            Rule::read(&made, change.directory()).map_err(|error| of_rule(name, error))?;
            made.set(&rule::PRIORITY, i32::try_from(number).unwrap_or(i32::MAX));
            change.save(made)?;
        }
    }
    if kind.class == Class::TransportRule { order(change, None) } else { Ok(()) }
}

/// The name of a rule of the file, and what is set of it.
fn read(kind: &Kind, rooms: &Rooms, text: &str) -> Result<(String, Vec<Edit>)> {
    let (name, given) = parse(text, kind.command)?;
    let mut edits = Vec::new();
    for (parameter, values) in given {
        let spec = kind.noun.property(&parameter).filter(|spec| spec.access == Access::Write);
        let Some(spec) = spec else {
            let sentence = format!("-{parameter} is not there for {}.", kind.command);
            return Err(of_rule(&name, Error::caller(ErrorId::InvalidValue, sentence)));
        };
        if values.iter().all(|value| value.is_null() || value.as_str() == Some("")) {
            continue;
        }
        edits.push(edit(rooms, spec, values).map_err(|error| of_rule(&name, error))?);
    }
    if kind.class == Class::JournalRule {
        as_made_by_command(&mut edits).map_err(|error| of_rule(&name, error))?;
    }
    Ok((name, edits))
}

/// What New-JournalRule asks for, and what it sets where nothing is said.
fn as_made_by_command(edits: &mut Vec<Edit>) -> Result<()> {
    let given = |spec: &'static Spec| edits.iter().any(|edit| std::ptr::eq(edit.spec(), spec));
    if !given(JOURNAL_ADDRESS.spec()) {
        let sentence = "JournalEmailAddress is needed.";
        return Err(Error::caller(ErrorId::MissingMandatoryParameter, sentence));
    }
    if !given(rule::ENABLED.spec()) {
        edits.push(Edit::set(&rule::ENABLED, false));
    }
    Ok(())
}

fn edit(rooms: &Rooms, spec: &'static Spec, mut values: Vec<Value>) -> Result<Edit> {
    if !spec.many && values.len() > 1 {
        let sentence = format!("{} has one value, and not {}.", spec.name, values.len());
        return Err(Error::caller(ErrorId::InvalidValue, sentence));
    }
    let value = if spec.many { Value::array(values) } else { values.swap_remove(0) };
    if std::ptr::eq(spec, JOURNAL_ADDRESS.spec()) {
        return Ok(Edit::set(&JOURNAL_ADDRESS, keeper(rooms.directory(), &value.to_string())?));
    }
    Edit::new(spec, &addressed(rooms.directory(), spec, &value)?)
}

fn of_rule(name: &str, error: Error) -> Error {
    let sentence = format!("The rule '{name}' of the file cannot be made: {}", error.message());
    Error::caller(ErrorId::InvalidValue, sentence).about(FILE.name())
}

fn not_rules(why: &str) -> Error {
    Error::caller(ErrorId::InvalidValue, format!("The file holds no rules: {why}"))
        .help("Give what Export-TransportRuleCollection or Exchange wrote.")
        .about(FILE.name())
}

/// The commands of a file, in its order.
fn commands(bytes: &[u8]) -> Result<Vec<String>> {
    let text = decoded(bytes);
    let (mut reader, mut found, mut inside) = (Reader::from_str(&text), Vec::new(), None::<String>);
    let mut is_collection = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => match start.local_name().as_ref() {
                "rules" => is_collection = true,
                "commandBlock" => inside = Some(String::new()),
                _ => {}
            },
            Ok(Event::Empty(start)) if start.local_name().as_ref() == "rules" => is_collection = true,
            Ok(Event::End(end)) if end.local_name().as_ref() == "commandBlock" => {
                found.extend(inside.take().map(|text| text.trim().to_owned()));
            }
            Ok(Event::CData(data)) => add(&mut inside, &data),
            Ok(Event::Text(data)) => add(&mut inside, &data),
            Ok(Event::GeneralRef(name)) => {
                let meant = match &*name {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    "quot" => "\"",
                    "apos" => "'",
                    _ => return Err(not_rules("it names an entity that is not known.")),
                };
                add(&mut inside, meant);
            }
            Ok(Event::DocType(_)) => return Err(not_rules("it has a document type.")),
            Ok(Event::Eof) if is_collection && inside.is_none() => return Ok(found),
            Ok(Event::Eof) => return Err(not_rules("it ends too early, or is another file.")),
            Ok(_) => {}
            Err(error) => return Err(not_rules(&format!("{error}."))),
        }
    }
}

fn add(inside: &mut Option<String>, text: &str) {
    if let Some(inside) = inside {
        inside.push_str(text);
    }
}

/// UTF-8, or UTF-16 with its mark, as Windows writes files.
fn decoded(bytes: &[u8]) -> String {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..].as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

type Given = Vec<(String, Vec<Value>)>;

/// The name and the parameters of a command; nothing in it is run.
fn parse(text: &str, command: &str) -> Result<(String, Given)> {
    let mut words = Words { rest: text };
    let first = words.next()?;
    if !matches!(&first, Some(Word::Bare(word)) if word.eq_ignore_ascii_case(command)) {
        return Err(not_rules(&format!("a rule is not made with {command}.")));
    }
    let (mut name, mut given) = (None, Given::new());
    let mut next = words.next()?;
    while let Some(word) = next {
        match word {
            Word::Parameter(parameter) => {
                let values = words.values()?;
                match parameter.eq_ignore_ascii_case("Name") {
                    true => name = values.0.first().map(Value::to_string),
                    false => given.push((parameter, values.0)),
                }
                next = values.1;
            }
            Word::Value(value) if name.is_none() => {
                name = Some(value.to_string());
                next = words.next()?;
            }
            Word::Bare(value) if name.is_none() => {
                name = Some(value);
                next = words.next()?;
            }
            _ => return Err(not_rules("a command has words that belong to no parameter.")),
        }
    }
    let name = name.filter(|name| !name.trim().is_empty()).ok_or_else(|| not_rules("a rule has no name."))?;
    Ok((name, given))
}

/// A word of a command.
enum Word {
    Parameter(String),
    Bare(String),
    Value(Value),
    Comma,
}

struct Words<'a> {
    rest: &'a str,
}

impl Words<'_> {
    /// The values behind a parameter, and the word behind them. None is a switch that is on.
    fn values(&mut self) -> Result<(Vec<Value>, Option<Word>)> {
        let mut values = Vec::new();
        loop {
            match self.next()? {
                Some(Word::Value(value)) => values.push(value),
                Some(Word::Bare(word)) => values.push(word.as_str().into()),
                next if values.is_empty() => return Ok((vec![true.into()], next)),
                next => return Ok((values, next)),
            }
            match self.next()? {
                Some(Word::Comma) => {}
                next => return Ok((values, next)),
            }
        }
    }

    fn next(&mut self) -> Result<Option<Word>> {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || "@()`".contains(c));
        let Some(first) = self.rest.chars().next() else { return Ok(None) };
        Ok(Some(match first {
            '\'' | '"' => Word::Value(self.quoted(first)?.as_str().into()),
            ',' => {
                self.rest = &self.rest[1..];
                Word::Comma
            }
            '-' if self.rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) => {
                let (name, rest) = letters(&self.rest[1..]);
                // `-Name:value` is one value, as `-Name value` is.
                self.rest = rest.strip_prefix(':').unwrap_or(rest);
                Word::Parameter(name.to_owned())
            }
            '$' => {
                self.rest = &self.rest[1..];
                match self.bare().to_ascii_lowercase().as_str() {
                    "true" => Word::Value(true.into()),
                    "false" => Word::Value(false.into()),
                    "null" => Word::Value(Value::Null),
                    name => return Err(not_rules(&format!("a command names the variable ${name}."))),
                }
            }
            _ => Word::Bare(self.bare()),
        }))
    }

    fn bare(&mut self) -> String {
        let end = |c: char| c.is_whitespace() || ",()'\"".contains(c);
        let at = self.rest.find(end).unwrap_or(self.rest.len()).max(1);
        let at = self.rest.ceil_char_boundary(at);
        let (word, rest) = self.rest.split_at(at);
        self.rest = rest;
        word.to_owned()
    }

    /// A text in quotes; a quote in it is written twice.
    fn quoted(&mut self, quote: char) -> Result<String> {
        let mut out = String::new();
        let mut letters = self.rest[1..].char_indices().peekable();
        while let Some((at, letter)) = letters.next() {
            match letter {
                letter if letter == quote => match letters.peek() {
                    Some((_, next)) if *next == quote => {
                        letters.next();
                        out.push(quote);
                    }
                    _ => {
                        self.rest = &self.rest[1 + at + 1..];
                        return Ok(out);
                    }
                },
                '`' if quote == '"' => out.extend(letters.next().map(|(_, letter)| letter)),
                '$' if quote == '"' => return Err(not_rules("a text in quotes names a variable.")),
                letter => out.push(letter),
            }
        }
        Err(not_rules("a text in quotes does not end."))
    }
}

/// The letters and digits with which a text begins, and the rest.
fn letters(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match parse(text, "New-TransportRule") {
            Err(error) => format!("error: {}", error.message()),
            Ok((name, given)) => {
                let each = given.iter().map(|(name, values)| {
                    format!(" {name}={}", values.iter().map(Value::to_string).collect::<Vec<_>>().join("|"))
                });
                format!("{name}:{}", each.collect::<String>())
            }
        }
    }

    #[test]
    fn commands_are_read_and_never_run() {
        for (text, read) in [
            ("New-TransportRule 'It''s' -From 'a@b.c','d@e.f' -SetSCL 5", "It's: From=a@b.c|d@e.f SetSCL=5"),
            ("new-transportrule -Name \"A `\"b`\"\" -DeleteMessage:$true", "A \"b\": DeleteMessage=True"),
            (
                "New-TransportRule x -SubjectContainsWords @('a, b', 'c') -StopRuleProcessing",
                "x: SubjectContainsWords=a, b|c StopRuleProcessing=True",
            ),
            ("New-TransportRule x -Comments ''", "x: Comments="),
            ("Remove-Item x", "error: The file holds no rules: a rule is not made with New-TransportRule."),
            (
                "New-TransportRule 'x' -From $env:USER",
                "error: The file holds no rules: a command names the variable $env:user.",
            ),
            (
                "New-TransportRule \"$(whoami)\"",
                "error: The file holds no rules: a text in quotes names a variable.",
            ),
            ("New-TransportRule 'x", "error: The file holds no rules: a text in quotes does not end."),
            ("New-TransportRule -From a", "error: The file holds no rules: a rule has no name."),
            (
                "New-TransportRule x; Remove-Mailbox y",
                "error: The file holds no rules: a command has words that belong to no parameter.",
            ),
        ] {
            assert_eq!(shown(text), read, "{text}");
        }
    }

    #[test]
    fn files_are_read_in_the_forms_in_which_they_are_written() {
        let file = "<?xml version=\"1.0\"?><rules name=\"TransportVersioned\"><rule name=\"a &amp; b\"><version><commandBlock>\
                    <![CDATA[New-TransportRule 'a & b' -Comments ']]]]><![CDATA[>']]></commandBlock></version></rule>\
                    <rule><version><commandBlock>New-TransportRule c -Comments '&lt;x'</commandBlock></version></rule></rules>";
        let read = ["New-TransportRule 'a & b' -Comments ']]>'", "New-TransportRule c -Comments '<x'"];
        let wide: Vec<u8> =
            [0xff, 0xfe].into_iter().chain(file.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = [b"\xef\xbb\xbf", file.as_bytes()].concat();
        for bytes in [file.as_bytes().to_vec(), wide, marked] {
            assert_eq!(commands(&bytes).expect("rules"), read);
        }
        for (file, why) in [
            ("", "it ends too early"),
            ("no xml", "it ends too early"),
            ("<rules><rule><commandBlock>x", "it ends too early"),
            ("<!DOCTYPE rules [<!ENTITY a \"b\">]><rules/>", "a document type"),
            ("<rules><commandBlock>&a;</commandBlock></rules>", "an entity"),
        ] {
            let error = commands(file.as_bytes()).expect_err(file);
            assert!(error.message().contains(why), "{file}: {}", error.message());
        }
        assert_eq!(commands(b"<rules/>").expect("no rules"), Vec::<String>::new());
    }
}
