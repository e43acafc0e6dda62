//! Runs the cases that come over standard input, each in a session of its own.

use super::answer;
use super::binding;
use super::case::{Case, Wanted};
use super::folder::{Folder, NAME};
use super::host::CaseHost;
use super::value;
use crate::Settings;
use crate::channel::LazyBook;
use dotnet::{Locale, culture, profile};
use language::{Session, View};
use serde_json::{Value as Json, json};
use std::io::{self, BufRead as _, Write as _};
use std::sync::Arc;

/// Answers each line of standard input with one on standard output.
pub(super) fn work(book: &LazyBook, settings: &Settings) -> io::Result<()> {
    let folder = Folder::open()?;
    for line in io::stdin().lock().lines() {
        let answer = answer(&line?, &folder, book, settings)?;
        let mut out = io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

fn answer(line: &str, folder: &Folder, book: &LazyBook, settings: &Settings) -> io::Result<Json> {
    let case = match Case::parse(line) {
        Ok(case) => case,
        Err(why) => return Ok(json!({"lost": why})),
    };
    folder.lay(&case.files)?;
    let settings = Settings { profile: &profile::CORE, ..settings.clone() };
    let host = Arc::new(CaseHost::new(&case, folder, &settings));
    let Some(mut session) = session(&case, &host) else {
        return Ok(json!({"id": case.id, "lost": format!("'{}' is not a culture.", case.culture)}));
    };
    if let Some(prelude) = &case.prelude {
        session.run_text(prelude);
    }
    let mut said = match &case.wanted {
        Wanted::Code(code) => answer::of_code(&mut session, &host, code, case.separate),
        Wanted::Expression(expression) => value::of_expression(&mut session, expression),
        Wanted::Binding(line) => json!({"bound": binding::of_line(&mut session, &book(), line)}),
    };
    said["id"] = case.id;
    let changed = folder.changed(&case.files)?;
    if let (Wanted::Code(_), false) = (&case.wanted, changed.is_empty()) {
        said["filesAfter"] = json!(changed);
    }
    Ok(said)
}

fn session(case: &Case, host: &Arc<CaseHost>) -> Option<Session> {
    let culture = culture::named(&case.culture)?;
    let session = Session::new(language::Settings {
        locale: Locale::new(&profile::CORE, culture),
        host: Arc::clone(host) as _,
        commands: crate::loader::core_table(),
        invoker: None,
        view: View::Normal,
        location: NAME.to_owned(),
    });
    Some(session)
}
