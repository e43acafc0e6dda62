//! A shell: a session on this console, with the core commands and the cmdlets behind a gateway.

use crate::cases;
use crate::channel::{Connection, Gateway, LazyBook};
use crate::check::{self, Found, Lexicon, Verdict};
use crate::cmdlets::Cmdlets;
use crate::console::Console;
use crate::interactive::{self, Completes};
use crate::loader;
use crate::settings::Settings;
use dotnet::host::Stream;
use dotnet::{Host, Locale};
use gate::Signature;
use language::syntax::{Source, decode};
use language::{CommandTable, Known, Outcome, Session, View};
use object::types::SecureString;
use object::{Error, ErrorId, Result};
use parking_lot::Mutex;
use std::io::{IsTerminal as _, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// What a shell shall do.
#[derive(Clone, Debug)]
pub enum Task {
    /// Talk with the person at the terminal.
    Interactive,
    /// Run one command (`-c`).
    Command(String),
    /// Run a script file with its arguments.
    Script {
        /// The file.
        path: String,
        /// The words behind it.
        arguments: Vec<String>,
    },
    /// Run the script that standard input holds.
    StandardInput,
    /// Say of scripts whether they parse and bind; run nothing.
    Check {
        /// The files.
        scripts: Vec<String>,
        /// One JSON object a script instead of a line.
        json: bool,
    },
    /// Run each case of a file in a session of its own and say as JSON what came of it; no server is needed.
    Cases(String),
}

/// The exit code of what Ctrl-C ended: 128 and the signal's number, as shells have it.
const INTERRUPTED: i32 = 130;
/// The exit code of `--check` when a script cannot be read.
const UNREADABLE: i32 = 2;

/// Does `task` and gives the exit code of the process. `book` makes the book of cmdlets when it is first
/// needed; `place` is opened by the first command that needs it.
pub fn run(task: Task, place: Connection, book: LazyBook, settings: &Settings) -> ExitCode {
    if let Task::Cases(file) = &task {
        return cases(file, &book, settings);
    }
    let console = Arc::new(Console::new(settings));
    let code = run_on(&console, task, place, book, settings);
    end(&console, code)
}

fn run_on(console: &Arc<Console>, task: Task, place: Connection, book: LazyBook, settings: &Settings) -> i32 {
    let shell = Shell::new(place, book, settings, console);
    shell.and_then(|shell| shell.run(task, settings)).unwrap_or_else(|error| {
        say(&**console, &error);
        1
    })
}

fn cases(file: &str, book: &LazyBook, settings: &Settings) -> ExitCode {
    match cases::run(file, book, settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{file}: {error}");
            ExitCode::FAILURE
        }
    }
}

fn say(host: &dyn Host, error: &Error) {
    host.write(Stream::Error, &format!("{}\n", error.message()), None, None);
    if let Some(help) = error.help_line() {
        host.write(Stream::Error, &format!("  {help}\n"), None, None);
    }
}

/// Passes on what was written last. A reader who left (`| head`) is no failure; a full disk is.
fn end(console: &Console, code: i32) -> ExitCode {
    console.out().flush();
    if let Some(error) = console.out().lost() {
        say(console, &Error::from(error).while_doing("writing to standard output"));
        return ExitCode::FAILURE;
    }
    let code = if console.out().reader_left() { 0 } else { code };
    ExitCode::from(u8::try_from(code & 0xFF).unwrap_or(1))
}

/// How errors look: for a person at a terminal, or as scripts know them.
fn view(settings: &Settings) -> View {
    match (std::io::stderr().is_terminal(), settings.profile.helped_errors) {
        (true, _) => View::Mailstead,
        (false, true) => View::Helped,
        (false, false) => View::Normal,
    }
}

struct Shell {
    session: Arc<Mutex<Session>>,
    console: Arc<Console>,
    commands: Arc<dyn CommandTable>,
    book: LazyBook,
}

