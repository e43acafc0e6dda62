//! DELETE removes a folder and its messages.  [RFC 9051 6.3.5]
//!
//!     delete = "DELETE" SP mailbox

use object::Result;

use super::{State, Verb};
use crate::reply::Reply;
use crate::session::Session;
use crate::tree::Tree;
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

    /// A folder with folders below it is not deleted: names without a folder are nothing we have. [RFC 9051 6.3.5]
    async fn run(self, session: &mut Session) -> Result<Reply> {
        let found = session
            .mailbox(move |mailbox| {
                let tree = Tree::of(mailbox)?;
                let entry = tree.find(&self.name)?;
                if entry.has_children {
                    return Ok(None);
                }
                mailbox.delete_folder(entry.folder.id).map(|()| Some(entry.folder.id))
            })
            .await?;
        match found {
            None => Ok(Reply::no_with("HASCHILDREN", "There are folders below it; delete those first.")),
            Some(folder) => {
                // A folder that the session itself has deleted is closed. [RFC 9051 6.3.5]
                if session.view.as_ref().is_some_and(|view| view.folder == folder) {
                    session.view = None;
                    session.connection.put(b"* OK [CLOSED] The folder was deleted.\r\n");
                }
                Ok(Reply::ok("DELETE completed"))
            }
        }
    }
}
