//! What PowerShell adds to every value: `.psobject`, type names, `.ForEach()`, `.Where()`, and the list
//! of members that `Get-Member` and `Select-Object *` walk.

use super::{Call, Members, Row, get, invoke, one, set, tables, type_of};
use crate::compare;
use crate::convert;
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::index;
use crate::member_info::{MemberInfo, MemberKind};
use crate::text;
use crate::types::Type;
use crate::values::{Added, base};
use crate::wildcard::Wildcard;
use object::value::{Array, Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::sync::Arc;

/// The names of a value's properties, in the order in which `Select-Object *` shows them.
pub fn property_names(value: &Value) -> Vec<Text> {
    if let Value::Object(object) = value
        && object.base().is_none()
        && object.noun().is_none()
    {
        // An object has no name twice.
        let properties = object.properties();
        let shown = properties.iter().filter(|(_, held)| !super::is_method(held));
        return shown.map(|(name, _)| name.clone()).collect();
    }
    let mut names: Vec<Text> = Vec::new();
    let mut push = |name: &str| {
        if !names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            names.push(name.into());
        }
    };
    if let Value::Object(object) = value {
        if let (Some(noun), None) = (object.noun(), object.base()) {
            // A noun declares each name once; only what was added to the object has to be looked up.
            let declared = noun.properties.iter().map(|declared| Text::from(declared.spec().name));
            let properties = object.properties();
            let added = properties.iter().filter(|(name, _)| noun.property(name).is_none());
            let added = added.filter(|(_, held)| !super::is_method(held)).map(|(name, _)| name.clone());
            return declared.chain(added).collect();
        }
        if let Some(noun) = object.noun() {
            noun.properties.iter().for_each(|declared| push(declared.spec().name));
        }
        if let Some(inner) = object.base() {
            property_names(inner).iter().for_each(|name| push(name));
        }
        for (name, held) in object.properties().iter() {
            if !super::is_method(held) {
                push(name);
            }
        }
        return names;
    }
    if let Some(node) = value.downcast::<crate::xml::Node>().filter(|node| !node.document.is_linq()) {
        return super::xml::view_names(node);
    }
    if let Value::Typed(typed) = value {
        typed.member_names().iter().for_each(|name| push(name));
    }
    if value.is_null() {
        return names;
    }
    for members in tables(&type_of(value)) {
        members.properties.iter().filter(|p| !p.is_static && p.get.is_some()).for_each(|p| push(p.name));
    }
    names
}

/// A property's name as the value itself spells it; `None`: it has none of that name.
pub fn spelled(value: &Value, name: &str) -> Option<Text> {
    let is = |known: &str| known.eq_ignore_ascii_case(name);
    match value {
        Value::Object(object) => {
            if let Some(spec) = object.noun().and_then(|noun| noun.property(name)) {
                return Some(spec.name.into());
            }
            let own = object.properties().iter().find(|(known, _)| is(known)).map(|(known, _)| known.clone());
            own.or_else(|| object.base().and_then(|base| spelled(base, name)))
        }
        Value::Dictionary(_) => None,
        other => property_names(other).into_iter().find(|known| is(known)),
    }
}

/// All members of a value, or those that belong to its type itself.
pub fn members_of(value: &Value, statics: bool) -> Vec<MemberInfo> {
    let mut found: Vec<MemberInfo> = Vec::new();
    if let Value::Object(object) = value {
        if !statics {
            class_members(value, &mut found);
        }
        added_members(object, &mut found);
        declared_members(object, &mut found);
    }
    let inner = base(value);
    if let Value::Typed(typed) = inner {
        let own = typed.member_names().iter().map(|name| {
            let held = typed.member(name).unwrap_or_default();
            let of = Type::of(&held).unwrap_or_else(Type::object).accelerator();
            property_info(name, &of, "{get;}")
        });
        found.extend(own);
    }
    for members in tables(&type_of(inner)) {
        table_members(members, statics, &mut found);
    }
    if !statics {
        bare_methods(value, &mut found);
    }
    found
}

