//! Why a script does not simply go on: an error, `break`, `return`, `exit`, a pipeline that has enough.

use super::error::ErrorRecord;
use dotnet::Exception;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::Mutex;
use std::any::Any;

/// What everything that runs scripts returns.
pub type Run<T = ()> = Result<T, Halt>;

/// Why a script does not simply go on; one pointer wide.
#[derive(Debug)]
pub struct Halt(Box<Why>);

/// The reasons to halt.
#[derive(Debug)]
pub enum Why {
    /// A terminating error.
    Error(ErrorRecord),
    /// `break`, to the loop of that label.
    Break(Option<Text>),
    /// `continue`, with the loop of that label.
    Continue(Option<Text>),
    /// `return`; of a method with its value.
    Return(Option<Value>),
    /// `exit`.
    Exit(i32),
    /// A command of the pipeline of that number needs no more input.
    Enough(u64),
    /// Somebody asked the session to stop.
    Interrupted,
}

impl Halt {
    /// For this reason.
    pub fn new(why: Why) -> Halt {
        Halt(Box::new(why))
    }
    /// The reason.
    pub fn why(&self) -> &Why {
        &self.0
    }
    /// The reason, taken out.
    pub fn into_why(self) -> Why {
        *self.0
    }
    /// The error, when it is one.
    pub fn error(&self) -> Option<&ErrorRecord> {
        match &*self.0 {
            Why::Error(record) => Some(record),
            _ => None,
        }
    }
}

impl From<ErrorRecord> for Halt {
    fn from(record: ErrorRecord) -> Halt {
        Halt::new(Why::Error(record))
    }
}

/// The id of what is no exception, but leaves a call of .NET like one.
const LEAVES: &str = "FlowControlInCallback";

/// Why a script block did not simply go on, while it passes through .NET, which knows only exceptions.
struct Leaving(Mutex<Option<Why>>);

impl Typed for Leaving {
    fn type_name(&self) -> Text {
        "System.Management.Automation.FlowControlException".into()
    }
    fn text(&self) -> String {
        self.type_name().to_string()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What a halt is for code that knows only exceptions; behind the call it is the same halt again.
pub(super) fn exception(halt: Halt) -> Exception {
    match halt.into_why() {
        Why::Error(record) => record.exception().clone(),
        other => {
            let leaving = Value::typed(Leaving(Mutex::new(Some(other))));
            Exception::runtime(LEAVES, "A script block left the call.").target(leaving)
        }
    }
}

/// The halt that an exception carries.
fn carried(exception: &Exception) -> Option<Why> {
    let target = exception.target_value().filter(|_| exception.error_id() == LEAVES)?;
    target.downcast::<Leaving>()?.0.lock().take()
}

impl From<Exception> for Halt {
    fn from(exception: Exception) -> Halt {
        if let Some(why) = carried(&exception) {
            return Halt::new(why);
        }
        ErrorRecord::new(interpreted(exception)).into()
    }
}

/// What the interpreter makes of an exception: a failed cast stands inside a `RuntimeException`.
fn interpreted(exception: Exception) -> Exception {
    if exception.type_name() != "System.Management.Automation.PSInvalidCastException" {
        return exception;
    }
    let outer = Exception::runtime(exception.error_id().to_owned(), exception.text().to_owned())
        .category(exception.error_category());
    match exception.target_value() {
        Some(target) => outer.target(target.clone()),
        None => outer,
    }
    .inner(exception)
}

impl From<object::Error> for Halt {
    fn from(error: object::Error) -> Halt {
        ErrorRecord::from(error).into()
    }
}

impl From<std::io::Error> for Halt {
    fn from(error: std::io::Error) -> Halt {
        Exception::from(error).into()
    }
}

/// `return` ends the block it stands in, and no more.
pub(super) fn ended(result: Run) -> Run {
    match result {
        Err(halt) if matches!(halt.why(), Why::Return(_)) => Ok(()),
        other => other,
    }
}

/// An error with the command in which it came up, where it has no place yet.
pub(super) fn named(halt: Halt, name: &Text, typed: &Text) -> Halt {
    match halt.into_why() {
        Why::Error(record) if record.place().is_none() => {
            let record = record.from_command(typed).meaning(name);
            let bare = record.activity().is_empty();
            let record = if bare { record.with_activity(&**name) } else { record };
            let whole = record.id().contains(',');
            let id = format!("{},{name}", record.id());
            Halt::from(if whole { record } else { record.with_id(id) })
        }
        other => Halt::new(other),
    }
}
