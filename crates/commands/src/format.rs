//! `Format-Table`, `Format-List`, `Format-Wide`, `Format-Custom`: objects become records of formatting.

use crate::declare::{Lenient as _, declare};
use crate::property::{self, Keys, Wanted};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use views::{Expand, Failure, Formatter, Layout, Record, Wish};

/// The values of `-Expand`.
const EXPAND: &[&str] = &["CoreOnly", "EnumOnly", "Both"];

/// `Format-Table`.
pub(crate) static FORMAT_TABLE: CoreCommand = CoreCommand::new(
    "Format-Table",
    "FormatTableCommand",
    || {
        declare(
            "Format-Table",
            "",
            "InputObject object |
             Property object[] 0
             AutoSize switch
             RepeatHeader switch
             HideTableHeaders switch
             Wrap switch
             GroupBy object
             View string
             ShowError switch
             DisplayError switch
             Force switch
             Expand string",
        )
        .one_of("Expand", EXPAND)
    },
    || Box::new(Format::new(Layout::Table)),
);

/// `Format-List`.
pub(crate) static FORMAT_LIST: CoreCommand = CoreCommand::new(
    "Format-List",
    "FormatListCommand",
    || {
        declare(
            "Format-List",
            "",
            "InputObject object |
             Property object[] 0
             GroupBy object
             View string
             ShowError switch
             DisplayError switch
             Force switch
             Expand string",
        )
        .one_of("Expand", EXPAND)
    },
    || Box::new(Format::new(Layout::List)),
);

/// `Format-Wide`.
pub(crate) static FORMAT_WIDE: CoreCommand = CoreCommand::new(
    "Format-Wide",
    "FormatWideCommand",
    || {
        declare(
            "Format-Wide",
            "",
            "InputObject object |
             Property object 0
             AutoSize switch
             Column int
             GroupBy object
             View string
             ShowError switch
             DisplayError switch
             Force switch
             Expand string",
        )
        .one_of("Expand", EXPAND)
        .at_least("Column", 1)
    },
    || Box::new(Format::new(Layout::Wide)),
);

/// `Format-Custom`.
pub(crate) static FORMAT_CUSTOM: CoreCommand = CoreCommand::new(
    "Format-Custom",
    "FormatCustomCommand",
    || {
        declare(
            "Format-Custom",
            "",
            "InputObject object |
             Property object[] 0
             Depth int
             GroupBy object
             View string
             ShowError switch
             DisplayError switch
             Force switch
             Expand string",
        )
        .one_of("Expand", EXPAND)
        .at_least("Depth", 1)
    },
    || Box::new(Format::new(Layout::Custom)),
);

struct Format {
    layout: Layout,
    formatter: Option<Formatter>,
    /// The view that was asked for, and is not there.
    view: Option<String>,
}

impl Format {
    fn new(layout: Layout) -> Format {
        Format { layout, formatter: None, view: None }
    }
}

