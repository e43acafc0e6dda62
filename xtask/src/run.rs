//! The commands that call cargo: test, bench, nightly.

use crate::sources::{root, sources};
use crate::{setup, tidy};
use std::process::Command;

fn cargo(words: &[&str]) -> Result<(), String> {
    setup::must(Command::new("cargo").args(words).current_dir(root()))
}

/// Everything that must hold: the same here and in `.ci/run`. The test runner's summary comes last.
pub(crate) fn test(words: &[String]) -> Result<(), String> {
    setup::ensure()?;
    formatted()?;
    tidy::run()?;
    cargo(&["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    let mut tests =
        vec!["nextest", "run", "--locked", "--workspace", "--no-fail-fast", "--status-level", "slow"];
    tests.extend(words.iter().map(String::as_str));
    cargo(&tests)
}

/// Whether every file is formatted: given file by file, since `cargo fmt` does not see those that a macro declares.
fn formatted() -> Result<(), String> {
    let root = root();
    let files = sources(&root)?.into_iter().map(|source| source.path);
    setup::must(Command::new("rustfmt").arg("--check").args(files).current_dir(&root))
}

/// Measures, in a release build, and prints tables; never a pass or fail.
pub(crate) fn bench(words: &[String]) -> Result<(), String> {
    cargo(&["build", "--quiet", "--locked", "--release", "--package", "mailstead-server"])?;
    let mut command = vec![
        "run",
        "--quiet",
        "--locked",
        "--release",
        "--package",
        "mailstead-testkit",
        "--bin",
        "bench",
        "--",
    ];
    command.extend(words.iter().map(String::as_str));
    cargo(&command)
}

/// Compares our shell with recorded answers of PowerShell: all families, or the named ones.
pub(crate) fn golden(words: &[String]) -> Result<(), String> {
    let mut families: Vec<&str> = Vec::new();
    let mut test = Command::new("cargo");
    test.args(["test", "--quiet", "--locked", "--package", "mailstead-server", "--test", "golden"]);
    let mut words = words.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word {
            "--show" => test.env("SHOW", value()?),
            "--only" => test.env("ONLY", value()?),
            "--update" => test.env("UPDATE", "1"),
            option if option.starts_with('-') => {
                return Err(format!("{option}: --show N, --only ID or --update"));
            }
            family => {
                families.push(family.trim_end_matches(".jsonl").trim_end_matches(".tsv"));
                &mut test
            }
        };
    }
    // One family after the other: where the machine has a folder /case they all use that one.
    test.env("GOLDEN", families.join(",")).args(["--", "--nocapture", "--test-threads", "1"]);
    setup::must(test.current_dir(root()))
}

/// The long forms: ignored tests, one at a time. `--fuzz-seconds N`: how long each fuzzer runs. PowerShell's own tests of
/// its language are not among them: their texts are no part of this project; what they ask is asked of the recorded answers.
pub(crate) fn nightly(words: &[String]) -> Result<(), String> {
    setup::ensure_long_forms()?;
    let mut command = Command::new("cargo");
    command.args(["nextest", "run", "--locked", "--workspace", "--release", "--run-ignored", "only"]);
    command.args(["--no-fail-fast", "--test-threads", "1"]);
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fuzz-seconds" => {
                let seconds = words.next().filter(|text| text.parse::<u64>().is_ok());
                command.env("FUZZ_SECONDS", seconds.ok_or("--fuzz-seconds needs a number")?);
            }
            other => drop(command.arg(other)),
        }
    }
    setup::must(command.current_dir(root()))
}
