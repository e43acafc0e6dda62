//! Tables: widths that fit the screen, titles over a rule, rows cut or wrapped.

use crate::entry::{Cell, Entry};
use crate::plan::{Align, Plan};
use crate::width::{cut, measure, wrap};
use std::borrow::Cow;

/// A table whose widths are settled.
pub(crate) struct Table {
    widths: Vec<usize>,
    aligns: Vec<Align>,
    /// A column at the end did not fit.
    hidden: bool,
    wrap: bool,
}

impl Table {
    /// Settles the widths by the rows known so far; the screen is `width` columns wide.
    pub(crate) fn new(plan: &Plan, rows: &[Entry], aligns: Vec<Align>, width: usize, cuts: bool) -> Table {
        let mut widths: Vec<usize> = plan
            .columns
            .iter()
            .enumerate()
            .map(|(at, column)| {
                let content =
                    rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| cell_width(cell, plan.wrap));
                column.width.unwrap_or_else(|| content.max().unwrap_or(0).max(measure(&column.title)).max(1))
            })
            .collect();
        let all = widths.len();
        if plan.columns.iter().any(|column| column.width.is_some()) && plan.spreads {
            spread(plan, &mut widths, width);
        }
        if cuts {
            fit(&mut widths, width);
        }
        Table { hidden: widths.len() < all, widths, aligns, wrap: plan.wrap }
    }

    /// The titles and the rule.
    pub(crate) fn titles(&self, plan: &Plan) -> String {
        if self.widths.is_empty() {
            return String::new();
        }
        let titles: Vec<Vec<String>> = self
            .widths
            .iter()
            .zip(&plan.columns)
            .map(|(width, column)| wrap(&column.title, *width))
            .collect();
        let mut text = self.lines(&titles);
        let rules: Vec<String> = self
            .widths
            .iter()
            .zip(&plan.columns)
            .map(|(width, column)| "-".repeat(measure(&column.title).min(*width)))
            .collect();
        text.push_str(&self.line(rules.into_iter().map(Cow::Owned), self.hidden));
        text
    }

    /// A row.
    pub(crate) fn row(&self, entry: &Entry) -> String {
        if self.widths.is_empty() {
            return String::new();
        }
        let cells =
            (0..self.widths.len()).map(|at| entry.cells.get(at).map_or("", |cell| cell.text.as_str()));
        if self.wrap {
            let cells: Vec<Vec<String>> =
                cells.zip(&self.widths).map(|(cell, width)| wrap(cell, *width)).collect();
            return self.lines(&cells).lines().map(|line| format!("{}\n", line.trim_end())).collect();
        }
        let fitted = cells
            .zip(&self.widths)
            .enumerate()
            .map(|(at, (cell, width))| fitted(cell, *width, self.align(at) == Align::Right));
        self.line(fitted, self.hidden)
    }

    fn align(&self, at: usize) -> Align {
        self.aligns.get(at).copied().unwrap_or(Align::Left)
    }

    /// Cells of several lines side by side.
    fn lines(&self, cells: &[Vec<String>]) -> String {
        let height = cells.iter().map(Vec::len).max().unwrap_or(1);
        let mut text = String::new();
        for at in 0..height {
            let row = cells.iter().map(|cell| Cow::Borrowed(cell.get(at).map_or("", String::as_str)));
            text.push_str(&self.line(row, false));
        }
        text
    }

    fn line<'a>(&self, cells: impl Iterator<Item = Cow<'a, str>>, pad_last: bool) -> String {
        let mut text = String::with_capacity(self.widths.iter().sum::<usize>() + self.widths.len());
        for (at, (cell, width)) in cells.zip(&self.widths).enumerate() {
            if at > 0 {
                text.push(' ');
            }
            let last = at + 1 == self.widths.len() && !pad_last;
            push_aligned(&mut text, &cell, *width, self.align(at), last);
        }
        text.push('\n');
        text
    }
}

fn push_aligned(text: &mut String, cell: &str, width: usize, align: Align, last: bool) {
    let blanks = width.saturating_sub(measure(cell));
    let (before, after) = match align {
        Align::Left => (0, blanks),
        Align::Right => (blanks, 0),
        Align::Center => (blanks / 2, blanks - blanks / 2),
    };
    text.extend(std::iter::repeat_n(' ', before));
    text.push_str(cell);
    if !last || align == Align::Center {
        text.extend(std::iter::repeat_n(' ', after));
    }
}

fn cell_width(cell: &Cell, wrapped: bool) -> usize {
    if wrapped {
        return cell.text.lines().map(measure).max().unwrap_or(0);
    }
    measure(&one_line(&cell.text))
}

/// A text in one line of at most `width` columns.
fn fitted(text: &str, width: usize, at_start: bool) -> Cow<'_, str> {
    match one_line(text) {
        Cow::Borrowed(text) => cut(text, width, at_start),
        Cow::Owned(text) => cut(&text, width, at_start).into_owned().into(),
    }
}

/// A text up to its first line end, with a mark that there is more.
fn one_line(text: &str) -> Cow<'_, str> {
    match text.bytes().position(|byte| matches!(byte, b'\n' | b'\r')) {
        Some(at) => format!("{}…", &text[..at]).into(),
        None => text.into(),
    }
}

/// Where some columns have a width, the others share what is left of the screen.
fn spread(plan: &Plan, widths: &mut [usize], screen: usize) {
    let open: Vec<usize> = (0..widths.len()).filter(|at| plan.columns[*at].width.is_none()).collect();
    let taken: usize = widths
        .iter()
        .zip(&plan.columns)
        .filter(|(_, column)| column.width.is_some())
        .map(|(width, _)| *width)
        .sum();
    let left = screen.saturating_sub(taken + widths.len().saturating_sub(1));
    for at in &open {
        widths[*at] = (left / open.len()).max(1);
    }
}

/// Cuts the last column, or leaves it out, until the table fits the screen.
fn fit(widths: &mut Vec<usize>, screen: usize) {
    loop {
        let total: usize = widths.iter().sum::<usize>() + widths.len().saturating_sub(1);
        let excess = total.saturating_sub(screen);
        let Some(last) = widths.last_mut().filter(|_| excess > 0) else { return };
        if *last > excess {
            *last -= excess;
            return;
        }
        widths.pop();
    }
}

/// The sides of the columns: as asked for, else by the first row's values.
pub(crate) fn aligns(plan: &Plan, first: &Entry) -> Vec<Align> {
    let by_value = |at: usize| first.cells.get(at).is_some_and(|cell| cell.number);
    plan.columns
        .iter()
        .enumerate()
        .map(|(at, column)| column.align.unwrap_or(if by_value(at) { Align::Right } else { Align::Left }))
        .collect()
}
