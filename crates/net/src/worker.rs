//! What doors wait for: work that blocks, and the word that a session is over.

use object::{Error, ErrorId, Result};
use tokio::sync::watch;

/// Runs what waits for a disk or a password check on a worker thread.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| {
        Err(Error::server(ErrorId::WorkerFailed, format!("A worker thread failed: {error}.")))
    })
}

/// Waits until a log-on is withdrawn: `cut_off` says so. Whoever forgot the session cannot withdraw it, so a
/// sender that is gone is waited for without end.
pub async fn is_cut(cut_off: &mut watch::Receiver<bool>) {
    if cut_off.wait_for(|cut| *cut).await.is_err() {
        std::future::pending::<()>().await;
    }
}
