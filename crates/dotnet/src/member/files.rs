//! Paths, files and folders, all through the host.

use super::answer::{bool, bytes, chars, long, null, of_enum, string, strings};
use super::bytes::{CREATES, OPENS_TO_READ, OPENS_TO_WRITE, open_file};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use crate::format;
use crate::host;
use crate::text;
use crate::values::{Encoding, base};
use crate::wildcard::Wildcard;
use object::Value;
use object::types::{DateKind, DateTime};
use object::value::{Text, Typed};
use std::any::Any;
use std::io::ErrorKind;

// --- paths ------------------------------------------------------------------------------------------

/// The last part of a path, and what is before it.
fn split_path(path: &str) -> (Option<&str>, &str) {
    path.rfind(['/', '\\']).map_or((None, path), |at| (Some(&path[..at]), &path[at + 1..]))
}

fn extension(path: &str) -> &str {
    let name = split_path(path).1;
    name.rfind('.').map_or("", |at| &name[at..]).trim_end_matches(|c| c == '.' && name.ends_with('.'))
}

/// A path as the session means it: absolute, with its dots resolved.
pub fn full_path(path: &str, location: &str) -> String {
    let path = path.replace('\\', "/");
    let has_drive =
        |path: &str| path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    let absolute = path.starts_with('/') || has_drive(&path);
    let joined = if absolute { path } else { format!("{}/{path}", location.trim_end_matches('/')) };
    let (root, joined) = if has_drive(&joined) { joined.split_at(2) } else { ("", joined.as_str()) };
    let mut parts: Vec<&str> = Vec::new();
    for part in joined.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    format!("{root}/{}", parts.join("/"))
}

pub(super) fn resolved(call: &Call<'_>, at: usize) -> String {
    full_path(&call.text(at), &call.engine.location())
}

pub(super) fn file_error(error: &std::io::Error, path: &str) -> Exception {
    match error.kind() {
        ErrorKind::NotFound => {
            Exception::new("System.IO.FileNotFoundException", format!("Could not find file '{path}'."))
        }
        ErrorKind::PermissionDenied => Exception::new(
            "System.UnauthorizedAccessException",
            format!("Access to the path '{path}' is denied."),
        ),
        _ => Exception::new("System.IO.IOException", error.to_string()),
    }
}

fn no_folder(path: &str) -> Exception {
    Exception::new(
        "System.IO.DirectoryNotFoundException",
        format!("Could not find a part of the path '{path}'."),
    )
}

/// Paths put behind one another; an absolute one begins anew.
fn combined(call: &Call<'_>) -> Result<Value> {
    let mut made = String::new();
    for (at, part) in call.rest(0).iter().enumerate() {
        if part.is_null() {
            return Err(Exception::argument_null(&format!("path{}", at + 1)));
        }
        let part = text::to_text(part, call.engine.locale());
        if part.starts_with('/') || made.is_empty() {
            made = part;
        } else if !part.is_empty() {
            if !made.ends_with('/') {
                made.push('/');
            }
            made.push_str(&part);
        }
    }
    string(made)
}