impl Shell {
    fn new(place: Connection, book: LazyBook, settings: &Settings, console: &Arc<Console>) -> Result<Shell> {
        console.stop().listen(leave_at_once)?;
        let stop = console.stop().clone();
        let asks = Arc::clone(console);
        let ask_password = Arc::new(move |user: &str| password(&asks, user));
        let gateway = Arc::new(Gateway::new(place, stop, Arc::clone(&book), ask_password));
        let commands = loader::table();
        let session = Session::new(language::Settings {
            locale: Locale { zone: settings.zone.clone(), ..Locale::new(settings.profile, settings.culture) },
            host: Arc::clone(console) as Arc<dyn Host>,
            commands: Arc::clone(&commands),
            invoker: Some(Box::new(Cmdlets::new(gateway))),
            view: view(settings),
            location: settings.folder.display().to_string(),
        });
        Ok(Shell { session: Arc::new(Mutex::new(session)), console: Arc::clone(console), commands, book })
    }

    fn run(&self, task: Task, settings: &Settings) -> Result<i32> {
        match task {
            Task::Interactive => {
                let known = Box::new(self.known());
                interactive::run(&self.session, &self.console, known, settings.home.as_deref())
            }
            Task::Command(text) => Ok(self.last_command(self.session.lock().run_text(&text))),
            Task::Script { path, arguments } => self.script(&path, &arguments),
            Task::StandardInput => {
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes)?;
                Ok(self.last_command(self.session.lock().run_text(&decode(&bytes))))
            }
            Task::Check { scripts, json } => self.check(&scripts, json),
            // They have sessions of their own, before there is this one.
            Task::Cases(_) => Ok(0),
        }
    }

    /// A script file: only an error that ended it, or `exit`, makes its code other than 0.
    fn script(&self, path: &str, arguments: &[String]) -> Result<i32> {
        let bytes = self.console.files().read(path).map_err(|error| unreadable(path, &error))?;
        let source = Source::file(full(path), decode(&bytes));
        let outcome = self.session.lock().run_file(&source, arguments);
        Ok(match outcome {
            Outcome { exit: Some(code), .. } => code,
            Outcome { ended_by: Some(_), .. } => 1,
            _ => self.interrupted().unwrap_or(0),
        })
    }

    /// A command or standard input: the last command's success counts, too.
    fn last_command(&self, outcome: Outcome) -> i32 {
        match outcome {
            Outcome { exit: Some(code), .. } => code,
            Outcome { ended_by: Some(_), .. } => 1,
            Outcome { succeeded, .. } => self.interrupted().unwrap_or(i32::from(!succeeded)),
        }
    }

    fn interrupted(&self) -> Option<i32> {
        self.console.stop().is_asked().then_some(INTERRUPTED)
    }

    fn check(&self, scripts: &[String], json: bool) -> Result<i32> {
        if scripts.is_empty() {
            say(&*self.console, &check::no_scripts());
            return Ok(UNREADABLE);
        }
        Ok(match check::check(scripts, json, &*self.console, &self.words()) {
            Verdict::Binds => 0,
            Verdict::Faulty => 1,
            Verdict::Unreadable => UNREADABLE,
        })
    }

    fn known(&self) -> Everything {
        Everything {
            session: Arc::clone(&self.session),
            console: Arc::clone(&self.console),
            words: self.words(),
        }
    }

    fn words(&self) -> Words {
        let path = self.console.variable("PATH").unwrap_or_default();
        Words {
            commands: Arc::clone(&self.commands),
            book: Arc::clone(&self.book),
            path: std::env::split_paths(&path).collect(),
        }
    }
}

/// A second Ctrl-C while the first one has not been answered: the person gets out.
fn leave_at_once() -> ! {
    std::process::exit(INTERRUPTED)
}

fn password(console: &Console, user: &str) -> Result<SecureString> {
    let credential = console.credential("Log on to the server", "Enter your password.", Some(user));
    credential.map(|credential| credential.password).map_err(|error| {
        Error::denied(ErrorId::PasswordMissing, format!("No password for {user}: {error}"))
            .help("Name a file that holds it with --password-file.")
    })
}

