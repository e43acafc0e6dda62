//! `Out-Default`, `Out-Host`, `Out-String`, `Out-File`, `Out-Null`, `Tee-Object`: where formatted text goes.

use crate::declare::{Lenient as _, declare, declare_changing};
use crate::encoding::{self, Written};
use crate::format::enumeration_limit;
use dotnet::host::Stream;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::Value;
use views::Printer;

/// The width of a screen where nobody says another.
const SCREEN_COLUMNS: usize = 120;

/// The width of a console, or of none.
fn screen(call: &Call<'_>) -> usize {
    call.host().width().unwrap_or(SCREEN_COLUMNS)
}

/// `Out-Default`.
pub(crate) static OUT_DEFAULT: CoreCommand = CoreCommand::new(
    "Out-Default",
    "OutDefaultCommand",
    || declare("Out-Default", "", "InputObject object |"),
    || Box::new(Console { printer: None }),
);

/// `Out-Host`.
pub(crate) static OUT_HOST: CoreCommand = CoreCommand::new(
    "Out-Host",
    "OutHostCommand",
    || declare("Out-Host", "", "InputObject object |"),
    || Box::new(Console { printer: None }),
);

struct Console {
    printer: Option<Printer>,
}

impl Command for Console {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        let (width, host) = (screen(call), call.host());
        let limit = enumeration_limit(call);
        let printer = self.printer.get_or_insert_with(|| Printer::new(width, true));
        printer.set_limit(limit);
        printer.set_height(host.height());
        let done = print(call, printer, &input, &mut |stream, line| {
            host.write(stream, &format!("{line}\n"), None, None);
        });
        if done.is_err() {
            self.printer = None;
        }
        done
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(mut printer) = self.printer.take() {
            let host = call.host();
            printer.finish(call.session(), &mut |stream, line| {
                host.write(stream, &format!("{line}\n"), None, None);
            });
        }
        Ok(())
    }
}

/// Prints an object; an error is its text.
fn print(call: &mut Call<'_>, printer: &mut Printer, input: &Value, out: views::Lines<'_>) -> Run {
    if let Some(record) = ErrorRecord::of(input) {
        let text = call.session().error_text(&record);
        let text = text.strip_suffix('\n').unwrap_or(&text);
        printer.text(call.session(), text, Stream::Error, out);
        return Ok(());
    }
    printer.take(call.session(), input, out).map_err(|error| out_of_order(&error).into())
}

/// The error of records of formatting that do not follow each other.
fn out_of_order(error: &views::OutOfOrder) -> ErrorRecord {
    let message = format!(
        "The object of type \"{}\" is not valid or not in the correct sequence. This is likely caused by a user-specified \"format-*\" command which is conflicting with the default formatting.",
        error.0
    );
    let exception = Exception::invalid_operation(message).category(Category::InvalidData);
    let id = "ConsoleLineOutputOutOfSequencePacket,Microsoft.PowerShell.Commands.OutLineOutputCommand";
    ErrorRecord::new(exception)
        .with_id(id)
        .from_command(&"out-lineoutput".into())
        .with_activity("out-lineoutput")
}

/// `Out-Null`.
pub(crate) static OUT_NULL: CoreCommand = CoreCommand::new(
    "Out-Null",
    "OutNullCommand",
    || declare("Out-Null", "", "InputObject object |"),
    || Box::new(Nothing),
);

struct Nothing;

impl Command for Nothing {}

/// `Out-String`.
pub(crate) static OUT_STRING: CoreCommand = CoreCommand::new(
    "Out-String",
    "OutStringCommand",
    || {
        declare(
            "Out-String",
            "NoNewLineFormatting StreamFormatting",
            "Stream switch @StreamFormatting\nWidth int\nNoNewline switch @NoNewLineFormatting\nInputObject object |",
        )
        .at_least("Width", 2)
    },
    || Box::new(Text::default()),
);

#[derive(Default)]
struct Text {
    printer: Option<Printer>,
    lines: Vec<String>,
}

impl Text {
    /// Takes an object; its lines are handed on.
    fn take(&mut self, call: &mut Call<'_>, input: Option<Value>, make: fn(usize, bool) -> Printer) -> Run {
        let Some(input) = input else { return Ok(()) };
        let width = call.number("Width").and_then(|width| usize::try_from(width).ok());
        let columns = width.map_or_else(|| screen(call), |width| width + 1);
        let limit = enumeration_limit(call);
        let printer = self.printer.get_or_insert_with(|| make(columns, width.is_some()));
        printer.set_limit(limit);
        let lines = &mut self.lines;
        print(call, printer, &input, &mut |_, line| lines.push(line.to_owned()))
    }
    fn finish(&mut self, call: &mut Call<'_>) -> Vec<String> {
        if let Some(mut printer) = self.printer.take() {
            let lines = &mut self.lines;
            printer.finish(call.session(), &mut |_, line| lines.push(line.to_owned()));
        }
        std::mem::take(&mut self.lines)
    }
}

