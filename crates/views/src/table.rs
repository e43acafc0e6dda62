//! Rows of a table on a screen: widths that fit, titles over a rule, cells cut or wrapped.

use crate::plan::Align;
use crate::width::{cut, first_line, measure, wrap};
use std::borrow::Cow;

/// A table whose widths are settled.
pub(crate) struct Table {
    columns: Vec<Column>,
}

struct Column {
    /// Of a column that did not fit: nothing.
    width: usize,
    side: Align,
}

/// Tables need so many columns of the screen.
const SCREEN_MIN: usize = 5;

impl Table {
    /// Fits columns of these widths (0: a share of what is left) on a screen.
    pub(crate) fn new(widths: &[usize], sides: &[Align], screen: Option<usize>) -> Table {
        let mut widths = widths.to_vec();
        match screen {
            Some(screen) if screen < SCREEN_MIN => widths.clear(),
            Some(screen) => fit(&mut widths, screen),
            None => widths.iter_mut().for_each(|width| *width = (*width).max(1)),
        }
        let side = |at: usize| sides.get(at).copied().unwrap_or(Align::Left);
        let columns = widths.into_iter().enumerate().map(|(at, width)| Column { width, side: side(at) });
        Table { columns: columns.collect() }
    }

    fn is_empty(&self) -> bool {
        self.columns.iter().all(|column| column.width == 0)
    }

    /// The titles and the rule.
    pub(crate) fn titles(&self, titles: &[&str], out: &mut dyn FnMut(&str)) {
        self.wrapped(titles, out);
        let rules: Vec<String> = self
            .columns
            .iter()
            .zip(titles)
            .map(|(column, title)| "-".repeat(measure(title).min(column.width)))
            .collect();
        let rules: Vec<&str> = rules.iter().map(String::as_str).collect();
        self.row(&rules, out);
    }

    /// A row of one line.
    pub(crate) fn row(&self, cells: &[&str], out: &mut dyn FnMut(&str)) {
        if self.is_empty() {
            return;
        }
        let mut text = String::new();
        let last = self.columns.len() - 1;
        for (at, column) in self.columns.iter().enumerate().filter(|(_, column)| column.width > 0) {
            if at > 0 {
                text.push(' ');
            }
            let cell = first_line(cells.get(at).copied().unwrap_or_default());
            push(&mut text, &cell, column, at < last);
        }
        out(&text);
    }

    /// A row whose long cells continue in the next line.
    pub(crate) fn wrapped(&self, cells: &[&str], out: &mut dyn FnMut(&str)) {
        let visible: Vec<(usize, &Column)> =
            self.columns.iter().enumerate().filter(|(_, column)| column.width > 0).collect();
        let cells: Vec<Vec<String>> = visible
            .iter()
            .map(|(at, column)| wrap(cells.get(*at).copied().unwrap_or_default(), column.width))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        for line in 0..height {
            let whole = |at: usize| cells[at].get(line).map_or("", String::as_str);
            let last = (0..visible.len()).rev().find(|at| !whole(*at).is_empty()).unwrap_or(0);
            // A word takes the blank behind it along; at the end of a line it is not wanted.
            let text = |at: usize| if at == last { whole(at).trim_end() } else { whole(at) };
            let mut row = String::new();
            for (at, (_, column)) in visible.iter().enumerate().take(last + 1) {
                if at > 0 {
                    row.push(' ');
                }
                let pads = at < last || text(at).is_empty();
                push(&mut row, text(at), column, pads);
            }
            out(&row);
        }
    }
}

/// Adds a cell in its column; behind it blanks only where another one follows.
fn push(text: &mut String, cell: &str, column: &Column, pads: bool) {
    let cell: Cow<'_, str> = cut(cell, column.width, column.side == Align::Right);
    let blanks = column.width.saturating_sub(measure(&cell));
    let before = match column.side {
        Align::Left => 0,
        Align::Right => blanks,
        Align::Center => blanks / 2,
    };
    text.extend(std::iter::repeat_n(' ', before));
    text.push_str(&cell);
    if pads {
        text.extend(std::iter::repeat_n(' ', blanks - before));
    }
}

/// Columns without a width share what is left; where there is not enough, columns at the end are cut or left out.
fn fit(widths: &mut [usize], screen: usize) {
    let open: Vec<usize> = (0..widths.len()).filter(|at| widths[*at] == 0).collect();
    open.iter().for_each(|at| widths[*at] = 1);
    let total = |widths: &[usize]| {
        let shown = widths.iter().filter(|width| **width > 0);
        shown.clone().sum::<usize>() + shown.count().saturating_sub(1)
    };
    if !open.is_empty() && total(widths) < screen {
        let left = screen - total(widths);
        for (turn, at) in open.iter().enumerate() {
            widths[*at] += left / open.len() + usize::from(turn < left % open.len());
        }
    }
    while total(widths) > screen {
        let excess = total(widths) - screen;
        let Some(last) = widths.iter_mut().rfind(|width| **width > 0) else { return };
        *last = last.saturating_sub(excess);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(table: &Table, cells: &[&str], wraps: bool) -> Vec<String> {
        let mut lines = Vec::new();
        let mut out = |line: &str| lines.push(line.to_owned());
        if wraps {
            table.wrapped(cells, &mut out)
        } else {
            table.row(cells, &mut out)
        }
        lines
    }

    #[test]
    fn widths_fit_the_screen() {
        for (widths, screen, fitted) in [
            (vec![3, 4], 20, vec![3, 4]),
            (vec![0, 0, 0], 39, vec![13, 12, 12]),
            (vec![5, 0], 20, vec![5, 14]),
            (vec![40, 40, 8], 59, vec![40, 18, 0]),
            (vec![10, 10], 5, vec![5, 0]),
        ] {
            let mut settled = widths.clone();
            fit(&mut settled, screen);
            assert_eq!(settled, fitted, "{widths:?} on {screen}");
        }
    }

    #[test]
    fn cells_are_padded_where_another_one_follows() {
        let table = Table::new(&[4, 3], &[Align::Left, Align::Right], Some(20));
        assert_eq!(rows(&table, &["ab", "1"], false), ["ab     1"]);
        assert_eq!(rows(&table, &["abcdef", "1234"], false), ["abc… …34"]);
        let table = Table::new(&[4, 6], &[Align::Left; 2], Some(20));
        assert_eq!(rows(&table, &["a\nb", "c\n\nd"], true), ["a    c", "b", "     d"]);
    }
}
