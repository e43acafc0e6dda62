//! SELECT and EXAMINE open a folder.  [RFC 9051 6.3.2] [RFC 9051 6.3.3] [RFC 7162 3.1.8] [RFC 7162 3.2.5]
//!
//!     select       = ("SELECT" / "EXAMINE") SP mailbox [SP "(" param *(SP param) ")"]
//!     param        = "CONDSTORE" / "QRESYNC" SP "(" uidvalidity SP mod-sequence [SP known-uids] [SP seq-match] ")"
//!     seq-match    = "(" known-sequence-set SP known-uid-set ")"

use mailbox::FolderRights;
use mailbox::store::{Flags, Flow, UidSet};
use object::Result;
use tokio::sync::watch;

use super::{State, Verb};
use crate::place::Place;
use crate::reply::Reply;
use crate::room::no_room;
use crate::session::{Session, Tell};
use crate::tree::Entry;
use crate::view::{Opening, View};
use crate::wire::folder_name::FolderName;
use crate::wire::out::Out;
use crate::wire::sequence::{self, Set};
use crate::wire::words::{Words, syntax};

pub(crate) struct Select(Wanted);
pub(crate) struct Examine(Wanted);

struct Wanted {
    name: FolderName,
    condstore: bool,
    qresync: Option<Resync>,
}

/// What the client remembers of the folder. [RFC 7162 3.2.5]
struct Resync {
    uid_validity: u32,
    change: u64,
    known: Option<Set>,
}

impl Verb for Select {
    const NAME: &'static str = "SELECT";
    const FROM: State = State::LoggedIn;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        Wanted::parse(words).map(Select)
    }

    fn unread(session: &mut Session) {
        session.deselect();
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.select(self.0, false).await
    }
}

impl Verb for Examine {
    const NAME: &'static str = "EXAMINE";
    const FROM: State = State::LoggedIn;
    const TELL: Tell = Tell::Nothing;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        Wanted::parse(words).map(Examine)
    }

    fn unread(session: &mut Session) {
        session.deselect();
    }

    async fn run(self, session: &mut Session) -> Result<Reply> {
        session.select(self.0, true).await
    }
}

impl Wanted {
    fn parse(words: &mut Words<'_>) -> Result<Wanted> {
        words.space()?;
        let mut wanted = Wanted { name: words.folder()?, condstore: false, qresync: None };
        if words.eat(b' ') {
            words.need(b'(')?;
            wanted.parameter(words)?;
            while words.eat(b' ') {
                wanted.parameter(words)?;
            }
            words.need(b')')?;
        }
        Ok(wanted)
    }

    fn parameter(&mut self, words: &mut Words<'_>) -> Result<()> {
        match words.keyword()?.as_str() {
            "CONDSTORE" => self.condstore = true,
            "QRESYNC" => self.qresync = Some(Resync::parse(words)?),
            other => return Err(syntax(format!("{other:.40} is not a parameter of SELECT."))),
        }
        Ok(())
    }
}

impl Resync {
    fn parse(words: &mut Words<'_>) -> Result<Resync> {
        words.space()?;
        words.need(b'(')?;
        let uid_validity = words.number()?;
        words.space()?;
        let mut resync = Resync { uid_validity, change: words.number64()?, known: None };
        while words.eat(b' ') {
            if words.eat(b'(') {
                // The numbers help servers that forget which messages are gone. Ours keeps all of them.
                words.set()?;
                words.space()?;
                words.set()?;
                words.need(b')')?;
            } else {
                resync.known = Some(words.set()?);
            }
        }
        words.need(b')')?;
        Ok(resync)
    }
}

/// What is read when a folder is opened.
struct Opened {
    entry: Entry,
    uids: Vec<u32>,
    first_unseen: Option<usize>,
    keywords: Vec<String>,
    feed: watch::Receiver<u64>,
    place: Place,
    rights: FolderRights,
    visit: Option<watch::Receiver<bool>>,
}

fn open(place: &Place) -> Result<Opened> {
    let mut entry = place.entry_with(FolderRights::READ)?;
    let (mailbox, rights) = (&place.mailbox, place.rights(&entry.folder)?);
    mailbox.opened(entry.folder.id)?;
    let visit = place.neighbour.as_ref().map(|neighbour| neighbour.visit());
    // Listening comes first: what is committed after the snapshot is seen as news.
    let feed = mailbox.watch()?;
    let mut uids = Vec::with_capacity(usize::try_from(entry.folder.total).unwrap_or(0));
    let mut first_unseen = None;
    entry.folder = mailbox.items(entry.folder.id, &UidSet::all(), &mut |item| {
        if first_unseen.is_none() && !item.flags.has(Flags::SEEN) {
            first_unseen = Some(uids.len() + 1);
        }
        uids.push(item.uid);
        Ok(Flow::More)
    })?;
    let keywords = mailbox.keywords(entry.folder.id)?;
    Ok(Opened { entry, uids, first_unseen, keywords, feed, place: place.clone(), rights, visit })
}

