//! What a submitted message says of its author is checked, and completed: nobody sends as somebody else.  [RFC 6409 6] [RFC 6409 8]
//!
//! A header that could be read in two ways is refused: whoever reads it next may read the other one.

use std::ops::Range;

use mailbox::{Capacity, SendingAccount};
use message::author::{self, Author};
use message::field::header_length;
use message::{Addresses, Field, Fields, date, trace};
use object::types::{Guid, SmtpAddress};
use object::{Error, ErrorId, Result, Time};

use crate::Message;
use crate::submission::{Senders, send_as_denied};

/// Fields that must not reach a recipient. [RFC 5322 3.6.3]
const HIDDEN: [&str; 2] = ["Bcc", "Resent-Bcc"];

/// Fields that name who passed a message on. [RFC 5322 3.6.6]
const RESENT: [&str; 2] = ["Resent-From", "Resent-Sender"];

/// Whoever submits, and the names that a message is completed with.
pub(crate) struct Submitted<'a> {
    pub(crate) senders: &'a dyn Senders,
    pub(crate) account: Guid,
    pub(crate) host: &'a str,
    pub(crate) now: Time,
}

/// Somebody else in whose name a message goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Represented {
    pub(crate) address: SmtpAddress,
    pub(crate) capacity: Capacity,
}

/// What is to be changed in a header.
#[derive(Default)]
struct Edits {
    /// Octets that go, in order.
    removed: Vec<Range<usize>>,
    /// Fields that come, before all others.
    added: Vec<u8>,
}