fn unreadable(path: &str, error: &std::io::Error) -> Error {
    Error::not_found(ErrorId::ScriptUnreadable, format!("The script {path} cannot be read: {error}"))
}

/// The path as error messages show it: from the root.
fn full(path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| path.display().to_string())
}

/// What each name means: core commands and cmdlets.
struct Words {
    commands: Arc<dyn CommandTable>,
    book: LazyBook,
    /// The folders of programs.
    path: Vec<PathBuf>,
}

impl Words {
    fn signature(&self, name: &str) -> Option<Arc<Signature>> {
        let name = self.commands.alias(name).unwrap_or(name);
        let core = self.commands.find(name).map(|command| Arc::clone(command.signature()));
        core.or_else(|| (self.book)().find(name).map(|declaration| Arc::clone(&declaration.signature)))
    }

    /// Whether a program of that name lies on the path.
    fn is_program(&self, name: &str) -> bool {
        let runs = |folder: &std::path::Path| {
            let facts = folder.join(name).metadata();
            facts.is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
        };
        !name.is_empty() && self.path.iter().any(|folder| runs(folder))
    }

    fn names(&self) -> Vec<String> {
        let book = (self.book)();
        let aliases = self.commands.aliases().into_iter().map(|(alias, _)| alias);
        let core = self.commands.names().into_iter().chain(aliases);
        core.chain(book.names()).map(str::to_owned).collect()
    }
}

impl Lexicon for Words {
    fn find(&self, name: &str) -> Found {
        // A bare noun is retried as `Get-Noun`, as when it runs.
        let retried = || match language::is_bare_noun(name) {
            true => self.signature(&format!("Get-{name}")),
            false => None,
        };
        match self.signature(name) {
            Some(signature) => Found::Command(signature),
            None if self.is_program(name) => Found::Program,
            None => {
                if let Some(signature) = retried() {
                    return Found::Command(signature);
                }
                let names = self.names();
                Found::Unknown(gate::nearest(name, names.iter().map(String::as_str)).map(str::to_owned))
            }
        }
    }
}

/// All that completion can offer.
struct Everything {
    session: Arc<Mutex<Session>>,
    console: Arc<Console>,
    words: Words,
}

impl Completes for Everything {
    fn commands(&self) -> Vec<String> {
        let session = self.session.lock();
        let own =
            session.function_names().into_iter().chain(session.aliases().into_iter().map(|(name, _)| name));
        own.map(|name| name.to_string()).chain(self.words.names()).collect()
    }
    fn signature(&self, command: &str) -> Option<Arc<Signature>> {
        let mut session = self.session.lock();
        match session.known(command)? {
            Known::Function(signature) | Known::Remote(signature) => Some(signature),
            Known::Core(core) => Some(Arc::clone(core.signature())),
            Known::Alias(meaning) => self.words.signature(&meaning),
        }
    }
    fn variables(&self) -> Vec<String> {
        self.session.lock().variable_names().into_iter().map(|name| name.to_string()).collect()
    }
    fn environment(&self) -> Vec<String> {
        self.console.variables().into_iter().map(|(name, _)| name).collect()
    }
    fn members(&self, of: &str) -> Vec<String> {
        let mut session = self.session.lock();
        let mut parts = of.trim_start_matches('$').split('.');
        let first = parts.next().unwrap_or_default().trim_matches(['{', '}']);
        let mut value = session.find_variable(first).unwrap_or_default();
        for part in parts {
            value = dotnet::member::own(&mut *session, &value, part).ok().flatten().unwrap_or_default();
        }
        let list = dotnet::member::members_of(&value, false);
        let named = |info: &dotnet::member::MemberInfo| match info.kind.is_property() {
            true => info.name.to_string(),
            false => format!("{}(", info.name),
        };
        list.iter().map(named).collect()
    }
    fn identities(&self, command: &str, parameter: &str, prefix: &str) -> Vec<String> {
        let Some(text) = self.question(command, parameter, prefix) else { return Vec::new() };
        let Some(block) = language::syntax::parse(&Source::typed(text)).block else { return Vec::new() };
        let mut found: Vec<object::Value> = Vec::new();
        let mut session = self.session.lock();
        session.run_aside(&block, &mut found);
        found.iter().map(ToString::to_string).collect()
    }
    fn folder(&self, path: &str) -> Vec<(String, bool)> {
        let at = self.at(path);
        let names = self.console.files().list(&at).unwrap_or_default();
        let is_folder = |name: &str| {
            let info = self.console.files().info(&format!("{}/{name}", at.trim_end_matches(['/', '\\'])));
            info.is_ok_and(|info| info.folder)
        };
        names.into_iter().map(|name| (name.clone(), is_folder(&name))).collect()
    }
}

