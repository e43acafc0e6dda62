//! A session: everything that a running shell knows. It is a value; nothing about it is global, so that
//! thousands can run beside each other.

use super::code::Prepared;
use super::command::{Command, CommandTable, Invoker};
use super::declared::Declared;
use super::error::{ErrorRecord, View};
use super::halt::{Halt, Run, Why};
use super::prepare::prepared;
use super::route::{Called, Routes};
use super::scope::Block;
use super::scope::{Module, Names, Scope};
use super::sink::{Console, Sink};
use crate::syntax::ast::ScriptBlock;
use crate::syntax::{ParseError, Source, parse};
use dotnet::collections::Collection;
use dotnet::{Category, Exception, Host, Locale};
use object::Value;
use object::value::Text;
use std::collections::HashMap;
use std::sync::{Arc, Weak};

/// The stack that a session's scripts run on: enough for the deepest allowed recursion of functions.
const STACK_BYTES: usize = 512 << 20;

/// What of it may be used before a call is refused; the rest is for what a call does before it is counted.
const STACK_BYTES_USED_MAX: usize = STACK_BYTES - (16 << 20);

/// How deep functions may call each other.
pub const CALL_DEPTH_MAX: u32 = 5_000;

/// `$Error` keeps so many records; the oldest are dropped.
pub const ERRORS_KEPT_MAX: usize = 256;

/// `Get-History` knows so many lines; the oldest are dropped (`$MaximumHistoryCount`).
const LINES_KEPT_MAX: usize = 4_096;

/// What a session is made of.
pub struct Settings {
    /// Culture, profile, time zone.
    pub locale: Locale,
    /// The way to the world.
    pub host: Arc<dyn Host>,
    /// The core commands.
    pub commands: Arc<dyn CommandTable>,
    /// The cmdlets that run elsewhere.
    pub invoker: Option<Box<dyn Invoker>>,
    /// How errors are shown.
    pub view: View,
    /// The current folder at the start.
    pub location: String,
}

/// Told of a parameter that a core command looks up, by its name; an empty name asks which set was meant.
pub type ParameterWatch = Box<dyn Fn(&gate::Signature, &str) + Send>;

/// Told of each value that reaches the console at the end of the script's own pipeline.
pub type OutputWatch = Box<dyn Fn(&Value) + Send>;

/// How a run ended.
#[derive(Debug)]
pub struct Outcome {
    /// `$?` after the last command.
    pub succeeded: bool,
    /// The error that ended it, already shown.
    pub ended_by: Option<ErrorRecord>,
    /// What `exit` said.
    pub exit: Option<i32>,
    /// `break` or `continue` outside of any loop ended it.
    pub left: bool,
}

/// Which scope runs, and which code.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) scope: usize,
    /// Where the code's slots are, when the scope is another block's.
    pub(super) map: Option<Arc<[u32]>>,
    pub(super) code: Arc<Prepared>,
}

/// What code that runs apart does not see.
pub(super) struct Lent {
    pub(super) scopes: Vec<Scope>,
    pub(super) frame: Frame,
    pub(super) aliases: HashMap<Text, Text>,
}

/// A block together with the scope it runs in.
#[derive(Clone)]
pub struct Here {
    pub(super) frame: Frame,
    /// Where to run it instead, when it is code of another module than the running one.
    pub(super) home: Option<Option<Arc<Module>>>,
}

