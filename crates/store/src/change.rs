//! What happens to items that are there: flags, expunging, copying, moving.
//!
//! What may take long is done in slices, so that other writers get their turn. A copy is all or nothing, as IMAP asks for
//! [RFC 9051 6.4.7]: what was copied before one could not be is taken back.

use std::time::{Duration, Instant};

use db::{Flow, Tx};
use object::{Error, ErrorId, Result, Time};

use crate::arrive::admit;
use crate::audit::{self, About, Operation};
use crate::body;
use crate::flag::{FlagChange, FlagMode, Flags, check_keywords};
use crate::folder::{FolderId, WellKnown};
use crate::incoming::Limits;
use crate::item::{self, Item, ItemId, UidSet};
use crate::kept::Kept;
use crate::keyword;
use crate::ledger::Ledger;
use crate::mailbox::Mailbox;
use crate::property;
use crate::read_state::{self, ReadState, Reader};
use crate::schema::TEXT;
use crate::state::State;

/// How many items one transaction touches: other writers wait no longer than about 20 ms.
pub(crate) const SLICE_ITEMS: usize = 500;

/// And how long it takes at most, on a machine where so many take longer.
const SLICE_TIME: Duration = Duration::from_millis(20);

/// What a flag change did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Changed {
    /// The items that were named, as they are now; those whose flags were so already keep their change number.
    pub items: Vec<Item>,
    /// Those that had changed after the number given, and were left alone. [RFC 7162 3.1.3]
    pub refused: UidSet,
}

/// What a copy or move did.
#[derive(Clone, Debug, Default)]
pub struct Transferred {
    /// The UIDVALIDITY of the folder they came to.
    pub uid_validity: u32,
    /// Old and new UIDs, ascending by the old.
    pub uids: Vec<(u32, u32)>,
    /// Why a move stopped before its end; what is listed has moved all the same.
    pub stopped: Option<Error>,
}

/// The items of a set, at most a slice of them, and whether there are more behind the last.
fn slice(tx: &mut dyn Tx, folder: FolderId, uids: &UidSet, from: u32) -> Result<(Vec<Item>, bool)> {
    pick(tx, folder, uids, from, SLICE_ITEMS, &mut |_| true)
}

fn pick(
    tx: &mut dyn Tx,
    folder: FolderId,
    uids: &UidSet,
    from: u32,
    limit: usize,
    wanted: &mut dyn FnMut(&Item) -> bool,
) -> Result<(Vec<Item>, bool)> {
    let (mut items, mut more) = (Vec::new(), false);
    for range in uids.ranges().iter().filter(|range| *range.end() >= from) {
        let range = from.max(*range.start())..=*range.end();
        item::scan(tx, folder, &range, &mut |item| {
            more = items.len() >= limit;
            if more {
                return Ok(Flow::Stop);
            }
            if !item.flags.has(Flags::ASSOCIATED) && wanted(&item) {
                items.push(item);
            }
            Ok(Flow::More)
        })?;
        if more {
            break;
        }
    }
    Ok((items, more))
}

