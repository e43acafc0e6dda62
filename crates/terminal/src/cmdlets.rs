//! The cmdlets as the interpreter meets them: bound here, run where the gate is.
//!
//! Binding here gives errors without a round trip, asks for what is missing, and turns words into typed
//! values; the gate binds again and trusts nothing.

use crate::channel::{Course, Gateway};
use crate::console::Console;
use dotnet::Host;
use dotnet::host::{Choice, Field, Stream};
use gate::bind::{Argument, Binder, Reading};
use gate::{Answer, Channel, Formal, Invocation, Prompt, Report, Signature};
use language::run::{Answers, Invoker, Progress, Record, Remote};
use object::types::SecureString;
use object::{Result, Value};
use std::sync::Arc;

/// The cmdlets behind a gateway.
pub(crate) struct Cmdlets {
    gateway: Arc<Gateway>,
    console: Arc<Console>,
}

impl Cmdlets {
    pub(crate) fn new(gateway: Arc<Gateway>, console: Arc<Console>) -> Cmdlets {
        Cmdlets { gateway, console }
    }

    fn invocation(&self, name: &str, arguments: Vec<Argument>, piped: bool) -> Result<Invocation> {
        let book = self.gateway.book();
        let declaration = book.find(name).ok_or_else(|| book.no_such_command(name))?;
        let mut reading = Asking { console: &self.console, command: &declaration.name };
        let binder = Binder::start(Arc::clone(&declaration.signature), arguments, piped, &mut reading)?;
        let (bound, formals) = (binder.bound(), &binder.signature().formals);
        let given = |at: &usize| Some((formals[*at].name.clone(), bound.values[*at].clone()?));
        let parameters = bound.order.iter().filter_map(given).collect();
        Ok(Invocation { cmdlet: declaration.name.clone(), parameters, piped })
    }
}

impl Invoker for Cmdlets {
    fn signature(&self, name: &str) -> Option<Arc<Signature>> {
        self.gateway.book().find(name).map(|declaration| Arc::clone(&declaration.signature))
    }

    fn names(&self) -> Vec<String> {
        self.gateway.book().names().map(str::to_owned).collect()
    }

    fn open(&mut self, name: &str, arguments: Vec<Argument>, piped: bool) -> Result<Box<dyn Remote>> {
        let invocation = self.invocation(name, arguments, piped)?;
        let course = self.gateway.begin(invocation)?;
        Ok(Box::new(Running { course: Some(course), console: Arc::clone(&self.console), enough: false }))
    }
}

/// Reads values by the parameters' own kinds; asks for what is missing, as PowerShell does.
struct Asking<'a> {
    console: &'a Console,
    command: &'a str,
}

impl Reading for Asking<'_> {
    fn ask(&mut self, missing: &[&Formal]) -> Result<Option<Vec<Value>>> {
        let caption = format!("cmdlet {} at command pipeline position 1", self.command);
        let message = "Supply values for the following parameters:";
        let field = |formal: &&Formal| Field {
            name: formal.name.to_string(),
            secret: formal.is_secret(),
            many: formal.many,
        };
        let fields: Vec<Field> = missing.iter().map(field).collect();
        let Ok(answers) = self.console.prompt(&caption, message, &fields) else { return Ok(None) };
        Ok(Some(missing.iter().zip(answers).map(|(formal, answer)| value_of(formal, &answer)).collect()))
    }
}

fn value_of(formal: &Formal, answer: &str) -> Value {
    match (formal.is_secret(), formal.many) {
        (true, _) => Value::typed(SecureString::new(answer)),
        (false, true) => Value::array(answer.lines().map(Value::from)),
        (false, false) => answer.into(),
    }
}

/// A cmdlet under way.
struct Running {
    course: Option<Box<dyn Course>>,
    console: Arc<Console>,
    enough: bool,
}

impl Remote for Running {
    fn input(&mut self, value: &Value, answers: Answers<'_>) -> Result<()> {
        if let (Some(course), false) = (&mut self.course, self.enough) {
            let mut bridge = Bridge { answers, console: &self.console };
            self.enough = !course.take(value, &mut bridge)?;
        }
        Ok(())
    }

    fn end(&mut self, answers: Answers<'_>) -> Result<()> {
        if let Some(mut course) = self.course.take() {
            let mut bridge = Bridge { answers, console: &self.console };
            course.finish(&mut bridge)?;
        }
        Ok(())
    }

    fn stop(&mut self) {
        // Dropping the course tells the other side.
        self.course = None;
    }
}

/// Carries what a command says into the session, and its questions to the person.
struct Bridge<'a, 'b> {
    answers: Answers<'a>,
    console: &'b Console,
}

impl Channel for Bridge<'_, '_> {
    fn say(&mut self, report: Report) -> Result<()> {
        let record = match report {
            Report::Object(value) => Record::Object(value),
            Report::Warning(text) => Record::Warning(text),
            Report::Verbose(text) => Record::Verbose(text),
            Report::Error(error) => Record::Error(error),
            Report::WhatIf(text) => {
                // What would be done is for the person's eyes, never for the pipeline.
                self.console.write(Stream::Output, &format!("{text}\n"), None, None);
                return Ok(());
            }
            Report::Progress(progress) => Record::Progress(Progress {
                parent: -1,
                activity: progress.activity,
                status: progress.status,
                percent: progress.percent.map_or(-1, i32::from),
                seconds: -1,
                ..Progress::default()
            }),
        };
        (self.answers)(record)
    }

    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        let choices =
            CHOICES.map(|(_, label, help)| Choice { label: label.to_owned(), help: help.to_owned() });
        match self.console.choose(&prompt.caption, &prompt.message, &choices, Some(0)) {
            Ok(chosen) => Ok(CHOICES.get(chosen).map_or(Answer::No, |choice| choice.0)),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(gate::stopped()),
            Err(_) => Err(gate::confirmation_required(prompt)),
        }
    }
}

/// The answers to a question before something is done, worded as PowerShell does.
const CHOICES: [(Answer, &str, &str); 4] = [
    (Answer::Yes, "&Yes", "Continue with only the next step of the operation."),
    (Answer::YesToAll, "Yes to &All", "Continue with all the steps of the operation."),
    (Answer::No, "&No", "Skip this operation and proceed with the next operation."),
    (Answer::NoToAll, "No to A&ll", "Skip this operation and all subsequent operations."),
];
