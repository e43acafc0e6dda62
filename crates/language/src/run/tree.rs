//! A script's syntax tree as values: `{ … }.Ast`, `[Parser]::ParseInput`, with `FindAll`, `Extent`, `Parent` and the
//! parts that PowerShell's classes name.
//!
//! A node is made when a script asks for the tree; it holds its parts by the names of PowerShell's properties.

use super::halt::Run;
use super::scope::Block;
use super::session::Session;
use crate::syntax::ast::*;
use crate::syntax::token::VariablePath;
use crate::syntax::{Source, Span, parse};
use dotnet::Exception;
use object::value::{Array, Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::sync::{Arc, OnceLock, Weak};

/// The namespace of the nodes' classes.
const SPACE: &str = "System.Management.Automation.Language";

/// A node of the tree.
pub(super) struct Node {
    class: &'static str,
    source: Arc<Source>,
    span: Span,
    parts: Vec<(&'static str, Part)>,
    parent: OnceLock<Weak<Node>>,
    /// The block itself, where it is one: it can be made runnable again.
    block: Option<Arc<ScriptBlock>>,
}

/// What a property of a node holds.
enum Part {
    One(Arc<Node>),
    Many(Vec<Arc<Node>>),
    Value(Value),
}

/// A node as scripts hold it: nodes know their parents weakly, so the whole tree goes along.
pub(super) struct Ast {
    node: Arc<Node>,
    root: Arc<Node>,
}

impl Ast {
    fn at(&self, node: &Arc<Node>) -> Value {
        Value::typed(Ast { node: node.clone(), root: self.root.clone() })
    }
    fn part(&self, part: &Part) -> Value {
        match part {
            Part::One(node) => self.at(node),
            Part::Many(nodes) => {
                Array::of(format!("{SPACE}.Ast"), nodes.iter().map(|node| self.at(node)).collect()).into()
            }
            Part::Value(value) => value.clone(),
        }
    }
}

impl Typed for Ast {
    fn type_name(&self) -> Text {
        format!("{SPACE}.{}Ast", self.node.class).into()
    }
    fn text(&self) -> String {
        self.node.source.slice(self.node.span).to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "extent" => return Some(extent_value(&self.node.source, self.node.span)),
            "parent" => {
                let parent = self.node.parent.get().and_then(Weak::upgrade);
                return Some(parent.map_or(Value::Null, |parent| self.at(&parent)));
            }
            _ => {}
        }
        let found = self.node.parts.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, part)| self.part(part))
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Extent", "Parent"]
    }
}

/// A place in a script as an object.
pub(super) fn extent_value(source: &Arc<Source>, span: Span) -> Value {
    let ((line, column), (last_line, last_column)) = (source.position(span.start), source.position(span.end));
    let units = |offset: u32| {
        let before = source.text().get(..offset as usize).unwrap_or(source.text());
        before.chars().map(char::len_utf16).sum::<usize>() as i32
    };
    Object::named(format!("{SPACE}.InternalScriptExtent"))
        .with("File", source.name().map_or(Value::Null, |name| Value::from(&**name)))
        .with("StartLineNumber", line as i32)
        .with("StartColumnNumber", column as i32)
        .with("EndLineNumber", last_line as i32)
        .with("EndColumnNumber", last_column as i32)
        .with("Text", source.slice(span))
        .with("StartOffset", units(span.start))
        .with("EndOffset", units(span.end))
        .into()
}

/// The tree of a block; a function's block is what its definition names.
pub(super) fn tree(block: &Block) -> Value {
    let grow = Grow { source: block.ast().source.clone() };
    let root = match block.function() {
        Some(function) => grow.function(function),
        None => grow.block(block.ast()),
    };
    Value::typed(Ast { node: root.clone(), root })
}

/// The block that a node can be made into.
fn block_of(value: &Value) -> Option<Block> {
    let ast = dotnet::values::base(value).downcast::<Ast>()?;
    ast.node.block.clone().map(Block::new)
}

