//! What stands in a pipeline: a command that is fed objects one by one.

use super::halt::Run;
use super::session::Session;
use super::sink::Sink;
use object::Value;

/// A command of a pipeline while it runs.
pub(super) trait Stage {
    fn begin(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run;
    fn process(&mut self, session: &mut Session, input: Option<Value>, out: &mut dyn Sink) -> Run;
    fn end(&mut self, session: &mut Session, out: &mut dyn Sink) -> Run;
}

/// Stands where a stage is still being made.
pub(super) struct Missing;

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
