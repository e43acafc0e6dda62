//! The mailboxes in which the organization's own features keep things: made at the first start, and looked for at every
//! later one, so that a directory from before they were known gets them, too.

use crate::edit::Edit;
use crate::recipient::{Flavour, NewMailbox};
use crate::record::fold;
use crate::schema::recipient;
use crate::{Directory, Query, Record, kinds};
use object::Result;
use object::types::RecipientTypeDetails;
use std::sync::Arc;

/// A mailbox of the system. Scripts know these by their names, which are the same in every organization.
struct SystemMailbox {
    name: &'static str,
    display_name: &'static str,
    flavour: Flavour,
}

const fn arbitration(name: &'static str, display_name: &'static str) -> SystemMailbox {
    SystemMailbox { name, display_name, flavour: Flavour::Arbitration }
}

/// Holds what waits for a moderator where nothing else is named.
const APPROVAL_MAILBOX: &str = "SystemMailbox{1f05a927-89c0-4725-adca-4527114196a1}";
/// Keeps what is known of migrations.
pub const MIGRATION_MAILBOX: &str = "Migration.8f3e7716-2011-43e4-96b1-aba62d229136";

static SYSTEM_MAILBOXES: [SystemMailbox; 6] = [
    arbitration(APPROVAL_MAILBOX, "Microsoft Exchange Approval Assistant"),
    arbitration("SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}", "Microsoft Exchange"),
    arbitration("SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}", "Microsoft Exchange"),
    arbitration(MIGRATION_MAILBOX, "Microsoft Exchange Migration"),
    arbitration(
        "FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042",
        "Microsoft Exchange Federation Mailbox",
    ),
    SystemMailbox {
        name: "DiscoverySearchMailbox {D919BA05-46A6-415f-80AD-7E09334BB852}",
        display_name: "Discovery Search Mailbox",
        flavour: Flavour::Discovery,
    },
];

impl SystemMailbox {
    /// It is in no address list, and nobody from outside writes to it.
    fn wanted(&self) -> NewMailbox {
        NewMailbox {
            display_name: Some(self.display_name.to_owned()),
            settings: vec![
                Edit::set(&recipient::HIDDEN_FROM_LISTS, true),
                Edit::set(&recipient::REQUIRE_SENDER_AUTHENTICATION, true),
            ],
            ..NewMailbox::named(self.name, self.flavour.clone())
        }
    }
}

impl Directory {
    /// The system's mailboxes that are not there. One that somebody disabled or renamed is not there only if no object has
    /// its name.
    pub fn missing_system_mailboxes(&self) -> Vec<NewMailbox> {
        let cache = self.cache();
        let missing = SYSTEM_MAILBOXES.iter().filter(|one| cache.by_name(&fold(&one.name.into())).is_empty());
        missing.map(SystemMailbox::wanted).collect()
    }

    /// The arbitration mailboxes: the one for approvals first, the others by name.
    pub fn arbitration_mailboxes(&self) -> Result<Vec<Arc<Record>>> {
        let details = vec![RecipientTypeDetails::ArbitrationMailbox];
        let found = self.find(&Query { system: true, details, ..Query::of(&kinds::MAILBOX) })?;
        let mut found: Vec<Arc<Record>> = found.collect();
        found.sort_by_key(|mailbox| mailbox.name() != APPROVAL_MAILBOX);
        Ok(found)
    }
}
