//! `demo`: another process plays ACC, this one records it, checks the recording, splits it into laps, and writes a report.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use gametelemetry::{GameSession, Lap, StopToken, Summary, verify};
use gametelemetry_games::{Game, RecordOptions, acc};

use super::choose::OutFolder;
use super::record::{stop_on_ctrl_c, watch};
use super::simulate_save::save;
use super::summary::{has_frames, print_summary};
use super::{Outcome, laps, report};
use crate::args::Demo;
use crate::output::{self, DIM, GOOD, HEAD};
use crate::recordings;
use crate::session_arg::Session;

/// The shortest recording that shows anything.
const SHORTEST: Duration = Duration::from_secs(1);
/// How long the game is driven for the laps to show, how often it is looked at, and by which seed.
const DRIVEN: Duration = Duration::from_secs(600);
const HZ: f64 = 100.0;
const SEED: u64 = 1;

pub(crate) fn run(args: &Demo) -> Result<Outcome> {
    let stop = StopToken::new();
    stop_on_ctrl_c(&stop)?;
    // Under names of its own, so that a running game is neither disturbed nor recorded.
    let prefix = format!("demo_{}_", std::process::id());
    let mut game = SimulatedGame::start(&prefix, args.duration)?;
    let begun = format!(
        "{DIM}another process plays Assetto Corsa Competizione, this one records it for {} s{DIM:#}",
        args.duration.as_secs_f64()
    );
    let options = RecordOptions { prefix, ..RecordOptions::default() };
    let out = OutFolder::new(&args.out);
    let session = GameSession::new(acc::GAME.info().id).save_to(&args.out).stop_token(&stop);
    let session = acc::GAME.record(session, &options)?.start()?;
    // Its first frame comes within a moment, or never.
    let (_, no_news) = std::sync::mpsc::sync_channel(1);
    watch(&session, Some(args.duration.max(SHORTEST)), &begun, &no_news);
    let summary = session.stop()?;
    if !has_frames(&summary) {
        out.discard(&summary.folder);
        bail!("nothing was recorded{}", game.why_it_ended());
    }
    print_summary(&summary, &acc::GAME, false)?;
    let whole = check(&summary)?;
    let driven = with_laps(&summary.folder, &args.out)?;
    let session = Session::Local(driven.clone());
    let report = report::beside(&session);
    report::write(&[session], &[], &report)?;
    say_what_next(&summary.folder, &driven)?;
    let mut out = output::stdout();
    writeln!(out, "\n{GOOD}report:{GOOD:#} {}    {DIM}open it in a browser{DIM:#}", report.display())?;
    out.flush()?;
    Ok(Outcome::lost_if(!whole || summary.lost_data()))
}

/// The simulator in a process of its own, ended with the demo.
struct SimulatedGame(Child);

impl SimulatedGame {
    fn start(prefix: &str, duration: Duration) -> Result<Self> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        // It ends by itself, should this process be killed.
        let lasts = duration.saturating_add(Duration::from_secs(30)).as_secs();
        let child = Command::new(program)
            .args(["simulate", "acc", "--for", &format!("{lasts}s"), "--region-prefix", prefix])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the simulated game")?;
        Ok(Self(child))
    }

    /// What the simulator said before it ended; nothing while it runs.
    fn why_it_ended(&mut self) -> String {
        let mut said = String::new();
        if let (Ok(Some(_)), Some(mut stderr)) = (self.0.try_wait(), self.0.stderr.take()) {
            let _ = stderr.read_to_string(&mut said);
        }
        if said.is_empty() { said } else { format!(", the simulated game ended: {}", said.trim()) }
    }
}

impl Drop for SimulatedGame {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

/// Asks the simulator to end, so that it takes its regions away.
#[cfg(unix)]
fn end(child: &mut Child) {
    let asked = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    if !asked.is_ok_and(|status| status.success()) {
        let _ = child.kill();
    }
    let _ = child.wait();
}

/// Windows takes the regions away with the process.
#[cfg(windows)]
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads everything back; gives whether all of it is whole.
fn check(summary: &Summary) -> Result<bool> {
    let mut out = output::stdout();
    let mut whole = true;
    let mut records = 0;
    for mut source in recordings::open_readable(&summary.folder, None)?.sources {
        let verdict = verify(&mut source.reader, |_| {})?;
        whole &= verdict.is_whole();
        records += verdict.records;
    }
    match whole {
        true => {
            writeln!(out, "\n{GOOD}verified:{GOOD:#} {records} frames read back, every checksum is right")?
        }
        false => writeln!(out, "\nverified: the recording is damaged, `gametelemetry verify` says where")?,
    }
    out.flush()?;
    Ok(whole)
}

/// A session with laps: the recording when it is long enough for one, else one of the same game, saved at full speed.
/// Shows its laps.
fn with_laps(recorded: &Path, out: &Path) -> Result<PathBuf> {
    let (split, _) = laps::split(recorded)?;
    if split.laps.iter().any(Lap::is_whole) {
        title("its laps", "")?;
        laps::print(&split)?;
        return Ok(recorded.to_owned());
    }
    let game: &'static dyn Game = &acc::GAME;
    let mut simulator = game.simulator(SEED).context("the game has no simulator")?;
    let saved = save(game, &mut *simulator, out, (DRIVEN, HZ), &StopToken::new())?;
    let minutes = DRIVEN.as_secs() / 60;
    let note = format!(
        "of {minutes} minutes of the same game, saved at full speed: a lap takes longer than this demo"
    );
    title("laps", &note)?;
    laps::print(&laps::split(&saved.folder)?.0)?;
    Ok(saved.folder)
}

fn title(text: &str, note: &str) -> Result<()> {
    let mut out = output::stdout();
    writeln!(out, "\n{HEAD}{text}{HEAD:#} {DIM}{note}{DIM:#}")?;
    Ok(out.flush()?)
}

fn say_what_next(recorded: &Path, driven: &Path) -> Result<()> {
    let (folder, driven) = (recorded.display(), driven.display());
    let mut out = output::stdout();
    writeln!(out, "\n{HEAD}try next{HEAD:#}")?;
    writeln!(out, "  gametelemetry info \"{folder}\"")?;
    writeln!(out, "  gametelemetry compare \"{driven}:best\" \"{driven}:2\"")?;
    writeln!(out, "  gametelemetry export \"{driven}\" --to motec    {DIM}or parquet, mcap, csv{DIM:#}")?;
    writeln!(
        out,
        "  gametelemetry cat \"{folder}\" --source physics --channels speed,throttle,brake --limit 3"
    )?;
    if cfg!(unix) {
        writeln!(out, "  lz4 -dc \"{folder}/physics.gtel\" | wc -c    {DIM}the file is plain LZ4{DIM:#}")?;
    }
    writeln!(out, "  gametelemetry games    {DIM}then start one of them, and: gametelemetry record{DIM:#}")?;
    Ok(out.flush()?)
}
