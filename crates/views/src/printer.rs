//! Takes objects and entries as they come and hands out text: a run of like objects becomes one table.

use crate::entry::Entry;
use crate::list;
use crate::plan::{Align, Layout, Plan};
use crate::table::{self, Table};
use crate::view;
use dotnet::Engine;
use object::value::Text;
use object::{Noun, Value};
use std::sync::Arc;

/// A table waits for so many rows before its widths are settled, so that a long report streams on.
const ROWS_WAITING_MAX: usize = 2_000;

/// The type of objects that a script makes.
const CUSTOM_OBJECT: &str = "System.Management.Automation.PSCustomObject";

/// What is being printed.
struct Group {
    plan: Arc<Plan>,
    /// The types of the objects, when the plan was not asked for.
    types: Option<Vec<Text>>,
    /// Their noun, when they are a cmdlet's: then their types need not be listed to know that they are the same.
    noun: Option<&'static Noun>,
    label: Option<(Text, String)>,
    waiting: Vec<Entry>,
    aligns: Vec<Align>,
    table: Option<Table>,
    opened: bool,
    follows: bool,
}

/// Turns objects into text.
pub struct Printer {
    /// Tables are at most so wide.
    screen: usize,
    /// Lists wrap there; files have no such width.
    list_screen: Option<usize>,
    /// What is wider than the screen is cut; not so in a file.
    cuts: bool,
    group: Option<Group>,
}

impl Printer {
    /// A printer for a screen of `width` columns; lists wrap only where `wraps_lists`.
    pub fn new(width: usize, wraps_lists: bool) -> Printer {
        // The last column of a screen stays free, else a full line would be followed by an empty one.
        let screen = width.saturating_sub(1).max(1);
        Printer { screen, list_screen: wraps_lists.then_some(screen), cuts: true, group: None }
    }

    /// A printer for a file that no width was said for: laid out for a screen, but nothing is cut.
    pub fn for_file(width: usize) -> Printer {
        Printer { cuts: false, ..Printer::new(width, false) }
    }

    /// Takes an object; what can be printed now is handed to `out`.
    pub fn take(&mut self, engine: &mut dyn Engine, value: &Value, out: &mut dyn FnMut(&str)) {
        if let Some(entry) = value.downcast::<Entry>() {
            return self.entry(engine, entry.clone(), None, out);
        }
        if value.is_null() {
            return;
        }
        if let Some(text) = view::is_text(engine, value) {
            self.interrupt(engine, out);
            out(&text);
            out("\n");
            return;
        }
        if let Value::Dictionary(dictionary) = value {
            for entry in dotnet::index::entries(dictionary) {
                self.take(engine, &entry, out);
            }
            return;
        }
        if let Some(items) = dotnet::index::elements(value).filter(|_| {
            dotnet::member::property_names(value).is_empty() || !matches!(value, Value::Object(_))
        }) {
            for item in items {
                self.take(engine, &item, out);
            }
            return;
        }
        let noun = match value {
            Value::Object(object) => object.plain_noun(),
            _ => None,
        };
        let same = self.group.as_ref().filter(|group| noun.is_some() && group.noun == noun);
        if let Some(plan) = same.map(|group| group.plan.clone()) {
            let entry = Entry::read(engine, &plan, value);
            return self.entry(engine, entry, None, out);
        }
        let types = dotnet::member::type_name_list(value);
        let custom = |types: &[Text]| types.iter().any(|name| &**name == CUSTOM_OBJECT);
        let plan = match self.group.as_ref().and_then(|group| Some((group, group.types.as_ref()?))) {
            // Objects of a script are alike as far as a table goes; in a list each shows what it has.
            Some((group, known))
                if *known == types || (custom(known) && custom(&types)) || view::is_family(known, &types) =>
            {
                match group.plan.layout == Layout::List && custom(&types) {
                    true => Arc::new(view::default_plan(engine, value, Some(Layout::List))),
                    false => group.plan.clone(),
                }
            }
            // What comes behind objects of another type is listed; a cmdlet's objects, files and commands
            // keep their own table.
            Some(_) if noun.is_none() && !view::is_family(&types, &types) => {
                Arc::new(view::default_plan(engine, value, Some(Layout::List)))
            }
            _ => Arc::new(view::default_plan(engine, value, None)),
        };
        if plan.columns.is_empty() {
            self.finish(engine, out);
            let text = dotnet::text::of(value, engine.locale());
            let blank = if text == "@{}" { String::new() } else { text };
            out(&blank);
            out("\n");
            return;
        }
        let entry = Entry::read(engine, &plan, value);
        self.entry(engine, entry, Some(types), out);
        if let Some(group) = &mut self.group {
            group.noun = noun;
        }
    }

