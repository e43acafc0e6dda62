//! The life of recipients in the directory: made, enabled, disabled with a tombstone, connected again, converted, removed.

use crate::access::AccessEntry;
use crate::account::PasswordHash;
use crate::archive::{NewArchive, check_database};
use crate::audit::{PropertyChange, Reference, Tombstone};
use crate::change::Change;
use crate::edit::Edit;
use crate::record::{Record, encode, link};
use crate::schema::{group, mailbox, recipient, user};
use crate::table::{Claim, is_secret};
use crate::user_account::{SELF_SID, UserAccountFlags, fits_account_names, sid};
use crate::{Class, Directory, address};
use object::types::{Guid, PropertyType, ProxyAddress, RecipientTypeDetails, SmtpAddress};
use object::{Declared, Error, ErrorId, Property, Result, Time};
use std::sync::Arc;

/// What kind of mailbox is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// A person's, with an account that logs on.
    Regular,
    /// One that several people work in.
    Shared,
    /// A room's.
    Room,
    /// A thing's.
    Equipment,
    /// A person's whose account lives in another forest.
    Linked {
        /// The account's security identifier.
        sid: String,
        /// Its name, `FABRIKAM\ann`.
        name: String,
        /// Whether it is the account of a room.
        room: bool,
    },
    /// One that keeps what searches found.
    Discovery,
    /// One that decides on moderated messages.
    Arbitration,
}

impl Flavour {
    /// The exact kind of recipient.
    pub fn details(&self) -> RecipientTypeDetails {
        match self {
            Flavour::Regular => RecipientTypeDetails::UserMailbox,
            Flavour::Shared => RecipientTypeDetails::SharedMailbox,
            Flavour::Room => RecipientTypeDetails::RoomMailbox,
            Flavour::Equipment => RecipientTypeDetails::EquipmentMailbox,
            Flavour::Linked { room: true, .. } => RecipientTypeDetails::LinkedRoomMailbox,
            Flavour::Linked { .. } => RecipientTypeDetails::LinkedMailbox,
            Flavour::Discovery => RecipientTypeDetails::DiscoveryMailbox,
            Flavour::Arbitration => RecipientTypeDetails::ArbitrationMailbox,
        }
    }
    /// Who owns the mailbox where it is not the account itself.
    fn master(&self) -> Option<&str> {
        match self {
            Flavour::Regular => None,
            Flavour::Linked { sid, .. } => Some(sid),
            _ => Some(SELF_SID),
        }
    }
}

/// What is known of a mailbox that is to be made, for a new user or for one who exists.
#[derive(Clone, Debug)]
pub struct NewMailbox {
    /// The user who gets it; a new one is made where this is none.
    pub user: Option<Guid>,
    /// The name of a new user.
    pub name: String,
    /// What kind of mailbox.
    pub flavour: Flavour,
    /// The database; the balancer's choice where none is named.
    pub database: Option<Guid>,
    /// The GUID of the mailbox; a new one where there is none.
    pub mailbox: Option<Guid>,
    /// The name to log on with, in the form of an address.
    pub user_principal_name: Option<String>,
    /// The account name.
    pub sam_account_name: Option<String>,
    /// The alias.
    pub alias: Option<String>,
    /// The display name.
    pub display_name: Option<String>,
    /// The container; `Users` where none is named.
    pub unit: Option<Guid>,
    /// The primary address; the policy's where none is named.
    pub primary: Option<SmtpAddress>,
    /// The hash of the password.
    pub password: Option<PasswordHash>,
    /// Whether the password must be changed at the first log-on.
    pub must_change: bool,
    /// Whether the account of a regular mailbox cannot log on.
    pub account_disabled: bool,
    /// The archive that it has from the start.
    pub archive: Option<NewArchive>,
    /// The hash of the password with which the account of a room itself logs on.
    pub room_password: Option<PasswordHash>,
    /// What else is set.
    pub settings: Vec<Edit>,
    /// Who may work in it and send from it, from the start.
    pub sharing: Sharing,
}

/// What a shared mailbox is made with: it is there with all of this, or not at all.
#[derive(Clone, Debug, Default)]
pub struct Sharing {
    /// The rights that are given to it.
    pub entries: Vec<AccessEntry>,
    /// The users in whose clients it appears by itself.
    pub mapped: Vec<Guid>,
    /// Whether what is sent in its name is copied into its Sent Items.
    pub sent_copies: bool,
}

impl NewMailbox {
    /// A mailbox for a new user of that name; everything else by the rules.
    pub fn named(name: &str, flavour: Flavour) -> NewMailbox {
        NewMailbox {
            user: None,
            name: name.to_owned(),
            flavour,
            database: None,
            mailbox: None,
            user_principal_name: None,
            sam_account_name: None,
            alias: None,
            display_name: None,
            unit: None,
            primary: None,
            password: None,
            must_change: false,
            account_disabled: false,
            archive: None,
            room_password: None,
            settings: Vec::new(),
            sharing: Sharing::default(),
        }
    }
    /// A mailbox for a user who exists.
    pub fn of_user(user: Guid, flavour: Flavour) -> NewMailbox {
        NewMailbox { user: Some(user), ..NewMailbox::named("", flavour) }
    }
}

