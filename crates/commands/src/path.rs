//! Paths, folders and files: `Test-Path`, `Join-Path`, `Split-Path`, `Resolve-Path`, `Get-` and
//! `Set-Location`, `New-Item`, `Remove-Item`, `Get-ChildItem`.

use crate::declare::{declare, declare_changing};
use dotnet::values::Encoding;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::types::DateTime;
use object::{Object, Value};

/// The record of a path where nothing is.
pub(crate) fn missing(full: &str) -> ErrorRecord {
    let message = format!("Cannot find path '{full}' because it does not exist.");
    let error =
        Exception::new("System.Management.Automation.ItemNotFoundException", message).id("PathNotFound");
    ErrorRecord::new(error.category(Category::ObjectNotFound)).with_target(full.into())
}

/// The files that `-Path` (with patterns) and `-LiteralPath` mean; one that is not there is reported.
pub(crate) fn given(call: &mut Call<'_>) -> Run<Vec<String>> {
    let mut found = Vec::new();
    for path in call.texts("Path") {
        let full = call.session().full_path(&path);
        if !has_wildcards(&path) {
            found.push(full);
            continue;
        }
        found.extend(fitting(call, &full));
    }
    for path in call.texts("LiteralPath") {
        found.push(call.session().full_path(&path));
    }
    Ok(found)
}

/// The paths that a pattern fits, part by part.
fn fitting(call: &Call<'_>, full: &str) -> Vec<String> {
    let host = call.host();
    let mut found = vec![String::new()];
    for part in full.split('/').filter(|part| !part.is_empty()) {
        let mut next = Vec::new();
        for folder in found {
            if !has_wildcards(part) {
                next.push(format!("{folder}/{part}"));
                continue;
            }
            let names = host.files().list(if folder.is_empty() { "/" } else { &folder }).unwrap_or_default();
            let pattern = Wildcard::new(part).ok();
            next.extend(
                names
                    .iter()
                    .filter(|name| pattern.as_ref().is_some_and(|p| p.matches(name)))
                    .map(|name| format!("{folder}/{name}")),
            );
        }
        found = next;
    }
    found.retain(|path| host.files().info(path).is_ok());
    found
}

/// `Test-Path`.
pub(crate) static TEST_PATH: CoreCommand = CoreCommand::new(
    "Test-Path",
    "TestPathCommand",
    || {
        declare(
            "Test-Path",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Filter string
             Include string[]
             Exclude string[]
             PathType string =Type
             IsValid switch",
        )
    },
    || Box::new(TestPath),
);

struct TestPath;

impl Command for TestPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        paths.extend(call.texts("LiteralPath"));
        for path in paths {
            let answer = !path.trim().is_empty() && self.test(call, &path);
            call.write(answer)?;
        }
        Ok(())
    }
}

impl TestPath {
    fn test(&self, call: &mut Call<'_>, path: &str) -> bool {
        if call.flag("IsValid") {
            return !path.contains('\0');
        }
        if let Some(name) = drive(path, "variable") {
            return call.session().find_variable(name).is_some();
        }
        if let Some(name) = drive(path, "env") {
            return call.host().variable(name).is_some();
        }
        if let Some(name) = drive(path, "function") {
            return call.session().find_function(name).is_some();
        }
        if let Some(name) = drive(path, "alias") {
            return call.session().find_alias(name).is_some();
        }
        let full = call.session().full_path(path);
        let found =
            if has_wildcards(path) && call.is_given("Path") { fitting(call, &full) } else { vec![full] };
        let kind = call.text("PathType").unwrap_or_default().to_ascii_lowercase();
        found.iter().any(|path| {
            call.host().files().info(path).is_ok_and(|info| match kind.as_str() {
                "leaf" => !info.folder,
                "container" => info.folder,
                _ => true,
            })
        })
    }
}

/// The rest of a path that begins with a drive of the session itself.
fn drive<'a>(path: &'a str, name: &str) -> Option<&'a str> {
    let (drive, rest) = path.split_once(':')?;
    drive.eq_ignore_ascii_case(name).then(|| rest.trim_start_matches(['/', '\\']))
}

