//! Script files as stages.

use super::function::FunctionStage;
use super::halt::{Halt, Run, Why};
use super::session::Session;
use super::sink::Sink;
use super::stage::Stage;
use object::Value;

/// A script file: `exit` ends it and no more.
pub(super) struct ScriptStage(pub(super) FunctionStage);

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
