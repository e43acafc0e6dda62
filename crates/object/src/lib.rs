//! What every room speaks of: values, properties, nouns, parameters, the filter language, the error,
//! the clock. It does no I/O and knows no other room.

mod author;
mod error;
mod error_id;
pub mod filter;
mod network;
mod noun;
mod parameter;
mod property;
mod time;
pub mod types;
pub mod value;

pub use author::{Author, SYSTEM};
pub use error::{Error, Fault, Result};
pub use error_id::ErrorId;
pub use filter::Filter;
pub use network::Network;
pub use noun::Noun;
pub use parameter::{Keys, Parameter, ParameterSpec, Switch, Taken};
pub use property::{Access, Check, Declared, Property, Spec};
pub use time::{Clock, SystemClock, Time, WoundClock};
pub use value::{Object, Value};
