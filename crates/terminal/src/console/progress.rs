//! One line that says how far long work is, drawn over itself on the terminal.

use dotnet::host::Progress as Record;
use std::time::{Duration, Instant};

/// A person sees no more changes than this; drawing more would slow the work.
const DRAWN_EVERY: Duration = Duration::from_millis(100);
/// The width of the bar.
const BAR_COLUMNS: usize = 20;

/// What stands on the terminal of it. There is one line: the record written last; when that is over the line
/// goes, when another one is over it stays.
#[derive(Default)]
pub(super) struct Progress {
    drawn: Option<Instant>,
    shown: Option<i32>,
    /// What came too soon after the last to be drawn: it is, unless another follows in time.
    waiting: Option<String>,
}

impl Progress {
    /// What to write to show `record`, if it is time to.
    pub(super) fn show(&mut self, record: &Record, width: usize) -> Option<String> {
        if record.completed {
            let ours = self.shown.take_if(|id| *id == record.id).is_some();
            return ours.then(|| self.wipe()).flatten().map(str::to_owned);
        }
        self.shown = Some(record.id);
        self.waiting = Some(format!("\r\x1b[2K{}", line(record, width)));
        if self.drawn.is_some_and(|drawn| drawn.elapsed() < DRAWN_EVERY) {
            return None;
        }
        self.due()
    }

    /// When what waits is to be drawn; `None`: nothing waits.
    pub(super) fn wait(&self) -> Option<Duration> {
        self.waiting.as_ref()?;
        Some(self.drawn.map_or(Duration::ZERO, |drawn| DRAWN_EVERY.saturating_sub(drawn.elapsed())))
    }

    /// What to write to show what waited.
    pub(super) fn due(&mut self) -> Option<String> {
        let text = self.waiting.take()?;
        self.drawn = Some(Instant::now());
        Some(text)
    }

    /// What to write to wipe it out, if it stands there.
    pub(super) fn wipe(&mut self) -> Option<&'static str> {
        self.waiting = None;
        self.drawn.take().map(|_| "\r\x1b[2K")
    }
}

/// `Moving mailboxes: ann [########            ] 40 %`, not wider than the terminal.
fn line(record: &Record, width: usize) -> String {
    let percent = u8::try_from(record.percent).ok().map(|percent| percent.min(100));
    let bar = percent.map_or(String::new(), |percent| {
        let full = usize::from(percent) * BAR_COLUMNS / 100;
        format!(" [{}{}] {percent:>3} %", "#".repeat(full), " ".repeat(BAR_COLUMNS - full))
    });
    let left = if record.seconds >= 0 { format!("({} s remaining)", record.seconds) } else { String::new() };
    let parts = [&*record.status, &*record.operation, &*left];
    let status: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let said = if status.is_empty() {
        record.activity.clone()
    } else {
        format!("{}: {}", record.activity, status.join(" "))
    };
    // The last column stays free: a line that fills it would wrap.
    let room = width.saturating_sub(bar.len() + 1);
    let shown: String = said.chars().filter(|c| !c.is_control()).take(room).collect();
    format!("{shown}{bar}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(activity: &str, status: &str, percent: i32) -> Record {
        let (activity, status) = (activity.to_owned(), status.to_owned());
        Record { activity, status, percent, parent: -1, seconds: -1, ..Record::default() }
    }

    #[test]
    fn the_line_fits_the_terminal() {
        let moving = record("Moving", "ann", 40);
        assert_eq!(line(&moving, 80), "Moving: ann [########            ]  40 %");
        assert_eq!(line(&moving, 35), "Movin [########            ]  40 %");
        let long = record(&"x".repeat(200), "", -1);
        assert_eq!(line(&long, 30).len(), 29);
        let left = Record { operation: "DB1".to_owned(), seconds: 9, ..record("Moving", "ann", -1) };
        assert_eq!(line(&left, 80), "Moving: ann DB1 (9 s remaining)");
    }

    #[test]
    fn it_is_drawn_in_peace_and_wiped_once() {
        let mut progress = Progress::default();
        let drawn = record("a", "", -1);
        assert_eq!(progress.show(&drawn, 80).as_deref(), Some("\r\x1b[2Ka"));
        assert_eq!(progress.show(&drawn, 80), None);
        let other = Record { id: 7, completed: true, ..drawn.clone() };
        assert_eq!(progress.show(&other, 80), None, "another one's end wipes nothing");
        let over = Record { completed: true, ..drawn };
        assert!(progress.show(&over, 80).is_some() && progress.wipe().is_none());
    }
}
