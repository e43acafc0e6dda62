//! Where text goes: standard output and standard error, coloured where a person can see it.
//!
//! Standard output is gathered while no terminal reads it; it is passed on before anything is written to
//! standard error, before a prompt, before waiting, and at the end, so that the order stays true for a
//! reader of both. A reader who went away (`| head`) asks the pipeline to stop; nobody is told.

use super::progress::Progress;
use super::stop::Stop;
use dotnet::host::{CONSOLE_COLORS, Progress as Record, Stream};
use parking_lot::Mutex;
use std::io::{self, ErrorKind, IsTerminal as _, Write};
use std::sync::Arc;

/// Text gathered before it is passed on, where no terminal reads it.
const GATHERED_BYTES_MAX: usize = 64 << 10;

/// No colour at all, not even the stream's own: for prompts on standard error.
pub(crate) const PLAIN: Option<&str> = Some("");

/// The two streams of the console.
pub(crate) struct Output {
    state: Arc<Mutex<State>>,
    stop: Stop,
    /// Whether standard output is a terminal.
    pub(crate) on_terminal: bool,
    error_on_terminal: bool,
    colour: bool,
}

struct State {
    out: Box<dyn Write + Send>,
    error: Box<dyn Write + Send>,
    gathered: Vec<u8>,
    /// What stands on the terminal's current line, escape sequences included.
    line: String,
    progress: Progress,
    /// Whether a thread waits to draw what came too soon.
    draws_later: bool,
    reader_left: bool,
    lost: Option<io::Error>,
}

impl Output {
    /// The process's own streams; `colour` is whether colours are wanted at all.
    pub(crate) fn of_process(stop: Stop, colour: bool) -> Output {
        let on_terminal = io::stdout().is_terminal();
        let error_on_terminal = io::stderr().is_terminal();
        let streams = (Box::new(io::stdout()) as _, Box::new(io::stderr()) as _);
        Output::new(streams, stop, on_terminal, error_on_terminal, colour)
    }

    /// Streams of any kind.
    pub(crate) fn new(
        (out, error): (Box<dyn Write + Send>, Box<dyn Write + Send>),
        stop: Stop,
        on_terminal: bool,
        error_on_terminal: bool,
        colour: bool,
    ) -> Output {
        let state = State {
            out,
            error,
            gathered: Vec::new(),
            line: String::new(),
            progress: Progress::default(),
            draws_later: false,
            reader_left: false,
            lost: None,
        };
        Output { state: Arc::new(Mutex::new(state)), stop, on_terminal, error_on_terminal, colour }
    }

    /// Whether colours are shown on `stream`.
    pub(crate) fn colours(&self, stream: Stream) -> bool {
        self.colour && if stream == Stream::Output { self.on_terminal } else { self.error_on_terminal }
    }

    /// Whether a person reads sentences there: errors and warnings on a terminal.
    pub(crate) fn wraps(&self, stream: Stream) -> bool {
        stream != Stream::Output && self.error_on_terminal
    }

    /// Writes text in its colours; errors and warnings have theirs by themselves.
    pub(crate) fn write(&self, stream: Stream, text: &str, front: Option<&str>, back: Option<&str>) {
        let front = front.or(match stream {
            Stream::Output => None,
            Stream::Error => Some("Red"),
            Stream::Message => Some("Yellow"),
        });
        if self.colours(stream) {
            self.put(stream, &painted(text, front, back));
        } else {
            self.put(stream, text);
        }
    }

    fn put(&self, stream: Stream, text: &str) {
        let mut state = self.state.lock();
        state.wipe_progress();
        if stream == Stream::Output {
            state.gathered.extend_from_slice(text.as_bytes());
            state.remember_line(text, self.on_terminal);
            if self.on_terminal || state.gathered.len() >= GATHERED_BYTES_MAX {
                self.pass_on(&mut state);
            }
        } else {
            self.pass_on(&mut state);
            state.remember_line(text, self.on_terminal && self.error_on_terminal);
            state.tell(text);
        }
    }

