//! Mail and credentials as .NET has them: addresses, messages, network credentials, secrets.

use super::answer::{bool, null, string};
use super::fields::fields;
use super::{Call, Fields, Row};
use crate::collections::{Collection, Flavour};
use crate::exception::{Exception, Result};
use crate::keyed::NameValues;
use crate::mail::{Attached, Letter, Server};
use crate::values::MailAddress;
use object::Value;
use object::types::{Credential, EnumValue, SecureString};
use object::value::Typed;

fn address(call: &Call<'_>) -> Result<MailAddress> {
    call.this_as::<MailAddress>().cloned()
}

const ADDRESS: &[Row] = &[
    ("string DisplayName", |call| string(address(call)?.display_name)),
    ("string User", |call| string(address(call)?.user)),
    ("string Host", |call| string(address(call)?.host)),
    ("string Address", |call| string(address(call)?.address())),
    ("bool Equals(System.Object value)", |call| {
        let (mine, theirs) = (address(call)?.text(), call.plain(0).to_string());
        bool(mine.eq_ignore_ascii_case(&theirs))
    }),
    ("string ToString()", |call| string(address(call)?.text())),
    ("static mailaddress new(string address)", |call| MailAddress::parse(&call.text(0)).map(Value::typed)),
    ("static mailaddress new(string address, string displayName)", |call| {
        let parsed = MailAddress::parse(&call.text(0))?;
        let display_name = match call.text(1) {
            empty if empty.is_empty() => parsed.display_name.clone(),
            name => name,
        };
        Ok(Value::typed(MailAddress { display_name, ..parsed }))
    }),
    ("static bool TryCreate(string address, [ref] System.Object result)", |call| {
        let found = MailAddress::parse(&call.text(0));
        let there = found.is_ok();
        call.set_reference(1, found.map(Value::typed).unwrap_or_default());
        bool(there)
    }),
];

