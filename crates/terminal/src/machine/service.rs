//! `Get-Service`: the services of this machine, as systemd knows them.

use super::{here, lines_of};
use commands::declare::declare;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};
use std::sync::Arc;

/// `Get-Service`.
pub(super) static GET_SERVICE: CoreCommand = CoreCommand::new(
    "Get-Service",
    "GetServiceCommand",
    || {
        declare(
            "Get-Service",
            "Default DisplayName InputObject",
            "Name string[] @Default 0 | . =ServiceName
             DisplayName string[] @DisplayName !
             InputObject object[] @InputObject |
             ComputerName string[] . =Cn
             DependentServices switch =DS
             RequiredServices switch =SDO,ServicesDependedOn
             Include string[]
             Exclude string[]",
        )
    },
    || Box::new(GetService),
);

struct GetService;

impl Command for GetService {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if here(call, "System.InvalidOperationException")? == 0 {
            return Ok(());
        }
        if call.flag("DependentServices") || call.flag("RequiredServices") {
            let message = "How services depend on each other is not told here.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        for service in call.value("InputObject").map(Value::items).unwrap_or_default() {
            call.write(service)?;
        }
        if call.is_given("InputObject") {
            return Ok(());
        }
        let arguments = ["list-units", "--type=service", "--all", "--plain", "--no-legend", "--no-pager"];
        let Some(lines) = lines_of(call, "systemctl", &arguments) else {
            let message = "Services cannot be listed: systemd does not answer on this machine.";
            return Err(Exception::invalid_operation(message).id("CouldNotListServices").into());
        };
        let known: Vec<Arc<Object>> = lines.iter().filter_map(|line| service(line)).map(Arc::new).collect();
        self.chosen(call, &known)
    }
}

impl GetService {
    fn chosen(&self, call: &mut Call<'_>, known: &[Arc<Object>]) -> Run {
        let by = if call.is_given("DisplayName") { "DisplayName" } else { "Name" };
        let mut wanted = call.texts(by);
        if wanted.is_empty() {
            wanted.push("*".to_owned());
        }
        let (include, exclude) = (call.texts("Include"), call.texts("Exclude"));
        let fits = |pattern: &str, name: &str| Wildcard::new(pattern).is_ok_and(|p| p.matches(name));
        for pattern in wanted {
            let mut any = false;
            for service in known {
                let name = service.get(by).map(|name| name.to_string()).unwrap_or_default();
                let out = exclude.iter().any(|pattern| fits(pattern, &name))
                    || (!include.is_empty() && !include.iter().any(|pattern| fits(pattern, &name)));
                if fits(&pattern, &name) && !out {
                    any = true;
                    call.write(Value::Object(service.clone()))?;
                }
            }
            if !any && !has_wildcards(&pattern) {
                call.error(missing(&pattern))?;
            }
        }
        Ok(())
    }
}

fn missing(name: &str) -> ErrorRecord {
    let message = format!("Cannot find any service with service name '{name}'.");
    let error = Exception::new("Microsoft.PowerShell.Commands.ServiceCommandException", message);
    let error = error.id("NoServiceFoundForGivenName").category(Category::ObjectNotFound);
    ErrorRecord::new(error).with_target(name.into())
}

/// A line of `systemctl list-units`: unit, loaded, active, state, description.
fn service(line: &str) -> Option<Object> {
    let mut words = line.split_whitespace();
    let name = words.next()?.strip_suffix(".service")?;
    let (_, active) = (words.next()?, words.next()?);
    words.next();
    let shown = words.collect::<Vec<_>>().join(" ");
    let status = match active {
        "active" | "reloading" => "Running",
        "activating" => "StartPending",
        "deactivating" => "StopPending",
        _ => "Stopped",
    };
    Some(
        Object::named("System.ServiceProcess.ServiceController")
            .with("Status", status)
            .with("Name", name)
            .with("DisplayName", shown)
            .with("ServiceName", name)
            .with("MachineName", "."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_systemd_is_a_service() {
        let found =
            service("cron.service loaded active running Regular background program processing daemon")
                .unwrap();
        assert_eq!(found.get("Name").unwrap().to_string(), "cron");
        assert_eq!(found.get("Status").unwrap().to_string(), "Running");
        assert!(service("dbus.socket loaded active running D-Bus").is_none());
    }
}
