//! A noun: what a cmdlet is about, with its properties and how it is shown.

use crate::property::{Declared, Spec};

/// The verbs that are written once for all nouns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standard {
    /// `Get-`
    Get,
    /// `Set-`
    Set,
    /// `New-`
    New,
    /// `Remove-`
    Remove,
    /// `Enable-`
    Enable,
    /// `Disable-`
    Disable,
}

/// A noun: `Mailbox` of `Get-Mailbox`. It lives in the room that keeps such objects.
pub struct Noun {
    /// The name, as Exchange writes it: `MailboxDatabase`.
    pub name: &'static str,
    /// The .NET type name that scripts may ask for.
    pub type_name: &'static str,
    /// One sentence that says what it is.
    pub summary: &'static str,
    /// All properties, in the order in which `Format-List` shows them.
    pub properties: &'static [&'static dyn Declared],
    /// The columns that are shown unasked.
    pub table: &'static [&'static dyn Declared],
    /// The verbs of `cmdlets/standard.rs` that it has.
    pub standard: &'static [Standard],
}

impl Noun {
    /// The property `name`, any case.
    pub fn property(&self, name: &str) -> Option<&'static Spec> {
        self.properties
            .iter()
            .map(|declared| declared.spec())
            .find(|spec| spec.name.eq_ignore_ascii_case(name))
    }
    /// The property that filters call `word`, any case.
    pub fn filter_property(&self, word: &str) -> Option<&'static Spec> {
        let specs = || self.properties.iter().map(|declared| declared.spec()).filter(|spec| spec.filterable);
        let called = |spec: &&Spec| spec.filter_name.unwrap_or(spec.name).eq_ignore_ascii_case(word);
        specs().find(called).or_else(|| specs().find(|spec| spec.name.eq_ignore_ascii_case(word)))
    }
}

impl std::fmt::Debug for Noun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Noun {
    fn eq(&self, other: &Noun) -> bool {
        std::ptr::eq(self, other)
    }
}