/// A disconnected mailbox and the user who is to get it.
#[derive(Clone, Debug)]
pub struct Connection {
    /// The GUID of the mailbox in the store.
    pub mailbox: Guid,
    /// The database that holds it.
    pub database: Guid,
    /// Its legacyExchangeDN, which the user gets so that replies keep working.
    pub legacy_dn: String,
    /// The user.
    pub user: Guid,
    /// What it becomes.
    pub flavour: Flavour,
    /// The alias; made from how the user was named, or else from the user's names, where none is given.
    pub alias: Option<String>,
    /// How the user was named.
    pub written: Option<String>,
    /// The alias that it had and gets again, where none is given and nobody has it.
    pub had_alias: Option<String>,
    /// When the mailbox was made.
    pub created: Time,
    /// What else is set.
    pub settings: Vec<Edit>,
}

/// A recipient without a mailbox that is to be made.
#[derive(Clone, Debug)]
pub struct NewRecipient {
    /// The name.
    pub name: String,
    /// `User`, `Contact` or `Group`.
    pub class: Class,
    /// The exact kind: a mail user, mail contact, distribution or security group; `None` makes one without mail.
    pub details: RecipientTypeDetails,
    /// Where mail for a mail user or contact goes.
    pub external: Option<ProxyAddress>,
    /// The alias.
    pub alias: Option<String>,
    /// The display name.
    pub display_name: Option<String>,
    /// The name to log on with.
    pub user_principal_name: Option<String>,
    /// The account name.
    pub sam_account_name: Option<String>,
    /// The container; `Users` where none is named.
    pub unit: Option<Guid>,
    /// The primary address.
    pub primary: Option<SmtpAddress>,
    /// The hash of a user's password; without one the account is switched off.
    pub password: Option<PasswordHash>,
    /// What else is set.
    pub settings: Vec<Edit>,
}

impl NewRecipient {
    /// A recipient of that name; everything else by the rules.
    pub fn named(name: &str, class: Class, details: RecipientTypeDetails) -> NewRecipient {
        NewRecipient {
            name: name.to_owned(),
            class,
            details,
            external: None,
            alias: None,
            display_name: None,
            user_principal_name: None,
            sam_account_name: None,
            unit: None,
            primary: None,
            password: None,
            settings: Vec::new(),
        }
    }
}

/// Who could get a disconnected mailbox.
#[derive(Clone, Debug)]
pub enum RecipientMatch {
    /// The only one that fits.
    One(Arc<Record>),
    /// None fits.
    None,
    /// Several fit.
    Several(Vec<Arc<Record>>),
}

/// A new mailbox, an enabled user or a connected one: the refusal that all share.
fn not_for_this_type(directory: &Directory, record: &Record) -> Error {
    let (path, kind) = (directory.canonical_name(record), record.details());
    Error::conflict(
        ErrorId::RecipientTypeNotSupported,
        format!(
            "This task does not support recipients of this type. The specified recipient {path} is of type {kind}. \
             Please make sure that this recipient matches the required recipient type for this task."
        ),
    )
    .help(if record.is_mailbox() {
        "It has a mailbox: run Disable-Mailbox first to give it another, or New-MailboxRestoreRequest to have both contents in one."
    } else {
        "Only a user without mail gets a mailbox: disable its mail first, or name another user."
    })
    .about("Identity")
    .target(path)
}

