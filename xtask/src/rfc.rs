//! The index of citations: which line keeps which rule of which standard.

use crate::sources::{root, sources};
use std::collections::BTreeMap;

/// Prints every cited section with the lines that cite it.
pub(crate) fn run() -> Result<(), String> {
    let mut index: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources(&root())? {
        for (at, line) in source.text.lines().enumerate() {
            for citation in citations(line) {
                index.entry(citation).or_default().push(format!("{}:{}", source.path, at + 1));
            }
        }
    }
    for (citation, places) in &index {
        println!("[{citation}]\t{}", places.join(" "));
    }
    Ok(())
}

/// The citations of a line, without their brackets: `RFC 9051 6.3.4`, `MS-ASCMD 2.2.1.21`, `RFC 5321`.
pub(crate) fn citations(line: &str) -> Vec<String> {
    let inside = line.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    inside.filter(|text| is_citation(text)).map(str::to_owned).collect()
}

fn is_citation(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    match words.as_slice() {
        ["RFC", number] => is_number(number),
        // A production of the grammar may stand behind its section: `[RFC 9051 9 astring]`.
        ["RFC", number, section] | ["RFC", number, section, _] => is_number(number) && is_section(section),
        [document, section] => document.starts_with("MS-") && is_section(section),
        _ => false,
    }
}

fn is_number(word: &str) -> bool {
    (3..=5).contains(&word.len()) && word.bytes().all(|b| b.is_ascii_digit())
}

/// `6.3.4`, `4.5.3.1.1`, `A.2`.
fn is_section(word: &str) -> bool {
    word.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}
