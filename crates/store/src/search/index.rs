//! Filling the index, behind the deliveries and in slices.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use db::Tx;
use message::Texts;
use object::{ErrorId, Result};

use super::fold::fold;
use super::tokens::tokens;
use super::vocabulary;
use crate::body;
use crate::database::Database;
use crate::item::{self, ItemId};
use crate::schema::{ITEM_BITS, TEXT, TEXT_COLUMNS};

/// How many items one slice indexes: about 20 ms of writing.
const SLICE_ITEMS: u32 = 25;
/// And how many bytes it reads at most, beyond its first item.
const SLICE_BYTES: u64 = 8 << 20;

/// How much of the index one transaction merges: some 10 ms.
const TIDY_KIB: u32 = 256;
/// How many such steps follow a slice. A slice adds some hundred kilobytes, each of which is merged about four times
/// in its life.
const TIDY_STEPS: u32 = 4;

/// How long a search waits for the index to be brought up to date: a mailbox of ordinary mail never takes as long.
const SEARCH_WAITS: Duration = Duration::from_millis(200);

/// The tokens of an item, by column.
struct Document {
    id: ItemId,
    columns: [String; TEXT_COLUMNS.len()],
}

/// What a slice puts into the index.
struct Slice {
    from: i64,
    to: i64,
    documents: Vec<Document>,
    words: HashSet<String>,
}

impl Database {
    /// Indexes some of the items that arrived since, of whichever mailbox. False when everything is indexed.
    pub fn index_slice(&self) -> Result<bool> {
        let Some(mailbox) = self.feeds().touched() else { return Ok(false) };
        // Settled first: what arrives from here on notes the mailbox again.
        self.feeds().settle(mailbox);
        let outcome = self.index_one_slice(mailbox);
        if !matches!(outcome, Ok(ControlFlow::Break(()))) {
            self.feeds().touch([mailbox]);
        }
        outcome.map(|_| true)
    }

    /// Indexes what there is to index of a mailbox, as far as whoever searches should wait for it; the rest follows behind
    /// everything else.
    pub(crate) fn index_for_a_while(&self, mailbox: i64) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < SEARCH_WAITS && self.index_one_slice(mailbox)?.is_continue() {}
        Ok(())
    }

    /// Indexes all that there is to index of a mailbox.
    pub(crate) fn index_mailbox(&self, mailbox: i64) -> Result<()> {
        while self.index_one_slice(mailbox)?.is_continue() {}
        Ok(())
    }

    fn index_one_slice(&self, mailbox: i64) -> Result<ControlFlow<()>> {
        // Two at a time would make the same slice twice.
        let _alone = self.indexing().lock();
        let Some(slice) = self.read(|tx| gather(tx, mailbox))? else { return Ok(ControlFlow::Break(())) };
        self.write_quietly(move |tx| put(tx, mailbox, &slice))?;
        self.tidy()?;
        Ok(ControlFlow::Continue(()))
    }

    /// Merges about as much as slices add, each step a transaction of its own so that others get their turn.
    fn tidy(&self) -> Result<()> {
        for _ in 0..TIDY_STEPS {
            if !self.write_quietly(|tx| tx.text_tidy(TEXT, TIDY_KIB))? {
                break;
            }
        }
        Ok(())
    }
}

/// The mailboxes with something to index, asked once when a database is mounted.
pub(crate) fn behind(db: &db::Database) -> Result<Vec<i64>> {
    let sql = "SELECT id FROM mailbox WHERE indexed < next_number - 1";
    db.read(|tx| tx.all(sql, &[], |row| row.int(0)))
}

/// Reads and parts the next items; nothing when there are none.
fn gather(tx: &mut dyn Tx, mailbox: i64) -> Result<Option<Slice>> {
    let sql = "SELECT indexed, next_number - 1 FROM mailbox WHERE id = $1";
    let Some((from, newest)) = tx.one(sql, &[mailbox.into()], |row| Ok((row.int(0)?, row.int(1)?)))? else {
        return Ok(None);
    };
    if from >= newest {
        return Ok(None);
    }
    let base = mailbox << ITEM_BITS;
    let items = item::by_ids(tx, base + from + 1..=base + newest, SLICE_ITEMS)?;
    let mut slice = Slice { from, to: newest, documents: Vec::new(), words: HashSet::new() };
    let (mut bytes, all) = (0, items.len() < SLICE_ITEMS as usize);
    for (at, item) in items.iter().enumerate() {
        bytes += item.size;
        let texts = match body::read(tx, item.body, item.size, 0..u64::MAX) {
            Ok(raw) => message::render(&raw).texts,
            // A damaged body has no words; verify tells of it, and the rest of the mailbox is searched all the same.
            Err(error) if error.is(ErrorId::BodyDamaged) => Texts::default(),
            Err(error) => return Err(error),
        };
        slice.documents.push(document(item.id, &texts, &mut slice.words));
        let last = at + 1 == items.len();
        if bytes >= SLICE_BYTES || last {
            slice.to = if last && all { newest } else { item.id.number() as i64 };
            break;
        }
    }
    Ok(Some(slice))
}

fn document(id: ItemId, texts: &Texts, words: &mut HashSet<String>) -> Document {
    let by_column =
        [&texts.subject, &texts.from, &texts.to, &texts.cc, &texts.bcc, &texts.header, &texts.body];
    let columns = by_column.map(|text| {
        let folded = fold(text);
        let tokens = tokens(&folded);
        for token in &tokens {
            if !words.contains(*token) {
                words.insert((*token).to_owned());
            }
        }
        tokens.join(" ")
    });
    Document { id, columns }
}

/// Writes a slice, unless the index was made anew meanwhile; items that are gone meanwhile are left out.
fn put(tx: &mut dyn Tx, mailbox: i64, slice: &Slice) -> Result<()> {
    let sql = "UPDATE mailbox SET indexed = $3 WHERE id = $1 AND indexed = $2";
    if tx.execute(sql, &[mailbox.into(), slice.from.into(), slice.to.into()])? == 0 {
        return Ok(());
    }
    for document in &slice.documents {
        let there = tx.one("SELECT 1 FROM item WHERE id = $1", &[document.id.0.into()], |_| Ok(()))?;
        if there.is_some() {
            let columns: Vec<(&str, &str)> =
                TEXT_COLUMNS.iter().copied().zip(document.columns.iter().map(String::as_str)).collect();
            tx.text_index(TEXT, document.id.0, &columns)?;
        }
    }
    vocabulary::add(tx, mailbox, &slice.words)
}
