//! `Get-WmiObject`, `Get-CimInstance`: the classes that mail administrators' scripts ask for, answered from what the
//! kernel and `df` say of this machine.

use super::{here, kernel, lines_of, own_name};
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
        let asked = match call.text("Query") {
            Some(query) => Asked::of(&query).map_err(|why| bad_query(&why, self.cim))?,
            None => {
                let named = if self.cim { call.text("ClassName") } else { call.text("Class") };
                Asked {
                    class: named.unwrap_or_default(),
                    properties: call.texts("Property"),
                    filter: call.text("Filter").unwrap_or_default(),
                }
            }
        };
        let Some((_, read)) = CLASSES.iter().find(|(name, _)| name.eq_ignore_ascii_case(&asked.class)) else {
            return call.error(unknown(&asked.class, self.cim));
        };
        let condition = Condition::parse(&asked.filter).map_err(|why| bad_query(&why, self.cim))?;
        let id = if self.cim { "HRESULT 0x800706ba" } else { "GetWMICOMException" };
        for _ in 0..here(call, id)? {
            for found in read(call) {
                if condition.fits(&found) {
                    call.write(Value::from(only(found, &asked.properties)))?;
                }
            }
        }
        Ok(())
    }
}

/// The object with the properties that were asked for; `*`, or none: with all.
fn only(object: Object, properties: &[String]) -> Object {
    let wanted = |name: &str| properties.iter().any(|one| one == "*" || one.eq_ignore_ascii_case(name));
    if properties.is_empty() || wanted("*") {
        return object;
    }
    let mut made = Object::named(object.type_name());
    for (name, value) in object.properties().iter() {
        if wanted(name) || name.starts_with("__") || &**name == "PSComputerName" {
            made = made.with(name.clone(), value.clone());
        }
    }
    made
}

fn bad_query(why: &str, cim: bool) -> ErrorRecord {
    let (kind, id) = match cim {
        true => ("Microsoft.Management.Infrastructure.CimException", "HRESULT 0x80041017"),
        false => ("System.Management.ManagementException", "GetWMIManagementException"),
    };
    let error = Exception::new(kind, format!("Invalid query: {why}.")).id(id);
    ErrorRecord::new(error.category(Category::InvalidArgument))
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

/// What a query asks for: `select PROPERTIES from CLASS where FILTER`.
#[derive(Debug, PartialEq)]
struct Asked {
    class: String,
    properties: Vec<String>,
    filter: String,
}

impl Asked {
    /// Every word of the query has its place, or the query is refused: a condition that is not read would find too much.
    fn of(query: &str) -> Result<Asked, String> {
        let (listed, rest) = parted(query, "from").ok_or("it has no 'from'")?;
        let (before, listed) = parted(listed, "select").ok_or("it does not begin with 'select'")?;
        if !before.trim().is_empty() || listed.is_empty() {
            return Err("it does not begin with 'select' and what is wanted".to_owned());
        }
        let (class, filter) = match parted(rest, "where") {
            Some((_, "")) => return Err("nothing stands behind 'where'".to_owned()),
            Some(parts) => parts,
            None => (rest, ""),
        };
        let mut words = class.split_whitespace();
        let class = words.next().ok_or("nothing stands behind 'from'")?;
        if let Some(stray) = words.next() {
            return Err(format!("'{stray}' is not expected"));
        }
        let properties = listed.split(',').map(|name| name.trim().to_owned()).collect();
        Ok(Asked { class: class.to_owned(), properties, filter: filter.to_owned() })
    }
}

/// What stands before a word of its own and behind it, whatever blanks and line ends are around it.
fn parted<'a>(text: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let place = |found: &str| found.as_ptr() as usize - text.as_ptr() as usize;
    let found = text.split_whitespace().find(|found| found.eq_ignore_ascii_case(word)).map(place)?;
    Some((&text[..found], text[found + word.len()..].trim()))
}

/// A condition of WQL: tests with `and`, `or`, `not` and brackets; `not` binds closest, then `and`.
#[derive(Debug, PartialEq)]
enum Condition {
    Always,
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Test { name: String, sign: String, value: String },
}

/// Longer conditions, and deeper ones, are refused.
const CONDITION_BYTES_MAX: usize = 16 << 10;
const CONDITION_DEPTH_MAX: usize = 50;
const SIGNS: [&str; 7] = ["<>", "!=", ">=", "<=", "=", ">", "<"];

impl Condition {
    fn parse(text: &str) -> Result<Condition, String> {
        if text.trim().is_empty() {
            return Ok(Condition::Always);
        }
        if text.len() > CONDITION_BYTES_MAX {
            return Err("it is longer than 16 KB".to_owned());
        }
        let mut reader = WqlReader { words: words(text)?, at: 0, depth: 0 };
        let made = reader.any()?;
        match reader.words.get(reader.at) {
            None => Ok(made),
            Some(word) => Err(format!("'{word}' is not expected")),
        }
    }

    fn fits(&self, object: &Object) -> bool {
        match self {
            Condition::Always => true,
            Condition::All(all) => all.iter().all(|one| one.fits(object)),
            Condition::Any(any) => any.iter().any(|one| one.fits(object)),
            Condition::Not(inner) => !inner.fits(object),
            Condition::Test { name, sign, value } => test(object, name, sign, value),
        }
    }
}

