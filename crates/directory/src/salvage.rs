//! What can be saved of the directory's file when it is damaged, and what is made anew in it.

use crate::Directory;
use crate::table::{self, Loaded, claims_of, links_of};
use db::salvage::{Plan, Saved};
use db::{Cell, Found, Holds, Tx};
use object::{Error, ErrorId, Result};
use std::path::Path;

/// So many lost things are told one by one.
const TOLD_MAX: usize = 50;

static PLAN: Plan =
    Plan { schema: "directory", steps: table::STEPS, holds: Holds::Records, belongs, mend: make_whole };

impl Directory {
    /// Looks at the directory's file, which nobody may have open: nothing where it is whole or was never made, else a
    /// sentence that says what is left in it.
    ///
    /// # Errors
    /// `NotADatabase` where nothing is left in it.
    pub fn survey(file: &Path) -> Result<Option<String>> {
        let remains = db::salvage::survey(file, &PLAN)?;
        Ok(remains.map(|left| {
            format!(
                "{} Whole in it: {} objects with {} values.",
                left.sentences().join(" "),
                left.count("directory_object"),
                left.count("directory_attribute")
            )
            .trim_start()
            .to_owned()
        }))
    }

    /// Copies what can be read of the directory's damaged file, which nobody may have open, into a new one in its place.
    pub fn salvage(file: &Path) -> Result<Saved> {
        db::salvage::salvage(file, &PLAN)
    }

    /// Makes anew the claims and links, which only repeat what the objects say.
    pub fn rebuild(&self) -> Result<()> {
        self.db().write(claims_and_links)
    }
}

/// Whether a row that hangs in no tree is what it seems to be.
fn belongs(found: &Found<'_>) -> bool {
    match (found.table, found.values) {
        ("directory_object", [Cell::Int(id), Cell::Bytes(guid), ..]) => *id > 0 && guid.len() == 16,
        ("directory_attribute", [Cell::Int(object), Cell::Text(_), Cell::Int(ordinal), _]) => {
            *object > 0 && *ordinal >= 0
        }
        ("directory_state", [Cell::Int(id), ..]) => *id == 1,
        // Both are made anew.
        ("directory_claim" | "directory_link", _) => false,
        _ => true,
    }
}

fn make_whole(tx: &mut dyn Tx) -> Result<Vec<String>> {
    if tx.number("SELECT COUNT(*) FROM directory_object WHERE deleted = 0", &[])? == 0 {
        return Err(Error::conflict(
            ErrorId::NotADatabase,
            "None of the directory's objects can be read any more.",
        )
        .help("Put directory.db back out of a copy of the data directory."));
    }
    let mut said = numbers(tx)?;
    said.extend(told(lost_objects(tx)?));
    claims_and_links(tx)?;
    Ok(said)
}

/// No number is given twice, whatever was lost.
fn numbers(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let lost = tx.number("SELECT COUNT(*) FROM directory_state", &[])? == 0;
    if lost {
        let sql = "INSERT INTO directory_state (id, change_number, next_object) VALUES (1, 0, 1)";
        tx.execute(sql, &[])?;
    }
    let mut at_least = |column: &str, sql: &str| {
        let least = tx.number(sql, &[])?;
        let sql = format!("UPDATE directory_state SET {column} = $1 WHERE {column} < $1");
        tx.execute(&sql, &[least.into()])
    };
    at_least("change_number", "SELECT COALESCE(MAX(change_number), 0) FROM directory_object")?;
    at_least("next_object", "SELECT 1 + COALESCE(MAX(id), 0) FROM directory_object")?;
    at_least("next_object", "SELECT 1 + COALESCE(MAX(object), 0) FROM directory_attribute")?;
    at_least("next_change", "SELECT 1 + COALESCE(MAX(id), 0) FROM change")?;
    if lost {
        tx.execute("UPDATE directory_state SET chain_first = next_change WHERE id = 1", &[])?;
    }
    let sentence = "The directory's own numbers were lost and are worked out from its objects; what the record of changes \
                    holds is bound no longer, and what comes is bound anew.";
    Ok(lost.then(|| sentence.to_owned()).into_iter().collect())
}

/// Objects of which something tells that they were there. What is left of an object whose own row is lost is taken away.
fn lost_objects(tx: &mut dyn Tx) -> Result<Vec<String>> {
    let sql = "SELECT c.object, COALESCE(MAX(o.name), ''), MIN(c.kind || ' ' || c.value) FROM directory_claim c
               LEFT JOIN directory_object o ON o.id = c.object
               WHERE NOT EXISTS (SELECT 1 FROM directory_attribute a WHERE a.object = c.object) OR o.id IS NULL
               GROUP BY c.object ORDER BY c.object";
    let mut said = tx.all(sql, &[], |row| {
        let (object, name, claim) = (row.int(0)?, row.text(1)?, row.text(2)?);
        Ok(if name.is_empty() {
            format!("Object {object} was lost ({claim}).")
        } else {
            format!("What is known of {name} (object {object}) was lost.")
        })
    })?;
    // Of its values only these may be shown: hashes of passwords stand among the others.
    let sql = "SELECT a.object, MAX(CASE WHEN a.attribute IN ('Alias', 'DisplayName') THEN a.value END)
               FROM directory_attribute a
               WHERE NOT EXISTS (SELECT 1 FROM directory_object o WHERE o.id = a.object)
                 AND NOT EXISTS (SELECT 1 FROM directory_claim c WHERE c.object = a.object)
               GROUP BY a.object ORDER BY a.object";
    said.extend(tx.all(sql, &[], |row| {
        let (object, shown) = (row.int(0)?, row.get::<Option<String>>(1)?);
        let shown = shown.map_or(String::new(), |shown| format!(" ({shown})"));
        Ok(format!("Object {object} was lost{shown}."))
    })?);
    let sql = "DELETE FROM directory_attribute WHERE object NOT IN (SELECT id FROM directory_object)";
    tx.execute(sql, &[])?;
    Ok(said)
}

fn told(mut said: Vec<String>) -> Vec<String> {
    let more = said.len().saturating_sub(TOLD_MAX);
    said.truncate(TOLD_MAX);
    said.extend((more > 0).then(|| format!("{more} more objects were lost.")));
    said
}

/// Two objects that claim the same are left to `verify`, which names both.
fn claims_and_links(tx: &mut dyn Tx) -> Result<()> {
    let (_, loaded) = table::changed_since(tx, -1)?;
    tx.execute("DELETE FROM directory_claim", &[])?;
    tx.execute("DELETE FROM directory_link", &[])?;
    for one in &loaded {
        let Loaded::Live(record) = one else { continue };
        for (claim, value) in claims_of(record) {
            let sql = "INSERT INTO directory_claim (kind, value, object) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            tx.execute(sql, &[claim.word().into(), (&value).into(), record.id.into()])?;
        }
        for (target, attribute) in links_of(record) {
            let sql = "INSERT INTO directory_link (target, object, attribute)
                       SELECT id, $2, $3 FROM directory_object WHERE guid = $1 AND deleted = 0 ON CONFLICT DO NOTHING";
            tx.execute(sql, &[(&target.to_bytes()).into(), record.id.into(), attribute.into()])?;
        }
    }
    Ok(())
}
