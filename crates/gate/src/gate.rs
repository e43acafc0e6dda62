//! The gate: the one place where commands run, roles are checked and records are written.

use crate::authority::{Authority, Permit};
use crate::bind::{Argument, Binder, Bound, Strict};
use crate::call::{Call, asking};
use crate::caller::{Caller, Entry, Record};
use crate::declaration::{Book, Commands, Declaration};
use crate::impact::Changes;
use crate::invocation::Invocation;
use crate::output::{Channel, CommandState, Output, Preferences, Report, is_stopped};
use crate::signature::{Effect, Origin, Signature};
use object::value::Text;
use object::{Author, Error, ErrorId, Result, Value};
use std::collections::HashMap;
use std::sync::Arc;

/// What a command does, with the rooms it works on inside.
type Run = Arc<dyn Fn(&Call, &mut Output<'_>) -> Result<()> + Send + Sync>;

/// The commands: what they take, and what the built ones do.
pub struct Table {
    book: Arc<Book>,
    runs: HashMap<Text, Run>,
}

impl Table {
    /// The commands over the rooms on which the built ones work. Errors are those of [`Book::new`].
    pub fn new<R: Send + Sync + 'static>(rooms: Arc<R>, commands: Commands<R>) -> Result<Table> {
        let mut runs: HashMap<Text, Run> = HashMap::new();
        let first = commands.first;
        for cmdlet in &commands.built {
            let cmdlet = *cmdlet;
            let rooms = Arc::clone(&rooms);
            let run = move |call: &Call, out: &mut Output<'_>| {
                first(&rooms, call)?;
                cmdlet.act(&rooms, call, out)
            };
            runs.insert(cmdlet.name().into(), Arc::new(run));
        }
        Ok(Table { book: Arc::new(Book::new(commands)?), runs })
    }
    /// What the commands take.
    pub fn book(&self) -> &Arc<Book> {
        &self.book
    }
}

/// A command that runs elsewhere, while it runs: piped objects go in, what it says comes out of the channel. Whoever
/// drops it wants to hear no more, and the other side is told.
pub trait Remote: Send {
    /// Gives it a piped object and passes on what has been said so far. `false`: it wants no more.
    fn take(&mut self, input: &Value, channel: &mut dyn Channel) -> Result<bool>;
    /// No more objects come: passes on what is still said.
    fn finish(&mut self, channel: &mut dyn Channel) -> Result<End>;
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct End {
    /// How many errors it gave.
    pub errors: u64,
}

/// The one place where commands run.
pub struct Gate {
    table: Table,
    authority: Box<dyn Authority>,
    record: Box<dyn Record>,
}

impl Gate {
    /// A gate before `table`; `authority` decides who may pass and `record` keeps what they did.
    pub fn new(table: Table, authority: impl Authority + 'static, record: impl Record + 'static) -> Gate {
        Gate { table, authority: Box::new(authority), record: Box::new(record) }
    }

    /// What the commands take, whoever asks.
    pub fn book(&self) -> &Arc<Book> {
        self.table.book()
    }

    /// What a command takes, as far as `caller` may use it.
    pub fn declaration(&self, caller: &Caller, name: &str) -> Result<Arc<Declaration>> {
        match self.known(caller, name)? {
            Some(declaration) => Ok(declaration),
            None => Err(self.missing(caller, name)?),
        }
    }

    /// The same; none where `caller` has no such command, without the search for what else could have been meant.
    pub fn known(&self, caller: &Caller, name: &str) -> Result<Option<Arc<Declaration>>> {
        let Some(declaration) = self.book().find(name) else { return Ok(None) };
        Ok(match self.authority.permits(caller, &declaration)? {
            Permit::Yes => Some(declaration),
            Permit::No => None,
            Permit::Only(names) => Some(Arc::new(narrowed(&declaration, &names))),
        })
    }

    /// What is said of a command that there is not, and of one that there is not for `caller`: the same.
    fn missing(&self, caller: &Caller, name: &str) -> Result<Error> {
        let permitted = self.permitted(caller)?;
        Ok(crate::declaration::no_such_command(
            name,
            permitted.into_iter().filter(|one| one.1).map(|one| one.0),
        ))
    }

    /// All commands by name, and whether `caller` may use any of it.
    pub fn permitted(&self, caller: &Caller) -> Result<Vec<(&str, bool)>> {
        let mut names: Vec<&str> = self.book().names().collect();
        names.sort_unstable();
        names.dedup();
        let one = |name| {
            let permit =
                self.book().find(name).map(|known| self.authority.permits(caller, &known)).transpose()?;
            Ok((name, permit.is_some_and(|permit| permit != Permit::No)))
        };
        names.into_iter().map(one).collect()
    }

