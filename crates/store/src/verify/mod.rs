//! The store checks itself: every invariant of a mailbox database, and which of its faults can be mended.
//!
//! Most invariants are one SQL statement that answers with what breaks it: a table of them, so that a missing one
//! is seen. To add one, add a line to [`CHECKS`] and a case to `tests/verify.rs` that plants the fault.

mod rebuild;
mod salvage;

use std::collections::{BTreeMap, BTreeSet};

use db::{Flow, Tx};
use object::Result;
use object::types::Guid;

use crate::body::{self, Key};
use crate::database::Database;
use crate::folder::{self, WellKnown};
use crate::item::ItemId;
use crate::schema::TEXT;

pub use rebuild::Rebuilt;
pub(crate) use rebuild::mend;
pub use salvage::{Salvaged, is_damage};

/// Of one kind of fault no more than so many are told one by one.
const TOLD_MAX: usize = 100;
/// How many bodies are read from one snapshot: a snapshot that stays long keeps the log from being shortened.
const BODIES_SLICE: i64 = 500;
/// How many renderings, which are smaller.
const RENDERINGS_SLICE: i64 = 5_000;

/// A fault that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which invariant is broken: one word that stays.
    pub id: &'static str,
    /// What is wrong where.
    pub sentence: String,
    /// Whether [`Database::rebuild`] can mend it without losing mail.
    pub mendable: bool,
}

/// A part of the check that is made on one snapshot.
type Part = fn(&mut dyn Tx, &mut Vec<Finding>) -> Result<()>;

/// An invariant, as a statement that answers with a text for each thing that breaks it.
struct Check {
    id: &'static str,
    says: &'static str,
    mendable: bool,
    sql: &'static str,
}

const fn check(id: &'static str, mendable: bool, says: &'static str, sql: &'static str) -> Check {
    Check { id, says, mendable, sql }
}

/// The flag bit of associated items, written out in the statements below as 256, and that of `\Seen` as 1.
const _: () = assert!(crate::Flags::ASSOCIATED.0 == 256 && crate::Flags::SEEN.0 == 1);
/// So are the 40 bits of an item's number.
const _: () = assert!(crate::schema::ITEM_BITS == 40);

