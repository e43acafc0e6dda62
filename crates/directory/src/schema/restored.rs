//! The noun of what `Connect-Mailbox -RestoreSettings` says: one setting, and whether it came back.

use super::properties;
use object::Noun;

properties! {
    SETTING: String = "Setting", "The setting: a property of the mailbox, or a property of another object that names it.", read_only();
    VALUE: String = "Value", "The value, or one of several.", read_only();
    RESTORED: bool = "Restored", "Whether it is as it was.", read_only();
    REASON: String = "Reason", "Why it could not come back.", read_only();
}

/// A setting of a mailbox that was connected again.
pub static RESTORED_SETTING: Noun = Noun {
    name: "RestoredSetting",
    type_name: "Mailstead.RestoredSetting",
    summary: "A setting of a mailbox, and whether it came back with it.",
    properties: &[&SETTING, &VALUE, &RESTORED, &REASON],
    table: &[&SETTING, &VALUE, &RESTORED, &REASON],
};
