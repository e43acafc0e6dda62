//! Mending what `verify` found: everything that is derived is made anew from what it is derived from. Nothing that
//! could be mail is thrown away.

use std::collections::BTreeSet;

use db::{Flow, Tx};
use object::{Fault, Result, Time};

use super::{Finding, index_faults, rooted, tree, well_known_missing};
use crate::database::Database;
use crate::folder::{FolderId, WellKnown, key};
use crate::item::{Item, ItemId};
use crate::keyword;
use crate::ledger::{Ledger, Numbers, mailbox_missing};
use crate::schema::TEXT;
use crate::tree::{New, birth};

/// What `rebuild` did.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// What was found before.
    pub before: Vec<Finding>,
    /// What is left.
    pub after: Vec<Finding>,
}

/// Rows that hang on nothing; none of them is mail.
static SWEEPS: &[&str] = &[
    "DELETE FROM folder WHERE mailbox NOT IN (SELECT id FROM mailbox)
       AND id NOT IN (SELECT folder FROM item)",
    "DELETE FROM vanished WHERE low > high OR folder NOT IN (SELECT id FROM folder)",
    "DELETE FROM folder_gone WHERE mailbox NOT IN (SELECT id FROM mailbox) OR folder IN (SELECT id FROM folder)",
    "DELETE FROM keyword WHERE folder NOT IN (SELECT id FROM folder)",
    "DELETE FROM property WHERE item NOT IN (SELECT id FROM item)",
    "DELETE FROM seen WHERE item NOT IN (SELECT id FROM item)",
    "DELETE FROM property WHERE id >= 32768 AND NOT EXISTS (
       SELECT 1 FROM property_name n WHERE n.mailbox = property.item >> 40 AND n.id = property.id)",
    "DELETE FROM thread_key WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM property_name WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM vocabulary WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM subscription WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM replied WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM folder_permission WHERE mailbox NOT IN (SELECT id FROM mailbox)
       OR (folder <> 0 AND folder NOT IN (SELECT id FROM folder))",
    "DELETE FROM mailbox_audit WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM mailbox_audit_item WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "DELETE FROM transfer WHERE mailbox NOT IN (SELECT id FROM mailbox)",
    "UPDATE body SET refs = (SELECT count(*) FROM item WHERE item.body = body.id)",
    "DELETE FROM body WHERE refs = 0",
    "DELETE FROM chunk WHERE (id >> 16) NOT IN (SELECT id FROM body)",
    "DELETE FROM rendered WHERE body NOT IN (SELECT id FROM body)",
    "DELETE FROM trace_address WHERE NOT EXISTS (
       SELECT 1 FROM trace t WHERE t.at = trace_address.at AND t.id = trace_address.id)",
];

