//! The syntax tree, node for node PowerShell's: a struct or variant here is the class of that name
//! there (with `Ast` behind it), so that node counts can be compared.

use super::source::{Source, Span};
use super::token::{Assign, Number, Operator, Redirect, VariablePath};
use std::sync::{Arc, OnceLock};

/// A script, the body of a function, or `{ … }` used as a value.
pub struct ScriptBlock {
    /// Where it stands, braces included.
    pub span: Span,
    /// The text it stands in.
    pub source: Arc<Source>,
    /// `using …` lines.
    pub using: Vec<Using>,
    /// `param( … )` and what stands before it.
    pub params: Option<ParamBlock>,
    /// `begin`, `process`, `end`, `clean` and `dynamicparam`, or the one unnamed block.
    pub blocks: Vec<NamedBlock>,
    /// The body of a filter runs as a process block.
    pub is_filter: bool,
    /// Made ready to run by the evaluator, at the first run.
    pub(crate) prepared: OnceLock<Arc<dyn std::any::Any + Send + Sync>>,
}

impl ScriptBlock {
    /// The block of `kind`.
    pub fn block(&self, kind: BlockKind) -> Option<&NamedBlock> {
        self.blocks.iter().find(|block| block.kind == kind)
    }
    /// The text between the braces, or the whole script.
    pub fn inner_text(&self) -> &str {
        let text = self.source.slice(self.span);
        text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(text)
    }
}

/// Which part of a script block a block is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// `dynamicparam`
    DynamicParam,
    /// `begin`
    Begin,
    /// `process`
    Process,
    /// `end`, or the unnamed one.
    End,
    /// `clean`
    Clean,
}

/// A named (or the one unnamed) block of a script block.
pub struct NamedBlock {
    /// Which.
    pub kind: BlockKind,
    /// Whether it was written without a name.
    pub unnamed: bool,
    /// Its statements.
    pub body: StatementBlock,
}

/// `{ statements }`.
#[derive(Default)]
pub struct StatementBlock {
    /// Where.
    pub span: Span,
    /// The statements.
    pub statements: Vec<Statement>,
    /// The traps, which hold for the whole block wherever they stand in it.
    pub traps: Vec<Trap>,
}

/// `trap [Type] { … }`.
pub struct Trap {
    /// Where.
    pub span: Span,
    /// The exceptions it takes; `None` is all.
    pub kind: Option<TypeConstraint>,
    /// What it does.
    pub body: StatementBlock,
}

/// `using namespace System.IO`.
pub struct Using {
    /// Where.
    pub span: Span,
    /// `assembly`, `module` or `namespace`.
    pub what: Box<str>,
    /// The name.
    pub name: Expr,
}

/// `param( … )`.
pub struct ParamBlock {
    /// Where.
    pub span: Span,
    /// `[CmdletBinding()]`, `[Alias()]`, …
    pub attributes: Vec<Attribute>,
    /// The parameters.
    pub parameters: Vec<Parameter>,
}

/// A declared parameter.
pub struct Parameter {
    /// Where, attributes included.
    pub span: Span,
    /// Attributes and types, in order.
    pub attributes: Vec<AttributeBase>,
    /// Its variable.
    pub name: VariablePath,
    /// Where the variable stands.
    pub name_span: Span,
    /// Its default.
    pub default: Option<Expr>,
}

/// `[Type]` or `[Attribute( … )]` in front of something.
pub enum AttributeBase {
    /// An attribute with arguments.
    Attribute(Attribute),
    /// A type.
    Type(TypeConstraint),
}

impl AttributeBase {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            AttributeBase::Attribute(attribute) => attribute.span,
            AttributeBase::Type(constraint) => constraint.span,
        }
    }
}

/// `[Parameter(Mandatory, Position = 0)]`.
pub struct Attribute {
    /// Where, brackets included.
    pub span: Span,
    /// Its type.
    pub name: TypeName,
    /// Arguments without a name.
    pub positional: Vec<Expr>,
    /// Arguments with one.
    pub named: Vec<NamedArgument>,
}

