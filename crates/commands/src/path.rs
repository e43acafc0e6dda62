//! Paths and where a session stands: `Test-Path`, `Join-Path`, `Split-Path`, `Resolve-Path`, `Get-`, `Set-`,
//! `Push-` and `Pop-Location`.

use crate::declare::{Lenient as _, declare};
use crate::drives;
use crate::missing::missing;
use dotnet::wildcard::{Wildcard, has_wildcards};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// The files that `-Path` (with patterns) and `-LiteralPath` mean; one that is not there is reported.
pub(crate) fn given(call: &mut Call<'_>) -> Run<Vec<String>> {
    let mut found = Vec::new();
    // What lies on the session's own drives is no file.
    for path in call.texts("Path").into_iter().filter(|path| drives::split(path).is_none()) {
        let full = call.session().full_path(&path);
        let plain = path.replace("`[", "[").replace("`]", "]");
        if plain != path && !has_wildcards(&plain.replace(['[', ']'], "")) {
            found.push(call.session().full_path(&plain));
            continue;
        }
        if !has_wildcards(&path) {
            found.push(full);
            continue;
        }
        found.extend(fitting(call, &full));
    }
    for path in call.texts("LiteralPath").into_iter().filter(|path| drives::split(path).is_none()) {
        found.push(call.session().full_path(&path));
    }
    Ok(found)
}

/// Whether a pattern and a listing pass over a name, unless `-Force` is given.
pub(crate) fn is_hidden(name: &str) -> bool {
    name.starts_with('.')
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
            let hidden = call.flag("Force") || part.starts_with('.');
            next.extend(
                names
                    .iter()
                    .filter(|name| hidden || !is_hidden(name))
                    .filter(|name| pattern.as_ref().is_some_and(|p| p.matches(name)))
                    .map(|name| format!("{folder}/{name}")),
            );
        }
        found = next;
    }
    let info = |path: &String| host.files().info(path).ok();
    found.retain(|path| info(path).is_some());
    // Folders come first, as in a listing.
    found.sort_by_key(|path| !info(path).is_some_and(|info| info.folder));
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
             PathType string =Type
             IsValid switch",
        )
        .taking_empty("Path")
        .taking_nothing("Path")
    },
    || Box::new(TestPath),
);

struct TestPath;

impl Command for TestPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        paths.extend(call.texts("LiteralPath"));
        if paths.is_empty() {
            let message = "Value cannot be null. (Parameter 'The provided Path argument was null or an empty collection.')";
            let error = Exception::new("System.ArgumentNullException", message).id("NullPathNotPermitted");
            return call.error(error.category(Category::InvalidArgument));
        }
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
        if let Some(there) = drives::is_there(call, path) {
            return there;
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
        .taking_empty("ChildPath")
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
             IsAbsolute switch @IsAbsoluteSet !
             Resolve switch",
        )
    },
    || Box::new(SplitPath),
);

struct SplitPath;

impl Command for SplitPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let paths = if call.flag("Resolve") { given(call)? } else { call.texts("Path") };
        for path in paths {
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

/// `Convert-Path`: the place of a path as the machine knows it.
pub(crate) static CONVERT_PATH: CoreCommand = CoreCommand::new(
    "Convert-Path",
    "ConvertPathCommand",
    || {
        declare(
            "Convert-Path",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .\nLiteralPath string[] @LiteralPath ! . =PSPath,LP",
        )
    },
    || Box::new(ConvertPath),
);

struct ConvertPath;

impl Command for ConvertPath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for full in given(call)? {
            let normal = dotnet::member::full_path(&full, "/");
            match call.host().files().info(&normal) {
                Ok(_) => call.write(normal)?,
                Err(_) => call.error(missing(call, &normal))?,
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
    language::location(full)
}

impl Command for ResolvePath {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for full in given(call)? {
            let normal = dotnet::member::full_path(&full, "/");
            match call.host().files().info(&normal) {
                Ok(_) => call.write(path_info(&normal))?,
                Err(_) => call.error(missing(call, &normal))?,
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

/// `Push-Location`: goes to a folder and keeps where it was.
pub(crate) static PUSH_LOCATION: CoreCommand = CoreCommand::new(
    "Push-Location",
    "PushLocationCommand",
    || {
        declare(
            "Push-Location",
            "Path LiteralPath",
            "Path string @Path 0 | .\nLiteralPath string @LiteralPath ! . =PSPath,LP\nPassThru switch",
        )
    },
    || Box::new(PushLocation),
);

/// `Pop-Location`: goes back to what was kept last; with nothing kept it stays.
pub(crate) static POP_LOCATION: CoreCommand = CoreCommand::new(
    "Pop-Location",
    "PopLocationCommand",
    || declare("Pop-Location", "", "PassThru switch"),
    || Box::new(PopLocation),
);

struct PushLocation;

impl Command for PushLocation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let before = call.session().location().to_owned();
        match call.text("Path").or_else(|| call.text("LiteralPath")) {
            Some(path) if !go(call, &path)? => return Ok(()),
            _ => call.session().kept_locations().push(before),
        }
        let here = call.session().location().to_owned();
        if call.flag("PassThru") { call.write(path_info(&here)) } else { Ok(()) }
    }
}

struct PopLocation;

impl Command for PopLocation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let Some(kept) = call.session().kept_locations().pop() else { return Ok(()) };
        call.session().set_location(kept.clone());
        if call.flag("PassThru") { call.write(path_info(&kept)) } else { Ok(()) }
    }
}

struct GetLocation;

impl Command for GetLocation {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        if call.flag("Stack") {
            let kept = call.session().kept_locations().clone();
            return kept.iter().rev().try_for_each(|path| call.write(path_info(path)));
        }
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
        let gone = go(call, &wanted)?;
        let here = call.session().location().to_owned();
        if gone && call.flag("PassThru") { call.write(path_info(&here)) } else { Ok(()) }
    }
}

/// Goes to a folder; one that is not there is reported.
fn go(call: &mut Call<'_>, path: &str) -> Run<bool> {
    let full = dotnet::member::full_path(&call.session().full_path(path), "/");
    if !call.host().files().info(&full).is_ok_and(|info| info.folder) {
        call.error(missing(call, &full))?;
        return Ok(false);
    }
    call.session().set_location(full);
    Ok(true)
}
