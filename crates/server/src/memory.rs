//! Memory that was freed goes back to the machine at once.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// mimalloc's delay before freed memory goes back, in milliseconds. With any delay of its own choice, what senders of large
/// messages held stays with the server for minutes (150 MB were measured behind 16 of them).
const DELAY: &str = "MIMALLOC_PURGE_DELAY";

/// Begins the program anew, as the same process, with the allocator told to give memory back at once: it reads its settings
/// before anything else runs. Whoever sets a delay is not overruled; where it cannot be begun anew it goes on as it is.
pub fn give_back_at_once() {
    if env::var_os(DELAY).is_none() {
        let error = env::current_exe().map_or_else(|error| error, begun_anew);
        tracing::warn!(%error, "memory goes back to the machine late");
    }
}

/// Answers only where that cannot be.
fn begun_anew(program: PathBuf) -> std::io::Error {
    let mut words = env::args_os();
    let called = words.next().unwrap_or_else(|| program.clone().into());
    Command::new(program).arg0(called).args(words).env(DELAY, "0").exec()
}
