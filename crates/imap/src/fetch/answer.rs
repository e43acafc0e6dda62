//! Reads a piece of what a FETCH asks for and writes it as FETCH lines.  [RFC 9051 7.5.2]
//!
//! This runs on a worker thread, a piece at a time; the session sends one piece before the next is read, so a slow reader
//! costs one piece of memory and holds no transaction. Large contents are no part of it: a piece says where they lie, and
//! they are read and sent little by little. A line may go on in the next piece.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use mailbox::store::{FlagChange, FlagMode, Flags, Flow, FolderId, Item as Row, Mailbox, UidSet};
use message::field::header_length;
use message::section::header_fields;
use message::{Encoding, Kind, Message, Rendered, Which};
use net::Budget;
use object::{Error, ErrorId, Result};

use super::item::{Item, Partial, Section, Text};
use crate::limits::{BODIES_PER_CHUNK, LARGE_BYTES, RENDERED_BYTES_PER_CHUNK, ROWS_PER_CHUNK, STREAM_BYTES};
use crate::room::no_room;
use crate::spool::Spool;
use crate::view::{uid_set, write_flags};
use crate::wire::out::Out;
use crate::wire::{date, sequence};

/// What of the header is read at first; most headers are shorter.
const HEADER_PREFIX_BYTES: u64 = 16 << 10;
/// When a piece has grown to this, it is sent.
const PIECE_BYTES: usize = 256 << 10;
/// Messages whose rendered lines are read at once.
const RENDERED_PER_CHUNK: usize = 300;

/// What is asked, and of which folder.
#[derive(Clone)]
pub(crate) struct Order {
    pub(crate) mailbox: Mailbox,
    pub(crate) folder: FolderId,
    pub(crate) items: Arc<Vec<Item>>,
    /// Reading a body marks the message as read.
    pub(crate) marks_seen: bool,
    /// MODSEQ goes with flags that were changed.
    pub(crate) modseq: bool,
    pub(crate) recent: Option<Vec<(u32, u32)>>,
    pub(crate) utf8: bool,
    /// Only what has changed later. [RFC 7162 3.1.4.1]
    pub(crate) changed_since: Option<u64>,
    /// Where decoded parts lie that are too large for memory, and from what they are taken.
    pub(crate) spool: PathBuf,
    pub(crate) disk: Budget,
}

/// A message: its number and its UID.
pub(crate) type Numbered = (u32, u32);

/// Something to be sent.
pub(crate) enum Part {
    /// These octets.
    Octets(Vec<u8>),
    /// That range of the message's own octets; NUL goes out as it is in a literal8 only.
    Body { row: Box<Row>, range: Range<u64>, may_hold_nul: bool },
    /// That range of a file.
    File { file: Arc<Spool>, range: Range<u64>, may_hold_nul: bool },
}

/// A line that was begun, and where it goes on.
pub(crate) struct Begun {
    row: Row,
    number: u32,
    seen_now: bool,
    item: usize,
}

/// A piece of the answer.
#[derive(Default)]
pub(crate) struct Piece {
    pub(crate) parts: Vec<Part>,
    /// Messages of those asked for that are answered, or gone.
    pub(crate) done: usize,
    /// The line that the next piece goes on with; it belongs to the first message that is not done.
    pub(crate) begun: Option<Begun>,
    /// Nothing goes on before there is a turn for a message of that size.
    pub(crate) needs: Option<u64>,
    /// Whether some were gone.
    pub(crate) missing: bool,
    /// UIDs of messages whose bytes are damaged.
    pub(crate) damaged: Vec<u32>,
    /// How many were answered whole.
    pub(crate) whole: usize,
    /// Messages that reading has changed.
    pub(crate) changed: Vec<Row>,
    /// A part that cannot be decoded was asked for. [RFC 3516 4.3]
    pub(crate) unknown_cte: bool,
}

/// What became of a line.
enum Line {
    Done,
    /// The message has gone meanwhile.
    Gone,
    /// It goes on with that item.
    GoesOn(usize),
}

impl Order {
    fn needs_bytes(&self) -> bool {
        self.items.iter().any(Item::needs_bytes)
    }

