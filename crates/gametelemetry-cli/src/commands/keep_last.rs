//! `record --keep-last`: holds what came last, and keeps it when Enter is pressed or `gametelemetry mark` asks.
//!
//! Marks are made on a thread of their own, beside the live line. How `mark` reaches us is in `marks`.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{GameSession, Held, Ledger, MarkError, Marker, Summary, bytes, files};
use gametelemetry_games::Game;
use serde::Serialize;

use super::Outcome;
use super::choose::OutFolder;
use super::record::{nothing_published, watch_with};
use super::summary::{SummaryJson, has_frames};
use crate::args::Record;
use crate::marks::{Answer, Kept, MarkDesk};
use crate::output::{self, BAD, DIM};

/// How often marks are looked for.
const LOOK: Duration = Duration::from_millis(100);

/// Records `session`, which holds its last part in memory, until it ends.
pub(crate) fn run(
    session: GameSession,
    game: &'static dyn Game,
    out: &OutFolder<'_>,
    args: &Record,
) -> Result<Outcome> {
    let session = session.start()?;
    let marker = session.marker().context("the session writes all it records")?;
    let ends = if args.duration.is_none() { "; Ctrl+C ends it" } else { "" };
    let name = game.info().name;
    if !args.fail_fast && !game.is_running(&args.regions.region_prefix) {
        output::say(format_args!("{DIM}waiting for {name}{ends}{DIM:#}"));
    }
    let (marking, news) = Marking::start(marker.clone(), &args.out)?;
    let begun = format!(
        "{DIM}holding the last {} of {name} in memory; Enter, or {}, keeps it{ends}{DIM:#}",
        minutes(marker.keep().as_secs_f64()),
        mark_command(&args.out)
    );
    watch_with(&session, args.duration, &begun, &news, |_, sources| live_text(marker.held(), sources));
    let result = session.stop();
    // Only now: who marks at the last moment is to get all of it.
    let marked = marking.finish()?;
    news.try_iter().for_each(output::say);
    let summary = match &result {
        Ok(summary) => Some(summary),
        Err(error) => error.summary(),
    };
    let is_heard = summary.is_some_and(has_frames);
    if is_heard {
        print(&marked, game, args)?;
    }
    out.remove_if_new();
    result?;
    if !is_heard {
        bail!(nothing_published(game, args));
    }
    let is_lost = |kept: &Summary| kept.lost_data();
    Ok(Outcome::lost_if(marked.failed > 0 || marked.kept.iter().any(is_lost)))
}

/// Time as the live line shows it.
pub(crate) fn minutes(seconds: f64) -> String {
    let seconds = Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
    match seconds / 3600 {
        0 => format!("{:02}:{:02}", seconds / 60, seconds % 60),
        hours => format!("{hours}:{:02}:{:02}", seconds / 60 % 60, seconds % 60),
    }
}

/// What marks from elsewhere.
fn mark_command(out: &Path) -> String {
    match out.to_str() {
        Some("sessions") => "`gametelemetry mark`".to_owned(),
        _ => format!("`gametelemetry mark --out \"{}\"`", out.display()),
    }
}

fn live_text(held: Option<Held>, sources: &[(String, Ledger)]) -> String {
    let Some(held) = held else { return "waiting for the game".to_owned() };
    let time = minutes(held.span().as_secs_f64());
    let mut text = format!("holding {time}, Enter keeps it  {}", bytes(held.bytes as u64));
    for (name, ledger) in sources {
        // Once-a-session pages have no rate worth showing.
        if let Some(hz) = ledger.achieved_hz().filter(|hz| *hz >= 1.0) {
            let _ = write!(text, "  {name} {hz:.1} Hz");
        }
        if ledger.dropped > 0 {
            let _ = write!(text, " {} dropped", ledger.dropped);
        }
    }
    text
}

/// What became of the marks.
#[derive(Default)]
struct Marked {
    kept: Vec<Summary>,
    failed: u32,
}

/// The thread that marks.
struct Marking {
    is_over: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<Marked>,
}

impl Marking {
    /// Begins to look for marks; gives what is to be said meanwhile, too.
    fn start(marker: Marker, out: &Path) -> Result<(Self, Receiver<String>)> {
        let (sender, news) = sync_channel(64);
        let desk = MarkDesk::open(out)?;
        let (key_sender, keys) = channel();
        if may_read_keys() {
            let key_sender = key_sender.clone();
            // Waits for a line for ever; it ends with the program.
            std::thread::Builder::new().name("keys".to_owned()).spawn(move || read_keys(&key_sender))?;
        }
        let is_over = Arc::new(AtomicBool::new(false));
        let worker =
            Worker { marker, desk, news: sender, is_over: Arc::clone(&is_over), marked: Marked::default() };
        // Its sender stays open, so that the thread that reads keys may end.
        let work = move || worker.run(&keys, &key_sender);
        let thread = std::thread::Builder::new().name("marks".to_owned()).spawn(work)?;
        Ok((Self { is_over, thread }, news))
    }

    /// Ends it, after all marks that were asked for.
    fn finish(self) -> Result<Marked> {
        self.is_over.store(true, Ordering::Release);
        self.thread.join().map_err(|_| anyhow::anyhow!("the thread that marks panicked, please report it"))
    }
}

