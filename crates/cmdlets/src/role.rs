//! What roles hold: the cmdlets that name a role from the beginning, and the entries of roles that somebody made.
//!
//! A role that somebody made is a part of another one: it never gives more than that one does at the moment. What the roles of
//! people give is a table, since they give a few parameters each; so is which parameters belong to roles of their own.

use directory::schema::organization::FULL_ACCESS_BY_RECIPIENT_MANAGEMENT;
use directory::schema::role::{PARENT, ROLE_ENTRIES};
use directory::{Directory, ROLE_DEPTH_MAX, built_in_role};
use gate::{Declaration, Permit};
use object::value::Text;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock};

/// A cmdlet in a role that somebody made. Its text is `Set-Mailbox`, or `Set-Mailbox:Identity,Office`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RoleEntry {
    pub(crate) cmdlet: String,
    /// The parameters that it alone may be given; nothing means all that the role above gives.
    pub(crate) parameters: Option<Vec<String>>,
}

impl RoleEntry {
    pub(crate) fn all(cmdlet: &str) -> RoleEntry {
        RoleEntry { cmdlet: cmdlet.to_owned(), parameters: None }
    }
    pub(crate) fn parse(text: &str) -> RoleEntry {
        match text.split_once(':') {
            None => RoleEntry::all(text),
            Some((cmdlet, list)) => {
                let names = list.split(',').filter(|name| !name.is_empty()).map(str::to_owned);
                RoleEntry { cmdlet: cmdlet.to_owned(), parameters: Some(names.collect()) }
            }
        }
    }
    pub(crate) fn text(&self) -> String {
        match &self.parameters {
            None => self.cmdlet.clone(),
            Some(names) => format!("{}:{}", self.cmdlet, names.join(",")),
        }
    }
}

/// What is known of the built cmdlets, for the list of their parameters.
pub(crate) fn declarations() -> &'static [Arc<Declaration>] {
    static BUILT: OnceLock<Vec<Arc<Declaration>>> = OnceLock::new();
    BUILT.get_or_init(|| crate::book().map(|book| book.built().to_vec()).unwrap_or_default())
}

/// The built cmdlet of that name.
pub(crate) fn declared(name: &str) -> Option<&'static Arc<Declaration>> {
    declarations().iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// What a role gives of a command.
pub(crate) fn given(directory: &Directory, role: &str, command: &Declaration) -> Permit {
    given_below(directory, role, command, ROLE_DEPTH_MAX)
}

fn given_below(directory: &Directory, role: &str, command: &Declaration, depth: usize) -> Permit {
    if let Some(known) = built_in_role(role) {
        let holds = command.roles.iter().any(|role| &**role == known);
        let whole = if holds { all_but_apart(command) } else { Permit::No };
        return either(whole, given_by_table(known, &command.name));
    }
    let Some(made) = directory.made_role(role).filter(|_| depth > 0) else { return Permit::No };
    let entries = made.all(&ROLE_ENTRIES).into_iter().map(|text| RoleEntry::parse(&text));
    let mut own = entries.filter(|entry| entry.cmdlet.eq_ignore_ascii_case(&command.name));
    let (Some(entry), Some(parent)) = (own.next(), made.get(&PARENT)) else { return Permit::No };
    let above = given_below(directory, &parent, command, depth - 1);
    match entry.parameters {
        None => above,
        Some(names) => {
            both(above, Permit::Only(names.iter().map(|name| Text::from(name.as_str())).collect()))
        }
    }
}

/// A row of a table of roles: the role, the cmdlet, and the only parameters that may be given.
type Row = (&'static str, &'static str, Option<Vec<Text>>);

/// The lines of `data/own_roles.tsv`: the role, the cmdlet, and the only parameters that may be given.
pub fn rows_of_people() -> impl Iterator<Item = Row> {
    rows(include_str!("../data/own_roles.tsv"))
}

/// The lines of `data/apart_roles.tsv`: the role, the cmdlet, and the parameters that roles named there alone give.
pub fn rows_apart() -> impl Iterator<Item = Row> {
    rows(include_str!("../data/apart_roles.tsv"))
}

fn rows(table: &'static str) -> impl Iterator<Item = Row> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let mut fields = line.split('\t');
        let (role, cmdlet) = (fields.next()?, fields.next()?);
        Some((role, cmdlet, fields.next().map(|list| list.split(' ').map(Text::from).collect())))
    })
}

