//! Errors, warnings and the other streams beside the output: where they go, by preference variables,
//! common parameters and redirections.

use super::error::{ErrorRecord, Extent};
use super::halt::{Halt, Run};
pub(super) use super::route::*;
use super::session::Session;
use crate::syntax::Span;
use dotnet::host::Stream;
use object::Value;
use object::value::Text;

/// What happens to an error or a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Silent,
    Stop,
    Go,
    Ask,
    Ignore,
}

impl Action {
    /// The words of `ActionPreference`.
    pub(super) const WORDS: [&'static str; 7] =
        ["SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore", "Suspend", "Break"];

    /// The word that `text` is, or is short for; `None`: none, or several.
    pub(super) fn whole(text: &str) -> Option<&'static str> {
        let exact = Action::WORDS.into_iter().find(|word| word.eq_ignore_ascii_case(text));
        exact.or_else(|| {
            let short = |word: &&str| {
                word.get(..text.len()).is_some_and(|head| head.eq_ignore_ascii_case(text)) && !text.is_empty()
            };
            let mut fitting = Action::WORDS.into_iter().filter(short);
            fitting.next().filter(|_| fitting.next().is_none())
        })
    }

    pub(super) fn of(value: &Value) -> Option<Action> {
        if let Some(number) = value.as_i64() {
            return [Action::Silent, Action::Stop, Action::Go, Action::Ask, Action::Ignore]
                .get(usize::try_from(number).ok()?)
                .copied();
        }
        let word = value.to_string();
        match Action::whole(&word).unwrap_or(&word).to_ascii_lowercase().as_str() {
            "0" | "silentlycontinue" => Some(Action::Silent),
            "1" | "stop" => Some(Action::Stop),
            "2" | "continue" => Some(Action::Go),
            "3" | "inquire" => Some(Action::Ask),
            "4" | "ignore" => Some(Action::Ignore),
            "break" | "suspend" => Some(Action::Go),
            _ => None,
        }
    }
}

impl Session {
    pub(super) fn preference(&self, variable: &str) -> Action {
        self.find_variable(variable).and_then(|value| Action::of(&value)).unwrap_or(Action::Go)
    }

    pub(super) fn error_action(&self) -> Action {
        let own = self.routes.actions.last().and_then(|actions| actions.error.clone());
        match own.and_then(|word| Action::of(&Value::String(word))) {
            Some(action) => action,
            None => self.preference("erroractionpreference"),
        }
    }

    /// The place of `span` in the running code.
    pub(super) fn place(&self, span: Span) -> Extent {
        Extent { source: self.frame.code.source.clone(), span }
    }

    /// An error that does not end the command which reports it, unless preferences say so.
    pub(super) fn report(&mut self, record: ErrorRecord) -> Run {
        self.failed = true;
        match self.error_action() {
            Action::Stop => Err(record.stopped().into()),
            Action::Ignore => Ok(()),
            Action::Silent => {
                self.remember(&record);
                Ok(())
            }
            Action::Ask if !self.goes_on(record.message())? => {
                Err(ErrorRecord::new(chosen_to_stop()).stopped().into())
            }
            Action::Go | Action::Ask => {
                self.remember(&record);
                self.emit(ERROR, record.value(), |session| session.show_error(&record));
                Ok(())
            }
        }
    }

    /// Ends the statement with an error, and the script where errors shall stop it.
    pub(super) fn end_with(&mut self, record: ErrorRecord) -> Run {
        match self.error_action() {
            Action::Stop => self.report(record),
            _ => Err(record.into()),
        }
    }

    /// Asks whether to go on after an error or a warning (`Inquire`).
    fn goes_on(&mut self, message: &str) -> Run<bool> {
        let choices = [
            ("&Yes", "Continue with only the next step of the operation."),
            ("Yes to &All", "Continue with all the steps of the operation."),
            ("&Halt Command", "Stop this command."),
            ("&Suspend", "Pause the current pipeline and return to the command prompt."),
        ]
        .map(|(label, help)| dotnet::host::Choice { label: label.to_owned(), help: help.to_owned() });
        Ok(self.settings.host.choose("Confirm", message, &choices, Some(0))? < 2)
    }

