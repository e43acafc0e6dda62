//! What a command ends with, and the one place where an error becomes IMAP's words.  [RFC 9051 7.1] [RFC 5530]

use object::{Error, ErrorId, Fault};

use crate::wire::out::human;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Ok,
    No,
    Bad,
}

/// The tagged answer of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) status: Status,
    /// A response code without its brackets.
    pub(crate) code: Option<String>,
    pub(crate) text: String,
}

impl Reply {
    /// It was done.
    pub(crate) fn ok(text: &str) -> Reply {
        Reply { status: Status::Ok, code: None, text: text.to_string() }
    }

    /// It was done, and a response code says more.
    pub(crate) fn ok_with(code: impl Into<String>, text: &str) -> Reply {
        Reply { code: Some(code.into()), ..Reply::ok(text) }
    }

    /// It was not done.
    pub(crate) fn no_with(code: &str, text: impl Into<String>) -> Reply {
        Reply { status: Status::No, code: Some(code.to_string()), text: text.into() }
    }

    /// The answer to a command that failed.
    pub(crate) fn of(error: &Error) -> Reply {
        let (status, code) = match error.fault() {
            Fault::Caller if error.is(ErrorId::Syntax) => (Status::Bad, None),
            // NO instead of BAD: the command was understood, its value cannot be. [RFC 9051 7.1.3]
            Fault::Caller if error.is(ErrorId::BadCharset) => (Status::No, Some("BADCHARSET (UTF-8)")),
            Fault::Caller => (Status::No, Some("CANNOT")),
            Fault::NotFound => (Status::No, Some("NONEXISTENT")),
            Fault::Denied => (Status::No, Some("NOPERM")),
            Fault::Conflict if error.is(ErrorId::FolderExists) => (Status::No, Some("ALREADYEXISTS")),
            Fault::Conflict => (Status::No, Some("CANNOT")),
            // Nobody has read what such a line says.
            Fault::Limit if error.is(ErrorId::LineTooLong) => (Status::Bad, None),
            Fault::Limit => (Status::No, Some(limit_code(error.known()))),
            Fault::Busy => (Status::No, Some("UNAVAILABLE")),
            Fault::Server => (Status::No, Some("SERVERBUG")),
        };
        Reply { status, code: code.map(str::to_string), text: words(error) }
    }

    /// The tagged line.
    pub(crate) fn line(&self, tag: &str) -> String {
        let status = match self.status {
            Status::Ok => "OK",
            Status::No => "NO",
            Status::Bad => "BAD",
        };
        let code = self.code.as_deref().map(|code| format!("[{code}] ")).unwrap_or_default();
        format!("{tag} {status} {code}{}\r\n", human(&self.text))
    }
}

/// What the person is told: what is broken inside is for our log, and what to do about a database is for its
/// administrator.
fn words(error: &Error) -> String {
    match (error.fault(), error.known()) {
        (Fault::Server, _) => "Internal server error; it was logged.".to_owned(),
        (
            Fault::Busy,
            Some(
                ErrorId::MdbDismounted
                | ErrorId::DatabaseBusy
                | ErrorId::DatabaseLocked
                | ErrorId::DatabaseStopped
                | ErrorId::DiskFull
                | ErrorId::InputOutput
                | ErrorId::SqlError
                | ErrorId::TimedOut,
            ),
        ) => "Your mailbox is not available now.".to_owned(),
        (Fault::Caller, _) => error.to_string(),
        _ => error.message().to_owned(),
    }
}

/// Which limit it was. [RFC 5530 3] [RFC 9208 4.3] [RFC 7889 4]
fn limit_code(id: Option<ErrorId>) -> &'static str {
    match id {
        Some(ErrorId::QuotaExceeded | ErrorId::RecoverableItemsQuotaExceeded) => "OVERQUOTA",
        Some(ErrorId::LiteralTooLarge | ErrorId::MessageTooLarge) => "TOOBIG",
        _ => "LIMIT",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_has_its_words() {
        for (error, line) in [
            (Error::caller(ErrorId::Syntax, "x\r\ny"), "a BAD x  y\r\n"),
            (Error::caller(ErrorId::FolderNameInvalid, "x"), "a NO [CANNOT] x\r\n"),
            (Error::not_found(ErrorId::FolderNotFound, "x"), "a NO [NONEXISTENT] x\r\n"),
            (Error::denied(ErrorId::NoRight, "x"), "a NO [NOPERM] x\r\n"),
            (Error::conflict(ErrorId::FolderExists, "x"), "a NO [ALREADYEXISTS] x\r\n"),
            (Error::limit(ErrorId::QuotaExceeded, "x"), "a NO [OVERQUOTA] x\r\n"),
            (Error::limit(ErrorId::LiteralTooLarge, "x"), "a NO [TOOBIG] x\r\n"),
            (Error::limit(ErrorId::SearchTooDeep, "x"), "a NO [LIMIT] x\r\n"),
            (
                Error::busy(ErrorId::MdbDismounted, "GUID is not mounted.").help("Run Mount-Database."),
                "a NO [UNAVAILABLE] Your mailbox is not available now.\r\n",
            ),
            (Error::busy(ErrorId::TooManyLogonFailures, "Wait."), "a NO [UNAVAILABLE] Wait.\r\n"),
            (Error::conflict(ErrorId::FolderReserved, "x").help("Run Set-Mailbox."), "a NO [CANNOT] x\r\n"),
            (
                Error::server(ErrorId::InputOutput, "secret"),
                "a NO [SERVERBUG] Internal server error; it was logged.\r\n",
            ),
        ] {
            assert_eq!(Reply::of(&error).line("a"), line);
        }
    }
}
