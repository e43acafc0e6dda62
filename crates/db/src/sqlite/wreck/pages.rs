//! The pages of a database file and of its log, read without the engine. [SQLite file format 1.3, 4]
//!
//! Nothing that is read here is believed: the file may be cut, and any byte of it may be another one.

use std::collections::HashMap;
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use object::{Error, ErrorId, Result};

const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// The first page begins with this many bytes that belong to no tree.
pub(super) const FILE_HEADER_BYTES: usize = 100;
const LOG_HEADER_BYTES: usize = 32;
const FRAME_HEADER_BYTES: usize = 24;
/// The page sizes that files of ours have; one whose header is lost is read with each.
const PAGE_BYTES_OF_OURS: [usize; 2] = [16 << 10, 4 << 10];

/// A file of pages under its log.
pub(super) struct Pages {
    main: File,
    log: Option<File>,
    /// Where the log has a page, by the page's number.
    frames: HashMap<u32, u64>,
    /// The size of a page.
    pub(super) bytes: usize,
    /// How many pages there should be.
    pub(super) count: u32,
    /// How many of them neither the file nor the log has.
    pub(super) cut_off: u32,
    /// Whether the header tells what it should.
    pub(super) has_header: bool,
}

impl Pages {
    pub(super) fn open(path: &Path) -> Result<Pages> {
        let main = File::open(path)
            .map_err(|error| Error::from(error).while_doing(&format!("opening {}", path.display())))?;
        let length = main.metadata()?.len();
        let log =
            File::open(beside(path, "-wal")).ok().filter(|log| log.metadata().is_ok_and(|m| m.len() > 0));
        let mut header = [0; FILE_HEADER_BYTES];
        let read = main.read_exact_at(&mut header, 0).is_ok();
        let told = (read && &header[..16] == MAGIC).then(|| page_bytes(&header)).flatten();
        let from_log = log.as_ref().and_then(Log::page_bytes_of);
        let bytes = told.or(from_log).or_else(|| guess(&main)).ok_or_else(|| nothing_left(path))?;
        let committed = log.as_ref().map(|log| Log::read(log, bytes)).transpose()?.unwrap_or_default();
        let there = u32::try_from(length / bytes as u64).unwrap_or(u32::MAX);
        let said = if told.is_some() { be32(&header, 28).unwrap_or(0) } else { 0 };
        let count = committed.pages.unwrap_or(said.max(there));
        let lacks = |page: &u32| *page > there && !committed.frames.contains_key(page);
        // A header that names a billion pages is damaged itself.
        let believed = count.min(there.saturating_mul(64).max(1 << 16));
        let cut_off = (there.saturating_add(1)..=believed).filter(lacks).count();
        Ok(Pages {
            main,
            log,
            frames: committed.frames,
            bytes,
            count: believed,
            cut_off: u32::try_from(cut_off).unwrap_or(u32::MAX),
            has_header: told.is_some(),
        })
    }

    /// A page as the last commit left it; nothing where it cannot be read or is beyond the end.
    pub(super) fn page(&self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        let mut page = vec![0; self.bytes];
        let read = match (self.frames.get(&number), &self.log) {
            (Some(at), Some(log)) => log.read_exact_at(&mut page, *at),
            _ => self.main.read_exact_at(&mut page, u64::from(number - 1) * self.bytes as u64),
        };
        read.ok().map(|()| page)
    }
}

/// The name of a file that stands beside a database.
pub(super) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn page_bytes(header: &[u8]) -> Option<usize> {
    let said = usize::from(u16::from_be_bytes([*header.get(16)?, *header.get(17)?]));
    let bytes = if said == 1 { 1 << 16 } else { said };
    (bytes.is_power_of_two() && (512..=1 << 16).contains(&bytes)).then_some(bytes)
}

/// The size at which the beginnings of pages look like pages of trees.
fn guess(main: &File) -> Option<usize> {
    let [large, small] = PAGE_BYTES_OF_OURS;
    let looks = |at: usize| {
        let mut first = [0];
        main.read_exact_at(&mut first, at as u64).is_ok() && matches!(first[0], 2 | 5 | 10 | 13)
    };
    let begins = |first: usize| (0..PAGES_LOOKED_AT).filter(|number| looks(first + number * large)).count();
    // Where pages are small, they begin between large ones as often as where a large one would.
    match (begins(large), begins(large + small)) {
        (0, 0) => None,
        (at, between) if between * 2 > at => Some(small),
        _ => Some(large),
    }
}

/// Enough to tell one size from another.
const PAGES_LOOKED_AT: usize = 256;

fn nothing_left(path: &Path) -> Error {
    Error::conflict(ErrorId::NotADatabase, format!("Nothing of a database is left in {}.", path.display()))
        .help("Put the file back out of a copy of the data directory.")
}

pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_be_bytes)
}

/// What the commits of a log say.
#[derive(Default)]
struct Log {
    frames: HashMap<u32, u64>,
    /// How many pages the database has after the last commit.
    pages: Option<u32>,
}

impl Log {
    fn header(log: &File) -> Option<[u8; LOG_HEADER_BYTES]> {
        let mut header = [0; LOG_HEADER_BYTES];
        log.read_exact_at(&mut header, 0).ok()?;
        matches!(be32(&header, 0)?, 0x377f_0682 | 0x377f_0683).then_some(header)
    }

    fn page_bytes_of(log: &File) -> Option<usize> {
        let bytes = be32(&Log::header(log)?, 8)? as usize;
        (bytes.is_power_of_two() && (512..=1 << 16).contains(&bytes)).then_some(bytes)
    }

    /// Every frame up to the last commit whose checksums are right, as the engine itself would believe them.
    fn read(log: &File, bytes: usize) -> Result<Log> {
        let (mut known, mut open) = (Log::default(), Vec::new());
        let Some(header) = Log::header(log).filter(|header| be32(header, 8) == Some(bytes as u32)) else {
            return Ok(known);
        };
        let big = header[3] & 1 == 1;
        let mut sum = checksum((0, 0), &header[..24], big);
        if (be32(&header, 24), be32(&header, 28)) != (Some(sum.0), Some(sum.1)) {
            return Ok(known);
        }
        let mut frame = vec![0; FRAME_HEADER_BYTES + bytes];
        let mut at = LOG_HEADER_BYTES as u64;
        while log.read_exact_at(&mut frame, at).is_ok() && frame[8..16] == header[16..24] {
            sum = checksum(checksum(sum, &frame[..8], big), &frame[FRAME_HEADER_BYTES..], big);
            if (be32(&frame, 16), be32(&frame, 20)) != (Some(sum.0), Some(sum.1)) {
                break;
            }
            open.push((be32(&frame, 0).unwrap_or(0), at + FRAME_HEADER_BYTES as u64));
            if let Some(pages) = be32(&frame, 4).filter(|pages| *pages > 0) {
                known.frames.extend(open.drain(..));
                known.pages = Some(pages);
            }
            at += frame.len() as u64;
        }
        Ok(known)
    }
}

/// The sum of a log goes on from frame to frame. [SQLite file format 4.2]
fn checksum((mut first, mut second): (u32, u32), bytes: &[u8], big: bool) -> (u32, u32) {
    let word = |four: &[u8]| {
        let four = [four[0], four[1], four[2], four[3]];
        if big { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) }
    };
    for eight in bytes.chunks_exact(8) {
        first = first.wrapping_add(word(&eight[..4])).wrapping_add(second);
        second = second.wrapping_add(word(&eight[4..])).wrapping_add(first);
    }
    (first, second)
}
