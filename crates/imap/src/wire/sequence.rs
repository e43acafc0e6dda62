//! Sets of message numbers: `1:4,7,9:*`, and `$` for the last search result.  [RFC 9051 4.1.1]

use std::fmt::Write as _;

/// A set as it was written; `*` is [`STAR`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Set {
    /// `$`: what the last SEARCH with SAVE found. [RFC 5182]
    Saved,
    /// Ranges with the smaller number first and the star last, in the order of writing.
    Ranges(Vec<(u32, u32)>),
}

/// The star: the largest number in use. No message has the number 0.
pub(crate) const STAR: u32 = 0;

/// Reads `1`, `1:4`, `*`, or `4:*`; zero is no number.
pub(crate) fn range(text: &str) -> Option<(u32, u32)> {
    let number = |text: &str| match text {
        "*" => Some(STAR),
        // u32 takes a plus sign, IMAP does not.
        _ if !text.bytes().all(|b| b.is_ascii_digit()) => None,
        _ => text.parse().ok().filter(|&n: &u32| n > 0),
    };
    let (first, last) = match text.split_once(':') {
        Some((first, last)) => (number(first)?, number(last)?),
        None => (number(text)?, number(text)?),
    };
    Some(if first == STAR || (last != STAR && last < first) { (last, first) } else { (first, last) })
}

/// Ranges sorted and joined, the star replaced by the largest number in use. A range that begins above
/// the largest number begins at it, since `*` is meant: `559:*` names the last one. `seq-range` [RFC 9051 9]
pub(crate) fn resolve(ranges: &[(u32, u32)], largest: u32) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = ranges
        .iter()
        .map(|&(first, last)| match (first, last) {
            (STAR, STAR) => (largest, largest),
            (first, STAR) => (first.min(largest), largest),
            pair => pair,
        })
        .filter(|&(first, last)| first >= 1 && first <= last)
        .collect();
    out.sort_unstable();
    out.dedup_by(|next, kept| {
        let joins = next.0 <= kept.1.saturating_add(1);
        if joins {
            kept.1 = kept.1.max(next.1);
        }
        joins
    });
    out
}

/// Whether sorted ranges hold a number.
pub(crate) fn contains(ranges: &[(u32, u32)], number: u32) -> bool {
    let at = ranges.partition_point(|&(_, last)| last < number);
    ranges.get(at).is_some_and(|&(first, _)| first <= number)
}

/// Ascending numbers as a set: `1:3,5`.
pub(crate) fn write(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut out = String::new();
    for (first, last) in runs(numbers) {
        let comma = if out.is_empty() { "" } else { "," };
        let written = match first == last {
            true => write!(out, "{comma}{first}"),
            false => write!(out, "{comma}{first}:{last}"),
        };
        debug_assert!(written.is_ok(), "a String takes what is written");
    }
    out
}

/// Ascending numbers as ranges.
pub(crate) fn runs(numbers: impl IntoIterator<Item = u32>) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match out.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(number) => *last = number,
            _ => out.push((number, number)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranges_as_written() {
        for (text, expected) in [
            ("1", Some((1, 1))),
            ("4:2", Some((2, 4))),
            ("*", Some((STAR, STAR))),
            ("*:3", Some((3, STAR))),
            ("3:*", Some((3, STAR))),
            ("4294967295", Some((u32::MAX, u32::MAX))),
            ("0", None),
            ("4294967296", None),
            ("+1", None),
            ("-1", None),
            ("1:", None),
            ("", None),
            ("1:2:3", None),
        ] {
            assert_eq!(range(text), expected, "{text}");
        }
    }

    #[test]
    fn sets_are_resolved() {
        for (ranges, largest, expected) in [
            (&[(1, 3), (2, 5), (7, 7)][..], 10, vec![(1, 5), (7, 7)]),
            (&[(STAR, STAR)], 10, vec![(10, 10)]),
            (&[(559, STAR)], 10, vec![(10, 10)]),
            (&[(11, u32::MAX)], 10, vec![(11, u32::MAX)]),
            (&[(3, STAR)], 10, vec![(3, 10)]),
            (&[(1, STAR)], 0, vec![]),
            (&[(6, 6), (5, 5)], 10, vec![(5, 6)]),
        ] {
            assert_eq!(resolve(ranges, largest), expected, "{ranges:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(numbers in proptest::collection::btree_set(1u32..500, 0..50)) {
            let text = write(numbers.iter().copied());
            let ranges: Vec<_> = text.split(',').filter(|t| !t.is_empty()).map(|t| range(t).unwrap()).collect();
            let back: Vec<u32> = ranges.iter().flat_map(|&(a, b)| a..=b).collect();
            prop_assert_eq!(back, numbers.iter().copied().collect::<Vec<_>>());
            for number in 1..500 {
                prop_assert_eq!(contains(&ranges, number), numbers.contains(&number));
            }
        }
    }
}