impl Change<'_> {
    /// Makes a mailbox in the directory; the store's part is the caller's. Answers the saved user.
    pub fn new_mailbox(&mut self, new: &NewMailbox) -> Result<Record> {
        let mut record = match new.user {
            Some(user) => self.mailless(user)?,
            None => self.new_user(new)?,
        };
        if new.user.is_some() {
            check_account_state(&record, &new.flavour)?;
        }
        let database = self.database_for(new.database)?;
        let guid = new.mailbox.unwrap_or_else(Guid::random);
        let legacy = legacy_dn(self.directory(), guid, record.name());
        let source = record.get(&user::USER_PRINCIPAL_NAME).filter(|_| new.flavour == Flavour::Regular);
        let alias = self.free_alias(new.alias.as_deref(), source.as_deref(), record.name())?;
        if let Some(name) = &new.display_name {
            record.set(&recipient::DISPLAY_NAME, name.clone());
        }
        self.mail_enable(&mut record, &alias, new.primary.as_ref());
        let created = self.now();
        self.attach(
            &mut record,
            &Attached { mailbox: guid, database, legacy, created, flavour: &new.flavour },
        );
        if new.account_disabled && new.flavour == Flavour::Regular {
            record.set(&user::USER_ACCOUNT_CONTROL, flags(&record).disabled(true));
        }
        if let Some(hash) = &new.room_password {
            self.set_room_account(&mut record, Some(hash))?;
        }
        if let Some(archive) = &new.archive {
            self.give_archive(&mut record, archive)?;
        }
        if new.sharing.sent_copies {
            record.set(&mailbox::MESSAGE_COPY_SENT_AS, true);
            record.set(&mailbox::MESSAGE_COPY_ON_BEHALF, true);
        }
        let made = self.finish_new(record, &new.settings)?;
        if new.sharing.entries.is_empty() && new.sharing.mapped.is_empty() {
            return Ok(made);
        }
        let guid = made.guid();
        new.sharing.entries.iter().try_for_each(|entry| self.grant(guid, entry).map(drop))?;
        new.sharing.mapped.iter().try_for_each(|delegate| self.map(guid, *delegate, true).map(drop))?;
        self.read(guid)
    }

    /// Makes a user without mail, a mail user, a contact or a group. Answers the saved object.
    pub fn new_recipient(&mut self, new: &NewRecipient) -> Result<Record> {
        let mut record = self.new_object(new.class, &new.name, new.unit)?;
        match new.class {
            Class::User => {
                let names = Names {
                    principal: new.user_principal_name.as_deref(),
                    sam: new.sam_account_name.as_deref(),
                    from: new.alias.as_deref().unwrap_or(&new.name),
                    generated: false,
                };
                self.give_account(&mut record, &names, new.password.as_ref(), false)?;
            }
            Class::Group if new.details == RecipientTypeDetails::DynamicDistributionGroup => {}
            Class::Group => self.give_group_names(&mut record, new.sam_account_name.as_deref())?,
            _ => {}
        }
        record.set(&recipient::DISPLAY_NAME, new.display_name.clone().unwrap_or_else(|| new.name.clone()));
        if new.details != RecipientTypeDetails::None {
            self.mail_enable_recipient(&mut record, new)?;
        }
        self.finish_new(record, &new.settings)
    }

    /// Gives a user, contact or group that exists an address. Answers the saved object.
    pub fn enable_recipient(&mut self, guid: Guid, new: &NewRecipient) -> Result<Record> {
        let mut record = self.read(guid)?;
        if record.is_mail_enabled() || record.class() != new.class {
            return Err(not_for_this_type(self.directory(), &record));
        }
        if record.details() == RecipientTypeDetails::RoleGroup {
            return Err(not_for_this_type(self.directory(), &record));
        }
        if let Some(name) = &new.display_name {
            record.set(&recipient::DISPLAY_NAME, name.clone());
        }
        let named = NewRecipient { name: record.name().to_owned(), ..new.clone() };
        self.mail_enable_recipient(&mut record, &named)?;
        self.finish_new(record, &new.settings)
    }

    /// Takes its address from a mail user, contact or group, which stays. Answers the saved object.
    pub fn disable_recipient(&mut self, guid: Guid) -> Result<Record> {
        let mut record = self.read(guid)?;
        if !record.is_mail_enabled() || record.is_mailbox() {
            return Err(not_for_this_type(self.directory(), &record));
        }
        record.values.retain(|(spec, _)| spec.survives_disable);
        if record.class() == Class::Group {
            record.set(&recipient::RECIPIENT_TYPE_DETAILS, plain_group(&record));
        }
        self.save(record.clone())?;
        Ok(record)
    }

    fn mail_enable_recipient(&mut self, record: &mut Record, new: &NewRecipient) -> Result<()> {
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, new.details);
        if new.details == RecipientTypeDetails::MailUniversalSecurityGroup {
            record.set(&group::GROUP_KIND, group::GroupKind::Security);
        }
        if new.class == Class::Group {
            // Strangers can't write to a group until somebody lets them, as in Exchange.
            record.set(&recipient::REQUIRE_SENDER_AUTHENTICATION, true);
        }
        let guid = record.guid();
        record.set(&recipient::LEGACY_EXCHANGE_DN, legacy_dn(self.directory(), guid, record.name()));
        let alias = self.free_alias(new.alias.as_deref(), new.user_principal_name.as_deref(), &new.name)?;
        let Some(external) = &new.external else {
            self.mail_enable(record, &alias, new.primary.as_ref());
            return Ok(());
        };
        record.set(&recipient::EXTERNAL_EMAIL_ADDRESS, external.as_primary(true));
        // The external address is the primary one unless another is named.
        let outside = SmtpAddress::parse(external.value()).filter(|_| external.is_smtp());
        self.mail_enable(record, &alias, new.primary.as_ref().or(outside.as_ref()));
        Ok(())
    }

    fn finish_new(&mut self, mut record: Record, settings: &[Edit]) -> Result<Record> {
        self.edit(&mut record, settings)?;
        if record.is_mail_enabled() && record.is(&recipient::EMAIL_ADDRESS_POLICY_ENABLED) {
            self.apply_address_policy(&mut record, false)?;
        }
        self.save(record.clone())?;
        Ok(record)
    }

    fn new_object(&mut self, class: Class, name: &str, unit: Option<Guid>) -> Result<Record> {
        crate::schema::check::object_name(&name.into()).map_err(|error| error.about("Name"))?;
        let parent = match unit {
            Some(unit) => unit,
            None => self.directory().users_container()?.guid(),
        };
        self.create(class, name, parent)
    }

    fn new_user(&mut self, new: &NewMailbox) -> Result<Record> {
        let mut record = self.new_object(Class::User, &new.name, new.unit)?;
        let regular = new.flavour == Flavour::Regular;
        let logon = new.user_principal_name.as_deref().filter(|_| regular);
        let alias = alias_for(new.alias.as_deref(), logon, &new.name)?;
        let names = Names {
            principal: new.user_principal_name.as_deref(),
            sam: new.sam_account_name.as_deref(),
            from: &alias,
            generated: !regular,
        };
        self.give_account(&mut record, &names, new.password.as_ref(), new.must_change)?;
        record.set(&recipient::DISPLAY_NAME, new.display_name.clone().unwrap_or_else(|| new.name.clone()));
        Ok(record)
    }

    /// Gives a new user account names, a security identifier and, where there is one, a password.
    fn give_account(
        &mut self,
        record: &mut Record,
        names: &Names<'_>,
        password: Option<&PasswordHash>,
        must_change: bool,
    ) -> Result<()> {
        let replaced = names.generated
            && names.principal.is_none()
            && names.sam.is_none()
            && !fits_account_names(names.from);
        let digits = record.guid().to_string();
        let from = if replaced { digits.as_str() } else { names.from };
        let principal = match names.principal {
            Some(name) => name.to_owned(),
            None => self.free_principal_name(from)?,
        };
        crate::user_account::check_principal_name(&principal.as_str().into())
            .map_err(|error| error.about("UserPrincipalName"))?;
        let sam = match names.sam {
            Some(name) => name.to_owned(),
            // A GUID without its dashes, cut to what an account name holds.
            None if replaced => digits.chars().filter(|c| *c != '-').take(SAM_CHARACTERS).collect(),
            None => self.free_sam(principal.split('@').next().unwrap_or(from))?,
        };
        crate::user_account::check_sam(&sam.as_str().into())
            .map_err(|error| error.about("SamAccountName"))?;
        record.set(&user::USER_PRINCIPAL_NAME, principal);
        record.set(&user::SAM_ACCOUNT_NAME, sam);
        record.set(&user::SID, sid(self.directory().domain_guid(), record.id));
        record.set(
            &user::USER_ACCOUNT_CONTROL,
            UserAccountFlags(UserAccountFlags::NORMAL).disabled(password.is_none()),
        );
        if let Some(hash) = password {
            self.put_password(record, hash, must_change);
        }
        Ok(())
    }

    fn give_group_names(&mut self, record: &mut Record, sam: Option<&str>) -> Result<()> {
        let sam = match sam {
            Some(sam) => sam.to_owned(),
            None => self.free_sam(record.name())?,
        };
        record.set(&user::SAM_ACCOUNT_NAME, sam);
        record.set(&user::SID, sid(self.directory().domain_guid(), record.id));
        Ok(())
    }

    /// The alias as given; one that is made gets a number where it is taken.
    fn free_alias(&mut self, given: Option<&str>, logon: Option<&str>, name: &str) -> Result<String> {
        let alias = alias_for(given, logon, name)?;
        if given.is_some() {
            return Ok(alias);
        }
        self.numbered_alias(alias)
    }

    /// An alias with a number behind it until nobody has it.
    pub(crate) fn numbered_alias(&mut self, alias: String) -> Result<String> {
        if self.owner(Claim::Alias, &alias.to_lowercase())?.is_none() {
            return Ok(alias);
        }
        for number in 2..ALIAS_NUMBERS_MAX {
            let suffix = number.to_string();
            let cut: String = alias.chars().take(address::ALIAS_CHARACTERS_MAX - suffix.len()).collect();
            let numbered = format!("{}{suffix}", cut.trim_end_matches('.'));
            if self.owner(Claim::Alias, &numbered.to_lowercase())?.is_none() {
                return Ok(numbered);
            }
        }
        let message = format!("No free alias could be made from '{alias}'.");
        Err(Error::conflict(ErrorId::AliasNotUnique, message).help("Give one with -Alias.").about("Alias"))
    }

    pub(crate) fn free_principal_name(&mut self, from: &str) -> Result<String> {
        let domains = self.directory().domains();
        let domain = domains
            .default_domain()
            .map_or_else(|| self.directory().forest(), |domain| domain.domain.clone());
        let local =
            address::best_fit(from).replace(['%', '&', '*', '+', '/', '=', '?', '{', '}', '|', '\''], "");
        let local = if local.is_empty() { "user".to_owned() } else { local };
        let found = address::free_address(&local, &domain, |address| {
            Ok(self.owner(Claim::PrincipalName, &address.folded())?.is_some())
        })?;
        Ok(found.as_str().to_owned())
    }

    /// An account name that nobody has: the first 20 characters that fit, with a number where it is taken.
    fn free_sam(&mut self, from: &str) -> Result<String> {
        let plain: String = address::best_fit(from)
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || ".!#$%^-_{}~".contains(*c))
            .take(SAM_CHARACTERS)
            .collect();
        let plain = plain.trim_end_matches('.');
        let plain = if plain.is_empty() { "user" } else { plain };
        for number in 1..100_000_u32 {
            let suffix = if number == 1 { String::new() } else { number.to_string() };
            let cut: String = plain.chars().take(SAM_CHARACTERS - suffix.len()).collect();
            let name = format!("{cut}{suffix}");
            if self.owner(Claim::Sam, &name.to_lowercase())?.is_none() {
                return Ok(name);
            }
        }
        Err(Error::conflict(
            ErrorId::NoFreeAccountName,
            format!("No free account name could be made from '{from}'."),
        )
        .help("Give one with -SamAccountName."))
    }

    /// Gives a recipient alias and addresses, by the policy or with the primary one named.
    fn mail_enable(&self, record: &mut Record, alias: &str, primary: Option<&SmtpAddress>) {
        record.set(&recipient::ALIAS, alias.to_owned());
        record.drop_value(recipient::WINDOWS_EMAIL_ADDRESS.spec());
        // Without one it gets the policy's: under which it is shows when all of it is there.
        if let Some(primary) = primary {
            record.set(&recipient::EMAIL_ADDRESS_POLICY_ENABLED, false);
            let list = record.all(&recipient::EMAIL_ADDRESSES);
            record.set_all(&recipient::EMAIL_ADDRESSES, address::with_primary(&list, primary));
        }
    }

    /// Writes what makes a user the owner of a mailbox.
    fn attach(&mut self, record: &mut Record, attached: &Attached<'_>) {
        let flavour = attached.flavour;
        record.set(&mailbox::EXCHANGE_GUID, attached.mailbox);
        record.set(&mailbox::DATABASE, link(attached.database));
        record.set(&recipient::LEGACY_EXCHANGE_DN, attached.legacy.clone());
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, flavour.details());
        record.put(mailbox::WHEN_MAILBOX_CREATED.spec(), attached.created.into_value());
        set_master(record, flavour);
        let defaults: [(&'static Property<object::types::ObjectId>, Class); 2] = [
            (&mailbox::RETENTION_POLICY, Class::RetentionPolicy),
            (&mailbox::ROLE_ASSIGNMENT_POLICY, Class::RoleAssignmentPolicy),
        ];
        for (property, class) in defaults {
            if let Some(policy) = self.directory().default_policy(class) {
                record.set(property, link(policy.guid()));
            }
        }
    }

    /// A user who has no mail yet.
    fn mailless(&mut self, user: Guid) -> Result<Record> {
        let record = self.read(user)?;
        check_mailless(self.directory(), &record)?;
        Ok(record)
    }

    fn database_for(&mut self, wanted: Option<Guid>) -> Result<Guid> {
        let guid = match wanted {
            Some(guid) => guid,
            None => self.directory().choose_database(&|_| true)?.guid(),
        };
        check_database(&self.read(guid)?)?;
        Ok(guid)
    }

    /// Takes the mailbox away from its user and gives back what the directory knew of it, as bytes for the store.
    /// The user stays, with what Disable-Mailbox leaves behind.
    pub fn disable(&mut self, user: Guid) -> Result<(Record, Vec<u8>)> {
        let mut record = self.read(user)?;
        if !record.is_mailbox() {
            return Err(not_a_mailbox(&record));
        }
        let tombstone = self.tombstone(&record)?;
        let details = record.details();
        record.values.retain(|(spec, _)| spec.survives_disable);
        record.set(&user::PREVIOUS_DETAILS, details);
        self.save(record.clone())?;
        Ok((record, tombstone))
    }

    /// Deletes the user of a mailbox and gives back what the directory knew of it, as bytes for the store.
    pub fn remove(&mut self, user: Guid) -> Result<Vec<u8>> {
        let record = self.read(user)?;
        if !record.is_mailbox() {
            return Err(not_a_mailbox(&record));
        }
        if record.name() == crate::ADMINISTRATOR
            && record.get(&user::SAM_ACCOUNT_NAME).as_deref() == Some(crate::ADMINISTRATOR)
        {
            return Err(Error::conflict(
                ErrorId::AdministratorNeeded,
                "The Administrator account cannot be removed.",
            )
            .help("Run Disable-Mailbox to take only its mailbox away."));
        }
        let tombstone = self.tombstone(&record)?;
        self.delete(user)?;
        Ok(tombstone)
    }

    /// Everything the directory knows of a mailbox: its own values without secrets, and who refers to it through what.
    pub(crate) fn tombstone(&mut self, record: &Record) -> Result<Vec<u8>> {
        let open = record.stored().filter(|(spec, _)| !is_secret(spec));
        let properties = open.map(|(spec, values)| PropertyChange {
            name: spec.name.to_owned(),
            before: values.iter().map(encode).collect(),
            after: Vec::new(),
        });
        let tombstone = Tombstone {
            user: record.guid(),
            shown: self.directory().canonical_name(record),
            who: self.author().who.to_string(),
            at: self.now(),
            properties: properties.collect(),
            referred: self.references_to(record)?,
        };
        Ok(tombstone.to_bytes())
    }

    /// Who refers to a mailbox, and through what: groups it is a member of, mailboxes that forward to it …
    fn references_to(&mut self, record: &Record) -> Result<Vec<Reference>> {
        let referrers = self.referrers(record)?.into_iter();
        let reference = |(other, through): (Record, String)| Reference {
            object: other.guid(),
            name: other.name().to_owned(),
            through,
        };
        Ok(referrers.map(reference).collect())
    }

    /// Connects a disconnected mailbox to a user. Answers the saved user.
    pub fn connect(&mut self, connection: &Connection) -> Result<Record> {
        let mut record = self.mailless(connection.user)?;
        check_account_state(&record, &connection.flavour)?;
        self.database_for(Some(connection.database))?;
        let alias = match (&connection.alias, self.free_again(connection.had_alias.as_deref())?) {
            (None, Some(had)) => had,
            (None, None) => self.numbered_alias(connected_alias(connection, &record)?)?,
            (Some(_), _) => connected_alias(connection, &record)?,
        };
        self.mail_enable(&mut record, &alias, None);
        let (mailbox, database, created) = (connection.mailbox, connection.database, connection.created);
        let legacy = connection.legacy_dn.clone();
        let flavour = &connection.flavour;
        self.attach(&mut record, &Attached { mailbox, database, legacy, created, flavour });
        self.finish_new(record, &connection.settings)
    }

    /// An alias that a mailbox had, if nobody has it now.
    fn free_again(&mut self, had: Option<&str>) -> Result<Option<String>> {
        let Some(had) = had else { return Ok(None) };
        Ok(self.owner(Claim::Alias, &had.to_lowercase())?.is_none().then(|| had.to_owned()))
    }

    /// Makes a mailbox of another type. A regular one needs a password; the others have their account switched off. Of the
    /// same type only the password changes.
    pub fn convert(
        &mut self,
        record: &mut Record,
        to: &Flavour,
        password: Option<&PasswordHash>,
    ) -> Result<()> {
        let from = record.details();
        let convertible = matches!(
            from,
            RecipientTypeDetails::UserMailbox
                | RecipientTypeDetails::SharedMailbox
                | RecipientTypeDetails::RoomMailbox
                | RecipientTypeDetails::EquipmentMailbox
        );
        if !convertible {
            let error = Error::conflict(
                ErrorId::TypeCannotBeConverted,
                format!(
                    "{} is a mailbox of the type {from}, which cannot become {}.",
                    record.name(),
                    to.details()
                ),
            );
            let linked = from.is_linked();
            let help = if linked {
                "Run Set-User -LinkedMasterAccount $null to make it a user mailbox first."
            } else {
                "Only user, shared, room and equipment mailboxes change into each other."
            };
            return Err(error.help(help).about("Type"));
        }
        if *to == Flavour::Regular && from != RecipientTypeDetails::UserMailbox && password.is_none() {
            return Err(Error::caller(
                ErrorId::PasswordRequired,
                "A regular mailbox needs a password to log on with.",
            )
            .help("Give one with -Password.")
            .about("Password"));
        }
        if let Some(hash) = password {
            self.put_password(record, hash, record.is(&user::RESET_PASSWORD_ON_NEXT_LOGON));
        }
        if from == to.details() {
            return Ok(());
        }
        record.set(&recipient::RECIPIENT_TYPE_DETAILS, to.details());
        if *to == Flavour::Regular {
            record.set(&user::USER_ACCOUNT_CONTROL, flags(record).disabled(false));
        }
        set_master(record, to);
        Ok(())
    }

    /// Lets the account of a room log on itself, with that password, or keeps it from that where there is none.
    pub fn set_room_account(&mut self, record: &mut Record, password: Option<&PasswordHash>) -> Result<()> {
        if record.details() != RecipientTypeDetails::RoomMailbox {
            let message = format!("{} is a {}, not a RoomMailbox.", record.name(), record.details());
            return Err(Error::conflict(ErrorId::NotARoom, message)
                .help("Only the account of a room is switched so; for a person use Enable-ADAccount.")
                .about("EnableRoomMailboxAccount"));
        }
        set_master(record, &Flavour::Room);
        if let Some(hash) = password {
            self.put_password(record, hash, false);
            record.clear(&user::MASTER_ACCOUNT_SID);
            record.set(&user::USER_ACCOUNT_CONTROL, flags(record).disabled(false));
        }
        Ok(())
    }
}

