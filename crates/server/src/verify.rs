//! `mailstead verify` and `mailstead rebuild`: every invariant of a data directory, and what can be mended.

use crate::command_line;
use crate::config::Config;
use crate::data::DataDirectory;
use crate::house::{First, House};
use object::{Error, ErrorId, Result, SystemClock};
use std::process::ExitCode;
use std::sync::Arc;

/// Something that contradicts itself.
struct Finding {
    room: String,
    id: String,
    sentence: String,
    mendable: bool,
}

/// Checks everything and prints a line per fault: 0 good, 1 faults found, 2 could not run.
pub fn verify(words: &command_line::House) -> ExitCode {
    answer(open(words).and_then(|house| findings(&house)))
}

/// Makes anew what can be made anew, then checks everything.
pub fn rebuild(words: &command_line::House) -> ExitCode {
    answer(open(words).and_then(|house| {
        for database in house.mailboxes.store().databases() {
            let rebuilt = database.rebuild()?;
            let (before, after) = (rebuilt.before.len(), rebuilt.after.len());
            println!("database {}: {before} faults before, {after} left", database.guid());
        }
        findings(&house)
    }))
}

fn open(words: &command_line::House) -> Result<House> {
    let data = DataDirectory::open(&words.data)?;
    if !data.directory_file().exists() {
        return Err(Error::not_found(
            ErrorId::DataDirectoryEmpty,
            format!("No server was ever started in {}.", words.data.display()),
        )
        .help("Name the data directory with --data."));
    }
    let config = data.config(None).unwrap_or_else(|_| Config::default());
    House::open(data, &config, &First::default(), Arc::new(SystemClock))
}

fn findings(house: &House) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for one in house.mailboxes.directory().verify()? {
        found.push(finding("directory", one.id, one.sentence, one.mendable));
    }
    for database in house.mailboxes.store().databases() {
        let room = format!("database {}", database.guid());
        for one in database.verify()? {
            found.push(finding(&room, one.id, one.sentence, one.mendable));
        }
    }
    for one in house.mailboxes.verify()? {
        found.push(finding("mailboxes", one.id, one.sentence, one.mendable));
    }
    for one in house.transport.verify()? {
        found.push(finding("queue", one.id, one.sentence, false));
    }
    Ok(found)
}

fn finding(room: &str, id: &str, sentence: String, mendable: bool) -> Finding {
    Finding { room: room.to_owned(), id: id.to_owned(), sentence, mendable }
}

fn answer(found: Result<Vec<Finding>>) -> ExitCode {
    match found {
        Ok(found) if found.is_empty() => {
            println!("No faults found.");
            ExitCode::SUCCESS
        }
        Ok(found) => {
            for one in &found {
                let mend = if one.mendable { " (mailstead rebuild mends it)" } else { "" };
                println!("{}: {}: {}{mend}", one.room, one.id, one.sentence);
            }
            println!("{} faults found.", found.len());
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("mailstead: {error}");
            ExitCode::from(2)
        }
    }
}
