//! `Get-Content`, `Set-Content`, `Add-Content`, `Clear-Content`.

use crate::declare::{declare, declare_changing};
use crate::encoding::{self, Written};
use crate::missing::missing;
use crate::{drives, item, path};
use dotnet::values::Encoding;
use dotnet::{Category, Exception, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::value::Array;
use std::collections::VecDeque;

/// `Get-Content`.
pub(crate) static GET_CONTENT: CoreCommand = CoreCommand::new(
    "Get-Content",
    "GetContentCommand",
    || {
        declare(
            "Get-Content",
            "Path LiteralPath",
            "ReadCount long .
             TotalCount long . =First,Head
             Tail int . =Last
             Path string[] @Path 0 ! .
             LiteralPath string[] @LiteralPath ! . =PSPath,LP
             Filter string
             Include string[]
             Exclude string[]
             Force switch
             Encoding object
             Delimiter string
             Raw switch
             AsByteStream switch",
        )
    },
    || Box::new(GetContent),
);

struct GetContent;

impl Command for GetContent {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let counted = call.is_given("TotalCount");
        if call.is_given("Tail") && counted {
            let message = "The parameters TotalCount and Tail cannot be used together. Please specify only one parameter.";
            return Err(Exception::invalid_operation(message)
                .id("TailAndHeadCannotCoexist")
                .category(Category::InvalidOperation)
                .into());
        }
        if call.flag("Raw") && counted {
            let message = "The 'Raw' and 'TotalCount' parameters cannot be specified in the same command.";
            let kind = "System.Management.Automation.PSInvalidOperationException";
            return Err(Exception::new(kind, message)
                .id("InvalidOperation")
                .category(Category::InvalidOperation)
                .into());
        }
        for path in call.texts("Path") {
            drives::content(call, &path)?;
        }
        for found in item::wanted(call)? {
            read(call, &found)?;
        }
        Ok(())
    }
}

fn read(call: &mut Call<'_>, full: &str) -> Run {
    let host = call.host();
    match host.files().info(full) {
        Ok(info) if info.folder => {
            let error = Exception::new(
                "System.InvalidOperationException",
                format!(
                    "Unable to get content because it is a directory: '{full}'. Please use 'Get-ChildItem' instead."
                ),
            );
            return call.error(ErrorRecord::new(
                error.id("GetContainerContentException").category(Category::InvalidOperation),
            ));
        }
        Err(_) => return call.error(missing(full)),
        Ok(_) => {}
    }
    let bytes = host.files().read(full).map_err(|error| encoding::not_read(&error, full))?;
    if call.flag("AsByteStream")
        || call.text("Encoding").is_some_and(|name| name.eq_ignore_ascii_case("byte"))
    {
        let items: Vec<Value> = bytes.into_iter().map(Value::Byte).collect();
        return if call.flag("Raw") {
            call.write(Value::from(Array::of("System.Byte", items)))
        } else {
            call.write_all(Value::array(items))
        };
    }
    let asked: Option<Encoding> =
        if call.is_given("Encoding") { Some(encoding::wanted(call, "Encoding")?) } else { None };
    let windows = call.session().locale().profile.read_windows_1252;
    let content = encoding::text_of(&bytes, asked, windows);
    if call.flag("Raw") {
        return if content.is_empty() { Ok(()) } else { call.write(content) };
    }
    lines(call, &content)
}

fn lines(call: &mut Call<'_>, content: &str) -> Run {
    let delimiter = call.text("Delimiter").filter(|d| !d.is_empty());
    let mut pieces: Vec<&str> = match &delimiter {
        Some(delimiter) => content.split(delimiter.as_str()).collect(),
        None => content.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect(),
    };
    if pieces.last().is_some_and(|last| last.is_empty()) {
        pieces.pop();
    }
    if let Some(tail) = call.number("Tail") {
        pieces.drain(..pieces.len().saturating_sub(tail.max(0) as usize));
    }
    let most = call.number("TotalCount").map_or(usize::MAX, |n| n.max(0) as usize);
    pieces.truncate(most);
    match call.number("ReadCount") {
        Some(0) => {
            let all: Vec<Value> = pieces.iter().map(|line| Value::from(*line)).collect();
            if all.is_empty() { Ok(()) } else { call.write(Value::array(all)) }
        }
        Some(count) if count > 1 => {
            for group in pieces.chunks(count as usize) {
                let group: Vec<Value> = group.iter().map(|line| Value::from(*line)).collect();
                call.write(Value::array(group))?;
            }
            Ok(())
        }
        _ => {
            for line in pieces {
                call.write(line)?;
            }
            Ok(())
        }
    }
}

