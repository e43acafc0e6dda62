//! A connection handed to a protocol that reads its octets its own way, such as HTTP.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::stream::Stream;
use crate::{Drain, Pass};

/// The octets of a connection: what had come in already is read first, and the connection keeps its place
/// among the open ones until this is dropped.
#[derive(Debug)]
pub struct Octets {
    pub(crate) stream: Stream,
    pub(crate) input: BytesMut,
    pub(crate) drain: Option<Drain>,
    pub(crate) _pass: Option<Pass>,
}

impl Octets {
    /// Waits until the server comes to its end; for ever where nobody gives that signal.
    pub fn draining(&self) -> impl Future<Output = ()> + Send + 'static {
        let drain = self.drain.clone();
        async move {
            match drain {
                Some(mut drain) => drain.begun().await,
                None => std::future::pending().await,
            }
        }
    }
}

impl AsyncRead for Octets {
    fn poll_read(self: Pin<&mut Self>, c: &mut Context<'_>, b: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.input.is_empty() {
            return Pin::new(&mut this.stream).poll_read(c, b);
        }
        let count = this.input.len().min(b.remaining());
        b.put_slice(&this.input[..count]);
        this.input.advance(count);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Octets {
    fn poll_write(self: Pin<&mut Self>, c: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(c, b)
    }
    fn poll_flush(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(c)
    }
    fn poll_shutdown(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(c)
    }
}