fn check_mailless(directory: &Directory, record: &Record) -> Result<()> {
    if record.class() != Class::User || record.is_mail_enabled() {
        return Err(not_for_this_type(directory, record));
    }
    Ok(())
}

/// The account of a linked, shared or resource mailbox must be switched off before.
pub(crate) fn check_account_state(record: &Record, flavour: &Flavour) -> Result<()> {
    if *flavour == Flavour::Regular || record.is_account_disabled() {
        return Ok(());
    }
    let name = record.get(&user::USER_PRINCIPAL_NAME).unwrap_or_else(|| record.name().to_owned());
    Err(Error::conflict(
        ErrorId::AccountMustBeDisabled,
        format!("The Active Directory user account \"{name}\" must be logon-disabled for linked, shared, or resource mailbox."),
    )
    .help(format!("Run Disable-ADAccount \"{}\" first.", record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default()))
    .about("Identity"))
}

/// What a group is that has no address.
fn plain_group(record: &Record) -> RecipientTypeDetails {
    match record.get(&group::GROUP_KIND) {
        Some(group::GroupKind::Security) => RecipientTypeDetails::UniversalSecurityGroup,
        _ => RecipientTypeDetails::UniversalDistributionGroup,
    }
}

/// How often a number is put behind a taken alias.
const ALIAS_NUMBERS_MAX: u32 = 100_000;

