//! Sessions as text: what a person typed and what was answered, over all doors of one server.
//!
//! ```text
//! # A message reaches a client that waits.
//! PS> Get-Mailbox ann | Format-List Alias
//!
//! Alias : ann
//!
//! imap ann C: a1 NOOP
//! imap ann S: a1 OK [..]
//! smtp C: QUIT
//! smtp S: 221 [..]
//! $ curl -s imap://127.0.0.1:{143}/
//! [..]
//! ```
//!
//! `PS>` runs in `mailstead shell`, `$` in `sh`; what follows up to the next such line is what they print
//! (errors too), blank lines and trailing blanks apart. `[..]` stands for anything within a line, a line
//! `…` for any lines. `imap NAME` logs on as NAME and selects INBOX when first used; `imap -`, `smtp`, `submit`
//! (587) and `pop3` start at the greeting. `{143}` is the real port of standard port 143; `{data}`, `{folder}`,
//! `{password}`, `{ca}` likewise. To rewrite the expectations after a change, set `UPDATE=1`.

use crate::{LineClient, TestServer};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

/// Plays a session file against `server`; panics at the first answer that is not the expected one.
pub fn play(server: &TestServer, file: &Path) {
    play_with(server, file, &[]);
}

/// The same, where words of the session's own (`("{controller}", …)`) stand for what is not known before.
pub fn play_with(server: &TestServer, file: &Path, words: &[(&str, String)]) {
    let text = std::fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut player = Player { server, words, clients: HashMap::new(), file, played: String::new() };
    for step in steps(&text) {
        player.step(&step);
    }
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(file, player.played).expect("the session file can be written");
    }
}

/// A line that does something, and the lines under it.
struct Step<'a> {
    at: usize,
    line: &'a str,
    below: Vec<&'a str>,
}

fn steps(text: &str) -> Vec<Step<'_>> {
    let mut steps: Vec<Step<'_>> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        match steps.last_mut() {
            Some(step) if !acts(line) => step.below.push(line),
            _ => steps.push(Step { at: at + 1, line, below: Vec::new() }),
        }
    }
    steps
}

fn acts(line: &str) -> bool {
    let first = line.split(' ').next().unwrap_or("");
    let talk = matches!(first, "imap" | "smtp" | "submit" | "lmtp" | "pop3")
        && (line.contains(" C: ") || line.contains(" S: "));
    line.starts_with("PS> ") || line.starts_with("$ ") || line.starts_with("# ") || talk
}

struct Player<'a> {
    server: &'a TestServer,
    words: &'a [(&'a str, String)],
    clients: HashMap<String, LineClient>,
    file: &'a Path,
    played: String,
}

