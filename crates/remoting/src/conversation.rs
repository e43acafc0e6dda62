//! One client's invocations over a stream of lines, one after the other, until the client leaves.

use gate::wire::{In, LINE_BYTES_MAX, Out, Writer};
use gate::{Answer, Caller, Channel, Gate, Invocation, Prompt, Report, stopped};
use object::{Error, ErrorId, Result};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

/// Lines that may wait between the reader and the command. A client that pipes faster is held back by its
/// own socket.
const WAITING_LINES_MAX: usize = 256;
/// Objects leave the server in pieces of about this size.
const GATHERED_BYTES: usize = 64 << 10;
/// Piped objects that may come in between a question and its answer: more is a client that never answers.
const LINES_BEFORE_ANSWER_MAX: usize = 10_000;

/// Serves invocations from `input` to `output` until the client closes. Blocks; the reading half has a
/// thread of its own, so that a stop is heard while a command runs.
pub(crate) fn serve<I, O>(gate: &Gate, caller: &Caller, input: I, output: O) -> Result<()>
where
    I: Read + Send + 'static,
    O: Write,
{
    let (say, hear) = sync_channel(WAITING_LINES_MAX);
    let gone = Arc::new(AtomicBool::new(false));
    let nouns = gate.book().nouns();
    let reader_gone = Arc::clone(&gone);
    std::thread::Builder::new().name("admin-lines".into()).spawn(move || {
        read_lines(input, &say, &reader_gone, &nouns);
    })?;
    let (early, writer) = (VecDeque::new(), Writer::default());
    let mut client = Client { hear, early, gone, writer, gathered: Vec::new(), output };
    while let Some(line) = client.next_line()? {
        match line {
            Ok(In::Invoke { invocation, deltas }) => {
                client.writer = Writer::new(deltas);
                client.invocation(gate, caller, invocation)?;
            }
            // A stop or rest of input that came after the end of its command concerns nobody any more.
            Ok(_) => {}
            Err(error) => client.end_with(error)?,
        }
    }
    Ok(())
}

type Heard = Result<In>;

fn read_lines(input: impl Read, say: &SyncSender<Heard>, gone: &AtomicBool, nouns: &gate::wire::Nouns) {
    let mut reader = BufReader::new(input);
    loop {
        let mut line = Vec::new();
        let read = reader.by_ref().take(LINE_BYTES_MAX as u64 + 1).read_until(b'\n', &mut line);
        if !matches!(read, Ok(count) if count > 0) {
            break;
        }
        let too_long = line.len() > LINE_BYTES_MAX;
        let heard = In::parse(&line, nouns);
        if matches!(heard, Ok(In::Stop)) {
            gone.store(true, Ordering::Release);
        }
        // What follows a line that was cut off cannot be told from a new line: the client is left.
        if say.send(heard).is_err() || too_long {
            break;
        }
    }
    gone.store(true, Ordering::Release);
}

struct Client<O: Write> {
    hear: Receiver<Heard>,
    /// What came in before an answer that was waited for.
    early: VecDeque<Heard>,
    /// The client wants no more of the running command.
    gone: Arc<AtomicBool>,
    writer: Writer,
    /// Lines that wait for company.
    gathered: Vec<u8>,
    output: O,
}

impl<O: Write> Client<O> {
    /// The next line; `None` when the client has left. Nothing is held back while waiting for it.
    fn next_line(&mut self) -> Result<Option<Heard>> {
        if let Some(line) = self.early.pop_front() {
            return Ok(Some(line));
        }
        if let Ok(line) = self.hear.try_recv() {
            return Ok(Some(line));
        }
        self.pass_on()?;
        Ok(self.hear.recv().ok())
    }

    /// Whether piped objects follow is known by the first line after the invocation: `input` or `inputEnd`
    /// for a pipeline. A client that pipes nothing says `inputEnd` at once.
    fn invocation(&mut self, gate: &Gate, caller: &Caller, invocation: Invocation) -> Result<()> {
        self.gone.store(false, Ordering::Release);
        let first = self.next_line()?;
        let piped = matches!(first, Some(Ok(In::Input(_))));
        let invocation = if piped { invocation.piped() } else { invocation };
        let cmdlet = invocation.cmdlet.clone();
        let ended = self.run(gate, caller, invocation, first);
        tracing::debug!(cmdlet = &*cmdlet, caller = &*caller.name, ?ended, "invocation");
        match ended {
            Ok(errors) => self.send(&Out::End(errors)),
            Err(error) if gate::is_stopped(&error) => self.send(&Out::End(0)),
            Err(error) => self.end_with(error),
        }
    }

    fn run(
        &mut self,
        gate: &Gate,
        caller: &Caller,
        invocation: Invocation,
        first: Option<Heard>,
    ) -> Result<u64> {
        let mut running = gate.begin(caller, invocation)?;
        let mut line = first;
        loop {
            match line {
                Some(Ok(In::Input(value))) => {
                    if !running.take(value, self)? {
                        break;
                    }
                }
                Some(Ok(In::InputEnd)) => break,
                Some(Err(error)) => return Err(error),
                // The client left or wants to stop before its input ended: nothing more is done.
                Some(Ok(In::Stop)) | None => return Err(stopped()),
                Some(Ok(In::Invoke { .. } | In::Answer(_))) => return Err(out_of_turn()),
            }
            line = self.next_line()?;
        }
        Ok(running.finish(self)?.errors)
    }

    /// The command did not run, or not to its end.
    fn end_with(&mut self, error: Error) -> Result<()> {
        self.send(&Out::Report(Report::Error(error)))?;
        self.send(&Out::End(1))
    }

    /// Sends a line at once: who waits for an answer waits for this.
    fn send(&mut self, out: &Out) -> Result<()> {
        out.append_to(&mut self.gathered);
        self.pass_on()
    }

    fn pass_on(&mut self) -> Result<()> {
        // Whatever the reason, a client that takes no answers is gone.
        let sent = self.output.write_all(&self.gathered).and_then(|()| self.output.flush());
        self.gathered.clear();
        sent.map_err(|_| stopped())
    }
}

impl<O: Write> Channel for Client<O> {
    fn say(&mut self, report: Report) -> Result<()> {
        if self.gone.load(Ordering::Acquire) {
            return Err(stopped());
        }
        // Objects may wait for company; whatever a person watches leaves at once.
        let waits = matches!(report, Report::Object(_));
        self.writer.append(&mut self.gathered, &Out::Report(report));
        if waits && self.gathered.len() < GATHERED_BYTES { Ok(()) } else { self.pass_on() }
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        self.send(&Out::Confirm(prompt.clone()))?;
        while let Ok(line) = self.hear.recv() {
            match line {
                Ok(In::Answer(answer)) => return Ok(answer),
                Ok(In::Stop) => break,
                Ok(In::Invoke { .. }) => return Err(out_of_turn()),
                Ok(In::Input(_) | In::InputEnd) if self.early.len() < LINES_BEFORE_ANSWER_MAX => {
                    self.early.push_back(line);
                }
                Ok(In::Input(_) | In::InputEnd) => return Err(out_of_turn()),
                Err(error) => return Err(error),
            }
        }
        Err(stopped())
    }
}

fn out_of_turn() -> Error {
    Error::caller(ErrorId::LineOutOfTurn, "A line of an invocation came where it has no meaning.")
        .help("After invoke come input lines and inputEnd; a confirm is answered before anything else.")
}
