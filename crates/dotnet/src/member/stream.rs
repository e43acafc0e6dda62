//! Text read and written piece by piece: `StreamReader`, `StreamWriter`, `StringReader`, `StringWriter`.

use super::system::{decode, file_error, full_path};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use crate::format;
use crate::text;
use crate::values::Encoding;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::Mutex;
use std::any::Any;
use std::io::Write;

/// A text that is read from its start to its end.
struct Reader {
    name: &'static str,
    /// The text and the byte where reading goes on; `None` when it was closed.
    open: Mutex<Option<(String, usize)>>,
}

/// Where a writer's text goes.
enum Target {
    File(Box<dyn Write + Send>, Encoding),
    Memory(String),
    Closed,
}

struct Writer {
    name: &'static str,
    target: Mutex<Target>,
}

impl Typed for Reader {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        self.name.to_owned()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Typed for Writer {
    fn type_name(&self) -> Text {
        self.name.into()
    }
    fn text(&self) -> String {
        match &*self.target.lock() {
            Target::Memory(text) => text.clone(),
            _ => self.name.to_owned(),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn closed(what: &str) -> Exception {
    Exception::new("System.ObjectDisposedException", format!("Cannot {what} a closed text."))
}

fn null() -> Result<Value> {
    Ok(Value::Null)
}

// --- reading -----------------------------------------------------------------------------------

fn reader(name: &'static str, text: String) -> Result<Value> {
    Ok(Value::typed(Reader { name, open: Mutex::new(Some((text, 0))) }))
}

/// A reader of a file, in the encoding of its mark or the one that is said.
pub(super) fn open_text(call: &Call<'_>) -> Result<Value> {
    let path = full_path(&call.text(0), &call.engine.location());
    let bytes = call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))?;
    let text = match call.plain(1).downcast::<Encoding>() {
        Some(encoding) => encoding.text_of(bytes.strip_prefix(encoding.mark()).unwrap_or(&bytes)),
        None => decode(&bytes, call.engine.locale().profile.read_windows_1252),
    };
    reader("System.IO.StreamReader", text)
}

/// Reads on with `take`, which gives a value and how many bytes it took of what is left.
fn reading(call: &Call<'_>, take: impl FnOnce(&str) -> (Value, usize)) -> Result<Value> {
    let mut open = call.this_as::<Reader>()?.open.lock();
    let (text, at) = open.as_mut().ok_or_else(|| closed("read from"))?;
    let (value, taken) = take(&text[*at..]);
    *at += taken;
    Ok(value)
}

fn one_line(left: &str) -> (Value, usize) {
    if left.is_empty() {
        return (Value::Null, 0);
    }
    match left.find(['\r', '\n']) {
        None => (left.into(), left.len()),
        Some(end) => {
            let both = left[end..].starts_with("\r\n");
            (left[..end].into(), end + if both { 2 } else { 1 })
        }
    }
}

fn one_char(left: &str) -> (Value, usize) {
    match left.chars().next() {
        Some(c) => (Value::Int32(c as i32), c.len_utf8()),
        None => (Value::Int32(-1), 0),
    }
}

fn close_reader(call: &mut Call<'_>) -> Result<Value> {
    *call.this_as::<Reader>()?.open.lock() = None;
    null()
}

const READ: &[Row] = &[
    ("string ReadLine()", |call| reading(call, one_line)),
    ("string ReadToEnd()", |call| reading(call, |left| (left.into(), left.len()))),
    ("int Read()", |call| reading(call, one_char)),
    ("int Peek()", |call| reading(call, |left| (one_char(left).0, 0))),
    ("void Close()", close_reader),
    ("void Dispose()", close_reader),
];

// --- writing -----------------------------------------------------------------------------------

/// A writer of a file, which is emptied unless `append`.
pub(super) fn create_text(call: &Call<'_>, append: bool, encoding_at: usize) -> Result<Value> {
    let path = full_path(&call.text(0), &call.engine.location());
    let encoding = call.plain(encoding_at).downcast::<Encoding>().copied().unwrap_or(Encoding::Utf8NoMark);
    let files = call.engine.host().files();
    let fresh = !append || files.info(&path).map_or(true, |info| info.length == 0);
    let mut file = files.create(&path, append).map_err(|error| file_error(&error, &path))?;
    if fresh {
        file.write_all(encoding.mark()).map_err(|error| file_error(&error, &path))?;
    }
    let target = Mutex::new(Target::File(file, encoding));
    Ok(Value::typed(Writer { name: "System.IO.StreamWriter", target }))
}

fn write(call: &Call<'_>, text: &str) -> Result<Value> {
    match &mut *call.this_as::<Writer>()?.target.lock() {
        Target::Memory(kept) => kept.push_str(text),
        Target::File(file, encoding) => file
            .write_all(&encoding.bytes(text))
            .map_err(|error| Exception::new("System.IO.IOException", error.to_string()))?,
        Target::Closed => return Err(closed("write to")),
    }
    null()
}

fn write_value(call: &Call<'_>, end: &str) -> Result<Value> {
    let shown = match call.count() {
        0 => String::new(),
        1 => text::to_text(call.plain(0), call.engine.locale()),
        _ => format::composite(&call.text(0), &call.rest(1), call.engine.locale())?,
    };
    write(call, &format!("{shown}{end}"))
}

fn flush(call: &Call<'_>) -> Result<Value> {
    if let Target::File(file, _) = &mut *call.this_as::<Writer>()?.target.lock() {
        file.flush().map_err(|error| Exception::new("System.IO.IOException", error.to_string()))?;
    }
    null()
}

/// A closed file takes no more; the text of a `StringWriter` can still be read.
fn close_writer(call: &mut Call<'_>) -> Result<Value> {
    flush(call)?;
    let mut target = call.this_as::<Writer>()?.target.lock();
    if matches!(&*target, Target::File(..)) {
        *target = Target::Closed;
    }
    null()
}

const WRITE: &[Row] = &[
    ("void Write(System.Object value)", |call| write_value(call, "")),
    ("void Write(string format, Params System.Object[] args)", |call| write_value(call, "")),
    ("void WriteLine()", |call| write_value(call, "\n")),
    ("void WriteLine(System.Object value)", |call| write_value(call, "\n")),
    ("void WriteLine(string format, Params System.Object[] args)", |call| write_value(call, "\n")),
    ("void Flush()", |call| flush(call)),
    ("void Close()", close_writer),
    ("void Dispose()", close_writer),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.IO.TextReader", READ),
    ("System.IO.TextWriter", WRITE),
    (
        "System.IO.StreamReader",
        &[
            ("static System.IO.StreamReader new(string path)", |call| open_text(call)),
            ("static System.IO.StreamReader new(string path, System.Text.Encoding encoding)", |call| {
                open_text(call)
            }),
            ("bool EndOfStream", |call| reading(call, |left| (left.is_empty().into(), 0))),
        ],
    ),
    (
        "System.IO.StringReader",
        &[("static System.IO.StringReader new(string s)", |call| {
            reader("System.IO.StringReader", call.text(0))
        })],
    ),
    (
        "System.IO.StreamWriter",
        &[
            ("static System.IO.StreamWriter new(string path)", |call| create_text(call, false, 9)),
            ("static System.IO.StreamWriter new(string path, bool append)", |call| {
                create_text(call, call.bool(1), 9)
            }),
            (
                "static System.IO.StreamWriter new(string path, bool append, System.Text.Encoding encoding)",
                |call| create_text(call, call.bool(1), 2),
            ),
            // Every write goes to the file at once.
            ("bool AutoFlush", |_| Ok(true.into())),
            ("set bool AutoFlush", |_| null()),
        ],
    ),
    (
        "System.IO.StringWriter",
        &[("static System.IO.StringWriter new()", |_| {
            let target = Mutex::new(Target::Memory(String::new()));
            Ok(Value::typed(Writer { name: "System.IO.StringWriter", target }))
        })],
    ),
];
