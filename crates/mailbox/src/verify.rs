//! Checks that directory and store say the same of every mailbox.

use crate::Mailboxes;
use directory::schema::mailbox::DATABASE;
use directory::schema::recipient::LEGACY_EXCHANGE_DN;
use directory::{Class, Record};
use object::types::Guid;
use object::{Fault, Result};
use store::{Flow, State, Statistics};

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// One word: `StoreMailboxMissing`.
    pub id: &'static str,
    /// A sentence that names the mailbox.
    pub sentence: String,
    /// Whether mounting the database anew mends it.
    pub mendable: bool,
}

/// So much is shown of a line that cannot be read.
const LINE_CHARACTERS_MAX: usize = 80;

impl Mailboxes {
    /// Checks the pairs of all mounted databases. The two sides have their own checks: see [`directory`] and [`store`].
    pub fn verify(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for record in self.0.directory.all(Class::MailboxDatabase) {
            if self.0.store.database(record.guid()).is_ok_and(|open| open.mounted()) {
                findings.extend(self.verify_database(&record)?);
            }
        }
        findings.extend(self.unreadable_rules());
        Ok(findings)
    }

    /// The inbox rules that cannot be read, whoever they are of.
    pub(crate) fn unreadable_rules(&self) -> Vec<Finding> {
        self.0.directory.all(Class::User).iter().flat_map(|user| unreadable(user)).collect()
    }

    /// Checks the pairs of one mounted database. What seems apart is looked at again under its lock: a mailbox that is being
    /// made or connected is not apart, only not finished.
    pub(crate) fn verify_database(&self, database: &Record) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for mailbox in self.pairs_apart(database)? {
            let _held = self.0.locks.hold(mailbox);
            let owner = self.0.directory.by_mailbox(mailbox);
            let owner = owner.filter(|user| user.reference(&DATABASE) == Some(database.guid()));
            let there = match self.open(database.guid())?.statistics(mailbox) {
                Ok(found) => Some(found),
                Err(error) if error.fault() == Fault::NotFound => None,
                Err(error) => return Err(error),
            };
            if let Some((id, sentence)) = apart(owner.as_deref(), there.as_ref(), database.name()) {
                findings.push(Finding { id, sentence, mendable: true });
            }
        }
        Ok(findings)
    }

    /// The mailboxes that seem not to fit their owners.
    fn pairs_apart(&self, database: &Record) -> Result<Vec<Guid>> {
        let (mut owners, name) = (self.owners(database.guid()), database.name());
        let mut found = Vec::new();
        self.open(database.guid())?.all_statistics(&mut |one| {
            let owner = owners.remove(&one.guid);
            found.extend(apart(owner.as_deref(), Some(&one), name).map(|_| one.guid));
            Ok(Flow::More)
        })?;
        found.extend(owners.into_keys());
        Ok(found)
    }
}

/// The inbox rules of a user that cannot be read.
fn unreadable(user: &Record) -> Vec<Finding> {
    let finding = |line: String| {
        let line: String = line.chars().filter(|c| !c.is_control()).take(LINE_CHARACTERS_MAX).collect();
        let sentence = format!("An inbox rule of {} cannot be read and does nothing: {line}", user.name());
        Finding { id: "InboxRuleUnreadable", sentence, mendable: false }
    };
    crate::unreadable_rules(user).into_iter().map(finding).collect()
}

/// What is wrong with an owner and a mailbox, if anything is.
fn apart(
    owner: Option<&Record>,
    there: Option<&Statistics>,
    database: &str,
) -> Option<(&'static str, String)> {
    match (owner, there) {
        (Some(user), Some(one)) if one.state == State::Connected => {
            let legacy = user.get(&LEGACY_EXCHANGE_DN).unwrap_or_default();
            let says =
                format!("{} and its mailbox in {database} have different legacyExchangeDNs.", user.name());
            (legacy != one.description.legacy_dn).then_some(("LegacyDnDiffers", says))
        }
        (Some(user), Some(_)) => Some((
            "StoreMailboxDisconnected",
            format!("{} has a mailbox in {database} that is disconnected there.", user.name()),
        )),
        (Some(user), None) => Some((
            "StoreMailboxMissing",
            format!("{} has a mailbox in {database} that does not exist.", user.name()),
        )),
        (None, Some(one)) if one.state == State::Connected => {
            let shown = &one.description.display_name;
            let says = format!(
                "The mailbox {shown} ({}) in {database} has no owner but is not disconnected.",
                one.guid
            );
            Some(("StoreMailboxUnowned", says))
        }
        (None, _) => None,
    }
}
