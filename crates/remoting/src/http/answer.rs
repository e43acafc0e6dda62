//! The answer of a command over HTTP: its lines, gathered to pieces, as fast as the client takes them.

use bytes::Bytes;
use gate::wire::Out;
use gate::{Answer, Channel, Prompt, Report, confirmation_required, stopped};
use hyper::body::Frame;
use object::Result;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::mpsc;

/// Lines are gathered to pieces of about this size.
const PIECE_BYTES: usize = 16 << 10;
/// A client that takes nothing for this long is left: its command holds a thread.
const STALL_SECONDS_MAX: u64 = 600;

/// The channel of a command: what it says goes to the client.
pub(super) struct Lines {
    say: mpsc::Sender<Bytes>,
    piece: Vec<u8>,
}

impl Lines {
    pub(super) fn new(say: mpsc::Sender<Bytes>) -> Lines {
        Lines { say, piece: Vec::new() }
    }

    pub(super) fn put(&mut self, out: &Out) -> Result<()> {
        out.append_to(&mut self.piece);
        if self.piece.len() < PIECE_BYTES { Ok(()) } else { self.flush() }
    }

    pub(super) fn flush(&mut self) -> Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.piece));
        let sent = self.say.send_timeout(piece, Duration::from_secs(STALL_SECONDS_MAX));
        match tokio::runtime::Handle::current().block_on(sent) {
            Ok(()) => Ok(()),
            Err(_) => Err(stopped()),
        }
    }
}

impl Channel for Lines {
    fn say(&mut self, report: Report) -> Result<()> {
        if self.say.is_closed() {
            return Err(stopped());
        }
        self.put(&Out::Report(report))
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
}

/// The body of an answer: pieces as they come.
pub(super) struct Pieces(pub(super) mpsc::Receiver<Bytes>);

impl hyper::body::Body for Pieces {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0.poll_recv(context).map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
    }
}