static CHECKS: &[Check] = &[
    check(
        "FolderCounters",
        true,
        "The counters of a folder are not the sums of its items",
        "SELECT 'folder ' || f.id FROM folder f LEFT JOIN (
           SELECT folder,
             sum(CASE WHEN flags & 256 = 0 THEN 1 ELSE 0 END) AS total,
             sum(CASE WHEN flags & 257 = 0 THEN 1 ELSE 0 END) AS unseen,
             sum(CASE WHEN flags & 256 = 0 THEN size ELSE 0 END) AS size,
             sum(CASE WHEN flags & 256 = 0 THEN 0 ELSE 1 END) AS associated_count,
             sum(CASE WHEN flags & 256 = 0 THEN 0 ELSE size END) AS associated_size
           FROM item GROUP BY folder) s ON s.folder = f.id
         WHERE f.total <> coalesce(s.total, 0) OR f.unseen <> coalesce(s.unseen, 0) OR f.size <> coalesce(s.size, 0)
           OR f.associated_count <> coalesce(s.associated_count, 0)
           OR f.associated_size <> coalesce(s.associated_size, 0)",
    ),
    check(
        "MailboxCounters",
        true,
        "The counters of a mailbox are not the sums of its folders",
        "SELECT 'mailbox ' || m.id FROM mailbox m LEFT JOIN (
           SELECT mailbox,
             sum(CASE WHEN hidden = 0 THEN total ELSE 0 END) AS item_count,
             sum(CASE WHEN hidden = 0 THEN size ELSE 0 END) AS item_size,
             sum(CASE WHEN hidden = 0 THEN associated_count ELSE 0 END) AS associated_count,
             sum(CASE WHEN hidden = 0 THEN associated_size ELSE 0 END) AS associated_size,
             sum(CASE WHEN hidden = 0 THEN 0 ELSE total + associated_count END) AS deleted_count,
             sum(CASE WHEN hidden = 0 THEN 0 ELSE size + associated_size END) AS deleted_size
           FROM folder GROUP BY mailbox) s ON s.mailbox = m.id
         WHERE m.item_count <> coalesce(s.item_count, 0) OR m.item_size <> coalesce(s.item_size, 0)
           OR m.associated_count <> coalesce(s.associated_count, 0)
           OR m.associated_size <> coalesce(s.associated_size, 0)
           OR m.deleted_count <> coalesce(s.deleted_count, 0) OR m.deleted_size <> coalesce(s.deleted_size, 0)",
    ),
    check(
        "UidNext",
        true,
        "A UID was given that the folder would give again",
        "SELECT 'folder ' || f.id FROM folder f
         WHERE f.uid_next < 1 OR f.uid_next <= coalesce((SELECT max(uid) FROM item i WHERE i.folder = f.id), 0)
           OR f.uid_next <= coalesce((SELECT max(high) FROM vanished v WHERE v.folder = f.id), 0)",
    ),
    check(
        "FolderChange",
        true,
        "Something in a folder has a change number above the folder's",
        "SELECT 'folder ' || f.id FROM folder f
         WHERE f.change < coalesce((SELECT max(change) FROM item i WHERE i.folder = f.id), 0)
           OR f.change < coalesce((SELECT max(change) FROM vanished v WHERE v.folder = f.id), 0)",
    ),
    check(
        "MailboxChange",
        true,
        "Something in a mailbox has a change number above the mailbox's",
        "SELECT 'mailbox ' || m.id FROM mailbox m
         WHERE m.change >= 281474976710656
           OR m.change < coalesce((SELECT max(change) FROM folder f WHERE f.mailbox = m.id), 0)
           OR m.change < coalesce((SELECT max(change) FROM folder_gone g WHERE g.mailbox = m.id), 0)",
    ),
    check(
        "ItemNumber",
        true,
        "An item, email or thread number was given that the mailbox would give again",
        "SELECT 'mailbox ' || f.mailbox || ', folder ' || i.folder || ', UID ' || i.uid
         FROM item i JOIN folder f ON f.id = i.folder JOIN mailbox m ON m.id = f.mailbox
         WHERE i.id - (f.mailbox << 40) >= m.next_number OR i.email >= m.next_number OR i.thread >= m.next_number",
    ),
    check(
        "ItemMailbox",
        false,
        "An item lies in a folder of another mailbox",
        "SELECT 'folder ' || i.folder || ', UID ' || i.uid FROM item i JOIN folder f ON f.id = i.folder
         WHERE i.id >> 40 <> f.mailbox",
    ),
    check(
        "ItemFolder",
        true,
        "An item lies in a folder that does not exist",
        "SELECT 'folder ' || i.folder || ', UID ' || i.uid FROM item i LEFT JOIN folder f ON f.id = i.folder
         WHERE f.id IS NULL",
    ),
    check(
        "ItemBody",
        false,
        "An item has lost its body",
        "SELECT 'folder ' || i.folder || ', UID ' || i.uid FROM item i LEFT JOIN body b ON b.id = i.body
         WHERE b.id IS NULL OR b.size <> i.size",
    ),
    check(
        "BodyReferences",
        true,
        "A body counts other than the items that have it",
        "SELECT 'body ' || b.id FROM body b LEFT JOIN (SELECT body, count(*) AS refs FROM item GROUP BY body) s
           ON s.body = b.id
         WHERE b.refs <> coalesce(s.refs, 0) OR b.refs = 0",
    ),
    check(
        "RenderingMissing",
        true,
        "A body has no rendering",
        "SELECT 'body ' || b.id FROM body b LEFT JOIN rendered r ON r.body = b.id WHERE r.body IS NULL",
    ),
    check(
        "RenderingOrphan",
        true,
        "A rendering has no body",
        "SELECT 'body ' || r.body FROM rendered r LEFT JOIN body b ON b.id = r.body WHERE b.id IS NULL",
    ),
    check(
        "ChunkOrphan",
        true,
        "A piece of a body has no body",
        "SELECT 'chunk ' || c.id FROM chunk c LEFT JOIN body b ON b.id = c.id >> 16 WHERE b.id IS NULL",
    ),
    check(
        "FolderMailbox",
        true,
        "A folder belongs to a mailbox that does not exist",
        "SELECT 'folder ' || f.id FROM folder f LEFT JOIN mailbox m ON m.id = f.mailbox WHERE m.id IS NULL",
    ),
    check(
        "UidValidity",
        true,
        "A folder has a UIDVALIDITY that the mailbox would give again, or has given twice",
        "SELECT 'folder ' || f.id FROM folder f JOIN mailbox m ON m.id = f.mailbox
         WHERE f.uid_validity > m.uid_validity OR f.uid_validity < 1
           OR EXISTS (SELECT 1 FROM folder o WHERE o.mailbox = f.mailbox AND o.uid_validity = f.uid_validity
                      AND o.id <> f.id)",
    ),
    check(
        "Tombstone",
        true,
        "A tombstone names an item that is there, or a folder that is not",
        "SELECT 'folder ' || v.folder || ', UIDs ' || v.low || ' to ' || v.high FROM vanished v
         WHERE v.low > v.high OR NOT EXISTS (SELECT 1 FROM folder f WHERE f.id = v.folder)
           OR EXISTS (SELECT 1 FROM item i WHERE i.folder = v.folder AND i.uid >= v.low AND i.uid <= v.high)",
    ),
    check(
        "FolderTombstone",
        true,
        "A tombstone names a folder that is there, or a mailbox that is not",
        "SELECT 'folder ' || g.folder FROM folder_gone g
         WHERE EXISTS (SELECT 1 FROM folder f WHERE f.id = g.folder)
           OR NOT EXISTS (SELECT 1 FROM mailbox m WHERE m.id = g.mailbox)",
    ),
    check(
        "MailboxTombstone",
        false,
        "A mailbox is there whose GUID was given up",
        "SELECT 'mailbox ' || m.id FROM mailbox m JOIN mailbox_gone g ON g.guid = m.guid",
    ),
    check(
        "MailboxState",
        true,
        "A mailbox does not know whether it is connected",
        "SELECT 'mailbox ' || id FROM mailbox WHERE state < 0 OR state > 3
           OR (state = 0 AND (disconnected IS NOT NULL OR tombstone IS NOT NULL))
           OR (state > 0 AND disconnected IS NULL)",
    ),
    check(
        "PropertyOrphan",
        true,
        "A property has no item or no name",
        "SELECT 'item ' || p.item || ', property ' || p.id FROM property p
         WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.id = p.item)
           OR (p.id >= 32768 AND NOT EXISTS (
             SELECT 1 FROM property_name n WHERE n.mailbox = p.item >> 40 AND n.id = p.id))",
    ),
    check(
        "ReadStateOrphan",
        true,
        "Somebody has read what is not there",
        "SELECT 'item ' || s.item FROM seen s WHERE NOT EXISTS (SELECT 1 FROM item i WHERE i.id = s.item)",
    ),
    check(
        "MailboxOrphan",
        true,
        "Something belongs to a mailbox that does not exist",
        "SELECT DISTINCT what || ' of mailbox ' || mailbox FROM (
           SELECT 'thread' AS what, mailbox FROM thread_key UNION ALL
           SELECT 'property name', mailbox FROM property_name UNION ALL
           SELECT 'vocabulary', mailbox FROM vocabulary UNION ALL
           SELECT 'subscription', mailbox FROM subscription UNION ALL
           SELECT 'folder permission', mailbox FROM folder_permission UNION ALL
           SELECT 'audit entry', mailbox FROM mailbox_audit UNION ALL
           SELECT 'audit entry', mailbox FROM mailbox_audit_item UNION ALL
           SELECT 'transfer', mailbox FROM transfer) AS part
         WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    ),
    check(
        "KeywordOrphan",
        true,
        "A keyword belongs to a folder that does not exist",
        "SELECT DISTINCT 'folder ' || k.folder FROM keyword k LEFT JOIN folder f ON f.id = k.folder
         WHERE f.id IS NULL",
    ),
    check(
        "PermissionOrphan",
        true,
        "A permission belongs to a folder that does not exist",
        "SELECT DISTINCT 'folder ' || p.folder FROM folder_permission p LEFT JOIN folder f ON f.id = p.folder
         WHERE p.folder <> 0 AND (f.id IS NULL OR f.mailbox <> p.mailbox)",
    ),
    check(
        "Sequence",
        true,
        "A number would be given twice",
        "SELECT name FROM (
           SELECT 'mailbox' AS name, max(id) AS last FROM mailbox UNION ALL
           SELECT 'folder', max(id) FROM folder UNION ALL SELECT 'folder', max(folder) FROM folder_gone UNION ALL
           SELECT 'body', max(id) FROM body) AS used
         WHERE last > coalesce((SELECT value FROM counter c WHERE c.name = used.name), 0)",
    ),
];

