//! A house in memory with a gate before it, and a reader of typed commands, for tests that read like a session.

#![allow(clippy::unwrap_used)] // a test may panic
#![allow(dead_code)] // each test uses its part of the house

use directory::{Directory, Founding};
use gate::bind::{Argument, Binder, Strict};
use gate::{Answer, Caller, Channel, Commands, Gate, Invocation, Prompt, Report, Table};
use mailbox::Mailboxes;
use mailbox::store::Store;
use mailstead_cmdlets::Rooms;
use object::types::SecureString;
use object::value::Dictionary;
use object::{Error, Result, Time, Value, WoundClock};
use std::collections::VecDeque;
use std::sync::Arc;
use transport::Transport;

/// A furnished house: the organization Contoso with its first database.
pub(crate) struct House {
    pub(crate) mailboxes: Arc<Mailboxes>,
    pub(crate) gate: Gate,
    pub(crate) clock: Arc<WoundClock>,
    /// Mail on its way; most tests need none.
    pub(crate) transport: Option<Arc<Transport>>,
}

/// Everything a command said, a line each, and the answers that it will be given.
#[derive(Default)]
pub(crate) struct Screen {
    pub(crate) lines: Vec<String>,
    pub(crate) objects: Vec<Value>,
    pub(crate) answers: VecDeque<Answer>,
    columns: Vec<String>,
}

impl Channel for Screen {
    fn say(&mut self, report: Report) -> Result<()> {
        let line = match report {
            Report::Object(value) => {
                let line = self.row(&value);
                self.objects.push(value);
                line
            }
            Report::Warning(text) => format!("WARNING: {text}"),
            Report::Verbose(text) => format!("VERBOSE: {text}"),
            Report::WhatIf(text) => text,
            Report::Progress(progress) => format!("PROGRESS: {}", progress.activity),
            Report::Error(error) => shown(&error),
        };
        self.lines.push(line);
        Ok(())
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        let action = prompt.message.lines().last().unwrap_or_default();
        self.lines.push(format!("{}? {action}", prompt.caption));
        self.answers.pop_front().ok_or_else(|| gate::confirmation_required(prompt))
    }
}

impl Screen {
    /// The columns of an object that were asked for, else those that its noun shows.
    fn row(&self, value: &Value) -> String {
        let Value::Object(object) = value else { return value.to_string() };
        let noun = object.noun();
        let usual = noun.map(|noun| noun.table.iter().map(|column| column.spec().name.to_owned()).collect());
        let columns = if self.columns.is_empty() { usual.unwrap_or_default() } else { self.columns.clone() };
        let cell = |name: &String| {
            let default = || noun.and_then(|noun| noun.property(name)).map(|spec| spec.default_value());
            object.get(name).or_else(default).unwrap_or_default().to_string()
        };
        columns.iter().map(cell).collect::<Vec<_>>().join(", ")
    }
}

fn shown(error: &Error) -> String {
    format!("ERROR {}: {}", error.id(), error.message())
}

impl House {
    pub(crate) fn new() -> House {
        House::with(mailstead_cmdlets::commands())
    }

    /// A house with these commands.
    pub(crate) fn with(commands: Commands<Rooms>) -> House {
        let clock = clock();
        House::of(commands, Store::memory(clock.clone()), None, clock)
    }

    /// A house with mail on its way, whose queue and mailbox databases come from those engines.
    pub(crate) fn with_mail(
        queue: db::Database,
        databases: impl Fn(db::Database) -> db::Database + Send + Sync + 'static,
    ) -> House {
        let (clock, kept) = (clock(), parking_lot::Mutex::new(std::collections::HashMap::new()));
        // A dismounted database keeps what it has.
        let opener = move |guid| match kept.lock().entry(guid) {
            std::collections::hash_map::Entry::Occupied(known) => Ok(db::Database::clone(known.get())),
            std::collections::hash_map::Entry::Vacant(new) => {
                Ok(new.insert(databases(db::memory()?)).clone())
            }
        };
        let store = Store::with(Box::new(opener), clock.clone());
        House::of(mailstead_cmdlets::commands(), store, Some(queue), clock)
    }

    fn of(
        commands: Commands<Rooms>,
        store: Store,
        queue: Option<db::Database>,
        clock: Arc<WoundClock>,
    ) -> House {
        let db = db::memory().unwrap();
        let directory = Directory::open(db, clock.clone(), "SRV1").unwrap();
        let password = SecureString::new("Str0ng-and-Long-Enough");
        directory.found(&Founding::of_domain("contoso.com", password)).unwrap();
        let mailboxes = Arc::new(Mailboxes::new(directory, store).unwrap());
        for (record, mounted) in mailboxes.mount_all() {
            mounted.unwrap_or_else(|error| panic!("{}: {error}", record.name()));
        }
        let transport = queue.map(|queue| {
            let (house, config) =
                (Arc::new((*mailboxes).clone()), transport::Config::new("mail.contoso.com"));
            Arc::new(Transport::open(queue, house, clock.clone(), config).unwrap())
        });
        let monitors = mailstead_cmdlets::Monitors::default();
        let certificates = mailstead_cmdlets::Certificates::default();
        let rooms =
            Rooms { mailboxes: Arc::clone(&mailboxes), transport: transport.clone(), monitors, certificates };
        let gate = Gate::new(
            Table::new(Arc::new(rooms), commands).unwrap(),
            mailstead_cmdlets::authority(&mailboxes),
            mailstead_cmdlets::record(&mailboxes),
        );
        House { mailboxes, gate, clock, transport }
    }

