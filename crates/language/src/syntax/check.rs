//! What is wrong with a script although its grammar is right: left sides that cannot be assigned to,
//! keys given twice, catch blocks that are never reached.

use super::ast::*;
use super::fault::{ParseError, fault};
use super::source::Span;
use super::token::{Assign, Number};

/// All such errors of a script.
pub(crate) fn check(script: &ScriptBlock) -> Vec<ParseError> {
    let mut walk = Check { errors: Vec::new() };
    super::count::walk_block(script, &mut walk);
    walk.errors
}

pub(super) struct Check {
    errors: Vec<ParseError>,
}

impl Check {
    fn report(&mut self, id: &'static str, span: Span, what: &str) {
        self.errors.push(fault(id, span, what, false));
    }
}

impl super::count::Visit for Check {
    fn statement(&mut self, statement: &Statement) {
        match &statement.kind {
            StatementKind::Assignment(assignment) => self.assignment(assignment),
            StatementKind::Try(attempt) => self.catches(attempt),
            StatementKind::Data(data) => self.errors.extend(super::restricted::forbidden(data)),
            _ => {}
        }
    }

    fn expression(&mut self, expression: &Expr) {
        match &expression.kind {
            ExprKind::Hashtable(pairs) => self.keys(pairs),
            ExprKind::Convert(pair)
                if pair.0.name.name.eq_ignore_ascii_case("ordered")
                    && !matches!(pair.1.kind, ExprKind::Hashtable(_)) =>
            {
                self.report("OrderedAttributeOnlyOnHashLiteralNode", expression.span, "");
            }
            ExprKind::Unary(super::token::Operator::Increment | super::token::Operator::Decrement, child)
            | ExprKind::Postfix(_, child)
                if !assignable(child) =>
            {
                self.report("OperatorRequiresVariableOrProperty", child.span, "");
            }
            _ => {}
        }
    }

    fn parameters(&mut self, parameters: &[Parameter]) {
        for (at, parameter) in parameters.iter().enumerate() {
            let same = |other: &Parameter| other.name.name.eq_ignore_ascii_case(&parameter.name.name);
            if parameters[..at].iter().any(same) {
                self.report("DuplicateFormalParameter", parameter.name_span, &parameter.name.name);
            }
        }
    }

    fn definition(&mut self, definition: &TypeDefinition) {
        for member in &definition.members {
            if let MemberBody::Method(function) = &member.body {
                self.errors.extend(super::ways::check(member, &definition.name));
                self.errors.extend(super::count::unassigned(function));
            }
        }
    }
}

impl Check {
    fn assignment(&mut self, assignment: &Assignment) {
        let list = matches!(assignment.left.kind, ExprKind::List(_));
        if !assignable(&assignment.left) || (list && assignment.operator != Assign::Set) {
            self.report("InvalidLeftHandSide", assignment.left.span, "");
        }
    }

    fn keys(&mut self, pairs: &[(Expr, Statement)]) {
        let mut seen: Vec<String> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for (key, _) in pairs {
            let Some((text, shown)) = constant(key) else { continue };
            if !known.insert(text.clone()) {
                self.report("DuplicateKeyInHashLiteral", key.span, &shown);
            }
            seen.push(text);
        }
    }

    fn catches(&mut self, attempt: &Try) {
        for (at, clause) in attempt.catches.iter().enumerate() {
            if clause.types.is_empty() && at + 1 < attempt.catches.len() {
                self.report("EmptyCatchNotLast", clause.span.after(), "");
                return;
            }
            for kind in &clause.types {
                let earlier = attempt.catches[..at].iter().flat_map(|earlier| &earlier.types);
                if earlier.into_iter().any(|before| covers(&before.name.name, &kind.name.name)) {
                    self.report("ExceptionTypeAlreadyCaught", kind.span, &kind.name.full());
                }
            }
        }
    }
}

/// Whether what catches `general` catches `special` too.
fn covers(general: &str, special: &str) -> bool {
    let bare = |name: &str| name.to_ascii_lowercase().trim_start_matches("system.").to_owned();
    let general = bare(general);
    general == "exception" || general == bare(special)
}

fn assignable(target: &Expr) -> bool {
    match &target.kind {
        ExprKind::Variable(_) | ExprKind::Index(_) | ExprKind::Member(_) => true,
        ExprKind::List(items) => items.iter().all(assignable),
        ExprKind::Convert(inner) => assignable(&inner.1),
        ExprKind::Attributed(inner) => assignable(&inner.1),
        ExprKind::Paren(inner) => match &inner.kind {
            StatementKind::Pipeline(pipeline) => match pipeline.elements.as_slice() {
                [Element::Expression(stage)] => assignable(&stage.expression),
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// A constant key as it is compared, and as it is shown.
fn constant(key: &Expr) -> Option<(String, String)> {
    match &key.kind {
        ExprKind::Text(text, _) => Some((text.to_lowercase(), text.to_string())),
        ExprKind::Number(number) => {
            let shown = match number {
                Number::Int32(n) => n.to_string(),
                Number::Int64(n) => n.to_string(),
                Number::Double(n) => n.to_string(),
                other => format!("{other:?}"),
            };
            Some((shown.to_lowercase(), shown))
        }
        _ => None,
    }
}