    /// Runs a command to its end. `inputs` are the piped objects, where the invocation says there are some. An
    /// error means that nothing ran; what goes wrong later is said over the channel.
    pub fn invoke(
        &self,
        caller: &Caller,
        invocation: Invocation,
        inputs: &mut dyn Iterator<Item = Result<Value>>,
        channel: &mut dyn Channel,
    ) -> Result<End> {
        let piped = invocation.piped;
        let mut running = self.begin(caller, invocation)?;
        if piped {
            for input in inputs {
                if !running.take(input?, channel)? {
                    break;
                }
            }
        }
        running.finish(channel)
    }

    /// Checks and binds a command; then piped objects are given to it one by one. What is refused of a command that
    /// would change something is kept, too.
    pub fn begin(&self, caller: &Caller, invocation: Invocation) -> Result<Running<'_>> {
        let asked = self.asked(caller, &invocation);
        let begun = self.admit(caller, invocation, asked.as_ref());
        if let (Err(error), Some(author)) = (&begun, &asked) {
            let (error, permitted) = (Some(error.message()), !error.is(ErrorId::CommandNotFoundException));
            self.record.keep(&Entry { author, targets: &[], error, permitted })?;
        }
        begun
    }

    /// Who asks for a change; nobody where the command only reads, or is only to say what it would do.
    fn asked(&self, caller: &Caller, invocation: &Invocation) -> Option<Author> {
        let declaration = self.book().find(&invocation.cmdlet)?;
        let given = &invocation.parameters;
        // By whatever the binder takes for it: an alias, the beginning of its name.
        let means_it = |name: &str| {
            let found = declaration.signature.meant_by(name).ok().flatten();
            found.is_some_and(|at| &*declaration.signature.formals[at].name == "WhatIf")
        };
        let what_if =
            given.iter().any(|(name, value)| means_it(name) && !matches!(value, Value::Bool(false)));
        let changes = declaration.changes != Changes::No && !what_if;
        changes.then(|| asking(caller, &declaration.signature, given))
    }

    fn admit(&self, caller: &Caller, invocation: Invocation, asked: Option<&Author>) -> Result<Running<'_>> {
        let declaration = self.declaration(caller, &invocation.cmdlet)?;
        let arguments =
            invocation.parameters.into_iter().map(|(name, value)| Argument::named(name, value)).collect();
        let signature = Arc::clone(&declaration.signature);
        let binder = Binder::start(signature, arguments, invocation.piped, &mut Strict)
            .map_err(|error| error.target(declaration.name.to_string()))?;
        if !declaration.built {
            return Err(declaration.not_built());
        }
        refuse_unbuilt(&declaration, binder.bound())?;
        let run = self.table.runs.get(&declaration.name).cloned();
        let run = run.ok_or_else(|| declaration.not_built())?;
        let preferences = preferences(&binder);
        let caller = Arc::new(caller.clone());
        let piped = invocation.piped;
        Ok(Running {
            record: &*self.record,
            declaration,
            run,
            binder,
            preferences,
            caller,
            piped,
            asked: asked.cloned(),
            state: CommandState::default(),
        })
    }
}

/// A command that is running: piped objects go in one by one.
pub struct Running<'g> {
    record: &'g dyn Record,
    declaration: Arc<Declaration>,
    run: Run,
    binder: Binder,
    preferences: Preferences,
    caller: Arc<Caller>,
    piped: bool,
    /// Who asks, with what was given before any object came; nobody where nothing is kept of it.
    asked: Option<Author>,
    state: CommandState,
}

