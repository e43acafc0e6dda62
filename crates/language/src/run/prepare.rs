//! Syntax tree to prepared form.

use super::code::*;
use super::names::Names;
use crate::syntax::ast::*;
use crate::syntax::token::{Assign, Number, Operator, VariablePath};
use crate::syntax::{Source, Span};
use dotnet::values::BigInteger;
use object::Value;
use object::value::Text;
use std::sync::{Arc, OnceLock};

/// A block, made ready to run; kept with the block, so that it happens once.
pub(super) fn prepared(block: &Arc<ScriptBlock>, function: Option<&Function>) -> Arc<Prepared> {
    let make = || -> Arc<dyn std::any::Any + Send + Sync> { Arc::new(prepare(block, function)) };
    let kept = block.prepared.get_or_init(make).clone();
    kept.downcast::<Prepared>().unwrap_or_else(|_| Arc::new(prepare(block, function)))
}

fn prepare(block: &ScriptBlock, function: Option<&Function>) -> Prepared {
    let mut maker = Maker::new(&block.source);
    let declared = block.params.as_ref();
    let outer = function.and_then(|function| function.parameters.as_deref());
    let list = outer.filter(|list| !list.is_empty()).or(declared.map(|params| params.parameters.as_slice()));
    let params: Vec<Param> = list.unwrap_or_default().iter().map(|param| maker.param(param)).collect();
    let attributes = declared.map(|params| params.attributes.as_slice()).unwrap_or_default();
    let cmdlet_binding = attributes.iter().find(|attribute| named(attribute, "CmdletBinding"));
    let dynamic = block.block(BlockKind::DynamicParam).is_some();
    let advanced = dynamic || cmdlet_binding.is_some() || params.iter().any(|param| !param.uses.is_empty());
    let mut body = |kind: BlockKind| block.block(kind).map(|named| maker.seq(&named.body));
    let (dynamic, begin) = (body(BlockKind::DynamicParam), body(BlockKind::Begin));
    let (process, end, clean) = (body(BlockKind::Process), body(BlockKind::End), body(BlockKind::Clean));
    Prepared {
        source: block.source.clone(),
        span: block.span,
        params,
        advanced,
        binding: cmdlet_binding.map(binding).unwrap_or_default(),
        dynamic,
        begin,
        process,
        end,
        clean,
        names: Arc::new(maker.names),
        signature: OnceLock::new(),
        speaks_of: speaks_of(block),
        is_method: function.is_some_and(|function| function.is_method),
        types: maker.types,
        namespaces: block.using.iter().filter_map(namespace).collect(),
    }
}

/// `using namespace System.IO`: what may be left out before a type's name.
fn namespace(using: &Using) -> Option<Text> {
    using.what.eq_ignore_ascii_case("namespace").then(|| constant_text(&using.name).map(Text::from)).flatten()
}

fn speaks_of(block: &ScriptBlock) -> SpeaksOf {
    let text = block.source.slice(block.span).to_ascii_lowercase();
    SpeaksOf {
        bound: text.contains("psboundparameters"),
        invocation: text.contains("myinvocation"),
        cmdlet: text.contains("pscmdlet"),
        input: text.contains("input"),
    }
}

/// Whether an attribute is the one of that name.
fn named(attribute: &Attribute, name: &str) -> bool {
    let written = attribute.name.name.rsplit('.').next().unwrap_or_default();
    let bare = |text: &str| text.to_ascii_lowercase().trim_end_matches("attribute").to_owned();
    bare(written) == bare(name)
}

fn binding(attribute: &Attribute) -> Binding {
    let mut binding = Binding::default();
    for argument in &attribute.named {
        let text = constant_text(&argument.value);
        match argument.name.to_ascii_lowercase().as_str() {
            "defaultparametersetname" => binding.default_set = text.map(Text::from),
            "supportsshouldprocess" => binding.should_process = is_true(&argument.value),
            "confirmimpact" => {
                binding.high_impact = text.is_some_and(|text| text.eq_ignore_ascii_case("high"))
            }
            "positionalbinding" => binding.no_positions = !is_true(&argument.value),
            _ => {}
        }
    }
    binding
}

fn constant_text(value: &Expr) -> Option<String> {
    match &value.kind {
        ExprKind::Text(text, _) => Some(text.to_string()),
        ExprKind::Number(number) => Some(number_value(number).to_string()),
        ExprKind::True => Some("True".to_owned()),
        ExprKind::Variable(path) => Some(path.name.to_string()),
        ExprKind::Member(access) => constant_text(&access.member),
        _ => None,
    }
}

