//! The one table of differences between versions of PowerShell. `core` is exactly 7.6, which the golden
//! data were recorded with; `shell`, our default, takes from 5.1 what its scripts and readers rely on.
//!
//! No version test stands anywhere else: whoever needs one reads a field here. To add a difference, add
//! a field and a value in each of the two tables.

/// Which side of each difference a session takes.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// What a person calls it.
    pub name: &'static str,
    /// `N`, `F`, `P`, `C` and `E` round the 15 digits that are shown, halves away from zero (5.1);
    /// otherwise the exact binary value, halves to even (7.6).
    pub round_halves_away: bool,
    /// Numbers in text and formats have the digits of Windows (`N` has 2 decimals); otherwise ICU's (3).
    pub windows_culture_data: bool,
    /// A plain blank stands before AM and PM; otherwise U+202F.
    pub blank_before_am: bool,
    /// `.ToString()` and `-f` of a double give 15 digits; otherwise the shortest exact ones.
    pub fifteen_digits: bool,
    /// Doubles and decimals in tables are plain text; otherwise in the culture's format `F`.
    pub plain_table_numbers: bool,
    /// `'a, b'.Split(', ')` splits at each character; otherwise at the whole string.
    pub split_at_each_char: bool,
    /// `Group-Object` answers in order of first appearance; otherwise sorted by key.
    pub group_in_order: bool,
    /// `+ CategoryInfo` lines of errors are indented by four blanks and one blank line follows.
    pub indented_error_lines: bool,
    /// Errors that go to a file or a pipe say what to do next, too: the nearest name, for one.
    pub helped_errors: bool,
    /// Rows that wait for a table's widths are lost when an error ends the script; otherwise they are shown first.
    pub drops_waiting_rows: bool,
    /// `utf8` writes a byte-order mark.
    pub utf8_with_mark: bool,
    /// Files without a mark that are not valid UTF-8 are read as Windows-1252.
    pub read_windows_1252: bool,
    /// `Default` and `Byte` are encodings as in 5.1.
    pub windows_encoding_names: bool,
    /// `$PSVersionTable` says 5.1 and Desktop.
    pub reports_5_1: bool,
    /// What is one field of an Exchange object (an address, a size) has text's methods besides its own, as the
    /// texts have that a remote session hands out.
    pub fields_are_texts: bool,
    /// `$env:` names ignore case.
    pub environment_ignores_case: bool,
    /// `System.DirectoryServices` is there (`[adsi]`), as on Windows.
    pub directory_services: bool,
}

impl Profile {
    /// Whether a type is there, of those that are on Windows alone.
    pub fn has(&self, of: &crate::Type) -> bool {
        self.directory_services || !of.name().starts_with("System.DirectoryServices.")
    }
}

/// Exactly PowerShell 7.6.
pub static CORE: Profile = Profile {
    name: "core",
    round_halves_away: false,
    windows_culture_data: false,
    blank_before_am: false,
    fifteen_digits: false,
    plain_table_numbers: false,
    split_at_each_char: false,
    group_in_order: false,
    indented_error_lines: false,
    helped_errors: false,
    drops_waiting_rows: true,
    utf8_with_mark: false,
    read_windows_1252: false,
    windows_encoding_names: false,
    reports_5_1: false,
    fields_are_texts: false,
    environment_ignores_case: false,
    directory_services: false,
};

/// The default of our own shell: 5.1 and 7 mixed so that scripts for either run.
pub static SHELL: Profile = Profile {
    name: "shell",
    round_halves_away: true,
    windows_culture_data: true,
    blank_before_am: true,
    fifteen_digits: true,
    plain_table_numbers: true,
    split_at_each_char: true,
    group_in_order: true,
    indented_error_lines: true,
    helped_errors: true,
    drops_waiting_rows: false,
    utf8_with_mark: true,
    read_windows_1252: true,
    windows_encoding_names: true,
    reports_5_1: true,
    fields_are_texts: true,
    environment_ignores_case: true,
    directory_services: true,
};

/// The profile of that name.
pub fn named(name: &str) -> Option<&'static Profile> {
    [&CORE, &SHELL].into_iter().find(|profile| profile.name.eq_ignore_ascii_case(name))
}
