//! Copies of what others send in somebody's name, in that mailbox's Sent Items: one of each, whoever makes it.
//!
//! The server makes one where the mailbox says so; many clients save one of their own. Where both are the same message
//! the client's stays, since it knows more (Bcc). Nothing of a client's is ever taken away.

use crate::{Capacity, Mailboxes};
use directory::schema::mailbox;
use message::field::header_length;
use object::Result;
use object::types::{Guid, SmtpAddress};
use store::{Delivered, Flags, Flow, Folder, Incoming, Item, UidSet, WellKnown};

/// How a copy is called in the trace, before the address of its mailbox.
const NAME: &str = "Sent Items of ";
/// Among so many of the newest messages a copy is looked for: a client saves its own within the same minute.
const LOOKED_AT_MAX: u32 = 100;

/// The name of a copy in the trace.
pub(crate) fn name(address: &SmtpAddress) -> String {
    format!("{NAME}{address}")
}

impl Mailboxes {
    /// The mailbox, with its database, that keeps a copy of what an account sends in its name.
    pub fn keeps_copy(&self, address: &SmtpAddress, capacity: Capacity) -> Option<(Guid, Guid)> {
        let switch = match capacity {
            Capacity::Own => return None,
            Capacity::SendAs => &mailbox::MESSAGE_COPY_SENT_AS,
            Capacity::OnBehalf => &mailbox::MESSAGE_COPY_ON_BEHALF,
        };
        let owner = self.named(address)?;
        let keeps = owner.is_mailbox() && !owner.details().is_linked() && owner.is(switch);
        keeps.then(|| self.place(&owner).ok()).flatten()
    }
}

/// Takes the server's copy away where a client has saved the same message as `uid`.
pub fn keep_own(mailbox: &store::Mailbox, folder: &Folder, uid: u32) -> Result<()> {
    if folder.kind != Some(WellKnown::SentItems) {
        return Ok(());
    }
    let mut own = None;
    mailbox.rendered(folder.id, &UidSet::of_range(uid..=uid), &mut |item, rendered| {
        own = Some((item.clone(), rendered.message_id.clone()));
        Ok(Flow::Stop)
    })?;
    let Some((own, Some(message_id))) = own else { return Ok(()) };
    if !is_made_here(mailbox, &message_id)? {
        return Ok(());
    }
    let text = text_of(mailbox, &own)?;
    let twin = find(mailbox, folder, uid, &message_id, &text)?;
    twin.map_or(Ok(()), |twin| mailbox.discard(folder.id, twin.uid))
}

/// The same message in the Sent Items of a mailbox, if it is there already.
pub(crate) fn already(mailbox: &store::Mailbox, message: &Incoming) -> Result<Option<Delivered>> {
    let Some(message_id) = message.rendering().message_id.clone() else { return Ok(None) };
    let folder = mailbox.known(WellKnown::SentItems)?;
    let raw = message.raw();
    let text = normal(&raw[header_length(raw)..]).to_vec();
    let found = find(mailbox, &folder, folder.uid_next, &message_id, &text)?;
    Ok(found.map(|item| Delivered {
        folder: folder.id,
        uid_validity: folder.uid_validity,
        uid: item.uid,
        change: item.change,
        email: item.email,
        copies_left_out: 0,
    }))
}

/// Whether the server put a copy of that message there.
fn is_made_here(mailbox: &store::Mailbox, message_id: &str) -> Result<bool> {
    let database = mailbox.database();
    let message_id = message_id.trim().trim_start_matches('<').trim_end_matches('>');
    for id in database.trace_ids(message_id)? {
        let made = database.traces_of(id)?.into_iter().flat_map(|trace| trace.recipients).any(|recipient| {
            recipient.delivered && recipient.mailbox == mailbox.guid() && recipient.address.starts_with(NAME)
        });
        if made {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Another message than `but` with that id and text, among the newest.
fn find(
    mailbox: &store::Mailbox,
    folder: &Folder,
    but: u32,
    message_id: &str,
    text: &[u8],
) -> Result<Option<Item>> {
    let newest = folder.uid_next.max(but.saturating_add(1));
    let range = newest.saturating_sub(LOOKED_AT_MAX).max(1)..=newest;
    let mut named = Vec::new();
    mailbox.rendered(folder.id, &UidSet::of_range(range), &mut |item, rendered| {
        let same = item.uid != but && rendered.message_id.as_deref() == Some(message_id);
        named.extend(same.then(|| item.clone()));
        Ok(Flow::More)
    })?;
    for item in named {
        if text_of(mailbox, &item)? == text {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// What stands under the header of a message.
fn text_of(mailbox: &store::Mailbox, item: &Item) -> Result<Vec<u8>> {
    let raw = mailbox.body_of(item, 0..item.size)?;
    Ok(normal(&raw[header_length(&raw)..]).to_vec())
}

/// Line ends at the end make no other message.
fn normal(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}

/// The flags of a copy: who sent it knows it.
pub(crate) const FLAGS: Flags = Flags::SEEN;
