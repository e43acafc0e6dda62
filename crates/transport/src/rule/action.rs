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
    /// A report of what was found, for somebody who wants to know.
    Incident {
        to: String,
        content: Content,
        original: bool,
    },
    /// A mail to each recipient.
    Notify(String),
    SetScl(i32),
    PrependSubject(String),
    SetHeader(String, String),
    RemoveHeader(String),
    Disclaimer {
        html: String,
        before: bool,
        fallback: Fallback,
    },
    LogEvent(String),
    AddTo(Vec<String>),
    CopyTo(Vec<String>),
    BlindCopyTo(Vec<String>),
    RedirectTo(Vec<String>),
    AddManager(ManagerAs),
    /// Nobody gets it before one of them, or else the sender's manager, lets it pass.
    Moderate(Option<Vec<String>>),
    Quarantine,
    Disconnect,
    Reject {
        text: String,
        status: Status,
        code: Option<u16>,
    },
    Delete,
}

/// How the sender's manager gets the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ManagerAs {
    /// Besides, named in that field, or unseen.
    Besides(Option<&'static str>),
    /// In the recipients' place.
    Instead,
}

/// What a report of an incident tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) sender: bool,
    pub(crate) recipients: bool,
    pub(crate) subject: bool,
    pub(crate) cc: bool,
    pub(crate) bcc: bool,
    pub(crate) severity: bool,
    pub(crate) rule: bool,
}

impl Content {
    /// What those words ask for; no words ask for all.
    fn read(words: &[String]) -> Content {
        let has = |word: &str| words.is_empty() || words.iter().any(|one| one.eq_ignore_ascii_case(word));
        Content {
            sender: has("Sender"),
            recipients: has("Recipients"),
            subject: has("Subject"),
            cc: has("CC"),
            bcc: has("BCC"),
            severity: has("Severity"),
            rule: has("RuleDetections"),
        }
    }
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
            Action::Incident { to, .. } => format!("GenerateIncidentReport {to}"),
            Action::Notify(_) => "GenerateNotification".to_owned(),
            Action::AddManager(ManagerAs::Besides(field)) => {
                format!("AddManagerAsRecipientType {}", field.unwrap_or("Bcc"))
            }
            Action::AddManager(ManagerAs::Instead) => "AddManagerAsRecipientType Redirect".to_owned(),
            Action::Moderate(Some(by)) => format!("ModerateMessageByUser {}", by.join(", ")),
            Action::Moderate(None) => "ModerateMessageByManager".to_owned(),
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

/// Reads the actions in the order in which they are done: what tells of the message as it came, what changes its text, who
/// else gets it, what ends its way.
pub(crate) fn read(record: &Record) -> Result<Vec<Action>> {
    let mut found = Vec::new();
    let text = |property| record.get(property);
    found.extend(incident(record)?);
    found.extend(text(&rule::NOTIFICATION).map(Action::Notify));
    found.extend(record.get(&rule::SET_SCL).map(Action::SetScl));
    found.extend(text(&rule::PREPEND_SUBJECT).map(Action::PrependSubject));
    match (text(&rule::SET_HEADER_NAME), text(&rule::SET_HEADER_VALUE)) {
        (Some(name), Some(value)) => found.push(Action::SetHeader(name, value)),
        (None, None) => {}
        _ => return Err(together("SetHeaderName", "SetHeaderValue")),
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
    list(&rule::MODERATE_BY_USER, |by| Action::Moderate(Some(by)));
    if record.is(&rule::MODERATE_BY_MANAGER) {
        found.push(Action::Moderate(None));
    }
    found.extend(record.get(&rule::ADD_MANAGER).map(|word| {
        Action::AddManager(match word.to_ascii_lowercase().as_str() {
            "to" => ManagerAs::Besides(Some("To")),
            "cc" => ManagerAs::Besides(Some("Cc")),
            "bcc" => ManagerAs::Besides(None),
            _ => ManagerAs::Instead,
        })
    }));
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
    if found.is_empty() && !record.is(&rule::STOP) && record.get(&rule::AUDIT_SEVERITY).is_none() {
        return Err(Error::caller(ErrorId::InvalidValue, "The rule has no action.")
            .help("Say what it does, for example with -PrependSubject or -RedirectMessageTo; Get-TransportRuleAction lists all."));
    }
    Ok(found)
}

/// A report of an incident; what it tells is nothing without somebody who gets it.
fn incident(record: &Record) -> Result<Option<Action>> {
    let (words, original) = (record.all(&rule::INCIDENT_CONTENT), record.get(&rule::INCIDENT_ORIGINAL));
    let Some(to) = record.get(&rule::INCIDENT_TO) else {
        return match words.is_empty() && original.is_none() {
            true => Ok(None),
            false => Err(together("IncidentReportContent", "GenerateIncidentReport")),
        };
    };
    let attached = words.iter().any(|word| word.eq_ignore_ascii_case("AttachOriginalMail"));
    let original = attached || original.is_some_and(|word| word.eq_ignore_ascii_case("IncludeOriginalMail"));
    Ok(Some(Action::Incident { to, content: Content::read(&words), original }))
}

pub(super) fn together(one: &str, other: &'static str) -> Error {
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
