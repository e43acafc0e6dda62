//! Cmdlets that run elsewhere as stages of a pipeline: one invocation each, through which piped objects stream.

use super::error::ErrorRecord;
use super::filter;
use super::halt::{Halt, Run, Why};
use super::parameter;
use super::scope::Block;
use super::session::Session;
use super::sink::Sink;
use super::stage::Stage;
use dotnet::host::{Choice, Progress, Stream};
use gate::bind::{Binder, Reading};
use gate::{Answer, Changes, Channel, Formal, Impact, Invocation, Prompt, Remote, Report};
use object::types::is_of_active_directory;
use object::types::kinds;
use object::value::Text;
use object::{Result, Value};

/// How arguments of a remote cmdlet are read here: hardly at all; the gate that runs it reads them.
pub(super) struct RemoteReading<'a> {
    pub(super) session: &'a mut Session,
    pub(super) name: Text,
    pub(super) presets: Option<Vec<(String, Value)>>,
}

impl Reading for RemoteReading<'_> {
    fn as_it_is(&mut self, _: usize, formal: &Formal, value: &Value) -> Option<Value> {
        // A text has to become an identity first: what takes texts at the same place comes before.
        if matches!(value, Value::String(_)) && formal.type_name.ends_with("IdParameter") {
            return None;
        }
        let on = || Value::Bool(dotnet::compare::truth(value));
        // A switch is a word of this shell alone: what is sent is the boolean.
        let mut plain = || match value {
            Value::Object(object) if object.as_written().is_some() => {
                match std::ptr::eq(formal.kind, &kinds::STRING) {
                    true => Value::from(object.to_string()),
                    false => dotnet::values::base(value).clone(),
                }
            }
            Value::Typed(_) => dotnet::values::base(value).clone(),
            // What a script made with a text of its own stands for that text.
            _ => parameter::spoken(self.session, value.clone()).unwrap_or_else(|_| value.clone()),
        };
        Some(if formal.is_switch() { on() } else { plain() })
    }
    fn read(&mut self, _: usize, _: &Formal, value: Value) -> Result<Value> {
        Ok(value)
    }
    fn ask(&mut self, missing: &[&Formal]) -> Result<Option<Vec<Value>>> {
        parameter::ask(self.session, &self.name, missing)
    }
    fn member(&mut self, input: &Value, name: &str) -> Option<Value> {
        parameter::member(self.session, input, name)
    }
    fn preset(&mut self, formal: &Formal) -> Option<Value> {
        let preset = parameter::preset(self.session, &self.name, &mut self.presets, formal);
        preset.or_else(|| self.preference(formal))
    }
}

impl RemoteReading<'_> {
    /// What `$WhatIfPreference` and `$ConfirmPreference` say where the command line says nothing. The gate asks unasked
    /// about what does much harm; only what differs from that is sent.
    fn preference(&mut self, formal: &Formal) -> Option<Value> {
        match &*formal.name {
            "WhatIf" => {
                let preference = self.session.find_variable("whatifpreference");
                preference.is_some_and(|value| dotnet::compare::truth(&value)).then(|| true.into())
            }
            "Confirm" => {
                let level = self.session.confirm_level();
                let known = self.session.invoker().and_then(|invoker| invoker.declaration(&self.name))?;
                let Changes::Yes { confirm } = known.changes else { return None };
                let wanted = confirm as u8 + 1 >= level;
                (wanted != (confirm == Impact::High)).then(|| wanted.into())
            }
            _ => None,
        }
    }
}

/// A cmdlet that runs elsewhere.
pub(super) struct RemoteStage {
    binder: Binder,
    name: Text,
    piped: bool,
    remote: Option<Box<dyn Remote>>,
    /// It takes no more objects; what it still says is heard at the end.
    enough: bool,
}

impl RemoteStage {
    pub(super) fn new(binder: Binder, name: Text, piped: bool) -> RemoteStage {
        RemoteStage { binder, name, piped, remote: None, enough: false }
    }

    /// The invocation: parameters by their full names; common ones are seen to here.
    fn invocation(&self, session: &mut Session) -> Invocation {
        let bound = self.binder.bound();
        let formals = &self.binder.signature().formals;
        let mut invocation = Invocation::new(self.name.clone());
        for at in &bound.order {
            let (formal, value) = (&formals[*at], &bound.values[*at]);
            let here = gate::is_common(&formal.name) && !formal.name.eq_ignore_ascii_case("Verbose");
            if let (Some(value), false) = (value, here) {
                let value = match Block::of(value).filter(|_| formal.name.ends_with("Filter")) {
                    Some(block) => filter::filled(session, block.inner_text()).into(),
                    None => text_of_block(value),
                };
                invocation = invocation.with(formal.name.clone(), value);
            }
        }
        if self.piped { invocation.piped() } else { invocation }
    }

