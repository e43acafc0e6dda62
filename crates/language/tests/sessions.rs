//! Sessions as terminals and commands use them: streaming, remote cmdlets, limits, many at once.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

mod few;

use dotnet::Host;
use dotnet::host::MemoryHost;
use few::{Few, Timed, session};
use gate::{Channel, End, Formal, Invocation, Remote, Report, Signature};
use mailstead_language::*;
use object::types::kinds;
use object::{ErrorId, Object, Value};
use parking_lot::Mutex;
use std::sync::Arc;
use std::time::Instant;

fn host() -> Arc<Timed> {
    Arc::new(Timed(MemoryHost::new(120), Instant::now()))
}

/// What a script shows in a fresh session.
fn shown(code: &str) -> String {
    let host = host();
    session(&host, "en-US").run_text(code);
    host.0.output()
}

#[test]
fn an_object_reaches_the_end_before_the_next_is_made() {
    let code = "function Source { foreach ($i in 1..3) { Write-Host \"make $i\"; $i } }\n\
                Source | ForEach-Object { Write-Host \"take $_\"; $_ } | Where-Object { $_ -ne 2 }";
    assert_eq!(shown(code), "make 1\ntake 1\n1\nmake 2\ntake 2\nmake 3\ntake 3\n3\n");
}

#[test]
fn select_first_stops_its_source() {
    let code = "function Source { $i = 0; while ($true) { $i++; Write-Host \"make $i\"; $i } }\n\
                Source | Select-Object -First 2; 'after'";
    assert_eq!(shown(code), "make 1\n1\nmake 2\n2\nafter\n");
}

#[test]
fn a_session_goes_on_after_errors_and_keeps_what_it_has() {
    let host = host();
    let mut session = session(&host, "en-US");
    assert!(session.run_text("$x = 5; function F { \"x is $x\" }").succeeded);
    assert!(session.run_text("throw 'broken'").ended_by.is_some());
    assert!(!session.run_text("'open").succeeded);
    assert!(session.run_text("F").succeeded);
    assert_eq!(session.run_text("exit 7").exit, Some(7));
    assert!(host.0.output().ends_with("x is 5\n"));
    assert_eq!(session.errors().len(), 2);
}

#[test]
fn endless_recursion_is_an_error_and_the_session_lives_on() {
    let host = host();
    let mut session = session(&host, "en-US");
    let outcome = session.run_text("function R { R }\ntry { R } catch { $_.FullyQualifiedErrorId }\n'alive'");
    assert!(outcome.ended_by.is_none());
    assert_eq!(host.0.output(), "CallDepthOverflow\nalive\n");
}

#[test]
fn streams_part_and_join_as_redirections_say() {
    for (code, text) in [
        ("function F { 'out'; Write-Warning 'w'; Write-Error 'e' }; F 2>$null 3>$null", "out\n"),
        ("function F { 'out'; Write-Error 'e'; 'more' }; (F 2>&1).Count", "3\n"),
        ("function F { Write-Error 'e' }; $null = F 2>&1; $Error.Count", "1\n"),
        ("function F { 'out'; Write-Host 'host' }; F > $null; 'after'", "host\nafter\n"),
        ("function F { Write-Error 'e' }; F -ErrorAction SilentlyContinue 2>$null; $?", "True\n"),
    ] {
        assert_eq!(shown(code), text, "{code}");
    }
}

