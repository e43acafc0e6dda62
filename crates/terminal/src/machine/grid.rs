//! `Out-GridView`: a table in the terminal that a person can search and choose from.

use commands::declare::{Lenient as _, declare};
use dotnet::host::Stream;
use dotnet::{Category, Exception};
use language::{Call, Command, CoreCommand, Run};
use object::Value;

/// `Out-GridView`.
pub(super) static OUT_GRID_VIEW: CoreCommand = CoreCommand::new(
    "Out-GridView",
    "OutGridViewCommand",
    || {
        declare(
            "Out-GridView",
            "PassThru OutputMode Wait",
            "InputObject object |
             Title string
             PassThru switch @PassThru
             OutputMode string @OutputMode
             Wait switch @Wait",
        )
        .one_of("OutputMode", &["None", "Single", "Multiple"])
    },
    || Box::new(Grid::default()),
);

/// Rows of the table that are shown at once where the terminal does not say how many fit.
const ROWS: usize = 20;
/// Lines of the terminal that are not rows: title, header, prompt.
const OTHER_LINES: usize = 6;

#[derive(Default)]
struct Grid {
    objects: Vec<Value>,
}

impl Command for Grid {
    fn begin(&mut self, call: &mut Call<'_>) -> Run {
        if call.host().height().is_some() {
            return Ok(());
        }
        let message = "Out-GridView shows a table that a person searches, and there is no terminal here. Use Format-Table, or Export-Csv.";
        Err(Exception::new("System.PlatformNotSupportedException", message)
            .id("NoTerminal")
            .category(Category::NotImplemented)
            .into())
    }
    fn process(&mut self, call: &mut Call<'_>, input: Option<Value>) -> Run {
        let given = input.or_else(|| call.value("InputObject").cloned());
        self.objects.extend(given.filter(|value| !value.is_null()));
        Ok(())
    }
    fn end(&mut self, call: &mut Call<'_>) -> Run {
        let most = match call.text("OutputMode").unwrap_or_default().as_str() {
            "Single" => 1,
            "Multiple" => usize::MAX,
            _ if call.flag("PassThru") => usize::MAX,
            _ => 0,
        };
        // A person closes the table anyway before the script goes on.
        call.flag("Wait");
        let title = call.text("Title").unwrap_or_else(|| format!("{} objects", self.objects.len()));
        let table = Table::of(call, &self.objects)?;
        let mut word = String::new();
        loop {
            let fitting = table.fitting(&word);
            let rows = call.host().height().map_or(ROWS, |height| height.saturating_sub(OTHER_LINES)).max(1);
            call.host().write(Stream::Output, &table.page(&title, &word, &fitting, rows, most), None, None);
            let line = call.host().read_line(false)?;
            match Wish::of(line.trim(), most > 0) {
                Wish::Done => return Ok(()),
                Wish::Search(wanted) => word = wanted,
                Wish::Take(places) => {
                    let chosen = places.into_iter().filter_map(|place| self.objects.get(place)).take(most);
                    return chosen
                        .cloned()
                        .collect::<Vec<_>>()
                        .into_iter()
                        .try_for_each(|one| call.write(one));
                }
            }
        }
    }
}

/// What a person typed.
#[derive(Debug, PartialEq)]
enum Wish {
    Done,
    Search(String),
    /// These rows, counted from 0.
    Take(Vec<usize>),
}

impl Wish {
    fn of(line: &str, takes: bool) -> Wish {
        if line.is_empty() {
            return Wish::Done;
        }
        let numbers = takes.then(|| places(line)).flatten();
        match numbers {
            Some(places) => Wish::Take(places),
            None => Wish::Search(if line == "*" { String::new() } else { line.to_owned() }),
        }
    }
}

/// `1,3-5`; `None`: these are no numbers of rows.
fn places(line: &str) -> Option<Vec<usize>> {
    let mut found = Vec::new();
    for part in line.split([',', ' ']).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (usize, usize) = (from.parse().ok()?, to.parse().ok()?);
        found
            .extend((from..=to.min(from.saturating_add(100_000))).filter_map(|number| number.checked_sub(1)));
    }
    Some(found)
}

/// The objects as lines.
struct Table {
    head: Vec<String>,
    rows: Vec<String>,
}

impl Table {
    fn of(call: &mut Call<'_>, objects: &[Value]) -> Run<Table> {
        let block = call.session().parse_block("$input | Format-Table | Out-String -Stream")?;
        let mut written = Vec::new();
        call.run_aside(&block.value(), Some(objects.to_vec()), Vec::new(), &mut written)?;
        let lines: Vec<String> =
            written.iter().map(ToString::to_string).filter(|line| !line.trim().is_empty()).collect();
        // A title, its line of dashes, and a row for each object; anything else is told object by object.
        if lines.len() == objects.len() + 2 {
            let (head, rows) = lines.split_at(2);
            return Ok(Table { head: head.to_vec(), rows: rows.to_vec() });
        }
        let mut rows = Vec::new();
        for value in objects {
            rows.push(dotnet::member::to_string(call.session(), value)?);
        }
        Ok(Table { head: Vec::new(), rows })
    }

    /// The rows with every word of `wanted` in them.
    fn fitting(&self, wanted: &str) -> Vec<usize> {
        let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
        let fits = |row: &String| {
            let row = row.to_lowercase();
            words.iter().all(|word| row.contains(word))
        };
        (0..self.rows.len()).filter(|at| fits(&self.rows[*at])).collect()
    }

    fn page(&self, title: &str, wanted: &str, fitting: &[usize], rows: usize, most: usize) -> String {
        let mut page = match wanted {
            "" => format!("\n{title}\n"),
            wanted => format!("\n{title}, with '{wanted}': {}\n", fitting.len()),
        };
        let width = self.rows.len().to_string().len();
        for line in &self.head {
            page.push_str(&format!("{:width$}  {line}\n", ""));
        }
        for at in fitting.iter().take(rows) {
            page.push_str(&format!("{:>width$}  {}\n", at + 1, self.rows[*at]));
        }
        if fitting.len() > rows {
            page.push_str(&format!("… {} more\n", fitting.len() - rows));
        }
        page.push_str(match most {
            0 => "Words to search, * for all, Enter to close: ",
            1 => "Words to search, * for all, a number to take that row, Enter to take none: ",
            _ => "Words to search, * for all, numbers (1,3-5) to take rows, Enter to take none: ",
        });
        page
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_search_or_numbers() {
        assert_eq!(Wish::of("", true), Wish::Done);
        assert_eq!(Wish::of("1,3-4", true), Wish::Take(vec![0, 2, 3]));
        assert_eq!(Wish::of("12", false), Wish::Search("12".into()));
        assert_eq!(Wish::of("*", true), Wish::Search(String::new()));
        let table = Table {
            head: vec!["Name Size".into(), "---- ----".into()],
            rows: vec!["ann 1".into(), "bo  2".into()],
        };
        assert_eq!(table.fitting("N A"), [0]);
        assert!(table.page("t", "", &[0, 1], 1, 1).contains("1  ann 1\n… 1 more\n"));
    }
}
