//! What a running command sees of its surroundings: its parameters, its output, the other streams, the
//! session.

use super::code::Prepared;
use super::error::{ErrorRecord, Extent};
use super::halt::{Halt, Run, Why};
use super::session::{Here, Session};
use super::sink::{Sink, Verdict};
use dotnet::Host;
use gate::bind::Binder;
use object::Value;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

/// Parameters that were given, by their full names.
#[derive(Clone, Default)]
pub(super) struct Given(Vec<(Text, Value)>);

impl Given {
    pub(super) fn of(binder: &Binder) -> Given {
        let bound = binder.bound();
        let formals = &binder.signature().formals;
        let given = bound.order.iter().filter_map(|at| {
            let value = bound.values[*at].clone()?;
            Some((formals[*at].name.clone(), value))
        });
        Given(given.collect())
    }
    pub(super) fn push(&mut self, name: Text, value: Value) {
        self.0.push((name, value));
    }
    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Text, &Value)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

/// A running command's surroundings.
pub struct Call<'a> {
    pub(super) session: &'a mut Session,
    pub(super) out: &'a mut dyn Sink,
    pub(super) binder: &'a Binder,
    pub(super) name: &'a Text,
    /// The name as it was typed.
    pub(super) called: &'a Text,
    pub(super) class: &'static str,
    pub(super) number: u64,
    pub(super) piped: bool,
    pub(super) place: &'a Extent,
    pub(super) answers: &'a Answers,
}

/// A function or script that runs at the moment, and the place it has come to.
pub struct StackFrame {
    /// Its name; empty: a block, or what a person typed.
    pub name: Text,
    /// Whether it is a script file.
    pub is_script: bool,
    /// Where it is.
    pub place: Extent,
}

