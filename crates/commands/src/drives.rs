//! The session's own drives, `variable:`, `function:`, `alias:` and `env:`, as items with content; `Get-PSDrive`,
//! `New-PSDrive`, `Remove-PSDrive`, `Set-Item`.

use crate::declare::{declare, declare_changing};
use crate::missing::{missing, not_supported};
use crate::variable::stays;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Block, Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// A drive of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drive {
    Alias,
    Env,
    Function,
    Variable,
}

const DRIVES: [(Drive, &str, &str); 4] = [
    (Drive::Alias, "Alias", "Alias"),
    (Drive::Env, "Env", "Environment"),
    (Drive::Function, "Function", "Function"),
    (Drive::Variable, "Variable", "Variable"),
];

/// The drive that a path begins with, and the name behind it.
pub(crate) fn split(path: &str) -> Option<(Drive, &str)> {
    DRIVES.iter().find_map(|(drive, name, _)| Some((*drive, behind(path, name)?)))
}

/// The rest of a path that begins with a drive of the session itself.
pub(crate) fn behind<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (drive, rest) = path.split_once(':')?;
    drive.eq_ignore_ascii_case(name).then(|| rest.trim_start_matches(['/', '\\']))
}

impl Drive {
    fn name(self) -> &'static str {
        DRIVES.iter().find(|(drive, _, _)| *drive == self).map_or("", |(_, name, _)| name)
    }

    /// The path of an item of it.
    pub(crate) fn path(self, name: &str) -> String {
        format!("{}:/{name}", self.name())
    }

    /// Takes an item away, unless it is a variable that stays, which is then reported. Tells whether it is gone.
    pub(crate) fn remove(self, call: &mut Call<'_>, path: &str) -> Run<bool> {
        match self {
            Drive::Alias => call.session().remove_alias(path),
            Drive::Env => call.host().set_variable(path, None),
            Drive::Function => drop(call.session().remove_function(path)),
            Drive::Variable => {
                let (scope, name) = scope_and_name(path);
                let at = match scope {
                    Some(scope) => call.session().scope_named(scope)?,
                    None => call.session().scope_of(name),
                };
                if stays(call, at, name)? {
                    return Ok(false);
                }
                call.session().remove_variable_in(at, name);
            }
        }
        Ok(true)
    }

    /// The names of its items.
    fn names(self, call: &mut Call<'_>) -> Vec<String> {
        let texts =
            |names: Vec<object::value::Text>| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut names = match self {
            Drive::Alias => call.session().aliases().into_iter().map(|(name, _)| name.to_string()).collect(),
            Drive::Env => call.host().variables().into_iter().map(|(name, _)| name).collect(),
            Drive::Function => texts(call.session().function_names()),
            Drive::Variable => texts(call.session().variable_names()),
        };
        names.sort_by_key(|name| name.to_lowercase());
        names
    }

    /// What an item holds; `None`: there is none of that name.
    fn held(self, call: &mut Call<'_>, name: &str) -> Option<Value> {
        match self {
            Drive::Alias => call.session().find_alias(name).map(Value::String),
            Drive::Env => call.host().variable(name).map(Value::from),
            Drive::Function => call.session().find_function(name).map(|entry| entry.block.clone().value()),
            Drive::Variable => call.session().find_variable(scope_and_name(name).1),
        }
    }

    /// An item as scripts see it.
    fn item(self, call: &mut Call<'_>, name: &str) -> Option<Value> {
        let held = self.held(call, name)?;
        let name = self
            .names(call)
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name))
            .unwrap_or_else(|| name.to_owned());
        let made = match self {
            Drive::Env => Object::named("System.Collections.DictionaryEntry")
                .with("Name", name.as_str())
                .with("Key", name.as_str())
                .with("Value", held),
            Drive::Variable => Object::named("System.Management.Automation.PSVariable")
                .with("Name", name.as_str())
                .with("Value", held),
            Drive::Function | Drive::Alias => {
                let asked = crate::help::command_info(call, &name, self == Drive::Alias);
                return asked.or(Some(held));
            }
        };
        Some(made.into())
    }

    /// Gives an item a value.
    fn set(self, call: &mut Call<'_>, name: &str, value: Value) -> Run {
        let text = dotnet::text::to_text(&value, call.session().locale());
        match self {
            Drive::Alias => call.session().set_alias(name, &text),
            Drive::Env => call.host().set_variable(name, (!text.is_empty()).then_some(&text)),
            Drive::Variable => return set_variable(call, name, value),
            Drive::Function => {
                let block = match Block::of(&value) {
                    Some(block) => block.clone(),
                    None => call.session().parse_block(&text)?,
                };
                call.session().define_function(name, block);
            }
        }
        Ok(())
    }
}

