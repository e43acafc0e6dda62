//! Inbox rules: what the owner of a mailbox wants to become of mail that reaches it.
//!
//! What concerns the mailbox happens in the transaction of the delivery; what a rule sends on goes through the queue (see
//! [`crate::Outgoing`]). A rule whose folder or recipient is gone does nothing, and says so where it is shown.

mod condition;

use crate::letter::Letter;
use crate::outgoing::Sending;
use crate::{Delivery, Mailboxes};
use directory::Record;
use directory::schema::inbox_rule::{
    CATEGORIES, COPY_TO, DELETE, FORWARD_ATTACHED_TO, FORWARD_TO, INBOX_RULES, MARK_IMPORTANCE, MARK_READ,
    MOVE_TO, REDIRECT_TO, STOP,
};
use directory::schema::recipient;
use object::types::{Guid, SmtpAddress};
use object::{Declared, Error, ErrorId, Result};
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeMap;
use store::{Flags, FolderId, TargetFolder, WellKnown};

/// The keyword of what is important. [RFC 8457 2]
const IMPORTANT: &str = "$Important";

/// A rule as it is kept: what was given for it, by the names of its properties.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct InboxRule {
    /// The number that stays.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// What was given for conditions, exceptions and actions. People are the GUIDs of recipients or addresses, folders the numbers
    /// that the store has for them.
    pub given: BTreeMap<String, Vec<String>>,
}

impl InboxRule {
    /// The line as which it is kept.
    pub fn line(&self) -> String {
        let given: Map<String, Json> =
            self.given.iter().map(|(name, values)| (name.clone(), json!(values))).collect();
        json!({"id": self.id, "name": self.name, "enabled": self.enabled, "given": given}).to_string()
    }

    /// Reads a line.
    pub fn parse(line: &str) -> Option<InboxRule> {
        let json: Json = serde_json::from_str(line).ok()?;
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let values = |value: &Json| value.as_array()?.iter().map(text).collect::<Option<Vec<String>>>();
        let given = json["given"].as_object()?.iter();
        Some(InboxRule {
            id: json["id"].as_u64()?,
            name: text(&json["name"])?,
            enabled: json["enabled"].as_bool()?,
            given: given.map(|(name, value)| Some((name.clone(), values(value)?))).collect::<Option<_>>()?,
        })
    }

    /// What was given for a property.
    pub fn of(&self, property: &dyn Declared) -> &[String] {
        self.given.get(property.spec().name).map_or(&[], Vec::as_slice)
    }

    fn is(&self, property: &dyn Declared) -> bool {
        self.of(property).first().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    fn stops(&self) -> bool {
        self.of(&STOP).is_empty() || self.is(&STOP)
    }

    fn sends(&self) -> bool {
        SENDS.iter().any(|(property, _)| !self.of(*property).is_empty())
    }
}

/// The actions with which a rule sends something.
static SENDS: [(&dyn Declared, Sending); 3] = [
    (&FORWARD_TO, Sending::Forward),
    (&FORWARD_ATTACHED_TO, Sending::Attached),
    (&REDIRECT_TO, Sending::Redirect),
];

/// The lines of a mailbox's rules that cannot be read: they do nothing, and are kept as they are.
pub fn unreadable_rules(user: &Record) -> Vec<String> {
    user.all(&INBOX_RULES).into_iter().filter(|line| InboxRule::parse(line).is_none()).collect()
}

/// The rules of a mailbox that can be read, in their order.
pub fn inbox_rules(user: &Record) -> Vec<InboxRule> {
    user.all(&INBOX_RULES).iter().filter_map(|line| InboxRule::parse(line)).collect()
}

/// What the rules of a mailbox want of one message.
#[derive(Default)]
pub(crate) struct Ruling {
    pub(crate) place: Option<TargetFolder>,
    pub(crate) copies: Vec<FolderId>,
    pub(crate) flags: Flags,
    pub(crate) keywords: Vec<String>,
    /// What goes out, and to whom.
    pub(crate) sends: Vec<(Sending, Vec<SmtpAddress>)>,
}

impl Ruling {
    /// Another place besides, once there is one.
    fn put(&mut self, folder: FolderId) {
        match self.place {
            None => self.place = Some(TargetFolder::Folder(folder)),
            Some(_) => self.copies.push(folder),
        }
    }
}

impl Mailboxes {
    /// Whether a rule of the mailbox sends something.
    pub(crate) fn rules_send(&self, user: &Record) -> bool {
        user.has(INBOX_RULES.spec()) && inbox_rules(user).iter().any(|rule| rule.enabled && rule.sends())
    }

