//! Rows that hang together: each keeps a digest of itself and of the digest before it, so that a row that was altered,
//! removed or put in shows. What the last digest is stands elsewhere, or the newest rows could go unseen.

/// The digest of a row in its chain.
pub type Digest = [u8; 32];

/// A link that is being made: the digest before it, then the row's fields in their order.
pub struct Link(blake3::Hasher);

impl Link {
    /// Begins the link behind a digest; the first of a chain has none before it.
    pub fn after(before: Option<&[u8]>) -> Link {
        let mut link = Link(blake3::Hasher::new_derive_key("mailstead 2026 chain of audit entries"));
        link.field(before.unwrap_or_default());
        link
    }

    /// Takes a field: with its length, so that no two lists of fields look alike.
    pub fn field(&mut self, bytes: &[u8]) -> &mut Link {
        self.0.update(&(bytes.len() as u64).to_be_bytes()).update(bytes);
        self
    }

    /// Takes a number.
    pub fn number(&mut self, number: i64) -> &mut Link {
        self.field(&number.to_be_bytes())
    }

    /// Takes a text that may not be there.
    pub fn option(&mut self, text: Option<&str>) -> &mut Link {
        self.number(i64::from(text.is_some())).field(text.unwrap_or_default().as_bytes())
    }

    /// The row's digest.
    pub fn digest(&self) -> Digest {
        *self.0.finalize().as_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_its_place_and_what_stood_before_count() {
        let of = |before: Option<&[u8]>, fields: &[&str]| {
            let mut link = Link::after(before);
            for field in fields {
                link.field(field.as_bytes());
            }
            link.digest()
        };
        let first = of(None, &["ann", "b"]);
        assert_eq!(first, of(None, &["ann", "b"]));
        for other in [
            of(None, &["an", "nb"]),
            of(None, &["ann"]),
            of(None, &["b", "ann"]),
            of(Some(&first), &["ann", "b"]),
        ] {
            assert_ne!(first, other);
        }
        assert_ne!(Link::after(None).option(None).digest(), Link::after(None).option(Some("")).digest());
    }
}
