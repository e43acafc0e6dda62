//! `Import-Csv`, `Export-Csv`, `ConvertTo-Csv`, `ConvertFrom-Csv`.

use crate::declare::{declare, declare_changing};
use crate::encoding::{self, Written};
use dotnet::lines::TextLines;
use dotnet::{Category, Exception, member, text};
use language::{Call, Command, CoreCommand, ErrorRecord, Run};
use object::value::Text;
use object::{Object, Value};
use std::collections::VecDeque;

/// `ConvertTo-Csv`.
pub(crate) static CONVERT_TO_CSV: CoreCommand = CoreCommand::new(
    "ConvertTo-Csv",
    "ConvertToCsvCommand",
    || {
        declare(
            "ConvertTo-Csv",
            "Delimiter UseCulture",
            "InputObject object |
             Delimiter char @Delimiter 1
             UseCulture switch @UseCulture
             IncludeTypeInformation switch =ITI
             NoTypeInformation switch =NTI
             QuoteFields string[] =QF
             UseQuotes string =UQ
             NoHeader switch",
        )
    },
    || Box::new(Lines::default()),
);

/// `Export-Csv`.
pub(crate) static EXPORT_CSV: CoreCommand = CoreCommand::new(
    "Export-Csv",
    "ExportCsvCommand",
    || {
        declare_changing(
            "Export-Csv",
            "Delimiter UseCulture",
            "InputObject object |
             Path string 0
             LiteralPath string =PSPath,LP
             Force switch
             NoClobber switch =NoOverwrite
             Encoding object
             Append switch
             Delimiter char @Delimiter 1
             UseCulture switch @UseCulture
             IncludeTypeInformation switch =ITI
             NoTypeInformation switch =NTI
             QuoteFields string[] =QF
             UseQuotes string =UQ
             NoHeader switch",
        )
    },
    || Box::new(Export::default()),
);

/// How rows are written.
#[derive(Default)]
struct Writer {
    delimiter: String,
    names: Option<Vec<Text>>,
    fields: Vec<String>,
    quotes: String,
}

impl Writer {
    fn of(call: &mut Call<'_>) -> Writer {
        let separator = call.session().locale().culture.list_separator;
        let delimiter = if call.flag("UseCulture") {
            separator.to_owned()
        } else {
            call.text("Delimiter").unwrap_or_else(|| ",".to_owned())
        };
        let quotes = call.text("UseQuotes").unwrap_or_default().to_ascii_lowercase();
        Writer { delimiter, names: None, fields: call.texts("QuoteFields"), quotes }
    }
    fn field(&self, line: &mut String, name: &str, value: &str) {
        let needed = || value.contains(&self.delimiter) || value.contains(['"', '\n', '\r']);
        let quoted = match self.quotes.as_str() {
            "never" => false,
            "asneeded" => needed(),
            _ if !self.fields.is_empty() => self.fields.iter().any(|field| field.eq_ignore_ascii_case(name)),
            _ => true,
        };
        if !quoted {
            return line.push_str(value);
        }
        line.push('"');
        match value.contains('"') {
            true => line.push_str(&value.replace('"', "\"\"")),
            false => line.push_str(value),
        }
        line.push('"');
    }
    fn header(&self) -> String {
        let mut line = String::new();
        for (at, name) in self.names.iter().flatten().enumerate() {
            line.push_str(if at > 0 { &self.delimiter } else { "" });
            self.field(&mut line, name, name);
        }
        line
    }
    fn row(&self, call: &mut Call<'_>, value: &Value, line: &mut String) -> Run {
        for (at, name) in self.names.iter().flatten().enumerate() {
            line.push_str(if at > 0 { &self.delimiter } else { "" });
            let held = match value {
                Value::Dictionary(dictionary) => dictionary.get(&Value::String(name.clone())),
                other => member::own(call.session(), other, name)?,
            };
            match held.unwrap_or_default() {
                Value::Null => {}
                Value::String(text) => self.field(line, name, &text),
                Value::Bool(on) => self.field(line, name, if on { "True" } else { "False" }),
                // By culture; a list only by its type.
                held => {
                    let held = member::spoken(call.session(), &held)?;
                    self.field(line, name, &text::of(&held, call.session().locale()));
                }
            }
        }
        Ok(())
    }
}

