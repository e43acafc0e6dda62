//! A reference to a directory object: shown by name or path, always found again by GUID.

use super::guid::Guid;
use super::kind::{Kind, PropertyType};
use crate::value::{Text, Typed};
use crate::{Result, Value};
use std::any::Any;
use std::fmt;

/// A reference to a directory object. What is shown is its canonical name (`contoso.com/Users/Ann`)
/// for recipients and its name for configuration objects; comparison is by GUID.
#[derive(Clone)]
pub struct ObjectId {
    /// The GUID of the object; all zero while a reference was only read from text.
    pub guid: Guid,
    /// The name (`Ann Berg`).
    pub name: Text,
    /// The distinguished name, or empty where it is not known.
    pub distinguished_name: Text,
    /// What is shown.
    pub shown: Text,
}

impl ObjectId {
    /// A reference known only by what a person wrote; the directory resolves it.
    pub fn written(text: &str) -> ObjectId {
        ObjectId { guid: Guid::EMPTY, name: text.into(), distinguished_name: "".into(), shown: text.into() }
    }
}

impl PartialEq for ObjectId {
    fn eq(&self, other: &ObjectId) -> bool {
        if self.guid == Guid::EMPTY || other.guid == Guid::EMPTY {
            return self.shown.eq_ignore_ascii_case(&other.shown);
        }
        self.guid == other.guid
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}
impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.shown, self.guid)
    }
}

impl Typed for ObjectId {
    fn type_name(&self) -> Text {
        "Microsoft.Exchange.Data.Directory.ADObjectId".into()
    }
    fn text(&self) -> String {
        self.shown.to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "name" => self.name.clone().into(),
            "distinguishedname" => self.distinguished_name.clone().into(),
            "objectguid" => self.guid.into(),
            "parent" => {
                let parent = self.distinguished_name.split_once(',').map_or("", |(_, parent)| parent);
                Value::typed(ObjectId { distinguished_name: parent.into(), ..ObjectId::written(parent) })
            }
            "rdn" => self.distinguished_name.split(',').next().unwrap_or("").into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Rdn", "Parent", "DistinguishedName", "ObjectGuid", "Name"]
    }
}

/// How references are read: any text, to be resolved by the directory; an object gives its own.
pub static OBJECT_ID: Kind =
    Kind { name: "ADObjectId", read, accepts: "a name, distinguished name, GUID, address or alias" };

fn read(value: &Value) -> Result<Value> {
    match value {
        Value::Typed(_) if value.downcast::<ObjectId>().is_some() => Ok(value.clone()),
        Value::Object(object) => match object.get("Identity").or_else(|| object.get("DistinguishedName")) {
            Some(inner) => read(&inner),
            None => Err(OBJECT_ID.refuse(value)),
        },
        Value::Null | Value::Array(_) | Value::Dictionary(_) => Err(OBJECT_ID.refuse(value)),
        other => Ok(Value::typed(ObjectId::written(&other.to_string()))),
    }
}

impl PropertyType for ObjectId {
    const KIND: &'static Kind = &OBJECT_ID;
    fn of_value(value: &Value) -> Option<ObjectId> {
        value.downcast().cloned()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}
