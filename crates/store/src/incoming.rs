//! What comes into the store: a message with all that was worked out about it, where it goes, and its trace.

use std::sync::Arc;

use message::Rendered;
use object::types::Guid;
use object::{ErrorId, Result, Time};

use crate::flag::Flags;
use crate::folder::{FolderId, WellKnown};

/// The largest message that is kept. SMTP and IMAP announce less; this is what the tables were thought out for.
pub const MESSAGE_BYTES_MAX: u64 = 1 << 30;

/// A message on its way in. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Incoming {
    pub(crate) raw: Arc<[u8]>,
    pub(crate) rendered: Arc<Rendered>,
}

impl Incoming {
    /// The message with these bytes, rendered here.
    pub fn new(raw: impl Into<Arc<[u8]>>) -> Incoming {
        let raw = raw.into();
        let rendered = Arc::new(message::render(&raw));
        Incoming { raw, rendered }
    }
    /// The same, when the caller has rendered it already; it must be the rendering of these very bytes.
    pub fn rendered(raw: impl Into<Arc<[u8]>>, rendered: impl Into<Arc<Rendered>>) -> Incoming {
        Incoming { raw: raw.into(), rendered: rendered.into() }
    }
    /// The bytes as they are kept and given out again.
    pub fn raw(&self) -> &Arc<[u8]> {
        &self.raw
    }
    /// What was worked out from them.
    pub fn rendering(&self) -> &Arc<Rendered> {
        &self.rendered
    }
}

/// A folder, named by what it is for or by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetFolder {
    /// One of the well-known folders.
    Known(WellKnown),
    /// That folder.
    Folder(FolderId),
}

/// How much a mailbox may hold; the caller knows its quotas. None is unlimited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Limits {
    /// ProhibitSendReceiveQuota in bytes: nothing comes in that would lead above it.
    pub total: Option<u64>,
    /// RecoverableItemsQuota in bytes: nothing is expunged into the recoverable items that would lead above it.
    pub recoverable: Option<u64>,
}

/// An answer that is due where its sender was not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who is answered, in lower case.
    pub sender: String,
    /// Which message is answered.
    pub message: Guid,
    /// When the period began in which everybody is answered once.
    pub period: i64,
}

/// One mailbox that a message is delivered to.
#[derive(Clone, Debug)]
pub struct To {
    /// The mailbox.
    pub mailbox: Guid,
    /// The folder in it.
    pub place: TargetFolder,
    /// The flags it arrives with.
    pub flags: Flags,
    /// The keywords it arrives with.
    pub keywords: Vec<String>,
    /// How much the mailbox may hold.
    pub limits: Limits,
    /// Folders that get a copy beside, where there is room. One that is gone gets none; the answer says how many got none.
    pub copies: Vec<FolderId>,
    /// What is answered, where its sender was not answered yet.
    pub answer: Option<Answer>,
}

impl To {
    /// The inbox of a mailbox.
    pub fn inbox(mailbox: Guid, limits: Limits) -> To {
        let place = TargetFolder::Known(WellKnown::Inbox);
        let (flags, keywords, copies) = (Flags::NONE, Vec::new(), Vec::new());
        To { mailbox, place, flags, keywords, limits, copies, answer: None }
    }
}

/// What a refusal by one mailbox means for the others of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// Nothing: each mailbox answers for itself.
    Each,
    /// Nobody gets the message unless all take it: where one refuses, the others are [`withheld`](crate::withheld).
    All,
}

/// Where a message came to lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The folder.
    pub folder: FolderId,
    /// Its UIDVALIDITY.
    pub uid_validity: u32,
    /// The UID there.
    pub uid: u32,
    /// The change number of its arrival.
    pub change: u64,
    /// The number of its content in the mailbox.
    pub email: u64,
    /// How many of its [`copies`](To::copies) were left out.
    pub copies_left_out: u32,
}

/// What is written down of a delivery, in the same transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// The id under which the message was accepted.
    pub id: Guid,
    /// When.
    pub at: Time,
    /// The envelope sender; empty for a bounce.
    pub sender: String,
    /// The envelope recipients.
    pub recipients: Vec<TraceRecipient>,
    /// The subject.
    pub subject: String,
    /// The bytes of the message.
    pub size: u64,
    /// The Message-ID.
    pub internet_message_id: String,
}

/// What became of one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceRecipient {
    /// The address as it was given.
    pub address: String,
    /// The mailbox's own address, where another one was given.
    pub resolved: Option<String>,
    /// The mailbox it stood for.
    pub mailbox: Guid,
    /// Whether it lies in that mailbox. Written by the store: whatever the caller says is overwritten.
    pub delivered: bool,
}

/// One item to append.
#[derive(Clone, Debug)]
pub struct Append {
    /// The message.
    pub message: Incoming,
    /// Its flags.
    pub flags: Flags,
    /// Its keywords.
    pub keywords: Vec<String>,
    /// Its arrival, if not now.
    pub received: Option<Time>,
}

pub(crate) fn check_size(size: usize) -> Result<()> {
    if size as u64 > MESSAGE_BYTES_MAX {
        let message = format!("The message has {size} bytes; the store keeps at most {MESSAGE_BYTES_MAX}.");
        return Err(object::Error::limit(ErrorId::MessageTooLarge, message));
    }
    Ok(())
}
