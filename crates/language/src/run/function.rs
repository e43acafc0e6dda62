//! Functions and script blocks as commands: defining, finding and running them.

use super::binding;
use super::call::{Answers, Given};
use super::code::{Param, Prepared, Seq};
use super::error::{ErrorRecord, Extent};
use super::halt::{Run, ended};
use super::parameter::{self, Dynamic, FunctionReading};
use super::prepare::prepared;
use super::route::{Actions, Called};
use super::scope::Block;
use super::scope::{self, FunctionEntry, Scope, Slot, lowered, same_home};
use super::session::{Frame, Here, Session};
use super::sink::{Dropped, Sink};
use super::stage::Stage;
use super::values;
use crate::syntax::ast::Function;
use dotnet::{Enumerator, Exception};
use gate::bind::{Argument, Binder};
use object::value::{Dictionary, Text};
use object::{Object, Value};
use std::sync::Arc;

impl Session {
    /// Runs a function definition.
    pub(super) fn define(&mut self, function: &Arc<Function>) -> Run {
        let block = Block::made(function.body.clone(), Some(function.clone()));
        let block = block.at_home(self.current_module());
        self.define_as(&function.name, block);
        Ok(())
    }

    /// `$function:name = { … }`.
    pub(super) fn define_block(&mut self, name: &str, value: &Value) -> Run {
        let block = match Block::of(value) {
            Some(block) => block.clone(),
            None => self.parse_block(&self.to_text(value))?,
        };
        self.define_as(name, block);
        Ok(())
    }

    fn define_as(&mut self, written: &str, block: Block) {
        let (scope, name) = self.place_of(written);
        let name: Text = name.into();
        let block = block.settled(self.current_module());
        let entry = Arc::new(FunctionEntry { name: name.clone(), block });
        self.scopes[scope].functions.get_or_insert_default().insert(lowered(&name), entry);
    }