    /// Runs typed commands joined by `|`; words after a last `| :` are the columns to show.
    pub(crate) fn run(&self, line: &str, answers: &[Answer]) -> Vec<String> {
        let (line, columns) = line.split_once(" | :").unwrap_or((line, ""));
        let columns: Vec<String> =
            columns.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
        let stages: Vec<&str> = line.split(" | ").collect();
        let mut piped: Option<Vec<Value>> = None;
        let mut lines = Vec::new();
        for (at, stage) in stages.iter().enumerate() {
            let last = at + 1 == stages.len();
            let columns = if last { columns.clone() } else { Vec::new() };
            let mut screen =
                Screen { answers: answers.iter().copied().collect(), columns, ..Screen::default() };
            if let Err(error) = self.stage(stage, piped.take(), &mut screen) {
                screen.lines.push(shown(&error));
            }
            let silent = |line: &&String| last || line.starts_with("ERROR") || line.starts_with("WARNING");
            lines.extend(screen.lines.iter().filter(silent).cloned());
            piped = Some(screen.objects);
        }
        lines
    }

    /// The shell's part: words to arguments, bound once to learn the names, then through the gate.
    fn stage(&self, stage: &str, piped: Option<Vec<Value>>, screen: &mut Screen) -> Result<()> {
        let words = words(stage);
        let declaration = self
            .gate
            .book()
            .find(&words[0].0)
            .ok_or_else(|| self.gate.book().no_such_command(&words[0].0))?;
        let signature = Arc::clone(&declaration.signature);
        let binder = Binder::start(signature, arguments(&words[1..]), piped.is_some(), &mut Strict)?;
        let bound = binder.bound();
        let named = bound.order.iter().filter_map(|at| {
            Some((binder.signature().formals[*at].name.clone(), bound.values[*at].clone()?))
        });
        let invocation = Invocation {
            cmdlet: declaration.name.clone(),
            parameters: named.collect(),
            piped: piped.is_some(),
        };
        let mut inputs = piped.unwrap_or_default().into_iter().map(Ok);
        self.gate.invoke(&Caller::system("test"), invocation, &mut inputs, screen).map(drop)
    }

    /// Plays a session: `PS>` lines are typed (`PS YN>`: with these answers), the lines below are what comes; `[..]`
    /// stands for what varies.
    pub(crate) fn play(&self, session: &str) {
        let mut lines = session
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .peekable();
        while let Some(typed) = lines.next() {
            let (head, command) = typed.split_once("> ").unwrap_or_else(|| panic!("no command: {typed}"));
            let answers: Vec<Answer> = head
                .chars()
                .filter_map(|c| Answer::ALL.iter().find(|row| row.1 == c && head != "PS").map(|row| row.0))
                .collect();
            let mut wanted = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("PS")) {
                wanted.push(line);
            }
            let got = self.run(command, &answers);
            let same = got.len() == wanted.len()
                && got.iter().zip(&wanted).all(|(got, wanted)| fits(got.trim(), wanted));
            assert!(same, "{typed}\nwanted:\n  {}\ngot:\n  {}", wanted.join("\n  "), got.join("\n  "));
        }
    }
}

fn clock() -> Arc<WoundClock> {
    Arc::new(WoundClock::at(Time::from_unix(1_790_000_000)))
}

/// Whether a line fits a pattern in which `[..]` stands for any text.
fn fits(line: &str, pattern: &str) -> bool {
    let mut parts = pattern.split("[..]");
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    let mut ended = !pattern.contains("[..]") && rest.is_empty();
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
        ended = part.is_empty() || rest.is_empty();
    }
    ended
}

fn words(call: &str) -> Vec<(String, bool)> {
    let mut words: Vec<(String, bool)> = Vec::new();
    let (mut word, mut quoted, mut open, mut depth) = (String::new(), false, None, 0);
    for c in call.chars() {
        match c {
            '\'' | '"' if depth == 0 && open.is_none() => (open, quoted) = (Some(c), true),
            c if open == Some(c) => open = None,
            ' ' if open.is_none() && depth == 0 => {
                if quoted || !word.is_empty() {
                    words.push((std::mem::take(&mut word), quoted));
                }
                quoted = false;
            }
            c => {
                depth += i32::from(c == '{' || c == '(') - i32::from(c == '}' || c == ')');
                word.push(c);
            }
        }
    }
    if quoted || !word.is_empty() {
        words.push((word, quoted));
    }
    words
}

fn arguments(words: &[(String, bool)]) -> Vec<Argument> {
    let one = |(word, quoted): &(String, bool)| match word.strip_prefix('-') {
        Some(name) if !quoted => match name.split_once(':') {
            Some((name, joined)) => Argument::named(name, value(joined, false)),
            None => Argument::name(name),
        },
        _ => Argument::value(value(word, *quoted)),
    };
    words.iter().map(one).collect()
}

/// A typed value: `$true`, a number, `(secret)` for a secure string, `@{Add=x}`, a list, text.
fn value(word: &str, quoted: bool) -> Value {
    if quoted {
        return word.into();
    }
    if let Some(secret) = word.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        return Value::typed(SecureString::new(secret));
    }
    if let Some(inside) = word.strip_prefix("@{").and_then(|rest| rest.strip_suffix('}')) {
        let pairs = inside.split(';').filter_map(|pair| pair.split_once('='));
        let pairs = pairs.map(|(key, text)| (key.trim().into(), text.trim().trim_matches('\'').into()));
        return pairs.collect::<Dictionary>().into();
    }
    match word {
        "$null" => Value::Null,
        "$true" => true.into(),
        "$false" => false.into(),
        word if word.contains(',') => Value::array(word.split(',').map(|item| value(item, false))),
        word => word.parse::<i32>().map_or_else(|_| word.into(), Value::from),
    }
}
