//! What an object looks like unasked: text, the view of its type, its noun's table, or a table of up to
//! four properties and a list of more.

use crate::cell;
use crate::plan::{Align, Column, Fits, Layout, Plan};
use dotnet::Engine;
use dotnet::member::{property_names, type_name_list};
use object::Value;
use object::value::Text;

/// More properties than this make a list.
const TABLE_PROPERTIES_MAX: usize = 4;

/// The text of an object that is shown as such: text, numbers, what has no properties; `None` when it is laid out.
pub fn text_of(engine: &mut dyn Engine, value: &Value) -> Option<String> {
    let inner = match value {
        Value::Object(object) => match object.base() {
            // What a script added to a text does not make it less of a text.
            Some(inner) => inner.clone(),
            None if object.noun().is_some() => return None,
            None => {
                let bare = property_names(value).is_empty();
                return bare.then(|| bare_text(engine, value));
            }
        },
        other => other.clone(),
    };
    let locale = engine.locale();
    match &inner {
        Value::Typed(typed) => {
            if let Some(label) = record_label(&typed.type_name()) {
                return Some(format!("{label}{}", typed.text()));
            }
            let text = typed.is_text() || (typed.items().is_none() && property_names(&inner).is_empty());
            text.then(|| cell::plain(&inner, locale))
        }
        Value::Guid(_) | Value::TimeSpan(_) | Value::DateTime(_) => None,
        Value::Null | Value::Array(_) | Value::Dictionary(_) => None,
        simple => Some(cell::plain(simple, locale)),
    }
}

/// An object without properties is shown by its own text; `@{}` is none.
fn bare_text(engine: &mut dyn Engine, value: &Value) -> String {
    let text = dotnet::member::to_string(engine, value).unwrap_or_default();
    if text == "@{}" { String::new() } else { text }
}

/// What stands before the text of a warning that joined the output.
fn record_label(type_name: &str) -> Option<&'static str> {
    match type_name {
        "System.Management.Automation.WarningRecord" => Some("WARNING: "),
        "System.Management.Automation.VerboseRecord" => Some("VERBOSE: "),
        "System.Management.Automation.DebugRecord" => Some("DEBUG: "),
        "System.Management.Automation.InformationRecord" => Some(""),
        _ => None,
    }
}

/// The line of a date.
pub(crate) fn date_text(locale: &dotnet::Locale, value: &Value) -> Option<String> {
    let hint = match value {
        Value::Object(object) => object.get("DisplayHint").map(|hint| hint.to_string()),
        _ => None,
    };
    let pattern = match hint.as_deref() {
        Some("Date") => "D",
        Some("Time") => "T",
        _ => "F",
    };
    match dotnet::values::base(value) {
        Value::DateTime(date) => dotnet::format::date::format(*date, pattern, locale).ok(),
        _ => None,
    }
}

/// Whether a type has that name; of a generic type its arguments do not count.
pub(crate) fn is_called(name: &str, known: &str) -> bool {
    name == known
        || (known.contains('`') && name.strip_prefix(known).is_some_and(|rest| rest.starts_with('[')))
}

fn columns(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::property(*name)).collect()
}

/// A column whose numbers stand on the left too.
fn left(name: &str) -> Column {
    Column { plain: true, ..Column::property(name).on(Align::Left) }
}

/// A view that a type has of its own.
struct View {
    types: &'static [&'static str],
    layout: Layout,
    columns: fn() -> Vec<Column>,
    /// What its rows are grouped by: title and property.
    group: Option<(&'static str, &'static str)>,
    hides_titles: bool,
}

const fn view(types: &'static [&'static str], layout: Layout, columns: fn() -> Vec<Column>) -> View {
    View { types, layout, columns, group: None, hides_titles: false }
}

fn itself(title: &'static str) -> Column {
    Column { source: crate::Source::Itself, ..Column::property(title) }
}

fn span_columns() -> Vec<Column> {
    ["Days", "Hours", "Minutes", "Seconds", "Milliseconds"].map(left).to_vec()
}