/// What a row of the tables gives of a command: a role of people what stands there, another role that and the name of
/// what is changed.
fn given_by_table(role: &str, command: &str) -> Permit {
    type Given = HashMap<&'static str, HashMap<&'static str, Permit>>;
    static GIVEN: OnceLock<Given> = OnceLock::new();
    let given = GIVEN.get_or_init(|| {
        let mut given = Given::new();
        for (role, cmdlet, parameters) in rows_of_people() {
            given.entry(role).or_default().insert(cmdlet, parameters.map_or(Permit::Yes, Permit::Only));
        }
        for (role, cmdlet, parameters) in rows_apart() {
            let named = WITH_ANY.into_iter().map(Text::from).chain(parameters.unwrap_or_default());
            given.entry(role).or_default().insert(cmdlet, Permit::Only(named.collect()));
        }
        given
    });
    given.get(role).and_then(|of| of.get(command)).cloned().unwrap_or(Permit::No)
}

/// What says of what a command is run, and where.
const WITH_ANY: [&str; 2] = ["Identity", "DomainController"];

/// What the roles that hold a command give of it: all but what belongs to roles of its own.
fn all_but_apart(command: &Declaration) -> Permit {
    static APART: OnceLock<HashMap<&'static str, Vec<Text>>> = OnceLock::new();
    let apart = APART.get_or_init(|| {
        let mut apart: HashMap<_, Vec<Text>> = HashMap::new();
        for (_, cmdlet, parameters) in rows_apart() {
            apart.entry(cmdlet).or_default().extend(parameters.unwrap_or_default());
        }
        apart
    });
    let Some(apart) = apart.get(&*command.name) else { return Permit::Yes };
    let own = command.signature.formals.iter().map(|formal| &formal.name);
    Permit::Only(own.filter(|name| !apart.contains(name)).cloned().collect())
}

/// The permit of somebody who has all parameters of a command from one role or another: all of it.
pub(crate) fn whole(permit: Permit, command: &Declaration) -> Permit {
    let Permit::Only(names) = &permit else { return permit };
    let known: HashSet<String> = names.iter().map(|name| name.to_ascii_lowercase()).collect();
    let mut own = command.signature.formals.iter().filter(|formal| formal.is_own());
    if own.all(|formal| known.contains(&formal.name.to_ascii_lowercase())) { Permit::Yes } else { permit }
}

/// What both give.
fn both(one: Permit, other: Permit) -> Permit {
    match (one, other) {
        (Permit::No, _) | (_, Permit::No) => Permit::No,
        (Permit::Yes, permit) | (permit, Permit::Yes) => permit,
        (Permit::Only(one), Permit::Only(other)) => {
            let known = |name: &Text| other.iter().any(|known| known.eq_ignore_ascii_case(name));
            Permit::Only(one.into_iter().filter(known).collect())
        }
    }
}

/// What either gives.
pub(crate) fn either(one: Permit, other: Permit) -> Permit {
    match (one, other) {
        (Permit::Yes, _) | (_, Permit::Yes) => Permit::Yes,
        (Permit::No, permit) | (permit, Permit::No) => permit,
        (Permit::Only(one), Permit::Only(other)) => Permit::Only(one.into_iter().chain(other).collect()),
    }
}

/// The cmdlets that grant and take Full Access, and the parameter of another one that does.
const FULL_ACCESS: [&str; 3] = ["Add-MailboxPermission", "Remove-MailboxPermission", "Set-MailboxPermission"];

/// Documents and practice of Exchange differ on whether whoever manages recipients grants Full Access: the
/// organization's setting decides. Whoever manages the organization always does.
pub(crate) fn without_full_access(directory: &Directory, permit: Permit, command: &Declaration) -> Permit {
    let organization = directory.organization();
    if organization.is_ok_and(|organization| organization.is(&FULL_ACCESS_BY_RECIPIENT_MANAGEMENT)) {
        return permit;
    }
    match &*command.name {
        name if FULL_ACCESS.contains(&name) => Permit::No,
        "New-Mailbox" => {
            let own = command.signature.formals.iter().map(|formal| formal.name.clone());
            both(permit, Permit::Only(own.filter(|name| &**name != "FullAccess").collect()))
        }
        _ => permit,
    }
}

/// Whether a text fits a pattern in which `*` stands for anything, any case.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    let mut rest = rest;
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_survive_their_text() {
        for text in ["Get-Mailbox", "Set-Mailbox:Identity,Office", "Set-Mailbox:"] {
            assert_eq!(RoleEntry::parse(text).text(), text);
        }
    }

    #[test]
    fn patterns() {
        for (pattern, text, is) in [
            ("*", "Get-Mailbox", true),
            ("get-*", "Get-Mailbox", true),
            ("*mailbox", "Get-Mailbox", true),
            ("*-*box*", "Get-MailboxPermission", true),
            ("Get-Mailbox", "Get-MailboxPermission", false),
            ("Get-*Permission", "Get-Mailbox", false),
            ("", "x", false),
            ("a*a", "a", false),
        ] {
            assert_eq!(fits(pattern, text), is, "{pattern} {text}");
        }
    }
}
