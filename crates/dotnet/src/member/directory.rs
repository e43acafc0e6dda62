//! The directory as .NET's `System.DirectoryServices` shows it: `[adsi]`, `[adsisearcher]`. Both only read, through the
//! cmdlets of the module ActiveDirectory, so that who may see what is said in one place.

use super::answer::{bool, null, string};
use super::fields::{READ, fields};
use super::{Call, Fields, Row};
use crate::collections::{Collection, Flavour};
use crate::engine::Engine;
use crate::exception::{Exception, Result};
use crate::values::base;
use object::Value;
use object::types::EnumValue;
use object::value::{Dictionary, Keys, Text, Typed};
use parking_lot::RwLock;
use std::any::Any;
use std::sync::Arc;

const ENTRY: &str = "System.DirectoryServices.DirectoryEntry";
const SEARCHER: &str = "System.DirectoryServices.DirectorySearcher";
const RESULT: &str = "System.DirectoryServices.SearchResult";
const RESULT_PROPERTIES: &str = "System.DirectoryServices.ResultPropertyCollection";
const ENTRY_PROPERTIES: &str = "System.DirectoryServices.PropertyCollection";

/// The values of an attribute: one is as good as itself.
pub(super) struct Attribute(pub Vec<Value>);

impl Typed for Attribute {
    fn type_name(&self) -> Text {
        "System.DirectoryServices.PropertyValueCollection".into()
    }
    fn text(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        match name.to_ascii_lowercase().as_str() {
            "value" => Some(match self.0.as_slice() {
                [] => Value::Null,
                [one] => one.clone(),
                several => Value::array(several.to_vec()),
            }),
            "count" => Some((self.0.len() as i32).into()),
            _ => None,
        }
    }
    fn items(&self) -> Option<Vec<Value>> {
        Some(self.0.clone())
    }
}

/// An object of the directory with its attributes, as it was when it was looked up last.
pub(super) struct Entry {
    /// `LDAP://CN=Ann Berg,CN=Users,DC=contoso,DC=com`.
    path: String,
    /// Its attributes by their names; `None`: there is no such object.
    held: RwLock<Option<Arc<Dictionary>>>,
}

impl Entry {
    fn value(path: String, held: Option<Arc<Dictionary>>) -> Value {
        Value::typed(Entry { path, held: RwLock::new(held) })
    }
}

impl Typed for Entry {
    fn type_name(&self) -> Text {
        ENTRY.into()
    }
    fn text(&self) -> String {
        ENTRY.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let known = match name.to_ascii_lowercase().as_str() {
            "path" => return Some(self.path.as_str().into()),
            "name" => "name",
            "guid" | "nativeguid" => "objectGUID",
            "schemaclassname" => "objectClass",
            "distinguishedname" => "distinguishedName",
            _ => name,
        };
        let held = self.held.read().as_ref()?.get(&known.into())?;
        let one = matches!(name.to_ascii_lowercase().as_str(), "guid" | "nativeguid" | "schemaclassname");
        Some(if one { held.items().last().cloned().unwrap_or_default() } else { held })
    }
}

/// The name behind `LDAP://`, without the server that some paths name before it.
fn name_of(path: &str) -> Result<&str> {
    let Some((scheme, rest)) = path.split_once("://") else {
        return Err(Exception::new(
            "System.Runtime.InteropServices.COMException",
            format!("Unknown path: {path}"),
        ));
    };
    if !matches!(scheme.to_ascii_uppercase().as_str(), "LDAP" | "GC") {
        let message = format!("{scheme}: is not read here, only LDAP: and GC: are.");
        return Err(Exception::new("System.Runtime.InteropServices.COMException", message));
    }
    let rest = rest.trim_end_matches('/');
    Ok(match rest.split_once('/') {
        Some((server, name)) if !server.contains('=') => name,
        _ if rest.contains('=') || rest.eq_ignore_ascii_case("rootdse") => rest,
        // A server or a domain alone is where the domain begins.
        _ => "",
    })
}

fn table(name: &'static str, object: &Value) -> Arc<Dictionary> {
    let made = Dictionary::named(name, Keys::IgnoreCase);
    if let Value::Object(object) = base(object) {
        for (name, value) in object.properties().iter() {
            let values = value.items();
            if !values.is_empty() {
                made.insert(Value::from(name.clone()), Value::typed(Attribute(values)));
            }
        }
    }
    Arc::new(made)
}