/// `Join-Path`.
pub(crate) static JOIN_PATH: CoreCommand = CoreCommand::new(
    "Join-Path",
    "JoinPathCommand",
    || {
        declare(
            "Join-Path",
            "",
            "Path string[] 0 ! | . =PSPath
             ChildPath string[] 1 ! .
             AdditionalChildPath string[] *",
        )
    },
    || Box::new(JoinPath),
);

struct JoinPath;

impl Command for JoinPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut children = call.texts("ChildPath");
        children.extend(call.texts("AdditionalChildPath"));
        for path in call.texts("Path") {
            let joined = children.iter().fold(path, |path, child| {
                let (path, child) = (path.replace('\\', "/"), child.replace('\\', "/"));
                format!("{}/{}", path.trim_end_matches('/'), child.trim_start_matches('/'))
            });
            call.write(joined)?;
        }
        Ok(())
    }
}

/// `Split-Path`.
pub(crate) static SPLIT_PATH: CoreCommand = CoreCommand::new(
    "Split-Path",
    "SplitPathCommand",
    || {
        declare(
            "Split-Path",
            "ParentSet LeafSet LeafBaseSet ExtensionSet QualifierSet NoQualifierSet IsAbsoluteSet",
            "Path string[] 0 ! | .
             Parent switch @ParentSet
             Leaf switch @LeafSet !
             LeafBase switch @LeafBaseSet !
             Extension switch @ExtensionSet !
             Qualifier switch @QualifierSet !
             NoQualifier switch @NoQualifierSet !
             IsAbsolute switch @IsAbsoluteSet !",
        )
    },
    || Box::new(SplitPath),
);

struct SplitPath;

impl Command for SplitPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for path in call.texts("Path") {
            let path = path.replace('\\', "/");
            let trimmed = path.trim_end_matches('/');
            let (parent, leaf) = trimmed
                .rsplit_once('/')
                .map_or(("", trimmed), |(parent, leaf)| (if parent.is_empty() { "/" } else { parent }, leaf));
            let dot = leaf.rfind('.').filter(|at| *at > 0);
            match call.set() {
                "LeafSet" => call.write(leaf)?,
                "LeafBaseSet" => call.write(dot.map_or(leaf, |at| &leaf[..at]))?,
                "ExtensionSet" => call.write(dot.map_or("", |at| &leaf[at..]))?,
                "QualifierSet" => {
                    call.write(path.split_once(':').map_or(String::new(), |(drive, _)| format!("{drive}:")))?
                }
                "NoQualifierSet" => {
                    call.write(path.split_once(':').map_or(path.as_str(), |(_, rest)| rest))?
                }
                "IsAbsoluteSet" => call.write(path.starts_with('/'))?,
                _ => call.write(parent)?,
            }
        }
        Ok(())
    }
}

/// `Resolve-Path`.
pub(crate) static RESOLVE_PATH: CoreCommand = CoreCommand::new(
    "Resolve-Path",
    "ResolvePathCommand",
    || {
        declare(
            "Resolve-Path",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .\nLiteralPath string[] @LiteralPath ! . =PSPath,LP",
        )
    },
    || Box::new(ResolvePath),
);

struct ResolvePath;

fn path_info(full: &str) -> Value {
    Object::named("System.Management.Automation.PathInfo")
        .with("Drive", Value::Null)
        .with("Provider", "Microsoft.PowerShell.Core\\FileSystem")
        .with("ProviderPath", full)
        .with("Path", full)
        .into()
}

impl Command for ResolvePath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for full in given(call)? {
            let normal = dotnet::member::full_path(&full, "/");
            match call.host().files().info(&normal) {
                Ok(_) => call.write(path_info(&normal))?,
                Err(_) => call.error(missing(&normal))?,
            }
        }
        Ok(())
    }
}

/// `Get-Location`.
pub(crate) static GET_LOCATION: CoreCommand = CoreCommand::new(
    "Get-Location",
    "GetLocationCommand",
    || declare("Get-Location", "", "Stack switch"),
    || Box::new(GetLocation),
);

struct GetLocation;

impl Command for GetLocation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let here = call.session().location().to_owned();
        call.write(path_info(&here))
    }
}

