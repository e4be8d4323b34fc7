//! `record`: waits for the game, records until Ctrl+C, and says what was recorded and how well.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::files::SessionFolderError;
use gametelemetry::{
    GameSession, Ledger, RunningSession, SessionError, SessionOptions, StopToken, Summary, bytes, clock,
};
use gametelemetry_games::{GAMES, Game, RecordOptions, Transport, find, running};
use serde::Serialize;

use super::Outcome;
use crate::args::Record;
use crate::output::{self, BAD, DIM, LiveLine};
use crate::words;

/// How often the live line changes, and a game that is not there is looked for.
const REFRESH: Duration = Duration::from_millis(250);

pub(crate) fn run(args: &Record) -> Result<Outcome> {
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    let options = RecordOptions {
        hz: args.hz,
        sources: args.sources.clone(),
        prefix: args.regions.region_prefix.clone(),
        fail_fast: args.fail_fast,
        keep_unchanged: args.keep_unchanged,
        ..RecordOptions::default()
    };
    let out = OutFolder::new(&args.out);
    let game = choose(args, &options, &stop)?;
    let session_options = SessionOptions {
        flush_frames: args.flush_frames,
        sync_interval: (!args.sync.is_zero()).then_some(args.sync),
        ..SessionOptions::default()
    };
    let session = GameSession::new(game.info().id)
        .save_to(&args.out)
        .options(session_options)
        .stop_token(&stop);
    let session = game.record(session, &options)?.start()?;
    let name = game.info().name;
    let ends = if args.duration.is_none() { "; Ctrl+C ends it" } else { "" };
    if !args.fail_fast && !game.is_running(&options.prefix) {
        output::say(format_args!("{DIM}waiting for {name}{ends}{DIM:#}"));
    }
    let folder = session.folder().display();
    watch(&session, args.duration, &format!("{DIM}recording {name} into {folder}{ends}{DIM:#}"));
    finish(session.stop(), game, &out, args)
}

/// Ends `stop` at the first Ctrl+C; at the second the program, for whoever cannot wait.
pub(crate) fn stop_on_ctrl_c(stop: &StopToken) -> Result<()> {
    let token = stop.clone();
    let handler = move || {
        if token.is_stopped() {
            std::process::exit(130);
        }
        token.stop();
    };
    ctrlc::set_handler(handler).context("cannot handle Ctrl+C")
}

/// The folder in which sessions are made, and whether it was there before.
pub(crate) struct OutFolder<'a> {
    path: &'a Path,
    is_new: bool,
}

impl<'a> OutFolder<'a> {
    pub(crate) fn new(path: &'a Path) -> Self {
        Self { path, is_new: !path.exists() }
    }

    /// Finds out now, and not when the game appears, that no session can be stored.
    fn make(&self) -> Result<()> {
        let failed = |source| SessionFolderError::Create { path: self.path.into(), source };
        Ok(std::fs::create_dir_all(self.path).map_err(failed)?)
    }

    /// Takes away a session without a frame: its files help nobody.
    pub(crate) fn discard(&self, session: &Path) {
        let _ = std::fs::remove_dir_all(session);
        self.remove_if_new();
    }

    fn remove_if_new(&self) {
        if self.is_new {
            // Only when it is empty: another recorder may have used it meanwhile.
            let _ = std::fs::remove_dir(self.path);
        }
    }
}

/// The game named, or the first one that appears.
fn choose(args: &Record, options: &RecordOptions, stop: &StopToken) -> Result<&'static dyn Game> {
    if let Some(name) = args.game.as_deref().filter(|name| !name.eq_ignore_ascii_case("auto")) {
        let game = known(name)?;
        check_sources(&[game], options)?;
        check_who_is_running(game, &options.prefix)?;
        return Ok(game);
    }
    check_sources(GAMES, options)?;
    let out = OutFolder::new(&args.out);
    out.make()?;
    match wait_for_any(args, options, stop) {
        Some(game) => Ok(game),
        None => {
            out.remove_if_new();
            bail!(nothing_appeared(args, stop))
        }
    }
}

