//! Assignments: to variables, elements, members, several at once; `++` and `--`; `[ref]`.

use super::code::*;
use super::halt::Run;
use super::scope::{Grown, Slot};
use super::session::Session;
use super::values;
use crate::syntax::token::Operator;
use dotnet::text::GROWN_BYTES_MAX;
use dotnet::values::Reference;
use dotnet::{Exception, index, member};
use object::Value;
use parking_lot::RwLock;
use std::sync::Arc;

/// Shorter texts are copied when something is added to them; that is quick, and reading them costs nothing.
const GROWING_TEXT_BYTES_MIN: usize = 512;

impl Session {
    /// Runs an assignment; its value, should it stand in brackets. `None` is nothing at all.
    /// Where nobody wants the value, `+=` need not give one.
    pub(super) fn assign(&mut self, assignment: &AssignCode, wanted: bool) -> Run<Option<Value>> {
        match assignment.operator {
            None => {
                let value = self.right_side(&assignment.right)?;
                if let Target::Variable(variable) = &assignment.target {
                    self.assign_variable(variable, value.clone())?;
                    return Ok(value);
                }
                self.store(&assignment.target, value.clone().unwrap_or_default())?;
                Ok(value)
            }
            Some(Operator::Coalesce) => {
                let present = self.load(&assignment.target)?;
                if !present.is_null() {
                    return Ok(Some(present));
                }
                let value = self.right_side(&assignment.right)?.unwrap_or_default();
                self.store(&assignment.target, value.clone())?;
                Ok(Some(value))
            }
            Some(operator) => self.compound(operator, assignment, wanted).map(Some),
        }
    }

    /// The value of an assignment's right side.
    fn right_side(&mut self, step: &Step) -> Run<Option<Value>> {
        match &step.kind {
            StepKind::Value(Code::Var(variable, _)) if self.is_nothing(variable) => Ok(None),
            StepKind::Value(code @ (Code::Sub(_) | Code::Paren(_) | Code::Invoke(_))) => match code {
                Code::Sub(seq) => self.gather(seq),
                Code::Paren(inner) => self.paren(inner),
                Code::Invoke(call) => self.invoke(call).map(|value| Some(value.unwrap_or_default())),
                _ => self.eval(code).map(Some),
            },
            StepKind::Value(code) => self.eval(code).map(Some),
            _ => self.paren(step),
        }
    }

    fn compound(&mut self, operator: Operator, assignment: &AssignCode, wanted: bool) -> Run<Value> {
        let right = self.right_side(&assignment.right)?;
        // A command without output adds nothing to a list.
        if right.is_none() && operator == Operator::Add {
            let present = self.load(&assignment.target)?;
            if dotnet::index::elements(&present).is_some() {
                return Ok(present);
            }
        }
        let right = right.unwrap_or_default();
        if operator == Operator::Add
            && let Target::Variable(Var::Slot(slot)) = &assignment.target
            && let Some(value) = self.append(*slot, &right)
        {
            return Ok(value);
        }
        if operator == Operator::Add
            && let Target::Variable(Var::Slot(slot)) = &assignment.target
            && self.lengthen(*slot, &right)?
        {
            return Ok(if wanted { self.slot(*slot).value().unwrap_or_default() } else { Value::Null });
        }
        if let Target::Member(access) = &assignment.target {
            // The object is worked out once, read and written.
            let target = self.eval(&access.target)?;
            let name = self.name_of(&access.name)?;
            if access.is_static {
                let kind = self.type_of_target(&target)?;
                let left = self.static_member(&kind, &name)?;
                let value = values::binary(self, operator, &left, &right)?;
                self.store(&assignment.target, value.clone())?;
                return Ok(value);
            }
            let left = member::get(self, &target, &name)?;
            let value = values::binary(self, operator, &left, &right)?;
            member::set(self, &target, &name, value.clone())?;
            return Ok(value);
        }
        if let Target::Index(pair) = &assignment.target {
            let (target, at) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
            let left = index::get(&target, &at, self.locale())?;
            let value = values::binary(self, operator, &left, &right)?;
            index::set(&target, &at, value.clone(), self.locale())?;
            return Ok(value);
        }
        let left = self.load(&assignment.target)?;
        let value = values::binary(self, operator, &left, &right)?;
        self.store(&assignment.target, value.clone())?;
        Ok(value)
    }

