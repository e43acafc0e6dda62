//! Statements of the prepared form.

use super::code::*;
use super::error::ErrorRecord;
use super::halt::{Halt, Run, Why};
use super::scope::{Slot, UNDERSCORE};
use super::session::Session;
use super::sink::Sink;
use super::streams::Action;
use super::values::{self, walk};
use crate::syntax::Span;
use crate::syntax::ast::SwitchKind;
use crate::syntax::token::{Case, Operator};
use dotnet::lines::TextLines;
use dotnet::{Category, Enumerator, Exception, index};
use object::Value;
use object::value::Text;
use std::sync::Arc;

/// After so many turns a loop looks whether the session was asked to stop.
const TURNS_BETWEEN_LOOKS: u32 = 1_024;

/// After so many looks a loop also asks how much memory the shell holds.
const LOOKS_BETWEEN_WEIGHINGS: u32 = 16;

/// A shell that holds more than this has a script that gathers without an end: the script gets an error, and the shell
/// lives on. It is well below what a small server has, so that the system does not end something else first.
const MEMORY_BYTES_MAX: u64 = 2 << 30;

impl Session {
    /// Runs statements; an error that does not end the script is shown, and the next statement runs.
    pub(super) fn seq(&mut self, seq: &Seq, out: &mut dyn Sink) -> Run {
        if !seq.traps.is_empty() {
            return self.trapped_seq(seq, out);
        }
        for step in &seq.statements {
            if let Err(halt) = self.step(step, out) {
                self.after_error(halt, step.span)?;
            }
        }
        Ok(())
    }

    fn trapped_seq(&mut self, seq: &Seq, out: &mut dyn Sink) -> Run {
        for step in &seq.statements {
            self.guards += 1;
            let result = self.step(step, out);
            self.guards -= 1;
            let Err(halt) = result else { continue };
            let halt = self.placed(halt, step.span);
            match self.trap(seq, halt, out)? {
                None => {}
                Some(halt) => self.after_error(halt, step.span)?,
            }
        }
        Ok(())
    }

    /// Runs the trap that takes an error. `None`: the script goes on; else the error stands.
    fn trap(&mut self, seq: &Seq, halt: Halt, out: &mut dyn Sink) -> Run<Option<Halt>> {
        let Some(record) = halt.error().cloned() else { return Err(halt) };
        let Some(trap) = self.trap_for(seq, &record) else { return Ok(Some(halt)) };
        self.remember(&record);
        let kinds = trap.kind.as_slice();
        let shown = self.as_caught(kinds, &record);
        let before = std::mem::replace(self.slot_mut(UNDERSCORE), Slot::Plain(shown.value()));
        let result = self.seq(&trap.body, out);
        *self.slot_mut(UNDERSCORE) = before;
        match result {
            Ok(()) => {
                // The trap ended by itself: the error is shown, and the next statement runs.
                self.status = false;
                self.report(record)?;
                Ok(None)
            }
            Err(inner) => match inner.into_why() {
                Why::Continue(None) => Ok(None),
                // The error goes on, and ends what nobody else stops it in.
                Why::Break(None) => Err(record.stopped().into()),
                other => Err(Halt::new(other)),
            },
        }
    }

