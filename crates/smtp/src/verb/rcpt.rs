//! RCPT names a recipient; whether we know it is said at once.  [RFC 5321 4.1.1.3] [RFC 3461 4.1]
//!
//!     rcpt = "RCPT TO:" Forward-path [ SP "NOTIFY=" ( "NEVER" / 1#( "SUCCESS" / "FAILURE" / "DELAY" ) ) ]
//!            [ SP "ORCPT=" atom ";" xtext ] CRLF

use object::types::SmtpAddress;
use object::{Error, ErrorId, Fault, Result as Fallible};
use tracing::{info, warn};
use transport::{Forward, Notify, Recipient, Status};

use super::Verb;
use crate::path::{self, Path, Wrong};
use crate::reply::{self, Reply};
use crate::session::{End, Session, Transaction};
use crate::{Counted, Service};

/// The longest original recipient. [RFC 3461 4.2]
const ORCPT_BYTES_MAX: usize = 500;

pub(super) struct Rcpt {
    to: Option<SmtpAddress>,
    notify: Notify,
    orcpt: Option<String>,
}

impl Verb for Rcpt {
    const NAME: &'static str = "RCPT";

    fn parse(argument: &str) -> Result<Self, Reply> {
        let (path, parameters) = path::parse(argument, "TO").map_err(wrong)?;
        let to = match path {
            Path::Null => return Err(reply::bad_recipient()),
            Path::Postmaster => None,
            Path::Address(address) => Some(address),
        };
        let mut rcpt = Rcpt { to, notify: Notify::default(), orcpt: None };
        for (keyword, value) in parameters {
            rcpt.parameter(&keyword, value.unwrap_or_default())?;
        }
        Ok(rcpt)
    }

    async fn run(self, session: &mut Session) -> Result<(), End> {
        let guarded = session.door.service == Service::Smtp;
        if guarded && session.transaction.is_some() && session.door.harvest.is_stopped(session.network()) {
            session.door.config.counts.count(Counted::Stopped);
            warn!(client = %session.network(), "sent away: too many unknown recipients");
            return Err(End::Goodbye(reply::too_many_unknown()));
        }
        let mut unknown = false;
        let reply = match &session.transaction {
            None => reply::mail_first(),
            Some(transaction) if transaction.chunks.is_some() => reply::data_mixed(),
            Some(transaction) if self.needs_utf8(transaction) => reply::needs_utf8(),
            // Whoever goes on at the limit is answered without a look-up. [RFC 5321 4.5.3.1.10]
            Some(transaction) if transaction.to.len() >= session.connector().recipients_max => {
                reply::too_many_recipients()
            }
            Some(transaction) if transaction.to.len() >= most(session, transaction) => {
                match (&transaction.recipients_max, transaction.sender.account()) {
                    (Some(_), _) => reply::too_many_for_sender(),
                    (None, Some(_)) => reply::too_many_for_organization(),
                    // A client that was not told before sends the rest in another message. [RFC 5321 4.5.3.1.10]
                    (None, None) => reply::too_many_recipients(),
                }
            }
            Some(transaction) => match self.look_up(session, transaction) {
                Ok(recipient) => self.take(session, recipient),
                Err(error) => {
                    let reply = Reply::of_error(&error);
                    self.refused(session, transaction, &error, &reply);
                    unknown = guarded && is_unknown(&error);
                    reply
                }
            },
        };
        if unknown {
            slow_down(session).await?;
        }
        session.reply(&reply);
        Ok(())
    }
}

impl Rcpt {
    fn parameter(&mut self, keyword: &str, value: &str) -> Result<(), Reply> {
        match keyword {
            "NOTIFY" => self.notify = notify(value)?,
            "ORCPT" => self.orcpt = Some(orcpt(value)?),
            _ => return Err(Reply::new(555, Status(5, 5, 4), format!("Unsupported parameter {keyword}"))),
        }
        Ok(())
    }

    fn needs_utf8(&self, transaction: &Transaction) -> bool {
        !transaction.content.utf8 && self.to.as_ref().is_some_and(SmtpAddress::is_international)
    }

    /// Whether the recipient takes this message is asked now, so that a refusal is an answer and not a report to
    /// whoever was named as the sender. The answer is in memory, so this waits for nothing.
    fn look_up(&self, session: &Session, transaction: &Transaction) -> Fallible<Recipient> {
        let intake = &session.door.intake;
        let (sender, size) = (&transaction.sender, transaction.size);
        match &self.to {
            Some(to) => intake.recipient(to, sender, size),
            None => {
                let postmaster = format!("postmaster@{}", intake.default_domain()?);
                let address = SmtpAddress::parse(&postmaster).ok_or_else(transport::unknown_recipient)?;
                intake.recipient(&address, sender, size)
            }
        }
    }

