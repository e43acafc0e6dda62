//! Times as the person at the browser reads them: in their zone, in one form that sorts.

use crate::cookie::cookie;
use axum::http::HeaderMap;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use object::Time;
use object::types::DateTime;

/// The cookie in which our script tells the browser's zone; without it times are UTC.
const COOKIE: &str = "mailstead-zone";
/// The longest name of a zone is some 30 letters.
const NAME_BYTES_MAX: usize = 64;

/// A time zone.
pub(crate) struct Zone(TimeZone);

impl Zone {
    /// The zone that a request names.
    pub(crate) fn of(headers: &HeaderMap) -> Zone {
        let named = cookie(headers, COOKIE).filter(|name| name.len() <= NAME_BYTES_MAX);
        let zone = named.and_then(|name| TimeZone::get(&name.replace("%2F", "/")).ok());
        Zone(zone.unwrap_or(TimeZone::UTC))
    }

    /// `2026-11-30 14:05`, with the zone's name where it is UTC.
    pub(crate) fn shown(&self, time: Time) -> String {
        let Ok(moment) = Timestamp::from_microsecond(time.0) else { return time.rfc3339() };
        let here = moment.to_zoned(self.0.clone());
        let text = here.strftime("%Y-%m-%d %H:%M").to_string();
        if self.0 == TimeZone::UTC { format!("{text} UTC") } else { text }
    }

    /// A date of .NET; those of the server are UTC.
    pub(crate) fn date(&self, date: &DateTime) -> String {
        self.shown(date.to_time())
    }
}
