//! What one session sees of its selected folder: which number is which message, and what it was told.
//!
//! The client counts messages by position, so a message that is gone keeps its place until the client may
//! be told (never during FETCH, STORE or SEARCH by number). [RFC 9051 7.5.1]

use std::collections::{BTreeSet, HashMap};

use mailbox::FolderRights;
use mailbox::store::{FlagChange, FlagMode, Flags, Folder, FolderChanges, FolderId, Item, Mailbox, UidSet};
use net::Held;
use object::types::Guid;
use object::{Error, ErrorId, Result};
use tokio::sync::watch;

use crate::place::{Place, no_right};
use crate::wire::out::Out;
use crate::wire::sequence::{self, Set};
use crate::wire::words::syntax;

/// The selected folder of a session.
pub(crate) struct View {
    pub(crate) mailbox: Mailbox,
    pub(crate) folder: FolderId,
    pub(crate) guid: Guid,
    pub(crate) read_only: bool,
    /// The mailbox with what may be done there.
    pub(crate) place: Place,
    /// The folder as it was opened.
    facts: Folder,
    /// What may be done in the folder, as it was looked at last.
    pub(crate) rights: FolderRights,
    /// Tells when the right to somebody else's mailbox ends.
    pub(crate) visit: Option<watch::Receiver<bool>>,
    /// UIDs by position; those in `gone` are still counted.
    uids: Vec<u32>,
    gone: BTreeSet<u32>,
    /// All changes up to this number are known here.
    pub(crate) change: u64,
    /// New messages have at least this UID.
    pub(crate) uid_next: u32,
    /// Changes that this session made and has answered itself: by UID, the change number.
    told: HashMap<u32, u64>,
    /// The UIDs that are recent in this session, as sorted ranges.
    recent: Vec<(u32, u32)>,
    pub(crate) keywords: Vec<String>,
    /// What the last SEARCH with SAVE found, as UIDs. [RFC 5182]
    pub(crate) saved: Vec<(u32, u32)>,
    pub(crate) feed: watch::Receiver<u64>,
    /// The memory of the UIDs.
    _held: Held,
}

/// How a view tells what it tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Telling {
    /// Messages that are gone may be told now.
    pub(crate) expunges: bool,
    /// VANISHED with UIDs instead of EXPUNGE with numbers. [RFC 7162 3.2.10]
    pub(crate) vanished: bool,
    /// MODSEQ with every FETCH. [RFC 7162 3.1.4]
    pub(crate) modseq: bool,
    /// UID with every FETCH.
    pub(crate) uid: bool,
    /// RECENT and \Recent, which IMAP4rev2 has no more.
    pub(crate) recent: bool,
}

/// What a view is made of when a folder is selected.
pub(crate) struct Opening {
    pub(crate) place: Place,
    pub(crate) folder: Folder,
    pub(crate) rights: FolderRights,
    pub(crate) visit: Option<watch::Receiver<bool>>,
    pub(crate) read_only: bool,
    pub(crate) uids: Vec<u32>,
    pub(crate) recent: (u32, u32),
    pub(crate) keywords: Vec<String>,
    pub(crate) feed: watch::Receiver<u64>,
    pub(crate) held: Held,
}

impl View {
    pub(crate) fn new(opening: Opening) -> View {
        View {
            mailbox: opening.place.mailbox.clone(),
            place: opening.place,
            rights: opening.rights,
            visit: opening.visit,
            folder: opening.folder.id,
            guid: opening.folder.guid,
            facts: opening.folder.clone(),
            read_only: opening.read_only,
            uids: opening.uids,
            gone: BTreeSet::new(),
            change: opening.folder.change,
            uid_next: opening.folder.uid_next,
            told: HashMap::new(),
            recent: vec![opening.recent],
            keywords: opening.keywords,
            saved: Vec::new(),
            feed: opening.feed,
            _held: opening.held,
        }
    }

    /// What is asked before each command: the mailbox and the folder, where it is not one's own.
    pub(crate) fn foreign(&self) -> Option<(Place, Folder)> {
        self.visit.as_ref().map(|_| (self.place.clone(), self.facts.clone()))
    }

    /// UIDs by position.
    pub(crate) fn uids(&self) -> &[u32] {
        &self.uids
    }

