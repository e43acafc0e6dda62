//! What administrators do with the queue: look at it, hold it, let it go on, take messages out.

use object::types::Guid;
use object::{Result, Time};

use crate::queue::Waiting;
use crate::{Lane, QueueInfo, QueuedMessage, Transport};

impl Transport {
    /// The queues, by name.
    pub fn queues(&self) -> Result<Vec<QueueInfo>> {
        self.queue.queues()
    }

    /// The messages that wait, oldest first; at most `limit`.
    pub fn queued(&self, limit: i64) -> Result<Vec<QueuedMessage>> {
        let mut found: Vec<QueuedMessage> = Vec::new();
        for row in self.queue.waiting_rows(limit)? {
            match found.iter_mut().find(|known| known.id == row.id && known.lane == row.lane) {
                Some(known) => join(known, row),
                None => found.push(of_row(row)),
            }
        }
        Ok(found)
    }

    /// Holds a queue, or lets it go on.
    pub fn suspend_queue(&self, lane: &str, held: bool) -> Result<()> {
        self.queue.suspend_lane(lane, held, self.clock.now())?;
        self.bell.ring();
        Ok(())
    }

    /// Tries what waits in a queue now.
    pub fn retry_queue(&self, lane: &str) -> Result<()> {
        self.queue.hurry(&Lane::of_name(lane), self.clock.now())?;
        self.bell.ring();
        Ok(())
    }

    /// Holds a message, or lets it go on; tells how many recipients that were.
    pub fn suspend_message(&self, id: Guid, held: bool) -> Result<u64> {
        let changed = self.queue.suspend_message(id, held, self.clock.now())?;
        self.bell.ring();
        Ok(changed)
    }

    /// Takes a message out of the queue; its sender is told, if wanted. What is being delivered at the moment stays. Tells
    /// how many recipients that were.
    pub fn remove_message(&self, id: Guid, told: bool) -> Result<u64> {
        let changed = self.queue.remove_message(id, told, self.clock.now())?;
        self.bell.ring();
        Ok(changed)
    }

    /// When mail is given up that waits since a moment.
    pub fn expires(&self, begun: Time) -> Time {
        begun + self.times.expire_after
    }
}

fn of_row(row: Waiting) -> QueuedMessage {
    QueuedMessage {
        id: row.id,
        lane: row.lane,
        sender: row.sender,
        subject: row.subject,
        internet_id: row.internet_id,
        size: row.size,
        client: row.client,
        accepted: row.accepted,
        begun: row.accepted.max(row.begun),
        attempts: row.attempts,
        suspended: row.suspended,
        last_error: row.detail,
        recipients: vec![row.address],
    }
}

fn join(known: &mut QueuedMessage, row: Waiting) {
    known.attempts = known.attempts.max(row.attempts);
    known.suspended |= row.suspended;
    known.begun = known.begun.max(row.begun);
    known.recipients.push(row.address);
    if known.last_error.is_empty() {
        known.last_error = row.detail;
    }
}