impl Session {
    /// The block that a node can be made into.
    pub(super) fn block_of_node(&self, node: &Value) -> Option<Value> {
        block_of(node).map(Block::value)
    }

    /// The methods of nodes; `None`: it has none of that name.
    pub(super) fn tree_method(
        &mut self,
        value: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Run<Option<Option<Value>>> {
        let Some(ast) = dotnet::values::base(value).downcast::<Ast>() else { return Ok(None) };
        let nested = arguments.get(1).is_some_and(dotnet::compare::truth);
        let predicate = arguments.first().cloned().unwrap_or_default();
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "findall" => {
                let found = self.found_nodes(ast, &predicate, nested, usize::MAX)?;
                Some(Value::typed(dotnet::collections::Collection::of_objects(found)))
            }
            "find" => Some(self.found_nodes(ast, &predicate, nested, 1)?.pop().unwrap_or_default()),
            "tostring" => Some(ast.text().into()),
            "getcommandname" if ast.node.class == "Command" => Some(command_name(&ast.node)),
            "getscriptblock" => Some(block_of(value).map_or(Value::Null, Block::value)),
            "safegetvalue" => {
                let text = ast.text();
                // As in a `data` section: what constants are made of, no code.
                let block = self.parse_block(&format!("data {{\n{text}\n}}"));
                let block = block.map_err(|_| not_constant(&text))?;
                let mut out = Vec::new();
                self.call_block(&block.value(), None, &[], &mut out)?;
                super::values::gathered(out)
            }
            "copy" => Some(ast.at(&ast.node)),
            _ => return Ok(None),
        }))
    }

    /// The static methods of the parser: tokens are not handed out.
    pub(super) fn parser_method(&mut self, name: &str, arguments: &[Value]) -> Run<Option<Value>> {
        let given = arguments.first().map(|value| self.to_text(value)).unwrap_or_default();
        let source = match name.to_ascii_lowercase().as_str() {
            "parseinput" => Source::typed(given),
            "parsefile" => {
                let path = self.full_path(&given);
                let bytes = self.settings.host.files().read(&path)?;
                Source::file(path, crate::syntax::decode(&bytes))
            }
            _ => return Ok(None),
        };
        let (tree, errors) = parsed(&source);
        if let Some(Value::Typed(place)) = arguments.last().map(dotnet::values::base)
            && let Some(place) = place.as_any().downcast_ref::<dotnet::values::Reference>()
        {
            *place.0.write() = Array::of(format!("{SPACE}.ParseError"), errors).into();
        }
        Ok(Some(tree))
    }

    fn found_nodes(&mut self, ast: &Ast, predicate: &Value, nested: bool, most: usize) -> Run<Vec<Value>> {
        let (mut found, mut waiting) = (Vec::new(), vec![ast.node.clone()]);
        while let Some(node) = waiting.pop() {
            self.check_stop()?;
            let value = ast.at(&node);
            let mut out = Vec::new();
            self.call_block(predicate, Some(&value), std::slice::from_ref(&value), &mut out)?;
            if dotnet::compare::truth(&super::values::gathered(out).unwrap_or_default()) {
                found.push(value);
                if found.len() == most {
                    break;
                }
            }
            // Blocks within are another script's code, unless they are asked for.
            let enters = nested || Arc::ptr_eq(&node, &ast.node) || node.class != "ScriptBlockExpression";
            let enters =
                enters && (nested || node.class != "FunctionDefinition" || Arc::ptr_eq(&node, &ast.node));
            if enters {
                waiting.extend(node.children().into_iter().rev());
            }
        }
        Ok(found)
    }
}

fn not_constant(text: &str) -> Exception {
    Exception::invalid_operation(format!("'{text}' is not a constant. Only constants have a safe value."))
}

