//! Accounts as the ActiveDirectory module makes them and sets their passwords: without mail, for whoever gets a mailbox then.

use crate::active_directory::{AD_ACCOUNT, AD_USER, PASS_THRU, account};
use crate::management_role::holds;
use crate::role_group::may_take_over;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::edits;
use directory::schema::{recipient, user};
use directory::{Class, Edit, NewRecipient, Record, Verdict, kinds};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::types::{RecipientTypeDetails, SecureString};
use object::{Declared, Error, ErrorId, Keys, Parameter, Result, Spec, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&NEW, &SET_PASSWORD];

/// The parameters that are attributes of a person, and the properties they are.
static ATTRIBUTES: [(&str, &dyn Declared); 22] = [
    ("DisplayName", &recipient::DISPLAY_NAME),
    ("GivenName", &user::FIRST_NAME),
    ("Surname", &user::LAST_NAME),
    ("Initials", &user::INITIALS),
    ("Office", &user::OFFICE),
    ("OfficePhone", &user::PHONE),
    ("Title", &user::TITLE),
    ("Department", &user::DEPARTMENT),
    ("Company", &user::COMPANY),
    ("City", &user::CITY),
    ("State", &user::STATE),
    ("PostalCode", &user::POSTAL_CODE),
    ("StreetAddress", &user::STREET_ADDRESS),
    ("MobilePhone", &user::MOBILE_PHONE),
    ("Description", &recipient::DESCRIPTION),
    ("Fax", &user::FAX),
    ("HomePage", &user::WEB_PAGE),
    ("HomePhone", &user::HOME_PHONE),
    ("Manager", &user::MANAGER),
    ("POBox", &user::POST_OFFICE_BOX),
    ("SamAccountName", &user::SAM_ACCOUNT_NAME),
    ("UserPrincipalName", &user::USER_PRINCIPAL_NAME),
];

/// The property that a parameter about a person sets.
pub(crate) fn attribute(name: &str) -> Option<&'static Spec> {
    let found = ATTRIBUTES.iter().find(|(word, _)| word.eq_ignore_ascii_case(name));
    found.map(|(_, of)| of.spec())
}

static COUNTRY: Parameter<String> =
    Parameter::new("Country", "The country, by its name or its letters.").nullable();
static EMAIL_ADDRESS: Parameter<String> =
    Parameter::new("EmailAddress", "The address, where the account has no mailbox that says it.").nullable();

/// The keys of [`written_edits`].
pub(crate) static WRITTEN: Keys = &[&COUNTRY, &EMAIL_ADDRESS];

/// What is given as plain text for attributes that are more than that.
pub(crate) fn written_edits(call: &Call) -> Result<Vec<Edit>> {
    let given = [(&COUNTRY, user::COUNTRY.spec()), (&EMAIL_ADDRESS, recipient::WINDOWS_EMAIL_ADDRESS.spec())];
    let given = given.into_iter().filter_map(|(key, spec)| Some((key, spec, call.value(key)?)));
    given.map(|(key, spec, value)| Edit::new(spec, value).map_err(|error| error.about(key.name()))).collect()
}

static NAME: Parameter<String> = Parameter::of(&recipient::NAME);
static SAM_ACCOUNT_NAME: Parameter<String> = Parameter::of(&user::SAM_ACCOUNT_NAME);
static USER_PRINCIPAL_NAME: Parameter<String> = Parameter::of(&user::USER_PRINCIPAL_NAME);
static ACCOUNT_PASSWORD: Parameter<SecureString> =
    Parameter::new("AccountPassword", "The password; an account without one cannot be switched on.")
        .nullable();
static ENABLED: Parameter<bool> = Parameter::new("Enabled", "Whether the account can log on; no by default.");
static MUST_CHANGE: Parameter<bool> =
    Parameter::new("ChangePasswordAtLogon", "Whether the password must be changed at the first log-on.");
static PATH: Parameter<String> = Parameter::new(
    "Path",
    "The container in which the account is made, by its distinguished name; Users by default.",
);

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Makes an account without a mailbox.",
    notes: "It is switched off unless -Enabled $true is given with a password. Connect-Mailbox and Enable-Mailbox give it a \
            mailbox.",
    reads: &[
        &NAME,
        &SAM_ACCOUNT_NAME,
        &USER_PRINCIPAL_NAME,
        &ACCOUNT_PASSWORD,
        &ENABLED,
        &MUST_CHANGE,
        &PATH,
        &PASS_THRU,
    ],
    shares: &[WRITTEN],
    edits: Some(attribute),
    roles: &["Mail Recipient Creation"],
    examples: &[Example {
        about: "Makes an account again for the disconnected mailbox of a user who was deleted.",
        command: "New-ADUser 'Gina Hall' -SamAccountName gina -UserPrincipalName gina@contoso.com",
    }],
    ..Cmdlet::new(Verb::New, &AD_USER, new_user)
};

