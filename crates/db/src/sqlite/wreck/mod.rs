//! A damaged database file, read page by page without the engine: what is whole is handed over, what is not is counted.
//!
//! The engine gives up a table at its first bad page, and everything when the first page of the file is bad. Here the
//! trees are walked as far as they hang together. Pages of rows on which nothing hangs any more, and which are not free,
//! are told by the shape of their rows: the tables are known from a database that was newly made.

mod copy;
mod pages;
mod record;
mod shape;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use object::Result;

use crate::{Cell, Database};
use pages::{Pages, be32};
use record::{Kind, Raw};
use shape::{Shape, shapes};

/// Deeper than any tree of a file that fits a disk.
const DEPTH_MAX: usize = 40;

/// A row that was found.
#[derive(Debug)]
pub struct Found<'a> {
    /// Its table.
    pub table: &'a str,
    /// Its values, in the order of the table's columns.
    pub values: &'a [Cell<'a>],
    /// Whether the page it stood on hangs in the table's tree; one that does not was told by its shape alone.
    pub placed: bool,
}

/// What is left of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Remains {
    /// How many pages the file should have.
    pub pages: u32,
    /// Pages beyond its end.
    pub cut_off: u32,
    /// Pages of tables that cannot be read, with all that was on them.
    pub unreadable: u32,
    /// Rows that stand on pages that can be read and cannot be read themselves.
    pub torn_rows: u64,
    /// The rows that could be read, by table.
    pub rows: BTreeMap<String, u64>,
}

impl Remains {
    /// Whether nothing at all was found to be amiss.
    pub fn whole(&self) -> bool {
        self.cut_off == 0 && self.unreadable == 0 && self.torn_rows == 0
    }

    /// How many rows of a table could be read.
    pub fn count(&self, table: &str) -> u64 {
        self.rows.get(table).copied().unwrap_or(0)
    }

    /// What pages tell that the file is not whole, a sentence each.
    pub fn sentences(&self) -> Vec<String> {
        let mut said = Vec::new();
        let mut say = |count: u64, one: &str, many: &str| match count {
            0 => {}
            1 => said.push(one.to_owned()),
            _ => said.push(format!("{count} {many}")),
        };
        say(
            self.cut_off.into(),
            "1 page lies beyond the end of the file.",
            "pages lie beyond the end of the file.",
        );
        say(self.unreadable.into(), "1 page of rows cannot be read.", "pages of rows cannot be read.");
        say(self.torn_rows, "1 row is torn.", "rows are torn.");
        said
    }
}

/// A database file that is not to be trusted.
pub struct Wreck {
    pages: Pages,
    shapes: Vec<Shape>,
    /// Where trees of tables begin, as far as that can still be read.
    roots: BTreeMap<String, u32>,
    /// Where those of indexes begin.
    indexes: BTreeMap<String, u32>,
    free: HashSet<u32>,
}

impl std::fmt::Debug for Wreck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wreck({} pages)", self.pages.count)
    }
}

impl Wreck {
    /// Opens the file, whose tables should be those of `model`: a database that was just made and migrated. Nothing is
    /// written. An error (`NotADatabase`) where nothing of a database is left in it.
    pub fn open(path: &Path, model: &Database) -> Result<Wreck> {
        let (pages, shapes) = (Pages::open(path)?, shapes(model)?);
        let mut wreck =
            Wreck { pages, shapes, roots: BTreeMap::new(), indexes: BTreeMap::new(), free: HashSet::new() };
        wreck.read_schema();
        wreck.read_free_pages();
        Ok(wreck)
    }

    /// The names of the tables that are handed over.
    pub fn tables(&self) -> impl Iterator<Item = &str> {
        self.shapes.iter().map(|shape| shape.name.as_str())
    }

    /// Where trees begin stands in the first page's own.
    fn read_schema(&mut self) {
        let (mut tables, mut indexes) = (BTreeMap::new(), BTreeMap::new());
        let mut walk = Walk::default();
        self.walk(1, true, 0, &mut walk);
        for (number, page, kind) in walk.with_rows(self) {
            for raw in record::rows(&self.pages, &page, number, kind).into_iter().flatten() {
                if let Some([Cell::Text(what), Cell::Text(name), _, Cell::Int(root), ..]) =
                    record::values(&raw.bytes).as_deref()
                    && let Ok(root) = u32::try_from(*root)
                {
                    match *what {
                        "table" => drop(tables.insert((*name).to_owned(), root)),
                        "index" => drop(indexes.insert((*name).to_owned(), root)),
                        _ => {}
                    }
                }
            }
        }
        (self.roots, self.indexes) = (tables, indexes);
    }

    /// Free pages still hold what was deleted. [SQLite file format 1.5]
    fn read_free_pages(&mut self) {
        let first = self.pages.page(1).filter(|_| self.pages.has_header);
        let mut trunk = first.and_then(|page| be32(&page, 32)).unwrap_or(0);
        while trunk != 0 && self.free.insert(trunk) {
            let Some(page) = self.pages.page(trunk) else { return };
            let count = be32(&page, 4).unwrap_or(0) as usize;
            let leaves = (0..count.min(page.len() / 4 - 2)).filter_map(|n| be32(&page, 8 + 4 * n));
            self.free.extend(leaves);
            trunk = be32(&page, 0).unwrap_or(0);
        }
    }

