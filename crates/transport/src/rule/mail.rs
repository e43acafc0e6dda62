//! A message as rules see it: what costs something to find out is found out once, and only if a rule asks.

use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;

use mailbox::directory::schema::{group, user};
use mailbox::directory::{Directory, Record};
use message::field::header_length;
use message::{Addresses, Fields, Kind, Message, Part};
use object::types::{Guid, RecipientTypeDetails, SmtpAddress};

use super::sending::Sending;
use crate::{Mailboxes, Sender};

/// Text of attachments that is looked through, as Exchange's TransportRuleAttachmentTextScanLimit.
const ATTACHMENT_BYTES_MAX: usize = 150 << 10;

/// Where the sender's address is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Location {
    Header,
    Envelope,
    HeaderOrEnvelope,
}

/// A file that comes with a message.
pub(crate) struct Attachment {
    /// Every name that a mail program may give the file.
    pub(crate) names: Vec<String>,
    pub(crate) bytes: usize,
    pub(crate) executable: bool,
    /// Whether it is an archive or document that opens with a password.
    pub(crate) protected: bool,
    /// Whether it is text, so that words in it can be looked for.
    pub(crate) is_text: bool,
    /// Whether only the beginning of its text is looked through.
    pub(crate) cut: bool,
    pub(crate) text: String,
}

/// The message under way.
pub(crate) struct Mail<'a> {
    pub(crate) octets: &'a [u8],
    pub(crate) sender: &'a Sender,
    pub(crate) client: IpAddr,
    pub(crate) mailboxes: &'a dyn Mailboxes,
    pub(crate) directory: &'a Directory,
    seen: &'a Seen,
}

/// What was found out about a message, for all rules that ask. It holds until a rule acts.
#[derive(Default)]
pub(crate) struct Seen {
    fields: OnceCell<Vec<(String, String)>>,
    body: OnceCell<String>,
    attachments: OnceCell<Vec<Attachment>>,
    charsets: OnceCell<Vec<String>>,
    scl: OnceCell<Option<i32>>,
    sending: [OnceCell<Sending>; 3],
    addresses: RefCell<HashMap<&'static str, Rc<[SmtpAddress]>>>,
    people: RefCell<HashMap<String, Option<Arc<Record>>>>,
}

impl<'a> Mail<'a> {
    pub(crate) fn new(
        octets: &'a [u8],
        sender: &'a Sender,
        client: IpAddr,
        mailboxes: &'a dyn Mailboxes,
        directory: &'a Directory,
        seen: &'a Seen,
    ) -> Mail<'a> {
        Mail { octets, sender, client, mailboxes, directory, seen }
    }

    /// The fields of the header: names in lower case, values as text.
    fn fields(&self) -> &[(String, String)] {
        self.seen.fields.get_or_init(|| {
            let header = &self.octets[..header_length(self.octets)];
            let name = |name: &[u8]| String::from_utf8_lossy(name).to_ascii_lowercase();
            Fields::of(header).map(|field| (name(field.name), field.text())).collect()
        })
    }

    /// The values of a header field; its name in lower case.
    pub(crate) fn values<'s>(&'s self, name: &'s str) -> impl Iterator<Item = &'s str> {
        self.fields().iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn value<'s>(&'s self, name: &'s str) -> &'s str {
        self.values(name).next().unwrap_or_default()
    }

    /// All text of the body.
    pub(crate) fn body(&self) -> &str {
        self.seen.body.get_or_init(|| message::text::of_body(&message::parse(self.octets)))
    }

    /// The character sets that parts of the message name.
    pub(crate) fn charsets(&self) -> &[String] {
        self.seen.charsets.get_or_init(|| {
            let message = message::parse(self.octets);
            message.parts().iter().filter_map(|part| part.content_type.parameter("charset")).collect()
        })
    }

    /// Whom it is from, by where that is looked for.
    pub(crate) fn from(&self, location: Location) -> &Sending {
        self.seen.sending[location as usize]
            .get_or_init(|| Sending::of(self.senders(location), |address| self.record(address)))
    }

    fn senders(&self, location: Location) -> Vec<SmtpAddress> {
        let mut found = Vec::new();
        if location != Location::Envelope {
            found.extend_from_slice(&self.addresses("from"));
            if found.is_empty() {
                found.extend_from_slice(&self.addresses("sender"));
            }
        }
        if location != Location::Header || found.is_empty() {
            found.extend(self.sender.address().cloned());
        }
        found
    }

    /// Somebody's manager.
    pub(crate) fn manager(&self, record: &Record) -> Option<Arc<Record>> {
        record.reference(&user::MANAGER).and_then(|guid| self.directory.get(guid))
    }

    pub(crate) fn attachments(&self) -> &[Attachment] {
        self.seen.attachments.get_or_init(|| attachments(&message::parse(self.octets)))
    }

    /// The addresses in a header field; its name in lower case.
    pub(crate) fn addresses(&self, name: &'static str) -> Rc<[SmtpAddress]> {
        let mut seen = self.seen.addresses.borrow_mut();
        Rc::clone(seen.entry(name).or_insert_with(|| addresses_in(self.octets, name).into()))
    }

    /// The spam score that the message bears; nothing where it has none that can be believed.
    pub(crate) fn scl(&self) -> Option<i32> {
        *self.seen.scl.get_or_init(|| mailbox::scl(self.octets, self.sender))
    }

    pub(crate) fn record(&self, address: &SmtpAddress) -> Option<Arc<Record>> {
        let mut seen = self.seen.people.borrow_mut();
        seen.entry(address.folded()).or_insert_with(|| self.mailboxes.named(address)).clone()
    }

    /// Whether who has an address is a member of one of the groups, through other groups too.
    pub(crate) fn is_member(&self, address: &SmtpAddress, groups: &[Guid]) -> bool {
        let Some(record) = self.record(address) else { return false };
        if groups.is_empty() {
            return false;
        }
        let of = self.directory.groups_of(record.guid());
        groups.iter().any(|group| of.iter().any(|known| known.guid() == *group))
            || groups.iter().any(|group| is_found(self.directory, *group, &record))
    }
}

