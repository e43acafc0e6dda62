//! Sessions with this server, as scripts open them: `New-PSSession`, `Import-PSSession` and their kin. Such a session
//! is this shell's own connection under another name.

use super::place;
use commands::declare::{declare, declare_changing};
use commands::keep_standing;
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::value::Dictionary;
use object::{Object, Value};
use std::sync::Arc;

/// Where the sessions that are open are kept.
/// The module that importing a session makes.
pub(crate) const IMPORTED: &str = "tmp_mailstead";
const SESSIONS: &str = "PSSession";

/// `New-PSSession`.
pub(super) static NEW_PSSESSION: CoreCommand = CoreCommand::new(
    "New-PSSession",
    "NewPSSessionCommand",
    || {
        declare(
            "New-PSSession",
            "ComputerName Uri",
            "ComputerName string[] @ComputerName 0 | . =Cn
             ConnectionUri string[] @Uri ! . =URI,CU
             ConfigurationName string
             Credential object .
             Authentication string
             Name string[]
             AllowRedirection switch @Uri
             SessionOption object
             Port int @ComputerName
             UseSSL switch @ComputerName
             ApplicationName string @ComputerName
             CertificateThumbprint string
             ThrottleLimit int
             EnableNetworkAccess switch",
        )
    },
    || Box::new(New),
);

/// What says how a connection is made. There is one already, so it is looked at and changes nothing.
const CONNECTION: [&str; 10] = [
    "ConfigurationName",
    "Credential",
    "Authentication",
    "AllowRedirection",
    "SessionOption",
    "Port",
    "UseSSL",
    "ApplicationName",
    "ThrottleLimit",
    "EnableNetworkAccess",
];

struct New;

impl Command for New {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.is_given("CertificateThumbprint") {
            let message = "A session is not opened with a certificate here: the shell is logged on already.";
            return Err(Exception::runtime("CertificateNotUsed", message)
                .category(Category::NotImplemented)
                .into());
        }
        let given: Vec<&str> = CONNECTION.into_iter().filter(|name| call.is_given(name)).collect();
        if !given.is_empty() {
            call.verbose(&format!("The shell is connected already: {} not needed.", given.join(", ")))?;
        }
        let mut addresses = call.texts("ConnectionUri");
        addresses.extend(call.texts("ComputerName"));
        if addresses.is_empty() {
            addresses.push("localhost".to_owned());
        }
        let names = call.texts("Name");
        for (at, address) in addresses.iter().enumerate() {
            place::check(call, address, "New-PSSession")?;
            let made = opened(call, address, names.get(at));
            call.write(made)?;
        }
        Ok(())
    }
}

fn opened(call: &mut Call<'_>, address: &str, name: Option<&String>) -> Value {
    let mut sessions = call.session().kept(SESSIONS).items();
    let number = sessions.iter().filter_map(number_of).max().unwrap_or(0) + 1;
    let name = name.cloned().unwrap_or_else(|| format!("Session{number}"));
    let kind = call.text("ConfigurationName").unwrap_or_else(|| "Microsoft.Exchange".to_owned());
    let host = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = host.split(['/', ':']).next().unwrap_or(host);
    let made: Value = Object::named(TYPE)
        .with("Id", number)
        .with("Name", name)
        .with("ComputerName", host)
        .with("ComputerType", "RemoteMachine")
        .with("State", "Opened")
        .with("ConfigurationName", kind)
        .with("Availability", "Available")
        .into();
    sessions.push(made.clone());
    call.session().keep(SESSIONS, Value::array(sessions));
    made
}

/// The type of a session.
const TYPE: &str = "System.Management.Automation.Runspaces.PSSession";

fn property(session: &Value, name: &str) -> Option<Value> {
    match dotnet::values::base(session) {
        Value::Object(object) => object.get(name),
        _ => None,
    }
}

fn number_of(session: &Value) -> Option<i32> {
    property(session, "Id")?.as_i64().and_then(|number| i32::try_from(number).ok())
}

/// `New-PSSessionOption`.
pub(super) static NEW_PSSESSION_OPTION: CoreCommand = CoreCommand::new(
    "New-PSSessionOption",
    "NewPSSessionOptionCommand",
    || {
        declare(
            "New-PSSessionOption",
            "",
            "SkipCACheck switch
             SkipCNCheck switch
             SkipRevocationCheck switch
             ProxyAccessType string
             ProxyAuthentication string
             ProxyCredential object
             MaximumRedirection int
             NoCompression switch
             NoMachineProfile switch
             Culture object
             UICulture object
             MaximumReceivedDataSizePerCommand int
             MaximumReceivedObjectSize int
             ApplicationArguments object
             OpenTimeout int =OpenTimeoutMSec
             CancelTimeout int =CancelTimeoutMSec
             IdleTimeout int =IdleTimeoutMSec
             OperationTimeout int =OperationTimeoutMSec
             OutputBufferingMode string
             NoEncryption switch
             UseUTF16 switch
             IncludePortInSPN switch
             MaxConnectionRetryCount int",
        )
    },
    || Box::new(NewOption),
);

