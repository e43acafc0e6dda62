//! The directory's tables: objects, their attributes a row each, claims that make names unique, links.
//!
//! Claims are how uniqueness holds across nodes: whoever inserts the row first has the address. Links let a
//! removed object be taken out of the lists that name it without reading the whole directory.

use crate::Class;
use crate::record::{Held, Id, Record, decode, encode, spec_of};
use crate::schema::{recipient, trust, user};
use crate::user_account::SELF_SID;
use db::{Flow, Param, Step, Tx};
use object::types::{Guid, ObjectId, PropertyType, ProxyAddress};
use object::{Declared, Error, ErrorId, Result, Spec, Time, Value};
use std::collections::BTreeSet;

/// The schema, step by step.
pub(crate) static STEPS: &[Step] = &[Step::Sql(
    "CREATE TABLE directory_state (id BIGINT PRIMARY KEY, change_number BIGINT NOT NULL, next_object BIGINT NOT NULL);
     INSERT INTO directory_state (id, change_number, next_object) VALUES (1, 0, 1);
     CREATE TABLE directory_object (id INTEGER PRIMARY KEY, guid BYTEA NOT NULL, class TEXT NOT NULL, name TEXT NOT NULL,
         parent BIGINT NOT NULL, created BIGINT NOT NULL, changed BIGINT NOT NULL, change_number BIGINT NOT NULL,
         deleted BIGINT NOT NULL);
     CREATE UNIQUE INDEX directory_object_guid ON directory_object (guid);
     CREATE INDEX directory_object_change ON directory_object (change_number);
     CREATE TABLE directory_attribute (object BIGINT NOT NULL, attribute TEXT NOT NULL, ordinal BIGINT NOT NULL,
         value TEXT NOT NULL, PRIMARY KEY (object, attribute, ordinal)) WITHOUT ROWID;
     CREATE TABLE directory_claim (kind TEXT NOT NULL, value TEXT NOT NULL, object BIGINT NOT NULL,
         PRIMARY KEY (kind, value)) WITHOUT ROWID;
     CREATE TABLE directory_link (target BIGINT NOT NULL, object BIGINT NOT NULL, attribute TEXT NOT NULL,
         PRIMARY KEY (target, object, attribute)) WITHOUT ROWID;
     CREATE TABLE directory_change (number BIGINT PRIMARY KEY, made BIGINT NOT NULL, who TEXT NOT NULL,
         command TEXT NOT NULL, targets TEXT NOT NULL, changes TEXT NOT NULL);",
), Step::Sql(
    // The log of before held hashes of passwords in one text with everything else; it is not carried over.
    "DROP TABLE directory_change;
     ALTER TABLE directory_state ADD COLUMN next_change BIGINT NOT NULL DEFAULT 1;
     CREATE TABLE change (id INTEGER PRIMARY KEY, number BIGINT NOT NULL, made BIGINT NOT NULL, who TEXT NOT NULL,
         person TEXT NOT NULL, account BYTEA NOT NULL, origin TEXT NOT NULL, session TEXT NOT NULL, cmdlet TEXT NOT NULL,
         parameters TEXT NOT NULL, error TEXT);
     CREATE INDEX change_made ON change (made);
     CREATE INDEX change_person ON change (person);
     CREATE INDEX change_account ON change (account);
     CREATE TABLE change_object (change BIGINT NOT NULL, ordinal BIGINT NOT NULL, object BIGINT NOT NULL,
         guid BYTEA NOT NULL, class TEXT NOT NULL, shown TEXT NOT NULL, action TEXT NOT NULL, properties TEXT NOT NULL,
         secrets TEXT, PRIMARY KEY (change, ordinal)) WITHOUT ROWID;
     CREATE INDEX change_object_object ON change_object (object, change);
     CREATE INDEX change_object_secrets ON change_object (change) WHERE secrets IS NOT NULL;",
    ),
    // A change that was run again, or another node's, has the number of this one but not its stamp.
    Step::Sql("ALTER TABLE directory_state ADD COLUMN stamp BIGINT NOT NULL DEFAULT 0;"),
    Step::Sql("ALTER TABLE directory_state ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;"),
    Step::Sql(
        "CREATE TABLE job (number INTEGER PRIMARY KEY, guid BYTEA NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
             about BYTEA NOT NULL, task TEXT NOT NULL, state BIGINT NOT NULL, comment TEXT NOT NULL,
             priority BIGINT NOT NULL, kept BIGINT, made BIGINT NOT NULL, started BIGINT, changed BIGINT NOT NULL,
             ended BIGINT, turn BIGINT NOT NULL, not_before BIGINT NOT NULL, cursor TEXT NOT NULL, done BIGINT NOT NULL,
             total BIGINT NOT NULL, faults BIGINT NOT NULL, who TEXT NOT NULL, account BYTEA NOT NULL,
             origin TEXT NOT NULL, command TEXT NOT NULL, node TEXT NOT NULL, leased BIGINT NOT NULL);
         CREATE UNIQUE INDEX job_guid ON job (guid);
         CREATE UNIQUE INDEX job_name ON job (kind, about, name);
         CREATE INDEX job_state ON job (state);
         CREATE TABLE job_result (job BIGINT NOT NULL, ordinal BIGINT NOT NULL, item TEXT NOT NULL, fault TEXT,
             PRIMARY KEY (job, ordinal)) WITHOUT ROWID;",
    ),
    // The record of changes hangs together from here on; entries of before have no digest.
    Step::Sql(
        "ALTER TABLE change ADD COLUMN digest BYTEA;
         ALTER TABLE directory_state ADD COLUMN chain BYTEA;
         ALTER TABLE directory_state ADD COLUMN chain_base BYTEA;
         ALTER TABLE directory_state ADD COLUMN chain_first BIGINT NOT NULL DEFAULT 0;
         UPDATE directory_state SET chain_first = next_change;",
    ),
    Step::Sql(
        "CREATE TABLE job_part (job BIGINT NOT NULL, ordinal BIGINT NOT NULL, content TEXT NOT NULL,
             PRIMARY KEY (job, ordinal)) WITHOUT ROWID;",
    ),
    // A policy that said nothing of its roles gave these; now it says them, and one without roles gives none.
    Step::Sql(
        "INSERT INTO directory_attribute (object, attribute, ordinal, value)
             SELECT directory_object.id, 'AssignedRoles', usual.ordinal, usual.value
             FROM directory_object CROSS JOIN (
                 SELECT 0 AS ordinal, 'My Marketplace Apps' AS value UNION ALL SELECT 1, 'MyBaseOptions'
                 UNION ALL SELECT 2, 'MyContactInformation' UNION ALL SELECT 3, 'MyDistributionGroupMembership'
                 UNION ALL SELECT 4, 'MyTeamMailboxes' UNION ALL SELECT 5, 'MyTextMessaging') AS usual
             WHERE directory_object.class = 'msExchRBACPolicy' AND directory_object.deleted = 0
                 AND NOT EXISTS (SELECT 1 FROM directory_attribute AS known
                     WHERE known.object = directory_object.id AND known.attribute = 'AssignedRoles');",
    ),
    // Photos stand beside the memory; their accounts name them.
    Step::Sql("CREATE TABLE photo (name TEXT NOT NULL PRIMARY KEY, octets BYTEA NOT NULL, unused BIGINT NOT NULL);"),
];

