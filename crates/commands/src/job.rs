//! `Start-Job` and its kin: jobs in their simplest form. A job runs to its end when it is started, in a scope of
//! its own, and keeps what it wrote until it is received; so whoever starts ten of them waits ten times.

use crate::declare::{declare, declare_changing};
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Halt, Run, Why};
use object::{Object, Value};

/// Where the jobs of a session are kept.
const JOBS: &str = "Job";

/// Jobs that are kept; the oldest goes.
const JOBS_MAX: usize = 1_000;

/// What of a job is its own affair.
const OUTPUT: &str = "Output";
const ERRORS: &str = "Error";

/// `Start-Job`.
pub(crate) static START_JOB: CoreCommand = CoreCommand::new(
    "Start-Job",
    "StartJobCommand",
    || {
        declare(
            "Start-Job",
            "ComputerName FilePathComputerName LiteralFilePathComputerName",
            "ScriptBlock block @ComputerName 0 ! =Command
             FilePath string @FilePathComputerName 0 !
             LiteralPath string @LiteralFilePathComputerName ! =PSPath,LP
             InitializationScript block 1
             Name string .
             InputObject object |
             ArgumentList object[] =Args
             WorkingDirectory string
             Credential object
             Authentication string
             RunAs32 switch
             PSVersion object",
        )
    },
    || Box::new(StartJob::default()),
);

#[derive(Default)]
struct StartJob {
    input: Vec<Value>,
}

/// What says how another process is started. There is none.
const IDLE: [&str; 4] = ["Credential", "Authentication", "RunAs32", "PSVersion"];

impl Command for StartJob {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        self.input.extend(input.or_else(|| call.value("InputObject").cloned()));
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if IDLE.iter().filter(|name| call.is_given(name)).count() > 0 {
            call.verbose("The job runs in this shell, as whoever started it.")?;
        }
        if let Some(folder) = call.text("WorkingDirectory") {
            let message = format!("A job runs in the folder of the shell; it cannot begin in {folder}.");
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        let (block, shown) = match call.value("ScriptBlock").cloned() {
            Some(block) => {
                let shown = block.to_string();
                (block, shown)
            }
            None => {
                let path = call.text("FilePath").or_else(|| call.text("LiteralPath")).unwrap_or_default();
                let quoted = path.replace('\'', "''");
                let block = call.session().parse_block(&format!("& '{quoted}' @args"))?;
                (block.value(), path)
            }
        };
        let arguments = call.value("ArgumentList").map(Value::items).unwrap_or_default();
        let input = std::mem::take(&mut self.input);
        let piped = call.is_piped() || call.is_given("InputObject");
        let job = run(call, &block, &shown, piped.then_some(input), arguments)?;
        call.write(job)
    }
}

/// Runs a block as a job and keeps the job.
pub(crate) fn run(
    call: &mut Call<'_>,
    block: &Value,
    shown: &str,
    input: Option<Vec<Value>>,
    arguments: Vec<Value>,
) -> Run<Value> {
    let begun = call.host().now();
    let before = call.session().errors().len();
    let first = call.value("InitializationScript").and_then(language::Block::of).cloned();
    let (ended, written) = call.run_apart(first.as_ref(), block, input, arguments);
    let (state, failure) = match ended {
        Ok(()) => ("Completed", None),
        Err(halt) => match halt.into_why() {
            Why::Error(record) => ("Failed", Some(record.value())),
            Why::Return(_) | Why::Exit(_) => ("Completed", None),
            other => return Err(Halt::new(other)),
        },
    };
    let errors = call.session().errors();
    let mut failed: Vec<Value> =
        errors.iter().take(errors.len().saturating_sub(before)).map(ErrorRecord::value).collect();
    failed.reverse();
    failed.extend(failure);
    let mut jobs = call.session().kept(JOBS).items();
    let number = jobs.iter().filter_map(number_of).max().unwrap_or(0).saturating_add(1);
    let name = call.text("Name").unwrap_or_else(|| format!("Job{number}"));
    let now = call.host().now();
    let zone = call.session().locale().zone.clone();
    let local = |at| dotnet::format::date::to_local(object::types::DateTime::utc(at), &zone);
    let mut id = [0; 16];
    call.host().random(&mut id);
    let made = Object::named("System.Management.Automation.PSRemotingJob")
        .with("Id", Value::Int32(number))
        .with("Name", name)
        .with("PSJobTypeName", "BackgroundJob")
        .with("State", state)
        .with("HasMoreData", !written.is_empty())
        .with("Location", "localhost")
        .with("Command", shown)
        .with("StatusMessage", "")
        .with("InstanceId", Value::Guid(object::types::Guid::of_bytes(&id).unwrap_or_default()))
        .with("PSBeginTime", Value::DateTime(local(begun)))
        .with("PSEndTime", Value::DateTime(local(now)))
        .with("ChildJobs", Value::array([]))
        .with(OUTPUT, Value::array(written))
        .with(ERRORS, Value::array(failed));
    let job = Value::from(made);
    jobs.push(job.clone());
    let from = jobs.len().saturating_sub(JOBS_MAX);
    call.session().keep(JOBS, Value::array(jobs.into_iter().skip(from)));
    Ok(job)
}