    /// The scope that the written name of a function begins with (`global:Get-It`), the running one where it names none,
    /// and the name behind it.
    fn place_of<'n>(&self, written: &'n str) -> (usize, &'n str) {
        let Some((scope, name)) = written.split_once(':') else { return (self.frame.scope, written) };
        match scope.to_ascii_lowercase().as_str() {
            "global" => (0, name),
            "script" => (self.script_scope_index(), name),
            "local" | "private" => (self.frame.scope, name),
            _ => (self.frame.scope, written),
        }
    }

    pub(super) fn script_scope_index(&self) -> usize {
        let mut at = self.frame.scope;
        while !self.scopes[at].is_script {
            match self.scopes[at].parent {
                Some(parent) => at = parent,
                None => break,
            }
        }
        at
    }

    /// The function of that name that the running scope sees.
    pub fn find_function(&self, name: &str) -> Option<Arc<FunctionEntry>> {
        let (scope, name) = self.place_of(name);
        let (mut at, name) = (Some(scope), lowered(name));
        while let Some(index) = at {
            let scope = &self.scopes[index];
            if let Some(entry) = scope.functions.as_ref().and_then(|functions| functions.get(&name)) {
                return Some(entry.clone());
            }
            at = scope.parent;
        }
        None
    }

    /// The names of all functions that the running scope sees.
    pub fn function_names(&self) -> Vec<Text> {
        let mut names = Vec::new();
        let mut at = Some(self.frame.scope);
        while let Some(index) = at {
            let scope = &self.scopes[index];
            names.extend(
                scope.functions.iter().flat_map(|functions| functions.values()).map(|f| f.name.clone()),
            );
            at = scope.parent;
        }
        names.sort();
        names.dedup();
        names
    }

    /// Makes a function of a block, in the scope that its name begins with, else in the one that runs.
    pub fn define_function(&mut self, name: &str, block: Block) {
        self.define_as(name, block);
    }
    /// Takes a function away.
    pub fn remove_function(&mut self, name: &str) -> bool {
        let name = lowered(self.place_of(name).1);
        let removed =
            |scope: &mut Scope| scope.functions.as_mut().and_then(|functions| functions.remove(&name));
        self.scopes.iter_mut().rev().any(|scope| removed(scope).is_some())
    }

    /// What an alias stands for where the running code sees it.
    pub fn find_alias(&self, name: &str) -> Option<Text> {
        let (mut at, lower) = (Some(self.frame.scope), lowered(name));
        while let Some(index) = at {
            let scope = &self.scopes[index];
            if let Some(meaning) = scope.aliases.as_ref().and_then(|aliases| aliases.get(&lower)) {
                return Some(meaning.clone());
            }
            at = scope.parent;
        }
        match self.aliases.get(&lower) {
            Some(meaning) if meaning.is_empty() => None,
            Some(meaning) => Some(meaning.clone()),
            None => self.settings.commands.alias(name).map(Text::from),
        }
    }
    /// Makes an alias in the running scope.
    pub fn set_alias(&mut self, name: &str, meaning: &str) {
        self.put_alias(self.frame.scope, name, meaning);
    }
    /// Makes an alias in another scope.
    pub fn set_alias_in(&mut self, scope: super::variable::ScopeAt, name: &str, meaning: &str) {
        self.put_alias(scope.number(), name, meaning);
    }
    pub(super) fn put_alias(&mut self, scope: usize, name: &str, meaning: &str) {
        match scope {
            0 => &mut self.aliases,
            scope => self.scopes[scope].aliases.get_or_insert_default(),
        }
        .insert(lowered(name), meaning.into());
    }
    /// Takes an alias away, from the innermost scope that has it.
    pub fn remove_alias(&mut self, name: &str) {
        let (mut at, lower) = (Some(self.frame.scope), lowered(name));
        while let Some(index) = at {
            let scope = &mut self.scopes[index];
            if scope.aliases.as_mut().and_then(|aliases| aliases.remove(&lower)).is_some() {
                return;
            }
            at = scope.parent;
        }
        // What everybody has is hidden.
        self.aliases.insert(lower, "".into());
    }
    /// Says of an alias whether it may be changed, and what it is.
    pub fn describe_alias(&mut self, name: &str, read_only: bool, description: &str) {
        self.alias_notes.insert(lowered(name), (read_only, description.into()));
    }
    /// Whether an alias may only be changed by force: those PowerShell guards, and those made so.
    pub fn alias_is_read_only(&self, name: &str) -> bool {
        match self.alias_notes.get(&lowered(name)) {
            Some((read_only, _)) => *read_only,
            None => {
                !self.aliases.contains_key(&lowered(name)) && self.settings.commands.alias_is_read_only(name)
            }
        }
    }
    /// What was said of an alias when it was made.
    pub fn alias_description(&self, name: &str) -> Text {
        self.alias_notes.get(&lowered(name)).map(|(_, text)| text.clone()).unwrap_or_default()
    }
    /// All aliases with what they stand for.
    pub fn aliases(&self) -> Vec<(Text, Text)> {
        let own = self.aliases.iter().map(|(name, meaning)| (name.clone(), meaning.clone()));
        let table = self.settings.commands.aliases().into_iter();
        let given = table
            .filter(|(name, _)| !self.aliases.contains_key(&lowered(name)))
            .map(|(name, meaning)| (Text::from(name), Text::from(meaning)));
        let mut all: Vec<(Text, Text)> =
            own.filter(|(_, meaning)| !meaning.is_empty()).chain(given).collect();
        // What a scope further in says of a name comes before what is said outside of it.
        let mut at = Some(self.frame.scope);
        let mut inner: Vec<(Text, Text)> = Vec::new();
        while let Some(index) = at {
            let scope = &self.scopes[index];
            for (name, meaning) in scope.aliases.iter().flatten() {
                if !inner.iter().any(|(known, _)| known == name) {
                    inner.push((name.clone(), meaning.clone()));
                }
            }
            at = scope.parent;
        }
        all.retain(|(name, _)| !inner.iter().any(|(known, _)| *known == lowered(name)));
        all.extend(inner);
        all.sort();
        all
    }

    // --- calling back --------------------------------------------------------------------------

    /// Runs a script block in a scope of its own, with `$_` where one is given.
    pub fn call_block(
        &mut self,
        block: &Value,
        input: Option<&Value>,
        arguments: &[Value],
        out: &mut dyn Sink,
    ) -> Run {
        let Some(block) = Block::of(block).cloned() else { return Err(no_block(block).into()) };
        let code = prepared(&block.ast, block.function.as_deref());
        if arguments.is_empty() && code.is_bare() {
            return self.call_bare(&block, &code, input, out);
        }
        let arguments = by_place(&block, arguments.to_vec());
        let mut stage = FunctionStage::of_block(self, &block, arguments, false)?;
        if let (Some(scope), Some(input)) = (&mut stage.scope, input) {
            scope.slots[scope::UNDERSCORE as usize] = Slot::Plain(input.clone());
        }
        stage.run_alone(self, out)
    }

    /// The same for a block to which nothing has to be bound: calculated properties and the like, once an object.
    fn call_bare(
        &mut self,
        block: &Block,
        code: &Arc<Prepared>,
        input: Option<&Value>,
        out: &mut dyn Sink,
    ) -> Run {
        let mut scope = self.child_scope(code, block);
        scope.slots[scope::ARGS as usize] = Slot::Plain(Value::array([]));
        if let Some(input) = input {
            scope.slots[scope::UNDERSCORE as usize] = Slot::Plain(input.clone());
        }
        self.routes.actions.push(Actions::default());
        let failed = self.failed;
        let (result, _) = self.lodged(code, scope, |session| ended(session.body(code, out)));
        self.failed = failed || std::mem::take(&mut self.cmdlet_failed);
        self.routes.actions.pop();
        result
    }

    /// Runs a script block as a command does in a pipeline: `input` is what is piped in.
    pub(super) fn call_piped(
        &mut self,
        block: &Value,
        input: Option<Vec<Value>>,
        arguments: Vec<Value>,
        out: &mut dyn Sink,
    ) -> Run {
        let Some(block) = Block::of(block).cloned() else { return Err(no_block(block).into()) };
        let arguments = by_place(&block, arguments);
        let mut stage = FunctionStage::of_block(self, &block, arguments, input.is_some())?;
        stage.begin(self, out)?;
        match input {
            Some(input) => {
                input.into_iter().try_for_each(|item| stage.process(self, Some(item), out))?;
            }
            None => stage.process(self, None, out)?,
        }
        stage.end(self, out)
    }

    /// As [`Session::call_block`], with `$this`.
    pub(super) fn call_block_with_this(
        &mut self,
        block: &Value,
        this: &Value,
        arguments: &[Value],
        out: &mut dyn Sink,
    ) -> Run {
        let Some(block) = Block::of(block).cloned() else { return Err(no_block(block).into()) };
        let arguments = by_place(&block, arguments.to_vec());
        let mut stage = FunctionStage::of_block(self, &block, arguments, false)?;
        if let Some(scope) = &mut stage.scope {
            scope.slots[scope::THIS as usize] = Slot::Plain(this.clone());
            scope.slots[scope::UNDERSCORE as usize] = Slot::Plain(this.clone());
        }
        stage.run_alone(self, out)
    }

    /// Runs a script block in the running scope itself, as `ForEach-Object` and `Where-Object` do.
    pub fn block_here(&mut self, block: &Value, input: Option<&Value>, out: &mut dyn Sink) -> Run {
        let here = self.here(block)?;
        self.run_here(&here, input, out)
    }

    /// A script block made ready for [`Session::run_here`]; good as long as the pipeline runs.
    pub fn here(&mut self, block: &Value) -> Run<Here> {
        let Some(block) = Block::of(block).cloned() else { return Err(no_block(block).into()) };
        let code = prepared(&block.ast, block.function.as_deref());
        let scope = self.frame.scope;
        let running = self.scopes[scope].module.as_ref();
        let home = block.home_within(running);
        let home = (!same_home(home.as_ref(), running)).then_some(home);
        let map = match home.is_some() || self.scopes[scope].has_names(&code.names) {
            true => None,
            false => Some(self.scopes[scope].map(&code.names)),
        };
        Ok(Here { frame: Frame { scope, map, code }, home })
    }

    /// Runs a block in the scope that [`Session::here`] found, with `$_`.
    pub fn run_here(&mut self, here: &Here, input: Option<&Value>, out: &mut dyn Sink) -> Run {
        let code = here.frame.code.clone();
        if let Some(home) = &here.home {
            return self.with_home(home.as_ref(), |session, scope| {
                let map = Some(session.scopes[scope].map(&code.names));
                let frame = Frame { scope, map, code: code.clone() };
                session.run_here(&Here { frame, home: None }, input, out)
            });
        }
        self.in_frame(here.frame.clone(), |session| {
            session.deeper(|session| {
                let Some(input) = input else { return ended(session.body(&code, out)) };
                let slot = session.slot_mut(scope::UNDERSCORE);
                let before = std::mem::replace(slot, Slot::Plain(input.clone()));
                let result = ended(session.body(&code, out));
                *session.slot_mut(scope::UNDERSCORE) = before;
                result
            })
        })
    }

    /// Runs a script block or the text of a script in the running scope.
    pub fn run_dotted(&mut self, block: &Block, arguments: Vec<Argument>, out: &mut dyn Sink) -> Run {
        let mut stage = FunctionStage::dotted(self, block, arguments, false)?;
        stage.run_alone(self, out)
    }

    /// Runs a script in a scope of its own below the global one.
    pub(super) fn run_script(
        &mut self,
        ast: &Arc<crate::syntax::ast::ScriptBlock>,
        arguments: Vec<Argument>,
        out: &mut dyn Sink,
    ) -> Run {
        let block = Block::new(ast.clone());
        let mut stage = FunctionStage::of_script(self, &block, arguments, false)?;
        stage.run_alone(self, out)
    }
}

