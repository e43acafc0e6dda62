//! `Invoke-Expression`, `Invoke-Command` (in this session), `Set-StrictMode`.

use crate::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Halt, Run, Why};
use object::Value;

/// `Invoke-Expression`.
pub(crate) static INVOKE_EXPRESSION: CoreCommand = CoreCommand::new(
    "Invoke-Expression",
    "InvokeExpressionCommand",
    || declare("Invoke-Expression", "", "Command string 0 ! |"),
    || Box::new(InvokeExpression),
);

struct InvokeExpression;

impl Command for InvokeExpression {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("Command").unwrap_or_default();
        let block = call.session().parse_block(&text);
        let block = block.map_err(|error| Halt::from(ErrorRecord::new(error)))?;
        match call.run_dotted(&block) {
            // `return` ends the text and no more.
            Err(halt) if matches!(halt.why(), Why::Return(_)) => Ok(()),
            done => done,
        }
    }
}

/// `Invoke-Command`, as far as it runs here: there are no other computers.
pub(crate) static INVOKE_COMMAND: CoreCommand = CoreCommand::new(
    "Invoke-Command",
    "InvokeCommandCommand",
    || {
        declare(
            "Invoke-Command",
            "",
            "Session object[]
             ComputerName string[] =Cn
             ScriptBlock block 0 ! =Command
             NoNewScope switch
             InputObject object |
             ArgumentList object[] =Args
             Credential object
             Authentication string
             ConfigurationName string
             HideComputerName switch",
        )
    },
    || Box::new(InvokeCommand::default()),
);

#[derive(Default)]
struct InvokeCommand {
    input: Vec<Value>,
}

impl Command for InvokeCommand {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        self.input.extend(input.or_else(|| call.value("InputObject").cloned()));
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        check_places(call)?;
        let block = call.value("ScriptBlock").cloned().unwrap_or_default();
        let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
        let piped = call.is_piped() || call.is_given("InputObject");
        let input = piped.then(|| std::mem::take(&mut self.input));
        match language::Block::of(&block).cloned() {
            Some(here) if call.flag("NoNewScope") && arguments.is_empty() && input.is_none() => {
                call.run_dotted(&here)
            }
            _ if call.flag("NoNewScope") => {
                let message =
                    "-NoNewScope goes with neither -ArgumentList nor piped objects in this version.";
                Err(Exception::runtime("NotSupported", message).category(Category::NotImplemented).into())
            }
            _ if call.is_given("Session") || call.is_given("ComputerName") => {
                call.run_sent(&block, input, arguments)
            }
            _ => call.run_piped(&block, input, arguments),
        }
    }
}

/// What `New-PSSession` makes.
const SESSION_TYPE: &str = "System.Management.Automation.Runspaces.PSSession";

/// Where the block shall run: only here. A session that this shell opened is here; so is this computer.
fn check_places(call: &mut Call<'_>) -> Run {
    let idle = ["Credential", "Authentication", "ConfigurationName", "HideComputerName"];
    if idle.iter().filter(|name| call.is_given(name)).count() > 0 {
        call.verbose("The block runs in this shell, which is connected already.")?;
    }
    let here = call.host().machine_name();
    for name in call.texts("ComputerName") {
        let known = ["localhost", ".", "127.0.0.1", &here].iter().any(|known| {
            !known.is_empty()
                && (known.eq_ignore_ascii_case(&name)
                    || name.to_lowercase().starts_with(&format!("{}.", known.to_lowercase())))
        });
        if !known {
            let message = format!("{name} is not this computer. Scripts run where they are started.");
            let kind = "System.Management.Automation.Remoting.PSRemotingTransportException";
            let error = Exception::new(kind, message).id("ServerIsElsewhere").category(Category::OpenError);
            return Err(ErrorRecord::new(error).with_target(name.into()).into());
        }
    }
    let Some(given) = call.value("Session").cloned() else { return Ok(()) };
    let sessions = given.items();
    if sessions.iter().all(Value::is_null) {
        let message = "Cannot validate argument on parameter 'Session'. The argument is null or empty. Provide an argument that is not null or empty, and then try the command again.";
        let kind = "System.Management.Automation.ParameterBindingValidationException";
        let error = Exception::new(kind, message).id("ParameterArgumentValidationError");
        return Err(error.category(Category::InvalidData).into());
    }
    for session in sessions {
        if &*session.type_name() != SESSION_TYPE {
            let shown = dotnet::member::to_string(call.session(), &session)?;
            let message = format!(
                "Cannot bind parameter 'Session'. Cannot convert the \"{shown}\" value of type \"{}\" to type \"{SESSION_TYPE}\".",
                session.type_name()
            );
            let kind = "System.Management.Automation.ParameterBindingException";
            let error = Exception::new(kind, message).id("CannotConvertArgumentNoMessage");
            return Err(error.category(Category::InvalidArgument).into());
        }
        let state = dotnet::member::own(call.session(), &session, "State")?.unwrap_or_default();
        if state.to_string() != "Opened" {
            let message = "The session is not open. Open one with New-PSSession.";
            let error =
                Exception::runtime("InvalidRunspaceState", message).category(Category::InvalidArgument);
            return Err(ErrorRecord::new(error).with_target(session).into());
        }
    }
    Ok(())
}

/// `Set-StrictMode`.
pub(crate) static SET_STRICT_MODE: CoreCommand = CoreCommand::new(
    "Set-StrictMode",
    "SetStrictModeCommand",
    || declare("Set-StrictMode", "Version Off", "Version object @Version ! =v\nOff switch @Off !"),
    || Box::new(SetStrictMode),
);

/// What `-Version Latest` is.
const STRICT_LATEST: u8 = 3;

struct SetStrictMode;

impl Command for SetStrictMode {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.flag("Off") {
            call.session().set_strict(0);
            return Ok(());
        }
        let given = call.text("Version").unwrap_or_default();
        let major = given.split('.').next().and_then(|major| major.parse::<u8>().ok());
        let level = match major {
            _ if given.eq_ignore_ascii_case("latest") => STRICT_LATEST,
            Some(0) => 0,
            Some(major) => major.min(STRICT_LATEST),
            None => {
                let message = format!(
                    "Cannot validate argument on parameter 'Version'. '{given}' is not a version: use 1.0, 2.0, 3.0 or Latest."
                );
                let kind = "System.Management.Automation.ParameterBindingValidationException";
                return Err(Exception::new(kind, message)
                    .id("ParameterArgumentValidationError")
                    .category(Category::InvalidData)
                    .into());
            }
        };
        call.session().set_strict(level);
        Ok(())
    }
}
