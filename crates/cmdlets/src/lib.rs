//! The verbs of mail: every cmdlet that is built, one file a noun, and the facts of those that are only declared.

use gate::Catalogue;

/// The commands that are declared as data and not built.
pub fn declared() -> Catalogue {
    Catalogue::new(include_str!("../data/declared.tsv"))
}

/// What all commands take, built and declared, without the rooms they work on.
pub fn book() -> gate::Book {
    gate::Book::new(Vec::new(), declared())
}