fn names_of(value: &Value) -> Vec<Text> {
    match value {
        Value::Dictionary(dictionary) => {
            dictionary.to_vec().iter().map(|(key, _)| key.to_string().into()).collect()
        }
        other => member::property_names(other),
    }
}

fn type_line(value: &Value) -> String {
    let name = match value {
        Value::Object(object) => object.type_name().to_string(),
        other => other.type_name().to_string(),
    };
    format!("#TYPE {}", name.strip_prefix("CSV:").unwrap_or(&name))
}

#[derive(Default)]
struct Lines {
    writer: Option<Writer>,
    /// The room of the line that is made, used again for the next.
    line: String,
}

impl Lines {
    /// Gives `put` the lines that an object adds.
    fn take(
        &mut self,
        call: &mut Call<'_>,
        value: &Value,
        put: &mut dyn FnMut(&mut Call<'_>, &str) -> Run,
    ) -> Run {
        if self.writer.is_none() {
            let mut writer = Writer::of(call);
            let added = dotnet::Engine::type_properties(call.session(), value);
            let names: Vec<Text> = names_of(value).into_iter().chain(added).collect();
            // An object without properties, a number for one, has no line.
            if names.is_empty() {
                return Ok(());
            }
            writer.names = Some(names);
            if call.flag("IncludeTypeInformation") {
                put(call, &type_line(value))?;
            }
            if !call.flag("NoHeader") {
                put(call, &writer.header())?;
            }
            self.writer = Some(writer);
        }
        let Some(writer) = &self.writer else { return Ok(()) };
        self.line.clear();
        writer.row(call, value, &mut self.line)?;
        put(call, &self.line)
    }
}

impl Command for Lines {
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        self.take(call, &input, &mut |call, line| call.write(line))
    }
}

#[derive(Default)]
struct Export {
    lines: Lines,
    written: Option<Written>,
    doing: bool,
}

impl Command for Export {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        let path = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        if path.is_empty() {
            let error = Exception::invalid_operation(
                "You must specify either the -Path or -LiteralPath parameters, but not both.",
            );
            return Err(error.id("CannotSpecifyPathAndLiteralPath").category(Category::InvalidData).into());
        }
        let mut encoding = encoding::wanted(call, "Encoding")?;
        self.doing = call.should(&path, "Export-Csv", false)?;
        if !self.doing {
            return Ok(());
        }
        if call.flag("Append") {
            let full = call.session().full_path(&path);
            if let Ok(source) = call.host().files().open(&full) {
                let mut lines = TextLines::new(source, None, false);
                if !call.is_given("Encoding") {
                    encoding = lines.mark()?.unwrap_or(encoding);
                }
                let mut writer = Writer::of(call);
                if let Some(names) = head(call, &mut lines, writer.delimiter.chars().next().unwrap_or(','))? {
                    writer.names = Some(names.iter().map(|name| Text::from(name.as_str())).collect());
                    self.lines.writer = Some(writer);
                }
            }
        }
        self.written =
            Some(Written::open(call, &path, encoding, call.flag("Append"), call.flag("NoClobber"))?);
        Ok(())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let Some(input) = input.or_else(|| call.value("InputObject").cloned()) else { return Ok(()) };
        if !self.doing {
            return Ok(());
        }
        if call.flag("Append") && !call.flag("Force") {
            self.check(call, &input)?;
        }
        let Some(written) = &mut self.written else { return Ok(()) };
        self.lines.take(call, &input, &mut |_, line| {
            written.put(line)?;
            written.put("\n")
        })
    }
    fn end(&mut self, _: &mut Call<'_>) -> Run {
        self.written.take().map_or(Ok(()), Written::close)
    }
}

