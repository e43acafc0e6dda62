//! The custom layout: an object as a class with its properties, and theirs, down to a depth. Types that say how
//! they look have lines of their own.

use crate::cell::{self, Where};
use crate::plan::{Column, Plan, Source};
use crate::view;
use dotnet::Engine;
use dotnet::member::{property_names, type_name_list};
use object::Value;

/// What one level is indented by.
const INDENT: usize = 2;

type Lines = Vec<(usize, String)>;

/// The lines of an object, with their indentation.
pub(crate) fn lines(engine: &mut dyn Engine, plan: &Plan, value: &Value) -> Lines {
    if let [Column { source: Source::Itself, .. }] = plan.columns.as_slice() {
        let text = view::date_text(engine.locale(), value);
        let text = text.unwrap_or_else(|| dotnet::text::of(value, engine.locale()));
        return text.split('\n').map(|line| (0, line.to_owned())).collect();
    }
    let mut lines = Vec::new();
    let mut walk = Walk { plan, lines: &mut lines };
    walk.object(engine, value, &plan.columns, 0, plan.depth);
    lines.push((0, String::new()));
    lines
}

struct Walk<'a> {
    plan: &'a Plan,
    lines: &'a mut Lines,
}

impl Walk<'_> {
    fn object(
        &mut self,
        engine: &mut dyn Engine,
        value: &Value,
        columns: &[Column],
        indent: usize,
        depth: usize,
    ) {
        let names = type_name_list(value);
        let name = names.first().map_or("", |name| name.rsplit('.').next().unwrap_or(name)).to_owned();
        self.lines.push((indent, format!("class {name}")));
        self.lines.push((indent, "{".to_owned()));
        for column in columns {
            let Ok(held) = column.read(engine, value) else { continue };
            self.property(engine, column, &held, indent + INDENT, depth);
        }
        self.lines.push((indent, "}".to_owned()));
    }

    fn property(
        &mut self,
        engine: &mut dyn Engine,
        column: &Column,
        held: &Value,
        indent: usize,
        depth: usize,
    ) {
        let name = &column.title;
        if depth == 0 || is_scalar(engine, held) || column.pattern.is_some() {
            let text = column.text(engine, held, Where::List, self.plan.limit);
            self.lines.push((indent, format!("{name} = {text}")));
            return;
        }
        self.lines.push((indent, format!("{name} = ")));
        self.value(engine, held, indent + INDENT, depth - 1);
    }

    fn value(&mut self, engine: &mut dyn Engine, held: &Value, indent: usize, depth: usize) {
        match elements(held) {
            Some(items) => {
                self.lines.push((indent, "[".to_owned()));
                let shown = usize::try_from(self.plan.limit).unwrap_or(items.len());
                for item in items.iter().take(shown) {
                    self.element(engine, item, indent + INDENT, depth);
                }
                if items.len() > shown {
                    self.lines.push((indent + INDENT, "…".to_owned()));
                }
                self.lines.push((indent, "]".to_owned()));
                self.lines.push((indent, String::new()));
            }
            None => {
                let columns = columns_of(held);
                self.object(engine, held, &columns, indent, depth);
            }
        }
    }

    fn element(&mut self, engine: &mut dyn Engine, item: &Value, indent: usize, depth: usize) {
        if depth == 0 || is_scalar(engine, item) {
            let text = cell::shown(item, Where::List, self.plan.limit, engine.locale());
            self.lines.push((indent, text));
        } else {
            self.value(engine, item, indent, depth - 1);
        }
    }
}

fn columns_of(value: &Value) -> Vec<Column> {
    property_names(value).into_iter().map(Column::property).collect()
}

fn elements(value: &Value) -> Option<Vec<Value>> {
    match dotnet::values::base(value) {
        Value::Dictionary(dictionary) => Some(dotnet::index::entries(dictionary)),
        inner => dotnet::index::elements(inner),
    }
}

/// What has nothing to look into.
fn is_scalar(engine: &mut dyn Engine, value: &Value) -> bool {
    value.is_null()
        || matches!(dotnet::values::base(value), Value::DateTime(_) | Value::String(_))
        || (elements(value).is_none() && view::text_of(engine, value).is_some())
}
