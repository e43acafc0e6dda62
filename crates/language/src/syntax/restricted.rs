//! The restricted language of a `data` section: values, hashtables and the commands it names; nothing that
//! changes or calls anything else.

use super::ast::*;
use super::count::Visit;
use super::fault::{ParseError, fault};
use super::source::Span;
use super::token::VariablePath;

/// What every data section may call.
const ALWAYS: &str = "ConvertFrom-StringData";
/// The variables it may read.
const READABLE: &[&str] = &["PSCulture", "PSUICulture", "true", "false", "null"];

/// What a manifest may call besides.
const IN_MANIFESTS: [&str; 4] = ["Import-LocalizedData", "Join-Path", "Write-Host", "Out-Host"];
/// What it may read besides; and the variables of the environment.
const READABLE_IN_MANIFESTS: [&str; 3] = ["PSScriptRoot", "PSEdition", "PSVersionTable"];

/// The first thing in a module's manifest that may not stand there: it is data, not a script.
pub(crate) fn forbidden_in_manifest(block: &ScriptBlock) -> Option<ParseError> {
    let calls = std::iter::once(ALWAYS).chain(IN_MANIFESTS);
    let allowed = calls.map(str::to_owned).collect();
    let mut walk = Restricted { allowed, manifest: true, first: None };
    super::count::walk_block(block, &mut walk);
    walk.first
}

/// The first thing in a data section that may not stand there.
pub(super) fn forbidden(data: &Data) -> Option<ParseError> {
    let mut allowed = vec![ALWAYS.to_owned()];
    for command in &data.commands {
        match &command.kind {
            ExprKind::Text(name, _) => allowed.push(name.to_string()),
            // Known at run time only.
            _ => return None,
        }
    }
    let mut walk = Restricted { allowed, manifest: false, first: None };
    super::count::walk_statements(&data.body, &mut walk);
    walk.first
}

struct Restricted {
    allowed: Vec<String>,
    /// Whether it is a module's manifest, not a section of a script.
    manifest: bool,
    first: Option<ParseError>,
}

impl Restricted {
    fn report(&mut self, id: &'static str, span: Span, what: &str) {
        if self.first.is_none() {
            self.first = Some(fault(id, span, what, false));
        }
    }

    fn command(&mut self, command: &Command) {
        if command.invocation == Invocation::Dot {
            return self.report("DotSourcingNotSupportedInDataSection", command.span, "");
        }
        match command.elements.first() {
            Some(CommandElement::Argument(Expr { kind: ExprKind::Text(name, _), .. })) => {
                if !self.allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)) {
                    self.report("CmdletNotInAllowedListForDataSection", command.span, name);
                }
            }
            _ => self.report("OperatorNotSupportedInDataSection", command.span, "&"),
        }
    }

    fn variable(&mut self, path: &VariablePath, span: Span) {
        let more: &[&str] = if self.manifest { &READABLE_IN_MANIFESTS } else { &[] };
        let of_environment = self.manifest
            && path.qualifier.as_ref().is_some_and(|qualifier| qualifier.eq_ignore_ascii_case("env"));
        let known = READABLE.iter().chain(more).any(|known| known.eq_ignore_ascii_case(&path.name));
        let readable = of_environment || path.qualifier.is_none() && known;
        if !readable {
            let known: Vec<String> = READABLE.iter().map(|name| format!("${name}")).collect();
            self.report("VariableReferenceNotSupportedInDataSection", span, &known.join(", "));
        }
    }
}

impl Visit for Restricted {
    fn statement(&mut self, statement: &Statement) {
        use StatementKind as S;
        let id = match &statement.kind {
            S::Pipeline(pipeline) => {
                for element in &pipeline.elements {
                    if let Element::Command(command) = element {
                        self.command(command);
                    }
                }
                return;
            }
            S::Assignment(_) => "AssignmentStatementNotSupportedInDataSection",
            S::Switch(_) => "SwitchStatementNotSupportedInDataSection",
            S::ForEach(_) => "ForeachStatementNotSupportedInDataSection",
            S::For(_) | S::While(_) => "ForWhileStatementNotSupportedInDataSection",
            S::DoWhile(_) | S::DoUntil(_) => "DoWhileStatementNotSupportedInDataSection",
            S::Break(_) | S::Continue(_) | S::Return(_) | S::Throw(_) | S::Exit(_) => {
                "FlowControlStatementNotSupportedInDataSection"
            }
            S::Try(_) => "TryStatementNotSupportedInDataSection",
            S::Function(_) => "FunctionDeclarationNotSupportedInDataSection",
            S::Data(_) => "DataSectionStatementNotSupportedInDataSection",
            _ => return,
        };
        self.report(id, statement.span, "");
    }

    fn expression(&mut self, expression: &Expr) {
        let id = match &expression.kind {
            ExprKind::Variable(path) | ExprKind::Splat(path) => return self.variable(path, expression.span),
            ExprKind::Expandable(..) => "ExpandableStringNotSupportedInDataSection",
            ExprKind::Index(_) => "ArrayReferenceNotSupportedInDataSection",
            ExprKind::Member(_) => "PropertyReferenceNotSupportedInDataSection",
            ExprKind::Invoke(_) => "MethodCallNotSupportedInDataSection",
            ExprKind::Block(_) => "ScriptBlockNotSupportedInDataSection",
            ExprKind::Attributed(_) => "AttributeNotSupportedInDataSection",
            _ => return,
        };
        self.report(id, expression.span, "");
    }
}