const OBJECT_COLUMNS: &str = "id, guid, class, name, parent, created, changed, change_number, deleted";

/// An object's row; a deleted one is only its number.
pub(crate) enum Loaded {
    Live(Box<Record>),
    Deleted(Id),
}

fn object(row: &db::Row<'_>) -> Result<Option<Loaded>> {
    let id = row.int(0)?;
    if row.bool(8)? {
        return Ok(Some(Loaded::Deleted(id)));
    }
    // A class of a newer program is left alone.
    let Some(class) = Class::of_word(row.text(2)?) else { return Ok(None) };
    let guid = Guid::of_bytes(row.bytes(1)?).ok_or_else(|| {
        Error::server(ErrorId::GuidDamaged, format!("Object {id} of the directory has no valid GUID."))
    })?;
    let mut record = Record::new(id, guid, class, row.text(3)?, row.int(4)?, Time(row.int(5)?));
    (record.changed, record.number) = (Time(row.int(6)?), row.int(7)?);
    Ok(Some(Loaded::Live(Box::new(record))))
}

/// How far the directory is.
pub(crate) struct State {
    /// The number of the last change.
    pub(crate) number: i64,
    /// The stamp of the last change: no other has it, not even the same one run again.
    pub(crate) stamp: i64,
    /// The number of the object that is made next.
    pub(crate) next_object: Id,
}

