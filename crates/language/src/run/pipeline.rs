//! Pipelines: commands joined into a chain. An object that one command writes is in the next one before
//! the first goes on; nothing is gathered in between.

use super::binding;
use super::block::Block;
use super::call::{Answers, Call, finished};
use super::code::*;
use super::command::{Command, CoreCommand, Record, Remote};
use super::error::{ErrorRecord, Place};
use super::filter;
use super::function::FunctionStage;
use super::halt::{Halt, Run, Why};
use super::parameter;
use super::program::ProgramStage;
use super::session::{Frame, Session};
use super::sink::{Dropped, Sink};
use super::streams::{self, Actions, Listener, Route};
use super::values::walk;
use crate::syntax::ast::Invocation as Manner;
use crate::syntax::token::Redirect;
use crate::syntax::{ParseError, Source, Span, decode, parse};
use dotnet::{Category, Exception};
use gate::bind::{Argument, Binder, Bound, Reading};
use gate::{Changes, Formal, Impact, Invocation, Signature};
use object::Value;
use object::types::kinds;
use object::value::Text;
use std::sync::Arc;

/// A command of a pipeline while it runs.
pub(super) trait Stage {
    fn begin(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run;
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run;
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run;
}

/// A stage with what stands around it: its place, its redirections, its common parameters.
struct Link {
    stage: Box<dyn Stage>,
    number: u64,
    frame: Frame,
    place: Place,
    /// The command's name where its errors are shown with one.
    name: Option<Text>,
    class: Option<&'static str>,
    around: Around,
    begun: bool,
    /// `| Out-Null`: what comes goes nowhere, without a word to the command.
    swallows: bool,
}

/// What is different while a command runs.
#[derive(Default)]
struct Around {
    routes: Vec<(usize, Route)>,
    actions: Option<Actions>,
    /// `> $null`, or a file that takes the output.
    output: Output,
    gather: Option<usize>,
    out_variable: Option<(Text, Vec<Value>)>,
    error_variable: Option<Text>,
    pipeline_variable: Option<Text>,
    /// `-OutBuffer`: so many objects are held back, and go on together with the next.
    hold: Option<usize>,
    held: Vec<Value>,
    /// Variables that hear a stream: the listener's number and the variable's name.
    listeners: Vec<(usize, Text)>,
    /// Streams that go to files: what was gathered of each, and who writes it.
    files: Vec<(usize, Link)>,
}

#[derive(Default)]
enum Output {
    #[default]
    On,
    Dropped,
    /// Into a command that writes the file.
    File(Box<Link>),
}

/// What commands stand behind: a write goes into the first of them.
struct Chain<'a> {
    links: &'a mut [Link],
    last: &'a mut dyn Sink,
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
struct Relay<'a, 'b> {
    around: &'a mut Around,
    saved: Saved,
    behind: &'a mut Chain<'b>,
}

/// What a command changed of the session's routes while it runs.
struct Saved {
    to: [Route; 7],
    acting: bool,
}

impl Around {
    fn enter(&self, session: &mut Session) -> Saved {
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
    fn listen(&self, session: &mut Session, on: bool) {
        for (at, _) in &self.listeners {
            if let Some(listener) = session.routes.listeners.get_mut(*at) {
                listener.listens = on;
            }
        }
    }
    fn leave(&self, session: &mut Session, saved: &Saved) {
        self.listen(session, false);
        session.routes.to = saved.to;
        if saved.acting {
            session.routes.actions.pop();
        }
    }
    /// Writes the files that the command's streams go to.
    fn end_files(&mut self, session: &mut Session) -> Run {
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
    fn drain(&self, session: &mut Session) -> Vec<Value> {
        let gathered = self.gather.and_then(|at| session.routes.gathered.get_mut(at));
        gathered.map(std::mem::take).unwrap_or_default()
    }
}

impl Relay<'_, '_> {
    fn pass(&mut self, session: &mut Session, value: Value) -> Run {
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
    fn let_go(&mut self, session: &mut Session) -> Run {
        let held = std::mem::take(&mut self.around.held);
        held.into_iter().try_for_each(|value| self.pass_on(session, value))
    }

    fn pass_on(&mut self, session: &mut Session, value: Value) -> Run {
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
    fn guarded(
        &mut self,
        session: &mut Session,
        behind: &mut Chain<'_>,
        part: impl FnOnce(&mut dyn Stage, &mut Session, &mut dyn Sink) -> Run,
    ) -> Run {
        let saved = self.around.enter(session);
        let frame = std::mem::replace(&mut session.frame, self.frame.clone());
        let stage = &mut *self.stage;
        let mut relay = Relay { around: &mut self.around, saved, behind };
        let result = part(stage, session, &mut relay);
        let saved = relay.saved;
        session.frame = frame;
        self.around.leave(session, &saved);
        let merged = self.around.drain(session);
        if !merged.is_empty() {
            let mut relay = Relay { around: &mut self.around, saved, behind };
            merged.into_iter().try_for_each(|value| relay.pass(session, value))?;
        }
        result.map_err(|halt| self.placed(halt))
    }

    /// An error of the command itself stands where the command does.
    fn placed(&self, halt: Halt) -> Halt {
        match halt.into_why() {
            Why::Error(record) => {
                let record = match (&self.name, self.class) {
                    (Some(name), Some(class)) if record.place().is_none() => finished(record, name, class),
                    _ => record,
                };
                record.at(|| self.place.clone()).into()
            }
            other => Halt::new(other),
        }
    }

    /// A command begins before it gets its first object, even if the one before it writes while it begins.
    fn begin(&mut self, session: &mut Session, behind: &mut Chain<'_>) -> Run {
        if std::mem::replace(&mut self.begun, true) {
            return Ok(());
        }
        self.guarded(session, behind, |stage, session, out| stage.begin(session, out))
    }
    fn process(&mut self, session: &mut Session, input: Option<Value>, behind: &mut Chain<'_>) -> Run {
        self.begin(session, behind)?;
        self.guarded(session, behind, |stage, session, out| stage.process(session, input, out))
    }
    fn end(&mut self, session: &mut Session, behind: &mut Chain<'_>) -> Run {
        self.guarded(session, behind, |stage, session, out| stage.end(session, out))?;
        if !self.around.held.is_empty() {
            let saved = Saved { to: session.routes.to, acting: false };
            Relay { around: &mut self.around, saved, behind }.let_go(session)?;
        }
        self.around.end_files(session)
    }

    /// Sets the variables that the command's common parameters name.
    fn set_variables(&mut self, session: &mut Session, errors_before: usize, halt: Option<&Halt>) -> Run {
        let frame = std::mem::replace(&mut session.frame, self.frame.clone());
        let result = self.set_variables_here(session, errors_before, halt);
        session.frame = frame;
        result
    }

    fn set_variables_here(
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

/// A script file that is none: each error with its place.
fn unreadable(source: &Arc<Source>, errors: &[ParseError]) -> ErrorRecord {
    let place = |error: &ParseError| Place { source: source.clone(), span: error.span };
    let said: Vec<String> = errors
        .iter()
        .map(|error| format!("{}{}", super::error::position_text(&place(error)), error.message))
        .collect();
    let exception = Exception::new("System.Management.Automation.ParseException", said.join("\n\n"))
        .id(errors.first().map_or("ParseException", |error| error.id))
        .category(Category::ParserError);
    let record = ErrorRecord::new(exception);
    match errors.first() {
        Some(first) => record.at(|| place(first)),
        None => record,
    }
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

impl Session {
    /// Runs a pipeline.
    pub(super) fn pipeline(&mut self, pipe: &Pipe, span: Span, out: &mut dyn Sink) -> Run {
        if pipe.background {
            let message = "Commands in the background are not supported in this version.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        let before = std::mem::replace(&mut self.failed, false);
        let result = self.pipeline_here(pipe, span, out);
        self.status = result.is_ok() && !self.failed;
        self.failed = before;
        result
    }

    fn pipeline_here(&mut self, pipe: &Pipe, span: Span, out: &mut dyn Sink) -> Run {
        let errors = self.errors.len();
        let (gathered, listeners) = (self.routes.gathered.len(), self.routes.listeners.len());
        let mut links = Vec::with_capacity(pipe.commands.len());
        for (at, command) in pipe.commands.iter().enumerate() {
            let piped = at > 0 || pipe.source.is_some();
            let last = at + 1 == pipe.commands.len();
            let link = self.link(command, piped, last);
            links.push(link.map_err(|halt| self.at_argument(halt, command))?);
        }
        let result = match &pipe.source {
            Some((code, redirections)) => self.drive_values(code, redirections, span, &mut links, out),
            None => self.drive(&mut links, out, |links, session, out| {
                let Some((first, links)) = links.split_first_mut() else { return Ok(()) };
                first.process(session, None, &mut Chain { links, last: out })
            }),
        };
        let result = result.map_err(|halt| self.at_refused(halt, pipe));
        for link in &mut links {
            link.set_variables(self, errors, result.as_ref().err())?;
        }
        self.routes.gathered.truncate(gathered);
        self.routes.listeners.truncate(listeners);
        result
    }

    fn at_command(&self, halt: Halt, span: Span) -> Halt {
        match halt.into_why() {
            Why::Error(record) => record.at(|| self.place(span)).into(),
            other => Halt::new(other),
        }
    }

    /// The place of an error in a command's arguments: the argument that was refused.
    fn at_argument(&mut self, halt: Halt, command: &CommandCode) -> Halt {
        let Why::Error(record) = halt.why() else { return halt };
        if record.place().is_some() {
            return halt;
        }
        let span = self.refused_place(&record.clone(), command).unwrap_or(command.span);
        self.at_command(halt, span)
    }

    /// The argument that a command refused itself stands for the whole command.
    fn at_refused(&mut self, halt: Halt, pipe: &Pipe) -> Halt {
        let Why::Error(record) = halt.why() else { return halt };
        let here = |place: &Place| Arc::ptr_eq(&place.source, &self.frame.code.source);
        let Some(place) = record.place().filter(|place| here(place)).cloned() else { return halt };
        let Some(command) = pipe.commands.iter().find(|command| command.span == place.span) else {
            return halt;
        };
        let record = record.clone();
        match self.refused_place(&record, command) {
            Some(span) => record.moved(Place { span, ..place }).into(),
            None => halt,
        }
    }

    fn refused_place(&mut self, record: &ErrorRecord, command: &CommandCode) -> Option<Span> {
        let quoted = refused_parameter(record)?.to_owned();
        refused_argument(record, &quoted, command).or_else(|| self.refused_position(&quoted, command))
    }

    /// The value that took a parameter's position.
    fn refused_position(&mut self, parameter: &str, command: &CommandCode) -> Option<Span> {
        let Code::Const(Value::String(name)) = &command.name else { return None };
        let signature = match self.resolve_command(name).ok()? {
            Found::Function(entry) => {
                let code = super::prepare::prepared(entry.block.ast(), entry.block.function.as_deref());
                parameter::signature(self, &code, &entry.name)
            }
            Found::Core(core) => core.signature().clone(),
            Found::Remote(signature) => signature,
            Found::Script(_) | Found::Program(_) => return None,
        };
        let named: Vec<&str> = command.arguments.iter().filter_map(named_argument).collect();
        let is_named = |formal: &Formal| {
            let begins = |word: &&str| {
                formal.name.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
            };
            named.iter().any(|word| formal.is_called(word) || begins(word))
        };
        let mut places: Vec<(i32, &Text)> = signature
            .formals
            .iter()
            .filter(|formal| !is_named(formal))
            .filter_map(|formal| {
                let used = formal.uses.iter().find(|used| used.position.is_some() && !used.remaining)?;
                Some((used.position?, &formal.name))
            })
            .collect();
        places.sort_by_key(|(position, _)| *position);
        let at = places.iter().position(|(_, name)| name.eq_ignore_ascii_case(parameter))?;
        loose_values(command).nth(at).map(|argument| argument.span)
    }

    fn drive_values(
        &mut self,
        code: &Code,
        redirections: &[RedirectCode],
        span: Span,
        links: &mut [Link],
        out: &mut dyn Sink,
    ) -> Run {
        if links.is_empty() {
            return self.redirected_value(code, redirections, out);
        }
        // The source is evaluated before the commands begin, but written into them element by element.
        if let Code::Sub(seq) = code {
            return self
                .drive(links, out, |links, session, out| session.seq(seq, &mut Chain { links, last: out }));
        }
        self.drive(links, out, |links, session, out| {
            let mut chain = Chain { links, last: out };
            let result = session.write_value(code, &mut chain);
            result.map_err(|halt| session.at_command(halt, span))
        })
    }

    /// An expression with redirections: `$x > file`.
    fn redirected_value(&mut self, code: &Code, redirections: &[RedirectCode], out: &mut dyn Sink) -> Run {
        let mut around = Around::default();
        self.redirect(redirections, &mut around)?;
        let mut chain = Chain { links: &mut [], last: out };
        let saved = around.enter(self);
        let mut relay = Relay { around: &mut around, saved, behind: &mut chain };
        let result = self.write_value(code, &mut relay);
        let saved = relay.saved;
        around.leave(self, &saved);
        around.end_files(self)?;
        result
    }

    /// begin of all commands, the source, end of all commands.
    fn drive(
        &mut self,
        links: &mut [Link],
        out: &mut dyn Sink,
        source: impl FnOnce(&mut [Link], &mut Session, &mut dyn Sink) -> Run,
    ) -> Run {
        let mut from = 0;
        let mut begun = Ok(());
        for at in 0..links.len() {
            let (before, behind) = links.split_at_mut(at + 1);
            begun = before[at].begin(self, &mut Chain { links: behind, last: out });
            if begun.is_err() {
                break;
            }
        }
        if let Err(halt) = begun.and_then(|()| source(links, self, out)) {
            from = stopped_by(halt, links)?;
        }
        let mut at = from;
        while at < links.len() {
            let (before, behind) = links.split_at_mut(at + 1);
            let ended = before[at].end(self, &mut Chain { links: behind, last: out });
            at += 1;
            if let Err(halt) = ended {
                at = stopped_by(halt, links)?.max(at);
            }
        }
        Ok(())
    }

    // --- making stages -------------------------------------------------------------------------

    fn link(&mut self, command: &CommandCode, piped: bool, last: bool) -> Run<Link> {
        let place = self.place(command.span);
        let name = self.eval(&command.name)?;
        let mut around = Around::default();
        self.redirect(&command.redirections, &mut around)?;
        self.pipelines += 1;
        let number = self.pipelines;
        let mut link = Link {
            stage: Box::new(Missing),
            number,
            frame: self.frame.clone(),
            place,
            name: None,
            class: None,
            around,
            begun: false,
            swallows: false,
        };
        if let Some(module) = super::module::ModuleInfo::of(&name) {
            let mut arguments = self.arguments(&command.arguments)?;
            link.stage = Box::new(self.within_module(&module, &mut arguments, piped)?);
            return Ok(link);
        }
        if let Some(block) = Block::of(&name).cloned() {
            let arguments = self.arguments(&command.arguments)?;
            let mut stage = match command.invocation {
                Manner::Dot => FunctionStage::dotted(self, &block, arguments, piped)?,
                _ => FunctionStage::of_block(self, &block, arguments, piped)?,
            };
            stage.place = Some(link.place.clone());
            stage.invoked_as = if command.invocation == Manner::Dot { "." } else { "&" }.into();
            link.stage = Box::new(stage);
            return Ok(link);
        }
        let name: Text = match &name {
            Value::String(text) => text.clone(),
            Value::Null => return Err(bad_command().into()),
            other => self.command_name(other),
        };
        let found = self.resolve_command(&name).map_err(|halt| {
            let called = command.invocation != Manner::Plain;
            self.at_command(if called { named_as(halt, "&") } else { halt }, command.name_span)
        })?;
        match found {
            Found::Function(entry) => {
                let arguments = self.arguments(&command.arguments)?;
                let stage = match command.invocation {
                    Manner::Dot => FunctionStage::dotted(self, &entry.block, arguments, piped),
                    _ => FunctionStage::of_function(self, &entry, arguments, piped),
                };
                link.name = Some(entry.name.clone());
                let mut stage = stage.map_err(|halt| named(halt, &entry.name))?;
                stage.invoked_as = name.clone();
                stage.place = Some(link.place.clone());
                common_of_function(&stage, &mut link.around, self);
                link.stage = Box::new(stage);
            }
            Found::Script(block) => {
                let arguments = self.arguments(&command.arguments)?;
                let mut stage = match command.invocation {
                    Manner::Dot => FunctionStage::dotted(self, &block, arguments, piped)?,
                    _ => FunctionStage::of_script(self, &block, arguments, piped)?,
                };
                if let Some(scope) = &mut stage.scope {
                    scope.is_script = true;
                }
                stage.invoked_as = name.clone();
                link.stage = Box::new(ScriptStage(stage));
            }
            Found::Core(core)
                if core.name == "Out-Null"
                    && command.arguments.is_empty()
                    && command.redirections.is_empty() =>
            {
                link.swallows = true;
            }
            Found::Core(core) => {
                let arguments = self.arguments(&command.arguments)?;
                self.core_stage(core, arguments, piped, last, &mut link)?;
            }
            Found::Program(path) => {
                let arguments = self.arguments(&command.arguments)?;
                link.stage = Box::new(ProgramStage::new(self, path, arguments, piped));
            }
            Found::Remote(signature) => {
                let arguments = self.arguments(&command.arguments)?;
                self.remote_stage(signature, arguments, piped, &mut link)?;
            }
        }
        Ok(link)
    }

    /// `& $module { … }` and `& $module Name`: what a module keeps to itself can be reached through it.
    fn within_module(
        &mut self,
        module: &Arc<super::module::Module>,
        arguments: &mut Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let first = if arguments.is_empty() { None } else { Some(arguments.remove(0)) };
        let Some(Argument::Positional(first)) = first else { return Err(bad_command().into()) };
        let arguments = std::mem::take(arguments);
        if let Some(block) = Block::of(&first) {
            let block = Block { home: Some(module.clone()), ..block.clone() };
            return FunctionStage::of_block(self, &block, arguments, piped);
        }
        let name = self.to_text(&first);
        match self.function_within(module, &name) {
            Some(entry) => FunctionStage::of_function(self, &entry, arguments, piped),
            None => Err(self.unknown(&name).into()),
        }
    }

    /// A command given as an object: `& (Get-Command x)`.
    fn command_name(&self, value: &Value) -> Text {
        let named = match dotnet::values::base(value) {
            Value::Object(object) => object.get("Name"),
            _ => None,
        };
        named.map_or_else(|| self.to_text(value).into(), |name| self.to_text(&name).into())
    }

    fn core_stage(
        &mut self,
        core: &'static CoreCommand,
        arguments: Vec<Argument>,
        piped: bool,
        last: bool,
        link: &mut Link,
    ) -> Run {
        let name: Text = core.name.into();
        link.name = Some(name.clone());
        link.class = Some(core.class);
        let mut reading = CoreReading { session: self, name: name.clone(), presets: None };
        let binder = Binder::start(core.signature().clone(), arguments, piped, &mut reading);
        let binder = binder.map_err(|error| {
            let class = core.class;
            let record = finished(binding::refused(error), &name, class);
            let validation = record.id().starts_with("ParameterArgumentValidation");
            let category = if validation { Category::InvalidData } else { Category::InvalidArgument };
            Halt::from(record.with_category(category))
        })?;
        check_actions(&binder).map_err(|error| Halt::from(finished(error, &name, core.class)))?;
        common(&binder, &mut link.around, self);
        let (number, class) = (link.number, core.class);
        link.stage = Box::new(CoreStage {
            command: (core.make)(),
            binder,
            name,
            class,
            number,
            piped,
            last,
            place: link.place.clone(),
            answers: Answers::default(),
        });
        Ok(())
    }

    fn remote_stage(
        &mut self,
        signature: Arc<Signature>,
        arguments: Vec<Argument>,
        piped: bool,
        link: &mut Link,
    ) -> Run {
        let name = signature.command.clone();
        link.name = Some(name.clone());
        let mut reading = RemoteReading { session: self, name: name.clone(), presets: None };
        let binder = Binder::start(signature, arguments, piped, &mut reading);
        let binder = binder
            .map_err(|error| Halt::from(binding::refused(error).from_command(&name).with_activity(&*name)))?;
        check_actions(&binder)
            .map_err(|error| Halt::from(error.from_command(&name).with_activity(&*name)))?;
        common(&binder, &mut link.around, self);
        link.stage = Box::new(RemoteStage { binder, name, piped, remote: None });
        Ok(())
    }

    // --- redirections --------------------------------------------------------------------------

    fn redirect(&mut self, redirections: &[RedirectCode], around: &mut Around) -> Run {
        for redirection in redirections {
            match redirection.kind {
                Redirect::Merge { from, .. } => self.merge(from, around),
                Redirect::File { from, append } => {
                    self.send_to_file(from, append, redirection.file.as_ref(), around)?
                }
            }
        }
        Ok(())
    }

    fn merge(&mut self, from: u8, around: &mut Around) {
        let at = *around.gather.get_or_insert_with(|| {
            self.routes.gathered.push(Vec::new());
            self.routes.gathered.len() - 1
        });
        let streams = if from == 0 { 2..=6 } else { usize::from(from)..=usize::from(from) };
        around.routes.extend(streams.map(|stream| (stream, Route::Gather(at))));
    }

    fn send_to_file(&mut self, from: u8, append: bool, file: Option<&Code>, around: &mut Around) -> Run {
        let target = file.map(|code| self.eval(code)).transpose()?.unwrap_or_default();
        if target.is_null() {
            if from <= 1 {
                around.output = Output::Dropped;
            }
            let streams = if from == 0 { 2..=6 } else { usize::from(from)..=usize::from(from) };
            around.routes.extend(streams.filter(|stream| *stream > 1).map(|stream| (stream, Route::Nowhere)));
            return Ok(());
        }
        if from == 0 {
            self.merge(0, around);
        }
        let path = self.to_text(&target);
        let Some(core) = self.settings.commands.find("Out-File") else {
            return Err(not_found("Out-File").into());
        };
        let mut arguments = vec![Argument::named("FilePath", path.as_str())];
        if append {
            arguments.push(Argument::named("Append", true));
        }
        let mut link = self.inner_link();
        self.core_stage(core, arguments, true, true, &mut link)?;
        link.begin(self, &mut Chain { links: &mut [], last: &mut Dropped })?;
        if from > 1 {
            self.routes.gathered.push(Vec::new());
            let at = self.routes.gathered.len() - 1;
            around.routes.push((usize::from(from), Route::Gather(at)));
            around.files.push((at, link));
            return Ok(());
        }
        around.output = Output::File(Box::new(link));
        Ok(())
    }

    // --- finding commands ----------------------------------------------------------------------

    fn resolve_command(&mut self, name: &str) -> Run<Found> {
        let mut name: Text = name.into();
        for _ in 0..ALIASES_IN_A_ROW_MAX {
            match self.find_alias(&name) {
                Some(meaning) => name = meaning,
                None => break,
            }
        }
        if let Some(found) = self.found(&name)? {
            return Ok(found);
        }
        // A bare noun is retried as `Get-Noun`.
        if !name.contains(['-', '/', '\\', '.'])
            && let Some(found) = self.found(&format!("Get-{name}"))?
        {
            return Ok(found);
        }
        Err(self.unknown(&name).into())
    }

    fn found(&mut self, name: &str) -> Run<Option<Found>> {
        if let Some((module, bare)) = name.rsplit_once('\\')
            && let Some(entry) = self.module_function(module, bare)
        {
            return Ok(Some(Found::Function(entry)));
        }
        // `Module\Command` names the command.
        let bare = match name.rsplit_once('\\') {
            Some((module, bare))
                if !module.contains(['/', '\\', ':', '.']) || module.contains("PowerShell.") =>
            {
                bare
            }
            _ => name,
        };
        // A function of no module is not meant by a name with one.
        if bare == name
            && let Some(entry) = self.find_function(bare)
        {
            return Ok(Some(Found::Function(entry)));
        }
        if let Some(core) = self.settings.commands.find(bare) {
            return Ok(Some(Found::Core(core)));
        }
        let remote = self.settings.invoker.as_ref().and_then(|invoker| invoker.signature(bare));
        if let Some(signature) = remote {
            return Ok(Some(Found::Remote(signature)));
        }
        // Only what is called so is a script; its ending may be left out of a path.
        let script = match name.to_ascii_lowercase().ends_with(".ps1") {
            true => self.script_file(name)?,
            false if name.contains(['/', '\\']) => self.script_file(&format!("{name}.ps1"))?,
            false => None,
        };
        if script.is_some() {
            return Ok(script);
        }
        let folder = self.settings.location.clone();
        Ok(self.settings.host.program(name, &folder).map(Found::Program))
    }

    /// Values as lines of what the console shows of them.
    pub(super) fn shown_lines(&mut self, values: Vec<Value>) -> Run<Vec<Value>> {
        let Some(core) = self.settings.commands.find("Out-String") else { return Ok(values) };
        let mut link = self.inner_link();
        self.core_stage(core, vec![Argument::named("Stream", true)], true, false, &mut link)?;
        let mut lines = Vec::new();
        let behind = &mut Chain { links: &mut [], last: &mut lines };
        link.begin(self, behind)?;
        values.into_iter().try_for_each(|value| link.process(self, Some(value), behind))?;
        link.end(self, behind)?;
        Ok(lines)
    }

    /// A link for a command that the session itself runs.
    fn inner_link(&mut self) -> Link {
        self.pipelines += 1;
        Link {
            stage: Box::new(Missing),
            number: self.pipelines,
            frame: self.frame.clone(),
            place: self.place(Span::default()),
            name: None,
            class: None,
            around: Around::default(),
            begun: false,
            swallows: false,
        }
    }

    fn script_file(&mut self, name: &str) -> Run<Option<Found>> {
        let path = self.full_path(name);
        let Ok(bytes) = self.settings.host.files().read(&path) else { return Ok(None) };
        let source = Source::file(path.as_str(), decode(&bytes));
        let parsed = parse(&source);
        if parsed.block.is_some() {
            self.check_requirements(&source, &parsed)
                .map_err(|error| Halt::from(ErrorRecord::new(error).from_command(&name.into())))?;
        }
        match parsed.block {
            Some(block) => Ok(Some(Found::Script(Block::new(block)))),
            None => Err(unreadable(&source, &parsed.errors).into()),
        }
    }

    /// An absolute path of a name as a script writes it.
    pub fn full_path(&self, name: &str) -> String {
        let name = name.replace('\\', "/");
        if name.starts_with('/') || name.chars().nth(1) == Some(':') {
            return name;
        }
        let home = || self.settings.host.variable("HOME").unwrap_or_else(|| "/".to_owned());
        let (start, rest) = match name.strip_prefix("~/") {
            Some(rest) => (home(), rest.to_owned()),
            None if name == "~" => return home(),
            None => (self.settings.location.clone(), name),
        };
        let mut parts: Vec<&str> = start.split('/').filter(|part| !part.is_empty()).collect();
        for part in rest.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop();
                }
                part => parts.push(part),
            }
        }
        format!("/{}", parts.join("/"))
    }

    fn unknown(&self, name: &str) -> ErrorRecord {
        let record = ErrorRecord::new(not_found(name)).from_command(&name.into());
        let mut names: Vec<String> = self.settings.commands.names().into_iter().map(str::to_owned).collect();
        names.extend(self.function_names().iter().map(|name| name.to_string()));
        if let Some(invoker) = &self.settings.invoker {
            names.extend(invoker.names());
        }
        match gate::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => record.with_help(format!("Did you mean {near}?")),
            None => record.with_help("See Get-Command for the commands there are."),
        }
    }

    // --- the console ---------------------------------------------------------------------------

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
            class: core.class,
            number: 0,
            piped: true,
            last: true,
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
            class,
            number: 0,
            piped: true,
            last: true,
            place: &place,
            answers: &answers,
        };
        command.end(&mut call)
    }
}

/// An alias may name an alias, so many times.
const ALIASES_IN_A_ROW_MAX: usize = 16;

/// The parameter that an error of binding is about: the name in quotes in its sentence.
fn refused_parameter(record: &ErrorRecord) -> Option<&str> {
    let id = record.id();
    let of_binder = ["Parameter", "Named", "Positional", "Ambiguous", "Missing", "CannotConvertArgument"]
        .iter()
        .any(|word| id.starts_with(word));
    if !of_binder || id.starts_with("AmbiguousParameterSet") || id.starts_with("MissingMandatory") {
        return None;
    }
    record.message().split('\'').nth(1)
}

fn named_argument(argument: &ArgCode) -> Option<&str> {
    match &argument.kind {
        ArgKind::Named(name, _) if !name.is_empty() => Some(name),
        _ => None,
    }
}

/// The arguments that stand alone.
fn loose_values(command: &CommandCode) -> impl Iterator<Item = &ArgCode> {
    let loose = |at: &usize| {
        let after_name = *at > 0 && matches!(command.arguments[*at - 1].kind, ArgKind::Named(_, None));
        matches!(command.arguments[*at].kind, ArgKind::Value(_)) && !after_name
    };
    (0..command.arguments.len()).filter(loose).map(|at| &command.arguments[at])
}

/// Which argument a refused parameter was given by.
fn refused_argument(record: &ErrorRecord, quoted: &str, command: &CommandCode) -> Option<Span> {
    let id = record.id();
    let named = |argument: &ArgCode| {
        let name = named_argument(argument);
        name.is_some_and(|name| quoted.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name)))
    };
    let of_value = id.starts_with("ParameterArgument") || id.starts_with("CannotConvertArgument");
    let found = match id.starts_with("ParameterAlreadyBound") {
        true => command.arguments.iter().rposition(named),
        false => command.arguments.iter().position(named),
    };
    let Some(at) = found else {
        // Given by position, or out of a splatted table.
        let splat = command.arguments.iter().find(|argument| matches!(argument.kind, ArgKind::Splat(_)));
        let mut values = loose_values(command);
        return match (splat, values.next(), values.next()) {
            (Some(splat), _, _) => Some(splat.span),
            (None, Some(only), None) => Some(only.span),
            _ => None,
        };
    };
    let argument = &command.arguments[at];
    match &argument.kind {
        ArgKind::Named(name, Some(_)) if of_value => {
            // The value behind the colon.
            Some(Span::new(argument.span.start + name.len() as u32 + 2, argument.span.end))
        }
        ArgKind::Named(_, None) if of_value => command.arguments.get(at + 1).map(|next| next.span),
        _ => Some(argument.span),
    }
}

/// A command that was found.
enum Found {
    Function(Arc<super::function::FunctionEntry>),
    Core(&'static CoreCommand),
    Remote(Arc<Signature>),
    Script(Block),
    Program(String),
}

pub(super) fn named(halt: Halt, name: &Text) -> Halt {
    match halt.into_why() {
        Why::Error(record) if record.place().is_none() => {
            let record = record.from_command(name);
            let bare = record.activity().is_empty();
            let record = if bare { record.with_activity(&**name) } else { record };
            let whole = record.id().contains(',');
            let id = format!("{},{name}", record.id());
            Halt::from(if whole { record } else { record.with_id(id) })
        }
        other => Halt::new(other),
    }
}

/// A command called by `&` or `.` is shown under that sign.
fn named_as(halt: Halt, sign: &str) -> Halt {
    match halt.into_why() {
        Why::Error(record) => record.under(&sign.into()).into(),
        other => Halt::new(other),
    }
}

fn not_found(name: &str) -> Exception {
    let message = format!(
        "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
    );
    Exception::new("System.Management.Automation.CommandNotFoundException", message)
        .id("CommandNotFoundException")
        .category(Category::ObjectNotFound)
        .target(name)
}

fn bad_command() -> Exception {
    let message = "The expression after '&' in a pipeline element produced an object that was not valid. It must result in a command name, a script block, or a CommandInfo object.";
    Exception::runtime("BadExpression", message)
}

/// Where a pipeline goes on when one of its commands has enough: behind that command.
fn stopped_by(halt: Halt, links: &[Link]) -> Run<usize> {
    let Why::Enough(number) = halt.why() else { return Err(halt) };
    match links.iter().position(|link| link.number == *number) {
        Some(at) => Ok(at + 1),
        None => Err(halt),
    }
}

/// Refuses an `-ErrorAction` (and its like) that is no action.
fn check_actions(binder: &Binder) -> Result<(), ErrorRecord> {
    for parameter in ["ErrorAction", "WarningAction", "InformationAction"] {
        let Some(value) = binder.value(parameter) else { continue };
        let text = value.to_string();
        if value.as_i64().is_some() || text.parse::<u8>().is_ok() || streams::Action::whole(&text).is_some() {
            continue;
        }
        let message = format!(
            "Cannot bind parameter '{parameter}'. Cannot convert value \"{text}\" to type \"System.Management.Automation.ActionPreference\". Error: \"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{}\"",
            streams::Action::WORDS.join(", ")
        );
        let error = Exception::new("System.Management.Automation.ParameterBindingException", message)
            .id("CannotConvertArgumentNoMessage")
            .category(Category::InvalidArgument);
        return Err(ErrorRecord::new(error));
    }
    Ok(())
}

/// What the common parameters of a command change while it runs.
fn common(binder: &Binder, around: &mut Around, session: &mut Session) {
    let word = |name: &str| binder.value(name).map(|value| Text::from(value.to_string()));
    let flag = |name: &str| binder.value(name).map(dotnet::compare::truth);
    let actions = Actions {
        error: word("ErrorAction"),
        warning: word("WarningAction"),
        information: word("InformationAction"),
        verbose: flag("Verbose"),
        debug: flag("Debug"),
    };
    let any = actions.error.is_some()
        || actions.warning.is_some()
        || actions.information.is_some()
        || actions.verbose.is_some()
        || actions.debug.is_some();
    // A command answers to its own preferences, never to those of a command around it.
    around.actions = Some(if any { actions } else { Actions::default() });
    around.out_variable = word("OutVariable").map(|name| (name, Vec::new()));
    around.error_variable = word("ErrorVariable");
    around.pipeline_variable = word("PipelineVariable");
    around.hold =
        binder.value("OutBuffer").and_then(Value::as_i64).and_then(|hold| usize::try_from(hold).ok());
    listen(word, around, session);
}

/// `-WarningVariable` and `-InformationVariable`.
fn listen(word: impl Fn(&str) -> Option<Text>, around: &mut Around, session: &mut Session) {
    let streams = [("WarningVariable", streams::WARNING), ("InformationVariable", streams::INFORMATION)];
    for (parameter, stream) in streams {
        let Some(name) = word(parameter) else { continue };
        around.listeners.push((session.routes.listeners.len(), name));
        session.routes.listeners.push(Listener { stream, listens: false, heard: Vec::new() });
    }
}

fn common_of_function(stage: &FunctionStage, around: &mut Around, session: &mut Session) {
    let word = |name: &str| stage.given(name).map(|value| Text::from(value.to_string()));
    around.out_variable = word("OutVariable").map(|name| (name, Vec::new()));
    around.error_variable = word("ErrorVariable");
    around.pipeline_variable = word("PipelineVariable");
    around.hold =
        stage.given("OutBuffer").and_then(Value::as_i64).and_then(|hold| usize::try_from(hold).ok());
    listen(word, around, session);
}

/// Stands where a stage is still being made.
struct Missing;

impl Stage for Missing {
    fn begin(&mut self, _: &mut Session, _: &mut dyn Sink) -> Run {
        Ok(())
    }
    fn process(&mut self, _: &mut Session, _: Option<Value>, _: &mut dyn Sink) -> Run {
        Ok(())
    }
    fn end(&mut self, _: &mut Session, _: &mut dyn Sink) -> Run {
        Ok(())
    }
}

/// A script file: `exit` ends it and no more.
struct ScriptStage(FunctionStage);

impl ScriptStage {
    fn left(result: Run, session: &mut Session) -> Run {
        match result {
            Err(halt) => match halt.into_why() {
                Why::Exit(code) => {
                    session.set_global("LASTEXITCODE", code.into());
                    if code != 0 {
                        session.failed = true;
                    }
                    Ok(())
                }
                other => Err(Halt::new(other)),
            },
            done => done,
        }
    }
}

impl Stage for ScriptStage {
    fn begin(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        let result = self.0.begin(session, out);
        ScriptStage::left(result, session)
    }
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run {
        let result = self.0.process(session, input, out);
        ScriptStage::left(result, session)
    }
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        let result = self.0.end(session, out);
        ScriptStage::left(result, session)
    }
}

/// A core command.
struct CoreStage {
    command: Box<dyn Command>,
    binder: Binder,
    name: Text,
    class: &'static str,
    number: u64,
    piped: bool,
    last: bool,
    place: Place,
    /// What a person answered for all further objects.
    answers: Answers,
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
            class: self.class,
            number: self.number,
            piped: self.piped,
            last: self.last,
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
                let record = finished(binding::refused(error), &self.name, self.class);
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
struct CoreReading<'a> {
    session: &'a mut Session,
    name: Text,
    presets: Option<Vec<(String, Value)>>,
}

impl Reading for CoreReading<'_> {
    fn as_it_is(&mut self, at: usize, formal: &Formal, value: &Value) -> Option<Value> {
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
        gate::bind::Strict.read(at, formal, value)
    }
    fn check(&mut self, _: usize, formal: &Formal, value: &Value) -> object::Result<()> {
        parameter::check_declared(formal, value)
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
    fn joining(&mut self, _: &Arc<Signature>, _: &Bound) -> object::Result<Vec<Formal>> {
        Ok(Vec::new())
    }
}

fn takes_anything(formal: &Formal) -> bool {
    std::ptr::eq(formal.kind, &kinds::ANY) && formal.type_name.starts_with("System.Object")
}

/// How arguments of a remote cmdlet are read here: hardly at all; the gate that runs it reads them.
struct RemoteReading<'a> {
    session: &'a mut Session,
    name: Text,
    presets: Option<Vec<(String, Value)>>,
}

