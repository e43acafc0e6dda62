//! The few core commands that statements cannot do without, and a host in memory: for this room's tests,
//! which cannot use the room `commands`.

#![allow(dead_code, clippy::unwrap_used, reason = "each test file uses its part of this one")]

use dotnet::host::{Choice, Field, Files, MemoryHost, Stream};
use dotnet::{Category, Exception, Host, Locale};
use gate::{Formal, Signature, Use};
use mailstead_language::*;
use object::types::{Credential, kinds};
use object::{Time, Value};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn formal(name: &str, position: Option<i32>) -> Formal {
    let mut formal = Formal::new(name, &kinds::ANY);
    formal.uses = vec![Use { position, ..Use::default() }];
    formal.allows_null = true;
    formal
}

fn piped(name: &str, position: Option<i32>) -> Formal {
    let mut formal = formal(name, position);
    formal.uses[0].by_value = true;
    formal
}

fn switch(name: &str) -> Formal {
    Formal::new(name, &kinds::SWITCH)
}

fn signature(name: &str, formals: Vec<Formal>) -> Signature {
    let mut signature = Signature::new(name);
    signature.formals = formals;
    signature.with_common(false)
}

struct Default;
impl Command for Default {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(value) = input else { return Ok(()) };
        if let Some(record) = ErrorRecord::of(&value) {
            let text = call.session().error_text(&record);
            call.host().write(Stream::Error, &text, None, None);
            return Ok(());
        }
        if value.is_null() {
            return Ok(());
        }
        let text = match &value {
            Value::Double(_) | Value::Single(_) | Value::Decimal(_) => {
                let locale = call.session().locale();
                dotnet::text::to_text(&value, locale).replace('.', locale.culture.decimal)
            }
            value => dotnet::text::of(value, call.session().locale()),
        };
        call.host().write(Stream::Output, &format!("{text}\n"), None, None);
        Ok(())
    }
}

struct Output;
impl Command for Output {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let values = call.value("InputObject").cloned();
        let whole = call.flag("NoEnumerate");
        let Some(values) = values else { return Ok(()) };
        for value in if call.is_piped() {
            vec![values]
        } else {
            dotnet::index::elements(&values).unwrap_or(vec![values])
        } {
            if whole { call.write(value)? } else { call.write_all(value)? }
        }
        Ok(())
    }
}

#[derive(Default)]
struct Each(Vec<Here>, Option<Here>, Option<String>);
impl Command for Each {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(begin) = call.value("Begin").cloned() {
            let here = call.here(&begin)?;
            call.stream_here(&here, None)?;
        }
        let blocks = call.value("Process").cloned().unwrap_or_default();
        if let Value::String(name) = &blocks {
            self.2 = Some(name.to_string());
            return Ok(());
        }
        let mut blocks = blocks.items();
        blocks.extend(call.value("RemainingScripts").cloned().unwrap_or_default().items());
        let here: Run<Vec<Here>> = blocks.iter().map(|block| call.here(block)).collect();
        self.0 = here?;
        if self.0.len() > 1 {
            let begin = self.0.remove(0);
            call.stream_here(&begin, None)?;
        }
        if self.0.len() > 1 {
            self.1 = self.0.pop();
        }
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        if let Some(name) = &self.2 {
            let input = input.unwrap_or_default();
            let value = dotnet::member::find(call.session(), &input, name)?;
            return match value {
                Some(value) => call.write_all(value),
                None => match dotnet::member::invoke(call.session(), &input, name, Vec::new())? {
                    Some(value) => call.write_all(value),
                    None => Ok(()),
                },
            };
        }
        for here in self.0.clone() {
            call.stream_here(&here, Some(&input.clone().unwrap_or_default()))?;
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(end) = call.value("End").cloned() {
            let here = call.here(&end)?;
            call.stream_here(&here, None)?;
        }
        match self.1.take() {
            Some(here) => call.stream_here(&here, None),
            None => Ok(()),
        }
    }
}

