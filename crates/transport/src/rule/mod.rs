//! Transport rules: what an administrator wants done with mail on its way.
//!
//! Rules of the Edge look before recipients are resolved, those of the Hub behind that. A rule acts on the recipients that
//! fit its conditions about recipients; where those are not all, the message goes on as two.

pub(crate) mod action;
pub(crate) mod branch;
pub(crate) mod condition;
pub(crate) mod mail;
mod matcher;
pub(crate) mod rewrite;
mod sealed;
mod sending;

use std::collections::HashMap;
use std::sync::Arc;

use mailbox::directory::schema::rule as schema;
use mailbox::directory::{Class, Directory, Record};
use object::types::Guid;
use object::{Result, Time};
use parking_lot::Mutex;
use tracing::warn;

use action::Action;
use condition::{Condition, Reader, To};
use mail::{Location, Mail};

/// When a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Before recipients are resolved.
    Edge,
    /// Behind that.
    Hub,
}

/// A rule, ready to be asked.
pub struct Rule {
    /// Its name.
    pub name: String,
    pub(crate) stage: Stage,
    enabled: bool,
    pub(crate) audited: bool,
    /// Whether recipients are notified though the rule does nothing else.
    pub(crate) notifies: bool,
    /// How grave what it finds is called; nothing where the log does not tell of it.
    pub(crate) severity: Option<String>,
    from: Option<Time>,
    until: Option<Time>,
    pub(crate) defers: bool,
    location: Location,
    conditions: Vec<Condition>,
    exceptions: Vec<Condition>,
    pub(crate) actions: Vec<Action>,
    pub(crate) stops: bool,
    priority: i32,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Rule({})", self.name)
    }
}

impl Rule {
    /// Reads a rule out of its record. Errors: `PatternInvalid`, `InvalidValue` where parts contradict each other.
    pub fn read(record: &Record, directory: &Directory) -> Result<Rule> {
        let conditions = Reader { record, directory, exceptions: false }.read()?;
        let exceptions = Reader { record, directory, exceptions: true }.read()?;
        let actions = action::read(record)?;
        let edge = actions.iter().any(Action::is_of_edge)
            || conditions
                .iter()
                .chain(&exceptions)
                .any(|one| matches!(one.test, condition::Test::AnyRecipient(_)));
        let text = |property| record.get(property).unwrap_or_default();
        let location = match text(&schema::ADDRESS_LOCATION).to_ascii_lowercase().as_str() {
            "envelope" => Location::Envelope,
            "headerorenvelope" => Location::HeaderOrEnvelope,
            _ => Location::Header,
        };
        Ok(Rule {
            name: record.name().to_owned(),
            stage: if edge { Stage::Edge } else { Stage::Hub },
            enabled: record.is(&schema::ENABLED),
            audited: text(&schema::MODE).to_ascii_lowercase().starts_with("audit"),
            notifies: text(&schema::MODE).eq_ignore_ascii_case("AuditAndNotify"),
            severity: severity(record),
            from: record.get(&schema::ACTIVATION).map(|at| at.to_time()),
            until: record.get(&schema::EXPIRY).map(|at| at.to_time()),
            defers: text(&schema::ERROR_ACTION).eq_ignore_ascii_case("defer"),
            location,
            conditions,
            exceptions,
            actions,
            stops: record.is(&schema::STOP),
            priority: record.get(&schema::PRIORITY).unwrap_or(i32::MAX),
        })
    }

    pub(crate) fn is_in_force(&self, now: Time) -> bool {
        self.enabled
            && self.from.is_none_or(|from| now >= from)
            && self.until.is_none_or(|until| now <= until)
    }

    /// The numbers of the recipients on whom the rule acts, or why on none.
    pub(crate) fn matches(&self, mail: &Mail<'_>, all: &[To<'_>]) -> std::result::Result<Vec<usize>, String> {
        for condition in self.conditions.iter().filter(|one| !one.is_of_recipient()) {
            if !condition.of_message(mail, all, self.location) {
                return Err(format!("{} does not hold.", condition.name));
            }
        }
        for exception in self.exceptions.iter().filter(|one| !one.is_of_recipient()) {
            if exception.of_message(mail, all, self.location) {
                return Err(format!("{} holds.", exception.name));
            }
        }
        let (mut found, mut why) = (Vec::new(), String::from("It has no recipients left."));
        for (number, to) in all.iter().enumerate() {
            match self.why_not(mail, to) {
                None => found.push(number),
                Some(reason) => why = reason,
            }
        }
        if found.is_empty() { Err(why) } else { Ok(found) }
    }

    fn why_not(&self, mail: &Mail<'_>, to: &To<'_>) -> Option<String> {
        let misses = self
            .conditions
            .iter()
            .filter(|one| one.is_of_recipient())
            .find(|one| !one.of_recipient(mail, to, self.location));
        if let Some(misses) = misses {
            return Some(format!("{} does not hold for {}.", misses.name, to.address));
        }
        let excepts = self
            .exceptions
            .iter()
            .filter(|one| one.is_of_recipient())
            .find(|one| one.of_recipient(mail, to, self.location));
        excepts.map(|excepts| format!("{} holds for {}.", excepts.name, to.address))
    }
}

/// All rules, in their order, read again when the directory has changed.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    number: Option<i64>,
    ordered: Arc<[Arc<Rule>]>,
    read: HashMap<Guid, (i64, Option<Arc<Rule>>)>,
}

impl Rules {
    /// The rules that hold now.
    pub(crate) fn all(&self, directory: &Directory) -> Arc<[Arc<Rule>]> {
        let mut known = self.known.lock();
        if known.number == Some(directory.number()) {
            return Arc::clone(&known.ordered);
        }
        known.number = Some(directory.number());
        let records = directory.all(Class::TransportRule);
        let mut rules = Vec::with_capacity(records.len());
        for record in &records {
            // Groups are meant by address: who has it can change without the rule being changed.
            let fresh = known
                .read
                .get(&record.guid())
                .filter(|(number, _)| *number == record.change_number())
                .cloned();
            let rule = match fresh {
                Some((_, rule)) if rule.as_ref().is_none_or(|rule| !rule.names_groups()) => rule,
                _ => read(record, directory),
            };
            known.read.insert(record.guid(), (record.change_number(), rule.clone()));
            rules.extend(rule);
        }
        known.read.retain(|guid, _| records.iter().any(|record| record.guid() == *guid));
        rules.sort_by_key(|rule| rule.priority);
        known.ordered = rules.into();
        Arc::clone(&known.ordered)
    }
}

impl Rule {
    fn names_groups(&self) -> bool {
        use condition::Test::{Between, FromMember, MemberInHeader, SentToMember};
        let groups = |one: &Condition| {
            matches!(one.test, FromMember(_) | MemberInHeader(..) | SentToMember(_) | Between(_))
        };
        self.conditions.iter().chain(&self.exceptions).any(groups)
    }
}

/// Low where nothing was said.
fn severity(record: &Record) -> Option<String> {
    let word = record.get(&schema::AUDIT_SEVERITY).unwrap_or_else(|| "Low".to_owned());
    (!word.eq_ignore_ascii_case("DoNotAudit")).then_some(word)
}

/// A rule that cannot be read any more is passed over, and the log says so.
fn read(record: &Record, directory: &Directory) -> Option<Arc<Rule>> {
    Rule::read(record, directory)
        .inspect_err(|error| warn!(rule = record.name(), %error, "a transport rule cannot be read"))
        .ok()
        .map(Arc::new)
}