/// What the script's class declares of which a value is an instance, and the classes above it.
fn class_members(value: &Value, found: &mut Vec<MemberInfo>) {
    let mut class = Type::of(value);
    while let Some(Type::Script(of)) = class {
        for info in of.members(false) {
            if !found.iter().any(|known| known.name == info.name) {
                found.push(info);
            }
        }
        class = of.base();
    }
}

/// What was added to an object. What its noun declares is a property, set or not, and not among them.
fn added_members(object: &Object, found: &mut Vec<MemberInfo>) {
    let declared = |name: &str| object.noun().is_some_and(|noun| noun.property(name).is_some());
    for (name, held) in object.properties().iter().filter(|(name, _)| !declared(name)) {
        let hidden = matches!(held.downcast::<Added>(), Some(Added::Hidden(_)));
        if !hidden && !found.iter().any(|known| known.name.eq_ignore_ascii_case(name)) {
            found.push(added_info(name, held));
        }
    }
}

fn declared_members(object: &Object, found: &mut Vec<MemberInfo>) {
    let Some(noun) = object.noun() else { return };
    for spec in noun.properties.iter().map(|declared| declared.spec()) {
        if !found.iter().any(|known| *known.name == *spec.name) {
            found.push(property_info(spec.name, spec.kind.name, "{get;set;}"));
        }
    }
}

/// What the table of a type has; overloads of a method are one member.
fn table_members(members: &Members, statics: bool, found: &mut Vec<MemberInfo>) {
    for property in members.properties.iter().filter(|p| p.is_static == statics) {
        if !found.iter().any(|known| known.name.eq_ignore_ascii_case(property.name)) {
            let access = if property.set.is_some() { "{get;set;}" } else { "{get;}" };
            found.push(property_info(property.name, property.of, access));
        }
    }
    for method in members.methods.iter().filter(|m| m.is_static == statics && m.name != "new") {
        match found.iter_mut().find(|known| known.name.eq_ignore_ascii_case(method.name)) {
            Some(known) if known.kind != MemberKind::Method => {}
            Some(known) if known.definition.contains(method.signature) => {}
            Some(known) => known.definition.push_str(&format!(", {}", method.signature)),
            None => found.push(method_info(method.name, method.signature)),
        }
    }
}

fn property_info(name: &str, of: &str, access: &str) -> MemberInfo {
    let definition = format!("{of} {name} {access}");
    MemberInfo { name: name.into(), kind: MemberKind::Property, definition, of: of.into() }
}

fn method_info(name: &str, definition: &str) -> MemberInfo {
    MemberInfo {
        name: name.into(),
        kind: MemberKind::Method,
        definition: definition.to_owned(),
        of: "".into(),
    }
}

/// `GetType` that every value has; a script's objects have a plain `ToString`.
fn bare_methods(value: &Value, found: &mut Vec<MemberInfo>) {
    if !found.iter().any(|known| &*known.name == "GetType") {
        found.push(method_info("GetType", "type GetType()"));
    }
    let bare = matches!(value, Value::Object(object) if object.base().is_none() && object.noun().is_none());
    let own = found.iter_mut().find(|known| &*known.name == "ToString" && known.kind == MemberKind::Method);
    if let (true, Some(own)) = (bare, own) {
        own.definition = "string ToString()".to_owned();
    }
}

/// The static members of a type.
pub fn static_members(of: &Type) -> Vec<MemberInfo> {
    let mut found: Vec<MemberInfo> = Vec::new();
    for members in tables(of) {
        for property in members.properties.iter().filter(|property| property.is_static) {
            let access = if property.set.is_some() { "{get;set;}" } else { "{get;}" };
            found.push(MemberInfo {
                name: property.name.into(),
                kind: MemberKind::Property,
                definition: format!("static {} {} {access}", property.of, property.name),
                of: property.of.into(),
            });
        }
        for method in members.methods.iter().filter(|method| method.is_static && method.name != "new") {
            let signature = method.signature.strip_prefix("static ").unwrap_or(method.signature);
            let known = found.iter_mut().find(|known| &*known.name == method.name);
            match known {
                Some(known) => known.definition.push_str(&format!(", static {signature}")),
                None => found.push(method_info(method.name, &format!("static {signature}"))),
            }
        }
    }
    found
}

