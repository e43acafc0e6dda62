//! What goes wrong in .NET and in PowerShell's own rules: an exception with its .NET type, the error id
//! scripts compare, the category and the target that an error record will carry.

use object::value::{Dictionary, Keys, Text, Typed};
use object::{Error, Fault, Value};
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// What every fallible function of this room returns.
pub type Result<T, E = Exception> = std::result::Result<T, E>;

/// PowerShell's categories of errors, as `CategoryInfo` shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[allow(missing_docs, reason = "the names are PowerShell's and say it all")]
pub enum Category {
    #[default]
    NotSpecified,
    OpenError,
    CloseError,
    DeviceError,
    DeadlockDetected,
    InvalidArgument,
    InvalidData,
    InvalidOperation,
    InvalidResult,
    InvalidType,
    MetadataError,
    NotImplemented,
    NotInstalled,
    ObjectNotFound,
    OperationStopped,
    OperationTimeout,
    SyntaxError,
    ParserError,
    PermissionDenied,
    ResourceBusy,
    ResourceExists,
    ResourceUnavailable,
    ReadError,
    WriteError,
    FromStdErr,
    SecurityError,
    ProtocolError,
    ConnectionError,
    AuthenticationError,
    LimitsExceeded,
    QuotaExceeded,
    NotEnabled,
}

impl Category {
    /// The number of the enumeration `ErrorCategory`.
    pub fn number(self) -> i64 {
        self as i64
    }
    /// The category of that number; an unknown one is not specified.
    pub fn of_number(number: i64) -> Category {
        use Category as C;
        let all = [
            C::NotSpecified,
            C::OpenError,
            C::CloseError,
            C::DeviceError,
            C::DeadlockDetected,
            C::InvalidArgument,
            C::InvalidData,
            C::InvalidOperation,
            C::InvalidResult,
            C::InvalidType,
            C::MetadataError,
            C::NotImplemented,
            C::NotInstalled,
            C::ObjectNotFound,
            C::OperationStopped,
            C::OperationTimeout,
            C::SyntaxError,
            C::ParserError,
            C::PermissionDenied,
            C::ResourceBusy,
            C::ResourceExists,
            C::ResourceUnavailable,
            C::ReadError,
            C::WriteError,
            C::FromStdErr,
            C::SecurityError,
            C::ProtocolError,
            C::ConnectionError,
            C::AuthenticationError,
            C::LimitsExceeded,
            C::QuotaExceeded,
            C::NotEnabled,
        ];
        all.into_iter().find(|category| category.number() == number).unwrap_or_default()
    }
}

/// `System.Management.Automation.ErrorCategory`.
pub static ERROR_CATEGORY: object::types::EnumType = object::types::EnumType {
    name: "System.Management.Automation.ErrorCategory",
    flags: false,
    values: &[
        ("NotSpecified", 0),
        ("OpenError", 1),
        ("CloseError", 2),
        ("DeviceError", 3),
        ("DeadlockDetected", 4),
        ("InvalidArgument", 5),
        ("InvalidData", 6),
        ("InvalidOperation", 7),
        ("InvalidResult", 8),
        ("InvalidType", 9),
        ("MetadataError", 10),
        ("NotImplemented", 11),
        ("NotInstalled", 12),
        ("ObjectNotFound", 13),
        ("OperationStopped", 14),
        ("OperationTimeout", 15),
        ("SyntaxError", 16),
        ("ParserError", 17),
        ("PermissionDenied", 18),
        ("ResourceBusy", 19),
        ("ResourceExists", 20),
        ("ResourceUnavailable", 21),
        ("ReadError", 22),
        ("WriteError", 23),
        ("FromStdErr", 24),
        ("SecurityError", 25),
        ("ProtocolError", 26),
        ("ConnectionError", 27),
        ("AuthenticationError", 28),
        ("LimitsExceeded", 29),
        ("QuotaExceeded", 30),
        ("NotEnabled", 31),
    ],
};

/// An exception; one pointer wide and cheap to clone.
#[derive(Clone)]
pub struct Exception(Arc<Facts>);