/// The way from one folder to a path.
fn relative(from: &str, to: &str) -> String {
    let parts =
        |path: &str| path.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (from, to) = (parts(from), parts(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = vec!["..".to_owned(); from.len() - common];
    let way: Vec<String> = up.into_iter().chain(to[common..].iter().cloned()).collect();
    if way.is_empty() { ".".to_owned() } else { way.join("/") }
}

/// So many letters and digits that nobody guesses.
fn unique(call: &Call<'_>, count: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz012345";
    let mut random = vec![0; count];
    call.engine.host().random(&mut random);
    random.iter().map(|byte| LETTERS[usize::from(*byte) % LETTERS.len()] as char).collect()
}

const PATH: &[Row] = &[
    ("static char DirectorySeparatorChar", |_| Ok(Value::Char(u16::from(b'/')))),
    ("static char AltDirectorySeparatorChar", |_| Ok(Value::Char(u16::from(b'/')))),
    ("static char VolumeSeparatorChar", |_| Ok(Value::Char(u16::from(b'/')))),
    ("static char PathSeparator", |_| Ok(Value::Char(u16::from(b':')))),
    ("static string ChangeExtension(string path, string extension)", |call| {
        let (path, new) = (call.text(0), call.text(1));
        let stem = &path[..path.len() - extension(&path).len()];
        let dot = if new.starts_with('.') || call.plain(1).is_null() { "" } else { "." };
        string(format!("{stem}{dot}{new}"))
    }),
    ("static string Combine(string path1, string path2)", |call| combined(call)),
    ("static string Combine(string path1, string path2, string path3)", |call| combined(call)),
    ("static string Combine(string path1, string path2, string path3, string path4)", |call| combined(call)),
    ("static string Combine(Params string[] paths)", |call| combined(call)),
    ("static bool EndsInDirectorySeparator(string path)", |call| bool(call.text(0).ends_with('/'))),
    ("static bool Exists(string path)", |call| {
        bool(call.engine.host().files().info(&resolved(call, 0)).is_ok())
    }),
    ("static string GetDirectoryName(string path)", |call| {
        let path = call.text(0);
        Ok(match split_path(&path) {
            (Some(""), "") => Value::Null,
            (Some(""), _) => "/".into(),
            (Some(folder), _) => folder.into(),
            (None, _) if call.plain(0).is_null() => Value::Null,
            (None, _) => "".into(),
        })
    }),
    ("static string GetExtension(string path)", |call| string(extension(&call.text(0)))),
    ("static string GetFileName(string path)", |call| string(split_path(&call.text(0)).1)),
    ("static string GetFileNameWithoutExtension(string path)", |call| {
        let path = call.text(0);
        let name = split_path(&path).1;
        string(name.rfind('.').map_or(name, |at| &name[..at]))
    }),
    ("static string GetFullPath(string path)", |call| {
        if call.text(0).is_empty() {
            return Err(Exception::argument("The value cannot be an empty string.", "path"));
        }
        string(resolved(call, 0))
    }),
    ("static string GetFullPath(string path, string basePath)", |call| {
        string(full_path(&call.text(0), &call.text(1)))
    }),
    ("static char[] GetInvalidFileNameChars()", |_| Ok(chars([0, u16::from(b'/')]))),
    ("static char[] GetInvalidPathChars()", |_| Ok(chars([0]))),
    ("static string GetPathRoot(string path)", |call| {
        string(if call.text(0).starts_with('/') { "/" } else { "" })
    }),
    ("static string GetRandomFileName()", |call| string(format!("{}.{}", unique(call, 8), unique(call, 3)))),
    ("static string GetRelativePath(string relativeTo, string path)", |call| {
        string(relative(&resolved(call, 0), &resolved(call, 1)))
    }),
    ("static string GetTempFileName()", |call| {
        let name = format!("/tmp/tmp{}.tmp", unique(call, 6));
        call.engine.host().files().write(&name, &[]).map_err(|error| file_error(&error, &name))?;
        string(name)
    }),
    ("static string GetTempPath()", |_| string("/tmp/")),
    ("static bool HasExtension(string path)", |call| bool(!extension(&call.text(0)).is_empty())),
    ("static bool IsPathFullyQualified(string path)", |call| bool(call.text(0).starts_with('/'))),
    ("static bool IsPathRooted(string path)", |call| bool(call.text(0).starts_with(['/', '\\']))),
    ("static string Join(Params string[] paths)", |call| {
        let parts: Vec<String> =
            call.rest(0).iter().map(|part| text::to_text(part, call.engine.locale())).collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
        string(parts.join("/").replace("//", "/"))
    }),
    ("static string TrimEndingDirectorySeparator(string path)", |call| {
        let path = call.text(0);
        string(if path.len() > 1 { path.strip_suffix('/').unwrap_or(&path) } else { &path })
    }),
];

// --- files ------------------------------------------------------------------------------------------

fn read_file(call: &Call<'_>, at: usize) -> Result<Vec<u8>> {
    let path = resolved(call, at);
    call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))
}

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
    let all = [Encoding::Utf8, Encoding::Utf32, Encoding::Utf16, Encoding::Utf16Big];
    all.iter().find_map(|encoding| bytes.strip_prefix(encoding.mark()).map(|rest| encoding.text_of(rest)))
}