/// `Set-Location`.
pub(crate) static SET_LOCATION: CoreCommand = CoreCommand::new(
    "Set-Location",
    "SetLocationCommand",
    || {
        declare(
            "Set-Location",
            "Path LiteralPath",
            "Path string @Path 0 | .\nLiteralPath string @LiteralPath ! . =PSPath,LP\nPassThru switch",
        )
    },
    || Box::new(SetLocation),
);

struct SetLocation;

impl Command for SetLocation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let wanted = call.text("Path").or_else(|| call.text("LiteralPath"));
        let wanted = match wanted.as_deref() {
            Some("-") => call.session().previous_location().unwrap_or("/").to_owned(),
            Some(path) => path.to_owned(),
            None => call.host().variable("HOME").unwrap_or_else(|| "/".to_owned()),
        };
        let full = dotnet::member::full_path(&call.session().full_path(&wanted), "/");
        if !call.host().files().info(&full).is_ok_and(|info| info.folder) {
            return call.error(missing(&full));
        }
        call.session().set_location(full.clone());
        if call.flag("PassThru") { call.write(path_info(&full)) } else { Ok(()) }
    }
}

/// A file or folder as an object.
fn item(call: &mut Call<'_>, full: &str) -> Value {
    let name = full.rsplit('/').next().unwrap_or_default().to_owned();
    let host = call.host();
    let Ok(info) = host.files().info(full) else { return Value::Null };
    let zone = call.session().locale().zone.clone();
    let date = |time| Value::DateTime(dotnet::format::date::to_local(DateTime::utc(time), &zone));
    let (parent, _) = full.rsplit_once('/').unwrap_or(("", full));
    let dot = name.rfind('.').filter(|at| *at > 0 && !info.folder);
    let made = Object::named(if info.folder { "System.IO.DirectoryInfo" } else { "System.IO.FileInfo" })
        .with("Mode", if info.folder { "d----" } else { "-----" })
        .with("LastWriteTime", date(info.written))
        .with("Length", if info.folder { Value::Null } else { Value::Int64(info.length as i64) })
        .with("Name", name.as_str())
        .with("BaseName", dot.map_or(name.as_str(), |at| &name[..at]))
        .with("Extension", dot.map_or("", |at| &name[at..]))
        .with("FullName", full)
        .with("DirectoryName", parent)
        .with("CreationTime", date(info.created))
        .with("Exists", true)
        .with("IsReadOnly", info.read_only)
        .with("PSIsContainer", info.folder)
        .with("PSPath", format!("Microsoft.PowerShell.Core\\FileSystem::{full}"));
    made.into()
}

/// `New-Item`.
pub(crate) static NEW_ITEM: CoreCommand = CoreCommand::new(
    "New-Item",
    "NewItemCommand",
    || {
        declare_changing(
            "New-Item",
            "pathSet nameSet",
            "Path string[] @pathSet 0 ! . @nameSet 0 .
             Name string @nameSet ! .
             ItemType string . =Type
             Value object . | =Target
             Force switch",
        )
    },
    || Box::new(NewItem),
);

struct NewItem;

impl Command for NewItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        if paths.is_empty() {
            paths.push(".".to_owned());
        }
        for path in paths {
            let joined = call.text("Name").map_or(path.clone(), |name| format!("{path}/{name}"));
            let full = dotnet::member::full_path(&call.session().full_path(&joined), "/");
            let folder = call
                .text("ItemType")
                .is_some_and(|kind| ["directory", "container"].contains(&kind.to_ascii_lowercase().as_str()));
            let there = call.host().files().info(&full);
            if there.is_ok() && !call.flag("Force") {
                let error = if folder {
                    Exception::new(
                        "System.IO.IOException",
                        format!("An item with the specified name {full} already exists."),
                    )
                    .id("DirectoryExist")
                } else {
                    Exception::new("System.IO.IOException", format!("The file '{full}' already exists."))
                        .id("NewItemIOError")
                };
                let category = if folder { Category::ResourceExists } else { Category::WriteError };
                call.error(ErrorRecord::new(error.category(category)).with_target(full.as_str().into()))?;
                continue;
            }
            let action = if folder { "Create Directory" } else { "Create File" };
            if !call.should(&format!("Destination: {full}"), action, false)? {
                continue;
            }
            if folder {
                call.host().files().make_folder(&full)?;
            } else {
                let text = call
                    .value("Value")
                    .cloned()
                    .map_or_else(String::new, |value| dotnet::text::to_text(&value, call.session().locale()));
                call.host().files().write(&full, &Encoding::Utf8NoMark.bytes(&text))?;
            }
            let made = item(call, &full);
            call.write(made)?;
        }
        Ok(())
    }
}

