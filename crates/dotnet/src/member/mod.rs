//! Members: what a value's properties and methods are, found in one table per type.
//!
//! A row is a signature as `Get-Member` shows it and the function that does it:
//! `("string Substring(int startIndex)", |call| …)`. A property's writer is a row that starts with
//! `set `; what belongs to the type itself starts with `static `. To add a member, add its row; the
//! choice between overloads, the conversion of arguments and the errors are done here.

mod answer;
mod array;
mod attribute;
mod bytes;
mod call;
mod clock;
mod collection;
mod culture;
mod delegate;
mod dictionary;
mod directory;
pub mod exchange;
mod fields;
mod files;
mod hash;
mod mail;
mod metadata;
mod moment;
mod number;
mod overload;
mod path;
mod pattern;
mod psobject;
mod random;
mod rank;
mod reflect;
mod sequence;
mod specialized;
mod stream;
mod string;
mod system;
mod tuple;
mod uri;
mod web;
mod xml;

pub use call::Call;
pub use fields::Fields;

pub use crate::values::is_method;
pub use answer::bytes as byte_array;
pub use bytes::contents as stream_contents;
pub use culture::asked as asked_culture;
pub use directory::filter_text;
pub use hash::{hash_from, hash_of};
pub use overload::{Method, Parameter};
pub use path::full_path;
pub use psobject::{
    Note, PsObject, PsProperty, members_of, property_names, spelled, static_members, type_name_list,
};
pub use reflect::known_assembly;
pub use stream::decode;
pub use uri::{html_decode, html_encode, joined as joined_uri};
pub use web::new_session as new_web_session;

use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::index;
pub use crate::member_info::{MemberInfo, MemberKind};
use crate::text;
use crate::types::{Type, class_of};
use crate::values::{Added, Delegate, Reference, base};
use object::value::Text;
use object::{Object, Value};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What does a member's work.
pub type Run = fn(&mut Call<'_>) -> Result<Value>;

/// A row of a type's table.
pub(crate) type Row = (&'static str, Run);

/// A type's table, read.
#[derive(Default)]
pub(crate) struct Members {
    /// Properties in the order of the table.
    pub(crate) properties: Vec<Property>,
    /// Methods by name, in the order of the table.
    pub(crate) methods: Vec<Method>,
}

/// A property of a type.
pub(crate) struct Property {
    pub(crate) name: &'static str,
    pub(crate) of: &'static str,
    pub(crate) is_static: bool,
    pub(crate) get: Option<Run>,
    pub(crate) set: Option<Run>,
}

static TABLES: LazyLock<HashMap<&'static str, Members>> = LazyLock::new(|| {
    let mut map: HashMap<&'static str, Members> = HashMap::new();
    let all = [
        attribute::TABLES,
        metadata::TABLES,
        reflect::TABLES,
        string::TABLES,
        array::TABLES,
        // Before the lists: the names of a value's types are a list that changes the value.
        psobject::TABLES,
        collection::TABLES,
        dictionary::TABLES,
        specialized::TABLES,
        tuple::TABLES,
        delegate::TABLES,
        moment::TABLES,
        number::TABLES,
        system::TABLES,
        pattern::TABLES,
        random::TABLES,
        culture::TABLES,
        uri::TABLES,
        mail::TABLES,
        directory::TABLES,
        web::TABLES,
        hash::TABLES,
        path::TABLES,
        files::TABLES,
        bytes::TABLES,
        stream::TABLES,
        clock::TABLES,
        xml::TABLES,
    ];
    for (name, rows) in all.iter().flat_map(|tables| tables.iter()) {
        let members = map.entry(name).or_default();
        for (signature, run) in *rows {
            add_row(members, signature, *run);
        }
    }
    map
});

impl Members {
    /// The name of a property as the table writes it.
    fn property_name(&self, name: &str) -> &'static str {
        self.properties.iter().find(|p| p.name.eq_ignore_ascii_case(name)).map_or("", |p| p.name)
    }
    /// The methods of a name, those of the type or those of its values.
    fn named(&self, name: &str, statics: bool) -> Vec<&Method> {
        self.methods.iter().filter(|m| m.is_static == statics && m.name.eq_ignore_ascii_case(name)).collect()
    }
}

