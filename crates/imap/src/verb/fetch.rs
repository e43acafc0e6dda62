//! FETCH reads messages.  [RFC 9051 6.4.5] [RFC 7162 3.1.4]
//!
//!     fetch    = "FETCH" SP sequence-set SP (macro / item / "(" item *(SP item) ")") [SP "(" modifier ")"]
//!     modifier = "CHANGEDSINCE" SP mod-sequence [SP "VANISHED"]

use object::Result;

use super::{State, Verb};
use crate::fetch::answer::{Numbered, Order, Piece};
use crate::fetch::item::{Item, items};
use crate::reply::Reply;
use crate::session::{Session, Tell, blocking};
use crate::wire::out::Out;
use crate::wire::sequence::{self, Set};
use crate::wire::words::{Words, syntax};

pub(crate) struct Fetch {
    set: Set,
    by_uid: bool,
    items: Vec<Item>,
    changed_since: Option<u64>,
    vanished: bool,
}

impl Verb for Fetch {
    const NAME: &'static str = "FETCH";
    const FROM: State = State::Selected;
    const TELL: Tell = Tell::NotExpunges;

    fn parse(words: &mut Words<'_>) -> Result<Self> {
        words.space()?;
        let set = words.set()?;
        words.space()?;
        let items = items(words)?;
        let mut fetch = Fetch { set, by_uid: words.by_uid(), items, changed_since: None, vanished: false };
        if words.eat(b' ') {
            fetch.modifiers(words)?;
        }
        Ok(fetch)
    }

    async fn run(mut self, session: &mut Session) -> Result<Reply> {
        self.complete(session)?;
        let view = session.view()?;
        let uids = if self.by_uid { view.by_uid(&self.set) } else { view.by_number(&self.set)? };
        let wanted: Vec<Numbered> = uids.iter().filter_map(|&uid| Some((view.number(uid)?, uid))).collect();
        if self.vanished {
            session.vanished(&self).await?;
        }
        let order = self.order(session)?;
        session.answer_fetch(order, wanted, self.by_uid).await
    }
}

impl Fetch {
    fn modifiers(&mut self, words: &mut Words<'_>) -> Result<()> {
        words.need(b'(')?;
        loop {
            match words.keyword()?.as_str() {
                "CHANGEDSINCE" => {
                    words.space()?;
                    self.changed_since = Some(words.number64()?);
                }
                "VANISHED" => self.vanished = true,
                other => return Err(syntax(format!("{other:.40} is no modifier of FETCH."))),
            }
            if words.eat(b')') {
                return Ok(());
            }
            words.space()?;
        }
    }

    /// Adds what goes without saying: UID to UID FETCH, MODSEQ to CHANGEDSINCE.
    fn complete(&mut self, session: &mut Session) -> Result<()> {
        if self.vanished && !(session.enabled.qresync && self.by_uid && self.changed_since.is_some()) {
            return Err(syntax("VANISHED needs QRESYNC, UID FETCH and CHANGEDSINCE."));
        }
        if self.by_uid && !self.items.contains(&Item::Uid) {
            self.items.insert(0, Item::Uid);
        }
        if self.changed_since.is_some() && !self.items.contains(&Item::ModSeq) {
            self.items.push(Item::ModSeq);
        }
        if self.items.contains(&Item::ModSeq) {
            session.follow_changes();
        }
        Ok(())
    }

    fn order(&self, session: &mut Session) -> Result<Order> {
        let (manner, utf8) = (session.manner(), session.utf8());
        let view = session.view()?;
        Ok(Order {
            mailbox: view.mailbox.clone(),
            folder: view.folder,
            items: self.items.clone(),
            marks_seen: !view.read_only && self.items.iter().any(Item::marks_seen),
            modseq: manner.modseq,
            recent: manner.recent.then(|| view.recent_ranges()),
            utf8,
            changed_since: self.changed_since,
        })
    }
}

impl Session {
    /// Reads and sends a piece at a time.
    async fn answer_fetch(&mut self, order: Order, wanted: Vec<Numbered>, by_uid: bool) -> Result<Reply> {
        let (mut at, mut missing, mut unknown) = (0, false, false);
        let wanted = std::sync::Arc::new(wanted);
        while at < wanted.len() {
            let (order, wanted) = (order.clone(), std::sync::Arc::clone(&wanted));
            let piece: Piece = blocking(move || order.piece(&wanted[at..])).await?;
            at += piece.done;
            missing |= piece.missing;
            unknown |= piece.unknown_cte;
            let view = self.view()?;
            piece.changed.iter().for_each(|row| view.tell(row));
            self.send(piece.out.bytes()).await?;
        }
        Ok(match () {
            () if unknown => Reply::no_with("UNKNOWN-CTE", "A part's encoding is not known."),
            // Another session has expunged some of them. OK instead of NO: what is there was answered, and clients
            // take NO for a failure of all of it. [RFC 2180 4.1.2] [RFC 5530 3]
            () if missing && !by_uid => Reply::ok_with("EXPUNGEISSUED", "Some of the messages are gone."),
            () => Reply::ok("FETCH completed"),
        })
    }

    /// `VANISHED (EARLIER)` with the UIDs of the set that are gone since then. [RFC 7162 3.2.6]
    async fn vanished(&mut self, fetch: &Fetch) -> Result<()> {
        let since = fetch.changed_since.unwrap_or(0);
        let view = self.view()?;
        let (mailbox, folder) = (view.mailbox.clone(), view.folder);
        let largest = view.uid_next.saturating_sub(1);
        let changes = blocking(move || mailbox.changes(folder, since)).await?;
        let Set::Ranges(ranges) = &fetch.set else { return Ok(()) };
        let ranges = sequence::resolve(ranges, largest);
        let gone: Vec<u32> =
            changes.vanished.iter().filter(|&uid| sequence::contains(&ranges, uid)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let mut out = Out::untagged();
        out.word("VANISHED (EARLIER)").word(&sequence::write(gone)).line();
        self.send(out.bytes()).await
    }
}
