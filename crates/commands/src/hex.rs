//! `Format-Hex`: bytes as hexadecimal digits, sixteen a row.

use crate::declare::{Lenient as _, declare};
use crate::encoding::{not_read, wanted};
use crate::{item, missing};
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::{Object, Value};

/// `Format-Hex`.
pub(crate) static FORMAT_HEX: CoreCommand = CoreCommand::new(
    "Format-Hex",
    "FormatHex",
    || {
        declare(
            "Format-Hex",
            "Path LiteralPath ByInputObject",
            "Path string[] @Path 0 !
             LiteralPath string[] @LiteralPath ! =PSPath,LP
             InputObject object @ByInputObject ! |
             Encoding object
             Count long
             Offset long",
        )
        .at_least("Count", 1)
        .at_least("Offset", 0)
    },
    || Box::new(Hex::default()),
);

/// Bytes of a row.
const ROW: usize = 16;

#[derive(Default)]
struct Hex {
    /// Bytes that were piped one by one: they are one run of bytes.
    single: Vec<u8>,
}

impl Command for Hex {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        if call.set() == "ByInputObject" {
            let Some(given) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
            if let Value::Byte(byte) = dotnet::values::base(&given) {
                self.single.push(*byte);
                return call.look();
            }
            self.flush(call)?;
            return match bytes_of(call, &given)? {
                Some((bytes, label)) => rows(call, &bytes, &label),
                None => call.error(no_bytes(&given)),
            };
        }
        for full in item::wanted(call)? {
            match call.host().files().read(&full) {
                Ok(bytes) => rows(call, &bytes, &full)?,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    call.error(missing::missing(call, &full))?;
                }
                Err(error) => call.error(ErrorRecord::new(not_read(&error, &full)))?,
            }
        }
        Ok(())
    }

    fn end(&mut self, call: &mut Call<'_>) -> Run {
        self.flush(call)
    }
}

impl Hex {
    fn flush(&mut self, call: &mut Call<'_>) -> Run {
        let bytes = std::mem::take(&mut self.single);
        rows(call, &bytes, "Byte (System.Byte)")
    }
}

/// The bytes of a text, a number or a list of bytes, and what they are called.
fn bytes_of(call: &mut Call<'_>, given: &Value) -> Run<Option<(Vec<u8>, String)>> {
    let plain = dotnet::values::base(given);
    if let Some(path) = file_of(call, plain)? {
        let read = call.host().files().read(&path);
        return Ok(Some((read.map_err(|error| not_read(&error, &path))?, path)));
    }
    let bytes = match plain {
        Value::String(text) => wanted(call, "Encoding")?.bytes(text),
        Value::SByte(number) => number.to_le_bytes().to_vec(),
        Value::UInt16(number) => number.to_le_bytes().to_vec(),
        Value::UInt32(number) => number.to_le_bytes().to_vec(),
        Value::UInt64(number) => number.to_le_bytes().to_vec(),
        Value::Single(number) => number.to_le_bytes().to_vec(),
        Value::Double(number) => number.to_le_bytes().to_vec(),
        Value::Int16(number) => number.to_le_bytes().to_vec(),
        Value::Int32(number) => number.to_le_bytes().to_vec(),
        Value::Int64(number) => number.to_le_bytes().to_vec(),
        Value::Bool(on) => vec![u8::from(*on)],
        Value::Array(list) => {
            let bytes = list
                .to_vec()
                .iter()
                .map(|item| item.as_i64().and_then(|byte| u8::try_from(byte).ok()))
                .collect::<Option<Vec<u8>>>();
            let Some(bytes) = bytes else { return Ok(None) };
            bytes
        }
        _ => return Ok(None),
    };
    let of = dotnet::Type::of(plain).unwrap_or_else(dotnet::Type::object);
    Ok(Some((bytes, format!("{} ({})", of.short_name(), of.name()))))
}

/// The path of what is a file.
pub(crate) fn file_of(call: &mut Call<'_>, value: &Value) -> Run<Option<String>> {
    let Value::Typed(typed) = dotnet::values::base(value) else { return Ok(None) };
    if !typed.type_name().starts_with("System.IO.FileInfo") {
        return Ok(None);
    }
    let path = dotnet::member::own(call.session(), value, "FullName")?;
    Ok(path.map(|path| path.to_string()))
}

fn no_bytes(given: &Value) -> ErrorRecord {
    let of = dotnet::Type::of(given).unwrap_or_else(dotnet::Type::object);
    let message = format!(
        "Cannot convert input of type '{}' to hexadecimal. To view the hexadecimal formatting of its string representation, pipe it to the Out-String cmdlet before piping it to Format-Hex.",
        of.name()
    );
    let error = Exception::argument(message, "InputObject").id("FormatHexTypeNotSupported");
    ErrorRecord::new(error.category(Category::InvalidArgument)).with_target(given.clone())
}

fn rows(call: &mut Call<'_>, bytes: &[u8], label: &str) -> Run {
    let number = |name: &str| call.number(name).and_then(|number| usize::try_from(number).ok());
    let from = number("Offset").unwrap_or(0).min(bytes.len());
    let count = number("Count").unwrap_or(usize::MAX).min(bytes.len() - from);
    for (at, row) in bytes[from..from + count].chunks(ROW).enumerate() {
        let offset = from + at * ROW;
        let digits: Vec<String> = row.iter().map(|byte| format!("{byte:02X}")).collect();
        let shown: String = row
            .iter()
            .map(|byte| if (32..127).contains(byte) { char::from(*byte) } else { '\u{fffd}' })
            .collect();
        let made = Object::named("Microsoft.PowerShell.Commands.ByteCollection")
            .with("Label", label)
            .with("Offset", Value::Int64(offset as i64))
            .with("HexOffset", format!("{offset:016X}"))
            .with("HexBytes", digits.join(" "))
            .with("Ascii", shown)
            .with("Bytes", dotnet::member::byte_array(row));
        call.write(Value::from(made))?;
    }
    Ok(())
}
