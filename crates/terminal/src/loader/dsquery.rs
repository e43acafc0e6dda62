//! `dsquery`: the program of Windows that looks objects of the directory up, as scripts call it. Here it asks
//! `Get-ADObject`.

use commands::declare::declare;
use dotnet::member::filter_text;
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
             l switch
             q switch
             Rest string[] *",
        )
    },
    || Box::new(DsQuery),
);

/// So many objects are listed where no limit is said.
const LIMIT: i64 = 100;

struct DsQuery;

/// What is looked for: its name, the filter that finds it, what can be said of it, and how it can be shown.
type Kind = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const KINDS: [Kind; 5] = [
    (
        "user",
        "(objectCategory=person)(objectClass=user)",
        &["o", "name", "desc", "samid", "upn", "disabled"],
        &["dn", "rdn", "samid", "upn"],
    ),
    ("contact", "(objectClass=contact)", &["o", "name", "desc"], &["dn", "rdn"]),
    ("group", "(objectClass=group)", &["o", "name", "desc", "samid"], &["dn", "rdn", "samid"]),
    ("ou", "(objectClass=organizationalUnit)", &["o", "name", "desc"], &["dn", "rdn"]),
    ("*", "(objectClass=*)", &["filter", "attr", "l"], &["dn"]),
];

/// What only some kinds take.
const OF_SOME: [&str; 9] = ["o", "name", "desc", "samid", "upn", "disabled", "filter", "attr", "l"];

impl Command for DsQuery {
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let kind = call.text("Type").unwrap_or_default().to_ascii_lowercase();
        let Some((_, class, takes, shows)) = KINDS.iter().find(|(name, ..)| *name == kind) else {
            let message = format!("'{kind}' is none of user, contact, group, ou and *.");
            return Err(failed("DsQueryTypeUnknown", &message));
        };
        if let Some(stray) = OF_SOME.iter().find(|name| call.is_given(name) && !takes.contains(name)) {
            return Err(failed("DsQueryParameterUnknown", &format!("'-{stray}' is none of dsquery {kind}.")));
        }
        let mut attributes = attributes(call);
        let start = start(call, &mut attributes)?;
        let shown = shown_by(&call.text("o").unwrap_or_default(), shows)?;
        let filter = format!("(&{class}{})", conditions(call));
        let mut given: Vec<(&'static str, Value)> = Vec::new();
        let found = match (call.text("scope").unwrap_or_default().to_ascii_lowercase().as_str(), start) {
            ("base", start) if start.as_deref().is_none_or(is_domain) => {
                return Err(failed("DsQueryScope", "the domain itself is not listed here."));
            }
            ("base", start) => {
                format!("(&(distinguishedName={}){filter})", filter_text(&start.unwrap_or_default(), true))
            }
            (scope @ ("" | "subtree" | "onelevel"), start) => {
                given.extend(start.map(|start| ("SearchBase", start.into())));
                let scope = if scope == "onelevel" { "OneLevel" } else { "Subtree" };
                given.push(("SearchScope", scope.into()));
                filter
            }
            (other, _) => {
                let message = format!("'{other}' is none of subtree, onelevel and base.");
                return Err(failed("DsQueryScope", &message));
            }
        };
        given.push(("LDAPFilter", found.into()));
        given.push(("Properties", "*".into()));
        let limit = call.number("limit").unwrap_or(LIMIT);
        if limit > 0 {
            given.push(("ResultSetSize", Value::Int64(limit)));
        }
        let found = call.session().run_command("Get-ADObject", given)?;
        if found.is_empty() && !call.flag("q") {
            call.verbose("dsquery found nothing.")?;
        }
        match attributes.as_slice() {
            [] => names(call, &found, shown),
            [all] if all == "*" => listed(call, &found, None),
            wanted if call.flag("l") => listed(call, &found, Some(wanted)),
            wanted => rows(call, &found, wanted),
        }
    }
}

/// Whether a place is a domain: `DC=contoso,DC=com`.
fn is_domain(place: &str) -> bool {
    place
        .split(',')
        .all(|part| part.trim_start().get(..3).is_some_and(|word| word.eq_ignore_ascii_case("DC=")))
}

