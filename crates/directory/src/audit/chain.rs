//! The record hangs together: each entry holds a digest of itself and of the one before, the state of the directory the
//! last one's. So an entry that was altered, removed or put in past the program shows, and verification says which.
//!
//! Whoever can write the file can also reckon all digests anew. The last digest is therefore said in the server's log
//! each hour: kept elsewhere it binds everything before it. Secrets are no part of it, since they go earlier.

use crate::Directory;
use crate::record::Id;
use db::chain::{Digest, Link};
use db::{Param, Tx};
use object::{Result, Time};

/// An entry as its row holds it.
pub(super) struct EntryRow<'a> {
    pub(super) id: i64,
    pub(super) number: i64,
    pub(super) made: Time,
    pub(super) texts: [&'a str; 5],
    pub(super) account: &'a [u8],
    pub(super) error: Option<&'a str>,
}

impl EntryRow<'_> {
    /// The link of the entry, without its objects.
    pub(super) fn link(&self, before: Option<&[u8]>) -> Link {
        let mut link = Link::after(before);
        link.number(self.id).number(self.number).number(self.made.0).field(self.account).option(self.error);
        for text in self.texts {
            link.field(text.as_bytes());
        }
        link
    }
}

/// Takes an object of the entry into its link.
pub(super) fn add(link: &mut Link, object: Id, guid: &[u8], texts: [&str; 4]) {
    link.number(object).field(guid);
    for text in texts {
        link.field(text.as_bytes());
    }
}

/// Takes the next number of an entry and moves the counter on; with it the digest of the entry before.
pub(super) fn next(tx: &mut dyn Tx) -> Result<(i64, Option<Vec<u8>>)> {
    tx.execute("UPDATE directory_state SET next_change = next_change + 1 WHERE id = 1", &[])?;
    let sql = "SELECT next_change, chain FROM directory_state WHERE id = 1";
    let next = tx.one(sql, &[], |row| Ok((row.int(0)? - 1, row.get(1)?)))?;
    next.ok_or_else(|| {
        object::Error::server(
            object::ErrorId::DirectoryStateMissing,
            "The directory has lost its change number.",
        )
    })
}

/// Makes a digest the last one.
pub(super) fn extend(tx: &mut dyn Tx, digest: &Digest) -> Result<()> {
    tx.execute("UPDATE directory_state SET chain = $1 WHERE id = 1", &[digest.into()]).map(drop)
}

/// Lets the chain begin behind an entry, which is taken away with all before it.
pub(super) fn begin_behind(tx: &mut dyn Tx, entry: i64) -> Result<()> {
    let sql = "UPDATE directory_state SET chain_first = $1,
                 chain_base = (SELECT digest FROM change WHERE id = $2) WHERE id = 1 AND chain_first <= $2";
    tx.execute(sql, &[(entry + 1).into(), entry.into()]).map(drop)
}

impl Directory {
    /// The number of the newest entry of the record of changes, and its digest, which binds all entries before it; none
    /// where the record is empty.
    pub fn record_head(&self) -> Result<Option<(i64, String)>> {
        let sql = "SELECT next_change - 1, chain FROM directory_state WHERE id = 1 AND chain IS NOT NULL";
        self.db().read(|tx| {
            tx.one(sql, &[], |row| {
                let hex = row.bytes(1)?.iter().map(|byte| format!("{byte:02x}"));
                Ok((row.int(0)?, hex.collect()))
            })
        })
    }
}

/// So many entries are read at once.
const PAGE_ENTRIES: i64 = 500;
/// Of one record no more faults than these are told one by one.
const TOLD_MAX: usize = 100;

/// What is wrong with the record, on one snapshot: a sentence for each fault.
pub(crate) fn check(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let sql = "SELECT chain_first, chain_base, next_change, chain FROM directory_state WHERE id = 1";
    let state = tx.one(sql, &[], |row| {
        Ok((row.int(0)?, row.get::<Option<Vec<u8>>>(1)?, row.int(2)?, row.get::<Option<Vec<u8>>>(3)?))
    })?;
    let Some((first, base, next, last)) = state else { return Ok(Vec::new()) };
    let mut walk = Walk { expected: first, before: Some(base), findings: Vec::new() };
    // What stands below the chain is from before there was one, or was left over where the others were taken away.
    loop {
        let page = page(tx, walk.expected)?;
        let Some(highest) = page.last().map(|entry| entry.id) else { break };
        let mut objects = objects(tx, walk.expected, highest)?.into_iter().peekable();
        for entry in &page {
            let mut own = Vec::new();
            while let Some(object) = objects.next_if(|object| object.change <= entry.id) {
                // Those of an entry that is gone are told of with it.
                if object.change == entry.id {
                    own.push(object);
                }
            }
            walk.entry(entry, &own);
        }
    }
    walk.end(next, last.as_deref());
    Ok(walk.findings)
}