impl Submitted<'_> {
    /// Checks the authors that `message` names, completes and cleans its header; tells in whose name it goes out besides
    /// the account's own.
    pub(crate) fn complete(&self, message: &mut Message) -> Result<Vec<Represented>> {
        let original = message.original();
        let header = &original[..header_length(original)];
        let Some(fields) = fields(header)? else { return self.begin(message) };
        let (edits, represented) = self.examine(&fields)?;
        edits.apply(message);
        Ok(represented)
    }

    /// A message that has no header at all gets one.
    fn begin(&self, message: &mut Message) -> Result<Vec<Represented>> {
        let (mut edits, represented) = self.examine(&[])?;
        edits.added.extend_from_slice(b"\r\n");
        edits.apply(message);
        Ok(represented)
    }

    fn examine(&self, fields: &[Field<'_>]) -> Result<(Edits, Vec<Represented>)> {
        let account = self.senders.sending_account(self.account)?;
        let (from, sender) = (self.authors(fields, "From")?, self.authors(fields, "Sender")?);
        let mut represented = Vec::new();
        for author in &from {
            represented.extend(self.represented(author)?);
        }
        for author in &sender {
            // Whoever sends on behalf of somebody is not that somebody.
            if self.represented(author)?.is_some_and(|other| other.capacity == Capacity::OnBehalf) {
                return Err(send_as_denied());
            }
        }
        for resent in fields.iter().filter(|field| RESENT.iter().any(|name| field.is(name))) {
            self.check_resent(resent)?;
        }
        let mut edits = Edits::default();
        self.add_missing(fields, &account, &mut edits);
        self.settle_sender(fields, (&from, &sender), &represented, &account, &mut edits);
        edits.removed.extend(ranges(fields, |field| HIDDEN.iter().any(|name| field.is(name))));
        edits.removed.sort_by_key(|range| range.start);
        Ok((edits, represented))
    }

    /// Who passes a message on says so as somebody they may send as; such fields may stand several times. [RFC 5322 3.6.6]
    fn check_resent(&self, field: &Field<'_>) -> Result<()> {
        let read =
            author::authors(field.raw_value).ok_or_else(|| self.unreadable(&[field], "Resent-From"))?;
        read.iter().try_for_each(|author| self.represented(author).map(drop))
    }

    /// Date and Message-ID, which a client may leave to us, and From. [RFC 6409 8]
    fn add_missing(&self, fields: &[Field<'_>], account: &SendingAccount, edits: &mut Edits) {
        let missing = |name: &str| !fields.iter().any(|field| field.is(name));
        if missing("From") {
            let author = author::write(&account.display_name, account.address.as_str());
            edits.added.extend(folded("From", &author));
        }
        if missing("Date") {
            edits.added.extend(trace::field("Date", &date::write(self.now)));
        }
        if missing("Message-ID") {
            let id = format!("<{}@{}>", Guid::random(), self.host);
            edits.added.extend(trace::field("Message-ID", &id));
        }
    }

    /// Sender: who did it, where somebody sends on behalf of another one, or where there are several authors; nobody
    /// where somebody sends as another one. [RFC 5322 3.6.2]
    fn settle_sender(
        &self,
        fields: &[Field<'_>],
        (from, sender): (&[Author], &[Author]),
        represented: &[Represented],
        account: &SendingAccount,
        edits: &mut Edits,
    ) {
        let is = |author: &Author| author.address.eq_ignore_ascii_case(account.address.as_str());
        let on_behalf = represented.iter().any(|other| other.capacity == Capacity::OnBehalf);
        let as_another = !on_behalf && !represented.is_empty() && represented.len() == from.len();
        let needed = on_behalf || from.len() > 1 && sender.is_empty();
        if as_another || needed && !sender.iter().any(is) {
            edits.removed.extend(ranges(fields, |field| field.is("Sender")));
        }
        if needed && !sender.iter().any(is) {
            let sender = author::write(&account.display_name, account.address.as_str());
            edits.added.extend(folded("Sender", &sender));
        }
    }

    /// The authors that a field names, which may stand once.
    fn authors(&self, fields: &[Field<'_>], name: &'static str) -> Result<Vec<Author>> {
        let named: Vec<&Field<'_>> = fields.iter().filter(|field| field.is(name)).collect();
        let read = match named[..] {
            [] => return Ok(Vec::new()),
            [one] => author::authors(one.raw_value),
            _ => None,
        };
        let most = if name == "Sender" { 1 } else { usize::MAX };
        read.filter(|authors| authors.len() <= most).ok_or_else(|| self.unreadable(&named, name))
    }

    /// Why a field is refused that cannot be read: if it seems to name somebody else, for that.
    fn unreadable(&self, named: &[&Field<'_>], name: &'static str) -> Error {
        let seen = named.iter().flat_map(|field| Addresses::parse(&field.value()).0);
        let seen = Addresses(seen.collect());
        let own = |address: String| self.capacity(&address).is_some();
        if seen.mailboxes().all(|address| own(address.spec())) && named.len() == 1 {
            return Error::denied(
                ErrorId::HeaderMalformed,
                format!("The {name} field is not a list of addresses as RFC 5322 writes it"),
            );
        }
        if seen.mailboxes().all(|address| own(address.spec())) {
            return Error::denied(ErrorId::HeaderMalformed, format!("There is more than one {name} field"));
        }
        send_as_denied()
    }

    fn capacity(&self, address: &str) -> Option<Capacity> {
        self.senders.capacity(self.account, &SmtpAddress::parse(address)?)
    }

    /// Whom an author stands for, if not for the account itself.
    fn represented(&self, author: &Author) -> Result<Option<Represented>> {
        let capacity = self.capacity(&author.address).ok_or_else(send_as_denied)?;
        let named = author::addresses_in(&author.name);
        // Blanks may stand around an `@` that somebody's reader takes for an address. [RFC 5322 4.4]
        if author.is_loose && named.len() < author.name.matches('@').count() {
            return Err(send_as_denied());
        }
        for seen in named {
            // A name that is the address of somebody else here is what a reader sees of the author.
            let others = || SmtpAddress::parse(&seen).is_some_and(|seen| self.senders.is_ours(&seen));
            if self.capacity(&seen).is_none() && (author.is_loose || others()) {
                return Err(send_as_denied());
            }
        }
        let address = SmtpAddress::parse(&author.address).filter(|_| capacity != Capacity::Own);
        Ok(address.map(|address| Represented { address, capacity }))
    }
}

/// The fields of a header; none where there is no header. A line that is no field would be one for somebody, or the end
/// of the header.
fn fields(header: &[u8]) -> Result<Option<Vec<Field<'_>>>> {
    let fields: Vec<Field<'_>> = Fields::of(header).collect();
    if !header.is_empty() && !fields.is_empty() && fields.iter().all(|field| field.name.is_empty()) {
        return Ok(None);
    }
    let end = fields.last().map_or(0, |field| field.range.end);
    let rest = &header[end..];
    if fields.iter().any(|field| field.name.is_empty()) || !matches!(rest, b"" | b"\r\n" | b"\n") {
        return Err(Error::denied(ErrorId::HeaderMalformed, "The header has a line that is not a field"));
    }
    Ok(Some(fields))
}

fn ranges<'a>(
    fields: &'a [Field<'_>],
    which: impl Fn(&Field<'_>) -> bool + 'a,
) -> impl Iterator<Item = Range<usize>> + 'a {
    fields.iter().filter(move |field| which(field)).map(|field| field.range.clone())
}

/// A field whose value may hold line ends of its own folding.
fn folded(name: &str, value: &str) -> Vec<u8> {
    format!("{name}: {value}\r\n").into_bytes()
}

impl Edits {
    /// Changes the message where it lies: no second copy of it is made.
    fn apply(self, message: &mut Message) {
        let end = self.removed.iter().map(|range| range.end).max().unwrap_or(0);
        let (mut kept, mut at) = (self.added, 0);
        for range in &self.removed {
            // Ranges are in order; one that was named twice is passed by.
            kept.extend_from_slice(&message.original()[at..range.start.max(at)]);
            at = range.end.max(at);
        }
        // What lies behind the last one moves once, however many there are.
        message.octets.splice(message.trace..message.trace + end, kept);
    }
}
