//! What a person is asked, worded and laid out as PowerShell does; and where no person sits, a line of
//! standard input. At its end the question fails: nothing ever hangs, nothing ever means yes.

use super::output::{Output, PLAIN};
use super::stop::Stop;
use super::wrap::wrapped;
use dotnet::host::{Choice, Field, Stream};
use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::MemHistory;
use rustyline::validate::Validator;
use rustyline::{Behavior, ColorMode, Config, Editor, Helper};
use std::borrow::Cow;
use std::io::{self, BufRead as _, ErrorKind};

/// Asks whoever is there.
pub(crate) struct Asker {
    /// Whether standard input is a terminal.
    pub(crate) on_terminal: bool,
    /// Whether `TERM` names a terminal on which lines can be edited and secrets hidden.
    pub(crate) can_edit: bool,
    pub(crate) stop: Stop,
}

impl Asker {
    /// Asks for each field in turn.
    pub(crate) fn fields(
        &self,
        out: &Output,
        caption: &str,
        message: &str,
        fields: &[Field],
    ) -> io::Result<Vec<String>> {
        head(out, caption, message);
        let mut answers = Vec::new();
        for field in fields {
            answers.push(if field.many { self.many(out, field)? } else { self.one(out, field)? });
        }
        Ok(answers)
    }

    fn one(&self, out: &Output, field: &Field) -> io::Result<String> {
        self.line(out, &format!("{}: ", field.name), field.secret)
    }

    /// Answers until an empty one, a line each.
    fn many(&self, out: &Output, field: &Field) -> io::Result<String> {
        let mut lines = Vec::new();
        loop {
            let line = self.line(out, &format!("{}[{}]: ", field.name, lines.len()), field.secret)?;
            if line.is_empty() {
                return Ok(lines.join("\n"));
            }
            lines.push(line);
        }
    }

    /// Lets a person choose; asks again until the answer is one of the letters or labels.
    pub(crate) fn choice(
        &self,
        out: &Output,
        (caption, message): (&str, &str),
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        head(out, caption, message);
        let question = question(choices, default);
        loop {
            let answer = self.line(out, &question, false)?;
            match answer.trim() {
                "" => {
                    if let Some(default) = default {
                        return Ok(default);
                    }
                }
                "?" => explain(out, choices),
                answer => {
                    if let Some(chosen) = choices.iter().position(|choice| means(choice, answer)) {
                        return Ok(chosen);
                    }
                }
            }
        }
    }

    /// Asks for a user name, unless there is one, and a password.
    pub(crate) fn credential(
        &self,
        out: &Output,
        (caption, message): (&str, &str),
        user: Option<&str>,
    ) -> io::Result<(String, String)> {
        let caption = if caption.is_empty() { "PowerShell credential request" } else { caption };
        let message = if message.is_empty() { "Enter your credentials." } else { message };
        head(out, caption, message);
        let mut user = user.unwrap_or_default().to_owned();
        while user.is_empty() {
            user = self.line(out, "User: ", false)?;
        }
        let password = self.line(out, &format!("Password for user {user}: "), true)?;
        Ok((user, password))
    }

    /// One line, asked for with `prompt`.
    pub(crate) fn line(&self, out: &Output, prompt: &str, secret: bool) -> io::Result<String> {
        if self.on_terminal {
            self.typed(out, prompt, secret)
        } else {
            out.write(Stream::Message, prompt, PLAIN, None);
            let line = piped(prompt);
            // The answer is not seen where no terminal echoes it; the line it stands on ends all the same.
            out.write(Stream::Message, "\n", None, None);
            line
        }
    }

    fn typed(&self, out: &Output, prompt: &str, secret: bool) -> io::Result<String> {
        if secret && !self.can_edit {
            let says = "This terminal cannot hide what is typed. Set TERM, or give the secret another way.";
            return Err(io::Error::new(ErrorKind::Unsupported, says));
        }
        // What a script wrote on this line belongs to the question: the editor draws the line anew.
        let prompt = format!("{}{prompt}", out.take_line());
        let mut editor = editor(out, secret).map_err(|error| self.failed(error))?;
        editor.readline(&(unpainted(&prompt), prompt)).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: ReadlineError) -> io::Error {
        match error {
            ReadlineError::Interrupted => {
                self.stop.ask();
                io::Error::new(ErrorKind::Interrupted, "The question was not answered: Ctrl-C.")
            }
            ReadlineError::Eof => {
                io::Error::new(ErrorKind::UnexpectedEof, "The question was not answered: Ctrl-D.")
            }
            ReadlineError::Io(error) => error,
            other => io::Error::other(other.to_string()),
        }
    }
}

