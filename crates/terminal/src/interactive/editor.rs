//! The line editor: rustyline, told what a whole script is and what can follow.

use super::completion::{self, Completes};
use super::highlight::highlighted;
use language::syntax::{Source, parse};
use object::{Error, ErrorId, Result};
use rustyline::completion::{Completer, Pair};
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::{History as _, MemHistory};
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Editor, Helper};
use std::borrow::Cow;

/// Entries that the arrow keys walk through.
const HISTORY_ENTRIES_MAX: usize = 5_000;
/// More candidates than this are shown only after asking.
const CANDIDATES_SHOWN: usize = 100;

/// What a person did.
pub(super) enum Typed {
    /// Typed a line (or several that belong together).
    Line(String),
    /// Dropped what they were typing.
    Dropped,
    /// Left.
    Left,
}

/// The editor of a session's lines.
pub(super) struct Lines(Editor<Person, MemHistory>);

impl Lines {
    /// An editor with the lines of earlier sessions; `colours` is whether what is typed is coloured.
    pub(super) fn new(known: Box<dyn Completes>, entries: &[String], colours: bool) -> Result<Lines> {
        let config = Config::builder()
            .completion_type(CompletionType::List)
            .completion_prompt_limit(CANDIDATES_SHOWN)
            .max_history_size(HISTORY_ENTRIES_MAX)
            .and_then(|config| config.history_ignore_dups(true))
            .map_err(failed)?
            .auto_add_history(true)
            .build();
        let mut history = MemHistory::with_config(&config);
        for entry in entries {
            history.add(entry).map_err(failed)?;
        }
        let mut editor = Editor::with_history(config, history).map_err(failed)?;
        editor.set_helper(Some(Person { known, colours }));
        Ok(Lines(editor))
    }

    pub(super) fn read(&mut self, prompt: &str) -> Result<Typed> {
        match self.0.readline(prompt) {
            Ok(line) => Ok(Typed::Line(line)),
            Err(ReadlineError::Interrupted) => Ok(Typed::Dropped),
            Err(ReadlineError::Eof) => Ok(Typed::Left),
            Err(error) => Err(failed(error)),
        }
    }
}

fn failed(error: ReadlineError) -> Error {
    match error {
        ReadlineError::Io(error) => error.into(),
        other => Error::server(ErrorId::TerminalFailed, format!("The terminal cannot be used: {other}.")),
    }
}

/// What the editor asks about a line.
struct Person {
    known: Box<dyn Completes>,
    colours: bool,
}

impl Helper for Person {}
impl Highlighter for Person {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        let coloured = if self.colours { highlighted(line) } else { None };
        coloured.map_or(Cow::Borrowed(line), Cow::Owned)
    }
    /// A letter more may make another word of what stands before it.
    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.colours && kind != CmdKind::MoveCursor
    }
}
impl Hinter for Person {
    type Hint = String;
}

impl Validator for Person {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        Ok(match is_unfinished(context.input()) {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

/// Whether more text could complete the line: an open quote, bracket or operator at its end. A line that is
/// wrong as well is finished: it is better told now than after ten more lines.
pub(super) fn is_unfinished(text: &str) -> bool {
    let parsed = parse(&Source::typed(text));
    parsed.errors.first().is_some_and(|error| error.incomplete)
}

impl Completer for Person {
    type Candidate = Pair;
    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..at).unwrap_or(line);
        let (start, candidates) = completion::complete(before, &*self.known);
        let pair = |one: completion::Candidate| Pair { display: one.shown, replacement: one.inserted };
        Ok((start, candidates.into_iter().map(pair).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::is_unfinished;

    #[test]
    fn enter_goes_on_while_the_text_is_unfinished() {
        for (text, unfinished) in [
            ("Get-Mailbox", false),
            ("Get-Mailbox |", true),
            ("if ($true) {", true),
            ("if ($true) {\n 1\n}", false),
            ("'open", true),
            ("@'\nopen", true),
            ("$x = (1 +", true),
            ("$x = )", false),
            ("}", false),
            ("", false),
            ("Get-Mailbox `", true),
        ] {
            assert_eq!(is_unfinished(text), unfinished, "{text:?}");
        }
    }
}