/// How far the directory is, as this transaction sees it.
pub(crate) fn state(tx: &mut dyn Tx) -> Result<State> {
    let sql = "SELECT change_number, stamp, next_object FROM directory_state WHERE id = 1";
    let state = tx.one(sql, &[], |row| {
        Ok(State { number: row.int(0)?, stamp: row.int(1)?, next_object: row.int(2)? })
    })?;
    state.ok_or_else(|| {
        Error::server(ErrorId::DirectoryStateMissing, "The directory has lost its change number.")
    })
}

/// All objects changed after `number`, with their attributes, and how far the directory is.
pub(crate) fn changed_since(tx: &mut dyn Tx, number: i64) -> Result<(State, Vec<Loaded>)> {
    let now = state(tx)?;
    let sql = format!("SELECT {OBJECT_COLUMNS} FROM directory_object WHERE change_number > $1 ORDER BY id");
    let mut objects: Vec<Loaded> = tx.all(&sql, &[number.into()], object)?.into_iter().flatten().collect();
    let sql = "SELECT a.object, a.attribute, a.value FROM directory_attribute a
               JOIN directory_object o ON o.id = a.object WHERE o.change_number > $1
               ORDER BY a.object, a.attribute, a.ordinal";
    let mut live = objects.iter_mut().filter_map(|loaded| match loaded {
        Loaded::Live(record) => Some(record.as_mut()),
        Loaded::Deleted(_) => None,
    });
    let (mut current, mut gathered) = (live.next(), Gathered::default());
    tx.query(sql, &[number.into()], &mut |row| {
        let id = row.int(0)?;
        while current.as_ref().is_some_and(|record| record.id < id) {
            gathered.give(current.take())?;
            current = live.next();
        }
        if current.as_ref().is_some_and(|record| record.id == id) {
            gathered.take(current.as_deref_mut(), row.text(1)?, row.text(2)?)?;
        }
        Ok(Flow::More)
    })?;
    gathered.give(current)?;
    drop(live);
    Ok((now, objects))
}

/// Rows of one attribute, gathered until the next attribute begins.
#[derive(Default)]
struct Gathered {
    spec: Option<&'static Spec>,
    values: Vec<Value>,
}

impl Gathered {
    fn take(&mut self, record: Option<&mut Record>, attribute: &str, value: &str) -> Result<()> {
        let Some(record) = record else { return Ok(()) };
        let same = self.spec.is_some_and(|spec| spec.name == attribute);
        if !same {
            self.put(record);
            self.spec = spec_of(record.class, attribute);
        }
        // An attribute of a newer program stays in its row and is not read.
        if let Some(spec) = self.spec {
            self.values.push(decode(spec, value)?);
        }
        Ok(())
    }
    fn put(&mut self, record: &mut Record) {
        let values = std::mem::take(&mut self.values);
        let Some(spec) = self.spec.take() else { return };
        let held = if spec.many {
            Some(Held::Many(values.into()))
        } else {
            values.into_iter().next().map(Held::One)
        };
        record.values.extend(held.map(|held| (spec, held)));
    }
    fn give(&mut self, record: Option<&mut Record>) -> Result<()> {
        if let Some(record) = record {
            self.put(record);
            record.values.shrink_to_fit();
        }
        Ok(())
    }
}

