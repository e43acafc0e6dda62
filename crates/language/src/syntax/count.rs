//! Walks the syntax tree: for the counts of its nodes by class, and for the checks behind the grammar.

use super::ast::*;
use super::fault::{ParseError, fault};
use super::token::VariablePath;
use std::collections::{BTreeMap, HashSet};

/// Who looks at the nodes that a walk passes. A name given to [`Visit::node`] is the class's in
/// PowerShell, without `Ast`.
pub(crate) trait Visit {
    /// A node of the class `name`.
    fn node(&mut self, _name: &'static str) {}
    /// Before the parts of a statement.
    fn statement(&mut self, _statement: &Statement) {}
    /// Before the parts of an expression.
    fn expression(&mut self, _expression: &Expr) {}
    /// A list of parameters.
    fn parameters(&mut self, _parameters: &[Parameter]) {}
    /// A class or enum.
    fn definition(&mut self, _definition: &TypeDefinition) {}
}

/// How many nodes of each class the tree has, the root counted.
pub fn node_counts(script: &ScriptBlock) -> BTreeMap<&'static str, usize> {
    #[derive(Default)]
    struct Count(BTreeMap<&'static str, usize>);
    impl Visit for Count {
        fn node(&mut self, name: &'static str) {
            *self.0.entry(name).or_default() += 1;
        }
    }
    let mut count = Count::default();
    walk_block(script, &mut count);
    count.0
}

/// Calls `each` with every statement of a script, those inside of others included.
pub fn each_statement(script: &ScriptBlock, each: &mut dyn FnMut(&Statement)) {
    struct Each<'a>(&'a mut dyn FnMut(&Statement));
    impl Visit for Each<'_> {
        fn statement(&mut self, statement: &Statement) {
            (self.0)(statement);
        }
    }
    walk_block(script, &mut Each(each));
}

pub(crate) fn walk_block(block: &ScriptBlock, visit: &mut dyn Visit) {
    visit.node("ScriptBlock");
    for line in &block.using {
        visit.node("UsingStatement");
        expression(&line.name, visit);
    }
    if let Some(params) = &block.params {
        visit.node("ParamBlock");
        params.attributes.iter().for_each(|attribute| walk_attribute(attribute, visit));
        parameters(&params.parameters, visit);
    }
    for named in &block.blocks {
        visit.node("NamedBlock");
        statements(&named.body, visit);
    }
}

fn parameters(list: &[Parameter], visit: &mut dyn Visit) {
    visit.parameters(list);
    for parameter in list {
        visit.node("Parameter");
        visit.node("VariableExpression");
        for attribute in &parameter.attributes {
            match attribute {
                AttributeBase::Attribute(attribute) => walk_attribute(attribute, visit),
                AttributeBase::Type(_) => visit.node("TypeConstraint"),
            }
        }
        parameter.default.iter().for_each(|value| expression(value, visit));
    }
}

fn walk_attribute(attribute: &Attribute, visit: &mut dyn Visit) {
    visit.node("Attribute");
    attribute.positional.iter().for_each(|value| expression(value, visit));
    for argument in &attribute.named {
        visit.node("NamedAttributeArgument");
        expression(&argument.value, visit);
    }
}

/// The statements of a block whose braces are no node of their own.
fn statements(block: &StatementBlock, visit: &mut dyn Visit) {
    for trap in &block.traps {
        visit.node("TrapStatement");
        trap.kind.iter().for_each(|_| visit.node("TypeConstraint"));
        walk_statements(&trap.body, visit);
    }
    block.statements.iter().for_each(|inner| statement(inner, visit));
}

pub(super) fn walk_statements(block: &StatementBlock, visit: &mut dyn Visit) {
    visit.node("StatementBlock");
    statements(block, visit);
}