fn is_true(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::True => true,
        ExprKind::Variable(path) => path.name.eq_ignore_ascii_case("true"),
        ExprKind::Number(number) => *number != Number::Int32(0),
        ExprKind::Text(text, _) => !text.is_empty(),
        _ => false,
    }
}

pub(super) fn number_value(number: &Number) -> Value {
    match number {
        Number::SByte(n) => Value::SByte(*n),
        Number::Byte(n) => Value::Byte(*n),
        Number::Int16(n) => Value::Int16(*n),
        Number::UInt16(n) => Value::UInt16(*n),
        Number::Int32(n) => Value::Int32(*n),
        Number::UInt32(n) => Value::UInt32(*n),
        Number::Int64(n) => Value::Int64(*n),
        Number::UInt64(n) => Value::UInt64(*n),
        Number::Double(n) => Value::Double(*n),
        Number::Decimal(n) => Value::Decimal(*n),
        Number::Big(digits) => digits.parse().map_or(Value::Null, |n| Value::typed(BigInteger(n))),
    }
}

struct Maker {
    names: Names,
    source: Arc<Source>,
    /// The types declared so far.
    types: Vec<Arc<TypeCode>>,
}

impl Maker {
    fn new(source: &Arc<Source>) -> Maker {
        Maker { names: Names::fixed(), source: source.clone(), types: Vec::new() }
    }

    // --- classes and enumerations --------------------------------------------------------------

    fn type_definition(&mut self, definition: &Arc<TypeDefinition>) -> Arc<TypeCode> {
        let mut maker = Maker::new(&self.source);
        let members = definition.members.iter().map(|member| maker.type_member(member)).collect();
        let code = Prepared {
            source: self.source.clone(),
            span: definition.span,
            names: Arc::new(maker.names),
            params: Vec::new(),
            advanced: false,
            binding: Binding::default(),
            dynamic: None,
            begin: None,
            process: None,
            end: None,
            clean: None,
            signature: OnceLock::new(),
            speaks_of: SpeaksOf::default(),
            is_method: false,
            types: Vec::new(),
            namespaces: Vec::new(),
        };
        let bases = definition.bases.iter().map(|base| type_ref(&base.name)).collect();
        let made = TypeCode { definition: definition.clone(), code: Arc::new(code), bases, members };
        let made = Arc::new(made);
        self.types.push(made.clone());
        made
    }

    fn type_member(&mut self, member: &crate::syntax::ast::Member) -> super::code::Member {
        let kind = member.kind.as_ref().map(|kind| type_ref(&kind.name));
        let rules = member.attributes.iter().filter_map(|attribute| self.rule(attribute)).collect();
        let (mut default, mut parameters) = (None, Vec::new());
        match &member.body {
            MemberBody::Property(value) => default = value.as_ref().map(|value| self.expr(value)),
            MemberBody::Method(function) => {
                let list = function.parameters.iter().flatten();
                parameters = list.map(parameter_type).collect();
            }
        }
        super::code::Member { kind, default, rules: Arc::new(rules), parameters }
    }

    // --- parameters ----------------------------------------------------------------------------

    fn param(&mut self, param: &Parameter) -> Param {
        let mut made = Param {
            name: (&*param.name.name).into(),
            slot: self.names.slot(&param.name.name),
            kind: None,
            is_switch: false,
            default: param.default.as_ref().map(|value| self.expr(value)),
            rules: Arc::default(),
            aliases: Vec::new(),
            uses: Vec::new(),
            help: None,
        };
        let mut rules = Vec::new();
        for attribute in &param.attributes {
            match attribute {
                AttributeBase::Type(constraint) => {
                    let name = constraint.name.full();
                    let short = name.to_ascii_lowercase();
                    made.is_switch |=
                        ["switch", "switchparameter", "system.management.automation.switchparameter"]
                            .contains(&short.as_str());
                    made.kind = Some(type_ref(&constraint.name));
                }
                AttributeBase::Attribute(attribute) => self.param_attribute(attribute, &mut made, &mut rules),
            }
        }
        made.rules = Arc::new(rules);
        made
    }

