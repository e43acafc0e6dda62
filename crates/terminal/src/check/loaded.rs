//! Files that a script loads (`. ./lib.ps1`, `Import-Module $PSScriptRoot\lib.psm1`), where their paths are written out.

use language::syntax::ast::{
    Command, CommandElement, Element, Expr, ExprKind, Invocation, Piece, StatementKind,
};
use language::syntax::token::{Operator, VariablePath};
use language::syntax::{Source, each_statement, parse};
use std::collections::HashSet;

/// So many files are read for one script; scripts load each other in circles.
const FILES_MAX: usize = 64;

/// What stands for the script's own folder (`$PSScriptRoot`) in a path: no path has it in it.
const HERE: char = '\0';

/// The commands that load a module.
const IMPORTS: [&str; 2] = ["import-module", "ipmo"];

/// What the files declare that a script loads.
#[derive(Default)]
pub(super) struct Loaded {
    /// The functions, in lower case.
    pub(super) functions: HashSet<String>,
    files: HashSet<String>,
}

impl Loaded {
    /// Reads the file that a command of a script in `folder` loads, and what that one loads; `read` gives a file's text.
    /// Whether all is known that the command brings.
    pub(super) fn add(
        &mut self,
        command: &Command,
        folder: &str,
        read: &dyn Fn(&str) -> Option<String>,
    ) -> bool {
        let Some(path) = path_of(command, folder) else { return false };
        if self.files.contains(&path) {
            return true;
        }
        if self.files.len() >= FILES_MAX {
            return false;
        }
        let Some(text) = read(&path) else { return false };
        self.files.insert(path.clone());
        let Some(block) = parse(&Source::file(path.as_str(), text.as_str())).block else { return false };
        let (inner, mut known) = (folder_of(&path).to_owned(), true);
        each_statement(&block, &mut |statement| match &statement.kind {
            StatementKind::Function(function) => {
                let name = function.name.rsplit(':').next().unwrap_or(&function.name);
                self.functions.insert(name.to_lowercase());
            }
            StatementKind::Pipeline(pipeline) => {
                for element in &pipeline.elements {
                    if let Element::Command(command) = element
                        && loads(command)
                    {
                        known &= self.add(command, &inner, read);
                    }
                }
            }
            _ => {}
        });
        known
    }
}

/// Whether a command brings functions from elsewhere.
pub(super) fn loads(command: &Command) -> bool {
    command.invocation == Invocation::Dot || imports(command)
}

fn imports(command: &Command) -> bool {
    let name = command.elements.first().and_then(argument);
    matches!(name, Some(Expr { kind: ExprKind::Text(name, _), .. })
        if IMPORTS.iter().any(|known| name.eq_ignore_ascii_case(known)))
}

/// The folder of a path as it was given: `.` where it names none.
pub(super) fn folder_of(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some(("", _)) => "/",
        Some((folder, _)) => folder,
        None => ".",
    }
}

fn argument(element: &CommandElement) -> Option<&Expr> {
    match element {
        CommandElement::Argument(expression) => Some(expression),
        _ => None,
    }
}

/// The file that a command loads: a path counts from the script's folder, where people keep what belongs together.
fn path_of(command: &Command, folder: &str) -> Option<String> {
    let at = usize::from(command.invocation != Invocation::Dot);
    let written = command.elements.iter().filter_map(argument).nth(at)?;
    let path = text_of(written)?.replace('\\', "/");
    // A bare name is a command or an installed module.
    if !path.contains('/') {
        return None;
    }
    if path.starts_with('/') {
        return Some(path);
    }
    let within = path.trim_start_matches(HERE).trim_start_matches('/').trim_start_matches("./");
    Some(format!("{}/{within}", folder.trim_end_matches('/')))
}

/// The text of an expression that says nothing but text and where the script lies.
fn text_of(expression: &Expr) -> Option<String> {
    match &expression.kind {
        ExprKind::Text(text, _) => Some(text.to_string()),
        ExprKind::Variable(path) => here(path),
        ExprKind::Expandable(pieces, _) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => Some(text.to_string()),
                Piece::Expression(expression) => text_of(expression),
            })
            .collect(),
        ExprKind::Binary(Operator::Add, pair, _) => Some(text_of(&pair.0)? + &text_of(&pair.1)?),
        ExprKind::Paren(inner) => match &inner.kind {
            StatementKind::Pipeline(pipeline) => match pipeline.elements.as_slice() {
                [Element::Command(command)] => joined(command),
                [Element::Expression(stage)] => text_of(&stage.expression),
                _ => None,
            },
            StatementKind::Expression(stage) => text_of(&stage.expression),
            _ => None,
        },
        _ => None,
    }
}

/// `Join-Path $PSScriptRoot 'lib.ps1'`.
fn joined(command: &Command) -> Option<String> {
    let mut words = command.elements.iter().filter_map(argument).map(text_of);
    let name = words.next()??;
    let parts: Option<Vec<String>> = words.collect();
    name.eq_ignore_ascii_case("Join-Path").then_some(parts?.join("/"))
}

fn here(path: &VariablePath) -> Option<String> {
    let is = path.qualifier.is_none() && path.name.eq_ignore_ascii_case("PSScriptRoot");
    is.then(|| HERE.to_string())
}
