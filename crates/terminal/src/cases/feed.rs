//! Hands cases to a worker process, one at a time, and starts another one when a case ended it or never ends.

use serde_json::{Value as Json, json};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

/// What a case may take: the slowest of thousands takes some seconds in a debug build.
const CASE_SECONDS_MAX: u64 = 60;
/// The name of the cases that come over standard input, which is how a worker is called.
pub(super) const STANDARD_INPUT: &str = "-";

/// Runs the cases of `file` and writes an answer for each, in their order, as soon as it is there.
pub(super) fn run(file: &str) -> io::Result<()> {
    let cases = BufReader::new(std::fs::File::open(file)?);
    let mut worker = None;
    for line in cases.lines() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let answer = answer(&mut worker, &line)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    worker.map_or(Ok(()), Worker::end)
}

fn answer(worker: &mut Option<Worker>, line: &str) -> io::Result<String> {
    let at_work = match worker {
        Some(at_work) => at_work,
        None => worker.insert(Worker::start()?),
    };
    match at_work.answer(line) {
        Ok(answer) => Ok(answer),
        Err(lost) => {
            worker.take().map_or(Ok(()), Worker::stop)?;
            let id = serde_json::from_str::<Json>(line).map(|case| case["id"].clone()).unwrap_or_default();
            Ok(json!({"id": id, "lost": lost}).to_string())
        }
    }
}

/// A process that runs cases.
struct Worker {
    process: Child,
    cases: Option<ChildStdin>,
    answers: Receiver<String>,
}

impl Worker {
    fn start() -> io::Result<Worker> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["shell", "--cases", STANDARD_INPUT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (sender, answers) = channel();
        if let Some(lines) = process.stdout.take() {
            std::thread::spawn(move || {
                let mut lines = BufReader::new(lines).lines();
                while lines.next().and_then(Result::ok).is_some_and(|line| sender.send(line).is_ok()) {}
            });
        }
        Ok(Worker { cases: process.stdin.take(), process, answers })
    }

    /// What the worker says of a case; otherwise why it says nothing.
    fn answer(&mut self, line: &str) -> Result<String, String> {
        let sent = self.cases.as_mut().map_or(Ok(()), |cases| writeln!(cases, "{line}"));
        sent.map_err(|error| format!("The case could not be handed over: {error}"))?;
        match self.answers.recv_timeout(Duration::from_secs(CASE_SECONDS_MAX)) {
            Ok(answer) => Ok(answer),
            Err(RecvTimeoutError::Timeout) => Err(format!("No end after {CASE_SECONDS_MAX} seconds.")),
            Err(RecvTimeoutError::Disconnected) => Err("The case ended the process that ran it.".to_owned()),
        }
    }

    fn stop(mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait().map(drop)
    }

    /// Nothing more comes: the worker tidies up and ends.
    fn end(mut self) -> io::Result<()> {
        self.cases = None;
        self.process.wait().map(drop)
    }
}