    fn param_attribute(&mut self, attribute: &Attribute, made: &mut Param, rules: &mut Vec<Rule>) {
        if named(attribute, "Parameter") {
            let (made_use, help) = param_use(attribute);
            made.uses.push(made_use);
            made.help = made.help.take().or(help);
        } else if named(attribute, "Alias") {
            made.aliases.extend(attribute.positional.iter().filter_map(constant_text).map(Text::from));
        } else {
            rules.extend(self.rule(attribute));
        }
    }

    fn rule(&mut self, attribute: &Attribute) -> Option<Rule> {
        let texts = || attribute.positional.iter().filter_map(constant_text).map(Text::from).collect();
        let named_false = |name: &str| {
            attribute.named.iter().any(|arg| arg.name.eq_ignore_ascii_case(name) && !is_true(&arg.value))
        };
        let is = |name: &str| named(attribute, name);
        let mut at = |index: usize| {
            attribute.positional.get(index).map_or(Code::Const(Value::Null), |value| self.expr(value))
        };
        Some(if is("ValidateNotNull") {
            Rule::NotNull
        } else if is("ValidateNotNullOrEmpty") {
            Rule::NotNullOrEmpty
        } else if is("ValidateNotNullOrWhiteSpace") {
            Rule::NotWhiteSpace
        } else if is("ValidateSet") {
            Rule::Set(texts(), !named_false("IgnoreCase"))
        } else if is("ValidateRange") && attribute.positional.len() == 1 {
            Rule::RangeKind(constant_text(&attribute.positional[0]).unwrap_or_default().into())
        } else if is("ValidateRange") {
            Rule::Range(at(0), at(1))
        } else if is("ValidatePattern") {
            let pattern = attribute.positional.first().and_then(constant_text).unwrap_or_default();
            Rule::Pattern(
                pattern.into(),
                !attribute.named.iter().any(|arg| arg.name.eq_ignore_ascii_case("Options")),
            )
        } else if is("ValidateLength") {
            Rule::Length(at(0), at(1))
        } else if is("ValidateCount") {
            Rule::Count(at(0), at(1))
        } else if is("ValidateScript") {
            Rule::Script(at(0))
        } else if is("AllowNull") {
            Rule::AllowNull
        } else if is("AllowEmptyString") {
            Rule::AllowEmptyText
        } else if is("AllowEmptyCollection") {
            Rule::AllowEmptyList
        } else {
            return None;
        })
    }

    // --- statements ----------------------------------------------------------------------------

    fn seq(&mut self, block: &StatementBlock) -> Seq {
        let traps = block
            .traps
            .iter()
            .map(|trap| TrapCode {
                kind: trap.kind.as_ref().map(|constraint| type_ref(&constraint.name)),
                body: self.seq(&trap.body),
            })
            .collect();
        Seq { statements: block.statements.iter().map(|inner| self.step(inner)).collect(), traps }
    }

    fn step(&mut self, statement: &Statement) -> Step {
        Step { span: statement.span, kind: self.step_kind(&statement.kind) }
    }

    fn boxed_step(&mut self, statement: Option<&Statement>) -> Option<Box<Step>> {
        statement.map(|inner| Box::new(self.step(inner)))
    }

