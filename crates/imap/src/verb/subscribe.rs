//! SUBSCRIBE and UNSUBSCRIBE choose the folders a client shows.  [RFC 9051 6.3.7] [RFC 9051 6.3.8]
//!
//!     subscribe = ("SUBSCRIBE" / "UNSUBSCRIBE") SP mailbox

use object::{Error, Result};

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree;
use crate::wire::folder_name::FolderName;
use crate::wire::words::Words;

pub(crate) struct Subscribe(FolderName);
pub(crate) struct Unsubscribe(FolderName);

impl Verb for Subscribe {
    const NAME: &'static str = "SUBSCRIBE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        words.folder().map(Subscribe)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.subscribe(self.0, true).await
    }
}

impl Verb for Unsubscribe {
    const NAME: &'static str = "UNSUBSCRIBE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        words.folder().map(Unsubscribe)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.subscribe(self.0, false).await
    }
}

impl Session {
    async fn subscribe(&mut self, name: FolderName, subscribed: bool) -> Result<Reply> {
        // A name without a folder can be subscribed to, and stays when its folder is deleted. [RFC 9051 6.3.7]
        // Whatever mailbox it is in, the name is kept in one's own.
        let reach = self.reach()?;
        blocking(move || {
            let path = tree::path(&name);
            // What appears by itself has to be refused to be gone.
            let appears = || {
                let place = reach.place(&name)?;
                Ok::<bool, Error>(place.appears() && place.entry().is_ok())
            };
            match !subscribed && appears()? {
                true => reach.mailbox.refuse_path(&path),
                false => reach.mailbox.subscribe_path(&path, subscribed),
            }
        })
        .await?;
        Ok(Reply::ok(if subscribed { "SUBSCRIBE completed" } else { "UNSUBSCRIBE completed" }))
    }
}