    fn trap_for<'a>(&self, seq: &'a Seq, record: &ErrorRecord) -> Option<&'a TrapCode> {
        let typed =
            seq.traps.iter().find(|trap| trap.kind.as_ref().is_some_and(|kind| self.catches(kind, record)));
        typed.or_else(|| seq.traps.iter().find(|trap| trap.kind.is_none()))
    }

    fn placed(&self, halt: Halt, span: Span) -> Halt {
        match halt.into_why() {
            Why::Error(record) => self.located(record, span).into(),
            other => Halt::new(other),
        }
    }

    /// A record at its place in the running code, with the calls that led there.
    pub(super) fn located(&self, record: ErrorRecord, span: Span) -> ErrorRecord {
        if record.place().is_some() {
            return record;
        }
        let place = self.place(span);
        let trace = self.trace(&place);
        record.with_trace(trace).at(|| place)
    }

    /// The functions under way, innermost first, each with the line where it stands.
    fn trace(&self, place: &super::error::Extent) -> String {
        let mut lines = Vec::new();
        let mut at = place.clone();
        for called in self.calls.iter().rev() {
            lines.push(trace_line(&called.name, &at));
            at = called.place.clone();
        }
        lines.push(trace_line("<ScriptBlock>", &at));
        lines.join("\n")
    }

    /// What becomes of an error that a statement ended with: a `try` around takes it, or it is shown and
    /// the next statement runs, as the preference says.
    fn after_error(&mut self, halt: Halt, span: Span) -> Run {
        let record = match halt.into_why() {
            Why::Error(record) => self.located(record, span),
            other => return Err(Halt::new(other)),
        };
        self.status = false;
        if self.guards > 0 {
            return Err(record.into());
        }
        match self.preference("erroractionpreference") {
            Action::Silent => {
                self.remember(&record);
                Ok(())
            }
            Action::Ignore => Ok(()),
            Action::Stop if !record.is_thrown() => {
                self.remember(&record);
                Err(record.stopped_in_expression().into())
            }
            Action::Stop => Err(record.into()),
            Action::Go | Action::Ask if record.is_thrown() => Err(record.into()),
            Action::Go | Action::Ask => {
                self.remember(&record);
                self.emit(super::streams::ERROR, record.value(), |session| session.show_error(&record));
                Ok(())
            }
        }
    }

    /// Runs one statement.
    pub(super) fn step(&mut self, step: &Step, out: &mut dyn Sink) -> Run {
        match &step.kind {
            StepKind::Silent(code) => {
                self.eval(code)?;
                self.status |=
                    !matches!(code, Code::Paren(inner) if matches!(inner.kind, StepKind::Pipeline(_)));
                Ok(())
            }
            StepKind::Assign(assignment) => {
                let before = std::mem::replace(&mut self.failed, false);
                let result = self.assign(assignment, false);
                let failed = std::mem::replace(&mut self.failed, before);
                result?;
                // A command on the right has said itself how it went.
                let by_command = match &assignment.right.kind {
                    StepKind::Pipeline(_) => true,
                    StepKind::Value(Code::Paren(inner)) => matches!(inner.kind, StepKind::Pipeline(_)),
                    _ => false,
                };
                self.status = if by_command { self.status && !failed } else { !failed };
                Ok(())
            }
            StepKind::Value(code) => {
                self.write_value(code, out)?;
                // A command in brackets has said itself how it went.
                if !matches!(code, Code::Paren(inner) if matches!(inner.kind, StepKind::Pipeline(_))) {
                    self.status = true;
                }
                Ok(())
            }
            StepKind::Pipeline(pipe) => self.pipeline(pipe, step.span, out),
            StepKind::If(clauses, otherwise) => self.choose(clauses, otherwise.as_ref(), out),
            StepKind::For(turn) => self.for_loop(turn, out),
            StepKind::ForEach(each) => self.foreach(each, out),
            StepKind::While(turn) => self.while_loop(turn, out),
            StepKind::DoWhile(turn) => self.do_loop(turn, true, out),
            StepKind::DoUntil(turn) => self.do_loop(turn, false, out),
            StepKind::Switch(switch) => self.switch(switch, out),
            StepKind::Try(attempt) => self.attempt(attempt, out),
            StepKind::Chain(chain) => self.chained(chain, out),
            StepKind::Function(function) => self.define(function),
            StepKind::Data(target, seq) => match target {
                Some(target) => {
                    let value = self.gather(seq)?.unwrap_or_default();
                    self.store(target, value)
                }
                None => self.seq(seq, out),
            },
            StepKind::Type(code) => self.declare_type(code),
            StepKind::Refused(what) => Err(not_yet(what).into()),
            _ => self.leave(step, out),
        }
    }

    /// Writes the value of an expression: a list element by element.
    pub(super) fn write_value(&mut self, code: &Code, out: &mut dyn Sink) -> Run {
        let value = match code {
            Code::Var(variable, _) if self.is_nothing(variable) => return Ok(()),
            Code::Binary(Operator::Range, pair) => return self.write_range(pair, out),
            // Brackets around nothing are `$null`, those around a command without output are nothing.
            Code::Sub(seq) if seq.statements.is_empty() => return out.write(self, Value::Null),
            Code::Invoke(call) => {
                if self.writes_object(call)? {
                    return self.write_object(call, out);
                }
                match self.invoke(call)? {
                    Some(value) => value,
                    None => return Ok(()),
                }
            }
            Code::Sub(seq) => return self.seq(seq, out),
            Code::Paren(step) => match self.paren(step)? {
                Some(value) => value,
                None => return Ok(()),
            },
            code => self.eval(code)?,
        };
        self.write_all(value, out)
    }

    /// Whether a call is `$PSCmdlet.WriteObject( … )`, which needs the output.
    fn writes_object(&mut self, call: &InvokeCode) -> Run<bool> {
        let named = matches!(&call.name, Code::Const(Value::String(name)) if name.eq_ignore_ascii_case("WriteObject"));
        Ok(named && !call.is_static && super::call::is_cmdlet(&self.eval(&call.target)?))
    }

    fn write_object(&mut self, call: &InvokeCode, out: &mut dyn Sink) -> Run {
        let mut arguments = Vec::new();
        for code in &call.arguments {
            arguments.push(self.eval(code)?);
        }
        let whole = !arguments.get(1).is_some_and(dotnet::compare::truth);
        let value = arguments.into_iter().next().unwrap_or_default();
        if whole { out.write(self, value) } else { self.write_all(value, out) }
    }

    /// Writes the numbers of a range, each as soon as it is counted.
    fn write_range(&mut self, pair: &(Code, Code), out: &mut dyn Sink) -> Run {
        let (from, to) = (self.eval(&pair.0)?, self.eval(&pair.1)?);
        let mut turns = 0;
        for value in counted(self, &from, &to)? {
            self.look(&mut turns)?;
            out.write(self, value)?;
        }
        Ok(())
    }

    /// Writes a value: a list element by element.
    pub(super) fn write_all(&mut self, value: Value, out: &mut dyn Sink) -> Run {
        if let Some(walk) = value.downcast::<Enumerator>() {
            return walk.rest().into_iter().try_for_each(|element| out.write(self, element));
        }
        match index::elements(&value) {
            Some(elements) => elements.into_iter().try_for_each(|element| out.write(self, element)),
            None => out.write(self, value),
        }
    }

    /// Whether a condition holds: a pipeline's output as one value.
    fn holds(&mut self, condition: &Step) -> Run<bool> {
        let result = match &condition.kind {
            StepKind::Value(code) => self.test(code),
            _ => self.paren(condition).map(|value| value.is_some_and(|value| dotnet::compare::truth(&value))),
        };
        result.map_err(|halt| self.placed(halt, condition.span))
    }

    fn choose(&mut self, clauses: &[(Step, Seq)], otherwise: Option<&Seq>, out: &mut dyn Sink) -> Run {
        for (condition, body) in clauses {
            if self.holds(condition)? {
                return self.seq(body, out);
            }
        }
        match otherwise {
            Some(body) => self.seq(body, out),
            None => Ok(()),
        }
    }

    fn chained(&mut self, chain: &ChainCode, out: &mut dyn Sink) -> Run {
        if let Err(halt) = self.step(&chain.left, out) {
            self.after_error(halt, chain.left.span)?;
        }
        if self.status == chain.and { self.step(&chain.right, out) } else { Ok(()) }
    }

    // --- loops ---------------------------------------------------------------------------------

    /// Whether a loop goes on after a turn of its body.
    fn turn(&mut self, body: &Seq, label: Option<&Text>, out: &mut dyn Sink) -> Run<bool> {
        match self.seq(body, out) {
            Ok(()) => Ok(true),
            Err(halt) => after_turn(halt, label),
        }
    }

    /// Now and then: whether somebody asked the session to stop, and whether it holds too much.
    #[inline]
    fn look(&mut self, turns: &mut u32) -> Run {
        *turns += 1;
        if *turns < TURNS_BETWEEN_LOOKS {
            return Ok(());
        }
        *turns = 0;
        self.looks = self.looks.wrapping_add(1);
        if self.looks.is_multiple_of(LOOKS_BETWEEN_WEIGHINGS) {
            self.check_memory()?;
        }
        self.check_stop()
    }

    /// The same for commands and for what gathers what they write, which count no turns of their own.
    #[inline]
    pub(super) fn look_now_and_then(&mut self) -> Run {
        let mut turns = self.turns;
        let seen = self.look(&mut turns);
        self.turns = turns;
        seen
    }

    fn check_memory(&self) -> Run {
        match self.settings.host.memory_used() {
            Some(used) if used > MEMORY_BYTES_MAX => Err(dotnet::Exception::out_of_memory().into()),
            _ => Ok(()),
        }
    }

    /// Halts when somebody asked the session to stop.
    pub(super) fn check_stop(&self) -> Run {
        if self.settings.host.stopped() { Err(Halt::new(Why::Interrupted)) } else { Ok(()) }
    }

    fn for_loop(&mut self, turn: &ForCode, out: &mut dyn Sink) -> Run {
        if let Some(first) = &turn.first {
            self.quiet(first)?;
        }
        let mut turns = 0;
        loop {
            self.look(&mut turns)?;
            if let Some(condition) = &turn.condition
                && !self.holds(condition)?
            {
                return Ok(());
            }
            if !self.turn(&turn.body, turn.label.as_ref(), out)? {
                return Ok(());
            }
            if let Some(after) = &turn.after {
                self.quiet(after)?;
            }
        }
    }

    /// A part of a `for`, whose output goes nowhere.
    fn quiet(&mut self, step: &Step) -> Run {
        match &step.kind {
            StepKind::Silent(code) | StepKind::Value(code) => self.eval(code).map(|_| ()),
            _ => self.step(step, &mut super::sink::Dropped),
        }
        .map_err(|halt| self.placed(halt, step.span))
    }

    fn while_loop(&mut self, turn: &LoopCode, out: &mut dyn Sink) -> Run {
        let mut turns = 0;
        while self.holds(&turn.condition)? {
            self.look(&mut turns)?;
            if !self.turn(&turn.body, turn.label.as_ref(), out)? {
                break;
            }
        }
        Ok(())
    }

    fn do_loop(&mut self, turn: &LoopCode, wanted: bool, out: &mut dyn Sink) -> Run {
        let mut turns = 0;
        loop {
            self.look(&mut turns)?;
            if !self.turn(&turn.body, turn.label.as_ref(), out)? {
                return Ok(());
            }
            if self.holds(&turn.condition)? != wanted {
                return Ok(());
            }
        }
    }

    fn foreach(&mut self, each: &ForEachCode, out: &mut dyn Sink) -> Run {
        if let (StepKind::Value(Code::Binary(Operator::Range, pair)), None) =
            (&each.condition.kind, each.enumerator)
        {
            return self.foreach_number(each, pair, out);
        }
        let (items, watch) = self.walked(&each.condition)?;
        let (before, mut turns) = (watch.version(), 0);
        if let Some(slot) = each.enumerator {
            return self.enumerated(slot, items, |session, item| {
                session.look(&mut turns)?;
                session.store(&each.variable, item)?;
                session.turn(&each.body, each.label.as_ref(), out)
            });
        }
        for item in items {
            if watch.version() != before {
                return Err(self.placed(modified().into(), each.variable_span));
            }
            self.look(&mut turns)?;
            self.store(&each.variable, item)?;
            if !self.turn(&each.body, each.label.as_ref(), out)? {
                return Ok(());
            }
        }
        match watch.version() == before {
            true => Ok(()),
            false => Err(self.placed(modified().into(), each.variable_span)),
        }
    }

    /// `foreach ($n in 1..1000000)` makes no list.
    fn foreach_number(&mut self, each: &ForEachCode, pair: &(Code, Code), out: &mut dyn Sink) -> Run {
        let ends = self.eval(&pair.0).and_then(|from| Ok((from, self.eval(&pair.1)?)));
        let numbers = ends.and_then(|(from, to)| Ok(counted(self, &from, &to)?));
        let mut turns = 0;
        for number in numbers.map_err(|halt| self.placed(halt, each.condition.span))? {
            self.look(&mut turns)?;
            self.store(&each.variable, number)?;
            if !self.turn(&each.body, each.label.as_ref(), out)? {
                break;
            }
        }
        Ok(())
    }

    /// Walks `items` with the walk itself in a variable: `$foreach`, `$switch`. A turn says whether to go on.
    fn enumerated(
        &mut self,
        slot: u32,
        items: Vec<Value>,
        mut turn: impl FnMut(&mut Session, Value) -> Run<bool>,
    ) -> Run {
        let walk = Arc::new(Enumerator::new(items));
        let before = std::mem::replace(self.slot_mut(slot), Slot::Plain(Value::Typed(walk.clone())));
        let mut result = Ok(true);
        while let (Ok(true), Some(item)) = (&result, walk.step().cloned()) {
            result = turn(self, item);
        }
        *self.slot_mut(slot) = before;
        result.map(|_| ())
    }

    /// What `foreach` walks, and what tells whether it was changed meanwhile.
    fn walked(&mut self, condition: &Step) -> Run<(Vec<Value>, Watch)> {
        let value = self.paren(condition).map_err(|halt| self.placed(halt, condition.span))?;
        Ok(match value {
            None | Some(Value::Null) => (Vec::new(), Watch(Value::Null)),
            Some(value) => match value.downcast::<Enumerator>() {
                Some(steps) => (steps.rest(), Watch(value)),
                None => (walk(value.clone()), Watch(value)),
            },
        })
    }

    // --- switch --------------------------------------------------------------------------------

    fn switch(&mut self, switch: &SwitchCode, out: &mut dyn Sink) -> Run {
        if switch.file {
            let lines = self.file_lines(&switch.condition)?;
            return self.with_underscore(|session| session.switch_lines(switch, lines, out));
        }
        let items = self.switched(switch)?;
        self.with_underscore(|session| session.switch_items(switch, items, out))
    }

    fn with_underscore(&mut self, inner: impl FnOnce(&mut Session) -> Run) -> Run {
        let before = std::mem::take(self.slot_mut(UNDERSCORE));
        let result = inner(self);
        *self.slot_mut(UNDERSCORE) = before;
        result
    }

    /// Each line of a file in turn; only who asks for the walk itself (`$switch`) needs all of them at once.
    fn switch_lines(&mut self, switch: &SwitchCode, mut lines: TextLines, out: &mut dyn Sink) -> Run {
        let mut all = Vec::new();
        while let Some(line) = lines.line()? {
            let line = Value::from(&*line);
            if switch.enumerator.is_some() {
                all.push(line);
            } else if !self.switch_turn(switch, &line, out)? {
                break;
            }
            self.look_now_and_then()?;
        }
        self.switch_items(switch, all, out)
    }

    /// `$null` is switched on, as one item.
    fn switched(&mut self, switch: &SwitchCode) -> Run<Vec<Value>> {
        let condition = &switch.condition;
        let value = self.paren(condition).map_err(|halt| self.placed(halt, condition.span))?;
        Ok(match value {
            None => Vec::new(),
            Some(value) => walk(value),
        })
    }

    fn file_lines(&mut self, condition: &Step) -> Run<TextLines> {
        let name = self.paren(condition)?.unwrap_or_default();
        let path = self.full_path(&self.to_text(&name));
        let Ok(source) = self.settings.host.files().open(&path) else {
            let message = format!("Cannot find path '{path}' because it does not exist.");
            let missing = Exception::new("System.Management.Automation.ItemNotFoundException", message)
                .id("PathNotFound")
                .category(Category::ObjectNotFound)
                .target(path.as_str());
            return Err(self.placed(missing.into(), condition.span));
        };
        Ok(TextLines::new(source, None, self.locale().profile.read_windows_1252))
    }

    fn switch_items(&mut self, switch: &SwitchCode, items: Vec<Value>, out: &mut dyn Sink) -> Run {
        if let Some(slot) = switch.enumerator {
            return self.enumerated(slot, items, |session, item| session.switch_turn(switch, &item, out));
        }
        for item in items {
            if !self.switch_turn(switch, &item, out)? {
                break;
            }
        }
        Ok(())
    }

    /// Switches on one item; whether to go on with the next.
    fn switch_turn(&mut self, switch: &SwitchCode, item: &Value, out: &mut dyn Sink) -> Run<bool> {
        *self.slot_mut(UNDERSCORE) = Slot::Plain(item.clone());
        match self.switch_item(switch, item, out) {
            Ok(()) => Ok(true),
            Err(halt) => after_turn(halt, switch.label.as_ref()),
        }
    }

    fn switch_item(&mut self, switch: &SwitchCode, item: &Value, out: &mut dyn Sink) -> Run {
        let mut hit = false;
        for (test, span, body) in &switch.clauses {
            let matches = self.clause_matches(switch, test, item);
            if matches.map_err(|halt| {
                if switch.kind == SwitchKind::Regex { self.placed(halt, *span) } else { halt }
            })? {
                hit = true;
                self.seq(body, out)?;
                // A clause may set `$_`; the next one compares the item all the same.
                *self.slot_mut(UNDERSCORE) = Slot::Plain(item.clone());
            }
        }
        match &switch.default {
            Some(body) if !hit => self.seq(body, out),
            _ => Ok(()),
        }
    }

    fn clause_matches(&mut self, switch: &SwitchCode, test: &Code, item: &Value) -> Run<bool> {
        let case = if switch.case_sensitive { Case::Keep } else { Case::Ignore };
        let wanted = self.eval(test)?;
        if super::scope::Block::of(&wanted).is_some() {
            let mut out = Vec::new();
            self.block_here(&wanted, Some(item), &mut out)?;
            return Ok(values::gathered(out).is_some_and(|value| dotnet::compare::truth(&value)));
        }
        let operator = match switch.kind {
            SwitchKind::Exact => {
                return Ok(dotnet::compare::equal(item, &wanted, !switch.case_sensitive, self.locale()));
            }
            SwitchKind::Wildcard => Operator::Like(case),
            SwitchKind::Regex => Operator::Match(case),
        };
        let text = Value::from(self.to_text(item));
        let result = values::binary(self, operator, &text, &wanted).map_err(|error| match switch.kind {
            SwitchKind::Regex if error.type_name().ends_with("RegexParseException") => {
                let message = format!("The regular expression pattern {wanted} is not valid.");
                Exception::runtime("InvalidRegularExpression", message).target(wanted.clone()).inner(error)
            }
            _ => error,
        })?;
        Ok(dotnet::compare::truth(&result))
    }

    // --- try -----------------------------------------------------------------------------------

    fn attempt(&mut self, attempt: &TryCode, out: &mut dyn Sink) -> Run {
        let result = self.guarded(attempt, out);
        let Some(finally) = &attempt.finally else { return result };
        // What `finally` does about errors is its own matter, not the `try`'s.
        if !self.settings.host.stopped() {
            return self.seq(finally, out).and(result);
        }
        // It also runs when somebody asked to stop, with its programs and cmdlets: it is there to tidy up. Only who
        // asks again stops that, too.
        self.settings.host.set_stopped(false);
        let after = self.seq(finally, out);
        self.settings.host.set_stopped(true);
        after.and(Err(Halt::new(Why::Interrupted)))
    }

    fn guarded(&mut self, attempt: &TryCode, out: &mut dyn Sink) -> Run {
        if attempt.catches.is_empty() {
            return self.seq(&attempt.body, out);
        }
        self.guards += 1;
        let depth = self.depth;
        let result = self.seq(&attempt.body, out);
        self.guards -= 1;
        let Err(halt) = result else { return Ok(()) };
        self.depth = depth;
        let Some(record) = halt.error().cloned() else { return Err(halt) };
        let clause = attempt
            .catches
            .iter()
            .find(|(types, _)| types.is_empty() || types.iter().any(|kind| self.catches(kind, &record)));
        match clause {
            Some((types, body)) => {
                let shown = self.as_caught(types, &record);
                self.catch(record, shown, body, out)
            }
            None => Err(halt),
        }
    }

    /// The record as a clause for these types sees it: with the exception that fits, which may be an inner one.
    fn as_caught(&self, types: &[TypeRef], record: &ErrorRecord) -> ErrorRecord {
        let fitting = types.iter().find_map(|kind| self.caught(kind, record));
        fitting.map_or_else(|| record.clone(), |exception| record.clone().with_exception(exception))
    }

    /// Runs a catch block; `shown` is its `$_`.
    fn catch(&mut self, record: ErrorRecord, shown: ErrorRecord, body: &Seq, out: &mut dyn Sink) -> Run {
        self.remember(&record);
        let before = std::mem::replace(self.slot_mut(UNDERSCORE), Slot::Plain(shown.value()));
        self.caught.push(record);
        self.status = false;
        let result = self.seq(body, out);
        self.caught.pop();
        self.status |= body.statements.is_empty();
        *self.slot_mut(UNDERSCORE) = before;
        result
    }

    /// Whether a catch clause's type takes an error; what an exception wraps counts too.
    fn catches(&self, kind: &TypeRef, record: &ErrorRecord) -> bool {
        self.caught(kind, record).is_some()
    }

    /// The exception of a record, or one that it wraps, that is of a type.
    fn caught(&self, kind: &TypeRef, record: &ErrorRecord) -> Option<Exception> {
        let mut at = Some(record.exception());
        while let Some(exception) = at {
            if is_exception(exception.type_name(), &kind.name) {
                return Some(exception.clone());
            }
            if let (Some(object), Ok(kind)) = (exception.object(), values::resolve(self, kind))
                && dotnet::convert::is(object, &kind)
            {
                return Some(exception.clone());
            }
            at = exception.inner_exception();
        }
        None
    }

    // --- leaving -------------------------------------------------------------------------------

    fn leave(&mut self, step: &Step, out: &mut dyn Sink) -> Run {
        Err(Halt::new(match &step.kind {
            StepKind::Break(label) => Why::Break(self.label(label.as_ref())?),
            StepKind::Continue(label) => Why::Continue(self.label(label.as_ref())?),
            StepKind::Return(Some(value)) if self.frame.code.is_method => {
                Why::Return(self.paren(value).map_err(|halt| self.placed(halt, value.span))?)
            }
            StepKind::Return(value) => {
                if let Some(value) = value {
                    self.step(value, out).map_err(|halt| self.placed(halt, value.span))?;
                }
                Why::Return(None)
            }
            StepKind::Exit(value) => Why::Exit(self.exit_code(value.as_deref())?),
            StepKind::Throw(value) => return Err(self.throw(value.as_deref(), step.span)?),
            _ => return Ok(()),
        }))
    }

    fn label(&mut self, label: Option<&Code>) -> Run<Option<Text>> {
        label.map(|code| self.name_of(code)).transpose()
    }

    fn exit_code(&mut self, value: Option<&Step>) -> Run<i32> {
        let Some(step) = value else { return Ok(0) };
        let value = self.paren(step)?.unwrap_or_default();
        let number =
            values::convert(self, &value, &dotnet::Type::int32()).ok().and_then(|code| code.as_i64());
        Ok(number.unwrap_or(0) as i32)
    }

    fn throw(&mut self, value: Option<&Step>, span: Span) -> Run<Halt> {
        let thrown = match value {
            Some(step) => self.paren(step)?.unwrap_or_default(),
            None => match self.caught.last() {
                Some(record) => return Ok(record.clone().thrown().into()),
                None => Value::Null,
            },
        };
        let record = values::record_of(&thrown, self.locale());
        Ok(self.located(record, span).thrown().into())
    }
}

