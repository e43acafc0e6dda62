//! COPY copies messages to another folder.  [RFC 9051 6.4.7]
//!
//!     copy = "COPY" SP sequence-set SP mailbox

use mailbox::FolderRights;
use mailbox::store::{Flags, Folder, Kept, Transferred};
use object::{Error, ErrorId, Fault, Result};

use super::{State, Verb};
use crate::place::Place;
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::view::{kept_flags, uid_set};
use crate::wire::folder_name::FolderName;
use crate::wire::sequence::{self, Set};
use crate::wire::words::Words;

pub(crate) struct Copy(pub(crate) Transfer);

/// Messages and where they go.
pub(crate) struct Transfer {
    set: Set,
    by_uid: bool,
    to: FolderName,
}

impl Verb for Copy {
    const NAME: &'static str = "COPY";
    const FROM: State = State::Selected;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        Transfer::parse(words).map(Copy)
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let reach = session.reach()?;
        let view = session.view()?;
        let uids = uid_set(&self.0.uids(view)?);
        let (from, folder, to, by_uid) = (view.place.clone(), view.folder, self.0.to, self.0.by_uid);
        let done = blocking(move || {
            let place = reach.place(&to)?;
            let to = place.entry_with(FolderRights::INSERT)?.folder;
            // A client without MOVE deletes by COPY.
            let (place, to, elsewhere) = place.wastebasket((&from, folder), to)?;
            let (limits, keeps) = ((place.limits)()?, kept(&place, &to)?);
            // UIDs that are gone name nothing; numbers name messages that the client believes to be there.
            if place.mailbox.guid() != from.mailbox.guid() {
                let to = (&place.mailbox, to.id);
                let done = from.mailbox.copy_across(folder, &uids, to, limits, keeps, !by_uid)?;
                return Ok((done, elsewhere));
            }
            let done = match by_uid {
                true => from.mailbox.copy(folder, &uids, to.id, limits, keeps)?,
                false => from.mailbox.copy_all(folder, &uids, to.id, limits, keeps)?,
            };
            Ok((done, elsewhere))
        })
        .await;
        match done {
            Ok((_, true)) => Ok(Reply::ok("Copied to the Deleted Items of the mailbox")),
            Ok((done, _)) => Ok(match copyuid(&done) {
                Some(code) => Reply::ok_with(code, "COPY completed"),
                None => Reply::ok("There was nothing to copy"),
            }),
            // Nothing was copied. [RFC 5530 3] [RFC 2180 4.4.1]
            Err(error) if error.is(ErrorId::ItemsExpunged) => {
                Ok(Reply::no_with("EXPUNGEISSUED", "Some of the messages are gone; nothing was copied."))
            }
            Err(error) => try_create(error),
        }
    }
}

/// What of its flags a message keeps in a folder: in another's mailbox one may not set all. [RFC 4314 4]
pub(crate) fn kept(place: &Place, folder: &Folder) -> Result<Kept> {
    let rights = place.rights(folder)?;
    let (flags, _) = kept_flags(rights, Flags::CHANGEABLE, Vec::new());
    Ok(Kept { flags, keywords: rights.has(FolderRights::WRITE) })
}

impl Transfer {
    pub(crate) fn parse(words: &mut Words<'_>) -> Result<Transfer> {
        words.space()?;
        let set = words.set()?;
        words.space()?;
        Ok(Transfer { set, by_uid: words.by_uid(), to: words.folder()? })
    }

    /// The messages meant.
    pub(crate) fn uids(&self, view: &crate::view::View) -> Result<Vec<u32>> {
        if self.by_uid { Ok(view.by_uid(&self.set)) } else { view.by_number(&self.set) }
    }

    /// Whether they are named by UID.
    pub(crate) fn by_uid(&self) -> bool {
        self.by_uid
    }

    /// Where they go.
    pub(crate) fn to(&self) -> &FolderName {
        &self.to
    }
}

/// Old and new UIDs in the same order. [RFC 4315 3]
pub(crate) fn copyuid(done: &Transferred) -> Option<String> {
    if done.uids.is_empty() {
        return None;
    }
    let old = sequence::write(done.uids.iter().map(|pair| pair.0));
    let new = sequence::write(done.uids.iter().map(|pair| pair.1));
    Some(format!("COPYUID {} {old} {new}", done.uid_validity))
}

/// The client may create the folder and try again. [RFC 9051 6.4.7]
pub(crate) fn try_create(error: Error) -> Result<Reply> {
    match error.fault() {
        Fault::NotFound => Ok(Reply::no_with("TRYCREATE", error.to_string())),
        _ => Err(error),
    }
}
