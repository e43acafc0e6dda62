//! Accounts: passwords as argon2id hashes, the password policy, and whether a log-on is allowed.

use crate::hasher::{Hasher, MEMORY_KIB, is_quick};
use crate::record::Record;
use crate::schema::organization::COMMON_PASSWORDS_ALLOWED;
use crate::schema::user;
use crate::{Class, Directory};
use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use object::types::{Guid, PropertyType, SecureString};
use object::{Author, Declared, Error, ErrorId, Result};
use std::sync::{Arc, LazyLock};

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane. More memory would let a flood of log-ons take it
// all; fewer passes would let stolen hashes be guessed faster. [OWASP Password Storage Cheat Sheet]
/// How often the memory is passed over.
const PASSES: u32 = 2;
/// How many lanes are computed side by side; log-ons themselves come side by side already.
const LANES: u32 = 1;
/// The salt, as the standard wants it. [RFC 9106 3.1]
const SALT_BYTES: usize = 16;

/// The shortest password; Windows' default policy says 7, today's advice is 8. [NIST SP 800-63B 3.1.1.2]
pub const PASSWORD_CHARACTERS_MIN: usize = 8;
/// The longest password: hashing takes time with its length, and nobody types more.
pub const PASSWORD_CHARACTERS_MAX: usize = 256;
/// How many kinds of characters a short password needs: upper case, lower case, digits, others.
const KINDS_MIN: usize = 3;
/// From this length on a password may be of any characters: a sentence is better than `P@ssw0rd`.
const SENTENCE_CHARACTERS_MIN: usize = 16;
/// What is said of one of those.
const WORN_OUT_SENTENCE: &str =
    "The password does not comply with the password policy: it is one of those that everybody tries first.";

/// Passwords that everybody tries first.
const WORN_OUT: &[&str] = &[
    "password",
    "passw0rd",
    "p@ssw0rd",
    "p@ssword",
    "password1",
    "passw0rd1",
    "p@ssw0rd1",
    "qwertzuiop",
    "qwertyuiop",
    "welcome1",
    "administrator",
];

/// The account that the first start makes.
pub const ADMINISTRATOR: &str = "Administrator";

/// A hash of a password: made before a change begins, because hashing takes some 20 ms of a processor.
#[derive(Clone)]
pub struct PasswordHash(pub(crate) String);

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(…)")
    }
}

impl PasswordHash {
    /// Hashes a password after checking it against the policy. `names` are what it must not contain (account and display
    /// name). Call it on a worker thread, outside every transaction.
    pub fn of(password: &SecureString, names: &[&str]) -> Result<PasswordHash> {
        check_policy(password.reveal(), names, false)?;
        PasswordHash::unchecked(password.reveal())
    }

    fn unchecked(password: &str) -> Result<PasswordHash> {
        PasswordHash::with(&hasher(), password)
    }

    /// Hashes a password in a way of the caller's choice.
    pub(crate) fn with(hasher: &Argon2<'_>, password: &str) -> Result<PasswordHash> {
        let mut salt = [0; SALT_BYTES];
        getrandom::fill(&mut salt).map_err(|error| {
            Error::server(ErrorId::RandomMissing, format!("The system gave no randomness: {error}."))
        })?;
        let hash: argon2::PasswordHash =
            hasher.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| {
                Error::server(
                    ErrorId::PasswordNotHashed,
                    format!("The password could not be hashed: {error}."),
                )
            })?;
        Ok(PasswordHash(hash.to_string()))
    }
}

fn hasher() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the constants above are within argon2's limits");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

impl Directory {
    /// As [`PasswordHash::of`], as far as the organization's settings go.
    pub fn hash_password(&self, password: &SecureString, names: &[&str]) -> Result<PasswordHash> {
        let common = self.organization()?.is(&COMMON_PASSWORDS_ALLOWED);
        check_policy(password.reveal(), names, common)?;
        PasswordHash::unchecked(password.reveal())
    }
}