fn number_of(job: &Value) -> Option<i32> {
    match dotnet::values::base(job) {
        Value::Object(job) => job.get("Id")?.as_i64().and_then(|number| i32::try_from(number).ok()),
        _ => None,
    }
}

fn held(job: &Value, name: &str) -> Value {
    match dotnet::values::base(job) {
        Value::Object(job) => job.get(name).unwrap_or_default(),
        _ => Value::Null,
    }
}

/// What says which jobs are meant.
const CHOICE: &str = "Id int[] @Id 0 ! .
     Name string[] @Name ! .
     Job object[] @Job 0 ! | .
     InstanceId object[] @InstanceId ! .
     State string @State ! .";

/// The jobs of `-InstanceId`; one that is not there is said.
fn by_instance(call: &mut Call<'_>, all: &[Value]) -> Run<Vec<Value>> {
    let mut found = Vec::new();
    for wanted in call.value("InstanceId").map(Value::items).unwrap_or_default() {
        let wanted = dotnet::values::base(&wanted).to_string();
        let same = |job: &&Value| held(job, "InstanceId").to_string().eq_ignore_ascii_case(&wanted);
        match all.iter().find(same) {
            Some(job) => found.push(job.clone()),
            None => {
                let message = format!(
                    "The command cannot find a job with the instance identifier {wanted}. Verify the value of the InstanceId parameter and then try the command again."
                );
                let error = Exception::new("System.Management.Automation.PSArgumentException", message)
                    .id("JobWithSpecifiedInstanceIdNotFound")
                    .category(Category::ObjectNotFound);
                call.error(ErrorRecord::new(error).with_target(wanted.into()))?;
            }
        }
    }
    Ok(found)
}

/// The jobs that a command means.
fn chosen(call: &mut Call<'_>) -> Run<Vec<Value>> {
    let all = call.session().kept(JOBS).items();
    if call.is_given("InstanceId") {
        return by_instance(call, &all);
    }
    if call.is_given("Job") {
        let mut found = Vec::new();
        for wanted in call.value("Job").map(Value::items).unwrap_or_default() {
            let same = |job: &&Value| match (number_of(&wanted), wanted.as_str()) {
                (Some(number), _) => number_of(job) == Some(number),
                (None, Some(name)) => held(job, "Name").to_string().eq_ignore_ascii_case(name),
                (None, None) => wanted.as_i64().is_some() && number_of(job).map(i64::from) == wanted.as_i64(),
            };
            match all.iter().find(same) {
                Some(job) => found.push(job.clone()),
                None => {
                    call.error(missing("job name", &wanted.to_string(), "JobWithSpecifiedNameNotFound"))?
                }
            }
        }
        return Ok(found);
    }
    if let Some(state) = call.text("State") {
        return Ok(all
            .into_iter()
            .filter(|job| held(job, "State").to_string().eq_ignore_ascii_case(&state))
            .collect());
    }
    let mut found = Vec::new();
    for number in call.value("Id").map(Value::items).unwrap_or_default() {
        match all.iter().find(|job| number_of(job).map(i64::from) == number.as_i64()) {
            Some(job) => found.push(job.clone()),
            None => call.error(missing("JobId", &number.to_string(), "JobWithSpecifiedIdNotFound"))?,
        }
    }
    for name in call.texts("Name") {
        let pattern = Wildcard::new(&name).ok();
        let fits = |job: &&Value| pattern.as_ref().is_some_and(|p| p.matches(&held(job, "Name").to_string()));
        let before = found.len();
        found.extend(all.iter().filter(fits).cloned());
        if found.len() == before && !dotnet::wildcard::has_wildcards(&name) {
            call.error(missing("job name", &name, "JobWithSpecifiedNameNotFound"))?;
        }
    }
    let none = !call.is_given("Id") && !call.is_given("Name");
    Ok(if none { all } else { found })
}

fn missing(what: &str, name: &str, id: &str) -> ErrorRecord {
    let message = format!(
        "The command cannot find a job with the {what} {name}. Verify the value of the {what} and then try the command again."
    );
    let error = Exception::new("System.Management.Automation.PSArgumentException", message).id(id);
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(name.into())
}

