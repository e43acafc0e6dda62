//! A person at `mailstead shell`: keys go into a real terminal (tmux), and what stands on its screen is read.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use testkit::{Options, TestServer};

/// How long something may take to appear, on a machine that builds other things.
const APPEARS_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at the screen: tmux tells nobody that it changed.
const LOOK_EVERY: Duration = Duration::from_millis(30);

/// A terminal with a shell in it.
struct Screen {
    folder: TempDir,
}

impl Screen {
    /// A terminal of that many columns whose home holds these files; nothing runs in it yet.
    fn of(columns: u16, files: &[(&str, &str)]) -> Screen {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("home")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("home").join(name), text).unwrap();
        }
        let screen = Screen { folder };
        let size = columns.to_string();
        screen.tmux(&["-f", "/dev/null", "new-session", "-d", "-x", &size, "-y", "40", "env PS1='$ ' sh"]);
        screen
    }

    /// The same with `mailstead shell` and these words behind it.
    fn with(columns: u16, files: &[(&str, &str)], words: &str) -> Screen {
        let screen = Screen::of(columns, files);
        screen.start(words);
        screen
    }

    fn home(&self) -> std::path::PathBuf {
        self.folder.path().join("home")
    }

    fn start(&self, words: &str) {
        let (binary, home) = (env!("CARGO_BIN_EXE_mailstead"), self.home());
        let line = format!("clear; cd {0}; HOME={0} {binary} shell {words}", home.display());
        self.types(&line);
        self.key("Enter");
        self.until("a prompt", |screen| screen.trim_end().ends_with("PS>"));
    }

    fn tmux(&self, words: &[&str]) -> String {
        let mut tmux = Command::new("tmux");
        let socket = self.folder.path().join("tmux");
        let run = tmux
            .env_remove("TMUX")
            .env("LC_ALL", "C.UTF-8")
            .arg("-S")
            .arg(socket)
            .args(words)
            .output()
            .unwrap();
        assert!(run.status.success(), "tmux {words:?}: {}", String::from_utf8_lossy(&run.stderr));
        String::from_utf8_lossy(&run.stdout).into_owned()
    }

    fn types(&self, text: &str) {
        self.tmux(&["send-keys", "-l", text]);
    }

    fn key(&self, name: &str) {
        self.tmux(&["send-keys", name]);
    }

    /// Types a line, ends it, and waits for what it leads to.
    fn line(&self, text: &str, shows: &str) -> String {
        self.types(text);
        self.key("Enter");
        self.shows(shows)
    }

    fn text(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen holds `text`; the whole screen.
    fn shows(&self, text: &str) -> String {
        self.until(&format!("{text:?}"), |screen| screen.contains(text))
    }

    fn until(&self, what: &str, holds: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.text();
            if holds(&screen) {
                return screen;
            }
            assert!(start.elapsed() < APPEARS_WITHIN, "{what} did not appear:\n{screen}");
            std::thread::park_timeout(LOOK_EVERY);
        }
    }

    /// Waits until the line of the cursor, without its prompt, is `text`, and drops the line.
    fn stands(&self, text: &str) {
        self.until(&format!("the line {text:?}"), |screen| {
            screen.trim_end().lines().last().is_some_and(|line| line.trim_start_matches("PS> ") == text)
        });
        self.key("C-c");
        self.until("an empty line", |screen| screen.trim_end().ends_with("PS>"));
    }

    fn leave(&self) {
        self.types("exit");
        self.key("Enter");
        self.until("sh", |screen| screen.trim_end().ends_with('$'));
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let socket = self.folder.path().join("tmux");
        // A test that failed early has no server to end.
        drop(Command::new("tmux").arg("-S").arg(socket).arg("kill-server").output());
    }
}

#[test]
fn what_is_typed_is_completed() {
    let screen = Screen::with(100, &[("notes of ann.txt", "x"), ("report.csv", "a")], "");
    screen.line("$person = [pscustomobject]@{ FirstName = 'Ann'; City = 'Kiel' }; 'made'", "\nmade");
    for (typed, completed) in [
        ("Get-ChildI", "Get-ChildItem"),
        ("Get-Content -Tot", "Get-Content -TotalCount"),
        ("Get-Content rep", "Get-Content report.csv"),
        ("Get-Content not", "Get-Content 'notes of ann.txt'"),
        ("Write-Host $pers", "Write-Host $person"),
        ("$person.Fir", "$person.FirstName"),
        ("$env:HO", "$env:HOME"),
        ("Get-Item x -ErrorAction Sto", "Get-Item x -ErrorAction Stop"),
        ("if ($true) { Get-ChildI", "if ($true) { Get-ChildItem"),
        ("Get-Mailbox -RecipientTypeDetails RoomM", "Get-Mailbox -RecipientTypeDetails RoomMailbox"),
    ] {
        screen.types(typed);
        screen.key("Tab");
        screen.stands(completed);
    }
}

#[test]
fn lines_are_remembered_over_sessions() {
    let screen = Screen::with(100, &[], "");
    screen.line("'the first line'", "\nthe first line");
    screen.line("'another one'", "\nanother one");
    screen.line("$password = 'Winter'; 'kept'", "\nkept");
    screen.leave();
    screen.start("");
    screen.key("Up");
    screen.key("Up");
    screen.stands("'another one'");
    screen.key("C-r");
    screen.types("fir");
    screen.until("the found line", |text| text.contains("fir") && text.contains("'the first line'"));
    screen.key("Enter");
    screen.shows("\nthe first line");
    let kept = std::fs::read_to_string(screen.home().join(".mailstead_history")).unwrap();
    assert!(kept.contains("'another one'") && !kept.contains("Winter"), "{kept}");
}

