//! Reads a piece of what a FETCH asks for and writes it as FETCH lines.  [RFC 9051 7.5.2]
//!
//! This runs on a worker thread, a piece at a time; the session sends one piece before the next is read, so
//! a slow reader costs one piece of memory and holds no transaction.

use std::borrow::Cow;
use std::collections::HashMap;

use mailbox::store::{FlagChange, FlagMode, Flags, Flow, FolderId, Item as Row, Mailbox, UidSet};
use message::field::header_length;
use message::section::header_fields;
use message::{Kind, Message, Rendered};
use object::{Error, ErrorId, Result};

use super::item::{Item, Partial, Section, Text};
use crate::limits::{BODIES_PER_CHUNK, ROWS_PER_CHUNK};
use crate::view::{uid_set, write_flags};
use crate::wire::out::Out;
use crate::wire::{date, sequence};

/// What of the header is read at first; most headers are shorter.
const HEADER_PREFIX_BYTES: u64 = 16 << 10;
/// When a piece has grown to this, it is sent.
const PIECE_BYTES: usize = 1 << 20;
/// Messages whose rendered lines are read at once.
const RENDERED_PER_CHUNK: usize = 300;

/// What is asked, and of which folder.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) mailbox: Mailbox,
    pub(crate) folder: FolderId,
    pub(crate) items: Vec<Item>,
    /// Reading a body marks the message as read.
    pub(crate) marks_seen: bool,
    /// MODSEQ goes with flags that were changed.
    pub(crate) modseq: bool,
    pub(crate) recent: Option<Vec<(u32, u32)>>,
    pub(crate) utf8: bool,
    /// Only what has changed later. [RFC 7162 3.1.4.1]
    pub(crate) changed_since: Option<u64>,
}

/// A message: its number and its UID.
pub(crate) type Numbered = (u32, u32);

/// A piece of the answer.
pub(crate) struct Piece {
    pub(crate) out: Out,
    /// Messages of those asked for that are answered, or gone.
    pub(crate) done: usize,
    /// Whether some were gone.
    pub(crate) missing: bool,
    /// Messages that reading has changed.
    pub(crate) changed: Vec<Row>,
    /// A part that cannot be decoded was asked for. [RFC 3516 4.3]
    pub(crate) unknown_cte: bool,
}

impl Order {
    fn needs_bytes(&self) -> bool {
        self.items.iter().any(Item::needs_bytes)
    }

    fn needs_rendered(&self) -> bool {
        self.items.iter().any(Item::needs_rendered)
    }

    /// Messages that one piece looks at.
    fn chunk(&self) -> usize {
        match (self.needs_bytes(), self.needs_rendered()) {
            (true, _) => BODIES_PER_CHUNK,
            (false, true) => RENDERED_PER_CHUNK,
            (false, false) => ROWS_PER_CHUNK,
        }
    }

    /// Reads the first messages of `wanted`, which has at least one.
    pub(crate) fn piece(&self, wanted: &[Numbered]) -> Result<Piece> {
        let wanted = &wanted[..wanted.len().min(self.chunk())];
        let mut rows = self.rows(wanted)?;
        let missing = rows.len() < wanted.len();
        rows.retain(|row| self.changed_since.is_none_or(|since| row.change > since));
        let changed = self.mark(&mut rows)?;
        let rendered = self.rendered(&rows)?;
        let mut piece =
            Piece { out: Out::pieces(), done: wanted.len(), missing, changed, unknown_cte: false };
        let mut at = 0;
        for row in &rows {
            while wanted[at].1 != row.uid {
                at += 1;
            }
            let answer = Answer { order: self, row, rendered: rendered.get(&row.uid) };
            let seen_now = piece.changed.iter().any(|changed| changed.uid == row.uid);
            let Some(unknown) = answer.write(wanted[at].0, seen_now, &mut piece.out)? else {
                piece.missing = true;
                continue;
            };
            piece.unknown_cte |= unknown;
            if piece.out.len() >= PIECE_BYTES {
                piece.done = at + 1;
                break;
            }
        }
        Ok(piece)
    }

    /// The rows of the messages that are still there, ascending.
    fn rows(&self, wanted: &[Numbered]) -> Result<Vec<Row>> {
        let (first, last) = (wanted[0], wanted[wanted.len() - 1]);
        // Neighbours in the client's view have nothing else between them but what it has not been told of:
        // one range scan instead of one for every gap that expunged messages left.
        let neighbours = (last.0 - first.0) as usize + 1 == wanted.len();
        let uids = match neighbours {
            true => UidSet::of_range(first.1..=last.1),
            false => UidSet::of_uids(wanted.iter().map(|numbered| numbered.1)),
        };
        let mut rows = Vec::with_capacity(wanted.len());
        self.mailbox.items(self.folder, &uids, &mut |row| {
            if !neighbours || wanted.binary_search_by_key(&row.uid, |numbered| numbered.1).is_ok() {
                rows.push(row.clone());
            }
            Ok(Flow::More)
        })?;
        Ok(rows)
    }

