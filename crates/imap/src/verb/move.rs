//! MOVE moves messages to another folder.  [RFC 9051 6.4.8]
//!
//!     move = "MOVE" SP sequence-set SP mailbox

use object::Result;

use super::copy::{Transfer, copyuid, try_create};
use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree::Tree;
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
        let uids = uid_set(&self.0.uids(view)?);
        let wanted = if self.0.by_uid() { 0 } else { uids.len() };
        let (mailbox, folder, to) = (view.mailbox.clone(), view.folder, self.0.to().clone());
        let limits = session.limits().await?;
        let done = blocking(move || {
            let to = Tree::of(&mailbox)?.find(&to)?.folder.id;
            mailbox.move_items(folder, &uids, to, limits)
        })
        .await;
        let done = match done {
            Ok(done) => done,
            Err(error) => return try_create(error),
        };
        if let Some(code) = copyuid(&done) {
            session.send(format!("* OK [{code}] Moved.\r\n").as_bytes()).await?;
        }
        match done.stopped {
            Some(error) => Err(error),
            // Others have expunged the rest. What was there has moved. [RFC 5530 3]
            None if (done.uids.len() as u64) < wanted => {
                Ok(Reply::ok_with("EXPUNGEISSUED", "Some of the messages are gone."))
            }
            None => Ok(Reply::ok("MOVE completed")),
        }
    }
}
