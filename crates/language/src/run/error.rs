//! Error records: what went wrong, in which category, about which object, where in which script; and
//! their text, in PowerShell's layout and in ours.

use crate::syntax::{Source, Span};
use dotnet::{Category, ERROR_CATEGORY, Exception, Locale, Thrown};
use object::types::EnumValue;
use object::value::{Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A place in a script, as PowerShell's script extents name it.
#[derive(Clone)]
pub struct Extent {
    /// The script.
    pub source: Arc<Source>,
    /// Where in it.
    pub span: Span,
}

/// How an error is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// PowerShell's `NormalView`.
    Normal,
    /// `NormalView`, and what to do next under the place: the nearest name, for one.
    Helped,
    /// Ours: the sentence, the place with a caret, what to do next.
    Mailstead,
}

/// An error record; cheap to clone.
#[derive(Clone)]
pub struct ErrorRecord(Arc<Facts>);

#[derive(Clone)]
struct Facts {
    exception: Exception,
    id: String,
    category: Category,
    activity: String,
    target: Value,
    details: Option<String>,
    place: Option<Extent>,
    /// The command it came from, as it was typed.
    command: Option<Text>,
    /// The command that the name means, where that is another one.
    meant: Option<Text>,
    help: Option<String>,
    thrown: bool,
    /// A preference made it end the script.
    stopped: bool,
    /// It says which exception the error is of, where that is not the exception's own name.
    reason: Option<&'static str>,
    trace: String,
    /// What is said in place of the exception's and the target's names.
    words: CategoryWords,
    /// What the person may do (`RecommendedAction`).
    advice: String,
    /// One and the same record, however often it is completed on its way.
    identity: Arc<()>,
}

/// The words of a `CategoryInfo` that `Write-Error` was told.
#[derive(Clone, Default)]
pub struct CategoryWords {
    /// `-CategoryReason`.
    pub reason: Option<String>,
    /// `-CategoryTargetName`.
    pub target: Option<String>,
    /// `-CategoryTargetType`.
    pub target_type: Option<String>,
}

impl ErrorRecord {
    /// The record of an exception, with its id, category and target.
    pub fn new(exception: Exception) -> ErrorRecord {
        ErrorRecord(Arc::new(Facts {
            id: exception.error_id().to_owned(),
            category: exception.error_category(),
            target: exception.target_value().cloned().unwrap_or_default(),
            exception,
            activity: String::new(),
            details: None,
            place: None,
            command: None,
            meant: None,
            help: None,
            thrown: false,
            stopped: false,
            reason: None,
            trace: String::new(),
            words: CategoryWords::default(),
            advice: String::new(),
            identity: Arc::new(()),
        }))
    }