    /// Marks as read what is about to be read; answers the rows that changed.
    fn mark(&self, rows: &mut [Row]) -> Result<Vec<Row>> {
        if !self.marks_seen {
            return Ok(Vec::new());
        }
        let unseen: Vec<u32> =
            rows.iter().filter(|row| !row.flags.has(Flags::SEEN)).map(|row| row.uid).collect();
        if unseen.is_empty() {
            return Ok(Vec::new());
        }
        let seen = FlagChange { mode: FlagMode::Add, flags: Flags::SEEN, keywords: Vec::new() };
        let changed = self.mailbox.change_flags(self.folder, &uid_set(&unseen), &seen, None)?.items;
        for row in rows.iter_mut() {
            if let Some(new) = changed.iter().find(|new| new.uid == row.uid) {
                *row = new.clone();
            }
        }
        Ok(changed)
    }

    fn rendered(&self, rows: &[Row]) -> Result<HashMap<u32, Rendered>> {
        let mut found = HashMap::new();
        if !self.needs_rendered() || rows.is_empty() {
            return Ok(found);
        }
        let uids = UidSet::of_uids(rows.iter().map(|row| row.uid));
        self.mailbox.rendered(self.folder, &uids, &mut |row, rendered| {
            found.insert(row.uid, rendered.clone());
            Ok(Flow::More)
        })?;
        Ok(found)
    }
}

/// One message's FETCH line.
struct Answer<'a> {
    order: &'a Order,
    row: &'a Row,
    rendered: Option<&'a Rendered>,
}

