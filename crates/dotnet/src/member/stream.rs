//! Text read and written piece by piece: `StreamReader`, `StreamWriter`, `StringReader`, `StringWriter`.

use super::answer::{bool, null, string};
use super::bytes::{self, is_stream, read_all, write_to, written_file};
use super::path::{file_error, resolved};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use crate::format;
use crate::text;
use crate::values::{Encoding, StringBuilder};
use object::Value;
use object::value::{Text, Typed};
use parking_lot::Mutex;
use std::any::Any;
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A text that is read from its start to its end.
struct Reader {
    name: &'static str,
    encoding: Encoding,
    /// The stream it was made of.
    below: Value,
    /// The text and the byte where reading goes on; `None` when it was closed.
    open: Mutex<Option<(String, usize)>>,
}

/// Where a writer's text goes.
enum Target {
    /// A file, written at once; how many bytes are in it.
    File(Box<dyn Write + Send>, Encoding, Arc<AtomicU64>),
    Stream(Value, Encoding),
    Builder(Value),
    Closed,
}

struct Writer {
    name: &'static str,
    target: Mutex<Target>,
    line_end: Mutex<Text>,
    auto_flush: Mutex<bool>,
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
            Target::Builder(builder) => builder.to_string(),
            _ => self.name.to_owned(),
        }
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// What .NET says of a reader or writer that was closed.
fn closed(what: &str, name: &str) -> Exception {
    let short = name.rsplit('.').next().unwrap_or(name);
    let message = format!("Cannot {what}.\nObject name: '{short}'.");
    Exception::new("System.ObjectDisposedException", message)
}

fn io(error: &std::io::Error) -> Exception {
    Exception::new("System.IO.IOException", error.to_string())
}

// --- reading -----------------------------------------------------------------------------------

/// A file's text: by its mark, else UTF-8 (or what the profile reads without a mark).
pub fn decode(bytes: &[u8], windows: bool) -> String {
    if let Some(text) = marked(bytes) {
        return text;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) if windows => Encoding::Windows1252.text_of(bytes),
        Err(_) => Encoding::Utf8.text_of(bytes),
    }
}

/// The text of bytes that say themselves how they are written.
fn marked(bytes: &[u8]) -> Option<String> {
    crate::lines::marked(bytes).map(|encoding| encoding.text_of(&bytes[encoding.mark().len()..]))
}

/// Bytes as text in the encoding that is said; a mark counts more.
pub(super) fn text_of(call: &Call<'_>, all: &[u8], encoding_at: usize) -> String {
    match call.plain(encoding_at).downcast::<Encoding>() {
        Some(encoding) => marked(all).unwrap_or_else(|| encoding.text_of(all)),
        None => decode(all, call.engine.locale().profile.read_windows_1252),
    }
}

fn reader(name: &'static str, text: String, encoding: Encoding, below: Value) -> Result<Value> {
    Ok(Value::typed(Reader { name, encoding, below, open: Mutex::new(Some((text, 0))) }))
}

/// A reader of a file or of a stream, in the encoding of its mark or the one that is said.
pub(super) fn open_text(call: &Call<'_>) -> Result<Value> {
    let all = if is_stream(call.plain(0)) {
        read_all(call.plain(0))?
    } else {
        let path = resolved(call, 0);
        call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))?
    };
    let encoding = call.plain(1).downcast::<Encoding>().copied().unwrap_or(Encoding::Utf8NoMark);
    reader("System.IO.StreamReader", text_of(call, &all, 1), encoding, call.value(0))
}