/// Addresses parted by commas outside of quotes.
fn addresses(text: &str) -> Result<Vec<Value>> {
    let (mut quoted, mut start, mut parts) = (false, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts.into_iter().map(|part| MailAddress::parse(part.trim()).map(Value::typed)).collect()
}

fn address_list() -> Value {
    Value::typed(Collection::new(Flavour::MailAddresses, Vec::new(), Vec::new()))
}

fn add_all(list: &Value, text: &str) -> Result<()> {
    if text.is_empty() {
        return Err(Exception::argument("The value cannot be an empty string.", "addresses"));
    }
    let found = addresses(text)?;
    if let Some(list) = list.downcast::<Collection>() {
        list.write().extend(found);
    }
    Ok(())
}

const MESSAGE: &str = "System.Net.Mail.MailMessage";

fn message(from: Value, to: &str, subject: &str, body: &str) -> Result<Value> {
    let list = address_list();
    if !to.is_empty() {
        add_all(&list, to)?;
    }
    let normal = EnumValue { of: &crate::enums::MAIL_PRIORITY, number: 0 };
    let none = EnumValue { of: &crate::enums::DELIVERY_NOTIFICATION, number: 0 };
    Ok(Value::typed(Fields::new(
        MESSAGE,
        vec![
            ("From", from),
            ("To", list),
            ("Bcc", address_list()),
            ("CC", address_list()),
            ("ReplyToList", address_list()),
            ("Priority", Value::Enum(normal)),
            ("DeliveryNotificationOptions", Value::Enum(none)),
            ("Subject", subject.into()),
            ("Headers", Value::typed(NameValues::default())),
            ("Body", body.into()),
            ("IsBodyHtml", false.into()),
            ("Attachments", Value::typed(Collection::new(Flavour::Attachments, Vec::new(), Vec::new()))),
        ],
    )))
}

fn from_texts(call: &mut Call<'_>) -> Result<Value> {
    for (at, name) in ["from", "to"].into_iter().enumerate() {
        if call.text(at).is_empty() {
            return Err(Exception::argument("The value cannot be an empty string.", name));
        }
    }
    let from = MailAddress::parse(&call.text(0))?;
    message(Value::typed(from), &call.text(1), &call.text(2), &call.text(3))
}

const MESSAGE_FIELDS: &[Row] = fields!(
    "mailaddress From" "mailaddress Sender" "System.Net.Mail.MailPriority Priority"
    "System.Net.Mail.DeliveryNotificationOptions DeliveryNotificationOptions" "string Subject"
    "System.Text.Encoding SubjectEncoding" "System.Text.Encoding HeadersEncoding" "string Body"
    "System.Text.Encoding BodyEncoding" "bool IsBodyHtml" "mailaddress ReplyTo"
);

const MESSAGE_REST: &[Row] = &[
    ("System.Net.Mail.MailAddressCollection To", super::fields::READ),
    ("System.Net.Mail.MailAddressCollection Bcc", super::fields::READ),
    ("System.Net.Mail.MailAddressCollection CC", super::fields::READ),
    ("System.Net.Mail.MailAddressCollection ReplyToList", super::fields::READ),
    ("System.Collections.Specialized.NameValueCollection Headers", super::fields::READ),
    ("System.Net.Mail.AttachmentCollection Attachments", super::fields::READ),
    ("void Dispose()", |_| null()),
    ("static System.Net.Mail.MailMessage new()", |_| message(Value::Null, "", "", "")),
    ("static System.Net.Mail.MailMessage new(string from, string to)", from_texts),
    (
        "static System.Net.Mail.MailMessage new(string from, string to, string subject, string body)",
        from_texts,
    ),
    ("static System.Net.Mail.MailMessage new(mailaddress from, mailaddress to)", |call| {
        let to = call.plain(1).to_string();
        message(call.value(0), &to, "", "")
    }),
];

// --- what goes along, and the client that sends ---------------------------------------------------

const ATTACHMENT_NAME: &str = "System.Net.Mail.Attachment";

const ATTACHMENT: &[Row] = &[
    ("string Name", super::fields::READ),
    ("set string Name", super::fields::WRITE),
    ("void Dispose()", |_| null()),
    ("string ContentId", super::fields::READ),
    ("set string ContentId", super::fields::WRITE),
    ("System.Net.Mime.ContentType ContentType", super::fields::READ),
    ("System.Net.Mime.ContentDisposition ContentDisposition", super::fields::READ),
    ("System.IO.Stream ContentStream", super::fields::READ),
    ("static System.Net.Mail.Attachment new(string fileName)", |call| from_file(call, "")),
    ("static System.Net.Mail.Attachment new(string fileName, string mediaType)", |call| {
        let kind = call.text(1);
        from_file(call, &kind)
    }),
    ("static System.Net.Mail.Attachment new(System.IO.Stream contentStream, string name)", |call| {
        Ok(attachment(&call.text(1), "", vec![("ContentStream", call.value(0))]))
    }),
    (
        "static System.Net.Mail.Attachment new(System.IO.Stream contentStream, string name, string mediaType)",
        |call| Ok(attachment(&call.text(1), &call.text(2), vec![("ContentStream", call.value(0))])),
    ),
    ("static System.Net.Mail.Attachment CreateAttachmentFromString(string content, string name)", |call| {
        let stream = super::bytes::memory(call.text(0).into_bytes(), false)?;
        Ok(attachment(&call.text(1), "text/plain", vec![("ContentStream", stream)]))
    }),
];

fn from_file(call: &mut Call<'_>, kind: &str) -> Result<Value> {
    let path = super::path::resolved(call, 0);
    let all = call.engine.host().files().info(&path);
    all.map_err(|error| super::path::file_error(&error, &path))?;
    let name = path.rsplit('/').next().unwrap_or_default().to_owned();
    Ok(attachment(&name, kind, vec![("Path", path.into())]))
}

fn attachment(name: &str, kind: &str, mut held: Vec<(&'static str, Value)>) -> Value {
    let of_kind =
        Fields::new("System.Net.Mime.ContentType", vec![("MediaType", kind.into()), ("Name", name.into())]);
    let way = Fields::new(
        "System.Net.Mime.ContentDisposition",
        vec![("Inline", false.into()), ("DispositionType", "attachment".into()), ("FileName", name.into())],
    );
    held.extend([
        ("Name", name.into()),
        ("ContentType", Value::typed(of_kind)),
        ("ContentDisposition", Value::typed(way)),
    ]);
    held.push(("ContentId", "".into()));
    Value::typed(Fields::new(ATTACHMENT_NAME, held))
}

const KIND_FIELDS: &[Row] = fields!("string MediaType" "string Name" "string CharSet");

const DISPOSITION_FIELDS: &[Row] = &[
    ("bool Inline", super::fields::READ),
    ("set bool Inline", super::fields::WRITE),
    ("string DispositionType", super::fields::READ),
    ("set string DispositionType", |call| {
        let way = call.text(0);
        let fields = call.this_as::<Fields>()?;
        fields.set("Inline", way.eq_ignore_ascii_case("inline").into());
        fields.set("DispositionType", way.into());
        null()
    }),
    ("string FileName", super::fields::READ),
    ("set string FileName", super::fields::WRITE),
];

const CLIENT_FIELDS: &[Row] = fields!(
    "string Host" "int Port" "bool EnableSsl" "bool UseDefaultCredentials" "int Timeout" "object Credentials"
);

fn client(host: &str, port: i32) -> Result<Value> {
    Ok(Value::typed(Fields::new(
        "System.Net.Mail.SmtpClient",
        vec![
            ("Host", host.into()),
            ("Port", Value::Int32(port)),
            ("EnableSsl", false.into()),
            ("UseDefaultCredentials", false.into()),
            ("Timeout", Value::Int32(100_000)),
        ],
    )))
}

/// Where SMTP servers listen. [RFC 5321 4.5.4.2]
const SMTP_PORT: i32 = 25;

const CLIENT: &[Row] = &[
    ("void Send(System.Net.Mail.MailMessage message)", |call| {
        if call.plain(0).is_null() {
            return Err(Exception::argument_null("message"));
        }
        let message = call.value(0);
        send(call, &message)
    }),
    ("void Send(string from, string recipients, string subject, string body)", |call| {
        let message = from_texts(call)?;
        send(call, &message)
    }),
    ("void Dispose()", |_| null()),
    ("static System.Net.Mail.SmtpClient new()", |_| client("", SMTP_PORT)),
    ("static System.Net.Mail.SmtpClient new(string host)", |call| client(&call.text(0), SMTP_PORT)),
    ("static System.Net.Mail.SmtpClient new(string host, int port)", |call| {
        let port = call.plain(1).as_i64().and_then(|port| i32::try_from(port).ok()).unwrap_or(SMTP_PORT);
        client(&call.text(0), port)
    }),
];

fn send(call: &mut Call<'_>, message: &Value) -> Result<Value> {
    let letter = letter(call, message)?;
    let trusts_all = super::exchange::trusts_all(call.engine);
    let fields = call.this_as::<Fields>()?;
    let server = Server {
        host: fields.get("Host").to_string(),
        port: fields.get("Port").as_i64().and_then(|port| u16::try_from(port).ok()).unwrap_or(25),
        tls: crate::compare::truth(&fields.get("EnableSsl")),
        trusts_all,
        logon: super::exchange::logon(&fields.get("Credentials")),
    };
    letter.send(&server, call.engine.host())?;
    null()
}

fn letter(call: &Call<'_>, message: &Value) -> Result<Letter> {
    let message = crate::values::base(message);
    let Some(fields) = message.downcast::<Fields>() else { return Err(Exception::argument_null("message")) };
    let one = |name: &str| crate::values::base(&fields.get(name)).downcast::<MailAddress>().cloned();
    let many = |name: &str| -> Vec<MailAddress> {
        fields.get(name).items().iter().filter_map(|item| item.downcast::<MailAddress>().cloned()).collect()
    };
    let mut attachments = Vec::new();
    for attachment in fields.get("Attachments").items() {
        let Some(held) = crate::values::base(&attachment).downcast::<Fields>() else { continue };
        attachments.push(attached(call, held)?);
    }
    let headers = fields.get("Headers");
    let headers = headers.downcast::<NameValues>().map(NameValues::pairs).unwrap_or_default();
    Ok(Letter {
        from: one("From"),
        to: many("To"),
        cc: many("CC"),
        bcc: many("Bcc"),
        reply_to: one("ReplyTo").into_iter().chain(many("ReplyToList")).collect(),
        subject: fields.get("Subject").to_string(),
        body: fields.get("Body").to_string(),
        is_html: crate::compare::truth(&fields.get("IsBodyHtml")),
        priority: fields.get("Priority").to_string(),
        headers,
        attachments,
    })
}

/// A file, or the bytes of a stream, with what the script said of it.
fn attached(call: &Call<'_>, held: &Fields) -> Result<Attached> {
    let path = held.get("Path").to_string();
    let content = match super::bytes::contents(&held.get("ContentStream")) {
        Some(bytes) => bytes,
        None => {
            let content = call.engine.host().files().read(&path);
            content.map_err(|error| super::path::file_error(&error, &path))?
        }
    };
    let part = |property: &str, name: &str| {
        let inner = held.get(property);
        inner.downcast::<Fields>().map(|fields| fields.get(name)).unwrap_or_default()
    };
    Ok(Attached {
        name: held.get("Name").to_string(),
        content,
        kind: part("ContentType", "MediaType").to_string(),
        id: held.get("ContentId").to_string(),
        inline: crate::compare::truth(&part("ContentDisposition", "Inline")),
    })
}

// --- credentials ------------------------------------------------------------------------------------

const CREDENTIAL: &str = "System.Net.NetworkCredential";

fn network_credential(user: &str, password: SecureString, domain: &str) -> Value {
    Value::typed(Fields::new(
        CREDENTIAL,
        vec![
            ("UserName", user.into()),
            ("Password", password.reveal().into()),
            ("SecurePassword", Value::typed(password.clone())),
            ("Domain", domain.into()),
        ],
    ))
}

/// A password that is an argument: a secret or plain text.
fn secret(call: &Call<'_>, at: usize) -> SecureString {
    match call.plain(at).downcast::<SecureString>() {
        Some(secret) => secret.clone(),
        None => SecureString::new(call.text(at)),
    }
}

fn new_network_credential(call: &mut Call<'_>) -> Result<Value> {
    Ok(network_credential(&call.text(0), secret(call, 1), &call.text(2)))
}

const NETWORK: &[Row] = &[
    ("string UserName", super::fields::READ),
    ("set string UserName", super::fields::WRITE),
    ("string Password", super::fields::READ),
    ("set string Password", |call| {
        let password = call.text(0);
        let fields = call.this_as::<Fields>()?;
        fields.set("SecurePassword", Value::typed(SecureString::new(password.as_str())));
        fields.set("Password", password.into());
        null()
    }),
    ("securestring SecurePassword", super::fields::READ),
    ("set securestring SecurePassword", |call| {
        let password = secret(call, 0);
        let fields = call.this_as::<Fields>()?;
        fields.set("Password", password.reveal().into());
        fields.set("SecurePassword", Value::typed(password));
        null()
    }),
    ("string Domain", super::fields::READ),
    ("set string Domain", super::fields::WRITE),
    ("static System.Net.NetworkCredential new()", |_| Ok(network_credential("", SecureString::new(""), ""))),
    ("static System.Net.NetworkCredential new(string userName, string password)", new_network_credential),
    (
        "static System.Net.NetworkCredential new(string userName, string password, string domain)",
        new_network_credential,
    ),
    (
        "static System.Net.NetworkCredential new(string userName, securestring password)",
        new_network_credential,
    ),
    (
        "static System.Net.NetworkCredential new(string userName, securestring password, string domain)",
        new_network_credential,
    ),
];

const PS_CREDENTIAL: &[Row] = &[
    ("System.Net.NetworkCredential GetNetworkCredential()", |call| {
        let credential = call.this_as::<Credential>()?;
        let (domain, user) = credential.user_name.split_once('\\').unwrap_or(("", &credential.user_name));
        Ok(network_credential(user, credential.password.clone(), domain))
    }),
    ("static pscredential new(string userName, securestring password)", |call| {
        if call.text(0).is_empty() {
            let message = "Cannot process argument because the value of argument \"userName\" is not valid. Change the value of the \"userName\" argument and run the operation again.";
            return Err(Exception::new("System.Management.Automation.PSArgumentException", message));
        }
        let secret = call.plain(1).downcast::<SecureString>().cloned();
        let password = secret.ok_or_else(|| Exception::argument_null("password"))?;
        Ok(Value::typed(Credential { user_name: call.text(0).into(), password }))
    }),
    ("static pscredential Empty", |_| Ok(Value::typed(NoCredential))),
];

/// `[pscredential]::Empty`: neither name nor password.
struct NoCredential;

impl Typed for NoCredential {
    fn type_name(&self) -> object::value::Text {
        "System.Management.Automation.PSCredential".into()
    }
    fn text(&self) -> String {
        "System.Management.Automation.PSCredential".to_owned()
    }
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

// --- programs ---------------------------------------------------------------------------------------

const START_INFO: &[Row] = fields!(
    "string FileName" "string Arguments" "string WorkingDirectory" "bool UseShellExecute" "bool CreateNoWindow"
    "bool RedirectStandardOutput" "bool RedirectStandardError" "bool RedirectStandardInput" "string Verb"
    "string UserName" "string Domain" "System.Diagnostics.ProcessWindowStyle WindowStyle"
);

fn start_info(file: &str, arguments: &str) -> Result<Value> {
    let off = || Value::Bool(false);
    Ok(Value::typed(Fields::new(
        "System.Diagnostics.ProcessStartInfo",
        vec![
            ("FileName", file.into()),
            ("Arguments", arguments.into()),
            ("WorkingDirectory", "".into()),
            ("UseShellExecute", off()),
            ("CreateNoWindow", off()),
            ("RedirectStandardOutput", off()),
            ("RedirectStandardError", off()),
            ("RedirectStandardInput", off()),
            ("Verb", "".into()),
            ("UserName", "".into()),
            ("Domain", "".into()),
            ("WindowStyle", Value::Enum(EnumValue { of: &crate::enums::WINDOW_STYLE, number: 0 })),
        ],
    )))
}

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.Net.Mail.MailAddress", ADDRESS),
    (
        "System.Net.Mail.MailAddressCollection",
        &[
            ("void Add(string addresses)", |call| {
                if call.plain(0).is_null() {
                    return Err(Exception::argument_null("addresses"));
                }
                let text = call.text(0);
                add_all(call.this(), &text)?;
                null()
            }),
            ("static object new()", |_| Ok(address_list())),
        ],
    ),
    ("System.Net.Mail.MailMessage", MESSAGE_FIELDS),
    ("System.Net.Mail.MailMessage", MESSAGE_REST),
    ("System.Net.NetworkCredential", NETWORK),
    ("System.Management.Automation.PSCredential", PS_CREDENTIAL),
    ("System.Diagnostics.ProcessStartInfo", START_INFO),
    (
        "System.Diagnostics.ProcessStartInfo",
        &[
            ("static object new()", |_| start_info("", "")),
            ("static object new(string fileName)", |call| start_info(&call.text(0), "")),
            ("static object new(string fileName, string arguments)", |call| {
                start_info(&call.text(0), &call.text(1))
            }),
        ],
    ),
    ("System.Net.Mail.Attachment", ATTACHMENT),
    ("System.Net.Mime.ContentType", KIND_FIELDS),
    ("System.Net.Mime.ContentDisposition", DISPOSITION_FIELDS),
    ("System.Net.Mail.SmtpClient", CLIENT_FIELDS),
    ("System.Net.Mail.SmtpClient", CLIENT),
];
