//! The prepared form: what the evaluator runs. Variables are numbered slots of the block's scope,
//! constants are values, operators are chosen.

use super::names::Names;
use crate::syntax::Source;
use crate::syntax::Span;
use crate::syntax::ast::{Function, Invocation, ScriptBlock, SwitchKind, TypeDefinition};
use crate::syntax::token::{Operator, Redirect};
use dotnet::Type;
use gate::Signature;
use object::Value;
use object::value::Text;
use std::sync::{Arc, OnceLock};

/// A script block made ready to run.
pub(super) struct Prepared {
    pub(super) source: Arc<Source>,
    /// The whole block, braces included.
    pub(super) span: Span,
    pub(super) names: Arc<Names>,
    pub(super) params: Vec<Param>,
    /// `[CmdletBinding()]` or a `[Parameter()]`: an advanced function.
    pub(super) advanced: bool,
    pub(super) binding: Binding,
    pub(super) dynamic: Option<Seq>,
    pub(super) begin: Option<Seq>,
    pub(super) process: Option<Seq>,
    pub(super) end: Option<Seq>,
    pub(super) clean: Option<Seq>,
    pub(super) signature: OnceLock<Arc<Signature>>,
    /// Which of the variables that cost something to make the text speaks of at all.
    pub(super) speaks_of: SpeaksOf,
    /// The body of a method: `return` gives its value, nothing else is output.
    pub(super) is_method: bool,
    /// Types that it declares; made before it runs.
    pub(super) types: Vec<Arc<TypeCode>>,
    /// `using namespace …`
    pub(super) namespaces: Vec<Text>,
}

impl Prepared {
    /// Whether there is nothing to bind or to make before it runs.
    pub(super) fn is_bare(&self) -> bool {
        let speaks = self.speaks_of;
        let speaks = speaks.bound || speaks.invocation || speaks.cmdlet || speaks.input;
        let declares = !self.types.is_empty() || !self.namespaces.is_empty();
        self.params.is_empty() && !self.advanced && self.dynamic.is_none() && !speaks && !declares
    }
}

/// Automatic variables that a block's text names, blocks within it included.
#[derive(Clone, Copy, Default)]
pub(super) struct SpeaksOf {
    pub(super) bound: bool,
    pub(super) invocation: bool,
    pub(super) cmdlet: bool,
    pub(super) input: bool,
}

/// What `[CmdletBinding()]` says.
#[derive(Default)]
pub(super) struct Binding {
    pub(super) default_set: Option<Text>,
    pub(super) should_process: bool,
    pub(super) high_impact: bool,
    pub(super) no_positions: bool,
}

/// A parameter of a block.
pub(super) struct Param {
    pub(super) name: Text,
    pub(super) slot: u32,
    pub(super) kind: Option<TypeRef>,
    pub(super) is_switch: bool,
    pub(super) default: Option<Code>,
    pub(super) rules: Arc<Vec<Rule>>,
    pub(super) aliases: Vec<Text>,
    pub(super) uses: Vec<ParamUse>,
    pub(super) help: Option<Text>,
}

/// One `[Parameter( … )]`.
#[derive(Clone, Default)]
pub(super) struct ParamUse {
    pub(super) set: Option<Text>,
    pub(super) mandatory: bool,
    pub(super) position: Option<i32>,
    pub(super) by_value: bool,
    pub(super) by_name: bool,
    pub(super) remaining: bool,
}

/// What a parameter's or variable's value must satisfy.
pub(super) enum Rule {
    NotNull,
    NotNullOrEmpty,
    NotWhiteSpace,
    Set(Vec<Text>, bool),
    Range(Code, Code),
    RangeKind(Text),
    Pattern(Text, bool),
    Length(Code, Code),
    Count(Code, Code),
    Script(Code),
    AllowNull,
    AllowEmptyText,
    AllowEmptyList,
}

/// The name of a type, looked up when it is first needed.
pub(super) struct TypeRef {
    pub(super) name: Text,
    /// Where it was written.
    pub(super) span: Span,
    pub(super) found: OnceLock<Type>,
}

