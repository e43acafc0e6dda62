//! Thunderbird's autoconfig: the servers of a domain, the same for everybody in it.

use crate::served::Served;
use crate::write::{document, element, text};

/// The configuration of a domain.
pub(crate) fn answer(domain: &str, served: &Served) -> String {
    let incoming = [("imap", served.imaps), ("pop3", served.pop3s)];
    let incoming = incoming.map(|(kind, port)| server("incomingServer", kind, port, served)).concat();
    let outgoing = server("outgoingServer", "smtp", served.submissions, served);
    document(&format!(
        "<clientConfig version=\"1.1\"><emailProvider id=\"{}\">{}{}{}{incoming}{outgoing}</emailProvider></clientConfig>",
        text(domain),
        element("domain", domain),
        element("displayName", domain),
        element("displayShortName", domain)
    ))
}

fn server(tag: &str, kind: &str, port: u16, served: &Served) -> String {
    format!(
        "<{tag} type=\"{kind}\">{}<port>{port}</port><socketType>SSL</socketType>\
         <authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></{tag}>",
        element("hostname", &served.host)
    )
}
