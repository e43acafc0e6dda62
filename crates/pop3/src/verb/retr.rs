//! RETR sends a message.  [RFC 1939 5]
//!
//!     retr = "RETR" SP msg CRLF

use std::sync::Arc;

use super::{State, Verb, number};
use crate::dots::Stuffing;
use crate::reply::Reply;
use crate::session::{End, Session};

/// What is read at once: large enough to be quick, small enough for many clients at once.
const PIECE_BYTES: u64 = 256 << 10;

pub(super) struct Retr {
    number: usize,
}

impl Verb for Retr {
    const NAME: &'static str = "RETR";
    const FROM: State = State::Transaction;

    fn parse(argument: &str) -> Result<Self, Reply> {
        number(argument.trim()).map(|number| Retr { number })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        send(session, self.number, None).await
    }
}

/// Sends message `number`: all of it, or its header and some lines.
pub(super) async fn send(session: &mut Session, number: usize, lines: Option<u64>) -> Result<(), End> {
    let Some(open) = &session.open else { return Ok(()) };
    let entry = match open.find(number) {
        Ok(index) => open.entries[index],
        Err(refusal) => {
            session.reply(&refusal);
            return Ok(());
        }
    };
    // A piece as it was read and as it is sent: all that a client costs that does not read.
    let _held = match session.hold(2 * PIECE_BYTES.min(entry.size)) {
        Ok(held) => held,
        Err(refusal) => {
            session.reply(&refusal);
            return Ok(());
        }
    };
    let Some(open) = &session.open else { return Ok(()) };
    let (maildrop, mut at, mut stuffing) = (Arc::clone(&open.maildrop), 0, Stuffing::new(lines));
    loop {
        let (maildrop, range) = (Arc::clone(&maildrop), at..(at + PIECE_BYTES).min(entry.size));
        let piece = match session.blocking(move || maildrop.octets(entry.uid, range)).await {
            Ok(piece) => piece,
            // Nothing was said yet: it may have been removed by another program meanwhile.
            Err(error) if at == 0 => {
                session.reply(&Reply::of_error(&error));
                return Ok(());
            }
            // Half of it was sent: only the end of the connection says that the rest is missing.
            Err(error) => return Err(End::Lost(net::Lost::Broken(std::io::Error::other(error)))),
        };
        if at == 0 {
            session.reply(&Reply::ok(format!("{} octets", entry.size)));
        }
        at += piece.len() as u64;
        let mut out = Vec::with_capacity(piece.len() + piece.len() / 64 + 8);
        let more = stuffing.feed(&piece, &mut out) && at < entry.size && !piece.is_empty();
        if !more {
            stuffing.end(&mut out);
        }
        session.connection.send(&out).await?;
        if !more {
            return Ok(());
        }
    }
}
