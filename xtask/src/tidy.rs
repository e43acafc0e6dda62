//! Tidy: what the compiler cannot check. Every fault is printed with its mend.

mod attacks;
mod circles;
mod dependencies;
mod faults;
mod sentences;
mod unused;

use crate::sources::{Source, read, root, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A fault: where, what, and how to mend it.
struct Fault {
    place: String,
    what: String,
    mend: String,
}

/// Runs every check; fails when one found something.
pub(crate) fn run() -> Result<(), String> {
    let root = root();
    let sources = sources(&root)?;
    let mut faults = arrows(&root)?;
    faults.extend(sources.iter().flat_map(check_source));
    faults.extend(named_files(&root)?);
    faults.extend(attacks::check(&root)?);
    faults.extend(faults::check(&root)?);
    faults.extend(lost_files(&sources));
    faults.extend(circles::check(&sources));
    faults.extend(dependencies::check(&root, &sources)?);
    faults.extend(unused::check(&sources));
    for fault in &faults {
        eprintln!("{}: {}\n    mend: {}", fault.place, fault.what, fault.mend);
    }
    println!("tidy: {} files, {} faults", sources.len(), faults.len());
    if faults.is_empty() { Ok(()) } else { Err("tidy found faults".into()) }
}

/// The arrows of `Cargo.toml` files against the table "The rooms" of ARCHITECTURE.md.
fn arrows(root: &Path) -> Result<Vec<Fault>, String> {
    let plan = plan(&read(&root.join("ARCHITECTURE.md"))?);
    let mut faults = Vec::new();
    for entry in fs::read_dir(root.join("crates")).map_err(|e| e.to_string())? {
        let folder = entry.map_err(|e| e.to_string())?.path();
        let room = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let manifest = read(&folder.join("Cargo.toml"))?;
        faults.extend(room_arrows(&room, &section(&manifest, "dependencies"), &plan));
    }
    Ok(faults)
}

type Plan = BTreeMap<String, BTreeSet<String>>;

/// Rows like "| `smtp` | `transport`, `net` | … |"; "every room" lets a room import all.
fn plan(page: &str) -> Plan {
    let rows = page.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.map(|line| line.split('|').map(str::trim).collect::<Vec<_>>());
    cells
        .filter(|cells| cells.len() >= 4)
        .map(|cells| (quoted(cells[1]).concat(), allowed(cells[2])))
        .collect()
}

fn allowed(cell: &str) -> BTreeSet<String> {
    if cell == "every room" { BTreeSet::from(["*".to_owned()]) } else { quoted(cell).into_iter().collect() }
}

/// The words between backquotes.
fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The names under `[dependencies]`, or another section.
fn section(manifest: &str, name: &str) -> Vec<String> {
    let section = manifest.split(&format!("\n[{name}]")).nth(1).unwrap_or("");
    let lines = section.lines().skip(1).take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split(['.', '=', ' ']).next())
        .filter(|word| !word.is_empty() && !word.starts_with('#'))
        .map(str::to_owned)
        .collect()
}

fn room_arrows(room: &str, imports: &[String], plan: &Plan) -> Vec<Fault> {
    let place = format!("crates/{room}/Cargo.toml");
    let workshop = room == "testkit";
    let Some(allowed) = plan.get(room) else {
        let mend = "add a row to the table \"The rooms\" in ARCHITECTURE.md, or move the code into its room";
        return if workshop {
            Vec::new()
        } else {
            vec![fault(place, format!("the plan has no room `{room}`"), mend)]
        };
    };
    let rooms = imports.iter().filter(|name| plan.contains_key(*name) || *name == "testkit");
    let against =
        rooms.filter(|name| *name != "object" && !allowed.contains("*") && !allowed.contains(*name));
    let mend =
        "return a value instead of calling up, or move the code; a new arrow is decided in ARCHITECTURE.md";
    against
        .map(|name| fault(place.clone(), format!("`{room}` → `{name}` is not in the plan"), mend))
        .collect()
}

fn fault(place: impl Into<String>, what: impl Into<String>, mend: &str) -> Fault {
    Fault { place: place.into(), what: what.into(), mend: mend.to_owned() }
}

/// The rules that hold for each file by itself.
fn check_source(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    faults.extend(head(source));
    faults.extend(name(source));
    faults.extend(ABSENCES.iter().flat_map(|absence| absence.check(source)));
    faults.extend(citations(source));
    faults.extend(sentences::check(source));
    faults
}

fn head(source: &Source) -> Option<Fault> {
    let first = source.text.lines().next().unwrap_or("");
    let good = first.starts_with("//! ") && first.len() > 12 && !first.contains("not furnished");
    let mend = "open the file with //! and one sentence that says what it is";
    (!good).then(|| fault(&source.path, "the file does not say what it is", mend))
}

fn name(source: &Source) -> Option<Fault> {
    const HOMELESS: [&str; 8] =
        ["common", "util", "utils", "helper", "helpers", "manager", "misc", "handler"];
    let stem = Path::new(&source.path).file_stem()?.to_str()?;
    let mend = "name it after what it is about; homeless code has a home not found yet";
    HOMELESS.contains(&stem).then(|| fault(&source.path, format!("`{stem}` says nothing"), mend))
}

/// A word that must not stand in the house's code of some rooms.
struct Absence {
    rooms: &'static [&'static str],
    except: &'static [&'static str],
    words: &'static [&'static str],
    why: &'static str,
}

