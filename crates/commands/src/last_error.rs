//! `Get-Error`: all that is known of the errors that happened last.

use crate::declare::{Lenient as _, declare};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Get-Error`.
pub(crate) static GET_ERROR: CoreCommand = CoreCommand::new(
    "Get-Error",
    "GetErrorCommand",
    || {
        declare("Get-Error", "Newest Error", "InputObject object @Error | 0 !\nNewest int @Newest =Last")
            .at_least("Newest", 1)
    },
    || Box::new(GetError),
);

/// Exceptions in exceptions that are shown.
const INNER_MAX: usize = 10;

struct GetError;

impl Command for GetError {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if let Some(given) = call.value("InputObject").cloned() {
            return match ErrorRecord::of(&given) {
                Some(record) => {
                    let made = shown(call, &record);
                    call.write(made)
                }
                None => call.write(given),
            };
        }
        let newest = call.number("Newest").and_then(|count| usize::try_from(count).ok()).unwrap_or(1);
        let errors = call.session().errors();
        for record in errors.iter().take(newest) {
            let made = shown(call, record);
            call.write(made)?;
        }
        Ok(())
    }
}

fn shown(call: &mut Call<'_>, record: &ErrorRecord) -> Value {
    let value = Value::typed(record.clone());
    let mut made = Object::named("System.Management.Automation.ErrorRecord#PSExtendedError");
    let mut exception = record.exception().clone();
    let mut chain = vec![format!("{}: {}", exception.type_name(), exception.text())];
    while let Some(inner) = exception.inner_exception().cloned().filter(|_| chain.len() < INNER_MAX) {
        chain.push(format!("{}: {}", inner.type_name(), inner.text()));
        exception = inner;
    }
    made = made.with("Exception", chain.join("\n"));
    for name in ["TargetObject", "CategoryInfo", "FullyQualifiedErrorId", "ErrorDetails", "ScriptStackTrace"]
    {
        let held = dotnet::member::own(call.session(), &value, name).ok().flatten().unwrap_or_default();
        made = made.with(name, held);
    }
    let place =
        dotnet::member::own(call.session(), &value, "InvocationInfo").ok().flatten().unwrap_or_default();
    let place =
        dotnet::member::own(call.session(), &place, "PositionMessage").ok().flatten().unwrap_or_default();
    made.with("Position", place).into()
}
