//! `Get-WmiObject`, `Get-CimInstance`: the classes that mail administrators' scripts ask for, answered from what the
//! kernel and `df` say of this machine.

use super::{elsewhere, is_here, kernel, lines_of, own_name};
use commands::declare::declare;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::types::DateTime;
use object::{Object, Time, Value};

/// `Get-WmiObject`.
pub(super) static GET_WMI_OBJECT: CoreCommand = CoreCommand::new(
    "Get-WmiObject",
    "GetWmiObjectCommand",
    || {
        declare(
            "Get-WmiObject",
            "query WQLQuery list",
            "Class string @query 0 ! =ClassName
             Property string[] @query 1
             Filter string @query
             Query string @WQLQuery !
             List switch @list
             ComputerName string[] =Cn
             Namespace string =NS
             Credential object
             Authentication string
             Impersonation string
             Locale string
             EnableAllPrivileges switch
             Amended switch
             Authority string
             DirectRead switch
             AsJob switch
             ThrottleLimit int",
        )
    },
    || Box::new(Wmi { cim: false }),
);

/// `Get-CimInstance`.
pub(super) static GET_CIM_INSTANCE: CoreCommand = CoreCommand::new(
    "Get-CimInstance",
    "GetCimInstanceCommand",
    || {
        declare(
            "Get-CimInstance",
            "query WQLQuery",
            "ClassName string @query 0 ! =Class
             Property string[] @query
             Filter string @query
             Query string @WQLQuery !
             ComputerName string[] =CN,ServerName
             Namespace string
             OperationTimeoutSec int =OT
             QueryDialect string @WQLQuery
             KeyOnly switch @query
             Shallow switch",
        )
    },
    || Box::new(Wmi { cim: true }),
);

/// What says how another computer is asked, or how the answer is made; it changes nothing here.
const IDLE: [&str; 14] = [
    "Namespace",
    "Credential",
    "Authentication",
    "Impersonation",
    "Locale",
    "EnableAllPrivileges",
    "Amended",
    "Authority",
    "DirectRead",
    "ThrottleLimit",
    "OperationTimeoutSec",
    "QueryDialect",
    "KeyOnly",
    "Shallow",
];

struct Wmi {
    cim: bool,
}

impl Command for Wmi {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if IDLE.iter().filter(|name| call.is_given(name)).count() > 0 {
            call.verbose("This machine itself is asked; how another one would be asked is not looked at.")?;
        }
        if !self.cim && call.flag("AsJob") {
            let message = "Get-WmiObject answers at once here; -AsJob is not needed.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        if !self.cim && call.flag("List") {
            return CLASSES.iter().try_for_each(|(name, _)| call.write(*name));
        }
        let (class, filter) = match call.text("Query") {
            Some(query) => parts_of(&query),
            None => {
                let named = if self.cim { call.text("ClassName") } else { call.text("Class") };
                (named.unwrap_or_default(), call.text("Filter").unwrap_or_default())
            }
        };
        for name in call.texts("ComputerName") {
            if !is_here(call, &name) {
                let id = if self.cim { "HRESULT 0x800706ba" } else { "GetWMICOMException" };
                call.error(elsewhere(&name, id))?;
                return Ok(());
            }
        }
        let Some((_, read)) = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&class)) else {
            return call.error(unknown(&class, self.cim));
        };
        for found in read(call) {
            if fits(&found, &filter) {
                call.write(Value::from(found))?;
            }
        }
        call.value("Property");
        Ok(())
    }
}

fn unknown(class: &str, cim: bool) -> ErrorRecord {
    let known: Vec<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
    let message = format!("Invalid class \"{class}\": this machine answers for {}.", known.join(", "));
    let (kind, id) = match cim {
        true => ("Microsoft.Management.Infrastructure.CimException", "HRESULT 0x80041010"),
        false => ("System.Management.ManagementException", "GetWMIManagementException"),
    };
    ErrorRecord::new(Exception::new(kind, message).id(id).category(Category::InvalidType))
        .with_target(class.into())
}