/// What a `foreach` walks: a collection that changes under it ends it.
struct Watch(Value);

impl Watch {
    fn version(&self) -> u64 {
        let collection = self.0.downcast::<dotnet::collections::Collection>().map(|list| list.version());
        collection.or_else(|| self.0.downcast::<Enumerator>().map(Enumerator::version)).unwrap_or(0)
    }
}

fn modified() -> Exception {
    Exception::invalid_operation("Collection was modified; enumeration operation may not execute.")
        .id("System.InvalidOperationException")
}

/// The numbers or letters from one end of a range to the other.
fn counted(
    session: &mut Session,
    from: &Value,
    to: &Value,
) -> dotnet::Result<Box<dyn Iterator<Item = Value>>> {
    let whole = |value: &Value| matches!(dotnet::values::base(value), Value::Int32(_));
    if !whole(from) || !whole(to) {
        return Ok(Box::new(walk(values::binary(session, Operator::Range, from, to)?).into_iter()));
    }
    let (a, b) = (dotnet::arithmetic::range_end(from)?, dotnet::arithmetic::range_end(to)?);
    Ok(match a <= b {
        true => Box::new((a..=b).map(Value::Int32)),
        false => Box::new((b..=a).rev().map(Value::Int32)),
    })
}

fn trace_line(name: &str, place: &super::error::Extent) -> String {
    let file = place.source.name().map_or("<No file>", |name| name);
    let name = if name.is_empty() { "<ScriptBlock>" } else { name };
    format!("at {name}, {file}: line {}", place.source.position(place.span.start).0)
}

