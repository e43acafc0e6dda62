//! One object, read by a plan: what `Format-Table` and its like write.

use crate::cell::{self, Where};
use crate::plan::{Column, Layout, Plan, group_text};
use dotnet::Engine;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

/// A cell.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Numbers and truth values stand on the right.
    pub(crate) number: bool,
}

/// One object, read by a plan.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(crate) plan: Arc<Plan>,
    pub(crate) cells: Vec<Cell>,
    pub(crate) group: Option<(Text, String)>,
    /// Text of an object that no plan fits (a string within `Format-Table`'s input).
    pub(crate) plain: Option<String>,
}

impl Entry {
    /// Reads an object by a plan.
    pub fn read(engine: &mut dyn Engine, plan: &Arc<Plan>, value: &Value) -> Entry {
        let place = if plan.layout == Layout::List { Where::List } else { Where::Table };
        let mut cells = Vec::with_capacity(plan.columns.len());
        for column in &plan.columns {
            cells.push(read_cell(engine, column, value, place, plan.limit));
        }
        let group = plan.group.as_ref().map(|column| {
            let held = column.read(engine, value);
            let list = dotnet::index::elements(&held).is_some();
            let text = column.formatted(engine, &held).unwrap_or_else(|| match list {
                true => cell::shown(&held, place, plan.limit, engine.locale()),
                false => group_text(engine, &held),
            });
            (column.title.clone(), text)
        });
        Entry { plan: plan.clone(), cells, group, plain: None }
    }
    /// An object that is plain text whatever the plan.
    pub fn plain(plan: &Arc<Plan>, text: String) -> Entry {
        Entry { plan: plan.clone(), cells: Vec::new(), group: None, plain: Some(text) }
    }
    /// The plan it was read by.
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }
}

fn read_cell(engine: &mut dyn Engine, column: &Column, value: &Value, place: Where, limit: i64) -> Cell {
    let held = column.read(engine, value);
    let place = if column.plain { Where::List } else { place };
    let text = match column.formatted(engine, &held) {
        Some(text) => text,
        None => match script_text(engine, &held) {
            Some(text) => text,
            None => cell::shown(&held, place, limit, engine.locale()),
        },
    };
    Cell { text, number: is_number(&held) }
}

/// The text that an object's own `ToString` gives.
fn script_text(engine: &mut dyn Engine, value: &Value) -> Option<String> {
    match value {
        Value::Object(object) if object.get("ToString").is_some() => {
            dotnet::member::to_string(engine, value).ok()
        }
        _ => None,
    }
}

fn is_number(value: &Value) -> bool {
    let inner = dotnet::values::base(value);
    let right = matches!(inner, Value::Bool(_)) || dotnet::values::double(inner).is_some();
    right && !matches!(inner, Value::Enum(_) | Value::Char(_))
}

impl Typed for Entry {
    fn type_name(&self) -> Text {
        "Microsoft.PowerShell.Commands.Internal.Format.FormatEntryData".into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
