//! `Invoke-WebRequest`, `Invoke-RestMethod`: a request to a web server, and what it answered.

mod answer;
mod page;
mod request;

use crate::declare::{Lenient as _, declare};
use dotnet::web::{self, Manner};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run, Signature};
use object::Value;
use request::Asked;

/// `Invoke-WebRequest`.
pub(crate) static INVOKE_WEB_REQUEST: CoreCommand = CoreCommand::new(
    "Invoke-WebRequest",
    "InvokeWebRequestCommand",
    || declared("Invoke-WebRequest", ""),
    || Box::new(Web { rest: false }),
);

/// `Invoke-RestMethod`.
pub(crate) static INVOKE_REST_METHOD: CoreCommand = CoreCommand::new(
    "Invoke-RestMethod",
    "InvokeRestMethodCommand",
    || declared("Invoke-RestMethod", "ResponseHeadersVariable string =RHV\nStatusCodeVariable string"),
    || Box::new(Web { rest: true }),
);

/// What both of them take.
const SHARED: &str = "Uri string 0 !
     Method string
     CustomMethod string =CM
     Headers hashtable
     Body object |
     Form hashtable
     InFile string
     OutFile string
     PassThru switch
     ContentType string
     Credential object
     Authentication string
     Token secret
     AllowUnencryptedAuthentication switch
     UseDefaultCredentials switch
     UserAgent string
     TimeoutSec int =OperationTimeoutSeconds
     MaximumRedirection int
     MaximumRetryCount int
     RetryIntervalSec int
     WebSession object
     SessionVariable string =SV
     SkipCertificateCheck switch
     SkipHttpErrorCheck switch
     SkipHeaderValidation switch
     UseBasicParsing switch
     DisableKeepAlive switch";

fn declared(command: &str, more: &str) -> Signature {
    declare(command, "", &format!("{SHARED}\n{more}"))
        .one_of(
            "Method",
            &["Default", "Get", "Head", "Post", "Put", "Delete", "Trace", "Options", "Merge", "Patch"],
        )
        .one_of("Authentication", &["None", "Basic", "Bearer", "OAuth"])
        .at_least("TimeoutSec", 0)
        .within("MaximumRedirection", 0, i64::from(web::REDIRECTIONS_MAX))
        .at_least("MaximumRetryCount", 0)
        .at_least("RetryIntervalSec", 1)
}

/// What says how a browser or a connection would do it; here no page is run and no connection kept.
const IDLE: [&str; 3] = ["UseBasicParsing", "DisableKeepAlive", "SkipHeaderValidation"];

struct Web {
    rest: bool,
}

impl Command for Web {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let idle: Vec<&str> = IDLE.into_iter().filter(|name| call.is_given(name)).collect();
        if !idle.is_empty() {
            call.debug(&format!(
                "-{}: pages are never run here, and each request has a connection of its own.",
                idle.join(", -")
            ))?;
        }
        let asked = Asked::of(call)?;
        let (answer, url) = match self.exchange(call, &asked) {
            Ok(found) => found,
            Err(why) => {
                let windows = call.session().locale().profile.reports_5_1;
                return Err(failed(web::not_fetched(&why, &asked.request.url, windows), &asked).into());
            }
        };
        asked.keep(call)?;
        let good = (200..300).contains(&answer.status) || answer.status == 304;
        if !good && !asked.takes_any {
            let profile = call.session().locale().profile;
            let error = web::refused(&answer, &url, profile.reports_5_1, true);
            let told = web::text_of(&answer, profile.read_windows_1252);
            let record = failed(error, &asked);
            let record = if told.trim().is_empty() { record } else { record.with_details(told) };
            let record = match answer.status == 401 && asked.by_windows {
                true => record.with_help("This shell has no Windows log-on to show: give -Credential."),
                false => record,
            };
            return Err(record.into());
        }
        answer::name_variables(call, &answer, &asked.variables)?;
        if let Some(path) = &asked.out_file {
            answer::write_file(call, path, &answer.body)?;
            if !asked.passes {
                return Ok(());
            }
        }
        if !self.rest {
            let page = answer::page(call, &answer, &url);
            return call.write(page);
        }
        answer::read(call, &answer)
    }
}

impl Web {
    /// The exchange, tried again as often as the script says where the server is not well.
    fn exchange(
        &self,
        call: &mut Call<'_>,
        asked: &Asked,
    ) -> Result<(dotnet::host::WebResponse, String), dotnet::host::NotFetched> {
        let mut left = asked.retries;
        let host = call.host();
        loop {
            let manner = Manner {
                redirections: asked.redirections,
                logon: asked.logon.as_ref(),
                cookies: asked.cookies(),
            };
            let done = web::exchange(&*host, asked.request.clone(), &manner);
            let unwell = done.as_ref().is_ok_and(|(answer, _)| answer.status >= 400);
            if !unwell || left == 0 || host.stopped() {
                return done;
            }
            left -= 1;
            host.sleep(asked.pause);
        }
    }
}

fn failed(error: Exception, asked: &Asked) -> ErrorRecord {
    let id = match error.type_name() {
        "System.Threading.Tasks.TaskCanceledException" => "OperationTimeoutReached",
        _ => "WebCmdletWebResponseException",
    };
    let line = format!("{} {}", asked.request.method, asked.request.url);
    ErrorRecord::new(error).with_id(id).with_category(Category::InvalidOperation).with_target(line.into())
}