#[derive(Clone)]
struct Facts {
    type_name: String,
    message: String,
    id: String,
    category: Category,
    target: Option<Value>,
    inner: Option<Exception>,
    object: Option<Value>,
    about: Option<String>,
    /// What its type has besides every exception's members: `Response` of a WebException.
    more: Vec<(&'static str, Value)>,
}

impl Exception {
    /// What is said to a script that asks for more than there may be.
    pub fn out_of_memory() -> Exception {
        Exception::new(
            "System.OutOfMemoryException",
            "Insufficient memory to continue the execution of the program.",
        )
    }

    /// An exception of a .NET type, with its message; its id is the full type name until told otherwise,
    /// as PowerShell has it for what .NET itself throws.
    pub fn new(type_name: impl Into<String>, message: impl Into<String>) -> Exception {
        let type_name = type_name.into();
        let (id, message) = (type_name.clone(), message.into());
        let category = Category::OperationStopped;
        Exception(Arc::new(Facts {
            type_name,
            message,
            id,
            category,
            target: None,
            inner: None,
            object: None,
            about: None,
            more: Vec::new(),
        }))
    }
    /// A `RuntimeException` of the interpreter, with its id.
    pub fn runtime(id: impl Into<String>, message: impl Into<String>) -> Exception {
        Exception::new("System.Management.Automation.RuntimeException", message)
            .id(id)
            .category(Category::InvalidOperation)
    }
    /// A `PSInvalidCastException`: a value that cannot be converted.
    pub fn cast(id: impl Into<String>, message: impl Into<String>) -> Exception {
        Exception::new("System.Management.Automation.PSInvalidCastException", message)
            .id(id)
            .category(Category::InvalidArgument)
    }
    /// A `MethodException`: a call that cannot be made.
    pub fn method(id: impl Into<String>, message: impl Into<String>) -> Exception {
        Exception::new("System.Management.Automation.MethodException", message)
            .id(id)
            .category(Category::NotSpecified)
    }
    /// A `System.ArgumentException` about the parameter `name`.
    pub fn argument(message: impl fmt::Display, name: &str) -> Exception {
        Exception::new("System.ArgumentException", format!("{message} (Parameter '{name}')"))
    }
    /// A `System.ArgumentOutOfRangeException` about the parameter `name`.
    pub fn out_of_range(message: impl fmt::Display, name: &str) -> Exception {
        Exception::new("System.ArgumentOutOfRangeException", format!("{message} (Parameter '{name}')"))
    }
    /// Says which value it was, as .NET does in a second line.
    #[must_use]
    pub fn actual(self, value: impl fmt::Display) -> Exception {
        let message = format!("{}\nActual value was {value}.", self.text());
        self.message(message)
    }
    /// A negative number where none may be.
    pub fn negative(name: &str, value: i64) -> Exception {
        Exception::out_of_range(format!("{name} ('{value}') must be a non-negative value."), name)
            .actual(value)
    }
    /// A number beyond the greatest that may be.
    pub fn greater(name: &str, value: i64, most: i64) -> Exception {
        let message = format!("{name} ('{value}') must be less than or equal to '{most}'.");
        Exception::out_of_range(message, name).actual(value)
    }
    /// A `System.ArgumentNullException` about the parameter `name`.
    pub fn argument_null(name: &str) -> Exception {
        Exception::new("System.ArgumentNullException", format!("Value cannot be null. (Parameter '{name}')"))
    }
    /// A `System.FormatException`.
    pub fn format(message: impl Into<String>) -> Exception {
        Exception::new("System.FormatException", message)
    }
    /// A `System.InvalidOperationException`.
    pub fn invalid_operation(message: impl Into<String>) -> Exception {
        Exception::new("System.InvalidOperationException", message)
    }

