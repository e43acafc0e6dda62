//! Classes and enumerations of a script. They are made before the script's first statement runs, so that it may use
//! them before it declares them; `dotnet` reaches them through the session, which is its engine.
//!
//! An instance is an object whose properties are the class's, and whose base is the value of .NET's type that the
//! class derives from, if there is one (`class Full : System.Exception`).

use super::code::{Code, Member, Prepared, StepKind, TypeCode};
use super::declared::{Class, Declaration, Declared, Method};
use super::error::{ErrorRecord, Extent};
use super::halt::{Run, Why};
use super::scope::{Module, Scope, Slot, THIS, UNDERSCORE, same_home, special};
use super::session::Session;
use super::sink::Dropped;
use super::values;
use crate::syntax::Span;
use crate::syntax::ast::MemberBody;
use dotnet::types::{ClassOf, ScriptType};
use dotnet::values::{Added, Reference};
use dotnet::{Category, Exception, Type};
use object::types::EnumType;
use object::value::Text;
use object::{Object, Value};
use parking_lot::{Mutex, RwLock};
use std::sync::Arc;

/// A class on the way from the most special to the most general one, while an instance is made.
struct Part {
    class: Arc<Class>,
    constructor: Option<(Arc<Prepared>, Scope)>,
}

/// Code that is ready to run, and the scope in which its arguments stand.
type Bound = (Arc<Prepared>, Scope);

impl Session {
    // --- making types --------------------------------------------------------------------------

    /// Makes the types that a block declares, before it runs. A type may derive from one that stands behind it.
    pub(super) fn declare_types(&mut self, code: &Prepared) -> Run {
        for namespace in &code.namespaces {
            if !self.namespaces.contains(namespace) {
                self.namespaces.push(namespace.clone());
            }
        }
        let mut waiting: Vec<&Arc<TypeCode>> = code.types.iter().collect();
        while !waiting.is_empty() {
            let names: Vec<&str> = waiting.iter().map(|code| &*code.definition.name).collect();
            let waits = |code: &TypeCode| {
                let mut bases = code.bases.iter();
                bases.any(|base| names.iter().any(|name| name.eq_ignore_ascii_case(&base.name)))
            };
            let ready = waiting.iter().position(|code| !waits(code)).unwrap_or(0);
            let next = waiting.remove(ready).clone();
            self.declare_type(&next)?;
        }
        Ok(())
    }

    /// Declares the types that a text of PowerShell makes, in a namespace where one is named.
    ///
    /// # Errors
    /// It cannot be read, or a type in it cannot be made.
    pub fn declare_type_text(&mut self, text: &str, namespace: &str) -> Run {
        let block = self.parse_block(text)?;
        let code = super::prepare::prepared(block.ast(), None);
        self.declare_types(&code)?;
        for made in code.types.iter().filter(|_| !namespace.is_empty()) {
            let name = made.definition.name.to_lowercase();
            if let Some(declared) = self.types.get(&*name).cloned() {
                self.types.insert(format!("{}.{name}", namespace.to_lowercase()).into(), declared);
            }
        }
        Ok(())
    }

    /// Makes a type, unless it was made from the same place already.
    pub(super) fn declare_type(&mut self, code: &Arc<TypeCode>) -> Run {
        let key = code.definition.name.to_lowercase();
        if self.types.get(&*key).is_some_and(|known| Arc::ptr_eq(&known.from, code)) {
            return Ok(());
        }
        let kind = match code.definition.is_enum {
            true => Type::Enum(self.make_enum(code)?),
            false => Type::Script(self.make_class(code)?),
        };
        self.types.insert(key.into(), Declared { from: code.clone(), kind });
        Ok(())
    }