    fn needs_rendered(&self) -> bool {
        self.items.iter().any(Item::needs_rendered)
    }

    /// Whether a message must be looked into, or it is enough to know where its bytes lie.
    fn looks_inside(&self) -> bool {
        self.items.iter().any(|item| item.needs_bytes() && !item.is_whole_message())
    }

    /// Messages that one piece looks at.
    fn chunk(&self) -> usize {
        match (self.needs_bytes(), self.needs_rendered()) {
            (true, _) => BODIES_PER_CHUNK,
            (false, true) => RENDERED_PER_CHUNK,
            (false, false) => ROWS_PER_CHUNK,
        }
    }

    /// Reads the first messages of `wanted`, which has at least one; goes on with a line that was `begun`. With a `turn`
    /// the first message may be as large as it likes.
    pub(crate) fn piece(&self, wanted: &[Numbered], begun: Option<Begun>, turn: bool) -> Result<Piece> {
        if let Some(begun) = begun {
            return self.rest(begun, turn);
        }
        let wanted = &wanted[..wanted.len().min(if turn { 1 } else { self.chunk() })];
        let mut rows = self.rows(wanted)?;
        let missing = rows.len() < wanted.len();
        rows.retain(|row| self.changed_since.is_none_or(|since| row.change > since));
        let mut piece = Piece { done: wanted.len(), missing, ..Piece::default() };
        if let Some(large) = rows.iter().position(|row| !turn && self.is_large(row)) {
            if large == 0 {
                piece.needs = Some(rows[0].size);
            }
            piece.done = wanted.iter().position(|one| one.1 == rows[large].uid).unwrap_or(0);
            rows.truncate(large);
        }
        piece.changed = self.mark(&mut rows)?;
        let rendered = self.rendered(&mut rows, wanted, &mut piece)?;
        self.lines(&rows, &rendered, wanted, piece)
    }

    fn is_large(&self, row: &Row) -> bool {
        row.size > LARGE_BYTES && self.looks_inside()
    }

    fn lines(
        &self,
        rows: &[Row],
        rendered: &HashMap<u32, Rendered>,
        wanted: &[Numbered],
        mut piece: Piece,
    ) -> Result<Piece> {
        let (mut out, mut at) = (Out::pieces(), 0);
        for row in rows {
            while wanted[at].1 != row.uid {
                at += 1;
            }
            let seen_now = piece.changed.iter().any(|changed| changed.uid == row.uid);
            let answer = Answer { order: self, row, rendered: rendered.get(&row.uid), seen_now };
            match answer.write(wanted[at].0, 0, &mut piece, &mut out)? {
                Line::Done => piece.whole += 1,
                Line::Gone => piece.missing = true,
                Line::GoesOn(item) => {
                    piece.begun = Some(Begun { row: row.clone(), number: wanted[at].0, seen_now, item });
                    piece.done = at;
                    break;
                }
            }
            if out.len() >= PIECE_BYTES {
                piece.done = at + 1;
                break;
            }
        }
        piece.parts.push(Part::Octets(out.cut()));
        Ok(piece)
    }

