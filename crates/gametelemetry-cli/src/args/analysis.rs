//! The arguments of the commands that turn a session into laps, comparisons, files and reports.

use std::path::PathBuf;

use clap::ValueHint;

use super::CloudArgs;
use crate::session_arg::SessionArg;
use crate::words;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry laps sessions/2026-11-23_120000_acc
  gametelemetry laps SESSION --json          as {lap, kind, valid, time_ms, official_time_ms, sectors_ms, reason}

time: as we measured it between two crossings of the line; official: what the game says. No lap is left out: kind and \
reason say what each one is. Laps that do not count are marked with *.")]
pub(crate) struct Laps {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Print as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry compare SESSION:5 SESSION:7
  gametelemetry compare sessions/monday:best sessions/friday:best --json

A lap is named SESSION:NUMBER, as `laps` numbers them, SESSION:best, or SESSION:#3 for the third that `laps` lists. The first one is what the others are compared \
with. Laps are aligned by their progress along the track, so that different lines do not matter.")]
pub(crate) struct Compare {
    /// Laps, the first of them the reference: SESSION:NUMBER, SESSION:best or SESSION:#PLACE
    #[arg(required = true, num_args = 2.., value_name = "SESSION:LAP", value_parser = words::lap_of_session, value_hint = ValueHint::AnyPath)]
    pub(crate) laps: Vec<words::LapOfSession>,
    /// Print as JSON, with the curve of the time difference
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry export SESSION --to motec                      .ld and .ldx, for MoTeC i2
  gametelemetry export SESSION --to parquet --out laps.parquet
  gametelemetry export SESSION --to csv --channels speed,throttle,brake --laps 3,5 --hz 50
  gametelemetry export SESSION --to mcap --raw                 every field as the game has it, for Foxglove, PlotJuggler
  gametelemetry export SESSION --to csv --math 'slip [m/s] = wheel_rim_speed_rl - speed' --channels speed

Channels have SI units and the same names for every game; --raw keeps each field as the game has it. Without --hz there \
is a row for each frame of the fastest source, with it at this rate: smooth channels are interpolated, gears and flags \
hold, angles go the short way round.")]
pub(crate) struct Export {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// The format: one of csv, csv-tidy, jsonl, parquet, mcap, motec, motec-csv
    #[arg(long, value_name = "FORMAT")]
    pub(crate) to: String,
    /// The file (or, where there are several, the folder) to write; beside the session, or of one at a URL here, unless set
    #[arg(long, value_name = "PATH", value_hint = ValueHint::AnyPath)]
    pub(crate) out: Option<PathBuf>,
    /// Only these channels; all that the session has unless set
    #[arg(long, value_name = "NAMES", value_delimiter = ',', conflicts_with = "raw")]
    pub(crate) channels: Vec<String>,
    /// Add a channel of your own: 'name [unit] = expression of channels'; may be given several times
    #[arg(long, value_name = "FORMULA", conflicts_with = "raw")]
    pub(crate) math: Vec<String>,
    /// Only these laps, as `laps` numbers them
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    pub(crate) laps: Vec<u32>,
    /// Rows a second; a format that needs a constant rate takes that of the fastest source unless set
    #[arg(long, value_name = "N", value_parser = words::rate, conflicts_with = "raw")]
    pub(crate) hz: Option<f64>,
    /// Every original field of every source, with the game's own names and units
    #[arg(long)]
    pub(crate) raw: bool,
    /// Write over a file that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print what was written as JSON
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  gametelemetry report SESSION
  gametelemetry report SESSION --compare OTHER --out friday.html

One file that opens in any browser without a network: laps and sectors, traces against distance, the track map, corners, \
g-g diagram, tyres, fuel, and how good the recording is.")]
pub(crate) struct Report {
    /// A session's folder, one of its files, or its URL
    #[arg(value_hint = ValueHint::AnyPath)]
    pub(crate) session: SessionArg,
    /// Another session on the same track, whose laps are shown beside
    #[arg(long, value_name = "SESSION", value_hint = ValueHint::AnyPath)]
    pub(crate) compare: Option<SessionArg>,
    /// The file to write; report.html in the session's folder, or NAME.html here of one at a URL, unless set
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub(crate) out: Option<PathBuf>,
    /// Add a channel of your own to the traces: 'name [unit] = expression of channels'; may be given several times
    #[arg(long, value_name = "FORMULA")]
    pub(crate) math: Vec<String>,
    /// Open it in the browser
    #[arg(long)]
    pub(crate) open: bool,
    #[command(flatten)]
    pub(crate) cloud: CloudArgs,
}
