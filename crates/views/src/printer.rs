//! Takes objects and records as they come and hands out lines.
//!
//! A table's widths are settled by its first rows: they wait in a queue until their group ends, or for a moment.
//! Records must come in order: a start, groups of entries, an end; text may stand anywhere.

use crate::formatter::{Formatter, Wish};
use crate::list;
use crate::plan::{Align, Layout};
use crate::record::{Entry, Form, Record, Start};
use crate::table::Table;
use crate::width::{measure, wrap};
use dotnet::Engine;
use dotnet::host::Stream;
use object::Value;
use object::value::Typed as _;
use std::sync::Arc;

/// A table waits so long for more rows before its widths are settled, in microseconds.
const WAIT_MICROS_MAX: i64 = 300_000;
/// And for so many, so that a long report streams on.
const ROWS_WAITING_MAX: usize = 20_000;
/// The label of a group is indented by this.
const LABEL_INDENT: &str = "   ";

/// Takes a line (without its end) for a stream.
pub type Lines<'a> = &'a mut dyn FnMut(Stream, &str);

/// A record that came out of order: its type.
#[derive(Debug, PartialEq, Eq)]
pub struct OutOfOrder(pub String);

/// Where in the order of records we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Outside,
    Document,
    Group,
}

/// The document that is being written.
struct Open {
    start: Arc<Start>,
    groups: usize,
    table: Option<Table>,
    /// Rows since the titles were written.
    rows: usize,
    /// Values of a wide row that is not full.
    across: Vec<String>,
    wide: Option<Table>,
    per_row: usize,
}

/// Turns objects into lines.
pub struct Printer {
    /// Tables are at most so wide.
    screen: usize,
    /// Lists wrap there; files have no such width.
    list_screen: Option<usize>,
    /// What is wider than the screen is cut; not so in a file.
    cuts: bool,
    /// Titles are repeated after so many rows, where that was asked for.
    height: Option<usize>,
    limit: i64,
    formatter: Option<Formatter>,
    at: At,
    /// Whether rows wait so that columns can be as wide as their content; once on, it stays.
    queues: bool,
    start: Option<Arc<Start>>,
    queue: Option<Vec<Record>>,
    since: i64,
    /// The widths that the queue settled.
    widths: Option<Vec<usize>>,
    open: Option<Open>,
}

impl Printer {
    /// A printer for a screen of `width` columns; lists wrap only where `wraps_lists`.
    pub fn new(width: usize, wraps_lists: bool) -> Printer {
        // The last column of a screen stays free, else a full line would be followed by an empty one.
        let screen = width.saturating_sub(1).max(1);
        Printer {
            screen,
            list_screen: wraps_lists.then_some(screen),
            cuts: true,
            height: None,
            limit: crate::PLACES,
            formatter: None,
            at: At::Outside,
            queues: false,
            start: None,
            queue: None,
            since: 0,
            widths: None,
            open: None,
        }
    }

    /// A printer for a file that no width was said for: laid out for a screen, but nothing is cut.
    pub fn for_file(width: usize) -> Printer {
        Printer { cuts: false, ..Printer::new(width, false) }
    }

    /// How many elements of a list are shown of objects that come unformatted; holds from the next document on.
    pub fn set_limit(&mut self, limit: i64) {
        self.limit = limit;
    }

    /// The rows of the screen, for titles that are repeated.
    pub fn set_height(&mut self, height: Option<usize>) {
        self.height = height;
    }

    /// Takes an object or a record; what can be printed now is handed to `out`.
    pub fn take(&mut self, engine: &mut dyn Engine, value: &Value, out: Lines<'_>) -> Result<(), OutOfOrder> {
        if let Some(record) = Record::of(value) {
            return self.record(engine, record, out);
        }
        let mut records = Vec::new();
        let limit = self.limit;
        let formatter =
            self.formatter.get_or_insert_with(|| Formatter::new(Wish { limit, ..Wish::default() }));
        formatter.take(engine, value, &mut |record| records.push(record));
        records.into_iter().try_for_each(|record| self.record(engine, record, out))
    }

    /// Takes text as it is, which may stand between rows that wait.
    pub fn text(&mut self, engine: &mut dyn Engine, text: &str, stream: Stream, out: Lines<'_>) {
        self.queue_or_write(engine, Record::Entry(Entry::raw(text, stream)), out);
    }