    fn entry(
        &mut self,
        engine: &mut dyn Engine,
        entry: Entry,
        types: Option<Vec<Text>>,
        out: &mut dyn FnMut(&str),
    ) {
        if let Some(text) = &entry.plain {
            self.settle(out);
            out(text);
            out("\n");
            return;
        }
        let same = self
            .group
            .as_ref()
            .is_some_and(|group| Arc::ptr_eq(&group.plan, &entry.plan) && group.label == entry.group);
        if !same {
            let before = self.group.as_ref().filter(|group| Arc::ptr_eq(&group.plan, &entry.plan));
            let aligns = before.map(|group| group.aligns.clone());
            // The blank line behind one group of a table is the one before the next.
            let follows = before.is_some_and(|group| group.plan.layout != Layout::List)
                || self.group.as_ref().is_some_and(|group| goes_on(group, &entry, types.as_ref()));
            // The blank line behind a table is also the one before a list that nobody asked for.
            let behind = self.group.as_ref().is_some_and(|group| {
                group.plan.layout == Layout::Table && group.types.is_some() && types.is_some()
            });
            let follows = follows || (behind && entry.plan.layout == Layout::List);
            self.finish(engine, out);
            self.group = Some(Group {
                aligns: aligns.unwrap_or_else(|| table::aligns(&entry.plan, &entry)),
                plan: entry.plan.clone(),
                types,
                noun: None,
                label: entry.group.clone(),
                waiting: Vec::new(),
                table: None,
                opened: false,
                follows,
            });
        }
        let Some(group) = &mut self.group else { return };
        match (group.plan.layout, &group.table) {
            (Layout::List, _) => {
                open(group, out);
                out(&list::lines(&entry, self.list_screen));
                out("\n");
            }
            (_, Some(table)) => out(&table.row(&entry)),
            (layout, None) => {
                group.waiting.push(entry);
                if layout == Layout::Table && group.waiting.len() >= ROWS_WAITING_MAX {
                    self.settle(out);
                }
            }
        }
    }

    /// Other text comes: a table that was asked for is over, one that was not may go on behind it.
    fn interrupt(&mut self, engine: &mut dyn Engine, out: &mut dyn FnMut(&str)) {
        match self.group.as_ref().is_some_and(|group| group.types.is_none()) {
            true => self.finish(engine, out),
            false => self.settle(out),
        }
    }

    /// Prints what waits; more rows of the same table may follow.
    pub fn settle(&mut self, out: &mut dyn FnMut(&str)) {
        let (screen, cuts) = (self.screen, self.cuts);
        let Some(group) = self.group.as_mut().filter(|group| !group.waiting.is_empty()) else { return };
        open(group, out);
        let rows = std::mem::take(&mut group.waiting);
        if group.plan.layout == Layout::Wide {
            out(&list::wide(&group.plan, &rows, screen));
            return;
        }
        let table = Table::new(&group.plan, &rows, group.aligns.clone(), screen, cuts);
        if !group.plan.hide_titles {
            out(&table.titles(&group.plan));
        }
        for row in &rows {
            out(&table.row(row));
        }
        group.table = Some(table);
    }

    /// Ends the table or list that is open.
    pub fn finish(&mut self, engine: &mut dyn Engine, out: &mut dyn FnMut(&str)) {
        let _ = engine;
        self.settle(out);
        if let Some(group) = self.group.take()
            && group.opened
            && group.plan.layout != Layout::List
        {
            out("\n");
        }
    }
}

/// Whether an object goes on with the list that is open, though it has properties of its own.
fn goes_on(group: &Group, entry: &Entry, types: Option<&Vec<Text>>) -> bool {
    let list = |plan: &Plan| plan.layout == Layout::List;
    let custom = |types: &Vec<Text>| types.iter().any(|name| &**name == CUSTOM_OBJECT);
    let alike = match (group.types.as_ref(), types) {
        (Some(known), Some(types)) => custom(known) && custom(types),
        (None, None) => group.label == entry.group,
        _ => false,
    };
    list(&group.plan) && list(&entry.plan) && group.opened && alike
}

/// The blank line before, and the group's label.
fn open(group: &mut Group, out: &mut dyn FnMut(&str)) {
    if group.opened {
        return;
    }
    group.opened = true;
    if !group.follows {
        out("\n");
    }
    if let Some((title, text)) = &group.label {
        out(&format!("   {title}: {text}\n\n"));
    }
}
