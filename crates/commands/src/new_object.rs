//! `New-Object`.

use crate::declare::declare;
use dotnet::{Category, Exception, Type, member, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `New-Object`.
pub(crate) static NEW_OBJECT: CoreCommand = CoreCommand::new(
    "New-Object",
    "NewObjectCommand",
    || {
        declare(
            "New-Object",
            "Net Com",
            "TypeName string @Net 0 !
             ComObject string @Com 0 !
             ArgumentList object[] @Net 1 =Args
             Property hashtable",
        )
    },
    || Box::new(NewObject),
);

struct NewObject;

impl Command for NewObject {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if let Some(name) = call.text("ComObject") {
            let message = format!("Creating an instance of the COM component {name} is not supported here.");
            return Err(Exception::new("System.PlatformNotSupportedException", message)
                .id("NoCOMClassIdentified")
                .category(Category::NotImplemented)
                .into());
        }
        let name = call.text("TypeName").unwrap_or_default();
        let profile = call.session().locale().profile;
        let found = Type::parse(&name)
            .filter(|of| profile.has(of))
            .or_else(|| dotnet::Engine::script_type(call.session(), &name));
        let Some(of) = found else {
            let message = format!(
                "Cannot find type [{name}]: verify that the assembly containing this type is loaded."
            );
            return Err(Exception::new("System.Management.Automation.PSArgumentException", message)
                .id("TypeNotFound")
                .category(Category::InvalidType)
                .into());
        };
        let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
        let made = if is_custom(&of) && arguments.is_empty() {
            Object::custom().into()
        } else {
            created(call, &of, &name, arguments)?
        };
        if let Some(Value::Dictionary(properties)) = call.value("Property").cloned() {
            for (key, value) in properties.to_vec() {
                let key = text::to_text(&key, call.session().locale());
                set(call, &made, &of, &key, value)?;
            }
        }
        call.write(made)
    }
}

fn is_custom(of: &Type) -> bool {
    matches!(
        &*of.name(),
        "System.Management.Automation.PSObject"
            | "System.Management.Automation.PSCustomObject"
            | "System.Object"
    )
}

fn created(call: &mut Call<'_>, of: &Type, name: &str, arguments: Vec<Value>) -> Run<Value> {
    if &*of.name() == "System.Management.Automation.ErrorRecord"
        && let Some(record) = ErrorRecord::of_arguments(&arguments, call.session().locale())
    {
        return Ok(record.value());
    }
    let count = arguments.len();
    let result = member::create(call.session(), of, arguments);
    result.map_err(|error| {
        if error.error_id() == "MethodCountCouldNotFindBest" && count == 0 {
            let message = format!(
                "A constructor was not found. Cannot find an appropriate constructor for type {name}."
            );
            return Exception::new("System.Management.Automation.PSArgumentException", message)
                .id("CannotFindAppropriateCtor")
                .category(Category::ObjectNotFound)
                .into();
        }
        if error.error_id() == "MethodCountCouldNotFindBest" {
            let short = of.name().rsplit(['.', '+']).next().unwrap_or(name).to_owned();
            let message =
                format!("Cannot find an overload for \"{short}\" and the argument count: \"{count}\".");
            return Exception::new("System.Management.Automation.MethodException", message)
                .id("ConstructorInvokedThrowException")
                .category(Category::InvalidOperation)
                .into();
        }
        if error.type_name().ends_with("MethodInvocationException") {
            return error.id("ConstructorInvokedThrowException").category(Category::InvalidOperation).into();
        }
        error.into()
    })
}

fn set(call: &mut Call<'_>, made: &Value, of: &Type, key: &str, value: Value) -> Run {
    if let (true, Value::Object(object)) = (is_custom(of), made) {
        object.set(key, value);
        return Ok(());
    }
    let result = member::set(call.session(), made, key, value);
    result.map_err(|error| {
        if error.error_id() != "PropertyAssignmentException" || error.text().contains("ReadOnly") {
            return error.into();
        }
        let message = format!("The member \"{key}\" was not found for the specified .NET object.");
        Exception::invalid_operation(message)
            .id("InvalidOperationException")
            .category(Category::InvalidOperation)
            .into()
    })
}