    /// What the rules of a mailbox want of a message.
    pub(crate) fn rule(&self, user: &Record, delivery: &Delivery, letter: &Letter<'_>) -> Ruling {
        let mut ruling = Ruling::default();
        if !user.has(INBOX_RULES.spec()) {
            return ruling;
        }
        for rule in inbox_rules(user).iter().filter(|rule| rule.enabled) {
            if !self.rule_fits(rule, user, delivery, letter) {
                continue;
            }
            if let Err(error) = self.rule_fault(user, rule) {
                tracing::warn!(mailbox = user.name(), rule = rule.name, %error, "an inbox rule cannot be carried out");
                continue;
            }
            self.carry_out(rule, &mut ruling);
            if rule.stops() {
                break;
            }
        }
        ruling
    }

    fn carry_out(&self, rule: &InboxRule, ruling: &mut Ruling) {
        if rule.is(&DELETE) {
            ruling.place = Some(TargetFolder::Known(WellKnown::DeletedItems));
        }
        rule.of(&MOVE_TO).iter().filter_map(|id| folder_id(id)).for_each(|folder| ruling.put(folder));
        ruling.copies.extend(rule.of(&COPY_TO).iter().filter_map(|id| folder_id(id)));
        if rule.is(&MARK_READ) {
            ruling.flags = ruling.flags | Flags::SEEN;
        }
        let important = rule.of(&MARK_IMPORTANCE).iter().any(|word| word.eq_ignore_ascii_case("High"));
        let words = rule.of(&CATEGORIES).iter().map(|word| keyword(word));
        for word in words.chain(important.then(|| IMPORTANT.to_owned())) {
            if !ruling.keywords.contains(&word) {
                ruling.keywords.push(word);
            }
        }
        for (property, sending) in SENDS {
            let to: Vec<SmtpAddress> =
                rule.of(property).iter().filter_map(|who| self.address_of(who).ok()).collect();
            if !to.is_empty() {
                ruling.sends.push((sending, to));
            }
        }
    }

    /// What is gone of what a rule needs, as an error; nothing where all is there.
    pub fn rule_fault(&self, user: &Record, rule: &InboxRule) -> Result<()> {
        for id in rule.of(&MOVE_TO).iter().chain(rule.of(&COPY_TO)) {
            let folder = folder_id(id).unwrap_or(FolderId(0));
            // A mailbox that cannot be asked at the moment has not lost its folders.
            let found = self.mailbox(user).and_then(|mailbox| mailbox.folder(folder));
            if found.is_err_and(|error| error.is(ErrorId::FolderNotFound)) {
                let message = format!("A folder of the rule '{}' was deleted.", rule.name);
                return Err(Error::not_found(ErrorId::FolderNotFound, message));
            }
        }
        let mut people = SENDS.iter().flat_map(|(property, _)| rule.of(*property));
        people.try_for_each(|who| self.address_of(who).map(drop))
    }

    /// The address of somebody in a rule: a recipient by GUID, or an address.
    pub fn address_of(&self, who: &str) -> Result<SmtpAddress> {
        let gone = || Error::not_found(ErrorId::RecipientUnknown, format!("The recipient '{who}' is gone."));
        let Some(guid) = Guid::parse(who) else { return SmtpAddress::parse(who).ok_or_else(gone) };
        let record = self.directory().get(guid).ok_or_else(gone)?;
        directory::primary(&record.all(&recipient::EMAIL_ADDRESSES)).ok_or_else(gone)
    }
}

/// A folder by the number with which a rule names it.
pub fn folder_id(text: &str) -> Option<FolderId> {
    text.parse().ok().map(FolderId)
}

/// A category as a keyword, which has no blanks and no special characters. [RFC 9051 9]
fn keyword(category: &str) -> String {
    let special = |c: char| !c.is_ascii_graphic() || "(){%*\"\\]".contains(c);
    category.trim().chars().map(|c| if special(c) { '_' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_is_kept_as_a_line_and_read_again() {
        let given = [("From".to_owned(), vec!["a@b.example".to_owned()]), ("Stop".to_owned(), vec![])];
        let rule = InboxRule { id: 7, name: "A \"b\"\n".to_owned(), enabled: true, given: given.into() };
        assert_eq!(InboxRule::parse(&rule.line()), Some(rule));
        for broken in ["", "{}", "[]", "{\"id\":1,\"name\":\"x\",\"enabled\":1,\"given\":{}}"] {
            assert_eq!(InboxRule::parse(broken), None, "{broken}");
        }
    }

    #[test]
    fn categories_become_keywords() {
        for (category, word) in
            [("Red Category", "Red_Category"), ("$Work", "$Work"), ("Größe", "Gr__e"), ("a(b)", "a_b_")]
        {
            assert_eq!(keyword(category), word);
        }
    }
}