    /// Goes on with a line.
    fn rest(&self, begun: Begun, turn: bool) -> Result<Piece> {
        let mut piece = Piece::default();
        if !turn && self.is_large(&begun.row) {
            piece.needs = Some(begun.row.size);
            piece.begun = Some(begun);
            return Ok(piece);
        }
        let Begun { row, number, seen_now, item } = begun;
        let rendered = self.rendered_of(&row)?;
        let mut out = Out::going_on();
        let answer = Answer { order: self, row: &row, rendered: rendered.as_ref(), seen_now };
        match answer.write(number, item, &mut piece, &mut out)? {
            // A line that was begun is ended even when its message is gone.
            Line::Done | Line::Gone => (piece.done, piece.whole) = (1, 1),
            Line::GoesOn(item) => piece.begun = Some(Begun { row, number, seen_now, item }),
        }
        piece.parts.push(Part::Octets(out.cut()));
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

    /// What was rendered of the rows; those that are too much for one piece are left for the next.
    fn rendered(
        &self,
        rows: &mut Vec<Row>,
        wanted: &[Numbered],
        piece: &mut Piece,
    ) -> Result<HashMap<u32, Rendered>> {
        let (mut found, mut bytes, mut last) = (HashMap::new(), 0, None);
        if !self.needs_rendered() || rows.is_empty() {
            return Ok(found);
        }
        let uids = UidSet::of_uids(rows.iter().map(|row| row.uid));
        self.mailbox.rendered(self.folder, &uids, &mut |row, rendered| {
            bytes += rendered.envelope.len() + rendered.bodystructure.len();
            found.insert(row.uid, rendered.clone());
            last = Some(row.uid);
            Ok(if bytes < RENDERED_BYTES_PER_CHUNK { Flow::More } else { Flow::Stop })
        })?;
        if let Some(last) = last.filter(|_| bytes >= RENDERED_BYTES_PER_CHUNK) {
            rows.retain(|row| row.uid <= last);
            piece.done = piece.done.min(wanted.partition_point(|one| one.1 <= last));
        }
        Ok(found)
    }

    fn rendered_of(&self, row: &Row) -> Result<Option<Rendered>> {
        let mut found = None;
        if self.needs_rendered() {
            self.mailbox.rendered(
                self.folder,
                &UidSet::of_range(row.uid..=row.uid),
                &mut |_, rendered| {
                    found = Some(rendered.clone());
                    Ok(Flow::Stop)
                },
            )?;
        }
        Ok(found)
    }
}

/// One message's FETCH line.
struct Answer<'a> {
    order: &'a Order,
    row: &'a Row,
    rendered: Option<&'a Rendered>,
    seen_now: bool,
}

/// What of a message is at hand.
enum Source {
    /// Where its bytes lie is enough, or none are needed.
    Nothing,
    Bytes(Vec<u8>),
    /// They are damaged.
    Damaged,
}

