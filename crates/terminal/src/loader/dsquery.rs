//! `dsquery`: the program of Windows that looks objects of the directory up, as scripts call it. Here it asks
//! `Get-ADObject`.

use commands::declare::declare;
use dotnet::{Category, Engine as _, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `dsquery`.
pub(super) static DSQUERY: CoreCommand = CoreCommand::new(
    "dsquery",
    "DsQuery",
    || {
        declare(
            "dsquery",
            "",
            "Type string 0 !
             StartNode string 1
             o string
             name string
             desc string
             samid string
             upn string
             disabled switch
             filter string
             attr string
             scope string
             limit int
             q switch",
        )
    },
    || Box::new(DsQuery),
);

/// So many objects are listed where no limit is said.
const LIMIT: i64 = 100;

struct DsQuery;

impl Command for DsQuery {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let kind = call.text("Type").unwrap_or_default().to_ascii_lowercase();
        let class = match kind.as_str() {
            "user" => "(objectCategory=person)(objectClass=user)",
            "contact" => "(objectClass=contact)",
            "group" => "(objectClass=group)",
            "ou" => "(objectClass=organizationalUnit)",
            "*" => "(objectClass=*)",
            other => {
                let message = format!("dsquery failed: '{other}' is none of user, contact, group, ou and *.");
                return Err(Exception::runtime("DsQueryTypeUnknown", message)
                    .category(Category::InvalidArgument)
                    .into());
            }
        };
        let mut filter = class.to_owned();
        for (parameter, attribute) in [
            ("name", "cn"),
            ("desc", "description"),
            ("samid", "sAMAccountName"),
            ("upn", "userPrincipalName"),
        ] {
            if let Some(value) = call.text(parameter) {
                let value = value.replace('\\', "\\5c").replace('(', "\\28").replace(')', "\\29");
                filter.push_str(&format!("({attribute}={value})"));
            }
        }
        if call.flag("disabled") {
            filter.push_str("(userAccountControl:1.2.840.113556.1.4.803:=2)");
        }
        filter.push_str(&call.text("filter").unwrap_or_default());
        let wanted = match call.text("attr") {
            Some(names) => names.split_whitespace().map(str::to_owned).collect(),
            None => shown_by(&call.text("o").unwrap_or_default())?,
        };
        let mut given: Vec<(&'static str, Value)> = vec![("LDAPFilter", format!("(&{filter})").into())];
        if let Some(start) = call.text("StartNode").filter(|start| start.contains('=')) {
            given.push(("SearchBase", start.into()));
        }
        match call.text("scope").unwrap_or_default().to_ascii_lowercase().as_str() {
            "onelevel" => given.push(("SearchScope", "OneLevel".into())),
            _ => given.push(("SearchScope", "Subtree".into())),
        }
        given.push(("Properties", "*".into()));
        let limit = call.number("limit").unwrap_or(LIMIT);
        if limit > 0 {
            given.push(("ResultSetSize", Value::Int64(limit)));
        }
        let found = call.session().run_command("Get-ADObject", given)?;
        if found.is_empty() && !call.flag("q") {
            call.verbose("dsquery found nothing.")?;
        }
        found.iter().try_for_each(|object| line(call, object, &wanted))
    }
}

/// The attribute that a way of showing names.
fn shown_by(way: &str) -> Run<Vec<String>> {
    let name = match way.to_ascii_lowercase().as_str() {
        "" | "dn" => "DistinguishedName",
        "rdn" => "Name",
        "samid" => "sAMAccountName",
        "upn" => "userPrincipalName",
        other => {
            let message = format!("dsquery failed: '{other}' is none of dn, rdn, samid and upn.");
            return Err(Exception::runtime("DsQueryOutputUnknown", message)
                .category(Category::InvalidArgument)
                .into());
        }
    };
    Ok(vec![name.to_owned()])
}

/// What dsquery prints of an object: names between quotation marks.
fn line(call: &mut Call<'_>, object: &Value, wanted: &[String]) -> Run {
    let mut cells = Vec::new();
    for name in wanted {
        let held = dotnet::member::own(call.session(), object, name)?.unwrap_or_default();
        cells.push(format!(
            "\"{}\"",
            held.items().iter().map(ToString::to_string).collect::<Vec<_>>().join(";")
        ));
    }
    call.write(cells.join(" "))
}
