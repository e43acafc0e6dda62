//! Whether what pages name is there: every cmdlet, parameter and property of the layout is declared somewhere.

use super::{List, Part, PartKind, Sheet, Task, health, lists};
use gate::{Book, Declaration};
use object::Noun;
use std::sync::Arc;

/// What stands in a layout file and is declared nowhere, a sentence each: a column without a property, a task without its
/// parameter, a list without its cmdlet.
pub fn layout_faults(book: &Book) -> Vec<String> {
    let mut look = Look { book, faults: Vec::new() };
    lists().for_each(|list| look.list(list));
    let health = look.noun("Get-ServerHealth", "health");
    health::MENDS.iter().for_each(|mend| look.task("health", &mend.task, health, None));
    look.faults
}

struct Look<'a> {
    book: &'a Book,
    faults: Vec<String>,
}

impl Look<'_> {
    fn list(&mut self, list: &List) {
        let place = list.place;
        let noun = self.noun(list.cmdlet, place);
        self.parameters(place, list.cmdlet, list.given.iter().map(|(name, _)| *name));
        for name in list.columns.iter().chain(list.searched).chain(list.sorted) {
            self.property(place, noun, name);
        }
        list.tasks.iter().for_each(|task| self.task(place, task, None, None));
        list.acts.iter().for_each(|task| self.task(place, task, noun, None));
        if let Some(sheet) = list.sheet {
            self.sheet(sheet);
        }
    }

    fn sheet(&mut self, sheet: &Sheet) {
        let noun = self.noun(sheet.get, sheet.place);
        self.parameters(sheet.place, sheet.get, sheet.given.iter().map(|(name, _)| *name));
        sheet.acts.iter().for_each(|task| self.task(sheet.place, task, noun, None));
        let tabs = sheet.tabs.iter().flat_map(|tab| tab.parts.iter().map(move |part| (tab.place, part)));
        for (tab, part) in tabs.chain(sheet.rest.iter().map(|part| ("more", part))) {
            self.part(&format!("{}?tab={tab}", sheet.place), part, noun);
        }
    }

    fn part(&mut self, place: &str, part: &Part, owner: Option<&'static Noun>) {
        let noun = self.noun(part.get, place);
        let set = part.set.map(|set| (set, self.declaration(set, place)));
        self.parameters(place, part.get, part.given.iter().map(|(name, _)| *name));
        // A directory's attributes are asked for by name, and are no properties.
        let attributes = part.given.iter().any(|(name, _)| *name == "Properties");
        for name in part.fields.iter().filter(|_| !attributes) {
            let is_set = set.as_ref().and_then(|(_, set)| set.as_ref());
            let is_set = is_set.is_some_and(|set| set.signature.formal(name).is_some());
            if !is_set {
                self.property(place, noun, name);
            }
        }
        let (own, above) = if part.kind == PartKind::Table { (noun, owner) } else { (owner, None) };
        for task in part.tasks {
            // What is done to a row names its properties; what is done to the object itself, the object's.
            let of_row = task.is_grave || task.given.iter().any(|(_, value)| value.starts_with('^'));
            self.task(place, task, if of_row { own } else { owner }, above);
        }
    }

    fn task(&mut self, place: &str, task: &Task, noun: Option<&'static Noun>, owner: Option<&'static Noun>) {
        // The set is chosen by its name, which is no parameter.
        let given = task.given.iter().map(|(name, _)| *name).filter(|name| *name != "set");
        self.parameters(place, task.cmdlet, given.chain(task.asks.iter().copied()));
        let known =
            |noun: Option<&'static Noun>, name: &str| noun.is_none_or(|noun| noun.property(name).is_some());
        for (name, value) in task.given {
            let is_known = match (value.strip_prefix('$'), value.strip_prefix('^')) {
                (Some(property), _) => known(noun, property) || known(owner, property),
                (_, Some(property)) => known(owner, property),
                _ => true,
            };
            if !is_known {
                self.faults
                    .push(format!("{place}: {} gives {name} {value}, which is not a property", task.title));
            }
        }
        if let Some((name, _)) = task.when
            && noun.is_some()
        {
            self.property(place, noun, name);
        }
    }

    fn declaration(&mut self, cmdlet: &str, place: &str) -> Option<Arc<Declaration>> {
        let found = self.book.find(cmdlet);
        if found.is_none() {
            self.faults.push(format!("{place}: there is no {cmdlet}"));
        }
        // What is not built shows no page.
        found.filter(|found| found.built)
    }

    fn noun(&mut self, cmdlet: &str, place: &str) -> Option<&'static Noun> {
        self.declaration(cmdlet, place)?.noun
    }

    fn property(&mut self, place: &str, noun: Option<&'static Noun>, name: &str) {
        if let Some(noun) = noun
            && noun.property(name).is_none()
        {
            self.faults.push(format!("{place}: {name} is not a property of {}", noun.name));
        }
    }

    fn parameters<'n>(&mut self, place: &str, cmdlet: &str, names: impl Iterator<Item = &'n str>) {
        let Some(declaration) = self.declaration(cmdlet, place) else { return };
        for name in names.filter(|name| declaration.signature.formal(name).is_none()) {
            self.faults.push(format!("{place}: {cmdlet} has no parameter {name}"));
        }
    }
}