    /// `$list += $x` where nobody else holds the array: it grows in place, so that a loop which gathers
    /// values takes time in proportion to their number.
    fn append(&mut self, slot: u32, right: &Value) -> Option<Value> {
        let Slot::Plain(Value::Array(array)) = self.slot_mut(slot) else { return None };
        if Arc::strong_count(array) != 1 || array.element().is_some() {
            return None;
        }
        match index::elements(right) {
            Some(elements) => array.write().extend(elements),
            None => array.write().push(right.clone()),
        }
        Some(Value::Array(array.clone()))
    }

    /// The same for `$text += 'x'`, once the text is so long that copying it each time would be felt.
    fn lengthen(&mut self, slot: u32, right: &Value) -> Run<bool> {
        match self.slot(slot) {
            Slot::Grown(_) => {}
            Slot::Plain(Value::String(text)) if text.len() >= GROWING_TEXT_BYTES_MIN => {}
            _ => return Ok(false),
        }
        let more = self.own_text(right)?;
        let place = self.slot_mut(slot);
        if let Slot::Plain(Value::String(text)) = place {
            *place = Slot::Grown(Box::new(Grown::new(text)));
        }
        let Slot::Grown(grown) = place else { return Ok(false) };
        if grown.len() + more.len() > GROWN_BYTES_MAX {
            return Err(Exception::out_of_memory().into());
        }
        grown.push(&more);
        Ok(true)
    }

    fn load(&mut self, target: &Target) -> Run<Value> {
        match target {
            Target::Variable(variable) => Ok(self.read(variable)?.unwrap_or_default()),
            Target::Typed(_, inner) | Target::Ruled(_, inner) => self.load(inner),
            Target::Index(pair) => {
                let (target, at) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
                Ok(index::get(&target, &at, self.locale())?)
            }
            Target::Member(access) => {
                let target = self.eval(&access.target)?;
                let name = self.name_of(&access.name)?;
                if access.is_static {
                    let kind = self.type_of_target(&target)?;
                    return self.static_member(&kind, &name);
                }
                Ok(member::get(self, &target, &name)?)
            }
            Target::List(_) => Ok(Value::Null),
        }
    }

    fn type_of_target(&mut self, target: &Value) -> Run<dotnet::Type> {
        match dotnet::values::base(target).downcast::<dotnet::Type>() {
            Some(kind) => Ok(kind.clone()),
            None => Err(Exception::runtime("PropertyNotFound", "Only a type has static members.").into()),
        }
    }

    /// Puts a value where a target says.
    pub(super) fn store(&mut self, target: &Target, value: Value) -> Run {
        match target {
            Target::Variable(variable) => self.assign_variable(variable, Some(value)),
            Target::Typed(kind, inner) => self.store_typed(kind, inner, value),
            Target::Ruled(rules, inner) => {
                self.check_rules(rules, &value)?;
                self.store(inner, value)?;
                self.keep_rules(rules, inner);
                Ok(())
            }
            Target::Index(pair) => {
                let (target, at) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
                Ok(index::set(&target, &at, value, self.locale())?)
            }
            Target::Member(access) => {
                let target = match &access.target {
                    Code::Type(kind, _) => Value::typed(values::resolve(self, kind)?),
                    code => self.eval(code)?,
                };
                let name = self.name_of(&access.name)?;
                if access.is_static {
                    let kind = self.type_of_target(&target)?;
                    if let dotnet::Type::Script(class) = &kind
                        && let Some(class) = super::declared::of_script(class)
                        && self.set_static_of_class(&class, &name, &value)?
                    {
                        return Ok(());
                    }
                    return Ok(member::static_set(self, &kind, &name, value)?);
                }
                if let Some(module) = target.downcast::<super::scope::ModuleInfo>()
                    && module.set(&name, value.clone())
                {
                    return Ok(());
                }
                Ok(member::set(self, &target, &name, value)?)
            }
            Target::List(targets) => self.store_list(targets, value),
        }
    }

