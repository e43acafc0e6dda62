//! Nodes of expressions.

use super::{Grow, Made, Node, Part, text};
use crate::run::prepare::number_value;
use crate::syntax::Span;
use crate::syntax::ast::*;
use crate::syntax::token::VariablePath;
use object::Object;
use std::sync::Arc;

impl Grow {
    pub(super) fn variable(&self, path: &VariablePath, span: Span, splatted: bool) -> Arc<Node> {
        let user = match &path.qualifier {
            Some(qualifier) => format!("{qualifier}:{}", path.name),
            None => path.name.to_string(),
        };
        let has = |name: &str| {
            path.qualifier.as_deref().is_some_and(|qualifier| qualifier.eq_ignore_ascii_case(name))
        };
        let made = Object::named("System.Management.Automation.VariablePath")
            .with("UserPath", user)
            .with("IsGlobal", has("global"))
            .with("IsLocal", has("local"))
            .with("IsPrivate", has("private"))
            .with("IsScript", has("script"))
            .with("IsUnqualified", path.qualifier.is_none());
        let parts =
            vec![("VariablePath", Part::Value(made.into())), ("Splatted", Part::Value(splatted.into()))];
        self.node("VariableExpression", span, parts)
    }

    pub(super) fn expr(&self, expr: &Expr) -> Arc<Node> {
        let made = match &expr.kind {
            ExprKind::Variable(path) => return self.variable(path, expr.span, false),
            ExprKind::Splat(path) => return self.variable(path, expr.span, true),
            kind => self
                .constant(kind, expr.span)
                .or_else(|| self.operation(kind))
                .or_else(|| self.access(kind))
                .or_else(|| self.enclosed(kind)),
        };
        let (class, parts) = made.unwrap_or(("Expression", Vec::new()));
        self.node(class, expr.span, parts)
    }

    fn of(&self, name: &'static str, expr: &Expr) -> (&'static str, Part) {
        (name, Part::One(self.expr(expr)))
    }
    fn each(&self, name: &'static str, list: &[Expr]) -> (&'static str, Part) {
        (name, Part::Many(list.iter().map(|one| self.expr(one)).collect()))
    }

    /// Numbers, texts, types.
    fn constant(&self, kind: &ExprKind, span: Span) -> Option<Made> {
        let value = |value| ("ConstantExpression", vec![("Value", Part::Value(value))]);
        Some(match kind {
            ExprKind::Number(number) => value(number_value(number)),
            ExprKind::True => value(true.into()),
            ExprKind::Text(held, quote) => (
                "StringConstantExpression",
                vec![("Value", text(held)), ("StringConstantType", text(quote_word(*quote)))],
            ),
            ExprKind::Expandable(pieces, quote) => self.expandable(pieces, *quote, span),
            ExprKind::Type(name) => ("TypeExpression", vec![("TypeName", self.type_name(name))]),
            _ => return None,
        })
    }

    fn expandable(&self, pieces: &[Piece], quote: Quote, span: Span) -> Made {
        let nested = pieces.iter().filter_map(|piece| match piece {
            Piece::Expression(inner) => Some(self.expr(inner)),
            Piece::Text(_) => None,
        });
        let whole = self.source.slice(span);
        let bare = whole.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        let held = bare.filter(|_| quote == Quote::Double).unwrap_or(whole);
        let parts = vec![
            ("Value", text(held)),
            ("StringConstantType", text(quote_word(quote))),
            ("NestedExpressions", Part::Many(nested.collect())),
        ];
        ("ExpandableStringExpression", parts)
    }

