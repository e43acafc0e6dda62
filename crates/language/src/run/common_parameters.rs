//! Common parameters: what `-ErrorAction`, `-OutVariable` and their like change while a command runs.

use super::error::ErrorRecord;
use super::function::FunctionStage;
use super::link::Around;
use super::session::Session;
use super::streams::{self, Actions, Listener};
use dotnet::{Category, Exception};
use gate::bind::Binder;
use object::Value;
use object::value::Text;

/// Refuses an `-ErrorAction` (and its like) that is no action.
pub(super) fn check_actions(binder: &Binder) -> Result<(), ErrorRecord> {
    for parameter in ["ErrorAction", "WarningAction", "InformationAction"] {
        let Some(value) = binder.value(parameter) else { continue };
        let text = value.to_string();
        if value.as_i64().is_some() || text.parse::<u8>().is_ok() || streams::Action::whole(&text).is_some() {
            continue;
        }
        let message = format!(
            "Cannot bind parameter '{parameter}'. Cannot convert value \"{text}\" to type \"System.Management.Automation.ActionPreference\". Error: \"Unable to match the identifier name {text} to a valid enumerator name. Specify one of the following enumerator names and try again:\n{}\"",
            streams::Action::WORDS.join(", ")
        );
        let error = Exception::new("System.Management.Automation.ParameterBindingException", message)
            .id("CannotConvertArgumentNoMessage")
            .category(Category::InvalidArgument);
        return Err(ErrorRecord::new(error));
    }
    Ok(())
}

/// What the common parameters of a command change while it runs.
pub(super) fn common(binder: &Binder, around: &mut Around, session: &mut Session) {
    let word = |name: &str| binder.value(name).map(|value| Text::from(value.to_string()));
    let flag = |name: &str| binder.value(name).map(dotnet::compare::truth);
    let actions = Actions {
        error: word("ErrorAction"),
        warning: word("WarningAction"),
        information: word("InformationAction"),
        verbose: flag("Verbose"),
        debug: flag("Debug"),
    };
    let any = actions.error.is_some()
        || actions.warning.is_some()
        || actions.information.is_some()
        || actions.verbose.is_some()
        || actions.debug.is_some();
    // A command answers to its own preferences, never to those of a command around it.
    around.actions = Some(if any { actions } else { Actions::default() });
    around.out_variable = word("OutVariable").map(|name| (name, Vec::new()));
    around.error_variable = word("ErrorVariable");
    around.pipeline_variable = word("PipelineVariable");
    around.hold =
        binder.value("OutBuffer").and_then(Value::as_i64).and_then(|hold| usize::try_from(hold).ok());
    listen(word, around, session);
}

/// `-WarningVariable` and `-InformationVariable`.
fn listen(word: impl Fn(&str) -> Option<Text>, around: &mut Around, session: &mut Session) {
    let streams = [("WarningVariable", streams::WARNING), ("InformationVariable", streams::INFORMATION)];
    for (parameter, stream) in streams {
        let Some(name) = word(parameter) else { continue };
        around.listeners.push((session.routes.listeners.len(), name));
        session.routes.listeners.push(Listener { stream, listens: false, heard: Vec::new() });
    }
}

pub(super) fn common_of_function(stage: &FunctionStage, around: &mut Around, session: &mut Session) {
    let word = |name: &str| stage.given(name).map(|value| Text::from(value.to_string()));
    around.out_variable = word("OutVariable").map(|name| (name, Vec::new()));
    around.error_variable = word("ErrorVariable");
    around.pipeline_variable = word("PipelineVariable");
    around.hold =
        stage.given("OutBuffer").and_then(Value::as_i64).and_then(|hold| usize::try_from(hold).ok());
    listen(word, around, session);
}
