//! The request that a script's parameters ask for.

use crate::encoding::not_read;
use crate::hex::file_of;
use dotnet::host::WebRequest;
use dotnet::member::Fields;
use dotnet::values::{Encoding, Uri, base};
use dotnet::web::{Cookies, basic, set_header};
use dotnet::{Category, Exception};
use language::{Call, Run};
use object::Value;
use object::types::{Credential, SecureString};
use object::value::Dictionary;
use std::time::Duration;

/// So many redirections are followed where nothing else is said.
const REDIRECTIONS: i64 = 5;

/// Seconds between two tries where nothing else is said.
const RETRY_SECONDS: i64 = 5;

/// A request and how it is made.
pub(super) struct Asked {
    pub(super) request: WebRequest,
    pub(super) logon: Option<Credential>,
    pub(super) redirections: u32,
    /// How often it is tried again where the server is not well, and how long to wait before.
    pub(super) retries: i64,
    pub(super) pause: Duration,
    /// Where the answer is kept.
    pub(super) out_file: Option<String>,
    /// Whether it is given as well.
    pub(super) passes: bool,
    /// Whether an answer that is no success is one all the same.
    pub(super) takes_any: bool,
    /// The variables that get the header and the status.
    pub(super) variables: (Option<String>, Option<String>),
    /// Whether the log-on of Windows was asked for, which there is none of.
    pub(super) by_windows: bool,
    /// The session that was given, or that is begun.
    session: Option<Value>,
}

impl Asked {
    pub(super) fn of(call: &mut Call<'_>) -> Run<Asked> {
        no_conflict(call)?;
        let session = match call.value("WebSession").map(|value| base(value).clone()) {
            Some(given) if given.downcast::<Fields>().is_none() => {
                let message = "-WebSession is a session that -SessionVariable made, or [Microsoft.PowerShell.Commands.WebRequestSession]::new().";
                return Err(Exception::argument(message, "WebSession").into());
            }
            Some(given) => Some(given),
            None if call.is_given("SessionVariable") => Some(dotnet::member::new_web_session()),
            None => None,
        };
        let url = address(&call.text("Uri").unwrap_or_default())?;
        let trusts_all = call.flag("SkipCertificateCheck") || dotnet::web::trusts_all(call.session());
        let seconds = call.number("TimeoutSec").and_then(|seconds| u64::try_from(seconds).ok());
        let mut made = Asked {
            request: WebRequest {
                method: method(call),
                url,
                wait: seconds.filter(|seconds| *seconds > 0).map(Duration::from_secs),
                trusts_all,
                ..WebRequest::default()
            },
            logon: None,
            redirections: redirections(call, session.as_ref()),
            retries: call.number("MaximumRetryCount").unwrap_or(0),
            pause: Duration::from_secs(
                call.number("RetryIntervalSec").unwrap_or(RETRY_SECONDS).unsigned_abs(),
            ),
            out_file: call.text("OutFile"),
            passes: call.flag("PassThru"),
            takes_any: call.flag("SkipHttpErrorCheck"),
            variables: (call.text("ResponseHeadersVariable"), call.text("StatusCodeVariable")),
            by_windows: call.flag("UseDefaultCredentials"),
            session,
        };
        made.share(call);
        made.head(call);
        made.body(call)?;
        made.log_on(call)?;
        Ok(made)
    }

    /// What the session has is taken, and what the command says beyond it is kept there for the next one.
    fn share(&mut self, call: &Call<'_>) {
        let own = credential(call.value("Credential"));
        let Some(session) = self.session.as_ref().and_then(|session| session.downcast::<Fields>()) else {
            self.logon = own;
            return;
        };
        if self.by_windows {
            session.set("UseDefaultCredentials", true.into());
        }
        // What -Authentication sends goes with this one request.
        if let Some(own) = own.as_ref().filter(|_| !says(call, "Authentication")) {
            session.set("Credentials", Value::typed(own.clone()));
            session.set("UseDefaultCredentials", false.into());
        }
        if let Some(agent) = call.text("UserAgent") {
            session.set("UserAgent", agent.into());
        }
        if let Some(most) = call.number("MaximumRedirection").and_then(|most| i32::try_from(most).ok()) {
            session.set("MaximumRedirection", most.into());
        }
        if let (Value::Dictionary(shared), Some(Value::Dictionary(given))) =
            (base(&session.get("Headers")), call.value("Headers").map(base))
        {
            let told = given.to_vec().into_iter().filter(|(_, value)| !value.is_null());
            told.for_each(|(name, value)| shared.insert(name, value));
        }
        self.by_windows = dotnet::compare::truth(&session.get("UseDefaultCredentials"));
        self.logon =
            own.or_else(|| dotnet::web::logon(&session.get("Credentials")).filter(|_| !self.by_windows));
    }

