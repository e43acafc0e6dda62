//! How a page runs a cmdlet: through the gate, as the person who is logged on, and nobody can be asked meanwhile.

use crate::Shared;
use crate::command::{self, Ran};
use crate::moment::Zone;
use crate::session::Session;
use gate::{
    Answer, Caller, Changes, Channel, Declaration, Impact, Invocation, Prompt, Report, Sets,
    confirmation_required, stopped,
};
use object::value::Text;
use object::{Error, ErrorId, Object, Result, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// Objects that one page gathers at most; lists ask for fewer.
const OBJECTS_MAX: usize = 2_000;

/// What a page works with: the gate, and whose page it is.
pub(crate) struct Desk {
    pub(crate) rooms: Shared,
    pub(crate) session: Arc<Session>,
    /// Where the page is, as the browser knows it: its path with its question.
    pub(crate) place: String,
    /// Whether only a piece of the page is wanted.
    pub(crate) is_piece: bool,
    /// The person's time zone.
    pub(crate) zone: Zone,
}

/// What a command said.
#[derive(Default)]
pub(crate) struct Outcome {
    pub(crate) objects: Vec<Arc<Object>>,
    pub(crate) warnings: Vec<String>,
    /// With `-WhatIf`: what would be done.
    pub(crate) would: Vec<String>,
    pub(crate) errors: Vec<Error>,
    /// There are more objects than were wanted.
    pub(crate) more: bool,
}

impl Outcome {
    /// The first error, if there is one.
    pub(crate) fn done(mut self) -> Result<Outcome> {
        if self.errors.is_empty() { Ok(self) } else { Err(self.errors.remove(0)) }
    }
}

/// Which of the objects are wanted.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) skip: usize,
    pub(crate) take: usize,
}

impl Window {
    /// As many as a page can gather.
    pub(crate) const ALL: Window = Window { skip: 0, take: OBJECTS_MAX };
}

/// The channel of a page.
struct Gathered {
    window: Window,
    /// A command that changes something is never stopped for want of room: what does not fit is not shown.
    changes: bool,
    seen: usize,
    outcome: Outcome,
}

impl Channel for Gathered {
    fn say(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Object(Value::Object(object)) => return self.object(object),
            Report::Object(other) => {
                return self.object(Arc::new(Object::custom().with("Value", other)));
            }
            Report::Warning(text) => self.outcome.warnings.push(text),
            Report::WhatIf(text) => self.outcome.would.push(text),
            Report::Error(error) => self.outcome.errors.push(error),
            Report::Verbose(_) | Report::Progress(_) => {}
        }
        Ok(())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
    fn passes_over(&mut self) -> bool {
        let passes = self.seen < self.window.skip;
        self.seen += usize::from(passes);
        passes
    }
}

impl Gathered {
    fn object(&mut self, object: Arc<Object>) -> Result<()> {
        self.seen += 1;
        if self.seen <= self.window.skip {
            return Ok(());
        }
        if self.outcome.objects.len() == self.window.take {
            self.outcome.more = true;
            return if self.changes { Ok(()) } else { Err(stopped()) };
        }
        self.outcome.objects.push(object);
        Ok(())
    }
}

impl Desk {
    /// Who works here.
    pub(crate) fn caller(&self) -> &Caller {
        &self.session.caller
    }

