//! The first start: what every directory has.

use crate::account::{ADMINISTRATOR, PasswordHash};
use crate::change::Change;
use crate::edit::Edit;
use crate::recipient::NewRecipient;
use crate::record::{Record, link};
use crate::role_group::{ORGANIZATION_MANAGEMENT, ROLE_GROUP_UNIT, ROLE_GROUPS, RoleGroup};
use crate::schema::{database, domain, group, policy, recipient, user};
use crate::unit::not_founded;
use crate::{Class, Directory};
use object::types::{AcceptedDomainType, Guid, RecipientTypeDetails, SecureString, SmtpDomain};
use object::{Author, Error, ErrorId, Result};

/// What the first start is told.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The name of the organisation: `Contoso`.
    pub organization: String,
    /// The domain at the root of the forest, which becomes the default accepted domain.
    pub domain: String,
    /// The password of `Administrator`.
    pub password: SecureString,
}

impl Founding {
    /// The organisation of a domain: `contoso.com` is Contoso's.
    pub fn of_domain(domain: &str, password: SecureString) -> Founding {
        let label = domain.split('.').next().unwrap_or(domain);
        let mut letters = label.chars();
        let organization = letters.next().map_or_else(String::new, |first| {
            first.to_uppercase().chain(letters.flat_map(char::to_lowercase)).collect()
        });
        Founding { organization, domain: domain.to_owned(), password }
    }
}

/// The database that the first start makes.
pub(crate) const FIRST_DATABASE: &str = "Mailbox Database";

impl Directory {
    /// Makes what every directory has: the organisation, its default accepted domain, the first mailbox database, the
    /// default policies, role groups, and `Administrator`. Answers the GUID of the database, which the store must make.
    /// A directory that was founded already is refused.
    pub fn found(&self, founding: &Founding) -> Result<Guid> {
        if self.is_founded() {
            return Err(Error::conflict(
                ErrorId::DirectoryFounded,
                "The directory has an organization already.",
            ));
        }
        if SmtpDomain::parse(&founding.domain).is_none() || founding.domain.starts_with('[') {
            return Err(Error::caller(
                ErrorId::DomainNameInvalid,
                format!("'{}' is not a domain.", founding.domain),
            )
            .help("Write a domain such as contoso.com.")
            .about("domain"));
        }
        let hash = PasswordHash::of(&founding.password, &[ADMINISTRATOR])?;
        let (domain, organization) = (founding.domain.to_lowercase(), founding.organization.clone());
        let author = Author::system(FIRST_START);
        self.change(&author, move |change| {
            lay(change, &organization, &domain)?;
            configure(change)?;
            people(change, &hash)
        })?;
        self.only(Class::MailboxDatabase).map(|database| database.guid()).ok_or_else(not_founded)
    }

    /// Whether the first start is over: what it makes last is there.
    pub fn is_founded(&self) -> bool {
        self.administrator().is_some()
    }
}

/// What the log calls the first start.
const FIRST_START: &str = "first start";

/// The tree: root, containers, organisation.
fn lay(change: &mut Change<'_>, organization: &str, domain: &str) -> Result<()> {
    let root = change.create_as(Class::Domain, Guid::random(), domain, None)?;
    let root_guid = root.guid();
    change.save(root)?;
    let users = change.create(Class::Container, "Users", root_guid)?;
    change.save(users)?;
    change.new_unit(ROLE_GROUP_UNIT, root_guid)?;
    let organization = change.create(Class::Organization, organization, root_guid)?;
    change.save(organization)
}

/// The configuration below the organisation.
fn configure(change: &mut Change<'_>) -> Result<()> {
    let forest = change.directory().forest();
    let mut accepted = change.new_configuration(
        Class::AcceptedDomain,
        &forest,
        &[
            Edit::set(&domain::DOMAIN_NAME, forest.clone()),
            Edit::set(&domain::DOMAIN_TYPE, AcceptedDomainType::Authoritative),
        ],
    )?;
    accepted.set(&domain::DEFAULT, true);
    change.save(accepted)?;
    let templates = format!("SMTP:%m@{forest}");
    let mut addresses = change.new_configuration(Class::EmailAddressPolicy, "Default Policy", &[])?;
    addresses.set_all(&policy::TEMPLATES, vec![templates]);
    addresses.set(&policy::PRIMARY_TEMPLATE, format!("%m@{forest}"));
    addresses.set(&policy::APPLIED, true);
    change.save(addresses)?;
    for (class, name) in [
        (Class::RetentionPolicy, "Default MRM Policy"),
        (Class::MobileDevicePolicy, "Default"),
        (Class::OwaPolicy, "Default"),
        (Class::RoleAssignmentPolicy, "Default Role Assignment Policy"),
        (Class::SharingPolicy, "Default Sharing Policy"),
        (Class::ThrottlingPolicy, "GlobalThrottlingPolicy"),
    ] {
        let mut made = change.new_configuration(class, name, &[])?;
        made.set(&policy::IS_DEFAULT, true);
        if class == Class::RoleAssignmentPolicy {
            made.set_all(&policy::ASSIGNED_ROLES, policy::ROLES_OF_EVERYBODY.map(str::to_owned).to_vec());
        }
        change.save(made)?;
    }
    crate::receive_connector::lay(change)?;
    crate::address_book::lay(change)?;
    let about = Edit::set(&database::DESCRIPTION, "The first database.".to_owned());
    change.new_database(FIRST_DATABASE, &[about]).map(drop)
}

/// The administrator and the role groups.
fn people(change: &mut Change<'_>, hash: &PasswordHash) -> Result<()> {
    let new = NewRecipient {
        password: Some(hash.clone()),
        sam_account_name: Some(ADMINISTRATOR.to_owned()),
        ..NewRecipient::named(ADMINISTRATOR, Class::User, RecipientTypeDetails::None)
    };
    let administrator = change.new_recipient(&new)?;
    let units = change.directory().all(Class::OrganizationalUnit);
    let unit = units.iter().find(|unit| unit.name() == ROLE_GROUP_UNIT).ok_or_else(not_founded)?.guid();
    for wanted in ROLE_GROUPS {
        let record = role_group(change, wanted, unit)?;
        if wanted.name == ORGANIZATION_MANAGEMENT {
            let mut record = record;
            record.set_all(&group::MEMBERS, vec![link(administrator.guid())]);
            change.save(record)?;
        }
    }
    Ok(())
}

fn role_group(change: &mut Change<'_>, wanted: &RoleGroup, unit: Guid) -> Result<Record> {
    let new = NewRecipient {
        unit: Some(unit),
        ..NewRecipient::named(wanted.name, Class::Group, RecipientTypeDetails::None)
    };
    let mut record = change.new_recipient(&new)?;
    record.set(&recipient::RECIPIENT_TYPE_DETAILS, RecipientTypeDetails::RoleGroup);
    record.set(&group::GROUP_KIND, group::GroupKind::Security);
    record.set(&recipient::DESCRIPTION, wanted.description.to_owned());
    record.set_all(&group::ROLES, wanted.roles.iter().map(|role| (*role).to_owned()).collect());
    change.save(record.clone())?;
    Ok(record)
}

impl Directory {
    /// The account that the first start made.
    pub fn administrator(&self) -> Option<std::sync::Arc<Record>> {
        let found = self.cache().by_value(object::Declared::spec(&user::SAM_ACCOUNT_NAME), "administrator");
        found.into_iter().next()
    }
}