/// The file that a script came from, without its folder.
fn script_name(source: &crate::syntax::Source) -> Option<Text> {
    source.name().map(|path| path.rsplit('/').next().unwrap_or(path).into())
}

fn no_block(value: &Value) -> Exception {
    Exception::cast(
        "ConvertToFinalInvalidCastException",
        format!("Cannot convert the \"{value}\" value to type \"System.Management.Automation.ScriptBlock\"."),
    )
}

/// A function, script block or script as a stage of a pipeline.
pub(super) struct FunctionStage {
    pub(super) code: Arc<Prepared>,
    /// The scope while the function does not run; `None` for one that runs in its caller's.
    pub(super) scope: Option<Scope>,
    shared: Option<Frame>,
    binder: Option<Binder>,
    given: Given,
    piped: bool,
    input: Vec<Value>,
    /// Parameters without a value get their defaults once, at the first piped object or at the end.
    ready: bool,
    bound: Vec<bool>,
    name: Text,
    /// What its errors of binding are said of: its name, or the script's file.
    called: Text,
    /// Where it was called.
    pub(super) place: Option<Extent>,
    /// What a person answered for all further objects.
    answers: Answers,
    dynamic: Vec<Dynamic>,
    /// Whose code called it.
    caller: Option<Arc<super::scope::Module>>,
    /// The block that runs, as `$MyInvocation.MyCommand` shows it.
    block: Option<Block>,
    /// The word it was called by.
    pub(super) invoked_as: Text,
}

