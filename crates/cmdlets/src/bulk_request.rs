//! Bulk requests: one command for each row of a CSV, worked on in the background, with a result for each row.
//!
//! A column is a parameter, a row is a call. The rows run through the gate as the person who made the request, so that
//! what a role does not hold is refused row by row, even where the role ended after the request was made.

use crate::address_policy_update::Applying;
use crate::role_group::manages;
use crate::rooms::{IDENTITY, Rooms};
use crate::standard::{LIMIT, Wish};
use ::mailbox::Mailboxes;
use directory::{Allowance, Job, JobQuery, JobResult, JobState, NewJob, Slice, Work};
use gate::{
    Answer, Book, Call, Caller, Changes, Channel, Cmdlet, Declaration, Example, Formal, Gate, Impact,
    Invocation, Output, Prompt, Report, Verb, confirmation_required,
};
use object::types::{DateTime, Guid, ObjectId, PropertyType, SecureString, kinds};
use object::{Author, Error, ErrorId, Noun, Object, Parameter, Result, Switch, Value};
use serde_json::{Value as Json, json};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

/// All cmdlets of this file.
pub(crate) static CMDLETS: &[&Cmdlet<Rooms>] = &[&NEW, &GET, &GET_RESULT, &SUSPEND, &RESUME, &REMOVE];

/// The kind of these jobs.
const BULK: &str = "Bulk";
/// Rows of one request; a longer list is split by whoever has it.
pub const BULK_ROWS_MAX: usize = 100_000;
/// Columns of one request; no cmdlet takes more.
const COLUMNS_MAX: usize = 200;
/// Characters of one cell.
const CELL_CHARACTERS_MAX: usize = 32_768;
/// Rows that are read at once.
const PART_ROWS: usize = 200;
/// Characters of a name.
const NAME_CHARACTERS_MAX: usize = 255;
/// How long a request is kept when it is completed, as restore requests are.
const KEPT: Duration = Duration::from_secs(30 * 24 * 3600);

const ROLES: &[&str] = &["Mail Recipients", "Mail Recipient Creation", "Recipient Policies"];

object::read_only_properties! { static;
    P_IDENTITY: String = "Identity", "The name of the request.";
    P_NAME: String = "Name", "The name of the request.";
    P_GUID: Guid = "Guid", "The GUID of the request.";
    P_CMDLET: String = "Cmdlet", "The cmdlet that is run for each row.";
    P_COLUMNS: String = "Columns", "The parameters that the rows give.";
    P_VALIDATE: bool = "ValidateOnly", "Whether it is only looked what each row would do.";
    P_STATUS: String = "Status", "Queued, InProgress, Suspended, Completed, CompletedWithWarning or Failed.";
    P_ROWS: u32 = "RowCount", "How many rows there are.";
    P_DONE: u32 = "RowsDone", "How many rows were run.";
    P_FAULTS: u32 = "RowsFailed", "How many rows were refused.";
    P_PERCENT: i32 = "PercentComplete", "How much of it is done.";
    P_WHO: String = "Requestor", "Who made it, and as whom its rows run.";
    P_MADE: DateTime = "WhenCreated", "When it was made.";
    P_CHANGED: DateTime = "WhenChanged", "When it got on last.";
    P_MESSAGE: String = "Message", "Why it waits, was suspended or failed.";
    R_ROW: u32 = "Row", "The number of the row, counted from 1 below the head.";
    R_ITEM: String = "Item", "What the row is about: its first cell.";
    R_SUCCEEDED: bool = "Succeeded", "Whether it was done.";
    R_MESSAGE: String = "Message", "Why it was refused.";
}

