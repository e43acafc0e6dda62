//! Distinguished names as clients write them: blanks and case do not count.  [RFC 4514]

/// A name in the form in which it is compared.
pub(crate) fn folded(name: &str) -> String {
    let mut folded = String::with_capacity(name.len());
    let (mut escaped, mut begins) = (false, true);
    for c in name.chars().flat_map(char::to_lowercase) {
        let parts = !escaped && matches!(c, ',' | '=' | ';');
        if parts {
            folded.truncate(folded.trim_end_matches(' ').len());
            folded.push(if c == ';' { ',' } else { c });
        } else if c != ' ' || escaped || !begins {
            folded.push(c);
        }
        begins = parts || begins && c == ' ';
        escaped = c == '\\' && !escaped;
    }
    folded.truncate(folded.trim_end_matches(' ').len());
    folded
}

/// The name of what stands directly above; both folded.
pub(crate) fn above(name: &str) -> &str {
    let mut escaped = false;
    for (at, c) in name.char_indices() {
        if c == ',' && !escaped {
            return &name[at + 1..];
        }
        escaped = c == '\\' && !escaped;
    }
    ""
}

/// Whether a name stands below another one, or is that one; both folded.
pub(crate) fn is_within(name: &str, base: &str) -> bool {
    base.is_empty()
        || name
            .strip_suffix(base)
            .is_some_and(|before| before.is_empty() || before.ends_with(',') && !before.ends_with("\\,"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_as_people_mean_them() {
        assert_eq!(
            folded("CN=Ann Berg , OU = People,DC=Contoso, DC=com "),
            "cn=ann berg,ou=people,dc=contoso,dc=com"
        );
        assert_eq!(folded("CN=Doe\\, Jane,DC=x"), "cn=doe\\, jane,dc=x");
        assert_eq!(above("cn=doe\\, jane,dc=x"), "dc=x");
        assert_eq!(above("dc=x"), "");
        assert!(is_within("cn=ann,dc=contoso,dc=com", "dc=contoso,dc=com"));
        assert!(is_within("dc=contoso,dc=com", "dc=contoso,dc=com"));
        assert!(!is_within("cn=ann,dc=notcontoso,dc=com", "dc=contoso,dc=com"));
        assert!(!is_within("cn=a\\,dc=x", "dc=x"));
    }
}
