//! `mailstead serve`: opens the house, says where it listens, and closes it when it is told to.

use crate::command_line::Serve;
use crate::config::Config;
use crate::data::DataDirectory;
use crate::demo;
use crate::doors::{Doors, Ports};
use crate::house::{First, House};
use crate::notify::{self, State};
use directory::{Runner, Seen};
use mailbox::{Mailboxes, Purged, Warned};
use net::{Drain, Drainer};
use object::types::{Guid, SecureString};
use object::{Clock, Error, ErrorId, Result, SystemClock};
use remoting::AdminSocket;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use transport::Transport;

/// How often retention is looked after. A mailbox may be purged this much later than its time.
const RETENTION_EVERY: Duration = Duration::from_secs(15 * 60);
/// How often it is looked whether the certificate's files were written.
const CERTIFICATE_EVERY: Duration = Duration::from_secs(60);
/// How often the databases are asked for small work, such as putting new mail into the search index.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// Runs the server until SIGTERM or SIGINT.
pub fn run(words: &Serve) -> Result<()> {
    raise_open_files();
    let data = DataDirectory::open_or_make(&words.data)?;
    let file = data.config_in_force(words.config.as_deref());
    let mut config = data.config(words.config.as_deref())?;
    if let Some(offset) = words.port_offset {
        config.server.port_offset = checked_offset(offset)?;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("door").build()?;
    // Before the doors: whoever finds one of them open finds the shell's socket too, and waits there.
    let socket = runtime.block_on(async { AdminSocket::bind(&data.socket()) })?;
    // Before anything is founded: a start that cannot have its ports leaves nothing behind, no password either.
    let ports = runtime.block_on(Ports::bind(&config))?;
    if words.demo {
        tell(&demo::console(config.server.port_offset))?;
    }
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let domain = words.domain.clone().or_else(|| words.demo.then(|| demo::DOMAIN.to_owned()));
    let password = std::env::var("MAILSTEAD_ADMIN_PASSWORD").ok().filter(|text| !text.is_empty());
    let first = First { domain, password: password.map(SecureString::new) };
    let house = House::open(data, &config, &first, Arc::clone(&clock))?;
    tell_password(&house)?;
    let open = Open { ports, socket };
    runtime.block_on(serve(house, open, Configured { config, file }, words, first, &clock))
}

/// Where the house is reached: bound already, and served when it stands.
struct Open {
    ports: Ports,
    socket: AdminSocket,
}

/// The configuration and where it stands.
struct Configured {
    config: Config,
    file: Option<PathBuf>,
}

/// Every connection is a file: as many as the system allows.
fn raise_open_files() {
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Nofile, limit) {
        tracing::warn!(%error, "the limit of open files stays as it was");
    }
}

/// Says the made password as soon as it counts: whatever fails behind this, it was said.
fn tell_password(house: &House) -> Result<()> {
    let Some(password) = &house.made_password else { return Ok(()) };
    tell(&format!("The password of Administrator is {} (printed only this once).", password.reveal()))
}

