//! Which ways lead out of a method: one that promises a value must give one on each of them.

use super::ast::*;
use super::fault::{ParseError, fault};
use super::source::Span;

/// What is wrong with how a member returns, in the order of the text.
pub(super) fn check(member: &Member, class: &str) -> Vec<ParseError> {
    let MemberBody::Method(function) = &member.body else { return Vec::new() };
    let promises = member
        .kind
        .as_ref()
        .is_some_and(|kind| !is_void(&kind.name.name) && !member.name.eq_ignore_ascii_case(class));
    let mut found = Vec::new();
    returns(&function.body, &mut |span, value| match (promises, value) {
        (false, true) => found.push(fault("VoidMethodHasReturn", span, "", false)),
        (true, false) => found.push(fault("NonVoidMethodMissingReturnValue", span, "", false)),
        _ => {}
    });
    let body = function.body.blocks.first().map(|named| &named.body);
    if promises && !body.is_some_and(leaves) {
        found.insert(0, fault("MethodHasCodePathNotReturn", member.name_span, "", false));
    }
    found
}

fn is_void(name: &str) -> bool {
    name.eq_ignore_ascii_case("void") || name.eq_ignore_ascii_case("System.Void")
}

/// Calls `each` with every `return` of the body itself, not of the blocks it holds as values.
fn returns(body: &ScriptBlock, each: &mut dyn FnMut(Span, bool)) {
    for named in &body.blocks {
        within(&named.body, each);
    }
}

fn within(block: &StatementBlock, each: &mut dyn FnMut(Span, bool)) {
    for statement in &block.statements {
        match &statement.kind {
            StatementKind::Return(value) => each(statement.span, value.is_some()),
            other => parts(other).into_iter().for_each(|part| within(part, each)),
        }
    }
}

/// The blocks of a statement.
fn parts(kind: &StatementKind) -> Vec<&StatementBlock> {
    match kind {
        StatementKind::If(choice) => {
            choice.clauses.iter().map(|(_, body)| body).chain(&choice.otherwise).collect()
        }
        StatementKind::Switch(switch) => {
            switch.clauses.iter().map(|(_, body)| body).chain(&switch.default).collect()
        }
        StatementKind::ForEach(each) => vec![&each.body],
        StatementKind::For(turn) => vec![&turn.body],
        StatementKind::While(turn) | StatementKind::DoWhile(turn) | StatementKind::DoUntil(turn) => {
            vec![&turn.body]
        }
        StatementKind::Try(attempt) => {
            let catches = attempt.catches.iter().map(|clause| &clause.body);
            std::iter::once(&attempt.body).chain(catches).chain(&attempt.finally).collect()
        }
        _ => Vec::new(),
    }
}

/// Whether no way leads behind the block. A `switch` may match nothing, so it never counts.
fn leaves(block: &StatementBlock) -> bool {
    block.statements.iter().any(|statement| match &statement.kind {
        StatementKind::Return(_) | StatementKind::Throw(_) | StatementKind::Exit(_) => true,
        StatementKind::If(choice) => {
            choice.otherwise.as_ref().is_some_and(leaves)
                && choice.clauses.iter().all(|(_, body)| leaves(body))
        }
        StatementKind::Try(attempt) => {
            attempt.finally.as_ref().is_some_and(leaves)
                || (leaves(&attempt.body) && attempt.catches.iter().all(|clause| leaves(&clause.body)))
        }
        StatementKind::DoWhile(turn) | StatementKind::DoUntil(turn) => leaves(&turn.body),
        StatementKind::For(turn) => turn.condition.is_none(),
        _ => false,
    })
}