    /// Reports an error that a script wrote (`Write-Error`): it stands where the function that wrote it
    /// was called, under that function's name; at the console under what was typed.
    pub fn write_error(&mut self, record: ErrorRecord, activity: &str) -> Run {
        let bare = record.activity().is_empty();
        let record = if bare { record.with_activity(activity) } else { record };
        let record = match self.calls.last().cloned() {
            // A script file speaks under its own name.
            Some(Called { is_script: true, place, .. }) => self.by_script(record).at(|| place),
            Some(called) if called.name.is_empty() => {
                let code = self.frame.code.clone();
                let block = code.source.slice(code.span);
                let text = block.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(block);
                record.from_command(&text.into()).at(|| called.place)
            }
            Some(Called { name, typed, place, .. }) => {
                let id = format!("{},{name}", record.id());
                let typed = if typed.is_empty() { &name } else { &typed };
                record.with_id(id).from_command(typed).meaning(&name).at(|| place)
            }
            None if self.frame.code.source.name().is_some() => self.by_script(record),
            None => {
                let typed: Text = self.frame.code.source.text().trim_end().into();
                record.from_command(&typed)
            }
        };
        self.report(record)
    }

    fn by_script(&self, record: ErrorRecord) -> ErrorRecord {
        let path: Text = self.frame.code.source.name().map_or("", |name| &**name).into();
        let file = path.rsplit('/').next().unwrap_or(&path);
        let id = format!("{},{file}", record.id());
        record.with_id(id).from_command(&path)
    }

    /// Puts a record at the head of `$Error`, unless it stands there already.
    pub(super) fn remember(&mut self, record: &ErrorRecord) {
        let mut list = self.errors.write();
        let there = list.iter().take(8).filter_map(ErrorRecord::of).any(|known| known.is(record));
        if !there {
            list.insert(0, record.value());
            list.truncate(super::session::ERRORS_KEPT_MAX);
        }
    }

    /// Sends a value along a stream: gathered, dropped, or shown by `show`.
    pub(super) fn emit(&mut self, stream: usize, value: Value, show: impl FnOnce(&mut Session)) {
        match self.routes.to[stream] {
            Route::Console => show(self),
            Route::Nowhere => {}
            Route::Gather(at) => {
                if let Some(gathered) = self.routes.gathered.get_mut(at) {
                    gathered.push(value);
                }
            }
        }
    }

    /// Shows an error at the console, through `Out-Default` where there is one.
    pub(super) fn show_error(&mut self, record: &ErrorRecord) {
        if self.has_console() {
            // The console is the last resort: what it cannot show is written plainly below.
            if self.show(record.value()).is_ok() {
                return;
            }
        }
        let text = self.error_text(record);
        self.settings.host.write(Stream::Error, &text, None, None);
    }

    /// The text of an error in this session's view, ending in a line end.
    pub fn error_text(&self, record: &ErrorRecord) -> String {
        record.text(self.settings.view, self.settings.locale.profile.indented_error_lines)
    }

    /// Writes a warning, by `$WarningPreference`.
    pub fn warning(&mut self, text: &str) -> Run {
        let own = self.routes.actions.last().and_then(|actions| actions.warning.clone());
        let action = own.and_then(|word| Action::of(&Value::String(word)));
        let action = action.unwrap_or_else(|| self.preference("warningpreference"));
        self.line(WARNING, "WARNING", text, action)
    }

    /// Writes a verbose line, by `$VerbosePreference`.
    pub fn verbose(&mut self, text: &str) -> Run {
        let own = self.routes.actions.last().and_then(|actions| actions.verbose);
        let action = switch_action(own).unwrap_or_else(|| self.quiet_preference("verbosepreference"));
        self.line(VERBOSE, "VERBOSE", text, action)
    }

    /// Shows how far long work is, by `$ProgressPreference`.
    pub fn show_progress(&mut self, progress: &dotnet::host::Progress) {
        if self.preference("progresspreference") == Action::Go {
            self.settings.host.progress(progress);
        }
    }

    /// Writes a debug line, by `$DebugPreference`.
    pub fn debug(&mut self, text: &str) -> Run {
        let own = self.routes.actions.last().and_then(|actions| actions.debug);
        let action = switch_action(own).unwrap_or_else(|| self.quiet_preference("debugpreference"));
        self.line(DEBUG, "DEBUG", text, action)
    }