/// `select * from CLASS where FILTER`.
fn parts_of(query: &str) -> (String, String) {
    let lower = query.to_ascii_lowercase();
    let from = lower.find(" from ").map_or(0, |at| at + 6);
    let rest = query[from..].trim();
    let class = rest.split_whitespace().next().unwrap_or_default();
    let filter = rest.to_ascii_lowercase().find(" where ").map_or("", |at| &rest[at + 7..]);
    (class.to_owned(), filter.to_owned())
}

/// Whether an object fits conditions of the form `Name = 'value' and Size > 5`.
fn fits(object: &Object, filter: &str) -> bool {
    let filter = filter.replace('"', "'");
    let lower = filter.to_ascii_lowercase();
    let mut at = 0;
    let mut parts = Vec::new();
    while let Some(end) = lower[at..].find(" and ") {
        parts.push(&filter[at..at + end]);
        at += end + 5;
    }
    parts.push(&filter[at..]);
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).all(|part| condition(object, part))
}

fn condition(object: &Object, part: &str) -> bool {
    let signs = ["<>", "!=", ">=", "<=", "=", ">", "<"];
    let like = part.to_ascii_lowercase().find(" like ");
    if let Some(at) = like {
        let held = object.get(part[..at].trim()).map(|value| value.to_string()).unwrap_or_default();
        let pattern = part[at + 6..].trim().trim_matches('\'').replace('%', "*").replace('_', "?");
        return dotnet::wildcard::Wildcard::new(&pattern).is_ok_and(|pattern| pattern.matches(&held));
    }
    let Some((sign, at)) = signs
        .iter()
        .filter_map(|sign| Some((*sign, part.find(sign)?)))
        .min_by_key(|(sign, at)| (*at, usize::MAX - sign.len()))
    else {
        return false;
    };
    let held = object.get(part[..at].trim()).unwrap_or_default();
    let wanted = part[at + sign.len()..].trim().trim_matches('\'');
    let order = match (held.as_i64(), wanted.parse::<i64>()) {
        (Some(held), Ok(wanted)) => held.cmp(&wanted),
        _ => held.to_string().to_lowercase().cmp(&wanted.to_lowercase()),
    };
    match sign {
        "=" => order.is_eq(),
        "<>" | "!=" => order.is_ne(),
        ">" => order.is_gt(),
        "<" => order.is_lt(),
        ">=" => order.is_ge(),
        _ => order.is_le(),
    }
}

