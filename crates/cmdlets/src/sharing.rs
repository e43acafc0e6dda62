//! What `New-Mailbox -Shared` does in one step: who may work in the mailbox and send from it, and where copies go.

use crate::permission::named;
use crate::rooms::Rooms;
use directory::permission::{AccessEntry, MailboxRight, SEND_AS};
use directory::{Class, Sharing};
use gate::Call;
use object::types::ObjectId;
use object::value::Text;
use object::{Keys, Parameter, Result, Switch};

static FULL_ACCESS: Parameter<ObjectId> = Parameter::new(
    "FullAccess",
    "The users and groups that get Full Access to the new mailbox, which appears in the users' clients by itself.",
)
.many();
static SEND_AS_HOLDERS: Parameter<ObjectId> =
    Parameter::new("SendAs", "The users and groups that may send as the new mailbox.").many();
static SENT_COPIES: Parameter<Switch> = Parameter::new(
    "SentCopies",
    "Copies what is sent as the mailbox or on its behalf into its Sent Items, as the two MessageCopyFor settings do.",
);
/// What `New-Mailbox -Shared` takes besides.
pub(crate) static KEYS: Keys = &[&FULL_ACCESS, &SEND_AS_HOLDERS, &SENT_COPIES];

/// What is wanted; an error where nobody is called so, before anything is made.
pub(crate) fn wanted(rooms: &Rooms, call: &Call) -> Result<Sharing> {
    let mut sharing = Sharing { sent_copies: call.is(&SENT_COPIES), ..Sharing::default() };
    for sid in sids(rooms, call, &FULL_ACCESS)? {
        let user = rooms.directory().by_sid(&sid).filter(|record| record.class() == Class::User);
        sharing.mapped.extend(user.map(|user| user.guid()));
        sharing.entries.push(AccessEntry::mailbox(&sid, MailboxRight::FullAccess as i64));
    }
    let senders = sids(rooms, call, &SEND_AS_HOLDERS)?;
    sharing.entries.extend(senders.iter().map(|sid| crate::ad_permission::extended(sid, SEND_AS)));
    Ok(sharing)
}

fn sids(rooms: &Rooms, call: &Call, key: &Parameter<ObjectId>) -> Result<Vec<Text>> {
    let written = call.list(key)?.unwrap_or_default();
    written.iter().map(|written| Ok(named(rooms, written, key.name())?.sid)).collect()
}