    /// Writes an information record's text, by `$InformationPreference`; host text passes always.
    pub fn information(&mut self, value: Value, tags: Vec<Value>, to_host: bool) -> Run {
        let own = self.routes.actions.last().and_then(|actions| actions.information.clone());
        let action = own.and_then(|word| Action::of(&Value::String(word)));
        let action = action.unwrap_or_else(|| self.quiet_preference("informationpreference"));
        let text = dotnet::text::to_text(&value, self.locale());
        if action != Action::Ignore || to_host {
            let data = Some((value.clone(), tags.clone()));
            let record = || LineRecord { kind: "Information", message: text.as_str().into(), data };
            self.hear(INFORMATION, || Value::typed(record()));
        }
        if action == Action::Stop && !to_host {
            return Err(stopped_by_preference("INFORMATION", &text));
        }
        if to_host || action == Action::Go {
            let record = Value::typed(LineRecord {
                kind: "Information",
                message: text.as_str().into(),
                data: Some((value, tags)),
            });
            self.emit(INFORMATION, record, |session| {
                if !to_host {
                    session.settings.host.write(Stream::Output, &format!("{text}\n"), None, None);
                }
            });
        }
        Ok(())
    }

    /// Whether the information stream reaches the console; `Write-Host` asks before it writes there.
    pub fn information_shows(&self) -> bool {
        self.routes.to[INFORMATION] == Route::Console
    }

    fn quiet_preference(&self, variable: &str) -> Action {
        self.find_variable(variable).and_then(|value| Action::of(&value)).unwrap_or(Action::Silent)
    }

    /// Lets the variables of common parameters hear what a stream carries, shown or not.
    fn hear(&mut self, stream: usize, value: impl FnOnce() -> Value) {
        let mut value = Some(value);
        let mut made: Option<Value> = None;
        for listener in self.routes.listeners.iter_mut().filter(|one| one.listens && one.stream == stream) {
            let heard = made.get_or_insert_with(|| value.take().map(|make| make()).unwrap_or_default());
            listener.heard.push(heard.clone());
        }
    }

    fn line(&mut self, stream: usize, label: &str, text: &str, action: Action) -> Run {
        if action != Action::Ignore {
            self.hear(stream, || line_record(stream, text));
        }
        match action {
            Action::Silent | Action::Ignore => Ok(()),
            Action::Go | Action::Ask => {
                self.emit_line(stream, label, text);
                Ok(())
            }
            Action::Stop => {
                self.emit_line(stream, label, text);
                Err(stopped_by_preference(label, text))
            }
        }
    }

    fn emit_line(&mut self, stream: usize, label: &str, text: &str) {
        let value = line_record(stream, text);
        let line = format!("{label}: {text}\n");
        self.emit(stream, value, |session| session.settings.host.write(Stream::Message, &line, None, None));
    }
}

fn line_record(stream: usize, text: &str) -> Value {
    let kind = ["Warning", "Verbose", "Debug"][stream - WARNING];
    Value::typed(LineRecord { kind, message: text.into(), data: None })
}

/// A warning, verbose or debug line that joined the output.
struct LineRecord {
    kind: &'static str,
    message: Text,
    /// Of an information record: what was written, and its tags.
    data: Option<(Value, Vec<Value>)>,
}

impl object::value::Typed for LineRecord {
    fn type_name(&self) -> Text {
        format!("System.Management.Automation.{}Record", self.kind).into()
    }
    fn text(&self) -> String {
        self.message.to_string()
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match (&self.data, name.to_ascii_lowercase().as_str()) {
            (None, "message") => Some(Value::String(self.message.clone())),
            (Some((value, _)), "messagedata") => Some(value.clone()),
            (Some((_, tags)), "tags") => Some(Value::array(tags.iter().cloned())),
            _ => None,
        }
    }
    fn member_names(&self) -> &'static [&'static str] {
        if self.data.is_some() { &["MessageData", "Tags"] } else { &["Message"] }
    }
}

fn chosen_to_stop() -> dotnet::Exception {
    let message = "The running command stopped because the user selected the Stop option.";
    dotnet::Exception::new("System.Management.Automation.ParentContainsErrorRecordException", message)
        .id("ActionPreferenceStop")
        .category(dotnet::Category::OperationStopped)
}

fn switch_action(given: Option<bool>) -> Option<Action> {
    given.map(|on| if on { Action::Go } else { Action::Silent })
}

fn stopped_by_preference(label: &str, text: &str) -> Halt {
    let message = format!(
        "The running command stopped because the preference variable \"{}{}Preference\" or common parameter is set to Stop: {text}",
        &label[..1],
        label[1..].to_ascii_lowercase()
    );
    let error = dotnet::Exception::new("System.Management.Automation.ActionPreferenceStopException", message)
        .id("ActionPreferenceStop")
        .category(dotnet::Category::OperationStopped);
    ErrorRecord::new(error).stopped_in_expression().into()
}
