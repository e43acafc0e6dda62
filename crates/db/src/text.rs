//! What can be asked of a full-text index, and how SQLite's FTS5 is asked it.
//!
//! Tokens are made by the caller, so every engine finds the same documents. FTS5 gets them with its `ascii`
//! tokenizer, which parts at ASCII punctuation and blanks only: a token of ASCII letters and digits and of
//! characters beyond ASCII stays whole. The index keeps no text (`content=''`), only which column has which token.

use std::fmt::Write as _;

/// A token that a document must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextTerm {
    /// This very token.
    Word(String),
    /// A token that begins so.
    Prefix(String),
}

/// Documents which hold, in one of the columns, one term out of every list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextQuery {
    /// The columns that count; none means all of them.
    pub columns: Vec<&'static str>,
    /// Every list must be met by one of its terms.
    pub all: Vec<Vec<TextTerm>>,
}

impl TextQuery {
    /// The query in FTS5's language, or nothing when it cannot match (an empty list, a term without a letter).
    pub(crate) fn fts5(&self) -> Option<String> {
        let mut query = String::new();
        if !self.columns.is_empty() {
            let _ = write!(query, "{{{}}} : ", self.columns.join(" "));
        }
        query.push('(');
        for (at, any) in self.all.iter().enumerate() {
            query.push_str(if at == 0 { "(" } else { " AND (" });
            any_of(any, &mut query)?;
            query.push(')');
        }
        query.push(')');
        (!self.all.is_empty()).then_some(query)
    }
}

/// `OR` nests in FTS5's parser, which stops at depth 256; so a long list is written as a balanced tree.
fn any_of(terms: &[TextTerm], query: &mut String) -> Option<()> {
    match terms {
        [] => None,
        [term] => one(term, query),
        _ => {
            let (left, right) = terms.split_at(terms.len() / 2);
            query.push('(');
            any_of(left, query)?;
            query.push_str(" OR ");
            any_of(right, query)?;
            query.push(')');
            Some(())
        }
    }
}

fn one(term: &TextTerm, query: &mut String) -> Option<()> {
    let (token, star) = match term {
        TextTerm::Word(token) => (token, ""),
        TextTerm::Prefix(token) => (token, "*"),
    };
    // A quote or a blank would mean something else to FTS5; the caller's tokens never hold one.
    let good = !token.is_empty() && token.chars().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric());
    good.then(|| {
        let _ = write!(query, "\"{token}\"{star}");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_written_in_fts5s_language() {
        let word = |w: &str| TextTerm::Word(w.to_owned());
        let prefix = |w: &str| TextTerm::Prefix(w.to_owned());
        for (columns, all, shown) in [
            (vec![], vec![vec![word("a")]], Some("((\"a\"))")),
            (
                vec!["x", "y"],
                vec![vec![word("a")], vec![prefix("b")]],
                Some("{x y} : ((\"a\") AND (\"b\"*))"),
            ),
            (vec![], vec![vec![word("a"), word("b"), word("c")]], Some("(((\"a\" OR (\"b\" OR \"c\"))))")),
            (vec![], vec![], None),
            (vec![], vec![vec![]], None),
            (vec![], vec![vec![word("a\" OR \"b")]], None),
        ] {
            assert_eq!(TextQuery { columns, all }.fts5().as_deref(), shown);
        }
    }
}
