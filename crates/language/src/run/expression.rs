//! Expressions of the prepared form.

use super::code::*;
use super::halt::{Halt, Run, Why};
use super::scope::Block;
use super::scope::Slot;
use super::session::Session;
use super::values::{self, gathered};
use crate::syntax::Span;
use crate::syntax::token::Operator;
use dotnet::compare::truth;
use dotnet::{Category, Exception, index, member, text};
use object::value::{Dictionary, Text};
use object::{Object, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The room that texts are made in is kept up to this size.
const TEXT_ROOM_BYTES_MAX: usize = 1 << 16;

impl Session {
    /// The value of an expression.
    pub(super) fn eval(&mut self, code: &Code) -> Run<Value> {
        match code {
            Code::Const(value) => Ok(value.clone()),
            Code::Var(variable, span) => self.variable(variable, *span),
            Code::Spanned(operator, pair, span) => self.spanned(*operator, pair, *span),
            Code::Binary(operator, pair) => self.binary(*operator, pair),
            Code::Text(pieces) => self.text(pieces),
            Code::And(pair) => Ok(Value::Bool(self.test(&pair.0)? && self.test(&pair.1)?)),
            Code::Or(pair) => Ok(Value::Bool(self.test(&pair.0)? || self.test(&pair.1)?)),
            Code::Unary(Operator::Not, child) => Ok(Value::Bool(!self.test(child)?)),
            Code::Unary(operator, child) => {
                let value = self.eval(child)?;
                Ok(values::unary(self, *operator, &value)?)
            }
            Code::Coalesce(pair) => match self.eval_quietly(&pair.0)? {
                Value::Null => self.eval(&pair.1),
                value => Ok(value),
            },
            Code::Ternary(parts) => {
                if self.test(&parts.0)? {
                    self.eval(&parts.1)
                } else {
                    self.eval(&parts.2)
                }
            }
            Code::Member(access) => self.member(access),
            Code::Invoke(call) => Ok(self.invoke(call)?.unwrap_or_default()),
            Code::Index(pair, conditional) => self.index(pair, *conditional),
            Code::Convert(kind, child) => self.convert(kind, child),
            Code::TypeTest(operator, pair) => {
                let (left, right) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
                Ok(values::binary(self, *operator, &left, &right)?)
            }
            Code::Type(name, span) => match values::resolve(self, name) {
                Ok(kind) => Ok(Value::typed(kind)),
                Err(error) => Err(self.halt_at(error, *span)),
            },
            Code::List(items) => {
                let items: Run<Vec<Value>> = items.iter().map(|item| self.eval(item)).collect();
                Ok(Value::array(items?))
            }
            Code::Array(seq) => self.array(seq),
            Code::Sub(seq) => Ok(self.gather(seq)?.unwrap_or_default()),
            Code::Paren(step) => Ok(self.paren(step)?.unwrap_or_default()),
            Code::Hash(pairs, kind) => self.hash(pairs, *kind),
            Code::Block(block) => Ok(self.block_value(block)),
            Code::Step(target, value, by, old) => self.step_by(target, value, *by, *old),
            Code::BaseCall(_) => Ok(Value::Null),
        }
    }

    /// Whether the value of an expression counts as true.
    #[inline]
    pub(super) fn test(&mut self, code: &Code) -> Run<bool> {
        Ok(match self.eval(code)? {
            Value::Bool(value) => value,
            value => truth(&value),
        })
    }

    /// An error that stands at a place of its own within a statement.
    fn halt_at(&self, error: Exception, span: Span) -> Halt {
        self.place_halt(error.into(), span)
    }
    fn place_halt(&self, halt: Halt, span: Span) -> Halt {
        match halt.into_why() {
            Why::Error(record) => self.located(record, span).into(),
            why => Halt::new(why),
        }
    }

    fn spanned(&mut self, operator: Operator, pair: &(Code, Code), span: Span) -> Run<Value> {
        let (left, right) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
        values::binary(self, operator, &left, &right).map_err(|error| match error.error_id() {
            "BadReplaceArgument" => self.halt_at(error, span),
            id if id.starts_with("InvalidCast") || id.starts_with("SubstringDisambiguation") => {
                let message = error.text().to_owned();
                let outer = Exception::runtime("RuntimeException", message).category(Category::NotSpecified);
                self.halt_at(outer.inner(error), span)
            }
            _ => error.into(),
        })
    }

    fn variable(&mut self, variable: &Var, span: Span) -> Run<Value> {
        if let Var::Slot(slot) = variable
            && let Slot::Plain(value) = self.slot(*slot)
        {
            return Ok(value.clone());
        }
        if let Var::Scoped(ScopeName::Using, name) = variable {
            let used = self.used(name);
            return match used.map_err(|halt| self.place_halt(halt, span))? {
                Some(value) => Ok(value),
                None => self.unset(variable).map_err(|error| self.halt_at(error, span)),
            };
        }
        match self.read(variable)? {
            Some(value) => Ok(value),
            None => self.unset(variable).map_err(|error| self.halt_at(error, span)),
        }
    }

    /// As [`Session::eval`], for the left side of `??`: a member of nothing is nothing.
    fn eval_quietly(&mut self, code: &Code) -> Run<Value> {
        self.eval(code)
    }

    /// A whole number that can be had without copying a value.
    #[inline]
    fn small(&self, code: &Code) -> Option<i32> {
        match code {
            Code::Const(Value::Int32(n)) => Some(*n),
            Code::Var(Var::Slot(slot), _) => match self.slot(*slot) {
                Slot::Plain(Value::Int32(n)) => Some(*n),
                _ => None,
            },
            _ => None,
        }
    }

    fn binary(&mut self, operator: Operator, pair: &(Code, Code)) -> Run<Value> {
        // Loops count and compare small numbers more than anything else.
        if let (Some(left), Some(right)) = (self.small(&pair.0), self.small(&pair.1))
            && let Some(value) = quick(operator, left, right)
        {
            return Ok(value);
        }
        let left = self.eval(&pair.0)?;
        let right = match (&left, operator) {
            (Value::Array(_), Operator::Add) => self.added(&pair.1)?,
            _ => self.eval(&pair.1)?,
        };
        if let (Value::Int32(left), Value::Int32(right)) = (&left, &right)
            && let Some(value) = quick(operator, *left, *right)
        {
            return Ok(value);
        }
        Ok(values::binary(self, operator, &left, &right)?)
    }

    /// What is added to an array: where a command wrote nothing there is nothing to add, while `$null` is an element.
    fn added(&mut self, code: &Code) -> Run<Value> {
        let value = match code {
            Code::Var(variable, _) if self.is_nothing(variable) => None,
            Code::Sub(seq) => self.gather(seq)?,
            Code::Paren(inner) => self.paren(inner)?,
            _ => Some(self.eval(code)?),
        };
        Ok(value.unwrap_or_else(|| Value::array(Vec::new())))
    }

    fn text(&mut self, pieces: &[PieceCode]) -> Run<Value> {
        // It is made in a room that the next text uses again.
        let mut made = std::mem::take(&mut self.text_room);
        made.clear();
        for piece in pieces {
            match piece {
                PieceCode::Text(text) => made.push_str(text),
                PieceCode::Code(Code::Var(variable, _)) if !self.strict_in_texts() => {
                    let value = self.read(variable)?.unwrap_or_default();
                    self.push_text(&mut made, &value)?;
                }
                PieceCode::Code(code) => {
                    let value = self.eval(code)?;
                    self.push_text(&mut made, &value)?;
                }
            }
        }
        let text = Value::String(made.as_str().into());
        if made.capacity() <= TEXT_ROOM_BYTES_MAX {
            self.text_room = made;
        }
        Ok(text)
    }

    fn push_text(&mut self, made: &mut String, value: &Value) -> Run {
        match value {
            Value::String(text) => made.push_str(text),
            Value::Int32(n) => made.push_str(itoa::Buffer::new().format(*n)),
            value => made.push_str(&self.own_text(value)?),
        }
        Ok(())
    }

    /// The text of a value as a string with variables shows it; lists are joined with `$OFS`.
    pub(super) fn to_text(&self, value: &Value) -> String {
        match value {
            Value::Array(_) | Value::Typed(_) => {
                match self.find_variable("ofs").filter(|separator| !separator.is_null()) {
                    Some(separator) => {
                        let mut locale = self.locale().clone();
                        locale.separator = separator.to_string().into();
                        text::to_text(value, &locale)
                    }
                    None => text::to_text(value, self.locale()),
                }
            }
            _ => text::to_text(value, self.locale()),
        }
    }

    /// As [`Session::to_text`], where a script may make the text itself (a `ToString` of its own).
    pub fn own_text(&mut self, value: &Value) -> dotnet::Result<String> {
        if !member::speaks(value) {
            return Ok(self.to_text(value));
        }
        let spoken = member::spoken(self, value)?;
        Ok(self.to_text(&spoken))
    }

    fn index(&mut self, pair: &(Code, Code), conditional: bool) -> Run<Value> {
        let target = self.eval(&pair.0)?;
        if conditional && target.is_null() {
            return Ok(Value::Null);
        }
        let at = self.eval(&pair.1)?;
        let found = index::get(&target, &at, self.locale())?;
        self.place_found(&target, &at, found)
    }

    fn convert(&mut self, kind: &TypeRef, child: &Code) -> Run<Value> {
        if kind.name.eq_ignore_ascii_case("ref") {
            return self.reference(child);
        }
        let wraps = kind.name.eq_ignore_ascii_case("psobject");
        // The type comes first: a cast to what is no type works nothing out.
        let kind = values::resolve(self, kind).map_err(|error| self.halt_at(error, kind.span))?;
        let value = self.eval(child)?;
        // `[psobject]` only wraps; `[pscustomobject]` makes objects of tables.
        if wraps && matches!(value, Value::Dictionary(_)) {
            return Ok(value);
        }
        Ok(values::convert(self, &value, &kind)?)
    }

    /// What brackets hold: the output of a pipeline, or the value of an assignment.
    pub(super) fn paren(&mut self, step: &Step) -> Run<Option<Value>> {
        match &step.kind {
            StepKind::Value(code) => self.eval(code).map(Some),
            StepKind::Silent(code) => self.eval(code).map(Some),
            StepKind::Assign(assignment) => self.assign(assignment, true),
            _ => {
                let mut out = Vec::new();
                self.step(step, &mut out)?;
                Ok(gathered(out))
            }
        }
    }

    /// What statements write, as one value.
    pub(super) fn gather(&mut self, seq: &Seq) -> Run<Option<Value>> {
        let mut out = Vec::new();
        self.seq(seq, &mut out)?;
        Ok(gathered(out))
    }

    /// `@( … )`: always an array; one that is an array already stays it.
    fn array(&mut self, seq: &Seq) -> Run<Value> {
        if let [Step { kind: StepKind::Value(Code::List(_)), .. }] = seq.statements.as_slice()
            && let StepKind::Value(list) = &seq.statements[0].kind
        {
            return self.eval(list);
        }
        let mut out = Vec::new();
        self.seq(seq, &mut out)?;
        Ok(Value::array(out))
    }

    fn hash(&mut self, pairs: &[(Code, Span, Step)], kind: HashKind) -> Run<Value> {
        if kind == HashKind::Custom {
            let made = Object::custom();
            for (name, span, value) in pairs {
                let name = self.key(name, *span)?;
                let value = self.entry(value)?;
                let name = dotnet::text::to_text(&name, self.locale());
                if name.eq_ignore_ascii_case("PSTypeName") {
                    made.type_names_mut().insert(0, self.to_text(&value).into());
                } else {
                    made.set(&name, value);
                }
            }
            return Ok(Value::from(made));
        }
        let made = if kind == HashKind::Ordered { Dictionary::ordered() } else { Dictionary::new() };
        for (key, span, value) in pairs {
            let key = self.key(key, *span)?;
            let value = self.entry(value)?;
            if made.get(&key).is_some() {
                return Err(duplicate_key(&key).into());
            }
            made.insert(key, value);
        }
        Ok(Value::from(made))
    }

    fn key(&mut self, code: &Code, span: Span) -> Run<Value> {
        match self.eval(code)? {
            Value::Null => {
                let message = "A null key is not allowed in a hash literal.";
                let table = Value::from(Dictionary::new());
                Err(self.halt_at(Exception::runtime("InvalidNullKey", message).target(table), span))
            }
            Value::Object(object) => Ok(object.base().cloned().unwrap_or(Value::Object(object))),
            key => Ok(key),
        }
    }

    fn entry(&mut self, step: &Step) -> Run<Value> {
        Ok(self.paren(step)?.unwrap_or_default())
    }

    /// A script block as a value of the running scope.
    fn block_value(&mut self, block: &Arc<crate::syntax::ast::ScriptBlock>) -> Value {
        Block::new(block.clone()).at_home(self.current_module()).value()
    }

    // --- members -------------------------------------------------------------------------------

    pub(super) fn name_of(&mut self, code: &Code) -> Run<Text> {
        match self.eval(code)? {
            Value::String(text) => Ok(text),
            other => Ok(self.to_text(&other).into()),
        }
    }

    fn member(&mut self, access: &MemberCode) -> Run<Value> {
        if access.is_static
            && let Code::Type(name, span) = &access.target
        {
            let kind = values::resolve(self, name).map_err(|error| self.halt_at(error, *span))?;
            let name = self.name_of(&access.name)?;
            return self.static_member(&kind, &name);
        }
        let target = self.eval(&access.target)?;
        if access.conditional && target.is_null() {
            return Ok(Value::Null);
        }
        if access.is_static {
            let name = self.name_of(&access.name)?;
            let kind = self.static_target(&target)?;
            return self.static_member(&kind, &name);
        }
        if let (Some(module), Code::Const(Value::String(name))) =
            (super::scope::ModuleInfo::of(&target), &access.name)
            && let Some(found) = self.module_member(&module, name)
        {
            return Ok(found);
        }
        if let (Code::Const(Value::String(name)), false) = (&access.name, target.is_null()) {
            let mut found = member::find(self, &target, name)?;
            if let (None, Value::Dictionary(table), Ok(number)) =
                (&found, dotnet::values::base(&target), name.parse::<i32>())
            {
                // `$h.1` is the entry of the number.
                found = table.get(&Value::Int32(number));
            }
            return self.member_found(&target, name, found);
        }
        let name = self.name_of(&access.name)?;
        // Nothing has no elements, and says so.
        if target.is_null() && (name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length")) {
            return self.member_found(&target, &name, Some(Value::Int32(0)));
        }
        let found = member::find(self, &target, &name)?;
        self.member_found(&target, &name, found)
    }

    /// The type whose static member is meant by `$value::Member`.
    fn static_target(&mut self, target: &Value) -> Run<dotnet::Type> {
        if let Some(kind) = dotnet::values::base(target).downcast::<dotnet::Type>() {
            return Ok(kind.clone());
        }
        dotnet::Type::of(target).ok_or_else(|| {
            Exception::runtime("InvokeMethodOnNull", "You cannot call a method on a null-valued expression.")
                .into()
        })
    }

    /// Calls a method; `None` when it answers nothing.
    pub(super) fn invoke(&mut self, call: &InvokeCode) -> Run<Option<Value>> {
        if call.is_static
            && let Code::Type(kind, span) = &call.target
        {
            let kind = values::resolve(self, kind).map_err(|error| self.halt_at(error, *span))?;
            let name = self.name_of(&call.name)?;
            let arguments = self.evals(&call.arguments)?;
            return self.call_static(&kind, &name, arguments);
        }
        let target = self.eval(&call.target)?;
        if call.conditional && target.is_null() {
            return Ok(None);
        }
        let name = self.name_of(&call.name)?;
        let arguments = self.evals(&call.arguments)?;
        if let (Some(class), false) = (self.class_meant(call, &target)?, call.is_static)
            && let Some(answer) = self.call_class(&class, Some(&target), &name, &arguments)?
        {
            return Ok(answer);
        }
        if call.is_static {
            let kind = self.static_target(&target)?;
            return self.call_static(&kind, &name, arguments);
        }
        if let Some(block) = Block::of(&target)
            && let Some(answer) = self.block_method(&block.clone(), &name, &arguments)?
        {
            return Ok(answer);
        }
        if let Some(answer) = self.cmdlet_method(&target, &name, &arguments)? {
            return Ok(answer);
        }
        if let Some(answer) = self.state_method(&target, &name, &arguments)? {
            return Ok(answer);
        }
        if let Some(answer) = self.tree_method(&target, &name, &arguments)? {
            return Ok(answer);
        }
        if let Some(module) = super::scope::ModuleInfo::of(&target)
            && let Some(answer) = self.module_method(&module, &name, &arguments)?
        {
            return Ok(answer);
        }
        Ok(member::invoke(self, &target, &name, arguments)?)
    }

    /// The class whose methods a call means: the instance's, or the one above that it is cast to, so that
    /// `([Base]$this).Show()` is the method of `Base` even where it is overridden.
    fn class_meant(&mut self, call: &InvokeCode, target: &Value) -> Run<Option<Arc<super::declared::Class>>> {
        let Some(class) = dotnet::types::class_of(target) else { return Ok(None) };
        if let Code::Convert(kind, _) = &call.target
            && let dotnet::Type::Script(above) = values::resolve(self, kind)?
        {
            return Ok(super::declared::of_script(&above));
        }
        Ok(super::declared::of_script(class))
    }

    /// `[type]::name`; `$null` when there is none.
    pub(super) fn static_member(&mut self, kind: &dotnet::Type, name: &str) -> Run<Value> {
        if let dotnet::Type::Script(class) = kind
            && let Some(class) = super::declared::of_script(class)
            && let Some(found) = self.static_of_class(&class, name)?
        {
            return Ok(found);
        }
        Ok(member::static_get(self, kind, name)?.unwrap_or_default())
    }

    fn call_static(&mut self, kind: &dotnet::Type, name: &str, arguments: Vec<Value>) -> Run<Option<Value>> {
        if let dotnet::Type::Script(class) = kind
            && let Some(class) = super::declared::of_script(class)
        {
            if name.eq_ignore_ascii_case("new") {
                return self.instance(&class, arguments).map(Some);
            }
            if let Some(answer) = self.call_class(&class, None, name, &arguments)? {
                return Ok(answer);
            }
        }
        if name.eq_ignore_ascii_case("new")
            && &*kind.name() == "System.Management.Automation.ErrorRecord"
            && let Some(record) = super::error::ErrorRecord::of_arguments(&arguments, self.locale())
        {
            return Ok(Some(record.value()));
        }
        if &*kind.name() == "System.Management.Automation.Language.Parser"
            && let Some(answer) = self.parser_method(name, &arguments)?
        {
            return Ok(Some(answer));
        }
        Ok(member::static_invoke(self, kind, name, arguments)?)
    }

    fn evals(&mut self, codes: &[Code]) -> Run<Vec<Value>> {
        codes.iter().map(|code| self.eval(code)).collect()
    }

    /// The methods of script blocks; `None`: it has none of that name.
    fn block_method(&mut self, block: &Block, name: &str, arguments: &[Value]) -> Run<Option<Option<Value>>> {
        let value = || block.clone().value();
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "invoke" => {
                let mut out = Vec::new();
                self.call_block(&value(), None, arguments, &mut out)?;
                Some(Value::typed(dotnet::collections::Collection::new(
                    dotnet::collections::Flavour::Collection,
                    vec![dotnet::Type::named("System.Management.Automation.PSObject")],
                    out,
                )))
            }
            "invokereturnasis" => {
                let mut out = Vec::new();
                self.call_block(&value(), None, arguments, &mut out)?;
                gathered(out)
            }
            "getnewclosure" => Some(self.closure(block).value()),
            "tostring" => Some(Value::from(block.inner_text())),
            "invokewithcontext" => {
                let mut out = Vec::new();
                let rest = arguments.get(2).map(Value::items).unwrap_or_default();
                self.call_block(&value(), None, &rest, &mut out)?;
                gathered(out)
            }
            _ => return Ok(None),
        }))
    }
}

/// The commonest operators on the commonest numbers; `None`: the long way.
#[inline]
fn quick(operator: Operator, left: i32, right: i32) -> Option<Value> {
    let order = left.cmp(&right);
    Some(Value::Bool(match operator {
        Operator::Lt(_) => order == Ordering::Less,
        Operator::Le(_) => order != Ordering::Greater,
        Operator::Gt(_) => order == Ordering::Greater,
        Operator::Ge(_) => order != Ordering::Less,
        Operator::Eq(_) => order == Ordering::Equal,
        Operator::Ne(_) => order != Ordering::Equal,
        Operator::Add => return left.checked_add(right).map(Value::Int32),
        Operator::Subtract => return left.checked_sub(right).map(Value::Int32),
        Operator::Multiply => return left.checked_mul(right).map(Value::Int32),
        _ => return None,
    }))
}

fn duplicate_key(key: &Value) -> Exception {
    let message =
        format!("Item has already been added. Key in dictionary: '{key}'  Key being added: '{key}'");
    Exception::new("System.ArgumentException", message).category(dotnet::Category::NotSpecified)
}