fn added_info(name: &Text, held: &Value) -> MemberInfo {
    let of = Type::of(held).map_or_else(|| "object".into(), |of| of.accelerator());
    let of = if &*of == "object[]" { "Object[]".into() } else { of };
    let shown = text::of(held, &crate::Locale::default());
    let shown = if held.is_null() { "null".to_owned() } else { shown };
    let (kind, definition) = match held.downcast::<Added>() {
        Some(Added::Property { get, set }) => {
            let part = |word: &str, block: &Option<Value>| {
                block.as_ref().map_or(String::new(), |block| format!("{word}={block};"))
            };
            (
                MemberKind::ScriptProperty,
                format!("System.Object {name} {{{}{}}}", part("get", get), part("set", set)),
            )
        }
        Some(Added::Method(_)) => (MemberKind::ScriptMethod, format!("System.Object {name}();")),
        Some(Added::Alias(other)) => (MemberKind::AliasProperty, format!("{name} = {other}")),
        Some(Added::Set(names)) => (MemberKind::PropertySet, format!("{name} {{{}}}", names.join(", "))),
        Some(Added::Hidden(_)) => (MemberKind::Property, format!("{of} {name} {{get;set;}}")),
        Some(Added::Shared(place)) => {
            let held = place.0.read().clone();
            let of = Type::of(&held).map_or_else(|| "object".into(), |of| of.accelerator());
            let shown =
                if held.is_null() { "null".to_owned() } else { text::of(&held, &crate::Locale::default()) };
            (MemberKind::NoteProperty, format!("{of} {name}={shown}"))
        }
        Some(Added::Members(_)) => (MemberKind::MemberSet, format!("{name} {{}}")),
        None => (MemberKind::NoteProperty, format!("{of} {name}={shown}")),
    };
    MemberInfo { name: name.clone(), kind, definition, of }
}

/// The type names of a value, most special first, as a list that scripts may change.
pub(super) fn type_names(value: &Value) -> Value {
    Value::typed(TypeNames(value.clone()))
}

/// The names by which views and `PSTypeNames` know a value.
pub fn type_name_list(value: &Value) -> Vec<Text> {
    let mut names: Vec<Text> = Vec::new();
    let inner = match value {
        Value::Object(object) => {
            names.extend(object.type_names().iter().cloned());
            match object.base() {
                Some(base) => base.clone(),
                None => {
                    let custom = names.iter().any(|name| name.ends_with(".PSCustomObject"));
                    let selected = names.first().is_some_and(|name| name.starts_with("Selected."));
                    if selected && names.len() == 1 {
                        names.push("System.Management.Automation.PSCustomObject".into());
                    }
                    let open = custom
                        || selected
                        || object.noun().is_some()
                        || object.class().is_some()
                        || names.len() == 1;
                    if open && !names.iter().any(|name| &**name == "System.Object") {
                        names.push("System.Object".into());
                    }
                    return names;
                }
            }
        }
        other => other.clone(),
    };
    let mut at = Type::of(&inner);
    while let Some(of) = at {
        let name = of.name();
        if !names.contains(&name) {
            names.push(name);
        }
        at = of.base();
    }
    names
}

/// `.PSTypeNames`.
struct TypeNames(Value);

impl Typed for TypeNames {
    fn type_name(&self) -> Text {
        "System.Collections.ObjectModel.Collection`1[System.String]".into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(type_name_list(&self.0).into_iter().map(Value::from).collect())
    }
}

/// `.psbase`: a value without what its keys or added members hide.
pub(super) struct PsBase(pub(super) Value);

