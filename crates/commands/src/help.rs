//! `Get-Command`, `Get-Help`, `Get-Alias`, `Set-Alias`: what there is, and how it is used.

use crate::declare::{declare, declare_changing};
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{
    Call, Command, CommentHelp, CoreCommand, ErrorRecord, Formal, FunctionEntry, Known, Run, Signature,
};
use object::value::{Text, Typed};
use object::{Object, Value};
use std::any::Any;
use std::sync::Arc;

/// `Get-Command`.
pub(crate) static GET_COMMAND: CoreCommand = CoreCommand::new(
    "Get-Command",
    "GetCommandCommand",
    || {
        declare(
            "Get-Command",
            "AllCommandSet CmdletSet",
            "Name string[] @AllCommandSet 0 | .
             Verb string[] @CmdletSet .
             Noun string[] @CmdletSet .
             Module string[] . =PSSnapin
             CommandType object[] @AllCommandSet . =Type
             TotalCount int
             Syntax switch
             All switch",
        )
    },
    || Box::new(GetCommand),
);

struct GetCommand;

/// A command that was found.
struct Found {
    name: String,
    kind: &'static str,
    source: String,
    definition: String,
    function: Option<Arc<FunctionEntry>>,
}

impl Found {
    fn new(name: impl Into<String>, kind: &'static str) -> Found {
        Found { name: name.into(), kind, source: String::new(), definition: String::new(), function: None }
    }
    fn alias(name: impl Into<String>, meaning: impl Into<String>) -> Found {
        Found { definition: meaning.into(), ..Found::new(name, "Alias") }
    }
    fn function(call: &mut Call<'_>, entry: &Arc<FunctionEntry>) -> Found {
        let source = call.session().module_of(entry).map(|module| module.name().to_string());
        let kind = if entry.block.ast().is_filter { "Filter" } else { "Function" };
        Found {
            function: Some(entry.clone()),
            source: source.unwrap_or_default(),
            ..Found::new(entry.name.to_string(), kind)
        }
    }
    fn core(name: &str) -> Found {
        Found { source: module_of(name).to_owned(), ..Found::new(name, "Cmdlet") }
    }
    fn remote(name: &str, module: &str) -> Found {
        Found { source: module.to_owned(), ..Found::new(name, "Cmdlet") }
    }

    fn signature(&self, call: &mut Call<'_>) -> Option<Arc<Signature>> {
        match &self.function {
            Some(entry) => Some(call.session().signature_of(entry)),
            None if self.kind == "Cmdlet" => match call.session().commands().find(&self.name) {
                Some(core) => Some(core.signature().clone()),
                None => call.session().invoker().and_then(|invoker| invoker.signature(&self.name)),
            },
            None => known(call, &self.name),
        }
    }
}

/// The commands of PowerShell's module `Core`; of the others each verb or noun tells its module.
const CORE: &str = "Add-History Clear-History Enter-PSSession Exit-PSSession Export-ModuleMember ForEach-Object Get-Command \
    Get-Help Get-History Get-Job Get-Module Get-PSSession Get-PSSnapin Import-Module Invoke-Command Invoke-History \
    New-Module New-PSSession New-PSSessionOption Add-PSSnapin Out-Default Out-Host Out-Null Receive-Job Remove-Job \
    Remove-Module Remove-PSSession Set-PSDebug Set-StrictMode Start-Job Stop-Job Wait-Job Where-Object";

/// The module in which PowerShell has a command.
pub(crate) fn module_of(name: &str) -> &'static str {
    if CORE.split_whitespace().any(|known| known.eq_ignore_ascii_case(name)) {
        return "Microsoft.PowerShell.Core";
    }
    let noun = name.split_once('-').map_or("", |(_, noun)| noun).to_ascii_lowercase();
    match noun.as_str() {
        "item" | "childitem" | "itemproperty" | "itempropertyvalue" | "content" | "path" | "location"
        | "psdrive" | "psprovider" | "process" | "service" | "connection" | "computer" | "timezone"
        | "hotfix" | "computerinfo" | "clipboard" | "recyclebin" | "eventlog" | "wmiobject" => {
            "Microsoft.PowerShell.Management"
        }
        "securestring" | "credential" | "acl" | "executionpolicy" | "authenticodesignature" => {
            "Microsoft.PowerShell.Security"
        }
        "transcript" => "Microsoft.PowerShell.Host",
        noun if noun.starts_with("cim") => "CimCmdlets",
        _ => "Microsoft.PowerShell.Utility",
    }
}

