//! Script files: as stages, and run by their own.

use super::binding;
use super::error::ErrorRecord;
use super::function::FunctionStage;
use super::halt::{Halt, Run, Why};
use super::session::{Outcome, Session};
use super::sink::{Console, Sink};
use super::stage::Stage;
use crate::syntax::{Source, parse};
use object::Value;
use std::sync::Arc;

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

impl Session {
    /// Runs a script file with the words of a command line as its arguments: names bind as parameters.
    pub fn run_file(&mut self, source: &Arc<Source>, words: &[String]) -> Outcome {
        let parsed = parse(source);
        if parsed.block.is_some()
            && let Err(error) = self.check_requirements(source, &parsed)
        {
            return self.outcome(Err(ErrorRecord::new(error).into()));
        }
        let Some(block) = parsed.block else { return self.refuse(source, &parsed.errors) };
        let arguments = binding::words(words);
        let result = self.with_stack(|session| {
            let result = session.run_script(&block, arguments, &mut Console);
            session.close_console(result)
        });
        self.outcome(result)
    }
}
