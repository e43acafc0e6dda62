//! A journal rule as it stands in the directory: who keeps reports, and of which mail.

use mailbox::directory::Record;
use mailbox::directory::schema::journal::{JOURNAL_ADDRESS, JOURNALED, SCOPE};
use mailbox::directory::schema::rule;
use object::types::SmtpAddress;

/// Which mail a rule wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Global,
    Internal,
    External,
}

/// A rule in force.
pub(crate) struct Journal {
    pub(crate) keeper: SmtpAddress,
    pub(crate) recipient: Option<SmtpAddress>,
    pub(crate) scope: Scope,
}

impl Journal {
    /// Nothing where it is switched off.
    pub(crate) fn read(record: &Record) -> Option<Journal> {
        let keeper = record.get(&JOURNAL_ADDRESS).filter(|_| record.is(&rule::ENABLED))?;
        let scope = match record.get(&SCOPE).unwrap_or_default().to_ascii_lowercase().as_str() {
            "internal" => Scope::Internal,
            "external" => Scope::External,
            _ => Scope::Global,
        };
        Some(Journal { keeper: SmtpAddress::parse(&keeper)?, recipient: record.get(&JOURNALED), scope })
    }
}
