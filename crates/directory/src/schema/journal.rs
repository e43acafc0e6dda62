//! The noun `JournalRule`: of which mail a copy is kept with somebody.

use super::check::{TEXT, words};
use super::recipient::{NAME, OBJECT};
use super::rule::ENABLED;
use super::{joined, properties};
use crate::{Class, ClassFacts, IdentityKind};
use object::types::SmtpAddress;
use object::{Declared, Noun, Value};

fn global() -> Value {
    "Global".into()
}

words!(SCOPES: "Global", "Internal", "External");

properties! {
    JOURNAL_ADDRESS: String = "JournalEmailAddress", "Who gets a report of each message, with the message in it.", check(TEXT);
    JOURNALED: SmtpAddress = "Recipient", "Whose mail is journaled, sent and received; a group stands for its members. Nobody: everybody's.";
    SCOPE: String = "Scope", "Which mail is journaled: Internal, between people of the organization; External, with somebody outside; Global, all.", check(SCOPES), default(global);
}

pub(crate) static PROPERTIES: &[&dyn Declared] =
    joined!(&[&JOURNAL_ADDRESS, &JOURNALED, &SCOPE, &ENABLED], OBJECT);

/// Of which mail a copy is kept with somebody.
pub static JOURNAL_RULE: Noun = Noun {
    name: "JournalRule",
    type_name: "Microsoft.Exchange.MessagingPolicies.Journaling.JournalRuleObject",
    summary: "Of which mail a copy is kept with somebody.",
    properties: PROPERTIES,
    table: &[&NAME, &ENABLED, &SCOPE, &JOURNALED, &JOURNAL_ADDRESS],
};

/// How a journal rule is named.
pub static ID: IdentityKind =
    IdentityKind::configuration("JournalRuleIdParameter", "a journal rule", |record| {
        record.class() == Class::JournalRule
    });

/// Rules of journals.
pub(crate) static CLASS: ClassFacts = ClassFacts::configuration(
    Class::JournalRule,
    "CN=JournalingVersioned,CN=Rules,CN=Transport Settings,",
    &[PROPERTIES],
    &[&JOURNAL_RULE],
    &[&ID],
);
