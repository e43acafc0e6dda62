//! The core commands: what scripts call that is neither mail nor language.
//!
//! One file a command (or a family that shares its work); each gives a static [`CoreCommand`], and
//! `TABLE` lists them. To add one, copy `random.rs` and add a line here.

mod add_type;
mod aliases;
mod alike;
mod breakpoint;
mod clixml;
mod compare;
mod content;
mod csv;
mod date;
pub mod declare;
mod drive_items;
mod drives;
mod encoding;
mod file_hash;
mod filter;
mod format;
mod group;
mod help;
mod hex;
mod history;
mod host;
mod html;
mod invoke;
mod item;
mod item_property;
mod job;
mod join_string;
mod json;
mod last_error;
mod localized_data;
mod measure;
mod member;
mod message;
mod missing;
mod module;
mod new_object;
mod output;
mod path;
mod prompt;
mod property;
mod random;
mod search;
mod secure_string;
mod select;
mod select_xml;
mod send_mail;
mod sort;
mod standing_module;
mod string_data;
mod temporary_file;
mod time_zone;
mod to_xml;
mod transcript;
mod type_data;
mod variable;
mod verb;
mod walk;
mod web;

pub use item::MKDIR;
use language::{CommandTable, CoreCommand};
pub use standing_module::keep_standing;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

/// All core commands.
static TABLE: &[&CoreCommand] = &[
    &filter::WHERE_OBJECT,
    &walk::FOR_EACH_OBJECT,
    &select::SELECT_OBJECT,
    &sort::SORT_OBJECT,
    &sort::GET_UNIQUE,
    &measure::MEASURE_OBJECT,
    &measure::MEASURE_COMMAND,
    &group::GROUP_OBJECT,
    &compare::COMPARE_OBJECT,
    &format::FORMAT_TABLE,
    &format::FORMAT_LIST,
    &format::FORMAT_WIDE,
    &format::FORMAT_CUSTOM,
    &output::OUT_DEFAULT,
    &output::OUT_HOST,
    &output::OUT_NULL,
    &output::OUT_STRING,
    &output::OUT_FILE,
    &output::TEE_OBJECT,
    &csv::IMPORT_CSV,
    &csv::EXPORT_CSV,
    &csv::CONVERT_TO_CSV,
    &csv::CONVERT_FROM_CSV,
    &html::CONVERT_TO_HTML,
    &clixml::EXPORT_CLIXML,
    &clixml::IMPORT_CLIXML,
    &clixml::CONVERT_TO_CLIXML,
    &clixml::CONVERT_FROM_CLIXML,
    &to_xml::CONVERT_TO_XML,
    &transcript::START_TRANSCRIPT,
    &transcript::STOP_TRANSCRIPT,
    &json::CONVERT_TO_JSON,
    &json::CONVERT_FROM_JSON,
    &join_string::JOIN_STRING,
    &string_data::CONVERT_FROM_STRING_DATA,
    &type_data::UPDATE_TYPE_DATA,
    &type_data::REMOVE_TYPE_DATA,
    &type_data::GET_TYPE_DATA,
    &message::WRITE_HOST,
    &message::WRITE_OUTPUT,
    &message::WRITE_WARNING,
    &message::WRITE_VERBOSE,
    &message::WRITE_DEBUG,
    &message::WRITE_INFORMATION,
    &message::WRITE_ERROR,
    &message::WRITE_PROGRESS,
    &message::START_SLEEP,
    &prompt::READ_HOST,
    &prompt::GET_CREDENTIAL,
    &secure_string::CONVERT_TO_SECURE_STRING,
    &secure_string::CONVERT_FROM_SECURE_STRING,
    &send_mail::SEND_MAIL_MESSAGE,
    &web::INVOKE_WEB_REQUEST,
    &web::INVOKE_REST_METHOD,
    &add_type::ADD_TYPE,
    &select_xml::SELECT_XML,
    &item_property::GET_ITEM_PROPERTY,
    &item_property::SET_ITEM_PROPERTY,
    &item_property::NEW_ITEM_PROPERTY,
    &item_property::REMOVE_ITEM_PROPERTY,
    &localized_data::IMPORT_LOCALIZED_DATA,
    &breakpoint::SET_PSBREAKPOINT,
    &breakpoint::GET_PSBREAKPOINT,
    &breakpoint::REMOVE_PSBREAKPOINT,
    &job::START_JOB,
    &job::GET_JOB,
    &job::RECEIVE_JOB,
    &job::WAIT_JOB,
    &job::STOP_JOB,
    &job::REMOVE_JOB,
    &prompt::PAUSE,
    &content::GET_CONTENT,
    &content::SET_CONTENT,
    &content::ADD_CONTENT,
    &content::CLEAR_CONTENT,
    &path::TEST_PATH,
    &path::JOIN_PATH,
    &path::SPLIT_PATH,
    &path::RESOLVE_PATH,
    &path::CONVERT_PATH,
    &file_hash::GET_FILE_HASH,
    &drives::SET_ITEM,
    &drive_items::CLEAR_ITEM,
    &drives::GET_PSDRIVE,
    &drives::GET_PSPROVIDER,
    &temporary_file::NEW_TEMPORARY_FILE,
    &hex::FORMAT_HEX,
    &verb::GET_VERB,
    &time_zone::GET_TIME_ZONE,
    &last_error::GET_ERROR,
    &drives::NEW_PSDRIVE,
    &drives::REMOVE_PSDRIVE,
    &path::GET_LOCATION,
    &path::SET_LOCATION,
    &path::PUSH_LOCATION,
    &path::POP_LOCATION,
    &item::GET_ITEM,
    &item::GET_CHILD_ITEM,
    &item::NEW_ITEM,
    &item::REMOVE_ITEM,
    &item::COPY_ITEM,
    &item::MOVE_ITEM,
    &item::RENAME_ITEM,
    &date::GET_DATE,
    &date::NEW_TIME_SPAN,
    &new_object::NEW_OBJECT,
    &member::ADD_MEMBER,
    &member::GET_MEMBER,
    &help::GET_COMMAND,
    &help::GET_HELP,
    &help::GET_ALIAS,
    &help::SET_ALIAS,
    &help::NEW_ALIAS,
    &variable::GET_VARIABLE,
    &variable::SET_VARIABLE,
    &variable::NEW_VARIABLE,
    &variable::REMOVE_VARIABLE,
    &variable::CLEAR_VARIABLE,
    &json::TEST_JSON,
    &random::GET_RANDOM,
    &invoke::INVOKE_EXPRESSION,
    &invoke::INVOKE_COMMAND,
    &invoke::SET_STRICT_MODE,
    &host::GET_CULTURE,
    &host::GET_UI_CULTURE,
    &host::GET_HOST,
    &host::GET_PS_CALL_STACK,
    &host::CLEAR_HOST,
    &host::NEW_GUID,
    &search::SELECT_STRING,
    &history::GET_HISTORY,
    &history::INVOKE_HISTORY,
    &module::NEW_MODULE,
    &module::IMPORT_MODULE,
    &module::EXPORT_MODULE_MEMBER,
    &module::GET_MODULE,
    &module::REMOVE_MODULE,
];