/// Says a line on standard output at once.
fn tell(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// The same bound as the configuration's.
fn checked_offset(offset: u16) -> Result<u16> {
    match offset.checked_add(9090) {
        Some(_) => Ok(offset),
        None => Err(Error::caller(
            ErrorId::PortOffsetWrong,
            format!("--port-offset {offset} leaves the range of ports."),
        )
        .help("Use a number from 0 to 56445.")
        .about("port-offset")),
    }
}

async fn serve(
    house: House,
    open: Open,
    configured: Configured,
    words: &Serve,
    first: First,
    clock: &Arc<dyn Clock>,
) -> Result<()> {
    let Configured { config, file } = configured;
    let (drainer, drain) = Drainer::new();
    let Open { ports, socket } = open;
    let doors = Doors::open(ports, &house, &config, clock.now(), &drain)?;
    let mut reload = doors.reload(&config, file);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    // A queue that has jumped to another year with its clock must not give up what is in it.
    tell_clock(&house.mailboxes, &house.transport, Duration::ZERO);
    let worker = house.transport.start()?;
    let told = demo_if_wanted(&house, &config, words, &first)?;
    announce(&house, &doors, &told)?;

    let gate = Arc::clone(&house.gate);
    let served = tokio::spawn(doors.serve(drain.clone()));
    let administered = tokio::spawn(socket.run(gate, drain.clone()));
    let transport = Arc::clone(&house.transport);
    let host: Arc<str> = house.name.as_str().into();
    let purge = {
        let host = Arc::clone(&host);
        move |mailboxes: &Mailboxes, drain: &Drain| {
            purge(mailboxes, &transport, drain);
            warn(mailboxes, drain, &|database| mailboxes.warn_full(database, &host));
            tracing::debug!("owners of full mailboxes were told");
        }
    };
    let purged = tokio::spawn(often(RETENTION_EVERY, house.mailboxes.clone(), drain.clone(), purge));
    let upkeep = move |mailboxes: &Mailboxes, drain: &Drain| {
        keep_up(mailboxes, drain);
        warn(mailboxes, drain, &|database| mailboxes.warn_grown(database, &host));
    };
    let kept_up = tokio::spawn(often(UPKEEP_EVERY, house.mailboxes.clone(), drain.clone(), upkeep));
    let jobs = Arc::new(Runner::new(house.mailboxes.directory().clone(), works(&house)));
    let worked = tokio::task::spawn_blocking({
        let jobs = Arc::clone(&jobs);
        move || {
            jobs.run(
                &|| drain.has_begun(),
                &|error| tracing::warn!(%error, "a job could not be taken or noted"),
            )
        }
    });
    notify::tell(State::Ready);
    let mut certificate = tokio::time::interval(CERTIFICATE_EVERY);
    loop {
        tokio::select! {
            _ = terminate.recv() => break tracing::info!("told to stop"),
            _ = interrupt.recv() => break tracing::info!("interrupted"),
            _ = hangup.recv() => {
                notify::tell(State::Reloading);
                reload.all();
                notify::tell(State::Ready);
            }
            _ = certificate.tick() => reload.certificate_if_changed(),
        }
    }
    notify::tell(State::Stopping);
    drainer.begin();
    jobs.wake();
    for task in [served, administered, purged, kept_up, worked] {
        task.await.map_err(|error| Error::server(ErrorId::TaskFailed, error.to_string()))?;
    }
    // Dropping the worker lets the delivery at hand finish; dropping the house closes the files.
    tokio::task::spawn_blocking(move || drop(worker))
        .await
        .map_err(|e| Error::server(ErrorId::TaskFailed, e.to_string()))?;
    house.mailboxes.close()?;
    tracing::info!("stopped");
    Ok(())
}

/// Does `work` now and then on a worker thread, until the end begins.
async fn often(
    every: Duration,
    mailboxes: Mailboxes,
    mut drain: Drain,
    work: impl Fn(&Mailboxes, &Drain) + Clone + Send + 'static,
) {
    let mut ticks = tokio::time::interval(every);
    loop {
        tokio::select! {
            () = drain.begun() => return,
            _ = ticks.tick() => {}
        }
        let (mailboxes, drain, work) = (mailboxes.clone(), drain.clone(), work.clone());
        if let Err(error) = tokio::task::spawn_blocking(move || work(&mailboxes, &drain)).await {
            tracing::error!(%error, "maintenance failed");
        }
    }
}

/// The databases' small work, slice by slice, so that nobody waits for it.
fn keep_up(mailboxes: &Mailboxes, drain: &Drain) {
    for database in mailboxes.store().databases().into_iter().filter(store::Database::mounted) {
        while !drain.has_begun() {
            match database.maintain_slice() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(database = %database.guid(), %error, "upkeep could not be done");
                    break;
                }
            }
        }
    }
}

/// Tells the owners of mailboxes that have reached a quota, database by database.
fn warn(mailboxes: &Mailboxes, drain: &Drain, round: &dyn Fn(Guid) -> Result<Warned>) {
    for database in mailboxes.store().databases().into_iter().filter(store::Database::mounted) {
        if drain.has_begun() {
            return;
        }
        let database = database.guid();
        let warned =
            round(database).unwrap_or_else(|error| Warned { faults: vec![error], ..Warned::default() });
        if warned.purged > 0 {
            tracing::info!(%database, items = warned.purged, "recoverable items went because there were too many");
        }
        for error in warned.faults {
            let of = error.target_name().unwrap_or_default();
            tracing::warn!(%database, of, %error, "an owner could not be told of a quota");
        }
    }
}