/// The object of that number as this transaction sees it.
pub(crate) fn load(tx: &mut dyn Tx, id: Id) -> Result<Option<Record>> {
    let sql = format!("SELECT {OBJECT_COLUMNS} FROM directory_object WHERE id = $1");
    let Some(Some(Loaded::Live(mut record))) = tx.one(&sql, &[id.into()], object)? else { return Ok(None) };
    let mut gathered = Gathered::default();
    let sql =
        "SELECT attribute, value FROM directory_attribute WHERE object = $1 ORDER BY attribute, ordinal";
    tx.query(sql, &[id.into()], &mut |row| {
        gathered.take(Some(&mut record), row.text(0)?, row.text(1)?)?;
        Ok(Flow::More)
    })?;
    gathered.give(Some(&mut record))?;
    Ok(Some(*record))
}

/// The number of the object with that GUID.
pub(crate) fn id_of(tx: &mut dyn Tx, guid: Guid) -> Result<Option<Id>> {
    let bytes = guid.to_bytes();
    tx.one("SELECT id FROM directory_object WHERE guid = $1 AND deleted = 0", &[(&bytes).into()], |row| {
        row.int(0)
    })
}

/// The number of the object that has that GUID, or had it before it was deleted.
pub(crate) fn any_id_of(tx: &mut dyn Tx, guid: Guid) -> Result<Option<Id>> {
    let bytes = guid.to_bytes();
    tx.one("SELECT id FROM directory_object WHERE guid = $1", &[(&bytes).into()], |row| row.int(0))
}

/// The number of an object that was deleted, and when it was made.
pub(crate) fn buried(tx: &mut dyn Tx, guid: Guid) -> Result<Option<(Id, Time)>> {
    let sql = "SELECT id, created FROM directory_object WHERE guid = $1 AND deleted = 1";
    tx.one(sql, &[(&guid.to_bytes()).into()], |row| Ok((row.int(0)?, Time(row.int(1)?))))
}

/// When an object was deleted that is so.
pub(crate) fn buried_at(tx: &mut dyn Tx, guid: Guid) -> Result<Option<Time>> {
    let sql = "SELECT changed FROM directory_object WHERE guid = $1 AND deleted = 1";
    tx.one(sql, &[(&guid.to_bytes()).into()], |row| row.get(0))
}

/// Whether anything stands below an object.
pub(crate) fn has_children(tx: &mut dyn Tx, id: Id) -> Result<bool> {
    let sql = "SELECT count(*) FROM directory_object WHERE parent = $1 AND deleted = 0";
    Ok(tx.number(sql, &[id.into()])? > 0)
}

/// What stands in an object.
pub(crate) fn children(tx: &mut dyn Tx, id: Id) -> Result<Vec<Guid>> {
    let sql = "SELECT guid FROM directory_object WHERE parent = $1 AND deleted = 0";
    let found = tx.all(sql, &[id.into()], |row| Ok(Guid::of_bytes(row.bytes(0)?)))?;
    Ok(found.into_iter().flatten().collect())
}