    /// Lets the other side work, and passes on what it says. Whatever goes wrong drops it: it is told to stop.
    fn talk<T>(
        &mut self,
        session: &mut Session,
        out: &mut dyn Sink,
        part: impl FnOnce(&mut dyn Remote, &mut dyn Channel) -> Result<T>,
    ) -> Run<Option<T>> {
        let Some(mut remote) = self.remote.take() else { return Ok(None) };
        // Those that ask a directory about what is named end the statement where it is not so; of what is piped each
        // object has its own error. [ActiveDirectory module] Trusts are kept by cmdlets of the house.
        let of_house = self.name.ends_with("-ADTrust");
        let ends = !self.piped && is_of_active_directory(&self.name) && !of_house;
        let mut said = Said { session, out, name: &self.name, ends, halted: None };
        let result = part(&mut *remote, &mut said);
        if let Some(halt) = said.halted {
            return Err(halt);
        }
        match result {
            Ok(done) => {
                self.remote = Some(remote);
                Ok(Some(done))
            }
            // The person stopped it: nothing went wrong.
            Err(error) if gate::is_stopped(&error) => Err(Halt::new(Why::Interrupted)),
            Err(error) => Err(remote_error(&error, &self.name).into()),
        }
    }
}

/// A script block is sent as its text: `-Filter {Name -eq 'x'}`.
fn text_of_block(value: &Value) -> Value {
    match Block::of(value) {
        Some(block) => Value::from(block.inner_text()),
        None => value.clone(),
    }
}

fn remote_error(error: &object::Error, name: &Text) -> ErrorRecord {
    let record = ErrorRecord::of_command(error.clone(), name).from_command(name).with_activity(&**name);
    let id = format!("{},{name}", record.id());
    record.with_id(id)
}

/// What a cmdlet says, on its way into the pipeline and the streams; its questions go to the person.
struct Said<'a> {
    session: &'a mut Session,
    out: &'a mut dyn Sink,
    name: &'a Text,
    /// Whether an error ends the statement.
    ends: bool,
    /// Why nobody wants to hear more.
    halted: Option<Halt>,
}

impl Said<'_> {
    fn pass(&mut self, report: Report) -> Run {
        match report {
            Report::Object(value) => self.out.write(self.session, value),
            Report::Warning(text) => self.session.warning(&text),
            Report::Verbose(text) => self.session.verbose(&text),
            Report::Error(error) if self.ends => self.session.end_with(remote_error(&error, self.name)),
            Report::Error(error) => self.session.report(remote_error(&error, self.name)),
            // What would be done is for the person's eyes, never for the pipeline.
            Report::WhatIf(text) => {
                self.session.host().write(Stream::Output, &format!("{text}\n"), None, None);
                Ok(())
            }
            Report::Progress(progress) => {
                self.session.show_progress(&Progress {
                    parent: -1,
                    activity: progress.activity,
                    status: progress.status,
                    percent: progress.percent.map_or(-1, i32::from),
                    seconds: -1,
                    ..Progress::default()
                });
                Ok(())
            }
        }
    }
}

impl Channel for Said<'_> {
    fn say(&mut self, report: Report) -> Result<()> {
        self.pass(report).map_err(|halt| {
            self.halted = Some(halt);
            gate::stopped()
        })
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        let choices =
            CHOICES.map(|(_, label, help)| Choice { label: label.to_owned(), help: help.to_owned() });
        match self.session.host().choose(&prompt.caption, &prompt.message, &choices, Some(0)) {
            Ok(chosen) => Ok(CHOICES.get(chosen).map_or(Answer::No, |choice| choice.0)),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(gate::stopped()),
            Err(_) => Err(gate::confirmation_required(prompt)),
        }
    }
}

/// The answers to a question before something is done, worded as PowerShell does.
const CHOICES: [(Answer, &str, &str); 4] = [
    (Answer::Yes, "&Yes", "Continue with only the next step of the operation."),
    (Answer::YesToAll, "Yes to &All", "Continue with all the steps of the operation."),
    (Answer::No, "&No", "Skip this operation and proceed with the next operation."),
    (Answer::NoToAll, "No to A&ll", "Skip this operation and all subsequent operations."),
];

impl Stage for RemoteStage {
    fn begin(&mut self, session: &mut Session, _: &mut dyn Sink) -> Run {
        let invocation = self.invocation(session);
        let Some(invoker) = session.invoker() else { return Err(super::find::not_found(&self.name).into()) };
        let opened = invoker.open(invocation).map_err(|error| remote_error(&error, &self.name))?;
        self.remote = Some(opened);
        Ok(())
    }
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run {
        session.check_stop()?;
        let (Some(input), false) = (input, self.enough) else { return Ok(()) };
        let wants_more = self.talk(session, out, |remote, channel| remote.take(&input, channel))?;
        self.enough = wants_more == Some(false);
        Ok(())
    }
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.talk(session, out, |remote, channel| remote.finish(channel))?;
        self.remote = None;
        Ok(())
    }
}