impl Command for Format {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let keys = if self.layout == Layout::Table { Keys::Table } else { Keys::List };
        let wanted = match (self.layout, call.value("Property").cloned()) {
            (Layout::Wide, Some(one)) => vec![property::one(call.session(), &one, keys)?],
            (Layout::Wide, None) => Vec::new(),
            _ => property::wanted(call, "Property", keys)?,
        };
        let group = call.value("GroupBy").cloned();
        let group = group.map(|one| property::one(call.session(), &one, Keys::List)).transpose()?;
        self.view = call.text("View");
        self.check(call, &wanted)?;
        self.formatter = Some(Formatter::new(Wish {
            layout: Some(self.layout),
            columns: (!wanted.is_empty()).then(|| columns(wanted, self.layout)),
            group: group.map(|one| one.column()),
            wrap: call.flag("Wrap"),
            hide_titles: call.flag("HideTableHeaders"),
            repeat_titles: call.flag("RepeatHeader"),
            auto_size: call.flag("AutoSize"),
            across: call.number("Column").and_then(|n| usize::try_from(n).ok()),
            limit: enumeration_limit(call),
            depth: call.number("Depth").and_then(|n| usize::try_from(n).ok()),
            force: call.flag("Force"),
            expand: expand(&call.text("Expand").unwrap_or_default()),
            display_errors: call.flag("DisplayError"),
        }));
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) =
            input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null())
        else {
            return Ok(());
        };
        // An error shows its text; its properties only by force.
        let error = ErrorRecord::of(&input).is_some() && !call.flag("Force");
        if error || Record::of(&input).is_some() {
            return call.write(input);
        }
        if let Some(view) = &self.view {
            return Err(view_missing(view, self.layout, &input).into());
        }
        let Some(formatter) = &mut self.formatter else { return Ok(()) };
        let mut records = Vec::new();
        formatter.take(call.session(), &input, &mut |record| records.push(record));
        let failures = formatter.failures();
        for record in records {
            call.write(Value::typed(record))?;
        }
        if call.flag("ShowError") {
            for failure in failures {
                call.write(not_evaluated(&failure).value())?;
            }
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let mut records = Vec::new();
        if let Some(formatter) = &mut self.formatter {
            formatter.finish(&mut |record| records.push(record));
        }
        records.into_iter().try_for_each(|record| call.write(Value::typed(record)))
    }
}

impl Format {
    fn check(&self, call: &Call<'_>, wanted: &[Wanted]) -> Run {
        let exclusive = |id: &str, one: &str, other: &str| {
            let message = format!("Cmdlet parameters {one} and {other} are mutually exclusive.");
            let error = Exception::new("System.IO.InvalidDataException", message).id(id);
            Err(error.category(Category::InvalidArgument).into())
        };
        if self.view.is_some() && !wanted.is_empty() {
            return exclusive("FormatCannotSpecifyViewAndProperty", "View", "Property");
        }
        if call.flag("AutoSize") && call.is_given("Column") {
            return exclusive("FormatCannotSpecifyAutosizeAndColumns", "AutoSize", "Column");
        }
        Ok(())
    }
}

/// `$FormatEnumerationLimit`.
pub(crate) fn enumeration_limit(call: &mut Call<'_>) -> i64 {
    let limit = call.session().find_variable("FormatEnumerationLimit");
    limit.and_then(|value| value.as_i64()).unwrap_or(views::PLACES)
}

fn expand(word: &str) -> Expand {
    match word.to_ascii_lowercase().as_str() {
        "coreonly" => Expand::Itself,
        "both" => Expand::Both,
        _ => Expand::Elements,
    }
}

/// The columns that were asked for, under the names that the object has.
fn columns(wanted: Vec<Wanted>, layout: Layout) -> views::Columns {
    Box::new(move |value| {
        let expanded = property::expand(&wanted, value, &[]);
        let columns = expanded.iter().map(Wanted::column);
        let across = if layout == Layout::Wide { 1 } else { usize::MAX };
        columns.take(across).collect()
    })
}

fn view_missing(view: &str, layout: Layout, input: &Value) -> Exception {
    let of = dotnet::member::type_name_list(input).first().map(ToString::to_string).unwrap_or_default();
    let message = format!(
        "The view name {view} cannot be found. There are no existing {} views for {of} objects.",
        layout.name()
    );
    Exception::new("System.Management.Automation.PipelineStoppedException", message)
        .id("FormatViewNotFound")
        .category(Category::ObjectNotFound)
        .target(view)
}

/// What `-ShowError` says of a value that could not be worked out.
fn not_evaluated(failure: &Failure) -> ErrorRecord {
    let message = format!("Failed to evaluate expression \"{}\".", failure.expression);
    let error = Exception::runtime("PSPropertyExpressionError", message)
        .category(Category::InvalidArgument)
        .target(failure.object.clone())
        .inner(failure.error.clone());
    ErrorRecord::new(error)
}
