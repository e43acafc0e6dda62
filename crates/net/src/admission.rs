//! How many connections may be open at once, in total and from one address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use object::Network;

/// Why a connection is not served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The service has as many connections as it may have.
    TooMany,
    /// This address has as many connections as it may have.
    TooManyFromAddress,
}

/// How many connections may be open at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// From everywhere together.
    pub total: usize,
    /// From one IPv4 address or one IPv6 /64, which is what one customer is given. [RFC 6177 2]
    pub per_address: usize,
}

impl Default for Limits {
    /// Ten thousand idle clients fit into a small machine's memory; two hundred come from one office.
    fn default() -> Limits {
        Limits { total: 10_000, per_address: 200 }
    }
}

/// Counts open connections; several listeners of one service share one.
#[derive(Debug)]
pub struct Admission {
    open: Mutex<Open>,
    admitted: AtomicU64,
    refused: AtomicU64,
}

#[derive(Debug)]
struct Open {
    limits: Limits,
    total: usize,
    by_address: HashMap<Network, usize>,
}

impl Admission {
    /// A count that starts at nothing.
    pub fn new(limits: Limits) -> Arc<Admission> {
        let open = Mutex::new(Open { limits, total: 0, by_address: HashMap::new() });
        Arc::new(Admission { open, admitted: AtomicU64::new(0), refused: AtomicU64::new(0) })
    }

    /// Admits a connection from `address`; it counts until the pass is dropped.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Result<Pass, Refusal> {
        let network = Network::of(address);
        let admitted = self.count(network);
        let counter = if admitted.is_ok() { &self.admitted } else { &self.refused };
        counter.fetch_add(1, Ordering::Relaxed);
        admitted.map(|()| Pass { admission: Arc::clone(self), network })
    }

    /// Other limits from now on; connections that are open stay open.
    pub fn set_limits(&self, limits: Limits) {
        self.lock().limits = limits;
    }

    /// Connections open now.
    pub fn open(&self) -> usize {
        self.lock().total
    }
    /// Connections ever admitted.
    pub fn admitted(&self) -> u64 {
        self.admitted.load(Ordering::Relaxed)
    }
    /// Connections ever refused.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    fn count(&self, network: Network) -> Result<(), Refusal> {
        let mut open = self.lock();
        if open.total >= open.limits.total {
            return Err(Refusal::TooMany);
        }
        let per_address = open.limits.per_address;
        let here = open.by_address.entry(network).or_insert(0);
        if *here >= per_address {
            return Err(Refusal::TooManyFromAddress);
        }
        *here += 1;
        open.total += 1;
        Ok(())
    }

    fn leave(&self, network: Network) {
        let mut open = self.lock();
        open.total -= 1;
        if let Some(here) = open.by_address.get_mut(&network) {
            *here -= 1;
            if *here == 0 {
                open.by_address.remove(&network);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        // Numbers are whole at every step, so a panic elsewhere under the lock leaves them usable.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to be connected; gives its place back when dropped.
#[derive(Debug)]
pub struct Pass {
    admission: Arc<Admission>,
    network: Network,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.admission.leave(self.network);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_total_and_by_address() {
        let admission = Admission::new(Limits { total: 3, per_address: 2 });
        let from = |text: &str| admission.admit(text.parse().unwrap());
        let first = from("192.0.2.1").unwrap();
        let _second = from("::ffff:192.0.2.1").unwrap();
        assert_eq!(from("192.0.2.1").unwrap_err(), Refusal::TooManyFromAddress);
        let _third = from("2001:db8::1").unwrap();
        assert_eq!(from("192.0.2.7").unwrap_err(), Refusal::TooMany);
        drop(first);
        let _fourth = from("2001:db8::ffff").unwrap();
        drop(_second);
        assert_eq!(from("2001:db8::2").unwrap_err(), Refusal::TooManyFromAddress);
        assert_eq!((admission.open(), admission.admitted(), admission.refused()), (2, 4, 3));
        admission.set_limits(Limits { total: 2, per_address: 2 });
        assert_eq!(from("192.0.2.9").unwrap_err(), Refusal::TooMany);
    }
}