/// The commands of these names, in the order in which they are found.
fn by_name(call: &mut Call<'_>, name: &str) -> Vec<Found> {
    let mut found = Vec::new();
    // `Module\Command` is the command of that module.
    let (module, bare) = name.rsplit_once('\\').unwrap_or(("", name));
    let session = call.session();
    if let Some(meaning) = session.find_alias(name) {
        found.push(Found::alias(name, meaning.to_string()));
    }
    if let Some(entry) = session.find_function(bare) {
        found.push(Found::function(call, &entry));
    }
    let session = call.session();
    if let Some(core) = session.commands().find(bare) {
        found.push(Found::core(core.name));
    }
    if let Some(signature) = session.invoker().and_then(|invoker| invoker.signature(bare)) {
        let module = session.invoker().map_or("", |invoker| invoker.module_of(&signature.command));
        found.push(Found::remote(&signature.command, module));
    }
    found.retain(|one| module.is_empty() || one.kind == "Alias" || one.source.eq_ignore_ascii_case(module));
    if found.is_empty() {
        let (folder, full) = (call.session().location().to_owned(), call.session().full_path(name));
        let is_script = name.to_ascii_lowercase().ends_with(".ps1");
        if is_script && call.host().files().info(&full).is_ok() {
            let file = full.rsplit('/').next().unwrap_or(&full).to_owned();
            found.push(Found {
                definition: full.clone(),
                source: full,
                ..Found::new(file, "ExternalScript")
            });
        } else if let Some(path) = call.host().program(name, &folder) {
            let file = path.rsplit('/').next().unwrap_or(&path).to_owned();
            found.push(Found { definition: path.clone(), source: path, ..Found::new(file, "Application") });
        }
    }
    found
}

fn everything(call: &mut Call<'_>) -> Vec<Found> {
    let session = call.session();
    let mut found: Vec<Found> = Vec::new();
    for (alias, meaning) in session.aliases() {
        found.push(Found::alias(alias.to_string(), meaning.to_string()));
    }
    for name in session.function_names() {
        if let Some(entry) = call.session().find_function(&name) {
            found.push(Found::function(call, &entry));
        }
    }
    let session = call.session();
    found.extend(session.commands().names().into_iter().map(Found::core));
    if let Some(invoker) = session.invoker() {
        let names = invoker.names();
        found.extend(names.iter().map(|name| Found::remote(name, invoker.module_of(name))));
    }
    found.sort_by(|a, b| a.kind.cmp(b.kind).then_with(|| dotnet::compare::collate(&a.name, &b.name, true)));
    found
}

/// What `-Verb`, `-Noun`, `-Module` and `-CommandType` want.
struct Wanted {
    names: Vec<String>,
    verbs: Vec<String>,
    nouns: Vec<String>,
    modules: Vec<String>,
    kinds: Vec<String>,
}

fn fits(patterns: &[String], text: &str) -> bool {
    patterns.is_empty()
        || patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|p| p.matches(text)))
}

impl Wanted {
    fn of(call: &Call<'_>) -> Wanted {
        let kinds = call.texts("CommandType");
        let kinds =
            kinds.iter().flat_map(|kinds| kinds.split(',')).map(|kind| kind.trim().to_ascii_lowercase());
        Wanted {
            names: call.texts("Name"),
            verbs: call.texts("Verb"),
            nouns: call.texts("Noun"),
            modules: call.texts("Module"),
            kinds: kinds.collect(),
        }
    }
    /// Whether a command is wanted, whatever its name.
    fn takes(&self, found: &Found) -> bool {
        let (verb, noun) = found.name.split_once('-').unwrap_or((&found.name, ""));
        let by_parts = !self.verbs.is_empty() || !self.nouns.is_empty();
        let kind = |wanted: &String| wanted == "all" || found.kind.eq_ignore_ascii_case(wanted);
        fits(&self.verbs, verb)
            && fits(&self.nouns, noun)
            && fits(&self.modules, &found.source)
            && (self.kinds.is_empty() || self.kinds.iter().any(kind))
            && !(by_parts && found.kind == "Alias")
    }
}

impl Command for GetCommand {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let wanted = Wanted::of(call);
        let most = call.number("TotalCount").map_or(usize::MAX, |n| n.max(0) as usize);
        let all = call.flag("All");
        let mut chosen = Vec::new();
        // Names without a pattern are looked up; only patterns need the list of everything.
        if wanted.names.is_empty() || wanted.names.iter().any(|name| has_wildcards(name)) {
            chosen = everything(call);
            chosen.retain(|found| fits(&wanted.names, &found.name) && wanted.takes(found));
        } else {
            for name in &wanted.names {
                let mut found = by_name(call, name);
                found.retain(|found| wanted.takes(found));
                found.truncate(if all { usize::MAX } else { 1 });
                if found.is_empty() {
                    call.error(unknown(name))?;
                }
                chosen.extend(found);
            }
        }
        chosen.truncate(most);
        for found in chosen {
            if call.flag("Syntax") {
                let text = found.signature(call).map(|signature| syntax(&signature)).unwrap_or_default();
                call.write(text)?;
            } else {
                let made = info(call, &found);
                call.write(made)?;
            }
        }
        Ok(())
    }
}

