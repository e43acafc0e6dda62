//! Modules whose commands are always there: importing one makes it a module of the session, and nothing else.

use dotnet::values::Version;
use dotnet::wildcard::{Wildcard, escape};
use language::{Call, Run};
use object::value::Dictionary;
use object::{Object, Value};
use std::sync::Arc;

/// The modules that were imported and whose commands were there before, as objects.
const STANDING: &str = "StandingModules";

/// The name of a module without the folder before it.
fn plain(name: &str) -> &str {
    name.rsplit(['/', '\\']).next().unwrap_or(name)
}

/// What a module is called, given as an object or by its name.
pub(crate) fn name_of(module: &Value) -> String {
    match dotnet::values::base(module) {
        Value::Object(module) => module.get("Name").map(|name| name.to_string()).unwrap_or_default(),
        name => name.to_string(),
    }
}

/// Those of the modules whose commands were there before that are imported and fit a pattern.
pub(crate) fn standing(call: &mut Call<'_>, pattern: &str) -> Vec<Value> {
    let kept = call.session().kept(STANDING).items();
    kept.into_iter().filter(|module| fits(pattern, &name_of(module))).collect()
}

/// Whether a name is that of such a module, imported or not.
pub(crate) fn is_standing(call: &mut Call<'_>, name: &str) -> bool {
    call.session().has_module(name) || !standing(call, plain(name)).is_empty()
}

/// Imports a module whose commands are there already; with a prefix they get further names.
pub(crate) fn stand(call: &mut Call<'_>, name: &str) -> Run {
    let module = keep_standing(call, plain(name));
    if let Some(prefix) = call.text("Prefix").filter(|prefix| !prefix.is_empty()) {
        let everywhere = call.session().scope_named("Global")?;
        for command in commands_of(call, &name_of(&module)) {
            if let Some((verb, noun)) = command.split_once('-') {
                let alias = format!("{verb}-{prefix}{noun}");
                call.session().set_alias_in(everywhere, &alias, &command);
            }
        }
    }
    if call.flag("PassThru") { call.write(module) } else { Ok(()) }
}

/// Keeps a module whose commands are always there among those that are imported, under the name that it has itself.
pub fn keep_standing(call: &mut Call<'_>, name: &str) -> Value {
    if let Some(known) = standing(call, &escape(name)).into_iter().next() {
        return known;
    }
    let made = standing_module(call, name);
    let mut kept = call.session().kept(STANDING).items();
    kept.push(made.clone());
    call.session().keep(STANDING, Value::array(kept));
    made
}

fn commands_of(call: &mut Call<'_>, module: &str) -> Vec<String> {
    let session = call.session();
    let Some(invoker) = session.invoker() else { return Vec::new() };
    let names = invoker.names().into_iter();
    names.filter(|name| invoker.module_of(name).eq_ignore_ascii_case(module)).collect()
}

fn standing_module(call: &mut Call<'_>, name: &str) -> Value {
    let invoker = call.session().invoker();
    let known = invoker.map(|invoker| invoker.modules()).unwrap_or_default();
    let spelled =
        known.iter().find(|known| known.eq_ignore_ascii_case(name)).copied().unwrap_or(name).to_owned();
    let exported = Dictionary::new();
    for command in commands_of(call, &spelled) {
        exported.insert(command.as_str().into(), command.as_str().into());
    }
    let kind = if spelled.starts_with("tmp_") { "Script" } else { "Manifest" };
    let version = Version::parse("1.0").map_or(Value::Null, Value::typed);
    Object::named("System.Management.Automation.PSModuleInfo")
        .with("ModuleType", kind)
        .with("Version", version)
        .with("Name", spelled)
        .with("ExportedCommands", Value::Dictionary(Arc::new(exported)))
        .into()
}

/// The modules that could be imported and whose commands are there already.
pub(crate) fn available(call: &mut Call<'_>, pattern: &str) -> Vec<Value> {
    let known = call.session().invoker().map(|invoker| invoker.modules()).unwrap_or_default();
    let fitting = known.iter().filter(|name| fits(pattern, name));
    fitting.map(|name| standing_module(call, name)).collect()
}

/// Takes modules from those that are imported.
pub(crate) fn take_away(call: &mut Call<'_>, gone: &[Value]) {
    let goes = |module: &Value| gone.iter().any(|one| name_of(one) == name_of(module));
    let left = call.session().kept(STANDING).items().into_iter().filter(|module| !goes(module));
    let left: Vec<Value> = left.collect();
    call.session().keep(STANDING, Value::array(left));
}

fn fits(pattern: &str, name: &str) -> bool {
    Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(name))
}