    fn step_kind(&mut self, kind: &StatementKind) -> StepKind {
        match kind {
            StatementKind::Pipeline(pipeline) => self.pipeline(pipeline),
            StatementKind::Expression(stage) => {
                if stage.redirections.is_empty() {
                    return self.value_step(&stage.expression);
                }
                let source = Some((self.expr(&stage.expression), self.redirections(&stage.redirections)));
                StepKind::Pipeline(Pipe { source, commands: Vec::new(), background: false })
            }
            StatementKind::Assignment(assignment) => self.assignment(assignment),
            StatementKind::Chain(chain) => StepKind::Chain(Box::new(ChainCode {
                left: self.step(&chain.left),
                and: chain.and,
                right: self.step(&chain.right),
            })),
            StatementKind::If(choice) => {
                let clauses =
                    choice.clauses.iter().map(|(test, body)| (self.step(test), self.seq(body))).collect();
                StepKind::If(clauses, choice.otherwise.as_ref().map(|body| self.seq(body)))
            }
            StatementKind::Switch(switch) => self.switch(switch),
            StatementKind::ForEach(each) => {
                let body = self.seq(&each.body);
                StepKind::ForEach(Box::new(ForEachCode {
                    label: text(&each.label),
                    variable: self.target(&each.variable),
                    variable_span: each.variable.span,
                    enumerator: self.names.index.get("foreach").copied(),
                    condition: self.step(&each.condition),
                    body,
                }))
            }
            StatementKind::For(turn) => StepKind::For(Box::new(ForCode {
                label: text(&turn.label),
                first: turn.initializer.as_ref().map(|part| self.step(part)),
                condition: turn.condition.as_ref().map(|part| self.step(part)),
                after: turn.iterator.as_ref().map(|part| self.step(part)),
                body: self.seq(&turn.body),
            })),
            StatementKind::While(turn) => StepKind::While(self.turn(turn)),
            StatementKind::DoWhile(turn) => StepKind::DoWhile(self.turn(turn)),
            StatementKind::DoUntil(turn) => StepKind::DoUntil(self.turn(turn)),
            StatementKind::Break(label) => StepKind::Break(label.as_ref().map(|label| self.expr(label))),
            StatementKind::Continue(label) => {
                StepKind::Continue(label.as_ref().map(|label| self.expr(label)))
            }
            StatementKind::Return(value) => StepKind::Return(self.boxed_step(value.as_deref())),
            StatementKind::Throw(value) => StepKind::Throw(self.boxed_step(value.as_deref())),
            StatementKind::Exit(value) => StepKind::Exit(self.boxed_step(value.as_deref())),
            StatementKind::Try(attempt) => StepKind::Try(Box::new(TryCode {
                body: self.seq(&attempt.body),
                catches: attempt
                    .catches
                    .iter()
                    .map(|clause| {
                        let types = clause.types.iter().map(|kind| type_ref(&kind.name)).collect();
                        (types, self.seq(&clause.body))
                    })
                    .collect(),
                finally: attempt.finally.as_ref().map(|body| self.seq(body)),
            })),
            StatementKind::Function(function) => StepKind::Function(function.clone()),
            StatementKind::Type(definition) => StepKind::Type(self.type_definition(definition)),
            StatementKind::Data(data) => {
                let target =
                    data.variable.as_ref().map(|name| Target::Variable(Var::Slot(self.names.slot(name))));
                StepKind::Data(target, self.seq(&data.body))
            }
            StatementKind::Block(_) => StepKind::Refused("parallel and sequence blocks are not supported"),
        }
    }

    fn turn(&mut self, turn: &Loop) -> Box<LoopCode> {
        Box::new(LoopCode {
            label: text(&turn.label),
            condition: self.step(&turn.condition),
            body: self.seq(&turn.body),
        })
    }

    fn switch(&mut self, switch: &Switch) -> StepKind {
        let clauses = switch.clauses.iter();
        let clauses = clauses.map(|(test, body)| (self.expr(test), test.span, self.seq(body))).collect();
        let default = switch.default.as_ref().map(|body| self.seq(body));
        StepKind::Switch(Box::new(SwitchCode {
            enumerator: self.names.index.get("switch").copied(),
            label: text(&switch.label),
            kind: switch.kind,
            case_sensitive: switch.case_sensitive,
            file: switch.file,
            condition: self.step(&switch.condition),
            clauses,
            default,
        }))
    }