fn unknown(name: &str) -> ErrorRecord {
    let message = format!(
        "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
    );
    let error = Exception::new("System.Management.Automation.CommandNotFoundException", message)
        .id("CommandNotFoundException");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(name.into())
}

/// A function or alias as `Get-Command` shows it.
pub(crate) fn command_info(call: &mut Call<'_>, name: &str, alias: bool) -> Option<Value> {
    let found = match alias {
        true => Found::alias(name, call.session().find_alias(name)?.to_string()),
        false => {
            let entry = call.session().find_function(name)?;
            Found::function(call, &entry)
        }
    };
    Some(info(call, &found))
}

fn info(call: &mut Call<'_>, found: &Found) -> Value {
    info_behind(call, found, &mut Vec::new())
}

/// The same behind the aliases that led to it: two that stand for each other mean nothing.
fn info_behind(call: &mut Call<'_>, found: &Found, aliases: &mut Vec<String>) -> Value {
    let kind = dotnet::enums::COMMAND_TYPES.parse(found.kind).map(Value::Enum).unwrap_or_default();
    let (verb, noun) = found.name.split_once('-').unwrap_or(("", ""));
    let shown = match found.kind {
        "Alias" => format!("{} -> {}", found.name, found.definition),
        _ => found.name.clone(),
    };
    let signature = found.signature(call);
    let definition = match &found.function {
        Some(entry) => entry.block.inner_text().to_owned(),
        None if found.definition.is_empty() => {
            signature.as_ref().map(|signature| syntax(signature)).unwrap_or_default()
        }
        None => found.definition.clone(),
    };
    let attributes =
        found.function.as_ref().map(|entry| call.session().attributes_of(entry)).unwrap_or_default();
    let parameters =
        signature.as_ref().map(|signature| parameter_table(signature, &attributes)).unwrap_or_default();
    // What an alias stands for in the end.
    let resolved = match found.kind {
        "Alias" => found.definition.clone(),
        _ => found.name.clone(),
    };
    let meant = match found.kind {
        "Alias" => {
            aliases.push(found.name.to_ascii_lowercase());
            let behind = by_name(call, &found.definition).into_iter().next();
            match behind.filter(|behind| !aliases.contains(&behind.name.to_ascii_lowercase())) {
                Some(behind) => info_behind(call, &behind, aliases),
                None => Value::Null,
            }
        }
        _ => Value::from(Object::custom().with("Name", resolved.as_str())),
    };
    let module = found.function.as_ref().and_then(|entry| call.session().module_of(entry));
    let made = Object::named(format!("System.Management.Automation.{}Info", found.kind))
        .with("CommandType", kind)
        .with("Name", found.name.as_str())
        .with("DisplayName", shown)
        .with("Version", "")
        .with("Source", found.source.as_str())
        .with("ModuleName", found.source.as_str())
        .with("Verb", verb)
        .with("Noun", noun)
        .with("Definition", definition)
        .with("Parameters", parameters)
        .with("ResolvedCommandName", resolved)
        .with("ResolvedCommand", meant.clone())
        .with("ReferencedCommand", meant)
        .with("Description", call.session().alias_description(&found.name).to_string());
    if let Some(signature) = &signature {
        made.set(
            "DefaultParameterSet",
            signature.default_set.map_or(Value::Null, |set| signature.set_name(Some(set)).into()),
        );
    }
    let module = match module {
        Some(module) => Value::typed(language::ModuleInfo(module)),
        None => crate::standing_module::standing(call, &found.source).into_iter().next().unwrap_or_default(),
    };
    made.set("Module", module);
    if let Some(entry) = &found.function {
        made.set("ScriptBlock", entry.block.clone().value());
        let (advanced, _, _) = call.session().binding_of(entry);
        made.set("CmdletBinding", advanced);
    }
    if found.kind == "Cmdlet" {
        let class = call.session().commands().find(&found.name).map_or("", |core| core.class);
        let class = if class.is_empty() {
            format!("{}Command", found.name.replace('-', ""))
        } else {
            class.to_owned()
        };
        let of = dotnet::Type::named(&format!("Microsoft.PowerShell.Commands.{class}"));
        made.set("ImplementingType", Value::typed(of));
    }
    if matches!(found.kind, "Application" | "ExternalScript") {
        made.set("Path", found.definition.as_str());
        let extension = found.name.rsplit_once('.').map_or(String::new(), |(_, end)| format!(".{end}"));
        made.set("Extension", extension);
    }
    hide(&made, "BindingFacts", binding_facts(call, found, signature.as_deref()));
    made.into()
}