/// The logs of mailboxes are whole.
fn logs(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    let faults = crate::audit::check(tx)?.into_iter();
    findings.extend(faults.map(|sentence| Finding { id: "AuditLogBroken", sentence, mendable: false }));
    Ok(())
}

impl Database {
    /// Checks every invariant, on snapshots, while others go on working. No finding: all is well. What cannot even be read
    /// is a finding, not an error.
    pub fn verify(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let parts: [Part; 6] = [engine, statements, folders, keywords, documents, logs];
        let found = self.read(|tx| {
            let mut findings = Vec::new();
            for part in parts {
                noted(part(tx, &mut findings), &mut findings)?;
            }
            Ok(findings)
        });
        noted(found.map(|found| findings.extend(found)), &mut findings)?;
        noted(self.bodies(&mut findings), &mut findings)?;
        match self.damaged_renderings() {
            Ok(damaged) => findings.extend(damaged.into_iter().map(|(body, _)| {
                let sentence = format!("What is kept beside a body is damaged: body {body}.");
                Finding { id: "RenderedDamaged", sentence, mendable: true }
            })),
            Err(error) => noted(Err(error), &mut findings)?,
        }
        Ok(findings)
    }

    /// The bodies, and their sizes, whose renderings are not what was written; a slice to a snapshot.
    fn damaged_renderings(&self) -> Result<Vec<(i64, u64)>> {
        let (mut damaged, mut from) = (Vec::new(), 0);
        loop {
            let last = self.read(|tx| {
                let sql = format!(
                    "SELECT b.id, b.size, {} FROM body b JOIN rendered r ON r.body = b.id WHERE b.id > $1
                     ORDER BY b.id LIMIT $2",
                    body::RENDERED
                );
                let mut last = None;
                tx.query(&sql, &[from.into(), RENDERINGS_SLICE.into()], &mut |row| {
                    last = Some(row.int(0)?);
                    if body::read_rendered(row, 2).is_err() {
                        damaged.push((row.int(0)?, row.get::<u64>(1)?));
                    }
                    Ok(Flow::More)
                })?;
                Ok(last)
            })?;
            match last {
                Some(last) => from = last,
                None => return Ok(damaged),
            }
        }
    }

