//! The world of a case: its folder, prepared answers, and a console that keeps what is shown.

use super::case::Case;
use super::folder::{Folder, NAME};
use crate::Settings;
use crate::console::{DiskFiles, Environment, Paths, Programs};
use dotnet::Host;
use dotnet::host::{Choice, Field, Files, Lines, MemoryHost, Program, Progress, Stream, Transcript};
use object::types::Credential;
use object::{Clock as _, SystemClock, Time};
use parking_lot::Mutex;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::time::Duration;

/// The world of one case.
pub(super) struct CaseHost {
    /// Prompts and what is shown.
    console: MemoryHost,
    files: DiskFiles,
    environment: Environment,
    progress: Mutex<Vec<Progress>>,
    hides_errors: Mutex<bool>,
    written: Mutex<String>,
    transcript: Mutex<Transcript>,
}

impl CaseHost {
    pub(super) fn new(case: &Case, folder: &Folder, settings: &Settings) -> CaseHost {
        let console = MemoryHost::new(case.width);
        console.answer(case.answers.iter().cloned());
        let paths = Paths::new(Default::default(), None).mounting(NAME, folder.real().to_owned());
        let (files, environment) = (DiskFiles(paths), Environment::new(settings));
        // The home folder is there before anybody comes home.
        if let Some(home) = environment.get("HOME").filter(|home| home.starts_with(&format!("{NAME}/"))) {
            drop(files.make_folder(&home));
        }
        CaseHost {
            console,
            files,
            environment,
            progress: Mutex::default(),
            hides_errors: Mutex::new(false),
            written: Mutex::default(),
            transcript: Mutex::default(),
        }
    }

    /// From now on what is shown counts; `separate`: errors are not shown.
    pub(super) fn begin(&self, separate: bool) {
        *self.written.lock() = self.console.output();
        *self.hides_errors.lock() = separate;
        self.progress.lock().clear();
    }

    /// What was shown since [`begin`](CaseHost::begin).
    pub(super) fn shown(&self) -> String {
        // The recorded texts have one kind of line end.
        self.console.output().split_off(self.written.lock().len()).replace("\r\n", "\n")
    }

    /// The progress records that were shown.
    pub(super) fn progress_records(&self) -> Vec<Progress> {
        self.progress.lock().clone()
    }
}

impl Programs for CaseHost {
    fn real(&self, path: &str) -> io::Result<PathBuf> {
        self.files.0.real(path)
    }
}

impl Host for CaseHost {
    fn now(&self) -> Time {
        SystemClock.now()
    }
    fn sleep(&self, length: Duration) {
        // A case has no Ctrl-C, so nobody wakes it before its time.
        let (_keeps_it_open, wait) = std::sync::mpsc::channel::<()>();
        let _nobody = wait.recv_timeout(length);
    }
    fn random(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the kernel gives randomness once the machine has started");
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.environment.get(name)
    }
    fn set_variable(&self, name: &str, value: Option<&str>) {
        self.environment.set(name, value);
    }
    fn variables(&self) -> Vec<(String, String)> {
        self.environment.all()
    }
    fn files(&self) -> &dyn Files {
        &self.files
    }
    fn write(&self, stream: Stream, text: &str, foreground: Option<&str>, background: Option<&str>) {
        if let Some(file) = &mut *self.transcript.lock() {
            // A transcript that cannot be written costs only itself.
            drop(file.write_all(text.as_bytes()));
        }
        if stream != Stream::Error || !*self.hides_errors.lock() {
            self.console.write(stream, text, foreground, background);
        }
    }
    fn is_watched(&self) -> bool {
        false
    }
    fn transcribe(&self, to: Transcript) -> io::Result<Transcript> {
        Ok(std::mem::replace(&mut *self.transcript.lock(), to))
    }
    fn width(&self) -> Option<usize> {
        self.console.width()
    }
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>> {
        self.console.prompt(caption, message, fields)
    }
    fn read_line(&self, secret: bool) -> io::Result<String> {
        self.console.read_line(secret)
    }
    fn choose(
        &self,
        caption: &str,
        message: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        self.console.choose(caption, message, choices, default)
    }
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential> {
        self.console.credential(caption, message, user)
    }
    fn program(&self, name: &str, folder: &str) -> Option<String> {
        self.find_program(name, folder)
    }
    fn run(&self, program: Program<'_>, lines: Lines<'_>) -> io::Result<i32> {
        let (shows_output, shows_errors) = (program.shows_output, program.shows_errors);
        // Nothing passes by what is kept, and nobody reads the cases but the shell.
        let input = program.input.or(Some(Vec::new()));
        let program = Program { shows_output: false, shows_errors: false, input, ..program };
        self.run_program(program, &mut |stream, line| {
            let shows = if stream == Stream::Error { shows_errors } else { shows_output };
            if shows {
                self.write(stream, &format!("{line}\n"), None, None);
            }
            shows || lines(stream, line)
        })
    }
    fn progress(&self, record: &Progress) {
        self.progress.lock().push(record.clone());
    }
}