/// The length of an account name.
const SAM_CHARACTERS: usize = 20;

/// Where a new account's names come from.
struct Names<'a> {
    principal: Option<&'a str>,
    sam: Option<&'a str>,
    from: &'a str,
    /// Whether a GUID takes the place of names that do not fit.
    generated: bool,
}

struct Attached<'a> {
    mailbox: Guid,
    database: Guid,
    legacy: String,
    created: Time,
    flavour: &'a Flavour,
}

pub(crate) fn flags(record: &Record) -> UserAccountFlags {
    record.get(&user::USER_ACCOUNT_CONTROL).unwrap_or(UserAccountFlags(UserAccountFlags::NORMAL))
}

pub(crate) fn set_master(record: &mut Record, flavour: &Flavour) {
    match flavour.master() {
        Some(sid) => {
            record.set(&user::MASTER_ACCOUNT_SID, sid.to_owned());
            record.set(&user::USER_ACCOUNT_CONTROL, flags(record).disabled(true));
        }
        None => record.clear(&user::MASTER_ACCOUNT_SID),
    }
    match flavour {
        Flavour::Linked { name, .. } => record.set(&user::LINKED_ACCOUNT_NAME, name.clone()),
        _ => record.clear(&user::LINKED_ACCOUNT_NAME),
    }
}