static BULK_REQUEST: Noun = Noun {
    name: "BulkRequest",
    type_name: "Mailstead.BulkRequest",
    summary: "A request to run one command for each row of a CSV.",
    properties: &[
        &P_NAME,
        &P_CMDLET,
        &P_COLUMNS,
        &P_VALIDATE,
        &P_STATUS,
        &P_ROWS,
        &P_DONE,
        &P_FAULTS,
        &P_PERCENT,
        &P_WHO,
        &P_MADE,
        &P_CHANGED,
        &P_MESSAGE,
        &P_IDENTITY,
        &P_GUID,
    ],
    table: &[&P_NAME, &P_CMDLET, &P_STATUS, &P_PERCENT, &P_FAULTS],
};

static BULK_REQUEST_RESULT: Noun = Noun {
    name: "BulkRequestResult",
    type_name: "Mailstead.BulkRequestResult",
    summary: "What became of a row of a bulk request.",
    properties: &[&R_ROW, &R_ITEM, &R_SUCCEEDED, &R_MESSAGE],
    table: &[&R_ROW, &R_ITEM, &R_SUCCEEDED, &R_MESSAGE],
};

static CMDLET: Parameter<String> = Parameter::new("Cmdlet", "The cmdlet that is run for each row.");
static CSV_DATA: Parameter<String> = Parameter::new(
    "CSVData",
    "The rows as the text of a CSV: its head names parameters of the cmdlet, a cell is a value, and several values of a list \
     are separated by semicolons. An empty cell gives nothing.",
);
static NAME: Parameter<String> =
    Parameter::new("Name", "The name of the request; the cmdlet's name and a number by default.");
static PASSWORD: Parameter<SecureString> =
    Parameter::new("Password", "The password that is given in every row, where the cmdlet takes one.");
static VALIDATE_ONLY: Parameter<Switch> =
    Parameter::new("ValidateOnly", "Only looks what each row would do, and changes nothing.");

static FROM: Parameter<ObjectId> =
    Parameter::new("From", "The request whose rows are run again, and now for real.");

static NEW: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Runs one command for each row of a CSV, in the background.",
    notes: "Each row runs as you, and is recorded as if you had typed it. A row that is refused does not stop the others: \
            Get-BulkRequestResult says what became of each. The request goes on after a restart of the server; a row that \
            ran just before is run again then, and counts as done if it was. Passwords cannot stand in the CSV.",
    reads: &[&CMDLET, &CSV_DATA, &NAME, &PASSWORD, &VALIDATE_ONLY, &FROM],
    roles: ROLES,
    examples: &[Example {
        about: "Says what giving two mailboxes another office would do.",
        command: "New-BulkRequest -Cmdlet Set-Mailbox -CSVData 'Identity,Office\njohn,12\nann,14' -ValidateOnly",
    }],
    ..Cmdlet::new(Verb::New, &BULK_REQUEST, new)
};

/// What every cmdlet takes; who may use it is asked when its rows run.
static BOOK: LazyLock<Result<Book>> = LazyLock::new(crate::book);

fn new(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (task, parts) = match call.get(&FROM)? {
        Some(from) => again(rooms, call.author(), &from)?,
        None => fresh(rooms, call)?,
    };
    let name = name(rooms, call, &task.cmdlet)?;
    let action = format!("Creating bulk request \"{name}\": {} for {} rows.", task.cmdlet, task.rows);
    if !out.should(&name, &action)? {
        return Ok(());
    }
    let new = NewJob {
        kind: BULK,
        name,
        about: Guid::EMPTY,
        task: task.to_json(),
        suspended: None,
        priority: 0,
        kept: Some(KEPT),
    };
    out.object(shown(&rooms.directory().new_job_of_parts(call.author(), new, parts)?)?)
}

/// What another request did or looked at, for real.
fn again(rooms: &Rooms, author: &Author, from: &ObjectId) -> Result<(Task, Vec<String>)> {
    let job = called(rooms, from).map_err(|error| error.about(FROM.name()))?;
    // Its password is the maker's, and so are its rows.
    if !is_of(&job, author) {
        let message = format!("{} made that request.", job.author.who);
        return Err(Error::denied(ErrorId::AccessDenied, message)
            .help("Make one of your own out of the CSV.")
            .about(FROM.name()));
    }
    let task = Task { validate_only: false, ..Task::of(&job)? };
    let count = task.rows.div_ceil(PART_ROWS as u64);
    let part = |at| rooms.directory().job_part(&job, at)?.ok_or_else(|| damaged(&job));
    Ok((task, (0..count).map(part).collect::<Result<_>>()?))
}

