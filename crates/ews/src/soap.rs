//! SOAP: the settings that a program names, for the users that it names.  [MS-OXWSADISC 3.1.4.1]

use crate::account::{Account, Alternative};
use crate::request::Document;
use crate::served::Served;
use crate::write::{document, element, text};
use std::collections::HashSet;

/// Users of one request; clients ask for one.
const USERS_MAX: usize = 50;
/// Settings of one request; there are some hundred.
const SETTINGS_MAX: usize = 300;
/// The longest name of a setting has some 40; an unknown one is told back.
const SETTING_BYTES_MAX: usize = 100;

const NAMESPACES: &str = "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:a=\"http://www.w3.org/2005/08/addressing\" \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"http://schemas.microsoft.com/exchange/2010/Autodiscover\"";
const ACTION: &str = "http://schemas.microsoft.com/exchange/2010/Autodiscover/Autodiscover/";

/// What is asked.
pub(crate) struct Asked<'a> {
    pub(crate) users: Vec<&'a str>,
    settings: Vec<&'a str>,
}

/// Takes a request for settings of users apart; an error is the answer.
pub(crate) fn asked(request: &Document) -> Result<Asked<'_>, String> {
    if !request.has("GetUserSettingsRequestMessage") {
        return Err(failed("InvalidRequest", "The operation is not provided; GetUserSettings is."));
    }
    let (users, settings) = (each_once(request.all("Mailbox")), each_once(request.all("Setting")));
    if settings.iter().any(|name| name.len() > SETTING_BYTES_MAX) {
        return Err(failed("InvalidRequest", "The name of a setting is at most 100 octets long."));
    }
    if users.is_empty() || users.len() > USERS_MAX || settings.is_empty() || settings.len() > SETTINGS_MAX {
        return Err(failed("InvalidRequest", "A request names one to 50 users and one to 300 settings."));
    }
    Ok(Asked { users, settings })
}

/// What was named, without what was named before: an answer is not made larger by asking twice.
fn each_once<'a>(named: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = HashSet::new();
    named.filter(|name| seen.insert(name.to_ascii_lowercase())).collect()
}

/// The answer to a request that could not be looked at.
pub(crate) fn failed(code: &str, message: &str) -> String {
    envelope(&format!("{}{}<UserResponses />", element("ErrorCode", code), element("ErrorMessage", message)))
}

/// The answer: what is told of each user.
pub(crate) fn answer(asked: &Asked<'_>, found: &[Option<Account>], served: &Served) -> String {
    let users: String = found
        .iter()
        .map(|account| match account {
            Some(account) => user(account, &asked.settings, served),
            None => format!(
                "<UserResponse>{}{}<RedirectTarget xsi:nil=\"true\" /><UserSettingErrors /><UserSettings /></UserResponse>",
                element("ErrorCode", "InvalidUser"),
                element("ErrorMessage", "The user cannot be found.")
            ),
        })
        .collect();
    envelope(&format!(
        "{}<ErrorMessage />{}",
        element("ErrorCode", "NoError"),
        format_args!("<UserResponses>{users}</UserResponses>")
    ))
}

fn envelope(response: &str) -> String {
    document(&format!(
        "<s:Envelope {NAMESPACES}><s:Header><a:Action s:mustUnderstand=\"1\">{ACTION}GetUserSettingsResponse</a:Action>\
         <ServerVersionInfo><MajorVersion>15</MajorVersion><MinorVersion>1</MinorVersion><MajorBuildNumber>0</MajorBuildNumber>\
         <MinorBuildNumber>0</MinorBuildNumber><Version>Exchange2016</Version></ServerVersionInfo></s:Header>\
         <s:Body><GetUserSettingsResponseMessage><Response>{response}</Response></GetUserSettingsResponseMessage></s:Body></s:Envelope>"
    ))
}

fn user(account: &Account, settings: &[&str], served: &Served) -> String {
    let (mut errors, mut found) = (String::new(), String::new());
    for name in settings {
        match setting(name, account, served) {
            Some(setting) => found.push_str(&setting),
            None => errors.push_str(&format!(
                "<UserSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode><ErrorMessage>The setting is not available.</ErrorMessage>{}</UserSettingError>",
                element("SettingName", name)
            )),
        }
    }
    format!(
        "<UserResponse><ErrorCode>NoError</ErrorCode><ErrorMessage>No error.</ErrorMessage><RedirectTarget xsi:nil=\"true\" />\
         <UserSettingErrors>{errors}</UserSettingErrors><UserSettings>{found}</UserSettings></UserResponse>"
    )
}

/// One setting, if this server has it.
fn setting(name: &str, account: &Account, served: &Served) -> Option<String> {
    let string = |value: &str| {
        format!(
            "<UserSetting xsi:type=\"StringSetting\">{}{}</UserSetting>",
            element("Name", name),
            element("Value", value)
        )
    };
    Some(match name {
        "UserDisplayName" => string(&account.display_name),
        "UserDN" | "MailboxDN" => string(&account.legacy_dn),
        "UserDeploymentId" => string(&served.deployment.to_string()),
        "AutoDiscoverSMTPAddress" => string(&account.address),
        "UserMSOnline" | "MapiHttpEnabled" => string("False"),
        "InternalImap4Connections" | "ExternalImap4Connections" if account.imap => {
            connection(name, served.imaps, served)
        }
        "InternalPop3Connections" | "ExternalPop3Connections" if account.pop3 => {
            connection(name, served.pop3s, served)
        }
        "InternalSmtpConnections" | "ExternalSmtpConnections" => connection(name, served.submissions, served),
        "AlternateMailboxes" if !account.alternatives.is_empty() => alternates(account),
        _ => return None,
    })
}

fn connection(name: &str, port: u16, served: &Served) -> String {
    format!(
        "<UserSetting xsi:type=\"ProtocolConnectionCollectionSetting\">{}<ProtocolConnections><ProtocolConnection>\
         <Hostname>{}</Hostname><Port>{port}</Port><EncryptionMethod>SSL</EncryptionMethod></ProtocolConnection></ProtocolConnections></UserSetting>",
        element("Name", name),
        text(&served.host)
    )
}

fn alternates(account: &Account) -> String {
    let one = |other: &Alternative| {
        format!(
            "<AlternateMailbox><Type>{}</Type>{}{}{}</AlternateMailbox>",
            other.kind.name(),
            element("DisplayName", &other.display_name),
            element("SmtpAddress", &other.address),
            element("OwnerSmtpAddress", &account.address)
        )
    };
    format!(
        "<UserSetting xsi:type=\"AlternateMailboxCollectionSetting\"><Name>AlternateMailboxes</Name><AlternateMailboxes>{}</AlternateMailboxes></UserSetting>",
        account.alternatives.iter().map(one).collect::<String>()
    )
}