/// `Position = 0` in an attribute.
pub struct NamedArgument {
    /// Where.
    pub span: Span,
    /// The name.
    pub name: Box<str>,
    /// The value; `$true` when it was left out.
    pub value: Expr,
    /// Whether it was left out.
    pub omitted: bool,
}

/// `[Type]`.
pub struct TypeConstraint {
    /// Where, brackets included.
    pub span: Span,
    /// The type.
    pub name: TypeName,
}

/// The name of a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeName {
    /// Where.
    pub span: Span,
    /// The name without arguments and array marks.
    pub name: Box<str>,
    /// The assembly, behind a comma.
    pub assembly: Option<Box<str>>,
    /// Type arguments.
    pub arguments: Vec<TypeName>,
    /// The dimensions of each array mark: `[int[][,]]` has 1 and 2.
    pub ranks: Vec<u8>,
}

impl TypeName {
    /// The full name as PowerShell writes it.
    pub fn full(&self) -> String {
        let mut text = self.name.to_string();
        if !self.arguments.is_empty() {
            let arguments: Vec<String> = self.arguments.iter().map(TypeName::full).collect();
            text.push_str(&format!("[{}]", arguments.join(",")));
        }
        for rank in &self.ranks {
            text.push_str(&format!("[{}]", ",".repeat(usize::from(*rank) - 1)));
        }
        text
    }
}

/// A statement.
pub struct Statement {
    /// Where.
    pub span: Span,
    /// Which.
    pub kind: StatementKind,
}

/// The kinds of statement.
pub enum StatementKind {
    /// Commands and expressions joined by `|`.
    Pipeline(Pipeline),
    /// Pipelines joined by `&&` and `||`.
    Chain(Box<Chain>),
    /// `left = right`.
    Assignment(Box<Assignment>),
    /// An expression as the right side of an assignment.
    Expression(Box<CommandExpression>),
    /// `if … elseif … else`.
    If(Box<If>),
    /// `switch`.
    Switch(Box<Switch>),
    /// `foreach`.
    ForEach(Box<ForEach>),
    /// `for`.
    For(Box<For>),
    /// `while`.
    While(Box<Loop>),
    /// `do … while`.
    DoWhile(Box<Loop>),
    /// `do … until`.
    DoUntil(Box<Loop>),
    /// `break`.
    Break(Option<Box<Expr>>),
    /// `continue`.
    Continue(Option<Box<Expr>>),
    /// `return`.
    Return(Option<Box<Statement>>),
    /// `throw`.
    Throw(Option<Box<Statement>>),
    /// `exit`.
    Exit(Option<Box<Statement>>),
    /// `try`.
    Try(Box<Try>),
    /// `function`, `filter`.
    Function(Arc<Function>),
    /// `class`, `enum`.
    Type(Arc<TypeDefinition>),
    /// `data`.
    Data(Box<Data>),
    /// `parallel`, `sequence`: parsed, never run.
    Block(StatementBlock),
}

/// Commands joined by `|`.
pub struct Pipeline {
    /// The stages.
    pub elements: Vec<Element>,
    /// Ended by `&`.
    pub background: bool,
}

/// A stage of a pipeline.
pub enum Element {
    /// An expression.
    Expression(CommandExpression),
    /// A command with arguments.
    Command(Command),
}

/// An expression as a stage.
pub struct CommandExpression {
    /// Where.
    pub span: Span,
    /// The expression.
    pub expression: Expr,
    /// Its redirections.
    pub redirections: Vec<Redirection>,
}

/// How a command is invoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// By its name alone.
    Plain,
    /// `& name`.
    Call,
    /// `. name`.
    Dot,
}

/// A command.
pub struct Command {
    /// Where.
    pub span: Span,
    /// With `&`, `.`, or plainly.
    pub invocation: Invocation,
    /// Name and arguments.
    pub elements: Vec<CommandElement>,
    /// Redirections.
    pub redirections: Vec<Redirection>,
}

/// The name, an argument or a parameter of a command.
pub enum CommandElement {
    /// An argument (or the name).
    Argument(Expr),
    /// `-Name`, `-Name:value`.
    Parameter(CommandParameter),
}

