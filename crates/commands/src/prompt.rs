//! `Read-Host`, `Get-Credential`, `ConvertTo-SecureString`, `ConvertFrom-SecureString`.

use crate::declare::declare;
use dotnet::host::Field;
use dotnet::{Category, Exception, convert};
use language::{Call, Command, CoreCommand, Run};
use object::Value;
use object::types::SecureString;

/// `Read-Host`.
pub(crate) static READ_HOST: CoreCommand = CoreCommand::new(
    "Read-Host",
    "ReadHostCommand",
    || {
        declare(
            "Read-Host",
            "AsString AsSecureString",
            "Prompt object 0 *\nAsSecureString switch @AsSecureString\nMaskInput switch @AsString",
        )
    },
    || Box::new(ReadHost),
);

struct ReadHost;

fn no_answer(error: &std::io::Error) -> Exception {
    Exception::invalid_operation(error.to_string())
        .id("InvalidOperation")
        .category(Category::InvalidOperation)
}

impl Command for ReadHost {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let secret = call.flag("AsSecureString") || call.flag("MaskInput");
        let answer = match call.value("Prompt").cloned() {
            Some(prompt) => {
                let parts: Vec<String> = prompt
                    .items()
                    .iter()
                    .map(|part| dotnet::text::to_text(part, call.session().locale()))
                    .collect();
                let field = Field { name: parts.join(" "), secret, many: false };
                call.host()
                    .prompt("", "", &[field])
                    .map_err(|error| no_answer(&error))?
                    .pop()
                    .unwrap_or_default()
            }
            None => call.host().read_line(secret).map_err(|error| no_answer(&error))?,
        };
        if call.flag("AsSecureString") {
            call.write(Value::typed(SecureString::new(answer)))
        } else {
            call.write(answer)
        }
    }
}

/// `Get-Credential`.
pub(crate) static GET_CREDENTIAL: CoreCommand = CoreCommand::new(
    "Get-Credential",
    "GetCredentialCommand",
    || {
        declare(
            "Get-Credential",
            "CredentialSet MessageSet",
            "Credential object @CredentialSet 0
             Message string @MessageSet
             UserName string @MessageSet 0
             Title string @MessageSet",
        )
    },
    || Box::new(GetCredential),
);

struct GetCredential;

impl Command for GetCredential {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let given = call.value("Credential").cloned();
        if let Some(credential) =
            given.filter(|value| value.downcast::<object::types::Credential>().is_some())
        {
            return call.write(credential);
        }
        let user = call.text("UserName").or_else(|| call.text("Credential")).filter(|user| !user.is_empty());
        let caption = call.text("Title").unwrap_or_else(|| "PowerShell credential request".to_owned());
        let message = call.text("Message").unwrap_or_else(|| "Enter your credentials.".to_owned());
        let credential =
            call.host().credential(&caption, &message, user.as_deref()).map_err(|error| no_answer(&error))?;
        call.write(Value::typed(credential))
    }
}

/// `ConvertTo-SecureString`.
pub(crate) static CONVERT_TO_SECURE_STRING: CoreCommand = CoreCommand::new(
    "ConvertTo-SecureString",
    "ConvertToSecureStringCommand",
    || {
        declare(
            "ConvertTo-SecureString",
            "Secure PlainText",
            "String string 0 ! |
             AsPlainText switch @PlainText
             Force switch @PlainText",
        )
    },
    || Box::new(ToSecure),
);

struct ToSecure;

impl Command for ToSecure {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = call.text("String").unwrap_or_default();
        if call.flag("AsPlainText") {
            return call.write(Value::typed(SecureString::new(text)));
        }
        // Without a key the text is what ConvertFrom-SecureString wrote.
        match of_hexadecimal(&text) {
            Some(secret) => call.write(Value::typed(SecureString::new(secret))),
            None => {
                let message = format!(
                    "The input string '{}' was not in a correct format.",
                    text.get(..2).unwrap_or(&text)
                );
                Err(Exception::format(message)
                    .id("System.FormatException")
                    .category(Category::NotSpecified)
                    .into())
            }
        }
    }
}

/// A secret as it is kept without a key: its UTF-16 as hexadecimal digits.
pub(crate) fn hexadecimal(secret: &SecureString) -> String {
    secret.reveal().encode_utf16().map(|unit| format!("{:04x}", unit.swap_bytes())).collect()
}

/// The secret that hexadecimal digits are.
pub(crate) fn of_hexadecimal(text: &str) -> Option<String> {
    let unit =
        |four: &[u8]| u16::from_str_radix(std::str::from_utf8(four).ok()?, 16).ok().map(u16::swap_bytes);
    let units: Option<Vec<u16>> = text.as_bytes().chunks(4).map(unit).collect();
    units
        .filter(|_| !text.is_empty() && text.len().is_multiple_of(4))
        .map(|units| String::from_utf16_lossy(&units))
}

/// `ConvertFrom-SecureString`.
pub(crate) static CONVERT_FROM_SECURE_STRING: CoreCommand = CoreCommand::new(
    "ConvertFrom-SecureString",
    "ConvertFromSecureStringCommand",
    || {
        declare(
            "ConvertFrom-SecureString",
            "Secure AsPlainText",
            "SecureString secret 0 ! |\nAsPlainText switch @AsPlainText",
        )
    },
    || Box::new(FromSecure),
);

struct FromSecure;

impl Command for FromSecure {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let value = call.value("SecureString").cloned().unwrap_or_default();
        let Some(secret) = value.downcast::<SecureString>() else {
            return Err(convert::refuse(&value, &dotnet::Type::named("System.Security.SecureString")).into());
        };
        let text = secret.reveal().to_owned();
        if call.flag("AsPlainText") {
            return call.write(text);
        }
        call.write(hexadecimal(secret))
    }
}