fn command_name(command: &Node) -> Value {
    let first = command.parts.iter().find(|(name, _)| *name == "CommandElements");
    match first {
        Some((_, Part::Many(elements))) => match elements.first() {
            Some(node) if node.class == "StringConstantExpression" => {
                node.parts.iter().find(|(name, _)| *name == "Value").map_or(Value::Null, |(_, part)| {
                    match part {
                        Part::Value(value) => value.clone(),
                        _ => Value::Null,
                    }
                })
            }
            _ => Value::Null,
        },
        _ => Value::Null,
    }
}

impl Node {
    fn children(&self) -> Vec<Arc<Node>> {
        let mut all = Vec::new();
        for (_, part) in &self.parts {
            match part {
                Part::One(node) => all.push(node.clone()),
                Part::Many(nodes) => all.extend(nodes.iter().cloned()),
                Part::Value(_) => {}
            }
        }
        all
    }
}

/// `[Parser]::ParseInput(text, [ref] tokens, [ref] errors)` and `ParseFile`.
pub(super) fn parsed(source: &Arc<Source>) -> (Value, Vec<Value>) {
    let parsed = parse(source);
    let errors = parsed.errors.iter().map(|error| {
        Object::named(format!("{SPACE}.ParseError"))
            .with("Extent", extent_value(source, error.span))
            .with("ErrorId", error.id)
            .with("Message", error.message.to_string())
            .with("IncompleteInput", error.incomplete)
            .into()
    });
    let errors = errors.collect();
    let tree = parsed.block.map(|block| tree(&Block::new(block)));
    (tree.unwrap_or_default(), errors)
}

/// Makes nodes of one source.
struct Grow {
    source: Arc<Source>,
}

