//! A message while it is being received: kept in memory under the port's limit and a limit of the whole door.
//!
//! From the moment something is wrong with it, it takes no memory any more; the rest is only counted.

use std::sync::Arc;

use net::Flaw;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use transport::{Message, TraceFields};

/// What one permit of the door's memory stands for.
pub(crate) const PERMIT_BYTES: usize = 4 << 10;
/// Room that is taken at once: most messages fit.
const FIRST_BYTES: usize = 16 << 10;

/// Why a message cannot be taken, however it goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spoiled {
    /// More octets than allowed.
    TooLarge,
    /// Something that no standard allows.
    Flaw(Flaw),
    /// The door's memory is used up.
    NoMemory,
}

/// Takes the octets of a message as a reader finds them.
pub(crate) trait Sink {
    /// The next octets.
    fn push(&mut self, octets: &[u8]);
    /// Something that no standard allows was among them.
    fn spoil(&mut self, flaw: Flaw);
}

/// A message in the making.
#[derive(Debug)]
pub(crate) struct Body {
    message: Message,
    limit: u64,
    received: u64,
    spoiled: Option<Spoiled>,
    memory: Arc<Semaphore>,
    held: Option<OwnedSemaphorePermit>,
}

impl Body {
    /// A message with nothing but its trace fields.
    pub(crate) fn begin(trace: &TraceFields, limit: u64, memory: Arc<Semaphore>) -> Body {
        let message = Message::begin(trace);
        Body { message, limit, received: 0, spoiled: None, memory, held: None }
    }

    /// Octets received so far, kept or not.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Why it cannot be taken, if it cannot.
    pub(crate) fn spoiled(&self) -> Option<Spoiled> {
        self.spoiled
    }

    /// The message, and the memory that is held for it.
    pub(crate) fn finish(self) -> (Message, Option<OwnedSemaphorePermit>) {
        (self.message, self.held)
    }

    /// The first reason stays.
    fn give_up(&mut self, why: Spoiled) {
        self.spoiled.get_or_insert(why);
        self.message = Message::default();
        self.held = None;
    }

    /// Grows by doubling, and holds a permit for all that the vector takes.
    fn make_room(&mut self, more: usize) -> bool {
        let needed = self.message.octets.len() + more;
        if needed <= self.message.octets.capacity() && self.held.is_some() {
            return true;
        }
        let capacity = needed.max(FIRST_BYTES).next_power_of_two();
        let missing = capacity
            .div_ceil(PERMIT_BYTES)
            .saturating_sub(self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        let Ok(permit) = Arc::clone(&self.memory).try_acquire_many_owned(missing as u32) else {
            self.give_up(Spoiled::NoMemory);
            return false;
        };
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        self.message.octets.reserve_exact(capacity - self.message.octets.len());
        true
    }
}

impl Sink for Body {
    fn push(&mut self, octets: &[u8]) {
        self.received += octets.len() as u64;
        if self.received > self.limit {
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

    fn body(limit: u64, memory: &Arc<Semaphore>) -> Body {
        Body::begin(&TraceFields::default(), limit, Arc::clone(memory))
    }

    #[test]
    fn a_message_over_the_limit_takes_no_memory() {
        let memory = Arc::new(Semaphore::new(100));
        let mut body = body(100_000, &memory);
        body.push(&[b'x'; 100_000]);
        assert_eq!((body.spoiled(), memory.available_permits()), (None, 100 - 32));
        body.push(b"x");
        assert_eq!((body.spoiled(), memory.available_permits()), (Some(Spoiled::TooLarge), 100));
        assert_eq!((body.received(), body.message.octets.capacity()), (100_001, 0));
    }

    #[test]
    fn all_messages_together_stay_within_the_doors_memory() {
        let memory = Arc::new(Semaphore::new(10));
        let (mut first, mut second) = (body(1 << 20, &memory), body(1 << 20, &memory));
        first.push(&[b'x'; 20_000]);
        second.push(&[b'x'; 20_000]);
        assert_eq!((first.spoiled(), second.spoiled()), (None, Some(Spoiled::NoMemory)));
        drop(first);
        assert_eq!(memory.available_permits(), 10);
    }

    #[test]
    fn the_first_reason_stays() {
        let mut body = body(10, &Arc::new(Semaphore::new(10)));
        body.spoil(Flaw::BareLf);
        body.push(&[b'x'; 20]);
        assert_eq!(body.spoiled(), Some(Spoiled::Flaw(Flaw::BareLf)));
    }
}