fn add_row(members: &mut Members, signature: &'static str, run: Run) {
    let (is_static, rest) = signature.strip_prefix("static ").map_or((false, signature), |rest| (true, rest));
    if rest.contains('(') {
        let method = Method::parse(rest, is_static, run);
        members.methods.push(method);
        return;
    }
    let (sets, rest) = rest.strip_prefix("set ").map_or((false, rest), |rest| (true, rest));
    let (of, name) = rest.rsplit_once(' ').unwrap_or(("object", rest));
    let known = members.properties.iter().position(|p| p.name == name && p.is_static == is_static);
    let at = known.unwrap_or_else(|| {
        members.properties.push(Property { name, of, is_static, get: None, set: None });
        members.properties.len() - 1
    });
    match sets {
        true => members.properties[at].set = Some(run),
        false => members.properties[at].get = Some(run),
    }
}

/// Whether `[type]::new()` makes a value: such a type can be made of a hashtable.
pub(crate) fn has_empty_constructor(name: &str) -> bool {
    TABLES.get(name).is_some_and(|members| members.named("new", true).iter().any(|m| m.parameters.is_empty()))
}

/// The tables that apply to a type: its own, then those of its bases.
pub(crate) fn tables(of: &Type) -> Vec<&'static Members> {
    let mut found = Vec::new();
    let mut at = Some(of.clone());
    while let Some(of) = at {
        let name = of.name();
        let plain = match &of {
            Type::Generic(known, _) => known.name,
            _ => name.split('[').next().filter(|_| !matches!(of, Type::Array(..))).unwrap_or("System.Array"),
        };
        if let Some(members) = TABLES.get(plain) {
            found.push(members);
        }
        at = of.base();
    }
    found
}

/// All overloads of a name: those of the type and of the types it derives from.
fn methods_named(of: &Type, name: &str, statics: bool) -> Vec<&'static Method> {
    let mut found: Vec<&'static Method> = Vec::new();
    for members in tables(of) {
        for method in members.named(name, statics) {
            let hidden = found.iter().any(|known| known.has_the_parameters_of(method));
            if !hidden {
                found.push(method);
            }
        }
    }
    found
}

fn type_of(value: &Value) -> Type {
    match value {
        Value::Dictionary(dictionary) => Type::named(dictionary.type_name()),
        other => Type::of(other).unwrap_or_else(Type::object),
    }
}

/// Reads a property; `None` when the value has none of that name. Lists answer with their own
/// properties only; [`get`] also asks their elements.
pub fn own(engine: &mut dyn Engine, value: &Value, name: &str) -> Result<Option<Value>> {
    if let Some(found) = engine.type_member(value, name) {
        return read_added(engine, value, found).map(Some);
    }
    if let Value::Object(object) = value {
        if let Some(found) = object.get(name) {
            return read_added(engine, value, found).map(Some);
        }
        if let Some((noun, spec)) = object.noun().and_then(|noun| Some((noun, noun.property(name)?))) {
            // What was never set is not in the object.
            return Ok(Some(noun.unset(spec)));
        }
        if name.eq_ignore_ascii_case("pstypenames") {
            return Ok(Some(psobject::type_names(value)));
        }
        return match object.base() {
            Some(inner) => own(engine, inner, name),
            None => intrinsic(value, name),
        };
    }
    if let Value::Dictionary(dictionary) = value
        && let Some(found) = dictionary.get(&Value::from(name))
    {
        return Ok(Some(found));
    }
    if let Some(node) = value.downcast::<crate::xml::Node>()
        && let Some(found) = xml::view(node, name)
    {
        return Ok(Some(found));
    }
    if let Value::Typed(typed) = value {
        if let Some(found) = typed.member(name) {
            return Ok(Some(found));
        }
        if let Some(reference) = value.downcast::<Reference>()
            && name.eq_ignore_ascii_case("Value")
        {
            return Ok(Some(reference.0.read().clone()));
        }
    }
    if value.is_null() {
        return Ok(None);
    }
    if let Some(psobject::PsBase(inner)) = value.downcast() {
        return declared(engine, inner, name);
    }
    if let Some(found) = declared(engine, value, name)? {
        return Ok(Some(found));
    }
    intrinsic(value, name)
}

