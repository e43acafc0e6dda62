//! The property bag of an item: typed values under numbers or names, for what mail has no field for (appointments,
//! contacts, clients' own marks), as MAPI keeps them. [MS-OXPROPS 1.3] [MS-OXCPRPT 1.3]

use db::{Param, Row, Tx};
use object::types::Guid;
use object::{Error, ErrorId, Result, Time};

use crate::folder::{Folder, FolderId};
use crate::item::{self, ItemId};
use crate::mailbox::Mailbox;
use crate::state::State;

/// The largest value of a property: what is larger belongs into the body.
pub const PROPERTY_BYTES_MAX: usize = 4 << 20;
/// How many properties an item has; real ones have some hundred.
pub const PROPERTIES_MAX: usize = 2_000;
/// Named properties get numbers from here on, per mailbox. [MS-OXCDATA 2.9]
const NAMED_FROM: i64 = 0x8000;
/// And up to here. [MS-OXCDATA 2.9]
const NAMED_TO: i64 = 0xFFFE;
/// The longest name of a named property, in bytes.
const NAME_BYTES_MAX: usize = 512;

/// What a property is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PropertyKey {
    /// By a number below 0x8000, which means the same everywhere.
    Tag(u16),
    /// By a name within a set.
    Named(Guid, String),
}

/// What a property holds.
#[derive(Clone, Debug, PartialEq)]
pub enum PropertyValue {
    /// A whole number.
    Int(i64),
    /// A truth.
    Bool(bool),
    /// A number with a fraction.
    Real(f64),
    /// A moment.
    Time(Time),
    /// A GUID.
    Guid(Guid),
    /// Text.
    Text(String),
    /// Bytes.
    Bytes(Vec<u8>),
    /// Several texts.
    Texts(Vec<String>),
}

impl Mailbox {
    /// The properties of an item.
    pub fn properties(&self, folder: FolderId, uid: u32) -> Result<Vec<(PropertyKey, PropertyValue)>> {
        self.database.read(|tx| {
            Folder::load(tx, self.id, folder)?;
            let item = item::load(tx, folder, uid)?;
            let sql = "SELECT p.id, p.kind, p.number, p.fraction, p.bytes, n.space, n.name FROM property p
                       LEFT JOIN property_name n ON n.mailbox = $2 AND n.id = p.id WHERE p.item = $1 ORDER BY p.id";
            tx.all(sql, &[item.id.0.into(), self.id.into()], |row| Ok((key(row)?, value(row)?)))
        })
    }

    /// Sets properties of an item, or takes them away (`None`); the item counts as changed.
    pub fn set_properties(
        &self,
        folder: FolderId,
        uid: u32,
        changes: Vec<(PropertyKey, Option<PropertyValue>)>,
    ) -> Result<()> {
        changes.iter().try_for_each(|(key, value)| check(key, value.as_ref()))?;
        self.database.write_mailbox(self.id, move |tx, ledger| {
            State::connected(&ledger.numbers)?;
            ledger.folder(tx, folder)?;
            let mut item = item::load(tx, folder, uid)?;
            for (key, value) in &changes {
                set(tx, ledger.numbers.id, item.id, key, value.as_ref())?;
            }
            let count = tx.number("SELECT count(*) FROM property WHERE item = $1", &[item.id.0.into()])?;
            if count as usize > PROPERTIES_MAX {
                let message = format!("An item has at most {PROPERTIES_MAX} properties.");
                return Err(Error::limit(ErrorId::TooManyProperties, message));
            }
            let (flags, keywords) = (item.flags, item.keywords.clone());
            ledger.mark(tx, &mut item, flags, keywords)
        })
    }
}

fn check(key: &PropertyKey, value: Option<&PropertyValue>) -> Result<()> {
    let bad = match key {
        PropertyKey::Tag(tag) => *tag == 0 || i64::from(*tag) >= NAMED_FROM,
        PropertyKey::Named(_, name) => name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains('\0'),
    };
    if bad {
        return Err(Error::caller(
            ErrorId::PropertyKeyInvalid,
            "That cannot be the number or name of a property.",
        ));
    }
    let size = match value {
        Some(PropertyValue::Text(text)) => text.len(),
        Some(PropertyValue::Bytes(bytes)) => bytes.len(),
        Some(PropertyValue::Texts(texts)) => texts.iter().map(|text| text.len() + 4).sum(),
        _ => 0,
    };
    if size > PROPERTY_BYTES_MAX {
        let message = format!("A property holds at most {PROPERTY_BYTES_MAX} bytes; this one has {size}.");
        return Err(Error::limit(ErrorId::PropertyTooBig, message));
    }
    Ok(())
}