/// The views of types that have one; of several layouts the first is the one that is shown unasked.
static VIEWS: &[View] = &[
    view(&["System.Collections.DictionaryEntry"], Layout::Table, || {
        vec![left("Name").wide(30), left("Value")]
    }),
    view(&["System.Collections.Generic.KeyValuePair`2"], Layout::Table, || vec![left("Key"), left("Value")]),
    view(&["System.DateTime"], Layout::Custom, || vec![itself("DateTime")]),
    view(&["System.Guid"], Layout::Table, || vec![itself("Guid")]),
    view(&["System.Version"], Layout::Table, || {
        let part = |name, width| Column::property(name).wide(width).on(Align::Left);
        vec![part("Major", 6), part("Minor", 6), part("Build", 6), part("Revision", 8)]
    }),
    view(&["System.RuntimeType"], Layout::Table, || {
        vec![
            Column::property("IsPublic").wide(8).on(Align::Left),
            Column::titled("IsSerial", "IsSerializable").wide(8).on(Align::Left),
            Column::property("Name").wide(40),
            Column::property("BaseType"),
        ]
    }),
    view(&["System.TimeSpan"], Layout::List, || {
        let totals =
            ["Ticks", "TotalDays", "TotalHours", "TotalMinutes", "TotalSeconds", "TotalMilliseconds"];
        span_columns().into_iter().chain(columns(&totals)).collect()
    }),
    view(&["System.TimeSpan"], Layout::Table, span_columns),
    View {
        group: Some(("TypeName", "TypeName")),
        ..view(&["Microsoft.PowerShell.Commands.MemberDefinition"], Layout::Table, || {
            ["Name", "MemberType", "Definition"].map(left).to_vec()
        })
    },
    view(&["Microsoft.PowerShell.Commands.GroupInfoNoElement"], Layout::Table, || {
        vec![Column::property("Count").wide(5).on(Align::Right), left("Name")]
    }),
    view(&["Microsoft.PowerShell.Commands.GroupInfo"], Layout::Table, || {
        vec![Column::property("Count").wide(5).on(Align::Right), left("Name").wide(25), left("Group")]
    }),
    view(&["Microsoft.PowerShell.Commands.GroupInfo"], Layout::List, || {
        columns(&["Name", "Count", "Group", "Values"])
    }),
    View {
        hides_titles: true,
        ..view(&["Microsoft.PowerShell.Commands.MatchInfo"], Layout::Custom, || vec![itself("")])
    },
    view(
        &[
            "System.Management.Automation.CmdletInfo",
            "System.Management.Automation.FunctionInfo",
            "System.Management.Automation.AliasInfo",
            "System.Management.Automation.CommandInfo",
        ],
        Layout::Table,
        || {
            vec![
                left("CommandType").wide(15),
                Column::titled("Name", "DisplayName").wide(50),
                left("Version").wide(10),
                left("Source"),
            ]
        },
    ),
    view(&["System.Management.Automation.PSVariable"], Layout::Table, || {
        vec![left("Name").wide(30), left("Value")]
    }),
    View {
        group: Some((" Directory", "DirectoryShown")),
        ..view(&["System.IO.FileInfo", "System.IO.DirectoryInfo"], Layout::Table, || {
            vec![
                Column::property("Mode").wide(7),
                Column::titled("LastWriteTime", "LastWriteTimeString").wide(25).on(Align::Right),
                Column::property("Length").wide(14).on(Align::Right),
                Column::property("Name"),
            ]
        })
    },
    View {
        group: Some((" Directory", "DirectoryShown")),
        ..view(&[UNIX_FILE], Layout::Table, || {
            vec![
                left("UnixMode").wide(10),
                Column::property("User").wide(10).on(Align::Right),
                left("Group").wide(10),
                Column::titled("LastWriteTime", "LastWriteTimeString").wide(16).on(Align::Right),
                Column::property("Size").wide(12).on(Align::Right),
                Column::property("Name"),
            ]
        })
    },
    View {
        group: Some(("   Label", "Label")),
        ..view(&["Microsoft.PowerShell.Commands.ByteCollection"], Layout::Table, || {
            vec![
                Column::titled("Offset", "HexOffset").wide(16).on(Align::Right),
                Column::titled("00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F", "HexBytes").wide(47),
                left("Ascii"),
            ]
        })
    },
    view(&["System.Management.Automation.ProviderInfo"], Layout::Table, || {
        vec![left("Name").wide(20), left("Capabilities").wide(40), left("Drives")]
    }),
    view(&["System.Management.Automation.PSDriveInfo"], Layout::Table, || {
        vec![left("Name").wide(10), left("Provider").wide(13), left("Root").wide(35), left("CurrentLocation")]
    }),
    view(&["System.Management.Automation.PathInfo"], Layout::Table, || columns(&["Path"])),
    view(&["System.Management.Automation.PSCredential"], Layout::Table, || {
        columns(&["UserName", "Password"])
    }),
    view(&["System.Globalization.CultureInfo"], Layout::Table, || {
        vec![left("LCID").wide(16), left("Name").wide(16), left("DisplayName")]
    }),
];

/// What a table of files goes on with.
const FILES: &[&str] = &["System.IO.FileInfo", "System.IO.DirectoryInfo"];

/// Files and folders that say whose they are are shown so. [PowerShell 7.6 on Unix]
const UNIX_FILE: &str = "System.IO.FileSystemInfo#Unix";

/// The names by which the view of a value is looked for.
fn view_names(value: &Value) -> Vec<Text> {
    let names = type_name_list(value);
    let is_file = names.first().is_some_and(|name| {
        is_called(name, "System.IO.FileInfo") || is_called(name, "System.IO.DirectoryInfo")
    });
    let unix =
        || matches!(dotnet::values::base(value), Value::Typed(file) if file.member("UnixMode").is_some());
    if is_file && unix() { vec![UNIX_FILE.into()] } else { names }
}

