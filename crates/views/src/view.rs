//! What an object looks like unasked: text, the view of its type, its noun's table, or a table of up to
//! four properties and a list of more.

use crate::plan::{Align, Column, Layout, Plan};
use dotnet::Engine;
use dotnet::member::{property_names, type_name_list};
use object::Value;
use object::value::Text;

/// More properties than this make a list.
const TABLE_PROPERTIES_MAX: usize = 4;

/// The text of an object that is shown as such: strings, numbers, dates …; `None` when it has a view.
pub fn is_text(engine: &mut dyn Engine, value: &Value) -> Option<String> {
    let locale = engine.locale();
    match value {
        Value::Object(object) => match object.base() {
            Some(inner) if is_simple(inner) => is_text(engine, &inner.clone()),
            _ => None,
        },
        Value::DateTime(date) => {
            let shown = dotnet::format::date::format(*date, "F", locale).unwrap_or_default();
            Some(format!("\n{shown}\n"))
        }
        simple if is_simple(simple) => Some(crate::cell::plain(simple, locale)),
        _ => None,
    }
}

fn is_simple(value: &Value) -> bool {
    match value {
        Value::String(_) | Value::Bool(_) | Value::Char(_) | Value::Enum(_) | Value::DateTime(_) => true,
        Value::Guid(_)
        | Value::TimeSpan(_)
        | Value::Null
        | Value::Array(_)
        | Value::Dictionary(_)
        | Value::Object(_) => false,
        Value::Typed(typed) => {
            let name = typed.type_name();
            matches!(
                &*name,
                "System.Management.Automation.ScriptBlock"
                    | "System.Numerics.BigInteger"
                    | "Microsoft.Exchange.Data.ByteQuantifiedSize"
            ) || name.starts_with("Microsoft.Exchange.Data.Unlimited`1")
                || name.starts_with("Microsoft.Exchange.Data.Directory.ADObjectId")
                || name.starts_with("Microsoft.Exchange.Data.SmtpAddress")
                || name.starts_with("Microsoft.Exchange.Data.ProxyAddress")
                || name.starts_with("Microsoft.Exchange.Data.Smtp")
        }
        _ => true,
    }
}

fn columns(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::property(*name)).collect()
}

/// A column whose numbers stand on the left too.
fn left(name: &str) -> Column {
    Column { plain: true, ..Column::property(name).on(Align::Left) }
}

/// Types that share a view, so that one listing shows them side by side.
const FAMILIES: [&[&str]; 2] = [
    &["System.IO.FileInfo", "System.IO.DirectoryInfo"],
    &[
        "System.Management.Automation.CmdletInfo",
        "System.Management.Automation.FunctionInfo",
        "System.Management.Automation.AliasInfo",
    ],
];

/// Whether objects of both types go into one table.
pub(crate) fn is_family(one: &[Text], other: &[Text]) -> bool {
    let within = |types: &[Text], family: &[&str]| {
        types.first().is_some_and(|first| family.iter().any(|name| *name == &**first))
    };
    FAMILIES.iter().any(|family| within(one, family) && within(other, family))
}

/// The view of a type that has one of its own.
fn declared(name: &str) -> Option<Plan> {
    let table = |columns| Some(Plan::new(Layout::Table, columns));
    let list = |names: &[&str]| Some(Plan::new(Layout::List, columns(names)));
    match name {
        "System.Collections.DictionaryEntry" => table(vec![left("Name").wide(30), left("Value")]),
        name if name.starts_with("System.Collections.Generic.KeyValuePair`2") => {
            table(vec![left("Key"), left("Value")])
        }
        "System.Guid" => table(vec![Column { source: crate::Source::Itself, ..Column::property("Guid") }]),
        "System.Version" => table(vec![
            Column::property("Major").wide(6).on(Align::Left),
            Column::property("Minor").wide(6).on(Align::Left),
            Column::property("Build").wide(6).on(Align::Left),
            Column::property("Revision").wide(8).on(Align::Left),
        ]),
        "System.RuntimeType" => table(vec![
            Column::property("IsPublic").wide(8).on(Align::Left),
            Column::titled("IsSerial", "IsSerializable").wide(8).on(Align::Left),
            Column::property("Name").wide(40),
            Column::property("BaseType"),
        ]),
        "System.TimeSpan" => list(&[
            "Days",
            "Hours",
            "Minutes",
            "Seconds",
            "Milliseconds",
            "Ticks",
            "TotalDays",
            "TotalHours",
            "TotalMinutes",
            "TotalSeconds",
            "TotalMilliseconds",
        ]),
        "Microsoft.PowerShell.Commands.MemberDefinition" => {
            let mut plan = Plan::new(Layout::Table, columns(&["Name", "MemberType", "Definition"]));
            plan.group = Some(Column::property("TypeName"));
            Some(plan)
        }
        "Microsoft.PowerShell.Commands.GroupInfo" => table(vec![
            Column::property("Count").wide(5).on(Align::Right),
            Column::property("Name").wide(25),
            Column::property("Group"),
        ]),
        "Microsoft.PowerShell.Commands.GroupInfoNoElement" => {
            table(vec![Column::property("Count").wide(5).on(Align::Right), Column::property("Name")])
        }
        "Microsoft.PowerShell.Commands.MatchInfo" => {
            let itself = Column { source: crate::Source::Itself, ..Column::property("") };
            Some(Plan { hide_titles: true, ..Plan::new(Layout::Table, vec![itself]) })
        }
        "System.Management.Automation.CmdletInfo"
        | "System.Management.Automation.FunctionInfo"
        | "System.Management.Automation.AliasInfo"
        | "System.Management.Automation.CommandInfo" => table(vec![
            Column::property("CommandType").wide(15),
            Column::titled("Name", "DisplayName").wide(50),
            Column::property("Version").wide(10),
            Column::property("Source"),
        ]),
        "System.Management.Automation.PSVariable" => table(vec![left("Name").wide(30), left("Value")]),
        "System.IO.FileInfo" | "System.IO.DirectoryInfo" => {
            let mut plan = Plan::new(
                Layout::Table,
                vec![
                    Column::property("Mode").wide(7),
                    Column::titled("LastWriteTime", "LastWriteTimeString").wide(25).on(Align::Right),
                    Column::property("Length").wide(14).on(Align::Right),
                    Column::property("Name"),
                ],
            );
            plan.group = Some(Column::titled("Directory", "DirectoryShown"));
            Some(plan)
        }
        "System.Management.Automation.PathInfo" => table(columns(&["Path"])),
        "System.Management.Automation.PSCredential" => table(columns(&["UserName", "Password"])),
        "System.Globalization.CultureInfo" => table(vec![
            Column::property("LCID").wide(16).on(Align::Left),
            Column::property("Name").wide(16),
            Column::property("DisplayName"),
        ]),
        _ => None,
    }
}

