//! What SQLite says, in the words of the house.

use object::{Error, ErrorId, Fault};
use rusqlite::{ErrorCode, ffi};

/// SQLite's error as ours: a full disk is a reason to try later, a broken file is ours to tell clearly.
pub(crate) fn of(error: rusqlite::Error) -> Error {
    let text = error.to_string();
    let Some(code) = error.sqlite_error_code() else {
        return Error::server(ErrorId::SqlError, text);
    };
    // The index of the log could not be made as large as it has to be: that is what a full disk says here.
    let no_room = error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_IOERR_SHMSIZE);
    match code {
        ErrorCode::SystemIoFailure if no_room => disk_full(),
        ErrorCode::DiskFull => disk_full(),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::busy(ErrorId::DatabaseLocked, text)
            .help("Another program holds the file; only one mailstead may use it."),
        ErrorCode::NotADatabase => {
            Error::conflict(ErrorId::NotADatabase, "The file is not a Mailstead database.")
                .help("Run mailstead verify: it says what is left in it; mailstead rebuild saves that.")
        }
        ErrorCode::DatabaseCorrupt => {
            Error::server(ErrorId::DatabaseCorrupt, format!("The database is damaged: {text}."))
                .help("Run mailstead verify: it says what is damaged; mailstead rebuild saves what is whole.")
        }
        ErrorCode::SystemIoFailure => {
            Error::server(ErrorId::InputOutput, format!("The disk failed: {text}."))
                .help("Look at the system's log for the disk, then run mailstead verify.")
        }
        ErrorCode::CannotOpen => Error::server(ErrorId::DatabaseCannotOpen, text)
            .help("See that the directory exists and that mailstead may write to it."),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
            Error::new(Fault::Denied, ErrorId::DatabaseReadOnly, text)
                .help("See that mailstead may write to the file and its directory.")
        }
        ErrorCode::ConstraintViolation => constraint(&error, text),
        ErrorCode::TooBig => Error::limit(ErrorId::ValueTooBig, text),
        ErrorCode::OutOfMemory => Error::busy(ErrorId::OutOfMemory, text),
        _ => Error::server(ErrorId::SqlError, text),
    }
}

/// There is no room for what was to be written.
fn disk_full() -> Error {
    Error::busy(ErrorId::DiskFull, "The disk that keeps the database is full.")
        .help("Free space on it; nothing was lost, and work goes on by itself when there is room.")
}

/// A key that is there already is a conflict that callers expect; every other constraint is a bug of ours.
fn constraint(error: &rusqlite::Error, text: String) -> Error {
    let extended = error.sqlite_error().map(|e| e.extended_code);
    let taken = matches!(
        extended,
        Some(
            rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                | rusqlite::ffi::SQLITE_CONSTRAINT_ROWID
        )
    );
    if taken {
        Error::conflict(ErrorId::KeyTaken, text)
    } else {
        Error::server(ErrorId::ConstraintViolated, text)
    }
}