impl Call<'_> {
    /// The name the command was called by.
    pub fn name(&self) -> &str {
        self.name
    }
    /// The session.
    pub fn session(&mut self) -> &mut Session {
        self.session
    }
    /// The functions and scripts that run at the moment, the innermost first.
    pub fn stack(&self) -> Vec<StackFrame> {
        let (mut frames, mut at) = (Vec::new(), self.place.clone());
        for called in self.session.calls.iter().rev() {
            frames.push(StackFrame { name: called.name.clone(), is_script: called.is_script, place: at });
            at = called.place.clone();
        }
        frames.push(StackFrame { name: Text::from(""), is_script: false, place: at });
        frames
    }
    /// The way to the world.
    pub fn host(&self) -> Arc<dyn Host> {
        self.session.host().clone()
    }
    /// Whether objects are piped in.
    pub fn is_piped(&self) -> bool {
        self.piped
    }

    /// The value of a parameter, by its full name; `None` when it was not given.
    pub fn value(&self, name: &str) -> Option<&Value> {
        if let Some(watch) = &self.session.parameter_watch {
            watch(self.binder.signature(), name);
        }
        self.binder.value(name)
    }
    /// Whether a parameter was given.
    pub fn is_given(&self, name: &str) -> bool {
        self.value(name).is_some()
    }
    /// Whether a switch is on.
    pub fn flag(&self, name: &str) -> bool {
        self.value(name).is_some_and(dotnet::compare::truth)
    }
    /// A parameter as text.
    pub fn text(&self, name: &str) -> Option<String> {
        self.value(name).map(|value| self.session.to_text(value))
    }
    /// A parameter as a list of texts.
    pub fn texts(&self, name: &str) -> Vec<String> {
        let items = self.value(name).map(Value::items).unwrap_or_default();
        items.iter().map(|item| self.session.to_text(item)).collect()
    }
    /// A parameter as a whole number.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.value(name).and_then(Value::as_i64)
    }
    /// The name of the parameter set that was settled on.
    pub fn set(&self) -> &str {
        if let Some(watch) = &self.session.parameter_watch {
            watch(self.binder.signature(), "");
        }
        self.binder.signature().set_name(self.binder.bound().set)
    }

    /// For commands that gather much before they write: whether somebody asked the session to stop, or it holds
    /// too much. Cheap enough for every turn of a loop.
    ///
    /// # Errors
    /// It shall stop, or the memory is used up.
    pub fn look(&mut self) -> Run {
        self.session.look_now_and_then()
    }
    /// Writes an object to the output; it reaches the next command before this returns.
    pub fn write(&mut self, value: impl Into<Value>) -> Run {
        self.session.check_stop()?;
        self.out.write(self.session, value.into())
    }
    /// Writes a value to the output, a list element by element.
    pub fn write_all(&mut self, value: Value) -> Run {
        self.session.write_all(value, self.out)
    }
    /// Reports an error that does not end the command.
    pub fn error(&mut self, record: impl Into<ErrorRecord>) -> Run {
        let record = finished(record.into(), self.name, self.called, self.class);
        self.session.report(record.at(|| self.place.clone()))
    }
    /// Reports an error that the script wrote by this command (`Write-Error`): it stands where the
    /// function that wrote it was called.
    pub fn script_error(&mut self, record: ErrorRecord) -> Run {
        let activity = self.name.clone();
        self.session.write_error(record, &activity)
    }
    /// Writes a warning.
    pub fn warning(&mut self, text: &str) -> Run {
        self.session.warning(text)
    }
    /// Writes a verbose line.
    pub fn verbose(&mut self, text: &str) -> Run {
        self.session.verbose(text)
    }
    /// Writes a debug line.
    pub fn debug(&mut self, text: &str) -> Run {
        self.session.debug(text)
    }

    /// Runs a script block in a scope of its own and gives back what it writes.
    pub fn invoke(&mut self, block: &Value, input: Option<&Value>, arguments: &[Value]) -> Run<Vec<Value>> {
        let mut out = Vec::new();
        self.session.call_block(block, input, arguments, &mut out)?;
        Ok(out)
    }
    /// Makes a script block ready to run for each object in the caller's scope; see [`Call::run_here`].
    pub fn here(&mut self, block: &Value) -> Run<Here> {
        self.session.here(block)
    }
    /// Runs such a block with `$_` and gives back what it writes.
    pub fn run_here(&mut self, here: &Here, input: Option<&Value>) -> Run<Vec<Value>> {
        let mut out = Vec::new();
        self.session.run_here(here, input, &mut out)?;
        Ok(out)
    }
    /// Whether what such a block writes with `$_` counts as true: nothing does not, one value as it does itself, several
    /// always.
    pub fn holds_here(&mut self, here: &Here, input: &Value) -> Run<bool> {
        let mut said = Verdict::default();
        self.session.run_here(here, Some(input), &mut said)?;
        Ok(said.holds())
    }
    /// Runs such a block with `$_`; what it writes goes to the output as soon as it is written.
    pub fn stream_here(&mut self, here: &Here, input: Option<&Value>) -> Run {
        self.session.run_here(here, input, self.out)
    }
    /// Runs a script block in the caller's scope itself; what it writes goes to the output.
    pub fn run_dotted(&mut self, block: &super::scope::Block) -> Run {
        self.session.run_dotted(block, Vec::new(), self.out)
    }
    /// Runs a script block as a command of a pipeline: `input` is piped in, `arguments` are bound by
    /// position; what it writes goes to the output.
    pub fn run_piped(&mut self, block: &Value, input: Option<Vec<Value>>, arguments: Vec<Value>) -> Run {
        self.session.call_piped(block, input, arguments, self.out)
    }
    /// The same, with what it writes going to `out`.
    pub fn run_aside(
        &mut self,
        block: &Value,
        input: Option<Vec<Value>>,
        arguments: Vec<Value>,
        out: &mut Vec<Value>,
    ) -> Run {
        self.session.call_piped(block, input, arguments, out)
    }
    /// Runs blocks as in a run space of their own: nothing of the caller's is seen in them, and nothing stays. What they
    /// wrote is given back, with how they ended. The first, if there is one, makes ready what the second finds.
    pub fn run_apart(
        &mut self,
        first: Option<&super::scope::Block>,
        block: &Value,
        input: Option<Vec<Value>>,
        arguments: Vec<Value>,
    ) -> (Run, Vec<Value>) {
        if std::mem::take(&mut self.session.background) {
            let mut written = Vec::new();
            let result = self.session.call_piped(block, input, arguments, &mut written);
            return (result, written);
        }
        let away = |block: &super::scope::Block| block.at_home(None);
        let (first, block) = (
            first.map(away),
            super::scope::Block::of(block).map_or(block.clone(), |block| away(block).value()),
        );
        self.session.apart(|session, out| {
            if let Some(first) = &first {
                session.run_dotted(first, Vec::new(), out)?;
            }
            session.call_piped(&block, input, arguments, out)
        })
    }
    /// The same for one piped object, which is `$_`.
    pub fn run_apart_for(&mut self, block: &Value, input: Value) -> (Run, Vec<Value>) {
        let block = super::scope::Block::of(block).map_or(block.clone(), |block| block.at_home(None).value());
        self.session.apart(|session, out| session.call_block(&block, Some(&input), &[], out))
    }
    /// Runs a block that was sent to this session: `$using:` is a variable of the session here.
    pub fn run_sent(&mut self, block: &Value, input: Option<Vec<Value>>, arguments: Vec<Value>) -> Run {
        self.session.sent += 1;
        let result = self.run_piped(block, input, arguments);
        self.session.sent = self.session.sent.saturating_sub(1);
        result
    }
    /// The names of the command's own parameters that were given.
    pub fn given(&self) -> Vec<String> {
        let own = self.binder.signature().formals.iter().filter(|formal| formal.is_own());
        let names: Vec<String> = own.map(|formal| formal.name.to_string()).collect();
        names.into_iter().filter(|name| self.is_given(name)).collect()
    }
    /// To return when the command needs no more input: what is before it in the pipeline stops, what is
    /// behind it ends as ever.
    pub fn enough(&self) -> Halt {
        Halt::new(Why::Enough(self.number))
    }
    /// Whether the command shall do what it is about to do: `-WhatIf` and `-Confirm`.
    pub fn should(&mut self, target: &str, action: &str, high_impact: bool) -> Run<bool> {
        let what_if = self.value("WhatIf").map(dotnet::compare::truth);
        let confirm = self.value("Confirm").map(dotnet::compare::truth);
        let answers = self.answers.clone();
        self.session.asked(
            &Question::of(target, action),
            what_if,
            confirm,
            if high_impact { 3 } else { 2 },
            &answers,
        )
    }
    /// Asks whether to go on with something that the script may not have meant, whatever `-Confirm` says.
    /// `all` keeps an answer that holds for all that is still to come.
    pub fn should_continue(&mut self, caption: &str, query: &str, all: &mut Option<bool>) -> Run<bool> {
        if let Some(answer) = *all {
            return Ok(answer);
        }
        let chosen = self.session.settings.host.choose(caption, query, &choices(true), Some(0))?;
        if matches!(chosen, 1 | 3) {
            *all = Some(chosen == 1);
        }
        Ok(chosen < 2)
    }
}

