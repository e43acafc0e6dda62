//! How objects become text: tables, lists, wide columns, and which of them an object gets unasked.
//!
//! [`Plan`] says how objects are shown (columns, widths, grouping); [`Entry`] is one object read by a plan,
//! and is itself a value, so that `Format-Table | Out-File` works; [`Printer`] takes objects and entries
//! as they come and hands out text.

mod cell;
mod entry;
mod list;
mod plan;
mod printer;
mod table;
mod view;
mod width;

pub use cell::{PLACES, Where, shown};
pub use entry::Entry;
pub use plan::{Align, Column, Layout, Plan, Source};
pub use printer::Printer;
pub use view::{default_plan, is_text};
pub use width::{cut, measure, wrap};
