//! What values need of whoever runs the script: its culture and profile, its host, and script blocks
//! called back. `language` implements it; so does a test.

use crate::culture::{self, Culture};
use crate::exception::{Exception, Result};
use crate::host::Host;
use crate::profile::{self, Profile};
use jiff::tz::TimeZone;
use object::Value;
use object::value::Text;

/// How a session writes and reads text.
#[derive(Clone)]
pub struct Locale {
    /// `$PSCulture`: numbers and dates.
    pub culture: &'static Culture,
    /// Which side of the differences between versions it takes.
    pub profile: &'static Profile,
    /// Local time.
    pub zone: TimeZone,
    /// `$OFS`: what stands between the elements of an array in text.
    pub separator: Text,
}

impl Locale {
    /// A session of `profile` in `culture` and UTC, with a blank as `$OFS`.
    pub fn new(profile: &'static Profile, culture: &'static Culture) -> Locale {
        Locale { culture, profile, zone: TimeZone::UTC, separator: " ".into() }
    }
    /// The same session where the invariant culture is asked for.
    #[must_use]
    pub fn invariant(&self) -> Locale {
        Locale { culture: &culture::INVARIANT, ..self.clone() }
    }
    /// The same session in another culture.
    #[must_use]
    pub fn in_culture(&self, culture: &'static Culture) -> Locale {
        Locale { culture, ..self.clone() }
    }
}

impl Default for Locale {
    fn default() -> Locale {
        Locale::new(&profile::CORE, &culture::EN_US)
    }
}

/// Whoever runs the script.
pub trait Engine {
    /// How the session writes and reads text.
    fn locale(&self) -> &Locale;
    /// The way to the world.
    fn host(&self) -> &dyn Host;
    /// Runs a script block: `$_` is `input` where one is given, `$args` or the parameters are `args`;
    /// what it writes comes back. Used for `.ForEach({…})`, `-replace` with a block, script properties.
    fn call(&mut self, block: &Value, input: Option<&Value>, args: &[Value]) -> Result<Vec<Value>>;
    /// The same for a column of a table: what goes wrong in it is not shown.
    fn call_quietly(&mut self, block: &Value, input: &Value) -> Result<Vec<Value>> {
        self.call(block, Some(input), &[])
    }
    /// Runs the block of a script property or script method, with `$this`.
    fn call_this(&mut self, block: &Value, this: &Value, args: &[Value]) -> Result<Vec<Value>>;
    /// Makes a script block of its text (`[scriptblock]::Create(…)`, a cast).
    fn block(&mut self, text: &str) -> Result<Value> {
        Err(Exception::runtime("ScriptBlockNotAvailable", format!("No script can be read here: {text}")))
    }
    /// The current folder, as the script sees it.
    fn location(&self) -> String {
        "/".to_owned()
    }
    /// Keeps `$Matches` of a match that was found.
    fn set_matches(&mut self, matches: Value) {
        let _ = matches;
    }
    /// A type that the script itself declared (`class`, `enum`).
    fn script_type(&self, name: &str) -> Option<crate::Type> {
        let _ = name;
        None
    }
}

/// An engine without scripts: for values whose work needs no script block, and for tests.
pub struct Plain<'a> {
    locale: Locale,
    host: &'a dyn Host,
}

impl<'a> Plain<'a> {
    /// An engine that has a locale and a host and runs no script.
    pub fn new(locale: Locale, host: &'a dyn Host) -> Plain<'a> {
        Plain { locale, host }
    }
}

impl Engine for Plain<'_> {
    fn locale(&self) -> &Locale {
        &self.locale
    }
    fn host(&self) -> &dyn Host {
        self.host
    }
    fn call(&mut self, _: &Value, _: Option<&Value>, _: &[Value]) -> Result<Vec<Value>> {
        Err(Exception::runtime("ScriptsNotAvailable", "A script block cannot be run here."))
    }
    fn call_this(&mut self, block: &Value, _: &Value, args: &[Value]) -> Result<Vec<Value>> {
        self.call(block, None, args)
    }
}
