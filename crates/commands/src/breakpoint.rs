//! `Set-PSBreakpoint`, `Get-PSBreakpoint`, `Remove-PSBreakpoint`: there is no debugger, so that nothing can be set and
//! there is never one to be shown or removed.

use crate::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;

/// `Set-PSBreakpoint`.
pub(crate) static SET_PSBREAKPOINT: CoreCommand = CoreCommand::new(
    "Set-PSBreakpoint",
    "SetPSBreakpointCommand",
    || {
        declare(
            "Set-PSBreakpoint",
            "Line Command Variable",
            "Line int[] @Line 1 !
             Script string[] @Line 0 ! @Command 0 @Variable 0
             Column int @Line 2
             Command string[] @Command ! =C
             Variable string[] @Variable ! =V
             Mode string @Variable
             Action block",
        )
    },
    || Box::new(SetBreakpoint),
);

struct SetBreakpoint;

impl Command for SetBreakpoint {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let given: Vec<String> = call.given().iter().map(|name| format!("-{name}")).collect();
        let message = format!(
            "Breakpoints need a debugger, which is not built yet: Set-PSBreakpoint {} sets none.",
            given.join(" ")
        );
        Err(Exception::runtime("NotSupported", message).category(Category::NotImplemented).into())
    }
}

/// `Get-PSBreakpoint`.
pub(crate) static GET_PSBREAKPOINT: CoreCommand = CoreCommand::new(
    "Get-PSBreakpoint",
    "GetPSBreakpointCommand",
    || declare("Get-PSBreakpoint", "Script Id", "Script string[] @Script 0 |\nId int[] @Id 0 !"),
    || Box::new(GetBreakpoint),
);

struct GetBreakpoint;

impl Command for GetBreakpoint {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        call.texts("Script");
        for id in call.value("Id").map(Value::items).unwrap_or_default() {
            call.error(missing(&id))?;
        }
        Ok(())
    }
}

/// `Remove-PSBreakpoint`.
pub(crate) static REMOVE_PSBREAKPOINT: CoreCommand = CoreCommand::new(
    "Remove-PSBreakpoint",
    "RemovePSBreakpointCommand",
    || {
        declare(
            "Remove-PSBreakpoint",
            "Breakpoint Id",
            "Breakpoint object[] @Breakpoint 0 ! |\nId int[] @Id 0 ! .",
        )
    },
    || Box::new(RemoveBreakpoint),
);

struct RemoveBreakpoint;

impl Command for RemoveBreakpoint {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut given = call.value("Breakpoint").map(Value::items).unwrap_or_default();
        given.extend(call.value("Id").map(Value::items).unwrap_or_default());
        given.into_iter().try_for_each(|one| call.error(missing(&one)))
    }
}

fn missing(id: &Value) -> ErrorRecord {
    let message = format!("There is no breakpoint with ID '{id}'.");
    let error = Exception::argument(message, "").id("PSBreakpoint:BreakpointIdNotFound");
    ErrorRecord::new(error.category(Category::InvalidArgument)).with_target(id.clone())
}