impl Session {
    /// Leaves the folder before: a SELECT that fails, for whatever reason, leaves nothing selected. [RFC 9051 6.3.2]
    fn deselect(&mut self) {
        if self.view.take().is_some() {
            self.connection.put(b"* OK [CLOSED] The folder before is closed.\r\n");
        }
    }

    async fn select(&mut self, wanted: Wanted, read_only: bool) -> Result<Reply> {
        self.deselect();
        if wanted.qresync.is_some() && !self.enabled.qresync {
            return Err(syntax("Enable QRESYNC first."));
        }
        self.enabled.condstore |= wanted.condstore;
        let opened = self.at(&wanted.name, open).await?;
        // What changes nothing is opened as with EXAMINE. [RFC 4314 5.2]
        let read_only = read_only || !opened.rights.has_any(FolderRights::CHANGING);
        let folder = opened.entry.folder.clone();
        let held = self.memory.take((opened.uids.len() * size_of::<u32>()) as u64).map_err(no_room)?;
        let recent = self.door.recent.claim(folder.guid, 1, folder.uid_next, !read_only);
        let view = View::new(Opening {
            place: opened.place,
            folder: folder.clone(),
            rights: opened.rights,
            visit: opened.visit,
            read_only,
            uids: opened.uids,
            recent,
            keywords: opened.keywords,
            feed: opened.feed,
            held,
        });
        self.describe(&view, &opened.entry, opened.first_unseen);
        self.view = Some(Box::new(view));
        if let Some(resync) = wanted.qresync.filter(|resync| resync.uid_validity == folder.uid_validity) {
            self.resync(resync).await?;
        }
        let code = if read_only { "READ-ONLY" } else { "READ-WRITE" };
        Ok(Reply::ok_with(code, "The folder is open"))
    }

    /// The untagged answers of SELECT. [RFC 9051 6.3.2]
    fn describe(&mut self, view: &View, entry: &Entry, first_unseen: Option<usize>) {
        let (folder, manner, utf8) = (&entry.folder, self.manner(), self.utf8());
        let mut out = Out::pieces();
        view.tell_flag_names(&mut out);
        view.tell_count(manner, &mut out);
        let mut code = |name: &str, value: &str, text: &str| {
            out.more().word("OK").word(&format!("[{name} {value}] {text}")).line();
        };
        if let (Some(first), false) = (first_unseen, self.enabled.rev2) {
            code("UNSEEN", &first.to_string(), "The first that was not read.");
        }
        code("UIDVALIDITY", &folder.uid_validity.to_string(), "UIDs are valid.");
        code("UIDNEXT", &folder.uid_next.to_string(), "The next UID.");
        code("HIGHESTMODSEQ", &folder.change.max(1).to_string(), "The highest change.");
        code("MAILBOXID", &format!("({})", mailbox_id(folder)), "Its id.");
        if self.enabled.rev2 {
            out.more().word("LIST").open().close().string(b"/", true).folder(&entry.name, utf8).line();
        }
        self.connection.put(out.bytes());
    }

    /// What has changed since the client was here. [RFC 7162 3.2.5.1]
    async fn resync(&mut self, resync: Resync) -> Result<()> {
        let view = self.view()?;
        let (mailbox, folder) = (view.mailbox.clone(), view.folder);
        let change = resync.change;
        let changes = crate::session::blocking(move || mailbox.changes(folder, change)).await?;
        let mut manner = self.manner();
        manner.uid = true;
        let view = self.view()?;
        let known = match &resync.known {
            Some(Set::Ranges(ranges)) => sequence::resolve(ranges, view.uid_next.saturating_sub(1)),
            Some(Set::Saved) => return Err(syntax("$ means nothing here.")),
            None => vec![(1, view.uid_next.saturating_sub(1))],
        };
        let is_known = |uid: &u32| sequence::contains(&known, *uid);
        let mut out = Out::pieces();
        let vanished: Vec<u32> = changes
            .vanished
            .ranges()
            .iter()
            .flat_map(|range| overlaps(&known, *range.start(), *range.end()))
            .collect();
        if !vanished.is_empty() {
            out.more().word("VANISHED (EARLIER)").word(&sequence::write(vanished)).line();
        }
        for item in changes.items.iter().filter(|item| is_known(&item.uid)) {
            view.tell_flags(item, manner, &mut out);
        }
        self.send(out.bytes()).await
    }
}

/// The numbers of a range that lie in sorted ranges.
fn overlaps(known: &[(u32, u32)], first: u32, last: u32) -> impl Iterator<Item = u32> {
    let inside: Vec<_> =
        known.iter().map(|&(a, b)| (a.max(first), b.min(last))).filter(|(a, b)| a <= b).collect();
    inside.into_iter().flat_map(|(a, b)| a..=b)
}

/// The id of a folder: the GUID that it keeps for ever. [RFC 8474 4]
pub(crate) fn mailbox_id(folder: &mailbox::store::Folder) -> String {
    folder.guid.to_string()
}
