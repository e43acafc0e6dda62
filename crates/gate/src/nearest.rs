//! The nearest name, for "did you mean".

/// Names longer than this are not compared: nobody mistypes them from memory.
const NAME_CHARS_MAX: usize = 128;

/// The name of `names` that is most like `wanted`, if one is like it at all; the first of those that are equally like it.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    let wanted = letters(wanted);
    // Whatever is not nearer than this is not wanted.
    let mut bound = (wanted.len() / 3).max(1) + 1;
    let mut found = None;
    for name in names {
        if let Some(near) = distance_below(bound, &wanted, &letters(name)) {
            (bound, found) = (near, Some(name));
        }
    }
    found
}

fn letters(name: &str) -> Vec<char> {
    name.to_lowercase().chars().collect()
}

/// How many letters must be added, taken, changed or swapped with their neighbour, where these are fewer than `bound`. It
/// stops as soon as they are surely not: most names are nothing like each other.
fn distance_below(bound: usize, left: &[char], right: &[char]) -> Option<usize> {
    if left.len().abs_diff(right.len()) >= bound {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, l) in left.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, r) in right.iter().enumerate() {
            let changed = last[column] + usize::from(l != r);
            let mut best = changed.min(last[column + 1] + 1).min(next[column] + 1);
            if row > 0 && column > 0 && *l == right[column - 1] && left[row - 1] == *r {
                best = best.min(before[column - 1] + 1);
            }
            next.push(best);
        }
        before = std::mem::replace(&mut last, next);
        // A row is never below both rows before it.
        if before.iter().chain(&last).all(|distance| *distance >= bound) {
            return None;
        }
    }
    last.last().copied().filter(|distance| *distance < bound)
}

#[cfg(test)]
mod tests {
    use super::{distance_below, letters, nearest};

    #[test]
    fn a_slip_finds_its_name() {
        let names = ["Identity", "RecipientTypeDetails", "Database", "Alias"];
        for (slip, name) in [
            ("Idenity", Some("Identity")),
            ("datbase", Some("Database")),
            ("RecipientTypeDetial", Some("RecipientTypeDetails")),
            ("Alais", Some("Alias")),
            ("Quota", None),
            ("", None),
        ] {
            assert_eq!(nearest(slip, names), name, "{slip}");
        }
    }

    #[test]
    fn what_is_passed_over_would_not_have_been_nearer() {
        let mut words = vec![String::new()];
        for at in 0..63 {
            words.extend(['a', 'b'].map(|letter| format!("{}{letter}", words[at])));
        }
        let names: Vec<&str> = words.iter().map(String::as_str).collect();
        for wanted in &names {
            let allowed = (wanted.len() / 3).max(1);
            let far = names.iter().map(|name| {
                (distance_below(usize::MAX, &letters(wanted), &letters(name)).expect("no bound"), *name)
            });
            let nearest_of_all =
                far.filter(|(far, name)| *far <= allowed && name != wanted).min_by_key(|(far, _)| *far);
            let others = names.iter().copied().filter(|name| name != wanted);
            assert_eq!(nearest(wanted, others), nearest_of_all.map(|(_, name)| name), "{wanted}");
        }
    }
}