impl Mailbox {
    /// Changes flags and keywords. Items that changed after `unchanged_since` are left alone and told.
    pub fn change_flags(
        &self,
        folder: FolderId,
        uids: &UidSet,
        change: &FlagChange,
        unchanged_since: Option<u64>,
    ) -> Result<Changed> {
        check_keywords(&change.keywords)?;
        let (mut answer, mut refused, mut from) = (Changed::default(), Vec::new(), 1);
        let now = self.database.now();
        loop {
            let (uids, change, watching) = (uids.clone(), change.clone(), self.watching.clone());
            let reader = self.reader;
            let (items, late, next) = self.database.write_mailbox(self.id, move |tx, ledger| {
                tx.makes_room();
                State::connected(&ledger.numbers)?;
                ledger.folder(tx, folder)?;
                let (flagged, different) =
                    flag_slice(tx, ledger, (folder, reader), &uids, from, &change, unchanged_since)?;
                if !different.is_empty() {
                    audit::record(tx, &watching, ledger.numbers.id, now, Operation::Update, |tx| {
                        audit::items_in(tx, folder, &different)
                    })?;
                }
                Ok(flagged)
            })?;
            answer.items.extend(items);
            refused.extend(late);
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        answer.refused = UidSet::of_uids(refused);
        Ok(answer)
    }

    /// Takes items out of a folder for good, as far as their owner sees: those that have all the flags of `only`.
    /// They go to Recoverable Items\Deletions until the item retention ends; what lies there already goes at once.
    /// Answers the UIDs that are gone.
    pub fn expunge(&self, folder: FolderId, uids: &UidSet, only: Flags, limits: Limits) -> Result<UidSet> {
        let (mut gone, mut from) = (Vec::new(), 1);
        let now = self.database.now();
        loop {
            let (uids, watching) = (uids.clone(), self.watching.clone());
            let (removed, next) = self.database.write_mailbox(self.id, move |tx, ledger| {
                tx.makes_room();
                State::connected(&ledger.numbers)?;
                ledger.folder(tx, folder)?;
                let (items, more) =
                    pick(tx, folder, &uids, from, SLICE_ITEMS, &mut |item| item.flags.has(only))?;
                expunged(tx, ledger, &watching, folder, &items, now)?;
                discard_all(tx, ledger, &items, now, limits)?;
                let removed: Vec<u32> = items.iter().map(|item| item.uid).collect();
                let next = if more { removed.last().map(|last| last + 1) } else { None };
                Ok((removed, next))
            })?;
            gone.extend(removed);
            match next {
                Some(next) => from = next,
                None => return Ok(UidSet::of_uids(gone)),
            }
        }
    }

    /// Copies items to another folder of the mailbox (or the same): all of them or none. UIDs that are not there name none.
    /// The copies have of their flags what is `kept`.
    ///
    /// Many are copied in slices, so that others get their turn: they see the copies come, and see them go again where one
    /// cannot be made. A server that dies in between leaves those that were made. [RFC 9051 6.4.7]
    pub fn copy(
        &self,
        folder: FolderId,
        uids: &UidSet,
        to: FolderId,
        limits: Limits,
        kept: Kept,
    ) -> Result<Transferred> {
        let uids = self.so_far(folder, uids)?;
        let (mut done, mut from) = (Transferred::default(), 1);
        loop {
            match self.copy_slice((folder, to), &uids, from, limits, kept) {
                Ok((uid_validity, pairs, next)) => {
                    done.uid_validity = uid_validity;
                    done.uids.extend(pairs);
                    match next {
                        Some(next) => from = next,
                        None => return Ok(done),
                    }
                }
                Err(error) => {
                    self.take_back(to, &done)?;
                    return Err(error);
                }
            }
        }
    }

    /// As [`Mailbox::copy`], but where one is not there any more nothing is copied.
    pub fn copy_all(
        &self,
        folder: FolderId,
        uids: &UidSet,
        to: FolderId,
        limits: Limits,
        kept: Kept,
    ) -> Result<Transferred> {
        let gone = || {
            Err(Error::conflict(
                ErrorId::ItemsExpunged,
                "Some of the items have been expunged by another session.",
            ))
        };
        if self.count(folder, uids)? < uids.len() {
            return gone();
        }
        let done = self.copy(folder, uids, to, limits, kept)?;
        if (done.uids.len() as u64) < uids.len() {
            self.take_back(to, &done)?;
            return gone();
        }
        Ok(done)
    }

    /// How many of the items are there.
    fn count(&self, folder: FolderId, uids: &UidSet) -> Result<u64> {
        let mut count = 0;
        self.items(folder, uids, &mut |_| {
            count += 1;
            Ok(Flow::More)
        })?;
        Ok(count)
    }

    fn copy_slice(
        &self,
        (folder, to): (FolderId, FolderId),
        uids: &UidSet,
        from: u32,
        limits: Limits,
        kept: Kept,
    ) -> Result<Copied> {
        let (now, uids, watching) = (self.database.now(), uids.clone(), self.watching.clone());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            let (hidden, uid_validity) = target(tx, ledger, folder, to)?;
            let (items, mut more) = slice(tx, folder, &uids, from)?;
            let (mut pairs, begun) = (Vec::with_capacity(items.len()), Instant::now());
            let all = if watching.is_some() { items.clone() } else { Vec::new() };
            for item in items {
                if begun.elapsed() > SLICE_TIME && !pairs.is_empty() {
                    more = true;
                    break;
                }
                admit(ledger, limits, hidden, item.size)?;
                pairs.push((item.uid, copy_one(tx, ledger, kept.of(item), to, now)?));
            }
            let done = &all[..pairs.len().min(all.len())];
            transferred(tx, &watching, (ledger.numbers.id, now), Operation::Copy, (folder, to), done)?;
            let next = if more { pairs.last().map(|(last, _)| last + 1) } else { None };
            Ok((uid_validity, pairs, next))
        })
    }

    /// Takes an item away for good; nothing of it is left in the recoverable items. For what the house made itself.
    pub fn discard(&self, folder: FolderId, uid: u32) -> Result<()> {
        self.take_back(folder, &Transferred { uids: vec![(0, uid)], ..Transferred::default() })
    }

    /// Takes copies away again, as if they had never been made.
    pub(crate) fn take_back(&self, to: FolderId, done: &Transferred) -> Result<()> {
        for part in done.uids.chunks(SLICE_ITEMS) {
            let uids = UidSet::of_uids(part.iter().map(|(_, copy)| *copy));
            self.database.write_mailbox(self.id, move |tx, ledger| {
                tx.makes_room();
                let (copies, _) = slice(tx, to, &uids, 1)?;
                copies.iter().try_for_each(|copy| erase(tx, ledger, copy))
            })?;
        }
        Ok(())
    }

    /// Lets go of a few items that lie in another mailbox now, and records in the same transaction that they went there.
    pub(crate) fn let_go(
        &self,
        folder: FolderId,
        items: &[Item],
        (to, place): (&Mailbox, FolderId),
    ) -> Result<()> {
        let (watching, now, other) = (self.watching.clone(), self.database.now(), to.guid());
        let destination = to.database.read(|tx| audit::path(tx, place))?;
        let (uids, items) = (UidSet::of_uids(items.iter().map(|item| item.uid)), items.to_vec());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            let (there, _) = slice(tx, folder, &uids, 1)?;
            audit::record(tx, &watching, ledger.numbers.id, now, Operation::Move, |tx| {
                Ok(About {
                    destination: destination.clone(),
                    destination_mailbox: Some(other),
                    ..audit::items_in(tx, folder, &items)?
                })
            })?;
            there.iter().try_for_each(|item| erase(tx, ledger, item))
        })
    }

    /// Moves items to another folder of the mailbox. They keep their ids. Moving into the folder they are in gives
    /// them new UIDs. [RFC 6851 3.3]
    ///
    /// Within the visible tree, or below it, a move changes nothing of what the mailbox holds; what is recovered counts
    /// against its quota as what arrives does. The items have of their flags what is `kept`.
    pub fn move_items(
        &self,
        folder: FolderId,
        uids: &UidSet,
        to: FolderId,
        limits: Limits,
        kept: Kept,
    ) -> Result<Transferred> {
        let (mut answer, mut from) = (Transferred::default(), 1);
        let uids = self.so_far(folder, uids)?;
        loop {
            match self.move_slice((folder, to), &uids, from, limits, kept) {
                Err(error) if answer.uids.is_empty() => return Err(error),
                Err(error) => {
                    answer.stopped = Some(error);
                    return Ok(answer);
                }
                Ok((uid_validity, pairs, next)) => {
                    answer.uid_validity = uid_validity;
                    answer.uids.extend(pairs);
                    match next {
                        Some(next) => from = next,
                        None => return Ok(answer),
                    }
                }
            }
        }
    }

    fn move_slice(
        &self,
        (folder, to): (FolderId, FolderId),
        uids: &UidSet,
        from: u32,
        limits: Limits,
        kept: Kept,
    ) -> Result<Copied> {
        let (now, uids, watching) = (self.database.now(), uids.clone(), self.watching.clone());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            // Most who delete move to Deleted Items.
            tx.makes_room();
            State::connected(&ledger.numbers)?;
            let (hidden, uid_validity) = target(tx, ledger, folder, to)?;
            let crosses = ledger.folder(tx, folder)?.hidden != hidden;
            let (items, mut more) = slice(tx, folder, &uids, from)?;
            let (mut pairs, begun) = (Vec::with_capacity(items.len()), Instant::now());
            let all = if watching.is_some() { items.clone() } else { Vec::new() };
            for item in items {
                if begun.elapsed() > SLICE_TIME && !pairs.is_empty() {
                    more = true;
                    break;
                }
                if crosses {
                    admit(ledger, limits, hidden, item.size)?;
                }
                pairs.push((item.uid, move_one(tx, ledger, item, kept, to, now)?));
            }
            let operation = match ledger.folder(tx, to)?.kind {
                Some(WellKnown::DeletedItems) => Operation::MoveToDeletedItems,
                _ => Operation::Move,
            };
            let done = &all[..pairs.len().min(all.len())];
            transferred(tx, &watching, (ledger.numbers.id, now), operation, (folder, to), done)?;
            let next = if more { pairs.last().map(|(last, _)| last + 1) } else { None };
            Ok((uid_validity, pairs, next))
        })
    }

    /// The UIDs of a set that a folder has given so far: what is copied or moved within it must not be picked again.
    fn so_far(&self, folder: FolderId, uids: &UidSet) -> Result<UidSet> {
        let last = self.folder(folder)?.uid_next - 1;
        Ok(UidSet::of_ranges(uids.ranges().iter().map(|range| *range.start()..=*range.end().min(&last))))
    }
}