struct Worker {
    marker: Marker,
    desk: MarkDesk,
    news: SyncSender<String>,
    is_over: Arc<AtomicBool>,
    marked: Marked,
}

impl Worker {
    fn run(mut self, keys: &Receiver<()>, _open: &Sender<()>) -> Marked {
        let mut is_said = false;
        loop {
            // Asked before looking: what was asked for until then is done.
            let is_over = self.is_over.load(Ordering::Acquire);
            let wait = if is_over { Duration::ZERO } else { LOOK };
            if !matches!(keys.recv_timeout(wait), Err(RecvTimeoutError::Timeout)) {
                // Pressed twice is meant once.
                let _ = keys.try_iter().count();
                self.mark();
            }
            for id in self.desk.asked() {
                let answer = self.mark();
                self.desk.answer(&id, &answer);
            }
            if self.marker.held().is_some_and(|held| held.is_short) && !std::mem::replace(&mut is_said, true)
            {
                self.say(format!(
                    "{BAD}memory is full{BAD:#}: less than {} is held, --keep-memory allows more",
                    minutes(self.marker.keep().as_secs_f64())
                ));
            }
            if is_over {
                return self.marked;
            }
        }
    }

    /// Keeps what is held; says what became of that.
    fn mark(&mut self) -> Answer {
        match self.marker.mark() {
            Ok(summary) => {
                let kept = described(&summary);
                let folder = summary.folder.display();
                self.say(format!("kept {}: {folder}", minutes(kept.seconds)));
                self.marked.kept.push(summary);
                Answer::Kept(kept)
            }
            Err(error) => {
                self.marked.failed += u32::from(!matches!(error, MarkError::Nothing));
                let why = with_causes(&error);
                self.say(format!("{BAD}not kept:{BAD:#} {why}"));
                Answer::Refused(why)
            }
        }
    }

    fn say(&self, text: String) {
        // A line that nobody reads is no reason to wait.
        let _ = self.news.try_send(text);
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(", because ")
}

fn described(summary: &Summary) -> Kept {
    // Not that of the first frame: what was told long before is no time of the session.
    let first_file = files::session_files(&summary.folder).ok().and_then(|files| files.into_iter().next());
    let started = first_file.and_then(|path| Some(files::open(&path).ok()?.header().clock.started));
    let last = summary.sources.iter().filter_map(|source| source.ledger.last_frame).max();
    let name = summary.folder.file_name().unwrap_or_default();
    Kept {
        name: name.to_string_lossy().into_owned(),
        seconds: last.zip(started).map_or(0.0, |(last, started)| last.seconds_since(started)),
        frames: summary.recorded(),
        lost_data: summary.lost_data(),
    }
}

/// Whether lines of stdin are ours to read: a shell stops a program in the background that reads its terminal.
fn may_read_keys() -> bool {
    if !(cfg!(target_os = "linux") && io::stdin().is_terminal()) {
        return true;
    }
    // Behind the name in parentheses: state, parent, group, session, terminal, and the group in the foreground.
    let Ok(stat) = std::fs::read_to_string("/proc/self/stat") else { return true };
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    fields.get(2) == fields.get(5)
}

/// Each line of stdin is a mark.
fn read_keys(marks: &Sender<()>) {
    let mut lines = io::stdin().lock();
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        if marks.send(()).is_err() {
            return;
        }
        line.clear();
    }
}

#[derive(Serialize)]
struct MarkedJson<'a> {
    game: &'static str,
    lost_data: bool,
    not_kept: u32,
    kept: Vec<SummaryJson<'a>>,
}

fn print(marked: &Marked, game: &dyn Game, args: &Record) -> Result<()> {
    if args.json {
        return output::json(&MarkedJson {
            game: game.info().id,
            lost_data: marked.failed > 0 || marked.kept.iter().any(Summary::lost_data),
            not_kept: marked.failed,
            kept: marked.kept.iter().map(|summary| SummaryJson::new(summary, game)).collect(),
        });
    }
    if marked.kept.is_empty() {
        output::say(format_args!(
            "nothing is written, because nothing was marked: Enter while recording, or {}, keeps what is held",
            mark_command(&args.out)
        ));
        return Ok(());
    }
    let row = |summary: &Summary| {
        let kept = described(summary);
        let size = summary.sources.iter().filter_map(|source| source.written).map(|it| it.file_bytes).sum();
        vec![
            summary.folder.display().to_string(),
            minutes(kept.seconds),
            kept.frames.to_string(),
            bytes(size),
        ]
    };
    let mut out = output::stdout();
    let rows: Vec<_> = marked.kept.iter().map(row).collect();
    output::table(&mut out, &["kept", "time", "frames", "size"], &rows)?;
    for summary in marked.kept.iter().filter(|summary| summary.lost_data()) {
        let folder = summary.folder.display();
        writeln!(out, "{BAD}  frames are lost or not to be trusted{BAD:#}: gametelemetry info \"{folder}\"")?;
    }
    out.flush()?;
    if let Some(last) = marked.kept.last() {
        let folder = last.folder.display();
        output::say(format_args!("{DIM}laps and report: gametelemetry report \"{folder}\"{DIM:#}"));
    }
    Ok(())
}
