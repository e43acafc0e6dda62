//! XPath 1.0: the paths and expressions with which `SelectNodes` looks for nodes.

use super::tree::{Attribute, Kind, Node};
use crate::exception::{Exception, Result};
use std::collections::{HashMap, HashSet};

/// Longer expressions are refused.
const PATH_CHARS_MAX: usize = 10_000;
/// How deep brackets may stand in one another: reading them needs as deep a stack.
const DEPTH_MAX: usize = 100;
/// How many steps one search may take before it is given up.
const STEPS_MAX: usize = 5_000_000;

/// What a path finds.
#[derive(Clone)]
pub enum Found {
    /// A node.
    Node(Node),
    /// An attribute.
    Attribute(Attribute),
}

impl Found {
    fn text(&self) -> String {
        match self {
            Found::Node(node) => node.inner_text(),
            Found::Attribute(attribute) => attribute.value(),
        }
    }
    fn name(&self) -> String {
        match self {
            Found::Node(node) if node.is_element() => node.name(),
            Found::Node(_) => String::new(),
            Found::Attribute(attribute) => attribute.name.clone(),
        }
    }
    /// What tells it from all others of its document: its node's number, and its name where it is an attribute.
    fn key(&self) -> (usize, Option<String>) {
        match self {
            Found::Node(node) => (node.at, None),
            Found::Attribute(attribute) => {
                (attribute.owner.as_ref().map_or(usize::MAX, |owner| owner.at), Some(attribute.name.clone()))
            }
        }
    }
}

/// What was found, each once, in the order in which it came.
#[derive(Default)]
struct Once {
    seen: HashSet<(usize, Option<String>)>,
    all: Vec<Found>,
}

impl Once {
    fn add(&mut self, one: Found) {
        if self.seen.insert(one.key()) {
            self.all.push(one);
        }
    }
}

/// Prefixes of an expression and the namespaces they stand for.
pub type Names = Vec<(String, String)>;

/// What a path finds from a node on, in the order of the document. `names` are the prefixes a script said.
pub fn select(from: &Node, path: &str, names: Option<&Names>) -> Result<Vec<Found>> {
    let tree = Parser::read(path)?;
    let mut search = Search { names, path, steps: 0 };
    match search.value(&tree, &Here { item: Found::Node(from.clone()), place: 1, count: 1 })? {
        Out::Nodes(found) => Ok(found),
        _ => Err(wrong("Expression must evaluate to a node-set.")),
    }
}

fn wrong(message: impl Into<String>) -> Exception {
    Exception::new("System.Xml.XPath.XPathException", message)
}

fn invalid(path: &str) -> Exception {
    wrong(format!("'{path}' has an invalid token."))
}

// --- reading ----------------------------------------------------------------------------------------

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Name(String),
    Number(f64),
    Text(String),
    Sign(&'static str),
}

const SIGNS: [&str; 24] = [
    "//", "::", "..", "<=", ">=", "!=", "/", "(", ")", "[", "]", "@", ",", "|", "+", "-", "=", "<", ">", "*",
    "$", ".", ":", "!",
];

fn tokens(path: &str) -> Result<Vec<Token>> {
    let (mut rest, mut found) = (path, Vec::new());
    loop {
        rest = rest.trim_start();
        let Some(c) = rest.chars().next() else { return Ok(found) };
        if c == '"' || c == '\'' {
            let end = rest[1..].find(c).ok_or_else(|| wrong("This is an unclosed string."))?;
            found.push(Token::Text(rest[1..=end].to_owned()));
            rest = &rest[end + 2..];
            continue;
        }
        let digits = rest.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        if c.is_ascii_digit() || (c == '.' && digits > 1 && rest.as_bytes()[1].is_ascii_digit()) {
            found.push(Token::Number(rest[..digits].parse().map_err(|_| invalid(path))?));
            rest = &rest[digits..];
            continue;
        }
        if c.is_alphabetic() || c == '_' {
            let length = name_length(rest);
            found.push(Token::Name(rest[..length].to_owned()));
            rest = &rest[length..];
            continue;
        }
        let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).ok_or_else(|| invalid(path))?;
        found.push(Token::Sign(sign));
        rest = &rest[sign.len()..];
    }
}

