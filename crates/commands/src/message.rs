//! `Write-Host`, `Write-Output`, `Write-Error` and the other streams; `Start-Sleep`.

use crate::declare::{Lenient as _, declare};
use dotnet::host::{CONSOLE_COLORS, Stream};
use dotnet::{Category, Exception, text};
use language::{Call, CategoryWords, Command, CoreCommand, ErrorRecord, Progress, Run};
use object::Value;
use std::time::Duration;

/// The error of a number below what a parameter takes.
pub(crate) fn below_range(parameter: &str, number: i64, least: i64) -> Exception {
    let message = format!(
        "Cannot validate argument on parameter '{parameter}'. The {number} argument is less than the minimum allowed range of {least}. Supply an argument that is greater than or equal to {least} and then try the command again."
    );
    Exception::new("System.Management.Automation.ParameterBindingValidationException", message)
        .id("ParameterArgumentValidationError")
        .category(Category::InvalidData)
}

/// `Write-Host`.
pub(crate) static WRITE_HOST: CoreCommand = CoreCommand::new(
    "Write-Host",
    "WriteHostCommand",
    || {
        declare(
            "Write-Host",
            "",
            "Object object 0 | * =Msg,Message
             NoNewline switch
             Separator object
             ForegroundColor color
             BackgroundColor color",
        )
    },
    || Box::new(WriteHost),
);

struct WriteHost;

fn color(call: &mut Call<'_>, parameter: &str) -> Run<Option<&'static str>> {
    let Some(value) = call.value(parameter).cloned() else { return Ok(None) };
    let of = dotnet::Type::Enum(&dotnet::enums::CONSOLE_COLOR);
    let found = dotnet::convert::to(&value, &of, call.session().locale()).map_err(|error| {
        let message = format!("Cannot bind parameter '{parameter}'. {}", error.text());
        Exception::new("System.Management.Automation.ParameterBindingException", message)
            .id("CannotConvertArgumentNoMessage")
            .category(Category::InvalidArgument)
            .inner(error)
    })?;
    Ok(found.as_i64().and_then(|number| CONSOLE_COLORS.get(number as usize).copied()))
}

impl Command for WriteHost {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (foreground, background) = (color(call, "ForegroundColor")?, color(call, "BackgroundColor")?);
        let value = call.value("Object").cloned().unwrap_or_default();
        let separator = call
            .value("Separator")
            .cloned()
            .map_or_else(|| " ".to_owned(), |value| text::to_text(&value, call.session().locale()));
        let shown = shown(call, &value, &separator)?;
        let end = if call.flag("NoNewline") { "" } else { "\n" };
        if call.session().information_shows() {
            call.host().write(Stream::Output, &format!("{shown}{end}"), foreground, background);
        }
        call.session().information(shown.into(), vec!["PSHOST".into()], true)
    }
}

/// A value as the host shows it: lists element by element.
fn shown(call: &mut Call<'_>, value: &Value, separator: &str) -> Run<String> {
    if let Some(items) = dotnet::index::elements(value) {
        let mut parts = Vec::new();
        for item in items {
            parts.push(shown(call, &item, separator)?);
        }
        return Ok(parts.join(separator));
    }
    if let Value::Dictionary(dictionary) = value {
        let entries = dotnet::index::entries(dictionary);
        let parts: Vec<String> =
            entries.iter().map(|entry| text::to_text(entry, call.session().locale())).collect();
        return Ok(parts.join(separator));
    }
    if matches!(dotnet::values::base(value), Value::DateTime(_)) {
        return Ok(text::of(value, call.session().locale()));
    }
    // A number is shown as it was written: `Write-Host 1.50`.
    if let Value::Object(number) = value
        && let Some(text) = number.as_written()
    {
        return Ok(text.to_string());
    }
    let spoken = dotnet::member::spoken(call.session(), value)?;
    Ok(match &spoken {
        // What a custom object holds is said by culture.
        Value::Object(object) if object.base().is_none() => text::of(&spoken, call.session().locale()),
        spoken => text::to_text(spoken, call.session().locale()),
    })
}

/// `Write-Output`.
pub(crate) static WRITE_OUTPUT: CoreCommand = CoreCommand::new(
    "Write-Output",
    "WriteOutputCommand",
    || declare("Write-Output", "", "InputObject object 0 ! | *\nNoEnumerate switch"),
    || Box::new(WriteOutput),
);

struct WriteOutput;

impl Command for WriteOutput {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = input.or_else(|| call.value("InputObject").cloned()).unwrap_or_default();
        if call.flag("NoEnumerate") { call.write(value) } else { call.write_all(value) }
    }
}

macro_rules! streams {
    ($($id:ident $name:literal $class:literal $struct:ident $method:ident;)*) => {$(
        #[doc = concat!("`", $name, "`.")]
        pub(crate) static $id: CoreCommand = CoreCommand::new(
            $name,
            $class,
            // An empty line is a line.
            || declare($name, "", "Message string 0 ! | =Msg").taking_empty("Message"),
            || Box::new($struct),
        );
        struct $struct;
        impl Command for $struct {
            fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
                let text = call.text("Message").unwrap_or_default();
                call.$method(&text)
            }
        }
    )*};
}

streams! {
    WRITE_WARNING "Write-Warning" "WriteWarningCommand" WriteWarning warning;
    WRITE_VERBOSE "Write-Verbose" "WriteVerboseCommand" WriteVerbose verbose;
    WRITE_DEBUG "Write-Debug" "WriteDebugCommand" WriteDebug debug;
}

/// `Write-Information`.
pub(crate) static WRITE_INFORMATION: CoreCommand = CoreCommand::new(
    "Write-Information",
    "WriteInformationCommand",
    || declare("Write-Information", "", "MessageData object 0 ! | =Msg,Message\nTags string[] 1"),
    || Box::new(WriteInformation),
);