/// Names, signs, brackets and values; a text keeps its first quotation mark, which tells it from a word.
fn words(text: &str) -> Result<Vec<String>, String> {
    let (mut found, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\'' | '"' => {
                let end = rest[1..].find(first).ok_or("a text in it has no end")?;
                found.push(format!("'{}", &rest[1..=end]));
                end + 2
            }
            '(' | ')' => {
                found.push(first.to_string());
                1
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign)).map(str::len);
                let ends = |c: char| c.is_whitespace() || "()<>=!'\"".contains(c);
                let length = sign.unwrap_or_else(|| rest.find(ends).unwrap_or(rest.len()));
                let length = length.max(first.len_utf8());
                found.push(rest[..length].to_owned());
                length
            }
        };
        rest = rest[taken..].trim_start();
    }
    Ok(found)
}

struct WqlReader {
    words: Vec<String>,
    at: usize,
    depth: usize,
}

impl WqlReader {
    fn takes(&mut self, word: &str) -> bool {
        let fits = self.words.get(self.at).is_some_and(|known| known.eq_ignore_ascii_case(word));
        self.at += usize::from(fits);
        fits
    }
    fn next(&mut self) -> Result<String, String> {
        self.at += 1;
        self.words.get(self.at - 1).cloned().ok_or_else(|| "it ends too early".to_owned())
    }
    fn any(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.all()?];
        while self.takes("or") {
            parts.push(self.all()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::Any(parts) })
    }
    fn all(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.one()?];
        while self.takes("and") {
            parts.push(self.one()?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { Condition::All(parts) })
    }
    fn one(&mut self) -> Result<Condition, String> {
        self.depth += 1;
        if self.depth > CONDITION_DEPTH_MAX {
            return Err(format!("it is nested deeper than {CONDITION_DEPTH_MAX} levels"));
        }
        let made = if self.takes("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.takes("(") {
            let inner = self.any()?;
            if !self.takes(")") {
                return Err("a ')' is missing".to_owned());
            }
            inner
        } else {
            self.test()?
        };
        self.depth -= 1;
        Ok(made)
    }
    fn test(&mut self) -> Result<Condition, String> {
        let name = self.next()?;
        if self.takes("is") {
            let not = self.takes("not");
            if !self.takes("null") {
                return Err("'null' is missing behind 'is'".to_owned());
            }
            let sign = if not { "<>" } else { "=" }.to_owned();
            return Ok(Condition::Test { name, sign, value: String::new() });
        }
        let sign = self.next()?.to_ascii_lowercase();
        if sign != "like" && !SIGNS.contains(&sign.as_str()) {
            return Err(format!("'{sign}' is not a comparison"));
        }
        let value = self.next()?;
        Ok(Condition::Test { name, sign, value: value.trim_start_matches('\'').to_owned() })
    }
}

fn test(object: &Object, name: &str, sign: &str, wanted: &str) -> bool {
    let held = object.get(name).unwrap_or_default();
    if sign == "like" {
        let pattern = wanted.replace('%', "*").replace('_', "?");
        return dotnet::wildcard::Wildcard::new(&pattern)
            .is_ok_and(|pattern| pattern.matches(&held.to_string()));
    }
    let wanted_truth = match wanted.to_ascii_lowercase().as_str() {
        "true" => Some(1),
        "false" => Some(0),
        _ => wanted.parse::<i64>().ok(),
    };
    let number = match &held {
        Value::Bool(on) => Some(i64::from(*on)),
        held => held.as_i64(),
    };
    let order = match (number, wanted_truth) {
        (Some(held), Some(wanted)) => held.cmp(&wanted),
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
    fn filters_are_conditions_of_wql() {
        let disk = Object::custom().with("DriveType", Value::Int32(3)).with("Name", "/data");
        for (filter, wanted) in [
            ("DriveType=3", true),
            ("drivetype = 4", false),
            ("DriveType >= 3 AND Name = '/data'", true),
            ("Name like '/da%'", true),
            ("Name <> '/data'", false),
            ("", true),
            ("DriveType = 2 OR DriveType = 3", true),
            ("DriveType = 3 or DriveType = 2 and Name = 'x'", true),
            ("(DriveType = 3 or DriveType = 2) and Name = 'x'", false),
            ("not Name = \"and or\"", true),
            ("Label is null and not Name is null", true),
        ] {
            assert_eq!(
                Condition::parse(filter).map(|condition| condition.fits(&disk)),
                Ok(wanted),
                "{filter}"
            );
        }
        for bad in ["DriveType", "DriveType =", "(A = 1", "A = 1 B = 2", "A ~ 1", "A = 'x", "and", "\u{e9}"] {
            assert!(Condition::parse(bad).is_err(), "{bad}");
        }
        assert!(Condition::parse(&"(".repeat(1000)).is_err());
        let asked = Asked::of("SELECT Name, Size FROM Win32_Volume WHERE Name='x'").unwrap();
        assert_eq!((asked.class.as_str(), asked.filter.as_str()), ("Win32_Volume", "Name='x'"));
        assert_eq!(asked.properties, ["Name", "Size"]);
        let broken = "select\n\tName,\n Size\r\nfrom\n\tWin32_Volume\nwhere\nName='x'";
        assert_eq!(Asked::of(broken).unwrap(), asked);
        assert_eq!(Asked::of("select * from\nWin32_Volume").unwrap().class, "Win32_Volume");
        for bad in [
            "Win32_Volume",
            "select * from",
            "select from Win32_Volume",
            "select * from Win32_Volume wher Name='x'",
            "select * from Win32_Volume where",
            "select * from Win32_Volume Name='x'",
            "pick * from Win32_Volume",
        ] {
            assert!(Asked::of(bad).is_err(), "{bad}");
        }
    }
}
