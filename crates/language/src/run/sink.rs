//! Where values go: the next command of a pipeline, a variable, the console, nowhere.

use super::halt::Run;
use super::session::Session;
use object::Value;

/// Takes the values that a command or script writes, one by one, as soon as they are made.
pub trait Sink {
    /// Takes a value.
    fn write(&mut self, session: &mut Session, value: Value) -> Run;
    /// Whether what is written is shown at the console as it is.
    fn is_console(&self) -> bool {
        false
    }
}

impl Sink for Vec<Value> {
    fn write(&mut self, session: &mut Session, value: Value) -> Run {
        self.push(value);
        // Whoever gathers an endless source is the one who fills the memory.
        session.look_now_and_then()
    }
}

/// Values go nowhere.
pub struct Dropped;

impl Sink for Dropped {
    fn write(&mut self, _: &mut Session, _: Value) -> Run {
        Ok(())
    }
}

/// Only asked whether they are true: of several values none is kept.
#[derive(Default)]
pub(super) struct Verdict {
    first: Option<Value>,
    several: bool,
}

impl Verdict {
    pub(super) fn holds(&self) -> bool {
        self.several || self.first.as_ref().is_some_and(dotnet::compare::truth)
    }
}

impl Sink for Verdict {
    fn write(&mut self, session: &mut Session, value: Value) -> Run {
        match &self.first {
            None => self.first = Some(value),
            Some(_) => self.several = true,
        }
        session.look_now_and_then()
    }
}

/// Values end at the console, through `Out-Default`.
pub(super) struct Console;

impl Sink for Console {
    fn write(&mut self, session: &mut Session, value: Value) -> Run {
        if let Some(watch) = &session.output_watch {
            watch(&value);
        }
        session.show(value)
    }
    fn is_console(&self) -> bool {
        true
    }
}