    /// The position of a message, from 1.
    pub(crate) fn number(&self, uid: u32) -> Option<u32> {
        self.uids.binary_search(&uid).ok().map(|at| at as u32 + 1)
    }

    /// Messages that this session is the first to see.
    pub(crate) fn recent(&self) -> usize {
        self.uids.iter().filter(|&&uid| self.is_recent(uid)).count()
    }

    /// Whether this session is the first to see it.
    pub(crate) fn is_recent(&self, uid: u32) -> bool {
        sequence::contains(&self.recent, uid)
    }

    /// Messages that have come and are recent in this session. [RFC 3501 2.3.2]
    pub(crate) fn claim(&mut self, recent: (u32, u32)) {
        if recent.0 <= recent.1 {
            self.recent.push(recent);
        }
    }

    /// The UIDs of a set by number. Numbers that no message has are an error. [RFC 9051 6.4.5]
    pub(crate) fn by_number(&self, set: &Set) -> Result<Vec<u32>> {
        let Set::Ranges(ranges) = set else { return Ok(self.by_saved()) };
        let ranges = sequence::resolve(ranges, self.uids.len() as u32);
        let beyond = |&(_, last): &(u32, u32)| last as usize > self.uids.len();
        if ranges.is_empty() || ranges.iter().any(beyond) {
            return Err(syntax("There is no message with that number."));
        }
        Ok(ranges.iter().flat_map(|&(a, b)| self.uids[a as usize - 1..b as usize].iter().copied()).collect())
    }

    /// The same, but numbers that no message has name none.
    pub(crate) fn by_number_leniently(&self, set: &Set) -> Vec<u32> {
        let Set::Ranges(ranges) = set else { return self.by_saved() };
        let count = self.uids.len() as u32;
        let ranges = sequence::resolve(ranges, count);
        let inside = ranges.iter().filter(|&&(first, _)| first <= count);
        inside.flat_map(|&(a, b)| self.uids[a as usize - 1..b.min(count) as usize].iter().copied()).collect()
    }

    /// The UIDs of a set by UID that are here.
    pub(crate) fn by_uid(&self, set: &Set) -> Vec<u32> {
        let Set::Ranges(ranges) = set else { return self.by_saved() };
        let ranges = sequence::resolve(ranges, self.uids.last().copied().unwrap_or(0));
        self.within(&ranges)
    }

    /// The messages whose UIDs lie within sorted ranges.
    pub(crate) fn within(&self, ranges: &[(u32, u32)]) -> Vec<u32> {
        let mut out = Vec::new();
        for &(first, last) in ranges {
            let start = self.uids.partition_point(|&uid| uid < first);
            out.extend(self.uids[start..].iter().copied().take_while(|&uid| uid <= last));
        }
        out
    }

    fn by_saved(&self) -> Vec<u32> {
        self.within(&self.saved)
    }

    /// Remembers that the session has answered this change itself.
    pub(crate) fn tell(&mut self, item: &Item) {
        if item.change > self.change {
            self.told.insert(item.uid, item.change);
        }
    }

    /// Takes in what changed, and writes what the client may be told.
    pub(crate) fn take(&mut self, changes: FolderChanges, manner: Telling, out: &mut Out) {
        let ranges: Vec<_> =
            changes.vanished.ranges().iter().map(|range| (*range.start(), *range.end())).collect();
        self.gone.extend(self.within(&ranges));
        self.change = self.change.max(changes.folder.change);
        if manner.expunges {
            self.tell_gone(manner, out);
        }
        let before = self.uids.len();
        let last = self.uid_next;
        let (new, old): (Vec<Item>, Vec<Item>) = changes.items.into_iter().partition(|item| item.uid >= last);
        self.uids.extend(new.iter().map(|item| item.uid));
        self.uid_next = self.uid_next.max(changes.folder.uid_next);
        self.tell_keywords(new.iter().chain(&old), out);
        if self.uids.len() > before {
            self.tell_count(manner, out);
        }
        for item in old {
            if self.told.get(&item.uid) != Some(&item.change) {
                self.tell_flags(&item, manner, out);
            }
        }
        self.told.clear();
    }

    /// EXISTS, and RECENT for old clients.
    pub(crate) fn tell_count(&self, manner: Telling, out: &mut Out) {
        out.more().number(self.uids.len() as u64).word("EXISTS").line();
        if manner.recent {
            out.more().number(self.recent() as u64).word("RECENT").line();
        }
    }

