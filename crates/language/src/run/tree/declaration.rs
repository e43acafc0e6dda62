//! Nodes of blocks, parameters, attributes, functions, classes.

use super::{Grow, Node, Part, Parts, SPACE, extent_value, text};
use crate::syntax::Span;
use crate::syntax::ast::*;
use object::{Object, Value};
use std::sync::Arc;

impl Grow {
    pub(super) fn block(&self, block: &Arc<ScriptBlock>) -> Arc<Node> {
        let mut parts: Parts = Vec::new();
        if !block.using.is_empty() {
            let lines = block.using.iter().map(|line| {
                let name = self.expr(&line.name);
                self.node("UsingStatement", line.span, vec![("Name", Part::One(name))])
            });
            parts.push(("UsingStatements", Part::Many(lines.collect())));
        }
        if let Some(params) = &block.params {
            let attributes = params.attributes.iter().map(|one| self.attribute(one)).collect();
            let list = params.parameters.iter().map(|one| self.parameter(one)).collect();
            let node = self.node(
                "ParamBlock",
                params.span,
                vec![("Attributes", Part::Many(attributes)), ("Parameters", Part::Many(list))],
            );
            parts.push(("ParamBlock", Part::One(node)));
        }
        for named in &block.blocks {
            let name = match named.kind {
                BlockKind::DynamicParam => "DynamicParamBlock",
                BlockKind::Begin => "BeginBlock",
                BlockKind::Process => "ProcessBlock",
                BlockKind::End => "EndBlock",
                BlockKind::Clean => "CleanBlock",
            };
            let kind = ["Dynamicparam", "Begin", "Process", "End", "Clean"][named.kind as usize];
            let mut inner = vec![("Unnamed", Part::Value(named.unnamed.into())), ("BlockKind", text(kind))];
            inner.extend(self.body(&named.body));
            parts.push((name, Part::One(self.node("NamedBlock", self.named_span(block, named), inner))));
        }
        self.with_block("ScriptBlock", block.span, parts, Some(block.clone()))
    }

    /// A block without a name is as long as its statements.
    fn named_span(&self, block: &ScriptBlock, named: &NamedBlock) -> Span {
        match (named.body.statements.first(), named.body.statements.last()) {
            (Some(first), Some(last)) if named.unnamed => first.span.to(last.span),
            _ if named.unnamed => block.span,
            _ => named.body.span,
        }
    }

    fn body(&self, body: &StatementBlock) -> Parts {
        let statements = body.statements.iter().map(|one| self.statement(one)).collect();
        let traps: Vec<Arc<Node>> = body.traps.iter().map(|trap| self.trap(trap)).collect();
        let mut parts = vec![("Statements", Part::Many(statements))];
        if !traps.is_empty() {
            parts.push(("Traps", Part::Many(traps)));
        }
        parts
    }
    pub(super) fn statements(&self, body: &StatementBlock) -> Arc<Node> {
        self.node("StatementBlock", body.span, self.body(body))
    }
    fn trap(&self, trap: &Trap) -> Arc<Node> {
        let mut parts = vec![("Body", Part::One(self.statements(&trap.body)))];
        parts.extend(trap.kind.iter().map(|kind| ("TrapType", Part::One(self.constraint(kind)))));
        self.node("TrapStatement", trap.span, parts)
    }

