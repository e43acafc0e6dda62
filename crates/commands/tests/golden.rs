//! Recorded answers of a real PowerShell 7.6, run against our shell; prints the share that agrees and
//! fails when it falls.
//!
//! `GOLDEN=format.jsonl SHOW=20 cargo test -p mailstead-commands --test golden -- --nocapture` shows
//! differences of one file.

use dotnet::host::{Host, MemoryHost};
use dotnet::{Locale, Type, culture, profile};
use language::{Session, Settings, View};
use object::Value;
use serde_json::Value as Json;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

/// The share of each file that must agree, in per cent: what was reached, so that nothing is lost.
const REACHED: [(&str, u32); 8] = [
    ("operators.tsv", 95),
    ("formats.tsv", 99),
    ("text.tsv", 96),
    ("expr.jsonl", 85),
    ("core.jsonl", 71),
    ("format.jsonl", 71),
    ("net.jsonl", 60),
    ("stmt.jsonl", 85),
];

fn data(name: &str) -> String {
    // The language keeps the files that are about itself.
    let room = if ["expr.jsonl", "stmt.jsonl"].contains(&name) { "../language" } else { "." };
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(room).join("tests/data").join(name);
    fs::read_to_string(path).expect("the data is carried along")
}

fn session(culture_name: &str, width: usize) -> (Session, Arc<MemoryHost>) {
    let host = Arc::new(MemoryHost::new(width));
    host.files().make_folder("/case").expect("memory takes folders");
    let found = culture::named(culture_name).unwrap_or(&culture::EN_US);
    let settings = Settings {
        locale: Locale::new(&profile::CORE, found),
        host: host.clone(),
        commands: mailstead_commands::table(),
        invoker: None,
        view: View::Normal,
        location: "/case".to_owned(),
    };
    (Session::new(settings), host)
}

/// The value of an expression as the recording writes it.
fn evaluate(expression: &str, culture_name: &str) -> String {
    let (mut session, _host) = session(culture_name, 120);
    let outcome = session.run_text(&format!("$golden = ({expression})"));
    if let Some(record) = outcome.ended_by {
        return format!("!{}", record.id());
    }
    let errors = session.errors();
    if let Some(record) = errors.last() {
        return format!("!{}", record.id());
    }
    let value = session.find_variable("golden").unwrap_or_default();
    format!("{}\t{}", type_text(&value), escape(&text(&value)))
}

fn type_text(value: &Value) -> String {
    match Type::of(value) {
        None => "null".to_owned(),
        Some(Type::Array(element, _)) if &*element.name() == "System.Object" => "System.Object[]".to_owned(),
        Some(of) if &*of.name() == "System.Management.Automation.PSCustomObject" => {
            "PSCustomObject".to_owned()
        }
        Some(of) if &*of.name() == "System.Object" => "System.Object".to_owned(),
        Some(of) => of.accelerator().to_string(),
    }
}

fn text(value: &Value) -> String {
    let locale = Locale::new(&profile::CORE, &culture::INVARIANT);
    let inner = dotnet::values::base(value);
    if let Some(items) = dotnet::index::elements(inner) {
        let parts: Vec<String> =
            items.iter().map(|item| format!("{}:{}", type_text(item), text(item))).collect();
        return format!("({})", parts.join(", "));
    }
    match inner {
        Value::Null => "$null".to_owned(),
        Value::Dictionary(dictionary) => {
            let parts: Vec<String> = dictionary
                .to_vec()
                .iter()
                .map(|(key, value)| format!("{}={}", text(key), text(value)))
                .collect();
            format!("{{{}}}", parts.join("; "))
        }
        Value::DateTime(date) => dotnet::format::date::format(*date, "o", &locale).expect("o is a pattern"),
        Value::Double(_) | Value::Single(_) => dotnet::text::of(inner, &locale),
        other => dotnet::text::to_text(other, &locale),
    }
}

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

