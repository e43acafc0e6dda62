//! The configuration: what `mailstead.toml` may say, with its defaults.
//!
//! A key that is wrong is an error that names the file, the line, the key and what is allowed; nothing
//! is guessed and nothing unknown is passed over.

use object::types::SmtpDomain;
use object::{Error, ErrorId, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

/// The offset of all ports until a configuration says otherwise: no root is needed, nothing collides.
pub const PORT_OFFSET_DEFAULT: u16 = 10_000;
/// The largest standard port is 9090; more would leave the range of ports.
const PORT_OFFSET_MAX: u16 = u16::MAX - 9090;

/// Exchange's limit of a receive connector: the organisation's is the one that is met.
const PORT_BYTES_MIN: u64 = 36 << 20;

/// Nobody but this machine.
const THIS_MACHINE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What `mailstead.toml` says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `[server]`
    pub server: Server,
    /// `[bind]`
    pub bind: Bind,
    /// `[tls]`
    pub tls: Tls,
    /// `[shell]`
    pub shell: Shell,
    /// `[limits]`
    pub limits: Limits,
    /// `[transport]`
    pub transport: Transport,
}

/// `[transport]`: how long mail waits, and how long is remembered what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Transport {
    /// Hours after which a message that cannot be delivered is given up and its sender told.
    pub message_expiration_hours: u64,
    /// Hours after which the sender of a message that waits is told so, once.
    pub delay_notification_hours: u64,
    /// Days for which is kept what became of each message.
    pub trace_days: u64,
    /// Days for which a message can be let go from quarantine.
    pub quarantine_days: u64,
    /// Whether messages leave out from which address they were submitted.
    pub hide_client_address: bool,
}

impl Default for Transport {
    fn default() -> Transport {
        let times = transport::Times::default();
        let hours = |time: std::time::Duration| time.as_secs() / 3600;
        Transport {
            message_expiration_hours: hours(times.expire_after),
            delay_notification_hours: hours(times.delay_notice_after),
            trace_days: hours(times.trace_kept) / 24,
            quarantine_days: hours(times.quarantine_kept) / 24,
            hide_client_address: false,
        }
    }
}

/// `[bind]`: addresses of single services.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Bind {
    /// SMTP.
    pub smtp: Option<IpAddr>,
    /// Submission of mail, on both ports.
    pub submission: Option<IpAddr>,
    /// LMTP, which trusts whoever reaches it: this machine alone until somebody else is named.
    pub lmtp: Option<IpAddr>,
    /// IMAP and IMAPS.
    pub imap: Option<IpAddr>,
    /// POP3 and POP3S.
    pub pop3: Option<IpAddr>,
    /// The address book over LDAP and LDAPS.
    pub ldap: Option<IpAddr>,
    /// HTTP and HTTPS.
    pub http: Option<IpAddr>,
    /// `/metrics`, `/healthz` and `/readyz`, which anybody may read: this machine alone until somebody else is named.
    pub metrics: Option<IpAddr>,
}

/// `[server]`: names, ports, addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// The full host name, as SMTP greets with; default: the machine's.
    pub name: Option<String>,
    /// The default accepted domain of a new data directory.
    pub domain: Option<String>,
    /// Added to every standard port.
    pub port_offset: u16,
    /// The address to listen on, for every service but LMTP and metrics.
    pub bind: IpAddr,
    /// Where passwords may travel without TLS.
    pub plain_text_logon: PlainTextLogon,
}

impl Default for Server {
    fn default() -> Server {
        let bind = THIS_MACHINE;
        let plain_text_logon = PlainTextLogon::Loopback;
        Server { name: None, domain: None, port_offset: PORT_OFFSET_DEFAULT, bind, plain_text_logon }
    }
}

/// Where passwords may travel without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlainTextLogon {
    /// On this machine only.
    Loopback,
    /// Everywhere; for a server behind something that adds TLS.
    Always,
}

/// `[tls]`: the certificate; without one a self-signed one is made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tls {
    /// The certificate chain, PEM.
    pub certificate: Option<PathBuf>,
    /// Its private key, PEM.
    pub key: Option<PathBuf>,
}

/// `[shell]`: how scripts run on this machine.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Shell {
    /// Which PowerShell.
    pub profile: ProfileName,
    /// The culture of dates and numbers, `en-US` unless said.
    pub culture: Option<String>,
    /// Drive letters and the folders they stand for.
    pub drives: BTreeMap<char, PathBuf>,
}