fn not_a_mailbox(record: &Record) -> Error {
    Error::conflict(ErrorId::NotAMailboxUser, format!("{} isn't a mailbox user.", record.name()))
        .about("Identity")
}

/// The alias as given, else from a name to log on with, else from the name.
fn alias_for(given: Option<&str>, logon: Option<&str>, name: &str) -> Result<String> {
    if let Some(alias) = given {
        address::check_alias(&alias.into()).map_err(|error| error.about("Alias"))?;
        return Ok(alias.to_owned());
    }
    let from = logon.map_or(name, |logon| logon.split('@').next().unwrap_or(logon));
    Ok(address::alias_of(from))
}

/// The alias of a mailbox that is connected: as given, else from how the user was named, else from the account, or where
/// nobody logs on to it from the name.
fn connected_alias(connection: &Connection, record: &Record) -> Result<String> {
    let given = connection.alias.as_deref();
    if let Some(written) = connection.written.as_deref().and_then(nickname).filter(|_| given.is_none()) {
        return Ok(address::alias_of(written));
    }
    let account = || record.get(&user::USER_PRINCIPAL_NAME).or_else(|| record.get(&user::SAM_ACCOUNT_NAME));
    let person = matches!(connection.flavour, Flavour::Regular | Flavour::Linked { room: false, .. });
    alias_for(given, account().filter(|_| person).as_deref(), record.name())
}

