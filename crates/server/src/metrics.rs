//! `/metrics` in Prometheus' text format: what is counted while the house is at work.

use mailbox::{LogonFigures, Mailboxes};
use net::{Admission, Budget};
use object::Time;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::{Registry, Unit};
use std::fmt;
use std::sync::Arc;

/// A number that is read when it is asked for.
type Reading = Box<dyn Fn() -> f64 + Send + Sync>;

/// All that is measured, read afresh at each request.
#[derive(Default)]
pub struct Metrics {
    rows: Vec<Row>,
}

struct Row {
    name: &'static str,
    help: &'static str,
    unit: Option<Unit>,
    of: MetricType,
    label: Option<(&'static str, &'static str)>,
    read: Reading,
}

impl Metrics {
    /// Adds a number that goes up and down.
    pub fn gauge(
        &mut self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        let read = Box::new(read);
        self.rows.push(Row { name, help, unit: None, of: MetricType::Gauge, label: None, read });
    }

    /// Adds a number that only grows.
    pub fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        read: impl Fn() -> f64 + Send + Sync + 'static,
    ) {
        let read = Box::new(read);
        self.rows.push(Row { name, help, unit: None, of: MetricType::Counter, label: None, read });
    }

    /// Adds the log-ons, by what became of them.
    pub fn logons(&mut self, mailboxes: &Mailboxes) {
        type Figure = (&'static str, fn(LogonFigures) -> u64);
        let results: [Figure; 4] = [
            ("proved", |figures| figures.proved),
            ("remembered", |figures| figures.remembered),
            ("refused", |figures| figures.refused),
            ("throttled", |figures| figures.throttled),
        ];
        for (result, figure) in results {
            let mailboxes = mailboxes.clone();
            self.rows.push(Row {
                name: "mailstead_logons",
                help: "Log-ons since the start",
                unit: None,
                of: MetricType::Counter,
                label: Some(("result", result)),
                read: Box::new(move || figure(mailboxes.logon_figures()) as f64),
            });
        }
        let mailboxes = mailboxes.clone();
        let waiting = move || mailboxes.logon_figures().waiting as f64;
        self.gauge("mailstead_logons_waiting", "Passwords that wait to be compared", waiting);
    }

    /// Adds a budget of what clients make the server hold.
    pub fn budget(&mut self, name: &'static str, budget: &Budget) {
        let label = Some(("budget", name));
        let mut row = |name, help, of, read: Reading| {
            self.rows.push(Row { name, help, unit: Some(Unit::Bytes), of, label, read });
        };
        let shown = budget.clone();
        let read = Box::new(move || shown.used() as f64);
        row("mailstead_held", "What clients make the server hold now", MetricType::Gauge, read);
        let shown = budget.clone();
        let read = Box::new(move || shown.limit() as f64);
        row("mailstead_held_limit", "What they may make it hold", MetricType::Gauge, read);
        let shown = budget.clone();
        self.rows.push(Row {
            name: "mailstead_held_refused",
            help: "How often somebody asked for more than there was",
            unit: None,
            of: MetricType::Counter,
            label,
            read: Box::new(move || shown.refused() as f64),
        });
    }

    /// Adds the connections of a service.
    pub fn service(&mut self, door: &'static str, admission: &Arc<Admission>) {
        let label = Some(("service", door));
        let mut row =
            |name, help, of, read: Reading| self.rows.push(Row { name, help, unit: None, of, label, read });
        let counted = Arc::clone(admission);
        let open = Box::new(move || counted.open() as f64);
        row("mailstead_connections_open", "Connections open now", MetricType::Gauge, open);
        let counted = Arc::clone(admission);
        let admitted = Box::new(move || counted.admitted() as f64);
        row("mailstead_connections_admitted", "Connections ever admitted", MetricType::Counter, admitted);
        let counted = Arc::clone(admission);
        let refused = Box::new(move || counted.refused() as f64);
        row("mailstead_connections_refused", "Connections refused at a limit", MetricType::Counter, refused);
    }

    /// Adds what is known of the process itself.
    pub fn process(&mut self, started: Time) {
        self.rows.push(Row {
            name: "process_start_time",
            help: "When the server was started, in seconds since 1970",
            unit: Some(Unit::Seconds),
            of: MetricType::Gauge,
            label: None,
            read: Box::new(move || started.unix() as f64),
        });
        self.rows.push(Row {
            name: "process_resident_memory",
            help: "Memory held by the process",
            unit: Some(Unit::Bytes),
            of: MetricType::Gauge,
            label: None,
            read: Box::new(resident_bytes),
        });
    }

    /// The registry that writes them.
    pub fn registry(self) -> Registry {
        let mut registry = Registry::default();
        registry.register_collector(Box::new(self));
        registry
    }
}

/// Resident memory by the kernel's account; 0 where there is no `/proc`.
fn resident_bytes() -> f64 {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let resident = pages.and_then(|text| text.split(' ').nth(1)?.parse::<f64>().ok());
    resident.unwrap_or(0.0) * 4096.0
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} metrics", self.rows.len())
    }
}

impl Collector for Metrics {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| row.name); // rows of one name stand together, under one description
        for group in rows.chunk_by(|a, b| a.name == b.name) {
            let first = group[0];
            let mut metric =
                encoder.encode_descriptor(first.name, first.help, first.unit.as_ref(), first.of)?;
            if first.label.is_none() {
                first.encode(metric)?;
                continue;
            }
            for label in group.iter().filter_map(|row| row.label.map(|label| (row, [label]))) {
                label.0.encode(metric.encode_family(&label.1)?)?;
            }
        }
        Ok(())
    }
}

impl Row {
    fn encode(&self, mut encoder: prometheus_client::encoding::MetricEncoder<'_>) -> fmt::Result {
        match self.of {
            MetricType::Counter => encoder
                .encode_counter::<prometheus_client::encoding::NoLabelSet, f64, f64>(&(self.read)(), None),
            _ => encoder.encode_gauge(&(self.read)()),
        }
    }
}

/// The page `/metrics`.
pub fn page(registry: &Registry) -> String {
    let mut page = String::new();
    // Writing to a String fails only when a collector does, and ours does not.
    let _written = text::encode(&mut page, registry);
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_names_each_metric_once() {
        let admission = Admission::new(net::Limits::default());
        let _pass = admission.admit([127, 0, 0, 1].into()).unwrap();
        let mut metrics = Metrics::default();
        metrics.service("smtp", &admission);
        metrics.service("imap", &Admission::new(net::Limits::default()));
        metrics.process(Time::from_unix(1_700_000_000));
        let page = page(&metrics.registry());
        assert!(page.contains("mailstead_connections_open{service=\"smtp\"} 1.0"), "{page}");
        assert!(page.contains("mailstead_connections_admitted_total{service=\"imap\"} 0.0"), "{page}");
        assert_eq!(page.matches("# TYPE mailstead_connections_open ").count(), 1);
        assert!(page.contains("process_start_time_seconds 1700000000"), "{page}");
    }
}
