//! `record`: waits for the game, records until Ctrl+C, and says what was recorded and how well.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{
    GameSession, Ledger, RunningSession, SessionError, SessionOptions, StopToken, Summary, bytes,
};
use gametelemetry_games::{Game, RecordOptions};

use super::Outcome;
use super::choose::{OutFolder, choose};
use super::summary::{has_frames, print_summary, say_what_was_missed};
use crate::args::Record;
use crate::output::{self, DIM, LiveLine};

/// How often the live line changes.
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
        listen: args.network.listen,
        port: args.network.port,
        allow: args.network.allow.clone(),
        host: args.network.host.clone(),
        forward: args.network.forward.clone(),
        token: args.network.token.clone(),
        folders: args.network.folders.clone(),
        existing: args.network.existing,
        ..RecordOptions::default()
    };
    let out = OutFolder::new(&args.out);
    let game = choose(args, &options, &stop)?;
    let session_options = SessionOptions {
        flush_frames: args.flush_frames,
        sync_interval: (!args.sync.is_zero()).then_some(args.sync),
        ..SessionOptions::default()
    };
    let session =
        GameSession::new(game.info().id).save_to(&args.out).options(session_options).stop_token(&stop);
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
        line.show(|| live_text(elapsed, &sources, session.folder()));
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
        bail!(
            "{} published nothing{within}, so nothing is recorded. {}",
            game.info().name,
            game.info().enable
        );
    }
    Ok(Outcome::lost_if(summary.lost_data()))
}
