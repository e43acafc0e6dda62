//! Ctrl-C: one flag that every loop of a running pipeline looks at, and whoever waits is woken.

use parking_lot::{Condvar, Mutex};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::runtime::Runtime;
use tokio::time::sleep;

/// How often a wait for the network looks whether it shall stop.
const STOP_LOOK_MILLIS: u64 = 100;

/// The wish to stop what runs; clones are the same wish.
#[derive(Clone, Default)]
pub struct Stop(Arc<Shared>);

#[derive(Default)]
struct Shared {
    asked: AtomicBool,
    lock: Mutex<()>,
    woken: Condvar,
}

impl Stop {
    /// Whether someone asked to stop.
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// Asks to stop and wakes who waits.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
        // Taking the lock closes the gap between a sleeper's look at the flag and its wait.
        drop(self.0.lock.lock());
        self.0.woken.notify_all();
    }

    /// Forgets the wish: the next pipeline begins.
    pub fn clear(&self) {
        self.0.asked.store(false, Ordering::Relaxed);
    }

    /// Waits for `length`, or until someone asks to stop.
    pub fn wait(&self, length: Duration) {
        let mut held = self.0.lock.lock();
        if !self.is_asked() {
            self.0.woken.wait_for(&mut held, length);
        }
    }

    /// Runs what waits for the network; `None` when the person asked to stop.
    pub(crate) fn unless_asked<T>(&self, runtime: &Runtime, work: impl Future<Output = T>) -> Option<T> {
        runtime.block_on(async {
            let mut work = std::pin::pin!(work);
            loop {
                tokio::select! {
                    done = work.as_mut() => return Some(done),
                    () = sleep(Duration::from_millis(STOP_LOOK_MILLIS)) => {}
                }
                if self.is_asked() {
                    return None;
                }
            }
        })
    }

    /// From now on Ctrl-C asks to stop. A second Ctrl-C that finds the first unanswered calls `give_up`:
    /// a person must always get out.
    pub fn listen(&self, give_up: fn() -> !) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
        let mut signals = {
            let _inside = runtime.enter();
            tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?
        };
        let stop = self.clone();
        let watch = async move {
            while signals.recv().await.is_some() {
                if stop.is_asked() {
                    give_up();
                }
                stop.ask();
            }
        };
        std::thread::Builder::new().name("ctrl-c".to_owned()).spawn(move || runtime.block_on(watch))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeper_is_woken_and_a_cleared_wish_is_gone() {
        let stop = Stop::default();
        let asks = stop.clone();
        let sleeper = std::thread::spawn(move || asks.wait(Duration::from_secs(3600)));
        stop.ask();
        sleeper.join().unwrap();
        assert!(stop.is_asked());
        stop.clear();
        assert!(!stop.is_asked());
    }
}
