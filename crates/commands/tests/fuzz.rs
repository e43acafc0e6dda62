//! Scripts that nobody would write: recorded ones, cut, glued and swapped. None may panic or abort, and each ends.
//! `cargo xtask nightly --fuzz-seconds N` runs each line so long.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use dotnet::host::{Choice, Field, Files, MemoryHost, Stream};
use dotnet::{Host, Locale, culture, profile};
use language::syntax::{Source, parse};
use language::{Session, Settings, View};
use object::Time;
use object::types::Credential;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long a line runs unless `FUZZ_SECONDS` says otherwise.
const SECONDS: u64 = 600;
/// A script is asked to stop when the session looked so often whether it shall.
const LOOKS_MAX: u32 = 2_000;
/// Longer scripts are cut.
const SCRIPT_BYTES_MAX: usize = 4_000;
/// A script that takes longer than this hangs, as far as a person can tell.
const SCRIPT_TIME_MAX: Duration = Duration::from_secs(60);

/// Whether a script shall stop is asked so often, and no oftener; everything else lies in memory.
struct Stepping(MemoryHost, AtomicU32);

impl Host for Stepping {
    fn now(&self) -> Time {
        self.0.now()
    }
    fn sleep(&self, _: Duration) {}
    fn random(&self, bytes: &mut [u8]) {
        self.0.random(bytes);
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.0.variable(name)
    }
    fn set_variable(&self, name: &str, value: Option<&str>) {
        self.0.set_variable(name, value);
    }
    fn variables(&self) -> Vec<(String, String)> {
        self.0.variables()
    }
    fn files(&self) -> &dyn Files {
        self.0.files()
    }
    fn write(&self, _: Stream, _: &str, _: Option<&str>, _: Option<&str>) {}
    fn width(&self) -> Option<usize> {
        self.0.width()
    }
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>> {
        self.0.prompt(caption, message, fields)
    }
    fn read_line(&self, secret: bool) -> io::Result<String> {
        self.0.read_line(secret)
    }
    fn choose(
        &self,
        caption: &str,
        message: &str,
        of: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        self.0.choose(caption, message, of, default)
    }
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential> {
        self.0.credential(caption, message, user)
    }
    fn stopped(&self) -> bool {
        self.1.fetch_add(1, Ordering::Relaxed) > LOOKS_MAX
    }
    fn memory_used(&self) -> Option<u64> {
        let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
        Some(statm.split_ascii_whitespace().nth(1)?.parse::<u64>().ok()? * 4_096)
    }
}

/// Numbers by a seed, so that what failed can be had again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// The recorded scripts and expressions.
fn recorded() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../server/tests/golden");
    let mut all = Vec::new();
    for file in ["expr", "stmt", "core", "format", "net"] {
        let packed = std::fs::read(format!("{folder}/{file}.jsonl.zst")).unwrap();
        let text = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
        for line in text.lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let script = case["code"].as_str().or(case["expr"].as_str());
            all.extend(script.map(str::to_owned));
        }
    }
    assert!(all.len() > 1_000, "{} scripts are too few", all.len());
    all
}

/// What breaks readers of scripts.
const PIECES: &[&str] = &[
    "$",
    "@(",
    "@{",
    "${",
    "$(",
    "}",
    ")",
    "]",
    "[",
    "{",
    "(",
    "'",
    "\"",
    "@'\n",
    "\n'@",
    "`",
    "|",
    "||",
    "&",
    "&&",
    ";",
    "\n",
    ",",
    "..",
    "::",
    ".",
    "-",
    "--",
    "=",
    "+=",
    "??",
    "?.",
    "%",
    "#",
    "<#",
    "#>",
    "*>&1",
    "2>",
    "\0",
    "\u{feff}",
    "é",
    "İ",
    "\u{1F600}",
    "[int]",
    "[void]",
    "[ref]",
    "$null",
    "$_",
    "$args",
    "$this",
    "$input",
    "-1",
    "0x",
    "1e400",
    "9999999999999999999999",
    "1kb",
    " -f ",
    " -join ",
    " -split ",
    " -match '(a+)+$' ",
    " -replace ",
    " -as ",
    " -is ",
    "[0]",
    "[-1]",
    "[1..3]",
    "* 100000",
    "{0,-2147483648}",
    "function f { f } f;",
    "class C { $x; C() { [C]::new() } } [C]::new();",
    "param($x)",
    "begin { } process { } end { }",
    "trap { continue }",
    "try { ",
    "} catch { ",
    "} finally { ",
    "while ($true) { ",
    "for (;;) { ",
    "switch -regex ",
    "foreach ($x in ",
    "break",
    "continue",
    "return",
    "exit",
    "throw",
    "$x = $x",
    "$x += $x",
    ".ForEach({",
    ".Where({",
    "| ForEach-Object { $_ }",
    "| Sort-Object",
    "| Format-Table",
    "| ConvertTo-Json",
    "| Group-Object",
    "| Select-Object *",
    "| Out-String",
    "| Measure-Object -Sum",
    "| Export-Csv x.csv",
    "-ErrorAction Stop",
    "@args",
    "@x",
    "--%",
];

