//! Everything that reaches the terminal: results on stdout, messages and progress on stderr.
//!
//! Colours appear only on a terminal; progress only on a terminal and after a second.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the module that prints")]

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is good.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What needs attention.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
/// What matters less.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Headings.
pub(crate) const HEAD: Style = Style::new().bold();

/// How long something takes before its progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Standard output, buffered, with colours taken out when it is no terminal. Flush it at the end: only then is an
/// error seen.
pub(crate) fn stdout() -> impl Write {
    io::BufWriter::with_capacity(64 << 10, anstream::stdout().lock())
}

/// Prints a message for people on stderr.
pub(crate) fn say(text: impl std::fmt::Display) {
    anstream::eprintln!("{text}");
}

/// Prints a question on stderr; the answer is written behind it.
pub(crate) fn ask(question: &str) {
    anstream::eprint!("{question}");
}

/// Prints why the command failed, with every cause.
pub(crate) fn error(error: &anyhow::Error) {
    anstream::eprintln!("{BAD}error:{BAD:#} {error}");
    for cause in error.chain().skip(1) {
        anstream::eprintln!("  because {cause}");
    }
}

/// `error` with every cause, in one line.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Prints `value` as JSON on stdout.
pub(crate) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let mut out = stdout();
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// Whether the reader of our output went away, as `head` does; that is no failure.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let closed = |error: &io::Error| error.kind() == io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<io::Error>().is_some_and(closed)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|error| error.io_error_kind() == Some(io::ErrorKind::BrokenPipe))
    })
}

/// A bar for work of `total` units named `what`, shown once it has taken a second.
pub(crate) struct Progress {
    bar: ProgressBar,
    started: std::time::Instant,
}

impl Progress {
    pub(crate) fn new(what: &str, total: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
        let template = match total {
            Some(_) => "{msg} [{bar:30}] {percent}% {eta}",
            None => "{spinner} {msg} {human_pos}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what.to_owned());
        Self { bar, started: gametelemetry::clock::monotonic() }
    }

    pub(crate) fn set(&self, done: u64) {
        if self.bar.is_hidden() && io::stderr().is_terminal() && self.started.elapsed() > PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(done);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// One line on stderr that is written over again and again; nothing when stderr is no terminal.
pub(crate) struct LiveLine(ProgressBar);

impl LiveLine {
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner:.red} {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Prints a message above the line.
    pub(crate) fn say(&self, text: &str) {
        self.0.suspend(|| say(text));
    }

    /// Shows what `text` gives; it is not asked when there is no terminal to show it on.
    pub(crate) fn show(&self, text: impl FnOnce() -> String) {
        if self.0.is_hidden() {
            return;
        }
        self.0.set_message(text());
        self.0.tick();
        // The terminal shows Ctrl+C as `^C` at the cursor; behind the line it would begin another one, and this one
        // could no longer be cleared.
        anstream::eprint!("\r");
    }
}

impl Drop for LiveLine {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// Log lines on stderr; on a terminal each takes the place of the live line, which is drawn again below it.
pub(crate) struct LogLines {
    is_terminal: bool,
    is_begun: bool,
}

impl LogLines {
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), is_begun: false }
    }
}

impl Write for LogLines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_terminal && !std::mem::replace(&mut self.is_begun, true) {
            anstream::eprint!("\r\x1b[K");
        }
        io::stderr().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Lines up `rows` under `head`: the first column to the left, numbers to the right.
pub(crate) fn table(out: &mut impl Write, head: &[&str], rows: &[Vec<String>]) -> io::Result<()> {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
        cells.chain(head.get(column).map(|cell| cell.chars().count())).max().unwrap_or(0)
    };
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut line = String::from(" ");
        for (column, cell) in cells.enumerate() {
            let width = width(column);
            line.push_str(&if column == 0 {
                format!(" {cell:<width$}")
            } else {
                format!("  {cell:>width$}")
            });
        }
        line.trim_end().to_owned()
    };
    writeln!(out, "{HEAD}{}{HEAD:#}", line(&mut head.iter().copied()))?;
    for row in rows {
        writeln!(out, "{}", line(&mut row.iter().map(String::as_str)))?;
    }
    Ok(())
}
