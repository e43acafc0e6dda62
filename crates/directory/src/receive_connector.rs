//! The receive connectors that are there: one for other servers, one for people who log on.

use crate::schema::connector::PERMISSION_GROUPS;
use crate::{Change, Class, Directory, Record};
use object::{Author, Result};

/// The groups of whoever may speak at a connector, as Exchange calls them.
const ANYBODY: &str = "AnonymousUsers";
const PEOPLE: &str = "ExchangeUsers";

/// Makes the connectors of the ports that are there, as Exchange calls them.
pub(crate) fn lay(change: &mut Change<'_>) -> Result<()> {
    let server = change.directory().server().to_owned();
    for (kind, who) in [("Default Frontend", ANYBODY), ("Client Frontend", PEOPLE)] {
        let mut made = change.new_configuration(Class::ReceiveConnector, &format!("{kind} {server}"), &[])?;
        made.set(&PERMISSION_GROUPS, who.to_owned());
        change.save(made)?;
    }
    Ok(())
}

impl Directory {
    /// Makes the receive connectors where there are none yet: a directory that is older than they are.
    pub fn furnish_receive_connectors(&self, author: &Author) -> Result<()> {
        if !self.all(Class::ReceiveConnector).is_empty() {
            return Ok(());
        }
        self.change(author, lay).map(drop)
    }

    /// The connector of the port where people log on, or of the one for other servers.
    pub fn receive_connector(&self, submission: bool) -> Option<std::sync::Arc<Record>> {
        let who = if submission { PEOPLE } else { ANYBODY };
        self.all(Class::ReceiveConnector)
            .into_iter()
            .find(|record| record.get(&PERMISSION_GROUPS).is_some_and(|groups| groups == who))
    }
}
