//! Long sentences of errors and warnings, broken between words where the terminal ends.

/// Narrower terminals are left to break lines themselves.
const WIDTH_MIN: usize = 20;

/// `text` with every line that is wider than `width` broken between words; what follows keeps its indent.
/// Lines that quote a script (indented, and no wider than what stands beside them) are never that wide.
pub(super) fn wrapped(text: &str, width: usize) -> String {
    if width < WIDTH_MIN || text.lines().all(|line| columns(line) < width) {
        return text.to_owned();
    }
    text.split_inclusive('\n').map(|line| broken(line, width)).collect()
}

fn columns(line: &str) -> usize {
    line.chars().count()
}

fn broken(line: &str, width: usize) -> String {
    let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
    let indent: String = body.chars().take_while(|c| *c == ' ').collect();
    let mut made = String::new();
    let mut at = 0;
    for word in body.trim_start_matches(' ').split(' ') {
        let wide = columns(word);
        if at > 0 && indent.len() + at + 1 + wide > width {
            made.push('\n');
            at = 0;
        }
        made.push_str(if at == 0 { &indent } else { " " });
        at += wide + usize::from(at > 0);
        made.push_str(word);
    }
    made.push_str(end);
    made
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_break_between_words() {
        for (text, made) in [
            ("short\n", "short\n"),
            ("one two three four five six\n", "one two three four\nfive six\n"),
            ("  one two three four five\n  ^^^\n", "  one two three four\n  five\n  ^^^\n"),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\nb"),
        ] {
            assert_eq!(wrapped(text, 20), made);
        }
    }
}
