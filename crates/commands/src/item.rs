//! Files and folders: `Get-Item`, `Get-ChildItem`, `New-Item`, `Remove-Item`, `Copy-Item`, `Move-Item`,
//! `Rename-Item`.

use crate::declare::{declare, declare_changing};
use crate::drive_items;
use crate::drives;
use crate::missing::missing;
use crate::path;
use dotnet::host::{FileInfo, UnixFile};
use dotnet::values::Encoding;
use dotnet::wildcard::Wildcard;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::types::DateTime;
use object::value::{Text, Typed};
use std::any::Any;
use std::sync::Arc;

/// `FileInfo` or `DirectoryInfo`: what is known of a path.
struct Item {
    full: String,
    info: FileInfo,
    /// Local time, as scripts see it.
    written: DateTime,
    created: DateTime,
    /// The texts of the column that a listing shows for the time.
    written_text: String,
    /// Where listings say whose a file is.
    unix: Option<UnixFile>,
    parent: Option<Arc<Item>>,
}

impl Item {
    fn read(call: &mut Call<'_>, full: &str, parents: bool) -> Option<Item> {
        let info = call.host().files().info(full).ok()?;
        let locale = call.session().locale().clone();
        let local = |time| dotnet::format::date::to_local(DateTime::utc(time), &locale.zone);
        let (written, created) = (local(info.written), local(info.created));
        let part = |pattern| dotnet::format::date::format(written, pattern, &locale).unwrap_or_default();
        let unix = info.unix.clone().filter(|_| !locale.profile.reports_5_1);
        let written_text = match unix {
            Some(_) => format!("{:>10} {}", part("d"), part("HH:mm")),
            None => format!("{:>10} {:>8}", part("d"), part("t")),
        };
        let (above, _) = full.rsplit_once('/').unwrap_or(("", full));
        let parent = parents.then(|| Item::read(call, if above.is_empty() { "/" } else { above }, false));
        Some(Item {
            full: full.to_owned(),
            info,
            written,
            created,
            written_text,
            unix,
            parent: parent.flatten().map(Arc::new),
        })
    }
    fn name(&self) -> &str {
        self.full.rsplit('/').next().unwrap_or(&self.full)
    }
    fn above(&self) -> &str {
        match self.full.rsplit_once('/') {
            Some(("", _)) => "/",
            Some((above, _)) => above,
            None => "",
        }
    }
    /// Where the extension begins.
    fn dot(&self) -> Option<usize> {
        self.name().rfind('.').filter(|at| *at > 0 && !self.info.folder)
    }
    fn mode(&self) -> &'static str {
        match (self.info.folder, self.info.read_only, path::is_hidden(self.name())) {
            (true, _, true) => "d--h--",
            (true, _, false) => "d-----",
            (false, true, true) => "-arh--",
            (false, true, false) => "-ar---",
            (false, false, true) => "-a-h--",
            (false, false, false) => "-a----",
        }
    }
}

/// Kind and permissions as `ls` shows them: `drwxr-xr-x`.
fn unix_mode(mode: u32) -> String {
    const KINDS: [(u32, char); 6] = [
        (0o040_000, 'd'),
        (0o120_000, 'l'),
        (0o060_000, 'b'),
        (0o020_000, 'c'),
        (0o010_000, 'p'),
        (0o140_000, 's'),
    ];
    let kind = KINDS.iter().find(|(bits, _)| mode & 0o170_000 == *bits).map_or('-', |(_, kind)| *kind);
    let letters = "rwxrwxrwx".chars().enumerate();
    let letters = letters.map(|(at, letter)| if mode & (0o400 >> at) != 0 { letter } else { '-' });
    std::iter::once(kind).chain(letters).collect()
}