/// So many names are asked for at once.
const NAMES_MAX: usize = 100;

impl Everything {
    /// The line that asks for the names that `parameter` of `command` may be given; `None`: it names nothing of
    /// the organization.
    fn question(&self, command: &str, parameter: &str, prefix: &str) -> Option<String> {
        let (_, noun) = command.split_once('-')?;
        let noun = match parameter.to_ascii_lowercase().as_str() {
            "identity" => noun,
            "database" | "archivedatabase" | "targetdatabase" => "MailboxDatabase",
            "user" | "mailbox" | "member" | "manager" | "trustee" | "managedby" | "forwardingaddress" => {
                "Recipient"
            }
            _ => return None,
        };
        let getter = format!("Get-{noun}");
        let signature = self.words.signature(&getter)?;
        let quoted = prefix.replace('\'', "''");
        let filter = match signature.formal("Filter") {
            Some(_) if prefix.is_empty() => String::new(),
            Some(_) => format!(" -Filter \"Name -like '{quoted}*'\""),
            None => String::new(),
        };
        let most =
            signature.formal("ResultSize").map_or(String::new(), |_| format!(" -ResultSize {NAMES_MAX}"));
        Some(format!(
            "{getter}{filter}{most} -ErrorAction SilentlyContinue -WarningAction SilentlyContinue | \
             Where-Object {{ $_.Name -like '{quoted}*' }} | Select-Object -First {NAMES_MAX} -ExpandProperty Name"
        ))
    }

