//! Who may use what, and what is kept: the gate's two traits over the directory.

use crate::role::{self, declared};
use directory::{Class, Directory, ObjectChange, Scope, kinds};
use gate::{Authority, Caller, Declaration, Entry, Permit, Record};
use object::types::{Guid, ObjectId};
use object::value::Text;
use object::{Author, Error, ErrorId, Result};
use parking_lot::Mutex;
use std::collections::HashMap;

/// The machine itself may use everything; others what their roles hold, and to them nothing else exists. What no role
/// holds because it is not built yet is there for whoever manages the organization, and says so.
pub(crate) struct Roles(pub(crate) Directory);

impl Authority for Roles {
    fn permits(&self, caller: &Caller, command: &Declaration) -> Result<Permit> {
        if caller.is_system() {
            return Ok(Permit::Yes);
        }
        let Some(account) = caller.account else { return Ok(Permit::No) };
        let manages = self.0.is_organization_manager(account);
        if manages && !command.built {
            return Ok(Permit::Yes);
        }
        let roles = self.0.roles_of(account).into_iter();
        let given = roles.map(|role| role::given(&self.0, &role, command)).fold(Permit::No, role::either);
        let given = role::whole(given, command);
        Ok(if manages { given } else { role::without_full_access(&self.0, given, command) })
    }
}

/// Refuses what an account writes of a recipient or a mailbox database where no role that gives the command, with all of its
/// parameters, reaches that far. Whether the command may be run at all the gate has asked.
pub(crate) fn within_scopes(
    directory: &Directory,
    author: &Author,
    record: &directory::Record,
) -> Result<()> {
    within(directory, author, record, &|_| true)
}

/// [`within_scopes`], where what somebody may do for themselves does not count.
pub(crate) fn within_work(directory: &Directory, author: &Author, record: &directory::Record) -> Result<()> {
    within(directory, author, record, &|scope| !scope.is_of_people())
}

fn within(
    directory: &Directory,
    author: &Author,
    record: &directory::Record,
    counts: &dyn Fn(Scope) -> bool,
) -> Result<()> {
    let scoped = record.class().is_recipient() || record.class() == Class::MailboxDatabase;
    let Some(account) = author.account.filter(|_| scoped) else { return Ok(()) };
    let Some(command) = declared(&author.command) else { return Ok(()) };
    let (held, shut_in) = (directory.held_roles(account), directory.shut_in(record)?);
    let (mut gives, mut reaching, mut unread) = (false, Permit::No, None);
    for one in held.iter().filter(|one| counts(one.scope)) {
        let given = role::given(directory, &one.role, command);
        gives |= given != Permit::No;
        if given == Permit::No {
            continue;
        }
        match directory.reaches(one, account, record, &shut_in) {
            Ok(true) => reaching = role::either(reaching, given),
            Ok(false) => {}
            // Another role may reach that far; where none does, this is why.
            Err(error) => unread = Some(error),
        }
    }
    if !gives || covers(&reaching, command, author) {
        return Ok(());
    }
    Err(unread.unwrap_or_else(|| out_of_scope(directory, record)))
}

/// Whether a permit holds for all that a command was given.
fn covers(permit: &Permit, command: &Declaration, author: &Author) -> bool {
    let names = match permit {
        Permit::No => return false,
        Permit::Yes => return true,
        Permit::Only(names) => names,
    };
    let formals = &command.signature.formals;
    let is_own =
        |name: &Text| formals.iter().any(|formal| formal.is_own() && formal.name.eq_ignore_ascii_case(name));
    let mut given = author.parameters.iter().map(|(name, _)| name).filter(|name| is_own(name));
    given.all(|name| names.iter().any(|known| known.eq_ignore_ascii_case(name)))
}

/// Whether somebody has what they call, with all of its parameters, not for what is their own alone. How far the roles reach
/// that give it is asked by [`within_scopes`].
pub(crate) fn for_others(directory: &Directory, author: &Author) -> bool {
    gives(directory, author, &|scope| !scope.is_of_people())
}

/// Whether roles of such scopes give somebody what they call, with all of its parameters.
pub(crate) fn gives(directory: &Directory, author: &Author, counts: &dyn Fn(Scope) -> bool) -> bool {
    let Some(account) = author.account else { return true };
    let Some(command) = declared(&author.command) else { return false };
    let held = directory.held_roles(account).into_iter().filter(|one| counts(one.scope));
    let given = held.map(|one| role::given(directory, &one.role, command)).fold(Permit::No, role::either);
    covers(&given, command, author)
}

fn out_of_scope(directory: &Directory, record: &directory::Record) -> Error {
    let message = format!(
        "The operation can't be performed on '{}' because it isn't within your current write scopes.",
        directory.id(record)
    );
    Error::denied(ErrorId::AccessDenied, message)
        .help("Get-ManagementRoleAssignment shows how far your roles reach.")
}

