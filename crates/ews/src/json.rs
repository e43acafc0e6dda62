//! Autodiscover in JSON: where one protocol is. Asked without a log-on, so it tells nothing of people.

use crate::served::Served;

/// The status and the text of the answer.
pub(crate) fn answer(protocol: Option<&str>, served: &Served) -> (u16, String) {
    let Some(protocol) = protocol.filter(|protocol| !protocol.is_empty()) else {
        return refusal(
            "MandatoryParameterMissing",
            "A valid value must be provided for the query parameter 'Protocol'",
        );
    };
    let known = [
        ("AutodiscoverV1", Some(served.autodiscover.as_str())),
        ("ActiveSync", served.active_sync.as_deref()),
    ];
    let found = known.iter().find(|(name, url)| name.eq_ignore_ascii_case(protocol) && url.is_some());
    match found {
        Some((name, Some(url))) => (200, format!("{{\"Protocol\":\"{name}\",\"Url\":\"{}\"}}", quoted(url))),
        _ => refusal(
            "ProtocolNotSupported",
            "The given protocol value is invalid. Supported values are 'AutodiscoverV1'",
        ),
    }
}

fn refusal(code: &str, message: &str) -> (u16, String) {
    (400, format!("{{\"ErrorCode\":\"{code}\",\"ErrorMessage\":\"{}\"}}", quoted(message)))
}

/// A text as it stands in a string of JSON. [RFC 8259 7]
fn quoted(text: &str) -> String {
    let plain = |c: char| !c.is_control();
    text.chars().filter(|c| plain(*c)).collect::<String>().replace('\\', "\\\\").replace('"', "\\\"")
}