/// A printer for a console, or for text that wraps only where a width was asked for.
fn on_screen(columns: usize, wraps: bool) -> Printer {
    Printer::new(columns, wraps)
}

/// A printer for a file.
fn in_file(columns: usize, wraps: bool) -> Printer {
    if wraps { Printer::new(columns, true) } else { Printer::for_file(columns) }
}

impl Command for Text {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let input = input.or_else(|| call.value("InputObject").cloned());
        self.take(call, input, on_screen)?;
        if call.flag("Stream") { write_lines(call, std::mem::take(&mut self.lines)) } else { Ok(()) }
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let lines = self.finish(call);
        if call.flag("Stream") {
            return write_lines(call, lines);
        }
        let end = if call.flag("NoNewline") { "" } else { "\n" };
        call.write(lines.iter().flat_map(|line| [line.as_str(), end]).collect::<String>())
    }
}

fn write_lines(call: &mut Call<'_>, lines: Vec<String>) -> Run {
    lines.into_iter().try_for_each(|line| call.write(line))
}

/// `Out-File`.
pub(crate) static OUT_FILE: CoreCommand = CoreCommand::new(
    "Out-File",
    "OutFileCommand",
    || {
        declare_changing(
            "Out-File",
            "ByPath ByLiteralPath",
            "FilePath string @ByPath 0 ! =Path
             LiteralPath string @ByLiteralPath ! . =PSPath,LP
             Encoding object 1
             Append switch
             NoClobber switch =NoOverwrite
             Width int
             NoNewline switch
             InputObject object |",
        )
        .at_least("Width", 2)
    },
    || Box::new(File::default()),
);

#[derive(Default)]
struct File {
    text: Text,
    written: Option<Written>,
}

impl Command for File {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let path = call.text("FilePath").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let encoding = encoding::wanted(call, "Encoding")?;
        if !call.should(&path, "Output to File", false)? {
            return Ok(());
        }
        self.written =
            Some(Written::open(call, &path, encoding, call.flag("Append"), call.flag("NoClobber"))?);
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let input = input.or_else(|| call.value("InputObject").cloned());
        self.text.take(call, input, in_file)?;
        let lines = std::mem::take(&mut self.text.lines);
        self.put(call, &lines)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let lines = self.text.finish(call);
        self.put(call, &lines)?;
        match self.written.take() {
            Some(written) => written.close(),
            None => Ok(()),
        }
    }
}

impl File {
    fn put(&mut self, call: &Call<'_>, lines: &[String]) -> Run {
        let Some(written) = &mut self.written else { return Ok(()) };
        let end = if call.flag("NoNewline") { "" } else { "\n" };
        lines.iter().try_for_each(|line| written.put(&format!("{line}{end}")))
    }
}

/// `Tee-Object`.
pub(crate) static TEE_OBJECT: CoreCommand = CoreCommand::new(
    "Tee-Object",
    "TeeObjectCommand",
    || {
        declare(
            "Tee-Object",
            "File LiteralFile Variable",
            "InputObject object |
             FilePath string @File 0 ! =Path
             LiteralPath string @LiteralFile ! =PSPath,LP
             Append switch
             Encoding object @File @LiteralFile
             Variable string @Variable !",
        )
    },
    || Box::new(Tee::default()),
);

#[derive(Default)]
struct Tee {
    kept: Vec<Value>,
    text: Text,
}

impl Command for Tee {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        match call.is_given("Variable") {
            true => self.kept.push(input.clone()),
            false => self.text.take(call, Some(input.clone()), in_file)?,
        }
        call.write(input)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(name) = call.text("Variable") {
            let value = dotnet::member::one(std::mem::take(&mut self.kept));
            return call.session().set_variable(&name, value).map(|_| ());
        }
        let path = call.text("FilePath").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let text: String = self.text.finish(call).iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        let encoding = encoding::wanted(call, "Encoding")?;
        let mut written = Written::open(call, &path, encoding, call.flag("Append"), false)?;
        written.put(&text)?;
        written.close()
    }
}
