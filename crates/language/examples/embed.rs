//! PowerShell inside a program of your own: the language with a host and commands that you bring, and nothing of mail.
//!
//! `cargo run -p mailstead-language --example embed -- 'Get-Tank | Where-Level 50'` runs a line in a world of three
//! tanks. The language reaches nothing but what the host gives it: here a clock that stands still, no files, nobody to
//! ask, and what is printed.

use dotnet::host::{Choice, Field, FileInfo, Files, Stream};
use dotnet::{Host, Locale, culture, profile};
use mailstead_language::{
    Call, Command, CommandTable, CoreCommand, Run, Session, Settings, Signature, Use, View,
};
use object::types::{Credential, kinds};
use object::{Object, Time, Value};
use std::io::{self, ErrorKind, Read, Write};
use std::sync::Arc;
use std::time::Duration;

/// What the world consists of.
const TANKS: [(&str, i32); 3] = [("rain", 80), ("well", 20), ("pond", 55)];

/// `Get-Tank`: the tanks, each with its level in per cent.
static GET_TANK: CoreCommand =
    CoreCommand::new("Get-Tank", "GetTankCommand", || Signature::new("Get-Tank"), || Box::new(GetTank));

struct GetTank;

impl Command for GetTank {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        TANKS.iter().try_for_each(|(name, level)| {
            call.write(Value::from(Object::custom().with("Name", *name).with("Level", Value::Int32(*level))))
        })
    }
}

/// `Where-Level 50`: lets pass what holds as much at least.
static WHERE_LEVEL: CoreCommand =
    CoreCommand::new("Where-Level", "WhereLevelCommand", where_level, || Box::new(WhereLevel));

fn where_level() -> Signature {
    let mut signature = Signature::new("Where-Level");
    let mut least = mailstead_language::Formal::new("Least", &kinds::INT32);
    least.uses = vec![Use { position: Some(0), mandatory: true, ..Use::default() }];
    let mut tank = mailstead_language::Formal::new("Tank", &kinds::ANY);
    tank.uses = vec![Use { by_value: true, ..Use::default() }];
    signature.formals = vec![least, tank];
    signature
}

struct WhereLevel;

impl Command for WhereLevel {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(Value::Object(tank)) = input else { return Ok(()) };
        let level = tank.get("Level").and_then(|level| level.as_i64()).unwrap_or(0);
        if level >= call.number("Least").unwrap_or(0) { call.write(Value::Object(tank)) } else { Ok(()) }
    }
}

/// The commands of this world.
struct Tanks;

impl CommandTable for Tanks {
    fn find(&self, name: &str) -> Option<&'static CoreCommand> {
        [&GET_TANK, &WHERE_LEVEL].into_iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }
    fn alias(&self, _: &str) -> Option<&'static str> {
        None
    }
    fn names(&self) -> Vec<&'static str> {
        vec![GET_TANK.name, WHERE_LEVEL.name]
    }
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        Vec::new()
    }
}

/// The way out of this world: there is none but the two streams of the console.
struct Yard;

fn nobody() -> io::Error {
    io::Error::new(ErrorKind::Unsupported, "there is nobody to ask")
}

impl Host for Yard {
    fn now(&self) -> Time {
        Time::of_date(2026, 1, 1)
    }
    fn sleep(&self, _: Duration) {}
    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(4); // by a fair die, once
    }
    fn variable(&self, _: &str) -> Option<String> {
        None
    }
    fn set_variable(&self, _: &str, _: Option<&str>) {}
    fn variables(&self) -> Vec<(String, String)> {
        Vec::new()
    }
    fn files(&self) -> &dyn Files {
        self
    }
    fn write(&self, stream: Stream, text: &str, _: Option<&str>, _: Option<&str>) {
        match stream {
            Stream::Output => print!("{text}"),
            _ => eprint!("{text}"),
        }
    }
    fn width(&self) -> Option<usize> {
        Some(80)
    }
    fn prompt(&self, _: &str, _: &str, _: &[Field]) -> io::Result<Vec<String>> {
        Err(nobody())
    }
    fn read_line(&self, _: bool) -> io::Result<String> {
        Err(nobody())
    }
    fn choose(&self, _: &str, _: &str, _: &[Choice], _: Option<usize>) -> io::Result<usize> {
        Err(nobody())
    }
    fn credential(&self, _: &str, _: &str, _: Option<&str>) -> io::Result<Credential> {
        Err(nobody())
    }
}

fn no_file() -> io::Error {
    ErrorKind::NotFound.into()
}

impl Files for Yard {
    fn info(&self, _: &str) -> io::Result<FileInfo> {
        Err(no_file())
    }
    fn open(&self, _: &str) -> io::Result<Box<dyn Read + Send>> {
        Err(no_file())
    }
    fn create(&self, _: &str, _: bool) -> io::Result<Box<dyn Write + Send>> {
        Err(ErrorKind::PermissionDenied.into())
    }
    fn list(&self, _: &str) -> io::Result<Vec<String>> {
        Err(no_file())
    }
    fn make_folder(&self, _: &str) -> io::Result<()> {
        Err(ErrorKind::PermissionDenied.into())
    }
    fn remove(&self, _: &str) -> io::Result<()> {
        Err(no_file())
    }
    fn rename(&self, _: &str, _: &str) -> io::Result<()> {
        Err(no_file())
    }
}

fn main() {
    let line = std::env::args().nth(1).unwrap_or_else(|| "Get-Tank | Where-Level 50".to_owned());
    let mut session = Session::new(Settings {
        locale: Locale::new(&profile::CORE, &culture::EN_US),
        host: Arc::new(Yard),
        commands: Arc::new(Tanks),
        invoker: None,
        view: View::Normal,
        location: "/".to_owned(),
    });
    let outcome = session.run_text(&line);
    std::process::exit(i32::from(!outcome.succeeded));
}
