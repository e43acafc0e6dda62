//! Mail comes in: delivered to several mailboxes of the database at once, or appended to a folder.
//!
//! The bytes are hashed and packed on the caller's thread. Then one transaction has everything: the body once, a
//! row per mailbox, change numbers, counters against the quota, the trace.

use db::Tx;
use object::types::Guid;
use object::{Error, ErrorId, Fault, Result, Time};

use crate::audit::{self, Operation};
use crate::body::{self, Packed};
use crate::database::Database;
use crate::flag::{Flags, check_keywords, join};
use crate::folder::{FolderId, WellKnown};
use crate::incoming::{Acceptance, Append, Delivered, Incoming, Limits, TargetFolder, To, Trace};
use crate::item::{self, Item, ItemId};
use crate::keyword;
use crate::ledger::{Closed, Ledger, Numbers, mailbox_missing};
use crate::mailbox::Mailbox;
use crate::replied;
use crate::state::State;
use crate::thread::{self, Links};
use crate::{trace, trace_recent};

/// Everything about a message that does not depend on the mailbox, ready to be written.
#[derive(Clone)]
pub(crate) struct Ready {
    pub(crate) packed: Packed,
    links: Links,
}

impl Ready {
    fn new(database: &Database, message: &Incoming) -> Result<Ready> {
        let key = database.key()?;
        Ok(Ready { packed: Packed::new(&key, message)?, links: Links::new(&key, &message.rendered) })
    }
}

/// A message that was looked at and packed, ready to be written to its database: what is large of it is compressed, and
/// its own bytes are not held any more.
#[derive(Clone)]
pub struct Prepared(Ready);

impl Prepared {
    pub(crate) fn ready(&self) -> &Ready {
        &self.0
    }
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a prepared message of {} bytes", self.0.packed.size)
    }
}

/// One item to append, prepared.
#[derive(Clone, Debug)]
pub struct AppendPrepared {
    /// The message.
    pub message: Prepared,
    /// Its flags.
    pub flags: Flags,
    /// Its keywords.
    pub keywords: Vec<String>,
    /// Its arrival, if not now.
    pub received: Option<Time>,
}

/// How one item is to lie in its folder.
pub(crate) struct Lie<'a> {
    pub(crate) flags: Flags,
    pub(crate) keywords: &'a [String],
    pub(crate) received: Time,
    pub(crate) now: Time,
    pub(crate) body: i64,
}

impl Database {
    /// Delivers a message to mailboxes of this database, all in one durable transaction.
    ///
    /// Each mailbox has an answer of its own: one that is over its quota, disconnected or gone does not keep the
    /// others from their mail, unless `acceptance` says so. When the disk is full or failing nothing is delivered at
    /// all. The trace is written when at least one mailbox got the message.
    pub fn deliver(
        &self,
        to: Vec<To>,
        message: &Incoming,
        trace: Option<Trace>,
        acceptance: Acceptance,
    ) -> Result<Vec<Result<Delivered>>> {
        to.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let (ready, now, feeds) = (Ready::new(self, message)?, self.now(), self.feeds().clone());
        let leaves = trace.as_ref().map_or(0, |trace| trace.recipients.len() + 1);
        let moves_traces = self.tracing().has_come(leaves);
        self.write(move |tx| {
            if moves_traces {
                trace_recent::settle(tx)?;
            }
            if acceptance == Acceptance::All
                && to.len() > 1
                && let Some(refusals) = refusals(tx, &to, ready.packed.size)?
            {
                return Ok(refusals);
            }
            let spot = body::place(tx, &ready.packed)?;
            let (mut answers, mut kept) = (Vec::with_capacity(to.len()), 0);
            for one in &to {
                let answer = deliver_one(tx, one, &ready, spot.0, now, |tx, mailbox, closed| {
                    feeds.publish_after(tx, mailbox, closed);
                });
                let answer = of_this_mailbox_only(answer)?;
                kept += answer.as_ref().map_or(0, |(_, items)| *items);
                answers.push(answer.map(|(delivered, _)| delivered));
            }
            if kept > 0 {
                body::keep(tx, &ready.packed, spot, kept)?;
                if let Some(trace) = &trace {
                    trace::write(tx, trace, &to, &answers)?;
                }
            }
            Ok(answers)
        })
    }

