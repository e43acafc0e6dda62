//! How much a client may ask for; every limit has its reason.

use std::time::Duration;

/// Octets of one line before log-in: an ID may tell 30 pairs of 30 and 1,024 octets. [RFC 2971 3.3]
pub(crate) const EARLY_LINE_BYTES_MAX: usize = 40 << 10;
/// Octets of one line after log-in: synchronising clients send long sets of numbers. [RFC 7162 4]
pub(crate) const LINE_BYTES_MAX: usize = 256 << 10;
/// Octets of a literal before log-in: a name or a password.
pub(crate) const EARLY_LITERAL_BYTES_MAX: u64 = 1 << 10;
/// Octets of a literal after log-in that is no message: a folder name, a text to search for.
pub(crate) const LITERAL_BYTES_MAX: u64 = 64 << 10;
/// Octets of one appended message; told as APPENDLIMIT. [RFC 7889]
pub(crate) const APPEND_BYTES_MAX: u64 = 100 << 20;
/// Octets of one command with all its literals: MULTIAPPEND is all or nothing and so has to be held.
pub(crate) const COMMAND_BYTES_MAX: u64 = 200 << 20;
/// Octets of one command that appends nothing.
pub(crate) const SMALL_COMMAND_BYTES_MAX: u64 = 1 << 20;
/// Octets of one command before log-in.
pub(crate) const EARLY_COMMAND_BYTES_MAX: u64 = 64 << 10;
/// Literals of one command: each could cost a round trip or an allocation.
pub(crate) const LITERALS_MAX: usize = 2_000;
/// Octets of refused literals that are read and forgotten in one command; beyond, the connection ends.
pub(crate) const DRAINED_BYTES_MAX: u64 = 512 << 20;
/// Octets of a tag that are repeated in an answer.
pub(crate) const TAG_BYTES_MAX: usize = 256;
/// Brackets and NOTs within each other in a SEARCH.
pub(crate) const SEARCH_DEPTH_MAX: usize = 50;
/// Keys of one SEARCH.
pub(crate) const SEARCH_KEYS_MAX: usize = 20_000;
/// Keywords of one STORE or APPEND, and their length: each becomes a row.
pub(crate) const KEYWORDS_MAX: usize = 100;
/// Octets of one keyword.
pub(crate) const KEYWORD_BYTES_MAX: usize = 128;
/// Levels of a folder name.
pub(crate) const FOLDER_LEVELS_MAX: usize = 32;
/// Octets of a whole folder name.
pub(crate) const FOLDER_BYTES_MAX: usize = 2_000;
/// Patterns of one LIST. [RFC 5258 3]
pub(crate) const PATTERNS_MAX: usize = 50;
/// Items of one FETCH.
pub(crate) const FETCH_ITEMS_MAX: usize = 200;
/// Numbers and ranges in one set.
pub(crate) const SET_RANGES_MAX: usize = 50_000;
/// Commands that are not understood before the connection ends: whoever sends them speaks no IMAP.
pub(crate) const BAD_COMMANDS_MAX: u32 = 20;
/// Log-ins that fail before the connection ends.
pub(crate) const FAILED_LOGINS_MAX: u32 = 3;
/// Rows that are read from the store at once for an answer that is written as it is read: some 300 KB of
/// answer. Fewer would cost a busy machine more in hand-overs between threads than in reading.
pub(crate) const ROWS_PER_CHUNK: usize = 8_000;
/// Messages whose bodies are read before what was read is written.
pub(crate) const BODIES_PER_CHUNK: usize = 16;
/// How long a client may say nothing before it has logged in.
pub(crate) const EARLY_IDLE_TIME: Duration = Duration::from_secs(120);
/// How long a client may say nothing; no less than 30 minutes. [RFC 9051 5.4]
pub(crate) const IDLE_TIME: Duration = Duration::from_secs(31 * 60);
