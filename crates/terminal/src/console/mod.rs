//! The console: the world as a script sees it when a person or a script of theirs sits at this machine.
//!
//! Everything it depends on comes in as a [`Settings`](crate::Settings) value; nothing is read from the
//! process but its three streams, the clock and the files.

mod files;
pub(crate) mod output;
mod paths;
mod program;
mod progress;
mod prompt;
mod smtp;
mod stop;
mod web;
mod wrap;

pub use stop::Stop;

pub(crate) use files::DiskFiles;
pub(crate) use output::{Output, PLAIN};
pub(crate) use paths::Paths;
pub(crate) use program::Programs;
pub(crate) use prompt::Asker;

use crate::Settings;
use dotnet::Host;
use dotnet::host::{
    Choice, Field, Files, Lines, Mail, NotFetched, NotSent, Program, Progress, Stream, Transcript,
    WebRequest, WebResponse,
};
use object::types::{Credential, SecureString};
use object::{Clock as _, SystemClock, Time};
use parking_lot::Mutex;
use rustyline::DefaultEditor;
use std::io::{self, IsTerminal as _, Write as _};
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

/// The width of output that no terminal shows.
const WIDTH_UNKNOWN: usize = 120;

/// The kernel counts memory in pages of this size on the machines we build for; where they are larger, a shell may
/// hold as much more.
const PAGE_BYTES: u64 = 4_096;

/// The console of this process.
pub struct Console {
    stop: Stop,
    out: Output,
    asker: Asker,
    files: DiskFiles,
    environment: Environment,
    transcript: Mutex<Transcript>,
    width: Option<usize>,
}

impl Console {
    /// A console as `settings` say.
    pub fn new(settings: &Settings) -> Console {
        let stop = Stop::default();
        let asker = Asker {
            on_terminal: io::stdin().is_terminal(),
            can_edit: settings.can_edit(),
            stop: stop.clone(),
        };
        Console {
            out: Output::of_process(stop.clone(), settings.colour),
            asker,
            files: DiskFiles(Paths::new(settings.drives.clone(), settings.data.as_deref())),
            environment: Environment::new(settings),
            transcript: Mutex::default(),
            width: settings.width,
            stop,
        }
    }

    /// A console whose streams are kept, for tests.
    #[cfg(test)]
    pub(crate) fn kept(
        settings: &Settings,
        out: &output::tests::Kept,
        error: &output::tests::Kept,
    ) -> Console {
        let mut console = Console::new(settings);
        let streams = (Box::new(out.clone()) as _, Box::new(error.clone()) as _);
        console.out = Output::new(streams, console.stop.clone(), false, false, false);
        console
    }

    /// The wish to stop the running pipeline.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }
    /// Adds to the transcript, where one runs. One that cannot be written ends; the session goes on.
    pub(crate) fn note(&self, text: &str) {
        let mut transcript = self.transcript.lock();
        let lost = transcript.as_mut().is_some_and(|file| file.write_all(text.as_bytes()).is_err());
        if lost {
            *transcript = None;
        }
    }
    pub(crate) fn out(&self) -> &Output {
        &self.out
    }
}

impl Host for Console {
    fn now(&self) -> Time {
        SystemClock.now()
    }
    fn sleep(&self, length: Duration) {
        self.out.pass();
        self.stop.wait(length);
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
    fn transcribe(&self, to: Transcript) -> io::Result<Transcript> {
        Ok(std::mem::replace(&mut *self.transcript.lock(), to))
    }
    fn write(&self, stream: Stream, text: &str, foreground: Option<&str>, background: Option<&str>) {
        self.note(text);
        match self.out.wraps(stream).then(|| self.width()).flatten() {
            Some(width) => self.out.write(stream, &wrap::wrapped(text, width), foreground, background),
            None => self.out.write(stream, text, foreground, background),
        }
    }
    fn height(&self) -> Option<usize> {
        self.out.on_terminal.then(terminal_height).flatten()
    }
    fn send_mail(&self, mail: &Mail) -> Result<(), NotSent> {
        smtp::send(mail)
    }
    fn fetch(&self, request: &WebRequest) -> Result<WebResponse, NotFetched> {
        web::fetch(request, &self.stop)
    }
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        web::addresses(name, &self.stop)
    }
    fn width(&self) -> Option<usize> {
        self.width.or_else(|| self.out.on_terminal.then(terminal_width).flatten())
    }
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>> {
        self.asker.fields(&self.out, caption, message, fields)
    }
    fn read_line(&self, secret: bool) -> io::Result<String> {
        self.asker.line(&self.out, "", secret)
    }
    fn choose(
        &self,
        caption: &str,
        message: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        self.asker.choice(&self.out, (caption, message), choices, default)
    }
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential> {
        let (user, password) = self.asker.credential(&self.out, (caption, message), user)?;
        Ok(Credential { user_name: user.into(), password: SecureString::new(password) })
    }
    fn stopped(&self) -> bool {
        self.stop.is_asked()
    }
    fn set_stopped(&self, stopped: bool) {
        if stopped { self.stop.ask() } else { self.stop.clear() }
    }
    fn memory_used(&self) -> Option<u64> {
        // The second number is what is resident, in pages. [proc(5)]
        let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
        let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
        Some(pages * PAGE_BYTES)
    }
    fn program(&self, name: &str, folder: &str) -> Option<String> {
        self.find_program(name, folder)
    }
    fn run(&self, program: Program<'_>, lines: Lines<'_>) -> io::Result<i32> {
        // What was written before stands before what the program writes.
        self.out.flush();
        self.run_program(program, lines)
    }
    fn progress(&self, record: &Progress) {
        self.out.progress(record, self.width().unwrap_or(WIDTH_UNKNOWN));
    }
}

