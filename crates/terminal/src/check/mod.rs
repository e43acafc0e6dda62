//! `--check`: whether scripts parse and bind, and what in them is unknown; nothing of them runs.
//!
//! What a variable will hold is not known before a script runs, so only what is written out is read as a
//! parameter's value; everything else fits any parameter.

mod loaded;

use crate::prospect::Prospect;
use dotnet::Host;
use dotnet::host::Stream;
use gate::bind::{Argument, Binder, Bound, Reading, Strict};
use gate::{Formal, Signature};
use language::syntax::ast::{Command, CommandElement, Element, Expr, ExprKind, StatementKind};
use language::syntax::{Source, Span, decode, each_statement, node_counts, parse};
use object::value::{Text, Typed};
use object::{Error, ErrorId, Result, Value};
use serde_json::{Map, json};
use std::collections::HashSet;
use std::sync::Arc;

use loaded::Loaded;

/// What `name` is.
pub(crate) enum Found {
    /// A command with known parameters.
    Command(Arc<Signature>),
    /// Something that runs, whose parameters are its own affair: a program.
    Program,
    /// Nothing; what may have been meant.
    Unknown(Option<String>),
}

/// What commands there are.
pub(crate) trait Lexicon {
    /// What `name` is, aliases resolved.
    fn find(&self, name: &str) -> Found;
}

/// How a check of all scripts ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verdict {
    /// All bind.
    Binds,
    /// Some do not.
    Faulty,
    /// Some could not be read.
    Unreadable,
}

/// Checks `files` and writes a line for each.
pub(crate) fn check(files: &[String], as_json: bool, host: &dyn Host, lexicon: &dyn Lexicon) -> Verdict {
    let mut verdict = Verdict::Binds;
    let read = |path: &str| host.files().read(path).ok().map(|bytes| decode(&bytes));
    for file in files {
        let one = match host.files().read(file) {
            Ok(bytes) => {
                let report = Report::of(&decode(&bytes), file, lexicon, &read);
                let line = if as_json { report.json().to_string() } else { report.line() };
                host.write(Stream::Output, &format!("{line}\n"), None, None);
                if report.binds() { Verdict::Binds } else { Verdict::Faulty }
            }
            Err(error) => {
                unreadable(file, &error, as_json, host);
                Verdict::Unreadable
            }
        };
        verdict = verdict.max(one);
    }
    verdict
}

fn unreadable(file: &str, error: &std::io::Error, as_json: bool, host: &dyn Host) {
    if as_json {
        let line = json!({"script": file, "parses": false, "binds": false,
            "errors": [{"id": "Unreadable", "message": error.to_string()}], "unknown": [], "nodes": {}});
        host.write(Stream::Output, &format!("{line}\n"), None, None);
    } else {
        host.write(Stream::Error, &format!("{file}: cannot be read: {error}\n"), None, None);
    }
}

/// Something wrong at a place of a script.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    line: u32,
    column: u32,
    id: String,
    message: String,
}

/// A name that nobody here knows.
#[derive(Debug, PartialEq, Eq)]
struct Unknown {
    line: u32,
    column: u32,
    /// `command` or `parameter`.
    what: &'static str,
    name: String,
    near: Option<String>,
    prospect: Prospect,
}

/// What was found in one script.
#[derive(Debug)]
struct Report {
    script: String,
    parses: bool,
    errors: Vec<Fault>,
    unknown: Vec<Unknown>,
    nodes: Map<String, serde_json::Value>,
}

impl Report {
    /// `read` gives the text of a file that the script loads.
    fn of(text: &str, script: &str, lexicon: &dyn Lexicon, read: &dyn Fn(&str) -> Option<String>) -> Report {
        let source = Source::file(script, text);
        let parsed = parse(&source);
        let mut report = Report {
            script: script.to_owned(),
            parses: parsed.errors.is_empty() && parsed.block.is_some(),
            errors: Vec::new(),
            unknown: Vec::new(),
            nodes: Map::new(),
        };
        for error in &parsed.errors {
            report.fault(&source, error.span, error.id, error.message.clone());
        }
        if let Some(block) = &parsed.block {
            report.nodes =
                node_counts(block).into_iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
            let mut commands = Commands {
                source: &source,
                lexicon,
                own: HashSet::new(),
                filters: Vec::new(),
                loaded: Loaded::default(),
                folder: loaded::folder_of(script),
                read,
                loads: false,
                report: &mut report,
            };
            each_statement(block, &mut |statement| commands.declared(&statement.kind));
            each_statement(block, &mut |statement| commands.used(&statement.kind));
        }
        report
    }

