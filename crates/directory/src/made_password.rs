//! Passwords that the server makes: long, random, readable, and hashed quickly, since nobody can guess them.

use crate::account::PasswordHash;
use argon2::{Algorithm, Argon2, Params, Version};
use object::types::SecureString;
use object::{Error, ErrorId, Result};

/// Letters of a password that is made: no two that look alike, none that a shell reads its own way.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// 20 of 55 letters are 115 bits.
const CHARS: usize = 20;
/// The least memory that argon2 takes, in KiB.
pub(crate) const QUICK_MEMORY_KIB: u32 = 8;

/// A password that nobody has had before.
pub fn made_password() -> Result<SecureString> {
    let mut text = String::new();
    let mut octets = [0_u8; 64];
    while text.len() < CHARS {
        getrandom::fill(&mut octets)
            .map_err(|error| Error::server(ErrorId::NoRandomness, error.to_string()))?;
        // Octets beyond the last whole row of letters are left out, so that every letter is as likely.
        let rows = 256 / LETTERS.len() * LETTERS.len();
        let fair = octets.iter().map(|octet| usize::from(*octet)).filter(|octet| *octet < rows);
        text.extend(fair.map(|octet| char::from(LETTERS[octet % LETTERS.len()])));
    }
    text.truncate(CHARS);
    // Every kind of character that a password policy asks for.
    Ok(SecureString::new(format!("{text}-7")))
}

impl PasswordHash {
    /// A password that is made, and its hash. Stretching is for what people choose: of 115 random bits nothing can be guessed
    /// however quickly it is hashed, and ten thousand accounts that are converted do not take a processor for minutes.
    pub fn made() -> Result<(SecureString, PasswordHash)> {
        let password = made_password()?;
        let params = Params::new(QUICK_MEMORY_KIB, 1, 1, None).expect("the least that argon2 allows");
        let hash =
            PasswordHash::with(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params), password.reveal())?;
        Ok((password, hash))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hasher;

    #[test]
    fn a_made_password_is_another_each_time_and_its_hash_matches() {
        let ((one, hash), (other, _)) = (PasswordHash::made().unwrap(), PasswordHash::made().unwrap());
        assert_eq!(one.reveal().len(), CHARS + 2);
        assert!(PasswordHash::of(&one, &[]).is_ok());
        assert_ne!(one.reveal(), other.reveal());
        let mut hasher = Hasher::default();
        assert!(
            hasher.matches(&hash.0, one.reveal().as_bytes())
                && !hasher.matches(&hash.0, other.reveal().as_bytes())
        );
        assert!(crate::hasher::is_quick(&hash.0));
        let people = PasswordHash::of(&SecureString::new("Sommer-2026"), &[]).unwrap();
        assert!(!crate::hasher::is_quick(&people.0));
    }
}
