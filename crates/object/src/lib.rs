//! What every room speaks of: values, properties, nouns, parameters, the filter language, the error,
//! the clock. It does no I/O and knows no other room.

mod error;
mod time;

pub use error::{Error, Fault, Result};
pub use time::{Clock, SystemClock, Time, WoundClock};