/// Takes away what its retention has ended: entries of the record of changes, and database by database the disconnected
/// mailboxes and the deleted items. What is gone is gone, so this goes by the time that was seen to pass.
fn purge(mailboxes: &Mailboxes, transport: &Transport, drain: &Drain) {
    let Some(seen) = tell_clock(mailboxes, transport, RETENTION_EVERY) else { return };
    match mailboxes.directory().forget_jobs(seen.moment) {
        Ok(0) => {}
        Ok(jobs) => tracing::info!(jobs, "forgot completed jobs"),
        Err(error) => tracing::warn!(%error, "completed jobs could not be forgotten"),
    }
    match mailboxes.directory().forget_changes(seen.moment) {
        Ok(0) => {}
        Ok(entries) => tracing::info!(entries, "took old entries out of the record of changes"),
        Err(error) => tracing::warn!(%error, "the record of changes could not be shortened"),
    }
    match mailboxes.directory().record_head() {
        // Kept elsewhere, this line binds every entry before it.
        Ok(Some((entry, digest))) => tracing::info!(entry, digest, "the record of changes ends here"),
        Ok(None) => {}
        Err(error) => tracing::warn!(%error, "the end of the record of changes could not be read"),
    }
    for database in mailboxes.store().databases() {
        if drain.has_begun() || !database.mounted() {
            continue;
        }
        tell_purged(&database, "mailboxes", mailboxes.purge_expired(database.guid(), seen.moment));
        tell_purged(&database, "items", mailboxes.purge_deleted_items(database.guid(), seen.moment));
        if let Err(error) = mailboxes.forget_audit(database.guid(), seen.moment) {
            tracing::warn!(database = %database.guid(), %error, "the mailboxes' logs could not be shortened");
        }
    }
}

/// Looks at the clock, `ran` after the last look, and tells the queue whether it can be believed.
fn tell_clock(mailboxes: &Mailboxes, transport: &Transport, ran: Duration) -> Option<Seen> {
    let seen = match mailboxes.directory().see_time(ran) {
        Ok(seen) => seen,
        Err(error) => {
            tracing::warn!(%error, "the time could not be kept, so nothing is purged");
            return None;
        }
    };
    transport.doubt_clock(seen.doubted.map(|_| seen.moment));
    if let Some(clock) = seen.doubted {
        tracing::warn!(
            clock = clock.rfc3339(),
            believed = seen.moment.rfc3339(),
            "the clock has jumped by more than a day; retention and the queue go on by the time that the server runs. \
             Set the clock right, or run Resume-Retention when it is right"
        );
    }
    Some(seen)
}

/// What the runner of jobs can do.
fn works(house: &House) -> Vec<Box<dyn directory::Work>> {
    let mut all = house.mailboxes.works();
    all.extend(cmdlets::works(&house.mailboxes, &house.gate));
    all
}

/// Says what was purged, and each thing that could not be.
fn tell_purged(database: &store::Database, what: &str, purged: Result<Purged>) {
    let purged = purged.unwrap_or_else(|error| Purged { count: 0, faults: vec![error] });
    if purged.count > 0 {
        tracing::info!(database = %database.guid(), count = purged.count, what, "purged what its retention has ended");
    }
    for error in purged.faults {
        let of = error.target_name().unwrap_or_default();
        tracing::warn!(database = %database.guid(), what, of, %error, "retention could not be kept");
    }
}

fn demo_if_wanted(house: &House, config: &Config, words: &Serve, first: &First) -> Result<Vec<String>> {
    if !words.demo {
        return Ok(Vec::new());
    }
    let password = first.password.clone().or_else(|| house.made_password.clone());
    let place = demo::Installation { data: &words.data, offset: config.server.port_offset };
    match (house.is_new, password) {
        (true, Some(password)) => {
            demo::fill(house, &password).and_then(|()| demo::what_to_try(&place, Some(&password)))
        }
        // The company is there already; only the first start knew the password.
        (_, password) => demo::what_to_try(&place, password.as_ref()),
    }
}

/// Says on standard output what was made and where the house listens; the last line is `Ready.`
fn announce(house: &House, doors: &Doors, told: &[String]) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "Mailstead {} on {}, data in {}",
        env!("CARGO_PKG_VERSION"),
        house.name,
        house.data().folder().display()
    )?;
    let addresses: Vec<String> =
        doors.addresses().map(|(what, address)| format!("{what} {address}")).collect();
    writeln!(out, "Listening: {}", addresses.join(", "))?;
    for line in told {
        writeln!(out, "{line}")?;
    }
    writeln!(out, "Ready.")?;
    out.flush()?;
    Ok(())
}
