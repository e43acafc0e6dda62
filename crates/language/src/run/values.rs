//! The evaluator's way to `dotnet`: operators, conversions, members, with the session as the engine that
//! script blocks called back from there run in.

use super::code::TypeRef;
use super::declared::of_script;
pub(super) use super::error::record_of;
pub(super) use super::halt::exception;
use super::scope::Block;
use super::session::Session;
use super::slot::Matched;
use crate::syntax::token::{Case, Operator};
use dotnet::arithmetic::Arithmetic;
use dotnet::operator::Operator as Known;
use dotnet::types::ScriptType;
use dotnet::{Engine, Exception, Host, Locale, Result, Type, index, operator};
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

impl Engine for Session {
    fn locale(&self) -> &Locale {
        &self.settings.locale
    }
    fn host(&self) -> &dyn Host {
        &*self.settings.host
    }
    fn call(&mut self, block: &Value, input: Option<&Value>, args: &[Value]) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        self.call_block(block, input, args, &mut out).map_err(exception)?;
        Ok(out)
    }
    fn call_quietly(&mut self, block: &Value, input: &Value) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        self.guards += 1;
        let result = self.call_block(block, Some(input), &[], &mut out);
        self.guards -= 1;
        if let Some(record) = result.as_ref().err().and_then(|halt| halt.error().cloned()) {
            self.remember(&record);
        }
        result.map_err(exception)?;
        Ok(out)
    }
    fn type_member(&self, value: &Value, name: &str) -> Option<Value> {
        self.type_data.member(value, name)
    }
    fn type_properties(&self, value: &Value) -> Vec<object::value::Text> {
        self.type_data.properties(value)
    }
    fn keep_errors(&mut self, on: bool) {
        self.keeps_errors = on;
    }
    fn call_this(&mut self, block: &Value, this: &Value, args: &[Value]) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        let result = self.call_block_with_this(block, this, args, &mut out);
        if let (true, Some(record)) =
            (self.keeps_errors, result.as_ref().err().and_then(|halt| halt.error().cloned()))
        {
            self.remember(&record);
        }
        result.map_err(exception)?;
        Ok(out)
    }
    fn block(&mut self, text: &str) -> Result<Value> {
        self.parse_block(text).map(Block::value)
    }
    fn hidden(&mut self, value: &Value, name: &str) -> Option<Value> {
        self.hidden_part(value, name)
    }
    fn set_hidden(&mut self, value: &Value, name: &str, new: &Value) -> bool {
        self.set_hidden_part(value, name, new)
    }
    fn block_of_tree(&mut self, tree: &Value) -> Option<Value> {
        self.block_of_node(tree)
    }
    fn location(&self) -> String {
        self.settings.location.clone()
    }
    fn class_call(
        &mut self,
        class: &Arc<dyn ScriptType>,
        this: Option<&Value>,
        name: &str,
        arguments: &[Value],
    ) -> Result<Option<Option<Value>>> {
        let Some(class) = of_script(class) else { return Ok(None) };
        self.call_class(&class, this, name, arguments).map_err(exception)
    }
    fn class_new(&mut self, class: &Arc<dyn ScriptType>, arguments: Vec<Value>) -> Result<Value> {
        let Some(class) = of_script(class) else { return Err(no_such_type(&class.name())) };
        self.instance(&class, arguments).map_err(exception)
    }
    fn class_set(
        &mut self,
        class: &Arc<dyn ScriptType>,
        this: &Value,
        name: &str,
        new: &Value,
    ) -> Result<bool> {
        let Some(class) = of_script(class) else { return Ok(false) };
        self.set_class_property(&class, this, name, new)
    }
    fn class_get(&mut self, class: &Arc<dyn ScriptType>, name: &str) -> Result<Option<Value>> {
        let Some(class) = of_script(class) else { return Ok(None) };
        self.static_of_class(&class, name).map_err(exception)
    }
    fn script_type(&self, name: &str) -> Option<Type> {
        self.type_named(name)
    }
    fn kept_state(&self, name: &'static str) -> Value {
        self.kept(name)
    }
    fn keep_state(&mut self, name: &'static str, value: Value) -> Result<()> {
        self.keep(name, value);
        Ok(())
    }
    fn set_culture(&mut self, culture: &'static dotnet::Culture) -> Result<()> {
        self.settings.locale.culture = culture;
        Ok(())
    }
    fn run_command(&mut self, name: &str, parameters: Vec<(&'static str, Value)>) -> Result<Vec<Value>> {
        let block = self.parse_block("param($name, $given) & $name @given -ErrorAction Stop")?;
        let given = object::value::Dictionary::new();
        for (key, value) in parameters {
            given.insert(key.into(), value);
        }
        let arguments = [name.into(), Value::Dictionary(Arc::new(given))];
        Engine::call(self, &block.value(), None, &arguments)
    }
    fn set_matches(&mut self, found: dotnet::regex::Match) {
        // A loop matches again and again: what held the match before holds this one.
        match self.slot_mut(super::scope::MATCHES) {
            super::scope::Slot::Matched(held) => **held = Matched::new(found),
            slot => *slot = super::scope::Slot::Matched(Box::new(Matched::new(found))),
        }
    }
}

