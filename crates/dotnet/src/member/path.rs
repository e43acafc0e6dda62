//! Paths, as the session means them, and what is said of one where nothing is.

use super::answer::{bool, chars, string};
use super::{Call, Row};
use crate::exception::{Exception, Result};
use crate::text;
use object::Value;
use std::io::ErrorKind;

/// The last part of a path, and what is before it.
pub(super) fn split_path(path: &str) -> (Option<&str>, &str) {
    path.rfind(['/', '\\']).map_or((None, path), |at| (Some(&path[..at]), &path[at + 1..]))
}

pub(super) fn extension(path: &str) -> &str {
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
                .about(path)
        }
        ErrorKind::PermissionDenied => Exception::new(
            "System.UnauthorizedAccessException",
            format!("Access to the path '{path}' is denied."),
        ),
        ErrorKind::OutOfMemory => Exception::out_of_memory(),
        _ => Exception::new("System.IO.IOException", error.to_string()),
    }
}

pub(super) fn no_folder(path: &str) -> Exception {
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
        call.engine.host().files().create_private(&name).map_err(|error| file_error(&error, &name))?;
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

pub(super) static TABLES: &[(&str, &[Row])] = &[("System.IO.Path", PATH)];