impl Answer<'_> {
    /// Writes the line, from that item on.
    fn write(&self, number: u32, from: usize, piece: &mut Piece, out: &mut Out) -> Result<Line> {
        let begun = from > 0;
        let source = match self.source() {
            Ok(source) => source,
            Err(error) if error.is(ErrorId::ItemNotFound) && !begun => return Ok(Line::Gone),
            Err(error) if error.is(ErrorId::ItemNotFound) => Source::Damaged,
            Err(error) => return Err(error),
        };
        if self.order.needs_rendered() && self.rendered.is_none() && !begun {
            return Ok(Line::Gone);
        }
        let parsed = match &source {
            Source::Bytes(bytes) => Some(message::parse(bytes)),
            Source::Nothing | Source::Damaged => None,
        };
        if matches!(source, Source::Damaged) && !begun {
            piece.damaged.push(self.row.uid);
        }
        if !begun {
            out.more().number(u64::from(number)).word("FETCH").open();
        }
        for (at, item) in self.order.items.iter().enumerate().skip(from) {
            if matches!(source, Source::Damaged) && item.needs_bytes() {
                // A size is a number. [RFC 3516 4.3]
                let nothing = if matches!(item, Item::BinarySize { .. }) { "0" } else { "NIL" };
                out.label(&item.label()).word(nothing);
            } else if !self.item(item, parsed.as_ref(), piece, out)? && at + 1 < self.order.items.len() {
                return Ok(Line::GoesOn(at + 1));
            }
        }
        let has = |wanted: &Item| self.order.items.contains(wanted);
        if self.seen_now && !has(&Item::Flags) {
            self.item(&Item::Flags, None, piece, out)?;
        }
        if self.seen_now && self.order.modseq && !has(&Item::ModSeq) {
            self.item(&Item::ModSeq, None, piece, out)?;
        }
        out.close().line();
        Ok(Line::Done)
    }

    /// The bytes that the items need: none, the header, or all.
    fn source(&self) -> Result<Source> {
        let (mailbox, row) = (&self.order.mailbox, self.row);
        let mut needing = self.order.items.iter().filter(|item| item.needs_bytes()).peekable();
        if needing.peek().is_none() {
            return Ok(Source::Nothing);
        }
        let streams = row.size > STREAM_BYTES;
        let read = if streams && !self.order.looks_inside() {
            // What is sent without being looked at is looked through first: a literal that was begun must be ended.
            mailbox.check_body(self.order.folder, row.uid).map(|()| Source::Nothing)
        } else if needing.all(Item::needs_header_only) {
            header(mailbox, self.order.folder, row).map(Source::Bytes)
        } else {
            mailbox.whole_body(self.order.folder, row.uid).map(Source::Bytes)
        };
        match read {
            Err(error) if error.is(ErrorId::BodyDamaged) => Ok(Source::Damaged),
            other => other,
        }
    }

    /// Writes one item; false if the line should go on in another piece.
    fn item(
        &self,
        item: &Item,
        message: Option<&Message<'_>>,
        piece: &mut Piece,
        out: &mut Out,
    ) -> Result<bool> {
        let row = self.row;
        match item {
            Item::Uid => {
                out.word("UID").number(u64::from(row.uid));
            }
            Item::Flags => {
                let recent =
                    self.order.recent.as_ref().is_some_and(|recent| sequence::contains(recent, row.uid));
                out.word("FLAGS");
                write_flags(row, recent, out);
            }
            Item::InternalDate => {
                out.word("INTERNALDATE").word(&date::write(row.received));
            }
            Item::Size => {
                out.word("RFC822.SIZE").number(row.size);
            }
            Item::ModSeq => {
                out.word("MODSEQ").open().number(row.change).close();
            }
            Item::EmailId => {
                out.word("EMAILID").list([email_id(row.email).as_str()]);
            }
            Item::ThreadId => {
                out.word("THREADID").list([thread_id(row.thread).as_str()]);
            }
            Item::SaveDate => {
                out.word("SAVEDATE").word(&date::write(row.saved));
            }
            Item::Envelope | Item::Body | Item::BodyStructure | Item::Preview => self.kept(item, out)?,
            Item::Section(section) => self.section(section, message, piece, out)?,
            Item::Binary { path, partial, .. } => self.binary(item, path, *partial, message, piece, out)?,
            Item::BinarySize { path } => {
                let content = message.map_or(Ok(None), |message| decoded(path, message));
                piece.unknown_cte |= content.is_err();
                let size = content.ok().flatten().map_or(0, |content| content.len() as u64);
                out.label(&item.label()).number(size);
            }
        }
        Ok(out.len() < PIECE_BYTES && !matches!(piece.parts.last(), Some(Part::File { .. })))
    }

    /// What was rendered at delivery.
    fn kept(&self, item: &Item, out: &mut Out) -> Result<()> {
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
        Ok(())
    }

    fn section(
        &self,
        section: &Section,
        message: Option<&Message<'_>>,
        piece: &mut Piece,
        out: &mut Out,
    ) -> Result<()> {
        out.label(&section.label);
        let partial = section.partial;
        let Some(message) = message else {
            // The whole message, too large to be held.
            self.stream(Partial::range(partial, 0..self.row.size), false, piece, out);
            return Ok(());
        };
        let which = match &section.text {
            Text::Part(which) => *which,
            Text::Fields { .. } => Which::Header,
        };
        // There may be no such part. [RFC 9051 7.5.2]
        let Some(range) = message.section(&section.path, which) else {
            out.word("NIL");
            return Ok(());
        };
        if let Text::Fields { names, not } = &section.text {
            let fields = header_fields(&message.bytes[range], names, *not);
            return self.content(Partial::of(partial, &fields), false, piece, out);
        }
        self.range(range, partial, false, message, piece, out);
        Ok(())
    }

    fn binary(
        &self,
        item: &Item,
        path: &[u32],
        partial: Option<Partial>,
        message: Option<&Message<'_>>,
        piece: &mut Piece,
        out: &mut Out,
    ) -> Result<()> {
        out.label(&item.label());
        let Some(message) = message else {
            out.word("NIL");
            return Ok(());
        };
        match decoded(path, message) {
            Ok(Some(Decoded::AsItIs(range))) => self.range(range, partial, true, message, piece, out),
            Ok(Some(Decoded::Bytes(bytes))) => {
                return self.content(Partial::of(partial, &bytes), true, piece, out);
            }
            Ok(None) => {
                out.word("NIL");
            }
            Err(()) => {
                piece.unknown_cte = true;
                out.word("NIL");
            }
        }
        Ok(())
    }

    /// A range of the message's own bytes as literal.
    fn range(
        &self,
        range: Range<usize>,
        partial: Option<Partial>,
        binary: bool,
        message: &Message<'_>,
        piece: &mut Piece,
        out: &mut Out,
    ) {
        let asked = Partial::range(partial, range.start as u64..range.end as u64);
        // Within the message, whose length is a usize.
        let bytes = &message.bytes[asked.start as usize..asked.end as usize];
        if bytes.len() as u64 > STREAM_BYTES {
            return self.stream(asked, binary && bytes.contains(&0), piece, out);
        }
        literal(bytes, binary, out);
    }

    fn stream(&self, range: Range<u64>, may_hold_nul: bool, piece: &mut Piece, out: &mut Out) {
        out.announce(range.end - range.start, may_hold_nul);
        piece.parts.push(Part::Octets(out.cut()));
        piece.parts.push(Part::Body { row: Box::new(self.row.clone()), range, may_hold_nul });
    }

    /// Content that lies nowhere as it is: what is large goes by way of a file.
    fn content(&self, bytes: &[u8], binary: bool, piece: &mut Piece, out: &mut Out) -> Result<()> {
        let size = bytes.len() as u64;
        if size <= STREAM_BYTES {
            literal(bytes, binary, out);
            return Ok(());
        }
        let held = self.order.disk.take(size).map_err(no_room)?;
        let file = Arc::new(Spool::make(&self.order.spool, held)?);
        file.write(0, bytes)?;
        let may_hold_nul = binary && bytes.contains(&0);
        out.announce(size, may_hold_nul);
        piece.parts.push(Part::Octets(out.cut()));
        piece.parts.push(Part::File { file, range: 0..size, may_hold_nul });
        Ok(())
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

/// Content as literal. NUL goes over the wire in a literal8 only, which only BINARY may answer with: elsewhere
/// it is shown as 0x80, as Dovecot does; the size stays. [RFC 9051 4.3] [RFC 3516 4.2]
fn literal(bytes: &[u8], binary: bool, out: &mut Out) {
    let (size, holds_nul) = (bytes.len() as u64, bytes.contains(&0));
    out.announce(size, binary && holds_nul);
    if holds_nul && !binary {
        out.octets(&without_nul(bytes.to_vec()))
    } else {
        out.octets(bytes)
    };
}

/// Octets of a literal that must not hold NUL.
pub(crate) fn without_nul(mut octets: Vec<u8>) -> Vec<u8> {
    octets.iter_mut().filter(|octet| **octet == 0).for_each(|octet| *octet = 0x80);
    octets
}

/// The content of a part.
enum Decoded<'a> {
    /// It stands in the message as it is.
    AsItIs(Range<usize>),
    Bytes(Cow<'a, [u8]>),
}

impl Decoded<'_> {
    fn len(&self) -> usize {
        match self {
            Decoded::AsItIs(range) => range.len(),
            Decoded::Bytes(bytes) => bytes.len(),
        }
    }
}

/// The decoded content of a part; `None` if there is no such part, an error if its encoding is not known. Of a part that
/// holds others there is nothing to decode.
fn decoded<'a>(path: &[u32], message: &Message<'a>) -> Result<Option<Decoded<'a>>, ()> {
    if path.is_empty() {
        return Ok(Some(Decoded::AsItIs(0..message.bytes.len())));
    }
    let Some(part) = message.find(path) else { return Ok(None) };
    Ok(Some(match (&part.kind, part.encoding) {
        (Kind::Leaf, Encoding::Unknown) => return Err(()),
        (Kind::Leaf, Encoding::Base64 | Encoding::QuotedPrintable) => Decoded::Bytes(message.content(part)),
        _ => Decoded::AsItIs(part.body.clone()),
    }))
}

/// [RFC 8474 5.1]
pub(crate) fn email_id(email: u64) -> String {
    format!("M{email:x}")
}

/// [RFC 8474 5.2]
pub(crate) fn thread_id(thread: u64) -> String {
    format!("T{thread:x}")
}
