//! The door: serves connections, and keeps the little that sessions share.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use net::{Connection, Refusal, Served};
use object::Clock;
use object::types::Guid;
use parking_lot::Mutex;
use tracing::Instrument;

use crate::house::LogOn;
use crate::room::{Divided, Room};
use crate::session::Session;

/// How the door behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server's name in the greeting.
    pub name: String,
    /// Whether a password may come in the clear from another machine.
    pub allow_plain_text: bool,
    /// How much it may hold for its clients.
    pub room: Room,
}

/// IMAP as a [`net::Door`].
pub(crate) struct Door {
    pub(crate) log_on: LogOn,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) name: String,
    pub(crate) allow_plain_text: bool,
    pub(crate) recent: Recent,
    pub(crate) room: Divided,
    /// Damaged messages that the administrator was told of, by folder and UID.
    pub(crate) damaged: Mutex<HashSet<(Guid, u32)>>,
}

/// Makes the door of IMAP.
pub fn door(log_on: LogOn, clock: Arc<dyn Clock>, config: Config) -> Arc<dyn net::Door> {
    let Config { name, allow_plain_text, room } = config;
    let (recent, damaged) = (Recent::default(), Mutex::default());
    Arc::new(Door { log_on, clock, name, allow_plain_text, recent, room: Divided::of(room), damaged })
}

impl net::Door for Door {
    fn name(&self) -> &'static str {
        "imap"
    }

    fn refusal(&self, why: Refusal) -> &'static str {
        match why {
            Refusal::TooMany => "* BYE [UNAVAILABLE] Too many connections; try again later.",
            Refusal::TooManyFromAddress => "* BYE [LIMIT] Too many connections from your address.",
        }
    }

    fn serve(self: Arc<Self>, connection: Connection) -> Served {
        let span = tracing::info_span!("imap", id = connection.id());
        Box::pin(Session::new(self, connection).serve().instrument(span))
    }
}

/// Which messages somebody has seen: the first UID of a folder that no session has opened yet. It is kept
/// in memory alone: what is not known after a restart counts as recent, as it should. [RFC 3501 2.3.2]
#[derive(Default)]
pub(crate) struct Recent(Mutex<HashMap<Guid, u32>>);

/// Folders whose mark is kept: beyond, all is forgotten and counts as recent again.
const FOLDERS_MAX: usize = 100_000;

impl Recent {
    /// The UIDs from `from` up to but without `to` that no session has taken yet. A session that may write
    /// takes them: they are recent for no other.
    pub(crate) fn claim(&self, folder: Guid, from: u32, to: u32, takes: bool) -> (u32, u32) {
        let mut marks = self.0.lock();
        let mark = marks.get(&folder).copied().unwrap_or(1);
        if takes {
            if marks.len() >= FOLDERS_MAX {
                marks.clear();
            }
            marks.insert(folder, to.max(mark));
        }
        (from.max(mark), to.saturating_sub(1))
    }

    /// Where the mark stands, for STATUS.
    pub(crate) fn mark(&self, folder: Guid) -> u32 {
        self.0.lock().get(&folder).copied().unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::ErrorId;

    fn nobody() -> LogOn {
        Arc::new(|_, then| then(Err(object::Error::denied(ErrorId::LogonFailed, "Nobody is here."))))
    }

    /// An idle connection costs little: this is our part of it.
    #[tokio::test]
    async fn a_session_that_waits_is_small() {
        let config = Config { name: "x".into(), allow_plain_text: false, room: Room::default() };
        let door = door(nobody(), Arc::new(object::SystemClock), config);
        let (_client, server) = tokio::io::duplex(64);
        let served = door.serve(net::Connection::in_memory(server, ([127, 0, 0, 1], 1).into()));
        assert!(size_of_val(&*served) < 3_000, "{} bytes", size_of_val(&*served));
    }

    #[test]
    fn a_message_is_recent_for_one_session() {
        let (recent, folder) = (Recent::default(), Guid::random());
        assert_eq!(recent.claim(folder, 1, 5, false), (1, 4), "EXAMINE takes nothing");
        assert_eq!(recent.claim(folder, 1, 5, true), (1, 4));
        assert_eq!(recent.claim(folder, 1, 7, true), (5, 6));
        assert_eq!(recent.claim(folder, 5, 7, true), (7, 6), "none are left");
        assert_eq!(recent.mark(folder), 7);
    }
}
