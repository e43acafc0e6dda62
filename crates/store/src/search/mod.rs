//! Text search: substrings of any Unicode text, answered from an index and always right.
//!
//! The index ([`tokens`]) names candidates, a superset of what matches. Where the search text is one short run of
//! characters the candidates are the answer; otherwise the text of each is looked through ([`fold`]). What is not
//! indexed yet, or has no usable piece to look for, is looked through as well: so the index makes searching fast,
//! and its absence makes it slow, never wrong.
//!
//! Items are indexed in the order of their numbers, behind the delivery: in slices by [`Database::index_slice`], and
//! before each search for the mailbox that is searched.

mod fold;
mod index;
mod plan;
mod tokens;
mod vocabulary;

use std::collections::{BTreeSet, HashMap};

use db::{Flow, TextQuery, TextTerm, Tx};
use object::{ErrorId, Result};

use crate::flag::Flags;
use crate::folder::{Folder, FolderId};
use crate::item::{self, Item, ItemId, UidSet};
use crate::mailbox::Mailbox;
use crate::schema::{ITEM_BITS, TEXT};
pub use fold::fold;
pub(crate) use index::behind;
use plan::Plan;

/// From so many items on that are not indexed yet, those with the same bytes that are indexed are asked for.
const TWINS_FROM: usize = 200;

/// Where to look. [RFC 9051 6.4.4]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    /// Names and addresses of From.
    From,
    /// Names and addresses of To.
    To,
    /// Names and addresses of Cc.
    Cc,
    /// Names and addresses of Bcc.
    Bcc,
    /// The subject.
    Subject,
    /// The values of all header fields of that name; an empty search text asks whether there is one.
    Header(String),
    /// The text of the body, with the names of attachments.
    Body,
    /// Header and body.
    Text,
}

impl Field {
    fn columns(&self) -> Vec<&'static str> {
        match self {
            Field::From => vec!["sender"],
            Field::To => vec!["recipient"],
            Field::Cc => vec!["cc"],
            Field::Bcc => vec!["bcc"],
            Field::Subject => vec!["subject"],
            Field::Header(_) => vec!["header"],
            Field::Body => vec!["body"],
            Field::Text => vec!["header", "body"],
        }
    }

    /// Whether the folded search text is there in a message. Only what is asked for is worked out.
    fn holds(&self, raw: &[u8], needle: &str) -> bool {
        let message = message::parse(raw);
        let header = || message::text::of_header(&message, message.root());
        let within = |text: &str| fold(text).contains(needle);
        match self {
            Field::Body => within(&message::text::of_body(&message)),
            Field::Text => within(&header()) || within(&message::text::of_body(&message)),
            Field::Header(name) => values(&header(), name).any(within),
            Field::From | Field::To | Field::Cc | Field::Bcc | Field::Subject => {
                let texts = message::render(raw).texts;
                within(match self {
                    Field::From => &texts.from,
                    Field::To => &texts.to,
                    Field::Cc => &texts.cc,
                    Field::Bcc => &texts.bcc,
                    _ => &texts.subject,
                })
            }
        }
    }
}