    /// Passes on what was gathered; a progress that nobody ended is over.
    pub(crate) fn flush(&self) {
        let mut state = self.state.lock();
        state.wipe_progress();
        self.pass_on(&mut state);
    }

    /// Passes on what was gathered; a progress stays where it stands.
    pub(crate) fn pass(&self) {
        self.pass_on(&mut self.state.lock());
    }

    fn pass_on(&self, state: &mut State) {
        let gathered = std::mem::take(&mut state.gathered);
        if gathered.is_empty() || state.reader_left {
            return;
        }
        match state.out.write_all(&gathered).and_then(|()| state.out.flush()) {
            Ok(()) => {}
            Err(error) => {
                state.reader_left = true;
                if error.kind() != ErrorKind::BrokenPipe {
                    state.lost = Some(error);
                }
                self.stop.ask();
            }
        }
    }

    /// Shows how far long work is. Only a person at a terminal sees it.
    pub(crate) fn progress(&self, record: &Record, width: usize) {
        if !self.error_on_terminal {
            return;
        }
        let mut state = self.state.lock();
        self.pass_on(&mut state);
        if let Some(text) = state.progress.show(record, width) {
            state.tell(&text);
        }
        if state.progress.wait().is_some() && !std::mem::replace(&mut state.draws_later, true) {
            let later = Arc::clone(&self.state);
            let thread = std::thread::Builder::new().name("progress".to_owned());
            // Where no thread can be had the next record shows how far the work is.
            state.draws_later = thread.spawn(move || draw_later(&later)).is_ok();
        }
    }

    /// Whether nobody reads standard output any more.
    pub(crate) fn reader_left(&self) -> bool {
        self.state.lock().reader_left
    }

    /// Why output was lost, where it was not the reader's own wish: a full disk behind `>`.
    pub(crate) fn lost(&self) -> Option<io::Error> {
        self.state.lock().lost.take()
    }

    /// What stands on the terminal's current line; whoever takes it writes it anew.
    pub(crate) fn take_line(&self) -> String {
        let mut state = self.state.lock();
        state.wipe_progress();
        self.pass_on(&mut state);
        std::mem::take(&mut state.line)
    }
}

/// Draws what waits when its time has come: a script may work on for long behind a record that came too soon.
fn draw_later(state: &Mutex<State>) {
    loop {
        let mut state = state.lock();
        let Some(wait) = state.progress.wait() else {
            state.draws_later = false;
            return;
        };
        if wait.is_zero() {
            let text = state.progress.due();
            text.iter().for_each(|text| state.tell(text));
            continue;
        }
        drop(state);
        std::thread::park_timeout(wait);
    }
}

impl State {
    /// A standard error that nobody reads changes nothing of what the script does.
    fn tell(&mut self, text: &str) {
        drop(self.error.write_all(text.as_bytes()).and_then(|()| self.error.flush()));
    }

    fn wipe_progress(&mut self) {
        if let Some(text) = self.progress.wipe() {
            self.tell(text);
        }
    }

    fn remember_line(&mut self, text: &str, on_terminal: bool) {
        if !on_terminal {
            return;
        }
        if let Some((_, last)) = text.rsplit_once('\n') {
            self.line.clear();
            self.line.push_str(last);
        } else {
            self.line.push_str(text);
        }
    }
}

/// `text` between the escape sequences of its colours. The line end stays outside: a background must not
/// run on to the end of the next line.
fn painted(text: &str, front: Option<&str>, back: Option<&str>) -> String {
    let codes: Vec<String> = [(front, 0), (back, 10)]
        .into_iter()
        .filter_map(|(name, shift)| Some((code(name?)? + shift).to_string()))
        .collect();
    if codes.is_empty() || text.trim_end_matches(['\r', '\n']).is_empty() {
        return text.to_owned();
    }
    let inner = text.trim_end_matches(['\r', '\n']);
    format!("\x1b[{}m{inner}\x1b[0m{}", codes.join(";"), &text[inner.len()..])
}

