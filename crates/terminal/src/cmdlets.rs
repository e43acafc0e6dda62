//! The cmdlets as the interpreter meets them: named here, run where the gate is.

use crate::channel::{Course, Gateway};
use crate::console::Console;
use dotnet::Host;
use dotnet::host::{Choice, Stream};
use gate::{Answer, Channel, Declaration, Invocation, Prompt, Report, Signature};
use language::{Invoker, Progress, Record, Remote};
use object::{Result, Value};
use std::sync::Arc;

/// Takes what a command hands back; an error: nobody wants more.
type Answers<'a> = &'a mut dyn FnMut(Record) -> Result<()>;

/// The cmdlets behind a gateway.
pub(crate) struct Cmdlets {
    gateway: Arc<Gateway>,
    console: Arc<Console>,
}

impl Cmdlets {
    pub(crate) fn new(gateway: Arc<Gateway>, console: Arc<Console>) -> Cmdlets {
        Cmdlets { gateway, console }
    }
}

impl Invoker for Cmdlets {
    fn signature(&self, name: &str) -> Option<Arc<Signature>> {
        self.gateway.book().find(name).map(|declaration| Arc::clone(&declaration.signature))
    }

    fn names(&self) -> Vec<String> {
        self.gateway.book().names().map(str::to_owned).collect()
    }

    fn declaration(&self, name: &str) -> Option<Arc<Declaration>> {
        self.gateway.book().find(name)
    }

    fn stands_for(&self, module: &str) -> bool {
        let module = module.to_ascii_lowercase();
        module == "activedirectory" || module.starts_with("microsoft.exchange.management")
    }

    fn open(&mut self, invocation: Invocation) -> Result<Box<dyn Remote>> {
        let course = self.gateway.begin(invocation)?;
        Ok(Box::new(Running { course: Some(course), console: Arc::clone(&self.console), enough: false }))
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