impl Session {
    /// A type that is found only by what scripts declared or may leave out; `None`: there is none, or everybody
    /// knows it.
    fn type_named(&self, name: &str) -> Option<Type> {
        if self.types.is_empty() && self.namespaces.is_empty() {
            return None;
        }
        let declared = |name: &str| self.declared_type(name);
        if let Some(found) = Type::parse_with(name, &declared) {
            return Some(found);
        }
        let mut whole = self.namespaces.iter().map(|space| format!("{space}.{name}"));
        whole.find_map(|name| Type::parse_with(&name, &declared))
    }
}

fn case(case: Case) -> operator::Case {
    match case {
        Case::Ignore => operator::Case::Ignored,
        Case::Keep => operator::Case::Counts,
    }
}

fn known(operator: Operator) -> Option<Known> {
    use Operator as O;
    Some(match operator {
        O::Add => Known::Arithmetic(Arithmetic::Add),
        O::Subtract => Known::Arithmetic(Arithmetic::Subtract),
        O::Multiply => Known::Arithmetic(Arithmetic::Multiply),
        O::Divide => Known::Arithmetic(Arithmetic::Divide),
        O::Remainder => Known::Arithmetic(Arithmetic::Remainder),
        O::Shl => Known::Arithmetic(Arithmetic::ShiftLeft),
        O::Shr => Known::Arithmetic(Arithmetic::ShiftRight),
        O::Band => Known::Arithmetic(Arithmetic::BitAnd),
        O::Bor => Known::Arithmetic(Arithmetic::BitOr),
        O::Bxor => Known::Arithmetic(Arithmetic::BitXor),
        O::Range => Known::Range,
        O::Format => Known::Format,
        O::And => Known::And,
        O::Or => Known::Or,
        O::Xor => Known::Xor,
        O::Is => Known::Is,
        O::IsNot => Known::IsNot,
        O::As => Known::As,
        O::Join => Known::Join,
        O::Eq(c) => Known::Equal(case(c)),
        O::Ne(c) => Known::NotEqual(case(c)),
        O::Lt(c) => Known::Less(case(c)),
        O::Le(c) => Known::LessEqual(case(c)),
        O::Gt(c) => Known::Greater(case(c)),
        O::Ge(c) => Known::GreaterEqual(case(c)),
        O::Like(c) => Known::Like(case(c)),
        O::NotLike(c) => Known::NotLike(case(c)),
        O::Match(c) => Known::Match(case(c)),
        O::NotMatch(c) => Known::NotMatch(case(c)),
        O::Replace(c) => Known::Replace(case(c)),
        O::Split(c) => Known::Split(case(c)),
        O::Contains(c) => Known::Contains(case(c)),
        O::NotContains(c) => Known::NotContains(case(c)),
        O::In(c) => Known::In(case(c)),
        O::NotIn(c) => Known::NotIn(case(c)),
        O::Not | O::Bnot | O::Coalesce | O::Comma | O::Increment | O::Decrement => return None,
    })
}