/// The record of changes, in the directory's database. The server's log has a line of it, too.
pub(crate) struct Log {
    directory: Directory,
    refusals: Mutex<Refusals>,
}

/// How many refusals of each account were recorded within an hour.
#[derive(Default)]
struct Refusals {
    hour: i64,
    of: HashMap<Option<Guid>, u32>,
}

/// Of somebody without a role so many refusals an hour are recorded; the server's log has them all. Else whoever can log
/// on could fill the disk.
const REFUSALS_RECORDED_MAX: u32 = 60;

impl Log {
    pub(crate) fn new(directory: Directory) -> Log {
        Log { directory, refusals: Mutex::default() }
    }

    /// Whether an entry still has its place in the record.
    fn has_place(&self, entry: &Entry<'_>) -> bool {
        if entry.permitted {
            return true;
        }
        let (hour, mut refusals) = (self.directory.now().0 / HOUR_MICROSECONDS, self.refusals.lock());
        if refusals.hour != hour {
            *refusals = Refusals { hour, ..Refusals::default() };
        }
        let count = refusals.of.entry(entry.author.account).or_default();
        *count += 1;
        *count <= REFUSALS_RECORDED_MAX
    }
}

const HOUR_MICROSECONDS: i64 = 3_600_000_000;

impl Record for Log {
    fn keep(&self, entry: &Entry<'_>) -> Result<()> {
        let author = entry.author;
        tracing::info!(
            who = &*author.who,
            from = &*author.from,
            session = &*author.session,
            cmdlet = &*author.command,
            targets = entry.targets.join("; "),
            error = entry.error.unwrap_or_default(),
            "command"
        );
        if !self.has_place(entry) {
            return Ok(());
        }
        self.directory.note(author, entry.error, about(&self.directory, entry))
    }
}