    /// Takes a record.
    fn record(&mut self, engine: &mut dyn Engine, record: Record, out: Lines<'_>) -> Result<(), OutOfOrder> {
        if let (Record::Start(_), At::Group) = (&record, self.at) {
            // Whoever asks for a layout ends what was laid out unasked.
            self.finish(engine, out);
        }
        let (needed, next) = match &record {
            Record::Entry(entry) if entry.out_of_band => (self.at, self.at),
            Record::Entry(_) => (At::Group, At::Group),
            Record::Start(_) => (At::Outside, At::Document),
            Record::GroupStart(_) => (At::Document, At::Group),
            Record::GroupEnd => (At::Group, At::Document),
            Record::End => (At::Document, At::Outside),
        };
        if needed != self.at {
            return Err(OutOfOrder(record.type_name().to_string()));
        }
        self.at = next;
        if let Record::Start(start) = &record {
            self.starts(start);
        }
        self.queue_or_write(engine, record, out);
        Ok(())
    }

    fn starts(&mut self, start: &Arc<Start>) {
        let plan = &start.plan;
        let open =
            plan.layout == Layout::Table && plan.columns.first().is_some_and(|one| one.width.is_none());
        self.queues |= plan.auto_size || open;
        self.start = Some(start.clone());
    }

    fn queue_or_write(&mut self, engine: &mut dyn Engine, record: Record, out: Lines<'_>) {
        let Some(queue) = &mut self.queue else {
            if self.queues && matches!(record, Record::GroupStart(_)) {
                self.queue = Some(vec![record]);
                self.since = engine.host().now().0;
            } else {
                self.write(record, out);
            }
            return;
        };
        let ends = matches!(record, Record::GroupEnd);
        queue.push(record);
        let patient =
            !engine.host().is_watched() || self.start.as_ref().is_some_and(|start| start.plan.auto_size);
        let waited = engine.host().now().0 - self.since > WAIT_MICROS_MAX && !patient;
        if ends || waited || queue.len() > ROWS_WAITING_MAX {
            self.settle(out);
        }
    }

    /// Settles the widths by the rows that wait, and writes these.
    fn settle(&mut self, out: Lines<'_>) {
        let Some(queue) = self.queue.take() else { return };
        self.widths = self.start.as_ref().map(|start| widths(start, &queue));
        for record in queue {
            self.write(record, out);
        }
    }

    /// Drops what waits: the script that made it ended by an error.
    pub fn forget(&mut self) {
        (self.queue, self.open, self.formatter, self.at) = (None, None, None, At::Outside);
    }

    /// Ends the table or list that is open.
    pub fn finish(&mut self, engine: &mut dyn Engine, out: Lines<'_>) {
        let mut records = Vec::new();
        if let Some(mut formatter) = self.formatter.take() {
            formatter.finish(&mut |record| records.push(record));
        }
        for record in records {
            self.queue_or_write(engine, record, out);
        }
        self.settle(out);
        self.at = At::Outside;
    }

    fn write(&mut self, record: Record, out: Lines<'_>) {
        match record {
            Record::Start(start) => {
                out(Stream::Output, "");
                self.open = Some(Open {
                    start,
                    groups: 0,
                    table: None,
                    rows: 0,
                    across: Vec::new(),
                    wide: None,
                    per_row: 0,
                });
            }
            Record::GroupStart(label) => self.group(label, out),
            Record::Entry(entry) => self.entry(entry, out),
            Record::GroupEnd => {}
            Record::End => {
                let Some(mut open) = self.open.take() else { return };
                open.flush(&mut |line| out(Stream::Output, line));
                // The lines of a list end in an empty one already.
                if open.start.plan.layout != Layout::List {
                    out(Stream::Output, "");
                }
            }
        }
    }

    fn group(&mut self, label: Option<String>, out: Lines<'_>) {
        let (screen, cuts) = (self.screen, self.cuts);
        let widths = self.widths.take();
        let Some(open) = &mut self.open else { return };
        let line = &mut |line: &str| out(Stream::Output, line);
        if open.groups > 0 {
            line("");
        }
        open.groups += 1;
        open.flush(line);
        if let Some(label) = label {
            let room = screen.saturating_sub(LABEL_INDENT.len());
            let lines = if cuts { wrap(&label, room) } else { vec![label] };
            for (at, text) in lines.iter().enumerate() {
                line(&format!("{}{text}", if at == 0 { LABEL_INDENT } else { "" }));
            }
            line("");
        }
        match open.start.plan.layout {
            Layout::Table => open.begin_table(widths, screen, cuts, line),
            Layout::Wide => open.begin_wide(widths, screen),
            Layout::List | Layout::Custom => {}
        }
    }