const OPTIONS: [&str; 23] = [
    "SkipCACheck",
    "SkipCNCheck",
    "SkipRevocationCheck",
    "ProxyAccessType",
    "ProxyAuthentication",
    "ProxyCredential",
    "MaximumRedirection",
    "NoCompression",
    "NoMachineProfile",
    "Culture",
    "UICulture",
    "MaximumReceivedDataSizePerCommand",
    "MaximumReceivedObjectSize",
    "ApplicationArguments",
    "OpenTimeout",
    "CancelTimeout",
    "IdleTimeout",
    "OperationTimeout",
    "OutputBufferingMode",
    "NoEncryption",
    "UseUTF16",
    "IncludePortInSPN",
    "MaxConnectionRetryCount",
];

struct NewOption;

impl Command for NewOption {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let made = Object::named("System.Management.Automation.Remoting.PSSessionOption");
        for name in OPTIONS {
            let held = call.value(name).map(|value| dotnet::values::base(value).clone());
            made.set(name, held.unwrap_or_default());
        }
        call.write(Value::from(made))
    }
}

/// `Get-PSSession`.
pub(super) static GET_PSSESSION: CoreCommand = CoreCommand::new(
    "Get-PSSession",
    "GetPSSessionCommand",
    || {
        declare(
            "Get-PSSession",
            "Name Id",
            "Name string[] @Name .
             ComputerName string[] 0 . =Cn
             ConfigurationName string
             State string
             Id int[] @Id .
             InstanceId string[]",
        )
    },
    || Box::new(Get),
);

struct Get;

impl Command for Get {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let sessions = call.session().kept(SESSIONS).items();
        for session in sessions {
            if chosen(call, &session) {
                call.write(session)?;
            }
        }
        Ok(())
    }
}

/// Whether a session fits what was asked for.
fn chosen(call: &Call<'_>, session: &Value) -> bool {
    let fits = |parameter: &str, name: &str| {
        let wanted = call.texts(parameter);
        let held = property(session, name).map(|held| held.to_string()).unwrap_or_default();
        let any = |pattern: &String| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(&held));
        wanted.is_empty() || wanted.iter().any(any)
    };
    fits("Name", "Name")
        && fits("ComputerName", "ComputerName")
        && fits("ConfigurationName", "ConfigurationName")
        && fits("State", "State")
        && fits("Id", "Id")
        // A session here has no number but its Id.
        && !call.is_given("InstanceId")
}

/// `Import-PSSession`: the cmdlets are here already; with a prefix they get further names.
pub(super) static IMPORT_PSSESSION: CoreCommand = CoreCommand::new(
    "Import-PSSession",
    "ImportPSSessionCommand",
    || {
        declare(
            "Import-PSSession",
            "",
            "Session object 0 !
             CommandName string[] 2 =Name
             FormatTypeName string[] 3
             Prefix string
             DisableNameChecking switch
             AllowClobber switch
             ArgumentList object[] =Args
             CommandType object[] =Type
             Module string[] =PSSnapin
             Certificate object",
        )
    },
    || Box::new(Import),
);

struct Import;

impl Command for Import {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let session = call.value("Session").cloned().unwrap_or_default();
        must_be_open(&session, "Import-PSSession")?;
        let idle = [
            "FormatTypeName",
            "DisableNameChecking",
            "AllowClobber",
            "ArgumentList",
            "CommandType",
            "Module",
        ];
        let given: Vec<&str> = idle.into_iter().filter(|name| call.is_given(name)).collect();
        if !given.is_empty() || call.is_given("Certificate") {
            call.verbose("The cmdlets are loaded already; they are not taken over again.")?;
        }
        let names = call.session().invoker().map(|invoker| invoker.names()).unwrap_or_default();
        let wanted = call.texts("CommandName");
        let fits = |name: &String| {
            let any = |pattern: &String| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(name));
            wanted.is_empty() || wanted.iter().any(any)
        };
        let names: Vec<String> = names.into_iter().filter(fits).collect();
        let prefix = call.text("Prefix").unwrap_or_default();
        let mut exported = Vec::new();
        for name in names {
            exported.push(renamed(call, &name, &prefix)?);
        }
        let commands = Dictionary::new();
        exported.iter().for_each(|name| commands.insert(name.as_str().into(), name.as_str().into()));
        let made = keep_standing(call, IMPORTED);
        if let Value::Object(module) = &made {
            module.set("ExportedCommands", Value::Dictionary(Arc::new(commands)));
        }
        call.write(made)
    }
}

