//! `Select-Object`: some of the properties, some of the objects.

use crate::declare::{Lenient as _, declare};
use crate::property::{self, Keys, Wanted};
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception, compare, index, member};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::value::Text;
use object::{Object, Value};
use std::collections::VecDeque;
use std::sync::LazyLock;

/// `Select-Object`.
pub(crate) static SELECT_OBJECT: CoreCommand = CoreCommand::new(
    "Select-Object",
    "SelectObjectCommand",
    || {
        declare(
            "Select-Object",
            "DefaultParameter SkipLastParameter IndexParameter SkipIndexParameter",
            "InputObject object |
             Property object[] @DefaultParameter 0 @SkipLastParameter 0
             ExcludeProperty string[]
             ExpandProperty string
             Unique switch
             CaseInsensitive switch
             Last int @DefaultParameter
             First int @DefaultParameter
             Skip int @DefaultParameter @SkipLastParameter
             SkipLast int @SkipLastParameter
             Wait switch @DefaultParameter @IndexParameter
             Index int[] @IndexParameter
             SkipIndex int[] @SkipIndexParameter",
        )
        .at_least("First", 0)
        .at_least("Last", 0)
        .at_least("Skip", 0)
        .at_least("SkipLast", 0)
        .at_least("Index", 0)
        .at_least("SkipIndex", 0)
    },
    || Box::new(Select::default()),
);

#[derive(Default)]
struct Select {
    wanted: Vec<Wanted>,
    exclude: Vec<Wildcard>,
    first: Option<usize>,
    last: Option<usize>,
    skip: usize,
    skip_last: usize,
    index: Option<Vec<usize>>,
    skip_index: Vec<usize>,
    seen: usize,
    written: usize,
    held: VecDeque<Value>,
    unique: Option<Vec<Value>>,
    wait: bool,
    ignore_case: bool,
    expand: Option<String>,
    /// Whether the properties are the same for every object: no patterns, no name twice.
    fixed: bool,
}

fn count(call: &Call<'_>, name: &str) -> Run<Option<usize>> {
    match call.number(name) {
        None => Ok(None),
        Some(number) => Ok(usize::try_from(number).ok()),
    }
}

impl Command for Select {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        self.wanted = property::wanted(call, "Property", Keys::Select)?;
        self.exclude =
            call.texts("ExcludeProperty").iter().filter_map(|name| Wildcard::new(name).ok()).collect();
        if self.wanted.is_empty() && !self.exclude.is_empty() {
            self.wanted = vec![Wanted::named("*")];
        }
        (self.first, self.last) = (count(call, "First")?, count(call, "Last")?);
        (self.skip, self.skip_last) =
            (count(call, "Skip")?.unwrap_or(0), count(call, "SkipLast")?.unwrap_or(0));
        let places = |values: Vec<Value>| {
            values.iter().filter_map(|n| usize::try_from(n.as_i64()?).ok()).collect::<Vec<_>>()
        };
        self.index = call.value("Index").map(|value| places(value.items()));
        self.skip_index = call.value("SkipIndex").map(|value| places(value.items())).unwrap_or_default();
        self.unique = call.flag("Unique").then(Vec::new);
        (self.wait, self.ignore_case) = (call.flag("Wait"), call.flag("CaseInsensitive"));
        self.expand = call.text("ExpandProperty");
        self.fixed = self.exclude.is_empty() && property::are_fixed(&self.wanted);
        if self.first == Some(0) && self.last.is_none() && !self.wait {
            return Err(call.enough());
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        // Nothing is no object: it has no properties, and does not count.
        if input.is_null() {
            return Ok(());
        }
        let at = self.seen;
        self.seen += 1;
        if let Some(index) = self.index.clone() {
            if index.contains(&at) {
                self.emit(call, &input)?;
            }
            let last = index.iter().max().copied().unwrap_or(0);
            return if at >= last && !self.wait { Err(call.enough()) } else { Ok(()) };
        }
        if self.skip_index.contains(&at) {
            return Ok(());
        }
        if self.last.is_some() {
            return self.among_last(call, input);
        }
        if at < self.skip {
            return Ok(());
        }
        if self.skip_last > 0 {
            self.held.push_back(input);
            if self.held.len() > self.skip_last
                && let Some(value) = self.held.pop_front()
            {
                self.emit(call, &value)?;
            }
            return Ok(());
        }
        self.take(call, &input)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(last) = self.last {
            let keep = self.held.len().saturating_sub(self.skip);
            let held: Vec<Value> = self.held.drain(..).take(keep).collect();
            let from = held.len().saturating_sub(last);
            for value in &held[from..] {
                self.emit(call, value)?;
            }
        }
        for value in self.unique.take().unwrap_or_default() {
            self.expand(call, &value)?;
        }
        Ok(())
    }
}