impl Typed for Item {
    fn type_name(&self) -> Text {
        if self.info.folder { "System.IO.DirectoryInfo" } else { "System.IO.FileInfo" }.into()
    }
    fn text(&self) -> String {
        self.full.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn member(&self, name: &str) -> Option<Value> {
        let provider = |path: &str| Value::from(format!("Microsoft.PowerShell.Core\\FileSystem::{path}"));
        let above = || self.parent.clone().map_or(Value::Null, |parent| Value::Typed(parent));
        Some(match name.to_ascii_lowercase().as_str() {
            "mode" => self.mode().into(),
            "unixmode" => unix_mode(self.unix.as_ref()?.mode).into(),
            "user" => self.unix.as_ref()?.user.as_str().into(),
            "group" => self.unix.as_ref()?.group.as_str().into(),
            "size" => Value::Int64(self.unix.as_ref()?.size as i64),
            "lastwritetime" => Value::DateTime(self.written),
            "lastwritetimeutc" => Value::DateTime(DateTime::utc(self.info.written)),
            "lastaccesstime" => Value::DateTime(self.written),
            "creationtime" => Value::DateTime(self.created),
            "creationtimeutc" => Value::DateTime(DateTime::utc(self.info.created)),
            "lastwritetimestring" => self.written_text.as_str().into(),
            "length" if self.info.folder => Value::Null,
            "length" => Value::Int64(self.info.length as i64),
            "name" | "pschildname" => self.name().into(),
            "basename" => self.dot().map_or(self.name(), |at| &self.name()[..at]).into(),
            "extension" => self.dot().map_or("", |at| &self.name()[at..]).into(),
            "fullname" => self.full.as_str().into(),
            "directoryname" if !self.info.folder => self.above().into(),
            "directory" if !self.info.folder => above(),
            "parent" if self.info.folder => above(),
            "exists" => true.into(),
            "isreadonly" if !self.info.folder => self.info.read_only.into(),
            "psiscontainer" => self.info.folder.into(),
            "pspath" => provider(&self.full),
            "psparentpath" => provider(self.above()),
            // What a listing is grouped by.
            "directoryshown" => self.above().into(),
            _ => return None,
        })
    }
    fn member_names(&self) -> &'static [&'static str] {
        match self.info.folder {
            true => &[
                "Mode",
                "LastWriteTime",
                "Name",
                "FullName",
                "Parent",
                "Exists",
                "CreationTime",
                "BaseName",
                "Extension",
                "PSIsContainer",
                "PSPath",
                "PSParentPath",
                "PSChildName",
            ],
            false => &[
                "Mode",
                "LastWriteTime",
                "Length",
                "Name",
                "FullName",
                "DirectoryName",
                "Directory",
                "IsReadOnly",
                "Exists",
                "CreationTime",
                "BaseName",
                "Extension",
                "PSIsContainer",
                "PSPath",
                "PSParentPath",
                "PSChildName",
            ],
        }
    }
}

/// A file or folder as an object.
pub(crate) fn item(call: &mut Call<'_>, full: &str) -> Value {
    Item::read(call, full, true).map_or(Value::Null, Value::typed)
}

/// Whether a name fits `-Filter`, `-Include` and `-Exclude`, where they were given.
pub(crate) fn chosen(call: &Call<'_>, name: &str) -> bool {
    let any = |patterns: Vec<String>| {
        patterns.iter().any(|pattern| Wildcard::new(pattern).is_ok_and(|pattern| pattern.matches(name)))
    };
    let given = |parameter: &str| call.is_given(parameter);
    (!given("Filter") || any(call.texts("Filter")))
        && (!given("Include") || any(call.texts("Include")))
        && !any(call.texts("Exclude"))
}

/// The paths that were given and fit, without the dots in them.
pub(crate) fn wanted(call: &mut Call<'_>) -> Run<Vec<String>> {
    let given = path::given(call)?;
    let full = given.iter().map(|path| dotnet::member::full_path(path, "/"));
    Ok(full.filter(|path| chosen(call, path.rsplit('/').next().unwrap_or_default())).collect())
}