/// What a command was about: what it named when it asked to act, or else what it was told to act on.
fn about(directory: &Directory, entry: &Entry<'_>) -> Vec<ObjectChange> {
    let named = |text: &String| match directory.resolve(&kinds::ANY, &ObjectId::written(text)) {
        Ok(record) => ObjectChange::named(record.guid(), record.class().word(), text),
        Err(_) => ObjectChange::named(Guid::EMPTY, "", text),
    };
    if !entry.targets.is_empty() {
        return entry.targets.iter().map(named).collect();
    }
    let identity = entry.author.parameters.iter().find(|(name, _)| &**name == "Identity");
    identity.map(|(_, text)| named(&text.to_string())).into_iter().collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that fails panics")]
mod tests {
    use super::*;
    use directory::schema::filter::RECIPIENT_FILTER;
    use directory::schema::group;
    use directory::{Founding, NewRecipient, Reach};
    use object::types::{RecipientTypeDetails, SecureString};
    use object::{Time, WoundClock};
    use std::sync::Arc;

    /// A scope whose filter was written when there was a property that is gone.
    #[test]
    fn a_scope_that_cannot_be_read_reaches_nobody_and_says_so() {
        let clock = Arc::new(WoundClock::at(Time::of_date(2026, 11, 21)));
        let directory = Directory::open(db::memory().unwrap(), clock, "srv1").unwrap();
        directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
        let administrator = directory.administrator().unwrap().guid();
        let make = move |change: &mut directory::Change<'_>| {
            let user = NewRecipient::named("ben", Class::User, RecipientTypeDetails::User);
            let ben = change.new_recipient(&user)?.guid();
            let mut odd = change.new_configuration(Class::ManagementScope, "Odd", &[])?;
            odd.set(&RECIPIENT_FILTER, "Colour -eq 'red'".to_owned());
            let reach = Reach { scope: Scope::Custom(odd.guid()), ..Reach::EVERYTHING };
            change.save(odd)?;
            let role_group = NewRecipient::named("Odd People", Class::Group, RecipientTypeDetails::RoleGroup);
            let mut made = change.new_recipient(&role_group)?;
            made.set_all(&group::ROLES, vec!["Mail Recipients".to_owned()]);
            made.set_all(&group::MEMBERS, vec![directory::link_to(ben), directory::link_to(administrator)]);
            change.set_reach(&mut made, "Mail Recipients", reach);
            change.save(made)?;
            Ok(ben)
        };
        let ben = directory.change(&Author::new("CONTOSO\\Administrator", "New-RoleGroup"), make).unwrap();
        let record = directory.need(administrator).unwrap();
        let writes = |account: Guid| {
            let author = Author { account: Some(account), ..Author::new("CONTOSO\\x", "Set-Mailbox") };
            within_scopes(&directory, &author, &record).map_err(|error| error.message().to_owned())
        };
        let why = writes(ben).unwrap_err();
        assert!(why.starts_with("The filter of the scope Odd cannot be read: "), "{why}");
        assert_eq!(writes(administrator), Ok(()), "another role reaches everybody");
    }

    /// A scope as a test writes it: the towns are the scopes' and the recipients'.
    #[derive(Clone, Copy, Debug)]
    enum Given {
        Everybody,
        Town(usize),
        Exclusive(usize),
    }

    const TOWNS: [&str; 3] = ["Bonn", "Berlin", "Both"];

    fn given() -> impl proptest::strategy::Strategy<Value = Given> {
        use proptest::prelude::*;
        prop_oneof![
            Just(Given::Everybody),
            (0..2_usize).prop_map(Given::Town),
            (0..2_usize).prop_map(Given::Exclusive)
        ]
    }

    /// Whether a scope of a town finds who is there: whoever is in both is found by both.
    fn found(scope: usize, town: usize) -> bool {
        town == 2 || town == scope
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { cases: 24, ..Default::default() })]
        /// Whatever scopes there are and whatever somebody was given: they reach whom one of their roles reaches, and of
        /// whom exclusive scopes find only those that they were given; themselves as far as their own roles go.
        #[test]
        fn scopes_reach_what_they_say(
            exclusive in proptest::array::uniform2(proptest::bool::ANY),
            held in proptest::collection::vec(given(), 0..4),
        ) {
            let clock = Arc::new(WoundClock::at(Time::of_date(2026, 11, 21)));
            let directory = Directory::open(db::memory().unwrap(), clock, "srv1").unwrap();
            directory.found(&Founding::of_domain("contoso.com", SecureString::new("Winter-2026!"))).unwrap();
            let given = held.clone();
            let make = move |change: &mut directory::Change<'_>| {
                let named = |name: &str| NewRecipient::named(name, Class::User, RecipientTypeDetails::User);
                let worker = change.new_recipient(&named("worker"))?.guid();
                let mut people = Vec::new();
                for (at, city) in ["Bonn", "Berlin", "Both"].into_iter().enumerate() {
                    let mut one = change.new_recipient(&named(TOWNS[at]))?;
                    one.set(&directory::schema::user::CITY, city.to_owned());
                    people.push(one.guid());
                    change.save(one)?;
                }
                let mut scopes = Vec::new();
                for (at, town) in TOWNS.iter().take(2).enumerate() {
                    for only in [false, true] {
                        let name = format!("{town} {only}");
                        let mut scope = change.new_configuration(Class::ManagementScope, &name, &[])?;
                        scope.set(&RECIPIENT_FILTER, format!("City -eq '{town}' -or City -eq 'Both'"));
                        scope.set(&directory::schema::role::EXCLUSIVE, only && exclusive[at]);
                        scopes.push(scope.guid());
                        change.save(scope)?;
                    }
                }
                for (number, one) in given.iter().enumerate() {
                    let scope = match *one {
                        Given::Everybody => Scope::Organization,
                        Given::Town(town) => Scope::Custom(scopes[2 * town]),
                        Given::Exclusive(town) => Scope::Exclusive(scopes[2 * town + 1]),
                    };
                    let group = NewRecipient::named(&format!("Group {number}"), Class::Group, RecipientTypeDetails::RoleGroup);
                    let mut made = change.new_recipient(&group)?;
                    made.set_all(&group::ROLES, vec!["Mail Recipients".to_owned()]);
                    made.set_all(&group::MEMBERS, vec![directory::link_to(worker)]);
                    change.set_reach(&mut made, "Mail Recipients", Reach { scope, ..Reach::EVERYTHING });
                    change.save(made)?;
                }
                Ok((worker, people))
            };
            let (worker, people) = directory.change(&Author::new("CONTOSO\\Administrator", "New-RoleGroup"), make).unwrap();
            let author = Author { account: Some(worker), ..Author::new("CONTOSO\\worker", "Set-Mailbox") };
            for (town, one) in people.iter().enumerate() {
                let shut: Vec<usize> = (0..2).filter(|scope| exclusive[*scope] && found(*scope, town)).collect();
                let reaches = |one: &Given| match *one {
                    Given::Everybody => shut.is_empty(),
                    Given::Town(scope) => shut.is_empty() && found(scope, town),
                    Given::Exclusive(scope) => shut.contains(&scope),
                };
                let record = directory.need(*one).unwrap();
                // Whoever holds no role that gives the command was refused by the gate; nothing is asked here.
                let expected = held.is_empty() || held.iter().any(reaches);
                proptest::prop_assert_eq!(within_scopes(&directory, &author, &record).is_ok(), expected, "{} {:?}", TOWNS[town], held);
            }
        }
    }
}
