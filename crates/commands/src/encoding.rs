//! Encodings by the names that commands take, and files written in them.

use crate::missing;
use dotnet::lines::marked;
use dotnet::values::Encoding;
use dotnet::{Category, Exception};
use language::{Call, Run};
use object::Value;
use std::io::Write;

/// The encoding that a parameter asks for; without one, UTF-8 without a mark.
pub(crate) fn wanted(call: &mut Call<'_>, parameter: &str) -> Run<Encoding> {
    match call.value(parameter).cloned() {
        None | Some(Value::Null) => Ok(Encoding::Utf8NoMark),
        Some(value) => named(call, &value),
    }
}

fn named(call: &mut Call<'_>, value: &Value) -> Run<Encoding> {
    if let Some(encoding) = value.downcast::<Encoding>() {
        return Ok(*encoding);
    }
    let profile = call.session().locale().profile;
    let name = dotnet::text::to_text(value, call.session().locale());
    let utf8 = if profile.utf8_with_mark { Encoding::Utf8 } else { Encoding::Utf8NoMark };
    let found = match name.to_ascii_lowercase().as_str() {
        "utf8" | "utf-8" => utf8,
        "utf8bom" => Encoding::Utf8,
        "utf8nobom" => Encoding::Utf8NoMark,
        "default" | "oem" if profile.windows_encoding_names => Encoding::Windows1252,
        "default" | "oem" => Encoding::Utf8NoMark,
        "ansi" => Encoding::Windows1252,
        "string" | "unknown" if profile.windows_encoding_names => Encoding::Utf16,
        other => match Encoding::named(other) {
            Some(found) => found,
            None => {
                let message = format!(
                    "'{name}' is not a supported encoding name. For information on defining a custom encoding, see the documentation for the Encoding.RegisterProvider method. (Parameter 'name')"
                );
                return Err(Exception::new("System.ArgumentException", message)
                    .id("ParameterArgumentTransformationError")
                    .category(Category::InvalidData)
                    .into());
            }
        },
    };
    Ok(found)
}

/// Bytes as text: by their mark, else by the encoding asked for, else as the profile reads plain files.
pub(crate) fn text_of(bytes: &[u8], asked: Option<Encoding>, windows: bool) -> String {
    match asked.filter(|_| marked(bytes).is_none()) {
        Some(Encoding::Utf8 | Encoding::Utf8NoMark) | None => dotnet::member::decode(bytes, windows),
        Some(encoding) => encoding.text_of(bytes),
    }
}

/// A file that is written piece by piece.
pub(crate) struct Written {
    file: std::io::BufWriter<Box<dyn Write + Send>>,
    encoding: Encoding,
    path: String,
}

impl Written {
    /// Opens a file by the path a script wrote.
    pub(crate) fn open(
        call: &mut Call<'_>,
        path: &str,
        encoding: Encoding,
        append: bool,
        keep: bool,
    ) -> Run<Written> {
        let full = call.session().full_path(path);
        let host = call.host();
        if keep && host.files().info(&full).is_ok() {
            let message = format!("The file '{full}' already exists.");
            return Err(Exception::new("System.IO.IOException", message)
                .id("NoClobber")
                .category(Category::ResourceExists)
                .target(full.as_str())
                .into());
        }
        let fresh = !append
            || host.files().info(&full).is_ok_and(|info| info.length == 0)
            || host.files().info(&full).is_err();
        let file = host.files().create(&full, append).map_err(|error| {
            missing::no_drive(host.files(), &full).unwrap_or_else(|| not_written(&error, &full))
        })?;
        let mut made = Written { file: std::io::BufWriter::new(file), encoding, path: full };
        if fresh {
            made.bytes(encoding.mark())?;
        }
        Ok(made)
    }
    /// Writes text.
    pub(crate) fn put(&mut self, text: &str) -> Run {
        match self.encoding {
            Encoding::Utf8 | Encoding::Utf8NoMark => self.bytes(text.as_bytes()),
            other => self.bytes(&other.bytes(text)),
        }
    }
    /// Writes bytes.
    pub(crate) fn bytes(&mut self, bytes: &[u8]) -> Run {
        self.file.write_all(bytes).map_err(|error| not_written(&error, &self.path).into())
    }
    /// Says that all is written.
    pub(crate) fn close(mut self) -> Run {
        self.file.flush().map_err(|error| not_written(&error, &self.path).into())
    }
}

fn not_written(error: &std::io::Error, path: &str) -> Exception {
    let (name, message) = match error.kind() {
        std::io::ErrorKind::NotFound => {
            ("System.IO.DirectoryNotFoundException", format!("Could not find a part of the path '{path}'."))
        }
        std::io::ErrorKind::PermissionDenied => {
            ("System.UnauthorizedAccessException", format!("Access to the path '{path}' is denied."))
        }
        _ => ("System.IO.IOException", error.to_string()),
    };
    Exception::new(name, message).id("FileOpenFailure").category(Category::OpenError)
}

/// The error of a file that cannot be opened: its drive may not be there.
pub(crate) fn not_opened(call: &Call<'_>, error: &std::io::Error, path: &str) -> Exception {
    missing::no_drive(call.host().files(), path).unwrap_or_else(|| not_read(error, path))
}

/// The error of a file that cannot be read.
pub(crate) fn not_read(error: &std::io::Error, path: &str) -> Exception {
    match error.kind() {
        std::io::ErrorKind::NotFound => {
            Exception::new("System.IO.FileNotFoundException", format!("Could not find file '{path}'."))
                .id("FileOpenFailure")
                .category(Category::OpenError)
        }
        std::io::ErrorKind::OutOfMemory => Exception::out_of_memory(),
        _ => not_written(error, path),
    }
}