/// The first game that appears; `None` when stopped or out of time before.
fn wait_for_any(args: &Record, options: &RecordOptions, stop: &StopToken) -> Option<&'static dyn Game> {
    let deadline = args.duration.and_then(|duration| clock::monotonic().checked_add(duration));
    let line = LiveLine::new();
    loop {
        if let Some(game) = running(&options.prefix).next() {
            return Some(game);
        }
        line.show("waiting for a game; `gametelemetry games` lists what is supported".to_owned());
        let late = deadline.is_some_and(|deadline| clock::monotonic() >= deadline);
        if args.fail_fast || late || stop.wait_for(REFRESH) {
            return None;
        }
    }
}

fn nothing_appeared(args: &Record, stop: &StopToken) -> String {
    let when = match args.duration {
        _ if args.fail_fast => "is running".to_owned(),
        Some(duration) if !stop.is_stopped() => format!("appeared within {duration:?}"),
        _ => "appeared".to_owned(),
    };
    format!("no supported game {when}, so nothing is recorded; `gametelemetry games` says what to switch on")
}

/// The game called `name`, or an error with a guess.
pub(crate) fn known(name: &str) -> Result<&'static dyn Game> {
    find(name).with_context(|| {
        let ids: Vec<_> = GAMES.iter().map(|game| game.info().id).collect();
        let guess = words::did_you_mean(name, ids.iter().copied());
        format!("there is no game {name} here{guess} (known: {})", ids.join(", "))
    })
}

/// Checks that one of `games` has all the sources asked for, before anything is waited for.
fn check_sources(games: &[&dyn Game], options: &RecordOptions) -> Result<()> {
    let mut checks = games.iter().map(|game| options.check(&game.info()));
    let Some(Err(error)) = checks.next() else { return Ok(()) };
    if checks.any(|check| check.is_ok()) {
        return Ok(());
    }
    let known: Vec<_> = games.iter().flat_map(|game| game.info().sources).map(|source| source.name).collect();
    let unknown = options.sources.iter().find(|name| !known.contains(&name.as_str()));
    let guess = unknown.map_or_else(String::new, |unknown| words::did_you_mean(unknown, known));
    match games {
        [_] => bail!("{error}{guess}"),
        _ => bail!(
            "no game has the source {}{guess} (`gametelemetry games` lists them)",
            options.sources.join(" and ")
        ),
    }
}

/// Refuses to take another game's frames for those of `game`: some games publish under the same names, and only the
/// version that they state tells them apart.
fn check_who_is_running(game: &dyn Game, prefix: &str) -> Result<()> {
    if game.is_running(prefix) {
        return Ok(());
    }
    let shares_a_name = |other: &&dyn Game| match (game.info().transport, other.info().transport) {
        (Transport::SharedMemory { regions: ours }, Transport::SharedMemory { regions: theirs }) => {
            ours.iter().any(|region| theirs.contains(region))
        }
        _ => false,
    };
    let Some(other) = running(prefix).find(shares_a_name) else { return Ok(()) };
    let (wanted, found) = (game.info(), other.info());
    bail!(
        "{} is running, not {}, and both publish under the same names: record it by `gametelemetry record {}`, or \
         end it first",
        found.name,
        wanted.name,
        found.id
    )
}

/// Shows the live line until the session ends, a source fails, or `duration` is over: that of the recording, or of
/// waiting in vain for its first frame. Says `begun` at that one.
pub(crate) fn watch(session: &RunningSession, duration: Option<Duration>, begun: &str) {
    let waiting_since = session.clock().now();
    let line = LiveLine::new();
    let mut is_begun = false;
    loop {
        let sources = session.status();
        let first_frame = sources.iter().filter_map(|(_, ledger)| ledger.first_frame).min();
        if first_frame.is_some() && !std::mem::replace(&mut is_begun, true) {
            line.say(begun);
        }
        let since = first_frame.unwrap_or(waiting_since);
        let elapsed = session.clock().now().duration_since(since).unwrap_or_default();
        let left = duration.map_or(REFRESH, |duration| duration.saturating_sub(elapsed));
        // Games publish without an end: a source that has ended has failed, and half a recording is not what the
        // user is driving for.
        if left.is_zero() || session.is_stopping() || !session.ended_sources().is_empty() {
            return;
        }
        line.show(live_text(elapsed, &sources, session.folder()));
        session.wait_for(left.min(REFRESH));
    }
}