impl Player<'_> {
    fn step(&mut self, step: &Step<'_>) {
        let _ = writeln!(self.played, "{}", step.line);
        if let Some(command) = step.line.strip_prefix("PS> ") {
            let shell = self.server.shell(&self.filled(command));
            self.compare(step, &(shell.out + &shell.err));
        } else if let Some(command) = step.line.strip_prefix("$ ") {
            let output = Command::new("sh").arg("-c").arg(self.filled(command)).output().expect("sh starts");
            let text = [output.stdout, output.stderr].concat();
            self.compare(step, &String::from_utf8_lossy(&text));
        } else if let Some((client, said)) = step.line.split_once(" C: ") {
            let said = self.filled(said);
            self.client(client).say(&said);
            self.keep(step);
        } else if let Some((client, expected)) = step.line.split_once(" S: ") {
            let answer = self.client(client).line();
            let expected = self.filled(expected);
            assert!(
                fits(&expected, &answer),
                "{}:{}: {client} said: {answer}\nexpected: {expected}",
                self.file.display(),
                step.at
            );
            self.keep(step);
        } else {
            self.keep(step);
        }
    }

    /// The lines below stay as they are.
    fn keep(&mut self, step: &Step<'_>) {
        for line in &step.below {
            let _ = writeln!(self.played, "{line}");
        }
    }

    fn compare(&mut self, step: &Step<'_>, printed: &str) {
        let expected: Vec<String> = step.below.iter().map(|line| self.filled(line)).collect();
        let shown = |lines: &mut dyn Iterator<Item = &str>| -> Vec<String> {
            lines.map(|line| line.trim_end().to_owned()).filter(|line| !line.is_empty()).collect()
        };
        let expected = shown(&mut expected.iter().map(String::as_str));
        let printed_lines = shown(&mut printed.lines());
        if all_fit(&expected, &printed_lines) {
            return self.keep(step);
        }
        if std::env::var_os("UPDATE").is_some() {
            self.played.push_str(printed.trim_end());
            self.played.push_str("\n\n");
            return;
        }
        panic!(
            "{}:{}: {}\nprinted:\n{printed}\nexpected:\n{}",
            self.file.display(),
            step.at,
            step.line,
            expected.join("\n")
        );
    }

    /// `{143}` and the other names replaced.
    fn filled(&self, text: &str) -> String {
        let mut text = text.replace("{password}", self.server.password());
        for (word, meant) in self.words {
            text = text.replace(word, meant);
        }
        text = text.replace("{data}", &self.server.data().to_string_lossy());
        text = text.replace("{folder}", &self.server.folder().to_string_lossy());
        if text.contains("{ca}") {
            text = text.replace("{ca}", &self.server.certificate().to_string_lossy());
        }
        for standard in [25, 587, 465, 24, 143, 993, 110, 995, 80, 443, 389, 9090] {
            text = text.replace(&format!("{{{standard}}}"), &self.server.port(standard).to_string());
        }
        text
    }

    fn client(&mut self, name: &str) -> &mut LineClient {
        if !self.clients.contains_key(name) {
            let client = self.opened(name);
            self.clients.insert(name.to_owned(), client);
        }
        self.clients.get_mut(name).expect("it was put there just now")
    }

    fn opened(&self, name: &str) -> LineClient {
        let (protocol, who) = name.split_once(' ').unwrap_or((name, "-"));
        let port = match protocol {
            "imap" => 143,
            "pop3" => 110,
            "lmtp" => 24,
            "submit" => 587,
            _ => 25,
        };
        let mut client = self.server.connect(port);
        if protocol == "imap" && who != "-" {
            client.line();
            let password = self.server.password();
            let logged_on = client.imap("log", &format!("LOGIN {who} \"{password}\""));
            assert!(logged_on.last().is_some_and(|line| line.starts_with("log OK")), "{logged_on:?}");
            client.imap("sel", "SELECT INBOX");
        }
        client
    }
}

/// Whether the printed lines are the expected ones; `…` stands for any lines.
fn all_fit(expected: &[String], printed: &[String]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first.trim() == "…" => {
            (0..=printed.len()).any(|skip| all_fit(rest, &printed[skip..]))
        }
        Some((first, rest)) => {
            printed.split_first().is_some_and(|(line, more)| fits(first, line) && all_fit(rest, more))
        }
    }
}

/// Whether a line is the expected one; `[..]` stands for anything.
fn fits(expected: &str, line: &str) -> bool {
    let mut parts = expected.split("[..]");
    let Some(mut rest) = line.strip_prefix(parts.next().unwrap_or("")) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations_fit_what_varies() {
        for (expected, line, good) in [
            ("a OK", "a OK", true),
            ("a OK", "a OK done", false),
            ("a [..]", "a OK done", true),
            ("* [..] FETCH [..]", "* 4 FETCH (UID 4)", true),
            ("* [..] FETCH [..])", "* 4 FETCH (UID 4", false),
            ("[..]", "", true),
        ] {
            assert_eq!(fits(expected, line), good, "{expected} / {line}");
        }
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(all_fit(&lines("a\n…\nz"), &lines("a\nb\nc\nz")));
        assert!(!all_fit(&lines("a\n…\nz"), &lines("a\nb")));
    }
}
