//! What a running command says, and how it asks before it acts.

use crate::impact::{Changes, Impact};
use object::{Error, ErrorId, Noun, Object, Result, Value};

/// Something a command says while it runs.
#[derive(Clone, Debug)]
pub enum Report {
    /// A result.
    Object(Value),
    /// What went otherwise than one may think.
    Warning(String),
    /// What is being done; only when `-Verbose` was given.
    Verbose(String),
    /// What would be done; only with `-WhatIf`.
    WhatIf(String),
    /// How far it is.
    Progress(Progress),
    /// One object could not be worked on; the others go on.
    Error(Error),
}

/// How far a command is.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Progress {
    /// What is being done.
    pub activity: String,
    /// On what.
    pub status: String,
    /// How much of it, in percent; `None` when that is not known.
    pub percent: Option<u8>,
}

/// A question before something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The head: `Confirm`.
    pub caption: String,
    /// `Are you sure you want to perform this action?` and the action, a line each.
    pub message: String,
}

/// The answers to a [`Prompt`]; the default is `Yes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// This time.
    Yes,
    /// For the rest of this command, too.
    YesToAll,
    /// Not this time.
    No,
    /// Nor for the rest of this command.
    NoToAll,
}

impl Answer {
    /// All answers with the letter that a person types.
    pub const ALL: [(Answer, char, &'static str); 4] = [
        (Answer::Yes, 'Y', "Yes"),
        (Answer::YesToAll, 'A', "YesToAll"),
        (Answer::No, 'N', "No"),
        (Answer::NoToAll, 'L', "NoToAll"),
    ];
    /// The word on the wire.
    pub fn name(self) -> &'static str {
        Answer::ALL.iter().find(|row| row.0 == self).map_or("No", |row| row.2)
    }
    /// The answer of that word.
    pub fn of_name(name: &str) -> Option<Answer> {
        Answer::ALL.iter().find(|row| row.2.eq_ignore_ascii_case(name)).map(|row| row.0)
    }
}

/// The caller's side of a running command. An error from it ends the command: the caller is gone.
pub trait Channel {
    /// Takes what the command says.
    fn say(&mut self, report: Report) -> Result<()>;
    /// Asks the person; where nobody can be asked, the error is [`confirmation_required`].
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer>;
    /// Whether the next object is not wanted, and only counted: then it needs not be made, and is not said.
    fn passes_over(&mut self) -> bool {
        false
    }
}

/// The error of a channel with nobody to ask.
pub fn confirmation_required(prompt: &Prompt) -> Error {
    let action = prompt.message.lines().last().unwrap_or_default();
    Error::caller(ErrorId::ConfirmationRequired, format!("The command asks for confirmation: {action}"))
        .help("Set Confirm to false to let it act without asking.")
        .about("Confirm")
}

/// Whether the caller is gone, so that nothing needs to be said any more.
pub fn is_stopped(error: &Error) -> bool {
    error.is(ErrorId::PipelineStopped)
}

/// The error of a channel whose other end is gone.
pub fn stopped() -> Error {
    Error::busy(ErrorId::PipelineStopped, "The command was stopped by its caller.")
}

/// What of the given parameters concerns asking and saying.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Preferences {
    pub(crate) what_if: bool,
    pub(crate) confirm: Option<bool>,
    pub(crate) verbose: bool,
    pub(crate) stops: bool,
}

/// What lasts for a whole command, over all its piped objects; targets and the first error are of the last one.
#[derive(Debug, Default)]
pub(crate) struct CommandState {
    pub(crate) all: Option<bool>,
    /// Whether something was not to be done.
    pub(crate) declined: bool,
    pub(crate) targets: Vec<String>,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
}

/// More targets than these are counted, not named, in a record.
const TARGETS_MAX: usize = 1000;

/// Where a command says what it has to say.
pub struct Output<'a> {
    pub(crate) channel: &'a mut dyn Channel,
    pub(crate) state: &'a mut CommandState,
    pub(crate) changes: Changes,
    pub(crate) preferences: Preferences,
}

impl Output<'_> {
    /// Gives a result.
    pub fn object(&mut self, value: impl Into<Value>) -> Result<()> {
        self.channel.say(Report::Object(value.into()))
    }
    /// Whether the next object is only counted, and needs not be made; it is not given then.
    pub fn passes_over(&mut self) -> bool {
        self.channel.passes_over()
    }
    /// Gives an object of `noun` made of name and value pairs.
    pub fn row(
        &mut self,
        noun: &'static Noun,
        pairs: impl IntoIterator<Item = (&'static str, Value)>,
    ) -> Result<()> {
        let object =
            pairs.into_iter().fold(Object::of(noun), |object, (name, value)| object.with(name, value));
        self.object(object)
    }
    /// Warns.
    pub fn warning(&mut self, text: impl Into<String>) -> Result<()> {
        self.channel.say(Report::Warning(text.into()))
    }
    /// Says what is being done, when that is wanted.
    pub fn verbose(&mut self, text: impl Into<String>) -> Result<()> {
        if self.preferences.verbose { self.channel.say(Report::Verbose(text.into())) } else { Ok(()) }
    }
    /// Says how far it is.
    pub fn progress(&mut self, progress: Progress) -> Result<()> {
        self.channel.say(Report::Progress(progress))
    }
    /// Reports that one of several things could not be done, and goes on.
    pub fn error(&mut self, error: Error) -> Result<()> {
        self.state.errors += 1;
        if self.state.first_error.is_none() {
            self.state.first_error = Some(error.message().to_owned());
        }
        self.channel.say(Report::Error(error))
    }

    /// Whether nothing is to be done and all is to be said.
    pub fn is_what_if(&self) -> bool {
        self.preferences.what_if
    }

    /// Whether to do `action` (a sentence, `Setting mailbox "ann".`) to `target`: says what would be done under
    /// `-WhatIf`, asks where that is needed.
    pub fn should(&mut self, target: &str, action: &str) -> Result<bool> {
        if self.preferences.what_if {
            self.channel.say(Report::WhatIf(format!("What if: {action}")))?;
            return Ok(false);
        }
        let go = !self.asks() || self.ask(action)?;
        self.state.declined |= !go;
        if go && self.state.targets.len() < TARGETS_MAX {
            self.state.targets.push(target.to_owned());
        }
        Ok(go)
    }

    fn asks(&self) -> bool {
        match (self.preferences.confirm, self.changes) {
            (Some(confirm), _) => confirm,
            (None, Changes::Yes { confirm }) => confirm >= Impact::High,
            (None, Changes::No) => false,
        }
    }

    fn ask(&mut self, action: &str) -> Result<bool> {
        if let Some(all) = self.state.all {
            return Ok(all);
        }
        let message = format!("Are you sure you want to perform this action?\n{action}");
        let answer = self.channel.ask(&Prompt { caption: "Confirm".to_owned(), message })?;
        match answer {
            Answer::YesToAll => self.state.all = Some(true),
            Answer::NoToAll => self.state.all = Some(false),
            Answer::Yes | Answer::No => {}
        }
        Ok(matches!(answer, Answer::Yes | Answer::YesToAll))
    }
}
