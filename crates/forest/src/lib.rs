//! Trusted foreign directories: where the account of a linked mailbox is found and its password checked.
//!
//! There is no kind of directory yet, so a linked account finds nobody to ask: see [`Forest`]. Rules for what will
//! stand here: a forest is a plain value (its name, its controllers, its credential) that the caller hands in; calls
//! block, with a time limit; the refusals are told apart (no such account, wrong password, disabled, expired, locked,
//! controller unreachable), because only some of them may count as a wrong password.

use object::{Error, ErrorId, Result};

/// The foreign directories that this organisation trusts.
#[derive(Clone, Debug, Default)]
pub struct Forest {}

impl Forest {
    /// No foreign directory is trusted.
    pub fn none() -> Forest {
        Forest {}
    }

    /// Checks the password of an account that lives in another forest. Without a trusted one the account cannot be asked
    /// about, which is a temporary failure and never a wrong password.
    pub fn check_password(&self, account: &str, _password: &str) -> Result<()> {
        let message = format!("No trusted forest can be asked about the account '{account}'.");
        Err(Error::busy(ErrorId::ForestUnreachable, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_answers_where_no_forest_is_trusted() {
        let error = Forest::none().check_password("FABRIKAM\\ann", "secret").unwrap_err();
        assert_eq!((error.fault(), error.id()), (object::Fault::Busy, "ForestUnreachable"));
        assert!(!error.to_string().contains("secret"));
    }
}
