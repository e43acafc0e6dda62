//! The rows on a page, decoded without the engine. [SQLite file format 1.6, 2]

use crate::Cell;

use super::pages::{FILE_HEADER_BYTES, Pages, be32};

/// A row is not larger than this: chunks of bodies are the largest.
const ROW_BYTES_MAX: u64 = 64 << 20;

/// What a page of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    IndexInterior,
    TableInterior,
    IndexLeaf,
    TableLeaf,
}

impl Kind {
    pub(super) fn of(page: &[u8], number: u32) -> Option<Kind> {
        match page.get(head(number))? {
            2 => Some(Kind::IndexInterior),
            5 => Some(Kind::TableInterior),
            10 => Some(Kind::IndexLeaf),
            13 => Some(Kind::TableLeaf),
            _ => None,
        }
    }
    pub(super) fn is_table(self) -> bool {
        matches!(self, Kind::TableInterior | Kind::TableLeaf)
    }
    pub(super) fn is_interior(self) -> bool {
        matches!(self, Kind::TableInterior | Kind::IndexInterior)
    }
}

fn head(number: u32) -> usize {
    if number == 1 { FILE_HEADER_BYTES } else { 0 }
}

fn be16(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])))
}

/// Where the cells of a page begin; those that point outside are left out.
fn cells(page: &[u8], number: u32, kind: Kind) -> Vec<usize> {
    let head = head(number);
    let first = head + if kind.is_interior() { 12 } else { 8 };
    let count = be16(page, head + 3).unwrap_or(0).min(page.len() / 2);
    (0..count)
        .filter_map(|n| be16(page, first + 2 * n))
        .filter(|at| *at >= first && *at < page.len())
        .collect()
}

/// How many cells a page says it has.
pub(super) fn count(page: &[u8], number: u32) -> usize {
    be16(page, head(number) + 3).unwrap_or(0).min(page.len() / 2)
}

/// The pages below an interior page, in the order of their keys.
pub(super) fn children(page: &[u8], number: u32, kind: Kind) -> Vec<u32> {
    let mut below: Vec<u32> = cells(page, number, kind).into_iter().filter_map(|at| be32(page, at)).collect();
    below.extend(be32(page, head(number) + 8));
    below
}

/// A number of one to nine bytes, and where it ends. [SQLite file format 1.6]
fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for n in 0..9 {
        let byte = u64::from(*bytes.get(at + n)?);
        if n == 8 {
            return Some((value << 8 | byte, at + 9));
        }
        value = value << 7 | byte & 0x7f;
        if byte & 0x80 == 0 {
            return Some((value, at + n + 1));
        }
    }
    None
}

/// A row as it stands in its page: its number, where the table has numbers, and its bytes.
pub(super) struct Raw {
    pub(super) rowid: i64,
    pub(super) bytes: Vec<u8>,
}

/// The rows of a page of a table, or of an index and what is kept like one.
pub(super) fn rows(pages: &Pages, page: &[u8], number: u32, kind: Kind) -> Vec<Option<Raw>> {
    if kind == Kind::TableInterior {
        return Vec::new();
    }
    let skipped = if kind == Kind::IndexInterior { 4 } else { 0 };
    cells(page, number, kind).into_iter().map(|at| row(pages, page, at + skipped, kind)).collect()
}

fn row(pages: &Pages, page: &[u8], at: usize, kind: Kind) -> Option<Raw> {
    let (length, at) = varint(page, at).filter(|(length, _)| *length <= ROW_BYTES_MAX)?;
    let (rowid, at) = if kind.is_table() { varint(page, at)? } else { (0, at) };
    let length = usize::try_from(length).ok()?;
    let here = local(pages.bytes, length, kind);
    let mut bytes = page.get(at..at + here)?.to_vec();
    if here < length {
        overflow(pages, be32(page, at + here)?, length, &mut bytes)?;
    }
    Some(Raw { rowid: rowid as i64, bytes })
}

/// How much of a row stands in its page. [SQLite file format 1.6]
fn local(usable: usize, length: usize, kind: Kind) -> usize {
    let most = if kind.is_table() { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if length <= most {
        return length;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let fits = least + (length - least) % (usable - 4);
    if fits <= most { fits } else { least }
}

/// Gathers the rest of a row out of the pages that it overflowed to.
fn overflow(pages: &Pages, mut next: u32, length: usize, bytes: &mut Vec<u8>) -> Option<()> {
    while bytes.len() < length {
        let page = pages.page(next)?;
        let rest = (length - bytes.len()).min(pages.bytes - 4);
        bytes.extend_from_slice(page.get(4..4 + rest)?);
        next = be32(&page, 0)?;
    }
    Some(())
}

/// The values of a row, which end with the first that cannot be.
pub(super) fn values(bytes: &[u8]) -> Option<Vec<Cell<'_>>> {
    let (head, mut at) = varint(bytes, 0)?;
    let mut from = usize::try_from(head).ok().filter(|head| *head <= bytes.len())?;
    let (end, mut found) = (from, Vec::new());
    while at < end {
        let (kind, next) = varint(bytes, at)?;
        let (value, behind) = value(bytes, from, kind)?;
        found.push(value);
        (at, from) = (next, behind);
    }
    (at == end && from == bytes.len()).then_some(found)
}

fn value(bytes: &[u8], from: usize, kind: u64) -> Option<(Cell<'_>, usize)> {
    let whole = |length: usize| {
        let taken = bytes.get(from..from + length)?;
        let first = if taken.first()? & 0x80 == 0 { 0 } else { -1_i64 };
        Some((
            Cell::Int(taken.iter().fold(first, |value, byte| value << 8 | i64::from(*byte))),
            from + length,
        ))
    };
    match kind {
        0 => Some((Cell::Null, from)),
        1..=4 => whole(kind as usize),
        5 => whole(6),
        6 => whole(8),
        7 => {
            let eight: [u8; 8] = bytes.get(from..from + 8)?.try_into().ok()?;
            Some((Cell::Real(f64::from_be_bytes(eight)), from + 8))
        }
        8 | 9 => Some((Cell::Int(kind as i64 - 8), from)),
        12.. => {
            let length = usize::try_from((kind - 12) / 2).ok()?;
            let taken = bytes.get(from..from.checked_add(length)?)?;
            let cell = if kind.is_multiple_of(2) {
                Cell::Bytes(taken)
            } else {
                Cell::Text(std::str::from_utf8(taken).ok()?)
            };
            Some((cell, from + length))
        }
        _ => None,
    }
}