/// Bytes as text in the encoding that is said; a mark counts more.
pub(super) fn text_of(call: &Call<'_>, all: &[u8], encoding_at: usize) -> String {
    match call.plain(encoding_at).downcast::<Encoding>() {
        Some(encoding) => marked(all).unwrap_or_else(|| encoding.text_of(all)),
        None => decode(all, call.engine.locale().profile.read_windows_1252),
    }
}

fn read_text(call: &Call<'_>) -> Result<String> {
    let all = read_file(call, 0)?;
    Ok(text_of(call, &all, 1))
}

fn lines(text: &str) -> Vec<String> {
    let mut lines: Vec<String> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line).to_owned()).collect();
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

fn read_lines(call: &mut Call<'_>) -> Result<Value> {
    Ok(strings(lines(&read_text(call)?)))
}

fn write_file(call: &Call<'_>, content: &str, encoding_at: usize, append: bool) -> Result<Value> {
    let path = resolved(call, 0);
    let encoding = call.plain(encoding_at).downcast::<Encoding>().copied();
    let mut all = Vec::new();
    let files = call.engine.host().files();
    if let Some(encoding) = encoding
        && !(append && files.info(&path).is_ok())
    {
        all.extend_from_slice(encoding.mark());
    }
    all.extend(encoding.unwrap_or(Encoding::Utf8NoMark).bytes(content));
    let written = files.create(&path, append).and_then(|mut file| {
        std::io::Write::write_all(&mut file, &all).and_then(|()| std::io::Write::flush(&mut file))
    });
    written.map_err(|error| match error.kind() {
        ErrorKind::NotFound => no_folder(&path),
        _ => file_error(&error, &path),
    })?;
    null()
}

fn write_text(call: &Call<'_>, append: bool) -> Result<Value> {
    let content = match call.plain(1) {
        Value::Array(array)
            if array.element().is_none() || array.element().is_some_and(|of| &**of == "System.String") =>
        {
            joined_lines(call)
        }
        _ => call.text(1),
    };
    write_file(call, &content, 2, append)
}

fn joined_lines(call: &Call<'_>) -> String {
    call.items(1).iter().map(|line| format!("{}\n", text::to_text(line, call.engine.locale()))).collect()
}

fn write_lines(call: &Call<'_>, append: bool) -> Result<Value> {
    let content = joined_lines(call);
    write_file(call, &content, 2, append)
}

fn write_bytes(call: &mut Call<'_>) -> Result<Value> {
    let (path, all) = (resolved(call, 0), call.bytes(1));
    call.engine.host().files().write(&path, &all).map_err(|error| file_error(&error, &path))?;
    null()
}

fn exists(call: &Call<'_>, folder: bool) -> Result<Value> {
    if call.text(0).is_empty() {
        return bool(false);
    }
    let info = call.engine.host().files().info(&resolved(call, 0));
    bool(info.is_ok_and(|info| info.folder == folder))
}

fn delete_file(call: &mut Call<'_>) -> Result<Value> {
    remove_file(call, &resolved(call, 0))
}

fn remove_file(call: &Call<'_>, path: &str) -> Result<Value> {
    let files = call.engine.host().files();
    if files.info(path).is_ok_and(|info| info.folder) {
        return Err(file_error(&std::io::Error::from(ErrorKind::PermissionDenied), path));
    }
    match files.remove(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(file_error(&error, path)),
        _ => null(),
    }
}