/// The escape code of a console colour in front. [ECMA-48 8.3.117]
fn code(name: &str) -> Option<u8> {
    // The console's order is blue, green, red; the terminal's red, green, blue.
    const DARK: [u8; 8] = [30, 34, 32, 36, 31, 35, 33, 37];
    let at = CONSOLE_COLORS.iter().position(|colour| colour.eq_ignore_ascii_case(name))?;
    Some(match at {
        8.. => DARK[at - 8] + 60,
        // "Gray" is the terminal's white, "DarkGray" its bright black.
        _ => DARK[at],
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A stream that is kept.
    #[derive(Clone, Default)]
    pub(crate) struct Kept(Arc<Mutex<Vec<u8>>>);
    impl Kept {
        pub(crate) fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock()).into_owned()
        }
    }
    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Gone;
    impl Write for Gone {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn output(terminal: bool) -> (Kept, Output) {
        let both = Kept::default();
        let streams = (Box::new(both.clone()) as _, Box::new(both.clone()) as _);
        (both, Output::new(streams, Stop::default(), terminal, terminal, true))
    }

    #[test]
    fn both_streams_keep_their_order_without_a_terminal() {
        let (both, output) = output(false);
        output.write(Stream::Output, "one\n", Some("Green"), None);
        assert!(both.0.lock().is_empty(), "gathered");
        output.write(Stream::Error, "two\n", None, None);
        output.write(Stream::Output, "three\n", None, None);
        output.flush();
        assert_eq!(both.0.lock().as_slice(), b"one\ntwo\nthree\n");
    }

    #[test]
    fn colours_are_for_terminals() {
        let (both, output) = output(true);
        output.write(Stream::Output, "a", Some("DarkBlue"), Some("yellow"));
        output.write(Stream::Output, "b\n", None, None);
        output.write(Stream::Message, "c\n", None, None);
        assert_eq!(
            String::from_utf8(both.0.lock().clone()).unwrap(),
            "\x1b[34;103ma\x1b[0mb\n\x1b[93mc\x1b[0m\n"
        );
    }

    #[test]
    fn a_progress_stands_while_the_script_waits() {
        let (both, output) = output(true);
        let record = Record { activity: "Moving".to_owned(), percent: -1, seconds: -1, ..Record::default() };
        output.progress(&record, 80);
        output.pass();
        assert_eq!(both.text(), "\r\x1b[2KMoving");
        output.flush();
        assert_eq!(both.text(), "\r\x1b[2KMoving\r\x1b[2K");
    }

    #[test]
    fn a_progress_that_came_too_soon_is_drawn_when_nothing_follows() {
        let (both, output) = output(true);
        let record = |activity: &str| Record {
            activity: activity.to_owned(),
            percent: -1,
            seconds: -1,
            ..Record::default()
        };
        output.progress(&record("first"), 80);
        output.progress(&record("second"), 80);
        output.progress(&record("third"), 80);
        let start = std::time::Instant::now();
        while !both.text().contains("third") {
            assert!(start.elapsed() < std::time::Duration::from_secs(20), "{:?}", both.text());
            std::thread::yield_now();
        }
        assert_eq!(both.text(), "\r\x1b[2Kfirst\r\x1b[2Kthird");
        output.progress(&record("fourth"), 80);
        output.write(Stream::Output, "done\n", None, None);
        assert!(both.text().ends_with("done\n") && !both.text().contains("fourth"));
    }

    #[test]
    fn a_reader_who_left_ends_the_pipeline_quietly() {
        let stop = Stop::default();
        let error = Kept::default();
        let streams = (Box::new(Gone) as _, Box::new(error.clone()) as _);
        let output = Output::new(streams, stop.clone(), false, false, false);
        output.write(Stream::Output, &"x".repeat(GATHERED_BYTES_MAX), None, None);
        assert!(stop.is_asked() && output.reader_left() && output.lost().is_none());
        assert!(error.0.lock().is_empty());
    }
}