/// What a case shows on the console, and the id of its first error.
fn console(case: &Json) -> (String, String) {
    let width = case["width"].as_u64().unwrap_or(120) as usize;
    let (mut session, host) = session(case["culture"].as_str().unwrap_or("en-US"), width);
    if let Some(files) = case["files"].as_object() {
        for (name, content) in files {
            let content = content.as_str().unwrap_or_default();
            let bytes = match content.strip_prefix("base64:") {
                Some(encoded) => base64(encoded),
                None => content.as_bytes().to_vec(),
            };
            host.files().write(&format!("/case/{name}"), &bytes).expect("memory takes files");
        }
    }
    if let Some(answers) = case["answers"].as_array() {
        host.answer(answers.iter().filter_map(|answer| answer.as_str()));
    }
    session.run_text(case["code"].as_str().unwrap_or_default());
    let first = session.errors().last().map(|record| record.id().to_owned()).unwrap_or_default();
    (host.output(), first)
}

fn base64(text: &str) -> Vec<u8> {
    let value = |c: u8| {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .bytes()
            .position(|known| known == c)
    };
    let digits: Vec<usize> = text.bytes().filter_map(value).collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let bits = four.iter().fold(0, |sum, digit| sum << 6 | digit) << (6 * (4 - four.len()));
        bytes.extend([bits >> 16, bits >> 8, bits].iter().take(four.len() - 1).map(|part| *part as u8));
    }
    bytes
}

/// Passes, rows, and the first differences.
fn run(name: &str, show: usize) -> (usize, usize) {
    let (mut passed, mut rows, mut shown) = (0, 0, 0);
    let only = std::env::var("ONLY").unwrap_or_default();
    for line in data(name).lines().filter(|line| !line.starts_with('#') && line.contains(&only)) {
        let (question, wanted, given) = match name.ends_with(".tsv") {
            true => table_row(name, line),
            false => {
                let case: Json = serde_json::from_str(line).expect("a case is JSON");
                let (shown, first_error) = console(&case);
                let (wanted, given) = match case["parseErrors"][0]["id"].as_str() {
                    // Of a text that cannot be read the recording keeps the error, not how it was shown.
                    Some(id) => (id, first_error),
                    None => (case["text"].as_str().unwrap_or_default(), shown),
                };
                (case["code"].as_str().unwrap_or_default().to_owned(), wanted.to_owned(), given)
            }
        };
        rows += 1;
        if wanted == given {
            passed += 1;
        } else if shown < show {
            shown += 1;
            println!("--- {question}\n  wanted: {wanted:?}\n  given:  {given:?}");
        }
    }
    (passed, rows)
}

fn table_row(name: &str, line: &str) -> (String, String, String) {
    let mut fields = line.split('\t');
    let culture_name = if name == "formats.tsv" { fields.next().unwrap_or_default() } else { "en-US" };
    let question = fields.next().unwrap_or_default().to_owned();
    let of = fields.next().unwrap_or_default();
    let value = fields.next().unwrap_or_default();
    let wanted = if of.starts_with('!') { of.to_owned() } else { format!("{of}\t{value}") };
    let given = evaluate(&question, culture_name);
    (format!("{culture_name} {question}"), wanted, given)
}

#[test]
fn recorded_answers_agree_as_far_as_they_did() {
    let only = std::env::var("GOLDEN").unwrap_or_default();
    let show = std::env::var("SHOW").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let mut lost = Vec::new();
    for (name, least) in REACHED.iter().filter(|(name, _)| name.contains(&only)) {
        let (passed, rows) = run(name, show);
        let share = passed as f64 * 100.0 / rows.max(1) as f64;
        println!("{name}: {passed} of {rows} ({share:.1} %)");
        if share < f64::from(*least) && std::env::var("ONLY").is_err() {
            lost.push(format!("{name}: {share:.1} % is less than {least} %"));
        }
    }
    assert!(lost.is_empty(), "{lost:?}");
}