fn live_text(elapsed: Duration, sources: &[(String, Ledger)], folder: &Path) -> String {
    let seconds = elapsed.as_secs();
    let mut text = format!("{:02}:{:02}", seconds / 60, seconds % 60);
    if sources.iter().all(|(_, ledger)| ledger.frames == 0) {
        text.push_str("  waiting for the game");
        return text;
    }
    let _ = write!(text, "  {}", bytes(size_of_files(folder)));
    for (name, ledger) in sources {
        // Once-a-session pages have no rate worth showing.
        let rate = ledger.achieved_hz().filter(|hz| *hz >= 1.0);
        let rate = rate.map_or_else(String::new, |hz| format!(" {hz:.1} Hz"));
        let _ = write!(text, "  {name} {}{rate}", ledger.recorded);
        if ledger.dropped > 0 {
            let _ = write!(text, " {} dropped", ledger.dropped);
        }
    }
    text
}

fn size_of_files(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).into_iter().flatten();
    files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
}

/// Prints the summary, also of a session that failed, and says how it went.
fn finish(
    result: Result<Summary, SessionError>,
    game: &'static dyn Game,
    out: &OutFolder<'_>,
    args: &Record,
) -> Result<Outcome> {
    let summary = match &result {
        Ok(summary) => Some(summary),
        Err(error) => error.summary(),
    };
    let has_frames = summary.is_some_and(has_frames);
    match summary {
        Some(summary) if has_frames => {
            print_summary(summary, game, args.json)?;
            say_what_was_missed(summary, game, args);
        }
        // The error below says why there is no frame.
        Some(summary) => out.discard(&summary.folder),
        None => {}
    }
    let summary = result?;
    if !has_frames {
        let within = args.duration.map_or_else(String::new, |duration| format!(" within {duration:?}"));
        bail!("{} published nothing{within}, so nothing is recorded. {}", game.info().name, game.info().enable);
    }
    Ok(Outcome::lost_if(summary.lost_data()))
}

/// Names the option that records more, to whoever did not choose a rate.
fn say_what_was_missed(summary: &Summary, game: &dyn Game, args: &Record) {
    let is_missing_much = |ledger: &Ledger| ledger.missed > ledger.recorded;
    let missing = summary.sources.iter().find(|source| is_missing_much(&source.ledger));
    let Some(source) = missing.filter(|_| args.hz.is_none() && !args.json) else { return };
    let known = game.info().sources;
    if let Some(highest_hz) = known.iter().find(|known| known.name == source.name).map(|known| known.highest_hz) {
        let name = &source.name;
        output::say(format_args!(
            "{DIM}the game published {name} more often than it was looked at; `--hz {highest_hz}` records all of it{DIM:#}"
        ));
    }
}

/// Whether the game gave anything, if only frames that could not be stored.
pub(crate) fn has_frames(summary: &Summary) -> bool {
    summary.sources.iter().any(|source| source.ledger.frames > 0)
}

pub(crate) fn print_summary(summary: &Summary, game: &dyn Game, json: bool) -> Result<()> {
    if json {
        return output::json(&SummaryJson::new(summary, game));
    }
    let mut out = output::stdout();
    write!(out, "{summary}")?;
    if summary.lost_data() {
        writeln!(out, "{BAD}  some frames were lost or are not to be trusted{BAD:#}, `gametelemetry info` says which")?;
    }
    Ok(out.flush()?)
}

#[derive(Serialize)]
struct SummaryJson<'a> {
    game: &'static str,
    folder: String,
    lost_data: bool,
    sources: Vec<SourceJson<'a>>,
}

#[derive(Serialize)]
struct SourceJson<'a> {
    name: &'a str,
    achieved_hz: Option<f64>,
    lateness_p99_us: Option<u128>,
    record_bytes: Option<u64>,
    file_bytes: Option<u64>,
    ratio: Option<f64>,
    #[serde(flatten)]
    ledger: &'a Ledger,
}

impl<'a> SummaryJson<'a> {
    fn new(summary: &'a Summary, game: &dyn Game) -> Self {
        let sources = summary.sources.iter().map(|source| SourceJson {
            name: &source.name,
            achieved_hz: source.ledger.achieved_hz(),
            lateness_p99_us: source.ledger.lateness.quantile(0.99).map(|late| late.as_micros()),
            record_bytes: source.written.map(|written| written.record_bytes),
            file_bytes: source.written.map(|written| written.file_bytes),
            ratio: source.ratio(),
            ledger: &source.ledger,
        });
        Self {
            game: game.info().id,
            folder: summary.folder.display().to_string(),
            lost_data: summary.lost_data(),
            sources: sources.collect(),
        }
    }
}
