//! What is said of a member: its name, its kind, how it is declared.

use object::Value;
use object::value::Text;

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are PowerShell's")]
pub enum MemberKind {
    AliasProperty = 1,
    Property = 4,
    NoteProperty = 8,
    ScriptProperty = 16,
    PropertySet = 32,
    Method = 64,
    ScriptMethod = 256,
    ParameterizedProperty = 512,
    MemberSet = 1024,
}

impl MemberKind {
    /// The value of `PSMemberTypes`.
    pub fn value(self) -> Value {
        Value::Enum(object::types::EnumValue { of: &crate::enums::PS_MEMBER_TYPES, number: self as i64 })
    }
    /// Whether it is some kind of property.
    pub fn is_property(self) -> bool {
        (self as i64) & 31 != 0
    }
}

/// A member of a value: its name, kind and definition as `Get-Member` shows it.
#[derive(Clone, Debug)]
pub struct MemberInfo {
    /// The name.
    pub name: Text,
    /// The kind.
    pub kind: MemberKind,
    /// The definition.
    pub definition: String,
    /// The type of the value, for properties.
    pub of: Text,
}
