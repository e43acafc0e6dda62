//! One line that says how far long work is, drawn over itself on the terminal.

use dotnet::host::Step;
use std::time::{Duration, Instant};

/// A person sees no more changes than this; drawing more would slow the work.
const DRAWN_EVERY: Duration = Duration::from_millis(100);
/// The width of the bar.
const BAR_COLUMNS: usize = 20;

/// What stands on the terminal of it.
#[derive(Default)]
pub(super) struct Progress {
    drawn: Option<Instant>,
}

impl Progress {
    /// What to write to show `step`, if it is time to.
    pub(super) fn show(&mut self, step: &Step<'_>, width: usize) -> Option<String> {
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAWN_EVERY) {
            return None;
        }
        self.drawn = Some(Instant::now());
        Some(format!("\r\x1b[2K{}", line(step, width)))
    }

    /// What to write to wipe it out, if it stands there.
    pub(super) fn wipe(&mut self) -> Option<&'static str> {
        self.drawn.take().map(|_| "\r\x1b[2K")
    }
}

/// `Moving mailboxes: ann [########            ] 40 %`, not wider than the terminal.
fn line(step: &Step<'_>, width: usize) -> String {
    let bar = step.percent.map_or(String::new(), |percent| {
        let full = usize::from(percent.min(100)) * BAR_COLUMNS / 100;
        format!(" [{}{}] {percent:>3} %", "#".repeat(full), " ".repeat(BAR_COLUMNS - full))
    });
    let said = if step.status.is_empty() {
        step.activity.to_owned()
    } else {
        format!("{}: {}", step.activity, step.status)
    };
    // The last column stays free: a line that fills it would wrap.
    let room = width.saturating_sub(bar.len() + 1);
    let shown: String = said.chars().filter(|c| !c.is_control()).take(room).collect();
    format!("{shown}{bar}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_fits_the_terminal() {
        let step = Step { activity: "Moving", status: "ann", percent: Some(40) };
        assert_eq!(line(&step, 80), "Moving: ann [########            ]  40 %");
        assert_eq!(line(&step, 35), "Movin [########            ]  40 %");
        let long = Step { activity: &"x".repeat(200), status: "", percent: None };
        assert_eq!(line(&long, 30).len(), 29);
    }

    #[test]
    fn it_is_drawn_in_peace_and_wiped_once() {
        let mut progress = Progress::default();
        let step = Step { activity: "a", status: "", percent: None };
        assert_eq!(progress.show(&step, 80).as_deref(), Some("\r\x1b[2Ka"));
        assert_eq!(progress.show(&step, 80), None);
        assert!(progress.wipe().is_some() && progress.wipe().is_none());
    }
}