    fn change(mut self, change: impl FnOnce(&mut Facts)) -> ErrorRecord {
        change(Arc::make_mut(&mut self.0));
        self
    }
    /// Of another exception.
    #[must_use]
    pub fn with_exception(self, exception: Exception) -> ErrorRecord {
        self.change(|facts| facts.exception = exception)
    }
    /// With words of its own in `CategoryInfo`.
    #[must_use]
    pub fn with_words(self, words: CategoryWords) -> ErrorRecord {
        self.change(|facts| facts.words = words)
    }
    /// With what the person may do.
    #[must_use]
    pub fn with_advice(self, advice: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.advice = advice.into())
    }
    /// With another id.
    #[must_use]
    pub fn with_id(self, id: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.id = id.into())
    }
    /// With another category.
    #[must_use]
    pub fn with_category(self, category: Category) -> ErrorRecord {
        self.change(|facts| facts.category = category)
    }
    /// About an object.
    #[must_use]
    pub fn with_target(self, target: Value) -> ErrorRecord {
        self.change(|facts| facts.target = target)
    }
    /// With a message that is shown instead of the exception's.
    #[must_use]
    pub fn with_details(self, details: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.details = Some(details.into()))
    }
    /// With what was being done.
    #[must_use]
    pub fn with_activity(self, activity: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.activity = activity.into())
    }
    /// With what to do next.
    #[must_use]
    pub fn with_help(self, help: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.help = Some(help.into()))
    }
    /// With the calls that led to it, a line each.
    #[must_use]
    pub fn with_trace(self, trace: impl Into<String>) -> ErrorRecord {
        self.change(|facts| facts.trace = trace.into())
    }
    /// At a place, unless it has one already.
    #[must_use]
    pub fn at(self, place: impl FnOnce() -> Extent) -> ErrorRecord {
        if self.0.place.is_some() {
            return self;
        }
        let place = place();
        self.change(|facts| facts.place = Some(place))
    }
    /// At another place than it has.
    #[must_use]
    pub fn moved(self, place: Extent) -> ErrorRecord {
        self.change(|facts| facts.place = Some(place))
    }
    /// From a command, unless it has one already: its name stands before the message.
    #[must_use]
    pub fn from_command(self, name: &Text) -> ErrorRecord {
        if self.0.command.is_some() {
            return self;
        }
        self.change(|facts| facts.command = Some(name.clone()))
    }
    /// The command that the typed name means.
    #[must_use]
    pub fn meaning(self, name: &Text) -> ErrorRecord {
        if self.0.meant.is_some() || self.0.command.as_ref() == Some(name) {
            return self;
        }
        self.change(|facts| facts.meant = Some(name.clone()))
    }
    /// Under another command's name.
    #[must_use]
    pub fn under(self, name: &Text) -> ErrorRecord {
        self.change(|facts| facts.command = Some(name.clone()))
    }
    /// Thrown by `throw`, which ends the whole script where nobody catches it.
    #[must_use]
    pub fn thrown(self) -> ErrorRecord {
        self.change(|facts| facts.thrown = true)
    }

    /// Made terminating by a preference (`-ErrorAction Stop`): it ends the whole script where nobody catches it.
    #[must_use]
    pub fn stopped(self) -> ErrorRecord {
        self.change(|facts| (facts.thrown, facts.stopped) = (true, true))
    }
    /// The same of an expression, whose exception then stands for a record.
    #[must_use]
    pub fn stopped_in_expression(self) -> ErrorRecord {
        let made = self.stopped();
        made.change(|facts| facts.reason = Some("ParentContainsErrorRecordException"))
    }
    /// Whether a preference made it terminating.
    pub fn is_stopped(&self) -> bool {
        self.0.stopped
    }

    /// The exception.
    pub fn exception(&self) -> &Exception {
        &self.0.exception
    }
    /// The `FullyQualifiedErrorId`.
    pub fn id(&self) -> &str {
        &self.0.id
    }
    /// The category.
    pub fn category(&self) -> Category {
        self.0.category
    }
    /// What was being done, usually the command's name.
    pub fn activity(&self) -> &str {
        &self.0.activity
    }
    /// What it is about.
    pub fn target(&self) -> &Value {
        &self.0.target
    }
    /// Where it happened.
    pub fn place(&self) -> Option<&Extent> {
        self.0.place.as_ref()
    }
    /// The command it came from.
    pub fn command(&self) -> Option<&Text> {
        self.0.command.as_ref()
    }
    /// What to do next.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }
    /// Whether `throw` threw it.
    pub fn is_thrown(&self) -> bool {
        self.0.thrown
    }
    /// The message as it is shown.
    pub fn message(&self) -> &str {
        self.0.details.as_deref().unwrap_or_else(|| self.0.exception.text())
    }
    /// The message given instead of the exception's.
    pub fn details(&self) -> Option<&str> {
        self.0.details.as_deref()
    }
    /// Line and column, both from 1.
    pub fn position(&self) -> Option<(u32, u32)> {
        let place = self.0.place.as_ref()?;
        Some(place.source.position(place.span.start))
    }

    /// Whether it is the same record as `other`, not only an equal one.
    pub fn is(&self, other: &ErrorRecord) -> bool {
        Arc::ptr_eq(&self.0.identity, &other.0.identity)
    }

    /// The record as a value: `$_` in a catch block, an element of `$Error`.
    pub fn value(&self) -> Value {
        Value::typed(self.clone())
    }
    /// The record that a value is.
    pub fn of(value: &Value) -> Option<ErrorRecord> {
        dotnet::values::base(value).downcast::<ErrorRecord>().cloned()
    }

    /// `(target:TypeOfTarget)` and the rest of the `CategoryInfo` line.
    pub fn category_text(&self) -> String {
        let (target, kind) = self.target_text();
        let reason = self.reason();
        let category = format!("{:?}", self.0.category);
        format!("{category}: ({target}:{kind}) [{}], {reason}", self.0.activity)
    }

    fn reason(&self) -> String {
        match &self.0.words.reason {
            Some(reason) => reason.clone(),
            None => self.0.reason.unwrap_or_else(|| self.0.exception.reason()).to_owned(),
        }
    }

    fn target_text(&self) -> (String, String) {
        let (target, kind) = self.own_target_text();
        let words = &self.0.words;
        (words.target.clone().unwrap_or(target), words.target_type.clone().unwrap_or(kind))
    }

    fn own_target_text(&self) -> (String, String) {
        match &self.0.target {
            Value::Null => (String::new(), String::new()),
            target => {
                let kind = target.type_name();
                let wrapped = matches!(target, Value::Object(object) if object.base().is_some());
                let kind = match kind.rsplit('.').next().unwrap_or_default() {
                    _ if wrapped => "PSObject",
                    "PSCustomObject" => "PSObject",
                    kind => kind,
                };
                let text = match target {
                    Value::Array(array) => array.type_name().to_string(),
                    Value::Typed(typed) if typed.items().is_some() => typed.text(),
                    target @ Value::Object(_) => dotnet::text::to_text(target, &dotnet::Locale::default()),
                    target => target.to_string(),
                };
                (shortened(&text), shortened(kind))
            }
        }
    }

    /// The text of the record, ending in a line end.
    pub fn text(&self, view: View, indented: bool) -> String {
        match view {
            View::Normal => self.normal_text(indented, None),
            View::Helped => self.normal_text(indented, self.help()),
            View::Mailstead => self.own_text(),
        }
    }

    fn normal_text(&self, indented: bool, help: Option<&str>) -> String {
        let mut text = String::new();
        if let Some(command) = &self.0.command {
            text.push_str(&format!("{command} : "));
        }
        text.push_str(self.message());
        text.push('\n');
        // What a script file that cannot be read says already names its places.
        let said = self.0.category == Category::ParserError
            && self.0.command.is_none()
            && self.message().starts_with("At ");
        if let Some(place) = self.0.place.as_ref().filter(|_| !said) {
            text.push_str(&position_text(place));
        }
        // The sentence may end in the help line already.
        if let Some(help) = help.filter(|help| !self.message().ends_with(help)) {
            text.push_str(&format!("  {help}\n"));
        }
        let blanks = if indented { "    " } else { "" };
        text.push_str(&format!("{blanks}+ CategoryInfo          : {}\n", self.category_text()));
        text.push_str(&format!("{blanks}+ FullyQualifiedErrorId : {}\n", self.0.id));
        if indented {
            text.push_str(" \n");
        }
        text
    }

    fn own_text(&self) -> String {
        // The sentence may end in the help line already; it is said once, at the end.
        let help = self.0.help.as_deref().unwrap_or_default();
        let message = self.message().trim_end();
        let mut text = format!("{}\n", message.strip_suffix(help).unwrap_or(message).trim_end());
        if let Some(place) = &self.0.place {
            let (line, column) = place.source.position(place.span.start);
            let name = place.source.name().map_or_else(|| "line".to_owned(), |name| format!("{name}, line"));
            text.push_str(&format!("  at {name} {line}, column {column}:\n"));
            text.push_str(&marked_line(place, "  ", '^'));
        }
        if let Some(help) = &self.0.help {
            text.push_str(&format!("  {help}\n"));
        }
        text
    }
}

