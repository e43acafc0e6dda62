//! The exceptions that errors of the server's commands are: of which type, by the command's module and by what is wrong.

use super::names::TASK_EXCEPTION;
use crate::{Error, ErrorId, Fault};

const REMOTE: &str = "System.Management.Automation.RemoteException";
const AD: &str = "Microsoft.ActiveDirectory.Management.ADException";
const AD_IDENTITY: &str = "Microsoft.ActiveDirectory.Management.ADIdentityResolutionException";
const AD_PASSWORD: &str = "Microsoft.ActiveDirectory.Management.ADPasswordException";

/// The types of exceptions that only commands of the server end with, and the type that each of them is one of.
///
/// What Exchange says comes over a remote session: a script catches it as a `RemoteException`, too.
#[rustfmt::skip]
pub static EXCEPTIONS: &[(&str, &str)] = &[
    (REMOTE, "System.Management.Automation.RuntimeException"),
    (TASK_EXCEPTION, REMOTE),
    ("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Data.DataValidationException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Management.RecipientTasks.MemberAlreadyExistsException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Management.RecipientTasks.MemberNotFoundException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Management.RecipientTasks.ProxyAddressExistsException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException", TASK_EXCEPTION),
    ("Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException", TASK_EXCEPTION),
    (AD, "System.Exception"),
    (AD_IDENTITY, AD),
    ("Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException", AD_IDENTITY),
    ("Microsoft.ActiveDirectory.Management.ADMultipleMatchingIdentitiesException", AD_IDENTITY),
    ("Microsoft.ActiveDirectory.Management.ADIdentityAlreadyExistsException", AD),
    ("Microsoft.ActiveDirectory.Management.ADInvalidOperationException", AD),
    ("Microsoft.ActiveDirectory.Management.ADFilterParsingException", AD),
    ("Microsoft.ActiveDirectory.Management.ADServerDownException", AD),
    (AD_PASSWORD, AD),
    ("Microsoft.ActiveDirectory.Management.ADPasswordComplexityException", AD_PASSWORD),
    ("Microsoft.ActiveDirectory.Management.ADInvalidPasswordException", AD_PASSWORD),
    (TRANSPORT, "System.Management.Automation.RuntimeException"),
];

const TRANSPORT: &str = "System.Management.Automation.Remoting.PSRemotingTransportException";

/// Nouns that begin as those of the module ActiveDirectory do, and that are Exchange's own.
const EXCHANGES_OWN: [&str; 5] = ["ADPermission", "ADSite", "ADSiteLink", "ADServerSettings", "ADTopology"];

/// Whether a command is one of the module ActiveDirectory: `Get-ADUser`, not `Get-AddressList`.
pub fn is_of_active_directory(command: &str) -> bool {
    let noun = command.split_once('-').map_or("", |(_, noun)| noun);
    let mut letters = noun.chars().skip(2);
    let begins = noun.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("AD"));
    let goes_on = letters.next().is_some_and(char::is_uppercase);
    begins && goes_on && !EXCHANGES_OWN.iter().any(|own| noun.eq_ignore_ascii_case(own))
}

/// The full name of the type of exception that an error of a command is. An empty name is no command of a module.
pub fn exception_of(error: &Error, command: &str) -> &'static str {
    let id = ErrorId::of_name(error.id());
    let of_engine = id.and_then(of_engine);
    of_engine.unwrap_or_else(|| match is_of_active_directory(command) {
        true => of_active_directory(id, error.fault()),
        false => of_exchange(id, error.fault()),
    })
}

/// What PowerShell itself finds wrong, whichever module the command is of.
fn of_engine(id: ErrorId) -> Option<&'static str> {
    use ErrorId as Id;
    match id {
        Id::AmbiguousParameter
        | Id::AmbiguousParameterSet
        | Id::AmbiguousPositionalParameterNoName
        | Id::InputObjectMissingMandatory
        | Id::InputObjectNotBound
        | Id::MissingArgument
        | Id::MissingMandatoryParameter
        | Id::NamedParameterNotFound
        | Id::ParameterAlreadyBound
        | Id::PositionalParameterNotFound => Some("System.Management.Automation.ParameterBindingException"),
        Id::ParameterArgumentTransformationError => {
            Some("System.Management.Automation.ParameterBindingArgumentTransformationException")
        }
        Id::ParameterArgumentValidationErrorEmptyArrayNotAllowed
        | Id::ParameterArgumentValidationErrorEmptyStringNotAllowed
        | Id::ParameterArgumentValidationErrorNullNotAllowed => {
            Some("System.Management.Automation.ParameterBindingValidationException")
        }
        Id::CommandNotFoundException => Some("System.Management.Automation.CommandNotFoundException"),
        Id::ConnectionClosed
        | Id::ConnectionLost
        | Id::ServerGone
        | Id::ServerUnreachable
        | Id::TlsFailed => Some(TRANSPORT),
        _ => None,
    }
}