impl Programs for Console {
    fn real(&self, path: &str) -> io::Result<PathBuf> {
        self.files.0.real(path)
    }
}

/// The columns of the terminal behind standard output.
fn terminal_width() -> Option<usize> {
    let (columns, _) = DefaultEditor::new().ok()?.dimensions()?;
    (columns > 0).then(|| usize::from(columns))
}

fn terminal_height() -> Option<usize> {
    let (_, rows) = DefaultEditor::new().ok()?.dimensions()?;
    (rows > 0).then(|| usize::from(rows))
}

/// Environment variables of this session: the process's own at its start, what Windows has besides, and
/// what the script set. Names ignore case where the profile says so; the case they were given in stays.
pub(crate) struct Environment {
    ignores_case: bool,
    variables: Mutex<Vec<(String, String)>>,
}

impl Environment {
    pub(crate) fn new(settings: &Settings) -> Environment {
        let environment = Environment {
            ignores_case: settings.profile.environment_ignores_case,
            variables: Mutex::new(settings.environment.clone()),
        };
        for (name, value) in windows_variables(settings) {
            if environment.get(name).is_none() {
                environment.set(name, Some(&value));
            }
        }
        environment
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other || (self.ignores_case && one.eq_ignore_ascii_case(other))
    }

    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let variables = self.variables.lock();
        let exact = variables.iter().find(|(known, _)| known == name);
        exact
            .or_else(|| variables.iter().find(|(known, _)| self.same(known, name)))
            .map(|(_, value)| value.clone())
    }

    pub(crate) fn set(&self, name: &str, value: Option<&str>) {
        let mut variables = self.variables.lock();
        let at = variables.iter().position(|(known, _)| self.same(known, name));
        match (at, value) {
            (Some(at), Some(value)) => variables[at].1 = value.to_owned(),
            (Some(at), None) => drop(variables.remove(at)),
            (None, Some(value)) => variables.push((name.to_owned(), value.to_owned())),
            (None, None) => {}
        }
    }

    pub(crate) fn all(&self) -> Vec<(String, String)> {
        let mut all = self.variables.lock().clone();
        all.sort();
        all
    }
}

/// What scripts from Windows ask for and Unix does not have; only the `shell` profile gives them.
fn windows_variables(settings: &Settings) -> Vec<(&'static str, String)> {
    if !settings.profile.environment_ignores_case {
        return Vec::new();
    }
    let named =
        |name: &str| settings.environment.iter().find(|(known, _)| known == name).map(|(_, v)| v.clone());
    let home = settings.home.as_ref().map(|home| home.display().to_string());
    let user = named("USER").or_else(|| named("LOGNAME"));
    let temp = named("TMPDIR").unwrap_or_else(|| "/tmp".to_owned());
    let mut variables =
        vec![("COMPUTERNAME", settings.computer_name.clone()), ("TEMP", temp.clone()), ("TMP", temp)];
    // Where scripts look for Exchange's own start script; see `loader`.
    variables.push(("ExchangeInstallPath", r"C:\Program Files\Microsoft\Exchange Server\V15\".to_owned()));
    variables.extend(user.map(|user| ("USERNAME", user)));
    variables.extend(home.map(|home| ("USERPROFILE", home)));
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> Settings {
        let environment = [("HOME", "/home/ann"), ("Path", "/bin"), ("USER", "ann")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        Settings { environment, computer_name: "MAIL".to_owned(), ..Settings::default() }
    }

    #[test]
    fn windows_variables_are_there_and_names_ignore_case() {
        let environment = Environment::new(&settings());
        for (name, value) in
            [("computername", Some("MAIL")), ("TEMP", Some("/tmp")), ("PATH", Some("/bin")), ("none", None)]
        {
            assert_eq!(environment.get(name).as_deref(), value, "{name}");
        }
        environment.set("path", Some("/usr/bin"));
        assert_eq!(environment.get("Path").as_deref(), Some("/usr/bin"));
        environment.set("PATH", None);
        assert_eq!(environment.get("Path"), None);
    }

    #[test]
    fn exactly_7_6_has_only_what_the_machine_has() {
        let core = Settings { profile: &dotnet::profile::CORE, ..settings() };
        let environment = Environment::new(&core);
        assert_eq!(environment.get("COMPUTERNAME"), None);
        assert_eq!(environment.get("PATH"), None);
    }
}
