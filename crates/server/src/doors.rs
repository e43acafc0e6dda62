//! The doors: which service listens where, and how it is secured.

use crate::certificates::Shelf;
use crate::config::{Config, Limits, PlainTextLogon, Service};
use crate::health::{self, Health};
use crate::house::House;
use crate::logon;
use crate::metrics::{Metrics, page};
use crate::reload::{Limited, Reload};
use axum::Router;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use net::{Acceptor, Admission, Budget, Certificates, Clients, Door, Drain, Listener, Port, Security};
use object::{Result, Time};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::task::JoinSet;
use web::{Bodies, Http, Site};

/// The port of `/metrics` and `/healthz` at offset 0.
const METRICS_PORT: u16 = 9090;

/// What the bodies of all requests over HTTPS hold together: eight of the largest.
const REQUESTS_BYTES_MAX: usize = 256 << 20;

/// Every service by the name it is announced with, its port at offset 0, and whose address it has.
const PORTS: [(&str, u16, Service); 13] = [
    ("SMTP", 25, Service::Smtp),
    ("submission", 587, Service::Submission),
    ("submissions", 465, Service::Submission),
    ("LMTP", 24, Service::Lmtp),
    ("IMAP", 143, Service::Imap),
    ("IMAPS", 993, Service::Imap),
    ("POP3", 110, Service::Pop3),
    ("POP3S", 995, Service::Pop3),
    ("LDAP", 389, Service::Ldap),
    ("LDAPS", 636, Service::Ldap),
    ("HTTPS", 443, Service::Http),
    ("HTTP", 80, Service::Http),
    ("metrics and /healthz", METRICS_PORT, Service::Metrics),
];