static BY_NAME: LazyLock<HashMap<String, &'static CoreCommand>> =
    LazyLock::new(|| TABLE.iter().map(|command| (command.name.to_ascii_lowercase(), *command)).collect());

/// The core commands, for a session.
pub fn table() -> Arc<dyn CommandTable> {
    Arc::new(Core)
}

struct Core;

impl CommandTable for Core {
    fn find(&self, name: &str) -> Option<&'static CoreCommand> {
        BY_NAME.get(&name.to_ascii_lowercase()).copied()
    }
    fn alias(&self, name: &str) -> Option<&'static str> {
        aliases::ALL.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name)).map(|(_, command)| *command)
    }
    fn alias_is_read_only(&self, name: &str) -> bool {
        aliases::READ_ONLY.iter().any(|known| known.eq_ignore_ascii_case(name))
    }
    fn names(&self) -> Vec<&'static str> {
        TABLE.iter().map(|command| command.name).collect()
    }
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        aliases::ALL.to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_found_and_declares_each_parameter_once() {
        for command in TABLE {
            assert!(Core.find(&command.name.to_uppercase()).is_some());
            let signature = command.signature();
            for (at, formal) in signature.formals.iter().enumerate() {
                let twice = signature.formals[at + 1..].iter().any(|other| other.is_called(&formal.name));
                assert!(!twice, "{} has -{} twice", command.name, formal.name);
            }
        }
        for (at, (alias, _)) in aliases::ALL.iter().enumerate() {
            assert!(!aliases::ALL[at + 1..].iter().any(|(other, _)| other == alias), "{alias} stands twice");
        }
    }
}
