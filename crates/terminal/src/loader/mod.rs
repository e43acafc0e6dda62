//! The lines with which scripts load Exchange's cmdlets: snap-ins, sessions, start scripts. Here the cmdlets are
//! loaded already, so these lines succeed and mean this server; an address elsewhere is said to be elsewhere.
//!
//! They are commands of the shell alone: a session without cmdlets does not know them.

mod dsquery;
mod exchange;
mod place;
mod session;
mod snapin;

pub(crate) use place::is_start_script;
pub(crate) use session::IMPORTED;

use crate::machine;
use language::{CommandTable, CoreCommand};
use std::sync::Arc;

static TABLE: &[&CoreCommand] = &[
    &snapin::ADD_PSSNAPIN,
    &snapin::GET_PSSNAPIN,
    &snapin::REMOVE_PSSNAPIN,
    &session::NEW_PSSESSION,
    &session::NEW_PSSESSION_OPTION,
    &session::GET_PSSESSION,
    &session::IMPORT_PSSESSION,
    &session::ENTER_PSSESSION,
    &session::EXIT_PSSESSION,
    &session::REMOVE_PSSESSION,
    &dsquery::DSQUERY,
    &exchange::CONNECT_EXCHANGE_SERVER,
    &exchange::GET_AD_SERVER_SETTINGS,
    &exchange::SET_AD_SERVER_SETTINGS,
];

/// Those of them that PowerShell itself has without a server.
static CORE_TABLE: &[&CoreCommand] = &[&session::NEW_PSSESSION_OPTION];

/// Short names that PowerShell has for them.
const ALIASES: &[(&str, &str)] = &[
    ("asnp", "Add-PSSnapin"),
    ("gsnp", "Get-PSSnapin"),
    ("rsnp", "Remove-PSSnapin"),
    ("nsn", "New-PSSession"),
    ("gsn", "Get-PSSession"),
    ("ipsn", "Import-PSSession"),
    ("rsn", "Remove-PSSession"),
    ("etsn", "Enter-PSSession"),
    ("exsn", "Exit-PSSession"),
];

/// The core commands as PowerShell itself has them: without snap-ins and Exchange, with what says how a session is
/// opened.
pub(crate) fn core_table() -> Arc<dyn CommandTable> {
    Arc::new(Loaders(commands::table(), CORE_TABLE, &[]))
}

/// The core commands, the loader lines, and what is told of this machine.
pub(crate) fn table() -> Arc<dyn CommandTable> {
    let loaders = Loaders(commands::table(), TABLE, ALIASES);
    Arc::new(Loaders(Arc::new(loaders), machine::TABLE, machine::ALIASES))
}

struct Loaders(
    Arc<dyn CommandTable>,
    &'static [&'static CoreCommand],
    &'static [(&'static str, &'static str)],
);

impl CommandTable for Loaders {
    fn find(&self, name: &str) -> Option<&'static CoreCommand> {
        let own = self.1.iter().find(|command| command.name.eq_ignore_ascii_case(name)).copied();
        own.or_else(|| self.0.find(name))
    }
    fn alias(&self, name: &str) -> Option<&'static str> {
        let own = self.2.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
        own.map(|(_, command)| *command).or_else(|| self.0.alias(name))
    }
    fn alias_is_read_only(&self, name: &str) -> bool {
        self.0.alias_is_read_only(name)
    }
    fn names(&self) -> Vec<&'static str> {
        self.0.names().into_iter().chain(self.1.iter().map(|command| command.name)).collect()
    }
    fn aliases(&self) -> Vec<(&'static str, &'static str)> {
        self.0.aliases().into_iter().chain(self.2.iter().copied()).collect()
    }
}
