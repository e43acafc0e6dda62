//! A stage with what stands around it while it runs: its redirections, its common parameters, where its errors stand.
//! The objects it writes pass through here on their way to the next one.

use super::call::finished;
use super::error::{ErrorRecord, Extent};
use super::halt::{Halt, Run, Why};
use super::session::{Frame, Session};
use super::sink::{Dropped, Sink};
use super::stage::Stage;
use super::streams::{Actions, Route};
use super::values::walk;
use dotnet::Exception;
use object::Value;
use object::value::Text;

/// A stage with what stands around it: its place, its redirections, its common parameters.
pub(super) struct Link {
    pub(super) stage: Box<dyn Stage>,
    pub(super) number: u64,
    pub(super) frame: Frame,
    pub(super) place: Extent,
    /// The command's name where its errors are shown with one.
    pub(super) name: Option<Text>,
    /// The same as it was typed, where that is another one.
    pub(super) called: Option<Text>,
    /// So many calls were under way when it was made.
    pub(super) calls: usize,
    pub(super) class: Option<&'static str>,
    pub(super) around: Around,
    pub(super) begun: bool,
    /// `| Out-Null`: what comes goes nowhere, without a word to the command.
    pub(super) swallows: bool,
}

/// What is different while a command runs.
#[derive(Default)]
pub(super) struct Around {
    pub(super) routes: Vec<(usize, Route)>,
    pub(super) actions: Option<Actions>,
    /// `> $null`, or a file that takes the output.
    pub(super) output: Output,
    pub(super) gather: Option<usize>,
    pub(super) out_variable: Option<(Text, Vec<Value>)>,
    pub(super) error_variable: Option<Text>,
    pub(super) pipeline_variable: Option<Text>,
    /// `-OutBuffer`: so many objects are held back, and go on together with the next.
    pub(super) hold: Option<usize>,
    pub(super) held: Vec<Value>,
    /// Variables that hear a stream: the listener's number and the variable's name.
    pub(super) listeners: Vec<(usize, Text)>,
    /// Streams that go to files: what was gathered of each, and who writes it.
    pub(super) files: Vec<(usize, Link)>,
}

#[derive(Default)]
pub(super) enum Output {
    #[default]
    On,
    Dropped,
    /// Into a command that writes the file.
    File(Box<Link>),
}

/// What commands stand behind: a write goes into the first of them.
pub(super) struct Chain<'a> {
    pub(super) links: &'a mut [Link],
    pub(super) last: &'a mut dyn Sink,
}

impl Sink for Chain<'_> {
    fn write(&mut self, session: &mut Session, value: Value) -> Run {
        match self.links.split_first_mut() {
            None => self.last.write(session, value),
            Some((first, _)) if first.swallows => Ok(()),
            Some((first, links)) => {
                let mut behind = Chain { links, last: self.last };
                first.process(session, Some(value), &mut behind)
            }
        }
    }
    fn is_console(&self) -> bool {
        self.links.is_empty() && self.last.is_console()
    }
}

/// The output of a command on its way out: what is only meant for the command itself is set aside.
pub(super) struct Relay<'a, 'b> {
    pub(super) around: &'a mut Around,
    pub(super) saved: Saved,
    pub(super) behind: &'a mut Chain<'b>,
}

/// What a command changed of the session's routes while it runs.
pub(super) struct Saved {
    pub(super) to: [Route; 7],
    pub(super) acting: bool,
}

