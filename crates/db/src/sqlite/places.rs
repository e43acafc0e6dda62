//! Where the parameters of a statement stand.
//!
//! SQLite numbers names such as `$2` by their first appearance. It can be asked for each by its name, but that costs more than
//! many a statement does; reading the text is a fraction of it.

use memchr::memchr_iter;

/// No statement of ours has more parameters.
const PARAMETERS_MAX: usize = 40;

/// The places of `$1`, `$2` … as SQLite counts them, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Places {
    of: [u8; PARAMETERS_MAX],
    count: usize,
}

impl Places {
    /// The places of the parameters of a statement; none where their numbers are not 1 to the last without a gap.
    ///
    /// No text of ours has a `$` with a digit behind it in a literal or a comment.
    pub(crate) fn of(sql: &str) -> Option<Places> {
        let (mut of, mut count) = ([0; PARAMETERS_MAX], 0);
        for at in memchr_iter(b'$', sql.as_bytes()) {
            let Some(number) = number(&sql.as_bytes()[at + 1..]) else { continue };
            let place = of.get_mut(number.checked_sub(1)?)?;
            if *place == 0 {
                count += 1;
                *place = count;
            }
        }
        let count = usize::from(count);
        of[..count].iter().all(|place| *place > 0).then_some(Places { of, count })
    }

    /// How many parameters there are.
    pub(crate) fn count(&self) -> usize {
        self.count
    }

    /// The place of the parameter with that index, from 0.
    pub(crate) fn of_parameter(&self, index: usize) -> usize {
        self.of.get(index).map_or(0, |place| usize::from(*place))
    }
}

/// The number that the bytes begin with, if they begin with a digit.
fn number(bytes: &[u8]) -> Option<usize> {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).take(4);
    digits.fold(None, |number, digit| Some(number.unwrap_or(0) * 10 + usize::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_by_first_appearance() {
        for (sql, expected) in [
            ("SELECT 1", Some(&[][..])),
            ("SELECT $1, $2, $1", Some(&[1, 2])),
            ("UPDATE t SET a = $2, b = $12 WHERE c = $1", None),
            ("UPDATE t SET a = $2 WHERE c = $1 AND d = $3 AND $2 > 0", Some(&[2, 1, 3])),
            ("SELECT '$', $name, $1", Some(&[1])),
            ("SELECT $0", None),
            ("SELECT $41", None),
            ("SELECT $99999999999999999999", None),
        ] {
            let places = Places::of(sql);
            let seen =
                places.as_ref().map(|p| (0..p.count()).map(|at| p.of_parameter(at)).collect::<Vec<_>>());
            assert_eq!(seen.as_deref(), expected, "{sql}");
        }
    }

    #[test]
    fn sqlite_counts_them_alike() {
        let connection = rusqlite::Connection::open_in_memory().unwrap();
        for sql in ["SELECT $3, $1, $2, $1", "SELECT $1 || $2, $11, $10, $9, $8, $7, $6, $5, $4, $3"] {
            let (statement, places) = (connection.prepare(sql).unwrap(), Places::of(sql).unwrap());
            assert_eq!(statement.parameter_count(), places.count());
            for at in 0..places.count() {
                let name = format!("${}", at + 1);
                assert_eq!(statement.parameter_index(&name).unwrap(), Some(places.of_parameter(at)), "{sql}");
            }
        }
    }
}