/// A line of standard input.
fn piped(prompt: &str) -> io::Result<String> {
    let mut line = String::new();
    if io::stdin().lock().read_line(&mut line)? == 0 {
        let says = format!(
            "\"{}\" was asked, but there is no terminal and no line left on standard input.",
            prompt.trim()
        );
        return Err(io::Error::new(ErrorKind::UnexpectedEof, says));
    }
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

fn head(out: &Output, caption: &str, message: &str) {
    let stream = if out.on_terminal { Stream::Output } else { Stream::Message };
    if !caption.is_empty() {
        out.write(stream, &format!("\n{caption}\n"), Some("White"), None);
    }
    if !message.is_empty() {
        let width = if out.on_terminal { super::terminal_width() } else { None };
        let message = width.map_or_else(|| message.to_owned(), |width| wrapped(message, width));
        out.write(stream, &format!("{message}\n"), PLAIN, None);
    }
}

/// `[Y] Yes  [A] Yes to All  [?] Help (default is "Y"): `
fn question(choices: &[Choice], default: Option<usize>) -> String {
    let mut question = String::new();
    for choice in choices {
        question.push_str(&format!("[{}] {}  ", letter(choice), plain(choice)));
    }
    question.push_str("[?] Help");
    if let Some(default) = default.and_then(|at| choices.get(at)) {
        question.push_str(&format!(" (default is \"{}\")", letter(default)));
    }
    question.push_str(": ");
    question
}

fn explain(out: &Output, choices: &[Choice]) {
    let stream = if out.on_terminal { Stream::Output } else { Stream::Message };
    for choice in choices {
        out.write(stream, &format!("{} - {}\n", letter(choice), choice.help), PLAIN, None);
    }
}

/// The letter behind `&`; without one the whole label.
fn letter(choice: &Choice) -> String {
    match choice.label.split_once('&').and_then(|(_, rest)| rest.chars().next()) {
        Some(letter) => letter.to_uppercase().to_string(),
        None => choice.label.clone(),
    }
}

fn plain(choice: &Choice) -> String {
    choice.label.replacen('&', "", 1)
}

fn means(choice: &Choice, answer: &str) -> bool {
    let same = |text: &str| text.to_lowercase() == answer.to_lowercase();
    same(&letter(choice)) || same(&plain(choice))
}

/// `text` without escape sequences, as wide as it is seen.
fn unpainted(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text.chars();
    while let Some(next) = rest.next() {
        if next == '\x1b' {
            rest.by_ref().find(|c| c.is_ascii_alphabetic());
        } else {
            plain.push(next);
        }
    }
    plain
}

fn editor(out: &Output, secret: bool) -> rustyline::Result<Editor<Mask, MemHistory>> {
    let behavior = if out.on_terminal { Behavior::Stdio } else { Behavior::PreferTerm };
    // The mask is drawn as a highlight, so it needs colours where none are wanted otherwise.
    let colours = if secret { ColorMode::Forced } else { ColorMode::Enabled };
    let config = Config::builder().behavior(behavior).color_mode(colours).auto_add_history(false).build();
    let mut editor = Editor::with_history(config, MemHistory::new())?;
    editor.set_helper(Some(Mask { secret }));
    Ok(editor)
}

/// Shows a star for each character of a secret.
struct Mask {
    secret: bool,
}

impl Helper for Mask {}
impl Hinter for Mask {
    type Hint = String;
}
impl Validator for Mask {}
impl Completer for Mask {
    type Candidate = String;
}

impl Highlighter for Mask {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.secret { Cow::Owned("*".repeat(line.chars().count())) } else { Cow::Borrowed(line) }
    }
    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.secret && kind != CmdKind::MoveCursor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn confirm() -> Vec<Choice> {
        [
            ("&Yes", "Continue with only the next step of the operation."),
            ("Yes to &All", "All."),
            ("&No", "Skip."),
        ]
        .map(|(label, help)| Choice { label: label.to_owned(), help: help.to_owned() })
        .to_vec()
    }

    #[test]
    fn a_choice_is_worded_as_administrators_know_it() {
        assert_eq!(
            question(&confirm(), Some(0)),
            "[Y] Yes  [A] Yes to All  [N] No  [?] Help (default is \"Y\"): "
        );
        assert_eq!(question(&confirm(), None), "[Y] Yes  [A] Yes to All  [N] No  [?] Help: ");
    }

    #[test]
    fn an_answer_is_a_letter_or_the_label() {
        let choices = confirm();
        for (answer, chosen) in
            [("y", Some(0)), ("A", Some(1)), ("yes to all", Some(1)), ("NO", Some(2)), ("maybe", None)]
        {
            assert_eq!(choices.iter().position(|choice| means(choice, answer)), chosen, "{answer}");
        }
    }

    #[test]
    fn a_painted_prompt_is_as_wide_as_it_is_seen() {
        assert_eq!(unpainted("\x1b[31;1mName\x1b[0m: "), "Name: ");
    }
}