/// Reads on with `take`, which gives a value and how many bytes it took of what is left.
fn reading(call: &Call<'_>, take: impl FnOnce(&str) -> (Value, usize)) -> Result<Value> {
    let reader = call.this_as::<Reader>()?;
    let mut open = reader.open.lock();
    let (text, at) = open.as_mut().ok_or_else(|| closed("read from a closed TextReader", reader.name))?;
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

/// Characters into an array, and how many there were.
fn read_chars(call: &mut Call<'_>) -> Result<Value> {
    let (buffer, from, count) = (super::array::argument(call, 0)?, call.int(1), call.int(2));
    if from < 0 || count < 0 || from as usize + count as usize > buffer.len() {
        let message = "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.";
        return Err(Exception::new("System.ArgumentException", message));
    }
    reading(call, |left| {
        let part: String = left.chars().take(count as usize).collect();
        let units = part.encode_utf16().map(Value::Char);
        let mut read = 0;
        for (slot, unit) in buffer.write()[from as usize..].iter_mut().zip(units) {
            *slot = unit;
            read += 1;
        }
        (Value::Int32(read), part.len())
    })
}

fn close_reader(call: &mut Call<'_>) -> Result<Value> {
    let reader = call.this_as::<Reader>()?;
    *reader.open.lock() = None;
    if is_stream(&reader.below) {
        bytes::close(call, &reader.below)?;
    }
    null()
}

const READ: &[Row] = &[
    ("void Close()", close_reader),
    ("void Dispose()", close_reader),
    ("int Peek()", |call| reading(call, |left| (one_char(left).0, 0))),
    ("int Read()", |call| reading(call, one_char)),
    ("int Read(char[] buffer, int index, int count)", read_chars),
    ("int ReadBlock(char[] buffer, int index, int count)", read_chars),
    ("string ReadLine()", |call| reading(call, one_line)),
    ("string ReadToEnd()", |call| reading(call, |left| (left.into(), left.len()))),
];

// --- writing -----------------------------------------------------------------------------------

fn writer(name: &'static str, target: Target) -> Result<Value> {
    let line_end = Mutex::new("\n".into());
    Ok(Value::typed(Writer { name, target: Mutex::new(target), line_end, auto_flush: Mutex::new(false) }))
}

/// A writer of a file, which is emptied unless `append`, or of a stream.
pub(super) fn create_text(call: &Call<'_>, append: bool, encoding_at: usize) -> Result<Value> {
    let encoding = call.plain(encoding_at).downcast::<Encoding>().copied().unwrap_or(Encoding::Utf8NoMark);
    if is_stream(call.plain(0)) {
        write_to(call.plain(0), encoding.mark())?;
        return writer("System.IO.StreamWriter", Target::Stream(call.value(0), encoding));
    }
    let path = resolved(call, 0);
    let files = call.engine.host().files();
    let before = if append { files.info(&path).map_or(0, |info| info.length) } else { 0 };
    let mut file = files.create(&path, append).map_err(|error| file_error(&error, &path))?;
    let mark = if before == 0 { encoding.mark() } else { &[] };
    file.write_all(mark).map_err(|error| file_error(&error, &path))?;
    let length = Arc::new(AtomicU64::new(before + mark.len() as u64));
    writer("System.IO.StreamWriter", Target::File(file, encoding, length))
}

fn write(call: &Call<'_>, text: &str) -> Result<Value> {
    let writer = call.this_as::<Writer>()?;
    match &mut *writer.target.lock() {
        Target::Builder(builder) => {
            if let Some(builder) = builder.downcast::<StringBuilder>() {
                super::string::append(builder, text)?;
            }
        }
        Target::Stream(stream, encoding) => write_to(stream, &encoding.bytes(text))?,
        Target::File(file, encoding, length) => {
            let all = encoding.bytes(text);
            file.write_all(&all).map_err(|error| io(&error))?;
            length.fetch_add(all.len() as u64, Ordering::Relaxed);
        }
        Target::Closed => return Err(closed("write to a closed TextWriter", writer.name)),
    }
    null()
}

/// The text of the arguments: of one as it is, of several as a pattern and what fills it.
fn shown(call: &Call<'_>) -> Result<String> {
    Ok(match (call.count(), call.plain(0)) {
        (0, _) => String::new(),
        (1, Value::Array(array)) => {
            array.to_vec().iter().map(|item| text::of(item, call.engine.locale())).collect()
        }
        (1, one) => text::of(one, call.engine.locale()),
        _ => format::composite(&call.text(0), &call.rest(1), call.engine.locale())?,
    })
}

/// A part of an array of characters.
fn shown_part(call: &Call<'_>) -> Result<String> {
    let (from, count) = (call.int(1).max(0) as usize, call.int(2).max(0) as usize);
    let all = call.items(0);
    let part = all.get(from..from + count).ok_or_else(|| {
        Exception::new(
            "System.ArgumentException",
            "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
        )
    })?;
    Ok(part.iter().map(|item| text::of(item, call.engine.locale())).collect())
}

fn write_value(call: &mut Call<'_>) -> Result<Value> {
    let shown = shown(call)?;
    write(call, &shown)
}

fn write_line(call: &mut Call<'_>) -> Result<Value> {
    let shown = shown(call)?;
    let end = call.this_as::<Writer>()?.line_end.lock().clone();
    write(call, &format!("{shown}{end}"))
}

fn flush(call: &Call<'_>) -> Result<Value> {
    match &mut *call.this_as::<Writer>()?.target.lock() {
        Target::File(file, ..) => file.flush().map_err(|error| io(&error))?,
        Target::Stream(stream, _) => bytes::flush(call, stream)?,
        _ => {}
    }
    null()
}

/// A closed file takes no more; the text of a `StringWriter` can still be read.
fn close_writer(call: &mut Call<'_>) -> Result<Value> {
    flush(call)?;
    let mut target = call.this_as::<Writer>()?.target.lock();
    if let Target::Stream(stream, _) = &*target {
        bytes::close(call, stream)?;
    }
    if !matches!(&*target, Target::Builder(_)) {
        *target = Target::Closed;
    }
    null()
}

const WRITE: &[Row] = &[
    ("System.Text.Encoding Encoding", |call| {
        Ok(Value::typed(match &*call.this_as::<Writer>()?.target.lock() {
            Target::File(_, encoding, _) | Target::Stream(_, encoding) => *encoding,
            _ => Encoding::Utf16,
        }))
    }),
    ("string NewLine", |call| Ok(call.this_as::<Writer>()?.line_end.lock().clone().into())),
    ("set string NewLine", |call| {
        let end = call.text(0);
        *call.this_as::<Writer>()?.line_end.lock() = end.into();
        null()
    }),
    ("void Close()", close_writer),
    ("void Dispose()", close_writer),
    ("void Flush()", |call| flush(call)),
    ("void Write(char value)", write_value),
    ("void Write(char[] buffer)", write_value),
    ("void Write(char[] buffer, int index, int count)", |call| {
        let part = shown_part(call)?;
        write(call, &part)
    }),
    ("void Write(bool value)", write_value),
    ("void Write(int value)", write_value),
    ("void Write(uint value)", write_value),
    ("void Write(long value)", write_value),
    ("void Write(ulong value)", write_value),
    ("void Write(float value)", write_value),
    ("void Write(double value)", write_value),
    ("void Write(decimal value)", write_value),
    ("void Write(string value)", write_value),
    ("void Write(System.Object value)", write_value),
    ("void Write(string format, System.Object arg0)", write_value),
    ("void Write(string format, System.Object arg0, System.Object arg1)", write_value),
    ("void Write(string format, System.Object arg0, System.Object arg1, System.Object arg2)", write_value),
    ("void Write(string format, Params System.Object[] arg)", write_value),
    ("void WriteLine()", write_line),
    ("void WriteLine(char value)", write_line),
    ("void WriteLine(char[] buffer)", write_line),
    ("void WriteLine(char[] buffer, int index, int count)", |call| {
        let end = call.this_as::<Writer>()?.line_end.lock().clone();
        let part = shown_part(call)?;
        write(call, &format!("{part}{end}"))
    }),
    ("void WriteLine(bool value)", write_line),
    ("void WriteLine(int value)", write_line),
    ("void WriteLine(uint value)", write_line),
    ("void WriteLine(long value)", write_line),
    ("void WriteLine(ulong value)", write_line),
    ("void WriteLine(float value)", write_line),
    ("void WriteLine(double value)", write_line),
    ("void WriteLine(decimal value)", write_line),
    ("void WriteLine(string value)", write_line),
    ("void WriteLine(System.Object value)", write_line),
    ("void WriteLine(string format, System.Object arg0)", write_line),
    ("void WriteLine(string format, System.Object arg0, System.Object arg1)", write_line),
    ("void WriteLine(string format, System.Object arg0, System.Object arg1, System.Object arg2)", write_line),
    ("void WriteLine(string format, Params System.Object[] arg)", write_line),
];

const STREAM_READER: &[Row] = &[
    ("System.IO.Stream BaseStream", |call| Ok(call.this_as::<Reader>()?.below.clone())),
    ("System.Text.Encoding CurrentEncoding", |call| Ok(Value::typed(call.this_as::<Reader>()?.encoding))),
    ("bool EndOfStream", |call| reading(call, |left| (left.is_empty().into(), 0))),
    ("void DiscardBufferedData()", |_| null()),
    ("static System.IO.StreamReader new(System.IO.Stream stream)", |call| open_text(call)),
    ("static System.IO.StreamReader new(System.IO.Stream stream, System.Text.Encoding encoding)", |call| {
        open_text(call)
    }),
    ("static System.IO.StreamReader new(string path)", |call| open_text(call)),
    ("static System.IO.StreamReader new(string path, bool detectEncodingFromByteOrderMarks)", |call| {
        open_text(call)
    }),
    ("static System.IO.StreamReader new(string path, System.Text.Encoding encoding)", |call| open_text(call)),
    (
        "static System.IO.StreamReader new(string path, System.Text.Encoding encoding, bool detectEncodingFromByteOrderMarks)",
        |call| open_text(call),
    ),
];

const STREAM_WRITER: &[Row] = &[
    ("bool AutoFlush", |call| bool(*call.this_as::<Writer>()?.auto_flush.lock())),
    ("set bool AutoFlush", |call| {
        let on = call.bool(0);
        *call.this_as::<Writer>()?.auto_flush.lock() = on;
        null()
    }),
    ("System.IO.Stream BaseStream", |call| {
        Ok(match &*call.this_as::<Writer>()?.target.lock() {
            Target::File(_, _, length) => written_file(length.clone()),
            Target::Stream(stream, _) => stream.clone(),
            _ => Value::Null,
        })
    }),
    ("static System.IO.StreamWriter new(System.IO.Stream stream)", |call| create_text(call, false, 9)),
    ("static System.IO.StreamWriter new(System.IO.Stream stream, System.Text.Encoding encoding)", |call| {
        create_text(call, false, 1)
    }),
    ("static System.IO.StreamWriter new(string path)", |call| create_text(call, false, 9)),
    ("static System.IO.StreamWriter new(string path, bool append)", |call| {
        create_text(call, call.bool(1), 9)
    }),
    ("static System.IO.StreamWriter new(string path, bool append, System.Text.Encoding encoding)", |call| {
        create_text(call, call.bool(1), 2)
    }),
    (
        "static System.IO.StreamWriter new(string path, bool append, System.Text.Encoding encoding, int bufferSize)",
        |call| create_text(call, call.bool(1), 2),
    ),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.IO.TextReader", READ),
    ("System.IO.TextWriter", WRITE),
    ("System.IO.StreamReader", STREAM_READER),
    ("System.IO.StreamWriter", STREAM_WRITER),
    (
        "System.IO.StringReader",
        &[("static System.IO.StringReader new(string s)", |call| {
            reader("System.IO.StringReader", call.text(0), Encoding::Utf16, Value::Null)
        })],
    ),
    (
        "System.IO.StringWriter",
        &[
            ("System.Text.StringBuilder GetStringBuilder()", |call| {
                Ok(match &*call.this_as::<Writer>()?.target.lock() {
                    Target::Builder(builder) => builder.clone(),
                    _ => Value::Null,
                })
            }),
            ("string ToString()", |call| string(call.this_as::<Writer>()?.text())),
            ("static System.IO.StringWriter new()", |_| {
                writer(
                    "System.IO.StringWriter",
                    Target::Builder(Value::typed(StringBuilder::new(String::new()))),
                )
            }),
            ("static System.IO.StringWriter new(System.Text.StringBuilder sb)", |call| {
                writer("System.IO.StringWriter", Target::Builder(call.value(0)))
            }),
        ],
    ),
];