    fn change(mut self, change: impl FnOnce(&mut Facts)) -> Exception {
        change(Arc::make_mut(&mut self.0));
        self
    }
    /// Gives it the id that scripts compare.
    #[must_use]
    pub fn id(self, id: impl Into<String>) -> Exception {
        self.change(|facts| facts.id = id.into())
    }
    /// Gives it a category.
    #[must_use]
    pub fn category(self, category: Category) -> Exception {
        self.change(|facts| facts.category = category)
    }
    /// Names the object that was being worked on.
    #[must_use]
    pub fn target(self, target: impl Into<Value>) -> Exception {
        self.change(|facts| facts.target = Some(target.into()))
    }
    /// Names the file or the object that it is about (`FileName`, `ObjectName`).
    #[must_use]
    pub fn about(self, name: impl Into<String>) -> Exception {
        self.change(|facts| facts.about = Some(name.into()))
    }
    /// Gives it a member that its type has besides every exception's: `Response`, `Status`.
    #[must_use]
    pub fn with(self, name: &'static str, value: impl Into<Value>) -> Exception {
        self.change(|facts| facts.more.push((name, value.into())))
    }
    /// Keeps the exception that caused it.
    #[must_use]
    pub fn inner(self, inner: Exception) -> Exception {
        self.change(|facts| facts.inner = Some(inner))
    }
    /// It is an instance of a script's class: of that type, with that object for whoever looks at it.
    #[must_use]
    pub fn of_class(self, name: &str, object: Value) -> Exception {
        self.change(|facts| {
            facts.type_name = name.to_owned();
            facts.object = Some(object);
        })
    }
    /// The exception as a value: `$_.Exception`.
    pub fn value(&self) -> Value {
        match &self.0.object {
            Some(object) => object.clone(),
            None => Value::typed(Thrown(self.clone())),
        }
    }
    /// The instance of a script's class that it is.
    pub fn object(&self) -> Option<&Value> {
        self.0.object.as_ref()
    }
    /// Replaces the message.
    #[must_use]
    pub fn message(self, message: impl Into<String>) -> Exception {
        self.change(|facts| facts.message = message.into())
    }

    /// The .NET name of the type.
    pub fn type_name(&self) -> &str {
        &self.0.type_name
    }
    /// The last part of the type's name, as `CategoryInfo` shows it.
    pub fn reason(&self) -> &str {
        self.0.type_name.rsplit('.').next().unwrap_or_default()
    }
    /// The sentence.
    pub fn text(&self) -> &str {
        &self.0.message
    }
    /// The id that scripts compare.
    pub fn error_id(&self) -> &str {
        &self.0.id
    }
    /// The category.
    pub fn error_category(&self) -> Category {
        self.0.category
    }
    /// The object that was being worked on.
    pub fn target_value(&self) -> Option<&Value> {
        self.0.target.as_ref()
    }
    /// The exception that caused it.
    pub fn inner_exception(&self) -> Option<&Exception> {
        self.0.inner.as_ref()
    }

    /// Whether it goes through a member as it is: PowerShell's own errors of that kind of access, and what
    /// only leaves a callback.
    fn passes(&self, kind: &str) -> bool {
        let name = self.type_name().strip_prefix("System.Management.Automation.");
        name.is_some_and(|name| name == kind)
            || matches!(self.error_id(), "FlowControlInCallback" | "DotNetMethodException")
    }
    /// What a failed call through a method object (`$m = 'x'.Substring; $m.Invoke(9)`) becomes.
    pub fn of_method_object(self) -> Exception {
        if self.type_name() == "System.Management.Automation.MethodInvocationException" {
            return self.id("DotNetMethodException");
        }
        self
    }
    /// What a failed call of a .NET member becomes: `Exception calling "Substring" with "1"
    /// argument(s): "…"`. A `MethodException` passes as it is.
    pub fn while_calling(self, name: &str, arguments: usize) -> Exception {
        if self.passes("MethodException") {
            return self;
        }
        let message =
            format!("Exception calling \"{name}\" with \"{arguments}\" argument(s): \"{}\"", self.text());
        Exception::new("System.Management.Automation.MethodInvocationException", message)
            .id(self.reason().to_owned())
            .category(Category::NotSpecified)
            .inner(self)
    }
    /// What a failed read of a .NET property becomes.
    pub fn while_getting(self, name: &str) -> Exception {
        if self.passes("GetValueException") {
            return self;
        }
        let message = format!("Exception getting \"{name}\": \"{}\"", self.text());
        Exception::new("System.Management.Automation.GetValueInvocationException", message)
            .id("ExceptionWhenGetting")
            .category(Category::NotSpecified)
            .inner(self)
    }
    /// What a failed write of a .NET property becomes.
    pub fn while_setting(self, name: &str) -> Exception {
        if self.passes("SetValueException") {
            return self;
        }
        let message = format!("Exception setting \"{name}\": \"{}\"", self.text());
        Exception::new("System.Management.Automation.SetValueInvocationException", message)
            .id("ExceptionWhenSetting")
            .category(Category::NotSpecified)
            .inner(self)
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}
impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}: {}", self.0.type_name, self.0.id, self.0.message)
    }
}
impl std::error::Error for Exception {}

