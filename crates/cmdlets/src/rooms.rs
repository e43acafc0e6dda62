//! What the cmdlets work on, and what every one of them looks at first.

use crate::parameters as p;
use ::mailbox::Mailboxes;
use directory::{Directory, IdentityKind, Record};
use gate::Call;
use object::types::{Guid, ObjectId};
use object::{Error, ErrorId, Parameter, Result};
use std::sync::Arc;

/// The rooms that the cmdlets work on.
pub struct Rooms {
    /// Where directory users and store mailboxes meet.
    pub mailboxes: Arc<Mailboxes>,
}

impl Rooms {
    /// The directory.
    pub(crate) fn directory(&self) -> &Directory {
        self.mailboxes.directory()
    }

    /// `-DomainController` names the one there is, or nothing that exists.
    pub(crate) fn check_controller(&self, call: &Call) -> Result<()> {
        let Some(name) = call.get(&p::DOMAIN_CONTROLLER)? else { return Ok(()) };
        self.check_server(&name, "DomainController")
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
        self.check_controller(call)?;
        let identity = call.need(&p::IDENTITY)?;
        check_default_scope(call, &identity)?;
        self.directory().resolve(kind, &identity)
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
    pub(crate) fn object(&self, guid: Guid, noun: &'static object::Noun) -> Result<object::Object> {
        let record = self.directory().need(guid)?;
        Ok(self.directory().object(&record, noun))
    }
}

/// With `-IgnoreDefaultScope` only a distinguished name is an identity, and no controller may be named.
fn check_default_scope(call: &Call, identity: &ObjectId) -> Result<()> {
    if !call.is(&p::IGNORE_DEFAULT_SCOPE) {
        return Ok(());
    }
    if call.given(p::DOMAIN_CONTROLLER.name()).is_some() {
        let message = "IgnoreDefaultScope and DomainController can't be used together.";
        return Err(Error::caller(ErrorId::ParametersExclude, message).about("IgnoreDefaultScope"));
    }
    if identity.guid == Guid::EMPTY && !identity.shown.contains('=') {
        let message = "With IgnoreDefaultScope the identity must be a distinguished name.";
        return Err(Error::caller(ErrorId::DistinguishedNameNeeded, message)
            .help("Write for example CN=Ann,CN=Users,DC=contoso,DC=com.")
            .about("Identity"));
    }
    Ok(())
}