fn copy(call: &Call<'_>, from: &str, to: &str, overwrite: bool) -> Result<Value> {
    let files = call.engine.host().files();
    if !overwrite && files.info(to).is_ok() {
        return Err(Exception::new("System.IO.IOException", format!("The file '{to}' already exists.")));
    }
    let all = files.read(from).map_err(|error| file_error(&error, from))?;
    files.write(to, &all).map_err(|error| file_error(&error, to))?;
    null()
}

fn move_to(call: &Call<'_>, from: &str, to: &str, overwrite: bool) -> Result<Value> {
    let files = call.engine.host().files();
    files.info(from).map_err(|error| file_error(&error, from))?;
    if !overwrite && files.info(to).is_ok() {
        let message = "Cannot create a file when that file already exists.";
        return Err(Exception::new("System.IO.IOException", message));
    }
    files.rename(from, to).map_err(|error| file_error(&error, from))?;
    null()
}

/// A time of a file; what is not there has the first day of 1601.
fn time_of(call: &Call<'_>, path: &str, utc: bool, of: fn(&host::FileInfo) -> object::Time) -> Result<Value> {
    const NEVER: DateTime = DateTime { ticks: 504_911_232_000_000_000, kind: DateKind::Utc };
    let found = call.engine.host().files().info(path);
    let time = found.map_or(NEVER, |info| DateTime::utc(of(&info)));
    Ok(Value::DateTime(if utc { time } else { format::date::to_local(time, &call.engine.locale().zone) }))
}

fn attributes(call: &Call<'_>, path: &str) -> Result<Value> {
    let info = call.engine.host().files().info(path).map_err(|error| file_error(&error, path))?;
    let (read_only, folder, normal) = (1, 16, 128);
    let number = if info.folder { folder } else { 0 } | if info.read_only { read_only } else { 0 };
    of_enum(&crate::enums::FILE_ATTRIBUTES, if number == 0 { normal } else { number })
}