/// A shell session.
pub struct Session {
    pub(super) settings: Settings,
    pub(super) scopes: Vec<Scope>,
    pub(super) frame: Frame,
    pub(super) aliases: HashMap<Text, Text>,
    /// Whether an alias is read-only, and what it is in words.
    pub(super) alias_notes: HashMap<Text, (bool, Text)>,
    pub(super) errors: Arc<Collection>,
    /// `$?`
    pub(super) status: bool,
    /// A command of the running pipeline reported an error.
    pub(super) failed: bool,
    /// How many `try` and `trap` stand around what runs.
    pub(super) guards: u32,
    pub(super) pipelines: u64,
    pub(super) depth: u32,
    pub(super) stack_start: usize,
    pub(super) console: Option<Box<dyn Command>>,
    pub(super) routes: Routes,
    /// What `catch` caught, innermost last: `throw` alone throws it again.
    pub(super) caught: Vec<ErrorRecord>,
    pub(super) previous_location: Option<String>,
    pub(super) kept_locations: Vec<String>,
    /// Told of every parameter that a core command looks up.
    pub(super) parameter_watch: Option<ParameterWatch>,
    /// What scripts added to types.
    pub(super) type_data: super::type_data::TypeData,
    /// Folders under further names, in lower case.
    pub(super) mounts: HashMap<String, String>,
    /// What commands keep between calls, by their own names.
    pub(super) kept: HashMap<&'static str, Value>,
    /// Whether errors of script properties are kept though nobody sees them.
    pub(super) keeps_errors: bool,
    /// Told of every value that reaches the console.
    pub(super) output_watch: Option<OutputWatch>,
    /// Whether strict mode was ever on.
    pub(super) strict_anywhere: bool,
    /// The functions that run, innermost last, and where each was called.
    pub(super) calls: Vec<Called>,
    /// Classes and enumerations that scripts declared, by their names in lower case.
    pub(super) types: HashMap<Text, Declared>,
    /// What `using namespace` lets out of types' names.
    pub(super) namespaces: Vec<Text>,
    /// Imported modules, in the order of their import.
    pub(super) modules: Vec<Arc<Module>>,
    /// All modules and closures ever made, as far as they still live.
    pub(super) homes: Vec<Weak<Module>>,
    /// Modules without a name are numbered.
    pub(super) modules_made: u32,
    /// `$PSCmdlet.WriteError` of the innermost function was called: the function itself failed.
    pub(super) cmdlet_failed: bool,
    /// What code that runs apart does not see, innermost last.
    pub(super) lent: Vec<Lent>,
    /// So many blocks run that were sent to this session by `Invoke-Command`.
    pub(super) sent: u32,
    /// A pipeline ended by `&` becomes a job: it keeps the variables it speaks of.
    pub(super) background: bool,
    /// How often loops looked whether they should stop.
    pub(super) looks: u32,
    /// Turns since the last look, of what counts none of its own.
    pub(super) turns: u32,
    /// Where texts with values in them are made.
    pub(super) text_room: String,
    history: Vec<Text>,
}

impl Drop for Session {
    /// Functions hold their module and the module its functions: what nobody can reach any more is taken apart.
    fn drop(&mut self) {
        self.homes.iter().filter_map(Weak::upgrade).for_each(|module| module.clear());
    }
}

fn stack_address() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here) as usize
}

impl Session {
    /// A session with nothing in it but what every session has.
    pub fn new(settings: Settings) -> Session {
        let source = Source::typed("");
        let empty = parse(&source).block.map_or_else(|| empty_code(&source), |block| prepared(&block, None));
        let names = Arc::new(Names::fixed());
        let mut global = Scope::new(&names, None);
        global.is_script = true;
        let map = Some(global.map(&empty.names));
        let errors = Arc::new(Collection::array_list(Vec::new()));
        let mut session = Session {
            settings,
            scopes: vec![global],
            frame: Frame { scope: 0, map, code: empty },
            aliases: HashMap::new(),
            alias_notes: HashMap::new(),
            errors,
            status: true,
            failed: false,
            guards: 0,
            pipelines: 0,
            depth: 0,
            stack_start: 0,
            console: None,
            routes: Routes::default(),
            caught: Vec::new(),
            previous_location: None,
            kept_locations: Vec::new(),
            strict_anywhere: false,
            parameter_watch: None,
            output_watch: None,
            keeps_errors: false,
            kept: HashMap::new(),
            mounts: HashMap::new(),
            type_data: super::type_data::TypeData::default(),
            calls: Vec::new(),
            types: HashMap::new(),
            namespaces: Vec::new(),
            modules: Vec::new(),
            homes: Vec::new(),
            modules_made: 0,
            cmdlet_failed: false,
            lent: Vec::new(),
            sent: 0,
            background: false,
            looks: 0,
            turns: 0,
            text_room: String::new(),
            history: Vec::new(),
        };
        session.set_automatic_variables();
        session
    }

    /// Parses and runs a script as typed at a console: what it writes is shown, errors are shown.
    pub fn run_text(&mut self, text: &str) -> Outcome {
        self.run_source(&Source::typed(text))
    }

    /// Parses and runs a script at the global scope. Parse errors are shown, and nothing runs.
    pub fn run_source(&mut self, source: &Arc<Source>) -> Outcome {
        let parsed = parse(source);
        match parsed.block {
            Some(block) => self.run(&block),
            None => self.refuse(source, &parsed.errors),
        }
    }

