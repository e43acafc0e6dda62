//! The directory: recipients, organisational units, mailbox databases, accepted domains, policies, role groups.
//!
//! Start with [`Directory`]. Everything blocks (call it on a worker thread). Rules of the room:
//!
//! - The database's rows are the truth; all reading comes from memory, which is what is committed. A reader takes the
//!   memory of one moment and never waits. A [`Record`] in hand never changes; look it up again to see what became of it.
//! - Everything is changed through [`Directory::change`]: one transaction, one change number, one entry in the
//!   record of changes. Its closure may be run again, so it has no side effects. Inside, [`Change::directory`] is the
//!   directory as the transaction sees it: with what was committed last, what others in the same group commit did, and
//!   what this change did so far.
//! - Addresses, legacyExchangeDNs, account names and names within a container are unique in the forest: the rows of
//!   `directory_claim` say so, whichever node writes.
//! - Rights are the module [`permission`]'s: who may open whose mailbox and send in whose name.
//! - References between objects are GUIDs; names are looked up when they are shown.

mod access;
mod account;
mod address;
mod address_book;
mod address_policy;
mod address_range;
mod alias_claims;
mod archive;
mod audit;
mod bell;
mod cache;
mod change;
mod class;
mod class_facts;
mod country;
mod culture;
mod directory;
mod domain;
mod edit;
mod founding;
mod hasher;
mod identity;
mod job;
mod join_request;
mod kind;
mod linked;
mod listed;
mod made_password;
mod members;
mod membership;
mod path;
pub mod permission;
mod photo;
mod public_folder;
mod query;
mod readiness;
mod receive_connector;
mod recipient;
mod recipient_filter;
mod record;
mod role;
mod role_group;
mod salvage;
pub mod schedule;
pub mod schema;
mod scope;
mod seen;
mod settings_back;
mod system_mailbox;
mod table;
mod tree;
mod trust;
mod undo;
mod unit;
mod user_account;
mod verify;
mod view;

pub use account::{
    ADMINISTRATOR, PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN, PasswordHash, Verdict, check_password,
    standing,
};
pub use address::primary;
pub use address_book::{AddressBook, default_book_stays, default_stays};
pub use address_policy::check_not_last;
pub use address_range::AddressRange;
pub use archive::{NewArchive, check_new_archive, given_archive_names};
pub use audit::{Action, AdminChange, AuditQuery, ObjectChange, PropertyChange, Reference, Tombstone};
pub use change::Change;
pub use class::Class;
pub use class_facts::{ClassFacts, Lists};
pub use country::{Country, CountryInfo};
pub use culture::{Culture, CultureInfo, TimeZoneName, culture_name, time_zone};
pub use directory::{Applied, Directory, Look, WriteGuard};
pub use domain::{AcceptedDomain, AcceptedDomains};
pub use edit::Edit;
pub use founding::Founding;
pub use hasher::{Hasher, MEMORY_KIB};
pub use identity::kinds;
pub use job::{
    Allowance, JOB_COMMENT_CHARACTERS_MAX, JOB_RESULTS_MAX, Job, JobQuery, JobResult, JobState, NewJob,
    Runner, SLICE_ITEMS_MAX, Slice, Work,
};
pub use join_request::{JOIN_REQUESTS_MAX, JoinRequest};
pub use kind::{Form, IdentityKind};
pub use linked::Converted;
pub use made_password::made_password;
pub use members::MEMBERS_MAX;
pub use path::FOLDER_SEPARATOR;
pub use photo::{PHOTO_BYTES_MAX, PhotoKind};
pub use query::{Found, Query};
pub use readiness::{SyncFinding, SyncRule};
pub use receive_connector::Port;
pub use recipient::{Connection, Flavour, NewMailbox, NewRecipient, RecipientMatch, Sharing};
pub use record::{Record, link as link_to};
pub use role::{
    BUILT_IN_ROLES, ROLE_DEPTH_MAX, built_in_role, is_built_in_role_group, is_organization_management,
};
pub use schema::known::add_class;
pub use scope::{Assignment, DELEGATING, DatabaseScope, HeldRole, Reach, Scope};
pub use seen::{JUMP_MAX, Seen};
pub use settings_back::SettingBack;
pub use system_mailbox::MIGRATION_MAILBOX;
pub use undo::{Joined, Parted, Place, Undo};
pub use user_account::{SELF_SID, UserAccountFlags, is_of_another_domain};
pub use verify::Finding;
pub use view::resolved;