/// Reads a property of the tables.
fn declared(engine: &mut dyn Engine, value: &Value, name: &str) -> Result<Option<Value>> {
    let of = type_of(value);
    for members in tables(&of) {
        let found = members.properties.iter().find(|p| !p.is_static && p.name.eq_ignore_ascii_case(name));
        if let Some(get) = found.and_then(|property| property.get) {
            let mut call = Call::new(engine, value, Vec::new()).named(members.property_name(name));
            // What a getter throws is not shown: the property has no value then.
            return Ok(Some(get(&mut call).unwrap_or_default()));
        }
    }
    Ok(None)
}

/// Properties that PowerShell gives every value.
fn intrinsic(value: &Value, name: &str) -> Result<Option<Value>> {
    let is = |known: &str| name.eq_ignore_ascii_case(known);
    Ok(if is("psobject") {
        Some(Value::typed(PsObject(value.clone())))
    } else if is("pstypenames") {
        Some(psobject::type_names(value))
    } else if is("psbase") {
        Some(match base(value) {
            dictionary @ Value::Dictionary(_) => Value::typed(psobject::PsBase(dictionary.clone())),
            value => value.clone(),
        })
    } else if (is("count") || is("length")) && index::elements(value).is_none() {
        Some(Value::Int32(i32::from(!value.is_null())))
    } else {
        None
    })
}

fn read_added(engine: &mut dyn Engine, this: &Value, found: Value) -> Result<Value> {
    let Some(added) = found.downcast::<Added>().cloned() else { return Ok(found) };
    match added {
        Added::Hidden(place) | Added::Shared(place) => Ok(place.0.read().clone()),
        Added::Property { get: Some(block), .. } => {
            let answer = engine.call_this(&block, this, &[])?;
            Ok(one(answer))
        }
        Added::Alias(name) => get(engine, this, &name),
        _ => Ok(found),
    }
}

/// What a block's output is as one value.
pub fn one(mut answer: Vec<Value>) -> Value {
    match answer.len() {
        0 => Value::Null,
        1 => answer.remove(0),
        _ => Value::array(answer),
    }
}

/// `$value.name`: a property, for lists also that of each element; `$null` when there is none.
pub fn get(engine: &mut dyn Engine, value: &Value, name: &str) -> Result<Value> {
    Ok(find(engine, value, name)?.unwrap_or_default())
}

/// Like [`get`]; `None` when nothing has such a property (strict mode asks).
pub fn find(engine: &mut dyn Engine, value: &Value, name: &str) -> Result<Option<Value>> {
    if let Some(found) = own(engine, value, name)? {
        return Ok(Some(found));
    }
    if let Some(method) = psobject::method(value, name) {
        return Ok(Some(method));
    }
    let Some(items) = index::elements(value) else { return Ok(None) };
    let mut found = Vec::new();
    let mut any = false;
    for item in items {
        let one = match find(engine, &item, name)? {
            Some(one) => one,
            // A custom object answers for itself, also that it has no such property.
            None if is_custom(&item) => Value::Null,
            None => continue,
        };
        any = true;
        match index::elements(&one) {
            Some(several) => found.extend(several),
            None => found.push(one),
        }
    }
    match (any, found.len()) {
        (false, _) => Ok(None),
        (true, 1) => Ok(found.pop()),
        (true, 0) => Ok(Some(Value::Null)),
        (true, _) => Ok(Some(Value::array(found))),
    }
}

fn is_custom(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.base().is_none() && object.noun().is_none() && object.class().is_none())
}

fn not_settable(name: &str) -> Exception {
    let message = format!(
        "The property '{name}' cannot be found on this object. Verify that the property exists and can be set."
    );
    Exception::runtime("PropertyNotFound", message)
}

