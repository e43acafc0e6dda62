//! Where something happens to a message, as the tracking log calls it: the one list of its sources.

use object::{Error, ErrorId, Result};

/// Where something happens to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A client brought it.
    Smtp,
    /// A mailbox database takes it, or does not yet.
    StoreDriver,
    /// Its recipients are followed to those who get it.
    Routing,
    /// Rules, journals and filters act.
    Agent,
    /// It reports a failure.
    Dsn,
    /// A mailbox sends by itself.
    MailboxRule,
    /// Moderators are asked, and decide.
    Approval,
}

impl Source {
    /// All of them.
    pub const ALL: [Source; 7] = [
        Source::Smtp,
        Source::StoreDriver,
        Source::Routing,
        Source::Agent,
        Source::Dsn,
        Source::MailboxRule,
        Source::Approval,
    ];

    /// As the log has it.
    pub fn word(self) -> &'static str {
        match self {
            Source::Smtp => "SMTP",
            Source::StoreDriver => "STOREDRIVER",
            Source::Routing => "ROUTING",
            Source::Agent => "AGENT",
            Source::Dsn => "DSN",
            Source::MailboxRule => "MAILBOXRULE",
            Source::Approval => "APPROVAL",
        }
    }

    /// The source of that name.
    pub fn of_word(word: &str) -> Option<Source> {
        Source::ALL.into_iter().find(|source| source.word() == word)
    }

    /// The source of a message of the queue: a client brought it, or it reports a failure, where nothing else is written.
    pub(crate) fn of_message(written: &str, client: &str) -> Result<Source> {
        if written.is_empty() {
            return Ok(if client.is_empty() { Source::Dsn } else { Source::Smtp });
        }
        Source::of_word(written).ok_or_else(|| {
            let words = format!("The queue has a message from a source that is not known: '{written}'.");
            Error::server(ErrorId::QueueCorrupt, words)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_written_as_it_is_read_and_an_unknown_one_is_an_error() {
        for source in Source::ALL {
            assert_eq!(Source::of_message(source.word(), "192.0.2.7").unwrap(), source);
        }
        assert_eq!(Source::of_message("", "192.0.2.7").unwrap(), Source::Smtp);
        assert_eq!(Source::of_message("", "").unwrap(), Source::Dsn);
        assert_eq!(Source::of_message("smtp", "").unwrap_err().id(), ErrorId::QueueCorrupt.name());
    }

    #[test]
    fn the_help_names_all_sources_and_events() {
        let told = |name: &str| {
            let mut all = crate::nouns::MESSAGE_TRACKING_LOG.properties.iter();
            all.find(|one| one.spec().name == name).map(|one| one.spec().summary).unwrap()
        };
        for source in Source::ALL {
            assert!(told("Source").contains(source.word()), "{source:?}");
        }
        for event in crate::TRACKING_EVENTS {
            assert!(told("EventId").contains(event), "{event}");
        }
    }
}