/// A property that is found by its name and listed nowhere.
fn hide(object: &Object, name: &str, value: Value) {
    let place = Arc::new(dotnet::values::Reference(value.into()));
    object.set(name, Value::typed(dotnet::values::Added::Hidden(place)));
}

/// What `[CommandMetadata]` wants to know of how a command is bound.
fn binding_facts(call: &mut Call<'_>, found: &Found, signature: Option<&Signature>) -> Value {
    let (advanced, asks, no_positions) = match &found.function {
        Some(entry) => call.session().binding_of(entry),
        None => {
            let asks =
                signature.is_some_and(|known| known.formals.iter().any(|formal| formal.is_called("WhatIf")));
            (true, asks, false)
        }
    };
    let set = signature.and_then(|known| known.default_set.map(|set| known.set_name(Some(set)).to_owned()));
    Object::custom()
        .with("WrapsCmdlet", advanced)
        .with("SupportsShouldProcess", asks)
        .with("PositionalBinding", !no_positions)
        .with("DefaultParameterSetName", set.map_or(Value::Null, Value::from))
        .into()
}

/// `.Parameters`: each with its type, aliases, sets, attributes and whether it is a switch.
fn parameter_table(signature: &Signature, attributes: &[(Text, Vec<Value>)]) -> Value {
    let table = object::value::Dictionary::named(
        "System.Collections.Generic.Dictionary`2[System.String,System.Management.Automation.ParameterMetadata]",
        object::value::Keys::IgnoreCase,
    );
    for formal in &signature.formals {
        let aliases =
            list("string", formal.aliases.iter().map(|alias| Value::String(alias.clone())).collect());
        let said = attributes.iter().find(|(name, _)| *name == formal.name);
        let mut own: Vec<Value> =
            formal.uses.iter().map(|used| parameter_attribute(signature, formal, used)).collect();
        own.extend(said.map(|(_, said)| said.clone()).unwrap_or_default());
        let plain = dotnet::Type::named(formal.type_name.trim_end_matches("[]"));
        let of = if formal.many { dotnet::Type::Array(Arc::new(plain), 1) } else { plain };
        let made = Object::named("System.Management.Automation.ParameterMetadata")
            .with("Name", formal.name.to_string())
            .with("ParameterType", Value::typed(of))
            .with("ParameterSets", parameter_sets(signature, formal))
            .with("IsDynamic", false)
            .with("Aliases", aliases)
            .with("Attributes", list("System.Attribute", own))
            .with("SwitchParameter", formal.is_switch());
        table.insert(Value::String(formal.name.clone()), Value::from(made));
    }
    Value::from(table)
}

fn list(of: &str, items: Vec<Value>) -> Value {
    let of = dotnet::Type::parse(of).unwrap_or_else(dotnet::Type::object);
    Value::typed(dotnet::collections::Collection::new(
        dotnet::collections::Flavour::Collection,
        vec![of],
        items,
    ))
}

/// What a parameter without a position says.
const NO_POSITION: i32 = i32::MIN;

fn parameter_attribute(signature: &Signature, formal: &Formal, used: &language::Use) -> Value {
    Object::named("System.Management.Automation.ParameterAttribute")
        .with("Position", used.position.unwrap_or(NO_POSITION))
        .with("ParameterSetName", used.set.map_or("__AllParameterSets", |set| signature.set_name(Some(set))))
        .with("Mandatory", used.mandatory)
        .with("ValueFromPipeline", used.by_value)
        .with("ValueFromPipelineByPropertyName", used.by_name)
        .with("ValueFromRemainingArguments", used.remaining)
        .with("HelpMessage", formal.summary.to_string())
        .with("DontShow", false)
        .into()
}