    /// Reads every body and compares its hash, a slice to a snapshot.
    fn bodies(&self, findings: &mut Vec<Finding>) -> Result<()> {
        let (key, mut from) = (self.key()?, 0);
        loop {
            let (slice, last) = self.read(|tx| {
                let sql = "SELECT id, size, hash FROM body WHERE id > $1 ORDER BY id LIMIT $2";
                let bodies = tx.all(sql, &[from.into(), BODIES_SLICE.into()], |row| {
                    Ok((row.int(0)?, row.get::<u64>(1)?, row.get::<Vec<u8>>(2)?))
                })?;
                let last = bodies.last().map(|(id, ..)| *id);
                let bad = bodies.into_iter().filter(|(id, size, hash)| !whole(tx, &key, *id, *size, hash));
                Ok((bad.map(|(id, ..)| id).collect::<Vec<_>>(), last))
            })?;
            for id in slice {
                let places = self.read(|tx| places(tx, id))?;
                let sentence = format!("The bytes of a body are damaged: body {id}, {places}.");
                findings.push(Finding { id: "BodyDamaged", sentence, mendable: false });
            }
            match last {
                Some(last) => from = last,
                None => return Ok(()),
            }
        }
    }
}

/// A body whose bytes cannot even be read is damaged, not a reason to stop.
fn whole(tx: &mut dyn Tx, key: &Key, id: i64, size: u64, hash: &[u8]) -> bool {
    body::read(tx, id, size, 0..u64::MAX).is_ok_and(|bytes| key.hash(&bytes) == hash)
}

