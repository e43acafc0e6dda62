//! Checks that directory and store say the same of every mailbox.

use crate::Mailboxes;
use directory::Class;
use object::Result;
use object::types::Guid;
use store::{Flow, State};

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

impl Mailboxes {
    /// Checks the pairs of all mounted databases. The two sides have their own checks: see [`directory`] and [`store`].
    pub fn verify(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        for record in self.0.directory.all(Class::MailboxDatabase) {
            let mounted = self.0.store.database(record.guid()).is_ok_and(|open| open.mounted());
            if mounted {
                self.verify_pairs(record.guid(), record.name(), &mut findings)?;
            }
        }
        Ok(findings)
    }

    fn verify_pairs(&self, database: Guid, name: &str, findings: &mut Vec<Finding>) -> Result<()> {
        let mut owners = self.owners(database);
        let mut find = |id, sentence| findings.push(Finding { id, sentence, mendable: true });
        self.0.store.database(database)?.all_statistics(&mut |one| {
            let shown = &one.description.display_name;
            match (owners.remove(&one.guid), one.state) {
                (Some(user), State::Connected) => {
                    let legacy =
                        user.get(&directory::schema::recipient::LEGACY_EXCHANGE_DN).unwrap_or_default();
                    if legacy != one.description.legacy_dn {
                        find(
                            "LegacyDnDiffers",
                            format!(
                                "{} and its mailbox in {name} have different legacyExchangeDNs.",
                                user.name()
                            ),
                        );
                    }
                }
                (None, State::Connected) => {
                    find(
                        "StoreMailboxUnowned",
                        format!(
                            "The mailbox {shown} ({}) in {name} has no owner but is not disconnected.",
                            one.guid
                        ),
                    );
                }
                (Some(user), _) => {
                    find(
                        "StoreMailboxDisconnected",
                        format!("{} has a mailbox in {name} that is disconnected there.", user.name()),
                    );
                }
                (None, _) => {}
            }
            Ok(Flow::More)
        })?;
        for user in owners.into_values() {
            find(
                "StoreMailboxMissing",
                format!("{} has a mailbox in {name} that does not exist.", user.name()),
            );
        }
        Ok(())
    }
}