fn of_exchange(id: Option<ErrorId>, fault: Fault) -> &'static str {
    use ErrorId as Id;
    match (id, fault) {
        (Some(Id::ADObjectAlreadyExistsException), _) => {
            "Microsoft.Exchange.Data.Directory.ADObjectAlreadyExistsException"
        }
        (Some(Id::ManagementObjectAmbiguousException | Id::SeveralUsersMatch), _) => {
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectAmbiguousException"
        }
        (Some(Id::MemberAlreadyExistsException), _) => {
            "Microsoft.Exchange.Management.RecipientTasks.MemberAlreadyExistsException"
        }
        (Some(Id::MemberNotFoundException), _) => {
            "Microsoft.Exchange.Management.RecipientTasks.MemberNotFoundException"
        }
        (Some(Id::ProxyAddressExistsException), _) => {
            "Microsoft.Exchange.Management.RecipientTasks.ProxyAddressExistsException"
        }
        (Some(Id::UserAlreadyExistsInPermissionEntryException), _) => {
            "Microsoft.Exchange.Management.StoreTasks.UserAlreadyExistsInPermissionEntryException"
        }
        (Some(Id::UserNotFoundInPermissionEntryException), _) => {
            "Microsoft.Exchange.Management.StoreTasks.UserNotFoundInPermissionEntryException"
        }
        // -Filter is refused while it is set, before the command begins.
        (Some(id), _) if is_of_filter(id) => "System.Management.Automation.ParameterBindingException",
        (
            Some(
                Id::AliasInvalid
                | Id::ConstraintViolated
                | Id::OutOfRange
                | Id::PropertyTooBig
                | Id::ValueTooBig
                | Id::QuotaOrder
                | Id::QuotaOutOfRange,
            ),
            _,
        ) => "Microsoft.Exchange.Data.DataValidationException",
        (_, Fault::NotFound) => "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        _ => TASK_EXCEPTION,
    }
}

fn is_of_filter(id: ErrorId) -> bool {
    use ErrorId as Id;
    matches!(
        id,
        Id::InvalidFilter
            | Id::UnknownFilterProperty
            | Id::UnknownFilterVariable
            | Id::FilterTooDeep
            | Id::FilterTooLong
    )
}

fn of_active_directory(id: Option<ErrorId>, fault: Fault) -> &'static str {
    use ErrorId as Id;
    match (id, fault) {
        (Some(Id::ManagementObjectAmbiguousException), _) => {
            "Microsoft.ActiveDirectory.Management.ADMultipleMatchingIdentitiesException"
        }
        (Some(Id::PasswordTooWeak), _) => {
            "Microsoft.ActiveDirectory.Management.ADPasswordComplexityException"
        }
        (Some(Id::PasswordWrong), _) => "Microsoft.ActiveDirectory.Management.ADInvalidPasswordException",
        (Some(id), _) if is_of_filter(id) => "Microsoft.ActiveDirectory.Management.ADFilterParsingException",
        (
            Some(
                Id::ADObjectAlreadyExistsException
                | Id::MemberAlreadyExistsException
                | Id::SamAccountNameExists
                | Id::UserPrincipalNameExists,
            ),
            _,
        ) => "Microsoft.ActiveDirectory.Management.ADIdentityAlreadyExistsException",
        (_, Fault::NotFound) => "Microsoft.ActiveDirectory.Management.ADIdentityNotFoundException",
        (_, Fault::Conflict) => "Microsoft.ActiveDirectory.Management.ADInvalidOperationException",
        (_, Fault::Busy) => "Microsoft.ActiveDirectory.Management.ADServerDownException",
        (_, Fault::Denied) => "System.UnauthorizedAccessException",
        (_, Fault::Caller) => "System.ArgumentException",
        (_, Fault::Limit | Fault::Server) => AD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_of_its_modules_type() {
        use ErrorId as Id;
        #[rustfmt::skip]
        let rows = [
            ("Get-Mailbox", Fault::NotFound, Id::ManagementObjectNotFoundException, "ManagementObjectNotFoundException"),
            ("Connect-Mailbox", Fault::NotFound, Id::DisconnectedMailboxNotFound, "ManagementObjectNotFoundException"),
            ("Get-Mailbox", Fault::Caller, Id::NamedParameterNotFound, "ParameterBindingException"),
            ("Get-Mailbox", Fault::Caller, Id::UnknownFilterProperty, "ParameterBindingException"),
            ("Set-Mailbox", Fault::Caller, Id::InvalidValue, "TaskException"),
            ("Get-ADUser", Fault::NotFound, Id::ManagementObjectNotFoundException, "ADIdentityNotFoundException"),
            ("New-ADUser", Fault::Conflict, Id::SamAccountNameExists, "ADIdentityAlreadyExistsException"),
            ("Get-ADUser", Fault::Caller, Id::UnknownFilterProperty, "ADFilterParsingException"),
            ("Set-ADUser", Fault::Denied, Id::NoRight, "UnauthorizedAccessException"),
            ("Get-ADUser", Fault::Busy, Id::ServerUnreachable, "PSRemotingTransportException"),
            ("Search-ADAccount", Fault::Conflict, Id::InvalidChange, "ADInvalidOperationException"),
            ("Add-ADPermission", Fault::NotFound, Id::ManagementObjectNotFoundException, "ManagementObjectNotFoundException"),
            ("Get-AddressList", Fault::NotFound, Id::AddressListNotFound, "ManagementObjectNotFoundException"),
            ("", Fault::Server, Id::InputOutput, "TaskException"),
        ];
        for (command, fault, id, short) in rows {
            let of = exception_of(&Error::new(fault, id, "x"), command);
            assert_eq!(of.rsplit('.').next(), Some(short), "{command} {id:?}");
        }
    }
}