    /// Shows parse errors as an error that ended the script.
    pub fn refuse(&mut self, source: &Arc<Source>, errors: &[ParseError]) -> Outcome {
        let record = parse_failure(source, errors);
        self.remember(&record);
        self.status = false;
        self.show_error(&record);
        Outcome { succeeded: false, ended_by: Some(record), exit: None, left: false }
    }

    /// Runs a parsed script at the global scope. The session can be used again afterwards.
    pub fn run(&mut self, block: &Arc<ScriptBlock>) -> Outcome {
        let result = self.with_stack(|session| {
            let result = session.run_global(block, &mut Console);
            session.close_console(result)
        });
        self.outcome(result)
    }

    /// Runs a parsed script at the global scope and gives what it writes to `sink`; errors that do not end
    /// it are shown as ever.
    pub fn run_into(&mut self, block: &Arc<ScriptBlock>, sink: &mut (dyn Sink + Send)) -> Outcome {
        let result = self.with_stack(|session| session.run_global(block, sink));
        self.outcome(result)
    }

    /// The same for what the person did not type: `$?` stays what it was.
    pub fn run_aside(&mut self, block: &Arc<ScriptBlock>, sink: &mut (dyn Sink + Send)) -> Outcome {
        let before = self.status;
        let outcome = self.run_into(block, sink);
        self.status = before;
        outcome
    }

    /// Shows what waits at the console; after an error that ended the script maybe not.
    pub(super) fn close_console(&mut self, result: Run) -> Run {
        let failed = result.as_ref().err().is_some_and(|halt| halt.error().is_some());
        if failed && self.settings.locale.profile.drops_waiting_rows {
            self.console = None;
            return result;
        }
        let shown = self.end_console();
        result.and(shown)
    }

    pub(super) fn outcome(&mut self, result: Run) -> Outcome {
        let why = match result {
            Ok(()) => None,
            Err(halt) => Some(halt.into_why()),
        };
        match why {
            Some(Why::Error(record)) => {
                self.status = false;
                self.remember(&record);
                if record.is_stopped() {
                    // Once as the error, once as what ended the script.
                    self.errors.write().insert(0, record.value());
                }
                self.show_error(&record);
                let _ = self.end_console();
                Outcome { succeeded: false, ended_by: Some(record), exit: None, left: false }
            }
            Some(Why::Exit(code)) => {
                Outcome { succeeded: code == 0, ended_by: None, exit: Some(code), left: false }
            }
            Some(Why::Interrupted) => {
                self.status = false;
                Outcome { succeeded: false, ended_by: None, exit: None, left: false }
            }
            // `break`, `continue` and `return` outside of any loop or function end the script quietly.
            Some(Why::Break(_) | Why::Continue(_)) => {
                Outcome { succeeded: self.status, ended_by: None, exit: None, left: true }
            }
            _ => Outcome { succeeded: self.status, ended_by: None, exit: None, left: false },
        }
    }

