//! What lies with the quarantine mailbox: listed, let go to those for whom it was, or given up.
//!
//! A recipient whose copy is held keeps their row in the queue. Letting go makes the row wait again, with the message out of the
//! report that the quarantine mailbox has; so everybody has one fate, whatever was done.

use std::collections::HashSet;

use message::field::header_length;
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result};
use tracing::info;

use crate::queue::{QuarantinedMessage, compress};
use crate::rule::rewrite::remove_field;
use crate::{Lane, Place, Transport};

impl Transport {
    /// What is held and wanted, newest first; no more than `most`.
    pub fn quarantined(
        &self,
        wanted: &dyn Fn(&QuarantinedMessage) -> bool,
        most: usize,
    ) -> Result<Vec<QuarantinedMessage>> {
        self.queue.quarantined(wanted, most)
    }

    /// What a report holds.
    pub fn quarantined_by(&self, report: Guid) -> Result<QuarantinedMessage> {
        self.queue.quarantined_by(report)?.ok_or_else(not_held)
    }

    /// Lets a message go that a report holds, which is `wrapped`: to all for whom it is held, or to some of them. What it is let
    /// go from does not judge it again. Answers how many get it.
    pub fn release(&self, report: Guid, wrapped: &[u8], to: Option<&[SmtpAddress]>) -> Result<usize> {
        let held = self.quarantined_by(report)?;
        let inner = held_by(wrapped, report).ok_or_else(|| {
            Error::server(ErrorId::QueueCorrupt, "The report in the quarantine mailbox is not whole.")
        })?;
        let waiting: Vec<SmtpAddress> =
            held.recipients.iter().filter_map(|address| SmtpAddress::parse(address)).collect();
        let lanes: Vec<(String, Lane)> = chosen(waiting, to)?
            .into_iter()
            .map(|address| {
                // Where it cannot go is found out when it is tried.
                let place = self.place_of(&address).unwrap_or_else(|_| Place::Elsewhere(address.clone()));
                (address.to_string(), Lane::of(&place))
            })
            .collect();
        let octets = remove_field(inner, mailbox::SCL_FIELD);
        let (size, count) = (octets.len(), lanes.len());
        let released = self.queue.release(report, lanes, compress(&octets)?, size, self.clock.now())?;
        if !released {
            return Err(not_held());
        }
        info!(%report, id = %held.id, to = count, "let go from quarantine");
        self.counts.add_queued(count);
        self.bell.ring();
        Ok(count)
    }

    /// Gives up a message that is held: nobody gets it, and nobody is told.
    pub fn give_up_quarantined(&self, report: Guid) -> Result<()> {
        let held = self.quarantined_by(report)?;
        if !self.queue.give_up_quarantined(report, self.clock.now())? {
            return Err(not_held());
        }
        info!(%report, id = %held.id, "deleted from quarantine");
        Ok(())
    }
}

/// Those who were chosen of those for whom a message is held. Somebody for whom it is not held is an error.
fn chosen(held: Vec<SmtpAddress>, some: Option<&[SmtpAddress]>) -> Result<Vec<SmtpAddress>> {
    let Some(some) = some else { return Ok(held) };
    if some.is_empty() {
        return Err(Error::caller(ErrorId::InvalidValue, "No recipient is named.").about("User"));
    }
    let names = |one: &SmtpAddress| held.iter().any(|known| known.folded() == one.folded());
    if let Some(other) = some.iter().find(|one| !names(one)) {
        let all = held.iter().map(SmtpAddress::as_str).collect::<Vec<_>>().join(", ");
        return Err(Error::not_found(
            ErrorId::RecipientUnknown,
            format!("The message is not held for that recipient: {other}."),
        )
        .help(format!("It is held for {all}."))
        .about("User"));
    }
    let some: HashSet<String> = some.iter().map(SmtpAddress::folded).collect();
    Ok(held.into_iter().filter(|one| some.contains(&one.folded())).collect())
}

fn not_held() -> Error {
    Error::not_found(
        ErrorId::ManagementObjectNotFoundException,
        "No message is held in quarantine under that identity.",
    )
    .help("It was let go or deleted before; Get-QuarantineMessage lists what is held.")
    .about("Identity")
}

/// A message out of the report that holds it, to be looked at.
#[derive(Clone, Debug)]
pub struct HeldMessage(Vec<u8>);

impl HeldMessage {
    /// The one that a report holds; nothing where the report is not whole.
    pub fn of(wrapped: &[u8], report: Guid) -> Option<HeldMessage> {
        held_by(wrapped, report).map(|octets| HeldMessage(octets.to_vec()))
    }

    fn head(&self) -> &[u8] {
        &self.0[..header_length(&self.0)]
    }

    /// Its header, as it came.
    pub fn header(&self) -> String {
        String::from_utf8_lossy(self.head()).trim_end().to_owned()
    }

    /// Its subject, as people read it.
    pub fn subject(&self) -> String {
        crate::part::subject(&self.0)
    }

    /// What can be read of it.
    pub fn text(&self) -> String {
        message::text::of_body(&message::parse(&self.0)).trim_end().to_owned()
    }

    /// All of it in Base64, on one line.
    pub fn base64(&self) -> String {
        message::base64_lines(&self.0).split_whitespace().collect()
    }
}

/// The message that a report holds. Its boundary was made when the message was there already, so that nothing in it looks so.
fn held_by(wrapped: &[u8], report: Guid) -> Option<&[u8]> {
    let boundary = format!("\r\n--report-{report}");
    let head = format!("{boundary}\r\nContent-Type: message/rfc822\r\n\r\n");
    let body = &wrapped[header_length(wrapped)..];
    let start = find(body, head.as_bytes())? + head.len();
    let length = find(&body[start..], format!("{boundary}--").as_bytes())?;
    Some(&body[start..start + length])
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_comes_out_as_it_went_in() {
        let report = Guid::of_u128(7);
        let wrap = |inner: &str| {
            format!(
                "From: x\r\n\r\n\r\n--report-{report}\r\nContent-Type: text/plain\r\n\r\nwords\r\n\
                 \r\n--report-{report}\r\nContent-Type: message/rfc822\r\n\r\n{inner}\r\n--report-{report}--\r\n"
            )
        };
        for inner in ["Subject: a\r\n\r\ntext\r\n", "Subject: a\r\n\r\n--report-x--\r\n", "", "no line end"] {
            assert_eq!(held_by(wrap(inner).as_bytes(), report), Some(inner.as_bytes()), "{inner:?}");
        }
        assert_eq!(held_by(b"From: x\r\n\r\nnothing", report), None);
    }
}