/// What is counted, counted anew. Numbers that may not be given twice only ever go up.
static COUNTS: &[&str] = &[
    "UPDATE folder SET
       total = (SELECT count(*) FROM item WHERE item.folder = folder.id AND flags & 256 = 0),
       unseen = (SELECT count(*) FROM item WHERE item.folder = folder.id AND flags & 257 = 0),
       size = coalesce((SELECT sum(item.size) FROM item WHERE item.folder = folder.id AND flags & 256 = 0), 0),
       associated_count = (SELECT count(*) FROM item WHERE item.folder = folder.id AND flags & 256 <> 0),
       associated_size =
         coalesce((SELECT sum(item.size) FROM item WHERE item.folder = folder.id AND flags & 256 <> 0), 0)",
    "UPDATE folder SET uid_next = 1 + (SELECT max(last) FROM (
       SELECT coalesce(max(uid), 0) AS last FROM item WHERE item.folder = folder.id UNION ALL
       SELECT coalesce(max(high), 0) FROM vanished WHERE vanished.folder = folder.id UNION ALL
       SELECT folder.uid_next - 1) AS used)",
    "UPDATE folder SET change = (SELECT max(last) FROM (
       SELECT coalesce(max(item.change), 0) AS last FROM item WHERE item.folder = folder.id UNION ALL
       SELECT coalesce(max(vanished.change), 0) FROM vanished WHERE vanished.folder = folder.id UNION ALL
       SELECT folder.change) AS used)",
    "UPDATE mailbox SET
       item_count = coalesce((SELECT sum(total) FROM folder WHERE mailbox = mailbox.id AND hidden = 0), 0),
       item_size = coalesce((SELECT sum(size) FROM folder WHERE mailbox = mailbox.id AND hidden = 0), 0),
       associated_count =
         coalesce((SELECT sum(f.associated_count) FROM folder f WHERE f.mailbox = mailbox.id AND hidden = 0), 0),
       associated_size =
         coalesce((SELECT sum(f.associated_size) FROM folder f WHERE f.mailbox = mailbox.id AND hidden = 0), 0),
       deleted_count = coalesce((SELECT sum(f.total + f.associated_count) FROM folder f
                                 WHERE f.mailbox = mailbox.id AND hidden = 1), 0),
       deleted_size = coalesce((SELECT sum(f.size + f.associated_size) FROM folder f
                                WHERE f.mailbox = mailbox.id AND hidden = 1), 0)",
    "UPDATE mailbox SET change = (SELECT max(last) FROM (
       SELECT coalesce(max(f.change), 0) AS last FROM folder f WHERE f.mailbox = mailbox.id UNION ALL
       SELECT coalesce(max(g.change), 0) FROM folder_gone g WHERE g.mailbox = mailbox.id UNION ALL
       SELECT mailbox.change) AS used)",
    "UPDATE mailbox SET uid_validity = (SELECT max(last) FROM (
       SELECT coalesce(max(f.uid_validity), 0) AS last FROM folder f WHERE f.mailbox = mailbox.id UNION ALL
       SELECT mailbox.uid_validity) AS used)",
    "UPDATE mailbox SET next_number = 1 + (SELECT max(last) FROM (
       SELECT coalesce(max(i.id - (mailbox.id << 40)), 0) AS last FROM item i
         WHERE i.id >= mailbox.id << 40 AND i.id < (mailbox.id + 1) << 40 UNION ALL
       SELECT coalesce(max(i.email), 0) FROM item i
         WHERE i.id >= mailbox.id << 40 AND i.id < (mailbox.id + 1) << 40 UNION ALL
       SELECT coalesce(max(i.thread), 0) FROM item i
         WHERE i.id >= mailbox.id << 40 AND i.id < (mailbox.id + 1) << 40 UNION ALL
       SELECT mailbox.next_number - 1) AS used)",
];

/// What a mailbox knows of being disconnected. One whose state is beyond reading counts as disabled: nothing is
/// purged before its retention, counted from now, has passed.
static STATES: &[&str] = &[
    "UPDATE mailbox SET state = 1 WHERE state < 0 OR state > 3",
    "UPDATE mailbox SET disconnected = NULL, tombstone = NULL WHERE state = 0
       AND (disconnected IS NOT NULL OR tombstone IS NOT NULL)",
    "UPDATE mailbox SET disconnected = $1 WHERE state > 0 AND disconnected IS NULL",
];

/// Mends at mount what is derived and cheap to look at; none of it is ever wrong unless a write was torn.
pub(crate) fn mend(db: &db::Database, now: Time) -> Result<()> {
    db.write(move |tx| {
        // On a full disk this lets people in who make room.
        tx.makes_room();
        states(tx, now)
    })
}

