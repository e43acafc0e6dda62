//! Mail comes in: delivered to several mailboxes of the database at once, or appended to a folder.
//!
//! The bytes are hashed and packed on the caller's thread. Then one transaction has everything: the body once, a
//! row per mailbox, change numbers, counters against the quota, the trace.

use db::Tx;
use object::{Error, ErrorId, Fault, Result, Time};

use crate::body::{self, Packed};
use crate::database::{Database, mailbox_missing};
use crate::flag::{Flags, check_keywords, join};
use crate::folder::FolderId;
use crate::incoming::{Append, Delivered, Incoming, Limits, Place, To, Trace};
use crate::item::{Item, ItemId};
use crate::keyword;
use crate::ledger::{Ledger, Numbers};
use crate::lifecycle::State;
use crate::mailbox::Mailbox;
use crate::thread::{self, Links};
use crate::trace;

/// Everything about a message that does not depend on the mailbox, ready to be written.
#[derive(Clone)]
struct Ready {
    packed: Packed,
    links: Links,
}

impl Ready {
    fn new(database: &Database, message: &Incoming) -> Result<Ready> {
        let key = database.key()?;
        Ok(Ready { packed: Packed::new(&key, message)?, links: Links::new(&key, &message.rendered) })
    }
}

/// How one item is to lie in its folder.
struct Lie<'a> {
    flags: Flags,
    keywords: &'a [String],
    received: Time,
    now: Time,
    body: i64,
}

impl Database {
    /// Delivers a message to mailboxes of this database, all in one durable transaction.
    ///
    /// Each mailbox has an answer of its own: one that is over its quota, disconnected or gone does not keep the
    /// others from their mail. When the disk is full or failing nothing is delivered at all. The trace is written
    /// when at least one mailbox got the message.
    pub fn deliver(
        &self,
        to: Vec<To>,
        message: &Incoming,
        trace: Option<Trace>,
    ) -> Result<Vec<Result<Delivered>>> {
        self.deliver_if(to, message, trace, false)
    }

    /// As [`Database::deliver`], but into all mailboxes or none: where one refuses, the answers of the others are
    /// [`withheld`].
    pub fn deliver_together(
        &self,
        to: Vec<To>,
        message: &Incoming,
        trace: Option<Trace>,
    ) -> Result<Vec<Result<Delivered>>> {
        self.deliver_if(to, message, trace, true)
    }