#[derive(Default)]
struct Where(Option<Here>);
impl Command for Where {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let block = call.value("FilterScript").cloned().unwrap_or_default();
        self.0 = Some(call.here(&block)?);
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let (Some(here), Some(input)) = (self.0.clone(), input) else { return Ok(()) };
        let out = call.run_here(&here, Some(&input))?;
        let yes = match out.len() {
            0 => false,
            1 => dotnet::compare::truth(&out[0]),
            _ => true,
        };
        if yes { call.write(input) } else { Ok(()) }
    }
}

#[derive(Default)]
struct First(i64);
impl Command for First {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let first = call.number("First");
        self.0 += 1;
        call.write(input.unwrap_or_default())?;
        if first.is_some_and(|first| self.0 >= first) { Err(call.enough()) } else { Ok(()) }
    }
}

struct Null;
impl Command for Null {}

struct HostText;
impl Command for HostText {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let value = call.value("Object").cloned().unwrap_or_default();
        let text = dotnet::text::to_text(&value, call.session().locale());
        let end = if call.flag("NoNewline") { "" } else { "\n" };
        if call.session().information_shows() {
            call.host().write(Stream::Output, &format!("{text}{end}"), None, None);
        }
        call.session().information(value, Vec::new(), true)
    }
}

struct WriteError;
impl Command for WriteError {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("Message").unwrap_or_default();
        let id = call.text("ErrorId").unwrap_or("Microsoft.PowerShell.Commands.WriteErrorException".into());
        let kind = "Microsoft.PowerShell.Commands.WriteErrorException";
        let record =
            ErrorRecord::new(Exception::new(kind, text).category(Category::NotSpecified)).with_id(id.clone());
        let record = match call.value("TargetObject") {
            Some(target) => record.with_target(target.clone()),
            None => record,
        };
        let record = if call.is_given("ErrorId") { record } else { record.with_id(id) };
        call.script_error(record)
    }
}

struct Line(&'static str);
impl Command for Line {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("Message").unwrap_or_default();
        match self.0 {
            "warning" => call.warning(&text),
            "verbose" => call.verbose(&text),
            _ => call.debug(&text),
        }
    }
}

struct SetVariable;
impl Command for SetVariable {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (name, value) =
            (call.text("Name").unwrap_or_default(), call.value("Value").cloned().unwrap_or_default());
        call.session().set_variable(&name, value)
    }
}

static COMMANDS: [CoreCommand; 11] = [
    CoreCommand::new(
        "Out-Default",
        "OutDefaultCommand",
        || signature("Out-Default", vec![piped("InputObject", None)]),
        || Box::new(Default),
    ),
    CoreCommand::new(
        "Write-Output",
        "WriteOutputCommand",
        || {
            let mut input = piped("InputObject", Some(0));
            input.uses[0].remaining = true;
            signature("Write-Output", vec![input, switch("NoEnumerate")])
        },
        || Box::new(Output),
    ),
    CoreCommand::new(
        "ForEach-Object",
        "ForEachObjectCommand",
        || {
            let mut rest = formal("RemainingScripts", None);
            rest.uses[0].remaining = true;
            let fs = vec![
                piped("InputObject", None),
                formal("Process", Some(0)),
                formal("Begin", None),
                formal("End", None),
                rest,
            ];
            signature("ForEach-Object", fs)
        },
        || Box::new(Each::default()),
    ),
    CoreCommand::new(
        "Where-Object",
        "WhereObjectCommand",
        || signature("Where-Object", vec![piped("InputObject", None), formal("FilterScript", Some(0))]),
        || Box::new(Where::default()),
    ),
    CoreCommand::new(
        "Select-Object",
        "SelectObjectCommand",
        || signature("Select-Object", vec![piped("InputObject", None), formal("First", None)]),
        || Box::new(First::default()),
    ),
    CoreCommand::new(
        "Out-Null",
        "OutNullCommand",
        || signature("Out-Null", vec![piped("InputObject", None)]),
        || Box::new(Null),
    ),
    CoreCommand::new(
        "Write-Host",
        "WriteHostCommand",
        || {
            let mut input = piped("Object", Some(0));
            input.uses[0].remaining = true;
            signature(
                "Write-Host",
                vec![input, switch("NoNewline"), formal("ForegroundColor", None), formal("Separator", None)],
            )
        },
        || Box::new(HostText),
    ),
    CoreCommand::new(
        "Write-Error",
        "WriteErrorCommand",
        || {
            let fs = vec![
                piped("Message", Some(0)),
                formal("ErrorId", None),
                formal("TargetObject", None),
                formal("Category", None),
            ];
            signature("Write-Error", fs)
        },
        || Box::new(WriteError),
    ),
    CoreCommand::new(
        "Write-Warning",
        "WriteWarningCommand",
        || signature("Write-Warning", vec![piped("Message", Some(0))]),
        || Box::new(Line("warning")),
    ),
    CoreCommand::new(
        "Write-Verbose",
        "WriteVerboseCommand",
        || signature("Write-Verbose", vec![piped("Message", Some(0))]),
        || Box::new(Line("verbose")),
    ),
    CoreCommand::new(
        "Set-Variable",
        "SetVariableCommand",
        || signature("Set-Variable", vec![formal("Name", Some(0)), formal("Value", Some(1))]),
        || Box::new(SetVariable),
    ),
];

