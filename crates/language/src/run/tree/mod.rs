//! A script's syntax tree as values: `{ … }.Ast`, `[Parser]::ParseInput`, with `FindAll`, `Extent`, `Parent` and the
//! parts that PowerShell's classes name.
//!
//! A node is made when a script asks for the tree; it holds its parts by the names of PowerShell's properties.

mod declaration;
mod expression;
mod statement;

use super::halt::Run;
use super::scope::Block;
use super::session::Session;
use crate::syntax::ast::*;
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

/// The parts of a node that is made, by the names of PowerShell's properties.
type Parts = Vec<(&'static str, Part)>;

/// The class of a node and its parts.
type Made = (&'static str, Parts);

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
}