/// `-Name` in a command.
pub struct CommandParameter {
    /// Where.
    pub span: Span,
    /// The name.
    pub name: Box<str>,
    /// The value behind its colon.
    pub argument: Option<Expr>,
}

/// A redirection.
pub struct Redirection {
    /// Where.
    pub span: Span,
    /// Which streams.
    pub kind: Redirect,
    /// The file.
    pub file: Option<Expr>,
}

/// `a && b`.
pub struct Chain {
    /// The left side: a pipeline or a chain.
    pub left: Statement,
    /// Whether it is `&&`.
    pub and: bool,
    /// The right side.
    pub right: Statement,
    /// Ended by `&`.
    pub background: bool,
}

/// `left operator right`.
pub struct Assignment {
    /// What is assigned to.
    pub left: Expr,
    /// The operator.
    pub operator: Assign,
    /// The value.
    pub right: Statement,
    /// Where the operator stands.
    pub operator_span: Span,
}

/// `if`.
pub struct If {
    /// Conditions and what they guard.
    pub clauses: Vec<(Statement, StatementBlock)>,
    /// `else`.
    pub otherwise: Option<StatementBlock>,
}

/// How `switch` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchKind {
    /// For equality.
    Exact,
    /// By wildcard.
    Wildcard,
    /// By regular expression.
    Regex,
}

/// `switch`.
pub struct Switch {
    /// `:name` before it.
    pub label: Option<Box<str>>,
    /// How it compares.
    pub kind: SwitchKind,
    /// Whether case counts.
    pub case_sensitive: bool,
    /// Whether the condition names a file whose lines are switched on.
    pub file: bool,
    /// What is switched on.
    pub condition: Statement,
    /// The clauses.
    pub clauses: Vec<(Expr, StatementBlock)>,
    /// `default`.
    pub default: Option<StatementBlock>,
}

/// `foreach`.
pub struct ForEach {
    /// `:name` before it.
    pub label: Option<Box<str>>,
    /// The loop variable.
    pub variable: Expr,
    /// What is walked.
    pub condition: Statement,
    /// The body.
    pub body: StatementBlock,
    /// `-ThrottleLimit`.
    pub throttle: Option<Expr>,
}

/// `for`.
pub struct For {
    /// `:name` before it.
    pub label: Option<Box<str>>,
    /// First.
    pub initializer: Option<Statement>,
    /// Before each turn.
    pub condition: Option<Statement>,
    /// After each turn.
    pub iterator: Option<Statement>,
    /// The body.
    pub body: StatementBlock,
}

/// `while` and `do`.
pub struct Loop {
    /// `:name` before it.
    pub label: Option<Box<str>>,
    /// The condition.
    pub condition: Statement,
    /// The body.
    pub body: StatementBlock,
}

/// `try`.
pub struct Try {
    /// The body.
    pub body: StatementBlock,
    /// The catch clauses.
    pub catches: Vec<Catch>,
    /// `finally`.
    pub finally: Option<StatementBlock>,
}

/// `catch [A], [B] { … }`.
pub struct Catch {
    /// Where.
    pub span: Span,
    /// The exceptions it takes; none is all.
    pub types: Vec<TypeConstraint>,
    /// What it does.
    pub body: StatementBlock,
}

/// `function name { … }`.
pub struct Function {
    /// Where.
    pub span: Span,
    /// The name, with its scope when one was written.
    pub name: Box<str>,
    /// `filter`.
    pub is_filter: bool,
    /// A method or constructor of a class.
    pub is_method: bool,
    /// Parameters in parentheses behind the name.
    pub parameters: Option<Vec<Parameter>>,
    /// The body.
    pub body: Arc<ScriptBlock>,
}

/// `class` or `enum`.
pub struct TypeDefinition {
    /// Where.
    pub span: Span,
    /// The name.
    pub name: Box<str>,
    /// Whether it is an enum.
    pub is_enum: bool,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// Base class and interfaces, or the underlying type of an enum.
    pub bases: Vec<TypeConstraint>,
    /// Members.
    pub members: Vec<Member>,
}

