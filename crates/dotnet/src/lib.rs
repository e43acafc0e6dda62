//! What .NET's types can do, on our values: conversions, comparisons, arithmetic, members, formats,
//! cultures, regular expressions; and the trait [`Host`], the only way to the world for this room and
//! the two above it.
//!
//! Where to look: a type's members stand in one table in `member/TYPE.rs`; names of types in `types.rs`;
//! differences between PowerShell's versions in `profile.rs`; cultures in `culture.rs`. The rules are
//! PowerShell's, recorded in golden data (`tests/`).

pub mod arithmetic;
pub mod collections;
pub mod compare;
pub mod convert;
pub mod culture;
mod elements;
pub mod engine;
mod enumerator;
pub mod enums;
mod exception;
pub mod format;
pub mod host;
pub mod index;
pub mod keyed;
pub mod lines;
pub mod linked;
mod locale;
pub mod mail;
pub mod member;
mod member_info;
pub mod operator;
mod order;
pub mod parse;
mod patterns;
pub mod profile;
pub mod regex;
pub mod text;
mod truth;
mod type_of;
pub mod types;
pub mod values;
pub mod wildcard;
pub mod xml;

pub use culture::Culture;
pub use engine::{Engine, Plain};
pub use enumerator::Enumerator;
pub use exception::{Category, ERROR_CATEGORY, Exception, Result, Thrown};
pub use host::Host;
pub use locale::Locale;
pub use member::exchange as web;
pub use profile::Profile;
pub use types::{Kind, Type};
