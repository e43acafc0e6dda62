//! What only Windows has: event logs and performance counters are said not to be here; the execution policy is
//! what it is, since nothing here is signed.

use commands::declare::{declare, declare_changing};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::{Object, Value};

/// `Get-EventLog`.
pub(super) static GET_EVENT_LOG: CoreCommand = CoreCommand::new(
    "Get-EventLog",
    "GetEventLogCommand",
    || {
        declare(
            "Get-EventLog",
            "LogName List",
            "LogName string @LogName 0 ! =LN
             InstanceId long[] @LogName 1
             ComputerName string[] =Cn
             Newest int @LogName
             After datetime @LogName
             Before datetime @LogName
             UserName string[] @LogName
             Index int[] @LogName
             EntryType string[] @LogName =ET
             Source string[] @LogName =ABO
             Message string @LogName =MSG
             AsBaseObject switch @LogName
             List switch @List
             AsString switch @List",
        )
    },
    || {
        Box::new(Absent {
            what: "The event logs of Windows",
            instead: "What this server does is in its own log; what administrators changed is in Search-AdminAuditLog",
        })
    },
);

/// `Get-WinEvent`.
pub(super) static GET_WIN_EVENT: CoreCommand = CoreCommand::new(
    "Get-WinEvent",
    "GetWinEventCommand",
    || {
        declare(
            "Get-WinEvent",
            "GetLogSet ListLogSet ListProviderSet GetProviderSet FileSet HashQuerySet XmlQuerySet",
            "LogName string[] @GetLogSet 0 | .
             ListLog string[] @ListLogSet 0 !
             ListProvider string[] @ListProviderSet 0 !
             ProviderName string[] @GetProviderSet 0 !
             Path string[] @FileSet 0 ! =PSPath
             FilterHashtable object[] @HashQuerySet 0 !
             FilterXml object @XmlQuerySet 0 !
             FilterXPath string
             MaxEvents long
             ComputerName string =Cn
             Credential object
             Oldest switch
             Force switch",
        )
    },
    || {
        Box::new(Absent {
            what: "The event logs of Windows",
            instead: "What this server does is in its own log; what administrators changed is in Search-AdminAuditLog",
        })
    },
);

/// `Get-Counter`.
pub(super) static GET_COUNTER: CoreCommand = CoreCommand::new(
    "Get-Counter",
    "GetCounterCommand",
    || {
        declare(
            "Get-Counter",
            "GetCounterSet ListSetSet",
            "Counter string[] @GetCounterSet 0 |
             ListSet string[] @ListSetSet 0 ! |
             SampleInterval int @GetCounterSet
             MaxSamples long @GetCounterSet
             Continuous switch @GetCounterSet
             ComputerName string[] =Cn",
        )
    },
    || {
        Box::new(Absent {
            what: "The performance counters of Windows",
            instead: "This server's figures are in Get-Queue, in Get-MailboxStatistics and at /metrics",
        })
    },
);

/// A command that can only say what is not here.
struct Absent {
    what: &'static str,
    instead: &'static str,
}

impl Command for Absent {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        // Whatever was asked for, the answer is the same.
        let given = call.given().len();
        let message = format!("{} are not on this machine. {}.", self.what, self.instead);
        call.verbose(&format!("{given} parameters were not looked at."))?;
        Err(Exception::new("System.PlatformNotSupportedException", message)
            .id("NotOnThisMachine")
            .category(Category::NotImplemented)
            .into())
    }
}

/// `Get-ExecutionPolicy`.
pub(super) static GET_EXECUTION_POLICY: CoreCommand = CoreCommand::new(
    "Get-ExecutionPolicy",
    "GetExecutionPolicyCommand",
    || declare("Get-ExecutionPolicy", "", "Scope string 0 .\nList switch"),
    || Box::new(Policy),
);

struct Policy;

/// What PowerShell says everywhere but on Windows.
const UNRESTRICTED: &str = "Unrestricted";
const SCOPES: [&str; 5] = ["MachinePolicy", "UserPolicy", "Process", "CurrentUser", "LocalMachine"];

impl Command for Policy {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        call.text("Scope");
        if !call.flag("List") {
            return call.write(UNRESTRICTED);
        }
        SCOPES.iter().try_for_each(|scope| {
            call.write(Value::from(
                Object::custom().with("Scope", *scope).with("ExecutionPolicy", UNRESTRICTED),
            ))
        })
    }
}

/// `Set-ExecutionPolicy`.
pub(super) static SET_EXECUTION_POLICY: CoreCommand = CoreCommand::new(
    "Set-ExecutionPolicy",
    "SetExecutionPolicyCommand",
    || {
        declare_changing(
            "Set-ExecutionPolicy",
            "",
            "ExecutionPolicy string 0 ! .
             Scope string 1 .
             Force switch",
        )
    },
    || Box::new(SetPolicy),
);

struct SetPolicy;

impl Command for SetPolicy {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let wanted = call.text("ExecutionPolicy").unwrap_or_default();
        call.text("Scope");
        call.flag("Force");
        let loose = ["Unrestricted", "Bypass", "RemoteSigned", "Undefined", "Default"];
        if loose.iter().any(|word| word.eq_ignore_ascii_case(&wanted)) {
            return call.verbose("Every script of this machine may run here already.");
        }
        let message = format!("The policy {wanted} asks for signatures, and nothing here checks one.");
        Err(Exception::new("System.PlatformNotSupportedException", message)
            .id("NotOnThisMachine")
            .category(Category::NotImplemented)
            .into())
    }
}