/// What the parameters say.
fn fresh(rooms: &Rooms, call: &Call) -> Result<(Task, Vec<String>)> {
    let declaration = declared(&call.need(&CMDLET)?)?;
    let password = call.get(&PASSWORD)?;
    if password.is_some() && declaration.signature.formal("Password").is_none() {
        let message = format!("{} takes no password.", declaration.name);
        return Err(Error::caller(ErrorId::NamedParameterNotFound, message).about(PASSWORD.name()));
    }
    let sheet = Rows::read(&call.need(&CSV_DATA)?, &declaration)?;
    let task = Task {
        cmdlet: declaration.name.to_string(),
        columns: sheet.columns,
        rows: sheet.rows.len() as u64,
        validate_only: call.is(&VALIDATE_ONLY),
        password: password.map(|password| rooms.mailboxes.seal(BULK, &password)).transpose()?,
    };
    Ok((task, sheet.rows.chunks(PART_ROWS).map(|rows| json!(rows).to_string()).collect()))
}

/// The declaration of a cmdlet that changes something.
fn declared(name: &str) -> Result<Arc<Declaration>> {
    let book = BOOK.as_ref().map_err(Clone::clone)?;
    let found = book.find(name).ok_or_else(|| book.no_such_command(name).about(CMDLET.name()))?;
    if !found.built {
        return Err(found.not_built().about(CMDLET.name()));
    }
    if found.changes == Changes::No || found.name.ends_with("-BulkRequest") {
        let message = format!("{} cannot be run for many rows.", found.name);
        return Err(Error::caller(ErrorId::InvalidValue, message)
            .help("Name a cmdlet that changes something, such as Set-Mailbox.")
            .about(CMDLET.name()));
    }
    Ok(found)
}

/// The name that was given, or the first free one.
fn name(rooms: &Rooms, call: &Call, cmdlet: &str) -> Result<String> {
    if let Some(name) = call.get(&NAME)? {
        let length = name.chars().count();
        if name.trim().is_empty() || length > NAME_CHARACTERS_MAX || name.contains(char::is_control) {
            let message = format!("A request is named by 1 to {NAME_CHARACTERS_MAX} characters.");
            return Err(Error::caller(ErrorId::InvalidValue, message).about(NAME.name()));
        }
        if requests(rooms)?.iter().any(|job| job.name.eq_ignore_ascii_case(&name)) {
            let message = format!("There is a bulk request \"{name}\" already.");
            return Err(Error::conflict(ErrorId::ADObjectAlreadyExistsException, message)
                .help("Choose another name.")
                .about(NAME.name()));
        }
        return Ok(name);
    }
    let taken: Vec<String> = requests(rooms)?.into_iter().map(|job| job.name.to_lowercase()).collect();
    let one = |number: usize| match number {
        1 => cmdlet.to_owned(),
        number => format!("{cmdlet} {number}"),
    };
    let free = (1..).map(one).find(|name| !taken.contains(&name.to_lowercase()));
    Ok(free.unwrap_or_else(|| Guid::random().to_string()))
}