fn is_folder(call: &Call<'_>, full: &str) -> bool {
    call.host().files().info(full).is_ok_and(|info| info.folder)
}

fn io_error(id: &str, full: &str, message: String) -> ErrorRecord {
    let error = Exception::new("System.IO.IOException", message).id(id).category(Category::WriteError);
    ErrorRecord::new(error).with_target(full.into())
}

/// `Get-Item`.
pub(crate) static GET_ITEM: CoreCommand = CoreCommand::new(
    "Get-Item",
    "GetItemCommand",
    || {
        declare(
            "Get-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Filter string
             Include string[]
             Exclude string[]
             Force switch",
        )
    },
    || Box::new(GetItem),
);

struct GetItem;

impl Command for GetItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let paths = call.texts("Path");
        drives::items(call, paths)?;
        drives::literal_items(call)?;
        for full in wanted(call)? {
            match item(call, &full) {
                Value::Null => call.error(missing(call, &full))?,
                made => call.write(made)?,
            }
        }
        Ok(())
    }
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
    || Box::new(NewItem { folder: false }),
);

/// `mkdir`: a function of PowerShell on Windows, around `New-Item -ItemType Directory`.
pub static MKDIR: CoreCommand = CoreCommand::new(
    "mkdir",
    "NewItemCommand",
    || {
        declare_changing(
            "mkdir",
            "pathSet nameSet",
            "Path string[] @pathSet 0 ! . @nameSet 0 .
             Name string @nameSet ! .
             Force switch",
        )
    },
    || Box::new(NewItem { folder: true }),
);

struct NewItem {
    /// Whether it makes folders, whatever is asked for.
    folder: bool,
}

impl Command for NewItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        if paths.is_empty() {
            paths.push(".".to_owned());
        }
        for path in paths {
            let joined = call.text("Name").map_or(path.clone(), |name| format!("{path}/{name}"));
            if !self.folder && drive_items::make(call, &joined)? {
                continue;
            }
            let full = dotnet::member::full_path(&call.session().full_path(&joined), "/");
            let kind = if self.folder { None } else { call.text("ItemType") };
            let otherwise = if self.folder { "directory" } else { "file" };
            make(call, &full, &kind.unwrap_or_else(|| otherwise.to_owned()).to_ascii_lowercase())?;
        }
        Ok(())
    }
}

fn make(call: &mut Call<'_>, full: &str, kind: &str) -> Run {
    let folder = ["directory", "container"].contains(&kind);
    if !folder && !["file", "leaf"].contains(&kind) {
        let message = format!(
            "The type '{kind}' is not a known type for the file system. Only \"file\" and \"directory\" can be made here."
        );
        let error = Exception::argument(message, "type").id("Argument").category(Category::InvalidArgument);
        return call.error(error);
    }
    let there = call.host().files().info(full);
    if there.is_ok() && !call.flag("Force") {
        let record = if folder {
            io_error(
                "DirectoryExist",
                full,
                format!("An item with the specified name {full} already exists."),
            )
            .with_category(Category::ResourceExists)
        } else {
            io_error("NewItemIOError", full, format!("The file '{full}' already exists."))
        };
        return call.error(record);
    }
    let action = if folder { "Create Directory" } else { "Create File" };
    if !call.should(&format!("Destination: {full}"), action, false)? {
        return Ok(());
    }
    if folder {
        call.host().files().make_folder(full)?;
    } else {
        let above = path_above(full);
        if !is_folder(call, above) {
            if !call.flag("Force") {
                let message = format!("Could not find a part of the path '{full}'.");
                let error = Exception::new("System.IO.DirectoryNotFoundException", message)
                    .id("NewItemIOError")
                    .category(Category::WriteError);
                return call.error(ErrorRecord::new(error).with_target(full.into()));
            }
            call.host().files().make_folder(above)?;
        }
        let value = call.value("Value").cloned().unwrap_or_default();
        let text = dotnet::text::to_text(&value, call.session().locale());
        call.host().files().write(full, &Encoding::Utf8NoMark.bytes(&text))?;
    }
    let made = item(call, full);
    call.write(made)
}