/// Records that items went to another folder.
fn transferred(
    tx: &mut dyn Tx,
    watching: &audit::Watching,
    (mailbox, now): (i64, Time),
    operation: Operation,
    (folder, to): (FolderId, FolderId),
    items: &[Item],
) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    audit::record(tx, watching, mailbox, now, operation, |tx| {
        Ok(About { destination: audit::path(tx, to)?, ..audit::items_in(tx, folder, items)? })
    })
}

/// Records that items are expunged: those in the recoverable items are gone for good.
pub(crate) fn expunged(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    watching: &audit::Watching,
    folder: FolderId,
    items: &[Item],
    now: Time,
) -> Result<()> {
    let hidden = ledger.folder(tx, folder)?.hidden;
    let operation = if hidden { Operation::HardDelete } else { Operation::SoftDelete };
    if items.is_empty() {
        return Ok(());
    }
    audit::record(tx, watching, ledger.numbers.id, now, operation, |tx| audit::items_in(tx, folder, items))
}

type Flagged = (Vec<Item>, Vec<u32>, Option<u32>);

fn flag_slice(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    (folder, reader): (FolderId, Reader),
    uids: &UidSet,
    from: u32,
    change: &FlagChange,
    unchanged_since: Option<u64>,
) -> Result<(Flagged, Vec<Item>)> {
    let (mut items, more) = slice(tx, folder, uids, from)?;
    let next = if more { items.last().map(|item| item.uid + 1) } else { None };
    // What was changed by an earlier slice of this very call has not been changed by somebody else: slices never
    // overlap, so no item is looked at twice.
    let late = |item: &Item| unchanged_since.is_some_and(|since| item.change > since);
    let refused = items.iter().filter(|item| late(item)).map(|item| item.uid).collect();
    items.retain(|item| !late(item));
    let change = spelt(tx, folder, change, !items.is_empty())?;
    let read = match (items.first(), items.last()) {
        (Some(first), Some(last)) => ReadState::load(tx, reader, folder, &(first.uid..=last.uid))?,
        _ => ReadState::default(),
    };
    let mut different = Vec::new();
    for item in &mut items {
        let before = read.flags(item);
        let (flags, keywords) = (change.flags(before), change.keywords(&item.keywords)?);
        if (flags, &keywords) != (before, &item.keywords) {
            mark(tx, ledger, reader, item, (before, flags), keywords)?;
            different.push(item.clone());
        }
        item.flags = flags;
    }
    Ok(((items, refused, next), different))
}