/// What an alias can be made from in how a user was named: of `CONTOSO\ann` and `ann@contoso.com` it is `ann`. Paths, GUIDs and
/// the like have nothing.
fn nickname(written: &str) -> Option<&str> {
    let path = written.contains(['=', '/']) || written.to_uppercase().starts_with("S-1-");
    if path || Guid::parse(written).is_some() {
        return None;
    }
    let account = written.rsplit_once('\\').map_or(written, |(_, account)| account);
    Some(account.split('@').next().unwrap_or(account)).filter(|name| !name.trim().is_empty())
}

/// `/o=Contoso/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=<32 digits>-<name>`.
fn legacy_dn(directory: &Directory, guid: Guid, name: &str) -> String {
    let organization = directory.only(Class::Organization);
    let organization =
        organization.map_or_else(|| "Organization".to_owned(), |found| found.name().to_owned());
    let fragment: String = address::best_fit(name)
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(LEGACY_NAME_CHARACTERS)
        .collect();
    format!(
        "/o={organization}/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn={:032x}-{fragment}",
        guid.to_u128()
    )
}

/// How much of the name stands in a legacyExchangeDN, for people who read it.
const LEGACY_NAME_CHARACTERS: usize = 20;

impl Directory {
    /// Refuses a user who cannot get a mailbox of that kind at this moment: one who has mail already, or whose account is in
    /// the wrong state.
    pub fn check_new_owner(&self, user: Guid, flavour: &Flavour) -> Result<()> {
        let record = self.need(user)?;
        check_mailless(self, &record)?;
        check_account_state(&record, flavour)
    }