/// The ports of all services, bound before anything is opened or founded: a start that cannot have them changes nothing.
pub struct Ports(Vec<(u16, &'static str, Port)>);

impl Ports {
    /// Binds every port; one that is taken is an error that names it.
    pub async fn bind(config: &Config) -> Result<Ports> {
        let mut bound = Vec::new();
        for (what, port, service) in PORTS {
            let address = SocketAddr::new(config.address_of(service), port + config.server.port_offset);
            bound.push((port, what, Port::bind(address).await?));
        }
        Ok(Ports(bound))
    }
}

/// The listeners of a house, not yet serving.
pub struct Doors {
    listeners: Vec<(&'static str, Listener)>,
    certificates: Arc<Certificates>,
    admissions: Vec<Arc<Admission>>,
    limited: Limited,
}

/// One line of the list of doors.
struct Line {
    port: u16,
    door: Arc<dyn Door>,
    security: Kind,
    admission: Arc<Admission>,
}

#[derive(Clone, Copy)]
enum Kind {
    Plain,
    StartTls,
    Implicit,
}

impl Doors {
    /// Puts the services of a house behind their ports.
    pub fn open(ports: Ports, house: &House, config: &Config, started: Time, drain: &Drain) -> Result<Doors> {
        let certificates = Arc::new(certificates(house, config)?);
        let mut metrics = Metrics::default();
        let (mut lines, limited) = mail(house, config, &mut metrics);
        lines.extend(web(house, config, &mut metrics, drain));
        underway(&mut metrics, &house.transport);
        metrics.logons(&house.mailboxes);
        metrics.process(started);
        let health = Arc::new(Health {
            mailboxes: house.mailboxes.clone(),
            transport: Arc::clone(&house.transport),
            certificates: Arc::clone(&certificates),
            folder: house.data().folder().to_path_buf(),
            clock: Arc::clone(&house.clock),
            drain: drain.clone(),
        });
        let watched_by = Arc::clone(&health);
        house.monitors.watch(move || watched_by.monitors());
        house.certificates.are_in(Shelf {
            certificates: Arc::clone(&certificates),
            names: names(house),
            clock: Arc::clone(&house.clock),
        });
        lines.push(watched(config, metrics, health));
        let admissions = lines.iter().map(|line| Arc::clone(&line.admission)).collect();
        let mut listeners = Vec::new();
        for (number, what, port) in ports.0 {
            let at = lines.iter().position(|line| line.port == number);
            let line = lines.swap_remove(at.expect("every port of the list has its line"));
            let security = security(&line, &certificates)?;
            listeners.push((what, Listener::on(port, line.door, security, line.admission)));
        }
        Ok(Doors { listeners, certificates, admissions, limited })
    }

    /// What SIGHUP reads again; `file` is where the configuration stands.
    pub fn reload(&self, config: &Config, file: Option<PathBuf>) -> Reload {
        let (certificates, admissions) = (Arc::clone(&self.certificates), self.admissions.clone());
        Reload { config: config.clone(), file, certificates, admissions, limited: self.limited.clone() }
    }

    /// What listens where, in the order of the list.
    pub fn addresses(&self) -> impl Iterator<Item = (&'static str, SocketAddr)> {
        self.listeners.iter().map(|(what, listener)| (*what, listener.address()))
    }

    /// Serves until `drain` begins and all connections have ended.
    pub async fn serve(self, drain: Drain) {
        let mut running = JoinSet::new();
        for (_, listener) in self.listeners {
            running.spawn(listener.run(drain.clone()));
        }
        while running.join_next().await.is_some() {}
    }
}

fn certificates(house: &House, config: &Config) -> Result<Certificates> {
    match (&config.tls.certificate, &config.tls.key) {
        (Some(certificate), Some(key)) => Certificates::open(certificate, key, &house.data().tls()),
        _ => Certificates::open_or_make(&house.data().tls(), &names(house), house.clock.now()),
    }
}

/// What a certificate of the house is for.
fn names(house: &House) -> Vec<String> {
    vec![house.name.clone(), "localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()]
}

/// What SMTP and LMTP are told; they share memory and counters.
fn smtp_config(name: &str, limits: &Limits) -> smtp::Config {
    let (message_bytes_max, unknown) = limits.of_port();
    smtp::Config {
        receiving: Arc::new(smtp::Receiving::new(
            Budget::new("receiving", limits.receiving_bytes),
            limits.receiving_bytes_per_address,
        )),
        allowed: Arc::new(smtp::Allowed::new(message_bytes_max, unknown)),
        ..smtp::Config::new(name)
    }
}

/// What is counted of mail that comes in.
fn received(metrics: &mut Metrics, config: &smtp::Config) {
    use smtp::Counted::{Accepted, LaterRecipient, Refused, Stopped, UnknownRecipient, UnwillingRecipient};
    for (name, help, what) in [
        ("mailstead_smtp_messages_accepted", "Messages taken over SMTP and LMTP", Accepted),
        ("mailstead_smtp_messages_refused", "Messages refused after they had been sent", Refused),
        ("mailstead_smtp_recipients_unknown", "Recipients refused as unknown or not ours", UnknownRecipient),
        (
            "mailstead_smtp_recipients_refused",
            "Recipients refused for the sender, the size or a full mailbox",
            UnwillingRecipient,
        ),
        ("mailstead_smtp_recipients_deferred", "Recipients that could not be asked", LaterRecipient),
        ("mailstead_smtp_harvesters_stopped", "Clients sent away for naming unknown recipients", Stopped),
    ] {
        let counts = Arc::clone(&config.counts);
        metrics.counter(name, help, move || counts.of(what) as f64);
    }
    metrics.budget("receiving", config.receiving.all());
    let receiving = Arc::clone(&config.receiving);
    metrics.counter(
        "mailstead_receiving_refused",
        "Messages refused for want of memory or a share",
        move || receiving.refused() as f64,
    );
}

/// What is counted of mail on its way.
fn underway(metrics: &mut Metrics, transport: &Arc<transport::Transport>) {
    let waiting = Arc::clone(transport);
    metrics.gauge("mailstead_queue_recipients", "Recipients that wait in the queue", move || {
        waiting.waiting().map_or(f64::NAN, |waiting| waiting as f64)
    });
    type Read = fn(&transport::Counts) -> u64;
    for (name, help, read) in [
        ("mailstead_copies_delivered", "Copies put into mailboxes", transport::Counts::delivered as Read),
        ("mailstead_queue_added", "Recipients put into the queue", transport::Counts::queued),
        ("mailstead_queue_put_off", "Attempts that failed and are made again", transport::Counts::put_off),
        ("mailstead_queue_given_up", "Recipients given up", transport::Counts::given_up),
        ("mailstead_queue_expired", "Recipients given up for waiting too long", transport::Counts::expired),
        ("mailstead_queue_reported", "Recipients a sender was told of by mail", transport::Counts::reports),
    ] {
        let transport = Arc::clone(transport);
        metrics.counter(name, help, move || read(transport.counts()) as f64);
    }
}

/// SMTP, submission, LMTP, IMAP, POP3 and the address book.
fn mail(house: &House, config: &Config, metrics: &mut Metrics) -> (Vec<Line>, Limited) {
    let open_text = config.server.plain_text_logon == PlainTextLogon::Always;
    let name = &house.name;
    let intake: Arc<dyn transport::Intake> = Arc::clone(&house.transport) as _;
    let smtp_config = smtp_config(name, &config.limits);
    received(metrics, &smtp_config);
    let smtp_door = smtp::door(Arc::clone(&intake), smtp::Service::Smtp, smtp_config.clone());
    let lmtp_door = smtp::door(Arc::clone(&intake), smtp::Service::Lmtp, smtp_config.clone());
    let submission: Arc<dyn transport::Submission> = Arc::new(house.mailboxes.clone());
    let submission_config = smtp::Config { plain_text_logon: open_text, ..smtp_config.clone() };
    let submission_door = smtp::submission(intake, submission, submission_config);
    let clients = Clients::new(Budget::new("server", config.limits.buffer_bytes));
    let disk = Budget::new("spool", config.limits.spool_bytes);
    let (imap_memory, pop_memory) = (clients.door("imap"), clients.door("pop3"));
    [("server", clients.all()), ("imap", imap_memory.door()), ("pop3", pop_memory.door()), ("spool", &disk)]
        .into_iter()
        .for_each(|(name, budget)| metrics.budget(name, budget));
    let limited = Limited {
        mailboxes: house.mailboxes.clone(),
        transport: Arc::clone(&house.transport),
        allowed: Arc::clone(&smtp_config.allowed),
        receiving: Arc::clone(&smtp_config.receiving),
        memory: vec![clients.all().clone(), imap_memory.door().clone(), pop_memory.door().clone()],
        spool: disk.clone(),
    };
    let room = imap::Room { memory: imap_memory, disk, spool: house.data().spool() };
    let imap_config = imap::Config { name: name.clone(), allow_plain_text: open_text, room };
    let imap_door = imap::door(imap::log_on(house.mailboxes.clone()), Arc::clone(&house.clock), imap_config);
    let pop_config = pop3::Config { name: name.clone(), plain_text_logon: open_text, memory: pop_memory };
    let pop_door = pop3::door(pop3::log_on(house.mailboxes.clone()), pop_config);

    let ldap_config = ldap::Config { plain_text_logon: open_text };
    let book = Arc::new(house.mailboxes.clone());
    let ldap_door = ldap::door(ldap::log_on(house.mailboxes.clone()), book, ldap_config);

    let mut admission = |service| admission(config, metrics, service);
    let (smtp_count, lmtp_count) = (admission("smtp"), admission("lmtp"));
    let submission_count = admission("submission");
    let (imap_count, pop_count, ldap_count) = (admission("imap"), admission("pop3"), admission("ldap"));
    let line = |port, door: &Arc<dyn Door>, security, count: &Arc<Admission>| Line {
        port,
        door: Arc::clone(door),
        security,
        admission: Arc::clone(count),
    };
    let lines = vec![
        line(25, &smtp_door, Kind::StartTls, &smtp_count),
        line(587, &submission_door, Kind::StartTls, &submission_count),
        line(465, &submission_door, Kind::Implicit, &submission_count),
        line(24, &lmtp_door, Kind::StartTls, &lmtp_count),
        line(143, &imap_door, Kind::StartTls, &imap_count),
        line(993, &imap_door, Kind::Implicit, &imap_count),
        line(110, &pop_door, Kind::StartTls, &pop_count),
        line(995, &pop_door, Kind::Implicit, &pop_count),
        line(389, &ldap_door, Kind::StartTls, &ldap_count),
        line(636, &ldap_door, Kind::Implicit, &ldap_count),
    ];
    (lines, limited)
}

/// HTTPS, and HTTP that only leads there.
fn web(house: &House, config: &Config, metrics: &mut Metrics, drain: &Drain) -> Vec<Line> {
    let https_port = 443 + config.server.port_offset;
    let bodies = Bodies::new(REQUESTS_BYTES_MAX);
    let site = Site::new(logon::administrators(house.mailboxes.clone()), bodies.clone());
    let routes =
        remoting::routes(Arc::clone(&house.gate), site).merge(pages(house, bodies.clone(), drain.clone()));
    let routes = routes.merge(discovery(house, config, bodies));
    let away = Router::new().fallback(move |uri: Uri, headers: axum::http::HeaderMap| async move {
        redirect(&uri, headers.get(header::HOST).and_then(|host| host.to_str().ok()), https_port)
    });
    let admission = admission(config, metrics, "http");
    vec![
        Line {
            port: 443,
            door: Http::new("https", routes),
            security: Kind::Implicit,
            admission: Arc::clone(&admission),
        },
        Line { port: 80, door: Http::new("http", away), security: Kind::Plain, admission },
    ]
}

/// Autodiscover and autoconfig.
fn discovery(house: &House, config: &Config, bodies: Bodies) -> Router {
    let (offset, directory) = (config.server.port_offset, house.mailboxes.directory());
    let port = if offset == 0 { String::new() } else { format!(":{}", 443 + offset) };
    let organization = directory.only(directory::Class::Organization);
    let served = ews::Served {
        host: house.name.clone(),
        domain: house.mailboxes.default_domain(),
        imaps: 993 + offset,
        pop3s: 995 + offset,
        submissions: 465 + offset,
        autodiscover: format!("https://{}{port}/autodiscover/autodiscover.xml", house.name),
        active_sync: None,
        deployment: organization.map(|organization| organization.guid()).unwrap_or_default(),
    };
    let people = Site::new(ews::people(house.mailboxes.clone()), bodies);
    ews::routes(Arc::new(house.mailboxes.clone()), people, served, Arc::clone(&house.clock))
}

/// The console, and the way to it for whoever types the host's name alone.
fn pages(house: &House, bodies: Bodies, drain: Drain) -> Router {
    let accounts = Arc::new(logon::Administrators(house.mailboxes.clone()));
    let names = console::Names {
        site: house.mailboxes.directory().forest().to_string(),
        server: crate::house::label(),
    };
    let (gate, clock) = (Arc::clone(&house.gate), Arc::clone(&house.clock));
    console::routes(gate, accounts, bodies, clock, names, drain)
        .route("/", get(|| async { Redirect::to("/admin") }))
}

/// The same page over HTTPS. A request without a usable Host is the client's mistake. [RFC 9110 7.2]
fn redirect(uri: &Uri, host: Option<&str>, port: u16) -> Response {
    let known = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    let host = host.filter(|host| !host.is_empty() && host.chars().all(known));
    let Some(host) = host else { return StatusCode::BAD_REQUEST.into_response() };
    let bare = match host.rsplit_once(':') {
        Some((name, digits)) if digits.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let port = if port == 443 { String::new() } else { format!(":{port}") };
    let target = format!("https://{bare}{port}{}", uri.path());
    // Clients that look for Autodiscover follow this one alone.
    let looks = uri.path().to_ascii_lowercase().starts_with("/autodiscover/");
    let status = if looks { StatusCode::FOUND } else { StatusCode::PERMANENT_REDIRECT };
    (status, [(header::LOCATION, target)]).into_response()
}

/// `/healthz`, `/readyz` and `/metrics`.
fn watched(config: &Config, metrics: Metrics, health: Arc<Health>) -> Line {
    let registry = Arc::new(metrics.registry());
    let shown = move || {
        let registry = Arc::clone(&registry);
        async move {
            let text = tokio::task::spawn_blocking(move || page(&registry)).await.unwrap_or_default();
            ([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text)
        }
    };
    let drain = health.drain.clone();
    let looked = move || {
        let health = Arc::clone(&health);
        async move {
            // Asking the queue and the disk waits for them.
            let looked = tokio::task::spawn_blocking(move || health::page(&health.troubles())).await;
            let (flows, text) = looked.unwrap_or_else(|error| (false, format!("{error}\n")));
            (if flows { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, text)
        }
    };
    let routes = Router::new()
        .route("/healthz", get(looked.clone()))
        .route("/readyz", get(move || ready(drain.clone())))
        .route("/metrics", get(shown));
    let admission = Admission::new(config.limits.of_service());
    Line { port: METRICS_PORT, door: Http::new("metrics", routes), security: Kind::Plain, admission }
}

/// Whether new connections are served: from the moment the doors are open until the end begins.
async fn ready(drain: Drain) -> (StatusCode, &'static str) {
    match drain.has_begun() {
        false => (StatusCode::OK, "ready\n"),
        true => (StatusCode::SERVICE_UNAVAILABLE, "stopping\n"),
    }
}

fn admission(config: &Config, metrics: &mut Metrics, service: &'static str) -> Arc<Admission> {
    let admission = Admission::new(config.limits.of_service());
    metrics.service(service, &admission);
    admission
}

/// Every service gets an acceptor of its own, so that a session ticket of one is nothing to another.
fn security(line: &Line, certificates: &Certificates) -> Result<Security> {
    let acceptor = || -> Result<Acceptor> {
        let (service, alpn): (net::Service, &[&str]) = match line.port {
            143 | 993 => (net::Service::Imap, &[]),
            110 | 995 => (net::Service::Pop, &[]),
            443 => (net::Service::Iis, &["http/1.1"]),
            // Exchange's services have no word for LDAP.
            389 | 636 => (net::Service::Iis, &[]),
            _ => (net::Service::Smtp, &[]),
        };
        certificates.acceptor(service, alpn)
    };
    Ok(match line.security {
        Kind::Plain => Security::Plain,
        Kind::StartTls => Security::StartTls(acceptor()?),
        Kind::Implicit => Security::Implicit(acceptor()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_leads_to_https_on_the_same_host_only() {
        let location = |host: Option<&str>, port| {
            let answer = redirect(&Uri::from_static("/a/b?x=1"), host, port);
            answer.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(location(Some("mail.contoso.com"), 443).as_deref(), Some("https://mail.contoso.com/a/b"));
        assert_eq!(location(Some("localhost:10080"), 10443).as_deref(), Some("https://localhost:10443/a/b"));
        assert_eq!(location(Some("[::1]:80"), 443).as_deref(), Some("https://[::1]/a/b"));
        for bad in [None, Some(""), Some("evil/..@host"), Some("a b")] {
            assert_eq!(location(bad, 443), None, "{bad:?}");
        }
    }
}
