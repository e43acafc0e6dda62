//! Commands about the machine that the shell runs on, as scripts for Windows ask for them: what is true of this
//! machine is answered, what is not there is said in a sentence. They are commands of the shell alone.

mod connection;
mod grid;
mod process;
mod service;
mod windows;
mod wmi;

use dotnet::host::{Program, Stream};
use dotnet::{Category, Exception};
use language::{Call, CoreCommand, ErrorRecord, Run};

pub(crate) static TABLE: &[&CoreCommand] = &[
    &wmi::GET_WMI_OBJECT,
    &wmi::GET_CIM_INSTANCE,
    &service::GET_SERVICE,
    &process::GET_PROCESS,
    &connection::TEST_CONNECTION,
    &grid::OUT_GRID_VIEW,
    &windows::GET_EVENT_LOG,
    &windows::GET_WIN_EVENT,
    &windows::GET_COUNTER,
    &windows::GET_EXECUTION_POLICY,
    &windows::SET_EXECUTION_POLICY,
    &commands::MKDIR,
];

/// Short names that PowerShell has for them.
pub(crate) const ALIASES: &[(&str, &str)] = &[
    ("gwmi", "Get-WmiObject"),
    ("gcim", "Get-CimInstance"),
    ("gsv", "Get-Service"),
    ("gps", "Get-Process"),
    ("ogv", "Out-GridView"),
    ("md", "mkdir"),
];

/// The lines that a program of this machine writes; `None`: it is not there, or failed.
fn lines_of(call: &Call<'_>, program: &str, arguments: &[&str]) -> Option<Vec<String>> {
    let host = call.host();
    let path = host.program(program, "/")?;
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    let mut lines = Vec::new();
    let program = Program {
        path: &path,
        arguments: &arguments,
        folder: "/",
        input: Some(Vec::new()),
        shows_output: false,
        shows_errors: false,
    };
    let ended = host.run(program, &mut |stream, line| {
        if stream == Stream::Output {
            lines.push(line.to_owned());
        }
        true
    });
    ended.is_ok_and(|code| code == 0).then_some(lines)
}

/// A small file of the kernel.
fn kernel(call: &Call<'_>, path: &str) -> String {
    let bytes = call.host().files().read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).trim().to_owned()
}

/// The name of this machine.
fn own_name(call: &Call<'_>) -> String {
    call.host().machine_name()
}

/// Whether a computer's name is this one's.
fn is_here(call: &Call<'_>, name: &str) -> bool {
    let own = own_name(call);
    let short = name.split('.').next().unwrap_or(name);
    name == "."
        || name.is_empty()
        || name == "127.0.0.1"
        || name == "::1"
        || ["localhost", &own]
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name) || known.eq_ignore_ascii_case(short))
}

/// How often this computer is named by `-ComputerName`: once where nobody is. Of every other one an error says that it is
/// not asked.
fn here(call: &mut Call<'_>, id: &str) -> Run<usize> {
    let names = call.texts("ComputerName");
    let mut count = usize::from(names.is_empty());
    for name in names {
        match is_here(call, &name) {
            true => count += 1,
            false => call.error(elsewhere(&name, id))?,
        }
    }
    Ok(count)
}

/// The record of another computer: nothing is asked of it.
fn elsewhere(name: &str, id: &str) -> ErrorRecord {
    let message =
        format!("The RPC server is unavailable. {name} is not this computer, and only this one is asked.");
    let error = Exception::new("System.Runtime.InteropServices.COMException", message).id(id);
    ErrorRecord::new(error.category(Category::InvalidOperation)).with_target(name.into())
}
