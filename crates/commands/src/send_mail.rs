//! `Send-MailMessage`.

use crate::declare::{Lenient as _, declare};
use dotnet::mail::{Attached, Letter, Server};
use dotnet::values::MailAddress;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::types::Credential;

/// Where SMTP servers listen. [RFC 5321 4.5.4.2]
const SMTP_PORT: u16 = 25;

/// `Send-MailMessage`.
pub(crate) static SEND_MAIL_MESSAGE: CoreCommand = CoreCommand::new(
    "Send-MailMessage",
    "SendMailMessage",
    || {
        declare(
            "Send-MailMessage",
            "",
            "To string[] 0 ! .
             Subject string 1 . =sub
             Body string 2 .
             SmtpServer string 3 . =ComputerName
             From string ! .
             Attachments string[] | . =PsPath
             Bcc string[] .
             BodyAsHtml switch . =BAH
             Cc string[] .
             Credential object .
             DeliveryNotificationOption string[] . =DNO
             Encoding object . =BE
             Port int .
             Priority string .
             ReplyTo string[] .
             UseSsl switch .",
        )
        .one_of("Priority", &["Normal", "Low", "High"])
        .within("Port", 0, 65_535)
    },
    || Box::new(SendMail::default()),
);

#[derive(Default)]
struct SendMail {
    attachments: Vec<Attached>,
}

impl Command for SendMail {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for path in call.texts("Attachments") {
            let full = call.session().full_path(&path);
            match call.host().files().read(&full) {
                Ok(content) => {
                    let name = full.rsplit('/').next().unwrap_or(&full).to_owned();
                    self.attachments.push(Attached { name, content, ..Attached::default() });
                }
                Err(error) => {
                    let error = crate::encoding::not_opened(call, &error, &full);
                    return Err(error.id("FileNotFound").category(Category::InvalidOperation).into());
                }
            }
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let server = server(call)?;
        let from = one(call, "From")?;
        let letter = Letter {
            from: Some(from),
            to: addresses(call, "To")?,
            cc: addresses(call, "Cc")?,
            bcc: addresses(call, "Bcc")?,
            reply_to: addresses(call, "ReplyTo")?,
            subject: call.text("Subject").unwrap_or_default(),
            body: call.text("Body").unwrap_or_default(),
            is_html: call.flag("BodyAsHtml"),
            priority: call.text("Priority").unwrap_or_default(),
            headers: notifications(call)?,
            attachments: std::mem::take(&mut self.attachments),
        };
        // The text goes as UTF-8, which every encoding's text is readable in.
        crate::encoding::wanted(call, "Encoding")?;
        let host = call.host();
        match letter.send(&server, &*host) {
            Ok(()) => Ok(()),
            Err(error) => {
                let why = error.inner_exception().map(|inner| inner.text().to_owned());
                let id = error.type_name().rsplit('.').next().unwrap_or_default().to_owned();
                let record = ErrorRecord::new(error.id(id).category(Category::InvalidOperation));
                call.error(match why {
                    Some(why) => record.with_help(why),
                    None => record,
                })
            }
        }
    }
}

/// The server that was named, by the command or by `$PSEmailServer`.
fn server(call: &mut Call<'_>) -> Run<Server> {
    let preset = || call.text("SmtpServer").filter(|name| !name.trim().is_empty());
    let named = match preset() {
        Some(named) => Some(named),
        None => call.session().find_variable("PSEmailServer").map(|value| value.to_string()),
    };
    let Some(host) = named.filter(|name| !name.trim().is_empty()) else {
        let message = "The email cannot be sent because no SMTP server was specified. You must specify an SMTP server by using either the SmtpServer parameter or the $PSEmailServer variable.";
        return Err(Exception::invalid_operation(message)
            .id("HostNotSpecified")
            .category(Category::InvalidArgument)
            .into());
    };
    let port = call.number("Port").and_then(|port| u16::try_from(port).ok()).filter(|port| *port > 0);
    let logon = call
        .value("Credential")
        .and_then(|value| dotnet::values::base(value).downcast::<Credential>().cloned());
    let (tls, trusts_all) = (call.flag("UseSsl"), dotnet::web::trusts_all(call.session()));
    Ok(Server { host, port: port.unwrap_or(SMTP_PORT), tls, trusts_all, logon })
}

fn one(call: &mut Call<'_>, parameter: &str) -> Run<MailAddress> {
    let text = call.text(parameter).unwrap_or_default();
    MailAddress::parse(&text).map_err(|error| refused(error, &text).into())
}

fn addresses(call: &mut Call<'_>, parameter: &str) -> Run<Vec<MailAddress>> {
    let mut found = Vec::new();
    for text in call.texts(parameter) {
        match MailAddress::parse(text.trim()) {
            Ok(address) => found.push(address),
            Err(error) => call.error(refused(error, &text))?,
        }
    }
    Ok(found)
}

fn refused(error: Exception, text: &str) -> ErrorRecord {
    let record = ErrorRecord::new(error.id("FormatException").category(Category::InvalidType));
    record.with_target(text.into())
}

/// The header that asks a receiving program for word of delivery; the server's own reports are asked for by none.
fn notifications(call: &mut Call<'_>) -> Run<Vec<(String, String)>> {
    let wanted = call.texts("DeliveryNotificationOption");
    let known = ["None", "OnSuccess", "OnFailure", "Delay", "Never"];
    if let Some(other) =
        wanted.iter().find(|word| !known.iter().any(|known| known.eq_ignore_ascii_case(word)))
    {
        let message = format!(
            "Cannot bind parameter 'DeliveryNotificationOption'. '{other}' is none of {}.",
            known.join(", ")
        );
        return Err(Exception::argument(message, "DeliveryNotificationOption").into());
    }
    let success = wanted.iter().any(|word| word.eq_ignore_ascii_case("OnSuccess"));
    let from = call.text("From").unwrap_or_default();
    Ok(if success { vec![("Return-Receipt-To".to_owned(), from)] } else { Vec::new() })
}
