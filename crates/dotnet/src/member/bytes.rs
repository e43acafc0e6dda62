//! Streams of bytes: in memory, of files, compressed.

use super::answer::{bool, bytes as byte_array, int, long, null};
use super::path::{file_error, resolved};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use flate2::Compression;
use object::Value;
use object::value::{Text, Typed};
use parking_lot::Mutex;
use std::any::Any;
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The most bytes that a stream in memory, or what a compressed one unpacks to, may have.
const STREAM_BYTES_MAX: usize = 1 << 30;

/// A stream.
pub(super) struct Stream {
    name: &'static str,
    state: Mutex<State>,
}

struct State {
    kind: Kind,
    /// What a stream in memory or of a file holds; of a compressed one what was unpacked or is to be packed.
    bytes: Vec<u8>,
    position: usize,
    open: bool,
    reads: bool,
    writes: bool,
    changed: bool,
}

enum Kind {
    Memory {
        grows: bool,
    },
    File {
        path: String,
    },
    /// A compressed stream over another one; `filled`: that one was read.
    Packed {
        inner: Value,
        format: Format,
        leave_open: bool,
        filled: bool,
    },
    /// A file that a text writer writes: only its length is known.
    Written {
        length: Arc<AtomicU64>,
    },
}

#[derive(Clone, Copy)]
enum Format {
    Gzip,
    Deflate,
    Zlib,
}

