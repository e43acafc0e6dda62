//! How objects become text: tables, lists, wide columns, and which of them an object gets unasked.
//!
//! A [`Plan`] says how objects are shown (columns, widths, grouping). A [`Formatter`] reads objects by a plan
//! and makes [`Record`]s, which are values themselves; a [`Printer`] takes objects and records as they come and
//! hands out lines.

mod cell;
mod custom;
mod formatter;
mod list;
mod plan;
mod printer;
mod record;
mod table;
mod view;
mod width;

pub use cell::{PLACES, Where, shown};
pub use formatter::{Columns, Expand, Failure, Formatter, Wish};
pub use plan::{Align, Column, Fits, Layout, Plan, Source};
pub use printer::{Lines, OutOfOrder, Printer};
pub use record::{Entry, Record};
pub use view::{default_plan, text_of};
pub use width::{cut, measure, wrap};
