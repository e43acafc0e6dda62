//! The only way to the world for `dotnet`, `language` and `commands`: files, clock, randomness,
//! environment, prompts and the console. A terminal, a test and the server each give their own.

use object::Time;
use object::types::{Credential, SecureString};
use parking_lot::Mutex;
use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

/// The colours of a console.
pub static CONSOLE_COLORS: [&str; 16] = [
    "Black",
    "DarkBlue",
    "DarkGreen",
    "DarkCyan",
    "DarkRed",
    "DarkMagenta",
    "DarkYellow",
    "Gray",
    "DarkGray",
    "Blue",
    "Green",
    "Cyan",
    "Red",
    "Magenta",
    "Yellow",
    "White",
];

/// Where text goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// What the script answers, and host text.
    Output,
    /// Errors.
    Error,
    /// Warnings, verbose and debug lines.
    Message,
}

/// One thing that a prompt asks for.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, as shown before the colon.
    pub name: String,
    /// Whether what is typed stays hidden.
    pub secret: bool,
    /// Whether several answers are taken, until an empty one.
    pub many: bool,
}

/// One answer of a choice.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its label; the letter after `&` chooses it.
    pub label: String,
    /// What it means.
    pub help: String,
}

/// How far long work is: a progress record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Which activity.
    pub id: i32,
    /// The activity it is a part of; -1 for none.
    pub parent: i32,
    /// What is going on.
    pub activity: String,
    /// How far it is.
    pub status: String,
    /// What is being worked on.
    pub operation: String,
    /// In per cent; -1 where it is not known.
    pub percent: i32,
    /// Seconds left; -1 where it is not known.
    pub seconds: i32,
    /// Whether it is over.
    pub completed: bool,
}

/// What is known of a file or folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Whether it is a folder.
    pub folder: bool,
    /// Its length in bytes.
    pub length: u64,
    /// When it was last written.
    pub written: Time,
    /// When it was made, where that is known.
    pub created: Time,
    /// Whether it may not be written to.
    pub read_only: bool,
    /// What Unix knows of it besides.
    pub unix: Option<UnixFile>,
}

/// Whose a file is, and who may what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnixFile {
    /// Kind and permissions, as `stat` gives them.
    pub mode: u32,
    /// Its owner.
    pub user: String,
    /// Its group.
    pub group: String,
    /// Its size in bytes, a folder's too.
    pub size: u64,
}

/// A program to run.
pub struct Program<'a> {
    /// Its file.
    pub path: &'a str,
    /// The words it is given.
    pub arguments: &'a [String],
    /// The folder it runs in.
    pub folder: &'a str,
    /// What it reads; `None`: what a person types.
    pub input: Option<Vec<u8>>,
    /// Whether its output goes straight to the console, instead of line by line to the caller.
    pub shows_output: bool,
    /// The same for its errors.
    pub shows_errors: bool,
}

/// A file that what is shown goes to as well.
pub type Transcript = Option<Box<dyn io::Write + Send>>;

/// A letter to hand to a server.
pub struct Mail {
    /// The server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether the conversation has to be encrypted (STARTTLS).
    pub tls: bool,
    /// Whether any certificate will do.
    pub trusts_all: bool,
    /// Who logs on.
    pub logon: Option<Credential>,
    /// The envelope's sender.
    pub from: String,
    /// The envelope's recipients.
    pub to: Vec<String>,
    /// The letter.
    pub data: Vec<u8>,
}

/// Why a server did not take a letter on.
#[derive(Debug)]
pub enum NotSent {
    /// There was no conversation, or it broke off.
    Unreachable(io::Error),
    /// The server said no.
    Refused {
        /// Its number for it.
        code: u16,
        /// Its words.
        words: String,
        /// The address that it does not take, where it is about one.
        address: Option<String>,
    },
}

/// A request to a web server: one exchange, without redirections.
#[derive(Clone, Debug, Default)]
pub struct WebRequest {
    /// `GET`, `POST` …
    pub method: String,
    /// Where to: `https://host:port/path?query`.
    pub url: String,
    /// The header's lines.
    pub headers: Vec<(String, String)>,
    /// The body; empty where there is none.
    pub body: Vec<u8>,
    /// How long all of it may take; nothing at all is over at once; `None`: as long as it takes.
    pub wait: Option<Duration>,
    /// Whether any certificate will do.
    pub trusts_all: bool,
}

/// What a web server answered.
#[derive(Clone, Debug, Default)]
pub struct WebResponse {
    /// Its number: 200, 404 …
    pub status: u16,
    /// The words behind the number.
    pub reason: String,
    /// The header's lines.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a web server has not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotFetched {
    /// Its name is not known.
    UnknownName,
    /// Nobody listens there, or the way is cut.
    Unreachable(String),
    /// Its certificate is not trusted.
    NotTrusted(String),
    /// It took too long.
    TimedOut,
    /// It answered, but not as a web server does, or more than is taken on.
    Unreadable(String),
    /// The address is none that can be asked.
    BadAddress(String),
}

