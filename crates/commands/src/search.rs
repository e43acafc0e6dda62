//! `Select-String`: lines of files or texts that fit a pattern.

use crate::declare::declare;
use crate::missing::missing;
use crate::{encoding, item};
use dotnet::lines::TextLines;
use dotnet::regex::{self, Match};
use language::{Call, Command, CoreCommand, Run};
use object::value::{Array, Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::borrow::Cow;

/// `Select-String`.
pub(crate) static SELECT_STRING: CoreCommand = CoreCommand::new(
    "Select-String",
    "SelectStringCommand",
    || {
        declare(
            "Select-String",
            "File Object LiteralFile",
            "InputObject object @Object ! |
             Pattern string[] 0 !
             Path string[] @File 1 ! .
             LiteralPath string[] @LiteralFile ! . =PSPath,LP
             Raw switch
             SimpleMatch switch
             CaseSensitive switch
             Quiet switch
             List switch
             NoEmphasis switch
             Include string[]
             Exclude string[]
             NotMatch switch
             AllMatches switch
             Encoding object
             Context int[]",
        )
    },
    || Box::new(Search::default()),
);

#[derive(Default)]
struct Search {
    line: u64,
    quiet_hit: bool,
    /// Texts that were piped in and not looked at yet.
    piped: Vec<String>,
}

/// How many lines before and behind a match are kept.
fn context(call: &Call<'_>) -> Option<(usize, usize)> {
    let counts = call.value("Context").map(Value::items)?;
    let count = |at: usize| counts.get(at).and_then(Value::as_i64).and_then(|n| usize::try_from(n).ok());
    let before = count(0)?;
    Some((before, count(1).unwrap_or(before)))
}

/// `MatchInfo`: a line, its place, its matches.
struct Line {
    line: String,
    number: u64,
    path: String,
    pattern: String,
    found: Vec<Match>,
    ignores_case: bool,
    context: Option<Context>,
    /// Whether the path is shown whole: a file that was piped in.
    whole_path: bool,
}

/// The lines around a match.
#[derive(Clone)]
struct Context {
    before: Vec<String>,
    behind: Vec<String>,
    /// Of these so many stand in the text of a match before.
    shown_before: usize,
    shown_behind: usize,
}

impl Typed for Line {
    fn type_name(&self) -> Text {
        "Microsoft.PowerShell.Commands.MatchInfo".into()
    }
    fn text(&self) -> String {
        let Some(context) = &self.context else { return self.one("", self.number, &self.line) };
        let mut lines = Vec::new();
        let skipped = context.before.len() - context.shown_before;
        for (at, line) in context.before.iter().enumerate().skip(skipped) {
            lines.push(self.one("  ", self.number - (context.before.len() - at) as u64, line));
        }
        lines.push(self.one("> ", self.number, &self.line));
        for (at, line) in context.behind.iter().enumerate().take(context.shown_behind) {
            lines.push(self.one("  ", self.number + at as u64 + 1, line));
        }
        lines.join("\n")
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "line" => self.line.as_str().into(),
            "linenumber" => Value::UInt64(self.number),
            "path" => self.path.as_str().into(),
            "filename" => self.path.rsplit('/').next().unwrap_or(&self.path).into(),
            "pattern" => self.pattern.as_str().into(),
            "ignorecase" => self.ignores_case.into(),
            "context" => self.context.as_ref().map_or(Value::Null, context_value),
            "matches" => Array::of(
                "System.Text.RegularExpressions.Match",
                self.found.iter().cloned().map(Value::typed).collect(),
            )
            .into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["IgnoreCase", "LineNumber", "Line", "Filename", "Path", "Pattern", "Context", "Matches"]
    }
}

fn context_value(context: &Context) -> Value {
    let texts = |lines: &[String]| {
        Value::from(Array::of("System.String", lines.iter().map(|line| Value::from(line.as_str())).collect()))
    };
    let shown = |lines: &[String], shown: usize| texts(&lines[lines.len() - shown..]);
    Object::named("Microsoft.PowerShell.Commands.MatchInfoContext")
        .with("PreContext", texts(&context.before))
        .with("PostContext", texts(&context.behind))
        .with("DisplayPreContext", shown(&context.before, context.shown_before))
        .with("DisplayPostContext", texts(&context.behind[..context.shown_behind]))
        .into()
}

impl Line {
    fn one(&self, mark: &str, number: u64, line: &str) -> String {
        if self.path == "InputStream" {
            return format!("{mark}{line}");
        }
        let name =
            if self.whole_path { &*self.path } else { self.path.rsplit('/').next().unwrap_or(&self.path) };
        format!("{mark}{name}:{number}:{line}")
    }
}

impl Command for Search {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        if call.set() == "Object" {
            let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
            // A file is searched, not its name.
            if let Value::Typed(file) = &input
                && &*file.type_name() == "System.IO.FileInfo"
            {
                return self.file(call, &file.text(), true);
            }
            let text = dotnet::member::to_string(call.session(), &input)?;
            self.piped.push(text);
            // Lines behind a match are known only when they have come.
            return if context(call).is_none() { self.flush(call) } else { Ok(()) };
        }
        for full in item::wanted(call)? {
            self.file(call, &full, false)?;
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        self.flush(call)?;
        if call.flag("Quiet") { call.write(self.quiet_hit) } else { Ok(()) }
    }
}

impl Search {
    /// Looks at the texts that were piped in.
    fn flush(&mut self, call: &mut Call<'_>) -> Run {
        let texts = std::mem::take(&mut self.piped);
        let first = self.line;
        self.line += texts.len() as u64;
        self.lines(call, &texts, first, "InputStream", false).map(|_| ())
    }
    fn file(&mut self, call: &mut Call<'_>, full: &str, whole_path: bool) -> Run {
        let Ok(source) = call.host().files().open(full) else { return call.error(missing(call, full)) };
        let asked = if call.is_given("Encoding") { Some(encoding::wanted(call, "Encoding")?) } else { None };
        let windows = call.session().locale().profile.read_windows_1252;
        let mut lines = TextLines::new(source, asked, windows);
        let mut next = || match lines.line() {
            Ok(line) => Ok(line.map(Cow::into_owned)),
            Err(error) => Err(encoding::not_read(&error, full)),
        };
        // Only what is shown around a match has to be kept.
        if context(call).is_some() {
            let mut all = Vec::new();
            while let Some(line) = next()? {
                call.look()?;
                all.push(line);
            }
            return self.lines(call, &all, 0, full, whole_path).map(|_| ());
        }
        let mut number = 0;
        while let Some(line) = next()? {
            call.look()?;
            if self.lines(call, &[line], number, full, whole_path)? && call.flag("List") {
                break;
            }
            number += 1;
        }
        Ok(())
    }
    /// Looks at lines; the first has the number behind `first`. Whether one of them fits.
    fn lines(
        &mut self,
        call: &mut Call<'_>,
        lines: &[String],
        first: u64,
        path: &str,
        whole_path: bool,
    ) -> Run<bool> {
        let around = context(call);
        let mut found: Vec<(usize, Line)> = Vec::new();
        let mut any = false;
        for (at, line) in lines.iter().enumerate() {
            let number = first + at as u64 + 1;
            let Some(mut made) = self.matched(call, line, number, path)? else { continue };
            made.whole_path = whole_path;
            any = true;
            if around.is_none() {
                self.write(call, made)?;
            } else {
                found.push((at, made));
            }
            if call.flag("List") {
                break;
            }
        }
        let Some((before, behind)) = around else { return Ok(any) };
        let places: Vec<usize> = found.iter().map(|(at, _)| *at).collect();
        for (turn, (at, mut made)) in found.into_iter().enumerate() {
            let from = at.saturating_sub(before);
            let to = (at + 1 + behind).min(lines.len());
            // A line stands in the text of one match: of the one before as far as that shows it.
            let shown_to = turn.checked_sub(1).map_or(0, |last| (places[last] + 1 + behind).min(at));
            let next = places.get(turn + 1).copied().unwrap_or(lines.len());
            made.context = Some(Context {
                before: lines[from..at].to_vec(),
                behind: lines[at + 1..to].to_vec(),
                shown_before: at - from.max(shown_to).min(at),
                shown_behind: to.min(next.max(at + 1)) - (at + 1),
            });
            self.write(call, made)?;
        }
        Ok(any)
    }
    fn write(&mut self, call: &mut Call<'_>, made: Line) -> Run {
        self.quiet_hit = true;
        match (call.flag("Quiet"), call.flag("Raw")) {
            (true, _) => Ok(()),
            (false, true) => call.write(made.line),
            (false, false) => call.write(Value::typed(made)),
        }
    }
    fn matched(&mut self, call: &mut Call<'_>, line: &str, number: u64, path: &str) -> Run<Option<Line>> {
        for pattern in call.texts("Pattern") {
            let expression = if call.flag("SimpleMatch") { regex::escape(&pattern) } else { pattern.clone() };
            let options = if call.flag("CaseSensitive") { 0 } else { regex::IGNORE_CASE };
            let compiled = regex::cached(&expression, options)?;
            let most = if call.flag("AllMatches") { usize::MAX } else { 1 };
            let found = compiled.find_all(line, most)?;
            if found.is_empty() == call.flag("NotMatch") {
                let found = if call.flag("SimpleMatch") { Vec::new() } else { found };
                return Ok(Some(Line {
                    line: line.to_owned(),
                    number,
                    path: path.to_owned(),
                    pattern,
                    found,
                    ignores_case: !call.flag("CaseSensitive"),
                    context: None,
                    whole_path: false,
                }));
            }
        }
        Ok(None)
    }
}
