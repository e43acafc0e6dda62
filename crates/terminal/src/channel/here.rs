//! A gate in this process: the command runs on a thread of its own, in step with the pipeline.
//!
//! The thread says when it wants the next piped object, so that an object is worked on before the next is
//! made, as everywhere in a pipeline.

use crate::console::Stop;
use gate::{Answer, Caller, Channel, End, Gate, Invocation, Prompt, Remote, Report};
use object::{Error, ErrorId, Result, Value};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

/// What is said ahead of the reader: enough that neither waits for the other at each object.
const SAID_AHEAD_MAX: usize = 256;

/// What the thread says.
enum Said {
    Report(Report),
    Ask(Prompt),
    /// It wants the next piped object.
    Wants,
    Ended(Result<End>),
}

/// A command in this process.
pub(super) struct HereCommand {
    said: Option<Receiver<Said>>,
    inputs: Option<Sender<Value>>,
    answers: Sender<Answer>,
    thread: Option<JoinHandle<()>>,
    wants: bool,
    ended: Option<Result<End>>,
}

impl HereCommand {
    pub(super) fn new(gate: Arc<Gate>, invocation: Invocation, stop: Stop) -> HereCommand {
        let (say, said) = sync_channel(SAID_AHEAD_MAX);
        let (inputs, input) = channel();
        let (answers, answer) = channel();
        let work = move || {
            let mut feed = Feed { say: say.clone(), input };
            let mut voice = Voice { say: say.clone(), answer, stop };
            let end = gate.invoke(&Caller::system("shell"), invocation, &mut feed, &mut voice);
            // Nobody listens any more when the course was dropped.
            drop(say.send(Said::Ended(end)));
        };
        let thread = std::thread::Builder::new().name("command".to_owned()).spawn(work);
        let ended = thread.as_ref().err().map(|error| Err(Error::busy(ErrorId::NoThread, error.to_string())));
        HereCommand {
            said: Some(said),
            inputs: Some(inputs),
            answers,
            thread: thread.ok(),
            wants: false,
            ended,
        }
    }

    /// Passes on what is said until the next object is wanted or the command has ended.
    fn listen(&mut self, channel: &mut dyn Channel) -> Result<()> {
        while self.ended.is_none() && !self.wants {
            let said = self.said.as_ref().and_then(|said| said.recv().ok());
            match said {
                Some(Said::Report(report)) => channel.say(report)?,
                Some(Said::Ask(prompt)) => drop(self.answers.send(channel.ask(&prompt)?)),
                Some(Said::Wants) => self.wants = true,
                Some(Said::Ended(end)) => self.ended = Some(end),
                None => {
                    self.ended =
                        Some(Err(Error::server(ErrorId::CommandDied, "The command ended without a word.")))
                }
            }
        }
        Ok(())
    }
}

impl Remote for HereCommand {
    fn take(&mut self, input: &Value, channel: &mut dyn Channel) -> Result<bool> {
        self.listen(channel)?;
        if self.ended.is_none() {
            self.wants = false;
            if let Some(inputs) = &self.inputs {
                // A command that ended meanwhile says so; then nobody takes the object.
                drop(inputs.send(input.clone()));
            }
            self.listen(channel)?;
        }
        Ok(self.ended.is_none())
    }

    fn finish(&mut self, channel: &mut dyn Channel) -> Result<End> {
        self.inputs = None;
        self.wants = false;
        while self.ended.is_none() {
            self.wants = false;
            self.listen(channel)?;
        }
        self.ended.take().unwrap_or_else(|| Err(gate::stopped()))
    }
}

impl Drop for HereCommand {
    /// A command that is no longer listened to ends at its next word; what it is doing is done to its end.
    fn drop(&mut self) {
        self.inputs = None;
        self.said = None;
        let (closed, _) = channel();
        self.answers = closed;
        if let Some(thread) = self.thread.take() {
            // A panic on the thread has been told of already.
            drop(thread.join());
        }
    }
}

/// The piped objects as the gate pulls them.
struct Feed {
    say: SyncSender<Said>,
    input: Receiver<Value>,
}

impl Iterator for Feed {
    type Item = Result<Value>;
    fn next(&mut self) -> Option<Result<Value>> {
        match self.say.send(Said::Wants) {
            Ok(()) => self.input.recv().ok().map(Ok),
            Err(_) => Some(Err(gate::stopped())),
        }
    }
}

/// The caller's side as the command sees it.
struct Voice {
    say: SyncSender<Said>,
    answer: Receiver<Answer>,
    stop: Stop,
}

impl Channel for Voice {
    fn say(&mut self, report: Report) -> Result<()> {
        if self.stop.is_asked() {
            return Err(gate::stopped());
        }
        let report = match report {
            Report::Object(value) => Report::Object(gate::wire::with_growing_lists(value)),
            other => other,
        };
        self.say.send(Said::Report(report)).map_err(|_| gate::stopped())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        self.say.send(Said::Ask(prompt.clone())).map_err(|_| gate::stopped())?;
        self.answer.recv().map_err(|_| gate::stopped())
    }
}
