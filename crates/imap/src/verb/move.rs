//! MOVE moves messages to another folder.  [RFC 9051 6.4.8]
//!
//!     move = "MOVE" SP sequence-set SP mailbox

use mailbox::FolderRights;
use object::Result;

use super::copy::{Transfer, copyuid, kept, try_create};
use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::view::uid_set;
use crate::wire::words::Words;

pub(crate) struct Move(Transfer);

impl Verb for Move {
    const NAME: &'static str = "MOVE";
    const FROM: State = State::Selected;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        Transfer::parse(words).map(Move)
    }

    /// COPYUID goes untagged before the EXPUNGE lines, which come with the news. [RFC 6851 4.3]
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let view = session.view()?;
        view.need_write()?;
        view.need(FolderRights::DELETE | FolderRights::EXPUNGE)?;
        let uids = uid_set(&self.0.uids(view)?);
        let wanted = if self.0.by_uid() { 0 } else { uids.len() };
        let (from, folder, to) = (view.place.clone(), view.folder, self.0.to().clone());
        let reach = session.reach()?;
        let done = blocking(move || {
            let place = reach.place(&to)?;
            let to = place.entry_with(FolderRights::INSERT)?.folder;
            let (place, to, elsewhere) = place.wastebasket((&from, folder), to)?;
            let (limits, keeps) = ((place.limits)()?, kept(&place, &to)?);
            if place.mailbox.guid() == from.mailbox.guid() {
                return Ok((from.mailbox.move_items(folder, &uids, to.id, limits, keeps)?, elsewhere));
            }
            let done = from.mailbox.move_across(folder, &uids, (&place.mailbox, to.id), limits, keeps)?;
            Ok((done, elsewhere))
        })
        .await;
        let (done, elsewhere) = match done {
            Ok(done) => done,
            Err(error) => return try_create(error),
        };
        // The UIDs of a folder that was not named would be taken for others.
        if let Some(code) = copyuid(&done).filter(|_| !elsewhere) {
            session.send(format!("* OK [{code}] Moved.\r\n").as_bytes()).await?;
        }
        match done.stopped {
            Some(error) => Err(error),
            // Others have expunged the rest. What was there has moved. [RFC 5530 3]
            None if (done.uids.len() as u64) < wanted => {
                Ok(Reply::ok_with("EXPUNGEISSUED", "Some of the messages are gone."))
            }
            None if elsewhere => Ok(Reply::ok("Moved to the Deleted Items of the mailbox")),
            None => Ok(Reply::ok("MOVE completed")),
        }
    }
}
