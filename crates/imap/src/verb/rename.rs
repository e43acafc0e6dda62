//! RENAME gives a folder another name; of the inbox it moves the messages.  [RFC 9051 6.3.6]
//!
//!     rename = "RENAME" SP mailbox SP mailbox

use mailbox::FolderRights;
use mailbox::store::{Kept, Limits, Mailbox, UidSet, WellKnown};
use object::{Error, ErrorId, Result};

use super::create::MAIL_CLASS;
use super::{State, Verb};
use crate::place::{Place, is_foreign};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree;
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
        let reach = session.reach()?;
        blocking(move || rename(&reach.place(&self.from)?, &reach.place(&self.to)?)).await?;
        Ok(Reply::ok("RENAME completed"))
    }
}

fn rename(from: &Place, to: &Place) -> Result<()> {
    let folder = from.entry_or_placeholder()?.folder;
    if from.mailbox.guid() != to.mailbox.guid() || to.neighbour.is_none() && is_foreign(to.name()?) {
        let sentence = "A folder cannot be renamed into another mailbox; copy its messages.";
        return Err(Error::denied(ErrorId::NoRight, sentence));
    }
    from.need(&folder, FolderRights::DELETE_FOLDER)?;
    to.need_above(FolderRights::CREATE)?;
    if from.name()?.is_inbox() {
        return empty_inbox(&from.mailbox, to.name()?);
    }
    from.mailbox.rename_folder(folder.id, &tree::path(to.name()?)).map(drop)
}

/// The inbox stays; its messages go to the new folder, those of its children do not. [RFC 9051 6.3.6]
fn empty_inbox(mailbox: &Mailbox, to: &FolderName) -> Result<()> {
    let inbox = mailbox.known(WellKnown::Inbox)?;
    let new = mailbox.create_folder(&tree::path(to), MAIL_CLASS)?;
    // Nothing arrives that was not there before, so no quota is asked.
    let moved = mailbox.move_items(inbox.id, &UidSet::all(), new.id, Limits::default(), Kept::ALL)?;
    moved.stopped.map_or(Ok(()), Err)
}