/// Where the items lie that have a body, in words a person can look them up by.
fn places(tx: &mut dyn Tx, body: i64) -> Result<String> {
    let sql = "SELECT m.guid, f.name, i.uid FROM item i JOIN folder f ON f.id = i.folder
               JOIN mailbox m ON m.id = f.mailbox WHERE i.body = $1 ORDER BY i.id LIMIT 10";
    let places = tx.all(sql, &[body.into()], |row| {
        let (mailbox, folder, uid): (Guid, String, u32) =
            (crate::row::guid(row, 0)?, row.get(1)?, row.get(2)?);
        Ok(format!("mailbox {mailbox}, folder '{folder}', UID {uid}"))
    })?;
    Ok(if places.is_empty() { "in no mailbox".to_owned() } else { places.join("; ") })
}

/// What keeps a check from being made is a finding where the file is to blame.
fn noted(outcome: Result<()>, findings: &mut Vec<Finding>) -> Result<()> {
    match outcome {
        Err(error) if is_damage(&error) => {
            let sentence = format!("The file cannot be read: {error}");
            if findings.iter().all(|known| known.sentence != sentence) {
                findings.push(Finding { id: "DatabaseCorrupt", sentence, mendable: true });
            }
            Ok(())
        }
        other => other,
    }
}

fn statements(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    for check in CHECKS {
        noted(by_statement(tx, check, findings), findings)?;
    }
    Ok(())
}

fn engine(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    for line in tx.check()? {
        findings.push(Finding { id: "DatabaseCorrupt", sentence: line, mendable: true });
    }
    Ok(())
}

fn by_statement(tx: &mut dyn Tx, check: &Check, findings: &mut Vec<Finding>) -> Result<()> {
    let mut told = 0;
    tx.query(check.sql, &[], &mut |row| {
        told += 1;
        let sentence = format!("{}: {}.", check.says, row.text(0)?);
        findings.push(Finding { id: check.id, sentence, mendable: check.mendable });
        Ok(if told < TOLD_MAX { Flow::More } else { Flow::Stop })
    })
}

/// A folder as the tree sees it.
struct Node {
    mailbox: i64,
    parent: i64,
    kind: i64,
    hidden: bool,
    name: String,
    key: String,
}

fn tree(tx: &mut dyn Tx) -> Result<BTreeMap<i64, Node>> {
    let sql = "SELECT id, mailbox, parent, kind, hidden, name, name_key FROM folder";
    let nodes = tx.all(sql, &[], |row| {
        let node = Node {
            mailbox: row.int(1)?,
            parent: row.int(2)?,
            kind: row.int(3)?,
            hidden: row.bool(4)?,
            name: row.get(5)?,
            key: row.get(6)?,
        };
        Ok((row.int(0)?, node))
    })?;
    Ok(nodes.into_iter().collect())
}

/// Whether the folder hangs in the tree of its mailbox.
fn rooted(tree: &BTreeMap<i64, Node>, id: i64) -> bool {
    let Some(mut node) = tree.get(&id) else { return false };
    let mailbox = node.mailbox;
    for _ in 0..tree.len() {
        if node.parent == 0 {
            return true;
        }
        match tree.get(&node.parent) {
            Some(parent) if parent.mailbox == mailbox => node = parent,
            _ => return false,
        }
    }
    false
}