fn path_above(full: &str) -> &str {
    match full.rsplit_once('/') {
        Some(("", _)) | None => "/",
        Some((above, _)) => above,
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
    || Box::new(RemoveItem::default()),
);

#[derive(Default)]
struct RemoveItem {
    /// What was answered for all folders that are not empty.
    with_content: Option<bool>,
}

impl Command for RemoveItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        drive_items::remove(call)?;
        for full in wanted(call)? {
            self.remove(call, &full)?;
        }
        Ok(())
    }
}

impl RemoveItem {
    fn remove(&mut self, call: &mut Call<'_>, full: &str) -> Run {
        let Ok(info) = call.host().files().info(full) else { return call.error(missing(call, full)) };
        let action = if info.folder { "Remove Directory" } else { "Remove File" };
        if !call.should(full, action, false)? {
            return Ok(());
        }
        let holds = info.folder && !call.host().files().list(full)?.is_empty();
        if holds && !call.flag("Recurse") {
            let query = format!(
                "The item at {full} has children and the Recurse parameter was not specified. If you continue, all children will be removed with the item. Are you sure you want to continue?"
            );
            if !call.should_continue("Confirm", &query, &mut self.with_content)? {
                return Ok(());
            }
        }
        if info.read_only && !call.flag("Force") {
            let message = format!(
                "Cannot remove item {full}: You do not have sufficient access rights to perform this operation."
            );
            return call.error(
                io_error("RemoveFileSystemItemUnAuthorizedAccess", full, message)
                    .with_category(Category::PermissionDenied),
            );
        }
        call.host().files().remove(full)?;
        Ok(())
    }
}

/// `Copy-Item`.
pub(crate) static COPY_ITEM: CoreCommand = CoreCommand::new(
    "Copy-Item",
    "CopyItemCommand",
    || {
        declare_changing(
            "Copy-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Destination string 1 .
             Container switch
             Filter string
             Include string[]
             Exclude string[]
             Recurse switch
             PassThru switch
             Force switch",
        )
    },
    || Box::new(CopyItem),
);

struct CopyItem;

impl Command for CopyItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        drive_items::copy(call)?;
        for from in wanted(call)? {
            let Ok(info) = call.host().files().info(&from) else {
                call.error(missing(call, &from))?;
                continue;
            };
            let to = destination(call, &from);
            let action = if info.folder { "Copy Directory" } else { "Copy File" };
            if !call.should(&format!("Item: {from} Destination: {to}"), action, false)? {
                continue;
            }
            if info.folder { self.folder(call, &from, &to)? } else { self.file(call, &from, &to)? }
        }
        Ok(())
    }
}

/// Where an item goes: into a folder that is there, else to that very path.
fn destination(call: &mut Call<'_>, from: &str) -> String {
    let wanted = call.text("Destination").unwrap_or_else(|| ".".to_owned());
    let to = dotnet::member::full_path(&call.session().full_path(&wanted), "/");
    let name = from.rsplit('/').next().unwrap_or_default();
    if is_folder(call, &to) { format!("{}/{name}", to.trim_end_matches('/')) } else { to }
}