impl Typed for Stream {
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

fn stream(name: &'static str, kind: Kind, bytes: Vec<u8>) -> Value {
    let state = State { kind, bytes, position: 0, open: true, reads: true, writes: true, changed: false };
    Value::typed(Stream { name, state: Mutex::new(state) })
}

/// What stands for the file behind a text writer.
pub(super) fn written_file(length: Arc<AtomicU64>) -> Value {
    stream("System.IO.FileStream", Kind::Written { length }, Vec::new())
}

fn closed() -> Exception {
    Exception::new("System.ObjectDisposedException", "Cannot access a closed Stream.")
}

fn too_long() -> Exception {
    Exception::new("System.OutOfMemoryException", "Stream was too long.")
}

fn broken() -> Exception {
    Exception::new(
        "System.IO.InvalidDataException",
        "The archive entry was compressed using an unsupported compression method.",
    )
}

fn this<'c>(call: &'c Call<'_>) -> Result<&'c Stream> {
    call.this_as::<Stream>()
}

fn as_stream(value: &Value) -> Result<&Stream> {
    crate::values::base(value).downcast::<Stream>().ok_or_else(|| Exception::argument_null("stream"))
}

/// All bytes from a stream's position on.
pub(super) fn read_all(value: &Value) -> Result<Vec<u8>> {
    let stream = as_stream(value)?;
    fill(stream)?;
    let mut state = stream.state.lock();
    if !state.open {
        return Err(closed());
    }
    let from = state.position.min(state.bytes.len());
    let rest = state.bytes[from..].to_vec();
    state.position = state.bytes.len();
    Ok(rest)
}

/// Unpacks what a compressed stream reads, the first time somebody reads.
fn fill(stream: &Stream) -> Result<()> {
    let (inner, format) = match &mut stream.state.lock().kind {
        Kind::Packed { inner, format, filled, .. } if !*filled => {
            *filled = true;
            (inner.clone(), *format)
        }
        _ => return Ok(()),
    };
    if !stream.state.lock().reads {
        return Ok(());
    }
    let packed = read_all(&inner)?;
    let mut unpacked = Vec::new();
    let limit = STREAM_BYTES_MAX as u64 + 1;
    let result = match format {
        Format::Gzip => flate2::read::MultiGzDecoder::new(&packed[..]).take(limit).read_to_end(&mut unpacked),
        Format::Deflate => {
            flate2::read::DeflateDecoder::new(&packed[..]).take(limit).read_to_end(&mut unpacked)
        }
        Format::Zlib => flate2::read::ZlibDecoder::new(&packed[..]).take(limit).read_to_end(&mut unpacked),
    };
    result.map_err(|_| broken())?;
    if unpacked.len() > STREAM_BYTES_MAX {
        return Err(too_long());
    }
    stream.state.lock().bytes = unpacked;
    Ok(())
}

fn pack(bytes: &[u8], format: Format) -> Result<Vec<u8>> {
    let level = Compression::default();
    let packed = match format {
        Format::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Format::Deflate => {
            let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Format::Zlib => {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
    };
    packed.map_err(|error| Exception::new("System.IO.IOException", error.to_string()))
}

/// Writes bytes at the position.
pub(super) fn write_to(value: &Value, new: &[u8]) -> Result<()> {
    let stream = as_stream(value)?;
    let mut state = stream.state.lock();
    if !state.open {
        return Err(closed());
    }
    if !state.writes {
        return Err(Exception::new("System.NotSupportedException", "Stream does not support writing."));
    }
    let end = state.position + new.len();
    if matches!(state.kind, Kind::Memory { grows: false }) && end > state.bytes.len() {
        return Err(Exception::new("System.NotSupportedException", "Memory stream is not expandable."));
    }
    if end > STREAM_BYTES_MAX {
        return Err(too_long());
    }
    if end > state.bytes.len() {
        state.bytes.resize(end, 0);
    }
    let from = state.position;
    state.bytes[from..end].copy_from_slice(new);
    state.position = end;
    state.changed = true;
    Ok(())
}

/// Brings what was written to where it belongs.
pub(super) fn flush(call: &Call<'_>, value: &Value) -> Result<()> {
    let mut state = as_stream(value)?.state.lock();
    if !state.changed {
        return Ok(());
    }
    if let Kind::File { path } = &state.kind {
        call.engine.host().files().write(path, &state.bytes).map_err(|error| file_error(&error, path))?;
        state.changed = false;
    }
    Ok(())
}

/// Closes a stream; a compressed one packs what it got and closes the one below.
pub(super) fn close(call: &Call<'_>, value: &Value) -> Result<()> {
    flush(call, value)?;
    let (below, packed) = {
        let mut state = as_stream(value)?.state.lock();
        if !state.open {
            return Ok(());
        }
        state.open = false;
        let State { kind, bytes, writes, .. } = &mut *state;
        match kind {
            Kind::Packed { inner, format, leave_open, .. } => {
                let packed = if *writes { Some(pack(bytes, *format)?) } else { None };
                (Some((inner.clone(), *leave_open)), packed)
            }
            _ => (None, None),
        }
    };
    let Some((inner, leave_open)) = below else { return Ok(()) };
    if let Some(packed) = packed {
        write_to(&inner, &packed)?;
    }
    if leave_open { flush(call, &inner) } else { close(call, &inner) }
}

fn opened(call: &Call<'_>, check: impl FnOnce(&mut State) -> Result<Value>) -> Result<Value> {
    let stream = this(call)?;
    let mut state = stream.state.lock();
    if !state.open {
        return Err(closed());
    }
    check(&mut state)
}

fn length(call: &mut Call<'_>) -> Result<Value> {
    opened(call, |state| match &state.kind {
        Kind::Written { length } => long(length.load(Ordering::Relaxed) as i64),
        Kind::Packed { .. } => {
            Err(Exception::new("System.NotSupportedException", "This operation is not supported."))
        }
        _ => long(state.bytes.len() as i64),
    })
}

fn read(call: &mut Call<'_>) -> Result<Value> {
    fill(this(call)?)?;
    let (buffer, from, count) = (super::array::argument(call, 0)?, call.int(1), call.int(2));
    if from < 0 || count < 0 || from as usize + count as usize > buffer.len() {
        let message = "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.";
        return Err(Exception::new("System.ArgumentException", message));
    }
    opened(call, |state| {
        let at = state.position.min(state.bytes.len());
        let taken = (count as usize).min(state.bytes.len() - at);
        for (slot, byte) in buffer.write()[from as usize..].iter_mut().zip(&state.bytes[at..at + taken]) {
            *slot = Value::Byte(*byte);
        }
        state.position = at + taken;
        int(taken)
    })
}

fn read_byte(call: &mut Call<'_>) -> Result<Value> {
    fill(this(call)?)?;
    opened(call, |state| {
        let found = state.bytes.get(state.position).copied();
        state.position += usize::from(found.is_some());
        Ok(Value::Int32(found.map_or(-1, i32::from)))
    })
}

fn write(call: &mut Call<'_>) -> Result<Value> {
    let (all, from, count) = (call.bytes(0), call.int(1), call.int(2));
    let whole = call.count() == 1;
    let range =
        if whole { 0..all.len() } else { from.max(0) as usize..(from.max(0) + count.max(0)) as usize };
    let part = all.get(range).filter(|_| whole || (from >= 0 && count >= 0)).ok_or_else(|| {
        Exception::new(
            "System.ArgumentException",
            "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection.",
        )
    })?;
    write_to(call.this, part)?;
    null()
}

fn seek(call: &mut Call<'_>) -> Result<Value> {
    let (offset, origin) = (call.int(0), call.int(1));
    opened(call, |state| {
        let base = match origin {
            0 => 0,
            1 => state.position as i64,
            _ => state.bytes.len() as i64,
        };
        let at = usize::try_from(base + offset).map_err(|_| {
            let message = "An attempt was made to move the position before the beginning of the stream.";
            Exception::new("System.IO.IOException", message)
        })?;
        state.position = at;
        long(at as i64)
    })
}

fn set_position(call: &mut Call<'_>) -> Result<Value> {
    let at = call.int(0);
    opened(call, |state| {
        state.position = usize::try_from(at).map_err(|_| Exception::negative("value", at))?;
        null()
    })
}

fn set_length(call: &mut Call<'_>) -> Result<Value> {
    let wanted = call.int(0);
    opened(call, |state| {
        let wanted = usize::try_from(wanted).map_err(|_| Exception::negative("value", wanted))?;
        if wanted > STREAM_BYTES_MAX {
            return Err(too_long());
        }
        state.bytes.resize(wanted, 0);
        state.position = state.position.min(wanted);
        state.changed = true;
        null()
    })
}

fn copy_to(call: &mut Call<'_>) -> Result<Value> {
    let all = read_all(call.this)?;
    write_to(call.plain(0), &all)?;
    null()
}

fn can(call: &Call<'_>, what: fn(&State) -> bool) -> Result<Value> {
    let state = this(call)?.state.lock();
    bool(state.open && what(&state))
}

const STREAM: &[Row] = &[
    ("bool CanRead", |call| can(call, |state| state.reads)),
    ("bool CanSeek", |call| can(call, |state| !matches!(state.kind, Kind::Packed { .. }))),
    ("bool CanTimeout", |_| bool(false)),
    ("bool CanWrite", |call| can(call, |state| state.writes)),
    ("long Length", length),
    ("long Position", |call| opened(call, |state| long(state.position as i64))),
    ("set long Position", set_position),
    ("void Close()", |call| close(call, call.this).and_then(|()| null())),
    ("void CopyTo(System.IO.Stream destination)", copy_to),
    ("void CopyTo(System.IO.Stream destination, int bufferSize)", copy_to),
    ("void Dispose()", |call| close(call, call.this).and_then(|()| null())),
    ("void Flush()", |call| flush(call, call.this).and_then(|()| null())),
    ("int Read(byte[] buffer, int offset, int count)", read),
    ("int ReadByte()", read_byte),
    ("long Seek(long offset, System.IO.SeekOrigin origin)", seek),
    ("void SetLength(long value)", set_length),
    ("void Write(byte[] buffer, int offset, int count)", write),
    ("void WriteByte(byte value)", |call| {
        let byte = call.int(0) as u8;
        write_to(call.this, &[byte])?;
        null()
    }),
];

/// All that was written to a stream in memory, though it is closed.
pub fn contents(stream: &Value) -> Option<Vec<u8>> {
    let held = crate::values::base(stream).downcast::<Stream>()?;
    Some(held.state.lock().bytes.clone())
}

pub(super) fn memory(bytes: Vec<u8>, grows: bool) -> Result<Value> {
    Ok(stream("System.IO.MemoryStream", Kind::Memory { grows }, bytes))
}

fn whole(call: &Call<'_>) -> Result<Vec<u8>> {
    Ok(this(call)?.state.lock().bytes.clone())
}

const MEMORY: &[Row] = &[
    ("int Capacity", |call| int(whole(call)?.len().next_power_of_two().max(256))),
    ("byte[] GetBuffer()", |call| Ok(byte_array(whole(call)?))),
    ("byte[] ToArray()", |call| Ok(byte_array(whole(call)?))),
    ("void WriteTo(System.IO.Stream stream)", |call| {
        let all = whole(call)?;
        write_to(call.plain(0), &all)?;
        null()
    }),
    ("static System.IO.MemoryStream new()", |_| memory(Vec::new(), true)),
    ("static System.IO.MemoryStream new(byte[] buffer)", |call| memory(call.bytes(0), false)),
    ("static System.IO.MemoryStream new(byte[] buffer, bool writable)", |call| memory(call.bytes(0), false)),
    ("static System.IO.MemoryStream new(int capacity)", |call| {
        if call.int(0) < 0 {
            return Err(Exception::negative("capacity", call.int(0)));
        }
        memory(Vec::new(), true)
    }),
];

// --- files ------------------------------------------------------------------------------------------

const CREATE_NEW: i64 = 1;
const CREATE: i64 = 2;
const OPEN: i64 = 3;
const OPEN_OR_CREATE: i64 = 4;
const TRUNCATE: i64 = 5;
const APPEND: i64 = 6;

/// Opens the file that the first argument names, in a `FileMode` and with a `FileAccess`.
pub(super) fn open_file(call: &Call<'_>, mode: i64, access: i64) -> Result<Value> {
    let path = resolved(call, 0);
    let files = call.engine.host().files();
    let there = files.info(&path).is_ok();
    if mode == CREATE_NEW && there {
        return Err(Exception::new("System.IO.IOException", format!("The file '{path}' already exists.")));
    }
    let fresh = !there || matches!(mode, CREATE_NEW | CREATE | TRUNCATE);
    if !there && matches!(mode, OPEN | TRUNCATE) {
        return Err(file_error(&std::io::Error::from(std::io::ErrorKind::NotFound), &path));
    }
    let bytes = if fresh {
        files.write(&path, &[]).map_err(|error| file_error(&error, &path))?;
        Vec::new()
    } else {
        files.read(&path).map_err(|error| file_error(&error, &path))?
    };
    let position = if mode == APPEND { bytes.len() } else { 0 };
    let state = State {
        kind: Kind::File { path },
        bytes,
        position,
        open: true,
        reads: access & 1 != 0,
        writes: access & 2 != 0,
        changed: false,
    };
    Ok(Value::typed(Stream { name: "System.IO.FileStream", state: Mutex::new(state) }))
}

fn new_file(call: &mut Call<'_>) -> Result<Value> {
    let mode = call.int(1);
    let access = if call.count() > 2 {
        call.int(2)
    } else if mode == APPEND {
        2
    } else {
        3
    };
    open_file(call, mode, access)
}

const FILES: &[Row] = &[
    ("string Name", |call| match &this(call)?.state.lock().kind {
        Kind::File { path } => Ok(path.as_str().into()),
        _ => null(),
    }),
    ("static System.IO.FileStream new(string path, System.IO.FileMode mode)", new_file),
    (
        "static System.IO.FileStream new(string path, System.IO.FileMode mode, System.IO.FileAccess access)",
        new_file,
    ),
    (
        "static System.IO.FileStream new(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share)",
        new_file,
    ),
];

/// The modes that `[IO.File]` opens in without being told.
pub(super) const OPENS_TO_WRITE: i64 = OPEN_OR_CREATE;
pub(super) const OPENS_TO_READ: i64 = OPEN;
pub(super) const CREATES: i64 = CREATE;

// --- compressed -------------------------------------------------------------------------------------

fn packed(call: &Call<'_>, compresses: bool) -> Result<Value> {
    let inner = call.value(0);
    as_stream(&inner)?;
    let (name, format) = match &*call.this_type().name() {
        "System.IO.Compression.GZipStream" => ("System.IO.Compression.GZipStream", Format::Gzip),
        "System.IO.Compression.ZLibStream" => ("System.IO.Compression.ZLibStream", Format::Zlib),
        _ => ("System.IO.Compression.DeflateStream", Format::Deflate),
    };
    let kind = Kind::Packed { inner, format, leave_open: call.count() > 2 && call.bool(2), filled: false };
    let state = State {
        kind,
        bytes: Vec::new(),
        position: 0,
        open: true,
        reads: !compresses,
        writes: compresses,
        changed: false,
    };
    Ok(Value::typed(Stream { name, state: Mutex::new(state) }))
}

const PACKED: &[Row] = &[
    ("System.IO.Stream BaseStream", |call| match &this(call)?.state.lock().kind {
        Kind::Packed { inner, .. } => Ok(inner.clone()),
        _ => null(),
    }),
    ("static object new(System.IO.Stream stream, System.IO.Compression.CompressionMode mode)", |call| {
        packed(call, call.int(1) == 1)
    }),
    (
        "static object new(System.IO.Stream stream, System.IO.Compression.CompressionMode mode, bool leaveOpen)",
        |call| packed(call, call.int(1) == 1),
    ),
    (
        "static object new(System.IO.Stream stream, System.IO.Compression.CompressionLevel compressionLevel)",
        |call| packed(call, true),
    ),
    (
        "static object new(System.IO.Stream stream, System.IO.Compression.CompressionLevel compressionLevel, bool leaveOpen)",
        |call| packed(call, true),
    ),
];

// --- numbers in bytes -------------------------------------------------------------------------------

fn base_stream(call: &Call<'_>) -> Result<Value> {
    Ok(call.this_as::<super::Fields>()?.get("BaseStream"))
}

/// So many bytes for a `BinaryReader`, which says when there are fewer.
fn take<const N: usize>(call: &Call<'_>) -> Result<[u8; N]> {
    let stream = base_stream(call)?;
    let stream = as_stream(&stream)?;
    fill(stream)?;
    let mut state = stream.state.lock();
    let at = state.position;
    let part: Option<[u8; N]> = state.bytes.get(at..at + N).and_then(|part| part.try_into().ok());
    state.position += N;
    part.ok_or_else(|| {
        Exception::new("System.IO.EndOfStreamException", "Unable to read beyond the end of the stream.")
    })
}

fn binary(call: &Call<'_>, name: &'static str) -> Result<Value> {
    as_stream(call.plain(0))?;
    Ok(Value::typed(super::Fields::new(name, vec![("BaseStream", call.value(0))])))
}

fn put(call: &Call<'_>, new: &[u8]) -> Result<Value> {
    write_to(&base_stream(call)?, new)?;
    null()
}

fn close_base(call: &mut Call<'_>) -> Result<Value> {
    let stream = base_stream(call)?;
    close(call, &stream)?;
    null()
}

const BINARY_READER: &[Row] = &[
    ("System.IO.Stream BaseStream", |call| base_stream(call)),
    ("void Close()", close_base),
    ("void Dispose()", close_base),
    ("bool ReadBoolean()", |call| bool(take::<1>(call)?[0] != 0)),
    ("byte ReadByte()", |call| Ok(Value::Byte(take::<1>(call)?[0]))),
    ("byte[] ReadBytes(int count)", |call| {
        let stream = base_stream(call)?;
        let stream = as_stream(&stream)?;
        fill(stream)?;
        let mut state = stream.state.lock();
        let at = state.position.min(state.bytes.len());
        let end = (at + call.int(0).max(0) as usize).min(state.bytes.len());
        state.position = end;
        Ok(byte_array(&state.bytes[at..end]))
    }),
    ("double ReadDouble()", |call| Ok(Value::Double(f64::from_le_bytes(take(call)?)))),
    ("int16 ReadInt16()", |call| Ok(Value::Int16(i16::from_le_bytes(take(call)?)))),
    ("int ReadInt32()", |call| Ok(Value::Int32(i32::from_le_bytes(take(call)?)))),
    ("long ReadInt64()", |call| Ok(Value::Int64(i64::from_le_bytes(take(call)?)))),
    ("uint16 ReadUInt16()", |call| Ok(Value::UInt16(u16::from_le_bytes(take(call)?)))),
    ("uint ReadUInt32()", |call| Ok(Value::UInt32(u32::from_le_bytes(take(call)?)))),
    ("uint64 ReadUInt64()", |call| Ok(Value::UInt64(u64::from_le_bytes(take(call)?)))),
    ("string ReadString()", |call| {
        // The length stands in front, seven bits to a byte.
        let (mut length, mut shift) = (0usize, 0);
        loop {
            let byte = take::<1>(call)?[0];
            length |= usize::from(byte & 0x7F) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 28 {
                break;
            }
        }
        let mut text = Vec::new();
        for _ in 0..length {
            text.push(take::<1>(call)?[0]);
        }
        Ok(String::from_utf8_lossy(&text).into_owned().into())
    }),
    ("static System.IO.BinaryReader new(System.IO.Stream input)", |call| {
        binary(call, "System.IO.BinaryReader")
    }),
];

const BINARY_WRITER: &[Row] = &[
    ("System.IO.Stream BaseStream", |call| base_stream(call)),
    ("void Close()", close_base),
    ("void Dispose()", close_base),
    ("void Flush()", |call| {
        let stream = base_stream(call)?;
        flush(call, &stream)?;
        null()
    }),
    ("void Write(bool value)", |call| put(call, &[u8::from(call.bool(0))])),
    ("void Write(byte value)", |call| put(call, &[call.int(0) as u8])),
    ("void Write(byte[] buffer)", |call| put(call, &call.bytes(0))),
    ("void Write(double value)", |call| put(call, &call.double(0).to_le_bytes())),
    ("void Write(int16 value)", |call| put(call, &(call.int(0) as i16).to_le_bytes())),
    ("void Write(int value)", |call| put(call, &(call.int(0) as i32).to_le_bytes())),
    ("void Write(long value)", |call| put(call, &call.int(0).to_le_bytes())),
    ("void Write(string value)", |call| {
        let text = call.text(0);
        let (mut length, mut all) = (text.len(), Vec::new());
        while length > 0x7F {
            all.push((length & 0x7F) as u8 | 0x80);
            length >>= 7;
        }
        all.push(length as u8);
        all.extend_from_slice(text.as_bytes());
        put(call, &all)
    }),
    ("static System.IO.BinaryWriter new(System.IO.Stream output)", |call| {
        binary(call, "System.IO.BinaryWriter")
    }),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.IO.Stream", STREAM),
    ("System.IO.Stream", &[("static System.IO.Stream Null", |_| memory(Vec::new(), true))]),
    ("System.IO.MemoryStream", MEMORY),
    ("System.IO.FileStream", FILES),
    ("System.IO.Compression.GZipStream", PACKED),
    ("System.IO.Compression.DeflateStream", PACKED),
    ("System.IO.Compression.ZLibStream", PACKED),
    ("System.IO.BinaryReader", BINARY_READER),
    ("System.IO.BinaryWriter", BINARY_WRITER),
];

/// Whether a value is a stream.
pub(super) fn is_stream(value: &Value) -> bool {
    crate::values::base(value).downcast::<Stream>().is_some()
}
