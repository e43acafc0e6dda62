//! The head of a request to the letter, before the library sees it: what can be read in two ways is refused, so
//! that no proxy in front of us takes the end of one request for the beginning of another. [RFC 9112 11.2]
//!
//! Refused are a line that ends in LF alone, Content-Length beside Transfer-Encoding, and two of either. After a
//! body in chunks the connection is closed, so that only the library has to find its end.

use bytes::{Buf, BytesMut};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// One request's head, in bytes; a longer one is the library's to refuse.
pub(crate) const HEAD_BYTES_MAX: usize = 64 << 10;
/// What the library answers with 400 and a closed connection.
const REFUSED: &[u8] = b"\0\r\n\r\n";
/// What one read takes.
const READ_BYTES: usize = 16 << 10;

/// Octets whose heads have been looked at.
pub(crate) struct Heads<S> {
    inner: S,
    buffer: BytesMut,
    /// How much of the buffer may be read.
    passed: usize,
    next: Next,
}

/// What comes behind what was passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Head,
    /// Octets of a body.
    Body(u64),
    /// Nothing that has to be looked at: this connection is closed afterwards.
    Rest,
}

impl<S> Heads<S> {
    pub(crate) fn new(inner: S) -> Heads<S> {
        Heads { inner, buffer: BytesMut::new(), passed: 0, next: Next::Head }
    }

    /// Goes a step on; `false`: more must come first.
    fn step(&mut self) -> bool {
        match self.next {
            Next::Head => {
                self.pass_head();
                self.passed > 0 || self.next != Next::Head
            }
            Next::Body(0) => {
                self.next = Next::Head;
                true
            }
            Next::Body(left) => {
                self.passed = self.buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
                self.next = Next::Body(left - self.passed as u64);
                self.passed > 0
            }
            Next::Rest => {
                self.passed = self.buffer.len();
                self.passed > 0
            }
        }
    }

    fn pass_head(&mut self) {
        // An empty line before a request is ignored. [RFC 9112 2.2]
        while self.buffer.starts_with(b"\r\n") {
            self.buffer.advance(2);
        }
        let end = self.whole_head();
        let seen = &self.buffer[..end.unwrap_or(self.buffer.len())];
        if has_bare_lf(seen) {
            return self.refuse();
        }
        match end.map(|end| (end, framing(&self.buffer[..end]))) {
            Some((end, Some(next))) => (self.passed, self.next) = (end, next),
            Some((_, None)) => self.refuse(),
            None if self.buffer.len() > HEAD_BYTES_MAX => self.next = Next::Rest,
            None => {}
        }
    }

    fn whole_head(&self) -> Option<usize> {
        memchr::memmem::find(&self.buffer, b"\r\n\r\n").map(|at| at + 4)
    }

    fn refuse(&mut self) {
        self.buffer.clear();
        self.buffer.extend_from_slice(REFUSED);
        (self.passed, self.next) = (REFUSED.len(), Next::Rest);
    }
}

/// Whether an LF stands there without its CR. [RFC 9112 2.2]
fn has_bare_lf(head: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', head).any(|at| at == 0 || head[at - 1] != b'\r')
}

/// What follows a head; `None` where it can be read in two ways. [RFC 9112 6.3]
fn framing(head: &[u8]) -> Option<Next> {
    let (mut length, mut chunked) = (None, false);
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let Some(colon) = memchr::memchr(b':', line) else { continue };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.eq_ignore_ascii_case(b"content-length") {
            let digits =
                std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
            if length.replace(digits?.parse().ok()?).is_some() {
                return None;
            }
        } else if name.trim_ascii().eq_ignore_ascii_case(b"transfer-encoding") {
            if chunked {
                return None;
            }
            chunked = true;
        }
    }
    match (length, chunked) {
        (Some(_), true) => None,
        (None, true) => Some(Next::Rest),
        (length, false) => Some(Next::Body(length.unwrap_or(0))),
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heads<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            if this.passed > 0 {
                let count = this.passed.min(into.remaining());
                into.put_slice(&this.buffer[..count]);
                this.buffer.advance(count);
                this.passed -= count;
                return Poll::Ready(Ok(()));
            }
            if this.step() {
                continue;
            }
            let mut piece = [0; READ_BYTES];
            let mut piece = ReadBuf::new(&mut piece);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut piece))?;
            if piece.filled().is_empty() {
                // The end: what there is of a head is the library's to refuse.
                this.next = Next::Rest;
                if this.buffer.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.buffer.extend_from_slice(piece.filled());
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heads<S> {
    fn poll_write(self: Pin<&mut Self>, c: &mut Context<'_>, b: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(c, b)
    }
    fn poll_flush(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(c)
    }
    fn poll_shutdown(self: Pin<&mut Self>, c: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::AsyncReadExt as _;

    /// What the library gets of what came in pieces of this size.
    async fn passed(octets: &[u8], piece: usize) -> Vec<u8> {
        let (mut there, here) = tokio::io::duplex(piece);
        let octets = octets.to_vec();
        let sent = tokio::spawn(async move {
            // A reader that has refused the rest does not take it.
            drop(tokio::io::AsyncWriteExt::write_all(&mut there, &octets).await);
        });
        let mut all = Vec::new();
        Heads::new(here).read_to_end(&mut all).await.unwrap();
        sent.await.unwrap();
        all
    }

    #[tokio::test]
    async fn good_requests_pass_as_they_came_and_bad_ones_do_not() {
        let two =
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na\n\nbGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let empty = b"\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        let chunks = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n\n\r\n0\r\n\r\n";
        let both = b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        let other = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-length: 1\r\n\r\n0\r\n\r\n";
        let twice = b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na";
        let sign = b"POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\na";
        let bare = b"GET / HTTP/1.1\nHost: x\r\n\r\n";
        let all_bare = b"GET / HTTP/1.1\nHost: x\n\n";
        let second = b"GET / HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\nHost: x\n\n";
        let cut = b"GET / HTTP/1.1\r\nHo";
        for (octets, expected) in [
            (&two[..], &two[..]),
            (empty, &empty[2..]),
            (chunks, chunks),
            (both, REFUSED),
            (other, REFUSED),
            (twice, REFUSED),
            (sign, REFUSED),
            (bare, REFUSED),
            (all_bare, REFUSED),
            (second, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n\0\r\n\r\n"),
            (cut, cut),
        ] {
            for piece in [1, 7, 4096] {
                let got = passed(octets, piece).await;
                // What follows a refusal is nobody's: the library has closed by then.
                let got = &got[..got.len().min(expected.len())];
                assert_eq!(String::from_utf8_lossy(got), String::from_utf8_lossy(expected), "{octets:?}");
            }
        }
    }
}