/// An entry with its digest.
struct Kept {
    id: i64,
    number: i64,
    made: Time,
    texts: [String; 5],
    account: Vec<u8>,
    error: Option<String>,
    digest: Option<Vec<u8>>,
}

struct KeptObject {
    change: i64,
    object: Id,
    guid: Vec<u8>,
    texts: [String; 4],
}

fn page(tx: &mut dyn Tx, from: i64) -> Result<Vec<Kept>> {
    let sql = "SELECT id, number, made, who, origin, session, cmdlet, parameters, account, error, digest FROM change
               WHERE id >= $1 ORDER BY id LIMIT $2";
    let params: [Param<'_>; 2] = [from.into(), PAGE_ENTRIES.into()];
    tx.all(sql, &params, |row| {
        Ok(Kept {
            id: row.int(0)?,
            number: row.int(1)?,
            made: Time(row.int(2)?),
            texts: [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, row.get(7)?],
            account: row.bytes(8)?.to_vec(),
            error: row.get(9)?,
            digest: row.get(10)?,
        })
    })
}

fn objects(tx: &mut dyn Tx, from: i64, to: i64) -> Result<Vec<KeptObject>> {
    let sql = "SELECT change, object, guid, class, shown, action, properties FROM change_object
               WHERE change >= $1 AND change <= $2 ORDER BY change, ordinal";
    tx.all(sql, &[from.into(), to.into()], |row| {
        Ok(KeptObject {
            change: row.int(0)?,
            object: row.int(1)?,
            guid: row.bytes(2)?.to_vec(),
            texts: [row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?],
        })
    })
}

/// The walk along the chain.
struct Walk {
    /// The number of the entry that comes next.
    expected: i64,
    /// The digest before it, where that is known.
    before: Option<Option<Vec<u8>>>,
    findings: Vec<String>,
}

impl Walk {
    fn find(&mut self, sentence: String) {
        if self.findings.len() < TOLD_MAX {
            self.findings.push(sentence);
        }
    }

    fn entry(&mut self, entry: &Kept, objects: &[KeptObject]) {
        self.gap(entry.id);
        if let Some(before) = self.before.take() {
            let digest = link_of(entry, before.as_deref(), objects);
            if entry.digest.as_deref() != Some(&digest[..]) {
                let sentence = format!("Entry {} of the record of changes was altered.", entry.id);
                self.find(sentence);
            }
        }
        // One altered entry is one fault: from here on what it says of itself counts.
        self.before = Some(entry.digest.clone());
        self.expected = entry.id + 1;
    }

    /// Whatever should stand before an entry and does not.
    fn gap(&mut self, found: i64) {
        let missing = found - self.expected;
        if missing > 0 {
            let last = found - 1;
            let sentence = match missing {
                1 => format!("Entry {last} of the record of changes is missing."),
                _ => format!("Entries {} to {last} of the record of changes are missing.", self.expected),
            };
            self.find(sentence);
            self.before = None;
        }
    }

    fn end(&mut self, next: i64, last: Option<&[u8]>) {
        self.gap(next);
        if self.expected > next {
            let sentence = format!("Entry {} of the record of changes was put in.", self.expected - 1);
            self.find(sentence);
        }
        let known = self.before.take().flatten();
        if self.findings.is_empty() && known.as_deref() != last {
            self.find("The last entry of the record of changes is not the one that was written last.".into());
        }
    }
}

fn link_of(entry: &Kept, before: Option<&[u8]>, objects: &[KeptObject]) -> Digest {
    let row = EntryRow {
        id: entry.id,
        number: entry.number,
        made: entry.made,
        texts: entry.texts.each_ref().map(String::as_str),
        account: &entry.account,
        error: entry.error.as_deref(),
    };
    let mut link = row.link(before);
    for object in objects {
        add(&mut link, object.object, &object.guid, object.texts.each_ref().map(String::as_str));
    }
    link.digest()
}