impl Around {
    /// Whether the streams run inside as they do outside.
    fn is_plain(&self) -> bool {
        self.routes.is_empty() && self.actions.is_none() && self.listeners.is_empty() && self.gather.is_none()
    }
    pub(super) fn enter(&self, session: &mut Session) -> Saved {
        let saved = Saved { to: session.routes.to, acting: self.actions.is_some() };
        self.listen(session, true);
        for (stream, route) in &self.routes {
            session.routes.to[*stream] = *route;
        }
        if let Some(actions) = &self.actions {
            session.routes.actions.push(actions.clone());
        }
        saved
    }
    pub(super) fn listen(&self, session: &mut Session, on: bool) {
        for (at, _) in &self.listeners {
            if let Some(listener) = session.routes.listeners.get_mut(*at) {
                listener.listens = on;
            }
        }
    }
    pub(super) fn leave(&self, session: &mut Session, saved: &Saved) {
        self.listen(session, false);
        session.routes.to = saved.to;
        if saved.acting {
            session.routes.actions.pop();
        }
    }
    /// Writes the files that the command's streams go to.
    pub(super) fn end_files(&mut self, session: &mut Session) -> Run {
        let nowhere = &mut Chain { links: &mut [], last: &mut Dropped };
        for (at, mut link) in std::mem::take(&mut self.files) {
            let values = session.routes.gathered.get_mut(at).map(std::mem::take).unwrap_or_default();
            values.into_iter().try_for_each(|value| link.process(session, Some(value), nowhere))?;
            link.end(session, nowhere)?;
        }
        match &mut self.output {
            Output::File(link) => link.end(session, nowhere),
            _ => Ok(()),
        }
    }
    /// What was gathered of merged streams since the last look.
    pub(super) fn drain(&self, session: &mut Session) -> Vec<Value> {
        let gathered = self.gather.and_then(|at| session.routes.gathered.get_mut(at));
        gathered.map(std::mem::take).unwrap_or_default()
    }
}

impl Relay<'_, '_> {
    pub(super) fn pass(&mut self, session: &mut Session, value: Value) -> Run {
        if let Some((_, kept)) = &mut self.around.out_variable {
            kept.push(value.clone());
        }
        if let Some(name) = &self.around.pipeline_variable {
            session.set_variable(&name.clone(), value.clone())?;
        }
        if let Some(hold) = self.around.hold {
            self.around.held.push(value);
            return if self.around.held.len() > hold { self.let_go(session) } else { Ok(()) };
        }
        self.pass_on(session, value)
    }

    /// Hands on what was held back.
    pub(super) fn let_go(&mut self, session: &mut Session) -> Run {
        let held = std::mem::take(&mut self.around.held);
        held.into_iter().try_for_each(|value| self.pass_on(session, value))
    }

    pub(super) fn pass_on(&mut self, session: &mut Session, value: Value) -> Run {
        match &mut self.around.output {
            Output::On => self.behind.write(session, value),
            Output::Dropped => Ok(()),
            Output::File(link) => {
                link.process(session, Some(value), &mut Chain { links: &mut [], last: &mut Dropped })
            }
        }
    }
}

impl Sink for Relay<'_, '_> {
    fn write(&mut self, session: &mut Session, value: Value) -> Run {
        if self.around.is_plain() {
            return self.pass(session, value);
        }
        self.around.leave(session, &self.saved);
        let merged = self.around.drain(session);
        let result = merged
            .into_iter()
            .try_for_each(|value| self.pass(session, value))
            .and_then(|()| self.pass(session, value));
        self.saved = self.around.enter(session);
        result
    }
    fn is_console(&self) -> bool {
        let kept = self.around.out_variable.is_some() || self.around.gather.is_some();
        matches!(self.around.output, Output::On) && !kept && self.behind.is_console()
    }
}

impl Link {
    pub(super) fn guarded(
        &mut self,
        session: &mut Session,
        behind: &mut Chain<'_>,
        part: impl FnOnce(&mut dyn Stage, &mut Session, &mut dyn Sink) -> Run,
    ) -> Run {
        let saved = self.around.enter(session);
        std::mem::swap(&mut session.frame, &mut self.frame);
        // A function before it in the pipeline waits meanwhile; it does not call what runs now.
        let waits = session.calls.len() > self.calls;
        let waiting = if waits { session.calls.split_off(self.calls) } else { Vec::new() };
        let stage = &mut *self.stage;
        let mut relay = Relay { around: &mut self.around, saved, behind };
        let result = part(stage, session, &mut relay);
        let saved = relay.saved;
        std::mem::swap(&mut session.frame, &mut self.frame);
        session.calls.truncate(self.calls);
        session.calls.extend(waiting);
        self.around.leave(session, &saved);
        let merged = self.around.drain(session);
        if !merged.is_empty() {
            let mut relay = Relay { around: &mut self.around, saved, behind };
            merged.into_iter().try_for_each(|value| relay.pass(session, value))?;
        }
        result.map_err(|halt| self.placed(halt))
    }