pub(crate) struct Few;
impl CommandTable for Few {
    fn find(&self, name: &str) -> Option<&'static CoreCommand> {
        COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
    }
    fn alias(&self, name: &str) -> Option<&'static str> {
        self.aliases()
            .into_iter()
            .find(|(alias, _)| alias.eq_ignore_ascii_case(name))
            .map(|(_, meaning)| meaning)
    }
    fn names(&self) -> Vec<&'static str> {
        COMMANDS.iter().map(|command| command.name).collect()
    }
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        vec![
            ("%", "ForEach-Object"),
            ("foreach", "ForEach-Object"),
            ("?", "Where-Object"),
            ("where", "Where-Object"),
            ("echo", "Write-Output"),
            ("write", "Write-Output"),
            ("select", "Select-Object"),
        ]
    }
}

/// A case has so long; one that runs on is stopped as by Ctrl-C.
const CASE_TIME: Duration = Duration::from_secs(5);

/// A host in memory that stops what takes too long.
pub(crate) struct Timed(pub(crate) MemoryHost, pub(crate) Instant);

impl Host for Timed {
    fn now(&self) -> Time {
        self.0.now()
    }
    fn sleep(&self, length: Duration) {
        self.0.sleep(length);
    }
    fn random(&self, bytes: &mut [u8]) {
        self.0.random(bytes);
    }
    fn variable(&self, name: &str) -> Option<String> {
        self.0.variable(name)
    }
    fn set_variable(&self, name: &str, value: Option<&str>) {
        self.0.set_variable(name, value);
    }
    fn variables(&self) -> Vec<(String, String)> {
        self.0.variables()
    }
    fn files(&self) -> &dyn Files {
        self.0.files()
    }
    fn write(&self, stream: Stream, text: &str, foreground: Option<&str>, background: Option<&str>) {
        self.0.write(stream, text, foreground, background);
    }
    fn width(&self) -> Option<usize> {
        self.0.width()
    }
    fn prompt(&self, caption: &str, message: &str, fields: &[Field]) -> io::Result<Vec<String>> {
        self.0.prompt(caption, message, fields)
    }
    fn read_line(&self, secret: bool) -> io::Result<String> {
        self.0.read_line(secret)
    }
    fn choose(
        &self,
        caption: &str,
        message: &str,
        choices: &[Choice],
        default: Option<usize>,
    ) -> io::Result<usize> {
        self.0.choose(caption, message, choices, default)
    }
    fn credential(&self, caption: &str, message: &str, user: Option<&str>) -> io::Result<Credential> {
        self.0.credential(caption, message, user)
    }
    fn stopped(&self) -> bool {
        self.1.elapsed() > CASE_TIME
    }
}

/// A session over a host of its own.
pub(crate) fn session(host: &Arc<Timed>, culture: &str) -> Session {
    let culture = dotnet::culture::named(culture).unwrap_or(&dotnet::culture::EN_US);
    let location = "/case".to_owned();
    Session::new(Settings {
        locale: Locale::new(&dotnet::profile::CORE, culture),
        host: host.clone(),
        commands: Arc::new(Few),
        invoker: None,
        view: View::Normal,
        location,
    })
}