const FILE: &[Row] = &[
    ("static void AppendAllLines(string path, string[] contents)", |call| write_lines(call, true)),
    ("static void AppendAllLines(string path, string[] contents, System.Text.Encoding encoding)", |call| {
        write_lines(call, true)
    }),
    ("static void AppendAllText(string path, string contents)", |call| write_text(call, true)),
    ("static void AppendAllText(string path, string contents, System.Text.Encoding encoding)", |call| {
        write_text(call, true)
    }),
    ("static System.IO.StreamWriter AppendText(string path)", |call| {
        super::stream::create_text(call, true, 9)
    }),
    ("static void Copy(string sourceFileName, string destFileName)", |call| {
        copy(call, &resolved(call, 0), &resolved(call, 1), false)
    }),
    ("static void Copy(string sourceFileName, string destFileName, bool overwrite)", |call| {
        copy(call, &resolved(call, 0), &resolved(call, 1), call.bool(2))
    }),
    ("static System.IO.FileStream Create(string path)", |call| open_file(call, CREATES, 3)),
    ("static System.IO.StreamWriter CreateText(string path)", |call| {
        super::stream::create_text(call, false, 9)
    }),
    ("static void Delete(string path)", delete_file),
    ("static bool Exists(string path)", |call| exists(call, false)),
    ("static System.IO.FileAttributes GetAttributes(string path)", |call| {
        attributes(call, &resolved(call, 0))
    }),
    ("static datetime GetCreationTime(string path)", |call| {
        time_of(call, &resolved(call, 0), false, |info| info.created)
    }),
    ("static datetime GetCreationTimeUtc(string path)", |call| {
        time_of(call, &resolved(call, 0), true, |info| info.created)
    }),
    ("static datetime GetLastAccessTime(string path)", |call| {
        time_of(call, &resolved(call, 0), false, |info| info.written)
    }),
    ("static datetime GetLastWriteTime(string path)", |call| {
        time_of(call, &resolved(call, 0), false, |info| info.written)
    }),
    ("static datetime GetLastWriteTimeUtc(string path)", |call| {
        time_of(call, &resolved(call, 0), true, |info| info.written)
    }),
    ("static void Move(string sourceFileName, string destFileName)", |call| {
        move_to(call, &resolved(call, 0), &resolved(call, 1), false)
    }),
    ("static void Move(string sourceFileName, string destFileName, bool overwrite)", |call| {
        move_to(call, &resolved(call, 0), &resolved(call, 1), call.bool(2))
    }),
    ("static System.IO.FileStream Open(string path, System.IO.FileMode mode)", |call| {
        open_file(call, call.int(1), 3)
    }),
    (
        "static System.IO.FileStream Open(string path, System.IO.FileMode mode, System.IO.FileAccess access)",
        |call| open_file(call, call.int(1), call.int(2)),
    ),
    (
        "static System.IO.FileStream Open(string path, System.IO.FileMode mode, System.IO.FileAccess access, System.IO.FileShare share)",
        |call| open_file(call, call.int(1), call.int(2)),
    ),
    ("static System.IO.FileStream OpenRead(string path)", |call| open_file(call, OPENS_TO_READ, 1)),
    ("static System.IO.StreamReader OpenText(string path)", |call| super::stream::open_text(call)),
    ("static System.IO.FileStream OpenWrite(string path)", |call| open_file(call, OPENS_TO_WRITE, 2)),
    ("static byte[] ReadAllBytes(string path)", |call| Ok(bytes(read_file(call, 0)?))),
    ("static string[] ReadAllLines(string path)", read_lines),
    ("static string[] ReadAllLines(string path, System.Text.Encoding encoding)", read_lines),
    ("static string ReadAllText(string path)", |call| string(read_text(call)?)),
    ("static string ReadAllText(string path, System.Text.Encoding encoding)", |call| {
        string(read_text(call)?)
    }),
    ("static string[] ReadLines(string path)", read_lines),
    ("static string[] ReadLines(string path, System.Text.Encoding encoding)", read_lines),
    ("static void WriteAllBytes(string path, byte[] bytes)", write_bytes),
    ("static void WriteAllLines(string path, string[] contents)", |call| write_lines(call, false)),
    ("static void WriteAllLines(string path, string[] contents, System.Text.Encoding encoding)", |call| {
        write_lines(call, false)
    }),
    ("static void WriteAllText(string path, string contents)", |call| write_text(call, false)),
    ("static void WriteAllText(string path, string contents, System.Text.Encoding encoding)", |call| {
        write_text(call, false)
    }),
];

// --- folders ----------------------------------------------------------------------------------------

#[derive(Clone, Copy)]
struct Wanted {
    folders: bool,
    files: bool,
}

const FILES_ONLY: Wanted = Wanted { folders: false, files: true };
const FOLDERS_ONLY: Wanted = Wanted { folders: true, files: false };
const BOTH: Wanted = Wanted { folders: true, files: true };

/// What lies in a folder; `deep`: and below it.
fn listed(
    call: &Call<'_>,
    path: &str,
    pattern: &Wildcard,
    wanted: Wanted,
    deep: bool,
) -> Result<Vec<String>> {
    let all = call.engine.host().files();
    let names = all.list(path).map_err(|_| no_folder(path))?;
    let mut found = Vec::new();
    for name in names {
        let full = format!("{}/{name}", path.trim_end_matches('/'));
        let Ok(info) = all.info(&full) else { continue };
        if pattern.matches(&name) && (if info.folder { wanted.folders } else { wanted.files }) {
            found.push(full.clone());
        }
        if info.folder && deep {
            found.extend(listed(call, &full, pattern, wanted, deep)?);
        }
    }
    Ok(found)
}