/// The items that a path on a session's drive means; a name without a pattern that is not there is reported.
pub(crate) fn named(call: &mut Call<'_>, drive: Drive, name: &str) -> Run<Vec<String>> {
    if has_wildcards(name) || name.is_empty() {
        let pattern = Wildcard::new(if name.is_empty() { "*" } else { name }).ok();
        let fits = |known: &String| pattern.as_ref().is_some_and(|pattern| pattern.matches(known));
        return Ok(drive.names(call).into_iter().filter(fits).collect());
    }
    if drive.held(call, name).is_some() {
        return Ok(vec![name.to_owned()]);
    }
    call.error(missing(call, &drive.path(name)))?;
    Ok(Vec::new())
}

/// What the item of a path on a session's drive holds; `None`: there is none.
pub(crate) fn held_of_path(call: &mut Call<'_>, path: &str) -> Option<Value> {
    let (drive, name) = split(path)?;
    drive.held(call, name)
}

/// Writes the items that literal paths on session's drives mean.
pub(crate) fn literal_items(call: &mut Call<'_>) -> Run {
    literal(call, Drive::item, |call, item| call.write(item))
}

/// Writes what is read of the items that literal paths mean; what is not there is reported.
fn literal(
    call: &mut Call<'_>,
    read: fn(Drive, &mut Call<'_>, &str) -> Option<Value>,
    write: fn(&mut Call<'_>, Value) -> Run,
) -> Run {
    for path in call.texts("LiteralPath") {
        let Some((drive, name)) = split(&path) else { continue };
        match read(drive, call, name) {
            Some(found) => write(call, found)?,
            None => call.error(missing(call, &drive.path(name)))?,
        }
    }
    Ok(())
}

/// Writes the items that paths on session's drives mean, and gives the other paths back.
pub(crate) fn items(call: &mut Call<'_>, paths: Vec<String>) -> Run<Vec<String>> {
    let mut others = Vec::new();
    for path in paths {
        let Some((drive, name)) = split(&path) else {
            others.push(path);
            continue;
        };
        for name in named(call, drive, name)? {
            if let Some(item) = drive.item(call, &name) {
                call.write(item)?;
            }
        }
    }
    Ok(others)
}

/// Writes the content of a path on a session's drive; `false`: it is none.
pub(crate) fn content(call: &mut Call<'_>, path: &str) -> Run<bool> {
    let Some((drive, name)) = split(path) else { return Ok(false) };
    for name in named(call, drive, name)? {
        let held = drive.held(call, &name).unwrap_or_default();
        call.write_all(held)?;
    }
    Ok(true)
}

/// Writes the content of literal paths on session's drives.
pub(crate) fn literal_content(call: &mut Call<'_>) -> Run {
    literal(call, Drive::held, |call, held| call.write_all(held))
}

/// Sets the content of a path on a session's drive; `false`: it is none.
pub(crate) fn set_content(call: &mut Call<'_>, path: &str, value: Value) -> Run<bool> {
    let Some((drive, name)) = split(path).map(|(drive, name)| (drive, name.to_owned())) else {
        return Ok(false);
    };
    drive.set(call, &name, value)?;
    Ok(true)
}

/// `global:x`: the scope that a variable's path names, and the name behind it.
fn scope_and_name(path: &str) -> (Option<&str>, &str) {
    match path.split_once(':') {
        Some((scope, name)) => (Some(scope), name),
        None => (None, path),
    }
}

fn set_variable(call: &mut Call<'_>, path: &str, value: Value) -> Run {
    let (scope, name) = scope_and_name(path);
    match scope {
        Some(scope) => {
            let scope = call.session().scope_named(scope)?;
            call.session().set_variable_in(scope, name, value, false)
        }
        None => call.session().set_variable(name, value),
    }
}

/// Whether something is there, where the path is on a session's drive.
pub(crate) fn is_there(call: &mut Call<'_>, path: &str) -> Option<bool> {
    let (drive, name) = split(path).map(|(drive, name)| (drive, name.to_owned()))?;
    if name.is_empty() {
        return Some(true);
    }
    if has_wildcards(&name) {
        let pattern = Wildcard::new(&name).ok()?;
        return Some(drive.names(call).iter().any(|known| pattern.matches(known)));
    }
    Some(drive.held(call, &name).is_some())
}

/// `Set-Item`.
pub(crate) static SET_ITEM: CoreCommand = CoreCommand::new(
    "Set-Item",
    "SetItemCommand",
    || {
        declare_changing(
            "Set-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Value object 1 | .
             Force switch
             PassThru switch",
        )
    },
    || Box::new(SetItem),
);

struct SetItem;

impl Command for SetItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let value = call.value("Value").cloned().unwrap_or_default();
        let mut paths = call.texts("Path");
        paths.extend(call.texts("LiteralPath"));
        for path in paths {
            if let Some((Drive::Alias, name)) = split(&path)
                && call.session().alias_is_read_only(name)
                && !call.flag("Force")
            {
                call.error(read_only(name))?;
                continue;
            }
            if !call.should(&path, "Set Item", false)? {
                continue;
            }
            if !set_content(call, &path, value.clone())? {
                return Err(not_supported().into());
            }
            if call.flag("PassThru") {
                items(call, vec![path])?;
            }
        }
        Ok(())
    }
}

