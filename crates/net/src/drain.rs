//! The signal to come to an end: stop accepting, let open transactions finish, then close.

use tokio::sync::watch;

/// Gives the signal; dropping it gives it too, so nobody waits for a server that is gone.
#[derive(Debug)]
pub struct Drainer(watch::Sender<bool>);

/// Hears the signal.
#[derive(Clone, Debug)]
pub struct Drain(watch::Receiver<bool>);

impl Drainer {
    /// A signal that was not given yet, and who hears it.
    pub fn new() -> (Drainer, Drain) {
        let (sender, receiver) = watch::channel(false);
        (Drainer(sender), Drain(receiver))
    }

    /// From now on nothing new is begun.
    pub fn begin(&self) {
        self.0.send_replace(true);
    }
}

impl Drain {
    /// Has the signal been given?
    pub fn has_begun(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }

    /// Waits for the signal.
    pub async fn begun(&mut self) {
        // An error means the sender is gone, which is the signal as well.
        let _gone = self.0.wait_for(|begun| *begun).await.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn all_hear_the_signal_and_a_lost_sender_counts_as_one() {
        let (drainer, mut drain) = Drainer::new();
        let mut second = drain.clone();
        assert!(!drain.has_begun());
        drainer.begin();
        drain.begun().await;
        second.begun().await;
        assert!(second.has_begun());

        let (drainer, mut drain) = Drainer::new();
        drop(drainer);
        drain.begun().await;
        assert!(drain.has_begun());
    }
}
