//! `Format-Table`, `Format-List`, `Format-Wide`: objects read by a plan of columns.

use crate::declare::declare;
use crate::property::{self, Keys, Wanted};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::value::Text;
use std::sync::Arc;
use views::{Column, Entry, Layout, Plan};

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
             HideTableHeaders switch
             Wrap switch
             GroupBy object
             Force switch",
        )
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
             Force switch",
        )
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
             Force switch",
        )
    },
    || Box::new(Format::new(Layout::Wide)),
);

struct Format {
    layout: Layout,
    wanted: Vec<Wanted>,
    group: Option<Column>,
    /// The plan in use, and the types of the objects it was made for.
    plan: Option<(Arc<Plan>, Vec<Text>)>,
}

impl Format {
    fn new(layout: Layout) -> Format {
        Format { layout, wanted: Vec::new(), group: None, plan: None }
    }
}

impl Command for Format {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let keys = if self.layout == Layout::Table { Keys::Table } else { Keys::List };
        self.wanted = property::wanted(call, "Property", keys)?;
        if let Some(group) = call.value("GroupBy").cloned() {
            self.group = Some(property::one(call.session(), &group, Keys::List)?.column());
        }
        if call.is_given("View") && !self.wanted.is_empty() {
            let message = "Cmdlet parameters View and Property are mutually exclusive.";
            let error = Exception::new("System.IO.InvalidDataException", message)
                .id("FormatCannotSpecifyViewAndProperty");
            return Err(error.category(Category::InvalidArgument).into());
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) =
            input.or_else(|| call.value("InputObject").cloned()).filter(|value| !value.is_null())
        else {
            return Ok(());
        };
        if input.downcast::<Entry>().is_some() {
            return call.write(input);
        }
        // An error shows its text; its properties only by force.
        if ErrorRecord::of(&input).is_some() && !call.flag("Force") {
            return call.write(input);
        }
        if let Value::Dictionary(dictionary) = &input
            && self.wanted.iter().all(|one| !matches!(&one.source, views::Source::Property(name) if dictionary.get(&Value::String(name.clone())).is_some()))
        {
            for entry in dotnet::index::entries(dictionary) {
                self.show(call, entry)?;
            }
            return Ok(());
        }
        if !call.is_piped()
            && let Some(items) = dotnet::index::elements(&input)
        {
            for item in items {
                self.show(call, item)?;
            }
            return Ok(());
        }
        self.show(call, input)
    }
}

impl Format {
    fn show(&mut self, call: &mut Call<'_>, input: Value) -> Run {
        let types = dotnet::member::type_name_list(&input);
        let text = views::is_text(call.session(), &input);
        if text.is_some() && self.is_plain(&input) {
            let plan = self
                .plan
                .as_ref()
                .map_or_else(|| Arc::new(Plan::new(self.layout, Vec::new())), |(plan, _)| plan.clone());
            return call.write(Value::typed(Entry::plain(&plan, text.unwrap_or_default())));
        }
        let plan = match &self.plan {
            Some((plan, _)) if !self.wanted.is_empty() && self.same_columns(&plan.clone()) => plan.clone(),
            Some((plan, known)) if *known == types && self.wanted.is_empty() => plan.clone(),
            _ => {
                let plan = Arc::new(self.plan_for(call, &input)?);
                self.plan = Some((plan.clone(), types));
                plan
            }
        };
        let entry = Entry::read(call.session(), &plan, &input);
        call.write(Value::typed(entry))
    }

    /// Patterns are resolved by the first object; the columns of a table stay. A list shows of each object
    /// what it has.
    fn same_columns(&self, plan: &Plan) -> bool {
        plan.layout != Layout::List
    }

    /// Strings, numbers and dates stay text in tables and lists; a date has a list of its properties.
    fn is_plain(&self, input: &Value) -> bool {
        let inner = dotnet::values::base(input);
        !matches!(inner, Value::DateTime(_)) || self.layout == Layout::Wide
    }

    fn plan_for(&self, call: &mut Call<'_>, input: &Value) -> Run<Plan> {
        let limit = call
            .session()
            .find_variable("FormatEnumerationLimit")
            .and_then(|value| value.as_i64())
            .unwrap_or(views::PLACES);
        let mut columns: Vec<Column> =
            property::expand(&self.wanted, input, &[]).iter().map(Wanted::column).collect();
        if self.layout == Layout::List {
            columns = columns.into_iter().filter_map(|column| own_column(call, column, input)).collect();
        }
        let mut plan = match self.wanted.is_empty() {
            true => views::default_plan(call.session(), input, Some(self.layout)),
            false => Plan::new(self.layout, columns),
        };
        plan.limit = limit;
        plan.spreads = !self.wanted.is_empty() && !call.flag("AutoSize");
        plan.wrap = call.flag("Wrap");
        plan.hide_titles = call.flag("HideTableHeaders");
        plan.auto_size = call.flag("AutoSize");
        plan.across = call.number("Column").and_then(|n| usize::try_from(n).ok()).filter(|n| *n > 0);
        if plan.auto_size {
            plan.columns
                .iter_mut()
                .for_each(|column| column.width = column.width.filter(|_| !self.wanted.is_empty()));
        }
        plan.group = self.group.clone().or(plan.group);
        Ok(plan)
    }
}

/// The column as the object calls it; `None`: the object has no such property.
fn own_column(call: &mut Call<'_>, mut column: Column, input: &Value) -> Option<Column> {
    let views::Source::Property(name) = &column.source else { return Some(column) };
    if *column.title != **name {
        return Some(column); // a calculated one, with a title of its own
    }
    let names = dotnet::member::property_names(input);
    match names.iter().find(|known| known.eq_ignore_ascii_case(name)) {
        Some(known) => {
            column.title = known.clone();
            Some(column)
        }
        None => dotnet::member::own(call.session(), input, name).ok().flatten().map(|_| column),
    }
}
