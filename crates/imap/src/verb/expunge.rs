//! EXPUNGE removes the messages marked \Deleted; UID EXPUNGE those of them in a set.  [RFC 9051 6.4.3] [RFC 9051 6.4.9]
//!
//!     expunge = "EXPUNGE" / "UID EXPUNGE" SP sequence-set

use mailbox::FolderRights;
use mailbox::store::{Flags, UidSet};
use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::view::uid_set;
use crate::wire::sequence::Set;
use crate::wire::words::Words;

pub(crate) struct Expunge {
    only: Option<Set>,
}

impl Verb for Expunge {
    const NAME: &'static str = "EXPUNGE";
    const FROM: State = State::Selected;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        if !words.by_uid() {
            return Ok(Expunge { only: None });
        }
        words.space()?;
        Ok(Expunge { only: Some(words.set()?) })
    }

    /// The EXPUNGE lines come with the news of the folder.
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let condstore = session.enabled.condstore;
        let view = session.view()?;
        view.need_write()?;
        view.need(FolderRights::EXPUNGE)?;
        let uids = match &self.only {
            Some(set) => uid_set(&view.by_uid(set)),
            // What the client has not been told of it cannot mean. [RFC 9051 6.4.3]
            None => UidSet::of_range(1..=view.uid_next.saturating_sub(1)),
        };
        let (place, folder) = (view.place.clone(), view.folder);
        let change = blocking(move || {
            place.mailbox.expunge(folder, &uids, Flags::DELETED, (place.limits)()?)?;
            place.mailbox.folder(folder).map(|folder| folder.change)
        })
        .await?;
        Ok(match condstore {
            // The number that the folder has after it. [RFC 7162 3.2.7]
            true => Reply::ok_with(format!("HIGHESTMODSEQ {change}"), "EXPUNGE completed"),
            false => Reply::ok("EXPUNGE completed"),
        })
    }
}
