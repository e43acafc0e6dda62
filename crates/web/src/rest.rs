//! What is left of a request's body when its answer is known is read and dropped, so that the answer is heard.
//!
//! A browser reads nothing before it has sent all, and a connection that is closed on what still comes is reset: the page that
//! says why the file was refused would be lost with it.

use axum::body::Bytes;
use http_body_util::BodyExt as _;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot::{self, Receiver, Sender};
use tokio::time::timeout;

/// Bytes that are read in vain; behind them the connection is cut off, and with it the answer.
const REST_BYTES_MAX: u64 = 256 << 20;
/// Reading in vain ends after this time.
const REST_TIME_MAX: Duration = Duration::from_secs(30);
/// A client that sends nothing for this long waits for its answer.
const REST_STALL_MAX: Duration = Duration::from_secs(5);

/// A body that comes back when nobody reads it any more.
pub(crate) struct Lent {
    body: Option<Incoming>,
    begun: bool,
    back: Option<Sender<(Incoming, bool)>>,
}

/// Where a body comes back.
pub(crate) struct Rest(Receiver<(Incoming, bool)>);

/// Lends a body to whoever answers the request.
pub(crate) fn lend(body: Incoming) -> (Lent, Rest) {
    let (back, rest) = oneshot::channel();
    (Lent { body: Some(body), begun: false, back: Some(back) }, Rest(rest))
}

impl Body for Lent {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        self.begun = true;
        match self.body.as_mut() {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(body), Some(back)) = (self.body.take(), self.back.take()) {
            // Where nobody waits for it the connection has ended.
            drop(back.send((body, self.begun)));
        }
    }
}

impl Rest {
    /// Reads what is left of the body, where nobody reads it any more. `asks`: the client sends nothing before it is told to.
    pub(crate) async fn read(mut self, asks: bool) {
        let Ok((body, begun)) = self.0.try_recv() else { return };
        if begun || !asks {
            // That it takes too long is said by the connection, which closes behind the answer.
            drop(timeout(REST_TIME_MAX, read(body)).await);
        }
    }
}

async fn read(mut body: Incoming) {
    let mut left = REST_BYTES_MAX;
    while !body.is_end_stream() && left > 0 {
        let Ok(Some(Ok(frame))) = timeout(REST_STALL_MAX, body.frame()).await else { return };
        left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len() as u64));
    }
}
