//! Compares passwords with argon2id hashes, in memory that is kept from one comparison to the next.

use argon2::password_hash::phc::{Output, PasswordHash};
use argon2::{Algorithm, Argon2, Block, Params, Version};

/// How much memory a hash takes, in KiB.
pub const MEMORY_KIB: u32 = 19 * 1024;

/// The memory of one comparison after the other: [`MEMORY_KIB`] KiB from the first one on. Threads have one each.
#[derive(Default)]
pub struct Hasher {
    memory: Vec<Block>,
}

impl Hasher {
    /// Whether `hash` (a PHC string) was made of this password. A hash that cannot be read matches nothing.
    pub(crate) fn matches(&mut self, hash: &str, password: &[u8]) -> bool {
        self.compare(hash, password).unwrap_or(false)
    }

    fn compare(&mut self, hash: &str, password: &[u8]) -> Option<bool> {
        let known = PasswordHash::new(hash).ok()?;
        let params = Params::try_from(&known).ok()?;
        let version = known.version.and_then(|version| Version::try_from(version).ok())?;
        let algorithm = Algorithm::try_from(known.algorithm.as_str()).ok()?;
        let (salt, expected) = (known.salt?, known.hash?);
        let blocks = params.block_count().max(MEMORY_KIB as usize);
        if self.memory.len() < blocks {
            self.memory.resize(blocks, Block::new());
        }
        let mut buffer = [0; Output::MAX_LENGTH];
        let out = buffer.get_mut(..expected.len())?;
        let memory = self.memory.as_mut_slice();
        Argon2::new(algorithm, version, params)
            .hash_password_into_with_memory(password, &salt, out, memory)
            .ok()?;
        // Outputs are compared in constant time.
        Some(Output::new(out).ok()? == expected)
    }
}

/// Whether comparing with a hash takes next to nothing: that of a password which was made.
pub(crate) fn is_quick(hash: &str) -> bool {
    let known = PasswordHash::new(hash).ok();
    known.and_then(|known| Params::try_from(&known).ok()).is_some_and(|params| params.m_cost() < MEMORY_KIB)
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher of {} KiB", self.memory.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::types::SecureString;

    #[test]
    fn one_memory_serves_one_comparison_after_the_other() {
        let mut hasher = Hasher::default();
        let hashes: Vec<String> = ["Sommer-2026", "Herbst-2026"]
            .map(|text| crate::PasswordHash::of(&SecureString::new(text), &[]).unwrap().0)
            .into();
        for (hash, password, right) in [
            (&hashes[0], "Sommer-2026", true),
            (&hashes[1], "Sommer-2026", false),
            (&hashes[1], "Herbst-2026", true),
            (&hashes[0], "", false),
            (&"$argon2id$v=19$m=19456,t=2,p=1$x".to_owned(), "Sommer-2026", false),
            (&"$1$plain".to_owned(), "Sommer-2026", false),
        ] {
            assert_eq!(hasher.matches(hash, password.as_bytes()), right, "{hash} {password}");
        }
    }
}