    /// Whether a message of `size` bytes fits into a mailbox now: what [`Database::deliver`] would answer, out of memory. A
    /// mailbox that was never heard of is no refusal.
    pub fn admits(&self, mailbox: Guid, limits: Limits, size: u64) -> Result<()> {
        let used = self.feeds().fill().of(mailbox).unwrap_or(0);
        fits(used, limits.total, size, false)
    }
}

/// Keeps apart what concerns one mailbox from what must undo the delivery to all.
fn of_this_mailbox_only<T>(answer: Result<T>) -> Result<Result<T>> {
    match answer {
        Err(error) if matches!(error.fault(), Fault::Server | Fault::Busy) => Err(error),
        other => Ok(other),
    }
}

/// The answers where one refuses; nothing where all take it. Nothing can come between this and the delivery, which
/// are one transaction.
fn refusals(tx: &mut dyn Tx, to: &[To], size: u64) -> Result<Option<Vec<Result<Delivered>>>> {
    let answers =
        to.iter().map(|one| of_this_mailbox_only(willing(tx, one, size))).collect::<Result<Vec<_>>>()?;
    let refused = answers.iter().any(Result::is_err);
    Ok(refused.then(|| answers.into_iter().map(|answer| answer.and_then(|_| Err(withheld()))).collect()))
}

/// What a recipient hears, in a delivery together, when another one refuses: it may be tried again.
pub fn withheld() -> Error {
    Error::busy(ErrorId::DeliveryWithheld, "Another recipient does not take the message.")
}

/// Whether a mailbox takes a message: the same questions as [`arrive`] asks, in the same order.
fn willing(tx: &mut dyn Tx, to: &To, size: u64) -> Result<()> {
    let numbers = Numbers::by_guid(tx, to.mailbox)?.ok_or_else(mailbox_missing)?;
    let mut ledger = Ledger::open(numbers);
    let folder = place_or_inbox(tx, &mut ledger, to.place)?;
    State::connected(&ledger.numbers)?;
    let hidden = ledger.folder(tx, folder)?.hidden;
    admit(&ledger, to.limits, hidden, size)
}

/// Where the message came to lie, and how many items there are of it now.
fn deliver_one(
    tx: &mut dyn Tx,
    to: &To,
    ready: &Ready,
    body: i64,
    now: Time,
    publish: impl FnOnce(&mut dyn Tx, i64, Closed),
) -> Result<(Delivered, u64)> {
    let numbers = Numbers::by_guid(tx, to.mailbox)?.ok_or_else(mailbox_missing)?;
    let mailbox = numbers.id;
    let mut ledger = Ledger::open(numbers);
    let folder = place_or_inbox(tx, &mut ledger, to.place)?;
    let lie = Lie { flags: to.flags, keywords: &to.keywords, received: now, now, body };
    let mut delivered = arrive(tx, &mut ledger, folder, ready, &lie, to.limits)?;
    let mut items = 1;
    for copy in &to.copies {
        let placed = place(tx, &mut ledger, TargetFolder::Folder(*copy));
        let copied = placed.and_then(|folder| arrive(tx, &mut ledger, folder, ready, &lie, to.limits));
        match of_this_mailbox_only(copied)? {
            Ok(_) => items += 1,
            Err(_) => delivered.copies_left_out += 1,
        }
    }
    if let Some(answer) = &to.answer {
        replied::note(tx, mailbox, answer, now)?;
    }
    if let Some(closed) = ledger.close(tx)? {
        publish(tx, mailbox, closed);
    }
    Ok((delivered, items))
}

/// The folder that a rule wants; the inbox where that folder was deleted.
fn place_or_inbox(tx: &mut dyn Tx, ledger: &mut Ledger, wanted: TargetFolder) -> Result<FolderId> {
    match (place(tx, ledger, wanted), wanted) {
        (Err(error), TargetFolder::Folder(_)) if error.is(ErrorId::FolderNotFound) => {
            ledger.known(tx, WellKnown::Inbox)
        }
        (placed, _) => placed,
    }
}

pub(crate) fn place(tx: &mut dyn Tx, ledger: &mut Ledger, place: TargetFolder) -> Result<FolderId> {
    match place {
        TargetFolder::Known(kind) => ledger.known(tx, kind),
        TargetFolder::Folder(id) => Ok(ledger.folder(tx, id)?.id),
    }
}

