//! The change feed: who waits on a mailbox is told its change number, after the commit and in commit order.
//!
//! What is sent is only a number that grows; what changed is asked with [`Mailbox::changes`](crate::Mailbox::changes)
//! and [`Mailbox::since`](crate::Mailbox::since). So nothing is queued for a slow listener, and none can miss
//! anything.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use db::Tx;
use parking_lot::Mutex;
use tokio::sync::watch;

use crate::fill::Fill;
use crate::ledger::Closed;

/// The feeds of a database's mailboxes, by their number; only those somebody listens to are kept.
#[derive(Clone, Default)]
pub(crate) struct Feeds {
    listened: Arc<Listened>,
    /// The mailboxes that changed since somebody last asked: where there may be something to index.
    touched: Arc<Mutex<BTreeSet<i64>>>,
    fill: Fill,
}

/// Who listens, in parts: a commit asks for one mailbox and never waits for a look at all of them.
struct Listened([Mutex<Part>; PARTS]);

/// So many that a part is small, and few enough to cost nothing where nobody listens.
const PARTS: usize = 64;

#[derive(Default)]
struct Part {
    feeds: HashMap<i64, watch::Sender<u64>>,
    /// When it has grown to this, those that nobody listens to any more leave.
    swept_at: usize,
}

impl Default for Listened {
    fn default() -> Listened {
        Listened(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Listened {
    fn part(&self, mailbox: i64) -> &Mutex<Part> {
        &self.0[mailbox.rem_euclid(PARTS as i64) as usize]
    }
}

impl Feeds {
    /// Listens to a mailbox whose change number at this moment, or a little earlier, is `now`.
    pub(crate) fn listen(&self, mailbox: i64) -> watch::Receiver<u64> {
        let mut part = self.listened.part(mailbox).lock();
        if part.feeds.len() > part.swept_at {
            part.feeds.retain(|_, feed| feed.receiver_count() > 0);
            part.swept_at = 2 * part.feeds.len() + 16;
        }
        part.feeds.entry(mailbox).or_insert_with(|| watch::channel(0).0).subscribe()
    }

    /// Tells the listeners of a mailbox that it has come to `change`; never goes back.
    pub(crate) fn publish(&self, mailbox: i64, change: u64) {
        if let Some(feed) = self.listened.part(mailbox).lock().feeds.get(&mailbox) {
            feed.send_if_modified(|known| {
                let newer = change > *known;
                *known = change.max(*known);
                newer
            });
        }
    }

    /// Notes mailboxes as changed.
    pub(crate) fn touch(&self, mailboxes: impl IntoIterator<Item = i64>) {
        self.touched.lock().extend(mailboxes);
    }

    /// One of the mailboxes that changed; it stays noted until [`Feeds::settle`].
    pub(crate) fn touched(&self) -> Option<i64> {
        self.touched.lock().first().copied()
    }

    /// Nothing is left to do for that mailbox as of now; changes from here on note it again.
    pub(crate) fn settle(&self, mailbox: i64) {
        self.touched.lock().remove(&mailbox);
    }

    /// How full the mailboxes are.
    pub(crate) fn fill(&self) -> &Fill {
        &self.fill
    }

    /// Publishes when the transaction is committed.
    pub(crate) fn publish_after(&self, tx: &mut dyn Tx, mailbox: i64, closed: Closed) {
        let feeds = self.clone();
        tx.after_commit(Box::new(move || {
            feeds.touch([mailbox]);
            feeds.fill.note(closed.mailbox, closed.used);
            feeds.publish(mailbox, closed.change);
        }));
    }
}
