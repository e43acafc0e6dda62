//! Whether an address that a script names is this server's, and the start scripts that lie in Exchange's folder.

use dotnet::{Category, Exception};
use language::{Call, Run};
use object::Value;

/// Start scripts of Exchange's own folder; here there is nothing for them to do.
const START_SCRIPTS: [&str; 5] = [
    "remoteexchange.ps1",
    "exchange.ps1",
    "connectfunctions.ps1",
    "commonconnectfunctions.ps1",
    "consoleinitialize.ps1",
];

/// Whether a path is one of Exchange's start scripts: `…\bin\RemoteExchange.ps1`.
pub(crate) fn is_start_script(path: &str) -> bool {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let mut parts = path.rsplit('/');
    let (name, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    folder == "bin" && START_SCRIPTS.contains(&name) && path.contains("exchange")
}

/// The host of an address: `http://mail.contoso.com/PowerShell/`, `mail.contoso.com:443`, a plain name.
fn host_of(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or(rest);
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    host.split(':').next().unwrap_or(host).trim_end_matches('.').to_ascii_lowercase()
}

/// Refuses an address that is not this server's.
pub(super) fn check(call: &mut Call<'_>, address: &str, command: &str) -> Run {
    let host = host_of(address);
    if host.is_empty() || is_here(call, &host) {
        return Ok(());
    }
    let message = format!(
        "{address} is not this server. This shell administers the server it is connected to; start it with --server for another one."
    );
    let error = Exception::new("System.Management.Automation.Remoting.PSRemotingTransportException", message)
        .id("ServerIsElsewhere")
        .category(Category::OpenError)
        .target(address);
    Err(language::ErrorRecord::new(error).with_activity(command).into())
}

/// This machine, the server the shell talks to, or a name in a domain of the organization.
fn is_here(call: &mut Call<'_>, host: &str) -> bool {
    if matches!(host, "localhost" | "127.0.0.1" | "::1" | "." | "[::1]") {
        return true;
    }
    let computer = call.host().variable("COMPUTERNAME").unwrap_or_default().to_ascii_lowercase();
    let label = host.split('.').next().unwrap_or(host);
    if !computer.is_empty() && (host == computer || label == computer) {
        return true;
    }
    let server = call.host().variable(SERVER_VARIABLE).unwrap_or_default();
    if !server.is_empty() && host_of(&server) == host {
        return true;
    }
    domains(call).iter().any(|domain| host == domain || host.ends_with(&format!(".{domain}")))
}

/// Where the shell says which server it was started for.
pub(crate) const SERVER_VARIABLE: &str = "MAILSTEAD_SERVER";

/// The organization's domains; none where no server answers.
fn domains(call: &mut Call<'_>) -> Vec<String> {
    let Ok(block) = call.session().parse_block("(Get-AcceptedDomain -ErrorAction Stop).DomainName") else {
        return Vec::new();
    };
    let names = call.invoke(&block.value(), None, &[]).unwrap_or_default();
    names.iter().map(Value::to_string).map(|name| name.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_an_address_is_found() {
        for (address, host) in [
            ("http://mail.contoso.com/PowerShell/", "mail.contoso.com"),
            ("https://EX1:443/PowerShell?x=y", "ex1"),
            ("ex1.contoso.com.", "ex1.contoso.com"),
            ("ex1", "ex1"),
            ("", ""),
        ] {
            assert_eq!(host_of(address), host, "{address}");
        }
    }

    #[test]
    fn start_scripts_are_known_by_their_folder() {
        for (path, known) in [
            (r"C:\Program Files\Microsoft\Exchange Server\V15\bin\RemoteExchange.ps1", true),
            ("/C:/Program Files/Microsoft/Exchange Server/V14/Bin/Exchange.ps1", true),
            (r"C:\scripts\bin\report.ps1", false),
            (r"C:\Temp\RemoteExchange.ps1", false),
        ] {
            assert_eq!(is_start_script(path), known, "{path}");
        }
    }
}
