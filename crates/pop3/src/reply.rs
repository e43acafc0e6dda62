//! Replies, and the one place that says what an error means to a POP3 client.  [RFC 2449 8] [RFC 3206]

use std::borrow::Cow;

use object::{Error, ErrorId, Fault};

/// A status line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reply {
    good: bool,
    code: Option<&'static str>,
    text: Cow<'static, str>,
}

impl Reply {
    /// `+OK text`
    pub(crate) fn ok(text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { good: true, code: None, text: text.into() }
    }
    /// `-ERR text`
    pub(crate) fn error(text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { good: false, code: None, text: text.into() }
    }
    /// `-ERR [CODE] text`
    pub(crate) fn coded(code: &'static str, text: impl Into<Cow<'static, str>>) -> Reply {
        Reply { good: false, code: Some(code), text: text.into() }
    }

    /// What an error means to the client.
    pub(crate) fn of_error(error: &Error) -> Reply {
        match error.fault() {
            Fault::Denied => {
                Reply::coded("AUTH", "Log-on failed: name or password is wrong, or POP3 is switched off")
            }
            // What an administrator can do about it is for our logs.
            Fault::Busy if error.is(ErrorId::MdbDismounted) => {
                Reply::coded("SYS/TEMP", "Your mailbox is not available now")
            }
            Fault::Busy => Reply::coded("SYS/TEMP", one_line(error.message())),
            // What is our own fault is for our logs.
            Fault::Server => Reply::coded("SYS/TEMP", "Local error, try again later"),
            Fault::Caller | Fault::NotFound | Fault::Conflict | Fault::Limit => {
                Reply::error(one_line(error.message()))
            }
        }
    }

    /// The line with its end.
    pub(crate) fn line(&self) -> String {
        let status = if self.good { "+OK" } else { "-ERR" };
        match self.code {
            Some(code) => format!("{status} [{code}] {}\r\n", self.text),
            None => format!("{status} {}\r\n", self.text),
        }
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_errors_mean_to_a_client() {
        for (error, line) in [
            (Error::denied(ErrorId::LogonFailed, "ann is disabled"), "-ERR [AUTH] Log-on failed: [..]"),
            (Error::busy(ErrorId::DiskFull, "It is full\r\n+OK"), "-ERR [SYS/TEMP] It is full  +OK"),
            (
                Error::busy(ErrorId::MdbDismounted, "secret"),
                "-ERR [SYS/TEMP] Your mailbox is not available now",
            ),
            (Error::server(ErrorId::InputOutput, "secret"), "-ERR [SYS/TEMP] Local error, try again later"),
            (Error::not_found(ErrorId::ItemNotFound, "It is gone."), "-ERR It is gone."),
        ] {
            let said = Reply::of_error(&error).line();
            let said = said.strip_suffix("\r\n").unwrap();
            let same = line.strip_suffix("[..]").map_or(said == line, |head| said.starts_with(head));
            assert!(same, "{said}");
        }
    }
}