    fn value_step(&mut self, expression: &Expr) -> StepKind {
        let code = self.expr(expression);
        match code {
            Code::Step(..) | Code::BaseCall(_) => StepKind::Silent(code),
            // `[void] x` writes nothing.
            Code::Convert(kind, child) if is_void(&kind.name) => StepKind::Silent(*child),
            code => StepKind::Value(code),
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> StepKind {
        if let [Element::Expression(stage)] = pipeline.elements.as_slice()
            && stage.redirections.is_empty()
            && !pipeline.background
        {
            return self.value_step(&stage.expression);
        }
        let mut pipe = Pipe { source: None, commands: Vec::new(), background: pipeline.background };
        for element in &pipeline.elements {
            match element {
                Element::Expression(stage) => {
                    pipe.source =
                        Some((self.expr(&stage.expression), self.redirections(&stage.redirections)));
                }
                Element::Command(command) => pipe.commands.push(self.command(command)),
            }
        }
        StepKind::Pipeline(pipe)
    }

    fn command(&mut self, command: &Command) -> CommandCode {
        let mut name = Code::Const(Value::Null);
        let mut name_span = command.span;
        let mut arguments = Vec::new();
        let mut marked = false;
        for (at, element) in command.elements.iter().enumerate() {
            let (span, kind) = match element {
                CommandElement::Argument(value) if at == 0 => {
                    name = self.expr(value);
                    name_span = value.span;
                    continue;
                }
                // The first `--` only says that no parameters follow.
                CommandElement::Argument(Expr { kind: ExprKind::Text(text, Quote::Bare), .. })
                    if **text == *"--" && !marked =>
                {
                    marked = true;
                    continue;
                }
                CommandElement::Argument(Expr { kind: ExprKind::Splat(path), span }) => {
                    (*span, ArgKind::Splat(self.var(path)))
                }
                CommandElement::Argument(value) => (value.span, ArgKind::Value(self.argument(value))),
                CommandElement::Parameter(parameter) => {
                    let value = parameter.argument.as_ref().map(|value| self.argument(value));
                    (parameter.span, ArgKind::Named((&*parameter.name).into(), value))
                }
            };
            arguments.push(ArgCode { span, kind });
        }
        let redirections = self.redirections(&command.redirections);
        CommandCode {
            span: command.span,
            invocation: command.invocation,
            name,
            name_span,
            arguments,
            redirections,
            as_method: is_called_as_method(command),
        }
    }

    /// An argument: a number that is not written as it is shown (`1.50`, `.5`) keeps how it was written, since
    /// what it is given to may want text.
    fn argument(&mut self, value: &Expr) -> Code {
        let code = self.expr(value);
        match (&value.kind, code) {
            (ExprKind::Number(_), Code::Const(number)) => {
                let written = self.source.slice(value.span);
                let same = dotnet::text::to_text(&number, &dotnet::Locale::default()) == written;
                Code::Const(if same { number } else { object::Object::written(number, written).into() })
            }
            (_, code) => code,
        }
    }

    fn redirections(&mut self, list: &[Redirection]) -> Vec<RedirectCode> {
        list.iter()
            .map(|redirection| RedirectCode {
                kind: redirection.kind,
                file: redirection.file.as_ref().map(|file| self.expr(file)),
            })
            .collect()
    }

    fn assignment(&mut self, assignment: &Assignment) -> StepKind {
        let operator = match assignment.operator {
            Assign::Set => None,
            Assign::Add => Some(Operator::Add),
            Assign::Subtract => Some(Operator::Subtract),
            Assign::Multiply => Some(Operator::Multiply),
            Assign::Divide => Some(Operator::Divide),
            Assign::Remainder => Some(Operator::Remainder),
            Assign::Coalesce => Some(Operator::Coalesce),
        };
        let right = self.step(&assignment.right);
        let target = self.target(&assignment.left);
        StepKind::Assign(Box::new(AssignCode { target, operator, right }))
    }

    fn target(&mut self, target: &Expr) -> Target {
        match &target.kind {
            ExprKind::Variable(path) if is_constant(path) => {
                Target::Variable(Var::Constant((&*path.name).into()))
            }
            ExprKind::Variable(path) => Target::Variable(self.var(path)),
            ExprKind::Convert(pair) => Target::Typed(type_ref(&pair.0.name), Box::new(self.target(&pair.1))),
            ExprKind::Attributed(pair) => {
                let rules = self.rule(&pair.0).into_iter().collect();
                Target::Ruled(Arc::new(rules), Box::new(self.target(&pair.1)))
            }
            ExprKind::Index(index) => {
                Target::Index(Box::new((self.expr(&index.target), self.expr(&index.index))))
            }
            ExprKind::Member(access) => Target::Member(Box::new(self.member(access))),
            ExprKind::List(items) => Target::List(items.iter().map(|item| self.target(item)).collect()),
            ExprKind::Paren(inner) => match &inner.kind {
                StatementKind::Pipeline(pipeline) => match pipeline.elements.as_slice() {
                    [Element::Expression(stage)] => self.target(&stage.expression),
                    _ => Target::List(Vec::new()),
                },
                _ => Target::List(Vec::new()),
            },
            // The parser lets nothing else stand here.
            _ => Target::List(Vec::new()),
        }
    }

    // --- expressions ---------------------------------------------------------------------------

    fn var(&mut self, path: &VariablePath) -> Var {
        let name = &*path.name;
        let Some(qualifier) = &path.qualifier else {
            return match name {
                "?" => Var::Status,
                _ if name.eq_ignore_ascii_case("psitem") => Var::Slot(self.names.slot("_")),
                _ => Var::Slot(self.names.slot(name)),
            };
        };
        let scope = match qualifier.to_ascii_lowercase().as_str() {
            "global" => ScopeName::Global,
            "script" => ScopeName::Script,
            "local" => ScopeName::Local,
            "private" => ScopeName::Private,
            "using" => ScopeName::Using,
            "variable" => return Var::Slot(self.names.slot(name)),
            drive => return Var::Drive(drive.into(), name.into()),
        };
        Var::Scoped(scope, name.into())
    }

    fn boxed(&mut self, value: &Expr) -> Box<Code> {
        Box::new(self.expr(value))
    }

    fn expr(&mut self, value: &Expr) -> Code {
        match &value.kind {
            ExprKind::Number(number) => Code::Const(number_value(number)),
            ExprKind::True => Code::Const(true.into()),
            ExprKind::Text(text, _) => Code::Const(Value::String((&**text).into())),
            ExprKind::Expandable(pieces, _) => Code::Text(self.pieces(pieces)),
            ExprKind::Variable(path) => self.variable(path, value.span),
            ExprKind::Splat(path) => Code::Var(self.var(path), value.span),
            ExprKind::Using(inner) => self.expr(inner),
            ExprKind::Unary(operator, child) => self.unary(*operator, child, false),
            ExprKind::Postfix(operator, child) => self.unary(*operator, child, true),
            ExprKind::Binary(operator @ (Operator::Replace(_) | Operator::Split(_)), pair, span) => {
                Code::Spanned(*operator, Box::new((self.expr(&pair.0), self.expr(&pair.1))), *span)
            }
            ExprKind::Binary(operator, pair, _) => self.binary(*operator, &pair.0, &pair.1),
            ExprKind::Ternary(parts) => {
                Code::Ternary(Box::new((self.expr(&parts.0), self.expr(&parts.1), self.expr(&parts.2))))
            }
            ExprKind::Convert(pair) => self.convert(&pair.0, &pair.1),
            ExprKind::Attributed(pair) => self.expr(&pair.1),
            ExprKind::Type(name) => Code::Type(type_ref(name), value.span),
            ExprKind::Index(index) => {
                Code::Index(Box::new((self.expr(&index.target), self.expr(&index.index))), index.conditional)
            }
            ExprKind::Member(access) => Code::Member(Box::new(self.member(access))),
            ExprKind::Invoke(call) => Code::Invoke(Box::new(InvokeCode {
                target: self.expr(&call.target),
                name: self.expr(&call.member),
                is_static: call.is_static,
                conditional: call.conditional,
                arguments: call.arguments.iter().map(|argument| self.expr(argument)).collect(),
            })),
            ExprKind::BaseCall(arguments) => {
                Code::BaseCall(arguments.iter().map(|argument| self.expr(argument)).collect())
            }
            ExprKind::Array(block) => Code::Array(self.seq(block)),
            ExprKind::List(items) => Code::List(items.iter().map(|item| self.expr(item)).collect()),
            ExprKind::Hashtable(pairs) => self.hash(pairs, HashKind::Plain),
            ExprKind::Paren(inner) => self.paren(inner),
            ExprKind::Sub(block) => Code::Sub(self.seq(block)),
            ExprKind::Block(block) => Code::Block(block.clone()),
        }
    }

    /// Brackets around a plain expression are gone, so that `(1 + 2) * 3` runs as fast as without.
    fn paren(&mut self, inner: &Statement) -> Code {
        let step = self.step(inner);
        match step.kind {
            StepKind::Value(
                code @ (Code::Const(_) | Code::Binary(..) | Code::Convert(..) | Code::Type(..)),
            ) => code,
            kind => Code::Paren(Box::new(Step { span: step.span, kind })),
        }
    }

    fn variable(&mut self, path: &VariablePath, span: Span) -> Code {
        if path.qualifier.is_none() {
            let constant = match path.name.to_ascii_lowercase().as_str() {
                "true" => Some(Value::Bool(true)),
                "false" => Some(Value::Bool(false)),
                "null" => Some(Value::Null),
                _ => None,
            };
            if let Some(constant) = constant {
                return Code::Const(constant);
            }
        }
        Code::Var(self.var(path), span)
    }

    fn pieces(&mut self, pieces: &[Piece]) -> Vec<PieceCode> {
        pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => PieceCode::Text((&**text).into()),
                Piece::Expression(inner) => PieceCode::Code(self.expr(inner)),
            })
            .collect()
    }

