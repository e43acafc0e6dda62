//! Which events of the tracking log are wanted.

use object::Time;
use object::types::Guid;

/// Which events are wanted.
#[derive(Clone, Debug)]
pub struct TrackingQuery {
    /// The first moment.
    pub from: Time,
    /// The last moment.
    pub until: Time,
    /// The sender, any case.
    pub sender: Option<String>,
    /// One of the recipients, any case.
    pub recipient: Option<String>,
    /// The Message-ID, without its brackets.
    pub message_id: Option<String>,
    /// The message's own name.
    pub id: Option<Guid>,
    /// A piece of the subject, any case.
    pub subject: Option<String>,
}
