//! How much room the door has for its clients: memory, disk, and turns at what needs much of both.

use std::path::PathBuf;
use std::sync::Arc;

use net::{Budget, Clients, Exceeded, Memory, Shares};
use object::{Error, ErrorId, Network};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::limits::{
    ACCOUNT_DISK_BYTES_MAX, DISK_BYTES_MAX, LARGE_BYTES, LARGE_TURNS_MB, MEMORY_BYTES_MAX, SEARCH_TURNS,
    SMALL_TURNS,
};

/// What the house gives the door.
#[derive(Clone, Debug)]
pub struct Room {
    /// Memory for what clients make us hold; an account has one share of it over all doors.
    pub memory: Memory,
    /// Disk for messages that are coming in, and for parts that go out slowly.
    pub disk: Budget,
    /// Where such files are made.
    pub spool: PathBuf,
}

impl Default for Room {
    /// For tests and examples: a quarter of a gigabyte, and the system's temporary directory.
    fn default() -> Room {
        Room {
            memory: Clients::new(Budget::new("server", MEMORY_BYTES_MAX)).door("imap"),
            disk: Budget::new("spool", DISK_BYTES_MAX),
            spool: std::env::temp_dir(),
        }
    }
}

/// The same, divided.
pub(crate) struct Divided {
    pub(crate) spool: PathBuf,
    memory: Memory,
    disk: Shares<String>,
    /// Nobody appends before log-on.
    nothing: Budget,
    large: Arc<Semaphore>,
    small: Arc<Semaphore>,
    searches: Arc<Semaphore>,
}

impl Divided {
    pub(crate) fn of(room: Room) -> Divided {
        let Room { memory, disk, spool } = room;
        Divided {
            spool,
            memory,
            disk: Shares::new(&disk, "account", ACCOUNT_DISK_BYTES_MAX),
            nothing: Budget::new("disk before log-on", 0),
            large: Arc::new(Semaphore::new(LARGE_TURNS_MB as usize)),
            small: Arc::new(Semaphore::new(SMALL_TURNS)),
            searches: Arc::new(Semaphore::new(SEARCH_TURNS)),
        }
    }

    /// Memory and disk of a client before log-on.
    pub(crate) fn of_network(&self, network: Network) -> (Budget, Budget) {
        (self.memory.of_network(network), self.nothing.clone())
    }

    /// Memory and disk of an account.
    pub(crate) fn of_account(&self, account: &str) -> (Budget, Budget) {
        (self.memory.of_account(account), self.disk.of(account.to_owned()))
    }

    /// Waits for a turn to have that many octets in memory for a moment. What is small never waits for what is large,
    /// and no turn is kept while a client is waited for.
    pub(crate) async fn turn(&self, octets: u64) -> Option<OwnedSemaphorePermit> {
        let turn = if octets <= LARGE_BYTES {
            Arc::clone(&self.small).acquire_owned().await
        } else {
            // Within a number of megabytes that is far below 2^32.
            let megabytes = octets.div_ceil(1 << 20).min(u64::from(LARGE_TURNS_MB)) as u32;
            Arc::clone(&self.large).acquire_many_owned(megabytes).await
        };
        // Nobody closes the semaphores.
        turn.ok()
    }

    /// Waits for a turn to look through messages.
    pub(crate) async fn search(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.searches).acquire_owned().await.ok()
    }
}

/// What a client hears for which there is no room.
pub(crate) fn no_room(exceeded: Exceeded) -> Error {
    let Exceeded { budget, limit } = exceeded;
    Error::limit(
        ErrorId::RoomExhausted,
        format!("Too much is held for you at the moment ({budget}: {limit} bytes)."),
    )
    .help("Try again when other commands have ended.")
}
