//! What a shell is given: values, so that many shells run beside each other in one process.

use dotnet::{Culture, Profile, culture, profile};
use jiff::tz::TimeZone;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a shell is given.
#[derive(Clone)]
pub struct Settings {
    /// Which PowerShell scripts are run as.
    pub profile: &'static Profile,
    /// The culture of numbers and dates.
    pub culture: &'static Culture,
    /// Local time.
    pub zone: TimeZone,
    /// Drive letters and the folders they stand for.
    pub drives: BTreeMap<char, PathBuf>,
    /// The home folder: history, `~`, `$HOME`.
    pub home: Option<PathBuf>,
    /// The current folder at the start.
    pub folder: PathBuf,
    /// The server's data directory on this machine, which scripts cannot touch.
    pub data: Option<PathBuf>,
    /// The width of output; otherwise the terminal's, else 120.
    pub width: Option<usize>,
    /// Whether colours are shown where a terminal shows them (`NO_COLOR` is not set).
    pub colour: bool,
    /// The environment that scripts see as `$env:`.
    pub environment: Vec<(String, String)>,
    /// `$env:COMPUTERNAME`: the server's name, where it is on this machine.
    pub computer_name: String,
}

impl Default for Settings {
    /// A shell that knows nothing of its machine: for tests, and to be filled in.
    fn default() -> Settings {
        Settings {
            profile: &profile::SHELL,
            culture: &culture::EN_US,
            zone: TimeZone::UTC,
            drives: BTreeMap::new(),
            home: None,
            folder: PathBuf::from("/"),
            data: None,
            width: None,
            colour: false,
            environment: Vec::new(),
            computer_name: "LOCALHOST".to_owned(),
        }
    }
}

impl Settings {
    /// The settings of a person or script at this machine: home, folder, time zone, environment. `drives`
    /// that the configuration does not name are `~/mailstead/c` and `~/mailstead/d`.
    pub fn of_process(configured: &BTreeMap<char, PathBuf>) -> Settings {
        let environment: Vec<(String, String)> = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        let named =
            |name: &str| environment.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        let home = named("HOME").filter(|home| home.starts_with('/')).map(PathBuf::from);
        let mut drives = BTreeMap::new();
        for letter in ['C', 'D'] {
            let below = |home: &PathBuf| home.join("mailstead").join(letter.to_ascii_lowercase().to_string());
            drives.extend(home.as_ref().map(|home| (letter, below(home))));
        }
        drives
            .extend(configured.iter().map(|(letter, folder)| (letter.to_ascii_uppercase(), folder.clone())));
        Settings {
            drives,
            home,
            folder: std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/")),
            zone: zone(named("TZ").as_deref()),
            colour: named("NO_COLOR").is_none_or(|value| value.is_empty()),
            environment,
            ..Settings::default()
        }
    }

    /// Whether `TERM` names a terminal on which a line can be edited.
    pub(crate) fn can_edit(&self) -> bool {
        let term = self.environment.iter().find(|(name, _)| name == "TERM");
        term.is_none_or(|(_, name)| {
            !["dumb", "cons25", "emacs"].contains(&name.to_ascii_lowercase().as_str())
        })
    }
}

/// Where the rules of time zones lie.
const ZONES: &str = "/usr/share/zoneinfo";
/// The rules of this machine's zone.
const LOCAL_ZONE: &str = "/etc/localtime";

/// Local time: what `TZ` says, else the machine's, else UTC. One file is read; searching the whole database
/// would cost more than all the rest of a short command. [POSIX.1-2024 8.3]
fn zone(named: Option<&str>) -> TimeZone {
    let Some(name) = named.map(|name| name.trim_start_matches(':')) else { return local_zone() };
    if name.is_empty() {
        return TimeZone::UTC;
    }
    let file = if name.starts_with('/') { PathBuf::from(name) } else { Path::new(ZONES).join(name) };
    let rules = || TimeZone::posix(name).ok();
    zone_file(&file, name).or_else(rules).unwrap_or(TimeZone::UTC)
}

fn local_zone() -> TimeZone {
    let file = std::fs::canonicalize(LOCAL_ZONE).unwrap_or_else(|_| PathBuf::from(LOCAL_ZONE));
    let name =
        file.strip_prefix(ZONES).map_or_else(|_| "Local".to_owned(), |name| name.display().to_string());
    zone_file(&file, &name).unwrap_or(TimeZone::UTC)
}

fn zone_file(file: &Path, name: &str) -> Option<TimeZone> {
    TimeZone::tzif(name, &std::fs::read(file).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_time_is_what_tz_says() {
        let winter = jiff::Timestamp::from_second(1_767_225_600).unwrap();
        for (named, hours) in [
            ("Europe/Berlin", 1),
            (":America/New_York", -5),
            ("CET-1CEST,M3.5.0,M10.5.0/3", 1),
            ("UTC", 0),
            ("no/zone", 0),
            ("", 0),
        ] {
            assert_eq!(zone(Some(named)).to_offset(winter).seconds(), hours * 3600, "{named}");
        }
    }
}
