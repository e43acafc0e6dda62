//! What rules do.

use mailbox::directory::Record;
use mailbox::directory::schema::rule;
use object::{Error, ErrorId, Result};

use crate::Status;

/// The words with which a rule refuses where it has none of its own.
pub(crate) const REFUSAL: &str = "Delivery not authorized, message refused";

/// One action.
#[derive(Clone, Debug)]
pub(crate) enum Action {
    SetScl(i32),
    PrependSubject(String),
    SetHeader(String, String),
    RemoveHeader(String),
    Disclaimer { html: String, before: bool, fallback: Fallback },
    LogEvent(String),
    AddTo(Vec<String>),
    CopyTo(Vec<String>),
    BlindCopyTo(Vec<String>),
    RedirectTo(Vec<String>),
    Quarantine,
    Disconnect,
    Reject { text: String, status: Status, code: Option<u16> },
    Delete,
}

/// What is done where a disclaimer cannot be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fallback {
    Wrap,
    Ignore,
    Reject,
}

impl Action {
    /// Whether it is done before recipients are resolved.
    pub(crate) fn is_of_edge(&self) -> bool {
        matches!(
            self,
            Action::Quarantine
                | Action::Disconnect
                | Action::LogEvent(_)
                | Action::Reject { code: Some(_), .. }
        )
    }

    /// The action as a line.
    pub(crate) fn shown(&self) -> String {
        match self {
            Action::SetScl(scl) => format!("SetSCL {scl}"),
            Action::PrependSubject(text) => format!("PrependSubject '{text}'"),
            Action::SetHeader(name, value) => format!("SetHeader {name}: {value}"),
            Action::RemoveHeader(name) => format!("RemoveHeader {name}"),
            Action::Disclaimer { .. } => "ApplyHtmlDisclaimer".to_owned(),
            Action::LogEvent(text) => format!("LogEventText '{text}'"),
            Action::AddTo(to) => format!("AddToRecipients {}", to.join(", ")),
            Action::CopyTo(to) => format!("CopyTo {}", to.join(", ")),
            Action::BlindCopyTo(to) => format!("BlindCopyTo {}", to.join(", ")),
            Action::RedirectTo(to) => format!("RedirectMessageTo {}", to.join(", ")),
            Action::Quarantine => "Quarantine".to_owned(),
            Action::Disconnect => "Disconnect".to_owned(),
            Action::Reject { text, .. } => format!("RejectMessage '{text}'"),
            Action::Delete => "DeleteMessage".to_owned(),
        }
    }
}

/// Reads the actions in the order in which they are done: what changes the text first, what ends the way last.
pub(crate) fn read(record: &Record) -> Result<Vec<Action>> {
    let mut found = Vec::new();
    let text = |property| record.get(property);
    found.extend(record.get(&rule::SET_SCL).map(Action::SetScl));
    found.extend(text(&rule::PREPEND_SUBJECT).map(Action::PrependSubject));
    match (text(&rule::SET_HEADER_NAME), text(&rule::SET_HEADER_VALUE)) {
        (Some(name), Some(value)) => found.push(Action::SetHeader(name, value)),
        (None, None) => {}
        _ => return Err(together("SetHeaderName", "SetHeaderValue")),
    }
    for (name, list) in [
        (
            record.has(object::Declared::spec(&rule::HEADER_WORDS_NAME)),
            record.has(object::Declared::spec(&rule::HEADER_WORDS)),
        ),
        (
            record.has(object::Declared::spec(&rule::EXCEPT_HEADER_WORDS_NAME)),
            record.has(object::Declared::spec(&rule::EXCEPT_HEADER_WORDS)),
        ),
    ] {
        if name != list {
            return Err(together("HeaderContainsMessageHeader", "HeaderContainsWords"));
        }
    }
    for (name, list) in [
        (
            record.has(object::Declared::spec(&rule::HEADER_PATTERNS_NAME)),
            record.has(object::Declared::spec(&rule::HEADER_PATTERNS)),
        ),
        (
            record.has(object::Declared::spec(&rule::EXCEPT_HEADER_PATTERNS_NAME)),
            record.has(object::Declared::spec(&rule::EXCEPT_HEADER_PATTERNS)),
        ),
    ] {
        if name != list {
            return Err(together("HeaderMatchesMessageHeader", "HeaderMatchesPatterns"));
        }
    }
    found.extend(text(&rule::REMOVE_HEADER).map(Action::RemoveHeader));
    found.extend(text(&rule::DISCLAIMER_TEXT).map(|html| Action::Disclaimer {
        html,
        before: text(&rule::DISCLAIMER_LOCATION).is_some_and(|place| place.eq_ignore_ascii_case("Prepend")),
        fallback: match text(&rule::DISCLAIMER_FALLBACK).unwrap_or_default().to_ascii_lowercase().as_str() {
            "ignore" => Fallback::Ignore,
            "reject" => Fallback::Reject,
            _ => Fallback::Wrap,
        },
    }));
    found.extend(text(&rule::LOG_EVENT).map(Action::LogEvent));
    let mut list = |property, make: fn(Vec<String>) -> Action| {
        let addresses: Vec<String> = record.all(property);
        if !addresses.is_empty() {
            found.push(make(addresses));
        }
    };
    list(&rule::ADD_TO_RECIPIENTS, Action::AddTo);
    list(&rule::COPY_TO, Action::CopyTo);
    list(&rule::BLIND_COPY_TO, Action::BlindCopyTo);
    list(&rule::REDIRECT_TO, Action::RedirectTo);
    if record.is(&rule::QUARANTINE) {
        found.push(Action::Quarantine);
    }
    if record.is(&rule::DISCONNECT) {
        found.push(Action::Disconnect);
    }
    found.extend(rejection(record));
    if record.is(&rule::DELETE_MESSAGE) {
        found.push(Action::Delete);
    }
    if found.is_empty() && !record.is(&rule::STOP) {
        return Err(Error::caller(ErrorId::InvalidValue, "The rule has no action.")
            .help("Say what it does, for example with -PrependSubject or -RedirectMessageTo; Get-TransportRuleAction lists all."));
    }
    Ok(found)
}

fn together(one: &str, other: &'static str) -> Error {
    Error::caller(ErrorId::InvalidValue, format!("{one} and {other} are given together.")).about(other)
}

fn rejection(record: &Record) -> Option<Action> {
    let (smtp_text, smtp_code) = (record.get(&rule::SMTP_REJECT_TEXT), record.get(&rule::SMTP_REJECT_STATUS));
    if smtp_text.is_some() || smtp_code.is_some() {
        let code = smtp_code.and_then(|code| u16::try_from(code).ok()).unwrap_or(550);
        let status = if code < 500 { Status(4, 7, 1) } else { Status(5, 7, 1) };
        return Some(Action::Reject {
            text: smtp_text.unwrap_or_else(|| REFUSAL.to_owned()),
            status,
            code: Some(code),
        });
    }
    let (text, status) = (record.get(&rule::REJECT_REASON), record.get(&rule::REJECT_STATUS));
    (text.is_some() || status.is_some()).then(|| {
        let detail = status.and_then(|status| status.rsplit('.').next()?.parse().ok()).unwrap_or(1);
        Action::Reject {
            text: text.unwrap_or_else(|| REFUSAL.to_owned()),
            status: Status(5, 7, detail),
            code: None,
        }
    })
}
