//! What a running server reads again: certificates when their files change or SIGHUP asks, the configuration
//! on SIGHUP. What cannot be changed while it runs is named in the log, so that nobody believes it holds.

use crate::config::{Config, Limits};
use mailbox::Mailboxes;
use net::{Admission, Budget, Certificates};
use object::Result;
use std::path::PathBuf;
use std::sync::Arc;
use transport::Transport;

/// What can be read again, and who is told.
pub struct Reload {
    /// The configuration as it is in force.
    pub config: Config,
    /// Where it stands; nothing: there is no file, and nothing is read again.
    pub file: Option<PathBuf>,
    /// The certificate.
    pub certificates: Arc<Certificates>,
    /// Who counts connections.
    pub admissions: Vec<Arc<Admission>>,
    /// Whatever else `[limits]` is for.
    pub limited: Limited,
}

/// What keeps the limits of `[limits]`, besides those of connections.
#[derive(Clone)]
pub struct Limited {
    /// Log-ons.
    pub mailboxes: Mailboxes,
    /// Messages and recipients.
    pub transport: Arc<Transport>,
    /// The same at the ports, and unknown recipients.
    pub allowed: Arc<smtp::Allowed>,
    /// Messages that are being received.
    pub receiving: Arc<smtp::Receiving>,
    /// Memory that mail clients make the server hold: of all together, and of each door.
    pub memory: Vec<Budget>,
    /// Disk for the same.
    pub spool: Budget,
}

impl Limited {
    fn set(&self, limits: &Limits) {
        self.mailboxes.set_logon_limits(limits.logons());
        self.transport.set_limits(limits.organization(), limits.connector());
        let (message_bytes_max, unknown) = limits.of_port();
        self.allowed.set(message_bytes_max, unknown);
        self.receiving.set_limits(limits.receiving_bytes, limits.receiving_bytes_per_address);
        self.memory.iter().for_each(|budget| budget.set_limit(limits.buffer_bytes));
        self.spool.set_limit(limits.spool_bytes);
    }
}

impl Reload {
    /// SIGHUP: reads certificate and configuration again. What is wrong is logged, and all stays as it was.
    pub fn all(&mut self) {
        match self.certificates.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate stays as it was"),
        }
        match self.configuration() {
            Ok(waiting) if waiting.is_empty() => tracing::info!("the configuration was read again"),
            Ok(waiting) => tracing::warn!(
                keys = waiting.join(", "),
                "the configuration was read again; these keys hold after a restart"
            ),
            Err(error) => tracing::error!(%error, "the configuration stays as it was"),
        }
    }

    /// Reads the certificate again when somebody wrote it.
    pub fn certificate_if_changed(&self) {
        match self.certificates.reload_if_changed() {
            Ok(true) => tracing::info!("the certificate changed and was read again"),
            Ok(false) => {}
            Err(error) => tracing::error!(%error, "the new certificate cannot be used; the old one stays"),
        }
    }

    /// Puts into force what can be; gives the keys that wait for a restart.
    fn configuration(&mut self) -> Result<Vec<&'static str>> {
        let Some(file) = &self.file else { return Ok(Vec::new()) };
        let mut fresh = Config::read(file)?;
        let waiting = waiting(&self.config, &mut fresh);
        for admission in &self.admissions {
            admission.set_limits(fresh.limits.of_service());
        }
        self.limited.set(&fresh.limits);
        self.config = fresh;
        Ok(waiting)
    }
}

/// The keys that differ and hold only after a restart; `fresh` keeps their old values, so that each reload names them.
fn waiting(old: &Config, fresh: &mut Config) -> Vec<&'static str> {
    let mut keys = Vec::new();
    let mut keep = |name, differs: bool| {
        if differs {
            keys.push(name);
        }
    };
    keep("[server] name", old.server.name != fresh.server.name);
    keep("[server] bind", old.server.bind != fresh.server.bind);
    keep("[server] plain_text_logon", old.server.plain_text_logon != fresh.server.plain_text_logon);
    keep("[bind]", old.bind != fresh.bind);
    keep("[tls]", old.tls != fresh.tls);
    keep("[transport]", old.transport != fresh.transport);
    *fresh = Config { shell: fresh.shell.clone(), limits: fresh.limits.clone(), ..old.clone() };
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_a_restart_is_named_each_time_and_the_rest_holds() {
        let old = Config::default();
        let changed = || {
            let mut config = Config::default();
            config.server.name = Some("mail.contoso.com".into());
            config.limits.connections = 7;
            config.transport.trace_days = 7;
            config
        };
        let mut fresh = changed();
        let wait = ["[server] name", "[transport]"];
        assert_eq!(waiting(&old, &mut fresh), wait);
        assert_eq!((fresh.server.name.clone(), fresh.limits.connections), (None, 7));
        assert_eq!(waiting(&fresh, &mut changed()), wait);
    }
}