/// Takes the lines of a program; `false`: nobody wants more.
pub type Lines<'a> = &'a mut dyn FnMut(Stream, &str) -> bool;

/// A file that is read at once is no longer than this; devices have no end at all.
pub const FILE_BYTES_MAX: u64 = 512 << 20;

/// Files, by absolute paths as the script sees them; the host maps drives and folders and refuses what
/// is not the script's to touch.
pub trait Files {
    /// What is known of a path; an error of kind `NotFound` when nothing is there.
    fn info(&self, path: &str) -> io::Result<FileInfo>;
    /// Whether there is a drive of that name (`C`), with or without anything on it.
    fn has_drive(&self, _name: &str) -> bool {
        false
    }
    /// A file's bytes from the start, to be read piece by piece.
    fn open(&self, path: &str) -> io::Result<Box<dyn io::Read + Send>>;
    /// A file to write, emptied or continued.
    fn create(&self, path: &str, append: bool) -> io::Result<Box<dyn io::Write + Send>>;
    /// An empty file where there is none yet, which nobody else may read; an error of kind `AlreadyExists` where there is
    /// something. Files that others could read are no answer, so a host says itself how it makes them.
    fn create_private(&self, path: &str) -> io::Result<()> {
        let message =
            format!("'{path}' was not made: this host has no files that only their owner may read.");
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
    /// The names in a folder, sorted.
    fn list(&self, path: &str) -> io::Result<Vec<String>>;
    /// Makes a folder and its parents.
    fn make_folder(&self, path: &str) -> io::Result<()>;
    /// Removes a file, or a folder with all in it.
    fn remove(&self, path: &str) -> io::Result<()>;
    /// Says when a file was last written.
    fn set_written(&self, path: &str, when: Time) -> io::Result<()> {
        let message = format!("the time of {path} cannot be set here to {}", when.rfc3339());
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
    /// Makes a file read-only, or writable again.
    fn set_read_only(&self, path: &str, on: bool) -> io::Result<()> {
        let state = if on { "read-only" } else { "writable" };
        Err(io::Error::new(io::ErrorKind::Unsupported, format!("{path} cannot be made {state} here")))
    }
    /// Moves a file or folder.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// A whole file, up to [`FILE_BYTES_MAX`].
    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.open(path)?.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            let message =
                "The file is too long. This operation is limited to files of less than 512 megabytes.";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message));
        }
        Ok(bytes)
    }
    /// Replaces a whole file.
    fn write(&self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut file = self.create(path, false)?;
        file.write_all(bytes)?;
        file.flush()
    }
}

