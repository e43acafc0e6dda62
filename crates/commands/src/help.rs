//! `Get-Command`, `Get-Help`, `Get-Alias`, `Set-Alias`: what there is, and how it is used.

use crate::declare::{declare, declare_changing};
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CommentHelp, CoreCommand, ErrorRecord, Formal, Known, Run, Signature};
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
    source: &'static str,
    definition: String,
}

/// The commands of these names, in the order in which they are found; with `-All` those behind them, too.
fn by_names(call: &mut Call<'_>, names: &[String]) -> Vec<Found> {
    let all = call.flag("All");
    let mut found = Vec::new();
    for name in names {
        let mut of_name = Vec::new();
        let session = call.session();
        if let Some(meaning) = session.find_alias(name) {
            let definition = meaning.to_string();
            of_name.push(Found { name: name.clone(), kind: "Alias", source: "", definition });
        }
        if let Some(entry) = session.find_function(name) {
            let name = entry.name.to_string();
            of_name.push(Found { name, kind: "Function", source: "", definition: String::new() });
        }
        if let Some(core) = session.commands().find(name) {
            let source = "Microsoft.PowerShell.Utility";
            let name = core.name.to_owned();
            of_name.push(Found { name, kind: "Cmdlet", source, definition: String::new() });
        }
        if let Some(signature) = session.invoker().and_then(|invoker| invoker.signature(name)) {
            let name = signature.command.to_string();
            of_name.push(Found { name, kind: "Cmdlet", source: "Mailstead", definition: String::new() });
        }
        of_name.truncate(if all { usize::MAX } else { 1 });
        found.extend(of_name);
    }
    found
}

fn everything(call: &mut Call<'_>) -> Vec<Found> {
    let session = call.session();
    let mut found = Vec::new();
    for (alias, meaning) in session.aliases() {
        found.push(Found {
            name: alias.to_string(),
            kind: "Alias",
            source: "",
            definition: meaning.to_string(),
        });
    }
    for name in session.function_names() {
        found.push(Found { name: name.to_string(), kind: "Function", source: "", definition: String::new() });
    }
    for name in session.commands().names() {
        found.push(Found {
            name: name.to_owned(),
            kind: "Cmdlet",
            source: "Microsoft.PowerShell.Utility",
            definition: String::new(),
        });
    }
    let remote = session.invoker().map(|invoker| invoker.names()).unwrap_or_default();
    found.extend(remote.into_iter().map(|name| Found {
        name,
        kind: "Cmdlet",
        source: "Mailstead",
        definition: String::new(),
    }));
    found.sort_by(|a, b| a.kind.cmp(b.kind).then_with(|| dotnet::compare::collate(&a.name, &b.name, true)));
    found
}

impl Command for GetCommand {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let (names, verbs, nouns) = (call.texts("Name"), call.texts("Verb"), call.texts("Noun"));
        let modules = call.texts("Module");
        let kinds: Vec<String> =
            call.texts("CommandType").iter().map(|kind| kind.to_ascii_lowercase()).collect();
        let fits = |patterns: &[String], text: &str| {
            patterns.is_empty()
                || patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|p| p.matches(text)))
        };
        let most = call.number("TotalCount").map_or(usize::MAX, |n| n.max(0) as usize);
        let mut written = 0;
        // Names without a pattern are looked up; only patterns need the list of everything.
        let direct = !names.is_empty() && !names.iter().any(|name| has_wildcards(name));
        let candidates = if direct { by_names(call, &names) } else { everything(call) };
        for found in candidates {
            let (verb, noun) = found.name.split_once('-').unwrap_or((&found.name, ""));
            if !fits(&names, &found.name) || !fits(&verbs, verb) || !fits(&nouns, noun) || written >= most {
                continue;
            }
            if !kinds.is_empty()
                && !kinds.iter().any(|kind| kind == "all" || found.kind.eq_ignore_ascii_case(kind))
            {
                continue;
            }
            if (!verbs.is_empty() || !nouns.is_empty()) && found.kind == "Alias" {
                continue;
            }
            if !fits(&modules, found.source) {
                continue;
            }
            written += 1;
            if call.flag("Syntax") {
                let text = known(call, &found.name).map(|signature| syntax(&signature)).unwrap_or_default();
                call.write(text)?;
            } else {
                let made = info(call, &found);
                call.write(made)?;
            }
        }
        for name in names.iter().filter(|name| !has_wildcards(name)) {
            if call.session().known(name).is_none() {
                let message = format!(
                    "The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\nCheck the spelling of the name, or if a path was included, verify that the path is correct and try again."
                );
                let error = Exception::new("System.Management.Automation.CommandNotFoundException", message)
                    .id("CommandNotFoundException");
                call.error(
                    ErrorRecord::new(error.category(Category::ObjectNotFound))
                        .with_target(name.as_str().into()),
                )?;
            }
        }
        Ok(())
    }
}

