//! What counts as one client's address.

use std::net::IpAddr;

/// One IPv4 address, or one IPv6 /64, which is what one customer is given: limits count by it. [RFC 6177 2]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Network(IpAddr);

impl Network {
    /// The network of an address; an IPv4 address that is written as IPv6 is the IPv4 address.
    pub fn of(address: IpAddr) -> Network {
        match address.to_canonical() {
            IpAddr::V6(v6) => Network(IpAddr::V6((v6.to_bits() >> 64 << 64).into())),
            v4 => Network(v4),
        }
    }
}

impl std::fmt::Display for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            IpAddr::V6(first) => write!(f, "{first}/64"),
            v4 => write!(f, "{v4}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_customer_is_one_network() {
        for (address, network) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::", "2001:db8:1:2::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(Network::of(address.parse().unwrap()).to_string(), network, "{address}");
        }
    }
}