fn parameter_sets(signature: &Signature, formal: &Formal) -> Value {
    let table = object::value::Dictionary::named(
        "System.Collections.Generic.Dictionary`2[System.String,System.Management.Automation.ParameterSetMetadata]",
        object::value::Keys::IgnoreCase,
    );
    for used in &formal.uses {
        let set = used.set.map_or("__AllParameterSets", |set| signature.set_name(Some(set)));
        let made = Object::named("System.Management.Automation.ParameterSetMetadata")
            .with("IsMandatory", used.mandatory)
            .with("Position", used.position.unwrap_or(NO_POSITION))
            .with("ValueFromPipeline", used.by_value)
            .with("ValueFromPipelineByPropertyName", used.by_name)
            .with("ValueFromRemainingArguments", used.remaining)
            .with("HelpMessage", formal.summary.to_string());
        table.insert(set.into(), made.into());
    }
    Value::from(table)
}

/// The signature of a command, through its aliases.
fn known(call: &mut Call<'_>, name: &str) -> Option<Arc<Signature>> {
    let name = call.session().behind_aliases(name);
    match call.session().known(&name)? {
        Known::Function(signature) | Known::Remote(signature) => Some(signature),
        Known::Core(core) => Some(core.signature().clone()),
        // They stand for each other.
        Known::Alias(_) => None,
    }
}

/// The syntax of a command, a line for each parameter set.
fn syntax(signature: &Signature) -> String {
    let count = signature.sets.len().max(1);
    let lines: Vec<String> = (0..count)
        .map(|set| {
            let set = (!signature.sets.is_empty()).then_some(set);
            let own = signature.formals.iter().filter(|formal| formal.is_own() || changes(formal));
            let mut formals: Vec<(&Formal, Option<i32>, bool)> = own
                .filter_map(|formal| {
                    let used = formal.uses.iter().find(|used| used.set.is_none() || used.set == set)?;
                    Some((formal, used.position, used.mandatory))
                })
                .collect();
            formals.sort_by_key(|(_, position, mandatory)| (position.unwrap_or(i32::MAX), !mandatory));
            let words: Vec<String> = formals
                .iter()
                .map(|(formal, position, mandatory)| word(formal, position.is_some(), *mandatory))
                .collect();
            let common = signature.formals.iter().any(|formal| formal.is_called("Verbose"));
            let words =
                if common { [words, vec!["[<CommonParameters>]".to_owned()]].concat() } else { words };
            format!("\n{} {}", signature.command, words.join(" "))
        })
        .collect();
    format!("{}\n", lines.join("\n"))
}

/// `-WhatIf` and `-Confirm` are shown with a command's own parameters.
fn changes(formal: &Formal) -> bool {
    formal.is_called("WhatIf") || formal.is_called("Confirm")
}

/// A type as a syntax line names it.
fn short(name: &str) -> String {
    let of = dotnet::Type::named(name).accelerator();
    let known = [
        "string",
        "int",
        "long",
        "bool",
        "char",
        "double",
        "byte",
        "datetime",
        "hashtable",
        "scriptblock",
        "securestring",
    ];
    match known.contains(&&*of) {
        true => of.to_string(),
        false => name.rsplit('.').next().unwrap_or(name).to_owned(),
    }
}

fn word(formal: &Formal, positional: bool, mandatory: bool) -> String {
    let name = if positional { format!("[-{}]", formal.name) } else { format!("-{}", formal.name) };
    if formal.is_switch() {
        return if mandatory { format!("-{}", formal.name) } else { format!("[-{}]", formal.name) };
    }
    let of = short(formal.type_name.trim_end_matches("[]"));
    let list = if formal.many { "[]" } else { "" };
    let both = format!("{name} <{of}{list}>");
    if mandatory { both } else { format!("[{both}]") }
}

/// `Get-Help`.
pub(crate) static GET_HELP: CoreCommand = CoreCommand::new(
    "Get-Help",
    "GetHelpCommand",
    || {
        declare(
            "Get-Help",
            "AllUsersView DetailedView Examples Parameters",
            "Name string 0 .
             Full switch @AllUsersView
             Detailed switch @DetailedView !
             Examples switch @Examples !
             Parameter string[] @Parameters !",
        )
    },
    || Box::new(GetHelp),
);

struct GetHelp;

impl Command for GetHelp {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let name = call.text("Name").unwrap_or_else(|| "*".to_owned());
        if has_wildcards(&name) {
            let Ok(pattern) = Wildcard::new(&name) else { return Ok(()) };
            for found in everything(call).into_iter().filter(|found| pattern.matches(&found.name)) {
                let made = Object::custom()
                    .with("Name", found.name)
                    .with("Category", found.kind)
                    .with("Module", found.source);
                call.write(Value::from(made))?;
            }
            return Ok(());
        }
        if let Some((signature, help)) = call.session().comment_help(&name) {
            return of_script(call, &signature, &help);
        }
        let Some(signature) = known(call, &name) else {
            let message = format!("Get-Help could not find {name} in a help file in this session.");
            let error = Exception::new("Microsoft.PowerShell.Commands.HelpNotFoundException", message)
                .id("HelpNotFound");
            return call.error(
                ErrorRecord::new(error.category(Category::ResourceUnavailable)).with_target(name.into()),
            );
        };
        let text =
            if call.is_given("Parameter") { parameters(call, &signature) } else { page(call, &signature) };
        call.write(text)
    }
}