/// Brings an object back that was deleted, with its own number: what names it by its GUID means the same one again.
pub(crate) fn revive(tx: &mut dyn Tx, record: &Record) -> Result<()> {
    let sql =
        "UPDATE directory_object SET deleted = 0, name = $2, parent = $3, changed = $4, change_number = $5
               WHERE id = $1 AND deleted = 1";
    let name = record.name.as_ref();
    let params: [Param<'_>; 5] =
        [record.id.into(), name.into(), record.parent.into(), record.changed.into(), record.number.into()];
    tx.execute(sql, &params)?;
    attributes(tx, None, record)?;
    claims(tx, None, record)?;
    links(tx, None, record)
}

/// Writes an object: its row, and of its attributes, claims and links what differs from `before`.
pub(crate) fn save(tx: &mut dyn Tx, before: Option<&Record>, after: &Record) -> Result<()> {
    match before {
        None => insert(tx, after)?,
        Some(_) => {
            let sql = "UPDATE directory_object SET name = $2, parent = $3, changed = $4, change_number = $5 WHERE id = $1";
            let (name, parent) = (after.name.as_ref(), after.parent);
            tx.execute(
                sql,
                &[after.id.into(), name.into(), parent.into(), after.changed.into(), after.number.into()],
            )?;
        }
    }
    attributes(tx, before, after)?;
    claims(tx, before, after)?;
    links(tx, before, after)
}

fn insert(tx: &mut dyn Tx, record: &Record) -> Result<()> {
    let sql = "INSERT INTO directory_object (id, guid, class, name, parent, created, changed, change_number, deleted)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0)";
    let guid = record.guid.to_bytes();
    let params: [Param<'_>; 8] = [
        record.id.into(),
        (&guid).into(),
        record.class.word().into(),
        record.name.as_ref().into(),
        record.parent.into(),
        record.created.into(),
        record.changed.into(),
        record.number.into(),
    ];
    tx.execute(sql, &params).map(drop)
}

fn attributes(tx: &mut dyn Tx, before: Option<&Record>, after: &Record) -> Result<()> {
    for (spec, _) in before.into_iter().flat_map(|record| &record.values) {
        if !after.has(spec) {
            forget_attribute(tx, after.id, spec)?;
        }
    }
    for (spec, held) in &after.values {
        let old = before.and_then(|record| record.held(spec));
        if old.is_some_and(|old| same(old, held)) {
            continue;
        }
        // What a list begins with stays: adding to a long one writes one row.
        let kept = old.map_or(0, |old| common(old, held));
        if old.is_some() {
            forget_values(tx, after.id, spec, kept)?;
        }
        write_attribute(tx, after.id, spec, held, kept)?;
    }
    Ok(())
}

/// How many values at the beginning are the same.
fn common(left: &Held, right: &Held) -> usize {
    left.values().iter().zip(right.values()).take_while(|(a, b)| equal(a, b)).count()
}

/// Whether two held values are the same in the database.
pub(crate) fn same(left: &Held, right: &Held) -> bool {
    let (left, right) = (left.values(), right.values());
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| equal(a, b))
}

/// Whether two values are the same in the database. References are compared without being written, for the sake of long lists.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left.downcast::<ObjectId>(), right.downcast::<ObjectId>()) {
        (Some(left), Some(right)) => left.guid == right.guid,
        _ => encode(left) == encode(right),
    }
}

fn forget_attribute(tx: &mut dyn Tx, id: Id, spec: &Spec) -> Result<()> {
    let sql = "DELETE FROM directory_attribute WHERE object = $1 AND attribute = $2";
    tx.execute(sql, &[id.into(), spec.name.into()]).map(drop)
}

/// Takes away the values from an ordinal on.
fn forget_values(tx: &mut dyn Tx, id: Id, spec: &Spec, from: usize) -> Result<()> {
    let sql = "DELETE FROM directory_attribute WHERE object = $1 AND attribute = $2 AND ordinal >= $3";
    tx.execute(sql, &[id.into(), spec.name.into(), (from as i64).into()]).map(drop)
}

/// Writes the values from an ordinal on.
fn write_attribute(tx: &mut dyn Tx, id: Id, spec: &Spec, held: &Held, from: usize) -> Result<()> {
    let sql = "INSERT INTO directory_attribute (object, attribute, ordinal, value) VALUES ($1, $2, $3, $4)";
    for (ordinal, value) in held.values().iter().enumerate().skip(from) {
        let text = encode(value);
        tx.execute(sql, &[id.into(), spec.name.into(), (ordinal as i64).into(), (&text).into()])?;
    }
    Ok(())
}

