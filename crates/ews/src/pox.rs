//! Plain XML: the answer to the mail program of a desktop, and the errors of all plain XML.  [MS-OXDSCLI 2.2.3, 2.2.4]

use crate::account::{Account, Alternative};
use crate::served::Served;
use crate::write::{document, element, text};
use object::Time;

const ROOT: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
const OUTLOOK: &str = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

/// Why nothing is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nobody has the address, or whoever asks may not know of it.
    NotFound,
    /// The request is none.
    Invalid,
    /// The form that is asked for is not served.
    NotProvided,
}

/// An answer that tells nothing, and why.
pub(crate) fn refusal(why: Refusal, now: Time) -> String {
    let (code, message) = match why {
        Refusal::NotFound => (500, "The e-mail address cannot be found."),
        Refusal::Invalid => (600, "Invalid Request"),
        Refusal::NotProvided => (601, "The requested response schema is not provided."),
    };
    // The time of the day, as Exchange tells it.
    let micros = now.0.rem_euclid(86_400_000_000);
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let time = format!("{:02}:{:02}:{:02}.{rest:06}0", seconds / 3600, seconds / 60 % 60, seconds % 60);
    document(&format!(
        "<Autodiscover xmlns=\"{ROOT}\"><Response><Error Time=\"{time}\" Id=\"{}\"><ErrorCode>{code}</ErrorCode>{}<DebugData /></Error></Response></Autodiscover>",
        micros / 1000,
        element("Message", message)
    ))
}

/// What is told of an account.
pub(crate) fn answer(account: &Account, served: &Served) -> String {
    let user = [
        element("DisplayName", &account.display_name),
        element("LegacyDN", &account.legacy_dn),
        element("AutoDiscoverSMTPAddress", &account.address),
        element("DeploymentId", &served.deployment.to_string()),
    ];
    let mut protocols = String::new();
    for (kind, port, is_open) in [
        ("IMAP", served.imaps, account.imap),
        ("POP3", served.pop3s, account.pop3),
        ("SMTP", served.submissions, true),
    ] {
        if is_open {
            protocols.push_str(&protocol(kind, &served.host, port, &account.address));
        }
    }
    let others: String = account.alternatives.iter().map(|other| alternative(other, account)).collect();
    document(&format!(
        "<Autodiscover xmlns=\"{ROOT}\"><Response xmlns=\"{OUTLOOK}\"><User>{}</User><Account><AccountType>email</AccountType>\
         <Action>settings</Action><MicrosoftOnline>False</MicrosoftOnline>{protocols}{others}</Account></Response></Autodiscover>",
        user.concat()
    ))
}

fn protocol(kind: &str, host: &str, port: u16, name: &str) -> String {
    format!(
        "<Protocol><Type>{kind}</Type><Server>{}</Server><Port>{port}</Port><DomainRequired>off</DomainRequired>\
         <LoginName>{}</LoginName><SPA>off</SPA><SSL>on</SSL><Encryption>SSL</Encryption><AuthRequired>on</AuthRequired></Protocol>",
        text(host),
        text(name)
    )
}

fn alternative(other: &Alternative, owner: &Account) -> String {
    format!(
        "<AlternativeMailbox><Type>{}</Type>{}{}{}</AlternativeMailbox>",
        other.kind.name(),
        element("DisplayName", &other.display_name),
        element("SmtpAddress", &other.address),
        element("OwnerSmtpAddress", &owner.address)
    )
}
