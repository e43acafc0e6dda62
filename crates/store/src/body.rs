//! Bodies: the bytes of messages, compressed and kept once per database however many items have them.
//!
//! They are found by a BLAKE3 hash with a key of the database's own, so nobody can make two messages that are
//! taken for one, nor learn from outside whether a message is there. Each item that has a body counts in `refs`,
//! changed in the item's transaction; the last one takes the body with it. Long bodies are cut into chunks that
//! are compressed on their own, so a range is read without the rest.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;

use db::{Row, Tx};
use message::Rendered;
use object::{Error, ErrorId, Result};
use zstd::bulk::{Compressor, Decompressor};

use crate::incoming::Incoming;
use crate::row::big;

/// Large enough to compress well, small enough that a range read unpacks little more than it gives.
pub(crate) const CHUNK_BYTES: usize = 256 << 10;
/// `chunk.id` is `body << CHUNK_BITS | number`: 16 GB a body.
const CHUNK_BITS: u32 = 16;
/// Level 3 packs mail to within a few percent of level 9 at five times the speed.
const LEVEL: i32 = 3;
/// The first byte of a chunk says how it is packed; the next [`CHECK_BYTES`] are the CRC-32 of all that follows, which is
/// enough to find what a disk does, and means no harm.
const PLAIN: u8 = 4;
const ZSTD: u8 = 5;
/// The same in chunks of before, whose checksum begins a BLAKE3 hash.
const PLAIN_HASHED: u8 = 2;
const ZSTD_HASHED: u8 = 3;
/// The same in chunks of old, which have no checksum: the whole body's hash alone, which verify compares, tells of damage.
const PLAIN_UNCHECKED: u8 = 0;
const ZSTD_UNCHECKED: u8 = 1;
const CHECK_BYTES: usize = 4;

/// The key of a database's body hashes.
#[derive(Clone, Copy)]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl Key {
    pub(crate) fn hash(&self, bytes: &[u8]) -> [u8; 32] {
        *blake3::keyed_hash(&self.0, bytes).as_bytes()
    }
    /// A short hash of small things (thread ids).
    pub(crate) fn short(&self, bytes: &[u8]) -> i64 {
        head(&self.hash(bytes))
    }
}

/// The part of a hash that is indexed: short, so the index stays small; the whole is compared behind it.
fn head(hash: &[u8; 32]) -> i64 {
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(first)
}

/// A message hashed and packed, ready to be written; done on the caller's thread, not the writer's.
#[derive(Clone)]
pub(crate) struct Packed {
    pub(crate) hash: [u8; 32],
    pub(crate) size: u64,
    pub(crate) chunks: Arc<Vec<Vec<u8>>>,
    pub(crate) rendered: Arc<Rendered>,
    /// The checksum of what is kept of the rendering.
    sum: i64,
}

impl Packed {
    pub(crate) fn new(key: &Key, message: &Incoming) -> Result<Packed> {
        crate::incoming::check_size(message.raw.len())?;
        let chunks = message.raw.chunks(CHUNK_BYTES).map(pack).collect::<Result<_>>()?;
        Ok(Packed {
            hash: key.hash(&message.raw),
            size: message.raw.len() as u64,
            chunks: Arc::new(chunks),
            rendered: Arc::clone(&message.rendered),
            sum: checksum(&message.rendered),
        })
    }
}

