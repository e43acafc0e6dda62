//! BDAT takes a counted piece of the message; its octets are never looked at as commands.  [RFC 3030 2]
//!
//!     bdat = "BDAT" SP chunk-size [ SP "LAST" ] CRLF

use tokio::time::{Instant, timeout_at};
use transport::Status;

use super::Verb;
use super::data::{begin, finish, refusal};
use crate::body::Body;
use crate::chunk::Chunks;
use crate::pace::MESSAGE_TIME_MAX;
use crate::reply::{self, Reply};
use crate::session::{End, Session};

/// A chunk that is refused is read over if it is no larger; past it the connection is closed.
const WASTE_BYTES_MAX: u64 = 256 << 20;

pub(super) struct Bdat {
    size: u64,
    last: bool,
}

impl Verb for Bdat {
    const NAME: &'static str = "BDAT";

    fn parse(argument: &str) -> Result<Self, Reply> {
        let (digits, word) = argument.split_once(' ').unwrap_or((argument, ""));
        let counted = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let last = word.trim_matches(' ').eq_ignore_ascii_case("LAST");
        if !counted || !(last || word.is_empty()) {
            return Err(Reply::bad_argument("Syntax: BDAT size [LAST]"));
        }
        // More than fits into the number is more than anybody can send.
        Ok(Bdat { size: digits.parse().unwrap_or(u64::MAX), last })
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let refusal = match &session.transaction {
            None => Some(reply::mail_first()),
            Some(transaction) if transaction.to.is_empty() => Some(reply::no_recipients()),
            Some(_) => None,
        };
        match refusal {
            Some(refusal) => self.waste(session, refusal).await,
            None => self.receive(session).await,
        }
    }
}

impl Bdat {
    /// Reads the octets over, so that none is taken for a command, and refuses. [RFC 3030 2]
    async fn waste(self, session: &mut Session, refusal: Reply) -> Result<(), End> {
        session.transaction = None;
        if self.size > WASTE_BYTES_MAX {
            return Err(End::Goodbye(refusal));
        }
        let deadline = Instant::now() + MESSAGE_TIME_MAX;
        timeout_at(deadline, session.connection.discard(self.size)).await.unwrap_or(Err(net::Lost::Idle))?;
        session.reply(&refusal);
        Ok(())
    }

    async fn receive(self, session: &mut Session) -> Result<(), End> {
        let Some(mut transaction) = session.transaction.take() else { return Ok(()) };
        let (mut chunks, mut body) = match transaction.chunks.take() {
            Some(begun) => begun,
            None => (Chunks::default(), begin(session, &transaction).await),
        };
        if body.received().saturating_add(self.size) > session.size_limit_of(&transaction).bytes {
            let whose = session.size_limit_of(&transaction).whose;
            return self.waste(session, Reply::of_error(&transport::too_large_for(whose))).await;
        }
        read(session, self.size, &mut chunks, &mut body).await?;
        if self.last {
            chunks.end(&mut body);
            finish(session, transaction, body).await;
        } else if let Some(refusal) = refusal(&body) {
            // The transaction is gone: the chunks that follow are read over and refused. [RFC 3030 2]
            session.reply(&refusal);
        } else {
            transaction.chunks = Some((chunks, body));
            session.transaction = Some(transaction);
            session.reply(&Reply::new(250, Status(2, 0, 0), format!("{} octets received", self.size)));
        }
        Ok(())
    }
}

async fn read(
    session: &mut Session,
    size: u64,
    chunks: &mut Chunks,
    body: &mut Body,
) -> Result<(), net::Lost> {
    let mut left = size;
    while left > 0 {
        let input = timeout_at(body.deadline(), session.connection.peek()).await;
        let input = input.unwrap_or(Err(net::Lost::Idle))?;
        let taken = usize::try_from(left).map_or(input.len(), |left| left.min(input.len()));
        chunks.feed(&input[..taken], body);
        session.connection.consume(taken);
        body.came(taken);
        left -= taken as u64;
    }
    Ok(())
}