/// `$value.name = $new`.
pub fn set(engine: &mut dyn Engine, value: &Value, name: &str, new: Value) -> Result<()> {
    match value {
        Value::Object(object) => {
            if let Some(class) = class_of(value).cloned()
                && engine.class_set(&class, value, name, &new)?
            {
                return Ok(());
            }
            if let Some(found) = object.get(name) {
                return match found.downcast::<Added>().cloned() {
                    Some(Added::Property { set: Some(block), .. }) => {
                        engine.call_this(&block, value, &[new]).map(|_| ())
                    }
                    Some(Added::Property { .. }) => {
                        let message = format!("Set accessor for property \"{name}\" is unavailable.");
                        Err(Exception::new("System.Management.Automation.SetValueException", message)
                            .id("SetWithoutSetterFromScriptProperty")
                            .category(crate::Category::NotSpecified))
                    }
                    Some(Added::Alias(other)) => set(engine, value, &other, new),
                    Some(Added::Shared(place)) => {
                        *place.0.write() = new;
                        Ok(())
                    }
                    _ => {
                        object.set(name, new);
                        Ok(())
                    }
                };
            }
            if object.noun().is_some_and(|noun| noun.property(name).is_some()) {
                object.set(name, new);
                return Ok(());
            }
            match object.base() {
                Some(inner) => set(engine, inner, name, new),
                None if object.class().is_some() => Err(not_settable(name)),
                None => {
                    let inner = not_settable(name);
                    let message = format!("Exception setting \"{name}\": \"{}\"", inner.text());
                    Err(Exception::new("System.Management.Automation.SetValueInvocationException", message)
                        .id("ExceptionWhenSetting")
                        .category(crate::Category::NotSpecified)
                        .inner(inner))
                }
            }
        }
        Value::Dictionary(_) => index::set(value, &Value::from(name), new, engine.locale()),
        Value::Null => Err(not_settable(name)),
        other => {
            if let Some(reference) = other.downcast::<Reference>()
                && name.eq_ignore_ascii_case("Value")
            {
                *reference.0.write() = new;
                return Ok(());
            }
            set_declared(engine, other, name, new)
        }
    }
}

fn set_declared(engine: &mut dyn Engine, value: &Value, name: &str, new: Value) -> Result<()> {
    if let Some(node) = value.downcast::<crate::xml::Node>()
        && let Some(done) = xml::set_view(node, name, &new)
    {
        return done;
    }
    let of = type_of(value);
    for members in tables(&of) {
        let Some(property) =
            members.properties.iter().find(|p| !p.is_static && p.name.eq_ignore_ascii_case(name))
        else {
            continue;
        };
        return set_property(engine, value, property, new);
    }
    Err(not_settable(name).id("PropertyAssignmentException"))
}

fn set_property(engine: &mut dyn Engine, value: &Value, property: &Property, new: Value) -> Result<()> {
    let name = property.name;
    let Some(run) = property.set else { return Err(read_only(name)) };
    let wanted = Type::parse(property.of).unwrap_or_else(Type::object);
    let converted = cast(engine, &new, &wanted).map_err(|error| error.while_setting(name))?;
    run(&mut Call::new(engine, value, vec![converted]).named(name))
        .map(|_| ())
        .map_err(|error| error.while_setting(name))
}

fn read_only(name: &str) -> Exception {
    let message = format!("'{name}' is a ReadOnly property.");
    let inner = Exception::new("System.Management.Automation.SetValueException", message.clone())
        .id("PropertyAssignmentException");
    Exception::runtime("PropertyAssignmentException", message).inner(inner)
}

/// `[type]::name = $new`.
pub fn static_set(engine: &mut dyn Engine, of: &Type, name: &str, new: Value) -> Result<()> {
    let this = Value::typed(of.clone());
    for members in tables(of) {
        let found = members.properties.iter().find(|p| p.is_static && p.name.eq_ignore_ascii_case(name));
        if let Some(property) = found {
            return set_property(engine, &this, property, new);
        }
    }
    Err(not_settable(name).id("PropertyAssignmentException"))
}