fn check_policy(password: &str, names: &[&str], common: bool) -> Result<()> {
    let length = password.chars().count();
    let kinds: [fn(char) -> bool; 4] =
        [|c| c.is_uppercase(), |c| c.is_lowercase(), |c| c.is_numeric(), |c| !c.is_alphanumeric()];
    let kinds = kinds.iter().filter(|kind| password.chars().any(kind)).count();
    let folded = password.to_lowercase();
    let named = |name: &&str| name.chars().count() > 2 && folded.contains(&name.to_lowercase());
    let problem = if length < PASSWORD_CHARACTERS_MIN {
        format!("it has fewer than {PASSWORD_CHARACTERS_MIN} characters")
    } else if length > PASSWORD_CHARACTERS_MAX {
        format!("it has more than {PASSWORD_CHARACTERS_MAX} characters")
    } else if password.contains('\0') {
        "it holds NUL".to_owned()
    } else if kinds < KINDS_MIN && length < SENTENCE_CHARACTERS_MIN {
        format!("it has characters of fewer than {KINDS_MIN} kinds")
    } else if !common && WORN_OUT.contains(&folded.trim_end_matches(['!', '.'])) {
        return Err(Error::caller(ErrorId::PasswordTooWeak, WORN_OUT_SENTENCE)
            .help("Choose another one; Set-OrganizationConfig -CommonPasswordsAllowed $true takes such passwords.")
            .about("Password"));
    } else if names.iter().any(named) {
        "it contains the name of the account".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::caller(ErrorId::PasswordTooWeak, format!("The password does not comply with the password policy: {problem}."))
        .help(format!(
            "Use at least {PASSWORD_CHARACTERS_MIN} characters of three of these kinds: capitals, small letters, digits, \
             others; or {SENTENCE_CHARACTERS_MIN} characters of any kind."
        ))
        .about("Password"))
}

/// What became of a log-on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The password is right and the account may log on.
    Right,
    /// There is no such account, it has no password, or the password is wrong.
    Wrong,
    /// The account is switched off; the password was right.
    Disabled,
    /// The password is right, and must be changed first.
    MustChange,
}

/// What an unknown account's password is compared with, so that the answer takes as long.
static NOBODY: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| PasswordHash::unchecked("nobody has this one").ok());

/// Compares a password with an account's. Takes some 20 ms of a processor, whoever is named.
pub fn check_password(hasher: &mut Hasher, account: Option<&Record>, password: &str) -> Verdict {
    let stored = account.and_then(|record| record.get(&user::PASSWORD_HASH));
    let known = stored.is_some();
    let Some(hash) = stored.or_else(|| NOBODY.as_ref().map(|hash| hash.0.clone())) else {
        return Verdict::Wrong;
    };
    // Longer ones cannot be right and would only cost time.
    let short = password.chars().count() <= PASSWORD_CHARACTERS_MAX;
    let typed = if short { password.as_bytes() } else { b"" };
    let right = hasher.matches(&hash, typed);
    // A password that was made takes no time: the rest is waited out, so that nobody learns which account has one.
    if let Some(nobody) = NOBODY.as_ref().filter(|_| is_quick(&hash)) {
        let _time = hasher.matches(&nobody.0, typed);
    }
    match account {
        Some(record) if right && known && short => standing(record),
        _ => Verdict::Wrong,
    }
}

/// What becomes of a log-on whose password is right.
pub fn standing(account: &Record) -> Verdict {
    if account.is_account_disabled() {
        Verdict::Disabled
    } else if account.is(&user::RESET_PASSWORD_ON_NEXT_LOGON) {
        Verdict::MustChange
    } else {
        Verdict::Right
    }
}

impl Directory {
    /// The account that a person names when logging on: mail address, user principal name, `DOMAIN\account`, alias or
    /// account name, tried in this order; the owner of a linked mailbox may name the foreign account, too. Unlike an
    /// identity, a display name is no name to log on with.
    pub fn account(&self, name: &str) -> Option<Arc<Record>> {
        self.own_account(name).or_else(|| self.linked_account(name))
    }