/// `At line:1 char:5`, the line, and waves below the place.
pub(super) fn position_text(place: &Extent) -> String {
    let (line, column) = place.source.position(place.span.start);
    let at = match place.source.name() {
        Some(name) => format!("At {name}:{line} char:{column}\n"),
        None => format!("At line:{line} char:{column}\n"),
    };
    at + &marked_line(place, "+ ", '~')
}

/// The widest part of a line that is shown.
const LINE_WIDTH_MAX: usize = 69;

/// So much of a long line is shown behind the place.
const BEHIND_PLACE: usize = 8;

/// So much of a long line is shown before a place that is itself too wide to be shown whole.
const BEFORE_PLACE: usize = 12;

fn marked_line(place: &Extent, before: &str, mark: char) -> String {
    let (line, column) = place.source.position(place.span.start);
    let (last_line, end) = place.source.position(place.span.end);
    let text: Vec<char> = place.source.line(line).trim_end().chars().collect();
    let start = (column as usize - 1).min(text.len());
    let end = if last_line == line { (end as usize - 1).clamp(start, text.len()) } else { text.len() };
    let (shown, offset, width) = window(&text, start, end);
    format!("{before}{shown}\n{before}{}{}\n", " ".repeat(offset), mark.to_string().repeat(width.max(1)))
}

