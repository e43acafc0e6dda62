//! Pipelines: commands joined into a chain. An object that one command writes is in the next one before
//! the first goes on; nothing is gathered in between.

use super::binding;
use super::call::{Answers, finished, unbound};
use super::code::{Code, CommandCode, Pipe, RedirectCode};
use super::command::CoreCommand;
use super::common_parameters::{check_actions, common, common_of_function};
use super::core::{CoreReading, CoreStage};
use super::error::Extent;
use super::find::Found;
use super::function::FunctionStage;
use super::halt::{Halt, Run, Why, named};
use super::link::{Around, Chain, Link, Relay};
use super::program::ProgramStage;
use super::remote::{RemoteReading, RemoteStage};
use super::scope::Block;
use super::script::ScriptStage;
use super::session::Session;
use super::sink::Sink;
use super::stage::Missing;
use crate::syntax::Span;
use crate::syntax::ast::Invocation as Sign;
use dotnet::{Category, Exception};
use gate::Signature;
use gate::bind::{Argument, Binder};
use object::Value;
use object::value::Text;
use std::sync::Arc;

impl Session {
    /// Runs a pipeline.
    pub(super) fn pipeline(&mut self, pipe: &Pipe, span: Span, out: &mut dyn Sink) -> Run {
        if pipe.background {
            return self.as_job(span, out);
        }
        let before = std::mem::replace(&mut self.failed, false);
        let result = self.pipeline_here(pipe, span, out);
        // A command that waited was woken by the wish to stop: nothing runs behind it, nor behind one that failed.
        let result = self.check_stop().and(result);
        self.status = result.is_ok() && !self.failed;
        self.failed = before;
        result
    }

