//! FETCH reads messages.  [RFC 9051 6.4.5] [RFC 7162 3.1.4]
//!
//!     fetch    = "FETCH" SP sequence-set SP (macro / item / "(" item *(SP item) ")") [SP "(" modifier ")"]
//!     modifier = "CHANGEDSINCE" SP mod-sequence [SP "VANISHED"]

use mailbox::FolderRights;
use net::Lost;
use object::Result;
use tracing::error;

use super::{State, Verb};
use crate::fetch::answer::{Numbered, Order, Part, Piece, without_nul};
use crate::fetch::item::{Item, items};
use crate::limits::STREAM_BYTES;
use crate::reply::Reply;
use crate::room::no_room;
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
                other => return Err(syntax(format!("{other:.40} is not a modifier of FETCH."))),
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
        let (spool, disk) = (session.door.room.spool.clone(), session.disk.clone());
        let view = session.view()?;
        Ok(Order {
            mailbox: view.mailbox.clone(),
            folder: view.folder,
            items: std::sync::Arc::new(self.items.clone()),
            marks_seen: !view.read_only
                && view.rights.has(FolderRights::SEEN)
                && self.items.iter().any(Item::marks_seen),
            modseq: manner.modseq,
            recent: manner.recent.then(|| view.recent_ranges()),
            utf8,
            changed_since: self.changed_since,
            spool,
            disk,
        })
    }
}

/// Reads a range of something.
type Read = std::sync::Arc<dyn Fn(std::ops::Range<u64>) -> Result<Vec<u8>> + Send + Sync>;

/// What was found on the way.
#[derive(Default)]
struct Sum {
    missing: bool,
    unknown: bool,
    damaged: usize,
    whole: usize,
}

impl Sum {
    fn reply(&self, by_uid: bool) -> Reply {
        match self {
            Sum { unknown: true, .. } => Reply::no_with("UNKNOWN-CTE", "A part's encoding is not known."),
            // What is whole was answered, and clients take NO for a failure of all of it. [RFC 5530 3]
            Sum { damaged: 1.., .. } if self.whole > self.damaged => {
                Reply::ok_with("CORRUPTION", "Some of the messages are damaged.")
            }
            Sum { damaged: 1.., .. } => Reply::no_with("CORRUPTION", "The message is damaged."),
            // Another session has expunged some of them. OK instead of NO, for the same reason. [RFC 2180 4.1.2]
            Sum { missing: true, .. } if !by_uid => {
                Reply::ok_with("EXPUNGEISSUED", "Some of the messages are gone.")
            }
            _ => Reply::ok("FETCH completed"),
        }
    }
}

impl Session {
    /// Reads and sends a piece at a time.
    async fn answer_fetch(&mut self, order: Order, wanted: Vec<Numbered>, by_uid: bool) -> Result<Reply> {
        let (mut at, mut begun, mut sum) = (0, None, Sum::default());
        let wanted = std::sync::Arc::new(wanted);
        // One piece is read, and a large content in pieces of the same size.
        let _held = self.memory.take(STREAM_BYTES).map_err(no_room)?;
        let mut needs = None;
        while at < wanted.len() {
            let (order, wanted) = (order.clone(), std::sync::Arc::clone(&wanted));
            let turn = match needs.take() {
                Some(size) => self.door.room.turn(size).await,
                None => None,
            };
            let resumed = begun.take();
            let has_turn = turn.is_some();
            let piece: Piece = blocking(move || order.piece(&wanted[at..], resumed, has_turn)).await?;
            // Others may work while this client is waited for.
            drop(turn);
            at += piece.done;
            (begun, needs) = (piece.begun, piece.needs);
            sum.missing |= piece.missing;
            sum.unknown |= piece.unknown_cte;
            sum.whole += piece.whole;
            let view = self.view()?;
            piece.changed.iter().for_each(|row| view.tell(row));
            for part in piece.parts {
                self.send_part(part).await?;
            }
            for uid in piece.damaged {
                sum.damaged += 1;
                self.tell_damage(uid)?;
            }
        }
        Ok(sum.reply(by_uid))
    }

    /// Sends a part; what lies elsewhere is read and sent little by little.
    async fn send_part(&mut self, part: Part) -> Result<()> {
        let (range, may_hold_nul, read) = match part {
            Part::Octets(octets) => return self.send(&octets).await,
            Part::Body { row, range, may_hold_nul } => {
                let mailbox = self.view()?.mailbox.clone();
                let read: Read = std::sync::Arc::new(move |range| mailbox.body_of(&row, range));
                (range, may_hold_nul, read)
            }
            Part::File { file, range, may_hold_nul } => {
                let read: Read = std::sync::Arc::new(move |range| file.read(&range));
                (range, may_hold_nul, read)
            }
        };
        let mut at = range.start;
        while at < range.end {
            let (read, next) = (std::sync::Arc::clone(&read), at..(at + STREAM_BYTES).min(range.end));
            at = next.end;
            let octets = match blocking(move || read(next)).await {
                Ok(octets) if may_hold_nul => octets,
                Ok(octets) => without_nul(octets),
                // Half of it was sent: only the end of the connection says that the rest is missing.
                Err(error) => return Err(self.lose(Lost::Broken(std::io::Error::other(error)))),
            };
            self.send(&octets).await?;
        }
        Ok(())
    }

    /// Says that a message is damaged: to the client each time, to the administrator once.
    fn tell_damage(&mut self, uid: u32) -> Result<()> {
        let view = self.view()?;
        let (mailbox, folder) = (view.mailbox.guid(), view.guid);
        if self.door.damaged.lock().insert((folder, uid)) {
            error!(%mailbox, %folder, uid, "a message is damaged on the disk; mailstead verify says more");
        }
        let line = format!("* NO [CORRUPTION] The bytes of message UID {uid} are damaged.\r\n");
        self.connection.put(line.as_bytes());
        Ok(())
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
