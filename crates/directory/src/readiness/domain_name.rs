//! Domain names as mail on the internet knows them.

use std::collections::HashSet;
use std::sync::LazyLock;

static KNOWN: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = include_str!("../../data/top-level-domains.txt").lines();
    lines.filter(|line| !line.starts_with('#')).flat_map(str::split_ascii_whitespace).collect()
});

/// The longest label of a domain. [RFC 1035 2.3.4]
const LABEL_CHARACTERS_MAX: usize = 63;

/// Whether a text has the form of a domain with at least two labels.
pub(super) fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= LABEL_CHARACTERS_MAX
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label)
}

/// Whether mail on the internet can be routed to a domain by its last label.
pub(super) fn is_routable(domain: &str) -> bool {
    let last = domain.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    KNOWN.contains(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_told_from_other_texts() {
        for (text, domain, routable) in [
            ("contoso.com", true, true),
            ("contoso.local", true, false),
            ("mail.contoso.co.uk", true, true),
            ("contoso.berlin", true, true),
            ("contoso.xn--p1ai", true, true),
            ("contoso", false, false),
            ("con_toso.com", false, true),
            ("-a.com", false, true),
            ("a..com", false, true),
            ("contoso.test", true, false),
            ("CONTOSO.COM", true, true),
        ] {
            assert_eq!((is_domain(text), is_routable(text)), (domain, routable), "{text}");
        }
        assert!(KNOWN.len() > 1_300, "{}", KNOWN.len());
    }
}
