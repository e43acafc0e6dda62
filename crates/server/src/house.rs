//! The house with all its rooms open: each is made from what it needs, and from nothing else.

use crate::config::Config;
use crate::data::DataDirectory;
use directory::{Directory, Founding};
use gate::Gate;
use mailbox::Mailboxes;
use mailbox::forest::SecretKey;
use object::types::SecureString;
use object::{Clock, Error, ErrorId, Result};
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use transport::Transport;

/// The domain of a new data directory when nobody names one.
pub const DOMAIN_DEFAULT: &str = "example.org";
/// All rooms but the doors.
pub struct House {
    /// Names and times.
    pub clock: Arc<dyn Clock>,
    /// Where directory users and store mailboxes meet.
    pub mailboxes: Mailboxes,
    /// Mail on its way.
    pub transport: Arc<Transport>,
    /// Where cmdlets run.
    pub gate: Arc<Gate>,
    /// Where the doors say how the server is.
    pub monitors: cmdlets::Monitors,
    /// With what the server proves who it is; known once its doors are open.
    pub certificates: cmdlets::Certificates,
    /// The full host name.
    pub name: String,
    /// The password that the first start made, when this was the first start and nobody chose one.
    pub made_password: Option<SecureString>,
    /// Whether this was the first start.
    pub is_new: bool,
    // Last, so that the files are closed before the directory is anybody else's.
    data: DataDirectory,
}

/// What the first start is told besides the configuration.
#[derive(Debug, Clone, Default)]
pub struct First {
    /// The default accepted domain.
    pub domain: Option<String>,
    /// The password of Administrator; one is made when there is none.
    pub password: Option<SecureString>,
}

impl House {
    /// Opens the rooms over a data directory, founding the organisation when it is new.
    pub fn open(data: DataDirectory, config: &Config, first: &First, clock: Arc<dyn Clock>) -> Result<House> {
        let host = host_name();
        let directory = Directory::open(
            db::open(&data.directory_file(), db::Holds::Records)?,
            Arc::clone(&clock),
            &label(),
        )?;
        let store = Store::open(&data.databases(), Arc::clone(&clock))?;
        let is_new = !directory.is_founded();
        if is_new {
            refuse_orphans(&data)?;
        }
        let made_password = if is_new { found(&directory, config, first)? } else { None };
        let name = full_name(config, &host, &directory);
        let secrets = SecretKey::open_or_make(&data.secrets_key())?;
        let mailboxes = Mailboxes::with_secrets(directory, store, config.limits.logons(), secrets)?;
        mount(&mailboxes);
        furnish(&mailboxes);
        mailboxes.directory().furnish_receive_connectors(&object::Author::system("start"))?;
        mailboxes.directory().furnish_address_lists(&object::Author::system("start"))?;
        let transport = Arc::new(transport(&data, config, &name, &mailboxes, &clock)?);
        let (monitors, certificates) = (cmdlets::Monitors::default(), cmdlets::Certificates::default());
        let gate = Gate::new(
            cmdlets::table(&Arc::new(mailboxes.clone()), &transport, &monitors, &certificates)?,
            cmdlets::authority(&mailboxes),
            cmdlets::record(&mailboxes),
        );
        let gate = Arc::new(gate);
        Ok(House {
            clock,
            mailboxes,
            transport,
            gate,
            monitors,
            certificates,
            name,
            made_password,
            is_new,
            data,
        })
    }

    /// The data directory.
    pub fn data(&self) -> &DataDirectory {
        &self.data
    }
}

/// Mailbox databases without a directory are what a lost directory leaves: another one founded over them would have none of
/// their mailboxes.
fn refuse_orphans(data: &DataDirectory) -> Result<()> {
    let files = match std::fs::read_dir(data.databases()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        files => files?.collect::<std::io::Result<Vec<_>>>()?,
    };
    if !files.iter().any(|file| file.path().extension().is_some_and(|kind| kind == "db")) {
        return Ok(());
    }
    let (directory, databases) = (data.directory_file(), data.databases());
    let message = format!("{} is empty, and there are mailbox databases.", directory.display());
    Err(Error::conflict(ErrorId::DirectoryStateMissing, message).help(format!(
        "Put it back out of a copy of the data directory; to begin anew, move {} elsewhere.",
        databases.display()
    )))
}

/// Mounts the databases. One that fails does not keep the others from their mail; the log says which.
fn mount(mailboxes: &Mailboxes) {
    for (record, mounted) in mailboxes.mount_all() {
        if let Err(error) = mounted {
            tracing::error!(database = record.name(), %error, "a mailbox database cannot be mounted");
        }
    }
}

/// Makes the system's mailboxes that are not there. Without one the house serves all the same, and the log says what is
/// missing.
fn furnish(mailboxes: &Mailboxes) {
    for (name, made) in mailboxes.furnish() {
        if let Err(error) = made {
            tracing::warn!(mailbox = name, %error, "a mailbox of the system could not be made");
        }
    }
}

/// Founds the organisation; gives the password when it was made here.
fn found(directory: &Directory, config: &Config, first: &First) -> Result<Option<SecureString>> {
    let domain = first.domain.as_deref().or(config.server.domain.as_deref()).unwrap_or(DOMAIN_DEFAULT);
    let made = if first.password.is_none() { Some(directory::made_password()?) } else { None };
    let password = first.password.clone().or_else(|| made.clone());
    let password = password.unwrap_or_else(|| SecureString::new(""));
    directory.found(&Founding::of_domain(domain, password))?;
    Ok(made)
}

fn transport(
    data: &DataDirectory,
    config: &Config,
    name: &str,
    mailboxes: &Mailboxes,
    clock: &Arc<dyn Clock>,
) -> Result<Transport> {
    let (limits, ports) = (config.limits.organization(), config.limits.connector());
    let hours = |hours: u64| Duration::from_secs(hours * 3600);
    let times = transport::Times {
        expire_after: hours(config.transport.message_expiration_hours),
        delay_notice_after: hours(config.transport.delay_notification_hours),
        trace_kept: hours(24 * config.transport.trace_days),
        quarantine_kept: hours(24 * config.transport.quarantine_days),
    };
    let hide_submitters = config.transport.hide_client_address;
    let config = transport::Config { host: name.to_owned(), limits, ports, times, hide_submitters };
    let mailboxes: Arc<dyn transport::Mailboxes> = Arc::new(mailboxes.clone());
    Transport::open(db::open(&data.queue_file(), db::Holds::Bodies)?, mailboxes, Arc::clone(clock), config)
}

/// The machine's name, as the kernel has it.
fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim().to_lowercase();
    if name.is_empty() || name == "(none)" { "localhost".to_owned() } else { name }
}

/// The server's name: the host's first label in capitals.
pub fn label() -> String {
    let host = host_name();
    host.split('.').next().unwrap_or(&host).to_uppercase()
}

/// The configured name, else the machine's; one without a domain gets the organisation's.
fn full_name(config: &Config, host: &str, directory: &Directory) -> String {
    match &config.server.name {
        Some(name) => name.clone(),
        None if host.contains('.') => host.to_owned(),
        None => format!("{host}.{}", directory.forest()),
    }
}
