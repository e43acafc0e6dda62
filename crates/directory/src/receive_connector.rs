//! The receive connectors that are there: one for other servers, one for people who log on, one for what is handed over behind them.

use std::sync::Arc;

use crate::schema::connector::PERMISSION_GROUPS;
use crate::{Change, Class, Directory, Record};
use object::{Author, Result};

/// Whom a port is for. Each has a connector, called as in Exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// Other servers, from anywhere.
    Servers,
    /// People who log on.
    People,
    /// A transfer agent of this site, which hands over what it has taken itself. [RFC 2033]
    Agents,
}

impl Port {
    /// All of them.
    pub const ALL: [Port; 3] = [Port::Servers, Port::People, Port::Agents];

    /// What its connector is called, in front of the server's name.
    fn kind(self) -> &'static str {
        match self {
            Port::Servers => "Default Frontend",
            Port::People => "Client Frontend",
            Port::Agents => "Default",
        }
    }

    /// The group of whoever may speak there, as Exchange calls it; no two ports have the same.
    fn group(self) -> &'static str {
        match self {
            Port::Servers => "AnonymousUsers",
            Port::People => "ExchangeUsers",
            Port::Agents => "ExchangeServers",
        }
    }

    /// How many recipients a message can have there where nothing is set: Exchange's Default connector takes more than those
    /// in front of it.
    pub fn recipients_max(self) -> usize {
        match self {
            Port::Servers | Port::People => 200,
            Port::Agents => 5000,
        }
    }

    /// Whose port a connector's record is.
    pub fn of(connector: &Record) -> Option<Port> {
        let groups = connector.get(&PERMISSION_GROUPS)?;
        Port::ALL.into_iter().find(|port| port.group() == groups)
    }
}

/// Makes the connectors of all ports.
pub(crate) fn lay(change: &mut Change<'_>) -> Result<()> {
    make(change, &Port::ALL)
}

fn make(change: &mut Change<'_>, ports: &[Port]) -> Result<()> {
    let server = change.directory().server().to_owned();
    for port in ports {
        let name = format!("{} {server}", port.kind());
        let mut made = change.new_configuration(Class::ReceiveConnector, &name, &[])?;
        made.set(&PERMISSION_GROUPS, port.group().to_owned());
        change.save(made)?;
    }
    Ok(())
}

impl Directory {
    /// Makes the receive connectors that are missing: a directory may be older than they are.
    pub fn furnish_receive_connectors(&self, author: &Author) -> Result<()> {
        let missing = |port: &Port| self.receive_connector(*port).is_none();
        let missing: Vec<Port> = Port::ALL.into_iter().filter(missing).collect();
        if missing.is_empty() {
            return Ok(());
        }
        self.change(author, move |change| make(change, &missing)).map(drop)
    }

    /// The connector of a port.
    pub fn receive_connector(&self, port: Port) -> Option<Arc<Record>> {
        self.all(Class::ReceiveConnector).into_iter().find(|record| Port::of(record) == Some(port))
    }
}