/// The rows of a CSV.
#[derive(Debug)]
struct Rows {
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    /// Reads a CSV about a cmdlet. What is wrong with the head, or with the text as a whole, is an error; what is wrong
    /// with a row is that row's own result.
    fn read(text: &str, declaration: &Declaration) -> Result<Rows> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let delimiter = delimiter(text);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let mut records = reader.records();
        let head = records.next().ok_or_else(|| wrong("The CSV is empty."))?;
        let columns = columns(&head.map_err(|error| wrong(error.to_string()))?, declaration)?;
        let mut rows = Vec::new();
        for record in records {
            let record = record.map_err(|error| wrong(error.to_string()))?;
            if rows.len() == BULK_ROWS_MAX {
                let message = format!("The CSV has more than {BULK_ROWS_MAX} rows.");
                return Err(Error::limit(ErrorId::RequestTooLarge, message)
                    .help("Split it.")
                    .about(CSV_DATA.name()));
            }
            if let Some(cell) = record.iter().find(|cell| cell.chars().count() > CELL_CHARACTERS_MAX) {
                let begin: String = cell.chars().take(20).collect();
                let message = format!(
                    "The cell that begins with '{begin}' has more than {CELL_CHARACTERS_MAX} characters."
                );
                return Err(Error::limit(ErrorId::RequestTooLarge, message).about(CSV_DATA.name()));
            }
            let quoted = quoted(&text[place(&record)..], delimiter);
            let kept = |(cell, is_quoted): (&str, bool)| {
                if is_quoted { cell.to_owned() } else { cell.trim().to_owned() }
            };
            rows.push(record.iter().zip(quoted).map(kept).collect());
        }
        if rows.is_empty() {
            return Err(wrong("The CSV has a head and no row."));
        }
        Ok(Rows { columns, rows })
    }
}

/// Where a record begins in its text.
fn place(record: &csv::StringRecord) -> usize {
    record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or_default()
}

/// Which cells of the record that a text begins with stand in quotation marks: blanks at their ends belong to them, those
/// around any other cell are only there to be read. Goes on without an end; a record has as many cells as it has.
fn quoted(text: &str, delimiter: u8) -> impl Iterator<Item = bool> {
    let mut bytes = text.trim_start_matches(['\r', '\n']).bytes();
    std::iter::repeat_with(move || {
        let first = bytes.next();
        let is_quoted = first == Some(b'"');
        let mut inside = is_quoted;
        let mut ends = |byte: u8| {
            inside ^= is_quoted && byte == b'"';
            byte == delimiter && !inside
        };
        if first != Some(delimiter) {
            bytes.by_ref().find(|byte| ends(*byte));
        }
        is_quoted
    })
}

/// A comma; where the head has none, the semicolon or tab that spreadsheets of some countries write.
fn delimiter(text: &str) -> u8 {
    let head = text.lines().next().unwrap_or_default();
    match (head.contains(','), head.contains(';'), head.contains('\t')) {
        (false, true, _) => b';',
        (false, false, true) => b'\t',
        _ => b',',
    }
}

fn wrong(message: impl Into<String>) -> Error {
    Error::caller(ErrorId::CsvDataInvalid, message)
        .help("Write a line of parameter names, and below it a line for each object.")
        .about(CSV_DATA.name())
}

/// The parameters that the head names.
fn columns(head: &csv::StringRecord, declaration: &Declaration) -> Result<Vec<String>> {
    if head.len() > COLUMNS_MAX {
        return Err(wrong(format!("The CSV has more than {COLUMNS_MAX} columns.")));
    }
    let mut columns: Vec<String> = Vec::new();
    for cell in head {
        let cell = cell.trim().trim_start_matches('-');
        let formal = declaration.signature.formal(cell).filter(|formal| formal.is_own());
        let Some(formal) = formal else {
            return Err(wrong(format!("{} has no parameter '{cell}'.", declaration.name)));
        };
        if formal.is_secret() {
            let message = format!("{} is a secret, and the rows of a request are kept.", formal.name);
            return Err(Error::caller(ErrorId::CsvDataInvalid, message)
                .help("Give one password for all rows with -Password, and let people change it with ResetPasswordOnNextLogon.")
                .about(CSV_DATA.name()));
        }
        if columns.iter().any(|known| known == &*formal.name) {
            return Err(wrong(format!("The CSV has two columns of the name {}.", formal.name)));
        }
        columns.push(formal.name.to_string());
    }
    Ok(columns)
}