fn statement(node: &Statement, visit: &mut dyn Visit) {
    visit.statement(node);
    match &node.kind {
        StatementKind::Pipeline(pipeline) => {
            visit.node("Pipeline");
            pipeline.elements.iter().for_each(|stage| element(stage, visit));
        }
        StatementKind::Chain(chain) => {
            visit.node("PipelineChain");
            statement(&chain.left, visit);
            statement(&chain.right, visit);
        }
        StatementKind::Assignment(assignment) => {
            visit.node("AssignmentStatement");
            expression(&assignment.left, visit);
            statement(&assignment.right, visit);
        }
        StatementKind::Expression(stage) => expression_stage(stage, visit),
        StatementKind::Block(block) => {
            visit.node("BlockStatement");
            walk_statements(block, visit);
        }
        StatementKind::Function(function) => walk_function(function, visit),
        StatementKind::Type(definition) => walk_type(definition, visit),
        StatementKind::Data(data) => {
            visit.node("DataStatement");
            data.commands.iter().for_each(|command| expression(command, visit));
            walk_statements(&data.body, visit);
        }
        _ => control(node, visit),
    }
}

fn control(node: &Statement, visit: &mut dyn Visit) {
    match &node.kind {
        StatementKind::If(choice) => {
            visit.node("IfStatement");
            for (condition, body) in &choice.clauses {
                statement(condition, visit);
                walk_statements(body, visit);
            }
            choice.otherwise.iter().for_each(|body| walk_statements(body, visit));
        }
        StatementKind::Switch(switch) => walk_switch(switch, visit),
        StatementKind::ForEach(each) => {
            visit.node("ForEachStatement");
            expression(&each.variable, visit);
            statement(&each.condition, visit);
            each.throttle.iter().for_each(|limit| expression(limit, visit));
            walk_statements(&each.body, visit);
        }
        StatementKind::For(turn) => {
            visit.node("ForStatement");
            for part in [&turn.initializer, &turn.condition, &turn.iterator].into_iter().flatten() {
                statement(part, visit);
            }
            walk_statements(&turn.body, visit);
        }
        StatementKind::While(turn) => walk_loop("WhileStatement", turn, visit),
        StatementKind::DoWhile(turn) => walk_loop("DoWhileStatement", turn, visit),
        StatementKind::DoUntil(turn) => walk_loop("DoUntilStatement", turn, visit),
        StatementKind::Break(label) => jump("BreakStatement", label.as_deref(), visit),
        StatementKind::Continue(label) => jump("ContinueStatement", label.as_deref(), visit),
        StatementKind::Return(value) => leave("ReturnStatement", value.as_deref(), visit),
        StatementKind::Throw(value) => leave("ThrowStatement", value.as_deref(), visit),
        StatementKind::Exit(value) => leave("ExitStatement", value.as_deref(), visit),
        StatementKind::Try(attempt) => walk_try(attempt, visit),
        _ => {}
    }
}

fn walk_switch(switch: &Switch, visit: &mut dyn Visit) {
    visit.node("SwitchStatement");
    statement(&switch.condition, visit);
    for (condition, body) in &switch.clauses {
        expression(condition, visit);
        walk_statements(body, visit);
    }
    switch.default.iter().for_each(|body| walk_statements(body, visit));
}

fn walk_loop(name: &'static str, turn: &Loop, visit: &mut dyn Visit) {
    visit.node(name);
    statement(&turn.condition, visit);
    walk_statements(&turn.body, visit);
}

fn jump(name: &'static str, label: Option<&Expr>, visit: &mut dyn Visit) {
    visit.node(name);
    label.into_iter().for_each(|label| expression(label, visit));
}

fn leave(name: &'static str, value: Option<&Statement>, visit: &mut dyn Visit) {
    visit.node(name);
    value.into_iter().for_each(|value| statement(value, visit));
}

fn walk_try(attempt: &Try, visit: &mut dyn Visit) {
    visit.node("TryStatement");
    walk_statements(&attempt.body, visit);
    for clause in &attempt.catches {
        visit.node("CatchClause");
        clause.types.iter().for_each(|_| visit.node("TypeConstraint"));
        walk_statements(&clause.body, visit);
    }
    attempt.finally.iter().for_each(|body| walk_statements(body, visit));
}

fn walk_function(function: &Function, visit: &mut dyn Visit) {
    visit.node("FunctionDefinition");
    function.parameters.iter().for_each(|list| parameters(list, visit));
    walk_block(&function.body, visit);
}

