//! Which command a name means: an alias, a function, a core command, a cmdlet elsewhere, a script, a program.

use super::command::CoreCommand;
use super::error::{ErrorRecord, Extent};
use super::halt::{Halt, Run};
use super::scope::Block;
use super::scope::FunctionEntry;
use super::session::Session;
use crate::syntax::{ParseError, Source, decode, parse};
use dotnet::{Category, Exception};
use gate::Signature;
use object::value::Text;
use std::sync::Arc;

/// An alias may name an alias, so many times.
const ALIASES_IN_A_ROW_MAX: usize = 16;

/// Whether a name that nothing has is tried again as `Get-Name`.
pub fn is_bare_noun(name: &str) -> bool {
    !name.is_empty() && !name.contains(['-', '/', '\\', '.'])
}

/// A command that was found.
pub(super) enum Found {
    Function(Arc<FunctionEntry>),
    Core(&'static CoreCommand),
    Remote(Arc<Signature>),
    Script(Block),
    Program(String),
}

impl Session {
    /// What a name stands for in the end; of aliases that stand for each other one of them.
    pub fn behind_aliases(&self, typed: &str) -> Text {
        let mut name: Text = typed.into();
        for _ in 0..ALIASES_IN_A_ROW_MAX {
            match self.find_alias(&name) {
                Some(meaning) => name = meaning,
                None => break,
            }
        }
        name
    }

    pub(super) fn resolve_command(&mut self, typed: &str) -> Run<Found> {
        let name = self.behind_aliases(typed);
        if let Some(found) = self.found(&name)? {
            return Ok(found);
        }
        if is_bare_noun(&name)
            && let Some(found) = self.found(&format!("Get-{name}"))?
        {
            return Ok(found);
        }
        // An alias of nothing is shown under its own name.
        Err(self.unknown(&name).under(&typed.into()).into())
    }

    pub(super) fn found(&mut self, name: &str) -> Run<Option<Found>> {
        if let Some((module, bare)) = name.rsplit_once('\\')
            && let Some(entry) = self.module_function(module, bare)
        {
            return Ok(Some(Found::Function(entry)));
        }
        // `Module\Command` names the command.
        let bare = match name.rsplit_once('\\') {
            Some((module, bare))
                if !module.contains(['/', '\\', ':', '.']) || module.contains("PowerShell.") =>
            {
                bare
            }
            _ => name,
        };
        // A function of no module is not meant by a name with one.
        if bare == name
            && let Some(entry) = self.find_function(bare)
        {
            return Ok(Some(Found::Function(entry)));
        }
        if let Some(core) = self.settings.commands.find(bare) {
            return Ok(Some(Found::Core(core)));
        }
        let remote = self.settings.invoker.as_ref().and_then(|invoker| invoker.signature(bare));
        if let Some(signature) = remote {
            return Ok(Some(Found::Remote(signature)));
        }
        // Only what is called so is a script; its ending may be left out of a path.
        let script = match name.to_ascii_lowercase().ends_with(".ps1") {
            true => self.script_file(name)?,
            false if name.contains(['/', '\\']) => self.script_file(&format!("{name}.ps1"))?,
            false => None,
        };
        if script.is_some() {
            return Ok(script);
        }
        let folder = self.settings.location.clone();
        Ok(self.settings.host.program(name, &folder).map(Found::Program))
    }

    pub(super) fn script_file(&mut self, name: &str) -> Run<Option<Found>> {
        let path = self.full_path(name);
        let Ok(bytes) = self.settings.host.files().read(&path) else { return Ok(None) };
        let source = Source::file(path.as_str(), decode(&bytes));
        let parsed = parse(&source);
        if parsed.block.is_some() {
            self.check_requirements(&source, &parsed)
                .map_err(|error| Halt::from(ErrorRecord::new(error).from_command(&name.into())))?;
        }
        match parsed.block {
            Some(block) => Ok(Some(Found::Script(Block::new(block)))),
            None => Err(unreadable(&source, &parsed.errors).into()),
        }
    }

    /// An absolute path of a name as a script writes it.
    pub fn full_path(&self, name: &str) -> String {
        let name = name.replace('\\', "/");
        if let Some((drive, rest)) = name.split_once(':')
            && let Some(root) = self.mounts.get(&drive.to_lowercase())
        {
            return format!("{root}/{}", rest.trim_start_matches('/')).trim_end_matches('/').to_owned();
        }
        if name.starts_with('/') || name.chars().nth(1) == Some(':') {
            return name;
        }
        let home = || self.settings.host.variable("HOME").unwrap_or_else(|| "/".to_owned());
        let (start, rest) = match name.strip_prefix("~/") {
            Some(rest) => (home(), rest.to_owned()),
            None if name == "~" => return home(),
            None => (self.settings.location.clone(), name),
        };
        let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
        for part in rest.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    pub(super) fn unknown(&self, name: &str) -> ErrorRecord {
        let record = ErrorRecord::new(not_found(name)).from_command(&name.into());
        let mut names: Vec<String> = self.settings.commands.names().into_iter().map(str::to_owned).collect();
        names.extend(self.function_names().iter().map(|name| name.to_string()));
        if let Some(invoker) = &self.settings.invoker {
            names.extend(invoker.names());
        }
        match gate::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => record.with_help(format!("Did you mean {near}?")),
            None => record.with_help("See Get-Command for the commands there are."),
        }
    }
}

/// A script file that is none: each error with its place.
fn unreadable(source: &Arc<Source>, errors: &[ParseError]) -> ErrorRecord {
    let place = |error: &ParseError| Extent { source: source.clone(), span: error.span };
    let said: Vec<String> = errors
        .iter()
        .map(|error| format!("{}{}", super::error::position_text(&place(error)), error.message))
        .collect();
    let exception = Exception::new("System.Management.Automation.ParseException", said.join("\n\n"))
        .id(errors.first().map_or("ParseException", |error| error.id))
        .category(Category::ParserError);
    let record = ErrorRecord::new(exception);
    match errors.first() {
        Some(first) => record.at(|| place(first)),
        None => record,
    }
}

pub(super) fn not_found(name: &str) -> Exception {
    let message = format!(
        "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
    );
    Exception::new("System.Management.Automation.CommandNotFoundException", message)
        .id("CommandNotFoundException")
        .category(Category::ObjectNotFound)
        .target(name)
}