#[test]
fn lines_belong_together_until_they_are_whole() {
    let screen = Screen::with(100, &[], "");
    screen.types("if ($true) {");
    screen.key("Enter");
    screen.types("'within'");
    screen.key("Enter");
    assert!(!screen.text().contains("\nwithin"), "{}", screen.text());
    screen.types("}");
    screen.key("Enter");
    screen.shows("\nwithin");
    screen.types("'open");
    screen.key("Enter");
    screen.key("C-c");
    screen.line("'alive'", "\nalive");
}

#[test]
fn ctrl_c_stops_what_runs_and_not_the_shell() {
    let screen = Screen::with(100, &[], "");
    for (at, endless) in [
        "function f($n) { if ($n -le 1) { 1 } else { (f ($n - 1)) + (f ($n - 2)) } }; f 60",
        "sh -c 'sleep 1000'",
        "$x = sh -c 'sleep 1000'",
        "Start-Sleep 1000",
        "while ($true) { }",
        "Get-Content /dev/urandom | Out-Null",
    ]
    .into_iter()
    .enumerate()
    {
        screen.line(&format!("Write-Host begun{at}; {endless}"), &format!("\nbegun{at}"));
        screen.key("C-c");
        screen.line(&format!("\"alive {}\"", at + 100), &format!("\nalive {}", at + 100));
    }
}

#[test]
fn a_second_ctrl_c_stops_what_tidies_up() {
    let screen = Screen::with(100, &[], "");
    screen.line(
        "Write-Host begun; try { while ($true) { } } finally { Write-Host tidying; while ($true) { } }",
        "\nbegun",
    );
    screen.key("C-c");
    screen.shows("tidying\n");
    screen.key("C-c");
    screen.line("'alive'", "\nalive");
}

#[test]
fn a_progress_stands_while_the_script_waits() {
    let screen = Screen::with(100, &[], "");
    // The last of records that follow each other at once is the one that stands.
    screen
        .types("1..4 | % { Write-Progress Moving -Status ann -PercentComplete ($_ * 10) }; Start-Sleep 1000");
    screen.key("Enter");
    screen.shows("\nMoving: ann [########            ]  40 %");
    screen.key("C-c");
    screen.until("a screen without it", |text| {
        !text.contains("Moving: ann") && text.trim_end().ends_with("PS>")
    });
}

#[test]
fn a_profile_a_prompt_and_colours() {
    let profile = "function hello { 'from the profile' }; Set-Alias hi hello";
    let screen = Screen::with(80, &[(".mailstead_profile.ps1", profile)], "");
    screen.line("hi", "\nfrom the profile");
    screen.line("Write-Warning careful; Write-Host green -ForegroundColor Green", "WARNING: careful");
    let coloured = screen.tmux(&["capture-pane", "-p", "-e"]);
    let of = |text: &str| {
        coloured.lines().any(|line| line.contains('\u{1b}') && line.contains(text) && !line.contains("PS>"))
    };
    assert!(of("WARNING: careful") && of("green"), "{coloured:?}");
    screen.types("Get-ChildItem 'a' -Force");
    screen.until("a coloured line", |_| {
        let typed = screen.tmux(&["capture-pane", "-p", "-e"]);
        typed.contains("\u{1b}[93mGet-ChildItem") && typed.contains("\u{1b}[36m'a'")
    });
    screen.key("C-c");
    screen.line("function prompt { \"at $(1 + 1)> \" }", "\nat 2>");
    screen.line("Remove-Item function:prompt; 'usual'", "\nusual\nPS>");
}

/// The lines of an answer, between the line that was typed and the next prompt.
fn answer(screen: &str) -> Vec<&str> {
    let lines: Vec<&str> = screen.trim_end().lines().collect();
    let from =
        lines.iter().rposition(|line| line.starts_with("PS> ") && line.len() > 4).map_or(0, |at| at + 1);
    lines[from..lines.len() - 1].to_vec()
}

#[test]
fn at_a_server_names_are_completed_and_tables_fit() {
    let server =
        TestServer::start_with(env!("CARGO_BIN_EXE_mailstead"), Options { demo: true, ..Options::default() });
    let words = format!("--data {}", Path::new(&server.data()).display());
    let screen = Screen::with(70, &[], &words);
    let name = server.ps(
        "(Get-Mailbox -ResultSize 1 -RecipientTypeDetails UserMailbox -WarningAction SilentlyContinue).Name",
    );
    let name = name.trim();
    let start: String = name.chars().take_while(|c| *c != ' ').collect();
    screen.types(&format!("Get-Mailbox {start}"));
    screen.key("Tab");
    let quoted = if name.contains(' ') { format!("'{name}'") } else { name.to_owned() };
    screen.stands(&format!("Get-Mailbox {quoted}"));
    screen.types("Clear-Host; Get-Mailbox -ResultSize 5; 'done'");
    screen.key("Enter");
    let shown = screen.until("the table", |text| text.contains("\ndone"));
    let table = answer(&shown).into_iter().skip_while(|line| !line.starts_with("Name"));
    let rows: Vec<&str> = table.filter(|line| !line.trim().is_empty()).collect();
    // A heading, a line under it, five rows and the last word: nothing was folded.
    assert_eq!(rows.len(), 8, "{shown}");
    assert!(rows.iter().all(|row| row.chars().count() <= 70), "{shown}");
    screen.line("Get-Mailbxo; 'next'", "Get-Mailbox");
}