    /// `command &`: the same as a job.
    fn as_job(&mut self, span: Span, out: &mut dyn Sink) -> Run {
        let Some(core) = self.settings.commands.find("Start-Job") else {
            let message = "Commands in the background need the command Start-Job, which is not here.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        };
        let text = self.frame.code.source.slice(span).trim_end().trim_end_matches('&').to_owned();
        let block = self.parse_block(&text)?;
        let mut link = self.inner_link(span);
        self.core_stage(core, vec![Argument::named("ScriptBlock", block.value())], false, &mut link)?;
        let behind = &mut Chain { links: &mut [], last: out };
        self.background = true;
        let begun = link.begin(self, behind).and_then(|()| link.process(self, None, behind));
        let ended = begun.and_then(|()| link.end(self, behind));
        self.background = false;
        ended
    }

    fn pipeline_here(&mut self, pipe: &Pipe, span: Span, out: &mut dyn Sink) -> Run {
        let errors = self.errors.len();
        let (gathered, listeners) = (self.routes.gathered.len(), self.routes.listeners.len());
        let mut links = Vec::with_capacity(pipe.commands.len());
        for (at, command) in pipe.commands.iter().enumerate() {
            let piped = at > 0 || pipe.source.is_some();
            let link = self.link(command, piped);
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

    fn drive_values(
        &mut self,
        code: &Code,
        redirections: &[RedirectCode],
        span: Span,
        links: &mut [Link],
        out: &mut dyn Sink,
    ) -> Run {
        if links.is_empty() {
            return self.redirected_value(code, redirections, span, out);
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
    fn redirected_value(
        &mut self,
        code: &Code,
        redirections: &[RedirectCode],
        span: Span,
        out: &mut dyn Sink,
    ) -> Run {
        let mut around = Around::default();
        self.redirect(redirections, &mut around, span)?;
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

    /// Makes a command ready: what it is called by may be a module, a script block or a name.
    fn link(&mut self, command: &CommandCode, piped: bool) -> Run<Link> {
        let place = self.place(command.span);
        let name = self.eval(&command.name)?;
        let mut around = Around::default();
        self.redirect(&command.redirections, &mut around, command.span)?;
        self.pipelines += 1;
        let mut link = Link {
            stage: Box::new(Missing),
            number: self.pipelines,
            frame: self.frame.clone(),
            place,
            name: None,
            called: None,
            calls: self.calls.len(),
            class: None,
            around,
            begun: false,
            swallows: false,
        };
        if let Some(module) = super::scope::ModuleInfo::of(&name) {
            let mut arguments = self.arguments(&command.arguments)?;
            link.stage = Box::new(self.within_module(&module, &mut arguments, piped)?);
        } else if let Some(block) = Block::of(&name).cloned() {
            link.stage = Box::new(self.block_stage(command, &block, piped, &link.place)?);
        } else {
            self.link_named(command, &name, piped, &mut link)?;
        }
        Ok(link)
    }

    fn block_stage(
        &mut self,
        command: &CommandCode,
        block: &Block,
        piped: bool,
        place: &Extent,
    ) -> Run<FunctionStage> {
        let arguments = self.arguments(&command.arguments)?;
        let dotted = command.invocation == Sign::Dot;
        let mut stage = match dotted {
            true => FunctionStage::dotted(self, block, arguments, piped)?,
            false => FunctionStage::of_block(self, block, arguments, piped)?,
        };
        stage.place = Some(place.clone());
        stage.invoked_as = if dotted { "." } else { "&" }.into();
        Ok(stage)
    }

    /// Finds what a name means, and makes it ready.
    fn link_named(&mut self, command: &CommandCode, called: &Value, piped: bool, link: &mut Link) -> Run {
        if command.as_method && self.is_strict_of_members() {
            return Err(called_as_method().into());
        }
        let name: Text = match called {
            Value::String(text) if text.is_empty() => {
                return Err(bad_command(command.invocation).target("").into());
            }
            Value::String(text) => text.clone(),
            Value::Null => return Err(bad_command(command.invocation).into()),
            other => self.command_name(other),
        };
        let found = match self.command_given(called)? {
            Some(found) => Ok(found),
            None => self.resolve_command(&name),
        };
        let found = found.map_err(|halt| {
            let signed = command.invocation != Sign::Plain;
            self.at_command(if signed { named_as(halt, "&") } else { halt }, command.name_span)
        })?;
        // Nothing has to run for what only swallows.
        if let Found::Core(core) = &found
            && core.name == "Out-Null"
            && command.arguments.is_empty()
            && command.redirections.is_empty()
        {
            link.swallows = true;
            return Ok(());
        }
        let arguments = self.arguments(&command.arguments)?;
        match found {
            Found::Function(entry) => {
                let stage = match command.invocation {
                    Sign::Dot => FunctionStage::dotted(self, &entry.block, arguments, piped),
                    _ => FunctionStage::of_function(self, &entry, arguments, piped),
                };
                link.name = Some(entry.name.clone());
                let mut stage = stage.map_err(|halt| named(halt, &entry.name, &name))?;
                stage.invoked_as = name;
                stage.place = Some(link.place.clone());
                common_of_function(&stage, &mut link.around, self);
                link.stage = Box::new(stage);
            }
            Found::Script(block) => {
                let mut stage = match command.invocation {
                    Sign::Dot => FunctionStage::dotted(self, &block, arguments, piped)?,
                    _ => FunctionStage::of_script(self, &block, arguments, piped)?,
                };
                if let Some(scope) = &mut stage.scope {
                    scope.is_script = true;
                }
                stage.invoked_as = name;
                stage.place = Some(link.place.clone());
                link.stage = Box::new(ScriptStage(stage));
            }
            Found::Core(core) => {
                // What is called by `&` is shown under that sign.
                let typed = if command.invocation == Sign::Plain { name } else { "&".into() };
                link.called = Some(typed);
                self.core_stage(core, arguments, piped, link)?;
            }
            Found::Program(path) => {
                link.stage = Box::new(ProgramStage::new(self, path, arguments, piped));
            }
            Found::Remote(signature) => self.remote_stage(signature, arguments, piped, link)?,
        }
        Ok(())
    }

    /// `& $module { … }` and `& $module Name`: what a module keeps to itself can be reached through it.
    fn within_module(
        &mut self,
        module: &Arc<super::scope::Module>,
        arguments: &mut Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let first = if arguments.is_empty() { None } else { Some(arguments.remove(0)) };
        let Some(Argument::Positional(first)) = first else { return Err(bad_command(Sign::Call).into()) };
        let arguments = std::mem::take(arguments);
        if let Some(block) = Block::of(&first) {
            let block = block.at_home(Some(module.clone()));
            return FunctionStage::of_block(self, &block, arguments, piped);
        }
        let name = self.to_text(&first);
        match self.function_within(module, &name) {
            Some(entry) => FunctionStage::of_function(self, &entry, arguments, piped),
            None => Err(self.unknown(&name).into()),
        }
    }

    /// The command that an object of `Get-Command` is, whatever its name means by now; `None`: its name decides.
    fn command_given(&mut self, value: &Value) -> Run<Option<Found>> {
        let Value::Object(object) = dotnet::values::base(value) else { return Ok(None) };
        let name = object.get("Name").unwrap_or_default().to_string();
        Ok(match object.type_name().rsplit('.').next().unwrap_or_default() {
            "CmdletInfo" => match self.settings.commands.find(&name) {
                Some(core) => Some(Found::Core(core)),
                None => {
                    let invoker = self.settings.invoker.as_ref();
                    invoker.and_then(|invoker| invoker.signature(&name)).map(Found::Remote)
                }
            },
            "FunctionInfo" | "FilterInfo" => {
                object.get("ScriptBlock").as_ref().and_then(Block::of).map(|block| {
                    let entry =
                        super::scope::FunctionEntry { name: name.as_str().into(), block: block.clone() };
                    Found::Function(Arc::new(entry))
                })
            }
            "ApplicationInfo" => Some(Found::Program(object.get("Path").unwrap_or_default().to_string())),
            _ => None,
        })
    }

    /// A command given as an object: `& (Get-Command x)`.
    fn command_name(&self, value: &Value) -> Text {
        let named = match dotnet::values::base(value) {
            Value::Object(object) => object.get("Name"),
            _ => None,
        };
        named.map_or_else(|| self.to_text(value).into(), |name| self.to_text(&name).into())
    }

    pub(super) fn core_stage(
        &mut self,
        core: &'static CoreCommand,
        arguments: Vec<Argument>,
        piped: bool,
        link: &mut Link,
    ) -> Run {
        let name: Text = core.name.into();
        link.name = Some(name.clone());
        link.class = Some(core.class);
        let called = link.called.clone().unwrap_or_else(|| name.clone());
        let mut reading = CoreReading { session: self, name: name.clone(), presets: None };
        let binder = Binder::start(core.signature().clone(), arguments, piped, &mut reading);
        let binder = binder.map_err(|error| {
            let class = core.class;
            let record = unbound(binding::refused(error), &name, &called, class);
            let validation = record.id().starts_with("ParameterArgumentValidation");
            Halt::from(match record.category() {
                Category::MetadataError => record,
                _ if validation => record.with_category(Category::InvalidData),
                _ => record.with_category(Category::InvalidArgument),
            })
        })?;
        check_actions(&binder).map_err(|error| Halt::from(finished(error, &name, &called, core.class)))?;
        common(&binder, &mut link.around, self);
        let (number, class) = (link.number, core.class);
        link.stage = Box::new(CoreStage {
            command: (core.make)(),
            binder,
            name,
            called,
            class,
            number,
            piped,
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
        link.stage = Box::new(RemoteStage::new(binder, name, piped));
        Ok(())
    }

    /// Runs a core command in the running scope, whatever its name means to scripts by now.
    pub(super) fn own_command(&mut self, name: &str, arguments: Vec<Argument>) -> Run<Vec<Value>> {
        let Some(core) = self.settings.commands.find(name) else {
            return Err(self.unknown(name).into());
        };
        let mut link = self.inner_link(Span::default());
        self.core_stage(core, arguments, false, &mut link)?;
        let mut out = Vec::new();
        let behind = &mut Chain { links: &mut [], last: &mut out };
        link.begin(self, behind)?;
        link.process(self, None, behind)?;
        link.end(self, behind)?;
        Ok(out)
    }

    /// Values as lines of what the console shows of them.
    pub(super) fn shown_lines(&mut self, values: Vec<Value>) -> Run<Vec<Value>> {
        let Some(core) = self.settings.commands.find("Out-String") else { return Ok(values) };
        let mut link = self.inner_link(Span::default());
        self.core_stage(core, vec![Argument::named("Stream", true)], true, &mut link)?;
        let mut lines = Vec::new();
        let behind = &mut Chain { links: &mut [], last: &mut lines };
        link.begin(self, behind)?;
        values.into_iter().try_for_each(|value| link.process(self, Some(value), behind))?;
        link.end(self, behind)?;
        Ok(lines)
    }

    /// A link for a command that the session itself runs.
    pub(super) fn inner_link(&mut self, span: Span) -> Link {
        self.pipelines += 1;
        Link {
            stage: Box::new(Missing),
            number: self.pipelines,
            frame: self.frame.clone(),
            place: self.place(span),
            name: None,
            called: None,
            calls: self.calls.len(),
            class: None,
            around: Around::default(),
            begun: false,
            swallows: false,
        }
    }
}

/// A command called by `&` or `.` is shown under that sign.
fn named_as(halt: Halt, sign: &str) -> Halt {
    match halt.into_why() {
        Why::Error(record) => record.under(&sign.into()).into(),
        other => Halt::new(other),
    }
}

/// Strict mode takes `Name(1, 2)` for a mistake: it gives one argument, a list.
fn called_as_method() -> Exception {
    let message = "The function or command was called as if it were a method. Parameters should be separated by spaces. For information about parameters, see the about_Parameters Help topic.";
    Exception::runtime("StrictModeFunctionCallWithParens", message)
}

fn bad_command(sign: Sign) -> Exception {
    let sign = if sign == Sign::Dot { "." } else { "&" };
    let message = format!(
        "The expression after '{sign}' in a pipeline element produced an object that was not valid. It must result in a command name, a script block, or a CommandInfo object."
    );
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