impl Select {
    /// `-Last`: objects wait until the end; `-First` beside it lets the first through at once.
    fn among_last(&mut self, call: &mut Call<'_>, input: Value) -> Run {
        if let Some(first) = self.first
            && self.seen > self.skip
            && self.written < first
        {
            return self.emit(call, &input);
        }
        self.held.push_back(input);
        let most = self.last.unwrap_or(0) + self.skip;
        while self.held.len() > most.max(1) {
            self.held.pop_front();
        }
        Ok(())
    }
    fn take(&mut self, call: &mut Call<'_>, input: &Value) -> Run {
        self.emit(call, input)?;
        match self.first {
            Some(first) if self.written >= first && !self.wait => Err(call.enough()),
            _ => Ok(()),
        }
    }
    fn emit(&mut self, call: &mut Call<'_>, input: &Value) -> Run {
        if self.first.is_some_and(|first| self.written >= first) && self.last.is_none() {
            return Ok(());
        }
        self.written += 1;
        let selected = if self.wanted.is_empty() { input.clone() } else { self.picked(call, input)? };
        if self.unique.is_none() {
            return self.expand_of(call, &selected, input);
        }
        let locale = call.session().locale().clone();
        let known = self.unique.get_or_insert_default();
        if !known.iter().any(|known| same(known, &selected, self.ignore_case, &locale)) {
            known.push(selected);
        }
        Ok(())
    }
    fn expand(&mut self, call: &mut Call<'_>, value: &Value) -> Run {
        self.expand_of(call, value, value)
    }
    /// `-ExpandProperty`: the values of a property, each with the selected properties on top.
    fn expand_of(&mut self, call: &mut Call<'_>, selected: &Value, input: &Value) -> Run {
        let Some(name) = &self.expand else { return call.write(selected.clone()) };
        let Some(held) = find(call, input, name)? else {
            let error = Exception::new(
                "System.Management.Automation.PSArgumentException",
                format!("Property \"{name}\" cannot be found."),
            );
            let record =
                ErrorRecord::new(error.id("ExpandPropertyNotFound").category(Category::InvalidArgument));
            return call.error(record.with_target(input.clone()));
        };
        let items =
            index::elements(&held).unwrap_or_else(|| if held.is_null() { Vec::new() } else { vec![held] });
        for item in items {
            if self.wanted.is_empty() {
                call.write(item)?;
                continue;
            }
            let (made, twice) = with_notes(&item, selected);
            for name in twice {
                call.error(already_there(&name, input))?;
            }
            call.write(made)?;
        }
        Ok(())
    }
    fn picked(&self, call: &mut Call<'_>, input: &Value) -> Run<Value> {
        if self.fixed {
            let mut picked = Vec::with_capacity(self.wanted.len());
            for one in &self.wanted {
                picked.push((one.title_for(input), picked_value(call, one, input)?));
            }
            return Ok(Object::with_properties(selected_name(input), picked).into());
        }
        let made = Object::named(selected_name(input));
        for one in property::expand(&self.wanted, input, &self.exclude) {
            let title = one.title();
            if made.get(&title).is_some() {
                let message = format!(
                    "The property cannot be processed because the property \"{title}\" already exists."
                );
                let error = Exception::new("System.Management.Automation.PSArgumentException", message)
                    .id("AlreadyExistingUserSpecifiedPropertyNoExpand");
                let explicit = self
                    .wanted
                    .iter()
                    .filter(|w| w.wildcard().is_none() && w.title().eq_ignore_ascii_case(&title))
                    .count()
                    > 1;
                if explicit {
                    call.error(
                        ErrorRecord::new(error.category(Category::InvalidOperation))
                            .with_target(input.clone()),
                    )?;
                }
                continue;
            }
            made.set(&title, picked_value(call, &one, input)?);
        }
        Ok(made.into())
    }
}

