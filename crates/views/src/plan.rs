//! How objects are to be shown: which columns, how wide, on which side, grouped by what.

use dotnet::{Engine, Result, member, text};
use object::Value;
use object::value::Text;

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

    /// The value of the column for an object. A failing block gives nothing, as PowerShell's tables do.
    pub fn read(&self, engine: &mut dyn Engine, value: &Value) -> Value {
        match &self.source {
            Source::Itself => value.clone(),
            Source::Property(name) => member::own(engine, value, name).ok().flatten().unwrap_or_default(),
            Source::Block(block) => engine.call_quietly(block, value).map(member::one).unwrap_or_default(),
        }
    }
    /// The value in the column's pattern, when it has one that fits.
    pub fn formatted(&self, engine: &dyn Engine, value: &Value) -> Option<String> {
        let pattern = self.pattern.as_ref()?;
        let made: Result<String> = if pattern.contains('{') {
            dotnet::format::composite(pattern, std::slice::from_ref(value), engine.locale())
        } else {
            dotnet::format::value(value, pattern, engine.locale())
        };
        made.ok()
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
    /// What rows are grouped by.
    pub group: Option<Column>,
    /// How many wide columns; `None`: two, or as many as fit with `auto_size`.
    pub across: Option<usize>,
    /// Columns as wide as their content.
    pub auto_size: bool,
    /// How many elements of a list are shown.
    pub limit: i64,
    /// Columns without a width share what those with one leave of the screen.
    pub spreads: bool,
}

impl Plan {
    /// A plan of these columns.
    pub fn new(layout: Layout, columns: Vec<Column>) -> Plan {
        Plan {
            layout,
            columns,
            wrap: false,
            hide_titles: false,
            group: None,
            across: None,
            auto_size: false,
            limit: crate::PLACES,
            spreads: false,
        }
    }
}

/// The text of a group's value.
pub(crate) fn group_text(engine: &dyn Engine, value: &Value) -> String {
    text::of(value, engine.locale())
}