    /// EXPUNGE or VANISHED for what is gone; numbers count from what was told before. [RFC 9051 7.5.1]
    pub(crate) fn tell_gone(&mut self, manner: Telling, out: &mut Out) {
        if self.gone.is_empty() {
            return;
        }
        let gone = std::mem::take(&mut self.gone);
        if manner.vanished {
            out.more().word("VANISHED").word(&sequence::write(gone.iter().copied())).line();
        } else {
            for (told, uid) in gone.iter().enumerate() {
                if let Some(number) = self.number(*uid) {
                    out.more().number(u64::from(number) - told as u64).word("EXPUNGE").line();
                }
            }
        }
        self.uids.retain(|uid| !gone.contains(uid));
    }

    /// A keyword that the client has not heard of is announced before it is used. [RFC 9051 7.3.1]
    pub(crate) fn tell_keywords<'a>(&mut self, items: impl Iterator<Item = &'a Item>, out: &mut Out) {
        let before = self.keywords.len();
        for word in items.flat_map(|item| item.keywords.split_ascii_whitespace()) {
            if !self.keywords.iter().any(|known| known.eq_ignore_ascii_case(word)) {
                self.keywords.push(word.to_string());
            }
        }
        if self.keywords.len() > before {
            self.tell_flag_names(out);
        }
    }

    /// FLAGS and PERMANENTFLAGS.
    pub(crate) fn tell_flag_names(&self, out: &mut Out) {
        let names =
            || SYSTEM_FLAGS.iter().map(|(name, _)| *name).chain(self.keywords.iter().map(String::as_str));
        out.more().word("FLAGS").list(names()).line();
        let kept = |name: &&str| self.rights.has(right_of(name));
        let permanent =
            if self.read_only { Vec::new() } else { names().chain(["\\*"]).filter(kept).collect() };
        out.more().word("OK").word("[PERMANENTFLAGS").list(permanent).end_code("Flags that are kept.").line();
    }

    /// FETCH with the flags of a message.
    pub(crate) fn tell_flags(&self, item: &Item, manner: Telling, out: &mut Out) {
        let Some(number) = self.number(item.uid) else { return };
        out.more().number(u64::from(number)).word("FETCH").open();
        if manner.uid {
            out.word("UID").number(u64::from(item.uid));
        }
        out.word("FLAGS");
        self.flags(item, manner, out);
        if manner.modseq {
            out.word("MODSEQ").open().number(item.change).close();
        }
        out.close().line();
    }

    /// FETCH with the change number alone, for a silent STORE. [RFC 7162 3.1.3]
    pub(crate) fn tell_modseq(&self, item: &Item, manner: Telling, out: &mut Out) {
        let Some(number) = self.number(item.uid) else { return };
        out.more().number(u64::from(number)).word("FETCH").open();
        if manner.uid {
            out.word("UID").number(u64::from(item.uid));
        }
        out.word("MODSEQ").open().number(item.change).close().close().line();
    }

    /// The flags of a message in brackets.
    pub(crate) fn flags(&self, item: &Item, manner: Telling, out: &mut Out) {
        write_flags(item, manner.recent && self.is_recent(item.uid), out);
    }

    /// The UIDs that are recent here.
    pub(crate) fn recent_ranges(&self) -> Vec<(u32, u32)> {
        self.recent.clone()
    }

    /// What a folder that was deleted leaves: nothing.
    pub(crate) fn lose_all(&mut self) {
        self.gone.extend(self.uids.iter().copied());
    }

    /// Whether something waits to be told.
    pub(crate) fn has_gone(&self) -> bool {
        !self.gone.is_empty()
    }

    /// What a change of flags is, as far as the rights go: changes to be made one after the other. Flags that may not be
    /// changed stay as they are; whoever may change none of them is told. [RFC 4314 4]
    pub(crate) fn permitted(&self, change: FlagChange) -> Result<Vec<FlagChange>> {
        let all = FolderRights::SEEN | FolderRights::DELETE | FolderRights::WRITE;
        if self.rights.has(all) {
            return Ok(vec![change]);
        }
        let of = |mode, flags: Flags, keywords: Vec<String>| FlagChange { mode, flags, keywords };
        let (kept, _) = kept_flags(self.rights, Flags::CHANGEABLE, Vec::new());
        let (flags, keywords) = kept_flags(self.rights, change.flags, change.keywords.clone());
        let touched =
            change.flags != Flags::NONE || !change.keywords.is_empty() || change.mode == FlagMode::Replace;
        if touched
            && flags == Flags::NONE
            && keywords.is_empty()
            && (change.mode != FlagMode::Replace || kept == Flags::NONE)
        {
            return Err(no_right());
        }
        Ok(match change.mode {
            // What is to go is what may be changed and was not named. Keywords go only where all may be changed.
            FlagMode::Replace => vec![
                of(FlagMode::Remove, kept.without(change.flags), Vec::new()),
                of(FlagMode::Add, flags, keywords),
            ],
            mode => vec![of(mode, flags, keywords)],
        })
    }

    /// An error unless there are those rights in the folder.
    pub(crate) fn need(&self, rights: FolderRights) -> Result<()> {
        if self.rights.has(rights) { Ok(()) } else { Err(no_right()) }
    }

    /// An error unless messages may be changed.
    pub(crate) fn need_write(&self) -> Result<()> {
        match self.read_only {
            true => Err(Error::denied(ErrorId::FolderReadOnly, "The folder was opened with EXAMINE.")),
            false => Ok(()),
        }
    }
}