/// The only way to the world.
pub trait Host: Send + Sync {
    /// The moment now.
    fn now(&self) -> Time;
    /// Waits. An interrupt ends it early.
    fn sleep(&self, length: Duration);
    /// Fills `bytes` with randomness.
    fn random(&self, bytes: &mut [u8]);
    /// An environment variable.
    fn variable(&self, name: &str) -> Option<String>;
    /// Sets an environment variable of this session, or takes it away.
    fn set_variable(&self, name: &str, value: Option<&str>);
    /// All environment variables.
    fn variables(&self) -> Vec<(String, String)>;
    /// The files.
    fn files(&self) -> &dyn Files;
    /// Writes text to a stream of the console, as it is (line ends included). Colours are names of
    /// [`CONSOLE_COLORS`]; they are shown where a person can see them.
    fn write(&self, stream: Stream, text: &str, foreground: Option<&str>, background: Option<&str>);
    /// The width of the console in columns, where there is one.
    fn width(&self) -> Option<usize>;
    /// Whether somebody may watch the output come, so that it is not held back for long.
    fn is_watched(&self) -> bool {
        true
    }
    /// The rows of the console, where there is one.
    fn height(&self) -> Option<usize> {
        None
    }
    /// Asks for each field in turn and gives the answers.
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>>;
    /// Reads a line without a caption, hidden if it is a secret.
    fn read_line(&self, secret: bool) -> io::Result<String>;
    /// Lets a person choose; the number of the choice.
    fn choose(
        &self,
        caption: &str,
        message: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize>;
    /// Asks for a user name (unless given) and a password.
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential>;
    /// From now on writes what is shown to `to` as well, `None`: no longer; gives back what it wrote to before.
    fn transcribe(&self, _to: Transcript) -> io::Result<Transcript> {
        Err(io::Error::new(io::ErrorKind::Unsupported, "This host does not support transcription."))
    }
    /// The addresses of a machine by its name.
    fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let message = format!("The addresses of {name} cannot be asked for here.");
        Err(io::Error::new(io::ErrorKind::Unsupported, message))
    }
    /// What this machine is called: as the settings of the shell say, else as its kernel does.
    fn machine_name(&self) -> String {
        self.variable("COMPUTERNAME").filter(|name| !name.is_empty()).unwrap_or_else(|| {
            let said = self.files().read("/proc/sys/kernel/hostname").unwrap_or_default();
            let name = String::from_utf8_lossy(&said).trim().to_owned();
            if name.is_empty() { "localhost".to_owned() } else { name }
        })
    }
    /// Whether the pipeline was asked to stop (Ctrl-C); checked in loops.
    fn stopped(&self) -> bool {
        false
    }
    /// Sets the wish to stop aside while a `finally` tidies up, and back behind it. A host that does not know how is
    /// stopped there, too.
    fn set_stopped(&self, _stopped: bool) {}
    /// How much memory the process holds, in bytes; `None`: nobody knows. Asked now and then while loops run.
    fn memory_used(&self) -> Option<u64> {
        None
    }
    /// The file of a program: by its path, or by its name on the path of programs. `None`: there is none.
    fn program(&self, _name: &str, _folder: &str) -> Option<String> {
        None
    }
    /// Runs a program to its end; the code it ended with.
    fn run(&self, program: Program<'_>, _lines: Lines<'_>) -> io::Result<i32> {
        Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("no program can be run here: {}", program.path),
        ))
    }
    /// Hands a letter to a mail server.
    fn send_mail(&self, mail: &Mail) -> Result<(), NotSent> {
        let message = format!("no mail can be sent from here to {}", mail.host);
        Err(NotSent::Unreachable(io::Error::new(io::ErrorKind::Unsupported, message)))
    }
    /// Asks a web server. An interrupt ends it early, as if the way were cut.
    fn fetch(&self, request: &WebRequest) -> Result<WebResponse, NotFetched> {
        Err(NotFetched::Unreachable(format!("no web server can be asked from here: {}", request.url)))
    }
    /// Shows how far long work is, where a person can see it.
    fn progress(&self, _record: &Progress) {}
}

/// A host in memory: files in a map, a clock that stands still, answers prepared, output kept.
pub struct MemoryHost {
    /// The moment that [`Host::now`] shows.
    pub clock: Mutex<Time>,
    files: MemoryFiles,
    output: Mutex<String>,
    answers: Mutex<std::collections::VecDeque<String>>,
    variables: Mutex<BTreeMap<String, String>>,
    seed: Mutex<u64>,
    width: Option<usize>,
}

impl MemoryHost {
    /// An empty world at the beginning of 2026 whose console is `width` columns wide.
    pub fn new(width: usize) -> MemoryHost {
        MemoryHost {
            clock: Mutex::new(Time::of_date(2026, 1, 1)),
            files: MemoryFiles::default(),
            output: Mutex::default(),
            answers: Mutex::default(),
            variables: Mutex::default(),
            seed: Mutex::new(0x9E37_79B9_7F4A_7C15),
            width: Some(width),
        }
    }
    /// What was written so far, all streams together.
    pub fn output(&self) -> String {
        self.output.lock().clone()
    }
    /// Prepares the answers to prompts.
    pub fn answer(&self, answers: impl IntoIterator<Item = impl Into<String>>) {
        self.answers.lock().extend(answers.into_iter().map(Into::into));
    }
    fn next(&self, name: &str) -> io::Result<String> {
        let next = self.answers.lock().pop_front();
        next.ok_or_else(|| {
            io::Error::new(io::ErrorKind::UnexpectedEof, format!("no answer left for: {name}"))
        })
    }
    fn say(&self, text: &str) {
        self.output.lock().push_str(text);
    }
}

