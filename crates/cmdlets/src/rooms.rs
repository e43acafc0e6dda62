//! What the cmdlets work on, and what is looked at before any of them runs.

use crate::certificates::Certificates;
use crate::monitor::Monitors;
use ::mailbox::Mailboxes;
use directory::{Directory, IdentityKind, Record};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Error, ErrorId, Keys, Noun, Object, Parameter, Result, Switch, Value};
use std::sync::Arc;
use transport::Transport;

static DOMAIN_CONTROLLER: Parameter<String> =
    Parameter::new("DomainController", "The domain controller to ask; there is one, this server.");
static SERVER: Parameter<Value> =
    Parameter::new("Server", "The server that is meant; there is one, this server.");
static IGNORE_DEFAULT_SCOPE: Parameter<Switch> = Parameter::new(
    "IgnoreDefaultScope",
    "Looks in the whole forest, as is always done here; the identity must then be a distinguished name.",
);
/// The object that a cmdlet is about.
pub(crate) static IDENTITY: Parameter<ObjectId> = Parameter::new(
    "Identity",
    "The object: its name, distinguished name or GUID, or another name of such objects.",
);

/// What is read for every cmdlet before it runs.
pub(crate) static EVERYWHERE: Keys = &[&DOMAIN_CONTROLLER, &SERVER, &IGNORE_DEFAULT_SCOPE];

/// Names of servers and of the scope that do not fit this house end a command before it begins.
pub(crate) fn first(rooms: &Rooms, call: &Call) -> Result<()> {
    // The controllers of a trust are another forest's.
    let of_trust = call.command().ends_with("-ADTrust");
    if let Some(name) = if of_trust { None } else { call.get(&DOMAIN_CONTROLLER)? } {
        rooms.check_server(&name, DOMAIN_CONTROLLER.name())?;
    }
    if let Some(server) = call.get(&SERVER)?.filter(|_| !rooms.is_whole_domain(call)) {
        rooms.check_server(&server.to_string(), SERVER.name())?;
    }
    check_default_scope(call)
}

/// Whether a server was named.
pub(crate) fn names_server(call: &Call) -> Result<bool> {
    Ok(call.get(&SERVER)?.is_some())
}

/// With `-IgnoreDefaultScope` only a distinguished name is an identity, and no controller may be named.
fn check_default_scope(call: &Call) -> Result<()> {
    if !call.is(&IGNORE_DEFAULT_SCOPE) {
        return Ok(());
    }
    if call.value(&DOMAIN_CONTROLLER).is_some() {
        let message = "IgnoreDefaultScope and DomainController can't be used together.";
        return Err(Error::caller(ErrorId::ParametersExclude, message).about(IGNORE_DEFAULT_SCOPE.name()));
    }
    match call.get(&IDENTITY)? {
        Some(identity) if identity.guid == Guid::EMPTY && !identity.shown.contains('=') => {
            let message = "With IgnoreDefaultScope the identity must be a distinguished name.";
            Err(Error::caller(ErrorId::DistinguishedNameNeeded, message)
                .help("Write for example CN=Ann,CN=Users,DC=contoso,DC=com.")
                .about(IDENTITY.name()))
        }
        _ => Ok(()),
    }
}

/// The rooms that the cmdlets work on.
pub struct Rooms {
    /// Where directory users and store mailboxes meet.
    pub mailboxes: Arc<Mailboxes>,
    /// Mail on its way; none in a house that has no doors.
    pub transport: Option<Arc<Transport>>,
    /// How the server is.
    pub monitors: Monitors,
    /// With what the server proves who it is.
    pub certificates: Certificates,
}

impl Rooms {
    /// Mail on its way.
    pub(crate) fn mail(&self) -> Result<&Transport> {
        let missing = || {
            Error::server(ErrorId::NoServer, "No mail is on its way here: the server does not run.")
                .help("Start it with `mailstead serve`, and run the command again.")
        };
        self.transport.as_deref().ok_or_else(missing)
    }
    /// The directory.
    pub(crate) fn directory(&self) -> &Directory {
        self.mailboxes.directory()
    }

    /// The cmdlets of the ActiveDirectory module take the name of the domain for any of its controllers.
    fn is_whole_domain(&self, call: &Call) -> bool {
        let of_module = call.command().split_once('-').is_some_and(|(_, noun)| noun.starts_with("AD"));
        let named = call.value(&SERVER).map(ToString::to_string).unwrap_or_default();
        of_module && named.eq_ignore_ascii_case(&self.directory().forest())
    }

    /// Refuses the name of a server that is not this one.
    pub(crate) fn check_server(&self, name: &str, parameter: &'static str) -> Result<()> {
        let known = [
            self.directory().server().to_owned(),
            self.directory().domain_controller(),
            "localhost".to_owned(),
        ];
        if known.iter().any(|known| known.eq_ignore_ascii_case(name.trim())) {
            return Ok(());
        }
        let message = format!("The server '{name}' couldn't be found.");
        Err(Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help(format!("There is one server, {}.", self.directory().server()))
            .about(parameter))
    }

    /// The one object that `-Identity` names.
    pub(crate) fn one(&self, call: &Call, kind: &'static IdentityKind) -> Result<Arc<Record>> {
        self.directory().resolve(kind, &call.need(&IDENTITY)?)
    }

    /// The object that another parameter names, if it was given.
    pub(crate) fn named(
        &self,
        call: &Call,
        parameter: &Parameter<ObjectId>,
        kind: &'static IdentityKind,
    ) -> Result<Option<Arc<Record>>> {
        let Some(id) = call.get(parameter)? else { return Ok(None) };
        self.directory().resolve(kind, &id).map(Some).map_err(|error| error.about(parameter.name()))
    }

    /// What is said of an object: its path, or its name where it is configuration.
    pub(crate) fn shown(&self, record: &Record) -> String {
        self.directory().id(record).to_string()
    }

    /// The object as its noun shows it, read anew.
    pub(crate) fn object(&self, guid: Guid, noun: &'static Noun) -> Result<Object> {
        let record = self.directory().need(guid)?;
        Ok(self.directory().object(&record, noun))
    }
}