/// Everything that can refuse the item comes before anything is written, so that a refusal leaves nothing behind.
pub(crate) fn arrive(
    tx: &mut dyn Tx,
    ledger: &mut Ledger,
    folder: FolderId,
    ready: &Ready,
    lie: &Lie<'_>,
    limits: Limits,
) -> Result<Delivered> {
    State::connected(&ledger.numbers)?;
    let (hidden, uid_validity) = {
        let folder = ledger.folder(tx, folder)?;
        (folder.hidden, folder.uid_validity)
    };
    admit(ledger, limits, hidden, ready.packed.size)?;
    let keywords = join(lie.keywords.iter().map(String::as_str).collect())?;
    // Hidden folders know no keywords: the bin must take what comes from any number of folders.
    let keywords = if hidden { keywords } else { keyword::register(tx, folder, &keywords)? };
    let email = ledger.number()?;
    let thread = thread::assign(tx, ledger.numbers.id, &ready.links, email)?;
    let item = Item {
        folder,
        uid: 0,
        change: 0,
        flags: lie.flags,
        keywords,
        received: lie.received,
        size: ready.packed.size,
        saved: lie.now,
        id: ItemId::new(ledger.numbers.id, email),
        email,
        thread,
        origin: None,
        body: lie.body,
    };
    let item = ledger.add(tx, folder, item)?;
    Ok(Delivered { folder, uid_validity, uid: item.uid, change: item.change, email, copies_left_out: 0 })
}

/// Refuses what would lead above the quota: what lies there already and what is coming count together.
pub(crate) fn admit(ledger: &Ledger, limits: Limits, hidden: bool, coming: u64) -> Result<()> {
    match hidden {
        true => fits(ledger.numbers.deleted.size, limits.recoverable, coming, hidden),
        false => fits(ledger.used(), limits.total, coming, hidden),
    }
}

fn fits(used: u64, limit: Option<u64>, coming: u64, hidden: bool) -> Result<()> {
    match limit {
        // At the quota the mailbox is full, also for an item of no bytes.
        Some(limit) if used >= limit || coming > limit - used => Err(over(used, limit, hidden, coming)),
        _ => Ok(()),
    }
}

fn over(used: u64, limit: u64, hidden: bool, coming: u64) -> Error {
    let (id, what) = match hidden {
        true => (ErrorId::RecoverableItemsQuotaExceeded, "recoverable items of the mailbox"),
        false => (ErrorId::QuotaExceeded, "mailbox"),
    };
    let message = format!("The {what} holds {used} bytes of {limit}; {coming} more do not fit.");
    Error::limit(id, message).help("Delete something, or raise the quota.")
}

impl Mailbox {
    /// Appends messages to a folder: all of them or none. Answers where each lies, in the order given.
    pub fn append(&self, to: TargetFolder, items: Vec<Append>, limits: Limits) -> Result<Vec<Delivered>> {
        items.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let ready = items.into_iter().map(|one| {
            let message = self.prepare(&one.message)?;
            Ok(AppendPrepared { message, flags: one.flags, keywords: one.keywords, received: one.received })
        });
        self.append_prepared(to, ready.collect::<Result<_>>()?, limits)
    }

    /// Packs a message for this mailbox's database, so that it can be let go before it is written.
    pub fn prepare(&self, message: &Incoming) -> Result<Prepared> {
        Ready::new(&self.database, message).map(Prepared)
    }

    /// As [`Mailbox::append`], of messages that were prepared.
    pub fn append_prepared(
        &self,
        to: TargetFolder,
        items: Vec<AppendPrepared>,
        limits: Limits,
    ) -> Result<Vec<Delivered>> {
        items.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let (now, watching) = (self.database.now(), self.watching.clone());
        self.database.write_mailbox(self.id, move |tx, ledger| {
            let folder = place(tx, ledger, to)?;
            let appended = items
                .iter()
                .map(|one| {
                    let ready = &one.message.0;
                    let spot = body::place(tx, &ready.packed)?;
                    let received = one.received.unwrap_or(now);
                    let lie = Lie { flags: one.flags, keywords: &one.keywords, received, now, body: spot.0 };
                    let delivered = arrive(tx, ledger, folder, ready, &lie, limits)?;
                    body::keep(tx, &ready.packed, spot, 1)?;
                    Ok(delivered)
                })
                .collect::<Result<Vec<Delivered>>>()?;
            audit::record(tx, &watching, ledger.numbers.id, now, Operation::Create, |tx| {
                let made = appended.iter().map(|one| item::load(tx, folder, one.uid));
                let made = made.collect::<Result<Vec<_>>>()?;
                audit::items_in(tx, folder, &made)
            })?;
            Ok(appended)
        })
    }
}