/// What a request is to do.
struct Task {
    cmdlet: String,
    columns: Vec<String>,
    rows: u64,
    validate_only: bool,
    /// The sealed password of all rows.
    password: Option<String>,
}

impl Task {
    fn to_json(&self) -> String {
        json!({ "v": 1, "cmdlet": self.cmdlet, "columns": self.columns, "rows": self.rows,
            "validateOnly": self.validate_only, "password": self.password })
        .to_string()
    }

    fn of(job: &Job) -> Result<Task> {
        let json: Option<Json> = serde_json::from_str(&job.task).ok();
        let read = |json: &Json| {
            let column = |one: &Json| one.as_str().map(str::to_owned);
            Some(Task {
                cmdlet: json["cmdlet"].as_str()?.to_owned(),
                columns: json["columns"].as_array()?.iter().map(column).collect::<Option<_>>()?,
                rows: json["rows"].as_u64()?,
                validate_only: json["validateOnly"].as_bool()?,
                password: json["password"].as_str().map(str::to_owned),
            })
        };
        json.as_ref().and_then(read).ok_or_else(|| damaged(job))
    }

    /// The call of a row. A row that does not fit the head is refused.
    fn invocation(&self, row: &[String], declaration: &Declaration) -> Result<Invocation> {
        if row.len() != self.columns.len() {
            let message = format!("The row has {} cells, the head has {}.", row.len(), self.columns.len());
            return Err(Error::caller(ErrorId::CsvDataInvalid, message));
        }
        let given = self.columns.iter().zip(row).filter(|(_, cell)| !cell.trim().is_empty());
        let mut invocation = given
            .fold(Invocation::new(self.cmdlet.as_str()), |invocation, (column, cell)| {
                invocation.with(column.as_str(), value(declaration, column, cell))
            });
        if declaration.changes == (Changes::Yes { confirm: Impact::High }) {
            invocation = invocation.with("Confirm", false);
        }
        Ok(if self.validate_only { invocation.with("WhatIf", true) } else { invocation })
    }
}

fn damaged(job: &Job) -> Error {
    let message = format!("The task of the request {} cannot be read.", job.name);
    Error::server(ErrorId::AttributeDamaged, message)
}

/// What a cell says of a parameter.
fn value(declaration: &Declaration, column: &str, cell: &str) -> Value {
    let formal = declaration.signature.formal(column);
    let keeps = formal.is_some_and(Formal::keeps_blanks);
    let cell = if keeps { cell } else { cell.trim() };
    let many = formal.is_some_and(|formal| formal.many || formal.property.is_some_and(|spec| spec.many));
    let truth = formal.is_some_and(|formal| formal.is_switch() || std::ptr::eq(formal.kind, &kinds::BOOLEAN));
    match cell.trim_start_matches('$').to_ascii_lowercase().as_str() {
        "true" if truth => Value::Bool(true),
        "false" if truth => Value::Bool(false),
        _ if cell == "$null" => Value::Null,
        _ if many => {
            let all = cell.split(';').filter(|one| !one.trim().is_empty());
            Value::array(all.map(|one| if keeps { one } else { one.trim() }).map(Value::from))
        }
        _ => cell.into(),
    }
}

/// Runs the rows of bulk requests.
struct Rowwise {
    mailboxes: Mailboxes,
    gate: Arc<Gate>,
}

/// What the server's runner does for cmdlets of this room.
pub fn works(mailboxes: &Mailboxes, gate: &Arc<Gate>) -> Vec<Box<dyn Work>> {
    vec![
        Box::new(Rowwise { mailboxes: mailboxes.clone(), gate: Arc::clone(gate) }),
        Box::new(Applying(mailboxes.directory().clone())),
    ]
}