/// The help of a function or script file.
fn of_script(call: &mut Call<'_>, signature: &Signature, help: &CommentHelp) -> Run {
    call.session().show_progress(&dotnet::host::Progress {
        parent: -1,
        activity: "Get-Help".to_owned(),
        status: "Completed".to_owned(),
        percent: -1,
        seconds: -1,
        completed: true,
        ..dotnet::host::Progress::default()
    });
    let explained = |formal: &Formal| {
        let text = help.parameter(&formal.name).map_or_else(|| formal.summary.to_string(), str::to_owned);
        let required = if formal.is_mandatory_somewhere() { "true" } else { "false" };
        let made = Object::named("MamlCommandHelpInfo#parameter")
            .with("name", formal.name.clone())
            .with("description", paragraphs(&text))
            .with("required", required);
        (text, Value::from(made))
    };
    if call.is_given("Parameter") {
        let patterns: Vec<Wildcard> =
            call.texts("Parameter").iter().filter_map(|pattern| Wildcard::new(pattern).ok()).collect();
        let mut own = signature.formals.iter().filter(|formal| formal.is_own());
        return own.try_for_each(|formal| {
            let wanted = patterns.iter().any(|pattern| pattern.matches(&formal.name));
            if wanted { call.write(explained(formal).1) } else { Ok(()) }
        });
    }
    let shown = syntax(signature);
    let synopsis = help.section("SYNOPSIS").map_or_else(|| shown.clone(), str::to_owned);
    let mut page = section("NAME", &signature.command);
    if let Some(synopsis) = help.section("SYNOPSIS") {
        page.push_str(&section("SYNOPSIS", synopsis));
    }
    page.push_str(&format!("\nSYNTAX{}\n", shown.replace('\n', "\n    ")));
    if let Some(text) = help.section("DESCRIPTION") {
        page.push_str(&section("DESCRIPTION", text));
    }
    if call.flag("Full") || call.flag("Detailed") {
        page.push_str("\nPARAMETERS\n");
        for formal in signature.formals.iter().filter(|formal| formal.is_own()) {
            let text = explained(formal).0;
            page.push_str(&parameter(&Formal { summary: text.into(), ..formal.clone() }));
        }
    }
    let examples: Vec<&(String, String, String)> =
        help.0.iter().filter(|(word, ..)| word == "EXAMPLE").collect();
    if ["Examples", "Full", "Detailed"].iter().any(|name| call.flag(name)) {
        for (at, (.., text)) in examples.iter().enumerate() {
            page.push_str(&section(&format!("EXAMPLE {}", at + 1), text));
        }
    }
    let parameters =
        signature.formals.iter().filter(|formal| formal.is_own()).map(|formal| explained(formal).1);
    let members = vec![
        ("Name", Value::String(signature.command.clone())),
        ("Category", "Function".into()),
        ("Synopsis", synopsis.into()),
        ("description", paragraphs(help.section("DESCRIPTION").unwrap_or_default())),
        ("parameters", Object::custom().with("parameter", Value::array(parameters)).into()),
        ("examples", Value::array(examples.iter().map(|(.., text)| Value::from(text.as_str())))),
        ("alertSet", help.section("NOTES").map_or(Value::Null, Value::from)),
        ("Component", help.section("COMPONENT").map_or(Value::Null, Value::from)),
        ("Role", help.section("ROLE").map_or(Value::Null, Value::from)),
    ];
    call.write(Value::typed(Page { text: page, members }))
}

/// Text as help has it: a list of paragraphs.
fn paragraphs(text: &str) -> Value {
    let one = Object::named("MamlParaTextItem").with("Text", text);
    Value::array((!text.is_empty()).then(|| Value::from(one)))
}

/// A page of help: shown as its text, and asked for its parts by scripts.
struct Page {
    text: String,
    members: Vec<(&'static str, Value)>,
}

impl Typed for Page {
    fn type_name(&self) -> Text {
        "MamlCommandHelpInfo".into()
    }
    fn text(&self) -> String {
        self.text.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn is_text(&self) -> bool {
        true
    }
    fn member(&self, name: &str) -> Option<Value> {
        let found = self.members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.clone())
    }
    fn member_names(&self) -> &'static [&'static str] {
        &[
            "Name",
            "Category",
            "Synopsis",
            "description",
            "parameters",
            "examples",
            "alertSet",
            "Component",
            "Role",
        ]
    }
}

