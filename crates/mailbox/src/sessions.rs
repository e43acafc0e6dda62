//! Who is logged on, so that a session ends when its right to be there does.
//!
//! One thread follows the directory's feed and looks at the sessions of whoever was changed. It ends with the directory.

use crate::entry::{Protocol, may_enter};
use directory::permission::Right;
use directory::schema::{mailbox, user};
use directory::{Class, Directory, Record};
use object::types::Guid;
use object::{Error, Result};
use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::{Arc, Weak};
use tokio::sync::watch;

/// The sessions that are open, by user, and the stays in other people's mailboxes.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<HashMap<Guid, Vec<Session>>>, Mutex<Vec<Stay>>);

/// A stay of an account in somebody else's mailbox.
pub(crate) struct Stay {
    pub(crate) account: Guid,
    pub(crate) owner: Guid,
    cut_off: Arc<watch::Sender<bool>>,
}

struct Session {
    protocol: Protocol,
    mailbox: Guid,
    database: Guid,
    /// What the password was compared with; another hash means another password.
    proof: Option<String>,
    /// The foreign account that owned the mailbox.
    master: Option<String>,
    cut_off: Arc<watch::Sender<bool>>,
}

impl Session {
    /// Whether whoever opened it could open it again now.
    fn holds(&self, user: &Record) -> bool {
        may_enter(user, self.protocol).is_ok()
            && user.get(&mailbox::EXCHANGE_GUID) == Some(self.mailbox)
            && user.get(&user::PASSWORD_HASH) == self.proof
            && user.get(&user::MASTER_ACCOUNT_SID) == self.master
    }
}

impl Sessions {
    /// Notes a session of a user and gives the signal that ends it.
    pub(crate) fn open(&self, user: &Record, protocol: Protocol) -> watch::Receiver<bool> {
        let (cut_off, receiver) = signal();
        let session = Session {
            protocol,
            mailbox: user.get(&mailbox::EXCHANGE_GUID).unwrap_or_default(),
            database: user.reference(&mailbox::DATABASE).unwrap_or_default(),
            proof: user.get(&user::PASSWORD_HASH),
            master: user.get(&user::MASTER_ACCOUNT_SID),
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

    /// Notes a stay of an account in somebody else's mailbox and gives the signal that ends it.
    pub(crate) fn visit(&self, account: Guid, owner: Guid) -> watch::Receiver<bool> {
        let (cut_off, receiver) = signal();
        self.note(Stay { account, owner, cut_off });
        receiver
    }

    /// Lets the session whose signal that is end when the right to somebody else's mailbox does, too.
    pub(crate) fn bind(&self, account: Guid, owner: Guid, receiver: &watch::Receiver<bool>) {
        let sessions = self.0.lock();
        let mut open = sessions.get(&account).into_iter().flatten();
        let session = open.find(|session| session.cut_off.subscribe().same_channel(receiver));
        let cut_off = session.map(|session| Arc::clone(&session.cut_off));
        drop(sessions);
        cut_off.into_iter().for_each(|cut_off| self.note(Stay { account, owner, cut_off }));
    }

    fn note(&self, stay: Stay) {
        let mut stays = self.1.lock();
        stays.retain(|stay| stay.cut_off.receiver_count() > 0);
        stays.push(stay);
    }

    /// Ends the stays that do not hold.
    pub(crate) fn review_stays(&self, holds: impl Fn(&Stay) -> bool) {
        self.1.lock().retain(|stay| {
            let holds = holds(stay);
            if !holds {
                stay.cut_off.send_replace(true);
            }
            holds && stay.cut_off.receiver_count() > 0
        });
    }

    /// Looks at the stays that a change may have ended: of an account, in a mailbox, or by way of a group or of what
    /// stands above the mailbox.
    fn review_after(&self, directory: &Directory, changed: &[Guid]) {
        if self.1.lock().is_empty() {
            return;
        }
        let above = |guid: &Guid| directory.get(*guid).is_none_or(|record| record.class() != Class::User);
        let all = changed.iter().any(above);
        self.review_stays(|stay| {
            let met = all || changed.contains(&stay.account) || changed.contains(&stay.owner);
            !met || stay.account == stay.owner
                || directory.rights(stay.account, stay.owner).has(Right::FullAccess)
        });
    }

    /// Follows the directory on a thread of its own until either is gone.
    pub(crate) fn follow(self: &Arc<Self>, directory: &Directory) -> Result<()> {
        let (feed, sessions) = (directory.feed(), Arc::downgrade(self));
        let look = directory.look();
        let run = move || {
            while let Ok(applied) = feed.recv() {
                let Some(sessions) = Weak::upgrade(&sessions) else { return };
                let Some(directory) = look.directory() else { return };
                for guid in &applied.objects {
                    sessions.review(*guid, directory.get(*guid).as_deref());
                }
                sessions.review_after(&directory, &applied.objects);
            }
        };
        let thread = std::thread::Builder::new().name("cut-off".to_owned()).spawn(run);
        thread
            .map(drop)
            .map_err(|error| Error::from(error).while_doing("starting the thread that ends sessions"))
    }
}

/// The two ends of a signal that ends something.
fn signal() -> (Arc<watch::Sender<bool>>, watch::Receiver<bool>) {
    let (cut_off, receiver) = watch::channel(false);
    (Arc::new(cut_off), receiver)
}

/// Tells a session that it is over, unless it holds.
fn keep(session: &Session, holds: bool) -> bool {
    if !holds {
        session.cut_off.send_replace(true);
    }
    holds && session.cut_off.receiver_count() > 0
}