    /// Runs `work` on a thread with a stack that fits the call depth; the session comes back with it.
    pub(super) fn with_stack(&mut self, work: impl FnOnce(&mut Session) -> Run + Send) -> Run {
        let task = |session: &mut Session| {
            session.stack_start = stack_address();
            session.depth = 0;
            session.guards = 0;
            session.caught.clear();
            session.calls.clear();
            // A panic leaves what code that ran apart did not see.
            if let Some(lent) = session.lent.drain(..).next() {
                (session.scopes, session.frame, session.aliases) = (lent.scopes, lent.frame, lent.aliases);
            }
            (session.sent, session.background) = (0, false);
            session.routes = Routes::default();
            session.scopes.truncate(1);
            let frame = session.frame.clone();
            let result = work(session);
            session.scopes.truncate(1);
            session.frame = frame;
            result
        };
        let host = self.settings.host.clone();
        let done = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK_BYTES).name("session".to_owned());
            let session = &mut *self;
            thread.spawn_scoped(scope, move || task(session)).map(|thread| thread.join())
        });
        match done {
            Ok(Ok(result)) => result,
            _ => {
                host.write(dotnet::host::Stream::Error, "The session's thread could not run.\n", None, None);
                Err(Halt::new(Why::Interrupted))
            }
        }
    }

    fn run_global(&mut self, block: &Arc<ScriptBlock>, out: &mut dyn Sink) -> Run {
        let code = prepared(block, None);
        self.status = true;
        self.declare_types(&code)?;
        self.in_scope(0, &code, |session| session.body(&code, out))
    }

    /// Runs `inner` with `code`'s names found in an existing scope.
    pub(super) fn in_scope<T>(
        &mut self,
        scope: usize,
        code: &Arc<Prepared>,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> Run<T> {
        let map = if self.scopes[scope].has_names(&code.names) {
            None
        } else {
            Some(self.scopes[scope].map(&code.names))
        };
        self.in_frame(Frame { scope, map, code: code.clone() }, inner)
    }

    pub(super) fn in_frame<T>(&mut self, frame: Frame, inner: impl FnOnce(&mut Session) -> Run<T>) -> Run<T> {
        let before = std::mem::replace(&mut self.frame, frame);
        let result = inner(self);
        self.frame = before;
        result
    }

    /// Runs `inner` in a scope that lies on the stack meanwhile, and hands the scope back.
    pub(super) fn lodged<T>(
        &mut self,
        code: &Arc<Prepared>,
        mut scope: Scope,
        inner: impl FnOnce(&mut Session) -> Run<T>,
    ) -> (Run<T>, Option<Scope>) {
        if std::mem::take(&mut scope.is_foreign) {
            let home = scope.module.clone();
            let (result, scope) = self
                .with_home(home.as_ref(), |session, around| session.lodged(code, scope.below(around), inner));
            let scope = scope.map(|mut scope| {
                scope.is_foreign = true;
                scope
            });
            return (result, scope);
        }
        let at = self.scopes.len();
        self.scopes.push(scope);
        let frame = Frame { scope: at, map: None, code: code.clone() };
        let result = self.in_frame(frame, |session| session.deeper(inner));
        self.scopes.truncate(at + 1);
        (result, self.scopes.pop())
    }

    /// Runs `inner` one call deeper, if there is room.
    pub(super) fn deeper<T>(&mut self, inner: impl FnOnce(&mut Session) -> Run<T>) -> Run<T> {
        let used = self.stack_start.abs_diff(stack_address());
        if self.depth >= CALL_DEPTH_MAX || (self.stack_start != 0 && used > STACK_BYTES_USED_MAX) {
            return Err(too_deep().into());
        }
        // A recursion without a loop in it can be stopped too.
        self.check_stop()?;
        self.depth += 1;
        let result = inner(self);
        self.depth -= 1;
        result
    }

    /// begin, process and end of a block that gets no piped input.
    pub(super) fn body(&mut self, code: &Arc<Prepared>, out: &mut dyn Sink) -> Run {
        let result = [&code.begin, &code.process, &code.end]
            .into_iter()
            .flatten()
            .try_for_each(|seq| self.seq(seq, out));
        match &code.clean {
            Some(clean) => result.and(self.seq(clean, &mut super::sink::Dropped)),
            None => result,
        }
    }

    // --- what others ask -----------------------------------------------------------------------

    /// Culture, profile, time zone.
    pub fn locale(&self) -> &Locale {
        &self.settings.locale
    }
    /// The way to the world.
    pub fn host(&self) -> &Arc<dyn Host> {
        &self.settings.host
    }
    /// The core commands.
    pub fn commands(&self) -> &Arc<dyn CommandTable> {
        &self.settings.commands
    }
    /// The cmdlets that run elsewhere.
    pub fn invoker(&mut self) -> Option<&mut Box<dyn Invoker>> {
        self.settings.invoker.as_mut()
    }
    /// The current folder.
    pub fn location(&self) -> &str {
        &self.settings.location
    }
    /// Goes to another folder; whether it is there is the caller's to know.
    pub fn set_location(&mut self, location: impl Into<String>) {
        let before = std::mem::replace(&mut self.settings.location, location.into());
        self.previous_location = Some(before);
    }
    /// The folder before this one.
    pub fn previous_location(&self) -> Option<&str> {
        self.previous_location.as_deref()
    }
    /// Calls `watch` for every parameter that a core command looks up, given or not: what is never looked up
    /// has no effect, and a test holds every declaration against that.
    pub fn watch_parameters(&mut self, watch: ParameterWatch) {
        self.parameter_watch = Some(watch);
    }
    /// Calls `watch` for every value that reaches the console; what runs afterwards is shown as ever.
    pub fn watch_output(&mut self, watch: OutputWatch) {
        self.output_watch = Some(watch);
    }
    /// The folders that `Push-Location` kept, the latest last.
    pub fn kept_locations(&mut self) -> &mut Vec<String> {
        &mut self.kept_locations
    }
    /// What scripts added to types (`Update-TypeData`).
    pub fn type_data(&mut self) -> &mut super::type_data::TypeData {
        &mut self.type_data
    }
    /// Gives a folder another name, `NAME:`, or takes it away.
    pub fn mount(&mut self, name: &str, folder: Option<String>) {
        match folder {
            Some(folder) => drop(self.mounts.insert(name.to_lowercase(), folder)),
            None => drop(self.mounts.remove(&name.to_lowercase())),
        }
    }
    /// Keeps a value for a command's next call; `$null` forgets it.
    pub fn keep(&mut self, name: &'static str, value: Value) {
        match value {
            Value::Null => drop(self.kept.remove(name)),
            value => drop(self.kept.insert(name, value)),
        }
    }
    /// What a command kept under that name.
    pub fn kept(&self, name: &str) -> Value {
        self.kept.get(name).cloned().unwrap_or_default()
    }
    /// How errors are shown.
    pub fn view(&self) -> View {
        self.settings.view
    }
    /// Shows errors in another way.
    pub fn set_view(&mut self, view: View) {
        self.settings.view = view;
    }
    /// `$Error`, newest first.
    pub fn errors(&self) -> Vec<ErrorRecord> {
        self.errors.read().iter().filter_map(ErrorRecord::of).collect()
    }
    /// Keeps an error in `$Error` that nobody sees.
    pub fn note_error(&mut self, record: &ErrorRecord) {
        self.remember(record);
    }
    /// The lines that a person typed, the latest last.
    pub fn history(&self) -> &[Text] {
        &self.history
    }
    /// Remembers a line that a person typed; the oldest are dropped.
    pub fn note_line(&mut self, line: &str) {
        if self.history.len() >= LINES_KEPT_MAX {
            self.history.remove(0);
        }
        self.history.push(line.into());
    }
    /// `$?`
    pub fn succeeded(&self) -> bool {
        self.status
    }

    /// Parses a text into a script block.
    pub fn parse_block(&self, text: &str) -> dotnet::Result<Block> {
        let source = Source::typed(text);
        let parsed = parse(&source);
        match parsed.block {
            Some(block) => Ok(Block::new(block)),
            // Nobody can go on writing this text.
            None => Err(parse_exception(&source, &parsed.errors, false)),
        }
    }
}

