//! Numbers and dates as a culture and a pattern write them: `N2`, `yyyy-MM-dd`.

pub mod date;
pub mod number;