/// `Remove-Item`.
pub(crate) static REMOVE_ITEM: CoreCommand = CoreCommand::new(
    "Remove-Item",
    "RemoveItemCommand",
    || {
        declare_changing(
            "Remove-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Filter string
             Include string[]
             Exclude string[]
             Recurse switch
             Force switch",
        )
    },
    || Box::new(RemoveItem),
);

struct RemoveItem;

impl Command for RemoveItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for path in call.texts("Path") {
            if let Some(name) = drive(&path, "variable").map(str::to_owned) {
                call.session().remove_variable(&name);
                continue;
            }
            if let Some(name) = drive(&path, "function").map(str::to_owned) {
                call.session().remove_function(&name);
                continue;
            }
            if let Some(name) = drive(&path, "env") {
                call.host().set_variable(name, None);
                continue;
            }
        }
        for full in given(call)? {
            if ["variable:", "function:", "env:", "alias:"]
                .iter()
                .any(|name| full.to_ascii_lowercase().contains(name))
            {
                continue;
            }
            if call.host().files().info(&full).is_err() {
                call.error(missing(&full))?;
                continue;
            }
            if call.should(&full, "Remove Item", false)? {
                call.host().files().remove(&full)?;
            }
        }
        Ok(())
    }
}

/// `Get-ChildItem`.
pub(crate) static GET_CHILD_ITEM: CoreCommand = CoreCommand::new(
    "Get-ChildItem",
    "GetChildItemCommand",
    || {
        declare(
            "Get-ChildItem",
            "Items LiteralItems",
            "Path string[] @Items 0 | .
             LiteralPath string[] @LiteralItems ! . =PSPath,LP
             Filter string 1
             Include string[]
             Exclude string[]
             Recurse switch =s
             Depth int
             Force switch
             Name switch
             File switch =af
             Directory switch =ad,d",
        )
    },
    || Box::new(ChildItem),
);

struct ChildItem;

impl Command for ChildItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut roots = given(call)?;
        if !call.is_given("Path") && !call.is_given("LiteralPath") {
            roots.push(call.session().location().to_owned());
        }
        for root in roots {
            let root = dotnet::member::full_path(&root, "/");
            match call.host().files().info(&root) {
                Ok(info) if info.folder => self.list(call, &root, &root)?,
                Ok(_) => self.show(call, &root, &root)?,
                Err(_) => call.error(missing(&root))?,
            }
        }
        Ok(())
    }
}

impl ChildItem {
    fn list(&self, call: &mut Call<'_>, root: &str, folder: &str) -> Run {
        let names = call.host().files().list(folder)?;
        let mut below = Vec::new();
        for name in names {
            let full = format!("{}/{name}", folder.trim_end_matches('/'));
            if call.host().files().info(&full).is_ok_and(|info| info.folder) {
                below.push(full.clone());
            }
            if self.fits(call, &name, &full) {
                self.show(call, root, &full)?;
            }
        }
        if call.flag("Recurse") {
            for folder in below {
                self.list(call, root, &folder)?;
            }
        }
        Ok(())
    }
    fn fits(&self, call: &Call<'_>, name: &str, full: &str) -> bool {
        let any = |patterns: Vec<String>| {
            patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|p| p.matches(name)))
        };
        let folder = call.host().files().info(full).is_ok_and(|info| info.folder);
        let filter = call.text("Filter").is_none_or(|pattern| any(vec![pattern]));
        let include = !call.is_given("Include") || any(call.texts("Include"));
        filter
            && include
            && !any(call.texts("Exclude"))
            && !(call.flag("File") && folder)
            && (folder || !call.flag("Directory"))
    }
    fn show(&self, call: &mut Call<'_>, root: &str, full: &str) -> Run {
        if call.flag("Name") {
            return call.write(full.strip_prefix(root).unwrap_or(full).trim_start_matches('/'));
        }
        let made = item(call, full);
        call.write(made)
    }
}
