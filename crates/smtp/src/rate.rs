//! How many messages a client sends in a minute, where its connector has a limit of that.

use std::collections::HashMap;
use std::time::Duration;

use object::Network;
use parking_lot::Mutex;
use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);
/// Clients that are counted; when there are more, all that are not of this minute are forgotten.
const CLIENTS_MAX: usize = 10_000;

/// Who began how many messages in the minute at hand.
#[derive(Debug, Default)]
pub(crate) struct Rate {
    begun: Mutex<HashMap<Network, (Instant, u32)>>,
}

impl Rate {
    /// Counts a message; false where it is one too many for this minute.
    pub(crate) fn begins(&self, client: Network, most: u32) -> bool {
        let (now, mut begun) = (Instant::now(), self.begun.lock());
        if begun.len() >= CLIENTS_MAX {
            begun.retain(|_, (since, _)| now.duration_since(*since) < MINUTE);
        }
        // A flood of clients is not a reason to lose count of all of them, nor to keep them without end.
        if begun.len() >= CLIENTS_MAX && !begun.contains_key(&client) {
            return true;
        }
        let (since, count) = begun.entry(client).or_insert((now, 0));
        if now.duration_since(*since) >= MINUTE {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_client_has_its_minute() {
        let (rate, [one, other]) =
            (Rate::default(), [1, 2].map(|last| Network::of([192, 0, 2, last].into())));
        assert_eq!([1, 2, 3].map(|_| rate.begins(one, 2)), [true, true, false]);
        assert!(rate.begins(other, 2));
        tokio::time::advance(MINUTE).await;
        assert!(rate.begins(one, 2));
    }
}