thread_local! {
    /// Contexts are large and slow to make, so each thread keeps its own.
    static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

fn pack(chunk: &[u8]) -> Result<Vec<u8>> {
    let squeezed = PACKER.with_borrow_mut(|kept| {
        let packer = match kept {
            Some(packer) => packer,
            None => kept.insert(Compressor::new(LEVEL)?),
        };
        packer.compress(chunk)
    })?;
    let (first, bytes) = if squeezed.len() < chunk.len() { (ZSTD, &squeezed[..]) } else { (PLAIN, chunk) };
    let mut packed = Vec::with_capacity(bytes.len() + 1 + CHECK_BYTES);
    packed.push(first);
    packed.extend_from_slice(&check(bytes));
    packed.extend_from_slice(bytes);
    Ok(packed)
}

/// The checksum of bytes as they are kept.
fn check(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    crc32fast::hash(bytes).to_be_bytes()
}

/// The same of chunks of before.
fn check_hashed(bytes: &[u8]) -> [u8; CHECK_BYTES] {
    let mut first = [0; CHECK_BYTES];
    first.copy_from_slice(&blake3::hash(bytes).as_bytes()[..CHECK_BYTES]);
    first
}

fn checked(packed: &[u8], check: fn(&[u8]) -> [u8; CHECK_BYTES]) -> Result<&[u8]> {
    let (sum, bytes) = packed.split_at_checked(CHECK_BYTES).ok_or_else(damaged)?;
    if check(bytes) == sum { Ok(bytes) } else { Err(damaged()) }
}

fn unpack(packed: &[u8]) -> Result<Vec<u8>> {
    match packed.split_first() {
        Some((&PLAIN, bytes)) => checked(bytes, check).map(<[u8]>::to_vec),
        Some((&ZSTD, bytes)) => unsqueeze(checked(bytes, check)?).ok_or_else(damaged),
        Some((&PLAIN_HASHED, bytes)) => checked(bytes, check_hashed).map(<[u8]>::to_vec),
        Some((&ZSTD_HASHED, bytes)) => unsqueeze(checked(bytes, check_hashed)?).ok_or_else(damaged),
        Some((&PLAIN_UNCHECKED, bytes)) => Ok(bytes.to_vec()),
        Some((&ZSTD_UNCHECKED, bytes)) => unsqueeze(bytes).ok_or_else(damaged),
        _ => Err(damaged()),
    }
}

/// A frame says how much it unpacks to; it is believed only as far as a chunk goes.
fn unsqueeze(bytes: &[u8]) -> Option<Vec<u8>> {
    let said = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten()?;
    let size = usize::try_from(said).ok().filter(|size| *size <= CHUNK_BYTES)?;
    UNPACKER.with_borrow_mut(|kept| {
        let unpacker = match kept {
            Some(unpacker) => unpacker,
            None => kept.insert(Decompressor::new().ok()?),
        };
        unpacker.decompress(bytes, size).ok()
    })
}

/// Whether the bytes are surely a chunk of ours: it has a checksum, and that is right.
pub(crate) fn is_surely_chunk(packed: &[u8]) -> bool {
    matches!(packed.first(), Some(&(PLAIN | ZSTD | PLAIN_HASHED | ZSTD_HASHED))) && is_whole(packed)
}

/// Whether a chunk can be unpacked.
pub(crate) fn is_whole(packed: &[u8]) -> bool {
    unpack(packed).is_ok()
}

/// The body that a chunk belongs to.
pub(crate) fn of_chunk(chunk: i64) -> i64 {
    chunk >> CHUNK_BITS
}

/// How many chunks a body of so many bytes has.
pub(crate) fn chunks_of(size: u64) -> u64 {
    size.div_ceil(CHUNK_BYTES as u64)
}

/// Makes the row of a body anew out of its chunks, which have checksums of their own, for items that say how long it is.
/// False where that cannot be.
pub(crate) fn come_back(tx: &mut dyn Tx, key: &Key, id: i64, size: u64) -> Result<bool> {
    let there = tx.number("SELECT count(*) FROM body WHERE id = $1", &[id.into()])? > 0;
    let last = tx.number(
        "SELECT count(*) FROM chunk WHERE id >= $1 AND id <= $2",
        &[(id << CHUNK_BITS).into(), (id << CHUNK_BITS | 0xffff).into()],
    )?;
    if there || u64::try_from(last) != Ok(chunks_of(size)) {
        return Ok(false);
    }
    let Ok(bytes) = read(tx, id, size, 0..u64::MAX) else { return Ok(false) };
    let hash = key.hash(&bytes);
    let sql = "INSERT INTO body (id, head, hash, size, refs) VALUES ($1, $2, $3, $4, 1)";
    tx.execute(sql, &[id.into(), head(&hash).into(), (&hash).into(), big(size)])?;
    Ok(true)
}

/// Writes the hash of a body anew, because the key is another one.
pub(crate) fn set_hash(tx: &mut dyn Tx, id: i64, hash: &[u8; 32]) -> Result<()> {
    let sql = "UPDATE body SET hash = $2, head = $3 WHERE id = $1";
    tx.execute(sql, &[id.into(), hash.into(), head(hash).into()]).map(drop)
}

fn damaged() -> Error {
    Error::server(ErrorId::BodyDamaged, "The bytes of this message are damaged on the disk.")
        .help("Run mailstead verify: it names every message that is damaged.")
}

/// The body with the same bytes, if there is one.
fn same(tx: &mut dyn Tx, packed: &Packed) -> Result<Option<i64>> {
    let sql = "SELECT id FROM body WHERE head = $1 AND hash = $2 AND size = $3";
    tx.one(sql, &[head(&packed.hash).into(), (&packed.hash).into(), big(packed.size)], |row| row.int(0))
}

/// The number the body has or will have once [`keep`] is called, before the transaction ends.
pub(crate) fn place(tx: &mut dyn Tx, packed: &Packed) -> Result<(i64, bool)> {
    match same(tx, packed)? {
        Some(id) => Ok((id, true)),
        None => Ok((crate::row::next(tx, "body")?, false)),
    }
}

/// Counts `refs` more items that have the body, and writes it if it is new.
pub(crate) fn keep(tx: &mut dyn Tx, packed: &Packed, (id, known): (i64, bool), refs: u64) -> Result<()> {
    if known {
        return refer(tx, id, refs);
    }
    let sql = "INSERT INTO body (id, head, hash, size, refs) VALUES ($1, $2, $3, $4, $5)";
    let hash = &packed.hash;
    tx.execute(sql, &[id.into(), head(hash).into(), hash.into(), big(packed.size), big(refs)])?;
    for (number, chunk) in packed.chunks.iter().enumerate() {
        let sql = "INSERT INTO chunk (id, data) VALUES ($1, $2)";
        tx.execute(sql, &[(id << CHUNK_BITS | number as i64).into(), chunk.into()])?;
    }
    insert_rendered(tx, id, &packed.rendered, packed.sum)
}

/// Counts more items that have a body which is there.
pub(crate) fn refer(tx: &mut dyn Tx, id: i64, more: u64) -> Result<()> {
    tx.execute("UPDATE body SET refs = refs + $2 WHERE id = $1", &[id.into(), big(more)]).map(drop)
}

/// Counts one item less; the last one takes the body with it.
pub(crate) fn release(tx: &mut dyn Tx, id: i64) -> Result<()> {
    tx.execute("UPDATE body SET refs = refs - 1 WHERE id = $1", &[id.into()])?;
    let left = tx.number("SELECT refs FROM body WHERE id = $1", &[id.into()])?;
    if left > 0 {
        return Ok(());
    }
    delete(tx, id)
}

pub(crate) fn delete(tx: &mut dyn Tx, id: i64) -> Result<()> {
    let last = (id << CHUNK_BITS) | ((1 << CHUNK_BITS) - 1);
    tx.execute("DELETE FROM chunk WHERE id >= $1 AND id <= $2", &[(id << CHUNK_BITS).into(), last.into()])?;
    tx.execute("DELETE FROM rendered WHERE body = $1", &[id.into()])?;
    tx.execute("DELETE FROM body WHERE id = $1", &[id.into()]).map(drop)
}

/// The bytes of a body within a range, clipped to what there is.
pub(crate) fn read(tx: &mut dyn Tx, id: i64, size: u64, range: Range<u64>) -> Result<Vec<u8>> {
    let range = range.start.min(size)..range.end.min(size);
    let mut bytes = Vec::new();
    if range.is_empty() {
        return Ok(bytes);
    }
    bytes.reserve((range.end - range.start) as usize);
    let (first, last) = (range.start / CHUNK_BYTES as u64, (range.end - 1) / CHUNK_BYTES as u64);
    for number in first..=last {
        let sql = "SELECT data FROM chunk WHERE id = $1";
        let at = (id << CHUNK_BITS | number as i64).into();
        let chunk = tx.one(sql, &[at], |row| unpack(row.bytes(0)?))?.ok_or_else(damaged)?;
        let base = number * CHUNK_BYTES as u64;
        let (from, to) =
            (range.start.saturating_sub(base) as usize, (range.end - base).min(chunk.len() as u64) as usize);
        bytes.extend_from_slice(chunk.get(from..to).ok_or_else(damaged)?);
    }
    if bytes.len() as u64 != range.end - range.start {
        return Err(damaged());
    }
    Ok(bytes)
}

/// Writes what was worked out from a body that is there.
pub(crate) fn write_rendered(tx: &mut dyn Tx, body: i64, r: &Rendered) -> Result<()> {
    insert_rendered(tx, body, r, checksum(r))
}

/// Writes what was worked out from a body, but for the texts, which are only for the index. Header text comes from
/// outside and may hold NUL, so it goes to BYTEA.
fn insert_rendered(tx: &mut dyn Tx, body: i64, r: &Rendered, sum: i64) -> Result<()> {
    let sql = "INSERT INTO rendered (body, parser, envelope, structure, preview, subject, base_subject, is_reply,
                 message_id, parents, sent, sent_day, header_bytes, has_attachment, sort_from, sort_to, sort_cc,
                 display_from, display_to, checksum)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)";
    let parents = r.references.join("\n");
    let params = [
        body.into(),
        message::PARSER_VERSION.into(),
        (&r.envelope).into(),
        (&r.bodystructure).into(),
        r.preview.as_bytes().into(),
        r.subject.as_bytes().into(),
        r.base_subject.as_bytes().into(),
        r.is_reply.into(),
        r.message_id.as_deref().map(str::as_bytes).into(),
        parents.as_bytes().into(),
        r.sent.into(),
        r.sent_day.into(),
        big(r.header_bytes as u64),
        r.has_attachment.into(),
        r.sort_from.as_bytes().into(),
        r.sort_to.as_bytes().into(),
        r.sort_cc.as_bytes().into(),
        r.display_from.as_bytes().into(),
        r.display_to.as_bytes().into(),
        sum.into(),
    ];
    tx.execute(sql, &params).map(drop)
}

