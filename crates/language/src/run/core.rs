//! Core commands as stages: bound, run, and shown at the console.

use super::binding;
use super::call::{Answers, Call, unbound};
use super::command::Command;
use super::error::Extent;
use super::halt::{Halt, Run};
use super::parameter;
use super::scope::Block;
use super::session::Session;
use super::sink::{Dropped, Sink};
use super::stage::Stage;
use crate::syntax::Span;
use gate::bind::{Binder, Bound, Reading};
use gate::{Formal, Signature};
use object::Value;
use object::types::kinds;
use object::value::Text;
use std::sync::Arc;

/// A core command.
pub(super) struct CoreStage {
    pub(super) command: Box<dyn Command>,
    pub(super) binder: Binder,
    pub(super) name: Text,
    /// The name as it was typed.
    pub(super) called: Text,
    pub(super) class: &'static str,
    pub(super) number: u64,
    pub(super) piped: bool,
    pub(super) place: Extent,
    /// What a person answered for all further objects.
    pub(super) answers: Answers,
}

impl CoreStage {
    fn call(
        &mut self,
        session: &mut Session,
        out: &mut dyn Sink,
        part: impl FnOnce(&mut dyn Command, &mut Call<'_>) -> Run,
    ) -> Run {
        let mut call = Call {
            session,
            out,
            binder: &self.binder,
            name: &self.name,
            called: &self.called,
            class: self.class,
            number: self.number,
            piped: self.piped,
            place: &self.place,
            answers: &self.answers,
        };
        part(&mut *self.command, &mut call)
    }
}

impl Stage for CoreStage {
    fn begin(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.call(session, out, |command, call| command.begin(call))
    }
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run {
        session.check_stop()?;
        if let Some(input) = &input {
            let mut reading = CoreReading { session, name: self.name.clone(), presets: None };
            if let Err(error) = self.binder.take(input, &mut reading) {
                let record = unbound(binding::refused(error), &self.name, &self.called, self.class);
                return session.report(record.with_target(input.clone()).at(|| self.place.clone()));
            }
        }
        self.call(session, out, |command, call| command.process(call, input))
    }
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.call(session, out, |command, call| command.end(call))
    }
}

/// How the binder reads the values of a core command's parameters: as declared, but script blocks can
/// give a value for each piped object, and a person can be asked.
pub(super) struct CoreReading<'a> {
    pub(super) session: &'a mut Session,
    pub(super) name: Text,
    pub(super) presets: Option<Vec<(String, Value)>>,
}

impl Reading for CoreReading<'_> {
    fn as_it_is(&mut self, at: usize, formal: &Formal, value: &Value) -> Option<Value> {
        if let Some(of) = parameter::converted_type(formal) {
            return dotnet::convert::is(value, &of).then(|| value.clone());
        }
        // How a number was written matters to who takes anything, or text.
        let plain = match value {
            Value::Object(object) if object.as_written().is_some() && !takes_anything(formal) => {
                dotnet::values::base(value)
            }
            _ => value,
        };
        if std::ptr::eq(formal.kind, &kinds::STRING) && !std::ptr::eq(plain, value) {
            return None;
        }
        gate::bind::Strict.as_it_is(at, formal, plain)
    }
    fn read(&mut self, at: usize, formal: &Formal, value: Value) -> object::Result<Value> {
        let value = match &value {
            _ if self.is_text(at, formal) => parameter::spoken(self.session, value)?,
            Value::Object(object) if object.as_written().is_some() && !takes_anything(formal) => {
                dotnet::values::base(&value).clone()
            }
            _ => value,
        };
        match parameter::converted_type(formal).filter(|_| !value.is_null()) {
            Some(of) => parameter::convert_argument(self.session, formal, &value, &of),
            None => {
                let read = gate::bind::Strict.read(at, formal, value.clone());
                read.map_err(|error| parameter::not_converted(self.session, formal, &value, error))
            }
        }
    }
    fn check(&mut self, _: usize, formal: &Formal, value: &Value) -> object::Result<()> {
        parameter::check_declared(formal, value)
    }
    fn takes_whatever(&self) -> bool {
        true
    }
    fn ask(&mut self, missing: &[&Formal]) -> object::Result<Option<Vec<Value>>> {
        parameter::ask(self.session, &self.name, missing)
    }
    fn waits_for_input(&mut self, _: usize, formal: &Formal, value: &Value) -> bool {
        Block::of(value).is_some()
            && parameter::takes_no_block(formal)
            && &*formal.type_name != "System.Object"
    }
    fn run_for(&mut self, block: &Value, input: &Value) -> object::Result<Value> {
        parameter::run_for(self.session, block, input)
    }
    fn member(&mut self, input: &Value, name: &str) -> Option<Value> {
        parameter::member(self.session, input, name)
    }
    fn preset(&mut self, formal: &Formal) -> Option<Value> {
        parameter::preset(self.session, &self.name, &mut self.presets, formal)
    }
    fn joining(&mut self, _: &Arc<Signature>, _: &Bound) -> object::Result<gate::bind::Joining> {
        Ok(gate::bind::Joining::default())
    }
}

fn takes_anything(formal: &Formal) -> bool {
    std::ptr::eq(formal.kind, &kinds::ANY) && formal.type_name.starts_with("System.Object")
}

impl Session {
    pub(super) fn has_console(&self) -> bool {
        self.console.is_some() || self.settings.commands.find("Out-Default").is_some()
    }

    /// Shows a value at the console, through `Out-Default`.
    pub(super) fn show(&mut self, value: Value) -> Run {
        let Some(core) = self.settings.commands.find("Out-Default") else {
            let text = self.to_text(&value);
            self.settings.host.write(dotnet::host::Stream::Output, &format!("{text}\n"), None, None);
            return Ok(());
        };
        let mut reading = CoreReading { session: self, name: core.name.into(), presets: None };
        let binder = Binder::start(core.signature().clone(), Vec::new(), true, &mut reading);
        let binder = binder.map_err(|error| Halt::from(binding::refused(error)))?;
        let (place, answers) = (self.place(Span::default()), Answers::default());
        let (mut command, fresh) = match self.console.take() {
            Some(command) => (command, false),
            None => ((core.make)(), true),
        };
        let name: Text = core.name.into();
        let mut call = Call {
            session: self,
            out: &mut Dropped,
            binder: &binder,
            name: &name,
            called: &name,
            class: core.class,
            number: 0,
            piped: true,
            place: &place,
            answers: &answers,
        };
        let result = if fresh { command.begin(&mut call) } else { Ok(()) };
        let result = result.and_then(|()| command.process(&mut call, Some(value)));
        self.console = Some(command);
        result
    }

    /// Ends what `Out-Default` still holds back.
    pub(super) fn end_console(&mut self) -> Run {
        let (Some(mut command), Some(core)) =
            (self.console.take(), self.settings.commands.find("Out-Default"))
        else {
            return Ok(());
        };
        let mut reading = CoreReading { session: self, name: core.name.into(), presets: None };
        let binder = Binder::start(core.signature().clone(), Vec::new(), true, &mut reading);
        let binder = binder.map_err(|error| Halt::from(binding::refused(error)))?;
        let name: Text = core.name.into();
        let class = core.class;
        let (place, answers) = (self.place(Span::default()), Answers::default());
        let mut call = Call {
            session: self,
            out: &mut Dropped,
            binder: &binder,
            name: &name,
            called: &name,
            class,
            number: 0,
            piped: true,
            place: &place,
            answers: &answers,
        };
        command.end(&mut call)
    }
}