struct WriteInformation;

impl Command for WriteInformation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let value = call.value("MessageData").cloned().unwrap_or_default();
        let tags = call.value("Tags").map(Value::items).unwrap_or_default();
        call.session().information(value, tags, false)
    }
}

/// `Write-Error`.
pub(crate) static WRITE_ERROR: CoreCommand = CoreCommand::new(
    "Write-Error",
    "",
    || {
        declare(
            "Write-Error",
            "NoException WithException ErrorRecord",
            "Exception object @WithException !
             Message string @NoException 0 ! | @WithException =Msg
             ErrorRecord object @ErrorRecord !
             Category object @NoException @WithException
             ErrorId string @NoException @WithException
             TargetObject object @NoException @WithException
             RecommendedAction string
             CategoryActivity string =Activity
             CategoryReason string =Reason
             CategoryTargetName string =TargetName
             CategoryTargetType string =TargetType",
        )
    },
    || Box::new(WriteError),
);

struct WriteError;

impl Command for WriteError {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if let Some(record) = call.value("ErrorRecord").and_then(ErrorRecord::of) {
            return call.script_error(record);
        }
        let message = call.text("Message").unwrap_or_default();
        let given = call
            .value("Exception")
            .and_then(|value| value.downcast::<dotnet::Thrown>())
            .map(|thrown| thrown.0.clone());
        let plain = "Microsoft.PowerShell.Commands.WriteErrorException";
        let (exception, details) = match given {
            Some(exception) if message.is_empty() => (exception, None),
            Some(exception) => (exception, Some(message)),
            None => (Exception::new(plain, message).category(Category::NotSpecified), None),
        };
        let id = call.text("ErrorId").unwrap_or_else(|| exception.type_name().to_owned());
        let mut record = ErrorRecord::new(exception).with_id(id).with_category(category(call)?);
        if let Some(details) = details {
            record = record.with_details(details);
        }
        if let Some(target) = call.value("TargetObject").cloned() {
            record = record.with_target(target);
        }
        record =
            record.with_activity(call.text("CategoryActivity").unwrap_or_else(|| "Write-Error".to_owned()));
        let words = CategoryWords {
            reason: call.text("CategoryReason"),
            target: call.text("CategoryTargetName"),
            target_type: call.text("CategoryTargetType"),
        };
        record = record.with_words(words);
        if let Some(advice) = call.text("RecommendedAction") {
            record = record.with_advice(advice);
        }
        call.script_error(record)
    }
}

fn category(call: &mut Call<'_>) -> Run<Category> {
    let Some(value) = call.value("Category").cloned() else { return Ok(Category::NotSpecified) };
    let of = dotnet::Type::Enum(&dotnet::ERROR_CATEGORY);
    let number = dotnet::convert::to(&value, &of, call.session().locale())?.as_i64().unwrap_or(0);
    Ok(Category::of_number(number))
}

/// `Write-Progress`.
pub(crate) static WRITE_PROGRESS: CoreCommand = CoreCommand::new(
    "Write-Progress",
    "WriteProgressCommand",
    || {
        declare(
            "Write-Progress",
            "",
            "Activity string 0
             Status string 1
             Id int 2
             PercentComplete int
             SecondsRemaining int
             CurrentOperation string
             ParentId int
             Completed switch",
        )
    },
    || Box::new(WriteProgress),
);

struct WriteProgress;

impl Command for WriteProgress {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let number = |name: &str| call.number(name).and_then(|n| i32::try_from(n).ok());
        let progress = Progress {
            id: number("Id").unwrap_or(0),
            parent: number("ParentId").unwrap_or(-1),
            activity: call.text("Activity").unwrap_or_default(),
            status: call.text("Status").unwrap_or_else(|| "Processing".to_owned()),
            operation: call.text("CurrentOperation").unwrap_or_default(),
            percent: number("PercentComplete").unwrap_or(-1),
            seconds: number("SecondsRemaining").unwrap_or(-1),
            completed: call.flag("Completed"),
        };
        call.session().show_progress(&progress);
        Ok(())
    }
}

/// `Start-Sleep`.
pub(crate) static START_SLEEP: CoreCommand = CoreCommand::new(
    "Start-Sleep",
    "StartSleepCommand",
    || {
        declare(
            "Start-Sleep",
            "Seconds Milliseconds FromTimeSpan",
            "Seconds double @Seconds 0 ! | .
             Milliseconds int @Milliseconds ! . =ms
             Duration object @FromTimeSpan ! . =ts",
        )
        .at_least("Seconds", 0)
        .at_least("Milliseconds", 0)
    },
    || Box::new(Sleep),
);

struct Sleep;

impl Command for Sleep {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let seconds = match call.set() {
            "Milliseconds" => {
                let number = call.number("Milliseconds").unwrap_or(0);
                if number < 0 {
                    return Err(below_range("Milliseconds", number, 0).into());
                }
                number as f64 / 1000.0
            }
            "FromTimeSpan" => match call.value("Duration") {
                Some(Value::TimeSpan(span)) => span.ticks as f64 / 1e7,
                _ => 0.0,
            },
            _ => {
                let value = call.value("Seconds").cloned().unwrap_or_default();
                let number = dotnet::convert::to(&value, &dotnet::Type::double(), call.session().locale())?;
                dotnet::values::double(&number).unwrap_or(0.0)
            }
        };
        if seconds < 0.0 {
            return Err(below_range("Seconds", seconds as i64, 0).into());
        }
        call.host().sleep(Duration::try_from_secs_f64(seconds).unwrap_or_default());
        Ok(())
    }
}