/// A long line is cut around the place, with dots where it goes on: what is shown, where the place is in
/// that, and how wide.
fn window(text: &[char], start: usize, end: usize) -> (String, usize, usize) {
    if text.len() <= LINE_WIDTH_MAX {
        return (text.iter().collect(), start, end - start);
    }
    let mut to = (end + BEHIND_PLACE).min(text.len());
    let before = start.min(BEFORE_PLACE);
    let from = to.saturating_sub(LINE_WIDTH_MAX).min(start - before);
    to = (from + LINE_WIDTH_MAX).min(text.len());
    let (left, right) = (if from > 0 { "… " } else { "" }, if to < text.len() { " …" } else { "" });
    let shown: String = text[from..to].iter().collect();
    let width = end.min(to) - start;
    (format!("{left}{shown}{right}"), left.chars().count() + start - from, width)
}

/// `CategoryInfo` shows 40 characters of a name.
fn shortened(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_owned();
    }
    let cut: Vec<char> = text.chars().collect();
    let (head, tail): (String, String) =
        (cut[..(40 - 3) / 2 + 1].iter().collect(), cut[cut.len() - (40 - 3) / 2..].iter().collect());
    format!("{head}...{tail}")
}

impl From<object::Error> for ErrorRecord {
    fn from(error: object::Error) -> ErrorRecord {
        ErrorRecord::of_command(error, "")
    }
}

impl ErrorRecord {
    /// What a command of the server ended with, or went on from.
    pub(super) fn of_command(error: object::Error, command: &str) -> ErrorRecord {
        let help = error.help_line().map(str::to_owned);
        let record = ErrorRecord::new(Exception::of_command(error, command));
        match help {
            Some(help) => record.with_help(help),
            None => record,
        }
    }
}

impl fmt::Debug for ErrorRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.id, self.message())
    }
}

impl Typed for ErrorRecord {
    fn type_name(&self) -> Text {
        "System.Management.Automation.ErrorRecord".into()
    }
    fn text(&self) -> String {
        self.message().to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "exception" => self.0.exception.value(),
            "fullyqualifiederrorid" => self.id().into(),
            "targetobject" => self.0.target.clone(),
            "categoryinfo" => self.category_value(),
            "errordetails" => match &self.0.details {
                Some(details) => Value::from(
                    Object::named("System.Management.Automation.ErrorDetails")
                        .with("Message", details.as_str())
                        .with("RecommendedAction", self.0.advice.as_str()),
                ),
                None if self.0.advice.is_empty() => Value::Null,
                None => Value::from(
                    Object::named("System.Management.Automation.ErrorDetails")
                        .with("Message", self.message())
                        .with("RecommendedAction", self.0.advice.as_str()),
                ),
            },
            "invocationinfo" => self.invocation_value(),
            "scriptstacktrace" => self.trace().into(),
            "pipelineiterationinfo" => Value::array([]),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &[
            "Exception",
            "TargetObject",
            "CategoryInfo",
            "FullyQualifiedErrorId",
            "ErrorDetails",
            "InvocationInfo",
            "ScriptStackTrace",
            "PipelineIterationInfo",
        ]
    }
}

impl ErrorRecord {
    fn category_value(&self) -> Value {
        let (target, kind) = self.target_text();
        let category = EnumValue { of: &ERROR_CATEGORY, number: self.0.category.number() };
        Value::typed(Part {
            name: "System.Management.Automation.ErrorCategoryInfo",
            text: self.category_text(),
            members: &["Category", "Activity", "Reason", "TargetName", "TargetType"],
            values: vec![
                Value::Enum(category),
                self.0.activity.as_str().into(),
                self.reason().into(),
                target.into(),
                kind.into(),
            ],
        })
    }