/// `Get-Job`.
pub(crate) static GET_JOB: CoreCommand = CoreCommand::new(
    "Get-Job",
    "GetJobCommand",
    || {
        declare(
            "Get-Job",
            "SessionId Name Instance State",
            "Id int[] @SessionId 0 .
             Name string[] @Name 0 ! .
             InstanceId object[] @Instance ! .
             State string @State ! .
             HasMoreData bool
             Newest int",
        )
    },
    || Box::new(GetJob),
);

struct GetJob;

impl Command for GetJob {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut jobs = chosen(call)?;
        if let Some(more) = call.value("HasMoreData").map(dotnet::compare::truth) {
            jobs.retain(|job| dotnet::compare::truth(&held(job, "HasMoreData")) == more);
        }
        let newest = call.number("Newest").and_then(|n| usize::try_from(n).ok()).unwrap_or(usize::MAX);
        let from = jobs.len().saturating_sub(newest);
        jobs.drain(from..).try_for_each(|job| call.write(job))
    }
}

/// `Receive-Job`.
pub(crate) static RECEIVE_JOB: CoreCommand = CoreCommand::new(
    "Receive-Job",
    "ReceiveJobCommand",
    || {
        declare(
            "Receive-Job",
            "Job Id Name InstanceId State",
            &format!(
                "{CHOICE}\nKeep switch\nWait switch\nAutoRemoveJob switch\nWriteEvents switch\nForce switch"
            ),
        )
    },
    || Box::new(ReceiveJob),
);

struct ReceiveJob;

impl Command for ReceiveJob {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        // Every job has ended when it can be received.
        call.flag("Wait");
        call.flag("WriteEvents");
        call.flag("Force");
        for job in chosen(call)? {
            for value in held(&job, OUTPUT).items() {
                call.write(value)?;
            }
            for record in held(&job, ERRORS).items().iter().filter_map(ErrorRecord::of) {
                call.error(record)?;
            }
            if !call.flag("Keep")
                && let Value::Object(object) = dotnet::values::base(&job)
            {
                object.set(OUTPUT, Value::array([]));
                object.set(ERRORS, Value::array([]));
                object.set("HasMoreData", false);
            }
            if call.flag("AutoRemoveJob") {
                remove(call, &job);
            }
        }
        Ok(())
    }
}

/// `Wait-Job`: a job has ended by the time anybody can wait for it.
pub(crate) static WAIT_JOB: CoreCommand = CoreCommand::new(
    "Wait-Job",
    "WaitJobCommand",
    || {
        declare(
            "Wait-Job",
            "Id Job Name InstanceId State",
            &format!("{CHOICE}\nAny switch\nTimeout int =TimeoutSec\nForce switch"),
        )
    },
    || Box::new(WaitJob),
);

struct WaitJob;

impl Command for WaitJob {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        call.number("Timeout");
        call.flag("Force");
        let any = call.flag("Any");
        let jobs = chosen(call)?;
        jobs.into_iter().take(if any { 1 } else { usize::MAX }).try_for_each(|job| call.write(job))
    }
}

/// `Stop-Job`: there is none left to stop.
pub(crate) static STOP_JOB: CoreCommand = CoreCommand::new(
    "Stop-Job",
    "StopJobCommand",
    || declare_changing("Stop-Job", "Id Job Name InstanceId State", &format!("{CHOICE}\nPassThru switch")),
    || Box::new(StopJob),
);

struct StopJob;

impl Command for StopJob {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for job in chosen(call)? {
            let name = held(&job, "Name").to_string();
            if call.should(&name, "Stop-Job", false)? && call.flag("PassThru") {
                call.write(job)?;
            }
        }
        Ok(())
    }
}

/// `Remove-Job`.
pub(crate) static REMOVE_JOB: CoreCommand = CoreCommand::new(
    "Remove-Job",
    "RemoveJobCommand",
    || declare_changing("Remove-Job", "Id Job Name InstanceId State", &format!("{CHOICE}\nForce switch =F")),
    || Box::new(RemoveJob),
);

struct RemoveJob;

impl Command for RemoveJob {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        call.flag("Force");
        for job in chosen(call)? {
            let name = held(&job, "Name").to_string();
            if call.should(&name, "Remove-Job", false)? {
                remove(call, &job);
            }
        }
        Ok(())
    }
}

fn remove(call: &mut Call<'_>, job: &Value) {
    let number = number_of(job);
    let left = call.session().kept(JOBS).items().into_iter().filter(|known| number_of(known) != number);
    let left: Vec<Value> = left.collect();
    call.session().keep(JOBS, Value::array(left));
}
