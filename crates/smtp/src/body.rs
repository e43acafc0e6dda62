//! A message while it is being received: kept in memory under the port's limit and the budget of all doors.
//!
//! From the moment something is wrong with it, it takes no memory any more; the rest is only counted.

use net::Flaw;
use tokio::time::Instant;
use transport::{Message, TraceFields};

use crate::pace::Pace;
use crate::receiving::Held;

/// Room that is taken at once: most messages fit.
const FIRST_BYTES: usize = 16 << 10;
/// A vector grows by a quarter, and by whole pages.
const PAGE_BYTES: usize = 4 << 10;

/// Why a message cannot be taken, however it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// More octets than allowed.
    TooLarge,
    /// Something that no standard allows.
    Flaw(Flaw),
    /// The memory for messages is used up.
    NoMemory,
}

/// Takes the octets of a message as a reader finds them.
pub(crate) trait Sink {
    /// The next octets.
    fn push(&mut self, octets: &[u8]);
    /// Something that no standard allows was among them.
    fn spoil(&mut self, flaw: Flaw);
}

/// How large a message may be, and whose limit that is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SizeLimit {
    pub(crate) bytes: u64,
    pub(crate) whose: &'static str,
}

/// A message in the making.
#[derive(Debug)]
pub(crate) struct Body {
    message: Message,
    limit: SizeLimit,
    received: u64,
    spoiled: Option<Spoiled>,
    held: Held,
    pace: Pace,
}

impl Body {
    /// A message with nothing but its trace fields.
    pub(crate) fn begin(trace: &TraceFields, limit: SizeLimit, held: Held) -> Body {
        let message = Message::begin(trace);
        Body { message, limit, received: 0, spoiled: None, held, pace: Pace::begin() }
    }

    /// Notes that octets came, so that the client has time for more.
    pub(crate) fn came(&mut self, octets: usize) {
        self.pace.came(octets, self.held.is_counted());
    }

    /// When the next octets must have come.
    pub(crate) fn deadline(&self) -> Instant {
        self.pace.deadline()
    }

    /// Whether it takes memory that others could need.
    pub(crate) fn is_counted(&self) -> bool {
        self.held.is_counted()
    }

    /// Octets received so far, kept or not.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Whose limit it must keep.
    pub(crate) fn whose_limit(&self) -> &'static str {
        self.limit.whose
    }

    /// Why it cannot be taken, if it cannot.
    pub(crate) fn spoiled(&self) -> Option<Spoiled> {
        self.spoiled
    }

    /// The message, and the memory that is held for it.
    pub(crate) fn finish(self) -> (Message, Held) {
        (self.message, self.held)
    }

    /// The first reason stays.
    fn give_up(&mut self, why: Spoiled) {
        self.spoiled.get_or_insert(why);
        self.message = Message::default();
        self.held.release();
    }

    /// Takes memory as it is used: little more than has come.
    fn make_room(&mut self, more: usize) -> bool {
        let needed = self.message.octets.len() + more;
        if needed <= self.message.octets.capacity() {
            return true;
        }
        let capacity = (needed + needed / 4).max(FIRST_BYTES).next_multiple_of(PAGE_BYTES);
        if !self.held.grow_to(capacity) {
            self.give_up(Spoiled::NoMemory);
            return false;
        }
        self.message.octets.reserve_exact(capacity - self.message.octets.len());
        true
    }
}

impl Sink for Body {
    fn push(&mut self, octets: &[u8]) {
        self.received += octets.len() as u64;
        if self.received > self.limit.bytes {
            self.give_up(Spoiled::TooLarge);
        }
        if self.spoiled.is_none() && self.make_room(octets.len()) {
            self.message.octets.extend_from_slice(octets);
        }
    }

    fn spoil(&mut self, flaw: Flaw) {
        self.give_up(Spoiled::Flaw(flaw));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Receiving;
    use std::sync::Arc;

    fn body(limit: u64, budget: &Arc<Receiving>) -> Body {
        let held = Held::nothing(budget, object::Network::of([192, 0, 2, 1].into()));
        let limit = SizeLimit { bytes: limit, whose: "organization" };
        Body::begin(&TraceFields::default(), limit, held)
    }

    #[tokio::test]
    async fn a_message_over_the_limit_takes_no_memory() {
        let budget = Arc::new(Receiving::default());
        let mut body = body(100_000, &budget);
        body.push(&[b'x'; 100_000]);
        assert_eq!(body.spoiled(), None);
        // What is held is little more than what came, without the part that everybody has.
        let expected = 125_000_usize.next_multiple_of(PAGE_BYTES) as u64 - crate::receiving::FREE_BYTES;
        assert_eq!(budget.all().used(), expected);
        body.push(b"x");
        assert_eq!((body.spoiled(), budget.all().used()), (Some(Spoiled::TooLarge), 0));
        assert_eq!((body.received(), body.message.octets.capacity()), (100_001, 0));
    }

    #[tokio::test]
    async fn all_messages_together_stay_within_the_budget_and_small_ones_get_in() {
        let budget = Arc::new(Receiving::new(net::Budget::new("receiving", 80_000), 80_000));
        let (mut first, mut second) = (body(1 << 20, &budget), body(1 << 20, &budget));
        first.push(&[b'x'; 80_000]);
        second.push(&[b'x'; 20_000]);
        assert_eq!((first.spoiled(), second.spoiled()), (None, None));
        second.push(&[b'x'; 60_000]);
        assert_eq!(second.spoiled(), Some(Spoiled::NoMemory));
        drop(first);
        assert_eq!(budget.all().used(), 0);
    }

    #[tokio::test]
    async fn the_first_reason_stays() {
        let mut body = body(10, &Arc::default());
        body.spoil(Flaw::BareLf);
        body.push(&[b'x'; 20]);
        assert_eq!(body.spoiled(), Some(Spoiled::Flaw(Flaw::BareLf)));
    }
}