/// Writes changed flags of an item; what a holder with a read state of their own has read stays theirs.
fn mark(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    reader: Reader,
    item: &mut Item,
    (before, flags): (Flags, Flags),
    keywords: String,
) -> Result<()> {
    let Some(holder) = reader else { return ledger.mark(tx, item, flags, keywords) };
    if before.and(Flags::SEEN) != flags.and(Flags::SEEN) {
        read_state::keep(tx, holder, item.id, flags.has(Flags::SEEN))?;
    }
    let kept = flags.without(Flags::SEEN).with(item.flags.and(Flags::SEEN));
    ledger.mark(tx, item, kept, keywords)
}

/// The change with its keywords in the folder's spelling; they are made known when there is an item to get them.
fn spelt(tx: &mut dyn Tx, folder: FolderId, change: &FlagChange, needed: bool) -> Result<FlagChange> {
    if change.mode == FlagMode::Remove || !needed || change.keywords.is_empty() {
        return Ok(change.clone());
    }
    let words = keyword::register(tx, folder, &change.keywords.join(" "))?;
    let keywords = words.split_ascii_whitespace().map(str::to_owned).collect();
    Ok(FlagChange { keywords, ..change.clone() })
}

/// The folder that items come to: whether it is hidden, and its UIDVALIDITY. Both folders must be there.
fn target(tx: &mut dyn Tx, ledger: &mut Ledger, from: FolderId, to: FolderId) -> Result<(bool, u32)> {
    ledger.folder(tx, from)?;
    let to = ledger.folder(tx, to)?;
    Ok((to.hidden, to.uid_validity))
}