    /// What operators and casts work out.
    fn operation(&self, kind: &ExprKind) -> Option<Made> {
        Some(match kind {
            ExprKind::Unary(operator, inner) => {
                let sign = text(&format!("{operator:?}"));
                ("UnaryExpression", vec![("TokenKind", sign), self.of("Child", inner)])
            }
            ExprKind::Postfix(operator, inner) => {
                let sign = text(&format!("Postfix{operator:?}"));
                ("UnaryExpression", vec![("TokenKind", sign), self.of("Child", inner)])
            }
            ExprKind::Binary(operator, pair, _) => {
                let sign = text(&operator_word(&format!("{operator:?}")));
                let parts = vec![self.of("Left", &pair.0), ("Operator", sign), self.of("Right", &pair.1)];
                ("BinaryExpression", parts)
            }
            ExprKind::Ternary(parts) => {
                let (yes, no) = (self.of("IfTrue", &parts.1), self.of("IfFalse", &parts.2));
                ("TernaryExpression", vec![self.of("Condition", &parts.0), yes, no])
            }
            ExprKind::Convert(pair) => {
                let kind = ("Type", Part::One(self.constraint(&pair.0)));
                ("ConvertExpression", vec![kind, self.of("Child", &pair.1)])
            }
            ExprKind::Attributed(pair) => {
                let attribute = ("Attribute", Part::One(self.attribute(&pair.0)));
                ("AttributedExpression", vec![attribute, self.of("Child", &pair.1)])
            }
            _ => return None,
        })
    }

    /// Elements, members, calls.
    fn access(&self, kind: &ExprKind) -> Option<Made> {
        Some(match kind {
            ExprKind::Using(inner) => ("UsingExpression", vec![self.of("SubExpression", inner)]),
            ExprKind::Index(index) => {
                let parts = vec![self.of("Target", &index.target), self.of("Index", &index.index)];
                ("IndexExpression", parts)
            }
            ExprKind::Member(access) => {
                let is_static = ("Static", Part::Value(access.is_static.into()));
                let parts =
                    vec![self.of("Expression", &access.target), self.of("Member", &access.member), is_static];
                ("MemberExpression", parts)
            }
            ExprKind::Invoke(call) => {
                let parts = vec![
                    self.of("Expression", &call.target),
                    self.of("Member", &call.member),
                    ("Static", Part::Value(call.is_static.into())),
                    self.each("Arguments", &call.arguments),
                ];
                ("InvokeMemberExpression", parts)
            }
            ExprKind::BaseCall(items) => {
                ("BaseCtorInvokeMemberExpression", vec![self.each("Arguments", items)])
            }
            _ => return None,
        })
    }

    /// Lists, tables, and what stands in brackets.
    fn enclosed(&self, kind: &ExprKind) -> Option<Made> {
        let body = |block: &StatementBlock| vec![("SubExpression", Part::One(self.statements(block)))];
        Some(match kind {
            ExprKind::List(items) => ("ArrayLiteral", vec![self.each("Elements", items)]),
            ExprKind::Array(block) => ("ArrayExpression", body(block)),
            ExprKind::Sub(block) => ("SubExpression", body(block)),
            ExprKind::Hashtable(pairs) => {
                let mut parts = Vec::new();
                for (key, value) in pairs {
                    parts.push(self.of("Key", key));
                    parts.push(("KeyValue", Part::One(self.statement(value))));
                }
                ("Hashtable", parts)
            }
            ExprKind::Paren(inner) => {
                ("ParenExpression", vec![("Pipeline", Part::One(self.statement(inner)))])
            }
            ExprKind::Block(block) => {
                ("ScriptBlockExpression", vec![("ScriptBlock", Part::One(self.block(block)))])
            }
            _ => return None,
        })
    }
}

fn quote_word(quote: Quote) -> &'static str {
    match quote {
        Quote::Single => "SingleQuoted",
        Quote::Double => "DoubleQuoted",
        Quote::Here => "DoubleQuotedHereString",
        Quote::Bare => "BareWord",
    }
}

/// `Eq(Ignore)` is `Ieq`, `Eq(Keep)` is `Ceq`, as PowerShell names the tokens.
fn operator_word(name: &str) -> String {
    let plain = match name {
        "Add" => "Plus",
        "Subtract" => "Minus",
        "Remainder" => "Rem",
        "Range" => "DotDot",
        "Coalesce" => "QuestionQuestion",
        other => other,
    };
    match plain.split_once('(') {
        Some((word, "Keep)")) => format!("C{}", word.to_lowercase()),
        Some((word, _)) => format!("I{}", word.to_lowercase()),
        None => plain.to_owned(),
    }
}
