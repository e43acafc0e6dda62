//! `Get-History` and `Invoke-History`: the lines that were typed in this session.

use crate::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Halt, Run};
use object::{Object, Value};

/// `Get-History`.
pub(crate) static GET_HISTORY: CoreCommand = CoreCommand::new(
    "Get-History",
    "GetHistoryCommand",
    || declare("Get-History", "", "Id long[] 0 |\nCount int 1"),
    || Box::new(GetHistory),
);

struct GetHistory;

impl Command for GetHistory {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let ids: Vec<i64> =
            call.value("Id").map(Value::items).unwrap_or_default().iter().filter_map(Value::as_i64).collect();
        let lines = call.session().history().to_vec();
        let wanted = |id: i64| ids.is_empty() || ids.contains(&id);
        let mut found: Vec<(i64, String)> =
            (1..).zip(lines).filter(|(id, _)| wanted(*id)).map(|(id, line)| (id, line.to_string())).collect();
        if let Some(count) = call.number("Count").and_then(|count| usize::try_from(count).ok()) {
            found.drain(..found.len().saturating_sub(count));
        }
        for id in ids.iter().filter(|id| !found.iter().any(|(known, _)| known == *id)) {
            let message = format!("Cannot locate history for Id {id}.");
            let missing = Exception::new("System.ArgumentException", message)
                .id("GetHistoryNoHistoryForId")
                .category(Category::ObjectNotFound)
                .target(*id);
            call.error(missing)?;
        }
        found.into_iter().try_for_each(|(id, line)| call.write(entry(id, &line)))
    }
}

fn entry(id: i64, line: &str) -> Value {
    Object::named("Microsoft.PowerShell.Commands.HistoryInfo")
        .with("Id", id)
        .with("CommandLine", line)
        .with("ExecutionStatus", "Completed")
        .into()
}

/// `Invoke-History`.
pub(crate) static INVOKE_HISTORY: CoreCommand = CoreCommand::new(
    "Invoke-History",
    "InvokeHistoryCommand",
    || declare("Invoke-History", "", "Id string 0 ."),
    || Box::new(InvokeHistory),
);

struct InvokeHistory;

/// Under which name a session keeps the lines that `Invoke-History` runs at the moment.
const RUNNING: &str = "Invoke-History";

impl Command for InvokeHistory {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let lines = call.session().history().to_vec();
        let line = match call.text("Id") {
            None => lines.last().cloned().ok_or_else(|| {
                missing("Cannot locate most recent history.", "InvokeHistoryNoLastHistoryEntryFound")
                    .category(Category::InvalidOperation)
            }),
            // A number is an id, anything else the beginning of a line.
            Some(wanted) => {
                let at = wanted.parse::<usize>().ok().and_then(|id| id.checked_sub(1));
                let found = match at {
                    Some(at) => lines.get(at).cloned(),
                    None => lines.iter().rev().find(|line| line.starts_with(&wanted)).cloned(),
                };
                found.ok_or_else(|| {
                    missing(
                        &format!("Cannot locate the history for command line {wanted}."),
                        "InvokeHistoryNoHistoryForCommandline",
                    )
                    .category(Category::ObjectNotFound)
                    .target(wanted.as_str())
                })
            }
        };
        let line = line?;
        // A line that calls itself back would never end.
        let mut running = call.session().kept(RUNNING).items();
        if running.iter().any(|known| known.as_str() == Some(&*line)) {
            let message = "The Invoke-History cmdlet is getting called in a loop.";
            return Err(Halt::from(ErrorRecord::new(
                missing(message, "InvokeHistoryLoopDetected").category(Category::InvalidOperation),
            )));
        }
        let before = Value::array(running.clone());
        running.push(Value::from(&*line));
        call.session().keep(RUNNING, Value::array(running));
        let block = call.session().parse_block(&line).map_err(|error| Halt::from(ErrorRecord::new(error)));
        let ended = block.and_then(|block| call.run_dotted(&block));
        call.session().keep(RUNNING, before);
        ended
    }
}

fn missing(message: &str, id: &str) -> Exception {
    Exception::invalid_operation(message).id(id)
}