    fn own_account(&self, name: &str) -> Option<Arc<Record>> {
        use crate::{Form, IdentityKind};
        const STEPS: [&[Form]; 3] =
            [&[Form::PrincipalName], &[Form::Account], &[Form::Address, Form::Sam, Form::Alias]];
        let of = |record: &Record| record.class() == Class::User;
        STEPS.iter().find_map(|forms| {
            let kind = IdentityKind { name: "LogonId", noun: "an account", forms, of };
            let mut found = self.candidates(&kind, name);
            (found.len() == 1).then(|| found.remove(0))
        })
    }

    /// Compares a password with an account's, in memory of its own. Takes some 20 ms whoever is named: call it on a
    /// worker thread.
    pub fn check_password(&self, account: Option<&Record>, password: &str) -> Verdict {
        check_password(&mut Hasher::default(), account, password)
    }

    /// Sets the password of an account. `must_change` asks for another at the next log-on.
    pub fn set_password(
        &self,
        author: &Author,
        user: Guid,
        hash: PasswordHash,
        must_change: bool,
    ) -> Result<()> {
        self.change(author, move |change| {
            let mut record = change.read(user)?;
            change.put_password(&mut record, &hash, must_change);
            change.save(record)
        })
    }

    /// Switches an account on or off. Switching on an account without a password is refused, and so is one that owns a
    /// shared or resource mailbox: its master account is not itself.
    pub fn set_account_disabled(&self, author: &Author, user: Guid, off: bool) -> Result<()> {
        self.change(author, move |change| {
            let mut record = change.read(user)?;
            change.switch_account(&mut record, off)?;
            change.save(record)
        })
    }
}

impl crate::Change<'_> {
    /// Gives an account a password.
    pub fn put_password(&self, record: &mut Record, hash: &PasswordHash, must_change: bool) {
        record.set(&user::PASSWORD_HASH, hash.0.clone());
        record.put(user::PASSWORD_LAST_SET.spec(), self.now().into_value());
        if must_change {
            record.set(&user::RESET_PASSWORD_ON_NEXT_LOGON, true);
        } else {
            record.clear(&user::RESET_PASSWORD_ON_NEXT_LOGON);
        }
    }

    /// Switches an account on or off, where the mailbox allows it.
    pub fn switch_account(&self, record: &mut Record, off: bool) -> Result<()> {
        if record.class() != Class::User {
            return Err(Error::caller(
                ErrorId::NotAnAccount,
                format!("{} is not an account.", record.name()),
            ));
        }
        if !off && record.has(user::MASTER_ACCOUNT_SID.spec()) {
            let details = record.details();
            return Err(Error::conflict(
                ErrorId::AccountBelongsToMailbox,
                format!("The account of {} stays switched off while it is a {details}.", record.name()),
            )
            .help(match details.is_linked() {
                true => format!("Run Convert-LinkedMailbox \"{}\" first.", record.name()),
                false => format!("Run Set-Mailbox \"{}\" -Type Regular first.", record.name()),
            }));
        }
        if !off && !record.has(user::PASSWORD_HASH.spec()) {
            return Err(Error::conflict(
                ErrorId::PasswordMissing,
                format!("The account of {} has no password.", record.name()),
            )
            .help("Give it one first, with Set-Mailbox -Password or Set-ADAccountPassword."));
        }
        let flags = record.get(&user::USER_ACCOUNT_CONTROL).unwrap_or(crate::UserAccountFlags(512));
        record.set(&user::USER_ACCOUNT_CONTROL, flags.disabled(off));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_refuses_weak_passwords() {
        for (password, ok) in [
            ("Sommer-2026", true),
            ("correct horse battery", true),
            ("short1!", false),
            ("alllowercase", false),
            ("P@ssw0rd", false),
            ("AnnBerg-2026", false),
            ("Ab1\0bcdefg", false),
            ("größeÄ12", true),
        ] {
            assert_eq!(check_policy(password, &["annberg", "AB"], false).is_ok(), ok, "{password:?}");
        }
        assert!(check_policy(&"aB1".repeat(100), &[], false).is_err());
    }

    #[test]
    fn a_hash_says_how_it_was_made_and_never_shows_itself() {
        let hash = PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap();
        assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
        assert_eq!(format!("{hash:?}"), "PasswordHash(…)");
    }
}