    /// An error of the command itself stands where the command does.
    pub(super) fn placed(&self, halt: Halt) -> Halt {
        match halt.into_why() {
            Why::Error(record) => {
                let record = match (&self.name, self.class) {
                    (Some(name), Some(class)) if record.place().is_none() => {
                        finished(record, name, self.called.as_ref().unwrap_or(name), class)
                    }
                    _ => record,
                };
                record.at(|| self.place.clone()).into()
            }
            other => Halt::new(other),
        }
    }

    /// A command begins before it gets its first object, even if the one before it writes while it begins.
    pub(super) fn begin(&mut self, session: &mut Session, behind: &mut Chain<'_>) -> Run {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        self.guarded(session, behind, |stage, session, out| stage.begin(session, out))
    }
    pub(super) fn process(
        &mut self,
        session: &mut Session,
        input: Option<Value>,
        behind: &mut Chain<'_>,
    ) -> Run {
        self.begin(session, behind)?;
        self.guarded(session, behind, |stage, session, out| stage.process(session, input, out))
    }
    pub(super) fn end(&mut self, session: &mut Session, behind: &mut Chain<'_>) -> Run {
        self.guarded(session, behind, |stage, session, out| stage.end(session, out))?;
        if !self.around.held.is_empty() {
            let saved = Saved { to: session.routes.to, acting: false };
            Relay { around: &mut self.around, saved, behind }.let_go(session)?;
        }
        self.around.end_files(session)
    }

    /// Sets the variables that the command's common parameters name.
    pub(super) fn set_variables(
        &mut self,
        session: &mut Session,
        errors_before: usize,
        halt: Option<&Halt>,
    ) -> Run {
        let frame = std::mem::replace(&mut session.frame, self.frame.clone());
        let result = self.set_variables_here(session, errors_before, halt);
        session.frame = frame;
        result
    }

    pub(super) fn set_variables_here(
        &mut self,
        session: &mut Session,
        errors_before: usize,
        halt: Option<&Halt>,
    ) -> Run {
        if let Some((name, values)) = self.around.out_variable.take() {
            set_or_add(session, &name, values)?;
        }
        if let Some(name) = self.around.error_variable.take() {
            let errors = session.errors.read();
            let new = errors.len().saturating_sub(errors_before);
            let mut records: Vec<Value> = errors.iter().take(new).rev().cloned().collect();
            drop(errors);
            // The error that ended the command is not in `$Error` yet.
            records.extend(halt.and_then(Halt::error).map(kept));
            set_or_add(session, &name, records)?;
        }
        for (at, name) in std::mem::take(&mut self.around.listeners) {
            let listener = session.routes.listeners.get_mut(at);
            let heard = listener.map(|listener| std::mem::take(&mut listener.heard)).unwrap_or_default();
            set_or_add(session, &name, heard)?;
        }
        if let Some(name) = self.around.pipeline_variable.take() {
            session.remove_variable(&name);
        }
        Ok(())
    }
}

/// The error that ended a command, as its `-ErrorVariable` keeps it.
fn kept(record: &ErrorRecord) -> Value {
    if !record.is_stopped() {
        return record.value();
    }
    let message = format!(
        "The running command stopped because the preference variable \"ErrorActionPreference\" or common parameter is set to Stop: {}",
        record.message()
    );
    Exception::new("System.Management.Automation.ActionPreferenceStopException", message).value()
}

/// `-OutVariable x` sets, `-OutVariable +x` adds.
fn set_or_add(session: &mut Session, name: &str, mut values: Vec<Value>) -> Run {
    let bare = name.strip_prefix('+');
    if let Some(bare) = bare {
        let before = session.find_variable(bare).map(walk).unwrap_or_default();
        values.splice(0..0, before);
    }
    let list = Value::typed(dotnet::collections::Collection::array_list(values));
    session.set_variable(bare.unwrap_or(name), list)
}
