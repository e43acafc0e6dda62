//! What the directory knew of a mailbox when it was parted from its user; the store keeps it beside the mailbox.
//!
//! There is one form, whoever writes it: Disable-Mailbox and Remove-Mailbox, or the mending of a store that a crash
//! left behind, out of the record of changes. It holds no secrets: a password is the account's and not the mailbox's.

use super::{AdminChange, ObjectChange, PropertyChange, format};
use object::types::Guid;
use object::{Error, ErrorId, Result, Time};
use serde_json::{Value as Json, json};

/// The form that is written. Form 1 had values without what became of them.
const FORM: u64 = 2;

/// What the directory knew of a mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The user.
    pub user: Guid,
    /// How the user was shown: the path.
    pub shown: String,
    /// Who parted them.
    pub who: String,
    /// When.
    pub at: Time,
    /// The user's properties before, and after.
    pub properties: Vec<PropertyChange>,
    /// Who referred to the user, and through what.
    pub referred: Vec<Reference>,
}

/// An object that refers to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// The object.
    pub object: Guid,
    /// Its name.
    pub name: String,
    /// The property through which it refers.
    pub through: String,
}

impl Tombstone {
    /// What the entry of a change still knows of one of its objects.
    pub(super) fn of(change: &AdminChange, user: &ObjectChange) -> Tombstone {
        let gone = user.object.to_string();
        let lost = |one: &&PropertyChange| one.before.contains(&gone) && !one.after.contains(&gone);
        let others = change.objects.iter().filter(|other| other.object != user.object);
        let referred = others.flat_map(|other| {
            let through = other.properties.iter().filter(lost);
            through.map(|through| Reference {
                object: other.object,
                name: other.shown.clone(),
                through: through.name.clone(),
            })
        });
        Tombstone {
            user: user.object,
            shown: user.shown.clone(),
            who: change.author.who.to_string(),
            at: change.at,
            properties: user.properties.clone(),
            referred: referred.collect(),
        }
    }

    /// The bytes that the store keeps.
    pub fn to_bytes(&self) -> Vec<u8> {
        let referred: Vec<Json> = self
            .referred
            .iter()
            .map(|one| json!({"object": one.object.to_string(), "name": one.name, "through": one.through}))
            .collect();
        let json = json!({
            "v": FORM, "user": self.user.to_string(), "shown": self.shown, "who": self.who, "at": self.at.0,
            "set": format::set(&self.properties), "referred": referred,
        });
        json.to_string().into_bytes()
    }

    /// Reads what [`to_bytes`](Tombstone::to_bytes) wrote.
    pub fn parse(bytes: &[u8]) -> Result<Tombstone> {
        let json: Option<Json> = serde_json::from_slice(bytes).ok().filter(|json: &Json| json["v"] == FORM);
        json.as_ref().and_then(read).ok_or_else(|| {
            Error::server(ErrorId::AttributeDamaged, "The tombstone of the mailbox cannot be read.")
        })
    }

    /// The values that a property had before.
    pub fn before(&self, property: &str) -> &[String] {
        let found = self.properties.iter().find(|one| one.name == property);
        found.map_or(&[], |one| &one.before)
    }
}

fn read(json: &Json) -> Option<Tombstone> {
    let reference = |one: &Json| {
        let text = |key: &str| one[key].as_str().map(str::to_owned);
        Some(Reference {
            object: Guid::parse(one["object"].as_str()?)?,
            name: text("name")?,
            through: text("through")?,
        })
    };
    Some(Tombstone {
        user: Guid::parse(json["user"].as_str()?)?,
        shown: json["shown"].as_str()?.to_owned(),
        who: json["who"].as_str()?.to_owned(),
        at: Time(json["at"].as_i64()?),
        properties: format::read_set(&json["set"])?,
        referred: json["referred"].as_array()?.iter().map(reference).collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let alias = PropertyChange { name: "Alias".into(), before: vec!["ann".into()], after: Vec::new() };
        let group = Reference { object: Guid::random(), name: "Sales".into(), through: "Members".into() };
        let tombstone = Tombstone {
            user: Guid::random(),
            shown: "contoso.com/Users/Ann".into(),
            who: "CONTOSO\\Administrator".into(),
            at: Time::of_date(2026, 11, 21),
            properties: vec![alias],
            referred: vec![group],
        };
        assert_eq!(Tombstone::parse(&tombstone.to_bytes()).unwrap(), tombstone);
        assert_eq!(tombstone.before("Alias"), ["ann"]);
        assert_eq!(Tombstone::parse(b"{\"version\":1}").unwrap_err().id(), "AttributeDamaged");
    }
}