impl CopyItem {
    fn file(&self, call: &mut Call<'_>, from: &str, to: &str) -> Run {
        if from == to {
            let message = format!("Cannot overwrite the item {from} with itself.");
            return call.error(io_error("CopyError", from, message));
        }
        let read_only = call.host().files().info(to).is_ok_and(|info| info.read_only);
        if read_only && !call.flag("Force") {
            let message = format!("Access to the path '{to}' is denied.");
            return call.error(
                io_error("CopyFileInfoItemUnauthorizedAccessError", from, message)
                    .with_category(Category::PermissionDenied),
            );
        }
        let host = call.host();
        let done = host.files().open(from).and_then(|mut source| {
            let mut target = host.files().create(to, false)?;
            std::io::copy(&mut source, &mut target)?;
            target.flush()
        });
        if let Err(error) = done {
            return call.error(io_error("CopyError", from, error.to_string()));
        }
        self.shown(call, to)
    }
    fn folder(&self, call: &mut Call<'_>, from: &str, to: &str) -> Run {
        if to.starts_with(&format!("{from}/")) {
            let message = format!("Container cannot be copied onto existing leaf item or into itself: {to}");
            return call.error(io_error("CopyContainerItemToItself", from, message));
        }
        // Without -Container the content lies flat in the destination.
        let flat = call.is_given("Container") && !call.flag("Container");
        if !flat {
            call.host().files().make_folder(to)?;
            self.shown(call, to)?;
        }
        if !call.flag("Recurse") {
            return Ok(());
        }
        for name in call.host().files().list(from)? {
            let source = format!("{}/{name}", from.trim_end_matches('/'));
            let target = format!("{}/{name}", to.trim_end_matches('/'));
            match is_folder(call, &source) {
                true if flat => self.folder(call, &source, to)?,
                true => self.folder(call, &source, &target)?,
                false => self.file(call, &source, &target)?,
            }
        }
        Ok(())
    }
    fn shown(&self, call: &mut Call<'_>, to: &str) -> Run {
        if !call.flag("PassThru") {
            return Ok(());
        }
        let made = item(call, to);
        call.write(made)
    }
}

/// `Move-Item`.
pub(crate) static MOVE_ITEM: CoreCommand = CoreCommand::new(
    "Move-Item",
    "MoveItemCommand",
    || {
        declare_changing(
            "Move-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Destination string 1 .
             Filter string
             Include string[]
             Exclude string[]
             PassThru switch
             Force switch",
        )
    },
    || Box::new(MoveItem),
);

struct MoveItem;

impl Command for MoveItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        drive_items::refuse_move(call)?;
        for from in wanted(call)? {
            let Ok(info) = call.host().files().info(&from) else {
                call.error(missing(call, &from))?;
                continue;
            };
            let to = destination(call, &from);
            let (action, id) = match info.folder {
                true => ("Move Directory", "MoveDirectoryItemIOError"),
                false => ("Move File", "MoveFileInfoItemIOError"),
            };
            if call.should(&format!("Item: {from} Destination: {to}"), action, false)? {
                rename(call, &from, &to, id, true)?;
            }
        }
        Ok(())
    }
}

/// Moves an item; what is in the way stays, unless it is a file and may be replaced by force.
fn rename(call: &mut Call<'_>, from: &str, to: &str, id: &str, replaces: bool) -> Run {
    if let Ok(info) = call.host().files().info(to)
        && (info.folder || !replaces || !call.flag("Force"))
    {
        // What is moved is the file, what is renamed is its path.
        let target = if replaces { item(call, from) } else { from.into() };
        let record = io_error(id, from, format!("The file '{to}' already exists."));
        return call.error(record.with_target(target));
    }
    if let Err(error) = call.host().files().rename(from, to) {
        let target = if replaces { item(call, from) } else { from.into() };
        return call.error(io_error(id, from, error.to_string()).with_target(target));
    }
    if !call.flag("PassThru") {
        return Ok(());
    }
    let made = item(call, to);
    call.write(made)
}

/// `Rename-Item`.
pub(crate) static RENAME_ITEM: CoreCommand = CoreCommand::new(
    "Rename-Item",
    "RenameItemCommand",
    || {
        declare_changing(
            "Rename-Item",
            "ByPath ByLiteralPath",
            "Path string @ByPath 0 ! | .
             LiteralPath string @ByLiteralPath ! . =PSPath,LP
             NewName string 1 ! .
             PassThru switch
             Force switch",
        )
    },
    || Box::new(RenameItem),
);