    fn invocation_value(&self) -> Value {
        let (line, column) = self.position().unwrap_or((0, 0));
        let (text, message, script) = match &self.0.place {
            Some(place) => (
                whole_line(place, line),
                position_text(place).trim_end().to_owned(),
                place.source.name().map(|name| name.to_string()).unwrap_or_default(),
            ),
            None => Default::default(),
        };
        let name = self.0.command.as_deref().unwrap_or_default();
        let command = match self.0.meant.as_deref().unwrap_or(name) {
            "" => Value::Null,
            name => Value::typed(Part {
                name: "System.Management.Automation.CommandInfo",
                text: name.to_owned(),
                members: &["Name"],
                values: vec![name.into()],
            }),
        };
        Value::typed(Part {
            name: "System.Management.Automation.InvocationInfo",
            text: "System.Management.Automation.InvocationInfo".to_owned(),
            members: &[
                "MyCommand",
                "BoundParameters",
                "ScriptLineNumber",
                "OffsetInLine",
                "ScriptName",
                "Line",
                "PositionMessage",
                "InvocationName",
            ],
            values: vec![
                command,
                Value::from(object::value::Dictionary::new()),
                Value::Int32(line as i32),
                Value::Int32(column as i32),
                script.into(),
                text.into(),
                message.into(),
                name.into(),
            ],
        })
    }

    fn trace(&self) -> String {
        match (&self.0.place, self.position()) {
            (Some(place), Some((line, _))) if self.0.trace.is_empty() => {
                let name = place.source.name().map_or("<No file>", |name| name);
                format!("at <ScriptBlock>, {name}: line {line}")
            }
            _ => self.0.trace.clone(),
        }
    }
}

/// A line with its end, as `InvocationInfo.Line` has it.
pub(super) fn whole_line(place: &Extent, line: u32) -> String {
    let text = place.source.line(line);
    let lines = place.source.text().matches('\n').count() as u32;
    if line <= lines { format!("{text}\n") } else { text.to_owned() }
}

/// A part of a record: values by their names, and its own text.
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) text: String,
    pub(super) members: &'static [&'static str],
    pub(super) values: Vec<Value>,
}

impl Typed for Part {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.text.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let at = self.members.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        self.values.get(at).cloned()
    }
    fn member_names(&self) -> &'static [&'static str] {
        self.members
    }
}

impl ErrorRecord {
    /// The record of `New-Object ErrorRecord EXCEPTION, ID, CATEGORY, TARGET`; `None`: these are not they.
    pub fn of_arguments(arguments: &[Value], locale: &dotnet::Locale) -> Option<ErrorRecord> {
        let [exception, id, category, target] = arguments else { return None };
        let thrown = dotnet::values::base(exception).downcast::<Thrown>()?;
        let of = dotnet::Type::Enum(&ERROR_CATEGORY);
        let number = dotnet::convert::to(category, &of, locale).ok()?.as_i64()?;
        let id = dotnet::text::to_text(id, locale);
        let record = ErrorRecord::new(thrown.0.clone()).with_id(id).with_target(target.clone());
        Some(record.with_category(Category::of_number(number)))
    }
}

/// The record of an exception that a script threw or made: kept as the record it came from.
pub(super) fn record_of(value: &Value, locale: &Locale) -> ErrorRecord {
    if let Some(record) = ErrorRecord::of(value) {
        return record;
    }
    let base = dotnet::values::base(value);
    if let Some(thrown) = base.downcast::<dotnet::Thrown>() {
        let exception = match dotnet::types::class_of(value) {
            Some(class) => thrown.0.clone().of_class(&class.name(), value.clone()),
            None => thrown.0.clone(),
        };
        let id = exception.text().to_owned();
        return ErrorRecord::new(exception).with_id(id).with_category(dotnet::Category::OperationStopped);
    }
    let text = if value.is_null() { "ScriptHalted".to_owned() } else { dotnet::text::to_text(value, locale) };
    let exception = Exception::new("System.Management.Automation.RuntimeException", text.as_str())
        .category(dotnet::Category::OperationStopped);
    ErrorRecord::new(exception).with_id(text).with_target(value.clone())
}
