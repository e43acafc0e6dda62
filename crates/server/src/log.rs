//! Structured logs on standard error: a line an event, with the connection's and request's id.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;

/// Starts logging. `MAILSTEAD_LOG` chooses what (`debug`, `imap=trace,info`) and, with `json` as one of its
/// words, the form; `NO_COLOR` is honoured. Where it says nothing, everything from `unasked` (`info`, `warn`) is logged.
pub fn start(unasked: &str) {
    let wanted = std::env::var("MAILSTEAD_LOG").unwrap_or_default();
    let words = || wanted.split(',').map(str::trim).filter(|word| !word.is_empty());
    let json = words().any(|word| word.eq_ignore_ascii_case("json"));
    let rules: Vec<&str> = words().filter(|word| !word.eq_ignore_ascii_case("json")).collect();
    let rules = if rules.is_empty() { unasked.to_owned() } else { rules.join(",") };
    let filter = EnvFilter::builder().parse_lossy(rules);
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let lines = fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colour);
    // A second start in one process (tests) keeps the first one's settings.
    let _already = if json { lines.json().try_init() } else { lines.try_init() };
}