fn list(call: &Call<'_>, path: &str, pattern_at: usize, wanted: Wanted) -> Result<Vec<String>> {
    if call.engine.host().files().info(path).is_err() {
        return Err(no_folder(path));
    }
    let given = if call.count() > pattern_at { call.text(pattern_at) } else { "*".to_owned() };
    let given = if given == "*.*" { "*".to_owned() } else { given };
    let pattern = Wildcard::new(&given)
        .map_err(|_| Exception::argument("The pattern is not valid.", "searchPattern"))?;
    let deep = call.count() > pattern_at + 1 && call.int(pattern_at + 1) == 1;
    listed(call, path, &pattern, wanted, deep)
}

fn list_texts(call: &Call<'_>, wanted: Wanted) -> Result<Value> {
    Ok(strings(list(call, &resolved(call, 0), 1, wanted)?))
}

fn delete_folder(call: &Call<'_>, path: &str, deep: bool) -> Result<Value> {
    let files = call.engine.host().files();
    let info = files.info(path).map_err(|_| no_folder(path))?;
    if !info.folder {
        return Err(Exception::new("System.IO.IOException", "The directory name is invalid."));
    }
    if !deep && files.list(path).is_ok_and(|inside| !inside.is_empty()) {
        return Err(Exception::new("System.IO.IOException", format!("Directory not empty : '{path}'")));
    }
    files.remove(path).map_err(|error| file_error(&error, path))?;
    null()
}

const DIRECTORY: &[Row] = &[
    ("static System.IO.DirectoryInfo CreateDirectory(string path)", |call| {
        let path = resolved(call, 0);
        call.engine.host().files().make_folder(&path).map_err(|error| file_error(&error, &path))?;
        item(path, true)
    }),
    ("static void Delete(string path)", |call| delete_folder(call, &resolved(call, 0), false)),
    ("static void Delete(string path, bool recursive)", |call| {
        delete_folder(call, &resolved(call, 0), call.bool(1))
    }),
    ("static string[] EnumerateDirectories(string path)", |call| list_texts(call, FOLDERS_ONLY)),
    ("static string[] EnumerateFiles(string path)", |call| list_texts(call, FILES_ONLY)),
    ("static string[] EnumerateFiles(string path, string searchPattern)", |call| {
        list_texts(call, FILES_ONLY)
    }),
    (
        "static string[] EnumerateFiles(string path, string searchPattern, System.IO.SearchOption searchOption)",
        |call| list_texts(call, FILES_ONLY),
    ),
    ("static bool Exists(string path)", |call| exists(call, true)),
    ("static datetime GetCreationTime(string path)", |call| {
        time_of(call, &resolved(call, 0), false, |info| info.created)
    }),
    ("static string GetCurrentDirectory()", |call| string(call.engine.location())),
    ("static string[] GetDirectories(string path)", |call| list_texts(call, FOLDERS_ONLY)),
    ("static string[] GetDirectories(string path, string searchPattern)", |call| {
        list_texts(call, FOLDERS_ONLY)
    }),
    (
        "static string[] GetDirectories(string path, string searchPattern, System.IO.SearchOption searchOption)",
        |call| list_texts(call, FOLDERS_ONLY),
    ),
    ("static string GetDirectoryRoot(string path)", |_| string("/")),
    ("static string[] GetFiles(string path)", |call| list_texts(call, FILES_ONLY)),
    ("static string[] GetFiles(string path, string searchPattern)", |call| list_texts(call, FILES_ONLY)),
    (
        "static string[] GetFiles(string path, string searchPattern, System.IO.SearchOption searchOption)",
        |call| list_texts(call, FILES_ONLY),
    ),
    ("static string[] GetFileSystemEntries(string path)", |call| list_texts(call, BOTH)),
    ("static string[] GetFileSystemEntries(string path, string searchPattern)", |call| {
        list_texts(call, BOTH)
    }),
    ("static datetime GetLastWriteTime(string path)", |call| {
        time_of(call, &resolved(call, 0), false, |info| info.written)
    }),
    ("static System.IO.DirectoryInfo GetParent(string path)", |call| parent(&resolved(call, 0))),
    ("static void Move(string sourceDirName, string destDirName)", |call| {
        move_to(call, &resolved(call, 0), &resolved(call, 1), false)
    }),
];

