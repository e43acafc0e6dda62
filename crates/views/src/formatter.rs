//! Turns objects into records: which plan they get, in which groups they stand, what their cells hold.
//!
//! The first object settles the plan. What a later one of another type does depends on the plan: one that was
//! made of properties takes any object, the view of a type only its own; others stand between its rows as lists.

use crate::cell::Where;
use crate::custom;
use crate::plan::{Align, Column, Fits, Layout, Plan, Source};
use crate::record::{Entry, Form, Record, Start};
use crate::view;
use dotnet::host::Stream;
use dotnet::member::{property_names, type_name_list};
use dotnet::{Engine, Exception};
use object::value::Text;
use object::{Noun, Value};
use std::sync::Arc;

/// Gives the columns that were asked for, as the first object spells them.
pub type Columns = Box<dyn Fn(&Value) -> Vec<Column> + Send>;

/// What a list of objects is shown as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Expand {
    /// Only its elements.
    #[default]
    Elements,
    /// Only itself.
    Itself,
    /// Itself, then its elements.
    Both,
}

/// How objects shall be formatted.
#[derive(Default)]
pub struct Wish {
    /// The layout; `None`: what the first object asks for.
    pub layout: Option<Layout>,
    /// The columns; `None`: the object's own.
    pub columns: Option<Columns>,
    /// What rows are grouped by.
    pub group: Option<Column>,
    /// Long cells continue in the next line.
    pub wrap: bool,
    /// No titles.
    pub hide_titles: bool,
    /// The titles are repeated on each screen.
    pub repeat_titles: bool,
    /// Columns as wide as their content.
    pub auto_size: bool,
    /// How many wide columns.
    pub across: Option<usize>,
    /// How many elements of a list are shown.
    pub limit: i64,
    /// How deep a custom layout looks into values.
    pub depth: Option<usize>,
    /// Text and numbers are shown by their properties, too.
    pub force: bool,
    /// What a list is shown as.
    pub expand: Expand,
    /// `#ERR` stands where a value could not be worked out.
    pub display_errors: bool,
}

/// A value that could not be worked out.
pub struct Failure {
    /// The title or block.
    pub expression: Text,
    /// Of which object.
    pub object: Value,
    /// Why.
    pub error: Exception,
}

/// Turns objects into records.
pub struct Formatter {
    wish: Wish,
    plan: Option<Arc<Plan>>,
    /// The value that the current group has in common, and its text; `None`: it has no label.
    group: Option<Option<(Value, String)>>,
    failures: Vec<Failure>,
}

/// What `#ERR` stands for.
const ERROR_MARK: &str = "#ERR";

impl Formatter {
    /// A formatter.
    pub fn new(wish: Wish) -> Formatter {
        Formatter { wish, plan: None, group: None, failures: Vec::new() }
    }

    /// The values that could not be worked out since this was asked last.
    pub fn failures(&mut self) -> Vec<Failure> {
        std::mem::take(&mut self.failures)
    }

    /// Takes an object, or the elements of a list.
    pub fn take(&mut self, engine: &mut dyn Engine, value: &Value, out: &mut dyn FnMut(Record)) {
        let Some(items) = elements(value) else { return self.object(engine, value, out) };
        if self.wish.expand == Expand::Itself {
            return self.object(engine, value, out);
        }
        if self.wish.expand == Expand::Both {
            out(raw("The following object supports IEnumerable:\n"));
            out(Record::Entry(self.list_between(engine, value)));
            let count = match items.len() {
                0 => "The IEnumerable contains no objects.".to_owned(),
                1 => "The IEnumerable contains the following object:".to_owned(),
                many => format!("The IEnumerable contains the following {many} objects:"),
            };
            out(raw(&format!("{count}\n")));
        }
        for item in items {
            self.object(engine, &item, out);
        }
    }

    /// Ends what was begun.
    pub fn finish(&mut self, out: &mut dyn FnMut(Record)) {
        if self.group.take().is_some() {
            out(Record::GroupEnd);
        }
        if self.plan.take().is_some() {
            out(Record::End);
        }
    }

