//! CLOSE expunges silently and leaves the folder; UNSELECT only leaves it.  [RFC 9051 6.4.1] [RFC 9051 6.4.2]

use mailbox::FolderRights;
use mailbox::store::{Flags, UidSet};
use object::{ErrorId, Result};

use super::{State, Verb, nothing};
use crate::reply::Reply;
use crate::session::{Session, Tell, blocking};
use crate::wire::words::Words;

pub(crate) struct Close;

impl Verb for Close {
    const NAME: &'static str = "CLOSE";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Close)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let view = session.view.take().ok_or_else(|| crate::wire::words::syntax("No folder is selected."))?;
        if !view.read_only && view.rights.has(FolderRights::EXPUNGE) {
            let (place, folder) = (view.place.clone(), view.folder);
            let done = blocking(move || {
                place.mailbox.expunge(folder, &UidSet::all(), Flags::DELETED, (place.limits)()?)
            })
            .await;
            match done {
                // A folder that somebody has deleted holds nothing to expunge, and is left all the same.
                Err(error) if error.is(ErrorId::FolderNotFound) => {}
                done => drop(done?),
            }
        }
        Ok(Reply::ok("CLOSE completed"))
    }
}

pub(crate) struct Unselect;

impl Verb for Unselect {
    const NAME: &'static str = "UNSELECT";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        nothing(words, Unselect)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.view = None;
        Ok(Reply::ok("UNSELECT completed"))
    }
}
