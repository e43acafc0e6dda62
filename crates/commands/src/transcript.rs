//! `Start-Transcript`, `Stop-Transcript`: what the console shows goes to a file as well.

use crate::declare::declare_changing;
use dotnet::format::date;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::Value;
use object::types::DateTime;

/// Where the path of the running transcript is kept.
const RUNNING: &str = "Transcript";
/// The line between head, session and end.
const RULE: &str = "**********************";

/// `Start-Transcript`.
pub(crate) static START_TRANSCRIPT: CoreCommand = CoreCommand::new(
    "Start-Transcript",
    "StartTranscriptCommand",
    || {
        declare_changing(
            "Start-Transcript",
            "ByPath ByLiteralPath ByOutputDirectory",
            "Path string @ByPath 0
             LiteralPath string @ByLiteralPath 0 ! =PSPath,LP
             OutputDirectory string @ByOutputDirectory
             Append switch
             Force switch
             NoClobber switch =NoOverwrite
             IncludeInvocationHeader switch
             UseMinimalHeader switch",
        )
    },
    || Box::new(Start),
);

struct Start;

fn refused(id: &str, message: String) -> Exception {
    Exception::new("System.Management.Automation.PSInvalidOperationException", message)
        .id(id)
        .category(Category::InvalidOperation)
}

fn now(call: &mut Call<'_>, pattern: &str) -> String {
    let locale = call.session().locale().clone();
    let local = date::to_local(DateTime::utc(call.host().now()), &locale.zone);
    date::format(local, pattern, &locale.invariant()).unwrap_or_default()
}

fn path(call: &mut Call<'_>) -> String {
    let given = call.text("Path").or_else(|| call.text("LiteralPath"));
    let folder = call.text("OutputDirectory").or_else(|| call.host().variable("HOME"));
    let path = given.unwrap_or_else(|| {
        let name = format!("PowerShell_transcript.{}.txt", now(call, "yyyyMMddHHmmss"));
        format!("{}/{name}", folder.unwrap_or_else(|| ".".to_owned()).trim_end_matches('/'))
    });
    call.session().full_path(&path)
}

impl Command for Start {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if !call.session().kept(RUNNING).is_null() {
            let message =
                "Transcription has already been started. Use the Stop-Transcript command to stop it.";
            return Err(refused("InvalidOperation", message.to_owned()).into());
        }
        let path = path(call);
        let there = call.host().files().info(&path).ok();
        if there.is_some() && call.flag("NoClobber") && !call.flag("Append") {
            let message = format!("File {path} already exists and NoClobber was specified.");
            return Err(refused("NoClobber", message).into());
        }
        if there.is_some_and(|info| info.read_only) && !call.flag("Force") {
            let message = format!("Transcript file {path} is read-only. Use -Force to write to it.");
            return Err(refused("CannotStartTranscription", message).into());
        }
        if !call.should(&path, "Start-Transcript", false)? {
            return Ok(());
        }
        let host = call.host();
        let mut file = host.files().create(&path, call.flag("Append"))?;
        let head = head(call);
        std::io::Write::write_all(&mut file, head.as_bytes())?;
        host.transcribe(Some(file))?;
        call.session().keep(RUNNING, path.as_str().into());
        call.write(format!("Transcript started, output file is {path}"))
    }
}

fn head(call: &mut Call<'_>) -> String {
    let start = now(call, "yyyyMMddHHmmss");
    if call.flag("UseMinimalHeader") {
        return format!("{RULE}\nPowerShell transcript start\nStart time: {start}\n{RULE}\n");
    }
    let variable = |name: &str| call.host().variable(name).unwrap_or_default();
    let (user, computer) = (variable("USERNAME"), variable("COMPUTERNAME"));
    let each = if call.flag("IncludeInvocationHeader") { "Command headers: each line\n" } else { "" };
    format!(
        "{RULE}\nPowerShell transcript start\nStart time: {start}\nUsername: {user}\nMachine: {computer}\n{each}{RULE}\n"
    )
}

/// `Stop-Transcript`.
pub(crate) static STOP_TRANSCRIPT: CoreCommand = CoreCommand::new(
    "Stop-Transcript",
    "StopTranscriptCommand",
    || declare_changing("Stop-Transcript", "", ""),
    || Box::new(Stop),
);

struct Stop;

impl Command for Stop {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let path = call.session().kept(RUNNING);
        if path.is_null() {
            let message = "An error occurred stopping transcription: The host is not currently transcribing.";
            return Err(refused("InvalidOperation", message.to_owned()).into());
        }
        let end = now(call, "yyyyMMddHHmmss");
        let host = call.host();
        if let Some(mut file) = host.transcribe(None)? {
            let tail = format!("{RULE}\nPowerShell transcript end\nEnd time: {end}\n{RULE}\n");
            std::io::Write::write_all(&mut file, tail.as_bytes())?;
            std::io::Write::flush(&mut file)?;
        }
        call.session().keep(RUNNING, Value::Null);
        call.write(format!("Transcript stopped, output file is {path}"))
    }
}
