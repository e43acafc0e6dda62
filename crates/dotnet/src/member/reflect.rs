//! Reflection as far as scripts use it: a type's properties, methods and constructors as objects that read, write and
//! call.

use super::{Call, Row, TABLES as ALL, create, get, invoke, set, static_get, static_invoke, tables};
use crate::exception::{Exception, Result};
use crate::types::Type;
use object::Value;
use object::value::{Array, Text, Typed};
use std::any::Any;

/// A member of a type, found by its name.
#[derive(Clone)]
struct Found {
    kind: Kind,
    of: Type,
    name: Text,
    /// The type of what it holds or gives.
    holds: Type,
    is_static: bool,
    writable: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Property,
    Method,
    Constructor,
}

impl Typed for Found {
    fn type_name(&self) -> Text {
        match self.kind {
            Kind::Property => "System.Reflection.PropertyInfo",
            Kind::Method => "System.Reflection.MethodInfo",
            Kind::Constructor => "System.Reflection.ConstructorInfo",
        }
        .into()
    }
    fn text(&self) -> String {
        format!("{} {}", self.holds.name(), self.name)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What .NET keeps to itself and scripts are known to reach: the type, the name.
const HIDDEN: [(&str, &str); 4] = [
    ("System.Management.Automation.ScriptBlock", "SessionStateInternal"),
    ("System.Management.Automation.SessionState", "Internal"),
    ("System.Management.Automation.SessionStateInternal", "Module"),
    ("System.Management.Automation.EngineIntrinsics", "Context"),
];

fn type_of(call: &Call<'_>) -> Result<Type> {
    call.this_as::<Type>().cloned()
}

pub(super) fn property(call: &mut Call<'_>) -> Result<Value> {
    let (of, name) = (type_of(call)?, call.text(0));
    let own = of.name();
    if let Some((_, known)) =
        HIDDEN.iter().find(|(of, known)| **of == *own && known.eq_ignore_ascii_case(&name))
    {
        let holds = Type::object();
        let found = Found {
            kind: Kind::Property,
            of,
            name: (*known).into(),
            holds,
            is_static: false,
            writable: true,
        };
        return Ok(Value::typed(found));
    }
    // A name of another case is another member, unless the flags say otherwise.
    let any_case = call.int(1) & 1 != 0;
    let fits = |known: &str| known == name || (any_case && known.eq_ignore_ascii_case(&name));
    let found = listed(&of).into_iter().find(|found| fits(&found.name));
    Ok(found.map_or(Value::Null, Value::typed))
}

pub(super) fn properties(call: &mut Call<'_>) -> Result<Value> {
    let list = listed(&type_of(call)?).into_iter().map(Value::typed).collect();
    Ok(Array::of("System.Reflection.PropertyInfo", list).into())
}

fn listed(of: &Type) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for property in tables(of).iter().flat_map(|members| &members.properties) {
        if found.iter().any(|known| *known.name == *property.name) {
            continue;
        }
        found.push(Found {
            kind: Kind::Property,
            of: of.clone(),
            name: property.name.into(),
            holds: Type::parse(property.of).unwrap_or_else(Type::object),
            is_static: property.is_static,
            writable: property.set.is_some(),
        });
    }
    if let Type::Script(class) = of {
        let own = class.members(false).into_iter().filter(|info| info.kind == super::MemberKind::Property);
        found.extend(own.map(|info| Found {
            kind: Kind::Property,
            of: of.clone(),
            name: info.name.clone(),
            holds: Type::parse(&info.of).unwrap_or_else(Type::object),
            is_static: false,
            writable: true,
        }));
    }
    found
}

pub(super) fn method(call: &mut Call<'_>) -> Result<Value> {
    let (of, name) = (type_of(call)?, call.text(0));
    let known = tables(&of).iter().flat_map(|members| &members.methods).find(|method| method.name == name);
    Ok(known.map_or(Value::Null, |method| {
        Value::typed(Found {
            kind: Kind::Method,
            name: method.name.into(),
            holds: Type::object(),
            is_static: method.is_static,
            writable: false,
            of,
        })
    }))
}

pub(super) fn constructor(call: &mut Call<'_>) -> Result<Value> {
    let of = type_of(call)?;
    let holds = of.clone();
    Ok(Value::typed(Found {
        kind: Kind::Constructor,
        of,
        name: ".ctor".into(),
        holds,
        is_static: false,
        writable: false,
    }))
}

pub(super) fn interface(call: &mut Call<'_>) -> Result<Value> {
    let (of, name, any_case) = (type_of(call)?, call.text(0), call.bool(1));
    let mut at = Some(of);
    while let Some(of) = at {
        if let Type::Known(known) | Type::Generic(known, _) = &of {
            let same = |face: &str| match any_case {
                true => face.eq_ignore_ascii_case(&name),
                false => face == name,
            };
            let fits = |face: &&&str| same(face) || face.rsplit('.').next().is_some_and(same);
            if let Some(face) = known.is.iter().find(fits) {
                return Ok(Value::typed(Type::named(face)));
            }
        }
        at = of.base();
    }
    Ok(Value::Null)
}

/// Assemblies that .NET and Windows bring along beside those below `System.` and `Microsoft.`. Which of their types are here
/// is said when one is used.
const KNOWN: [&str; 12] = [
    "System",
    "PresentationCore",
    "PresentationFramework",
    "PresentationUI",
    "WindowsBase",
    "WindowsFormsIntegration",
    "UIAutomationClient",
    "UIAutomationProvider",
    "UIAutomationTypes",
    "Accessibility",
    "mscorlib",
    "netstandard",
];

/// The plain name of an assembly that .NET and Windows bring along; none of another one.
pub fn known_assembly(name: &str) -> Option<&str> {
    let plain = name.split(',').next().unwrap_or(name).trim();
    let below = |known: &str| plain.get(..known.len()).is_some_and(|head| head.eq_ignore_ascii_case(known));
    let is_known = KNOWN.iter().any(|known| plain.eq_ignore_ascii_case(known));
    (is_known || below("System.") || below("Microsoft.")).then_some(plain)
}

/// The assembly that holds all types there are, under the name by which it was asked for.
struct Assembly(Option<Text>);

impl Typed for Assembly {
    fn type_name(&self) -> Text {
        "System.Reflection.RuntimeAssembly".into()
    }
    fn text(&self) -> String {
        let core =
            "System.Private.CoreLib, Version=10.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e";
        self.0.as_deref().unwrap_or(core).to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

pub(super) fn assembly() -> Value {
    Value::typed(Assembly(None))
}

fn load(call: &mut Call<'_>) -> Result<Value> {
    let name = call.text(0);
    match known_assembly(&name) {
        Some(known) => Ok(Value::typed(Assembly(Some(known.into())))),
        None => {
            let message = format!(
                "Could not load file or assembly '{name}'. The system cannot find the file specified."
            );
            Err(Exception::new("System.IO.FileNotFoundException", message))
        }
    }
}

fn load_file(call: &mut Call<'_>) -> Result<Value> {
    let message = format!("{} is a compiled assembly, and nothing here runs one.", call.text(0));
    Err(Exception::new("System.NotSupportedException", message))
}

fn found(call: &Call<'_>) -> Result<Found> {
    call.this_as::<Found>().cloned()
}

fn read(call: &mut Call<'_>) -> Result<Value> {
    let (found, of) = (found(call)?, call.value(0));
    if let Some(held) = call.engine.hidden(&of, &found.name) {
        return Ok(held);
    }
    match found.is_static {
        true => Ok(static_get(call.engine, &found.of, &found.name)?.unwrap_or_default()),
        false => get(call.engine, &of, &found.name),
    }
}

fn write(call: &mut Call<'_>) -> Result<Value> {
    let (found, of, new) = (found(call)?, call.value(0), call.value(1));
    if call.engine.set_hidden(&of, &found.name, &new) {
        return Ok(Value::Null);
    }
    if !found.writable {
        return Err(Exception::argument("Property set method not found.", ""));
    }
    set(call.engine, &of, &found.name, new)?;
    Ok(Value::Null)
}

fn run(call: &mut Call<'_>) -> Result<Value> {
    let (found, of, arguments) = (found(call)?, call.value(0), call.items(1));
    let answer = match found.is_static {
        true => static_invoke(call.engine, &found.of, &found.name, arguments)?,
        false => invoke(call.engine, &of, &found.name, arguments)?,
    };
    Ok(answer.unwrap_or_default())
}

fn made(call: &mut Call<'_>) -> Result<Value> {
    let (found, arguments) = (found(call)?, call.items(0));
    let tree = arguments.first().cloned().unwrap_or_default();
    if let Some(block) = call.engine.block_of_tree(&tree) {
        return Ok(block);
    }
    create(call.engine, &found.of, arguments)
}

const MEMBER: &[Row] = &[
    ("string Name", |call| Ok(Value::String(found(call)?.name))),
    ("type DeclaringType", |call| Ok(Value::typed(found(call)?.of))),
    ("type ReflectedType", |call| Ok(Value::typed(found(call)?.of))),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Reflection.PropertyInfo", MEMBER),
    (
        "System.Reflection.PropertyInfo",
        &[
            ("type PropertyType", |call| Ok(Value::typed(found(call)?.holds))),
            ("bool CanRead", |_| Ok(true.into())),
            ("bool CanWrite", |call| Ok(found(call)?.writable.into())),
            ("object GetValue(object obj)", read),
            ("object GetValue(object obj, object index)", read),
            ("void SetValue(object obj, object value)", write),
            ("void SetValue(object obj, object value, object index)", write),
        ],
    ),
    ("System.Reflection.MethodInfo", MEMBER),
    (
        "System.Reflection.MethodInfo",
        &[
            ("bool IsStatic", |call| Ok(found(call)?.is_static.into())),
            ("object Invoke(object obj, object parameters)", run),
        ],
    ),
    ("System.Reflection.ConstructorInfo", MEMBER),
    ("System.Reflection.ConstructorInfo", &[("object Invoke(object parameters)", made)]),
    (
        "System.Reflection.Assembly",
        &[
            ("static System.Reflection.Assembly Load(string assemblyString)", load),
            ("static System.Reflection.Assembly LoadFile(string path)", load_file),
            ("static System.Reflection.Assembly LoadFrom(string assemblyFile)", load_file),
            ("static System.Reflection.Assembly LoadWithPartialName(string partialName)", |call| {
                let name = call.text(0);
                let known = known_assembly(&name).map(|known| Assembly(Some(known.into())));
                Ok(known.map_or(Value::Null, Value::typed))
            }),
        ],
    ),
    (
        "System.Reflection.RuntimeAssembly",
        &[
            ("string FullName", |call| Ok(call.this().to_string().into())),
            ("type GetType(string name)", |call| {
                Ok(Type::parse(&call.text(0)).map_or(Value::Null, Value::typed))
            }),
            ("type[] GetTypes()", |_| {
                let mut names: Vec<&&str> = ALL.keys().collect();
                names.sort();
                let types = names.iter().map(|name| Value::typed(Type::named(name))).collect();
                Ok(Array::of("System.Type", types).into())
            }),
        ],
    ),
];