/// All that is kept of a rendering, in one piece, for its checksum.
fn kept(r: &Rendered) -> Vec<u8> {
    let mut out = Vec::with_capacity(1024);
    let mut add = |bytes: &[u8]| {
        out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        out.extend_from_slice(bytes);
    };
    add(&r.envelope);
    add(&r.bodystructure);
    let id = r.message_id.as_deref().unwrap_or_default();
    for text in [&r.preview, &r.subject, &r.base_subject, &r.sort_from, &r.sort_to, &r.sort_cc] {
        add(text.as_bytes());
    }
    for text in [&r.display_from, &r.display_to, id, &r.references.join("\n")] {
        add(text.as_bytes());
    }
    for time in [r.sent, r.sent_day] {
        add(&time.map_or(i64::MIN, |time| time.0).to_be_bytes());
    }
    add(&(r.header_bytes as u64).to_be_bytes());
    add(&[u8::from(r.is_reply), u8::from(r.has_attachment), u8::from(r.message_id.is_some())]);
    out
}

/// A checksum of all that is kept of a rendering.
fn checksum(r: &Rendered) -> i64 {
    i64::from(crc32fast::hash(&kept(r)))
}

/// Whether a rendering is what the checksum was made of; one of before begins a BLAKE3 hash.
fn is_sum(r: &Rendered, sum: i64) -> bool {
    sum == checksum(r) || sum == head(blake3::hash(&kept(r)).as_bytes())
}

