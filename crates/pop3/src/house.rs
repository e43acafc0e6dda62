//! What the door needs of the house behind it: proof of who somebody is, and their maildrop.

use std::ops::Range;
use std::sync::Arc;

use mailbox::store::{Flags, Flow, FolderId, UidSet, WellKnown};
use mailbox::{Mailboxes, Protocol};
use object::Result;
use object::types::Guid;
use tokio::sync::watch;

/// How the door asks who somebody is.
pub type LogOn = net::LogOn<Entrance>;
/// Opens the maildrop of somebody who has proved who they are; blocks.
pub type Entrance = net::Entrance<Logon>;

/// Somebody who has proved who they are.
pub struct Logon {
    /// How they are called in logs.
    pub name: String,
    /// Their mail.
    pub maildrop: Arc<dyn Maildrop>,
    /// Becomes true when the account or the protocol is switched off: the session ends.
    pub cut_off: watch::Receiver<bool>,
}

/// One message of a maildrop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its UID in the Inbox.
    pub uid: u32,
    /// Its octets.
    pub size: u64,
}

/// The Inbox of a mailbox as POP3 sees it. All functions block.
pub trait Maildrop: Send + Sync + 'static {
    /// The mailbox's name that never changes.
    fn mailbox(&self) -> Guid;
    /// Gives each message to `each` by ascending UID, on one snapshot, until one is not taken; answers the UIDVALIDITY.
    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<u32>;
    /// Octets of a message within a range, clipped to its size.
    fn octets(&self, uid: u32, range: Range<u64>) -> Result<Vec<u8>>;
    /// Deletes messages, all in one transaction; those that are gone already are no error.
    fn delete(&self, uids: &[u32]) -> Result<()>;
}

/// Lets in whoever has a mailbox.
pub fn log_on(mailboxes: Mailboxes) -> LogOn {
    Arc::new(move |attempt, then| {
        let (who, door) =
            ((attempt.user, attempt.password), (Protocol::Pop3, attempt.from.ip().to_canonical()));
        mailboxes.let_in(who, attempt.act_as, door, |entrance| {
            then(entrance.map(|enter| Box::new(move || opened(enter()?)) as Entrance));
        });
    })
}

fn opened(logon: mailbox::Logon) -> Result<Logon> {
    let folder = logon.mailbox.known(WellKnown::Inbox)?.id;
    logon.mailbox.opened(folder)?;
    let maildrop = Arc::new(Inbox { logon: logon.clone(), folder });
    Ok(Logon { name: logon.name, maildrop, cut_off: logon.cut_off })
}

/// The Inbox of somebody who has logged on.
struct Inbox {
    logon: mailbox::Logon,
    folder: FolderId,
}

impl Maildrop for Inbox {
    fn mailbox(&self) -> Guid {
        self.logon.mailbox.guid()
    }

    fn entries(&self, each: &mut dyn FnMut(Entry) -> Result<()>) -> Result<u32> {
        let folder = self.logon.mailbox.items(self.folder, &UidSet::all(), &mut |item| {
            each(Entry { uid: item.uid, size: item.size }).map(|()| Flow::More)
        })?;
        Ok(folder.uid_validity)
    }

    fn octets(&self, uid: u32, range: Range<u64>) -> Result<Vec<u8>> {
        self.logon.mailbox.body(self.folder, uid, range)
    }

    fn delete(&self, uids: &[u32]) -> Result<()> {
        let uids = UidSet::of_uids(uids.iter().copied());
        self.logon.mailbox.expunge(self.folder, &uids, Flags::NONE, (self.logon.limits)()?).map(drop)
    }
}
