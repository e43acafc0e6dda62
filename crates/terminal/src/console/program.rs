//! Programs of this machine: found on the path, run in the script's folder.

use dotnet::Host;
use dotnet::host::{Lines, Program, Stream};
use dotnet::lines::TextLines;
use std::io::{self, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

/// A shell says so of a program that a signal ended: 128 and the signal's number.
const ENDED_BY_SIGNAL: i32 = 128;

/// So many lines of a program wait for whoever reads them; then the program waits.
const LINES_AHEAD_MAX: usize = 1_024;
/// How often somebody who waits for a line looks whether to go on waiting.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Where programs are looked for and run.
pub(crate) trait Programs: Host {
    /// The place on this machine that a script's path means.
    fn real(&self, path: &str) -> io::Result<PathBuf>;

    /// The file of a program by its path or its name.
    fn find_program(&self, name: &str, folder: &str) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        let found = if name.contains(['/', '\\']) {
            let path = dotnet::member::full_path(name, folder);
            self.real(&path).ok().filter(|path| runs(path))
        } else {
            let path = self.variable("PATH").unwrap_or_default();
            std::env::split_paths(&path).map(|folder| folder.join(name)).find(|path| runs(path))
        };
        found.map(|path| path.to_string_lossy().into_owned())
    }

    /// Runs a program to its end.
    fn run_program(&self, program: Program<'_>, lines: Lines<'_>) -> io::Result<i32> {
        let mut child = self.command(&program)?.spawn()?;
        // The threads outlive this call if they have to: what a program started may hold its pipes when it is gone.
        let (sender, receiver) = mpsc::sync_channel(LINES_AHEAD_MAX);
        if let (Some(mut pipe), Some(input)) = (child.stdin.take(), program.input) {
            // A program may end without reading all of it.
            std::thread::spawn(move || drop(pipe.write_all(&input)));
        }
        let streams: [(Stream, Option<Box<dyn Read + Send>>); 2] = [
            (Stream::Output, child.stdout.take().map(|pipe| Box::new(pipe) as _)),
            (Stream::Error, child.stderr.take().map(|pipe| Box::new(pipe) as _)),
        ];
        for (stream, pipe) in streams {
            let (Some(pipe), sender) = (pipe, sender.clone()) else { continue };
            std::thread::spawn(move || read_lines(pipe, stream, &sender));
        }
        drop(sender);
        // Ctrl-C that came before the program did was not sent to it.
        if self.stopped() {
            stop(&mut child);
        }
        loop {
            let wanted = match receiver.recv_timeout(LOOK_EVERY) {
                Ok((stream, line)) => lines(stream, &line),
                Err(RecvTimeoutError::Timeout) => true,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            if !wanted || self.stopped() {
                stop(&mut child);
                break;
            }
        }
        let status = child.wait()?;
        Ok(status.code().unwrap_or_else(|| ENDED_BY_SIGNAL + status.signal().unwrap_or(0)))
    }

    /// The program as a process that was not started yet.
    fn command(&self, program: &Program<'_>) -> io::Result<Command> {
        let mut command = Command::new(program.path);
        let to = |shown: bool| if shown { Stdio::inherit() } else { Stdio::piped() };
        command
            .args(program.arguments)
            .current_dir(self.real(program.folder)?)
            .env_clear()
            .envs(self.variables())
            .stdin(if program.input.is_some() { Stdio::piped() } else { Stdio::inherit() })
            .stdout(to(program.shows_output))
            .stderr(to(program.shows_errors));
        Ok(command)
    }
}

fn runs(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}

fn read_lines(pipe: Box<dyn Read + Send>, stream: Stream, sender: &mpsc::SyncSender<(Stream, String)>) {
    let mut read = TextLines::new(pipe, None, false);
    loop {
        let (line, over) = match read.line() {
            Ok(Some(line)) => ((stream, line.into_owned()), false),
            Ok(None) => return,
            Err(error) => {
                ((Stream::Error, format!("The program's output is not read any further: {error}")), true)
            }
        };
        if sender.send(line).is_err() || over {
            return;
        }
    }
}

/// Ends a program whose output nobody wants any more; it may have ended by itself.
fn stop(child: &mut Child) {
    drop(child.kill());
}
