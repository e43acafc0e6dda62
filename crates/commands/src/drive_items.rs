//! What the commands for files do with items of the session's own drives (`env:`, `alias:`, `variable:`, `function:`):
//! they are made, copied, renamed and taken away; `Clear-Item`.

use crate::declare::declare_changing;
use crate::drives::{self, Drive, held_of_path, named, read_only, split};
use crate::missing::{missing, not_supported};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;

/// The items that `-Path` and `-LiteralPath` mean on the session's drives; what is not there is reported.
fn given(call: &mut Call<'_>) -> Run<Vec<(Drive, String)>> {
    let mut found = Vec::new();
    for path in call.texts("Path") {
        match split(&path) {
            Some((_, "")) => call.error(ErrorRecord::new(not_supported()))?,
            Some((drive, name)) => {
                found.extend(named(call, drive, name)?.into_iter().map(|name| (drive, name)));
            }
            None => {}
        }
    }
    for path in call.texts("LiteralPath") {
        let Some((drive, name)) = split(&path) else { continue };
        match held_of_path(call, &path) {
            Some(_) => found.push((drive, name.to_owned())),
            None => call.error(missing(call, &drive.path(name)))?,
        }
    }
    Ok(found)
}

fn there_already(name: &str) -> ErrorRecord {
    let kind = "System.Management.Automation.PSArgumentException";
    let error = Exception::new(kind, format!("The item at path '{name}' already exists."));
    ErrorRecord::new(error.id(kind).category(Category::InvalidArgument)).with_target(name.into())
}

/// Whether an item may not be changed without force; that is then reported.
fn is_kept(call: &mut Call<'_>, drive: Drive, name: &str) -> Run<bool> {
    let kept = drive == Drive::Alias && call.session().alias_is_read_only(name) && !call.flag("Force");
    if kept {
        call.error(read_only(name))?;
    }
    Ok(kept)
}

/// Shows an item where `-PassThru` asks for it.
fn pass(call: &mut Call<'_>, drive: Drive, name: &str) -> Run {
    if call.flag("PassThru") {
        drives::items(call, vec![drive.path(name)])?;
    }
    Ok(())
}

/// `New-Item` of a path on a session's drive; `false`: it is none.
pub(crate) fn make(call: &mut Call<'_>, path: &str) -> Run<bool> {
    let Some((drive, name)) = split(path) else { return Ok(false) };
    if name.is_empty() {
        call.error(ErrorRecord::new(not_supported()))?;
        return Ok(true);
    }
    let Some(value) = call.value("Value").filter(|value| !value.is_null()).cloned() else {
        let kind = "System.Management.Automation.PSArgumentNullException";
        let message = "Cannot process argument because the value of argument \"value\" is null. Change the value of argument \"value\" to a non-null value.";
        let error = Exception::new(kind, message).id(kind).category(Category::InvalidArgument);
        call.error(ErrorRecord::new(error).with_target(name.into()))?;
        return Ok(true);
    };
    if held_of_path(call, path).is_some() && !call.flag("Force") {
        call.error(there_already(name))?;
        return Ok(true);
    }
    let kind = call.text("ItemType").unwrap_or_default();
    let text = dotnet::text::to_text(&value, call.session().locale());
    if call.should(&format!("Item: {name} Type: {kind} Value: {text}"), "New Item", false)? {
        drives::set_content(call, path, value)?;
        drives::items(call, vec![drive.path(name)])?;
    }
    Ok(true)
}

/// `Copy-Item` of what lies on the session's drives.
pub(crate) fn copy(call: &mut Call<'_>) -> Run {
    for (drive, name) in given(call)? {
        let wanted = call.text("Destination").unwrap_or_default();
        let to = match split(&wanted) {
            Some((to, "")) if to == drive => name.clone(),
            Some((to, other)) if to == drive => other.to_owned(),
            _ => {
                call.error(other_provider(&wanted))?;
                continue;
            }
        };
        if call.should(&format!("Item: {name} Destination: {to}"), "Copy Item", false)? {
            let held = held_of_path(call, &drive.path(&name)).unwrap_or_default();
            drives::set_content(call, &drive.path(&to), held)?;
            pass(call, drive, &to)?;
        }
    }
    Ok(())
}

fn other_provider(path: &str) -> ErrorRecord {
    let message = "Source and destination path did not resolve to the same provider.";
    let error = Exception::new("System.Management.Automation.PSArgumentException", message)
        .id("CopyItemSourceAndDestinationNotSameProvider")
        .category(Category::InvalidArgument);
    ErrorRecord::new(error).with_target(path.into())
}

/// `Move-Item` of what lies on the session's drives, which have no folders to move it to.
pub(crate) fn refuse_move(call: &mut Call<'_>) -> Run {
    if given(call)?.is_empty() { Ok(()) } else { Err(not_supported().into()) }
}

/// `Rename-Item` of a path on a session's drive; `false`: it is none.
pub(crate) fn rename(call: &mut Call<'_>, path: &str) -> Run<bool> {
    let Some((drive, name)) = split(path) else { return Ok(false) };
    let Some(held) = held_of_path(call, path) else {
        call.error(missing(call, &drive.path(name)))?;
        return Ok(true);
    };
    let to = call.text("NewName").unwrap_or_default();
    if held_of_path(call, &drive.path(&to)).is_some() && !call.flag("Force") {
        call.error(there_already(&to))?;
        return Ok(true);
    }
    if !is_kept(call, drive, name)?
        && call.should(&format!("Item: {name} NewName: {to}"), "Rename Item", false)?
        && drive.remove(call, name)?
    {
        drives::set_content(call, &drive.path(&to), held)?;
        pass(call, drive, &to)?;
    }
    Ok(true)
}

/// `Remove-Item` of what lies on the session's drives.
pub(crate) fn remove(call: &mut Call<'_>) -> Run {
    for (drive, name) in given(call)? {
        if drive == Drive::Alias && call.session().alias_is_read_only(&name) && !call.flag("Force") {
            let message = format!("Alias was not removed because alias {name} is constant or read-only.");
            let kind = "System.Management.Automation.SessionStateUnauthorizedAccessException";
            let error = Exception::new(kind, message).id("AliasNotRemovable").category(Category::WriteError);
            call.error(ErrorRecord::new(error).with_target(name.into()))?;
        } else if call.should(&format!("Item: {name}"), "Remove Item", false)? {
            drive.remove(call, &name)?;
        }
    }
    Ok(())
}

/// `Clear-Item`.
pub(crate) static CLEAR_ITEM: CoreCommand = CoreCommand::new(
    "Clear-Item",
    "ClearItemCommand",
    || {
        declare_changing(
            "Clear-Item",
            "Path LiteralPath",
            "Path string[] @Path 0 ! | .\nLiteralPath string[] @LiteralPath ! . =PSPath,LP\nForce switch",
        )
    },
    || Box::new(ClearItem),
);

struct ClearItem;

impl Command for ClearItem {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for path in [call.texts("Path"), call.texts("LiteralPath")].concat() {
            if split(&path).is_none() {
                return Err(not_supported().into());
            }
        }
        for (drive, name) in given(call)? {
            if is_kept(call, drive, &name)? || !call.should(&format!("Item: {name}"), "Clear Item", false)? {
                continue;
            }
            // Only a variable stays when there is nothing in it.
            match drive {
                Drive::Variable => drives::set_content(call, &drive.path(&name), Value::Null).map(drop)?,
                _ => drive.remove(call, &name).map(drop)?,
            }
        }
        Ok(())
    }
}