    /// The lines of the header: the session's, then the command's.
    fn head(&mut self, call: &Call<'_>) {
        let shared = self.session.as_ref().and_then(|session| session.downcast::<Fields>());
        let of_session = shared.map(|fields| fields.get("Headers")).unwrap_or_default();
        let agent =
            shared.map(|fields| fields.get("UserAgent").to_string()).filter(|agent| !agent.is_empty());
        if let Some(agent) = call.text("UserAgent").or(agent) {
            set_header(&mut self.request.headers, "User-Agent", agent);
        }
        let own = call.value("Headers").cloned().unwrap_or_default();
        for table in [of_session, own] {
            let Value::Dictionary(table) = base(&table) else { continue };
            for (name, value) in table.to_vec().into_iter().filter(|(_, value)| !value.is_null()) {
                let value = value.items().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
                set_header(&mut self.request.headers, &name.to_string(), value);
            }
        }
        if let Some(kind) = call.text("ContentType") {
            set_header(&mut self.request.headers, "Content-Type", kind);
        }
    }

    fn body(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(path) = call.text("InFile") {
            let full = call.session().full_path(&path);
            let read = call.host().files().read(&full);
            self.request.body = read.map_err(|error| not_read(&error, &full))?;
            return Ok(());
        }
        if let Some(Value::Dictionary(form)) = call.value("Form").map(|value| base(value).clone()) {
            return self.form(call, &form);
        }
        let Some(given) = call.value("Body").map(|value| base(value).clone()) else { return Ok(()) };
        let query = matches!(self.request.method.as_str(), "GET" | "HEAD");
        match &given {
            Value::Null => {}
            Value::Dictionary(table) => {
                let pairs = encoded(call, table);
                match query {
                    true if pairs.is_empty() => {}
                    true => {
                        let mark = if self.request.url.contains('?') { '&' } else { '?' };
                        self.request.url.push_str(&format!("{mark}{pairs}"));
                    }
                    false => {
                        self.usual_kind("application/x-www-form-urlencoded");
                        self.request.body = pairs.into_bytes();
                    }
                }
            }
            Value::Array(bytes) if bytes.element().is_some_and(|of| &**of == "System.Byte") => {
                self.request.body =
                    bytes.to_vec().iter().filter_map(Value::as_i64).map(|b| b as u8).collect();
            }
            other => {
                if self.request.method == "POST" {
                    self.usual_kind("application/x-www-form-urlencoded");
                }
                let text = match other.downcast::<dotnet::xml::Node>() {
                    Some(node) => dotnet::xml::outer(node),
                    None => call.text("Body").unwrap_or_default(),
                };
                self.request.body = self.encoding()?.bytes(&text);
            }
        }
        Ok(())
    }

    /// How a text is sent: in the encoding that the kind of content names, else in UTF-8.
    fn encoding(&self) -> Run<Encoding> {
        let kind = dotnet::web::header(&self.request.headers, "Content-Type").unwrap_or_default();
        let Some(name) = dotnet::web::charset(kind) else { return Ok(Encoding::Utf8NoMark) };
        Encoding::named(&name).ok_or_else(|| {
            let message = format!("'{name}' is not a supported encoding name.");
            let error = Exception::argument(message, "name").id("WebCmdletEncodingException");
            error.category(Category::InvalidArgument).into()
        })
    }

    fn usual_kind(&mut self, kind: &str) {
        if dotnet::web::header(&self.request.headers, "Content-Type").is_none() {
            set_header(&mut self.request.headers, "Content-Type", kind.to_owned());
        }
    }

