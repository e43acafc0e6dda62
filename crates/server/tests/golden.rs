//! Recorded answers of PowerShell 7.6, run through `mailstead shell --cases` and compared in all they say.
//!
//! What differs stands in `golden/FAMILY.open`, one id a line; a case that is not in that list must agree, so the
//! list only shrinks. `cargo xtask golden` shows differences and writes the lists anew.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What a case of a script sends; all else in its row is the answer.
const SENT: [&str; 6] = ["id", "code", "width", "culture", "files", "answers"];

/// A case as it is sent, and the recorded answer.
struct Row {
    id: String,
    sent: Json,
    wanted: Json,
}

fn room(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn rows(family: &str, packed: &str) -> Vec<Row> {
    let bytes = std::fs::read(room(packed)).unwrap();
    let text = String::from_utf8(zstd::decode_all(&bytes[..]).unwrap()).unwrap();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|(at, line)| if line.starts_with('{') { script(line) } else { table(family, at + 1, line) })
        .collect()
}

fn script(line: &str) -> Row {
    let wanted: Json = serde_json::from_str(line).unwrap();
    let sent: Map<String, Json> =
        SENT.iter().filter_map(|name| Some(((*name).to_owned(), wanted.get(*name)?.clone()))).collect();
    Row { id: wanted["id"].as_str().unwrap().to_owned(), sent: Json::Object(sent), wanted }
}

/// A row of a table: a command line with what it binds, or an expression with its type and value.
fn table(family: &str, number: usize, line: &str) -> Row {
    let id = format!("{family}.tsv:{number}");
    let fields: Vec<&str> = line.split('\t').collect();
    let (sent, wanted) = match fields[..] {
        [call, bound] => (json!({"id": id, "bind": call}), json!({"bound": plain(bound)})),
        [expression, kind, value] => expression_row(&id, "en-US", expression, kind, value),
        [culture, expression, kind, value] => expression_row(&id, culture, expression, kind, value),
        _ => panic!("{id}: {} columns", fields.len()),
    };
    Row { id, sent, wanted }
}

fn expression_row(id: &str, culture: &str, expression: &str, kind: &str, value: &str) -> (Json, Json) {
    let wanted = match kind.strip_prefix('!') {
        Some(error) => json!({"error": error}),
        None => json!({"type": kind, "value": plain(value)}),
    };
    (json!({"id": id, "expr": expression, "culture": culture}), wanted)
}

/// A column's text: `\\`, `\t`, `\n`, `\r` stand for what they do elsewhere.
fn plain(column: &str) -> String {
    let mut text = String::new();
    let mut rest = column.chars();
    while let Some(c) = rest.next() {
        match (c, rest.as_str().chars().next()) {
            ('\\', Some(escaped @ ('\\' | 't' | 'n' | 'r'))) => {
                rest.next();
                text.push(match escaped {
                    't' => '\t',
                    'n' => '\n',
                    'r' => '\r',
                    other => other,
                });
            }
            _ => text.push(c),
        }
    }
    text
}

/// What of the answer is not as recorded.
fn differences(row: &Row, given: Option<&Json>) -> Vec<&'static str> {
    let Some(given) = given else { return vec!["no answer"] };
    type Part = (&'static str, fn(&Json) -> Json);
    let same: &[Part] = if row.sent.get("expr").is_some() {
        &[("type", whole), ("value", whole), ("error", whole)]
    } else if row.sent.get("bind").is_some() {
        &[("bound", ids)]
    } else {
        &[
            ("text", whole),
            ("filesAfter", whole),
            ("exit", whole),
            ("progress", whole),
            ("types", kinds),
            ("errors", records),
            ("parseErrors", first_place),
        ]
    };
    let of_error = row.wanted.get("error").is_some();
    let counts = |name: &str| !of_error || name == "error";
    let differs = |name: &str, seen: fn(&Json) -> Json| seen(&row.wanted[name]) != seen(&given[name]);
    same.iter().filter(|(name, seen)| counts(name) && differs(name, *seen)).map(|(name, _)| *name).collect()
}

/// All of it; nothing, nought and empty are one.
fn whole(answer: &Json) -> Json {
    match answer {
        Json::String(text) if text.is_empty() => Json::Null,
        Json::Number(number) if number.as_i64() == Some(0) => Json::Null,
        other => other.clone(),
    }
}

/// Error sentences name types that the tables simplify: only ids count.
fn ids(answer: &Json) -> Json {
    let lines = answer.as_str().unwrap_or_default().split('\n');
    lines.map(|line| line.split(" | ").next().unwrap_or_default()).collect()
}

/// Type names without the arguments of generic types.
fn kinds(answer: &Json) -> Json {
    let names = answer.as_array().into_iter().flatten().filter_map(Json::as_str);
    names.map(|name| name.split("[[").next().unwrap_or_default()).collect()
}