impl Answer<'_> {
    /// Writes the line; `None` if the message has gone meanwhile, else whether a part could not be decoded.
    fn write(&self, number: u32, seen_now: bool, out: &mut Out) -> Result<Option<bool>> {
        let bytes = match self.bytes() {
            Ok(bytes) => bytes,
            Err(error) if error.is(ErrorId::ItemNotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        if self.order.needs_rendered() && self.rendered.is_none() {
            return Ok(None);
        }
        let parsed = bytes.as_deref().map(message::parse);
        out.more().number(u64::from(number)).word("FETCH").open();
        let mut unknown = false;
        for item in &self.order.items {
            unknown |= self.item(item, parsed.as_ref(), out)?;
        }
        let has = |wanted: &Item| self.order.items.contains(wanted);
        if seen_now && !has(&Item::Flags) {
            self.item(&Item::Flags, None, out)?;
        }
        if seen_now && self.order.modseq && !has(&Item::ModSeq) {
            self.item(&Item::ModSeq, None, out)?;
        }
        out.close().line();
        Ok(Some(unknown))
    }

    /// The bytes that the items need: none, the header, or all.
    fn bytes(&self) -> Result<Option<Vec<u8>>> {
        let mut needing = self.order.items.iter().filter(|item| item.needs_bytes()).peekable();
        if needing.peek().is_none() {
            return Ok(None);
        }
        if !needing.all(Item::needs_header_only) {
            return self.order.mailbox.whole_body(self.order.folder, self.row.uid).map(Some);
        }
        header(&self.order.mailbox, self.order.folder, self.row).map(Some)
    }

    /// Writes one item; true if a part could not be decoded.
    fn item(&self, item: &Item, message: Option<&Message<'_>>, out: &mut Out) -> Result<bool> {
        let row = self.row;
        match item {
            Item::Uid => out.word("UID").number(u64::from(row.uid)),
            Item::Flags => {
                let recent =
                    self.order.recent.as_ref().is_some_and(|recent| sequence::contains(recent, row.uid));
                out.word("FLAGS");
                write_flags(row, recent, out);
                out
            }
            Item::InternalDate => out.word("INTERNALDATE").word(&date::write(row.received)),
            Item::Size => out.word("RFC822.SIZE").number(row.size),
            Item::ModSeq => out.word("MODSEQ").open().number(row.change).close(),
            Item::EmailId => out.word("EMAILID").list([email_id(row.email).as_str()]),
            Item::ThreadId => out.word("THREADID").list([thread_id(row.thread).as_str()]),
            Item::SaveDate => out.word("SAVEDATE").word(&date::write(row.saved)),
            Item::Envelope | Item::Body | Item::BodyStructure | Item::Preview => return self.kept(item, out),
            Item::Section(_) | Item::Binary { .. } | Item::BinarySize { .. } => {
                let message =
                    message.ok_or_else(|| Error::server(ErrorId::BytesMissing, "A body was not read."))?;
                return self.of_bytes(item, message, out);
            }
        };
        Ok(false)
    }

    /// What was rendered at delivery.
    fn kept(&self, item: &Item, out: &mut Out) -> Result<bool> {
        let gone = || {
            Error::server(ErrorId::RenderedMissing, format!("Item {} has no rendered lines.", self.row.uid))
        };
        let rendered = self.rendered.ok_or_else(gone)?;
        match item {
            Item::Envelope => out.word("ENVELOPE").rendered(&rendered.envelope),
            Item::Body => out.word("BODY").rendered(&message::without_extensions(&rendered.bodystructure)),
            Item::BodyStructure => out.word("BODYSTRUCTURE").rendered(&rendered.bodystructure),
            _ => out.word("PREVIEW").string(rendered.preview.as_bytes(), self.order.utf8),
        };
        Ok(false)
    }

    fn of_bytes(&self, item: &Item, message: &Message<'_>, out: &mut Out) -> Result<bool> {
        match item {
            Item::Section(section) => write_section(section, message, out),
            Item::Binary { path, partial, .. } => return Ok(write_binary(path, *partial, message, out)),
            Item::BinarySize { path } => return Ok(write_binary_size(path, message, out)),
            _ => {}
        }
        Ok(false)
    }
}

/// The header of a message, from as few bytes as are needed.
pub(crate) fn header(mailbox: &Mailbox, folder: FolderId, row: &Row) -> Result<Vec<u8>> {
    let mut read = HEADER_PREFIX_BYTES;
    loop {
        let mut bytes = mailbox.body(folder, row.uid, 0..read)?;
        let length = header_length(&bytes);
        // A header that ends where the bytes end may go on behind them.
        if length < bytes.len() || read >= row.size {
            bytes.truncate(length);
            return Ok(bytes);
        }
        read = read.saturating_mul(8);
    }
}

fn write_section(section: &Section, message: &Message<'_>, out: &mut Out) {
    // A part may be as large as a message can be: it is not copied before it is written.
    let found = match &section.text {
        Text::Part(which) => {
            message.section(&section.path, *which).map(|range| Cow::Borrowed(&message.bytes[range]))
        }
        Text::Fields { names, not } => message
            .section(&section.path, message::Which::Header)
            .map(|range| Cow::Owned(header_fields(&message.bytes[range], names, *not))),
    };
    out.label(&section.label);
    match found {
        Some(bytes) => write_content(Partial::of(section.partial, &bytes), false, out),
        // There is no such part. [RFC 9051 7.5.2]
        None => {
            out.word("NIL");
        }
    }
}

/// Content as literal. NUL goes over the wire in a literal8 only, which only BINARY may answer with: elsewhere
/// it is shown as 0x80, as Dovecot does; the size stays. [RFC 9051 4.3] [RFC 3516 4.2]
fn write_content(bytes: &[u8], binary: bool, out: &mut Out) {
    match (bytes.contains(&0), binary) {
        (true, true) => out.literal8(bytes),
        (true, false) => {
            let shown: Vec<u8> = bytes.iter().map(|&byte| if byte == 0 { 0x80 } else { byte }).collect();
            out.literal(&shown)
        }
        (false, _) => out.literal(bytes),
    };
}

/// The decoded content of a part; `None` if its encoding is not known. Of a part that holds others there is
/// nothing to decode.
fn decoded<'a>(path: &[u32], message: &Message<'a>) -> Result<Option<Cow<'a, [u8]>>, ()> {
    if path.is_empty() {
        return Ok(Some(Cow::Borrowed(message.bytes)));
    }
    let Some(part) = message.find(path) else { return Ok(None) };
    match (&part.kind, part.encoding) {
        (Kind::Leaf, message::Encoding::Unknown) => Err(()),
        (Kind::Leaf, _) => Ok(Some(message.content(part))),
        _ => Ok(Some(Cow::Borrowed(message.body(part)))),
    }
}

fn write_binary(path: &[u32], partial: Option<Partial>, message: &Message<'_>, out: &mut Out) -> bool {
    let range = partial.map(|partial| format!("<{}>", partial.start)).unwrap_or_default();
    out.label(&format!("BINARY[{}]{range}", dotted(path)));
    match decoded(path, message) {
        Ok(Some(content)) => write_content(Partial::of(partial, &content), true, out),
        Ok(None) => {
            out.word("NIL");
        }
        Err(()) => {
            out.word("NIL");
            return true;
        }
    }
    false
}

fn write_binary_size(path: &[u32], message: &Message<'_>, out: &mut Out) -> bool {
    let content = decoded(path, message);
    out.label(&format!("BINARY.SIZE[{}]", dotted(path)));
    out.number(
        content.as_ref().ok().and_then(|content| content.as_ref()).map_or(0, |content| content.len() as u64),
    );
    content.is_err()
}

fn dotted(path: &[u32]) -> String {
    path.iter().map(u32::to_string).collect::<Vec<_>>().join(".")
}

/// [RFC 8474 5.1]
pub(crate) fn email_id(email: u64) -> String {
    format!("M{email:x}")
}

/// [RFC 8474 5.2]
pub(crate) fn thread_id(thread: u64) -> String {
    format!("T{thread:x}")
}