/// The addresses in a header field of a message.
pub(crate) fn addresses_in(octets: &[u8], name: &str) -> Vec<SmtpAddress> {
    let header = &octets[..header_length(octets)];
    let named = Fields::of(header).filter(|field| field.is(name));
    let specs = named.flat_map(|field| {
        let parsed = Addresses::parse(&field.value());
        parsed.mailboxes().map(|address| address.spec()).collect::<Vec<_>>()
    });
    specs.filter_map(|spec| SmtpAddress::parse(&spec)).collect()
}

/// The same addresses, folded, to be looked up.
pub(crate) fn folded_in(octets: &[u8], name: &str) -> HashSet<String> {
    addresses_in(octets, name).iter().map(SmtpAddress::folded).collect()
}

/// Whether a dynamic group finds somebody, or another group names them itself.
fn is_found(directory: &Directory, group: Guid, record: &Record) -> bool {
    let Some(group) = directory.get(group) else { return false };
    match group.details() {
        RecipientTypeDetails::DynamicDistributionGroup => {
            directory.is_in_audience(&group, record).unwrap_or(false)
        }
        _ => group.references(&group::MEMBERS).contains(&record.guid()),
    }
}

fn attachments(message: &Message<'_>) -> Vec<Attachment> {
    let mut found = Vec::new();
    for part in message.parts() {
        let attached = message.disposition(part).is_some_and(|d| d.kind.eq_ignore_ascii_case("attachment"));
        let names = names(message, part);
        if part.kind != Kind::Leaf || (!attached && names.is_empty()) {
            continue;
        }
        let content = message.content(part);
        let executable = is_executable(&names, &content);
        let declared = part.content_type.is_main("text");
        let text = if declared {
            message::text::of_part(message, part)
        } else {
            String::from_utf8_lossy(&content[..content.len().min(ATTACHMENT_BYTES_MAX)])
        };
        let is_text = declared || std::str::from_utf8(&content).is_ok_and(|text| !text.contains('\0'));
        let cut = is_text && content.len() > ATTACHMENT_BYTES_MAX;
        let text = text.chars().take(ATTACHMENT_BYTES_MAX).collect();
        let (bytes, protected) = (content.len(), super::sealed::is_sealed(&content));
        found.push(Attachment { names, bytes, executable, protected, is_text, cut, text });
    }
    found
}

/// Some programs take the one name and some the other, and a file system drops dots and blanks at the end.
fn names(message: &Message<'_>, part: &Part) -> Vec<String> {
    let given = message.disposition(part).and_then(|disposition| disposition.parameter("filename"));
    let both = given.into_iter().chain(part.content_type.parameter("name"));
    both.map(|name| {
        name.trim_end_matches(|c: char| c == '.' || c.is_whitespace() || c.is_control()).to_owned()
    })
    .collect()
}

/// Programs by their first octets, whatever they are called, and by their names.
fn is_executable(names: &[String], content: &[u8]) -> bool {
    const NAMES: [&str; 12] =
        ["exe", "com", "bat", "cmd", "scr", "pif", "vbs", "js", "msi", "dll", "ps1", "jar"];
    let ends = names.iter().filter_map(|name| Some(name.rsplit_once('.')?.1));
    ends.into_iter().any(|end| NAMES.iter().any(|known| known.eq_ignore_ascii_case(end)))
        || content.starts_with(b"MZ")
        || content.starts_with(b"\x7fELF")
}
