//! What happens to a call at the gate: roles, effects, questions, records.

#![allow(clippy::unwrap_used)] // a test may panic

use mailstead_gate::{
    Answer, Authority, Caller, Catalogue, Channel, Cmdlet, Commands, Declaration, Entry, Example, Gate,
    Invocation, Permit, Prompt, Record, Report, Table, Verb,
};
use object::types::SecureString;
use object::{Error, Noun, Parameter, Result, Value};
use std::sync::{Arc, Mutex};

static TOY: Noun = Noun { name: "Toy", type_name: "Toy", summary: "A toy.", properties: &[], table: &[] };
static NAME: Parameter<String> = Parameter::new("Name", "The name.");
static SECRET: Parameter<SecureString> = Parameter::new("Secret", "A secret.");

/// What the toys' commands take; -Later is read by nobody.
const TABLE: &str = "Get-Toy\n -\tName\n  Name\tString\n\
                     New-Toy\tc\n -\tName*@0 Later Reserved Secret\n  Name\tString\tv\n  Later\tSwitchParameter\n  \
                     Reserved\tString\tr\n  Secret\tSecureString\nRemove-Toy\tcp\t\tClear-Toys\n";

type Toys = Mutex<Vec<String>>;

static NEW: Cmdlet<Toys> = Cmdlet {
    synopsis: "Makes a toy.",
    reads: &[&NAME, &SECRET],
    examples: &[Example { about: "Makes one.", command: "New-Toy a" }],
    ..Cmdlet::new(Verb::New, &TOY, |toys, call, out| {
        let name = call.need(&NAME)?;
        call.get(&SECRET)?;
        if name == "bad" {
            return Err(Error::foreign(object::Fault::Conflict, "BadToy", "A bad toy.").target(name));
        }
        out.verbose("making")?;
        if out.should(&name, &format!("Making {name}."))? {
            toys.lock().unwrap().push(name.clone());
            out.object(name)?;
        }
        Ok(())
    })
};

static REMOVE: Cmdlet<Toys> = Cmdlet {
    synopsis: "Removes all toys.",
    ..Cmdlet::new(Verb::Remove, &TOY, |toys, _, out| {
        if out.should("all", "Removing.")? {
            toys.lock().unwrap().clear();
        }
        Ok(())
    })
};