/// What only one object of the forest may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Claim {
    /// A proxy address of any type, or a legacyExchangeDN (as an X500 address).
    Address,
    /// A user principal name.
    PrincipalName,
    /// A SamAccountName.
    Sam,
    /// A name within its container.
    Name,
    /// A mailbox or archive in the store.
    Mailbox,
    /// An accepted domain.
    Domain,
    /// The foreign account that a linked mailbox belongs to.
    MasterAccount,
    /// An alias.
    Alias,
    /// A space of a noun's own, by its word and the property.
    Other(&'static str),
}

impl Claim {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Claim::Address => "address",
            Claim::PrincipalName => "upn",
            Claim::Sam => "sam",
            Claim::Name => "name",
            Claim::Mailbox => "mailbox",
            Claim::Domain => "domain",
            Claim::MasterAccount => "master",
            Claim::Alias => "alias",
            Claim::Other(word) => word,
        }
    }

    /// The claim of a property's space.
    fn of_word(word: &'static str) -> Claim {
        const OWN: [Claim; 8] = [
            Claim::Address,
            Claim::PrincipalName,
            Claim::Sam,
            Claim::Name,
            Claim::Mailbox,
            Claim::Domain,
            Claim::MasterAccount,
            Claim::Alias,
        ];
        OWN.into_iter().find(|claim| claim.word() == word).unwrap_or(Claim::Other(word))
    }

    /// A value as it is claimed; `None` where it claims nothing.
    fn folded(self, spec: &Spec, value: &Value) -> Option<String> {
        match self {
            // A legacyExchangeDN and an X500 address are one space: mail to either must find one recipient.
            Claim::Address if std::ptr::eq(spec, recipient::LEGACY_EXCHANGE_DN.spec()) => {
                Some(format!("x500:{}", encode(value).to_lowercase()))
            }
            Claim::Address => ProxyAddress::of_value(value).map(|address| address.folded()),
            Claim::Mailbox => {
                Guid::of_value(value).filter(|guid| *guid != Guid::EMPTY).map(|guid| guid.to_string())
            }
            // All shared and resource mailboxes belong to `SELF`.
            Claim::MasterAccount => Some(encode(value)).filter(|sid| sid != SELF_SID),
            Claim::Domain => Some(encode(value).to_lowercase().trim_start_matches("*.").to_owned()),
            _ => Some(encode(value).to_lowercase()),
        }
    }
}

/// Everything that an object claims for itself.
pub(crate) fn claims_of(record: &Record) -> BTreeSet<(Claim, String)> {
    // Configuration objects stand in containers of their class, which are no objects of their own.
    let inner = if record.class.is_configuration() { record.class.word() } else { "" };
    let place = format!("{}{inner}:{}", record.parent, record.folded_name);
    let mut claims = BTreeSet::from([(Claim::Name, place)]);
    for (spec, held) in &record.values {
        let Some(claim) = spec.unique.map(Claim::of_word) else { continue };
        claims.extend(held.values().iter().filter_map(|value| Some((claim, claim.folded(spec, value)?))));
    }
    claims
}

fn claims(tx: &mut dyn Tx, before: Option<&Record>, after: &Record) -> Result<()> {
    let (old, new) = (before.map(claims_of).unwrap_or_default(), claims_of(after));
    for (claim, value) in old.difference(&new) {
        let sql = "DELETE FROM directory_claim WHERE kind = $1 AND value = $2 AND object = $3";
        tx.execute(sql, &[claim.word().into(), value.into(), after.id.into()])?;
    }
    for (claim, value) in new.difference(&old) {
        let sql = "INSERT INTO directory_claim (kind, value, object) VALUES ($1, $2, $3)
                   ON CONFLICT (kind, value) DO NOTHING";
        if tx.execute(sql, &[claim.word().into(), value.into(), after.id.into()])? == 0 {
            let owner = owner(tx, *claim, value)?;
            return Err(taken(*claim, value, after, owner.map_or_else(String::new, |(_, name)| name)));
        }
    }
    Ok(())
}

