//! Security identifiers: `S-1-5-21-…` as text and as the octets that a directory keeps.  [MS-DTYP 2.4.2]

use std::fmt;

/// A SID holds at most that many numbers behind its authority. [MS-DTYP 2.4.2.2]
const PARTS_MAX: usize = 15;

/// A security identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sid {
    authority: u64,
    parts: Vec<u32>,
}

impl Sid {
    /// Reads `S-1-5-21-…`.
    pub fn parse(text: &str) -> Option<Sid> {
        let mut words = text.trim().split('-');
        let head = words.next().filter(|word| word.eq_ignore_ascii_case("S"));
        if head.is_none() || words.next() != Some("1") {
            return None;
        }
        let authority = words.next()?.parse().ok().filter(|number| *number < 1 << 48)?;
        let parts: Vec<u32> = words.map(|word| word.parse().ok()).collect::<Option<_>>()?;
        (!parts.is_empty() && parts.len() <= PARTS_MAX).then_some(Sid { authority, parts })
    }

    /// Reads what stands in `objectSid`: octets, or the text in directories that keep it so.
    pub fn of_bytes(bytes: &[u8]) -> Option<Sid> {
        if bytes.starts_with(b"S-") {
            return Sid::parse(std::str::from_utf8(bytes).ok()?);
        }
        let (head, rest) = bytes.split_at_checked(8)?;
        let count = usize::from(head[1]);
        if head[0] != 1 || count == 0 || count > PARTS_MAX || rest.len() != 4 * count {
            return None;
        }
        let authority = head[2..].iter().fold(0, |number, octet| number << 8 | u64::from(*octet));
        let parts = rest.chunks_exact(4).map(|part| u32::from_le_bytes([part[0], part[1], part[2], part[3]]));
        Some(Sid { authority, parts: parts.collect() })
    }

    /// The octets.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![1, self.parts.len() as u8];
        bytes.extend(&self.authority.to_be_bytes()[2..]);
        bytes.extend(self.parts.iter().flat_map(|part| part.to_le_bytes()));
        bytes
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S-1-{}", self.authority)?;
        self.parts.iter().try_for_each(|part| write!(f, "-{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_octets_say_the_same() {
        let bytes = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0x50, 4, 0, 0];
        let sid = Sid::of_bytes(&bytes).unwrap();
        assert_eq!(sid.to_string(), "S-1-5-21-1-2-3-1104");
        assert_eq!(Sid::parse("s-1-5-21-1-2-3-1104"), Some(sid.clone()));
        assert_eq!(Sid::of_bytes(b"S-1-5-21-1-2-3-1104"), Some(sid.clone()));
        assert_eq!(sid.to_bytes(), bytes);
    }

    #[test]
    fn what_is_no_identifier_is_none() {
        for text in
            ["", "S-1-5", "S-2-5-1", "S-1-5-x", "S-1-5-4294967296", "S-1-5-1)(uid=*", "S-1-281474976710656-1"]
        {
            assert_eq!(Sid::parse(text), None, "{text}");
        }
        for bytes in [
            &[][..],
            &[1, 1, 0, 0, 0, 0, 0, 5],
            &[1, 0, 0, 0, 0, 0, 0, 5],
            &[1, 255, 0, 0, 0, 0, 0, 5, 1, 0, 0, 0],
        ] {
            assert_eq!(Sid::of_bytes(bytes), None, "{bytes:?}");
        }
    }
}
