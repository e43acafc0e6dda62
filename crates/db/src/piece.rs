//! A piece of a text, looked for in any case: what the engines offer statements as `HOLDS`.

/// Whether octets hold a text in any case; `text` in lower case.
pub fn holds(octets: &[u8], text: &str) -> bool {
    if !octets.is_ascii() {
        return String::from_utf8_lossy(octets).to_lowercase().contains(text);
    }
    let wanted = text.as_bytes();
    let Some(first) = wanted.first() else { return true };
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    memchr::memchr2_iter(lower, upper, octets)
        .any(|at| octets.get(at..at + wanted.len()).is_some_and(|piece| piece.eq_ignore_ascii_case(wanted)))
}
