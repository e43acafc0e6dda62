//! Finds a message of a mailbox by its Message-ID: what an administrator's command is about.

use crate::Mailboxes;
use directory::Record;
use object::Result;
use store::{Flow, FolderId, UidSet};

/// Where a message lies, and what it is.
#[derive(Clone, Debug)]
pub struct Found {
    /// The folder.
    pub folder: FolderId,
    /// The UID there.
    pub uid: u32,
    /// The message.
    pub octets: Vec<u8>,
}

impl Mailboxes {
    /// The first message of a user's mailbox whose Message-ID, without brackets, begins so; in whatever folder it lies.
    pub fn message_named(&self, user: &Record, begins: &str) -> Result<Option<Found>> {
        let mailbox = self.mailbox(user)?;
        for folder in mailbox.folders()?.into_iter().filter(|folder| !folder.hidden && folder.total > 0) {
            let mut uid = None;
            mailbox.rendered(folder.id, &UidSet::all(), &mut |item, rendered| {
                let fits = rendered.message_id.as_deref().is_some_and(|id| id.starts_with(begins));
                uid = fits.then_some(item.uid);
                Ok(if fits { Flow::Stop } else { Flow::More })
            })?;
            if let Some(uid) = uid {
                let octets = mailbox.whole_body(folder.id, uid)?;
                return Ok(Some(Found { folder: folder.id, uid, octets }));
            }
        }
        Ok(None)
    }

    /// Takes a message away for good that was found.
    pub fn discard_found(&self, user: &Record, found: &Found) -> Result<()> {
        self.mailbox(user)?.discard(found.folder, found.uid)
    }
}
