//! DELETE removes a folder and its messages.  [RFC 9051 6.3.5]
//!
//!     delete = "DELETE" SP mailbox

use mailbox::FolderRights;
use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::wire::folder_name::FolderName;
use crate::wire::words::Words;

pub(crate) struct Delete {
    name: FolderName,
}

impl Verb for Delete {
    const NAME: &'static str = "DELETE";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        Ok(Delete { name: words.folder()? })
    }

    /// A folder with folders below it loses its messages and stays as a name above them [RFC 3501 6.3.4]; clients of
    /// IMAP4rev2, which are told, delete those first [RFC 9051 6.3.5].
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let rev2 = session.enabled.rev2;
        let found = session
            .at(&self.name, move |place| {
                let entry = place.entry_or_placeholder()?;
                place.need(&entry.folder, FolderRights::DELETE_FOLDER)?;
                match entry.has_children {
                    true if rev2 || entry.folder.is_placeholder() => return Ok(None),
                    true => place.mailbox.hollow_folder(entry.folder.id)?,
                    false => place.mailbox.delete_folder(entry.folder.id)?,
                }
                Ok(Some(entry.folder.guid))
            })
            .await?;
        match found {
            None => Ok(Reply::no_with("HASCHILDREN", "There are folders below it; delete those first.")),
            Some(folder) => {
                // A folder that the session itself has deleted is closed. [RFC 9051 6.3.5]
                if session.view.as_ref().is_some_and(|view| view.guid == folder) {
                    session.view = None;
                    session.connection.put(b"* OK [CLOSED] The folder was deleted.\r\n");
                }
                Ok(Reply::ok("DELETE completed"))
            }
        }
    }
}
