//! A lane of the queue: what goes to one destination waits together, and apart from everything else.

use object::types::Guid;

use crate::Place;

/// The name of a lane: a mailbox database, or the domain of a server elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Lane(String);

impl Lane {
    /// Of what a place lies in.
    pub(crate) fn of(place: &Place) -> Lane {
        match place {
            Place::Mailbox { database, .. } => Lane::of_database(*database),
            Place::Elsewhere(address) => Lane(address.domain().to_lowercase()),
            // No domain begins with a dot.
            Place::Unclaimed => Lane(".unclaimed".to_owned()),
            Place::Followed(_) => Lane::followed(),
        }
    }
    /// What leads on to others.
    pub(crate) fn followed() -> Lane {
        Lane(".followed".to_owned())
    }
    /// What waits for a moderator.
    pub(crate) fn moderated() -> Lane {
        Lane(".moderated".to_owned())
    }
    /// What its recipient does not take, which was seen when it was followed.
    pub(crate) fn refused() -> Lane {
        Lane(".refused".to_owned())
    }
    pub(crate) fn of_database(database: Guid) -> Lane {
        Lane(database.to_string())
    }
    /// As the queue keeps it.
    pub(crate) fn of_name(name: &str) -> Lane {
        Lane(name.to_owned())
    }
    pub(crate) fn name(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