impl Export {
    /// Appended objects must have the columns that are there.
    fn check(&self, call: &mut Call<'_>, input: &Value) -> Run {
        let Some(names) = self.lines.writer.as_ref().and_then(|writer| writer.names.as_ref()) else {
            return Ok(());
        };
        let own = names_of(input);
        let missing = names.iter().find(|name| !own.iter().any(|known| known.eq_ignore_ascii_case(name)));
        let Some(missing) = missing else { return Ok(()) };
        let path = call.text("Path").or_else(|| call.text("LiteralPath")).unwrap_or_default();
        let message = format!(
            "Cannot append CSV content to the following file: {path}. The appended object does not have a property that corresponds to the following column: {missing}. To continue with mismatched properties, add the -Force parameter, and then retry the command."
        );
        Err(Exception::invalid_operation(message)
            .id("CannotAppendCsvWithMismatchedPropertyNames")
            .category(Category::InvalidData)
            .target(missing.to_string())
            .into())
    }
}

/// `Import-Csv`.
pub(crate) static IMPORT_CSV: CoreCommand = CoreCommand::new(
    "Import-Csv",
    "ImportCsvCommand",
    || {
        declare(
            "Import-Csv",
            "DelimiterPath DelimiterLiteralPath CulturePath",
            "Delimiter char @DelimiterPath 1 @DelimiterLiteralPath 1
             Path string[] @DelimiterPath 0 | ! @CulturePath 0 | !
             LiteralPath string[] @DelimiterLiteralPath ! . =PSPath,LP
             UseCulture switch @CulturePath !
             Header string[]
             Encoding object",
        )
    },
    || Box::new(Import),
);

struct Import;

impl Command for Import {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        let mut paths = call.texts("Path");
        paths.extend(call.texts("LiteralPath"));
        for path in paths {
            let full = match dotnet::wildcard::has_wildcards(&path) && !call.is_given("LiteralPath") {
                true => only_one(call, &path)?,
                false => call.session().full_path(&path),
            };
            let source = match call.host().files().open(&full) {
                Ok(source) => source,
                Err(error) => {
                    call.error(ErrorRecord::new(encoding::not_opened(call, &error, &full)))?;
                    continue;
                }
            };
            let windows = call.session().locale().profile.read_windows_1252;
            let asked =
                if call.is_given("Encoding") { Some(encoding::wanted(call, "Encoding")?) } else { None };
            let mut lines = TextLines::new(source, asked, windows);
            let mut reader = Reader::of(call)?;
            while let Some(line) = lines.whole_line().map_err(|error| encoding::not_read(&error, &full))? {
                // A row may have no end.
                call.look()?;
                reader.line(call, &line)?;
            }
            reader.end(call)?;
        }
        Ok(())
    }
}

/// `ConvertFrom-Csv`.
pub(crate) static CONVERT_FROM_CSV: CoreCommand = CoreCommand::new(
    "ConvertFrom-Csv",
    "ConvertFromCsvCommand",
    || {
        declare(
            "ConvertFrom-Csv",
            "Delimiter UseCulture",
            "Delimiter char @Delimiter 1
             UseCulture switch @UseCulture !
             InputObject object[] 0 ! # |
             Header string[] 2",
        )
    },
    || Box::new(From { texts: Vec::new() }),
);

struct From {
    /// Each stands alone: a quote that is open at its end is closed there.
    texts: Vec<String>,
}

impl Command for From {
    fn process(&mut self, call: &mut Call<'_>, _: Option<Value>) -> Run {
        for line in call.texts("InputObject") {
            self.texts.push(line);
        }
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let mut reader = Reader::of(call)?;
        for text in std::mem::take(&mut self.texts) {
            let mut lines = text.split_inclusive('\n');
            lines.try_for_each(|line| reader.line(call, line))?;
            reader.end(call)?;
        }
        Ok(())
    }
}

/// The file that a pattern means; several are an error.
fn only_one(call: &mut Call<'_>, path: &str) -> Run<String> {
    let mut found = crate::path::given(call)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Ok(call.session().full_path(path)),
        _ => {
            let message = "Cannot perform operation because the path resolved to more than one file. This command cannot operate on multiple files.";
            let kind = "System.Management.Automation.PSInvalidOperationException";
            let error = Exception::new(kind, message).id("ReadWriteMultipleFilesNotSupported");
            Err(error.category(Category::InvalidArgument).into())
        }
    }
}