    fn object(&mut self, engine: &mut dyn Engine, value: &Value, out: &mut dyn FnMut(Record)) {
        if value.is_null() {
            return;
        }
        let fitting = self.plan.clone().map(|plan| {
            // Who asks for a layout gets everything in it, objects of cmdlets as well.
            let asked = self.wish.layout.is_some() && matches!(plan.fits, Fits::All);
            let fits = asked || fits(&plan, value);
            (plan, fits)
        });
        let plan = match fitting {
            Some((plan, true)) => match self.text_of(engine, value) {
                // A plan that takes anything still shows text as text.
                Some(text) if matches!(plan.fits, Fits::All) => return out(raw(&text)),
                _ => plan,
            },
            Some((_, false)) if noun(value).is_none() => {
                let entry = match self.text_of(engine, value) {
                    Some(text) => Entry::raw(text, Stream::Output),
                    None => self.list_between(engine, value),
                };
                return out(Record::Entry(entry));
            }
            other => {
                if let Some(text) = self.text_of(engine, value) {
                    return out(raw(&text));
                }
                // A cmdlet's objects get a table of their own.
                if other.is_some() {
                    self.finish(out);
                }
                self.begin(engine, value, out)
            }
        };
        self.group_of(engine, &plan, value, out);
        let form = self.form(engine, &plan, value);
        out(Record::Entry(Entry { form, out_of_band: false }));
    }

    /// The text of an object that has nothing to lay out.
    fn text_of(&self, engine: &mut dyn Engine, value: &Value) -> Option<String> {
        if self.wish.force && self.wish.layout.is_some() {
            return None;
        }
        view::text_of(engine, value)
    }

    fn begin(&mut self, engine: &mut dyn Engine, value: &Value, out: &mut dyn FnMut(Record)) -> Arc<Plan> {
        let plan = Arc::new(self.plan_for(engine, value));
        let mut sides = Vec::new();
        if plan.layout == Layout::Table {
            sides.extend(plan.columns.iter().map(|column| self.side(engine, column, value)));
        }
        out(Record::Start(Arc::new(Start { plan: plan.clone(), sides })));
        self.plan = Some(plan.clone());
        plan
    }

    fn plan_for(&self, engine: &mut dyn Engine, value: &Value) -> Plan {
        let wish = &self.wish;
        let mut plan = match (&wish.columns, wish.layout) {
            (Some(columns), layout) => Plan::new(layout.unwrap_or(Layout::Table), columns(value)),
            (None, layout) => view::default_plan(engine, value, layout),
        };
        plan.limit = wish.limit;
        plan.wrap |= wish.wrap;
        plan.hide_titles |= wish.hide_titles;
        plan.repeat_titles = wish.repeat_titles;
        plan.auto_size = wish.auto_size;
        plan.across = wish.across;
        plan.depth = wish.depth.unwrap_or(plan.depth);
        plan.group = wish.group.clone().or(plan.group);
        if wish.layout.is_some() {
            plan.fits = match plan.fits {
                Fits::Noun(_) => Fits::All,
                other => other,
            };
        }
        plan
    }

    /// The side of a column: as asked for, else by the first object's value.
    fn side(&mut self, engine: &mut dyn Engine, column: &Column, value: &Value) -> Align {
        if let Some(side) = column.align {
            return side;
        }
        match column.read(engine, value) {
            Ok(held) if stands_right(&held) => Align::Right,
            _ => Align::Left,
        }
    }

    fn group_of(&mut self, engine: &mut dyn Engine, plan: &Plan, value: &Value, out: &mut dyn FnMut(Record)) {
        let label = plan.group.as_ref().and_then(|column| group_label(engine, plan, column, value));
        let same = match (&self.group, &label) {
            (Some(Some((held, _))), Some((now, _))) => same_group(held, now),
            (Some(None), None) => true,
            // A property that this object lacks changes nothing.
            (Some(Some(_)), None) => true,
            _ => false,
        };
        if same {
            return;
        }
        if self.group.is_some() {
            out(Record::GroupEnd);
        }
        out(Record::GroupStart(label.as_ref().map(|(_, text)| text.clone())));
        self.group = Some(label);
    }

    fn form(&mut self, engine: &mut dyn Engine, plan: &Arc<Plan>, value: &Value) -> Form {
        match plan.layout {
            Layout::Table => {
                Form::Row(plan.columns.iter().map(|column| self.cell(engine, plan, column, value)).collect())
            }
            Layout::Wide => Form::Wide(
                plan.columns
                    .first()
                    .map_or_else(String::new, |column| self.cell(engine, plan, column, value)),
            ),
            Layout::List => Form::List(self.lines(engine, plan, value)),
            Layout::Custom => Form::Lines(custom::lines(engine, plan, value)),
        }
    }