/// How an object is shown unasked; for `Format-List` and `Format-Table` without properties, `wanted`
/// says the layout.
pub fn default_plan(engine: &mut dyn Engine, value: &Value, wanted: Option<Layout>) -> Plan {
    let names = type_name_list(value);
    if let Some(plan) = names.iter().find_map(|name| declared(name)).filter(|_| !has_notes(value))
        && wanted.is_none_or(|layout| layout == plan.layout)
    {
        return plan;
    }
    if let Value::Object(object) = value
        && let Some(noun) = object.noun()
        && !noun.table.is_empty()
        && wanted.is_none_or(|layout| layout == Layout::Table)
    {
        let columns = noun.table.iter().map(|declared| Column::property(declared.spec().name)).collect();
        return Plan::new(Layout::Table, columns);
    }
    let names = default_names(engine, value).unwrap_or_else(|| property_names(value));
    let layout =
        wanted.unwrap_or(if names.len() > TABLE_PROPERTIES_MAX { Layout::List } else { Layout::Table });
    Plan::new(layout, shown_names(names, layout, value))
}

/// A table without declared columns shows ten at most.
const TABLE_COLUMNS_MAX: usize = 10;

fn shown_names(names: Vec<Text>, layout: Layout, value: &Value) -> Vec<Column> {
    let take = match layout {
        Layout::Table => TABLE_COLUMNS_MAX,
        Layout::List => usize::MAX,
        Layout::Wide => 1,
    };
    if layout == Layout::Wide {
        let named = names
            .iter()
            .find(|name| name.eq_ignore_ascii_case("Name") || name.eq_ignore_ascii_case("DisplayName"));
        let first = named.or(names.first()).cloned();
        return first.map_or_else(
            || vec![Column { source: crate::Source::Itself, ..Column::property("") }],
            |name| vec![Column::property(name)],
        );
    }
    let _ = value;
    names.into_iter().take(take).map(Column::property).collect()
}

/// Whether a script added properties to a value of another type.
fn has_notes(value: &Value) -> bool {
    matches!(value, Value::Object(object) if object.base().is_some() && !object.properties().is_empty())
}

/// `PSStandardMembers.DefaultDisplayPropertySet`.
fn default_names(engine: &mut dyn Engine, value: &Value) -> Option<Vec<Text>> {
    let Value::Object(object) = value else { return None };
    let held = object.get("PSStandardMembers")?;
    let set = match held.downcast::<dotnet::values::Added>() {
        Some(dotnet::values::Added::Members(inner)) => {
            dotnet::member::own(engine, inner, "DefaultDisplayPropertySet").ok().flatten()?
        }
        _ => dotnet::member::own(engine, &held, "DefaultDisplayPropertySet").ok().flatten()?,
    };
    match set.downcast::<dotnet::values::Added>() {
        Some(dotnet::values::Added::Set(names)) => Some(names.clone()),
        _ => {
            let names = dotnet::member::own(engine, &set, "ReferencedPropertyNames").ok().flatten()?;
            Some(names.items().iter().map(|name| name.to_string().into()).collect())
        }
    }
}