/// The columns [`read_rendered`] wants, of `rendered r`.
pub(crate) const RENDERED: &str = "r.envelope, r.structure, r.preview, r.subject, r.base_subject, r.is_reply, \
     r.message_id, r.parents, r.sent, r.sent_day, r.header_bytes, r.has_attachment, r.sort_from, r.sort_to, \
     r.sort_cc, r.display_from, r.display_to, r.checksum";

/// What was worked out from a body; its texts are not kept and stay empty. What is not what was written is an error, and
/// can be worked out again.
pub(crate) fn read_rendered(row: &Row<'_>, at: usize) -> Result<Rendered> {
    let rendered = columns(row, at)?;
    match row.get::<Option<i64>>(at + 17)? {
        Some(sum) if !is_sum(&rendered, sum) => Err(Error::server(
            ErrorId::RenderedDamaged,
            "What is kept beside a message is damaged on the disk.",
        )),
        _ => Ok(rendered),
    }
}

fn columns(row: &Row<'_>, at: usize) -> Result<Rendered> {
    let text = |column: usize| row.bytes(at + column).map(lossy);
    Ok(Rendered {
        envelope: row.get(at)?,
        bodystructure: row.get(at + 1)?,
        preview: text(2)?,
        subject: text(3)?,
        base_subject: text(4)?,
        is_reply: row.bool(at + 5)?,
        message_id: row.get::<Option<Vec<u8>>>(at + 6)?.map(|id| lossy(&id)),
        references: lines(&text(7)?),
        sent: row.get(at + 8)?,
        sent_day: row.get(at + 9)?,
        header_bytes: row.get::<u64>(at + 10)? as usize,
        has_attachment: row.bool(at + 11)?,
        sort_from: text(12)?,
        sort_to: text(13)?,
        sort_cc: text(14)?,
        display_from: text(15)?,
        display_to: text(16)?,
        texts: message::Texts::default(),
    })
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn lines(text: &str) -> Vec<String> {
    text.split('\n').filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_come_back_and_damage_is_told() {
        for bytes in
            [Vec::new(), b"hello ".repeat(100), (0..CHUNK_BYTES).map(|n| ((n * n) >> 3) as u8).collect()]
        {
            let packed = pack(&bytes).unwrap();
            assert_eq!(unpack(&packed).unwrap(), bytes);
            for bit in [0, 9, packed.len() * 4, packed.len() * 8 - 1] {
                let mut flipped = packed.clone();
                flipped[bit / 8] ^= 1 << (bit % 8);
                assert_ne!(unpack(&flipped).ok(), Some(bytes.clone()), "bit {bit}");
            }
        }
        assert_eq!(unpack(b"\0old").unwrap(), b"old", "a chunk from before there were checksums");
        let hashed = [&[PLAIN_HASHED][..], &check_hashed(b"old"), b"old"].concat();
        assert_eq!(unpack(&hashed).unwrap(), b"old", "a chunk of before");
        assert!(is_surely_chunk(&hashed) && !is_surely_chunk(&[&hashed[..], b"!"].concat()));
        let mut packed = pack(&b"hello ".repeat(100)).unwrap();
        packed.truncate(10);
        assert_eq!(unpack(&packed).unwrap_err().id(), "BodyDamaged");
        assert_eq!(unpack(&[]).unwrap_err().id(), "BodyDamaged");
        assert_eq!(unpack(&[9, 1]).unwrap_err().id(), "BodyDamaged");
    }

    #[test]
    fn what_is_kept_of_a_rendering_is_known_by_its_checksum_of_now_and_of_before() {
        let mut rendered = Rendered { subject: "Budget".into(), ..Rendered::default() };
        let (now, before) = (checksum(&rendered), head(blake3::hash(&kept(&rendered)).as_bytes()));
        assert!(is_sum(&rendered, now) && is_sum(&rendered, before));
        rendered.subject.push('!');
        assert!(!is_sum(&rendered, now) && !is_sum(&rendered, before));
    }
}