const WRITING: &str = "Value object[] 1 ! . |
     PassThru switch
     Path string[] @Path 0 ! .
     LiteralPath string[] @LiteralPath ! . =PSPath,LP
     Force switch
     NoNewline switch
     Encoding object
     AsByteStream switch";

/// `Set-Content`.
pub(crate) static SET_CONTENT: CoreCommand = CoreCommand::new(
    "Set-Content",
    "SetContentCommand",
    || declare_changing("Set-Content", "Path LiteralPath", WRITING),
    || Box::new(Put { append: false, files: VecDeque::new(), opened: false }),
);

/// `Add-Content`.
pub(crate) static ADD_CONTENT: CoreCommand = CoreCommand::new(
    "Add-Content",
    "AddContentCommand",
    || declare_changing("Add-Content", "Path LiteralPath", WRITING),
    || Box::new(Put { append: true, files: VecDeque::new(), opened: false }),
);

struct Put {
    append: bool,
    files: VecDeque<Written>,
    opened: bool,
}

impl Put {
    fn open(&mut self, call: &mut Call<'_>) -> Run {
        if std::mem::replace(&mut self.opened, true) {
            return Ok(());
        }
        for full in path::given(call)? {
            let known = call.host().files().info(&full);
            if known.is_ok_and(|info| info.folder || (info.read_only && !call.flag("Force"))) {
                call.error(denied(&full))?;
                continue;
            }
            let action = if self.append { "Add Content" } else { "Set Content" };
            if !call.should(&format!("Path: {full}"), action, false)? {
                continue;
            }
            let encoding = self.encoding(call, &full)?;
            self.files.push_back(Written::open(call, &full, encoding, self.append, false)?);
        }
        Ok(())
    }
    /// Text added to a file with a mark takes the file's encoding.
    fn encoding(&self, call: &mut Call<'_>, full: &str) -> Run<Encoding> {
        if self.append
            && !call.is_given("Encoding")
            && let Ok(bytes) = call.host().files().read(full)
        {
            let marked = [Encoding::Utf8, Encoding::Utf32, Encoding::Utf16, Encoding::Utf16Big];
            if let Some(found) = marked.into_iter().find(|encoding| bytes.starts_with(encoding.mark())) {
                return Ok(found);
            }
        }
        encoding::wanted(call, "Encoding")
    }
}

impl Command for Put {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = call.value("Value").cloned().unwrap_or_default();
        for path in call.texts("Path") {
            drives::set_content(call, &path, value.clone())?;
        }
        self.open(call)?;
        let end = if call.flag("NoNewline") { "" } else { "\n" };
        let bytes = call.flag("AsByteStream")
            || call.text("Encoding").is_some_and(|name| name.eq_ignore_ascii_case("byte"));
        for item in dotnet::index::walk(&value) {
            let line = text::of(&item, call.session().locale());
            for file in &mut self.files {
                match (bytes, item.as_i64()) {
                    (true, Some(byte)) => file.bytes(&[byte as u8])?,
                    _ => file.put(&format!("{line}{end}"))?,
                }
            }
            if call.flag("PassThru") && input.is_some() {
                call.write(item)?;
            }
        }
        // What was given at once is handed on at once.
        match call.flag("PassThru") && input.is_none() {
            true => call.write(Value::array(value.items())),
            false => Ok(()),
        }
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        self.open(call)?;
        self.files.drain(..).try_for_each(Written::close)
    }
}

/// The record of a file that is read-only.
fn denied(full: &str) -> ErrorRecord {
    let message = format!("Access to the path '{full}' is denied.");
    let error = Exception::new("System.UnauthorizedAccessException", message)
        .id("GetContentWriterUnauthorizedAccessError")
        .category(Category::PermissionDenied);
    ErrorRecord::new(error).with_target(full.into())
}

/// `Clear-Content`.
pub(crate) static CLEAR_CONTENT: CoreCommand = CoreCommand::new(
    "Clear-Content",
    "ClearContentCommand",
    || {
        declare_changing(
            "Clear-Content",
            "Path LiteralPath",
            "Path string[] @Path 0 ! .\nLiteralPath string[] @LiteralPath ! . =PSPath,LP\nForce switch",
        )
    },
    || Box::new(Clear),
);

struct Clear;

impl Command for Clear {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for full in path::given(call)? {
            let Ok(info) = call.host().files().info(&full) else {
                call.error(missing(&full))?;
                continue;
            };
            if info.read_only && !call.flag("Force") {
                call.error(denied(&full))?;
                continue;
            }
            if call.should(&format!("Item: {full}"), "Clear Content", false)? {
                Written::open(call, &full, Encoding::Utf8NoMark, false, false)?.close()?;
            }
        }
        Ok(())
    }
}