/// Words of mail and of its administration.
const MAIL_WORDS: &[&str] = &[
    "Mailbox",
    "mailbox",
    "Recipient",
    "recipient",
    "Smtp",
    "SMTP",
    "Imap",
    "IMAP",
    "ProxyAddress",
    "Exchange",
    "ADObjectId",
    "EmailAddress",
];

/// ARCHITECTURE.md, "What is absent, and stays so", by number.
const ABSENCES: &[Absence] = &[
    Absence {
        rooms: &["object", "message", "gate", "dotnet", "language", "commands", "views"],
        except: &[],
        words: &["std::fs", "TcpStream", "UdpSocket", "tokio::", "std::process::Command", "std::env::var"],
        why: "absence 1: this room does no I/O; take a `Host`, or return what should happen",
    },
    Absence {
        rooms: &["object", "db", "directory", "store", "mailbox", "gate", "cmdlets"],
        except: &[],
        words: &["async fn", "async move", ".await"],
        why: "absence 2: plain functions on worker threads; async stops at the doors",
    },
    Absence {
        rooms: &["*"],
        except: &["crates/object/src/time.rs", "xtask/"],
        words: &["SystemTime::now("],
        why: "absence 3: time comes in; take an object::Clock",
    },
    Absence {
        rooms: &[
            "object", "message", "net", "dotnet", "gate", "views", "language", "commands", "mailbox",
            "cmdlets", "smtp", "imap", "pop3", "ldap", "remoting", "terminal", "server",
        ],
        except: &[],
        words: &["\"SELECT ", "\"INSERT INTO", "\"UPDATE ", "\"DELETE FROM", "\"CREATE TABLE"],
        why: "absence 5: SQL stands only in directory, store and transport's queue",
    },
    Absence {
        rooms: &["dotnet", "views", "language", "gate"],
        // System.Net.Mail is a part of .NET.
        except: &["crates/dotnet/src/mail.rs", "crates/dotnet/src/member/mail.rs"],
        words: MAIL_WORDS,
        why: "a PowerShell that knows nothing of mail: whoever knows the name hands it in",
    },
    Absence {
        rooms: &["*"],
        except: &["xtask/"],
        words: &[".id() == \"", ".id() != \"", "match error.id()"],
        why: "an id that nobody gives would match nothing; write error.is(ErrorId::X) or match error.known()",
    },
];

/// Whether a word stands in a line, but for the names of .NET's own types of mail (`System.Net.Mail.SmtpClient`).
fn stands(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !line[..at].ends_with("System.Net.Mail."))
}

impl Absence {
    fn check<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = Fault> + 'a {
        let here = source.in_src
            && (self.rooms == ["*"] || self.rooms.contains(&source.room.as_str()))
            && !self.except.iter().any(|path| source.path.starts_with(path));
        let lines = source.house().lines().enumerate().filter(move |_| here);
        let code = lines.filter(|(_, line)| !line.trim_start().starts_with("//"));
        code.filter_map(move |(at, line)| {
            let word = self.words.iter().find(|word| stands(line, word))?;
            Some(fault(format!("{}:{}", source.path, at + 1), format!("`{word}` stands here"), self.why))
        })
    }
}

/// Citations have one form, so that one search finds them: `[RFC 9051 6.3.4]`, `[MS-ASCMD 2.2.1.21]`.
fn citations(source: &Source) -> Vec<Fault> {
    let mend = "write [RFC 9051 6.3.4]: the number, a blank, the section without \"section\" or §";
    let lines = source.text.lines().enumerate();
    let wrong = lines.filter(|(_, line)| {
        let comment = line.split("//").nth(1).unwrap_or("");
        comment.contains("[RFC") && crate::rfc::citations(comment).is_empty()
    });
    wrong
        .map(|(at, _)| fault(format!("{}:{}", source.path, at + 1), "a citation of another form", mend))
        .collect()
}

/// Every path that the newcomers' pages name is there.
fn named_files(root: &Path) -> Result<Vec<Fault>, String> {
    let mut faults = Vec::new();
    for page in ["README.md", "ARCHITECTURE.md", "DESIGN.md"] {
        for path in quoted(&read(&root.join(page))?) {
            let a_path = path.starts_with("crates/") || path.starts_with("docs/");
            if a_path && !root.join(&path).exists() {
                faults.push(fault(page, format!("`{path}` is not there"), "name the file as it is now"));
            }
        }
    }
    Ok(faults)
}

/// Files under `src` that no `mod` mentions are never compiled.
fn lost_files(sources: &[Source]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.in_src) {
        let path = Path::new(&source.path);
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().map(|p| p.to_string_lossy().into_owned()).unwrap_or_default();
        let name =
            if stem == "mod" { folder.rsplit('/').next().unwrap_or("").to_owned() } else { stem.clone() };
        let root_file = matches!(stem.as_str(), "lib" | "main") || folder.ends_with("/bin");
        let siblings = sources.iter().filter(|other| other.room == source.room && other.path != source.path);
        let list = format!("{folder}/mod.rs");
        // A folder's list may be a macro's (`verbs![bdat::Bdat, …]`): there the bare word counts.
        let listed = siblings.into_iter().any(|other| {
            declares(&other.text, &name)
                || (other.path == list && words(&other.text).any(|word| word == name))
        });
        if !root_file && !listed {
            faults.push(fault(
                &source.path,
                "no `mod` names this file",
                "list it in its folder's mod.rs or delete it",
            ));
        }
    }
    faults
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
}

fn declares(text: &str, name: &str) -> bool {
    text.contains(&format!("mod {name};")) || text.contains(&format!("mod {name} {{"))
}