fn failed(id: &str, why: &str) -> language::Halt {
    Exception::runtime(id, format!("dsquery failed: {why}")).category(Category::InvalidArgument).into()
}

/// The attributes that are wanted: each is a word of its own.
fn attributes(call: &Call<'_>) -> Vec<String> {
    let named = call.text("attr");
    named.map(|names| names.split_whitespace().map(str::to_owned).collect()).unwrap_or_default()
}

/// Below what is looked; `None`: the domain. Words behind `-attr` that name no place are attributes, too.
fn start(call: &Call<'_>, attributes: &mut Vec<String>) -> Run<Option<String>> {
    let mut words = call.text("StartNode").into_iter().chain(call.texts("Rest"));
    let mut start = None;
    let is_root =
        |word: &str| ["domainroot", "forestroot"].iter().any(|root| word.eq_ignore_ascii_case(root));
    words.try_for_each(|word| match word {
        root if is_root(&root) => Ok(()),
        place if place.contains('=') && start.is_none() => {
            start = Some(place);
            Ok(())
        }
        attribute if !attributes.is_empty() => {
            attributes.push(attribute);
            Ok(())
        }
        other => Err(failed("DsQueryStartNode", &format!("'{other}' is not a place to start at."))),
    })?;
    Ok(start)
}

/// What the parameters say of the objects, as a filter.
fn conditions(call: &Call<'_>) -> String {
    let mut filter = String::new();
    for (parameter, attribute) in
        [("name", "cn"), ("desc", "description"), ("samid", "sAMAccountName"), ("upn", "userPrincipalName")]
    {
        if let Some(value) = call.text(parameter) {
            filter.push_str(&format!("({attribute}={})", filter_text(&value, false)));
        }
    }
    if call.flag("disabled") {
        filter.push_str("(userAccountControl:1.2.840.113556.1.4.803:=2)");
    }
    filter + &call.text("filter").unwrap_or_default()
}

/// The property that a way of showing names.
fn shown_by(way: &str, ways: &[&str]) -> Run<&'static str> {
    let way = if way.is_empty() { "dn".to_owned() } else { way.to_ascii_lowercase() };
    let names = [
        ("dn", "DistinguishedName"),
        ("rdn", "Name"),
        ("samid", "sAMAccountName"),
        ("upn", "userPrincipalName"),
    ];
    let found = names.iter().find(|(name, _)| *name == way && ways.contains(name));
    found
        .map(|(_, property)| *property)
        .ok_or_else(|| failed("DsQueryOutputUnknown", &format!("'{way}' is none of {}.", ways.join(", "))))
}

fn held(call: &mut Call<'_>, object: &Value, name: &str) -> Run<Vec<String>> {
    let held = dotnet::member::own(call.session(), object, name)?.unwrap_or_default();
    Ok(held.items().iter().map(ToString::to_string).collect())
}

/// Names between quotation marks.
fn names(call: &mut Call<'_>, found: &[Value], property: &str) -> Run {
    for object in found {
        let name = held(call, object, property)?.join(";");
        call.write(format!("\"{name}\""))?;
    }
    Ok(())
}

/// `name: value`, a line for each value; all attributes that are set where none are named.
fn listed(call: &mut Call<'_>, found: &[Value], wanted: Option<&[String]>) -> Run {
    for object in found {
        let names = match (wanted, object) {
            (Some(wanted), _) => wanted.to_vec(),
            (None, Value::Object(object)) => {
                object.properties().iter().map(|(name, _)| name.to_string()).collect()
            }
            (None, _) => Vec::new(),
        };
        for name in names {
            for value in held(call, object, &name)? {
                call.write(format!("{name}: {value}"))?;
            }
        }
    }
    Ok(())
}

/// A head and a row for each object, each column as wide as its widest cell.
fn rows(call: &mut Call<'_>, found: &[Value], wanted: &[String]) -> Run {
    let mut table = vec![wanted.to_vec()];
    for object in found {
        let cells = wanted.iter().map(|name| Ok(held(call, object, name)?.join(";")));
        table.push(cells.collect::<Run<Vec<String>>>()?);
    }
    let width = |at: usize| table.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..wanted.len()).map(width).collect();
    for row in &table {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("  {cell:<width$}  "));
        call.write(cells.collect::<String>())?;
    }
    Ok(())
}
