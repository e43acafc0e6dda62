//! How slowly a client may send a message that takes memory from others.
//!
//! Every piece buys time, as much as its octets take at the slowest pace, and never more than the longest pause. So a
//! client that stops, or drips, is cut off after that pause, and a slow line is not.

use std::time::Duration;

use tokio::time::Instant;

/// Waiting for a piece of a message. [RFC 5321 4.5.3.2.5]
const PAUSE_MAX: Duration = Duration::from_secs(180);
/// A whole message, or a chunk that is read over.
pub(crate) const MESSAGE_TIME_MAX: Duration = Duration::from_secs(3600);
/// A modem of the last century sends as much. At this pace the largest message takes three hours, and is cut off after one.
const OCTETS_PER_SECOND_MIN: u64 = 1_000;

/// The time a client has left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    until: Instant,
    ends: Instant,
}

impl Pace {
    pub(crate) fn begin() -> Pace {
        let now = Instant::now();
        Pace { until: now + PAUSE_MAX, ends: now + MESSAGE_TIME_MAX }
    }

    /// Octets came. Who holds nothing of what others could need may take the longest pause each time.
    pub(crate) fn came(&mut self, octets: usize, hurries: bool) {
        let most = Instant::now() + PAUSE_MAX;
        let bought = Duration::from_millis(octets as u64 * 1000 / OCTETS_PER_SECOND_MIN);
        self.until = if hurries { most.min(self.until + bought) } else { most };
    }

    /// When the next piece must have come.
    pub(crate) fn deadline(&self) -> Instant {
        self.until.min(self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_waited_for_and_a_drip_is_not() {
        let seconds_held = async |octets: usize, every: u64, hurries: bool| {
            let began = Instant::now();
            let mut pace = Pace::begin();
            loop {
                let next = Instant::now() + Duration::from_secs(every);
                if next > pace.deadline() {
                    return (pace.deadline() - began).as_secs();
                }
                tokio::time::sleep_until(next).await;
                pace.came(octets, hurries);
            }
        };
        assert_eq!(seconds_held(70_000, 60, true).await, 3600, "9,600 baud");
        assert_eq!(seconds_held(60, 60, true).await, 180, "a line a minute");
        assert_eq!(seconds_held(0, 200, true).await, 180, "nothing");
        assert_eq!(seconds_held(60, 60, false).await, 3600, "a small message, typed by hand");
    }
}