impl Host for MemoryHost {
    fn now(&self) -> Time {
        *self.clock.lock()
    }
    fn sleep(&self, length: Duration) {
        let mut clock = self.clock.lock();
        *clock = *clock + length;
    }
    fn random(&self, bytes: &mut [u8]) {
        // A fixed xorshift: a test's randomness must come out the same each time.
        let mut seed = self.seed.lock();
        for byte in bytes {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            *byte = (*seed >> 32) as u8;
        }
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.variables.lock().get(name).cloned()
    }
    fn set_variable(&self, name: &str, value: Option<&str>) {
        let mut variables = self.variables.lock();
        match value {
            Some(value) => variables.insert(name.to_owned(), value.to_owned()),
            None => variables.remove(name),
        };
    }
    fn variables(&self) -> Vec<(String, String)> {
        self.variables.lock().iter().map(|(name, value)| (name.clone(), value.clone())).collect()
    }
    fn files(&self) -> &dyn Files {
        &self.files
    }
    fn write(&self, _: Stream, text: &str, _: Option<&str>, _: Option<&str>) {
        self.say(text);
    }
    fn width(&self) -> Option<usize> {
        self.width
    }
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>> {
        self.say(&format!("[prompt] {caption}\n{message}\n"));
        let mut answers = Vec::new();
        for field in fields {
            let answer = self.next(&field.name)?;
            self.say(&format!("{}: <<{answer}>>\n", field.name));
            answers.push(answer);
        }
        Ok(answers)
    }
    fn read_line(&self, secret: bool) -> io::Result<String> {
        let answer = self.next("line")?;
        let shown = if secret { "secret" } else { answer.as_str() };
        self.say(&format!("<<{shown}>>\n"));
        Ok(answer)
    }
    fn choose(
        &self,
        caption: &str,
        message: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        let labels: Vec<&str> = choices.iter().map(|choice| choice.label.as_str()).collect();
        let shown = default.map_or(-1, |at| at as i64);
        self.say(&format!("[choice] {caption}\n{message}\n{}  (default {shown})\n", labels.join("  ")));
        let answer = self.next("choice")?;
        self.say(&format!("<<{answer}>>\n"));
        let letter = |label: &str| label.split_once('&').and_then(|(_, rest)| rest.chars().next());
        let chosen = labels.iter().position(|label| {
            letter(label).is_some_and(|letter| answer.eq_ignore_ascii_case(&letter.to_string()))
        });
        chosen.or(default).ok_or_else(|| io::Error::other("no answer chosen"))
    }
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential> {
        self.say(&format!("[credential] {caption}\n{message}\n"));
        let user = match user {
            Some(user) => user.to_owned(),
            None => self.next("UserName")?,
        };
        let password = SecureString::new(self.next("Password")?);
        Ok(Credential { user_name: user.into(), password })
    }
}

/// Files in a map from path to content; folders are there when something lies in them or they were made.
#[derive(Default)]
struct MemoryFiles(Arc<Mutex<BTreeMap<String, Option<Vec<u8>>>>>);

fn missing(path: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("Could not find file '{path}'."))
}

impl Files for MemoryFiles {
    fn info(&self, path: &str) -> io::Result<FileInfo> {
        let entries = self.0.lock();
        let under = format!("{}/", path.trim_end_matches('/'));
        let folder = path == "/"
            || matches!(entries.get(path), Some(None))
            || entries.keys().any(|name| name.starts_with(&under));
        let length = match entries.get(path) {
            Some(Some(bytes)) => bytes.len() as u64,
            _ if folder => 0,
            _ => return Err(missing(path)),
        };
        let time = Time::of_date(2026, 1, 1);
        Ok(FileInfo { folder, length, written: time, created: time, read_only: false, unix: None })
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn io::Read + Send>> {
        match self.0.lock().get(path) {
            Some(Some(bytes)) => Ok(Box::new(io::Cursor::new(bytes.clone()))),
            _ => Err(missing(path)),
        }
    }
    fn create(&self, path: &str, append: bool) -> io::Result<Box<dyn io::Write + Send>> {
        let mut entries = self.0.lock();
        let entry = entries.entry(path.to_owned()).or_default();
        if !append || entry.is_none() {
            *entry = Some(Vec::new());
        }
        Ok(Box::new(MemoryWriter { path: path.to_owned(), entries: self.0.clone() }))
    }
    /// What is in memory is this host's alone.
    fn create_private(&self, path: &str) -> io::Result<()> {
        match self.info(path) {
            Ok(_) => Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("'{path}' is there already."))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.write(path, &[]),
            Err(error) => Err(error),
        }
    }
    fn list(&self, path: &str) -> io::Result<Vec<String>> {
        let under = format!("{}/", path.trim_end_matches('/'));
        let entries = self.0.lock();
        let inside = entries.keys().filter_map(|name| name.strip_prefix(&under));
        let mut names: Vec<String> =
            inside.filter_map(|rest| rest.split('/').next()).map(str::to_owned).collect();
        names.dedup();
        Ok(names)
    }
    fn make_folder(&self, path: &str) -> io::Result<()> {
        self.0.lock().entry(path.trim_end_matches('/').to_owned()).or_default();
        Ok(())
    }
    fn remove(&self, path: &str) -> io::Result<()> {
        let under = format!("{}/", path.trim_end_matches('/'));
        self.0.lock().retain(|name, _| name != path && !name.starts_with(&under));
        Ok(())
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut entries = self.0.lock();
        let content = entries.remove(from).ok_or_else(|| missing(from))?;
        entries.insert(to.to_owned(), content);
        Ok(())
    }
}

struct MemoryWriter {
    path: String,
    entries: Arc<Mutex<BTreeMap<String, Option<Vec<u8>>>>>,
}

impl io::Write for MemoryWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut entries = self.entries.lock();
        entries.entry(self.path.clone()).or_default().get_or_insert_default().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