fn records(answer: &Json) -> Json {
    let record = |error: &Json| json!([error["id"], error["category"], error["line"], error["col"]]);
    answer.as_array().into_iter().flatten().map(record).collect()
}

fn first_place(answer: &Json) -> Json {
    let first = answer.as_array().and_then(|errors| errors.first());
    first.map_or(Json::Null, |error| json!([error["id"], error["line"], error["col"]]))
}

/// The answers of our shell, by id.
fn answers(rows: &[&Row]) -> HashMap<String, Json> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.jsonl");
    let cases: String = rows.iter().map(|row| format!("{}\n", row.sent)).collect();
    std::fs::write(&file, cases).unwrap();
    let shell = Command::new(env!("CARGO_BIN_EXE_mailstead"))
        .args(["shell", "--cases"])
        .arg(&file)
        .current_dir(folder.path())
        .stderr(Stdio::inherit())
        .output()
        .unwrap();
    let lines = String::from_utf8(shell.stdout).unwrap();
    let answer = |line: &str| {
        let answer: Json = serde_json::from_str(line).unwrap();
        (answer["id"].as_str().unwrap_or_default().to_owned(), answer)
    };
    lines.lines().map(answer).collect()
}

fn explain(row: &Row, given: Option<&Json>, differs: &[&str]) {
    let sent = ["code", "expr", "bind"].iter().find_map(|name| row.sent[*name].as_str());
    println!("--- {}: {}\n    {}", row.id, differs.join(", "), sent.unwrap_or_default());
    for name in differs {
        let seen = if *name == "errors" { records } else { Json::clone };
        println!("    {name} wanted: {}", seen(&row.wanted[*name]));
        println!("    {name} given:  {}", seen(given.map_or(&Json::Null, |given| &given[*name])));
    }
}

fn setting(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Runs a family. A case that is not listed as open must agree. `GOLDEN` names the families that are wanted,
/// `ONLY` a case, `SHOW` how many differences are shown, `UPDATE=1` writes the list anew.
fn run(family: &str, packed: &str) {
    let wanted = setting("GOLDEN");
    if !wanted.is_empty() && !wanted.split(',').any(|name| name == family) {
        return;
    }
    let list = room(&format!("tests/golden/{family}.open"));
    let open = std::fs::read_to_string(&list).unwrap_or_default();
    let open: BTreeSet<&str> = open.lines().collect();
    let rows = rows(family, packed);
    let only = setting("ONLY");
    let chosen: Vec<&Row> = rows.iter().filter(|row| only.is_empty() || row.id == only).collect();
    let answers = answers(&chosen);
    let mut shown: usize = setting("SHOW").parse().unwrap_or(0);
    let (mut failed, mut worse) = (Vec::new(), Vec::new());
    for row in &chosen {
        let given = answers.get(&row.id);
        let differs = differences(row, given);
        if differs.is_empty() {
            continue;
        }
        failed.push(row.id.as_str());
        let known = open.contains(row.id.as_str());
        if !known || shown > 0 {
            shown = shown.saturating_sub(1);
            explain(row, given, &differs);
        }
        worse.extend((!known).then_some(row.id.as_str()));
    }
    let (all, agree) = (chosen.len(), chosen.len() - failed.len());
    println!("{family}: {agree} of {all} agree ({:.1} %)", agree as f64 * 100.0 / all.max(1) as f64);
    if !setting("UPDATE").is_empty() && only.is_empty() {
        let lines: String = failed.iter().map(|id| format!("{id}\n")).collect();
        std::fs::write(list, lines).unwrap();
        return;
    }
    let closed = open.iter().filter(|id| only.is_empty() && !failed.contains(id)).count();
    if closed > 0 {
        println!(
            "{family}: {closed} open cases agree now; cargo xtask golden --update takes them off the list"
        );
    }
    assert!(worse.is_empty(), "{family}: these cases agreed before: {}", worse.join(" "));
}

#[test]
fn expressions() {
    run("expr", "tests/golden/expr.jsonl.zst");
}

#[test]
fn statements() {
    run("stmt", "tests/golden/stmt.jsonl.zst");
}

#[test]
fn core_commands() {
    run("core", "tests/golden/core.jsonl.zst");
}

#[test]
fn formatted_output() {
    run("format", "tests/golden/format.jsonl.zst");
}

#[test]
fn members_of_dotnet() {
    run("net", "tests/golden/net.jsonl.zst");
}

#[test]
fn operators() {
    run("operators", "tests/golden/operators.tsv.zst");
}

#[test]
fn text() {
    run("text", "tests/golden/text.tsv.zst");
}

#[test]
fn formats() {
    run("formats", "tests/golden/formats.tsv.zst");
}

#[test]
fn binding() {
    run("bind", "../cmdlets/data/bind.tsv.zst");
}
