//! What surrounds a session: `Get-Culture`, `Get-UICulture`, `Get-Host`, `Get-PSCallStack`, `Clear-Host`, `New-Guid`.

use crate::declare::declare;
use dotnet::host::Stream;
use dotnet::values::CultureInfo;
use language::{Call, Command, CoreCommand, Run, StackFrame};
use object::types::Guid;
use object::{Object, Value};

/// `Get-Culture`.
pub(crate) static GET_CULTURE: CoreCommand = CoreCommand::new(
    "Get-Culture",
    "GetCultureCommand",
    || declare("Get-Culture", "", "Name string[] 0 |"),
    || Box::new(GetCulture),
);

struct GetCulture;

impl Command for GetCulture {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if !call.is_given("Name") {
            let culture = call.session().locale().culture;
            return call.write(Value::typed(CultureInfo(culture)));
        }
        for name in call.texts("Name") {
            match dotnet::culture::named(&name) {
                Some(culture) => call.write(Value::typed(CultureInfo(culture)))?,
                None => {
                    let message =
                        format!("Culture is not supported. '{name}' is an invalid culture identifier.");
                    let error =
                        dotnet::Exception::new("System.Globalization.CultureNotFoundException", message);
                    call.error(error.id("ItemNotFoundException").category(dotnet::Category::ObjectNotFound))?;
                }
            }
        }
        Ok(())
    }
}

/// `Get-UICulture`.
pub(crate) static GET_UI_CULTURE: CoreCommand = CoreCommand::new(
    "Get-UICulture",
    "GetUICultureCommand",
    || declare("Get-UICulture", "", ""),
    || Box::new(GetUiCulture),
);

struct GetUiCulture;

impl Command for GetUiCulture {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        // All sentences are English.
        call.write(Value::typed(CultureInfo(&dotnet::culture::EN_US)))
    }
}

/// `Get-Host`.
pub(crate) static GET_HOST: CoreCommand =
    CoreCommand::new("Get-Host", "GetHostCommand", || declare("Get-Host", "", ""), || Box::new(GetHost));

struct GetHost;

impl Command for GetHost {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let host = call.session().find_variable("Host").unwrap_or_default();
        call.write(host)
    }
}

/// `Get-PSCallStack`.
pub(crate) static GET_PS_CALL_STACK: CoreCommand = CoreCommand::new(
    "Get-PSCallStack",
    "GetPSCallStackCommand",
    || declare("Get-PSCallStack", "", ""),
    || Box::new(GetCallStack),
);

struct GetCallStack;

impl Command for GetCallStack {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        call.stack().iter().try_for_each(|frame| call.write(shown(frame)))
    }
}

fn shown(frame: &StackFrame) -> Value {
    let source = &frame.place.source;
    let line = source.position(frame.place.span.start).0;
    let leaf = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let (script, location) = match source.name() {
        Some(path) => (Value::from(&**path), format!("{}: line {line}", leaf(path))),
        None => (Value::Null, "<No file>".to_owned()),
    };
    let command = match &*frame.name {
        "" => "<ScriptBlock>".to_owned(),
        name if frame.is_script => leaf(name),
        name => name.to_owned(),
    };
    let function =
        if frame.is_script || frame.name.is_empty() { "<ScriptBlock>".to_owned() } else { command.clone() };
    Object::named("System.Management.Automation.CallStackFrame")
        .with("Command", command)
        .with("Location", location)
        .with("FunctionName", function)
        .with("ScriptName", script)
        .with("ScriptLineNumber", i32::try_from(line).unwrap_or(i32::MAX))
        .into()
}

/// `Clear-Host`.
pub(crate) static CLEAR_HOST: CoreCommand = CoreCommand::new(
    "Clear-Host",
    "ClearHostCommand",
    || declare("Clear-Host", "", ""),
    || Box::new(ClearHost),
);

/// Home, clear the screen, clear what was scrolled away. [ECMA-48 8.3.21, 8.3.39]
const CLEAR_SCREEN: &str = "\u{1b}[H\u{1b}[2J\u{1b}[3J";

struct ClearHost;

impl Command for ClearHost {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        // Where no terminal shows it there is nothing to clear.
        if call.host().width().is_some() && call.host().is_watched() {
            call.host().write(Stream::Output, CLEAR_SCREEN, None, None);
        }
        Ok(())
    }
}

/// `New-Guid`.
pub(crate) static NEW_GUID: CoreCommand = CoreCommand::new(
    "New-Guid",
    "NewGuidCommand",
    || declare("New-Guid", "", "Empty switch"),
    || Box::new(NewGuid),
);

struct NewGuid;

impl Command for NewGuid {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.flag("Empty") {
            return call.write(Value::Guid(Guid::default()));
        }
        let mut bytes = [0; 16];
        call.host().random(&mut bytes);
        // Version 4: random. [RFC 9562 5.4]
        bytes[6] = bytes[6] & 0x0F | 0x40;
        bytes[8] = bytes[8] & 0x3F | 0x80;
        call.write(Value::Guid(Guid::of_bytes(&bytes).unwrap_or_default()))
    }
}