fn values<'a>(header: &'a str, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = header.lines().filter_map(|line| line.split_once(':'));
    lines.filter(move |(field, _)| field.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

impl Mailbox {
    /// The items of a folder with that text in that place, without regard to case; an empty text is everywhere.
    pub fn search_text(&self, folder: FolderId, field: &Field, text: &str) -> Result<UidSet> {
        let needle = fold(text);
        if needle.is_empty() && !matches!(field, Field::Header(_)) {
            return Ok(self.uids(folder)?.1);
        }
        // An index that cannot be brought up to date (a full disk, or too much that came at once) makes the search
        // slower, not wrong.
        let _ = self.database.index_for_a_while(self.id);
        let plan = Plan::new(&needle);
        let items = self.database.read(|tx| {
            let facts = Folder::load(tx, self.id, folder)?;
            let indexed = tx.number("SELECT indexed FROM mailbox WHERE id = $1", &[self.id.into()])?;
            let (sure, doubtful) = candidates(tx, self.id, field, &plan)?;
            pick(tx, &facts, indexed, &sure, doubtful.as_ref())
        })?;
        // The bytes are read one by one, each on a snapshot of its own: a search that reads much holds nobody up.
        let (mut picked, mut known) = (Vec::new(), HashMap::new());
        for (item, sure) in items {
            if sure || self.look(&item, field, &needle, &mut known)? {
                picked.push(item.uid);
            }
        }
        Ok(UidSet::of_uids(picked))
    }

    /// Looks through the text of an item; the same bytes once. One whose bytes are damaged, or that is gone meanwhile,
    /// matches nothing; verify tells of the first.
    fn look(&self, item: &Item, field: &Field, needle: &str, known: &mut HashMap<i64, bool>) -> Result<bool> {
        if let Some(known) = known.get(&item.body) {
            return Ok(*known);
        }
        let holds = match self.body_of(item, 0..u64::MAX) {
            Ok(raw) => field.holds(&raw, needle),
            Err(error) if error.is(ErrorId::BodyDamaged) => false,
            Err(error) => return Err(error),
        };
        known.insert(item.body, holds);
        Ok(holds)
    }
}

/// What the index says: those that match, and those that may (nothing: all may).
type Candidates = (BTreeSet<i64>, Option<BTreeSet<i64>>);

fn candidates(tx: &mut dyn Tx, mailbox: i64, field: &Field, plan: &Plan) -> Result<Candidates> {
    let Some(found) = matching(tx, mailbox, field, plan)? else { return Ok((BTreeSet::new(), None)) };
    // What overflowed the index may hold anything.
    let overflow =
        TextQuery { columns: field.columns(), all: vec![vec![TextTerm::Word(tokens::OVERFLOW.to_owned())]] };
    let mut doubtful = BTreeSet::new();
    run(tx, mailbox, &overflow, &mut doubtful)?;
    if plan.exact && !matches!(field, Field::Header(_)) {
        return Ok((found, Some(doubtful)));
    }
    doubtful.extend(found);
    Ok((BTreeSet::new(), Some(doubtful)))
}

/// The documents that hold all pieces of the plan; nothing when the index cannot narrow it down.
fn matching(tx: &mut dyn Tx, mailbox: i64, field: &Field, plan: &Plan) -> Result<Option<BTreeSet<i64>>> {
    let mut all = plan.terms.clone();
    for piece in &plan.pieces {
        let Some(words) = vocabulary::holding(tx, mailbox, piece, plan::WORDS_MAX)? else { continue };
        all.push(words.into_iter().map(TextTerm::Word).collect());
    }
    // The longest list is asked in parts, since a query with thousands of words at once costs memory for each.
    let Some(longest) = (0..all.len()).max_by_key(|at| all[*at].len()) else { return Ok(None) };
    let words = all.swap_remove(longest);
    all.retain(|list| list.len() <= plan::QUERY_WORDS_MAX);
    let mut found = BTreeSet::new();
    for part in words.chunks(plan::QUERY_WORDS_MAX) {
        let mut lists = all.clone();
        lists.push(part.to_vec());
        run(tx, mailbox, &TextQuery { columns: field.columns(), all: lists }, &mut found)?;
    }
    Ok(Some(found))
}

fn run(tx: &mut dyn Tx, mailbox: i64, query: &TextQuery, found: &mut BTreeSet<i64>) -> Result<()> {
    tx.text_match(TEXT, ItemId::all_of(mailbox), query, &mut |document| {
        found.insert(document);
        Ok(Flow::More)
    })
}

/// The items of the folder that are candidates, and whether the index is sure of them. Few candidates are looked up one by
/// one; many are met on a walk through the folder.
fn pick(
    tx: &mut dyn Tx,
    folder: &Folder,
    indexed: i64,
    sure: &BTreeSet<i64>,
    doubtful: Option<&BTreeSet<i64>>,
) -> Result<Vec<(Item, bool)>> {
    let few = doubtful.filter(|doubtful| (sure.len() + doubtful.len()) as u64 * 4 < folder.total);
    let may = |id: i64| sure.contains(&id) || doubtful.is_none_or(|doubtful| doubtful.contains(&id));
    let mut items = Vec::new();
    if let Some(doubtful) = few {
        for id in sure.union(doubtful) {
            items.extend(item::by_id(tx, ItemId(*id))?.filter(|item| item.folder == folder.id));
        }
        later(tx, folder, indexed, &mut items)?;
    } else {
        item::scan(tx, folder.id, &(1..=u32::MAX), &mut |item| {
            if item.id.number() as i64 > indexed || may(item.id.0) {
                items.push(item);
            }
            Ok(Flow::More)
        })?;
    }
    items.retain(|item| !item.flags.has(Flags::ASSOCIATED));
    let new = items.iter().filter(|item| item.id.number() as i64 > indexed).count();
    let twins = if new > TWINS_FROM { twins(tx, folder, indexed)? } else { HashMap::new() };
    // What is not indexed yet and has the bytes of something that is, as copies have, needs no look of its own.
    let as_indexed = |item: &Item| match item.id.number() as i64 > indexed {
        true => twins.get(&item.body).copied(),
        false => Some(item.id.0),
    };
    let judged = items.into_iter().filter_map(|item| match as_indexed(&item) {
        Some(id) => may(id).then(|| (item, sure.contains(&id))),
        None => Some((item, false)),
    });
    Ok(judged.collect())
}

/// The indexed items of the folder's mailbox by their bodies.
fn twins(tx: &mut dyn Tx, folder: &Folder, indexed: i64) -> Result<HashMap<i64, i64>> {
    let base = mailbox_of(tx, folder)? << ITEM_BITS;
    let (mut found, sql) = (HashMap::new(), "SELECT body, id FROM item WHERE id > $1 AND id <= $2");
    tx.query(sql, &[base.into(), (base + indexed).into()], &mut |row| {
        found.insert(row.int(0)?, row.int(1)?);
        Ok(Flow::More)
    })?;
    Ok(found)
}

/// Items of the folder that are not indexed yet.
fn later(tx: &mut dyn Tx, folder: &Folder, indexed: i64, items: &mut Vec<Item>) -> Result<()> {
    let mailbox = mailbox_of(tx, folder)?;
    let from = (mailbox << ITEM_BITS) + indexed + 1;
    let more = item::by_ids(tx, from..=*ItemId::all_of(mailbox).end(), u32::MAX)?;
    items.extend(more.into_iter().filter(|item| item.folder == folder.id));
    Ok(())
}

fn mailbox_of(tx: &mut dyn Tx, folder: &Folder) -> Result<i64> {
    tx.number("SELECT mailbox FROM folder WHERE id = $1", &[folder.id.0.into()])
}

#[cfg(test)]
mod tests;
