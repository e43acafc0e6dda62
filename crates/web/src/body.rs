//! Taking a request's body in: so much, so long, and all requests together only so much.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use object::{Error, ErrorId, Result};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The largest request; a CSV of 100,000 piped objects fits.
pub const BODY_BYTES_MAX: usize = 32 << 20;
/// A body that does not come on for this long is given up: the client is gone, or means no good.
pub const BODY_STALL_SECONDS_MAX: u64 = 30;
/// All of a body must have come within this time: 32 MB at 110 KB/s.
pub const BODY_SECONDS_MAX: u64 = 300;
/// What one permit stands for; a small request takes one.
const PERMIT_BYTES: usize = 64 << 10;

/// What the bodies of all requests may hold together.
#[derive(Clone)]
pub struct Bodies(Arc<Semaphore>);

/// A body, which counts until it is dropped.
pub struct Taken {
    bytes: Bytes,
    counted: Counted,
}

/// What a body counts, kept for as long as what was read out of it is held.
pub struct Counted {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Taken {
    /// The body, and what it counts.
    pub fn into_parts(self) -> (Bytes, Counted) {
        (self.bytes, self.counted)
    }
}

impl Deref for Taken {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Bodies {
    /// A budget of `bytes` for all requests together.
    pub fn new(bytes: usize) -> Bodies {
        Bodies(Arc::new(Semaphore::new(bytes.div_ceil(PERMIT_BYTES))))
    }

    /// The length that the head tells, if it tells one that is allowed.
    pub(crate) fn length(&self, headers: &HeaderMap) -> Result<Option<usize>> {
        let Some(length) = headers.get(header::CONTENT_LENGTH) else { return Ok(None) };
        let length = length.to_str().ok().and_then(|length| length.parse().ok());
        match length {
            Some(length) if length <= BODY_BYTES_MAX => Ok(Some(length)),
            _ => Err(too_large()),
        }
    }

    /// Takes a body in, within the limits of its length and its time.
    pub async fn take(&self, headers: &HeaderMap, body: Body) -> Result<Taken> {
        let length = self.length(headers)?;
        match timeout(Duration::from_secs(BODY_SECONDS_MAX), self.gather(length, body)).await {
            Ok(taken) => taken,
            Err(_) => Err(too_slow()),
        }
    }

    async fn gather(&self, length: Option<usize>, mut body: Body) -> Result<Taken> {
        let mut counted = None;
        let mut bytes = BytesMut::new();
        loop {
            let stall = Duration::from_secs(BODY_STALL_SECONDS_MAX);
            let Some(frame) = timeout(stall, body.frame()).await.map_err(|_| too_slow())? else { break };
            let frame = frame.map_err(|error| {
                Error::caller(ErrorId::ConnectionLost, format!("The body ended early: {error}."))
            })?;
            let Ok(data) = frame.into_data() else { continue };
            let held = bytes.len() + data.len();
            if held > length.unwrap_or(BODY_BYTES_MAX) {
                return Err(too_large());
            }
            self.count(&mut counted, held)?;
            bytes.extend_from_slice(&data);
        }
        Ok(Taken { bytes: bytes.freeze(), counted: Counted { _permit: counted } })
    }

    /// Counts what is held now; nobody waits for room, since those who hold it may be waiting, too.
    fn count(&self, counted: &mut Option<OwnedSemaphorePermit>, held: usize) -> Result<()> {
        let have = counted.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(held.div_ceil(PERMIT_BYTES).saturating_sub(have)).unwrap_or(u32::MAX);
        if more == 0 {
            return Ok(());
        }
        let permit = Arc::clone(&self.0).try_acquire_many_owned(more).map_err(|_| {
            Error::busy(ErrorId::RequestsTooLarge, "The server holds as many large requests as it can.")
                .help("Send it again in a minute.")
        })?;
        match counted {
            Some(counted) => counted.merge(permit),
            None => *counted = Some(permit),
        }
        Ok(())
    }
}

fn too_large() -> Error {
    let most = BODY_BYTES_MAX >> 20;
    Error::limit(ErrorId::RequestTooLarge, format!("A request is at most {most} MB long."))
        .help("Send it in several parts: a file of many rows can be split.")
}

fn too_slow() -> Error {
    Error::caller(ErrorId::RequestTooSlow, "The body of the request did not come in time.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// A body of which nothing comes.
    struct Never;
    impl hyper::body::Body for Never {
        type Data = Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<std::io::Result<hyper::body::Frame<Bytes>>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn all_bodies_together_have_a_limit_that_comes_back() {
        let bodies = Bodies::new(3 * PERMIT_BYTES);
        let headers = HeaderMap::new();
        let take = |bytes: usize| bodies.take(&headers, Body::from(vec![b' '; bytes]));
        let first = take(2 * PERMIT_BYTES).await.unwrap();
        assert_eq!(first.len(), 2 * PERMIT_BYTES);
        assert_eq!(take(PERMIT_BYTES + 1).await.err().unwrap().id(), "RequestsTooLarge");
        assert!(take(10).await.is_ok(), "a small one still gets in");
        drop(first);
        assert!(take(3 * PERMIT_BYTES).await.is_ok());
        assert!(take(0).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
        let refused = Bodies::new(1 << 20).take(&HeaderMap::new(), Body::new(Never)).await;
        assert_eq!(refused.err().unwrap().id(), "RequestTooSlow");
    }

    #[tokio::test]
    async fn what_is_too_long_is_refused_by_its_head() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_LENGTH, (BODY_BYTES_MAX + 1).into());
        let refused = Bodies::new(1 << 20).take(&headers, Body::new(Never)).await;
        assert_eq!(refused.err().unwrap().id(), "RequestTooLarge");
    }
}
