//! STATUS tells of a folder without opening it.  [RFC 9051 6.3.11] [RFC 8438] [RFC 7889] [RFC 8474]
//!
//!     status = "STATUS" SP mailbox SP "(" item *(SP item) ")"

use mailbox::FolderRights;
use mailbox::store::{Flags, Flow, Mailbox, UidSet};
use object::Result;

use super::select::mailbox_id;
use super::{State, Verb};
use crate::limits::APPEND_BYTES_MAX;
use crate::reply::Reply;
use crate::session::{Session, blocking};
use crate::tree::Entry;
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::words::{Words, syntax};

pub(crate) struct Status {
    name: FolderName,
    items: Vec<StatusItem>,
}

/// One thing to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusItem {
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    Deleted,
    DeletedStorage,
    Size,
    HighestModSeq,
    MailboxId,
    AppendLimit,
}

const NAMES: [(&str, StatusItem); 11] = [
    ("MESSAGES", StatusItem::Messages),
    ("RECENT", StatusItem::Recent),
    ("UIDNEXT", StatusItem::UidNext),
    ("UIDVALIDITY", StatusItem::UidValidity),
    ("UNSEEN", StatusItem::Unseen),
    ("DELETED", StatusItem::Deleted),
    ("DELETED-STORAGE", StatusItem::DeletedStorage),
    ("SIZE", StatusItem::Size),
    ("HIGHESTMODSEQ", StatusItem::HighestModSeq),
    ("MAILBOXID", StatusItem::MailboxId),
    ("APPENDLIMIT", StatusItem::AppendLimit),
];

/// Reads the items in brackets.
pub(crate) fn items(words: &mut Words<'_>) -> Result<Vec<StatusItem>> {
    words.need(b'(')?;
    let mut items = Vec::new();
    loop {
        let name = words.keyword()?;
        let known = NAMES.iter().find(|(known, _)| *known == name);
        let (_, item) = known.ok_or_else(|| syntax(format!("{name:.40} is not a status item.")))?;
        if !items.contains(item) {
            items.push(*item);
        }
        if words.eat(b')') {
            return Ok(items);
        }
        words.space()?;
    }
}

impl Verb for Status {
    const NAME: &'static str = "STATUS";
    const FROM: State = State::LoggedIn;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let name = words.folder()?;
        words.space()?;
        Ok(Status { name, items: items(words)? })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        let entry = session.at(&self.name, |place| place.entry_with(FolderRights::READ)).await?;
        let mut out = Out::pieces();
        session.status_line(entry, self.items, &mut out).await?;
        session.send(out.bytes()).await?;
        Ok(Reply::ok("STATUS completed"))
    }
}

/// Figures that no counter of the store has.
#[derive(Clone, Copy, Default)]
struct Counted {
    recent: u64,
    deleted: u64,
    deleted_bytes: u64,
}

/// Counts by a scan: only where it is asked for.
fn count(mailbox: &Mailbox, entry: &Entry, recent_from: u32, items: &[StatusItem]) -> Result<Counted> {
    let mut counted = Counted::default();
    let needs_deleted =
        items.iter().any(|item| matches!(item, StatusItem::Deleted | StatusItem::DeletedStorage));
    let from = match (needs_deleted, items.contains(&StatusItem::Recent)) {
        (true, _) => 1,
        (false, true) if recent_from < entry.folder.uid_next => recent_from,
        (false, _) => return Ok(counted),
    };
    mailbox.items(entry.folder.id, &UidSet::of_range(from..=u32::MAX), &mut |item| {
        counted.recent += u64::from(item.uid >= recent_from);
        if item.flags.has(Flags::DELETED) {
            counted.deleted += 1;
            counted.deleted_bytes += item.size;
        }
        Ok(Flow::More)
    })?;
    Ok(counted)
}

impl Session {
    /// Writes the STATUS line of a folder.
    pub(crate) async fn status_line(
        &mut self,
        entry: Entry,
        items: Vec<StatusItem>,
        out: &mut Out,
    ) -> Result<()> {
        let recent_from = self.door.recent.mark(entry.folder.guid);
        // From now on the client follows changes. [RFC 7162 3.1]
        if items.contains(&StatusItem::HighestModSeq) {
            self.follow_changes();
        }
        let (asked, known) = (items.clone(), entry.clone());
        let counted = blocking(move || count(&known.mailbox, &known, recent_from, &asked)).await?;
        let (folder, utf8) = (&entry.folder, self.utf8());
        out.more().word("STATUS").folder(&entry.name, utf8).open();
        for item in items {
            let name = NAMES.iter().find(|(_, known)| *known == item).map_or("", |(name, _)| name);
            out.word(name);
            match item {
                StatusItem::Messages => out.number(folder.total),
                StatusItem::Recent => out.number(counted.recent),
                StatusItem::UidNext => out.number(folder.uid_next.into()),
                StatusItem::UidValidity => out.number(folder.uid_validity.into()),
                StatusItem::Unseen => out.number(folder.unseen),
                StatusItem::Deleted => out.number(counted.deleted),
                StatusItem::DeletedStorage => out.number(counted.deleted_bytes),
                StatusItem::Size => out.number(folder.size),
                StatusItem::HighestModSeq => out.number(folder.change.max(1)),
                StatusItem::MailboxId => out.list([mailbox_id(folder).as_str()]),
                StatusItem::AppendLimit => out.number(APPEND_BYTES_MAX),
            };
        }
        out.close().line();
        Ok(())
    }
}
