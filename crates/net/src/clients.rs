//! The memory that people's mail clients may make us hold, whichever door they come by.
//!
//! Before log-on it is their address's, behind it their account's: whoever has used that up over IMAP has none left over
//! POP3. Each session's stands in its door's as well, so that one sees where it went.

use std::sync::Arc;

use object::Network;

use crate::{Budget, Shares};

/// Octets of the clients of one address (or IPv6 /64) before log-on: some hundred commands under way.
const ADDRESS_BYTES_MAX: u64 = 16 << 20;
/// Octets of one account: some dozen clients with large commands or folders.
const ACCOUNT_BYTES_MAX: u64 = 64 << 20;
/// Octets of one session: an account may use all it has in one.
const SESSION_BYTES_MAX: u64 = ACCOUNT_BYTES_MAX;

/// What all doors for people have together.
#[derive(Debug)]
pub struct Clients {
    all: Budget,
    addresses: Shares<Network>,
    accounts: Shares<String>,
}

impl Clients {
    /// So much for all of them.
    pub fn new(all: Budget) -> Arc<Clients> {
        let addresses = Shares::new(&all, "address", ADDRESS_BYTES_MAX);
        let accounts = Shares::new(&all, "account", ACCOUNT_BYTES_MAX);
        Arc::new(Clients { all, addresses, accounts })
    }

    /// The budget of all together.
    pub fn all(&self) -> &Budget {
        &self.all
    }

    /// Another limit from now on, for all together; doors have theirs by [`Memory::door`].
    pub fn set_limit(&self, octets: u64) {
        self.all.set_limit(octets);
    }

    /// The memory of one door: it may use all there is.
    pub fn door(self: &Arc<Self>, name: &'static str) -> Memory {
        Memory { clients: Arc::clone(self), door: Budget::new(name, self.all.limit()) }
    }
}

/// The memory of the clients of one door.
#[derive(Clone, Debug)]
pub struct Memory {
    clients: Arc<Clients>,
    door: Budget,
}

impl Memory {
    /// The door's budget.
    pub fn door(&self) -> &Budget {
        &self.door
    }

    /// The memory of a session before log-on.
    pub fn of_network(&self, network: Network) -> Budget {
        self.session(&self.clients.addresses.of(network))
    }

    /// The memory of a session of an account, by the name that it has in logs.
    pub fn of_account(&self, account: &str) -> Budget {
        self.session(&self.clients.accounts.of(account.to_lowercase()))
    }

    fn session(&self, whose: &Budget) -> Budget {
        Budget::of_both(whose, &self.door, "session", SESSION_BYTES_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_one_share_over_all_doors() {
        let clients = Clients::new(Budget::new("server", 256 << 20));
        let (imap, pop) = (clients.door("imap"), clients.door("pop3"));
        let mut held = imap.of_account("CONTOSO\\ann").take(60 << 20).unwrap();
        assert_eq!(pop.of_account("contoso\\ann").take(5 << 20).unwrap_err().budget, "account");
        let _small = pop.of_account("CONTOSO\\ann").take(4 << 20).unwrap();
        assert_eq!(
            (imap.door().used() >> 20, pop.door().used() >> 20, clients.all().used() >> 20),
            (60, 4, 64)
        );
        assert!(held.more(1).is_err() && pop.of_account("CONTOSO\\ben").take(5 << 20).is_ok());
        let early = Network::of([192, 0, 2, 1].into());
        let _early = imap.of_network(early).take(10 << 20).unwrap();
        assert_eq!(pop.of_network(early).take(7 << 20).unwrap_err().budget, "address");
        drop(held);
        assert_eq!(imap.door().used() >> 20, 10);
    }
}
