//! LIST patterns: `*` is anything, `%` anything but the hierarchy separator.  [RFC 9051 6.3.9]

/// Whether `name` matches. Two marks where to go back to are enough, so the time is the product of the
/// two lengths at worst and never exponential.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.as_bytes(), name.as_bytes());
    let (mut p, mut n) = (0, 0);
    // Where the last `*` and the last `%` stood, and how much of the name they have taken.
    let mut star: Option<(usize, usize)> = None;
    let mut percent: Option<(usize, usize)> = None;
    loop {
        match pattern.get(p) {
            Some(b'*') => {
                (star, percent, p) = (Some((p + 1, n)), None, p + 1);
                continue;
            }
            Some(b'%') => {
                (percent, p) = (Some((p + 1, n)), p + 1);
                continue;
            }
            Some(byte) if name.get(n) == Some(byte) => {
                (p, n) = (p + 1, n + 1);
                continue;
            }
            None if n == name.len() => return true,
            _ => {}
        }
        if let Some((after, taken)) =
            percent.filter(|(_, taken)| name.get(*taken).is_some_and(|b| *b != b'/'))
        {
            (percent, p, n) = (Some((after, taken + 1)), after, taken + 1);
        } else if let Some((after, taken)) = star.filter(|(_, taken)| *taken < name.len()) {
            (star, percent, p, n) = (Some((after, taken + 1)), None, after, taken + 1);
        } else {
            return false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn patterns() {
        for (pattern, name, expected) in [
            ("*", "", true),
            ("*", "a/b", true),
            ("%", "a", true),
            ("%", "a/b", false),
            ("a/%", "a/b", true),
            ("a/%", "a/b/c", false),
            ("a*", "a/b/c", true),
            ("*b", "a/b", true),
            ("%/%", "a/b", true),
            ("%/b*c", "a/bxxc", true),
            ("*%x", "a/bx", true),
            ("%*", "a/b", true),
            ("INBOX", "INBOX", true),
            ("INBOX", "INBOXES", false),
            ("", "", true),
            ("", "a", false),
            ("a", "", false),
            ("%ä%", "käse", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern} {name}");
        }
    }

    #[test]
    fn many_stars_do_not_take_exponential_time() {
        let name = "a".repeat(2_000);
        assert!(!matches(&format!("{}b", "*a".repeat(500)), &name));
        assert!(!matches(&format!("{}b", "%a".repeat(500)), &name));
    }

    /// The definition, slow and plain.
    fn slow(pattern: &[u8], name: &[u8]) -> bool {
        match pattern.split_first() {
            None => name.is_empty(),
            Some((b'*', rest)) => (0..=name.len()).any(|at| slow(rest, &name[at..])),
            Some((b'%', rest)) => (0..=name.len())
                .take_while(|&at| !name[..at].contains(&b'/'))
                .any(|at| slow(rest, &name[at..])),
            Some((byte, rest)) => name.first() == Some(byte) && slow(rest, &name[1..]),
        }
    }

    proptest! {
        #[test]
        fn as_defined(pattern in "[ab/*%]{0,8}", name in "[ab/]{0,8}") {
            prop_assert_eq!(matches(&pattern, &name), slow(pattern.as_bytes(), name.as_bytes()));
        }
    }
}