impl Work for Rowwise {
    fn kind(&self) -> &'static str {
        BULK
    }

    fn slice(&self, job: &Job, allowance: &mut Allowance) -> Result<Slice> {
        let (task, caller) = (Task::of(job)?, self.caller(job)?);
        let password =
            task.password.as_ref().map(|sealed| self.mailboxes.unseal(BULK, sealed)).transpose()?;
        let mut at: u64 = job.cursor.parse().unwrap_or(0);
        let (from, mut results, mut part) = (at, Vec::new(), Part::default());
        let before = self.mailboxes.directory().sessions_with(&session(job, ""), job.changed)?;
        while at < task.rows && allowance.take() {
            let row = part.row(self, job, at)?;
            let caller = Caller { session: session(job, &at.to_string()).into(), ..caller.clone() };
            let done = self.run(&task, &caller, &row, password.as_ref());
            let item = row.iter().find(|cell| !cell.is_empty()).cloned().unwrap_or_default();
            // A server that died in between has noted nothing: what such a row had done is in its way now.
            let was_done = before.iter().any(|known| **known == *caller.session);
            results.push(JobResult { item, fault: done.err().filter(|_| !was_done) });
            at += 1;
        }
        let ended = at >= task.rows;
        Ok(Slice { cursor: at.to_string(), done: at - from, total: Some(task.rows), results, ended })
    }
}

/// What the record of changes calls the session of a row.
fn session(job: &Job, row: &str) -> String {
    format!("{BULK} {} {row}", job.guid)
}

/// The rows that are in hand.
#[derive(Default)]
struct Part {
    number: Option<u64>,
    rows: Vec<Vec<String>>,
}

impl Part {
    fn row(&mut self, work: &Rowwise, job: &Job, at: u64) -> Result<Vec<String>> {
        let (number, within) = (at / PART_ROWS as u64, at as usize % PART_ROWS);
        if self.number != Some(number) {
            let text = work.mailboxes.directory().job_part(job, number)?.ok_or_else(|| damaged(job))?;
            self.rows = serde_json::from_str(&text).map_err(|_| damaged(job))?;
            self.number = Some(number);
        }
        self.rows.get(within).cloned().ok_or_else(|| damaged(job))
    }
}

impl Rowwise {
    /// The person who made the request, as long as they may log on.
    fn caller(&self, job: &Job) -> Result<Caller> {
        let author = &job.author;
        let account = author.account.map(|account| self.mailboxes.directory().get(account));
        if account.is_some_and(|account| account.is_none_or(|account| account.is_account_disabled())) {
            let message = format!("{} may not log on any more, and the rows would run as them.", author.who);
            return Err(Error::denied(ErrorId::AccountDisabled, message));
        }
        Ok(Caller {
            name: author.who.clone(),
            account: author.account,
            from: author.from.clone(),
            session: "".into(),
        })
    }

    /// Runs a row; the error is what its result says.
    fn run(
        &self,
        task: &Task,
        caller: &Caller,
        row: &[String],
        password: Option<&SecureString>,
    ) -> std::result::Result<(), String> {
        let declaration = self.gate.declaration(caller, &task.cmdlet).map_err(|error| told(&error))?;
        let mut invocation = task.invocation(row, &declaration).map_err(|error| told(&error))?;
        if let Some(password) = password {
            invocation = invocation.with("Password", Value::typed(password.clone()));
        }
        let mut heard = Heard::default();
        let ran = self.gate.invoke(caller, invocation, &mut std::iter::empty(), &mut heard);
        match ran.err().or(heard.0) {
            Some(error) => Err(told(&error)),
            None => Ok(()),
        }
    }
}

/// An error's sentence with what to do next.
fn told(error: &Error) -> String {
    let help = error.help_line().map(|help| format!(" {help}")).unwrap_or_default();
    format!("{}{help}", error.message())
}

/// The channel of a row: only its first error is kept.
#[derive(Default)]
struct Heard(Option<Error>);

