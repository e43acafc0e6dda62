//! A message while it is being received: kept in memory under the port's limit and the budget of all doors.
//!
//! It lies in pieces until it is whole. A vector that grows is copied again and again, and leaves behind it holes of every
//! size that nobody counts: slow senders so held twice of what they had sent. From the moment something is wrong with a
//! message it takes no memory any more; the rest is only counted.

use net::Flaw;
use tokio::time::Instant;
use transport::{Message, SizeLimitOf, TraceFields};

use crate::pace::Pace;
use crate::receiving::{FREE_BYTES, Held};

/// Room that is taken at once: most messages fit, and nothing of them is copied.
const FIRST_BYTES: usize = 16 << 10;
/// The next piece; both together are what every message may take without being counted.
const SECOND_BYTES: usize = FREE_BYTES as usize - FIRST_BYTES;
/// Each piece behind those.
const PIECE_BYTES: usize = 32 << 10;

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
    pub(crate) whose: SizeLimitOf,
}

/// A message in the making.
#[derive(Debug)]
pub(crate) struct Body {
    /// Its beginning: all of it, when it is small.
    message: Message,
    /// What follows.
    pieces: Vec<Vec<u8>>,
    /// The room of all of them.
    capacity: usize,
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
        let (pieces, capacity, pace) = (Vec::new(), message.octets.capacity(), Pace::begin());
        Body { message, pieces, capacity, limit, received: 0, spoiled: None, held, pace }
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
    pub(crate) fn whose_limit(&self) -> SizeLimitOf {
        self.limit.whose
    }

    /// Why it cannot be taken, if it cannot.
    pub(crate) fn spoiled(&self) -> Option<Spoiled> {
        self.spoiled
    }

    /// The message in one piece, and the memory that is held for it. Each piece is let go as soon as it is copied.
    pub(crate) fn finish(mut self) -> (Message, Held) {
        let more: usize = self.pieces.iter().map(Vec::len).sum();
        self.message.octets.reserve_exact(more);
        self.pieces.into_iter().for_each(|piece| self.message.octets.extend_from_slice(&piece));
        (self.message, self.held)
    }

    /// The first reason stays.
    fn give_up(&mut self, why: Spoiled) {
        self.spoiled.get_or_insert(why);
        (self.message, self.pieces, self.capacity) = Default::default();
        self.held.release();
    }

    /// The piece that is being filled.
    fn last(&mut self) -> &mut Vec<u8> {
        self.pieces.last_mut().unwrap_or(&mut self.message.octets)
    }

    /// Another piece. Memory is taken as it is used: there is never more of it than what has come and one piece.
    fn grow(&mut self) -> bool {
        let (first, second) = (self.capacity < FIRST_BYTES, self.capacity < FREE_BYTES as usize);
        let more = match () {
            () if first => FIRST_BYTES - self.capacity,
            () if second => SECOND_BYTES,
            () => PIECE_BYTES,
        };
        if !self.held.grow_to(self.capacity + more) {
            self.give_up(Spoiled::NoMemory);
            return false;
        }
        if first {
            let room = FIRST_BYTES - self.message.octets.len();
            self.message.octets.reserve_exact(room);
        } else {
            self.pieces.push(Vec::with_capacity(more));
        }
        self.capacity += more;
        true
    }
}

impl Sink for Body {
    fn push(&mut self, octets: &[u8]) {
        self.received += octets.len() as u64;
        if self.received > self.limit.bytes {
            self.give_up(Spoiled::TooLarge);
        }
        let mut rest = octets;
        while self.spoiled.is_none() && !rest.is_empty() {
            let last = self.last();
            let (now, later) = rest.split_at(rest.len().min(last.capacity() - last.len()));
            last.extend_from_slice(now);
            rest = later;
            if !rest.is_empty() && !self.grow() {
                return;
            }
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
        let limit = SizeLimit { bytes: limit, whose: SizeLimitOf::Organization };
        Body::begin(&TraceFields::default(), limit, held)
    }

    #[tokio::test]
    async fn a_message_over_the_limit_takes_no_memory() {
        let budget = Arc::new(Receiving::default());
        let mut body = body(100_000, &budget);
        body.push(&[b'x'; 100_000]);
        assert_eq!(body.spoiled(), None);
        // What is held is little more than what came, without the part that everybody has.
        assert_eq!(budget.all().used(), 3 * PIECE_BYTES as u64);
        body.push(b"x");
        assert_eq!((body.spoiled(), budget.all().used()), (Some(Spoiled::TooLarge), 0));
        assert_eq!((body.received(), body.message.octets.capacity(), body.pieces.len()), (100_001, 0, 0));
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
    async fn a_message_is_whole_however_it_came_in() {
        let text: Vec<u8> =
            (0..300_000_u32).map(|number| number.to_le_bytes()[number as usize % 4]).collect();
        for (length, step) in [
            (0, 1),
            (1, 1),
            (16_384, 16_384),
            (16_385, 7),
            (32_768, 32_768),
            (65_536, 999),
            (300_000, 123_457),
        ] {
            let budget = Arc::new(Receiving::default());
            let mut body = body(1 << 20, &budget);
            text[..length].chunks(step).for_each(|octets| body.push(octets));
            let counted = budget.all().used();
            assert!(
                counted <= (length as u64 + PIECE_BYTES as u64).saturating_sub(FREE_BYTES),
                "{length}: {counted}"
            );
            let (message, held) = body.finish();
            assert_eq!(message.octets, text[..length], "{length} by {step}");
            assert_eq!(held.is_counted(), counted > 0);
        }
    }

    #[tokio::test]
    async fn the_first_reason_stays() {
        let mut body = body(10, &Arc::default());
        body.spoil(Flaw::BareLf);
        body.push(&[b'x'; 20]);
        assert_eq!(body.spoiled(), Some(Spoiled::Flaw(Flaw::BareLf)));
    }
}