/// An error of a core command: its id ends in the command's class, its activity is the command.
/// It is shown under the name that was typed.
pub(super) fn finished(record: ErrorRecord, name: &Text, called: &Text, class: &'static str) -> ErrorRecord {
    let record = record.from_command(called).meaning(name);
    let record = if record.activity().is_empty() { record.with_activity(&**name) } else { record };
    if record.id().contains(',') || class.is_empty() {
        return record;
    }
    let id = format!("{},{}{class}", record.id(), "Microsoft.PowerShell.Commands.");
    record.with_id(id)
}

/// The same for what cannot be bound: `Write-Error`, whose own errors bear no class, has one here.
pub(super) fn unbound(record: ErrorRecord, name: &Text, called: &Text, class: &'static str) -> ErrorRecord {
    match class {
        "" if name.contains('-') => {
            let id =
                format!("{},Microsoft.PowerShell.Commands.{}Command", record.id(), name.replace('-', ""));
            finished(record.with_id(id), name, called, class)
        }
        _ => finished(record, name, called, class),
    }
}

/// What `-WhatIf` says and `-Confirm` asks.
pub(super) struct Question {
    what_if: String,
    query: String,
    caption: String,
}

impl Question {
    fn of(target: &str, action: &str) -> Question {
        let sentence = format!("Performing the operation \"{action}\" on target \"{target}\".");
        Question {
            query: format!("Are you sure you want to perform this action?\n{sentence}"),
            what_if: sentence,
            caption: "Confirm".to_owned(),
        }
    }
}