/// Which PowerShell scripts are run as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProfileName {
    /// 5.1 and 7 mixed as scripts expect them.
    #[default]
    Shell,
    /// Exactly 7.6.
    Core,
}

/// `[limits]`: what one client, one message, one session may take.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Open connections of one service.
    pub connections: usize,
    /// Open connections of one service from one address.
    pub connections_per_address: usize,
    /// The largest message, in bytes.
    pub message_bytes: u64,
    /// Recipients of one message.
    pub recipients: usize,
    /// Memory that all mail clients together may make the server hold, in bytes.
    pub buffer_bytes: u64,
    /// Disk that messages under way may take, in bytes.
    pub spool_bytes: u64,
    /// Log-ons that may fail from one address with one account before it has to wait.
    pub logon_failures: u32,
    /// Log-ons that may fail from one address in an hour before its tries are slowed down.
    pub logon_failures_per_address: u32,
    /// Log-ons that may fail with one account in an hour before places that are not known have to wait.
    pub logon_failures_per_account: u32,
    /// The longest wait after failures, in seconds.
    pub logon_wait_seconds: u64,
    /// How long a log-on that was proved needs no new proof, in minutes; 0 for never.
    pub remember_logon_minutes: u64,
    /// The same for accounts of trusted forests.
    pub remember_foreign_logon_minutes: u64,
    /// Memory of all messages that are being received, in bytes.
    pub receiving_bytes: u64,
    /// Of that, what one address may have while more than half of it is taken.
    pub receiving_bytes_per_address: u64,
    /// Unknown recipients that an address may name in an hour before the answers begin to wait.
    pub unknown_recipients: u32,
    /// Unknown recipients in an hour after which an address is sent away.
    pub unknown_recipients_max: u32,
    /// How long those answers wait, in seconds.
    pub tarpit_seconds: u64,
}

impl Limits {
    /// Those of log-ons.
    pub fn logons(&self) -> mailbox::LogonLimits {
        mailbox::LogonLimits {
            failures: self.logon_failures,
            failures_per_address: self.logon_failures_per_address,
            failures_per_account: self.logon_failures_per_account,
            wait_seconds: self.logon_wait_seconds,
            remembered_minutes: self.remember_logon_minutes,
            foreign_remembered_minutes: self.remember_foreign_logon_minutes,
        }
    }
}

impl Limits {
    /// The organisation's, where Set-TransportConfig says nothing.
    pub(crate) fn organization(&self) -> transport::Limits {
        transport::Limits {
            message_bytes_max: self.message_bytes,
            send_bytes_max: self.message_bytes,
            receive_bytes_max: self.message_bytes,
            recipients_max: self.recipients,
        }
    }

    /// The largest message of a port, and what is allowed to whoever names unknown recipients.
    pub(crate) fn of_port(&self) -> (u64, smtp::UnknownRecipients) {
        let unknown = smtp::UnknownRecipients {
            free: self.unknown_recipients,
            tarpit: std::time::Duration::from_secs(self.tarpit_seconds),
            most: self.unknown_recipients_max,
        };
        (self.message_bytes.max(PORT_BYTES_MIN), unknown)
    }

    /// The same for whoever asks what holds at a port.
    pub(crate) fn connector(&self) -> transport::ConnectorLimits {
        let (message_bytes_max, unknown) = self.of_port();
        transport::ConnectorLimits { message_bytes_max, tarpit: unknown.tarpit, ..Default::default() }
    }

    /// How many connections a service may have.
    pub(crate) fn of_service(&self) -> net::Limits {
        net::Limits { total: self.connections, per_address: self.connections_per_address }
    }
}

impl Default for Limits {
    fn default() -> Limits {
        let organisation = transport::Limits::default();
        let connections = net::Limits::default();
        let logons = mailbox::LogonLimits::default();
        let unknown = smtp::UnknownRecipients::default();
        Limits {
            connections: connections.total,
            connections_per_address: connections.per_address,
            message_bytes: organisation.message_bytes_max,
            recipients: organisation.recipients_max,
            buffer_bytes: 256 << 20,
            spool_bytes: 4 << 30,
            logon_failures: logons.failures,
            logon_failures_per_address: logons.failures_per_address,
            logon_failures_per_account: logons.failures_per_account,
            logon_wait_seconds: logons.wait_seconds,
            remember_logon_minutes: logons.remembered_minutes,
            remember_foreign_logon_minutes: logons.foreign_remembered_minutes,
            receiving_bytes: 256 << 20,
            receiving_bytes_per_address: 32 << 20,
            unknown_recipients: unknown.free,
            unknown_recipients_max: unknown.most,
            tarpit_seconds: unknown.tarpit.as_secs(),
        }
    }
}