    /// A list shows of each object what it has.
    fn lines(&mut self, engine: &mut dyn Engine, plan: &Arc<Plan>, value: &Value) -> Vec<(Text, String)> {
        let columns = match (&self.wish.columns, &plan.fits) {
            (Some(columns), _) => columns(value),
            (None, Fits::All) => view::default_plan(engine, value, Some(Layout::List)).columns,
            (None, _) => plan.columns.clone(),
        };
        let mut lines = Vec::new();
        for column in columns {
            if column.is_there(engine, value) {
                let text = self.cell(engine, plan, &column, value);
                lines.push((column.title.clone(), text));
            }
        }
        lines
    }

    fn cell(&mut self, engine: &mut dyn Engine, plan: &Plan, column: &Column, value: &Value) -> String {
        let place = if plan.layout == Layout::Table && !column.plain { Where::Table } else { Where::List };
        let held = match column.read(engine, value) {
            Ok(held) => held,
            Err(error) => {
                let mark = if self.wish.display_errors { ERROR_MARK } else { "" };
                self.failures.push(Failure { expression: written(column), object: value.clone(), error });
                return mark.to_owned();
            }
        };
        column.text(engine, &held, place, plan.limit)
    }

    /// An object between the rows of a plan that does not fit it.
    fn list_between(&mut self, engine: &mut dyn Engine, value: &Value) -> Entry {
        let plan = Arc::new(Plan {
            limit: self.wish.limit,
            ..view::default_plan(engine, value, Some(Layout::List))
        });
        let mut lines = Vec::new();
        for column in &plan.columns {
            let text = self.cell(engine, &plan, column, value);
            lines.push((column.title.clone(), text));
        }
        Entry { form: Form::List(lines), out_of_band: true }
    }
}

/// The expression of a column as it was written.
fn written(column: &Column) -> Text {
    match &column.source {
        Source::Property(name) => name.clone(),
        Source::Block(block) => block.to_string().into(),
        Source::Itself => "".into(),
    }
}

fn raw(text: &str) -> Record {
    Record::Entry(Entry::raw(text, Stream::Output))
}

/// The elements of a value that is shown element by element.
fn elements(value: &Value) -> Option<Vec<Value>> {
    match dotnet::values::base(value) {
        Value::Dictionary(dictionary) => Some(dotnet::index::entries(dictionary)),
        Value::String(_) => None,
        inner => dotnet::index::elements(inner),
    }
}

fn noun(value: &Value) -> Option<&'static Noun> {
    match value {
        Value::Object(object) => object.noun().filter(|_| object.base().is_none()),
        _ => None,
    }
}

fn fits(plan: &Plan, value: &Value) -> bool {
    match &plan.fits {
        Fits::All => noun(value).is_none(),
        Fits::Noun(known) => noun(value).is_some_and(|noun| std::ptr::eq(*known, noun)),
        Fits::Types(types) => {
            type_name_list(value).iter().any(|name| types.iter().any(|known| view::is_called(name, known)))
        }
    }
}

/// Numbers, truth values, characters and enumerations stand on the right.
fn stands_right(value: &Value) -> bool {
    match dotnet::values::base(value) {
        Value::Bool(_) | Value::Char(_) => true,
        Value::Enum(held) => is_of_the_shell(held.of.name),
        Value::Typed(typed) => {
            matches!(&*typed.type_name(), "System.Numerics.BigInteger" | "System.Security.SecureString")
        }
        Value::String(_) => false,
        inner => dotnet::values::double(inner).is_some(),
    }
}

/// .NET's own enumerations and those that scripts make are numbers; a server's come to a shell as text.
fn is_of_the_shell(enumeration: &str) -> bool {
    ["System.", "Microsoft.PowerShell."].iter().any(|of| enumeration.starts_with(of))
        || !enumeration.contains('.')
}

/// The value of the group that an object stands in, and the group's label; `None`: the object has no such property.
fn group_label(
    engine: &mut dyn Engine,
    plan: &Plan,
    column: &Column,
    value: &Value,
) -> Option<(Value, String)> {
    if let Source::Property(name) = &column.source
        && !property_names(value).iter().any(|known| known.eq_ignore_ascii_case(name))
        && !column.is_there(engine, value)
    {
        return None;
    }
    let held = column.read(engine, value).unwrap_or_default();
    let text = column.text(engine, &held, Where::List, plan.limit);
    Some((held, format!("{}: {text}", column.title)))
}

/// Objects of one group: text compares without regard to case.
fn same_group(one: &Value, other: &Value) -> bool {
    let locale = dotnet::Locale::default();
    match (one.is_null(), other.is_null()) {
        (true, true) => true,
        (false, false) => {
            let text = |value: &Value| dotnet::text::to_text(value, &locale).to_lowercase();
            text(one) == text(other)
        }
        _ => false,
    }
}