/// Statements in a row.
#[derive(Default)]
pub(super) struct Seq {
    pub(super) statements: Vec<Step>,
    pub(super) traps: Vec<TrapCode>,
}

pub(super) struct TrapCode {
    pub(super) kind: Option<TypeRef>,
    pub(super) body: Seq,
}

/// A statement.
pub(super) struct Step {
    pub(super) span: Span,
    pub(super) kind: StepKind,
}

pub(super) enum StepKind {
    /// An expression whose value is written.
    Value(Code),
    /// An expression that writes nothing: `$i++`.
    Silent(Code),
    Pipeline(Pipe),
    Assign(Box<AssignCode>),
    Chain(Box<ChainCode>),
    If(Vec<(Step, Seq)>, Option<Seq>),
    Switch(Box<SwitchCode>),
    ForEach(Box<ForEachCode>),
    For(Box<ForCode>),
    While(Box<LoopCode>),
    DoWhile(Box<LoopCode>),
    DoUntil(Box<LoopCode>),
    Break(Option<Code>),
    Continue(Option<Code>),
    Return(Option<Box<Step>>),
    Throw(Option<Box<Step>>),
    Exit(Option<Box<Step>>),
    Try(Box<TryCode>),
    Function(Arc<Function>),
    Type(Arc<TypeCode>),
    Data(Option<Target>, Seq),
    /// What is parsed and never runs.
    Refused(&'static str),
}

pub(super) struct ChainCode {
    pub(super) left: Step,
    pub(super) and: bool,
    pub(super) right: Step,
}

pub(super) struct SwitchCode {
    pub(super) label: Option<Text>,
    pub(super) kind: SwitchKind,
    pub(super) case_sensitive: bool,
    pub(super) file: bool,
    /// Where `$switch` is, when the block speaks of it.
    pub(super) enumerator: Option<u32>,
    pub(super) condition: Step,
    pub(super) clauses: Vec<(Code, Span, Seq)>,
    pub(super) default: Option<Seq>,
}

pub(super) struct ForEachCode {
    pub(super) label: Option<Text>,
    pub(super) variable: Target,
    pub(super) variable_span: Span,
    /// Where `$foreach` is, when the block speaks of it.
    pub(super) enumerator: Option<u32>,
    pub(super) condition: Step,
    pub(super) body: Seq,
}

pub(super) struct ForCode {
    pub(super) label: Option<Text>,
    pub(super) first: Option<Step>,
    pub(super) condition: Option<Step>,
    pub(super) after: Option<Step>,
    pub(super) body: Seq,
}

pub(super) struct LoopCode {
    pub(super) label: Option<Text>,
    pub(super) condition: Step,
    pub(super) body: Seq,
}

pub(super) struct TryCode {
    pub(super) body: Seq,
    pub(super) catches: Vec<(Vec<TypeRef>, Seq)>,
    pub(super) finally: Option<Seq>,
}

pub(super) struct AssignCode {
    pub(super) target: Target,
    /// `None` is `=`; `Coalesce` is `??=`.
    pub(super) operator: Option<Operator>,
    pub(super) right: Step,
}

/// What can be assigned to.
pub(super) enum Target {
    Variable(Var),
    /// `[int] $x`: the type stays with the variable.
    Typed(TypeRef, Box<Target>),
    /// `[ValidateSet('a')] $x`: the rules stay with the variable.
    Ruled(Arc<Vec<Rule>>, Box<Target>),
    Index(Box<(Code, Code)>),
    Member(Box<MemberCode>),
    List(Vec<Target>),
}

/// A variable.
#[derive(Clone)]
pub(super) enum Var {
    /// In the block's own scope if it is set there, else in the scopes around it.
    Slot(u32),
    /// `$global:x`, `$script:x`, `$local:x`, `$private:x`, `$using:x`.
    Scoped(ScopeName, Text),
    /// `$env:x`, `$function:x`, `$alias:x`.
    Drive(Text, Text),
    /// `$?`
    Status,
    /// `$true`, `$false`: set by nobody.
    Constant(Text),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeName {
    Global,
    Script,
    Local,
    Private,
    Using,
}

/// An expression.
pub(super) enum Code {
    Const(Value),
    /// A text with values in it.
    Text(Vec<PieceCode>),
    Var(Var, Span),
    Unary(Operator, Box<Code>),
    And(Box<(Code, Code)>),
    Or(Box<(Code, Code)>),
    Coalesce(Box<(Code, Code)>),
    Binary(Operator, Box<(Code, Code)>),
    /// `-replace` and `-split`: errors in their right operand stand at the operator.
    Spanned(Operator, Box<(Code, Code)>, Span),
    /// `-is` and `-as` with a type literal.
    TypeTest(Operator, Box<(Code, Code)>),
    Ternary(Box<(Code, Code, Code)>),
    Convert(TypeRef, Box<Code>),
    /// `[type]`, brackets included in the place.
    Type(TypeRef, Span),
    Index(Box<(Code, Code)>, bool),
    Member(Box<MemberCode>),
    Invoke(Box<InvokeCode>),
    Array(Seq),
    List(Vec<Code>),
    Hash(Vec<(Code, Span, Step)>, HashKind),
    /// `( … )`.
    Paren(Box<Step>),
    Sub(Seq),
    Block(Arc<ScriptBlock>),
    /// `++x`, `x++`: the step and whether the old value counts.
    Step(Box<Target>, Box<Code>, i32, bool),
    /// `: base( … )` of a constructor: what the class above gets. It is looked at when an instance is made, and
    /// does nothing as a statement.
    BaseCall(Vec<Code>),
}

/// A class or enumeration made ready.
pub(super) struct TypeCode {
    pub(super) definition: Arc<TypeDefinition>,
    /// No statements, but the names that initial values speak of.
    pub(super) code: Arc<Prepared>,
    pub(super) bases: Vec<TypeRef>,
    /// One for each member of the definition.
    pub(super) members: Vec<Member>,
}

/// A member of a class, beside its declaration.
pub(super) struct Member {
    /// The type of a property, or what a method returns.
    pub(super) kind: Option<TypeRef>,
    pub(super) default: Option<Code>,
    pub(super) rules: Arc<Vec<Rule>>,
    /// The types of a method's parameters.
    pub(super) parameters: Vec<Option<TypeRef>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HashKind {
    Plain,
    Ordered,
    Custom,
}

pub(super) enum PieceCode {
    Text(Text),
    Code(Code),
}

pub(super) struct MemberCode {
    pub(super) target: Code,
    pub(super) name: Code,
    pub(super) is_static: bool,
    pub(super) conditional: bool,
}

pub(super) struct InvokeCode {
    pub(super) target: Code,
    pub(super) name: Code,
    pub(super) is_static: bool,
    pub(super) conditional: bool,
    pub(super) arguments: Vec<Code>,
}

/// A pipeline.
pub(super) struct Pipe {
    pub(super) source: Option<(Code, Vec<RedirectCode>)>,
    pub(super) commands: Vec<CommandCode>,
    pub(super) background: bool,
}

pub(super) struct CommandCode {
    pub(super) span: Span,
    pub(super) invocation: Invocation,
    pub(super) name: Code,
    pub(super) name_span: Span,
    pub(super) arguments: Vec<ArgCode>,
    pub(super) redirections: Vec<RedirectCode>,
    /// Written like the call of a method: `Name(1, 2)`.
    pub(super) as_method: bool,
}

/// An argument, and where it stands.
pub(super) struct ArgCode {
    pub(super) span: Span,
    pub(super) kind: ArgKind,
}

pub(super) enum ArgKind {
    Value(Code),
    Named(Text, Option<Code>),
    Splat(Var),
}

pub(super) struct RedirectCode {
    pub(super) kind: Redirect,
    pub(super) file: Option<Code>,
}