/// The answers to choose from: one step, all steps, suspend.
fn choices(all: bool) -> Vec<dotnet::host::Choice> {
    let list = [
        ("&Yes", "Continue with only the next step of the operation.", true),
        ("Yes to &All", "Continue with all the steps of the operation.", all),
        ("&No", "Skip this operation and proceed with the next operation.", true),
        ("No to A&ll", "Skip this operation and all subsequent operations.", all),
        ("&Suspend", "Pause the current pipeline and return to the command prompt.", true),
    ];
    let wanted = list.into_iter().filter(|(_, _, wanted)| *wanted);
    wanted
        .map(|(label, help, _)| dotnet::host::Choice { label: label.to_owned(), help: help.to_owned() })
        .collect()
}

impl Session {
    fn asked(
        &mut self,
        question: &Question,
        what_if: Option<bool>,
        confirm: Option<bool>,
        impact: u8,
        answers: &Answers,
    ) -> Run<bool> {
        let wanted = what_if.unwrap_or_else(|| {
            self.find_variable("whatifpreference").is_some_and(|value| dotnet::compare::truth(&value))
        });
        if wanted {
            let text = format!("What if: {}\n", question.what_if);
            self.settings.host.write(dotnet::host::Stream::Output, &text, None, None);
            return Ok(false);
        }
        if let Some(answer) = *answers.lock() {
            return Ok(answer);
        }
        if !confirm.unwrap_or_else(|| impact >= self.confirm_level()) {
            self.verbose(&question.what_if)?;
            return Ok(true);
        }
        let chosen =
            self.settings.host.choose(&question.caption, &question.query, &choices(true), Some(0))?;
        if matches!(chosen, 1 | 3) {
            *answers.lock() = Some(chosen == 1);
        }
        Ok(chosen < 2)
    }

    /// `ShouldContinue(query, caption [, [ref] yesToAll, [ref] noToAll])`.
    fn continues(&mut self, query: &str, caption: &str, arguments: &[Value]) -> Run<bool> {
        let place =
            |at: usize| arguments.get(at).and_then(|value| value.downcast::<dotnet::values::Reference>());
        let (Some(yes), Some(no)) = (place(2), place(3)) else {
            return Ok(self.settings.host.choose(caption, query, &choices(false), Some(0))? == 0);
        };
        for (all, answer) in [(yes, true), (no, false)] {
            if dotnet::compare::truth(&all.0.read()) {
                return Ok(answer);
            }
        }
        let chosen = self.settings.host.choose(caption, query, &choices(true), Some(0))?;
        match chosen {
            1 => *yes.0.write() = true.into(),
            3 => *no.0.write() = true.into(),
            _ => {}
        }
        Ok(chosen < 2)
    }

    /// What `$ConfirmPreference` asks about: 1 all, 2 medium and high, 3 high, 4 nothing.
    pub(super) fn confirm_level(&self) -> u8 {
        let word = self.find_variable("confirmpreference").map(|value| value.to_string()).unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "low" => 1,
            "medium" => 2,
            "none" => 4,
            _ => 3,
        }
    }
}

/// `Yes to All` and `No to All`, as a function's further objects need them.
pub(super) type Answers = Arc<parking_lot::Mutex<Option<bool>>>;

/// `$PSCmdlet` of an advanced function.
pub(super) struct Cmdlet {
    name: Text,
    set: Text,
    what_if: Option<bool>,
    confirm: Option<bool>,
    should_process: bool,
    impact: u8,
    answers: Answers,
    /// Whose code called it and how, by the names of the properties.
    parts: CmdletParts,
}

