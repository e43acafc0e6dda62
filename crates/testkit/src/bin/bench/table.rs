//! The table that is printed: one row a figure, with its reference and its aim.

/// Rows of figures under the machine they were measured on.
pub(crate) struct Table {
    machine: String,
    rows: Vec<[String; 4]>,
}

impl Table {
    pub(crate) fn new(machine: String) -> Table {
        Table { machine, rows: Vec::new() }
    }

    /// Adds a figure: what, how much, beside what, and the aim.
    pub(crate) fn row(&mut self, what: &str, figure: String, beside: String, aim: &str) {
        eprintln!("  {what}: {figure} ({beside})");
        self.rows.push([what.to_owned(), figure, beside, aim.to_owned()]);
    }

    /// Prints it as Markdown, so that it can be kept in `docs/bench.md`.
    pub(crate) fn print(&self) {
        println!("Measured on {}.\n", self.machine);
        println!("| what | figure | beside | aim |\n|---|--:|---|---|");
        for row in &self.rows {
            println!("| {} |", row.join(" | "));
        }
    }
}

/// The middle one of several measurements.
pub(crate) fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