struct Guard;
impl Authority for Guard {
    fn permits(&self, caller: &Caller, cmdlet: &Declaration) -> Result<Permit> {
        Ok(match (&*caller.name, &*cmdlet.name) {
            ("guest", _) => Permit::No,
            ("helper", "New-Toy") => Permit::Only(vec!["Name".into()]),
            ("helper", _) => Permit::No,
            _ => Permit::Yes,
        })
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);
impl Record for Log {
    fn keep(&self, entry: &Entry<'_>) -> Result<()> {
        let given = entry.author.parameters.iter();
        let parameters: Vec<String> = given.map(|(name, value)| format!("{name}={value}")).collect();
        let (command, errors) = (&entry.author.command, usize::from(entry.error.is_some()));
        let line = format!("{command} {} {:?} {errors}", parameters.join(" "), entry.targets);
        self.0.lock().unwrap().push(line);
        Ok(())
    }
}

#[derive(Default)]
struct Screen(Vec<String>, Vec<Answer>);
impl Channel for Screen {
    fn say(&mut self, report: Report) -> Result<()> {
        if self.0.len() > 100 {
            return Err(mailstead_gate::stopped());
        }
        self.0.push(match report {
            Report::Object(value) => value.to_string(),
            Report::Error(error) => format!("ERROR {}", error.id()),
            Report::WhatIf(text) | Report::Warning(text) | Report::Verbose(text) => text,
            Report::Progress(progress) => progress.activity,
        });
        Ok(())
    }
    fn ask(&mut self, prompt: &Prompt) -> Result<Answer> {
        self.0.push("asked".into());
        if self.1.is_empty() {
            Err(mailstead_gate::confirmation_required(prompt))
        } else {
            Ok(self.1.remove(0))
        }
    }
}

fn caller(name: &str) -> Caller {
    Caller { name: name.into(), account: None, from: "test".into(), session: "1".into() }
}

fn furnished() -> (Gate, Arc<Toys>, Log) {
    let (toys, log) = (Arc::new(Toys::default()), Log::default());
    let commands = Commands::new(Catalogue::new(TABLE), vec![&NEW, &REMOVE]);
    let table = Table::new(Arc::clone(&toys), commands).unwrap();
    (Gate::new(table, Guard, log.clone()), toys, log)
}

fn run(gate: &Gate, who: &str, invocation: Invocation, inputs: &[&str], answers: &[Answer]) -> Vec<String> {
    let mut screen = Screen(Vec::new(), answers.to_vec());
    let mut inputs = inputs.iter().map(|text| Ok(Value::from(*text)));
    match gate.invoke(&caller(who), invocation, &mut inputs, &mut screen) {
        Ok(end) => screen.0.push(format!("end {}", end.errors)),
        Err(error) => screen.0.push(format!("REFUSED {}", error.id())),
    }
    screen.0
}

fn new(name: &str) -> Invocation {
    Invocation::new("New-Toy").with("Name", name)
}

#[test]
fn a_call_passes_the_gate() {
    let (gate, toys, log) = furnished();
    for (who, invocation, said) in [
        ("ann", new("a"), vec!["a", "end 0"]),
        ("ann", new("w").with("WhatIf", true), vec!["What if: Making w.", "end 0"]),
        ("ann", new("v").with("Verb", true), vec!["making", "v", "end 0"]),
        ("ann", new("bad"), vec!["ERROR BadToy", "end 1"]),
        ("ann", new("l").with("Later", true), vec!["REFUSED NotBuiltYet"]),
        ("ann", new("l").with("Later", false), vec!["l", "end 0"]),
        ("ann", new("r").with("Reserved", "x"), vec!["r", "end 0"]),
        ("ann", Invocation::new("Get-Toy"), vec!["REFUSED NotBuiltYet"]),
        ("ann", Invocation::new("Get-Toys"), vec!["REFUSED CommandNotFoundException"]),
        ("guest", new("g"), vec!["REFUSED CommandNotFoundException"]),
        ("helper", new("h"), vec!["h", "end 0"]),
        ("helper", new("h").with("Reserved", "x"), vec!["REFUSED NamedParameterNotFound"]),
        ("helper", Invocation::new("Clear-Toys"), vec!["REFUSED CommandNotFoundException"]),
    ] {
        assert_eq!(run(&gate, who, invocation.clone(), &[], &[]), said, "{invocation:?}");
    }
    assert_eq!(*toys.lock().unwrap(), ["a", "v", "l", "r", "h"]);
    assert!(log.0.lock().unwrap().contains(&"New-Toy Name=bad [] 1".to_owned()));
}

#[test]
fn piped_objects_fail_one_by_one() {
    let (gate, toys, log) = furnished();
    let piped = || Invocation::new("New-Toy").piped();
    assert_eq!(run(&gate, "ann", piped(), &["a", "bad", "b"], &[]), ["a", "ERROR BadToy", "b", "end 1"]);
    let stop = piped().with("ErrorAction", "Stop");
    assert_eq!(run(&gate, "ann", stop, &["c", "bad", "d"], &[]), ["c", "ERROR BadToy", "end 1"]);
    assert_eq!(*toys.lock().unwrap(), ["a", "b", "c"]);
    let log = log.0.lock().unwrap();
    let wanted =
        [r#"Name=a ["a"] 0"#, "Name=bad [] 1", r#"Name=b ["b"] 0"#, r#"Name=c ["c"] 0"#, "Name=bad [] 1"];
    let shown: Vec<bool> = log.iter().zip(wanted).map(|(line, end)| line.ends_with(end)).collect();
    assert_eq!(shown, [true; 5], "one entry an object, with what was bound for it: {log:?}");
}

#[test]
fn harm_asks_and_the_answer_counts_for_the_whole_command() {
    let (gate, ..) = furnished();
    let remove = || Invocation::new("Remove-Toy");
    assert_eq!(run(&gate, "ann", remove(), &[], &[]), ["asked", "ERROR ConfirmationRequired", "end 1"]);
    assert_eq!(run(&gate, "ann", remove(), &[], &[Answer::No]), ["asked", "end 0"]);
    assert_eq!(run(&gate, "ann", remove().with("Confirm", false), &[], &[]), ["end 0"]);
    let asked = Invocation::new("New-Toy").piped().with("Confirm", true);
    let said = run(&gate, "ann", asked, &["a", "b", "c"], &[Answer::Yes, Answer::YesToAll]);
    assert_eq!(said, ["asked", "a", "asked", "b", "c", "end 0"]);
}

#[test]
fn a_caller_who_is_gone_ends_the_command_and_leaves_a_record() {
    let (gate, toys, log) = furnished();
    let names: Vec<String> = (0..500).map(|number| format!("t{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said = run(&gate, "ann", Invocation::new("New-Toy").piped(), &names, &[]);
    assert_eq!(said.last().map(String::as_str), Some("REFUSED PipelineStopped"));
    assert!(toys.lock().unwrap().len() < 110);
    assert_eq!(log.0.lock().unwrap().len(), toys.lock().unwrap().len(), "what was done is recorded");
}

#[test]
fn secrets_are_masked_in_records() {
    let (gate, _, log) = furnished();
    let secret = Value::typed(SecureString::new("hunter2"));
    run(&gate, "ann", new("a").with("Secret", secret), &[], &[]);
    let log = log.0.lock().unwrap();
    assert!(log[0].contains("Secret=********") && !log[0].contains("hunter2"), "{}", log[0]);
}

#[test]
fn what_is_refused_before_it_runs_is_recorded_and_what_could_be_a_secret_is_masked() {
    let (gate, _, log) = furnished();
    for (who, invocation, recorded) in [
        ("ann", new("l").with("Later", true), "New-Toy Name=l Later=True [] 1"),
        ("ann", new("a").with("Nonsense", "x"), "New-Toy Name=a Nonsense=******** [] 1"),
        (
            "ann",
            new("a").with("sec", "hunter2").with("Later", true),
            "New-Toy Name=a sec=******** Later=True [] 1",
        ),
        ("guest", new("g"), "New-Toy Name=g [] 1"),
        ("guest", Invocation::new("Clear-Toys"), "Remove-Toy  [] 1"),
        ("guest", Invocation::new("Get-Toy"), ""),
        ("ann", Invocation::new("No-Toy"), ""),
        ("ann", new("w").with("WhatIf", true).with("Later", true), ""),
        ("ann", new("w").with("wi", true).with("Later", true), ""),
        ("ann", new("w").with("what", true).with("Later", true), ""),
        ("ann", new("w").with("wi", false).with("Later", true), "New-Toy Name=w wi=False Later=True [] 1"),
    ] {
        assert!(run(&gate, who, invocation.clone(), &[], &[]).concat().starts_with("REFUSED"));
        assert_eq!(std::mem::take(&mut *log.0.lock().unwrap()).concat(), recorded, "{invocation:?}");
    }
    let empty = Invocation::new("New-Toy").piped();
    assert_eq!(run(&gate, "ann", empty, &["a", ""], &[])[..1], ["a"]);
    assert_eq!(*log.0.lock().unwrap(), [r#"New-Toy Name=a ["a"] 0"#, "New-Toy  [] 1"]);
}

static OTHER: Cmdlet<Toys> = Cmdlet { reads: &[&SECRET], ..Cmdlet::new(Verb::Get, &TOY, |_, _, _| Ok(())) };
static UNLISTED: Cmdlet<Toys> = Cmdlet {
    reads: &[&NAME],
    ..Cmdlet::new(Verb::Get, &TOY, |toys, call, _| {
        let said = call.get(&NAME)?.filter(|_| toys.lock().unwrap().len() > 9);
        if said.is_some() { Ok(()) } else { Err(Error::foreign(object::Fault::Conflict, "Never", "Never.")) }
    })
};

#[test]
fn what_a_command_reads_and_the_table_does_not_know_is_a_fault_at_the_start() {
    for (table, cmdlet, said) in [
        (TABLE, &OTHER, "Get-Toy reads -Secret, which the table does not know."),
        ("", &UNLISTED, "Get-Toy is not in the table."),
        (
            "Get-Toy\n -\tName\n  Name\tBoolean\n",
            &UNLISTED,
            "Get-Toy -Name: the manual says Boolean, so it cannot be read as String.",
        ),
    ] {
        let commands = Commands::new(Catalogue::new(table), vec![cmdlet]);
        let fault = Table::new(Arc::new(Toys::default()), commands).err().unwrap();
        assert_eq!((fault.id(), fault.message()), ("DeclarationWrong", said));
    }
}

static CARELESS: Cmdlet<Toys> = Cmdlet { reads: &[&NAME], ..Cmdlet::new(Verb::Get, &TOY, |_, _, _| Ok(())) };

#[test]
fn a_parameter_that_is_taken_and_not_looked_at_is_named() {
    let commands = Commands::new(Catalogue::new(TABLE), vec![&CARELESS]);
    let table = Table::new(Arc::new(Toys::default()), commands).unwrap();
    let gate = Gate::new(table, Guard, Log::default());
    let get = || Invocation::new("Get-Toy");
    assert_eq!(run(&gate, "ann", get(), &[], &[]), ["end 0"]);
    let said = run(&gate, "ann", get().with("Name", "a"), &[], &[]);
    assert_eq!(said, ["Get-Toy did not look at -Name.", "end 0"]);
}