    /// The users who could get a disconnected mailbox: those without mail whose legacyExchangeDN or display name is
    /// that of the mailbox.
    pub fn match_for(&self, legacy_dn: &str, display_name: &str) -> RecipientMatch {
        let cache = self.cache();
        let mut found = cache.by_value(recipient::LEGACY_EXCHANGE_DN.spec(), &legacy_dn.to_lowercase());
        found.extend(cache.by_value(recipient::DISPLAY_NAME.spec(), &display_name.to_lowercase()));
        found.extend(cache.by_name(&display_name.to_lowercase()));
        found.retain(|record| record.class() == Class::User && !record.is_mail_enabled());
        found.sort_by_key(|record| record.id);
        found.dedup_by_key(|record| record.id);
        match found.len() {
            0 => RecipientMatch::None,
            1 => RecipientMatch::One(found.remove(0)),
            _ => RecipientMatch::Several(found),
        }
    }

    /// The database for a new mailbox: of those that take new ones, the one with the fewest hundreds of mailboxes, and
    /// among equals the oldest, so that a small organisation fills one database before it begins the next.
    pub fn choose_database(&self, mounted: &dyn Fn(Guid) -> bool) -> Result<Arc<Record>> {
        use crate::schema::database as schema;
        let switches = [
            &schema::IS_EXCLUDED,
            &schema::IS_EXCLUDED_BY_OPERATOR,
            &schema::IS_EXCLUDED_INITIAL,
            &schema::IS_EXCLUDED_CORRUPT,
            &schema::IS_SUSPENDED,
            &schema::RECOVERY,
        ];
        let cache = self.cache();
        let open =
            |record: &Arc<Record>| !switches.iter().any(|switch| record.is(switch)) && mounted(record.guid());
        let databases = cache.of_class(Class::MailboxDatabase).into_iter().filter(open);
        let hundreds = |record: &Record| {
            cache.count(mailbox::DATABASE.spec(), &record.guid().to_string()) / BALANCE_STEP
        };
        databases.min_by_key(|record| (hundreds(record), record.id)).ok_or_else(|| {
            Error::busy(ErrorId::NoDatabaseAvailable, "No mailbox database takes new mailboxes at the moment.")
                .help("Name one with -Database, mount one, or run Set-MailboxDatabase -IsExcludedFromProvisioning $false.")
                .about("Database")
        })
    }

    /// The policy of a class that is in force where none is named.
    pub fn default_policy(&self, class: Class) -> Option<Arc<Record>> {
        self.all(class).into_iter().find(|policy| policy.is(&crate::schema::policy::IS_DEFAULT))
    }

    pub(crate) fn domain_guid(&self) -> Guid {
        self.only(Class::Domain).map_or(Guid::EMPTY, |root| root.guid())
    }

    /// The container in which recipients are made when no other is named.
    pub fn users_container(&self) -> Result<Arc<Record>> {
        let found = self.all(Class::Container).into_iter().find(|container| container.name() == "Users");
        found.ok_or_else(|| {
            Error::server(ErrorId::UsersContainerMissing, "The directory has lost its container Users.")
        })
    }
}

/// How many mailboxes a database gets before the next one's turn.
const BALANCE_STEP: usize = 100;