/// What a loop does about a halt in its body: go on, end, or hand it on.
fn after_turn(halt: Halt, label: Option<&Text>) -> Run<bool> {
    let mine = |wanted: &Option<Text>| match (wanted, label) {
        (None, _) => true,
        (Some(wanted), Some(label)) => wanted.eq_ignore_ascii_case(label),
        (Some(_), None) => false,
    };
    match halt.why() {
        Why::Break(wanted) if mine(wanted) => Ok(false),
        Why::Continue(wanted) if mine(wanted) => Ok(true),
        _ => Err(halt),
    }
}

/// Whether an exception of one type is also one of another, by their names.
fn is_exception(thrown: &str, wanted: &str) -> bool {
    let of = dotnet::Type::named(thrown);
    let short =
        |name: &str| name.eq_ignore_ascii_case("exception") || name.eq_ignore_ascii_case("system.exception");
    if short(wanted) || thrown.eq_ignore_ascii_case(wanted) {
        return true;
    }
    if thrown.len() > 7
        && thrown[..7].eq_ignore_ascii_case("system.")
        && thrown[7..].eq_ignore_ascii_case(wanted)
    {
        return true;
    }
    dotnet::Type::parse(wanted).is_some_and(|wanted| of.is_a(&wanted))
}

fn not_yet(what: &str) -> Exception {
    Exception::runtime("NotSupported", format!("Not supported in this version: {what}."))
        .category(Category::NotImplemented)
}
