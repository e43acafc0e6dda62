//! RENAME gives a folder another name; of the inbox it moves the messages.  [RFC 9051 6.3.6]
//!
//!     rename = "RENAME" SP mailbox SP mailbox

use mailbox::store::{Limits, Mailbox, UidSet, WellKnown};
use object::Result;

use super::create::MAIL_CLASS;
use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::tree::{self, Tree};
use crate::wire::folder_name::FolderName;
use crate::wire::words::Words;

pub(crate) struct Rename {
    from: FolderName,
    to: FolderName,
}

impl Verb for Rename {
    const NAME: &'static str = "RENAME";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let from = words.folder()?;
        words.space()?;
        Ok(Rename { from, to: words.folder()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session
            .mailbox(move |mailbox| {
                let folder = Tree::of(mailbox)?.find_name(&self.from)?.folder.clone();
                if self.from.is_inbox() {
                    return empty_inbox(mailbox, &self.to);
                }
                mailbox.rename_folder(folder.id, &tree::path(&self.to)).map(drop)
            })
            .await?;
        Ok(Reply::ok("RENAME completed"))
    }
}

/// The inbox stays; its messages go to the new folder, those of its children do not. [RFC 9051 6.3.6]
fn empty_inbox(mailbox: &Mailbox, to: &FolderName) -> Result<()> {
    let inbox = mailbox.known(WellKnown::Inbox)?;
    let new = mailbox.create_folder(&tree::path(to), MAIL_CLASS)?;
    // Nothing arrives that was not there before, so no quota is asked.
    let moved = mailbox.move_items(inbox.id, &UidSet::all(), new.id, Limits::default())?;
    moved.stopped.map_or(Ok(()), Err)
}