/// `[type]$value` where the type may have to be made: of a hashtable with its properties, or by its
/// constructor of one parameter. Everything else is [`crate::convert::to`].
pub fn cast(engine: &mut dyn Engine, value: &Value, to: &Type) -> Result<Value> {
    let name = to.name();
    if let (Value::Dictionary(given), true) = (base(value), is_made_of_properties(to)) {
        return made_of(engine, given, to);
    }
    // A time without a day is today's, which only the host knows.
    if to.kind() == crate::Kind::DateTime
        && matches!(base(value), Value::String(_) | Value::Double(_) | Value::Decimal(_))
        && let Some(read) = moment::of_today(engine, &text::to_text(value, &engine.locale().invariant()))
    {
        return Ok(read);
    }
    match crate::convert::to(value, to, engine.locale()) {
        // Only types without rules of their own are made by a constructor: the others said what they take.
        Err(error)
            if to.kind() == crate::Kind::Other
                && error.error_id() == "ConvertToFinalInvalidCastException" =>
        {
            let constructors =
                TABLES.get(&*name).map(|members| members.named("new", true)).unwrap_or_default();
            let fits = constructors
                .iter()
                .any(|m| m.parameters.len() == 1 && rank::of_value(value, m.only_type()).is_some());
            if !fits || value.is_null() {
                return Err(error);
            }
            create(engine, to, vec![value.clone()])
                .map_err(|failed| crate::convert::constructor_failed(value, to, &failed))
        }
        other => other,
    }
}

fn is_made_of_properties(to: &Type) -> bool {
    use crate::Kind as K;
    let made_by_rule =
        matches!(to.kind(), K::Hashtable | K::Ordered | K::Collection | K::PSObject | K::Object | K::Xml);
    !made_by_rule && !to.is_value_type() && has_empty_constructor(&to.name())
}

/// `[type]@{ Property = value }`.
fn made_of(engine: &mut dyn Engine, given: &object::value::Dictionary, to: &Type) -> Result<Value> {
    let made = create(engine, to, Vec::new())?;
    for (key, value) in given.to_vec() {
        let key = text::to_text(&key, engine.locale());
        // An attribute is an object whose properties say what it is.
        if let Value::Object(object) = &made
            && object.get(&key).is_some()
        {
            object.set(&key, value);
            continue;
        }
        let known = tables(to).iter().any(|members| !members.property_name(&key).is_empty());
        if !known {
            return Err(no_such_property(&key, to));
        }
        set(engine, &made, &key, value).map_err(|error| {
            let message = format!(
                "Cannot create object of type \"{to}\". {}",
                error.inner_exception().unwrap_or(&error).text()
            );
            Exception::cast("ObjectCreationError", message).inner(error.clone())
        })?;
    }
    Ok(made)
}

fn no_such_property(key: &str, to: &Type) -> Exception {
    let mut settable: Vec<String> = Vec::new();
    for property in tables(to).iter().flat_map(|members| &members.properties).filter(|p| p.set.is_some()) {
        let of = Type::parse(property.of).map_or_else(|| property.of.into(), |of| of.name());
        settable.push(format!("[{} <{of}>]", property.name));
    }
    let message = format!(
        "Cannot create object of type \"{to}\". The property '{key}' was not found for the '{to}' object. The settable properties are: {}.",
        settable.join(", ")
    );
    Exception::cast("ObjectCreationError", message)
}

fn no_method(of: &Type, name: &str) -> Exception {
    let message =
        format!("Method invocation failed because [{of}] does not contain a method named '{name}'.");
    let error = Exception::runtime("MethodNotFound", message);
    // Only of what has no type of its own the record names the method.
    if of.kind() == crate::Kind::PSObject { error.target(name) } else { error }
}

