//! DATA takes the message up to CRLF.CRLF.  [RFC 5321 4.1.1.4] [RFC 2033 4.2]
//!
//!     data = "DATA" CRLF

use std::sync::Arc;

use object::Result as Fallible;
use tokio::time::timeout_at;
use tracing::info;
use transport::{Receipt, Status};

use super::{Verb, nothing};
use crate::body::{Body, Spoiled};
use crate::dots::Dots;
use crate::reply::{self, Reply};
use crate::session::{End, Session, Transaction};
use crate::{Counted, Service};

/// A spoiled message is read to its end to tell the client in order, but not for ever.
const WASTE_BYTES_MAX: u64 = 256 << 20;

pub(super) struct Data;

impl Verb for Data {
    const NAME: &'static str = "DATA";

    fn parse(argument: &str) -> Result<Self, Reply> {
        nothing(argument).map(|()| Data)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        // Who sends on without waiting for 354 takes our answer for granted; if it is no, the message
        // would be read as commands. [RFC 2920 3.1]
        if session.connection.has_input() {
            return Err(End::Goodbye(reply::not_waiting()));
        }
        let refusal = match &session.transaction {
            None => reply::mail_first(),
            Some(transaction) if transaction.chunks.is_some() => reply::data_mixed(),
            Some(transaction) if transaction.to.is_empty() => reply::no_recipients(),
            Some(_) => return receive(session).await,
        };
        session.reply(&refusal);
        Ok(())
    }
}

async fn receive(session: &mut Session) -> Result<(), End> {
    let Some(transaction) = session.transaction.take() else { return Ok(()) };
    let mut body = begin(session, &transaction).await;
    session.reply(&Reply::plain(354, "Start mail input; end with <CRLF>.<CRLF>"));
    read(session, &mut body).await?;
    // A client that sent commands behind a message with bare line ends may see its end elsewhere.
    let distrusted = matches!(body.spoiled(), Some(Spoiled::Flaw(_))) && session.connection.has_input();
    if distrusted {
        return Err(End::Goodbye(reply::bare_in_message()));
    }
    finish(session, transaction, body).await;
    Ok(())
}

async fn read(session: &mut Session, body: &mut Body) -> Result<(), End> {
    let mut dots = Dots::default();
    while !dots.ended() {
        let input = timeout_at(body.deadline(), session.connection.peek()).await;
        let input = input.unwrap_or(Err(net::Lost::Idle))?;
        let taken = dots.feed(input, body);
        session.connection.consume(taken);
        body.came(taken);
        if body.received() > WASTE_BYTES_MAX && body.spoiled().is_some() {
            return Err(End::Goodbye(refusal(body).unwrap_or_else(reply::timed_out)));
        }
    }
    Ok(())
}

/// A body with its trace fields in front.
pub(super) async fn begin(session: &Session, transaction: &Transaction) -> Body {
    let trace = session.door.intake.trace_fields(&session.envelope(transaction));
    Body::begin(&trace, session.size_limit_of(transaction), session.nothing_held())
}

/// Hands the message over and replies: one reply over SMTP, one per RCPT over LMTP. [RFC 2033 4.2]
pub(super) async fn finish(session: &mut Session, transaction: Transaction, body: Body) {
    let refusal = refusal(&body).or_else(|| session.is_withdrawn().then(reply::withdrawn));
    let outcome = match refusal {
        Some(refusal) => {
            session.door.config.counts.count(Counted::Refused);
            let (request, client) = (&transaction.request, session.network());
            info!(%request, %client, size = body.received(), reply = %refusal, "message refused");
            Err(refusal)
        }
        None => hand_over(session, &transaction, body).await.map_err(|error| Reply::of_error(&error)),
    };
    let replies = match (session.door.service, outcome) {
        (Service::Lmtp, Ok(receipt)) => {
            transaction.taken.iter().map(|number| each(&receipt, *number)).collect()
        }
        (Service::Lmtp, Err(refusal)) => vec![refusal; transaction.taken.len()],
        (Service::Smtp | Service::Submission, outcome) => {
            vec![outcome.map_or_else(|refusal| refusal, |receipt| queued(&receipt))]
        }
    };
    replies.iter().for_each(|reply| session.reply(reply));
}

/// The store syncs before it answers, so this waits on a thread of its own; many share one sync.
async fn hand_over(session: &Session, transaction: &Transaction, body: Body) -> Fallible<Receipt> {
    let (envelope, intake) = (session.envelope(transaction), Arc::clone(&session.door.intake));
    let size = body.received();
    let accepted = net::blocking(move || {
        let (message, memory) = body.finish();
        let receipt = intake.accept(envelope, message);
        drop(memory);
        receipt
    });
    let receipt = accepted.await;
    let (request, to, client) = (&transaction.request, transaction.to.len(), session.network());
    match &receipt {
        Ok(receipt) => {
            session.door.harvest.delivered(client, to);
            session.door.config.counts.count(Counted::Accepted);
            info!(%request, id = %receipt.id, size, to, "accepted");
        }
        Err(error) => {
            session.door.config.counts.count(Counted::Refused);
            info!(%request, %client, size, to, id = error.id(), %error, "message refused");
        }
    }
    receipt
}

fn queued(receipt: &Receipt) -> Reply {
    Reply::new(250, Status(2, 6, 0), format!("<{}> Queued mail for delivery", receipt.id))
}

fn each(receipt: &Receipt, number: usize) -> Reply {
    match receipt.outcomes.get(number) {
        Some(Err(error)) => Reply::of_error(error),
        _ => queued(receipt),
    }
}

/// Why a message cannot be taken, if it cannot.
pub(super) fn refusal(body: &Body) -> Option<Reply> {
    Some(match body.spoiled()? {
        Spoiled::TooLarge => Reply::of_error(&transport::too_large_for(body.whose_limit())),
        Spoiled::Flaw(_) => reply::bare_in_message(),
        Spoiled::NoMemory => reply::no_memory(),
    })
}
