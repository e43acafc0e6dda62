//! CREATE makes a folder and its missing parents.  [RFC 9051 6.3.4] [RFC 8474 4.1]
//!
//!     create = "CREATE" SP mailbox

use mailbox::FolderRights;
use object::Result;

use super::select::mailbox_id;
use super::{State, Verb};
use crate::place::{is_foreign, no_right};
use crate::reply::Reply;
use crate::session::Session;
use crate::tree;
use crate::wire::folder_name::FolderName;
use crate::wire::words::Words;

/// What mail folders hold. [MS-OXOSFLD 2.2.1]
pub(crate) const MAIL_CLASS: &str = "IPF.Note";

pub(crate) struct Create {
    name: FolderName,
}

impl Verb for Create {
    const NAME: &'static str = "CREATE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        // A trailing separator only declares an intent; it makes no difference here. [RFC 9051 6.3.4]
        Ok(Create { name: words.folder()? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let made = session
            .at(&self.name, |place| {
                if place.neighbour.is_none() && is_foreign(place.name()?) {
                    return Err(no_right());
                }
                place.need_above(FolderRights::CREATE)?;
                place.mailbox.create_folder(&tree::path(place.name()?), MAIL_CLASS)
            })
            .await?;
        Ok(Reply::ok_with(format!("MAILBOXID ({})", mailbox_id(&made)), "CREATE completed"))
    }
}