    /// The fields of `-Form`, files among them, each as a part. [RFC 7578]
    fn form(&mut self, call: &mut Call<'_>, form: &Dictionary) -> Run {
        let mut mark = [0; 12];
        call.host().random(&mut mark);
        let mark: String = mark.iter().map(|byte| format!("{byte:02x}")).collect();
        for (name, value) in form.to_vec() {
            let name = name.to_string().replace(['"', '\r', '\n'], "_");
            // Each element of a list is a part of its own.
            let parts = if dotnet::index::elements(&value).is_some() { value.items() } else { vec![value] };
            for value in parts {
                self.part(call, &mark, &name, &value)?;
            }
        }
        self.request.body.extend_from_slice(format!("--{mark}--\r\n").as_bytes());
        set_header(
            &mut self.request.headers,
            "Content-Type",
            format!("multipart/form-data; boundary=\"{mark}\""),
        );
        Ok(())
    }

    /// One part of a form: what a file holds, or a text.
    fn part(&mut self, call: &mut Call<'_>, mark: &str, name: &str, value: &Value) -> Run {
        let (more, content) = match file_of(call, value)? {
            Some(full) => {
                let read = call.host().files().read(&full).map_err(|error| not_read(&error, &full))?;
                let leaf = full.rsplit(['/', '\\']).next().unwrap_or(&full).replace(['"', '\r', '\n'], "_");
                (format!("; filename=\"{leaf}\"\r\nContent-Type: application/octet-stream"), read)
            }
            None => {
                let locale = call.session().locale().clone();
                (String::new(), dotnet::text::to_text(value, &locale).into_bytes())
            }
        };
        let head = format!("--{mark}\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        self.request.body.extend_from_slice(head.as_bytes());
        self.request.body.extend_from_slice(&content);
        self.request.body.extend_from_slice(b"\r\n");
        Ok(())
    }

    /// The log-on that goes with the first request. A secret goes over an encrypted connection unless the script says
    /// otherwise.
    fn log_on(&mut self, call: &mut Call<'_>) -> Run {
        if !says(call, "Authentication") {
            return Ok(());
        }
        let way = call.text("Authentication").unwrap_or_default().to_ascii_lowercase();
        if self.request.url.starts_with("http:") && !call.flag("AllowUnencryptedAuthentication") {
            let message = "The cmdlet cannot protect plain text secrets sent over unencrypted connections. To suppress this warning and send plain text secrets over unencrypted networks, reissue the command specifying the AllowUnencryptedAuthentication parameter.";
            return Err(refused("AllowUnencryptedAuthenticationRequired", message));
        }
        let value = if way == "basic" {
            let Some(logon) = self.logon.take() else {
                let message = "The cmdlet cannot run because the following parameter is not specified: Credential. The supplied Authentication type requires a Credential. Specify Credential, then retry.";
                return Err(refused("AuthenticationCredentialNotSupplied", message));
            };
            basic(&logon)
        } else {
            let token = call.value("Token").and_then(|value| base(value).downcast::<SecureString>().cloned());
            let Some(token) = token else {
                let message = "The cmdlet cannot run because the following parameter is not specified: Token. The supplied Authentication type requires a Token. Specify Token, then retry.";
                return Err(refused("AuthenticationTokenNotSupplied", message));
            };
            format!("Bearer {}", token.reveal())
        };
        set_header(&mut self.request.headers, "Authorization", value);
        Ok(())
    }

    pub(super) fn cookies(&self) -> Option<Cookies> {
        base(&self.session.as_ref()?.downcast::<Fields>()?.get("Cookies")).downcast::<Cookies>().cloned()
    }

    /// Gives the session to the variable that shall hold it.
    pub(super) fn keep(&self, call: &mut Call<'_>) -> Run {
        match (call.text("SessionVariable"), &self.session) {
            (Some(name), Some(session)) => call.session().set_variable(&name, session.clone()),
            _ => Ok(()),
        }
    }
}

/// Parameters of which only one may be given, and what the error is called.
const CONFLICTS: [(&str, &str, &str); 7] = [
    ("WebSession", "SessionVariable", "SessionConflict"),
    ("Body", "InFile", "BodyConflict"),
    ("Body", "Form", "BodyFormConflict"),
    ("InFile", "Form", "FormInFileConflict"),
    ("Credential", "UseDefaultCredentials", "CredentialConflict"),
    ("Authentication", "UseDefaultCredentials", "AuthenticationConflict"),
    ("Credential", "Token", "AuthenticationTokenConflict"),
];

/// Whether a parameter asks for something: a switch that is off does not, nor does nothing.
fn says(call: &Call<'_>, name: &str) -> bool {
    match name {
        "UseDefaultCredentials" => call.flag(name),
        "Authentication" => {
            call.text(name).is_some_and(|way| !way.is_empty() && !way.eq_ignore_ascii_case("None"))
        }
        name => call.value(name).is_some_and(|value| !value.is_null()),
    }
}

fn no_conflict(call: &Call<'_>) -> Run {
    if let Some((a, b, id)) = CONFLICTS.iter().find(|(a, b, _)| says(call, a) && says(call, b)) {
        let message = format!(
            "The cmdlet cannot run because the following conflicting parameters are specified: {a} and {b}. Specify either {a} or {b}, then retry."
        );
        return Err(refused(id, &message));
    }
    if call.flag("PassThru") && !call.is_given("OutFile") {
        let message = "The cmdlet cannot run because the following parameter is missing: OutFile. Provide a valid OutFile parameter value when using the PassThru parameter, then retry.";
        return Err(refused("OutFileMissing", message));
    }
    Ok(())
}

fn refused(id: &str, message: &str) -> language::Halt {
    let error = Exception::new("Microsoft.PowerShell.Commands.WebCmdletException", message);
    error.id(format!("WebCmdlet{id}Exception")).category(Category::InvalidArgument).into()
}

fn credential(value: Option<&Value>) -> Option<Credential> {
    value.and_then(|value| base(value).downcast::<Credential>().cloned())
}

fn redirections(call: &Call<'_>, session: Option<&Value>) -> u32 {
    let shared = session.and_then(|session| session.downcast::<Fields>());
    let of_session =
        shared.and_then(|fields| fields.get("MaximumRedirection").as_i64()).filter(|most| *most >= 0);
    let most = call.number("MaximumRedirection").or(of_session).unwrap_or(REDIRECTIONS);
    u32::try_from(most).unwrap_or(0)
}

fn method(call: &Call<'_>) -> String {
    let named = call.text("CustomMethod").or_else(|| call.text("Method")).unwrap_or_default();
    match named.to_ascii_uppercase() {
        name if name.is_empty() || name == "DEFAULT" => "GET".to_owned(),
        name => name,
    }
}

/// The address; one without a scheme is `http`.
fn address(text: &str) -> Run<String> {
    let text = text.trim();
    let whole = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let parts = Uri::parse(&whole).parts.filter(|parts| !parts.host.is_empty());
    match parts.map(|parts| parts.scheme) {
        Some(scheme) if matches!(scheme.as_str(), "http" | "https") => Ok(whole),
        Some(scheme) => {
            let message = format!("The '{scheme}' scheme is not supported.");
            Err(Exception::new("System.NotSupportedException", message)
                .category(Category::NotImplemented)
                .into())
        }
        None => {
            let message = "Invalid URI: The hostname could not be parsed.";
            Err(Exception::new("System.UriFormatException", message)
                .category(Category::InvalidArgument)
                .into())
        }
    }
}

/// `name=value&…` of a table.
fn encoded(call: &mut Call<'_>, table: &Dictionary) -> String {
    let locale = call.session().locale().clone();
    let escaped = |text: &str| -> String {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~*".contains(&byte);
        let one = |byte: u8| match byte {
            b' ' => "+".to_owned(),
            byte if plain(byte) => char::from(byte).to_string(),
            byte => format!("%{byte:02X}"),
        };
        text.bytes().map(one).collect()
    };
    let pairs = table.to_vec().into_iter().map(|(name, value)| {
        let text = |value: &Value| escaped(&dotnet::text::to_text(value, &locale));
        format!("{}={}", text(&name), text(&value))
    });
    pairs.collect::<Vec<_>>().join("&")
}