fn domain(engine: &mut dyn Engine) -> Result<String> {
    let root = engine.run_command("Get-ADRootDSE", Vec::new())?;
    let found =
        root.first().map(|root| super::own(engine, root, "defaultNamingContext")).transpose()?.flatten();
    Ok(found.unwrap_or_default().to_string())
}

/// Looks an object up.
fn entry(engine: &mut dyn Engine, path: &str) -> Result<Value> {
    let path = if path.is_empty() { format!("LDAP://{}", domain(engine)?) } else { path.to_owned() };
    let held = looked_up(engine, &path)?;
    Ok(Entry::value(path, held))
}

/// The attributes that the object of a path has now; none where there is no such object.
fn looked_up(engine: &mut dyn Engine, path: &str) -> Result<Option<Arc<Dictionary>>> {
    let name = name_of(path)?;
    let found = if name.eq_ignore_ascii_case("rootdse") {
        engine.run_command("Get-ADRootDSE", Vec::new())
    } else {
        let domain = domain(engine)?;
        if name.is_empty() || name.eq_ignore_ascii_case(&domain) {
            let label = domain.split(',').next().unwrap_or_default().trim_start_matches("DC=").to_owned();
            let made = object::Object::custom()
                .with("distinguishedName", domain)
                .with("name", label)
                .with("objectClass", "domainDNS");
            Ok(vec![made.into()])
        } else {
            let given = vec![("Identity", name.into()), ("Properties", "*".into())];
            engine.run_command("Get-ADObject", given)
        }
    };
    match found {
        Ok(objects) => Ok(objects.first().map(|object| table(ENTRY_PROPERTIES, object))),
        Err(error) if error.error_category() == crate::Category::ObjectNotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// The path of the container that an object stands in: what is behind the first comma that parts two names. [RFC 4514]
fn above(path: &str) -> Result<String> {
    let name = name_of(path)?;
    let (mut escaped, mut quoted) = (false, false);
    let parts = name.char_indices().find(|(_, c)| {
        let parts = *c == ',' && !escaped && !quoted;
        quoted ^= *c == '"' && !escaped;
        escaped = *c == '\\' && !escaped;
        parts
    });
    let rest = parts.map_or("", |(at, _)| &name[at + 1..]);
    Ok(format!("{}{}", path.strip_suffix(name).unwrap_or("LDAP://"), rest.trim_start()))
}

/// What is said where a script would change the directory.
fn only_read(_: &mut Call<'_>) -> Result<Value> {
    let message = "The directory is only read through [adsi] here. The cmdlets that set users, groups and units change it.";
    Err(Exception::new("System.NotSupportedException", message))
}

fn attributes(call: &Call<'_>) -> Result<Arc<Dictionary>> {
    let held = call.this_as::<Entry>()?.held.read().clone();
    held.ok_or_else(|| {
        let message = "There is no such object on the server.";
        Exception::new("System.DirectoryServices.DirectoryServicesCOMException", message)
    })
}

const ENTRIES: &[Row] = &[
    ("System.DirectoryServices.PropertyCollection Properties", |call| {
        attributes(call).map(Value::Dictionary)
    }),
    ("System.DirectoryServices.DirectoryEntry Parent", |call| {
        let above = above(&call.this_as::<Entry>()?.path)?;
        entry(call.engine, &above)
    }),
    ("System.DirectoryServices.DirectoryEntries Children", |call| {
        let name = name_of(&call.this_as::<Entry>()?.path)?.to_owned();
        let given = vec![
            ("LDAPFilter", "(objectClass=*)".into()),
            ("SearchBase", name.into()),
            ("SearchScope", "OneLevel".into()),
            ("Properties", "*".into()),
        ];
        let found = call.engine.run_command("Get-ADObject", given)?;
        Ok(Value::array(
            found.iter().map(|object| found_entry(call.engine, object)).collect::<Result<Vec<_>>>()?,
        ))
    }),
    ("System.Object Get(string propertyName)", |call| {
        let held = attributes(call)?.get(&call.text(0).into());
        let Some(held) = held else {
            let message = "The directory property cannot be found in the cache.";
            return Err(Exception::new("System.Runtime.InteropServices.COMException", message));
        };
        super::own(call.engine, &held, "Value").map(Option::unwrap_or_default)
    }),
    ("void RefreshCache()", |call| {
        let path = call.this_as::<Entry>()?.path.clone();
        let now = looked_up(call.engine, &path)?;
        *call.this_as::<Entry>()?.held.write() = now;
        null()
    }),
    ("void Close()", |_| null()),
    ("void Dispose()", |_| null()),
    ("void SetInfo()", only_read),
    ("void CommitChanges()", only_read),
    ("void Put(string propertyName, System.Object value)", only_read),
    ("void InvokeSet(string propertyName, Params System.Object[] args)", only_read),
    ("System.Object Create(string className, string name)", only_read),
    ("void DeleteTree()", only_read),
    ("static bool Exists(string path)", |call| {
        let path = call.text(0);
        let found = entry(call.engine, &path)?;
        bool(found.downcast::<Entry>().is_some_and(|entry| entry.held.read().is_some()))
    }),
    ("static System.DirectoryServices.DirectoryEntry new()", |call| entry(call.engine, "")),
    ("static System.DirectoryServices.DirectoryEntry new(string path)", |call| {
        let path = call.text(0);
        entry(call.engine, &path)
    }),
    // Whoever runs the shell is who looks: another log-on would see through other eyes, which is said.
    (
        "static System.DirectoryServices.DirectoryEntry new(string path, string username, string password)",
        |_| {
            let message =
                "The directory is read as whoever runs the shell: no other user name and password is taken.";
            Err(Exception::new("System.NotSupportedException", message))
        },
    ),
];

fn found_entry(engine: &mut dyn Engine, object: &Value) -> Result<Value> {
    let name = super::own(engine, object, "DistinguishedName")?.unwrap_or_default();
    Ok(Entry::value(format!("LDAP://{name}"), Some(table(ENTRY_PROPERTIES, object))))
}

// --- looking for several ----------------------------------------------------------------------------

fn searcher(root: Value, filter: &str, wanted: Vec<Value>) -> Result<Value> {
    let names = Collection::new(Flavour::Strings, Vec::new(), wanted);
    let subtree = EnumValue { of: &crate::enums::SEARCH_SCOPE, number: 2 };
    Ok(Value::typed(Fields::new(
        SEARCHER,
        vec![
            ("SearchRoot", root),
            ("Filter", if filter.is_empty() { "(objectClass=*)" } else { filter }.into()),
            ("PropertiesToLoad", Value::typed(names)),
            ("SearchScope", Value::Enum(subtree)),
            ("PageSize", Value::Int32(0)),
            ("SizeLimit", Value::Int32(0)),
            ("CacheResults", true.into()),
        ],
    )))
}

const SEARCHER_FIELDS: &[Row] = fields!(
    "System.DirectoryServices.DirectoryEntry SearchRoot" "string Filter"
    "System.DirectoryServices.SearchScope SearchScope" "int PageSize" "int SizeLimit" "bool CacheResults"
);

const SEARCHER_REST: &[Row] = &[
    ("System.Collections.Specialized.StringCollection PropertiesToLoad", READ),
    ("System.DirectoryServices.SearchResult FindOne()", |call| {
        Ok(find(call, Some(1))?.into_iter().next().unwrap_or_default())
    }),
    ("System.DirectoryServices.SearchResultCollection FindAll()", |call| find(call, None).map(Value::array)),
    ("void Dispose()", |_| null()),
    ("static System.DirectoryServices.DirectorySearcher new()", |_| searcher(Value::Null, "", Vec::new())),
    ("static System.DirectoryServices.DirectorySearcher new(string filter)", |call| {
        searcher(Value::Null, &call.text(0), Vec::new())
    }),
    (
        "static System.DirectoryServices.DirectorySearcher new(System.DirectoryServices.DirectoryEntry searchRoot)",
        |call| searcher(call.value(0), "", Vec::new()),
    ),
    (
        "static System.DirectoryServices.DirectorySearcher new(System.DirectoryServices.DirectoryEntry searchRoot, string filter)",
        |call| searcher(call.value(0), &call.text(1), Vec::new()),
    ),
    (
        "static System.DirectoryServices.DirectorySearcher new(string filter, string[] propertiesToLoad)",
        |call| searcher(Value::Null, &call.text(0), call.items(1)),
    ),
    (
        "static System.DirectoryServices.DirectorySearcher new(System.DirectoryServices.DirectoryEntry searchRoot, string filter, string[] propertiesToLoad)",
        |call| searcher(call.value(0), &call.text(1), call.items(2)),
    ),
];

/// Asks the directory; every object that it finds comes, however large the pages are said to be.
fn find(call: &mut Call<'_>, most: Option<i64>) -> Result<Vec<Value>> {
    let fields = call.this_as::<Fields>()?;
    let filter = fields.get("Filter").to_string();
    let (root, scope) = (fields.get("SearchRoot"), fields.get("SearchScope"));
    let wanted: Vec<String> =
        fields.get("PropertiesToLoad").items().iter().map(ToString::to_string).collect();
    let limit = most.or_else(|| fields.get("SizeLimit").as_i64().filter(|limit| *limit > 0));
    let name = match base(&root).downcast::<Entry>() {
        Some(entry) => name_of(&entry.path)?.to_owned(),
        None => String::new(),
    };
    let found = if scope.to_string().eq_ignore_ascii_case("Base") {
        itself(call.engine, &name, &filter)?
    } else {
        let mut given = vec![("LDAPFilter", filter.into()), ("Properties", "*".into())];
        if !name.is_empty() {
            given.push(("SearchBase", name.into()));
        }
        if scope.to_string().eq_ignore_ascii_case("OneLevel") {
            given.push(("SearchScope", "OneLevel".into()));
        }
        if let Some(limit) = limit {
            given.push(("ResultSetSize", Value::Int64(limit)));
        }
        call.engine.run_command("Get-ADObject", given)?
    };
    let mut results = Vec::with_capacity(found.len());
    for object in &found {
        results.push(result(call.engine, object, &wanted)?);
    }
    Ok(results)
}

/// The object of that name itself, where it is as the filter wants it. [RFC 4511 4.5.1.2]
fn itself(engine: &mut dyn Engine, name: &str, filter: &str) -> Result<Vec<Value>> {
    if name.is_empty() || name.eq_ignore_ascii_case(&domain(engine)?) {
        let message = "The domain itself is not looked for with a filter here: [adsi]\"\" shows it.";
        return Err(Exception::new("System.NotSupportedException", message));
    }
    let filter = if filter.starts_with('(') { filter.to_owned() } else { format!("({filter})") };
    let wanted = format!("(&(distinguishedName={}){filter})", filter_text(name, true));
    engine.run_command("Get-ADObject", vec![("LDAPFilter", wanted.into()), ("Properties", "*".into())])
}

/// A text as the value of a filter of LDAP; a `*` stands for anything unless it is meant as written. [RFC 4515 3]
pub fn filter_text(text: &str, as_written: bool) -> String {
    let one = |c: char| match c {
        '*' if !as_written => c.to_string(),
        '\\' | '*' | '(' | ')' | '\0' => format!("\\{:02x}", c as u32),
        plain => plain.to_string(),
    };
    text.chars().map(one).collect()
}

fn result(engine: &mut dyn Engine, object: &Value, wanted: &[String]) -> Result<Value> {
    let path = format!("LDAP://{}", super::own(engine, object, "DistinguishedName")?.unwrap_or_default());
    let all = table(RESULT_PROPERTIES, object);
    let made = Dictionary::named(RESULT_PROPERTIES, Keys::IgnoreCase);
    for (name, value) in all.to_vec() {
        let name = name.to_string().to_ascii_lowercase();
        if wanted.is_empty() || wanted.iter().any(|one| one.eq_ignore_ascii_case(&name)) {
            made.insert(name.into(), value);
        }
    }
    made.insert("adspath".into(), Value::typed(Attribute(vec![path.as_str().into()])));
    Ok(Value::typed(Fields::new(
        RESULT,
        vec![("Path", path.into()), ("Properties", Value::Dictionary(Arc::new(made)))],
    )))
}

const RESULTS: &[Row] = &[
    ("string Path", READ),
    ("System.DirectoryServices.ResultPropertyCollection Properties", READ),
    ("System.DirectoryServices.DirectoryEntry GetDirectoryEntry()", |call| {
        let path = call.this_as::<Fields>()?.get("Path").to_string();
        entry(call.engine, &path)
    }),
];

const NAMES: &[Row] = &[
    ("System.Collections.ICollection PropertyNames", |call| {
        Ok(Value::array(call.this_dictionary()?.to_vec().into_iter().map(|(name, _)| name)))
    }),
    ("bool Contains(string propertyName)", |call| {
        let name = call.text(0);
        bool(call.this_dictionary()?.get(&name.into()).is_some())
    }),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    (ENTRY, ENTRIES),
    (SEARCHER, SEARCHER_FIELDS),
    (SEARCHER, SEARCHER_REST),
    (RESULT, RESULTS),
    (RESULT_PROPERTIES, NAMES),
    (ENTRY_PROPERTIES, NAMES),
    (
        "System.DirectoryServices.PropertyValueCollection",
        &[("string ToString()", |call| string(call.this_as::<Attribute>()?.text()))],
    ),
];
