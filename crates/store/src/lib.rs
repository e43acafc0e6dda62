//! Mailbox databases: folders, items, bodies, search, quota, one change feed.
//!
//! Start with [`Store`]; it mounts a [`Database`] by its GUID, which gives a [`Mailbox`] by its GUID. Everything
//! blocks (call it on a worker thread) and everything that answers well is synced. Rules of the room:
//!
//! - A mailbox has one change number of 48 bits for all its folders. One transaction uses one number. What is gone
//!   leaves tombstones. Changes are published after the commit, in commit order ([`Mailbox::watch`]).
//! - UIDs, UIDVALIDITYs, item numbers, GUIDs and change numbers are never used again and never go back.
//! - Counters are changed with what they count, in the same transaction, and only in `ledger`.
//! - The store has never heard of IMAP: ENVELOPE and BODYSTRUCTURE are bytes that [`message`] rendered.
//! - Time comes from the clock given to [`Store::open`]; retention times come in as moments.

mod across;
mod arrive;
mod audit;
mod audit_log;
mod body;
mod change;
mod database;
mod feed;
mod fill;
mod flag;
mod folder;
mod fullness;
mod incoming;
mod item;
mod kept;
mod keyword;
mod ledger;
mod lifecycle;
mod logon;
mod mailbox;
mod mount;
mod permission;
mod property;
mod read_state;
mod replied;
mod rerender;
mod row;
mod schema;
mod search;
mod state;
mod store;
mod subscription;
mod takeover;
mod thread;
mod trace;
mod trace_key;
mod trace_recent;
mod trace_row;
mod tree;
mod verify;

pub use arrive::{AppendPrepared, Prepared, withheld};
pub use audit::{About, AuditEntry, Auditor, LogonType, Operation, Wanted};
pub use change::{Changed, Transferred};
pub use database::{Database, Opener};
pub use db::{Flow, Later};
pub use flag::{
    FOLDER_KEYWORDS_MAX, FlagChange, FlagMode, Flags, ITEM_KEYWORDS_MAX, KEYWORD_BYTES_MAX, is_keyword,
};
pub use folder::{FOLDER_DEPTH_MAX, FOLDER_NAME_CHARS_MAX, FOLDERS_MAX, Folder, FolderId, WellKnown};
pub use fullness::Fullness;
pub use incoming::{
    Acceptance, Answer, Append, Delivered, Incoming, Limits, MESSAGE_BYTES_MAX, TargetFolder, To, Trace,
    TraceRecipient,
};
pub use item::{Item, ItemId, UidSet};
pub use kept::Kept;
pub use ledger::Tally;
pub use lifecycle::{Description, Disconnection, Parting, Purged, Statistics, TOMBSTONE_BYTES_MAX};
pub use logon::Use;
pub use mailbox::{Activity, FolderChanges, Mailbox, Since, Usage};
pub use permission::{ANONYMOUS_TRUSTEE, DEFAULT_TRUSTEE, FOLDER_PERMISSIONS_MAX, FolderPermission, TOP};
pub use property::{PROPERTIES_MAX, PROPERTY_BYTES_MAX, PropertyKey, PropertyValue};
pub use search::{Field, fold};
pub use state::{DisconnectReason, State};
pub use store::Store;
pub use subscription::SUBSCRIPTIONS_MAX;
pub use takeover::{Bodies, Conflict, Taken, Takeover, Transfer};
pub use trace_row::WantedTraces;
pub use verify::{Finding, Rebuilt, Salvaged, is_damage};