/// `$value.name(…)`; `None` when the method gives nothing back.
pub fn invoke(
    engine: &mut dyn Engine,
    value: &Value,
    name: &str,
    arguments: Vec<Value>,
) -> Result<Option<Value>> {
    if value.is_null() {
        if psobject::is_intrinsic_method(name) {
            return Ok(Some(Value::array([])));
        }
        let message = "You cannot call a method on a null-valued expression.";
        return Err(Exception::runtime("InvokeMethodOnNull", message));
    }
    if let Some(Added::Method(block)) =
        engine.type_member(value, name).and_then(|found| found.downcast::<Added>().cloned())
    {
        return script_method(engine, &block, value, &arguments);
    }
    if let Value::Object(object) = value {
        if let Some(Added::Method(block)) =
            object.get(name).and_then(|found| found.downcast::<Added>().cloned())
        {
            return script_method(engine, &block, value, &arguments);
        }
        if let Some(class) = class_of(value).cloned()
            && let Some(answer) = engine.class_call(&class, Some(value), name, &arguments)?
        {
            return Ok(answer);
        }
        if let Some(inner) = object.base()
            && !psobject::is_intrinsic_method(name)
            && !(object.class().is_some() && name.eq_ignore_ascii_case("gettype"))
        {
            return invoke(engine, inner, name, arguments);
        }
    }
    if let Some(answer) = psobject::intrinsic_method(engine, value, name, &arguments)? {
        return Ok(answer);
    }
    if let Some(psobject::PsBase(inner)) = value.downcast() {
        return invoke(engine, &inner.clone(), name, arguments);
    }
    if let Some(delegate) = value.downcast::<Delegate>()
        && matches!(name.to_ascii_lowercase().as_str(), "invoke" | "dynamicinvoke")
    {
        return delegate::invoke(engine, delegate, arguments);
    }
    let of = type_of(value);
    let named = methods_named(&of, name, false);
    if let Some(first) = named.first() {
        return overload::run(engine, value, &of, &named, first.name, arguments);
    }
    if let Some(answer) = accessor(engine, value, name, &arguments)? {
        return Ok(answer);
    }
    if engine.locale().profile.fields_are_texts
        && let Some(text) = crate::values::field_text(value)
        && !methods_named(&Type::string(), name, false).is_empty()
    {
        return invoke(engine, &text.into(), name, arguments);
    }
    // A property that holds a script block or a method of each element of a list.
    if let Some(items) = index::elements(value) {
        return invoke_each(engine, &of, items, name, &arguments);
    }
    Err(no_method(&of, name))
}