impl FunctionStage {
    pub(super) fn of_function(
        session: &mut Session,
        entry: &FunctionEntry,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let code = prepared(&entry.block.ast, entry.block.function.as_deref());
        let scope = session.child_scope(&code, &entry.block);
        let stage =
            FunctionStage::new(session, code, Some(scope), None, entry.name.clone(), arguments, piped)?;
        Ok(FunctionStage { block: Some(entry.block.clone()), ..stage })
    }

    pub(super) fn of_block(
        session: &mut Session,
        block: &Block,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let code = prepared(&block.ast, block.function.as_deref());
        let scope = session.child_scope(&code, block);
        FunctionStage::new(session, code, Some(scope), None, "".into(), arguments, piped)
    }

    /// A script file; its parameters are bound under the file's name.
    pub(super) fn of_script(
        session: &mut Session,
        block: &Block,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let code = prepared(&block.ast, block.function.as_deref());
        let mut scope = session.child_scope(&code, block);
        scope.is_script = true;
        let called = script_name(&code.source);
        let stage = FunctionStage::new(session, code, Some(scope), None, "".into(), arguments, piped);
        stage.map_err(|halt| match called {
            Some(called) => super::halt::named(halt, &called, &called),
            None => halt,
        })
    }

    /// A block that runs in the running scope.
    pub(super) fn dotted(
        session: &mut Session,
        block: &Block,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        let code = prepared(&block.ast, block.function.as_deref());
        // The code of another module, or of the session itself, runs in the scope where that one is.
        let running = session.scopes[session.frame.scope].module.as_ref();
        let home = block.home_within(running);
        let at = match same_home(home.as_ref(), running) {
            true => session.frame.scope,
            false => {
                let its =
                    session.scopes.iter().rposition(|scope| same_home(scope.module.as_ref(), home.as_ref()));
                // Nothing of that module runs: there is no scope of a caller to run in.
                let Some(its) = its else { return FunctionStage::of_block(session, block, arguments, piped) };
                its
            }
        };
        let map = Some(session.scopes[at].map(&code.names));
        let frame = Frame { scope: at, map, code: code.clone() };
        FunctionStage::new(session, code, None, Some(frame), "".into(), arguments, piped)
    }

    fn new(
        session: &mut Session,
        code: Arc<Prepared>,
        scope: Option<Scope>,
        shared: Option<Frame>,
        name: Text,
        arguments: Vec<Argument>,
        piped: bool,
    ) -> Run<FunctionStage> {
        // A script binds under the name of its file.
        let is_script = scope.as_ref().is_some_and(|scope| scope.is_script);
        let called = script_name(&code.source).filter(|_| is_script);
        if !code.types.is_empty() || !code.namespaces.is_empty() {
            session.declare_types(&code)?;
        }
        // A type that is not known is said where it stands, before anything is bound.
        for kind in code.params.iter().filter_map(|param| param.kind.as_ref()) {
            let place = || Extent { source: code.source.clone(), span: kind.span };
            values::resolve(session, kind).map_err(|error| ErrorRecord::new(error).at(place))?;
        }
        let bound = vec![false; code.params.len()];
        let given = Given::default();
        let mut stage = FunctionStage {
            code,
            scope,
            shared,
            binder: None,
            given,
            piped,
            input: Vec::new(),
            ready: false,
            bound,
            called: called.unwrap_or_else(|| name.clone()),
            name,
            place: None,
            answers: Answers::default(),
            dynamic: Vec::new(),
            caller: session.current_module(),
            block: None,
            invoked_as: "".into(),
        };
        if stage.code.advanced {
            stage.bind_advanced(session, arguments)?;
        } else {
            stage.bind_simple(session, arguments)?;
        }
        Ok(stage)
    }

