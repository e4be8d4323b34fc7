//! `record`: waits for the game, records until Ctrl+C, and says what was recorded and how well.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{
    GameSession, Ledger, RunningSession, SessionError, SessionOptions, StopToken, Summary, clock,
};
use gametelemetry_games::{GAMES, Game, RecordOptions, find, running};
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
    let Some(game) = choose(args, &options, &stop)? else { bail!(nothing_appeared(args)) };
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
    if args.duration.is_none() {
        output::say(format_args!("{DIM}recording {}, Ctrl+C ends it{DIM:#}", game.info().name));
    }
    watch(&session, args.duration);
    finish(session.stop(), game, args.json)
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

/// The game named, or the first one that appears; `None` when stopped or out of time before.
fn choose(args: &Record, options: &RecordOptions, stop: &StopToken) -> Result<Option<&'static dyn Game>> {
    match args.game.as_deref() {
        Some(name) if name != "auto" => return known(name).map(Some),
        _ => {}
    }
    let deadline = args.duration.and_then(|duration| clock::monotonic().checked_add(duration));
    let line = LiveLine::new();
    loop {
        if let Some(game) = running(&options.prefix).next() {
            drop(line);
            output::say(format_args!("found {}", game.info().name));
            return Ok(Some(game));
        }
        line.show("waiting for a game; `gametelemetry games` lists what is supported".to_owned());
        let late = deadline.is_some_and(|deadline| clock::monotonic() >= deadline);
        if args.fail_fast || late || stop.wait_for(REFRESH) {
            return Ok(None);
        }
    }
}

fn nothing_appeared(args: &Record) -> String {
    let waited = match args.duration {
        Some(duration) if !args.fail_fast => format!(" within {duration:?}"),
        _ => String::new(),
    };
    format!("no supported game was running{waited}, nothing is recorded; `gametelemetry games` says what to switch on")
}

/// The game called `name`, or an error with a guess.
pub(crate) fn known(name: &str) -> Result<&'static dyn Game> {
    find(name).with_context(|| {
        let ids: Vec<_> = GAMES.iter().map(|game| game.info().id).collect();
        let guess = words::did_you_mean(name, ids.iter().copied());
        format!("there is no game {name} here{guess} Known: {}", ids.join(", "))
    })
}

/// Shows the live line until the session ends or `duration` is over.
pub(crate) fn watch(session: &RunningSession, duration: Option<Duration>) {
    let started = clock::monotonic();
    let line = LiveLine::new();
    while !session.has_ended() {
        let left = duration.map_or(REFRESH, |duration| duration.saturating_sub(started.elapsed()));
        if left.is_zero() {
            return;
        }
        session.wait_for(left.min(REFRESH));
        if session.is_stopping() {
            return;
        }
        line.show(live_text(started.elapsed(), &session.status()));
    }
}

fn live_text(elapsed: Duration, sources: &[(String, Ledger)]) -> String {
    let seconds = elapsed.as_secs();
    let mut text = format!("{:02}:{:02}", seconds / 60, seconds % 60);
    if sources.iter().all(|(_, ledger)| ledger.frames == 0) {
        text.push_str("  waiting for the game");
        return text;
    }
    for (name, ledger) in sources {
        let rate = ledger.achieved_hz().map_or_else(String::new, |hz| format!(" {hz:.1} Hz"));
        let _ = write!(text, "  {name} {}{rate}", ledger.recorded);
        if ledger.dropped > 0 {
            let _ = write!(text, " {} dropped", ledger.dropped);
        }
    }
    text
}

/// Prints the summary, also of a session that failed, and says how it went.
pub(crate) fn finish(
    result: Result<Summary, SessionError>,
    game: &'static dyn Game,
    json: bool,
) -> Result<Outcome> {
    let summary = match &result {
        Ok(summary) => Some(summary),
        Err(error) => error.summary(),
    };
    let recorded = summary.is_some_and(|summary| summary.recorded() > 0);
    if let Some(summary) = summary {
        if recorded {
            print_summary(summary, game, json)?;
        } else {
            // Files of no frame help nobody; the error below says why there is none.
            let _ = std::fs::remove_dir_all(&summary.folder);
        }
    }
    let summary = result?;
    if !recorded {
        bail!("{} published nothing, nothing is recorded. {}", game.info().name, game.info().enable);
    }
    Ok(Outcome::lost_if(summary.lost_data()))
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