    fn make_enum(&mut self, code: &TypeCode) -> Run<&'static EnumType> {
        let mut values: Vec<(String, i64)> = Vec::new();
        let mut next = 0;
        for (member, made) in code.definition.members.iter().zip(&code.members) {
            if values.iter().any(|(name, _)| name.eq_ignore_ascii_case(&member.name)) {
                return Err(already_defined(&member.name).at(|| place(code, member.span)).into());
            }
            if let (Some(value), MemberBody::Property(Some(written))) = (&made.default, &member.body) {
                let scope = self.method_scope(&code.code, self.current_module().as_ref());
                let found = self.in_method(&code.code, scope, None, |session, _| session.eval(value)).0?;
                let number = values::convert(self, &found, &Type::int64()).map_err(|error| {
                    let message = error.text().replace("System.Int64", "System.Int32");
                    parser_error("CannotConvertValue", message).at(|| place(code, written.span))
                })?;
                next = number.as_i64().unwrap_or(0);
            }
            values.push((member.name.to_string(), next));
            next = next.wrapping_add(1);
        }
        let flags = code.definition.attributes.iter().any(|attribute| {
            let name = attribute.name.name.rsplit('.').next().unwrap_or_default();
            name.eq_ignore_ascii_case("Flags") || name.eq_ignore_ascii_case("FlagsAttribute")
        });
        Ok(EnumType::declare(&code.definition.name, flags, &values)?)
    }

    fn make_class(&mut self, code: &Arc<TypeCode>) -> Run<Arc<dyn ScriptType>> {
        let definition = &code.definition;
        for (at, member) in definition.members.iter().enumerate() {
            let property = matches!(member.body, MemberBody::Property(_));
            let same = |other: &Declaration| {
                other.name.eq_ignore_ascii_case(&member.name)
                    && matches!(other.body, MemberBody::Property(_)) == property
            };
            if property && definition.members[..at].iter().any(same) {
                return Err(already_defined(&member.name).at(|| place(code, member.span)).into());
            }
        }
        let (mut base, mut interfaces) = (None, Vec::new());
        for (written, constraint) in code.bases.iter().zip(&definition.bases) {
            let found = values::resolve(self, written).map_err(|_| {
                parser_error("TypeNotFound", format!("Unable to find type [{}].", written.name))
                    .at(|| place(code, constraint.span))
            })?;
            match is_interface(&found) {
                true => interfaces.push(found),
                false => base = Some(found).filter(|found| &*found.name() != "System.Object"),
            }
        }
        let name: Text = (&*definition.name).into();
        let statics = Mutex::new(None);
        let home = self.current_module();
        Ok(Arc::new(Class { name, code: code.clone(), base, interfaces, home, statics }))
    }

    /// The type of that name which the session's scripts declared.
    pub(super) fn declared_type(&self, name: &str) -> Option<Type> {
        self.types.get(&*name.to_lowercase()).map(|declared| declared.kind.clone())
    }

    // --- properties ----------------------------------------------------------------------------

    /// What a property holds before anybody sets it.
    fn initial(&mut self, member: &Member) -> Run<Value> {
        let Some(kind) = &member.kind else { return Ok(Value::Null) };
        let kind = values::resolve(self, kind)?;
        match kind {
            Type::Enum(of) => Ok(Value::Enum(object::types::EnumValue { of, number: 0 })),
            kind if kind.is_value_type() => {
                Ok(values::convert(self, &Value::Null, &kind).unwrap_or_default())
            }
            _ => Ok(Value::Null),
        }
    }

    /// A value as a property takes it: converted and checked.
    fn fitting(&mut self, member: &Member, name: &str, value: &Value) -> dotnet::Result<Value> {
        let converted = match &member.kind {
            Some(kind) => {
                let kind = values::resolve(self, kind)?;
                values::convert(self, value, &kind)
            }
            None => Ok(value.clone()),
        };
        let checked = converted.and_then(|value| {
            self.check_rules(&member.rules, &value)?;
            Ok(value)
        });
        checked.map_err(|inner| {
            let message = format!("Exception setting \"{name}\": \"{}\"", inner.text());
            Exception::new("System.Management.Automation.SetValueInvocationException", message)
                .id("ExceptionWhenSetting")
                .category(Category::NotSpecified)
                .inner(inner)
        })
    }

    pub(super) fn set_class_property(
        &mut self,
        class: &Arc<Class>,
        this: &Value,
        name: &str,
        new: &Value,
    ) -> dotnet::Result<bool> {
        let (Value::Object(object), Some((holder, at))) = (this, class.property(name, false)) else {
            return Ok(false);
        };
        let declared = &holder.definition().members[at];
        let value = self.fitting(&holder.code.members[at], &declared.name, new)?;
        put(object, &declared.name, value, declared.is_hidden);
        Ok(true)
    }

    /// The static properties of a class; its static constructor runs when the first is asked for.
    fn statics(&mut self, class: &Arc<Class>) -> Run<Arc<Object>> {
        if let Some(made) = class.statics.lock().clone() {
            return Ok(made);
        }
        let made = Arc::new(Object::custom());
        *class.statics.lock() = Some(made.clone());
        for (member, code) in class.members_with_code().filter(|(member, _)| member.is_static) {
            if matches!(member.body, MemberBody::Property(_)) {
                let value = match &code.default {
                    Some(default) => {
                        let given = self.in_names_of(class, None, |session| session.eval(default))?;
                        self.fitting(code, &member.name, &given)?
                    }
                    None => self.initial(code)?,
                };
                made.set(&member.name, value);
            }
        }
        if let Some(constructor) = class.constructors(true).first().and_then(Method::prepared) {
            let scope = self.method_scope(&constructor, class.home.as_ref());
            self.run_body(&constructor, scope, None)?;
        }
        Ok(made)
    }

    pub(super) fn static_of_class(&mut self, class: &Arc<Class>, name: &str) -> Run<Option<Value>> {
        match class.property(name, true) {
            Some((holder, _)) => Ok(self.statics(&holder)?.get(name)),
            None => Ok(None),
        }
    }

    /// Sets a static property; `false`: there is none of that name.
    pub(super) fn set_static_of_class(&mut self, class: &Arc<Class>, name: &str, new: &Value) -> Run<bool> {
        let Some((holder, at)) = class.property(name, true) else { return Ok(false) };
        let value = self.fitting(&holder.code.members[at], name, new)?;
        self.statics(&holder)?.set(name, value);
        Ok(true)
    }

    // --- methods -------------------------------------------------------------------------------

    /// Calls a method; `None`: the class has none of that name.
    pub(super) fn call_class(
        &mut self,
        class: &Arc<Class>,
        this: Option<&Value>,
        name: &str,
        arguments: &[Value],
    ) -> Run<Option<Option<Value>>> {
        let methods = class.methods(name, this.is_none());
        if methods.is_empty() {
            return Ok(None);
        }
        if this.is_none() {
            self.statics(class)?;
        }
        let method = self.chosen(&methods, name, arguments)?;
        let Some(code) = method.prepared() else { return Ok(None) };
        let scope = self.bound_scope(&method, &code, name, arguments)?;
        let returned = self.run_body(&code, scope, this)?;
        let Some(kind) = &method.code().kind else { return Ok(Some(Some(returned.unwrap_or_default()))) };
        let kind = values::resolve(self, kind)?;
        if kind.kind() == dotnet::Kind::Void {
            return Ok(Some(None));
        }
        Ok(Some(Some(values::convert(self, &returned.unwrap_or_default(), &kind)?)))
    }

    /// The overload that the arguments fit best.
    fn chosen(&mut self, methods: &[Method], name: &str, arguments: &[Value]) -> Run<Method> {
        let fitting: Vec<&Method> =
            methods.iter().filter(|method| method.code().parameters.len() == arguments.len()).collect();
        if let [only] = fitting.as_slice() {
            return Ok((*only).clone());
        }
        let mut best: Option<(u32, &Method)> = None;
        for method in fitting {
            let Some(far) = self.distance(method, arguments)? else { continue };
            if best.is_none_or(|(known, _)| far < known) {
                best = Some((far, method));
            }
        }
        match best {
            Some((_, method)) => Ok(method.clone()),
            None => Err(no_overload(name, arguments.len()).into()),
        }
    }

    /// How far the arguments are from what a method takes; `None`: they cannot be converted.
    fn distance(&mut self, method: &Method, arguments: &[Value]) -> Run<Option<u32>> {
        let mut sum = 0;
        for (kind, value) in method.code().parameters.iter().zip(arguments) {
            let Some(kind) = kind else {
                sum += 20;
                continue;
            };
            let kind = values::resolve(self, kind)?;
            sum += match Type::of(value) {
                Some(of) if of == kind => 0,
                _ if &*kind.name() == "System.Object" => 20,
                _ if dotnet::convert::is(value, &kind) => 1,
                None if kind.is_value_type() => return Ok(None),
                _ if values::convert(self, value, &kind).is_err() => return Ok(None),
                Some(of) if of.is_number() && kind.is_number() => 5,
                _ if kind.kind() == dotnet::Kind::String => 12,
                _ => 10,
            };
        }
        Ok(Some(sum))
    }

    /// A scope for a method's code: around it is the script's or module's, not the caller's.
    fn method_scope(&self, code: &Prepared, home: Option<&Arc<Module>>) -> Scope {
        let mut scope = Scope::new(&code.names, Some(self.script_scope_index()));
        scope.module = home.cloned();
        scope.is_foreign = !same_home(home, self.current_module().as_ref());
        scope
    }

    /// A scope for a method with its arguments in it.
    fn bound_scope(
        &mut self,
        method: &Method,
        code: &Prepared,
        name: &str,
        arguments: &[Value],
    ) -> Run<Scope> {
        let mut scope = self.method_scope(code, method.class.home.as_ref());
        for ((param, kind), value) in code.params.iter().zip(&method.code().parameters).zip(arguments) {
            let Some(kind) = kind else {
                scope.slots[param.slot as usize] = Slot::Plain(value.clone());
                continue;
            };
            let kind = values::resolve(self, kind)?;
            let converted = values::convert(self, value, &kind).map_err(|error| {
                let message = format!(
                    "Cannot convert argument \"{}\", with value: \"{}\", for \"{name}\" to type \"{kind}\": \"{}\"",
                    param.name,
                    self.to_text(value),
                    error.text()
                );
                Exception::method("MethodArgumentConversionInvalidCastArgument", message).inner(error)
            })?;
            let slot = &mut scope.slots[param.slot as usize];
            *slot = Slot::Plain(converted);
            special(slot).kind = Some(kind);
        }
        Ok(scope)
    }

    /// Runs a method's body in its scope: what `return` gives. Nothing else of it is output, and an error in it
    /// ends it.
    fn run_body(&mut self, code: &Arc<Prepared>, scope: Scope, this: Option<&Value>) -> Run<Option<Value>> {
        let (result, _) = self.in_method(code, scope, this, |session, code| session.body(code, &mut Dropped));
        match result {
            Ok(()) => Ok(None),
            Err(halt) => match halt.into_why() {
                Why::Return(value) => Ok(value),
                why => Err(super::halt::Halt::new(why)),
            },
        }
    }

    /// Runs `inner` in a method's scope, and hands the scope back.
    fn in_method<T>(
        &mut self,
        code: &Arc<Prepared>,
        mut scope: Scope,
        this: Option<&Value>,
        inner: impl FnOnce(&mut Session, &Arc<Prepared>) -> Run<T>,
    ) -> (Run<T>, Option<Scope>) {
        if let Some(this) = this {
            scope.slots[THIS as usize] = Slot::Plain(this.clone());
        }
        // What the caller has in `$_` is not the method's.
        scope.slots[UNDERSCORE as usize] = Slot::Plain(Value::Null);
        self.guards += 1;
        let (result, scope) = self.lodged(code, scope, |session| inner(session, code));
        self.guards -= 1;
        (result, scope)
    }

    /// Works something out among the names of a class's own code.
    fn in_names_of<T>(
        &mut self,
        class: &Class,
        this: Option<&Value>,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> Run<T> {
        let code = &class.code.code;
        let scope = self.method_scope(code, class.home.as_ref());
        self.in_method(code, scope, this, |session, _| inner(session)).0
    }

    // --- instances -----------------------------------------------------------------------------

    /// Makes an instance. Arguments go up the classes first, then properties get their values and constructors
    /// run, from the most general class down.
    pub(super) fn instance(&mut self, class: &Arc<Class>, arguments: Vec<Value>) -> Run<Value> {
        let (parts, base) = self.parts(class, arguments)?;
        let names: Vec<Text> = class.chain().iter().map(|class| class.name.clone()).collect();
        let link: Arc<dyn ScriptType> = class.clone();
        let object = Arc::new(Object::of_class(Arc::new(ClassOf(link)), names, base));
        for part in &parts {
            self.empty_properties(&part.class, &object)?;
        }
        let this = Value::Object(object);
        for part in parts.into_iter().rev() {
            self.fill_properties(&part.class, class, &this)?;
            if let Some((code, scope)) = part.constructor {
                self.run_body(&code, scope, Some(&this))?;
            }
        }
        Ok(this)
    }

    fn parts(&mut self, class: &Arc<Class>, arguments: Vec<Value>) -> Run<(Vec<Part>, Option<Value>)> {
        let (mut parts, mut at, mut given) = (Vec::new(), class.clone(), arguments);
        loop {
            self.statics(&at)?;
            let (constructor, upwards) = self.constructor(&at, given)?;
            let (parent, base) = (at.parent(), at.base.clone());
            parts.push(Part { class: at, constructor });
            match (parent, base) {
                (Some(parent), _) => (at, given) = (parent, upwards),
                (None, Some(base)) => {
                    let made = dotnet::member::create(self, &base, upwards)?;
                    return Ok((parts, Some(made)));
                }
                (None, None) => return Ok((parts, None)),
            }
        }
    }

    /// The constructor that the arguments fit, with them in its scope, and what it hands to the class above.
    fn constructor(&mut self, class: &Arc<Class>, arguments: Vec<Value>) -> Run<(Option<Bound>, Vec<Value>)> {
        let constructors = class.constructors(false);
        if constructors.is_empty() && arguments.is_empty() {
            return Ok((None, Vec::new()));
        }
        let method = self.chosen(&constructors, "new", &arguments)?;
        let Some(code) = method.prepared() else { return Ok((None, Vec::new())) };
        let scope = self.bound_scope(&method, &code, ".ctor", &arguments)?;
        let Some(call) = base_call(&code) else { return Ok((Some((code, scope)), Vec::new())) };
        let (upwards, scope) = self.in_method(&code, scope, None, |session, _| {
            call.iter().map(|argument| session.eval(argument)).collect::<Run<Vec<Value>>>()
        });
        Ok((scope.map(|scope| (code.clone(), scope)), upwards?))
    }

    fn empty_properties(&mut self, class: &Arc<Class>, object: &Object) -> Run {
        for (member, code) in class.members_with_code() {
            let property = matches!(member.body, MemberBody::Property(_)) && !member.is_static;
            if property && object.get(&member.name).is_none() {
                let value = self.initial(code)?;
                put(object, &member.name, value, member.is_hidden);
            }
        }
        Ok(())
    }

    fn fill_properties(&mut self, part: &Arc<Class>, class: &Arc<Class>, this: &Value) -> Run {
        for (member, code) in part.members_with_code().filter(|(member, _)| !member.is_static) {
            if let (Some(default), MemberBody::Property(_)) = (&code.default, &member.body) {
                let value = self.in_names_of(part, Some(this), |session| session.eval(default))?;
                self.set_class_property(class, this, &member.name, &value)?;
            }
        }
        Ok(())
    }

    /// A cast to a class: an instance stays, a table gives the properties, anything else is the one argument of a
    /// constructor.
    pub(super) fn cast_to_class(
        &mut self,
        class: &Arc<Class>,
        value: &Value,
        to: &Type,
    ) -> dotnet::Result<Value> {
        if value.is_null() || dotnet::convert::is(value, to) {
            return Ok(value.clone());
        }
        let pairs: Option<Vec<(String, Value)>> = match dotnet::values::base(value) {
            Value::Dictionary(table) => {
                Some(table.to_vec().into_iter().map(|(key, value)| (key.to_string(), value)).collect())
            }
            Value::Object(object) if object.noun().is_none() && object.class().is_none() => Some(
                object.properties().iter().map(|(name, value)| (name.to_string(), value.clone())).collect(),
            ),
            _ => None,
        };
        let one_argument = class.constructors(false).iter().any(|method| method.code().parameters.len() == 1);
        let no_argument = class.constructors(false).is_empty()
            || class.constructors(false).iter().any(|method| method.code().parameters.is_empty());
        match pairs {
            Some(pairs) if no_argument => self.of_pairs(class, pairs, to),
            _ if one_argument => self.instance(class, vec![value.clone()]).map_err(values::exception),
            _ => Err(dotnet::convert::refuse(value, to)),
        }
    }

    fn of_pairs(
        &mut self,
        class: &Arc<Class>,
        pairs: Vec<(String, Value)>,
        to: &Type,
    ) -> dotnet::Result<Value> {
        let made = self.instance(class, Vec::new()).map_err(values::exception)?;
        for (name, value) in pairs {
            let set = self.set_class_property(class, &made, &name, &value);
            match set {
                Ok(true) => {}
                Ok(false) => {
                    let message = format!(
                        "Cannot create object of type \"{to}\". The property '{name}' was not found for the '{to}' object. The settable properties are: {}.",
                        settable(class)
                    );
                    return Err(Exception::cast("ObjectCreationError", message));
                }
                Err(error) => {
                    let message = format!("Cannot create object of type \"{to}\". {}", error.text());
                    return Err(Exception::cast("ObjectCreationError", message).inner(error));
                }
            }
        }
        Ok(made)
    }
}

