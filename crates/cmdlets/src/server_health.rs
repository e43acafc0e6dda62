//! How the server is: what is watched of it, and what does not work.

use crate::monitor::{Alert, Monitor};
use crate::rooms::{IDENTITY, Rooms};
use gate::{Call, Cmdlet, Example, Output, Verb};
use object::{Error, ErrorId, Noun, Object, Parameter, Result, Switch};

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&GET];

object::read_only_properties! { static;
    P_SERVER: String = "Server", "The server.";
    P_NAME: String = "Name", "What is watched.";
    P_TARGET: String = "TargetResource", "Which one is watched, where there are several.";
    P_SET: String = "HealthSetName", "The kind of what is watched.";
    P_ALERT: String = "AlertValue", "Healthy, Degraded (somebody should look) or Unhealthy (mail does not flow).";
    P_HA: bool = "HaImpacting", "Whether mail stops flowing when it fails.";
    P_MESSAGE: String = "Message", "What is wrong, and what to do.";
}

static NOUN: Noun = Noun {
    name: "ServerHealth",
    type_name: "Microsoft.Exchange.Monitoring.MonitorHealthEntry",
    summary: "How one thing is that is watched of the server.",
    properties: &[&P_SERVER, &P_NAME, &P_TARGET, &P_SET, &P_ALERT, &P_HA, &P_MESSAGE],
    table: &[&P_SERVER, &P_NAME, &P_TARGET, &P_SET, &P_ALERT],
};

static HEALTH_SET: Parameter<String> = Parameter::new(
    "HealthSet",
    "Only what is of this kind: database, disk, queue, certificate, job or restore.",
);
static HA_IMPACTING_ONLY: Parameter<Switch> =
    Parameter::new("HaImpactingOnly", "Only what stops mail from flowing when it fails.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says how the server is: its databases, disk, queue, certificate and jobs, what is wrong first.",
    notes: "The same is asked without a log-on by /healthz on the server's own port for monitors.",
    reads: &[&IDENTITY, &HEALTH_SET, &HA_IMPACTING_ONLY],
    roles: &["Monitoring", "View-Only Configuration", "Databases"],
    examples: &[Example {
        about: "Says whether mail waits that should not.",
        command: "Get-ServerHealth localhost -HealthSet queue",
    }],
    ..Cmdlet::new(Verb::Get, &NOUN, get)
};

fn get(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    rooms.check_server(&call.need(&IDENTITY)?.shown, IDENTITY.name())?;
    let (set, stops) = (call.get(&HEALTH_SET)?, call.is(&HA_IMPACTING_ONLY));
    let mut all = rooms.monitors.look();
    all.sort_by_key(|monitor| monitor.alert);
    let wanted = |monitor: &&Monitor| set.as_ref().is_none_or(|set| set.eq_ignore_ascii_case(monitor.set));
    // Of every kind there is one, so a word for which there is none would say forever that all is well.
    if !all.is_empty() && !all.iter().any(|monitor| wanted(&monitor)) {
        let message = format!("Nothing of the kind '{}' is watched.", set.unwrap_or_default());
        return Err(Error::caller(ErrorId::InvalidValue, message)
            .help("Write database, disk, queue, certificate, job or restore.")
            .about(HEALTH_SET.name()));
    }
    all.iter()
        .filter(wanted)
        .filter(|monitor| !stops || stops_mail(monitor))
        .try_for_each(|monitor| out.object(shown(rooms, monitor)))
}

/// Whether mail stops flowing where it fails: what waits or was not done only wants a look.
fn stops_mail(monitor: &Monitor) -> bool {
    monitor.alert == Alert::Unhealthy || matches!(monitor.set, "database" | "disk" | "certificate")
}

fn shown(rooms: &Rooms, monitor: &Monitor) -> Object {
    Object::of(&NOUN)
        .with(P_SERVER.name(), rooms.directory().server())
        .with(P_NAME.name(), format!("{}Monitor", capital(monitor.set)).as_str())
        .with(P_TARGET.name(), monitor.target.as_str())
        .with(P_SET.name(), monitor.set)
        .with(P_ALERT.name(), monitor.alert.word())
        .with(P_HA.name(), stops_mail(monitor))
        .with(P_MESSAGE.name(), monitor.message.as_str())
}

/// `queue` is `Queue`.
fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