fn walk_type(definition: &TypeDefinition, visit: &mut dyn Visit) {
    visit.definition(definition);
    visit.node("TypeDefinition");
    definition.attributes.iter().for_each(|attribute| walk_attribute(attribute, visit));
    definition.bases.iter().for_each(|_| visit.node("TypeConstraint"));
    for member in &definition.members {
        let method = matches!(member.body, MemberBody::Method(_));
        visit.node(if method { "FunctionMember" } else { "PropertyMember" });
        member.attributes.iter().for_each(|attribute| walk_attribute(attribute, visit));
        member.kind.iter().for_each(|_| visit.node("TypeConstraint"));
        match &member.body {
            MemberBody::Property(value) => value.iter().for_each(|value| expression(value, visit)),
            MemberBody::Method(function) => walk_function(function, visit),
        }
    }
}

fn element(stage: &Element, visit: &mut dyn Visit) {
    match stage {
        Element::Expression(stage) => expression_stage(stage, visit),
        Element::Command(command) => {
            visit.node("Command");
            for part in &command.elements {
                match part {
                    CommandElement::Argument(value) => expression(value, visit),
                    CommandElement::Parameter(parameter) => {
                        visit.node("CommandParameter");
                        parameter.argument.iter().for_each(|value| expression(value, visit));
                    }
                }
            }
            redirections(&command.redirections, visit);
        }
    }
}

fn expression_stage(stage: &CommandExpression, visit: &mut dyn Visit) {
    visit.node("CommandExpression");
    expression(&stage.expression, visit);
    redirections(&stage.redirections, visit);
}

fn redirections(list: &[Redirection], visit: &mut dyn Visit) {
    for redirection in list {
        match &redirection.file {
            Some(file) => {
                visit.node("FileRedirection");
                expression(file, visit);
            }
            None => visit.node("MergingRedirection"),
        }
    }
}

fn expression(node: &Expr, visit: &mut dyn Visit) {
    visit.expression(node);
    visit.node(class(&node.kind));
    match &node.kind {
        ExprKind::Expandable(pieces, _) => {
            for piece in pieces {
                if let Piece::Expression(inner) = piece {
                    expression(inner, visit);
                }
            }
        }
        ExprKind::Using(inner) | ExprKind::Unary(_, inner) | ExprKind::Postfix(_, inner) => {
            expression(inner, visit);
        }
        ExprKind::Binary(_, pair, _) => {
            expression(&pair.0, visit);
            expression(&pair.1, visit);
        }
        ExprKind::Ternary(parts) => {
            expression(&parts.0, visit);
            expression(&parts.1, visit);
            expression(&parts.2, visit);
        }
        ExprKind::Convert(pair) => {
            visit.node("TypeConstraint");
            expression(&pair.1, visit);
        }
        ExprKind::Attributed(pair) => {
            walk_attribute(&pair.0, visit);
            expression(&pair.1, visit);
        }
        ExprKind::Index(index) => {
            expression(&index.target, visit);
            expression(&index.index, visit);
        }
        ExprKind::Member(access) => {
            expression(&access.target, visit);
            expression(&access.member, visit);
        }
        ExprKind::Invoke(call) => {
            expression(&call.target, visit);
            expression(&call.member, visit);
            call.arguments.iter().for_each(|argument| expression(argument, visit));
        }
        ExprKind::BaseCall(items) | ExprKind::List(items) => {
            items.iter().for_each(|item| expression(item, visit));
        }
        ExprKind::Array(block) | ExprKind::Sub(block) => walk_statements(block, visit),
        ExprKind::Hashtable(pairs) => {
            for (key, value) in pairs {
                expression(key, visit);
                statement(value, visit);
            }
        }
        ExprKind::Paren(inner) => statement(inner, visit),
        ExprKind::Block(block) => walk_block(block, visit),
        ExprKind::Number(_)
        | ExprKind::True
        | ExprKind::Text(..)
        | ExprKind::Variable(_)
        | ExprKind::Splat(_)
        | ExprKind::Type(_) => {}
    }
}