/// What the first start writes: every key with its default, so that a reader sees what there is.
pub const TEMPLATE: &str = r#"# Mailstead's configuration. Everything is optional; what stands behind # is the default.

[server]
# name = "mail.contoso.com"        # the full host name; default: this machine's
# domain = "contoso.com"           # the default accepted domain; only a new data directory asks
# port_offset = 10000              # added to 25, 143, 443 …; 0 for the standard ports
# bind = "127.0.0.1"               # the address to listen on; "0.0.0.0" or "::" for all. Not for LMTP and metrics
# plain_text_logon = "loopback"    # where passwords may travel without TLS: loopback, always

[bind]
# smtp = "127.0.0.1"               # other addresses for single services; default: [server] bind
# submission = "127.0.0.1"
# imap = "127.0.0.1"
# pop3 = "127.0.0.1"
# ldap = "127.0.0.1"
# http = "127.0.0.1"
# lmtp = "127.0.0.1"               # these two stay on this machine until they are named here
# metrics = "127.0.0.1"

[tls]
# certificate = "/etc/ssl/mail.pem"   # default: a self-signed one under tls/
# key = "/etc/ssl/mail.key"

[shell]
# profile = "shell"                # or "core": exactly PowerShell 7.6
# culture = "en-US"
# drives = { C = "/srv/scripts" }  # folders that C:, D: … stand for; default ~/mailstead/c, ~/mailstead/d

[limits]
# connections = 10000              # open connections of one service
# connections_per_address = 200
# message_bytes = 10485760         # 10 MB
# recipients = 500                 # of one message
# buffer_bytes = 268435456         # memory that all mail clients may make the server hold (256 MB)
# spool_bytes = 4294967296         # disk for messages that are coming in or going out slowly (4 GB)
# logon_failures = 5               # from one address with one account, then each next try has to wait
# logon_failures_per_address = 50  # in an hour, with all accounts; then its tries are slowed down
# logon_failures_per_account = 100 # in an hour, from everywhere; then places it never came from have to wait
# logon_wait_seconds = 60          # the longest wait
# remember_logon_minutes = 10      # how long a password that was right is not compared anew; 0 = never
# remember_foreign_logon_minutes = 5   # the same for accounts of trusted forests; at most 5, 0 = never
# receiving_bytes = 268435456      # memory of all messages that are coming in (256 MB)
# receiving_bytes_per_address = 33554432   # what one address may have of it when it gets crowded (32 MB)
# unknown_recipients = 10          # of one address in an hour; the answer to each further one waits
# unknown_recipients_max = 100     # after so many the address is sent away
# tarpit_seconds = 5               # how long those answers wait

[transport]
# message_expiration_hours = 48    # what cannot be delivered for so long is given up and its sender told
# delay_notification_hours = 4     # the sender of what waits so long is told once
# trace_days = 30                  # how long is kept what became of each message
# quarantine_days = 30             # how long a message can be let go from quarantine
# hide_client_address = false      # whether messages leave out from which address people submitted them
"#;

/// A service with an address of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Service {
    /// SMTP.
    Smtp,
    /// Submission of mail.
    Submission,
    /// LMTP.
    Lmtp,
    /// IMAP and IMAPS.
    Imap,
    /// POP3 and POP3S.
    Pop3,
    /// LDAP and LDAPS.
    Ldap,
    /// HTTP and HTTPS.
    Http,
    /// `/metrics`, `/healthz`, `/readyz`.
    Metrics,
}

impl Config {
    /// Where a service listens.
    pub fn address_of(&self, service: Service) -> IpAddr {
        let named = match service {
            Service::Smtp => self.bind.smtp,
            Service::Submission => self.bind.submission,
            Service::Lmtp => self.bind.lmtp.or(Some(THIS_MACHINE)),
            Service::Imap => self.bind.imap,
            Service::Pop3 => self.bind.pop3,
            Service::Ldap => self.bind.ldap,
            Service::Http => self.bind.http,
            Service::Metrics => self.bind.metrics.or(Some(THIS_MACHINE)),
        };
        named.unwrap_or(self.server.bind)
    }