/// Waits until the right to the open folder's mailbox ends; without end where it is one's own, or where none is open.
pub(crate) async fn is_over(view: &mut Option<Box<View>>) {
    match view.as_mut().and_then(|view| view.visit.as_mut()) {
        Some(visit) => net::is_cut(visit).await,
        None => std::future::pending().await,
    }
}

/// Flags and keywords that may be set with those rights.
pub(crate) fn kept_flags(rights: FolderRights, flags: Flags, keywords: Vec<String>) -> (Flags, Vec<String>) {
    let kept = SYSTEM_FLAGS.iter().filter(|(name, _)| rights.has(right_of(name)));
    let kept = kept.fold(Flags::NONE, |all, (_, one)| all | *one);
    (flags.and(kept), if rights.has(FolderRights::WRITE) { keywords } else { Vec::new() })
}

/// The right that changing a flag needs. [RFC 4314 4]
fn right_of(name: &str) -> FolderRights {
    match name {
        "\\Seen" => FolderRights::SEEN,
        "\\Deleted" => FolderRights::DELETE,
        _ => FolderRights::WRITE,
    }
}

/// The flags of a message in brackets.
pub(crate) fn write_flags(item: &Item, recent: bool, out: &mut Out) {
    out.open();
    for (name, flag) in SYSTEM_FLAGS {
        if item.flags.has(flag) {
            out.word(name);
        }
    }
    if recent {
        out.word("\\Recent");
    }
    for word in item.keywords.split_ascii_whitespace() {
        out.word(word);
    }
    out.close();
}

/// The fixed flags by their names.
pub(crate) const SYSTEM_FLAGS: [(&str, Flags); 5] = [
    ("\\Answered", Flags::ANSWERED),
    ("\\Flagged", Flags::FLAGGED),
    ("\\Deleted", Flags::DELETED),
    ("\\Seen", Flags::SEEN),
    ("\\Draft", Flags::DRAFT),
];

/// Fixed flags and keywords of a list that a client wrote. `\Recent` is the server's and ignored; other
/// words with a backslash are flags that we do not keep. [RFC 9051 2.3.2]
pub(crate) fn flags_of(names: &[String]) -> Result<(Flags, Vec<String>)> {
    let (mut flags, mut keywords) = (Flags::NONE, Vec::new());
    for name in names {
        match SYSTEM_FLAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, flag)) => flags = flags | *flag,
            None if name.eq_ignore_ascii_case("\\Recent") => {}
            None if name.starts_with('\\') => return Err(syntax(format!("{name:.40} is not a flag."))),
            None => keywords.push(name.clone()),
        }
    }
    Ok((flags, keywords))
}

/// UIDs as the store takes them.
pub(crate) fn uid_set(uids: &[u32]) -> UidSet {
    UidSet::of_ranges(sequence::runs(uids.iter().copied()).into_iter().map(|(a, b)| a..=b))
}