/// A function or alias as `Get-Command` shows it.
pub(crate) fn command_info(call: &mut Call<'_>, name: &str, alias: bool) -> Option<Value> {
    let kind = if alias { "Alias" } else { "Function" };
    let definition = if alias { call.session().find_alias(name)?.to_string() } else { String::new() };
    let name = match alias {
        true => name.to_owned(),
        false => call.session().find_function(name)?.name.to_string(),
    };
    Some(info(call, &Found { name, kind, source: "", definition }))
}

fn info(call: &mut Call<'_>, found: &Found) -> Value {
    let number = match found.kind {
        "Alias" => 1,
        "Function" => 2,
        _ => 8,
    };
    let kind = Value::Enum(object::types::EnumValue { of: &dotnet::enums::COMMAND_TYPES, number });
    let (verb, noun) = found.name.split_once('-').unwrap_or(("", ""));
    let shown = if found.kind == "Alias" {
        format!("{} -> {}", found.name, found.definition)
    } else {
        found.name.clone()
    };
    let block = (found.kind == "Function")
        .then(|| call.session().find_function(&found.name).map(|entry| entry.block.clone()))
        .flatten();
    let definition = if let Some(block) = &block {
        block.inner_text().to_owned()
    } else if found.definition.is_empty() {
        known(call, &found.name).map(|signature| syntax(&signature)).unwrap_or_default()
    } else {
        found.definition.clone()
    };
    let parameters =
        known(call, &found.name).map(|signature| parameter_table(&signature)).unwrap_or_default();
    // What an alias stands for in the end.
    let resolved = match found.kind {
        "Alias" => found.definition.clone(),
        _ => found.name.clone(),
    };
    let named = |name: &str| Value::from(Object::custom().with("Name", name));
    Object::named(format!("System.Management.Automation.{}Info", found.kind))
        .with("CommandType", kind)
        .with("Name", found.name.as_str())
        .with("DisplayName", shown)
        .with("Version", "")
        .with("Source", found.source)
        .with("ModuleName", found.source)
        .with("Verb", verb)
        .with("Noun", noun)
        .with("Definition", definition)
        .with("Parameters", parameters)
        .with("ResolvedCommandName", resolved.clone())
        .with("ResolvedCommand", named(&resolved))
        .with("ReferencedCommand", named(&resolved))
        .with("Description", call.session().alias_description(&found.name).to_string())
        .with("ScriptBlock", block.map_or(Value::Null, language::Block::value))
        .into()
}

/// `.Parameters`: each with its type, aliases and whether it is a switch.
fn parameter_table(signature: &Signature) -> Value {
    let table = object::value::Dictionary::new();
    for formal in &signature.formals {
        let aliases = Value::array(formal.aliases.iter().map(|alias| Value::String(alias.clone())));
        let made = Object::named("System.Management.Automation.ParameterMetadata")
            .with("Name", formal.name.to_string())
            .with("ParameterType", Value::typed(dotnet::Type::named(&formal.type_name)))
            .with("Aliases", aliases)
            .with("SwitchParameter", formal.is_switch());
        table.insert(Value::String(formal.name.clone()), Value::from(made));
    }
    Value::from(table)
}

/// The signature of a command, through its aliases.
fn known(call: &mut Call<'_>, name: &str) -> Option<Arc<Signature>> {
    match call.session().known(name)? {
        Known::Function(signature) | Known::Remote(signature) => Some(signature),
        Known::Core(core) => Some(core.signature().clone()),
        Known::Alias(meaning) => known(call, &meaning),
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
        // An alias belongs to the whole session, which -Scope Global says too.
        if let Some(scope) = call.text("Scope").filter(|scope| !scope.eq_ignore_ascii_case("global")) {
            let message = format!(
                "-Scope {scope} is not supported for aliases in this version: they belong to the whole session (-Scope Global)."
            );
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        if let Some(refusal) = self.refusal(call, &name) {
            return call.error(refusal.with_target(name.as_str().into()));
        }
        let action = if self.create { "New Alias" } else { "Set Alias" };
        if !call.should(&format!("Name: {name} Value: {meaning}"), action, false)? {
            return Ok(());
        }
        call.session().set_alias(&name, &meaning);
        let description = call.text("Description").unwrap_or_default();
        call.session().describe_alias(&name, read_only, &description);
        if !call.flag("PassThru") {
            return Ok(());
        }
        let found = Found { name, kind: "Alias", source: "", definition: meaning };
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