impl Running<'_> {
    /// Works on one piped object. `false`: it was the last one that is wanted (`-ErrorAction Stop`). An error:
    /// the caller is gone.
    pub fn take(&mut self, input: Value, channel: &mut dyn Channel) -> Result<bool> {
        let bound = self.binder.take(&input, &mut Strict);
        let bound = bound.and_then(|()| refuse_unbuilt(&self.declaration, self.binder.bound()));
        match bound {
            Ok(()) => self.run_once(Some(input), channel)?,
            Err(error) => {
                self.keep_refused(&error)?;
                self.report(error, channel)?;
            }
        }
        Ok(!(self.preferences.stops && self.state.errors > 0))
    }

    /// Runs the command if nothing was piped, and says how it ended.
    pub fn finish(mut self, channel: &mut dyn Channel) -> Result<End> {
        if !self.piped {
            self.run_once(None, channel)?;
        }
        Ok(End { errors: self.state.errors })
    }

    /// Runs the command once and keeps what it did, whether or not the caller is still there to hear of it.
    fn run_once(&mut self, input: Option<Value>, channel: &mut dyn Channel) -> Result<()> {
        let signature = Arc::clone(self.binder.signature());
        let call = Call::new(Arc::clone(&self.caller), signature, self.binder.bound().clone(), input);
        (self.state.targets, self.state.first_error) = Default::default();
        let changes = self.declaration.changes;
        let mut out = Output { channel, state: &mut self.state, changes, preferences: self.preferences };
        let ran = match (self.run)(&call, &mut out) {
            Ok(()) => self.own_up(&call, channel),
            Err(error) if !is_stopped(&error) => self.report(error, channel),
            stopped => stopped,
        };
        let kept = self.keep(&call);
        ran?;
        // What the command answered was done: its caller must not try again.
        let done = self.state.first_error.is_none();
        let kept = kept.map_err(|error| match done {
            true => error.while_doing("It was done, but could not be written into the record of changes"),
            false => error,
        });
        kept.or_else(|error| self.report(error, channel))
    }

    /// In a build for tests a command says which of its parameters it took and did not look at.
    fn own_up(&self, call: &Call, channel: &mut dyn Channel) -> Result<()> {
        if !cfg!(debug_assertions) || self.preferences.what_if || self.state.declined {
            return Ok(());
        }
        call.ignored().into_iter().try_for_each(|name| {
            channel.say(Report::Warning(format!("{} did not look at -{name}.", self.declaration.name)))
        })
    }

    /// Keeps that a piped object could not be taken.
    fn keep_refused(&self, error: &Error) -> Result<()> {
        let Some(author) = &self.asked else { return Ok(()) };
        self.record.keep(&Entry { author, targets: &[], error: Some(error.message()), permitted: true })
    }

    fn report(&mut self, error: Error, channel: &mut dyn Channel) -> Result<()> {
        self.state.errors += 1;
        if self.state.first_error.is_none() {
            self.state.first_error = Some(error.message().to_owned());
        }
        channel.say(Report::Error(error))
    }

    /// Only what changed something, or tried to, is kept; what its own transaction has recorded is not kept twice.
    fn keep(&self, call: &Call) -> Result<()> {
        if self.declaration.changes == Changes::No || self.preferences.what_if {
            return Ok(());
        }
        let (targets, error) = (&self.state.targets[..], self.state.first_error.as_deref());
        let unrecorded = !targets.is_empty() && !call.author().is_recorded();
        if error.is_none() && !unrecorded {
            return Ok(());
        }
        self.record.keep(&Entry { author: call.author(), targets, error, permitted: true })
    }
}

/// A parameter that is declared but not built is refused, never taken and ignored.
fn refuse_unbuilt(declaration: &Declaration, bound: &Bound) -> Result<()> {
    for at in &bound.order {
        let formal = &declaration.signature.formals[*at];
        // A switch that was taken back asks for nothing.
        let asked = !matches!(bound.values[*at], Some(Value::Bool(false))) || !formal.is_switch();
        if formal.effect == Effect::NotBuiltYet && asked {
            let name = &formal.name;
            let name_of = &declaration.name;
            let message = match formal.why_not {
                Some(why) => format!("The parameter -{name} of {name_of} is not there: {why}"),
                None => format!("The parameter -{name} of {name_of} is not built yet."),
            };
            return Err(Error::caller(ErrorId::NotBuiltYet, message)
                .help("Leave it out; nothing was changed.")
                .about(name.to_string()));
        }
    }
    Ok(())
}

fn preferences(binder: &Binder) -> Preferences {
    let switch = |name: &str| match binder.value(name) {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    };
    let action = binder.value("ErrorAction").map(Value::to_string).unwrap_or_default();
    Preferences {
        what_if: switch("WhatIf") == Some(true),
        // -Force suppresses the question that is asked unasked; -Confirm still counts.
        confirm: switch("Confirm").or_else(|| (switch("Force") == Some(true)).then_some(false)),
        verbose: switch("Verbose") == Some(true),
        stops: action.eq_ignore_ascii_case("Stop"),
    }
}

/// The declaration with only those parameters of its own that the caller may use.
fn narrowed(declaration: &Declaration, names: &[Text]) -> Declaration {
    let mut signature: Signature = (*declaration.signature).clone();
    signature.formals.retain(|formal| {
        formal.origin == Origin::Common || names.iter().any(|name| name.eq_ignore_ascii_case(&formal.name))
    });
    Declaration {
        name: declaration.name.clone(),
        aliases: declaration.aliases.clone(),
        synopsis: declaration.synopsis.clone(),
        notes: declaration.notes.clone(),
        changes: declaration.changes,
        roles: declaration.roles.clone(),
        examples: declaration.examples.clone(),
        built: declaration.built,
        why_not: None,
        noun: declaration.noun,
        signature: Arc::new(signature),
    }
}