fn copy_one(tx: &mut dyn Tx, ledger: &mut Ledger, old: Item, to: FolderId, now: Time) -> Result<u32> {
    let keywords = keyword::register(tx, to, &old.keywords)?;
    let id = ItemId::new(ledger.numbers.id, ledger.number()?);
    body::refer(tx, old.body, 1)?;
    property::copy(tx, old.id, id)?;
    read_state::copy(tx, old.id, id)?;
    let new = Item { id, keywords, saved: now, origin: None, ..old };
    Ok(ledger.add(tx, to, new)?.uid)
}

fn move_one(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    old: Item,
    kept: Kept,
    to: FolderId,
    now: Time,
) -> Result<u32> {
    let hidden = ledger.folder(tx, to)?.hidden;
    ledger.remove(tx, &old)?;
    let old = kept.of(old);
    // Hidden folders know no keywords: the bin must take what comes from any number of folders.
    let keywords = if hidden { old.keywords.clone() } else { keyword::register(tx, to, &old.keywords)? };
    let origin = if hidden { old.origin.or(Some(old.folder)) } else { None };
    let new = Item { keywords, saved: now, origin, ..old };
    Ok(ledger.add(tx, to, new)?.uid)
}

/// Expunges: into the recoverable items, or for good when it lies there already.
pub(crate) fn discard_all(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    items: &[Item],
    now: Time,
    limits: Limits,
) -> Result<()> {
    let bin = ledger.known(tx, WellKnown::Deletions)?;
    for item in items {
        let hidden = ledger.folder(tx, item.folder)?.hidden;
        // Associated items are settings of clients, nothing that anybody would recover.
        if hidden || item.flags.has(Flags::ASSOCIATED) {
            erase(tx, ledger, item)?;
            continue;
        }
        admit(ledger, limits, true, item.size)?;
        // Recovered, it must not look as if it were to be expunged again.
        let undeleted = Item { flags: item.flags.without(Flags::DELETED), ..item.clone() };
        bury_one(tx, ledger, item, undeleted, bin, now)?;
    }
    Ok(())
}

fn bury_one(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    old: &Item,
    new: Item,
    bin: FolderId,
    now: Time,
) -> Result<()> {
    ledger.remove(tx, old)?;
    let new = Item { saved: now, origin: Some(old.folder), ..new };
    ledger.add(tx, bin, new).map(drop)
}

/// Takes an item away with all that hangs on it.
pub(crate) fn erase(tx: &mut dyn Tx, ledger: &mut Ledger, item: &Item) -> Result<()> {
    ledger.remove(tx, item)?;
    body::release(tx, item.body)?;
    property::forget(tx, item.id)?;
    read_state::forget(tx, item.id)?;
    tx.text_forget(TEXT, item.id.0..=item.id.0)
}

/// What a slice of a copy did: the target's UIDVALIDITY, the UIDs before and after, and where the next slice begins.
type Copied = (u32, Vec<(u32, u32)>, Option<u32>);
