//! `ConvertFrom-StringData`: lines of `name = value` as a hashtable.

use crate::declare::{Lenient as _, declare};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::value::Dictionary;

/// `ConvertFrom-StringData`.
pub(crate) static CONVERT_FROM_STRING_DATA: CoreCommand = CoreCommand::new(
    "ConvertFrom-StringData",
    "ConvertFromStringDataCommand",
    || {
        declare("ConvertFrom-StringData", "", "StringData string 0 ! |\nDelimiter string 1")
            .taking_empty("StringData")
    },
    || Box::new(Convert),
);

struct Convert;

impl Command for Convert {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("StringData").unwrap_or_default();
        let delimiter = call.text("Delimiter").and_then(|text| text.chars().next()).unwrap_or('=');
        let table = Dictionary::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some((name, value)) = line.split_once(delimiter) else { return Err(not_a_pair(line).into()) };
            let name = unescaped(name.trim());
            let key = Value::from(name.as_str());
            if table.get(&key).is_some() {
                return Err(twice(line, &name).into());
            }
            table.insert(key, unescaped(value.trim()).into());
        }
        call.write(Value::from(table))
    }
}

/// Backslash sequences, as regular expressions have them.
fn unescaped(text: &str) -> String {
    let mut made = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = if c == '\\' { rest.next() } else { None };
        match next {
            None => made.push(c),
            Some('n') => made.push('\n'),
            Some('t') => made.push('\t'),
            Some('r') => made.push('\r'),
            Some(other) => made.push(other),
        }
    }
    made
}

fn refused(id: &str, message: String) -> ErrorRecord {
    let error = Exception::new("System.Management.Automation.PSInvalidOperationException", message).id(id);
    ErrorRecord::new(error.category(Category::InvalidOperation))
}

fn not_a_pair(line: &str) -> ErrorRecord {
    refused("InvalidOperation", format!("Data line '{line}' is not in 'name=value' format."))
}

fn twice(line: &str, name: &str) -> ErrorRecord {
    refused("InvalidOperation", format!("Data item '{name}' in line '{line}' is already defined."))
}
