//! The base subject: what is left of a subject without `Re:`, `Fwd:` and list marks.  [RFC 5256 2.1]

/// A subject as SORT and THREAD compare it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BaseSubject {
    /// The base subject; compared by the caller's collation.
    pub text: String,
    /// Whether something was removed that says reply or forward.
    pub is_reply: bool,
}

/// Works out the base subject of decoded text. [RFC 5256 2.1]
pub fn base_subject(subject: &str) -> BaseSubject {
    let whole = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    let (mut text, mut is_reply) = (whole.as_str(), false);
    loop {
        let before = text;
        text = cut_leaders(cut_trailers(text), &mut is_reply);
        is_reply |= cut_trailers(before).len() < before.trim_end().len();
        let Some(inner) = forwarded(text) else {
            return BaseSubject { text: text.to_string(), is_reply };
        };
        (text, is_reply) = (inner, true);
    }
}

/// Removes `(fwd)` and blanks at the end.
fn cut_trailers(mut text: &str) -> &str {
    loop {
        text = text.trim_end();
        match text.len().checked_sub(5).and_then(|start| text.split_at_checked(start)) {
            Some((rest, end)) if end.eq_ignore_ascii_case("(fwd)") => text = rest,
            _ => return text,
        }
    }
}

/// Removes `Re:`-like leaders, and blobs that are not all there is.
fn cut_leaders<'a>(text: &'a str, is_reply: &mut bool) -> &'a str {
    let mut rest = text.trim_start();
    while let Some(after) = leader(rest) {
        (rest, *is_reply) = (after.trim_start(), true);
    }
    // No leader follows the blobs, or it would have been found: only blobs are left to cut.
    while let Some(after) = blob(rest).filter(|after| !after.trim().is_empty()) {
        rest = after;
    }
    rest
}

/// `*subj-blob ("re" / "fw" ["d"]) *WSP [subj-blob] ":"`
fn leader(text: &str) -> Option<&str> {
    let mut rest = text;
    while let Some(after) = blob(rest) {
        rest = after;
    }
    let word = ["re", "fwd", "fw"].into_iter().find(|word| starts(rest, word))?;
    let rest = rest[word.len()..].trim_start();
    let rest = blob(rest).unwrap_or(rest);
    rest.strip_prefix(':')
}

fn starts(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// `"[" *BLOBCHAR "]" *WSP`
fn blob(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let end = inner.find(['[', ']'])?;
    inner[end..].strip_prefix(']').map(str::trim_start)
}

/// The subject inside `[fwd: … ]`.
fn forwarded(text: &str) -> Option<&str> {
    let inner = text.strip_suffix(']')?;
    starts(inner, "[fwd:").then(|| inner[5..].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_subjects() {
        for (subject, base, is_reply) in [
            ("lunch", "lunch", false),
            ("Re: lunch", "lunch", true),
            ("RE : re:\tlunch  today", "lunch today", true),
            ("Fwd: Re: lunch (fwd) (FWD)", "lunch", true),
            ("[list] Re: [list] lunch", "lunch", true),
            ("[list] lunch", "lunch", false),
            ("[list]", "[list]", false),
            ("[fwd: lunch ]", "lunch", true),
            ("[Fwd: [list] Re: lunch]", "lunch", true),
            ("Re[2]: lunch", "lunch", true),
            ("Re", "Re", false),
            ("Re:", "", true),
            ("", "", false),
            ("Regarding: lunch", "Regarding: lunch", false),
            ("ä(fwd", "ä(fwd", false),
        ] {
            let seen = base_subject(subject);
            assert_eq!((seen.text.as_str(), seen.is_reply), (base, is_reply), "{subject}");
        }
    }

    #[test]
    fn many_marks_take_linear_time() {
        let subject = format!("{}x", "[a] ".repeat(50_000));
        assert_eq!(base_subject(&subject).text, "x");
        let subject = format!("{}x{}", "[fwd: ".repeat(2_000), "]".repeat(2_000));
        assert_eq!(base_subject(&subject).text, "x");
    }
}