fn page(call: &mut Call<'_>, signature: &Signature) -> String {
    let known = call.session().invoker().and_then(|invoker| invoker.declaration(&signature.command));
    let mut text = section("NAME", &signature.command);
    if let Some(known) = &known {
        text.push_str(&section("SYNOPSIS", &known.synopsis));
    }
    if !call.flag("Examples") {
        text.push_str(&format!("\nSYNTAX{}\n", syntax(signature).replace('\n', "\n    ")));
        let notes = known.as_ref().map_or("", |known| &*known.notes);
        if !notes.is_empty() {
            text.push_str(&section("NOTES", notes));
        }
    }
    if call.flag("Full") || call.flag("Detailed") {
        text.push_str("\nPARAMETERS\n");
        for formal in signature.formals.iter().filter(|formal| formal.is_own()) {
            text.push_str(&parameter(formal));
        }
    }
    let examples = known.as_ref().map_or(&[][..], |known| &known.examples);
    match (examples.is_empty(), ["Examples", "Full", "Detailed"].iter().any(|name| call.flag(name))) {
        (true, _) => {}
        (false, true) => {
            for (at, example) in examples.iter().enumerate() {
                let title = format!("EXAMPLE {}", at + 1);
                text.push_str(&section(&title, &format!("{}\nPS> {}", example.about, example.command)));
            }
        }
        // Whoever does not know the command yet reads one page first.
        (false, false) => {
            let more = format!(
                "Get-Help {0} -Examples shows examples, Get-Help {0} -Full everything.",
                signature.command
            );
            text.push_str(&section("REMARKS", &more));
        }
    }
    let width = call.host().width().unwrap_or(WIDTH_UNKNOWN);
    text.split_inclusive('\n').map(|line| broken(line, width)).collect()
}

/// The width of a page that no terminal shows.
const WIDTH_UNKNOWN: usize = 120;

/// A line that is wider than the page, broken between words; what follows keeps its indent.
fn broken(line: &str, width: usize) -> String {
    let columns = |text: &str| text.chars().count();
    if columns(line.trim_end()) < width {
        return line.to_owned();
    }
    let indent = &line[..line.len() - line.trim_start().len()];
    let (mut made, mut at) = (String::new(), 0);
    for word in line.trim().split(' ') {
        if at > 0 && at + 1 + columns(word) >= width {
            made.push('\n');
            at = 0;
        }
        let before = if at == 0 { indent } else { " " };
        made.push_str(before);
        made.push_str(word);
        at += columns(before) + columns(word);
    }
    made.push('\n');
    made
}

/// A part of a page: its title, and its lines indented.
fn section(title: &str, body: &str) -> String {
    let lines: String = body.lines().map(|line| format!("    {line}\n")).collect();
    format!("\n{title}\n{lines}")
}

fn parameters(call: &mut Call<'_>, signature: &Signature) -> String {
    let patterns: Vec<Wildcard> =
        call.texts("Parameter").iter().filter_map(|pattern| Wildcard::new(pattern).ok()).collect();
    let fitting = signature
        .formals
        .iter()
        .filter(|formal| patterns.iter().any(|pattern| pattern.matches(&formal.name)));
    fitting.map(parameter).collect()
}

fn parameter(formal: &Formal) -> String {
    let of = formal.type_name.rsplit('.').next().unwrap_or(&formal.type_name).trim_end_matches("[]");
    let list = if formal.many { "[]" } else { "" };
    let mut text = format!("\n-{} <{of}{list}>\n", formal.name);
    if !formal.summary.is_empty() {
        text.push_str(&format!("    {}\n", formal.summary));
    }
    let position = formal
        .uses
        .iter()
        .find_map(|used| used.position)
        .map_or_else(|| "named".to_owned(), |at| at.to_string());
    text.push_str(&format!(
        "    Required?  {}\n    Position?  {position}\n",
        formal.is_mandatory_somewhere()
    ));
    if !formal.aliases.is_empty() {
        text.push_str(&format!("    Aliases    {}\n", formal.aliases.join(", ")));
    }
    text
}

/// `Get-Alias`.
pub(crate) static GET_ALIAS: CoreCommand = CoreCommand::new(
    "Get-Alias",
    "GetAliasCommand",
    || {
        declare(
            "Get-Alias",
            "Default Definition",
            "Name string[] @Default 0 | .\nExclude string[]\nDefinition string[] @Definition",
        )
    },
    || Box::new(GetAlias),
);