    fn binds(&self) -> bool {
        self.parses && self.errors.is_empty() && self.unknown.is_empty()
    }

    fn fault(&mut self, source: &Source, span: Span, id: &str, message: String) {
        let (line, column) = source.position(span.start);
        self.errors.push(Fault { line, column, id: id.to_owned(), message });
    }

    fn json(&self) -> serde_json::Value {
        let fault = |fault: &Fault| json!({"line": fault.line, "column": fault.column, "id": fault.id, "message": fault.message});
        let unknown = |one: &Unknown| {
            json!({"line": one.line, "column": one.column, "what": one.what, "name": one.name, "near": one.near,
            "prospect": one.prospect.word(), "why": one.prospect.why()})
        };
        let errors: Vec<_> = self.errors.iter().map(fault).collect();
        let unknown: Vec<_> = self.unknown.iter().map(unknown).collect();
        json!({"script": self.script, "parses": self.parses, "binds": self.binds(), "errors": errors,
            "unknown": unknown, "nodes": self.nodes})
    }

    /// One line for a person: the verdict, then each fault with its place.
    fn line(&self) -> String {
        let verdict = match (self.parses, self.binds()) {
            (false, _) => "does not parse",
            (true, false) => "parses, does not bind",
            (true, true) => "parses, binds",
        };
        let faults =
            self.errors.iter().map(|fault| format!("{}:{} {}", fault.line, fault.column, fault.message));
        let faults: Vec<String> = faults.chain(self.unknown_once()).collect();
        match faults.is_empty() {
            true => format!("{}: {verdict}", self.script),
            false => format!("{}: {verdict}: {}", self.script, faults.join("; ")),
        }
    }

    /// Each unknown name once, where it stands first, and how often it stands.
    fn unknown_once(&self) -> Vec<String> {
        let mut seen: Vec<(&Unknown, usize)> = Vec::new();
        for one in &self.unknown {
            let same = |other: &Unknown| other.what == one.what && other.name.eq_ignore_ascii_case(&one.name);
            match seen.iter_mut().find(|(first, _)| same(first)) {
                Some((_, times)) => *times += 1,
                None => seen.push((one, 1)),
            }
        }
        seen.iter().map(|(first, times)| first.said(*times)).collect()
    }
}

impl Unknown {
    fn said(&self, times: usize) -> String {
        let times = if times == 1 { String::new() } else { format!(", {times} times") };
        let near = self.near.as_ref().map_or(String::new(), |near| format!(", nearest {near}"));
        let (prospect, why) = (self.prospect.word(), self.prospect.why());
        let (place, what, name) = (format!("{}:{}", self.line, self.column), self.what, &self.name);
        format!("{place} unknown {what} {name}{near}{times} ({prospect}: {why})")
    }
}

/// Looks at the commands of one script.
struct Commands<'a> {
    source: &'a Source,
    lexicon: &'a dyn Lexicon,
    /// Functions and aliases that the script makes itself, in lower case.
    own: HashSet<String>,
    /// Blocks that are filters (`-Filter { Name -like 'a*' }`): text for a cmdlet, no code.
    filters: Vec<Span>,
    /// The files it loads, as far as they could be read.
    loaded: Loaded,
    /// The folder it lies in.
    folder: &'a str,
    read: &'a dyn Fn(&str) -> Option<String>,
    /// Whether it loads files or modules that could not be read.
    loads: bool,
    report: &'a mut Report,
}

