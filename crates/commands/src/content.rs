//! `Get-Content`, `Set-Content`, `Add-Content`, `Clear-Content`.

use crate::declare::{declare, declare_changing};
use crate::encoding::{self, Written};
use crate::missing::missing;
use crate::{drives, item, path};
use dotnet::lines::TextLines;
use dotnet::values::Encoding;
use dotnet::{Category, Exception, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use object::value::Array;
use std::collections::VecDeque;
use std::io::Read as _;

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
        if call.flag("Raw") && call.is_given("Tail") {
            let message = "The parameters Raw and Tail cannot be used together: with Raw a file is one text.";
            return Err(Exception::invalid_operation(message)
                .id("RawAndTailCannotCoexist")
                .category(Category::InvalidOperation)
                .into());
        }
        for path in call.texts("Path") {
            drives::content(call, &path)?;
        }
        drives::literal_content(call)?;
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
        Err(_) => return call.error(missing(call, full)),
        Ok(_) => {}
    }
    let unread = |error: std::io::Error| encoding::not_read(&error, full);
    let bytes = call.flag("AsByteStream")
        || call.text("Encoding").is_some_and(|name| name.eq_ignore_ascii_case("byte"));
    let asked: Option<Encoding> = match bytes || !call.is_given("Encoding") {
        true => None,
        false => Some(encoding::wanted(call, "Encoding")?),
    };
    let windows = call.session().locale().profile.read_windows_1252;
    if call.flag("Raw") {
        let all = host.files().read(full).map_err(unread)?;
        return match bytes {
            true => call.write(Array::of("System.Byte", all.into_iter().map(Value::Byte).collect())),
            false if all.is_empty() => Ok(()),
            false => call.write(encoding::text_of(&all, asked, windows)),
        };
    }
    let source = host.files().open(full).map_err(unread)?;
    if bytes {
        let mut bytes = std::io::BufReader::new(source).bytes();
        return pieces(call, || bytes.next().transpose().map(|byte| byte.map(Value::Byte)), full);
    }
    let mut lines = TextLines::new(source, asked, windows);
    if let Some(delimiter) = call.text("Delimiter").filter(|delimiter| !delimiter.is_empty()) {
        lines = lines.parted_at(&delimiter).map_err(unread)?;
    }
    pieces(call, || lines.line().map(|line| line.map(|line| Value::from(&*line))), full)
}

/// Writes the lines or bytes of a file: the first, the last, or all of them, one by one or in groups.
fn pieces(call: &mut Call<'_>, mut next: impl FnMut() -> std::io::Result<Option<Value>>, full: &str) -> Run {
    let count = |number: i64| usize::try_from(number).ok();
    let most = call.number("TotalCount").and_then(count).unwrap_or(usize::MAX);
    let mut groups = Groups {
        size: call
            .number("ReadCount")
            .map_or(1, |size| count(size).filter(|size| *size > 0).unwrap_or(usize::MAX)),
        held: Vec::new(),
    };
    let mut next = || next().map_err(|error| encoding::not_read(&error, full));
    if let Some(tail) = call.number("Tail").and_then(count) {
        let mut last = VecDeque::new();
        while let Some(piece) = next()? {
            last.push_back(piece);
            if last.len() > tail {
                last.pop_front();
            }
            call.look()?;
        }
        last.into_iter().try_for_each(|piece| groups.put(call, piece))?;
        return groups.end(call);
    }
    for _ in 0..most {
        let Some(piece) = next()? else { break };
        groups.put(call, piece)?;
    }
    groups.end(call)
}

/// `-ReadCount`: so many pieces go on together, as one list.
struct Groups {
    size: usize,
    held: Vec<Value>,
}

impl Groups {
    fn put(&mut self, call: &mut Call<'_>, piece: Value) -> Run {
        if self.size == 1 {
            return call.write(piece);
        }
        call.look()?;
        self.held.push(piece);
        if self.held.len() < self.size { Ok(()) } else { self.end(call) }
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if self.held.is_empty() {
            return Ok(());
        }
        call.write(Value::array(std::mem::take(&mut self.held)))
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
            && let Some(found) = marked_in(call, full)
        {
            return Ok(found);
        }
        encoding::wanted(call, "Encoding")
    }
}

/// The encoding that a file says of itself.
fn marked_in(call: &Call<'_>, full: &str) -> Option<Encoding> {
    let source = call.host().files().open(full).ok()?;
    TextLines::new(source, None, false).mark().ok()?
}

impl Command for Put {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let value = call.value("Value").cloned().unwrap_or_default();
        for path in [call.texts("Path"), call.texts("LiteralPath")].concat() {
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
                call.error(missing(call, &full))?;
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