    /// Reads a configuration; errors name the file, the line, the key and what is allowed.
    pub fn read(path: &Path) -> Result<Config> {
        let text = std::fs::read_to_string(path)
            .map_err(|e| Error::from(e).while_doing(&path.display().to_string()))?;
        let config = Config::parse(&text).map_err(|error| error.while_doing(&path.display().to_string()))?;
        Ok(config)
    }

    fn parse(text: &str) -> Result<Config> {
        let config: Config = toml::from_str(text).map_err(|error| wrong(text, &error))?;
        config.check(text)?;
        Ok(config)
    }

    fn check(&self, text: &str) -> Result<()> {
        let refuse = |key: &'static str, allowed: &str| Err(at(text, key, allowed));
        if self.server.port_offset > PORT_OFFSET_MAX {
            return refuse("port_offset", &format!("a number from 0 to {PORT_OFFSET_MAX}"));
        }
        if self.server.domain.as_deref().is_some_and(|name| SmtpDomain::parse(name).is_none()) {
            return refuse("domain", "a domain such as contoso.com");
        }
        if self.server.name.as_deref().is_some_and(|name| SmtpDomain::parse(name).is_none()) {
            return refuse("name", "a host name such as mail.contoso.com");
        }
        if self.tls.certificate.is_some() != self.tls.key.is_some() {
            let given = if self.tls.key.is_some() { "key" } else { "certificate" };
            return refuse(given, "certificate and key together, or neither");
        }
        if self.limits.connections == 0 || self.limits.connections_per_address == 0 {
            return refuse("connections", "a number from 1");
        }
        if !(1024..=1 << 30).contains(&self.limits.message_bytes) {
            return refuse("message_bytes", "a number of bytes from 1024 to 1073741824 (1 GB)");
        }
        if self.limits.recipients < 100 {
            return refuse("recipients", "a number from 100"); // [RFC 5321 4.5.3.1.8]
        }
        if !(16 << 20..=1 << 36).contains(&self.limits.receiving_bytes) {
            return refuse("receiving_bytes", "a number of bytes from 16777216 (16 MB)");
        }
        let share = self.limits.receiving_bytes_per_address;
        if !(1 << 20..=self.limits.receiving_bytes).contains(&share) {
            return refuse(
                "receiving_bytes_per_address",
                "a number of bytes from 1048576 (1 MB) to receiving_bytes",
            );
        }
        if self.limits.tarpit_seconds > 60 {
            return refuse("tarpit_seconds", "a number of seconds from 0 to 60");
        }
        if !(1..=90 * 24).contains(&self.transport.message_expiration_hours) {
            return refuse("message_expiration_hours", "a number of hours from 1 to 2160 (90 days)");
        }
        if !(1..=30 * 24).contains(&self.transport.delay_notification_hours) {
            return refuse("delay_notification_hours", "a number of hours from 1 to 720 (30 days)");
        }
        if !(1..=3650).contains(&self.transport.trace_days) {
            return refuse("trace_days", "a number of days from 1 to 3650");
        }
        if !(1..=3650).contains(&self.transport.quarantine_days) {
            return refuse("quarantine_days", "a number of days from 1 to 3650");
        }
        if self.limits.buffer_bytes < 16 << 20 {
            return refuse("buffer_bytes", "a number of bytes from 16777216 (16 MB)");
        }
        if self.limits.spool_bytes < 256 << 20 {
            return refuse("spool_bytes", "a number of bytes from 268435456 (256 MB)");
        }
        for (key, value) in [
            ("logon_failures", self.limits.logon_failures),
            ("logon_failures_per_address", self.limits.logon_failures_per_address),
            ("logon_failures_per_account", self.limits.logon_failures_per_account),
        ] {
            if value == 0 {
                return refuse(key, "a number from 1");
            }
        }
        if self.limits.logon_wait_seconds > 3600 {
            return refuse("logon_wait_seconds", "a number from 0 to 3600");
        }
        if self.limits.remember_logon_minutes > 60 {
            return refuse("remember_logon_minutes", "a number from 0 to 60");
        }
        if self.limits.remember_foreign_logon_minutes > mailbox::FOREIGN_REMEMBERED_MINUTES_MAX {
            return refuse("remember_foreign_logon_minutes", "a number from 0 to 5");
        }
        Ok(())
    }
}

