//! A range of IP addresses, as lists of machines are written.

use std::net::IpAddr;

/// One address, a range of them, or a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    first: u128,
    last: u128,
    v4: bool,
}

impl AddressRange {
    /// Reads `192.0.2.1`, `192.0.2.1-192.0.2.9` or `192.0.2.0/24`; nothing where it is none of them.
    pub fn parse(text: &str) -> Option<AddressRange> {
        let text = text.trim();
        if let Some((first, last)) = text.split_once('-') {
            return AddressRange::between(first.trim().parse().ok()?, last.trim().parse().ok()?);
        }
        let Some((address, bits)) = text.split_once('/') else {
            let one = text.parse().ok()?;
            return AddressRange::between(one, one);
        };
        let (address, v4) = number(address.trim().parse().ok()?);
        let (bits, width) = (bits.trim().parse::<u32>().ok()?, if v4 { 32 } else { 128 });
        let free = width - Some(bits).filter(|bits| *bits <= width)?;
        let mask = if free == 128 { u128::MAX } else { (1 << free) - 1 };
        Some(AddressRange { first: address & !mask, last: address | mask, v4 })
    }

    fn between(first: IpAddr, last: IpAddr) -> Option<AddressRange> {
        let ((first, v4), (last, other)) = (number(first), number(last));
        (v4 == other && first <= last).then_some(AddressRange { first, last, v4 })
    }

    /// Whether the address lies in it.
    pub fn holds(&self, address: IpAddr) -> bool {
        let (address, v4) = number(address);
        v4 == self.v4 && (self.first..=self.last).contains(&address)
    }
}

fn number(address: IpAddr) -> (u128, bool) {
    match address.to_canonical() {
        IpAddr::V4(address) => (u128::from(u32::from(address)), true),
        IpAddr::V6(address) => (u128::from(address), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        for (range, address, holds) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1-192.0.2.9", "192.0.2.9", true),
            ("192.0.2.1-192.0.2.9", "192.0.2.10", false),
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "::ffff:192.0.2.7", true),
            ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("2001:db8::/32", "2001:db8:1::1", true),
            ("::/0", "2001:db8::1", true),
        ] {
            let found = AddressRange::parse(range).expect(range).holds(address.parse().expect(address));
            assert_eq!(found, holds, "{range} {address}");
        }
        for broken in ["", "x", "192.0.2.0/33", "192.0.2.9-192.0.2.1", "192.0.2.1-::1", "192.0.2.0/x"] {
            assert_eq!(AddressRange::parse(broken), None, "{broken}");
        }
    }
}