fn folders(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    let tree = tree(tx)?;
    for (id, node) in &tree {
        let mut say = |fault, what: &str| {
            let sentence = format!("{what}: folder {id} '{}' of mailbox {}.", node.name, node.mailbox);
            findings.push(Finding { id: fault, sentence, mendable: true });
        };
        if !rooted(&tree, *id) {
            say("FolderTree", "A folder hangs in the air or in a circle");
        }
        if node.key != folder::key(&node.name) {
            say("FolderName", "A folder cannot be found by its name");
        }
        let known = WellKnown::of_number(node.kind);
        if known.is_some_and(|kind| kind.hidden()) != node.hidden {
            say("FolderHidden", "A folder is seen that should not be, or the other way about");
        }
    }
    for (mailbox, missing) in well_known_missing(tx, &tree)? {
        let sentence = format!("A mailbox lacks a folder: mailbox {mailbox}, '{}'.", missing.name());
        findings.push(Finding { id: "WellKnownMissing", sentence, mendable: true });
    }
    Ok(())
}

fn well_known_missing(tx: &mut dyn Tx, tree: &BTreeMap<i64, Node>) -> Result<Vec<(i64, WellKnown)>> {
    let there: BTreeSet<(i64, i64)> = tree.values().map(|node| (node.mailbox, node.kind)).collect();
    let mut missing = Vec::new();
    for (mailbox, archive) in
        tx.all("SELECT id, archive FROM mailbox", &[], |row| Ok((row.int(0)?, row.bool(1)?)))?
    {
        missing.extend(
            WellKnown::of_mailbox(archive)
                .filter(|kind| !there.contains(&(mailbox, *kind as i64)))
                .map(|kind| (mailbox, kind)),
        );
    }
    Ok(missing)
}

/// Every keyword of an item is one that its folder knows, but for hidden folders.
fn keywords(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    let sql = "SELECT folder, name FROM keyword";
    let known: BTreeSet<(i64, String)> =
        tx.all(sql, &[], |row| Ok((row.int(0)?, row.get(1)?)))?.into_iter().collect();
    let mut told = BTreeSet::new();
    let sql = "SELECT i.folder, i.uid, i.keywords FROM item i JOIN folder f ON f.id = i.folder
               WHERE i.keywords IS NOT NULL AND f.hidden = 0";
    tx.query(sql, &[], &mut |row| {
        let folder = row.int(0)?;
        for word in row.text(2)?.split(' ') {
            if !known.contains(&(folder, word.to_owned())) && told.insert((folder, word.to_owned())) {
                let sentence =
                    format!("A folder does not know a keyword of its items: folder {folder}, '{word}'.");
                findings.push(Finding { id: "KeywordUnknown", sentence, mendable: true });
            }
        }
        Ok(Flow::More)
    })
}

/// The index has exactly the items up to the number that it is said to have come to.
fn documents(tx: &mut dyn Tx, findings: &mut Vec<Finding>) -> Result<()> {
    for mailbox in index_faults(tx)? {
        let sentence = format!("The search index of a mailbox is not of its items: mailbox {mailbox}.");
        findings.push(Finding { id: "SearchIndex", sentence, mendable: true });
    }
    Ok(())
}

fn index_faults(tx: &mut dyn Tx) -> Result<Vec<i64>> {
    let mut faults = BTreeSet::new();
    let mailboxes = tx.all("SELECT id, indexed, next_number FROM mailbox ORDER BY id", &[], |row| {
        Ok((row.int(0)?, row.int(1)?, row.int(2)?))
    })?;
    for (mailbox, indexed, next_number) in &mailboxes {
        let all = ItemId::all_of(*mailbox);
        let (low, high) = (*all.start(), *all.start() + *indexed);
        let sql = "SELECT id FROM item WHERE id >= $1 AND id <= $2 ORDER BY id";
        let items = tx.all(sql, &[low.into(), high.into()], |row| row.int(0))?;
        let mut found = Vec::with_capacity(items.len());
        tx.text_documents(TEXT, all, &mut |id| {
            found.push(id);
            Ok(Flow::More)
        })?;
        if items != found || indexed >= next_number {
            faults.insert(*mailbox);
        }
    }
    // Documents of mailboxes that are gone.
    let known: BTreeSet<i64> = mailboxes.iter().map(|(id, ..)| *id).collect();
    tx.text_documents(TEXT, i64::MIN..=i64::MAX, &mut |id| {
        let mailbox = id >> crate::schema::ITEM_BITS;
        if !known.contains(&mailbox) {
            faults.insert(mailbox);
        }
        Ok(Flow::More)
    })?;
    Ok(faults.into_iter().collect())
}