struct RenameItem;

impl Command for RenameItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let given = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        if drive_items::rename(call, &given)? {
            return Ok(());
        }
        let from = dotnet::member::full_path(&call.session().full_path(&given), "/");
        let Ok(info) = call.host().files().info(&from) else { return call.error(missing(call, &from)) };
        let name = call.text("NewName").unwrap_or_default();
        let bare = name.strip_prefix("./").or_else(|| name.strip_prefix(".\\")).unwrap_or(&name);
        if bare.contains(['/', '\\']) {
            let message = "Cannot rename the specified target, because it represents a path or device name.";
            let error = Exception::new("System.Management.Automation.PSArgumentException", message);
            return call.error(error.id("Argument").category(Category::InvalidArgument));
        }
        let to = format!("{}/{bare}", path_above(&from).trim_end_matches('/'));
        let action = if info.folder { "Rename Directory" } else { "Rename File" };
        if call.should(&format!("Item: {from} Destination: {to}"), action, false)? {
            rename(call, &from, &to, "RenameItemIOError", false)?;
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
        let mut roots = path::given(call)?;
        let paths = call.texts("Path");
        drives::items(call, paths)?;
        drives::literal_items(call)?;
        let named = call.is_given("Path") || call.is_given("LiteralPath");
        if !named {
            roots.push(call.session().location().to_owned());
        }
        let deep = call.flag("Recurse") || call.is_given("Depth");
        // Patterns look at names within, and those of the path given only where it has a pattern.
        let patterns = call.texts("Path").iter().any(|path| dotnet::wildcard::has_wildcards(path));
        let within = deep || patterns || !call.is_given("Include");
        for root in roots {
            let root = dotnet::member::full_path(&root, "/");
            match call.host().files().info(&root) {
                Ok(info) if info.folder && !(patterns && named) => {
                    if within {
                        let depth = call.number("Depth").unwrap_or(if deep { i64::MAX } else { 0 });
                        self.list(call, &root, &root, depth)?;
                    }
                }
                Ok(info) => {
                    if self.fits(call, &root, info.folder) {
                        self.show(call, path_above(&root), &root)?;
                    }
                    if info.folder && deep {
                        let depth = call.number("Depth").unwrap_or(i64::MAX);
                        self.list(call, &root, &root, depth)?;
                    }
                }
                Err(_) => call.error(missing(call, &root))?,
            }
        }
        Ok(())
    }
}

impl ChildItem {
    /// What lies in a folder, folders first, then what lies in those.
    fn list(&self, call: &mut Call<'_>, root: &str, folder: &str, depth: i64) -> Run {
        let host = call.host();
        let full = |name: &String| format!("{}/{name}", folder.trim_end_matches('/'));
        let hidden = call.flag("Force");
        let names = host.files().list(folder)?;
        let all: Vec<String> =
            names.iter().filter(|name| hidden || !path::is_hidden(name)).map(full).collect();
        let (folders, files): (Vec<String>, Vec<String>) =
            all.into_iter().partition(|path| host.files().info(path).is_ok_and(|info| info.folder));
        // A search by patterns goes down at once; a listing shows a folder whole before those in it.
        let search = call.is_given("Include") || call.is_given("Exclude");
        for path in &folders {
            if self.fits(call, path, true) {
                self.show(call, root, path)?;
            }
            if search && depth > 0 {
                self.list(call, root, path, depth - 1)?;
            }
        }
        for path in files.iter().filter(|path| self.fits(call, path, false)).collect::<Vec<_>>() {
            self.show(call, root, path)?;
        }
        if !search && depth > 0 {
            for folder in folders {
                self.list(call, root, &folder, depth - 1)?;
            }
        }
        Ok(())
    }
    fn fits(&self, call: &Call<'_>, full: &str, folder: bool) -> bool {
        chosen(call, full.rsplit('/').next().unwrap_or_default())
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