impl Commands<'_> {
    fn declared(&mut self, statement: &StatementKind) {
        match statement {
            StatementKind::Function(function) => {
                let name = function.name.rsplit(':').next().unwrap_or(&function.name);
                self.own.insert(name.to_lowercase());
            }
            StatementKind::Pipeline(pipeline) => {
                for element in &pipeline.elements {
                    if let Element::Command(command) = element {
                        self.own.extend(alias_made(command));
                        self.filters.extend(filters_of(command));
                        if loaded::loads(command) {
                            self.loads |= !self.loaded.add(command, self.folder, self.read);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn used(&mut self, statement: &StatementKind) {
        if let StatementKind::Pipeline(pipeline) = statement {
            for (at, element) in pipeline.elements.iter().enumerate() {
                if let Element::Command(command) = element {
                    self.command(command, at > 0);
                }
            }
        }
    }

    fn command(&mut self, command: &Command, piped: bool) {
        // A name that is computed (`& $program`) is known when it runs.
        let Some((name, span)) = name_of(command) else { return };
        let of_filter =
            self.filters.iter().any(|filter| filter.start <= span.start && span.end <= filter.end);
        let lower = name.to_lowercase();
        let own = self.own.contains(&lower) || self.loaded.functions.contains(&lower);
        if of_filter || own || name.contains(['/', '\\']) {
            return;
        }
        match self.lexicon.find(name) {
            Found::Program => {}
            Found::Command(signature) => self.bind(&signature, command, piped, span),
            Found::Unknown(near) => self.unknown(span, "command", name, near),
        }
    }

    fn unknown(&mut self, span: Span, what: &'static str, name: &str, near: Option<String>) {
        let (line, column) = self.source.position(span.start);
        let prospect = Prospect::of(name, what == "command" && self.loads);
        self.report.unknown.push(Unknown { line, column, what, name: name.to_owned(), near, prospect });
    }

    fn bind(&mut self, signature: &Arc<Signature>, command: &Command, piped: bool, span: Span) {
        let written = Written::of(command);
        // A splatted variable may hold anything that is missing here, and any object may be piped.
        let open = written.splats || piped;
        let mut reading = Guess { open: written.splats };
        let Err(error) = Binder::start(Arc::clone(signature), written.arguments, open, &mut reading) else {
            return;
        };
        // What is in a splatted variable may settle which set is meant.
        if written.splats && error.is(ErrorId::AmbiguousParameterSet) {
            return;
        }
        let parameter = error.parameter().unwrap_or_default();
        let place = written.places.iter().find(|(name, _)| name.eq_ignore_ascii_case(parameter));
        let place = place.map_or(span, |(_, span)| *span);
        if error.is(ErrorId::NamedParameterNotFound) {
            let name = format!("{} -{parameter}", signature.command);
            let near = gate::nearest(parameter, signature.formals.iter().map(|formal| &*formal.name));
            return self.unknown(place, "parameter", &name, near.map(|near| format!("-{near}")));
        }
        let message = format!("{}: {}", signature.command, error.message());
        self.report.fault(self.source, place, error.id(), message);
    }
}

/// The name of a command, where it is written out.
fn name_of(command: &Command) -> Option<(&str, Span)> {
    match command.elements.first() {
        Some(CommandElement::Argument(Expr { span, kind: ExprKind::Text(name, _) })) => Some((name, *span)),
        _ => None,
    }
}

/// The alias that `Set-Alias name value` or `New-Alias -Name name …` makes.
fn alias_made(command: &Command) -> Option<String> {
    let (name, _) = name_of(command)?;
    let makes = ["set-alias", "new-alias", "sal", "nal"];
    if !makes.iter().any(|known| name.eq_ignore_ascii_case(known)) {
        return None;
    }
    command.elements[1..].iter().find_map(|element| match element {
        CommandElement::Argument(Expr { kind: ExprKind::Text(alias, _), .. }) => Some(alias.to_lowercase()),
        _ => None,
    })
}

/// The blocks that a command is given as filters.
fn filters_of(command: &Command) -> Vec<Span> {
    let block = |value: &Expr| matches!(value.kind, ExprKind::Block(_)).then_some(value.span);
    let mut found = Vec::new();
    let mut elements = command.elements.iter().peekable();
    while let Some(element) = elements.next() {
        let CommandElement::Parameter(parameter) = element else { continue };
        if !parameter.name.to_lowercase().ends_with("filter") {
            continue;
        }
        found.extend(parameter.argument.as_ref().and_then(block));
        if let Some(CommandElement::Argument(value)) = elements.peek() {
            found.extend(block(value));
        }
    }
    found
}

/// A command's arguments as far as they are known before it runs.
struct Written {
    arguments: Vec<Argument>,
    places: Vec<(Text, Span)>,
    splats: bool,
}

impl Written {
    fn of(command: &Command) -> Written {
        let mut written = Written { arguments: Vec::new(), places: Vec::new(), splats: false };
        for element in command.elements.iter().skip(1) {
            match element {
                CommandElement::Parameter(parameter) => {
                    let name = Text::from(&*parameter.name);
                    written.places.push((name.clone(), parameter.span));
                    let value = parameter.argument.as_ref().map(value_of);
                    written.arguments.push(Argument::Named { name, value, splatted: false, dash: '-' });
                }
                CommandElement::Argument(Expr { kind: ExprKind::Splat(_), .. }) => written.splats = true,
                CommandElement::Argument(expression) => {
                    written.arguments.push(Argument::Positional(value_of(expression)));
                }
            }
        }
        written
    }
}

/// The value of an expression that is written out; otherwise one that fits anything.
fn value_of(expression: &Expr) -> Value {
    match &expression.kind {
        ExprKind::Text(text, _) => Value::from(&**text),
        ExprKind::Variable(path) if path.qualifier.is_none() => match path.name.to_lowercase().as_str() {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ => Value::typed(Anything),
        },
        ExprKind::List(items) if items.iter().all(|item| matches!(item.kind, ExprKind::Text(..))) => {
            Value::array(items.iter().map(value_of))
        }
        _ => Value::typed(Anything),
    }
}

/// A value that is known only when the script runs.
#[derive(Debug)]
struct Anything;

impl Typed for Anything {
    fn type_name(&self) -> Text {
        "System.Object".into()
    }
    fn text(&self) -> String {
        "…".to_owned()
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

/// Reads what is written out by the parameters' own rules; what is not known yet fits.
struct Guess {
    /// Whether something missing may be in a splatted variable.
    open: bool,
}

fn is_open(value: &Value) -> bool {
    value.downcast::<Anything>().is_some()
}

impl Reading for Guess {
    fn as_it_is(&mut self, at: usize, formal: &Formal, value: &Value) -> Option<Value> {
        if is_open(value) { Some(value.clone()) } else { Strict.as_it_is(at, formal, value) }
    }
    fn read(&mut self, at: usize, formal: &Formal, value: Value) -> Result<Value> {
        if is_open(&value) { Ok(value) } else { Strict.read(at, formal, value) }
    }
    fn ask(&mut self, missing: &[&Formal]) -> Result<Option<Vec<Value>>> {
        Ok(self.open.then(|| missing.iter().map(|_| Value::typed(Anything)).collect()))
    }
    fn joining(&mut self, _: &Arc<Signature>, _: &Bound) -> Result<gate::bind::Joining> {
        Ok(gate::bind::Joining::default())
    }
}

/// The error for a script that cannot be read at all.
pub(crate) fn no_scripts() -> Error {
    Error::caller(ErrorId::NoScriptGiven, "--check needs at least one script.")
        .help("Write mailstead shell --check report.ps1.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::types::kinds;

    struct House;
    impl Lexicon for House {
        fn find(&self, name: &str) -> Found {
            match name.to_lowercase().as_str() {
                "get-mailbox" => {
                    let mut signature = Signature::new("Get-Mailbox");
                    let identity = gate::Use { position: Some(0), by_value: true, ..gate::Use::default() };
                    signature
                        .formals
                        .push(Formal { uses: vec![identity], ..Formal::new("Identity", &kinds::STRING) });
                    signature.formals.push(Formal::new("Hidden", &kinds::BOOLEAN));
                    Found::Command(Arc::new(signature.with_common(false)))
                }
                "remove-mailbox" => {
                    let mut signature = Signature::new("Remove-Mailbox");
                    let must = gate::Use {
                        mandatory: true,
                        position: Some(0),
                        by_value: true,
                        ..gate::Use::default()
                    };
                    signature
                        .formals
                        .push(Formal { uses: vec![must], ..Formal::new("Identity", &kinds::STRING) });
                    Found::Command(Arc::new(signature.with_common(true)))
                }
                "new-thing" => {
                    let mut signature = Signature::new("New-Thing");
                    signature.sets = ["Name", "Number"].map(Text::from).to_vec();
                    for (at, set) in ["Name", "Number"].into_iter().enumerate() {
                        let must = gate::Use { mandatory: true, set: Some(at), ..gate::Use::default() };
                        signature
                            .formals
                            .push(Formal { uses: vec![must], ..Formal::new(set, &kinds::STRING) });
                    }
                    Found::Command(Arc::new(signature.with_common(false)))
                }
                "ping" | "set-alias" | "import-module" | "join-path" => Found::Program,
                _ => {
                    Found::Unknown(gate::nearest(name, ["Get-Mailbox", "Remove-Mailbox"]).map(str::to_owned))
                }
            }
        }
    }

    #[test]
    fn a_script_is_told_what_in_it_is_unknown() {
        for (text, said) in [
            ("Get-Mailbox ann", "x.ps1: parses, binds"),
            (
                "get-mailbox -Identity $x -ErrorAction Stop | Remove-Mailbox -Confirm:$false",
                "x.ps1: parses, binds",
            ),
            (
                "Get-Mailbx ann",
                "x.ps1: parses, does not bind: 1:1 unknown command Get-Mailbx, nearest Get-Mailbox (not yet: nothing here has that name so far)",
            ),
            (
                "if ($x) {\n  Get-Mailbox -Idenity a }\nGet-Mailbox -Idenity b",
                "x.ps1: parses, does not bind: 2:15 unknown parameter Get-Mailbox -Idenity, nearest -Identity, 2 times (not yet: nothing here has that name so far)",
            ),
            ("function Get-It($a) { ping $a }\nGet-It 3", "x.ps1: parses, binds"),
            ("Set-Alias gm Get-Mailbox; gm ann", "x.ps1: parses, binds"),
            ("Remove-Mailbox @all", "x.ps1: parses, binds"),
            ("& $program 1 2; & 'C:\\tool.exe'", "x.ps1: parses, binds"),
        ] {
            assert_eq!(Report::of(text, "x.ps1", &House, &|_| None).line(), said, "{text}");
        }
    }

    #[test]
    fn the_functions_of_loaded_files_are_known() {
        let files = |path: &str| {
            let text = match path {
                "./lib/own.ps1" => {
                    "function Write-Own { } . $PSScriptRoot/more.ps1; . \"$PSScriptRoot\\own.ps1\""
                }
                "./lib/more.ps1" => "function script:Write-More { } Import-Module ActiveDirectory",
                "./tools.psm1" => "function Use-Tool { function Inner { } }",
                _ => return None,
            };
            Some(text.to_owned())
        };
        for (text, said) in [
            (". .\\lib\\own.ps1; Write-Own; Write-More", "x.ps1: parses, binds"),
            (". (Join-Path $PSScriptRoot 'lib/more.ps1'); write-more", "x.ps1: parses, binds"),
            ("Import-Module \"$PSScriptRoot/tools.psm1\" -Force; Use-Tool", "x.ps1: parses, binds"),
            (". ($PSScriptRoot + '\\tools.psm1'); Use-Tool", "x.ps1: parses, binds"),
            // What was read and does not have it does not bring it either.
            (
                "Import-Module ./tools.psm1; Use-Toolbox",
                "x.ps1: parses, does not bind: 1:29 unknown command Use-Toolbox (not yet: nothing here has that name so far)",
            ),
            (
                ". ./gone.ps1; Use-Toolbox",
                "x.ps1: parses, does not bind: 1:15 unknown command Use-Toolbox (unknown: the script loads files or modules that the check could not read)",
            ),
        ] {
            assert_eq!(Report::of(text, "x.ps1", &House, &files).line(), said, "{text}");
        }
    }

    #[test]
    fn what_is_splatted_may_settle_the_set() {
        let splat = "New-Thing @how";
        assert_eq!(Report::of(splat, "x.ps1", &House, &|_| None).line(), "x.ps1: parses, binds");
    }

    #[test]
    fn errors_have_their_place() {
        for (text, line, column, id) in [
            ("$a = 'open", 1, 6, "TerminatorExpectedAtEndOfString"),
            ("Get-Mailbox `\n -Hidden maybe", 2, 2, "ParameterArgumentTransformationError"),
            ("1\nRemove-Mailbox", 2, 1, "MissingMandatoryParameter"),
            ("Get-Mailbox ann ben", 1, 1, "PositionalParameterNotFound"),
        ] {
            let report = Report::of(text, "x.ps1", &House, &|_| None);
            let fault = &report.errors[0];
            assert_eq!((fault.line, fault.column, fault.id.as_str()), (line, column, id), "{text}");
            assert!(!report.binds());
        }
    }

    #[test]
    fn a_machine_reads_the_same_as_json() {
        let json = Report::of("Get-Mailbx", "x.ps1", &House, &|_| None).json();
        assert_eq!((json["parses"].as_bool(), json["binds"].as_bool()), (Some(true), Some(false)));
        assert_eq!(json["unknown"][0]["name"], "Get-Mailbx");
        assert_eq!(
            (json["nodes"]["Command"].as_u64(), json["nodes"]["ScriptBlock"].as_u64()),
            (Some(1), Some(1))
        );
    }
}
