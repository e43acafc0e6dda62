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
/// Octets of one command with all its literals: MULTIAPPEND is all or nothing and so has to be held, on the disk.
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
/// Octets of somebody's name in a list of permissions: an address has 320, a path in the directory more.
pub(crate) const IDENTIFIER_BYTES_MAX: usize = 1_024;
/// Brackets and NOTs within each other in a SEARCH.
pub(crate) const SEARCH_DEPTH_MAX: usize = 50;
/// Keys of one SEARCH.
pub(crate) const SEARCH_KEYS_MAX: usize = 20_000;
/// Keywords of one STORE or APPEND, and their length: each becomes a row.
pub(crate) const KEYWORDS_MAX: usize = 100;
/// Octets of one keyword.
pub(crate) const KEYWORD_BYTES_MAX: usize = 128;
/// Other mailboxes whose folders LIST shows: whoever may open a whole database opens the rest by name.
pub(crate) const NEIGHBOURS_LISTED_MAX: usize = 500;
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

/// Octets that all clients together may make us hold in memory; the configuration may say otherwise.
pub(crate) const MEMORY_BYTES_MAX: u64 = 256 << 20;
/// Octets that they may make us hold on the disk; the configuration may say otherwise.
pub(crate) const DISK_BYTES_MAX: u64 = 4 << 30;
/// Octets of disk of one account: five of the largest commands under way.
pub(crate) const ACCOUNT_DISK_BYTES_MAX: u64 = 1 << 30;
/// A command is small, and no budget is asked for it, up to here: it fits into the connection's own buffers.
pub(crate) const FREE_BYTES: usize = 4 << 10;
/// A literal of APPEND up to this size may stay in memory.
pub(crate) const INLINE_LITERAL_BYTES: u64 = 64 << 10;
/// And as long as the command with it has no more than this; the rest goes to the disk as it comes.
pub(crate) const INLINE_COMMAND_BYTES: u64 = 256 << 10;
/// What goes out piece by piece is read and sent in pieces of this size: all that a client costs that does not read.
pub(crate) const STREAM_BYTES: u64 = 256 << 10;
/// Messages up to this size are worked on beside each other; of larger ones a few, see [`LARGE_TURNS_MB`].
pub(crate) const LARGE_BYTES: u64 = 1 << 20;
/// How many messages up to [`LARGE_BYTES`] are worked on at once.
pub(crate) const SMALL_TURNS: usize = 32;
/// Megabytes of larger messages that are worked on at once; one that is larger still is worked on alone.
pub(crate) const LARGE_TURNS_MB: u32 = 48;
/// Searches through texts at once: each reads messages whole, one after the other.
pub(crate) const SEARCH_TURNS: usize = 4;
/// Octets of rendered lines that are read at once.
pub(crate) const RENDERED_BYTES_PER_CHUNK: usize = 2 << 20;
