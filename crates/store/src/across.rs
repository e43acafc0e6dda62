//! Messages from one mailbox into another, which may lie in another database: read there, appended here.
//!
//! A copy is all or nothing, as within a mailbox. A move lets go of what has arrived, a little at a time, and what stops it
//! leaves no message in neither place; one may be in both if the machine dies in between.

use db::Flow;
use object::{Error, ErrorId, Result};

use crate::arrive::AppendPrepared;
use crate::audit::Operation;
use crate::change::Transferred;
use crate::folder::FolderId;
use crate::incoming::{Incoming, Limits, TargetFolder};
use crate::item::{Item, UidSet};
use crate::kept::Kept;
use crate::mailbox::Mailbox;

/// How much is appended in one transaction: messages, and their bytes, of which one at least is taken.
const TOGETHER_ITEMS: usize = 32;
const TOGETHER_BYTES: u64 = 4 << 20;

/// A folder of another mailbox.
type There<'a> = (&'a Mailbox, FolderId);

impl Mailbox {
    /// Copies items into a folder of another mailbox. Where `whole` is said and one is not there any more, nothing is
    /// copied.
    pub fn copy_across(
        &self,
        folder: FolderId,
        uids: &UidSet,
        to: There<'_>,
        limits: Limits,
        kept: Kept,
        whole: bool,
    ) -> Result<Transferred> {
        let items = self.items_of(folder, uids)?;
        if whole && (items.len() as u64) < uids.len() {
            return Err(gone());
        }
        let mut done = Transferred::default();
        for part in parts(&items) {
            let carried = self.carry(part, to, limits, kept, &mut done);
            let carried = carried.and_then(|()| self.went(Operation::Copy, folder, part, to.0, to.1));
            let Err(error) = carried else { continue };
            to.0.take_back(to.1, &done)?;
            return Err(error);
        }
        Ok(done)
    }

    /// Moves items into a folder of another mailbox. They leave nothing in the recoverable items of this one. Where something
    /// stops it, the answer names what has gone, and what has not is here alone.
    pub fn move_across(
        &self,
        folder: FolderId,
        uids: &UidSet,
        to: There<'_>,
        limits: Limits,
        kept: Kept,
    ) -> Result<Transferred> {
        let items = self.items_of(folder, uids)?;
        let mut done = Transferred::default();
        for part in parts(&items) {
            let before = done.uids.len();
            let carried = self.carry(part, to, limits, kept, &mut done);
            let gone = carried.and_then(|()| {
                self.let_go(folder, part, to).map_err(|error| withdraw(&mut done, before, to, error))
            });
            match gone {
                Ok(()) => {}
                Err(error) if done.uids.is_empty() => return Err(error),
                Err(error) => {
                    done.stopped = Some(error);
                    return Ok(done);
                }
            }
        }
        Ok(done)
    }

    fn items_of(&self, folder: FolderId, uids: &UidSet) -> Result<Vec<Item>> {
        let mut items = Vec::new();
        self.items(folder, uids, &mut |item| {
            items.push(item.clone());
            Ok(Flow::More)
        })?;
        Ok(items)
    }

    /// Appends a few items elsewhere, in one transaction.
    fn carry(
        &self,
        items: &[Item],
        (to, place): There<'_>,
        limits: Limits,
        kept: Kept,
        done: &mut Transferred,
    ) -> Result<()> {
        let ready = |item: &Item| -> Result<AppendPrepared> {
            let bytes = self.body_of(item, 0..item.size)?;
            let item = kept.of(item.clone());
            Ok(AppendPrepared {
                message: to.prepare(&Incoming::new(bytes))?,
                flags: item.flags,
                keywords: item.keywords.split_ascii_whitespace().map(str::to_owned).collect(),
                received: Some(item.received),
            })
        };
        let ready = items.iter().map(ready).collect::<Result<Vec<_>>>()?;
        let delivered = to.append_prepared(TargetFolder::Folder(place), ready, limits)?;
        done.uid_validity = delivered.first().map_or(done.uid_validity, |one| one.uid_validity);
        done.uids.extend(items.iter().zip(&delivered).map(|(item, one)| (item.uid, one.uid)));
        Ok(())
    }
}

/// Takes back what was carried last, since it is still where it came from. The first error is what helps.
fn withdraw(done: &mut Transferred, before: usize, (to, place): There<'_>, error: Error) -> Error {
    let copies = Transferred { uids: done.uids.split_off(before), ..Transferred::default() };
    match to.take_back(place, &copies) {
        Ok(()) => error,
        Err(left) => error.while_doing(&format!("messages that did not go are in both places ({left})")),
    }
}

/// Items in parts that are carried together.
fn parts(items: &[Item]) -> Vec<&[Item]> {
    let (mut found, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take(TOGETHER_ITEMS).take_while(|item| {
            bytes += item.size;
            bytes <= TOGETHER_BYTES
        });
        let (part, after) = rest.split_at(fits.count().max(1));
        found.push(part);
        rest = after;
    }
    found
}

fn gone() -> Error {
    Error::conflict(ErrorId::ItemsExpunged, "Some of the items have been expunged by another session.")
}
