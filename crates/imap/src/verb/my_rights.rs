//! MYRIGHTS tells what one may do in a folder.  [RFC 4314 3.5]
//!
//!     myrights = "MYRIGHTS" SP mailbox

use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::words::Words;

pub(crate) struct MyRights {
    name: FolderName,
}

impl Verb for MyRights {
    const NAME: &'static str = "MYRIGHTS";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        Ok(MyRights { name: words.folder()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found = session.at(&self.name, |place| {
            let entry = place.entry()?;
            let rights = place.rights(&entry.folder)?;
            Ok((entry.name, rights))
        });
        let (name, rights) = found.await?;
        let mut out = Out::untagged();
        out.word("MYRIGHTS").folder(&name, session.utf8()).word(&rights.listed()).line();
        session.send(out.bytes()).await?;
        Ok(Reply::ok("MYRIGHTS completed"))
    }
}