    /// What an operator should know of a refusal.
    fn refused(&self, session: &Session, transaction: &Transaction, error: &Error, reply: &Reply) {
        session.door.config.counts.count(match error.fault() {
            _ if is_unknown(error) => Counted::UnknownRecipient,
            Fault::Busy | Fault::Server => Counted::LaterRecipient,
            _ => Counted::UnwillingRecipient,
        });
        let (request, client) = (&transaction.request, session.connection.peer().ip().to_canonical());
        let from = transaction.sender.address().map_or("", |from| from.as_str());
        let to = self.to.as_ref().map_or("postmaster", |to| to.as_str());
        info!(%request, %client, from, to, %reply, reason = error.id(), "recipient refused");
    }

    /// Keeps the recipient, once however often it is named.
    fn take(self, session: &mut Session, recipient: Recipient) -> Reply {
        let most = session.connector().recipients_max.min(session.door.intake.limits().recipients_max);
        let Some(transaction) = &mut session.transaction else { return reply::mail_first() };
        let address = recipient.address.folded();
        let known = transaction.known.get(&address).copied();
        let number = match known {
            Some(number) => number,
            None => {
                let orcpt = self.orcpt.as_ref().map_or(0, String::len);
                transaction.held_bytes += 2 * address.len() + orcpt + RECIPIENT_BYTES;
                if !transaction.held.grow_to(transaction.held_bytes) {
                    return reply::no_memory();
                }
                transaction.known.insert(address, transaction.to.len());
                transaction.to.push(Forward { recipient, orcpt: self.orcpt, notify: self.notify });
                transaction.to.len() - 1
            }
        };
        // LMTP answers every RCPT; SMTP needs no list, which a client could make endless. [RFC 2033 4.2]
        if session.door.service == Service::Lmtp {
            if transaction.taken.len() >= most * REPEATS_MAX {
                return reply::too_many_recipients();
            }
            transaction.taken.push(number);
        }
        Reply::new(250, Status(2, 1, 5), "Recipient OK")
    }
}

/// What a recipient takes besides its text, about.
const RECIPIENT_BYTES: usize = 200;

/// How many recipients the sender may name: a limit of its own stands in the place of the organisation's, below it or above.
fn most(session: &Session, transaction: &Transaction) -> usize {
    transaction.recipients_max.unwrap_or_else(|| session.door.intake.limits().recipients_max)
}

/// Whether the client asked for somebody who is not here.
fn is_unknown(error: &Error) -> bool {
    error.fault() == Fault::NotFound || error.is(ErrorId::RelayDenied)
}

/// Counts an unknown recipient, and lets a client that names many of them wait for the answer.
async fn slow_down(session: &mut Session) -> Result<(), End> {
    let wait = session.door.harvest.unknown(session.network(), session.connector().tarpit);
    if !wait.is_zero() {
        // What was answered before leaves now, so that a client does not wait for all of it together.
        session.connection.flush().await?;
        tokio::time::sleep(wait).await;
    }
    Ok(())
}

/// Over LMTP a recipient may be named this often on average.
const REPEATS_MAX: usize = 10;

fn wrong(wrong: Wrong) -> Reply {
    match wrong {
        Wrong::Syntax => Reply::bad_argument("Syntax: RCPT TO:<address>"),
        Wrong::Address => reply::bad_recipient(),
    }
}

/// NEVER stands alone. [RFC 3461 4.1]
fn notify(value: &str) -> Result<Notify, Reply> {
    if value.eq_ignore_ascii_case("NEVER") {
        return Ok(Notify::NEVER);
    }
    let mut notify = Notify::NEVER;
    for word in value.split(',') {
        match word.to_ascii_uppercase().as_str() {
            "SUCCESS" => notify.success = true,
            "FAILURE" => notify.failure = true,
            "DELAY" => notify.delay = true,
            _ => return Err(Reply::bad_argument("Bad value of NOTIFY")),
        }
    }
    Ok(notify)
}

/// `rfc822;` and an address in xtext. [RFC 3461 4.2]
fn orcpt(value: &str) -> Result<String, Reply> {
    let decoded = value.split_once(';').and_then(|(kind, text)| {
        let atom = !kind.is_empty() && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        // With SMTPUTF8 the address may stand there as it is. [RFC 6533 3]
        let text = if text.is_ascii() { path::xtext(text)? } else { text.to_owned() };
        atom.then(|| format!("{kind};{text}"))
    });
    decoded
        .filter(|_| value.len() <= ORCPT_BYTES_MAX)
        .ok_or_else(|| Reply::bad_argument("Bad value of ORCPT"))
}
