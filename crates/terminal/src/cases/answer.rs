//! What is said of a script: the console's text, types, error records, progress, how it ended.

use super::host::CaseHost;
use dotnet::host::Progress;
use dotnet::member::type_name_list;
use language::syntax::{ParseError, Source, parse};
use language::{ErrorRecord, Session};
use object::Value;
use parking_lot::Mutex;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// So many types, error records and progress records of a case are told.
const TYPES_MAX: usize = 60;
const ERRORS_MAX: usize = 60;
const PROGRESS_MAX: usize = 40;

/// The objects of `Format-Table` and its like: they are text already.
const FORMATTING: &str = "Microsoft.PowerShell.Commands.Internal.Format.";

/// Runs `code` as typed and says what came of it.
pub(super) fn of_code(session: &mut Session, host: &Arc<CaseHost>, code: &str, separate: bool) -> Json {
    let source = Source::typed(code);
    let parsed = parse(&source);
    let Some(block) = parsed.block else { return of_faults(&source, &parsed.errors) };
    let types = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&types);
    session.watch_output(Box::new(move |value| note_type(&mut seen.lock(), value)));
    host.begin(separate);
    let outcome = session.run(&block);
    let mut said = Map::new();
    // A type that cannot be made is an error of reading the script.
    let unread = outcome.ended_by.as_ref().is_some_and(|record| {
        let here = record.place().is_some_and(|place| Arc::ptr_eq(&place.source, &source));
        here && record.category() == dotnet::Category::ParserError
    });
    said.insert("text".to_owned(), json!(if unread { String::new() } else { host.shown() }));
    let types = types.lock().clone();
    if !types.is_empty() && outcome.ended_by.is_none() && outcome.exit.is_none() && !outcome.left {
        said.insert("types".to_owned(), json!(types));
    }
    list(&mut said, "errors", errors(session));
    list(&mut said, "progress", progress(&host.progress_records()));
    said.extend(outcome.ended_by.as_ref().map(|record| ("thrown".to_owned(), of_record(record))));
    said.extend(outcome.exit.map(|code| ("exit".to_owned(), json!(code))));
    Json::Object(said)
}

fn list(said: &mut Map<String, Json>, name: &str, items: Vec<Json>) {
    if !items.is_empty() {
        said.insert(name.to_owned(), Json::Array(items));
    }
}

fn note_type(types: &mut Vec<String>, value: &Value) {
    let counts = !value.is_null() && ErrorRecord::of(value).is_none();
    if let (true, true, Some(name)) = (counts, types.len() < TYPES_MAX, type_name_list(value).first())
        && !name.starts_with(FORMATTING)
    {
        types.push(name.to_string());
    }
}

/// `$Error`, oldest first.
fn errors(session: &Session) -> Vec<Json> {
    session.errors().iter().rev().take(ERRORS_MAX).map(of_record).collect()
}

fn progress(records: &[Progress]) -> Vec<Json> {
    let line = |record: &Progress| {
        let kind = if record.completed { "Completed" } else { "Processing" };
        let Progress { id, parent, activity, status, operation, percent, seconds, .. } = record;
        json!(format!("{id}|{parent}|{activity}|{status}|{operation}|{percent}|{seconds}|{kind}"))
    };
    records.iter().take(PROGRESS_MAX).map(line).collect()
}

/// An error record; what is empty is left out.
fn of_record(record: &ErrorRecord) -> Json {
    let exception = record.exception();
    let mut said = Map::new();
    let mut text = |name: &str, text: &str| {
        if !text.is_empty() {
            said.insert(name.to_owned(), json!(text));
        }
    };
    text("message", exception.text());
    text("details", record.details().unwrap_or_default());
    text("id", record.id());
    text("category", &format!("{:?}", record.category()));
    text("activity", record.activity());
    text("reason", exception.reason());
    if !record.target().is_null() {
        text("target", &record.target().to_string());
        text("targetType", &record.target().type_name());
    }
    text("exception", exception.type_name());
    text("inner", exception.inner_exception().map_or("", |inner| inner.type_name()));
    if let Some((line, column)) = record.position() {
        said.insert("line".to_owned(), json!(line));
        said.insert("col".to_owned(), json!(column));
    }
    Json::Object(said)
}

/// A script that does not parse: nothing ran.
fn of_faults(source: &Source, faults: &[ParseError]) -> Json {
    let fault = |fault: &ParseError| {
        let (line, column) = source.position(fault.span.start);
        let (end_line, end_column) = source.position(fault.span.end);
        json!({"id": fault.id, "message": fault.message, "line": line, "col": column,
            "endLine": end_line, "endCol": end_column})
    };
    let mut said = json!({"text": "", "parseErrors": faults.iter().map(fault).collect::<Vec<_>>()});
    if let Some(first) = faults.first() {
        let mut record = json!({"message": first.explain(source), "id": first.id, "category": "ParserError",
            "reason": "ParseException", "exception": "System.Management.Automation.ParseException"});
        // What more text could complete stands nowhere yet.
        if !faults.iter().any(|fault| fault.incomplete) {
            let (line, column) = source.position(first.span.start);
            (record["line"], record["col"]) = (json!(line), json!(column));
        }
        said["thrown"] = record.clone();
        said["errors"] = json!([record]);
    }
    said
}
