//! `Read-Host`, `Get-Credential`, `ConvertTo-SecureString`, `ConvertFrom-SecureString`.

use crate::declare::declare;
use dotnet::host::Field;
use dotnet::{Category, Exception};
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

/// `pause`.
pub(crate) static PAUSE: CoreCommand =
    CoreCommand::new("pause", "", || declare("pause", "", ""), || Box::new(Pause));

struct Pause;

impl Command for Pause {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let fields = [Field { name: "Press Enter to continue...".to_owned(), secret: false, many: false }];
        call.host().prompt("", "", &fields)?;
        Ok(())
    }
}
