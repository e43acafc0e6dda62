//! `Get-TimeZone`: this session's zone, or zones by name.

use crate::declare::declare;
use dotnet::{Category, Exception, Type};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;

/// `Get-TimeZone`.
pub(crate) static GET_TIME_ZONE: CoreCommand = CoreCommand::new(
    "Get-TimeZone",
    "GetTimeZoneCommand",
    || {
        declare(
            "Get-TimeZone",
            "Name Id ListAvailable",
            "Name string[] @Name 0 |\nId string[] @Id ! .\nListAvailable switch @ListAvailable !",
        )
    },
    || Box::new(GetTimeZone),
);

struct GetTimeZone;

impl Command for GetTimeZone {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let zones = Type::named("System.TimeZoneInfo");
        if call.flag("ListAvailable") {
            let all =
                dotnet::member::static_invoke(call.session(), &zones, "GetSystemTimeZones", Vec::new())?
                    .unwrap_or_default();
            return call.write_all(all);
        }
        let wanted = if call.is_given("Id") { call.texts("Id") } else { call.texts("Name") };
        if wanted.is_empty() {
            let local = dotnet::member::static_get(call.session(), &zones, "Local")?.unwrap_or_default();
            return call.write(local);
        }
        let by_id = call.is_given("Id");
        for name in wanted {
            if !by_id && dotnet::wildcard::has_wildcards(&name) {
                self.matching(call, &name)?;
                continue;
            }
            let found = dotnet::member::static_invoke(
                call.session(),
                &zones,
                "FindSystemTimeZoneById",
                vec![name.as_str().into()],
            );
            match found {
                Ok(zone) => call.write(zone.unwrap_or_default())?,
                Err(error) if is_unknown_zone(&error) => not_found(call, &name)?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Whether an error says that there is no zone of a name.
fn is_unknown_zone(error: &dotnet::Exception) -> bool {
    let is = |error: &dotnet::Exception| error.type_name() == "System.TimeZoneNotFoundException";
    is(error) || error.inner_exception().is_some_and(is)
}

impl GetTimeZone {
    /// The zones of which a name is like the pattern.
    fn matching(&self, call: &mut Call<'_>, pattern: &str) -> Run {
        let zones = Type::named("System.TimeZoneInfo");
        let all = dotnet::member::static_invoke(call.session(), &zones, "GetSystemTimeZones", Vec::new())?;
        let like = dotnet::wildcard::Wildcard::new(pattern).map_err(|_| {
            let message = format!("The specified wildcard character pattern is not valid: {pattern}");
            Exception::new("System.Management.Automation.WildcardPatternException", message)
        })?;
        let mut any = false;
        for zone in all.unwrap_or_default().items() {
            call.look()?;
            for name in ["Id", "StandardName", "DaylightName"] {
                let name = dotnet::member::own(call.session(), &zone, name)?.unwrap_or_default();
                if like.matches(&name.to_string()) {
                    any = true;
                    call.write(zone)?;
                    break;
                }
            }
        }
        if any { Ok(()) } else { not_found(call, pattern) }
    }
}

fn not_found(call: &mut Call<'_>, name: &str) -> Run {
    let message = format!("The time zone ID '{name}' was not found on the local computer.");
    let error = Exception::new("System.TimeZoneNotFoundException", message).id("TimeZoneNotFound");
    call.error(ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(name.into()))
}