impl Channel for Heard {
    fn say(&mut self, report: Report) -> Result<()> {
        if let Report::Error(error) = report {
            self.0.get_or_insert(error);
        }
        Ok(())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        Err(confirmation_required(prompt))
    }
}

fn shown(job: &Job) -> Result<Object> {
    let task = Task::of(job)?;
    let moment = |time| DateTime::utc(time).into_value();
    Ok(Object::of(&BULK_REQUEST)
        .with(P_NAME.name(), job.name.as_str())
        .with(P_CMDLET.name(), task.cmdlet.as_str())
        .with(P_COLUMNS.name(), Value::array(task.columns.iter().map(|column| Value::from(column.as_str()))))
        .with(P_VALIDATE.name(), task.validate_only)
        .with(P_STATUS.name(), job.state.word())
        .with(P_ROWS.name(), task.rows)
        .with(P_DONE.name(), job.done)
        .with(P_FAULTS.name(), job.faults)
        .with(P_PERCENT.name(), i64::from(job.percent()))
        .with(P_WHO.name(), job.author.who.clone())
        .with(P_MADE.name(), moment(job.made))
        .with(P_CHANGED.name(), moment(job.changed))
        .with(P_MESSAGE.name(), job.comment.as_str())
        .with(P_IDENTITY.name(), job.name.as_str())
        .with(P_GUID.name(), job.guid))
}

fn requests(rooms: &Rooms) -> Result<Vec<Job>> {
    rooms.directory().jobs(&JobQuery { kind: Some(BULK.to_owned()), ..JobQuery::default() })
}

/// The request that a name or a GUID names.
fn one(rooms: &Rooms, call: &Call) -> Result<Job> {
    called(rooms, &call.need(&IDENTITY)?).map_err(|error| error.about(IDENTITY.name()))
}

/// The same, where the caller may act on it: each on their own, and whoever manages the organization on all.
fn own(rooms: &Rooms, call: &Call) -> Result<Job> {
    let job = one(rooms, call)?;
    if is_of(&job, call.author()) || manages(rooms, call) {
        return Ok(job);
    }
    let message = format!("{} made the bulk request \"{}\".", job.author.who, job.name);
    Err(Error::denied(ErrorId::AccessDenied, message)
        .help("Its maker or a member of Organization Management can do that.")
        .about(IDENTITY.name()))
}

fn is_of(job: &Job, author: &Author) -> bool {
    job.author.account == author.account && job.author.who == author.who
}

fn called(rooms: &Rooms, identity: &ObjectId) -> Result<Job> {
    let text = &identity.shown;
    let guid = Guid::parse(text);
    let found = requests(rooms)?
        .into_iter()
        .find(|job| Some(job.guid) == guid || job.name.to_lowercase() == text.to_lowercase());
    found.ok_or_else(|| {
        let message = format!("The bulk request '{text}' couldn't be found.");
        Error::not_found(ErrorId::ManagementObjectNotFoundException, message)
            .help("List them with Get-BulkRequest.")
    })
}

static STATUS: Parameter<String> = Parameter::new("Status", "Only requests that are at this.");

static GET: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lists bulk requests, the newest first, and how far they are.",
    reads: &[&IDENTITY, &STATUS],
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[Example {
        about: "Lists the requests of which rows were refused.",
        command: "Get-BulkRequest -Status CompletedWithWarning",
    }],
    ..Cmdlet::new(Verb::Get, &BULK_REQUEST, |rooms, call, out| {
        if call.get(&IDENTITY)?.is_some() {
            return out.object(shown(&one(rooms, call)?)?);
        }
        let (status, mut wish) = (call.get(&STATUS)?, Wish::of(call)?);
        let is = |state: JobState| status.as_ref().is_none_or(|word| word.eq_ignore_ascii_case(state.word()));
        for job in requests(rooms)?.into_iter().rev().filter(|job| is(job.state)) {
            if !wish.takes(out)? {
                break;
            }
            out.object(shown(&job)?)?;
        }
        Ok(())
    })
};