/// `get_Name()` and `set_Name(value)`, the methods that .NET's properties are made of; `get_Item(key)` is the index.
fn accessor(
    engine: &mut dyn Engine,
    value: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Option<Value>>> {
    let Some((word, property)) = name.split_once('_') else { return Ok(None) };
    let (gets, sets) = (word.eq_ignore_ascii_case("get"), word.eq_ignore_ascii_case("set"));
    let is_item = property.eq_ignore_ascii_case("Item");
    Ok(match arguments {
        [] if gets => match declared(engine, value, property)? {
            Some(held) => Some(Some(held)),
            None => match value {
                Value::Typed(typed) => typed.member(property).map(Some),
                _ => None,
            },
        },
        [at] if gets && is_item => Some(Some(index::get(value, at, engine.locale())?)),
        [at, new] if sets && is_item => {
            index::set(value, at, new.clone(), engine.locale())?;
            Some(None)
        }
        [new] if sets && declared(engine, value, property)?.is_some() => {
            set_declared(engine, value, property, new.clone())?;
            Some(None)
        }
        _ => None,
    })
}

fn script_method(
    engine: &mut dyn Engine,
    block: &Value,
    this: &Value,
    arguments: &[Value],
) -> Result<Option<Value>> {
    let answer = engine.call_this(block, this, arguments)?;
    Ok(if answer.is_empty() { None } else { Some(one(answer)) })
}

fn invoke_each(
    engine: &mut dyn Engine,
    of: &Type,
    items: Vec<Value>,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Value>> {
    let mut answers = Vec::new();
    if items.is_empty() {
        return Err(no_method(of, name));
    }
    for item in items {
        if item.is_null() {
            continue;
        }
        answers.extend(invoke(engine, &item, name, arguments.to_vec())?);
    }
    Ok(if answers.is_empty() { None } else { Some(one(answers)) })
}

/// `[type]::name`; `None` when the type has no such static property.
pub fn static_get(engine: &mut dyn Engine, of: &Type, name: &str) -> Result<Option<Value>> {
    if let Type::Enum(of) = of {
        let found = of.values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        if let Some((_, number)) = found {
            return Ok(Some(Value::Enum(object::types::EnumValue { of, number: *number })));
        }
    }
    if let Type::Script(class) = of
        && let Some(found) = engine.class_get(class, name)?
    {
        return Ok(Some(found));
    }
    for members in tables(of) {
        let found = members.properties.iter().find(|p| p.is_static && p.name.eq_ignore_ascii_case(name));
        if let Some(get) = found.and_then(|property| property.get) {
            let this = Value::typed(of.clone());
            return get(&mut Call::new(engine, &this, Vec::new()))
                .map(Some)
                .map_err(|error| error.while_getting(name));
        }
    }
    // A type is a single value, too.
    let counted = name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length");
    Ok(counted.then_some(Value::Int32(1)))
}

/// `[type]::name(…)`, `[type]::new(…)`; `None` when the method gives nothing back.
pub fn static_invoke(
    engine: &mut dyn Engine,
    of: &Type,
    name: &str,
    arguments: Vec<Value>,
) -> Result<Option<Value>> {
    let this = Value::typed(of.clone());
    if name.eq_ignore_ascii_case("new") {
        return create(engine, of, arguments).map(Some);
    }
    if let Type::Script(class) = of
        && let Some(answer) = engine.class_call(class, None, name, &arguments)?
    {
        return Ok(answer);
    }
    let named = methods_named(of, name, true);
    if let Some(first) = named.first() {
        return overload::run(engine, &this, of, &named, first.name, arguments);
    }
    let lower = name.to_ascii_lowercase();
    if let ("equals" | "referenceequals" | "op_equality" | "op_inequality", [a, b]) =
        (lower.as_str(), arguments.as_slice())
    {
        let same = crate::compare::equal(a, b, false, engine.locale());
        return Ok(Some(Value::Bool(same == (lower != "op_inequality"))));
    }
    Err(no_method(of, name))
}

/// `[type]::new(…)` and `New-Object`: a constructor is a static method called `new`.
pub fn create(engine: &mut dyn Engine, of: &Type, arguments: Vec<Value>) -> Result<Value> {
    if let Type::Script(class) = of {
        return engine.class_new(class, arguments);
    }
    let this = Value::typed(of.clone());
    let count = arguments.len();
    let plain = match of {
        Type::Generic(known, _) => known.name.into(),
        other => other.name(),
    };
    let named = TABLES.get(&*plain).map(|members| members.named("new", true)).unwrap_or_default();
    if !named.is_empty() {
        let made = overload::run(engine, &this, of, &named, ".ctor", arguments)
            .map_err(|error| constructor_error(error, count))?;
        return Ok(made.unwrap_or_default());
    }
    if let Type::Array(element, _) = of {
        return array::new_array(element, &arguments);
    }
    if of.kind() == crate::Kind::Delegate {
        let block = arguments.first().cloned().unwrap_or_default();
        return crate::convert::to(&block, of, engine.locale());
    }
    if of.name().ends_with("Exception") {
        return system::new_exception(of, &arguments, engine);
    }
    if arguments.is_empty() && of.is_value_type() {
        return crate::convert::to(&Value::Int32(0), of, engine.locale());
    }
    Err(constructor_error(no_constructor(count), count))
}

fn no_constructor(count: usize) -> Exception {
    let message = format!("Cannot find an overload for \"new\" and the argument count: \"{count}\".");
    Exception::method("MethodCountCouldNotFindBest", message)
}

/// A failed constructor is called `.ctor`, one that is not there by its type.
fn constructor_error(error: Exception, count: usize) -> Exception {
    match error.inner_exception() {
        Some(inner) if error.type_name().ends_with("MethodInvocationException") => {
            inner.clone().while_calling(".ctor", count)
        }
        _ if error.error_id() == "MethodCountCouldNotFindBest" => no_constructor(count),
        _ => error,
    }
}

/// The text of a value, with a script's own `ToString` where it has one.
pub fn to_string(engine: &mut dyn Engine, value: &Value) -> Result<String> {
    let spoken = spoken(engine, value)?;
    Ok(text::to_text(&spoken, engine.locale()))
}

/// The value as whoever makes text of it must see it: objects whose text a script makes (a `ToString` of their
/// own) are that text; everything else, and lists without such objects, stay what they are.
pub fn spoken(engine: &mut dyn Engine, value: &Value) -> Result<Value> {
    if !speaks(value) {
        return Ok(value.clone());
    }
    if let Some(items) = index::elements(value) {
        let items: Result<Vec<Value>> = items.iter().map(|item| own_text(engine, item)).collect();
        return Ok(Value::array(items?));
    }
    own_text(engine, value)
}

/// Whether a script makes the text of a value, or of an element of a list.
pub fn speaks(value: &Value) -> bool {
    let one = |value: &Value| speaks_itself(value) || holds_speakers(value);
    match value {
        Value::Array(array) => array.read().iter().any(one),
        Value::Typed(typed) => typed.items().is_some_and(|items| items.iter().any(one)),
        value => one(value),
    }
}

fn speaks_itself(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let added = || object.get("ToString").is_some_and(|found| is_added_method(&found));
    object.class().is_some() || (object.noun().is_none() && added())
}

/// Whether the text of a custom object, `@{Size=1 MB}`, has the text of such objects in it.
fn holds_speakers(value: &Value) -> bool {
    match value {
        Value::Object(object) if object.noun().is_none() && object.base().is_none() => {
            object.properties().iter().any(|(_, held)| speaks_itself(held))
        }
        _ => false,
    }
}

fn is_added_method(found: &Value) -> bool {
    matches!(found.downcast::<Added>(), Some(Added::Method(_)))
}

fn own_text(engine: &mut dyn Engine, value: &Value) -> Result<Value> {
    let Value::Object(object) = value else { return Ok(value.clone()) };
    if let Some(Added::Method(block)) =
        object.get("ToString").and_then(|found| found.downcast::<Added>().cloned())
    {
        let answer = engine.call_this(&block, value, &[])?;
        return Ok(text::to_text(&one(answer), engine.locale()).into());
    }
    if let Some(class) = class_of(value).cloned()
        && let Some(answer) = engine.class_call(&class, Some(value), "ToString", &[])?
    {
        return Ok(text::to_text(&answer.unwrap_or_default(), engine.locale()).into());
    }
    if !holds_speakers(value) {
        return Ok(value.clone());
    }
    let told = Object::custom();
    let pairs = object.properties().clone();
    for (name, held) in pairs {
        let held = if speaks_itself(&held) { own_text(engine, &held)? } else { held };
        told.set(name.to_string().as_str(), held);
    }
    Ok(Value::Object(told.into()))
}

/// The names of a type's members, for completion and suggestions.
pub fn names(of: &Type, statics: bool) -> Vec<Text> {
    let mut names = Vec::new();
    for members in tables(of) {
        names
            .extend(members.properties.iter().filter(|p| p.is_static == statics).map(|p| Text::from(p.name)));
        names.extend(members.methods.iter().filter(|m| m.is_static == statics).map(|m| Text::from(m.name)));
    }
    let mut at = Some(of.clone());
    while let Some(Type::Script(class)) = at {
        names.extend(class.members(statics).into_iter().map(|info| info.name));
        at = class.base();
    }
    if let (Type::Enum(of), true) = (of, statics) {
        names.extend(of.values.iter().map(|(name, _)| Text::from(*name)));
    }
    names.dedup();
    names
}

/// Keeps the tables' names honest: each is a type of the table of types.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::types;

    #[test]
    fn every_table_belongs_to_a_known_type() {
        for name in TABLES.keys() {
            let known = types::KNOWN.iter().any(|known| known.name == *name)
                || name.starts_with("System.Management.Automation.PS");
            assert!(known, "{name} is no type of types.rs");
        }
    }
}