/// A member of a class or enum.
pub struct Member {
    /// Where.
    pub span: Span,
    /// The name.
    pub name: Box<str>,
    /// Where the name stands.
    pub name_span: Span,
    /// `static`.
    pub is_static: bool,
    /// `hidden`.
    pub is_hidden: bool,
    /// Attributes.
    pub attributes: Vec<Attribute>,
    /// The type of a property, or what a method returns.
    pub kind: Option<TypeConstraint>,
    /// What it is.
    pub body: MemberBody,
}

/// What a member is.
pub enum MemberBody {
    /// A property with its initial value, or a value of an enum.
    Property(Option<Expr>),
    /// A method or a constructor.
    Method(Arc<Function>),
}

/// `data name { … }`.
pub struct Data {
    /// The variable.
    pub variable: Option<Box<str>>,
    /// `-SupportedCommand`.
    pub commands: Vec<Expr>,
    /// The body.
    pub body: StatementBlock,
}

/// An expression.
pub struct Expr {
    /// Where.
    pub span: Span,
    /// Which.
    pub kind: ExprKind,
}

/// How a string was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quote {
    /// `'…'`
    Single,
    /// `"…"`
    Double,
    /// `@'…'@` or `@"…"@`
    Here,
    /// A word.
    Bare,
}

/// The kinds of expression.
pub enum ExprKind {
    /// A number.
    Number(Number),
    /// `$true` where an attribute leaves it out.
    True,
    /// A string without variables.
    Text(Box<str>, Quote),
    /// A string with variables.
    Expandable(Vec<Piece>, Quote),
    /// `$name`.
    Variable(VariablePath),
    /// `@name`.
    Splat(VariablePath),
    /// `$using:name`: the variable within.
    Using(Box<Expr>),
    /// `-not x`, `-x`, `++x`.
    Unary(Operator, Box<Expr>),
    /// `x++`, `x--`.
    Postfix(Operator, Box<Expr>),
    /// `a operator b`, and where the operator stands.
    Binary(Operator, Box<(Expr, Expr)>, Span),
    /// `a ? b : c`.
    Ternary(Box<(Expr, Expr, Expr)>),
    /// `[type] x`.
    Convert(Box<(TypeConstraint, Expr)>),
    /// `[attribute()] x`.
    Attributed(Box<(Attribute, Expr)>),
    /// `[type]`.
    Type(TypeName),
    /// `a[b]`.
    Index(Box<Index>),
    /// `a.b`, `[a]::b`.
    Member(Box<MemberAccess>),
    /// `a.b()`, `[a]::b()`.
    Invoke(Box<MemberInvoke>),
    /// `base( … )` before a constructor's body.
    BaseCall(Vec<Expr>),
    /// `@( … )`.
    Array(Box<StatementBlock>),
    /// `a, b`.
    List(Vec<Expr>),
    /// `@{ … }`.
    Hashtable(Vec<(Expr, Statement)>),
    /// `( … )`.
    Paren(Box<Statement>),
    /// `$( … )`.
    Sub(Box<StatementBlock>),
    /// `{ … }`.
    Block(Arc<ScriptBlock>),
}

/// A piece of a string with variables.
pub enum Piece {
    /// Text.
    Text(Box<str>),
    /// A variable or subexpression.
    Expression(Expr),
}

/// `target[index]`.
pub struct Index {
    /// What is indexed.
    pub target: Expr,
    /// The index.
    pub index: Expr,
    /// `?[`.
    pub conditional: bool,
}

/// `target.member`.
pub struct MemberAccess {
    /// Whose member.
    pub target: Expr,
    /// Its name.
    pub member: Expr,
    /// `::`.
    pub is_static: bool,
    /// `?.`.
    pub conditional: bool,
}

/// `target.member(arguments)`.
pub struct MemberInvoke {
    /// Whose member.
    pub target: Expr,
    /// Its name.
    pub member: Expr,
    /// `::`.
    pub is_static: bool,
    /// `?.`.
    pub conditional: bool,
    /// Type arguments.
    pub types: Vec<TypeName>,
    /// Arguments.
    pub arguments: Vec<Expr>,
}
