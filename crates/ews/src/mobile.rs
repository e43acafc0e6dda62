//! Plain XML for phones: where ActiveSync is.  [MS-ASCMD 2.2.1.1.2]
//!
//! ActiveSync is not served yet, and an address that answers nothing would end a phone's set-up with a riddle: a phone is told
//! that there is none, in the words of its own form.

use crate::account::Account;
use crate::served::Served;
use crate::write::{document, element};

const ROOT: &str = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";
/// The form for phones.
pub(crate) const SCHEMA: &str =
    "http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006";

/// What is told of an account.
pub(crate) fn answer(account: &Account, served: &Served) -> String {
    let action = match (&served.active_sync, account.active_sync) {
        (Some(url), true) => format!(
            "<Settings><Server><Type>MobileSync</Type>{}{}</Server></Settings>",
            element("Url", url),
            element("Name", url)
        ),
        _ => "<Error><Status>2</Status><Message>ActiveSync is not available for this account.</Message><DebugData /></Error>"
            .to_owned(),
    };
    document(&format!(
        "<Autodiscover xmlns=\"{ROOT}\"><Response xmlns=\"{SCHEMA}\"><Culture>en:us</Culture><User>{}{}</User>\
         <Action>{action}</Action></Response></Autodiscover>",
        element("DisplayName", &account.display_name),
        element("EMailAddress", &account.address)
    ))
}
