//! `mailstead shell --cases`: a case that ends its process, or cannot be read, costs itself.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::{Value as Json, json};
use std::process::Command;

fn answers(cases: &[Json]) -> Vec<Json> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cases.jsonl");
    let lines: String = cases.iter().map(|case| format!("{case}\n")).collect();
    std::fs::write(&file, lines).unwrap();
    let mut shell = Command::new(env!("CARGO_BIN_EXE_mailstead"));
    let shell = shell.args(["shell", "--cases"]).arg(&file).current_dir(folder.path()).output().unwrap();
    let lines = String::from_utf8(shell.stdout).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn nothing_leaks_from_case_to_case() {
    let said = answers(&[
        json!({"id": "a", "code": "$x = 1; Set-Content made.txt hi; $env:LEAK = 'yes'; function f { 2 }"}),
        json!({"id": "b", "code": "\"<$x>\" + $env:LEAK; Test-Path made.txt; $Error.Count; $PWD.Path; (Get-Command f).Name"}),
    ]);
    assert_eq!(said[0]["filesAfter"], json!({"made.txt": "hi\n"}));
    assert!(said[1]["text"].as_str().unwrap().starts_with("<>\nFalse\n0\n/case\n"), "{}", said[1]);
}

#[test]
fn a_case_that_ends_the_process_costs_itself() {
    let said = answers(&[
        json!({"id": "a", "code": "'one'"}),
        json!({"id": "b", "code": "sh -c 'kill -9 $PPID'"}),
        json!({"id": "c"}),
        json!({"id": "d", "code": "'four'"}),
    ]);
    assert_eq!(said.len(), 4, "{said:?}");
    assert_eq!((&said[0]["text"], &said[3]["text"]), (&json!("one\n"), &json!("four\n")));
    assert_eq!(said[1], json!({"id": "b", "lost": "The case ended the process that ran it."}));
    assert!(said[2]["lost"].as_str().unwrap().contains("code, expr or bind"), "{}", said[2]);
}

#[test]
fn what_is_prepared_is_unseen_and_what_is_separate_is_not_shown() {
    let said = answers(&[
        json!({"id": "a", "prelude": "'unseen'; function ten { 10 }; Get-Item ./nothing", "separate": true,
            "code": "ten; Get-Item ./nowhere; Write-Warning careful; exit 3"}),
        json!({"id": "b", "code": "Read-Host Name; (1..3 | Select-Object -First 2)", "answers": ["ann"]}),
    ]);
    assert_eq!(said[0]["text"], json!("10\nWARNING: careful\n"));
    assert_eq!((&said[0]["exit"], said[0]["errors"].as_array().unwrap().len()), (&json!(3), 2));
    assert_eq!(said[1]["text"], json!("[prompt] \n\nName: <<ann>>\nann\n1\n2\n"));
    assert_eq!(said[1]["types"], json!(["System.String", "System.Int32", "System.Int32"]));
}

#[test]
fn files_lie_in_a_folder_that_is_called_case() {
    let said = answers(&[json!({"id": "a", "files": {"in/a.txt": "one\n", "b.bin": "base64:AAE="},
        "code": "Get-Content in/a.txt; (Get-Item in/a.txt).FullName; Set-Content /case/in/new.txt x -NoNewline; \
                 Set-Content nowhere/x.txt y"})]);
    let text = said[0]["text"].as_str().unwrap();
    assert!(text.starts_with("one\n/case/in/a.txt\n"), "{text}");
    assert!(text.contains("Could not find a part of the path '/case/nowhere/x.txt'."), "{text}");
    assert_eq!(said[0]["filesAfter"], json!({"in/new.txt": "x"}));
}

#[test]
fn expressions_and_command_lines_have_answers_of_their_own() {
    let said = answers(&[
        json!({"id": "a", "expr": "1, 2.5, 'x'"}),
        json!({"id": "b", "expr": "1 / 0"}),
        json!({"id": "c", "expr": "1234.5.ToString('N1')", "culture": "de-DE"}),
        json!({"id": "d", "bind": "'a','b' | Get-Mailbox -ResultSize 5"}),
        json!({"id": "e", "bind": "Get-Mailbox -Nothing 5"}),
        json!({"id": "f", "code": "if (1) {"}),
        json!({"id": "g", "code": "1 +* 2"}),
    ]);
    assert_eq!(said[0]["value"], json!("(int:1, double:2.5, string:x)"));
    assert_eq!(said[1]["error"], json!("RuntimeException"));
    assert_eq!(said[2]["value"], json!("1.234,5"));
    let lines: Vec<&str> = said[3]["bound"].as_str().unwrap().lines().collect();
    assert_eq!(
        lines,
        ["set=Identity bound=Identity=a,ResultSize=5", "set=Identity bound=Identity=b,ResultSize=5"]
    );
    assert!(said[4]["bound"].as_str().unwrap().starts_with("!NamedParameterNotFound,Get-Mailbox | "));
    // What more text could complete is recorded without a place.
    let open = &said[5]["errors"][0];
    assert_eq!((&open["id"], &open["line"]), (&json!("MissingEndCurlyBrace"), &Json::Null));
    assert_eq!(said[5]["parseErrors"][0]["id"], json!("MissingEndCurlyBrace"));
    assert_eq!(said[6]["errors"][0]["category"], json!("ParserError"));
}
