//! Programs of the machine as commands: found on the path, given words and lines, answering lines and a
//! code in `$LASTEXITCODE`.

use super::halt::Run;
use super::session::Session;
use super::sink::Sink;
use super::stage::Stage;
use super::streams::{ERROR, Route};
use super::values;
use crate::run::ErrorRecord;
use dotnet::host::Program;
use dotnet::{Category, Exception};
use gate::bind::Argument;
use object::Value;

/// A program in a pipeline. It runs when all that is piped into it has come.
pub(super) struct ProgramStage {
    path: String,
    arguments: Vec<String>,
    input: Option<Vec<Value>>,
}

impl ProgramStage {
    pub(super) fn new(
        session: &Session,
        path: String,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> ProgramStage {
        let arguments = arguments.into_iter().flat_map(|argument| words(session, argument)).collect();
        ProgramStage { path, arguments, input: piped.then(Vec::new) }
    }

    /// The text of what was piped in: lines as they are, other objects as the console shows them.
    fn input_text(&mut self, session: &mut Session) -> Run<Option<Vec<u8>>> {
        let Some(values) = self.input.take() else { return Ok(None) };
        let lines = match values.iter().all(|value| matches!(dotnet::values::base(value), Value::String(_))) {
            true => values,
            false => session.shown_lines(values)?,
        };
        let text: String = lines.iter().map(|line| format!("{}\n", session.to_text(line))).collect();
        Ok(Some(text.into_bytes()))
    }
}

/// An argument as the words that a program gets.
fn words(session: &Session, argument: Argument) -> Vec<String> {
    match argument {
        Argument::Positional(value) => values::walk(value).iter().map(|item| session.to_text(item)).collect(),
        Argument::Named { name, value: None, dash, .. } => vec![format!("{dash}{name}")],
        Argument::Named { name, value: Some(value), dash, .. } => {
            vec![format!("{dash}{name}:{}", session.to_text(&value))]
        }
    }
}

impl Stage for ProgramStage {
    fn begin(&mut self, _: &mut Session, _: &mut dyn Sink) -> Run {
        Ok(())
    }
    fn process(&mut self, _: &mut Session, input: Option<Value>, _: &mut dyn Sink) -> Run {
        if let (Some(kept), Some(input)) = (&mut self.input, input) {
            kept.push(input);
        }
        Ok(())
    }
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        let input = self.input_text(session)?;
        let shown = out.is_console();
        if shown {
            session.end_console()?;
        }
        let host = session.host().clone();
        let folder = session.location().to_owned();
        let program = Program {
            path: &self.path,
            arguments: &self.arguments,
            folder: &folder,
            input,
            shows_output: shown,
            shows_errors: session.routes.to[ERROR] == Route::Console,
        };
        let mut halted = Ok(());
        let code = host.run(program, &mut |stream, line| {
            let taken = match stream {
                dotnet::host::Stream::Error => {
                    let record = spoken(line);
                    session.emit(ERROR, record.value(), |_| {});
                    Ok(())
                }
                _ => out.write(session, line.into()),
            };
            let goes_on = taken.is_ok();
            if halted.is_ok() {
                halted = taken;
            }
            goes_on
        });
        let code = code.map_err(|error| not_run(&self.path, &error))?;
        session.set_global("LASTEXITCODE", code.into());
        if code != 0 {
            session.failed = true;
        }
        halted
    }
}

/// A line that a program wrote among its errors.
fn spoken(line: &str) -> ErrorRecord {
    let exception =
        Exception::new("System.Management.Automation.RemoteException", line).category(Category::NotSpecified);
    ErrorRecord::new(exception).with_id("NativeCommandErrorMessage")
}

fn not_run(path: &str, error: &std::io::Error) -> Exception {
    let message = format!("Program '{path}' failed to run: {error}.");
    Exception::new("System.Management.Automation.ApplicationFailedException", message)
        .id("NativeCommandFailed")
        .category(Category::ResourceUnavailable)
}