impl From<Error> for Exception {
    /// The house's own errors become exceptions whose id and category say whose fault it was.
    fn from(error: Error) -> Exception {
        Exception::of_command(error, "")
    }
}

impl Exception {
    /// What an error becomes that a command of the server ended with: of the type that the command's module gives it.
    pub fn of_command(error: Error, command: &str) -> Exception {
        let category = match error.fault() {
            Fault::Caller => Category::InvalidArgument,
            Fault::NotFound => Category::ObjectNotFound,
            Fault::Denied => Category::PermissionDenied,
            Fault::Conflict => Category::InvalidOperation,
            Fault::Limit => Category::LimitsExceeded,
            Fault::Busy => Category::ResourceUnavailable,
            Fault::Server => Category::NotSpecified,
        };
        let made = Exception::new(object::types::exception_of(&error, command), error.to_string())
            .id(error.id())
            .category(category);
        match error.target_name() {
            Some(target) => made.target(target),
            None => made,
        }
    }
}

impl From<std::io::Error> for Exception {
    fn from(error: std::io::Error) -> Exception {
        use std::io::ErrorKind as Kind;
        if error.kind() == Kind::OutOfMemory {
            return Exception::out_of_memory();
        }
        let (type_name, category) = match error.kind() {
            Kind::NotFound => ("System.IO.FileNotFoundException", Category::ObjectNotFound),
            Kind::PermissionDenied => ("System.UnauthorizedAccessException", Category::PermissionDenied),
            Kind::AlreadyExists => ("System.IO.IOException", Category::ResourceExists),
            _ => ("System.IO.IOException", Category::WriteError),
        };
        Exception::new(type_name, error.to_string()).category(category)
    }
}

/// An exception as a value: `$_.Exception`, `[Exception]::new('…')`.
#[derive(Clone)]
pub struct Thrown(pub Exception);
impl Typed for Thrown {
    fn type_name(&self) -> Text {
        self.0.type_name().into()
    }
    fn text(&self) -> String {
        format!("{}: {}", self.0.type_name(), self.0.text())
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        Some(match name.to_ascii_lowercase().as_str() {
            "message" => self.0.text().into(),
            "innerexception" => self.0.inner_exception().map_or(Value::Null, Exception::value),
            "stacktrace" | "helplink" | "source" | "targetsite" => Value::Null,
            // COR_E_EXCEPTION of the base itself, COR_E_SYSTEM of what derives from it.
            "hresult" if self.0.type_name() == "System.Exception" => (-2_146_233_088_i32).into(),
            "hresult" => (-2_146_233_087_i32).into(),
            "commandname" if self.0.type_name().ends_with(".CommandNotFoundException") => {
                self.0.target_value().cloned().unwrap_or_default()
            }
            "data" => Value::Dictionary(Arc::new(Dictionary::named(
                "System.Collections.ListDictionaryInternal",
                Keys::Exact,
            ))),
            "filename" if self.0.type_name().ends_with(".FileNotFoundException") => {
                self.0.0.about.clone().map_or(Value::Null, Value::from)
            }
            "objectname" if self.0.type_name().ends_with(".ObjectDisposedException") => {
                self.0.0.about.clone().unwrap_or_default().into()
            }
            "paramname" => parameter_of(self.0.text()).map_or(Value::Null, Value::from),
            other => {
                let mut more = self.0.0.more.iter();
                return more
                    .find(|(known, _)| known.eq_ignore_ascii_case(other))
                    .map(|(_, value)| value.clone());
            }
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        &["TargetSite", "Message", "Data", "InnerException", "HelpLink", "Source", "HResult", "StackTrace"]
    }
}

fn parameter_of(message: &str) -> Option<&str> {
    message.rsplit_once("(Parameter '").and_then(|(_, rest)| rest.strip_suffix("')"))
}