/// A failing block gives nothing; what leaves the script leaves it.
fn picked_value(call: &mut Call<'_>, one: &Wanted, input: &Value) -> Run<Value> {
    match one.read(call.session(), input) {
        Err(halt) if halt.error().is_none() => Err(halt),
        read => Ok(read.unwrap_or_default()),
    }
}

/// The type of what is selected from an object.
fn selected_name(input: &Value) -> Text {
    const CUSTOM: &str = "System.Management.Automation.PSCustomObject";
    static OF_CUSTOM: LazyLock<Text> = LazyLock::new(|| format!("Selected.{CUSTOM}").into());
    let plain = |object: &Object| matches!(object.type_names().as_slice(), [one] if &**one == CUSTOM);
    match input {
        Value::Object(object) if plain(object) => OF_CUSTOM.clone(),
        other => format!("Selected.{}", selected_type(other)).into(),
    }
}

fn selected_type(input: &Value) -> String {
    let name = match input {
        Value::Object(object) => object.type_name().to_string(),
        other => other.type_name().to_string(),
    };
    // What a script made is a custom object, whatever else it calls itself.
    let custom = "System.Management.Automation.PSCustomObject";
    if member::type_name_list(input).iter().any(|known| &**known == custom) {
        return custom.to_owned();
    }
    name.strip_prefix("Selected.").map_or(name.clone(), |rest| rest.to_owned())
}

fn find(call: &mut Call<'_>, input: &Value, name: &str) -> Run<Option<Value>> {
    if dotnet::wildcard::has_wildcards(name)
        && let Ok(pattern) = Wildcard::new(name)
        && let Some(found) = member::property_names(input).iter().find(|known| pattern.matches(known))
    {
        return Ok(member::own(call.session(), input, found)?);
    }
    Ok(member::own(call.session(), input, name)?)
}

/// A value with the properties of another object on top.
/// The record of a selected property that the expanded value has itself.
fn already_there(name: &str, input: &Value) -> ErrorRecord {
    let message = format!("The property cannot be processed because the property \"{name}\" already exists.");
    let error = Exception::new("System.Management.Automation.PSArgumentException", message)
        .id("AlreadyExistingUserSpecifiedPropertyExpand");
    ErrorRecord::new(error.category(Category::InvalidOperation)).with_target(input.clone())
}

/// A value with the selected properties on top, and the names of those that it has already.
fn with_notes(value: &Value, notes: &Value) -> (Value, Vec<String>) {
    let mut twice = Vec::new();
    let made = match value {
        Value::Object(object) if object.base().is_none() => {
            let copy = Object::named(object.type_name());
            *copy.type_names_mut() = object.type_names().clone();
            for (name, held) in object.properties().iter() {
                copy.set(name, held.clone());
            }
            if let Some(first) = copy.type_names_mut().first_mut()
                && !first.starts_with("Selected.")
            {
                *first = format!("Selected.{first}").into();
            }
            copy
        }
        other => Object::around(other.clone()),
    };
    if let Value::Object(notes) = notes {
        for (name, held) in notes.properties().iter() {
            match made.get(name) {
                Some(_) => twice.push(name.to_string()),
                None => made.set(name, held.clone()),
            }
        }
    }
    (made.into(), twice)
}

/// Whether two selected objects are the same: property by property, case counts.
fn same(a: &Value, b: &Value, ignore_case: bool, locale: &dotnet::Locale) -> bool {
    match (a, b) {
        (Value::Object(x), Value::Object(y)) if x.base().is_none() && y.base().is_none() => {
            let (x, y) = (x.properties().clone(), y.properties().clone());
            x.len() == y.len()
                && x.iter().zip(&y).all(|((n, v), (m, w))| {
                    n.eq_ignore_ascii_case(m) && compare::equal(v, w, ignore_case, locale)
                })
        }
        _ => compare::equal(a, b, ignore_case, locale),
    }
}
