//! What the console shows where: lists and sheets, grouped and ordered. Nothing here says what a property is called,
//! takes or refuses: a noun that gets a property gets its field on the sheet's last tab without a change here.

mod check;
mod flow;
mod groups;
pub(crate) mod health;
mod mailbox;
mod organization;
mod recipients;
mod records;
mod roles;

use crate::icon::Icon;
use object::Object;

pub use check::layout_faults;

/// Stands for this server's name among what is settled.
pub(crate) const SERVER: &str = "$server";

/// Stands for the moment a day ago among what is settled.
pub(crate) const DAY_AGO: &str = "$day";

/// A list of objects: one page, reached from the side.
pub(crate) struct List {
    /// Its path below `/admin/`.
    pub(crate) place: &'static str,
    pub(crate) title: &'static str,
    pub(crate) icon: Icon,
    /// The cmdlet that answers the objects, and what it is given.
    pub(crate) cmdlet: &'static str,
    pub(crate) given: &'static [(&'static str, &'static str)],
    /// The properties that are shown unasked; the first leads to the sheet.
    pub(crate) columns: &'static [&'static str],
    /// The properties in which the words of the search field are looked for; none: there is no such field.
    pub(crate) searched: &'static [&'static str],
    /// The properties that one can sort by.
    pub(crate) sorted: &'static [&'static str],
    /// Where an object's own page is, below `/admin/`.
    pub(crate) sheet: Option<&'static Sheet>,
    /// What one can do from here.
    pub(crate) tasks: &'static [Task],
    /// What can be done to objects of it, one or many.
    pub(crate) acts: &'static [Task],
    /// Whether the last object comes first, as long as nothing else is asked for.
    pub(crate) is_newest_first: bool,
    /// What stands below the title.
    pub(crate) about: &'static str,
    /// What an empty list says, and what to do next.
    pub(crate) empty: &'static str,
    /// Whether it changes by itself, so that the page that stands open follows.
    pub(crate) is_live: bool,
}

/// The page of one object.
pub(crate) struct Sheet {
    pub(crate) place: &'static str,
    /// What such an object is called in a sentence: `mailbox`.
    pub(crate) called: &'static str,
    /// The title of an object of which there is one, and which is not named to its cmdlets.
    pub(crate) single: Option<&'static str>,
    /// The cmdlet that answers the object, and what it is given besides its name.
    pub(crate) get: &'static str,
    pub(crate) given: &'static [(&'static str, &'static str)],
    pub(crate) tabs: &'static [Tab],
    /// The tab of all that the other tabs do not show.
    pub(crate) rest: Option<Part>,
    pub(crate) acts: &'static [Task],
    /// Whether it changes by itself, so that the page that stands open follows.
    pub(crate) is_live: bool,
}

/// A tab of a sheet.
pub(crate) struct Tab {
    pub(crate) place: &'static str,
    pub(crate) title: &'static str,
    pub(crate) parts: &'static [Part],
}

/// A part of a tab: properties of one object, or a table of objects that belong to it.
pub(crate) struct Part {
    pub(crate) title: &'static str,
    pub(crate) get: &'static str,
    /// The cmdlet that changes what stands here; none: it is only shown.
    pub(crate) set: Option<&'static str>,
    /// What `get` is given besides the object.
    pub(crate) given: &'static [(&'static str, &'static str)],
    /// The parameter of both that names the sheet's object.
    pub(crate) by: &'static str,
    /// The properties (of the object), or the columns (of a table).
    pub(crate) fields: &'static [&'static str],
    pub(crate) kind: PartKind,
    /// What can be done here: `Add-`, and `Remove-` for each row of a table.
    pub(crate) tasks: &'static [Task],
}

/// How a part is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// One object, a field for each property.
    Fields,
    /// Many objects, a row for each.
    Table,
    /// How full the mailbox is.
    Quota,
    /// One object: all of its properties that are set and that no other part of the tab shows.
    Given,
}

