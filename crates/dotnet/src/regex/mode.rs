//! How the letters of a pattern are read: `RegexOptions`, and what a pattern changes of them (`(?i-s)`).

use super::IGNORE_CASE;

/// The options that may change within a pattern.
#[derive(Clone, Copy)]
pub(super) struct Mode {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) singleline: bool,
    /// Only named groups take.
    pub(super) explicit: bool,
    /// Blanks and comments mean nothing.
    pub(super) blanks: bool,
}

impl Mode {
    /// What `RegexOptions` say.
    pub(super) fn of(options: i64) -> Mode {
        Mode {
            ignore_case: options & IGNORE_CASE != 0,
            multiline: options & 2 != 0,
            singleline: options & 16 != 0,
            explicit: options & 4 != 0,
            blanks: options & 32 != 0,
        }
    }

    /// The mode that the letters behind a `(?` at that place make, and where they end.
    pub(super) fn changed_at(self, chars: &[char], place: usize) -> Option<(Mode, usize)> {
        if chars.get(place + 1) != Some(&'?') {
            return None;
        }
        let (mut changed, mut at, mut on) = (self, place + 2, true);
        while let Some(c) = chars.get(at) {
            match c.to_ascii_lowercase() {
                'i' => changed.ignore_case = on,
                'm' => changed.multiline = on,
                's' => changed.singleline = on,
                'n' => changed.explicit = on,
                'x' => changed.blanks = on,
                '-' => on = false,
                '+' => on = true,
                _ => break,
            }
            at += 1;
        }
        (at > place + 2).then_some((changed, at))
    }
}
