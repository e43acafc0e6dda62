//! Where a directory user and a store mailbox meet: log-on, delivery, and the life of mailboxes.
//!
//! Start with [`Mailboxes`]. Everything blocks (call it on a worker thread). Rules of the room:
//!
//! - The directory is the authority and is written first. The store's own flag (connected or not) is derived, and is
//!   mended whenever a database is mounted: whoever dies between the two writes loses nothing.
//! - A mailbox is found by its GUID, never by a name; GUIDs are never used again.
//! - Whoever proved who they are holds a [`Logon`]; its `cut_off` says when that is over.
//!
//! The rooms below are re-exported, so that a door needs no other: [`store`] for the verbs of a mailbox,
//! [`directory`] for who people are.

mod address;
mod answer;
mod archive;
mod audit;
mod audit_entry;
mod databases;
mod deliver;
mod entry;
mod expand;
mod fading;
mod faults;
mod figures;
mod folder_acl;
mod folder_change;
pub mod folder_permission;
mod folder_rights;
mod foreign;
mod furnish;
mod guard;
mod integrity;
mod junk;
mod letter;
mod life;
mod lock;
mod logon;
mod lost;
mod mailboxes;
mod making;
mod mend;
mod message_named;
mod moderation;
mod neighbour;
mod outgoing;
mod place;
mod proving;
mod quota;
mod quota_warning;
mod remembered;
pub mod restore;
mod rule;
mod second_factor;
mod sender;
mod sent;
mod sessions;
mod settings;
pub mod statistics;
mod submission;
mod undo;
mod usage;
mod verify;
mod words;

pub use address::Destination;
pub use archive::ArchiveOwner;
pub use audit_entry::MAILBOX_AUDIT_LOG;
pub use databases::DatabaseStatus;
pub use deliver::Delivery;
pub use directory;
pub use entry::Protocol;
pub use expand::{Expansion, Held, Refusal, Reports, Target, Via, Written};
pub use figures::LogonFigures;
pub use folder_acl::{AclChange, AclEntry, FolderAcl, Grantable};
pub use folder_change::FolderKey;
pub use folder_rights::FolderRights;
pub use foreign::controllers;
pub use forest;
pub use guard::{FOREIGN_REMEMBERED_MINUTES_MAX, LogonLimits};
pub use integrity::{DATA_DIRECTORY_FAULT, Fault, File, Rebuilt, with_file};
pub use junk::{SCL_FIELD, Senders, scl};
pub use life::{NewOwner, Purged};
pub use logon::{Entrance, Logon, Proved};
pub use lost::Disconnected;
pub use mailboxes::Mailboxes;
pub use mend::Mended;
pub use message_named::Found;
pub use moderation::Moderation;
pub use neighbour::{Neighbour, Space, Visit};
pub use outgoing::{Outgoing, Post};
pub use quota_warning::Warned;
pub use rule::{InboxRule, folder_id, inbox_rules, unreadable_rules};
pub use sender::Sender;
pub use sent::keep_own;
pub use store;
pub use submission::{Capacity, SendingAccount, Submitter};
pub use usage::{MAILBOX_USAGE_REPORT, is_unused_since};
pub use verify::Finding;
pub use words::{Language, Phrase, language_of};
