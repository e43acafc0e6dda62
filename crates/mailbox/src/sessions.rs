//! Who is logged on, so that a session ends when its right to be there does.
//!
//! One thread follows the directory's feed and looks at the sessions of whoever was changed. It ends with the directory.

use crate::entry::{Protocol, may_enter};
use directory::schema::{mailbox, user};
use directory::{Directory, Record};
use object::types::Guid;
use object::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tokio::sync::watch;

/// The sessions that are open, by user.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Guid, Vec<Session>>>);

struct Session {
    protocol: Protocol,
    mailbox: Guid,
    database: Guid,
    /// What the password was compared with; another hash means another password.
    proof: Option<String>,
    cut_off: watch::Sender<bool>,
}

impl Session {
    /// Whether whoever opened it could open it again now.
    fn holds(&self, user: &Record) -> bool {
        may_enter(user, self.protocol).is_ok()
            && user.get(&mailbox::EXCHANGE_GUID) == Some(self.mailbox)
            && user.get(&user::PASSWORD_HASH) == self.proof
    }
}

impl Sessions {
    /// Notes a session of a user and gives the signal that ends it.
    pub(crate) fn open(&self, user: &Record, protocol: Protocol) -> watch::Receiver<bool> {
        let (cut_off, receiver) = watch::channel(false);
        let session = Session {
            protocol,
            mailbox: user.get(&mailbox::EXCHANGE_GUID).unwrap_or_default(),
            database: user.reference(&mailbox::DATABASE).unwrap_or_default(),
            proof: user.get(&user::PASSWORD_HASH),
            cut_off,
        };
        let mut sessions = self.0.lock();
        let open = sessions.entry(user.guid()).or_default();
        open.retain(|session| session.cut_off.receiver_count() > 0);
        open.push(session);
        receiver
    }

    /// Ends the sessions of a user that no longer hold; all of them where there is no user any more.
    pub(crate) fn review(&self, guid: Guid, user: Option<&Record>) {
        let mut sessions = self.0.lock();
        let Some(open) = sessions.get_mut(&guid) else { return };
        open.retain(|session| keep(session, user.is_some_and(|user| session.holds(user))));
        if open.is_empty() {
            sessions.remove(&guid);
        }
    }

    /// Ends all sessions in mailboxes of a database.
    pub(crate) fn end_of_database(&self, database: Guid) {
        self.0.lock().retain(|_, open| {
            open.retain(|session| keep(session, session.database != database));
            !open.is_empty()
        });
    }

    /// How many sessions are open.
    pub(crate) fn count(&self) -> usize {
        let sessions = self.0.lock();
        sessions.values().flatten().filter(|session| session.cut_off.receiver_count() > 0).count()
    }

    /// Follows the directory on a thread of its own until either is gone.
    pub(crate) fn follow(self: &Arc<Self>, directory: &Directory) -> Result<()> {
        let (feed, sessions) = (directory.feed(), Arc::downgrade(self));
        let look = directory.look();
        let run = move || {
            while let Ok(applied) = feed.recv() {
                let Some(sessions) = Weak::upgrade(&sessions) else { return };
                for guid in applied.objects {
                    match look.get(guid) {
                        Some(found) => sessions.review(guid, found.as_deref()),
                        None => return,
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("cut-off".to_owned()).spawn(run);
        thread
            .map(drop)
            .map_err(|error| Error::from(error).while_doing("starting the thread that ends sessions"))
    }
}

/// Tells a session that it is over, unless it holds.
fn keep(session: &Session, holds: bool) -> bool {
    if !holds {
        session.cut_off.send_replace(true);
    }
    holds && session.cut_off.receiver_count() > 0
}