/// A cmdlet that one can go to, with what it is given.
pub(crate) struct Task {
    pub(crate) title: &'static str,
    pub(crate) cmdlet: &'static str,
    /// Parameters that are settled; a value that begins with `$` is a property of the object in question, with `^` of the
    /// one on whose page a table's row stands.
    pub(crate) given: &'static [(&'static str, &'static str)],
    /// The parameters that the form asks for first; the others follow behind "More".
    pub(crate) asks: &'static [&'static str],
    /// What it does and what stays, in plain words.
    pub(crate) about: &'static str,
    /// The page of its own that it has, below `/admin/`; else the form of its cmdlet.
    pub(crate) page: Option<&'static str>,
    /// Whether it takes something away.
    pub(crate) is_grave: bool,
    /// Offered only where a property of the object, as text, is one of these words.
    pub(crate) when: Option<(&'static str, &'static [&'static str])>,
}

impl Task {
    pub(crate) const fn new(title: &'static str, cmdlet: &'static str) -> Task {
        Task { title, cmdlet, given: &[], asks: &[], about: "", page: None, is_grave: false, when: None }
    }
}

impl Sheet {
    /// The first list that leads to it.
    pub(crate) fn list(&self) -> Option<&'static str> {
        lists().find(|list| list.sheet.is_some_and(|sheet| sheet.place == self.place)).map(|list| list.place)
    }

    /// The list in which an object of it stands: the one of its kind, where there are several.
    pub(crate) fn list_of(&self, object: &Object) -> Option<&'static str> {
        let kind = object.get("RecipientTypeDetails").map(|kind| kind.to_string()).unwrap_or_default();
        let mut leads = lists().filter(|list| list.sheet.is_some_and(|sheet| sheet.place == self.place));
        let of_kind = leads.find(|list| {
            let mut kinds = list.given.iter().filter(|(name, _)| *name == "RecipientTypeDetails");
            kinds.any(|(_, words)| words.split(',').any(|word| word == kind))
        });
        of_kind.map(|list| list.place).or_else(|| self.list())
    }
}

impl Part {
    pub(crate) const fn fields(
        title: &'static str,
        get: &'static str,
        set: &'static str,
        fields: &'static [&'static str],
    ) -> Part {
        Part {
            title,
            get,
            set: Some(set),
            given: &[],
            by: "Identity",
            fields,
            kind: PartKind::Fields,
            tasks: &[],
        }
    }
    pub(crate) const fn shown(
        title: &'static str,
        get: &'static str,
        fields: &'static [&'static str],
    ) -> Part {
        Part { title, get, set: None, given: &[], by: "Identity", fields, kind: PartKind::Fields, tasks: &[] }
    }
    pub(crate) const fn given(title: &'static str, get: &'static str) -> Part {
        Part { kind: PartKind::Given, ..Part::shown(title, get, &[]) }
    }
    pub(crate) const fn quota(title: &'static str, get: &'static str) -> Part {
        Part { kind: PartKind::Quota, ..Part::shown(title, get, &[]) }
    }
    pub(crate) const fn table(
        title: &'static str,
        get: &'static str,
        by: &'static str,
        fields: &'static [&'static str],
        tasks: &'static [Task],
    ) -> Part {
        Part { title, get, set: None, given: &[], by, fields, kind: PartKind::Table, tasks }
    }
}

/// A group of lists at the side.
pub(crate) struct Group {
    pub(crate) title: &'static str,
    pub(crate) lists: &'static [&'static List],
}

/// All lists, as they stand at the side.
pub(crate) static GROUPS: &[Group] = &[
    Group { title: "Recipients", lists: recipients::LISTS },
    Group { title: "Mail flow", lists: flow::LISTS },
    Group { title: "Organization", lists: organization::LISTS },
    Group { title: "Permissions", lists: roles::LISTS },
    Group { title: "Records", lists: records::LISTS },
];

/// All lists.
pub(crate) fn lists() -> impl Iterator<Item = &'static List> {
    GROUPS.iter().flat_map(|group| group.lists.iter().copied())
}

/// The list at a path.
pub(crate) fn list(place: &str) -> Option<&'static List> {
    lists().find(|list| list.place == place)
}

/// The sheet at a path.
pub(crate) fn sheet(place: &str) -> Option<&'static Sheet> {
    lists().filter_map(|list| list.sheet).find(|sheet| sheet.place == place)
}

/// The task of that title about a cmdlet: the words that stand for it here.
pub(crate) fn task(cmdlet: &str, title: &str) -> Option<&'static Task> {
    let of_lists = lists().flat_map(|list| list.tasks.iter().chain(list.acts));
    let of_sheets = lists().filter_map(|list| list.sheet).flat_map(|sheet| {
        let parts = sheet.tabs.iter().flat_map(|tab| tab.parts).flat_map(|part| part.tasks);
        sheet.acts.iter().chain(parts)
    });
    let of_health = health::MENDS.iter().map(|mend| &mend.task);
    let mut all = of_lists.chain(of_sheets).chain(of_health);
    all.find(|task| task.cmdlet.eq_ignore_ascii_case(cmdlet) && task.title == title)
}