pub(crate) fn read_only(name: &str) -> ErrorRecord {
    let message = format!(
        "Alias is not writeable because alias {name} is read-only or constant and cannot be written to."
    );
    let kind = "System.Management.Automation.SessionStateUnauthorizedAccessException";
    let error = Exception::new(kind, message).id("AliasNotWritable").category(Category::WriteError);
    ErrorRecord::new(error).with_target(name.into())
}

/// `Get-PSDrive`.
pub(crate) static GET_PSDRIVE: CoreCommand = CoreCommand::new(
    "Get-PSDrive",
    "GetPSDriveCommand",
    || {
        declare(
            "Get-PSDrive",
            "Name LiteralName",
            "Name string[] @Name 0 .\nLiteralName string[] @LiteralName 0 ! .\nScope string .\nPSProvider string[] .",
        )
    },
    || Box::new(GetDrive),
);

struct GetDrive;

/// Drives that scripts made stand under this name between calls.
const MADE: &str = "PSDrive";

fn shown(name: &str, provider: &str, root: &str) -> Value {
    Object::named("System.Management.Automation.PSDriveInfo")
        .with("Name", name)
        .with("Provider", provider)
        .with("Root", root)
        .with("CurrentLocation", "")
        .with("Description", "")
        .into()
}

impl Command for GetDrive {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.is_given("Scope") {
            call.verbose("Drives are the session's: every scope has the same.")?;
        }
        let all = all_drives(call);
        let mut wanted = call.texts("Name");
        let literal = call.texts("LiteralName");
        wanted.extend(literal);
        let providers = call.texts("PSProvider");
        let fits = |patterns: &[String], text: &str| {
            patterns.is_empty()
                || patterns
                    .iter()
                    .any(|pattern| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(text)))
        };
        for name in wanted.iter().filter(|name| !has_wildcards(name)) {
            if !all.iter().any(|drive| property(drive, "Name").eq_ignore_ascii_case(name)) {
                call.error(no_drive(name))?;
            }
        }
        for drive in all {
            if fits(&wanted, &property(&drive, "Name")) && fits(&providers, &property(&drive, "Provider")) {
                call.write(drive)?;
            }
        }
        Ok(())
    }
}

fn property(drive: &Value, name: &str) -> String {
    match drive {
        Value::Object(object) => object.get(name).map(|held| held.to_string()).unwrap_or_default(),
        _ => String::new(),
    }
}

fn no_drive(name: &str) -> ErrorRecord {
    let message = format!("Cannot find drive. A drive with the name '{name}' does not exist.");
    let error = Exception::new("System.Management.Automation.DriveNotFoundException", message)
        .id("GetLocationNoMatchingDrive")
        .category(Category::ObjectNotFound);
    ErrorRecord::new(error).with_target(name.into())
}

/// `Get-PSProvider`.
pub(crate) static GET_PSPROVIDER: CoreCommand = CoreCommand::new(
    "Get-PSProvider",
    "GetPSProviderCommand",
    || declare("Get-PSProvider", "", "PSProvider string[] 0 | ."),
    || Box::new(GetProvider),
);

struct GetProvider;

/// What each kind of drive can do besides its items, as PowerShell says it.
fn capabilities(provider: &str) -> &'static str {
    match provider {
        "FileSystem" => "Filter, ShouldProcess, Credentials",
        _ => "ShouldProcess",
    }
}

impl Command for GetProvider {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let drives = all_drives(call);
        let known = ["Alias", "Environment", "FileSystem", "Function", "Variable"];
        let wanted = call.texts("PSProvider");
        for name in wanted.iter().filter(|name| !has_wildcards(name)) {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                let message = format!("Cannot find a provider with the name '{name}'.");
                let error = Exception::new("System.Management.Automation.ProviderNotFoundException", message)
                    .id("ProviderNotFound")
                    .category(Category::ObjectNotFound);
                call.error(ErrorRecord::new(error).with_target(name.as_str().into()))?;
            }
        }
        for provider in known {
            let like =
                |pattern: &String| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(provider));
            if !wanted.is_empty() && !wanted.iter().any(like) {
                continue;
            }
            let own = drives.iter().filter(|drive| property(drive, "Provider") == provider);
            let made = Object::named("System.Management.Automation.ProviderInfo")
                .with("Name", provider)
                .with("Capabilities", capabilities(provider))
                .with("Drives", Value::array(own.map(|drive| property(drive, "Name").into())));
            call.write(Value::from(made))?;
        }
        Ok(())
    }
}

