//! Programs of this machine: found on the path, run in the script's folder.

use dotnet::Host;
use dotnet::host::{Lines, Program, Stream};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

/// A shell says so of a program that a signal ended: 128 and the signal's number.
const ENDED_BY_SIGNAL: i32 = 128;

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
        let (sender, receiver) = mpsc::channel();
        std::thread::scope(|scope| {
            if let (Some(mut pipe), Some(input)) = (child.stdin.take(), program.input) {
                // A program may end without reading all of it.
                scope.spawn(move || drop(pipe.write_all(&input)));
            }
            let streams: [(Stream, Option<Box<dyn Read + Send>>); 2] = [
                (Stream::Output, child.stdout.take().map(|pipe| Box::new(pipe) as _)),
                (Stream::Error, child.stderr.take().map(|pipe| Box::new(pipe) as _)),
            ];
            for (stream, pipe) in streams {
                let sender = sender.clone();
                scope.spawn(move || pipe.map(|pipe| read_lines(pipe, stream, &sender)));
            }
            drop(sender);
            for (stream, line) in receiver {
                if !lines(stream, &line) || self.stopped() {
                    stop(&mut child);
                    break;
                }
            }
        });
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

fn read_lines(pipe: Box<dyn Read + Send>, stream: Stream, sender: &mpsc::Sender<(Stream, String)>) {
    let mut pipe = BufReader::new(pipe);
    let mut bytes = Vec::new();
    while pipe.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches('\n').trim_end_matches('\r').to_owned();
        if sender.send((stream, line)).is_err() {
            return;
        }
        bytes.clear();
    }
}

/// Ends a program whose output nobody wants any more; it may have ended by itself.
fn stop(child: &mut Child) {
    drop(child.kill());
}