/// How rows are read.
struct Reader {
    rows: Rows,
    /// The names of the columns, once they are known.
    names: Option<Vec<Text>>,
    /// Whether there was nothing yet but lines that speak of the file.
    at_head: bool,
    of: Option<String>,
}

impl Reader {
    fn of(call: &mut Call<'_>) -> Run<Reader> {
        let separator = call.session().locale().culture.list_separator;
        let text = if call.flag("UseCulture") {
            separator.to_owned()
        } else {
            call.text("Delimiter").unwrap_or_else(|| ",".to_owned())
        };
        let delimiter = text.chars().next().unwrap_or(',');
        let mut reader = Reader { rows: Rows::parted_by(delimiter), names: None, at_head: true, of: None };
        let header = call.texts("Header");
        if header.iter().any(|name| !name.is_empty()) {
            reader.name(call, header)?;
        } else if !header.is_empty() {
            reader.names = Some(header.iter().map(|name| Text::from(name.as_str())).collect());
        }
        Ok(reader)
    }
    /// Takes a line with its end.
    fn line(&mut self, call: &mut Call<'_>, line: &str) -> Run {
        if self.at_head {
            match line.strip_prefix('#') {
                Some(note) => return self.note(call, note.trim_end_matches(['\r', '\n'])),
                None => self.at_head = false,
            }
        }
        self.rows.take(line)?;
        self.write(call)
    }
    /// What no line ended.
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        self.rows.end();
        self.write(call)
    }
    /// A line in front of the first that says what follows.
    fn note(&mut self, call: &mut Call<'_>, note: &str) -> Run {
        if let Some(name) = note.strip_prefix("TYPE ") {
            self.of = Some(name.trim().to_owned());
        } else if let Some(fields) = note.strip_prefix("Fields: ").filter(|_| self.names.is_none()) {
            // The names are one field, since it is commas that part the others.
            let mut names = Rows::parted_by(self.rows.delimiter);
            names.take(fields)?;
            names.end();
            if let Some(names) = names.done.pop_front() {
                self.name(call, names)?;
            }
        }
        Ok(())
    }
    /// Writes the rows that are whole; the first one names the columns where nobody else did.
    fn write(&mut self, call: &mut Call<'_>) -> Run {
        while let Some(mut row) = self.rows.done.pop_front() {
            if row.len() == 1 && row[0].is_empty() {
                continue;
            }
            match &self.names {
                Some(names) => call.write(self.object(names, &row))?,
                None => {
                    // A delimiter at the end begins no further column.
                    row.pop_if(|name| name.is_empty());
                    self.name(call, row)?;
                }
            }
        }
        Ok(())
    }
    fn name(&mut self, call: &mut Call<'_>, row: Vec<String>) -> Run {
        let names = named(call, row)?;
        self.names = Some(names.iter().map(|name| Text::from(name.as_str())).collect());
        Ok(())
    }
    fn object(&self, names: &[Text], row: &[String]) -> Value {
        let made = match &self.of {
            Some(of) => {
                let made = Object::named(of.as_str());
                made.type_names_mut().push(format!("CSV:{of}").into());
                made
            }
            None => Object::custom(),
        };
        let field = |at: usize| row.get(at).map_or(Value::Null, |field| field.as_str().into());
        let named = names.iter().enumerate();
        named.fold(made, |made, (at, name)| made.with(name.clone(), field(at))).into()
    }
}

/// Columns without a name get one; two of the same name are an error.
fn named(call: &mut Call<'_>, row: Vec<String>) -> Run<Vec<String>> {
    let (mut names, mut nameless): (Vec<String>, usize) = (Vec::new(), 0);
    for name in row {
        let name = if name.trim().is_empty() {
            nameless += 1;
            format!("H{nameless}")
        } else {
            name
        };
        if names.iter().any(|known| known.eq_ignore_ascii_case(&name)) {
            let message = format!("The member \"{name}\" is already present.");
            return Err(Exception::new("System.Management.Automation.ExtendedTypeSystemException", message)
                .id("AlreadyPresentPSMemberInfoInternalCollectionAdd")
                .category(Category::NotSpecified)
                .into());
        }
        names.push(name);
    }
    if nameless > 0 {
        call.warning("One or more headers were not specified. Default names starting with \"H\" have been used in place of any missing headers.")?;
    }
    Ok(names)
}