struct GetAlias;

impl Command for GetAlias {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (names, meanings) = (call.texts("Name"), call.texts("Definition"));
        let excluded = call.texts("Exclude");
        let fits = |patterns: &[String], text: &str| {
            patterns.is_empty()
                || patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|p| p.matches(text)))
        };
        let mut all: Vec<Found> =
            everything(call).into_iter().filter(|found| found.kind == "Alias").collect();
        // Names that were written out come in that order.
        let plain: Vec<&String> = names.iter().filter(|name| !has_wildcards(name)).collect();
        let asked = |found: &Found| plain.iter().position(|name| name.eq_ignore_ascii_case(&found.name));
        all.sort_by_key(asked);
        for found in all {
            let out = !excluded.is_empty() && fits(&excluded, &found.name);
            if fits(&names, &found.name) && fits(&meanings, &found.definition) && !out {
                let made = info(call, &found);
                call.write(made)?;
            }
        }
        for name in names.iter().filter(|name| !has_wildcards(name)) {
            if call.session().find_alias(name).is_none() {
                let message = format!(
                    "This command cannot find a matching alias because an alias with the name '{name}' does not exist."
                );
                let error = Exception::new("System.Management.Automation.ItemNotFoundException", message)
                    .id("ItemNotFoundException");
                call.error(
                    ErrorRecord::new(error.category(Category::ObjectNotFound))
                        .with_target(name.as_str().into()),
                )?;
            }
        }
        Ok(())
    }
}

/// `Set-Alias`: makes an alias or changes it.
pub(crate) static SET_ALIAS: CoreCommand = CoreCommand::new(
    "Set-Alias",
    "SetAliasCommand",
    || declare_changing("Set-Alias", "", ALIAS),
    || Box::new(SetAlias { create: false }),
);

/// `New-Alias`: makes an alias that is not there yet.
pub(crate) static NEW_ALIAS: CoreCommand = CoreCommand::new(
    "New-Alias",
    "NewAliasCommand",
    || declare_changing("New-Alias", "", ALIAS),
    || Box::new(SetAlias { create: true }),
);

const ALIAS: &str = "Name string 0 ! .
     Value string 1 ! .
     Description string
     Option object
     Force switch
     PassThru switch
     Scope string";

struct SetAlias {
    create: bool,
}

impl Command for SetAlias {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (name, meaning) = (call.text("Name").unwrap_or_default(), call.text("Value").unwrap_or_default());
        let read_only = match call.text("Option").as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("none" | "allscope") => false,
            Some("readonly" | "readonly, allscope" | "readonly,allscope") => true,
            Some(other) => {
                let message = format!(
                    "-Option {other} is not supported for aliases in this version: use ReadOnly or None."
                );
                return Err(Exception::runtime("NotSupported", message)
                    .category(Category::NotImplemented)
                    .into());
            }
        };
        let scope = call.text("Scope").unwrap_or_else(|| "Local".to_owned());
        let scope = call.session().scope_named(&scope)?;
        if let Some(refusal) = self.refusal(call, &name) {
            return call.error(refusal.with_target(name.as_str().into()));
        }
        let action = if self.create { "New Alias" } else { "Set Alias" };
        if !call.should(&format!("Name: {name} Value: {meaning}"), action, false)? {
            return Ok(());
        }
        call.session().set_alias_in(scope, &name, &meaning);
        let description = call.text("Description").unwrap_or_default();
        call.session().describe_alias(&name, read_only, &description);
        if !call.flag("PassThru") {
            return Ok(());
        }
        let found = Found::alias(name, meaning);
        let made = info(call, &found);
        call.write(made)
    }
}

impl SetAlias {
    /// Why the alias cannot be made, if it cannot.
    fn refusal(&self, call: &mut Call<'_>, name: &str) -> Option<ErrorRecord> {
        let forced = call.flag("Force");
        if self.create && !forced && call.session().find_alias(name).is_some() {
            let message =
                format!("The alias is not allowed, because an alias with the name '{name}' already exists.");
            let error = Exception::new("System.Management.Automation.SessionStateException", message);
            return Some(error.id("AliasAlreadyExists").category(Category::ResourceExists).into());
        }
        if !forced && call.session().alias_is_read_only(name) {
            let message = format!(
                "Alias is not writeable because alias {name} is read-only or constant and cannot be written to."
            );
            let kind = "System.Management.Automation.SessionStateUnauthorizedAccessException";
            let error = Exception::new(kind, message).id("AliasNotWritable");
            return Some(error.category(Category::WriteError).into());
        }
        None
    }
}