fn class(kind: &ExprKind) -> &'static str {
    match kind {
        ExprKind::Number(_) | ExprKind::True => "ConstantExpression",
        ExprKind::Text(..) => "StringConstantExpression",
        ExprKind::Expandable(..) => "ExpandableStringExpression",
        ExprKind::Variable(_) | ExprKind::Splat(_) => "VariableExpression",
        ExprKind::Using(_) => "UsingExpression",
        ExprKind::Unary(..) | ExprKind::Postfix(..) => "UnaryExpression",
        ExprKind::Binary(..) => "BinaryExpression",
        ExprKind::Ternary(_) => "TernaryExpression",
        ExprKind::Convert(_) => "ConvertExpression",
        ExprKind::Attributed(_) => "AttributedExpression",
        ExprKind::Type(_) => "TypeExpression",
        ExprKind::Index(_) => "IndexExpression",
        ExprKind::Member(_) => "MemberExpression",
        ExprKind::Invoke(_) => "InvokeMemberExpression",
        ExprKind::BaseCall(_) => "BaseCtorInvokeMemberExpression",
        ExprKind::Array(_) => "ArrayExpression",
        ExprKind::List(_) => "ArrayLiteral",
        ExprKind::Hashtable(_) => "Hashtable",
        ExprKind::Paren(_) => "ParenExpression",
        ExprKind::Sub(_) => "SubExpression",
        ExprKind::Block(_) => "ScriptBlockExpression",
    }
}

/// Variables that every method has, assigned or not.
const GIVEN: &[&str] = &[
    "lastexitcode",
    "stacktrace",
    "outputencoding",
    "nestedpromptlevel",
    "pscmdlet",
    "psboundparameters",
    "myinvocation",
    "psscriptroot",
    "pscommandpath",
    "executioncontext",
    "home",
    "pid",
    "psculture",
    "pshome",
    "psuiculture",
    "psversiontable",
    "psedition",
    "shellid",
    "islinux",
    "ismacos",
    "iswindows",
    "iscoreclr",
    "enabledexperimentalfeatures",
    "this",
    "_",
    "psitem",
    "args",
    "input",
    "true",
    "false",
    "null",
    "error",
    "matches",
    "host",
    "pwd",
    "foreach",
];

/// The first variable of a class's method that is neither a parameter nor assigned in it.
pub(crate) fn unassigned(function: &Function) -> Option<ParseError> {
    #[derive(Default)]
    struct Names {
        known: HashSet<String>,
        used: Vec<(super::source::Span, String)>,
    }
    impl Names {
        fn assign(&mut self, target: &Expr) {
            match &target.kind {
                ExprKind::Variable(path) => {
                    self.known.insert(lower(path));
                }
                ExprKind::Convert(pair) => self.assign(&pair.1),
                ExprKind::Attributed(pair) => self.assign(&pair.1),
                ExprKind::List(items) => items.iter().for_each(|item| self.assign(item)),
                _ => {}
            }
        }
    }
    impl Visit for Names {
        fn statement(&mut self, statement: &Statement) {
            match &statement.kind {
                StatementKind::Assignment(assignment) => self.assign(&assignment.left),
                StatementKind::ForEach(each) => self.assign(&each.variable),
                _ => {}
            }
        }
        fn expression(&mut self, expression: &Expr) {
            match &expression.kind {
                ExprKind::Variable(path) if path.qualifier.is_none() => {
                    self.used.push((expression.span, lower(path)));
                }
                ExprKind::Convert(pair) => {
                    if let ExprKind::Variable(path) = &pair.1.kind
                        && pair.0.name.name.eq_ignore_ascii_case("ref")
                    {
                        self.known.insert(lower(path));
                    }
                }
                _ => {}
            }
        }
        fn parameters(&mut self, parameters: &[Parameter]) {
            self.known.extend(parameters.iter().map(|parameter| lower(&parameter.name)));
        }
    }
    let mut names = Names::default();
    walk_function(function, &mut names);
    let missing = names.used.iter().find(|(_, name)| {
        !names.known.contains(name) && !GIVEN.contains(&name.as_str()) && !name.ends_with("preference")
    })?;
    Some(fault("VariableNotLocal", missing.0, "", false))
}

fn lower(path: &VariablePath) -> String {
    path.name.to_lowercase()
}
