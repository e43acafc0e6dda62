//! Secrets: text that never shows itself, and a credential made of a name and one.

use super::kind::{Kind, PropertyType};
use crate::value::{Text, Typed};
use crate::{Error, ErrorId, Result, Value};
use std::any::Any;
use std::fmt;

/// `System.Security.SecureString`: shown only as its type name, in logs and errors too.
#[derive(Clone)]
pub struct SecureString(Text);

impl SecureString {
    /// Wraps a secret.
    pub fn new(secret: impl Into<Text>) -> SecureString {
        SecureString(secret.into())
    }
    /// The secret itself. Never put it into a log, an error or an audit record.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecureString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecureString(…)")
    }
}

impl Typed for SecureString {
    fn type_name(&self) -> Text {
        "System.Security.SecureString".into()
    }
    fn text(&self) -> String {
        "System.Security.SecureString".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn member(&self, name: &str) -> Option<Value> {
        name.eq_ignore_ascii_case("Length").then(|| (self.0.encode_utf16().count() as i32).into())
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["Length"]
    }
}

/// How secrets are read: a plain string is refused, as in Exchange.
pub static SECURE_STRING: Kind = Kind {
    name: "SecureString",
    read: read_secret,
    accepts: "a secure string, for example (ConvertTo-SecureString 'secret' -AsPlainText -Force)",
};

/// What was given stays out of the error: it may well be the password.
fn unlike(kind: &Kind) -> Error {
    Error::caller(ErrorId::InvalidValue, format!("What was given is not a valid {}.", kind.name))
        .help(format!("Write {}.", kind.accepts))
}

fn read_secret(value: &Value) -> Result<Value> {
    match value.downcast::<SecureString>() {
        Some(_) => Ok(value.clone()),
        None => Err(unlike(&SECURE_STRING)),
    }
}

impl PropertyType for SecureString {
    const KIND: &'static Kind = &SECURE_STRING;
    fn of_value(value: &Value) -> Option<SecureString> {
        value.downcast().cloned()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}

/// `System.Management.Automation.PSCredential`: a user name and a secret.
#[derive(Clone, Debug)]
pub struct Credential {
    /// The user name as given.
    pub user_name: Text,
    /// The secret.
    pub password: SecureString,
}

impl Typed for Credential {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSCredential".into()
    }
    fn text(&self) -> String {
        "System.Management.Automation.PSCredential".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "username" => Some(self.user_name.clone().into()),
            "password" => Some(Value::typed(self.password.clone())),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["UserName", "Password"]
    }
}

/// How credentials are read.
pub static CREDENTIAL: Kind = Kind {
    name: "PSCredential",
    read: read_credential,
    accepts: "a credential, for example (Get-Credential)",
};

fn read_credential(value: &Value) -> Result<Value> {
    match value.downcast::<Credential>() {
        Some(_) => Ok(value.clone()),
        None => Err(unlike(&CREDENTIAL)),
    }
}

impl PropertyType for Credential {
    const KIND: &'static Kind = &CREDENTIAL;
    fn of_value(value: &Value) -> Option<Credential> {
        value.downcast().cloned()
    }
    fn into_value(self) -> Value {
        Value::typed(self)
    }
}
