//! How objects are to be shown: which columns, how wide, on which side, grouped by what.

use crate::cell::{self, Where};
use dotnet::{Engine, Result, member};
use object::value::Text;
use object::{Noun, Value};

/// On which side of its column a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Left.
    Left,
    /// Right.
    Right,
    /// In the middle.
    Center,
}

/// Where a column's value comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// A property.
    Property(Text),
    /// A script block, given the object as `$_`.
    Block(Value),
    /// The object itself.
    Itself,
}

/// A column of a table, a line of a list.
#[derive(Clone, Debug)]
pub struct Column {
    /// The title.
    pub title: Text,
    /// Where its value comes from.
    pub source: Source,
    /// The width asked for.
    pub width: Option<usize>,
    /// The side asked for.
    pub align: Option<Align>,
    /// The pattern of `-f` asked for: `N2`, or one with braces.
    pub pattern: Option<Text>,
    /// Numbers are shown as a list shows them.
    pub plain: bool,
}

impl Column {
    /// The column of a property.
    pub fn property(name: impl Into<Text>) -> Column {
        let name = name.into();
        Column {
            title: name.clone(),
            source: Source::Property(name),
            width: None,
            align: None,
            pattern: None,
            plain: false,
        }
    }
    /// The column of a property under another title.
    pub fn titled(title: impl Into<Text>, name: impl Into<Text>) -> Column {
        Column { title: title.into(), ..Column::property(name) }
    }
    /// With a width.
    #[must_use]
    pub fn wide(mut self, width: usize) -> Column {
        self.width = Some(width);
        self
    }
    /// On a side.
    #[must_use]
    pub fn on(mut self, align: Align) -> Column {
        self.align = Some(align);
        self
    }

    /// The value of the column for an object. A failing block or property gives nothing, as PowerShell's tables
    /// do; the session keeps the error.
    pub fn read(&self, engine: &mut dyn Engine, value: &Value) -> Result<Value> {
        match &self.source {
            Source::Itself => Ok(value.clone()),
            Source::Property(name) => {
                if is_intrinsic(value, name) {
                    return Ok(Value::Null);
                }
                engine.keep_errors(true);
                let held = member::own(engine, value, name);
                engine.keep_errors(false);
                Ok(held?.unwrap_or_default())
            }
            Source::Block(block) => engine.call_quietly(block, value).map(member::one),
        }
    }
    /// The value in the column's pattern, when it has one that fits; a list's elements one by one.
    pub fn formatted(&self, engine: &dyn Engine, value: &Value) -> Option<String> {
        let pattern = self.pattern.as_ref()?;
        let locale = engine.locale();
        if pattern.contains("{0") || pattern.contains('}') {
            return dotnet::format::composite(pattern, std::slice::from_ref(value), locale).ok();
        }
        match dotnet::index::elements(dotnet::values::base(value)) {
            Some(items) => {
                let texts: Result<Vec<String>> =
                    items.iter().map(|item| dotnet::format::value(item, pattern, locale)).collect();
                texts.ok().map(|texts| texts.join(" "))
            }
            None => dotnet::format::value(value, pattern, locale).ok(),
        }
    }
    /// A value of the column as a cell or line shows it.
    pub(crate) fn text(&self, engine: &mut dyn Engine, held: &Value, place: Where, limit: i64) -> String {
        if let Some(text) = self.formatted(engine, held) {
            return text;
        }
        match script_text(engine, held) {
            Some(text) => text,
            None if member::speaks(held) => {
                let own = member::spoken(engine, held).unwrap_or_else(|_| held.clone());
                cell::shown(&own, place, limit, engine.locale())
            }
            None => cell::shown(held, place, limit, engine.locale()),
        }
    }
    /// Whether an object has it; what is worked out is there always.
    pub(crate) fn is_there(&self, engine: &mut dyn Engine, value: &Value) -> bool {
        match &self.source {
            Source::Property(name) => member::own(engine, value, name).ok().flatten().is_some(),
            _ => true,
        }
    }
}

/// `Count` and `Length`, which scripts find on every object, are no properties of it.
fn is_intrinsic(value: &Value, name: &str) -> bool {
    let everywhere = name.eq_ignore_ascii_case("Count") || name.eq_ignore_ascii_case("Length");
    everywhere && !member::property_names(value).iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The text that an object's own `ToString` gives.
fn script_text(engine: &mut dyn Engine, value: &Value) -> Option<String> {
    match value {
        Value::Object(object) if object.base().is_none() && object.noun().is_none() => {
            let own = object.class().is_some() || object.get("ToString").is_some();
            own.then(|| member::to_string(engine, value).ok()).flatten()
        }
        _ => None,
    }
}

/// The layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Rows under titles.
    Table,
    /// `Name : value` lines.
    List,
    /// One value of each object, side by side.
    Wide,
    /// All properties, those of the values too.
    Custom,
}

impl Layout {
    /// Its name where messages speak of it.
    pub fn name(self) -> &'static str {
        match self {
            Layout::Table => "Table",
            Layout::List => "List",
            Layout::Wide => "Wide",
            Layout::Custom => "Custom",
        }
    }
}

/// Which objects a plan fits.
#[derive(Clone, Debug)]
pub enum Fits {
    /// Any: it was made of an object's properties, or asked for.
    All,
    /// Objects of these types.
    Types(&'static [&'static str]),
    /// Objects of this noun.
    Noun(&'static Noun),
}

/// How objects are to be shown.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The layout.
    pub layout: Layout,
    /// The columns.
    pub columns: Vec<Column>,
    /// Long cells continue in the next line instead of being cut.
    pub wrap: bool,
    /// Whether the titles are left out.
    pub hide_titles: bool,
    /// The titles are repeated on each screen.
    pub repeat_titles: bool,
    /// What rows are grouped by.
    pub group: Option<Column>,
    /// How many wide columns; `None`: two, or as many as fit with `auto_size`.
    pub across: Option<usize>,
    /// Columns as wide as their content.
    pub auto_size: bool,
    /// How many elements of a list are shown.
    pub limit: i64,
    /// How deep a custom layout looks into values.
    pub depth: usize,
    /// Which objects it fits.
    pub fits: Fits,
}

impl Plan {
    /// A plan of these columns.
    pub fn new(layout: Layout, columns: Vec<Column>) -> Plan {
        Plan {
            layout,
            columns,
            wrap: false,
            hide_titles: false,
            repeat_titles: false,
            group: None,
            across: None,
            auto_size: false,
            limit: crate::PLACES,
            depth: DEPTH,
            fits: Fits::All,
        }
    }
    /// For objects of these types alone.
    #[must_use]
    pub(crate) fn only(mut self, types: &'static [&'static str]) -> Plan {
        self.fits = Fits::Types(types);
        self
    }
}

/// How deep `Format-Custom` looks unasked.
const DEPTH: usize = 5;