pub(crate) fn set(
    tx: &mut dyn Tx,
    mailbox: i64,
    item: ItemId,
    key: &PropertyKey,
    value: Option<&PropertyValue>,
) -> Result<()> {
    let id = number(tx, mailbox, key)?;
    let Some(value) = value else {
        let sql = "DELETE FROM property WHERE item = $1 AND id = $2";
        return tx.execute(sql, &[item.0.into(), id.into()]).map(drop);
    };
    let (kind, number, fraction, bytes) = kept(value);
    let sql = "INSERT INTO property (item, id, kind, number, fraction, bytes) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (item, id) DO UPDATE SET kind = excluded.kind, number = excluded.number,
                 fraction = excluded.fraction, bytes = excluded.bytes";
    let params: [Param<'_>; 6] =
        [item.0.into(), id.into(), kind.into(), number.into(), fraction.into(), bytes.as_ref().into()];
    tx.execute(sql, &params).map(drop)
}

/// The number of a property in this mailbox; a new name gets the next one.
fn number(tx: &mut dyn Tx, mailbox: i64, key: &PropertyKey) -> Result<i64> {
    let (space, name) = match key {
        PropertyKey::Tag(tag) => return Ok(i64::from(*tag)),
        PropertyKey::Named(space, name) => (space.to_bytes(), name),
    };
    let sql = "SELECT id FROM property_name WHERE mailbox = $1 AND space = $2 AND name = $3";
    if let Some(known) = tx.one(sql, &[mailbox.into(), (&space).into(), name.into()], |row| row.int(0))? {
        return Ok(known);
    }
    let sql = "SELECT max(id) FROM property_name WHERE mailbox = $1";
    let last: Option<i64> = tx.one(sql, &[mailbox.into()], |row| row.get(0))?.flatten();
    let id = last.map_or(NAMED_FROM, |last| last + 1);
    if id > NAMED_TO {
        return Err(Error::limit(
            ErrorId::TooManyNamedProperties,
            "The mailbox has used up its named properties.",
        ));
    }
    let sql = "INSERT INTO property_name (mailbox, id, space, name) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, &[mailbox.into(), id.into(), (&space).into(), name.into()])?;
    Ok(id)
}

type Kept = (i64, Option<i64>, Option<f64>, Option<Vec<u8>>);

fn kept(value: &PropertyValue) -> Kept {
    match value {
        PropertyValue::Int(value) => (1, Some(*value), None, None),
        PropertyValue::Bool(value) => (2, Some(i64::from(*value)), None, None),
        PropertyValue::Real(value) => (3, None, Some(*value), None),
        PropertyValue::Time(value) => (4, Some(value.0), None, None),
        PropertyValue::Guid(value) => (5, None, None, Some(value.to_bytes().to_vec())),
        PropertyValue::Text(value) => (6, None, None, Some(value.clone().into_bytes())),
        PropertyValue::Bytes(value) => (7, None, None, Some(value.clone())),
        PropertyValue::Texts(value) => (8, None, None, Some(pack(value))),
    }
}

/// Each text behind its length.
fn pack(texts: &[String]) -> Vec<u8> {
    let mut packed = Vec::new();
    for text in texts {
        packed.extend((text.len() as u32).to_be_bytes());
        packed.extend(text.as_bytes());
    }
    packed
}

fn unpack(mut packed: &[u8]) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    while let Some((length, rest)) = packed.split_first_chunk::<4>() {
        let length = u32::from_be_bytes(*length) as usize;
        texts.push(String::from_utf8(rest.get(..length)?.to_vec()).ok()?);
        packed = &rest[length..];
    }
    packed.is_empty().then_some(texts)
}

fn key(row: &Row<'_>) -> Result<PropertyKey> {
    let id = row.int(0)?;
    if id < NAMED_FROM {
        return Ok(PropertyKey::Tag(id as u16));
    }
    Ok(PropertyKey::Named(crate::row::guid(row, 5)?, row.get(6)?))
}

fn value(row: &Row<'_>) -> Result<PropertyValue> {
    let damaged = || Error::server(ErrorId::PropertyDamaged, "A property of the item is damaged.");
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).map_err(|_| damaged());
    Ok(match row.int(1)? {
        1 => PropertyValue::Int(row.int(2)?),
        2 => PropertyValue::Bool(row.bool(2)?),
        3 => PropertyValue::Real(row.real(3)?),
        4 => PropertyValue::Time(Time(row.int(2)?)),
        5 => PropertyValue::Guid(crate::row::guid(row, 4)?),
        6 => PropertyValue::Text(text(row.bytes(4)?)?),
        7 => PropertyValue::Bytes(row.get(4)?),
        8 => PropertyValue::Texts(unpack(row.bytes(4)?).ok_or_else(damaged)?),
        _ => return Err(damaged()),
    })
}

/// A copy has the same properties.
pub(crate) fn copy(tx: &mut dyn Tx, from: ItemId, to: ItemId) -> Result<()> {
    let sql = "INSERT INTO property (item, id, kind, number, fraction, bytes)
               SELECT CAST($2 AS BIGINT), id, kind, number, fraction, bytes FROM property WHERE item = $1";
    tx.execute(sql, &[from.0.into(), to.0.into()]).map(drop)
}

pub(crate) fn forget(tx: &mut dyn Tx, item: ItemId) -> Result<()> {
    tx.execute("DELETE FROM property WHERE item = $1", &[item.0.into()]).map(drop)
}