    fn unary(&mut self, operator: Operator, child: &Expr, postfix: bool) -> Code {
        let step = match operator {
            Operator::Increment => 1,
            Operator::Decrement => -1,
            Operator::Comma => return Code::List(vec![self.expr(child)]),
            _ => return Code::Unary(operator, self.boxed(child)),
        };
        Code::Step(Box::new(self.target(child)), self.boxed(child), step, postfix)
    }

    fn binary(&mut self, operator: Operator, left: &Expr, right: &Expr) -> Code {
        let pair = Box::new((self.expr(left), self.expr(right)));
        match operator {
            Operator::And => Code::And(pair),
            Operator::Or => Code::Or(pair),
            Operator::Coalesce => Code::Coalesce(pair),
            Operator::Is | Operator::IsNot | Operator::As => Code::TypeTest(operator, pair),
            _ => Code::Binary(operator, pair),
        }
    }

    fn convert(&mut self, constraint: &TypeConstraint, child: &Expr) -> Code {
        let name = constraint.name.full().to_ascii_lowercase();
        if let ExprKind::Hashtable(pairs) = &child.kind {
            match name.as_str() {
                "ordered" => return self.hash(pairs, HashKind::Ordered),
                "pscustomobject" | "system.management.automation.pscustomobject" => {
                    return self.hash(pairs, HashKind::Custom);
                }
                _ => {}
            }
        }
        Code::Convert(type_ref(&constraint.name), self.boxed(child))
    }