    /// Hands over every row that can be read, first those whose pages hang in their trees. `belongs` is asked of a row that
    /// was told by its shape alone, since another table's may have the same.
    pub fn rows(
        &self,
        belongs: &dyn Fn(&Found<'_>) -> bool,
        each: &mut dyn FnMut(&Found<'_>) -> Result<()>,
    ) -> Result<Remains> {
        let mut remains =
            Remains { pages: self.pages.count, cut_off: self.pages.cut_off, ..Remains::default() };
        let mut reached = HashSet::new();
        for root in self.indexes.values().chain(self.roots.values().filter(|root| !self.is_ours(**root))) {
            // A table of the engine's own may be kept either way.
            let kind = self.pages.page(*root).and_then(|page| Kind::of(&page, *root));
            let mut walk = Walk::default();
            self.walk(*root, kind.is_some_and(Kind::is_table), 0, &mut walk);
            reached.extend(walk.pages);
        }
        for shape in &self.shapes {
            let mut walk = Walk::default();
            match self.roots.get(&shape.name) {
                Some(root) => self.walk(*root, !shape.clustered, 0, &mut walk),
                None => remains.unreadable += 1,
            }
            remains.unreadable += walk.unreadable;
            for (number, page, kind) in walk.with_rows(self) {
                reached.insert(number);
                self.rows_of(shape, &(number, page, kind), &mut remains, each)?;
            }
            reached.extend(walk.pages);
        }
        self.stray_rows(&reached, &mut remains, belongs, each)?;
        Ok(remains)
    }

    fn is_ours(&self, root: u32) -> bool {
        self.shapes.iter().any(|shape| self.roots.get(&shape.name) == Some(&root))
    }

    fn rows_of(
        &self,
        shape: &Shape,
        (number, page, kind): &(u32, Vec<u8>, Kind),
        remains: &mut Remains,
        each: &mut dyn FnMut(&Found<'_>) -> Result<()>,
    ) -> Result<()> {
        let rows = record::rows(&self.pages, page, *number, *kind);
        // Cells whose very place is lost count, too.
        remains.torn_rows += record::count(page, *number).saturating_sub(rows.len()) as u64;
        for raw in rows {
            let fits = raw.as_ref().and_then(|raw| shape.values(raw));
            let Some(values) = fits else {
                remains.torn_rows += 1;
                continue;
            };
            *remains.rows.entry(shape.name.clone()).or_default() += 1;
            each(&Found { table: &shape.name, values: &values, placed: true })?;
        }
        Ok(())
    }

    /// Rows on leaves that hang in no tree and are not free: of the one table whose shape they all have.
    fn stray_rows(
        &self,
        reached: &HashSet<u32>,
        remains: &mut Remains,
        belongs: &dyn Fn(&Found<'_>) -> bool,
        each: &mut dyn FnMut(&Found<'_>) -> Result<()>,
    ) -> Result<()> {
        for number in 2..=self.pages.count {
            if reached.contains(&number) || self.free.contains(&number) {
                continue;
            }
            let Some(page) = self.pages.page(number) else { continue };
            let Some(kind) = Kind::of(&page, number).filter(|kind| !kind.is_interior()) else { continue };
            let raws: Vec<Raw> =
                record::rows(&self.pages, &page, number, kind).into_iter().flatten().collect();
            for shape in self.shapes.iter().filter(|shape| shape.clustered != kind.is_table()) {
                let fits = |raw: &Raw| {
                    shape.values(raw).is_some_and(|values| {
                        belongs(&Found { table: &shape.name, values: &values, placed: false })
                    })
                };
                let those: Vec<&Raw> = raws.iter().filter(|raw| fits(raw)).collect();
                // A torn row or two do not make the page another table's.
                if those.len() * 2 <= raws.len() {
                    continue;
                }
                for values in those.into_iter().filter_map(|raw| shape.values(raw)) {
                    *remains.rows.entry(shape.name.clone()).or_default() += 1;
                    each(&Found { table: &shape.name, values: &values, placed: false })?;
                }
                break;
            }
        }
        Ok(())
    }

    /// Hands over the entries of an index: its columns, then what they lead to. Nothing where the index cannot be found.
    pub fn index(&self, name: &str, each: &mut dyn FnMut(&[Cell<'_>])) {
        let Some(root) = self.indexes.get(name) else { return };
        let mut walk = Walk::default();
        self.walk(*root, false, 0, &mut walk);
        for (number, page, kind) in walk.with_rows(self) {
            for raw in record::rows(&self.pages, &page, number, kind).into_iter().flatten() {
                if let Some(values) = record::values(&raw.bytes) {
                    each(&values);
                }
            }
        }
    }

    /// Walks the tree below a page.
    fn walk(&self, number: u32, table: bool, depth: usize, walk: &mut Walk) {
        if depth > DEPTH_MAX || !walk.pages.insert(number) {
            return;
        }
        let page = self.pages.page(number);
        let kind =
            page.as_deref().and_then(|page| Kind::of(page, number)).filter(|kind| kind.is_table() == table);
        let (Some(page), Some(kind)) = (page, kind) else {
            walk.unreadable += 1;
            return;
        };
        if kind != Kind::TableInterior {
            walk.rows.push(number);
        }
        if kind.is_interior() {
            for below in record::children(&page, number, kind) {
                self.walk(below, table, depth + 1, walk);
            }
        }
    }
}

/// What a walk through a tree met.
#[derive(Default)]
struct Walk {
    pages: BTreeSet<u32>,
    /// The pages with rows.
    rows: Vec<u32>,
    unreadable: u32,
}

impl Walk {
    fn with_rows<'a>(&'a self, wreck: &'a Wreck) -> impl Iterator<Item = (u32, Vec<u8>, Kind)> + 'a {
        self.rows.iter().filter_map(|number| {
            let page = wreck.pages.page(*number)?;
            let kind = Kind::of(&page, *number)?;
            Some((*number, page, kind))
        })
    }
}

#[cfg(test)]
mod tests;