// --- files and folders as objects -------------------------------------------------------------------

/// `FileInfo` or `DirectoryInfo` as a script makes one: a path, whether anything is there or not.
struct Item {
    path: String,
    folder: bool,
}

impl Typed for Item {
    fn type_name(&self) -> Text {
        if self.folder { "System.IO.DirectoryInfo" } else { "System.IO.FileInfo" }.into()
    }
    fn text(&self) -> String {
        self.path.clone()
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn item(path: String, folder: bool) -> Result<Value> {
    Ok(Value::typed(Item { path, folder }))
}

fn parent(path: &str) -> Result<Value> {
    match path.trim_end_matches('/').rsplit_once('/') {
        Some(("", "")) | None => null(),
        Some(("", _)) => item("/".to_owned(), true),
        Some((above, _)) => item(above.to_owned(), true),
    }
}

/// The path of such an object, of those that commands give too.
fn path_of(call: &Call<'_>) -> Result<String> {
    match base(call.this) {
        Value::Typed(typed) => match typed.as_any().downcast_ref::<Item>() {
            Some(item) => Ok(item.path.clone()),
            None => Ok(typed.member("FullName").unwrap_or_default().to_string()),
        },
        other => Ok(other.to_string()),
    }
}

fn name_of(call: &Call<'_>) -> Result<String> {
    let path = path_of(call)?;
    Ok(split_path(path.trim_end_matches('/')).1.to_owned())
}

fn info(call: &Call<'_>) -> Result<Option<host::FileInfo>> {
    Ok(call.engine.host().files().info(&path_of(call)?).ok())
}

const ITEM: &[Row] = &[
    ("System.IO.FileAttributes Attributes", |call| attributes(call, &path_of(call)?)),
    ("datetime CreationTime", |call| time_of(call, &path_of(call)?, false, |info| info.created)),
    ("datetime CreationTimeUtc", |call| time_of(call, &path_of(call)?, true, |info| info.created)),
    ("string Extension", |call| string(extension(&name_of(call)?))),
    ("string FullName", |call| string(path_of(call)?)),
    ("datetime LastAccessTime", |call| time_of(call, &path_of(call)?, false, |info| info.written)),
    ("datetime LastWriteTime", |call| time_of(call, &path_of(call)?, false, |info| info.written)),
    ("datetime LastWriteTimeUtc", |call| time_of(call, &path_of(call)?, true, |info| info.written)),
    ("string Name", |call| string(name_of(call)?)),
    ("void Refresh()", |_| null()),
    ("string ToString()", |call| string(path_of(call)?)),
];

const FILE_ITEM: &[Row] = &[
    ("System.IO.DirectoryInfo Directory", |call| parent(&path_of(call)?)),
    ("string DirectoryName", |call| {
        let path = path_of(call)?;
        string(split_path(&path).0.filter(|above| !above.is_empty()).unwrap_or("/"))
    }),
    ("bool Exists", |call| bool(info(call)?.is_some_and(|info| !info.folder))),
    ("bool IsReadOnly", |call| bool(info(call)?.is_none_or(|info| info.read_only))),
    ("long Length", |call| {
        let path = path_of(call)?;
        let found = info(call)?.filter(|info| !info.folder);
        let missing = || file_error(&std::io::Error::from(ErrorKind::NotFound), &path);
        long(found.ok_or_else(missing)?.length as i64)
    }),
    ("string BaseName", |call| {
        let name = name_of(call)?;
        string(&name[..name.len() - extension(&name).len()])
    }),
    ("System.IO.FileInfo CopyTo(string destFileName)", |call| {
        let to = resolved(call, 0);
        copy(call, &path_of(call)?, &to, false)?;
        item(to, false)
    }),
    ("System.IO.FileInfo CopyTo(string destFileName, bool overwrite)", |call| {
        let to = resolved(call, 0);
        copy(call, &path_of(call)?, &to, call.bool(1))?;
        item(to, false)
    }),
    ("void Delete()", |call| remove_file(call, &path_of(call)?)),
    ("void MoveTo(string destFileName)", |call| move_to(call, &path_of(call)?, &resolved(call, 0), false)),
    ("System.IO.StreamReader OpenText()", |call| {
        let path = path_of(call)?;
        call.arguments = vec![path.into()];
        super::stream::open_text(call)
    }),
    ("System.IO.FileStream OpenRead()", |call| {
        let path = path_of(call)?;
        call.arguments = vec![path.into()];
        open_file(call, OPENS_TO_READ, 1)
    }),
    ("static System.IO.FileInfo new(string fileName)", |call| item(resolved(call, 0), false)),
];

fn items(call: &Call<'_>, wanted: Wanted) -> Result<Value> {
    let found = list(call, &path_of(call)?, 0, wanted)?;
    let files = call.engine.host().files();
    let all = found.into_iter().map(|path| {
        let folder = files.info(&path).is_ok_and(|info| info.folder);
        Value::typed(Item { path, folder })
    });
    Ok(Value::array(all))
}

const FOLDER_ITEM: &[Row] = &[
    ("bool Exists", |call| bool(info(call)?.is_some_and(|info| info.folder))),
    ("System.IO.DirectoryInfo Parent", |call| parent(&path_of(call)?)),
    ("System.IO.DirectoryInfo Root", |_| item("/".to_owned(), true)),
    ("string BaseName", |call| string(name_of(call)?)),
    ("void Create()", |call| {
        let path = path_of(call)?;
        call.engine.host().files().make_folder(&path).map_err(|error| file_error(&error, &path))?;
        null()
    }),
    ("System.IO.DirectoryInfo CreateSubdirectory(string path)", |call| {
        let path = full_path(&call.text(0), &path_of(call)?);
        call.engine.host().files().make_folder(&path).map_err(|error| file_error(&error, &path))?;
        item(path, true)
    }),
    ("void Delete()", |call| delete_folder(call, &path_of(call)?, false)),
    ("void Delete(bool recursive)", |call| delete_folder(call, &path_of(call)?, call.bool(0))),
    ("System.IO.DirectoryInfo[] GetDirectories()", |call| items(call, FOLDERS_ONLY)),
    ("System.IO.DirectoryInfo[] GetDirectories(string searchPattern)", |call| items(call, FOLDERS_ONLY)),
    ("System.IO.FileInfo[] GetFiles()", |call| items(call, FILES_ONLY)),
    ("System.IO.FileInfo[] GetFiles(string searchPattern)", |call| items(call, FILES_ONLY)),
    ("System.IO.FileInfo[] GetFiles(string searchPattern, System.IO.SearchOption searchOption)", |call| {
        items(call, FILES_ONLY)
    }),
    ("System.IO.FileSystemInfo[] GetFileSystemInfos()", |call| items(call, BOTH)),
    ("void MoveTo(string destDirName)", |call| move_to(call, &path_of(call)?, &resolved(call, 0), false)),
    ("static System.IO.DirectoryInfo new(string path)", |call| item(resolved(call, 0), true)),
];

pub(super) static TABLES: &[(&str, &[Row])] = &[
    ("System.IO.Path", PATH),
    ("System.IO.File", FILE),
    ("System.IO.Directory", DIRECTORY),
    ("System.IO.FileSystemInfo", ITEM),
    ("System.IO.FileInfo", FILE_ITEM),
    ("System.IO.DirectoryInfo", FOLDER_ITEM),
];
