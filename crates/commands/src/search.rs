//! `Select-String`: lines of files or texts that fit a pattern.

use crate::declare::declare;
use crate::{encoding, item, path};
use dotnet::regex::{self, Match};
use language::{Call, Command, CoreCommand, Run};
use object::Value;
use object::value::{Array, Text, Typed};
use std::any::Any;

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
             Encoding object",
        )
    },
    || Box::new(Search::default()),
);

#[derive(Default)]
struct Search {
    line: u64,
    quiet_hit: bool,
}

/// `MatchInfo`: a line, its place, its matches.
struct Line {
    line: String,
    number: u64,
    path: String,
    pattern: String,
    found: Vec<Match>,
}

impl Typed for Line {
    fn type_name(&self) -> Text {
        "Microsoft.PowerShell.Commands.MatchInfo".into()
    }
    fn text(&self) -> String {
        if self.path == "InputStream" {
            self.line.clone()
        } else {
            format!("{}:{}:{}", self.path.rsplit('/').next().unwrap_or(&self.path), self.number, self.line)
        }
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
            "ignorecase" => true.into(),
            "context" => Value::Null,
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

impl Command for Search {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        if call.set() == "Object" {
            let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
            // A file is searched, not its name.
            if let Value::Typed(file) = &input
                && &*file.type_name() == "System.IO.FileInfo"
            {
                return self.file(call, &file.text());
            }
            self.line += 1;
            let text = dotnet::member::to_string(call.session(), &input)?;
            let number = self.line;
            return self.line(call, &text, number, "InputStream").map(|_| ());
        }
        for full in item::wanted(call)? {
            self.file(call, &full)?;
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if call.flag("Quiet") { call.write(self.quiet_hit) } else { Ok(()) }
    }
}

impl Search {
    fn file(&mut self, call: &mut Call<'_>, full: &str) -> Run {
        let Ok(bytes) = call.host().files().read(full) else { return call.error(path::missing(full)) };
        let asked = if call.is_given("Encoding") { Some(encoding::wanted(call, "Encoding")?) } else { None };
        let windows = call.session().locale().profile.read_windows_1252;
        let content = encoding::text_of(&bytes, asked, windows);
        for (at, line) in content.lines().enumerate() {
            if self.line(call, line, at as u64 + 1, full)? && call.flag("List") {
                break;
            }
        }
        Ok(())
    }
    fn line(&mut self, call: &mut Call<'_>, line: &str, number: u64, path: &str) -> Run<bool> {
        for pattern in call.texts("Pattern") {
            let expression = if call.flag("SimpleMatch") { regex::escape(&pattern) } else { pattern.clone() };
            let options = if call.flag("CaseSensitive") { 0 } else { regex::IGNORE_CASE };
            let compiled = regex::cached(&expression, options)?;
            let most = if call.flag("AllMatches") { usize::MAX } else { 1 };
            let found = compiled.find_all(line, most)?;
            if found.is_empty() == call.flag("NotMatch") {
                self.quiet_hit = true;
                if call.flag("Quiet") {
                    return Ok(true);
                }
                if call.flag("Raw") {
                    call.write(line)?;
                } else {
                    let found = if call.flag("SimpleMatch") { Vec::new() } else { found };
                    let made = Line { line: line.to_owned(), number, path: path.to_owned(), pattern, found };
                    call.write(Value::typed(made))?;
                }
                return Ok(true);
            }
        }
        Ok(false)
    }
}
