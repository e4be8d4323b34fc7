//! `record`: waits for the game, records until Ctrl+C, and says what was recorded and how well.

use std::fmt::Write as _;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{
    GameSession, Lap, LapProcessor, Ledger, RunningSession, SessionError, SessionOptions, StopToken, Summary,
    bytes,
};
use gametelemetry_games::{Game, RecordOptions};

use super::choose::{OutFolder, choose};
use super::quota::DiskQuota;
use super::summary::{has_frames, print_summary, say_what_was_missed};
use super::upload_beside::UploadThread;
use super::{Outcome, keep_last, laps, report};
use crate::args::Record;
use crate::output::{self, DIM, LiveLine};
use crate::session_arg::Session;

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
        packet: args.network.packet.clone(),
        forward: args.network.forward.clone(),
        token: args.network.token.clone(),
        folders: args.network.folders.clone(),
        existing: args.network.existing,
        ..RecordOptions::default()
    };
    let upload = UploadThread::prepare(&args.upload)?;
    let out = OutFolder::new(&args.out);
    let game = choose(args, &options, &stop)?;
    let quota = DiskQuota::make_room(&args.disk, &args.out, args.upload.upload.is_some())?;
    let session_options = SessionOptions {
        flush_frames: args.flush_frames,
        sync_interval: (!args.sync.is_zero()).then_some(args.sync),
        held_bytes: usize::try_from(args.keep.keep_memory.get())
            .unwrap_or(usize::MAX)
            .saturating_mul(1 << 20),
        ..SessionOptions::default()
    };
    let session =
        GameSession::new(game.info().id).save_to(&args.out).options(session_options).stop_token(&stop);
    if let Some(time) = args.keep.keep_last {
        return keep_last::run(game.record(session.keep_last(time), &options)?, game, &out, args);
    }
    let (session, news) = announced(game.record(session, &options)?, args.laps);
    let session = session.start()?;
    let upload = upload.start(session.folder())?;
    let quota = quota.start(session.folder(), &stop)?;
    let name = game.info().name;
    let ends = if args.duration.is_none() { "; Ctrl+C ends it" } else { "" };
    if !args.fail_fast && !game.is_running(&options.prefix) {
        output::say(format_args!("{DIM}waiting for {name}{ends}{DIM:#}"));
    }
    let folder = session.folder().display();
    watch(&session, args.duration, &format!("{DIM}recording {name} into {folder}{ends}{DIM:#}"), &news);
    let result = session.stop();
    let kept = quota.finish();
    let is_kept = match &result {
        Ok(summary) => has_frames(summary),
        Err(error) => error.summary().is_some_and(has_frames),
    };
    if !is_kept {
        // The folder goes; nobody may have its files open.
        upload.discard();
        return finish(result, game, &out, args);
    }
    let outcome = finish(result, game, &out, args);
    upload.finish()?;
    Ok(kept.worse(outcome?))
}

/// `session`, which says each lap when it is done if it `is_wanted`, and what it will say.
fn announced(session: GameSession, is_wanted: bool) -> (GameSession, Receiver<String>) {
    let (sender, news) = sync_channel(64);
    if !is_wanted {
        return (session, news);
    }
    let on_lap = move |lap: &Lap| {
        // A line that nobody reads is no reason to wait.
        let _ = sender.try_send(laps::line(lap));
    };
    let (session, _laps) = session.process(LapProcessor::new().on_lap(on_lap));
    (session, news)
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
/// waiting in vain for its first frame. Says `begun` at that one, and what `news` has.
pub(crate) fn watch(
    session: &RunningSession,
    duration: Option<Duration>,
    begun: &str,
    news: &Receiver<String>,
) {
    let text = |elapsed, sources: &[(String, Ledger)]| live_text(elapsed, sources, session.folder());
    watch_with(session, duration, begun, news, text);
}

/// As [`watch`], with a live line of `text`, which is given the time since the first frame.
pub(crate) fn watch_with(
    session: &RunningSession,
    duration: Option<Duration>,
    begun: &str,
    news: &Receiver<String>,
    text: impl Fn(Duration, &[(String, Ledger)]) -> String,
) {
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
        news.try_iter().for_each(|text| line.say(&text));
        line.show(|| text(elapsed, &sources));
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
            if let Err(error) = offer_report(summary, game, args) {
                // The recording is whole; what became of it must not depend on the report.
                output::error(&error);
            }
        }
        // The error below says why there is no frame.
        Some(summary) => out.discard(&summary.folder),
        None => {}
    }
    let summary = result?;
    if !has_frames {
        bail!(nothing_published(game, args));
    }
    Ok(Outcome::lost_if(summary.lost_data()))
}

/// Why nothing is recorded of a game that gave no frame.
pub(crate) fn nothing_published(game: &dyn Game, args: &Record) -> String {
    let within = args.duration.map_or_else(String::new, |duration| format!(" within {duration:?}"));
    let info = game.info();
    format!("{} published nothing{within}, so nothing is recorded. {}", info.name, info.enable)
}

/// Writes the report if it is wanted, asks whoever sits at a terminal, and tells others how to get it.
fn offer_report(summary: &Summary, game: &dyn Game, args: &Record) -> Result<()> {
    let tells_laps = |name: &str| game.info().channels.iter().any(|mapping| mapping.channel == name);
    if !["lap_number", "lap_time", "last_lap_time", "speed"].into_iter().any(tells_laps) {
        return Ok(());
    }
    let folder = summary.folder.as_path();
    if !args.report {
        let asks = args.duration.is_none() && !args.json && io::stdin().is_terminal();
        if !(asks && io::stderr().is_terminal() && is_wanted("write its report? [Y/n] ")) {
            output::say(format_args!(
                "{DIM}laps and report: gametelemetry report \"{}\"{DIM:#}",
                folder.display()
            ));
            return Ok(());
        }
    }
    let session = Session::Local(folder.to_owned());
    let out = report::beside(&session);
    report::write(&[session], &[], &out)?;
    output::say(format_args!("report: {}", out.display()));
    Ok(())
}

/// What the user answers to `question`; no when there is nobody to answer.
fn is_wanted(question: &str) -> bool {
    output::ask(question);
    let mut answer = String::new();
    let is_answered = io::stdin().read_line(&mut answer).is_ok_and(|bytes| bytes > 0);
    is_answered && matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes")
}