/// The view of a type that has one of its own.
fn declared(names: &[Text], wanted: Option<Layout>) -> Option<Plan> {
    let of = |name: &Text| {
        VIEWS.iter().find(|view| {
            wanted.is_none_or(|layout| layout == view.layout)
                && view.types.iter().any(|known| is_called(name, known))
        })
    };
    let found = names.iter().find_map(of)?;
    let types: &'static [&'static str] = if found.types == [UNIX_FILE] { FILES } else { found.types };
    let mut plan = Plan::new(found.layout, (found.columns)()).only(types);
    plan.hide_titles = found.hides_titles;
    plan.group = found.group.map(|(title, property)| Column::titled(title, property));
    Some(plan)
}

/// How an object is shown unasked; for `Format-List` and `Format-Table` without properties, `wanted`
/// says the layout.
pub fn default_plan(engine: &mut dyn Engine, value: &Value, wanted: Option<Layout>) -> Plan {
    if let Some(plan) = noun_plan(value, wanted) {
        return plan;
    }
    if let Some(plan) = declared(&view_names(value), wanted) {
        return plan;
    }
    let set = default_names(engine, value);
    let added = engine.type_properties(value);
    let all = || property_names(value).into_iter().chain(added).collect::<Vec<Text>>();
    let names = match (wanted, set) {
        (Some(Layout::Wide), _) => return Plan::new(Layout::Wide, vec![wide_column(engine, value)]),
        (Some(Layout::Custom), _) => all(),
        (_, Some(names)) => names,
        (Some(Layout::Table), None) => all().into_iter().take(TABLE_COLUMNS_MAX).collect(),
        (_, None) => all(),
    };
    let by_count = if names.len() > TABLE_PROPERTIES_MAX { Layout::List } else { Layout::Table };
    Plan::new(wanted.unwrap_or(by_count), names.into_iter().map(Column::property).collect())
}

/// The table of a cmdlet's noun; without one its properties.
fn noun_plan(value: &Value, wanted: Option<Layout>) -> Option<Plan> {
    let Value::Object(object) = value else { return None };
    let noun = object.noun().filter(|_| object.base().is_none())?;
    let table = wanted.is_none_or(|layout| layout == Layout::Table) && !noun.table.is_empty();
    let mut plan = if table {
        let columns = noun.table.iter().map(|declared| Column::property(declared.spec().name)).collect();
        Plan::new(Layout::Table, columns)
    } else if wanted == Some(Layout::Wide) {
        return None;
    } else {
        let names = property_names(value);
        let by_count = if names.len() > TABLE_PROPERTIES_MAX { Layout::List } else { Layout::Table };
        Plan::new(wanted.unwrap_or(by_count), names.into_iter().map(Column::property).collect())
    };
    plan.fits = Fits::Noun(noun);
    Some(plan)
}

/// A table without declared columns shows ten at most.
const TABLE_COLUMNS_MAX: usize = 10;

/// The names of the property that says best which object it is, by rank.
const TELLING: [&str; 6] = ["name", "id", "key", "*key", "*name", "*id"];

/// The one column of a wide layout.
fn wide_column(engine: &mut dyn Engine, value: &Value) -> Column {
    let names = property_names(value);
    let fits = |pattern: &&str, name: &Text| match pattern.strip_prefix('*') {
        Some(end) => name.to_lowercase().ends_with(end),
        None => name.eq_ignore_ascii_case(pattern),
    };
    let ranked = TELLING.iter().find_map(|pattern| names.iter().find(|name| fits(pattern, name)).cloned());
    let chosen = default_name(engine, value).or(ranked).or_else(|| names.first().cloned());
    chosen.map_or_else(|| itself(""), Column::property)
}

/// What a type says of how its objects are shown, by the name of a standard member.
fn standard(engine: &mut dyn Engine, value: &Value, member: &str) -> Option<Value> {
    if let Value::Object(object) = value
        && let Some(held) = object.get("PSStandardMembers")
    {
        return match held.downcast::<dotnet::values::Added>() {
            Some(dotnet::values::Added::Members(inner)) => {
                dotnet::member::own(engine, inner, member).ok().flatten()
            }
            _ => dotnet::member::own(engine, &held, member).ok().flatten(),
        };
    }
    engine.type_member(value, member)
}

/// `PSStandardMembers.DefaultDisplayProperty`.
fn default_name(engine: &mut dyn Engine, value: &Value) -> Option<Text> {
    standard(engine, value, "DefaultDisplayProperty").map(|name| name.to_string().into())
}

/// `PSStandardMembers.DefaultDisplayPropertySet`.
fn default_names(engine: &mut dyn Engine, value: &Value) -> Option<Vec<Text>> {
    let set = standard(engine, value, "DefaultDisplayPropertySet")?;
    match set.downcast::<dotnet::values::Added>() {
        Some(dotnet::values::Added::Set(names)) => Some(names.clone()),
        _ => {
            let names = dotnet::member::own(engine, &set, "ReferencedPropertyNames").ok().flatten()?;
            Some(names.items().iter().map(|name| name.to_string().into()).collect())
        }
    }
}