fn states(tx: &mut dyn Tx, now: Time) -> Result<()> {
    for sql in STATES {
        let params: &[db::Param<'_>] = if sql.contains("$1") { &[now.into()] } else { &[] };
        tx.execute(sql, params)?;
    }
    Ok(())
}

impl Database {
    /// Makes anew what is derived: counters, references, renderings, the search index, the folder tree. What was
    /// found before and what is left come back; what is left cannot be mended without a backup.
    pub fn rebuild(&self) -> Result<Rebuilt> {
        let before = self.verify()?;
        let now = self.now();
        self.write(move |tx| {
            states(tx, now)?;
            sequences(tx)?;
            hang_up_folders(tx)?;
            well_known(tx, now)?;
            living_tombstones(tx)?;
            run_all(tx, COUNTS)?;
            rescue_items(tx)?;
            run_all(tx, SWEEPS)?;
            crate::trace_recent::settle_all(tx)?;
            crate::trace_key::fill_all(tx)?;
            validities(tx)?;
            run_all(tx, COUNTS)?;
            spell_keywords(tx)
        })?;
        self.refill()?;
        self.render_anew()?;
        for mailbox in self.read(|tx| index_faults(tx))? {
            self.index_anew(mailbox)?;
        }
        Ok(Rebuilt { before, after: self.verify()? })
    }

    /// Renders again what has no rendering, an old one, or a damaged one.
    fn render_anew(&self) -> Result<()> {
        let sql = "SELECT b.id, b.size FROM body b LEFT JOIN rendered r ON r.body = b.id
                   WHERE r.body IS NULL OR r.parser <> $1";
        let version = message::PARSER_VERSION.into();
        let bodies = self.read(|tx| tx.all(sql, &[version], |row| Ok((row.int(0)?, row.get::<u64>(1)?))))?;
        self.render_bodies(&bodies)?;
        self.render_bodies(&self.damaged_renderings()?)
    }

    /// Empties the search index of a mailbox and fills it again.
    fn index_anew(&self, mailbox: i64) -> Result<()> {
        self.write(move |tx| {
            tx.text_forget(TEXT, ItemId::all_of(mailbox))?;
            tx.execute("DELETE FROM vocabulary WHERE mailbox = $1", &[mailbox.into()])?;
            tx.execute("UPDATE mailbox SET indexed = 0 WHERE id = $1", &[mailbox.into()]).map(drop)
        })?;
        self.index_mailbox(mailbox)
    }
}

fn run_all(tx: &mut dyn Tx, all: &[&str]) -> Result<()> {
    all.iter().try_for_each(|sql| tx.execute(sql, &[]).map(drop))
}

fn sequences(tx: &mut dyn Tx) -> Result<()> {
    for (name, sql) in [
        ("mailbox", "SELECT coalesce(max(id), 0) FROM mailbox"),
        ("folder", "SELECT coalesce(max(id), 0) FROM folder"),
        ("folder", "SELECT coalesce(max(folder), 0) FROM folder_gone"),
        ("body", "SELECT coalesce(max(id), 0) FROM body"),
    ] {
        let last = tx.number(sql, &[])?;
        let sql = "INSERT INTO counter (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE
                     SET value = CASE WHEN excluded.value > counter.value THEN excluded.value ELSE counter.value END";
        tx.execute(sql, &[name.into(), last.into()])?;
    }
    Ok(())
}

/// Folders that hang in the air come to the top, under a name that is free there; names and kinds are set right.
fn hang_up_folders(tx: &mut dyn Tx) -> Result<()> {
    let mut tree = tree(tx)?;
    for id in tree.keys().copied().collect::<Vec<_>>() {
        let Some(node) = tree.get(&id) else { continue };
        let hidden = WellKnown::of_number(node.kind).is_some_and(WellKnown::hidden);
        let (name, parent) = match rooted(&tree, id) {
            true => (node.name.clone(), node.parent),
            false => (format!("{} ({id})", node.name), 0),
        };
        if (&name, parent, hidden, &key(&name)) != (&node.name, node.parent, node.hidden, &node.key) {
            let sql = "UPDATE folder SET name = $2, name_key = $3, parent = $4, hidden = $5 WHERE id = $1";
            let name_key = key(&name);
            tx.execute(sql, &[id.into(), (&name).into(), (&name_key).into(), parent.into(), hidden.into()])?;
            // Each one that is hung up may hold up others.
            if let Some(node) = tree.get_mut(&id) {
                (node.name, node.key, node.parent, node.hidden) = (name, name_key, parent, hidden);
            }
        }
    }
    Ok(())
}

fn well_known(tx: &mut dyn Tx, now: Time) -> Result<()> {
    for (mailbox, kind) in {
        let tree = tree(tx)?;
        well_known_missing(tx, &tree)?
    } {
        let numbers = Numbers::by_id(tx, mailbox)?.ok_or_else(mailbox_missing)?;
        let mut ledger = Ledger::open(numbers);
        let parent = match kind.below() {
            Some(below) => ledger.known(tx, below)?.0,
            None => 0,
        };
        let sql =
            "UPDATE folder SET name = name || ' (' || id || ')', name_key = name_key || ' (' || id || ')'
                   WHERE mailbox = $1 AND parent = $2 AND name_key = $3";
        tx.execute(sql, &[mailbox.into(), parent.into(), (&key(kind.name())).into()])?;
        let (name, class, hidden) = (kind.name(), kind.class(), kind.hidden());
        birth(tx, &mut ledger, &New { parent, name, kind: Some(kind), class, hidden, now })?;
        ledger.close(tx)?;
    }
    Ok(())
}

/// A tombstone over a living item is wrong, not the item; it is cut around it.
fn living_tombstones(tx: &mut dyn Tx) -> Result<()> {
    let sql = "SELECT v.folder, v.change, v.low, v.high, i.uid FROM vanished v
               JOIN item i ON i.folder = v.folder AND i.uid >= v.low AND i.uid <= v.high
               ORDER BY v.folder, v.change, v.low, i.uid LIMIT 1";
    while let Some((folder, change, low, high, uid)) =
        tx.one(sql, &[], |row| Ok((row.int(0)?, row.int(1)?, row.int(2)?, row.int(3)?, row.int(4)?)))?
    {
        let gone = "DELETE FROM vanished WHERE folder = $1 AND change = $2 AND low = $3";
        tx.execute(gone, &[folder.into(), change.into(), low.into()])?;
        for (low, high) in [(low, uid - 1), (uid + 1, high)] {
            if low <= high {
                let sql = "INSERT INTO vanished (folder, change, low, high) VALUES ($1, $2, $3, $4)";
                tx.execute(sql, &[folder.into(), change.into(), low.into(), high.into()])?;
            }
        }
    }
    Ok(())
}

/// Items whose folder is gone come to the inbox of their mailbox, which their id still names; an archive has none, so there
/// they come to Deleted Items.
fn rescue_items(tx: &mut dyn Tx) -> Result<()> {
    let sql = "SELECT id FROM item WHERE folder NOT IN (SELECT id FROM folder) ORDER BY id";
    for id in tx.all(sql, &[], |row| row.int(0))? {
        let Some(numbers) = Numbers::by_id(tx, id >> crate::schema::ITEM_BITS)? else { continue };
        let Some(item) = crate::item::by_id(tx, ItemId(id))? else { continue };
        let mut ledger = Ledger::open(numbers);
        let here = match ledger.known(tx, WellKnown::Inbox) {
            Err(error) if error.fault() == Fault::NotFound => ledger.known(tx, WellKnown::DeletedItems)?,
            inbox => inbox?,
        };
        item.delete(tx)?;
        ledger.add(tx, here, Item { origin: None, ..item })?;
        ledger.close(tx)?;
    }
    Ok(())
}

/// Of folders with the same UIDVALIDITY the younger ones get a new one: clients then read them anew.
fn validities(tx: &mut dyn Tx) -> Result<()> {
    let sql = "SELECT f.id, f.mailbox FROM folder f WHERE f.uid_validity < 1 OR EXISTS (
                 SELECT 1 FROM folder o WHERE o.mailbox = f.mailbox AND o.uid_validity = f.uid_validity
                   AND o.id < f.id) ORDER BY f.id";
    for (folder, mailbox) in tx.all(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))? {
        let sql = "UPDATE mailbox SET uid_validity = 1 + (SELECT max(last) FROM (
                     SELECT max(uid_validity) AS last FROM folder WHERE folder.mailbox = mailbox.id UNION ALL
                     SELECT mailbox.uid_validity) AS used) WHERE id = $1 RETURNING uid_validity";
        let validity = tx.number(sql, &[mailbox.into()])?;
        tx.execute("UPDATE folder SET uid_validity = $2 WHERE id = $1", &[folder.into(), validity.into()])?;
    }
    Ok(())
}

/// Folders learn the keywords of their items.
fn spell_keywords(tx: &mut dyn Tx) -> Result<()> {
    let mut used = BTreeSet::new();
    let sql = "SELECT i.folder, i.uid, i.keywords FROM item i JOIN folder f ON f.id = i.folder
               WHERE i.keywords IS NOT NULL AND f.hidden = 0";
    tx.query(sql, &[], &mut |row| {
        used.insert((row.int(0)?, row.get::<u32>(1)?, row.get::<String>(2)?));
        Ok(Flow::More)
    })?;
    for (folder, uid, keywords) in used {
        let spelt = keyword::register(tx, FolderId(folder), &keywords)?;
        if spelt != keywords {
            let sql = "UPDATE item SET keywords = $3 WHERE folder = $1 AND uid = $2";
            tx.execute(sql, &[folder.into(), uid.into(), (&spelt).into()])?;
        }
    }
    Ok(())
}