    fn deliver_if(
        &self,
        to: Vec<To>,
        message: &Incoming,
        trace: Option<Trace>,
        together: bool,
    ) -> Result<Vec<Result<Delivered>>> {
        to.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let (ready, now, feeds) = (Ready::new(self, message)?, self.now(), self.feeds().clone());
        self.write(move |tx| {
            if together
                && to.len() > 1
                && let Some(refusals) = refusals(tx, &to)?
            {
                return Ok(refusals);
            }
            let spot = body::place(tx, &ready.packed)?;
            let mut answers = Vec::with_capacity(to.len());
            for one in &to {
                let answer = deliver_one(tx, one, &ready, spot.0, now, |tx, mailbox, change| {
                    feeds.publish_after(tx, mailbox, change);
                });
                answers.push(of_this_mailbox_only(answer)?);
            }
            let kept = answers.iter().filter(|answer| answer.is_ok()).count() as u64;
            if kept > 0 {
                body::keep(tx, &ready.packed, spot, kept)?;
                if let Some(trace) = &trace {
                    trace::write(tx, trace, &to, &answers)?;
                }
            }
            Ok(answers)
        })
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
fn refusals(tx: &mut dyn Tx, to: &[To]) -> Result<Option<Vec<Result<Delivered>>>> {
    let answers = to.iter().map(|one| of_this_mailbox_only(willing(tx, one))).collect::<Result<Vec<_>>>()?;
    let refused = answers.iter().any(Result::is_err);
    Ok(refused.then(|| answers.into_iter().map(|answer| answer.and_then(|_| Err(withheld()))).collect()))
}

/// What a recipient hears, in a delivery together, when another one refuses: it may be tried again.
pub fn withheld() -> Error {
    Error::busy(ErrorId::DeliveryWithheld, "Another recipient does not take the message.")
}

/// Whether a mailbox takes a message: the same questions as [`arrive`] asks, in the same order.
fn willing(tx: &mut dyn Tx, to: &To) -> Result<()> {
    let numbers = Numbers::by_guid(tx, to.mailbox)?.ok_or_else(mailbox_missing)?;
    let mut ledger = Ledger::open(numbers);
    let folder = place(tx, &mut ledger, to.place)?;
    State::connected(&ledger.numbers)?;
    let hidden = ledger.folder(tx, folder)?.hidden;
    admit(&ledger, to.limits, hidden)
}

fn deliver_one(
    tx: &mut dyn Tx,
    to: &To,
    ready: &Ready,
    body: i64,
    now: Time,
    publish: impl FnOnce(&mut dyn Tx, i64, u64),
) -> Result<Delivered> {
    let numbers = Numbers::by_guid(tx, to.mailbox)?.ok_or_else(mailbox_missing)?;
    let mailbox = numbers.id;
    let mut ledger = Ledger::open(numbers);
    let folder = place(tx, &mut ledger, to.place)?;
    let lie = Lie { flags: to.flags, keywords: &to.keywords, received: now, now, body };
    let delivered = arrive(tx, &mut ledger, folder, ready, &lie, to.limits)?;
    if let Some(change) = ledger.close(tx)? {
        publish(tx, mailbox, change);
    }
    Ok(delivered)
}

pub(crate) fn place(tx: &mut dyn Tx, ledger: &mut Ledger, place: Place) -> Result<FolderId> {
    match place {
        Place::Known(kind) => ledger.known(tx, kind),
        Place::Folder(id) => Ok(ledger.folder(tx, id)?.id),
    }
}

/// Everything that can refuse the item comes before anything is written, so that a refusal leaves nothing behind.
fn arrive(
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
    admit(ledger, limits, hidden)?;
    let keywords = join(lie.keywords.iter().map(String::as_str).collect())?;
    let keywords = keyword::register(tx, folder, &keywords)?;
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
    Ok(Delivered { folder, uid_validity, uid: item.uid, change: item.change, email })
}

/// Refuses what the quota does not allow. At or above it nothing more comes in; what is below may go over it once.
pub(crate) fn admit(ledger: &Ledger, limits: Limits, hidden: bool) -> Result<()> {
    let n = &ledger.numbers;
    let (used, limit) = match hidden {
        true => (n.deleted.size, limits.recoverable),
        false => (n.items.size + n.associated.size, limits.total),
    };
    match limit {
        Some(limit) if used >= limit => Err(over(used, limit, hidden)),
        _ => Ok(()),
    }
}

fn over(used: u64, limit: u64, hidden: bool) -> Error {
    let (id, what) = match hidden {
        true => (ErrorId::RecoverableItemsQuotaExceeded, "recoverable items of the mailbox"),
        false => (ErrorId::QuotaExceeded, "mailbox"),
    };
    Error::limit(id, format!("The {what} holds {used} bytes; its limit is {limit}."))
        .help("Delete something, or raise the quota.")
}

impl Mailbox {
    /// Appends messages to a folder: all of them or none. Answers where each lies, in the order given.
    pub fn append(&self, to: Place, items: Vec<Append>, limits: Limits) -> Result<Vec<Delivered>> {
        items.iter().try_for_each(|one| check_keywords(&one.keywords))?;
        let ready: Vec<Ready> =
            items.iter().map(|one| Ready::new(&self.database, &one.message)).collect::<Result<_>>()?;
        let now = self.database.now();
        self.database.write_mailbox(self.id, move |tx, ledger| {
            let folder = place(tx, ledger, to)?;
            items
                .iter()
                .zip(&ready)
                .map(|(one, ready)| {
                    let spot = body::place(tx, &ready.packed)?;
                    let received = one.received.unwrap_or(now);
                    let lie = Lie { flags: one.flags, keywords: &one.keywords, received, now, body: spot.0 };
                    let delivered = arrive(tx, ledger, folder, ready, &lie, limits)?;
                    body::keep(tx, &ready.packed, spot, 1)?;
                    Ok(delivered)
                })
                .collect()
        })
    }
}