fn settable(class: &Arc<Class>) -> String {
    let mut shown = Vec::new();
    for class in class.chain() {
        for (member, code) in class.members_with_code() {
            if matches!(member.body, MemberBody::Property(_)) && !member.is_static && !member.is_hidden {
                let kind = code.kind.as_ref().map(|kind| {
                    Type::parse(&kind.name).map_or_else(|| kind.name.clone(), |kind| kind.name())
                });
                let kind = kind.unwrap_or_else(|| "System.Object".into());
                shown.push(format!("[{} <{kind}>]", member.name));
            }
        }
    }
    shown.join(", ")
}

/// What `: base( … )` hands up, when a constructor has it.
fn base_call(code: &Prepared) -> Option<&[Code]> {
    match &code.end.as_ref()?.statements.first()?.kind {
        StepKind::Silent(Code::BaseCall(arguments)) => Some(arguments),
        _ => None,
    }
}

/// Puts a value where a declared property keeps it.
fn put(object: &Object, name: &str, value: Value, hidden: bool) {
    if !hidden {
        return object.set(name, value);
    }
    let held = object.get(name);
    match held.as_ref().and_then(|held| held.downcast::<Added>()) {
        Some(Added::Hidden(place)) => *place.0.write() = value,
        _ => object.set(name, Value::typed(Added::Hidden(Arc::new(Reference(RwLock::new(value)))))),
    }
}

/// An interface has no base and is not the root of all types.
fn is_interface(kind: &Type) -> bool {
    match kind {
        Type::Known(known) | Type::Generic(known, _) => {
            known.base.is_empty() && known.name != "System.Object"
        }
        _ => false,
    }
}

fn place(code: &TypeCode, span: Span) -> Extent {
    Extent { source: code.code.source.clone(), span }
}

fn parser_error(id: &str, message: String) -> ErrorRecord {
    let exception = Exception::new("System.Management.Automation.ParseException", message)
        .id(id)
        .category(Category::ParserError);
    ErrorRecord::new(exception).thrown()
}

fn already_defined(name: &str) -> ErrorRecord {
    parser_error("MemberAlreadyDefined", format!("The member '{name}' is already defined."))
}

fn no_overload(name: &str, count: usize) -> Exception {
    let message = format!("Cannot find an overload for \"{name}\" and the argument count: \"{count}\".");
    Exception::method("MethodCountCouldNotFindBest", message)
}
