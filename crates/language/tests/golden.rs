//! Recorded answers of PowerShell, as far as the language itself gives them: the core commands here are
//! the few that statements cannot do without; texts that the room `views` lays out are not compared.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod few;

use dotnet::Host;
use dotnet::host::MemoryHost;
use few::{Timed, session};
use mailstead_language::*;
use std::sync::Arc;
use std::time::Instant;

/// The text that a script shows.
fn shown(case: &serde_json::Value) -> (String, Session, Outcome) {
    let host = Arc::new(Timed(MemoryHost::new(120), Instant::now()));
    for (name, text) in case["files"].as_object().into_iter().flatten() {
        host.files().write(&format!("/case/{name}"), text.as_str().unwrap_or("").as_bytes()).unwrap();
    }
    let answers = case["answers"].as_array().cloned().unwrap_or_default();
    host.0.answer(answers.iter().map(|answer| answer.as_str().unwrap_or("").to_owned()));
    let mut session = session(&host, case["culture"].as_str().unwrap_or("en-US"));
    let outcome = session.run_text(case["code"].as_str().unwrap_or(""));
    (host.0.output(), session, outcome)
}

/// How a case came out: what differs, or nothing.
fn differs(case: &serde_json::Value) -> Option<String> {
    let (text, session, outcome) = shown(case);
    let errors: Vec<String> = session
        .errors()
        .iter()
        .rev()
        .map(|record| {
            let position =
                record.position().map_or(String::new(), |(line, column)| format!("{line},{column}"));
            format!("{} {:?} {position}", record.id(), record.category())
        })
        .collect();
    let wanted: Vec<String> = case["errors"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
        .map(|error| {
            let position = if error["line"].is_null() {
                String::new()
            } else {
                format!("{},{}", error["line"], error["col"])
            };
            format!(
                "{} {} {position}",
                error["id"].as_str().unwrap_or(""),
                error["category"].as_str().unwrap_or("")
            )
        })
        .collect();
    // An error that ended the script stands there twice in PowerShell's list of an uncaught Stop.
    if case.get("parseErrors").is_some() {
        let found = session.errors().first().map(|record| record.id().to_owned());
        let wanted = case["parseErrors"][0]["id"].as_str().map(str::to_owned);
        return (found != wanted).then(|| format!("parse error {found:?} instead of {wanted:?}"));
    }
    let exit = case["exit"].as_i64().map(|code| code as i32);
    if outcome.exit != exit {
        return Some(format!("exit {:?} instead of {exit:?}", outcome.exit));
    }
    if text != case["text"].as_str().unwrap_or("") {
        return Some(format!("text\n--- wanted\n{}--- found\n{text}", case["text"].as_str().unwrap_or("")));
    }
    (errors != wanted).then(|| format!("errors\n--- wanted {wanted:?}\n--- found {errors:?}"))
}

/// Runs the cases of a file. A case may fail only if it stands in the list of open ones; `UPDATE=1` writes
/// that list anew, and it may only shrink.
fn run(file: &str) {
    let folder = format!("{}/tests/data", env!("CARGO_MANIFEST_DIR"));
    let list = format!("{folder}/{file}.open");
    let cases = std::fs::read_to_string(format!("{folder}/{file}.jsonl")).unwrap();
    let cases: Vec<serde_json::Value> =
        cases.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let known = std::fs::read_to_string(&list).unwrap_or_default();
    let known: Vec<&str> = known.lines().collect();
    let mut open = Vec::new();
    let mut worse = Vec::new();
    for case in &cases {
        let id = case["id"].as_str().unwrap();
        let Some(difference) = differs(case) else { continue };
        let code = case["code"].as_str().unwrap_or("");
        if !known.contains(&id) || std::env::var("GOLDEN_SHOW").is_ok() {
            println!("##### {id} {}\n{code}\n{difference}", case["topic"]);
        }
        if !known.contains(&id) {
            worse.push(id.to_owned());
        }
        open.push(id.to_owned());
    }
    println!("{file}: {} of {} pass", cases.len() - open.len(), cases.len());
    if std::env::var("UPDATE").is_ok() {
        std::fs::write(&list, open.join("\n") + "\n").unwrap();
        return;
    }
    let closed: Vec<&str> = known.into_iter().filter(|id| !open.iter().any(|one| one == id)).collect();
    if !closed.is_empty() {
        println!("These pass now; take them off the list with UPDATE=1: {}", closed.join(" "));
    }
    assert!(worse.is_empty(), "cases that passed before fail now: {}", worse.join(" "));
}

#[test]
fn statements() {
    run("stmt");
}

#[test]
fn expressions() {
    run("expr");
}