impl Reading for RemoteReading<'_> {
    fn as_it_is(&mut self, _: usize, formal: &Formal, value: &Value) -> Option<Value> {
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
    fn read(&mut self, _: usize, _: &Formal, value: Value) -> object::Result<Value> {
        Ok(value)
    }
    fn ask(&mut self, missing: &[&Formal]) -> object::Result<Option<Vec<Value>>> {
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

/// A cmdlet that runs elsewhere: one invocation through which piped objects stream.
struct RemoteStage {
    binder: Binder,
    name: Text,
    piped: bool,
    remote: Option<Box<dyn Remote>>,
}

impl RemoteStage {
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

    fn talk(
        &mut self,
        session: &mut Session,
        out: &mut dyn Sink,
        part: impl FnOnce(&mut dyn Remote, super::command::Answers<'_>) -> object::Result<()>,
    ) -> Run {
        let Some(mut remote) = self.remote.take() else { return Ok(()) };
        let name = self.name.clone();
        let mut halted = None;
        let result = part(&mut *remote, &mut |record| {
            answer(session, out, &name, record).map_err(|halt| {
                halted = Some(halt);
                gate::stopped()
            })
        });
        if let Some(halt) = halted {
            remote.stop();
            return Err(halt);
        }
        match result {
            Ok(()) => {
                self.remote = Some(remote);
                Ok(())
            }
            // The person stopped it: nothing went wrong.
            Err(error) if gate::is_stopped(&error) => Err(Halt::new(Why::Interrupted)),
            Err(error) => Err(remote_error(&error, &name).into()),
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
    let record = ErrorRecord::from(error).from_command(name).with_activity(&**name);
    let id = format!("{},{name}", record.id());
    record.with_id(id)
}

fn answer(session: &mut Session, out: &mut dyn Sink, name: &Text, record: Record) -> Run {
    match record {
        Record::Object(value) => out.write(session, value),
        Record::Warning(text) => session.warning(&text),
        Record::Verbose(text) => session.verbose(&text),
        Record::Error(error) => session.report(remote_error(&error, name)),
        Record::Progress(progress) => {
            session.show_progress(&progress);
            Ok(())
        }
    }
}

impl Stage for RemoteStage {
    fn begin(&mut self, session: &mut Session, _: &mut dyn Sink) -> Run {
        let invocation = self.invocation(session);
        let Some(invoker) = session.invoker() else { return Err(not_found(&self.name).into()) };
        let opened = invoker.open(invocation).map_err(|error| remote_error(&error, &self.name))?;
        self.remote = Some(opened);
        Ok(())
    }
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run {
        session.check_stop()?;
        match input {
            Some(input) => self.talk(session, out, |remote, answers| remote.input(&input, answers)),
            None => Ok(()),
        }
    }
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.talk(session, out, |remote, answers| remote.end(answers))?;
        self.remote = None; // it is over: nothing is left to stop
        Ok(())
    }
}

impl Drop for RemoteStage {
    fn drop(&mut self) {
        if let Some(remote) = &mut self.remote {
            remote.stop();
        }
    }
}