#[test]
fn sessions_know_nothing_of_each_other() {
    let threads: Vec<_> = (0..4)
        .map(|n| {
            std::thread::spawn(move || {
                for turn in 0..10 {
                    let code = format!("'{n} {turn}' + $left; $left = 'left over'; function F {{ }}");
                    assert_eq!(shown(&code), format!("{n} {turn}\n"));
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
}

#[test]
fn our_own_view_of_an_error_has_the_place_and_a_caret() {
    let host = host();
    let mut session = session(&host, "en-US");
    session.set_view(View::Mailstead);
    session.run_text("$x = 1\n  Get-Nothing -All");
    let text = host.0.output();
    assert!(text.contains("  at line 2, column 3:\n"), "{text}");
    assert!(text.contains("\n    Get-Nothing -All\n    ^^^^^^^^^^^\n"), "{text}");
    assert!(text.contains("Get-Command"), "{text}");
}

// --- remote cmdlets ----------------------------------------------------------------------------------

/// What the far side saw.
type Seen = Arc<Mutex<Vec<String>>>;

struct Far(Seen);

impl Invoker for Far {
    fn signature(&self, name: &str) -> Option<Arc<Signature>> {
        let known =
            ["Get-Mailbox", "Set-Mailbox"].into_iter().find(|known| known.eq_ignore_ascii_case(name))?;
        let mut signature = Signature::new(known);
        let mut identity = Formal::new("Identity", &kinds::STRING);
        identity.uses[0].position = Some(1);
        identity.uses[0].by_value = true;
        signature.formals =
            vec![identity, Formal::new("Filter", &kinds::STRING), Formal::new("Alias", &kinds::STRING)];
        Some(Arc::new(signature.with_common(false)))
    }
    fn names(&self) -> Vec<String> {
        vec!["Get-Mailbox".to_owned(), "Set-Mailbox".to_owned()]
    }
    fn open(&mut self, invocation: Invocation) -> object::Result<Box<dyn Remote>> {
        let given: Vec<String> =
            invocation.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.0.lock().push(format!("open {} {} {}", invocation.cmdlet, given.join(" "), invocation.piped));
        Ok(Box::new(FarCall {
            seen: self.0.clone(),
            get: &*invocation.cmdlet == "Get-Mailbox",
            ended: false,
        }))
    }
}

struct FarCall {
    seen: Seen,
    get: bool,
    ended: bool,
}

impl Remote for FarCall {
    fn take(&mut self, value: &Value, channel: &mut dyn Channel) -> object::Result<bool> {
        self.seen.lock().push(format!("input {value}"));
        channel.say(Report::Warning(format!("touched {value}")))?;
        Ok(true)
    }
    fn finish(&mut self, channel: &mut dyn Channel) -> object::Result<End> {
        for name in ["ann", "ben", "carla"].iter().filter(|_| self.get) {
            channel.say(Report::Object(Value::from(Object::custom().with("Alias", *name))))?;
        }
        self.seen.lock().push("end".to_owned());
        self.ended = true;
        if self.get {
            channel.say(Report::Error(object::Error::not_found(ErrorId::NoMore, "There are no more.")))?;
        }
        Ok(End::default())
    }
}

impl Drop for FarCall {
    fn drop(&mut self) {
        if !self.ended {
            self.seen.lock().push("stop".to_owned());
        }
    }
}

fn remote(code: &str) -> (String, Vec<String>) {
    let (host, seen) = (host(), Seen::default());
    let mut session = Session::new(Settings {
        locale: dotnet::Locale::default(),
        host: host.clone(),
        commands: Arc::new(Few),
        invoker: Some(Box::new(Far(seen.clone()))),
        view: View::Normal,
        location: "/".to_owned(),
    });
    session.run_text(code);
    let log = seen.lock().clone();
    (host.0.output(), log)
}

#[test]
fn piped_objects_stream_through_one_invocation_each() {
    let (text, seen) = remote("Get-Mailbox -ErrorAction SilentlyContinue | Set-Mailbox -Alias x");
    let expected = [
        "open Get-Mailbox  false",
        "open Set-Mailbox Alias=x true",
        "input @{Alias=ann}",
        "input @{Alias=ben}",
        "input @{Alias=carla}",
        "end",
        "end",
    ];
    assert_eq!(seen, expected);
    assert!(text.starts_with("WARNING: touched @{Alias=ann}\nWARNING: touched @{Alias=ben}\n"), "{text}");
}

#[test]
fn positions_become_names_and_script_blocks_their_text() {
    let (_, seen) = remote("Get-Mailbox ann -Filter { Alias -eq 'x' } -ea 0");
    assert_eq!(seen[0], "open Get-Mailbox Filter= Alias -eq 'x'  Identity=ann false");
}

#[test]
fn enough_stops_the_far_side() {
    let (text, seen) = remote("Get-Mailbox | Select-Object -First 1 | ForEach-Object Alias");
    assert_eq!(text, "ann\n");
    assert_eq!(seen, ["open Get-Mailbox  false", "stop"]);
}

#[test]
fn errors_of_the_far_side_are_records_here() {
    let (text, _) = remote("$null = Get-Mailbox 2>$null; $Error[0].FullyQualifiedErrorId; $?");
    assert_eq!(text, "NoMore,Get-Mailbox\nTrue\n");
}

mod soup {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    const WORDS: &[&str] = &[
        "$a",
        "$b",
        "=",
        "+=",
        "1",
        "0",
        "'x'",
        "\"$a $($b)\"",
        "@(",
        ")",
        "(",
        "@{",
        "}",
        "{",
        "k=1",
        ";",
        "\n",
        "|",
        "ForEach-Object",
        "Where-Object",
        "Write-Output",
        "$_",
        ".Count",
        ".Foo()",
        "[0]",
        "[int]",
        "[string[]]",
        "-eq",
        "-join",
        "-split",
        "-f",
        "-match",
        "..",
        ",",
        "+",
        "/",
        "if",
        "foreach",
        "in",
        "function F",
        "F",
        "param($p)",
        "try",
        "catch",
        "finally",
        "throw",
        "trap",
        "switch",
        "return",
        "break",
        "$Error",
        "$?",
        "&",
        ".",
        "2>&1",
        "> $null",
        "-First",
        "Select-Object",
        "++",
        "!",
        "??",
        "$null",
        "GetNewClosure()",
        "::new()",
    ];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]
        #[test]
        fn any_script_ends_with_an_outcome(words in proptest::collection::vec(proptest::sample::select(WORDS), 0..30)) {
            let started = Instant::now().checked_sub(Duration::from_millis(4_500)).unwrap();
            let host = Arc::new(Timed(MemoryHost::new(80), started));
            let mut session = session(&host, "en-US");
            session.run_text(&words.join(" "));
            prop_assert!(!host.0.output().contains("thread could not run"));
            let before = host.0.output().len();
            session.run_text("'alive'");
            prop_assert!(host.0.output()[before..].contains("alive") || host.stopped());
        }
    }
}