    /// `[int] $x = …`: the type stays with the variable.
    fn store_typed(&mut self, kind: &TypeRef, inner: &Target, value: Value) -> Run {
        let kind = values::resolve(self, kind)?;
        let converted = values::convert(self, &value, &kind);
        let value = converted.map_err(|error| match &kind {
            dotnet::Type::Array(..) => values::not_transformed(error),
            _ if self.scopes[self.frame.scope].is_script => values::not_transformed(error),
            _ => error,
        })?;
        let Target::Variable(variable) = inner else { return self.store(inner, value) };
        match self.special_of(variable) {
            Some(special) => {
                special.kind = Some(kind);
                special.value = value;
                Ok(())
            }
            None => self.assign_variable(variable, Some(value)),
        }
    }

    /// `[ValidateSet('a')] $x = …`: the rules stay with the variable.
    fn keep_rules(&mut self, rules: &Arc<Vec<Rule>>, target: &Target) {
        let variable = match target {
            Target::Variable(variable) => variable,
            Target::Typed(_, inner) => match &**inner {
                Target::Variable(variable) => variable,
                _ => return,
            },
            _ => return,
        };
        if let Some(special) = self.special_of(variable) {
            special.rules = Some(rules.clone());
        }
    }

    /// `$a, $b = 1, 2, 3`: the last target takes all that is left.
    fn store_list(&mut self, targets: &[Target], value: Value) -> Run {
        let mut items = match index::elements(&value) {
            Some(items) => items,
            None => vec![value],
        };
        for (at, target) in targets.iter().enumerate() {
            let last = at + 1 == targets.len();
            let value = match items.len() {
                0 => Value::Null,
                1 => items.remove(0),
                _ if last => Value::array(std::mem::take(&mut items)),
                _ => items.remove(0),
            };
            self.store(target, value)?;
        }
        Ok(())
    }

    /// `++` and `--`.
    pub(super) fn step_by(&mut self, target: &Target, code: &Code, by: i32, old: bool) -> Run<Value> {
        if let Target::Variable(Var::Slot(slot)) = target
            && let Slot::Plain(Value::Int32(n)) = self.slot_mut(*slot)
            && let Some(next) = n.checked_add(by)
        {
            let before = std::mem::replace(n, next);
            return Ok(Value::Int32(if old { before } else { next }));
        }
        let before = self.eval(code)?;
        let number = if before.is_null() { Value::Int32(0) } else { before };
        if !is_number(&number) {
            let sign = if by > 0 { "++" } else { "--" };
            let kind = number.type_name();
            let message = format!("The '{sign}' operator works only on numbers. The operand is a '{kind}'.");
            return Err(Exception::runtime("OperatorRequiresNumber", message).into());
        }
        let next = values::binary(self, Operator::Add, &number, &Value::Int32(by))?;
        self.store(target, next.clone())?;
        Ok(if old { number } else { next })
    }

    /// `[ref] $x`: the variable and the reference are one place from now on.
    pub(super) fn reference(&mut self, code: &Code) -> Run<Value> {
        let Code::Var(variable, _) = code else {
            let value = self.eval(code)?;
            return Ok(Value::typed(Reference(RwLock::new(value))));
        };
        let Some(value) = self.read(variable)? else {
            let message = "[ref] cannot be applied to a variable that does not exist.";
            return Err(Exception::runtime("NonExistingVariableReference", message).into());
        };
        match self.special_of(variable) {
            Some(special) => {
                let place = special.shared.get_or_insert_with(|| Arc::new(Reference(RwLock::new(value))));
                Ok(Value::Typed(place.clone()))
            }
            None => Ok(Value::typed(Reference(RwLock::new(value)))),
        }
    }
}

fn is_number(value: &Value) -> bool {
    value.as_i64().is_some()
        || matches!(
            value,
            Value::Double(_) | Value::Single(_) | Value::Decimal(_) | Value::UInt64(_) | Value::Char(_)
        )
        || dotnet::values::big(value).is_some()
}
