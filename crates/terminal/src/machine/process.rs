//! `Get-Process`: the processes of this machine.

use super::{here, lines_of};
use commands::declare::declare;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};
use std::sync::Arc;

/// `Get-Process`.
pub(super) static GET_PROCESS: CoreCommand = CoreCommand::new(
    "Get-Process",
    "GetProcessCommand",
    || {
        declare(
            "Get-Process",
            "Name Id InputObject",
            "Name string[] @Name 0 . =ProcessName
             Id int[] @Id ! . =PID
             InputObject object[] @InputObject ! |
             ComputerName string[] . =Cn",
        )
    },
    || Box::new(GetProcess),
);

struct GetProcess;

impl Command for GetProcess {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if here(call, "System.InvalidOperationException")? == 0 {
            return Ok(());
        }
        for process in call.value("InputObject").map(Value::items).unwrap_or_default() {
            call.write(process)?;
        }
        if call.is_given("InputObject") {
            return Ok(());
        }
        let Some(lines) = lines_of(call, "ps", &["-eo", "pid=,rss=,vsz=,cputimes=,comm="]) else {
            let message = "Processes cannot be listed: ps does not answer on this machine.";
            return Err(Exception::invalid_operation(message).id("CouldNotListProcesses").into());
        };
        let known: Vec<Arc<Object>> = lines.iter().filter_map(|line| process(line)).map(Arc::new).collect();
        for number in call.value("Id").map(Value::items).unwrap_or_default() {
            match known.iter().find(|one| one.get("Id").and_then(|id| id.as_i64()) == number.as_i64()) {
                Some(found) => call.write(Value::Object(found.clone()))?,
                None => {
                    let text = format!("process identifier {number}");
                    call.error(missing(&text, &number.to_string(), "NoProcessFoundForGivenId"))?;
                }
            }
        }
        if call.is_given("Id") {
            return Ok(());
        }
        let mut names = call.texts("Name");
        if names.is_empty() {
            names.push("*".to_owned());
        }
        for name in names {
            let pattern = Wildcard::new(&name).ok();
            let fits = |one: &&Arc<Object>| {
                let held = one.get("Name").map(|name| name.to_string()).unwrap_or_default();
                pattern.as_ref().is_some_and(|pattern| pattern.matches(&held))
            };
            let found: Vec<&Arc<Object>> = known.iter().filter(fits).collect();
            if found.is_empty() && !has_wildcards(&name) {
                call.error(missing(&format!("name \"{name}\""), &name, "NoProcessFoundForGivenName"))?;
            }
            found.into_iter().try_for_each(|one| call.write(Value::Object(one.clone())))?;
        }
        Ok(())
    }
}

fn missing(what: &str, name: &str, id: &str) -> ErrorRecord {
    let message = format!(
        "Cannot find a process with the {what}. Verify the process {} and call the cmdlet again.",
        what.split(' ').next().unwrap_or("name")
    );
    let error = Exception::new("Microsoft.PowerShell.Commands.ProcessCommandException", message);
    ErrorRecord::new(error.id(id).category(Category::ObjectNotFound)).with_target(name.into())
}

/// A line of `ps`: number, kilobytes in memory, kilobytes in all, seconds of processor time, name.
fn process(line: &str) -> Option<Object> {
    let mut words = line.split_whitespace();
    let mut number = || words.next().and_then(|word| word.parse::<i64>().ok());
    let (id, resident, whole, seconds) = (number()?, number()?, number()?, number()?);
    let name = words.collect::<Vec<_>>().join(" ");
    Some(
        Object::named("System.Diagnostics.Process")
            .with("Id", Value::Int32(i32::try_from(id).ok()?))
            .with("ProcessName", name.as_str())
            .with("Name", name)
            .with("CPU", Value::Double(seconds as f64))
            .with("WS", Value::Int64(resident * 1024))
            .with("WorkingSet64", Value::Int64(resident * 1024))
            .with("VirtualMemorySize64", Value::Int64(whole * 1024)),
    )
}
