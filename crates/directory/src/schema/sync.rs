//! The noun of `Test-DirectorySyncReadiness`: a value that is in the way of a synchronisation.

use super::properties;
use object::Noun;
use object::types::{ObjectId, RecipientTypeDetails};

properties! {
    IDENTITY: ObjectId = "Identity", "The object.", read_only();
    DETAILS: RecipientTypeDetails = "RecipientTypeDetails", "What kind of recipient it is.", read_only();
    DISTINGUISHED_NAME: String = "DistinguishedName", "The distinguished name of the object.", read_only();
    OBJECT_CLASS: String = "ObjectClass", "The class of the object.", read_only();
    ATTRIBUTE: String = "Attribute", "The attribute, by its name in the directory.", read_only();
    RULE: String = "Rule", "What is wrong with the value, in one word.", read_only();
    VALUE: String = "Value", "The value; empty where it is missing.", read_only();
    SUGGESTED: String = "SuggestedValue", "What would do; nothing where a person has to decide.", read_only();
    SEVERITY: String = "Severity", "Error, or Information where it is only worth knowing.", read_only();
    REASON: String = "Reason", "What the rule says, in a sentence.", read_only();
    FIXABLE: bool = "Fixable", "Whether -Fix can put it right without anything being lost.", read_only();
    FIXED: bool = "Fixed", "Whether -Fix has put it right.", read_only();
}

/// Something that is in the way of a synchronisation.
pub static DIRECTORY_SYNC_READINESS: Noun = Noun {
    name: "DirectorySyncReadiness",
    type_name: "Mailstead.DirectorySyncFinding",
    summary: "A value that is in the way of a synchronisation with a cloud directory.",
    properties: &[
        &IDENTITY,
        &DETAILS,
        &DISTINGUISHED_NAME,
        &OBJECT_CLASS,
        &ATTRIBUTE,
        &RULE,
        &VALUE,
        &SUGGESTED,
        &SEVERITY,
        &REASON,
        &FIXABLE,
        &FIXED,
    ],
    table: &[&IDENTITY, &ATTRIBUTE, &RULE, &VALUE, &SUGGESTED],
};