/// The objects that have a value of an attribute and have not claimed one of that kind, oldest first.
pub(crate) fn unclaimed(tx: &mut dyn Tx, claim: Claim, attribute: &str) -> Result<Vec<(Guid, String)>> {
    let sql = "SELECT o.guid, a.value FROM directory_attribute a JOIN directory_object o ON o.id = a.object
               WHERE a.attribute = $1 AND o.deleted = 0 AND a.object NOT IN
                 (SELECT c.object FROM directory_claim c WHERE c.kind = $2) ORDER BY o.id";
    let found = tx.all(sql, &[attribute.into(), claim.word().into()], |row| {
        Ok((Guid::of_bytes(row.bytes(0)?), row.text(1)?.to_owned()))
    })?;
    Ok(found.into_iter().filter_map(|(guid, value)| Some((guid?, value))).collect())
}

/// Claims a value for an object; false where another one has it.
pub(crate) fn claim(tx: &mut dyn Tx, guid: Guid, claim: Claim, value: &str) -> Result<bool> {
    let sql = "INSERT INTO directory_claim (kind, value, object)
               SELECT $1, $2, id FROM directory_object WHERE guid = $3 AND deleted = 0
               ON CONFLICT (kind, value) DO NOTHING";
    let bytes = guid.to_bytes();
    Ok(tx.execute(sql, &[claim.word().into(), value.into(), (&bytes).into()])? > 0)
}

/// Who has claimed a value.
pub(crate) fn owner(tx: &mut dyn Tx, claim: Claim, value: &str) -> Result<Option<(Id, String)>> {
    let sql = "SELECT c.object, o.name FROM directory_claim c JOIN directory_object o ON o.id = c.object
               WHERE c.kind = $1 AND c.value = $2";
    tx.one(sql, &[claim.word().into(), value.into()], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))
}

fn taken(claim: Claim, value: &str, record: &Record, owner: String) -> Error {
    let name = record.name();
    match claim {
        Claim::Address => Error::conflict(
            ErrorId::ProxyAddressExistsException,
            format!(
                "The proxy address \"{value}\" is already being used by the proxy addresses or LegacyExchangeDN of \
                 \"{owner}\". Please choose another proxy address."
            ),
        )
        .about("EmailAddresses"),
        Claim::Alias => Error::conflict(
            ErrorId::AliasNotUnique,
            format!(
                "The value \"{value}\" of property \"Alias\" is used by another recipient object \"{owner}\". Please specify a \
                 unique value."
            ),
        )
        .help("Choose another -Alias.")
        .about("Alias"),
        Claim::PrincipalName => Error::conflict(
            ErrorId::UserPrincipalNameExists,
            format!("The user principal name \"{value}\" is already being used by \"{owner}\"."),
        )
        .help("Choose another -UserPrincipalName.")
        .about("UserPrincipalName"),
        Claim::Sam => Error::conflict(
            ErrorId::SamAccountNameExists,
            format!("The SamAccountName \"{value}\" is already being used by \"{owner}\"."),
        )
        .help("Choose another -SamAccountName.")
        .about("SamAccountName"),
        Claim::Name => Error::conflict(
            ErrorId::ADObjectAlreadyExistsException,
            format!("The name \"{name}\" is already being used in this container."),
        )
        .help("Choose another -Name; recipients of one name can stand in different organizational units.")
        .about("Name"),
        Claim::Mailbox => Error::conflict(
            ErrorId::MailboxAlreadyConnected,
            format!("The mailbox {value} already belongs to \"{owner}\"."),
        )
        .help(format!("Run Disable-Mailbox \"{owner}\" first.")),
        Claim::Domain => Error::conflict(
            ErrorId::AcceptedDomainExists,
            format!("The domain \"{value}\" is already an accepted domain, \"{owner}\"."),
        )
        .help(format!("Run Set-AcceptedDomain \"{owner}\" to change it."))
        .about("DomainName"),
        Claim::MasterAccount => Error::conflict(
            ErrorId::LinkedMasterAccountInUse,
            format!("The master account {value} already owns the mailbox of \"{owner}\"."),
        )
        .help("An account owns one linked mailbox; link the mailbox to another account.")
        .about("LinkedMasterAccount"),
        Claim::Other(space) => Error::conflict(
            ErrorId::ADObjectAlreadyExistsException,
            format!("\"{value}\" is already being used by \"{owner}\", and no two objects can share a {space}."),
        )
        .help("Choose another one."),
    }
}

