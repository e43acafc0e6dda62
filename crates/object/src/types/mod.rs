//! The value types: one file each. To add one, copy `size.rs`, add a line to the list below.
//!
//! A [`Kind`] says how a value of a type is read from what a person, a script or the wire gives; the
//! binder, the filter language, the directory and the wire format all read through it.

mod address;
mod enumeration;
mod exception;
mod guid;
mod identity;
mod kind;
mod moment;
pub mod names;
mod recipient;
mod secret;
mod size;
mod unlimited;

pub use address::{ProxyAddress, SmtpAddress, SmtpDomain};
pub use enumeration::{EnumType, EnumValue};
pub use exception::{EXCEPTIONS, exception_of, is_of_active_directory};
pub use guid::Guid;
pub use identity::ObjectId;
pub use kind::{Kind, PropertyType};
pub use moment::{DateKind, DateTime, TICKS_PER_SECOND, TimeSpan};
pub use recipient::{
    AcceptedDomainType, ExternalOofOptions, MimeTextFormat, ModerationNotification, RecipientDisplayType,
    RecipientType, RecipientTypeDetails,
};
pub use secret::{Credential, SecureString};
pub use size::ByteQuantifiedSize;
pub use unlimited::{Bound, Unlimited};

/// The kinds by their constants, for declarations that name a kind without a Rust type.
pub mod kinds {
    pub use super::address::{PROXY_ADDRESS, SMTP_ADDRESS, SMTP_DOMAIN};
    pub use super::guid::GUID;
    pub use super::identity::OBJECT_ID;
    pub use super::kind::{ANY, BOOLEAN, INT32, INT64, STRING, SWITCH, UINT32};
    pub use super::moment::{DATE_TIME, TIME_SPAN};
    pub use super::secret::{CREDENTIAL, SECURE_STRING};
    pub use super::size::BYTE_QUANTIFIED_SIZE;
    pub use super::unlimited::{UNLIMITED_INT32, UNLIMITED_SIZE, UNLIMITED_TIME_SPAN};
}

/// All kinds, so that the wire and declarations kept as data can find them by name.
pub static KINDS: &[&Kind] = &[
    &kind::ANY,
    &kind::STRING,
    &kind::BOOLEAN,
    &kind::SWITCH,
    &kind::INT32,
    &kind::UINT32,
    &kind::INT64,
    &moment::DATE_TIME,
    &moment::TIME_SPAN,
    &guid::GUID,
    &size::BYTE_QUANTIFIED_SIZE,
    &unlimited::UNLIMITED_SIZE,
    &unlimited::UNLIMITED_INT32,
    &unlimited::UNLIMITED_TIME_SPAN,
    &address::SMTP_ADDRESS,
    &address::SMTP_DOMAIN,
    &address::PROXY_ADDRESS,
    &identity::OBJECT_ID,
    RecipientType::KIND,
    RecipientTypeDetails::KIND,
    RecipientDisplayType::KIND,
    AcceptedDomainType::KIND,
    ExternalOofOptions::KIND,
    MimeTextFormat::KIND,
    ModerationNotification::KIND,
    &secret::SECURE_STRING,
    &secret::CREDENTIAL,
];

/// The kind of that name (`ByteQuantifiedSize`), any case.
pub fn kind_named(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name.eq_ignore_ascii_case(name))
}
