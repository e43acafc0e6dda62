//! Giving and taking rights, inside a change.

use crate::Change;
use crate::access::{AccessEntry, InheritanceType, Store};
use crate::permission::default::{Defaults, explicit, own};
use crate::record::{Record, link};
use crate::schema::permission;
use crate::user_account::SELF_SID;
use object::types::Guid;
use object::{Error, ErrorId, Result};

/// How many entries a mailbox or object can hold: what Add-MailboxPermission allows.
pub const ENTRIES_MAX: usize = 500;

/// What became of a wish to give or take a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// It is done.
    Done,
    /// There was nothing to do: it was there, or was not there.
    Already,
    /// What was to be taken comes from above, where alone it can be taken.
    Inherited,
}

impl Change<'_> {
    /// Gives or denies rights at an object. Rights of the same trustee and reach are one entry. Refused (`TooManyPermissions`)
    /// where the object would have more than [`ENTRIES_MAX`] entries.
    pub fn grant(&mut self, object: Guid, entry: &AccessEntry) -> Result<Granted> {
        self.grant_mapped(object, entry, None)
    }

    /// [`grant`](Change::grant), and with what is new the mailbox appears in a delegate's client by itself.
    pub fn grant_mapped(
        &mut self,
        object: Guid,
        entry: &AccessEntry,
        delegate: Option<Guid>,
    ) -> Result<Granted> {
        let store = entry.store;
        let mut record = self.read(object)?;
        let mut entries = explicit(store, &record);
        match entries.iter_mut().find(|known| known.joins(entry)) {
            Some(known) if known.rights | entry.rights == known.rights => return Ok(Granted::Already),
            Some(known) => known.rights |= entry.rights,
            None => entries.push(entry.clone()),
        }
        if entries.len() > ENTRIES_MAX {
            return Err(too_many(&record));
        }
        put(store, &mut record, entries);
        if let Some(delegate) = delegate {
            put_mapped(&mut record, delegate, true);
        }
        self.save(record)?;
        Ok(Granted::Done)
    }

    /// Takes rights away that were given or denied at an object; of any reach where none is named.
    pub fn revoke(
        &mut self,
        object: Guid,
        entry: &AccessEntry,
        reach: Option<InheritanceType>,
    ) -> Result<Granted> {
        let store = entry.store;
        let mut record = self.read(object)?;
        let fits = |known: &AccessEntry| {
            let same = AccessEntry { inheritance: known.inheritance, ..entry.clone() };
            known.joins(&same)
                && known.rights & entry.rights != 0
                && reach.is_none_or(|reach| known.inheritance == reach)
        };
        let mut entries = explicit(store, &record);
        let mut found = false;
        for known in entries.iter_mut().filter(|known| fits(known)) {
            known.rights &= !entry.rights;
            found = true;
        }
        if found {
            entries.retain(|known| known.rights != 0);
            put(store, &mut record, entries);
            self.save(record)?;
            return Ok(Granted::Done);
        }
        let directory = self.directory();
        let above = Defaults::of(directory).inherited(&directory.cache(), store, &record);
        Ok(if above.iter().any(fits) { Granted::Inherited } else { Granted::Already })
    }

    /// Lets a mailbox appear in somebody's client by itself, or no longer. Tells whether anything is different now.
    pub fn map(&mut self, mailbox: Guid, delegate: Guid, on: bool) -> Result<bool> {
        let mut record = self.read(mailbox)?;
        let different = put_mapped(&mut record, delegate, on);
        if different {
            self.save(record)?;
        }
        Ok(different)
    }

    /// Names the owner of a mailbox or object by the security identifier.
    pub fn set_owner(&mut self, store: Store, object: Guid, sid: &str) -> Result<bool> {
        let property = match store {
            Store::Mailbox => &permission::MAILBOX_OWNER,
            Store::Object => &permission::OBJECT_OWNER,
        };
        let mut record = self.read(object)?;
        if record.get(property).as_deref() == Some(sid) {
            return Ok(false);
        }
        record.set(property, sid.to_owned());
        self.save(record)?;
        Ok(true)
    }
}

/// Lets a mailbox appear in somebody's client, or no longer. Tells whether anything is different now.
fn put_mapped(record: &mut Record, delegate: Guid, on: bool) -> bool {
    let mut mapped = record.references(&permission::AUTO_MAPPED);
    if mapped.contains(&delegate) == on {
        return false;
    }
    mapped.retain(|known| *known != delegate);
    mapped.extend(on.then_some(delegate));
    record.set_all(&permission::AUTO_MAPPED, mapped.into_iter().map(link).collect());
    true
}

/// Keeps entries. The owner's usual ones are not stored; where the owner has none, that is.
fn put(store: Store, record: &mut Record, mut entries: Vec<AccessEntry>) {
    let is_own = |entry: &AccessEntry| &*entry.trustee == SELF_SID;
    let owners: Vec<AccessEntry> = entries.iter().filter(|entry| is_own(entry)).cloned().collect();
    if record.class().is_recipient() && owners == own(store) {
        entries.retain(|entry| !is_own(entry));
    } else if record.class().is_recipient() && owners.is_empty() {
        entries.extend(own(store).first().map(|usual| AccessEntry { rights: 0, ..usual.clone() }));
    }
    let entries = entries.into_iter().map(object::types::PropertyType::into_value);
    record.put(store.spec(), object::Value::array(entries));
}

fn too_many(record: &Record) -> Error {
    let message =
        format!("{} already has {ENTRIES_MAX} permissions, and no more can be added.", record.name());
    Error::limit(ErrorId::TooManyPermissions, message)
        .help("Give the right to a group, and make the users its members.")
}