/// The objects that `record` refers to, by property.
pub(crate) fn links_of(record: &Record) -> BTreeSet<(Guid, &'static str)> {
    let references = record.values.iter().filter(|(spec, _)| std::ptr::eq(spec.kind, ObjectId::KIND));
    references
        .flat_map(|(spec, held)| {
            let guids = held.values().iter().filter_map(ObjectId::of_value);
            guids.map(|id| (id.guid, spec.name)).collect::<Vec<_>>()
        })
        .collect()
}

fn links(tx: &mut dyn Tx, before: Option<&Record>, after: &Record) -> Result<()> {
    let (old, new) = (before.map(links_of).unwrap_or_default(), links_of(after));
    for (target, attribute) in old.difference(&new) {
        if let Some(target) = id_of(tx, *target)? {
            let sql = "DELETE FROM directory_link WHERE target = $1 AND object = $2 AND attribute = $3";
            tx.execute(sql, &[target.into(), after.id.into(), (*attribute).into()])?;
        }
    }
    for (guid, attribute) in new.difference(&old) {
        let target = id_of(tx, *guid)?.ok_or_else(|| dangling(after, attribute, *guid))?;
        let sql = "INSERT INTO directory_link (target, object, attribute) VALUES ($1, $2, $3)
                   ON CONFLICT (target, object, attribute) DO NOTHING";
        tx.execute(sql, &[target.into(), after.id.into(), (*attribute).into()])?;
    }
    Ok(())
}

fn dangling(record: &Record, attribute: &str, guid: Guid) -> Error {
    let message =
        format!("{attribute} of {} cannot refer to {guid}, which is not in the directory.", record.name());
    Error::not_found(ErrorId::ReferenceNotFound, message).about(attribute.to_owned())
}

/// The objects that refer to `target`, and through which property.
pub(crate) fn referring(tx: &mut dyn Tx, target: Id) -> Result<Vec<(Id, String)>> {
    let sql = "SELECT object, attribute FROM directory_link WHERE target = $1";
    tx.all(sql, &[target.into()], |row| Ok((row.int(0)?, row.text(1)?.to_owned())))
}

/// Takes an object's attributes, claims and links away and leaves its row as a tombstone, so that other nodes
/// learn of it and the GUID is never given out again.
pub(crate) fn delete(tx: &mut dyn Tx, record: &Record, number: i64, now: Time) -> Result<()> {
    for (claim, value) in claims_of(record) {
        let sql = "DELETE FROM directory_claim WHERE kind = $1 AND value = $2 AND object = $3";
        tx.execute(sql, &[claim.word().into(), (&value).into(), record.id.into()])?;
    }
    for (target, attribute) in links_of(record) {
        if let Some(target) = id_of(tx, target)? {
            let sql = "DELETE FROM directory_link WHERE target = $1 AND object = $2 AND attribute = $3";
            tx.execute(sql, &[target.into(), record.id.into(), attribute.into()])?;
        }
    }
    tx.execute("DELETE FROM directory_attribute WHERE object = $1", &[record.id.into()])?;
    let sql = "UPDATE directory_object SET deleted = 1, changed = $2, change_number = $3 WHERE id = $1";
    tx.execute(sql, &[record.id.into(), now.into(), number.into()]).map(drop)
}

/// The property specs that only the database's own tables hold.
pub(crate) fn is_secret(spec: &Spec) -> bool {
    [user::PASSWORD_HASH.spec(), user::SECOND_FACTOR.spec(), trust::CREDENTIAL_SECRET.spec()]
        .iter()
        .any(|known| std::ptr::eq(spec, *known))
}
