//! `Out-Default`, `Out-Host`, `Out-String`, `Out-File`, `Out-Null`, `Tee-Object`: where formatted text goes.

use crate::declare::{declare, declare_changing};
use crate::encoding::{self, Written};
use dotnet::host::Stream;
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
        let width = screen(call);
        let printer = self.printer.get_or_insert_with(|| Printer::new(width, true));
        let host = call.host();
        let mut out = |text: &str| host.write(Stream::Output, text, None, None);
        if let Some(record) = ErrorRecord::of(&input) {
            printer.finish(call.session(), &mut out);
            let text = call.session().error_text(&record);
            host.write(Stream::Error, &text, None, None);
            return Ok(());
        }
        printer.take(call.session(), &input, &mut out);
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(mut printer) = self.printer.take() {
            let host = call.host();
            printer.finish(call.session(), &mut |text| host.write(Stream::Output, text, None, None));
        }
        Ok(())
    }
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
    },
    || Box::new(Text::default()),
);

#[derive(Default)]
struct Text {
    printer: Option<Printer>,
    text: String,
}

impl Text {
    fn take(&mut self, call: &mut Call<'_>, input: Option<Value>) {
        let width = call.number("Width").and_then(|width| usize::try_from(width).ok());
        let columns = width.map_or_else(|| screen(call), |width| width + 1);
        let printer = self.printer.get_or_insert_with(|| Printer::new(columns, width.is_some()));
        let text = &mut self.text;
        if let Some(input) = input {
            if let Some(record) = ErrorRecord::of(&input) {
                printer.finish(call.session(), &mut |piece| text.push_str(piece));
                text.push_str(&call.session().error_text(&record));
                return;
            }
            printer.take(call.session(), &input, &mut |piece| text.push_str(piece));
        }
    }
    fn finish(&mut self, call: &mut Call<'_>) -> String {
        if let Some(mut printer) = self.printer.take() {
            let text = &mut self.text;
            printer.finish(call.session(), &mut |piece| text.push_str(piece));
        }
        std::mem::take(&mut self.text)
    }
}

impl Command for Text {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let input = input.or_else(|| call.value("InputObject").cloned());
        self.take(call, input);
        if call.flag("Stream") { lines(call, &mut self.text, false) } else { Ok(()) }
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let mut text = self.finish(call);
        if call.flag("Stream") {
            return lines(call, &mut text, true);
        }
        if call.flag("NoNewline") {
            text.retain(|c| c != '\n');
        }
        call.write(text)
    }
}

/// Writes the whole lines that are there.
fn lines(call: &mut Call<'_>, text: &mut String, all: bool) -> Run {
    while let Some(at) = text.find('\n') {
        let line: String = text.drain(..=at).collect();
        call.write(line.trim_end_matches('\n'))?;
    }
    if all && !text.is_empty() {
        call.write(std::mem::take(text))?;
    }
    Ok(())
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
        let width = call.number("Width").and_then(|width| usize::try_from(width).ok());
        let columns = width.map_or_else(|| screen(call), |width| width + 1);
        self.text.printer.get_or_insert_with(|| match width {
            Some(_) => Printer::new(columns, true),
            None => Printer::for_file(columns),
        });
        self.text.take(call, input);
        let text = std::mem::take(&mut self.text.text);
        self.put(call, &text)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let text = self.text.finish(call);
        self.put(call, &text)?;
        match self.written.take() {
            Some(written) => written.close(),
            None => Ok(()),
        }
    }
}

impl File {
    fn put(&mut self, call: &Call<'_>, text: &str) -> Run {
        let Some(written) = &mut self.written else { return Ok(()) };
        match call.flag("NoNewline") {
            true => written.put(&text.replace('\n', "")),
            false => written.put(text),
        }
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
            false => self.text.take(call, Some(input.clone())),
        }
        call.write(input)
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        if let Some(name) = call.text("Variable") {
            let value = dotnet::member::one(std::mem::take(&mut self.kept));
            return call.session().set_variable(&name, value).map(|_| ());
        }
        let path = call.text("FilePath").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let text = self.text.finish(call);
        let encoding = encoding::wanted(call, "Encoding")?;
        let mut written = Written::open(call, &path, encoding, call.flag("Append"), false)?;
        written.put(&text)?;
        written.close()
    }
}