fn new_user(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (name, enabled) = (call.need(&NAME)?, call.get(&ENABLED)?.unwrap_or(false));
    let (sam, principal) = (call.get(&SAM_ACCOUNT_NAME)?, call.get(&USER_PRINCIPAL_NAME)?);
    let password = call.get(&ACCOUNT_PASSWORD)?;
    let names: Vec<&str> = std::iter::once(&name).chain(&sam).chain(&principal).map(String::as_str).collect();
    let hash = password.map(|given| rooms.directory().hash_password(&given, &names)).transpose();
    let hash = hash.map_err(|error| error.about(ACCOUNT_PASSWORD.name()))?;
    if enabled && hash.is_none() {
        return Err(password_missing(&name));
    }
    let unit = match call.get(&PATH)? {
        Some(path) => {
            let found = rooms.directory().resolve_text(&kinds::ORGANIZATIONAL_UNIT, &path);
            Some(found.map_err(|error| error.about(PATH.name()))?.guid())
        }
        None => None,
    };
    let must_change = call.get(&MUST_CHANGE)?.unwrap_or(false);
    if must_change && hash.is_none() {
        let message = "An account without a password has none to change.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Add -AccountPassword, or leave -ChangePasswordAtLogon out.")
            .about(MUST_CHANGE.name()));
    }
    let mut settings = edits(call)?;
    settings.extend(written_edits(call)?);
    let new = NewRecipient {
        user_principal_name: principal,
        sam_account_name: sam,
        unit,
        password: hash.clone().filter(|_| enabled),
        settings,
        ..NewRecipient::named(&name, Class::User, RecipientTypeDetails::None)
    };
    if !out.should(&name, &format!("Performing the operation \"New\" on target \"CN={name}\"."))? {
        return Ok(());
    }
    let made = rooms.directory().change(call.author(), move |change| {
        let mut record = change.new_recipient(&new)?;
        if let Some(hash) = &hash {
            change.put_password(&mut record, hash, must_change);
            change.save(record.clone())?;
        }
        Ok(record)
    })?;
    give_back(rooms, call, &made, out)
}

fn password_missing(name: &str) -> Error {
    let message = format!("The account of {name} has no password, so it cannot be switched on.");
    Error::conflict(ErrorId::PasswordMissing, message)
        .help("Give it one with -AccountPassword, or leave -Enabled out.")
        .about(ENABLED.name())
}

static NEW_PASSWORD: Parameter<SecureString> = Parameter::new(
    "NewPassword",
    "The password: at least 8 characters of three kinds, without the account's names.",
);
static OLD_PASSWORD: Parameter<SecureString> =
    Parameter::new("OldPassword", "The password of before, where it is not -Reset.");
static RESET: Parameter<Switch> = Parameter::new("Reset", "Sets it without the password of before.");

static SET_PASSWORD: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Sets the password of an account.",
    notes: "With -Reset it is set as it is given; otherwise the password of before is needed, too.",
    called: Some("ADAccountPassword"),
    reads: &[&IDENTITY, &NEW_PASSWORD, &OLD_PASSWORD, &RESET, &PASS_THRU],
    roles: &["Reset Password", "User Options"],
    examples: &[Example {
        about: "Gives Ben another password.",
        command: "Set-ADAccountPassword ben -Reset -NewPassword (ConvertTo-SecureString 'Tr0ub4dor-and-3' -AsPlainText -Force)",
    }],
    ..Cmdlet::new(Verb::Set, &AD_ACCOUNT, set_password)
};

/// Whether whoever calls may set the passwords of others.
pub(crate) fn may_set_passwords(rooms: &Rooms, call: &Call) -> bool {
    may_run(rooms, call, "Set-ADAccountPassword")
}

/// Whether whoever calls holds a role that has a cmdlet.
pub(crate) fn may_run(rooms: &Rooms, call: &Call, cmdlet: &str) -> bool {
    let roles = call.caller().account.map(|account| rooms.directory().roles_of(account)).unwrap_or_default();
    call.caller().is_system() || roles.iter().any(|role| holds(rooms, role, cmdlet))
}

fn set_password(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let record = rooms.one(call, &kinds::USER)?;
    may_take_over(rooms, call, &record)?;
    let (reset, old) = (call.is(&RESET), call.get(&OLD_PASSWORD)?);
    let new = call.need(&NEW_PASSWORD)?;
    if reset && old.is_some() {
        let message = "-Reset sets a password without the one of before.";
        return Err(Error::caller(ErrorId::ParametersExclude, message)
            .help("Give -Reset or -OldPassword, not both.")
            .about(OLD_PASSWORD.name()));
    }
    if !reset {
        let old = old.ok_or_else(|| {
            Error::caller(ErrorId::MissingMandatoryParameter, "The password of before is needed.")
                .help("Give it with -OldPassword, or set the new one with -Reset.")
                .about(OLD_PASSWORD.name())
        })?;
        check_old(rooms, &record, &old)?;
    }
    let sam = record.get(&user::SAM_ACCOUNT_NAME).unwrap_or_default();
    let hash = rooms.directory().hash_password(&new, &[record.name(), &sam]);
    let hash = hash.map_err(|error| error.about(NEW_PASSWORD.name()))?;
    let shown = rooms.shown(&record);
    let target = rooms.directory().distinguished_name(&record);
    if out.should(
        &shown,
        &format!("Performing the operation \"Set-ADAccountPassword\" on target \"{target}\"."),
    )? {
        rooms.directory().set_password(call.author(), record.guid(), hash, false)?;
        let now = rooms.directory().need(record.guid())?;
        give_back(rooms, call, &now, out)?;
    }
    Ok(())
}

fn check_old(rooms: &Rooms, record: &Record, old: &SecureString) -> Result<()> {
    match rooms.directory().check_password(Some(record), old.reveal()) {
        Verdict::Wrong => {
            let message = "The password of before is not that one.";
            Err(Error::denied(ErrorId::PasswordWrong, message).about(OLD_PASSWORD.name()))
        }
        // Whether the account may log on is another question.
        _ => Ok(()),
    }
}

fn give_back(rooms: &Rooms, call: &Call, record: &Record, out: &mut Output<'_>) -> Result<()> {
    if call.is(&PASS_THRU) {
        out.object(account(rooms, record, &[])?)?;
    }
    Ok(())
}
