//! How full a mailbox is: a bar with the marks of the quotas that hold for it.

use crate::run::Desk;
use crate::shown;
use gate::Invocation;
use maud::{Markup, html};
use object::types::{ByteQuantifiedSize, Unlimited};
use object::{Object, Result, Value};

/// A quota: what happens from there on, the mailbox's own property, and that of the statistics for its database's.
const QUOTAS: [(&str, &str, &str); 3] = [
    ("a warning", "IssueWarningQuota", "DatabaseIssueWarningQuota"),
    ("no sending", "ProhibitSendQuota", "DatabaseProhibitSendQuota"),
    ("neither sending nor receiving", "ProhibitSendReceiveQuota", "DatabaseProhibitSendReceiveQuota"),
];
/// The units of the drawing from left to right.
const WIDTH: u64 = 1_000;

/// What is used of a mailbox's quotas, by what `asked` answers of it.
pub(crate) fn bar(desk: &Desk, mailbox: &Object, asked: Invocation) -> Result<Markup> {
    let statistics = desk.one(asked)?;
    let own = matches!(shown::property(mailbox, "UseDatabaseQuotaDefaults"), Value::Bool(false));
    let used = bytes(&statistics, "TotalItemSize").unwrap_or_default();
    let of = |(what, name, of_database): (&'static str, &str, &str)| {
        let quota = if own { bytes(mailbox, name) } else { bytes(&statistics, of_database) };
        quota.map(|quota| (what, quota))
    };
    let quotas: Vec<(&str, u64)> = QUOTAS.into_iter().filter_map(of).collect();
    Ok(drawn(used, &quotas, if own { "its own quotas" } else { "its database's quotas" }))
}

fn drawn(used: u64, quotas: &[(&str, u64)], whose: &str) -> Markup {
    let Some(whole) = quotas.iter().map(|(_, quota)| *quota).max() else {
        return html! { p { strong { (shown::bytes(used)) } " used. No quota holds." } };
    };
    let reached = quotas.iter().filter(|(_, quota)| used >= *quota).count();
    let state = ["ok", "warn", "bad", "bad"][reached.min(3)];
    let at = |size: u64| {
        u64::try_from(u128::from(size) * u128::from(WIDTH) / u128::from(whole.max(1)))
            .unwrap_or(WIDTH)
            .min(WIDTH)
    };
    let said = format!("{} of {} used", shown::bytes(used), shown::bytes(whole));
    html! {
        div.quota {
            p {
                strong { (shown::bytes(used)) } " of " (shown::bytes(whole)) " used " span.quiet { "by " (whose) }
                @if let Some((what, _)) = quotas.iter().rfind(|(_, quota)| used >= *quota) { " " span.problem { "Reached: " (what) } }
            }
            svg viewBox=(format!("0 0 {WIDTH} 10")) preserveAspectRatio="none" role="img" aria-label=(said) {
                rect.track width=(WIDTH) height="10" {}
                rect.(state) width=(at(used)) height="10" {}
                @for (_, quota) in quotas.iter().filter(|(_, quota)| *quota < whole) {
                    rect.mark x=(at(*quota)) width="3" height="10" {}
                }
            }
            p.quiet {
                @for (nth, (what, quota)) in quotas.iter().enumerate() {
                    @if nth > 0 { " · " } (what) " from " (shown::bytes(*quota))
                }
            }
        }
    }
}

/// A size that is one; nothing where there is no limit.
fn bytes(object: &Object, name: &str) -> Option<u64> {
    let value = shown::property(object, name);
    match value.downcast::<Unlimited<ByteQuantifiedSize>>() {
        Some(Unlimited::Value(size)) => Some(size.0),
        Some(Unlimited::Unlimited) => None,
        None => value.downcast::<ByteQuantifiedSize>().map(|size| size.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_what_is_used_and_what_comes_next() {
        let quotas = [("a warning", 50 << 20), ("no sending", 100 << 20)];
        for (used, class, width) in [
            (0, "ok", 0),
            (25 << 20, "ok", 250),
            (50 << 20, "warn", 500),
            (100 << 20, "bad", 1000),
            (1 << 40, "bad", 1000),
        ] {
            let text = drawn(used, &quotas, "its own quotas").into_string();
            assert!(text.contains(&format!("<rect class=\"{class}\" width=\"{width}\"")), "{used}: {text}");
            assert!(text.contains("a warning from 50 MB · no sending from 100 MB"), "{text}");
        }
        assert!(drawn(1 << 20, &[], "").into_string().contains("No quota holds."));
        assert!(drawn(5, &[("no sending", 0)], "").into_string().contains("class=\"warn\" width=\"1000\""));
    }
}
