//! How a session writes and reads text: its culture, its profile, its time zone.

use crate::culture::{self, Culture};
use crate::profile::{self, Profile};
use jiff::tz::TimeZone;
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