    pub(super) fn attribute(&self, attribute: &Attribute) -> Arc<Node> {
        let positional = attribute.positional.iter().map(|value| self.expr(value)).collect();
        let named = attribute.named.iter().map(|argument| {
            let parts = vec![
                ("ArgumentName", text(&argument.name)),
                ("Argument", Part::One(self.expr(&argument.value))),
                ("ExpressionOmitted", Part::Value(argument.omitted.into())),
            ];
            self.node("NamedAttributeArgument", argument.span, parts)
        });
        let parts = vec![
            ("TypeName", self.type_name(&attribute.name)),
            ("PositionalArguments", Part::Many(positional)),
            ("NamedArguments", Part::Many(named.collect())),
        ];
        self.node("Attribute", attribute.span, parts)
    }
    pub(super) fn constraint(&self, constraint: &TypeConstraint) -> Arc<Node> {
        self.node("TypeConstraint", constraint.span, vec![("TypeName", self.type_name(&constraint.name))])
    }
    pub(super) fn type_name(&self, name: &TypeName) -> Part {
        let made = Object::named(format!("{SPACE}.TypeName"))
            .with("Name", name.full())
            .with("FullName", name.full())
            .with("Extent", extent_value(&self.source, name.span));
        Part::Value(made.into())
    }
    fn parameter(&self, parameter: &Parameter) -> Arc<Node> {
        let attributes = parameter.attributes.iter().map(|attribute| match attribute {
            AttributeBase::Attribute(attribute) => self.attribute(attribute),
            AttributeBase::Type(constraint) => self.constraint(constraint),
        });
        let typed = parameter.attributes.iter().find_map(|attribute| match attribute {
            AttributeBase::Type(constraint) => dotnet::Type::parse(&constraint.name.full()),
            AttributeBase::Attribute(_) => None,
        });
        let mut parts = vec![
            ("Attributes", Part::Many(attributes.collect())),
            ("Name", Part::One(self.variable(&parameter.name, parameter.name_span, false))),
            ("StaticType", Part::Value(Value::typed(typed.unwrap_or_else(dotnet::Type::object)))),
        ];
        parts.extend(parameter.default.iter().map(|value| ("DefaultValue", Part::One(self.expr(value)))));
        self.node("Parameter", parameter.span, parts)
    }

    pub(super) fn function(&self, function: &Arc<Function>) -> Arc<Node> {
        let mut parts = vec![
            ("Name", text(&function.name)),
            ("IsFilter", Part::Value(function.is_filter.into())),
            ("IsWorkflow", Part::Value(false.into())),
        ];
        if let Some(list) = &function.parameters {
            parts.push(("Parameters", Part::Many(list.iter().map(|one| self.parameter(one)).collect())));
        }
        parts.push(("Body", Part::One(self.block(&function.body))));
        self.with_block("FunctionDefinition", function.span, parts, Some(function.body.clone()))
    }

    pub(super) fn definition(&self, definition: &TypeDefinition) -> Arc<Node> {
        let members = definition.members.iter().map(|member| {
            let mut parts = vec![
                ("Name", text(&member.name)),
                ("IsStatic", Part::Value(member.is_static.into())),
                ("IsHidden", Part::Value(member.is_hidden.into())),
                ("Attributes", Part::Many(member.attributes.iter().map(|one| self.attribute(one)).collect())),
            ];
            let kind = member.kind.iter().map(|kind| Part::One(self.constraint(kind)));
            match &member.body {
                MemberBody::Property(value) => {
                    parts.extend(kind.map(|kind| ("PropertyType", kind)));
                    parts.extend(value.iter().map(|value| ("InitialValue", Part::One(self.expr(value)))));
                    self.node("PropertyMember", member.span, parts)
                }
                MemberBody::Method(function) => {
                    parts.extend(kind.map(|kind| ("ReturnType", kind)));
                    parts.push(("Body", Part::One(self.function(function))));
                    self.node("FunctionMember", member.span, parts)
                }
            }
        });
        let parts = vec![
            ("Name", text(&definition.name)),
            ("IsEnum", Part::Value(definition.is_enum.into())),
            ("IsClass", Part::Value((!definition.is_enum).into())),
            ("Attributes", Part::Many(definition.attributes.iter().map(|one| self.attribute(one)).collect())),
            ("BaseTypes", Part::Many(definition.bases.iter().map(|one| self.constraint(one)).collect())),
            ("Members", Part::Many(members.collect())),
        ];
        self.node("TypeDefinition", definition.span, parts)
    }
}
