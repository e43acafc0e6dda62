//! Lists: `Name : value` lines.

use crate::width::{cut_plainly, lines, measure, wrap};
use object::value::Text;

/// What stands between name and value.
const SEPARATOR: &str = " : ";
/// A value has at least one column.
const VALUE_COLUMNS_MIN: usize = 1;

/// The lines of an object on a screen of `screen` columns; without one nothing wraps.
pub(crate) fn write(properties: &[(Text, String)], screen: Option<usize>, out: &mut dyn FnMut(&str)) {
    let longest = properties.iter().map(|(name, _)| measure(name)).max().unwrap_or(0);
    let most = screen.map_or(longest, |screen| screen.saturating_sub(SEPARATOR.len() + VALUE_COLUMNS_MIN));
    if most == 0 {
        return; // no room for anything
    }
    let room = longest.min(most);
    let indent = " ".repeat(room + SEPARATOR.len());
    for (name, value) in properties {
        let name = cut_plainly(name, room);
        let blanks = " ".repeat(room.saturating_sub(measure(name)));
        let wrapped = match screen {
            Some(screen) => wrap(value, screen - room - SEPARATOR.len()),
            None => lines(value).map(std::borrow::Cow::into_owned).collect(),
        };
        for (at, line) in wrapped.iter().enumerate() {
            match at {
                0 => out(&format!("{name}{blanks}{SEPARATOR}{line}")),
                _ => out(&format!("{indent}{line}")),
            }
        }
    }
}