/// The error of the TOML reader with its line; its own text names the key and what was expected.
fn wrong(text: &str, error: &toml::de::Error) -> Error {
    let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let said = error.message().replace('`', "'");
    let source = text.lines().nth(line - 1).unwrap_or("").trim().to_owned();
    Error::caller(ErrorId::ConfigurationWrong, format!("line {line}: {said}, in: {source}"))
        .help("The file the first start writes lists every key with its default.")
}

/// The error for a key whose value is of the right type but not allowed.
fn at(text: &str, key: &'static str, allowed: &str) -> Error {
    let stands = |line: &&str| line.trim_start().starts_with(key);
    let line = text.lines().position(|line| stands(&line)).map_or(1, |at| at + 1);
    Error::caller(ErrorId::ConfigurationWrong, format!("line {line}: {key} must be {allowed}.")).about(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_is_the_default() {
        let plain: String =
            TEMPLATE.lines().map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
        let every_key = plain.replacen("Mailstead's", "# Mailstead's", 1);
        let read = Config::parse(&every_key).unwrap();
        let default = Config::default();
        assert_eq!(read.server.port_offset, default.server.port_offset);
        assert_eq!(read.server.bind, default.server.bind);
        for service in [
            Service::Smtp,
            Service::Submission,
            Service::Lmtp,
            Service::Imap,
            Service::Pop3,
            Service::Ldap,
            Service::Http,
            Service::Metrics,
        ] {
            assert_eq!(read.address_of(service), default.address_of(service), "{service:?}");
        }
        assert_eq!(read.server.plain_text_logon, default.server.plain_text_logon);
        assert_eq!(read.limits.message_bytes, default.limits.message_bytes);
        assert_eq!(read.limits.connections, default.limits.connections);
        assert_eq!(read.limits.logons(), default.limits.logons());
        assert_eq!(read.limits.buffer_bytes, default.limits.buffer_bytes);
        assert_eq!(read.limits.spool_bytes, default.limits.spool_bytes);
        assert!(Config::parse(TEMPLATE).unwrap().tls.key.is_none());
    }

    #[test]
    fn lmtp_and_metrics_stay_at_home_unless_they_are_named() {
        let everywhere = Config::parse("[server]\nbind = \"0.0.0.0\"\n").unwrap();
        let shown = |config: &Config, service| config.address_of(service).to_string();
        assert_eq!(shown(&everywhere, Service::Imap), "0.0.0.0");
        assert_eq!(shown(&everywhere, Service::Lmtp), "127.0.0.1");
        assert_eq!(shown(&everywhere, Service::Metrics), "127.0.0.1");
        let named =
            Config::parse("[server]\nbind = \"0.0.0.0\"\n[bind]\nlmtp = \"10.0.0.1\"\nimap = \"::1\"\n");
        let named = named.unwrap();
        assert_eq!(
            (shown(&named, Service::Lmtp), shown(&named, Service::Imap)),
            ("10.0.0.1".into(), "::1".into())
        );
        assert_eq!(shown(&named, Service::Pop3), "0.0.0.0");
    }

    #[test]
    fn an_error_names_line_key_and_what_is_allowed() {
        for (text, said) in [
            ("[server]\nport_ofset = 1\n", &["line 2", "port_ofset", "port_offset"][..]),
            ("[server]\nport_offset = 70000\n", &["line 2", "port_offset"]),
            ("[server]\n\nport_offset = 60000\n", &["line 3", "port_offset", "0 to 56445"]),
            ("[server]\nbind = \"everywhere\"\n", &["line 2", "bind"]),
            ("[tls]\nkey = \"x\"\n", &["line 2", "key", "together"]),
            ("[server]\nplain_text_logon = \"yes\"\n", &["line 2", "loopback", "always"]),
            ("[limits]\nlogon_failures = 0\n", &["line 2", "logon_failures", "from 1"]),
            ("[limits]\nmessage_bytes = 10\n", &["line 2", "message_bytes", "1073741824"]),
            ("[bind]\nlmtp = \"all\"\n", &["line 2", "lmtp"]),
            ("[surver]\n", &["line 1", "surver", "server"]),
            ("[server\n", &["line 1"]),
        ] {
            let error = Config::parse(text).unwrap_err().message().to_owned();
            for word in said {
                assert!(error.contains(word), "{text:?} says {error:?}, without {word:?}");
            }
        }
    }
}