    fn entry(&mut self, entry: Entry, out: Lines<'_>) {
        let line = &mut |line: &str| out(Stream::Output, line);
        match (entry.form, &mut self.open) {
            (Form::Raw(text, stream), _) => out(stream, &text),
            (Form::List(properties), _) => {
                if entry.out_of_band {
                    line("");
                }
                list::write(&properties, self.list_screen, line);
                line("");
            }
            (Form::Lines(lines), _) => {
                for (indent, text) in lines {
                    let room = self.screen.saturating_sub(indent).max(1);
                    let pieces = if self.cuts { wrap(&text, room) } else { vec![text] };
                    pieces.iter().for_each(|piece| line(&format!("{}{piece}", " ".repeat(indent))));
                }
            }
            (Form::Row(cells), Some(open)) => open.row(&cells, self.height, line),
            (Form::Wide(text), Some(open)) => open.beside(text, line),
            (Form::Row(_) | Form::Wide(_), None) => {}
        }
    }
}

/// As wide as the titles and the rows that wait; of a wide layout one width, of its widest value.
fn widths(start: &Start, queue: &[Record]) -> Vec<usize> {
    let plan = &start.plan;
    let mut widths = match plan.layout {
        Layout::Table => plan.columns.iter().map(|column| measure(&column.title)).collect(),
        _ => vec![0],
    };
    for record in queue {
        let Record::Entry(Entry { form, out_of_band: false }) = record else { continue };
        match form {
            Form::Row(cells) => {
                widths.iter_mut().zip(cells).for_each(|(width, cell)| *width = measure(cell).max(*width));
            }
            Form::Wide(text) => widths[0] = widths[0].max(measure(text)),
            _ => {}
        }
    }
    widths
}

impl Open {
    fn begin_table(
        &mut self,
        widths: Option<Vec<usize>>,
        screen: usize,
        cuts: bool,
        out: &mut dyn FnMut(&str),
    ) {
        let plan = &self.start.plan;
        let declared = || plan.columns.iter().map(|column| column.width.unwrap_or(0)).collect();
        let widths: Vec<usize> = widths.unwrap_or_else(declared);
        let bounded = cuts || widths.contains(&0);
        self.table = Some(Table::new(&widths, &self.start.sides, bounded.then_some(screen)));
        self.titles(out);
    }

    fn titles(&mut self, out: &mut dyn FnMut(&str)) {
        let plan = &self.start.plan;
        if let (Some(table), false) = (&self.table, plan.hide_titles) {
            let titles: Vec<&str> = plan.columns.iter().map(|column| &*column.title).collect();
            table.titles(&titles, out);
        }
    }

    fn row(&mut self, cells: &[String], height: Option<usize>, out: &mut dyn FnMut(&str)) {
        let again = height.is_some_and(|height| self.rows > 0 && self.rows.is_multiple_of(height.max(1)));
        if again && self.start.plan.repeat_titles {
            self.titles(out);
        }
        self.rows += 1;
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        if let Some(table) = &self.table {
            if self.start.plan.wrap { table.wrapped(&cells, out) } else { table.row(&cells, out) }
        }
    }

    fn begin_wide(&mut self, widths: Option<Vec<usize>>, screen: usize) {
        let plan = &self.start.plan;
        let widest = widths.filter(|_| plan.auto_size).map_or(0, |widths| widths[0]);
        self.per_row = match (widest, plan.across) {
            (0, across) => across.unwrap_or(2),
            (widest, _) => best_across(widest, screen),
        };
        self.wide = Some(Table::new(&vec![0; self.per_row], &vec![Align::Left; self.per_row], Some(screen)));
    }

    fn beside(&mut self, text: String, out: &mut dyn FnMut(&str)) {
        self.across.push(text);
        if self.across.len() == self.per_row {
            self.flush(out);
        }
    }

    /// Writes the wide row that waits to be full.
    fn flush(&mut self, out: &mut dyn FnMut(&str)) {
        let waiting = std::mem::take(&mut self.across);
        if let (Some(table), false) = (&self.wide, waiting.is_empty()) {
            let cells: Vec<&str> = waiting.iter().map(String::as_str).collect();
            table.row(&cells, out);
        }
    }
}

/// How many values of this width stand beside each other.
fn best_across(width: usize, screen: usize) -> usize {
    if width >= screen {
        return 1;
    }
    let fits = |count: &usize| width * count + (count - 1) < screen;
    (2..).take_while(fits).last().unwrap_or(1)
}
