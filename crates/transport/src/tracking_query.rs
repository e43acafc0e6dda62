//! Which events of the tracking log are wanted.

use object::Time;
use object::types::Guid;

use crate::source::Source;

/// Which events are wanted.
#[derive(Clone, Debug)]
pub struct TrackingQuery {
    /// The first moment.
    pub from: Time,
    /// The last moment.
    pub until: Time,
    /// The sender, any case.
    pub sender: Option<String>,
    /// Addresses of which one is a recipient, or leads to one, any case; none: whoever it is.
    pub recipients: Vec<String>,
    /// The Message-ID, without its brackets.
    pub message_id: Option<String>,
    /// The message's own name.
    pub id: Option<Guid>,
    /// A piece of the subject, any case.
    pub subject: Option<String>,
    /// What happened, any case.
    pub event: Option<String>,
    /// Where it happened, any case.
    pub source: Option<String>,
    /// The report to which it led.
    pub reference: Option<Guid>,
}

impl TrackingQuery {
    /// All that happened from one moment to another.
    pub fn between(from: Time, until: Time) -> TrackingQuery {
        TrackingQuery {
            from,
            until,
            sender: None,
            recipients: Vec::new(),
            message_id: None,
            id: None,
            subject: None,
            event: None,
            source: None,
            reference: None,
        }
    }

    /// Whether such an event could be wanted.
    pub(crate) fn wants(&self, event: &str, source: Source) -> bool {
        let fits = |wanted: &Option<String>, has: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(has))
        };
        fits(&self.event, event) && fits(&self.source, source.word())
    }
}