/// `SessionState` and others of `$PSCmdlet`.
pub(super) type CmdletParts = [(&'static str, Value); 4];

pub(super) fn cmdlet_value(
    code: &Prepared,
    name: &Text,
    given: &Given,
    binder: Option<&Binder>,
    answers: &Answers,
    parts: CmdletParts,
) -> Value {
    let set = binder.map(|binder| binder.signature().set_name(binder.bound().set).into());
    let flag = |name: &str| given.get(name).map(dotnet::compare::truth);
    Value::typed(Cmdlet {
        name: name.clone(),
        set: set.unwrap_or_else(|| gate::ALL_SETS_NAME.into()),
        what_if: flag("WhatIf"),
        confirm: flag("Confirm"),
        should_process: code.binding.should_process,
        impact: if code.binding.high_impact { 3 } else { 2 },
        answers: answers.clone(),
        parts,
    })
}

impl Typed for Cmdlet {
    fn type_name(&self) -> Text {
        "System.Management.Automation.PSScriptCmdlet".into()
    }
    fn text(&self) -> String {
        "System.Management.Automation.PSScriptCmdlet".to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "parametersetname" => Some(Value::String(self.set.clone())),
            "commandruntime" | "host" | "stopping" => Some(Value::Null),
            _ => {
                let found = self.parts.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
                found.map(|(_, value)| value.clone())
            }
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["InvokeCommand", "InvokeProvider", "MyInvocation", "ParameterSetName", "SessionState"]
    }
}

/// Whether a value is `$PSCmdlet`.
pub(super) fn is_cmdlet(value: &Value) -> bool {
    value.downcast::<Cmdlet>().is_some()
}

impl Session {
    /// The methods of `$PSCmdlet`; `None`: it has none of that name.
    pub(super) fn cmdlet_method(
        &mut self,
        value: &Value,
        name: &str,
        arguments: &[Value],
    ) -> Run<Option<Option<Value>>> {
        let Some(cmdlet) = value.downcast::<Cmdlet>() else { return Ok(None) };
        let text = |at: usize| arguments.get(at).map(|value| self.to_text(value)).unwrap_or_default();
        Ok(Some(match name.to_ascii_lowercase().as_str() {
            "shouldprocess" => {
                if !cmdlet.should_process {
                    return Ok(Some(Some(true.into())));
                }
                let question = match arguments.len() {
                    0 | 1 => Question::of(&text(0), &cmdlet.name),
                    2 => Question::of(&text(0), &text(1)),
                    _ => Question { what_if: text(0), query: text(1), caption: text(2) },
                };
                let answers = cmdlet.answers.clone();
                let yes = self.asked(&question, cmdlet.what_if, cmdlet.confirm, cmdlet.impact, &answers)?;
                Some(yes.into())
            }
            "shouldcontinue" => {
                let (query, caption) = (text(0), text(1));
                Some(self.continues(&query, &caption, arguments)?.into())
            }
            "writeerror" => {
                let record = self.said_by(cmdlet, arguments);
                self.cmdlet_failed = true;
                self.report(record)?;
                None
            }
            "throwterminatingerror" => return Err(self.said_by(cmdlet, arguments).into()),
            "writeverbose" => {
                let text = text(0);
                self.verbose(&text)?;
                None
            }
            "writewarning" => {
                let text = text(0);
                self.warning(&text)?;
                None
            }
            "writedebug" => {
                let text = text(0);
                self.debug(&text)?;
                None
            }
            _ => return Ok(None),
        }))
    }

    /// The error that an advanced function is given to say: it is the function that fails, where it was called.
    fn said_by(&self, cmdlet: &Cmdlet, arguments: &[Value]) -> ErrorRecord {
        let value = arguments.first().cloned().unwrap_or_default();
        let record = super::error::record_of(&value, self.locale());
        let record = record.from_command(&cmdlet.name).with_activity(&*cmdlet.name);
        let id = format!("{},{}", record.id(), cmdlet.name);
        let record = match self.calls.last().cloned() {
            Some(called) => record.at(|| called.place),
            None => record,
        };
        record.with_id(id)
    }
}
