//! Files and folders, all through the host.

use super::answer::{bool, bytes, long, null, of_enum, string, strings};
use super::bytes::{CREATES, OPENS_TO_READ, OPENS_TO_WRITE, open_file};
use super::path::{extension, file_error, full_path, no_folder, resolved, split_path};
use super::stream::{create_text, open_text, text_of};
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

// --- files ------------------------------------------------------------------------------------------

fn read_file(call: &Call<'_>, at: usize) -> Result<Vec<u8>> {
    let path = resolved(call, at);
    call.engine.host().files().read(&path).map_err(|error| file_error(&error, &path))
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
    ("static System.IO.StreamWriter AppendText(string path)", |call| create_text(call, true, 9)),
    ("static void Copy(string sourceFileName, string destFileName)", |call| {
        copy(call, &resolved(call, 0), &resolved(call, 1), false)
    }),
    ("static void Copy(string sourceFileName, string destFileName, bool overwrite)", |call| {
        copy(call, &resolved(call, 0), &resolved(call, 1), call.bool(2))
    }),
    ("static System.IO.FileStream Create(string path)", |call| open_file(call, CREATES, 3)),
    ("static System.IO.StreamWriter CreateText(string path)", |call| create_text(call, false, 9)),
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
    ("static System.IO.StreamReader OpenText(string path)", |call| open_text(call)),
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
    ("static string[] EnumerateFileSystemEntries(string path)", |call| list_texts(call, BOTH)),
    ("static string[] EnumerateFileSystemEntries(string path, string searchPattern)", |call| {
        list_texts(call, BOTH)
    }),
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

/// `$file.LastWriteTime = …`.
fn set_written(call: &mut Call<'_>) -> Result<Value> {
    let path = path_of(call)?;
    let Value::DateTime(date) = call.plain(0) else { return null() };
    let when = crate::format::date::to_utc(*date, &call.engine.locale().zone).to_time();
    let done = call.engine.host().files().set_written(&path, when);
    done.map_err(|error| file_error(&error, &path)).map(|()| Value::Null)
}

const ITEM: &[Row] = &[
    ("System.IO.FileAttributes Attributes", |call| attributes(call, &path_of(call)?)),
    ("datetime CreationTime", |call| time_of(call, &path_of(call)?, false, |info| info.created)),
    ("datetime CreationTimeUtc", |call| time_of(call, &path_of(call)?, true, |info| info.created)),
    ("string Extension", |call| string(extension(&name_of(call)?))),
    ("string FullName", |call| string(path_of(call)?)),
    ("datetime LastAccessTime", |call| time_of(call, &path_of(call)?, false, |info| info.written)),
    ("datetime LastWriteTime", |call| time_of(call, &path_of(call)?, false, |info| info.written)),
    ("set datetime LastWriteTime", set_written),
    ("set datetime LastWriteTimeUtc", set_written),
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
    ("set bool IsReadOnly", |call| {
        let (path, on) = (path_of(call)?, crate::compare::truth(call.plain(0)));
        let done = call.engine.host().files().set_read_only(&path, on);
        done.map_err(|error| file_error(&error, &path)).map(|()| Value::Null)
    }),
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
        open_text(call)
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
    ("System.IO.File", FILE),
    ("System.IO.Directory", DIRECTORY),
    ("System.IO.FileSystemInfo", ITEM),
    ("System.IO.FileInfo", FILE_ITEM),
    ("System.IO.DirectoryInfo", FOLDER_ITEM),
];