type Parts = Vec<(&'static str, Part)>;

fn text(text: &str) -> Part {
    Part::Value(text.into())
}

impl Grow {
    fn node(&self, class: &'static str, span: Span, parts: Parts) -> Arc<Node> {
        self.with_block(class, span, parts, None)
    }
    fn with_block(
        &self,
        class: &'static str,
        span: Span,
        parts: Parts,
        block: Option<Arc<ScriptBlock>>,
    ) -> Arc<Node> {
        let source = self.source.clone();
        let node = Arc::new(Node { class, source, span, parts, parent: OnceLock::new(), block });
        for child in node.children() {
            let _ = child.parent.set(Arc::downgrade(&node));
        }
        node
    }

    fn block(&self, block: &Arc<ScriptBlock>) -> Arc<Node> {
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
    fn statements(&self, body: &StatementBlock) -> Arc<Node> {
        self.node("StatementBlock", body.span, self.body(body))
    }
    fn trap(&self, trap: &Trap) -> Arc<Node> {
        let mut parts = vec![("Body", Part::One(self.statements(&trap.body)))];
        parts.extend(trap.kind.iter().map(|kind| ("TrapType", Part::One(self.constraint(kind)))));
        self.node("TrapStatement", trap.span, parts)
    }

    fn attribute(&self, attribute: &Attribute) -> Arc<Node> {
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
    fn constraint(&self, constraint: &TypeConstraint) -> Arc<Node> {
        self.node("TypeConstraint", constraint.span, vec![("TypeName", self.type_name(&constraint.name))])
    }
    fn type_name(&self, name: &TypeName) -> Part {
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

    fn function(&self, function: &Arc<Function>) -> Arc<Node> {
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

    fn definition(&self, definition: &TypeDefinition) -> Arc<Node> {
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

    fn statement(&self, statement: &Statement) -> Arc<Node> {
        let one = |name: &'static str, statement: &Statement| (name, Part::One(self.statement(statement)));
        let (class, parts): (&'static str, Parts) = match &statement.kind {
            StatementKind::Pipeline(pipeline) => {
                let stages = pipeline.elements.iter().map(|stage| self.element(stage)).collect();
                (
                    "Pipeline",
                    vec![
                        ("PipelineElements", Part::Many(stages)),
                        ("Background", Part::Value(pipeline.background.into())),
                    ],
                )
            }
            StatementKind::Chain(chain) => {
                let operator = if chain.and { "AndAnd" } else { "OrOr" };
                let parts = vec![
                    one("LhsPipelineChain", &chain.left),
                    one("RhsPipeline", &chain.right),
                    ("Operator", text(operator)),
                ];
                ("PipelineChain", parts)
            }
            StatementKind::Assignment(assignment) => (
                "AssignmentStatement",
                vec![
                    ("Left", Part::One(self.expr(&assignment.left))),
                    ("Operator", text(assign_word(assignment.operator.text()))),
                    one("Right", &assignment.right),
                ],
            ),
            StatementKind::Expression(stage) => return self.stage(stage),
            StatementKind::Function(function) => return self.function(function),
            StatementKind::Type(definition) => return self.definition(definition),
            StatementKind::Data(data) => (
                "DataStatement",
                vec![
                    ("Variable", data.variable.as_ref().map_or(Part::Value(Value::Null), |name| text(name))),
                    ("CommandsAllowed", Part::Many(data.commands.iter().map(|one| self.expr(one)).collect())),
                    ("Body", Part::One(self.statements(&data.body))),
                ],
            ),
            StatementKind::Block(block) => {
                ("BlockStatement", vec![("Body", Part::One(self.statements(block)))])
            }
            _ => return self.control(statement),
        };
        self.node(class, statement.span, parts)
    }

    fn control(&self, statement: &Statement) -> Arc<Node> {
        let one = |name: &'static str, statement: &Statement| (name, Part::One(self.statement(statement)));
        let body = |name: &'static str, body: &StatementBlock| (name, Part::One(self.statements(body)));
        let (class, parts): (&'static str, Parts) = match &statement.kind {
            StatementKind::If(choice) => {
                // Conditions and bodies in turn: the clauses are pairs in PowerShell.
                let mut parts = Vec::new();
                for (condition, inner) in &choice.clauses {
                    parts.push(one("Condition", condition));
                    parts.push(body("ClauseBody", inner));
                }
                parts.extend(choice.otherwise.iter().map(|inner| body("ElseClause", inner)));
                ("IfStatement", parts)
            }
            StatementKind::Switch(switch) => {
                let mut parts = vec![one("Condition", &switch.condition)];
                for (condition, inner) in &switch.clauses {
                    parts.push(("ClauseCondition", Part::One(self.expr(condition))));
                    parts.push(body("ClauseBody", inner));
                }
                parts.extend(switch.default.iter().map(|inner| body("Default", inner)));
                ("SwitchStatement", parts)
            }
            StatementKind::ForEach(each) => {
                let mut parts = vec![
                    ("Variable", Part::One(self.expr(&each.variable))),
                    one("Condition", &each.condition),
                ];
                parts
                    .extend(each.throttle.iter().map(|limit| ("ThrottleLimit", Part::One(self.expr(limit)))));
                parts.push(body("Body", &each.body));
                ("ForEachStatement", parts)
            }
            StatementKind::For(turn) => {
                let mut parts = Vec::new();
                parts.extend(turn.initializer.iter().map(|inner| one("Initializer", inner)));
                parts.extend(turn.condition.iter().map(|inner| one("Condition", inner)));
                parts.extend(turn.iterator.iter().map(|inner| one("Iterator", inner)));
                parts.push(body("Body", &turn.body));
                ("ForStatement", parts)
            }
            StatementKind::While(turn) => {
                ("WhileStatement", vec![one("Condition", &turn.condition), body("Body", &turn.body)])
            }
            StatementKind::DoWhile(turn) => {
                ("DoWhileStatement", vec![one("Condition", &turn.condition), body("Body", &turn.body)])
            }
            StatementKind::DoUntil(turn) => {
                ("DoUntilStatement", vec![one("Condition", &turn.condition), body("Body", &turn.body)])
            }
            StatementKind::Break(label) => ("BreakStatement", self.maybe("Label", label.as_deref())),
            StatementKind::Continue(label) => ("ContinueStatement", self.maybe("Label", label.as_deref())),
            StatementKind::Return(value) => {
                ("ReturnStatement", value.iter().map(|value| one("Pipeline", value)).collect())
            }
            StatementKind::Throw(value) => {
                ("ThrowStatement", value.iter().map(|value| one("Pipeline", value)).collect())
            }
            StatementKind::Exit(value) => {
                ("ExitStatement", value.iter().map(|value| one("Pipeline", value)).collect())
            }
            StatementKind::Try(attempt) => {
                let clauses = attempt.catches.iter().map(|clause| {
                    let types = clause.types.iter().map(|kind| self.constraint(kind)).collect();
                    let parts = vec![("CatchTypes", Part::Many(types)), body("Body", &clause.body)];
                    self.node("CatchClause", clause.span, parts)
                });
                let mut parts =
                    vec![body("Body", &attempt.body), ("CatchClauses", Part::Many(clauses.collect()))];
                parts.extend(attempt.finally.iter().map(|inner| body("Finally", inner)));
                ("TryStatement", parts)
            }
            _ => ("Statement", Vec::new()),
        };
        self.node(class, statement.span, parts)
    }

    fn maybe(&self, name: &'static str, value: Option<&Expr>) -> Parts {
        value.into_iter().map(|value| (name, Part::One(self.expr(value)))).collect()
    }

    fn element(&self, element: &Element) -> Arc<Node> {
        let command = match element {
            Element::Expression(stage) => return self.stage(stage),
            Element::Command(command) => command,
        };
        let elements = command.elements.iter().map(|element| match element {
            CommandElement::Argument(value) => self.expr(value),
            CommandElement::Parameter(parameter) => {
                let mut parts = vec![("ParameterName", text(&parameter.name))];
                parts
                    .extend(parameter.argument.iter().map(|value| ("Argument", Part::One(self.expr(value)))));
                self.node("CommandParameter", parameter.span, parts)
            }
        });
        let operator = match command.invocation {
            Invocation::Plain => "Unknown",
            Invocation::Call => "Ampersand",
            Invocation::Dot => "Dot",
        };
        let parts = vec![
            ("CommandElements", Part::Many(elements.collect())),
            ("InvocationOperator", text(operator)),
            ("Redirections", Part::Many(self.redirections(&command.redirections))),
        ];
        self.node("Command", command.span, parts)
    }
    fn stage(&self, stage: &CommandExpression) -> Arc<Node> {
        let parts = vec![
            ("Expression", Part::One(self.expr(&stage.expression))),
            ("Redirections", Part::Many(self.redirections(&stage.redirections))),
        ];
        self.node("CommandExpression", stage.span, parts)
    }
    fn redirections(&self, list: &[Redirection]) -> Vec<Arc<Node>> {
        let made = list.iter().map(|redirection| match &redirection.file {
            Some(file) => {
                let parts = vec![("Location", Part::One(self.expr(file)))];
                self.node("FileRedirection", redirection.span, parts)
            }
            None => self.node("MergingRedirection", redirection.span, Vec::new()),
        });
        made.collect()
    }

    fn variable(&self, path: &VariablePath, span: Span, splatted: bool) -> Arc<Node> {
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

    fn expr(&self, expr: &Expr) -> Arc<Node> {
        let one = |name: &'static str, expr: &Expr| (name, Part::One(self.expr(expr)));
        let (class, parts): (&'static str, Parts) = match &expr.kind {
            ExprKind::Number(number) => {
                ("ConstantExpression", vec![("Value", Part::Value(super::prepare::number_value(number)))])
            }
            ExprKind::True => ("ConstantExpression", vec![("Value", Part::Value(true.into()))]),
            ExprKind::Text(held, quote) => (
                "StringConstantExpression",
                vec![("Value", text(held)), ("StringConstantType", text(quote_word(*quote)))],
            ),
            ExprKind::Expandable(pieces, quote) => {
                let nested = pieces.iter().filter_map(|piece| match piece {
                    Piece::Expression(inner) => Some(self.expr(inner)),
                    Piece::Text(_) => None,
                });
                let whole = self.source.slice(expr.span);
                let held = match quote {
                    Quote::Double => {
                        whole.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(whole)
                    }
                    _ => whole,
                };
                (
                    "ExpandableStringExpression",
                    vec![
                        ("Value", text(held)),
                        ("StringConstantType", text(quote_word(*quote))),
                        ("NestedExpressions", Part::Many(nested.collect())),
                    ],
                )
            }
            ExprKind::Variable(path) => return self.variable(path, expr.span, false),
            ExprKind::Splat(path) => return self.variable(path, expr.span, true),
            ExprKind::Using(inner) => ("UsingExpression", vec![one("SubExpression", inner)]),
            ExprKind::Unary(operator, inner) => {
                ("UnaryExpression", vec![("TokenKind", text(&format!("{operator:?}"))), one("Child", inner)])
            }
            ExprKind::Postfix(operator, inner) => (
                "UnaryExpression",
                vec![("TokenKind", text(&format!("Postfix{operator:?}"))), one("Child", inner)],
            ),
            ExprKind::Binary(operator, pair, _) => (
                "BinaryExpression",
                vec![
                    one("Left", &pair.0),
                    ("Operator", text(&operator_word(&format!("{operator:?}")))),
                    one("Right", &pair.1),
                ],
            ),
            ExprKind::Ternary(parts) => (
                "TernaryExpression",
                vec![one("Condition", &parts.0), one("IfTrue", &parts.1), one("IfFalse", &parts.2)],
            ),
            ExprKind::Convert(pair) => (
                "ConvertExpression",
                vec![("Type", Part::One(self.constraint(&pair.0))), one("Child", &pair.1)],
            ),
            ExprKind::Attributed(pair) => (
                "AttributedExpression",
                vec![("Attribute", Part::One(self.attribute(&pair.0))), one("Child", &pair.1)],
            ),
            ExprKind::Type(name) => ("TypeExpression", vec![("TypeName", self.type_name(name))]),
            ExprKind::Index(index) => {
                ("IndexExpression", vec![one("Target", &index.target), one("Index", &index.index)])
            }
            ExprKind::Member(access) => (
                "MemberExpression",
                vec![
                    one("Expression", &access.target),
                    one("Member", &access.member),
                    ("Static", Part::Value(access.is_static.into())),
                ],
            ),
            ExprKind::Invoke(call) => (
                "InvokeMemberExpression",
                vec![
                    one("Expression", &call.target),
                    one("Member", &call.member),
                    ("Static", Part::Value(call.is_static.into())),
                    ("Arguments", Part::Many(call.arguments.iter().map(|one| self.expr(one)).collect())),
                ],
            ),
            ExprKind::BaseCall(items) => (
                "BaseCtorInvokeMemberExpression",
                vec![("Arguments", Part::Many(items.iter().map(|one| self.expr(one)).collect()))],
            ),
            ExprKind::List(items) => (
                "ArrayLiteral",
                vec![("Elements", Part::Many(items.iter().map(|one| self.expr(one)).collect()))],
            ),
            ExprKind::Array(block) => {
                ("ArrayExpression", vec![("SubExpression", Part::One(self.statements(block)))])
            }
            ExprKind::Sub(block) => {
                ("SubExpression", vec![("SubExpression", Part::One(self.statements(block)))])
            }
            ExprKind::Hashtable(pairs) => {
                let mut parts = Vec::new();
                for (key, value) in pairs {
                    parts.push(one("Key", key));
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
        };
        self.node(class, expr.span, parts)
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

fn assign_word(sign: &str) -> &'static str {
    match sign {
        "+=" => "PlusEquals",
        "-=" => "MinusEquals",
        "*=" => "MultiplyEquals",
        "/=" => "DivideEquals",
        "%=" => "RemainderEquals",
        "??=" => "QuestionQuestionEquals",
        _ => "Equals",
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