impl Typed for PsBase {
    fn type_name(&self) -> Text {
        self.0.type_name()
    }
    fn text(&self) -> String {
        text::to_text(&self.0, &crate::Locale::default())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        index::elements(&self.0)
    }
}

/// `$value.Method` without a call: the method itself; `None`: there is no such method.
pub(super) fn method(value: &Value, name: &str) -> Option<Value> {
    let inner = base(value);
    let found = super::methods_named(&type_of(inner), name, false);
    let first = found.first()?;
    let definitions: Vec<&str> = found.iter().map(|method| method.signature).collect();
    let info = MemberInfo {
        name: first.name.into(),
        kind: MemberKind::Method,
        definition: definitions.join(", "),
        of: "".into(),
    };
    Some(Value::typed(PsProperty { owner: inner.clone(), info }))
}

/// `.psobject`.
pub struct PsObject(pub Value);

impl Typed for PsObject {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSObject".into()
    }
    fn text(&self) -> String {
        text::to_text(&self.0, &crate::Locale::default())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A property of a value, seen through `.psobject.Properties`.
pub struct PsProperty {
    /// The value it belongs to.
    pub owner: Value,
    /// What is known of it.
    pub info: MemberInfo,
}

impl Typed for PsProperty {
    fn type_name(&self) -> Text {
        match self.info.kind {
            MemberKind::NoteProperty => "System.Management.Automation.PSNoteProperty".into(),
            MemberKind::ScriptProperty => "System.Management.Automation.PSScriptProperty".into(),
            MemberKind::AliasProperty => "System.Management.Automation.PSAliasProperty".into(),
            MemberKind::Method => "System.Management.Automation.PSMethod".into(),
            MemberKind::ScriptMethod => "System.Management.Automation.PSScriptMethod".into(),
            _ => "System.Management.Automation.PSProperty".into(),
        }
    }
    fn text(&self) -> String {
        self.info.definition.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let is_method = !self.info.kind.is_property();
        (is_method && name.eq_ignore_ascii_case("OverloadDefinitions")).then(|| {
            let all = self.info.definition.split("), ").map(|one| one.trim_end_matches(')'));
            Array::of("System.String", all.map(|one| format!("{one})").into()).collect()).into()
        })
    }
}

/// The members seen through `.psobject`.
struct PsMembers {
    owner: Value,
    wanted: Wanted,
}

#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Properties,
    Methods,
    All,
}

impl PsMembers {
    fn list(&self) -> Vec<Value> {
        let all = members_in_order(&self.owner);
        let wanted = |info: &MemberInfo| match self.wanted {
            Wanted::Properties => info.kind.is_property(),
            Wanted::Methods => !info.kind.is_property(),
            Wanted::All => true,
        };
        let owner = &self.owner;
        all.into_iter()
            .filter(wanted)
            .map(|info| Value::typed(PsProperty { owner: owner.clone(), info }))
            .collect()
    }
    fn named(&self, name: &str) -> Option<Value> {
        self.list().into_iter().find(|member| {
            member.downcast::<PsProperty>().is_some_and(|member| member.info.name.eq_ignore_ascii_case(name))
        })
    }
}

/// Properties in their shown order, then methods.
fn members_in_order(value: &Value) -> Vec<MemberInfo> {
    let mut all = members_of(value, false);
    let order = property_names(value);
    let place = |info: &MemberInfo| {
        order.iter().position(|name| name.eq_ignore_ascii_case(&info.name)).unwrap_or(usize::MAX)
    };
    all.sort_by_key(place);
    all
}