/// The length of a name with its prefix; an axis is a name by itself.
fn name_length(text: &str) -> usize {
    let plain = |text: &str| {
        text.char_indices()
            .find(|(_, c)| !(c.is_alphanumeric() || "_-.".contains(*c)))
            .map_or(text.len(), |(at, _)| at)
    };
    let first = plain(text);
    let rest = &text[first..];
    match rest.strip_prefix(':') {
        Some(local) if local.starts_with('*') => first + 2,
        Some(local) if local.starts_with(|c: char| c.is_alphabetic() || c == '_') => first + 1 + plain(local),
        _ => first,
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Axis {
    Child,
    Descendant,
    DescendantOrSelf,
    Parent,
    Ancestor,
    AncestorOrSelf,
    Itself,
    Attribute,
    Following,
    FollowingSibling,
    Preceding,
    PrecedingSibling,
}

impl Axis {
    fn named(name: &str) -> Option<Axis> {
        Some(match name {
            "child" => Axis::Child,
            "descendant" => Axis::Descendant,
            "descendant-or-self" => Axis::DescendantOrSelf,
            "parent" => Axis::Parent,
            "ancestor" => Axis::Ancestor,
            "ancestor-or-self" => Axis::AncestorOrSelf,
            "self" => Axis::Itself,
            "attribute" => Axis::Attribute,
            "following" => Axis::Following,
            "following-sibling" => Axis::FollowingSibling,
            "preceding" => Axis::Preceding,
            "preceding-sibling" => Axis::PrecedingSibling,
            _ => return None,
        })
    }
}

enum Test {
    Any,
    Name(String),
    Node,
    Text,
    Comment,
    Instruction,
}

struct Step {
    axis: Axis,
    test: Test,
    wanted: Vec<Expression>,
}

enum Expression {
    Path { root: bool, start: Option<Box<Expression>>, wanted: Vec<Expression>, steps: Vec<Step> },
    Text(String),
    Number(f64),
    Call(String, Vec<Expression>),
    Both(&'static str, Box<Expression>, Box<Expression>),
    Minus(Box<Expression>),
}

struct Parser<'p> {
    path: &'p str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

/// Operators, loosest first.
const LEVELS: [&[&str]; 7] =
    [&["or"], &["and"], &["=", "!="], &["<", "<=", ">", ">="], &["+", "-"], &["*", "div", "mod"], &["|"]];

impl Parser<'_> {
    fn read(path: &str) -> Result<Expression> {
        if path.len() > PATH_CHARS_MAX {
            return Err(wrong("The XPath expression is too long."));
        }
        let mut parser = Parser { path, tokens: tokens(path)?, at: 0, depth: 0 };
        let made = parser.level(0)?;
        if parser.at < parser.tokens.len() { Err(invalid(path)) } else { Ok(made) }
    }
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }
    fn is(&self, sign: &str) -> bool {
        matches!(self.peek(), Some(Token::Sign(found)) if *found == sign)
    }
    fn eat(&mut self, sign: &str) -> bool {
        let there = self.is(sign);
        self.at += usize::from(there);
        there
    }
    fn need(&mut self, sign: &str) -> Result<()> {
        if self.eat(sign) { Ok(()) } else { Err(invalid(self.path)) }
    }

    fn level(&mut self, level: usize) -> Result<Expression> {
        if level == 0 {
            self.depth += 1;
            if self.depth > DEPTH_MAX {
                return Err(wrong("The XPath expression is nested too deeply."));
            }
        }
        let made = self.binary(level);
        if level == 0 {
            self.depth -= 1;
        }
        made
    }

    fn binary(&mut self, level: usize) -> Result<Expression> {
        let Some(operators) = LEVELS.get(level) else { return self.path() };
        if level == 6 && self.eat("-") {
            return Ok(Expression::Minus(Box::new(self.binary(level)?)));
        }
        let mut left = self.level_below(level)?;
        while let Some(operator) = self.operator(operators) {
            let right = self.level_below(level)?;
            left = Expression::Both(operator, Box::new(left), Box::new(right));
        }
        Ok(left)
    }
    fn level_below(&mut self, level: usize) -> Result<Expression> {
        self.binary(level + 1)
    }
    fn operator(&mut self, among: &[&'static str]) -> Option<&'static str> {
        let found = match self.peek()? {
            Token::Sign(sign) => among.iter().find(|operator| *operator == sign),
            Token::Name(name) => among.iter().find(|operator| *operator == name),
            _ => None,
        };
        self.at += usize::from(found.is_some());
        found.copied()
    }

    fn path(&mut self) -> Result<Expression> {
        let mut steps = Vec::new();
        let (mut root, mut start, mut wanted) = (false, None, Vec::new());
        if self.is("//") {
            root = true;
        } else if self.eat("/") {
            root = true;
            if !self.begins_step() {
                return Ok(Expression::Path { root, start, wanted, steps });
            }
            steps.push(self.step()?);
        } else if let Some(primary) = self.primary()? {
            if !self.is("[") && !self.is("/") && !self.is("//") {
                return Ok(primary);
            }
            wanted = self.predicates()?;
            start = Some(Box::new(primary));
        } else {
            steps.push(self.step()?);
        }
        loop {
            if self.eat("//") {
                steps.push(Step { axis: Axis::DescendantOrSelf, test: Test::Node, wanted: Vec::new() });
            } else if !self.eat("/") {
                break;
            }
            steps.push(self.step()?);
        }
        Ok(Expression::Path { root, start, wanted, steps })
    }

    fn begins_step(&self) -> bool {
        matches!(self.peek(), Some(Token::Name(_) | Token::Sign("*" | "@" | "." | "..")))
    }

    /// A text, a number, a bracket or a call; `None`: a path begins here.
    fn primary(&mut self) -> Result<Option<Expression>> {
        let made = match self.peek() {
            Some(Token::Text(text)) => Expression::Text(text.clone()),
            Some(Token::Number(number)) => Expression::Number(*number),
            Some(Token::Sign("(")) => {
                self.at += 1;
                let inner = self.level(0)?;
                self.need(")")?;
                return Ok(Some(inner));
            }
            Some(Token::Sign("$")) => return Err(no_names()),
            Some(Token::Name(name)) if self.calls(name) => {
                let name = name.clone();
                self.at += 2;
                return Ok(Some(Expression::Call(name, self.arguments()?)));
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(made))
    }
    fn calls(&self, name: &str) -> bool {
        let kind = matches!(name, "node" | "text" | "comment" | "processing-instruction");
        !kind && self.tokens.get(self.at + 1) == Some(&Token::Sign("("))
    }
    fn arguments(&mut self) -> Result<Vec<Expression>> {
        let mut found = Vec::new();
        if self.eat(")") {
            return Ok(found);
        }
        loop {
            found.push(self.level(0)?);
            if !self.eat(",") {
                self.need(")")?;
                return Ok(found);
            }
        }
    }
    fn predicates(&mut self) -> Result<Vec<Expression>> {
        let mut found = Vec::new();
        while self.eat("[") {
            found.push(self.level(0)?);
            self.need("]")?;
        }
        Ok(found)
    }

    fn step(&mut self) -> Result<Step> {
        if self.eat("..") {
            return Ok(Step { axis: Axis::Parent, test: Test::Node, wanted: Vec::new() });
        }
        if self.eat(".") {
            return Ok(Step { axis: Axis::Itself, test: Test::Node, wanted: Vec::new() });
        }
        let axis = self.axis()?;
        let test = self.test()?;
        Ok(Step { axis, test, wanted: self.predicates()? })
    }
    fn axis(&mut self) -> Result<Axis> {
        if self.eat("@") {
            return Ok(Axis::Attribute);
        }
        if let (Some(Token::Name(name)), Some(Token::Sign("::"))) =
            (self.peek(), self.tokens.get(self.at + 1))
        {
            let axis = Axis::named(name).ok_or_else(|| invalid(self.path))?;
            self.at += 2;
            return Ok(axis);
        }
        Ok(Axis::Child)
    }
    fn test(&mut self) -> Result<Test> {
        if self.eat("*") {
            return Ok(Test::Any);
        }
        let Some(Token::Name(name)) = self.peek().cloned() else { return Err(invalid(self.path)) };
        self.at += 1;
        if !self.is("(") {
            return Ok(Test::Name(name));
        }
        self.at += 1;
        if let Some(Token::Text(_)) = self.peek() {
            self.at += 1;
        }
        self.need(")")?;
        Ok(match name.as_str() {
            "text" => Test::Text,
            "comment" => Test::Comment,
            "processing-instruction" => Test::Instruction,
            _ => Test::Node,
        })
    }
}

fn no_names() -> Exception {
    wrong(
        "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.",
    )
}

// --- finding ----------------------------------------------------------------------------------------

/// What an expression gives.
enum Out {
    Nodes(Vec<Found>),
    Text(String),
    Number(f64),
    Bool(bool),
}

impl Out {
    fn text(&self) -> String {
        match self {
            Out::Nodes(found) => found.first().map_or_else(String::new, Found::text),
            Out::Text(text) => text.clone(),
            Out::Number(number) if number.is_infinite() => {
                if *number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned()
            }
            Out::Number(number) => number.to_string(),
            Out::Bool(value) => value.to_string(),
        }
    }
    fn number(&self) -> f64 {
        match self {
            Out::Number(number) => *number,
            Out::Bool(value) => f64::from(u8::from(*value)),
            other => other.text().trim().parse().unwrap_or(f64::NAN),
        }
    }
    fn truth(&self) -> bool {
        match self {
            Out::Nodes(found) => !found.is_empty(),
            Out::Text(text) => !text.is_empty(),
            Out::Number(number) => *number != 0.0 && !number.is_nan(),
            Out::Bool(value) => *value,
        }
    }
}

/// What is being looked at, and where it stands among its like.
struct Here {
    item: Found,
    place: usize,
    count: usize,
}

struct Search<'s> {
    names: Option<&'s Names>,
    path: &'s str,
    steps: usize,
}

impl Search<'_> {
    fn value(&mut self, expression: &Expression, here: &Here) -> Result<Out> {
        Ok(match expression {
            Expression::Text(text) => Out::Text(text.clone()),
            Expression::Number(number) => Out::Number(*number),
            Expression::Minus(inner) => Out::Number(-self.value(inner, here)?.number()),
            Expression::Both(operator, a, b) => self.both(operator, a, b, here)?,
            Expression::Call(name, arguments) => self.call(name, arguments, here)?,
            Expression::Path { root, start, wanted, steps } => {
                let mut found = match start {
                    Some(start) => match self.value(start, here)? {
                        Out::Nodes(found) => self.kept(found, wanted)?,
                        other if steps.is_empty() && wanted.is_empty() => return Ok(other),
                        _ => return Err(wrong("Expression must evaluate to a node-set.")),
                    },
                    None if *root => vec![Found::Node(root_of(&here.item))],
                    None => vec![here.item.clone()],
                };
                for step in steps {
                    found = self.step(&found, step)?;
                }
                Out::Nodes(found)
            }
        })
    }

    fn step(&mut self, from: &[Found], step: &Step) -> Result<Vec<Found>> {
        let mut all = Once::default();
        for item in from {
            let mut fitting = Vec::new();
            for one in along(item, step.axis) {
                self.steps += 1;
                if self.steps > STEPS_MAX {
                    return Err(wrong("The XPath expression takes too many steps."));
                }
                if self.fits(&one, step)? {
                    fitting.push(one);
                }
            }
            let kept = self.kept(fitting, &step.wanted)?;
            if from.len() == 1 {
                return Ok(ordered(kept, step.axis));
            }
            kept.into_iter().for_each(|one| all.add(one));
        }
        Ok(all.all)
    }

    /// What both sides of a union found, in the order of the document.
    fn as_written(&mut self, mut found: Vec<Found>) -> Result<Vec<Found>> {
        let Some(root) = found.first().filter(|_| found.len() > 1).map(root_of) else { return Ok(found) };
        let all = root.below();
        self.steps += all.len();
        if self.steps > STEPS_MAX {
            return Err(wrong("The XPath expression takes too many steps."));
        }
        let places: HashMap<usize, usize> =
            all.iter().enumerate().map(|(place, node)| (node.at, place)).collect();
        found.sort_by_cached_key(|one| {
            let (node, attribute) = one.key();
            (places.get(&node).copied(), attribute.is_some())
        });
        Ok(found)
    }

    fn kept(&mut self, found: Vec<Found>, wanted: &[Expression]) -> Result<Vec<Found>> {
        let mut found = found;
        for expression in wanted {
            let count = found.len();
            let mut kept = Vec::new();
            for (at, item) in found.into_iter().enumerate() {
                let here = Here { item, place: at + 1, count };
                let fits = match self.value(expression, &here)? {
                    Out::Number(number) => number == here.place as f64,
                    other => other.truth(),
                };
                if fits {
                    kept.push(here.item);
                }
            }
            found = kept;
        }
        Ok(found)
    }

    fn fits(&self, item: &Found, step: &Step) -> Result<bool> {
        let kind = match item {
            Found::Node(node) => Some(node.kind()),
            Found::Attribute(_) => None,
        };
        Ok(match &step.test {
            Test::Node => true,
            Test::Text => matches!(kind, Some(Kind::Text | Kind::CData | Kind::Whitespace)),
            Test::Comment => kind == Some(Kind::Comment),
            Test::Instruction => kind == Some(Kind::Instruction),
            Test::Any => matches!(kind, None | Some(Kind::Element { .. })),
            Test::Name(name) => match item {
                Found::Node(node) => node.is_element() && self.is_named(node, name)?,
                Found::Attribute(attribute) => attribute.name == *name,
            },
        })
    }

    /// A name without a prefix means one without a namespace.
    fn is_named(&self, node: &Node, name: &str) -> Result<bool> {
        let Some((prefix, local)) = name.split_once(':') else {
            return Ok(node.local_name() == name && node.namespace().is_empty());
        };
        let names = self.names.ok_or_else(no_names)?;
        let known = names.iter().rev().find(|(known, _)| known == prefix);
        let (_, namespace) =
            known.ok_or_else(|| wrong(format!("Namespace prefix '{prefix}' is not defined.")))?;
        Ok((local == "*" || node.local_name() == local) && node.namespace() == *namespace)
    }

    fn both(&mut self, operator: &str, a: &Expression, b: &Expression, here: &Here) -> Result<Out> {
        let left = self.value(a, here)?;
        if operator == "or" || operator == "and" {
            let decided = left.truth() == (operator == "or");
            return Ok(Out::Bool(if decided { left.truth() } else { self.value(b, here)?.truth() }));
        }
        let right = self.value(b, here)?;
        Ok(match operator {
            "|" => match (left, right) {
                (Out::Nodes(first), Out::Nodes(more)) => {
                    let mut all = Once::default();
                    first.into_iter().chain(more).for_each(|one| all.add(one));
                    Out::Nodes(self.as_written(all.all)?)
                }
                _ => return Err(wrong("Expression must evaluate to a node-set.")),
            },
            "+" => Out::Number(left.number() + right.number()),
            "-" => Out::Number(left.number() - right.number()),
            "*" => Out::Number(left.number() * right.number()),
            "div" => Out::Number(left.number() / right.number()),
            "mod" => Out::Number(left.number() % right.number()),
            _ => Out::Bool(compared(operator, &left, &right)),
        })
    }

    fn call(&mut self, name: &str, arguments: &[Expression], here: &Here) -> Result<Out> {
        let mut given = Vec::new();
        for argument in arguments {
            given.push(self.value(argument, here)?);
        }
        let text = |at: usize| given.get(at).map_or_else(|| here.item.text(), Out::text);
        let number =
            |at: usize| given.get(at).map_or_else(|| Out::Text(here.item.text()).number(), Out::number);
        let named = || match given.first() {
            Some(Out::Nodes(found)) => found.first().map_or_else(String::new, Found::name),
            _ => here.item.name(),
        };
        Ok(match (name, given.len()) {
            ("position", 0) => Out::Number(here.place as f64),
            ("last", 0) => Out::Number(here.count as f64),
            ("true", 0) => Out::Bool(true),
            ("false", 0) => Out::Bool(false),
            ("count", 1) => match &given[0] {
                Out::Nodes(found) => Out::Number(found.len() as f64),
                _ => return Err(invalid(self.path)),
            },
            ("sum", 1) => match &given[0] {
                Out::Nodes(found) => {
                    Out::Number(found.iter().map(|one| Out::Text(one.text()).number()).sum())
                }
                _ => return Err(invalid(self.path)),
            },
            ("name", 0 | 1) => Out::Text(named()),
            ("local-name", 0 | 1) => Out::Text(named().rsplit(':').next().unwrap_or_default().to_owned()),
            ("namespace-uri", 0 | 1) => Out::Text(match given.first() {
                Some(Out::Nodes(found)) => found.first().map_or_else(String::new, namespace_of),
                _ => namespace_of(&here.item),
            }),
            ("string", 0 | 1) => Out::Text(text(0)),
            ("number", 0 | 1) => Out::Number(number(0)),
            ("boolean", 1) => Out::Bool(given[0].truth()),
            ("not", 1) => Out::Bool(!given[0].truth()),
            ("concat", 2..) => Out::Text((0..given.len()).map(text).collect()),
            ("contains", 2) => Out::Bool(text(0).contains(&text(1))),
            ("starts-with", 2) => Out::Bool(text(0).starts_with(&text(1))),
            ("string-length", 0 | 1) => Out::Number(text(0).chars().count() as f64),
            ("normalize-space", 0 | 1) => Out::Text(text(0).split_whitespace().collect::<Vec<_>>().join(" ")),
            ("substring", 2 | 3) => {
                Out::Text(substring(&text(0), number(1), (given.len() == 3).then(|| number(2))))
            }
            ("substring-before", 2) => {
                Out::Text(text(0).split_once(&text(1)).map_or_else(String::new, |(a, _)| a.to_owned()))
            }
            ("substring-after", 2) => {
                Out::Text(text(0).split_once(&text(1)).map_or_else(String::new, |(_, b)| b.to_owned()))
            }
            ("translate", 3) => Out::Text(translated(&text(0), &text(1), &text(2))),
            ("floor", 1) => Out::Number(number(0).floor()),
            ("ceiling", 1) => Out::Number(number(0).ceil()),
            ("round", 1) => Out::Number((number(0) + 0.5).floor()),
            _ if name.contains(':') => return Err(no_names()),
            _ => return Err(invalid(self.path)),
        })
    }
}

fn namespace_of(item: &Found) -> String {
    match item {
        Found::Node(node) => node.namespace(),
        Found::Attribute(_) => String::new(),
    }
}

fn root_of(item: &Found) -> Node {
    match item {
        Found::Node(node) => node.document.root(),
        Found::Attribute(attribute) => match &attribute.owner {
            Some(owner) => owner.document.root(),
            None => super::tree::Document::new(false).root(),
        },
    }
}

/// A comparison: of several nodes it is enough that one fits.
fn compared(operator: &str, left: &Out, right: &Out) -> bool {
    let order = |a: f64, b: f64| match operator {
        "<" => a < b,
        "<=" => a <= b,
        ">" => a > b,
        _ => a >= b,
    };
    let equality = operator == "=" || operator == "!=";
    let one = |a: &Out, b: &Out| {
        if !equality {
            return order(a.number(), b.number());
        }
        let same = match (a, b) {
            (Out::Bool(_), _) | (_, Out::Bool(_)) => a.truth() == b.truth(),
            (Out::Number(_), _) | (_, Out::Number(_)) => a.number() == b.number(),
            _ => a.text() == b.text(),
        };
        same == (operator == "=")
    };
    if equality && (matches!(left, Out::Bool(_)) || matches!(right, Out::Bool(_))) {
        return one(left, right);
    }
    let each = |out: &Out| -> Option<Vec<Out>> {
        match out {
            Out::Nodes(found) => Some(found.iter().map(|item| Out::Text(item.text())).collect()),
            _ => None,
        }
    };
    match (each(left), each(right)) {
        (None, None) => one(left, right),
        (Some(lefts), None) => lefts.iter().any(|left| one(left, right)),
        (None, Some(rights)) => rights.iter().any(|right| one(left, right)),
        (Some(lefts), Some(rights)) => lefts.iter().any(|left| rights.iter().any(|right| one(left, right))),
    }
}

/// The characters whose place rounds to one from `from` on. [XPath 1.0 4.2]
fn substring(text: &str, from: f64, length: Option<f64>) -> String {
    let from = (from + 0.5).floor();
    let end = length.map_or(f64::INFINITY, |length| from + (length + 0.5).floor());
    let inside = |place: usize| {
        let place = place as f64 + 1.0;
        place >= from && place < end
    };
    text.chars().enumerate().filter(|(at, _)| inside(*at)).map(|(_, c)| c).collect()
}

fn translated(text: &str, from: &str, to: &str) -> String {
    let to: Vec<char> = to.chars().collect();
    let one = |c: char| match from.chars().position(|known| known == c) {
        Some(at) => to.get(at).copied(),
        None => Some(c),
    };
    text.chars().filter_map(one).collect()
}

/// What lies along an axis, nearest first.
fn along(item: &Found, axis: Axis) -> Vec<Found> {
    let node = match item {
        Found::Node(node) => node,
        Found::Attribute(attribute) => {
            let owner = attribute.owner.clone();
            return match axis {
                Axis::Itself => vec![item.clone()],
                Axis::Parent => owner.into_iter().map(Found::Node).collect(),
                Axis::Ancestor | Axis::AncestorOrSelf => {
                    owner.map(|owner| along(&Found::Node(owner), Axis::AncestorOrSelf)).unwrap_or_default()
                }
                _ => Vec::new(),
            };
        }
    };
    let wrap = |nodes: Vec<Node>| -> Vec<Found> { nodes.into_iter().map(Found::Node).collect() };
    match axis {
        Axis::Child => wrap(node.children()),
        Axis::Descendant => wrap(node.below()),
        Axis::DescendantOrSelf => wrap(std::iter::once(node.clone()).chain(node.below()).collect()),
        Axis::Parent => wrap(node.parent().into_iter().collect()),
        Axis::Ancestor => wrap(ancestors(node)),
        Axis::AncestorOrSelf => wrap(std::iter::once(node.clone()).chain(ancestors(node)).collect()),
        Axis::Itself => vec![item.clone()],
        Axis::Attribute => {
            let names = node
                .attribute_names()
                .into_iter()
                .filter(|name| name != "xmlns" && !name.starts_with("xmlns:"));
            names.map(|name| Found::Attribute(Attribute::of(node, &name))).collect()
        }
        Axis::FollowingSibling => wrap(siblings(node, true)),
        Axis::PrecedingSibling => wrap(siblings(node, false)),
        Axis::Following => wrap(around(node, true)),
        Axis::Preceding => wrap(around(node, false)),
    }
}

fn ancestors(node: &Node) -> Vec<Node> {
    std::iter::successors(node.parent(), Node::parent).collect()
}

fn siblings(node: &Node, behind: bool) -> Vec<Node> {
    let (Some(parent), Some(place)) = (node.parent(), node.place()) else { return Vec::new() };
    let all = parent.children();
    if behind { all[place + 1..].to_vec() } else { all[..place].iter().rev().cloned().collect() }
}

/// Everything behind or before a node that neither holds it nor stands in it.
fn around(node: &Node, behind: bool) -> Vec<Node> {
    let mut found = Vec::new();
    for one in std::iter::once(node.clone()).chain(ancestors(node)) {
        for sibling in siblings(&one, behind) {
            let mut inside: Vec<Node> = std::iter::once(sibling.clone()).chain(sibling.below()).collect();
            if !behind {
                inside.reverse();
            }
            found.extend(inside);
        }
    }
    found
}

/// In the order of the document: axes that look back found them the other way round.
fn ordered(found: Vec<Found>, axis: Axis) -> Vec<Found> {
    let back =
        matches!(axis, Axis::Ancestor | Axis::AncestorOrSelf | Axis::Preceding | Axis::PrecedingSibling);
    if back { found.into_iter().rev().collect() } else { found }
}