/// A recorded script with some of it changed.
fn mutated(all: &[String], dice: &mut Dice) -> String {
    let mut chars: Vec<char> = all[dice.roll(all.len())].chars().collect();
    for _ in 0..=dice.roll(4) {
        let (at, end) = (dice.roll(chars.len() + 1), dice.roll(chars.len() + 1));
        let (from, to) = (at.min(end), at.max(end));
        match dice.roll(6) {
            0 => drop(chars.drain(from..to.min(from + 20))),
            1 => drop(chars.splice(at..at, PIECES[dice.roll(PIECES.len())].chars())),
            2 => {
                let again: Vec<char> = chars[from..to].to_vec();
                chars.splice(from..from, again);
            }
            3 => {
                let other: Vec<char> = all[dice.roll(all.len())].chars().collect();
                let (a, b) = (dice.roll(other.len() + 1), dice.roll(other.len() + 1));
                chars.splice(at..at, other[a.min(b)..a.max(b)].iter().copied());
            }
            4 => chars.truncate(at),
            _ => {
                let text: String = chars.iter().collect();
                let mut words: Vec<&str> = text.split_inclusive(' ').collect();
                let count = words.len();
                if count > 1 {
                    words.swap(dice.roll(count), dice.roll(count));
                }
                chars = words.concat().chars().collect();
            }
        }
    }
    let mut script: String = chars.into_iter().collect();
    let end = (0..=script.len().min(SCRIPT_BYTES_MAX)).rev().find(|end| script.is_char_boundary(*end));
    script.truncate(end.unwrap_or(0));
    script
}

/// Gives `run` changed scripts until the time is over; what one of them breaks is told with the script.
fn each(name: &str, run: impl Fn(&str)) {
    let seconds = std::env::var("FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let seed = std::env::var("FUZZ_SEED").ok().and_then(|text| text.parse().ok());
    let now = || std::time::UNIX_EPOCH.elapsed().map_or(1, |past| past.as_nanos() as u64 | 1);
    let seed = seed.unwrap_or_else(now);
    let (all, mut dice, start) = (recorded(), Dice(seed), Instant::now());
    // An abort leaves nothing but this file.
    let last = std::env::temp_dir().join(format!("mailstead-fuzz-{name}-{}.ps1", std::process::id()));
    let mut count = 0_u64;
    while start.elapsed() < Duration::from_secs(seconds) {
        let script = mutated(&all, &mut dice);
        std::fs::write(&last, &script).unwrap();
        let begun = Instant::now();
        let survived = catch_unwind(AssertUnwindSafe(|| run(&script))).is_ok();
        assert!(survived, "seed {seed}, script {count} panics:\n{script}");
        assert!(begun.elapsed() < SCRIPT_TIME_MAX, "seed {seed}, script {count} hangs:\n{script}");
        count += 1;
    }
    std::fs::remove_file(last).unwrap();
    println!("{name}: {count} scripts, seed {seed}");
}

#[test]
#[ignore = "long: cargo xtask nightly"]
fn no_text_breaks_the_parser() {
    each("parser", |script| drop(parse(&Source::typed(script))));
}

/// Runs a script that is asked to stop behind the last of so many looks.
fn run(script: &str, looks: u32) {
    let host = Arc::new(Stepping(MemoryHost::new(80), AtomicU32::new(LOOKS_MAX - looks)));
    host.files().make_folder("/case").unwrap();
    let mut session = Session::new(Settings {
        locale: Locale::new(&profile::CORE, &culture::EN_US),
        host,
        commands: mailstead_commands::table(),
        invoker: None,
        view: View::Normal,
        location: "/case".to_owned(),
    });
    session.run_text(script);
}

#[test]
#[ignore = "long: cargo xtask nightly"]
fn no_script_breaks_the_evaluator() {
    each("evaluator", |script| run(script, LOOKS_MAX));
}

#[test]
fn what_never_ends_by_itself_is_ended() {
    for script in [
        "for (;;) { Not-There }",
        "while ($true) { try { Not-There } catch { } }",
        "try { while ($true) { } } finally { for (;;) { Not-There } }",
        "Set-Alias a b; Set-Alias b a; Get-Command a; while ($true) { a }",
        "$o = [pscustomobject]@{ a = 1; b = 1 }; $o.a = $o; $o.b = $o; $o | ConvertTo-CliXml; ConvertTo-Xml $o -Depth 50",
        "$o = [pscustomobject]@{ a = 1; b = 1 }; $o.a = $o; $o.b = @($o); $o; $o | Format-List; ConvertTo-Json $o; \"$o\"",
        "$l = [System.Collections.ArrayList](1, 2); $l[0] = $l; $l[1] = $l; ConvertTo-CliXml $l; ConvertTo-Xml $l",
    ] {
        let begun = Instant::now();
        run(script, 50);
        assert!(begun.elapsed() < SCRIPT_TIME_MAX, "{script}");
    }
}
