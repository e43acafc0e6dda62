//! Rights: who may open whose mailbox and send in whose name.
//!
//! Three stores, as in Exchange: entries on a mailbox (Full Access and the like), entries on an object (Send As), and
//! the list of those who may send on behalf. A trustee is a security identifier, so an entry outlives the account that
//! it names and is shown by the identifier then; a name is looked up when it is shown. What is asked:
//!
//! - [`Directory::rights`](crate::Directory::rights): what an account may do with a mailbox.
//! - [`Directory::holders_of`](crate::Directory::holders_of): who may do what with a mailbox, through which groups.
//! - [`Directory::mailboxes_of`](crate::Directory::mailboxes_of): what somebody may do with which mailboxes.
//!
//! The order of evaluation is Windows': explicit deny, explicit allow, inherited deny, inherited allow.

mod default;
mod edit;
mod graph;
mod rights;
mod trustee;

pub use crate::access::{
    AD_RIGHTS, AccessEntry, AdRight, AdRights, InheritanceType, MAILBOX_RIGHTS, MailboxRight, MailboxRights,
    Right, SEND_AS, Store,
};
pub use crate::user_account::EVERYONE_SID;
pub use default::Shown;
pub use edit::{ENTRIES_MAX, Granted};
pub use graph::Holding;
pub use rights::Rights;
pub use trustee::Trustee;
