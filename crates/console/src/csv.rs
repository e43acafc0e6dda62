//! Tables as CSV, for spreadsheets.

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};

/// Rows below a head.
pub(crate) struct Rows {
    writer: csv::Writer<Vec<u8>>,
    /// Whether a spreadsheet will open it.
    is_guarded: bool,
}

impl Rows {
    pub(crate) fn new<'a>(head: impl Iterator<Item = &'a str>) -> Rows {
        Rows::begun(head, true)
    }

    /// Rows for a cmdlet and no spreadsheet: each cell as it is.
    pub(crate) fn plain<'a>(head: impl Iterator<Item = &'a str>) -> Rows {
        Rows::begun(head, false)
    }

    fn begun<'a>(head: impl Iterator<Item = &'a str>, is_guarded: bool) -> Rows {
        let mut rows = Rows { writer: csv::Writer::from_writer(Vec::new()), is_guarded };
        rows.add(head.map(str::to_owned));
        rows
    }

    /// Adds a row. Elements of a list are separated by semicolons, as `New-BulkRequest` reads them.
    pub(crate) fn add(&mut self, cells: impl IntoIterator<Item = String>) {
        let is_guarded = self.is_guarded;
        let cells = cells.into_iter().map(|cell| cell.replace('\n', ";"));
        let cells = cells.map(|cell| if is_guarded { guarded(cell) } else { cell });
        self.writer.write_record(cells).expect("a vector takes all, and each row has the cells of the head");
    }

    /// The text so far.
    pub(crate) fn text(self) -> String {
        String::from_utf8(self.writer.into_inner().unwrap_or_default()).unwrap_or_default()
    }

    /// The answer that a browser saves under that name.
    pub(crate) fn answer(self, name: &str) -> Response {
        let saved = format!("attachment; filename=\"{name}\"");
        let headers: [(HeaderName, &str); 2] =
            [(header::CONTENT_TYPE, "text/csv; charset=utf-8"), (header::CONTENT_DISPOSITION, &saved)];
        (headers, self.text()).into_response()
    }
}

/// A cell that a spreadsheet does not run: what begins like a formula gets an apostrophe. [OWASP CSV Injection]
fn guarded(cell: String) -> String {
    let runs = cell.starts_with(['=', '+', '@', '\t', '\r'])
        || cell.strip_prefix('-').is_some_and(|rest| rest.parse::<f64>().is_err() && !rest.is_empty());
    if runs { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_stays_a_row_and_no_cell_is_run() {
        let mut rows = Rows::new(["Name", "Words"].into_iter());
        for cells in [["Berg, Ann", "a\nb"], ["=1+1", "-5"], ["-cmd|x", "say \"no\""]] {
            rows.add(cells.map(str::to_owned));
        }
        let expected = "Name,Words\n\"Berg, Ann\",a;b\n'=1+1,-5\n'-cmd|x,\"say \"\"no\"\"\"\n";
        assert_eq!(rows.text(), expected);
    }
}
