//! The nearest name, for "did you mean".

/// Names longer than this are not compared: nobody mistypes them from memory.
const NAME_CHARS_MAX: usize = 128;

/// The name of `names` that is most like `wanted`, if one is like it at all.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.chars().count() > NAME_CHARS_MAX {
        return None;
    }
    let wanted = wanted.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    let distances = names.into_iter().map(|name| (distance(&wanted, &name.to_lowercase()), name));
    distances
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, taken, changed or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
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
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

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
}
