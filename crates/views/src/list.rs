//! Lists and wide views.

use crate::entry::Entry;
use crate::plan::Plan;
use crate::width::{cut, measure, wrap};

/// Names longer than half the screen leave no room for values; they are cut.
const NAME_SHARE: usize = 2;

/// The `Name : value` lines of an object.
pub(crate) fn lines(entry: &Entry, screen: Option<usize>) -> String {
    let columns = &entry.plan.columns;
    let longest = columns.iter().map(|column| measure(&column.title)).max().unwrap_or(0);
    let room = screen.map_or(longest, |screen| longest.min(screen / NAME_SHARE + screen % NAME_SHARE));
    let mut text = String::new();
    for (column, cell) in columns.iter().zip(&entry.cells) {
        let name = cut(&column.title, room.max(longest.min(room)), false);
        let blanks = " ".repeat(room.saturating_sub(measure(&name)));
        let wrapped = match screen {
            Some(screen) => wrap_hard(&cell.text, screen.saturating_sub(room + 3)),
            None => cell.text.replace("\r\n", "\n").split('\n').map(str::to_owned).collect(),
        };
        for (at, line) in wrapped.iter().enumerate() {
            match at {
                0 => text.push_str(&format!("{name}{blanks} : {line}\n")),
                _ => text.push_str(&format!("{}{line}\n", " ".repeat(room + 3))),
            }
        }
    }
    text
}

fn wrap_hard(text: &str, width: usize) -> Vec<String> {
    wrap(text, width.max(1))
}

/// Values side by side.
pub(crate) fn wide(plan: &Plan, rows: &[Entry], screen: usize) -> String {
    let texts: Vec<String> = rows
        .iter()
        .map(|row| row.cells.first().map_or_else(String::new, |cell| cell.text.replace('\n', " ")))
        .collect();
    let longest = texts.iter().map(|text| measure(text)).max().unwrap_or(0).max(1);
    let (across, width) = match (plan.across, plan.auto_size) {
        (Some(across), _) => (across, (screen / across.max(1)).saturating_sub(1).max(1)),
        (None, true) => ((screen / (longest + 1)).max(1), longest),
        (None, false) => (2, (screen / 2).max(1)),
    };
    let mut text = String::new();
    for row in texts.chunks(across.max(1)) {
        for (at, cell) in row.iter().enumerate() {
            let cell = cut(cell, width, false);
            let blanks = " ".repeat(width.saturating_sub(measure(&cell)));
            text.push_str(&cell);
            if at + 1 < across || row.len() < across {
                text.push_str(&blanks);
            }
            if at + 1 < row.len() {
                text.push(' ');
            }
        }
        text.push('\n');
    }
    text
}