    /// Runs `inner` with the function's scope in place.
    fn enter<T>(&mut self, session: &mut Session, inner: impl FnOnce(&mut Session) -> Run<T>) -> Run<T> {
        if let Some(frame) = &self.shared {
            let frame = frame.clone();
            return session.in_frame(frame, |session| session.deeper(inner));
        }
        let Some(scope) = self.scope.take() else { return Err(recursive().into()) };
        if scope.is_foreign {
            let home = scope.module.clone();
            return session.with_home(home.as_ref(), |session, around| {
                self.enter_at(session, scope.below(around), inner)
            });
        }
        self.enter_at(session, scope, inner)
    }

    fn enter_at<T>(
        &mut self,
        session: &mut Session,
        scope: Scope,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> Run<T> {
        let code = self.code.clone();
        let at = session.scopes.len();
        session.scopes.push(scope);
        session.routes.actions.push(Actions::default());
        let failed = session.failed;
        let frame = Frame { scope: at, map: None, code };
        let calls = session.calls.len();
        let is_script = session.scopes.last().is_some_and(|scope| scope.is_script);
        if let Some(place) = &self.place {
            session.calls.push(Called {
                name: self.name.clone(),
                typed: self.invoked_as.clone(),
                is_script,
                place: place.clone(),
            });
        }
        let result = session.in_frame(frame, |session| session.deeper(inner));
        session.calls.truncate(calls);
        session.failed = failed || std::mem::take(&mut session.cmdlet_failed);
        session.routes.actions.pop();
        session.scopes.truncate(at + 1);
        self.scope = session.scopes.pop();
        result
    }

    fn run(&mut self, session: &mut Session, part: fn(&Prepared) -> Option<&Seq>, out: &mut dyn Sink) -> Run {
        let code = self.code.clone();
        match part(&code) {
            Some(seq) => self.enter(session, |session| ended(session.seq(seq, out))),
            None => Ok(()),
        }
    }

    /// Runs the whole function without piped input.
    pub(super) fn run_alone(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.get_ready(session)?;
        let code = self.code.clone();
        self.enter(session, |session| ended(session.body(&code, out)))
    }

    // --- binding -------------------------------------------------------------------------------

    fn set(&mut self, session: &mut Session, at: usize, value: Value) -> Run {
        self.bound[at] = true;
        self.put(session, at, Some(value))
    }

    fn put(&mut self, session: &mut Session, at: usize, value: Option<Value>) -> Run {
        let code = self.code.clone();
        let param = &code.params[at];
        let value = value.unwrap_or_default();
        let kind = param.kind.as_ref().map(|kind| values::resolve(session, kind)).transpose()?;
        let slot = match (&mut self.scope, &self.shared) {
            (Some(scope), _) => &mut scope.slots[param.slot as usize],
            (None, Some(frame)) => {
                let at = frame.map.as_ref().map_or(param.slot, |map| map[param.slot as usize]);
                &mut session.scopes[frame.scope].slots[at as usize]
            }
            (None, None) => return Err(recursive().into()),
        };
        *slot = Slot::Plain(value);
        // A typed parameter stays typed, a ruled one ruled.
        if kind.is_some() || !param.rules.is_empty() {
            let special = scope::special(slot);
            special.kind = kind;
            special.rules = (!param.rules.is_empty()).then(|| param.rules.clone());
        }
        Ok(())
    }

    fn bind_simple(&mut self, session: &mut Session, arguments: Vec<Argument>) -> Run {
        let code = self.code.clone();
        if code.params.is_empty() && arguments.is_empty() {
            self.set_args(session, Vec::new());
            return Ok(());
        }
        let (values, rest) = binding::simple(&code.params, &self.called, arguments)?;
        for (at, value) in values {
            let value = self.accepted(session, &code.params[at], value)?;
            self.given.push(code.params[at].name.clone(), value.clone());
            self.set(session, at, value)?;
        }
        self.set_args(session, rest);
        Ok(())
    }

    /// A value converted to the parameter's type and checked against its rules.
    fn accepted(&mut self, session: &mut Session, param: &Param, value: Value) -> Run<Value> {
        if param.kind.is_none() && param.rules.is_empty() {
            return Ok(value);
        }
        Ok(parameter::accept(session, param, value, &self.called)?)
    }

    fn set_args(&mut self, _: &mut Session, rest: Vec<Value>) {
        if let Some(scope) = &mut self.scope {
            scope.slots[scope::ARGS as usize] = Slot::Plain(Value::array(rest));
        }
    }

    fn bind_advanced(&mut self, session: &mut Session, arguments: Vec<Argument>) -> Run {
        let signature = parameter::signature(session, &self.code, &self.called);
        let mut reading = FunctionReading {
            session,
            code: self.code.clone(),
            name: self.called.clone(),
            presets: None,
            scope: self.scope.take(),
            dynamic: Vec::new(),
        };
        let binder = Binder::start(signature, arguments, self.piped, &mut reading);
        (self.scope, self.dynamic) = (reading.scope.take(), std::mem::take(&mut reading.dynamic));
        let binder = binder.map_err(binding::refused)?;
        self.take_bound(session, &binder)?;
        self.binder = Some(binder);
        Ok(())
    }

    /// Takes over what the binder bound since the last time.
    fn take_bound(&mut self, session: &mut Session, binder: &Binder) -> Run {
        let code = self.code.clone();
        self.given = Given::of(binder);
        for dynamic in &self.dynamic {
            if let Some(value) = self.given.get(&dynamic.name) {
                dynamic.given(value);
            }
        }
        for (at, param) in code.params.iter().enumerate() {
            match binder.value(&param.name) {
                Some(value) => self.set(session, at, value.clone())?,
                // What the object before this one gave does not stay.
                None if self.bound[at] && self.ready => {
                    self.bound[at] = false;
                    self.put_default(session, at)?;
                }
                None => self.bound[at] = false,
            }
        }
        if self.ready && self.piped {
            self.set_automatic(session, Some(binder));
        }
        self.take_common(session)
    }

    /// `-Verbose`, `-ErrorAction` and the others set the function's own preference variables.
    fn take_common(&mut self, session: &mut Session) -> Run {
        let mut wanted: Vec<(&str, Value)> = Vec::new();
        for (name, variable) in [
            ("ErrorAction", "ErrorActionPreference"),
            ("WarningAction", "WarningPreference"),
            ("InformationAction", "InformationPreference"),
        ] {
            wanted.extend(self.given.get(name).map(|value| (variable, value.clone())));
        }
        for (name, variable) in [("Verbose", "VerbosePreference"), ("Debug", "DebugPreference")] {
            let word = |on: &Value| if dotnet::compare::truth(on) { "Continue" } else { "SilentlyContinue" };
            wanted.extend(self.given.get(name).map(|on| (variable, Value::from(word(on)))));
        }
        let on = |value: &Value| dotnet::values::switch(dotnet::compare::truth(value));
        wanted.extend(self.given.get("WhatIf").map(|value| ("WhatIfPreference", on(value))));
        if let Some(on) = self.given.get("Confirm") {
            let word = if dotnet::compare::truth(on) { "Low" } else { "None" };
            let impact = dotnet::enums::CONFIRM_IMPACT.parse(word).map(Value::Enum);
            wanted.push(("ConfirmPreference", impact.unwrap_or_default()));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        self.enter(session, |session| {
            wanted.into_iter().try_for_each(|(variable, value)| session.set_variable(variable, value))
        })
    }

    /// Defaults, `$PSBoundParameters`, `$MyInvocation`, `$PSCmdlet`: before the first statement runs.
    fn get_ready(&mut self, session: &mut Session) -> Run {
        if self.ready {
            return Ok(());
        }
        self.ready = true;
        let code = self.code.clone();
        let binder = self.binder.take();
        self.set_automatic(session, binder.as_ref());
        self.binder = binder;
        for at in 0..code.params.len() {
            if !self.bound[at] {
                self.put_default(session, at)?;
            }
        }
        Ok(())
    }

    fn put_default(&mut self, session: &mut Session, at: usize) -> Run {
        let code = self.code.clone();
        let param = &code.params[at];
        let value = match &param.default {
            Some(default) => {
                let value = self.enter(session, |session| session.eval(default))?;
                match &param.kind {
                    Some(kind) => {
                        let kind = values::resolve(session, kind)?;
                        values::convert(session, &value, &kind)?
                    }
                    None => value,
                }
            }
            None => parameter::empty(session, param)?,
        };
        self.put(session, at, Some(value))
    }

    fn set_automatic(&mut self, session: &mut Session, binder: Option<&Binder>) {
        let speaks = self.code.speaks_of;
        let wants_cmdlet = self.code.advanced && speaks.cmdlet;
        let invocation = (speaks.invocation || wants_cmdlet).then(|| self.invocation(session));
        let cmdlet = wants_cmdlet.then(|| {
            let caller = || self.caller.clone();
            let parts = [
                ("SessionState", super::state::session_state(caller())),
                ("InvokeCommand", super::state::commands(caller())),
                ("InvokeProvider", super::state::provider(caller())),
                ("MyInvocation", invocation.clone().unwrap_or_default()),
            ];
            super::call::cmdlet_value(&self.code, &self.name, &self.given, binder, &self.answers, parts)
        });
        let Some(scope) = &mut self.scope else { return };
        if speaks.bound {
            let bound = bound_parameters();
            for (name, value) in self.given.iter() {
                bound.insert(Value::String(name.clone()), value.clone());
            }
            scope.slots[scope::BOUND as usize] = Slot::Plain(Value::from(bound));
        }
        if let Some(invocation) = invocation {
            scope.slots[scope::MY_INVOCATION as usize] = Slot::Plain(invocation);
        }
        if let Some(cmdlet) = cmdlet {
            scope.slots[scope::PS_CMDLET as usize] = Slot::Plain(cmdlet);
        }
        if speaks.input {
            let nothing = Value::typed(Enumerator::of_input(Vec::new()));
            scope.slots[scope::INPUT as usize] = Slot::Plain(nothing);
        }
        if self.code.advanced {
            // An advanced function has no `$args`.
            scope.slots[scope::ARGS as usize] = Slot::Plain(Value::array([]));
        }
    }

    /// Whether it is a script file.
    fn is_script(&self) -> bool {
        self.scope.as_ref().is_some_and(|scope| scope.is_script)
    }

    /// `$MyInvocation`: a script is called as its file is.
    fn invocation(&self, _: &Session) -> Value {
        let source = &self.code.source;
        let path = source.name().map(|name| name.to_string()).unwrap_or_default();
        let is_script = self.is_script();
        let name: Text = match path.rsplit('/').next().filter(|_| is_script) {
            Some(file) => file.into(),
            None => self.name.clone(),
        };
        let kind = match is_script {
            true => "System.Management.Automation.ExternalScriptInfo",
            false => "System.Management.Automation.FunctionInfo",
        };
        let command = super::error::Part {
            name: kind,
            text: name.to_string(),
            members: &["Name", "Path", "Definition", "CommandType", "ScriptBlock", "Module", "ModuleName"],
            values: vec![
                Value::String(name.clone()),
                path.as_str().into(),
                path.as_str().into(),
                if is_script { "ExternalScript" } else { "Function" }.into(),
                self.block.clone().map_or(Value::Null, Block::value),
                self.scope
                    .as_ref()
                    .and_then(|scope| scope.module.clone())
                    .map_or(Value::Null, |module| Value::typed(super::scope::ModuleInfo(module))),
                self.scope
                    .as_ref()
                    .and_then(|scope| scope.module.as_ref())
                    .map_or("".into(), |module| Value::String(module.name())),
            ],
        };
        let bound = bound_parameters();
        for (name, value) in self.given.iter() {
            bound.insert(Value::String(name.clone()), value.clone());
        }
        let (line, column, text) = match &self.place {
            Some(place) => {
                let (line, column) = place.source.position(place.span.start);
                (line, column, super::error::whole_line(place, line))
            }
            None => Default::default(),
        };
        Value::from(
            Object::named("System.Management.Automation.InvocationInfo")
                .with("MyCommand", Value::typed(command))
                .with("BoundParameters", Value::from(bound))
                .with("UnboundArguments", Value::array([]))
                .with("ScriptLineNumber", line as i32)
                .with("OffsetInLine", column as i32)
                .with("Line", text)
                .with(
                    "InvocationName",
                    if self.invoked_as.is_empty() { name } else { self.invoked_as.clone() },
                )
                .with(
                    "ScriptName",
                    self.place
                        .as_ref()
                        .and_then(|place| place.source.name())
                        .map_or("".into(), |name| name.clone()),
                )
                .with("PSCommandPath", path.as_str())
                .with("PSScriptRoot", crate::syntax::folder(&path)),
        )
    }
}

/// Arguments for a block that is called by its value (`.Invoke(…)`, `-ArgumentList`): each parameter takes the one at its
/// place, switches too, which a command line never gives a position.
pub(super) fn by_place(block: &Block, values: Vec<Value>) -> Vec<Argument> {
    let code = prepared(&block.ast, block.function.as_deref());
    if code.advanced {
        return values.into_iter().map(Argument::Positional).collect();
    }
    let mut names = code.params.iter().map(|param| param.name.clone());
    let placed = values.into_iter().map(|value| match names.next() {
        Some(name) => Argument::named(name, value),
        None => Argument::Positional(value),
    });
    placed.collect()
}

/// `$PSBoundParameters`, before anything is in it.
pub(super) fn bound_parameters() -> Dictionary {
    let name = "System.Management.Automation.PSBoundParametersDictionary";
    Dictionary::named(name, object::value::Keys::IgnoreCase)
}

/// `$MyInvocation` of the file of a module.
pub(super) fn script_invocation(path: &str) -> Value {
    let name: Text = path.rsplit('/').next().unwrap_or(path).into();
    let command = super::error::Part {
        name: "System.Management.Automation.ScriptInfo",
        text: name.to_string(),
        members: &["Name", "Path", "Definition", "CommandType"],
        values: vec![Value::String(name.clone()), path.into(), path.into(), "Script".into()],
    };
    Object::named("System.Management.Automation.InvocationInfo")
        .with("MyCommand", Value::typed(command))
        .with("BoundParameters", Value::from(bound_parameters()))
        .with("UnboundArguments", Value::array([]))
        .with("ScriptLineNumber", 0)
        .with("OffsetInLine", 0)
        .with("Line", "")
        .with("InvocationName", Value::String(name))
        .with("ScriptName", "")
        .with("PSCommandPath", path)
        .with("PSScriptRoot", crate::syntax::folder(path))
        .into()
}

fn recursive() -> Exception {
    Exception::runtime("StageEnteredTwice", "A pipeline cannot write into a stage of itself.")
}

impl Stage for FunctionStage {
    fn begin(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        self.get_ready(session)?;
        self.run(session, |code| code.begin.as_ref(), out)
    }

    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run {
        let Some(input) = input else { return self.run(session, |code| code.process.as_ref(), out) };
        if let Some(mut binder) = self.binder.take() {
            let mut reading = FunctionReading {
                session,
                code: self.code.clone(),
                name: self.called.clone(),
                presets: None,
                scope: None,
                dynamic: self.dynamic.clone(),
            };
            let taken = binder.take(&input, &mut reading).map_err(binding::refused);
            let done = match taken {
                Ok(()) => self.take_bound(session, &binder),
                // The object is refused, not the function.
                Err(record) => {
                    self.binder = Some(binder);
                    let record =
                        record.from_command(&self.name).with_activity(&*self.name).with_target(input);
                    let id = format!("{},{}", record.id(), self.name);
                    let record = if record.id().contains(',') { record } else { record.with_id(id) };
                    let place = self.place.clone();
                    return session.report(match place {
                        Some(place) => record.at(|| place),
                        None => record,
                    });
                }
            };
            self.binder = Some(binder);
            done?;
        }
        if self.code.process.is_none() {
            self.input.push(input);
            return Ok(());
        }
        self.underscore(session, Slot::Plain(input.clone()));
        self.set_input(session, vec![input]);
        self.run(session, |code| code.process.as_ref(), out)
    }

    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run {
        let input = std::mem::take(&mut self.input);
        if self.piped {
            if let Some(last) = input.last().filter(|_| self.code.advanced) {
                self.underscore(session, Slot::Plain(last.clone()));
            }
            self.set_input(session, input);
        }
        let result = self.run(session, |code| code.end.as_ref(), out);
        result.and_then(|()| self.clean(session))
    }
}

impl FunctionStage {
    /// A parameter that was given.
    pub(super) fn given(&self, name: &str) -> Option<&Value> {
        self.given.get(name)
    }
    fn clean(&mut self, session: &mut Session) -> Run {
        self.run(session, |code| code.clean.as_ref(), &mut Dropped)
    }
}

impl FunctionStage {
    fn underscore(&mut self, session: &mut Session, value: Slot) {
        match (&mut self.scope, &self.shared) {
            (Some(scope), _) => scope.slots[scope::UNDERSCORE as usize] = value,
            (None, Some(frame)) => {
                let at = frame.map.as_ref().map_or(scope::UNDERSCORE, |map| map[scope::UNDERSCORE as usize]);
                session.scopes[frame.scope].slots[at as usize] = value;
            }
            (None, None) => {}
        }
    }
    fn set_input(&mut self, _: &mut Session, input: Vec<Value>) {
        if let (Some(scope), true) = (&mut self.scope, self.code.speaks_of.input) {
            scope.slots[scope::INPUT as usize] = Slot::Plain(Value::typed(Enumerator::of_input(input)));
        }
    }
}

impl Session {
    /// A scope below the running one for a block of code.
    fn child_scope(&mut self, code: &Arc<Prepared>, block: &Block) -> Scope {
        let mut scope = Scope::new(&code.names, Some(self.frame.scope));
        let running = self.scopes[self.frame.scope].module.as_ref();
        scope.module = block.home_within(running);
        scope.is_foreign = !same_home(scope.module.as_ref(), running);
        scope
    }
}