type Reader = fn(&mut Call<'_>) -> Vec<Object>;

const CLASSES: &[(&str, Reader)] = &[
    ("Win32_ComputerSystem", computer),
    ("Win32_OperatingSystem", system),
    ("Win32_LogicalDisk", disks),
    ("Win32_Volume", volumes),
    ("Win32_Processor", processors),
];

fn object(class: &str, call: &Call<'_>) -> Object {
    Object::named(format!("System.Management.ManagementObject#root\\cimv2\\{class}"))
        .with("__CLASS", class)
        .with("__SERVER", own_name(call))
        .with("PSComputerName", own_name(call))
}

/// A line of `/proc/meminfo`, in kilobytes.
fn memory(call: &Call<'_>, name: &str) -> i64 {
    let text = kernel(call, "/proc/meminfo");
    let line = text.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn cores(call: &Call<'_>) -> Vec<String> {
    let text = kernel(call, "/proc/cpuinfo");
    let names = text.lines().filter_map(|line| line.strip_prefix("model name")?.split_once(':'));
    names.map(|(_, name)| name.trim().to_owned()).collect()
}

fn computer(call: &mut Call<'_>) -> Vec<Object> {
    let domain = call.host().variable("USERDNSDOMAIN").unwrap_or_default();
    vec![
        object("Win32_ComputerSystem", call)
            .with("Name", own_name(call))
            .with("DNSHostName", own_name(call))
            .with("Domain", domain)
            .with("TotalPhysicalMemory", Value::Int64(memory(call, "MemTotal") * 1024))
            .with("NumberOfLogicalProcessors", Value::Int32(cores(call).len() as i32))
            .with("NumberOfProcessors", Value::Int32(1)),
    ]
}

fn system(call: &mut Call<'_>) -> Vec<Object> {
    let release = kernel(call, "/etc/os-release");
    let name = release
        .lines()
        .find_map(|line| line.strip_prefix("PRETTY_NAME="))
        .unwrap_or("Linux")
        .trim_matches('"')
        .to_owned();
    let up = kernel(call, "/proc/uptime")
        .split_whitespace()
        .next()
        .and_then(|seconds| seconds.parse::<f64>().ok());
    let started = Time(call.host().now().0 - (up.unwrap_or(0.0) * 1e6) as i64);
    let zone = call.session().locale().zone.clone();
    let local = |time: Time| Value::DateTime(dotnet::format::date::to_local(DateTime::utc(time), &zone));
    let now = local(call.host().now());
    vec![
        object("Win32_OperatingSystem", call)
            .with("Caption", name)
            .with("Version", kernel(call, "/proc/sys/kernel/osrelease"))
            .with("OSArchitecture", "64-bit")
            .with("CSName", own_name(call))
            .with("LastBootUpTime", local(started))
            .with("LocalDateTime", now)
            .with("TotalVisibleMemorySize", Value::Int64(memory(call, "MemTotal")))
            .with("FreePhysicalMemory", Value::Int64(memory(call, "MemAvailable"))),
    ]
}

fn processors(call: &mut Call<'_>) -> Vec<Object> {
    let names = cores(call);
    let Some(name) = names.first().cloned() else { return Vec::new() };
    let load =
        kernel(call, "/proc/loadavg").split_whitespace().next().and_then(|load| load.parse::<f64>().ok());
    let percent = (load.unwrap_or(0.0) * 100.0 / names.len() as f64).min(100.0) as i32;
    vec![
        object("Win32_Processor", call)
            .with("Name", name)
            .with("NumberOfCores", Value::Int32(names.len() as i32))
            .with("NumberOfLogicalProcessors", Value::Int32(names.len() as i32))
            .with("LoadPercentage", Value::Int32(percent)),
    ]
}

/// What `df` says: device, size and room in bytes, where it is mounted.
fn mounts(call: &Call<'_>) -> Vec<(String, i64, i64, String)> {
    let lines = lines_of(call, "df", &["-kPl"]).unwrap_or_default();
    let read = |line: &String| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [device, size, _, room, _, place @ ..] = words.as_slice() else { return None };
        let kilobytes = |text: &str| text.parse::<i64>().ok().map(|number| number * 1024);
        Some(((*device).to_owned(), kilobytes(size)?, kilobytes(room)?, place.join(" ")))
    };
    lines.iter().skip(1).filter_map(read).filter(|(device, ..)| device.starts_with('/')).collect()
}

fn disks(call: &mut Call<'_>) -> Vec<Object> {
    let found = mounts(call);
    let disk = |(device, size, room, place): (String, i64, i64, String)| {
        object("Win32_LogicalDisk", call)
            .with("DeviceID", place.as_str())
            .with("Name", place)
            .with("VolumeName", device)
            .with("DriveType", Value::Int32(3))
            .with("Size", Value::Int64(size))
            .with("FreeSpace", Value::Int64(room))
    };
    found.into_iter().map(disk).collect()
}

fn volumes(call: &mut Call<'_>) -> Vec<Object> {
    let found = mounts(call);
    let volume = |(device, size, room, place): (String, i64, i64, String)| {
        object("Win32_Volume", call)
            .with("Name", place)
            .with("Label", "")
            .with("DeviceID", device)
            .with("DriveType", Value::Int32(3))
            .with("Capacity", Value::Int64(size))
            .with("FreeSpace", Value::Int64(room))
    };
    found.into_iter().map(volume).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_are_conditions_joined_by_and() {
        let disk = Object::custom().with("DriveType", Value::Int32(3)).with("Name", "/data");
        for (filter, wanted) in [
            ("DriveType=3", true),
            ("drivetype = 4", false),
            ("DriveType >= 3 AND Name = '/data'", true),
            ("Name like '/da%'", true),
            ("Name <> '/data'", false),
            ("", true),
        ] {
            assert_eq!(fits(&disk, filter), wanted, "{filter}");
        }
        assert_eq!(
            parts_of("SELECT * FROM Win32_Volume WHERE Name='x'"),
            ("Win32_Volume".into(), "Name='x'".into())
        );
    }
}