impl Typed for PsMembers {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSMemberInfoIntegratingCollection`1[System.Management.Automation.PSPropertyInfo]".into()
    }
    fn text(&self) -> String {
        let texts: Vec<String> = self.list().iter().map(ToString::to_string).collect();
        texts.join(" ")
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.list())
    }
    fn member(&self, name: &str) -> Option<Value> {
        // `.Properties['a']` reaches here by way of the indexer, which asks for `[a]`.
        let inside = name.strip_prefix('[')?.strip_suffix(']')?;
        Some(self.named(inside).unwrap_or_default())
    }
}

/// Whether a method is given to every value.
pub(super) fn is_intrinsic_method(name: &str) -> bool {
    matches!(name.to_ascii_lowercase().as_str(), "foreach" | "where")
}

/// `.ForEach()`, `.Where()`, `.GetType()`; `None` when the name is none of these.
pub(super) fn intrinsic_method(
    engine: &mut dyn Engine,
    value: &Value,
    name: &str,
    arguments: &[Value],
) -> Result<Option<Option<Value>>> {
    match (name.to_ascii_lowercase().as_str(), arguments.len()) {
        ("foreach", 1..)
            if value
                .downcast::<crate::collections::Collection>()
                .is_none_or(|list| list.flavour() != crate::collections::Flavour::List) =>
        {
            for_each(engine, value, arguments).map(|answer| Some(Some(answer)))
        }
        ("where", 1..) => where_(engine, value, arguments).map(|answer| Some(Some(answer))),
        ("gettype", 0) => Ok(Some(Some(Value::typed(Type::of(value).unwrap_or_else(Type::object))))),
        _ => Ok(None),
    }
}

fn is_block(value: &Value) -> bool {
    base(value).type_name().ends_with("ScriptBlock")
}

fn collected(items: Vec<Value>) -> Value {
    Value::typed(crate::collections::Collection::of_objects(items))
}

fn for_each(engine: &mut dyn Engine, value: &Value, arguments: &[Value]) -> Result<Value> {
    let (first, rest) = (&arguments[0], &arguments[1..]);
    let mut answers = Vec::new();
    for item in index::walk(value) {
        if is_block(first) {
            answers.extend(engine.call(first, Some(&item), rest)?);
        } else if let Some(of) = base(first).downcast::<Type>() {
            answers.push(convert::to(&item, of, engine.locale())?);
        } else {
            let name = text::to_text(first, engine.locale());
            if rest.is_empty() {
                match super::own(engine, &item, &name)? {
                    Some(found) => answers.push(found),
                    None => answers.extend(invoke(engine, &item, &name, Vec::new())?),
                }
            } else if super::own(engine, &item, &name)?.is_some() {
                set(engine, &item, &name, rest[0].clone())?;
            } else {
                answers.extend(invoke(engine, &item, &name, rest.to_vec())?);
            }
        }
    }
    Ok(collected(answers))
}

fn where_(engine: &mut dyn Engine, value: &Value, arguments: &[Value]) -> Result<Value> {
    let mode = arguments.get(1).map_or_else(
        || "default".to_owned(),
        |mode| text::to_text(mode, engine.locale()).to_ascii_lowercase(),
    );
    let count = arguments.get(2).map(|n| convert::to(n, &Type::int32(), engine.locale())).transpose()?;
    let count = count.and_then(|n| n.as_i64()).unwrap_or(0) as usize;
    let items = index::walk(value);
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    let mut passed = false;
    for item in items {
        let fits = engine.call(&arguments[0], Some(&item), &[])?;
        let fits = compare::truth(&one(fits));
        match mode.as_str() {
            "until" if fits || passed => {
                passed = true;
                no.push(item);
            }
            "until" => yes.push(item),
            "skipuntil" if fits || passed => {
                passed = true;
                yes.push(item);
            }
            "skipuntil" => no.push(item),
            _ if fits => yes.push(item),
            _ => no.push(item),
        }
        if mode == "first" && yes.len() >= count.max(1) {
            break;
        }
        if count > 0 && mode == "default" && yes.len() >= count {
            break;
        }
    }
    Ok(match mode.as_str() {
        "split" => Value::array([collected(yes), collected(no)]),
        "last" => {
            let keep = yes.len().saturating_sub(count.max(1));
            collected(yes.split_off(keep))
        }
        _ => {
            if count > 0 {
                yes.truncate(count);
            }
            collected(yes)
        }
    })
}

fn property(call: &Call<'_>) -> Result<(Value, MemberInfo)> {
    let member = call.this_as::<PsProperty>()?;
    Ok((member.owner.clone(), member.info.clone()))
}

fn members(call: &Call<'_>, wanted: Wanted) -> Result<Value> {
    let owner = call.this_as::<PsObject>()?.0.clone();
    Ok(Value::typed(PsMembers { owner, wanted }))
}

fn add_member(call: &mut Call<'_>) -> Result<Value> {
    let owner = call.this_as::<PsMembers>()?.owner.clone();
    let Value::Object(object) = &owner else { return Err(not_extendable()) };
    if let Some(member) = call.plain(0).downcast::<Note>() {
        object.set(&member.name, member.value.read().clone());
    }
    Ok(Value::Null)
}

fn not_extendable() -> Exception {
    Exception::new(
        "System.Management.Automation.ExtendedTypeSystemException",
        "Members can be added to objects only.",
    )
}

/// `[psnoteproperty]::new('a', 1)`.
pub struct Note {
    /// The name.
    pub name: Text,
    /// The value.
    pub value: parking_lot::RwLock<Value>,
}

impl Typed for Note {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSNoteProperty".into()
    }
    fn text(&self) -> String {
        format!("object {}={}", self.name, self.value.read())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "name" => Some(self.name.clone().into()),
            "value" => Some(self.value.read().clone()),
            _ => None,
        }
    }
}

fn copy(value: &Value) -> Value {
    let Value::Object(object) = value else { return value.clone() };
    let made = match object.base() {
        Some(inner) => Object::around(inner.clone()),
        None => Object::custom(),
    };
    *made.type_names_mut() = object.type_names().clone();
    for (name, held) in object.properties().iter() {
        made.set(name, held.clone());
    }
    Value::Object(Arc::new(made))
}

const PROPERTY: &[Row] = &[
    ("string Name", |call| Ok(property(call)?.1.name.into())),
    ("object Value", |call| {
        let (owner, info) = property(call)?;
        if info.kind.is_property() { get(call.engine, &owner, &info.name) } else { Ok(call.this.clone()) }
    }),
    ("set object Value", |call| {
        let (owner, info) = property(call)?;
        let new = call.value(0);
        set(call.engine, &owner, &info.name, new).map(|()| Value::Null)
    }),
    ("System.Management.Automation.PSMemberTypes MemberType", |call| Ok(property(call)?.1.kind.value())),
    ("string TypeNameOfValue", |call| {
        let (owner, info) = property(call)?;
        let held = get(call.engine, &owner, &info.name)?;
        Ok(Type::of(&held).unwrap_or_else(Type::object).name().into())
    }),
    ("bool IsSettable", |call| {
        let (_, info) = property(call)?;
        Ok(Value::Bool(info.kind == MemberKind::NoteProperty || info.definition.contains("set")))
    }),
    ("bool IsGettable", |_| Ok(Value::Bool(true))),
    ("bool IsInstance", |call| {
        let (_, info) = property(call)?;
        Ok(Value::Bool(matches!(
            info.kind,
            MemberKind::NoteProperty | MemberKind::ScriptProperty | MemberKind::AliasProperty
        )))
    }),
    ("object Invoke(Params object[] arguments)", |call| {
        let (owner, info) = property(call)?;
        let arguments = call.rest(0);
        let answer = invoke(call.engine, &owner, &info.name, arguments);
        Ok(answer.map_err(|error| error.of_method_object())?.unwrap_or_default())
    }),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (
        "System.Management.Automation.PSObject",
        &[
            ("object Properties", |call| members(call, Wanted::Properties)),
            ("object Members", |call| members(call, Wanted::All)),
            ("object Methods", |call| members(call, Wanted::Methods)),
            ("object BaseObject", |call| Ok(base(&call.this_as::<PsObject>()?.0).clone())),
            ("object ImmediateBaseObject", |call| Ok(base(&call.this_as::<PsObject>()?.0).clone())),
            ("object TypeNames", |call| Ok(type_names(&call.this_as::<PsObject>()?.0))),
            ("object Copy()", |call| Ok(copy(&call.this_as::<PsObject>()?.0))),
            ("static psobject new()", |_| Ok(Object::custom().into())),
            ("static psobject new(object obj)", |call| {
                Ok(match call.value(0) {
                    object @ Value::Object(_) => object,
                    other => Object::around(other).into(),
                })
            }),
        ],
    ),
    (
        "System.Management.Automation.PSCustomObject",
        // What it shows is made by PowerShell around it; the bare object itself says nothing.
        &[("string ToString()", |_| Ok("".into()))],
    ),
    (
        "System.Management.Automation.PSNoteProperty",
        &[
            ("static psnoteproperty new(string name, object value)", |call| {
                let name = call.text(0).into();
                Ok(Value::typed(Note { name, value: parking_lot::RwLock::new(call.value(1)) }))
            }),
            PROPERTY[0],
            PROPERTY[1],
            PROPERTY[2],
            PROPERTY[3],
            PROPERTY[4],
            PROPERTY[5],
            PROPERTY[6],
            PROPERTY[7],
        ],
    ),
    ("System.Management.Automation.PSPropertyInfo", PROPERTY),
    ("System.Management.Automation.PSProperty", PROPERTY),
    ("System.Management.Automation.PSMethodInfo", PROPERTY),
    (
        "System.Management.Automation.PSMemberInfoIntegratingCollection`1",
        &[
            ("void Add(object member)", add_member),
            ("void Add(object member, bool preValidated)", add_member),
            ("void Remove(string name)", |call| {
                let (owner, name) = (call.this_as::<PsMembers>()?.owner.clone(), call.text(0));
                if let Value::Object(object) = &owner {
                    object.remove(&name);
                }
                Ok(Value::Null)
            }),
            ("object Item(string name)", |call| {
                let name = call.text(0);
                Ok(call.this_as::<PsMembers>()?.named(&name).unwrap_or_default())
            }),
            ("object Match(string name)", |call| {
                let pattern = Wildcard::new(&call.text(0)).ok();
                let fits = |member: &Value| {
                    let info = member.downcast::<PsProperty>();
                    info.is_some_and(|member| pattern.as_ref().is_some_and(|p| p.matches(&member.info.name)))
                };
                let list = call.this_as::<PsMembers>()?.list();
                Ok(Array::new(list.into_iter().filter(fits).collect()).into())
            }),
        ],
    ),
    (
        "System.Collections.ObjectModel.Collection`1",
        &[
            ("void Insert(int index, T item)", |call| {
                let (at, item) = (call.int(0).max(0) as usize, call.value(1));
                if let Ok(names) = call.this_as::<TypeNames>() {
                    if let Value::Object(object) = &names.0 {
                        let mut list = object.type_names_mut();
                        let at = at.min(list.len());
                        list.insert(at, text::to_text(&item, &crate::Locale::default()).into());
                    }
                    return Ok(Value::Null);
                }
                let list = call.this_list()?;
                let at = at.min(list.len());
                list.write().insert(at, item);
                Ok(Value::Null)
            }),
            ("void Add(T item)", |call| {
                let item = call.value(0);
                if let Ok(names) = call.this_as::<TypeNames>() {
                    if let Value::Object(object) = &names.0 {
                        object.type_names_mut().push(text::to_text(&item, &crate::Locale::default()).into());
                    }
                    return Ok(Value::Null);
                }
                super::collection::list_add(call)
            }),
            ("void Clear()", |call| {
                if let Ok(names) = call.this_as::<TypeNames>() {
                    if let Value::Object(object) = &names.0 {
                        object.type_names_mut().clear();
                    }
                    return Ok(Value::Null);
                }
                call.this_list()?.clear();
                Ok(Value::Null)
            }),
        ],
    ),
];
