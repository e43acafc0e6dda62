//! STORE changes flags.  [RFC 9051 6.4.6] [RFC 7162 3.1.3]
//!
//!     store = "STORE" SP set [SP "(" "UNCHANGEDSINCE" SP mod-sequence ")"] SP ["+" / "-"] "FLAGS" [".SILENT"] SP flags

use mailbox::store::{Changed, FlagChange, FlagMode, FolderId, Mailbox, UidSet};
use object::Result;

use super::{State, Verb};
use crate::place::no_right;
use crate::reply::Reply;
use crate::session::{Session, Tell, blocking};
use crate::view::{flags_of, uid_set};
use crate::wire::out::Out;
use crate::wire::sequence::{self, Set};
use crate::wire::words::{Words, syntax};

pub(crate) struct Store {
    set: Set,
    by_uid: bool,
    unchanged_since: Option<u64>,
    change: FlagChange,
    silent: bool,
}

impl Verb for Store {
    const NAME: &'static str = "STORE";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::NotExpunges;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let set = words.set()?;
        words.space()?;
        let unchanged_since = unchanged_since(words)?;
        let mode = match words.peek() {
            Some(b'+') => FlagMode::Add,
            Some(b'-') => FlagMode::Remove,
            _ => FlagMode::Replace,
        };
        if mode != FlagMode::Replace {
            words.eat(if mode == FlagMode::Add { b'+' } else { b'-' });
        }
        let silent = match words.keyword()?.as_str() {
            "FLAGS" => false,
            "FLAGS.SILENT" => true,
            other => return Err(syntax(format!("{other:.40} cannot be stored."))),
        };
        words.space()?;
        let (flags, keywords) = flags_of(&words.flags()?)?;
        let change = FlagChange { mode, flags, keywords };
        Ok(Store { set, by_uid: words.by_uid(), unchanged_since, change, silent })
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        // Whoever asks for this follows changes. [RFC 7162 3.1]
        if self.unchanged_since.is_some() {
            session.follow_changes();
        }
        let view = session.view()?;
        view.need_write()?;
        let uids = if self.by_uid { view.by_uid(&self.set) } else { view.by_number(&self.set)? };
        let (mailbox, folder, set) = (view.mailbox.clone(), view.folder, uid_set(&uids));
        let (changes, since) = (view.permitted(self.change.clone())?, self.unchanged_since);
        let changed = blocking(move || change(&mailbox, folder, &set, &changes, since)).await?;
        let missing = changed.items.len() as u64 + changed.refused.len() < uids.len() as u64;
        let reply = session.changed(&self, changed).await?;
        // Other sessions may have expunged some: the client is about to hear of it. OK instead of NO: the others
        // were changed. [RFC 2180 4.2.1] [RFC 5530 3]
        if missing && !self.by_uid && reply.code.is_none() {
            return Ok(Reply::ok_with("EXPUNGEISSUED", "Some of the messages are gone."));
        }
        Ok(reply)
    }
}

/// Makes changes one after the other; what the last one left is told.
fn change(
    mailbox: &Mailbox,
    folder: FolderId,
    uids: &UidSet,
    changes: &[FlagChange],
    since: Option<u64>,
) -> Result<Changed> {
    let (first, rest) = changes.split_first().ok_or_else(no_right)?;
    let mut changed = mailbox.change_flags(folder, uids, first, since)?;
    for one in rest {
        let uids = UidSet::of_uids(changed.items.iter().map(|item| item.uid));
        changed.items = mailbox.change_flags(folder, &uids, one, None)?.items;
    }
    Ok(changed)
}

/// `(UNCHANGEDSINCE n)` and the blank behind it.
fn unchanged_since(words: &mut Words<'_>) -> Result<Option<u64>> {
    if !words.eat(b'(') {
        return Ok(None);
    }
    if !words.eat_word("UNCHANGEDSINCE") {
        return Err(syntax("UNCHANGEDSINCE was expected."));
    }
    words.space()?;
    let since = words.number64()?;
    words.need(b')')?;
    words.space()?;
    Ok(Some(since))
}

impl Session {
    /// Answers what a STORE has changed.
    async fn changed(&mut self, store: &Store, changed: Changed) -> Result<Reply> {
        let mut manner = self.manner();
        manner.uid = store.by_uid || self.enabled.qresync;
        let view = self.view()?;
        let mut out = Out::pieces();
        view.tell_keywords(changed.items.iter(), &mut out);
        for item in &changed.items {
            if !store.silent {
                view.tell_flags(item, manner, &mut out);
            } else if manner.modseq {
                view.tell_modseq(item, manner, &mut out);
            }
            view.tell(item);
        }
        let refused: Vec<u32> = match store.by_uid {
            true => changed.refused.iter().collect(),
            false => changed.refused.iter().filter_map(|uid| view.number(uid)).collect(),
        };
        self.send(out.bytes()).await?;
        Ok(match refused.is_empty() {
            true => Reply::ok("STORE completed"),
            false => Reply::ok_with(
                format!("MODIFIED {}", sequence::write(refused)),
                "Some were changed meanwhile",
            ),
        })
    }
}