    /// A folder as it was typed, from the root.
    fn at(&self, path: &str) -> String {
        let drive = path.chars().nth(1) == Some(':');
        match path.strip_prefix("~") {
            Some(rest) => format!("{}{rest}", self.console.variable("HOME").unwrap_or_default()),
            None if drive || path.starts_with(['/', '\\']) => path.to_owned(),
            None => format!("{}/{path}", self.session.lock().location()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::tests::toys;
    use crate::console::output::tests::Kept;

    /// Does a task over the toys: its code, and what stands on both streams.
    fn done(task: Task, settings: &Settings) -> (i32, String, String) {
        let (out, error) = (Kept::default(), Kept::default());
        let console = Arc::new(Console::kept(settings, &out, &error));
        let gate = toys();
        let book = Arc::clone(gate.book());
        let code =
            run_on(&console, task, Connection::Here(gate), Arc::new(move || Arc::clone(&book)), settings);
        console.out().flush();
        (code, out.text(), error.text())
    }

    fn command(text: &str) -> (i32, String, String) {
        done(Task::Command(text.to_owned()), &Settings::default())
    }

    #[test]
    fn a_command_ends_as_its_last_pipeline_did() {
        for (text, code) in [
            ("1", 0),
            ("exit 7", 7),
            ("exit 256", 256),
            ("throw 'x'", 1),
            ("Get-Nothing", 1),
            ("Get-Nothing; 1", 0),
            ("1; Get-Nothing", 1),
            ("if (", 1),
            ("'broken' | Set-Toy", 1),
            ("'a' | Set-Toy", 0),
            ("try { throw 'x' } catch { 2 }", 0),
        ] {
            assert_eq!(command(text).0, code, "{text}");
        }
    }

    #[test]
    fn a_script_file_fails_only_when_an_error_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        for (text, code) in
            [("1; Get-Nothing", 0), ("exit 3", 3), ("throw 'x'", 1), ("if (", 1), ("param($a) exit $a", 5)]
        {
            let path = folder.path().join("x.ps1");
            std::fs::write(&path, text).unwrap();
            let task =
                Task::Script { path: path.display().to_string(), arguments: vec!["-a".into(), "5".into()] };
            assert_eq!(done(task, &Settings::default()).0, code, "{text}");
        }
        let task = Task::Script { path: "/none.ps1".to_owned(), arguments: Vec::new() };
        let (code, _, error) = done(task, &Settings::default());
        assert_eq!(
            (code, error.as_str()),
            (1, "The script /none.ps1 cannot be read: Could not find file '/none.ps1'.\n")
        );
    }

    /// A path that is missed on a drive that is there is a missing path, no missing drive.
    #[test]
    fn a_drive_is_there_with_nothing_on_it() {
        let folder = tempfile::tempdir().unwrap();
        let drives = [('C', folder.path().join("c"))].into_iter().collect();
        let settings = Settings { drives, ..Settings::default() };
        for (text, said) in [
            (r"Test-Path C:\; Test-Path c:; Test-Path C:\x; Test-Path Q:\", "True\nTrue\nFalse\nFalse\n"),
            (
                r"try { Get-Item C:\x -ErrorAction Stop } catch [Management.Automation.ItemNotFoundException] { 'no item' }",
                "no item\n",
            ),
            (
                r"try { Get-Item Q:\x -ErrorAction Stop } catch [Management.Automation.DriveNotFoundException] { 'no drive' }",
                "no drive\n",
            ),
            (r"try { 1 > C:\no\x } catch [IO.DirectoryNotFoundException] { 'no folder' }", "no folder\n"),
            (
                r"try { 1 > Q:\x } catch [Management.Automation.DriveNotFoundException] { 'no drive' }",
                "no drive\n",
            ),
            (r"try { Import-Csv C:\x.csv } catch { $_.Exception.GetType().Name }", ""),
            (
                r"$ErrorActionPreference = 'Stop'; try { Import-Csv C:\x.csv } catch { $_.Exception.GetType().Name }",
                "FileNotFoundException\n",
            ),
            (r"$null = mkdir C:\Reports -Force; 'a' > C:\Reports\a.txt; Get-Content c:\reports\A.TXT", "a\n"),
            (
                r"(md C:\More\deep).Name; (mkdir -Path C:\More -Name other).FullName -replace '\\', '/'",
                "deep\nC:/More/other\n",
            ),
        ] {
            assert_eq!(done(Task::Command(text.to_owned()), &settings).1, said, "{text}");
        }
    }

    #[test]
    fn cmdlets_run_in_pipelines_with_everything_else() {
        for (text, out) in [
            ("Get-Toy -Count 3 | Where-Object Name -ne toy1 | ForEach-Object { $_.Name }", "toy0\ntoy2\n"),
            ("Get-Toy | Set-Toy", "Setting toy0\nSetting toy1\n"),
            ("(Get-Toy -Count 5).Count", "5\n"),
            ("Get-Toy -Count 100000 | Select-Object -First 1 -ExpandProperty Name", "toy0\n"),
            ("'a' | Remove-Toy -WhatIf", "What if: Removing toy a.\n"),
            ("'a' | Remove-Toy -Confirm:$false", "Removing a\n"),
            (
                "try { Set-Toy -Identity broken -ErrorAction Stop } catch { $_.FullyQualifiedErrorId }",
                "ToyNotFound,Set-Toy\n",
            ),
        ] {
            let (_, said, error) = command(text);
            assert_eq!(said, out, "{text}: {error}");
        }
    }

    #[test]
    fn errors_and_messages_go_to_standard_error() {
        let (code, out, error) =
            command("Write-Warning careful; Get-Toy -Verbose -Count 1 | Out-Null; 1; Get-Toyy");
        assert_eq!((code, out.as_str()), (1, "1\n"));
        for part in ["WARNING: careful\n", "VERBOSE: Counting toys.\n", "'Get-Toyy' is not recognized"] {
            assert!(error.contains(part), "{part} is not in {error}");
        }
    }

    #[test]
    fn a_check_says_what_is_unknown_and_runs_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str, text: &str| {
            let path = folder.path().join(name).display().to_string();
            std::fs::write(&path, text).unwrap();
            path
        };
        let good =
            path("good.ps1", "Get-Toy -Count 2 | ? Name -like 't*' | Export-Csv c.csv -NoTypeInformation");
        let bad = path("bad.ps1", "Get-Toy -Cuont 2\nexit 9");
        let check = |scripts: &[&String]| {
            let scripts = scripts.iter().map(|script| (*script).clone()).collect();
            done(Task::Check { scripts, json: false }, &Settings::default())
        };
        assert_eq!(check(&[&good]).0, 0);
        let (code, out, _) = check(&[&good, &bad]);
        assert_eq!(code, 1);
        assert!(out.ends_with("1:9 unknown parameter Get-Toy -Cuont, nearest -Count (not yet: nothing here has that name so far)\n"), "{out}");
        assert_eq!(check(&[&bad, &"/none.ps1".to_owned()]).0, 2);
    }

    #[test]
    fn without_a_server_everything_else_runs() {
        let (out, error) = (Kept::default(), Kept::default());
        let settings = Settings::default();
        let console = Arc::new(Console::kept(&settings, &out, &error));
        let gate = toys();
        let book = Arc::clone(gate.book());
        let task = Task::Command("1 + 1; Get-Toy".to_owned());
        let code =
            run_on(&console, task, Connection::Nowhere, Arc::new(move || Arc::clone(&book)), &settings);
        console.out().flush();
        assert_eq!((code, out.text().as_str()), (1, "2\n"));
        assert!(error.text().contains("There is no server to run this command."), "{}", error.text());
    }

    #[test]
    fn programs_get_words_and_lines_and_leave_their_code() {
        for (script, shown, said) in [
            ("sh -c 'exit 3'; \"$LASTEXITCODE $?\"", "3 False\n", ""),
            ("$x = printf '%s-%s\\n' a 'b c'; \"<$x>\"", "<a-b c>\n", ""),
            ("'b','a' | /usr/bin/sort", "a\nb\n", ""),
            ("$y = sh -c 'echo out; echo err >&2' 2>&1; $y.Count; (sh -c 'echo $PWD')", "2\n/\n", ""),
            (
                "(1..3 | /bin/cat | Select-Object -First 1); $env:GREETING = 'hi'; (printenv GREETING)",
                "1\nhi\n",
                "",
            ),
            ("no-such-program-here", "", "The term 'no-such-program-here' is not recognized"),
        ] {
            let (out, error) = (Kept::default(), Kept::default());
            let path = "/usr/local/bin:/usr/bin:/bin".to_owned();
            let environment = vec![("PATH".to_owned(), path)];
            let settings = Settings { environment, ..Settings::default() };
            let console = Arc::new(Console::kept(&settings, &out, &error));
            let book = Arc::clone(toys().book());
            // What goes straight to the terminal passes by the streams that a test keeps.
            let task = Task::Command(format!("$all = & {{ {script} }}; $all"));
            run_on(&console, task, Connection::Nowhere, Arc::new(move || Arc::clone(&book)), &settings);
            console.out().flush();
            assert_eq!(out.text(), shown, "{script}: {}", error.text());
            assert!(error.text().contains(said), "{script}: {}", error.text());
        }
    }
}