fn empty_code(source: &Arc<Source>) -> Arc<Prepared> {
    let block = ScriptBlock {
        span: Default::default(),
        source: source.clone(),
        using: Vec::new(),
        params: None,
        blocks: Vec::new(),
        is_filter: false,
        prepared: Default::default(),
    };
    prepared(&Arc::new(block), None)
}

fn too_deep() -> ErrorRecord {
    let message = "The script failed due to call depth overflow.";
    let exception = Exception::new("System.Management.Automation.ScriptCallDepthException", message)
        .id("CallDepthOverflow")
        .category(Category::InvalidOperation);
    ErrorRecord::new(exception).with_help("A function calls itself without an end; see where it should stop.")
}

/// Parse errors as an exception, one message a line as PowerShell shows them.
fn parse_exception(source: &Source, errors: &[ParseError], typed: bool) -> Exception {
    let id = errors.first().map_or("ParseException", |error| error.id);
    let said = |error: &ParseError| if typed { error.explain(source) } else { error.placed(source) };
    let messages: Vec<String> = errors.iter().map(said).collect();
    let kind = if typed && errors.first().is_some_and(|error| error.incomplete) {
        "System.Management.Automation.IncompleteParseException"
    } else {
        "System.Management.Automation.ParseException"
    };
    Exception::new(kind, messages.join("\n")).id(id).category(Category::ParserError)
}

pub(super) fn parse_failure(source: &Arc<Source>, errors: &[ParseError]) -> ErrorRecord {
    let record = ErrorRecord::new(parse_exception(source, errors, true));
    match errors.first() {
        Some(error) if !error.incomplete => {
            let (source, span) = (source.clone(), error.span);
            record.at(|| super::error::Extent { source, span })
        }
        _ => record,
    }
}

/// The value of `$Error` and friends is shared with the session.
pub(super) fn list_value(list: &Arc<Collection>) -> Value {
    Value::Typed(list.clone())
}
