//! The words of a mailbox's index, so that those which hold a piece of text inside can be found.
//!
//! They lie sorted, a line each, in packed blocks. Each slice of indexing adds a block; neighbours of like size are
//! merged, so there are few. Looking through all the words of a large mailbox is a scan of some hundred kilobytes.

use std::collections::{BTreeSet, HashSet};

use db::Tx;
use memchr::memmem;
use object::{Error, ErrorId, Result};

/// Larger blocks are not merged any more.
const BLOCK_BYTES_MAX: usize = 4 << 20;
/// What a block may unpack to: one slice of indexing can make a block larger than the above.
const UNPACKED_BYTES_MAX: usize = 64 << 20;
const LEVEL: i32 = 3;

/// Adds the words of a slice.
pub(crate) fn add(tx: &mut dyn Tx, mailbox: i64, words: &HashSet<String>) -> Result<()> {
    if words.is_empty() {
        return Ok(());
    }
    let mut sorted: Vec<&str> = words.iter().map(String::as_str).collect();
    sorted.sort_unstable();
    let mut block = lines(sorted.into_iter());
    let sql = "SELECT block FROM vocabulary WHERE mailbox = $1 ORDER BY block DESC";
    let numbers = tx.all(sql, &[mailbox.into()], |row| row.int(0))?;
    let next = numbers.first().map_or(1, |last| last + 1);
    for number in numbers {
        let older = read(tx, mailbox, number)?;
        if older.len() > 2 * block.len() || older.len() + block.len() > BLOCK_BYTES_MAX {
            break;
        }
        block = merge(&older, &block);
        let sql = "DELETE FROM vocabulary WHERE mailbox = $1 AND block = $2";
        tx.execute(sql, &[mailbox.into(), number.into()])?;
    }
    let packed = zstd::bulk::compress(&block, LEVEL)?;
    let sql = "INSERT INTO vocabulary (mailbox, block, words) VALUES ($1, $2, $3)";
    tx.execute(sql, &[mailbox.into(), next.into(), (&packed).into()]).map(drop)
}

/// The words that hold `piece`; nothing when there are more than `most`.
pub(crate) fn holding(
    tx: &mut dyn Tx,
    mailbox: i64,
    piece: &str,
    most: usize,
) -> Result<Option<Vec<String>>> {
    let (finder, mut found) = (memmem::Finder::new(piece), BTreeSet::new());
    let sql = "SELECT block FROM vocabulary WHERE mailbox = $1";
    for number in tx.all(sql, &[mailbox.into()], |row| row.int(0))? {
        let block = read(tx, mailbox, number)?;
        let mut from = 0;
        while let Some(at) = finder.find(&block[from..]) {
            let (start, end) = line_around(&block, from + at);
            found.insert(String::from_utf8_lossy(&block[start..end]).into_owned());
            if found.len() > most {
                return Ok(None);
            }
            from = end;
        }
    }
    Ok(Some(found.into_iter().collect()))
}

fn read(tx: &mut dyn Tx, mailbox: i64, number: i64) -> Result<Vec<u8>> {
    let sql = "SELECT words FROM vocabulary WHERE mailbox = $1 AND block = $2";
    let unpack = |packed: &[u8]| zstd::bulk::decompress(packed, UNPACKED_BYTES_MAX).map_err(|_| damaged());
    tx.one(sql, &[mailbox.into(), number.into()], |row| unpack(row.bytes(0)?))?.ok_or_else(damaged)
}

pub(crate) fn damaged() -> Error {
    Error::server(ErrorId::SearchIndexDamaged, "The search index of the mailbox is damaged.")
        .help("Run mailstead rebuild to make it anew.")
}

fn lines<'a>(words: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut block = Vec::new();
    for word in words {
        block.extend_from_slice(word.as_bytes());
        block.push(b'\n');
    }
    block
}

fn line_around(block: &[u8], at: usize) -> (usize, usize) {
    let start = memchr::memrchr(b'\n', &block[..at]).map_or(0, |end| end + 1);
    let end = memchr::memchr(b'\n', &block[at..]).map_or(block.len(), |end| at + end);
    (start, end)
}

/// Two sorted blocks as one without doubles.
fn merge(a: &[u8], b: &[u8]) -> Vec<u8> {
    let words = |block| <[u8]>::split(block, |b| *b == b'\n').filter(|word: &&[u8]| !word.is_empty());
    let (mut left, mut right) = (words(a).peekable(), words(b).peekable());
    let mut merged = Vec::with_capacity(a.len() + b.len());
    loop {
        let word = match (left.peek(), right.peek()) {
            (Some(l), Some(r)) if l < r => left.next(),
            (Some(l), Some(r)) => {
                if l == r {
                    left.next();
                }
                right.next()
            }
            (Some(_), None) => left.next(),
            (None, _) => right.next(),
        };
        let Some(word) = word else { return merged };
        merged.extend_from_slice(word);
        merged.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_merge_and_stay_sorted() {
        assert_eq!(merge(b"a\nc\n", b"b\nc\nd\n"), b"a\nb\nc\nd\n");
        assert_eq!(merge(b"", b"b\n"), b"b\n");
    }

    #[test]
    fn words_are_found_by_what_they_hold() {
        let db = db::memory().unwrap();
        db.migrate("store", &crate::schema::STEPS).unwrap();
        for slice in 0..40 {
            let words: HashSet<String> = (0..50).map(|n| format!("w{}x", slice * 7 + n)).collect();
            db.write(move |tx| add(tx, 1, &words)).unwrap();
        }
        let blocks = db.read(|tx| tx.number("SELECT count(*) FROM vocabulary", &[])).unwrap();
        assert!(blocks < 8, "{blocks}");
        let holding = |piece: &str, most| db.read(|tx| holding(tx, 1, piece, most)).unwrap();
        assert_eq!(holding("w32", 100).unwrap(), ["w320x", "w321x", "w322x", "w32x"]);
        assert_eq!(holding("2x", 1_000).unwrap().len(), 33);
        assert_eq!(holding("nothing", 100).unwrap(), Vec::<String>::new());
        assert_eq!(holding("x", 100), None);
    }
}
