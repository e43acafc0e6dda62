//! What doors wait for: work that blocks, and the word that a session is over.

use object::{Error, ErrorId, Result};
use tokio::sync::{oneshot, watch};

/// Runs what waits for a disk or a password check on a worker thread.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Error::server(ErrorId::WorkerFailed, format!("A worker thread failed: {error}.")))
    })
}

/// What is told once how something ended, on whatever thread it ended.
pub type Then<T> = Box<dyn FnOnce(Result<T>) + Send>;

/// Waits for what `begin` has begun elsewhere, without a thread that waits; whoever forgets to tell is told of as busy.
pub async fn answered<T: Send + 'static>(begin: impl FnOnce(Then<T>)) -> Result<T> {
    let (say, hear) = oneshot::channel();
    // Who waited may be gone; then there is nobody to tell.
    begin(Box::new(move |answer| drop(say.send(answer))));
    hear.await.unwrap_or_else(|_| Err(Error::busy(ErrorId::ShuttingDown, "The server is shutting down.")))
}

/// Waits until a log-on is withdrawn: `cut_off` says so. Whoever forgot the session cannot withdraw it, so a
/// sender that is gone is waited for without end.
pub async fn is_cut(cut_off: &mut watch::Receiver<bool>) {
    if cut_off.wait_for(|cut| *cut).await.is_err() {
        std::future::pending::<()>().await;
    }
}