static ONLY_FAILED: Parameter<Switch> = Parameter::new("OnlyFailed", "Shows only rows that were refused.");

/// Results that are read at once.
const RESULTS_AT_ONCE: u64 = 500;

static GET_RESULT: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Says what became of each row of a bulk request.",
    reads: &[&IDENTITY, &ONLY_FAILED],
    shares: &[LIMIT],
    roles: ROLES,
    examples: &[Example {
        about: "Says why rows were refused.",
        command: "Get-BulkRequest | Get-BulkRequestResult -OnlyFailed",
    }],
    ..Cmdlet::new(Verb::Get, &BULK_REQUEST_RESULT, results)
};

fn results(rooms: &Rooms, call: &Call, out: &mut Output<'_>) -> Result<()> {
    let (job, only) = (one(rooms, call)?, call.is(&ONLY_FAILED));
    let (mut wish, mut from) = (Wish::of(call)?, 0);
    loop {
        let found = rooms.directory().job_results_from(job.guid, from, RESULTS_AT_ONCE, only)?;
        let Some((last, _)) = found.last() else { return Ok(()) };
        from = last + 1;
        for (at, result) in found {
            if !wish.takes(out)? {
                return Ok(());
            }
            out.object(
                Object::of(&BULK_REQUEST_RESULT)
                    .with(R_ROW.name(), at + 1)
                    .with(R_ITEM.name(), result.item.as_str())
                    .with(R_SUCCEEDED.name(), result.fault.is_none())
                    .with(R_MESSAGE.name(), result.fault.unwrap_or_default().as_str()),
            )?;
        }
    }
}

static SUSPEND: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Holds a bulk request until it is resumed.",
    notes: "Of others' requests whoever manages the organization can.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Holds a request.",
        command: "Suspend-BulkRequest 'Set-Mailbox' -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Suspend, &BULK_REQUEST, |rooms, call, out| {
        let job = own(rooms, call)?;
        if !out.should(&job.name, &format!("Suspending bulk request \"{}\".", job.name))? {
            return Ok(());
        }
        rooms.directory().suspend_job(job.guid, "").map(drop)
    })
};

static RESUME: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Lets a bulk request go on that was suspended or failed.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example { about: "Lets a request go on.", command: "Resume-BulkRequest 'Set-Mailbox'" }],
    ..Cmdlet::new(Verb::Resume, &BULK_REQUEST, |rooms, call, out| {
        let job = own(rooms, call)?;
        if !out.should(&job.name, &format!("Resuming bulk request \"{}\".", job.name))? {
            return Ok(());
        }
        rooms.directory().resume_job(job.guid).map(drop)
    })
};

static REMOVE: Cmdlet<Rooms> = Cmdlet {
    synopsis: "Removes a bulk request and its results.",
    notes: "What it did stays.",
    reads: &[&IDENTITY],
    roles: ROLES,
    examples: &[Example {
        about: "Removes the requests that are completed.",
        command: "Get-BulkRequest -Status Completed | Remove-BulkRequest -Confirm:$false",
    }],
    ..Cmdlet::new(Verb::Remove, &BULK_REQUEST, |rooms, call, out| {
        let job = own(rooms, call)?;
        if !out.should(&job.name, &format!("Removing bulk request \"{}\".", job.name))? {
            return Ok(());
        }
        rooms.directory().remove_job(job.guid)
    })
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_belong_to_a_cell_that_stands_in_quotation_marks() {
        for (line, expected) in [
            ("a,\" b \",c", [false, true, false]),
            ("\"a,\"\" b\",,\"c\"", [true, false, true]),
            ("a\"b,\"c\",\n", [false, true, false]),
            ("\r\n\"a\nb\",c ,\"\"", [true, false, true]),
        ] {
            assert_eq!(quoted(line, b',').take(3).collect::<Vec<_>>(), expected, "{line:?}");
        }
    }
}