/// The first row that is none of the lines in front.
fn head(call: &mut Call<'_>, lines: &mut TextLines, delimiter: char) -> Run<Option<Vec<String>>> {
    let mut rows = Rows::parted_by(delimiter);
    loop {
        call.look()?;
        match lines.whole_line()? {
            Some(line) => rows.take(&line)?,
            None => rows.end(),
        }
        match rows.done.pop_front() {
            Some(row) if row.first().is_some_and(|field| field.starts_with('#')) => {}
            Some(row) => return Ok(Some(row)),
            None if rows.ended => return Ok(None),
            None => {}
        }
    }
}

/// The rows of a text that comes line by line: quotes may hold delimiters and line ends, doubled quotes one quote.
struct Rows {
    delimiter: char,
    done: VecDeque<Vec<String>>,
    row: Vec<String>,
    field: String,
    quoted: bool,
    was_quoted: bool,
    /// Whether the row has begun.
    any: bool,
    ended: bool,
}

impl Rows {
    fn parted_by(delimiter: char) -> Rows {
        Rows {
            delimiter,
            done: VecDeque::new(),
            row: Vec::new(),
            field: String::new(),
            quoted: false,
            was_quoted: false,
            any: false,
            ended: false,
        }
    }

    /// Takes a piece of text that is parted from the next by a line end, if at all.
    fn take(&mut self, text: &str) -> Run {
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            self.any = true;
            rest = match self.quoted {
                true => self.within_quotes(rest),
                false => self.outside(c, rest),
            };
        }
        // A quote that nobody closes takes all that follows.
        if self.field.len() > dotnet::lines::LINE_BYTES_MAX {
            return Err(Exception::out_of_memory().into());
        }
        Ok(())
    }

    /// What is left behind the next quote.
    fn within_quotes<'a>(&mut self, text: &'a str) -> &'a str {
        let Some((before, behind)) = text.split_once('"') else {
            self.field.push_str(text);
            return "";
        };
        self.field.push_str(before);
        match behind.strip_prefix('"') {
            Some(behind) => {
                self.field.push('"');
                behind
            }
            None => {
                self.quoted = false;
                behind
            }
        }
    }

    fn outside<'a>(&mut self, c: char, text: &'a str) -> &'a str {
        let behind = &text[c.len_utf8()..];
        match c {
            '"' if !self.was_quoted && self.field.trim().is_empty() => {
                self.field.clear();
                (self.quoted, self.was_quoted) = (true, true);
                behind
            }
            c if c == self.delimiter => {
                self.field_ends();
                behind
            }
            '\r' | '\n' => {
                self.row_ends();
                let both = c == '\r';
                behind.strip_prefix('\n').filter(|_| both).unwrap_or(behind)
            }
            c => {
                let end = behind.find(['"', '\r', '\n', self.delimiter]).unwrap_or(behind.len());
                self.field.push_str(&text[..c.len_utf8() + end]);
                &behind[end..]
            }
        }
    }

    fn field_ends(&mut self) {
        self.row.push(finish(&mut self.field, &mut self.was_quoted));
    }

    fn row_ends(&mut self) {
        self.field_ends();
        self.done.push_back(std::mem::take(&mut self.row));
        self.any = false;
    }

    /// The text is over; so is a quote that is still open.
    fn end(&mut self) {
        if self.any {
            self.row_ends();
        }
        (self.quoted, self.ended) = (false, true);
    }
}

/// Blanks around a field without quotes do not count.
fn finish(field: &mut String, was_quoted: &mut bool) -> String {
    let taken = std::mem::take(field);
    if std::mem::take(was_quoted) { taken } else { taken.trim_matches([' ', '\t']).to_owned() }
}