    /// Whether the person may use this command, and these parameters of it.
    pub(crate) fn may<'n>(&self, cmdlet: &str, parameters: impl IntoIterator<Item = &'n str>) -> bool {
        let Some(declaration) = self.known(cmdlet) else { return false };
        let mut parameters = parameters.into_iter();
        declaration.built && parameters.all(|name| declaration.signature.formal(name).is_some())
    }

    /// Whether the person may run this, with all that it is given. What is offered is asked for in the very words in which
    /// it is run later: a role can hold a command without some of its parameters.
    pub(crate) fn may_run(&self, invocation: &Invocation) -> bool {
        self.may(&invocation.cmdlet, invocation.parameters.iter().map(|(name, _)| &**name))
    }

    /// Whether the person may give all that a parameter set of a command cannot do without.
    pub(crate) fn may_fill(&self, cmdlet: &str, set: &str) -> bool {
        let Some(found) = self.rooms.gate.book().find(cmdlet) else { return false };
        let Some(set) = found.signature.set_named(set).map(Sets::one) else { return false };
        let needed =
            found.signature.formals.iter().filter(|formal| formal.uses_in(set).any(|used| used.mandatory));
        self.may(cmdlet, needed.map(|formal| &*formal.name))
    }

    /// Whether the person may run a command in which this is settled; `set` among it names the parameter set.
    pub(crate) fn may_settle<'t>(
        &self,
        cmdlet: &str,
        settled: impl Iterator<Item = (&'t str, &'t str)> + Clone,
        first: Option<&'t str>,
    ) -> bool {
        let names = settled.clone().map(|(name, _)| name).filter(|name| *name != "set");
        let mut sets = settled.filter(|(name, _)| *name == "set");
        self.may(cmdlet, names.chain(first)) && sets.all(|(_, set)| self.may_fill(cmdlet, set))
    }

    /// The declaration of a command, as far as the person may use it.
    pub(crate) fn known(&self, cmdlet: &str) -> Option<Arc<Declaration>> {
        // That roles cannot be read is said by the command itself when it runs.
        self.rooms.gate.known(self.caller(), cmdlet).ok().flatten()
    }

    /// Whether a parameter of a command takes Unlimited.
    pub(crate) fn takes_unlimited(&self, cmdlet: &str, parameter: &str) -> bool {
        let declaration = self.known(cmdlet);
        let formal = declaration.as_ref().and_then(|declaration| declaration.signature.formal(parameter));
        formal.is_some_and(|formal| formal.kind.name.starts_with("Unlimited"))
    }

    /// A command as it would be typed.
    pub(crate) fn text(&self, invocation: &Invocation) -> String {
        command::text(self.rooms.gate.book(), invocation)
    }

    /// Runs a command and gathers what it says. That it could not begin is an error of its outcome, too.
    pub(crate) fn run(&self, invocation: Invocation) -> Outcome {
        self.run_within(invocation, Window::ALL)
    }

    /// Runs a command and gathers some of its objects.
    pub(crate) fn run_within(&self, invocation: Invocation, window: Window) -> Outcome {
        let changes = self.changes(&invocation.cmdlet);
        let mut channel = Gathered { window, changes, seen: 0, outcome: Outcome::default() };
        let (text, tried) = (self.text(&invocation), is_tried(&invocation));
        let ran = self.rooms.gate.invoke(self.caller(), invocation, &mut std::iter::empty(), &mut channel);
        let mut outcome = channel.outcome;
        if let Err(error) = ran
            && (!outcome.more || changes)
        {
            outcome.errors.push(error);
        }
        if !tried && changes {
            self.keep(text, &outcome);
        }
        outcome
    }

    /// Runs a command and gathers some of its objects, counted from the last one backwards.
    pub(crate) fn run_backwards(&self, invocation: Invocation, window: Window) -> Outcome {
        let kept = window.skip.saturating_add(window.take).saturating_add(1);
        let mut last = Last { kept, passed: 0, ring: VecDeque::with_capacity(kept.min(OBJECTS_MAX)) };
        let ran =
            self.rooms.gate.invoke(self.caller(), invocation.clone(), &mut std::iter::empty(), &mut last);
        if let Err(error) = ran {
            return Outcome { errors: vec![error], ..Outcome::default() };
        }
        if last.passed > 0 {
            return self.run_before(invocation, last.passed.saturating_sub(window.skip), window.take);
        }
        let more = last.ring.len() == kept;
        let objects = last.ring.into_iter().rev().skip(window.skip).take(window.take).collect();
        Outcome { objects, more, ..Outcome::default() }
    }

    /// Runs a command and gathers so many of its objects that stand before `end`, the last of them first.
    fn run_before(&self, invocation: Invocation, end: usize, take: usize) -> Outcome {
        let skip = end.saturating_sub(take);
        let mut outcome = self.run_within(invocation, Window { skip, take: end - skip });
        outcome.objects.reverse();
        outcome.more = skip > 0;
        outcome
    }

    /// Runs a command that changes nothing, and hands each of its objects on, as many as are wanted. Its first error ends
    /// it.
    pub(crate) fn pour(
        &self,
        invocation: Invocation,
        most: usize,
        each: &mut dyn FnMut(&Arc<Object>) -> Result<()>,
    ) -> Result<()> {
        let mut poured = Poured { left: most, each };
        let ran = self.rooms.gate.invoke(self.caller(), invocation, &mut std::iter::empty(), &mut poured);
        match ran {
            Err(error) if gate::is_stopped(&error) => Ok(()),
            ran => ran.map(drop),
        }
    }

    /// The same without a question, where the command would ask one: the person was asked by the page.
    pub(crate) fn sure(&self, invocation: Invocation) -> Invocation {
        let found = self.rooms.gate.book().find(&invocation.cmdlet);
        let asks = found.is_some_and(|found| found.changes == Changes::Yes { confirm: Impact::High });
        if asks { invocation.with("Confirm", false) } else { invocation }
    }

    fn changes(&self, cmdlet: &Text) -> bool {
        self.rooms.gate.book().find(cmdlet).is_some_and(|found| found.changes != Changes::No)
    }

    fn keep(&self, text: String, outcome: &Outcome) {
        let error = outcome.errors.first().map(|error| error.message().to_owned());
        self.session.keep(Ran { when: self.rooms.clock.now(), text, error });
    }

    /// The one object that a command answers.
    pub(crate) fn one(&self, invocation: Invocation) -> Result<Arc<Object>> {
        let target = self.text(&invocation);
        let found = self.run(invocation).done()?.objects.into_iter().next();
        found.ok_or_else(|| {
            Error::not_found(
                ErrorId::ManagementObjectNotFoundException,
                "There is nothing of that name any more.",
            )
            .target(target)
        })
    }
}

/// The channel of what is counted from its end: commands that can say how many there are without making them do, of the
/// others it keeps the last ones.
struct Last {
    kept: usize,
    passed: usize,
    ring: VecDeque<Arc<Object>>,
}

impl Channel for Last {
    fn say(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Object(Value::Object(object)) => {
                if self.ring.len() == self.kept {
                    self.ring.pop_front();
                }
                self.ring.push_back(object);
                Ok(())
            }
            Report::Error(error) => Err(error),
            _ => Ok(()),
        }
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
    fn passes_over(&mut self) -> bool {
        self.passed += 1;
        true
    }
}

/// The channel of what is handed on.
struct Poured<'e> {
    left: usize,
    each: &'e mut dyn FnMut(&Arc<Object>) -> Result<()>,
}

impl Channel for Poured<'_> {
    fn say(&mut self, report: Report) -> Result<()> {
        match report {
            Report::Object(Value::Object(_)) if self.left == 0 => Err(stopped()),
            Report::Object(Value::Object(object)) => {
                self.left -= 1;
                (self.each)(&object)
            }
            Report::Error(error) => Err(error),
            _ => Ok(()),
        }
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
}

/// Whether it is only asked what would be done.
fn is_tried(invocation: &Invocation) -> bool {
    let on = |(name, value): &(Text, Value)| {
        name.eq_ignore_ascii_case("WhatIf") && matches!(value, Value::Bool(true))
    };
    invocation.parameters.iter().any(on)
}