/// All drives: the session's own, the folders, and those that scripts made.
fn all_drives(call: &mut Call<'_>) -> Vec<Value> {
    let mut all: Vec<Value> = DRIVES.iter().map(|(_, name, provider)| shown(name, provider, "")).collect();
    all.push(shown("/", "FileSystem", "/"));
    let host = call.host();
    let letters = ('A'..='Z').filter(|letter| host.files().info(&format!("{letter}:/")).is_ok());
    all.extend(letters.map(|letter| shown(&letter.to_string(), "FileSystem", &format!("{letter}:\\"))));
    all.extend(call.session().kept(MADE).items());
    all.sort_by_key(|drive| property(drive, "Name").to_lowercase());
    all
}

/// `New-PSDrive`: another name for a folder.
pub(crate) static NEW_PSDRIVE: CoreCommand = CoreCommand::new(
    "New-PSDrive",
    "NewPSDriveCommand",
    || {
        declare_changing(
            "New-PSDrive",
            "",
            "Name string 0 ! .
             PSProvider string 1 ! .
             Root string 2 ! .
             Description string .
             Scope string .
             Persist switch
             Credential object .",
        )
    },
    || Box::new(NewDrive),
);

struct NewDrive;

impl Command for NewDrive {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let text = |name: &str| call.text(name).unwrap_or_default();
        let (name, provider, root) = (text("Name"), text("PSProvider"), text("Root"));
        if !provider.eq_ignore_ascii_case("FileSystem") {
            let message = format!(
                "Cannot find a provider with the name '{provider}'. Drives are made of folders here."
            );
            let error = Exception::new("System.Management.Automation.ProviderNotFoundException", message)
                .id("ProviderNotFound")
                .category(Category::ObjectNotFound);
            return Err(ErrorRecord::new(error).with_target(provider.into()).into());
        }
        if call.flag("Persist") || call.is_given("Credential") {
            let message = "Drives of other computers are not connected here: -Persist and -Credential have no effect to offer.";
            return Err(Exception::runtime("NotSupported", message)
                .category(Category::NotImplemented)
                .into());
        }
        if call.is_given("Scope") {
            call.verbose("Drives are the session's: every scope has the same.")?;
        }
        let full = dotnet::member::full_path(&call.session().full_path(&root), "/");
        if !call.host().files().info(&full).is_ok_and(|info| info.folder) {
            let message =
                format!("The specified drive root \"{root}\" either does not exist, or it is not a folder.");
            let error = Exception::new("System.IO.IOException", message).id("DriveRootError");
            let record = ErrorRecord::new(error.category(Category::ReadError));
            return Err(record.with_target(name.into()).into());
        }
        let mut made = call.session().kept(MADE).items();
        let taken = |drive: &Value| property(drive, "Name").eq_ignore_ascii_case(&name);
        if made.iter().any(taken) || DRIVES.iter().any(|(_, known, _)| known.eq_ignore_ascii_case(&name)) {
            let message = format!("A drive with the name '{name}' already exists.");
            let kind = "System.Management.Automation.SessionStateException";
            let error =
                Exception::new(kind, message).id("DriveAlreadyExists").category(Category::ResourceExists);
            return Err(ErrorRecord::new(error).with_target(name.into()).into());
        }
        if !call.should(&format!("Name: {name} Provider: {provider} Root: {root}"), "New drive", false)? {
            return Ok(());
        }
        let drive = shown(&name, "FileSystem", &full);
        if let (Value::Object(object), Some(description)) = (&drive, call.text("Description")) {
            object.set("Description", description);
        }
        made.push(drive.clone());
        call.session().keep(MADE, Value::array(made));
        call.session().mount(&name, Some(full));
        call.write(drive)
    }
}

/// `Remove-PSDrive`.
pub(crate) static REMOVE_PSDRIVE: CoreCommand = CoreCommand::new(
    "Remove-PSDrive",
    "RemovePSDriveCommand",
    || declare_changing("Remove-PSDrive", "", "Name string[] 0 ! |  .\nForce switch"),
    || Box::new(RemoveDrive),
);

struct RemoveDrive;

impl Command for RemoveDrive {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for name in call.texts("Name") {
            let mut made = call.session().kept(MADE).items();
            let before = made.len();
            made.retain(|drive| !property(drive, "Name").eq_ignore_ascii_case(&name));
            if made.len() == before {
                // By force nobody asks whether it was there.
                if !call.flag("Force") {
                    call.error(no_drive(&name))?;
                }
                continue;
            }
            if call.should(&format!("Name: {name}"), "Remove drive", false)? {
                call.session().keep(MADE, Value::array(made));
                call.session().mount(&name, None);
            }
        }
        Ok(())
    }
}