    fn hash(&mut self, pairs: &[(Expr, Statement)], kind: HashKind) -> Code {
        let pairs = pairs.iter().map(|(key, value)| (self.expr(key), key.span, self.step(value)));
        Code::Hash(pairs.collect(), kind)
    }

    fn member(&mut self, access: &MemberAccess) -> MemberCode {
        MemberCode {
            target: self.expr(&access.target),
            name: self.expr(&access.member),
            is_static: access.is_static,
            conditional: access.conditional,
        }
    }
}

fn parameter_type(parameter: &Parameter) -> Option<TypeRef> {
    parameter.attributes.iter().rev().find_map(|attribute| match attribute {
        AttributeBase::Type(constraint) => Some(type_ref(&constraint.name)),
        AttributeBase::Attribute(_) => None,
    })
}

fn is_constant(path: &VariablePath) -> bool {
    path.qualifier.is_none() && ["true", "false"].iter().any(|name| name.eq_ignore_ascii_case(&path.name))
}

fn is_void(name: &str) -> bool {
    name.eq_ignore_ascii_case("void") || name.eq_ignore_ascii_case("system.void")
}

fn text(label: &Option<Box<str>>) -> Option<Text> {
    label.as_deref().map(Text::from)
}

pub(super) fn type_ref(name: &TypeName) -> TypeRef {
    TypeRef { name: name.full().into(), span: name.span, found: OnceLock::new() }
}

fn param_use(attribute: &Attribute) -> (ParamUse, Option<Text>) {
    let mut made = ParamUse::default();
    let mut help = None;
    for argument in &attribute.named {
        let text = constant_text(&argument.value);
        match argument.name.to_ascii_lowercase().as_str() {
            "mandatory" => made.mandatory = is_true(&argument.value),
            "position" => made.position = text.and_then(|text| text.parse().ok()),
            "valuefrompipeline" => made.by_value = is_true(&argument.value),
            "valuefrompipelinebypropertyname" => made.by_name = is_true(&argument.value),
            "valuefromremainingarguments" => made.remaining = is_true(&argument.value),
            "parametersetname" => made.set = text.map(Text::from),
            "helpmessage" => help = text.map(Text::from),
            _ => {}
        }
    }
    (made, help)
}

/// `Name(1, 2)`: a command with a list in parentheses right behind its name.
fn is_called_as_method(command: &Command) -> bool {
    let [CommandElement::Argument(name), CommandElement::Argument(list)] = &*command.elements else {
        return false;
    };
    let ExprKind::Paren(inner) = &list.kind else { return false };
    let StatementKind::Pipeline(pipeline) = &inner.kind else { return false };
    let [Element::Expression(stage)] = &*pipeline.elements else { return false };
    matches!(stage.expression.kind, ExprKind::List(_)) && name.span.end == list.span.start
}