/// The name under which a cmdlet is taken over: `Get-OnPremMailbox` with the prefix `OnPrem`.
fn renamed(call: &mut Call<'_>, name: &str, prefix: &str) -> Run<String> {
    let (Some((verb, noun)), false) = (name.split_once('-'), prefix.is_empty()) else {
        return Ok(name.to_owned());
    };
    let alias = format!("{verb}-{prefix}{noun}");
    // What a session brings is everybody's, whichever script imported it.
    let everywhere = call.session().scope_named("Global")?;
    call.session().set_alias_in(everywhere, &alias, name);
    Ok(alias)
}

/// An error unless it is a session that this shell opened.
fn must_be_open(session: &Value, command: &str) -> Run {
    let state = property(session, "State").map(|state| state.to_string()).unwrap_or_default();
    let of_ours = &*session.type_name() == TYPE;
    if of_ours && state == "Opened" {
        return Ok(());
    }
    let message = if of_ours {
        "The session is closed. Open another one with New-PSSession.".to_owned()
    } else {
        format!("Cannot bind parameter 'Session'. Cannot convert \"{session}\" to type \"{TYPE}\".")
    };
    let error = Exception::new("System.Management.Automation.RuntimeException", message)
        .id("InvalidRunspaceState")
        .category(Category::InvalidArgument);
    Err(ErrorRecord::new(error).with_activity(command).into())
}

/// `Enter-PSSession`: this shell is where the session is.
pub(super) static ENTER_PSSESSION: CoreCommand = CoreCommand::new(
    "Enter-PSSession",
    "EnterPSSessionCommand",
    || {
        declare(
            "Enter-PSSession",
            "ComputerName Session",
            "ComputerName string @ComputerName 0 ! | . =Cn\nSession object @Session 0 !\nCredential object\nConfigurationName string",
        )
    },
    || Box::new(Enter),
);

struct Enter;

impl Command for Enter {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.is_given("Credential") || call.is_given("ConfigurationName") {
            call.verbose("The shell is connected already.")?;
        }
        match (call.text("ComputerName"), call.value("Session").cloned()) {
            (Some(name), _) => place::check(call, &name, "Enter-PSSession"),
            (None, Some(session)) => must_be_open(&session, "Enter-PSSession"),
            (None, None) => Ok(()),
        }
    }
}

/// `Exit-PSSession`.
pub(super) static EXIT_PSSESSION: CoreCommand = CoreCommand::new(
    "Exit-PSSession",
    "ExitPSSessionCommand",
    || declare("Exit-PSSession", "", ""),
    || Box::new(Exit),
);

struct Exit;

impl Command for Exit {}

/// `Remove-PSSession`.
pub(super) static REMOVE_PSSESSION: CoreCommand = CoreCommand::new(
    "Remove-PSSession",
    "RemovePSSessionCommand",
    || {
        declare_changing(
            "Remove-PSSession",
            "Session Id Name ComputerName",
            "Session object[] @Session 0 ! |
             Id int[] @Id 0 ! .
             Name string[] @Name ! .
             ComputerName string[] @ComputerName ! . =Cn",
        )
    },
    || Box::new(Remove),
);

struct Remove;

/// What a question calls a session.
fn title(session: &Value) -> String {
    match dotnet::values::base(session) {
        Value::Object(session) => session.get("Name").map(|name| name.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

impl Command for Remove {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let named = call.value("Session").map(Value::items).unwrap_or_default();
        let numbers: Vec<i32> = named.iter().filter_map(number_of).collect();
        let by_session = call.is_given("Session");
        let (mut left, mut closed) = (Vec::new(), Vec::new());
        for session in call.session().kept(SESSIONS).items() {
            let goes = match by_session {
                true => number_of(&session).is_some_and(|number| numbers.contains(&number)),
                false => chosen(call, &session),
            };
            let goes = goes && call.should(&title(&session), "Remove-PSSession", false)?;
            if goes { closed.push(session) } else { left.push(session) }
        }
        for session in closed {
            if let Value::Object(object) = dotnet::values::base(&session) {
                object.set("State", "Closed");
                object.set("Availability", "None");
            }
        }
        call.session().keep(SESSIONS, Value::array(left));
        Ok(())
    }
}