/// `left operator right`.
pub(super) fn binary(
    session: &mut Session,
    operator: Operator,
    left: &Value,
    right: &Value,
) -> Result<Value> {
    match known(operator) {
        Some(operator) => operator::binary(session, operator, left, right),
        None => Err(Exception::runtime(
            "InvalidOperation",
            format!("{operator:?} is not an operator of two values."),
        )),
    }
}

/// `operator value`.
pub(super) fn unary(session: &mut Session, operator: Operator, value: &Value) -> Result<Value> {
    match operator {
        Operator::Not => Ok(Value::Bool(!dotnet::compare::truth(value))),
        Operator::Bnot => dotnet::arithmetic::complement(value, session.locale()),
        Operator::Subtract => dotnet::arithmetic::negate(value, session.locale()),
        Operator::Add => dotnet::arithmetic::plus(value, session.locale()),
        Operator::Join => operator::join_unary(value, session),
        Operator::Split(_) => operator::split_unary(value, session),
        other => {
            Err(Exception::runtime("InvalidOperation", format!("{other:?} is not an operator of one value.")))
        }
    }
}

/// A cast.
pub(super) fn convert(session: &mut Session, value: &Value, kind: &Type) -> Result<Value> {
    if matches!(kind.kind(), dotnet::Kind::String)
        && matches!(value, Value::Array(_) | Value::Typed(_) | Value::Object(_))
    {
        return Ok(Value::from(session.own_text(value)?));
    }
    if let Type::Array(element, 1) = kind
        && matches!(**element, Type::Script(_))
        && !value.is_null()
    {
        let items: Result<Vec<Value>> =
            walk(value.clone()).iter().map(|item| convert(session, item, element)).collect();
        return Ok(object::value::Array::of(element.name(), items?).into());
    }
    if let Type::Script(class) = kind
        && let Some(class) = of_script(class)
    {
        return session.cast_to_class(&class, value, kind);
    }
    dotnet::member::cast(session, value, kind)
}

/// The type of that name.
pub(super) fn resolve(session: &Session, name: &TypeRef) -> Result<Type> {
    if let Some(found) = name.found.get() {
        return Ok(found.clone());
    }
    let profile = session.settings.locale.profile;
    if let Some(found) = session.type_named(&name.name).filter(|of| profile.has(of)) {
        // What scripts declare may be declared anew.
        return Ok(found);
    }
    let Some(found) = Type::parse(&name.name).filter(|of| profile.has(of)) else {
        return Err(no_such_type(&name.name));
    };
    Ok(name.found.get_or_init(|| found).clone())
}

pub(super) fn no_such_type(name: &str) -> Exception {
    let target = Value::typed(UnknownType(name.into()));
    Exception::runtime("TypeNotFound", format!("Unable to find type [{name}].")).target(target)
}

/// The name of a type that is none, as the record of the error shows it.
struct UnknownType(Text);

impl Typed for UnknownType {
    fn type_name(&self) -> Text {
        "System.Management.Automation.Language.TypeName".into()
    }
    fn text(&self) -> String {
        self.0.to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What a pipeline or `foreach` walks: the elements of a list, else the value itself.
pub(super) fn walk(value: Value) -> Vec<Value> {
    match index::elements(&value) {
        Some(elements) => elements,
        None => vec![value],
    }
}

/// One value for what a pipeline wrote: none is nothing, several are an array.
pub(super) fn gathered(mut values: Vec<Value>) -> Option<Value> {
    match values.len() {
        0 => None,
        1 => values.pop(),
        _ => Some(Value::array(values)),
    }
}

/// A value that does not fit the type of a variable which is looked up by its name.
pub(super) fn not_transformed(error: Exception) -> Exception {
    let message = error.text().to_owned();
    Exception::new("System.Management.Automation.ArgumentTransformationMetadataException", message)
        .id("RuntimeException")
        .category(dotnet::Category::MetadataError)
        .inner(error)
}
